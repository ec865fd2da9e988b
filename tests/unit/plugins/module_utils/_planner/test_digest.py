# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The digest of a policy: equal for every spelling, different for different policies, stable when fields are added."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, make_dataclass, replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Event
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import build_policy
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Match, Policy, Rule
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import DesiredRecording
from tests.parameters import RECORDING, policy_parameters

Data = dict[str, Any]
READY, PORT, MOTION = "tns1:Device/tnsaxis:Status/SystemReady", "tns1:Device/tnsaxis:IO/Port", "tnsaxis:Motion"


def digest(options: Data) -> str:
    """Return the digest of a policy with these options."""
    return build_policy(policy_parameters(**options)).digest


# A requested policy without any spelling. Only what has a meaning is in it: its groups and purge patterns are sets.

hours = st.sampled_from([0, 24, 36, 168, 720])
texts = st.sampled_from(["", "x", "x y", "Tür & Tor"])
serials = st.sampled_from(["B8A44F0A1B01", "ACCC8E"])
stream_options = st.dictionaries(
    st.sampled_from(["fps", "camera", "a&b"]), st.sampled_from(["1", "25", "x=y %"])
).flatmap(lambda options: st.none() | st.just(options) | serials.map(lambda serial: {**options, "device": serial}))
events = st.tuples(st.sampled_from([PORT, MOTION]), st.sampled_from([{"active": "1"}, {"port": "0", "state": "1"}]))


