# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text of a device is compared and sent as it was received, and shown in its safe form."""

from __future__ import annotations

import copy

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import (
    UnsafeText,
    as_received,
    sanitize,
)


def test_unsafe_text_is_compared_as_received_and_shown_safely() -> None:
    text = UnsafeText("a\x1bb", "ab")
    assert text == "a\x1bb"
    assert {text: 1}["a\x1bb"] == 1
    assert (str(text), repr(text), f"{text}", f"{text:>3}") == ("ab", "'ab'", "ab", " ab")
    for same in (copy.deepcopy(text), copy.copy(text)):
        assert (same, sanitize(same), as_received(same)) == ("a\x1bb", "ab", "a\x1bb")
    assert sanitize({"x": [text, ("y\u202e", 1)]}) == {"x": ["ab", ["y", 1]]}


def test_result_without_unsafe_texts_is_not_copied() -> None:
    result = {"x": ["a\nb", {"y": 1}], "z": None}
    assert sanitize(result) is result
