# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""However it is started: limits, tags, strategies, imports, the role in a play of one's own, through a bastion."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CAMERA_TASK,
    ONE_CHANGE,
    POLICY,
    PREFLIGHT,
    REPORT,
    ROLL_OUT,
    WAVE,
    asked,
    calls,
    extra,
    hosts_of,
    plant,
    problems,
    retention,
    summary,
)
from tests.simulator import Fleet

ROLE = "camfleet.axis.retention_policy"
BOTH = pytest.mark.parametrize("playbook", [AUDIT, ROLL_OUT])
GROUPS = {"axis": {"vars": POLICY}}
BASTION = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "ansible_user": "bastion-user",
    "ansible_password": "bastion-secret",
}
AFTERWARDS = {"name": "Afterwards", "ansible.builtin.debug": {"msg": "still here"}}


def written(path: Path, plays: list[dict[str, Any]]) -> Path:
    """A playbook. JSON is YAML."""
    path.write_text(json.dumps(plays), encoding="utf-8")
    return path


@BOTH
def test_the_login_of_the_play_serves_the_playbooks(play: Play, fleet: Fleet, tmp_path: Path, playbook: str) -> None:
    plant(fleet, "c0", "c1")
    password = tmp_path / "password"
    password.write_text("operator-pass", encoding="utf-8")
    hosts = {name: {"axis_username": None, "axis_password": None} for name in fleet.devices}
    login = ("--user", "operator", "--connection-password-file", str(password))
    run = play(playbook, *login, hosts=hosts, groups=GROUPS)
    assert run.status == 0, run.output
    assert {entry.user for device in fleet.devices.values() for entry in device.journal} == {None, "operator"}


@BOTH
def test_a_limit_asks_nobody_else(play: Play, fleet: Fleet, playbook: str) -> None:
    plant(fleet, "c0", "c1", "c2", retention_time=24)
    run = play(playbook, "--limit", "c1", groups=GROUPS)
    assert run.status == 0, run.output
    assert asked(fleet) == ["c1"]
    assert summary(run)["hosts"] == 1
    assert run.recap.keys() == {"c1"}


@BOTH
def test_a_strange_tag_asks_nobody(play: Play, fleet: Fleet, playbook: str) -> None:
    plant(fleet, "c0", retention_time=24)
    run = play(playbook, "--tags", "strange", groups=GROUPS)
    assert run.status == 0
    assert asked(fleet) == []


def test_imported_with_tags_and_variables(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "c0", "c1", retention_time=24)
    site = written(
        tmp_path / "site.yml",
        [
            {"import_playbook": AUDIT, "tags": ["look"], "vars": POLICY},
            {"import_playbook": ROLL_OUT, "tags": ["do"], "vars": POLICY},
        ],
    )
    run = play(site, "--tags", "look")
    assert run.status == 0, run.output
    assert summary(run)["drifted"] == ["c0", "c1"]
    assert retention(fleet) == {"c0": 24, "c1": 24}
    run = play(site, "--tags", "do")
    assert run.status == 0, run.output
    assert summary(run)["changed"] == ["c0", "c1"]
    assert retention(fleet) == {"c0": 720, "c1": 720}


@pytest.mark.parametrize("waves", [1, "1", [1], "50%"])
def test_the_forms_of_waves(play: Play, fleet: Fleet, waves: Any) -> None:
    plant(fleet, "c0", "c1", retention_time=24)
    run = play(ROLL_OUT, *extra(retention_policy_waves=waves), groups=GROUPS)
    assert run.status == 0, run.output
    assert hosts_of(run, APPLY) == ["c0", "c1"]
    assert run.output.count("Wave: 1 host: 1 changed") == 2
    assert retention(fleet) == {"c0": 720, "c1": 720}


@pytest.mark.parametrize(
    "arguments",
    [
        ("-e", "retention_policy_waves=[1,2]"),
        extra(retention_policy_waves="1, 50%"),
        extra(retention_policy_waves='[1, "2"]'),
        extra(retention_policy_waves=[1, "50%"]),
    ],
)
def test_waves_may_be_the_text_that_a_survey_makes_of_them(
    play: Play, fleet: Fleet, arguments: tuple[str, ...]
) -> None:
    plant(fleet, "c0", "c1", "c2", "c3", "c4", retention_time=24)
    run = play(ROLL_OUT, *arguments, groups=GROUPS)
    assert run.status == 0, run.output
    assert [line for line in run.output.splitlines() if "Wave: " in line] == [
        f'    "msg": "Wave: {wave} changed"' for wave in ("1 host: 1", "2 hosts: 2", "2 hosts: 2")
    ]


