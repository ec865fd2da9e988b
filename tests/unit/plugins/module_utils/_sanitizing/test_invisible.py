# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invisible characters are removed."""

from __future__ import annotations

import unicodedata

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible

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
