# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cameras of an inventory, as files list them and as devices respond, and the problems of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible

#: More columns than any list has; each row has a cell for each of them.
MAX_COLUMNS = 1000
# Characters of a header in a message.
_MAX_HEADER = 80


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file: ``cameras.csv, line 3, column Site`` or ``b.xlsx, sheet Cameras, row 3, column C (Site)``.

    :param file: the path as the user wrote it.
    :param line: from 1, the line on which a row begins, or ``None`` for the file as a whole.
    :param column: the header of the column, in a workbook after its letters: ``C (Site)``.
    :param sheet: the name of the sheet; only a workbook has one.
    """

    file: str
    line: int | None = None
    column: str | None = None
    sheet: str | None = None

    def at(self, column: str | None) -> Position:
        """Return the cell of this row in a column, or the row itself."""
        return self if column is None else replace(self, column=column)

    def __str__(self) -> str:
        """Return the place for a message."""
        parts = [escape_invisible(self.file)]
        if self.sheet is not None:
            parts.append(f"sheet {escape_invisible(self.sheet)}")
        if self.line is not None:
            parts.append(f"{'line' if self.sheet is None else 'row'} {self.line}")
        if self.column is not None:
            parts.append(f"column {_shorten(escape_invisible(self.column))}")
        return ", ".join(parts)


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_HEADER else f"{text[:_MAX_HEADER]}…"


@dataclass(frozen=True, slots=True)
class Problem:
    """What prevents the use of a file, a row, or a cell.

    :param message: what is wrong, without a full stop.
    :param next_step: what to do, as a sentence.
    """

    position: Position
    message: str
    next_step: str

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"{self.position}: {self.message}. {self.next_step}"


class Mark(Enum):
    """What a cell of a workbook is, if it is not a text."""

    FORMULA = "formula"
    DATE = "date"
    NUMBER = "number with decimals"
    WHOLE = "whole number"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table with a text in at least one cell.

    :param cells: the text of each cell, in the order of the headers, without space around it.
    :param marks: by index of the cell, what it is.
    """

    position: Position
    cells: tuple[str, ...]
    marks: Mapping[int, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """What a file or a sheet has: a header and rows.

    :param position: the row of the header.
    :param headers: the text of each header, which may be empty.
    :param labels: each column as a position names it.
    :param problems: rows that cannot be read.
    :param warnings: what a person should know about how it was read, as sentences.
    :param likely_header: a row below that looks more like the header.
    """

    position: Position
    headers: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    likely_header: Position | None = None


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """A camera of a file. A field is ``None`` if its cell is empty, or if the file has no such column.

    :param position: the row.
    :param name: what the name column says, which may not be a valid host name.
    :param address: a host name or an IP address, without port.
    :param serial: 12 hexadecimal digits in upper case.
    :param groups: what the groups column says, one text for each group.
    :param variables: by name, the texts of further columns, without empty ones.
    :param columns: by field or variable, the column as a position names it.
    """

    position: Position
    name: str | None = None
    address: str | None = None
    serial: str | None = None
    model: str | None = None
    firmware: str | None = None
    site: str | None = None
    groups: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def position_of(self, name: str) -> Position:
        """Return the cell of a field or a variable, or the row if the file has no such column."""
        return self.position.at(self.columns.get(name))


@dataclass(frozen=True, slots=True)
class RespondingCamera:
    """An Axis device that responded to a request without login.

    :param address: the IP address that was tried.
    :param protocol: ``https`` or ``http``.
    :param serial: 12 hexadecimal digits in upper case.
    :param model: the product number, such as ``P3245-LVE``.
    :param product_type: such as ``Dome Camera``.
    :param full_name: such as ``AXIS P3245-LVE Dome Camera``.
    """

    address: str
    port: int
    protocol: str
    serial: str
    model: str | None = None
    product_type: str | None = None
    full_name: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True)
class SweepCounts:
    """How many addresses responded in which way.

    :param cameras: Axis devices.
    :param others: devices that responded and are not Axis devices.
    :param refused: addresses without a service on the port.
    :param silent: addresses that did not respond in time.
    :param tls_errors: services whose certificate is not trusted, or that do not speak TLS.
    :param unidentified: addresses at which anything else prevented the identification, such as a redirect.
    """

    addresses: int = 0
    cameras: int = 0
    others: int = 0
    refused: int = 0
    silent: int = 0
    tls_errors: int = 0
    unidentified: int = 0
