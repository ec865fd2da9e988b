# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections to devices with a bound on every wait, over an SSLContext of this collection.

requests and urllib3 have no deadline for DNS, for all addresses of a name together, for the headers, and for a body
that arrives byte by byte. Here one deadline covers all of them. Whether a request may have been sent is derived from
what happens here, too: a request counts as sent unless the connection for it could not be opened.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import math
import queue
import select
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Any, Protocol, cast
from urllib.parse import unquote, urlsplit

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import NewConnectionError
    from urllib3.util import parse_url
except ImportError:
    # The transport module reports what is missing; the classes below only have to be importable.
    HTTPAdapter = HTTPConnection = HTTPSConnection = object  # type: ignore[assignment, misc]

#: An exchange may take this many times ``timeout``: connecting, waiting, reading.
DEADLINE_FACTOR = 3
#: bytes of a body
MAX_RESPONSE_SIZE = 8 * 1024 * 1024
#: Received bytes, from which on a response waits for the next room.
ROOM_SIZES = (64 * 1024, 256 * 1024)
# Bytes of headers and chunk sizes; and how many times as large as the body they may be.
_MAX_OVERHEAD, _OVERHEAD_FACTOR = 1024 * 1024, 4
# Seconds after the deadline in which the exchange ends itself.
_GRACE = 0.25


class ResponseTooLargeError(OSError):
    """The response has more bytes than any device sends."""


class DNSTimeoutError(TimeoutError):
    """DNS did not resolve a name in time."""


class HandshakeClosedError(ConnectionError):
    """The peer closed or reset the connection during the TLS handshake."""


class NameMismatchError(ssl.SSLError):
    """The certificate has neither the expected name nor the address."""


class FingerprintMismatchError(ssl.SSLError):
    """The certificate is not the pinned one."""


class ResponseRooms(Protocol):
    """What a large response waits for, so that many of them do not fill the memory.

    The rooms have numbers, in the order of ``ROOM_SIZES``. A response leaves them in the opposite order.
    """

    def enter(self, number: int) -> bool:
        """Wait for a place in the room, for a limited time; return whether there is one."""

    def leave(self, number: int) -> None:
        """Free the place."""


class _OpenRooms:
    """The rooms of a task on one device, which has one response at a time."""

    def enter(self, number: int) -> bool:
        """Do not wait."""
        return False

    def leave(self, number: int) -> None:
        """Do nothing."""


class Stage(Enum):
    """How far an exchange is, as observed by the code of this file only."""

    #: nothing is known: the request may have been sent, or be sent at any time
    UNKNOWN = "unknown"
    CONNECT = "connect"
    TUNNEL = "tunnel"
    HANDSHAKE = "handshake"
    #: a connection is open
    REQUEST = "request"


_UNSENT = frozenset({Stage.CONNECT, Stage.TUNNEL, Stage.HANDSHAKE})


