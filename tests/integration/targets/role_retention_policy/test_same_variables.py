# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wherever the options of a host come from, the check of all hosts has the results and requests of its own task."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    AUDIT_TASK,
    CHECK,
    POLICY,
    PREFLIGHT,
    add_cameras,
    extra_vars,
    preflight_problems,
)
from tests.integration.targets.axis_retention_policy_preflight.test_every_variable import INVALID
from tests.integration.targets.role_retention_policy.test_same_results import ROLE, assert_same
from tests.playbook import PlaybookRun
from tests.reliability.capture import proxy_of
from tests.simulator import Fleet
from tests.simulator.models import Account

#: The check of all hosts, in a play of the user's own.
CHECK_ALL = [
    {
        "name": "Role",
        "ansible.builtin.include_role": {
            "name": "camfleet.axis.retention_policy",
            "tasks_from": "audit",
            "rolespec_validate": False,
        },
    }
]
NO_LOGIN = {"axis_username": None, "axis_password": None}
VIEWER = {"axis_username": "viewer", "axis_password": "viewer-pass"}
DOOR = {"recording_group_id": "door", "retention_time": "30d"}
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
VAULT_WORD = "vault-word"


def vaulted(text: str) -> dict[str, str]:
    """Return an encrypted value, as an inventory in JSON has it."""
    return {"__ansible_vault": VaultLib().encrypt(text.encode(), VaultSecret(VAULT_WORD.encode())).decode()}


def entry(**fields: Any) -> dict[str, Any]:
    """Return the variables of a policy with one group."""
    return {"retention_policy_groups": [{**DOOR, **fields}]}


#: Variables of hosts, whose policy and login are otherwise those of all.
VARIABLES: dict[str, dict[str, Any]] = {
    # The first host, whose variables are not those of the others.
    "plain": {"word": "wrong-4711", "mine": [], "theirs": [{"recording_group_id": "gate", "retention_time": "7d"}]},
    "vaulted": {"axis_password": vaulted("operator-pass")},
    "vaulted-wrong": {"axis_password": vaulted("wrong-4711")},
    "vaulted-policy": {"retention_policy_minimum": vaulted("10d")},
    "template": {"axis_password": "{{ word }}-{{ 'pass' }}", "word": "operator"},
    "unsafe": {"axis_password": {"__ansible_unsafe": "{{ operator-pass }}"}},
    "ansible": {**NO_LOGIN, "ansible_user": "operator", "ansible_password": "operator-pass"},
    "ssh": {**NO_LOGIN, "ansible_ssh_user": "viewer", "ansible_ssh_pass": "viewer-pass"},
    "httpapi": {
        **NO_LOGIN,
        "ansible_user": "viewer",
        "ansible_connection": "httpapi",
        "ansible_httpapi_pass": "viewer-pass",
    },
    "both": {**VIEWER, "ansible_user": "operator", "ansible_password": "operator-pass"},
    "half": {**NO_LOGIN, "ansible_user": "deploy"},
    "play": NO_LOGIN,
    "omitted-login": {"axis_username": "{{ omit }}", "axis_password": "{{ omit }}"},
    "omitted-policy": {"retention_policy_minimum": "{{ omit }}", "retention_policy_on_refused": "{{ omit }}"},
    "omitted-field": entry(nice_name="{{ omit }}", description="{{ omit }}"),
    "omitted-holds": {"axis_holds": "{{ omit }}"},
    "omitted-timeout": {"axis_timeout": "{{ omit }}", "axis_retries": "{{ omit }}", "axis_proxy": "{{ omit }}"},
    "refused": entry(retention_time="1d"),
    "fails-on-refusal": {**entry(retention_time="1d"), "retention_policy_on_refused": "fail"},
    "allowed": {**entry(retention_time="1d"), "retention_policy_allow_recording_loss": "yes"},
    "held": {**entry(retention_time="1d"), "axis_holds": [HOLD]},
    "held-twice": {"axis_holds_legal": [HOLD], "axis_holds_police": [{**HOLD, "recording_group_id": "d*"}]},
    "held-register": {"axis_holds_all": [{**HOLD, "hosts": ["held-register"]}, {**HOLD, "hosts": ["plain", "axis"]}]},
    "held-ended": {"axis_holds": [{**HOLD, "until": "2020-01-01"}]},
    "held-nothing": {"axis_holds": [{**HOLD, "recording_group_id": "gate"}]},
    "held-template": {"axis_holds": "{{ [hold] }}", "hold": {**HOLD, "reason": "{{ inventory_hostname }}"}},
    "groups-template": {"retention_policy_groups": "{{ mine + hostvars['plain'].theirs }}", "mine": [DOOR]},
    "field-template": entry(nice_name="{{ inventory_hostname | upper }}", description="{{ group_names | join }}"),
    "native": {"retention_policy_purge": "{{ true }}", "retention_policy_purge_match": "{{ ['x*'] }}"},
    "no-groups": {"retention_policy_groups": [], "retention_policy_no_groups": "{{ true }}"},
    "number": {**entry(retention_time=720), "axis_retries": "1", "axis_timeout": "{{ 20 }}"},
    "lookup": {"retention_policy_groups": "{{ lookup('vars', 'mine') }}", "mine": [DOOR]},
    "lookup-login": {"axis_password": "{{ lookup('vars', 'wo' ~ 'rd') }}", "word": "operator-pass"},
    "query": {"retention_policy_groups": "{{ query('vars', 'mine') | first }}", "mine": [DOOR]},
    "file": {"retention_policy_groups": "{{ lookup('file', 'groups.json') | from_json }}"},
    "secret-text": entry(nice_name="operator-pass", description="{{ axis_password }}"),
    "unicode": entry(nice_name="Tür ü\u0308 \u202e"),
    "verified": {"retention_policy_verify_recordings": True, "retention_policy_retention_tolerance": "2d"},
    "recording": entry(recording={"always": True, "name": "{{ inventory_hostname }}"}),
    "serial": {"axis_serial": "ACCC8E999999"},
}


