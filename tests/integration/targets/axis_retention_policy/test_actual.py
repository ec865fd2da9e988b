# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The age of recordings on simulated devices, compared with the retention time, by the clock of the device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

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


def camera(fleet: Fleet, name: str = "camera") -> Device:
    """Add a camera with one group, on a disk that removes no recordings automatically."""
    device = fleet.add("camera_12_9", name)
    device.disks["SD_DISK"].cleanupmaxage = 0
    device.plant_group(recording_group_id="door", retention_time=240)
    return device


def run_on_fleet(play: Play, **options: Any) -> Mapping[tuple[str, str], dict[str, Any]]:
    """Run the task, and return its results by task and host."""
    task = {"name": "Policy", MODULE: {"groups": GROUPS, "on_refused": "report", "verify_recordings": True, **options}}
    run = play([task])
    assert run.status == 0, run.output
    return run.results


def run_policy(play: Play, **options: Any) -> dict[str, Any]:
    """Run the task on the only camera, and return its result."""
    return run_on_fleet(play, **options)["Policy", "camera"]


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
    assert "Set the time of the device" in disk["reason"]
    assert found["checked_at"][:10] == f"{device.now:%Y-%m-%d}"


#: By verdict, the age of the oldest recording in hours, and changed fields of the disk.
VERDICTS: dict[str, tuple[float, dict[str, Any]]] = {
    "insufficient_history": (2, {}),
    "short": (2, {"freesize": 1_000_000}),
    "conflicting_cleanup": (2, {"cleanupmaxage": 7}),
    "locked": (2, {"locked": True}),
    "full": (2, {"full": True}),
    "missing": (2, {"status": "failed"}),
    "overdue": (300, {}),
    "met": (239, {}),
    "indeterminate": (200, {}),
}


def test_verdict_of_the_disk(play: Play, fleet: Fleet) -> None:
    for verdict, (age, changes) in VERDICTS.items():
        device = camera(fleet, verdict)
        # The simulator removes no recording before the task reads it.
        device.plant_recordings("door", 1, newest_age_hours=age)
        device.plant_recordings("door", 1)
        vars(device.disks["SD_DISK"]).update(changes)
    fleet.devices["indeterminate"].plant_group(recording_group_id="yard", retention_time=24)
    results = run_on_fleet(play)
    disks = {name: results["Policy", name]["actual"]["disks"] for name in VERDICTS}
    assert {name: [disk["verdict"] for disk in found] for name, found in disks.items()} == {
        name: [name] for name in VERDICTS
    }
    groups = [group["recording_group_id"] for group in disks["indeterminate"][0]["groups"]]
    assert groups == ["door", "yard"]
    # Each disk that is not met is a finding, and the device is not compliant.
    for name in VERDICTS:
        result = results["Policy", name]
        assert (result["changed"], result["compliant"]) == (False, name == "met")
        found = [(item["verdict"], item["disk_id"]) for item in result["findings"] if item["disk_id"] is not None]
        assert found == ([] if name == "met" else [(name, disks[name][0]["disk_id"])])


def test_viewer_gets_what_a_viewer_can_read(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_recordings("door", 240)
    result = run_policy(play, username="viewer", password="viewer-pass")
    assert [item["part"] for item in result["actual"]["unavailable"]] == ["disks"]
    assert result["actual"]["disks"][0]["verdict"] == "met"
    assert result["compliant"]


def test_invalid_tolerance_fails_before_the_first_request(play: Play, fleet: Fleet) -> None:
    device = camera(fleet)
    invalid = ("unlimited", "a day", "-1d")
    run = play(
        [
            {"name": text, MODULE: {"groups": GROUPS, "retention_tolerance": text}, "ignore_errors": True}
            for text in invalid
        ]
    )
    for text in invalid:
        assert run.outcomes[text, "camera"] == "failed", text
        assert "retention_tolerance" in run.results[text, "camera"]["msg"]
    assert device.connections == 0
