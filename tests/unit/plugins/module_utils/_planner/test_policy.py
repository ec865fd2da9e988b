# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies: the desired groups, the findings, and properties of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import build_policy
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Hold,
    Plan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Finding, Match, Policy, Rule, grade
from tests.parameters import policy_parameters
from tests.unit.plugins.module_utils._planner.planned_groups import apply_changes, group

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
ALLOWED = Allowances(recording_loss=True, holds=(), now=NOW)
FORBIDDEN = Allowances(recording_loss=False, holds=(), now=NOW)
HOLD = Hold("*", "Case 1", "legal", NOW + timedelta(days=1))
HELD = Allowances(recording_loss=True, holds=(HOLD,), now=NOW)
# 2 March 8:00 minus 24 and minus 720 hours.
DAY_BEFORE, MONTH_BEFORE = "2026-03-01 08:00", "2026-01-31 08:00"


def desired(recording_group_id: str | None = "door", **values: Any) -> DesiredGroup:
    """Return an entry of groups."""
    return DesiredGroup(True, recording_group_id, **values)


def rule(match: Match, **values: Any) -> Rule:
    """Return an entry of existing_groups."""
    return Rule(match, DesiredGroup(True, None, **values))


def plan_of(policy: Policy, current: Sequence[RecordingGroup], allowances: Allowances = ALLOWED) -> Plan:
    """Return the plan of a policy."""
    return make_plan(current, policy.desired_groups(current, allowances), allowances)


def found(policy: Policy, current: Sequence[RecordingGroup], allowances: Allowances = ALLOWED) -> tuple[Finding, ...]:
    """Return the findings about a device."""
    return grade(policy, plan_of(policy, current, allowances), current, allowances)


def verdict(policy: Policy, current: RecordingGroup | None, allowances: Allowances = ALLOWED) -> tuple[str, str]:
    """Return verdict and severity of the only finding, and check its compliance."""
    (finding,) = found(policy, () if current is None else (current,), allowances)
    graded = (finding.verdict, finding.severity)
    assert finding.is_compliant is (graded in {("compliant", "info"), ("unmanaged", "info")})
    return graded


def operations(plan: Plan) -> list[tuple[str, str | None]]:
    """Return operation and group of each change, in the order of the writes."""
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
def test_every_glob_must_match_in_any_form_of_stream_options(match: Match, fits: bool, written: str) -> None:
    assert match.matches(group("High_B8A44F0A1B01_0_C", nice_name="Tür & Tor", stream_options=written)) is fits


@pytest.mark.parametrize("written", ["", None, "a", "a=1&a=2", "a=%zz"])
def test_missing_or_invalid_stream_options_match_no_glob(written: str | None) -> None:
    current = group(stream_options=written)
    assert not Match(stream_options=(("a", "*"),)).matches(current)
    assert Match("door").matches(current)


def test_a_group_without_a_name_matches_a_star() -> None:
    assert Match(nice_name="*").matches(group(nice_name=""))
    assert not Match(nice_name="?*").matches(group(nice_name=""))


def test_the_first_matching_rule_applies() -> None:
    rules = (rule(Match("b*"), retention_time=24), rule(Match("*"), retention_time=48), rule(Match("a*")))
    plan = plan_of(Policy(rules=rules), [group("a"), group("b"), group("c", retention_time=48)])
    assert {item.group.recording_group_id: item.after.retention_time for item in plan.changes if item.after} == {
        "a": 48,
        "b": 24,
    }


@pytest.mark.parametrize("entry", [desired("door"), desired(None, nice_name="Door"), desired(None, nice_name="Do\nor")])
def test_an_entry_takes_precedence_over_rules_and_purge(entry: DesiredGroup) -> None:
    name = "Do or" if entry.nice_name == "Do\nor" else "Door"
    policy = Policy((replace(entry, description="Mine"),), (rule(Match("*"), retention_time=0),), purge=("*",))
    plan = plan_of(policy, [group(nice_name=name), group("other", nice_name="Other")])
    assert operations(plan) == [("update", "other"), ("update", "door")]
    assert [item.field for item in plan.changes[1].differences] == ["description"]


