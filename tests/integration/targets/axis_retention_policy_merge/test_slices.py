# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merges of incomplete, old, foreign, and hostile reports: absence is never compliance, and no two runs mix."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import seal
from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, add_cameras, extra_vars
from tests.playbook import PlaybookRun
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils.reports import RUN, host, report, result

MERGE = "camfleet.axis.merge_reports"
MODULE = "camfleet.axis.axis_retention_policy_merge"
REPORT_MODULE = "camfleet.axis.axis_retention_policy_report"
TASK = "Merge the reports"
GROUPS = {"axis": {"vars": {**POLICY, "retention_policy_purpose": "Doors"}}}
FORMATS = ["html", "json", "csv", "markdown", "junit"]


def audit(play: Play, directory: Path, **variables: Any) -> dict[str, Any]:
    """Audit the fleet, and return the report, which is the only one in the directory."""
    given = {"retention_policy_report_dir": str(directory), "retention_policy_report_formats": FORMATS, **variables}
    run = play(AUDIT, *extra_vars(**given), groups=GROUPS)
    assert run.status == 0, run.output
    (path,) = directory.glob("*.json")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def split(document: Mapping[str, Any], *names: str, **fields: Any) -> dict[str, Any]:
    """Return the report of a slice with some of the hosts."""
    hosts = [host for host in document["hosts"] if host["host"] in names]
    return seal({**deepcopy(dict(document)), "hosts": hosts, **fields})


