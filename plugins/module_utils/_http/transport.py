# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP exchange with one device, bounded in time and size, over a persistent connection.

Environment variables, redirects, and cookies are ignored. TLS uses its own ``SSLContext``.
"""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    DeviceUnreachableError,
    Text,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import (
    DEADLINE_FACTOR,
    MAX_RESPONSE_SIZE,
    DeviceAdapter,
    DNSTimeoutError,
    ExchangeState,
    FingerprintMismatchError,
    HandshakeClosedError,
    NameMismatchError,
    ResponseRooms,
    ResponseTooLargeError,
    Secure,
    Stage,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import (
    Observer,
    RawExchange,
    hide_credentials,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.libraries import check_libraries
from ansible_collections.camfleet.axis.plugins.module_utils._http.messages import device_message
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import (
    TLSSettings,
    compute_fingerprint,
    explain_failure,
    read_peer_certificate,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.watchdog import WATCHDOG

IMPORT_ERROR: str | None = None
try:
    import requests
    from urllib3.exceptions import HTTPError
    from urllib3.util import parse_url
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

_HEADERS = {"User-Agent": "camfleet.axis", "Accept-Encoding": "identity"}
# Written by http.client.
_TUNNEL_STATUS = re.compile(r"Tunnel connection failed: (?P<status>\d{3})\b", re.ASCII)
_CHUNK_SIZE = 64 * 1024
#: The statuses of responses with a body that means something: a result, or a SOAP fault.
_MEANINGFUL = frozenset({200, 400, 500})
_RAISE_LIMITS = "Raise the limits of this machine (ulimit -a), or check fewer devices at the same time."
#: The errors of the operating system that say nothing about the device.
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
_NO_HOST = frozenset({errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ETIMEDOUT})
_CHECK_ADDRESS = device_message("Check that the device is running, and check {host}, {port} and {protocol}.")


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The content of a POST."""

    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """A response: status, headers as sent, and the body if a result or a fault may be in it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> tuple[str, ...]:
        """Return all values of one header; its name is case-insensitive."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


class NotConnectedError(Exception):
    """There is no open connection, and the request may not open one. Nothing was sent."""


