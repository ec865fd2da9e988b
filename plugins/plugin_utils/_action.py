# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every action plugin does: gather the options, validate them, run in the worker or hand over, scrub.

The worker keeps the session of a device for the next item of a loop and the next try of ``until``: both run in the
same worker process.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import traceback
from collections import OrderedDict
from collections.abc import Mapping
from types import ModuleType
from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import REQUESTS_PER_SECOND, RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import system_context
from ansible_collections.camfleet.axis.plugins.module_utils._module import missing_library
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEFAULT_PORTS,
    DEVICE_SPEC,
    HOLDS_SPEC,
    device_from,
)
from ansible_collections.camfleet.axis.plugins.module_utils._redaction import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    invalid_input_result,
    unexpected_error_result,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    is_controller,
    original_arguments,
    play_login,
    run_directory,
    templater,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import Sources
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_names, check_types, validate


def _warm_up() -> None:
    """What every worker would do anew, once, in the process that all of them are forked from.

    Read what the system trusts, and validate and scrub an example, after which codecs, patterns and types are known.
    """
    system_context()
    example = {"host": "192.0.2.1", "port": "80", "username": "example", "password": "p\u00e4ss & word"}
    secrets = Secrets()
    secrets.learn(example, DEVICE_SPEC)
    secrets.scrub([example, 0, 0.0, None])
    spec = {**DEVICE_SPEC, **HOLDS_SPEC}
    check_names(example, spec)
    check_types(example, spec)
    device_from(validate(example, spec, "camfleet.axis"))
    # As urllib3 asks, of the headers of each answer.
    isinstance([], Mapping)


_warm_up()

_SECRET_VARIABLES = frozenset({"axis_password", "axis_proxy", "ansible_password"})
# Nothing but a template, with no text in it.
_TEMPLATE = re.compile(r"\{\{[^{}'\"]*\}\}")
_MOST_SESSIONS = 32
# The state at module level of a worker, which lives for one task: its sessions, by address, login and trust; and
# what came of the logins that were refused, which no other item of a loop may try again, whatever else it says.
_SESSIONS: OrderedDict[ConnectionSettings, Session] = OrderedDict()
_REFUSED_LOGINS: dict[tuple[Any, ...], dict[str, Any]] = {}


def _cached_session(device: ConnectionSettings) -> Session:
    session = _SESSIONS.pop(device, None) or Session(device, _shared_rate_limiter(device.host, device.port))
    _SESSIONS[device] = session
    if len(_SESSIONS) > _MOST_SESSIONS:
        _SESSIONS.popitem(last=False)[1].close()
    return session


def _shared_rate_limiter(host: str, port: int | None) -> RateLimiter:
    # The directory is the run's own, and gone with it.
    name = hashlib.sha256(f"{host}:{port}".encode()).hexdigest()
    return RateLimiter(os.path.join(run_directory(), f"axis-pace-{name}"))


