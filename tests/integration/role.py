# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the role, its playbooks and its actions share: names, a policy, and where to look in a run."""

from __future__ import annotations

import json
from typing import Any

from tests.playbook import PlaybookRun
from tests.simulator import Fleet

AUDIT = "camfleet.axis.audit"
ROLL_OUT = "camfleet.axis.roll_out"
_ROLE = "camfleet.axis.retention_policy : "
PREFLIGHT = f"{_ROLE}Check the policy and the holds of every host"
CHECK = f"{_ROLE}Check the retention policy"
APPLY = f"{_ROLE}Apply the retention policy"
#: The task for each camera, by playbook.
CAMERA_TASK = {AUDIT: CHECK, ROLL_OUT: APPLY}
WAVE = f"{_ROLE}Evaluate the wave"
REPORT = f"{_ROLE}Build the report"
SUMMARY = f"{_ROLE}Show the summary"
OUTCOME = f"{_ROLE}Restore each host's status"
#: One group of 30 days.
POLICY: dict[str, Any] = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "30d"}]}
ONE_CHANGE = ["recording_group/list", "recording_group/update", "recording_group/list"]


def extra(**variables: Any) -> tuple[str, str]:
    """Arguments that give extra variables."""
    return ("--extra-vars", json.dumps(variables))


def summary(run: PlaybookRun) -> dict[str, Any]:
    """The summary that the run handed on to programs."""
    data: dict[str, Any] = run.stats["retention_policy"]
    return data


def text(run: PlaybookRun) -> str:
    """The summary that the run printed."""
    (lines,) = (result["msg"] for (task, _host), result in run.results.items() if task == SUMMARY)
    return "\n".join(lines)


def problems(run: PlaybookRun) -> list[dict[str, Any]]:
    """What the preflight found."""
    (found,) = (result["problems"] for (task, _host), result in run.results.items() if task == PREFLIGHT)
    return list(found)


def hosts_of(run: PlaybookRun, task: str) -> list[str]:
    """The hosts that a task ran on, in turn."""
    return [host for name, host in run.steps if name == task]


def plant(fleet: Fleet, *names: str, retention_time: int = 720) -> None:
    """Cameras with the group of the policy and twenty recordings."""
    for name in names:
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="door", retention_time=retention_time)
        device.plant_recordings("door", 20)


def asked(fleet: Fleet) -> list[str]:
    """The devices that anybody connected to."""
    return [name for name, device in fleet.devices.items() if device.connections]


def calls(fleet: Fleet, name: str) -> list[str]:
    """The calls of one device that came with a login."""
    return [entry.call for entry in fleet.devices[name].journal if entry.authorization]


def retention(fleet: Fleet) -> dict[str, int]:
    """The retention time of the group door on each device that has it."""
    return {
        name: device.groups["door"].retention_time for name, device in fleet.devices.items() if "door" in device.groups
    }


def lost(fleet: Fleet) -> int:
    """How many recordings all devices lost."""
    return sum(len(device.lost_recordings) for device in fleet.devices.values())
