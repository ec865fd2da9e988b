# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every action plugin does: gather the options, validate them, run in the worker or hand over, scrub.

The worker keeps the session of a device for the next item of a loop and the next try of ``until``: both run in the
same worker process.
"""

from __future__ import annotations

import hashlib
import os
import traceback
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterable
from types import ModuleType
from typing import Any, ClassVar
from urllib.parse import quote

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.module_utils._device import Device, Session
from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._module import missing_library
from ansible_collections.camfleet.axis.plugins.module_utils._pace import Pace
from ansible_collections.camfleet.axis.plugins.module_utils._run import run_nothing
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import Sources, plain
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_names, check_types, validate

_MOST_SESSIONS = 32
# The one state at module level: a worker's sessions, by address, login and trust. A worker lives for one task.
_SESSIONS: OrderedDict[Device, Session] = OrderedDict()


def _kept_session(device: Device) -> Session:
    session = _SESSIONS.pop(device, None) or Session(device, _shared_pace(device))
    _SESSIONS[device] = session
    if len(_SESSIONS) > _MOST_SESSIONS:
        _SESSIONS.popitem(last=False)[1].close()
    return session


def _shared_pace(device: Device) -> Pace:
    # The directory is the run's own, and gone with it.
    name = hashlib.sha256(f"{device.host}:{device.port}".encode()).hexdigest()
    return Pace(os.path.join(C.DEFAULT_LOCAL_TMP, f"axis-pace-{name}"))


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
        super().run(None, task_vars)
        task_vars = task_vars or {}
        if missing := missing_library():
            return {"failed": True, "msg": missing_required_lib(missing[0]), "exception": missing[1]}
        secrets: set[str] = set()
        warnings: list[str] = []
        try:
            result = self._run(task_vars, secrets, warnings)
        except AnsibleError:
            raise
        except Exception as error:
            # A defect of ours. Its text may hold a secret, and the worker would print it as it is.
            result = {
                "failed": True,
                "msg": f"Unexpected {type(error).__name__}: {error}. Please report this defect of camfleet.axis.",
                "exception": traceback.format_exc(),
            }
        if warnings:
            result["warnings"] = [*result.get("warnings", ()), *warnings]
        scrubbed: dict[str, Any] = remove_values(result, secrets)
        return scrubbed

    def _run(self, task_vars: dict[str, Any], secrets: set[str], warnings: list[str]) -> dict[str, Any]:
        host = None
        try:
            arguments = self._arguments(task_vars, secrets)
            host = str(arguments["host"])
            check_names(arguments, self.module.ARGUMENT_SPEC)
            check_types(arguments, self.module.ARGUMENT_SPEC)
            parameters = validate(arguments, self.module.ARGUMENT_SPEC, self._task.action)
        except AxisError as error:
            return run_nothing(error, host)
        if self._is_handed_over(task_vars):
            return self._hand_over(parameters, task_vars)
        result: dict[str, Any] = self.module.RUN(
            parameters,
            check_mode=bool(self._task.check_mode),
            diff=bool(self._task.diff),
            open_session=_kept_session,
            warn=warnings.append,
        )
        return result

    def _arguments(self, task_vars: dict[str, Any], secrets: set[str]) -> dict[str, Any]:
        spec = self.module.ARGUMENT_SPEC
        given = plain(self._task.args)
        secrets.update(_secrets_in(given, spec))

        def variable(name: str) -> Any:
            value = task_vars.get(name)
            return None if value is None else plain(self._templar.template(value))

        def own_variable(name: str) -> Any:
            # Under delegate_to, task_vars shows the login of the other machine in these places.
            value = task_vars["hostvars"][task_vars["inventory_hostname"]].get(name)
            return None if value is None else plain(self._templar.template(value))

        delegated = self._task.delegate_to is not None
        sources = Sources(
            given=given,
            variable=variable,
            inventory_login=own_variable if delegated else variable,
            play_login=(None, None) if delegated else self._play_login(),
        )
        arguments = sources.resolve(spec)
        secrets.update(_secrets_in(arguments, spec))
        return arguments

    def _play_login(self) -> tuple[str | None, str | None]:
        # Not the user of the play context: there the host's ansible_user has taken its place already.
        return plain(self._task.remote_user), plain(self._play_context.password) or None

    def _is_handed_over(self, task_vars: dict[str, Any]) -> bool:
        target = self._task.delegate_to
        return bool(target) and target not in C.LOCALHOST and target != task_vars.get("inventory_hostname")

    def _hand_over(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        name = f"camfleet.axis.{self.module.__name__.rpartition('.')[2]}"
        given = {option: value for option, value in parameters.items() if value is not None}
        result: dict[str, Any] = self._execute_module(module_name=name, module_args=given, task_vars=task_vars)
        result.pop("invocation", None)
        return result


def _secrets_in(arguments: dict[str, Any], spec: dict[str, dict[str, Any]]) -> Iterable[str]:
    """The secret values, and the forms in which one may come back from a device or a library."""
    values = {
        name: str(arguments[name]) for name, option in spec.items() if option.get("no_log") and arguments.get(name)
    }
    yield from values.values()
    yield from (quote(value, safe="") for value in values.values())
    if "password" in values:
        yield b64encode(f"{arguments.get('username')}:{values['password']}".encode()).decode("ascii")
