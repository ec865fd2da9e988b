# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show how far a sweep is, at most once in a few seconds. Pure."""

from __future__ import annotations

from collections.abc import Callable

_INTERVAL = 5.0  # seconds


class Progress:
    """The progress of a sweep. A short one shows nothing.

    :param show: prints a line.
    :param clock: returns seconds, of a monotonic clock.
    """

    def __init__(self, show: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._show = show
        self._clock = clock
        self._next = clock() + _INTERVAL

    def show(self, done: int, total: int, cameras: int) -> None:
        """Print a line, if the last one is long ago and work is left."""
        now = self._clock()
        if now < self._next or done >= total:
            return
        self._next = now + _INTERVAL
        self._show(f"Searched {done:,} of {total:,} addresses: {cameras:,} Axis devices.")
