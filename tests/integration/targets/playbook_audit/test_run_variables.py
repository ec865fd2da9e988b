# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of an audit are valid before the first request, and it connects from the controller only."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, ROLL_OUT, add_cameras, contacted, extra_vars
from tests.simulator import Fleet

MODULE = "camfleet.axis.axis_retention_policy_audit"
OMIT = "{{ omit }}"


def test_all_invalid_variables_of_the_run_are_reported(play: Play, fleet: Fleet, soak: bool) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=48)
    given = extra_vars(
        retention_policy_connections="many", retention_policy_max_login_failures=0, retention_policy_canary="maybe"
    )
    for playbook in (AUDIT, ROLL_OUT) if soak else (ROLL_OUT,):
        run = play(playbook, *given, groups={"axis": {"vars": POLICY}})
        assert run.status == 2
        for text in (
            "retention_policy_connections is 'many', which is not a whole number from 1 to 1000",
            "retention_policy_max_login_failures is 0, which is not a whole number of at least 1",
            "retention_policy_canary is 'maybe', which is neither true nor false",
        ):
            assert text in run.output
    assert contacted(fleet) == []


@pytest.mark.parametrize(
    "value", ["", pytest.param(None, marks=pytest.mark.long), pytest.param(OMIT, marks=pytest.mark.long)]
)
def test_empty_variables_are_not_set(play: Play, fleet: Fleet, value: Any) -> None:
    add_cameras(fleet, "c0", retention_time=48)
    names = ("retention_policy_connections", "retention_policy_max_login_failures", "retention_policy_canary")
    run = play(ROLL_OUT, *extra_vars(**dict.fromkeys(names, value)), groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert fleet.devices["c0"].groups["door"].retention_time == 720


def test_an_audit_does_not_connect_from_another_machine(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1")
    block: dict[str, Any] = {"name": "Block", MODULE: {}, "run_once": True, "ignore_errors": True}
    tasks: list[dict[str, Any]] = [
        {"name": "All", "block": [block], "delegate_to": "{{ 'jump' if inventory_hostname == 'c1' else 'localhost' }}"},
        {
            "name": "Bastion",
            MODULE: {},
            "run_once": True,
            "delegate_to": "{{ 'jump' if inventory_hostname == 'c1' else inventory_hostname }}",
            "ignore_errors": True,
        },
        {"name": "Connections", MODULE: {"connections": 1001}, "run_once": True, "ignore_errors": True},
        {"name": "Failures", MODULE: {"max_login_failures": 0}, "run_once": True, "ignore_errors": True},
    ]
    run = play(tasks, hosts={"jump": {"ansible_host": "192.0.2.1"}}, groups={"axis": {"vars": POLICY}})
    names = ("Block", "Bastion", "Connections", "Failures")
    (block_of, bastion, connections, failures) = (run.results[name, "c0"]["msg"] for name in names)
    assert "c1: delegate_to is jump, but" in block_of
    assert "c0" not in block_of
    assert "All 2 hosts: delegate_to is c0, but" in bastion
    assert "import the role camfleet.axis.retention_policy in a custom play" in bastion
    assert "connections is 1001" in connections
    assert "max_login_failures is 0" in failures
    assert contacted(fleet) == []
