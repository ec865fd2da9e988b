# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Experiments with actions and disabled rules: each behavior is detected, and nothing else is touched."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch
from tests.simulator import Fleet, Switches
from tests.unit.plugins.module_utils._tasks.device_check.experiments import (
    Experiments,
    foreign_state,
    own_items,
    plant_foreign,
)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clean-up try again without a delay."""
    monkeypatch.setattr(scratch, "_CLEANUP_DELAYS", (0.0,) * 5)
    monkeypatch.setattr(scratch, "_LATE", 0.0)


@pytest.mark.parametrize("checks", [True, False])
@pytest.mark.parametrize("reuse", [True, False])
@pytest.mark.parametrize(("profile", "ending"), [("camera_12_9", ""), ("camera_10_12", "//.")])
def test_each_behavior_is_detected(fleet: Fleet, checks: bool, reuse: bool, profile: str, ending: str) -> None:
    device = fleet.add(profile, switches=Switches(action_checks_group=checks, reuse_ids=reuse))
    plant_foreign(device, running=True)
    before = foreign_state(device)
    run = Experiments(device).run()
    assert run.error is None
    assert run.answers == {"action_checks_group": checks, "topic_ending": ending, "reuse_ids": reuse}
    assert not own_items(device)
    assert foreign_state(device) == before
    assert not run.remains
    assert not run.changes
    assert not device.lost_recordings
    # No rule that is enabled.
    assert device.gaps == []
