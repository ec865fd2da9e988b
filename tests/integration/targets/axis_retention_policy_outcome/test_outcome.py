# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each host ends with the status, message, and error of its own task."""

from __future__ import annotations

from typing import Any

import ansible.template

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, OUTCOME, POLICY, add_cameras
from tests.simulator import Fleet

#: ansible-core before 2.19 shows no origin.
HAS_ORIGIN = hasattr(ansible.template, "trust_as_template")
MODULE = "camfleet.axis.axis_retention_policy_outcome"
ERROR = {"kind": "timeout", "code": None, "description": None, "next_step": "Wait."}
DRIFT = {"disk_id": None, "verdict": "drifted", "severity": "warning"}
HELD = {"disk_id": None, "verdict": "held", "severity": "info"}
SHORT = {"disk_id": "SD_DISK", "verdict": "short", "severity": "warning"}
YOUNG = {"disk_id": "SD_DISK", "verdict": "insufficient_history", "severity": "info"}
# By host: the registered result, whether drift is a failure, the expected status, and text in the message.
CASES: dict[str, tuple[dict[str, Any] | None, bool, str, str]] = {
    "compliant": ({"compliant": True}, False, "ok", ""),
    "drifted": ({"compliant": False}, False, "ok", ""),
    "drift-fails": ({"compliant": False}, True, "failed", "do not comply with the policy"),
    "disk": ({"compliant": False, "findings": [SHORT]}, False, "ok", ""),
    "disk-fails": ({"compliant": False, "findings": [SHORT, YOUNG]}, True, "failed", ": The recordings do not comply"),
    "group-fails": ({"compliant": False, "findings": [DRIFT, SHORT]}, True, "failed", ": The recording groups do not"),
    "unproven": ({"compliant": False, "findings": [YOUNG]}, True, "ok", ""),
    "held": ({"compliant": False, "findings": [HELD]}, True, "ok", ""),
    "failed": ({"failed": True, "msg": "Login wrong", "error": ERROR}, False, "failed", "Login wrong"),
    "unreachable": ({"unreachable": True, "msg": "No route", "error": ERROR}, False, "unreachable", "No route"),
    "unreachable-drift": ({"unreachable": True, "msg": "No route"}, True, "unreachable", "No route"),
    "silent": ({"failed": True}, False, "failed", "The task failed"),
    # Hosts without a verdict do not count as compliant.
    "no-verdict": ({"changed": False}, False, "failed", "no verdict"),
    "nothing": (None, False, "failed", "no verdict"),
}


def test_each_host_ends_with_the_status_of_its_task(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, *CASES)
    hosts = {
        name: {
            "drift": drift,
            "retention_policy_report": {"failed_hosts": []},
            **({} if result is None else {"retention_policy_result": result}),
        }
        for name, (result, drift, _status, _expected_text) in CASES.items()
    }
    tasks = [
        {"name": "Outcome", MODULE: {"drift": "{{ drift }}"}},
        {"name": "Afterwards", "ansible.builtin.debug": {"msg": "still here"}},
        {"name": "Broken", "ansible.builtin.debug": {"msg": "{{ nothing_at_all }}"}},
    ]
    run = play(tasks, hosts=hosts)
    for name, (result, _drift, status, expected_text) in CASES.items():
        outcome = run.results["Outcome", name]
        assert run.outcomes["Outcome", name] == status, name
        assert expected_text in outcome.get("msg", ""), name
        assert (outcome.get("changed") or False) is False
        # The message has the rest, and core prints all of both.
        error = (result or {}).get("error") or {}
        kept = {name: value for name, value in error.items() if name in ("kind", "code") and value is not None}
        assert outcome.get("error", {}) == kept
        assert (("Afterwards", name) in run.outcomes) is (status == "ok")
    # Core shows where a task is that failed, but not where this one is: the failure is that of an earlier task.
    sections = {text.partition("]")[0]: text for text in run.output.split("TASK [")}
    assert [name for name, text in sections.items() if "Origin: " in text] == (["Broken"] if HAS_ORIGIN else [])


def test_message_is_that_of_the_camera(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    run = play(AUDIT, "--check", hosts={"c1": {"axis_password": "incorrect-4711"}}, groups={"axis": {"vars": POLICY}})
    assert run.status == 2
    assert run.results[OUTCOME, "c1"]["error"]["kind"] == "authentication"
    assert run.results[OUTCOME, "c1"]["msg"].startswith("c1 (127.0.0.1): ")
    assert {host: counters["failures"] for host, counters in run.recap.items()} == {"c0": 0, "c1": 1}
