# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limit the requests per second to one device, for all tasks of a run together.

Each task runs in its own worker process, so that the workers share the times of the last requests in a file.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import neg

#: A device blocks an address that sends more than 20 requests a second (AXIS OS knowledge base).
REQUESTS_PER_SECOND = 10
# Seconds. A request that takes longer belongs to a worker that was killed.
_MAX_WAIT = 60.0
_POLL_INTERVAL = 0.05  # seconds
_TIMES = struct.Struct(f"{REQUESTS_PER_SECOND}d")


class RateLimiter:
    """A limit of REQUESTS_PER_SECOND requests in any second.

    :param path: file that shares the times with other processes of this machine, or None for this object alone.
    """

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._times = [0.0] * REQUESTS_PER_SECOND
        self._reserved = 0
        # The entry of the reservation in progress, or None.
        self._reservation: float | None = None

    @contextmanager
    def reserve(self, requests: int) -> Iterator[None]:
        """Wait until so many requests may be sent; in the context they follow each other without another wait."""
        with self.acquire(requests) as entry:
            self._reserved, self._reservation = requests, entry
            try:
                yield
            finally:
                self._reserved, self._reservation = 0, None

    @contextmanager
    def acquire(self, requests: int = 1) -> Iterator[float | None]:
        """Wait until so many requests may be sent, and count them for the duration of the context.

        It yields their entry, or None if they were reserved before.

        :param requests: REQUESTS_PER_SECOND for a process with its own rate limit: nothing else is sent meanwhile.
        """
        if self._reserved:
            self._reserved -= 1
            yield None
            return
        while (start := self._try_to_reserve(requests)) is None:
            time.sleep(_POLL_INTERVAL)
        reserved = neg(start)  # the entry of a request in progress
        try:
            if (wait := start - time.monotonic()) > 0:
                time.sleep(wait)
            yield reserved
        finally:
            # The device received it at any time until now: connecting alone may take seconds.
            with self._shared() as times:
                others = [moment for moment in times if moment != reserved]
                in_progress = REQUESTS_PER_SECOND - len(others) - requests
                ended = [time.monotonic()] * requests
                entries = [*others, *[reserved] * max(0, in_progress), *ended]
                times[:] = sorted(entries, key=abs)[-REQUESTS_PER_SECOND:]

    def _try_to_reserve(self, requests: int) -> float | None:
        """Return when the requests may be sent, or None while earlier ones are in progress."""
        now = time.monotonic()
        with self._shared() as times:
            # A task that sends more than it reserved, such as retries, must not wait for its own reservation to end.
            oldest = [now if moment == self._reservation else moment for moment in times[:requests]]
            if any(moment < 0 and now + moment < _MAX_WAIT for moment in oldest):
                return None
            start = max(now, abs(oldest[-1]) + 1.0)
            times[:] = sorted([*times[requests:], *[-start] * requests], key=abs)
            return start

    @contextmanager
    def _shared(self) -> Iterator[list[float]]:
        """Yield the times of the last requests, oldest first, negative while in progress, to be changed in place."""
        descriptor = self._open()
        if descriptor is None:
            yield self._times
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            content = os.read(descriptor, _TIMES.size)
            times = list(_TIMES.unpack(content)) if len(content) == _TIMES.size else []
            # A damaged file must not make a worker wait for hours.
            if times and all(abs(moment) <= time.monotonic() + _MAX_WAIT for moment in times):
                self._times = sorted(times, key=abs)
            yield self._times
            with suppress(OSError):
                os.pwrite(descriptor, _TIMES.pack(*self._times), 0)
        finally:
            os.close(descriptor)

    def _open(self) -> int | None:
        if self._path is None:
            return None
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return None  # for example a full disk: this process still keeps the limit on its own
