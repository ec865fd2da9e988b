# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sources of login and address: a login of another machine never reaches a camera."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.playbook import run_ansible
from tests.simulator import Fleet
from tests.simulator.device import Device

MODULE = "camfleet.axis.axis_recording_group"
NO_LOGIN = {"axis_username": None, "axis_password": None}
ANSIBLE_LOGIN = {"ansible_user": "operator", "ansible_password": "operator-pass"}
BASTION = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "ansible_user": "bastion-user",
    "ansible_password": "bastion-secret",
}


def group(**options: Any) -> dict[str, Any]:
    """Return a task."""
    return {"name": "Group", MODULE: {"id": "door", "retention_time": "30d", **options}}


@pytest.fixture
def camera(fleet: Fleet) -> Device:
    """Add a camera with a compliant group."""
    device = fleet.add("camera_12_9", "camera")
    device.plant_group(recording_group_id="door", retention_time=720)
    return device


def users(device: Device) -> set[str | None]:
    """Return the users whose login the device accepted."""
    return {entry.user for entry in device.journal} - {None}


def test_login_from_module_defaults_or_the_host(play: Play, fleet: Fleet) -> None:
    """A task with another host does not use the login of the host."""
    defaults = {"group/camfleet.axis.device": {"username": "operator", "password": "operator-pass"}}
    tasks: dict[str, dict[str, Any]] = {
        "defaults": {**group(), "module_defaults": defaults},
        "ansible": group(),
        "other": group(host="127.0.0.1"),
    }
    for name in tasks:
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    ansible_login = {**NO_LOGIN, **ANSIBLE_LOGIN}
    run = play(
        [{**task, "name": name, "when": f"inventory_hostname == '{name}'"} for name, task in tasks.items()],
        hosts={"defaults": NO_LOGIN, "ansible": ansible_login, "other": ansible_login},
    )
    assert {name: users(device) for name, device in fleet.devices.items()} == {
        "defaults": {"operator"},
        "ansible": {"operator"},
        "other": set(),
    }, run.output
    assert fleet.devices["other"].connections == 0
    assert "axis_username and axis_password are not set" in run.results["other", "other"]["msg"]


