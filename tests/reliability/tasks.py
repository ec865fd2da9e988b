# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tasks in the forms that users write, and what each requests, computed without the code under test."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
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

#: The IDs and names in all these tests.
IDS = ("a", "b", "c", "d")
NAMES = ("Door", "Tür <&> \"1\" '2'", "Two\tlines\n")
#: The IDs that are derived from them: printf %s "Two lines" | sha256sum | cut -c 1-8
DERIVED_IDS = dict(zip(NAMES, ("Door-fbf247e4", "Tur-1-2-6eb424cc", "Two-lines-efcf3eaf"), strict=True))
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
_MOTION_CONDITION = {"topic_expression": _MOTION[0], "message_content": {"active": True}}
_ALWAYS = (Event(*SYSTEM_READY),)


@dataclass(frozen=True)
class Recording:
    """A recording action: as a task writes it, and as the rule that it creates."""

    written: Options | str
    present: bool = True
    enabled: bool = True
    conditions: tuple[Event, ...] = _ALWAYS
    name: str | None = None


#: Values of the option ``recording``; every device rejects the last one.
RECORDINGS = {
    "always": Recording("always"),
    "never": Recording("never", present=False, conditions=()),
    "motion": Recording({"conditions": [_MOTION_CONDITION]}, conditions=(Event(*_MOTION),)),
    "named": Recording({"always": True, "name": "Mine"}, name="Mine"),
    "off": Recording({"enabled": False}, enabled=False),
    "unknown": Recording(
        {"conditions": [{"topic_expression": "tns1:Nothing", "message_content": {"x": 1}}]},
        conditions=(Event("tns1:Nothing", ""),),
    ),
}


@dataclass(frozen=True)
class DesiredGroup:
    """The desired state of one group. A rule for existing groups has a match instead of an identity."""

    fields: Options
    present: bool = True
    match: Options | None = None
    recording: Recording | None = None

    @property
    def is_named(self) -> bool:
        """Return whether only its name identifies it."""
        return self.match is None and self.fields.get("recording_group_id") is None and bool(self.nice_name)

    @property
    def recording_group_id(self) -> str | None:
        """Return the ID of the group, or None if the device generates it."""
        if self.is_named and self.fields.get("id_source") == "derived":
            return DERIVED_IDS[str(self.nice_name)]
        return self.fields.get("recording_group_id")

    @property
    def nice_name(self) -> str | None:
        """Return the name that the task sets or finds the group by."""
        return self.fields.get("nice_name")

    def matches_group(self, group: Group) -> bool:
        """Return whether it applies to a group."""
        if self.match is not None:
            return all(_matches(group, name, value) for name, value in self.match.items())
        if self.recording_group_id is not None and self.recording_group_id == group.recording_group_id:
            return True
        return self.is_named and fold_whitespace(self.nice_name or "") == fold_whitespace(group.nice_name)

    def select_groups(self, groups: Iterable[Group]) -> list[Group]:
        """Return the groups that it applies to: the one with its ID, even if others have its name."""
        found = [group for group in groups if self.matches_group(group)]
        return [group for group in found if group.recording_group_id == self.recording_group_id] or found

    def may_be_copy(self, group: Group) -> bool:
        """Return whether a device may have truncated its name to that of a group, or stored it in another encoding."""
        stored = unicodedata.normalize("NFD", fold_whitespace(group.nice_name))
        sent = fold_whitespace(self.nice_name or "")
        forms = (unicodedata.normalize("NFD", form) for form in (sent, sent.encode().decode("iso-8859-1")))
        return self.is_named and bool(stored) and any(form.startswith(stored) for form in forms)

    def differing_fields(self, group: Group) -> set[str]:
        """Return the fields of a group that differ from it."""
        requested = {name: value for name, value in self.fields.items() if name in FIELDS and value is not None}
        return {name for name, value in requested.items() if not is_same(name, value, getattr(group, name))}


