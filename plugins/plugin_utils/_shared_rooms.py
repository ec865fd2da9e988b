# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limit how many large responses there are at the same time, for all processes and threads of an audit together.

A response of 8 MiB takes more than ten times as much while it is read and parsed. Without a limit, the memory would
grow with the number of connections.
"""

from __future__ import annotations

import ctypes
import time
from contextlib import suppress

from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_words import (
    SharedWords,
    find_free_places,
    leave_place,
    take_place,
)

#: The number of places in each room of ``ROOM_SIZES``.
_PLACES = (8, 2)
_MAX_WAIT = 600.0  # seconds
_POLL_INTERVAL = 0.05  # seconds


class SharedRooms:
    """The rooms of an audit, to be created before its processes.

    :param max_wait: seconds after which a response is read without a place.
    """

    def __init__(self, max_wait: float = _MAX_WAIT) -> None:
        self._words = SharedWords(sum(_PLACES))
        self._max_wait = max_wait

    def enter(self, number: int) -> bool:
        """Wait for a place in the room; return whether there is one."""
        end = time.monotonic() + self._max_wait
        while not self._try_to_enter(number):
            if time.monotonic() > end:
                return False
            time.sleep(_POLL_INTERVAL)
        return True

    def leave(self, number: int) -> None:
        """Free the place."""
        _return_memory()
        with self._words.locked(*_find_places(number)) as words:
            leave_place(words)

    def _try_to_enter(self, number: int) -> bool:
        with self._words.locked(*_find_places(number)) as words:
            free = find_free_places(words)
            if free:
                take_place(words, free[0])
            return bool(free)


def _find_places(number: int) -> tuple[int, int]:
    """Return the first place of a room, and how many it has."""
    return sum(_PLACES[:number]), _PLACES[number]


def _return_memory() -> None:
    """Let the C library return what is free: it keeps as much for each of many threads as the largest response took."""
    # Other C libraries than that of GNU have no such function.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
