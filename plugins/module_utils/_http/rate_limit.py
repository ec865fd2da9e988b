# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast one device is asked, by all tasks of a run together.

Each task runs in a worker process of its own, so the times of the last requests lie in a file that the workers share.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import neg

#: A device blocks an address that sends too many requests (AXIS OS knowledge base: 20 a second); stay well below.
REQUESTS_PER_SECOND = 10
# Seconds. A request that ends later than that was a worker's that is no more.
_MAX_WAIT = 60.0
_POLL_INTERVAL = 0.05
_TIMES = struct.Struct(f"{REQUESTS_PER_SECOND}d")


class RateLimiter:
    """At most REQUESTS_PER_SECOND requests in any second.

    :param path: file that keeps the times for other processes of this machine, or None for this object alone.
    """

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._times = [0.0] * REQUESTS_PER_SECOND

    @contextmanager
    def acquire(self, requests: int = 1) -> Iterator[None]:
        """Wait until so many more may be sent, and count those that are sent inside.

        :param requests: REQUESTS_PER_SECOND for a process that keeps a pace of its own: nobody else asks meanwhile.
        """
        while (turn := self._reserve(requests)) is None:
            time.sleep(_POLL_INTERVAL)
        if (wait := turn - time.monotonic()) > 0:
            time.sleep(wait)
        mine = neg(turn)  # as it stands there while it is under way
        try:
            yield
        finally:
            # It arrived at any time until now: connecting alone may take seconds.
            with self._shared() as times:
                kept = [moment for moment in times if moment != mine]
                under_way = REQUESTS_PER_SECOND - len(kept) - requests
                ended = [time.monotonic()] * requests
                times[:] = sorted([*kept, *[mine] * max(0, under_way), *ended], key=abs)[-REQUESTS_PER_SECOND:]

    def _reserve(self, requests: int) -> float | None:
        """When they may be sent; None while some of those before are still under way."""
        now = time.monotonic()
        with self._shared() as times:
            before = times[:requests]
            if any(moment < 0 and now + moment < _MAX_WAIT for moment in before):
                return None
            turn = max(now, abs(before[-1]) + 1.0)
            times[:] = sorted([*times[requests:], *[-turn] * requests], key=abs)
            return turn

    @contextmanager
    def _shared(self) -> Iterator[list[float]]:
        """The times of the last requests, oldest first and negative while under way, to be changed in place."""
        descriptor = self._open()
        if descriptor is None:
            yield self._times
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            kept = os.read(descriptor, _TIMES.size)
            times = list(_TIMES.unpack(kept)) if len(kept) == _TIMES.size else []
            # Nothing else may make a worker wait for hours, whatever stands in the file.
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
            return None  # a full disk, say: this process still keeps its own pace
