# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks as people write them, drawn at random, and what each asks for, said without the code under test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import PARTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    run_recording_action,
    run_recording_group,
    run_recording_group_info,
    run_retention_policy,
)
from tests.parameters import DEFAULTS, RECORDING, action_parameters, group_parameters, policy_parameters
from tests.simulator import Event, Group
from tests.simulator.actions import SYSTEM_READY

Options = dict[str, Any]

#: The ids and names that everybody in these tests uses.
IDS = ("a", "b", "c", "d")
NAMES = ("Door", "Tür <&> \"1\" '2'", "Two\tlines\n")
#: Retention times as written, and their hours.
HOURS = {"1": 1, "24h": 24, "30d": 720, "8760": 8760, "unlimited": 0}
DISKS = (["HDD_DISK", "SD_DISK"], ["NetworkShare", "SD_DISK", "HDD_DISK"], ["SD_DISK"], ["NetworkShare"])
STREAMS: tuple[Any, ...] = (
    "",
    "resolution=1920x1080&camera=1",
    "camera=%31&resolution=1920x1080",
    {"camera": 2, "text": "a&b=ü"},
    "device=aabbccddeeff&fps=5",
)
MATCHES: tuple[Options, ...] = (
    {"recording_group_id": "[ab]"},
    {"recording_group_id": "*"},
    {"nice_name": "T*"},
    {"stream_options": {"camera": "1"}},
)
TEXTS = ("nice_name", "description")
FIELDS = (*TEXTS, "retention_time", "disk_id", "stream_options", "pre_duration", "post_duration")
_MOTION = ("tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1", 'boolean(//SimpleItem[@Name="active" and @Value="1"])')
_MOVES = {"topic_expression": _MOTION[0], "message_content": {"active": True}}
_ALWAYS = (Event(*SYSTEM_READY),)


@dataclass(frozen=True)
class Recording:
    """When something shall be recorded: as written in a task, and as the rule it makes."""

    written: Options | str
    present: bool = True
    enabled: bool = True
    conditions: tuple[Event, ...] = _ALWAYS
    name: str | None = None


#: What people write under ``recording``; the last is one that no device takes.
RECORDINGS = {
    "always": Recording("always"),
    "never": Recording("never", present=False, conditions=()),
    "motion": Recording({"conditions": [_MOVES]}, conditions=(Event(*_MOTION),)),
    "named": Recording({"always": True, "name": "Mine"}, name="Mine"),
    "off": Recording({"enabled": False}, enabled=False),
    "unknown": Recording(
        {"conditions": [{"topic_expression": "tns1:Nothing", "message_content": {"x": 1}}]},
        conditions=(Event("tns1:Nothing", ""),),
    ),
}


@dataclass(frozen=True)
class Wish:
    """What a task wants of one group. A rule has a match in place of an identity."""

    fields: Options
    present: bool = True
    match: Options | None = None
    record: Recording | None = None

    @property
    def recording_group_id(self) -> str | None:
        """The id that it is about, if it names one."""
        return self.fields.get("recording_group_id")

    @property
    def nice_name(self) -> str | None:
        """The name that it sets, or by which it finds its group."""
        return self.fields.get("nice_name")

    def means(self, group: Group) -> bool:
        """Whether it is about this group."""
        if self.match is not None:
            return all(_fits(group, name, value) for name, value in self.match.items())
        if self.recording_group_id is not None:
            return self.recording_group_id == group.recording_group_id
        return folded(self.nice_name or "") == folded(group.nice_name)

    def differs(self, group: Group) -> set[str]:
        """The fields that are not as it wants them."""
        given = {name: value for name, value in self.fields.items() if name in FIELDS and value is not None}
        return {name for name, value in given.items() if not same(name, value, getattr(group, name))}


