# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The comparison of files: which two are compared, when the task fails, and that no changed report is used."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.camfleet.axis.plugins.action import axis_retention_policy_compare
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, Scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_json
from tests.unit.plugins.plugin_utils.reports import RUN, drifted, failed, host, report, result

#: Reports of successive weeks: one camera drifts, is unreachable, drifts further, and is compliant.
CAMERA = (result(1), drifted(1, 240), failed(1), drifted(1, 24), result(1))

Compare = Callable[..., dict[str, Any]]


def week(number: int, registered: dict[str, Any] | None = None, **more: Any) -> Document:
    """Build the report of a week."""
    moment = RUN.moment + timedelta(weeks=number)
    hosts = (host("c1", CAMERA[number] if registered is None else registered), host("c2", result(2)))
    return report(*hosts, run=replace(RUN, **{"moment": moment, "run_id": f"week {number}", **more}))


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Return a function that runs the task as the playbook does."""
    # Core's part needs a connection.
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})

    def run(**arguments: Any) -> dict[str, Any]:
        task = SimpleNamespace(args=arguments)
        action = axis_retention_policy_compare.ActionModule(task, None, None, None, None, None)
        found: dict[str, Any] = action.run(None, {"inventory_hostname": "localhost", "compare_reports_from": "x"})
        return found

    return run


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Write the reports of five weeks."""
    return [write(tmp_path / f"week-{number}.json", week(number)) for number in range(len(CAMERA))]


def write(path: Path, document: Document) -> Path:
    """Write a report."""
    path.write_text(render_json(document), encoding="utf-8")
    return path


def names(found: dict[str, Any]) -> list[str]:
    """Return the names of the two files that were compared."""
    return [Path(found[side]["file"]).name for side in ("earlier", "later")]