class ExchangeState:
    """The current exchange: its remaining time, how far it is, and its response.

    :param max_response: bytes of a body.
    """

    def __init__(self, max_response: int = MAX_RESPONSE_SIZE) -> None:
        self._end = 0.0
        self._read_timeout = 0.0
        self._max_bytes = max_response + min(_MAX_OVERHEAD, _OVERHEAD_FACTOR * max_response)
        self._bytes_left = 0
        self.stage = Stage.UNKNOWN
        #: whether the exchange began with an open connection
        self.reuses_connection = False
        #: whether the exchange was aborted, because nothing else ended it in time
        self.has_expired = False
        #: the last connection
        self.connection: _TimedConnection | None = None
        self.response: _TimedResponse | None = None
        #: the number of connections that were opened so far
        self.connections = 0
        #: whether the exchange may open a connection, and whether it needed one although it may not
        self.may_connect = True
        self.needed_connection = False
        #: limit how many large responses there are at the same time
        self.rooms: ResponseRooms = _OpenRooms()
        self._entered: list[bool] = []

    def start(self, timeout: float, *, may_connect: bool = True) -> None:
        """Start an exchange with a time limit of so many seconds for each read."""
        self.leave_rooms()
        self._end = time.monotonic() + DEADLINE_FACTOR * timeout
        self._read_timeout = timeout
        self._bytes_left = self._max_bytes
        self.stage = Stage.UNKNOWN
        self.reuses_connection = self.connection is not None and self.connection.keep_if_idle()
        self.has_expired = False
        self.response = None
        self.may_connect = may_connect
        self.needed_connection = False

    @property
    def sent(self) -> bool:
        """Return whether bytes of the request may have been sent; False is proven."""
        return self.stage not in _UNSENT

    def enter(self, stage: Stage) -> None:
        """Record how far the exchange is; if a connection was open before, it proves nothing."""
        if not self.reuses_connection:
            self.stage = stage

    def is_overdue(self) -> bool:
        """Return whether the deadline passed so long ago that the exchange should have ended."""
        return time.monotonic() > self._end + _GRACE

    def abort(self) -> None:
        """End every wait of the exchange for its socket; called by another thread."""
        self.has_expired = True
        if self.connection is not None:
            # Not the method of an SSLSocket, which must not be used by two threads. There may be no socket now.
            with suppress(OSError, TypeError):
                socket.socket.shutdown(self.connection.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close connection and response: urllib3, for example, does not close a response with an invalid length."""
        for item in (self.response, self.connection):
            if item is not None:
                cast(Any, item).close()

    def next_wait(self) -> float:
        """Return the seconds that the next operation may take.

        :raises TimeoutError: when the deadline has passed.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the response did not end in time")
        return min(left, self._read_timeout)

    @property
    def received(self) -> int:
        """Return the number of bytes that were received."""
        return self._max_bytes - self._bytes_left

    def count(self, read: int) -> None:
        """Count received bytes; wait if they are many, and other responses as large fill the memory.

        :raises ResponseTooLargeError: when they exceed the limit for one response.
        """
        self._bytes_left -= read
        if self._bytes_left < 0:
            raise ResponseTooLargeError("the response is too large")
        while len(self._entered) < len(ROOM_SIZES) and self.received > ROOM_SIZES[len(self._entered)]:
            self._enter_room()

    def _enter_room(self) -> None:
        left = self._end - time.monotonic()
        # The device does not cause this wait.
        self._end = math.inf
        try:
            self._entered.append(self.rooms.enter(len(self._entered)))
        finally:
            self._end = time.monotonic() + left

    def leave_rooms(self) -> None:
        """Make room for other large responses; to be called when nothing of this one is needed."""
        while self._entered:
            if self._entered.pop():
                self.rooms.leave(len(self._entered))


def _resolve(host: str, port: int, seconds: float) -> list[Any]:
    """Return what ``getaddrinfo`` returns within so many seconds; its own time limit may be a minute."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        found: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_resolve_in_thread, args=(host, port, found), daemon=True).start()
        try:
            outcome = found.get(timeout=seconds)
        except queue.Empty:
            raise DNSTimeoutError from None
        if isinstance(outcome, UnicodeError):
            raise socket.gaierror(socket.EAI_NONAME, "the name is not valid") from None
        if isinstance(outcome, Exception):
            raise outcome from None
        return list(outcome)
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _resolve_in_thread(host: str, port: int, found: queue.SimpleQueue[Any]) -> None:
    try:
        found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        found.put(error)


def connect(host: str, port: int, state: ExchangeState) -> socket.socket:
    """Return a connection to the first address of a host that accepts one; one deadline covers all attempts.

    :raises OSError: among them ``TimeoutError`` and ``socket.gaierror``.
    """
    failure = OSError("the name has no address")
    for family, socket_type, protocol, _name, address in _resolve(host, port, state.next_wait()):
        sock = socket.socket(family, socket_type, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(state.next_wait())
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


#: Opens a connection to a host and a port.
Connect = Callable[[str, int, ExchangeState], socket.socket]
#: Begins TLS on a connection to a host, and verifies the host; raises ``ssl.SSLError``.
Secure = Callable[[socket.socket, str, ExchangeState], ssl.SSLSocket]


class _TimedReader(io.RawIOBase):
    """A socket whose reads are bounded by the remaining time, also if a device sends byte by byte."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, state: ExchangeState) -> None:
        self._sock = sock
        self._raw = raw
        self._state = state

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._state.next_wait())
        read = cast("int | None", self._raw.readinto(buffer))
        self._state.count(read or 0)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, state: ExchangeState, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw: Any = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(sock, raw, state))


