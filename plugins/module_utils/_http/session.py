# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session with one device: address, login, retries, pacing. It knows nothing of recording groups.

The first request goes out without credentials; its challenge is then reused, so a session costs one challenge however
many calls follow.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    DeviceUnreachableError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import Authenticator, Challenge, parse_challenges
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import RequestBody, Response, Transport

# SOAP 1.2 says a fault with these; an answer of a web server with the same status is no XML.
_FAULT_STATUSES = frozenset({400, 500})
_XML = frozenset({"application/soap+xml", "application/xml", "text/xml"})
_RETRIED_STATUSES = frozenset({429, 502, 503, 504})
_INITIAL_RETRY_DELAY = 0.5  # seconds, doubled with each retry
_MAX_RETRY_DELAY = 10.0  # seconds, whatever Retry-After says
# One to begin with, and two that have grown old before they could be used.
_MAX_CHALLENGES = 3
_BLOCK_SECONDS = 10.0  # seconds (AXIS OS knowledge base, brute force delay)


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """Where a device is and how to talk to it: everything that two tasks must share to share a session.

    :param protocol: ``https`` or ``http``.
    :param auth: ``auto``, ``digest`` or ``basic``.
    :param timeout: seconds to connect, and for each read.
    :param retries: how often a read is tried again.
    :param proxy: URL of a proxy; nothing else makes the session use one.
    """

    host: str
    port: int
    protocol: str
    username: str
    password: str = field(repr=False)
    auth: str = "auto"
    tls: TLSSettings = field(default_factory=TLSSettings)
    timeout: float = 10
    retries: int = 2
    proxy: str | None = field(default=None, repr=False)

    @property
    def base_url(self) -> str:
        """``https://host:port``, an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"


class Session:
    """Calls one device with one login, over one connection that is kept.

    :param rate_limiter: what the tasks of a run share, so that together they ask one device no faster than it bears.
    """

    def __init__(self, settings: ConnectionSettings, rate_limiter: RateLimiter | None = None) -> None:
        self.settings = settings
        #: 12 hexadecimal digits from the login realm, or None while no device has said it
        self.serial: str | None = None
        self._transport = Transport(settings.base_url, settings.tls, settings.timeout, settings.proxy)
        self._authenticator = Authenticator(
            settings.username, settings.password, settings.auth, encrypted=settings.protocol == "https"
        )
        self._login_worked = False
        self._login_refused: AxisError | None = None
        self._blocked: AxisError | None = None
        self._blocked_until = 0.0
        self._rate_limiter = rate_limiter or RateLimiter()
        self._date = ""

    def call(self, call: Call, arguments: Sequence[tuple[str, str]] = (), body: bytes = b"") -> bytes:
        """The body of a 200 answer to one request, or of a SOAP fault. Reads are tried again; a write never is.

        :param arguments: query arguments, percent-encoded here as UTF-8 with a blank as ``%20``.
        :param body: what a POST carries, of the call's content type.
        :raises DeviceUnreachableError: ``unreachable``, ``timeout``, ``tls``.
        :raises DeviceError: ``authentication``, ``forbidden``, ``blocked``, ``unsupported``, ``redirect``,
            ``malformed_response``, ``device_error``.
        """
        query = urlencode(arguments, quote_via=quote, safe="")
        target = f"{call.path}?{query}" if query else call.path
        content = RequestBody(call.content_type, body) if call.content_type else None
        tries = 1 if call.write else 1 + self.settings.retries
        for back_off in (_INITIAL_RETRY_DELAY * 2**number for number in range(tries - 1)):
            try:
                answer = self._authenticated(call, target, content)
            except DeviceUnreachableError as error:
                if not error.connection_lost:
                    raise
                time.sleep(min(back_off, _MAX_RETRY_DELAY))
                continue
            if answer.status not in _RETRIED_STATUSES:
                return _body_or_raise(answer, call)
            time.sleep(_retry_delay(answer, back_off))
        return _body_or_raise(self._authenticated(call, target, content), call)

    def certificate(self) -> bytes | None:
        """The TLS certificate that the device shows (DER), or None with HTTP; not trusted, and nothing is sent.

        :raises DeviceUnreachableError: ``unreachable``, ``timeout``, ``tls``.
        """
        return self._transport.certificate() if self.settings.protocol == "https" else None

    @property
    def device_time(self) -> datetime | None:
        """The clock of the device when it made its last answer (RFC 9110, Date), or ``None`` when it does not say."""
        try:
            moment = parsedate_to_datetime(self._date)
        except (ValueError, OverflowError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)

    def close(self) -> None:
        """Give the connection back. The session can still be used; it connects again then."""
        self._transport.close()

    def _authenticated(self, call: Call, target: str, content: RequestBody | None) -> Response:
        if self._login_refused is not None:
            raise self._login_refused
        if self._blocked is not None and time.monotonic() < self._blocked_until:
            raise self._blocked
        authorization = self._authenticator.header(call.method, target)
        answer = self._send(call.method, target, authorization, content)
        for _challenge in range(_MAX_CHALLENGES):
            if answer.status != 401:
                break
            self._answer_challenge(answer, is_first=authorization is None)
            authorization = self._authenticator.header(call.method, target)
            answer = self._send(call.method, target, authorization, content)
        if answer.status == 401:
            raise self._refuse_login()
        if answer.status == 403:
            raise self._forbidden(call, logged_in=authorization is not None)
        self._login_worked = self._login_worked or authorization is not None
        return answer

    def _answer_challenge(self, answer: Response, *, is_first: bool) -> None:
        challenges = parse_challenges(answer.header("WWW-Authenticate"))
        self._check_identity(next((item.serial for item in challenges if item.serial), None))
        if not is_first:
            # A login that worked may work again with a new challenge, and then has to prove it.
            worked, self._login_worked = self._login_worked, False
            if not self._is_stale(challenges, worked=worked):
                raise self._refuse_login()
        self._authenticator.choose(challenges)

    def _check_identity(self, serial: str | None) -> None:
        if self.serial and serial and serial != self.serial:
            # What was read before was another device's, so nothing that was planned may be done here.
            raise DeviceError(
                "conflict",
                f"Another device answers now (serial {serial}), where {self.serial} did before",
                "See whether two devices have this address, and run again.",
            )
        self.serial = serial or self.serial

    def _is_stale(self, challenges: Sequence[Challenge], *, worked: bool) -> bool:
        """Whether the challenge that was answered is refused for its age; some devices do not say so."""
        nonce = self._authenticator.nonce
        if nonce is None:
            return False
        nonces = {item.parameters.get("nonce") for item in challenges}
        return any(item.stale for item in challenges) or (worked and nonce not in nonces)

    def _forbidden(self, call: Call, *, logged_in: bool) -> AxisError:
        """Why the device answered 403: to this user only, or to everybody from here."""
        is_blocked = self._is_blocked(call) if logged_in else True
        if not is_blocked:
            why, or_wait = "the role is too low", ""
            if is_blocked is None:
                why, or_wait = "for the role, or as it blocks this address", ", or run again after 10 seconds"
            return DeviceError(
                "forbidden",
                f"The device forbids user {self.settings.username} this call (HTTP 403): {why}",
                f"Use a user with the role {call.role}{or_wait}.",
            )
        self._blocked_until = time.monotonic() + _BLOCK_SECONDS
        self._blocked = DeviceError(
            "blocked",
            "The device turns this address away (HTTP 403, also without a login): too many requests or wrong logins "
            "came from it, or an address filter forbids it",
            f"Wait {_BLOCK_SECONDS:.0f} seconds and run again. If it persists, look for what else logs in from here, "
            "and at the address filter of the device.",
        )
        return self._blocked

    def _is_blocked(self, call: Call) -> bool | None:
        # A device that does not block this address would ask for the login first.
        try:
            return self._send("GET", call.path, None, None).status == 403
        except AxisError:
            return None

    def _refuse_login(self) -> AxisError:
        # Remembered: AXIS OS blocks an address after 20 wrong logins, so a wrong one is never tried twice.
        self._login_refused = DeviceError(
            "authentication",
            f"The device did not accept the login of user {self.settings.username}",
            "Correct the user name or the password; nothing more was tried.",
        )
        return self._login_refused

    def _send(self, method: str, target: str, authorization: str | None, content: RequestBody | None) -> Response:
        with self._rate_limiter.acquire():
            answer = self._transport.send(method, target, authorization, content)
        self._date = next(iter(answer.header("Date")), "")
        return answer


def _is_xml(answer: Response) -> bool:
    return next(iter(answer.header("Content-Type")), "").partition(";")[0].strip().lower() in _XML


def _retry_delay(answer: Response, back_off: float) -> float:
    """Seconds before the next try: what Retry-After says in seconds, within bounds."""
    said = next(iter(answer.header("Retry-After")), "")
    seconds = float(said) if said.isascii() and said.isdigit() else back_off
    return min(seconds, _MAX_RETRY_DELAY)


def _body_or_raise(answer: Response, call: Call) -> bytes:
    if answer.status == 200 or (call.operation and answer.status in _FAULT_STATUSES and _is_xml(answer)):
        return answer.body
    if answer.status == 404:
        raise DeviceError(
            "unsupported",
            f"The device has no {call.path} (HTTP 404)",
            "Upgrade AXIS OS, or leave this device out: it cannot do what the task asks for.",
        )
    if 300 <= answer.status < 400:
        # Without what comes before @ and after ?: credentials stand there.
        target = re.sub(r"//[^/]*@", "//", next(iter(answer.header("Location")), "nowhere").partition("?")[0])
        raise DeviceError(
            "redirect",
            f"The device sends the request elsewhere (HTTP {answer.status} to {target})",
            "Set protocol, host and port to where the device really answers; redirects are not followed.",
            maybe_applied=call.write,
        )
    raise DeviceError(
        "device_error",
        f"The device answers HTTP {answer.status}",
        "Run again; if it persists, look at the log of the device.",
        description=f"HTTP {answer.status}",
        # Whatever it means by it: only the answers above say that nothing was made.
        maybe_applied=call.write,
    )
