# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_outcome, which its module documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_outcome
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import share_error, strip_tags
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import find_others, mark_duplicates
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    FAIL_ON_DRIFT,
    PLAY,
    REPORT,
    find_final_result,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    HostInput,
    is_about_disk,
    is_drift,
)

_NO_REPORT = (
    "The run has no report, because a condition or --start-at-task skipped tasks that run once for all hosts. "
    "Select hosts with --limit or retention_policy_hosts, not with a condition."
)
#: Core prints it once for all hosts, and then the result of each.
_SUMMARY_FOLLOWS = "These hosts failed. The summary below has the reasons, and what to do"
_NOT_SIGNED = "The report is not signed"
_NO_TASK = (
    "The task returned no verdict, because it did not run on this host: a condition skipped it, or an earlier play "
    "excluded the host. Select hosts with --limit or retention_policy_hosts, not with a condition."
)


class ActionModule(FleetAction):
    """The action of axis_retention_policy_outcome."""

    module = axis_retention_policy_outcome
    variables: ClassVar[Names] = {"drift": FAIL_ON_DRIFT}

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the status of the host's own task."""
        if parameters["unread"] is not None:
            result = _find_unread(parameters["unread"], task_vars["inventory_hostname"])
            return share_error(self._task, result, _SUMMARY_FOLLOWS) if result.get("failed") else result
        if failure := _find_signing_failure(task_vars):
            return share_error(self._task, {"failed": True, "msg": failure}, _NOT_SIGNED)
        result = self._find_status(parameters, task_vars)
        return share_error(self._task, result, _SUMMARY_FOLLOWS) if result.get("failed") else result

    def _find_status(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        host = task_vars["inventory_hostname"]
        report = task_vars.get(REPORT) or {}
        if "failed_hosts" not in report or (report.get("play") or "") != (task_vars.get(PLAY) or ""):
            return {"failed": True, "msg": f"{host}: {_NO_REPORT}"}
        registered = strip_tags(find_final_result(task_vars, host, task_vars) or {})
        if others := find_others(task_vars[REPORT].get("duplicates"), host):
            (item,) = mark_duplicates([HostInput(host, registered)], {host: others})
            found = {name: value for name, value in (item.result or {}).items() if name in ("failed", "error", "msg")}
            return _shorten_error(found)
        if not registered or registered.get("skipped") or "problems" in registered:
            return {"failed": True, "msg": f"{host}: {_NO_TASK}"}
        result = {name: registered[name] for name in ("failed", "unreachable", "error") if registered.get(name)}
        if result:
            return {
                **_shorten_error(result),
                "msg": _split(registered.get("msg", f"{host}: The task failed without a message.")),
            }
        if "compliant" not in registered:
            return {
                "failed": True,
                "msg": f"{host}: The task returned no verdict. Run again with -vvv to see its result.",
            }
        if host in report["failed_hosts"] or (parameters["drift"] and _has_drift(registered)):
            what = "recordings" if _has_only_disks(registered) else "recording groups"
            message = f"{host}: The {what} do not comply with the policy. The summary below shows the reasons."
            return {"failed": True, "msg": message}
        return {}


def _find_unread(unread: Sequence[Mapping[str, Any]], host: str) -> dict[str, Any]:
    """Return the status of a host that was not read, or of one that was."""
    found = next((item for item in unread if item.get("host") == host), None)
    if found is None:
        return {}
    outcome = "unreachable" if found.get("unreachable") else "failed"
    return {outcome: True, "msg": _split(found.get("msg", f"{host}: The device was not read."))}


def _shorten_error(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without the parts of its error that are unknown, or that ``msg`` has: core prints all of it."""
    error = result.get("error")
    if not isinstance(error, Mapping):
        return result
    kept = {name: value for name, value in error.items() if name not in ("message", "next_step") and value is not None}
    return {**result, "error": kept}


def _find_signing_failure(task_vars: Mapping[str, Any]) -> str | None:
    """Return why the report of this play is not signed, for one host that does not fail itself."""
    host, report = task_vars["inventory_hostname"], task_vars.get(REPORT) or {}
    is_current = (report.get("play") or "") == (task_vars.get(PLAY) or "")
    is_meant = host == report.get("summary_host") and host not in report.get("failed_hosts", ())
    failure = report.get("signing_failure")
    return f"{host}: {failure}" if is_current and is_meant and failure else None


def _has_drift(result: Mapping[str, Any]) -> bool:
    findings = result.get("findings") or ()
    return not result["compliant"] and (not findings or any(map(is_drift, findings)))


def _has_only_disks(result: Mapping[str, Any]) -> bool:
    """Return whether the recordings on a disk do not comply, and the settings do, or a hold explains them."""
    deviations = list(filter(is_drift, result.get("findings") or ()))
    return bool(deviations) and all(map(is_about_disk, deviations))


def _split(message: Any) -> list[str]:
    """Return the lines of a message of a task, which is sanitized already."""
    return str(message).split("\n")