def test_the_two_newest_reports_of_a_directory(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    found = compare(reports_directory=str(tmp_path))
    assert names(found) == ["week-3.json", "week-4.json"]
    assert (found["result"], found["files"], len(found["fixed"])) == ("changed", [], 1)
    files[4].unlink()
    found = compare(reports_directory=str(tmp_path))
    assert names(found) == ["week-2.json", "week-3.json"]
    assert (found["result"], len(found["newly_verified"])) == ("worse", 1)


def test_since_is_from_the_earlier_reports_of_the_directory(
    compare: Compare, files: list[Path], tmp_path: Path
) -> None:
    write(files[4], week(4, drifted(1, 12)))
    (entry,) = compare(reports_directory=str(tmp_path))["worse"]
    # It was unreachable in week 2, which proves nothing, and compliant in week 0.
    assert (entry["since"], entry["or_earlier"]) == ("2026-12-04T08:15:02Z", False)
    (entry,) = compare(reports=[str(files[3]), str(files[4])])["worse"]
    assert (entry["since"], entry["or_earlier"]) == ("2026-12-18T08:15:02Z", True)


def test_two_files_are_compared_in_the_order_of_their_times(compare: Compare, files: list[Path]) -> None:
    forth, back = (compare(reports=[str(files[one]), str(files[two])]) for one, two in ((0, 1), (1, 0)))
    assert names(forth) == names(back) == ["week-0.json", "week-1.json"]
    assert forth["new"] == back["new"] != []
    assert forth["notes"] == []
    assert back["notes"] == [
        "The first of the reports in the list is the later one: they are compared in the order of their times."
    ]


@pytest.mark.parametrize(
    ("weeks", "result", "failing"),
    [((0, 4), "unchanged", []), ((3, 4), "changed", ["any"]), ((0, 1), "worse", ["worse", "any"])],
)
def test_when_the_task_fails(
    compare: Compare, files: list[Path], tmp_path: Path, weeks: tuple[int, int], result: str, failing: list[str]
) -> None:
    reports = [str(files[number]) for number in weeks]
    for value in ("never", "worse", "any"):
        directory = tmp_path / value
        found = compare(reports=reports, fail_on=value, directory=str(directory))
        assert found["result"] == result
        assert found.get("failed", False) is (value in failing)
        assert {path.suffix for path in directory.iterdir()} == {".html", ".json"}
        if value in failing:
            assert f"The task fails because compare_reports_fail_on is {value}" in found["msg"]


@pytest.mark.fault("changed report")
def test_one_changed_character_is_detected(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    for path in files[:3]:
        path.unlink()
    text = files[4].read_text(encoding="utf-8")
    places = random.Random(23).sample([place for place, sign in enumerate(text) if sign.isalnum()], 60)
    for place in places:
        other = "0" if text[place] != "0" else "1"
        files[4].write_text(text[:place] + other + text[place + 1 :], encoding="utf-8")
        for options in ({"reports_directory": str(tmp_path)}, {"reports": [str(files[3]), str(files[4])]}):
            found = compare(**options)
            assert found.get("failed"), text[place - 20 : place + 20]
            assert str(files[4]) in found["msg"]


def test_changed_report_of_an_earlier_week_is_an_error(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    text = files[1].read_text(encoding="utf-8")
    files[1].write_text(text.replace("Audit of the harbor", "Audit of the hangar"), encoding="utf-8")
    found = compare(reports_directory=str(tmp_path))
    assert f"{files[1]} was changed after it was written" in found["msg"]


def test_other_files_are_skipped_or_named(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x"}', encoding="utf-8")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / ".hidden.json").write_text("{", encoding="utf-8")
    write(tmp_path / "copy.json", week(4))
    write(tmp_path / "limited.json", week(4, scope=Scope("axis", "c1")))
    first = compare(reports_directory=str(tmp_path), directory=str(tmp_path), formats=["json", "markdown", "html"])
    assert len(first["files"]) == 3
    # Its own output is in the directory now.
    found = compare(reports_directory=str(tmp_path))
    scope = "audit 'Audit of the harbor' of the hosts 'axis', with the limit 'c1'"
    assert {Path(item["file"]).name: item["reason"] for item in found["skipped"]} == {
        "package.json": "not a report of this collection",
        # By name, week-4.json is the newest.
        "copy.json": f"a copy of {files[4]}",
        "limited.json": f"of another scope: {scope}",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "is not valid JSON, or is truncated"), ('{"schema_version": 2}', "has schema version 2")],
)
def test_damaged_file_in_the_directory_is_an_error(
    compare: Compare, files: list[Path], tmp_path: Path, content: str, message: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(content, encoding="utf-8")
    assert f"{bad} {message}" in compare(reports_directory=str(tmp_path))["msg"]


def test_link_is_an_error(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "latest.json").symlink_to(files[4])
    assert "latest.json is a symbolic link" in compare(reports_directory=str(tmp_path))["msg"]


def test_invalid_input_names_the_variable(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    one, two = map(str, files[:2])
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "Exactly one of reports and reports_directory is required"),
        (
            {"reports": [one, two], "reports_directory": str(tmp_path)},
            "Exactly one of reports and reports_directory is required",
        ),
        ({"reports": [one]}, f"compare_reports_from must have two JSON files, got {one}"),
        ({"reports": []}, "compare_reports_from must have two JSON files, got none"),
        ({"reports": [one, two, one]}, "compare_reports_from must have two JSON files"),
        ({"reports": ["one.json", two]}, "compare_reports_from is 'one.json', which is not an absolute path"),
        ({"reports_directory": "reports"}, "compare_reports_from is 'reports', which is not an absolute path"),
        ({"reports": [one, one]}, f"{one} and {one} are the same report"),
        ({"reports": [one, str(tmp_path / "none.json")]}, "none.json cannot be read: No such file or directory"),
        ({"reports": [one, str(tmp_path)]}, "is a directory instead of a regular file"),
        ({"reports_directory": one}, "cannot be read: Not a directory"),
        ({"reports_directory": str(tmp_path / "none")}, "does not have two reports of the same scope"),
        ({"reports": [one, two], "directory": "out"}, "compare_reports_dir is 'out', which is not an absolute path"),
        ({"reports": [one, two], "fail_on": "always"}, "compare_reports_fail_on"),
        ({"reports": [one, two], "formats": ["csv"]}, "compare_reports_formats"),
    ]
    for arguments, message in cases:
        found = compare(**arguments)
        assert found["failed"] is True, arguments
        assert message in found["msg"], found["msg"]


def test_directory_with_one_report_says_why(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    for path in files[1:]:
        path.unlink()
    write(tmp_path / "limited.json", week(1, scope=Scope("axis", "c1")))
    message = compare(reports_directory=str(tmp_path))["msg"]
    assert f"compare_reports_from does not have two reports of the same scope: {tmp_path} has 2 JSON reports" in message
    assert "limited.json: no earlier report of the same scope" in message


@pytest.mark.fault("newest report has a limit")
@pytest.mark.usefixtures("files")
def test_newer_report_with_a_limit_is_noted(compare: Compare, tmp_path: Path) -> None:
    assert compare(reports_directory=str(tmp_path))["notes"] == []
    write(tmp_path / "limited.json", week(4, moment=RUN.moment + timedelta(weeks=5), scope=Scope("axis", "c1")))
    found = compare(reports_directory=str(tmp_path))
    assert names(found) == ["week-3.json", "week-4.json"]
    (note,) = found["notes"]
    assert note.startswith(
        "The directory has a newer report of a different scope: audits without a limit are preferred"
    )
    assert [Path(item["file"]).name for item in found["skipped"]] == ["limited.json"]
    assert "with the limit 'c1'" in found["skipped"][0]["reason"]


def test_files_are_for_owner_and_group(compare: Compare, files: list[Path], tmp_path: Path) -> None:
    found = compare(reports=[str(files[0]), str(files[1])], directory=str(tmp_path / "out"))
    assert [os.stat(path).st_mode & 0o007 for path in found["files"]] == [0, 0]
    (path,) = (tmp_path / "out").glob("*.json")
    assert json.loads(path.read_text(encoding="utf-8"))["new"] == found["new"]


@pytest.mark.fault("report is not signed")
@pytest.mark.usefixtures("files")
def test_files_of_a_comparison_are_signed(compare: Compare, tmp_path: Path) -> None:
    paths: dict[str, str] = {"reports_directory": str(tmp_path), "directory": str(tmp_path / "c")}
    found = compare(**paths, sign_command=["sh", "-c", 'touch "$0.sig"'])
    assert "failed" not in found
    assert found["signatures"] == [f"{path}.sig" for path in found["files"][:2]]
    assert found["files"][2:] == found["signatures"]
    found = compare(**paths, sign_command=["false"], fail_on="any")
    assert found["failed"] is True
    assert (
        "The task fails because compare_reports_fail_on is any. 2 of 2 files of the report are not signed."
        in found["msg"]
    )
    assert "Correct retention_policy_report_sign_command, then" in found["msg"]
    assert all(Path(path).is_file() for path in found["files"])
    assert compare(**paths, sign_command="false")["msg"].startswith(
        "retention_policy_report_sign_command must be a list"
    )
