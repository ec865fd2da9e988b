# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check that the time that something takes is proportional to its size, on any machine."""

from __future__ import annotations

import time
from collections.abc import Callable

_FACTOR = 8
# Linear work takes eight times as long, quadratic work sixty-four times.
_MAX_RATIO = 24
# What is faster than this is not measured well.
_MIN_SECONDS = 0.002


def check_linear(run: Callable[[int], object], size: int) -> None:
    """Check that work of a size takes about eight times the CPU time of work of an eighth of that size.

    :param run: does the work of a size.
    """
    small = max(_measure(run, size // _FACTOR), _MIN_SECONDS)
    assert _measure(run, size) < _MAX_RATIO * small


def _measure(run: Callable[[int], object], size: int) -> float:
    """Return the seconds of CPU time that the work takes."""
    start = time.process_time()
    run(size)
    return time.process_time() - start
