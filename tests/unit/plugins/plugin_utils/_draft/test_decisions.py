# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions of a person about a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk, DiskDetails
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import (
    Decision,
    SetVariable,
    find_decisions,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import derive_draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from tests.unit.plugins.plugin_utils._draft.fleets import GUID, actions, always, camera, group, inventory

RULES, MINIMUM = "retention_policy_existing_groups", "retention_policy_minimum"


def decide(*cameras: Observation, kind: str, **more: Any) -> list[Decision]:
    """Return the decisions of one kind, with all cameras in the inventory group ``axis``."""
    groups = [inventory("axis", cameras)]
    found = find_decisions(cameras, groups, derive_draft(cameras, groups), **more)
    return [item for item in found if item.kind == kind]


def disk(policy: str | None = "fifo", days: int | None = 7, disk_id: str = "SD_DISK") -> DiskDetails:
    """Return a disk that deletes recordings after this time."""
    return DiskDetails(
        Disk(disk_id, "OK", False, False), "", 1000, 500, False, "ext4", "none", False, False, "S0", days, policy
    )


def test_a_fleet_without_faults_has_nothing_to_decide() -> None:
    cameras = [camera(number, group("High_0001"), disks=(disk(days=31),)) for number in range(1, 4)]
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
    ]
    assert found[0].message == (
        "Groups High_???? keep recordings for 168 hours (7 days) here, and for 720 hours (30 days) on 3 other cameras "
        "of site North and model P3265-LVE"
    )
    assert "7d is intended" in found[0].next_step
    assert "Groups High_???? keep recordings without a limit here" in found[1].message


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
        (disk(), 720, True),
        (disk(), 0, True),
        (disk(), 168, False),
        (disk(), None, False),
        (disk(policy="none"), 720, False),
        (disk(days=0), 720, False),
        (disk(days=7000), 0, False),
        (disk(days=None), 720, False),
        (disk(disk_id="NetworkShare"), 720, False),
    ],
)
def test_disks_that_delete_earlier(found: DiskDetails, hours: int | None, is_decision: bool) -> None:
    one = camera(1, replace(group("a"), retention_time=hours), group("b", 24), disks=(found,))
    decisions = decide(one, kind="earlier_cleanup")
    assert [item.recording_groups for item in decisions] == ([("a",)] if is_decision else [])


def test_the_message_about_a_disk_names_both_times() -> None:
    [item] = decide(camera(1, group("a", 720), disks=(disk(),)), kind="earlier_cleanup")
    assert item.message == (
        "Disk SD_DISK deletes recordings after 168 hours (7 days), earlier than these groups: a (720 hours (30 days))"
    )


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


def test_hosts_that_are_one_device() -> None:
    cameras = [
        camera(1, group("a")),
        camera(2, group("a"), serial="ac:cc:8e:00:00:01"),
        camera(3, group("a"), serial=None),
    ]
    [item] = decide(*cameras, camera(4, serial=None), kind="shared_device")
    assert item.hosts == ("cam1", "cam2")
    assert "ACCC8E000001" in item.message


def test_hosts_without_a_response_by_reason() -> None:
    reasons = {"b": "No connection", "a": "No connection", "c": "The device rejected the login."}
    found = decide(camera(1, group("a")), kind="no_response", no_response=reasons)
    assert [(item.hosts, item.message) for item in found] == [
        (("a", "b"), "No connection"),
        (("c",), "The device rejected the login"),
    ]


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
        (("twice",), "The device lists the recording group twice 2 times, so that "),
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
    hidden = "so that this part of the draft may not be in force"
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
    found = find_decisions(cameras, groups, derive_draft(cameras, groups), no_response={"cam9": "No connection"})
    assert [item.kind for item in found] == [
        "no_response",
        "shared_device",
        "different_retention",
        "unlimited",
        "no_groups",
    ]
