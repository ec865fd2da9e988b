# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stream options: how they are read, compared, matched, and formatted."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import (
    format_stream_options,
    parse_stream_options,
    same_stream_options,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
dictionaries = st.dictionaries(texts.filter(bool), texts, max_size=5)


def encoded(text: str) -> str:
    """Every byte percent-encoded, in lower case: what a device may make of a value."""
    return "".join(f"%{byte:02x}" for byte in text.encode())


@given(dictionaries)
def test_what_is_written_is_read_again(options: dict[str, str]) -> None:
    assert dict(parse_stream_options(format_stream_options(options))) == options


@given(dictionaries)
def test_order_and_encoding_do_not_matter(options: dict[str, str]) -> None:
    text = format_stream_options(options)
    other = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in reversed(options.items()))
    assert same_stream_options(text, text)
    assert same_stream_options(text, other)
    assert same_stream_options(other, text)


@given(dictionaries.filter(bool))
def test_another_value_matters(options: dict[str, str]) -> None:
    name = next(iter(options))
    changed = {**options, name: options[name] + "-"}
    assert not same_stream_options(format_stream_options(options), format_stream_options(changed))


@given(st.text(), st.text())
def test_no_text_of_a_device_is_an_error(one: str, other: str) -> None:
    assert same_stream_options(one, one)
    assert same_stream_options(one, other) == same_stream_options(other, one)  # pylint: disable=arguments-out-of-order


# Near to what a device may say: a name twice, escapes that are whole, broken or no UTF-8, pairs that are none.
names = st.sampled_from(["a", "%61", "b", "device"])
values = st.sampled_from(["", "ab", "AB", "%41B", "%26", "%c3%bc", "x=y"])
pairs = st.tuples(names, values).map("=".join)
bad = st.sampled_from(["a", "", "=1", "%=1", "a=%ff", "a=%4"])
written = st.lists(st.one_of(pairs, pairs, pairs, bad), max_size=3).map("&".join)


def meaning(text: str) -> object:
    """What a text means, said without the code under test: its decoded pairs; a serial number has no case."""
    parts = [part.partition("=") for part in text.split("&") if text]
    decoded = {unquote(name): unquote(value) for name, _sign, value in parts}
    serial = decoded.get("device", "")
    return {**decoded, "device": serial.upper()} if re.fullmatch("[0-9A-Fa-f]{2,}", serial) else decoded


@given(written)
@settings(max_examples=500)
def test_what_parses_is_written_so_that_it_means_the_same(text: str) -> None:
    try:
        found = parse_stream_options(text)
    except InvalidOptionError:
        return
    again = format_stream_options(dict(found))
    assert parse_stream_options(again) == found
    assert same_stream_options(text, again)


CHANGES: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("ab", "AB"),
    lambda text: "&".join(reversed(text.split("&"))),
    lambda text: text.replace("a", "%61"),
)


@given(written, written | st.sampled_from(CHANGES))
@settings(max_examples=500)
def test_two_texts_that_parse_are_the_same_where_their_pairs_are(one: str, second: str | Callable[[str], str]) -> None:
    other = second if isinstance(second, str) else second(one)
    with contextlib.suppress(InvalidOptionError):
        parse_stream_options(one)
        parse_stream_options(other)
        assert same_stream_options(one, other) is (meaning(one) == meaning(other))


@given(st.lists(written, min_size=3, max_size=3))
def test_what_means_the_same_as_a_second_means_the_same_as_a_third(texts: list[str]) -> None:
    one, other, third = texts
    if same_stream_options(one, other) and same_stream_options(other, third):
        assert same_stream_options(one, third)


def test_a_serial_has_no_case_and_other_values_have() -> None:
    assert same_stream_options("device=aabbccddeeff", "device=AABBCCDDEEFF")
    assert not same_stream_options("device=front", "device=FRONT")
    assert not same_stream_options("streamprofile=ab", "streamprofile=AB")


def test_separators_in_a_value_are_encoded() -> None:
    assert format_stream_options({"text": "a&b=c+d%"}) == "text=a%26b%3Dc%2Bd%25"
    assert format_stream_options({"resolution": "1920x1080", "camera": "1"}) == "resolution=1920x1080&camera=1"


@pytest.mark.parametrize("text", ["resolution", "=1", "a=1&&b=2", "a=1&", "a=%", "a=%zz", "a=1&a=2", "a=%ff"])
def test_what_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(InvalidOptionError):
        parse_stream_options(text)
