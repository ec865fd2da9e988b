# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How one address is identified: Axis devices in all their forms, and servers of every other kind."""

from __future__ import annotations

import json
import re
import socket
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.network import MAX_RESPONSE, Failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import RespondingCamera
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepOptions, sweep
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.raw_server import read_head, respond_with, serve, untrusted_context

HTTP = {"protocol": "http", "timeout": 5.0}
SERIAL = "B8A44F000001"
PROPERTIES = {
    "Brand": "AXIS",
    "ProdNbr": "P1465-LE",
    "ProdType": "Bullet Camera",
    "ProdFullName": "AXIS P1465-LE Bullet Camera",
    "SerialNumber": SERIAL,
    "Version": "12.11.77",
}


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet() as running:
        yield running


def find(port: int, **options: Any) -> RespondingCamera | Failure:
    """Return what a sweep of one address finds."""
    result = sweep(["127.0.0.1"], SweepOptions(**{**HTTP, "port": port, **options}))
    (found,) = (*result.cameras, *result.failures)
    assert result.counts.addresses == 1
    assert isinstance(found, RespondingCamera) or getattr(result.counts, found.kind) == 1
    return found


def failure(port: int, **options: Any) -> tuple[str, str]:
    """Return kind and message of the failure to identify a device."""
    found = find(port, **options)
    assert isinstance(found, Failure)
    assert found.message[-1] != "."
    assert found.next_step == "" or found.next_step.endswith(".")
    return found.kind, found.message


def targets(device: Device) -> list[str]:
    """Return what was requested, after a check that no login was sent."""
    assert {entry.authorization for entry in device.journal} <= {None}
    return [f"{entry.method} {entry.target.partition('?')[0].rpartition('/')[2]}" for entry in device.journal]


@pytest.mark.parametrize("profile", ["camera_12_9", "camera_12_11", "recorder_s3008"])
def test_unrestricted_properties_take_one_request(fleet: Fleet, profile: str) -> None:
    device = fleet.add(profile)
    model = device.profile
    assert find(device.port) == RespondingCamera(
        address="127.0.0.1",
        port=device.port,
        protocol="http",
        serial=device.serial,
        model=model.product,
        product_type=model.product_type,
        full_name=f"AXIS {model.product} {model.product_type}",
        firmware=model.version,
    )
    assert targets(device) == ["POST basicdeviceinfo.cgi"]


def test_https_identifies_a_device_that_offers_nothing_else(fleet: Fleet) -> None:
    device = fleet.add("camera_13")
    found = find(device.tls_port, protocol="https", validate_certs=False)
    assert isinstance(found, RespondingCamera)
    assert (found.serial, found.protocol, found.firmware) == (device.serial, "https", device.profile.version)


