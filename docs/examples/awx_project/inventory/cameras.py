#!/usr/bin/env python3
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print an inventory of the cameras in cameras.csv, a file in the directory of this script.

Columns: ``name`` and ``address`` of each camera, and ``groups``, separated by ``;``. All groups are children of the
group ``axis``. Every other column is a variable of the host, unless its field is empty.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_suffix(".csv")
_GROUP = "axis"
_REQUIRED = ("name", "address")


def inventory(path: Path) -> dict[str, Any]:
    """Return the inventory in the format of ``--list``.

    :raises ValueError: a line is invalid; the message names the file, the line, and the reason.
    """
    text = _read(path)
    try:
        separator = csv.Sniffer().sniff(text.partition("\n")[0], ",;\t").delimiter
    except csv.Error as error:
        raise ValueError(
            f"{path}, line 1: no comma, semicolon, or tab. Separate the columns with one of them."
        ) from error
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    missing = [name for name in _REQUIRED if name not in (rows.fieldnames or ())]
    if missing:
        raise ValueError(f"{path}, line 1: missing column {' and '.join(missing)}. Add it to the first line.")
    hosts: dict[str, dict[str, str]] = {}
    groups: dict[str, list[str]] = {}
    for row in rows:
        _add(row, f"{path}, line {rows.line_num}", hosts, groups)
    root = {"hosts": [name for name in hosts if not any(name in members for members in groups.values())]}
    return {
        "_meta": {"hostvars": hosts},
        _GROUP: {**root, "children": list(groups)},
        **{name: {"hosts": members} for name, members in groups.items()},
    }


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: int(error.start)].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise ValueError(f"{path}, line {line}, column {column}: not UTF-8. Save the file as CSV UTF-8.") from error


def _add(row: dict[str, Any], where: str, hosts: dict[str, dict[str, str]], groups: dict[str, list[str]]) -> None:
    if None in row or None in row.values():
        expected = len(row) - (None in row)
        found = sum(value is not None for name, value in row.items() if name is not None) + len(row.get(None, ()))
        raise ValueError(f"{where}: {found} fields, the first line has {expected}. Quote fields that have a separator.")
    fields = {name: value.strip() for name, value in row.items()}
    if not any(fields.values()):
        return
    name, address = fields.pop("name"), fields.pop("address")
    if not name or not address:
        raise ValueError(f"{where}: name or address is empty. Set both.")
    if name in hosts:
        raise ValueError(f"{where}: duplicate camera {name}. Each name must be unique.")
    for group in filter(None, (part.strip() for part in fields.pop("groups", "").split(";"))):
        groups.setdefault(group, []).append(name)
    hosts[name] = {"ansible_host": address, **{variable: value for variable, value in fields.items() if value}}


if __name__ == "__main__":
    try:
        print(json.dumps(inventory(_FILE)))
    except (OSError, ValueError, csv.Error) as error:
        sys.exit(str(error))
