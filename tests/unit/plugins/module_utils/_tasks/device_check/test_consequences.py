# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What follows for an operator from disks, and from points that take time."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import MAX_WAIT
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.consequences import (
    find_age_limits,
    find_disk_limits,
    find_remarks,
)
from tests.unit.plugins.plugin_utils._device_profile.profiles import DISK, HARMLESS, build_profile


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {7: ["SD_DISK"]}),
        ({"cleanupmaxage": 0}, {}),
        ({"cleanupmaxage": 7000}, {}),
        ({"cleanupmaxage": None}, {}),
        ({"cleanuppolicy": "none"}, {}),
        ({"status": "disconnected"}, {}),
        ({"locked": True}, {}),
        ({"readonly": True}, {}),
        ({"full": True}, {7: ["SD_DISK"]}),
    ],
)
def test_only_usable_disks_with_an_age_limit_count(change: dict[str, Any], expected: dict[int, list[str]]) -> None:
    assert find_age_limits(build_profile(disks=[{**DISK, **change}])) == expected


def test_sentence_names_disks_days_and_what_to_do() -> None:
    disks = [DISK, {**DISK, "diskid": "SD_DISK2"}, {**DISK, "diskid": "NetworkShare", "cleanupmaxage": 1}]
    first, second = find_disk_limits(build_profile(disks=disks))
    assert "the age limit of NetworkShare (1 day) also applies" in first
    assert "the age limit of SD_DISK, SD_DISK2 (7 days) also applies" in second
    assert "a retention time above 7 days" in second
    for text in ("retention_policy_verify_recordings", "device_check_wait: 8d", "administrator", "to 0 (none)"):
        assert text in second


def test_wait_that_is_too_long_for_the_option_is_not_suggested() -> None:
    (month,) = find_disk_limits(build_profile(disks=[{**DISK, "cleanupmaxage": 30}]))
    (longer,) = find_disk_limits(build_profile(disks=[{**DISK, "cleanupmaxage": 31}]))
    assert f"device_check_wait: {MAX_WAIT // 86400}d" in month
    assert "device_check_wait" not in longer


def test_known_effect_of_the_age_limit_is_said() -> None:
    (combined,) = find_disk_limits(build_profile(**{**HARMLESS, "disk_age_combines": True}))
    assert "is not kept" in combined
    profile = build_profile(**{**HARMLESS, "disk_age_combines": False})
    assert find_disk_limits(profile) == []
    (remark,) = find_remarks(profile)
    assert remark.startswith("The age limit of SD_DISK (7 days) does not apply to recordings of groups")


def test_open_points_without_a_risk_are_remarks() -> None:
    retention, deletion = find_remarks(build_profile())
    assert "takes hours to see" in retention
    assert "the next run deletes the group" in deletion
