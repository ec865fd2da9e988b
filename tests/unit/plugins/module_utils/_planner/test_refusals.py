# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused without an allowance, under a hold, and in any case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    DesiredGroup,
    Hold,
    Plan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan
from tests.unit.plugins.module_utils._planner.planned_groups import group

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
ALLOWED = Allowances(recording_loss=True, holds=(), now=NOW)
FORBIDDEN = Allowances(recording_loss=False, holds=(), now=NOW)
HELD = Allowances(recording_loss=True, holds=(Hold("*", "Case 1", "legal", NOW),), now=NOW)


def only_refusal(plan: Plan) -> tuple[str, str]:
    """Return kind and reason of the only refusal of a plan without changes."""
    assert plan.changes == ()
    (refusal,) = plan.refused
    return refusal.kind, refusal.reason


@pytest.mark.parametrize(("late", "kind"), [(timedelta(0), "held"), (timedelta(microseconds=1), None)])
def test_a_hold_overrides_the_allowance_exactly_until_its_end(late: timedelta, kind: str | None) -> None:
    hold = Hold("do[a-z]r", "Case 1", "legal@example.com", NOW)
    plan = make_plan([group()], [DesiredGroup(False, "door")], Allowances(True, (hold,), NOW + late))
    assert (only_refusal(plan)[0] if plan.refused else None) == kind


@pytest.mark.parametrize("pattern", ["doo", "x*", "[!d]oor"])
def test_a_hold_on_another_group_permits_the_deletion(pattern: str) -> None:
    hold = Hold(pattern, "Case 1", "legal", NOW + timedelta(days=1))
    plan = make_plan([group()], [DesiredGroup(False, "door")], Allowances(True, (hold,), NOW))
    assert [change.operation for change in plan.changes] == ["delete"]


def test_a_refusal_names_every_active_hold() -> None:
    """The end of one hold does not permit the change."""
    ended, one, other = (
        Hold(pattern, f"Case {pattern}", f"{pattern}@example.com", NOW + timedelta(days=days))
        for pattern, days in (("*", -1), ("door", 1), ("d*", 2))
    )
    (refusal,) = make_plan([group()], [DesiredGroup(False, "door")], Allowances(True, (ended, one, other), NOW)).refused
    assert str(refusal.reason) == (
        "Deleting recording group door deletes all its recordings, which 2 holds forbid: Case door (owner: "
        "door@example.com, until 2026-03-03 08:00 UTC); Case d* (owner: d*@example.com, until 2026-03-04 08:00 UTC)"
    )
    assert refusal.next_step == (
        "Ask door@example.com and d*@example.com. Only the end or the removal of all these holds permits the change."
    )


@pytest.mark.parametrize("pattern", ["Door", "DOOR", "d[A-Z]*R", "?OOR"])
def test_a_hold_that_differs_in_case_protects_what_it_may_mean(pattern: str) -> None:
    hold = Hold(pattern, "Case 1", "legal", NOW + timedelta(days=1))
    for entry in (DesiredGroup(False, "door"), DesiredGroup(True, "door", pre_duration=5000)):
        (refusal,) = make_plan([group(), group("yard")], [entry], Allowances(True, (hold,), NOW)).refused
        assert refusal.kind == "held"
        assert f"The hold is on {pattern}, which differs from the group in case" in str(refusal.reason)
        assert str(refusal.next_step).startswith("Correct the hold")


def test_a_hold_with_a_group_also_protects_others_in_other_case() -> None:
    hold = Hold("Door", "Case 1", "legal", NOW + timedelta(days=1))
    entries = [DesiredGroup(False, "Door"), DesiredGroup(False, "door")]
    plan = make_plan([group("Door"), group("door")], entries, Allowances(True, (hold,), NOW))
    assert plan.changes == ()
    assert [refusal.change.group.recording_group_id for refusal in plan.refused] == ["Door", "door"]
    ended = replace(hold, until=NOW - timedelta(days=1))
    assert make_plan([group("door")], entries, Allowances(True, (ended,), NOW)).refused == ()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"stream_options": "a=2"}, "stream_options"),
        ({"pre_duration": 1000}, "pre_duration"),
        ({"post_duration": 1000, "description": "x"}, "post_duration"),
        (
            {"stream_options": "a=2", "pre_duration": 1, "post_duration": 1, "retention_time": 0},
            "stream_options, pre_duration and post_duration",
        ),
    ],
)
def test_a_hold_forbids_to_change_what_is_recorded(values: dict[str, Any], names: str) -> None:
    entry = DesiredGroup(True, "door", **values)
    (refusal,) = make_plan([group(post_duration=5000)], [entry], HELD).refused
    assert refusal.kind == "held"
    assert str(refusal.reason).startswith(f"The change of {names} of recording group door may reduce what is recorded,")
    assert len(make_plan([group(post_duration=5000)], [entry], FORBIDDEN).changes) == 1


def test_a_hold_permits_what_keeps_recordings() -> None:
    entry = DesiredGroup(True, "door", nice_name="x", description="y", retention_time=0, stream_options="a=1")
    (change,) = make_plan([group()], [entry], HELD).changes
    assert [item.field for item in change.differences] == ["nice_name", "description", "retention_time"]
    created = make_plan([], [DesiredGroup(True, "door", stream_options="a=2", pre_duration=1)], HELD)
    assert [item.operation for item in created.changes] == ["create"]


def test_a_refused_loss_names_the_allowance_and_a_hold_has_none() -> None:
    for allowances, options in ((FORBIDDEN, ("allow_recording_loss",)), (HELD, ())):
        (refusal,) = make_plan([group()], [DesiredGroup(False, "door")], allowances).refused
        assert refusal.allowances == options


def test_two_groups_with_the_same_name_are_ambiguous() -> None:
    plan = make_plan([group("one"), group("two")], [DesiredGroup(False, None, "Door")], ALLOWED)
    assert only_refusal(plan) == ("ambiguous", "2 recording groups are named 'Door': one and two")
    assert plan.refused[0].next_step == "Set recording_group_id to one or two."


def test_the_disk_of_a_group_is_immutable() -> None:
    entry = DesiredGroup(True, "door", disk_ids=("NetworkShare", "EMMC"), retention_time=1)
    assert only_refusal(make_plan([group()], [entry], ALLOWED))[0] == "immutable"
    compliant = replace(entry, disk_ids=("NetworkShare", "SD_DISK"), retention_time=None)
    assert make_plan([group()], [compliant], FORBIDDEN).changes == ()


@pytest.mark.parametrize("disks", [[], [Disk("SD_DISK", "OK", False, True)], [Disk("SD_DISK", "failed", False, False)]])
@pytest.mark.parametrize("disk_ids", [None, ("SD_DISK",)])
def test_no_group_is_created_without_a_usable_disk(disks: list[Disk], disk_ids: tuple[str, ...] | None) -> None:
    plan = make_plan([], [DesiredGroup(True, "door", disk_ids=disk_ids)], FORBIDDEN, disks)
    kind, reason = only_refusal(plan)
    assert kind == "disk_unavailable"
    cause = "SD_DISK is not a usable disk" if disk_ids else "the device has no usable disk"
    assert reason.startswith(f"Recording group door cannot be created, because {cause}. Disks of the device: ")
