# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures of actions that run once for all hosts name what the user sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.action import (
    axis_certificate_pins,
    axis_retention_policy_compare,
    axis_retention_policy_merge,
    axis_retention_policy_outcome,
    axis_retention_policy_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction

ACTIONS = (
    axis_certificate_pins,
    axis_retention_policy_compare,
    axis_retention_policy_merge,
    axis_retention_policy_outcome,
    axis_retention_policy_report,
)


def fail(module: Any, arguments: dict[str, Any], variables: dict[str, Any]) -> str:
    """Return the message of a task that fails."""
    action: FleetAction = module.ActionModule(SimpleNamespace(args=arguments), None, None, None, None, None)
    result = action.run(None, {"inventory_hostname": "camera", **variables})
    assert result["failed"] is True
    return str(result["msg"])


@pytest.mark.parametrize(
    ("module", "arguments", "variables", "message"),
    [
        (
            axis_certificate_pins,
            {"path": "pins.yml"},
            {"pin_certificates_file": "pins.yml"},
            "pin_certificates_file is 'pins.yml', which is not an absolute path. Set pin_certificates_file to an",
        ),
        (
            axis_certificate_pins,
            {"path": "pins.yml"},
            {},
            "path is 'pins.yml', which is not an absolute path. Set path",
        ),
        (
            axis_retention_policy_merge,
            {"reports": [], "directory": "x"},
            {"merge_reports_dir": "x"},
            "merge_reports_dir is 'x', which is not an absolute path",
        ),
        (
            axis_retention_policy_compare,
            {"reports_directory": "x"},
            {"compare_reports_from": "x"},
            "compare_reports_from is 'x', which is not an absolute path. Set compare_reports_from to an absolute path.",
        ),
        (
            axis_retention_policy_report,
            {"title": "Wave", "max_fail_percentage": "x"},
            {"retention_policy_report_dir": ""},
            "retention_policy_max_fail_percentage must be a number, got the text 'x'",
        ),
        (
            axis_retention_policy_outcome,
            {"drift": "x"},
            {"retention_policy_fail_on_drift": "x"},
            "retention_policy_fail_on_drift must be true or false, got the text 'x'",
        ),
    ],
)
def test_a_failure_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, module: Any, arguments: dict[str, Any], variables: dict[str, Any], message: str
) -> None:
    # Core's part needs a connection.
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})
    assert fail(module, arguments, variables).startswith(message)


@pytest.mark.parametrize("module", ACTIONS)
def test_the_options_with_a_variable_exist(module: Any) -> None:
    assert module.ActionModule.variables.keys() <= module.ActionModule.module.ARGUMENT_SPEC.keys()


HOSTILE = "a\x1b[2J\x9b\u202e\u2028\r\nPLAY RECAP \u200b"
SHOWN = r"a\x1b[2J\x9b\u202e\u2028\r\nPLAY RECAP \u200b"


class Hostile(FleetAction):
    """An action with a given result."""

    module = SimpleNamespace(ARGUMENT_SPEC={})  # type: ignore[assignment] # as much as is needed
    result: ClassVar[dict[str, Any]] = {}

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the given result."""
        return self.result


def run_hostile(monkeypatch: pytest.MonkeyPatch, result: dict[str, Any]) -> dict[str, Any]:
    """Return the result of an action."""
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})
    monkeypatch.setattr(Hostile, "result", result)
    return Hostile(SimpleNamespace(args={}), None, None, None, None, None).run(None, {})


@pytest.mark.fault("hostile name in the inventory")
def test_texts_for_people_are_escaped_and_names_for_tasks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {"msg": HOSTILE, "warnings": [HOSTILE], "lines": [HOSTILE, "b"], "headline": HOSTILE}
    data = {"failed_hosts": [HOSTILE], "duplicates": {HOSTILE: [HOSTILE]}, "number": 1}
    problems = [{"hosts": [HOSTILE], "problem": HOSTILE}]
    assert run_hostile(monkeypatch, {**shown, **data, "problems": problems}) == {
        "changed": False,
        "msg": SHOWN,
        "warnings": [SHOWN],
        "lines": [SHOWN, "b"],
        "headline": SHOWN,
        **data,
        "problems": [{"hosts": [HOSTILE], "problem": SHOWN}],
    }


@pytest.mark.fault("hostile name in the inventory")
def test_a_failure_which_core_prints_completely_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    result = {"failed": True, "msg": ["Invalid.", f"{HOSTILE}: b"], "duplicates": {HOSTILE: [HOSTILE]}, "number": 1}
    assert run_hostile(monkeypatch, result) == {
        "changed": False,
        "failed": True,
        "msg": f"Invalid.\n{SHOWN}: b",
        "duplicates": {SHOWN: [SHOWN]},
        "number": 1,
    }
