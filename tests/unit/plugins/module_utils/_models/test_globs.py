# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Globs with a range that matches nothing."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.globs import find_impossible_range


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Tests [z-a]", "[z-a]"),
        ("[!z-a]*", "[!z-a]"),
        ("[ab9-0]", "[ab9-0]"),
        ("[a-z][9-0]", "[9-0]"),
        ("[]-a]", None),
        ("[^-]]", None),
        ("[a-]", None),
        ("[-a]", None),
        ("[a-c-b]", None),
        ("[]", None),
        ("[!]", None),
        ("Tests [1]", None),
        ("Tests [1", None),
        ("a]", None),
        ("", None),
    ],
)
def test_impossible_ranges_are_found(pattern: str, expected: str | None) -> None:
    assert find_impossible_range(pattern) == expected


@given(st.text("ab-19", min_size=1, max_size=8))
def test_a_class_that_matches_nothing_is_found(characters: str) -> None:
    pattern = f"[{characters}]"
    # Each character of such a class is one of these, or between two of them.
    if not any(fnmatchcase(character, pattern) for character in "ab-19"):
        assert find_impossible_range(pattern) == pattern
