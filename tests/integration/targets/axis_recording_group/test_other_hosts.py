# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that addresses the device of another host of the inventory applies the holds of that host, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import extra_vars
from tests.simulator import Fleet

MODULE = "camfleet.axis.axis_recording_group"
DELETE = {"id": "door", "state": "absent", "allow_recording_loss": True}
LOGIN = {"username": "operator", "password": "operator-pass"}


def hold(group: str, **fields: Any) -> dict[str, Any]:
    """Return a hold on a group."""
    common = {"reason": "Case", "owner": "legal@example.com", "until": "2999-12-31"}
    return {"recording_group_id": group, **common, **fields}


def on(host: str, name: str, options: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return a task on one host."""
    when = f"inventory_hostname == '{host}'"
    return {"name": name, MODULE: {**DELETE, **options}, "when": when, "ignore_errors": True, **keywords}


@pytest.mark.fault("task that addresses the device of another host")
def test_holds_of_the_addressed_host_are_in_force(play: Play, fleet: Fleet) -> None:
    """By address, port, or name, in arguments, variables of the play, and under another name of the inventory."""
    for name in ("gate", "hall", "free", "hidden", "misnamed"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    gate, hall, free, hidden, misnamed = fleet.devices.values()
    addresses = {
        device: {"host": device.host, "port": device.port, "protocol": "http"} for device in fleet.devices.values()
    }
    variables = {f"axis_{name}": value for name, value in {**addresses[gate], **LOGIN}.items()}
    same = {f"axis_{name}": value for name, value in {**addresses[gate], **LOGIN}.items()}
    run = play(
        [
            on("localhost", "address", {**addresses[gate], **LOGIN, "holds": [hold("other")]}),
            on("localhost", "loop", {**addresses[gate], **LOGIN}, loop=[1, 2]),
            on("localhost", "variables", {}, vars=variables),
            on("localhost", "register", {**addresses[hall], **LOGIN}),
            on("localhost", "hidden", {**addresses[hidden], **LOGIN}),
            on("localhost", "misnamed", {**addresses[misnamed], **LOGIN}),
            on("free", "other", {**addresses[gate], **LOGIN}),
            on("free", "port", {"port": gate.port}),
            on("twin", "twin", {"host": gate.host}),
            on("localhost", "free", {**addresses[free], **LOGIN}),
            {"name": "Set", "ansible.builtin.set_fact": variables, "when": "inventory_hostname == 'localhost'"},
            on("localhost", "fact", {}),
        ],
        keywords={"hosts": "localhost:all", "vars": {"axis_holds_legal": [hold("door", hosts=["hall", "twin"])]}},
        hosts={
            "gate": {"axis_holds_gate": [hold("door", hosts=["gate"])]},
            "hidden": {"axis_holds": [hold("hall")]},
            "misnamed": {"axis_hold_legal": [hold("door")]},
            "twin": {**same, "axis_holds_legal": []},
        },
        groups={"axis": {"vars": {"axis_holds": [hold("door", hosts=["hidden"])]}}},
    )
    for name, host in (
        ("address", "localhost"),
        ("variables", "localhost"),
        ("fact", "localhost"),
        ("register", "localhost"),
        ("other", "free"),
        ("port", "free"),
        ("twin", "twin"),
    ):
        assert run.results[name, host].get("error", {}).get("kind") == "held", (name, run.output)
    assert [item["error"]["kind"] for item in run.results["loop", "localhost"]["results"]] == ["held", "held"]
    assert run.results["hidden", "localhost"]["msg"] == (
        f"localhost ({hidden.host}): The task addresses the device of hidden, where axis_holds is set in group axis "
        "(inventory), and also in host hidden (inventory), which hides the holds of the former. Rename one of them to "
        "axis_holds_<name>: all of these variables are in force together."
    )
    assert run.results["misnamed", "localhost"]["error"]["message"] == (
        "The task addresses the device of misnamed, where axis_hold_legal has holds, but is not a variable of "
        "camfleet.axis and has no effect"
    )
    assert run.outcomes["free", "localhost"] == "ok", run.output
    assert [name for name, device in fleet.devices.items() if not device.groups] == ["free"]


@pytest.mark.fault("task that addresses the device of another host")
def test_role_in_a_play_that_sets_the_address(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "gate")
    device.plant_group(recording_group_id="door", retention_time=720)
    login = {"axis_username": "operator", "axis_password": "operator-pass"}
    variables = {
        "axis_host": device.host,
        "axis_port": device.port,
        "axis_protocol": "http",
        **login,
        "retention_policy_groups": [{"recording_group_id": "door", "retention_time": "1d"}],
        "retention_policy_allow_recording_loss": True,
    }
    role = {"ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy", "rolespec_validate": False}}
    run = play(
        [role],
        keywords={"hosts": "localhost", "vars": variables},
        groups={"axis": {"vars": {"axis_holds": [hold("door")]}}},
    )
    refused = run.results["camfleet.axis.retention_policy : Apply the retention policy", "localhost"]["refused"]
    assert [item["kind"] for item in refused] == ["held"], run.output
    assert device.groups["door"].retention_time == 720


VARIABLE_LOGIN = {f"axis_{name}": value for name, value in LOGIN.items()}


def own_play(hosts: str, *tasks: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return a play."""
    return {"name": hosts, "hosts": hosts, "gather_facts": False, **keywords, "tasks": list(tasks)}


def delete(name: str, options: dict[str, Any] | None = None, **keywords: Any) -> dict[str, Any]:
    """Return a task that deletes the group."""
    return {"name": name, MODULE: {**DELETE, **(options or {})}, "ignore_errors": True, **keywords}


@pytest.mark.fault("host with the address of a held host")
def test_holds_count_wherever_the_address_comes_from(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """From the inventory, a template, a fact, a loop, a new host, and an address of the held host with a template."""
    for name in ("gate", "yard", "free"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    gate, yard, free = fleet.devices.values()
    common = {"axis_port": gate.port, "axis_protocol": "http", **VARIABLE_LOGIN}
    yard_address = {"host": yard.host, "port": yard.port, "protocol": "http", **LOGIN}
    add = {"name": "alias", "groups": "added", "ansible_host": gate.host, **common}
    role = {"ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy", "rolespec_validate": False}}
    policy = {
        "retention_policy_groups": [{"recording_group_id": "door", "retention_time": "1d"}],
        "retention_policy_allow_recording_loss": True,
    }
    plays = [
        own_play("twin", delete("static")),
        own_play("template", delete("play"), vars={"target": gate.host}),
        own_play("template", {"name": "Set", "ansible.builtin.set_fact": {"target": gate.host}}, delete("fact")),
        own_play(
            "localhost",
            {"name": "Add", "ansible.builtin.add_host": add},
            delete("loop", loop=[gate.host], loop_control={"loop_var": "axis_host"}, vars=common),
            delete("free", {"host": free.host, "port": free.port, "protocol": "http", **LOGIN}),
        ),
        own_play("added", delete("added")),
        own_play("localhost", delete("held", yard_address), vars={"site": yard.host}),
        own_play("twin", role, vars={**policy, "retention_policy_on_refused": "fail"}),
    ]
    (tmp_path / "plays.yml").write_text(json.dumps(plays), encoding="utf-8")
    run = play(
        tmp_path / "plays.yml",
        hosts={
            "gate": {"axis_holds_gate": [hold("door")]},
            "yard": {"ansible_host": "{{ site }}", "axis_holds": [hold("door")]},
            "twin": {**common, "axis_host": gate.host},
            "template": {**common, "axis_host": "{{ target | default('192.0.2.1') }}"},
        },
    )
    loop = run.results["loop", "localhost"]["results"]
    assert [item["error"]["kind"] for item in loop] == ["held"], run.output
    for name, host in (
        ("static", "twin"),
        ("play", "template"),
        ("fact", "template"),
        ("added", "alias"),
        ("held", "localhost"),
    ):
        assert run.results[name, host].get("error", {}).get("kind") == "held", (name, run.output)
    assert run.outcomes["free", "localhost"] == "ok", run.output
    assert run.status != 0
    assert gate.groups["door"].retention_time == 720
    assert [name for name, device in fleet.devices.items() if not device.groups] == ["free"]


@pytest.mark.fault("host with the address of a held host")
def test_holds_count_under_an_extra_variable(play: Play, fleet: Fleet) -> None:
    for name in ("gate", "free"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    gate = fleet.devices["gate"]
    address = {"axis_host": gate.host, "axis_port": gate.port, "axis_protocol": "http", **VARIABLE_LOGIN}
    run = play(
        [delete("extra")],
        *extra_vars(**address),
        keywords={"hosts": "localhost:free"},
        hosts={"gate": {"axis_holds_gate": [hold("door")]}},
    )
    for host in ("localhost", "free"):
        result = run.results["extra", host]
        assert result["error"]["kind"] == "held", run.output
        # Only the host whose own address it is.
        assert [entry["reason"] for entry in result["holds"]] == ["Case"]
    assert [len(device.groups) for device in fleet.devices.values()] == [1, 1]
