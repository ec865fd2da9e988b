# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a scratch area reads of its device."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from tests.simulator import Switches
from tests.simulator.device import Device


@pytest.fixture
def area(session: Session) -> ScratchArea:
    """Return an area."""
    return ScratchArea(session)


def test_without_disks(area: ScratchArea) -> None:
    """Nothing is read yet."""
    assert area.disk is None
    assert area.is_disk_mounted()
    with pytest.raises(ValueError, match="no usable disk"):
        print(area.disk_id)


def test_a_disk_that_is_removed(area: ScratchArea, camera: Device) -> None:
    area.read_before()
    assert (area.disk_id, area.is_disk_mounted(), area.is_disk_usable()) == ("SD_DISK", True, True)
    camera.disks["SD_DISK"].locked = True
    assert (area.is_disk_mounted(), area.is_disk_usable()) == (True, False)
    camera.pull_disk("SD_DISK")
    assert (area.is_disk_mounted(), area.is_disk_usable()) == (False, False)


@pytest.mark.parametrize("action_service", [True, False])
def test_a_device_without_the_action_service(area: ScratchArea, camera: Device, action_service: bool) -> None:
    camera.switches = Switches(action_service=action_service)
    area.read_before()
    assert area.has_actions is action_service
    assert area.count_groups() == len(camera.groups)
