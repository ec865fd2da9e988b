# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every run ends with a summary of every host, and with the recap and exit status that Ansible users expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    ONE_CHANGE,
    POLICY,
    ROLL_OUT,
    add_cameras,
    authenticated_calls,
    contacted,
    count_lost_recordings,
    extra_vars,
    hosts_that_ran,
    preflight_problems,
    retention,
    summary,
    summary_text,
)
from tests.playbook import PlaybookRun, run_playbook
from tests.simulator import Fleet
from tests.simulator.device import Device

# The audit shares this code, and runs in the soak, too.
BOTH = pytest.mark.parametrize("playbook", [pytest.param(AUDIT, marks=pytest.mark.long), ROLL_OUT])
GROUPS = {"axis": {"vars": POLICY}}
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
FAILED, UNREACHABLE = 2, 4


def add_numbered_cameras(fleet: Fleet, number: int, *, retention_time: int = 24) -> list[str]:
    """Add cameras c0, c1, and so on."""
    names = [f"c{count}" for count in range(number)]
    add_cameras(fleet, *names, retention_time=retention_time)
    return names


def power_off(fleet: Fleet, *names: str) -> None:
    """Make cameras unreachable."""
    for name in names:
        fleet.devices[name].powered = False


def power_off_before_write(fleet: Fleet, *names: str) -> None:
    """Make cameras unreachable after the check of all hosts, when their wave connects to them."""
    for name in names:
        fleet.devices[name].plant_fault("callback", call="recording_group/list", skip=1, run=_power_off)


def _power_off(camera: Device) -> None:
    camera.powered = False


def host_statuses(run: PlaybookRun) -> dict[str, str]:
    """Return the status of each host in the recap that needs attention."""
    statuses = {}
    for host, counters in run.recap.items():
        failed = [name for name in ("failures", "unreachable") if counters[name]]
        assert sum(counters[name] for name in failed) <= 1
        if failed:
            statuses[host] = failed[0]
    return statuses


def test_wave_above_the_failure_limit_stops_the_roll_out(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 10)
    power_off_before_write(fleet, "c2")
    run = play(
        ROLL_OUT, *extra_vars(retention_policy_waves=[1, 4], retention_policy_max_fail_percentage=20), groups=GROUPS
    )
    assert run.status == UNREACHABLE
    assert sorted(hosts_that_ran(run, APPLY)) == ["c0", "c1", "c2", "c3", "c4"]
    assert retention(fleet) == {f"c{number}": 720 if number in (0, 1, 3, 4) else 24 for number in range(10)}
    data = summary(run)
    assert data["changed"] == ["c0", "c1", "c3", "c4"]
    assert data["unverified"] == ["c2"]
    assert data["not_attempted"] == ["c5", "c6", "c7", "c8", "c9"]
    assert data["compliant"] == 0
    assert "Stop: 25% of hosts failed or were unreachable (maximum: 20%)" in run.output
    assert host_statuses(run) == {"c2": "unreachable"}


@pytest.mark.long
def test_wave_at_the_failure_limit_does_not_stop(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 9)
    power_off_before_write(fleet, "c2")
    run = play(
        ROLL_OUT, *extra_vars(retention_policy_waves=[1, 4], retention_policy_max_fail_percentage=25), groups=GROUPS
    )
    assert run.status == UNREACHABLE
    assert retention(fleet) == {f"c{number}": 24 if number == 2 else 720 for number in range(9)}
    assert summary(run)["not_attempted"] == []


@pytest.mark.parametrize(
    ("on_refused", "status"), [pytest.param("report", 0, marks=pytest.mark.long), ("fail", FAILED)]
)
def test_refused_and_held_hosts_do_not_count_as_failures(
    play: Play, fleet: Fleet, on_refused: str, status: int
) -> None:
    add_numbered_cameras(fleet, 4, retention_time=1000)
    variables = {**POLICY, "retention_policy_on_refused": on_refused}
    run = play(
        ROLL_OUT,
        *extra_vars(retention_policy_waves=1, retention_policy_max_fail_percentage=0),
        hosts={"c1": {"axis_holds": [HOLD]}},
        groups={"axis": {"vars": variables}},
    )
    assert run.status == status
    assert hosts_that_ran(run, CHECK) == ["c0", "c1", "c2", "c3"]
    assert hosts_that_ran(run, APPLY) == []
    assert "Stop" not in run.output
    assert summary(run)["refused"] == ["c0", "c2", "c3"]
    assert summary(run)["held"] == ["c1"]
    assert host_statuses(run) == (dict.fromkeys(fleet.devices, "failures") if status else {})
    assert retention(fleet) == dict.fromkeys(fleet.devices, 1000)
    assert count_lost_recordings(fleet) == 0


