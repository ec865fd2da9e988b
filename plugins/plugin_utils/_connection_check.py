# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the address, the login, and the connection settings of hosts, before the first request to any of them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Names
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEVICE_SPEC,
    build_connection_settings,
    check_host,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import FindDelegate
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import (
    HOST_VARIABLES,
    LOGIN_VARIABLES,
    OptionResolver,
    Pair,
    complete_run_login,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

_CONNECTION = "ansible_connection"
_VARIABLES = (*(f"axis_{name}" for name in DEVICE_SPEC if name != "host"), *LOGIN_VARIABLES, _CONNECTION)
# A template that is one variable, as for a password in a vault.
_ONE_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_MAX_STEPS = 5


class ConnectionCheck:
    """What the tasks on the hosts would reject of their options for the connection.

    :param defaults: the options that module_defaults set, with their templates unresolved.
    :param play_variables: what the play sets for all hosts, with its templates unresolved.
    :param run_login: user and password of the run.
    :param find_delegate: returns the machine that connects to a host, or ``None`` if it is the controller.
    """

    def __init__(
        self,
        host_variables: HostVariables,
        defaults: Mapping[str, Any],
        play_variables: Mapping[str, Any],
        run_login: Pair,
        find_delegate: FindDelegate,
    ) -> None:
        self._host_variables = host_variables
        self._defaults = {name: value for name, value in defaults.items() if name in DEVICE_SPEC}
        # All others are among the variables of the hosts.
        self._play_variables = {name: value for name, value in play_variables.items() if name in LOGIN_VARIABLES}
        self._run_login = run_login
        self._find_delegate = find_delegate
        # Many hosts have the same settings, and a vault takes milliseconds for each password.
        self._known: dict[Hashable, tuple[str | None, Any]] = {}

    def find_problems(self, host: str) -> Iterator[str]:
        """Yield sentences, without the last full stop."""
        if "host" not in self._defaults and (problem := self._find_address_problem(host)):
            yield problem
        key, written = self._identify_settings(host)
        if key is None:
            problem = self._find_settings_problem(host)
        else:
            if key not in self._known:
                # The values are kept, so that none of their identities is used again.
                self._known[key] = (self._find_settings_problem(host), written)
            problem = self._known[key][0]
        if problem:
            yield problem

    def _identify_settings(self, host: str) -> tuple[Hashable, Any]:
        """Return what is equal for hosts with the same settings, or ``None`` if that is unknown; and what it is of."""
        written = {**self._host_variables.written(host, _VARIABLES), **self._play_variables}
        values = {name: self._follow(host, value) for name, value in written.items()}
        if any(_is_template(value) for value in (*values.values(), *self._defaults.values())):
            return None, values
        try:
            delegate = self._find_delegate(host)
        except AxisError:
            return None, values
        return (delegate, *((name, id(values[name])) for name in sorted(values))), values

    def _follow(self, host: str, value: Any) -> Any:
        for _step in range(_MAX_STEPS):
            found = _ONE_VARIABLE.fullmatch(value) if isinstance(value, str) else None
            if found is None:
                break
            value = self._host_variables.written(host, (found[1],)).get(found[1], value)
        return value

    def _find_address_problem(self, host: str) -> str | None:
        names: Names = {}
        try:
            values = self._host_variables.read(host, HOST_VARIABLES)
            name = next((name for name in HOST_VARIABLES if name in values), HOST_VARIABLES[0])
            own = {option: f"axis_{option}" for option in ("port", "protocol") if option not in self._defaults}
            names = {**own, "host": name}
            check_host(validate({"host": values.get(name)}, {"host": DEVICE_SPEC["host"]})["host"])
        except AxisError as error:
            return _sentences(error, names)
        return None

    def _find_settings_problem(self, host: str) -> str | None:
        names: dict[str, str] = {}
        try:
            delegate = self._find_delegate(host)
            resolved = self._resolve(host, delegate)
            names = resolved.names
            parameters = validate({**resolved.arguments, "host": "camera"}, DEVICE_SPEC)
            # Another play may set a login, so that only a given one is checked.
            settings = build_connection_settings(parameters, with_login=parameters["password"] is not None)
            if delegate is None and settings.protocol == "https":
                settings.tls.context()
        except AxisError as error:
            return _sentences(error, names)
        return None

    def _resolve(self, host: str, delegate: str | None) -> Any:
        def read(name: str) -> Any:
            if name in self._play_variables:
                return self._host_variables.resolve(host, {name: self._play_variables[name]}).get(name)
            return self._host_variables.read(host, (name,)).get(name)

        resolver = OptionResolver(
            given=self._host_variables.resolve(host, dict(self._defaults)),
            variable=read,
            inventory_login=read,
            play_login=complete_run_login(self._run_login, read) if delegate is None else None,
            connection=self._host_variables.raw(host).get(_CONNECTION),
        )
        return resolver.resolve(DEVICE_SPEC)


def _is_template(value: Any) -> bool:
    return isinstance(value, (list, dict)) or (isinstance(value, str) and ("{{" in value or "{%" in value))


def _sentences(error: AxisError, names: Names) -> str:
    return ". ".join(error.render(names)).rstrip(".")
