# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cameras behind bastions: equal private addresses are different devices, and equal serial numbers are one device."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import OUTCOME, POLICY, add_cameras, contacted, extra_vars, retention, summary
from tests.playbook import PlaybookRun
from tests.simulator import Fleet
from tests.simulator.device import Device

ROLE = "camfleet.axis.retention_policy"
LOGIN = {"axis_username": "operator", "axis_password": "operator-pass"}
BASTION: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
GROUPS = {"axis": {"vars": POLICY}, "others": {"vars": POLICY}}
_REDIRECT = """
import socket

_connect = socket.socket.connect
_ROUTES = {routes!r}

def connect(self, address):
    return _connect(self, _ROUTES.get(tuple(address[:2]), address))

socket.socket.connect = connect
"""


def address_of(device: Device) -> dict[str, Any]:
    """Return the variables of a host with the address of a device."""
    return {"axis_host": device.host, "axis_port": device.port, "axis_protocol": "http", **LOGIN}


def add_route(directory: Path, source: Device, target: Device) -> dict[str, Any]:
    """Return the variables of a bastion in whose network another device has the address of a device."""
    directory.mkdir()
    routes = {(source.host, source.port): (target.host, target.port)}
    (directory / "sitecustomize.py").write_text(_REDIRECT.format(routes=routes), encoding="utf-8")
    interpreter = directory / "python"
    interpreter.write_text(f'#!/bin/sh\nPYTHONPATH="{directory}" exec {sys.executable} "$@"\n', encoding="utf-8")
    interpreter.chmod(0o700)
    return {**BASTION, "ansible_python_interpreter": str(interpreter)}


_FILES = {"check": "apply"}
#: What main.yml has, too, so that a failure does not end the run before the report.
_IGNORING = {"ignore_errors": True, "ignore_unreachable": True}
_KEYWORDS = {"check": {**_IGNORING, "check_mode": True}, "apply": _IGNORING}


def run_role(play: Play, hosts: dict[str, dict[str, Any]], pattern: str, *parts: str) -> PlaybookRun:
    """Run parts of the role, or all of it, on the machine that the variable site_bastion names."""
    roles = [
        {"name": part, "ansible.builtin.import_role": {"name": ROLE, "tasks_from": _FILES.get(part, part)}}
        | _KEYWORDS.get(part, {})
        for part in parts
    ]
    block = {"name": "Through the bastions", "delegate_to": "{{ site_bastion | default(omit) }}", "block": roles}
    variables = extra_vars(retention_policy_max_fail_percentage=100)
    return play([block], *variables, hosts=hosts, groups=GROUPS, keywords={"hosts": pattern})


@pytest.mark.long
@pytest.mark.fault("equal addresses behind different bastions")
def test_equal_addresses_behind_other_bastions_are_other_devices(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "north", "south", "hall", retention_time=24)
    north, south = fleet.devices["north"], fleet.devices["south"]
    hosts = {
        "north-jump": BASTION,
        "south-jump": add_route(tmp_path / "south-jump", north, south),
        "north": {"site_bastion": "north-jump"},
        "south": {"axis_port": north.port, "site_bastion": "south-jump"},
        # Reached from the same machines as these.
        "hall": {"site_bastion": "north-jump"},
        "hall-2": {**address_of(fleet.devices["hall"]), "site_bastion": "north-jump"},
        "hall-3": {**address_of(fleet.devices["hall"]), "site_bastion": "localhost"},
        "hall-4": address_of(fleet.devices["hall"]),
    }
    run = run_role(play, hosts, "axis:hall-2:hall-3:hall-4", "main")
    assert run.status != 0
    assert retention(fleet) == {"north": 720, "south": 720, "hall": 24}
    assert contacted(fleet) == ["north", "south"]
    data = summary(run)
    assert data["changed"] == ["north", "south"]
    assert data["unverified"] == ["hall", "hall-2", "hall-3", "hall-4"]
    assert "hall-2 has the same address" in run.results[OUTCOME, "hall"]["msg"]
    assert "hall-4 has the same address" in run.results[OUTCOME, "hall-3"]["msg"]


@pytest.fixture
def two_ways(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Add a device that is host gate by HTTP, and host gate-2 by HTTPS, through different bastions."""
    gate = fleet.add("camera_12_9", "gate", scheme="both")
    gate.plant_group(recording_group_id="door", retention_time=24)
    add_cameras(fleet, "hall", retention_time=24)
    pin = {"axis_tls_fingerprint": gate.certificate_sha256}
    return {
        "one-jump": BASTION,
        "other-jump": BASTION,
        "gate": {"site_bastion": "one-jump"},
        "gate-2": {"axis_host": gate.host, "axis_port": gate.tls_port, **pin, **LOGIN, "site_bastion": "other-jump"},
        "hall": {"site_bastion": "one-jump"},
    }


@pytest.mark.long
@pytest.mark.fault("device listed twice, through bastions")
def test_one_device_through_two_bastions_is_written_under_one_name(play: Play, fleet: Fleet, two_ways: Any) -> None:
    run = run_role(play, two_ways, "axis:gate-2", "main")
    assert run.status != 0
    assert len(fleet.devices["gate"].writes) == 1
    assert summary(run)["unverified"] == ["gate", "gate-2"]
    assert {run.results[OUTCOME, name]["error"]["kind"] for name in ("gate", "gate-2")} == {"duplicate_device"}
    assert retention(fleet)["hall"] == 720


def test_check_before_the_first_write_finds_it_through_bastions(play: Play, fleet: Fleet, two_ways: Any) -> None:
    parts = ("preflight", "check", "fleet_gate", "apply", "report", "restore_status")
    run = run_role(play, two_ways, "axis:gate-2", *parts)
    assert run.status != 0
    assert fleet.devices["gate"].writes == []
    assert summary(run)["unverified"] == ["gate", "gate-2"]
    assert retention(fleet) == {"gate": 24, "hall": 720}


def test_device_replaced_after_the_check_receives_no_login(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "gate", "spare", retention_time=24)
    gate, spare = fleet.devices.values()
    gate.plant_fault(
        "callback",
        call="recording_group/list",
        run=lambda _gate: gate.replace_by(spare, keep_connections=True),
        when="after",
    )
    hosts = {"jump": BASTION, "gate": {"site_bastion": "jump"}}
    run = run_role(play, hosts, "gate", "preflight", "check", "fleet_gate", "apply", "report", "restore_status")
    assert run.status != 0
    assert spare.writes == []
    assert {entry.authorization for entry in spare.journal} == {None}
    assert run.results[OUTCOME, "gate"]["msg"].count(spare.serial) == 1
    assert run.results[OUTCOME, "gate"]["error"]["kind"] == "conflict"
