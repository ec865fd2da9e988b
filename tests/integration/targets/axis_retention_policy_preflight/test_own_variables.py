# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of the user with the prefixes of the collection, at every level, and holds under a wrong name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, AUDIT_TASK, POLICY, add_cameras, contacted, extra_vars, preflight_problems
from tests.simulator import Fleet

GROUP = "camfleet.axis.axis_recording_group"
HOLD = {"recording_group_id": "door", "reason": "case 7", "owner": "legal@example.com", "until": "2999-01-01"}
# Hosts whose holds are not in force.
STOPPED = "unresolved", "undefined", "text", "name", "names", "glued", "elsewhere", "dead"
OWN: dict[str, Any] = {
    "axis_holder": "wall bracket",
    "axis_hold_time": 30,
    "axis_holders": [{"name": "north", "owner": "facility"}],
    "axis_ports": [80, 443],
    "axis_hosts": ["c0"],
    "axis_time": "12:00",
    "axis_model": "P3245",
    "axis_site": "hall",
    "axis_users": ["operator"],
    "axis_group": "door",
    "axis_ip": "192.0.2.1",
    "axis_user": {"name": "north"},
}


@pytest.mark.fault("user's own variable with a similar name")
def test_variables_of_the_user_stop_no_run(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    # A key that only selects is used, too.
    used = {"axis_user": "hall", "axis_username": "{{ {'hall': 'operator'}[axis_user] }}"}
    hosts = {"c0": {**OWN, "axis_retry": 5}, "c1": {**used, "axis_retry": 5}}
    run = play(AUDIT, *extra_vars(axis_serial_number="x"), hosts=hosts, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    (warning,) = run.results[AUDIT_TASK, "c0"]["warnings"]
    both = "set for c0, c1; resembles"
    assert f": axis_retry ({both} axis_retries), axis_serial_number ({both} axis_serial). " in warning
    assert contacted(fleet) == ["c0", "c1"]


@pytest.mark.fault("misspelled variable for holds")
def test_holds_under_another_name_stop_the_run_at_every_level(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    role = {"name": "Role", "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy"}}
    run = play(
        [{**role, "vars": {"axis_holdslegal": [HOLD]}}],
        *extra_vars(axis_Holds="{{ court }}", court=[HOLD]),
        hosts={
            "c0": {
                "axis_hold_unresolved": [{**HOLD, "reason": "{{ case_no }}"}],
                "axis_hold_elsewhere": [HOLD],
                "axis_holds_other": "{{ hostvars['c1'].axis_hold_elsewhere | default([]) }}",
                "axisholds": ["door"],
                "axis_hold_text": "- recording_group_id: door",
            },
            "c1": {"axis_hold_site": "{{ court }}", "axis_hold_used": [HOLD], "axis_holds_u": "{{ axis_hold_used }}"},
        },
        groups={"axis": {"vars": {**POLICY, "axis_legal_hold": HOLD, "axis_holder": "pole"}}},
        keywords={"vars": {"axis_hold": [HOLD], "axis_hold_time": "30"}},
    )
    assert run.status == 2
    found = {item["problem"].partition(" ")[0]: item["hosts"] for item in preflight_problems(run)}
    both = ["c0", "c1"]
    assert found == {
        "axis_Holds": both,
        "axis_hold": both,
        "axis_holdslegal": both,
        "axis_legal_hold": both,
        "axis_hold_site": ["c1"],
        "axis_hold_unresolved": ["c0"],
        "axis_hold_elsewhere": ["c0"],
        "axisholds": ["c0"],
        "axis_hold_text": ["c0"],
    }
    assert contacted(fleet) == []


@pytest.mark.fault("misspelled variable for holds")
def test_holds_under_another_name_stop_a_task_without_the_preflight(play: Play, fleet: Fleet) -> None:
    variables: dict[str, dict[str, Any]] = {
        "similar": {"axis_hold_legal": "{{ court }}"},
        "case": {"AXIS_HOLDS": [HOLD]},
        "own": {"axis_hold_time": 30, "axis_holder": "pole", "axis_Hold": [], "axis_hold_period": "30 d"},
        "unresolved": {"axis_hold_legal": [{**HOLD, "reason": "{{ case_no }}"}]},
        "undefined": {"axis_legal_hold": "{{ nothing }}"},
        "text": {"axis_hold_legal": "- recording_group_id: door"},
        "name": {"axis_hold_legal": "door"},
        "names": {"axis_legal_hold": ["door"]},
        "glued": {"axisholds": [HOLD]},
        "elsewhere": {
            "axis_hold_legal": [HOLD],
            "axis_holds": "{{ hostvars['own'].axis_hold_legal | default([]) }}",
        },
        "dead": {"axis_hold_legal": [HOLD], "axis_holds": "{{ axis_hold_legal if false else [] }}"},
        "used": {"axis_hold_legal": [HOLD], "axis_holds": "{{ axis_hold_legal }}"},
        "indirect": {"axis_hold_legal": [HOLD], "axis_holds": "{{ of_site }}", "of_site": "{{ axis_hold_legal }}"},
        "of-task": {"axis_legal_hold": [HOLD]},
    }
    add_cameras(fleet, *variables)
    hosts = {name: {**items, "court": [HOLD]} for name, items in variables.items()}
    delete = {"id": "door", "state": "absent", "allow_recording_loss": True}
    only_of_task = "inventory_hostname == 'of-task'"
    tasks = [
        {"name": "Delete", GROUP: delete, "when": f"not {only_of_task}"},
        {"name": "Delete", GROUP: {**delete, "holds": "{{ axis_legal_hold }}"}, "when": only_of_task},
    ]
    run = play(tasks, hosts=hosts)
    errors = {host: result["error"] for (_task, host), result in run.results.items() if result.get("error")}
    assert {host: error["kind"] for host, error in errors.items()} == {
        "similar": "invalid_option",
        "case": "invalid_option",
        **dict.fromkeys(STOPPED, "invalid_option"),
        "used": "held",
        "indirect": "held",
        "of-task": "held",
    }
    assert errors["similar"]["message"].startswith("axis_hold_legal has holds, but is not a variable of camfleet.axis")
    assert errors["name"]["message"].startswith("axis_hold_legal seems to have holds, but is not a variable of ")
    assert errors["case"]["next_step"].startswith("Rename it to axis_holds,")
    assert {name for name, device in fleet.devices.items() if device.writes} == {"own"}
    assert not {"similar", "case", *STOPPED} & {*contacted(fleet)}