class _TimedConnection:
    """Mixin for urllib3's connections: opens them, bounds all waiting, and records how far the exchange is."""

    sock: Any
    host: str
    port: int
    response_class: Any
    _tunnel_host: str | None
    # Others may set that of http.client to print every request, with its login.
    debuglevel = 0

    def __init__(
        self, *args: Any, state: ExchangeState, connect: Connect, secure: Secure | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._state = state
        self._connect = connect
        self._secure = secure
        self.response_class = self._open_response

    def _open_response(self, *args: Any, **kwargs: Any) -> _TimedResponse:
        self._state.response = _TimedResponse(*args, state=self._state, **kwargs)
        return self._state.response

    def connect(self) -> None:
        """Open the connection without code of urllib3, and verify the device on it."""
        state = self._state
        state.enter(Stage.CONNECT)
        if not state.may_connect:
            state.needed_connection = True
            raise NewConnectionError(cast(Any, self), "the exchange may only use an open connection")
        state.connections += 1
        state.connection = self
        try:
            self._open()
        except BaseException:
            cast(Any, self).close()
            raise
        state.enter(Stage.REQUEST)

    def _open(self) -> None:
        state, this = self._state, cast(Any, self)
        try:
            self.sock = self._connect(this._dns_host.strip("[]"), self.port, state)
        except OSError as error:
            # A plain reset would be mistaken for one after the request.
            raise NewConnectionError(this, f"no connection: {error}") from error
        if self._tunnel_host:
            state.enter(Stage.TUNNEL)
            this._tunnel()
        if self._secure is not None:
            state.enter(Stage.HANDSHAKE)
            self.sock = self._secure(self.sock, self._tunnel_host or self.host, state)
            # Otherwise urllib3 shows a warning that does not name the device.
            this.is_verified = True

    def keep_if_idle(self) -> bool:
        """Return whether the connection is open and nothing arrived on it since the last response; close it if not."""
        sock = self.sock
        if sock is None:
            return False
        poll = select.poll()
        try:
            poll.register(sock, select.POLLIN)
            # Bytes that TLS still buffers after a response would be read as the next response.
            if not poll.poll(0) and not (hasattr(sock, "pending") and sock.pending()):
                return True
        except (OSError, ValueError):
            pass  # its socket is closed
        cast(Any, self).close()
        return False


class _TimedHTTPConnection(_TimedConnection, HTTPConnection):
    pass


class _TimedHTTPSConnection(_TimedConnection, HTTPSConnection):
    pass


class DeviceAdapter(HTTPAdapter):
    """One connection to one device.

    :param secure: begins TLS on a connection, and verifies the device; None for plain HTTP.
    """

    def __init__(self, state: ExchangeState, secure: Secure | None, connect: Connect = connect) -> None:
        self._state = state
        self._options: dict[str, Any] = {"state": state, "secure": secure, "connect": connect}
        self._pool: Any = None
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: a pool manager is for many hosts, and costs more than the pool."""

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None
        for manager in self.proxy_manager.values():
            manager.clear()

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = {scheme: partial(self._build_pool, scheme) for scheme in ("http", "https")}
        return manager

    def _build_pool(self, scheme: str, host: str, port: int, **options: Any) -> Any:
        encrypted = scheme == "https"
        pool: Any = (HTTPSConnectionPool if encrypted else HTTPConnectionPool)(host, port, **options)
        connection = _TimedHTTPSConnection if encrypted else _TimedHTTPConnection
        pool.ConnectionCls = partial(connection, **self._options)
        return pool

    def proxy_headers(self, proxy: Any) -> dict[str, str]:
        """Return the proxy credentials as UTF-8; requests supports Latin-1 only, and fails without a password."""
        parts = urlsplit(str(proxy))
        if not parts.username:
            return {}
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"Proxy-Authorization": "Basic " + b64encode(login.encode()).decode("ascii")}

    def build_response(self, req: Any, resp: Any) -> Any:
        """Return the response unprocessed: requests would parse its cookies and guess its encoding."""
        response = requests.Response()
        response.status_code, response.raw, response.request = resp.status, resp, req
        return response

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: urllib3 does not begin TLS (requests would read its bundle again for each connection)."""

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        return self.get_connection(request.url, proxies)

    def request_url(self, request: Any, proxies: Any) -> str:
        # Without a proxy there is nothing to select, for which requests would parse the URL.
        url: str = super().request_url(request, proxies) if proxies else request.path_url
        return url

    def get_connection(self, url: Any, proxies: Any = None) -> HTTPConnectionPool:
        if proxies and (proxy := requests.utils.select_proxy(str(url), proxies)):
            proxied: HTTPConnectionPool = self.proxy_manager_for(proxy).connection_from_url(str(url))
            return proxied
        if self._pool is None:
            address: Any = parse_url(str(url))
            self._pool = self._build_pool(address.scheme, address.host, address.port, maxsize=1)
        pool: HTTPConnectionPool = self._pool
        return pool
