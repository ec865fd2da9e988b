# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests, size, and secrets of a result, and that a delegated task returns the same."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet
from tests.simulator.device import Device

MODULE = "camfleet.axis.axis_retention_policy"
NO_LOGIN = {"axis_username": None, "axis_password": None}
BASTION = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "ansible_user": "bastion-user",
    "ansible_password": "bastion-secret",
}


# A password: plain, percent-encoded, and in the form of Basic.
FORMS = ("mär%ker'\"word", "m%C3%A4r%25ker%27%22word", "b3BlcmF0b3I6bcOkciVrZXInIndvcmQ=")


def policy(**options: Any) -> dict[str, Any]:
    """Return a task."""
    return {"name": "Policy", MODULE: options}


def plant_compliant_groups(device: Device, number: int) -> list[dict[str, Any]]:
    """Add groups to a device, and return the entries that match them."""
    entries = []
    for index in range(number):
        fields = {"nice_name": f"Camera {index}", "stream_options": "resolution=1920x1080&camera=1&fps=25"}
        device.plant_group(recording_group_id=f"g{index}", retention_time=720, **fields)
        entries.append({"recording_group_id": f"g{index}", "retention_time": "30d", **fields})
    return entries


def test_compliant_device_costs_two_requests_and_a_small_result(play: Play, fleet: Fleet) -> None:
    device, many = fleet.add("camera_12_9", "device"), fleet.add("camera_12_9", "many")
    wanted = {
        "device": {"wanted": plant_compliant_groups(device, 2)},
        "many": {"wanted": plant_compliant_groups(many, 50)},
    }
    run = play([policy(groups="{{ wanted }}", retention_minimum="7d")], hosts=wanted)
    assert run.status == 0, run.output
    for name in ("device", "many"):
        assert [(entry.call, entry.status) for entry in fleet.devices[name].journal] == [
            ("recording_group/list", 401),
            ("recording_group/list", 200),
        ]
    result = {name: value for name, value in run.results["Policy", "device"].items() if not name.startswith("_")}
    assert (result["changed"], result["compliant"]) == (False, True)
    assert len(json.dumps(result)) < 1024, len(json.dumps(result))


def test_groups_of_a_result_are_valid_input(play: Play, fleet: Fleet) -> None:
    device = fleet.add("recorder_s3008", "device")
    device.plant_group(recording_group_id="door", nice_name="Tür 門 & <x>", stream_options="text=a%20%26%20b&fps=5")
    read = {**policy(existing_groups=[{"match": {"id": "*"}}]), "name": "Read", "register": "current"}
    run = play([read, policy(groups="{{ current.recording_groups }}")])
    assert run.status == 0, run.output
    assert len(run.results["Read", "device"]["recording_groups"]) == 9
    result = run.results["Policy", "device"]
    assert (result["changed"], result["compliant"], len(result["findings"])) == (False, True, 9)
    assert device.writes == []


STEPS: dict[str, dict[str, Any]] = {
    "all operations": {
        "groups": [
            {"id": "new", "name": "Tür", "diskid": "SD_DISK", "retentiontime": "7d", "streamoptions": {"fps": 5}},
            {"id": "grow", "retention_time": "30d"},
        ],
        "existing_groups": [{"match": {"id": "short*", "streamoptions": {"device": "b8a4*"}}, "retentiontime": "1d"}],
        "purge": True,
        "purge_match": ["old"],
        "allow_recording_loss": True,
    },
    "again": {"groups": [{"id": "new", "retention_time": "7d"}], "retention_minimum": "2d"},
    "refused": {"groups": [{"id": "new", "retention_time": "1d"}, {"id": "grow", "name": "x"}]},
    "refused and reported": {
        "groups": [{"id": "new", "retention_time": "1d"}, {"id": "grow", "name": "x"}],
        "holds": [{"recording_group_id": "new", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}],
        "on_refused": "report",
    },
    "bad entry": {"groups": [{"id": "new"}, {"id": "a/b"}]},
    "bad bounds": {"groups": [{"id": "new", "retention_time": "1d"}], "retention_minimum": "2d"},
    "unreachable": {"retention_minimum": "1d", "port": 1},
}


