# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the tests of device checks."""

from __future__ import annotations

import pytest

from tests.unit.plugins.module_utils._tasks.device_check.experiments import skip_waits


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no clean-up wait before it tries again."""
    skip_waits(monkeypatch)
