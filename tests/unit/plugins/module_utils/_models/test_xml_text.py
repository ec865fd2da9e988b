# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that devices return as XML: what XML can hold, what is sent, and when two texts are equal."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import (
    check_xml_text,
    fold_pattern,
    fold_text,
    has_replaced,
    mark_invalid,
    may_be_rewritten,
    normalize_text,
    same_text,
    show_replaced,
)

# All that XML 1.0 can hold, except the mark of a character that it cannot hold.
XML_TEXT = st.text(
    st.sampled_from(" \t\n\r\"&<>'\u0085\u00a0\u2028\u3000a")
    | st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff\ufdd0"),
)


def from_attribute(text: str) -> str | None:
    """Return what a parser reads of an attribute with this text."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return ElementTree.fromstring(f'<a b="{escaped}"/>').get("b")


def device_forms(text: str) -> list[str]:
    """Return a text as devices may store it: truncated ones are other texts."""
    in_attribute = str(from_attribute(text))
    return [
        in_attribute,
        in_attribute.strip(),
        re.sub("[ \t\r\n]+", " ", text).strip(),
        " ".join(in_attribute.split()),
        *(unicodedata.normalize(form, in_attribute) for form in ("NFC", "NFD")),
        unicodedata.normalize("NFD", in_attribute.strip()),
    ]


@settings(max_examples=150, deadline=None, database=None)
@given(XML_TEXT)
def test_every_form_of_a_device_equals_the_text(text: str) -> None:
    for stored in device_forms(text):
        assert same_text(stored, text)
        assert fold_text(stored) == fold_text(text)


@settings(max_examples=150, deadline=None, database=None)
@given(XML_TEXT)
def test_a_text_as_sent_survives_attribute_trim_and_nfc(text: str) -> None:
    sent = normalize_text(text)
    assert same_text(sent, text)
    assert sent == normalize_text(sent) == from_attribute(sent) == sent.strip() == unicodedata.normalize("NFC", sent)
    assert not set(sent) & set("\t\r\n")


@settings(max_examples=50, deadline=None, database=None)
@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text) == fold_text(normalize_text(text))


@pytest.mark.parametrize(
    ("text", "sent", "folded"),
    [
        ("Door\n", "Door", "Door"),
        ("  Door\t", "Door", "Door"),
        ("Front\r\ndoor", "Front door", "Front door"),
        ("Front \n\n  door", "Front door", "Front door"),
        ("Front  door", "Front  door", "Front door"),
        ("Tu\u0308r", "T\u00fcr", "T\u00fcr"),
        ("\u00a0Door\u00a0", "Door", "Door"),
        (" \n", "", ""),
    ],
)
def test_a_text_is_sent_on_one_line_and_compared_folded(text: str, sent: str, folded: str) -> None:
    assert normalize_text(text) == sent
    assert fold_text(text) == folded


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Door", "Door", True),
        ("Door", "door", False),
        ("Door\n", "Door ", True),
        ("Door\n", "Door", True),
        ("a\r\nb", "a b", True),
        ("a\r\nb", "a  b", True),
        ("a\n\nb", "a b", True),
        ("a\tb", "a\nb", True),
        ("ab", "a b", False),
        ("a\u00a0b", "a b", True),
        ("a\u2028b", "a b", True),
        ("a\u3000\u0085b", "a b", True),
        ("a\u200bb", "a b", False),
        ("Tu\u0308r", "T\u00fcr", True),
        ("Tu\u0308r", "Tur", False),
        ("", "", True),
        ("", " ", True),
    ],
)
def test_whitespace_and_normalization_form_do_not_matter(one: str, other: str, same: bool) -> None:
    assert same_text(one, other) is same
    assert same_text(other, one) is same  # pylint: disable=arguments-out-of-order


@pytest.mark.parametrize(
    ("pattern", "folded"),
    [("Door*\n", "Door*"), ("Front\t door ?", "Front door ?"), (" *", " *"), ("Tu\u0308r*", "T\u00fcr*")],
)
def test_a_pattern_keeps_its_blanks(pattern: str, folded: str) -> None:
    assert fold_pattern(pattern) == folded


@pytest.mark.parametrize(
    ("found", "is_longest", "expected"),
    [
        ("Entrance hall", False, True),
        ("Entrance", False, True),
        ("Entranc", False, False),
        ("Ent", True, True),
        ("", True, False),
        ("Entrance hall, north 2", True, False),
        ("entrance hall", True, True),
        ("entranc", False, False),
        ("ENTRANCE HALL, NORTH", False, True),
        ("Exit hall, north", True, False),
        ("Entrance  hall,\n", False, True),
        ("Entrance hall, north", False, True),
        ("Entrance hall\ufffd", False, True),
    ],
)
def test_a_name_may_be_a_rewritten_one(found: str, is_longest: bool, expected: bool) -> None:
    assert may_be_rewritten(found, "Entrance hall, north", is_longest=is_longest) is expected


@pytest.mark.parametrize("found", ["Eingangstu\u0308r", "Eingangstu", "Eingangst\u00fc", "Eingangstu\u0308"])
def test_a_limit_may_separate_an_accent_from_its_letter(found: str) -> None:
    assert may_be_rewritten(found, "Eingangst\u00fcr", is_longest=False)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("T\u00c3\u00bcr", True),
        ("T?r", True),
        ("TU\u0308R", True),
        ("T\u00fcr\u00a0", True),
        ("Tur", False),
        ("Tor", False),
        ("T\u00fc", False),
    ],
)
def test_a_short_name_may_be_in_another_encoding(found: str, expected: bool) -> None:
    assert may_be_rewritten(found, "T\u00fcr", is_longest=False) is expected


@given(XML_TEXT, XML_TEXT)
def test_any_name_may_be_truncated(found: str, sent: str) -> None:
    assert may_be_rewritten(found, f"{found}-{sent}", is_longest=True) is bool(fold_text(found.rstrip("\ufffd")))


@given(XML_TEXT)
def test_a_text_that_xml_can_hold_is_returned(text: str) -> None:
    assert check_xml_text(text, Option("nice_name")) == text


@pytest.mark.parametrize("character", ["\0", "\x08", "\x1f", "\ud800", "\ufffe"])
def test_a_character_that_xml_cannot_hold_is_an_error(character: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        check_xml_text(f"ab{character}c", Option("groups")[3]["nice_name"])
    assert caught.value.message == f"groups[3].nice_name has the character {character!r} at position 3"


@given(st.text(), st.text())
def test_a_marked_text_equals_no_option(one: str, other: str) -> None:
    marked = mark_invalid(f"{one}\0")
    assert has_replaced(marked)
    assert not has_replaced(show_replaced(marked))
    with pytest.raises(InvalidOptionError):
        check_xml_text(marked, Option("nice_name"))
    assert not same_text(marked, other.replace("\ufdd0", ""))
    assert not same_text(marked, show_replaced(marked))


@given(XML_TEXT)
def test_a_valid_text_is_not_marked(text: str) -> None:
    assert mark_invalid(text) == text
    assert not has_replaced(text)


def test_a_quoted_mark_is_shown() -> None:
    marked = mark_invalid("a\0")
    assert show_replaced(f"{marked!r} and {marked}") == "'a\ufffd' and a\ufffd"


@pytest.mark.parametrize("found", ["Tür am T\udcc3", "Tür am To\0"])
def test_half_a_character_may_be_the_end_of_a_truncated_name(found: str) -> None:
    assert may_be_rewritten(mark_invalid(found), "Tür am Tor 1", is_longest=True)
