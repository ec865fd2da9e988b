# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures of actions that run once for all hosts name what the user sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.action import (
    axis_certificate_pins,
    axis_retention_policy_merge,
    axis_retention_policy_outcome,
    axis_retention_policy_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction

ACTIONS = (
    axis_certificate_pins,
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
