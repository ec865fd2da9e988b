# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs axis_retention_policy_outcome; its documentation is that of the module."""

from __future__ import annotations

from typing import Any

from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_outcome
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import strip_tags
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import REPORT, RESULT

_NO_REPORT = (
    "Nobody summed up how the hosts stand: a condition or --start-at-task left out tasks that run once for all hosts. "
    "Choose hosts with --limit or retention_policy_hosts, and not with when."
)


class ActionModule(FleetAction):
    """The action of axis_retention_policy_outcome."""

    module = axis_retention_policy_outcome

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """The outcome of the host's own task again."""
        if "failed_hosts" not in (task_vars.get(REPORT) or {}):
            return {"failed": True, "msg": _NO_REPORT}
        registered = strip_tags(task_vars.get(RESULT) or {})
        result = {name: registered[name] for name in ("failed", "unreachable", "error") if registered.get(name)}
        if result:
            return {**result, "msg": registered.get("msg", "The task failed.")}
        if "compliant" not in registered:
            return {"failed": True, "msg": "The task left no verdict; see the summary."}
        if parameters["drift"]:
            return {"failed": True, "msg": "The recording groups are not as the policy says; see the summary."}
        return {}
