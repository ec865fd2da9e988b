# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of the actions that run once for all hosts of a play, and then connect to all of their devices."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    is_controller,
    meets_conditions,
    prints_data,
    written_delegate,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_task import HostTask
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    HostVariables,
    unresolvable_variable,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import MAX_CONNECTIONS, run_all
from ansible_collections.camfleet.axis.plugins.plugin_utils._progress import Progress
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_logins import SharedLogins
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_rooms import SharedRooms

#: The result of a host that a condition excludes, as core has it for a task on the host.
SKIPPED = {"changed": False, "skipped": True, "skip_reason": "Conditional result was False"}

_FULL_VERBOSITY = 3


class FleetTasksAction(FleetAction):
    """An action with a task for each host, which all run in a few processes."""

    # Core does not run the task for each host then, without run_once, too.
    BYPASS_HOST_LOOP = True

    def run_tasks(self, tasks: Mapping[str, HostTask], parameters: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the result of each task; show the progress meanwhile.

        :param parameters: with ``connections`` and ``max_login_failures``.
        """
        logins = SharedLogins(filter(None, (task.login for task in tasks.values())), parameters["max_login_failures"])
        rooms = SharedRooms()
        for task in tasks.values():
            task.limit_logins(logins)
            task.limit_memory(rooms)
        progress = Progress(len(tasks), self._show)
        results: dict[str, dict[str, Any]] = {}
        functions = {host: task.run_check for host, task in tasks.items()}
        for item in run_all(functions, parameters["connections"], lambda host, error: tasks[host].fail(error)):
            if item is not None:
                host, results[host] = item
                progress.count(item[1])
            progress.show(time.monotonic())
        return results

    def meets_conditions(self, variables: Mapping[str, Any]) -> bool:
        """Return whether the task is to run for a host.

        :raises InvalidOptionError: ``invalid_option``, if a condition cannot be evaluated.
        """
        try:
            return meets_conditions(self, variables)
        except AnsibleError as error:
            raise unresolvable_variable("when", error, self._task.when) from error

    def find_delegate(self, host_variables: HostVariables, host: str) -> str | None:
        """Return the machine that the task of a host is delegated to, or ``None`` for the controller.

        :raises InvalidOptionError: ``invalid_option``, if its template cannot be resolved.
        """
        return self._find_own_delegate() or host_variables.resolve_delegate(host)

    def limit_display(self) -> dict[str, Any]:
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


def join_warnings(found: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the warnings of the task and of all hosts, each once: core shows none that are in the result of a host."""
    lists = (found, *results.values())
    warnings = list(dict.fromkeys(text for item in lists for text in item.get("warnings", ())))
    return {"warnings": warnings} if warnings else {}


def check_bounds(parameters: Mapping[str, Any]) -> None:
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
