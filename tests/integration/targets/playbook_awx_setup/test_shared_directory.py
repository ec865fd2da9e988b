# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks of docs/examples/awx_project, if jobs do not share the directory for the reports, or have no camera."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.controller.state import EXAMPLE
from tests.playbook import PlaybookRun, run_playbook

SETTING = "AWX_ISOLATION_SHOW_PATHS"
REVISION = "Check that the project did not change since the audit"


def run_job(directory: Path, playbook: str, *arguments: str, cameras: str = "north-1", **variables: Any) -> PlaybookRun:
    """Run a playbook of the example with extra variables, on cameras that nothing may contact."""
    inventory = directory / "inventory.ini"
    inventory.write_text(f"[axis]\n{cameras}\n[south]\n[axis:vars]\nansible_host=192.0.2.1\n", encoding="utf-8")
    extra = directory / "variables.json"
    extra.write_text(json.dumps(variables), encoding="utf-8")
    return run_playbook(EXAMPLE / playbook, inventory, directory, "--extra-vars", f"@{extra}", *arguments)


def test_missing_directory_fails_the_start(tmp_path: Path) -> None:
    run = run_job(tmp_path, "start_run.yml", start_run_reports=str(tmp_path / "reports"), awx_job_id=7)
    assert run.status != 0
    assert not (tmp_path / "reports").exists()
    message = run.results["Check that the directory for the reports exists", "localhost"]["msg"]
    assert f"{tmp_path}/reports, does not exist in this job. Create it on every execution node" in message
    assert SETTING in message


@pytest.mark.long
def test_directory_that_is_not_writable_fails_the_start(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    # A file where the directory of the run would be.
    (reports / "7").write_text("", encoding="utf-8")
    run = run_job(tmp_path, "start_run.yml", start_run_reports=str(reports), awx_job_id=7)
    assert run.status != 0
    assert SETTING in run.results["Fail because the directory is not writable", "localhost"]["msg"]


def test_next_job_verifies_the_file_of_the_start(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    start = run_job(tmp_path, "start_run.yml", start_run_reports=str(reports), awx_job_id=7)
    assert start.status == 0, start.output
    artifacts: dict[str, Any] = dict(start.stats)
    assert artifacts["retention_policy_report_dir"] == f"{reports}/7/slices"
    assert str(artifacts["retention_policy_run_id"]) == "7"
    # The directory is shared, but the artifacts are of two runs, as AWX passes them to a workflow in a workflow.
    mixed = run_job(tmp_path, "audit.yml", **{**artifacts, "retention_policy_run_id": "8"})
    assert mixed.status != 0
    message = mixed.results["Check that the artifacts are those of one run", "north-1"]["msg"]
    assert "The artifacts are of different runs: retention_policy_run_id is 8" in message
    assert SETTING not in message
    # Another directory with the same path, as in a container without the mount.
    Path(artifacts["start_run_probe"]).unlink()
    for playbook in ("audit.yml", "roll_out.yml", "merge_reports.yml"):
        run = run_job(tmp_path, playbook, **artifacts)
        assert run.status != 0
        message = run.results["Check that the directory for the reports is shared", "north-1"]["msg"]
        assert f"wrote {reports}/7/probe-7, which does not exist in this job" in message
        assert SETTING in message
        assert run.steps[-1][0] == "Check that the directory for the reports is shared"


def test_run_of_another_awx_is_not_continued(tmp_path: Path) -> None:
    """The numbers of jobs are unique only in one installation."""
    (tmp_path / "reports" / "7" / "slices").mkdir(parents=True)
    run = run_job(tmp_path, "start_run.yml", start_run_reports=str(tmp_path / "reports"), awx_job_id=7)
    assert run.status == 0, run.output
    assert run.stats["retention_policy_run_id"].startswith("7-")
    assert run.stats["merge_reports_from"] == f"{tmp_path}/reports/{run.stats['retention_policy_run_id']}/slices"


@pytest.mark.parametrize("playbook", ["roll_out.yml", pytest.param("audit.yml", marks=pytest.mark.long)])
def test_job_without_a_workflow_requires_the_directory(tmp_path: Path, playbook: str) -> None:
    """The role would create it in the container of the job, and the report would be lost with it."""
    reports = str(tmp_path / "reports")
    run = run_job(tmp_path, playbook, retention_policy_report_dir=reports, awx_job_id=7)
    assert run.status != 0
    message = run.results["Check that the directory for the reports exists", "north-1"]["msg"]
    assert f"{reports}, does not exist in this job, so the report would be lost" in message
    assert f'"{reports}:{reports}:z"' in message
    assert run.steps[-1][0] == "Check that the directory for the reports exists"


@pytest.mark.parametrize(
    ("slices", "variables", "is_empty_slice"),
    [
        pytest.param("1", {"start_run_probe": "probe"}, False, marks=pytest.mark.long),
        ("2", {"start_run_probe": "probe"}, True),
        # Without the start, nothing has checked the pattern.
        ("2", {}, False),
    ],
)
def test_audit_without_a_camera_fails_unless_it_is_a_slice(
    tmp_path: Path, slices: str, variables: dict[str, str], is_empty_slice: bool
) -> None:
    run = run_job(tmp_path, "audit.yml", audit_slices=slices, retention_policy_hosts="south", **variables)
    assert (run.status == 0) == is_empty_slice, run.output
    assert ("No camera of this slice matches the pattern south" in run.output) == is_empty_slice


@pytest.mark.parametrize(
    ("playbook", "count", "fails"), [("start_run.yml", 1, True), ("start_run.yml", 2, False), ("roll_out.yml", 2, True)]
)
def test_other_revision_stops_only_the_roll_out(tmp_path: Path, playbook: str, count: int, fails: bool) -> None:
    (tmp_path / "reports").mkdir()
    variables = {"start_run_reports": str(tmp_path / "reports"), "awx_project_revision": "b", "awx_job_id": 7}
    run = run_job(tmp_path, playbook, start_run_count=count, start_run_revision="a", **variables)
    assert ((run.status != 0), (run.steps[-1][0] == REVISION)) == (fails, fails), run.output


def test_pattern_without_a_camera_fails_the_start(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    variables = {"start_run_reports": str(tmp_path / "reports"), "retention_policy_hosts": "west"}
    run = run_job(tmp_path, "start_run.yml", **variables)
    assert run.status != 0
    message = run.results["Check that a camera matches", "localhost"]["msg"]
    assert "no host of the inventory matches the pattern west" in message
