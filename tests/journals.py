# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record what the integration tests send to the simulator, and compare two versions of the collection by it.

``pytest tests/integration --journals DIR`` writes one JSON file per test: for each device, its requests in order,
without what differs from run to run. ``python -m tests.journals BEFORE AFTER`` pairs the tests of two such
directories, by name and otherwise by equal requests, and names each test whose requests differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.simulator import Fleet

# Ports and paths of a run, as they reach a device in the text that a test sends.
_VOLATILE = re.compile(r"127\.\d+\.\d+\.\d+(:\d+)?|/tmp/[^\s\"<]*")


def write(fleet: Fleet, directory: Path, test: str) -> None:
    """Write the journal of every device of a fleet.

    :param test: the node ID of the test.
    """
    devices = {device.name: [_entry(entry) for entry in device.journal] for device in fleet.devices.values()}
    directory.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(test.encode()).hexdigest()[:16]
    content = json.dumps({"test": test, "devices": devices}, indent=1, sort_keys=True)
    (directory / f"{name}.json").write_text(content, encoding="utf-8")


def _entry(entry: Any) -> list[Any]:
    target, body = (_VOLATILE.sub("*", text) for text in (entry.target, entry.body.decode("utf-8", "replace")))
    return [entry.connection, entry.method, target, body, entry.user, entry.status, entry.code, entry.fault]


def compare(before: Path, after: Path) -> list[str]:
    """Return one line per difference; an empty list means that every test sent the same requests."""
    old, new = _read(before), _read(after)
    lines = [f"differs: {test}" for test in sorted(old.keys() & new.keys()) if old[test] != new[test]]
    unpaired: dict[str, list[str]] = defaultdict(list)
    for test in new.keys() - old.keys():
        unpaired[new[test]].append(test)
    for test in sorted(old.keys() - new.keys()):
        if not unpaired[old[test]]:
            lines.append(f"only before: {test}")
        else:
            unpaired[old[test]].pop()
    return lines + [f"only after: {test}" for tests in unpaired.values() for test in sorted(tests)]


def _read(directory: Path) -> dict[str, str]:
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in directory.glob("*.json")]
    return {content["test"]: json.dumps(_requests(content["devices"])) for content in contents}


def _requests(devices: dict[str, list[list[Any]]]) -> list[list[list[Any]]]:
    """Drop the names of devices and planted faults: they belong to the simulator, not to what the collection sends."""
    return sorted(([entry[:-1] for entry in entries] for entries in devices.values()), key=json.dumps)


def main() -> int:
    """Compare two directories; the exit status is 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.journals", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    options = parser.parse_args()
    lines = compare(options.before, options.after)
    old, new = len(_read(options.before)), len(_read(options.after))
    print("\n".join([*lines, f"{old} tests before, {new} after, {len(lines)} differences"]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
