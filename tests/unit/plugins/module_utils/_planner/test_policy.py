# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy wants of a device, how it grades what it finds, and the laws that both keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Disk, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import policy_from
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Hold,
    Plan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import apply_changes, make_plan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Finding, Match, Policy, Rule, find
from tests.parameters import policy_parameters

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
ALLOWED = Allowances(recording_loss=True, holds=(), now=NOW)
FORBIDDEN = Allowances(recording_loss=False, holds=(), now=NOW)
HOLD = Hold("*", "Case 1", "legal", NOW + timedelta(days=1))
HELD = Allowances(recording_loss=True, holds=(HOLD,), now=NOW)
# 2 March 8:00 less 24 and less 720 hours.
DAY_BEFORE, MONTH_BEFORE = "2026-03-01 08:00", "2026-01-31 08:00"


def group(recording_group_id: str = "door", **values: Any) -> RecordingGroup:
    """A group on the device."""
    return replace(RecordingGroup(recording_group_id, "Door", "", 720, "SD_DISK", "a=1", 0, 0), **values)


def wanted(recording_group_id: str | None = "door", **values: Any) -> DesiredGroup:
    """An entry of groups."""
    return DesiredGroup(True, recording_group_id, **values)


def rule(match: Match, **values: Any) -> Rule:
    """An entry of existing."""
    return Rule(match, DesiredGroup(True, None, **values))


def plan_of(policy: Policy, current: Sequence[RecordingGroup], allowances: Allowances = ALLOWED) -> Plan:
    """What the planner makes of a policy."""
    return make_plan(current, policy.desired(current), allowances)


def found(policy: Policy, current: Sequence[RecordingGroup], allowances: Allowances = ALLOWED) -> tuple[Finding, ...]:
    """How a device stands against a policy."""
    return find(policy, plan_of(policy, current, allowances), current, allowances)


def verdict(policy: Policy, current: RecordingGroup | None, allowances: Allowances = ALLOWED) -> tuple[str, str]:
    """Verdict and severity of the only finding; only what is compliant or merely foreign is in line."""
    (finding,) = found(policy, () if current is None else (current,), allowances)
    graded = (finding.verdict, finding.severity)
    assert finding.in_line is (graded in {("compliant", "info"), ("unmanaged", "info")})
    return graded


def operations(plan: Plan) -> list[tuple[str, str | None]]:
    """Operation and group of each change, in the order of the writes."""
    return [(change.operation, change.group.recording_group_id) for change in plan.changes]


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        (Match("High_*"), True),
        (Match("High_*_0_[CM]"), True),
        (Match("High_????????????_0_C"), True),
        (Match("*"), True),
        (Match("high_*"), False),
        (Match("High_"), False),
        (Match("High_*_0_M"), False),
        (Match(nice_name="Tür & *"), True),
        (Match(nice_name="tür*"), False),
        (Match(nice_name=""), False),
        (Match(stream_options=(("device", "b8a44f0a1b01"),)), True),
        (Match(stream_options=(("device", "B8A44F*"),)), True),
        (Match(stream_options=(("device", "b8a44f0a1b0[0-9]"),)), True),
        (Match(stream_options=(("device", "B8A44F0A1B02"),)), False),
        (Match(stream_options=(("camera", "1"), ("device", "*"))), True),
        (Match(stream_options=(("text", "a & b=ü *"),)), True),
        (Match(stream_options=(("text", "A & *"),)), False),
        (Match(stream_options=(("fps", "*"),)), False),
        (Match(stream_options=(("camera", "1"), ("fps", "*"))), False),
        (Match("High_*", "Tür*", (("camera", "[12]"),)), True),
        (Match("Low_*", "Tür*", (("camera", "[12]"),)), False),
        (Match("High_*", "Door*", (("camera", "[12]"),)), False),
        (Match("High_*", "Tür*", (("camera", "2"),)), False),
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        "device=B8A44F0A1B01&camera=1&text=a%20%26%20b%3D%C3%BC%20%25",
        "text=a%20%26%20b%3d%c3%bc%20%25&camera=%31&device=b8a44f0a1b01",
        "camera=1&%74ext=%61%20%26%20b%3D%C3%BC%20%25&device=%428A44F0A1B01",
    ],
)
def test_a_match_wants_every_glob_to_fit_whatever_the_form_of_the_stream_options(
    match: Match, fits: bool, written: str
) -> None:
    assert match.fits(group("High_B8A44F0A1B01_0_C", nice_name="Tür & Tor", stream_options=written)) is fits


