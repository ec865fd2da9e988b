# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merge the reports of the slices of an audit, in a directory that AWX mounts, into one report of all hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, ROLL_OUT, add_cameras, extra_vars
from tests.playbook import CHECKOUT, PlaybookRun
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils.reports import RUN, host, report, result

MERGE = "camfleet.axis.merge_reports"
MODULE = "camfleet.axis.axis_retention_policy_merge"
SCHEMA = json.loads((CHECKOUT / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
GROUPS = {"axis": {"vars": {**POLICY, "retention_policy_purpose": "Doors"}}}


def run_slice(play: Play, directory: Path, limit: str, playbook: str = AUDIT, **variables: Any) -> None:
    """Run one slice of an audit."""
    given = {"retention_policy_report_dir": str(directory), "retention_policy_run_id": "2026-48", **variables}
    run = play(playbook, "--limit", limit, *extra_vars(**given), groups=GROUPS)
    assert run.status == 0, run.output


def write_slice(directory: Path, devices: Mapping[str, int]) -> Path:
    """Write the report of compliant hosts, by name the number of the device, which no audit read."""
    directory.mkdir(exist_ok=True)
    run = replace(RUN, moment=datetime.now(timezone.utc), run_id="2026-48")
    document = report(*(host(name, result(number)) for name, number in devices.items()), run=run)
    path = directory / f"{len([*directory.iterdir()])}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def merge(play: Play, slices: Path, directory: Path, *arguments: str, **variables: Any) -> PlaybookRun:
    """Merge the reports of all slices."""
    given = {"merge_reports_from": str(slices), "merge_reports_dir": str(directory)}
    return play(MERGE, *arguments, *extra_vars(**given, **variables), groups=GROUPS)


def read_report(directory: Path) -> dict[str, Any]:
    """Return the only report in a directory."""
    (path,) = directory.glob("*.json")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


@pytest.mark.fault("merged report")
@pytest.mark.fault("report of a slice missing")
def test_slices_are_merged_and_missing_hosts_fail(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """The reports of the other slices have the hosts of the missing one as outside of ``--limit``."""
    add_cameras(fleet, "c0", "c1", "c4")
    add_cameras(fleet, "c2", "c3", retention_time=24)
    run_slice(play, tmp_path / "slices", "c0,c2")
    run_slice(play, tmp_path / "slices", "c1,c3")
    connections = {name: device.connections for name, device in fleet.devices.items()}
    run = merge(play, tmp_path / "slices", tmp_path / "whole", merge_reports_formats=["html", "json", "openmetrics"])
    assert run.status == 2, run.output
    assert {name: device.connections for name, device in fleet.devices.items()} == connections
    document = read_report(tmp_path / "whole")
    assert {item["host"]: item["verdict"] for item in document["hosts"]} == {
        "c0": "compliant",
        "c1": "compliant",
        "c2": "drifted",
        "c3": "drifted",
        "c4": "not_in_run",
    }
    assert [item["hosts"] for item in document["slices"]] == [2, 2]
    digests = {
        json.loads(path.read_text(encoding="utf-8"))["content_sha256"] for path in (tmp_path / "slices").glob("*.json")
    }
    assert {item["content_sha256"] for item in document["slices"]} == digests
    scope = document["scope"]
    assert (scope["pattern"], scope["limit"], scope["not_in_run"]) == ("axis", "c0,c2, c1,c3", 1)
    assert document["started"] == min(item["started"] for item in document["slices"])
    assert [policy["groups"] for policy in document["policies"] if policy["digest"]] == [
        ["door keeps recordings 30 days."]
    ]
    (merged,) = (merged for (task, _host), merged in run.results.items() if task == "Merge the reports")
    assert merged["missing"] == ["c4"]
    assert "outside of their --limit, so they are unverified: c4. Merge the report of the slice" in merged["msg"]
    # The metrics of the last whole audit remain.
    assert [path.name for path in (tmp_path / "whole").glob("*.prom")] == ["retention_policy_partial_audit.prom"]
    text = "retention_policy.prom is not replaced, because 1 host of the pattern was not in the run."
    assert f"\nMetrics: retention_policy_partial_audit.prom. {text}" in run.output
    # The summary is as after an audit, also if the merge fails.
    assert "lines" not in merged
    assert re.search(r"(?m)^Audit of .*, merged from 2 reports, .* UTC: 5 hosts: .*, 1 not in run\. ", run.output)
    assert "\ndrifted (2):\n  c2, c3: door drifted [warning] " in run.output
    assert "\nnot in run (1):\n  c4: Not in any of the merged reports\n" in run.output
    # Who knows that a host is missing excludes it.
    run = merge(play, tmp_path / "slices", tmp_path / "limited", "--limit", "!c4")
    assert run.status == 0, run.output
    before = run.output.partition("\n\nPLAY RECAP ")[0]
    (merged,) = (merged for (task, _host), merged in run.results.items() if task == "Merge the reports")
    assert before.endswith("\n" + "\n".join(merged["lines"]))
    assert "\ndrifted (2):\n  c2, c3: door drifted [warning] " in run.output


@pytest.mark.long
def test_reports_of_different_runs_are_rejected(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0")
    for run_title in ("monday", "tuesday"):
        run_slice(play, tmp_path / "slices", "c0", awx_job_id=run_title)
    run = merge(play, tmp_path / "slices", tmp_path / "whole")
    assert run.status != 0
    assert "different runs" in run.output
    assert list((tmp_path / "whole").glob("*")) == []


@pytest.mark.long
def test_audit_and_roll_out_are_not_merged(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    run_slice(play, tmp_path / "slices", "c0")
    run_slice(play, tmp_path / "slices", "c1", ROLL_OUT)
    assert "roll-out" in merge(play, tmp_path / "slices", tmp_path / "whole").output


@pytest.mark.long
def test_different_policies_are_merged_only_if_allowed(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    run_slice(play, tmp_path / "slices", "c0")
    run_slice(play, tmp_path / "slices", "c1", retention_policy_minimum="7d")
    for different in (False, True):
        run = merge(play, tmp_path / "slices", tmp_path / "whole", merge_reports_different_policies=different)
        assert (run.status == 0) == different
        assert ("different policies for the purpose" in run.output) != different


@pytest.mark.parametrize(
    ("variables", "expected_texts"),
    [
        ({"merge_reports_from": ""}, ["Set merge_reports_from to the directory"]),
        pytest.param({"merge_reports_dir": "x"}, ["Set merge_reports_from to the directory"], marks=pytest.mark.long),
        # An audit that never ran, and a directory that the jobs do not share, have the same result.
        ({}, ["does not exist", "If it did not start", "credential has no password", "AWX_ISOLATION_SHOW_PATHS"]),
    ],
)
def test_missing_reports_or_directory_fail(
    play: Play, fleet: Fleet, tmp_path: Path, variables: dict[str, str], expected_texts: list[str]
) -> None:
    add_cameras(fleet, "c0")
    given = {"merge_reports_from": str(tmp_path / "none"), "merge_reports_dir": str(tmp_path / "whole")}
    run = play(MERGE, *extra_vars(**{**given, **variables}), groups=GROUPS)
    assert run.status != 0
    output = " ".join(run.output.split())
    assert [text for text in expected_texts if text not in output] == []


def test_unreadable_file_is_named(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0")
    options = {"reports": [str(tmp_path / "gone.json")], "directory": str(tmp_path / "whole")}
    run = play([{"name": "Merge the reports", MODULE: options, "run_once": True}], groups=GROUPS)
    assert run.status != 0
    assert "gone.json cannot be read: No such file or directory" in run.output


def test_unexpected_hosts_are_reported_and_counted(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    path = write_slice(tmp_path / "slices", {"c0": 0, "c1": 1})
    options = {"reports": [str(path)], "directory": str(tmp_path / "whole"), "hosts": ["c0"], "formats": ["json"]}
    run = play([{"name": "Merge the reports", MODULE: options, "run_once": True}], groups=GROUPS)
    assert run.status == 0, run.output
    (merged,) = (merged for (task, _host), merged in run.results.items() if task == "Merge the reports")
    assert merged["unexpected_hosts"] == ["c1"]
    assert read_report(tmp_path / "whole")["summary"]["hosts"] == 2


def test_one_serial_number_in_two_slices_fails_the_merge(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "gate", "hall")
    write_slice(tmp_path / "slices", {"gate": 1, "hall": 2})
    write_slice(tmp_path / "slices", {"gate-2": 1})
    directories = {"merge_reports_from": str(tmp_path / "slices"), "merge_reports_dir": str(tmp_path / "whole")}
    run = play(MERGE, *extra_vars(**directories, merge_reports_hosts="axis:others"), hosts={"gate-2": {}})
    assert run.status != 0
    assert "Several hosts are the same device, so they are unverified: gate, gate-2." in run.output
    verdicts = {item["host"]: item["verdict"] for item in read_report(tmp_path / "whole")["hosts"]}
    assert verdicts == {"gate": "unverified", "gate-2": "unverified", "hall": "compliant"}


@pytest.mark.long
def test_one_device_in_two_slices_fails_the_merge(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    gate = fleet.add("camera_12_9", "gate", scheme="both")
    gate.plant_group(recording_group_id="door", retention_time=720)
    add_cameras(fleet, "hall")
    login = {"axis_username": "operator", "axis_password": "operator-pass"}
    address = {"axis_host": gate.host, "axis_port": gate.tls_port, "axis_tls_fingerprint": gate.certificate_sha256}
    hosts, groups = {"gate-2": {**address, **login}}, dict.fromkeys(("axis", "others"), GROUPS["axis"])
    settings = {
        "retention_policy_report_dir": str(tmp_path / "slices"),
        "retention_policy_run_id": "2026-48",
        "retention_policy_hosts": "axis:others",
    }
    for limit in ("gate,hall", "gate-2"):
        run = play(AUDIT, "--limit", limit, *extra_vars(**settings), hosts=hosts, groups=groups)
        assert run.status == 0, run.output
    directories = {"merge_reports_from": str(tmp_path / "slices"), "merge_reports_dir": str(tmp_path / "whole")}
    run = play(MERGE, *extra_vars(**directories, merge_reports_hosts="axis:others"), hosts=hosts, groups=groups)
    assert run.status != 0
    assert "Several hosts are the same device, so they are unverified: gate, gate-2." in run.output
    verdicts = {item["host"]: item["verdict"] for item in read_report(tmp_path / "whole")["hosts"]}
    assert verdicts == {"gate": "unverified", "gate-2": "unverified", "hall": "compliant"}
