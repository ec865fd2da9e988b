# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules and playbooks send the calls that the page of permissions lists for them, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import add_cameras, extra_vars
from tests.reference.permissions import PERMISSIONS, describe_call
from tests.simulator import Fleet
from tests.simulator.device import Device

DOOR = {"recording_group_id": "door", "retention_time": "30d"}
YARD = {"recording_group_id": "yard", "retention_time": "30d", "disk_id": "SD_DISK"}
LOSS = {"allow_recording_loss": True, "allow_recording_stop": True}
#: A group to update, one to create with a recording action, and one to delete.
POLICY: dict[str, Any] = {
    "groups": [DOOR, {**YARD, "recording": "always"}],
    "purge": True,
    "purge_match": ["old"],
    "verify_recordings": True,
    **LOSS,
}
#: By module, the options of tasks that together send every call.
TASKS: Mapping[str, list[dict[str, Any]]] = {
    "axis_recording_group_info": [{}],
    "axis_recording_group": [DOOR, YARD, {"recording_group_id": "old", "state": "absent", **LOSS}],
    "axis_recording_action": [
        {"recording_group_id": "door"},
        {"recording_group_id": "old", "state": "absent"},
    ],
    "axis_retention_policy": [{**POLICY, "device_info": True}],
}
#: Only a device that rejects version 1 of the API receives it, except from axis_recording_group_info.
NOT_NEEDED = {"``GET /axis-cgi/record/recording_group/schemaversions.cgi``"}
ROLE = {f"retention_policy_{name.removeprefix('retention_')}": value for name, value in POLICY.items()}


def add_device(fleet: Fleet) -> Device:
    """Add a device with a group to change and one to delete, which an action uses."""
    add_cameras(fleet, "c0", retention_time=48)
    device = fleet.devices["c0"]
    device.plant_group(recording_group_id="old", retention_time=720)
    device.plant_recording("old", name="Old")
    return device


def find_sent(device: Device) -> set[str]:
    """Return the calls that a device received, as the page describes them."""
    sent = set()
    for entry in device.journal:
        path = entry.target.partition("?")[0]
        matching = [call for call in PERMISSIONS if (call.method, call.path) == (entry.method, path)]
        for call in matching:
            if call.operation is None or call.operation.encode() in entry.body:
                sent.add(describe_call(call))
        assert matching, entry.target
    return sent


def find_documented(sender: str) -> set[str]:
    """Return the calls that the page lists for a module or playbook."""
    return {describe_call(call) for call, permission in PERMISSIONS.items() if sender in permission.senders}


def run_playbook(play: Play, device: Device, playbook: str, variables: Mapping[str, Any], **more: Any) -> None:
    """Run a playbook, and compare what it sent with the page."""
    run = play(f"camfleet.axis.{playbook}", *extra_vars(**variables), **more)
    assert run.status == 0, run.output
    assert find_sent(device) | NOT_NEEDED == find_documented(playbook)
    assert playbook != "audit" or not any(entry.write for entry in device.journal)


@pytest.mark.long
@pytest.mark.parametrize("module", TASKS)
def test_modules_send_the_documented_calls(play: Play, fleet: Fleet, module: str) -> None:
    device = add_device(fleet)
    tasks = [{"name": str(number), f"camfleet.axis.{module}": options} for number, options in enumerate(TASKS[module])]
    run = play(tasks)
    assert run.status == 0, run.output
    assert find_sent(device) | NOT_NEEDED == find_documented(module)


@pytest.mark.parametrize("playbook", ["audit", pytest.param("roll_out", marks=pytest.mark.long)])
def test_audit_and_roll_out_send_the_documented_calls(play: Play, fleet: Fleet, tmp_path: Path, playbook: str) -> None:
    variables = {**ROLE, "retention_policy_report_dir": str(tmp_path / "reports")}
    run_playbook(play, add_device(fleet), playbook, variables)


@pytest.mark.long
def test_a_draft_sends_the_documented_calls(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    variables = {"draft_policy_dir": str(tmp_path / "draft"), "draft_policy_recording": True}
    run_playbook(play, add_device(fleet), "draft_policy", variables)


@pytest.mark.long
def test_a_device_check_sends_the_documented_calls(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    variables = {
        "device_check_hosts": "c0",
        "device_check_dir": str(tmp_path / "profiles"),
        "device_check_write": True,
        "device_check_confirm": "c0",
    }
    # Hundreds of requests to one device.
    quick = {"ANSIBLE_CALLBACKS_ENABLED": "results,quick_check"}
    run_playbook(play, add_device(fleet), "device_check", variables, environment=quick)


def test_pinning_sends_no_request(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9", "c0", scheme="both")
    hosts = {"c0": {"axis_port": device.tls_port, "axis_protocol": "https"}}
    run = play(
        "camfleet.axis.pin_certificates", *extra_vars(pin_certificates_file=str(tmp_path / "pins.yml")), hosts=hosts
    )
    assert run.status == 0, run.output
    assert device.journal == []