@BOTH
def test_run_with_every_host_unreachable(play: Play, fleet: Fleet, playbook: str) -> None:
    names = add_numbered_cameras(fleet, 3)
    power_off(fleet, *names)
    run = play(playbook, groups=GROUPS)
    assert run.status == UNREACHABLE
    data = summary(run)
    assert (data["hosts"], data["compliant"]) == (3, 0)
    assert data["unverified"] == names
    assert data["not_attempted"] == []
    assert host_statuses(run) == dict.fromkeys(names, "unreachable")
    assert sorted(hosts_that_ran(run, CHECK)) == names
    assert hosts_that_ran(run, APPLY) == []
    # No task can follow on the last of them.
    assert run.output.partition(summary_text(run))[2].count("fatal: ") == 1


@pytest.mark.long
def test_run_limited_to_unreachable_hosts(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 4)
    power_off(fleet, "c1", "c3")
    run = play(ROLL_OUT, "--limit", "c1,c3", *extra_vars(retention_policy_waves=2), groups=GROUPS)
    assert run.status == UNREACHABLE
    assert summary(run)["unverified"] == ["c1", "c3"]
    assert summary(run)["hosts"] == 2
    assert host_statuses(run) == {"c1": "unreachable", "c3": "unreachable"}
    assert contacted(fleet) == []


def test_run_with_the_last_wave_unreachable(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 4)
    power_off_before_write(fleet, "c2", "c3")
    run = play(ROLL_OUT, *extra_vars(retention_policy_waves=2), groups=GROUPS)
    assert run.status == UNREACHABLE
    assert summary(run)["changed"] == ["c0", "c1"]
    assert summary(run)["unverified"] == ["c2", "c3"]
    assert host_statuses(run) == {"c2": "unreachable", "c3": "unreachable"}
    assert summary_text(run).startswith("Roll-out of the retention policies, ")


@BOTH
def test_wrong_password_fails_and_powered_off_is_unreachable(play: Play, fleet: Fleet, playbook: str) -> None:
    add_numbered_cameras(fleet, 3, retention_time=720)
    power_off(fleet, "c1")
    run = play(
        playbook,
        *extra_vars(retention_policy_waves=3, retention_policy_max_fail_percentage=100),
        hosts={"c0": {"axis_password": "incorrect-4711"}},
        groups=GROUPS,
    )
    assert run.status in (FAILED, UNREACHABLE)
    assert host_statuses(run) == {"c0": "failures", "c1": "unreachable"}
    assert summary(run)["unverified"] == ["c0", "c1"]
    assert summary(run)["compliant"] == 1


@pytest.mark.long
def test_invalid_policy_of_one_host_stops_before_any_request(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 3)
    run = play(ROLL_OUT, hosts={"c1": {"retention_policy_minimum": "soon"}}, groups=GROUPS)
    assert run.status == FAILED
    assert [(item["hosts"], "soon" in item["problem"]) for item in preflight_problems(run)] == [(["c1"], True)]
    assert contacted(fleet) == []
    assert hosts_that_ran(run, CHECK) == hosts_that_ran(run, APPLY) == []
    assert "no request was sent" in run.output


DRIFT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # fields of the group, variables of the host
    "compliant": ({"retention_time": 720}, {}),
    "drifted": ({"retention_time": 24}, {}),
    "refused": ({"retention_time": 1000}, {}),
    "held": ({"retention_time": 0}, {"axis_holds": [HOLD]}),
    "held-finite": ({"retention_time": 1000}, {"axis_holds": [HOLD]}),
    # The variable applies to the hosts that set it.
    "lenient": ({"retention_time": 1000}, {"retention_policy_fail_on_drift": False}),
}


@pytest.mark.parametrize(
    ("playbook", "fail", "failed"),
    [
        (AUDIT, True, {"drifted", "refused", "held-finite"}),
        # A group that the roll-out made compliant has no drift.
        (ROLL_OUT, True, {"refused", "held-finite"}),
        pytest.param(AUDIT, False, set(), marks=pytest.mark.long),
    ],
)
def test_fail_on_drift_fails_the_run(play: Play, fleet: Fleet, playbook: str, fail: bool, failed: set[str]) -> None:
    for name, (planted, _variables) in DRIFT.items():
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", **planted)
    hosts = {name: variables for name, (_planted, variables) in DRIFT.items()}
    variables = {**POLICY, "retention_policy_fail_on_drift": fail}
    run = play(playbook, *extra_vars(retention_policy_waves=[1, 5]), hosts=hosts, groups={"axis": {"vars": variables}})
    assert run.status == (FAILED if failed else 0)
    assert host_statuses(run) == dict.fromkeys(failed, "failures")
    assert summary(run)["hosts"] == len(DRIFT)
    assert sorted(hosts_that_ran(run, CHECK)) == sorted(DRIFT)
    assert hosts_that_ran(run, APPLY) == ([] if playbook == AUDIT else ["drifted"])


