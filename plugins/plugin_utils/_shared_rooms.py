# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limit how many large responses there are at the same time, for all processes and threads of an audit together.

A response of 8 MiB takes more than ten times as much while it is read and parsed. Without a limit, the memory would
grow with the number of connections.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from multiprocessing import get_context

#: The number of places in each room of ``ROOM_SIZES``.
_PLACES = (8, 2)
# Seconds. A process that was killed does not leave; then the others exceed the limit.
_MAX_WAIT = 600.0


class SharedRooms:
    """The rooms of an audit, to be created before its processes.

    :param max_wait: seconds after which a response is read without a place.
    """

    def __init__(self, max_wait: float = _MAX_WAIT) -> None:
        context = get_context("fork")
        self._rooms = [context.Semaphore(places) for places in _PLACES]
        self._max_wait = max_wait

    def enter(self, number: int) -> bool:
        """Wait for a place in the room; return whether there is one."""
        return self._rooms[number].acquire(timeout=self._max_wait)

    def leave(self, number: int) -> None:
        """Free the place."""
        _return_memory()
        self._rooms[number].release()


def _return_memory() -> None:
    """Let the C library return what is free: it keeps as much for each of many threads as the largest response took."""
    # Other C libraries than that of GNU have no such function.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
