# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API discovery and basic device information, also with untrusted JSON."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import device_info
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import (
    APIEntry,
    DeviceInfo,
    find_api,
    get_device_info,
    read_serial,
)
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for

LINK = "https://www.axis.com/partner_pages/vapix_library/#/"


def respond(camera: Device, call: str, content: Any) -> None:
    """Let the camera send a response once."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    camera.plant_fault("body", call=call, body=body, content_type="application/json")


def test_only_a_listed_api_is_found(session: Session) -> None:
    assert find_api(session, "recording-group") == APIEntry(
        "recording-group", "1.0", "Edge Recording group", "official", LINK
    )
    assert find_api(session, "no-such-api") is None


def test_find_api_returns_the_newest_version(session: Session, camera: Device) -> None:
    entries = [{"id": "x", "version": version} for version in ("1.9", "1.10", "beta", "9" * 5000, 7)]
    respond(camera, "apidiscovery", {"data": {"apiList": [*entries[:3], {"id": "xy", "version": "3.0"}, {}]}})
    assert find_api(session, "x") == APIEntry("x", "1.10", None, None, None)
    respond(camera, "apidiscovery", {"data": {"apiList": entries}})
    found = find_api(session, "x")
    assert found is not None
    assert found.version == "9" * 5000


def test_device_info_needs_no_login(fleet: Fleet) -> None:
    recorder = fleet.add("recorder_s3008")
    session = Session(settings_for(recorder))
    assert get_device_info(session) == DeviceInfo(
        serial=recorder.serial,
        model="S3008",
        product_type="Network Video Recorder",
        full_name="AXIS S3008 Network Video Recorder",
        firmware="12.6.104",
    )
    assert [(entry.authorization, entry.status) for entry in recorder.journal] == [(None, 200)]


def test_device_info_of_older_devices_needs_an_operator(session: Session, camera: Device) -> None:
    camera.switches = replace(camera.switches, device_info_version="1.1")
    assert get_device_info(session).firmware == "12.9.57"
    assert [(entry.user, entry.code) for entry in camera.journal] == [(None, 2004), (None, None), ("operator", None)]
    viewer = Session(settings_for(camera, username="viewer", password="viewer-pass"))
    with pytest.raises(AxisError) as caught:
        get_device_info(viewer)
    assert caught.value.kind == "forbidden"


@pytest.mark.parametrize(
    ("code", "kind"), [(2001, "forbidden"), (2003, "unsupported"), (8000, "device_error"), (77, "device_error")]
)
def test_error_codes_map_to_kinds(session: Session, camera: Device, code: int, kind: str) -> None:
    camera.plant_fault("error_code", call="apidiscovery", code=code, description="No.", times=1)
    with pytest.raises(DeviceError) as caught:
        find_api(session, "x")
    assert (caught.value.kind, caught.value.code, caught.value.description) == (kind, code, "No.")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in</html>",
        b"[" * 200_000,
        b'{"data":' * 100_000,
        b"9" * 5000,
        b"\xff\xfe\x00",
        [],
        "text",
        None,
        {},
        {"data": []},
        {"data": {}},
        {"data": {"apiList": {}, "propertyList": []}},
        {"data": {"apiList": ["x"], "propertyList": "x"}},
        {"error": {"code": "geheim", "message": "geheim"}},
        {"error": {}},
    ],
)
def test_other_content_is_a_malformed_response(session: Session, camera: Device, content: Any) -> None:
    for call, read in (("apidiscovery", lambda: find_api(session, "x")), ("basicdeviceinfo", _reader(session))):
        respond(camera, call, content)
        with pytest.raises(DeviceError) as caught:
            read()
        assert caught.value.kind == "malformed_response"
        assert "geheim" not in str(caught.value)


def _reader(session: Session) -> Any:
    return lambda: get_device_info(session)


def test_values_of_other_types_are_unknown(session: Session, camera: Device) -> None:
    properties = {"ProdNbr": 7, "ProdType": None, "ProdFullName": "\ud800", "SerialNumber": [], "Version": {}}
    respond(camera, "basicdeviceinfo", {"data": {"propertyList": properties}})
    assert get_device_info(session) == DeviceInfo(None, None, None, "?", None)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_json_gives_a_result_or_a_device_error(content: Any) -> None:
    class FixedSession:
        serial = None

        def call(self, *_arguments: Any, **_options: Any) -> bytes:
            return json.dumps({"data": {"apiList": content, "propertyList": {"ProdNbr": content}}}).encode()

        call_optionally = call

    session: Any = FixedSession()
    with contextlib.suppress(DeviceError):
        device_info.find_api(session, "x")
    assert device_info.find_device_info(session) == device_info.get_device_info(session)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5) | st.binary())
def test_no_response_is_an_error_of_optional_device_info(content: Any) -> None:
    class FixedSession:
        serial = None

        def call_optionally(self, *_arguments: Any, **_options: Any) -> bytes:
            if isinstance(content, bytes):
                return content
            return json.dumps({"data": {"propertyList": content}}).encode()

    session: Any = FixedSession()
    assert device_info.find_device_info(session) is None


def test_serial_is_read_without_a_login(session: Session, camera: Device) -> None:
    assert read_serial(session) == camera.serial
    assert [(entry.status, entry.authorization) for entry in camera.journal] == [(200, None)]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", {}, {"data": None}, {"data": []}, {"data": {"propertyList": 1}}, {"error": {"code": 2004}}]
    + [{"data": {"propertyList": {"SerialNumber": value}}} for value in (None, 1, "x", [])],
)
def test_response_without_serial_is_none(session: Session, camera: Device, content: Any) -> None:
    respond(camera, "basicdeviceinfo", content)
    camera.faults[-1].before_login = None
    assert read_serial(session) is None


def test_rejected_request_returns_none(session: Session, camera: Device) -> None:
    camera.plant_fault("http_status", call="basicdeviceinfo", status=404, before_login=None)
    assert read_serial(session) is None


def test_blank_lines_before_and_nul_after_are_ignored(session: Session, camera: Device) -> None:
    camera.plant_fault("padded", times=None)
    assert get_device_info(session).serial == camera.serial