class Transport:
    """The HTTP transport to one device.

    :param base_url: ``https://host:port``.
    :param timeout: seconds to connect, and for each read.
    :param max_response: bytes of a body.
    :raises UnsafeLibraryError: ``unsafe_library``.
    """

    def __init__(
        self,
        base_url: str,
        tls: TLSSettings,
        timeout: float,
        proxy: str | None = None,
        max_response: int = MAX_RESPONSE_SIZE,
    ) -> None:
        check_libraries()
        self._base_url = base_url
        self._port = base_url.rpartition(":")[2]
        self._tls = tls
        self._timeout = timeout
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._max_response = max_response
        self._state = ExchangeState(max_response)
        # Without a session of requests, which would parse cookies, and read the whole body of a redirect.
        self._adapter = DeviceAdapter(self._state, self._build_secure())
        # Whether the port for plain HTTP speaks TLS, or None as long as that is unknown.
        self._speaks_tls = None if base_url.startswith("http:") and not proxy else False
        #: called after each exchange, also a failed one
        self.observe: Observer | None = None

    def _build_secure(self) -> Secure | None:
        if not self._base_url.startswith("https:"):
            return None
        return partial(self._tls.secure, self._tls.context())

    @property
    def connection(self) -> int:
        """Return the number of the current or last connection."""
        return self._state.connections

    def close(self) -> None:
        """Close the connection."""
        self._adapter.close()
        self.leave_rooms()

    def abort(self) -> None:
        """End the current exchange, which then fails; called by another thread."""
        self._state.abort()

    def share_rooms(self, rooms: ResponseRooms) -> None:
        """Wait in these rooms before more of a large response is read."""
        self._state.rooms = rooms

    def leave_rooms(self) -> None:
        """Make room for other large responses; to be called when nothing of the last one is needed."""
        self._state.leave_rooms()

    def send(
        self,
        method: str,
        target: str,
        authorization: str | None,
        content: RequestBody | None = None,
        *,
        may_connect: bool = True,
    ) -> Response:
        """Send one request and return its response.

        :param may_connect: whether to open a connection if there is none.
        :raises NotConnectedError: if that would be necessary and is not allowed.
        :raises DeviceUnreachableError: no connection, no trusted certificate, or no complete response in time.
        :raises DeviceError: ``malformed_response``, when the response is too large.
        """
        request = _build_request(method, self._base_url + target, authorization, content)
        if self.observe is None:
            return self._send(request, may_connect=may_connect)
        response, failure = None, None
        try:
            response = self._send(request, may_connect=may_connect)
        except (AxisError, NotConnectedError) as error:
            failure = error
            raise
        finally:
            if not isinstance(failure, NotConnectedError):
                self.observe(self._build_raw_exchange(request, target, response, failure))
        return response

    def _build_raw_exchange(
        self, request: Any, target: str, response: Response | None, error: Exception | None
    ) -> RawExchange:
        sent = (request.method, target, hide_credentials(request.headers), request.body or b"", self.connection)
        if response is None:
            return RawExchange(*sent, error=error)
        return RawExchange(*sent, response.status, response.headers, response.body)

    def _send(self, request: Any, *, may_connect: bool) -> Response:
        self._state.start(self._timeout, may_connect=may_connect)
        try:
            response = self._exchange(request)
        except AxisError:
            self._abandon()
            raise
        except Exception as error:  # whatever the libraries raise, the request may have been sent
            self._abandon()
            if _has_cause(_causes(error), ResponseTooLargeError):
                raise self._response_too_large() from error
            if self._state.needed_connection and not self._state.sent:
                raise NotConnectedError from error
            raise self._unreachable(error) from error
        # Apache, for example, sends this status when a port for TLS receives plain HTTP.
        if response.status == 400 and self._is_tls_port():
            raise _plain_http_to_tls_port()
        self._speaks_tls = False
        return response

    def _abandon(self) -> None:
        self._state.close()
        self.leave_rooms()

    def _exchange(self, request: Any) -> Response:
        with (
            WATCHDOG.guard(self._state),
            self._adapter.send(request, stream=True, timeout=self._timeout, proxies=self._proxies) as received,
        ):
            is_meaningful = received.status_code in _MEANINGFUL or self.observe is not None
            body = self._read_body(received.raw, is_kept=is_meaningful)
        if self._state.has_expired:
            # What ended the wait looks like the end of the body.
            raise TimeoutError("the response did not end in time")
        if not is_meaningful:
            self.leave_rooms()
        return Response(received.status_code, tuple(received.raw.headers.items()), body)

    def _read_body(self, raw: Any, *, is_kept: bool) -> bytes:
        raw.enforce_content_length = True  # the default of urllib3 2, not of 1.26
        chunks: list[bytes] = []
        size = 0
        try:
            for chunk in raw.stream(_CHUNK_SIZE, decode_content=False):
                size += len(chunk)
                if size > self._max_response:
                    raise self._response_too_large()
                if is_kept:
                    chunks.append(chunk)
            return b"".join(chunks)
        finally:
            # The traceback of an error refers to this frame.
            chunks.clear()

    def _response_too_large(self) -> DeviceError:
        return DeviceError(
            "malformed_response",
            f"The response is larger than {self._max_response / 1024 / 1024:g} MiB",
            device_message("Check that {host} and {port} are those of the device."),
            maybe_applied=True,
        )

    def read_certificate(self) -> bytes | None:
        """Return the certificate that the device shows (DER), trusted or not; no request is sent.

        :raises DeviceUnreachableError: no connection, or no TLS on it.
        """
        self._state.start(self._timeout)
        try:
            return self._read_peer_certificate()
        except ssl.SSLError as error:
            raise self._tls_error([error]) from error
        except OSError as error:
            raise self._not_connected(_causes(error)) from error

    def _read_peer_certificate(self) -> bytes | None:
        address = parse_url(self._base_url)
        host = (address.host or "").strip("[]")
        return read_peer_certificate(host, address.port or 443, self._tls.server_name, self._state)

    def _is_tls_port(self) -> bool:
        """Return whether the port completes a TLS handshake, tried once and only before the first valid response."""
        if self._speaks_tls is None:
            try:
                self._speaks_tls = self._read_peer_certificate() is not None
            except OSError:
                self._speaks_tls = False
        return self._speaks_tls

    def _unreachable(self, error: Exception) -> DeviceUnreachableError:
        causes = _causes(error)
        if reason := _find_exhausted(causes):
            text = f"This machine cannot open another connection ({reason})"
            return DeviceUnreachableError("unreachable", text, _RAISE_LIMITS, maybe_applied=self._state.sent)
        if not self._state.sent:
            return self._not_connected(causes)
        # The built-in type: that of urllib3 includes refused connections.
        if self._state.has_expired or _has_cause(causes, TimeoutError):
            limits = f"{self._timeout:g} s for each read, {DEADLINE_FACTOR * self._timeout:g} s in total"
            return self._timed_out(f"No complete response in time ({limits})", maybe_applied=True)
        is_expected = isinstance(error, (OSError, ValueError, HTTPError, http.client.HTTPException))
        if not is_expected or (self._state.stage is Stage.UNKNOWN and not self._state.reuses_connection):
            text = f"The request failed ({type(error).__name__}), and may have been sent"
            return DeviceUnreachableError("unreachable", text, _CHECK_ADDRESS, maybe_applied=True)
        if self._is_tls_port():
            return _plain_http_to_tls_port()
        return DeviceUnreachableError(
            "unreachable",
            "The device closed the connection before the response was complete",
            device_message("Run again. If the error persists, check {protocol}, {port}, and the log of the device."),
            maybe_applied=True,
            connection_lost=True,
        )

    def _not_connected(self, causes: list[BaseException]) -> DeviceUnreachableError:
        """Return the error for a connection that could not be opened, so that nothing was sent."""
        if _has_cause(causes, HandshakeClosedError) and not self._state.has_expired:
            peer = "The device or the proxy" if self._proxies else "The device"
            text = f"{peer} closed the connection during the TLS handshake"
            return DeviceUnreachableError("unreachable", text, _CHECK_ADDRESS, connection_lost=True)
        if _has_cause(causes, ssl.SSLError) and not _has_cause(causes, HandshakeClosedError):
            return self._tls_error(causes)
        if self._state.has_expired or _has_cause(causes, TimeoutError):
            what = "DNS did not resolve the host name" if _has_cause(causes, DNSTimeoutError) else self._no_connection
            return self._timed_out(f"{what} within {self._timeout:g} s", maybe_applied=False)
        if _has_cause(causes, socket.gaierror):
            next_step = device_message("Correct {host}, or the DNS record of the device.")
            return DeviceUnreachableError("unreachable", "The host name does not resolve", next_step)
        if self._proxies and self._state.stage in (Stage.CONNECT, Stage.TUNNEL):
            next_step = device_message("Check {proxy}, and that the proxy allows connections to the device.")
            text = f"No connection through the proxy{_reason(causes)}"
            return DeviceUnreachableError("unreachable", text, next_step)
        # The device accepted the connection and closed it before this side saw that it was open.
        is_lost = _has_cause(causes, ConnectionResetError)
        text = f"{self._no_connection}{_reason(causes)}"
        return DeviceUnreachableError("unreachable", text, _CHECK_ADDRESS, connection_lost=is_lost)

    @property
    def _no_connection(self) -> str:
        return f"No connection to port {self._port}"

    @staticmethod
    def _timed_out(text: str, *, maybe_applied: bool) -> DeviceUnreachableError:
        next_step = device_message("Check the device and the network, or increase {timeout}.")
        return DeviceUnreachableError("timeout", text, next_step, maybe_applied=maybe_applied)

    def _tls_error(self, causes: list[BaseException]) -> DeviceUnreachableError:
        failure = explain_failure(causes)
        if not failure.untrusted:
            return DeviceUnreachableError("tls", failure.message, failure.next_step)
        fingerprint = self._read_fingerprint()
        shown = f"The SHA-256 of the certificate is {fingerprint}" if fingerprint else None
        return DeviceUnreachableError(
            "tls",
            failure.message,
            self._build_tls_next_step(failure.next_step, fingerprint),
            detail=". ".join(filter(None, (failure.detail, shown))) or None,
        )

    def _build_tls_next_step(self, next_step: Text, fingerprint: str | None) -> Text:
        """Return what to do about an untrusted certificate.

        :param next_step: what to do instead of pinning it.
        :param fingerprint: the one that the device shows now, if it could be read.
        """
        values = {"playbook": "camfleet.axis.pin_certificates", "next_step": next_step}
        if fingerprint is None and self._proxies:
            text = "Read the certificate without the proxy: run the playbook {playbook} on a machine that needs none."
        elif fingerprint is None:
            text = "The certificate could not be read again. Run again, or run the playbook {playbook}."
        elif fingerprint == self._tls.fingerprint:
            text = "A second connection showed the pinned certificate: check whether two devices have this address."
        elif self._tls.fingerprint:
            text = (
                "The certificate was renewed, or the connection is intercepted. If you have verified that the "
                "certificate is that of the device, set {tls_fingerprint} to its SHA-256, or run the playbook "
                "{playbook} with pin_certificates_replace=true."
            )
        else:
            text = (
                "{next_step} Or verify that the certificate is that of the device, and set {tls_fingerprint} to its "
                "SHA-256, for example with the playbook {playbook}."
            )
        return device_message(text, **values)

    def _read_fingerprint(self) -> str | None:
        if self._proxies:
            return None  # a connection that bypasses the proxy may reach another device
        try:
            certificate = self._read_peer_certificate()
        except OSError:
            return None
        return compute_fingerprint(certificate) if certificate else None


