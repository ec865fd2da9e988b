# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner of groups: properties of every plan, and single cases."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Hold,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan
from tests.playbook import CHECKOUT
from tests.unit.plugins.module_utils._planner.planned_groups import apply_changes, group

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
ALLOWED = Allowances(recording_loss=True, holds=(), now=NOW)
FORBIDDEN = Allowances(recording_loss=False, holds=(), now=NOW)
HELD = Allowances(recording_loss=True, holds=(Hold("*", "Case 1", "legal", NOW),), now=NOW)
MANAGED = ("nice_name", "description", "retention_time", "stream_options", "pre_duration", "post_duration")

ids = st.sampled_from(["a", "b", "c", "d", "e"])
texts = st.sampled_from(["", "x", "y & z", "Tür"])
hours = st.sampled_from([0, 1, 24, 720])
options = st.sampled_from(["", "a=1", "a=1&b=2", "c=%20"])
states = st.dictionaries(ids, st.tuples(texts, texts, hours, options, st.integers(0, 2), st.integers(0, 2)), max_size=5)


def groups_of(state: dict[str, tuple[str, str, int, str, int, int]]) -> tuple[RecordingGroup, ...]:
    """Return the groups of a device in this state."""
    return tuple(
        RecordingGroup(key, name, description, retention, "SD_DISK", stream, before, after)
        for key, (name, description, retention, stream, before, after) in state.items()
    )


def desired_of(groups: tuple[RecordingGroup, ...], absent: set[str]) -> list[DesiredGroup]:
    """Return entries for exactly these groups, and for the absent ones."""
    entry = [
        DesiredGroup(True, group.recording_group_id, **{name: getattr(group, name) for name in MANAGED})
        for group in groups
    ]
    return [*entry, *(DesiredGroup(False, key) for key in sorted(absent))]


def loses(before: RecordingGroup | None, after: RecordingGroup | None) -> bool:
    """Return whether recordings are lost, computed without the planner: 0 is longer than everything."""
    if before is None:
        return False
    if after is None:
        return True
    lasting = {0: 10**9}
    one, other = before.retention_time or 0, after.retention_time or 0
    return lasting.get(other, other) < lasting.get(one, one)


def records_differently(before: RecordingGroup, after: RecordingGroup | None) -> bool:
    """Return whether the device records anything else to the group, which a hold forbids as well."""
    names = ("stream_options", "pre_duration", "post_duration")
    return after is not None and any(getattr(before, name) != getattr(after, name) for name in names)


@given(states)
def test_a_compliant_device_needs_no_change(state: dict[str, tuple[str, str, int, str, int, int]]) -> None:
    current = groups_of(state)
    plan = make_plan(current, desired_of(current, set()), FORBIDDEN)
    assert (plan.changes, plan.refused) == ((), ())


@given(states, states)
def test_an_applied_plan_gives_the_desired_groups(
    one: dict[str, tuple[str, str, int, str, int, int]], other: dict[str, tuple[str, str, int, str, int, int]]
) -> None:
    current, goal = groups_of(one), groups_of(other)
    desired = desired_of(goal, set(one) - set(other))
    plan = make_plan(current, desired, ALLOWED)
    after = apply_changes(current, plan.changes)
    managed = {item.recording_group_id: [getattr(item, name) for name in MANAGED] for item in after}
    assert managed == {item.recording_group_id: [getattr(item, name) for name in MANAGED] for item in goal}
    assert make_plan(after, desired, FORBIDDEN).changes == ()
    assert plan == make_plan(current, desired, ALLOWED)


@given(states, states, st.sampled_from([FORBIDDEN, HELD]))
def test_no_loss_is_planned_without_allowance_or_under_a_hold(
    one: dict[str, tuple[str, str, int, str, int, int]],
    other: dict[str, tuple[str, str, int, str, int, int]],
    allowances: Allowances,
) -> None:
    before = {item.recording_group_id: item for item in groups_of(one)}
    goal = {item.recording_group_id: item for item in groups_of(other)}
    plan = make_plan(tuple(before.values()), desired_of(tuple(goal.values()), set(one) - set(other)), allowances)
    losing = {key for key in before if loses(before[key], goal.get(key))}
    if allowances is HELD:
        losing |= {key for key in before if records_differently(before[key], goal.get(key))}
    assert {refusal.change.group.recording_group_id for refusal in plan.refused} == losing
    assert {refusal.kind for refusal in plan.refused} <= {"held" if allowances is HELD else "recording_loss"}
    assert not any(loses(change.before, change.after) or change.loses_recordings for change in plan.changes)
    assert not losing & {change.group.recording_group_id for change in plan.changes}


# The groups that a pattern matches, without the code under test.
PATTERNS = {"a": {"a"}, "[bc]": {"b", "c"}, "d?": set(), "?": set("abcde"), "e*": {"e"}}
ENDED = NOW - timedelta(microseconds=1)
some_holds = st.lists(st.tuples(st.sampled_from([*PATTERNS]), st.sampled_from([NOW, NOW, ENDED])), max_size=3)


