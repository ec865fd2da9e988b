# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invisible characters are removed."""

from __future__ import annotations

import unicodedata

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import (
    escape_invisible,
    find_invisible,
    has_controls,
    remove_invisible,
)

INVISIBLE = [
    character
    for character in map(chr, range(0x110000))
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
]


def test_every_invisible_character_is_removed() -> None:
    text = "".join(f"x{character}" for character in INVISIBLE)
    assert set(remove_invisible(text)) == {"x", " "}
    assert set(remove_invisible(text, keep_lines=True)) == {"x", "\n"}
    assert remove_invisible("Tür 日本 𝄞 é\u0301") == "Tür 日本 𝄞 é\u0301"


def test_line_breaks_become_blanks() -> None:
    assert remove_invisible("a\r\nb\u2028c\x85d\te") == "a b c d e"


def test_escaped_names_stay_different() -> None:
    names = ["a\x1b", "a\x9b", "a\u202e", "a\u200b", "a\n", "a\U000e0041", "a"]
    shown = [escape_invisible(name) for name in names]
    assert shown == [r"a\x1b", r"a\x9b", r"a\u202e", r"a\u200b", r"a\n", r"a\U000e0041", "a"]
    assert [find_invisible(name) for name in names] == ["\x1b", "\x9b", "\u202e", "\u200b", "\n", "\U000e0041", None]
    assert not any(map(find_invisible, shown))


@pytest.mark.parametrize(
    "character", ["\0", "\t", "\x1b", "\r", "\n", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\u2066"]
)
def test_controls_are_found(character: str) -> None:
    assert has_controls(f"a{character}b")


@pytest.mark.parametrize("name", ["camera-1", "Tür 日本 é\u0301", "می\u200cخواهم"])
def test_names_without_controls_are_valid(name: str) -> None:
    assert not has_controls(name)
