# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that addresses the device of another host of the inventory applies the holds of that host, too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
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
    for name in ("gate", "hall", "free", "hidden"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    gate, hall, free, hidden = fleet.devices.values()
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