class AxisAction(ActionBase):  # type: ignore[misc] # core has no types
    """The action of one module of this collection.

    Subclasses name the module file: its ``ARGUMENT_SPEC`` is validated here and its ``RUN`` called.
    """

    module: ClassVar[ModuleType]

    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task, without its secrets."""
        # What the play has gathered is no garbage of this worker: looking through it takes 200 ms of one that has to.
        gc.freeze()
        secrets = Secrets()
        given = self._take_arguments(secrets)
        super().run(None, task_vars)
        task_vars = task_vars or {}
        if missing := missing_library():
            return {"failed": True, "msg": missing_required_lib(missing[0]), "exception": missing[1]}
        warnings: list[str] = []
        try:
            result = self._run(given, task_vars, secrets, warnings)
        except AnsibleError as error:
            result = _told(error, secrets)
        except Exception as error:
            # A defect of ours. Its text may hold a secret, and the worker would print it as it is.
            result = unexpected_error_result(error)
        finally:
            # Once more: by now the secrets of variables are known.
            self._task.args = secrets.scrub(self._task.args)
        if warnings:
            result["warnings"] = [*result.get("warnings", ()), *warnings]
        scrubbed: dict[str, Any] = secrets.scrub(result)
        return scrubbed

    def _take_arguments(self, secrets: Secrets) -> dict[str, Any]:
        """The arguments of the task, in which they are scrubbed: core hands them to every callback."""
        # The next try of until has an action of its own, but the same task.
        given: dict[str, Any] = original_arguments(self._task)
        secrets.learn(given, self.module.ARGUMENT_SPEC)
        self._task.args = secrets.scrub(self._task.args)
        return given

    def _run(
        self, given: dict[str, Any], task_vars: dict[str, Any], secrets: Secrets, warnings: list[str]
    ) -> dict[str, Any]:
        host = None
        try:
            arguments = self._arguments(given, task_vars, secrets)
            host = str(arguments["host"])
            check_names(arguments, self.module.ARGUMENT_SPEC)
            check_types(arguments, self.module.ARGUMENT_SPEC)
            parameters = validate(arguments, self.module.ARGUMENT_SPEC, self._task.action)
        except AxisError as error:
            return invalid_input_result(error, host)
        port = parameters["port"] or DEFAULT_PORTS[parameters["protocol"]]
        login = (parameters["host"], port, parameters["username"], parameters["password"])
        if login not in _REFUSED_LOGINS:
            result = self._execute(parameters, port, task_vars, warnings)
            if (result.get("error") or {}).get("kind") != "authentication":
                return result
            _REFUSED_LOGINS[login] = result
        return _REFUSED_LOGINS[login]

    def _execute(
        self, parameters: dict[str, Any], port: int, task_vars: dict[str, Any], warnings: list[str]
    ) -> dict[str, Any]:
        """Ask the device, from here or from the machine that the task is delegated to."""
        if self._is_handed_over(task_vars):
            # What that process sends, nobody here can see: no other task asks the device meanwhile.
            with _shared_rate_limiter(parameters["host"], port).acquire(REQUESTS_PER_SECOND):
                return self._run_delegated(parameters, task_vars)
        result: dict[str, Any] = self.module.RUN(
            parameters,
            check_mode=bool(self._task.check_mode),
            diff=bool(self._task.diff),
            open_session=_cached_session,
            warn=warnings.append,
        )
        return result

    def _arguments(self, given: dict[str, Any], task_vars: dict[str, Any], secrets: Secrets) -> dict[str, Any]:
        spec = self.module.ARGUMENT_SPEC

        def variable(name: str) -> Any:
            return self._read(name, task_vars)

        def own_variable(name: str) -> Any:
            # Under delegate_to, task_vars shows the login of the other machine in these places.
            return self._read(name, task_vars["hostvars"][task_vars["inventory_hostname"]])

        delegated = self._task.delegate_to is not None
        sources = Sources(
            given=given,
            variable=variable,
            inventory_login=own_variable if delegated else variable,
            play_login=(None, None) if delegated else play_login(self),
        )
        arguments = sources.resolve(spec)
        secrets.learn(arguments, spec)
        return arguments

    def _read(self, name: str, variables: Mapping[str, Any]) -> Any:
        value = None
        try:
            value = variables.get(name)
            return None if value is None else templater(self)(value)
        except Exception as error:  # ansible-core before 2.19 lets those of Jinja through
            if name not in _SECRET_VARIABLES:
                if isinstance(error, AnsibleError):
                    raise
                raise invalid_option(f"{name} is no good template ({error})", "Correct it.") from error
            # Core's words quote the text, and the line of the inventory that it comes from.
            shown = f" is {value}, which" if isinstance(value, str) and _TEMPLATE.fullmatch(value) else ""
            raise invalid_option(
                f"{name}{shown} cannot be read",
                "Define what it uses, and give the password of the vault; where it is no template but has {{ or {% in "
                "it, write !unsafe before it.",
            ) from None

    def _is_handed_over(self, task_vars: dict[str, Any]) -> bool:
        target = self._task.delegate_to
        return bool(target) and not is_controller(target) and target != task_vars.get("inventory_hostname")

    def _run_delegated(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        name = f"camfleet.axis.{self.module.__name__.rpartition('.')[2]}"
        given = {option: value for option, value in parameters.items() if value is not None}
        result: dict[str, Any] = self._execute_module(module_name=name, module_args=given, task_vars=task_vars)
        result.pop("invocation", None)
        return result


def _told(error: AnsibleError, secrets: Secrets) -> dict[str, Any]:
    """The result of an error of core's that would tell a secret; any other is raised again, for core to show it."""
    words = "".join(traceback.format_exception(error))
    if secrets.scrub(words) == words:
        raise error
    outcome = "unreachable" if isinstance(error, AnsibleConnectionFailure) else "failed"
    return {outcome: True, "msg": str(error), "exception": words}