@pytest.mark.parametrize("written", ["", None, "a", "a=1&a=2", "a=%zz"])
def test_stream_options_that_are_none_or_cannot_be_read_fit_no_pattern_for_them(written: str | None) -> None:
    current = group(stream_options=written)
    assert not Match(stream_options=(("a", "*"),)).fits(current)
    assert Match("door").fits(current)


def test_a_group_without_a_name_fits_a_pattern_that_takes_the_empty_name() -> None:
    assert Match(nice_name="*").fits(group(nice_name=""))
    assert not Match(nice_name="?*").fits(group(nice_name=""))


def test_the_first_rule_that_fits_counts() -> None:
    rules = (rule(Match("b*"), retention_time=24), rule(Match("*"), retention_time=48), rule(Match("a*")))
    plan = plan_of(Policy(rules=rules), [group("a"), group("b"), group("c", retention_time=48)])
    assert {item.group.recording_group_id: item.after.retention_time for item in plan.changes if item.after} == {
        "a": 48,
        "b": 24,
    }


@pytest.mark.parametrize("entry", [wanted("door"), wanted(None, nice_name="Door"), wanted(None, nice_name="Do\nor")])
def test_an_entry_of_groups_beats_rules_and_purge_however_it_finds_its_group(entry: DesiredGroup) -> None:
    name = "Do or" if entry.nice_name == "Do\nor" else "Door"
    policy = Policy((replace(entry, description="Mine"),), (rule(Match("*"), retention_time=0),), purge=("*",))
    plan = plan_of(policy, [group(nice_name=name), group("other", nice_name="Other")])
    assert operations(plan) == [("update", "other"), ("update", "door")]
    assert [item.field for item in plan.changes[1].differences] == ["description"]


def test_an_ambiguous_name_claims_all_its_groups_so_that_none_is_ruled_or_purged() -> None:
    current = [group("one"), group("two"), group("three", nice_name="Other")]
    entry = wanted(None, nice_name="Door")
    for policy in (
        Policy((entry,), (rule(Match("*"), retention_time=0),)),
        Policy((entry,), purge=("*",)),
    ):
        plan = plan_of(policy, current)
        assert [change.group.recording_group_id for change in plan.changes] == ["three"]
        assert [refusal.kind for refusal in plan.refused] == ["ambiguous"]


def test_a_rule_never_creates() -> None:
    policy = Policy(rules=(rule(Match("door"), nice_name="Door", retention_time=24),))
    assert plan_of(policy, []) == Plan(())
    assert found(policy, []) == ()
    # Nor when its group vanishes after it was listed.
    assert make_plan([], policy.desired([group()]), ALLOWED).changes == ()


def test_purge_takes_what_its_patterns_cover_and_nothing_that_is_claimed_or_ruled() -> None:
    policy = Policy((wanted("pilot_1"),), (rule(Match("pilot_2")),), purge=("pilot_*", "x"))
    current = [group(key) for key in ("pilot_1", "pilot_2", "pilot_3", "Pilot_4", "pilot", "x", "xx")]
    assert operations(plan_of(policy, current)) == [("delete", "pilot_3"), ("delete", "x")]
    assert plan_of(replace(policy, purge=()), current).changes == ()


