# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count the rejections of each login, for all processes and threads of an audit together."""

from __future__ import annotations

import time
from collections.abc import Iterable, MutableSequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import LoginStoppedError
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_words import (
    SharedWords,
    find_free_places,
    leave_place,
    take_place,
)

_POLL_INTERVAL = 0.05  # seconds
_MAX_IN_PROGRESS = 100
# For each login: whether a device accepted it, how many rejected it, and the processes that have it in progress.
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
        self._numbers = {login: number for number, login in enumerate(dict.fromkeys(logins))}
        self._max_rejections = max_rejections
        self._size = _IN_PROGRESS + min(max_rejections, _MAX_IN_PROGRESS)
        self._words = SharedWords(self._size * len(self._numbers))

    def gate(self, login: Login) -> SharedLoginGate:
        """Return what a session waits for before it sends a login."""
        return SharedLoginGate(self, login)

    def enter(self, login: Login) -> None:
        """Wait until a login may be tried, and count it as in progress.

        :raises LoginStoppedError: ``not_attempted``.
        """
        while not self._try_to_enter(login):
            time.sleep(_POLL_INTERVAL)

    def leave(self, login: Login, is_accepted: bool | None) -> None:
        """Count the answer to a login, or ``None`` if the device did not say whether it accepts it."""
        with self._shared(login) as words:
            if is_accepted is not None:
                words[_ACCEPTED if is_accepted else _REJECTED] += 1
            leave_place(words, _IN_PROGRESS)

    def is_accepted(self, login: Login) -> bool:
        """Return whether any device has accepted a login."""
        return bool(self._words[self._size * self._numbers[login] + _ACCEPTED])

    def _try_to_enter(self, login: Login) -> bool:
        with self._shared(login) as words:
            rejections = words[_REJECTED]
            if words[_ACCEPTED]:
                return True
            if rejections >= self._max_rejections:
                raise LoginStoppedError(login.username, rejections)
            free = find_free_places(words, _IN_PROGRESS)
            in_progress = self._size - _IN_PROGRESS - len(free)
            if not free or rejections + in_progress >= self._max_rejections:
                return False
            take_place(words, free[0])
            return True

    def _shared(self, login: Login) -> AbstractContextManager[MutableSequence[int]]:
        return self._words.locked(self._size * self._numbers[login], self._size)


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
