# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of each host have the values in an audit that they have in a task on the host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import APPLY, AUDIT, CHECK, add_cameras
from tests.integration.targets.role_retention_policy.test_same_results import serialized
from tests.integration.targets.role_retention_policy.test_unchecked import custom_play, import_playbooks, import_role
from tests.simulator import Fleet

#: By host, a retention time of 30 days, and what it uses.
TEMPLATES: dict[str, Any] = {
    "play": "{{ '30d' if ansible_play_name and ansible_play_hosts and ansible_play_hosts_all else '1d' }}",
    "batch": "{{ '30d' if ansible_play_batch and ansible_role_name else '1d' }}",
    "groups": "{{ '30d' if 'axis' in group_names and groups.axis else '1d' }}",
    "name": "{{ '30d' if inventory_hostname_short == 'name' else '1d' }}",
    "other": "{{ hostvars['name'].days }}d",
    "lookups": "{{ lookup('vars', 'days') }}{{ lookup('env', 'UNIT') }}",
    "dictionary": "{{ vars['days'] }}d",
    "fact": "{{ fact }}",
    "included": "{{ included }}",
    "imported": "{{ imported }}",
    "number": 720,
}
LOGIN = {"ansible_user": "operator", "ansible_password": "operator-pass"}
NO_LOGIN = {"axis_username": None, "axis_password": None}


def entry(retention_time: Any) -> dict[str, Any]:
    """Return variables with a policy of one group."""
    return {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": retention_time}]}


def test_templates_have_the_values_of_the_task(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, *TEMPLATES, retention_time=48)
    (tmp_path / "more.yml").write_text(json.dumps({"included": "30d"}), encoding="utf-8")
    tasks = [
        {"ansible.builtin.set_fact": {"fact": "30d"}, "when": "inventory_hostname == 'fact'"},
        {"ansible.builtin.include_vars": str(tmp_path / "more.yml"), "when": "inventory_hostname == 'included'"},
    ]
    variables = {"imported": "30d", **LOGIN}
    site = import_playbooks(
        tmp_path,
        {**custom_play(*tasks), "name": "Before"},
        {"import_playbook": AUDIT, "vars": variables},
        {**custom_play(import_role()), "check_mode": True, "vars": variables},
    )
    # The login is that of the play, also for the host that has another one.
    hosts = {name: {**entry(value), "days": "30", **NO_LOGIN} for name, value in TEMPLATES.items()}
    hosts["play"] |= {"ansible_user": "viewer", "ansible_password": "viewer-pass"}
    run = play(site, hosts=hosts, environment={"UNIT": "d"})
    assert run.status == 0, run.output
    for host in TEMPLATES:
        # From ansible-core 2.22 on, a task warns of the variable vars.
        task = {name: value for name, value in run.results[APPLY, host].items() if name != "deprecations"}
        audited = run.results[CHECK, host]
        assert audited["changes"][0]["differences"] == [{"field": "retention_time", "before": 48, "after": 720}], host
        assert serialized(audited) == serialized(task), host
    assert {entry.user for device in fleet.devices.values() for entry in device.journal} == {None, "operator"}


@pytest.mark.fault("login of one host in the variables of core, with --user")
def test_no_host_receives_the_login_of_the_first_host(play: Play, fleet: Fleet) -> None:
    """Core replaces the password of the run with that of the host on which the task runs."""
    add_cameras(fleet, "c0", "c1", "c2")
    hosts = {"c0": {**NO_LOGIN, **LOGIN}, "c1": NO_LOGIN, "c2": {**NO_LOGIN, "ansible_password": "operator-pass"}}
    run = play(AUDIT, "--user", "operator", hosts=hosts, groups={"axis": {"vars": entry("30d")}})
    assert "There is no password for user 'operator'" in run.results[CHECK, "c1"]["msg"]
    users = {name: [entry.user for entry in device.journal] for name, device in fleet.devices.items()}
    assert users == {"c0": [None, "operator"], "c1": [], "c2": [None, "operator"]}
