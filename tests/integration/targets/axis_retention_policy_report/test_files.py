# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the report: programs read every host of the pattern exactly once, with its findings."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import JUnitXml
from lxml import html

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    POLICY,
    ROLL_OUT,
    add_cameras,
    contacted,
    count_lost_recordings,
    extra_vars,
    preflight_problems,
)
from tests.playbook import CHECKOUT
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils.metrics import read as read_metrics

EVERY_FORMAT = ["html", "json", "csv", "markdown", "junit", "openmetrics"]
SCHEMA = json.loads((CHECKOUT / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
LABELS = {"retention_policy_purpose": "Doors", "retention_policy_owner": "me@example.com"}
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
GROUPS = {
    "axis": {"vars": {**POLICY, **LABELS}},
    "harbor": {"hosts": {"compliant": {}, "drifted": {}, "held": {}}},
    "depot": {"hosts": {"wrong": {}, "left-out": {}}},
}
HOSTS = {"held": {"axis_holds": [HOLD]}, "wrong": {"axis_password": "incorrect-4711"}}


def add_fleet(fleet: Fleet) -> None:
    """Add a camera of each kind."""
    add_cameras(fleet, "compliant", "wrong", "left-out")
    add_cameras(fleet, "drifted", retention_time=24)
    add_cameras(fleet, "held", retention_time=0)


def read_report(directory: Path) -> dict[str, Any]:
    """Return the only JSON report in a directory, after validation with the schema."""
    (path,) = directory.glob("*.json")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def verdicts(document: dict[str, Any]) -> dict[str, str]:
    """Return the verdict of each host."""
    return {host["host"]: host["verdict"] for host in document["hosts"]}


def run_audit(play: Play, directory: Path, *arguments: str, **variables: Any) -> Any:
    """Audit the fleet, and write every format."""
    settings = {"retention_policy_report_dir": str(directory), "retention_policy_report_formats": EVERY_FORMAT}
    return play(AUDIT, *arguments, *extra_vars(**settings, **variables), hosts=HOSTS, groups=GROUPS)


def test_report_has_every_host_of_the_pattern_once(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_fleet(fleet)
    who = {"awx_user_name": "erika", "awx_job_id": 42, "retention_policy_approved_by": "Change 4711"}
    run = run_audit(play, tmp_path / "reports", "--limit", "!left-out", **who)
    document = read_report(tmp_path / "reports")
    (metrics,) = (tmp_path / "reports").glob("*.prom")
    assert metrics.name == "retention_policy_partial_audit.prom"
    assert {dict(labels)["run_type"] for _name, labels in read_metrics(metrics.read_text(encoding="utf-8"))} == {
        "partial_audit"
    }
    text = f"\nMetrics: {metrics.name}. retention_policy.prom is not replaced, because --limit restricted the run."
    assert text in run.output
    assert "\nNot in the run: 1 host outside --limit\n" in run.output
    assert run.stats["retention_policy"]["limit"] == "!left-out"
    assert verdicts(document) == {
        "compliant": "compliant",
        "drifted": "drifted",
        "held": "held",
        "wrong": "unverified",
        "left-out": "not_in_run",
    }
    assert document["summary"]["hosts"] == len(fleet.devices)
    hosts = {host["host"]: host for host in document["hosts"]}
    assert hosts["drifted"]["findings"][0]["fields"] == [{"field": "retention_time", "expected": 720, "found": 24}]
    assert hosts["compliant"]["device"]["serial"] == fleet.devices["compliant"].serial
    assert [hold["reason"] for hold in hosts["held"]["holds"]] == ["Case 4711"]
    assert hosts["wrong"]["error"]["kind"] == "authentication"
    assert document["run_type"] == "audit"
    by = document["created_by"]
    assert (by["user"], by["job"], by["controller"]) == ("erika", "42", os.uname().nodename)
    assert document["approved_by"] == "Change 4711"
    scope = document["scope"]
    assert (scope["pattern"], scope["limit"], scope["not_in_run"]) == ("axis", "!left-out", 1)
    assert len(scope["inventory_sources"]) == 1
    assert document["started"] <= document["created"]
    assert 0 <= document["duration_seconds"] < 600
    assert [(item["hosts"], item["groups"]) for item in document["policies"]] == [
        # The digest of a host that was left out is not known.
        (1, []),
        (4, ["door keeps recordings 30 days."]),
    ]
    assert {(item["purpose"], item["owner"]) for item in document["policies"]} == {("Doors", "me@example.com")}
    assert [(hold["recording_group_id"], hold["state"], hold["hosts"]) for hold in document["holds"]] == [
        ("door", "active", 1)
    ]
    assert [site["site"] for site in document["sites"]] == ["depot", "harbor"]
    assert contacted(fleet) == [name for name in fleet.devices if name != "left-out"]


def test_every_format_has_the_same_verdicts_also_in_check_mode(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_fleet(fleet)
    run_audit(play, tmp_path / "reports", "--check")
    directory = tmp_path / "reports"
    expected = verdicts(read_report(directory))
    (path,) = directory.glob("*.csv")
    lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    assert [(line["host"], line["verdict"].replace(" ", "_")) for line in lines] == sorted(expected.items())
    (path,) = directory.glob("*.html")
    rows = html.document_fromstring(path.read_text(encoding="utf-8")).xpath("//table[@class='hosts']/tbody/tr")
    assert {row.get("data-host"): row.get("data-verdict") for row in rows} == expected
    (path,) = directory.glob("*.xml")
    suites = JUnitXml.fromfile(str(path))
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (5, 1, 1, 1)
    (path,) = directory.glob("*.md")
    assert "| all | 5 |" in path.read_text(encoding="utf-8")
    samples = read_metrics((directory / "retention_policy.prom").read_text(encoding="utf-8"))
    labels = [dict(labels) for name, labels in samples if name == "camfleet_retention_host_status"]
    assert [(item["host"], item["verdict"]) for item in labels] == sorted(expected.items())
    assert len(list(directory.iterdir())) == len(EVERY_FORMAT)
    assert all(not device.writes for device in fleet.devices.values())


def test_report_of_a_roll_out_has_the_changes(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_fleet(fleet)
    settings = {
        "retention_policy_report_dir": str(tmp_path / "r"),
        "retention_policy_report_formats": ["json", "openmetrics"],
        "retention_policy_max_fail_percentage": 100,
    }
    play(ROLL_OUT, *extra_vars(**settings), hosts=HOSTS, groups=GROUPS)
    document = read_report(tmp_path / "r")
    (metrics,) = (tmp_path / "r").glob("*.prom")
    assert metrics.name == "retention_policy_roll_out.prom"
    samples = read_metrics(metrics.read_text(encoding="utf-8"))
    assert samples["camfleet_retention_changed_hosts", frozenset({("run_type", "roll_out")})] == 1
    assert (document["run_type"], document["check_mode"], document["stopped"]) == ("roll_out", False, None)
    assert document["scope"]["pattern"] == "axis"
    assert document["started"] <= document["created"]
    assert document["summary"]["changed"] == 1
    assert verdicts(document)["drifted"] == "changed"
    (changed,) = (host for host in document["hosts"] if host["changes"])
    assert changed["changes"][0]["fields"] == [{"field": "retention_time", "expected": 720, "found": 24}]
    assert count_lost_recordings(fleet) == 0


def test_hosts_of_skipped_waves_are_not_attempted(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0")
    add_cameras(fleet, "c1", "c2", retention_time=24)
    settings = {"retention_policy_report_dir": str(tmp_path / "r"), "retention_policy_waves": [1, 2]}
    # The failure of the check of c0 exceeds the maximum.
    play(
        ROLL_OUT,
        *extra_vars(**settings),
        hosts={"c0": {"axis_password": "incorrect-4711"}},
        groups={"axis": {"vars": POLICY}},
    )
    document = read_report(tmp_path / "r")
    assert document["stopped"] == (
        "Nothing was written: 33.33% of hosts failed the check or were unreachable (maximum: 10%)"
    )
    assert verdicts(document) == {"c0": "unverified", "c1": "not_attempted", "c2": "not_attempted"}
    assert document["summary"]["states"]["unverified"] == 3
    assert [name for name, device in fleet.devices.items() if device.writes] == []


def test_report_of_a_stopped_roll_out_in_check_mode_says_both(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """The camera does not respond any more after the check of all cameras."""
    add_cameras(fleet, "c1", "c2", retention_time=24)
    fleet.devices["c1"].plant_fault("error_code", call="recording_group/list", skip=1, code=10)
    settings = {
        "retention_policy_report_dir": str(tmp_path / "r"),
        "retention_policy_report_formats": ["json", "openmetrics"],
        "retention_policy_waves": [1],
    }
    (tmp_path / "r").mkdir()
    whole = [tmp_path / "r" / name for name in ("retention_policy.prom", "retention_policy_roll_out.prom")]
    for path in whole:
        path.write_text("# EOF\n", encoding="utf-8")
    run = play(ROLL_OUT, "--check", "--limit", "c1,c2", *extra_vars(**settings), groups={"axis": {"vars": POLICY}})
    assert [path.read_text(encoding="utf-8") for path in whole] == ["# EOF\n", "# EOF\n"]
    metrics = tmp_path / "r" / "retention_policy_roll_out_check.prom"
    samples = read_metrics(metrics.read_text(encoding="utf-8"))
    assert samples["camfleet_retention_run_stopped", frozenset({("run_type", "roll_out_check")})] == 1
    text = f"Metrics: {metrics.name}. {whole[1].name} is not replaced, because check mode changes nothing."
    assert f"\n{text}" in run.output
    document = read_report(tmp_path / "r")
    (path,) = (tmp_path / "r").glob("*.json")
    assert path.name.startswith("retention-roll-out-check-2")
    assert path.stem.endswith(document["content_sha256"][:8])
    assert (document["run_type"], document["check_mode"]) == ("roll_out", True)
    assert document["stopped"] == (
        "The run stopped after wave 1 of 2: 100% of the hosts of this wave failed or were unreachable (maximum: 10%)"
    )
    assert document["summary"]["changed"] == 0
    assert all(not device.writes for device in fleet.devices.values())


@pytest.mark.parametrize(
    ("variables", "expected_text"),
    [
        ({"retention_policy_report_dir": "/proc/none"}, "is /proc/none, which cannot be written"),
        pytest.param({"retention_policy_report_formats": ["pdf"]}, "pdf", marks=pytest.mark.long),
        pytest.param({"retention_policy_report_formats": {"html": True}}, "list", marks=pytest.mark.long),
        pytest.param({"retention_policy_report_dir": ["/tmp"]}, "retention_policy_report_dir", marks=pytest.mark.long),
        pytest.param({"retention_policy_approved_by": ["eva"]}, "retention_policy_approved_by", marks=pytest.mark.long),
    ],
)
def test_unwritable_report_fails_before_the_first_request(
    play: Play, fleet: Fleet, variables: dict[str, Any], expected_text: str
) -> None:
    add_cameras(fleet, "c0", "c1")
    run = play(AUDIT, *extra_vars(**variables), groups=GROUPS | {"axis": {"vars": {**POLICY, **variables}}})
    assert run.status != 0
    assert contacted(fleet) == []
    assert any(expected_text in problem["problem"] for problem in preflight_problems(run))


@pytest.mark.long
def test_without_a_directory_no_report_is_written(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0")
    before = {path for path in tmp_path.rglob("*") if "retention" in path.name}
    run = play(AUDIT, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert {path for path in tmp_path.rglob("*") if "retention" in path.name} == before


def test_script_in_a_name_is_escaped(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9", "c0")
    device.plant_group(recording_group_id="door", nice_name="=1+1<script>alert(1)</script>", retention_time=24)
    wanted = {"retention_policy_groups": [{"nice_name": "=1+1<script>alert(1)</script>", "retention_time": "30d"}]}
    settings = {"retention_policy_report_dir": str(tmp_path / "r"), "retention_policy_report_formats": EVERY_FORMAT}
    run = play(AUDIT, *extra_vars(**settings), groups={"axis": {"vars": wanted}})
    assert run.status == 0, run.output
    (path,) = (tmp_path / "r").glob("*.html")
    assert len(html.document_fromstring(path.read_text(encoding="utf-8")).xpath("//script")) == 1


def test_role_in_a_custom_play_writes_the_report(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    role = {"name": "camfleet.axis.retention_policy"}
    variables = {**POLICY, "retention_policy_report_dir": str(tmp_path / "r")}
    tasks = [{"name": "Policy", "ansible.builtin.import_role": role}]
    run = play(tasks, "--limit", "c0", groups={"axis": {"vars": variables}})
    assert run.status == 0, run.output
    document = read_report(tmp_path / "r")
    assert verdicts(document) == {"c0": "compliant", "c1": "not_in_run"}
    assert (document["run_type"], document["check_mode"]) == ("roll_out", False)
    assert document["scope"]["limit"] == "c0"
    assert document["started"] <= document["created"]
    assert document["policies"][1]["groups"] == ["door keeps recordings 30 days."]
