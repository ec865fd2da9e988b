# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of the reliability tests do not depend on the speed of the machine."""

from __future__ import annotations

import math

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks import writes


@pytest.fixture(autouse=True)
def lists_stay_recent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no list become too old for a write that could lose recordings."""
    monkeypatch.setattr(writes, "MAX_AGE", math.inf)
