# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make demo`` fits on a screen, keeps everything in a log, and fails with a clear message."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.screen import MAX_LOG_LINES, show_path
from tests.playbook import CHECKOUT, environment

MAX_LINES, MAX_COLUMNS = 24, 100


def run_demo(scratch: Path, collections: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo with the collection that is installed in a path, without a terminal."""
    command = [sys.executable, "-m", "tests.demo", "--collections", str(collections)]
    return subprocess.run(
        [*command, "--reports", str(scratch / "reports"), *arguments],
        cwd=CHECKOUT,
        env=environment(scratch),
        capture_output=True,
        text=True,
        check=False,
    )


def test_demo_fits_on_a_screen_and_keeps_a_log(installed: Path, tmp_path: Path) -> None:
    """It runs from the artifact."""
    done = run_demo(tmp_path, installed)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    lines = done.stdout.replace(show_path(tmp_path), ".cache").splitlines()
    assert len(lines) <= MAX_LINES
    assert max(map(len, lines)) <= MAX_COLUMNS
    assert "\x1b" not in done.stdout
    commands = [line.strip() for line in lines if line.startswith("   $ ")]
    assert [command.rpartition(" ")[2] for command in commands] == [
        "camfleet.axis.audit",
        "camfleet.axis.roll_out",
        "camfleet.axis.audit",
    ]
    assert "   14 hosts: 3 compliant, 4 changed, 1 held, 1 refused, 1 unsupported, 4 unverified" in lines
    assert any(line.startswith("All 17 checks ") for line in lines)
    (report,) = (tmp_path / "reports").glob("*.html")
    assert f"Open the report:  {show_path(report)}" in done.stdout
    log = tmp_path / "reports" / "demo.log"
    assert f"Complete output:  {show_path(log)}" in done.stdout
    text = log.read_text(encoding="utf-8")
    assert text.count("PLAY RECAP") == 3
    assert text.count("   [ok] ") == 17
    assert [command for command in commands if command in text] == commands


def test_demo_shows_the_end_of_the_log_if_a_check_fails(tmp_path: Path) -> None:
    """Without the collection, the first playbook does not exist."""
    done = run_demo(tmp_path, tmp_path)
    assert done.returncode == 1
    assert "   [FAILED] the exit status reports the unreachable hosts\n" in done.stdout
    failure, _colon, end = done.stdout.partition("demo.log:\n\n")
    assert failure.rstrip().endswith(
        f"The demo FAILED: 1 of 3 checks of the audit failed.\nThe end of {show_path(tmp_path / 'reports')}/"
    )
    assert re.search("camfleet.axis.audit could not be found", end)
    assert len(end.splitlines()) <= MAX_LOG_LINES
    assert done.stderr == ""


@pytest.mark.long
def test_verbose_demo_prints_the_log(installed: Path, tmp_path: Path) -> None:
    done = run_demo(tmp_path, installed, "--verbose")
    assert done.returncode == 0, done.stdout[-4000:]
    assert done.stdout == (tmp_path / "reports" / "demo.log").read_text(encoding="utf-8")
    assert done.stdout.count("PLAY RECAP") == 3
