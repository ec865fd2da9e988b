# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes in a task that has no role, no preflight, and no summary, over HTTP: what it returns, and what remains."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

HOLD = {"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2999-12-31"}
RULE = {"match": {"recording_group_id": "*"}}
PURGE = {"purge": True, "purge_match": ["pilot_*"]}
#: What expects a group on a device that lists none.
EXPECTING: list[dict[str, Any]] = [
    {"existing_groups": [RULE]},
    {"existing_groups": [{**RULE, "retention_time": "30d"}], "retention_minimum": "7d"},
    {**PURGE, "retention_minimum": "1"},
    {**PURGE, "retention_maximum": "60d"},
    {**PURGE, "holds": [HOLD]},
    {**PURGE, "holds": [{**HOLD, "recording_group_id": "hall*"}]},
]


@pytest.mark.fault("device without groups, such as a removed card")
@pytest.mark.parametrize("options", EXPECTING)
def test_task_alone_does_not_report_an_empty_device_as_compliant(
    run_policy: RunTask, camera: Device, options: dict[str, Any]
) -> None:
    camera.plant_group(recording_group_id="door", retention_time=0, disk_id="SD_DISK")
    camera.pull_disk("SD_DISK")
    for check_mode in (True, False):
        result = run_policy(camera, check_mode=check_mode, unmanaged="ignore", **options)
        assert (result.get("failed", False), result["changed"], result["compliant"]) == (False, False, False)
        (finding,) = (item for item in result["findings"] if item["recording_group_id"] is None)
        assert "Disks of the device: SD_DISK (" in finding["reason"]
    assert camera.writes == []


@pytest.mark.fault("retention time without a unit")
@pytest.mark.parametrize(("written", "shown"), [("30", "30 hours"), (48, "48 hours (2 days)"), ("1", "1 hour")])
def test_number_without_a_unit_is_shown_as_hours(
    run_policy: RunTask, run_group: RunTask, camera: Device, written: object, shown: str
) -> None:
    """A user who means days sees it before anything is lost."""
    camera.plant_group(recording_group_id="door", retention_time=720)
    camera.plant_recordings("door", 3)
    entry = {"recording_group_id": "door", "retention_time": str(written)}
    for check_mode in (True, False):
        results = (
            run_policy(camera, check_mode=check_mode, groups=[entry]),
            run_group(camera, check_mode=check_mode, **entry),
        )
        for result in results:
            assert result["error"]["kind"] == "recording_loss"
            assert f"from 720 hours (30 days) to {shown} deletes all older recordings" in result["msg"]
        plan = run_policy(camera, check_mode=check_mode, groups=[entry], on_refused="report")
        (finding,) = plan["findings"]
        assert finding["differences"] == [{"field": "retention_time", "before": 720, "after": int(str(written))}]
    assert camera.writes == []
    assert camera.groups["door"].retention_time == 720
    assert camera.lost_recordings == []


@pytest.mark.fault("group that has only a name")
def test_derived_id_is_stable_and_legal(run_group: RunTask, camera: Device) -> None:
    names = ["Entrance", "Eingangst\u00fcr \u00ab1\u00bb", "\u5165\u53e3", "x" * 200, "-", "a/b?c=d&e"]
    for _again in range(2):
        for name in names:
            assert "failed" not in run_group(camera, nice_name=name, retention_time="30d"), name
    assert len(camera.groups) == len(names)
    for key, group in camera.groups.items():
        assert key.replace("-", "").replace("_", "").isalnum()
        assert key.isascii()
        assert len(key) <= 50
        assert group.nice_name in names
    assert [entry.call for entry in camera.writes] == ["recording_group/create"] * len(names)
