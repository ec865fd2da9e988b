# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the chart: groups with the expected retention are on the diagonal, longer ones above it, shorter ones below."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report import page
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.chart import (
    SIZE,
    Chart,
    build_chart,
    build_trend,
    draw_shape,
)

ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "expected": st.integers(0, 70_000),
            "found": st.integers(0, 70_000),
            "groups": st.integers(1, 100_000),
        }
    ),
    max_size=30,
)


def test_dots_have_a_side_and_a_label() -> None:
    chart = build_chart(
        [
            {"expected": 720, "found": 24, "groups": 2},
            {"expected": 720, "found": 720, "groups": 90},
            {"expected": 720, "found": 0, "groups": 1},
        ]
    )
    assert [(dot.side, dot.label) for dot in chart.dots] == [
        ("equal", "90 groups: 720 hours (30 days), as expected"),
        ("short", "2 groups: 24 hours (1 day) instead of 720 hours (30 days)"),
        ("long", "1 group: unlimited instead of 720 hours (30 days)"),
    ]
    assert [tick.label for tick in chart.ticks] == ["1 d", "30 d", "unlimited"]


def test_chart_without_groups_is_empty() -> None:
    assert build_chart([]) == Chart((), ())


@given(ITEMS)
def test_dots_lie_on_the_correct_side(items: list[dict[str, int]]) -> None:
    chart = build_chart(items)
    assert len(chart.dots) == len(items)
    for dot in chart.dots:
        assert 0 <= dot.x <= SIZE
        assert 0 <= dot.y <= SIZE
        assert {"equal": dot.x == dot.y, "short": dot.y < dot.x, "long": dot.y > dot.x}[dot.side]


@given(ITEMS)
def test_tick_labels_do_not_overlap(items: list[dict[str, int]]) -> None:
    ticks = build_chart(items).ticks
    assert all(later.at - earlier.at >= 14 for earlier, later in pairwise(ticks))
    for row in range(3):
        line = [tick for tick in ticks if tick.row == row]
        for earlier, later in pairwise(line):
            # A character is up to 6.8 units wide.
            assert later.at - earlier.at >= 3.4 * len(earlier.label + later.label)


@given(st.sets(st.integers(1, 400).map(lambda days: 24 * days), max_size=12), st.booleans())
def test_up_to_a_dozen_times_have_labels(hours: set[int], with_unlimited: bool) -> None:
    times = sorted(hours) + ([0] if with_unlimited else [])
    chart = build_chart([{"expected": 720, "found": found, "groups": found + 1} for found in times])
    labels = {tick.label for tick in chart.ticks}
    assert {f"{found // 24} d" if found else "unlimited" for found in times} <= labels


def test_near_times_have_labels_and_distinct_dots() -> None:
    chart = build_chart(
        [
            {"expected": 720, "found": 720, "groups": 90},
            {"expected": 672, "found": 696, "groups": 2},
            {"expected": 720, "found": 0, "groups": 1},
            {"expected": 24, "found": 24, "groups": 1},
        ]
    )
    assert [tick.label for tick in chart.ticks] == ["1 d", "28 d", "29 d", "30 d", "unlimited"]
    places = sorted({dot.y for dot in chart.dots})
    assert all(later - earlier > 30 for earlier, later in pairwise(places))


@given(ITEMS)
def test_small_dots_are_above_large_ones(items: list[dict[str, int]]) -> None:
    sizes = [dot.radius for dot in build_chart(items).dots]
    assert sizes == sorted(sizes, reverse=True)


def test_sides_differ_in_shape() -> None:
    assert draw_shape("equal", 10, 10, 4) == "M6.0 10.0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
    # Down and up; the vertical axis of a drawing points down.
    assert draw_shape("short", 10, 10, 4) == "M4.8 7.0h10.4L10.0 16.0z"
    assert draw_shape("long", 10, 10, 4) == "M4.8 13.0h10.4L10.0 4.0z"


def luminance(color: str) -> float:
    """Return the relative luminance of WCAG."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_shapes_have_contrast(scheme: int) -> None:
    text = (Path(page.__file__).parent / "html" / "style.css.j2").read_text(encoding="utf-8")
    colors = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", block)) for block in re.findall(r":root \{([^}]*)\}", text)]
    assert len(colors) == 3
    ground = colors[scheme]["page"]
    for name in ("good", "critical", "longer"):
        one, other = sorted(
            luminance(color if len(color) == 7 else "#ffffff") for color in (colors[scheme][name], ground)
        )
        assert (other + 0.05) / (one + 0.05) >= 3


def test_trend_stacks_the_states_from_the_baseline() -> None:
    earlier = {"created": "2026-11-20T08:15:02Z", "run_id": "a", "compliant": 1, "non_compliant": 2, "unverified": 1}
    states = {"compliant": 8, "non_compliant": 0, "unverified": 0}
    document = {"trend": [earlier], "created": "2026-11-27T08:15:02Z", "summary": {"states": states}}
    trend = build_trend(document)
    assert trend is not None
    assert trend.most == 8
    assert [[(part.state, part.top, part.height) for part in column.segments] for column in trend.columns] == [
        [("non_compliant", 75.0, 25.0), ("unverified", 62.5, 12.5), ("compliant", 50.0, 12.5)],
        [("compliant", 0.0, 100.0)],
    ]


def test_no_trend_without_earlier_runs() -> None:
    assert build_trend({"trend": []}) is None
