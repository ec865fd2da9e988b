# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the JSON files of reports. Whatever a file contains, the result is a report, or an error that names the file."""

from __future__ import annotations

import errno
import json
import math
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    describe_value,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import find_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import decode_text
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import (
    DIGEST,
    content_digest,
    has_valid_digest,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    IDENTIFIERS,
    SCHEMA_VERSION,
    Document,
    parse_time,
)

#: The next step for a file that is not a report.
CHECK_REPORTS = Message(
    "Check {option}, which must lead to the JSON files of the slices, exactly as they were written.",
    {"option": Option("reports")},
)
_MAX_SIZE = 64 * 2**20
# Others than a regular file are read once more, or never end.
_TYPES = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}
_MAX_DIGITS = 18
# C0 without whitespace, DEL, and C1, which control a terminal, and half characters, which cannot be written.
_INVALID = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


class _Invalid(NamedTuple):
    """What no report contains, in place of the value."""

    problem: str


class _Violation(NamedTuple):
    """Where a document differs from the schema, and how."""

    path: tuple[str | int, ...]
    problem: str

    def __str__(self) -> str:
        place = "".join(f"[{key}]" if isinstance(key, int) else f".{display_path(key)}" for key in self.path)
        return f"{place.removeprefix('.') or 'the document'} {self.problem}"


def list_files(directory: str) -> list[str]:
    """Return the paths of all JSON files in a directory, of whatever type, without hidden ones.

    :raises InvalidOptionError: ``invalid_option``, if it cannot be read.
    """
    try:
        names = os.listdir(directory)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(directory, error) from error
    return [os.path.join(directory, name) for name in sorted(names) if name.endswith(".json") and name[0] != "."]


def read_file(path: str) -> str:
    """Return the text of a file.

    :raises InvalidOptionError: ``invalid_option``, if it is not a regular file, too large, or not UTF-8 text.
    """
    content = _read_content(path, _MAX_SIZE + 1)
    if len(content) > _MAX_SIZE:
        raise invalid_option(f"{display_path(path)} is larger than {_MAX_SIZE >> 20} MiB", CHECK_REPORTS)
    return decode_text(display_path(path), content)


def read_beginning(path: str, size: int) -> str:
    """Return the beginning of the text of a file.

    :param size: bytes.
    :raises InvalidOptionError: ``invalid_option``, if it is not a regular file.
    """
    return _read_content(path, size).decode("utf-8", "ignore")


def _read_content(path: str, size: int) -> bytes:
    """Return the first bytes of a regular file."""
    try:
        _check_type(path, os.lstat(path).st_mode)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            _check_type(path, os.fstat(descriptor).st_mode)
            return file.read(size)
    except OSError as error:
        if error.errno == errno.ELOOP:
            _check_type(path, stat.S_IFLNK)
        raise _unreadable(path, error) from error


