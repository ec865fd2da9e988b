# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A camera loses power during a roll-out: no write is lost or repeated, and the next run completes the change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import ROLL_OUT, count_lost_recordings, extra_vars, summary
from tests.simulator import Fleet
from tests.simulator.device import Device

# One group gets a longer retention time, one is created with its ID, and one without, so that the device generates it.
POLICY: dict[str, Any] = {
    "retention_policy_groups": [
        {"recording_group_id": "door", "retention_time": "30d"},
        {"recording_group_id": "hall", "nice_name": "Hall", "retention_time": "30d"},
        {"nice_name": "Yard", "retention_time": "30d"},
    ]
}
GROUPS = {"axis": {"vars": POLICY}}
# The order of the writes: update door, then create hall and yard.
STEPS = ("recording_group/update", "recording_group/create")
ALL = extra_vars(retention_policy_waves=[1, "100%"], retention_policy_max_fail_percentage=100)


def cut_power(device: Device) -> None:
    """Drop this connection and every later one."""
    device.powered = False


def group_retention(device: Device) -> dict[str, int]:
    """Return name and retention time of each group."""
    named = [(group.nice_name or group.recording_group_id, group.retention_time) for group in device.groups.values()]
    assert len(dict(named)) == len(named)
    return dict(named)


def add_camera(fleet: Fleet, name: str) -> Device:
    """Add a camera with recordings in the group door, which needs a longer retention time."""
    device = fleet.add("camera_12_9", name)
    device.plant_group(recording_group_id="door", retention_time=24)
    device.plant_recordings("door", 20)
    return device


COMPLETE = {"door": 720, "Hall": 720, "Yard": 720}
# By host: the write at which power is lost, whether the write is executed, and the groups afterwards.
CASES: dict[str, tuple[int, str, dict[str, int]]] = {
    "update-before": (0, "drop_before", {"door": 24}),
    "update-after": (0, "drop_after", {"door": 720}),
    "create-before": (1, "drop_before", {"door": 720}),
    "create-after": (1, "drop_after", {"door": 720, "Hall": 720}),
    "generated-before": (2, "drop_before", {"door": 720, "Hall": 720}),
    "generated-after": (2, "drop_after", COMPLETE),
}


def test_power_loss_at_a_write_is_unverified_and_completed_later(play: Play, fleet: Fleet) -> None:
    add_camera(fleet, "first")
    for name, (write, drop, _groups) in CASES.items():
        device = add_camera(fleet, name)
        fault = {"call": STEPS[min(write, 1)], "skip": max(write - 1, 0)}
        device.plant_fault("callback", run=cut_power, **fault)
        device.plant_fault(drop, **fault)
    add_camera(fleet, "last")
    run = play(ROLL_OUT, *ALL, groups=GROUPS)
    assert run.status != 0
    assert summary(run)["changed"] == ["first", "last"]
    assert sorted(summary(run)["unverified"]) == sorted(CASES)
    for name, (write, _drop, expected) in CASES.items():
        assert group_retention(fleet.devices[name]) == expected, name
        assert len(fleet.devices[name].writes) == write + 1
        # A write was sent, so that the host must not be reported as unreachable.
        assert (run.recap[name]["failures"], run.recap[name]["unreachable"]) == (1, 0), name
        fleet.devices[name].powered = True

    again = play(ROLL_OUT, *ALL, groups=GROUPS)
    assert again.status == 0, again.output
    assert sorted(summary(again)["changed"]) == sorted(set(CASES) - {"generated-after"})
    for name, device in fleet.devices.items():
        assert group_retention(device) == COMPLETE, name
    assert summary(again)["compliant"] == len(fleet.devices) - (len(CASES) - 1)
    assert count_lost_recordings(fleet) == 0


@pytest.mark.parametrize("call", ["recording_group/list", pytest.param("disks/list", marks=pytest.mark.long)])
def test_power_loss_before_any_write_is_unreachable(play: Play, fleet: Fleet, call: str) -> None:
    device = fleet.add("camera_12_9", "camera")
    device.plant_fault("callback", call=call, run=cut_power)
    device.plant_fault("drop_before", call=call)
    run = play(ROLL_OUT, groups=GROUPS)
    assert summary(run)["unverified"] == ["camera"]
    assert run.recap["camera"]["unreachable"] == 1
    assert device.writes == []


@pytest.mark.long
def test_single_dropped_connection_is_not_a_failure(play: Play, fleet: Fleet) -> None:
    for drop in ("drop_before", "drop_after"):
        for call in STEPS:
            add_camera(fleet, f"{drop}-{call[-6:]}").plant_fault(drop, call=call)
    run = play(ROLL_OUT, *ALL, groups=GROUPS)
    assert run.status == 0, run.output
    assert sorted(summary(run)["changed"]) == sorted(fleet.devices)
    assert [group_retention(device) for device in fleet.devices.values()] == [COMPLETE] * 4
    assert count_lost_recordings(fleet) == 0
