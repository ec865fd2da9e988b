# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the value of an option comes from when the task does not give it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC, Spec
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import NEVER_EMPTY

_LOGIN = ("username", "password")
# These have no plain fallback: the host has a chain of its own, and a login comes as a pair.
_OWN_CHAIN = frozenset({"host", *_LOGIN})


@dataclass(frozen=True)
class Sources:
    """What a task on one host can see.

    :param given: the task's arguments, those of module_defaults among them, as plain values.
    :param variable: gives a variable of the inventory host, templated and plain, or ``None``.
    :param inventory_login: gives ``ansible_host``, ``ansible_user`` and ``ansible_password`` that belong to the
        inventory host itself, or ``None``.
    :param play_login: user and password of the play itself (command line, AWX machine credential), where they count.
    """

    given: Mapping[str, Any]
    variable: Callable[[str], Any]
    inventory_login: Callable[[str], Any]
    play_login: tuple[str | None, str | None]

    def resolve(self, spec: Spec) -> dict[str, Any]:
        """The arguments with what the host, the play and the environment add.

        :raises InvalidOptionError: ``invalid_option``, when a source has a user without its password or the other way round.
        """
        resolved = {
            name: value for name, value in self.given.items() if value is not None or name in NEVER_EMPTY & set(spec)
        }
        for name in (set(DEVICE_SPEC) | {"holds"}) & set(spec) - _OWN_CHAIN - set(resolved):
            value = self.variable(f"axis_{name}")
            if value is None and name in DEVICE_SPEC:
                value = _environment(name)
            if value is not None:
                resolved[name] = value
        for name in _LOGIN:
            resolved.pop(name, None)
        resolved.update(self._login())
        if "host" not in resolved:
            resolved["host"] = next(
                value
                for value in (
                    self.variable("axis_host"),
                    self.inventory_login("ansible_host"),
                    self.variable("inventory_hostname"),
                    "",
                )
                if value is not None
            )
        return resolved

    def _login(self) -> dict[str, Any]:
        pairs: list[tuple[str, Callable[[str], Any]]] = [
            ("the task", self.given.get),
            ("the host variables axis_username and axis_password", lambda name: self.variable(f"axis_{name}")),
        ]
        if self.given.get("host") is None:
            pairs.append(("the host variables ansible_user and ansible_password", self._ansible_login))
            pairs.append(("the login of the play", self._play_login))
        pairs.append(("the environment variables AXIS_USERNAME and AXIS_PASSWORD", _environment))
        for source, read in pairs:
            login = {name: read(name) for name in _LOGIN}
            missing = [name for name in _LOGIN if login[name] is None]
            if len(missing) == 1:
                raise invalid_option(
                    f"The login is incomplete: {missing[0]} is missing in {source}",
                    "User and password come from one source, as a pair: complete it there, or set "
                    "axis_username and axis_password.",
                )
            if not missing:
                return login
        return {}

    def _ansible_login(self, name: str) -> Any:
        user, password = self.inventory_login("ansible_user"), self.inventory_login("ansible_password")
        if password is None and user == self.play_login[0]:
            return None  # core shows the play's user as a variable of the host
        return user if name == "username" else password

    def _play_login(self, name: str) -> Any:
        # A remote_user alone is no login for cameras; it is there for the hosts that have ssh.
        user, password = self.play_login
        return None if password is None else user if name == "username" else password


def _environment(name: str) -> str | None:
    return os.environ.get(f"AXIS_{name.upper()}") or None
