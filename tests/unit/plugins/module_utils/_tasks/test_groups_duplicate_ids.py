# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device that lists two groups with one ID, because a card was inserted again, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parameters import RECORDING
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

MESSAGE = "The device lists 2 recording groups with the ID door"
ALLOWED = {"allow_recording_loss": True, "allow_recording_stop": True, "on_refused": "report"}


@pytest.fixture
def doubled(fleet: Fleet) -> Device:
    """Return a camera with a group ``door`` on each of two disks, with other settings, and a group ``gate``."""
    camera = fleet.add(switches=Switches(duplicate_ids="listed"))
    camera.disks["NetworkShare"].status = "OK"
    camera.plant_group(recording_group_id="door", nice_name="Door", retention_time=720)
    camera.plant_recordings("door", 5)
    medium = camera.pull_disk("SD_DISK")
    camera.plant_group(recording_group_id="door", nice_name="Other", retention_time=24, disk_id="NetworkShare")
    camera.plant_group(recording_group_id="gate", nice_name="Gate", retention_time=24, disk_id="NetworkShare")
    camera.insert_disk("SD_DISK", medium)
    return camera


def written_ids(device: Device) -> list[str]:
    """Return the groups that writes name."""
    return [entry.target.partition("recordinggroupid=")[2].partition("&")[0] for entry in device.writes]


POLICIES: dict[str, dict[str, Any]] = {
    "entry": {"groups": [{"recording_group_id": "door", "retention_time": "60d"}]},
    "entry that matches": {"groups": [{"recording_group_id": "door"}]},
    "entry by the name of one": {"groups": [{"nice_name": "Door", "retention_time": "60d"}]},
    "entry that shortens": {"groups": [{"recording_group_id": "door", "retention_time": "1h"}]},
    "rule": {"existing_groups": [{"match": {"recording_group_id": "d*"}, "retention_time": "60d"}]},
    "rule for one": {"existing_groups": [{"match": {"nice_name": "Other"}, "retention_time": "60d"}]},
    "purge": {"purge": True, "purge_match": ["d*"]},
    "recording": {"groups": [{"recording_group_id": "door", "recording": "always"}]},
}


@pytest.mark.fault("ID listed twice")
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("name", POLICIES)
def test_other_groups_are_managed(run_policy: RunTask, doubled: Device, name: str, check_mode: bool) -> None:
    policy = dict(POLICIES[name])
    policy["groups"] = [*policy.get("groups", ()), {"recording_group_id": "gate", "retention_time": "60d"}]
    result = run_policy(doubled, check_mode=check_mode, **policy, **ALLOWED)
    assert "failed" not in result
    assert [(item["kind"], item["recording_group_id"]) for item in result["refused"]] == [("ambiguous", "door")]
    assert result["refused"][0]["reason"].startswith(MESSAGE)
    assert "Remove one of the disks" in result["refused"][0]["next_step"]
    assert [item["recording_group_id"] for item in result["changes"]] == ["gate"]
    assert doubled.groups["gate"].retention_time == (24 if check_mode else 1440)
    assert set(written_ids(doubled)) == (set() if check_mode else {"gate"})
    assert [(group.recording_group_id, group.retention_time) for group in doubled.listed_groups][::2] == [
        ("door", 24),
        ("door", 720),
    ]
    assert doubled.lost_recordings == []
    (finding,) = [item for item in result["findings"] if item["recording_group_id"] == "door"]
    assert (finding["verdict"], finding["severity"]) == ("refused", "warning")
    assert MESSAGE in finding["reason"]
    assert result["compliant"] is False


def test_unmanaged_duplicates_are_not_compliant(run_policy: RunTask, doubled: Device) -> None:
    result = run_policy(doubled, groups=[{"recording_group_id": "gate"}], unmanaged="ignore")
    assert [(item["recording_group_id"], item["verdict"]) for item in result["findings"]] == [
        ("door", "refused"),
        ("gate", "compliant"),
    ]
    assert (result["compliant"], result["refused"]) == (False, [])


def test_finding_is_that_of_the_worst_group(run_policy: RunTask, doubled: Device) -> None:
    result = run_policy(
        doubled, groups=[{"recording_group_id": "gate", "retention_time": "30d"}], retention_minimum="2d"
    )
    finding = result["findings"][0]
    assert (finding["recording_group_id"], finding["severity"]) == ("door", "critical")
    assert finding["reason"].startswith(
        "retention_time 24 hours (1 day) is below the minimum of 48 hours (2 days). The device lists 2"
    )


def test_hold_on_a_duplicate_is_reported_once(run_policy: RunTask, doubled: Device) -> None:
    hold = {"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
    result = run_policy(doubled, purge=True, purge_match=["*"], holds=[hold], **ALLOWED)
    assert result["holds"][0]["matches"] == ["door"]
    finding = result["findings"][0]
    assert (finding["recording_group_id"], finding["verdict"], finding["severity"]) == ("door", "held", "critical")
    assert MESSAGE in finding["reason"]
    assert set(written_ids(doubled)) == {"gate"}


def test_refusal_fails_the_task_by_default(run_policy: RunTask, doubled: Device) -> None:
    groups = [{"recording_group_id": "gate", "retention_time": "60d"}, {"recording_group_id": "door"}]
    result = run_policy(doubled, groups=groups)
    assert (result["error"]["kind"], result["msg"].startswith(f"127.0.0.1: {MESSAGE}")) == ("ambiguous", True)
    assert doubled.writes == []


@pytest.mark.parametrize("options", [{"description": "x"}, {"state": "absent"}, {}])
@pytest.mark.parametrize("check_mode", [True, False])
def test_single_group_is_refused(
    run_group: RunTask, doubled: Device, options: dict[str, Any], check_mode: bool
) -> None:
    loss = {"allow_recording_loss": True}
    result = run_group(doubled, recording_group_id="door", check_mode=check_mode, **options, **loss)
    assert result["error"]["kind"] == "ambiguous"
    assert MESSAGE in result["msg"]
    assert doubled.writes == []
    assert "failed" not in run_group(doubled, recording_group_id="gate", description="x", check_mode=check_mode)


@pytest.mark.parametrize("check_mode", [True, False])
def test_recording_action_is_refused(run_action: RunTask, doubled: Device, check_mode: bool) -> None:
    result = run_action(doubled, check_mode=check_mode, **RECORDING)
    assert result["error"]["kind"] == "ambiguous"
    assert MESSAGE in result["msg"]
    assert doubled.writes == []


def test_copy_that_appears_during_the_task_does_not_affect_others(run_policy: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(duplicate_ids="listed"))
    camera.disks["NetworkShare"].status = "OK"
    camera.plant_group(recording_group_id="door", retention_time=24)
    medium = camera.pull_disk("SD_DISK")
    for key in ("door", "gate"):
        camera.plant_group(recording_group_id=key, retention_time=24, disk_id="NetworkShare")
    camera.plant_fault(
        "callback", call="recording_group/update", run=lambda device: device.insert_disk("SD_DISK", medium)
    )
    groups = [{"recording_group_id": key, "retention_time": "30d"} for key in ("gate", "door")]
    result = run_policy(camera, groups=groups, on_refused="report")
    assert camera.groups["gate"].retention_time == 720
    assert result["compliant"] is False
