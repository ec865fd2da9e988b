# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""However a run ends, there is a summary of every host, and recap and exit status are what Ansible users expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CAMERA_TASK,
    POLICY,
    ROLL_OUT,
    asked,
    calls,
    extra,
    hosts_of,
    lost,
    plant,
    problems,
    retention,
    summary,
    text,
)
from tests.playbook import PlaybookRun, run_playbook
from tests.simulator import Fleet

BOTH = pytest.mark.parametrize("playbook", [AUDIT, ROLL_OUT])
GROUPS = {"axis": {"vars": POLICY}}
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
FAILED, UNREACHABLE = 2, 4


def cameras(fleet: Fleet, number: int, *, retention_time: int = 24) -> list[str]:
    """Cameras c0, c1 and on."""
    names = [f"c{count}" for count in range(number)]
    plant(fleet, *names, retention_time=retention_time)
    return names


def power_off(fleet: Fleet, *names: str) -> None:
    """Nobody can connect to these."""
    for name in names:
        fleet.devices[name].powered = False


def ends(run: PlaybookRun) -> dict[str, str]:
    """How the recap shows each host."""
    words = {}
    for host, counters in run.recap.items():
        bad = [name for name in ("failures", "unreachable") if counters[name]]
        assert sum(counters[name] for name in bad) <= 1
        words[host] = bad[0] if bad else "ok"
    return words


def test_a_wave_that_trips_the_share_stops_the_roll_out(play: Play, fleet: Fleet) -> None:
    cameras(fleet, 10)
    power_off(fleet, "c2")
    run = play(ROLL_OUT, *extra(retention_policy_waves=[1, 4], retention_policy_max_fail_percentage=20), groups=GROUPS)
    assert run.status == UNREACHABLE
    assert asked(fleet) == ["c0", "c1", "c3", "c4"]
    assert retention(fleet) == {f"c{number}": 720 if number in (0, 1, 3, 4) else 24 for number in range(10)}
    told = summary(run)
    assert told["changed"] == ["c0", "c1", "c3", "c4"]
    assert told["unverified"] == ["c2"]
    assert told["not_attempted"] == ["c5", "c6", "c7", "c8", "c9"]
    assert told["compliant"] == 0
    assert "Stop: 25 % of hosts failed or were unreachable (maximum: 20 %)" in run.output
    assert {host for host, end in ends(run).items() if end != "ok"} == {"c2"}


def test_a_share_that_is_reached_and_not_exceeded_stops_nothing(play: Play, fleet: Fleet) -> None:
    cameras(fleet, 9)
    power_off(fleet, "c2")
    run = play(ROLL_OUT, *extra(retention_policy_waves=[1, 4], retention_policy_max_fail_percentage=25), groups=GROUPS)
    assert run.status == UNREACHABLE
    assert retention(fleet) == {f"c{number}": 24 if number == 2 else 720 for number in range(9)}
    assert summary(run)["not_attempted"] == []


@pytest.mark.parametrize(("on_refused", "status"), [("report", 0), ("fail", FAILED)])
def test_refused_and_held_count_to_no_share(play: Play, fleet: Fleet, on_refused: str, status: int) -> None:
    cameras(fleet, 4, retention_time=1000)
    variables = {**POLICY, "retention_policy_on_refused": on_refused}
    run = play(
        ROLL_OUT,
        *extra(retention_policy_waves=1, retention_policy_max_fail_percentage=0),
        hosts={"c1": {"axis_holds": [HOLD]}},
        groups={"axis": {"vars": variables}},
    )
    assert run.status == status
    assert hosts_of(run, APPLY) == ["c0", "c1", "c2", "c3"]
    assert summary(run)["refused"] == ["c0", "c2", "c3"]
    assert summary(run)["held"] == ["c1"]
    assert ends(run) == dict.fromkeys(fleet.devices, "failures" if status else "ok")
    assert retention(fleet) == dict.fromkeys(fleet.devices, 1000)
    assert lost(fleet) == 0


