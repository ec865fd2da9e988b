# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections to devices whose every wait is bounded, over an own TLS context.

What requests and urllib3 leave open is closed here: a deadline holds for the name service, for all addresses of a name
together, for the headers and for a body that drips.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import queue
import socket
import ssl
import threading
import time
from base64 import b64encode
from functools import partial
from typing import Any, cast
from urllib.parse import unquote, urlsplit

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
    from urllib3.util import parse_url
except ImportError:
    # Never used then (_transport tells what is missing), but the classes below must be there to be imported.
    HTTPAdapter = HTTPConnection = HTTPSConnection = object  # type: ignore[assignment, misc]

#: An exchange may take this many times `timeout`: connecting, waiting, reading.
DEADLINE_FACTOR = 3
MAX_RESPONSE_SIZE = 8 * 1024 * 1024
# Headers, and the sizes of chunks.
_MAX_OVERHEAD = 1024 * 1024


class ResponseTooLarge(OSError):
    """The answer has more bytes than any device sends."""


class ExchangeState:
    """The exchange at hand: the time left for it, whether any of its bytes went out, and what came."""

    def __init__(self) -> None:
        self._end = 0.0
        self._read_timeout = 0.0
        self._bytes_left = 0
        self.sent = False
        self.answer: _TimedResponse | None = None

    def start(self, timeout: float) -> None:
        self._end = time.monotonic() + DEADLINE_FACTOR * timeout
        self._read_timeout = timeout
        self._bytes_left = MAX_RESPONSE_SIZE + _MAX_OVERHEAD
        self.sent = False
        self.answer = None

    def next_wait(self) -> float:
        """Seconds that the next read may wait.

        :raises TimeoutError: when the deadline has passed.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        return min(left, self._read_timeout)

    def count(self, read: int) -> None:
        """Take note of bytes that came.

        :raises ResponseTooLarge: when they are too many for one answer.
        """
        self._bytes_left -= read
        if self._bytes_left < 0:
            raise ResponseTooLarge("the answer is too large")


class DNSTimeout(TimeoutError):
    """No address for a name in time."""


def _addresses(host: str, port: int, seconds: float) -> list[Any]:
    """What ``getaddrinfo`` says, and no later than that: the limits of the resolver itself may be a minute."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        found: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_ask_for_addresses, args=(host, port, found), daemon=True).start()
        try:
            answer = found.get(timeout=seconds)
        except queue.Empty:
            raise DNSTimeout from None
        if isinstance(answer, UnicodeError):
            raise socket.gaierror(socket.EAI_NONAME, "no name can be like this") from None
        if isinstance(answer, Exception):
            raise answer from None
        return list(answer)
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _ask_for_addresses(host: str, port: int, found: queue.SimpleQueue[Any]) -> None:
    try:
        found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        found.put(error)


def connect(host: str, port: int, state: ExchangeState) -> socket.socket:
    """A connection to the first address of a host that takes one, all tries together within the state.

    :raises OSError: ``TimeoutError`` and ``socket.gaierror`` among them.
    """
    failure = OSError("the name has no address")
    for family, kind, protocol, _name, address in _addresses(host, port, state.next_wait()):
        sock = socket.socket(family, kind, protocol)
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


class _TimedReader(io.RawIOBase):
    """Reads a socket, each read bounded by what the exchange has left: a device that drips bytes ends, too."""

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
    """Mixed into urllib3's connections: all waiting is against the state, and it learns when bytes go out."""

    sock: Any
    port: int
    response_class: Any

    def __init__(self, *args: Any, state: ExchangeState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._state = state
        self.response_class = self._open_answer

    def _open_answer(self, *args: Any, **kwargs: Any) -> _TimedResponse:
        self._state.answer = _TimedResponse(*args, state=self._state, **kwargs)
        return self._state.answer

    def _new_conn(self) -> socket.socket:
        try:
            return connect(cast(Any, self)._dns_host.strip("[]"), self.port, self._state)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            # A bare reset would pass for one that came after the request.
            raise NewConnectionError(cast(Any, self), f"no connection: {error}") from error

    def _tunnel(self) -> None:
        try:
            cast(Any, super())._tunnel()
        finally:
            self._state.sent = False  # what went out so far was for the proxy

    def request(self, *args: Any, **kwargs: Any) -> None:
        # What TLS still holds of an answer that is read would be taken for the next one.
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            cast(Any, self).close()
        cast(Any, super()).request(*args, **kwargs)

    def send(self, data: Any) -> None:
        if self.sock is None:
            cast(Any, self).connect()
        self._state.sent = True
        cast(Any, super()).send(data)


class _TimedHTTPConnection(_TimedConnection, HTTPConnection):
    pass


class _TimedHTTPSConnection(_TimedConnection, HTTPSConnection):
    pass


def _timed_pool(state: ExchangeState, scheme: str, host: str, port: int, **options: Any) -> Any:
    encrypted = scheme == "https"
    pool: Any = (HTTPSConnectionPool if encrypted else HTTPConnectionPool)(host, port, **options)
    pool.ConnectionCls = partial(_TimedHTTPSConnection if encrypted else _TimedHTTPConnection, state=state)
    return pool


class DeviceAdapter(HTTPAdapter):
    """One connection to one device, with an own TLS context in place of what requests sets up for each."""

    def __init__(self, state: ExchangeState, tls: dict[str, Any]) -> None:
        self._state = state
        self._tls = tls
        self._pool: Any = None
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *_args: Any, **_options: Any) -> None:
        """Nothing: a manager of pools is for many hosts, and costs more than the pool."""

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None
        for manager in self.proxy_manager.values():
            manager.clear()

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options, **self._tls)
        manager.pool_classes_by_scheme = {
            scheme: partial(_timed_pool, self._state, scheme) for scheme in ("http", "https")
        }
        return manager

    def proxy_headers(self, proxy: Any) -> dict[str, str]:
        """The login of the proxy as UTF-8; requests knows Latin-1 only, and breaks where there is no password."""
        parts = urlsplit(str(proxy))
        if not parts.username:
            return {}
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"Proxy-Authorization": "Basic " + b64encode(login.encode()).decode("ascii")}

    def send(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().send(*args, **kwargs)
        except Exception:
            # urllib3 leaves an answer open whose length it cannot make sense of.
            if self._state.answer is not None:
                self._state.answer.close()
            raise

    def build_response(self, req: Any, resp: Any) -> Any:
        """The answer as it is: requests would parse its cookies and guess at its encoding."""
        response = requests.Response()
        response.status_code, response.raw, response.request = resp.status, resp, req
        return response

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Nothing: the context says it all (requests would read its bundle again for each connection)."""

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        return self.get_connection(request.url, proxies)

    def get_connection(self, url: Any, proxies: Any = None) -> HTTPConnectionPool:
        if proxy := requests.utils.select_proxy(str(url), proxies):
            through: HTTPConnectionPool = self.proxy_manager_for(proxy).connection_from_url(str(url))
            return through
        if self._pool is None:
            address: Any = parse_url(str(url))
            options = {"maxsize": 1, **self._tls}
            self._pool = _timed_pool(self._state, address.scheme, address.host, address.port, **options)
        pool: HTTPConnectionPool = self._pool
        return pool
