# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Characters that are invisible, or that control a display."""

from __future__ import annotations

import re

#: For a set in a pattern: the categories Cc, Cf, Cs, Zl, Zp, all other characters that Unicode ignores, and those
#: that XML forbids.
INVISIBLE = (
    "\0-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_INVISIBLE_IN_LINES = re.compile(f"(?!\n)[{INVISIBLE}]")
# C0, C1, and DEL, line separators, what changes the direction of the text around it, and what cannot be written.
_CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")


def remove_invisible(text: str, *, keep_lines: bool = False) -> str:
    """Return the text without control and other invisible characters, so that it cannot change what is around it.

    :param keep_lines: whether line breaks stay as they are; otherwise each becomes a blank.
    """
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE_IN_LINES.sub("", text) if keep_lines else _INVISIBLE.sub("", _LINE_BREAKS.sub(" ", text))


def escape_invisible(text: str) -> str:
    """Return a name with each invisible character as an escape, so that different names stay different."""
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub(lambda match: ascii(match[0])[1:-1], text)


def find_invisible(text: str) -> str | None:
    """Return the first character that ``escape_invisible`` escapes, if any."""
    found = _INVISIBLE.search(text)
    return found[0] if found else None


def has_controls(text: str) -> bool:
    """Return whether a name controls a terminal, or changes the lines or the direction of the text around it."""
    return _CONTROLS.search(text) is not None
