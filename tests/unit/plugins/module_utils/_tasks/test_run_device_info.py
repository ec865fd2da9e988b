# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Model and firmware for a report: one request more, whatever it returns, and no other effect."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_retention_policy
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from tests.parameters import policy_parameters
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.simulator.messages import Request
from tests.simulator.profiles import HAND_WRITTEN
from tests.simulator.recording_group import list_groups
from tests.unit.plugins.module_utils.conftest import RunTask

GROUPS = [{"recording_group_id": "door", "retention_time": "30d"}]
VIEWER = {"username": "viewer", "password": "viewer-pass"}
INFO = "basicdeviceinfo"
LISTED = [("recording_group/list", 401, None), ("recording_group/list", 200, "operator")]
#: By profile, model and firmware.
KNOWN = {
    "camera_10_12": ("P3245-LVE", "10.12.228"),
    "camera_12_11": ("P3265-V", "12.11.77"),
    "camera_12_9": ("Q1961-TE", "12.9.57"),
    "camera_13": ("P3265-V", "13.0.0"),
    "recorder_s3008": ("S3008", "12.6.104"),
}
UNKNOWN = (None, None)


@pytest.fixture
def door(camera: Device) -> Device:
    """Return a camera with the group of the policy."""
    camera.plant_group(recording_group_id="door", retention_time=720)
    return camera


def described(result: dict[str, Any]) -> tuple[Any, Any]:
    """Return model and firmware of a result that has both."""
    return result["device"]["model"], result["device"]["firmware"]


def requests(device: Device) -> list[tuple[str, int, str | None]]:
    """Return call, status, and user of each request."""
    return [(entry.call, entry.status, entry.user) for entry in device.journal]


def logins(device: Device) -> list[tuple[str, int]]:
    """Return call and status of each request with a login."""
    return [(entry.call, entry.status) for entry in device.journal if entry.authorization]


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_one_request_without_a_login_reads_model_and_firmware(run_policy: RunTask, fleet: Fleet, name: str) -> None:
    device = fleet.add(name)
    device.plant_group(recording_group_id="door", retention_time=720)
    task: dict[str, Any] = {"groups": GROUPS, "unmanaged": "ignore", "check_mode": True}
    if device.certificate is not None:
        task |= {"port": device.tls_port, "protocol": "https", "tls_fingerprint": device.certificate_sha256}
    result = run_policy(device, **task, device_info=True)
    assert described(result) == KNOWN[name]
    assert requests(device) == [*LISTED, (INFO, 200, None)]
    # The device of this profile closes the connection with its challenge.
    assert device.connections == (2 if name == "camera_10_12" else 1)
    device.journal.clear()
    plain = run_policy(device, **task)
    assert requests(device) == LISTED
    assert plain["device"] == {"host": "127.0.0.1", "serial": device.serial}
    assert {**result, "device": plain["device"]} == plain


def test_verified_recordings_read_the_model_without_another_request(run_policy: RunTask, door: Device) -> None:
    door.plant_recordings("door", 1)
    results = [
        run_policy(door, groups=GROUPS, check_mode=True, verify_recordings=True, device_info=device_info)
        for device_info in (False, True)
    ]
    assert [described(result) for result in results] == [KNOWN["camera_12_9"]] * 2
    assert [entry.call for entry in door.journal].count(INFO) == 2


@pytest.mark.parametrize("encrypted", [False, True])
def test_device_of_an_older_api_gets_the_accepted_login_once(
    fleet: Fleet, run_policy: RunTask, encrypted: bool
) -> None:
    camera = fleet.add("camera_12_9", scheme="https" if encrypted else "http")
    camera.plant_group(recording_group_id="door", retention_time=720)
    camera.switches = replace(camera.switches, device_info_version="1.1")
    options: dict[str, Any] = {}
    if encrypted:
        options = {"port": camera.tls_port, "protocol": "https", "tls_fingerprint": camera.certificate_sha256}
    result = run_policy(camera, groups=GROUPS, check_mode=True, device_info=True, **options)
    assert described(result) == KNOWN["camera_12_9"]
    assert requests(camera) == [*LISTED, (INFO, 200, None), (INFO, 200, "operator")]
    assert [entry.code for entry in camera.journal][2:] == [2004, None]
    assert camera.connections == 1


def test_role_too_low_for_an_older_api_costs_no_further_request(run_policy: RunTask, door: Device) -> None:
    door.switches = replace(door.switches, device_info_version="1.1")
    result = run_policy(door, groups=GROUPS, check_mode=True, device_info=True, **VIEWER)
    assert (described(result), result["compliant"], result["warnings"]) == (UNKNOWN, True, [])
    assert [(call, status) for call, status, _user in requests(door)][2:] == [(INFO, 200), (INFO, 403)]


