# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session with one device: address, authentication, retries, and rate limit.

The first request is sent without credentials. Its challenge is reused, so that a session costs one challenge regardless
of the number of calls. It also identifies the device. With digest, a device that replaces it rejects the old challenge.
Basic has no such proof, so that each new connection begins with a request without credentials, and so does a write.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    CHECK_DEVICE_LOG,
    UPGRADE_OR_EXCLUDE,
    AxisError,
    DeviceError,
    DeviceUnreachableError,
    OutdatedWriteError,
    TimeLimitError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import Authenticator, Challenge, parse_challenges
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import ResponseRooms
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import Observer
from ansible_collections.camfleet.axis.plugins.module_utils._http.messages import device_message
from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.time_limit import TimeLimit
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import (
    NotConnectedError,
    RequestBody,
    Response,
    Transport,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets, clean, hide_login
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import as_received

# SOAP 1.2 sends a fault with these; a web server's own response with the same status is not XML.
_FAULT_STATUSES = frozenset({400, 500})
_XML_TYPES = frozenset({"application/soap+xml", "application/xml", "text/xml"})
_RETRIED_STATUSES = frozenset({429, 502, 503, 504})
_INITIAL_RETRY_DELAY = 0.5  # seconds, doubled with each retry
_MAX_RETRY_DELAY = 10.0  # seconds, also for Retry-After
# The first one, and two that became stale before they were used.
_MAX_CHALLENGES = 3
# A device has one realm, or one for each of its services.
_MAX_REALMS = 16
_MAX_CONFIRMATION_AGE = 1.0  # seconds
_BLOCK_SECONDS = 10.0  # AXIS OS knowledge base, brute force delay
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """Address of a device, credentials, and how to connect; tasks with equal settings share a session.

    :param protocol: ``https`` or ``http``.
    :param auth: ``auto``, ``digest`` or ``basic``.
    :param timeout: seconds to connect, and for each read.
    :param retries: how often a read is retried.
    :param proxy: URL of a proxy; environment variables are ignored.
    :param serial: 12 hexadecimal digits that the device must have as its serial number, or None for any.
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
    serial: str | None = None

    @property
    def base_url(self) -> str:
        """Return ``https://host:port``, with brackets around an IPv6 address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"


class LoginGate(Protocol):
    """What a session waits for before it sends a login that its device has not accepted yet.

    A few rejections block the address of the controller, and a login that no device accepts is not worth more of them.
    """

    def enter(self) -> None:
        """Wait until the login may be tried.

        :raises LoginStoppedError: too many devices rejected it, and none accepted it.
        """

    def leave(self, is_accepted: bool | None) -> None:
        """Report whether the device accepted the login, or ``None`` if that is unknown."""


class _OpenGate:
    """The gate of a task on one device, which tries its login anyway."""

    def enter(self) -> None:
        """Do not wait."""

    def leave(self, is_accepted: bool | None) -> None:
        """Forget the result."""


class Session:
    """The session with one device and one account, over a persistent connection.

    :param rate_limiter: shared by the tasks of a run, so that together they keep the device's limit.
    """

    def __init__(self, settings: ConnectionSettings, rate_limiter: RateLimiter | None = None) -> None:
        self.settings = settings
        #: what no text of the device may show
        self._secrets = _build_secrets(settings)
        #: 12 hexadecimal digits from the authentication realm, or None as long as it is unknown
        self.serial: str | None = None
        #: the serial number of the device that an earlier task of the run checked, if the settings name none
        self.checked_serial: str | None = None
        #: reads the serial number without a login, for a device whose realm does not contain it
        self.read_serial: Callable[[], str | None] = lambda: None
        #: called with the serial number before each write; an AxisError prevents it
        self.before_write: Callable[[str | None], None] = lambda _serial: None
        #: limits how often a login that no device has accepted yet is tried
        self.login_gate: LoginGate = _OpenGate()
        #: of the current task
        self.time_limit = TimeLimit()
        #: whether a write that the device has challenged must be decided again instead of sent again
        self.is_outdated: Callable[[], bool] = lambda: False
        #: a request that the device answered with a challenge
        self._challenged: tuple[str, str, RequestBody | None] | None = None
        #: when the device was last confirmed to be the same one
        self._confirmed = -math.inf
        #: the connection to which the password may be sent
        self._identified_connection = 0
        #: whether the last response identified the device, so that the next request may open a connection
        self._is_identified = False
        self._transport = Transport(settings.base_url, settings.tls, settings.timeout, settings.proxy)
        self._authenticator = Authenticator(
            settings.username, settings.password, settings.auth, encrypted=settings.protocol == "https"
        )
        self._has_authenticated = False
        #: whether the device has ever accepted the login
        self._was_accepted = False
        #: whose digests are hidden
        self._realms: set[str] = set()
        #: whether a login was sent that the device has neither accepted nor rejected, and its error
        self._is_login_unanswered = False
        self._unanswered: AxisError | None = None
        self._rejected: AxisError | None = None
        self._blocked: AxisError | None = None
        self._blocked_until = 0.0
        self._rate_limiter = rate_limiter or RateLimiter()
        self._date = ""
        self._date_received: datetime | None = None

    def call(self, call: Call, arguments: Sequence[tuple[str, str]] = (), body: bytes = b"") -> bytes:
        """Return the body of a response with status 200, or of a SOAP fault. Reads are retried, writes are not.

        :param arguments: query arguments, percent-encoded here as UTF-8 with a space as ``%20``.
        :param body: content of a POST, of the call's content type.
        :raises DeviceUnreachableError: ``unreachable``, ``timeout``, ``tls``.
        :raises DeviceError: ``authentication``, ``forbidden``, ``blocked``, ``unsupported``, ``redirect``,
            ``malformed_response``, ``device_error``.
        """
        if call.write:
            self.before_write(self.serial)
            self.confirm_identity()
        try:
            return self._wait(lambda: self._call(call, arguments, body), maybe_applied=call.write)
        except AxisError as error:
            if self._is_login_unanswered and self._unanswered is None:
                self._unanswered = _unconfirmed_login() if isinstance(error, TimeLimitError) else error
                self._unanswered.add_detail("the login is not sent again, since the device did not confirm it")
                self._unanswered.ends_session = True
            raise

    @property
    def observe(self) -> Observer | None:
        """What is called after each exchange, without the login; bodies of errors are read only for it."""
        return self._transport.observe

    @observe.setter
    def observe(self, observer: Observer | None) -> None:
        self._transport.observe = observer

    def send_beside(self, transport: Transport, method: str, target: str) -> Response:
        """Send a request without a login over another connection to the device, within the limits of this session.

        :raises DeviceUnreachableError: no response.
        """

        def send() -> Response:
            with self._rate_limiter.acquire():
                return transport.send(method, target, None)

        return self._wait(send)

    @property
    def is_login_accepted(self) -> bool:
        """Return whether the device accepted the login."""
        return self._has_authenticated

    @property
    def is_login_unconfirmed(self) -> bool:
        """Return whether a login was sent that the device has neither accepted nor rejected; it is not sent again."""
        return self._is_login_unanswered

    def repeat_login(self) -> None:
        """Send a login again that the device did not confirm, if it accepted it earlier in the session; once.

        This is for the removal of what a task created: the device is known to accept the login.
        """
        if self._is_login_unanswered and self._was_accepted:
            self._was_accepted, self._is_login_unanswered, self._unanswered = False, False, None
            self.close()

    def inherit_login(self, other: Session) -> None:
        """Not send a login again that another session of the task sent without success, with other options."""
        self._is_login_unanswered, self._unanswered = other._is_login_unanswered, other._unanswered
        self._rejected = other._rejected

    def _call(self, call: Call, arguments: Sequence[tuple[str, str]], body: bytes) -> bytes:
        query = urlencode([(name, as_received(text)) for name, text in arguments], quote_via=quote, safe="")
        target = f"{call.path}?{query}" if query else call.path
        content = RequestBody(call.content_type, body) if call.content_type else None
        tries = 1 if call.write else 1 + self.settings.retries
        for delay in (_INITIAL_RETRY_DELAY * 2**number for number in range(tries - 1)):
            try:
                response = self._send_authenticated(call, target, content)
            except DeviceUnreachableError as error:
                if not error.connection_lost or self._is_login_unanswered:
                    raise
                time.sleep(min(delay, _MAX_RETRY_DELAY))
                continue
            if response.status not in _RETRIED_STATUSES or self._is_login_unanswered:
                return _body_or_raise(response, call)
            time.sleep(_retry_delay(response, delay))
        return _body_or_raise(self._send_authenticated(call, target, content), call)

    def _wait(self, wait: Callable[[], _Result], *, maybe_applied: bool = False) -> _Result:
        """Return what a function returns, unless the time limit of the task ends it.

        :raises TimeLimitError: ``timeout``.
        """
        try:
            return self.time_limit.run(wait, maybe_applied=maybe_applied)
        except TimeLimitError:
            # A later task must not read the rest of a response.
            self.close()
            raise

    def confirm_identity(self) -> None:
        """Check that the same device still responds, before a write, at most once a second.

        Digest proves it with each request. With Basic, a proxy that ends TLS may lead an open connection to another
        device.

        :raises DeviceUnreachableError: no response.
        :raises DeviceError: ``conflict``, ``device_error``.
        """
        if not self._authenticator.is_basic or time.monotonic() - self._confirmed <= _MAX_CONFIRMATION_AGE:
            return
        serial = self._wait(self._read_shown_serial)
        if serial is not None or self.serial is not None:
            self._check_identity(serial)
        self._confirmed = time.monotonic()

    def _read_shown_serial(self) -> str | None:
        """Return the serial number that the device shows without a login, or ``None``; retry like a read."""
        for _retry in range(self.settings.retries):
            try:
                return self.read_serial() or self._read_realm_serial()
            except DeviceUnreachableError as error:
                if not error.connection_lost:
                    raise
        return self.read_serial() or self._read_realm_serial()

    def _read_realm_serial(self) -> str | None:
        method, target, content = self._challenged or ("GET", "/", None)
        response = self._send(method, target, None, content)
        if response.status not in (200, 401):
            raise _unexpected_status(response.status)
        return _find_serial(parse_challenges(response.header("WWW-Authenticate")))

    def call_anonymously(self, call: Call, body: bytes) -> bytes | None:
        """Return the body of a response with status 200 to a POST without a login, or None for any other status."""
        content = RequestBody(call.content_type or "", body)
        response = self._wait(lambda: self._send(call.method, call.path, None, content))
        return response.body if response.status == 200 else None

    def call_optionally(self, call: Call, body: bytes, *, needs_login: bool = False) -> bytes | None:
        """Return the body of a response with status 200 to a POST that only reads, or None for any other status.

        It is sent without the login. If the device requires one, or ``needs_login``, the login is sent only if the
        device has accepted it, and only to the same realm, so that this call never counts as a wrong login, and never
        prevents a later one. It is not retried.

        :raises DeviceUnreachableError: no response.
        """
        content = RequestBody(call.content_type or "", body)
        response = self._wait(lambda: self._send_optionally(call, content, needs_login=needs_login))
        return response.body if response is not None and response.status == 200 else None

    def _send_optionally(self, call: Call, content: RequestBody, *, needs_login: bool) -> Response | None:
        if needs_login and not self._has_authenticated:
            return None
        response = (
            self._send_accepted_login(call, content)
            if needs_login
            else self._send(call.method, call.path, None, content)
        )
        if response.status != 401 or not self._has_authenticated:
            return response
        challenges = parse_challenges(response.header("WWW-Authenticate"))
        is_same_realm = self._realms.issuperset(item.parameters.get("realm", "") for item in challenges)
        if not is_same_realm or (needs_login and not any(item.is_stale for item in challenges)):
            return response
        self._authenticator.choose(challenges)
        return self._send_accepted_login(call, content)

    def _send_accepted_login(self, call: Call, content: RequestBody) -> Response:
        if self._authenticator.is_basic:
            return self._send_to_same_device(call, call.path, content)
        return self._send(call.method, call.path, self._authenticator.header(call.method, call.path), content)

    @contextmanager
    def reserve(self, requests: int) -> Iterator[None]:
        """Return a context in which so many requests follow each other without a wait for the rate limit."""
        with ExitStack() as reserved:
            self._wait(lambda: reserved.enter_context(self._rate_limiter.reserve(requests)))
            yield

    def read_certificate(self) -> bytes | None:
        """Return the certificate that the device shows (DER), or None with HTTP; unverified, and no request is sent.

        :raises DeviceUnreachableError: ``unreachable``, ``timeout``, ``tls``.
        """
        hide_login(self._secrets)
        return self._wait(self._transport.read_certificate) if self.settings.protocol == "https" else None

    @property
    def device_time(self) -> datetime | None:
        """Return the time of the device at its last response (RFC 9110, Date), or ``None`` if it sent none."""
        try:
            moment = parsedate_to_datetime(self._date)
        except (ValueError, OverflowError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)

    @property
    def controller_time(self) -> datetime:
        """Return the time of this machine at the last response of the device, to be compared with its own."""
        return self._date_received or datetime.now(timezone.utc)

    def share_rooms(self, rooms: ResponseRooms) -> None:
        """Read no more large responses at the same time than there are places for, in all sessions that share them."""
        self._transport.share_rooms(rooms)

    def close(self) -> None:
        """Close the connection. The session stays usable and reconnects."""
        self._transport.close()

    def _send_authenticated(self, call: Call, target: str, content: RequestBody | None) -> Response:
        if self._rejected is not None:
            raise self._rejected
        if self._is_login_unanswered:
            raise self._unanswered or _unconfirmed_login()
        if self._blocked is not None and time.monotonic() < self._blocked_until:
            raise self._blocked
        authorization = self._authenticator.header(call.method, target)
        sent_login = authorization is not None
        if self._authenticator.is_basic:
            response = self._send_to_same_device(call, target, content)
        else:
            response = self._send(call.method, target, authorization, content)
        for _challenge in range(_MAX_CHALLENGES):
            if response.status != 401:
                break
            if self._challenged is None:
                self._challenged = ("GET", call.path, None) if call.write else (call.method, target, content)
            self._accept_challenge(response, is_first=not sent_login)
            sent_login = True
            response = self._send_login(call, target, content)
        if response.status == 401:
            raise self._reject()
        if response.status == 403:
            raise self._forbidden(call, authenticated=sent_login)
        self._has_authenticated = self._has_authenticated or (sent_login and _confirms_login(response))
        if self._expected_serial and self.serial is None:
            # The device required no login, so that there was no challenge.
            self._check_identity(self.read_serial())
        return response

    def _send_to_same_device(self, call: Call, target: str, content: RequestBody | None) -> Response:
        """Send a request with Basic: on the open connection, or else after the device has identified itself again."""
        authorization = self._authenticator.header(call.method, target)
        if self._is_identified:
            return self._send_login(call, target, content)
        with self._rate_limiter.acquire():
            try:
                if self._transport.connection != self._identified_connection:
                    raise NotConnectedError
                return self._exchange(call.method, target, authorization, content, may_connect=False)
            except NotConnectedError:
                method, path, body = self._challenged or ("GET", call.path, None)
                response = self._exchange(method, path, None, body)
        if response.status not in (200, 401):
            return response
        challenges = parse_challenges(response.header("WWW-Authenticate"))
        serial = _find_serial(challenges) or self.read_serial()
        if serial is None and call.write:
            raise _cannot_identify_again()
        self._check_identity(serial)
        if response.status == 401:
            self._authenticator.choose(challenges)
        # A device may close the connection with each challenge, so that this one may be new, too.
        return self._send_login(call, target, content, identified=serial is not None)

    def _send_login(self, call: Call, target: str, content: RequestBody | None, *, identified: bool = True) -> Response:
        """Send a request with credentials to a device that has just been identified."""
        is_attempt = not self._has_authenticated
        if is_attempt:
            # Another session may have to read a large response before this one may send its login.
            self._transport.leave_rooms()
            self.login_gate.enter()
        is_accepted = None
        try:
            self._is_identified = False
            authorization = self._authenticator.header(call.method, target)
            response = self._send(call.method, target, authorization, content, repeats_write=call.write)
            is_accepted = True if _confirms_login(response) else False if response.status == 401 else None
        finally:
            if is_attempt:
                self.login_gate.leave(is_accepted)
        if identified:
            self._identified_connection = self._transport.connection
        return response

    def _accept_challenge(self, response: Response, *, is_first: bool) -> None:
        challenges = parse_challenges(response.header("WWW-Authenticate"))
        serial = _find_serial(challenges)
        if serial is None and (self.serial or self._expected_serial):
            serial = self.read_serial()
        self._check_identity(serial)
        if not is_first:
            # Credentials that worked before get one attempt with a new challenge.
            worked, self._has_authenticated = self._has_authenticated, False
            if not self._is_stale(challenges, worked=worked):
                raise self._reject()
        self._hide_realms(challenges)
        self._authenticator.choose(challenges)
        if self._authenticator.is_basic and self.serial is None:
            self._check_identity(self.read_serial())

    def _hide_realms(self, challenges: Sequence[Challenge]) -> None:
        """Hide what a device may show of the password: its digests with the realms.

        :raises DeviceError: ``authentication``, if the device names ever more realms.
        """
        realms = {item.parameters.get("realm", "") for item in challenges} - self._realms
        if realms:
            self._realms |= realms
            if len(self._realms) > _MAX_REALMS:
                raise DeviceError(
                    "authentication",
                    f"The device requires the login for more than {_MAX_REALMS} realms, so it is not sent",
                    device_message("Check that {host} and {port} are those of the device."),
                )
            self._secrets.add_realms(self.settings.username, self.settings.password, realms)
        hide_login(self._secrets)

    @property
    def _expected_serial(self) -> str | None:
        return self.settings.serial or self.checked_serial

    def _check_identity(self, serial: str | None) -> None:
        """Check the serial number that a device has just shown, or None if it shows none.

        :raises DeviceError: ``conflict``; ``unsupported``, if a serial number is required.
        """
        expected = self.settings.serial
        if self.serial and serial != self.serial:
            # The current state was read from another device, so no planned change may be made on this one.
            shown = f"serial {serial}" if serial else "without a serial number"
            raise _unidentified(
                f"A different device responded ({shown}); earlier, the device with serial {self.serial} responded"
            )
        if not expected and self.checked_serial not in (None, serial):
            raise _not_the_checked_device(serial, self.checked_serial)
        if expected and serial is None:
            raise DeviceError(
                "unsupported",
                device_message(
                    "{serial} is {expected}, and the device does not show its serial number", expected=expected
                ),
                device_message("Upgrade AXIS OS, or remove {serial} for this device."),
            )
        if expected and serial != expected:
            raise DeviceError(
                "conflict",
                device_message(
                    "The device at this address has the serial number {found}, and {serial} is {expected}",
                    found=serial,
                    expected=expected,
                ),
                device_message(
                    "Correct {host} and {port}. If this device replaces another one, set {serial} to the new number."
                ),
            )
        self.serial = serial or self.serial

    def _is_stale(self, challenges: Sequence[Challenge], *, worked: bool) -> bool:
        """Return whether the answered challenge was rejected for its age; some devices do not send ``stale``."""
        nonce = self._authenticator.nonce
        if nonce is None:
            return False
        nonces = {item.parameters.get("nonce") for item in challenges}
        return any(item.is_stale for item in challenges) or (worked and nonce not in nonces)

    def _forbidden(self, call: Call, *, authenticated: bool) -> AxisError:
        """Return the error for a 403: rejected is either this account, or every request from this address."""
        is_blocked = self._is_blocked(call) if authenticated else True
        if is_blocked is False:
            # The device responds differently to a request with the login.
            self._has_authenticated, self._is_login_unanswered = True, False
        if not is_blocked:
            reason, alternative = ": the role is too low", ""
            if is_blocked is None:
                reason = ": the role is too low, or the device blocks the address of this machine"
                alternative = f", or wait {_BLOCK_SECONDS:.0f} seconds and run again"
            return DeviceError(
                "forbidden",
                f"The device does not allow user {self.settings.username} to call {call.name} (HTTP 403){reason}",
                device_message(f"Set {{username}} to an account with at least the role {call.role}{alternative}."),
            )
        self._blocked_until = time.monotonic() + _BLOCK_SECONDS
        self._blocked = DeviceError(
            "blocked",
            "The device rejects the address of this machine (HTTP 403, even without credentials): too many requests or "
            "wrong passwords came from it, or an address filter excludes it",
            f"Wait {_BLOCK_SECONDS:.0f} seconds and run again. If the error persists, check which other programs of "
            "this machine connect to the device, and check the address filter of the device.",
        )
        return self._blocked

    def _is_blocked(self, call: Call) -> bool | None:
        # A device that does not block this address responds with 401 to a request without credentials.
        try:
            response = self._send("GET", call.path, None, None)
        except AxisError:
            return None
        serial = _find_serial(parse_challenges(response.header("WWW-Authenticate")))
        self._is_identified = serial is not None and serial == self.serial
        return response.status == 403

    def _reject(self) -> AxisError:
        # Stored: AXIS OS blocks an address after 20 failed logins, so wrong credentials are never sent twice.
        self._rejected = DeviceError(
            "authentication",
            f"The device rejected the username or password of user {self.settings.username}",
            device_message(
                "Correct {username} or {password}. There was no second attempt, which could lock the account."
            ),
        )
        return self._rejected

    def _send(
        self,
        method: str,
        target: str,
        authorization: str | None,
        content: RequestBody | None,
        *,
        repeats_write: bool = False,
    ) -> Response:
        hide_login(self._secrets)
        with self._rate_limiter.acquire():
            if repeats_write and self.is_outdated():
                raise OutdatedWriteError
            return self._exchange(method, target, authorization, content)

    def _exchange(
        self,
        method: str,
        target: str,
        authorization: str | None,
        content: RequestBody | None,
        *,
        may_connect: bool = True,
    ) -> Response:
        """Send one request, and record whether it has a login that no response confirms or rejects."""
        is_attempt = authorization is not None and not self._has_authenticated
        self._is_login_unanswered = self._is_login_unanswered or is_attempt
        try:
            response = self._transport.send(method, target, authorization, content, may_connect=may_connect)
        except (AxisError, NotConnectedError) as error:
            if is_attempt and not getattr(error, "maybe_applied", False):
                self._is_login_unanswered = False
            raise
        if is_attempt and (response.status == 401 or _confirms_login(response)):
            self._is_login_unanswered = False
        self._was_accepted = self._was_accepted or (is_attempt and _confirms_login(response))
        self._date = next(iter(response.header("Date")), "")
        self._date_received = datetime.now(timezone.utc)
        return response


def _build_secrets(settings: ConnectionSettings) -> Secrets:
    secrets = Secrets()
    secrets.add_login(settings.username, settings.password)
    if settings.proxy:
        secrets.add_proxy(settings.proxy)
    return secrets


def _find_serial(challenges: Sequence[Challenge]) -> str | None:
    return next((item.serial for item in challenges if item.serial), None)


def _unidentified(message: str) -> DeviceError:
    return DeviceError("conflict", message, "Check whether two devices have this address, and run again.")


def _not_the_checked_device(serial: str | None, checked: str | None) -> DeviceError:
    shown = f"has the serial number {serial}" if serial else "does not show a serial number"
    return DeviceError(
        "conflict",
        f"The device at this address {shown}, and the device that was checked before the first write has the serial "
        f"number {checked}, so nothing was written to this one",
        device_message(
            "Run again, so that this device is checked, too. If the device was not replaced, correct {host} and "
            "{port}, and check whether two devices have this address."
        ),
    )


def _cannot_identify_again() -> DeviceError:
    return DeviceError(
        "conflict",
        "The connection was closed, and the device on the new one does not show its serial number, so nothing was "
        "written to it",
        device_message("Run again. If the error persists, enable digest authentication, and set {auth}: digest."),
    )


def _confirms_login(response: Response) -> bool:
    """Return whether the response to a login proves that the device accepted it.

    The same request without the login had a 401, so that a 404 proves it, too. Any other error may come from a part of
    the device, or from a proxy, that does not check the login.
    """
    is_fault = response.status in _FAULT_STATUSES and _is_xml(response)
    return 200 <= response.status < 300 or response.status == 404 or is_fault


def _unconfirmed_login() -> DeviceUnreachableError:
    return DeviceUnreachableError(
        "timeout",
        "The task was interrupted before the device responded to the login",
        "Check the device and the network, and run again.",
    )


def _is_xml(response: Response) -> bool:
    return next(iter(response.header("Content-Type")), "").partition(";")[0].strip().lower() in _XML_TYPES


def _retry_delay(response: Response, default: float) -> float:
    """Return the seconds before the next attempt: those of Retry-After, within bounds."""
    value = next(iter(response.header("Retry-After")), "")
    seconds = float(value) if value.isascii() and value.isdigit() else default
    return min(seconds, _MAX_RETRY_DELAY)


def _body_or_raise(response: Response, call: Call) -> bytes:
    status = response.status
    if status == 200 or (call.operation and status in _FAULT_STATUSES and _is_xml(response)):
        return response.body
    if status == 404:
        raise DeviceError(
            "unsupported",
            f"The device has no {call.path} (HTTP 404)",
            UPGRADE_OR_EXCLUDE,
        )
    if 300 <= status < 400:
        # Without the parts that may have credentials: before @, and after the question mark.
        location = clean(next(iter(response.header("Location")), "an unknown address"))
        target = re.sub(r"//[^/]*@", "//", location.partition("?")[0])
        raise DeviceError(
            "redirect",
            f"The device redirects the request (HTTP {status} to {target})",
            device_message("Set {protocol}, {host}, and {port} to the final address. Redirects are not followed."),
            maybe_applied=call.write,
        )
    # Only the statuses above prove that nothing was applied.
    raise _unexpected_status(status, maybe_applied=call.write)


def _unexpected_status(status: int, *, maybe_applied: bool = False) -> DeviceError:
    return DeviceError(
        "device_error",
        f"The device responded with HTTP {status}",
        CHECK_DEVICE_LOG,
        description=f"HTTP {status}",
        maybe_applied=maybe_applied,
    )
