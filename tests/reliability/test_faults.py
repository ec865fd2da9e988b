# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault at each place of a task: how it ends, what is left on the device, and what the next run does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._device import Session
from ansible_collections.camfleet.axis.plugins.module_utils._run import run_recording_action, run_recording_group
from tests.parameters import action_parameters, group_parameters
from tests.reliability.trials import PLACES, TASK, TIMEOUT, TRIALS, End, Trial, camera
from tests.simulator import Fleet
from tests.simulator.device import Device

#: no task of a trial needs more: two looks with a second try and its challenge each, and two writes
MOST_REQUESTS = 12


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """An empty fleet, listening."""
    with Fleet() as running:
        yield running


def run(device: Device, **options: Any) -> dict[str, Any]:
    """The result of the task on one device."""
    where: dict[str, Any] = {"host": device.host, "port": device.port, "protocol": "http"}
    if not device.port:
        where |= {"port": device.tls_port, "protocol": "https", "tls_fingerprint": device.certificate_sha256}
    parameters = group_parameters(**{**where, "timeout": TIMEOUT, "retries": 1, **TASK, **options})
    return run_recording_group(parameters, check_mode=False, diff=False, open_session=Session, warn=lambda _text: None)


def retention(device: Device) -> int | None:
    """Hours for which the device keeps the group of the task."""
    return device.groups["door"].retention_time if "door" in device.groups else None


def heal(device: Device) -> None:
    """The fault is over, and so is the block of the address."""
    device.network = "up"
    device.faults.clear()
    device.login.clock = lambda: 1e9


def check(device: Device, result: dict[str, Any], end: End) -> None:
    """That a task ended so, claims no more than was made, and harmed nothing."""
    error = result.get("error")
    assert (error and error["kind"]) == end.kind, result
    assert retention(device) == end.retention
    assert [entry.call for entry in device.writes] == ["recording_group/update"] * end.updates
    assert bool(result.get("unreachable")) is end.unreachable, result
    assert bool(result.get("failed")) is (end.kind is not None and not end.unreachable)
    if end.kind is None:
        assert result["changed"] is True
    if end.updates == 0:
        assert result["changed"] is False
    assert "operator-pass" not in json.dumps(result)
    assert len(device.journal) <= MOST_REQUESTS


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("trial", "place"),
    [
        pytest.param(trial, place, marks=pytest.mark.fault(trial.fault), id=f"{trial.fault}-{place}")
        for trial in TRIALS
        for place in trial.ends
    ],
)
def test_each_fault_at_each_place(fleet: Fleet, trial: Trial, place: str, scheme: str) -> None:
    device = camera(fleet, scheme=scheme)
    trial.plant(device, PLACES[place])
    end = trial.ends[place]
    check(device, run(device), end)
    assert bool(device.lost_recordings) is trial.loses
    if trial.passes:
        # What was lost or in doubt is made good by the next run, and then nothing is left to do.
        heal(device)
        assert run(device)["changed"] is (retention(device) != end.retention)
        assert retention(device) == int(TASK["retention_time"])
        assert run(device)["changed"] is False


def create(device: Device) -> dict[str, Any]:
    """A group that has no id of its own: only its name tells whether it is there already."""
    return run(device, recording_group_id=None, nice_name="Yard", retention_time="30d")


def delete(device: Device) -> dict[str, Any]:
    """The word of the task covers this group and no other."""
    return run(device, state="absent", retention_time=None, allow_recording_loss=True)


def record(device: Device) -> dict[str, Any]:
    """What makes the camera record to the group: a configuration, and a rule that starts it."""
    where = {"host": device.host, "port": device.port, "protocol": "http", "timeout": TIMEOUT, "retries": 1}
    return run_recording_action(
        action_parameters(**where), check_mode=False, diff=False, open_session=Session, warn=lambda _text: None
    )


def created(device: Device) -> bool:
    return [group.nice_name for group in device.groups.values()].count("Yard") == 1


def deleted(device: Device) -> bool:
    return "door" not in device.groups and {lost.group_id for lost, _reason in device.lost_recordings} == {"door"}


def records(device: Device) -> bool:
    configurations, rules = device.actions.configurations, device.actions.rules
    return len(rules) == len(configurations) == 1 and device.is_recording("door")


@pytest.mark.parametrize(
    ("operation", "call", "is_done"),
    [
        (create, "recording_group/create", created),
        (delete, "recording_group/delete", deleted),
        (record, "action/AddActionConfiguration", records),
        (record, "action/AddActionRule", records),
    ],
)
@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(trial, marks=pytest.mark.fault(trial.fault), id=trial.fault)
        for trial in TRIALS
        if "write" in trial.ends and trial.passes
    ],
)
def test_no_write_is_lost_or_doubled(
    fleet: Fleet,
    trial: Trial,
    operation: Callable[[Device], dict[str, Any]],
    call: str,
    is_done: Callable[[Device], bool],
) -> None:
    device = camera(fleet)
    trial.plant(device, {"call": call})
    first = operation(device)
    assert (first.get("error") is None) is (first["changed"] and not first.get("failed")), first
    if first.get("error") is None:
        assert is_done(device), first
    assert not first.get("unreachable") or device.writes == []
    heal(device)
    second = operation(device)
    assert "error" not in second, second
    assert is_done(device)
    assert operation(device)["changed"] is False
    assert device.groups["other"].retention_time == 24
