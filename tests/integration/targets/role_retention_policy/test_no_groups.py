# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cameras that must have no recording groups, because a recorder records their video."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    ROLL_OUT,
    authenticated_calls,
    extra_vars,
    hosts_that_ran,
    summary,
    summary_text,
)
from tests.playbook import CHECKOUT
from tests.simulator import Fleet

SCHEMA = json.loads((CHECKOUT / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
NO_GROUPS = {"retention_policy_no_groups": True}
HOLD = {"recording_group_id": "door*", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
#: The bounds of the site.
GROUPS: dict[str, Any] = {
    "axis": {"vars": {**NO_GROUPS, "retention_policy_minimum": "7d", "retention_policy_maximum": "60d"}}
}
HOSTS: dict[str, dict[str, Any]] = {
    "empty": {},
    "verified": {"retention_policy_verify_recordings": True},
    "no-disks": {"retention_policy_verify_recordings": True},
    "no-disks-viewer": {"axis_username": "viewer", "axis_password": "viewer-pass"},
    "expired-hold": {"axis_holds": [{**HOLD, "until": "2020-01-01"}]},
    "held": {"axis_holds": [HOLD]},
    "ignored": {"retention_policy_unmanaged": "ignore"},
    "purging": {"retention_policy_purge": True, "retention_policy_purge_match": ["pilot_*"]},
}
COMPLIANT = ["empty", "expired-hold", "no-disks", "no-disks-viewer", "verified"]
ADVICE = (
    "retention_policy_no_groups is true, but the device lists the group. Check whether the device is meant to record. "
    "If so, remove retention_policy_no_groups, and add the group to retention_policy_groups or "
    "retention_policy_existing_groups. If not, remove the group from the device, which "
    "deletes its recordings"
)
LOSS = {"retention_policy_allow_recording_loss": True}


@pytest.fixture
def cameras(fleet: Fleet) -> Fleet:
    """Add cameras without groups, and two with a group that a pattern of their own may or may not purge."""
    for name in HOSTS:
        device = fleet.add("camera_12_9", name)
        if name.startswith("no-disks"):
            device.pull_disk("SD_DISK")
    for name in ("ignored", "purging"):
        fleet.devices[name].plant_group(recording_group_id="yard", retention_time=720)
    fleet.devices["purging"].plant_group(recording_group_id="pilot_1", retention_time=720)
    fleet.devices["purging"].plant_recordings("pilot_1", 5)
    return fleet


def test_a_camera_without_groups_is_compliant_until_one_appears(play: Play, cameras: Fleet, tmp_path: Path) -> None:
    formats = ["html", "json", "csv", "markdown", "junit", "openmetrics"]
    report = extra_vars(retention_policy_report_dir=str(tmp_path / "report"), retention_policy_report_formats=formats)
    first = play(AUDIT, *report, hosts=HOSTS, groups=GROUPS)
    assert first.status == 0, first.output
    results = {name: first.results[CHECK, name] for name in HOSTS}
    assert sorted(name for name, result in results.items() if result["compliant"]) == COMPLIANT
    assert [results[name]["findings"] for name in COMPLIANT] == [[]] * len(COMPLIANT)
    assert authenticated_calls(cameras, "empty") == ["recording_group/list"]
    missing, _others = results["held"]["findings"][0], results["held"]["findings"][1:]
    assert (missing["recording_group_id"], missing["verdict"], missing["severity"]) == (None, "missing", "critical")
    assert missing["reason"].startswith("The device lists no recording groups, although the policy has a hold. ")
    (ignored,) = results["ignored"]["findings"]
    assert (ignored["verdict"], ignored["severity"], ignored["reason"]) == ("unmanaged", "warning", ADVICE)
    document = json.loads(next((tmp_path / "report").glob("*.json")).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    html = next((tmp_path / "report").glob("*.html")).read_text(encoding="utf-8")
    assert "A device has a recording group that its policy does not permit" in html
    assert [policy["groups"] for policy in document["policies"]] == [["The device has no recording groups."]] * 2

    device = cameras.devices["empty"]
    device.plant_group(recording_group_id="door", retention_time=720)
    strict = extra_vars(retention_policy_fail_on_drift=True, **LOSS, retention_policy_allow_unmatched_holds=True)
    run = play(ROLL_OUT, *strict, "--limit", "empty,expired-hold", hosts=HOSTS, groups=GROUPS)
    assert run.status == 2
    assert (summary(run)["drifted"], summary(run)["compliant"]) == (["empty"], 1)
    assert f"empty: door unmanaged [warning] {ADVICE}" in summary_text(run)
    assert hosts_that_ran(run, APPLY) == []
    assert all(camera.writes == [] for camera in cameras.devices.values())


def test_only_a_purge_deletes_a_group(play: Play, cameras: Fleet) -> None:
    device = cameras.devices["purging"]
    run = play(ROLL_OUT, "--limit", "purging", hosts=HOSTS, groups=GROUPS)
    assert (run.status, device.writes) == (0, [])
    assert summary(run)["refused"] == ["purging"]
    run = play(ROLL_OUT, *extra_vars(**LOSS), "--limit", "purging", hosts=HOSTS, groups=GROUPS)
    assert run.status == 0, run.output
    assert [entry.call for entry in device.writes] == ["recording_group/delete"]
    assert [*device.groups] == ["yard"]
    assert summary(run)["drifted"] == ["purging"]


def test_task_checks_and_applies_without_a_write(play: Play, fleet: Fleet) -> None:
    fleet.add("camera_12_9", "empty")
    fleet.add("recorder_s3008", "recorder")
    options = {"no_groups": True, "allow_recording_loss": True, "allow_recording_stop": True}
    tasks = [
        {"name": name, "camfleet.axis.axis_retention_policy": options, "check_mode": check_mode}
        for name, check_mode in (("Check", True), ("Apply", False), ("Apply again", False), ("Check again", True))
    ]
    run = play(tasks)
    assert run.status == 0, run.output
    for task in tasks:
        result = run.results[task["name"], "empty"]
        assert (result["changed"], result["compliant"], result["findings"]) == (False, True, [])
        result = run.results[task["name"], "recorder"]
        assert (result["changed"], result["compliant"], result["changes"]) == (False, False, [])
        assert {(item["verdict"], item["severity"]) for item in result["findings"]} == {("unmanaged", "warning")}
        assert len(result["findings"]) == len(fleet.devices["recorder"].groups)
    assert [device.writes for device in fleet.devices.values()] == [[], []]
