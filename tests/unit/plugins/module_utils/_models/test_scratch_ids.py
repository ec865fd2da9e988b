# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of the IDs that a device check creates."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.scratch_ids import SCRATCH_ID, build_scratch_id


def test_an_id_has_its_run_and_its_purpose() -> None:
    found = SCRATCH_ID.fullmatch(build_scratch_id("0a1b2c3d", "unknown-disk"))
    assert found is not None
    assert found.groupdict() == {"run": "0a1b2c3d", "purpose": "unknown-disk"}


@pytest.mark.parametrize("text", ["camfleet-check-", "camfleet-check-0A1B2C3D-a", "camfleet-check-0a1b2c3d", "a"])
def test_other_ids_are_not_of_a_device_check(text: str) -> None:
    assert SCRATCH_ID.fullmatch(text) is None
