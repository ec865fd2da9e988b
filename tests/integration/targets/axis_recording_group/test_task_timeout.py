# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limit of a task, with the signal and the exception of each ansible-core."""

from __future__ import annotations

import sys
from typing import Any

from tests.integration.conftest import Play
from tests.simulator import Fleet

BASTION: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
TASK = {
    "camfleet.axis.axis_recording_group": {"id": "door", "retention_time": "60d", "timeout": 600},
    "ignore_errors": True,
}


def test_result_says_that_a_write_was_sent(play: Play, fleet: Fleet) -> None:
    cameras = [fleet.add("camera_12_9", name) for name in ("here", "there")]
    for device in cameras:
        device.plant_group(recording_group_id="door", retention_time=720)
        device.plant_fault("no_response", call="recording_group/update", when="before", times=None)
    tasks = [
        {**TASK, "name": "Here", "when": "inventory_hostname == 'here'"},
        {**TASK, "name": "There", "when": "inventory_hostname == 'there'", "delegate_to": "jump"},
    ]
    # A busy machine may need longer than the limit to send the write.
    for seconds in ("4", "16", "64"):
        run = play(tasks, hosts={"jump": BASTION}, environment={"ANSIBLE_TASK_TIMEOUT": seconds})
        if all(device.writes for device in cameras):
            break
    assert run.status == 0, run.output
    result = run.results["Here", "here"]
    assert (run.outcomes["Here", "here"], result["error"]["kind"], result["changed"]) == (
        "failed",
        "unconfirmed",
        False,
    )
    assert "A write was sent (The time limit of the task ended it)" in result["msg"]
    result = run.results["There", "there"]
    assert (run.outcomes["There", "there"], result["error"]["kind"]) == ("failed", "unconfirmed")
    assert "The time limit of the task ended the wait for the module on jump. It may have sent a write" in result["msg"]
