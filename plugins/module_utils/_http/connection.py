# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections to devices with a bound on every wait, over an SSLContext of this collection.

requests and urllib3 have no deadline for DNS, for all addresses of a name together, for the headers, and for a body
that arrives byte by byte. Here one deadline covers all of them.
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
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError
    from urllib3.util import parse_url
    from urllib3.util.ssl_match_hostname import CertificateError
except ImportError:
    # The transport module reports what is missing; the classes below only have to be importable.
    HTTPAdapter = HTTPConnection = HTTPSConnection = object  # type: ignore[assignment, misc]

#: An exchange may take this many times ``timeout``: connecting, waiting, reading.
DEADLINE_FACTOR = 3
#: bytes of a body
MAX_RESPONSE_SIZE = 8 * 1024 * 1024
# Bytes of headers and chunk sizes.
_MAX_OVERHEAD = 1024 * 1024


class ResponseTooLargeError(OSError):
    """The response has more bytes than any device sends."""


class DNSTimeoutError(TimeoutError):
    """DNS did not resolve a name in time."""


class NameMismatchError(ssl.SSLError):
    """The certificate has neither the expected name nor the address."""


class FingerprintMismatchError(ssl.SSLError):
    """The certificate is not the pinned one."""


class ExchangeState:
    """The current exchange: its remaining time, whether any of its bytes were sent, and its response."""

    def __init__(self) -> None:
        self._end = 0.0
        self._read_timeout = 0.0
        self._bytes_left = 0
        self.sent = False
        self.response: _TimedResponse | None = None
        #: the number of connections that were opened so far
        self.connections = 0
        #: whether the exchange may open a connection, and whether it needed one although it may not
        self.may_connect = True
        self.needed_connection = False

    def start(self, timeout: float, *, may_connect: bool = True) -> None:
        """Start an exchange with a time limit of so many seconds for each read."""
        self._end = time.monotonic() + DEADLINE_FACTOR * timeout
        self._read_timeout = timeout
        self._bytes_left = MAX_RESPONSE_SIZE + _MAX_OVERHEAD
        self.sent = False
        self.response = None
        self.may_connect = may_connect
        self.needed_connection = False

    def next_wait(self) -> float:
        """Return the seconds that the next operation may take.

        :raises TimeoutError: when the deadline has passed.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the response did not end in time")
        return min(left, self._read_timeout)

    def count(self, read: int) -> None:
        """Count received bytes.

        :raises ResponseTooLargeError: when they exceed the limit for one response.
        """
        self._bytes_left -= read
        if self._bytes_left < 0:
            raise ResponseTooLargeError("the response is too large")


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
    """Mixin for urllib3's connections: bounds all waiting, and records whether bytes were sent."""

    sock: Any
    port: int
    response_class: Any

    def __init__(self, *args: Any, state: ExchangeState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._state = state
        self.response_class = self._open_response

    def _open_response(self, *args: Any, **kwargs: Any) -> _TimedResponse:
        self._state.response = _TimedResponse(*args, state=self._state, **kwargs)
        return self._state.response

    def _new_conn(self) -> socket.socket:
        if not self._state.may_connect:
            self._state.needed_connection = True
            raise NewConnectionError(cast(Any, self), "the exchange may only use an open connection")
        self._state.connections += 1
        try:
            return connect(cast(Any, self)._dns_host.strip("[]"), self.port, self._state)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "no connection in time") from error
        except OSError as error:
            # A plain reset would be mistaken for one after the request.
            raise NewConnectionError(cast(Any, self), f"no connection: {error}") from error

    def _tunnel(self) -> None:
        try:
            cast(Any, super())._tunnel()
        finally:
            self._state.sent = False  # the bytes sent so far were for the proxy

    def request(self, *args: Any, **kwargs: Any) -> None:
        # Bytes that TLS still buffers after a response would be read as the next response.
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
    def connect(self) -> None:
        # urllib3 verifies name and fingerprint; types of our own say which of them failed, independent of its texts.
        try:
            super().connect()
        except CertificateError as error:
            if isinstance(error, ssl.SSLError):  # an alias in old releases of urllib3
                raise
            raise NameMismatchError(ssl.SSL_ERROR_SSL, str(error)) from error
        except SSLError as error:
            text = "its fingerprint is not the pinned one"
            raise FingerprintMismatchError(ssl.SSL_ERROR_SSL, text) from error


def _timed_pool(state: ExchangeState, scheme: str, host: str, port: int, **options: Any) -> Any:
    encrypted = scheme == "https"
    pool: Any = (HTTPSConnectionPool if encrypted else HTTPConnectionPool)(host, port, **options)
    pool.ConnectionCls = partial(_TimedHTTPSConnection if encrypted else _TimedHTTPConnection, state=state)
    return pool


class DeviceAdapter(HTTPAdapter):
    """One connection to one device, with a given SSLContext instead of the one that requests sets up."""

    def __init__(self, state: ExchangeState, tls: dict[str, Any]) -> None:
        self._state = state
        self._tls = tls
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
        manager = super().proxy_manager_for(proxy, **options, **self._tls)
        manager.pool_classes_by_scheme = {
            scheme: partial(_timed_pool, self._state, scheme) for scheme in ("http", "https")
        }
        return manager

    def proxy_headers(self, proxy: Any) -> dict[str, str]:
        """Return the proxy credentials as UTF-8; requests supports Latin-1 only, and fails without a password."""
        parts = urlsplit(str(proxy))
        if not parts.username:
            return {}
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"Proxy-Authorization": "Basic " + b64encode(login.encode()).decode("ascii")}

    def send(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().send(*args, **kwargs)
        except Exception:
            # urllib3 does not close a response with an invalid length.
            if self._state.response is not None:
                self._state.response.close()
            raise

    def build_response(self, req: Any, resp: Any) -> Any:
        """Return the response unprocessed: requests would parse its cookies and guess its encoding."""
        response = requests.Response()
        response.status_code, response.raw, response.request = resp.status, resp, req
        return response

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: the context has all settings (requests would read its bundle again for each connection)."""

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        return self.get_connection(request.url, proxies)

    def get_connection(self, url: Any, proxies: Any = None) -> HTTPConnectionPool:
        if proxy := requests.utils.select_proxy(str(url), proxies):
            proxied: HTTPConnectionPool = self.proxy_manager_for(proxy).connection_from_url(str(url))
            return proxied
        if self._pool is None:
            address: Any = parse_url(str(url))
            options = {"maxsize": 1, **self._tls}
            self._pool = _timed_pool(self._state, address.scheme, address.host, address.port, **options)
        pool: HTTPConnectionPool = self._pool
        return pool