def test_groups_of_an_ambiguous_name_are_not_purged_or_ruled() -> None:
    current = [group("one"), group("two"), group("three", nice_name="Other")]
    entry = desired(None, nice_name="Door")
    for policy in (
        Policy((entry,), (rule(Match("*"), retention_time=0),)),
        Policy((entry,), purge=("*",)),
    ):
        plan = plan_of(policy, current)
        assert [change.group.recording_group_id for change in plan.changes] == ["three"]
        assert [refusal.kind for refusal in plan.refused] == ["ambiguous"]


def test_a_rule_never_creates_a_group() -> None:
    policy = Policy(rules=(rule(Match("door"), nice_name="Door", retention_time=24),))
    assert plan_of(policy, []) == Plan(())
    # Nor if its group disappears after it was listed.
    assert make_plan([], policy.desired_groups([group()]), ALLOWED).changes == ()


def test_purge_deletes_matching_groups_without_entry_or_rule() -> None:
    policy = Policy((desired("pilot_1"),), (rule(Match("pilot_2")),), purge=("pilot_*", "x"))
    current = [group(key) for key in ("pilot_1", "pilot_2", "pilot_3", "Pilot_4", "pilot", "x", "xx")]
    assert operations(plan_of(policy, current)) == [("delete", "pilot_3"), ("delete", "x")]
    assert plan_of(replace(policy, purge=()), current).changes == ()


@pytest.mark.parametrize(
    ("policy", "current", "expected"),
    [
        (Policy((desired(retention_time=720),)), group(), ("compliant", "info")),
        (Policy((desired(stream_options="b=%32&a=1"),)), group(stream_options="a=1&b=2"), ("compliant", "info")),
        (Policy(rules=(rule(Match("*")),)), group(), ("compliant", "info")),
        (Policy((desired(),)), None, ("missing", "warning")),
        (Policy((desired(),), minimum=1), None, ("missing", "critical")),
        (Policy((desired(),), maximum=720), None, ("missing", "warning")),
        (Policy((desired(nice_name="New"),)), group(), ("drifted", "cosmetic")),
        (Policy((desired(nice_name="New", description="New"),)), group(), ("drifted", "cosmetic")),
        (Policy((desired(nice_name="New", pre_duration=1),)), group(), ("drifted", "warning")),
        (Policy((desired(retention_time=0),)), group(), ("drifted", "warning")),
        (Policy((desired(retention_time=24),)), group(), ("drifted", "warning")),
        (Policy((desired(stream_options=""),)), group(), ("drifted", "warning")),
        (Policy((desired(retention_time=800),), minimum=720), group(), ("drifted", "warning")),
        (Policy((desired(retention_time=800),), minimum=721), group(), ("drifted", "critical")),
        (Policy((desired(nice_name="New"),), minimum=721), group(), ("drifted", "critical")),
        (Policy(minimum=720, maximum=720), group(), ("unmanaged", "info")),
        (Policy((desired(),), minimum=0), group(), ("drifted", "critical")),
        (Policy((desired(),), maximum=719), group(), ("drifted", "critical")),
        (Policy((desired(),), maximum=719), group(retention_time=0), ("drifted", "critical")),
        (Policy((desired(),), maximum=0), group(), ("compliant", "info")),
        (Policy((desired(),), minimum=0), group(retention_time=0), ("compliant", "info")),
        (Policy(minimum=24), group(), ("unmanaged", "info")),
        (Policy(minimum=721), group(), ("unmanaged", "critical")),
        (Policy(maximum=24), group(), ("unmanaged", "critical")),
        (Policy(purge=("*",)), group(), ("unmanaged", "warning")),
        (Policy(purge=("*",), maximum=24), group(), ("unmanaged", "critical")),
    ],
)
def test_each_difference_has_a_verdict_and_a_severity(
    policy: Policy, current: RecordingGroup | None, expected: tuple[str, str]
) -> None:
    assert verdict(policy, current) == expected


@pytest.mark.parametrize(
    ("policy", "allowances"),
    [
        (Policy(no_groups=True), ALLOWED),
        (Policy(no_groups=True, minimum=24, maximum=48), ALLOWED),
        (Policy(no_groups=True, purge=("*",)), ALLOWED),
        (Policy(no_groups=True), Allowances(True, (replace(HOLD, until=NOW - timedelta(days=1)),), NOW)),
    ],
)
def test_a_device_that_must_have_no_groups_has_none(policy: Policy, allowances: Allowances) -> None:
    assert found(policy, [], allowances) == ()
    assert plan_of(policy, [], allowances) == Plan(())


