# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that devices return as XML: what XML can hold, and when two texts are equal."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import (
    check_xml_text,
    fold_text,
    same_text,
)

# All that XML 1.0 can hold.
XML_TEXT = st.text(
    st.sampled_from(" \t\n\r\"&<>'\u0085\u2028a")
    | st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"),
)


def from_attribute(text: str) -> str | None:
    """Return what a parser reads of an attribute with this text."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return ElementTree.fromstring(f'<a b="{escaped}"/>').get("b")


@settings(max_examples=150, deadline=None, database=None)
@given(XML_TEXT)
def test_a_folded_text_is_what_a_parser_reads(text: str) -> None:
    assert fold_text(text) == from_attribute(text)


@settings(max_examples=50, deadline=None, database=None)
@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Door", "Door", True),
        ("Door", "door", False),
        ("Door\n", "Door ", True),
        ("Door\n", "Door", False),
        ("a\r\nb", "a b", True),
        ("a\r\nb", "a  b", False),
        ("a\n\nb", "a  b", True),
        ("a\n\nb", "a b", False),
        ("a\tb", "a\nb", True),
        ("a\rb", "a b", True),
        ("a\u00a0b", "a b", False),
        ("", "", True),
        ("", " ", False),
    ],
)
def test_line_breaks_and_tabs_equal_blanks(one: str, other: str, same: bool) -> None:
    assert same_text(one, other) is same
    assert same_text(other, one) is same  # pylint: disable=arguments-out-of-order


LINE_ENDS = st.text("\r\n\t a", max_size=3)


@given(LINE_ENDS, LINE_ENDS)
@settings(max_examples=400)
def test_texts_are_equal_if_a_parser_reads_the_same(one: str, other: str) -> None:
    assert same_text(one, other) is (from_attribute(one) == from_attribute(other))
    assert same_text(one, fold_text(one))


@given(XML_TEXT)
def test_a_text_that_xml_can_hold_is_returned(text: str) -> None:
    assert check_xml_text(text, Option("nice_name")) == text


@pytest.mark.parametrize("character", ["\0", "\x08", "\x1f", "\ud800", "\ufffe"])
def test_a_character_that_xml_cannot_hold_is_an_error(character: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        check_xml_text(f"ab{character}c", Option("groups")[3]["nice_name"])
    assert caught.value.message == f"groups[3].nice_name has the character {character!r} at position 3"
