# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tests on every supported ansible-core, each in a separate virtual environment.

Run it with ``make test-matrix``. It reports a missing interpreter, and runs all other rows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.playbook import CHECKOUT


@dataclass(frozen=True)
class Row:
    """One row of the matrix: an interpreter, and its requirements."""

    core: str
    python: str
    requirements: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the name for the output."""
        return f"ansible-core {self.core} on Python {self.python}"


_CURRENT = ("requests==2.34.2", "lxml==6.1.3")
MATRIX = (
    # The oldest libraries that meta/ee-requirements.txt allows.
    Row("2.16", "3.11", ("ansible-core==2.16.19", "requests==2.32.3", "urllib3==1.26.20", "lxml==4.9.4")),
    Row("2.19", "3.11", ("ansible-core==2.19.14", *_CURRENT)),
    Row("2.21", "3.13", ("ansible-core==2.21.5", *_CURRENT)),
    # Not released yet: pinned to a release candidate.
    Row("2.22", "3.13", ("ansible-core==2.22.0rc1", *_CURRENT)),
)


def main() -> int:
    """Run the matrix; return 0 if every row that could run passed."""
    results = {row: run(row) for row in MATRIX}
    print("\n== The matrix")
    for row, result in results.items():
        print(f"   {row.name}: {result}")
    return int("FAILED" in results.values() or "passed" not in results.values())


def run(row: Row) -> str:
    """Set up one row, run the tests, and return the result."""
    python = set_up(row)
    if python is None:
        return f"SKIPPED, Python {row.python} is not installed"
    command = [str(python), "-m", "pytest", "-q", "-n", "3", "tests/unit", "tests/integration", "tests/reliability"]
    passed = subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 0
    return "passed" if passed else "FAILED"


def set_up(row: Row) -> Path | None:
    """Return the interpreter of a row's virtual environment, or None if the machine does not have this Python."""
    print(f"\n== {row.name}", flush=True)
    return create_environment(CHECKOUT / ".cache" / "matrix" / row.core, row.python, row.requirements)


def create_environment(directory: Path, version: str, requirements: Sequence[str]) -> Path | None:
    """Return the interpreter of a virtual environment, and create the environment if it is not up to date.

    :returns: None, after a message, if the machine does not have this Python.
    """
    interpreter = next(interpreters(version), None)
    if interpreter is None:
        print(f"!! SKIPPED: Python {version} is not installed. Install it to test this row.", flush=True)
        return None
    python, stamp = directory / "bin" / "python", directory / "installed"
    tests = CHECKOUT / "tests" / "requirements-tests.txt"
    expected = "\n".join([interpreter, *requirements, tests.read_text(encoding="utf-8")])
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != expected:
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([interpreter, "-m", "venv", "--clear", str(directory)], check=True)
        subprocess.run([*install, *requirements, "-r", str(tests)], check=True)
        stamp.write_text(expected, encoding="utf-8")
    return python


def interpreters(version: str) -> Iterator[str]:
    """Yield working interpreters of a version: those in PATH, then those of pyenv."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = shutil.which(f"python{version}")
    candidates = [
        *([found] if found else []),
        *map(str, sorted(root.glob(f"versions/{version}*/bin/python"), reverse=True)),
    ]
    for candidate in candidates:
        # A pyenv shim of a version that is not selected exists, but fails.
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            yield candidate


if __name__ == "__main__":
    sys.exit(main())
