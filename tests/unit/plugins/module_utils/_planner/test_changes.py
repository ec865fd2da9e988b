# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds, the order of a plan, and changes of a group together with its recording action."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Hold,
    Plan,
    PlannedGroup,
    Refusal,
    merge_recording_change,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    RecordingAction,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
DOOR = RecordingGroup("door", "Door", retention_time=720)
RETENTION = Difference("retention_time", 720, 1440)
RECORDED = RecordingAction("door", "Door", enabled=True, conditions=ALWAYS, active_rules=("always",))


@pytest.mark.parametrize(
    ("pattern", "recording_group_id", "matches"),
    [("door", "door", True), ("do*", "door", True), ("Door", "door", False), ("*", None, True), ("?*", None, False)],
)
def test_a_hold_matches_by_a_case_sensitive_glob(pattern: str, recording_group_id: str | None, matches: bool) -> None:
    assert Hold(pattern, "Case 1", "legal", NOW).matches(recording_group_id) is matches


def test_the_first_active_hold_on_a_group_counts() -> None:
    ended, first, second = (Hold("door", str(days), "legal", NOW + timedelta(days=days)) for days in (-1, 0, 1))
    assert Allowances(True, (ended, first, second), NOW).active_hold("door") == first
    assert Allowances(True, (ended,), NOW).active_hold("door") is None
    assert Allowances(True, (first,), NOW).active_hold("yard") is None


@pytest.mark.parametrize(
    ("pattern", "ids", "protected"),
    [
        ("Door", ["door", "yard"], ["door"]),
        ("Door", ["door", "DOOR"], ["door", "DOOR"]),
        ("Door", ["door", "Door"], ["door", "Door"]),
        ("D*", ["door", "dock"], ["door", "dock"]),
        ("D*", ["door", "Dock"], ["door", "Dock"]),
        ("[A-D]oor", ["door"], ["door"]),
        ("[!d]oor", ["Door", "door"], ["Door"]),
        ("door", [], []),
        ("Door", ["yard"], []),
    ],
)
def test_a_hold_protects_groups_in_other_case(pattern: str, ids: list[str], protected: list[str]) -> None:
    """Also if a group in its own case exists: a policy with the same mistake may just have created that one."""
    allowances = Allowances(True, (Hold(pattern, "Case 1", "legal", NOW),), NOW)
    assert [name for name in ids if allowances.active_hold(name)] == protected
    is_misspelled = not any(map(allowances.holds[0].matches, ids))
    (text,) = allowances.describe_other_case(ids) or ("",)
    named = re.findall(r"\w+", text.partition(" that has ")[2])
    assert [name for name in ids if name in named] == (protected if is_misspelled else [])


@pytest.mark.parametrize(("pattern", "literal"), [("door", True), ("do*", False), ("do?r", False), ("doo[r]", False)])
def test_a_literal_hold_names_one_group(pattern: str, literal: bool) -> None:
    assert Hold(pattern, "Case 1", "legal", NOW).is_literal is literal


def test_a_plan_writes_what_keeps_recordings_first() -> None:
    ordered = [
        Change("update", DOOR, DOOR, (RETENTION,)),
        Change("create", None, DOOR, ()),
        Change("update", DOOR, DOOR, (Difference("nice_name", "a", "b"),)),
        Change("update", DOOR, DOOR, (RETENTION,), loses_recordings=True),
        Change("delete", DOOR, None, (), loses_recordings=True),
    ]
    groups = [PlannedGroup(DesiredGroup(True, "door"), DOOR, change) for change in reversed(ordered)]
    plan = Plan(tuple(groups))
    assert [change for _desired, change in plan.steps] == list(plan.changes) == ordered
    assert (plan.has_creations, plan.has_deletions, plan.has_recording_changes) == (True, True, False)


def test_a_refused_group_stays_as_it_was_found() -> None:
    refusal = Refusal(Change("delete", DOOR, None, ()), "held", "Held", "Ask.")
    planned = PlannedGroup(DesiredGroup(False, "door"), DOOR, refusal)
    assert (planned.after, planned.change) == (DOOR, None)
    assert Plan((planned,)).refused == (refusal,)


def test_a_recording_change_alone_is_an_update_of_the_group() -> None:
    change = merge_recording_change(None, DOOR, ActionChange(RECORDED, None))
    assert change is not None
    assert (change.operation, change.before, change.after, change.ends_recording) == ("update", DOOR, DOOR, True)
    assert {item.field for item in change.differences} == {"recording"}


def test_a_group_that_does_not_exist_has_no_recording() -> None:
    new = Change("create", None, DOOR, ())
    created = merge_recording_change(new, None, ActionChange(RECORDED, RecordingAction("door")))
    deleted = merge_recording_change(Change("delete", DOOR, None, ()), DOOR, ActionChange(RECORDED, None))
    assert created is not None
    assert deleted is not None
    assert [item.before for item in created.differences] == [None] * len(created.differences)
    assert [item.after for item in deleted.differences] == [None] * len(deleted.differences)
    assert (created.ends_recording, deleted.ends_recording) == (False, True)


def test_without_a_recording_change_there_is_nothing_to_merge() -> None:
    assert merge_recording_change(None, DOOR, None) is None
    assert merge_recording_change(None, None, ActionChange(None, RECORDED)) is None
