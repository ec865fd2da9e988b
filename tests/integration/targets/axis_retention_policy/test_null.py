# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A retention time that is null is an error before the first request, and one that is omitted is not set."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, ROLL_OUT, add_cameras, contacted, preflight_problems, retention
from tests.simulator import Fleet

GROUP = "camfleet.axis.axis_recording_group"
MODULE = "camfleet.axis.axis_retention_policy"
DOOR = {"recording_group_id": "door"}
RULE = {"match": DOOR}
# What users write for a value that is missing.
NULL = ["", None, "{{ none }}", "{{ site_retention }}"]
# Without a host, a task on the bastion; the action validates its options on the controller.
BASTION = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
VARIABLES = {"axis": {"vars": {"site_retention": None}}}


@pytest.mark.parametrize("value", NULL)
@pytest.mark.parametrize("option", ["retention_time", "retentiontime"])
@pytest.mark.parametrize("delegate", [None, "jump"])
def test_null_in_a_task_is_an_error(
    play: Play, fleet: Fleet, value: str | None, option: str, delegate: str | None
) -> None:
    add_cameras(fleet, "c0")
    task: dict[str, Any] = {"name": "Group", GROUP: {**DOOR, option: value, "disk_id": "SD_DISK"}}
    if delegate:
        task["delegate_to"] = delegate
    run = play([task], hosts={"jump": BASTION}, groups=VARIABLES)
    assert run.status == 2
    assert run.results["Group", "c0"]["error"]["kind"] == "invalid_option"
    assert re.match(r"retention_?time is ", run.results["Group", "c0"]["error"]["message"])
    assert contacted(fleet) == []


def test_null_in_module_defaults_is_an_error(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    defaults = {"module_defaults": {GROUP: {"retention_time": None}}}
    run = play([{"name": "Group", GROUP: DOOR}], keywords=defaults)
    assert run.status == 2
    assert "retention_time is empty" in run.results["Group", "c0"]["msg"]
    assert contacted(fleet) == []


@pytest.mark.fault("retention time that is null")
@pytest.mark.parametrize("value", NULL)
@pytest.mark.parametrize(("list_name", "entry"), [("groups", DOOR), ("existing_groups", RULE)])
@pytest.mark.parametrize("option", ["retention_time", "retentiontime"])
def test_null_in_an_entry_is_an_error(
    play: Play, fleet: Fleet, value: str | None, list_name: str, entry: dict[str, Any], option: str
) -> None:
    add_cameras(fleet, "c0")
    task = {"name": "Policy", MODULE: {list_name: [{**entry, option: value}]}}
    run = play([task], groups=VARIABLES)
    assert run.status == 2
    assert re.match(rf"{list_name}\[0\]\.retention_?time is ", run.results["Policy", "c0"]["error"]["message"])
    assert contacted(fleet) == []


@pytest.mark.parametrize("value", NULL)
@pytest.mark.parametrize(("list_name", "entry"), [("groups", DOOR), ("existing_groups", RULE)])
def test_preflight_rejects_null(
    play: Play, fleet: Fleet, value: str | None, list_name: str, entry: dict[str, Any]
) -> None:
    add_cameras(fleet, "c0", "c1")
    variables = {f"retention_policy_{list_name}": [{**entry, "retention_time": value}]}
    groups = {"axis": {"vars": {**POLICY, "site_retention": None}}}
    run = play(ROLL_OUT, hosts={"c1": variables}, groups=groups)
    assert run.status == 2
    ((hosts, problem),) = ((item["hosts"], item["problem"]) for item in preflight_problems(run))
    assert hosts == ["c1"]
    assert problem.startswith(f"retention_policy_{list_name}[0].retention_time is ")
    assert contacted(fleet) == []


@pytest.mark.fault("null that would remove a bound of a group")
@pytest.mark.parametrize("name", ["retention_policy_minimum", "retention_policy_maximum"])
def test_null_does_not_remove_a_bound_of_a_group(play: Play, fleet: Fleet, name: str) -> None:
    add_cameras(fleet, "c0", "c1")
    groups = {"axis": {"vars": {**POLICY, name: "30d"}}}
    run = play(AUDIT, hosts={"c1": {name: None}}, groups=groups)
    assert run.status == 2
    ((hosts, problem),) = ((item["hosts"], item["problem"]) for item in preflight_problems(run))
    assert hosts == ["c1"]
    assert problem == f"{name} is empty. Set {name}, or set it to '' for no bound"
    assert contacted(fleet) == []
    run = play(AUDIT, hosts={"c1": {name: ""}}, groups=groups)
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
