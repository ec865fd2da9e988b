# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a workbook (XLSX). Values are read as they are stored: nothing is calculated."""

from __future__ import annotations

import io
import re
import sys
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import describe_value
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    Mark,
    Position,
    Problem,
    Row,
    Table,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.table import check_width, clean_header, trim

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

# A small file may unpack to more than the memory.
_MAX_UNPACKED = 512 * 1024 * 1024
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s")
_ROW = re.compile(rb"""<(?:\w+:)?row(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*>""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_SAVE = "Save it as an Excel workbook (.xlsx) or as CSV UTF-8."


def read_workbook(content: bytes, file: str, sheet: str | None) -> Table | Problem:
    """Return the table of a workbook.

    :param content: a ZIP archive.
    :param file: the name for messages.
    :param sheet: the sheet that the user sets, or ``None`` for the only visible one that has a text.
    """
    position = Position(file)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wrong = _find_other_format(archive)
            sheets = [name for name in archive.namelist() if "worksheets/" in name] if wrong is None else []
            has_merged = any(_MERGED.search(archive.read(name)) for name in sheets)
            is_disordered = any(_is_disordered(archive.read(name)) for name in sheets)
    except Exception:  # a damaged archive raises many kinds
        wrong = "the file is a damaged archive, not a workbook"
    if wrong is not None:
        return Problem(position, wrong, _SAVE)
    if is_disordered:
        message = "the rows of a sheet are not in the order of their numbers, so some would be lost"
        return Problem(position, message, "Open it in a spreadsheet program, and save it again.")
    try:
        load_workbook = import_module("openpyxl").load_workbook
    except Exception as error:  # one that was built for another Python raises many kinds
        state = "is not installed" if isinstance(error, ImportError) else "cannot be imported"
        message = f"a workbook needs the Python library openpyxl, which {state} for {sys.executable}"
        step = f"Install it with: {sys.executable} -m pip install openpyxl. Or save the file as CSV UTF-8."
        return Problem(position, message, step)
    try:
        with warnings.catch_warnings():
            # It warns of what it does not read, such as charts.
            warnings.simplefilter("ignore")
            with closing(load_workbook(io.BytesIO(content), read_only=not has_merged)) as workbook:
                return _read(workbook, file, sheet)
    except Exception:  # the library raises many kinds for what it does not expect
        return Problem(position, "the workbook cannot be read", f"Open it in a spreadsheet program. {_SAVE}")


def _find_other_format(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if "mimetype" in names and archive.read("mimetype").startswith(_OPEN_DOCUMENT):
        return "the file is an OpenDocument spreadsheet (.ods), which is not supported"
    if "xl/workbook.bin" in names:
        return "the file is a binary workbook (.xlsb), which is not supported"
    if "[Content_Types].xml" not in names:
        return "the file is an archive, not a workbook"
    if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
        return "the workbook is larger than 512 MiB when unpacked"
    return None


def _is_disordered(content: bytes) -> bool:
    """Return whether a row of a sheet has the number of an earlier row, or a lower one: the library skips it."""
    last = 0
    for match in _ROW.finditer(content):
        found = _NUMBER.search(match[0])
        # The library counts rows without a number.
        number = int(found[1]) if found else last + 1
        if number <= last:
            return True
        last = number
    return False


def _read(workbook: Workbook, file: str, name: str | None) -> Table | Problem:
    sheets: dict[str, Any] = {sheet.title: sheet for sheet in workbook.worksheets}
    if not sheets:
        step = "Save it as an Excel workbook (.xlsx), not as Strict Open XML, or as CSV UTF-8."
        return Problem(Position(file), "the workbook has no sheet that can be read", step)
    hidden = [title for title, sheet in sheets.items() if sheet.sheet_state != "visible"]
    for sheet in sheets.values():
        if hasattr(sheet, "reset_dimensions"):
            # Some programs store a wrong size, and rows after it would be lost.
            sheet.reset_dimensions()
    if name is not None:
        title = _find_sheet(sheets, name)
        if title is None:
            message = f"there is no sheet {describe_value(name)}"
            return Problem(Position(file), message, f"Set sheet to one of: {', '.join(map(repr, sheets))}.")
        return _build(sheets[title], file, title)
    filled = [title for title, sheet in sheets.items() if any(map(_has_text, sheet.iter_rows(values_only=True)))]
    visible = [title for title in filled if title not in hidden]
    if len(visible) > 1:
        step = "Set sheet in the option files; list the file once for each sheet to read."
        return Problem(Position(file), f"several sheets have texts: {', '.join(map(repr, visible))}", step)
    if not visible:
        only = f"; {', '.join(map(repr, filled))} is hidden" if filled else ""
        step = "Add a header and a row for each camera, or set sheet."
        return Problem(Position(file), f"the workbook is empty{only}", step)
    table = _build(sheets[visible[0]], file, visible[0])
    unread = ", ".join(repr(title) for title in filled if title in hidden)
    if isinstance(table, Problem) or not unread:
        return table
    warning = f"{file}: hidden sheets are not read: {unread}. To read one, set sheet."
    return Table(table.position, table.headers, table.labels, table.rows, table.problems, (warning,))


def _find_sheet(titles: Iterable[str], name: str) -> str | None:
    names = list(titles)
    wanted = trim(name).casefold()
    return name if name in names else next((title for title in names if trim(title).casefold() == wanted), None)


def _has_text(values: Iterable[Any]) -> bool:
    return any(value is not None and (not isinstance(value, str) or trim(value)) for value in values)


def _build(sheet: Any, file: str, title: str) -> Table | Problem:
    read = [
        (number, *_convert_row(values))
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1)
        if _has_text(values)
    ]
    if not read:
        step = "Add a header and a row for each camera, or set another sheet."
        return Problem(Position(file, sheet=title), "the sheet is empty", step)
    width = max(index for _number, cells, _marks in read for index, cell in enumerate(cells, 1) if cell)
    first, header, _marks = read[0]
    merged = _find_merged(sheet, first, read[-1][0])
    if (too_wide := check_width(Position(file, sheet=title), width)) is not None:
        return too_wide
    headers = tuple(map(clean_header, _fit(header, width)))
    rows = tuple(
        Row(Position(file, number, sheet=title), _fit(cells, width), _add_merged(marks, merged.get(number, ()), width))
        for number, cells, marks in read[1:]
    )
    return Table(Position(file, first, sheet=title), headers, tuple(_label(*item) for item in enumerate(headers)), rows)


def _label(index: int, header: str) -> str:
    return f"{_letters(index)} ({header})" if header else _letters(index)


def _add_merged(marks: dict[int, Mark], merged: Iterable[int], width: int) -> dict[int, Mark]:
    return {**marks, **{index: Mark.MERGED for index in merged if index < width}} if merged else marks


def _fit(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells[:width] + ("",) * (width - len(cells))


def _find_merged(sheet: Any, first: int, last: int) -> Mapping[int, list[int]]:
    """Return by row number the indexes of cells that are merged with another one, below the header."""
    found: dict[int, list[int]] = {}
    for area in getattr(getattr(sheet, "merged_cells", None), "ranges", ()):
        for number in range(max(area.min_row, first + 1), min(area.max_row, last) + 1):
            begin = area.min_col if number > area.min_row else area.min_col + 1
            found.setdefault(number, []).extend(range(begin - 1, area.max_col))
    return found


def _convert_row(values: Iterable[Any]) -> tuple[tuple[str, ...], dict[int, Mark]]:
    cells: list[str] = []
    marks: dict[int, Mark] = {}
    for index, value in enumerate(values):
        if isinstance(value, str):
            cells.append(trim(value))
            continue
        text, mark = ("", None) if value is None else _convert(value)
        cells.append(text)
        if mark is not None:
            marks[index] = mark
    return tuple(cells), marks


def _convert(value: Any) -> tuple[str, Mark | None]:
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, (int, float)):
        is_whole = value == int(value)
        return (str(int(value)), Mark.WHOLE) if is_whole else (repr(value), Mark.NUMBER)
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat(), Mark.DATE
    if isinstance(value, (date, time, timedelta)):
        return value.isoformat() if not isinstance(value, timedelta) else str(value), Mark.DATE
    # A formula that fills several cells is an object of its own.
    return str(getattr(value, "text", None) or "="), Mark.FORMULA


def _letters(index: int) -> str:
    """Return the letters of a column: A to Z, AA, AB, …"""
    higher, rest = divmod(index, 26)
    return (_letters(higher - 1) if higher else "") + chr(ord("A") + rest)