@BOTH
def test_another_strategy_of_the_user(play: Play, fleet: Fleet, playbook: str) -> None:
    names = ["c0", "c1", "c2", "c3"]
    plant(fleet, *names, retention_time=24)
    fleet.devices["c2"].powered = False
    limits = extra(retention_policy_waves=[1, 3], retention_policy_max_fail_percentage=50)
    run = play(playbook, *limits, groups=GROUPS, environment={"ANSIBLE_STRATEGY": "free"})
    told = summary(run)
    assert told["unverified"] == ["c2"]
    assert told["drifted" if playbook == AUDIT else "changed"] == ["c0", "c1", "c3"]
    assert {host for host, counters in run.recap.items() if counters["unreachable"]} == {"c2"}
    # The strategy free knows no run_once: whatever runs once must not be left to it.
    assert [len(hosts_of(run, task)) for task in (PREFLIGHT, WAVE, REPORT)] == [1, 0 if playbook == AUDIT else 2, 1]
    assert [len(fleet.devices[name].writes) for name in names] == ([0] * 4 if playbook == AUDIT else [1, 1, 0, 1])


@BOTH
def test_a_host_in_two_groups_is_one_host_and_other_machines_are_none(play: Play, fleet: Fleet, playbook: str) -> None:
    plant(fleet, "c0", "c1")
    run = play(
        playbook,
        hosts={"jump": {**BASTION, "ansible_host": "127.0.0.1"}, "localhost": {"ansible_connection": "local"}},
        groups={**GROUPS, "one": {"hosts": ["c0", "c1"]}, "other": {"hosts": ["c0", "jump"]}},
    )
    assert run.status == 0, run.output
    assert summary(run)["hosts"] == 2
    assert run.recap.keys() == {"c0", "c1"}
    assert sorted(hosts_of(run, CAMERA_TASK[playbook])) == ["c0", "c1"]
    assert [calls(fleet, name) for name in ("c0", "c1")] == [["recording_group/list"]] * 2


@BOTH
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retention_policy_waves", [1, 2]),
        ("retention_policy_hosts", "axis"),
        ("retention_policy_max_fail_percentage", 50),
    ],
)
def test_what_only_extra_variables_can_say_is_refused_in_the_inventory(
    play: Play, fleet: Fleet, playbook: str, name: str, value: Any
) -> None:
    plant(fleet, "c0", "c1")
    run = play(playbook, groups={"axis": {"vars": {**POLICY, name: value}}})
    assert run.status != 0
    (problem,) = problems(run)
    assert problem["hosts"] == ["c0", "c1"]
    assert f"{name} is set in the inventory" in problem["problem"]
    assert "--extra-vars" in run.output
    assert asked(fleet) == []


OWN_PLAYS: dict[str, dict[str, Any]] = {
    "roles": {"roles": [{"role": ROLE}], "tasks": [AFTERWARDS]},
    "import_role": {
        "tasks": [
            {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}},
            AFTERWARDS,
        ]
    },
    "include_role": {"tasks": [{"name": "Role", "ansible.builtin.include_role": {"name": ROLE}}, AFTERWARDS]},
}


@pytest.mark.parametrize("how", list(OWN_PLAYS))
@pytest.mark.parametrize("serial", [None, 2])
def test_the_role_in_a_play_of_ones_own(play: Play, fleet: Fleet, tmp_path: Path, how: str, serial: int | None) -> None:
    plant(fleet, "c0", "c1", "c2", "c3", retention_time=24)
    fleet.devices["c1"].powered = False
    keywords = {"name": "Own", "hosts": "axis", "gather_facts": False, "vars": POLICY}
    if serial:
        keywords["serial"] = serial
    run = play(written(tmp_path / "own.yml", [{**keywords, **OWN_PLAYS[how]}]))
    assert run.status == 4
    assert retention(fleet) == {"c0": 720, "c1": 24, "c2": 720, "c3": 720}
    assert sorted(hosts_of(run, "Afterwards")) == ["c0", "c2", "c3"]
    # With waves, the last report is about all of them.
    assert summary(run)["changed"] == ["c0", "c2", "c3"]
    assert summary(run)["unverified"] == ["c1"]
    assert {host for host, counters in run.recap.items() if counters["unreachable"]} == {"c1"}


def test_drift_fails_just_the_hosts_that_have_it_in_a_play_of_ones_own(play: Play, fleet: Fleet) -> None:
    plant(fleet, "in-line")
    plant(fleet, "refused", retention_time=1000)
    keywords = {"vars": {"retention_policy_fail_on_drift": True}}
    run = play(OWN_PLAYS["import_role"]["tasks"], groups=GROUPS, keywords=keywords)
    assert run.status == 2
    assert hosts_of(run, "Afterwards") == ["in-line"]
    assert {host: counters["failures"] for host, counters in run.recap.items()} == {"in-line": 0, "refused": 1}


