# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP exchange with one device, bounded in time and size, over a connection that is kept.

What requests leaves open is closed here: an exchange has a deadline that holds for headers too, trust is an own
``SSLContext``, nothing is taken from the environment, and redirects are not followed.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import socket
import ssl
import time
import traceback
from base64 import b64encode
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    DeviceRefused,
    NotReached,
    invalid_option,
)

IMPORT_ERROR: str | None = None
try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
    # Never used then, but the classes below must be there to be imported.
    HTTPAdapter = HTTPConnection = HTTPSConnection = object  # type: ignore[assignment, misc]

LARGEST_ANSWER = 8 * 1024 * 1024
#: An exchange may take this many times `timeout`: connecting, waiting, reading.
DEADLINE_FACTOR = 3
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Trust:
    """What makes a device's certificate good.

    :param ca_path: file or directory of certificates to trust instead of the system's.
    :param server_name: the name to expect in the certificate instead of the address.
    :param fingerprint: SHA-256 of the certificate, 64 hexadecimal digits; it alone decides then.
    """

    validate: bool = True
    ca_path: str | None = None
    server_name: str | None = None
    fingerprint: str | None = None

    def context(self) -> ssl.SSLContext:
        """:raises Refused: ``invalid_option``, when ``ca_path`` cannot be read as certificates."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # urllib3 checks the name instead, also for an address, for which its version 1 sends no server name.
        context.check_hostname = False
        if self.fingerprint or not self.validate:
            context.verify_mode = ssl.CERT_NONE
        elif self.ca_path is None:
            context.load_default_certs()
        else:
            self._load(context, self.ca_path)
        return context

    @staticmethod
    def _load(context: ssl.SSLContext, path: str) -> None:
        try:
            context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
        except OSError as error:  # ssl.SSLError is one, too
            raise invalid_option(
                f"ca_path {path} cannot be read as certificates ({error})",
                "Name a PEM file, or a directory prepared with c_rehash, that this process may read.",
            ) from error


@dataclass(frozen=True, slots=True)
class Content:
    """What a POST carries."""

    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers as sent, the body's bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> tuple[str, ...]:
        """All values of one header, by its name in any case."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


class _Clock:
    """The time left for the exchange at hand, and whether any of its bytes went out."""

    def __init__(self) -> None:
        self._end = 0.0
        self._read_timeout = 0.0
        self.sent = False

    def start(self, timeout: float) -> None:
        self._end = time.monotonic() + DEADLINE_FACTOR * timeout
        self._read_timeout = timeout
        self.sent = False

    def next_wait(self) -> float:
        """Seconds that the next read may wait.

        :raises TimeoutError: when the deadline has passed.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer did not end in time")
        return min(left, self._read_timeout)


class _TimedReader(io.RawIOBase):
    """Reads a socket, each read bounded by what the exchange has left: a device that drips bytes ends, too."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, clock: _Clock) -> None:
        self._sock = sock
        self._raw = raw
        self._clock = clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._clock.next_wait())
        return cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, clock: _Clock, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw: Any = self.fp.detach()
        self.fp = io.BufferedReader(_TimedReader(sock, raw, clock))