@BOTH
def test_every_host_down(play: Play, fleet: Fleet, playbook: str) -> None:
    names = cameras(fleet, 3)
    power_off(fleet, *names)
    run = play(playbook, groups=GROUPS)
    assert run.status == UNREACHABLE
    tried = names if playbook == AUDIT else ["c0"]
    told = summary(run)
    assert (told["hosts"], told["compliant"]) == (3, 0)
    assert told["unverified"] == tried
    assert told["not_attempted"] == [name for name in names if name not in tried]
    assert [host for host, end in ends(run).items() if end == "unreachable"] == tried
    assert sorted(hosts_of(run, CAMERA_TASK[playbook])) == tried


@BOTH
def test_a_limit_to_dead_hosts_only(play: Play, fleet: Fleet, playbook: str) -> None:
    cameras(fleet, 4)
    power_off(fleet, "c1", "c3")
    run = play(playbook, "--limit", "c1,c3", *extra(retention_policy_waves=2), groups=GROUPS)
    assert run.status == UNREACHABLE
    assert summary(run)["unverified"] == ["c1", "c3"]
    assert summary(run)["hosts"] == 2
    assert ends(run) == {"c1": "unreachable", "c3": "unreachable"}
    assert asked(fleet) == []


def test_the_last_wave_wholly_down(play: Play, fleet: Fleet) -> None:
    cameras(fleet, 4)
    power_off(fleet, "c2", "c3")
    run = play(ROLL_OUT, *extra(retention_policy_waves=2), groups=GROUPS)
    assert run.status == UNREACHABLE
    assert summary(run)["changed"] == ["c0", "c1"]
    assert summary(run)["unverified"] == ["c2", "c3"]
    assert ends(run) == {"c0": "ok", "c1": "ok", "c2": "unreachable", "c3": "unreachable"}
    assert text(run).startswith("Roll-out of the retention policies, ")


@BOTH
def test_a_wrong_password_is_failed_and_a_dead_host_unreachable(play: Play, fleet: Fleet, playbook: str) -> None:
    cameras(fleet, 3, retention_time=720)
    power_off(fleet, "c1")
    run = play(
        playbook,
        *extra(retention_policy_waves=3, retention_policy_max_fail_percentage=100),
        hosts={"c0": {"axis_password": "wrong"}},
        groups=GROUPS,
    )
    assert run.status in (FAILED, UNREACHABLE)
    assert ends(run) == {"c0": "failures", "c1": "unreachable", "c2": "ok"}
    assert summary(run)["unverified"] == ["c0", "c1"]
    assert summary(run)["compliant"] == 1


@BOTH
def test_a_policy_that_is_wrong_for_one_host_asks_none(play: Play, fleet: Fleet, playbook: str) -> None:
    cameras(fleet, 3)
    run = play(playbook, hosts={"c1": {"retention_policy_minimum": "soon"}}, groups=GROUPS)
    assert run.status == FAILED
    assert [(item["hosts"], "soon" in item["problem"]) for item in problems(run)] == [(["c1"], True)]
    assert asked(fleet) == []
    assert hosts_of(run, CAMERA_TASK[playbook]) == []
    assert "no request was sent" in run.output


DRIFT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # planted, variables of the host
    "in-line": ({"retention_time": 720}, {}),
    "drifted": ({"retention_time": 24}, {}),
    "refused": ({"retention_time": 1000}, {}),
    "held": ({"retention_time": 0}, {"axis_holds": [HOLD]}),
    "held-finite": ({"retention_time": 1000}, {"axis_holds": [HOLD]}),
}


@pytest.mark.parametrize(
    ("playbook", "fail", "bad"),
    [
        (AUDIT, True, {"drifted", "refused", "held-finite"}),
        # What the roll-out brought into line is no drift any more.
        (ROLL_OUT, True, {"refused", "held-finite"}),
        (AUDIT, False, set()),
    ],
)
def test_drift_fails_the_run_when_asked_to(play: Play, fleet: Fleet, playbook: str, fail: bool, bad: set[str]) -> None:
    for name, (planted, _variables) in DRIFT.items():
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door", **planted)
    hosts = {name: variables for name, (_planted, variables) in DRIFT.items()}
    variables = {**POLICY, "retention_policy_fail_on_drift": fail}
    run = play(playbook, *extra(retention_policy_waves=[1, 4]), hosts=hosts, groups={"axis": {"vars": variables}})
    assert run.status == (FAILED if bad else 0)
    assert {host for host, end in ends(run).items() if end != "ok"} == bad
    assert summary(run)["hosts"] == 5
    assert sorted(hosts_of(run, CAMERA_TASK[playbook])) == sorted(DRIFT)