@dataclass(frozen=True, repr=False)
class Task:
    """One task: its module and its options."""

    module: str
    options: Options
    user: str = "operator"
    # The same again, as the tests read it.
    wishes: tuple[Wish, ...] = ()
    rules: tuple[Wish, ...] = ()
    purged: tuple[str, ...] = ()
    holds: tuple[Options, ...] = ()

    def __repr__(self) -> str:
        return f"{self.module} as {self.user}: {self.options}"

    @property
    def allows_loss(self) -> bool:
        """Whether it says that recordings may go."""
        return bool(self.options.get("allow_recording_loss"))

    @property
    def allows_stop(self) -> bool:
        """Whether it says that a device may record no more."""
        return self.module == "action" or bool(self.options.get("allow_recording_stop"))

    @property
    def reports(self) -> bool:
        """Whether what is refused keeps nothing else from being done."""
        return self.options.get("on_refused") == "report"

    def holds_group(self, recording_group_id: str) -> bool:
        """Whether a hold that has not ended is on the group."""
        return any(
            hold["until"] > "2900" and fnmatchcase(recording_group_id, hold["recording_group_id"])
            for hold in self.holds
        )

    def wishes_for(self, group: Group) -> tuple[Wish, ...]:
        """All that it wants of a group: an entry beats a rule, and a rule the purge."""
        named = tuple(wish for wish in self.wishes if wish.means(group))
        ruled = tuple(wish for wish in self.rules if wish.means(group))[:1]
        purged = any(fnmatchcase(group.recording_group_id, glob) for glob in self.purged)
        return named or ruled or ((Wish({}, present=False),) if purged else ())

    def run(self, port: int, *, check_mode: bool, timeout: float, retries: int, session: Any) -> Options:
        """The result."""
        make, call = _MODULES[self.module]
        password = {"operator": "operator-pass", "viewer": "viewer-pass"}[self.user]
        device = {"port": port, "username": self.user, "password": password, "timeout": timeout, "retries": retries}
        parameters = make(**{**self.options, **device})
        return call(parameters, check_mode=check_mode, diff=True, open_session=session, warn=lambda _text: None)


def _info_parameters(**options: Any) -> Options:
    return {**DEFAULTS, **options}


_MODULES: Mapping[str, tuple[Callable[..., Options], Callable[..., Options]]] = {
    "group": (group_parameters, run_recording_group),
    "policy": (policy_parameters, run_retention_policy),
    "action": (action_parameters, run_recording_action),
    "info": (_info_parameters, run_recording_group_info),
}


# What equal means.


def folded(text: str) -> str:
    """A text as an XML attribute gives it back."""
    return re.sub("\r\n|[\r\n\t]", " ", text)


def pairs(options: Any) -> list[tuple[str, str]]:
    """The meaning of stream options, written as a text or as a dictionary."""
    if isinstance(options, Mapping):
        found = [(str(name), str(value)) for name, value in options.items()]
    else:
        parts = (part.partition("=") for part in options.split("&") if part)
        found = [(unquote(name), unquote(value)) for name, _sign, value in parts]
    return sorted((name, value.upper() if name == "device" else value) for name, value in found)


def same(name: str, wanted: Any, there: Any) -> bool:
    """Whether a field of a device is as a task writes it."""
    if name in TEXTS:
        return folded(wanted) == folded(there)
    if name == "stream_options":
        return pairs(wanted) == pairs(there)
    if name == "retention_time":
        return bool(HOURS.get(wanted, wanted) == there)
    return there in wanted if isinstance(wanted, list) else bool(wanted == there)


def _fits(group: Group, name: str, glob: Any) -> bool:
    if name != "stream_options":
        return fnmatchcase(getattr(group, name), glob)
    there = dict(pairs(group.stream_options))
    return all(fnmatchcase(there.get(option, ""), value) for option, value in glob.items() if option in there) and (
        glob.keys() <= there.keys()
    )


# Strategies.


