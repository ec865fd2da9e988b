# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One exchange with somebody who means harm: what it may cost in memory and time, what it raises, whom it trusts."""

from __future__ import annotations

import os
import socket
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
from tests.unit.plugins.module_utils.raw_server import OK, TARGET, answering, head_of, relay, server, stranger

MOVED = b"HTTP/1.1 302 Found\r\nLocation: http://camera.example.com/\r\n"
MEBIBYTE = 1024 * 1024


def exchange(talk: Callable[[socket.socket], object], timeout: float = 2) -> Response | AxisError:
    """How one exchange over plain HTTP ends; anything but these two is a defect."""
    with server(talk) as port:
        try:
            return Transport(f"http://127.0.0.1:{port}", TLSSettings(), timeout).send("GET", TARGET, None)
        except AxisError as error:
            return error


def flood(head: bytes, piece: bytes, sent: list[int]) -> Callable[[socket.socket], None]:
    """Sends the piece again and again after the head, and counts its bytes."""

    def talk(connection: socket.socket) -> None:
        head_of(connection)
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            sent[0] += len(piece)

    return talk


def test_the_body_of_a_redirect_is_bounded_too() -> None:
    sent = [0]
    exchange(flood(MOVED + b"\r\n", b"x" * MEBIBYTE, sent), timeout=1)
    assert sent[0] < 2 * MAX_RESPONSE_SIZE


def test_the_body_of_a_redirect_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(bytes(128 * MEBIBYTE)) + packer.flush()
    head = MOVED + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    tracemalloc.start()
    try:
        exchange(answering(head, bomb), timeout=5)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_RESPONSE_SIZE


@pytest.mark.parametrize("location", [b"http://[", b"http://camera.example.com/\xff"])
def test_a_location_that_is_no_address_is_a_redirect_all_the_same(location: bytes) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location
    ended = exchange(answering(answer))
    assert isinstance(ended, Response)
    assert ended.status == 302


def test_a_chunk_of_negative_size_is_no_whole_answer() -> None:
    ended = exchange(answering(OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n"))
    assert isinstance(ended, AxisError)
    assert ended.maybe_applied is True


def test_an_answer_of_two_lengths_is_closed_while_its_error_is_told() -> None:
    before = len(os.listdir("/dev/fd"))
    ended = exchange(answering(OK + b"Content-Length: 4, 14\r\n\r\n<a/>"))
    assert len(os.listdir("/dev/fd")) == before
    assert isinstance(ended, DeviceUnreachableError)


def test_a_line_that_gives_the_size_of_a_chunk_is_bounded() -> None:
    # Older releases of urllib3, 1.26.20 and 2.2.2 among them, read it to its end.
    sent = [0]
    exchange(flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1" * MEBIBYTE, sent), timeout=1)
    assert sent[0] < 2 * MAX_RESPONSE_SIZE


def test_cookies_cost_nothing() -> None:
    # Ten of these headers take the parser of http.cookiejar seconds, ninety a minute.
    cookies = b"Set-Cookie: a=b\r\n" + (b"Set-Cookie2: " + b"a;" * 30_000 + b"\r\n") * 10
    start = time.monotonic()
    exchange(answering(OK + cookies + b"Content-Length: 0\r\n\r\n"), timeout=0.3)
    assert time.monotonic() - start < 1.5


def test_what_follows_an_answer_is_not_the_answer_to_the_next_request(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    assert camera.certificate is not None
    requests: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        while head := head_of(connection):
            requests.append(head)
            body = b"true answer %d" % len(requests)
            answer = OK + b"Content-Length: %d\r\n\r\n" % len(body) + body
            if len(requests) == 1:
                # All in one TLS record, so that OpenSSL holds what the client's buffer (8 KiB) had no room for.
                answer += b" " * (8192 - len(answer)) + OK + b"Content-Length: 6\r\n\r\nforged"
            connection.sendall(answer)

    with server(talk, camera.certificate.context) as port:
        transport = Transport(f"https://127.0.0.1:{port}", TLSSettings(fingerprint=camera.certificate_sha256), 2)
        bodies = [transport.send("GET", TARGET, None).body for _number in range(2)]
    assert bodies == [b"true answer 1", b"true answer 2"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_with_a_label_that_is_too_long_does_not_resolve(scheme: str) -> None:
    with pytest.raises(AxisError):
        Transport(f"{scheme}://{'a' * 64}.example.com:80", TLSSettings(), 1).send("GET", TARGET, None)


def test_nobody_is_told_to_do_without_tls_when_a_pin_does_not_fit(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")

    def talk(connection: socket.socket) -> None:
        head_of(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        relay(connection, camera.tls_port)

    with server(talk) as port, pytest.raises(DeviceUnreachableError) as caught:
        Transport(
            f"https://127.0.0.1:{camera.tls_port}", TLSSettings(fingerprint="0" * 64), 2, f"http://127.0.0.1:{port}"
        ).send("GET", TARGET, None)
    assert caught.value.kind == "tls"
    assert "protocol: http" not in caught.value.next_step


def test_the_fingerprint_that_is_shown_is_the_one_that_was_refused(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    somebody, connections = stranger(), [0]

    def talk(connection: socket.socket) -> None:
        connections[0] += 1
        if connections[0] == 1:
            with somebody.wrap_socket(connection, server_side=True) as tls:
                tls.recv(1)
        else:
            relay(connection, camera.tls_port)

    # Somebody stands in between for a moment, or a name has two addresses.
    with server(talk) as port, pytest.raises(DeviceUnreachableError) as caught:
        Transport(f"https://127.0.0.1:{port}", TLSSettings(fingerprint=camera.certificate_sha256), 2).send(
            "GET", TARGET, None
        )
    assert connections[0] == 2
    # It says: "another fingerprint than tls_fingerprint", "It shows" just that one, "set tls_fingerprint to it".
    assert camera.certificate_sha256 not in caught.value.next_step
