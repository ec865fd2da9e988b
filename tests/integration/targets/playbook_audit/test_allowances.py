# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An allowance is for one run: if the inventory sets it, each run warns."""

from __future__ import annotations

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, ROLL_OUT, add_cameras, extra_vars, summary_text
from tests.simulator import Fleet

LOSS = "retention_policy_allow_recording_loss"


@pytest.mark.parametrize("playbook", [AUDIT, pytest.param(ROLL_OUT, marks=pytest.mark.long)])
def test_an_allowance_of_the_inventory_is_a_warning(play: Play, fleet: Fleet, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    run = play(playbook, "--check", hosts={"c0": {LOSS: False}, "c1": {LOSS: True}}, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert f"{LOSS} is set in the inventory" in summary_text(run)
    assert "for c1. This permits every run to delete recordings" in summary_text(run)
    assert " ".join(run.output.split()).count(f"[WARNING]: {LOSS} is set in the inventory, by host c1 (") == 1


def test_an_allowance_of_the_run_is_not(play: Play, fleet: Fleet) -> None:
    """Also if the inventory has it, too: the next run without the extra variable warns."""
    add_cameras(fleet, "c0", retention_time=1000)
    run = play(AUDIT, *extra_vars(**{LOSS: True}), hosts={"c0": {LOSS: True}}, groups={"axis": {"vars": {**POLICY}}})
    assert f"{LOSS} is set" not in run.output
