# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One exchange with a malicious server: memory, time, errors, and trust."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import (
    MAX_RESPONSE_SIZE,
    Response,
    Transport,
)
from tests.simulator import Fleet
from tests.unit.plugins.module_utils.raw_server import (
    OK,
    TARGET,
    read_head,
    relay,
    respond_with,
    serve,
    untrusted_context,
)

MOVED = b"HTTP/1.1 302 Found\r\nLocation: http://camera.example.com/\r\n"
MEBIBYTE = 1024 * 1024


def exchange(talk: Callable[[socket.socket], object], timeout: float = 2) -> Response | AxisError:
    """Return the outcome of one exchange over plain HTTP; every other exception is a defect."""
    with serve(talk) as port:
        try:
            return Transport(f"http://127.0.0.1:{port}", TLSSettings(), timeout).send("GET", TARGET, None)
        except AxisError as error:
            return error


def flood(head: bytes, piece: bytes, sent: list[int]) -> Callable[[socket.socket], None]:
    """Return a ``talk`` that sends the head, and then the piece without end, and counts its bytes."""

    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            sent[0] += len(piece)

    return talk


def test_body_of_a_redirect_is_limited() -> None:
    sent = [0]
    exchange(flood(MOVED + b"\r\n", b"x" * MEBIBYTE, sent), timeout=1)
    assert sent[0] < 2 * MAX_RESPONSE_SIZE


def test_body_of_a_redirect_is_not_decompressed() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(bytes(128 * MEBIBYTE)) + packer.flush()
    head = MOVED + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    tracemalloc.start()
    try:
        exchange(respond_with(head, bomb), timeout=5)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_RESPONSE_SIZE


@pytest.mark.parametrize("location", [b"http://[", b"http://camera.example.com/\xff"])
def test_redirect_with_invalid_location_is_a_response(location: bytes) -> None:
    response = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location
    ended = exchange(respond_with(response))
    assert isinstance(ended, Response)
    assert ended.status == 302


def test_negative_chunk_size_is_an_error() -> None:
    ended = exchange(respond_with(OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n"))
    assert isinstance(ended, AxisError)
    assert ended.maybe_applied is True


def test_response_with_two_lengths_is_closed() -> None:
    closed = threading.Event()

    def talk(connection: socket.socket) -> None:
        # The second connection is the test for TLS.
        if read_head(connection).startswith(b"GET"):
            connection.sendall(OK + b"Content-Length: 4, 14\r\n\r\n<a/>")
            if connection.recv(1) == b"":
                closed.set()

    ended = exchange(talk)
    # The error keeps its frames, so that no destructor has closed the connection.
    assert closed.wait(10)
    assert isinstance(ended, DeviceUnreachableError)


def test_line_of_a_chunk_size_is_limited() -> None:
    # Older releases of urllib3, for example 1.26.20 and 2.2.2, read it without limit.
    sent = [0]
    exchange(flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1" * MEBIBYTE, sent), timeout=1)
    assert sent[0] < 2 * MAX_RESPONSE_SIZE


def test_cookies_are_not_parsed() -> None:
    # http.cookiejar takes seconds for ten of these headers, and a minute for ninety.
    cookies = b"Set-Cookie: a=b\r\n" + (b"Set-Cookie2: " + b"a;" * 30_000 + b"\r\n") * 10
    start = time.monotonic()
    exchange(respond_with(OK + cookies + b"Content-Length: 0\r\n\r\n"), timeout=0.3)
    assert time.monotonic() - start < 1.5


def test_bytes_after_a_response_are_not_the_next_response(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    assert camera.certificate is not None
    requests: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        while head := read_head(connection):
            requests.append(head)
            body = b"true response %d" % len(requests)
            response = OK + b"Content-Length: %d\r\n\r\n" % len(body) + body
            if len(requests) == 1:
                # All in one TLS record, so that OpenSSL buffers what does not fit into the client's buffer (8 KiB).
                response += b" " * (8192 - len(response)) + OK + b"Content-Length: 6\r\n\r\nforged"
            connection.sendall(response)

    with serve(talk, camera.certificate.context) as port:
        transport = Transport(f"https://127.0.0.1:{port}", TLSSettings(fingerprint=camera.certificate_sha256), 2)
        bodies = [transport.send("GET", TARGET, None).body for _number in range(2)]
    assert bodies == [b"true response 1", b"true response 2"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_name_with_a_too_long_label_does_not_resolve(scheme: str) -> None:
    with pytest.raises(AxisError):
        Transport(f"{scheme}://{'a' * 64}.example.com:80", TLSSettings(), 1).send("GET", TARGET, None)


def test_pin_mismatch_through_a_proxy_names_no_fingerprint(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")

    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        relay(connection, camera.tls_port)

    with serve(talk) as port, pytest.raises(DeviceUnreachableError) as caught:
        Transport(
            f"https://127.0.0.1:{camera.tls_port}", TLSSettings(fingerprint="0" * 64), 2, f"http://127.0.0.1:{port}"
        ).send("GET", TARGET, None)
    assert caught.value.kind == "tls"
    assert "protocol" not in caught.value.next_step
    assert caught.value.detail is None


def test_pinned_fingerprint_is_never_suggested(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    untrusted, connections = untrusted_context(), [0]

    def talk(connection: socket.socket) -> None:
        connections[0] += 1
        if connections[0] == 1:
            with untrusted.wrap_socket(connection, server_side=True) as tls:
                tls.recv(1)
        else:
            relay(connection, camera.tls_port)

    # A temporary interception, or a name with two addresses.
    with serve(talk) as port, pytest.raises(DeviceUnreachableError) as caught:
        Transport(f"https://127.0.0.1:{port}", TLSSettings(fingerprint=camera.certificate_sha256), 2).send(
            "GET", TARGET, None
        )
    assert connections[0] == 2
    # Otherwise the advice would be to set tls_fingerprint to the value that it has.
    assert camera.certificate_sha256 not in caught.value.next_step