def write(directory: Path, **documents: Any) -> Path:
    """Write reports by name, and return their directory."""
    directory.mkdir(exist_ok=True)
    for name, document in documents.items():
        (directory / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return directory


def merge(play: Play, slices: Path, directory: Path, *arguments: str, **variables: Any) -> PlaybookRun:
    """Merge the reports of all slices."""
    given = {"merge_reports_from": str(slices), "merge_reports_dir": str(directory), **variables}
    return play(MERGE, *arguments, *extra_vars(**given), groups=GROUPS)


def result_of(run: PlaybookRun, task: str = TASK) -> dict[str, Any]:
    """Return the result of the merge."""
    (result,) = (result for (name, _host), result in run.results.items() if name == task)
    return result


def verdicts(path: str) -> dict[str, str]:
    """Return the verdict of each host."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    return {host["host"]: host["verdict"] for host in document["hosts"]}


@pytest.mark.fault("report of a slice missing")
def test_missing_slice_fails_the_merge(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", "c2")
    whole = audit(play, tmp_path / "whole", awx_workflow_job_id=42, awx_job_slice_number=1, awx_job_slice_count=4)
    assert (whole["run_id"], whole["slice"]) == ("42", {"number": 1, "count": 4})
    slices = write(
        tmp_path / "slices", one=split(whole, "c0"), four=split(whole, "c1", slice={"number": 4, "count": 4})
    )
    run = merge(play, slices, tmp_path / "merged")
    assert run.status != 0
    result = result_of(run)
    assert "The reports of these slices are missing, so their hosts are unverified: 2, 3." in result["msg"]
    assert "No report has these hosts, so they are unverified: c2." in result["msg"]
    assert (result["missing"], result["missing_slices"]) == (["c2"], [2, 3])
    (path,) = (path for path in result["files"] if path.endswith(".json"))
    assert verdicts(path) == {"c0": "compliant", "c1": "compliant", "c2": "not_in_run"}
    # A slice without a host within the limit has no report.
    run = merge(play, slices, tmp_path / "limited", "--limit", "c0,c1")
    assert run.status == 0, run.output
    assert result_of(run)["missing_slices"] == [2, 3]
    run = merge(play, slices, tmp_path / "limited", "--limit", "c1,c2")
    assert run.status != 0
    assert "No report has these hosts, so they are unverified: c2." in result_of(run)["msg"]


@pytest.fixture
def whole(fleet: Fleet) -> dict[str, Any]:
    """Return the report of two cameras, which no audit read."""
    add_cameras(fleet, "c0", "c1")
    hosts = (host("c0", result(0)), host("c1", result(1)))
    return report(*hosts, run=replace(RUN, moment=datetime.now(timezone.utc), run_id="2026-48"))


@pytest.mark.fault("merge into the directory of the slices")
def test_merge_never_reads_its_own_output(play: Play, whole: dict[str, Any], tmp_path: Path) -> None:
    slices = write(tmp_path / "slices", one=split(whole, "c0"), two=split(whole, "c1"))
    (slices / "comparison.json").write_text('{"schema_version": 1, "document": "comparison"}', encoding="utf-8")
    first, second = (merge(play, slices, slices, merge_reports_formats=FORMATS) for _time in range(2))
    assert (first.status, second.status) == (0, 0), second.output
    assert result_of(first)["files"] == result_of(second)["files"]
    merged = next(Path(path) for path in result_of(first)["files"] if path.endswith(".json"))
    assert verdicts(str(merged)) == {"c0": "compliant", "c1": "compliant"}
    assert json.loads(merged.read_text(encoding="utf-8"))["run_id"] == "2026-48"
    merged.rename(slices / "one.json")
    run = merge(play, slices, tmp_path / "later")
    assert run.status != 0
    assert "No report has these hosts, so they are unverified: c0." in result_of(run)["msg"]


def create_large_file(path: Path) -> None:
    """Create a file of 100 MiB that needs no space."""
    with path.open("wb") as file:
        file.truncate(100 * 2**20)


@pytest.mark.fault("two runs into one directory")
def test_runs_of_two_days_in_one_directory_are_rejected(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Each camera was in one of the runs, so that the merged report would look complete."""
    add_cameras(fleet, "c0", "c1")
    slices = tmp_path / "slices"
    written: dict[str, Path] = {}
    for camera in ("c0", "c1"):
        known = {*written.values()}
        where = extra_vars(retention_policy_report_dir=str(slices))
        run = play(AUDIT, "--limit", camera, *where, groups=GROUPS)
        assert run.status == 0, run.output
        (written[camera],) = {*slices.glob("*.json")} - known
    monday = json.loads(written["c0"].read_text(encoding="utf-8"))
    written["c0"].write_text(json.dumps(seal({**monday, "created": at(hours=-11)})), encoding="utf-8")
    run = merge(play, slices, tmp_path / "merged")
    assert run.status != 0
    message = result_of(run)["msg"]
    assert "The reports are from different runs (run " in message
    assert all(f": {path}" in message for path in written.values()), message
    assert "--extra-vars retention_policy_run_id=$(date +%F)-harbor" in message
    assert list((tmp_path / "merged").iterdir()) == []


@pytest.mark.parametrize("given", [None, pytest.param("2026-48-harbor", marks=pytest.mark.long)])
def test_all_reports_of_one_run_have_its_id(play: Play, fleet: Fleet, tmp_path: Path, given: str | None) -> None:
    """Each play of the run reports one camera, as a slice does."""
    add_cameras(fleet, "c0", "c1")
    slices = tmp_path / "slices"
    reports: list[dict[str, Any]] = []
    for name in ("c0", "c1"):
        options = {"hosts": [name], "directory": str(slices), "formats": ["json"]} | (
            {"run_id": given} if given else {}
        )
        reports.append({"name": f"Report {name}", REPORT_MODULE: options, "run_once": True})
    options = {"reports_directory": str(slices), "directory": str(tmp_path / "merged")}
    run = play([*reports, {"name": TASK, MODULE: options, "run_once": True}], groups=GROUPS)
    assert run.status == 0, run.output
    run_ids = {json.loads(path.read_text(encoding="utf-8"))["run_id"] for path in slices.glob("*.json")}
    assert len(run_ids) == 1
    assert (run_ids == {given}) == (given is not None)


def at(**offset: float) -> str:
    """Return a time relative to now in the form of a report."""
    return f"{datetime.now(timezone.utc) + timedelta(**offset):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.fault("report of another run")
def test_foreign_and_hostile_reports_are_named(play: Play, whole: dict[str, Any], tmp_path: Path) -> None:
    """All cases are tasks of one play: each merges the report of c0 with another file."""
    cases: dict[str, tuple[Callable[[Path], object], str]] = {}

    def add(name: str, expected: str, content: Any) -> None:
        sealed = seal(content) if isinstance(content, dict) and "hosts" in content else content
        data = content if isinstance(content, bytes) else json.dumps(sealed).encode()
        cases[name] = (lambda path: path.write_bytes(data)), expected

    other = split(whole, "c1")
    numbered = {**other, "hosts": [{**other["hosts"][0], "host": 7}]}
    add("another-run", "different runs (run 2026-47: {path}; run 2026-48: ", {**other, "run_id": "2026-47"})
    add("no-run", "different runs (no run ID: {path}; run 2026-48: ", {**other, "run_id": None})
    add("yesterday", "{path} is 24 hours old (created is ", {**other, "created": at(hours=-24, seconds=-60)})
    add("this-morning", "({path} of ", {**other, "created": at(hours=-13)})
    add("future", "{path} is from the future: created is ", {**other, "created": at(minutes=30)})
    add("number", "{path} is not a complete report: hosts[0].host must be string, got 7", numbered)
    changed = json.dumps({**other, "title": "Another title"}).encode()
    add("changed", "{path} was changed after it was written: its content_sha256 is ", changed)
    add("no-object", "{path} is not a report of this collection", [other])
    add("utf-8", "{path} is not UTF-8 text: line 1, column 1", b"\xff\xfe{")
    add("mark", "{path} begins with a byte order mark", b"\xef\xbb\xbf{}")
    add("deep", "{path} is not a report: it is nested too deeply", b"[" * 200_000)
    cases |= {
        "large": (create_large_file, "{path} is larger than 64 MiB"),
        "link": (lambda path: path.symlink_to("/etc/hostname"), "{path} is a symbolic link instead of a regular file"),
        "pipe": (os.mkfifo, "{path} is a named pipe instead of a regular file"),
        "directory": (Path.mkdir, "{path} is a directory instead of a regular file"),
    }
    tasks = []
    for name, (create, _expected) in cases.items():
        slices = write(tmp_path / name, a=split(whole, "c0"))
        create(slices / "b.json")
        options = {"reports_directory": str(slices), "directory": str(tmp_path / "merged")}
        tasks.append({"name": name, MODULE: options, "run_once": True, "ignore_errors": True})
    run = play(tasks, groups=GROUPS)
    for name, (_create, expected) in cases.items():
        result = result_of(run, name)
        assert run.outcomes[name, "c0"] == "failed", name
        assert expected.format(path=tmp_path / name / "b.json") in result["msg"]
        assert "Traceback (" not in str(result), name
    assert list((tmp_path / "merged").iterdir()) == []


def test_reports_of_an_earlier_run_are_merged_on_request(play: Play, whole: dict[str, Any], tmp_path: Path) -> None:
    document = seal({**whole, "created": at(days=-3), "started": None})
    slices = write(tmp_path / "slices", one=document)
    run = merge(play, slices, tmp_path / "merged")
    assert run.status != 0
    assert "increase merge_reports_max_age to merge the reports of an earlier run" in result_of(run)["msg"]
    run = merge(play, slices, tmp_path / "merged", merge_reports_max_age="80")
    assert run.status == 0, run.output


@pytest.mark.long
def test_invalid_maximum_age_is_an_error(play: Play, whole: dict[str, Any], tmp_path: Path) -> None:
    slices = write(tmp_path / "slices", one=whole)
    run = merge(play, slices, tmp_path / "merged", merge_reports_max_age=-1)
    assert "Set merge_reports_max_age to a number of hours" in result_of(run)["msg"]


def test_files_of_audit_and_merge_are_for_owner_and_group(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0")
    umask = os.umask(0)
    try:
        audit(play, tmp_path / "new" / "slices")
        run = merge(play, tmp_path / "new" / "slices", tmp_path / "new" / "merged", merge_reports_formats=FORMATS)
    finally:
        os.umask(umask)
    assert run.status == 0, run.output
    modes = {path.relative_to(tmp_path): path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*")}
    assert len(modes) == 2 + 2 * len(FORMATS)
    assert {mode for path, mode in modes.items() if path.suffix} == {0o640}
    assert {mode for path, mode in modes.items() if not path.suffix} == {0o750}
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o750
