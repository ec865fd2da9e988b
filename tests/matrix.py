# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit and integration tests on every supported ansible-core, each in a virtual environment of its own.

Run it with ``make test-matrix``. An interpreter that is missing is named loudly, and nothing else is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.playbook import CHECKOUT


@dataclass(frozen=True)
class Row:
    """One row of the matrix: an interpreter, and what is installed for it."""

    core: str
    python: str
    requirements: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in the output."""
        return f"ansible-core {self.core} on Python {self.python}"


_CURRENT = ("requests==2.34.2", "lxml==6.1.3")
MATRIX = (
    # with the oldest libraries that meta/ee-requirements.txt allows
    Row("2.16", "3.11", ("ansible-core==2.16.19", "requests==2.32.3", "urllib3==1.26.20", "lxml==4.9.4")),
    Row("2.19", "3.11", ("ansible-core==2.19.14", *_CURRENT)),
    Row("2.21", "3.13", ("ansible-core==2.21.5", *_CURRENT)),
    # Not released yet: pinned to a release candidate.
    Row("2.22", "3.13", ("ansible-core==2.22.0rc1", *_CURRENT)),
)


def main() -> int:
    """Exit status: 0 when every row that could run passed."""
    verdicts = {row: run(row) for row in MATRIX}
    print("\n== The matrix")
    for row, verdict in verdicts.items():
        print(f"   {row.name}: {verdict}")
    return int("FAILED" in verdicts.values() or "passed" not in verdicts.values())


def run(row: Row) -> str:
    """Set one row up, run the tests on it, and say how it went."""
    python = set_up(row)
    if python is None:
        return "SKIPPED, no such Python"
    command = [str(python), "-m", "pytest", "-q", "-n", "3", "tests/unit", "tests/integration", "tests/reliability"]
    passed = subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 0
    return "passed" if passed else "FAILED"


def set_up(row: Row) -> Path | None:
    """The interpreter of the virtual environment of one row, which is made when it is not there as the row says.

    :returns: None where the machine has no such Python, which is told.
    """
    print(f"\n== {row.name}", flush=True)
    interpreter = next(interpreters(row.python), None)
    if interpreter is None:
        print(f"!! SKIPPED: there is no Python {row.python} on this machine. Install it to test this row.", flush=True)
        return None
    place = CHECKOUT / ".cache" / "matrix" / row.core
    python, made = place / "bin" / "python", place / "made"
    tests = CHECKOUT / "tests" / "requirements-tests.txt"
    wanted = "\n".join([interpreter, *row.requirements, tests.read_text(encoding="utf-8")])
    if not made.is_file() or made.read_text(encoding="utf-8") != wanted:
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([interpreter, "-m", "venv", "--clear", place], check=True)
        subprocess.run([*install, *row.requirements, "-r", str(tests)], check=True)
        made.write_text(wanted, encoding="utf-8")
    return python


def interpreters(version: str) -> Iterator[str]:
    """Interpreters of a version that start: those on the path, then those of pyenv."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = shutil.which(f"python{version}")
    candidates = [
        *([found] if found else []),
        *map(str, sorted(root.glob(f"versions/{version}*/bin/python"), reverse=True)),
    ]
    for candidate in candidates:
        # A shim of pyenv may stand there for a version that is not chosen, and fail.
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            yield candidate


if __name__ == "__main__":
    sys.exit(main())
