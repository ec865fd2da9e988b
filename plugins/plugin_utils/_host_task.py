# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of one host, prepared and run in a process that has the tasks of many hosts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Names
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.time_limit import TimeLimit
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import build_connection_settings
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    invalid_input_result,
    unexpected_error_result,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import AxisAction, PreparedTask, new_session
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    action_arguments,
    forget_variables,
    run_login,
    templater,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import build_duplicate_error
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import OMITTED
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_logins import Login, SharedLogins
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_rooms import SharedRooms
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import Pair, complete_run_login
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import SharedOptions


class HostTask(AxisAction):
    """The task on one host, which never writes to the device.

    :param fleet: the action that runs once for all hosts.
    :param task_vars: the variables of a task on the host, with their templates unresolved.
    :param defaults: the options that module_defaults set, with their templates unresolved.
    :param shared: the options of the hosts that were prepared before.
    """

    def __init__(
        self, fleet: Any, task_vars: dict[str, Any], defaults: Mapping[str, Any], shared: SharedOptions
    ) -> None:
        super().__init__(*action_arguments(fleet, task_vars))
        self._secrets = Secrets()
        self._time_limit = TimeLimit()
        self._session: Session | None = None
        self._logins: SharedLogins | None = None
        self._rooms: SharedRooms | None = None
        self._shared = shared
        self._prepared = self._resolve(task_vars, defaults)
        # The variables of thousands of hosts would fill the memory.
        forget_variables(self)
        self._task_vars = {name: task_vars[name] for name in ("inventory_hostname", "groups")}

    def _find_host(self, task_vars: Mapping[str, Any]) -> str:
        # The task that core knows is that of all hosts.
        return str(task_vars["inventory_hostname"])

    @abstractmethod
    def _find_written(self, task_vars: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of the task, with their templates unresolved."""

    @property
    def problem(self) -> str | None:
        """Return what is invalid in the variables of the host, as a sentence without the last full stop.

        A defect of the collection is none: the task of this host fails, and that of every other one runs.
        """
        if isinstance(self._prepared, PreparedTask) or "error" not in self._prepared:
            return None
        error = self._prepared["error"]
        return f"{error['message']}. {error['next_step']}".rstrip(". ")

    @property
    def login(self) -> Login | None:
        """Return user and password, or ``None`` if nothing is to be sent."""
        if isinstance(self._prepared, dict):
            return None
        return Login(*(self._prepared.parameters[name] or "" for name in ("username", "password")))

    @property
    def secrets(self) -> Secrets:
        """Return what no text of this host may show."""
        return self._secrets

    def refuse_duplicate(self, others: list[str]) -> None:
        """Send nothing to the device, because others are the same device."""
        host = self._prepared.parameters["host"] if isinstance(self._prepared, PreparedTask) else None
        self._prepared = invalid_input_result(build_duplicate_error(others), host)

    def limit_logins(self, logins: SharedLogins) -> None:
        """Not send the login if too many devices have rejected it."""
        self._logins = logins

    def limit_memory(self, rooms: SharedRooms) -> None:
        """Not read a large response as long as too many others are read."""
        self._rooms = rooms

    def run_check(self) -> dict[str, Any]:
        """Return the result of the task. Any thread may call this."""
        warnings: list[str] = []
        try:
            if isinstance(self._prepared, PreparedTask):
                result = self._run_prepared(self._prepared, self._task_vars, warnings)
            else:
                result = dict(self._prepared)
        except Exception as error:
            result = unexpected_error_result(error, self._secrets)
        finally:
            if self._session is not None:
                self._session.close()
                # Those of thousands of hosts would fill the memory.
                self._session = None
        return self._finish(result, self._secrets, warnings, self._task_vars)

    def fail(self, error: BaseException) -> dict[str, Any]:
        """Return the result of a task that ended without one. Any thread may call this."""
        if isinstance(error, AxisError):
            host = self._prepared.parameters["host"] if isinstance(self._prepared, PreparedTask) else None
            result = invalid_input_result(error, host)
        else:
            result = unexpected_error_result(error, self._secrets)
        return self._finish(result, self._secrets, [], self._task_vars)

    def _resolve(self, task_vars: dict[str, Any], defaults: Mapping[str, Any]) -> PreparedTask | dict[str, Any]:
        try:
            template = templater(self, omitted_value=OMITTED)
            written = self._find_written(task_vars, defaults)
            resolved = {option: template(value) for option, value in written.items()}
            given = {option: value for option, value in resolved.items() if value is not OMITTED}
            self._secrets.add(given, self.module.ARGUMENT_SPEC)
            prepared = self._prepare(given, task_vars, self._secrets)
            return _check_connection(prepared) if isinstance(prepared, PreparedTask) else prepared
        except AxisError as error:
            return invalid_input_result(error, None)
        except Exception as error:
            return unexpected_error_result(error, self._secrets)

    def _validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return self._shared.validate(arguments)

    def _is_check(self) -> bool:
        return True

    def _find_play_login(self, task_vars: Mapping[str, Any]) -> Pair:
        return complete_run_login(run_login(self), lambda name: self._read(name, task_vars))

    def _run_once_per_login(
        self, parameters: dict[str, Any], names: Names, task_vars: dict[str, Any], warnings: list[str]
    ) -> dict[str, Any]:
        # Other hosts of this process are no attempts on this device, even with one address behind several proxies.
        return self._run_here(parameters, names, warnings)

    def _find_session(self, settings: ConnectionSettings) -> Session:
        self._session = new_session(settings)
        if self._logins is not None:
            self._session.login_gate = self._logins.gate(Login(settings.username, settings.password))
        if self._rooms is not None:
            self._session.share_rooms(self._rooms)
        return self._session


def _check_connection(prepared: PreparedTask) -> PreparedTask | dict[str, Any]:
    """Return the task, or the failure that its connection would have before the first request."""
    parameters, names = prepared
    try:
        # The task on the host reports a missing login.
        settings = build_connection_settings(parameters, with_login=parameters["password"] is not None)
        if settings.protocol == "https":
            settings.tls.context()
    except AxisError as error:
        return invalid_input_result(error, parameters["host"], names)
    return prepared
