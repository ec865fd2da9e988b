# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault at each place of a task: how it ends, what is left on the device, and what the next run does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_action, run_recording_group
from tests.parameters import action_parameters, group_parameters
from tests.reliability.trials import (
    PLACES,
    TASK,
    TRIALS,
    Trial,
    account,
    camera,
    check,
    documented,
    heal,
    retention,
)
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

DOCUMENTED = documented()


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """An empty fleet, listening."""
    with Fleet() as running:
        yield running


def run(device: Device, timeout: float = 20, **options: Any) -> dict[str, Any]:
    """The result of the task on one device."""
    where: dict[str, Any] = {"host": device.host, "port": device.port, "protocol": "http"}
    if not device.port:
        where |= {"port": device.tls_port, "protocol": "https", "tls_fingerprint": device.certificate_sha256}
    parameters = group_parameters(**{**where, "timeout": timeout, "retries": 1, **TASK, **options})
    return run_recording_group(parameters, check_mode=False, diff=False, open_session=Session, warn=lambda _text: None)


def marks(trial: Trial, place: str, scheme: str) -> list[pytest.MarkDecorator]:
    """The row of the table; over HTTPS the reads are for the long form."""
    is_long = scheme == "https" and place != "write"
    return [pytest.mark.fault(trial.fault), *([pytest.mark.long] if is_long else [])]


@pytest.mark.parametrize(
    ("trial", "place", "scheme"),
    [
        pytest.param(trial, place, scheme, marks=marks(trial, place, scheme), id=f"{trial.fault}-{place}-{scheme}")
        for trial in TRIALS
        for place in trial.ends
        for scheme in ("http", "https")
    ],
)
def test_each_fault_at_each_place(fleet: Fleet, trial: Trial, place: str, scheme: str) -> None:
    device = camera(fleet, scheme=scheme)
    trial.plant(device, PLACES[place])
    end = trial.ends[place]
    result = run(device, trial.timeout)
    check(device, result, end)
    assert bool(device.lost_recordings) is trial.loses
    if scheme == "http":
        assert account(device, result) == DOCUMENTED[trial.fault][[*PLACES].index(place)]
    if trial.passes:
        # What was lost or in doubt is made good by the next run, and then nothing is left to do.
        heal(device)
        assert run(device)["changed"] is (retention(device) != end.retention)
        assert retention(device) == int(TASK["retention_time"])
        assert run(device)["changed"] is False


def create(device: Device, timeout: float) -> dict[str, Any]:
    """A group that has no id of its own: only its name tells whether it is there already."""
    return run(device, timeout, recording_group_id=None, nice_name="Yard", retention_time="30d")


def delete(device: Device, timeout: float) -> dict[str, Any]:
    """The word of the task covers this group and no other."""
    return run(device, timeout, state="absent", retention_time=None, allow_recording_loss=True)


def record(device: Device, timeout: float) -> dict[str, Any]:
    """What makes the camera record to the group: a configuration, and a rule that starts it."""
    where = {"host": device.host, "port": device.port, "protocol": "http", "timeout": timeout, "retries": 1}
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
    operation: Callable[[Device, float], dict[str, Any]],
    call: str,
    is_done: Callable[[Device], bool],
) -> None:
    device = camera(fleet)
    trial.plant(device, {"call": call})
    first = operation(device, trial.timeout)
    assert (first.get("error") is None) is (first["changed"] and not first.get("failed")), first
    if first.get("error") is None:
        assert is_done(device), first
    assert not first.get("unreachable") or device.writes == []
    heal(device)
    second = operation(device, 20)
    assert "error" not in second, second
    assert is_done(device)
    assert operation(device, 20)["changed"] is False
    assert device.groups["other"].retention_time == 24


SENT = "resolution=1920x1080&camera=1&text=a%20b"


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(form, marks=pytest.mark.fault(f"stream options {form}"))
        for form in ("reordered", "reencoded", "reordered_reencoded")
    ],
)
def test_stream_options_that_come_back_in_another_form_mean_the_same(fleet: Fleet, form: str) -> None:
    device = camera(fleet, switches=Switches(stream_options_form=form))
    assert run(device, stream_options=SENT)["changed"] is True
    kept = device.groups["door"].stream_options
    assert run(device, stream_options=SENT)["changed"] is False
    assert [entry.call for entry in device.writes] == ["recording_group/update"]
    assert device.groups["door"].stream_options == kept != ""


@pytest.mark.fault("stream options dropped")
def test_stream_options_that_the_device_drops_are_not_claimed(fleet: Fleet) -> None:
    device = camera(fleet)
    device.plant_fault("change_argument", call="recording_group/update", argument="streamoptions", value=None)
    result = run(device, retention_time=None, stream_options=SENT)
    assert (result["error"]["kind"], result["changed"]) == ("not_applied", False)
    assert device.groups["door"].stream_options == ""