UNEXPECTED = (
    "no_groups is true, but the device lists the group. Check whether the device is meant to record. If so, remove "
    "no_groups, and add the group to groups or existing_groups. If not, remove the group from the device, which "
    "deletes its recordings"
)
HELD_GROUP = "held until 2026-03-03 08:00 UTC for Case 1 (owner: legal)"
UNEXPECTED_HELD = "Remove no_groups, and add the group to groups or existing_groups"


@pytest.mark.parametrize("reports_unmanaged", [True, False])
@pytest.mark.parametrize(
    ("policy", "retention_time", "allowances", "expected"),
    [
        (Policy(no_groups=True), 720, ALLOWED, ("unmanaged", "warning", UNEXPECTED)),
        (Policy(no_groups=True, minimum=24, maximum=720), 720, ALLOWED, ("unmanaged", "warning", UNEXPECTED)),
        (Policy(no_groups=True, purge=("x*",)), 720, ALLOWED, ("unmanaged", "warning", UNEXPECTED)),
        (
            Policy(no_groups=True, maximum=24),
            720,
            ALLOWED,
            (
                "unmanaged",
                "critical",
                "Privacy: retention_time 720 hours (30 days) is above the maximum of 24 hours (1 day). " + UNEXPECTED,
            ),
        ),
        (
            Policy(no_groups=True),
            0,
            HELD,
            (
                "unmanaged",
                "warning",
                f"no_groups is true, but the device lists the group, which is {HELD_GROUP}. {UNEXPECTED_HELD}",
            ),
        ),
        (
            Policy(no_groups=True),
            24,
            HELD,
            (
                "held",
                "critical",
                f"The group is {HELD_GROUP}, but keeps only 24 hours (1 day): recordings from before {DAY_BEFORE} UTC "
                "are deleted. Set its retention_time to unlimited. no_groups is true, but the device lists the group. "
                + UNEXPECTED_HELD,
            ),
        ),
    ],
)
def test_a_group_of_a_device_that_must_have_none_counts(
    policy: Policy, retention_time: int, allowances: Allowances, expected: tuple[str, str, str], reports_unmanaged: bool
) -> None:
    policy, current = replace(policy, reports_unmanaged=reports_unmanaged), [group(retention_time=retention_time)]
    (finding,) = found(policy, current, allowances)
    assert (finding.verdict, finding.severity, str(finding.reason)) == expected
    assert not finding.is_compliant
    assert plan_of(policy, current, allowances) == Plan(())


def test_only_a_purge_deletes_a_group_of_a_device_that_must_have_none() -> None:
    policy, current = Policy(no_groups=True, purge=("old_*",)), [group("old_1"), group("new_1")]
    assert operations(plan_of(policy, current)) == [("delete", "old_1")]
    assert plan_of(policy, current, FORBIDDEN).changes == ()
    assert plan_of(policy, current, HELD).changes == ()
    assert {item.recording_group_id: item.verdict for item in found(policy, current, FORBIDDEN)} == {
        "old_1": "refused",
        "new_1": "unmanaged",
    }


@pytest.mark.parametrize("pattern", ["hall", "hall*", "*"])
def test_a_hold_needs_a_group_on_a_device_that_must_have_none(pattern: str) -> None:
    hold = replace(HOLD, recording_group_id=pattern)
    first, *_others = found(Policy(no_groups=True, minimum=24), [], Allowances(False, (hold,), NOW))
    assert (first.recording_group_id, first.verdict, first.severity) == (None, "missing", "critical")
    assert str(first.reason) == f"{NO_GROUPS} a hold"


