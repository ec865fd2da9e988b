# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Durations of XML Schema (xs:duration), compared by value: ``PT60S`` is ``PT1M``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

# Python refuses to convert thousands of digits, so that leading zeros are not part of a number.
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=[0-9T])(?:0*(?P<years>[0-9]{1,18})Y)?(?:0*(?P<months>[0-9]{1,18})M)?(?:0*(?P<days>[0-9]{1,18})D)?"
    r"(?:T(?=[0-9])(?:0*(?P<hours>[0-9]{1,18})H)?(?:0*(?P<minutes>[0-9]{1,18})M)?"
    r"(?:0*(?P<seconds>[0-9]{1,18})(?P<fraction>\.[0-9]{1,18})?S)?)?",
    re.ASCII,
)
_SECONDS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


class Duration(NamedTuple):
    """The value of a duration. The length of a month is not known, so that months and seconds are kept apart."""

    months: int
    seconds: Fraction


def parse_duration(text: str) -> Duration | None:
    """Return the value of a duration, or ``None`` if the text is not one."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    sign = -1 if match["sign"] else 1
    months = 12 * int(match["years"] or 0) + int(match["months"] or 0)
    seconds = sum((int(match[name] or 0) * factor for name, factor in _SECONDS.items()), Fraction(0))
    return Duration(sign * months, sign * (seconds + Fraction(f"0{match['fraction'] or ''}")))


def same_duration(one: str | None, other: str | None) -> bool:
    """Return whether two durations are equal, or both missing. Any other text is equal only to itself."""
    if one is None or other is None:
        return one is other
    value = parse_duration(one)
    return one.strip() == other.strip() if value is None else value == parse_duration(other)


def is_longer(one: str | None, other: str | None) -> bool:
    """Return whether a duration may be longer than another one; a missing one is zero."""
    if same_duration(one, other):
        return False
    values = [Duration(0, Fraction(0)) if text is None else parse_duration(text) for text in (one, other)]
    first, second = values
    return first is None or second is None or first.months > second.months or first.seconds > second.seconds