@given(states, states, st.booleans(), some_holds, st.sets(ids))
def test_each_group_is_changed_or_refused_as_a_whole(
    one: dict[str, tuple[str, str, int, str, int, int]],
    other: dict[str, tuple[str, str, int, str, int, int]],
    loss: bool,
    written: list[tuple[str, datetime]],
    moved: set[str],
) -> None:
    before = {str(item.recording_group_id): item for item in groups_of(one)}
    goal = {str(item.recording_group_id): item for item in groups_of(other)}
    desired = [
        replace(entry, disk_ids=("NetworkShare",)) if entry.present and entry.recording_group_id in moved else entry
        for entry in desired_of(tuple(goal.values()), set(one) - set(other))
    ]
    holds = tuple(Hold(pattern, "Case 1", "legal", until) for pattern, until in written)
    plan = make_plan(tuple(before.values()), desired, Allowances(loss, holds, NOW))

    held = {key for pattern, until in written if until == NOW for key in PATTERNS[pattern]}
    expected = {key: "recording_loss" for key in before if loses(before[key], goal.get(key)) and not loss}
    expected |= {
        key: "held"
        for key in held & before.keys()
        if loses(before[key], goal.get(key)) or records_differently(before[key], goal.get(key))
    }
    expected |= dict.fromkeys(moved & set(before) & set(goal), "immutable")
    assert {item.change.group.recording_group_id: item.kind for item in plan.refused} == expected
    assert not expected.keys() & {change.group.recording_group_id for change in plan.changes}
    after = {item.recording_group_id: item for item in apply_changes(tuple(before.values()), plan.changes)}
    assert after.keys() == goal.keys() | expected.keys()
    for key, item in after.items():
        # A refused group keeps all its fields, including those without a loss.
        entry = before[str(key)] if key in expected else goal[str(key)]
        assert [getattr(item, name) for name in MANAGED] == [getattr(entry, name) for name in MANAGED]


@given(states, states, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(
    one: dict[str, tuple[str, str, int, str, int, int]],
    other: dict[str, tuple[str, str, int, str, int, int]],
    chance: random.Random,
) -> None:
    current, desired = list(groups_of(one)), desired_of(groups_of(other), set(one) - set(other))
    changes = make_plan(current, desired, FORBIDDEN).changes
    chance.shuffle(current)
    chance.shuffle(desired)
    assert set(make_plan(current, desired, FORBIDDEN).changes) == set(changes)


@given(hours, hours)
def test_only_a_shorter_retention_time_loses_recordings(one: int, other: int) -> None:
    def loss(before: int, after: int) -> bool:
        (change,) = make_plan(
            [group(retention_time=before)], [DesiredGroup(True, "door", retention_time=after)], ALLOWED
        ).changes
        return change.loses_recordings

    assume(one != other)
    assert loss(one, other) is not loss(other, one)
    assert loss(0, one or other) is True


def test_an_update_has_only_the_fields_that_differ() -> None:
    entry = DesiredGroup(True, "door", nice_name="Door", retention_time=0, stream_options="b=2")
    (change,) = make_plan([group()], [entry], FORBIDDEN).changes
    assert [(item.field, item.before, item.after) for item in change.differences] == [
        ("retention_time", 720, 0),
        ("stream_options", "a=1", "b=2"),
    ]
    assert (change.loses_recordings, change.restarts_recording) == (False, True)


def test_a_name_matches_after_xml_folded_it() -> None:
    current = [group("one", nice_name="Front door"), group("two", nice_name="Back door")]
    (change,) = make_plan(
        current, [DesiredGroup(True, None, nice_name="Front\tdoor", description="x")], FORBIDDEN
    ).changes
    assert change.group.recording_group_id == "one"
    assert [item.field for item in change.differences] == ["description"]


def test_an_entry_by_name_does_not_change_a_group_of_another_one() -> None:
    by_id, by_name = DesiredGroup(True, "door", description="x"), DesiredGroup(True, None, "Door", description="y")
    plan = make_plan([group()], [by_id, by_name], FORBIDDEN)
    assert [item.found for item in plan.groups] == [group(), None]
    assert [(item.kind, item.change.group) for item in plan.refused] == [("ambiguous", group())]
    assert [item.after for item in plan.groups if item.after] == [group(description="x")]


@pytest.mark.parametrize(
    ("disks", "chosen"),
    [
        (None, "NetworkShare"),
        ([Disk("NetworkShare", "disconnected", False, False), Disk("SD_DISK", "OK", False, False)], "SD_DISK"),
        ([Disk("NetworkShare", "OK", True, False), Disk("SD_DISK", "connected", False, False)], "SD_DISK"),
        ([Disk("NetworkShare", "OK", False, False), Disk("SD_DISK", "OK", False, False)], "NetworkShare"),
    ],
)
def test_a_group_is_created_on_the_first_usable_disk(disks: list[Disk] | None, chosen: str) -> None:
    entry = DesiredGroup(True, "door", disk_ids=("NetworkShare", "SD_DISK"))
    (change,) = make_plan([], [entry], FORBIDDEN, disks).changes
    assert change.after is not None
    assert change.after.disk_id == chosen


def test_an_absent_group_needs_no_deletion() -> None:
    plan = make_plan([group()], [DesiredGroup(False, "other")], FORBIDDEN)
    assert (plan.changes, plan.refused) == ((), ())


def test_a_prediction_omits_values_that_the_device_chooses() -> None:
    (change,) = make_plan([], [DesiredGroup(True, None, nice_name="Door")], FORBIDDEN).changes
    assert isinstance(change, Change)
    assert change.after == RecordingGroup(None, nice_name="Door")
    assert {item.name for item in fields(RecordingGroup)} > {item.field for item in change.differences} == {"nice_name"}


def test_ten_thousand_groups_can_be_planned() -> None:
    current = tuple(group(f"group{number}") for number in range(10_000))
    assert make_plan(current, desired_of(current, set()), FORBIDDEN).changes == ()


def test_the_planner_imports_no_network_or_ansible_code() -> None:
    # In a separate process, because this one has imported everything already.
    program = (
        "import sys; from ansible_collections.camfleet.axis.plugins.module_utils._planner import plan; "
        "sys.exit(str({'requests', 'urllib3', 'lxml', 'ansible', 'socket'} & set(sys.modules) or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        # The second is the path under ansible-test.
        env={"PYTHONPATH": f"{CHECKOUT / '.venv' / 'collections'}:{CHECKOUT}/../../.."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == ""