@pytest.mark.parametrize(
    ("policy", "current", "allowances", "expected"),
    [
        (Policy((desired(retention_time=24),)), group(), FORBIDDEN, ("refused", "warning")),
        (Policy((desired(retention_time=24),), maximum=24), group(), FORBIDDEN, ("refused", "critical")),
        (Policy((desired(retention_time=24),)), group(retention_time=0), HELD, ("held", "info")),
        (Policy((desired(retention_time=24),), maximum=24), group(retention_time=0), HELD, ("held", "info")),
        (Policy((desired(retention_time=24),)), group(), HELD, ("held", "critical")),
        (Policy((desired(disk_ids=("NAS",)),)), group(), ALLOWED, ("refused", "warning")),
        (Policy((desired(disk_ids=("NAS",)),), minimum=721), group(), ALLOWED, ("refused", "critical")),
        (Policy(purge=("*",)), group(), FORBIDDEN, ("refused", "warning")),
        (Policy(purge=("*",)), group(retention_time=0), HELD, ("held", "info")),
        (Policy(purge=("*",)), group(), HELD, ("held", "critical")),
        (Policy((desired(),)), group(), HELD, ("held", "critical")),
        (Policy((desired(),)), group(retention_time=0), HELD, ("compliant", "info")),
        (Policy((desired(),), maximum=24), group(retention_time=0), HELD, ("compliant", "info")),
        (Policy(maximum=24), group(), HELD, ("held", "critical")),
        (Policy(maximum=24), group(retention_time=0), HELD, ("unmanaged", "info")),
    ],
)
def test_verdicts_about_refused_and_held_groups(
    policy: Policy, current: RecordingGroup, allowances: Allowances, expected: tuple[str, str]
) -> None:
    assert verdict(policy, current, allowances) == expected


@pytest.mark.parametrize(
    "policy",
    [
        Policy((desired(),)),
        Policy((desired(retention_time=0),)),
        Policy((desired(retention_time=1000),)),
        Policy((desired(retention_time=24),)),
        Policy((desired(disk_ids=("NAS",)),)),
        Policy(rules=(rule(Match("*"), description="New"),)),
        Policy(purge=("*",)),
        Policy(minimum=1),
        Policy(minimum=0, maximum=0),
    ],
)
@pytest.mark.parametrize(("hours", "date"), [(720, MONTH_BEFORE), (24, DAY_BEFORE)])
def test_a_held_group_names_the_recordings_that_it_loses(policy: Policy, hours: int, date: str) -> None:
    (finding,) = found(policy, [group(retention_time=hours)], HELD)
    assert finding.severity == "critical"
    assert not finding.is_compliant
    assert finding.reason is not None
    assert f"recordings from before {date} UTC are deleted" in str(finding.reason)
    assert "until 2026-03-03 08:00 UTC for Case 1 (owner: legal)" in str(finding.reason)


NO_GROUPS = "The device lists no recording groups, although the policy has"
MISSING = "The group is held until 2026-12-31 00:00 UTC for Case 1 (owner: legal), but does not exist"
IN_CASE = "which differs only in case: correct its ID"


@pytest.mark.parametrize(
    ("pattern", "groups", "expected"),
    [
        ("hall", ["door"], [("hall", "missing", "critical", MISSING)]),
        ("hall", [], [(None, "missing", "critical", f"{NO_GROUPS} a hold"), ("hall", "missing", "critical", MISSING)]),
        (
            "Door",
            ["door"],
            [("Door", "missing", "warning", f"{MISSING}. The hold protects door instead, {IN_CASE}")],
        ),
        ("door", ["door"], []),
        ("hall*", ["door"], []),
        ("hal[l]", ["door"], []),
    ],
)
def test_a_held_group_that_does_not_exist_is_missing(
    pattern: str, groups: list[str], expected: list[tuple[str, str, str, str]]
) -> None:
    """Also if no entry of the policy needs it; a pattern may be for groups of other devices."""
    hold = Hold(pattern, "Case 1", "legal", datetime(2026, 12, 31, tzinfo=timezone.utc))
    current = [group(name, retention_time=0) for name in groups]
    policy = Policy(purge=("x*",), reports_unmanaged=False)
    result = found(policy, current, Allowances(False, (hold,), NOW))
    assert [(item.recording_group_id, item.verdict, item.severity, str(item.reason)) for item in result] == expected
    assert found(policy, current, Allowances(False, (replace(hold, until=NOW - timedelta(days=1)),), NOW)) == ()


@pytest.mark.parametrize(
    ("policy", "holds", "severity", "expected"),
    [
        (Policy(minimum=24), (), "critical", "retention_minimum"),
        (Policy(maximum=24), (), "warning", "retention_maximum"),
        (Policy(minimum=0), (), "critical", "retention_minimum"),
        (Policy(rules=(Rule(Match("*"), DesiredGroup(True, None)),)), (), "warning", "existing_groups"),
        (Policy(purge=("x*",)), (Hold("hall*", "Case 1", "legal", NOW),), "critical", "a hold"),
        (
            Policy(
                rules=(Rule(Match("*"), DesiredGroup(True, None)),), minimum=24, maximum=48, reports_unmanaged=False
            ),
            (Hold("hall*", "Case 1", "legal", NOW),),
            "critical",
            "retention_minimum, retention_maximum, existing_groups and a hold",
        ),
    ],
)
def test_a_device_without_groups_is_not_compliant(
    policy: Policy, holds: tuple[Hold, ...], severity: str, expected: str
) -> None:
    (finding,) = found(policy, [], Allowances(False, holds, NOW))
    assert not finding.is_compliant
    assert (finding.recording_group_id, finding.nice_name, finding.verdict) == (None, None, "missing")
    assert (finding.severity, str(finding.reason)) == (severity, f"{NO_GROUPS} {expected}")


