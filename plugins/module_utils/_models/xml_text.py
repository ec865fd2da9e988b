# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that devices store and return as XML 1.0: what it can hold, and when two texts are equal.

A device may trim a text, fold its whitespace, and change its Unicode normalization form. No text is sent that only
differs in these, and no difference in these causes a write.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option

# An XML attribute cannot hold a line break or a tab: a parser reads each as a blank.
_WITH_LINE_BREAK_OR_TAB = re.compile(r" *[\r\n\t][ \r\n\t]*")
# Of Unicode: a device may fold a no-break space or a line separator, too.
_WHITESPACE = re.compile(r"\s+")
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Stands for each character of a device that XML cannot hold. XML allows it, but Unicode reserves it for such use, and
# no option accepts it. So a text that has it equals no desired text, and is recognized wherever it would be sent.
_REPLACED = "\ufdd0"
_NOT_IN_OPTIONS = re.compile(f"{_NOT_IN_XML.pattern}|{_REPLACED}")
# A device that stores fewer characters of a name is not known, and a shorter name may be another one by chance.
_MIN_TRUNCATED = 8


def normalize_text(text: str) -> str:
    """Return the text as it is sent: NFC, on one line, without whitespace at its ends. Blanks inside it are kept."""
    return _WITH_LINE_BREAK_OR_TAB.sub(" ", normalize("NFC", text)).strip()


def fold_text(text: str) -> str:
    """Return what all equal texts have in common: NFC, one blank for each run of whitespace, none at the ends."""
    return _WHITESPACE.sub(" ", normalize("NFC", text)).strip()


def fold_pattern(pattern: str) -> str:
    """Return a glob for folded texts. Its blanks at the ends are kept, since ``*`` beside them is another pattern."""
    return _WHITESPACE.sub(" ", normalize("NFC", pattern.strip("\r\n")))


def same_text(one: str, other: str) -> bool:
    """Return whether two texts are equal except for what a device may change: whitespace and normalization form."""
    return one == other or fold_text(one) == fold_text(other)


def may_be_rewritten(found: str, sent: str, *, is_longest: bool) -> bool:
    """Return whether a device may have stored ``sent`` as ``found``: truncated, or in another form, case, or encoding.

    :param is_longest: whether the device has no longer text, so that it may also be a very short limit.
    """
    # Half a character at the end may be U+FFFD.
    stored = _decompose(found.rstrip(f"\ufffd{_REPLACED}"))
    if not stored:
        return False
    is_cut = is_longest or len(fold_text(found)) >= _MIN_TRUNCATED
    forms = (_decompose(form) for form in _encoded_forms(normalize("NFC", sent)))
    return any(form.startswith(stored) if is_cut else form == stored for form in forms)


def _encoded_forms(text: str) -> tuple[str, ...]:
    """Return what becomes of a text on a device that does not store it in UTF-8."""
    encoded = (text.encode(charset, "replace").decode(charset) for charset in ("iso-8859-1", "ascii"))
    return text, text.encode("utf-8", "replace").decode("iso-8859-1"), *encoded


def _decompose(text: str) -> str:
    # A limit may separate an accent from its letter.
    return normalize("NFKD", fold_text(normalize("NFKD", text)).casefold())


def replace_invalid(text: str) -> str:
    """Return the text with U+FFFD for each character that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def mark_invalid(text: str) -> str:
    """Return the text with a mark for each character that XML cannot hold."""
    return _NOT_IN_XML.sub(_REPLACED, text)


def has_replaced(text: str | None) -> bool:
    """Return whether the text of a device had characters that XML cannot hold."""
    return text is not None and _REPLACED in text


def show_replaced(text: str) -> str:
    """Return the text with U+FFFD for each character that XML cannot hold, as it is shown to a person."""
    # A message may quote the text, which escapes the mark.
    return str(text).replace(_REPLACED, "\ufffd").replace("\\ufdd0", "\ufffd")


def check_xml_text(text: str, option: Option) -> str:
    """Return the text of an option if XML can hold it.

    :raises InvalidOptionError: ``invalid_option``, with the first character that XML 1.0 does not allow.
    """
    if found := _NOT_IN_OPTIONS.search(text):
        raise invalid_option(
            Message(
                "{option} has the character {character!r} at position {position}",
                {"option": option, "character": found.group(), "position": found.start() + 1},
            ),
            "Remove the character. Devices return texts as XML, which does not allow it.",
        )
    return text
