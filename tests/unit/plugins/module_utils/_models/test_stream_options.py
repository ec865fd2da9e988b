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
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import (
    are_stream_options,
    build_patterns,
    build_stream_options,
    canonical_stream_options,
    format_stream_options,
    has_stream_options,
    parse_stream_options,
    recorded_source,
    same_stream_options,
    without_empty_pairs,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
dictionaries = st.dictionaries(texts.filter(bool), texts, max_size=5)


def encoded(text: str) -> str:
    """Return every byte percent-encoded in lower case, as a device may return it."""
    return "".join(f"%{byte:02x}" for byte in text.encode())


@given(dictionaries)
def test_formatted_options_parse_to_the_same_pairs(options: dict[str, str]) -> None:
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
def test_comparison_accepts_any_text(one: str, other: str) -> None:
    assert same_stream_options(one, one)
    assert same_stream_options(one, other) == same_stream_options(other, one)  # pylint: disable=arguments-out-of-order


# Similar to texts of devices: duplicate names, valid and invalid escapes, pairs without a name or a value.
names = st.sampled_from(["a", "%61", "b", "device"])
values = st.sampled_from(["", "ab", "AB", "%41B", "%26", "%c3%bc", "x=y"])
pairs = st.tuples(names, values).map("=".join)
bad = st.sampled_from(["a", "", "=1", "%=1", "a=%ff", "a=%4"])
written = st.lists(st.one_of(pairs, pairs, pairs, bad), max_size=3).map("&".join)


def decoded_pairs(text: str) -> object:
    """Return the decoded pairs, computed without the code under test; case of a serial number is folded."""
    parts = [part.partition("=") for part in text.split("&") if text]
    decoded = {unquote(name): unquote(value) for name, _sign, value in parts}
    serial = decoded.get("device", "")
    return {**decoded, "device": serial.upper()} if re.fullmatch("[0-9A-Fa-f]{2,}", serial) else decoded


@given(written)
def test_parsed_options_are_formatted_to_an_equal_text(text: str) -> None:
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
def test_texts_are_equal_if_and_only_if_their_pairs_are(one: str, second: str | Callable[[str], str]) -> None:
    other = second if isinstance(second, str) else second(one)
    with contextlib.suppress(InvalidOptionError):
        parse_stream_options(one)
        parse_stream_options(other)
        assert same_stream_options(one, other) is (decoded_pairs(one) == decoded_pairs(other))


@given(st.lists(written, min_size=3, max_size=3))
def test_equality_is_transitive(texts: list[str]) -> None:
    one, other, third = texts
    if same_stream_options(one, other) and same_stream_options(other, third):
        assert same_stream_options(one, third)


def test_case_of_a_serial_number_does_not_matter() -> None:
    assert same_stream_options("device=aabbccddeeff", "device=AABBCCDDEEFF")
    assert not same_stream_options("device=front", "device=FRONT")
    assert not same_stream_options("streamprofile=ab", "streamprofile=AB")


def test_separators_in_a_value_are_encoded() -> None:
    assert format_stream_options({"text": "a&b=c+d%"}) == "text=a%26b%3Dc%2Bd%25"
    assert format_stream_options({"resolution": "1920x1080", "camera": "1"}) == "resolution=1920x1080&camera=1"


@pytest.mark.parametrize("text", ["resolution", "=1", "a=1&&b=2", "a=1&", "a=%", "a=%zz", "a=1&a=2", "a=%ff"])
def test_an_invalid_text_is_an_error(text: str) -> None:
    with pytest.raises(InvalidOptionError):
        parse_stream_options(text)


@given(written, written)
def test_equal_texts_and_no_others_have_one_canonical_form(one: str, other: str) -> None:
    assert same_stream_options(one, other) is (canonical_stream_options(one) == canonical_stream_options(other))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"resolution": "1920x1080", "camera": 1}, "resolution=1920x1080&camera=1"),
        ({"text": "a\nb"}, "text=a%0Ab"),
        ("camera=1&fps=%31", "camera=1&fps=%31"),
        ("", ""),
    ],
)
def test_the_value_of_an_option_gives_the_text_to_send(value: object, text: str) -> None:
    assert build_stream_options(value) == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a=1\n", "has a line break or a tab"),
        ("a=1&a=2", "sets 'a' twice"),
        ("fps", "has 'fps', which is not of the form name=value"),
        ("a=%", "is 'a=%', with an incomplete percent-escape at position 3"),
        ("a=%ff", "has a percent-escape in 'a=%ff' that is not UTF-8"),
        ({"text": "\0"}, "has the character '\\x00' at position 1"),
    ],
)
def test_an_invalid_value_is_an_error_with_its_option(value: object, message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_stream_options(value, Option("groups")[0]["stream_options"])
    assert caught.value.render({"groups": "retention_policy_groups"})[0] == (
        f"retention_policy_groups[0].stream_options {message}"
    )


@pytest.mark.parametrize(
    ("text", "patterns", "matches"),
    [
        ("camera=1&fps=5", (), True),
        ("%", (), True),
        ("camera=1&fps=5", (("camera", "1"),), True),
        ("camera=1&fps=5", (("camera", "[12]"), ("fps", "*")), True),
        ("camera=3&fps=5", (("camera", "[12]"),), False),
        ("camera=1", (("fps", "*"),), False),
        ("streamprofile=Low", (("streamprofile", "low"),), False),
        ("device=b8a44f01", (("device", "B8A4*"),), True),
        ("device=B8A44F01", (("device", "b8a4*"),), True),
        ("%", (("camera", "1"),), False),
    ],
)
def test_patterns_match_decoded_stream_options(text: str, patterns: tuple[tuple[str, str], ...], matches: bool) -> None:
    assert has_stream_options(text, patterns) is matches


def test_patterns_are_sorted_and_their_serial_numbers_folded() -> None:
    option = Option("match")["stream_options"]
    assert build_patterns({"device": "b8*", "camera": 1}, option) == (("camera", "1"), ("device", "B8*"))
    with pytest.raises(InvalidOptionError, match=r"match\.stream_options\.camera is true, which is not text\."):
        build_patterns({"camera": True}, option)


def test_a_source_is_a_device_and_a_camera() -> None:
    assert recorded_source("") == ("", "1")
    assert recorded_source("device=b8a44f01&camera=2") == ("B8A44F01", "2")
    assert recorded_source("fps") == ("fps", "")


@pytest.mark.parametrize("text", ["&a=1&b=2", "a=1&b=2&", "a=1&&b=2", "&&b=2&a=1&&"])
def test_ampersands_of_other_systems_have_no_meaning(text: str) -> None:
    assert same_stream_options(text, "a=1&b=2")
    assert has_stream_options(text, (("b", "2"),))
    assert without_empty_pairs(text) in {"a=1&b=2", "b=2&a=1"}
    assert not are_stream_options(text)
    assert recorded_source(f"&camera=3&{text}") == ("", "3")
    with pytest.raises(InvalidOptionError):
        build_stream_options(text)


def test_a_semicolon_is_not_regarded_as_a_separator() -> None:
    text = "streamprofile=Quality;camera=1"
    assert not same_stream_options(text, "streamprofile=Quality&camera=1")
    # A device may reject it, so it is not sent unless a task sets it.
    assert not are_stream_options(text)
    assert are_stream_options("text=a;b")
