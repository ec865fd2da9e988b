# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A camera is pulled out amid a roll-out: nothing doubled, nothing lost, unverified, and the next run finishes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, ROLL_OUT, extra, lost, summary
from tests.simulator import Fleet
from tests.simulator.device import Device

# One group is to grow, one is to be made by its id, and one by its name, so that the device gives it an id.
POLICY: dict[str, Any] = {
    "retention_policy_groups": [
        {"recording_group_id": "door", "retention_time": "30d"},
        {"recording_group_id": "hall", "nice_name": "Hall", "retention_time": "30d"},
        {"nice_name": "Yard", "retention_time": "30d"},
    ]
}
GROUPS = {"axis": {"vars": POLICY}}
# The writes come in this order: door grows, then hall and yard are made.
STEPS = ("recording_group/update", "recording_group/create")
ALL = extra(retention_policy_waves=[1, "100%"], retention_policy_max_fail_percentage=100)


def pull_out(device: Device) -> None:
    """The cable goes: this connection and every later one."""
    device.powered = False


def groups(device: Device) -> dict[str, int]:
    """Name and retention time of each group."""
    named = [(group.nice_name or group.recording_group_id, group.retention_time) for group in device.groups.values()]
    assert len(dict(named)) == len(named)
    return dict(named)


def with_door(fleet: Fleet, name: str) -> Device:
    """A camera whose group door is to grow, with recordings."""
    device = fleet.add("camera_12_9", name)
    device.plant_group(recording_group_id="door", retention_time=24)
    device.plant_recordings("door", 20)
    return device


WHOLE = {"door": 720, "Hall": 720, "Yard": 720}
# By host: the write at which it is pulled out, whether that write was carried out, and what is there then.
PULLED: dict[str, tuple[int, str, dict[str, int]]] = {
    "update-before": (0, "drop_before", {"door": 24}),
    "update-after": (0, "drop_after", {"door": 720}),
    "create-before": (1, "drop_before", {"door": 720}),
    "create-after": (1, "drop_after", {"door": 720, "Hall": 720}),
    "generated-before": (2, "drop_before", {"door": 720, "Hall": 720}),
    "generated-after": (2, "drop_after", WHOLE),
}


def test_pulled_out_at_a_write(play: Play, fleet: Fleet) -> None:
    with_door(fleet, "first")
    for name, (write, drop, _left) in PULLED.items():
        device = with_door(fleet, name)
        fault = {"call": STEPS[min(write, 1)], "skip": max(write - 1, 0)}
        device.plant_fault("callback", run=pull_out, **fault)
        device.plant_fault(drop, **fault)
    with_door(fleet, "last")
    run = play(ROLL_OUT, *ALL, groups=GROUPS)
    assert run.status != 0
    assert summary(run)["changed"] == ["first", "last"]
    assert sorted(summary(run)["unverified"]) == sorted(PULLED)
    for name, (write, _drop, left) in PULLED.items():
        assert groups(fleet.devices[name]) == left, name
        assert len(fleet.devices[name].writes) == write + 1
        # A write was sent, so that nobody may take the host for one that was not touched.
        assert (run.recap[name]["failures"], run.recap[name]["unreachable"]) == (1, 0), name
        fleet.devices[name].powered = True

    again = play(ROLL_OUT, *ALL, groups=GROUPS)
    assert again.status == 0, again.output
    assert sorted(summary(again)["changed"]) == sorted(set(PULLED) - {"generated-after"})
    for name, device in fleet.devices.items():
        assert groups(device) == WHOLE, name
    assert lost(fleet) == 0
    written = {name: len(device.writes) for name, device in fleet.devices.items()}
    assert summary(play(AUDIT, groups=GROUPS))["compliant"] == 8
    assert {name: len(device.writes) for name, device in fleet.devices.items()} == written


@pytest.mark.parametrize("call", ["recording_group/list", "disks/list"])
def test_pulled_out_before_any_write_is_unreachable(play: Play, fleet: Fleet, call: str) -> None:
    device = fleet.add("camera_12_9", "pulled")
    device.plant_fault("callback", call=call, run=pull_out)
    device.plant_fault("drop_before", call=call)
    run = play(ROLL_OUT, groups=GROUPS)
    assert summary(run)["unverified"] == ["pulled"]
    assert run.recap["pulled"]["unreachable"] == 1
    assert device.writes == []


def test_a_connection_that_drops_once_is_no_failure(play: Play, fleet: Fleet) -> None:
    for drop in ("drop_before", "drop_after"):
        for call in STEPS:
            with_door(fleet, f"{drop}-{call[-6:]}").plant_fault(drop, call=call)
    run = play(ROLL_OUT, *ALL, groups=GROUPS)
    assert run.status == 0, run.output
    assert sorted(summary(run)["changed"]) == sorted(fleet.devices)
    assert [groups(device) for device in fleet.devices.values()] == [WHOLE] * 4
    assert lost(fleet) == 0