@pytest.mark.parametrize(
    ("policy", "current", "expected"),
    [
        (Policy((wanted(retention_time=720),)), group(), ("compliant", "info")),
        (Policy((wanted(stream_options="b=%32&a=1"),)), group(stream_options="a=1&b=2"), ("compliant", "info")),
        (Policy(rules=(rule(Match("*")),)), group(), ("compliant", "info")),
        (Policy((wanted(),)), None, ("missing", "warning")),
        (Policy((wanted(),), minimum=1), None, ("missing", "critical")),
        (Policy((wanted(),), maximum=720), None, ("missing", "warning")),
        (Policy((wanted(nice_name="New"),)), group(), ("drifted", "cosmetic")),
        (Policy((wanted(nice_name="New", description="New"),)), group(), ("drifted", "cosmetic")),
        (Policy((wanted(nice_name="New", pre_duration=1),)), group(), ("drifted", "warning")),
        (Policy((wanted(retention_time=0),)), group(), ("drifted", "warning")),
        (Policy((wanted(retention_time=24),)), group(), ("drifted", "warning")),
        (Policy((wanted(stream_options=""),)), group(), ("drifted", "warning")),
        (Policy((wanted(retention_time=800),), minimum=720), group(), ("drifted", "warning")),
        (Policy((wanted(retention_time=800),), minimum=721), group(), ("drifted", "critical")),
        (Policy((wanted(nice_name="New"),), minimum=721), group(), ("drifted", "critical")),
        (Policy(minimum=720, maximum=720), group(), ("unmanaged", "info")),
        (Policy((wanted(),), minimum=0), group(), ("drifted", "critical")),
        (Policy((wanted(),), maximum=719), group(), ("drifted", "critical")),
        (Policy((wanted(),), maximum=719), group(retention_time=0), ("drifted", "critical")),
        (Policy((wanted(),), maximum=0), group(), ("compliant", "info")),
        (Policy((wanted(),), minimum=0), group(retention_time=0), ("compliant", "info")),
        (Policy(minimum=24), group(), ("unmanaged", "info")),
        (Policy(minimum=721), group(), ("unmanaged", "critical")),
        (Policy(maximum=24), group(), ("unmanaged", "critical")),
        (Policy(purge=("*",)), group(), ("unmanaged", "warning")),
        (Policy(purge=("*",), maximum=24), group(), ("unmanaged", "critical")),
    ],
)
def test_verdicts(policy: Policy, current: RecordingGroup | None, expected: tuple[str, str]) -> None:
    assert verdict(policy, current) == expected


@pytest.mark.parametrize(
    ("policy", "current", "allowances", "expected"),
    [
        (Policy((wanted(retention_time=24),)), group(), FORBIDDEN, ("refused", "warning")),
        (Policy((wanted(retention_time=24),), maximum=24), group(), FORBIDDEN, ("refused", "critical")),
        (Policy((wanted(retention_time=24),)), group(retention_time=0), HELD, ("held", "info")),
        (Policy((wanted(retention_time=24),), maximum=24), group(retention_time=0), HELD, ("held", "info")),
        (Policy((wanted(retention_time=24),)), group(), HELD, ("held", "critical")),
        (Policy((wanted(disk_ids=("NAS",)),)), group(), ALLOWED, ("refused", "warning")),
        (Policy((wanted(disk_ids=("NAS",)),), minimum=721), group(), ALLOWED, ("refused", "critical")),
        (Policy(purge=("*",)), group(), FORBIDDEN, ("refused", "warning")),
        (Policy(purge=("*",)), group(retention_time=0), HELD, ("held", "info")),
        (Policy(purge=("*",)), group(), HELD, ("held", "critical")),
        (Policy((wanted(),)), group(), HELD, ("held", "critical")),
        (Policy((wanted(),)), group(retention_time=0), HELD, ("compliant", "info")),
        (Policy((wanted(),), maximum=24), group(retention_time=0), HELD, ("compliant", "info")),
        (Policy(maximum=24), group(), HELD, ("held", "critical")),
        (Policy(maximum=24), group(retention_time=0), HELD, ("unmanaged", "info")),
    ],
)
def test_verdicts_on_what_is_refused_or_held(
    policy: Policy, current: RecordingGroup, allowances: Allowances, expected: tuple[str, str]
) -> None:
    assert verdict(policy, current, allowances) == expected