def test_variables_of_the_import_reach_the_cameras_and_the_preflight(play: Play, fleet: Fleet) -> None:
    plant(fleet, "c0", retention_time=24)
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    # The inventory has a policy that is wrong, and the import a right one: only the latter counts.
    wrong = {"axis": {"vars": {"retention_policy_minimum": "soon"}}}
    run = play([{**role, "vars": {**POLICY, "retention_policy_minimum": "7d"}}], groups=wrong)
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720}
    run = play([{**role, "vars": {"retention_policy_minimum": "later"}}], groups=GROUPS)
    assert run.status != 0
    assert "later" in problems(run)[0]["problem"]


def test_through_a_bastion(play: Play, fleet: Fleet) -> None:
    plant(fleet, "c0", "c1", "c2", retention_time=24)
    fleet.devices["c1"].powered = False
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    run = play(
        [{"name": "Through the bastion", "delegate_to": "jump", "block": [role]}, AFTERWARDS],
        hosts={"jump": BASTION},
        groups=GROUPS,
    )
    assert run.status == 4
    assert retention(fleet) == {"c0": 720, "c1": 24, "c2": 720}
    assert calls(fleet, "c0") == ONE_CHANGE
    assert summary(run)["changed"] == ["c0", "c2"]
    assert summary(run)["unverified"] == ["c1"]
    assert sorted(hosts_of(run, "Afterwards")) == ["c0", "c2"]
    assert {host for host, counters in run.recap.items() if counters["unreachable"]} == {"c1"}


@pytest.mark.parametrize("serial", [None, 1])
def test_what_an_earlier_play_found_speaks_for_no_host(
    play: Play, fleet: Fleet, tmp_path: Path, serial: int | None
) -> None:
    plant(fleet, "c0", "c1", "c2", "c3")
    between = [
        {
            "name": "Nobody knows the password any more",
            "ansible.builtin.set_fact": {"axis_password": "wrong"},
            "when": "inventory_hostname == 'c0'",
        },
        {
            "name": "Out",
            "camfleet.axis.axis_recording_group": {"id": "door", "port": 1},
            "when": "inventory_hostname == 'c3'",
        },
    ]
    own = {"name": "Own", "hosts": "axis", "gather_facts": False, "serial": serial, **OWN_PLAYS["roles"]}
    site = written(
        tmp_path / "site.yml",
        [
            {"import_playbook": AUDIT},
            {"name": "Between", "hosts": "axis", "gather_facts": False, "tasks": between},
            own if serial else {"import_playbook": ROLL_OUT},
        ],
    )
    run = play(site, groups=GROUPS)
    # The audit found all in line. Then c0 stops the roll-out, and c3 is out before.
    assert run.outcomes["Out", "c3"] == "unreachable"
    told = summary(run)
    assert told["unverified"] == ["c0"]
    assert told["not_attempted"] == ["c1", "c2", "c3"]
    assert told["compliant"] == 0


def test_a_policy_may_use_what_the_import_sets(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "c0", "c1", retention_time=24)
    policy = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "{{ site_retention }}"}]}
    site = written(tmp_path / "site.yml", [{"import_playbook": ROLL_OUT, "vars": {"site_retention": "30d"}}])
    run = play(site, groups={"axis": {"vars": policy}})
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}


@pytest.mark.parametrize("how", [AUDIT, ROLL_OUT, "role"])
def test_nothing_is_asked_where_a_condition_left_the_preflight_out(
    play: Play, fleet: Fleet, tmp_path: Path, how: str
) -> None:
    plant(fleet, "c0", "c1", retention_time=1000)
    # Tasks that run once evaluate the condition for the first host, so that the preflight does not find axis_hold.
    policy = {**POLICY, "axis_hold": [], "retention_policy_allow_recording_loss": True}
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    condition = {"when": "inventory_hostname != 'c0'"}
    own = {"name": "Own", "hosts": "axis", "gather_facts": False, "tasks": [{**role, **condition}]}
    site = written(tmp_path / "site.yml", [own if how == "role" else {"import_playbook": how, **condition}])
    run = play(site, *extra(retention_policy_waves=[2]), groups={"axis": {"vars": policy}})
    assert run.status == 2, run.output
    assert "not with a condition" in run.output
    assert asked(fleet) == []
    assert retention(fleet) == {"c0": 1000, "c1": 1000}
