# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP exchange with one device, bounded in time and size, over a connection that is kept.

Nothing is taken from the environment, redirects are not followed, cookies not kept, and trust is an own ``SSLContext``.
"""

from __future__ import annotations

import socket
import ssl
import traceback
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError, DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import (
    DEADLINE_FACTOR,
    MAX_RESPONSE_SIZE,
    DeviceAdapter,
    DNSTimeout,
    ExchangeState,
    ResponseTooLarge,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import (
    TLSSettings,
    peer_certificate,
    sha256_of,
    tls_reason,
)

IMPORT_ERROR: str | None = None
try:
    import requests
    import urllib3
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

_HEADERS = {"User-Agent": "camfleet.axis", "Accept-Encoding": "identity"}
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What a POST carries."""

    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: status, headers as sent, the body's bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> tuple[str, ...]:
        """All values of one header, by its name in any case."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


class Transport:
    """Sends requests to one device.

    :param base_url: ``https://host:port``.
    :param timeout: seconds to connect, and for each read.
    """

    def __init__(self, base_url: str, tls: TLSSettings, timeout: float, proxy: str | None = None) -> None:
        self._base_url = base_url
        self._tls = tls
        self._timeout = timeout
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._state = ExchangeState()
        # Without a session of requests, which would parse cookies, and read what a redirect carries to its end.
        self._adapter = DeviceAdapter(self._state, self._tls_options())

    def _tls_options(self) -> dict[str, Any]:
        if not self._base_url.startswith("https:"):
            return {}
        if not self._tls.validate:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        options = {
            "ssl_context": self._tls.context(),
            "server_hostname": self._tls.server_name,
            "assert_hostname": self._tls.server_name,
            "assert_fingerprint": self._tls.fingerprint,
        }
        return {name: value for name, value in options.items() if value is not None}

    def close(self) -> None:
        """Close the connection."""
        self._adapter.close()

    def send(self, method: str, target: str, authorization: str | None, content: RequestBody | None = None) -> Response:
        """One request and its answer.

        :raises DeviceUnreachableError: no connection, no trust, or no whole answer in time.
        :raises DeviceError: ``malformed_response``, when the answer is too large.
        """
        request = _request(method, self._base_url + target, authorization, content)
        self._state.start(self._timeout)
        try:
            with self._adapter.send(request, stream=True, timeout=self._timeout, proxies=self._proxies) as response:
                return Response(response.status_code, tuple(response.raw.headers.items()), self._body(response.raw))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if any(isinstance(cause, ResponseTooLarge) for cause in _causes(error)):
                raise _too_large() from error
            raise self._not_reached(error) from error

    @staticmethod
    def _body(raw: Any) -> bytes:
        raw.enforce_content_length = True  # the default of urllib3 2, not of 1.26
        body = bytearray()
        for chunk in raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > MAX_RESPONSE_SIZE:
                raise _too_large()
        return bytes(body)

    def _not_reached(self, error: Exception) -> DeviceUnreachableError:
        sent, causes = self._state.sent, _causes(error)
        if any(isinstance(cause, ssl.SSLEOFError) for cause in causes) and not sent:
            what = f"The device{' or the proxy' if self._proxies else ''} closed the connection while TLS was set up"
            return DeviceUnreachableError(
                "unreachable", what, "Check that the device is up, and host, port and protocol.", connection_lost=True
            )
        if isinstance(error, requests.exceptions.SSLError) and not sent:
            return self._not_trusted(causes)
        if any(isinstance(cause, TimeoutError) for cause in causes):  # urllib3 calls a refused connection one, too
            limit = f"{self._timeout:g} s for each read, {DEADLINE_FACTOR * self._timeout:g} s in all"
            what = f"No whole answer in time ({limit})" if sent else f"No connection within {self._timeout:g} s"
            if any(isinstance(cause, DNSTimeout) for cause in causes):
                what = f"No address for the name within {self._timeout:g} s"
            return DeviceUnreachableError(
                "timeout", what, "Check the device and the network, or raise timeout.", maybe_applied=sent
            )
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            return DeviceUnreachableError(
                "unreachable", "The name does not resolve", "Correct host, or the name service."
            )
        if isinstance(error, requests.exceptions.ProxyError):
            return DeviceUnreachableError(
                "unreachable", "The proxy cannot be used", "Check the proxy option and the proxy."
            )
        if sent:
            what = "The device closed the connection without a whole answer"
            return DeviceUnreachableError(
                "unreachable",
                what,
                "Run again; if it persists, look at the device.",
                maybe_applied=True,
                connection_lost=True,
            )
        reason = next((str(cause.strerror) for cause in causes if isinstance(cause, OSError) and cause.strerror), "")
        what = "No connection" + (f" ({reason})" if reason else "")
        return DeviceUnreachableError("unreachable", what, "Check that the device is up, and host, port and protocol.")

    def certificate(self) -> bytes | None:
        """The certificate that the device shows (DER), whether or not it is trusted; nothing is sent.

        :raises DeviceUnreachableError: no connection, or no TLS on it.
        """
        self._state.start(self._timeout)
        try:
            return self._peer_certificate()
        except ssl.SSLError as error:
            raise DeviceUnreachableError(
                "tls",
                f"No TLS on this port ({tls_reason([error])})",
                "Check port, and whether the device has HTTPS at all.",
            ) from error
        except OSError as error:
            raise self._not_reached(error) from error

    def _not_trusted(self, causes: list[BaseException]) -> DeviceUnreachableError:
        reason = tls_reason(causes)
        seen = self._seen_fingerprint()
        if seen is None and not self._proxies:
            next_step = "Check that the device speaks TLS on this port, or use protocol: http."
        elif seen is None:
            next_step = "Look from a machine that needs no proxy at which certificate the device shows."
        elif seen == self._tls.fingerprint:
            next_step = "At a second look the right one was there: see whether two devices have this address."
        elif self._tls.fingerprint:
            next_step = f"It shows SHA-256 {seen}. If you know that this is right, set tls_fingerprint to it."
        else:
            next_step = (
                f"It shows the certificate with SHA-256 {seen}. Set ca_path or tls_server_name, or pin this "
                "certificate with tls_fingerprint once you know that it is the device's."
            )
        return DeviceUnreachableError(
            "tls", f"The TLS connection is not trusted ({reason}); no credential was sent", next_step
        )

    def _seen_fingerprint(self) -> str | None:
        if self._proxies:
            return None  # what a connection past the proxy shows may be another device's
        try:
            certificate = self._peer_certificate()
        except OSError:
            return None
        return sha256_of(certificate) if certificate else None

    def _peer_certificate(self) -> bytes | None:
        address = urllib3.util.parse_url(self._base_url)
        host = (address.host or "").strip("[]")
        return peer_certificate(host, address.port or 443, self._tls.server_name, self._state)


def _too_large() -> DeviceError:
    return DeviceError(
        "malformed_response",
        f"The answer is larger than {MAX_RESPONSE_SIZE // 1024 // 1024} MiB",
        "Check that the address is the device's.",
        maybe_applied=True,
    )


def _request(method: str, url: str, authorization: str | None, content: RequestBody | None) -> Any:
    # Not by its prepare(), which spends a millisecond of each worker on cookies, hooks and parameters.
    request: Any = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, content.body if content else None
    request.headers = dict(_HEADERS)  # urllib3 copies it, which takes one without case a third of a millisecond
    if authorization:
        request.headers["Authorization"] = authorization
    if content:
        request.headers.update({"Content-Type": content.type, "Content-Length": str(len(content.body))})
    return request


def _causes(error: BaseException) -> list[BaseException]:
    # urllib3 and requests wrap in three ways: cause and context, reason, and the first argument.
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and item not in found:
            found.append(item)
            waiting += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
    return found