def optional(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    """Generate a dictionary with some of these keys."""
    return st.fixed_dictionaries({}, optional=choices)


recordings = st.sampled_from([{"form": "never"}, {"form": "always"}]) | st.fixed_dictionaries(
    {"form": st.just("rule"), "conditions": st.lists(events, min_size=1, max_size=2, unique_by=repr)},
    optional={"name": st.sampled_from(["A", "B"]), "disabled": st.just(True), "start_event": events},
)
group_fields = optional(
    description=texts,
    retention_time=hours,
    disk_id=st.permutations(["SD_DISK", "NAS"]).map(lambda disks: disks[:1]) | st.permutations(["SD_DISK", "NAS"]),
    stream_options=stream_options.filter(lambda options: options is not None),
    pre_duration=st.sampled_from([0, 5000]),
    recording=recordings,
)
groups = st.dictionaries(
    st.sampled_from(
        [("recording_group_id", "a"), ("recording_group_id", "b"), ("nice_name", "x"), ("nice_name", "x y")]
    ),
    group_fields,
    max_size=3,
)
rules = st.lists(
    st.tuples(
        st.fixed_dictionaries(
            {"recording_group_id": st.sampled_from(["*", "High_*"])},
            optional={"stream_options": st.sampled_from([{"device": "B8A44F*"}, {"camera": "1", "fps": "2?"}])},
        ),
        optional(retention_time=hours, description=texts),
    ),
    max_size=2,
)


def without_contradiction(policy: Data) -> Data:
    """Return a policy that requests no groups only if it has no entries and no rules."""
    has_groups = policy.get("groups") or policy.get("existing_groups")
    return {name: value for name, value in policy.items() if name != "no_groups" or not has_groups}


policies = optional(
    groups=groups,
    existing_groups=rules,
    no_groups=st.just(True),
    purge_match=st.frozensets(st.sampled_from(["a*", "b*", "*"]), min_size=1),
    retention_minimum=st.sampled_from([1, 12]),
    retention_maximum=st.just(0),
).map(without_contradiction)
policies = policies.filter(lambda policy: any(policy.values()))


# The spellings of a requested policy.


def spell_hours(draw: st.DrawFn, value: int) -> str:
    """Return a retention time with one of the units that can express it."""
    if value == 0:
        return draw(st.sampled_from(["0", "unlimited"]))
    forms = [str(value), f"{value}h", f"0{value}"]
    forms += [f"{value // size}{unit}" for unit, size in (("d", 24), ("w", 168)) if value % size == 0]
    return draw(st.sampled_from(forms))


def spell_text(draw: st.DrawFn, text: str) -> str:
    """Return a text with one of the blanks that XML does not distinguish."""
    return text.replace(" ", draw(st.sampled_from([" ", "\t", "\n", "\r\n"])))


def spell_stream_options(draw: st.DrawFn, options: Data) -> object:
    """Return stream options as a dictionary or a text, in any order and encoding."""
    pairs = dict(draw(st.permutations([*options.items()])))
    if "device" in pairs and draw(st.booleans()):
        pairs["device"] = pairs["device"].lower()
    if draw(st.booleans()):
        return {name: int(value) if value.isdigit() and draw(st.booleans()) else value for name, value in pairs.items()}

    def encode(text: str) -> str:
        return "".join(f"%{byte:02x}" for byte in text.encode()) if draw(st.booleans()) else quote(text, safe="")

    return "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs.items())


def spell_event(draw: st.DrawFn, event: tuple[str, Data]) -> Data:
    """Return an event whose message is a dictionary or XPath, with any quotes and blanks."""
    topic, items = event
    message: object = {name: int(value) if draw(st.booleans()) else value for name, value in items.items()}
    if draw(st.booleans()):
        mark, blank = draw(st.sampled_from(["'", '"'])), draw(st.sampled_from(["", " "]))
        message = " and ".join(
            f"boolean({blank}//SimpleItem[@Name{blank}={mark}{name}{mark} and @Value={mark}{value}{mark}{blank}])"
            for name, value in items.items()
        )
    return {"topic_expression": topic + draw(st.sampled_from(["", "//."])), "message_content": message}


def spell_recording(draw: st.DrawFn, recording: Data) -> object:
    """Return a recording as a text or as a dictionary."""
    if recording["form"] == "never":
        return "never"
    if recording["form"] == "always":
        ready = spell_event(draw, (READY, {"ready": "1"}))
        dictionaries = [RECORDING, {**RECORDING, "always": True}, {**RECORDING, "conditions": [ready]}]
        return draw(st.sampled_from(["always", *dictionaries]))
    conditions = [spell_event(draw, event) for event in draw(st.permutations(recording["conditions"]))]
    start = recording.get("start_event")
    name = recording.get("name")
    return {
        **RECORDING,
        "name": name and f"{name}{draw(st.sampled_from(['', ' ']))}",
        "enabled": not recording.get("disabled"),
        "conditions": conditions,
        "start_event": spell_event(draw, start) if start else None,
    }


SPELLINGS = {
    "retention_time": spell_hours,
    "description": spell_text,
    "stream_options": spell_stream_options,
    "recording": spell_recording,
}


def spell_fields(draw: st.DrawFn, values: Data) -> Data:
    """Return the fields of an entry or a rule in one of their spellings."""
    return {name: SPELLINGS[name](draw, value) if name in SPELLINGS else value for name, value in values.items()}


def spell_match(draw: st.DrawFn, match: Data) -> Data:
    """Return a match whose patterns are in any order."""
    patterns = dict(draw(st.permutations([*match.get("stream_options", {}).items()])))
    if "device" in patterns and draw(st.booleans()):
        patterns["device"] = patterns["device"].lower()
    return {**match, "stream_options": {name: int(p) if p.isdigit() else p for name, p in patterns.items()}}


def spell(draw: st.DrawFn, policy: Data) -> Data:
    """Return the options of a policy in one of its spellings."""
    entries = draw(st.permutations([*policy.get("groups", {}).items()]))
    options: Data = {
        "groups": [{key: spell_text(draw, value), **spell_fields(draw, entry)} for (key, value), entry in entries],
        "existing_groups": [
            {"match": spell_match(draw, match), **spell_fields(draw, entry)}
            for match, entry in policy.get("existing_groups", ())
        ],
        "no_groups": policy.get("no_groups", False),
        "unmanaged": draw(st.sampled_from(["report", "ignore"])),
        "on_refused": draw(st.sampled_from(["fail", "report"])),
    }
    if globs := sorted(policy.get("purge_match", ())):
        options |= {"purge": True, "purge_match": draw(st.permutations(globs)) + draw(st.sampled_from([[], globs]))}
    for bound in ("retention_minimum", "retention_maximum"):
        if bound in policy:
            options[bound] = spell_hours(draw, policy[bound])
    return options


@given(policies, st.data())
def test_every_spelling_of_a_policy_has_the_same_digest(policy: Data, data: st.DataObject) -> None:
    assert digest(spell(data.draw, policy)) == digest(spell(data.draw, policy))


@given(policies, policies, st.data())
def test_different_policies_have_different_digests(one: Data, other: Data, data: st.DataObject) -> None:
    def meaning(policy: Data) -> object:
        # An entry that is missing is the same as an empty one.
        return {name: unordered_conditions(value) for name, value in policy.items() if value}

    assume(meaning(one) != meaning(other))
    assert digest(spell(data.draw, one)) != digest(spell(data.draw, other))


def unordered_conditions(value: Any) -> Any:
    """Return the data with its conditions in one order, since their order has no meaning."""
    if isinstance(value, dict):
        items = {name: unordered_conditions(item) for name, item in value.items()}
        return {**items, "conditions": sorted(map(repr, value["conditions"]))} if "conditions" in value else items
    return value


EXAMPLE: Data = {
    "groups": [{"recording_group_id": "a", "retention_time": "30d", "disk_id": ["SD_DISK", "NAS"]}],
    "existing_groups": [
        {"match": {"recording_group_id": "a*"}, "retention_time": "1d"},
        {"match": {"recording_group_id": "*"}, "retention_time": "2d"},
    ],
}


@pytest.mark.parametrize(
    "change",
    [
        {"groups": [{**EXAMPLE["groups"][0], "disk_id": ["NAS", "SD_DISK"]}]},
        {"groups": [{**EXAMPLE["groups"][0], "description": ""}]},
        {"groups": [{**EXAMPLE["groups"][0], "stream_options": ""}]},
        {"groups": [{**EXAMPLE["groups"][0], "pre_duration": 0}]},
        {"groups": [{**EXAMPLE["groups"][0], "recording": "always"}]},
        {"groups": [{**EXAMPLE["groups"][0], "recording": "never"}]},
        {"groups": [{"nice_name": "a", "retention_time": "30d", "disk_id": ["SD_DISK", "NAS"]}]},
        {"existing_groups": EXAMPLE["existing_groups"][::-1]},
        {"purge": True, "purge_match": ["x"]},
        {"retention_minimum": "1h"},
        {"retention_maximum": "unlimited"},
    ],
)
def test_every_requested_detail_is_part_of_the_digest(change: Data) -> None:
    assert digest({**EXAMPLE, **change}) != digest(EXAMPLE)


def test_no_groups_is_part_of_the_digest() -> None:
    purge = {"purge": True, "purge_match": ["x"]}
    assert len({digest({"no_groups": True}), digest({**purge, "no_groups": True}), digest(purge)}) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"purge_match": ["x"]},
        {"unmanaged": "ignore"},
        {"on_refused": "report"},
        {"allow_recording_loss": True, "allow_recording_stop": True},
        {"verify_recordings": True, "retention_tolerance": "2d"},
        {"retention_minimum": "", "retention_maximum": ""},
        {"no_groups": False},
    ],
)
def test_options_of_the_run_are_not_part_of_the_digest(change: Data) -> None:
    assert digest({**EXAMPLE, **change}) == digest(EXAMPLE)