class _TimedConnection:
    """Mixed into urllib3's connections: answers are read against the clock, and it learns when bytes go out."""

    sock: Any
    response_class: Any

    def __init__(self, *args: Any, clock: _Clock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock
        self.response_class = partial(_TimedResponse, clock=clock)

    def send(self, data: Any) -> None:
        if self.sock is None:
            cast(Any, self).connect()
        self._clock.sent = True
        cast(Any, super()).send(data)


class _TimedHTTPConnection(_TimedConnection, HTTPConnection):
    pass


class _TimedHTTPSConnection(_TimedConnection, HTTPSConnection):
    pass


def _timed_pool(clock: _Clock, scheme: str, host: str, port: int, **options: Any) -> Any:
    encrypted = scheme == "https"
    pool: Any = (HTTPSConnectionPool if encrypted else HTTPConnectionPool)(host, port, **options)
    pool.ConnectionCls = partial(_TimedHTTPSConnection if encrypted else _TimedHTTPConnection, clock=clock)
    return pool


class _DeviceAdapter(HTTPAdapter):
    """One connection to one device, with an own TLS context in place of what requests sets up for each."""

    def __init__(self, clock: _Clock, tls: dict[str, Any]) -> None:
        self._clock = clock
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **options, **self._tls)
        self._use_timed_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options, **self._tls)
        self._use_timed_pools(manager)
        return manager

    def proxy_headers(self, proxy: Any) -> dict[str, str]:
        """The login of the proxy as UTF-8; requests knows Latin-1 only, and breaks where there is no password."""
        parts = urlsplit(str(proxy))
        if not parts.username:
            return {}
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"Proxy-Authorization": "Basic " + b64encode(login.encode()).decode("ascii")}

    def _use_timed_pools(self, manager: Any) -> None:
        manager.pool_classes_by_scheme = {
            scheme: partial(_timed_pool, self._clock, scheme) for scheme in ("http", "https")
        }

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Nothing: the context says it all (requests would read its bundle again for each connection)."""

    def get_connection_with_tls_context(
        self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        return self.get_connection(request.url, proxies)

    def get_connection(self, url: Any, proxies: Any = None) -> HTTPConnectionPool:
        proxy = requests.utils.select_proxy(str(url), proxies)
        manager = self.proxy_manager_for(proxy) if proxy else self.poolmanager
        pool: HTTPConnectionPool = manager.connection_from_url(str(url))
        return pool


class Transport:
    """Sends requests to one device.

    :param base: ``https://host:port``.
    :param timeout: seconds to connect, and for each read.
    """

    def __init__(self, base: str, trust: Trust, timeout: float, proxy: str | None = None) -> None:
        self._base = base
        self._trust = trust
        self._timeout = timeout
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._clock = _Clock()
        self._session = requests.Session()
        self._session.trust_env = False
        # Else it makes the next request all the same, and breaks when it cannot.
        self._session.get_redirect_target = lambda _response: None  # type: ignore[method-assign, assignment]
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": "camfleet.axis", "Accept-Encoding": "identity"})
        self._session.mount(f"{base.partition(':')[0]}://", _DeviceAdapter(self._clock, self._tls_options()))

    def _tls_options(self) -> dict[str, Any]:
        if not self._base.startswith("https:"):
            return {}
        if not self._trust.validate:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        options = {
            "ssl_context": self._trust.context(),
            "server_hostname": self._trust.server_name,
            "assert_hostname": self._trust.server_name,
            "assert_fingerprint": self._trust.fingerprint,
        }
        return {name: value for name, value in options.items() if value is not None}

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def exchange(self, method: str, target: str, authorization: str | None, content: Content | None = None) -> Answer:
        """One request and its answer.

        :raises NotReached: no connection, no trust, or no whole answer in time.
        :raises DeviceRefused: ``malformed_response``, when the answer is too large.
        """
        headers = {"Authorization": authorization} if authorization else {}
        if content:
            headers["Content-Type"] = content.type
        self._clock.start(self._timeout)
        try:
            response = self._session.request(
                method,
                self._base + target,
                headers=headers,
                data=content.body if content else None,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                proxies=self._proxies,
            )
            with response:
                return Answer(response.status_code, tuple(response.raw.headers.items()), self._body(response.raw))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._not_reached(error) from error

    @staticmethod
    def _body(raw: Any) -> bytes:
        raw.enforce_content_length = True  # the default of urllib3 2, not of 1.26
        body = bytearray()
        for chunk in raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise DeviceRefused(
                    "malformed_response",
                    f"The answer is larger than {LARGEST_ANSWER // 1024 // 1024} MiB",
                    "Check that the address is the device's.",
                    maybe_applied=True,
                )
        return bytes(body)

    def _not_reached(self, error: Exception) -> NotReached:
        sent, causes = self._clock.sent, _causes(error)
        if isinstance(error, requests.exceptions.SSLError) and not sent:
            return self._not_trusted(causes)
        if any(isinstance(cause, TimeoutError) for cause in causes):  # urllib3 calls a refused connection one, too
            limit = f"{self._timeout:g} s for each read, {DEADLINE_FACTOR * self._timeout:g} s in all"
            what = f"No whole answer in time ({limit})" if sent else f"No connection within {self._timeout:g} s"
            return NotReached(
                "timeout", what, "Check the device and the network, or raise timeout.", maybe_applied=sent
            )
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return NotReached("unreachable", "The name does not resolve", "Correct host, or the name service.")
        if isinstance(error, requests.exceptions.ProxyError):
            return NotReached("unreachable", "The proxy cannot be used", "Check the proxy option and the proxy.")
        if sent:
            what = "The device closed the connection without a whole answer"
            return NotReached(
                "unreachable", what, "Run again; if it persists, look at the device.", maybe_applied=True, dropped=True
            )
        reason = next((str(cause.strerror) for cause in causes if isinstance(cause, OSError) and cause.strerror), "")
        what = "No connection" + (f" ({reason})" if reason else "")
        return NotReached("unreachable", what, "Check that the device is up, and host, port and protocol.")

    def _not_trusted(self, causes: list[BaseException]) -> NotReached:
        reason = _tls_reason(causes)
        seen = None if self._proxies else _peer_fingerprint(self._base, self._trust.server_name, self._timeout)
        if seen is None:
            next_step = "Check that the device speaks TLS on this port, or use protocol: http."
        elif self._trust.fingerprint:
            next_step = f"It shows SHA-256 {seen}. If you know that this is right, set tls_fingerprint to it."
        else:
            next_step = (
                f"It shows the certificate with SHA-256 {seen}. Set ca_path or tls_server_name, or pin this "
                "certificate with tls_fingerprint once you know that it is the device's."
            )
        return NotReached("tls", f"The TLS connection is not trusted ({reason}); no credential was sent", next_step)


def _causes(error: BaseException) -> list[BaseException]:
    # urllib3 and requests wrap in three ways: cause and context, reason, and the first argument.
    found: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        item = queue.pop(0)
        if isinstance(item, BaseException) and item not in found:
            found.append(item)
            queue += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
    return found


def _tls_reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return str(cause.verify_message)
    for cause in causes:
        if type(cause).__name__ == "CertificateError":  # urllib3's, for a name that does not match
            return str(cause)
    if any("ingerprint" in str(cause) for cause in causes):
        return "its certificate has another fingerprint than tls_fingerprint"
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return str(cause.reason).lower().replace("_", " ")
    return "TLS handshake failed"


def _peer_fingerprint(base: str, server_name: str | None, timeout: float) -> str | None:
    """SHA-256 of the certificate that a device shows, read on a connection on which nothing is sent."""
    address = urllib3.util.parse_url(base)
    host = (address.host or "").strip("[]")
    context = Trust(validate=False).context()
    try:
        with (
            socket.create_connection((host, address.port or 443), timeout) as sock,
            context.wrap_socket(sock, server_hostname=server_name or host) as tls,
        ):
            certificate = tls.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return None
    return hashlib.sha256(certificate).hexdigest() if certificate else None
