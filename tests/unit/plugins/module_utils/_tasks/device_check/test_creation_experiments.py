# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The creations of scratch groups: what a device accepts is detected, and removed or named."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.creation_experiments import (
    CREATION_POINTS,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.group_experiments import (
    run_group_experiments,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import UNLISTED_ID
from tests.simulator import Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils._tasks.device_check.test_group_experiments import answers, check
from tests.unit.plugins.module_utils._tasks.device_check.test_scratch import own, remains
from tests.unit.plugins.module_utils.conftest import settings_for


def test_nothing_is_created_without_any_option(camera: Device) -> None:
    check(camera)
    creations = [entry.target.partition("?")[2] for entry in camera.writes if entry.call == "recording_group/create"]
    assert len(creations) > 5
    assert all("recordinggroupid=" in query or "nicename=camfleet-check-" in query for query in creations)


@pytest.mark.parametrize("existing_id", ["error_20", "error_10"])
def test_a_group_on_an_unknown_disk_remains(camera: Device, existing_id: str) -> None:
    """The device does not list it, and does not find it to delete it."""
    camera.switches = Switches(unknown_disk="accepted", existing_id=existing_id)
    camera.finds_unlisted = False
    for _again in range(2):
        recorder, area = check(camera)
        assert answers(recorder)["unknown_disk"] == "accepted"
        assert own(camera) == remains(area) == [("recording_group", UNLISTED_ID)]
        assert "When the disk is mounted: curl " in str(area.remains[0]["remove_with"])


@pytest.mark.parametrize("existing_id", ["error_20", "error_10", "overwrite"])
def test_a_group_on_an_unknown_disk_is_deleted(camera: Device, existing_id: str) -> None:
    camera.switches = Switches(unknown_disk="accepted", existing_id=existing_id)
    recorder, area = check(camera)
    assert answers(recorder)["unknown_disk"] == "accepted"
    assert (own(camera), area.remains) == ([], [])


def test_another_disk_than_the_first_one(camera: Device) -> None:
    camera.pull_disk("SD_DISK")
    camera.disks["NetworkShare"].status = "OK"
    recorder, area = check(camera)
    found = answers(recorder)
    assert (found["disk_id_required"], found["unknown_disk"], found["existing_id"]) == (None, "error_20", "error_20")
    assert (own(camera), area.remains) == ([], [])


@pytest.mark.parametrize("skip", [pytest.param(n, marks=[pytest.mark.long] * bool(n % 5 - 1)) for n in range(1, 12)])
def test_a_disk_that_is_locked_meanwhile_settles_nothing(camera: Device, skip: int) -> None:
    """The device rejects each creation, and also the deletion."""

    def lock(device: Device) -> None:
        device.disks["SD_DISK"].locked = True

    camera.plant_fault("callback", call="recording_group/create", run=lock, skip=skip)
    session = Session(settings_for(camera))
    recorder, area = Recorder(session), ScratchArea(session)

    def run() -> None:
        with area.opened():
            run_group_experiments(area, recorder)

    with pytest.raises(AxisError):
        run()
    assert {answers(recorder)[name] for name in CREATION_POINTS} == {None}
    assert own(camera) == remains(area)
