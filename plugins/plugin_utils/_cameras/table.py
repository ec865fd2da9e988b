# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a CSV file, whatever its delimiter and line ends are. No row disappears."""

from __future__ import annotations

import csv
import io
import ipaddress
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from ansible_collections.camfleet.axis.plugins.module_utils._errors import describe_value
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import INVISIBLE, remove_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    MAX_COLUMNS,
    Position,
    Problem,
    Row,
    Table,
)

#: Returns how many columns of a header are known.
Score: TypeAlias = Callable[[Sequence[str]], int]
#: Returns whether the column with a header may have lists.
IsList: TypeAlias = Callable[[str], bool]

_DELIMITERS = (",", ";", "\t", "|")
#: What users write for a tab.
_NAMES = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_DISPLAYED = {"\t": "a tab"}
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[^\r\n"]?)"?[,;|\t ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
#: A text that looks like a number, in the form in which a spreadsheet keeps it a text.
_TEXT_FORMULA = re.compile(r'="(?P<text>(?:[^"]|"")*)"')
_EDGE = re.compile(rf"\A[\s{INVISIBLE}]+|[\s{INVISIBLE}]+\Z")
#: Rows in which the header is searched.
MAX_TITLES = 20
# Enough for the header of any list.
_SAMPLE = 65_536
_QUOTES = (
    "Close each quotation mark, and write one inside a cell twice. Check the lines after it: they may belong to the "
    "same cell."
)
_LINES = f"{_QUOTES} If the cell is right, write its text on one line."
_SET_DELIMITER = "If the columns are wrong, set delimiter."
_HOST_NAME = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_MAY_IDENTIFY = re.compile(r"[0-9A-Fa-f][0-9A-Fa-f:.-]+[0-9A-Fa-f]")


class _Record(NamedTuple):
    """What the reader returns for one row.

    :param line: the line on which it begins.
    :param last: the line on which it ends.
    :param cells: ``None`` if it cannot be read.
    :param is_too_long: whether it cannot be read because of a cell that is too long.
    """

    line: int
    last: int
    cells: list[str] | None
    is_too_long: bool = False


def trim(text: str) -> str:
    """Return a text without white space, no-break spaces, and invisible characters around it."""
    return text.strip() if text.isascii() else _EDGE.sub("", text)


def clean_header(text: str) -> str:
    """Return a header on one line, without what a spreadsheet or an export puts around it."""
    return " ".join(remove_invisible(unquote(trim(text))).split())


def unquote(text: str) -> str:
    """Return a text that is written as a formula so that a spreadsheet keeps it: 007 for ``="007"``."""
    quoted = _TEXT_FORMULA.fullmatch(text)
    return text if quoted is None else trim(quoted["text"].replace('""', '"'))


def check_width(position: Position, width: int) -> Problem | None:
    """Return the problem of a table that is too wide."""
    if width <= MAX_COLUMNS:
        return None
    step = "Delete columns that are not needed, and stray texts to the right of the table."
    return Problem(position, f"the table has {width} columns, more than the {MAX_COLUMNS} that are read", step)


def read_csv(
    text: str, file: str, delimiter: str | None, score: Score, is_list: IsList = lambda _header: False
) -> Table | Problem:
    """Return the table of a text.

    :param file: the name for messages.
    :param delimiter: what the user sets, or ``None`` to detect it.
    """
    chosen = None if delimiter is None else _NAMES.get(delimiter, delimiter)
    if chosen is not None and not _is_delimiter(chosen):
        message = f"delimiter is {describe_value(delimiter)}, which is not one character that can separate columns"
        return Problem(Position(file), message, "Set delimiter to a character such as ';', or to tab.")
    skipped = 0
    if (line := _SEPARATOR_LINE.match(text)) is not None:
        own, skipped, text = line["delimiter"], 1, text[line.end() :]
        if not _is_delimiter(own) or chosen not in (None, own):
            option = "" if chosen is None else f", and the option delimiter is {display(chosen)}"
            message = f"the line sets the delimiter to {display(own) if own else 'nothing'}{option}"
            return Problem(Position(file, 1), message, "Correct or delete the line, or remove the option.")
        chosen = own
    table = _read(text, file, chosen or _detect(text, score), skipped, is_list)
    if isinstance(table, Problem) or score(table.headers) > 1:
        return table
    below = _find_likely_header(text, (chosen,) if chosen else _DELIMITERS, score)
    return table if below is None else replace(table, likely_header=Position(file, below + skipped))


def _find_likely_header(text: str, delimiters: Iterable[str], score: Score) -> int | None:
    """Return the line with most known columns of those below the first row, such as a title, or ``None``."""
    rated = [
        (score(record.cells), -record.line)
        for delimiter in delimiters
        for record in itertools.islice(filter(_has_text, _records(text[:_SAMPLE], delimiter)), 1, MAX_TITLES)
        if record.cells
    ]
    best, line = max(rated, default=(0, 0))
    return -line if best > 1 else None


def display(delimiter: str) -> str:
    """Return a delimiter for a message."""
    return _DISPLAYED.get(delimiter, repr(delimiter))


def _is_delimiter(text: str) -> bool:
    return len(text) == 1 and not text.isalnum() and text not in "\"\r\n\0 .:-_'"


def _detect(text: str, score: Score) -> str:
    """Return the delimiter that makes most sense of the header: most known columns, then most columns."""

    def rate(delimiter: str) -> tuple[int, int]:
        header = next((record.cells for record in _records(text[:_SAMPLE], delimiter) if _has_text(record)), None)
        return (score(header), len(header)) if header else (0, 0)

    return max(_DELIMITERS, key=rate)


def _has_text(record: _Record) -> bool:
    return record.cells is None or any(map(trim, record.cells))


def _records(text: str, delimiter: str) -> Iterator[_Record]:
    lines = io.StringIO(text, newline="")
    # Not strict, a quotation mark that is not closed would make the rest of the file one cell.
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Record(line, reader.line_num, None, "field limit" in str(error))
        else:
            yield _Record(line, reader.line_num, cells)


def _read(text: str, file: str, delimiter: str, skipped: int, is_list: IsList) -> Table | Problem:
    records = filter(_has_text, _records(text, delimiter))
    header = next(records, None)
    if header is None:
        return Problem(Position(file), "the file is empty", "Save it again, with a header and a row for each camera.")
    position = Position(file, header.line + skipped)
    if header.is_too_long:
        return _build_too_long(position, "")
    if header.cells is None:
        return Problem(position, "a quotation mark of the header is not closed, or a text follows it", _QUOTES)
    headers = tuple(map(clean_header, header.cells))
    headers = headers[: max((number for number, text in enumerate(headers, 1) if text), default=0)]
    if (too_wide := check_width(position, len(headers))) is not None:
        return too_wide
    lists = frozenset(index for index, header in enumerate(headers) if is_list(header))
    rows: list[Row] = []
    problems: list[Problem] = []
    for record in records:
        built = _build_row(record, Position(file, record.line + skipped), delimiter, len(headers), lists)
        if isinstance(built, Row):
            rows.append(built)
        else:
            problems.append(built)
    return Table(position, headers, headers, tuple(rows), tuple(problems))


def _build_row(
    record: _Record, position: Position, delimiter: str, width: int, lists: Collection[int]
) -> Row | Problem:
    """Return a row, or what is wrong with it.

    :param position: its first line, which has the number of the reader unless lines were skipped.
    """
    last = record.last + (position.line or 0) - record.line
    until = f" (the row ends on line {last})" if record.last > record.line else ""
    if record.is_too_long:
        return _build_too_long(position, until)
    if record.cells is None:
        return Problem(position, f"a quotation mark is not closed, or a text follows it{until}", _QUOTES)
    cells = tuple(map(trim, record.cells))
    if until and any(_has_rows(cell, delimiter, width, is_list=index in lists) for index, cell in enumerate(cells)):
        return Problem(position, f"a cell in quotation marks has lines that look like further rows{until}", _LINES)
    if any(cells[width:]):
        last = max(index for index, cell in enumerate(cells, 1) if cell)
        message = f"the row has {last} cells, but the header has {width}"
        step = f"Put each cell with {display(delimiter)} in quotation marks. {_SET_DELIMITER}"
        return Problem(position, message, step)
    return Row(position, cells[:width] + ("",) * (width - len(cells)))


def _build_too_long(position: Position, until: str) -> Problem:
    limit = csv.field_size_limit()
    step = f"Shorten it. If no cell is that long, close the quotation marks. {_SET_DELIMITER}"
    return Problem(position, f"a cell has more than {limit:,} characters{until}", step)


def _has_rows(cell: str, delimiter: str, width: int, *, is_list: bool) -> bool:
    """Return whether a cell may have swallowed rows, which may be short, or a part of the row that it is in.

    :param is_list: whether the cell may have a list with the delimiter.
    """
    first, *others = cell.splitlines() or [""]
    if not others:
        return False
    # In a table of one column, nothing else can have several lines.
    is_list_of_hosts = all(map(_HOST_NAME.fullmatch, map(trim, others)))
    return (
        width == 1
        or is_list_of_hosts
        or (delimiter in first and _is_row(first, delimiter, width))
        or any(_is_row(line, delimiter, width) or not (is_list or _is_prose(line, delimiter)) for line in others)
    )


def _is_row(line: str, delimiter: str, width: int) -> bool:
    cells = line.split(delimiter)
    return len(cells) >= width or any(identifies_device(trim(text)) for text in cells)


def _is_prose(line: str, delimiter: str) -> bool:
    """Return whether a delimiter may be one of a sentence: with a space after it, or in a number."""
    return all(
        not after or after[0].isspace() or (before[-1:].isdigit() and after[0].isdigit())
        for before, after in itertools.pairwise(line.split(delimiter))
    )


def identifies_device(text: str) -> bool:
    """Return whether a text is an address or a serial number, as no header is, and no part of a sentence.

    Of a host name, this is certain only with a scheme, a port, or several full stops.
    """
    scheme, _separator, rest = text.rpartition("://")
    host = rest.partition("/")[0]
    name, _colon, port = host.rpartition(":")
    if _HOST_NAME.fullmatch(host) and host.count(".") > 1:
        return True
    if _HOST_NAME.fullmatch(name) and port.isdecimal():
        return True
    if not _MAY_IDENTIFY.search(text):
        return False
    for address in (host, name if port.isdecimal() else ""):
        with suppress(ValueError):
            return bool(ipaddress.ip_address(address.strip("[]")))
    return not scheme and " " not in text and normalize_serial(text) is not None
