# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report that is not signed fails one host, and changes the status of no other."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.action.axis_retention_policy_outcome import ActionModule
from tests.unit.plugins.plugin_utils.fleet_task import build_arguments, build_variables

FAILURE = "1 of 2 files of the report is not signed."
COMPLIANT = {"changed": False, "compliant": True, "findings": []}


def run(host: str, result: dict[str, Any], **report: Any) -> dict[str, Any]:
    """Return the status of a host, of which one of the same play fails."""
    published = {"failed_hosts": ["b"], "summary_host": "a", "play": "p", "signing_failure": FAILURE, **report}
    play = {"retention_policy_play": "p", "retention_policy_report": published, "retention_policy_result": result}
    variables = build_variables({host: play, "other": play})
    action = ActionModule(*build_arguments(variables, action="x"))
    found: dict[str, Any] = action.run(task_vars=variables)
    return found


@pytest.mark.fault("report is not signed")
def test_host_that_shows_the_summary_fails_for_an_unsigned_report() -> None:
    found = run("a", COMPLIANT)
    assert found["failed"] is True
    assert found["msg"] == f"a: {FAILURE}"


@pytest.mark.fault("report is not signed")
@pytest.mark.parametrize(
    ("host", "report"),
    [("c", {}), ("a", {"signing_failure": ""}), ("a", {"summary_host": "", "signing_failure": FAILURE})],
)
def test_other_hosts_and_signed_reports_fail_no_host(host: str, report: dict[str, Any]) -> None:
    assert not run(host, COMPLIANT, **report).get("failed")


@pytest.mark.fault("report is not signed")
def test_host_that_failed_keeps_its_own_message() -> None:
    error = {"kind": "authentication", "message": "wrong", "next_step": "Correct it."}
    found = run("b", {"failed": True, "error": error, "msg": "b: wrong"}, summary_host="b")
    assert (found["failed"], found["msg"]) == (True, "b: wrong")


def test_report_of_an_earlier_play_does_not_count() -> None:
    found = run("a", COMPLIANT, play="earlier")
    assert FAILURE not in found["msg"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("dark", {"unreachable": True, "msg": "dark: no response"}),
        ("locked", {"failed": True, "msg": "locked: wrong"}),
        ("a", {}),
    ],
)
def test_hosts_that_a_draft_did_not_read(host: str, status: dict[str, Any]) -> None:
    unread = [
        {"host": "dark", "unreachable": True, "msg": "dark: no response"},
        {"host": "locked", "unreachable": False, "msg": "locked: wrong"},
    ]
    variables = build_variables({host: {}})
    action = ActionModule(*build_arguments(variables, action="x", args={"unread": unread}))
    found = action.run(task_vars=variables)
    found.pop("exception", None)
    assert found == {"changed": False, **status}