@pytest.mark.parametrize("version", ["1.1", "1.3"])
@pytest.mark.parametrize("uses", [None, 1])
def test_device_that_requires_a_login_gets_only_the_accepted_one(
    run_policy: RunTask, door: Device, version: str, uses: int | None
) -> None:
    """Also if each challenge is valid for one request."""
    door.switches = replace(door.switches, device_info_version=version, device_info_needs_login=True)
    door.nonce_uses = uses
    result = run_policy(door, groups=GROUPS, check_mode=True, device_info=True)
    assert described(result) == KNOWN["camera_12_9"]
    again = {("1.3", None): 0, ("1.3", 1): 0, ("1.1", None): 1, ("1.1", 1): 2}[version, uses]
    assert len(door.journal) == len(LISTED) + 2 + again


def test_list_without_a_login_sends_none_for_the_model(run_policy: RunTask, door: Device) -> None:
    run_policy(door, groups=GROUPS, check_mode=True)
    listing = list_groups(door, Request(1, "", False, "GET", door.journal[-1].target, {})).body
    door.plant_fault("body", call="recording_group/list", body=listing, before_login=None, times=None)
    door.switches = replace(door.switches, device_info_needs_login=True)
    door.journal.clear()
    result = run_policy(door, groups=GROUPS, check_mode=True, device_info=True)
    assert (described(result), result["compliant"]) == (UNKNOWN, True)
    assert requests(door) == [("recording_group/list", 200, None), (INFO, 401, None)]


#: By name, a fault of the request.
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "401": ("http_status", {"status": 401}),
    "401 of the same realm": (
        "http_status",
        {"status": 401, "headers": (("WWW-Authenticate", 'Digest realm="{realm}", nonce="x", qop="auth"'),)},
    ),
    "401 of another realm": (
        "http_status",
        {"status": 401, "headers": (("WWW-Authenticate", 'Digest realm="other", nonce="x", qop="auth"'),)},
    ),
    "401 with Basic": ("http_status", {"status": 401, "headers": (("WWW-Authenticate", 'Basic realm="{realm}"'),)}),
    "403": ("http_status", {"status": 403}),
    "404": ("http_status", {"status": 404}),
    "429": ("http_status", {"status": 429, "headers": (("Retry-After", "3600"),)}),
    "500": ("http_status", {"status": 500}),
    "503": ("http_status", {"status": 503, "headers": (("Retry-After", "3600"),)}),
    "redirect": ("redirect", {"location": "http://operator:operator-pass@192.0.2.1/"}),
    "closed": ("drop_before", {}),
    "closed after": ("drop_after", {}),
    "reset": ("reset_in_response", {}),
    "no response": ("no_response", {}),
    "html": ("html", {}),
    "empty": ("body", {"body": b""}),
    "truncated": ("truncated", {}),
    "not JSON": ("body", {"body": b"<x/>"}),
    "deep": ("body", {"body": b"[" * 200_000}),
    "long number": ("body", {"body": b"9" * 5000}),
    "list": ("body", {"body": b"[]"}),
    "no properties": ("body", {"body": b'{"data": {}}'}),
    "error": ("error_code", {"code": 8000}),
    "forbidden": ("error_code", {"code": 2001}),
    "always an older API": ("error_code", {"code": 2004}),
    "too large": ("oversized", {"size": 8 * 1024 * 1024 + 1}),
    "other types": ("body", {"body": b'{"data": {"propertyList": {"ProdNbr": 7, "Version": ["x"]}}}'}),
    "another device": (
        "body",
        {"body": b'{"data": {"propertyList": {"ProdNbr": "Q1", "Version": "1", "SerialNumber": "00408C000001"}}}'},
    ),
}


@pytest.mark.fault("model and firmware cannot be read")
@pytest.mark.parametrize("name", FAULTS)
def test_failed_request_changes_nothing_but_model_and_firmware(run_policy: RunTask, camera: Device, name: str) -> None:
    camera.plant_group(recording_group_id="door", retention_time=48)
    kind, options = FAULTS[name]
    headers = tuple((key, text.replace("{realm}", f"AXIS_{camera.serial}")) for key, text in options.get("headers", ()))
    given = {"groups": GROUPS, "check_mode": True, "timeout": 0.5}
    plain = run_policy(camera, **given)
    camera.journal.clear()
    camera.plant_fault(
        kind, call=INFO, times=None, before_login=None, **{**options, **({"headers": headers} if headers else {})}
    )
    result = run_policy(camera, **given, device_info=True)
    assert described(result) == UNKNOWN
    assert {**result, "device": plain["device"]} == plain
    assert not camera.writes
    # The login is sent once more only if the device requires it, or its API.
    again = {"401 of the same realm": [(INFO, 401)], "always an older API": [(INFO, 200)], "forbidden": [(INFO, 200)]}
    assert logins(camera)[1:] == again.get(name, [])


