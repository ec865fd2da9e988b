# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show how far an audit is, at most once in a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import is_unverified

_FIRST, _INTERVAL = 3.0, 5.0  # seconds


class Progress:
    """The progress of a number of hosts.

    :param show: prints a line.
    """

    def __init__(self, total: int, show: Callable[[str], None]) -> None:
        self._total = total
        self._show = show
        self._checked = 0
        self._unverified = 0
        self._begin = time.monotonic()
        self._next = self._begin + _FIRST

    def count(self, result: Mapping[str, Any]) -> None:
        """Count the result of one host."""
        self._checked += 1
        self._unverified += is_unverified(result)

    def show(self, now: float) -> None:
        """Print a line, if the last one is long ago and work is left.

        :param now: seconds, of the monotonic clock.
        """
        if now < self._next or self._checked >= self._total:
            return
        self._next = now + _INTERVAL
        left = "unknown"
        if self._checked:
            left = _render_seconds((now - self._begin) / self._checked * (self._total - self._checked))
        self._show(
            f"Checked {self._checked} of {self._total} hosts, {self._unverified} unverified, about {left} left"
            if self._checked
            else f"Checked 0 of {self._total} hosts"
        )


def _render_seconds(seconds: float) -> str:
    minutes, rest = divmod(max(1, round(seconds)), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
