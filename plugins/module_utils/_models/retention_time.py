# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retention times: how users write them, and how a device counts them (VAPIX recording group, ``retentiontime``).

A device counts whole hours; 0 is unlimited, and sorts above every number. Only ``sort_key`` knows that.
"""

from __future__ import annotations

import math
import re

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option

UNLIMITED = 0
#: Hours. A device that counts the seconds in 31 bits would wrap a longer time to a shorter one.
MAX_HOURS = (2**31 - 1) // 3600
_HOURS_PER_UNIT = {"": 1, "h": 1, "d": 24, "w": 168}
_RETENTION_TIME = re.compile(r"(?P<number>[0-9]{1,99})(?P<unit>[hdw]?)", re.ASCII)
_OPTION = Option("retention_time")


def parse_retention_time(text: str, option: Option = _OPTION) -> int:
    """Return the hours of ``720``, ``36h``, ``30d``, ``4w`` or ``unlimited``; 0 is unlimited.

    :raises InvalidOptionError: ``invalid_option``, for any other text, and for a time that is too long.
    """
    if text in {"unlimited", "0"}:
        return UNLIMITED
    hours = parse_hours(text, option)
    if hours == 0:
        # 0d may be meant as no time at all, and the device would keep everything.
        raise invalid_option(
            Message("{option} is {text!r}, which may mean no time or no limit", {"option": option, "text": text}),
            Message(
                "Set {option} to unlimited, which equals 0, or to at least one hour (1h).",
                {"option": option},
            ),
        )
    return hours


def parse_hours(text: str, option: Option) -> int:
    """Return the hours of ``720``, ``36h``, ``30d``, or ``4w``; 0 is zero hours.

    :raises InvalidOptionError: ``invalid_option``, for any other text, and for a time that is too long.
    """
    match = _RETENTION_TIME.fullmatch(text)
    if match is None:
        raise invalid_option(
            Message("{option} is {text!r}, which is not a valid retention time", {"option": option, "text": text}),
            "Write whole hours (720), a number with a unit (36h, 30d, 4w), or unlimited.",
        )
    hours = int(match["number"]) * _HOURS_PER_UNIT[match["unit"]]
    if hours > MAX_HOURS:
        raise invalid_option(
            Message(
                "{option} is {text!r}, which is {hours} hours and more than the maximum of {most} hours",
                {"option": option, "text": text, "hours": hours, "most": MAX_HOURS},
            ),
            Message(
                "Set {option} to at most {most}h, {days}d, or {weeks}w, or to unlimited. Devices may count seconds in "
                "31 bits, and would delete recordings much earlier.",
                {"option": option, "most": MAX_HOURS, "days": MAX_HOURS // 24, "weeks": MAX_HOURS // 168},
            ),
        )
    return hours


def sort_key(hours: int) -> float:
    """Return a number to compare retention times by: unlimited is above every other."""
    return math.inf if hours == UNLIMITED else hours


def format_retention_time(hours: int) -> str:
    """Return a text such as ``720 hours (30 days)`` for messages."""
    if hours == UNLIMITED:
        return "unlimited"
    text = f"{hours} hour{'' if hours == 1 else 's'}"
    days, rest = divmod(hours, 24)
    if days and not rest:
        text += f" ({days} day{'' if days == 1 else 's'})"
    return text
