# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of all hosts in one task has the results of the task of each host, and only hosts to change have a task."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    POLICY,
    ROLL_OUT,
    add_cameras,
    extra_vars,
    hosts_that_ran,
    retention,
    summary,
)
from tests.integration.targets.role_retention_policy.test_fleet import CLASSES, HOLD, SITES, build_fleet, hosts_of_kind
from tests.playbook import PlaybookRun
from tests.simulator import Fleet

ROLE = [
    {
        "name": "Role",
        "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy", "rolespec_validate": False},
    }
]


#: What core adds to the result of a task or, such as ``failed``, moves to its outcome.
OF_CORE = frozenset({"exception", "failed", "invocation", "_ansible_no_log", "_ansible_delegated_vars"})
#: A finding about a hold names the current time of the controller, in minutes.
_NOW = re.compile(r"(?<=recordings from before )\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC)")


def serialized(result: Mapping[str, Any]) -> str:
    """Return a result as JSON, without what core adds and what the time of the run changes."""
    own = {name: value for name, value in result.items() if name not in OF_CORE}
    return _NOW.sub("…", json.dumps(own, sort_keys=True, ensure_ascii=False))


def assert_same(audit: PlaybookRun, tasks: PlaybookRun, hosts: Iterable[str]) -> None:
    """Check that the check of all hosts and the task of each of them have the same results, byte for byte."""
    different = {}
    for host in hosts:
        one, other = (
            (run.outcomes.get(key), run.results.get(key))
            for run, key in ((audit, (CHECK, host)), (tasks, (APPLY, host)))
        )
        assert one[1] is not None, audit.output
        assert other[1] is not None, tasks.output
        if one[0] != other[0] or serialized(one[1]) != serialized(other[1]):
            different[host] = {"audit": one, "task": other}
    assert not different, json.dumps(different, indent=1)


def fleet_of_all_kinds(fleet: Fleet, each: int) -> tuple[dict[str, tuple[str, str]], dict[str, Any]]:
    """Add a fleet with all kinds, and return site and kind by host, and the arguments of a play on it."""
    members = build_fleet(fleet, each)
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
    return members, {"hosts": hosts, "groups": groups}


@pytest.mark.parametrize("each", [1, pytest.param(2, marks=pytest.mark.long)])
def test_the_audit_has_the_results_of_the_tasks(play: Play, fleet: Fleet, each: int) -> None:
    members, inventory = fleet_of_all_kinds(fleet, each)
    assert {kind for _site, kind in members.values()} == CLASSES.keys()
    more = extra_vars(retention_policy_max_login_failures=len(members))
    audit = play(AUDIT, *more, **inventory)
    tasks = play(ROLE, "--check", **inventory)
    assert_same(audit, tasks, members)
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
