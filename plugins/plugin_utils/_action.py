# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of the actions that manage one device: resolve and validate options, run or delegate, redact.

A worker keeps the session of a device for the next item of a loop and the next retry of ``until``: both run in the
same process.
"""

from __future__ import annotations

import hashlib
import os
import traceback
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import ModuleType
from typing import Any, ClassVar, NamedTuple

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    Names,
    TimeLimitError,
    invalid_option,
    join_sentences,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import REQUESTS_PER_SECOND, RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.time_limit import TimeLimit
from ansible_collections.camfleet.axis.plugins.module_utils._module import (
    LOGIN_UNCONFIRMED,
    build_names_environment,
    build_serial_environment,
    missing_library,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEFAULT_PORTS,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    interrupted_result,
    invalid_input_result,
    unexpected_error_result,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    OmittedValueError,
    VariableLevels,
    current_host,
    default_values,
    execute_module,
    handled_time_limit,
    is_controller,
    original_arguments,
    own_names,
    play_login,
    raw_variables,
    remove_omitted,
    role_name,
    run_directory,
    templater,
    written_templates,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import (
    OMITTED,
    HiddenHolds,
    Levels,
    check_holds_are_set,
    check_hosts,
    filter_holds,
    find_hidden_holds,
    find_replaced_name,
    host_names,
    inventory_names,
    is_hold_variable,
    matches_any,
    render_unmatched_holds,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import OPTION as HOLDS_OPTION
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    POLICY_VARIABLES,
    SECRET_VARIABLES,
    HostVariables,
    unresolvable_secret,
    unresolvable_variable,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._other_hosts import OtherHolds, read_other_holds
from ansible_collections.camfleet.axis.plugins.plugin_utils._parent_process import end_with_parent
from ansible_collections.camfleet.axis.plugins.plugin_utils._performance import (
    exclude_play_from_garbage_collection,
    prepare_workers,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import (
    PLUGIN_VARIABLES,
    OptionResolver,
    Pair,
    ResolvedOptions,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate
from ansible_collections.camfleet.axis.plugins.plugin_utils._variable_names import find_misnamed_holds

prepare_workers()

#: The role whose variables set the options of the policy.
ROLE = "camfleet.axis.retention_policy"
_ACTION_GROUP = "camfleet.axis.device"
_MAX_SESSIONS = 32
# The state of a worker, which lives for one task: its sessions, and the results of the logins that devices rejected or,
# on another machine, did not confirm. No other item of a loop may try them again, whatever its other options are.
_SESSIONS: OrderedDict[ConnectionSettings, Session] = OrderedDict()
_REJECTED_LOGINS: dict[tuple[Any, ...], dict[str, Any]] = {}
# What a device accepted once stays valid, whatever happens later.
_ACCEPTED_LOGINS: set[tuple[Any, ...]] = set()


def _cached_session(settings: ConnectionSettings) -> Session:
    session = _SESSIONS.pop(settings, None) or _new_session(settings)
    _SESSIONS[settings] = session
    if len(_SESSIONS) > _MAX_SESSIONS:
        _SESSIONS.popitem(last=False)[1].close()
    return session


def new_session(settings: ConnectionSettings) -> Session:
    """Return a session that shares the rate limit of its device with all processes of the run."""
    return Session(settings, _shared_rate_limiter(settings.host, settings.port))


def _new_session(settings: ConnectionSettings) -> Session:
    session = new_session(settings)
    others = [other for other in _SESSIONS.values() if _login(other.settings) == _login(settings)]
    if others and not any(other.is_login_accepted for other in others):
        session.inherit_login(others[-1])
    return session


def _login(settings: ConnectionSettings) -> tuple[str | None, str, int, str, str]:
    # Behind another proxy, the same address is another device.
    return settings.proxy, settings.host, settings.port, settings.username, settings.password


def _shared_rate_limiter(host: str, port: int | None) -> RateLimiter:
    name = hashlib.sha256(f"{host}:{port}".encode()).hexdigest()
    return RateLimiter(os.path.join(run_directory(), f"axis-rate-limit-{name}"))


class PreparedTask(NamedTuple):
    """What the module of a task needs.

    :param parameters: validated, with the holds of the host only.
    :param names: by option, what the user sets.
    """

    parameters: dict[str, Any]
    names: Names


class AxisAction(ActionBase):  # type: ignore[misc] # core has no types
    """The action of one module of this collection.

    Subclasses name the module file: its ``ARGUMENT_SPEC`` is validated here and its ``RUN`` called.
    """

    module: ClassVar[ModuleType]
    #: whether the module may change a device
    may_write: ClassVar[bool] = True

    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the task, without its secrets."""
        end_with_parent()
        self._time_limit = TimeLimit()
        with handled_time_limit(self._time_limit.expire):
            return self._run_redacted(task_vars)

    def _run_redacted(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        exclude_play_from_garbage_collection()
        secrets = Secrets()
        task_vars = task_vars or {}
        given = self._take_arguments(secrets, task_vars)
        super().run(None, task_vars)
        if missing := missing_library():
            return {"failed": True, "msg": missing_required_lib(missing[0]), "exception": missing[1]}
        warnings: list[str] = []
        try:
            result = self._run(given, task_vars, secrets, warnings)
        except AnsibleError as error:
            result = _redacted_error(error, secrets)
        except Exception as error:
            # A defect of the collection. Its text may contain a secret, and the worker would print it unchanged.
            result = unexpected_error_result(error, secrets)
        finally:
            # Again, since the secrets of variables are known now.
            self._task.args = secrets.mask(self._task.args, self.module.ARGUMENT_SPEC)
        return self._finish(result, secrets, warnings, task_vars)

    @staticmethod
    def _finish(
        result: dict[str, Any], secrets: Secrets, warnings: list[str], task_vars: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what a task shows: with its warnings, without its secrets, and with its host."""
        if warnings:
            result["warnings"] = [*result.get("warnings", ()), *warnings]
        # The names of hosts are never redacted: a weak password may be a part of them.
        shown = secrets.protect(result, lambda: inventory_names(task_vars.get("groups") or {}))
        return _name_host(shown, task_vars["inventory_hostname"])

    def _take_arguments(self, secrets: Secrets, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of the task, and redact those that core passes to every callback plugin."""
        given = remove_omitted(original_arguments(self._task), task_vars)
        secrets.add(given, self.module.ARGUMENT_SPEC)
        self._task.args = secrets.mask(self._task.args, self.module.ARGUMENT_SPEC)
        return given

    def _run(
        self, given: dict[str, Any], task_vars: dict[str, Any], secrets: Secrets, warnings: list[str]
    ) -> dict[str, Any]:
        prepared = self._prepare(given, task_vars, secrets)
        return prepared if isinstance(prepared, dict) else self._run_prepared(prepared, task_vars, warnings)

    def _prepare(
        self, given: dict[str, Any], task_vars: dict[str, Any], secrets: Secrets
    ) -> PreparedTask | dict[str, Any]:
        """Return what the module needs, or the result of a task that cannot run."""
        host, names = None, self._find_names(task_vars)
        try:
            options = self._resolve_options(given, task_vars)
            secrets.add(options.arguments, self.module.ARGUMENT_SPEC)
            host = str(options.arguments["host"])
            names |= options.names
            parameters = self._validate(options.arguments)
            if HOLDS_OPTION in parameters:
                others = self._read_other_holds(given, parameters, task_vars)
                more = (*self._read_default_holds(given), *others.sources)
                if more:
                    options = self._resolve_options(given, task_vars, more)
                    names |= options.names
                    parameters = self._validate(options.arguments)
                own = self._find_own_names(parameters[HOLDS_OPTION], task_vars)
                if role_name(self._task) != ROLE:
                    self._check_holds(parameters[HOLDS_OPTION], task_vars)
                check_holds_are_set((*self._read_hold_variables(task_vars), *more))
                parameters, names = filter_holds(parameters, names, host_names(own) | others.names)
        except AxisError as error:
            return invalid_input_result(error, host, names)
        return PreparedTask(parameters, names)

    def _find_names(self, _task_vars: Mapping[str, Any]) -> dict[str, str]:
        """Return by option the variable that sets it where this task is."""
        return dict(POLICY_VARIABLES) if role_name(self._task) == ROLE else {}

    def _validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return validate(arguments, self.module.ARGUMENT_SPEC)

    def _read_other_holds(
        self, given: Mapping[str, Any], parameters: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> OtherHolds:
        return read_other_holds(self, given, parameters, task_vars)

    def _run_prepared(self, prepared: PreparedTask, task_vars: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
        parameters, names = prepared
        result = self._run_once_per_login(parameters, names, task_vars, warnings)
        if role_name(self._task) != ROLE:
            # The report of the role judges the holds of all hosts.
            unmatched = render_unmatched_holds(result.get("holds") or (), parameters, names)
            warnings += [f"{task_vars['inventory_hostname']}: {text}" for text in unmatched]
        return result

    def _run_once_per_login(
        self, parameters: dict[str, Any], names: Names, task_vars: dict[str, Any], warnings: list[str]
    ) -> dict[str, Any]:
        port = parameters["port"] or DEFAULT_PORTS[parameters["protocol"]]
        device = (self._task.delegate_to, parameters["proxy"], parameters["host"], port)
        login = (*device, parameters["username"], parameters["password"])
        if login not in _REJECTED_LOGINS:
            if self._is_delegated(task_vars):
                result = self._run_delegated(parameters, names, task_vars)
            else:
                result = self._run_here(parameters, names, warnings)
            is_unconfirmed = result.pop(LOGIN_UNCONFIRMED, False)
            is_rejected = (result.get("error") or {}).get("kind") == "authentication"
            if is_rejected or (is_unconfirmed and login not in _ACCEPTED_LOGINS):
                _REJECTED_LOGINS[login] = result
            elif self.may_write and not result.get("failed") and not result.get("unreachable"):
                _ACCEPTED_LOGINS.add(login)  # the module that only reads may need no login
            return result
        return _repeat(_REJECTED_LOGINS[login])

    def _run_here(
        self, parameters: dict[str, Any], names: Names, warnings: list[str], **options: Any
    ) -> dict[str, Any]:
        result: dict[str, Any] = self.module.RUN(
            parameters,
            check_mode=self._is_check(),
            diff=bool(self._task.diff),
            open_session=self._open_session,
            warn=warnings.append,
            names=names,
            **options,
        )
        return result

    def _is_check(self) -> bool:
        """Return whether nothing may be written."""
        return bool(self._task.check_mode)

    def _open_session(self, settings: ConnectionSettings) -> Session:
        session = self._find_session(settings)
        session.time_limit = self._time_limit
        return session

    def _find_session(self, settings: ConnectionSettings) -> Session:
        return _cached_session(settings)

    def _run_delegated(
        self,
        parameters: dict[str, Any],
        names: Names,
        task_vars: dict[str, Any],
        *,
        module: ModuleType | None = None,
        serial: str | None = None,
    ) -> dict[str, Any]:
        """Run a module, by default that of this action, on the machine that the task is delegated to.

        :param serial: the serial number of the device that was checked before, or ``None``.
        """
        module = module or self.module
        port = parameters["port"] or DEFAULT_PORTS[parameters["protocol"]]
        # Behind different machines, one private address is different devices, which need not wait for each other.
        limiter = _shared_rate_limiter(f"{self._task.delegate_to} {parameters['host']}", port)
        is_started = False
        try:
            with ExitStack() as stack:
                # The requests of that process are not counted here, so that no other task may send any meanwhile.
                self._time_limit.run(lambda: stack.enter_context(limiter.acquire(REQUESTS_PER_SECOND)))
                is_started = True
                return self._time_limit.run(
                    lambda: self._execute_on_delegate(module, parameters, names, task_vars, serial),
                    maybe_applied=self.may_write and module is self.module and not self._task.check_mode,
                )
        except TimeLimitError as error:
            result = interrupted_result(error, parameters["host"], names, str(self._task.delegate_to))
            return {**result, LOGIN_UNCONFIRMED: is_started}

    def _execute_on_delegate(
        self,
        module: ModuleType,
        parameters: Mapping[str, Any],
        names: Names,
        task_vars: dict[str, Any],
        serial: str | None,
    ) -> dict[str, Any]:
        name = f"camfleet.axis.{module.__name__.rpartition('.')[2]}"
        given = {option: value for option, value in parameters.items() if value is not None}
        environment = {**build_names_environment(names), **build_serial_environment(serial)}
        result = execute_module(self, name, given, task_vars, environment)
        result.pop("invocation", None)
        if (result.get("failed") or result.get("unreachable")) and "error" not in result:
            # Nothing shows how far the module came.
            result[LOGIN_UNCONFIRMED] = True
        return result

    def _is_delegated(self, task_vars: dict[str, Any]) -> bool:
        target = self._task.delegate_to
        return bool(target) and not is_controller(target) and target != task_vars.get("inventory_hostname")

    def _resolve_options(
        self, given: dict[str, Any], task_vars: dict[str, Any], other_holds: Sequence[tuple[str, Any]] = ()
    ) -> ResolvedOptions:
        def variable(name: str) -> Any:
            return self._read(name, task_vars)

        def own_variable(name: str) -> Any:
            # Under delegate_to, task_vars shows the login of the other machine in these variables.
            return self._read(name, task_vars["hostvars"][task_vars["inventory_hostname"]])

        has_delegate = self._task.delegate_to is not None
        resolver = OptionResolver(
            given=given,
            variable=variable,
            inventory_login=own_variable if has_delegate else variable,
            play_login=None if has_delegate else self._find_play_login(task_vars),
            hold_variables=[*self._read_hold_variables(task_vars), *other_holds],
            connection=self._find_connection(task_vars),
        )
        return resolver.resolve(self.module.ARGUMENT_SPEC)

    def _find_play_login(self, _task_vars: Mapping[str, Any]) -> Pair:
        """Return user and password of the play."""
        return play_login(self)

    def _find_connection(self, task_vars: Mapping[str, Any]) -> Any:
        """Return the connection plugin of the host in the inventory, if a login for some plugin is set."""
        if not PLUGIN_VARIABLES & task_vars.keys():
            return None
        # A play that does not use it sets another one.
        hostvars = task_vars.get("hostvars")
        own = task_vars if hostvars is None else raw_variables(hostvars, task_vars["inventory_hostname"])
        return self._read("ansible_connection", own)

    def _read_hold_variables(self, task_vars: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield each variable with holds, also those of the inventory that the play or the task sets to other holds."""
        overridden = _find_overridden_holds(task_vars)
        for name in sorted(filter(is_hold_variable, task_vars)):
            for variables in (task_vars, overridden) if name in overridden else (task_vars,):
                value = self._read(name, variables, OMITTED)
                if value is not OMITTED:
                    yield name, value

    def _read_default_holds(self, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the holds of every level of module_defaults but those that are the holds of the task."""

        def resolve(entry: Any) -> Any:
            return self._read("module_defaults", {"module_defaults": entry})

        seen = [given.get(HOLDS_OPTION)]
        for name, written in default_values(self._task, HOLDS_OPTION, self._full_name, _ACTION_GROUP, resolve):
            value = self._read(name, {name: written}, OMITTED)
            if value is None or (value is not OMITTED and value not in seen):
                seen.append(value)
                yield name, value

    def _check_holds(self, holds: Sequence[Mapping[str, Any]], task_vars: Mapping[str, Any]) -> None:
        """Check that no hold is silently not in force, as the preflight does for the role."""
        for problem, next_step in find_misnamed_holds(
            task_vars, lambda name: self._read(name, task_vars), holds, self._written_holds()
        ):
            raise invalid_option(problem, f"{next_step}.")
        if hidden := self._find_hidden_holds(task_vars):
            problems, next_steps = zip(*hidden, strict=True)
            raise invalid_option(
                ". ".join(problems), "".join(f"{text}. " for text in dict.fromkeys(next_steps)).strip()
            )
        groups = task_vars.get("groups")
        if groups and any(hold.get("hosts") for hold in holds):
            # The implicit localhost is not in the inventory.
            known = inventory_names(groups) | host_names(self._find_own_names(holds, task_vars))
            check_hosts(holds, lambda pattern: matches_any(pattern, known))

    def _find_own_names(self, holds: Sequence[Any], task_vars: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return name and groups of the host in the inventory, by which holds apply to it.

        :raises InvalidOptionError: ``invalid_option``, if a variable replaces one of them, and there are holds.
        """
        hostvars = task_vars.get("hostvars")
        if hostvars is None:
            return {
                "inventory_hostname": task_vars["inventory_hostname"],
                "group_names": task_vars.get("group_names") or [],
            }
        own = own_names(hostvars, self._find_host(task_vars))
        replaced = find_replaced_name(task_vars, own)
        # A variable of a host without holds may use the groups to find out that there are none.
        if replaced and (holds or any(map(is_hold_variable, task_vars))):
            raise invalid_option(replaced.problem, f"{replaced.next_step}.")
        return own

    def _find_host(self, task_vars: Mapping[str, Any]) -> str:
        """Return the inventory name of the host of the task."""
        return current_host(task_vars)

    def _written_holds(self) -> Any:
        return written_templates(self._task, HOLDS_OPTION, self._full_name, _ACTION_GROUP)

    @property
    def _full_name(self) -> str:
        return f"camfleet.axis.{self.module.__name__.rpartition('.')[2]}"

    def _find_hidden_holds(self, task_vars: Mapping[str, Any]) -> list[HiddenHolds]:
        names = list(filter(is_hold_variable, task_vars))
        written = self._written_holds()
        hostvars = task_vars.get("hostvars") if names or written else None
        if hostvars is None:
            return []
        own = task_vars["inventory_hostname"]

        def find_levels(used: Collection[str]) -> Levels:
            levels = VariableLevels(hostvars, self._task, lambda name: is_hold_variable(name) or name in used)
            return levels.of(own)

        def resolve() -> None:
            templater(self)(written)
            for _item in self._read_hold_variables(task_vars):
                pass

        return find_hidden_holds(
            find_levels,
            task_vars,
            names,
            # What the inventory sets is in force although the play or the task sets the variable, too.
            _find_overridden_holds(task_vars),
            task_holds=written,
            find_elsewhere=lambda used: HostVariables(self, task_vars).hidden_elsewhere(own, used, resolve),
        )

    def _read(self, name: str, variables: Mapping[str, Any], omitted: Any = None) -> Any:
        value = None
        try:
            value = variables.get(name)
            return None if value is None else templater(self, omitted_value=omitted)(value)
        except OmittedValueError:
            # hostvars resolves a template itself.
            return omitted
        except Exception as error:  # ansible-core before 2.19 raises those of Jinja, too
            if name in SECRET_VARIABLES:
                # Core's message quotes the value, and the line of the inventory that it comes from.
                raise unresolvable_secret(name, value, variables) from None
            raise unresolvable_variable(name, error, value) from error


def _repeat(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of an attempt for another one, which sends nothing."""
    repeated = {key: value for key, value in result.items() if key not in {"diff", "warnings"}}
    message = f"{str(result.get('msg', '')).rstrip('. ')}. The login is not sent again in this task."
    if "error" not in result:
        repeated["msg"] = message
    return {**repeated, "changed": False, **({"changes": []} if "changes" in result else {})}


def _find_overridden_holds(task_vars: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables with holds that the play or the task sets to other holds than the host's own."""
    names = [name for name in task_vars if is_hold_variable(name)]
    hostvars = task_vars.get("hostvars") if names else None
    if hostvars is None:
        return {}
    own = raw_variables(hostvars, task_vars["inventory_hostname"])
    return {name: own[name] for name in names if name in own and own[name] != task_vars[name]}


def _name_host(result: dict[str, Any], host: str) -> dict[str, Any]:
    """Return a result whose message begins with the inventory host, and the address if it is a different one."""
    error = result.get("error") or {}
    if "message" not in error:
        return result
    address = (result.get("device") or {}).get("host")
    where = host if address in (None, "", host) else f"{host} ({address})"
    return {**result, "msg": f"{where}: {join_sentences(error['message'], error.get('detail'), error['next_step'])}"}


def _redacted_error(error: AnsibleError, secrets: Secrets) -> dict[str, Any]:
    """Return the result for an error of core that contains a secret; raise any other again, so that core shows it."""
    text = "".join(traceback.format_exception(error))
    if secrets.clean_lines(text) == text:
        raise error
    outcome = "unreachable" if isinstance(error, AnsibleConnectionFailure) else "failed"
    return {outcome: True, "msg": secrets.clean_lines(str(error)), "exception": secrets.clean_lines(text)}