@pytest.mark.parametrize("name", ["T\u00fcr 1", " Tu\u0308r\t1\n"])
def test_a_derived_id_is_not_part_of_the_digest(name: str) -> None:
    entry = {"nice_name": name, "retention_time": "30d"}
    (group,) = build_policy(policy_parameters(groups=[entry])).groups
    assert (group.recording_group_id, group.has_derived_id) == ("Tur-1-f6ad66b0", True)
    bare = DesiredGroup(True, None, "T\u00fcr 1", retention_time=720)
    canonical = '{"groups":[{"nice_name":"T\u00fcr 1","present":true,"retention_time":720}],"version":1}'
    assert digest({"groups": [entry]}) == sha256(canonical.encode()).hexdigest()
    assert digest({"groups": [entry]}) != Policy((bare,)).digest
    assert digest({"groups": [{**entry, "id_source": "device"}]}) == Policy((bare,)).digest


def test_a_literal_match_has_another_digest() -> None:
    match = {"nice_name": "Tests [1]"}
    rules = [{"match": match}], [{"match": {**match, "literal": True}}], [{"match": {**match, "literal": False}}]
    one, literal, other = (digest({"existing_groups": rule}) for rule in rules)
    assert one == other != literal


# The canonical JSON, so that a changed digest shows its reason. Never change a digest here: policies that are in use
# would seem to have changed. Increase the version instead.
@pytest.mark.parametrize(
    ("options", "canonical", "expected"),
    [
        (
            {"retention_minimum": "30d"},
            '{"minimum":720,"version":1}',
            "332d38e21fa575e7ae764cbff15e84edaa9fbfa53e5810df91901669815aa7a3",
        ),
        (
            {"groups": [{"nice_name": "Tür", "stream_options": "fps=25&camera=%31", "recording": "always"}]},
            (
                '{"groups":[{"nice_name":"Tür","present":true,"recording":{},'
                '"stream_options":[["camera","1"],["fps","25"]]}],"version":1}'
            ),
            "74d961f6c0df71fe7a445e53c007679e12bcb18cb02f15828dc234b6887b082c",
        ),
        (
            {**EXAMPLE, "purge": True, "purge_match": ["b", "a"], "retention_maximum": "unlimited"},
            (
                '{"groups":[{"disk_ids":["SD_DISK","NAS"],"present":true,"recording_group_id":"a","retention_time":720}],'
                '"maximum":0,"purge":["a","b"],"rules":['
                '{"desired":{"present":true,"retention_time":24},"match":{"recording_group_id":"a*"}},'
                '{"desired":{"present":true,"retention_time":48},"match":{"recording_group_id":"*"}}],"version":1}'
            ),
            "b47d91fd375ae98cf9fdbfcc0875951607c6adb09c1958a596850ca651dd0df2",
        ),
        (
            {"no_groups": True, "retention_minimum": "30d"},
            '{"minimum":720,"no_groups":true,"version":1}',
            "5322c8d4e0022b420dfa9a6ab0467374fd0a28f4dd85edf3e759ac51b033b556",
        ),
    ],
)
def test_digests_never_change(options: Data, canonical: str, expected: str) -> None:
    assert sha256(canonical.encode()).hexdigest() == expected
    assert digest(options) == expected


