# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which column is which field or variable of a camera, and the cameras of a table."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import describe_value
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import MAX_PORT
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cells import (
    Fault,
    is_axis_serial,
    parse_address,
    parse_firmware,
    parse_serial,
    parse_text,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.headers import (
    FIELDS,
    find_field,
    normalize_header,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Mark,
    Problem,
    Row,
    Table,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.table import MAX_TITLES, identifies_device

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: Exports of video management systems have passwords in clear text.
_SECRET = re.compile(r"pass(?:word|wd|phrase|wort)|pwd|pw$|kennwort|secret|motdepasse|contrasena")
_SECRET_VARIABLES = re.compile(r"(?:ansible|axis)_[a-z_]+")
#: The names of variables that are never the header of another column by accident.
_INTENDED = re.compile("axis_|ansible_|retention_policy_|(?:note|comment)s?$")
_SEPARATORS = re.compile(r"[;,|\n]")
_PORT_NUMBER = re.compile("[0-9]{1,5}")
_DIGIT = re.compile("[0-9]")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_PORT = "axis_port"
_SHOWN, _MAX_LISTED = 3, 30
_Parsed = TypeVar("_Parsed")
_MAP = "Set columns in the option files, such as columns: {address: Device IP}."


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what, by index.

    :param fields: by field, its columns: the first one whose cell has a text counts.
    """

    fields: Mapping[str, tuple[int, ...]]
    variables: Mapping[str, int]

    def all(self) -> Iterator[int]:
        """Yield each column that is used."""
        for indexes in self.fields.values():
            yield from indexes
        yield from self.variables.values()


class Cameras(NamedTuple):
    """The cameras of a table.

    :param warnings: what a person should know about how the table was read, as sentences.
    :param rejected: what could be read of the rows that have a problem.
    """

    cameras: tuple[ListedCamera, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    rejected: tuple[ListedCamera, ...]


def is_variable_name(text: str) -> bool:
    """Return whether Ansible accepts a name as that of a variable."""
    return _VARIABLE.fullmatch(text) is not None and not keyword.iskeyword(text)


def count_known(headers: Sequence[str], option: Mapping[str, str]) -> int:
    """Return how many headers are recognized, or are in the option ``columns``."""
    mapped = {normalize_header(text) for text in option.values()}
    return sum(find_field(header) is not None or normalize_header(header) in mapped for header in headers if header)


def names_groups(header: str, option: Mapping[str, str]) -> bool:
    """Return whether a header is that of the column for groups, which may be a list."""
    if (mapped := option.get("groups")) is not None:
        return normalize_header(header) == normalize_header(mapped)
    known = find_field(header)
    return known is not None and known[0] == "groups"


def choose_columns(table: Table, option: Mapping[str, str]) -> Columns | tuple[Problem, ...]:
    """Return what each column is.

    :param option: by field or variable, the header that the user sets.
    """
    problems: list[Problem] = []
    fields: dict[str, tuple[int, ...]] = {}
    variables: dict[str, int] = {}
    index_of = {normalize_header(header): index for index, header in reversed((*enumerate(table.headers),)) if header}
    for name, header in option.items():
        index = index_of.get(normalize_header(header))
        if index is None:
            problems.append(_missing(table, name, header))
        elif name in FIELDS:
            fields[name] = (index,)
        else:
            variables[name] = index
    if problems:
        return (*problems,)
    used = {index for indexes in fields.values() for index in indexes} | set(variables.values())
    _recognize(table, used, fields, variables)
    if not fields.keys() & {"name", "address", "serial"}:
        return (_unknown(table),)
    return Columns(fields, variables)


def _recognize(table: Table, used: set[int], fields: dict[str, tuple[int, ...]], variables: dict[str, int]) -> None:
    """Add the columns that the user does not map."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, header in enumerate(table.headers):
        if index in used or not header:
            continue
        known = find_field(header)
        if known is not None:
            if known[0] not in fields:
                found.setdefault(known[0], []).append((known[1], index))
        elif is_variable_name(header) and not _is_secret(header):
            variables.setdefault(header, index)
    fields.update({name: tuple(index for rank, index in sorted(ranked)) for name, ranked in found.items()})


def _is_secret(header: str) -> bool:
    return bool(_SECRET.search(normalize_header(header))) and not _SECRET_VARIABLES.fullmatch(header)


def _missing(table: Table, name: str, header: str) -> Problem:
    known = [text for text in table.headers if text]
    close = difflib.get_close_matches(header, known, n=1)
    similar = f" Did you mean {close[0]!r}?" if close else ""
    message = f"there is no column {describe_value(header)} for {name}"
    return Problem(table.position, message, f"Correct columns.{similar} The header has: {_join(known)}.")


def _unknown(table: Table) -> Problem:
    message = f"no column is recognized as name, address, or serial number. The header has: {_join(table.headers)}"
    return Problem(
        table.position, message, f"{_MAP} Delete lines before the header, and correct delimiter and encoding if set."
    )


def _find_repeated(table: Table, used: set[int]) -> Iterator[Problem]:
    """Yield a problem for each header that several columns have, if one of them is used."""
    indexes: dict[str, list[int]] = {}
    for index, header in enumerate(table.headers):
        if header:
            indexes.setdefault(normalize_header(header) or header, []).append(index)
    for same in indexes.values():
        if len(same) > 1 and used.intersection(same):
            numbers = " and ".join(f"{index + 1}" for index in same)
            message = f"columns {numbers} have the same header {describe_value(table.headers[same[0]])}"
            yield Problem(table.position, message, "Rename all but one of them.")


def _find_unnamed(table: Table) -> Iterator[Problem]:
    """Yield a problem for each column that has texts, but no header."""
    for index in (index for index, header in enumerate(table.headers) if not header):
        positions = [row.position for row in table.rows if row.cells[index]]
        if positions:
            rows = "1 row" if len(positions) == 1 else f"{len(positions)} rows"
            message = f"column {table.labels[index] or index + 1} has a text in {rows}, but no header"
            yield Problem(positions[0], message, "Write a header above it, or clear the column.")


def _find_lack(table: Table) -> Problem | None:
    """Return the problem of a table whose first row is not a header, but a camera."""
    below = table.rows[0].cells if table.rows else ()
    for index, text in enumerate(table.headers):
        is_host = index < len(below) and _have_one_domain(text, below[index])
        if identifies_device(text) or is_host:
            message = f"the header has {describe_value(text)}, which is that of a device: the file has no header"
            return Problem(table.position, message, "Insert a line with the name of each column above it.")
    return None


def _find_title(table: Table, option: Mapping[str, str]) -> Problem | None:
    """Return the problem of a table whose header is below its first row, which may be a title."""
    below = table.likely_header
    if below is None:
        known = count_known(table.headers, option)
        rows = [(count_known(row.cells, option), row.position) for row in table.rows[:MAX_TITLES]]
        best, below = max(rows, key=lambda item: item[0], default=(0, table.position))
        if best <= max(1, known):
            return None
    kind = "line" if below.sheet is None else "row"
    message = f"the {kind} is not a header: it has {_join(table.headers)}"
    step = f"Delete the lines above the header: {kind} {below.line} looks like the header."
    return Problem(table.position, message, step)


def _have_one_domain(one: str, other: str) -> bool:
    return bool(_DOMAIN.fullmatch(one) and _DOMAIN.fullmatch(other) and one != other) and (
        one.rpartition(".")[2].casefold() == other.rpartition(".")[2].casefold()
    )


def _find_header(table: Table, row: Row) -> Problem | None:
    """Return the problem of a row that is a header: of a second list below the first one, or below a title."""
    filled = [(text, table.headers[index]) for index, text in enumerate(row.cells) if text]
    if any(_DIGIT.search(text) for text, _header in filled):
        return None
    if all(normalize_header(text) == normalize_header(header) for text, header in filled):
        return Problem(row.position, "the row repeats the header", "Delete it.")
    fields = {known[0] for text, _header in filled if (known := find_field(text)) is not None}
    if len(fields) < 2 or 2 * len(fields) <= len(filled):
        return None
    step = "Delete it. If it is the header, delete the lines above it instead."
    return Problem(row.position, "the row has names of columns, as a header does", step)


def _join(headers: Sequence[str]) -> str:
    texts = [describe_value(header) for header in headers if header]
    more = [f"and {len(texts) - _MAX_LISTED} more"] if len(texts) > _MAX_LISTED else []
    return ", ".join(texts[:_MAX_LISTED] + more) or "nothing"


def build_cameras(table: Table, option: Mapping[str, str]) -> Cameras:
    """Return a camera or at least one problem for each row of a table.

    :param option: by field or variable, the header that the user sets.
    """
    if (lack := _find_lack(table)) is not None:
        return Cameras((), (lack,), table.warnings, ())
    columns = choose_columns(table, option)
    if not isinstance(columns, Columns):
        title = _find_title(table, option)
        return Cameras((), columns if title is None else (title,), table.warnings, ())
    builder = _Builder(table, columns)
    cameras: list[ListedCamera] = []
    rejected: list[ListedCamera] = []
    found = [*table.problems, *_find_repeated(table, set(columns.all())), *_find_unnamed(table)]
    for row in table.rows:
        if (header := _find_header(table, row)) is not None:
            found.append(header)
            continue
        camera, faults = builder.build(row)
        (rejected if faults else cameras).append(camera)
        found.extend(faults)
    if not table.rows and not table.problems:
        found.append(
            Problem(table.position, "there is a header, but not a single camera", "Add a row for each camera.")
        )
    warnings = (*table.warnings, *_describe_others(cameras), *_describe_unused(table, columns, option))
    return Cameras(tuple(cameras), tuple(found), warnings, tuple(rejected))


class _Builder:
    """Builds the cameras of a table."""

    def __init__(self, table: Table, columns: Columns) -> None:
        self._columns = columns
        self._labels = table.labels
        self._shared = {
            **{name: table.labels[index] for name, index in columns.variables.items()},
            **{name: table.labels[indexes[0]] for name, indexes in columns.fields.items()},
        }
        self._secrets = {
            name
            for name, index in columns.variables.items()
            if any(_SECRET.search(normalize_header(text)) for text in (name, table.headers[index]))
        }
        self._identity = tuple(name for name in ("address", "serial") if name in columns.fields) or ("name",)

    def build(self, row: Row) -> tuple[ListedCamera, list[Problem]]:
        """Return the camera of a row, and what is wrong with it."""
        problems: list[Problem] = []
        labels: dict[str, str] = {}
        texts: dict[str, str] = {}
        for name, indexes in self._columns.fields.items():
            index = next((index for index in indexes if row.cells[index] or index in row.marks), None)
            if index is None:
                continue
            if index != indexes[0]:
                labels[name] = self._labels[index]
            text = self._read(row, index, problems, keep_lines=name == "groups")
            if text:
                texts[name] = text
        variables = {
            name: text
            for name, index in self._columns.variables.items()
            if (text := self._read_variable(row, name, index, problems))
        }
        if "firmware" in texts:
            self._report(row, "firmware", labels, parse_firmware(texts["firmware"]), problems)
        serial = self._parse_serial(row, texts.get("serial"), labels, problems)
        address = self._parse_address(row, texts.get("address"), labels, variables, problems)
        self._check_port(row, variables, problems)
        if not problems and not any(texts.get(name) for name in self._identity):
            problems.append(self._describe_empty(row))
        camera = ListedCamera(
            row.position,
            texts.get("name"),
            address,
            serial,
            texts.get("model"),
            texts.get("firmware"),
            texts.get("site"),
            _split(texts.get("groups")),
            variables,
            {**self._shared, **labels} if labels else self._shared,
        )
        return camera, problems

    def _read(
        self, row: Row, index: int, problems: list[Problem], *, is_field: bool = True, keep_lines: bool = False
    ) -> str | None:
        text = row.cells[index]
        mark = row.marks.get(index)
        if not text and mark is None:
            return None
        parsed = parse_text(text, mark, is_field=is_field, keep_lines=keep_lines)
        if isinstance(parsed, str):
            return parsed
        problems.append(Problem(row.position.at(self._labels[index]), *parsed))
        return None

    def _read_variable(self, row: Row, name: str, index: int, problems: list[Problem]) -> str | None:
        if name in self._secrets and row.marks.get(index) is not Mark.MERGED:
            # A password may look like a formula or an error, and is never part of a message.
            return row.cells[index]
        return self._read(row, index, problems, is_field=False, keep_lines=True)

    def _report(
        self, row: Row, name: str, labels: Mapping[str, str], parsed: _Parsed | Fault, problems: list[Problem]
    ) -> _Parsed | None:
        """Return what was read of a field, or add the problem."""
        if not isinstance(parsed, Fault):
            return parsed
        problems.append(Problem(row.position.at(labels.get(name, self._shared[name])), *parsed))
        return None

    def _parse_serial(
        self, row: Row, text: str | None, labels: Mapping[str, str], problems: list[Problem]
    ) -> str | None:
        if text is None:
            return None
        indexes = [index for index in self._columns.fields["serial"] if row.cells[index]]
        serial = self._report(row, "serial", labels, parse_serial(text, row.marks.get(indexes[0])), problems)
        if serial is None:
            return None
        for index in indexes[1:]:
            other = parse_serial(row.cells[index])
            if isinstance(other, str) and other != serial:
                message = f"the row has two serial numbers, {serial} and {other}"
                step = "An Axis device has its MAC address as serial number. Correct one of them, or clear it."
                problems.append(Problem(row.position.at(self._labels[index]), message, step))
        return serial

    def _parse_address(
        self,
        row: Row,
        text: str | None,
        labels: Mapping[str, str],
        variables: dict[str, str],
        problems: list[Problem],
    ) -> str | None:
        if text is None:
            return None
        address = self._report(row, "address", labels, parse_address(text), problems)
        if address is None:
            return None
        if address.port is not None and variables.setdefault(_PORT, str(address.port)) != str(address.port):
            message = f"the address has port {address.port}, but {_PORT} is {variables[_PORT]}"
            self._report(row, "address", labels, Fault(message, "Correct one of them."), problems)
        return address.host

    def _check_port(self, row: Row, variables: Mapping[str, str], problems: list[Problem]) -> None:
        text = variables.get(_PORT)
        if text is None or (_PORT_NUMBER.fullmatch(text) and 0 < int(text) <= MAX_PORT):
            return
        position = row.position.at(self._shared.get(_PORT))
        problems.append(
            Problem(
                position, f"{describe_value(text)} is not a port", "Set it to a number from 1 to 65535, or clear it."
            )
        )

    def _describe_empty(self, row: Row) -> Problem:
        wanted = {"address": "an address", "serial": "a serial number", "name": "a name"}
        missing = " or ".join(wanted[name] for name in self._identity)
        used = [index for indexes in self._columns.fields.values() for index in indexes]
        text = next((row.cells[index] for index in used if row.cells[index]), None)
        shown = "" if text is None else f" with {describe_value(text)}"
        message = f"the row{shown} does not have {missing}"
        return Problem(row.position, message, "Fill it in, or delete the row if it is not a camera.")


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, _SEPARATORS.split(text or "")))))


def _describe_unused(table: Table, columns: Columns, option: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for the columns of a file that are no field, of which the user may expect something else."""
    used = set(columns.all())
    unused = [header for index, header in enumerate(table.headers) if header and index not in used]
    named = [name for name in columns.variables if name not in option and not _INTENDED.match(name)]
    parts = [f"ignored columns: {_join(unused)}"] if unused else []
    if named:
        parts.insert(0, f"columns that are only variables of the hosts: {_join(named)}")
    if parts:
        yield (
            f"{replace(table.position, line=None)}: {'; '.join(parts)}. If one of them is a field such as model, "
            "or an ignored one is to be a variable, map it in the option columns."
        )


def _describe_others(cameras: list[ListedCamera]) -> Iterator[str]:
    others = [camera for camera in cameras if camera.serial is not None and not is_axis_serial(camera.serial)]
    if others:
        shown = "; ".join(f"{camera.position_of('serial')}: {camera.serial}" for camera in others[:_SHOWN])
        more = f"; and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        yield (
            f"{len(others)} serial number{'s are' if len(others) > 1 else ' is'} not a MAC address of Axis: "
            f"{shown}{more}. Delete rows of other devices, and correct typing errors."
        )
