# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A retention time that is null is an error before the first request, and one that is omitted is not set."""

from __future__ import annotations

import re
import sys
from itertools import product
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, ROLL_OUT, add_cameras, contacted, preflight_problems, retention
from tests.simulator import Fleet

GROUP = "camfleet.axis.axis_recording_group"
MODULE = "camfleet.axis.axis_retention_policy"
DOOR = {"recording_group_id": "door"}
ENTRIES: dict[str, dict[str, Any]] = {"groups": DOOR, "existing_groups": {"match": DOOR}}
# What users write for a value that is missing.
NULL = ["", None, "{{ none }}", "{{ site_retention }}"]
# Without a host, a task on the bastion; the action validates its options on the controller.
BASTION = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
VARIABLES = {"axis": {"vars": {"site_retention": None}}}


def test_null_in_a_task_is_an_error(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    # Each delegated task starts a process.
    cases = [
        *product(NULL, ("retention_time", "retentiontime"), (None,)),
        *product(NULL, ("retention_time",), ("jump",)),
    ]
    tasks: list[dict[str, Any]] = [
        {
            "name": f"Group {number}",
            GROUP: {**DOOR, option: value, "disk_id": "SD_DISK"},
            "ignore_errors": True,
            **({"delegate_to": delegate} if delegate else {}),
        }
        for number, (value, option, delegate) in enumerate(cases)
    ]
    run = play(tasks, hosts={"jump": BASTION}, groups=VARIABLES)
    for number, case in enumerate(cases):
        assert run.outcomes[f"Group {number}", "c0"] == "failed", case
        error = run.results[f"Group {number}", "c0"]["error"]
        assert error["kind"] == "invalid_option", case
        assert re.match(r"retention_?time is ", error["message"]), case
    assert contacted(fleet) == []


def test_null_in_module_defaults_is_an_error(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    defaults = {"module_defaults": {GROUP: {"retention_time": None}}}
    run = play([{"name": "Group", GROUP: DOOR}], keywords=defaults)
    assert run.status == 2
    assert "retention_time is empty" in run.results["Group", "c0"]["msg"]
    assert contacted(fleet) == []


@pytest.mark.fault("retention time that is null")
def test_null_in_an_entry_is_an_error(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    cases = list(product(NULL, ENTRIES.items(), ("retention_time", "retentiontime")))
    tasks = [
        {"name": f"Policy {number}", MODULE: {list_name: [{**entry, option: value}]}, "ignore_errors": True}
        for number, (value, (list_name, entry), option) in enumerate(cases)
    ]
    run = play(tasks, groups=VARIABLES)
    for number, (value, (list_name, _entry), option) in enumerate(cases):
        assert run.outcomes[f"Policy {number}", "c0"] == "failed", (list_name, option, value)
        message = run.results[f"Policy {number}", "c0"]["error"]["message"]
        assert re.match(rf"{list_name}\[0\]\.retention_?time is ", message), (list_name, option, value)
    assert contacted(fleet) == []


def test_preflight_rejects_null(play: Play, fleet: Fleet) -> None:
    cases = {f"c{number}": case for number, case in enumerate(product(ENTRIES.items(), NULL), start=1)}
    add_cameras(fleet, "c0", *cases)
    hosts = {
        host: {f"retention_policy_{list_name}": [{**entry, "retention_time": value}]}
        for host, ((list_name, entry), value) in cases.items()
    }
    groups = {"axis": {"vars": {**POLICY, "site_retention": None}}}
    run = play(ROLL_OUT, hosts=hosts, groups=groups)
    assert run.status == 2
    problems = {host: item["problem"] for item in preflight_problems(run) for host in item["hosts"]}
    assert problems.keys() == cases.keys()
    for host, ((list_name, _entry), _value) in cases.items():
        assert problems[host].startswith(f"retention_policy_{list_name}[0].retention_time is "), cases[host]
    assert contacted(fleet) == []


@pytest.mark.fault("null that would remove a bound of a group")
def test_null_does_not_remove_a_bound_of_a_group(play: Play, fleet: Fleet) -> None:
    names = {"c1": "retention_policy_minimum", "c2": "retention_policy_maximum"}
    add_cameras(fleet, "c0", *names)
    groups = {"axis": {"vars": {**POLICY, **dict.fromkeys(names.values(), "30d")}}}
    run = play(AUDIT, hosts={host: {name: None} for host, name in names.items()}, groups=groups)
    assert run.status == 2
    assert [(item["hosts"], item["problem"]) for item in preflight_problems(run)] == [
        ([host], f"{name} is empty. Set {name}, or set it to '' for no bound") for host, name in names.items()
    ]
    assert contacted(fleet) == []


@pytest.mark.long
def test_empty_text_removes_a_bound_of_a_group(play: Play, fleet: Fleet) -> None:
    names = {"c1": "retention_policy_minimum", "c2": "retention_policy_maximum"}
    add_cameras(fleet, "c0", *names)
    groups = {"axis": {"vars": {**POLICY, **dict.fromkeys(names.values(), "30d")}}}
    run = play(AUDIT, hosts={host: {name: ""} for host, name in names.items()}, groups=groups)
    assert run.status == 0, run.output


def test_omitted_retention_time_is_not_set(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", retention_time=24)
    omitted = "{{ undefined_retention | default(omit) }}"
    group = {"name": "Group", GROUP: {**DOOR, "nice_name": "Door", "retention_time": omitted}}
    policy = {"name": "Policy", MODULE: {"groups": [{**DOOR, "description": "x", "retention_time": omitted}]}}
    run = play([group, policy])
    assert run.status == 0, run.output
    door = fleet.devices["c0"].groups["door"]
    assert (door.nice_name, door.description, retention(fleet)) == ("Door", "x", {"c0": 24})
