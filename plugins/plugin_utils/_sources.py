# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the value of an option comes from if the task does not set it, and what the user calls that source."""

from __future__ import annotations

import itertools
import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC, PLAY_LOGIN
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import NEVER_EMPTY, Spec
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import HOLDS, OPTION, merge_holds

_LOGIN = ("username", "password")
#: The variables that set the address of a host, in this order.
HOST_VARIABLES = ("axis_host", "ansible_ssh_host", "ansible_host", "inventory_hostname")
# By connection plugin, what core accepts besides the variables for every connection and those for ssh.
_PLUGIN_LOGINS = {
    "paramiko": (("ansible_paramiko_user",), ("ansible_paramiko_pass", "ansible_paramiko_password")),
    "winrm": (("ansible_winrm_user",), ("ansible_winrm_pass", "ansible_winrm_password")),
    "psrp": (("ansible_psrp_user",), ("ansible_winrm_pass", "ansible_winrm_password")),
    "httpapi": ((), ("ansible_httpapi_pass", "ansible_httpapi_password")),
}
_PLUGIN_LOGINS["paramiko_ssh"] = _PLUGIN_LOGINS["paramiko"]
# The host has sources of its own, and a login is a pair from one source.
_OWN_SOURCES = frozenset({"host", *_LOGIN})


