# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of all hosts in one task has the results of the task of each host, and only hosts to change have a task."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    CHECK_AGAIN,
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
from tests.simulator.device import Device

ROLE = [
    {
        "name": "Role",
        "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy", "rolespec_validate": False},
    }
]


#: What core adds to the result of a task or, such as ``failed``, moves to its outcome.
OF_CORE = frozenset({"exception", "failed", "invocation", "_ansible_no_log", "_ansible_delegated_vars"})
#: A finding about a hold names the current time of the controller, in minutes, and one about a wrong clock both times.
#: Recordings have an age at a time.
_NOW = re.compile(
    r"(?:(?<=recordings from before )|(?<=device shows )|(?<=instead of ))\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC)"
    r'|(?<="checked_at": ")[-0-9T:]+Z(?=")|(?<="age_hours": )[0-9.]+'
)


def serialized(result: Mapping[str, Any]) -> str:
    """Return a result as JSON, without what core adds and what the time of the run changes."""
    own = {name: value for name, value in result.items() if name not in OF_CORE}
    return _NOW.sub("…", json.dumps(own, sort_keys=True, ensure_ascii=False))


def assert_same(
    first: PlaybookRun, second: PlaybookRun, hosts: Iterable[str], names: tuple[str, str] = (CHECK, APPLY)
) -> None:
    """Check that two tasks have the same results, byte for byte; by default the audit and the task of each host."""
    different = {}
    for host in hosts:
        keys = [(name, host) for name in names]
        for run, key in zip((first, second), keys, strict=True):
            assert key in run.results, f"{key}: {run.output}"
        outcomes = [run.outcomes[key] for run, key in zip((first, second), keys, strict=True)]
        results = [run.results[key] for run, key in zip((first, second), keys, strict=True)]
        if len(set(outcomes)) > 1 or len(set(map(serialized, results))) > 1:
            different[host] = [*outcomes, *results]
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
        first, then = (_NOW.sub("…", json.dumps(summary(run)[name])) for run in (audit, tasks))
        assert first == then, name


