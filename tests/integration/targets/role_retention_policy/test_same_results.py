# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of all hosts in one task has the results of the task of each host, and only hosts to change have a task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    POLICY,
    ROLL_OUT,
    add_cameras,
    hosts_that_ran,
    retention,
    summary,
)
from tests.integration.targets.role_retention_policy.test_fleet import HOLD, SITES, build_fleet, hosts_of_kind
from tests.simulator import Fleet

ROLE = [
    {
        "name": "Role",
        "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy", "rolespec_validate": False},
    }
]


def serialized(result: Mapping[str, Any]) -> str:
    """Return a result as JSON, without what core adds to that of a task or moves to its outcome."""
    core = ("exception", "failed", "_ansible_no_log", "_ansible_delegated_vars")
    return json.dumps({name: value for name, value in result.items() if name not in core}, sort_keys=True)


def test_the_audit_has_the_results_of_the_tasks(play: Play, fleet: Fleet) -> None:
    members = build_fleet(fleet, 1)
    viewer = {"axis_username": "viewer", "axis_password": "viewer-pass"}
    hosts: dict[str, dict[str, Any]] = {
        **{host: {"axis_password": "incorrect-4711"} for host in hosts_of_kind(members, "wrong-password")},
        **dict.fromkeys(hosts_of_kind(members, "viewer"), viewer),
        **{host: {"axis_holds": [HOLD]} for host in hosts_of_kind(members, "held", "held-long", "held-short")},
    }
    groups = {
        name: {"hosts": [host for host, (site, _kind) in members.items() if site == name], "vars": site.policy}
        for name, site in SITES.items()
    }
    audit = play(AUDIT, hosts=hosts, groups=groups)
    tasks = play(ROLE, "--check", hosts=hosts, groups=groups)
    for host in members:
        assert serialized(audit.results[CHECK, host]) == serialized(tasks.results[APPLY, host]), host
        assert audit.outcomes[CHECK, host] == tasks.outcomes[APPLY, host], host
    for name in ("compliant", "drifted", "held", "refused", "unsupported", "unverified", "reasons", "critical"):
        assert summary(audit)[name] == summary(tasks)[name]


def test_only_hosts_that_need_a_change_have_a_task(play: Play, fleet: Fleet) -> None:
    changing = ["c03", "c11", "c17"]
    names = [f"c{number:02}" for number in range(20)]
    for name in names:
        add_cameras(fleet, name, retention_time=48 if name in changing else 720)
    run = play(ROLL_OUT, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert sorted(hosts_that_ran(run, APPLY)) == changing
    assert "3 of 20 hosts need a change" in run.output
    assert "Wave 1 of 2, 1 of 3 done" in run.output
    assert "Wave 2 of 2, 3 of 3 done" in run.output
    assert summary(run)["changed"] == changing
    assert set(retention(fleet).values()) == {720}
    for name in names:
        journal = [(entry.call, entry.status) for entry in fleet.devices[name].journal]
        if name not in changing:
            assert journal == [("recording_group/list", 401), ("recording_group/list", 200)], name
