# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of one host: its preflight, other hosts that are the same device, and devices that replace another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible import constants

from ansible_collections.camfleet.axis.plugins.plugin_utils import _action
from ansible_collections.camfleet.axis.plugins.plugin_utils._policy_action import PolicyAction
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.plugin_utils.fleet_task import DOOR, LOGIN, address_of, build_arguments, build_variables

CHECKED = {"retention_policy_play": "play"}


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Start each test in a new worker of a new run, in which no host has reserved the device."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(_action, "_REJECTED_LOGINS", {})
    _action._SESSIONS.clear()
    yield
    _action._SESSIONS.clear()


@pytest.fixture
def camera() -> Iterator[Device]:
    """Yield a camera whose retention time is to change."""
    with Fleet() as fleet:
        device = fleet.add("camera_12_9", "camera")
        device.plant_group(recording_group_id="door", retention_time=48)
        yield device


def run(device: Device, play: dict[str, Any], *, in_role: bool = True, check_mode: bool = False) -> dict[str, Any]:
    """Return the result of the task for a camera."""
    variables = build_variables({"gate": {**LOGIN, **address_of(device)}, "gate-2": {}}, **play)
    arguments = build_arguments(variables, in_role=in_role, args={"groups": [DOOR]}, check_mode=check_mode)
    return PolicyAction(*arguments).run(None, variables)


def retention(device: Device) -> int:
    """Return the retention time on the device."""
    return device.groups["door"].retention_time


def test_the_policy_is_applied_after_its_preflight(camera: Device) -> None:
    assert run(camera, CHECKED, check_mode=True)["changed"] is True
    assert retention(camera) == 48
    result = run(camera, CHECKED)
    assert (result["changed"], result["compliant"], retention(camera)) == (True, True, 720)


@pytest.mark.parametrize("play", [{}, {"retention_policy_play": "another"}])
def test_without_its_preflight_the_task_of_the_role_sends_nothing(camera: Device, play: dict[str, Any]) -> None:
    result = run(camera, play)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("gate: The preflight of this play did not run")
    assert camera.journal == []
    # A task outside of the role has none.
    assert run(camera, play, in_role=False)["compliant"] is True


def test_one_of_several_hosts_for_a_device_sends_nothing(camera: Device) -> None:
    others = {"retention_policy_duplicates": {"gate": ["gate-2"], "gate-2": ["gate"]}}
    result = run(camera, {**CHECKED, **others})
    assert (result["error"]["kind"], result["changed"]) == ("duplicate_device", False)
    assert "gate-2" in result["msg"]
    assert result["device"]["host"] == camera.host
    assert camera.journal == []


@pytest.mark.parametrize("in_role", [True, False])
def test_device_that_replaced_the_checked_one_receives_no_login(camera: Device, in_role: bool) -> None:
    serials = {"retention_policy_serials": {"gate": "ACCC8E000000", "gate-2": camera.serial}}
    result = run(camera, {**CHECKED, **serials}, in_role=in_role)
    if not in_role:
        assert result["compliant"] is True
        return
    assert result["error"]["kind"] == "conflict"
    assert "ACCC8E000000" in result["msg"]
    assert [entry.authorization for entry in camera.journal] == [None]


@pytest.mark.parametrize("in_role", [True, False])
def test_omitted_option_has_the_default_of_the_role(camera: Device, in_role: bool) -> None:
    """For ``on_refused`` that is another one than the module has."""
    shorter = {**DOOR, "retention_time": "1d"}
    variables = build_variables({"gate": {**LOGIN, **address_of(camera)}}, **CHECKED)
    arguments = build_arguments(variables, in_role=in_role, args={"groups": [shorter]})
    result = PolicyAction(*arguments).run(None, variables)
    assert [item["kind"] for item in result["refused"]] == ["recording_loss"]
    assert result.get("failed", False) is not in_role


def test_invalid_policy_names_the_variable_of_the_role(camera: Device) -> None:
    variables = build_variables({"gate": {**LOGIN, **address_of(camera)}}, **CHECKED)
    arguments = build_arguments(variables, args={"groups": [DOOR], "retention_minimum": "soon"})
    result = PolicyAction(*arguments).run(None, variables)
    assert "retention_policy_minimum is 'soon'" in result["msg"]
    assert camera.journal == []
