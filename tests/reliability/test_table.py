# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of faults shows what was tested and what failed, also from the processes of pytest-xdist."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.playbook import CHECKOUT

_TESTS = """
import pytest

@pytest.mark.fault("reset")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_fails_once(number):
    assert number != 2

def test_of_many_devices(record_property):
    record_property("fault", ("silence", 40, 40))
    record_property("fleet", ("silence", 500, 500, 12))
    record_property("fleet", ("drip", 10, 9, 10))
"""


@pytest.mark.parametrize("processes", [pytest.param("0", marks=pytest.mark.long), "2"])
def test_failed_faults_are_marked(tmp_path: Path, processes: str) -> None:
    (tmp_path / "test_sample.py").write_text(_TESTS, encoding="utf-8")
    # Without this file pytest finds the settings of this project when the temporary directory is inside the checkout.
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", processes, "-p", "tests.conftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "reset 3 2 - - - FAILED" in lines
    assert "silence 40 40 500 500 12" in lines
    assert "drip - - 10 9 10 FAILED" in lines
