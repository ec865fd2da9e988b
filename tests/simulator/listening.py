# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sockets of the fleet and the event loop behind them, in a thread of its own."""

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

from .delivery import deliver, usual
from .device import Device
from .line import Line, reset_on_close
from .messages import Answer, Request, unanswered
from .visit import Visit

_BACKLOG = 1024
# Seconds for answers under way when the fleet stops; 0 would be for ever.
_GRACE = 0.01
# Turns of the event loop in which a connection that was broken off is cleared away.
_TURNS_TO_CLOSE = 20
_ACCEPT_AGAIN = 0.05


@dataclass(frozen=True)
class Listener:
    """A listening socket; `find` gives the device behind a local address, None for an address nobody has.

    `owner` is the device that has the port for itself.
    """

    socket: socket.socket
    tls: bool
    find: Callable[[str], Device | None]
    owner: Device | None = None

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])


def listen(address: str) -> socket.socket:
    """A socket on a free port. The wildcard address is for the whole of 127.0.0.0/8, never for another interface."""
    with _bound(address, 0) as free:
        # A port asked for by its number stays the socket's when it ceases to listen; one that was given does not.
        listening = _bound(address, free.getsockname()[1])
    listening.listen(_BACKLOG)
    return listening


def _bound(address: str, port: int) -> socket.socket:
    place = ipaddress.ip_address(address)
    bound = socket.socket(socket.AF_INET if place.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if not place.is_loopback and hasattr(socket, "SO_BINDTODEVICE"):
        # Where this is not allowed, accepting still turns everybody else away.
        with contextlib.suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    bound.setblocking(False)
    try:
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


class _Server(web.Server):
    """aiohttp's server, knowing which device each connection belongs to."""

    def __init__(self, answer: Callable[[web.BaseRequest], Coroutine[Any, Any, web.StreamResponse]]) -> None:
        super().__init__(answer, access_log=None, keepalive_timeout=75)
        self.lines: dict[web.RequestHandler, Line] = {}

    def on_line(self, line: Line) -> web.RequestHandler:
        protocol = self()
        self.lines[protocol] = line
        return protocol

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        if line := self.lines.pop(handler, None):
            line.gone.set()


class Listening:
    """Accepts connections from `start` to `stop`; listeners may be added at any time."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server: _Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent: list[tuple[Device, socket.socket]] = []
        self._ends = False

    def add(self, listener: Listener) -> None:
        self._listeners.append(listener)
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._begin_with(listener), self._loop).result()

    def rewire(self, device: Device) -> None:
        """Follows a change of the device's network at once, in any thread, under its lock."""
        for listener in self._listeners:
            if listener.owner is device and device.network == "refused":
                listener.socket.shutdown(socket.SHUT_RDWR)
            elif listener.owner is device:
                listener.socket.listen(_BACKLOG)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._break_off, device)

    def start(self) -> None:
        """Returns when every socket is accepted on."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="axis-simulator", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result()

    def stop(self) -> None:
        """Closes every connection and socket, and ends the thread."""
        if self._loop is not None and self._thread is not None:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = None
        for listener in self._listeners:
            listener.socket.close()
        self._listeners.clear()

    async def _begin(self) -> None:
        self._server = _Server(self._answer)
        for listener in self._listeners:
            self._open(listener)

    async def _begin_with(self, listener: Listener) -> None:
        self._open(listener)

    def _open(self, listener: Listener) -> None:
        if not self._ends:
            asyncio.get_running_loop().add_reader(listener.socket, self._accept, listener)

    async def _end(self) -> None:
        self._ends = True
        for listener in self._listeners:
            asyncio.get_running_loop().remove_reader(listener.socket)
        open_ones = [] if self._server is None else [protocol.transport for protocol in self._server.lines]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _device, connection in self._silent:
            connection.close()
        if self._server is None:
            return
        await self._server.shutdown(_GRACE)
        for transport in open_ones:
            # A TLS connection would wait for the client's farewell.
            if transport is not None:
                transport.abort()
        for _turn in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)

    def _end_with_the_rest(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _accept(self, listener: Listener) -> None:
        """Takes one connection; the loop calls again while more clients queue."""
        try:
            connection, _unused = listener.socket.accept()
        except BlockingIOError:
            return
        except OSError:
            # Out of file descriptors, or the network is "refused": wait for that to pass.
            loop = asyncio.get_running_loop()
            loop.remove_reader(listener.socket)
            loop.call_later(_ACCEPT_AGAIN, self._open, listener)
            return
        connection.setblocking(False)
        device = listener.find(connection.getsockname()[0])
        if device is None:
            connection.close()
            return
        with device.lock:
            if device.network == "up":
                device.connections += 1
                self._begin_to_serve(connection, Line(device, device.connections, listener.tls, device.outages))
            else:
                self._turn_away(connection, device)

    def _turn_away(self, connection: socket.socket, device: Device) -> None:
        if device.network == "silent":
            self._silent.append((device, connection))
            return
        if device.network == "reset":
            reset_on_close(connection)
        connection.close()

    def _break_off(self, device: Device) -> None:
        """Ends what began before the device's network changed."""
        if self._server is None:
            return
        with device.lock:
            for protocol, line in list(self._server.lines.items()):
                if line.device is device and protocol.transport is not None:
                    line.sever(protocol.transport)
            silent, self._silent = self._silent, []
            for owner, connection in silent:
                if owner is device:
                    self._turn_away(connection, device)
                else:
                    self._silent.append((owner, connection))

    def _begin_to_serve(self, connection: socket.socket, line: Line) -> None:
        def close_if_cancelled(task: asyncio.Task[None]) -> None:
            # The fleet stopped before or amid a handshake, which asyncio would rather see through.
            if task.cancelled():
                connection.close()

        task = asyncio.get_running_loop().create_task(self._serve(connection, line))
        task.add_done_callback(close_if_cancelled)
        self._end_with_the_rest(task)

    async def _serve(self, connection: socket.socket, line: Line) -> None:
        assert self._server is not None
        loop = asyncio.get_running_loop()
        context = line.device.certificate.context if line.tls and line.device.certificate else None
        server = self._server
        try:
            transport, _unused = await loop.connect_accepted_socket(
                lambda: server.on_line(line), connection, ssl=context
            )
        except (OSError, ssl.SSLError):
            # A client that does not trust the certificate hangs up here.
            connection.close()
        else:
            with line.device.lock:
                line.sever(transport)

    async def _answer(self, incoming: web.BaseRequest) -> web.StreamResponse:
        assert self._server is not None
        # A request that is delayed outlives its connection: the client has given up by then.
        if task := asyncio.current_task():
            self._end_with_the_rest(task)
        line = self._server.lines[incoming.protocol]
        request = await _read(incoming, line)
        answer = await _visit(line, request)
        # As every web server does, by its own clock.
        date = ("Date", format_datetime(line.device.now, usegmt=True))
        answer = replace(answer, headers=(*answer.headers, date))
        if answer.delivery is None:
            return usual(answer)
        return await deliver(incoming, line, answer, answer.delivery)


async def _visit(line: Line, request: Request) -> Answer:
    """Lets go of the lock while a fault delays, and notices when the connection broke meanwhile."""
    with line.device.lock:
        if line.broken:
            return unanswered("hold")
        visit = Visit(line.device, request)
    await asyncio.sleep(visit.seconds_before)
    with line.device.lock:
        answer = visit.finish()
    await asyncio.sleep(visit.seconds_after)
    with line.device.lock:
        return visit.give_up() if line.broken else answer


async def _read(incoming: web.BaseRequest, line: Line) -> Request:
    transport = incoming.transport
    peer = transport.get_extra_info("peername") if transport is not None else None
    return Request(
        connection=line.ordinal,
        client=peer[0] if peer else "",
        tls=line.tls,
        method=incoming.method,
        target=incoming.raw_path,
        headers={name.lower(): value for name, value in incoming.headers.items()},
        body=await incoming.read(),
    )
