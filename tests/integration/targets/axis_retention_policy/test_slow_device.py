# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A slow device, and another client or a removed disk between the plan and a write that could lose recordings."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet
from tests.simulator.device import Device

IDS = [f"g{number:02}" for number in range(25)]
# Seconds: longer than a list may be old, so that the next write needs another list on any machine.
DELAY = 1.2


def policy(**options: Any) -> list[dict[str, Any]]:
    """Return the task of a play."""
    return [{"name": "Policy", "camfleet.axis.axis_retention_policy": options}]


def add_slow_camera(fleet: Fleet) -> Device:
    """Add a camera with 25 groups that responds slowly to the fifth update."""
    camera = fleet.add("camera_12_9", "camera")
    for key in IDS:
        camera.plant_group(recording_group_id=key, retention_time=24)
    camera.plant_fault("delay", call="recording_group/update", seconds=DELAY, when="after", skip=4)
    camera.plant_fault(
        "callback",
        call="recording_group/update",
        skip=4,
        run=lambda device: device.change_group(device.groups["g20"], retention_time=8760),
    )
    return camera


@pytest.mark.parametrize("allow_recording_loss", [False, pytest.param(True, marks=pytest.mark.long)])
def test_retention_raised_on_a_slow_device_needs_permission(
    play: Play, fleet: Fleet, allow_recording_loss: bool
) -> None:
    camera = add_slow_camera(fleet)
    groups = [{"recording_group_id": key, "retention_time": "30d"} for key in IDS]
    run = play(
        policy(groups=groups, allow_recording_loss=allow_recording_loss), environment={"CAMFLEET_REAL_TIME": "1"}
    )
    result = run.results["Policy", "camera"]
    expected = dict.fromkeys(IDS, 720) if allow_recording_loss else {**dict.fromkeys(IDS, 720), "g20": 8760}
    assert {key: group.retention_time for key, group in camera.groups.items()} == expected, run.output
    if allow_recording_loss:
        assert [item["recording_group_id"] for item in result["changes"] if item["loses_recordings"]] == ["g20"]
        return
    assert result["error"]["kind"] == "recording_loss"
    assert "Shortening the retention time of recording group g20 from 8760 hours (365 days)" in result["msg"]
    assert [item["recording_group_id"] for item in result["refused"]] == ["g20"]
    assert [item["recording_group_id"] for item in result["changes"]] == [key for key in IDS if key != "g20"]
    # The list after the slow response shows it, so that the update is not sent at all.
    assert all("g20" not in parse_qs(entry.target.partition("?")[2])["recordinggroupid"] for entry in camera.writes)


def test_purge_does_not_claim_groups_of_a_removed_disk(play: Play, fleet: Fleet) -> None:
    camera = fleet.add("camera_12_9", "camera")
    for key in IDS[:5]:
        camera.plant_group(recording_group_id=key)
    camera.plant_fault(
        "callback", call="recording_group/delete", when="after", run=lambda device: device.pull_disk("SD_DISK")
    )
    camera.plant_fault("drop_after", call="recording_group/delete")
    run = play(policy(groups=[], purge=True, purge_match=["g*"], allow_recording_loss=True))
    result = run.results["Policy", "camera"]
    assert result["error"]["kind"] == "unconfirmed", run.output
    assert "its disk SD_DISK is disconnected" in result["msg"]
    assert (result["changed"], result["changes"]) == (False, [])
    assert [item["recording_group_id"] for item in result["failed_changes"]] == ["g00"]
    assert [item["recording_group_id"] for item in result["skipped_changes"]] == IDS[1:5]
