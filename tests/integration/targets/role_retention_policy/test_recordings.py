# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts whose settings comply are compliant only if their recordings prove it, in every kind of run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    OUTCOME,
    ROLL_OUT,
    add_cameras,
    extra_vars,
    hosts_that_ran,
    summary,
    summary_text,
)
from tests.integration.targets.role_retention_policy.test_same_results import ROLE, assert_same
from tests.simulator import Fleet
from tests.simulator.device import Device

DOOR = {"recording_group_id": "door", "retention_time": "30d", "disk_id": ["SD_DISK"], "pre_duration": 5000}
POLICY: dict[str, Any] = {
    "retention_policy_groups": [DOOR],
    "retention_policy_minimum": "7d",
    "retention_policy_verify_recordings": True,
    "retention_policy_unmanaged": "ignore",
}
GROUPS = {"axis": {"vars": POLICY}}
VIEWER = {"axis_username": "viewer", "axis_password": "viewer-pass"}
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}


def change_disk(**changes: Any) -> Callable[[Device], None]:
    """Return a function that changes the disk of a camera."""
    return lambda device: vars(device.disks["SD_DISK"]).update(changes)


def change_group(**changes: Any) -> Callable[[Device], None]:
    """Return a function that changes the group of a camera."""
    return lambda device: vars(device.groups["door"]).update(changes)


#: By host: the age of its oldest recording in hours, what is different, its variables, and its class and severity.
KINDS: dict[str, tuple[float, Callable[[Device], object], dict[str, Any], str, str]] = {
    "met": (719, lambda device: None, {}, "compliant", "info"),
    "met-viewer": (719, lambda device: None, VIEWER, "compliant", "info"),
    "short": (100, change_disk(freesize=1_000_000), {}, "failing_disk", "critical"),
    "short-enough": (200, change_disk(freesize=1_000_000), {}, "failing_disk", "warning"),
    "cleanup": (719, change_disk(cleanupmaxage=7), {}, "failing_disk", "warning"),
    "cleanup-held": (719, change_disk(cleanupmaxage=7), {"axis_holds": [HOLD]}, "held", "critical"),
    "overdue": (1000, lambda device: None, {}, "failing_disk", "critical"),
    "full": (719, change_disk(full=True), {}, "failing_disk", "warning"),
    "locked": (719, change_disk(locked=True), {}, "failing_disk", "critical"),
    "pulled": (719, lambda device: device.pull_disk("SD_DISK"), {}, "refused", "critical"),
    "young": (2, lambda device: None, {}, "insufficient_history", "info"),
    "young-viewer": (2, lambda device: None, VIEWER, "indeterminate", "info"),
    "shared": (
        719,
        lambda device: device.plant_group(recording_group_id="yard", retention_time=720, disk_id="SD_DISK"),
        {},
        "indeterminate",
        "info",
    ),
    "drifted": (719, change_group(pre_duration=0), {}, "drifted", "warning"),
    "drifted-overdue": (1000, change_group(pre_duration=0), {}, "drifted", "critical"),
    "settings-only": (2, lambda device: None, {"retention_policy_verify_recordings": False}, "compliant", "info"),
    "unreachable": (719, lambda device: setattr(device, "powered", False), {}, "unverified", "info"),
}
#: Those that fail a run for which drift is a failure, besides the unreachable one.
FAILING = [
    *("cleanup", "cleanup-held", "drifted", "drifted-overdue", "full", "locked", "overdue", "pulled"),
    *("short", "short-enough"),
]


def add_camera(fleet: Fleet, name: str, kind: str) -> None:
    """Add a camera of a kind."""
    age, change, _variables, _class, _severity = KINDS[kind]
    device = fleet.add("camera_12_9", name)
    device.disks["SD_DISK"].cleanupmaxage = 0
    device.plant_group(recording_group_id="door", retention_time=720, disk_id="SD_DISK", pre_duration=5000)
    device.plant_recordings("door", 1, newest_age_hours=age)
    device.plant_recordings("door", 1)
    change(device)


