# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retention times as users write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._duration import describe, order, parse_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._errors import Refused


@pytest.mark.parametrize(
    ("written", "hours"),
    [("720", 720), ("36h", 36), ("30d", 720), ("4w", 672), ("unlimited", 0), ("0", 0), ("0d", 0), ("1", 1)],
)
def test_what_is_understood(written: str, hours: int) -> None:
    assert parse_retention_time(written) == hours


@pytest.mark.parametrize(
    "written", ["30x", "-1", "1.5", "True", "", " 7", "7\n", "٣", "1e3", "30 d", "d", "30D", "1d12h"]
)
def test_everything_else_is_refused_with_its_name(written: str) -> None:
    with pytest.raises(Refused, match="retention_time"):
        parse_retention_time(written)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0, "unlimited"), (1, "1 hour"), (24, "24 hours (1 day)"), (720, "720 hours (30 days)"), (25, "25 hours")],
)
def test_words(hours: int, words: str) -> None:
    assert describe(hours) == words


@given(st.integers(1, 10**9))
def test_unlimited_is_above_every_number(hours: int) -> None:
    assert order(0) > order(hours)
    assert order(hours + 1) > order(hours)
