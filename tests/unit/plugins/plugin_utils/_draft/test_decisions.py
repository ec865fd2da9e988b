# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions of a person about a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import DiskDetails
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import (
    Decision,
    SetVariable,
    find_decisions,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import derive_draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from tests.unit.plugins.plugin_utils._draft.fleets import GUID, actions, always, camera, disk, group, inventory

RULES, MINIMUM = "retention_policy_existing_groups", "retention_policy_minimum"


def decide(*cameras: Observation, kind: str, **more: Any) -> list[Decision]:
    """Return the decisions of one kind, with all cameras in the inventory group ``axis``."""
    groups = [inventory("axis", cameras)]
    found = find_decisions(cameras, groups, derive_draft(cameras, groups), **more)
    return [item for item in found if item.kind == kind]


def test_a_fleet_without_faults_has_nothing_to_decide() -> None:
    cameras = [camera(number, group("High_0001"), disks=(disk("fifo", 31),)) for number in range(1, 4)]
    groups = [inventory("axis", cameras)]
    assert find_decisions(cameras, groups, derive_draft(cameras, groups)) == ()


def test_the_minority_of_similar_cameras() -> None:
    usual = [camera(number, group(f"High_{number:04}", 720)) for number in range(1, 4)]
    others = [camera(4, group("High_0004", 168)), camera(5, group("High_0005", 168)), camera(6, group("High_0006", 0))]
    elsewhere = [
        camera(7, group("High_0007", 24), site="South"),
        camera(8, group("High_0008", 48), model="Q6135-LE"),
        camera(9, group("Low_0001", 24)),
    ]
    found = decide(*usual, *others, *elsewhere, kind="different_retention")
    assert [(item.hosts, item.recording_groups) for item in found] == [
        (("cam4", "cam5"), ("High_0004", "High_0005")),
        (("cam6",), ("High_0006",)),
        (("cam8",), ("High_0008",)),
    ]
    groups = "Groups High_[0-9][0-9][0-9][0-9] keep recordings"
    usually = "and for 720 hours (30 days) on 3 other cameras"
    assert [item.message for item in found] == [
        f"{groups} for 168 hours (7 days) here, {usually} of site North",
        f"{groups} without a limit here, {usually} of site North",
        f"{groups} for 48 hours (2 days) here, {usually} of site North",
    ]
    assert "7d is intended" in found[0].next_step


def test_counters_of_other_lengths_are_similar() -> None:
    cameras = [camera(number, group(f"cam{number}", 24 if number == 10 else 720)) for number in (1, 2, 10)]
    [item] = decide(*cameras, kind="different_retention")
    assert (item.hosts, item.recording_groups) == (("cam10",), ("cam10",))
    assert item.message.startswith("Groups cam[0-9], cam[0-9][0-9] keep recordings for 24 hours (1 day) here")


def test_two_groups_of_one_camera_are_not_different_cameras() -> None:
    cameras = [camera(number, group("High_0001", 720), group("High_0002", 168)) for number in range(1, 4)]
    assert decide(*cameras, kind="different_retention") == []


def test_unlimited_groups_by_site() -> None:
    cameras = [
        camera(1, group("High_0001", 0), group("Low_0001", 720)),
        camera(2, group("High_0002", 0)),
        camera(3, group("High_0003", 0), site="South"),
    ]
    found = decide(*cameras, kind="unlimited")
    assert [(item.hosts, item.recording_groups) for item in found] == [
        (("cam1", "cam2"), ("High_0001", "High_0002")),
        (("cam3",), ("High_0003",)),
    ]


@pytest.mark.parametrize(
    ("found", "hours", "is_decision"),
    [
        (disk("fifo", 7), 720, True),
        (disk("fifo", 7), 0, True),
        (disk("fifo", 7), 168, False),
        (disk("fifo", 7), None, False),
        (disk("none", 7), 720, False),
        (disk("fifo", 0), 720, False),
        (disk("fifo", 7000), 0, False),
        (disk("fifo", None), 720, False),
        (disk("fifo", 7, "NetworkShare"), 720, False),
    ],
)
def test_disks_that_delete_earlier(found: DiskDetails, hours: int | None, is_decision: bool) -> None:
    one = camera(1, replace(group("a"), retention_time=hours), group("b", 24), disks=(found,))
    decisions = decide(one, kind="earlier_cleanup")
    assert [item.recording_groups for item in decisions] == ([("a",)] if is_decision else [])


def test_disks_with_one_cause_are_one_decision() -> None:
    cameras = [camera(n, group(f"High_{n}", 720), group("x", 0), disks=(disk("fifo", 7),)) for n in range(1, 6)]
    later = camera(6, group("a", 720), disks=(disk("fifo", 14),))
    found = decide(*cameras, later, kind="earlier_cleanup")
    week = "Disk SD_DISK deletes recordings after 168 hours (7 days), and these groups keep them"
    assert sorted((item.hosts, item.message) for item in found) == [
        (
            ("cam1", "cam2", "cam3", "cam4", "cam5"),
            f"{week} for 720 hours (30 days): High_1, High_2, High_3 and 2 more",
        ),
        (("cam1", "cam2", "cam3", "cam4", "cam5"), f"{week} without a limit: x"),
        (
            ("cam6",),
            f"{week.replace('168 hours (7', '336 hours (14')} for 720 hours (30 days): a",
        ),
    ]


def test_cameras_without_groups() -> None:
    [item] = decide(camera(2), camera(1), camera(3, group("a")), kind="no_groups")
    assert item.hosts == ("cam1", "cam2")
    assert "retention_policy_no_groups" in item.next_step


def test_groups_without_a_convention_are_a_decision_if_ids_match_them() -> None:
    by_id = [camera(number, group(GUID.format(number)), group(GUID.format(number + 50), 24)) for number in (1, 2)]
    [item] = decide(*by_id, kind="no_convention")
    assert (item.hosts, len(item.recording_groups)) == (("cam1", "cam2"), 4)
    assert item.message.endswith(" and 1 more")
    by_name = [
        camera(number, group(GUID.format(number), name="High"), group(GUID.format(number + 50), 24, "Low"))
        for number in (1, 2)
    ]
    assert decide(*by_name, kind="no_convention") == []


def not_expressible(one: Observation) -> list[tuple[tuple[str, ...], str]]:
    """Return the groups and the beginnings of the messages."""
    return [(item.recording_groups, item.message[:60]) for item in decide(one, kind="not_expressible")]


def test_what_no_policy_can_express() -> None:
    one = camera(
        1,
        group("twice"),
        group("twice", 24),
        replace(group("unknown"), retention_time=None),
        group("long", 600_000),
        group("text", name="\ufdd0"),
        recording=actions(("long", ALWAYS, True), ("text", (), True)),
    )
    assert not_expressible(one) == [
        (("text",), "In recording group text: XML does not allow some characters "),
        (("twice",), "The device lists the recording group twice 2 times, so an au"),
        (("text",), "The recording action of recording group text (never) has no "),
        (("long",), "retention_time of recording group long is 600000, which no o"),
        (("unknown",), "retention_time of recording group unknown is not known, so t"),
    ]


def test_an_action_that_an_option_describes_is_not_listed() -> None:
    assert not_expressible(camera(1, group("a"), recording=always("a"))) == []


def test_variables_that_hide_the_draft() -> None:
    cameras = [camera(number, group("a")) for number in range(1, 4)]
    special = camera(4, group("a", 24))
    every = [*cameras, special]
    groups = [inventory("axis", every), inventory("axis_site_a", cameras, 2), inventory("all_axis", every, 0)]
    draft = derive_draft(every, groups[:1])
    assert (list(draft.group_vars), list(draft.host_vars)) == (["axis"], ["cam4"])
    found = find_decisions(
        every,
        groups,
        draft,
        already_set=[
            SetVariable("cam1", RULES, "all"),
            SetVariable("cam1", RULES, "all_axis"),
            SetVariable("cam1", RULES, "axis"),
            SetVariable("cam2", RULES, "axis_site_a"),
            SetVariable("cam2", RULES, "not_known"),
            SetVariable("cam3", RULES, None),
            SetVariable("cam4", RULES, "axis_site_a"),
            SetVariable("cam4", RULES, None),
            SetVariable("cam2", MINIMUM, "all"),
            SetVariable("silent", MINIMUM, "all"),
        ],
    )
    hidden = "so this part of the draft may not be in force"
    assert [(item.hosts, item.message) for item in found if item.kind == "already_set"] == [
        (("cam1",), f"{RULES} is set in the inventory group axis already, {hidden}"),
        (("cam2",), f"{RULES} is set in the inventory group axis_site_a already, {hidden}"),
        (("cam2",), f"{RULES} is set in the inventory group not_known already, {hidden}"),
        (
            ("cam2",),
            f"{MINIMUM} is set in the inventory group all already, and applies beside the draft, which does not set it",
        ),
        (("cam3", "cam4"), f"{RULES} is set in host_vars or a more specific place already, {hidden}"),
    ]


def test_the_most_important_decisions_come_first() -> None:
    cameras = [camera(1, group("a", 0)), camera(2), camera(3, group("a", 24), serial="ACCC8E000001")]
    groups = [inventory("axis", cameras)]
    found = find_decisions(cameras, groups, derive_draft(cameras, groups))
    assert [item.kind for item in found] == [
        "different_retention",
        "unlimited",
        "no_groups",
    ]


def test_what_permits_deletions_comes_first() -> None:
    one = camera(1, group("a"))
    purge, loss = "retention_policy_purge", "retention_policy_allow_recording_loss"
    places = [
        SetVariable("cam1", MINIMUM, "axis"),
        SetVariable("cam1", purge, "all", value=True),
        SetVariable("cam1", loss, None),
        SetVariable("cam1", "retention_policy_allow_recording_stop", "all", value="no"),
    ]
    groups = [inventory("axis", [one, "other"])]
    found = find_decisions([one], groups, derive_draft([one], groups), already_set=places)
    assert [item.kind for item in found] == ["permits_deletion", "permits_deletion", "already_set"]
    assert found[1].message.startswith(f"{purge} is set in the inventory group all: as soon as the draft is in force")
    assert found[0].message.startswith(f"{loss} is set in host_vars or a more specific place: ")
    assert found[2].next_step == f"Decide whether {MINIMUM} is right for these hosts"


def test_groups_that_no_rule_can_name() -> None:
    cameras = [camera(1, group("a b", 24), group("a.b", 720), group("door")), camera(2, group("a b", 24), group("x"))]
    [item] = decide(*cameras, kind="left_out")
    assert (item.hosts, item.recording_groups) == (("cam1",), ("a b", "a.b"))
    assert decide(*cameras[1:], kind="left_out") == []


def test_patterns_that_are_wider_than_their_groups() -> None:
    [escaped, long] = decide(camera(1, group("[a]")), camera(2, group("x" * 60)), kind="wide_pattern")
    assert (escaped.hosts, long.hosts) == (("cam1",), ("cam2",))
    assert escaped.message.startswith("The rule for groups ?a? is for other groups, too")
    assert decide(camera(1, group("High_1")), camera(2, group("High_2")), kind="wide_pattern") == []


def test_recording_actions_that_record_nothing() -> None:
    disabled = camera(1, group("a"), recording=actions(("a", ALWAYS, False)))
    others = [camera(n, group("a"), recording=always("a", "ghost")) for n in (2, 3)]
    found = decide(disabled, *others, camera(4, group("a")), kind="not_recording")
    assert [(item.hosts, item.message) for item in found] == [
        (("cam1",), "Recording actions of these groups are disabled: a"),
        (("cam2", "cam3"), "Recording actions record to groups that do not exist: ghost"),
    ]


def test_sites_that_differ_are_one_decision() -> None:
    """It names the sites, not each of their cameras."""
    north = [camera(n, group(f"High_{n:04}", 24 if n == 3 else 720)) for n in (1, 2, 3)]
    others = [camera(4, group("High_0004", 168), site="South"), camera(5, group("High_0005", 0), site="West")]
    [item] = decide(*north, *others, camera(6, group("High_0006", 1), site=None), kind="different_sites")
    assert item.hosts == ()
    assert item.message == (
        "Groups High_[0-9][0-9][0-9][0-9] keep recordings without a limit at West, and for 720 hours (30 days) at "
        "North, and for 168 hours (7 days) at South"
    )
    assert decide(*north, kind="different_sites") == []
