# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of the fleet: its sockets, and the event loop in a separate thread."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from .connection import Connection, set_reset_on_close
from .device import Device
from .messages import Request, Response, no_response
from .request_handler import RequestHandler
from .response_writer import build_response, write_response

_BACKLOG = 1024
# Seconds that running responses get when the fleet stops; 0 means no limit.
_SHUTDOWN_TIMEOUT = 0.01
# Iterations of the event loop in which aborted connections are cleaned up.
_SHUTDOWN_TURNS = 20
_ACCEPT_RETRY_DELAY = 0.05


@dataclass(frozen=True)
class Listener:
    """A listening socket.

    `find` returns the device of a local address, or None. `owner` is the device that does not share the port.
    """

    socket: socket.socket
    tls: bool
    find: Callable[[str], Device | None]
    owner: Device | None = None

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])


def listen(address: str, port: int = 0) -> socket.socket:
    """Listen on a port, or on a free one. The wildcard address covers 127.0.0.0/8, never another interface."""
    with _bind(address, port) as free:
        # The kernel keeps an explicitly requested port while the socket does not listen, but not an assigned one.
        listening = _bind(address, free.getsockname()[1])
    listening.listen(_BACKLOG)
    return listening


def _bind(address: str, port: int) -> socket.socket:
    ip_address = ipaddress.ip_address(address)
    bound = socket.socket(socket.AF_INET if ip_address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if not ip_address.is_loopback and hasattr(socket, "SO_BINDTODEVICE"):
        # Without this permission, `_accept` still rejects other addresses.
        with contextlib.suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    bound.setblocking(False)
    try:
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


class _HttpServer(web.Server):
    """aiohttp's server, with the device of each connection."""

    def __init__(self, respond: Callable[[web.BaseRequest], Coroutine[Any, Any, web.StreamResponse]]) -> None:
        super().__init__(respond, access_log=None, keepalive_timeout=75)
        self.open_connections: dict[web.RequestHandler, Connection] = {}
        #: also those that aiohttp no longer knows, because they only wait for the client to read
        self.transports: dict[asyncio.BaseProtocol, asyncio.Transport] = {}

    def protocol_for(self, connection: Connection) -> web.RequestHandler:
        protocol = self()
        self.open_connections[protocol] = connection
        return protocol

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self.transports.pop(handler, None)
        if connection := self.open_connections.pop(handler, None):
            connection.closed.set()


class Server:
    """Accept connections from `start` to `stop`; listeners can be added at any time."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._reserved: list[socket.socket] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server: _HttpServer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent: list[tuple[Device, socket.socket]] = []
        self._stopping = False

    def add(self, listener: Listener) -> None:
        self._listeners.append(listener)
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._add_running(listener), self._loop).result()

    def reserve(self, address: str) -> int:
        """Reserve a port that refuses connections until `stop`."""
        self._reserved.append(_bind(address, 0))
        return int(self._reserved[-1].getsockname()[1])

    def apply_network(self, device: Device) -> None:
        """Apply a change of the device's network. Call this in any thread, with the device's lock."""
        for listener in self._listeners:
            if listener.owner is device and device.network == "refused":
                listener.socket.shutdown(socket.SHUT_RDWR)
            elif listener.owner is device:
                listener.socket.listen(_BACKLOG)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._close_broken, device)

    def start(self) -> None:
        """Start the server; return when every socket accepts connections.

        Raise RuntimeError if it runs.
        """
        if self._loop is not None:
            raise RuntimeError("the server runs already")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="axis-simulator", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()

    def stop(self) -> None:
        """Close every connection and socket, and end the thread."""
        if self._loop is not None and self._thread is not None:
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = None
        for listener in self._listeners:
            listener.socket.close()
        self._listeners.clear()
        for reserved in self._reserved:
            reserved.close()
        self._reserved.clear()

    async def _start(self) -> None:
        self._server = _HttpServer(self._respond)
        for listener in self._listeners:
            self._open(listener)

    async def _add_running(self, listener: Listener) -> None:
        self._open(listener)

    def _open(self, listener: Listener) -> None:
        if not self._stopping:
            asyncio.get_running_loop().add_reader(listener.socket, self._accept, listener)

    async def _stop(self) -> None:
        self._stopping = True
        for listener in self._listeners:
            asyncio.get_running_loop().remove_reader(listener.socket)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _device, accepted in self._silent:
            accepted.close()
        if self._server is None:
            return
        await self._server.shutdown(_SHUTDOWN_TIMEOUT)
        for transport in list(self._server.transports.values()):
            # A TLS connection would wait for the client's close_notify.
            transport.abort()
        for _turn in range(_SHUTDOWN_TURNS):
            await asyncio.sleep(0)

    def _track(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _accept(self, listener: Listener) -> None:
        """Accept one connection; the loop calls this again while more clients wait."""
        if self._stopping:
            return
        try:
            accepted, _unused = listener.socket.accept()
        except BlockingIOError:
            return
        except OSError:
            # No file descriptor is left, or the network is "refused": retry later.
            loop = asyncio.get_running_loop()
            loop.remove_reader(listener.socket)
            loop.call_later(_ACCEPT_RETRY_DELAY, self._open, listener)
            return
        accepted.setblocking(False)
        device = listener.find(accepted.getsockname()[0])
        if device is not None and device.replaced_by is not None:
            device = device.replaced_by
        if device is None:
            accepted.close()
            return
        with device.lock:
            if device.network == "up":
                device.connections += 1
                device_connection = Connection(device, device.connections, listener.tls, device.network_changes)
                self._start_serving(accepted, device_connection)
            else:
                self._reject(accepted, device)

    def _reject(self, accepted: socket.socket, device: Device) -> None:
        if device.network == "silent":
            self._silent.append((device, accepted))
            return
        if device.network == "reset":
            set_reset_on_close(accepted)
        accepted.close()

    def _close_broken(self, device: Device) -> None:
        """Close the connections that began before the device's network changed."""
        if self._server is None:
            return
        with device.lock:
            for protocol, connection in list(self._server.open_connections.items()):
                if connection.device is device and protocol.transport is not None:
                    connection.close_if_broken(protocol.transport)
            silent, self._silent = self._silent, []
            for owner, accepted in silent:
                if owner is device:
                    self._reject(accepted, device)
                else:
                    self._silent.append((owner, accepted))

    def _start_serving(self, accepted: socket.socket, connection: Connection) -> None:
        def close_if_cancelled(task: asyncio.Task[None]) -> None:
            # The fleet stopped before or during a handshake, which asyncio does not abort.
            if task.cancelled():
                accepted.close()

        task = asyncio.get_running_loop().create_task(self._serve(accepted, connection))
        task.add_done_callback(close_if_cancelled)
        self._track(task)

    async def _serve(self, accepted: socket.socket, connection: Connection) -> None:
        assert self._server is not None
        loop = asyncio.get_running_loop()
        context = connection.device.certificate.context if connection.tls and connection.device.certificate else None
        server = self._server
        try:
            transport, protocol = await loop.connect_accepted_socket(
                lambda: server.protocol_for(connection), accepted, ssl=context
            )
        except (OSError, ssl.SSLError):
            # A client that does not trust the certificate disconnects here.
            accepted.close()
        else:
            if protocol in server.open_connections:
                server.transports[protocol] = transport
            with connection.device.lock:
                connection.close_if_broken(transport)

    async def _respond(self, incoming: web.BaseRequest) -> web.StreamResponse:
        assert self._server is not None
        # A delayed request outlives its connection if the client disconnects first.
        if task := asyncio.current_task():
            self._track(task)
        connection = self._server.open_connections[incoming.protocol]
        request = await _read(incoming, connection)
        response = await _handle(connection, request)
        # Every web server sends its own clock.
        date = ("Date", format_datetime(connection.device.now, usegmt=True))
        response = replace(response, headers=(*response.headers, date))
        if response.transmission is None:
            return build_response(response)
        return await write_response(incoming, connection, response, response.transmission)


async def _handle(connection: Connection, request: Request) -> Response:
    """Handle a request without holding the lock during a delay; detect a connection that broke meanwhile."""
    with connection.device.lock:
        if connection.is_broken:
            return no_response("hold")
        handler = RequestHandler(connection.device, request)
    await asyncio.sleep(handler.delay_before)
    with connection.device.lock:
        response = handler.finish()
    await asyncio.sleep(handler.delay_after)
    with connection.device.lock:
        return handler.abandon() if connection.is_broken else response


async def _read(incoming: web.BaseRequest, connection: Connection) -> Request:
    transport = incoming.transport
    peer = transport.get_extra_info("peername") if transport is not None else None
    return Request(
        connection=connection.ordinal,
        client=peer[0] if peer else "",
        tls=connection.tls,
        method=incoming.method,
        target=incoming.raw_path,
        headers={name.lower(): value for name, value in incoming.headers.items()},
        body=await incoming.read(),
    )