@dataclass(frozen=True, repr=False)
class Task:
    """One task: its module and its options."""

    module: str
    options: Options
    user: str = "operator"
    # The same options in the form that the tests use.
    desired_groups: tuple[DesiredGroup, ...] = ()
    rules: tuple[DesiredGroup, ...] = ()
    purged: tuple[str, ...] = ()
    holds: tuple[Options, ...] = ()

    def __repr__(self) -> str:
        return f"{self.module} as {self.user}: {self.options}"

    @property
    def allows_loss(self) -> bool:
        """Return whether the task allows the loss of recordings."""
        return bool(self.options.get("allow_recording_loss"))

    @property
    def allows_stop(self) -> bool:
        """Return whether the task allows that recording stops."""
        return self.module == "action" or bool(self.options.get("allow_recording_stop"))

    @property
    def continues_on_refusal(self) -> bool:
        """Return whether the task applies other changes when it refuses one."""
        return self.options.get("on_refused") == "report"

    def is_held(self, recording_group_id: str) -> bool:
        """Return whether an active hold protects a group."""
        return any(
            hold["until"] > "2900" and fnmatchcase(recording_group_id, hold["recording_group_id"])
            for hold in self.holds
        )

    def desired_for(self, group: Group, visible: Mapping[str, Group]) -> tuple[DesiredGroup, ...]:
        """Return the desired states of a group: an entry overrides a rule, and a rule overrides the purge.

        An entry for a group that exists does not apply to another one with the same name.
        """
        named = tuple(
            desired
            for desired in self.desired_groups
            if desired.matches_group(group)
            and (group in desired.select_groups([group, *visible.values()]) or not desired.present)
        )
        ruled = tuple(desired for desired in self.rules if desired.matches_group(group))[:1]
        purged = any(fnmatchcase(group.recording_group_id, glob) for glob in self.purged)
        return named or ruled or ((DesiredGroup({}, present=False),) if purged else ())

    def run(self, port: int, *, check_mode: bool, timeout: float, retries: int, session: Any) -> Options:
        """Run the task and return its result."""
        build_parameters, run_module = _MODULES[self.module]
        password = {"operator": "operator-pass", "viewer": "viewer-pass"}[self.user]
        device = {"port": port, "username": self.user, "password": password, "timeout": timeout, "retries": retries}
        parameters = build_parameters(**{**self.options, **device})
        return run_module(parameters, check_mode=check_mode, diff=True, open_session=session, warn=lambda _text: None)


def _info_parameters(**options: Any) -> Options:
    return {**DEFAULTS, **options}


_MODULES: Mapping[str, tuple[Callable[..., Options], Callable[..., Options]]] = {
    "group": (group_parameters, run_recording_group),
    "policy": (policy_parameters, run_retention_policy),
    "action": (action_parameters, run_recording_action),
    "info": (_info_parameters, run_recording_group_info),
}


# Equality.


def fold_whitespace(text: str) -> str:
    """Return a text without what devices change: whitespace, and the normalization form."""
    return re.sub("[ \r\n\t]+", " ", unicodedata.normalize("NFC", text)).strip()


def parse_stream_options(options: Any) -> list[tuple[str, str]]:
    """Return stream options, given as a text or a dictionary, as sorted pairs."""
    if isinstance(options, Mapping):
        found = [(str(name), str(value)) for name, value in options.items()]
    else:
        parts = (part.partition("=") for part in options.split("&") if part)
        found = [(unquote(name), unquote(value)) for name, _sign, value in parts]
    return sorted((name, value.upper() if name == "device" else value) for name, value in found)


def is_same(name: str, wanted: Any, current: Any) -> bool:
    """Return whether the value of a field equals the value in a task."""
    if name in TEXTS:
        return fold_whitespace(wanted) == fold_whitespace(current)
    if name == "stream_options":
        return parse_stream_options(wanted) == parse_stream_options(current)
    if name == "retention_time":
        return bool(HOURS.get(wanted, wanted) == current)
    return current in wanted if isinstance(wanted, list) else bool(wanted == current)


def _matches(group: Group, name: str, glob: Any) -> bool:
    if name != "stream_options":
        return fnmatchcase(fold_whitespace(getattr(group, name)), glob)
    current = dict(parse_stream_options(group.stream_options))
    return all(fnmatchcase(current.get(option, ""), value) for option, value in glob.items() if option in current) and (
        glob.keys() <= current.keys()
    )


