# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tests of the client with other libraries: the oldest, the newest, replaced, and patched ones.

Run it with ``make test-libraries``. Each row has a separate virtual environment. Libraries that are safe pass all tests
of the client. ``tests/reliability/test_library_environments.py`` proves that others are refused.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from tests.matrix import create_environment
from tests.playbook import CHECKOUT

_PYTHON = "3.11"
_CORE = "ansible-core==2.19.14"
#: the environment variable that names the package that has to be refused
REFUSED = "CAMFLEET_REFUSED_LIBRARY"
_CONTRACT = "tests/reliability/test_library_environments.py"
_CLIENT_TESTS = (
    "tests/unit/plugins/module_utils/_http",
    "tests/unit/plugins/module_utils/_vapix/test_xml.py",
    "tests/unit/plugins/module_utils/_vapix/test_xml_parser.py",
    "tests/reliability/test_faults.py",
    _CONTRACT,
)


@dataclass(frozen=True)
class Row:
    """One environment.

    :param refused: the package that has to be refused, or None if all tests have to pass.
    :param plugin: a plugin of pytest that patches the process before the tests are loaded.
    """

    name: str
    requirements: tuple[str, ...]
    refused: str | None = None
    plugin: str | None = None


ROWS = (
    # The oldest that meta/ee-requirements.txt allows, with the oldest urllib3 that is still in a distribution.
    Row("oldest", ("requests==2.32.2", "urllib3==1.26.5", "lxml==4.9.2")),
    Row("newest", ("requests", "urllib3", "lxml")),
    # A distribution may have an older requests than this collection requires.
    Row("requests-2.25", ("requests==2.25.1", "urllib3==1.26.5", "lxml==4.9.2")),
    Row("urllib3-future", ("requests", "urllib3-future", "lxml"), refused="urllib3"),
    Row("truststore", ("requests", "urllib3", "lxml", "truststore"), plugin="tests.patches.truststore"),
)


def main(names: list[str]) -> int:
    """Run the rows of these names, or all; return 0 if every row that could run passed."""
    results = {row: run(row) for row in ROWS if not names or row.name in names}
    print("\n== The libraries")
    for row, result in results.items():
        print(f"   {row.name}: {result}")
    return int("FAILED" in results.values() or "passed" not in results.values())


def run(row: Row) -> str:
    """Set up one row, run its tests, and return the result."""
    print(f"\n== {row.name}: {', '.join(row.requirements)}", flush=True)
    directory = CHECKOUT / ".cache" / "libraries" / row.name
    python = create_environment(directory, _PYTHON, (_CORE, *row.requirements))
    if python is None:
        return f"SKIPPED, Python {_PYTHON} is not installed"
    tests = (_CONTRACT,) if row.refused else _CLIENT_TESTS
    plugin = ("-p", row.plugin) if row.plugin else ()
    # Old releases of urllib3 close a connection that a test leaves open only when Python ends.
    command = [str(python), "-m", "pytest", "-q", "-n", "2", "-W", "ignore::ResourceWarning", *plugin, *tests]
    environment = {**os.environ, REFUSED: row.refused or ""}
    passed = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode == 0
    return "passed" if passed else "FAILED"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
