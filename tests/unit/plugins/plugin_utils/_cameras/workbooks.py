# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build workbooks as spreadsheet programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook


def workbook(
    rows: Sequence[Sequence[Any]],
    *,
    sheet: str = "Cameras",
    merged: str | None = None,
    more: Sequence[tuple[str, str, Sequence[Sequence[Any]]]] = (),
) -> bytes:
    """Return a workbook.

    :param merged: cells that are merged, such as ``B2:B4``.
    :param more: title, state, and rows of further sheets.
    """
    book = Workbook()
    first = book.worksheets[0]
    first.title = sheet
    for row in rows:
        first.append(row)
    if merged is not None:
        first.merge_cells(merged)
    for title, state, further in more:
        other = book.create_sheet(title)
        other.sheet_state = state
        for row in further:
            other.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def edit(content: bytes, name: str, old: str, new: str) -> bytes:
    """Return an archive in which a text of one member is replaced."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.namelist():
            data = source.read(member)
            if member == name:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            archive.writestr(member, data)
    return target.getvalue()


def archive(**members: bytes) -> bytes:
    """Return an archive; ``__`` in a name is a slash, and ``_`` is a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/").replace("_", "."), data)
    return target.getvalue()
