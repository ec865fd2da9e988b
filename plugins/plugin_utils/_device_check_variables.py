# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the playbook camfleet.axis.device_check, and what is wrong with them before the first request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    InvalidOptionError,
    Message,
    Names,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import (
    DEVICE_CHECK_SPEC,
    DeviceCheckOptions,
    build_device_check_options,
    check_confirmation,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    extra_variables,
    find_play_variables,
    module_defaults,
    run_login,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._connection_check import ConnectionCheck
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.files import check_directory
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    Addresses,
    Duplicates,
    build_checked_error,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import normalize_name
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate
from ansible_collections.camfleet.axis.plugins.plugin_utils._variable_names import NameCheck, find_own_variable

#: The name of the playbook.
DEVICE_CHECK = "device_check"
PREFIX = "device_check_"
#: By option of axis_device_check, the variable that sets it in the playbook.
CHECK_VARIABLES: Names = {
    "write": "device_check_write",
    "confirm": "device_check_confirm",
    "wait": "device_check_wait",
    "dest": "device_check_dir",
    "http_port": "device_check_http_port",
    "https_port": "device_check_https_port",
    "viewer_username": "device_check_viewer_username",
    "viewer_password": "device_check_viewer_password",
    "hosts": "device_check_hosts",
}
#: The results that the playbook registers.
PREFLIGHT, RESULT = "device_check_preflight", "device_check_result"
MAX_HOSTS = 5
_KNOWN = frozenset({*CHECK_VARIABLES.values(), PREFLIGHT, RESULT})
# Variables of the connection that a check of names knows.
_AXIS_KNOWN = frozenset({"axis_holds", *(f"axis_{name}" for name in DEVICE_CHECK_SPEC)})
_SPEC = {option: DEVICE_CHECK_SPEC[option] for option in CHECK_VARIABLES if option in DEVICE_CHECK_SPEC}


def check_number_of_hosts(hosts: Sequence[str]) -> None:
    """Check that a check is about a few hosts.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if len(hosts) > MAX_HOSTS:
        raise invalid_option(
            Message(
                "{hosts} matches {count} hosts within --limit, and a device check is for at most {most}",
                {"hosts": Option("hosts"), "count": len(hosts), "most": MAX_HOSTS},
            ),
            Message(
                "Set {hosts} to one host of each model and firmware, or use --limit. Check the others in further runs.",
                {"hosts": Option("hosts")},
            ),
        )


class CheckVariables:
    """The variables of all hosts of a device check.

    :param action: the action of a task in the playbook.
    """

    def __init__(self, action: Any, hosts: Sequence[str], task_vars: Mapping[str, Any]) -> None:
        self._action = action
        self._hosts = hosts
        self._host_variables = HostVariables(action, task_vars)
        self._names = NameCheck(self._host_variables, _KNOWN | _AXIS_KNOWN)
        task = action._task
        self._connections = ConnectionCheck(
            self._host_variables,
            module_defaults(task, "camfleet.axis.axis_device_check", "camfleet.axis.device"),
            {name: value for level in find_play_variables(action) for name, value in level.items()},
            run_login(action),
            self._host_variables.resolve_delegate,
        )

    def find_problems(self, *, check_mode: bool) -> dict[str, list[str]]:
        """Return sentences, without the last full stop, each with its hosts."""
        problems: dict[str, list[str]] = defaultdict(list)
        try:
            check_number_of_hosts(self._hosts)
        except InvalidOptionError as error:
            # The other problems would be those of hosts that are not meant.
            return {_sentences(error): list(self._hosts)}
        hidden = sorted({PREFLIGHT, RESULT}.intersection(extra_variables(self._action)))
        for name in hidden:
            problems[f"{name} is an extra variable, which would hide what this run finds. Remove it"] = [*self._hosts]
        for host in self._hosts:
            for problem in self._find_problems_of_host(host, check_mode=check_mode):
                problems[self._host_variables.redact(host, problem)].append(host)
        for host, others in self._find_duplicates().items():
            problems[_sentences(build_checked_error(others))].append(host)
        return problems

    def _find_duplicates(self) -> Duplicates:
        """Return the hosts with experiments that have the same address as others."""
        addresses = Addresses(self._host_variables, self._host_variables.resolve_delegate)
        for host in self._writers:
            addresses.add(host)
        return addresses.find_duplicates()

    def read_options(self, host: str) -> tuple[DeviceCheckOptions, dict[str, Any]]:
        """Return the options of a host, also as parameters.

        :raises InvalidOptionError: ``invalid_option``.
        """
        variables = {option: name for option, name in CHECK_VARIABLES.items() if option in _SPEC}
        values = self._host_variables.read(host, variables.values())
        given = {option: values[name] for option, name in variables.items() if values.get(name) not in (None, "")}
        # The port of the connection decides which one of the other protocol is the default.
        parameters = validate(given, _SPEC) | {"port": None, "protocol": "https"}
        return build_device_check_options(parameters), parameters

    def _find_problems_of_host(self, host: str, *, check_mode: bool) -> Iterator[str]:
        yield from self._find_unknown_names(host)
        for name, guess in self._names.find(host):
            if guess is not None and guess.is_certain:
                yield f"{name} is not a variable of camfleet.axis and has no effect. Did you mean {guess.meant}?"
        yield from self._connections.find_problems(host)
        try:
            options, parameters = self.read_options(host)
            if options.write:
                check_confirmation(parameters["confirm"], self._writers, self._hosts)
            if parameters["dest"] is None:
                yield "device_check_dir is not set. Set it to the absolute path of the directory for the profile"
            else:
                check_directory(parameters["dest"], Option("dest"), may_create=not check_mode)
        except AxisError as error:
            yield _sentences(error)

    @cached_property
    def _writers(self) -> list[str]:
        """Return the hosts with experiments; other variables of a host may be invalid."""
        return [host for host in self._hosts if self._writes(host)]

    def _writes(self, host: str) -> bool:
        name = CHECK_VARIABLES["write"]
        with suppress(AxisError):
            value = self._host_variables.read(host, (name,)).get(name) or False
            return bool(validate({"write": value}, {"write": _SPEC["write"]})["write"])
        return False

    def _find_unknown_names(self, host: str) -> Iterator[str]:
        """Yield a problem for each name that resembles a variable of the playbook."""
        for name, meant in self._unknown_names(host):
            if meant:
                yield f"{name} is not a variable of the playbook device_check and has no effect. Did you mean {meant}?"

    def find_warnings(self) -> list[str]:
        """Return a sentence for each other name with the prefix of the playbook, which may be the user's own."""
        names = {name for host in self._hosts for name, meant in self._unknown_names(host) if not meant}
        return [
            f"{name} is not a variable of the playbook device_check and has no effect. It has "
            f"{', '.join(sorted(CHECK_VARIABLES.values()))}."
            for name in sorted(names)
        ]

    def _unknown_names(self, host: str) -> Iterator[tuple[str, str | None]]:
        """Yield each name with the prefix of the playbook that it does not have, and the one that it resembles."""
        names = {*self._host_variables.raw(host), *self._host_variables.play_names}
        for name in sorted(names - _KNOWN):
            normal = normalize_name(name)
            if normal.startswith(PREFIX):
                yield name, find_own_variable(normal, PREFIX, CHECK_VARIABLES.values())


def _sentences(error: AxisError) -> str:
    return ". ".join(error.render(CHECK_VARIABLES)).rstrip(".")