@BOTH
def test_drift_fails_the_hosts_whose_site_asks_for_it(play: Play, fleet: Fleet, playbook: str) -> None:
    cameras(fleet, 4, retention_time=1000)
    harbour = {"hosts": ["c1", "c3"], "vars": {"retention_policy_fail_on_drift": True}}
    run = play(playbook, groups={**GROUPS, "harbour": harbour})
    assert run.status == FAILED
    assert ends(run) == {"c0": "ok", "c1": "failures", "c2": "ok", "c3": "failures"}


@pytest.mark.parametrize(
    ("name", "value"), [("retention_policy_fail_on_drift", "maybe"), ("retention_policy_max_fail_percentage", "many")]
)
def test_a_run_that_could_not_be_summed_up_asks_nobody(play: Play, fleet: Fleet, name: str, value: str) -> None:
    cameras(fleet, 2)
    run = play(ROLL_OUT, *extra(**{name: value}), groups=GROUPS)
    assert run.status == FAILED
    ((hosts, problem),) = ((item["hosts"], item["problem"]) for item in problems(run))
    assert hosts == ["c0", "c1"]
    assert name in problem
    assert asked(fleet) == []


@BOTH
def test_an_empty_inventory_is_an_error(tmp_path: Path, playbook: str) -> None:
    inventory = tmp_path / "inventory.yml"
    for written in ("all:\n", "all:\n  children:\n    axis:\n", "all:\n  hosts:\n    jump:\n"):
        inventory.write_text(written, encoding="utf-8")
        run = run_playbook(playbook, inventory, tmp_path)
        assert run.status == FAILED, run.output
        assert "0 hosts: " in run.output
        assert "matches the pattern axis" in run.output


@BOTH
def test_a_limit_to_a_bastion_is_an_error(play: Play, fleet: Fleet, playbook: str) -> None:
    cameras(fleet, 1)
    run = play(playbook, "--limit", "jump", hosts={"jump": {"ansible_connection": "local"}}, groups=GROUPS)
    assert run.status == FAILED
    assert "0 hosts: " in run.output
    assert asked(fleet) == []


def test_another_pattern(play: Play, fleet: Fleet) -> None:
    cameras(fleet, 4)
    groups = {**GROUPS, "harbour": {"hosts": ["c1", "c2"]}}
    run = play(ROLL_OUT, *extra(retention_policy_hosts="axis:&harbour"), groups=groups)
    assert run.status == 0, run.output
    assert asked(fleet) == ["c1", "c2"]
    assert calls(fleet, "c1") == ["recording_group/list", "recording_group/update", "recording_group/list"]
    run = play(ROLL_OUT, *extra(retention_policy_hosts="axis:&museum"), groups=groups)
    assert run.status == FAILED
    assert "matches the pattern axis:&museum" in run.output


@BOTH
@pytest.mark.parametrize("name", ["cam 2", "a,b", "site:a:b"])
def test_a_name_that_is_no_pattern_ends_as_its_camera_did(play: Play, fleet: Fleet, playbook: str, name: str) -> None:
    plant(fleet, "c0", name)
    power_off(fleet, name)
    run = play(playbook, groups=GROUPS)
    assert run.status == UNREACHABLE, run.output
    assert ends(run) == {"c0": "ok", name: "unreachable"}


@pytest.mark.parametrize("share", ["", None])
def test_a_share_that_nobody_gave_is_the_default(play: Play, fleet: Fleet, share: str | None) -> None:
    cameras(fleet, 4)
    power_off(fleet, "c1", "c2")
    run = play(ROLL_OUT, *extra(retention_policy_waves=[3], retention_policy_max_fail_percentage=share), groups=GROUPS)
    assert run.status == UNREACHABLE, run.output
    assert summary(run)["not_attempted"] == ["c3"]
    assert asked(fleet) == ["c0"]


def test_an_extra_variable_hides_no_end(play: Play, fleet: Fleet) -> None:
    cameras(fleet, 1)
    run = play(AUDIT, *extra(retention_policy_failed_hosts=[]), groups=GROUPS)
    assert run.status == FAILED
    assert "would hide what this run finds" in run.output
    assert asked(fleet) == []
