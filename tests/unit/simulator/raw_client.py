# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect to a simulated device on the level of bytes."""

from __future__ import annotations

import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from types import TracebackType

from tests.simulator import Device

LIST = "/axis-cgi/record/recording_group/list.cgi?schemaversion=1"
END = b"</RecordingGroupResponse>"


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def wait_for(condition: Callable[[], bool], timeout: float = 30) -> None:
    """Wait until the server thread has done something, however busy the machine is."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


class RawClient:
    """One connection to a device with policy Basic, by HTTP or HTTPS; it distinguishes a reset from an orderly end.

    Before Python 3.13, SSLSocket reports both as an end, so this class handles TLS in memory.
    """

    def __init__(self, device: Device, tls: bool, timeout: float = 30) -> None:
        self._device = device
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._socket = socket.create_connection((device.host, device.tls_port if tls else device.port), timeout)
        self._tls = _trusting().wrap_bio(self._incoming, self._outgoing) if tls else None
        self._close_notified = False

    def __enter__(self) -> RawClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def handshake(self) -> None:
        while self._tls is not None:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._socket.sendall(self._outgoing.read())
                received = self._socket.recv(65536)
                self._incoming.write(received) if received else self._incoming.write_eof()
            else:
                break

    def send_request(self, target: str = LIST, user: str | None = "operator") -> None:
        """Send a request, with a login if a user is given."""
        request = f"GET {target} HTTP/1.1\r\nHost: camera\r\n{self._login(user)}\r\n".encode()
        if self._tls is None:
            self._socket.sendall(request)
        else:
            self.handshake()
            self._tls.write(request)
            self._socket.sendall(self._outgoing.read())

    def receive(self, until: bytes | None = None, timeout: float = 30) -> tuple[bytes, str]:
        """Return what arrives up to the end or `until`, and how it ended: closed, reset, silence, or as expected."""
        self._socket.settimeout(timeout)
        received_bytes = b""
        while until is None or until not in received_bytes:
            try:
                received = self._socket.recv(65536)
            except ConnectionResetError:
                return received_bytes, "reset"
            except TimeoutError:
                return received_bytes, "silence"
            if not received:
                return received_bytes, "closed"
            received_bytes += self._plain(received)
            if self._close_notified:
                return received_bytes, "closed"
        return received_bytes, "as expected"

    def _login(self, user: str | None) -> str:
        if user is None:
            return ""
        login = f"{user}:{self._device.accounts[user].password}"
        return f"Authorization: Basic {b64encode(login.encode()).decode()}\r\n"

    def _plain(self, received: bytes) -> bytes:
        if self._tls is None:
            return received
        self._incoming.write(received)
        plain = b""
        try:
            while piece := self._tls.read(65536):
                plain += piece
            self._close_notified = True
        except ssl.SSLWantReadError:
            pass
        return plain
