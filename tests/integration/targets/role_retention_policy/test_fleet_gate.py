# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roll-out checks every camera before the first write, and does not begin if a hold protects nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    CHECK,
    CHECK_AGAIN,
    POLICY,
    ROLL_OUT,
    add_cameras,
    authenticated_calls,
    extra_vars,
    hosts_that_ran,
    retention,
    summary,
    summary_text,
)
from tests.simulator import Fleet

GROUPS = {"axis": {"vars": POLICY}}
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
MISTYPED = {**HOLD, "recording_group_id": "doro"}
LOSS = {"retention_policy_allow_recording_loss": True}
STOP = {"retention_policy_allow_recording_stop": True}
WAVES = {"retention_policy_waves": ["100%"]}
# What differs from the other cases is in the unit tests of the gate.
LONG = pytest.mark.long


def writes(fleet: Fleet) -> list[str]:
    """Return the devices that received a write."""
    return [name for name, device in fleet.devices.items() if device.writes]


@pytest.mark.fault("hold that matches no camera, in a roll-out that may lose recordings")
@pytest.mark.parametrize(
    ("allowances", "arguments"),
    [(LOSS, ()), pytest.param(STOP, (), marks=LONG), pytest.param({**LOSS, **STOP}, ("--check",), marks=LONG)],
)
def test_mistyped_hold_stops_a_roll_out_that_may_lose_recordings(
    play: Play, fleet: Fleet, allowances: dict[str, bool], arguments: tuple[str, ...]
) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    hosts = {"c1": {"axis_holds_legal": [MISTYPED]}}
    run = play(ROLL_OUT, *arguments, *extra_vars(**allowances), hosts=hosts, groups=GROUPS)
    assert run.status == 2
    assert retention(fleet) == {"c0": 1000, "c1": 1000}
    assert writes(fleet) == []
    for text in ("c1: The hold in axis_holds_legal on doro until 2999-12-31", "legal@example.com", *allowances):
        assert text in run.output
    assert "retention_policy_allow_unmatched_holds=true" in run.output
    assert hosts_that_ran(run, APPLY) == []


