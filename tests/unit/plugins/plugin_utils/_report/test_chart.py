# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chart: one scale on both sides. On the diagonal is what is as expected, above it what is longer."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.chart import SIZE, Chart, dots_of

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


def test_short_and_long_and_as_expected() -> None:
    chart = dots_of(
        [
            {"expected": 720, "found": 24, "groups": 2},
            {"expected": 720, "found": 720, "groups": 90},
            {"expected": 720, "found": 0, "groups": 1},
        ]
    )
    assert [(dot.side, dot.words) for dot in chart.dots] == [
        ("as", "90 groups: 720 hours (30 days), as expected"),
        ("short", "2 groups: 24 hours (1 day) instead of 720 hours (30 days)"),
        ("long", "1 group: unlimited instead of 720 hours (30 days)"),
    ]
    assert [tick.words for tick in chart.ticks] == ["1 d", "30 d", "no limit"]


def test_no_group_at_all() -> None:
    assert dots_of([]) == Chart((), ())


@given(ITEMS)
def test_every_dot_lies_where_its_numbers_say(items: list[dict[str, int]]) -> None:
    chart = dots_of(items)
    assert len(chart.dots) == len(items)
    for dot in chart.dots:
        assert 0 <= dot.x <= SIZE
        assert 0 <= dot.y <= SIZE
        assert {"as": dot.x == dot.y, "short": dot.y < dot.x, "long": dot.y > dot.x}[dot.side]


@given(ITEMS)
def test_no_tick_is_written_over_another(items: list[dict[str, int]]) -> None:
    places = [tick.at for tick in dots_of(items).ticks]
    assert all(later - earlier >= 30 for earlier, later in pairwise(places))
