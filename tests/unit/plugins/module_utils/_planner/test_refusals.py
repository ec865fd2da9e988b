# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused without an allowance, under a hold, and in any case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

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


@pytest.mark.parametrize("pattern", ["Door", "doo", "x*"])
def test_a_hold_on_another_group_permits_the_deletion(pattern: str) -> None:
    hold = Hold(pattern, "Case 1", "legal", NOW + timedelta(days=1))
    plan = make_plan([group()], [DesiredGroup(False, "door")], Allowances(True, (hold,), NOW))
    assert [change.operation for change in plan.changes] == ["delete"]


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
