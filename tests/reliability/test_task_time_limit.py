# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limit of a task: the result says which write was sent before it ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.camfleet.axis.plugins.action import axis_recording_action, axis_recording_group
from ansible_collections.camfleet.axis.plugins.plugin_utils import _action
from tests.simulator import Fleet
from tests.simulator.device import Device


class CoreTimeoutError(BaseException):
    """What the handler of core raises wherever the action is."""


@pytest.fixture(autouse=True)
def time_limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the handler that core installs for a task with a time limit."""

    def handle(_signal: int, _frame: Any) -> None:
        raise CoreTimeoutError

    monkeypatch.setattr(_action, "_REJECTED_LOGINS", {})
    _action._SESSIONS.clear()
    before = signal.signal(signal.SIGALRM, handle)
    yield
    assert signal.signal(signal.SIGALRM, before) is handle
    _action._SESSIONS.clear()


def end_time_limit(_device: Device) -> None:
    """Send the signal of the alarm to this process."""
    os.kill(os.getpid(), signal.SIGALRM)


def run_task(action: Any, camera: Device, **arguments: Any) -> dict[str, Any]:
    """Run one task and return its result."""
    loader = DataLoader()
    task = SimpleNamespace(
        args=arguments, check_mode=False, diff=False, delegate_to=None, remote_user=None, async_val=0, timeout=5
    )
    variables = {
        "inventory_hostname": "gate",
        "axis_host": camera.host,
        "axis_port": camera.port,
        "axis_protocol": "http",
        "axis_username": "operator",
        "axis_password": "operator-pass",
        "axis_timeout": 20,
    }
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    templar = Templar(loader=loader, variables=dict(variables))
    run = action.ActionModule(task, connection, SimpleNamespace(password=None), loader, templar, None).run
    result: dict[str, Any] = run(None, dict(variables))
    return result


@pytest.fixture
def camera() -> Iterator[Device]:
    """Yield a camera with a group."""
    with Fleet() as fleet:
        device = fleet.add("camera_12_9", "gate")
        device.plant_group(recording_group_id="door", retention_time=720)
        yield device


@pytest.mark.fault("time limit of the task")
@pytest.mark.parametrize("hangs", [True, False])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_write_before_the_end_is_in_the_result(camera: Device, hangs: bool, when: str) -> None:
    camera.plant_fault("callback", call="recording_group/update", run=end_time_limit, when="before" if hangs else when)
    if hangs:
        camera.plant_fault("no_response", call="recording_group/update", when=when)
    result = run_task(axis_recording_group, camera, id="door", retention_time="60d")
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "unconfirmed")
    assert "gate (127.0.0.1): A write was sent" in result["msg"]
    assert "The time limit of the task ended it" in result["msg"]
    assert [entry.call for entry in camera.writes] == ["recording_group/update"]
    # The next run reads the device, and continues.
    signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGALRM))
    again = run_task(axis_recording_group, camera, id="door", retention_time="60d")
    assert "failed" not in again
    assert camera.groups["door"].retention_time == 1440


@pytest.mark.fault("time limit of the task before a write")
@pytest.mark.parametrize("call", ["recording_group/list"])
def test_the_end_before_a_write_is_a_timeout(camera: Device, call: str) -> None:
    camera.plant_fault("callback", call=call, run=end_time_limit)
    camera.plant_fault("no_response", call=call)
    result = run_task(axis_recording_group, camera, id="door", retention_time="60d")
    assert (result["failed"], result["error"]["kind"]) == (True, "timeout")
    assert "unreachable" not in result
    assert result["msg"] == (
        "gate (127.0.0.1): The time limit of the task ended it. Increase the time limit: the keyword timeout of the "
        "task, or ANSIBLE_TASK_TIMEOUT."
    )
    assert camera.writes == []


@pytest.mark.fault("time limit of the task")
def test_a_part_of_an_action_before_the_end_is_in_the_result(camera: Device) -> None:
    camera.plant_fault("callback", call="action/AddActionRule", run=end_time_limit)
    camera.plant_fault("no_response", call="action/AddActionRule")
    result = run_task(axis_recording_action, camera, recording_group_id="door")
    assert (result["failed"], result["error"]["kind"]) == (True, "unconfirmed")
    assert "A write was sent" in result["msg"]
