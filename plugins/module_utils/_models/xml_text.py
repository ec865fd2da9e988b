# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that devices store and return as XML 1.0: what it can hold, and when two texts are equal."""

from __future__ import annotations

import re

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option

# An XML attribute cannot hold a line break or a tab: a parser reads each as a blank.
_LINE_BREAK_OR_TAB = re.compile(r"\r\n|[\r\n\t]")
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fold_text(text: str) -> str:
    """Return the text as an XML attribute returns it (XML 1.0, sections 2.11 and 3.3.3)."""
    return _LINE_BREAK_OR_TAB.sub(" ", text)


def same_text(one: str, other: str) -> bool:
    """Return whether two texts are equal except for what an XML attribute cannot keep."""
    return fold_text(one) == fold_text(other)


def replace_invalid(text: str) -> str:
    """Return the text with U+FFFD for each character that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def check_xml_text(text: str, option: Option) -> str:
    """Return the text of an option if XML can hold it.

    :raises InvalidOptionError: ``invalid_option``, with the first character that XML 1.0 does not allow.
    """
    if found := _NOT_IN_XML.search(text):
        raise invalid_option(
            Message(
                "{option} has the character {character!r} at position {position}",
                {"option": option, "character": found.group(), "position": found.start() + 1},
            ),
            "Remove the character. Devices return texts as XML, which does not allow it.",
        )
    return text
