# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Libraries that do something else with a connection: the request counts as sent, and every wait ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from urllib3.connection import HTTPConnection

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http import connection
from ansible_collections.camfleet.axis.plugins.module_utils._http.libraries import check_libraries
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.raw_server import OK, TARGET, failure, read_head, respond_with, serve

ENDS: tuple[Exception, ...] = (
    ConnectionResetError("lost"),
    ConnectionRefusedError(111, "Connection refused"),
    socket.gaierror(socket.EAI_NONAME, "a library resolves the name of a proxy"),
    ValueError("no response"),
    AttributeError("response"),
    RuntimeError("an exception of the library"),
)


@pytest.fixture(autouse=True)
def checked() -> None:
    """Check the libraries before a test patches them, in ways that the check would find."""
    check_libraries()


class ForeignPool:
    """A pool that opens connections itself, sends the request, and raises an exception."""

    error: Exception = ENDS[0]
    ConnectionCls: Any

    def __init__(self, host: str, port: int, **_options: Any) -> None:
        self._address = (host, port)

    def urlopen(self, *, method: str, url: str, **_options: Any) -> Any:
        with socket.create_connection(self._address) as sock:
            sock.sendall(f"{method} {url} HTTP/1.1\r\n\r\n".encode())
            read_head(sock)
        raise self.error


@pytest.mark.fault("library that opens connections itself")
@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_request_of_a_foreign_connection_counts_as_sent(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(connection, "HTTPConnectionPool", ForeignPool)
    monkeypatch.setattr(ForeignPool, "error", error)
    with serve(respond_with(OK + b"Content-Length: 0\r\n\r\n")) as port:
        assert failure(f"http://127.0.0.1:{port}").maybe_applied is True


@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_request_counts_as_sent_once_a_connection_is_open(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def request(self: Any, *_arguments: Any, **_options: Any) -> None:
        self.connect()
        self.sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        raise error

    monkeypatch.setattr(HTTPConnection, "request", request)
    with serve(lambda sock: sock.recv(65536)) as port:
        assert failure(f"http://127.0.0.1:{port}").maybe_applied is True


def test_request_on_an_open_connection_counts_as_sent(monkeypatch: pytest.MonkeyPatch, camera: Device) -> None:
    """Also if the library then tries a second connection, which fails."""
    transport = Transport(f"http://{camera.host}:{camera.port}", TLSSettings(), 5)
    transport.send("GET", TARGET, None)

    def request(self: Any, *_arguments: Any, **_options: Any) -> None:
        self.sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        self.close()
        camera.network = "refused"
        self.connect()

    monkeypatch.setattr(HTTPConnection, "request", request)
    with pytest.raises(AxisError) as caught:
        transport.send("GET", TARGET, None)
    assert caught.value.maybe_applied is True


def test_refused_connection_sends_nothing_after_an_earlier_one(camera: Device) -> None:
    transport = Transport(f"http://{camera.host}:{camera.port}", TLSSettings(), 5)
    camera.plant_fault("http_1_0", before_login=None)
    transport.send("GET", TARGET, None)
    camera.network = "refused"
    with pytest.raises(AxisError) as caught:
        transport.send("GET", TARGET, None)
    assert (caught.value.kind, caught.value.maybe_applied) == ("unreachable", False)


def test_unexpected_exception_of_a_library_is_named(
    monkeypatch: pytest.MonkeyPatch, session: Session, camera: Device
) -> None:
    session.call(calls.LIST_GROUPS, [("schemaversion", "1")])

    def getresponse(self: Any, *_arguments: Any, **_options: Any) -> None:
        raise TypeError("a library without this method")

    monkeypatch.setattr(HTTPConnection, "getresponse", getresponse)
    with pytest.raises(DeviceUnreachableError) as caught:
        session.call(calls.DELETE_GROUP, [("schemaversion", "1"), ("recordinggroupid", "x")])
    assert caught.value.maybe_applied is True
    assert "TypeError" in caught.value.message


def wait_without_limit(self: Any, *_arguments: Any, **_options: Any) -> Any:
    """Read a response as a library may that has its own idea of time."""
    self.sock.settimeout(None)
    received = b""
    while piece := self.sock.recv(65536):
        received += piece
    raise ConnectionResetError(f"no response in {len(received)} bytes")


@pytest.fixture
def silence() -> Iterator[int]:
    """Yield the port of a server that sends a byte now and then, and never a response."""
    end = threading.Event()

    def talk(connection: socket.socket) -> None:
        read_head(connection)
        while not end.wait(0.05):
            connection.sendall(b"H")

    with serve(talk) as port:
        yield port
        end.set()


@pytest.mark.fault("library that waits without limit")
def test_wait_of_a_library_without_limit_ends(monkeypatch: pytest.MonkeyPatch, silence: int) -> None:
    monkeypatch.setattr(HTTPConnection, "getresponse", wait_without_limit)
    errors: list[AxisError] = []
    thread = threading.Thread(
        target=lambda: errors.append(failure(f"http://127.0.0.1:{silence}", timeout=0.1)), daemon=True
    )
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert (errors[0].kind, errors[0].maybe_applied) == ("timeout", True)


def test_end_by_the_deadline_is_not_the_end_of_a_body(monkeypatch: pytest.MonkeyPatch, silence: int) -> None:
    """A body without a length ends with the connection."""

    def getresponse(self: Any, *_arguments: Any, **_options: Any) -> Any:
        with suppress(ConnectionResetError):
            wait_without_limit(self)
        return complete

    class Complete:
        status, headers, enforce_content_length = 200, {}, True

        def stream(self, *_arguments: Any, **_options: Any) -> Iterator[bytes]:
            yield b"<half"

        def release_conn(self) -> None:
            pass

        close = release_conn

    complete = Complete()
    monkeypatch.setattr(connection.HTTPConnectionPool, "urlopen", lambda self, **_options: foreign_open(self))

    def foreign_open(pool: Any) -> Any:
        link = pool.ConnectionCls(host=pool.host, port=pool.port)
        link.connect()
        link.sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        return getresponse(link)

    assert failure(f"http://127.0.0.1:{silence}", timeout=0.1).kind == "timeout"
