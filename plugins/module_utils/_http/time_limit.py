# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limit of a whole task, which ends its requests, and nothing else.

A signal reports that the time is over. It ends only waits for a device, as if the device had not responded in time, so
that the task knows which write may have taken effect, and its result has what is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import TimeLimitError

_Result = TypeVar("_Result")


class _ExpiredError(BaseException):
    """The time is over. No library handles it."""


class TimeLimit:
    """The time limit of one task."""

    def __init__(self) -> None:
        self.has_expired = False
        self._depth = 0

    def expire(self) -> None:
        """End the current wait for a device, if any, and every later one; to be called by the handler of a signal."""
        self.has_expired = True
        if self._depth:
            raise _ExpiredError

    def run(self, wait: Callable[[], _Result], *, maybe_applied: bool = False) -> _Result:
        """Return what a function returns that waits for a device, unless the time is over.

        :param maybe_applied: whether a write may have taken effect if the function is interrupted.
        :raises TimeLimitError: when the time is over, also before the function is called.
        """
        # A function instead of a context: the signal may arrive between any two instructions.
        is_started = False
        try:
            self._depth += 1
            try:
                if self.has_expired:
                    raise _ExpiredError
                is_started = True
                return wait()
            finally:
                self._depth -= 1
        except _ExpiredError:
            if self._depth:
                raise
            raise TimeLimitError(maybe_applied=maybe_applied and is_started) from None