def test_the_state_of_the_disks_of_a_device_without_groups_is_shown() -> None:
    policy = Policy(minimum=24)
    disks = [
        Disk("SD_DISK", "disconnected", locked=False, readonly=False),
        Disk("NetworkShare", "OK", locked=True, readonly=False),
    ]
    for known, text in ((disks, "SD_DISK (disconnected), NetworkShare (locked)"), ([], "none")):
        (finding,) = grade(policy, plan_of(policy, []), [], ALLOWED, known)
        assert str(finding.reason) == f"{NO_GROUPS} retention_minimum. Disks of the device: {text}"


@pytest.mark.parametrize(
    ("policy", "holds"),
    [
        (Policy(purge=("x*",)), ()),
        # The hold has ended.
        (Policy(purge=("x*",)), (Hold("hall*", "Case 1", "legal", NOW - timedelta(days=1)),)),
    ],
)
def test_a_device_without_groups_is_compliant_if_none_is_expected(policy: Policy, holds: tuple[Hold, ...]) -> None:
    assert found(policy, [], Allowances(False, holds, NOW)) == ()


def test_a_missing_group_of_an_entry_is_the_only_finding() -> None:
    (finding,) = found(Policy((desired(),), minimum=24), [])
    assert (finding.recording_group_id, finding.verdict) == ("door", "missing")


def test_a_held_group_that_is_to_be_created_has_one_finding() -> None:
    hold = Hold("hall", "Case 1", "legal", datetime(2026, 12, 31, tzinfo=timezone.utc))
    other = replace(hold, reason="Case 2")
    (finding,) = found(Policy((DesiredGroup(True, "hall"),)), [], Allowances(False, (hold, other), NOW))
    assert (finding.verdict, finding.severity) == ("missing", "critical")
    assert str(finding.reason) == f"The group does not exist. {MISSING}. {MISSING.replace('Case 1', 'Case 2')}"


def test_other_and_ended_holds_do_not_affect_the_verdict() -> None:
    for hold in (replace(HOLD, until=NOW - timedelta(microseconds=1)), replace(HOLD, recording_group_id="doo?r")):
        assert verdict(Policy((desired(),)), group(), Allowances(False, (hold,), NOW)) == ("compliant", "info")


@pytest.mark.parametrize("hours", [24 * 365 * 3000, 999_999_999 * 168, 10**18, 10**400])
def test_the_largest_retention_times_can_be_graded(hours: int) -> None:
    current = [group(retention_time=hours)]
    (finding,) = found(Policy((desired(),)), current, HELD)
    assert (finding.verdict, finding.severity) == ("held", "critical")
    assert "older recordings are deleted" in str(finding.reason)
    assert verdict(Policy((desired(),), minimum=hours - 1, maximum=hours), current[0]) == ("compliant", "info")
    assert verdict(Policy((desired(),), maximum=hours - 1), current[0]) == ("drifted", "critical")
    assert verdict(Policy((desired(),), minimum=0), current[0]) == ("drifted", "critical")


@pytest.mark.parametrize(
    ("policy", "hours", "reason"),
    [
        (
            Policy((desired(),), minimum=721),
            720,
            "retention_time 720 hours (30 days) is below the minimum of 721 hours",
        ),
        (Policy((desired(),), minimum=0), 720, "retention_time 720 hours (30 days) is below the minimum of unlimited"),
        (
            Policy((desired(),), maximum=24),
            25,
            "Privacy: retention_time 25 hours is above the maximum of 24 hours (1 day)",
        ),
        (
            Policy((desired(),), maximum=24),
            0,
            "Privacy: retention_time unlimited is above the maximum of 24 hours (1 day)",
        ),
    ],
)
def test_the_reason_names_the_violated_bound(policy: Policy, hours: int, reason: str) -> None:
    (finding,) = found(policy, [group(retention_time=hours)])
    assert finding.reason == reason


