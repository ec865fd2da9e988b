# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configured against actual, read from simulated devices: what is planted is what is told, by the device's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet
from tests.simulator.device import Device

MODULE = "camfleet.axis.axis_retention_policy"
WANTED = [{"recording_group_id": "door", "retention_time": "10d"}]
FIVE_READS = [
    "basicdeviceinfo",
    "disks/list",
    "disks/gethealth",
    "record/list",
    "record/list",
]


def camera(fleet: Fleet, hours: int = 240) -> Device:
    """A camera with one group on a disk that deletes nothing by itself."""
    device = fleet.add("camera_12_9", "camera")
    device.disks["SD_DISK"].cleanupmaxage = 0
    device.plant_group(recording_group_id="door", retention_time=hours)
    return device


def actual(play: Play, **options: Any) -> dict[str, Any]:
    """What the task found."""
    task = {"name": "Policy", MODULE: {"groups": WANTED, "on_refused": "report", "verify_recordings": True, **options}}
    run = play([task])
    assert run.status == 0, run.output
    result: dict[str, Any] = run.results["Policy", "camera"]
    return result


def test_it_costs_five_reads_and_only_where_it_is_asked_for(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_recordings("door", 3)
    assert "actual" not in actual(play, verify_recordings=False)
    device.journal.clear()
    result = actual(play)
    assert result["actual"]["time_source"] == "device"
    assert len(device.journal) == 2 + len(FIVE_READS)
    assert not device.writes
    assert (result["device"]["model"], result["device"]["firmware"]) == (
        device.profile.product,
        device.profile.version,
    )


def test_the_age_goes_by_the_clock_of_the_device(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.now -= timedelta(days=4000)
    device.plant_recordings("door", 240, spacing_hours=1)
    found = actual(play)["actual"]
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
def test_a_verdict_for_what_is_planted(
    play: Play, fleet: Fleet, age: float, changes: dict[str, Any], verdict: str
) -> None:
    device = camera(fleet)
    # Nothing is cleaned up between planting and looking: the clock stands still.
    device.plant_recordings("door", 1, newest_age_hours=age)
    device.plant_recordings("door", 1)
    vars(device.disks["SD_DISK"]).update(changes)
    (disk,) = actual(play)["actual"]["disks"]
    assert disk["verdict"] == verdict, disk


def test_two_groups_on_a_disk_cannot_be_told_apart(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_group(recording_group_id="yard", retention_time=24)
    device.plant_recordings("door", 1, newest_age_hours=200)
    (disk,) = actual(play)["actual"]["disks"]
    assert disk["verdict"] == "indeterminate"
    assert [group["recording_group_id"] for group in disk["groups"]] == ["door", "yard"]


def test_a_viewer_learns_what_a_viewer_may_read(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_recordings("door", 1, newest_age_hours=239)
    result = actual(play, username="viewer", password="viewer-pass")
    assert [item["part"] for item in result["actual"]["unavailable"]] == ["disks"]
    assert result["actual"]["disks"][0]["verdict"] == "met"
    assert result["compliant"]


def test_what_is_found_there_is_no_part_of_the_verdict_about_the_settings(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_recordings("door", 1, newest_age_hours=2)
    device.disks["SD_DISK"].freesize = 1_000_000
    result = actual(play)
    assert (result["changed"], result["compliant"]) == (False, True)


@pytest.mark.parametrize("tolerance", ["unlimited", "a day", "-1d"])
def test_a_tolerance_that_is_none_is_refused_before_the_first_request(play: Play, fleet: Fleet, tolerance: str) -> None:
    device = camera(fleet)
    run = play([{"name": "Policy", MODULE: {"groups": WANTED, "retention_tolerance": tolerance}}])
    assert run.status != 0
    assert "retention_tolerance" in run.results["Policy", "camera"]["msg"]
    assert device.connections == 0
