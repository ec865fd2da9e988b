# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the chart: groups with the expected retention are on the diagonal, longer ones above it, shorter ones below."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.chart import (
    SIZE,
    Chart,
    build_chart,
    build_trend,
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
    places = [tick.at for tick in build_chart(items).ticks]
    assert all(later - earlier >= 30 for earlier, later in pairwise(places))


def test_ticks_name_the_times_of_most_groups() -> None:
    chart = build_chart(
        [
            {"expected": 720, "found": 720, "groups": 90},
            {"expected": 672, "found": 696, "groups": 2},
            {"expected": 720, "found": 0, "groups": 1},
            {"expected": 24, "found": 24, "groups": 1},
        ]
    )
    assert [tick.label for tick in chart.ticks] == ["1 d", "30 d", "unlimited"]


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
