# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retention times: how users write them, how the device counts them (VAPIX recording group, ``retentiontime``).

The device counts whole hours, and 0 means unlimited. Unlimited orders above every number: ``sort_key`` is the only
place that knows.
"""

from __future__ import annotations

import math
import re

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option

UNLIMITED = 0
_HOURS_PER_UNIT = {"": 1, "h": 1, "d": 24, "w": 168}
_WRITTEN = re.compile(r"(?P<number>[0-9]{1,9})(?P<unit>[hdw]?)", re.ASCII)


def parse_retention_time(written: str, option: str = "retention_time") -> int:
    """Hours from ``720``, ``36h``, ``30d``, ``4w`` or ``unlimited``; 0 is unlimited.

    :raises InvalidOptionError: ``invalid_option``, for anything else.
    """
    if written == "unlimited":
        return UNLIMITED
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise invalid_option(
            f"{option} is {written!r}, which is not a retention time",
            "Write whole hours (720), hours, days or weeks with their letter (36h, 30d, 4w), or unlimited.",
        )
    return int(match["number"]) * _HOURS_PER_UNIT[match["unit"]]


def sort_key(hours: int) -> float:
    """A number to compare retention times by: unlimited is above every other."""
    return math.inf if hours == UNLIMITED else hours


def format_retention_time(hours: int) -> str:
    """``720 hours (30 days)``, for messages."""
    if hours == UNLIMITED:
        return "unlimited"
    words = f"{hours} hour{'' if hours == 1 else 's'}"
    days, rest = divmod(hours, 24)
    if days and not rest:
        words += f" ({days} day{'' if days == 1 else 's'})"
    return words