def test_the_reason_of_a_group_to_purge_includes_the_bound() -> None:
    purged, endless = found(Policy(purge=("*",), maximum=720), [group("a"), group("b", retention_time=0)])
    assert purged.reason == "No entry or rule of the policy covers the group, which is to be purged"
    assert str(endless.reason).startswith(f"{purged.reason}. Privacy: retention_time unlimited is above the maximum")


@pytest.mark.parametrize(("minimum", "severity"), [(None, "warning"), (24, "critical")])
def test_a_refused_creation_is_as_severe_as_a_missing_group(minimum: int | None, severity: str) -> None:
    policy = Policy((desired(disk_ids=("NAS",)),), minimum=minimum)
    plan = make_plan([], policy.desired_groups([]), ALLOWED, [Disk("NAS", "disconnected", False, False)])
    (finding,) = grade(policy, plan, [], ALLOWED)
    assert (finding.verdict, finding.severity) == ("refused", severity)


@pytest.mark.parametrize("pattern", ["hall", "ha*"])
def test_a_held_group_whose_creation_is_refused_has_one_finding(pattern: str) -> None:
    policy = Policy((DesiredGroup(True, "hall", disk_ids=("NAS",)),))
    hold = Hold(pattern, "Case 1", "legal", datetime(2026, 12, 31, tzinfo=timezone.utc))
    allowances = Allowances(False, (hold,), NOW)
    plan = make_plan([], policy.desired_groups([]), allowances, [Disk("NAS", "disconnected", False, False)])
    (finding,) = grade(policy, plan, [], allowances)
    assert (finding.recording_group_id, finding.verdict) == ("hall", "refused")
    assert str(finding.reason).endswith(f". {MISSING}")


def test_an_unmanaged_group_is_reported() -> None:
    (finding,) = found(Policy(minimum=1), [group()])
    assert finding.reason == "No entry or rule of the policy covers the group, which is not changed"
    assert finding.differences == ()
    assert finding.is_compliant


@pytest.mark.parametrize("reports_unmanaged", [True, False])
def test_groups_of_an_ambiguous_name_are_refused(reports_unmanaged: bool) -> None:
    current = [group("one"), group("two", retention_time=24), group("held")]
    policy = Policy((desired(None, nice_name="Door"),), minimum=48, reports_unmanaged=reports_unmanaged)
    held = Allowances(False, (replace(HOLD, recording_group_id="held"),), NOW)
    findings = found(policy, current, held)
    assert [(item.recording_group_id, item.verdict, item.severity) for item in findings] == [
        (None, "refused", "warning"),
        ("held", "held", "critical"),
        ("one", "refused", "warning"),
        ("two", "refused", "critical"),
    ]
    assert "one, two and held" in str(findings[0].reason)
    assert "Several groups have the name of an entry of the policy" in str(findings[2].reason)


def test_unmanaged_groups_can_be_ignored_except_when_purged() -> None:
    policy = Policy((desired("door"),), purge=("x",), minimum=721, reports_unmanaged=False)
    findings = found(policy, [group("door"), group("x"), group("y")])
    assert [(item.recording_group_id, item.verdict) for item in findings] == [("door", "drifted"), ("x", "unmanaged")]


def test_a_held_unmanaged_group_is_never_ignored() -> None:
    policy = Policy((desired("door"),), reports_unmanaged=False)
    held = Allowances(False, (replace(HOLD, recording_group_id="x*"),), NOW)
    findings = found(policy, [group("door"), group("x1"), group("x2", retention_time=0), group("y")], held)
    assert [(item.recording_group_id, item.verdict, item.severity) for item in findings] == [
        ("door", "compliant", "info"),
        ("x1", "held", "critical"),
    ]


def test_findings_are_sorted_and_have_name_and_differences() -> None:
    policy = Policy((desired("z", retention_time=24), desired(None, nice_name="New"), desired("b", nice_name="B")))
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


# Properties. The generated policies do not violate their own bounds, which is not a valid policy.

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


