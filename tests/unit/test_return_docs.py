# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules document shared return values from one source, and document what they return."""

from __future__ import annotations

import pytest

from tests.return_docs import MODULES, shared_values, updated

SHARED = shared_values()


@pytest.mark.parametrize("module", SHARED)
def test_the_return_documentation_is_up_to_date(module: str) -> None:
    current = (MODULES / f"{module}.py").read_text(encoding="utf-8")
    assert updated(module, SHARED[module]) == current, "Run: make return-docs"


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="axis_recording_group: add the key extra to RETURN"):
        updated("axis_recording_group", {"extra": {}})
