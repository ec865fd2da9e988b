# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that do what no camera should, on sockets of their own: whatever one connection is given to do."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import trustme

#: A target that answers nothing itself: what matters comes before, or instead.
TARGET = "/axis-cgi/record/recording_group/list.cgi?schemaversion=1"
OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def server(talk: Callable[[socket.socket], object], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Lets `talk` do with each connection what it likes, in a thread of its own; gives the port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=100)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            with connection:
                talk(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _peer = listening.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def head_of(connection: socket.socket) -> bytes:
    """The head of one request; empty when the client has hung up."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            break
        head += piece
    return head


def answering(*pieces: bytes) -> Callable[[socket.socket], None]:
    """One request, and these bytes."""

    def talk(connection: socket.socket) -> None:
        head_of(connection)
        for piece in pieces:
            connection.sendall(piece)

    return talk


def relay(connection: socket.socket, port: int) -> None:
    """Pass bytes on to a port of this machine, and back, until one side ends."""
    with socket.create_connection(("127.0.0.1", port)) as device:
        ends = {connection: device, device: connection}
        while True:
            for source in select.select([*ends], [], [])[0]:
                data = source.recv(65536)
                if not data:
                    return
                ends[source].sendall(data)


def stranger() -> ssl.SSLContext:
    """The TLS of somebody whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("somebody-else.example.com").configure_cert(context)
    return context
