# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two networks on loopback for a sweep: cameras, other web servers, and devices that never respond, on one port.

All other addresses refuse connections. Linux only: there, all of 127.0.0.0/8 is loopback.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import trustme

from tests.simulator import Fleet
from tests.simulator.device import Device

#: What a sweep lists.
NETWORKS = ("127.99.1.0/24", "127.99.2.0/24")
ADDRESSES = 2 * 254
PROFILES = ("camera_10_12", "camera_12_9", "recorder_s3008")
# The last numbers of the addresses: none is the first or the last of its network by accident.
_FIRST_CAMERA, _CAMERA_STEP, _FIRST_OTHER, _FIRST_SILENT = 1, 12, 2, 3
_POLL_INTERVAL = 0.02  # seconds, until a server ends
_OF_ANOTHER_BRAND = {"data": {"propertyList": {"Brand": "ACME", "SerialNumber": "ACCC8E0000AA"}}}


@dataclass(frozen=True)
class OtherRequest:
    """A request to a web server: its time in seconds, monotonic, its method, and its headers by name in lower case."""

    time: float
    method: str
    headers: Mapping[str, str]


@dataclass
class OtherServer:
    """A web server that is not an Axis device, and responds to each request in the same way; it records them."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"<html><body>A router</body></html>"
    requests: list[OtherRequest] = field(default_factory=list)

    def serve(self, address: str, port: int, tls: ssl.SSLContext | None) -> ThreadingHTTPServer:
        """Start to serve at an address, until ``shutdown`` and ``server_close`` of the result are called."""
        other = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {name.lower(): text for name, text in self.headers.items()}
                other.requests.append(OtherRequest(time.monotonic(), self.command, headers))
                self.send_response(other.status)
                for name, text in {**other.headers, "Content-Length": str(len(other.body))}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(other.body)

            do_GET = do_POST = respond  # noqa: N815 # names of http.server

            def log_message(self, *_arguments: object) -> None:
                pass

        server = ThreadingHTTPServer((address, port), Handler)
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(_POLL_INTERVAL,), daemon=True).start()
        return server


def build_others() -> list[OtherServer]:
    """Return a router, a server without such pages, a printer, one that pretends, and a camera of another brand."""
    return [
        OtherServer(200, {"Content-Type": "text/html", "Set-Cookie": "session=1"}),
        OtherServer(404),
        OtherServer(401, {"WWW-Authenticate": 'Basic realm="Printer"'}),
        OtherServer(401, {"WWW-Authenticate": 'Digest realm="AXIS_router", nonce="1", qop="auth"'}),
        OtherServer(200, {"Content-Type": "application/json"}, json.dumps(_OF_ANOTHER_BRAND).encode()),
    ]


class LoopbackNetwork:
    """The networks; usable as a context manager.

    :param https: whether all of them speak TLS, with self-signed certificates.
    :param cameras: how many, in turn of each profile.
    :param silent: how many accept connections and never respond.
    """

    def __init__(self, *, https: bool = False, cameras: int = 40, silent: int = 3) -> None:
        self.cameras: dict[str, Device] = {}
        self.silent: dict[str, Device] = {}
        self.others = dict(zip(map(_address, range(_FIRST_OTHER, ADDRESSES, 100)), build_others(), strict=False))
        self.port = 0
        self._https = https
        self._count, self._silent_count = cameras, silent
        self._running = ExitStack()

    def __enter__(self) -> LoopbackNetwork:
        with ExitStack() as running:
            fleet = running.enter_context(Fleet())
            for number in range(self._count):
                address = _address(_FIRST_CAMERA + _CAMERA_STEP * number)
                self.cameras[address] = self._add(fleet, address, PROFILES[number % len(PROFILES)])
            for number in range(self._silent_count):
                address = _address(_FIRST_SILENT + 100 * number)
                self.silent[address] = self._add(fleet, address, PROFILES[0])
                self.silent[address].network = "silent"
            tls = self._build_tls() if self._https else None
            for address, other in self.others.items():
                server = other.serve(address, self.port, tls)
                running.callback(server.server_close)
                running.callback(server.shutdown)
            self._running = running.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._running.close()

    def logins(self) -> list[str]:
        """Return the addresses that received a login or a cookie."""
        devices = {**self.cameras, **self.silent}
        found = [address for address, device in devices.items() if any(entry.authorization for entry in device.journal)]
        private = {"authorization", "proxy-authorization", "cookie"}
        return found + [
            address
            for address, other in self.others.items()
            if any(private & request.headers.keys() for request in other.requests)
        ]

    def requests(self) -> dict[str, int]:
        """Return how many requests each device and server received, as far as they received any."""
        devices = {**self.cameras, **self.silent}
        counts = {address: len(device.journal) for address, device in devices.items()}
        counts |= {address: len(other.requests) for address, other in self.others.items()}
        return {address: count for address, count in counts.items() if count}

    def highest_rate(self) -> int:
        """Return how many requests any device or server received within one second, at most."""
        times = [[entry.time for entry in device.journal] for device in (*self.cameras.values(), *self.silent.values())]
        times += [[request.time for request in other.requests] for other in self.others.values()]
        return max(sum(begin <= moment < begin + 1 for moment in own) for own in times for begin in own)

    def forget(self) -> None:
        """Forget all requests."""
        for device in (*self.cameras.values(), *self.silent.values()):
            with device.lock:
                device.journal.clear()
        for other in self.others.values():
            other.requests.clear()

    def delay(self, seconds: float) -> None:
        """Delay every response of the cameras."""
        for device in self.cameras.values():
            with device.lock:
                device.faults.clear()
                if seconds:
                    device.plant_fault("delay", seconds=seconds, times=None, before_login=None)

    def _add(self, fleet: Fleet, address: str, profile: str) -> Device:
        device = fleet.add(profile, scheme="https" if self._https else "http", address=address, port=self.port)
        self.port = device.tls_port if self._https else device.port
        return device

    @staticmethod
    def _build_tls() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("router.example.com").configure_cert(context)
        return context


def _address(number: int) -> str:
    """Return an address by its number, from 0, in both networks together."""
    network, last = divmod(number, 254)
    return f"127.99.{network + 1}.{last + 1}"
