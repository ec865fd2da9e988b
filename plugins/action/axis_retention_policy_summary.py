# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_summary, which its module documents."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_summary
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    display_color,
    prints_data,
    strip_tags,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import find_final_result

#: By what a line begins with, the kind of message whose color it has.
_COLORS = (
    (re.compile(r"(drifted|refused|held|unmanaged|Unmanaged|Hold)\b"), "changed"),
    (re.compile(r"(unsupported|unverified|not attempted|Recordings|Recording actions)\b"), "error"),
    (re.compile(r"(compliant|changed)\b"), "ok"),
)


class ActionModule(FleetAction):
    """The action of axis_retention_policy_summary."""

    module = axis_retention_policy_summary

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Print the lines, unless the output is data."""
        lines = [remove_invisible(line) for line in parameters["lines"]]
        if not prints_data():
            color = "ok"
            for line in lines:
                if not line.startswith(" "):
                    color = next((name for pattern, name in _COLORS if pattern.match(line)), "ok")
                self._display.display(line, color=display_color(color))
        if not parameters["is_unreachable"]:
            return {"lines": lines}
        # Core prints the whole result of an unreachable host.
        return {**_find_failure(task_vars), **({"lines": lines} if prints_data() else {})}


def _find_failure(task_vars: dict[str, Any]) -> dict[str, Any]:
    """Return why the host is unreachable."""
    result = strip_tags(find_final_result(task_vars, task_vars["inventory_hostname"], task_vars) or {})
    return {"unreachable": True, **{name: result[name] for name in ("msg", "error") if name in result}}
