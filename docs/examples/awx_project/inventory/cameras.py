#!/usr/bin/env python3
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory of the cameras in cameras.csv, which lies beside this script; spreadsheets save such files.

Columns: ``name`` and ``address`` of each camera, and ``groups``, with ``;`` between them. Each is in the group ``axis``
by way of its groups. Every other column is a variable of the host, where a line has something in it.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_suffix(".csv")
_GROUP = "axis"
_NEEDED = ("name", "address")


def inventory(path: Path) -> dict[str, Any]:
    """What Ansible asks an inventory script for with ``--list``.

    :raises ValueError: a line cannot be a camera; says which line and why.
    """
    with path.open(encoding="utf-8-sig", newline="") as source:
        separator = csv.Sniffer().sniff(source.readline(), ",;\t").delimiter
        source.seek(0)
        rows = csv.DictReader(source, delimiter=separator)
        missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
        if missing:
            raise ValueError(f"{path}: there is no column {' and no column '.join(missing)} in the first line")
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


def _add(row: dict[str, Any], where: str, hosts: dict[str, dict[str, str]], groups: dict[str, list[str]]) -> None:
    if None in row or None in row.values():
        raise ValueError(f"{where}: it has not as many fields as the first line")
    fields = {name: value.strip() for name, value in row.items()}
    if not any(fields.values()):
        return
    name, address = fields.pop("name"), fields.pop("address")
    if not name or not address:
        raise ValueError(f"{where}: a camera needs a name and an address")
    if name in hosts:
        raise ValueError(f"{where}: there is a camera {name} already")
    for group in filter(None, (part.strip() for part in fields.pop("groups", "").split(";"))):
        groups.setdefault(group, []).append(name)
    hosts[name] = {"ansible_host": address, **{variable: value for variable, value in fields.items() if value}}


if __name__ == "__main__":
    try:
        print(json.dumps(inventory(_FILE)))
    except (OSError, ValueError, csv.Error) as error:
        sys.exit(str(error))