def sent(fleet: Fleet) -> dict[str, list[str]]:
    """Return what each device received, without the nonces of the logins, and forget it.

    Two hosts of one device send their requests at the same time, so that the order does not count.
    """
    requests = {
        name: sorted(repr((entry.method, entry.target, entry.user, entry.status)) for entry in device.journal)
        for name, device in fleet.devices.items()
    }
    for device in fleet.devices.values():
        device.journal.clear()
    return requests


@pytest.fixture
def hosts(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Add a camera for each host, and return the variables of all hosts, some of which are one device."""
    add_cameras(fleet, *VARIABLES)
    twin = fleet.add("camera_12_9", "http", scheme="both")
    twin.plant_group(recording_group_id="door", retention_time=24)
    address = {"axis_host": "127.0.0.1", "axis_username": "operator", "axis_password": "operator-pass"}
    pin = {"axis_protocol": "https", "axis_tls_fingerprint": twin.certificate_sha256}
    return {
        **VARIABLES,
        "same-address": {**address, "axis_protocol": "http", "axis_port": fleet.devices["plain"].port},
        # The audit learns only from the serial number that it is the same device.
        "https": {**address, **pin, "axis_port": twin.tls_port},
    }


HOLDS = {"recording_group_id": "door", "reason": "Default", "owner": "legal@example.com", "until": "2999-12-31"}
#: Keywords of the play, and the environment.
SURROUNDINGS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "play": ({"vars": {"axis_timeout": 33, "retention_policy_minimum": "12h"}}, {}),
    "environment": ({}, {"AXIS_USERNAME": "viewer", "AXIS_PASSWORD": "viewer-pass", "AXIS_TIMEOUT": "33"}),
    "module_defaults": (
        {
            "module_defaults": {
                "group/camfleet.axis.device": {"retries": 1, "timeout": "{{ 33 }}"},
                "camfleet.axis.axis_retention_policy": {"holds": [HOLDS], "retention_maximum": "20d"},
            }
        },
        {"AXIS_RETRIES": "3"},
    ),
    # The login of the play does not count then.
    "delegate_to": ({"vars": {"here": "localhost", "ansible_user": "viewer", "ansible_password": "viewer-pass"}}, {}),
}


@pytest.mark.parametrize(
    "surroundings",
    [pytest.param(name, marks=[pytest.mark.long] * (name != "play")) for name in SURROUNDINGS],
)
def test_options_have_the_same_values(
    play: Play, fleet: Fleet, hosts: dict[str, dict[str, Any]], tmp_path: Path, surroundings: str
) -> None:
    keywords, environment = SURROUNDINGS[surroundings]
    if surroundings == "delegate_to":
        # Nothing completes it.
        hosts["half"] = {}
    keywords = {**keywords, "vars": {**keywords.get("vars", {}), "ansible_connection": "local"}}
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "groups.json").write_text(json.dumps([DOOR]), encoding="utf-8")
    (tmp_path / "word").write_text(VAULT_WORD, encoding="utf-8")
    (tmp_path / "password").write_text("operator-pass", encoding="utf-8")
    arguments = ["--check", "--vault-password-file", str(tmp_path / "word")]
    if surroundings != "environment":
        arguments += ["--user", "operator", "--connection-password-file", str(tmp_path / "password")]
    if surroundings == "play":
        arguments += ["-vvv", "--diff"]

    def run(what: list[dict[str, Any]], *more: str) -> tuple[PlaybookRun, dict[str, list[str]]]:
        if surroundings == "delegate_to":
            what = [{"name": "Delegated", "delegate_to": "{{ here }}", "block": what}]
        groups = {"axis": {"hosts": list(hosts), "vars": POLICY}}
        done = play(what, *arguments, *more, hosts=hosts, groups=groups, keywords=keywords, environment=environment)
        return done, sent(fleet)

    (audit, requests), (tasks, expected) = run(CHECK_ALL), run(ROLE)
    assert_same(audit, tasks, hosts)
    assert requests == expected
    if surroundings != "play":
        return
    # Without further processes, and one host after the other.
    slow, requests = run(CHECK_ALL, *extra_vars(retention_policy_connections=1))
    assert_same(slow, tasks, hosts)
    assert requests == expected


def test_invalid_variables_are_the_same_problems(play: Play, fleet: Fleet) -> None:
    hosts = {
        f"{name}.{number}": {"ansible_host": f"192.0.2.{number + 1}", name: value}
        for name, values in INVALID.items()
        for number, value in enumerate(values)
    }
    groups = {"axis": {"hosts": list(hosts), "vars": {**POLICY, "axis_username": "operator", "axis_password": "x4711"}}}
    audit, tasks = (play(what, hosts=hosts, groups=groups) for what in (AUDIT, ROLE))

    def problems(run: PlaybookRun) -> set[tuple[str, tuple[str, ...]]]:
        return {(item["problem"], tuple(item["hosts"])) for item in preflight_problems(run)}

    assert problems(audit) == problems(tasks)
    assert {host for _problem, names in problems(audit) for host in names} == hosts.keys()
    assert (audit.status, tasks.status) == (2, 2)
    assert sorted(task for task, _host in (*audit.steps, *tasks.steps) if task in (AUDIT_TASK, PREFLIGHT)) == [
        AUDIT_TASK,
        PREFLIGHT,
    ]


@pytest.mark.fault("one private address behind several proxies")
def test_devices_behind_other_proxies_are_other_devices(play: Play, fleet: Fleet) -> None:
    """A login that one of them rejects is sent to the other one."""
    add_cameras(fleet, "first", "second")
    fleet.devices["first"].accounts["operator"] = Account("changed-4711", "operator")
    with ExitStack() as stack:
        hosts = {
            name: {
                "ansible_host": "192.0.2.1",
                "axis_port": 80,
                "axis_proxy": stack.enter_context(proxy_of(fleet.devices[name])),
            }
            for name in ("first", "second")
        }
        inventory = {"hosts": hosts, "groups": {"axis": {"vars": POLICY}}}
        audit = play(AUDIT, *extra_vars(retention_policy_connections=1), **inventory)
        tasks = play(ROLE, "--check", **inventory)
    assert_same(audit, tasks, hosts)
    assert audit.results[CHECK, "first"]["error"]["kind"] == "authentication"
    assert audit.results[CHECK, "second"]["compliant"] is True
