# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recordings of scratch groups: only what is certainly own counts."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk, DiskDetails
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_recordings import has_space

GIGABYTE = 1_000_000  # kB


def build_disk(total: int | None, free: int | None, *, full: bool | None = False) -> DiskDetails:
    """Return a disk."""
    values: dict[str, Any] = {"name": "", "filesystem": None, "required_filesystem": None, "encryption_enabled": None}
    values |= {"encrypted": None, "group": None, "cleanup_max_age": None, "cleanup_policy": None}
    disk = Disk("SD_DISK", "OK", locked=False, readonly=False)
    return DiskDetails(disk=disk, total_size=total, free_size=free, full=full, **values)


@pytest.mark.parametrize(
    ("total", "free", "full", "expected"),
    [
        (116 * GIGABYTE, 75 * GIGABYTE, False, True),
        (116 * GIGABYTE, 75 * GIGABYTE, None, True),
        (116 * GIGABYTE, 75 * GIGABYTE, True, False),
        (116 * GIGABYTE, 8 * GIGABYTE, False, False),
        (16 * GIGABYTE, 3 * GIGABYTE, False, False),
        (16 * GIGABYTE, 5 * GIGABYTE, False, True),
        (None, 75 * GIGABYTE, False, False),
        (116 * GIGABYTE, None, False, False),
    ],
)
def test_a_disk_must_have_enough_free_space_to_delete_nothing(
    total: int | None, free: int | None, full: bool | None, expected: bool
) -> None:
    assert has_space(build_disk(total, free, full=full)) is expected