@pytest.fixture
def hosts(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Add a camera of each kind, and return the variables of the hosts."""
    for name in KINDS:
        add_camera(fleet, name, name)
    return {name: variables for name, (_age, _change, variables, _class, _severity) in KINDS.items()}


def classes(data: dict[str, Any], names: list[str]) -> dict[str, str]:
    """Return the class of each host, each of which is in one list at most."""
    listed = ("changed", "drifted", "failing_disk", "held", "refused", "insufficient_history", "indeterminate")
    found = [(host, name) for name in (*listed, "unsupported", "unverified", "not_attempted") for host in data[name]]
    assert len(dict(found)) == len(found)
    return {**dict.fromkeys(names, "compliant"), **dict(found)}


def assert_classes(data: dict[str, Any]) -> None:
    """Check the published summary against the table."""
    assert classes(data, list(KINDS)) == {name: kind[3] for name, kind in KINDS.items()}
    assert data["critical"] == sorted(name for name, kind in KINDS.items() if kind[4] == "critical")
    assert data["compliant"] == 3
    assert data["states"] == {"compliant": 3, "non_compliant": 10, "unverified": 4}
    assert data["recordings_verified"] == 14
    assert data["hosts"] == 17


@pytest.mark.fault("disk that does not keep what the policy says")
def test_each_disk_decides_the_state_without_a_report(
    play: Play, fleet: Fleet, hosts: dict[str, dict[str, Any]]
) -> None:
    run = play(AUDIT, hosts=hosts, groups=GROUPS)
    # Of the unreachable host: drift does not count as a failure.
    assert run.status == 4, run.output
    assert_classes(summary(run))
    text = summary_text(run)
    assert ". Read: settings and recordings of 14 hosts, settings only of 2 hosts, nothing of 1 host; " in text
    assert "; retention proven on 3 hosts\n" in text
    assert "6 failing disk (3 critical)" in text
    assert "1 insufficient history, 2 indeterminate" in text
    assert (
        "  overdue: disk SD_DISK overdue [critical] The oldest recording is 41.7 days old, but no group keeps more"
        in text
    )
    assert (
        "  cleanup: disk SD_DISK conflicting cleanup [warning] The disk deletes recordings older than 168 hours" in text
    )
    assert "Next step for the disks of cleanup, cleanup-held (conflicting cleanup): In the storage settings" in text
    # The task of each host has the same results.
    tasks = play(ROLE, "--check", hosts=hosts, groups=GROUPS)
    assert_same(run, tasks, KINDS)
    assert_classes(summary(tasks))
    assert tasks.status == 4
    assert not any(device.writes for device in fleet.devices.values())


@pytest.mark.fault("recordings that prove nothing")
@pytest.mark.parametrize("playbook", [AUDIT, pytest.param(ROLE, id="role", marks=pytest.mark.long)])
def test_failing_disks_fail_a_run_for_which_drift_is_a_failure(
    play: Play, hosts: dict[str, dict[str, Any]], playbook: Any
) -> None:
    del hosts["unreachable"]
    run = play(
        playbook, "--check", "--limit", "!unreachable", *extra_vars(retention_policy_fail_on_drift=True),
        hosts=hosts, groups=GROUPS,
    )  # fmt: skip
    assert run.status == 2, run.output
    assert sorted(host for host, counters in run.recap.items() if counters["failures"]) == FAILING
    message = "The recordings do not comply with the policy. The summary below shows the reasons."
    assert run.results[OUTCOME, "cleanup"]["msg"] == f"cleanup: {message}"
    assert "The recording groups do not comply" in run.results[OUTCOME, "drifted-overdue"]["msg"]


def test_failing_disks_stop_no_roll_out_and_remain_after_it(play: Play, fleet: Fleet) -> None:
    """One is drifted, too; its disk is read again after the write."""
    for name, kind in (("c0", "cleanup"), ("c1", "cleanup"), ("c2", "young"), ("c3", "locked"), ("c4", "drifted")):
        add_camera(fleet, name, kind)
    for name in ("c1", "c2"):
        fleet.devices[name].groups["door"].pre_duration = 0
    variables = {"retention_policy_waves": [1], "retention_policy_max_fail_percentage": 0}
    run = play(ROLL_OUT, *extra_vars(**variables), groups=GROUPS)
    assert run.status == 0, run.output
    assert hosts_that_ran(run, APPLY) == ["c1", "c2", "c4"]
    assert {device.groups["door"].pre_duration for device in fleet.devices.values()} == {5000}
    data = summary(run)
    assert classes(data, ["c4"]) == {
        "c0": "failing_disk",
        "c1": "failing_disk",
        "c2": "insufficient_history",
        "c3": "failing_disk",
        "c4": "changed",
    }
    assert data["reasons"]["c1"].startswith("door updated; disk SD_DISK conflicting cleanup [warning] The disk deletes")
    assert data["reasons"]["c1"].count("SD_DISK") == 1
    assert data["recordings_verified"] == 5
    text = summary_text(run)
    assert "1 compliant after changes" in text
    assert "; changes were made on 3 hosts. Read: settings and recordings; retention proven on 1 host\n" in text
    # The next run has nothing to write, and the same disks.
    again = play(ROLL_OUT, *extra_vars(**variables, retention_policy_fail_on_drift=True), groups=GROUPS)
    assert again.status == 2
    assert hosts_that_ran(again, APPLY) == []
    assert sorted(host for host, counters in again.recap.items() if counters["failures"]) == ["c0", "c1", "c3"]


@pytest.mark.parametrize("each", [1, pytest.param(10, marks=pytest.mark.long)])
def test_no_host_is_green_whose_disk_fails(play: Play, fleet: Fleet, each: int) -> None:
    """Of 303 hosts, 97 with settings that comply have a failing disk or a short history, and 10 keep too long."""
    counts = {"cleanup": 76, "young": 21, "overdue": 10, "drifted": 20, "met": 176}
    counts = {kind: max(1, count * each // 10) for kind, count in counts.items()}
    names = {f"{kind}-{number:03}": kind for kind, count in counts.items() for number in range(count)}
    for name, kind in names.items():
        add_camera(fleet, name, kind)
    assert sum(counts.values()) == (303 if each == 10 else 29)
    run = play(AUDIT, *extra_vars(retention_policy_fail_on_drift=True), groups=GROUPS)
    data = summary(run)
    assert classes(data, list(names)) == {name: KINDS[kind][3] for name, kind in names.items()}
    assert data["compliant"] == counts["met"]
    assert data["states"] == {
        "compliant": counts["met"],
        "non_compliant": counts["cleanup"] + counts["overdue"] + counts["drifted"],
        "unverified": counts["young"],
    }
    assert data["critical"] == [name for name in sorted(names) if names[name] == "overdue"]
    failed = sorted(host for host, counters in run.recap.items() if counters["failures"])
    assert failed == sorted(name for name, kind in names.items() if kind in ("cleanup", "overdue", "drifted"))


def test_a_roll_out_on_hosts_with_holds_does_not_deny_its_changes(play: Play, fleet: Fleet) -> None:
    """Each camera has a group that was changed, and one that a hold protects from a change."""
    add_cameras(fleet, "c0", "c1", "c2", retention_time=240)
    for device in fleet.devices.values():
        device.plant_group(recording_group_id="gate", retention_time=0)
    groups = [
        {"recording_group_id": "door", "retention_time": "30d"},
        {"recording_group_id": "gate", "retention_time": 24},
    ]
    policy = {"retention_policy_groups": groups, "axis_holds": [{**HOLD, "recording_group_id": "gate"}]}
    run = play(ROLL_OUT, groups={"axis": {"vars": policy}})
    assert summary(run)["held"] == ["c0", "c1", "c2"]
    assert "0 changed" not in run.output
    assert "3 held" in summary_text(run)
    assert "; changes were made on 3 hosts. Read: settings only\n" in summary_text(run)