def test_largest_response_is_read_and_shown_shortened(run_policy: RunTask, door: Device) -> None:
    door.plant_fault("oversized", call=INFO, size=8 * 1024 * 1024, before_login=None)
    assert described(run_policy(door, groups=GROUPS, check_mode=True, device_info=True)) == KNOWN["camera_12_9"]
    properties = {"ProdNbr": "M" * 3_000_000, "Version": "1", "SerialNumber": door.serial}
    body = json.dumps({"data": {"propertyList": properties}}).encode()
    door.plant_fault("body", call=INFO, body=body, before_login=None)
    model, firmware = described(run_policy(door, groups=GROUPS, check_mode=True, device_info=True))
    assert (model, firmware) == ("M" * 2000 + "…", "1")


def test_texts_of_the_device_are_sanitized(run_policy: RunTask, door: Device) -> None:
    properties = {"ProdNbr": "P32\x1b[31m operator-pass\u202e\n", "Version": "1\x00\u2028\ufffe", "SerialNumber": None}
    body = json.dumps({"data": {"propertyList": properties}}).encode()
    door.plant_fault("body", call=INFO, body=body, before_login=None)
    model, firmware = described(run_policy(door, groups=GROUPS, check_mode=True, device_info=True))
    assert not {*"\x1b\u202e\n\x00\u2028"} & {*model, *firmware}
    assert "operator-pass" not in model
    assert model.startswith("P32")


def run_in(session: Session, **options: Any) -> dict[str, Any]:
    """Return the result of a task that uses this session."""

    def open_session(_settings: ConnectionSettings) -> Session:
        return session

    parameters = policy_parameters(port=session.settings.port, groups=GROUPS, device_info=True, **options)
    return run_retention_policy(parameters, check_mode=True, diff=False, open_session=open_session, warn=print)


@pytest.mark.fault("model and firmware cannot be read")
def test_rejected_login_does_not_prevent_the_next_task_of_the_session(session: Session, door: Device) -> None:
    challenge = (("WWW-Authenticate", f'Digest realm="AXIS_{door.serial}", nonce="x", qop="auth"'),)
    door.plant_fault("http_status", call=INFO, status=401, headers=challenge, times=None, before_login=None)
    for _item in range(2):
        result = run_in(session)
        assert (described(result), result["compliant"], "failed" in result) == (UNKNOWN, True, False)


def test_accepted_login_does_not_pass_the_gate_again(session: Session, door: Device) -> None:
    class Gate:
        """A gate that records its use."""

        def __init__(self) -> None:
            self.seen: list[bool | str | None] = []

        def enter(self) -> None:
            """Record the attempt."""
            self.seen.append("enter")

        def leave(self, is_accepted: bool | None) -> None:
            """Record the response."""
            self.seen.append(is_accepted)

    gate = Gate()
    session.login_gate = gate
    door.switches = replace(door.switches, device_info_version="1.1", device_info_needs_login=True)
    door.plant_fault("http_status", call=INFO, status=401, skip=2, before_login=None)
    assert described(run_in(session)) == UNKNOWN
    assert gate.seen == ["enter", True]


def test_end_of_the_time_limit_keeps_the_result(
    session: Session, door: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = session._transport.send

    def expire_first(method: str, target: str, *more: Any, **options: Any) -> Any:
        if target == calls.DEVICE_INFO.path:
            session.time_limit.expire()
        return send(method, target, *more, **options)

    monkeypatch.setattr(session._transport, "send", expire_first)
    result = run_in(session)
    assert (described(result), result["compliant"], "failed" in result) == (UNKNOWN, True, False)
    assert requests(door) == LISTED


def test_failed_tasks_show_the_model_if_the_device_still_responds(run_policy: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="door", retention_time=2000)
    result = run_policy(camera, groups=GROUPS, device_info=True)
    assert (result["error"]["kind"], described(result)) == ("recording_loss", KNOWN["camera_12_9"])
    camera.groups["door"].retention_time = 48
    camera.plant_fault("ignore_write", call="recording_group/update", times=None)
    result = run_policy(camera, groups=GROUPS, device_info=True)
    assert (result["error"]["kind"], described(result)) == ("not_applied", KNOWN["camera_12_9"])


def test_device_that_does_not_respond_gets_no_further_request(run_policy: RunTask, camera: Device) -> None:
    camera.plant_fault("no_response", call="recording_group/list", times=None)
    result = run_policy(camera, groups=GROUPS, device_info=True, timeout=0.5, retries=0)
    assert result["unreachable"]
    camera.faults.clear()
    result = run_policy(camera, groups=GROUPS, device_info=True, password="incorrect-4711")
    assert result["error"]["kind"] == "authentication"
    assert INFO not in [entry.call for entry in camera.journal]
    assert result["device"] == {"host": "127.0.0.1", "serial": camera.serial}


def test_model_is_read_after_the_write(run_policy: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="door", retention_time=48)
    result = run_policy(camera, groups=GROUPS, device_info=True)
    assert (result["changed"], described(result)) == (True, KNOWN["camera_12_9"])
    assert [entry.call for entry in camera.journal][-2:] == ["recording_group/list", INFO]