def extended(item: Any, **values: Any) -> Any:
    """Return a copy of a policy whose classes all have one more optional field."""
    if isinstance(item, tuple):
        return tuple(map(extended, item))
    if not is_dataclass(item) or isinstance(item, Event):
        return item
    cls = make_dataclass("Extended", [("extra", "str | None", None)], bases=(type(item),), frozen=True)
    return cls(**{field.name: extended(getattr(item, field.name)) for field in fields(item)}, **values)


@given(policies, st.data())
def test_a_new_optional_field_changes_no_digest(policy: Data, data: st.DataObject) -> None:
    built = build_policy(policy_parameters(**spell(data.draw, policy)))
    assert extended(built).digest == built.digest


def test_a_new_optional_field_that_is_set_changes_the_digest() -> None:
    group = DesiredGroup(True, "a", recording=DesiredRecording(name="x"))
    rule = Rule(Match("b"), DesiredGroup(True, None, retention_time=24))
    policy = Policy((group,), (rule,))
    digests = {
        policy.digest,
        extended(policy, extra="x").digest,
        replace(policy, groups=(extended(group, extra="x"),)).digest,
        replace(policy, groups=(replace(group, recording=extended(group.recording, extra="x")),)).digest,
        replace(policy, rules=(extended(rule, extra="x"),)).digest,
        replace(policy, rules=(replace(rule, match=extended(rule.match, extra="x")),)).digest,
        replace(policy, rules=(replace(rule, desired=extended(rule.desired, extra="x")),)).digest,
    }
    assert len(digests) == 7
