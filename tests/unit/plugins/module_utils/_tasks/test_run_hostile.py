# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole tasks against answers that no camera should give: a result must come, and say what is so."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import pytest

from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import Run
from tests.unit.plugins.module_utils.raw_server import read_head, relay, serve

LIST, UPDATE, DELETE = "recording_group/list", "recording_group/update", "recording_group/delete"
DOOR: dict[str, Any] = {"recording_group_id": "door"}


def with_door(fleet: Fleet, retention_time: int = 720) -> Device:
    """A camera that keeps a group, and three recordings of it that are a month old."""
    device = fleet.add("camera_12_9")
    device.plant_group(recording_group_id="door", retention_time=retention_time)
    device.plant_recordings("door", 3, newest_age_hours=100)
    return device


def remove(device: Device) -> None:
    """What the device does, whatever it answers then."""
    device.delete_group(device.groups["door"])


@pytest.mark.parametrize("status", [201, 202, 302, 303, 408])
def test_a_write_that_is_made_is_not_denied_because_of_its_status(fleet: Fleet, run: Run, status: int) -> None:
    device = with_door(fleet)
    device.plant_fault("callback", call=DELETE, run=remove)
    headers = (("Location", "/done"),) if status in {302, 303} else ()
    device.plant_fault("http_status", call=DELETE, status=status, headers=headers)
    result = run(device, **DOOR, state="absent", allow_recording_loss=True)
    assert "door" not in device.groups
    # Either it is known to be made, or it is said that it is not known.
    assert result["changed"] is True or result["error"]["kind"] == "unconfirmed", result


def test_an_error_with_a_number_of_five_thousand_digits_is_a_result(fleet: Fleet, run: Run) -> None:
    device = with_door(fleet)
    code = b"1" * 5000
    device.plant_fault(
        "body",
        call=UPDATE,
        body=b"<RecordingGroupResponse><GeneralError><ErrorCode>%s</ErrorCode></GeneralError></RecordingGroupResponse>"
        % code,
    )
    assert run(device, **DOOR, retention_time="60d")["failed"] is True


def test_a_result_does_not_repeat_a_megabyte_of_an_answer(fleet: Fleet, run: Run) -> None:
    device = with_door(fleet)
    device.plant_fault("error_code", call=LIST, code=10, description="x" * 1024 * 1024)
    number = "9" * 1024 * 1024
    device.plant_fault(
        "body",
        call=LIST,
        body=f'<RecordingGroupResponse><ListSuccess><RecordingGroup RecordingGroupId="door" RetentionTime="{number}"/>'
        "</ListSuccess></RecordingGroupResponse>".encode(),
    )
    for _answer in range(2):
        assert len(json.dumps(run(device, **DOOR, retention_time="60d", retries=0))) < 20_000


def test_what_was_planned_for_one_camera_is_not_done_to_another(fleet: Fleet, run: Run) -> None:
    # An address that has moved on: a name with two addresses, a lease that ended. The realm of the login tells.
    first, second = with_door(fleet), with_door(fleet, retention_time=0)
    second.plant_recordings("door", 3, newest_age_hours=24 * 365)
    first.plant_fault("http_1_0", times=None, before_login=None)

    def talk(connection: socket.socket) -> None:
        has_listed = any(entry.status == 200 for entry in first.journal)
        relay(connection, (second if has_listed else first).port)

    with serve(talk) as port:
        result = run(first, port=port, **DOOR, retention_time="60d")
    # Nobody has allowed that recordings are lost.
    assert second.lost_recordings == [], result
    assert second.writes == []


def test_a_403_is_not_put_down_to_the_role_when_nothing_more_is_answered(run: Run, camera: Device) -> None:
    requests: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        requests.append(read_head(connection))
        if len(requests) == 1:
            challenge = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="AXIS", nonce="x"\r\n'
            connection.sendall(challenge + b"Connection: close\r\nContent-Length: 0\r\n\r\n")
        elif len(requests) == 2:
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with serve(talk) as port:
        result = run(camera, port=port, **DOOR, retention_time="60d")
    assert "the role is too low" not in result["msg"]


def test_an_id_that_is_listed_twice_is_not_in_line_because_one_of_the_two_is(fleet: Fleet, run: Run) -> None:
    device = with_door(fleet)
    groups = "".join(f'<RecordingGroup RecordingGroupId="door" RetentionTime="{hours}"/>' for hours in (720, 1440))
    device.plant_fault(
        "body",
        call=LIST,
        body=f"<RecordingGroupResponse><ListSuccess>{groups}</ListSuccess></RecordingGroupResponse>".encode(),
    )
    assert run(device, **DOOR, retention_time="60d")["failed"] is True


def test_a_list_of_many_groups_does_not_hold_the_worker(fleet: Fleet, apply: Run) -> None:
    # 2 MB of the 8 that an answer may have; four times as many groups take sixteen times as long.
    device = fleet.add("camera_12_9")
    groups = "".join(f'<RecordingGroup RecordingGroupId="g{number}" RetentionTime="1"/>' for number in range(32_000))
    answer = f"<RecordingGroupResponse><ListSuccess>{groups}</ListSuccess></RecordingGroupResponse>"
    device.plant_fault("body", call=LIST, body=answer.encode(), times=None)
    start = time.process_time()
    apply(device, existing_groups=[{"match": {"recording_group_id": "*"}, "retention_time": "2"}])
    assert time.process_time() - start < 6


def test_stream_options_of_many_names_do_not_hold_the_worker(fleet: Fleet, run: Run) -> None:
    # 0.1 MB; four times as much takes twenty times as long, and an answer may have eighty times as much.
    options = "&amp;".join(f"a{number}=" for number in range(10_000))
    group = f'<RecordingGroup RecordingGroupId="door" RetentionTime="0" StreamOptions="{options}"/>'
    device = fleet.add("camera_12_9")
    device.plant_fault(
        "body",
        call=LIST,
        body=f"<RecordingGroupResponse><ListSuccess>{group}</ListSuccess></RecordingGroupResponse>".encode(),
        times=None,
    )
    start = time.process_time()
    run(device, check_mode=True, **DOOR, stream_options="camera=1")
    assert time.process_time() - start < 1


@pytest.mark.parametrize("proxy", ["http://[::1", f"http://{'a' * 64}:3128"])
def test_a_proxy_that_is_no_address_is_bad_input(run: Run, camera: Device, proxy: str) -> None:
    assert "error" in run(camera, **DOOR, proxy=proxy)


def test_a_host_name_that_cannot_be_one_is_bad_input(run: Run, camera: Device) -> None:
    assert run(camera, **DOOR, host=f"{'a' * 64}.example.com")["error"]["kind"] == "invalid_option"