def is_valid(entries: Sequence[DesiredGroup]) -> bool:
    """Return whether no ID occurs twice, and no name that an entry without ID has."""
    named = [item.recording_group_id for item in entries if item.recording_group_id]
    nameless = [item.nice_name for item in entries if item.recording_group_id is None]
    all_names = [item.nice_name for item in entries]
    return len(named) == len(set(named)) and all(all_names.count(name) == 1 for name in nameless)


entries = st.lists(by_id | by_name, max_size=4).filter(is_valid)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Generate a valid policy."""
    chosen, ruling, (minimum, maximum) = draw(entries), draw(rules), draw(bounds)
    purge = draw(st.lists(globs, max_size=2).map(tuple))

    def within(item: DesiredGroup) -> DesiredGroup:
        retention = item.retention_time
        low = retention is not None and minimum is not None and longer(minimum, retention)
        high = retention is not None and maximum is not None and longer(retention, maximum)
        return replace(item, retention_time=minimum if low else maximum if high else retention)

    return Policy(
        tuple(within(item) for item in chosen),
        tuple(replace(item, desired=within(item.desired)) for item in ruling),
        purge,
        minimum,
        maximum,
        draw(st.booleans()),
    )


def longer(one: int, other: int) -> bool:
    """Return whether one keeps recordings longer, without the code under test: 0 is longer than everything."""
    lasting = {0: 10**9}
    return lasting.get(one, one) > lasting.get(other, other)


def loses(change: Change) -> bool:
    """Return whether a change loses recordings."""
    if change.before is None:
        return False
    return change.after is None or longer(change.before.retention_time or 0, change.after.retention_time or 0)


def with_ids(current: Sequence[RecordingGroup]) -> tuple[RecordingGroup, ...]:
    """Return the groups as a device has them: with generated IDs, and every field."""
    blank = RecordingGroup(None, "", "", 0, "SD_DISK", "", 0, 0)
    whole = []
    for number, item in enumerate(current):
        given = {name: getattr(item, name) for name in RecordingGroup.__slots__ if getattr(item, name) is not None}
        whole.append(replace(blank, **{"recording_group_id": f"generated{number}", **given}))
    return tuple(whole)


@given(devices, policies(), permissions)
def test_only_covered_groups_change_and_only_allowed_losses(
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
def test_writes_that_lose_recordings_come_last(
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
    assert [change for _desired, change in plan.steps] == list(plan.changes)


@given(devices, policies(), permissions)
def test_an_applied_plan_is_compliant(
    current: tuple[RecordingGroup, ...], policy: Policy, allowances: Allowances
) -> None:
    plan = plan_of(policy, current, allowances)
    after = with_ids(apply_changes(current, plan.changes))
    # A name may be unambiguous after another entry has renamed its group.
    assume(all(refusal.kind != "ambiguous" for refusal in plan.refused))
    assert plan_of(policy, after, allowances).changes == ()
    held = {
        item.recording_group_id for item in after for hold in allowances.holds if hold.matches(item.recording_group_id)
    }
    refused = {refusal.change.group.recording_group_id for refusal in plan.refused}
    for finding in found(policy, after, allowances):
        if finding.is_compliant:
            continue
        if finding.recording_group_id is None:
            assert after == ()
            continue
        if finding.verdict == "missing" and finding.recording_group_id in {
            hold.recording_group_id for hold in allowances.holds
        }:
            assert all(item.recording_group_id != finding.recording_group_id for item in after)
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


def without_matched_fields(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a rule that does not set what it matches by, which would be invalid."""
    return {name: None if name in rule["match"] else value for name, value in rule.items()}


valid_rules = st.lists(
    st.fixed_dictionaries({"match": match_parameters, **settled}).map(without_matched_fields), min_size=1, max_size=3
)


@given(devices, valid_rules, st.sampled_from([[], [{"nice_name": "x"}]]))
def test_valid_rules_match_the_same_groups_in_the_next_run(
    current: tuple[RecordingGroup, ...], existing: list[dict[str, Any]], entry: list[dict[str, Any]]
) -> None:
    # A rule that sets a field which it, or an earlier one, matches could expose its groups to the purge.
    try:
        policy = build_policy(policy_parameters(groups=entry, existing_groups=existing, purge=True, purge_match=["*"]))
    except InvalidOptionError:
        reject()
    plan = plan_of(policy, current)
    assert plan_of(policy, with_ids(apply_changes(current, plan.changes))).changes == ()


