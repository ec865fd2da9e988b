# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_audit, which its module documents."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Message, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_audit
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    is_controller,
    meets_conditions,
    module_defaults,
    play_id,
    prints_data,
    written_delegate,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction, select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_preflight import check_fleet
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
    unresolvable_variable,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._other_hosts import find_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import MAX_CONNECTIONS, run_all
from ansible_collections.camfleet.axis.plugins.plugin_utils._performance import exclude_play_from_garbage_collection
from ansible_collections.camfleet.axis.plugins.plugin_utils._progress import Progress
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_logins import SharedLogins
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_rooms import SharedRooms

_DELEGATED = (
    "delegate_to is {}, but the check of all cameras connects to each of them from the controller. To connect from "
    "another machine, import the role camfleet.axis.retention_policy in a custom play, with delegate_to"
)
# As core does for a task on the host.
_SKIPPED = {"changed": False, "skipped": True, "skip_reason": "Conditional result was False"}

_FULL_VERBOSITY = 3


class ActionModule(FleetAction):
    """The action of axis_retention_policy_audit."""

    module = axis_retention_policy_audit
    # Core does not run the task for each host then, without run_once, too.
    BYPASS_HOST_LOOP = True

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
                if not _meets_conditions(self, variables):
                    skipped.add(host)
                    return None
                delegate = self._find_own_delegate() or host_variables.resolve_delegate(host)
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
        _check_bounds(parameters)
        duplicates = found[DUPLICATES.removeprefix("retention_policy_")]
        for host in duplicates.keys() & checks.keys():
            checks[host].refuse_duplicate(duplicates[host])
        results = {**dict.fromkeys(skipped, _SKIPPED), **self._check_devices(checks, parameters)}
        results = {host: results[host] for host in hosts}
        return {
            "play": play,
            "started": started,
            **found,
            **_join_warnings(found, results),
            "results": results,
            **self._limit_display(),
        }

    def _check_devices(self, checks: Mapping[str, HostCheck], parameters: Mapping[str, Any]) -> dict[str, Any]:
        logins = SharedLogins(
            filter(None, (check.login for check in checks.values())), parameters["max_login_failures"]
        )
        rooms = SharedRooms()
        for check in checks.values():
            check.limit_logins(logins)
            check.limit_memory(rooms)
        progress = Progress(len(checks), self._show)
        results: dict[str, Any] = {}
        tasks = {host: check.run_check for host, check in checks.items()}
        for item in run_all(tasks, parameters["connections"], lambda host, error: checks[host].fail(error)):
            if item is not None:
                host, results[host] = item
                progress.count(item[1])
            progress.show(time.monotonic())
        return results

    def _limit_display(self) -> dict[str, Any]:
        """Return what keeps core from printing the results of thousands of hosts, unless the user wants all details."""
        return {} if self._display.verbosity >= _FULL_VERBOSITY else {"_ansible_verbose_override": True}

    def _find_own_delegate(self) -> str | None:
        """Return the machine that the task itself is delegated to: core resolves that once, not for each host."""
        name = str(self._task.delegate_to or "")
        return None if not name or is_controller(name) or written_delegate(self._task) else name

    def _show(self, line: str) -> None:
        # A line between data would make all of it unreadable.
        if not prints_data():
            self._display.display(line)


def _join_warnings(found: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the warnings of the task and of all hosts, each once: core shows none that are in the result of a host."""
    lists = (found, *results.values())
    warnings = list(dict.fromkeys(text for item in lists for text in item.get("warnings", ())))
    return {"warnings": warnings} if warnings else {}


def _meets_conditions(action: Any, variables: Mapping[str, Any]) -> bool:
    """Return whether a host is to be checked.

    :raises InvalidOptionError: ``invalid_option``, if a condition cannot be evaluated.
    """
    try:
        return meets_conditions(action, variables)
    except AnsibleError as error:
        raise unresolvable_variable("when", error, action._task.when) from error


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


def _check_bounds(parameters: Mapping[str, Any]) -> None:
    """Check the options of a task that does not read them from the variables of the role.

    :raises InvalidOptionError: ``invalid_option``.
    """
    for name, maximum in (("connections", MAX_CONNECTIONS), ("max_login_failures", None)):
        value = parameters[name]
        if value < 1 or value > (maximum or value):
            limit = f"from 1 to {maximum}" if maximum else "of at least 1"
            raise invalid_option(
                Message(f"{{option}} is {value}, which is not a whole number {limit}", {"option": Option(name)}),
                "Correct it.",
            )
