# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Durations are compared by value where that is decidable."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_duration import (
    is_longer,
    parse_duration,
    same_duration,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PT60S", "PT1M"),
        ("PT3600S", "PT1H"),
        ("P1D", "PT24H"),
        ("P1DT1H", "PT25H"),
        ("PT90M", "PT1H30M"),
        ("PT1.50S", "PT1.5S"),
        ("PT0S", "P0D"),
        ("-PT0S", "PT0S"),
        ("P1Y", "P12M"),
        ("P1Y2MT60S", "P14MT1M"),
        ("PT060S", "PT60S"),
        (" PT60S\n", "PT1M"),
        (f"PT{'0' * 5000}60S", "PT1M"),
        ("never", "never "),
        (None, None),
    ],
)
def test_equal_durations(one: str | None, other: str | None) -> None:
    for first, second in ((one, other), (other, one)):
        assert same_duration(first, second)
        assert not is_longer(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PT60S", "PT61S"),
        ("PT1M", "P1M"),
        # A month has no length in days.
        ("P1M", "P30D"),
        ("PT1S", "-PT1S"),
        ("PT1S", "PT1.5S"),
        ("PT60S", None),
        ("PT0S", None),
        ("P", "PT"),
        ("60", "PT60S"),
        ("PT1M60", "PT2M"),
        (f"PT{'9' * 5000}S", f"PT{'8' * 5000}S"),
    ],
)
def test_other_durations(one: str | None, other: str | None) -> None:
    for first, second in ((one, other), (other, one)):
        assert not same_duration(first, second)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1", "1D", "PT1D", "P1H", "P1DT", "PT1S1M", "P1.5D", "PT.5S", "PT1.S", "+PT1S", "P-1D", "pt1s"],
)
def test_other_texts_are_no_durations(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("one", "other", "longer"),
    [
        ("PT61S", "PT1M", True),
        ("PT59S", "PT1M", False),
        ("PT1S", None, True),
        ("PT0S", None, False),
        (None, "PT1S", False),
        (None, "PT0S", False),
        # Undecidable.
        ("P1M", "P30D", True),
        ("P30D", "P1M", True),
        ("never", "PT1S", True),
        ("PT1S", "never", True),
    ],
)
def test_longer_durations(one: str | None, other: str | None, longer: bool) -> None:
    assert is_longer(one, other) is longer
