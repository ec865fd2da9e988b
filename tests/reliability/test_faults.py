# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault at each stage of a task: the result, the state of the device, and what the next run does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_action, run_recording_group
from tests.parameters import action_parameters, group_parameters
from tests.reliability.fault_cases import (
    FAULT_CASES,
    STAGES,
    TASK,
    FaultCase,
    add_camera,
    check_result,
    clear_fault,
    describe_run,
    read_documented_results,
    retention,
)
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

DOCUMENTED_RESULTS = read_documented_results()


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet."""
    with Fleet() as running:
        yield running


def run(device: Device, timeout: float = 20, **options: Any) -> dict[str, Any]:
    """Run the task on one device and return its result."""
    connection: dict[str, Any] = {"host": device.host, "port": device.port, "protocol": "http"}
    if not device.port:
        connection |= {"port": device.tls_port, "protocol": "https", "tls_fingerprint": device.certificate_sha256}
    parameters = group_parameters(**{**connection, "timeout": timeout, "retries": 1, **TASK, **options})
    return run_recording_group(parameters, check_mode=False, diff=False, open_session=Session, warn=lambda _text: None)


def marks(case: FaultCase, stage: str, scheme: str) -> list[pytest.MarkDecorator]:
    """Return the row of the table, and over HTTPS the mark of the long form for reads, and for waits for a timeout."""
    is_long = scheme == "https" and (stage != "write" or case.waits_for_timeout)
    return [pytest.mark.fault(case.fault), *([pytest.mark.long] if is_long else [])]


@pytest.mark.parametrize(
    ("case", "stage", "scheme"),
    [
        pytest.param(case, stage, scheme, marks=marks(case, stage, scheme), id=f"{case.fault}-{stage}-{scheme}")
        for case in FAULT_CASES
        for stage in case.expected
        for scheme in ("http", "https")
    ],
)
def test_each_fault_at_each_stage(fleet: Fleet, case: FaultCase, stage: str, scheme: str) -> None:
    device = add_camera(fleet, scheme=scheme)
    case.plant(device, STAGES[stage])
    expected = case.expected[stage]
    result = run(device, case.timeout)
    check_result(device, result, expected)
    assert bool(device.lost_recordings) is case.loses_recordings
    if scheme == "http":
        assert describe_run(device, result) == DOCUMENTED_RESULTS[case.fault][[*STAGES].index(stage)]
    if case.is_transient:
        # The next run completes what was lost or unconfirmed, and the run after it changes nothing.
        clear_fault(device)
        assert run(device)["changed"] is (retention(device) != expected.retention)
        assert retention(device) == int(TASK["retention_time"])
        assert run(device)["changed"] is False


def create(device: Device, timeout: float) -> dict[str, Any]:
    """Create a group without an ID, which only its name identifies."""
    return run(device, timeout, recording_group_id=None, nice_name="Yard", retention_time="30d")


def delete(device: Device, timeout: float) -> dict[str, Any]:
    """Delete the group of the task, whose allowance covers no other group."""
    return run(device, timeout, state="absent", retention_time=None, allow_recording_loss=True)


def set_recording(device: Device, timeout: float) -> dict[str, Any]:
    """Add the recording action of the group: a configuration, and a rule that starts it."""
    connection = {"host": device.host, "port": device.port, "protocol": "http", "timeout": timeout, "retries": 1}
    return run_recording_action(
        action_parameters(**connection), check_mode=False, diff=False, open_session=Session, warn=lambda _text: None
    )


def is_created(device: Device) -> bool:
    return [group.nice_name for group in device.groups.values()].count("Yard") == 1


def is_deleted(device: Device) -> bool:
    return "door" not in device.groups and {lost.group_id for lost, _reason in device.lost_recordings} == {"door"}


def is_recorded(device: Device) -> bool:
    configurations, rules = device.actions.configurations, device.actions.rules
    return len(rules) == len(configurations) == 1 and device.is_recording("door")


OPERATIONS = (
    (create, "recording_group/create", is_created),
    (delete, "recording_group/delete", is_deleted),
    (set_recording, "action/AddActionConfiguration", is_recorded),
    (set_recording, "action/AddActionRule", is_recorded),
)


@pytest.mark.parametrize(
    ("case", "operation", "call", "is_done"),
    [
        pytest.param(
            case,
            *operation,
            # A slow response makes the task wait for three times its timeout.
            marks=[
                pytest.mark.fault(case.fault),
                *[pytest.mark.long] * (number > 0 and case.fault.startswith("slow ")),
            ],
            id=f"{case.fault}-{operation[1]}",
        )
        for case in FAULT_CASES
        if "write" in case.expected and case.is_transient
        for number, operation in enumerate(OPERATIONS)
    ],
)
def test_every_write_is_applied_exactly_once(
    fleet: Fleet,
    case: FaultCase,
    operation: Callable[[Device, float], dict[str, Any]],
    call: str,
    is_done: Callable[[Device], bool],
) -> None:
    device = add_camera(fleet)
    case.plant(device, {"call": call})
    first = operation(device, case.timeout)
    assert (first.get("error") is None) is (first["changed"] and not first.get("failed")), first
    if first.get("error") is None:
        assert is_done(device), first
    assert not first.get("unreachable") or device.writes == []
    clear_fault(device)
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
def test_stream_options_in_another_form_are_equal(fleet: Fleet, form: str) -> None:
    device = add_camera(fleet, switches=Switches(stream_options_form=form))
    assert run(device, stream_options=SENT)["changed"] is True
    kept = device.groups["door"].stream_options
    assert run(device, stream_options=SENT)["changed"] is False
    assert [entry.call for entry in device.writes] == ["recording_group/update"]
    assert device.groups["door"].stream_options == kept != ""


@pytest.mark.fault("stream options dropped")
def test_dropped_stream_options_are_not_applied(fleet: Fleet) -> None:
    device = add_camera(fleet)
    device.plant_fault("change_argument", call="recording_group/update", argument="streamoptions", value=None)
    result = run(device, retention_time=None, stream_options=SENT)
    assert (result["error"]["kind"], result["changed"]) == ("not_applied", False)
    assert device.groups["door"].stream_options == ""
