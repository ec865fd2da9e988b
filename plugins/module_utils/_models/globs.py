# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Globs: what in a pattern cannot match anything, although the module ``fnmatch`` accepts it."""

from __future__ import annotations


def find_impossible_range(pattern: str) -> str | None:
    """Return the first bracket expression with a range that matches no character, such as ``[z-a]``, or ``None``.

    In Python 3.10.4 and earlier, such a range is an error when the glob is used.
    """
    start = pattern.find("[")
    while start >= 0:
        first = start + 1 + pattern.startswith("!", start + 1)
        # A closing bracket in the first place is a character.
        end = pattern.find("]", first + 1)
        if end < 0:
            return None
        if _has_reversed_range(pattern[first:end]):
            return pattern[start : end + 1]
        start = pattern.find("[", end + 1)
    return None


def _has_reversed_range(characters: str) -> bool:
    # A hyphen at either end is a character, and so is one right after a range.
    hyphen = characters.find("-", 1)
    while 0 <= hyphen < len(characters) - 1:
        if characters[hyphen - 1] > characters[hyphen + 1]:
            return True
        hyphen = characters.find("-", hyphen + 3)
    return False
