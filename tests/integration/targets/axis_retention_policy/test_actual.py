# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The age of recordings on simulated devices, compared with the retention time, by the clock of the device."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet
from tests.simulator.device import Device

MODULE = "camfleet.axis.axis_retention_policy"
GROUPS = [{"recording_group_id": "door", "retention_time": "10d"}]
FIVE_READS = [
    "basicdeviceinfo",
    "disks/list",
    "disks/gethealth",
    "record/list",
    "record/list",
]


def camera(fleet: Fleet, hours: int = 240) -> Device:
    """Add a camera with one group, on a disk that removes no recordings automatically."""
    device = fleet.add("camera_12_9", "camera")
    device.disks["SD_DISK"].cleanupmaxage = 0
    device.plant_group(recording_group_id="door", retention_time=hours)
    return device


def run_policy(play: Play, **options: Any) -> dict[str, Any]:
    """Run the task, and return its result."""
    task = {"name": "Policy", MODULE: {"groups": GROUPS, "on_refused": "report", "verify_recordings": True, **options}}
    run = play([task])
    assert run.status == 0, run.output
    result: dict[str, Any] = run.results["Policy", "camera"]
    return result


def test_verification_costs_five_reads_only_if_requested(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_recordings("door", 3)
    assert "actual" not in run_policy(play, verify_recordings=False)
    device.journal.clear()
    result = run_policy(play)
    assert result["actual"]["time_source"] == "device"
    assert len(device.journal) == 2 + len(FIVE_READS)
    assert not device.writes
    assert (result["device"]["model"], result["device"]["firmware"]) == (
        device.profile.product,
        device.profile.version,
    )


def test_age_is_computed_with_the_clock_of_the_device(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.now -= timedelta(days=4000)
    device.plant_recordings("door", 240, spacing_hours=1)
    found = run_policy(play)["actual"]
    (disk,) = found["disks"]
    assert (disk["verdict"], disk["recordings"]) == ("met", 240)
    assert 239 <= disk["age_hours"] <= 240
    assert found["checked_at"][:10] == f"{device.now:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("age", "changes", "verdict"),
    [
        (2, {}, "insufficient_history"),
        (2, {"freesize": 1_000_000}, "short"),
        (2, {"cleanupmaxage": 7}, "conflicting_cleanup"),
        (2, {"locked": True}, "locked"),
        (2, {"full": True}, "full"),
        (2, {"status": "failed"}, "missing"),
        (300, {}, "overdue"),
        (239, {}, "met"),
    ],
)
def test_verdict_of_the_disk(play: Play, fleet: Fleet, age: float, changes: dict[str, Any], verdict: str) -> None:
    device = camera(fleet)
    # The clock of the device does not advance, so that it removes no recording before the task reads it.
    device.plant_recordings("door", 1, newest_age_hours=age)
    device.plant_recordings("door", 1)
    vars(device.disks["SD_DISK"]).update(changes)
    (disk,) = run_policy(play)["actual"]["disks"]
    assert disk["verdict"] == verdict, disk


def test_two_groups_on_a_disk_are_indeterminate(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_group(recording_group_id="yard", retention_time=24)
    device.plant_recordings("door", 1, newest_age_hours=200)
    (disk,) = run_policy(play)["actual"]["disks"]
    assert disk["verdict"] == "indeterminate"
    assert [group["recording_group_id"] for group in disk["groups"]] == ["door", "yard"]


def test_viewer_gets_what_a_viewer_can_read(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_recordings("door", 1, newest_age_hours=239)
    result = run_policy(play, username="viewer", password="viewer-pass")
    assert [item["part"] for item in result["actual"]["unavailable"]] == ["disks"]
    assert result["actual"]["disks"][0]["verdict"] == "met"
    assert result["compliant"]


def test_short_recordings_do_not_affect_compliance(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_recordings("door", 1, newest_age_hours=2)
    device.disks["SD_DISK"].freesize = 1_000_000
    result = run_policy(play)
    assert (result["changed"], result["compliant"]) == (False, True)


@pytest.mark.parametrize("tolerance", ["unlimited", "a day", "-1d"])
def test_invalid_tolerance_fails_before_the_first_request(play: Play, fleet: Fleet, tolerance: str) -> None:
    device = camera(fleet)
    run = play([{"name": "Policy", MODULE: {"groups": GROUPS, "retention_tolerance": tolerance}}])
    assert run.status != 0
    assert "retention_tolerance" in run.results["Policy", "camera"]["msg"]
    assert device.connections == 0
