# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count the rejections of each login, for all processes and threads of an audit together.

A process that is killed must not block the others: nothing of ``multiprocessing`` that waits is used here.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import mkstemp
from threading import Lock
from typing import NamedTuple
from weakref import finalize

from ansible_collections.camfleet.axis.plugins.module_utils._errors import LoginStoppedError

_POLL_INTERVAL = 0.05  # seconds
_MAX_IN_PROGRESS = 100
# For each login: whether a device accepted it, how many rejected it, and the processes that have it in progress.
_ACCEPTED, _REJECTED, _IN_PROGRESS = range(3)
_WORD = 8  # bytes


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
        self._words = memoryview(mmap.mmap(-1, _WORD * self._size * max(1, len(self._numbers)))).cast("q")
        # Its lock ends with the process that has it.
        self._file, path = mkstemp()
        os.unlink(path)
        finalize(self, os.close, self._file)
        self._lock = Lock()

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
            own = os.getpid()
            for number in range(_IN_PROGRESS, self._size):
                if words[number] == own:
                    words[number] = 0
                    break

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
            free = [number for number in range(_IN_PROGRESS, self._size) if not _is_running(words[number])]
            in_progress = self._size - _IN_PROGRESS - len(free)
            if not free or rejections + in_progress >= self._max_rejections:
                return False
            words[free[0]] = os.getpid()
            return True

    @contextmanager
    def _shared(self, login: Login) -> Iterator[memoryview]:
        """Yield what is counted for a login, while no other thread or process changes it."""
        first = self._size * self._numbers[login]
        # The lock of a file is that of a process, with all its threads.
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield self._words[first : first + self._size]
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _is_running(process: int) -> bool:
    if process in (0, os.getpid()):
        return process != 0
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


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
