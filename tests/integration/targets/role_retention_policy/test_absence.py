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
#: By host: variables, severity of the finding, and the options that its reason names.
EXPECTING: dict[str, tuple[dict[str, Any], str, str]] = {
    "rule": ({"retention_policy_existing_groups": [RULE]}, "warning", "retention_policy_existing_groups"),
    "minimum": (MINIMUM, "critical", "retention_policy_minimum and retention_policy_existing_groups"),
    "maximum": ({**PURGE, "retention_policy_maximum": "30d"}, "warning", "retention_policy_maximum"),
    "hold": ({**PURGE, "axis_holds": [HOLD]}, "critical", "a hold"),
}
SCHEMA = json.loads((CHECKOUT / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
VIEWER = {"axis_username": "viewer", "axis_password": "viewer-pass"}


@pytest.mark.fault("device without groups, such as a removed card")
@pytest.mark.parametrize("playbook", [AUDIT, ROLL_OUT])
def test_removed_card_is_not_compliant(play: Play, fleet: Fleet, playbook: str) -> None:
    for name in EXPECTING:
        device = fleet.add("camera_12_9", name)
        device.plant_group(recording_group_id="door", retention_time=720, disk_id="SD_DISK")
        device.pull_disk("SD_DISK")
    hosts = {name: variables for name, (variables, _severity, _expected) in EXPECTING.items()}
    settings = extra_vars(retention_policy_fail_on_drift=True, retention_policy_waves=["100%"])
    run = play(playbook, *settings, hosts=hosts)
    assert run.status == 2
    assert sorted(summary(run)["drifted"]) == sorted(EXPECTING)
    for name, (_variables, severity, expected) in EXPECTING.items():
        assert run.recap[name]["failures"] == 1
        findings = run.results[CHECK, name]["findings"]
        (finding,) = (item for item in findings if item["recording_group_id"] is None)
        assert (finding["verdict"], finding["severity"], finding["nice_name"]) == ("missing", severity, None)
        reason = f"The device lists no recording groups, although the policy has {expected}. Disks of the device: "
        assert finding["reason"].startswith(f"{reason}SD_DISK (")
        assert f"{name}: missing [{severity}] {reason}" in summary_text(run)
        assert fleet.devices[name].writes == []


def test_disks_that_cannot_be_read_do_not_prevent_the_finding(play: Play, fleet: Fleet) -> None:
    faults: dict[str, dict[str, Any]] = {"viewer": {}, "error_code": {"code": 10}, "http_status": {"status": 404}}
    for name, options in faults.items():
        device = fleet.add("camera_12_9", name)
        if options:
            device.plant_fault(name, call="disks/list", **options)
    # The disks are read only if a device has no groups although some are expected.
    fleet.add("camera_12_9", "with-groups").plant_group(recording_group_id="door", retention_time=720)
    fleet.add("camera_12_9", "none-expected")
    hosts: dict[str, dict[str, Any]] = dict.fromkeys((*faults, "with-groups"), MINIMUM)
    hosts["viewer"] = {**MINIMUM, **VIEWER}
    run = play(AUDIT, hosts={**hosts, "none-expected": PURGE})
    assert run.status == 0, run.output
    for name in faults:
        (finding,) = run.results[CHECK, name]["findings"]
        assert "although the policy has" in finding["reason"]
        assert "Disks of the device" not in finding["reason"]
    assert summary(run)["drifted"] == sorted(faults)
    assert summary(run)["compliant"] == 2
    for name in ("with-groups", "none-expected"):
        assert authenticated_calls(fleet, name) == ["recording_group/list"]


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