def _sometimes(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_SETTINGS = {
    "description": _sometimes(st.sampled_from(["", "x", "two\nlines"])),
    "retention_time": st.sampled_from([None, *HOURS]),
    "stream_options": _sometimes(st.sampled_from(STREAMS)),
    "pre_duration": st.sampled_from([None, None, 0, 5000]),
    "post_duration": st.sampled_from([None, None, 0, 5000]),
}
_DISK = {"disk_id": st.sampled_from([None] * 8 + [*DISKS])}
_HOLDS = st.just(()) | st.lists(
    st.builds(
        lambda glob, until: {"recording_group_id": glob, "reason": "Case 1", "owner": "legal", "until": until},
        st.sampled_from(["a", "[bc]", "*"]),
        st.sampled_from(["2999-01-01", "2999-01-01", "2001-01-01"]),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
_USERS = st.sampled_from(["operator"] * 19 + ["viewer"])
_ALLOWED = st.sampled_from([True, True, False])
_entries_by_id = st.fixed_dictionaries(
    {"recording_group_id": st.sampled_from(IDS), "nice_name": _sometimes(st.sampled_from(NAMES)), **_SETTINGS, **_DISK}
)
_entries_by_name = st.fixed_dictionaries(
    {"recording_group_id": st.none(), "nice_name": st.sampled_from(NAMES), **_SETTINGS, **_DISK}
)
_entries = _entries_by_id | _entries_by_name
_records = st.sampled_from([None, None, None, *RECORDINGS])


def _identity(entry: Options) -> tuple[Any, Any]:
    return (entry["recording_group_id"], entry["recording_group_id"] or entry["nice_name"])


@st.composite
def group_tasks(draw: st.DrawFn) -> Task:
    """``axis_recording_group``."""
    entry, holds = draw(_entries), draw(_HOLDS)
    present = draw(st.sampled_from([True, True, False]))
    allowed = {f"allow_recording_{what}": draw(_ALLOWED) for what in ("loss", "stop")}
    options = {**entry, "state": "present" if present else "absent", "holds": [*holds], **allowed}
    return Task("group", options, draw(_USERS), wishes=(Wish(entry, present),), holds=holds)


@st.composite
def action_tasks(draw: st.DrawFn) -> Task:
    """``axis_recording_action``."""
    key, holds = draw(st.sampled_from(IDS)), draw(_HOLDS)
    recording = RECORDINGS[draw(st.sampled_from([*RECORDINGS]))]
    written = recording.written if isinstance(recording.written, dict) else {}
    options = {**written, "recording_group_id": key, "holds": [*holds]}
    options["state"] = "present" if recording.present else "absent"
    wish = Wish({"recording_group_id": key}, record=recording)
    return Task("action", options, draw(_USERS), wishes=(wish,), holds=holds)


@st.composite
def policy_tasks(draw: st.DrawFn) -> Task:
    """``axis_retention_policy``."""
    entries = _tellable(draw(st.lists(_entries, min_size=2, max_size=4, unique_by=_identity)))
    wanted = [RECORDINGS[name] if name else None for name in (draw(_records) for _entry in entries)]
    match = st.sampled_from(MATCHES)
    rules = draw(st.lists(st.tuples(match, st.fixed_dictionaries(_SETTINGS)), max_size=2))
    purge, globs = draw(st.booleans()), draw(st.sampled_from([["*"], ["[bc]"], ["d", "a*"]]))
    holds = draw(_HOLDS)
    options = {
        "groups": [
            {**entry, "recording": None if item is None else _as_record(item)}
            for entry, item in zip(entries, wanted, strict=True)
        ],
        "existing_groups": [{**fields, "match": match} for match, fields in rules],
        "purge": purge,
        "purge_match": globs,
        # Without it a policy that says nothing would be refused.
        "retention_minimum": "1",
        "on_refused": draw(st.sampled_from(["fail", "report"])),
        "allow_recording_loss": draw(_ALLOWED),
        "allow_recording_stop": draw(_ALLOWED),
        "holds": [*holds],
    }
    return Task(
        "policy",
        options,
        draw(_USERS),
        wishes=tuple(Wish(entry, record=item) for entry, item in zip(entries, wanted, strict=True)),
        rules=tuple(Wish(fields, match=match) for match, fields in rules),
        purged=tuple(globs) if purge else (),
        holds=holds,
    )


def _tellable(entries: list[Options]) -> list[Options]:
    """Without those that are found by a name that another one has, too: such a policy is refused as a whole."""
    names = [folded(entry["nice_name"] or "") for entry in entries]
    return [entry for entry in entries if entry["recording_group_id"] or names.count(folded(entry["nice_name"])) == 1]


def _as_record(recording: Recording) -> Any:
    written = recording.written
    return written if isinstance(written, str) else {**RECORDING, **written}


info_tasks = st.builds(
    lambda parts, user: Task("info", {"gather": parts}, user),
    st.lists(st.sampled_from(PARTS), min_size=1, unique=True) | st.just([*PARTS]),
    _USERS,
)
writing_tasks = st.one_of(policy_tasks(), policy_tasks(), group_tasks(), action_tasks())
tasks = st.one_of(policy_tasks(), policy_tasks(), group_tasks(), action_tasks(), info_tasks)