@pytest.mark.parametrize(
    "policy",
    [
        Policy((wanted(),)),
        Policy((wanted(retention_time=0),)),
        Policy((wanted(retention_time=1000),)),
        Policy((wanted(retention_time=24),)),
        Policy((wanted(disk_ids=("NAS",)),)),
        Policy(rules=(rule(Match("*"), description="New"),)),
        Policy(purge=("*",)),
        Policy(minimum=1),
        Policy(minimum=0, maximum=0),
    ],
)
@pytest.mark.parametrize(("hours", "date"), [(720, MONTH_BEFORE), (24, DAY_BEFORE)])
def test_a_held_group_that_is_not_unlimited_says_from_when_evidence_goes(policy: Policy, hours: int, date: str) -> None:
    (finding,) = found(policy, [group(retention_time=hours)], HELD)
    assert finding.severity == "critical"
    assert not finding.in_line
    assert finding.reason is not None
    assert f"evidence from before {date} UTC goes" in str(finding.reason)
    assert "until 2026-03-03 08:00 UTC for Case 1 (owner: legal)" in str(finding.reason)


def test_a_hold_that_ended_or_is_for_another_group_grades_nothing() -> None:
    for hold in (replace(HOLD, until=NOW - timedelta(microseconds=1)), replace(HOLD, recording_group_id="doo?r")):
        assert verdict(Policy((wanted(),)), group(), Allowances(False, (hold,), NOW)) == ("compliant", "info")


@pytest.mark.parametrize("hours", [24 * 365 * 3000, 999_999_999 * 168, 10**18, 10**400])
def test_the_largest_retention_times_can_be_graded(hours: int) -> None:
    current = [group(retention_time=hours)]
    (finding,) = found(Policy((wanted(),)), current, HELD)
    assert (finding.verdict, finding.severity) == ("held", "critical")
    assert "evidence that is older goes" in str(finding.reason)
    assert verdict(Policy((wanted(),), minimum=hours - 1, maximum=hours), current[0]) == ("compliant", "info")
    assert verdict(Policy((wanted(),), maximum=hours - 1), current[0]) == ("drifted", "critical")
    assert verdict(Policy((wanted(),), minimum=0), current[0]) == ("drifted", "critical")


@pytest.mark.parametrize(
    ("policy", "hours", "words"),
    [
        (Policy((wanted(),), minimum=721), 720, "retention_time 720 hours (30 days) is below the minimum of 721 hours"),
        (Policy((wanted(),), minimum=0), 720, "retention_time 720 hours (30 days) is below the minimum of unlimited"),
        (
            Policy((wanted(),), maximum=24),
            25,
            "Privacy: retention_time 25 hours is above the maximum of 24 hours (1 day)",
        ),
        (
            Policy((wanted(),), maximum=24),
            0,
            "Privacy: retention_time unlimited is above the maximum of 24 hours (1 day)",
        ),
    ],
)
def test_what_is_out_of_bounds_says_so(policy: Policy, hours: int, words: str) -> None:
    (finding,) = found(policy, [group(retention_time=hours)])
    assert finding.reason == words


def test_a_group_to_be_purged_says_so_whatever_else_is_wrong_with_it() -> None:
    purged, endless = found(Policy(purge=("*",), maximum=720), [group("a"), group("b", retention_time=0)])
    assert purged.reason == "Nothing in the policy matches it: it is to be purged"
    assert str(endless.reason).startswith(f"{purged.reason}. Privacy: retention_time unlimited is above the maximum")


@pytest.mark.parametrize(("minimum", "severity"), [(None, "warning"), (24, "critical")])
def test_a_group_that_cannot_be_created_weighs_what_a_missing_one_does(minimum: int | None, severity: str) -> None:
    policy = Policy((wanted(disk_ids=("NAS",)),), minimum=minimum)
    plan = make_plan([], policy.desired([]), ALLOWED, [Disk("NAS", "disconnected", False, False)])
    (finding,) = find(policy, plan, [], ALLOWED)
    assert (finding.verdict, finding.severity) == ("refused", severity)


