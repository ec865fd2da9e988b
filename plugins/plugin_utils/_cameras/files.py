# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cameras of one entry of the option ``files``."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    Message,
    Option,
    describe_value,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.columns import (
    build_cameras,
    count_known,
    is_variable_name,
    names_groups,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.decoding import decode
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.headers import FIELDS
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Position,
    Problem,
    Table,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.table import read_csv
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.variables import OWN_VARIABLES
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.xlsx import read_workbook

_SAMPLE = 1024
_MAX_SIZE = 128 * 1024 * 1024
#: Variables of a host that are fields here.
_FIELD_OF = {"inventory_hostname": "name", "axis_host": "address", **OWN_VARIABLES}
_TEXTS = ("sheet", "delimiter", "encoding")
_KEYS = ("path", "columns", *_TEXTS)
_ARCHIVE = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE = "Save it as an Excel workbook (.xlsx) or as CSV UTF-8."
#: By how a file begins, after white space: what it is, and what to do.
_OTHERS = (
    (re.compile(rb"\$ANSIBLE_VAULT;"), "encrypted with Ansible Vault", "Decrypt it: a list is read as it is."),
    (re.compile(rb"[\[{]\s*[\[{\"\]}]"), "JSON", "Export the devices as CSV instead."),
    (re.compile(rb"<[?!A-Za-z]"), "HTML or XML", _SAVE),
    (re.compile(rb"%PDF-"), "a PDF document", _SAVE),
    (re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ|Rar!|7z\xbc\xaf"), "a compressed archive", "Unpack it."),
)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """One entry of the option ``files``.

    :param path: absolute, or relative to the inventory file.
    :param columns: by field or variable, the header that the user sets.
    """

    path: str
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


class FileResult(NamedTuple):
    """What a file has.

    :param rejected: what could be read of the rows that have a problem. Report further problems of them in the same
        run; they are not hosts.
    :param warnings: what a person should know about how it was read, as sentences.
    """

    cameras: tuple[ListedCamera, ...]
    problems: tuple[Problem, ...]
    rejected: tuple[ListedCamera, ...] = ()
    warnings: tuple[str, ...] = ()


def parse_file_options(item: object, shared_columns: Mapping[str, str], option: Option | None = None) -> FileOptions:
    """Return an entry of the option ``files``: a path, or a dictionary.

    :param shared_columns: the option ``columns`` of all files; ``null`` in an entry removes a column of it.
    :param option: the entry, for messages.
    :raises InvalidOptionError: ``invalid_option``.
    """
    entry = Option("files") if option is None else option
    if isinstance(item, str):
        item = {"path": item}
    if not isinstance(item, Mapping):
        step = "Set it to a path, or to a dictionary with path."
        raise _invalid(entry, item, "{option} must be a path or a dictionary, got {value}", step)
    for key in item:
        if key not in _KEYS:
            step = f"Set only {', '.join(_KEYS)} in {{option}}."
            raise _invalid(entry, key, "{option} has the key {value}, which is not supported", step)
    path = item.get("path")
    if not isinstance(path, str) or not path:
        step = "Set it to the path of a CSV or XLSX file, in quotation marks if it is a number."
        raise _invalid(entry["path"], path, "{option} must be a path, got {value}", step)
    for key in _TEXTS:
        text = item.get(key)
        if text is not None and (not isinstance(text, str) or not text):
            raise _invalid(entry[key], text, "{option} must be a text, got {value}", "Put it in quotation marks.")
    own = parse_columns(item.get("columns"), entry["columns"], may_remove=True)
    columns = {name: header for name, header in {**shared_columns, **own}.items() if header is not None}
    return FileOptions(str(path), columns, *(item.get(key) for key in _TEXTS))


def parse_columns(value: object, option: Option, *, may_remove: bool = False) -> dict[str, str | None]:
    """Return an option ``columns``: by field or variable, the header.

    :param may_remove: whether the header may be null.
    :raises InvalidOptionError: ``invalid_option``.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        step = "Set it to a dictionary such as {{address: Device IP}}."
        raise _invalid(option, value, "{option} must be a dictionary, got {value}", step)
    for name, header in value.items():
        if not isinstance(name, str) or not (name in FIELDS or is_variable_name(name)):
            step = f"Use {', '.join(FIELDS)}, or the name of a variable. The header follows the colon."
            raise _invalid(option, name, "{option} has the key {value}, which is not a field or a variable", step)
        if not (isinstance(header, str) and header.strip()) and not (may_remove and header is None):
            step = "Set it to the header of a column, in quotation marks if it is a number."
            raise _invalid(option[name], header, "{option} must be a text, got {value}", step)
    columns: dict[str, str | None] = {}
    for name, header in value.items():
        field_name = _FIELD_OF.get(str(name), str(name))
        if field_name in columns:
            step = f"Map only one of them: {name} is the same as {field_name}."
            raise _invalid(option, field_name, "{option} has {value} twice", step)
        columns[field_name] = header
    return columns


def _invalid(option: Option, value: object, message: str, next_step: str) -> Exception:
    return invalid_option(
        Message(message, {"option": option, "value": describe_value(value)}), Message(next_step, {"option": option})
    )


def read_file(options: FileOptions, base_dir: str) -> FileResult:
    """Return the cameras of a file, and everything that is wrong with it.

    :param base_dir: the directory of the inventory file.
    """
    content = _read_bytes(os.path.join(base_dir, os.path.expanduser(options.path)), options.path)
    table = content if isinstance(content, Problem) else _read_table(content, options)
    if isinstance(table, Problem):
        return FileResult((), (table,))
    cameras = build_cameras(table, options.columns)
    problems = sorted(cameras.problems, key=lambda problem: problem.position.line or 0)
    return FileResult(cameras.cameras, tuple(problems), cameras.rejected, cameras.warnings)


def _read_bytes(path: str, shown: str) -> bytes | Problem:
    position = Position(shown)
    where = escape_invisible(path)
    try:
        # A pipe would block.
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return Problem(position, "it is a directory", "Set the path of a file; list each file of it.")
        if not stat.S_ISREG(mode):
            return Problem(position, "it is not a regular file", "Save the list to a file.")
        with open(path, "rb") as file:
            content = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        step = f"Correct the path, which is relative to the inventory file. It was searched at {where}."
        return Problem(position, "the file does not exist", step)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not valid"
        return Problem(
            position, f"the file cannot be read: {reason}", f"Make {where} readable for the user of Ansible."
        )
    if len(content) > _MAX_SIZE:
        return Problem(position, "the file is larger than 128 MiB", "Split it, or delete columns that are not needed.")
    return content


def _read_table(content: bytes, options: FileOptions) -> Table | Problem:
    position = Position(options.path)
    if content.startswith(_COMPOUND):
        if _ENCRYPTED in content:
            return Problem(position, "the workbook is encrypted with a password", "Save it without password.")
        return Problem(position, "the file is an old workbook (.xls) or another Office document", _SAVE)
    if content.startswith(_ARCHIVE):
        for name in ("delimiter", "encoding"):
            if getattr(options, name) is not None:
                return Problem(position, f"{name} is set, but the file is a workbook", f"Remove {name}.")
        return read_workbook(content, options.path, options.sheet)
    if options.sheet is not None:
        return Problem(position, "sheet is set, but the file is a text, not a workbook", "Remove sheet.")
    begin = content[:_SAMPLE].removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, kind, step in _OTHERS:
        if pattern.match(begin):
            return Problem(position, f"the file is {kind}, not a CSV or XLSX file", step)
    text = decode(content, options.path, options.encoding)
    if isinstance(text, Problem):
        return text
    score = partial(count_known, option=options.columns)
    is_list = partial(names_groups, option=options.columns)
    table = read_csv(text.text, options.path, options.delimiter, score, is_list)
    if isinstance(table, Problem) or text.warning is None:
        return table
    return replace(table, warnings=(text.warning, *table.warnings))
