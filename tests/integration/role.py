# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names, a policy, and helpers for the tests of the role, its playbooks, and its actions."""

from __future__ import annotations

import json
from typing import Any

from tests.playbook import EACH_HOST, PlaybookRun
from tests.simulator import Fleet

AUDIT = "camfleet.axis.audit"
ROLL_OUT = "camfleet.axis.roll_out"
_ROLE = "camfleet.axis.retention_policy : "
PREFLIGHT = f"{_ROLE}Check the policy and the holds of every host"
AUDIT_TASK = f"{_ROLE}Check every camera"
#: The result of each host of the task that checks all hosts, and of the task that checks those that were written.
CHECK = f"{AUDIT_TASK}{EACH_HOST}"
CHECK_AGAIN = f"{_ROLE}Check the written cameras again{EACH_HOST}"
APPLY = f"{_ROLE}Apply the retention policy"
WAVE = f"{_ROLE}Evaluate the wave"
REPORT = f"{_ROLE}Build the report"
OUTCOME = f"{_ROLE}Restore each host's status"
#: One group of 30 days.
POLICY: dict[str, Any] = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "30d"}]}
ONE_CHANGE = ["recording_group/list", "recording_group/update", "recording_group/list"]


def extra_vars(**variables: Any) -> tuple[str, str]:
    """Return arguments that set extra variables."""
    return ("--extra-vars", json.dumps(variables))


def summary(run: PlaybookRun) -> dict[str, Any]:
    """Return the summary that the run publishes with set_stats."""
    data: dict[str, Any] = run.stats["retention_policy"]
    return data


def summary_text(run: PlaybookRun) -> str:
    """Return the summary that the run prints as its last lines, before the recap."""
    lines = [result["lines"] for (task, _host), result in run.results.items() if task == REPORT and "lines" in result]
    return "\n".join(lines[-1])


def ends_with_summary(run: PlaybookRun) -> bool:
    """Return whether the run prints its summary once, directly above the recap."""
    before = run.output.partition("\n\nPLAY RECAP ")[0]
    return before.endswith("\n" + summary_text(run)) and run.output.count(summary_text(run)) == 1


def preflight_problems(run: PlaybookRun) -> list[dict[str, Any]]:
    """Return the problems that the preflight found, or the check of all hosts before its first request."""
    (found,) = (result["problems"] for (task, _host), result in run.results.items() if task in (PREFLIGHT, AUDIT_TASK))
    return list(found)


def hosts_that_ran(run: PlaybookRun, task: str) -> list[str]:
    """Return the hosts that a task ran on, in order."""
    return [host for name, host in run.steps if name == task]


def add_cameras(fleet: Fleet, *names: str, retention_time: int = 720) -> None:
    """Add cameras with the group of the policy and twenty recordings."""
    for name in names:
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="door", retention_time=retention_time)
        device.plant_recordings("door", 20)


def contacted(fleet: Fleet) -> list[str]:
    """Return the devices that received a connection."""
    return [name for name, device in fleet.devices.items() if device.connections]


def authenticated_calls(fleet: Fleet, name: str) -> list[str]:
    """Return the authenticated calls of one device."""
    return [entry.call for entry in fleet.devices[name].journal if entry.authorization]


def retention(fleet: Fleet) -> dict[str, int]:
    """Return the retention time of the group door on each device that has it, in hours."""
    return {
        name: device.groups["door"].retention_time for name, device in fleet.devices.items() if "door" in device.groups
    }


def count_lost_recordings(fleet: Fleet) -> int:
    """Return the number of recordings that all devices lost."""
    return sum(len(device.lost_recordings) for device in fleet.devices.values())
