# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device without recording groups is not compliant if its policy expects any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    CAMERA_TASK,
    CHECK,
    ROLL_OUT,
    authenticated_calls,
    extra_vars,
    summary,
    summary_text,
)
from tests.playbook import CHECKOUT
from tests.simulator import Fleet

RULE = {"match": {"recording_group_id": "*"}}
MINIMUM = {"retention_policy_existing_groups": [RULE], "retention_policy_minimum": "7d"}
HOLD = {"recording_group_id": "door*", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
PURGE = {"retention_policy_purge": True, "retention_policy_purge_match": ["pilot_*"]}
SCHEMA = json.loads((CHECKOUT / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
VIEWER = {"axis_username": "viewer", "axis_password": "viewer-pass"}


@pytest.mark.fault("device without groups, such as a removed card")
@pytest.mark.parametrize("playbook", [AUDIT, ROLL_OUT])
@pytest.mark.parametrize(
    ("variables", "severity", "expected"),
    [
        ({"retention_policy_existing_groups": [RULE]}, "warning", "retention_policy_existing_groups"),
        (MINIMUM, "critical", "retention_policy_minimum and retention_policy_existing_groups"),
        ({**PURGE, "retention_policy_maximum": "30d"}, "warning", "retention_policy_maximum"),
        ({**PURGE, "axis_holds": [HOLD]}, "critical", "a hold"),
    ],
)
def test_removed_card_is_not_compliant(
    play: Play, fleet: Fleet, playbook: str, variables: dict[str, Any], severity: str, expected: str
) -> None:
    device = fleet.add("camera_12_9", "c0")
    device.plant_group(recording_group_id="door", retention_time=720, disk_id="SD_DISK")
    device.pull_disk("SD_DISK")
    run = play(playbook, *extra_vars(retention_policy_fail_on_drift=True), groups={"axis": {"vars": variables}})
    assert run.status == 2
    assert summary(run)["drifted"] == ["c0"]
    assert run.recap["c0"]["failures"] == 1
    findings = run.results[CAMERA_TASK[playbook], "c0"]["findings"]
    (finding,) = (item for item in findings if item["recording_group_id"] is None)
    assert (finding["verdict"], finding["severity"], finding["nice_name"]) == ("missing", severity, None)
    reason = f"The device lists no recording groups, although the policy has {expected}. Disks of the device: SD_DISK ("
    assert finding["reason"].startswith(reason)
    assert f"c0: missing [{severity}] {reason}" in summary_text(run)
    assert device.writes == []


@pytest.mark.parametrize("fault", [None, "error_code", "http_status"])
def test_disks_that_cannot_be_read_do_not_prevent_the_finding(play: Play, fleet: Fleet, fault: str | None) -> None:
    device = fleet.add("camera_12_9", "c0")
    if fault is not None:
        device.plant_fault(fault, call="disks/list", **({"code": 10} if fault == "error_code" else {"status": 404}))
    hosts = {"c0": VIEWER if fault is None else {}}
    run = play(AUDIT, hosts=hosts, groups={"axis": {"vars": MINIMUM}})
    assert run.status == 0, run.output
    (finding,) = run.results[CHECK, "c0"]["findings"]
    assert "although the policy has" in finding["reason"]
    assert "Disks of the device" not in finding["reason"]
    assert summary(run)["drifted"] == ["c0"]


def test_disks_are_read_only_if_the_device_has_no_groups(play: Play, fleet: Fleet) -> None:
    fleet.add("camera_12_9", "c0").plant_group(recording_group_id="door", retention_time=720)
    run = play(AUDIT, groups={"axis": {"vars": MINIMUM}})
    assert run.status == 0, run.output
    assert authenticated_calls(fleet, "c0") == ["recording_group/list"]


def test_device_without_groups_is_compliant_if_none_is_expected(play: Play, fleet: Fleet) -> None:
    fleet.add("camera_12_9", "c0")
    run = play(AUDIT, groups={"axis": {"vars": PURGE}})
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 1
    assert authenticated_calls(fleet, "c0") == ["recording_group/list"]


@pytest.mark.fault("groups vanish during the roll-out")
def test_groups_that_vanish_during_the_roll_out_are_not_compliant(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "c0")
    device.plant_group(recording_group_id="door", retention_time=24, disk_id="SD_DISK")
    device.plant_fault(
        "callback", call="recording_group/update", run=lambda camera: camera.pull_disk("SD_DISK"), when="after"
    )
    rule = {**RULE, "retention_time": "30d"}
    variables = {"retention_policy_existing_groups": [rule], "retention_policy_minimum": "7d"}
    run = play(ROLL_OUT, groups={"axis": {"vars": variables}})
    assert run.status == 2
    assert summary(run)["compliant"] == 0
    assert summary(run)["changed"] == []


def test_every_format_of_the_report_has_the_finding(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "c0")
    formats = ["html", "json", "csv", "markdown", "junit"]
    arguments = extra_vars(
        retention_policy_report_dir=str(tmp_path / "report"), retention_policy_report_formats=formats
    )
    run = play(AUDIT, *arguments, groups={"axis": {"vars": MINIMUM}})
    assert run.status == 0, run.output
    files = {path.suffix: path.read_text(encoding="utf-8") for path in (tmp_path / "report").iterdir()}
    assert len(files) == len(formats)
    for suffix, text in files.items():
        assert "The device lists no recording groups" in text, suffix
        assert "None" not in text.replace("Pragma: None", ""), suffix
    document = json.loads(files[".json"])
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["reasons"] == [{"verdict": "drifted", "reason": "no groups", "hosts": 1}]