@given(devices, policies(), permissions)
def test_each_existing_or_missing_group_has_one_finding(
    current: tuple[RecordingGroup, ...], policy: Policy, allowances: Allowances
) -> None:
    # A group that two entries match has two findings: one of each entry.
    assume(all(refusal.kind != "ambiguous" for refusal in plan_of(policy, current, allowances).refused))
    findings = found(replace(policy, reports_unmanaged=True), current, allowances)
    there = sorted(str(item.recording_group_id) for item in current)
    about = [str(item.recording_group_id) for item in findings if item.verdict != "missing" and item.recording_group_id]
    assert about == there


@given(devices, devices, policies(), permissions)
def test_no_group_with_a_duplicate_id_is_changed(
    one: tuple[RecordingGroup, ...], other: tuple[RecordingGroup, ...], policy: Policy, allowances: Allowances
) -> None:
    current = (*one, *other)
    listed = [item.recording_group_id for item in current]
    duplicates = {key for key in listed if listed.count(key) > 1}
    plan = plan_of(policy, current, allowances)
    assert not duplicates & {change.group.recording_group_id for change in plan.changes}
    findings = found(policy, current, allowances)
    for key in duplicates:
        (finding,) = [item for item in findings if item.recording_group_id == key]
        assert not finding.is_compliant
        assert f"2 recording groups with the ID {key}" in str(finding.reason)
    covered = {key for key in duplicates for item in policy.groups if item.recording_group_id == key}
    refused = {item.change.group.recording_group_id for item in plan.refused if item.kind == "ambiguous"}
    assert covered <= refused


OTHER_HOLD = Hold("dor", "Case 2", "legal", NOW + timedelta(days=1))
ENDED_HOLD = Hold("door", "Case 3", "counsel", NOW - timedelta(days=1))
ABOVE = "Only a group under an active hold may be above the maximum, so the retention time is not changed"


@pytest.mark.fault("maximum of a policy with a group under a hold")
@pytest.mark.parametrize(
    "policy",
    [
        Policy((desired(retention_time=0),), maximum=720),
        Policy(rules=(rule(Match("*"), retention_time=0),), maximum=720),
        Policy((desired(None, nice_name="door", retention_time=0),), maximum=720),
    ],
)
@pytest.mark.parametrize(
    ("hold", "hours", "is_held", "change", "cause"),
    [
        (HOLD, 720, True, 0, ""),
        (HOLD, 0, True, None, ""),
        (OTHER_HOLD, 720, False, None, "The hold on dor for Case 2 (owner: legal) matches no group of the device"),
        (ENDED_HOLD, 720, False, None, "The hold for Case 3 (owner: counsel) ended 2026-03-01 08:00 UTC"),
        (ENDED_HOLD, 0, False, None, "The hold for Case 3 (owner: counsel) ended 2026-03-01 08:00 UTC"),
    ],
)
def test_only_a_held_group_may_be_above_the_maximum(
    policy: Policy, hold: Hold, hours: int, is_held: bool, change: int | None, cause: str
) -> None:
    """Nothing exceeds the maximum, or is shortened to it, because of a hold that does not apply."""
    allowances = Allowances(True, (hold,), NOW)
    current = [group("door", nice_name="door", retention_time=hours)]
    changes = plan_of(policy, current, allowances).changes
    assert [item.after.retention_time for item in changes if item.after] == ([] if change is None else [change])
    findings = [item for item in found(policy, current, allowances) if item.recording_group_id == "door"]
    if is_held:
        assert ABOVE not in str(findings[0].reason)
        return
    (finding,) = findings
    assert (finding.verdict, finding.severity) == ("drifted", "critical")
    assert f"{ABOVE}. {cause}. Correct the hold" in str(finding.reason)
    assert ("Privacy" in str(finding.reason)) is (hours == 0)


@pytest.mark.fault("maximum of a policy with a group under a hold")
def test_a_new_group_does_not_exceed_the_maximum_without_a_hold() -> None:
    policy = Policy((desired(retention_time=0),), maximum=720)
    (change,) = plan_of(policy, [], Allowances(True, (OTHER_HOLD,), NOW)).changes
    assert change.after is not None
    assert change.after.retention_time == 720
    finding = next(
        item for item in found(policy, [], Allowances(True, (OTHER_HOLD,), NOW)) if item.recording_group_id == "door"
    )
    assert (finding.verdict, finding.severity) == ("missing", "critical")
    assert ABOVE in str(finding.reason)
