# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to start the role: limits, tags, strategies, imports, custom plays, and through a bastion."""

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
    AUDIT_TASK,
    CHECK,
    ONE_CHANGE,
    POLICY,
    REPORT,
    ROLL_OUT,
    WAVE,
    add_cameras,
    authenticated_calls,
    contacted,
    extra_vars,
    hosts_that_ran,
    preflight_problems,
    retention,
    summary,
)
from tests.simulator import Fleet

ROLE = "camfleet.axis.retention_policy"
# The audit shares this code, and runs in the soak, too.
BOTH = pytest.mark.parametrize("playbook", [pytest.param(AUDIT, marks=pytest.mark.long), ROLL_OUT])
GROUPS = {"axis": {"vars": POLICY}}
BASTION = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "ansible_user": "bastion-user",
    "ansible_password": "bastion-secret",
}
AFTERWARDS = {"name": "Afterwards", "ansible.builtin.debug": {"msg": "still here"}}


def write_playbook(path: Path, plays: list[dict[str, Any]]) -> Path:
    """Write a playbook as JSON, which is valid YAML."""
    path.write_text(json.dumps(plays), encoding="utf-8")
    return path


@BOTH
def test_playbooks_use_the_login_of_the_play(play: Play, fleet: Fleet, tmp_path: Path, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1")
    password = tmp_path / "password"
    password.write_text("operator-pass", encoding="utf-8")
    hosts = {name: {"axis_username": None, "axis_password": None} for name in fleet.devices}
    login = ("--user", "operator", "--connection-password-file", str(password))
    run = play(playbook, *login, hosts=hosts, groups=GROUPS)
    assert run.status == 0, run.output
    assert {entry.user for device in fleet.devices.values() for entry in device.journal} == {None, "operator"}


@BOTH
def test_limit_excludes_other_hosts(play: Play, fleet: Fleet, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    run = play(playbook, "--limit", "c1", groups=GROUPS)
    assert run.status == 0, run.output
    assert contacted(fleet) == ["c1"]
    assert summary(run)["hosts"] == 1
    assert run.recap.keys() == {"c1"}


@pytest.mark.long
def test_playbooks_can_be_imported_with_tags_and_variables(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    site = write_playbook(
        tmp_path / "site.yml",
        [
            {"import_playbook": AUDIT, "tags": ["read"], "vars": POLICY},
            {"import_playbook": ROLL_OUT, "tags": ["write"], "vars": POLICY},
        ],
    )
    run = play(site, "--tags", "read")
    assert run.status == 0, run.output
    assert summary(run)["drifted"] == ["c0", "c1"]
    assert retention(fleet) == {"c0": 24, "c1": 24}
    run = play(site, "--tags", "write")
    assert run.status == 0, run.output
    assert summary(run)["changed"] == ["c0", "c1"]
    assert retention(fleet) == {"c0": 720, "c1": 720}


@pytest.mark.parametrize("waves", [pytest.param(1, marks=pytest.mark.long), "50%"])
def test_waves_can_be_number_text_or_list(play: Play, fleet: Fleet, waves: Any) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    run = play(ROLL_OUT, *extra_vars(retention_policy_waves=waves), groups=GROUPS)
    assert run.status == 0, run.output
    assert hosts_that_ran(run, APPLY) == ["c0", "c1"]
    for number in (1, 2):
        assert f"Wave {number} of 2, {number} of 2 done: 1 host: 1 changed" in run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ("-e", "retention_policy_waves=[1,2]"),
        extra_vars(retention_policy_waves="1, 50%"),
        extra_vars(retention_policy_waves='[1, "2"]'),
    ],
)
def test_waves_can_be_text_from_a_survey(play: Play, fleet: Fleet, arguments: tuple[str, ...]) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3", "c4", retention_time=24)
    run = play(ROLL_OUT, *arguments, groups=GROUPS)
    assert run.status == 0, run.output
    assert [text for text in run.output.splitlines() if '"Wave ' in text] == [
        f'    "msg": "Wave {wave} changed"'
        for wave in (
            "1 of 3, 1 of 5 done: 1 host: 1",
            "2 of 3, 3 of 5 done: 2 hosts: 2",
            "3 of 3, 5 of 5 done: 2 hosts: 2",
        )
    ]


@BOTH
def test_strategy_of_the_user_does_not_change_the_result(play: Play, fleet: Fleet, playbook: str) -> None:
    names = ["c0", "c1", "c2", "c3"]
    add_cameras(fleet, *names, retention_time=24)
    fleet.devices["c2"].powered = False
    limits = extra_vars(retention_policy_waves=[1, 3], retention_policy_max_fail_percentage=50)
    run = play(playbook, *limits, groups=GROUPS, environment={"ANSIBLE_STRATEGY": "free"})
    data = summary(run)
    assert data["unverified"] == ["c2"]
    assert data["drifted" if playbook == AUDIT else "changed"] == ["c0", "c1", "c3"]
    assert {host for host, counters in run.recap.items() if counters["unreachable"]} == {"c2"}
    # The strategy free does not support run_once, so that the role must not depend on it.
    assert [len(hosts_that_ran(run, task)) for task in (AUDIT_TASK, WAVE, REPORT)] == [
        1,
        0 if playbook == AUDIT else 2,
        1,
    ]
    assert [len(fleet.devices[name].writes) for name in names] == ([0] * 4 if playbook == AUDIT else [1, 1, 0, 1])


@BOTH
def test_each_camera_counts_once_and_other_hosts_not(play: Play, fleet: Fleet, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1")
    run = play(
        playbook,
        hosts={"jump": {**BASTION, "ansible_host": "127.0.0.1"}, "localhost": {"ansible_connection": "local"}},
        groups={**GROUPS, "one": {"hosts": ["c0", "c1"]}, "other": {"hosts": ["c0", "jump"]}},
    )
    assert run.status == 0, run.output
    assert summary(run)["hosts"] == 2
    assert run.recap.keys() <= {"c0", "c1"}
    assert sorted(hosts_that_ran(run, CHECK)) == ["c0", "c1"]
    assert [authenticated_calls(fleet, name) for name in ("c0", "c1")] == [["recording_group/list"]] * 2


@BOTH
def test_play_variables_in_the_inventory_are_rejected(play: Play, fleet: Fleet, playbook: str) -> None:
    add_cameras(fleet, "c0", "c1")
    variables = {
        "retention_policy_waves": [1, 2],
        "retention_policy_hosts": "axis",
        "retention_policy_max_fail_percentage": 50,
    }
    run = play(playbook, groups={"axis": {"vars": {**POLICY, **variables}}})
    assert run.status != 0
    problems = preflight_problems(run)
    assert [problem["hosts"] for problem in problems] == [["c0", "c1"]] * 3
    for name in variables:
        assert sum(f"{name} is set in the inventory" in problem["problem"] for problem in problems) == 1
    assert "--extra-vars" in run.output
    assert contacted(fleet) == []


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


@pytest.mark.parametrize(
    ("method", "serial"),
    [
        pytest.param("roles", 2, marks=pytest.mark.long),
        pytest.param("import_role", None, marks=pytest.mark.long),
        ("include_role", 2),
    ],
)
def test_role_runs_in_a_custom_play(play: Play, fleet: Fleet, tmp_path: Path, method: str, serial: int | None) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3", retention_time=24)
    fleet.devices["c1"].powered = False
    keywords = {"name": "Custom play", "hosts": "axis", "gather_facts": False, "vars": POLICY}
    if serial:
        keywords["serial"] = serial
    run = play(write_playbook(tmp_path / "custom.yml", [{**keywords, **OWN_PLAYS[method]}]))
    assert run.status == 4
    assert retention(fleet) == {"c0": 720, "c1": 24, "c2": 720, "c3": 720}
    assert sorted(hosts_that_ran(run, "Afterwards")) == ["c0", "c2", "c3"]
    # With waves, the last report covers all of them.
    assert summary(run)["changed"] == ["c0", "c2", "c3"]
    assert summary(run)["unverified"] == ["c1"]
    assert {host for host, counters in run.recap.items() if counters["unreachable"]} == {"c1"}


def test_drift_fails_only_drifted_hosts_in_a_custom_play(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "compliant")
    add_cameras(fleet, "refused", retention_time=1000)
    keywords = {"vars": {"retention_policy_fail_on_drift": True}}
    run = play(OWN_PLAYS["import_role"]["tasks"], groups=GROUPS, keywords=keywords)
    assert run.status == 2
    assert hosts_that_ran(run, "Afterwards") == ["compliant"]
    assert {host: counters["failures"] for host, counters in run.recap.items()} == {"compliant": 0, "refused": 1}


def test_variables_of_the_import_override_the_inventory(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", retention_time=24)
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    # The policy in the inventory is invalid, and the one of the import is valid: only the latter applies.
    invalid = {"axis": {"vars": {"retention_policy_minimum": "soon"}}}
    run = play([{**role, "vars": {**POLICY, "retention_policy_minimum": "7d"}}], groups=invalid)
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720}


@pytest.mark.long
def test_invalid_variable_of_the_import_is_found(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", retention_time=24)
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    run = play([{**role, "vars": {"retention_policy_minimum": "later"}}], groups=GROUPS)
    assert run.status != 0
    assert "later" in preflight_problems(run)[0]["problem"]


def test_role_runs_through_a_bastion(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2", retention_time=24)
    fleet.devices["c1"].powered = False
    role = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "rolespec_validate": False}}
    run = play(
        [{"name": "Through the bastion", "delegate_to": "jump", "block": [role]}, AFTERWARDS],
        hosts={"jump": BASTION},
        groups=GROUPS,
    )
    assert run.status == 4
    assert retention(fleet) == {"c0": 720, "c1": 24, "c2": 720}
    assert authenticated_calls(fleet, "c0") == ONE_CHANGE
    assert summary(run)["changed"] == ["c0", "c2"]
    assert summary(run)["unverified"] == ["c1"]
    assert sorted(hosts_that_ran(run, "Afterwards")) == ["c0", "c2"]
    assert {host for host, counters in run.recap.items() if counters["unreachable"]} == {"c1"}


@pytest.mark.parametrize("serial", [pytest.param(None, marks=pytest.mark.long), 1])
def test_results_of_an_earlier_play_are_ignored(play: Play, fleet: Fleet, tmp_path: Path, serial: int | None) -> None:
    add_cameras(fleet, "c0", "c1", "c2", "c3")
    between = [
        {
            "name": "Set a wrong password",
            "ansible.builtin.set_fact": {"axis_password": "incorrect-4711"},
            "when": "inventory_hostname == 'c0'",
        },
        {
            "name": "Exclude the host",
            "camfleet.axis.axis_recording_group": {"id": "door", "port": 1},
            "when": "inventory_hostname == 'c3'",
        },
    ]
    own = {"name": "Custom play", "hosts": "axis", "gather_facts": False, "serial": serial, **OWN_PLAYS["roles"]}
    site = write_playbook(
        tmp_path / "site.yml",
        [
            {"import_playbook": AUDIT},
            {"name": "Between", "hosts": "axis", "gather_facts": False, "tasks": between},
            own if serial else {"import_playbook": ROLL_OUT},
        ],
    )
    run = play(site, groups=GROUPS)
    # The audit finds all cameras compliant. Then c0 fails, and c3 is already excluded.
    assert run.outcomes["Exclude the host", "c3"] == "unreachable"
    data = summary(run)
    assert data["unverified"] == ["c0"]
    # The roll-out checks all cameras, excluded ones, too; a custom play in batches ends with the first one.
    assert data["not_attempted"] == (["c1", "c2", "c3"] if serial else [])
    assert data["compliant"] == (0 if serial else 3)
    assert authenticated_calls(fleet, "c1") == ["recording_group/list"] * (1 if serial else 2)


@pytest.mark.long
def test_policy_can_use_variables_of_the_import(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    policy = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "{{ site_retention }}"}]}
    site = write_playbook(tmp_path / "site.yml", [{"import_playbook": ROLL_OUT, "vars": {"site_retention": "30d"}}])
    run = play(site, groups={"axis": {"vars": policy}})
    assert run.status == 0, run.output
    assert retention(fleet) == {"c0": 720, "c1": 720}
