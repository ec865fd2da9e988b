# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers on plain sockets that send any bytes, valid HTTP or not, and the errors of exchanges with them."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import trustme

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from tests.simulator.device import Device

#: a request target; these servers ignore it
TARGET = "/axis-cgi/record/recording_group/list.cgi?schemaversion=1"
OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def serve(talk: Callable[[socket.socket], object], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Yield a port; each connection to it is passed to ``talk`` in a separate thread."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=100)

    def handle(connection: socket.socket) -> None:
        with suppress(OSError):
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            with connection:
                talk(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _peer = listening.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def read_head(connection: socket.socket) -> bytes:
    """Return the head of one request, or what arrived until the client closed the connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            break
        head += piece
    return head


def respond_with(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Return a ``talk`` that reads one request and sends these bytes."""

    def talk(connection: socket.socket) -> None:
        read_head(connection)
        for piece in pieces:
            connection.sendall(piece)

    return talk


def relay(connection: socket.socket, port: int) -> None:
    """Forward bytes to a port of this machine, and back, until one side closes."""
    with socket.create_connection(("127.0.0.1", port)) as device:
        ends = {connection: device, device: connection}
        while True:
            for source in select.select([*ends], [], [])[0]:
                data = source.recv(65536)
                if not data:
                    return
                ends[source].sendall(data)


def untrusted_context() -> ssl.SSLContext:
    """Return a server context with a certificate that no client trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("untrusted.example.com").configure_cert(context)
    return context


def failure(base: str, trust: TLSSettings | None = None, timeout: float = 5) -> AxisError:
    """Return the error of one exchange."""
    with pytest.raises(AxisError) as caught:
        Transport(base, trust or TLSSettings(), timeout).send("GET", TARGET, None)
    return caught.value


def https_url(device: Device) -> str:
    """Return the base URL of the HTTPS port of a device."""
    return f"https://{device.host}:{device.tls_port}"
