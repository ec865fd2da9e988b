# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the faults that tests can plant: each kind is a class, here or in response_faults, and an entry in KINDS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote_plus

from . import action_service
from .fault import Fault, Proceed, Stage
from .messages import Request, Response, html_page, no_response
from .response_faults import (
    Doctype,
    Drip,
    DropAfter,
    EntityBomb,
    ExternalEntity,
    Http10,
    Latin1,
    Namespace,
    Oversized,
    Padded,
    References,
    ResetAfter,
    ResetInResponse,
    Truncated,
)

if TYPE_CHECKING:
    from .calls import Call
    from .device import Device


# Faults that do not apply the request.


@dataclass(kw_only=True)
class ErrorCode(Fault):
    """Return an error code of the API; do not apply the request."""

    code: int
    description: str | None = None

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        if call is None:
            return proceed()
        return call.error(device, self.code, self.description)


@dataclass(kw_only=True)
class SoapFault(Fault):
    """Return a fault of the action service, such as aa:InvalidConditionFilterFault; do not apply the request."""

    detail: str
    reason: str = ""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        if request.path != action_service.PATH:
            return proceed()
        return action_service.fault(device, self.detail, self.reason)


@dataclass(kw_only=True)
class HttpStatus(Fault):
    """Return an HTTP status, an HTML page, and `headers` (Retry-After, Location); do not apply the request."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return html_page(self.status, self.headers)


@dataclass(kw_only=True)
class Body(Fault):
    """Return 200 with these bytes; do not apply the request."""

    body: bytes
    content_type: str = "text/xml"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return Response(200, self.content_type, self.body)


@dataclass(kw_only=True)
class Html(Fault):
    """Return 200 with an HTML page; do not apply the request."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return html_page(200)


@dataclass(kw_only=True)
class Redirect(Fault):
    """Return 302 with this Location; do not apply the request."""

    location: str

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return html_page(302, (("Location", self.location),))


@dataclass(kw_only=True)
class Echo(Fault):
    """Return a page, and response headers, that repeat the target and headers of the request."""

    status: int = 200

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        lines = (f"{request.method} {request.target}", *request.headers.values())
        page = f"<html><body>{''.join(f'<p>{escape(text)}</p>' for text in lines)}</body></html>"
        return Response(
            self.status, "text/html; charset=utf-8", page.encode(), tuple(("X-Echo", text) for text in lines)
        )


@dataclass(kw_only=True)
class DropBefore(Fault):
    """Close the connection; do not apply the request."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return no_response()


@dataclass(kw_only=True)
class ResetBefore(Fault):
    """Reset the connection (RST); do not apply the request."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return no_response("reset")


# Faults of authentication.


@dataclass(kw_only=True)
class SeveralChallenges(Fault):
    """Add these WWW-Authenticate headers to every 401: half before the device's own, half after."""

    headers: tuple[str, ...]
    times: int | None = None

    def applies_to(self, request: Request, stage: Stage) -> bool:
        return stage == "challenged"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        response = proceed()
        added = [("WWW-Authenticate", value) for value in self.headers]
        middle = len(added) // 2
        return replace(response, headers=(*added[:middle], *response.headers, *added[middle:]))


@dataclass(kw_only=True)
class StaleNonce(Fault):
    """Expire every challenge just before a request that uses one: 401 with stale=true."""

    def applies_to(self, request: Request, stage: Stage) -> bool:
        return stage == "arrived" and request.headers.get("authorization", "").lower().startswith("digest ")

    def on_arrival(self, device: Device, request: Request) -> None:
        device.authenticator.expire_nonces()


@dataclass(kw_only=True)
class Blocked(Fault):
    """Reject everything from the client's address with 403 for `seconds`."""

    seconds: float = 10.0

    def applies_to(self, request: Request, stage: Stage) -> bool:
        return stage == "arrived"

    def on_arrival(self, device: Device, request: Request) -> None:
        device.authenticator.block(request.client, self.seconds)


# Faults that apply the request, or a part of it.


@dataclass(kw_only=True)
class NoResponse(Fault):
    """Send nothing until the client disconnects; apply the request only with "after"."""

    when: Literal["before", "after"] = "before"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        if self.when == "after":
            proceed()
        return no_response("hold")


@dataclass(kw_only=True)
class ChangeArgument(Fault):
    """Apply the request as if a query argument had this value, or (None) were missing.

    The journal shows the request as sent.
    """

    argument: str
    value: str | int | None

    def alter_request(self, request: Request) -> Request:
        path, _unused, query = request.target.partition("?")
        pairs = [pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) != self.argument]
        if self.value is not None:
            pairs.append(f"{quote(self.argument, safe='')}={quote(str(self.value), safe='')}")
        return replace(request, target=f"{path}?{'&'.join(pairs)}")


@dataclass(kw_only=True)
class Delay(Fault):
    """Wait `seconds` before processing the request, or between processing and response."""

    seconds: float
    when: Literal["before", "after"] = "before"

    @property
    def delay_before(self) -> float:
        return self.seconds if self.when == "before" else 0.0

    @property
    def delay_after(self) -> float:
        return self.seconds if self.when == "after" else 0.0


@dataclass(kw_only=True)
class IgnoreWrite(Fault):
    """Respond as if the request had been applied, and change nothing."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        with device.discarded_changes():
            return proceed()


@dataclass(kw_only=True)
class Callback(Fault):
    """Call a function on the device just before or after the request, such as a second client or a removed card."""

    run: Callable[[Device], object]
    when: Literal["before", "after"] = "before"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        if self.when == "before":
            self.run(device)
            return proceed()
        response = proceed()
        self.run(device)
        return response


KINDS: dict[str, type[Fault]] = {
    "error_code": ErrorCode,
    "soap_fault": SoapFault,
    "http_status": HttpStatus,
    "body": Body,
    "html": Html,
    "redirect": Redirect,
    "echo": Echo,
    "drop_before": DropBefore,
    "drop_after": DropAfter,
    "reset_before": ResetBefore,
    "reset_after": ResetAfter,
    "reset_in_response": ResetInResponse,
    "no_response": NoResponse,
    "drip": Drip,
    "http_1_0": Http10,
    "oversized": Oversized,
    "truncated": Truncated,
    "doctype": Doctype,
    "external_entity": ExternalEntity,
    "entity_bomb": EntityBomb,
    "latin1": Latin1,
    "padded": Padded,
    "references": References,
    "namespace": Namespace,
    "several_challenges": SeveralChallenges,
    "stale_nonce": StaleNonce,
    "blocked": Blocked,
    "change_argument": ChangeArgument,
    "delay": Delay,
    "ignore_write": IgnoreWrite,
    "callback": Callback,
}