def test_one_host_that_may_lose_recordings_is_enough(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    hosts: dict[str, dict[str, Any]] = {"c0": {"axis_holds": [MISTYPED]}, "c1": LOSS}
    run = play(ROLL_OUT, hosts=hosts, groups=GROUPS)
    assert run.status == 2
    assert "retention_policy_allow_recording_loss is true for c1" in run.output
    assert writes(fleet) == []


@pytest.mark.parametrize(
    ("variables", "holds", "lost"),
    [
        # Without an allowance nothing can be lost.
        pytest.param({}, {"c1": [MISTYPED]}, [], marks=LONG),
        ({**LOSS, "retention_policy_allow_unmatched_holds": True}, {"c1": [MISTYPED]}, ["c0", "c1"]),
        pytest.param(LOSS, {"c1": [{**MISTYPED, "until": "2020-01-01"}]}, ["c0", "c1"], marks=LONG),
        (LOSS, {"c1": [HOLD]}, ["c0"]),
    ],
)
def test_roll_out_continues(
    play: Play, fleet: Fleet, variables: dict[str, bool], holds: dict[str, Any], lost: list[str]
) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    hosts = {name: {"axis_holds": items} for name, items in holds.items()}
    run = play(ROLL_OUT, *extra_vars(**variables, **WAVES), hosts=hosts, groups=GROUPS)
    assert run.status == 0, run.output
    assert retention(fleet) == {name: 720 if name in lost else 1000 for name in ("c0", "c1")}


@LONG
def test_hold_that_matches_on_one_camera_stops_nothing(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    fleet.devices["c1"].plant_group(recording_group_id="gate", retention_time=0)
    variables = {"axis_holds": [{**HOLD, "recording_group_id": "gate"}]}
    run = play(ROLL_OUT, *extra_vars(**LOSS, **WAVES), groups={"axis": {"vars": {**POLICY, **variables}}})
    assert retention(fleet) == {"c0": 720, "c1": 720}, run.output
    assert fleet.devices["c1"].groups["gate"].retention_time == 0


def test_every_camera_is_checked_before_the_first_write(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    run = play(ROLL_OUT, groups=GROUPS)
    assert run.status == 0, run.output
    tasks = [task for task, _host in run.steps if task in (CHECK, APPLY)]
    assert tasks == [CHECK] * 3 + [APPLY] * 3
    read = ["recording_group/list"]
    # The check of all cameras, the wave, and the check of the written cameras.
    assert authenticated_calls(fleet, "c2") == [*read, *read, "recording_group/update", *read, *read]


def test_failure_of_the_check_excludes_the_camera_from_the_waves(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    fleet.devices["c1"].plant_fault("error_code", call="recording_group/list", code=10, times=1)
    run = play(ROLL_OUT, *extra_vars(**WAVES, retention_policy_max_fail_percentage=50), groups=GROUPS)
    assert run.status == 2, run.output
    assert run.outcomes[CHECK, "c1"] != "ok"
    assert hosts_that_ran(run, APPLY) == ["c0"]
    assert (summary(run)["changed"], summary(run)["unverified"]) == (["c0"], ["c1"])
    assert run.recap["c1"]["failures"] == 1
    assert retention(fleet) == {"c0": 720, "c1": 24}


@pytest.mark.fault("camera that no wave reached")
def test_check_does_not_count_for_hosts_that_no_wave_reached(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    add_cameras(fleet, "c3")
    # The check works, and the wave fails.
    fleet.devices["c0"].plant_fault("http_status", status=503, call="recording_group/list", skip=1)
    run = play(ROLL_OUT, *extra_vars(retention_policy_waves=[1]), hosts={"c0": {"axis_retries": 0}}, groups=GROUPS)
    assert run.status == 2
    assert summary(run)["unverified"] == ["c0"]
    assert summary(run)["not_attempted"] == ["c1", "c2"]
    # What the check found is known, also that of the camera that failed.
    known = "As last read: door drifted [warning] retention_time 24 hours (1 day) instead of 720 hours (30 days)"
    reasons = summary(run)["reasons"]
    assert reasons["c0"].endswith(f" {known}")
    assert (reasons["c1"], reasons["c2"]) == (known, known)
    assert summary_text(run).splitlines()[1].startswith("Ended early: The run stopped after wave 1 of 3: 100% of ")
    # The check after the waves is only for cameras that were written to.
    assert hosts_that_ran(run, CHECK_AGAIN) == []
    assert [authenticated_calls(fleet, name) for name in ("c1", "c2", "c3")] == [["recording_group/list"]] * 3
    # It needs no write.
    assert summary(run)["compliant"] == 1
    assert writes(fleet) == []


def test_the_gate_decides_whatever_the_configuration_says(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    fleet.devices["c0"].plant_fault("error_code", call="recording_group/update", code=10)
    run = play(
        ROLL_OUT,
        *extra_vars(retention_policy_waves=[2, 1], retention_policy_max_fail_percentage=50),
        groups=GROUPS,
        environment={"ANSIBLE_ANY_ERRORS_FATAL": "true"},
    )
    assert run.status == 2
    assert "Wave 1 of 2, 2 of 3 done: 2 hosts: 1 changed, 1 unverified" in run.output
    values = "retention_time from 24 hours (1 day) to 720 hours (30 days)"
    assert (
        f" Failed changes: update door, {values}. As last read: door drifted [warning] "
        in summary(run)["reasons"]["c0"]
    )
    assert retention(fleet) == {"c0": 24, "c1": 720, "c2": 720}


@pytest.mark.fault("hold on a camera that cannot be checked, in a roll-out that may lose recordings")
@pytest.mark.parametrize(
    ("holds", "expected"),
    [pytest.param([MISTYPED], 1000, marks=LONG), ([HOLD], 1000), pytest.param([], 720, marks=LONG)],
)
def test_hold_on_an_unchecked_camera_stops_the_roll_out(
    play: Play, fleet: Fleet, holds: list[dict[str, str]], expected: int
) -> None:
    """Its group may be one that another camera has."""
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    # The check fails with its first login, which it does not send again.
    fleet.devices["c1"].plant_fault("http_status", status=503, call="recording_group/list", times=1)
    hosts = {"c1": {"axis_holds_legal": holds, "axis_retries": 2}}
    variables = {**LOSS, **WAVES, "retention_policy_max_fail_percentage": 50}
    run = play(ROLL_OUT, *extra_vars(**variables), hosts=hosts, groups=GROUPS)
    assert run.status == 2
    # A camera that was not checked receives no write.
    assert retention(fleet) == {"c0": expected, "c1": 1000}
    assert ("c1 could not be read" in run.output) is bool(holds)
