# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which texts can name a host or a group. Pure.

A host name must select exactly this host as a pattern, as in ``--limit``, and must be usable as the name of a file in
``host_vars``. Ansible itself accepts any text.
"""

from __future__ import annotations

import re
import unicodedata

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import find_invisible

#: The name of a host, or of a group, is not longer, in bytes of UTF-8: most file systems allow 255 with the suffix.
MAX_NAME = 200

# By character, what it means to Ansible.
_ANYWHERE = {
    ",": "separates patterns",
    ":": "separates patterns",
    "[": "begins a range in patterns",
    "]": "ends a range in patterns",
    "*": "matches any text in patterns",
    "?": "matches any character in patterns",
    "{": "begins a template",
    "}": "ends a template",
    "/": "separates directories",
    "\\": "separates directories",
}
_AT_START = {
    "!": "excludes hosts in patterns",
    "&": "intersects patterns",
    "~": "begins a regular expression in patterns",
    "@": "begins the name of a file in patterns",
    "-": "begins an option of a command",
    ".": "hides a file",
}
# What patterns and inventories use otherwise. The addresses are localhost, too.
_RESERVED_HOSTS = frozenset({"all", "ungrouped", "localhost", "127.0.0.1", "::1", "_meta"})
_RESERVED_GROUPS = frozenset({"all", "ungrouped", "localhost", "_meta"})
# What ansible-core accepts without a warning.
_GROUP = re.compile(r"[^\W\d]\w*")


def normalize_name(text: str) -> str:
    """Return the name in the form that a keyboard writes: characters with accents are one character (NFC)."""
    return unicodedata.normalize("NFC", text)


def name_key(name: str) -> str:
    """Return a key that is the same for names that differ only in case, or that look the same (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def find_host_fault(name: str) -> str | None:
    """Return why a text cannot be the name of a host, as in "the name … has a space", or ``None``.

    :param name: normalized.
    """
    if not name:
        return "is empty"
    if fault := _find_common_fault(name):
        return fault
    if any(character.isspace() for character in name):
        return "has a space, which separates patterns"
    for character in name:
        if character in _ANYWHERE:
            return f"has the character {character}, which {_ANYWHERE[character]}"
    if name[0] in _AT_START:
        return f"begins with {name[0]}, which {_AT_START[name[0]]}"
    if name.endswith("."):
        return "ends with a full stop, so two names of one host differ"
    if name_key(name) in _RESERVED_HOSTS:
        return "is reserved by Ansible"
    return None


def find_group_fault(name: str) -> str | None:
    """Return why a text cannot be the name of a group, or ``None``.

    :param name: normalized.
    """
    if not name:
        return "is empty"
    if fault := _find_common_fault(name):
        return fault
    if not _GROUP.fullmatch(name):
        return "is not only letters, digits, and underscores after a letter"
    if name_key(name) in _RESERVED_GROUPS:
        return "is reserved by Ansible"
    return None


def _find_common_fault(name: str) -> str | None:
    if character := find_invisible(name):
        return f"has the invisible character U+{ord(character):04X}"
    if len(name.encode("utf-8")) > MAX_NAME:
        return f"is longer than {MAX_NAME} bytes"
    return None
