# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Place the dots of the chart of retention, and the columns of the chart of earlier runs, for a template. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    Document,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    NON_COMPLIANT,
    UNVERIFIED,
    render_count,
)

#: units of the drawing
SIZE, MARGIN = 264, 72
_MIN_RADIUS, _MAX_RADIUS = 4.5, 16.0
#: between two times, if there is space for it; and the least between two labels below each other
_GAP, _LINE, _CHARACTER = 36.0, 14.0, 6.8
#: The labels of the horizontal axis are in up to three lines.
_ROWS = 3
#: From the bottom of a column: what is to become less is on the baseline.
_STACK = (NON_COMPLIANT, UNVERIFIED, COMPLIANT)


@dataclass(frozen=True)
class Dot:
    """Groups with the same expected and the same found retention; ``side`` is ``equal``, ``short`` or ``long``.

    The sides differ in shape too: a circle, a triangle that points down, and one that points up.
    """

    x: float
    y: float
    radius: float
    side: str
    label: str
    expected: int
    found: int

    def path(self, left: float, bottom: float) -> str:
        """Return the shape in a drawing with the origin at ``left`` and ``bottom``."""
        return draw_shape(self.side, left + self.x, bottom - self.y, self.radius)


def draw_shape(side: str, x: float, y: float, radius: float) -> str:
    """Return the path of the shape of a side around a point, all with about the same area."""
    if side == "equal":
        return (
            f"M{x - radius:.1f} {y:.1f}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0z"
        )
    # An equilateral triangle, whose center is the point.
    outer, point = 1.5 * radius, 1.5 * radius * (1 if side == "short" else -1)
    half = outer * math.sqrt(3) / 2
    return f"M{x - half:.1f} {y - point / 2:.1f}h{2 * half:.1f}L{x:.1f} {y + point:.1f}z"


@dataclass(frozen=True)
class Tick:
    """A retention time on both axes, with its line of labels of the horizontal one."""

    at: float
    label: str
    row: int


@dataclass(frozen=True)
class Chart:
    """A square with the same scale on both axes, so that groups with the expected retention are on the diagonal."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    size: int = SIZE
    margin: int = MARGIN

    @property
    def rows(self) -> int:
        """Return the number of lines of labels."""
        return max((tick.row + 1 for tick in self.ticks), default=1)


def build_chart(retention: Iterable[Mapping[str, int]]) -> Chart:
    """Build the chart of ``retention`` of a report. The scale is logarithmic, with unlimited (0) at its end."""
    items = [(item["expected"], item["found"], item["groups"]) for item in retention]
    weights: Counter[int] = Counter()
    for expected, found, groups in items:
        weights.update({expected: groups})
        weights.update({found: groups})
    hours = sorted(weights, key=sort_key)
    positions = _positions(hours)
    most = max((groups for *_times, groups in items), default=1)
    dots = [
        Dot(
            positions[expected],
            positions[found],
            _radius(groups, most),
            _side(expected, found),
            _label(*item),
            expected,
            found,
        )
        for item in items
        for expected, found, groups in [item]
    ]
    # Small dots last, so that no large dot covers one.
    dots.sort(key=lambda dot: -dot.radius)
    return Chart(tuple(dots), _ticks(weights, positions))


def _positions(hours: list[int]) -> dict[int, float]:
    limited = [value for value in hours if value]
    if not limited:
        return dict.fromkeys(hours, SIZE / 2)
    low, high = math.log(limited[0]), math.log(limited[-1])
    # Unlimited needs space beyond the longest.
    room = SIZE * (0.8 if 0 in hours else 1.0)
    places = [
        room * (0.06 + 0.88 * ((math.log(value) - low) / (high - low) if high > low else 0.5)) for value in limited
    ]
    scale = dict(zip(limited, _spread(places, 0.06 * room, 0.94 * room), strict=True))
    return {**scale, **({0: SIZE * 0.94} if 0 in hours else {})}


def _spread(places: list[float], low: float, high: float) -> list[float]:
    """Return the places in the same order, but with a gap between them, as large as they all have space for."""
    gap = min(_GAP, (high - low) / max(1, len(places) - 1))
    spread: list[float] = []
    for number, place in enumerate(places):
        # Those after it need their space, too.
        latest = high - gap * (len(places) - 1 - number)
        spread.append(min(max(place, spread[-1] + gap) if spread else place, latest))
    return spread


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


def _ticks(weights: Mapping[int, int], positions: Mapping[int, float]) -> tuple[Tick, ...]:
    """Return ticks whose labels do not overlap: all, or those of unlimited and of the times of most groups.

    :param weights: by retention time, its number of groups.
    """
    ticks: list[Tick] = []
    for value in sorted(weights, key=lambda value: (value != 0, -weights[value], value)):
        tick = Tick(positions[value], _tick_label(value), 0)
        if all(abs(tick.at - other.at) >= _LINE for other in ticks):
            ticks.append(tick)
    rows: list[Tick] = []
    for tick in sorted(ticks, key=lambda tick: tick.at):
        free = [row for row in range(_ROWS) if not any(other.row == row and _overlap(tick, other) for other in rows)]
        if free:
            rows.append(replace(tick, row=free[0]))
    return tuple(rows)


def _overlap(one: Tick, other: Tick) -> bool:
    return abs(other.at - one.at) < (len(one.label) + len(other.label)) / 2 * _CHARACTER + 6


def _tick_label(hours: int) -> str:
    if hours == 0:
        return "unlimited"
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"


@dataclass(frozen=True)
class Segment:
    """The hosts of one run with one state, from the top of the chart."""

    state: str
    top: float
    height: float


@dataclass(frozen=True)
class Column:
    """One run, with its number of hosts by state."""

    day: str
    label: str
    counts: Mapping[str, int]
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Trend:
    """The runs from the oldest to this one, in columns of 100 units for the most hosts."""

    columns: tuple[Column, ...]
    most: int


def build_trend(document: Document) -> Trend | None:
    """Build the chart of the earlier runs and this one, or return ``None`` without earlier runs."""
    if not document["trend"]:
        return None
    runs = [*document["trend"], {"created": document["created"], **document["summary"]["states"]}]
    most = max(sum(run[state] for state in _STACK) for run in runs)
    return Trend(tuple(_build_column(run, most) for run in runs), most)


def _build_column(run: Mapping[str, Any], most: int) -> Column:
    segments, top = [], 100.0
    for state in _STACK:
        height = 100 * run[state] / most if most else 0.0
        top -= height
        if height:
            segments.append(Segment(state, round(top, 2), round(height, 2)))
    day = run["created"][:16].replace("T", " ")
    counts = {state: run[state] for state in _STACK}
    text = ", ".join(f"{count} {state.replace('_', '-')}" for state, count in counts.items())
    return Column(day, f"{day} UTC: {text}", counts, tuple(segments))
