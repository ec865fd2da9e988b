# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cameras without groups."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import DiskDetails
from tests.unit.plugins.plugin_utils._draft.fleets import camera, disk, group

SHARE = disk(disk_id="NetworkShare", status="disconnected")


@pytest.mark.parametrize(
    ("disks", "reason"),
    [
        ((disk(),), None),
        ((disk(), SHARE), None),
        ((), None),
        (None, "its disks could not be read"),
        ((disk(status="failed"), SHARE), "disk NetworkShare is disconnected and disk SD_DISK is failed"),
        ((disk(), disk(disk_id="SD_DISK2", status="disconnected")), "disk SD_DISK2 is disconnected"),
        ((disk(), disk(disk_id="NetworkShare", status="failed")), "disk NetworkShare is failed"),
    ],
)
def test_groups_may_be_missing_without_a_usable_disk(disks: tuple[DiskDetails, ...] | None, reason: str | None) -> None:
    """A network share that was never configured is disconnected, too."""
    assert camera(1, disks=disks).missing_groups_reason == reason


def test_a_camera_with_groups_has_none_missing() -> None:
    assert camera(1, group("a"), disks=None).missing_groups_reason is None
