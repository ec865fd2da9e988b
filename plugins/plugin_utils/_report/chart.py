# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pure: retention expected against found → where the dots of a chart go, as numbers for a template."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    sort_key,
)

#: of the drawing, in its own units
SIZE, MARGIN = 320, 56
_SMALLEST, _LARGEST = 4.0, 18.0
_MOST_TICKS = 7


@dataclass(frozen=True)
class Dot:
    """Groups with the same retention, expected and found; ``side`` is ``as``, ``short`` or ``long``."""

    x: float
    y: float
    radius: float
    side: str
    words: str


@dataclass(frozen=True)
class Tick:
    """A retention time on both axes."""

    at: float
    words: str


@dataclass(frozen=True)
class Chart:
    """A square with one scale on both sides, so that what is as expected lies on the diagonal."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    size: int = SIZE
    margin: int = MARGIN


def dots_of(retention: Iterable[Mapping[str, int]]) -> Chart:
    """The chart of ``retention`` of a report. The scale is logarithmic; unlimited (0) is at its end."""
    items = [(item["expected"], item["found"], item["groups"]) for item in retention]
    hours = sorted({value for item in items for value in item[:2]}, key=sort_key)
    places = _places(hours)
    most = max((groups for *_times, groups in items), default=1)
    dots = [
        Dot(places[expected], places[found], _radius(groups, most), _side(expected, found), _words(*item))
        for item in items
        for expected, found, groups in [item]
    ]
    # The small ones last, so that none is hidden.
    dots.sort(key=lambda dot: -dot.radius)
    return Chart(tuple(dots), _ticks(hours, places))


def _places(hours: list[int]) -> dict[int, float]:
    limited = [value for value in hours if value]
    if not limited:
        return dict.fromkeys(hours, SIZE / 2)
    low, high = math.log(limited[0]), math.log(limited[-1])
    # Beyond the longest, as far as the room that is left for it.
    room = SIZE * (0.85 if 0 in hours else 1.0)
    scale = {
        value: room * (0.06 + 0.88 * ((math.log(value) - low) / (high - low) if high > low else 0.5))
        for value in limited
    }
    return {**scale, **({0: SIZE * 0.94} if 0 in hours else {})}


def _radius(groups: int, most: int) -> float:
    # By area.
    return round(_SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(groups / most), 1)


def _side(expected: int, found: int) -> str:
    if expected == found:
        return "as"
    return "short" if sort_key(found) < sort_key(expected) else "long"


def _words(expected: int, found: int, groups: int) -> str:
    number = f"{groups} group{'' if groups == 1 else 's'}"
    if expected == found:
        return f"{number}: {format_retention_time(found)}, as expected"
    return f"{number}: {format_retention_time(found)} instead of {format_retention_time(expected)}"


def _ticks(hours: list[int], places: Mapping[int, float]) -> tuple[Tick, ...]:
    """Not all of many, and none that would be written over another."""
    ticks: list[Tick] = []
    for value in hours:
        if len(ticks) < _MOST_TICKS and (not ticks or places[value] - ticks[-1].at >= SIZE / _MOST_TICKS / 1.5):
            ticks.append(Tick(places[value], _in_short(value)))
    return tuple(ticks)


def _in_short(hours: int) -> str:
    if hours == 0:
        return "no limit"
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"