def test_invalid_report_options_stop_before_any_request(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 2)
    options = {"retention_policy_fail_on_drift": "maybe", "retention_policy_max_fail_percentage": "many"}
    run = play(ROLL_OUT, *extra_vars(**options), groups=GROUPS)
    assert run.status == FAILED
    problems = preflight_problems(run)
    assert [item["hosts"] for item in problems] == [["c0", "c1"]] * 2
    for name in options:
        assert sum(name in item["problem"] for item in problems) == 1
    assert contacted(fleet) == []


@pytest.mark.parametrize(
    ("playbook", "content"),
    [
        (AUDIT, "all:\n"),
        pytest.param(ROLL_OUT, "all:\n  children:\n    axis:\n", marks=pytest.mark.long),
        pytest.param(AUDIT, "all:\n  hosts:\n    jump:\n", marks=pytest.mark.long),
        (ROLL_OUT, "all:\n  hosts:\n    jump:\n"),
    ],
)
def test_empty_inventory_is_an_error(tmp_path: Path, playbook: str, content: str) -> None:
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(content, encoding="utf-8")
    run = run_playbook(playbook, inventory, tmp_path)
    assert run.status == FAILED, run.output
    assert "0 hosts: " in run.output
    assert "matches the pattern axis" in run.output


def test_limit_to_a_bastion_is_an_error(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 1)
    run = play(AUDIT, "--limit", "jump", hosts={"jump": {"ansible_connection": "local"}}, groups=GROUPS)
    assert run.status == FAILED
    assert "0 hosts: " in run.output
    assert contacted(fleet) == []


def test_pattern_selects_the_hosts(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 4)
    groups = {**GROUPS, "harbor": {"hosts": ["c1", "c2"]}}
    run = play(ROLL_OUT, *extra_vars(retention_policy_hosts="axis:&harbor"), groups=groups)
    assert run.status == 0, run.output
    assert contacted(fleet) == ["c1", "c2"]
    assert authenticated_calls(fleet, "c1") == ["recording_group/list", *ONE_CHANGE, "recording_group/list"]


@pytest.mark.long
def test_pattern_that_matches_no_host_is_an_error(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 4)
    run = play(ROLL_OUT, *extra_vars(retention_policy_hosts="axis:&museum"), groups=GROUPS)
    assert run.status == FAILED
    assert "matches the pattern axis:&museum" in run.output


@BOTH
def test_host_name_that_is_not_a_pattern_has_its_status(play: Play, fleet: Fleet, playbook: str) -> None:
    names = ("cam 2", "a,b", "site:a:b")
    add_cameras(fleet, "c0", *names)
    power_off(fleet, *names)
    limits = extra_vars(retention_policy_waves=[1, 3], retention_policy_max_fail_percentage=100)
    run = play(playbook, *limits, groups=GROUPS)
    assert run.status == UNREACHABLE, run.output
    assert host_statuses(run) == dict.fromkeys(names, "unreachable")


@pytest.mark.parametrize("share", ["", pytest.param(None, marks=pytest.mark.long)])
def test_empty_failure_limit_means_the_default(play: Play, fleet: Fleet, share: str | None) -> None:
    add_numbered_cameras(fleet, 4)
    power_off(fleet, "c1")
    arguments = extra_vars(retention_policy_waves=[2], retention_policy_max_fail_percentage=share)
    run = play(ROLL_OUT, *arguments, groups=GROUPS)
    assert run.status == UNREACHABLE, run.output
    assert "Nothing was written: 25% of hosts failed" in run.output
    assert summary(run)["unverified"] == ["c1"]
    assert summary(run)["not_attempted"] == ["c0", "c2", "c3"]
    assert retention(fleet) == dict.fromkeys(fleet.devices, 24)


@pytest.mark.long
@pytest.mark.parametrize("share", ["", None])
def test_empty_failure_limit_of_a_wave_means_the_default(play: Play, fleet: Fleet, share: str | None) -> None:
    add_numbered_cameras(fleet, 4)
    power_off_before_write(fleet, "c1")
    arguments = extra_vars(retention_policy_waves=[2], retention_policy_max_fail_percentage=share)
    run = play(ROLL_OUT, *arguments, groups=GROUPS)
    assert run.status == UNREACHABLE, run.output
    assert summary(run)["not_attempted"] == ["c2", "c3"]
    assert retention(fleet) == {"c0": 720, "c1": 24, "c2": 24, "c3": 24}


def test_extra_variable_that_would_hide_failures_is_rejected(play: Play, fleet: Fleet) -> None:
    add_numbered_cameras(fleet, 1)
    run = play(AUDIT, *extra_vars(retention_policy_failed_hosts=[]), groups=GROUPS)
    assert run.status == FAILED
    assert "would hide what this run finds" in run.output
    assert contacted(fleet) == []
