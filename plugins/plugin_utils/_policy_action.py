# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply the policy of one host: the base class of its own task, and of its check in an audit of all hosts."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
from types import ModuleType
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, ChangeRefusedError, Names
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import build_allowances
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import build_policy
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import build_hold_results
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import invalid_input_result
from ansible_collections.camfleet.axis.plugins.modules import axis_recording_group_info, axis_retention_policy
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import ROLE, AxisAction, PreparedTask
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import play_id, role_name
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    build_duplicate_error,
    claim_device,
    find_others,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    DUPLICATES,
    POLICY_VARIABLES,
    ROLE_DEFAULTS,
    SERIALS,
    has_preflight,
    missing_preflight,
)

# The result for a device whose groups were not read.
_UNREAD: dict[str, Any] = {
    "changed": False,
    "changes": [],
    "refused": [],
    "compliant": False,
    "findings": [],
    "recording_groups": [],
    "other_groups": [],
    "failed_changes": [],
    "skipped_changes": [],
}


class PolicyAction(AxisAction):
    """The task on one host."""

    module: ClassVar[ModuleType] = axis_retention_policy

    def _prepare(
        self, given: dict[str, Any], task_vars: dict[str, Any], secrets: Secrets
    ) -> PreparedTask | dict[str, Any]:
        in_role = role_name(self._task) == ROLE
        if in_role:
            # For a variable that resolves to omit.
            defaults = {name: ROLE_DEFAULTS.get(variable) for name, variable in POLICY_VARIABLES.items()}
            given = {**{name: value for name, value in defaults.items() if value is not None}, **given}
        if in_role and not has_preflight(task_vars, play_id(self._task)):
            return invalid_input_result(missing_preflight(), None)
        others = find_others(task_vars.get(DUPLICATES), task_vars["inventory_hostname"])
        if others and in_role:
            return invalid_input_result(build_duplicate_error(others), self._read_address(given, task_vars))
        self._host = str(task_vars["inventory_hostname"])
        self._checked_serial = (task_vars.get(SERIALS) or {}).get(self._host) if in_role else None
        return super()._prepare(given, task_vars, secrets)

    def _open_session(self, settings: ConnectionSettings) -> Session:
        session = super()._open_session(settings)
        # Two workers may find out only here that their hosts are one device.
        session.before_write = partial(claim_device, host=self._host)
        session.checked_serial = self._checked_serial
        return session

    def _run_delegated(
        self, parameters: dict[str, Any], names: Names, task_vars: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        """Run the module, after the device is reserved here: a process elsewhere does not know of the other hosts."""
        serial: str | None = self._checked_serial
        unread = _build_unread(parameters)
        # The module itself rejects an invalid policy, before the first request.
        if not self._task.check_mode and unread is not None:
            if serial is None:
                found = self._find_device(parameters, names, task_vars)
                if found.get("failed") or found.get("unreachable"):
                    return {**unread, **found}
                serial = normalize_serial((found.get("device") or {}).get("serial"))
            try:
                claim_device(serial, self._host)
            except ChangeRefusedError as error:
                refused = invalid_input_result(error, parameters["host"], names)
                return {**unread, **refused, "device": {**refused["device"], "serial": serial}}
        return super()._run_delegated(parameters, names, task_vars, serial=serial)

    def _find_device(self, parameters: dict[str, Any], names: Names, task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the result of axis_recording_group_info with the serial number of the device."""
        options = {option: parameters[option] for option in DEVICE_SPEC}
        return super()._run_delegated(
            {**options, "gather": ["device"]}, names, task_vars, module=axis_recording_group_info
        )

    def _read_address(self, given: dict[str, Any], task_vars: dict[str, Any]) -> str | None:
        try:
            return str(self._resolve_options(given, task_vars).arguments["host"])
        except AxisError:
            return None


def _build_unread(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """Return the result for a device whose groups were not read, or ``None`` if the policy is invalid."""
    try:
        allowances = build_allowances(parameters, datetime.now(timezone.utc))
        digest = build_policy(parameters, allowances).digest
    except AxisError:
        return None
    holds = {"holds": build_hold_results(allowances, None)} if allowances.holds else {}
    return {**_UNREAD, "policy_digest": digest, **holds}