def test_a_foreign_group_is_left_alone_and_said_to_be() -> None:
    (finding,) = found(Policy(minimum=1), [group()])
    assert finding.reason == "Nothing in the policy matches it: it is left alone"
    assert finding.differences == ()
    assert finding.in_line


@pytest.mark.parametrize("reports_unmanaged", [True, False])
def test_groups_of_an_ambiguous_name_are_not_said_to_be_foreign(reports_unmanaged: bool) -> None:
    current = [group("one"), group("two", retention_time=24), group("held")]
    policy = Policy((wanted(None, nice_name="Door"),), minimum=48, reports_unmanaged=reports_unmanaged)
    held = Allowances(False, (replace(HOLD, recording_group_id="held"),), NOW)
    findings = found(policy, current, held)
    assert [(item.recording_group_id, item.verdict, item.severity) for item in findings] == [
        (None, "refused", "warning"),
        ("held", "held", "critical"),
        ("one", "refused", "warning"),
        ("two", "refused", "critical"),
    ]
    assert "one and two and held" in str(findings[0].reason)
    assert "means it by its name" in str(findings[2].reason)


def test_foreign_groups_can_be_left_out_but_not_those_to_be_purged() -> None:
    policy = Policy((wanted("door"),), purge=("x",), minimum=721, reports_unmanaged=False)
    findings = found(policy, [group("door"), group("x"), group("y")])
    assert [(item.recording_group_id, item.verdict) for item in findings] == [("door", "drifted"), ("x", "unmanaged")]


def test_a_foreign_group_whose_evidence_is_in_danger_is_never_left_out() -> None:
    policy = Policy((wanted("door"),), reports_unmanaged=False)
    held = Allowances(False, (replace(HOLD, recording_group_id="x*"),), NOW)
    findings = found(policy, [group("door"), group("x1"), group("x2", retention_time=0), group("y")], held)
    assert [(item.recording_group_id, item.verdict, item.severity) for item in findings] == [
        ("door", "compliant", "info"),
        ("x1", "held", "critical"),
    ]


def test_findings_are_sorted_by_id_and_carry_name_and_differences() -> None:
    policy = Policy((wanted("z", retention_time=24), wanted(None, nice_name="New"), wanted("b", nice_name="B")))
    findings = found(policy, [group("z"), group("a")])
    assert [(item.recording_group_id, item.nice_name, item.verdict) for item in findings] == [
        (None, "New", "missing"),
        ("a", "Door", "unmanaged"),
        ("b", "B", "missing"),
        ("z", "Door", "drifted"),
    ]
    assert [[(item.field, item.before, item.after) for item in finding.differences] for finding in findings] == [
        [("nice_name", None, "New")],
        [],
        [("nice_name", None, "B")],
        [("retention_time", 720, 24)],
    ]


# The laws. The generated policies hold no bounds against their own entries, as no user can write such.

ids = st.sampled_from(["a", "b", "c", "d", "e"])
names = st.sampled_from(["", "x", "y", "z"])
hours = st.sampled_from([0, 1, 24, 720])
globs = st.sampled_from(["a", "[a-c]", "?", "*", "e"])
options = st.sampled_from(["", "a=1", "a=1&b=2", "b=2&a=%31"])
groups = st.builds(RecordingGroup, ids, names, names, hours, st.just("SD_DISK"), options, st.just(0), st.just(0))
devices = st.lists(groups, max_size=5, unique_by=lambda item: item.recording_group_id).map(tuple)
fields = {
    "description": st.none() | names,
    "retention_time": st.none() | hours,
    "disk_ids": st.sampled_from([None, None, ("SD_DISK",), ("NAS", "SD_DISK"), ("NAS",)]),
    "stream_options": st.none() | options,
}
by_id = st.builds(DesiredGroup, st.just(True), ids, nice_name=st.none() | names, **fields)
by_name = st.builds(DesiredGroup, st.just(True), st.none(), nice_name=st.sampled_from(["x", "y", "z"]), **fields)
matches = st.builds(Match, globs, st.none() | st.sampled_from(["*", "x", "[xy]"]))
rules = st.lists(st.builds(Rule, matches, st.builds(DesiredGroup, st.just(True), st.none(), **fields)), max_size=3)
bounds = st.sampled_from([(None, None), (24, None), (None, 24), (1, 720), (0, 0)])
holds = st.lists(st.builds(Hold, globs, st.just("Case"), st.just("legal"), st.just(NOW)), max_size=1).map(tuple)
permissions = st.builds(Allowances, st.booleans(), holds, st.just(NOW))


