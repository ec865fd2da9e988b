# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Place the dots of the chart that compares expected with configured retention, as numbers for a template. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import render_count

#: units of the drawing
SIZE, MARGIN = 320, 64
_MIN_RADIUS, _MAX_RADIUS = 4.0, 18.0
_MAX_TICKS = 7


@dataclass(frozen=True)
class Dot:
    """Groups with the same expected and the same found retention; ``side`` is ``equal``, ``short`` or ``long``."""

    x: float
    y: float
    radius: float
    side: str
    label: str


@dataclass(frozen=True)
class Tick:
    """A retention time on both axes."""

    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A square with the same scale on both axes, so that groups with the expected retention are on the diagonal."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    size: int = SIZE
    margin: int = MARGIN


def build_chart(retention: Iterable[Mapping[str, int]]) -> Chart:
    """Build the chart of ``retention`` of a report. The scale is logarithmic, with unlimited (0) at its end."""
    items = [(item["expected"], item["found"], item["groups"]) for item in retention]
    hours = sorted({value for item in items for value in item[:2]}, key=sort_key)
    positions = _positions(hours)
    most = max((groups for *_times, groups in items), default=1)
    dots = [
        Dot(positions[expected], positions[found], _radius(groups, most), _side(expected, found), _label(*item))
        for item in items
        for expected, found, groups in [item]
    ]
    # Small dots last, so that no large dot covers one.
    dots.sort(key=lambda dot: -dot.radius)
    return Chart(tuple(dots), _ticks(hours, positions))


def _positions(hours: list[int]) -> dict[int, float]:
    limited = [value for value in hours if value]
    if not limited:
        return dict.fromkeys(hours, SIZE / 2)
    low, high = math.log(limited[0]), math.log(limited[-1])
    # Unlimited needs space beyond the longest.
    room = SIZE * (0.85 if 0 in hours else 1.0)
    scale = {
        value: room * (0.06 + 0.88 * ((math.log(value) - low) / (high - low) if high > low else 0.5))
        for value in limited
    }
    return {**scale, **({0: SIZE * 0.94} if 0 in hours else {})}


def _radius(groups: int, most: int) -> float:
    # The area is proportional to the number of groups.
    return round(_MIN_RADIUS + (_MAX_RADIUS - _MIN_RADIUS) * math.sqrt(groups / most), 1)


def _side(expected: int, found: int) -> str:
    if expected == found:
        return "equal"
    return "short" if sort_key(found) < sort_key(expected) else "long"


def _label(expected: int, found: int, groups: int) -> str:
    number = render_count(groups, "group")
    if expected == found:
        return f"{number}: {format_retention_time(found)}, as expected"
    return f"{number}: {format_retention_time(found)} instead of {format_retention_time(expected)}"


def _ticks(hours: list[int], positions: Mapping[int, float]) -> tuple[Tick, ...]:
    """Return at most ``_MAX_TICKS`` ticks whose labels do not overlap."""
    ticks: list[Tick] = []
    for value in hours:
        if len(ticks) < _MAX_TICKS and (not ticks or positions[value] - ticks[-1].at >= SIZE / _MAX_TICKS / 1.5):
            ticks.append(Tick(positions[value], _tick_label(value)))
    return tuple(ticks)


def _tick_label(hours: int) -> str:
    if hours == 0:
        return "unlimited"
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"
