# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check one host as its own task does, without a worker of its own."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import PreparedTask
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_task import HostTask
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import POLICY_VARIABLES, SERIALS
from ansible_collections.camfleet.axis.plugins.plugin_utils._other_hosts import OtherHolds, has_address
from ansible_collections.camfleet.axis.plugins.plugin_utils._policy_action import PolicyAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import SharedOptions

_ARGUMENTS = {option: name for option, name in POLICY_VARIABLES.items() if option != "holds"}


def build_shared_options() -> SharedOptions:
    """Return what the checks of all hosts share."""
    return SharedOptions(PolicyAction.module.ARGUMENT_SPEC, DEVICE_SPEC)


class HostCheck(HostTask, PolicyAction):
    """The task that checks the policy of one host.

    :param fleet: the action that checks all hosts.
    :param task_vars: the variables of a task on the host, with their templates unresolved.
    :param defaults: the options that module_defaults set, with their templates unresolved.
    :param other_addresses: of the hosts of the inventory outside the play, whose holds may protect the same device.
    :param shared: the options of the hosts that were prepared before.
    :param device_info: whether to read model and firmware.
    """

    def __init__(
        self,
        fleet: Any,
        task_vars: dict[str, Any],
        defaults: Mapping[str, Any],
        other_addresses: Set[str] = frozenset(),
        shared: SharedOptions | None = None,
        *,
        device_info: bool = False,
    ) -> None:
        self._other_addresses = other_addresses
        self._device_info = device_info
        super().__init__(fleet, task_vars, defaults, shared or build_shared_options())

    def _find_written(self, task_vars: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
        variables = {option: task_vars[name] for option, name in _ARGUMENTS.items() if name in task_vars}
        return {**defaults, **variables, "device_info": self._device_info}

    def _prepare(
        self, given: dict[str, Any], task_vars: dict[str, Any], secrets: Secrets
    ) -> PreparedTask | dict[str, Any]:
        prepared = super()._prepare(given, task_vars, secrets)
        # Those that the task names, in a play of the user's own, too.
        self._checked_serial = (task_vars.get(SERIALS) or {}).get(task_vars["inventory_hostname"])
        return prepared

    def _read_other_holds(
        self, given: Mapping[str, Any], parameters: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> OtherHolds:
        # The preflight compares the addresses of the hosts of the play, and no duplicate is checked.
        address = parameters["host"]
        names_other = address != task_vars["inventory_hostname"] and address in task_vars["hostvars"]
        if names_other or has_address(self._other_addresses, parameters):
            return super()._read_other_holds(given, parameters, task_vars)
        return OtherHolds()