def test_login_from_the_play_like_an_awx_machine_credential(play: Play, camera: Device, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("operator-pass", encoding="utf-8")
    run = play([group()], "--user", "operator", "--connection-password-file", str(password), hosts={"camera": NO_LOGIN})
    assert run.status == 0, run.output
    assert users(camera) == {"operator"}


def test_environment_is_used_in_spite_of_a_remote_user(play: Play, camera: Device) -> None:
    environment = {"AXIS_USERNAME": "operator", "AXIS_PASSWORD": "operator-pass", "AXIS_PORT": "1"}
    run = play([group()], hosts={"camera": NO_LOGIN}, keywords={"remote_user": "deploy"}, environment=environment)
    assert run.status == 0, run.output
    assert users(camera) == {"operator"}


def test_login_from_vaulted_and_templated_variables(play: Play, camera: Device, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.write_text("vault-word", encoding="utf-8")
    variables = tmp_path / "login.yml"
    variables.write_text("vault_camera_password: operator-pass\n", encoding="utf-8")
    run_ansible(["vault", "encrypt", "--vault-password-file", str(vault), str(variables)], tmp_path)
    run = play(
        [group()],
        "--vault-password-file",
        str(vault),
        "--extra-vars",
        f"@{variables}",
        hosts={"camera": {"axis_password": "{{ vault_camera_password }}"}},
    )
    assert run.status == 0, run.output
    assert users(camera) == {"operator"}


def test_unsafe_password_that_looks_like_a_template_is_used(play: Play, camera: Device, tmp_path: Path) -> None:
    camera.accounts["operator"].password = "{{ word"
    variables = tmp_path / "login.yml"
    variables.write_text("axis_password: !unsafe '{{ word'\n", encoding="utf-8")
    run = play([group()], "--extra-vars", f"@{variables}")
    assert run.status == 0, run.output
    assert users(camera) == {"operator"}


#: By host: a variable that cannot be resolved or is invalid, and part of the message.
INVALID_VARIABLES: dict[str, tuple[dict[str, str], str]] = {
    "undefined": (
        {"axis_password": "{{ vault_camera_password }}"},
        "axis_password uses vault_camera_password, which is undefined. Define",
    ),
    "undefined-in-part": (
        {"axis_password": "{{ 'geheim' ~ vault_camera_password }}"},
        "axis_password cannot be resolved. Check the variables that it uses",
    ),
    "malformed": ({"axis_password": "geheim{{wort"}, "axis_password cannot be resolved. "),
    "malformed-timeout": ({"axis_timeout": "{{ nothing"}, "template"),
    "unit": (
        {"axis_timeout": "10s"},
        "unit (127.0.0.1): axis_timeout must be a number, got the text '10s'. Set it to a number without a unit.",
    ),
}


def test_message_names_an_invalid_variable_but_shows_no_password(play: Play, fleet: Fleet) -> None:
    for name in INVALID_VARIABLES:
        fleet.add("camera_12_9", name)
    hosts = {name: variables for name, (variables, _message) in INVALID_VARIABLES.items()}
    run = play([group()], "-vvvv", hosts=hosts)
    for name, (variables, message) in INVALID_VARIABLES.items():
        result = run.results["Group", name]
        assert run.outcomes["Group", name] == "failed"
        assert message in result["msg"]
        assert "axis_password" not in variables or result["error"]["kind"] == "invalid_option"
        assert fleet.devices[name].connections == 0
    assert run.results["Group", "unit"]["msg"] == INVALID_VARIABLES["unit"][1]
    assert "geheim" not in run.output
    assert "defect" not in run.output


def test_message_names_the_environment_variable(play: Play, camera: Device) -> None:
    run = play([group()], hosts={"camera": NO_LOGIN}, environment={"AXIS_USERNAME": "operator"})
    expected = "camera: AXIS_USERNAME is set, and AXIS_PASSWORD is not. "
    assert run.results["Group", "camera"]["msg"].startswith(expected)
    assert camera.connections == 0


def test_every_retry_and_item_uses_the_login_of_the_task(play: Play, camera: Device) -> None:
    camera.plant_fault("error_code", call="recording_group/list", code=10, times=2)
    login = {"username": "operator", "password": "{{ word }}"}
    tries = {"register": "result", "until": "result is succeeded", "retries": 3, "delay": 0}
    tasks = [
        {**group(**login), **tries, "vars": {"word": "operator-pass"}},
        {**group(**login), "name": "Items", "loop": [1, 2], "vars": {"word": "operator-pass"}},
    ]
    run = play(tasks, hosts={"camera": NO_LOGIN})
    assert run.status == 0, run.output
    assert run.results["Group", "camera"]["attempts"] == 3
    assert [entry.status for entry in camera.journal].count(401) == 2
    assert users(camera) == {"operator"}


@pytest.mark.fault("half of a login")
def test_half_of_a_login(play: Play, fleet: Fleet) -> None:
    """A half for other tools does not count, the environment completes its own user, and any other half is an error."""
    complete: dict[str, dict[str, Any]] = {
        "ssh-user": {**NO_LOGIN, "ansible_user": "deploy", "ansible_ssh_private_key_file": "/no/such/key"},
        "ssh-password": {**NO_LOGIN, "ansible_ssh_pass": "bastion-secret"},
        "own-user": {"axis_password": None},
    }
    incomplete: dict[str, dict[str, Any]] = {
        "other-user": {"axis_username": "viewer", "axis_password": None},
        "without-username": {"axis_username": None, **ANSIBLE_LOGIN},
    }
    for name in (*complete, *incomplete):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", retention_time=720)
    environment = {"AXIS_USERNAME": "operator", "AXIS_PASSWORD": "operator-pass"}
    run = play([group()], hosts={**complete, **incomplete}, environment=environment)
    for name in complete:
        assert run.outcomes["Group", name] == "ok", run.output
        assert users(fleet.devices[name]) == {"operator"}
    for name in incomplete:
        assert run.results["Group", name]["error"]["kind"] == "invalid_option"
        assert "as a pair" in run.results["Group", name]["msg"]
        assert fleet.devices[name].connections == 0


@pytest.mark.long
def test_delegated_tasks_return_the_same_results(play: Play, fleet: Fleet) -> None:
    for name in ("worker", "bastion"):
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="old", retention_time=720, nice_name="Old")
    steps: dict[str, dict[str, Any]] = {
        "create": {"id": "new", "retention_time": "7d", "disk_id": "SD_DISK", "stream_options": {"fps": 5}},
        "again": {"id": "new", "retention_time": "7d", "disk_id": "SD_DISK", "stream_options": {"fps": 5}},
        "update": {"id": "new", "retention_time": "30d", "name": "Tür"},
        "refused": {"id": "new", "retention_time": "1d"},
        "delete": {"id": "old", "state": "absent", "allow_recording_loss": True},
        "bad option": {"id": "a/b"},
        "unreachable": {"id": "new", "port": 1},
        "wrong login": {"id": "new", "username": "operator", "password": "wrong-word"},
    }
    tasks = [
        {
            "name": f"{name} {where}",
            MODULE: options,
            "ignore_errors": True,
            "ignore_unreachable": True,
            "when": f"inventory_hostname == '{where}'",
            **({"delegate_to": "jump"} if where == "bastion" else {}),
        }
        for name, options in steps.items()
        for where in ("worker", "bastion")
    ]
    run = play(tasks, "--diff", hosts={"jump": BASTION})
    for name in steps:
        local, delegated = run.results[f"{name} worker", "worker"], run.results[f"{name} bastion", "bastion"]
        local, delegated = dict(local), dict(delegated)
        for result, device in ((local, fleet.devices["worker"]), (delegated, fleet.devices["bastion"])):
            assert result.pop("device")["serial"] in {device.serial, None}
            result.pop("_ansible_delegated_vars", None)
            result["msg"] = str(result.get("msg")).partition(": ")[2]
        assert local == delegated
        assert run.outcomes[f"{name} worker", "worker"] == run.outcomes[f"{name} bastion", "bastion"]
    worker, bastion = ([entry.target for entry in fleet.devices[name].writes] for name in ("worker", "bastion"))
    assert worker == bastion
    assert len(worker) == 3


def test_login_of_another_machine_never_reaches_a_camera(play: Play, fleet: Fleet) -> None:
    logins = {"axis": {}, "ansible": {**NO_LOGIN, **ANSIBLE_LOGIN}, "none": NO_LOGIN}
    hosts: dict[str, dict[str, Any]] = {"jump": BASTION, "localhost": BASTION}
    for target, (login, variables) in product(("jump", "localhost"), logins.items()):
        device = fleet.add("camera_12_9", f"{login}-{target}")
        device.plant_group(recording_group_id="door", retention_time=720)
        hosts[device.name] = {**variables, "target": target}
    run = play([{**group(), "delegate_to": "{{ target }}"}], hosts=hosts)
    for name, device in fleet.devices.items():
        if name.startswith("none"):
            assert "axis_username and axis_password are not set" in run.results["Group", name]["msg"]
            assert device.connections == 0
        else:
            assert run.outcomes["Group", name] == "ok", run.output
            assert users(device) == {"operator"}
            assert [entry.authorization for entry in device.journal] == [None, "Digest"]


def test_password_is_in_no_output(play: Play, fleet: Fleet) -> None:
    password = "mär%ker'\"word"
    for name in ("worker", "jumped", "refused"):
        device = fleet.add("camera_12_9", name)
        device.accounts["operator"].password = password
        device.plant_group(recording_group_id="door", retention_time=24)
        # The device returns the password in every field that reaches a result.
        device.plant_group(recording_group_id="echo", nice_name=f"<{password}>", description=password)
    fleet.devices["refused"].plant_fault(
        "error_code", call="recording_group/update", code=20, description=f"no {password}", times=None
    )
    tasks = [
        {**group(), "name": "update", "ignore_errors": True},
        {**group(id="echo"), "name": "echo", "ignore_errors": True},
        {**group(), "name": "jump", "delegate_to": "jump", "ignore_errors": True},
        {**group(id="echo", retention_time=1), "name": "fail", "ignore_errors": True},
    ]
    hosts = {name: {"axis_password": password} for name in fleet.devices}
    run = play(tasks, "-vvvv", "--diff", hosts={**hosts, "jump": BASTION})
    assert run.outcomes["update", "worker"] == "ok"
    assert run.outcomes["update", "refused"] == "failed"
    for form in (password, "m%C3%A4r%25ker%27%22word", "b3BlcmF0b3I6bcOkciVrZXInIndvcmQ="):
        assert form not in run.output
        assert form not in str(run.results)
    assert "bastion-secret" not in run.output


def test_async_fails_with_an_explanation(play: Play, camera: Device) -> None:
    run = play([{**group(), "async": 10, "poll": 1}])
    assert run.outcomes["Group", "camera"] == "failed"
    assert "async" in run.results["Group", "camera"]["msg"]
    assert camera.connections == 0


def test_check_mode_of_the_task_overrides_the_run(play: Play, camera: Device) -> None:
    run = play([{**group(retention_time="60d"), "check_mode": True}], keywords={"check_mode": False})
    assert run.results["Group", "camera"]["changed"] is True
    assert camera.writes == []
    run = play([{**group(retention_time="60d"), "check_mode": False}], "--check")
    assert [entry.call for entry in camera.writes] == ["recording_group/update"]
