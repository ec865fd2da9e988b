# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guarantees of the reliability page for delegated tasks, and for loops whose items have different options."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.reliability.capture import proxy_of
from tests.simulator import Fleet
from tests.simulator.models import Account

BASTION: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
MODULE = "camfleet.axis.axis_recording_group"


def test_loop_sends_a_wrong_password_once(play: Play, fleet: Fleet) -> None:
    names: dict[str, dict[str, str]] = {"here": {}, "delegated": {"delegate_to": "jump"}}
    tasks = [
        {
            "name": "Loop",
            MODULE: {"id": "group{{ item }}", "retention_time": "30d"},
            "loop": [1, 2, 3, 4],
            "when": f"inventory_hostname == '{name}'",
            **keywords,
        }
        for name, keywords in names.items()
    ]
    cameras = [fleet.add("camera_12_9", name) for name in names]
    play(tasks, hosts={**{name: {"axis_password": "incorrect-4711"} for name in names}, "jump": BASTION})
    # AXIS OS blocks the address after twenty attempts.
    assert [sum(entry.authorization is not None for entry in camera.journal) for camera in cameras] == [1, 1]


def test_items_with_different_options_send_wrong_password_once(play: Play, fleet: Fleet) -> None:
    camera = fleet.add("camera_12_9", "camera")
    options = {"id": "door", "retention_time": "30d", "timeout": "{{ item }}"}
    play([{"name": "Loop", MODULE: options, "loop": [5, 6, 7]}], hosts={"camera": {"axis_password": "incorrect-4711"}})
    assert sum(entry.authorization is not None for entry in camera.journal) == 1


@pytest.mark.fault("one private address behind several proxies")
def test_item_behind_another_proxy_is_another_device(play: Play, fleet: Fleet) -> None:
    """A login that one of them rejects is sent to the other one."""
    first, second = (fleet.add("camera_12_9", name) for name in ("first", "second"))
    first.accounts["operator"] = Account("changed-4711", "operator")
    with ExitStack() as stack:
        proxies = [stack.enter_context(proxy_of(device)) for device in (first, second)]
        options = {"id": "door", "retention_time": "30d", "host": "192.0.2.1", "port": 80, "proxy": "{{ item }}"}
        login = {"username": "operator", "password": "operator-pass"}
        play([{"name": "Loop", MODULE: {**options, **login}, "loop": proxies, "run_once": True}])
    assert first.groups.keys() == set()
    assert second.groups.keys() == {"door"}
    assert sum(entry.authorization is not None for entry in first.journal) == 1


@pytest.mark.fault("login without a clear response, in several attempts of a task")
def test_unconfirmed_login_is_sent_once_in_a_task(play: Play, fleet: Fleet) -> None:
    group = {"id": "door", "retention_time": "30d"}
    until = {"until": "result is success", "retries": 2, "delay": 0, "register": "result"}
    tasks: dict[str, dict[str, Any]] = {
        "items": {MODULE: {**group, "timeout": "{{ item }}"}, "loop": [5, 6]},
        "items-delegated": {MODULE: {**group, "timeout": "{{ item }}"}, "loop": [5, 6], "delegate_to": "jump"},
        "until-delegated": {MODULE: group, "delegate_to": "jump", **until},
    }
    for name in tasks:
        fleet.add("camera_12_9", name).plant_fault("http_status", call="*", status=500, times=None)
    play(
        [{"name": name, "when": f"inventory_hostname == '{name}'", **task} for name, task in tasks.items()],
        hosts={"jump": BASTION},
    )
    for device in fleet.devices.values():
        assert [entry.authorization for entry in device.journal] == [None, "Digest"], device.name


def test_delegated_tasks_share_the_rate_limit(play: Play, fleet: Fleet) -> None:
    recorder = fleet.add("recorder_s3008", "recorder")
    address = {"ansible_host": recorder.host, "axis_port": recorder.port, "axis_protocol": "http"}
    login = {"axis_username": "operator", "axis_password": "operator-pass"}
    names = [f"channel{number}" for number in range(6)]
    tasks = [
        {"name": "Info", "camfleet.axis.axis_recording_group_info": {}, "delegate_to": "jump"},
    ]
    run = play(
        tasks,
        "--forks",
        "7",
        hosts={"jump": BASTION, **{name: {**address, **login} for name in names}},
        groups={"channels": {"hosts": names}},
        keywords={"hosts": "channels"},
    )
    assert run.status == 0, run.output
    times = [entry.time for entry in recorder.journal]
    assert max(sum(start <= other < start + 1 for other in times) for start in times) <= 10