# Strategies.


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_SETTINGS = {
    "description": _optional(st.sampled_from(["", "x", "two\nlines"])),
    "retention_time": st.sampled_from([None, *HOURS]),
    "stream_options": _optional(st.sampled_from(STREAMS)),
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
_ALLOWANCES = st.sampled_from([True, True, False])
_entries_by_id = st.fixed_dictionaries(
    {"recording_group_id": st.sampled_from(IDS), "nice_name": _optional(st.sampled_from(NAMES)), **_SETTINGS, **_DISK}
)
_entries_by_name = st.fixed_dictionaries(
    {
        "recording_group_id": st.none(),
        "nice_name": st.sampled_from(NAMES),
        "id_source": st.sampled_from(["derived", "derived", "device"]),
        **_SETTINGS,
        **_DISK,
    }
)
_entries = _entries_by_id | _entries_by_name
_recording_names = st.sampled_from([None, None, None, *RECORDINGS])


def _identity(entry: Options) -> tuple[Any, Any]:
    return (entry["recording_group_id"], entry["recording_group_id"] or entry["nice_name"])


@st.composite
def group_tasks(draw: st.DrawFn) -> Task:
    """Build tasks of ``axis_recording_group``."""
    entry, holds = draw(_entries), draw(_HOLDS)
    present = draw(st.sampled_from([True, True, False]))
    allowed = {f"allow_recording_{what}": draw(_ALLOWANCES) for what in ("loss", "stop")}
    options = {**entry, "state": "present" if present else "absent", "holds": [*holds], **allowed}
    return Task("group", options, draw(_USERS), desired_groups=(DesiredGroup(entry, present),), holds=holds)


@st.composite
def action_tasks(draw: st.DrawFn) -> Task:
    """Build tasks of ``axis_recording_action``."""
    key, holds = draw(st.sampled_from(IDS)), draw(_HOLDS)
    recording = RECORDINGS[draw(st.sampled_from([*RECORDINGS]))]
    written = recording.written if isinstance(recording.written, dict) else {}
    options = {**written, "recording_group_id": key, "holds": [*holds]}
    options["state"] = "present" if recording.present else "absent"
    desired = DesiredGroup({"recording_group_id": key}, recording=recording)
    return Task("action", options, draw(_USERS), desired_groups=(desired,), holds=holds)


@st.composite
def policy_tasks(draw: st.DrawFn) -> Task:
    """Build tasks of ``axis_retention_policy``."""
    entries = _without_ambiguous_names(draw(st.lists(_entries, min_size=2, max_size=4, unique_by=_identity)))
    wanted = [RECORDINGS[name] if name else None for name in (draw(_recording_names) for _entry in entries)]
    match = st.sampled_from(MATCHES)
    rules = draw(st.lists(st.tuples(match, st.fixed_dictionaries(_SETTINGS)), max_size=2))
    # A rule must not set what it matches.
    rules = [
        (match, {name: None if name in match else value for name, value in fields.items()}) for match, fields in rules
    ]
    purge, globs = draw(st.booleans()), draw(st.sampled_from([["*"], ["[bc]"], ["d", "a*"]]))
    holds = draw(_HOLDS)
    options = {
        "groups": [
            {**entry, "recording": None if item is None else _build_recording(item)}
            for entry, item in zip(entries, wanted, strict=True)
        ],
        "existing_groups": [{**fields, "match": match} for match, fields in rules],
        "purge": purge,
        "purge_match": globs,
        # Without it an empty policy is an error.
        "retention_minimum": "1",
        "on_refused": draw(st.sampled_from(["fail", "report"])),
        "allow_recording_loss": draw(_ALLOWANCES),
        "allow_recording_stop": draw(_ALLOWANCES),
        "holds": [*holds],
    }
    return Task(
        "policy",
        options,
        draw(_USERS),
        desired_groups=tuple(DesiredGroup(entry, recording=item) for entry, item in zip(entries, wanted, strict=True)),
        rules=tuple(DesiredGroup(fields, match=match) for match, fields in rules),
        purged=tuple(globs) if purge else (),
        holds=holds,
    )


def _without_ambiguous_names(entries: list[Options]) -> list[Options]:
    """Remove the entries that are identified by the name of another entry; such a policy is invalid."""
    names = [fold_whitespace(entry["nice_name"] or "") for entry in entries]
    return [
        entry
        for entry in entries
        if entry["recording_group_id"] or names.count(fold_whitespace(entry["nice_name"])) == 1
    ]


def _build_recording(recording: Recording) -> Any:
    written = recording.written
    return written if isinstance(written, str) else {**RECORDING, **written}


info_tasks = st.builds(
    lambda parts, user: Task("info", {"gather": parts}, user),
    st.lists(st.sampled_from(PARTS), min_size=1, unique=True) | st.just([*PARTS]),
    _USERS,
)
writing_tasks = st.one_of(policy_tasks(), policy_tasks(), group_tasks(), action_tasks())
tasks = st.one_of(policy_tasks(), policy_tasks(), group_tasks(), action_tasks(), info_tasks)
