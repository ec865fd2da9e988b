# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the run ID: all reports of one run have the same, and no two runs have."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils import _run_id
from ansible_collections.camfleet.axis.plugins.plugin_utils._run_id import find_run_id


@pytest.fixture
def start_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the directory that the processes of one run share."""
    monkeypatch.setattr(_run_id, "run_directory", lambda: str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("given", "workflow_job", "expected"),
    [("2026-48", "42", "2026-48"), (" 2026-48 ", None, "2026-48"), (" ", "42", "42"), (None, "42", "42")],
)
def test_a_value_of_the_user_comes_before_the_number_of_awx(
    start_run: Path, given: str | None, workflow_job: str | None, expected: str
) -> None:
    assert find_run_id(given, workflow_job) == expected
    assert list(start_run.iterdir()) == []


def test_all_reports_of_a_run_agree(start_run: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = {*pool.map(lambda given: find_run_id(given, None), ["", None, " "] * 20)}
    assert len(found) == 1
    (file,) = start_run.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_two_runs_agree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = set()
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        monkeypatch.setattr(_run_id, "run_directory", lambda number=number: str(tmp_path / str(number)))
        found.add(find_run_id(None, None))
    assert len(found) == 20


@pytest.mark.parametrize("content", ["", "0123", "g" * 32, "0" * 33])
def test_an_incomplete_file_is_written_again(start_run: Path, content: str) -> None:
    (start_run / "axis-run-id").write_text(content, encoding="ascii")
    first, second = (find_run_id(None, None) for _time in range(2))
    assert first == second == (start_run / "axis-run-id").read_text(encoding="ascii")
    assert len(first) == 32
