# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One exchange: limits of time and size, proxies, and messages of failures."""

from __future__ import annotations

import errno
import resource
import socket
import socketserver
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import (
    TLSSettings,
    compute_fingerprint,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import MAX_RESPONSE_SIZE, Transport
from ansible_collections.camfleet.axis.plugins.module_utils._http.watchdog import WATCHDOG
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.raw_server import (
    OK,
    TARGET,
    failure,
    https_url,
    read_head,
    relay,
    respond_with,
    serve,
)

VARIABLES = {name: f"axis_{name}" for name in ("port", "protocol", "ca_path", "tls_server_name", "tls_fingerprint")}


@contextmanager
def raw_server(*pieces: bytes, pause: float = 0.0, seen: list[bytes] | None = None) -> Iterator[str]:
    """Yield the base URL of a server that sends these bytes to each connection, and closes it.

    :param seen: receives the first bytes of each connection.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _peer = listening.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65536)
                if seen is not None:
                    seen.append(request)
                for piece in pieces:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        break
                    if pause and stop.wait(pause):
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def split_bytes(text: bytes) -> list[bytes]:
    """Return each byte as a separate piece."""
    return [bytes([byte]) for byte in text]


@pytest.mark.parametrize("part", ["headers", "body"])
def test_slow_response_ends_at_the_deadline(part: str) -> None:
    start = b"HTTP/1.1 200 OK\r\n" if part == "headers" else b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    # Each byte arrives within the time limit of a read, so that only the deadline of 3 x 0.2 s can end it.
    with raw_server(start, *split_bytes(b"X" * 1000), pause=0.02) as base:
        error = failure(base, timeout=0.2)
    assert error.kind == "timeout"
    assert error.maybe_applied is True


def test_too_large_response_is_not_read_completely() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_RESPONSE_SIZE * 8)
    with raw_server(head, *[b"x" * 1024 * 1024] * (MAX_RESPONSE_SIZE // 1024 // 1024 + 2)) as base:
        error = failure(base)
    assert error.kind == "malformed_response"
    assert "8 MiB" in str(error)


def test_truncated_response_is_a_lost_connection() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>") as base:
        error = failure(base)
    assert isinstance(error, DeviceUnreachableError)
    assert (error.kind, error.connection_lost, error.maybe_applied) == ("unreachable", True, True)


@pytest.mark.parametrize("data", [b"", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_port_without_http_is_unreachable(data: bytes) -> None:
    with raw_server(data) as base:
        assert failure(base).kind == "unreachable"


def test_failed_connection_sends_nothing() -> None:
    for base, text in (("http://127.0.0.1:1", "refused"), ("http://no-such-camera.invalid:80", "does not resolve")):
        error = failure(base)
        assert (error.kind, error.maybe_applied) == ("unreachable", False)
        assert text in str(error)


@pytest.mark.fault("no file, thread, or memory for a connection on this machine")
@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("socket.socket", OSError(errno.EMFILE, "Too many open files")),
        ("socket.socket", OSError(errno.ENOBUFS, "No buffer space available")),
        ("threading.Thread.start", RuntimeError("can't start new thread")),
        ("socket.socket", MemoryError()),
    ],
)
def test_an_exhausted_machine_is_not_a_fault_of_the_device(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, target: str, error: Exception
) -> None:
    camera = fleet.add()

    def refuse(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(target, refuse)
    WATCHDOG.reset()
    found = failure(f"http://{camera.host}:{camera.port}")
    reason = getattr(error, "strerror", None) or str(error) or "no memory"
    assert found.kind == "unreachable"
    assert str(found).startswith(f"This machine cannot open another connection ({reason}). Raise the limits")
    assert camera.journal == []


@pytest.mark.fault("no file, thread, or memory for a connection on this machine")
def test_limit_of_open_files(fleet: Fleet) -> None:
    camera = fleet.add()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        found = failure(f"http://{camera.host}:{camera.port}")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "cannot open another connection (Too many open files)" in str(found)
    assert (found.kind, found.maybe_applied) == ("unreachable", False)


def test_plain_http_to_a_tls_port(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    transport = Transport(f"http://{camera.host}:{camera.tls_port}", TLSSettings(), 5)
    for connections in (2, 3):
        with pytest.raises(DeviceUnreachableError) as caught:
            transport.send("GET", TARGET, None)
        assert (caught.value.kind, caught.value.connection_lost) == ("tls", False)
        assert caught.value.render(VARIABLES) == (
            "The port speaks TLS, and the request was sent as plain HTTP",
            "Set axis_protocol: https.",
        )
        # The handshake is tried once.
        assert camera.connections == connections
    assert camera.journal == []


@pytest.mark.parametrize("speaks_tls", [True, False])
def test_status_400_from_a_port_that_may_speak_tls(fleet: Fleet, speaks_tls: bool) -> None:
    """Apache rejects plain HTTP on a port for TLS with this status."""
    camera = fleet.add(scheme="https")

    def talk(connection: socket.socket) -> None:
        is_handshake = connection.recv(1, socket.MSG_PEEK) == b"\x16"
        if is_handshake and speaks_tls:
            relay(connection, camera.tls_port)
        elif is_handshake:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return
        respond_with(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")(connection)

    with serve(talk) as port:
        transport = Transport(f"http://127.0.0.1:{port}", TLSSettings(), 5)
        if speaks_tls:
            with pytest.raises(DeviceUnreachableError, match="The port speaks TLS"):
                transport.send("GET", TARGET, None)
        else:
            assert transport.send("GET", TARGET, None).status == 400


def test_port_that_has_sent_http_is_not_tested_for_tls() -> None:
    first_bytes: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        first_bytes.append(read_head(connection)[:3])
        if len(first_bytes) == 1:
            connection.sendall(OK + b"Connection: close\r\nContent-Length: 0\r\n\r\n")

    with serve(talk) as port:
        transport = Transport(f"http://127.0.0.1:{port}", TLSSettings(), 5)
        transport.send("GET", TARGET, None)
        with pytest.raises(DeviceUnreachableError, match="closed the connection"):
            transport.send("GET", TARGET, None)
    assert first_bytes == [b"GET", b"GET"]


def test_https_to_a_port_without_tls() -> None:
    with raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as base:
        error = failure(base.replace("http:", "https:"))
    assert (error.kind, error.maybe_applied) == ("tls", False)
    assert "The port does not speak TLS" in error.message
    assert "axis_port" in error.render(VARIABLES)[1]


def test_proxy_of_the_environment_is_ignored(camera: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    base = f"http://{camera.host}:{camera.port}"
    assert Transport(base, TLSSettings(), 5).send("GET", TARGET, None).status == 401


def test_proxy_option_is_used(camera: Device) -> None:
    base = f"http://{camera.host}:{camera.port}"
    with pytest.raises(DeviceUnreachableError) as caught:
        Transport(base, TLSSettings(), 5, "http://127.0.0.1:1").send("GET", TARGET, None)
    assert "proxy" in str(caught.value)
    assert camera.connections == 0


class _Tunnel(socketserver.StreamRequestHandler):
    """One CONNECT of a proxy: records the request and forwards bytes until one side closes."""

    def handle(self) -> None:
        head = b"".join(iter(self.rfile.readline, b"\r\n"))
        server = cast(Any, self.server)
        server.heads.append(head)
        if server.response:
            self.wfile.write(server.response)
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        relay(self.connection, int(head.split()[1].rpartition(b":")[2]))


@contextmanager
def proxy(response: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """Yield the URL of a proxy and the heads of its requests.

    :param response: what it always responds instead of connecting.
    """
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Tunnel) as server:
        server.daemon_threads = True
        server.heads, server.response = [], response  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://user:proxy-pass@127.0.0.1:{server.server_address[1]}", server.heads  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


def test_certificate_is_verified_through_a_proxy(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    with proxy() as (url, heads):
        transport = Transport(https_url(camera), TLSSettings(fingerprint=camera.certificate_sha256), 5, url)
        assert transport.send("GET", TARGET, "Basic c2VjcmV0").status == 401
        transport.close()
        error = None
        try:
            Transport(https_url(camera), TLSSettings(fingerprint="0" * 64), 5, url).send(
                "GET", TARGET, "Basic c2VjcmV0"
            )
        except AxisError as caught:
            error = caught
    assert error is not None
    # Only the CONNECT was sent, to the proxy: nothing that a device could have applied.
    assert (error.kind, error.maybe_applied) == ("tls", False)
    assert [head.split()[0] for head in heads] == [b"CONNECT", b"CONNECT"]
    assert all(b"c2VjcmV0" not in head and b"Proxy-Authorization" in head for head in heads)
    assert len(camera.journal) == 1


@pytest.mark.fault("proxy rejects the connection, or is silent")
@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 200 Connection est", "unreachable"),
    ],
)
def test_failure_of_a_proxy_names_the_proxy(fleet: Fleet, response: bytes, kind: str) -> None:
    camera = fleet.add(scheme="https")
    with proxy(response) as (url, _heads), pytest.raises(DeviceUnreachableError) as caught:
        Transport(https_url(camera), TLSSettings(validate=False), 60, url).send("GET", TARGET, None)
    assert (caught.value.kind, caught.value.maybe_applied) == (kind, False)
    assert "proxy" in str(caught.value)
    assert "proxy-pass" not in str(caught.value)
    assert camera.connections == 0


@pytest.mark.fault("TLS handshake never ends")
def test_endless_handshake_is_a_timeout(fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    camera.network = "silent"
    error = failure(https_url(camera), TLSSettings(validate=False), 0.2)
    assert (error.kind, error.maybe_applied) == ("timeout", False)


def test_certificate_is_read_without_verification_or_request(fleet: Fleet) -> None:
    own, plain = fleet.add(scheme="https"), fleet.add()
    certificate = Transport(https_url(own), TLSSettings(), 5).read_certificate()
    assert certificate is not None
    assert compute_fingerprint(certificate) == own.certificate_sha256
    assert own.journal == []
    for base, kind in ((f"https://{plain.host}:{plain.port}", "tls"), ("https://127.0.0.1:1", "unreachable")):
        with pytest.raises(DeviceUnreachableError) as caught:
            Transport(base, TLSSettings(), 0.5).read_certificate()
        assert caught.value.kind == kind
    own.network = "silent"
    with pytest.raises(DeviceUnreachableError) as caught:
        Transport(https_url(own), TLSSettings(), 0.2).read_certificate()
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    ("login", "sent"),
    [
        ("user:secret@", b"user:secret"),
        ("user:w%C3%B6rd%25%20%E6%97%A5@", "user:wörd% 日".encode()),
        ("user@", b"user:"),
        ("", None),
    ],
)
def test_proxy_credentials_are_sent_to_the_proxy(login: str, sent: bytes | None) -> None:
    seen: list[bytes] = []
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", seen=seen) as base:
        proxy = base.replace("//", f"//{login}")
        Transport("http://camera.example.com", TLSSettings(), 5, proxy).send("GET", TARGET, None)
    (request,) = seen
    lines = request.splitlines()
    assert lines[0] == f"GET http://camera.example.com{TARGET} HTTP/1.1".encode()
    expected = [] if sent is None else [b"Proxy-Authorization: Basic " + b64encode(sent)]
    assert [line for line in lines if line.startswith(b"Proxy-")] == expected


@pytest.mark.parametrize(("size", "is_accepted"), [(100, True), (101, False)])
def test_a_smaller_limit_of_a_response_can_be_set(size: int, *, is_accepted: bool) -> None:
    with serve(respond_with(OK + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)) as port:
        transport = Transport(f"http://127.0.0.1:{port}", TLSSettings(), 5, max_response=100)
        if is_accepted:
            assert transport.send("GET", TARGET, None).body == b"x" * size
        else:
            with pytest.raises(AxisError, match="larger than"):
                transport.send("GET", TARGET, None)
        transport.close()


def test_headers_count_for_the_limit_of_a_response() -> None:
    with serve(respond_with(OK, *[b"X: " + b"x" * 100 + b"\r\n"] * 6, b"\r\n")) as port:
        transport = Transport(f"http://127.0.0.1:{port}", TLSSettings(), 5, max_response=100)
        with pytest.raises(AxisError, match="larger than"):
            transport.send("GET", TARGET, None)


def test_another_thread_can_abort_an_exchange() -> None:
    received = threading.Event()
    failures: list[AxisError] = []

    def hold(connection: socket.socket) -> None:
        read_head(connection)
        received.set()
        connection.recv(1)

    def send(transport: Transport) -> None:
        with pytest.raises(AxisError) as caught:
            transport.send("GET", TARGET, None)
        failures.append(caught.value)

    with serve(hold) as port:
        transport = Transport(f"http://127.0.0.1:{port}", TLSSettings(), 60)
        thread = threading.Thread(target=send, args=(transport,), daemon=True)
        thread.start()
        assert received.wait(30)
        transport.abort()
        thread.join(30)
    assert [error.kind for error in failures] == ["timeout"]
