# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks against responses that no camera should send: there must be a result, and it must be true."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from tests.scaling import check_linear
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask
from tests.unit.plugins.module_utils.raw_server import read_head, relay, serve

LIST, UPDATE, DELETE = "recording_group/list", "recording_group/update", "recording_group/delete"
DOOR: dict[str, Any] = {"recording_group_id": "door"}


def with_door(fleet: Fleet, retention_time: int = 720) -> Device:
    """Return a camera with a group and three old recordings."""
    device = fleet.add("camera_12_9")
    device.plant_group(recording_group_id="door", retention_time=retention_time)
    device.plant_recordings("door", 3, newest_age_hours=100)
    return device


def remove(device: Device) -> None:
    """Delete the group, whatever the response is."""
    device.delete_group(device.groups["door"])


@pytest.mark.parametrize("status", [201, 202, 302, 303, 408])
def test_applied_write_is_not_denied_because_of_its_status(fleet: Fleet, run_group: RunTask, status: int) -> None:
    device = with_door(fleet)
    device.plant_fault("callback", call=DELETE, run=remove)
    headers = (("Location", "/done"),) if status in {302, 303} else ()
    device.plant_fault("http_status", call=DELETE, status=status, headers=headers)
    result = run_group(device, **DOOR, state="absent", allow_recording_loss=True)
    assert "door" not in device.groups
    # The change is claimed, or its outcome is reported as unknown.
    assert result["changed"] is True or result["error"]["kind"] == "unconfirmed", result


def test_error_code_of_5000_digits_is_a_failure(fleet: Fleet, run_group: RunTask) -> None:
    device = with_door(fleet)
    code = b"1" * 5000
    device.plant_fault(
        "body",
        call=UPDATE,
        body=b"<RecordingGroupResponse><GeneralError><ErrorCode>%s</ErrorCode></GeneralError></RecordingGroupResponse>"
        % code,
    )
    assert run_group(device, **DOOR, retention_time="60d")["failed"] is True


def test_result_does_not_repeat_a_megabyte_of_a_response(fleet: Fleet, run_group: RunTask) -> None:
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
        assert len(json.dumps(run_group(device, **DOOR, retention_time="60d", retries=0))) < 20_000


def test_changes_of_one_camera_are_not_sent_to_another(fleet: Fleet, run_group: RunTask) -> None:
    # An address can move to another device (DHCP, DNS). The realm of the login identifies the device.
    first, second = with_door(fleet), with_door(fleet, retention_time=0)
    second.plant_recordings("door", 3, newest_age_hours=24 * 365)
    first.plant_fault("http_1_0", times=None, before_login=None)

    def talk(connection: socket.socket) -> None:
        has_listed = any(entry.status == 200 for entry in first.journal)
        relay(connection, (second if has_listed else first).port)

    with serve(talk) as port:
        result = run_group(first, port=port, **DOOR, retention_time="60d")
    # The task does not permit the loss of recordings.
    assert second.lost_recordings == [], result
    assert second.writes == []


def test_status_403_alone_does_not_blame_the_role(run_group: RunTask, camera: Device) -> None:
    requests: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        requests.append(read_head(connection))
        if len(requests) == 1:
            challenge = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="AXIS", nonce="x"\r\n'
            connection.sendall(challenge + b"Connection: close\r\nContent-Length: 0\r\n\r\n")
        elif len(requests) == 2:
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with serve(talk) as port:
        result = run_group(camera, port=port, **DOOR, retention_time="60d")
    assert "the role is too low, or the device blocks the address" in result["msg"]


def test_id_that_is_listed_twice_is_not_compliant(fleet: Fleet, run_group: RunTask) -> None:
    device = with_door(fleet)
    groups = "".join(f'<RecordingGroup RecordingGroupId="door" RetentionTime="{hours}"/>' for hours in (720, 1440))
    device.plant_fault(
        "body",
        call=LIST,
        body=f"<RecordingGroupResponse><ListSuccess>{groups}</ListSuccess></RecordingGroupResponse>".encode(),
    )
    assert run_group(device, **DOOR, retention_time="60d")["failed"] is True


def test_list_of_many_groups_takes_linear_time(fleet: Fleet, run_policy: RunTask, soak: bool) -> None:
    device = fleet.add("camera_12_9")

    def run(size: int) -> None:
        groups = "".join(f'<RecordingGroup RecordingGroupId="g{number}" RetentionTime="1"/>' for number in range(size))
        plant_list(device, groups)
        run_policy(device, existing_groups=[{"match": {"recording_group_id": "*"}, "retention_time": "2"}])

    # In the soak, 2 MB of the 8 that a response may have.
    check_linear(run, 32_000 if soak else 8_000)


def test_many_stream_options_take_linear_time(fleet: Fleet, run_group: RunTask) -> None:
    device = fleet.add("camera_12_9")

    def run(size: int) -> None:
        options = "&amp;".join(f"a{number}=" for number in range(size))
        plant_list(device, f'<RecordingGroup RecordingGroupId="door" RetentionTime="0" StreamOptions="{options}"/>')
        result = run_group(device, check_mode=True, **DOOR, stream_options="camera=1")
        assert result["changes"][0]["differences"][0]["field"] == "stream_options"

    # Almost 32 KiB, the longest element that is accepted.
    check_linear(run, 2_400)


def plant_list(device: Device, groups: str) -> None:
    body = f"<RecordingGroupResponse><ListSuccess>{groups}</ListSuccess></RecordingGroupResponse>".encode()
    device.plant_fault("body", call=LIST, body=body, times=None)


@pytest.mark.parametrize("proxy", ["http://[::1", f"http://{'a' * 64}:3128"])
def test_invalid_proxy_fails(run_group: RunTask, camera: Device, proxy: str) -> None:
    assert "error" in run_group(camera, **DOOR, proxy=proxy)


def test_host_name_with_a_long_label_is_invalid(run_group: RunTask, camera: Device) -> None:
    assert run_group(camera, **DOOR, host=f"{'a' * 64}.example.com")["error"]["kind"] == "invalid_option"