def is_refused(error: AxisError) -> bool:
    """Return whether the host of a device refused the connection, so that nothing listens on the port."""
    return _has_cause(_causes(error), ConnectionRefusedError)


def has_no_host(error: AxisError) -> bool:
    """Return whether the network found no device that has the address."""
    return any(isinstance(cause, OSError) and cause.errno in _NO_HOST for cause in _causes(error))


def is_untrusted(error: AxisError) -> bool:
    """Return whether the certificate is not trusted, or not for the address; another failure of TLS is neither."""
    untrusted = (ssl.SSLCertVerificationError, NameMismatchError, FingerprintMismatchError)
    return any(isinstance(cause, untrusted) for cause in _causes(error))


def _plain_http_to_tls_port() -> DeviceUnreachableError:
    # A server may speak both, so the request counts as sent.
    text = "The port speaks TLS, and the request was sent as plain HTTP"
    return DeviceUnreachableError("tls", text, device_message("Set {protocol}: https."), maybe_applied=True)


def _build_request(method: str, url: str, authorization: str | None, content: RequestBody | None) -> Any:
    # Without prepare(), which handles cookies, hooks, and parameters: see Optimizations in docs/benchmarks.md.
    request: Any = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, content.body if content else None
    request.headers = dict(_HEADERS)
    if authorization:
        request.headers["Authorization"] = authorization
    if content:
        request.headers.update({"Content-Type": content.type, "Content-Length": str(len(content.body))})
    return request


def _reason(causes: Sequence[BaseException]) -> str:
    """Return the reason of the operating system, or the status of the proxy, in parentheses."""
    for cause in causes:
        if isinstance(cause, OSError):
            if cause.strerror:
                return f" ({cause.strerror})"
            if rejected := _TUNNEL_STATUS.match(str(cause)):
                return f" (HTTP {rejected['status']})"
    return ""


def _find_exhausted(causes: Sequence[BaseException]) -> str | None:
    """Return of what this machine has no more, if that is the reason."""
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in _EXHAUSTED:
            return cause.strerror
        if isinstance(cause, MemoryError) or (isinstance(cause, RuntimeError) and "thread" in str(cause)):
            return str(cause) or "no memory"
    return None


def _has_cause(causes: list[BaseException], cause_type: type[BaseException]) -> bool:
    return any(isinstance(cause, cause_type) for cause in causes)


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
