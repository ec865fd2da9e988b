# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people see: the summary directly above the recap, and no output that misleads."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    POLICY,
    ROLL_OUT,
    add_cameras,
    ends_with_summary,
    extra_vars,
    retention,
    summary,
)
from tests.playbook import PlaybookRun
from tests.simulator import Device, Fleet

WRONG = {"axis_password": "mistyped-secret"}
HOLD = {"recording_group_id": "door", "reason": "Case 7", "owner": "legal", "until": "2999-12-31"}
SHORTER = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "1d"}]}


def lines_with(run: PlaybookRun, text: str) -> list[str]:
    """Return the lines of the output that begin with a text."""
    return [line for line in run.output.splitlines() if line.startswith(text)]


def needs_attention(run: PlaybookRun) -> set[str]:
    """Return the hosts that the recap shows as failed or unreachable."""
    return {host for host, counters in run.recap.items() if counters["failures"] or counters["unreachable"]}


def assert_honest(run: PlaybookRun, failed: set[str]) -> None:
    """Check that each failed host has one line, and the run one summary, which is last."""
    assert ends_with_summary(run)
    assert "...ignoring" not in run.output
    assert {re.split(r"[][]", line)[1] for line in lines_with(run, "fatal: [")} == failed
    assert len(lines_with(run, "fatal: [")) == len(failed)
    # From ansible-core 2.19 on, one line for all of them.
    assert len(lines_with(run, "[ERROR]")) <= 1
    assert needs_attention(run) == failed


def test_an_audit_shows_each_failure_once(play: Play, fleet: Fleet) -> None:
    """Its recap has the hosts that need attention, and one of the others."""
    names = [f"c{number:02}" for number in range(30)]
    add_cameras(fleet, *names[:-5])
    add_cameras(fleet, *names[-5:], retention_time=1000)
    fleet.devices["c03"].powered = False
    hosts: dict[str, dict[str, Any]] = {
        "c01": WRONG,
        "c25": SHORTER,
        "c26": {**SHORTER, "axis_holds": [HOLD]},
        "c27": {"retention_policy_fail_on_drift": True, **SHORTER, "retention_policy_allow_recording_loss": True},
    }
    run = play(AUDIT, hosts=hosts, groups={"axis": {"vars": POLICY}})
    assert run.status == 4
    assert_honest(run, {"c01", "c03", "c27"})
    assert lines_with(run, "changed: ") == []
    assert run.recap.keys() == {"c00", "c01", "c03", "c27"}
    assert "The summary below shows the reasons" in run.output
    assert (summary(run)["refused"], summary(run)["held"]) == (["c25", "c28", "c29"], ["c26"])
    assert not lines_with(run, "ok: [c2")


def _power_off(camera: Device) -> None:
    camera.powered = False


@pytest.mark.fault("camera unreachable in a wave")
def test_a_roll_out_ignores_no_failure(play: Play, fleet: Fleet) -> None:
    """The canary, the only camera of its wave, is unreachable, and a camera of the second wave fails."""
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    fleet.devices["c0"].plant_fault("callback", call="recording_group/list", skip=1, run=_power_off)
    fleet.devices["c1"].plant_fault("error_code", call="recording_group/update", code=10, times=9)
    run = play(ROLL_OUT, *extra_vars(retention_policy_max_fail_percentage=100), groups={"axis": {"vars": POLICY}})
    assert run.status == 4, run.output
    assert ends_with_summary(run)
    assert "...ignoring" not in run.output
    assert sorted(summary(run)["unverified"]) == ["c0", "c1"]
    assert summary(run)["changed"] == ["c2"]
    assert (run.recap["c0"]["unreachable"], run.recap["c0"]["failures"]) == (1, 0)
    assert (run.recap["c1"]["unreachable"], run.recap["c1"]["failures"]) == (0, 1)
    assert needs_attention(run) == {"c0", "c1"}
    assert len(lines_with(run, "[ERROR]")) <= 2
    assert retention(fleet) == {"c0": 24, "c1": 24, "c2": 720}


@pytest.mark.fault("one wrong password on every camera")
@pytest.mark.long
def test_303_hosts_with_one_wrong_password(play: Play, fleet: Fleet) -> None:
    names = [f"harbor-{number}" for number in range(1, 304)]
    add_cameras(fleet, *names)
    run = play(AUDIT, hosts=dict.fromkeys(names, WRONG), groups={"axis": {"vars": POLICY}})
    assert_honest(run, {*summary(run)["unverified"]})
    assert len(run.output.splitlines()) < 60, run.output


@pytest.mark.long
def test_a_slow_audit_shows_its_progress(play: Play, fleet: Fleet) -> None:
    """Two devices at a time, each with two responses that take a second."""
    names = [f"c{number}" for number in range(8)]
    add_cameras(fleet, *names)
    for device in fleet.devices.values():
        device.plant_fault("delay", seconds=1, times=9)
    run = play(AUDIT, *extra_vars(retention_policy_connections=2), groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert re.fullmatch(r"Checked \d of 8 hosts, 0 unverified, about \d+ s left", lines_with(run, "Checked ")[0])
    assert ends_with_summary(run)