def test_a_challenge_of_the_first_request_has_the_serial_number(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", switches=Switches(device_info_needs_login=True))
    assert find(device.port) == RespondingCamera("127.0.0.1", device.port, "http", device.serial)
    assert targets(device) == ["POST basicdeviceinfo.cgi"]


@pytest.mark.parametrize("version", ["1.1", "none"])
def test_a_device_without_these_properties_is_found_by_realm(fleet: Fleet, version: str) -> None:
    device = fleet.add("camera_12_9", switches=Switches(device_info_version=version))
    assert find(device.port) == RespondingCamera("127.0.0.1", device.port, "http", device.serial)
    assert targets(device) == ["POST basicdeviceinfo.cgi", "GET list.cgi"]


@pytest.mark.parametrize("challenge", [("Basic",), ("Digest SHA-256", "Digest MD5"), ("none",)])
def test_any_authentication_is_recognized(fleet: Fleet, challenge: tuple[str, ...]) -> None:
    device = fleet.add("camera_12_9", switches=Switches(http_challenge=challenge))
    found = find(device.port)
    assert isinstance(found, RespondingCamera)
    assert found.serial == device.serial


def test_another_realm_does_not_hide_a_device(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9")
    device.authenticator.realm = "Entrance"
    found = find(device.port)
    assert isinstance(found, RespondingCamera)
    assert found.serial == device.serial


def test_a_redirect_is_not_followed(fleet: Fleet) -> None:
    target = fleet.add("camera_12_9")
    device = fleet.add("camera_12_9")
    device.plant_fault("redirect", location=f"http://127.0.0.1:{target.port}/", times=None, before_login=None)
    found = find(device.port)
    assert found == Failure("127.0.0.1", "unidentified", "Requests are redirected (HTTP 302)", "Set protocol: https.")
    assert target.journal == []


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_device_that_rejects_requests_is_not_called_another(fleet: Fleet, status: int) -> None:
    device = fleet.add("camera_12_9")
    device.plant_fault("http_status", status=status, times=None, before_login=None)
    assert failure(device.port) == ("unidentified", f"Requests are rejected (HTTP {status})")


@pytest.mark.parametrize("kind", ["drop_before", "reset_before", "truncated", "html", "oversized"])
def test_one_bad_response_does_not_hide_a_device(fleet: Fleet, kind: str) -> None:
    device = fleet.add("camera_12_9")
    device.plant_fault(kind, call="basicdeviceinfo", before_login=None)
    found = find(device.port)
    assert isinstance(found, RespondingCamera)
    assert (found.serial, found.model) == (device.serial, None)


def answer(properties: object, status: bytes = b"200 OK", *headers: bytes) -> Callable[[socket.socket], None]:
    body = json.dumps({"apiVersion": "1.3", "data": {"propertyList": properties}}).encode()
    head = b"\r\n".join([b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), b"Connection: close", *headers])

    def talk(connection: socket.socket) -> None:
        request = read_head(connection)
        sent = re.search(rb"Content-Length: (\d+)", request)
        # A connection that is closed with unread bytes is reset.
        while sent and len(request.partition(b"\r\n\r\n")[2]) < int(sent[1]):
            request += connection.recv(65536)
        connection.sendall(head + b"\r\n\r\n" + body)

    return talk


def test_texts_of_a_device_are_sanitized() -> None:
    properties = {**PROPERTIES, "ProdNbr": "P1\u202e465\n-LE", "ProdType": 7, "Version": ""}
    with serve(answer(properties)) as port:
        found = find(port)
    assert isinstance(found, RespondingCamera)
    assert isinstance(found.model, str)
    assert "\u202e" not in found.model
    assert "\n" not in found.model
    assert (found.serial, found.product_type, found.firmware) == (SERIAL, None, None)


@pytest.mark.parametrize(
    ("properties", "is_camera"),
    [
        (PROPERTIES, True),
        ({**PROPERTIES, "SerialNumber": "b8:a4:4f:00:00:01"}, True),
        ({**PROPERTIES, "Brand": "Axis"}, True),
        ({name: text for name, text in PROPERTIES.items() if name != "Brand"}, True),
        ({**PROPERTIES, "Brand": "ACME"}, False),
        ({"SerialNumber": SERIAL}, False),
        ({**PROPERTIES, "SerialNumber": "router-1"}, False),
        ({**PROPERTIES, "SerialNumber": "000000000000"}, False),
        ({**PROPERTIES, "SerialNumber": "FFFFFFFFFFFF"}, False),
        ({**PROPERTIES, "SerialNumber": None}, False),
        ([PROPERTIES], False),
        (None, False),
    ],
)
def test_basic_device_information_of_axis_counts(properties: object, *, is_camera: bool) -> None:
    with serve(answer(properties)) as port:
        found = find(port)
    if is_camera:
        assert isinstance(found, RespondingCamera)
        assert (found.serial, found.model) == (SERIAL, "P1465-LE")
    else:
        assert found == Failure("127.0.0.1", "others", "It is not an Axis device (HTTP 200)")


@pytest.mark.parametrize(
    ("realm", "is_camera"),
    [
        ("AXIS_B8A44F000001", True),
        ("AXIS_WS_b8a44f000001", True),
        ("AXIS_router", False),
        ("AXIS_B8A44F00000", False),
        ("AXIS_000000000000", False),
        ("xAXIS_B8A44F000001", False),
        ("", False),
    ],
)
def test_a_realm_needs_a_valid_serial_number(realm: str, *, is_camera: bool) -> None:
    challenge = b'WWW-Authenticate: Digest realm="%s", nonce="1", qop="auth"' % realm.encode()
    with serve(answer({}, b"401 Unauthorized", challenge)) as port:
        found = find(port)
    if is_camera:
        assert found == RespondingCamera("127.0.0.1", port, "http", SERIAL)
    else:
        assert isinstance(found, Failure)
        assert found.kind == "others"
        assert ("begins with AXIS_" in found.message) == realm.startswith("AXIS_")


def test_a_serial_number_in_another_response_counts_for_nothing() -> None:
    challenge = b'WWW-Authenticate: Digest realm="AXIS_B8A44F000001", nonce="1"'
    with serve(answer({}, b"200 OK", challenge)) as port:
        assert failure(port) == ("others", "It is not an Axis device (HTTP 200)")


def drip(connection: socket.socket) -> None:
    """Send a byte whenever the client reads, for as long as it stays."""
    read_head(connection)
    while True:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: " if connection.gettimeout() is None else b"x")
        connection.settimeout(0.05)
        with suppress(TimeoutError):
            if not connection.recv(1):
                return


def reset(connection: socket.socket) -> None:
    read_head(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def hold(connection: socket.socket) -> None:
    """Respond with nothing, until the client disconnects."""
    while connection.recv(65536):
        pass


ENDLESS = [b"HTTP/1.1 200 OK\r\n\r\n", *[b" " * MAX_RESPONSE] * 3]


@pytest.mark.parametrize(
    ("talk", "kind", "message"),
    [
        (hold, "silent", "No complete response in time (0.5 s for each read, 1.5 s in total)"),
        (drip, "silent", "No complete response in time (0.5 s for each read, 1.5 s in total)"),
        (reset, "unidentified", "The device closed the connection before the response was complete"),
        (socket.socket.close, "unidentified", "The device closed the connection before the response was complete"),
        (
            lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "unidentified",
            "The device closed the connection before the response was complete",
        ),
        (respond_with(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), "others", None),
        (respond_with(*ENDLESS), "others", "It is not an Axis device (its responses are too large)"),
        (
            respond_with(b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"x" * 8000 + b"\r\n"] * 8, b"\r\n"),
            "others",
            "It is not an Axis device (its responses are too large)",
        ),
        (
            respond_with(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
            "others",
            "It is not an Axis device (HTTP 404)",
        ),
    ],
)
def test_servers_of_every_other_kind_are_counted(
    talk: Callable[[socket.socket], None], kind: str, message: str | None
) -> None:
    with serve(talk) as port:
        found = failure(port, timeout=0.5 if kind == "silent" else 5.0)
    assert found == (kind, message or "It is not an Axis device (HTTP 200)")


def test_a_closed_port_is_refused(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9")
    device.network = "refused"
    assert failure(device.port)[0] == "refused"


def test_a_silent_device_is_silent_over_tls_too(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="https")
    device.network = "silent"
    assert failure(device.tls_port, protocol="https", timeout=0.5)[0] == "silent"


def test_plain_http_to_a_port_for_tls_is_named(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="https")
    kind, message = failure(device.tls_port)
    assert (kind, message) == ("tls_errors", "The port speaks TLS, and the request was sent as plain HTTP")


def test_a_port_that_does_not_speak_tls_is_named(fleet: Fleet) -> None:
    kind, message = failure(fleet.add("camera_12_9").port, protocol="https")
    assert kind == "tls_errors"
    assert message.startswith("The port does not speak TLS (")


def test_a_version_of_tls_that_is_too_old_is_named() -> None:
    context = untrusted_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with serve(read_head, context) as port:
        kind, message = failure(port, protocol="https", validate_certs=False)
    assert kind == "tls_errors"
    assert message.startswith("The TLS version of the device is too old.")


def test_an_untrusted_certificate_is_not_accepted_by_default() -> None:
    with serve(answer(PROPERTIES), untrusted_context()) as port:
        found = find(port, protocol="https")
        assert isinstance(found, Failure)
        assert (found.kind, found.is_untrusted) == ("tls_errors", True)
        assert isinstance(find(port, protocol="https", validate_certs=False), RespondingCamera)


def test_a_server_that_ends_the_handshake_is_not_silent() -> None:
    with serve(socket.socket.close) as port:
        kind, message = failure(port, protocol="https", validate_certs=False)
    assert (kind, message) == ("unidentified", "The device closed the connection during the TLS handshake")


def test_ipv6_addresses_are_swept(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", address="::1")
    result = sweep(["::1"], SweepOptions(port=device.port, protocol="http"))
    assert [(camera.address, camera.serial) for camera in result.cameras] == [("::1", device.serial)]


def test_an_interface_that_does_not_exist_is_named() -> None:
    result = sweep(["fe80::1%nope0"], SweepOptions(timeout=5.0))
    assert result.describe() == (
        (
            "This machine cannot connect through the network interface nope0, at fe80::1%nope0. "
            "Correct the interface after the address."
        ),
    )


def test_a_next_step_names_the_options_of_a_sweep(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="https")
    device.network = "closed"
    found = find(device.tls_port, protocol="https")
    assert isinstance(found, Failure)
    assert found.next_step == "Check that the device is running, and check addresses, port and protocol."


def test_the_environment_does_not_redirect_a_sweep(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(find(fleet.add("camera_12_9").port), RespondingCamera)


def test_requests_have_no_login_no_cookie_and_no_more_than_they_need() -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heads.append(read_head(connection))
        body = b"HTTP/1.1 200 OK\r\nSet-Cookie: session=1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(body)

    with serve(talk) as port:
        failure(port)
    assert len(heads) == 2
    names = {
        line.partition(b":")[0].lower() for head in heads for line in head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    }
    assert names == {b"host", b"user-agent", b"accept-encoding", b"content-type", b"content-length"}


def test_a_server_that_requires_a_certificate_is_not_a_camera() -> None:
    context = untrusted_context()
    context.verify_mode = ssl.CERT_REQUIRED
    with serve(answer(PROPERTIES), context) as port:
        kind, _message = failure(port, protocol="https", validate_certs=False)
    assert kind in ("tls_errors", "unidentified")
