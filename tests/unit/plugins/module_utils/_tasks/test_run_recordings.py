# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With verify_recordings, a device complies only if its recordings are proven to be as the policy says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

GROUPS = [{"recording_group_id": "door", "retention_time": "30d"}]
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal", "until": "2099-12-31"}
VIEWER = {"username": "viewer", "password": "viewer-pass"}


def add_camera(fleet: Fleet, name: str, age_hours: float | None = 720, **disk: Any) -> Device:
    """Add a camera with a group that keeps 30 days, on a disk with free space that never deletes for age."""
    device = fleet.add("camera_12_9", name)
    device.disks["SD_DISK"].cleanupmaxage = 0
    device.plant_group(recording_group_id="door", retention_time=720, disk_id="SD_DISK")
    if age_hours is not None:
        device.plant_recordings("door", 1, newest_age_hours=age_hours)
        device.plant_recordings("door", 1)
    for name_of_field, value in disk.items():
        assert hasattr(device.disks["SD_DISK"], name_of_field)
        setattr(device.disks["SD_DISK"], name_of_field, value)
    return device


def disk_findings(result: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    """Return disk, verdict, and severity of each finding about a disk, which has no group and no difference."""
    found = [item for item in result["findings"] if item["disk_id"] is not None]
    for item in found:
        assert (item["recording_group_id"], item["nice_name"], item["differences"]) == (None, None, [])
        assert item["reason"]
    # After the groups.
    assert result["findings"][len(result["findings"]) - len(found) :] == found
    return [(item["disk_id"], item["verdict"], item["severity"]) for item in found]


FULL_DISK = {"freesize": 1_000_000}
#: By verdict: the age of the oldest recording in hours, the disk, and the severity without and with a minimum.
DISKS: dict[str, tuple[float | None, dict[str, Any], str | None, str | None]] = {
    "met": (719, {}, None, None),
    "insufficient_history": (2, {}, "info", "info"),
    "short": (200, FULL_DISK, "warning", "warning"),
    "short below the minimum": (100, FULL_DISK, "warning", "critical"),
    "conflicting_cleanup": (2, {"cleanupmaxage": 14}, "warning", "warning"),
    "conflicting_cleanup below the minimum": (700, {"cleanupmaxage": 6}, "warning", "critical"),
    "locked": (719, {"locked": True}, "warning", "critical"),
    "full": (719, {"full": True}, "warning", "warning"),
    "full below the minimum": (2, {"full": True}, "warning", "critical"),
    "overdue": (1000, {}, "critical", "critical"),
}


@pytest.mark.parametrize("name", DISKS)
def test_only_a_disk_that_keeps_the_recordings_complies(fleet: Fleet, run_policy: RunTask, name: str) -> None:
    age, changes, without, with_minimum = DISKS[name]
    device = add_camera(fleet, "camera", age, **changes)
    verdict = name.partition(" ")[0]
    for minimum, severity in ((None, without), ("7d", with_minimum)):
        options = {"groups": GROUPS, "verify_recordings": True, "retention_minimum": minimum}
        results = [run_policy(device, check_mode=check_mode, **options) for check_mode in (True, False)]
        assert results[0] == results[1]
        assert disk_findings(results[0]) == ([] if severity is None else [("SD_DISK", verdict, severity)])
        assert results[0]["compliant"] is (severity is None)
        (disk,) = results[0]["actual"]["disks"]
        assert (disk["verdict"], disk["severity"]) == (verdict, severity or "info")
    # Without the option, only the settings count.
    result = run_policy(device, groups=GROUPS)
    assert (result["compliant"], disk_findings(result), "actual" in result) == (True, [], False)
    assert [item["disk_id"] for item in result["findings"]] == [None]
    assert not device.writes


def test_settings_that_differ_and_a_disk_are_separate_findings(fleet: Fleet, run_policy: RunTask) -> None:
    device = add_camera(fleet, "camera", 100, full=True)
    device.groups["door"].retention_time = 240
    options = {"groups": GROUPS, "verify_recordings": True}
    predicted = run_policy(device, check_mode=True, **options)
    assert [item["verdict"] for item in predicted["findings"]] == ["drifted", "full"]
    result = run_policy(device, **options)
    assert [item["verdict"] for item in result["findings"]] == ["compliant", "full"]
    assert (result["changed"], result["compliant"]) == (True, False)


def test_a_group_that_was_just_created_has_no_history(fleet: Fleet, run_policy: RunTask) -> None:
    device = fleet.add("camera_12_9", "camera")
    device.disks["SD_DISK"].cleanupmaxage = 0
    options = {"groups": [{**GROUPS[0], "disk_id": ["SD_DISK"]}], "verify_recordings": True}
    predicted = run_policy(device, check_mode=True, **options)
    assert [(item["verdict"], item["disk_id"]) for item in predicted["findings"]] == [("missing", None)]
    result = run_policy(device, **options)
    assert [item["verdict"] for item in result["findings"]] == ["compliant", "insufficient_history"]
    assert not result["compliant"]
    assert disk_findings(result) == [("SD_DISK", "insufficient_history", "info")]
    # A group that existed before must have recordings.
    for minimum, severity in ((None, "warning"), ("7d", "critical")):
        result = run_policy(device, **options, retention_minimum=minimum)
        assert disk_findings(result) == [("SD_DISK", "insufficient_history", severity)]
        assert "Check whether the device records" in result["findings"][-1]["reason"]


@pytest.mark.fault("recordings compared with the setting instead of the policy")
@pytest.mark.parametrize("kind", ["entry", "rule", "minimum", "unmanaged"])
@pytest.mark.parametrize(("free", "expected"), [(1_000_000, "short"), (60_000_000, "insufficient_history")])
def test_a_setting_below_the_policy_proves_nothing(
    fleet: Fleet, run_policy: RunTask, kind: str, free: int, expected: str
) -> None:
    """The oldest recording is as old as the setting requires, and too young for the policy."""
    device = add_camera(fleet, "camera", 100, freesize=free)
    device.groups["door"].retention_time = 100
    other = {"recording_group_id": "*"}
    options: dict[str, Any] = {
        "entry": {"groups": GROUPS},
        "rule": {"existing_groups": [{"match": other, "retention_time": "30d"}]},
        "minimum": {"existing_groups": [{"match": other}], "retention_minimum": "30d"},
        "unmanaged": {"retention_minimum": "30d"},
    }[kind]
    result = run_policy(device, check_mode=True, verify_recordings=True, **options)
    ((disk_id, verdict, _severity),) = disk_findings(result)
    assert (disk_id, verdict) == ("SD_DISK", expected)
    reason = result["findings"][-1]["reason"]
    assert "the retention time is 720 hours (30 days) by the policy, but 100 hours" in reason
    # What the device is set to remains in the data.
    (disk,) = result["actual"]["disks"]
    assert disk["groups"] == [{"recording_group_id": "door", "retention_time": 100}]


@pytest.mark.fault("recordings compared with the setting instead of the policy")
@pytest.mark.parametrize("hours", [2000, 0])
def test_a_setting_above_the_policy_is_not_overdue(fleet: Fleet, run_policy: RunTask, hours: int) -> None:
    """The device deletes the recordings only after its setting has changed."""
    device = add_camera(fleet, "camera", 1000)
    device.groups["door"].retention_time = hours
    options = {"groups": GROUPS, "verify_recordings": True, "retention_maximum": "30d", "check_mode": True}
    result = run_policy(device, **options, on_refused="report")
    assert disk_findings(result) == [("SD_DISK", "indeterminate", "info")]
    assert "by the policy" in result["findings"][-1]["reason"]
    # A hold requires the recordings.
    result = run_policy(device, **options, holds=[HOLD], on_refused="report")
    assert [item[1] for item in disk_findings(result)] == ["insufficient_history" if hours else "indeterminate"]
    device.groups["door"].retention_time = 720
    assert disk_findings(run_policy(device, **options)) == [("SD_DISK", "overdue", "critical")]


@pytest.mark.fault("maximum of a policy with a group under a hold")
def test_a_held_group_may_exceed_the_maximum(fleet: Fleet, run_policy: RunTask) -> None:
    device = add_camera(fleet, "camera", 1000)
    device.groups["door"].retention_time = 0
    options = {"groups": [{**GROUPS[0], "retention_time": "unlimited"}], "retention_maximum": "30d"}
    result = run_policy(device, **options, holds=[HOLD])
    assert (result["compliant"], result["changed"]) == (True, False)
    result = run_policy(device, **options, holds=[HOLD], verify_recordings=True)
    assert disk_findings(result) == [("SD_DISK", "indeterminate", "info")]
    result = run_policy(device, **options)
    assert result["error"]["kind"] == "invalid_option"
    assert not device.writes


@pytest.mark.fault("recordings compared with the setting instead of the policy")
def test_a_cleanup_conflicts_with_the_policy(fleet: Fleet, run_policy: RunTask) -> None:
    device = add_camera(fleet, "camera", 100, cleanupmaxage=7)
    device.groups["door"].retention_time = 100
    result = run_policy(device, groups=GROUPS, verify_recordings=True, check_mode=True)
    assert [item[1] for item in disk_findings(result)] == ["conflicting_cleanup"]
    device.groups["door"].retention_time = 720
    result = run_policy(
        device,
        groups=[{**GROUPS[0], "retention_time": "4d"}],
        verify_recordings=True,
        check_mode=True,
        on_refused="report",
    )
    assert [item[1] for item in disk_findings(result)] == []


@pytest.mark.parametrize("is_pulled", [True, False])
@pytest.mark.parametrize("disk_id", ["SD_DISK", None])
def test_a_missing_disk_and_its_missing_group_have_one_severity(
    fleet: Fleet, run_policy: RunTask, disk_id: str | None, is_pulled: bool
) -> None:
    device = add_camera(fleet, "camera")
    if is_pulled:
        device.pull_disk("SD_DISK")
    else:
        device.disks["SD_DISK"].status = "failed"
    for minimum, severity in ((None, "warning"), ("7d", "critical")):
        result = run_policy(
            device,
            groups=[{**GROUPS[0], "disk_id": [disk_id]} if disk_id else GROUPS[0]],
            verify_recordings=True,
            retention_minimum=minimum,
            on_refused="report",
            check_mode=True,
        )
        assert (result["findings"][0]["recording_group_id"], result["findings"][0]["severity"]) == ("door", severity)
        assert disk_findings(result) == [(disk_id or "", "missing", severity)]
        assert not result["compliant"]


@pytest.mark.fault("recordings under a hold that the disk deletes")
def test_lost_evidence_is_critical(fleet: Fleet, run_policy: RunTask) -> None:
    """The group keeps everything, and the disk does not."""
    device = add_camera(fleet, "camera", 100, cleanupmaxage=7)
    device.groups["door"].retention_time = 0
    result = run_policy(device, existing_groups=[{"match": {"recording_group_id": "*"}}], verify_recordings=True)
    assert disk_findings(result) == [("SD_DISK", "conflicting_cleanup", "warning")]
    rule = {"match": {"recording_group_id": "*"}}
    result = run_policy(device, existing_groups=[rule], verify_recordings=True, holds=[HOLD])
    assert disk_findings(result) == [("SD_DISK", "conflicting_cleanup", "critical")]
    assert "Recording group door is held until 2099-12-31" in result["findings"][-1]["reason"]


def test_a_viewer_proves_only_what_it_can_read(fleet: Fleet, run_policy: RunTask) -> None:
    """It reads recordings without the disks, so that the age may prove compliance, but never the state of a disk."""
    options = {"groups": GROUPS, "verify_recordings": True, **VIEWER}
    result = run_policy(add_camera(fleet, "met", 719), **options)
    assert result["compliant"]
    (disk,) = result["actual"]["disks"]
    assert (disk["verdict"], disk["status"]) == ("met", None)
    assert "The state of the disk was not read" in disk["reason"]
    proving_nothing = (("young", 2, "indeterminate", "info"), ("none", None, "insufficient_history", "warning"))
    for name, age, *expected in proving_nothing:
        result = run_policy(add_camera(fleet, name, age), **options)
        assert disk_findings(result) == [("SD_DISK", *expected)]
        assert not result["compliant"]
    result = run_policy(add_camera(fleet, "overdue", 1000), **options)
    assert disk_findings(result) == [("SD_DISK", "overdue", "critical")]


def test_recordings_that_cannot_be_read_never_comply(fleet: Fleet, run_policy: RunTask) -> None:
    device = add_camera(fleet, "camera", 719)
    device.plant_fault("error_code", call="record/list", code=10)
    result = run_policy(device, groups=GROUPS, verify_recordings=True)
    assert disk_findings(result) == [("SD_DISK", "indeterminate", "info")]
    assert "recordings" in [item["part"] for item in result["actual"]["unavailable"]]
    assert not result["compliant"]


def test_a_device_without_groups_needs_readable_recordings(fleet: Fleet, run_policy: RunTask) -> None:
    device = fleet.add("camera_12_9", "camera")
    options = {"purge": True, "purge_match": ["pilot_*"], "verify_recordings": True}
    result = run_policy(device, **options)
    assert (result["compliant"], result["findings"], result["actual"]["disks"]) == (True, [], [])
    result = run_policy(device, **options, **VIEWER)
    assert disk_findings(result) == [("", "indeterminate", "info")]
    assert not result["compliant"]


@pytest.mark.parametrize("call", ["disks/list", "record/list"])
def test_a_failure_while_recordings_are_read_never_complies(fleet: Fleet, run_policy: RunTask, call: str) -> None:
    device = add_camera(fleet, "camera", 719)
    device.plant_fault("drop_before", call=call)
    result = run_policy(device, groups=GROUPS, verify_recordings=True, retries=0)
    assert result.get("failed") or result.get("unreachable")
    assert result["compliant"] is False
    device.faults.clear()
    assert run_policy(device, groups=GROUPS, verify_recordings=True)["compliant"]


def test_a_clock_that_was_set_back_proves_nothing(fleet: Fleet, run_policy: RunTask) -> None:
    """For example to the year 2000, after a loss of power."""
    device = add_camera(fleet, "camera", 719)
    device.now -= timedelta(days=9000)
    result = run_policy(device, groups=GROUPS, verify_recordings=True)
    assert disk_findings(result) == [("SD_DISK", "indeterminate", "info")]
    reason = result["findings"][-1]["reason"]
    assert "starts in the future by the clock of the device" in reason
    assert f"shows {device.now:%Y-%m-%d %H:%M} UTC instead of" in reason
    assert "NTP" in reason
    assert not result["compliant"]
    (disk,) = result["actual"]["disks"]
    assert disk["age_hours"] is None


def test_each_disk_is_a_finding_of_its_own(fleet: Fleet, run_policy: RunTask) -> None:
    device = add_camera(fleet, "camera", 1000)
    share = device.disks["NetworkShare"]
    share.status, share.totalsize, share.freesize, share.cleanupmaxage = "OK", 10_000_000, 9_000_000, 14
    device.plant_group(recording_group_id="yard", retention_time=720, disk_id="NetworkShare")
    device.plant_recordings("yard", 1)
    groups = [*GROUPS, {"recording_group_id": "yard", "retention_time": "30d"}]
    result = run_policy(device, groups=groups, verify_recordings=True)
    assert disk_findings(result) == [
        ("NetworkShare", "conflicting_cleanup", "warning"),
        ("SD_DISK", "overdue", "critical"),
    ]
