# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count the rejections of each login, for all processes and threads of an audit together."""

from __future__ import annotations

from collections.abc import Iterable
from multiprocessing import get_context
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import LoginStoppedError

_MAX_WAIT = 1.0  # seconds, in case a process ended without reporting
_ACCEPTED, _REJECTED, _IN_PROGRESS = range(3)


class Login(NamedTuple):
    """A user and a password."""

    username: str
    password: str


class SharedLogins:
    """The logins of an audit, to be created before its processes.

    Until a device accepts a login, no more devices have it in progress than may reject it.

    :param max_rejections: after so many, a login that no device has accepted is not tried again.
    """

    def __init__(self, logins: Iterable[Login], max_rejections: int) -> None:
        context = get_context("fork")
        self._numbers = {login: number for number, login in enumerate(dict.fromkeys(logins))}
        self._states = context.RawArray("q", 3 * max(1, len(self._numbers)))
        self._changed = context.Condition()
        self._max_rejections = max_rejections

    def gate(self, login: Login) -> SharedLoginGate:
        """Return what a session waits for before it sends a login."""
        return SharedLoginGate(self, login)

    def enter(self, login: Login) -> None:
        """Wait until a login may be tried, and count it as in progress.

        :raises LoginStoppedError: ``not_attempted``.
        """
        first = 3 * self._numbers[login]
        with self._changed:
            while not self._states[first + _ACCEPTED] and self._states[first + _REJECTED] < self._max_rejections:
                if self._states[first + _REJECTED] + self._states[first + _IN_PROGRESS] < self._max_rejections:
                    break
                self._changed.wait(_MAX_WAIT)
            rejections = self._states[first + _REJECTED]
            if not self._states[first + _ACCEPTED] and rejections >= self._max_rejections:
                raise LoginStoppedError(login.username, rejections)
            self._states[first + _IN_PROGRESS] += 1

    def leave(self, login: Login, is_accepted: bool | None) -> None:
        """Count the answer to a login, or ``None`` if the device did not say whether it accepts it."""
        first = 3 * self._numbers[login]
        with self._changed:
            self._states[first + _IN_PROGRESS] -= 1
            if is_accepted is not None:
                self._states[first + (_ACCEPTED if is_accepted else _REJECTED)] += 1
            self._changed.notify_all()

    def is_accepted(self, login: Login) -> bool:
        """Return whether any device has accepted a login."""
        return bool(self._states[3 * self._numbers[login] + _ACCEPTED])


class SharedLoginGate:
    """The gate of one session."""

    def __init__(self, logins: SharedLogins, login: Login) -> None:
        self._logins = logins
        self._login = login
        self._is_counted = False

    def enter(self) -> None:
        """Wait until the login may be tried.

        :raises LoginStoppedError: ``not_attempted``.
        """
        # Most devices of a fleet accept the same login.
        self._is_counted = not self._logins.is_accepted(self._login)
        if self._is_counted:
            self._logins.enter(self._login)

    def leave(self, is_accepted: bool | None) -> None:
        """Report whether the device accepted the login, or ``None`` if that is unknown."""
        if self._is_counted:
            self._logins.leave(self._login, is_accepted)
