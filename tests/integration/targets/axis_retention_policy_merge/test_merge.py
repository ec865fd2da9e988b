# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The slices of an audit, brought together where AWX mounts a path for them: one report of all hosts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, ROLL_OUT, extra, plant
from tests.playbook import CHECKOUT, PlaybookRun
from tests.simulator import Fleet

MERGE = "camfleet.axis.merge_reports"
MODULE = "camfleet.axis.axis_retention_policy_merge"
SCHEMA = json.loads((CHECKOUT / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
GROUPS = {"axis": {"vars": {**POLICY, "retention_policy_purpose": "Doors"}}}


def run_slice(play: Play, directory: Path, limit: str, playbook: str = AUDIT, **variables: Any) -> None:
    """One slice of an audit."""
    given = {"retention_policy_report_dir": str(directory), **variables}
    run = play(playbook, "--limit", limit, *extra(**given), groups=GROUPS)
    assert run.status == 0, run.output


def merged(play: Play, slices: Path, directory: Path, **variables: Any) -> PlaybookRun:
    """Merge them."""
    given = {"merge_reports_from": str(slices), "merge_reports_dir": str(directory)}
    return play(MERGE, *extra(**given, **variables), groups=GROUPS)


def report_in(directory: Path) -> dict[str, Any]:
    """The one report there."""
    (path,) = directory.glob("*.json")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def test_slices_become_one_report_and_who_is_in_none_is_told(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "c0", "c1", "c4")
    plant(fleet, "c2", "c3", retention_time=24)
    run_slice(play, tmp_path / "slices", "c0,c2")
    run_slice(play, tmp_path / "slices", "c1,c3")
    asked = {name: device.connections for name, device in fleet.devices.items()}
    run = merged(play, tmp_path / "slices", tmp_path / "whole")
    assert run.status == 0, run.output
    assert {name: device.connections for name, device in fleet.devices.items()} == asked
    document = report_in(tmp_path / "whole")
    assert {host["host"]: host["verdict"] for host in document["hosts"]} == {
        "c0": "compliant",
        "c1": "compliant",
        "c2": "drifted",
        "c3": "drifted",
        "c4": "not_in_run",
    }
    assert [item["hosts"] for item in document["slices"]] == [2, 2]
    (result,) = (result for (task, _host), result in run.results.items() if task == "Merge the reports")
    assert result["missing"] == ["c4"]
    assert list((tmp_path / "whole").glob("*.html"))


def test_reports_of_two_runs_in_one_directory_are_refused(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "c0")
    for run_title in ("monday", "tuesday"):
        run_slice(play, tmp_path / "slices", "c0", awx_job_id=run_title)
    run = merged(play, tmp_path / "slices", tmp_path / "whole")
    assert run.status != 0
    assert "different runs" in run.output
    assert list((tmp_path / "whole").glob("*")) == []


def test_an_audit_and_a_roll_out_are_refused(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "c0", "c1")
    run_slice(play, tmp_path / "slices", "c0")
    run_slice(play, tmp_path / "slices", "c1", ROLL_OUT)
    assert "roll-out" in merged(play, tmp_path / "slices", tmp_path / "whole").output


@pytest.mark.parametrize("different", [False, True])
def test_reports_of_different_policies(play: Play, fleet: Fleet, tmp_path: Path, different: bool) -> None:
    plant(fleet, "c0", "c1")
    run_slice(play, tmp_path / "slices", "c0")
    run_slice(play, tmp_path / "slices", "c1", retention_policy_minimum="7d")
    run = merged(play, tmp_path / "slices", tmp_path / "whole", merge_reports_different_policies=different)
    assert (run.status == 0) == different
    assert ("different policies for the purpose" in run.output) != different


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"merge_reports_from": ""}, "Set merge_reports_from to the directory"),
        ({"merge_reports_dir": "whole"}, "Set merge_reports_from to the directory"),
        ({}, "There is no report to merge"),
    ],
)
def test_nothing_to_read_or_nowhere_to_write(
    play: Play, fleet: Fleet, tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    plant(fleet, "c0")
    given = {"merge_reports_from": str(tmp_path / "none"), "merge_reports_dir": str(tmp_path / "whole")}
    run = play(MERGE, *extra(**{**given, **variables}), groups=GROUPS)
    assert run.status != 0
    assert words in run.output.replace("\n", " ")


def test_a_file_that_cannot_be_read_is_named(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "c0")
    options = {"reports": [str(tmp_path / "gone.json")], "directory": str(tmp_path / "whole")}
    run = play([{"name": "Merge the reports", MODULE: options, "run_once": True}], groups=GROUPS)
    assert run.status != 0
    assert "gone.json cannot be read: No such file or directory" in run.output


def test_who_is_not_expected_is_told_and_counted(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "c0", "c1")
    run_slice(play, tmp_path / "slices", "all")
    (path,) = (tmp_path / "slices").glob("*.json")
    options = {"reports": [str(path)], "directory": str(tmp_path / "whole"), "hosts": ["c0"], "formats": ["json"]}
    run = play([{"name": "Merge the reports", MODULE: options, "run_once": True}], groups=GROUPS)
    assert run.status == 0, run.output
    (result,) = (result for (task, _host), result in run.results.items() if task == "Merge the reports")
    assert result["unexpected_hosts"] == ["c1"]
    assert report_in(tmp_path / "whole")["summary"]["hosts"] == 2