def test_only_hosts_that_need_a_change_have_a_task(play: Play, fleet: Fleet) -> None:
    """Of 200 cameras, seven need a change."""
    names = [f"c{number:03}" for number in range(200)]
    changing = names[3::28][:7]
    for name in names:
        add_cameras(fleet, name, retention_time=48 if name in changing else 720)
    run = play(ROLL_OUT, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    assert sorted(hosts_that_ran(run, APPLY)) == changing
    assert "7 of 200 hosts need a change" in run.output
    assert "Wave 1 of 2, 1 of 7 done" in run.output
    assert "Wave 2 of 2, 7 of 7 done" in run.output
    assert summary(run)["changed"] == changing
    assert set(retention(fleet).values()) == {720}
    for name in names:
        journal = [(entry.call, entry.status) for entry in fleet.devices[name].journal]
        if name not in changing:
            assert journal == [("recording_group/list", 401), ("recording_group/list", 200)], name
            assert fleet.devices[name].connections == 1


STATES: dict[str, Callable[[Device], object]] = {
    "empty": lambda device: None,
    "compliant": lambda device: plant_door(device, description=""),
    "short": lambda device: plant_door(device, retention_time=48),
    "long": lambda device: plant_door(device, retention_time=2000),
    "unlimited": lambda device: plant_door(device, retention_time=0),
    "texts": lambda device: plant_door(device, nice_name="Tür", description="Alt"),
    "stream": lambda device: plant_door(device, stream_options="camera=2", pre_duration=1, post_duration=2),
    "recorded": lambda device: (plant_door(device), device.plant_recording("door", name="Mine")),
    "disabled": lambda device: (plant_door(device), device.plant_recording("door", enabled=False)),
    "others": lambda device: (
        plant_door(device),
        *(plant_door(device, recording_group_id=name, retention_time=100) for name in ("pilot1", "pilot2", "yard")),
    ),
}
DOOR = {
    "recording_group_id": "door",
    "nice_name": "Door",
    "retention_time": "30d",
    "stream_options": {"camera": 1, "resolution": "1920x1080"},
    "pre_duration": 5000,
}
LOSS = {"retention_policy_allow_recording_loss": True}
POLICIES: dict[str, dict[str, Any]] = {
    "plain": {"retention_policy_groups": [DOOR]},
    "loss": {"retention_policy_groups": [DOOR], **LOSS},
    "named": {"retention_policy_groups": [{"nice_name": "Tür", "retention_time": "7d", "description": "Neu"}], **LOSS},
    "absent": {
        "retention_policy_groups": [{**DOOR, "recording_group_id": "gate"}],
        "retention_policy_purge": True,
        "retention_policy_purge_match": ["*"],
        **LOSS,
    },
    "purge": {
        "retention_policy_groups": [DOOR],
        "retention_policy_purge": True,
        "retention_policy_purge_match": ["pilot*"],
        "retention_policy_allow_recording_stop": True,
        **LOSS,
    },
    "rule": {
        "retention_policy_existing_groups": [{"match": {"recording_group_id": "*"}, "retention_time": "10d"}],
        "retention_policy_minimum": "7d",
        **LOSS,
    },
    "recording": {"retention_policy_groups": [{**DOOR, "recording": "always"}]},
    "held": {"retention_policy_groups": [DOOR], "axis_holds": [{**HOLD, "recording_group_id": "door"}], **LOSS},
}


def plant_door(device: Device, **fields: Any) -> None:
    """Add a group, by default that of the policy, with recordings."""
    group = {"nice_name": "Door", "retention_time": 720, "stream_options": "camera=1&resolution=1920x1080"}
    planted = device.plant_group(**{"recording_group_id": "door", "pre_duration": 5000, **group, **fields})
    device.plant_recordings(planted.recording_group_id, 10, spacing_hours=4)


def listed(device: Device) -> list[dict[str, Any]]:
    """Return the groups of a device in the form of a result."""
    names = ("recording_group_id", "nice_name", "description", "retention_time", "disk_id", "stream_options")
    groups = (
        {name: getattr(group, name) for name in (*names, "pre_duration", "post_duration")}
        for group in device.groups.values()
    )
    return sorted(groups, key=lambda group: str(group["recording_group_id"]))


def assert_state(predicted: Mapping[str, Any], before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Check that a device has the groups that a check predicted, and otherwise those that it had before.

    A prediction has no values that are left to the device that creates a group.
    """
    created, deleted = (
        {item["recording_group_id"] for item in predicted["changes"] if item["operation"] == operation}
        for operation in ("create", "delete")
    )
    expected = {group["recording_group_id"]: group for group in before if group["recording_group_id"] not in deleted}
    found = {group["recording_group_id"]: group for group in after}
    for group in predicted["recording_groups"]:
        key = group["recording_group_id"]
        left_out = {name: found[key][name] for name, value in group.items() if value is None and key in created}
        expected[key] = {**group, **left_out}
    assert found == expected


def test_the_roll_out_does_what_the_audit_predicts(play: Play, fleet: Fleet, soak: bool) -> None:
    """In the quick form, each state meets every second policy."""
    hosts: dict[str, dict[str, Any]] = {}
    for (row, (state, plant)), (column, (name, policy)) in product(
        enumerate(STATES.items()), enumerate(POLICIES.items())
    ):
        if soak or (row + column) % 2 == 0:
            plant(fleet.add("camera_12_9", f"{state}-{name}"))
            hosts[f"{state}-{name}"] = policy
    planted = {host: listed(fleet.devices[host]) for host in hosts}
    limits = extra_vars(retention_policy_waves=["100%"], retention_policy_allow_unmatched_holds=True)
    audit, roll_out, again = play(AUDIT, hosts=hosts), play(ROLL_OUT, *limits, hosts=hosts), play(AUDIT, hosts=hosts)
    assert_same(audit, roll_out, hosts, (CHECK, CHECK))
    operations = {item["operation"] for host in hosts for item in audit.results[CHECK, host]["changes"]}
    assert operations == {"create", "update", "delete"}
    written = sorted(hosts_that_ran(roll_out, APPLY))
    assert written == sorted(hosts_that_ran(roll_out, CHECK_AGAIN))
    for host in hosts:
        device, predicted = fleet.devices[host], audit.results[CHECK, host]
        assert bool(predicted["changes"]) is predicted["changed"] is (host in written), host
        assert_state(predicted, planted[host], listed(device))
        if host not in written:
            assert device.writes == [], host
            continue
        result = roll_out.results[APPLY, host]
        assert all(group in listed(device) for group in result["recording_groups"]), host
        for name in ("changed", "changes", "refused"):
            assert predicted.get(name) == result.get(name), (host, name)
        assert predicted["compliant"] <= result["compliant"], host
    # The check of the written cameras is that of all cameras.
    assert_same(again, roll_out, written, (CHECK, CHECK_AGAIN))
