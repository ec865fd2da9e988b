# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_device_check_preflight, which its module documents."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DeviceCheckOptions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.announcement import announce
from ansible_collections.camfleet.axis.plugins.modules import axis_device_check_preflight
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import play_id
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_check_variables import CheckVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction, select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_preflight import build_failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import check_inventory
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary

_INVALID = "Variables are invalid, so no request was sent."


class ActionModule(FleetAction):
    """The action of axis_device_check_preflight."""

    module = axis_device_check_preflight

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the problems of the variables, or announce what the check sends to each host."""
        check_inventory(task_vars)
        hosts = select_hosts(parameters, task_vars)
        variables = CheckVariables(self, hosts, task_vars)
        check_mode = bool(self._task.check_mode)
        found = variables.find_problems(check_mode=check_mode)
        problems = [{"hosts": hosts, "problem": problem} for problem, hosts in found.items()]
        if problems:
            return {"problems": problems, "lines": [], **build_failure(_INVALID, problems, len(hosts))}
        alike: dict[Any, list[str]] = defaultdict(list)
        for host in hosts:
            options, given = variables.read_options(host)
            # Nothing else is in the announcement.
            shown = DeviceCheckOptions(write=options.write, wait=options.wait)
            alike[shown, str(given["dest"])].append(host)
        lines = [
            line
            for (options, dest), names in alike.items()
            for line in announce(names, options, dest, check_mode=check_mode)
        ]
        print_summary(self._display, lines)
        warnings = variables.find_warnings()
        result = {"play": play_id(self._task), "problems": [], "lines": lines}
        return {**result, "warnings": warnings} if warnings else result
