# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The screen of the demo: what it shortens, what it colors, and what only the log has."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.demo.screen import MAX_LOG_LINES, Screen, shorten

SUMMARY = (
    "Audit of the retention policies, 2026-11-30 01:03 UTC: 14 hosts: 3 compliant, 0 changed, 4 drifted (3 critical), "
    "10 unverified, 0 not attempted. Read: settings only of 9 hosts"
)


def test_numbers_that_are_zero_are_omitted() -> None:
    numbers = SUMMARY.partition("UTC: ")[2]
    assert shorten(numbers) == "14 hosts: 3 compliant, 4 drifted, 10 unverified"


def _run(screen: Screen, directory: Path, text: str, status: int = 0) -> int:
    code = f"print({text!r}); raise SystemExit({status})"
    return screen.run([sys.executable, "-c", code], directory, {})


def test_screen_has_the_result_and_the_log_has_all(tmp_path: Path) -> None:
    stream = io.StringIO()
    screen = Screen(tmp_path / "log", stream=stream)
    screen.begin("1. Audit", "ansible-playbook audit")
    assert _run(screen, tmp_path, f"TASK [Check]\n{SUMMARY}\nPLAY RECAP", 4) == 4
    screen.note("details")
    screen.close()
    shown = "1. Audit\n   $ ansible-playbook audit\n   14 hosts: 3 compliant, 4 drifted, 10 unverified\n"
    assert stream.getvalue() == shown
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert f"TASK [Check]\n{SUMMARY}\nPLAY RECAP\n" in log
    assert log.endswith("details\n")


def test_a_run_without_a_summary_says_so(tmp_path: Path) -> None:
    stream = io.StringIO()
    screen = Screen(tmp_path / "log", stream=stream)
    assert _run(screen, tmp_path, "ERROR", 1) == 1
    screen.close()
    assert stream.getvalue() == "   no summary\n"


def test_failure_shows_what_failed_and_the_end_of_the_log(tmp_path: Path) -> None:
    stream = io.StringIO()
    screen = Screen(tmp_path / "log", stream=stream)
    _run(screen, tmp_path, "\n".join(map(str, range(100))))
    screen.check({"one": True, "two": False})
    screen.fail("1 of 2 checks failed.")
    screen.close()
    shown = stream.getvalue()
    assert "[ok] one" in (tmp_path / "log").read_text(encoding="utf-8")
    assert "   [FAILED] two\n\nThe demo FAILED: 1 of 2 checks failed.\n" in shown
    end = shown.partition("log:\n\n")[2].splitlines()
    assert len(end) == MAX_LOG_LINES
    assert "  99" in end
    assert "  70" not in end


@pytest.mark.parametrize(("variable", "colored"), [("FORCE_COLOR", True), ("NO_COLOR", False), (None, False)])
def test_colors_follow_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str | None, colored: bool
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "1")
    stream = io.StringIO()
    screen = Screen(tmp_path / "log", stream=stream)
    screen.confirm("one")
    screen.close()
    assert (stream.getvalue() == "\x1b[32m[ok] one\x1b[0m\n") is colored
    assert (tmp_path / "log").read_text(encoding="utf-8") == "[ok] one\n"


def test_verbose_screen_has_all(tmp_path: Path) -> None:
    stream = io.StringIO()
    screen = Screen(tmp_path / "log", verbose=True, stream=stream)
    _run(screen, tmp_path, SUMMARY)
    screen.check({"one": True})
    screen.note("details")
    screen.close()
    assert stream.getvalue() == (tmp_path / "log").read_text(encoding="utf-8")
    assert SUMMARY in stream.getvalue()
