# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Experiments that take time: each behavior is detected, by the clock of the device."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
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


def wait(device: Device, hours: float, **options: Any) -> Experiments:
    """Run the experiments that take time, and check that nothing is left, and nothing else was touched."""
    before = foreign_state(device)
    run = Experiments(device).run(wait=hours, actions=False, **options)
    assert run.error is None
    assert own_items(device) == []
    assert foreign_state(device) == before
    assert not run.remains
    assert not run.changes
    return run


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "likely": ({}, {"blocks": False, "split": "none", "retention": True}),
    "blocks": ({"running_recording_blocks_delete": True}, {"blocks": True, "split": "none", "retention": True}),
    "AXIS OS 13": (
        {"running_recording_blocks_delete": True, "recording_split": 60},
        {"blocks": True, "split": 60, "retention": True},
    ),
    "split after an odd time": ({"recording_split": 37}, {"blocks": False, "split": 37, "retention": True}),
    "split after a minute": ({"recording_split": 1}, {"blocks": False, "split": 1, "retention": True}),
    "no retention": ({"retention_applies": False}, {"blocks": False, "split": "none", "retention": False}),
}


@pytest.mark.parametrize("name", CASES)
def test_each_behavior_is_detected_in_three_hours(fleet: Fleet, name: str) -> None:
    switches, expected = CASES[name]
    device = fleet.add(switches=Switches(**switches))
    plant_foreign(device)
    run = wait(device, 3)
    assert {
        "blocks": run.answers["running_recording_blocks_delete"],
        "split": run.answers["recording_split"],
        "retention": run.answers["retention_applies"],
    } == expected, run.notes
    assert run.answers["disk_age_combines"] is None
    assert run.notes["disk_age_combines"] == ("The age limit of SD_DISK is 7 days. This needs a wait of at least 170h.")
