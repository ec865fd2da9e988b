# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that end during the TLS handshake: the error does not depend on the order in which packets arrive."""

from __future__ import annotations

import errno
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http import tls
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import ExchangeState, connect
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from tests.unit.plugins.module_utils.raw_server import TARGET, serve

ALERT, CLOSE_NOTIFY = b"\x15\x03\x03\x00\x02\x02\x28", b"\x15\x03\x03\x00\x02\x01\x00"
HTTP = b"HTTP/1.1 400 Bad Request\r\n\r\n"
# The start of a record that does not end.
PARTIAL = b"\x16\x03\x03\x10\x00abc"


def reset(connection: socket.socket) -> None:
    """Close a connection with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_hello(connection: socket.socket) -> None:
    """Read the first record of a client."""
    head = connection.recv(5, socket.MSG_WAITALL)
    connection.recv(int.from_bytes(head[3:], "big"), socket.MSG_WAITALL)


class Peer:
    """A peer that reads the ClientHello or a part of it, sends bytes, and ends the connection."""

    def __init__(self, read: Callable[[socket.socket], object] | None, data: bytes, *, resets: bool) -> None:
        self._read = read
        self._data = data
        self._end = reset if resets else socket.socket.close
        self._connected = threading.Semaphore(0)

    def talk(self, connection: socket.socket) -> None:
        """Do it on one connection."""
        if self._read is None:
            # A reset that arrives before the client has seen the connection hides the data.
            assert self._connected.acquire(timeout=60)
        else:
            self._read(connection)
        if self._data:
            connection.sendall(self._data)
        self._end(connection)

    def connect(self, host: str, port: int, state: ExchangeState) -> socket.socket:
        """Return a connection that the peer has ended, if it does not wait for the ClientHello."""
        sock = connect(host, port, state)
        if self._read is None:
            self._connected.release()
            poll = select.poll()
            poll.register(sock, select.POLLRDHUP)
            assert poll.poll(60_000)
        return sock


def failures(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeviceUnreachableError]:
    """Yield the error of an exchange, and of reading the certificate."""
    monkeypatch.setattr(tls, "connect", peer.connect)
    with serve(peer.talk) as port:
        for reads_certificate in (False, True):
            transport = Transport(f"https://127.0.0.1:{port}", TLSSettings(validate=False), 60)
            transport._adapter._options["connect"] = peer.connect
            run = transport.read_certificate if reads_certificate else partial(transport.send, "GET", TARGET, None)
            with pytest.raises(DeviceUnreachableError) as caught:
                run()
            yield caught.value


@pytest.mark.fault("connection ended during the TLS handshake")
@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("data", [b"", PARTIAL, CLOSE_NOTIFY])
@pytest.mark.parametrize("read", [None, lambda connection: connection.recv(3), read_hello])
def test_connection_that_ends_during_the_handshake_is_lost(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[socket.socket], object] | None, data: bytes, resets: bool
) -> None:
    for error in failures(Peer(read, data, resets=resets), monkeypatch):
        assert (error.kind, error.connection_lost, error.maybe_applied) == ("unreachable", True, False)
        assert error.message == "The device closed the connection during the TLS handshake"


def test_connection_that_is_reset_while_it_is_opened_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect_too_late(host: str, port: int, state: ExchangeState) -> socket.socket:
        connect(host, port, state).close()
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")

    peer = Peer(read_hello, b"", resets=True)
    peer.connect = connect_too_late  # type: ignore[method-assign]
    for error in failures(peer, monkeypatch):
        assert (error.kind, error.connection_lost, error.maybe_applied) == ("unreachable", True, False)


@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("data", [ALERT, HTTP])
@pytest.mark.parametrize("read", [None, lambda connection: connection.recv(3), read_hello])
def test_peer_that_rejects_tls_before_the_end_is_explained(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[socket.socket], object] | None, data: bytes, resets: bool
) -> None:
    for error in failures(Peer(read, data, resets=resets), monkeypatch):
        assert (error.kind, error.connection_lost, error.maybe_applied) == ("tls", False, False)
        if data == HTTP:
            assert error.message == "The port does not speak TLS (wrong version number)"