def _check_type(path: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        found = _TYPES.get(stat.S_IFMT(mode), "something else")
        raise invalid_option(f"{display_path(path)} is {found} instead of a regular file", CHECK_REPORTS)


def _unreadable(path: str, error: OSError) -> InvalidOptionError:
    return invalid_option(f"{display_path(path)} cannot be read: {error.strerror or error}", CHECK_REPORTS)


def parse_report(name: str, text: str) -> Document:
    """Parse the report in a file.

    :param name: the name of the file, for error messages.
    :raises InvalidOptionError: ``invalid_option``, if it is not a complete report of this schema version, or if it was
        changed after it was written.
    """
    name = display_path(name)
    document = parse_json(name, text)
    if isinstance(document, dict) and "schema_version" in document:
        version = document["schema_version"]
        if isinstance(version, int) and version != SCHEMA_VERSION and not isinstance(version, bool):
            raise invalid_option(
                f"{name} has schema version {version}, and this version of the collection reads only {SCHEMA_VERSION}",
                "Read the reports with the version of the collection that wrote them.",
            )
    elif isinstance(document, (dict, list)):
        raise invalid_option(f"{name} is not a report of this collection", CHECK_REPORTS)
    if (violation := find_violation(document)) is not None:
        raise invalid_option(f"{name} is not a complete report: {violation}", CHECK_REPORTS)
    parsed: Document = document
    _check_digest(name, parsed)
    return parsed


def _check_digest(name: str, document: Document) -> None:
    if not has_valid_digest(document):
        raise invalid_option(
            f"{name} was changed after it was written: its {DIGEST} is {document[DIGEST]}, and the digest of its "
            f"content is {content_digest(document)}",
            "Replace it with the file that was written, for example from a backup, or audit again.",
        )


def find_violation(document: Any) -> str | None:
    """Return the first field of a parsed file that is not that of a report, and what is wrong with it."""
    violation = next(_find_violations(document, _read_schema(), ()), None)
    return None if violation is None else str(violation)


def display_path(text: str) -> str:
    """Return a name of the file system, or of a file, for a message on a terminal."""
    return text if text.isprintable() else ascii(text)


def parse_json(name: str, text: str) -> Any:
    """Parse a JSON file. A value that no report has becomes a ``_Invalid``, which ``find_violation`` reports.

    :param name: the name of the file, for error messages.
    :raises InvalidOptionError: ``invalid_option``.
    """
    if text.startswith("\ufeff"):
        raise invalid_option(f"{name} begins with a byte order mark, so that another program wrote it", CHECK_REPORTS)
    try:
        return json.loads(
            text,
            parse_constant=lambda constant: _Invalid(f"is {constant}, which is not a number"),
            parse_int=_parse_int,
            parse_float=_parse_float,
            object_pairs_hook=_build_object,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise invalid_option(f"{name} is not valid JSON, or is truncated: {place}", CHECK_REPORTS) from error
    except RecursionError as error:
        raise invalid_option(f"{name} is not a report: it is nested too deeply", CHECK_REPORTS) from error


def _parse_int(digits: str) -> int | _Invalid:
    if len(digits) > _MAX_DIGITS:
        return _Invalid(f"is a number of {len(digits)} digits")
    return int(digits)


def _parse_float(digits: str) -> float | _Invalid:
    number = float(digits)
    return number if math.isfinite(number) else _Invalid("is a number that is too large")


def _build_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any] | _Invalid:
    built = dict(pairs)
    if len(built) == len(pairs):
        return built
    (repeated, _count), *_others = Counter(key for key, _value in pairs).most_common(1)
    return _Invalid(f"has the key {_describe(repeated)} more than once")


@cache
def _read_schema() -> dict[str, Any]:
    # A copy of docs/retention-report.schema.json, which an installed collection may lack.
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
    return schema


def _describe(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return describe_value(value)


def _find_violations(value: Any, schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[_Violation]:
    """Yield where a value differs from the schema, of which it knows the keywords that a report uses."""
    if isinstance(value, _Invalid):
        yield _Violation(path, value.problem)
        return
    if "$ref" in schema:
        schema = _read_schema()["$defs"][schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema:
        null, other = schema["oneOf"]
        schema = null if value is None else other
    problem = _find_problem(value, schema) or _find_problem_of_name(value, path)
    if problem is not None:
        yield _Violation(path, problem)
    elif isinstance(value, dict):
        yield from _find_violations_of_object(value, schema, path)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _find_violations(item, schema["items"], (*path, number))


def _find_violations_of_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[_Violation]:
    properties = schema["properties"]
    for key in schema["required"]:
        if key not in value:
            yield _Violation((*path, key), "is missing")
    for key, item in value.items():
        if key not in properties:
            yield _Violation((*path, key), "is not a field of a report")
        else:
            yield from _find_violations(item, properties[key], (*path, key))


def _find_problem(value: Any, schema: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a value itself, if anything."""
    types = schema.get("type", ())
    names = [types] if isinstance(types, str) else types
    if names and not any(_has_type(value, name) for name in names):
        return f"must be {' or '.join(names)}, got {_describe(value)}"
    if "const" in schema and (type(value), value) != (type(schema["const"]), schema["const"]):
        return f"must be {_describe(schema['const'])}, got {_describe(value)}"
    if "enum" in schema and not (isinstance(value, str) and value in schema["enum"]):
        return f"must be one of {', '.join(schema['enum'])}, got {_describe(value)}"
    if isinstance(value, str):
        return _find_problem_of_text(value, schema)
    if isinstance(value, list) and not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", math.inf):
        return f"has {len(value)} entries"
    if isinstance(value, (int, float)) and "minimum" in schema and value < schema["minimum"]:
        return f"must be at least {schema['minimum']}, got {_describe(value)}"
    return None


def _has_type(value: Any, name: str) -> bool:
    return isinstance(value, _JSON_TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _find_problem_of_text(value: str, schema: Mapping[str, Any]) -> str | None:
    if found := _INVALID.search(value):
        return f"has the invalid character {found[0]!a}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"must match {schema['pattern']}, got {_describe(value)}"
    if schema.get("format") == "date-time" and not is_time(value):
        return f"must be a time such as 2026-11-27T08:15:02Z, got {_describe(value)}"
    return None


def _find_problem_of_name(value: Any, path: tuple[str | int, ...]) -> str | None:
    """Return what no name in a report has: it would be shown, and compared with other names, as it is."""
    name = next((key for key in reversed(path) if isinstance(key, str)), "")
    found = find_invisible(value) if name in IDENTIFIERS and isinstance(value, str) else None
    return None if found is None else f"has the invalid character {found!a}"


def is_time(value: str) -> bool:
    """Return whether a text is a time as reports have it."""
    try:
        return _TIME.fullmatch(value) is not None and bool(parse_time(value))
    except ValueError:
        return False
