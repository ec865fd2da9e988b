# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the actions share that look at all hosts of a play at once: the variables and results of each host."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, ClassVar

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import plain
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_names, validate

#: The variable of the role that stands for each option of axis_retention_policy.
POLICY_VARIABLES = {
    "groups": "retention_policy_groups",
    "existing_groups": "retention_policy_existing_groups",
    "purge": "retention_policy_purge",
    "purge_match": "retention_policy_purge_match",
    "retention_minimum": "retention_policy_minimum",
    "retention_maximum": "retention_policy_maximum",
    "unmanaged": "retention_policy_unmanaged",
    "on_refused": "retention_policy_on_refused",
    "allow_recording_loss": "retention_policy_allow_recording_loss",
    "allow_recording_stop": "retention_policy_allow_recording_stop",
    "verify_recordings": "retention_policy_verify_recordings",
    "retention_tolerance": "retention_policy_retention_tolerance",
    "holds": "axis_holds",
}
#: What a policy says for the report only.
PURPOSE, OWNER = "retention_policy_purpose", "retention_policy_owner"
FAIL_ON_DRIFT = "retention_policy_fail_on_drift"
WAVES, MAX_FAIL_PERCENTAGE = "retention_policy_waves", "retention_policy_max_fail_percentage"
REPORT_DIR, REPORT_FORMATS = "retention_policy_report_dir", "retention_policy_report_formats"
#: They are about a run, not about a host, and the keywords of plays are made of them before there are hosts.
PLAY_VARIABLES = ("retention_policy_hosts", WAVES, MAX_FAIL_PERCENTAGE)
#: roles/retention_policy/defaults/main.yml; a test holds them equal.
ROLE_DEFAULTS: dict[str, Any] = {
    "retention_policy_groups": [],
    "retention_policy_existing_groups": [],
    "retention_policy_purge": False,
    "retention_policy_purge_match": [],
    "retention_policy_minimum": "",
    "retention_policy_maximum": "",
    "retention_policy_unmanaged": "report",
    "retention_policy_on_refused": "report",
    "retention_policy_allow_recording_loss": False,
    "retention_policy_allow_recording_stop": False,
    "retention_policy_verify_recordings": False,
    "retention_policy_retention_tolerance": "1d",
    "retention_policy_purpose": "",
    "retention_policy_owner": "",
    "retention_policy_fail_on_drift": False,
    "retention_policy_max_fail_percentage": 10,
    "retention_policy_report_dir": "",
    "retention_policy_report_formats": ["html", "json"],
}
#: What the role registers.
RESULT = "retention_policy_result"
REPORT = "retention_policy_report"
#: What it sets on each host whose result is of this play.
PLAY = "retention_policy_play"


def _is_of_play(name: str, value: Any, otherwise: Any) -> bool:
    # Core makes hostvars, vars and all of ansible_ anew for each task; they are of the host at hand.
    if name in ("hostvars", "vars") or name.startswith("ansible_"):
        return False
    return value is not otherwise and bool(value != otherwise)


class Fleet:
    """The variables of every host, as the camera task of that host sees them.

    The variables that core offers for other hosts lack the defaults of the role and what the play itself sets, which
    are therefore taken from the variables of the host at hand.

    :param task_vars: variables of the task on the host at hand.
    :param templar: templar of the action.
    """

    def __init__(self, task_vars: Mapping[str, Any], templar: Any) -> None:
        self._templar = templar
        self._hostvars = task_vars["hostvars"]
        own = self._hostvars.raw_get(task_vars["inventory_hostname"])
        # Hosts are looked at one after the other, and gathering the variables of one takes a millisecond.
        self._kept: tuple[str | None, Mapping[str, Any]] = None, {}
        # What the play sets beats every inventory; a default of the role gives way to it. A policy may use any of it.
        self._of_play = {
            name: value
            for name, value in task_vars.items()
            if _is_of_play(name, value, own.get(name, ROLE_DEFAULTS.get(name)))
        }

    def raw(self, host: str) -> Mapping[str, Any]:
        """All variables of a host that are not the play's, as they are written."""
        if host != self._kept[0]:
            self._kept = host, self._hostvars.raw_get(host)
        return self._kept[1]

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """The named variables of a host, templated and plain, with the defaults of the role; ``None`` is left out.

        :raises InvalidOptionError: ``invalid_option``, for a template that cannot be carried out.
        """
        written = {**self.raw(host), **self._of_play}
        variables = {**ROLE_DEFAULTS, **written, "hostvars": self._hostvars}
        templar = self._templar.copy_with_new_env(available_variables=variables)
        values = {name: ROLE_DEFAULTS[name] for name in names if name in ROLE_DEFAULTS}
        for name in (name for name in names if name in written):
            try:
                values[name] = plain(templar.template(written[name]))
            except AnsibleError as error:
                raise invalid_option(f"{name} cannot be templated ({error})", "Define what it uses.") from error
        return {name: value for name, value in values.items() if value is not None}


class FleetAction(ActionBase):  # type: ignore[misc] # core has no types
    """An action that runs once for all hosts, always on the controller.

    Subclasses name the module file, whose ``ARGUMENT_SPEC`` is validated here, and do their work in ``look``.
    """

    module: ClassVar[ModuleType]

    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task."""
        super().run(None, task_vars)
        arguments = {name: plain(value) for name, value in self._task.args.items() if value is not None}
        try:
            check_names(arguments, self.module.ARGUMENT_SPEC)
            parameters = validate(arguments, self.module.ARGUMENT_SPEC, self._task.action)
            return {"changed": False, **self.look(parameters, task_vars or {})}
        except AxisError as error:
            return {"failed": True, "msg": f"{error.message}. {error.next_step}"}

    @abstractmethod
    def look(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """What the action is for; an AxisError is how the task fails."""


def hosts_of(parameters: Mapping[str, Any], task_vars: Mapping[str, Any]) -> list[str]:
    """The hosts that a task names, else all hosts of the play, those included that failed."""
    named = parameters["hosts"]
    return [str(host) for host in (task_vars.get("ansible_play_hosts_all", []) if named is None else named)]
