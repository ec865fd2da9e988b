# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text is read without its escapes, and the place of what is found is known."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.escapes import View, decode_levels


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("none", []),
        ("%41=42\\x43\\u0044&#69;&#x46;&amp;", ["ABCDEF&"]),
        ("a=\r\nb=\nc+d", ["abc d"]),
        ("\\101\\0102 \\1018 \\u{43}\\x{1d11e} \\U00000044\\U0001d11e", ["AB A8 C\U0001d11e D\U0001d11e"]),
        ("%u0041%ud834%udd1e%U0042 &#67x&#x44z &eacute&amp", ["A\U0001d11eB CxDz \u00e9&"]),
        ('it\'\'s ""so""', ['it\'s "so"']),
        ("\\ud834\\udd1e &eacute;&EACUTE;", ["\U0001d11e \u00e9\u00e9"]),
        ("'\"'\"' '\\'' \\\\", ["' ' "]),
        ("%2541 &amp;amp;#65;", ["%41 &amp;#65;", "A &#65;", "A A"]),
        ("&unknown; &#1114112; \\u{110000} \\u{ffffffff} %4 %u004 =x", []),
    ],
)
def test_escapes_are_decoded_level_by_level(written: str, levels: list[str]) -> None:
    assert [view.data.decode() for view in decode_levels(View(written.encode()), None)] == levels


def test_only_some_bytes_are_decoded() -> None:
    assert [view.data for view in decode_levels(View(b"%41%42%43"), frozenset(b"ac"))] == [b"A%42C"]


def test_bytes_are_decoded_in_a_charset() -> None:
    assert [view.data.decode() for view in decode_levels(View(b"%e9"), None, "latin-1")] == ["\u00e9"]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("x%25%34%31y", "A"),
        ("x%25%34%31y", "xA"),
        ("x&amp;#65;&#66;y", "AB"),
        ("x\\\\y", "x"),
        ("a+b%20c", "b c"),
    ],
)
def test_place_in_the_original_text_is_found(written: str, found: str) -> None:
    *_levels, view = decode_levels(View(written.encode()), None)
    start = view.data.index(found.encode())
    first, last = view.find_origin(start, start + len(found))
    *_levels, part = decode_levels(View(written.encode()[first:last]), None)
    assert part.data == found.encode()
