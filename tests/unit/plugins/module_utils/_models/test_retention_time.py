# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retention times: how they are parsed, compared, and formatted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    parse_retention_time,
    sort_key,
)


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("720", 720),
        ("36h", 36),
        ("30d", 720),
        ("4w", 672),
        ("unlimited", 0),
        ("0", 0),
        ("1", 1),
        ("0720", 720),
        ("007d", 168),
    ],
)
def test_valid_texts(written: str, hours: int) -> None:
    assert parse_retention_time(written) == hours


@pytest.mark.fault("zero with a unit")
@pytest.mark.parametrize("written", ["00", "000", "0h", "00h", "0d", "0w", "00000000w"])
def test_a_zero_that_is_not_0_is_an_error(written: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        parse_retention_time(written)
    assert caught.value.message == f"retention_time is {written!r}, which may mean no time or no limit"
    assert caught.value.next_step == ("Set retention_time to unlimited, which equals 0, or to at least one hour (1h).")


@pytest.mark.parametrize(
    ("written", "hours"),
    [("596523", 596523), ("596523h", 596523), ("0596523", 596523), ("24855d", 596520), ("3550w", 596400)],
)
def test_the_longest_times(written: str, hours: int) -> None:
    assert parse_retention_time(written) == hours
    assert hours * 3600 < 2**31


@pytest.mark.fault("retention time of more than 31 bits of seconds")
@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("596524", "596524"),
        ("596524h", "596524"),
        ("24856d", "596544"),
        ("3551w", "596568"),
        ("1193767", "1193767"),
        ("9" * 99, "9" * 99),
    ],
)
def test_a_time_of_more_seconds_than_31_bits_is_an_error(written: str, hours: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        parse_retention_time(written)
    assert caught.value.message == (
        f"retention_time is {written!r}, which is {hours} hours and more than the maximum of 596523 hours"
    )
    assert caught.value.next_step.startswith(
        "Set retention_time to at most 596523h, 24855d, or 3550w, or to unlimited."
    )


@pytest.mark.parametrize(
    "written", ["30x", "-1", "1.5", "True", "", " 7", "7\n", "٣", "1e3", "30 d", "d", "30D", "1d12h", "9" * 5000]
)
def test_an_invalid_text_is_an_error_with_its_option(written: str) -> None:
    with pytest.raises(InvalidOptionError, match="retention_time"):
        parse_retention_time(written)


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0, "unlimited"), (1, "1 hour"), (24, "24 hours (1 day)"), (720, "720 hours (30 days)"), (25, "25 hours")],
)
def test_retention_times_are_formatted(hours: int, text: str) -> None:
    assert format_retention_time(hours) == text


@given(st.integers(1, 10**9))
def test_unlimited_is_above_every_number(hours: int) -> None:
    assert sort_key(0) > sort_key(hours)
    assert sort_key(hours + 1) > sort_key(hours)


@given(st.integers(1, 3550), st.sampled_from([("", 1), ("h", 1), ("d", 24), ("w", 168)]))
def test_units_are_converted_to_hours(number: int, unit: tuple[str, int]) -> None:
    assert parse_retention_time(f"{number}{unit[0]}") == number * unit[1]
    assert parse_retention_time(str(parse_retention_time(f"{number}{unit[0]}"))) == number * unit[1]


@given(st.text(max_size=12) | st.from_regex(r"\s?[+-]?\d{1,12}[.e]?\d?[A-Za-z]?\s?"))
def test_any_text_gives_hours_or_an_error(written: str) -> None:
    hours_per_unit = {"h": 1, "d": 24, "w": 168}
    match = re.fullmatch("([0-9]+)([hdw]?)", written)
    hours = int(match[1]) * hours_per_unit.get(match[2], 1) if match else 0
    if written in {"unlimited", "0"} or 0 < hours <= 596_523:
        assert parse_retention_time(written) == hours
    else:
        with pytest.raises(InvalidOptionError) as caught:
            parse_retention_time(written)
        assert caught.value.kind == "invalid_option"


MAX_HOURS = 999_999_999 * 168


@given(st.lists(st.sampled_from([0, 1, MAX_HOURS - 1, MAX_HOURS]) | st.integers(0, 10**9), min_size=1))
def test_unlimited_is_sorted_last(retention_times: list[int]) -> None:
    by_length = sorted(retention_times, key=sort_key)
    limited = sorted(item for item in retention_times if item != 0)
    assert by_length == [*limited, *(0 for item in retention_times if item == 0)]


@given(st.integers(1, 10**12))
def test_a_formatted_time_begins_with_its_hours(hours: int) -> None:
    text = format_retention_time(hours)
    assert text.split()[0] == str(hours)
    assert ("day" in text) is (hours % 24 == 0)
