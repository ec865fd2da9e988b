# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_summary, which its module documents."""

from __future__ import annotations

from typing import Any

from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_summary
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import prints_data, strip_tags
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import find_final_result
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary


class ActionModule(FleetAction):
    """The action of axis_retention_policy_summary."""

    module = axis_retention_policy_summary

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Print the lines, unless the output is data."""
        lines = parameters["lines"]
        print_summary(self._display, lines)
        if not parameters["is_unreachable"]:
            return {"lines": lines}
        # Core prints the whole result of an unreachable host.
        return {**_find_failure(task_vars), **({"lines": lines} if prints_data() else {})}


def _find_failure(task_vars: dict[str, Any]) -> dict[str, Any]:
    """Return why the host is unreachable."""
    result = strip_tags(find_final_result(task_vars, task_vars["inventory_hostname"], task_vars) or {})
    return {"unreachable": True, **{name: result[name] for name in ("msg", "error") if name in result}}
