# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks on which a group can be created, and those with recordings."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk


@pytest.mark.parametrize(
    ("status", "locked", "readonly", "reason"),
    [
        ("OK", False, False, None),
        ("connected", False, False, None),
        ("OK", True, False, "locked"),
        ("OK", False, True, "read-only"),
        ("OK", True, True, "locked"),
        ("disconnected", False, False, "disconnected"),
        ("failed", True, True, "failed"),
        ("no passphrase", False, False, "no passphrase"),
        ("wrong passphrase", False, False, "wrong passphrase"),
        ("not encrypted", False, False, "not encrypted"),
    ],
)
def test_unusable_disks_have_a_reason(status: str, locked: bool, readonly: bool, reason: str | None) -> None:
    assert Disk("SD_DISK", status, locked, readonly).unusable_reason == reason