@pytest.mark.long
def test_delegated_tasks_return_the_same_results(play: Play, fleet: Fleet) -> None:
    for name in ("worker", "bastion"):
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="old", retention_time=720, nice_name="Old")
        device.plant_group(recording_group_id="grow", retention_time=24)
        device.plant_group(recording_group_id="short1", retention_time=720, stream_options="device=B8A44F0A1B01")
    tasks = [
        {
            "name": f"{name} {where}",
            MODULE: options,
            "ignore_errors": True,
            "ignore_unreachable": True,
            "when": f"inventory_hostname == '{where}'",
            **({"delegate_to": "jump"} if where == "bastion" else {}),
        }
        for name, options in STEPS.items()
        for where in ("worker", "bastion")
    ]
    run = play(tasks, "--diff", hosts={"jump": BASTION})
    for name in STEPS:
        local, delegated = (
            dict(run.results[f"{name} worker", "worker"]),
            dict(run.results[f"{name} bastion", "bastion"]),
        )
        for result, device in ((local, fleet.devices["worker"]), (delegated, fleet.devices["bastion"])):
            assert result.pop("device")["serial"] in {device.serial, None}
            result.pop("_ansible_delegated_vars", None)
            # The message begins with the host.
            result["msg"] = str(result.get("msg")).partition(": ")[2]
        assert local == delegated
        assert run.outcomes[f"{name} worker", "worker"] == run.outcomes[f"{name} bastion", "bastion"]
    worker, bastion = ([entry.target for entry in fleet.devices[name].writes] for name in ("worker", "bastion"))
    assert worker == bastion
    assert [target.rpartition("/")[2].partition(".")[0] for target in worker] == [
        *("update", "create", "update", "delete"),
        "update",
    ]


def test_password_from_module_defaults_is_in_no_output(play: Play, fleet: Fleet) -> None:
    password = FORMS[0]
    for name in ("worker", "jumped"):
        device = fleet.add("camera_12_9", name)
        device.accounts["operator"].password = password
        device.plant_group(recording_group_id="door", retention_time=24)
        # The device returns the password in every field that reaches a result.
        device.plant_group(recording_group_id="echo", nice_name=f"<{password}>", description=" ".join(FORMS))
    fleet.devices["jumped"].plant_fault(
        "error_code", call="recording_group/update", code=20, description=f"no {password}", times=None
    )
    holds = [{"recording_group_id": "echo", "reason": "court", "owner": "legal", "until": "2999-01-01"}]
    options = {
        "groups": [{"id": "door", "retention_time": "30d"}],
        "existing_groups": [{"match": {"id": "echo"}, "description": "x"}],
        "holds": holds,
    }
    tasks = [
        {**policy(**options), "when": "inventory_hostname == 'worker'", "name": "worker"},
        {**policy(**options), "when": "inventory_hostname == 'jumped'", "name": "jumped", "delegate_to": "jump"},
    ]
    defaults = {"group/camfleet.axis.device": {"username": "operator", "password": password}}
    run = play(
        tasks,
        "--diff",
        "-vvvv",
        hosts={"worker": NO_LOGIN, "jumped": NO_LOGIN, "jump": BASTION},
        keywords={"module_defaults": defaults, "ignore_errors": True},
    )
    assert run.outcomes["worker", "worker"] == "ok"
    assert run.outcomes["jumped", "jumped"] == "failed"
    assert {entry.user for name in ("worker", "jumped") for entry in fleet.devices[name].journal} == {None, "operator"}
    assert fleet.devices["worker"].groups["door"].retention_time == 720
    assert run.results["worker", "worker"]["diff"]
    for form in FORMS:
        assert form not in run.output
        assert form not in str(run.results)
    assert "bastion-secret" not in run.output
