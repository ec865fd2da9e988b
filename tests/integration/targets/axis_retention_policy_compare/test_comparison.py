# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the reports of two audits with the playbook: exactly the planted difference, and the exit status for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, add_cameras, extra_vars
from tests.playbook import CHECKOUT, PlaybookRun
from tests.simulator import Fleet

COMPARE = "camfleet.axis.compare_reports"
MODULE = "camfleet.axis.axis_retention_policy_compare"
SCHEMA = json.loads((CHECKOUT / "docs" / "retention-comparison.schema.json").read_text(encoding="utf-8"))
GROUPS = {"axis": {"vars": {**POLICY, "retention_policy_purpose": "Doors", "retention_policy_verify_recordings": True}}}
LISTS = ("new", "worse", "no_longer_verified", "fixed", "better", "open", "newly_verified")


def audit(play: Play, directory: Path, *arguments: str) -> dict[str, Any]:
    """Audit all cameras, and return the report."""
    known = set(directory.glob("*.json"))
    variables = extra_vars(retention_policy_report_dir=str(directory), retention_policy_report_formats=["json"])
    while True:
        run = play(AUDIT, *variables, *arguments, groups=GROUPS)
        (path,) = set(directory.glob("*.json")) - known
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        assert path.name in run.output
        if all(created(other) < document["created"] for other in known):
            return document
        # The time of a report has no fractions of a second, and an audit can be faster.
        path.unlink()


def created(report: Path) -> str:
    """Return the time of a report."""
    return str(json.loads(report.read_text(encoding="utf-8"))["created"])


def compare(play: Play, directory: Path, **variables: Any) -> PlaybookRun:
    """Compare the two newest reports."""
    given = {"compare_reports_from": str(directory), "compare_reports_dir": str(directory / "comparisons")}
    return play(COMPARE, *extra_vars(**{**given, **variables}), groups=GROUPS)


def read_comparison(directory: Path) -> dict[str, Any]:
    """Return the only comparison in a directory."""
    (path,) = (directory / "comparisons").glob("*.json")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def add_fleet(fleet: Fleet) -> None:
    """Add cameras: compliant, drifting, drifted, with a disk that is too short, and two that change their state."""
    add_cameras(fleet, "good", "drifting", "leaving", "lost")
    add_cameras(fleet, "fixed", "open", retention_time=240)
    for device in fleet.devices.values():
        device.plant_recordings("door", 20)


@pytest.mark.fault("one of two reports does not prove a host")
def test_audits_with_a_known_difference(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_fleet(fleet)
    reports = tmp_path / "reports"
    first = audit(play, reports)
    for device in fleet.devices.values():
        # Ages, times, and the number of recordings differ, as they do after a day.
        device.advance(24)
        device.plant_recordings("door", 3)
    unchanged = audit(play, reports)
    run = compare(play, reports, compare_reports_fail_on="any")
    assert run.status == 0, run.output
    document = read_comparison(reports)
    assert {name: document[name] for name in LISTS if document[name] and name != "open"} == {}
    assert (document["result"], document["notes"], document["skipped"]) == ("unchanged", [], [])
    assert [point["run_id"] for point in unchanged["trend"]] == [first["run_id"]]

    fleet.devices["drifting"].groups["door"].retention_time = 240
    fleet.devices["fixed"].groups["door"].retention_time = 720
    fleet.devices["lost"].powered = False
    add_cameras(fleet, "added")
    last = audit(play, reports)
    assert [point["run_id"] for point in last["trend"]] == [first["run_id"], unchanged["run_id"]]
    (reports / "comparisons").rename(tmp_path / "before")
    run = compare(play, reports, compare_reports_fail_on="worse", compare_reports_formats=["json", "html", "markdown"])
    assert run.status != 0
    assert "The task fails because compare_reports_fail_on is worse" in run.output
    document = read_comparison(reports)
    found = {name: [(item["host"], item["recording_group_id"]) for item in document[name]] for name in LISTS}
    still_open = found.pop("open")
    assert {name: items for name, items in found.items() if items} == {
        "new": [("drifting", "door")],
        "fixed": [("fixed", "door")],
        "no_longer_verified": [("lost", None)],
    }
    assert ("open", "door") in still_open
    assert [item["since"] for item in document["open"]] == [first["created"]] * len(still_open)
    assert [item["host"] for item in document["hosts_added"]] == ["added"]
    assert document["hosts_removed"] == document["policies_changed"] == document["holds_changed"] == []
    assert len(list((reports / "comparisons").iterdir())) == 3
    assert f"Later report: {document['later']['file']}" in run.output


def write_reports(play: Play, fleet: Fleet, directory: Path) -> list[str]:
    """Audit twice, with a fixed camera in between, and return the files in order."""
    add_cameras(fleet, "fixed", retention_time=240)
    audit(play, directory)
    fleet.devices["fixed"].groups["door"].retention_time = 720
    audit(play, directory)
    return sorted(map(str, directory.glob("*.json")), key=lambda path: created(Path(path)))


def test_result_is_the_last_text_and_needs_no_inventory(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    earlier, later = write_reports(play, fleet, tmp_path / "reports")
    connections = fleet.devices["fixed"].connections
    # Only localhost is needed, which Ansible adds.
    run = play(COMPARE, "--inventory", "localhost,", *extra_vars(compare_reports_from=[later, earlier]), groups=GROUPS)
    assert run.status == 0, run.output
    before = run.output.partition("\n\nPLAY RECAP ")[0]
    (result,) = (result for (task, _host), result in run.results.items() if task == "Compare the reports")
    assert before.endswith("\n" + "\n".join(result["lines"]))
    assert "\nFixed (1):\n  fixed: door was retention 10 days, policy 30 days [warning]" in before
    assert f"\nEarlier report: {earlier}" in before
    assert "[WARNING]" not in run.output
    assert "they are compared in the order of their times." in before
    assert fleet.devices["fixed"].connections == connections
    assert (result["result"], result["files"]) == ("changed", [])


@pytest.mark.fault("comparison that is skipped")
@pytest.mark.parametrize(
    ("arguments", "expected_text"),
    [
        (("--limit", "fixed"), "No report was compared: --limit excludes localhost"),
        (("--tags", "nosuch"), "--tags nosuch skips the tasks of this playbook"),
        pytest.param(("--skip-tags", "all,always"), "No report was compared", marks=pytest.mark.long),
        pytest.param(("--start-at-task", "nosuch"), "No report was compared", marks=pytest.mark.long),
    ],
)
def test_comparison_that_is_skipped_is_an_error(
    play: Play, fleet: Fleet, tmp_path: Path, arguments: tuple[str, ...], expected_text: str
) -> None:
    fleet.add("camera_12_9", "fixed")
    run = play(COMPARE, *arguments, *extra_vars(compare_reports_from=str(tmp_path)), groups=GROUPS)
    assert run.status != 0, run.output
    assert expected_text in run.output.replace("\n", " ")


@pytest.mark.parametrize(
    ("variables", "expected_text"),
    [
        ({}, "compare_reports_from is not set. Set it to a directory"),
        pytest.param({"compare_reports_from": []}, "Set it to a directory", marks=pytest.mark.long),
        pytest.param({"compare_reports_from": {"a": "b"}}, "Set it to a directory", marks=pytest.mark.long),
    ],
)
def test_missing_variable_is_named(play: Play, fleet: Fleet, variables: dict[str, Any], expected_text: str) -> None:
    fleet.add("camera_12_9", "c0")
    run = play(COMPARE, *extra_vars(**variables), groups=GROUPS)
    assert run.status != 0
    assert expected_text in run.output.replace("\n", " ")
