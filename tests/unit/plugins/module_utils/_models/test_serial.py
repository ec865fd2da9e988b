# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serial numbers in the forms that labels, inventories, and devices use."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial


@pytest.mark.parametrize(
    "text",
    ["B8A44F00A001", "b8a44f00a001", "B8:A4:4F:00:A0:01", "b8-a4-4f-00-a0-01", "b8a4.4f00.a001", " B8A44F00A001\n"],
)
def test_every_common_form_is_the_same_serial(text: str) -> None:
    assert normalize_serial(text) == "B8A44F00A001"


@pytest.mark.parametrize("text", ["", "B8A44F00A00", "B8A44F00A0011", "G8A44F00A001", "١8A44F00A001", None, 0, []])
def test_anything_else_is_none(text: object) -> None:
    assert normalize_serial(text) is None
