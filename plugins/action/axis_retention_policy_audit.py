# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_audit, which its module documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Message, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_audit
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    module_defaults,
    play_id,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_preflight import check_fleet
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_tasks import (
    SKIPPED,
    FleetTasksAction,
    check_bounds,
    join_warnings,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_check import (
    HostCheck,
    build_shared_options,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    DUPLICATES,
    PLAY,
    PLAYBOOK,
    SERIALS,
    HostVariables,
    mark_play,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._other_hosts import find_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._performance import exclude_play_from_garbage_collection

_DELEGATED = (
    "delegate_to is {}, but the controller itself connects to each camera to check it. To connect from "
    "another machine, import the role camfleet.axis.retention_policy in a custom play, with delegate_to"
)


class ActionModule(FleetTasksAction):
    """The action of axis_retention_policy_audit."""

    module = axis_retention_policy_audit

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Check the variables of all hosts and then their devices, and return the result of each."""
        started = format_time(datetime.now(timezone.utc))
        exclude_play_from_garbage_collection()
        hosts = select_hosts(parameters, task_vars)
        host_variables = HostVariables(self, task_vars)
        play = mark_play(task_vars.get(PLAYBOOK), play_id(self._task))
        # What an earlier play found says nothing about the devices now.
        facts = {PLAY: play, SERIALS: _read_serials(parameters["serials"]), DUPLICATES: {}}
        defaults = module_defaults(self._task, "camfleet.axis.axis_retention_policy", "camfleet.axis.device")
        inside = {*hosts, *map(str, task_vars.get("ansible_play_hosts_all") or ())}
        others = find_addresses(self, task_vars, [host for host in task_vars["groups"]["all"] if host not in inside])
        checks: dict[str, HostCheck] = {}
        skipped: set[str] = set()
        shared = build_shared_options()

        def prepare(host: str) -> str | None:
            variables = {**host_variables.task_variables(host), **facts}
            try:
                if not self.meets_conditions(variables):
                    skipped.add(host)
                    return None
                delegate = self.find_delegate(host_variables, host)
            except AxisError as error:
                return ". ".join(error.render({})).rstrip(".")
            if delegate:
                return _DELEGATED.format(delegate)
            checks[host] = HostCheck(self, variables, defaults, others, shared, device_info=parameters["device_info"])
            return checks[host].problem

        limited = parameters["hosts"] is None
        found = check_fleet(self, host_variables, hosts, task_vars, limited=limited, prepare=prepare)
        if found.get("failed"):
            return {"play": play, "results": {}, **found}
        check_bounds(parameters)
        duplicates = found[DUPLICATES.removeprefix("retention_policy_")]
        for host in duplicates.keys() & checks.keys():
            checks[host].refuse_duplicate(duplicates[host])
        results = {**dict.fromkeys(skipped, SKIPPED), **self.run_tasks(checks, parameters)}
        results = {host: results[host] for host in hosts}
        return {
            "play": play,
            "started": started,
            **found,
            **join_warnings(found, results),
            "results": results,
            **self.limit_display(),
        }


def _read_serials(serials: Mapping[str, Any]) -> dict[str, str]:
    """Return the option in the form in which devices are compared.

    :raises InvalidOptionError: ``invalid_option``.
    """
    found = {str(host): normalize_serial(serial) for host, serial in serials.items()}
    for host, serial in found.items():
        if serial is None:
            raise invalid_option(
                Message(f"{{option}} of {host} is not a serial number", {"option": Option("serials")}),
                "Set 12 hexadecimal digits.",
            )
    return {host: serial for host, serial in found.items() if serial is not None}