def login_variables(connection: Any = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the variables of a host that set its user, and those that set its password; as in core, the last counts.

    :param connection: the connection plugin of the host, which is not used, but names further variables.
    """
    users, passwords = _PLUGIN_LOGINS.get(str(connection).rpartition(".")[2], ((), ()))
    return (
        ("ansible_user", "ansible_ssh_user", *users),
        ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password", *passwords),
    )


#: Every variable for the login of one connection plugin.
PLUGIN_VARIABLES = frozenset(name for login in _PLUGIN_LOGINS.values() for names in login for name in names)
#: Every variable that may set the login of a host.
LOGIN_VARIABLES = tuple(sorted({*PLUGIN_VARIABLES, *itertools.chain(*login_variables())}))
#: Those of a password.
PASSWORD_VARIABLES = frozenset(name for name in LOGIN_VARIABLES if "_pass" in name)


#: A user and a password, if there are any.
Pair = tuple["str | None", "str | None"]
# Those with which core replaces the password of the run, the first one that is set.
_OWN_PASSWORDS = ("ansible_ssh_pass", "ansible_password")


def complete_run_login(run_login: Pair, read: Callable[[str], Any]) -> Pair:
    """Return user and password that a task on a host has from the run.

    :param run_login: user and password of the run.
    :param read: returns a variable of the host, or ``None``.
    """
    user, password = run_login
    own = next((value for value in map(read, _OWN_PASSWORDS) if value is not None), None)
    return user, password if own is None else own


class ResolvedOptions(NamedTuple):
    """The options of a task from all sources.

    :param arguments: by option, its value.
    :param names: by option that the task does not set, what the user sets instead, such as ``axis_timeout``; likewise
        by hold.
    """

    arguments: dict[str, Any]
    names: dict[str, str]


class _LoginSource(NamedTuple):
    names: tuple[str, str]
    read: Callable[[str], Any]
    #: whether it may be for another machine, or for another protocol such as SSH, so that half of a login is none
    is_shared: bool = False


@dataclass(frozen=True)
class OptionResolver:
    """The sources of options that a task on one host has.

    :param given: the task's arguments, including those of module_defaults, without tags.
    :param variable: returns a variable of the inventory host, templates resolved, without tags, or ``None``.
    :param inventory_login: returns a variable of the inventory host itself for its address or its login, or ``None``.
    :param play_login: user and password of the play (command line, AWX machine credential), or ``None`` where they do
        not count.
    :param hold_variables: the host's variables that have holds, with their values, in order.
    """

    given: Mapping[str, Any]
    variable: Callable[[str], Any]
    inventory_login: Callable[[str], Any]
    play_login: tuple[str | None, str | None] | None
    hold_variables: Sequence[tuple[str, Any]] = ()
    #: the connection plugin that the inventory names for the host
    connection: Any = None

    def resolve(self, spec: Spec) -> ResolvedOptions:
        """Return the arguments, completed from the host, the play and the environment.

        :raises InvalidOptionError: ``invalid_option``, if a source has a user without its password, or the reverse, or
            if the holds of a source are not a list.
        """
        kept = {
            spelling for name in NEVER_EMPTY.keys() & spec.keys() for spelling in (name, *spec[name].get("aliases", ()))
        }
        arguments = {name: value for name, value in self.given.items() if value is not None or name in kept}
        names = {}
        for name in set(DEVICE_SPEC) & set(spec) - _OWN_SOURCES - set(arguments):
            names[name] = f"axis_{name}"
            value = self.variable(names[name])
            if value is None and (value := read_environment(name)) is not None:
                names[name] = _environment_name(name)
            if value is not None:
                arguments[name] = value
        if OPTION in spec:
            holds, hold_names = merge_holds([(OPTION, arguments.get(OPTION)), *self.hold_variables])
            names |= hold_names
            if holds:
                arguments[OPTION] = holds
            if OPTION not in self.given:
                names[OPTION] = HOLDS
        login, login_names = self._login()
        arguments = {name: value for name, value in arguments.items() if name not in _LOGIN} | login
        names |= login_names
        if "host" not in arguments:
            arguments["host"], names["host"] = self._host()
        return ResolvedOptions(arguments, names)

    def _host(self) -> tuple[Any, str]:
        readers = (self.variable, self.inventory_login, self.inventory_login, self.variable)
        sources = ((read(name), name) for read, name in zip(readers, HOST_VARIABLES, strict=True))
        return next(((value, name) for value, name in sources if value is not None), ("", HOST_VARIABLES[0]))

    def _login(self) -> tuple[dict[str, Any], dict[str, str]]:
        shared = None
        for source in self._login_sources():
            login = {name: read for name in _LOGIN if (read := source.read(name)) is not None}
            names = dict(zip(_LOGIN, source.names, strict=True))
            if len(login) == 1 and source.is_shared:
                shared = shared or _incomplete_login(names, login)
                continue
            if len(login) == 1 and not _complete_from_environment(login, names):
                raise _incomplete_login(names, login)
            if login:
                return login, {name: text for name, text in names.items() if name != text}
        if shared:
            raise shared
        names = {name: f"axis_{name}" for name in _LOGIN}
        if self.play_login is None or self.given.get("host") is not None:
            return {}, names
        # A user of the play without a password is not a login, and the message about the missing password names it.
        user = self.play_login[0]
        return ({} if user is None else {"username": user}), {**names, PLAY_LOGIN: "--user"}

    def _login_sources(self) -> Iterator[_LoginSource]:
        yield _LoginSource(_LOGIN, self.given.get)
        yield _LoginSource(("axis_username", "axis_password"), lambda name: self.variable(f"axis_{name}"))
        if self.given.get("host") is None:
            own_login, own_names = self._ansible_login()
            yield _LoginSource(own_names, own_login.get, is_shared=True)
            yield _LoginSource(("--user", "--ask-pass"), self._read_play_login, is_shared=True)
        yield _LoginSource((_environment_name("username"), _environment_name("password")), read_environment)

    def _ansible_login(self) -> tuple[dict[str, Any], tuple[str, str]]:
        """Return the login in the variables of core, and the names of these variables."""
        users, passwords = login_variables(self.connection)
        user, user_name = self._read_last(users)
        password, password_name = self._read_last(passwords)
        names = (user_name, password_name)
        if password is None and self.play_login and user == self.play_login[0]:
            return {}, names  # core shows the play's user as a variable of the host
        return {"username": user, "password": password}, names

    def _read_last(self, names: Sequence[str]) -> tuple[Any, str]:
        """Return value and name of the last variable that is set."""
        values = ((self.inventory_login(name), name) for name in reversed(names))
        return next(((value, name) for value, name in values if value is not None), (None, names[0]))

    def _read_play_login(self, name: str) -> Any:
        # A remote_user without a password is not a login for cameras: it is for the hosts that use SSH.
        user, password = self.play_login or (None, None)
        return None if password is None else user if name == "username" else password


def _complete_from_environment(login: dict[str, Any], names: dict[str, str]) -> bool:
    """Add the password of the environment to a user, unless it belongs to another one; return whether it was added."""
    password = read_environment("password")
    if "password" in login or password is None or read_environment("username") not in (None, login["username"]):
        return False
    login["password"], names["password"] = password, _environment_name("password")
    return True


def _incomplete_login(names: Mapping[str, str], login: Mapping[str, Any]) -> InvalidOptionError:
    present, missing = sorted(_LOGIN, key=lambda name: name not in login)
    next_step = "Set both or none of them: user and password come as a pair from one source."
    if names[present] in LOGIN_VARIABLES:
        next_step += " If it is for another tool, set axis_username and axis_password for the device."
    if present == "username" and names[present] in login_variables()[0]:
        next_step += f" To use --ask-pass, also set --user {shlex.quote(str(login[present]))}."
    elif present == "username" and read_environment("password") is not None:
        next_step += " AXIS_PASSWORD is not used, because it belongs to AXIS_USERNAME, which is another user."
    return invalid_option(f"{names[present]} is set, and {names[missing]} is not", next_step)


def _environment_name(name: str) -> str:
    return f"AXIS_{name.upper()}"


def read_environment(name: str) -> str | None:
    """Return the value of an option from the environment of the controller, or ``None``."""
    # One serial number for all devices is a mistake.
    return None if name == "serial" else os.environ.get(_environment_name(name)) or None
