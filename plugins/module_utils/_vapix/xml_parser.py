# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parser for XML of a device, and a check that the loaded lxml keeps its limits."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import UnsafeLibraryError
from ansible_collections.camfleet.axis.plugins.module_utils._http.libraries import unsafe_library

try:
    from lxml import etree
except ImportError:
    etree = None  # type: ignore[assignment] # the module xml reports it

if TYPE_CHECKING:
    from lxml.etree import XMLParser

_PROBE = b'<!DOCTYPE a [<!ENTITY b "c">]><a d="e"><!--f-->&b;<?g h?></a>'


def build_parser() -> XMLParser:
    """Return a parser that resolves no entities, loads nothing, and has limits."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )


def check_parser() -> None:
    """Check lxml, once in a process.

    :raises UnsafeLibraryError: ``unsafe_library``.
    """
    if (error := find_unsafe_parser()) is not None:
        raise error


@cache
def find_unsafe_parser() -> UnsafeLibraryError | None:
    """Return the error for a parser that expands entities, hides document types, or reads a document in another way."""
    if etree is None:
        return None
    try:
        root = etree.fromstring(_PROBE, build_parser())
        written = etree.tostring(root)
        is_safe = written == b'<a d="e">&b;</a>' and root.getroottree().docinfo.doctype.startswith("<!DOCTYPE a")
        reason = "does not keep the limits of its parser"
    except Exception as error:  # whatever a foreign library raises
        is_safe, reason = False, f"fails in a test ({type(error).__name__})"
    return None if is_safe else unsafe_library("lxml", reason)
