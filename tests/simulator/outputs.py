# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reject paths whose file the simulator did not write: it must never replace the inventory of real cameras."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from .sites import HEADERS

#: The first line of each inventory that the simulator writes.
INVENTORY_HEADER = "# Written by the simulator of camfleet.axis, whose next start overwrites this file\n"
_JOURNAL_LINE = re.compile(r"\S+ \S+ [A-Z]+ \S+ \d{3}\b")


def check_output(option: str, path: Path) -> None:
    """Raise `ValueError` if a file exists at the path of an option, and is not one of an earlier start."""
    if path.is_dir():
        raise ValueError(f"{option} {path}: is a directory")
    if path.is_file() and not _is_own(option, path.read_text(encoding="utf-8-sig", errors="replace")):
        raise ValueError(
            f"{option} {path}: the file exists, and the simulator did not write it. Rename it, or choose another path"
        )


def _is_own(option: str, text: str) -> bool:
    """Return whether the simulator wrote a text with this option before. An empty file has nothing to lose."""
    if not text.strip():
        return True
    if option == "--list":
        header, *rows = csv.reader(text.splitlines(), delimiter=";")
        return tuple(header) == HEADERS and all(row[1:2] and row[1].startswith("127.") for row in rows)
    if option == "--journal":
        return all(map(_JOURNAL_LINE.match, text.splitlines()))
    return text.startswith(INVENTORY_HEADER)