def is_one_that_a_user_can_write(entries: Sequence[DesiredGroup]) -> bool:
    """No id twice, and no name twice when one of the two has no id."""
    named = [item.recording_group_id for item in entries if item.recording_group_id]
    nameless = [item.nice_name for item in entries if item.recording_group_id is None]
    all_names = [item.nice_name for item in entries]
    return len(named) == len(set(named)) and all(all_names.count(name) == 1 for name in nameless)


entries = st.lists(by_id | by_name, max_size=4).filter(is_one_that_a_user_can_write)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A policy that a user can write."""
    chosen, ruling, (minimum, maximum) = draw(entries), draw(rules), draw(bounds)
    purge = draw(st.lists(globs, max_size=2).map(tuple))

    def within(item: DesiredGroup) -> DesiredGroup:
        retention = item.retention_time
        low = retention is not None and minimum is not None and longer(minimum, retention)
        high = retention is not None and maximum is not None and longer(retention, maximum)
        return replace(item, retention_time=minimum if low else maximum if high else retention)

    return Policy(
        tuple(within(item) for item in chosen),
        tuple(replace(item, wanted=within(item.wanted)) for item in ruling),
        purge,
        minimum,
        maximum,
        draw(st.booleans()),
    )


def longer(one: int, other: int) -> bool:
    """Whether one keeps recordings longer, said without the code under test: 0 is longer than anything."""
    lasting = {0: 10**9}
    return lasting.get(one, one) > lasting.get(other, other)


def loses(change: Change) -> bool:
    """Whether recordings go with a change."""
    if change.before is None:
        return False
    return change.after is None or longer(change.before.retention_time or 0, change.after.retention_time or 0)


def with_ids(current: Sequence[RecordingGroup]) -> tuple[RecordingGroup, ...]:
    """The groups as a device has them: with generated ids, and every field."""
    blank = RecordingGroup(None, "", "", 0, "SD_DISK", "", 0, 0)
    whole = []
    for number, item in enumerate(current):
        given = {name: getattr(item, name) for name in RecordingGroup.__slots__ if getattr(item, name) is not None}
        whole.append(replace(blank, **{"recording_group_id": f"generated{number}", **given}))
    return tuple(whole)


@given(devices, policies(), permissions)
@settings(deadline=None, max_examples=200)
def test_nothing_outside_of_groups_rules_and_purge_is_changed_and_nothing_lost_unallowed_or_under_a_hold(
    current: tuple[RecordingGroup, ...], policy: Policy, allowances: Allowances
) -> None:
    plan = plan_of(policy, current, allowances)
    globs_of = {"a": {"a"}, "[a-c]": set("abc"), "?": set("abcde"), "*": set("abcde"), "e": {"e"}}
    named = {item.recording_group_id for item in policy.groups}
    by_their_name = {item.nice_name for item in policy.groups if item.recording_group_id is None}
    ruled = {key for item in policy.rules for key in globs_of[str(item.match.recording_group_id)]}
    purged = {key for glob in policy.purge for key in globs_of[glob]}
    held = {key for hold in allowances.holds for key in globs_of[hold.recording_group_id]}
    for change in plan.changes:
        key, claimed = change.group.recording_group_id, change.group.nice_name in by_their_name
        if change.operation == "create":
            assert key in named or claimed
        elif change.operation == "update":
            assert key in named | ruled or claimed
        else:
            assert key in purged - named
            assert not claimed
        assert change.loses_recordings is loses(change)
        assert not loses(change) or (allowances.recording_loss and key not in held)


@given(devices, policies(), permissions)
@settings(deadline=None, max_examples=200)
def test_the_writes_come_in_the_safe_order(
    current: tuple[RecordingGroup, ...], policy: Policy, allowances: Allowances
) -> None:
    def rank(change: Change) -> int:
        if change.before is None:
            return 1
        if change.after is None:
            return 4
        before, after = change.before.retention_time or 0, change.after.retention_time or 0
        return 0 if longer(after, before) else 3 if longer(before, after) else 2

    plan = plan_of(policy, current, allowances)
    ranks = [rank(change) for change in plan.changes]
    assert ranks == sorted(ranks)
    assert [change for _wanted, change in plan.steps] == list(plan.changes)


@given(devices, policies(), permissions)
@settings(deadline=None, max_examples=300)
def test_what_was_made_as_planned_needs_nothing_more_and_is_in_line(
    current: tuple[RecordingGroup, ...], policy: Policy, allowances: Allowances
) -> None:
    plan = plan_of(policy, current, allowances)
    after = with_ids(apply_changes(current, plan.changes))
    # What a name means may be clear once another entry has renamed its group.
    assume(all(refusal.kind != "ambiguous" for refusal in plan.refused))
    assert plan_of(policy, after, allowances).changes == ()
    held = {
        item.recording_group_id for item in after for hold in allowances.holds if hold.matches(item.recording_group_id)
    }
    refused = {refusal.change.group.recording_group_id for refusal in plan.refused}
    for finding in found(policy, after, allowances):
        if finding.in_line:
            continue
        (left,) = [item for item in after if item.recording_group_id == finding.recording_group_id]
        below = policy.minimum is not None and longer(policy.minimum, left.retention_time or 0)
        above = policy.maximum is not None and longer(left.retention_time or 0, policy.maximum)
        assert left.recording_group_id in held | refused or below or above
        if left.recording_group_id in held:
            assert finding.recording_group_id in refused or left.retention_time != 0


settled = {
    "nice_name": st.sampled_from([None, None, "x", "y"]),
    "stream_options": st.sampled_from([None, None, "a=1", "b=2", "a=1&b=2"]),
    "description": st.sampled_from([None, "y"]),
}
match_parameters = st.fixed_dictionaries(
    {},
    optional={
        "recording_group_id": globs,
        "nice_name": st.sampled_from(["*", "x", "[xy]"]),
        "stream_options": st.sampled_from([{"a": "1"}, {"b": "*"}]),
    },
).filter(bool)
rules_that_users_write = st.lists(st.fixed_dictionaries({"match": match_parameters, **settled}), min_size=1, max_size=3)


@given(devices, rules_that_users_write, st.sampled_from([[], [{"nice_name": "x"}]]))
@settings(deadline=None, max_examples=300)
def test_rules_that_are_taken_leave_their_groups_to_themselves(
    current: tuple[RecordingGroup, ...], existing: list[dict[str, Any]], entry: list[dict[str, Any]]
) -> None:
    # A rule that changes what it, or one before it, looks at would hand its groups on: to the purge, at worst.
    try:
        policy = policy_from(policy_parameters(groups=entry, existing=existing, purge=True, purge_match=["*"]))
    except InvalidOptionError:
        reject()
    plan = plan_of(policy, current)
    assert plan_of(policy, with_ids(apply_changes(current, plan.changes))).changes == ()


@given(devices, policies(), permissions)
@settings(deadline=None)
def test_there_is_one_finding_for_each_group_and_each_that_is_missing(
    current: tuple[RecordingGroup, ...], policy: Policy, allowances: Allowances
) -> None:
    # A group that two entries mean is in two findings: how it stands against the one, and that the other is refused.
    assume(all(refusal.kind != "ambiguous" for refusal in plan_of(policy, current, allowances).refused))
    findings = found(replace(policy, reports_unmanaged=True), current, allowances)
    there = sorted(str(item.recording_group_id) for item in current)
    about = [str(item.recording_group_id) for item in findings if item.verdict != "missing" and item.recording_group_id]
    assert about == there
