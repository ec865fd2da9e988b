# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand. A kind is one class, here or in answers, and its entry in KINDS."""

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
    ResetAfter,
    ResetInResponse,
    Truncated,
)

if TYPE_CHECKING:
    from .calls import Call
    from .device import Device


# Nothing is applied.


@dataclass(kw_only=True)
class ErrorCode(Fault):
    """Answers an error code of the API; nothing is applied."""

    code: int
    description: str | None = None

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        if call is None:
            return proceed()
        return call.error(device, self.code, self.description)


@dataclass(kw_only=True)
class SoapFault(Fault):
    """Answers a fault of the action service, such as aa:InvalidConditionFilterFault; nothing is applied."""

    detail: str
    reason: str = ""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        if request.path != action_service.PATH:
            return proceed()
        return action_service.fault(device, self.detail, self.reason)


@dataclass(kw_only=True)
class HttpStatus(Fault):
    """Answers an HTTP status with an HTML page; nothing is applied. `headers` go with it (Retry-After, Location)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return html_page(self.status, self.headers)


@dataclass(kw_only=True)
class Body(Fault):
    """Answers 200 with these bytes; nothing is applied."""

    body: bytes
    content_type: str = "text/xml"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return Response(200, self.content_type, self.body)


@dataclass(kw_only=True)
class Html(Fault):
    """Answers 200 with a page of HTML; nothing is applied."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return html_page(200)


@dataclass(kw_only=True)
class Redirect(Fault):
    """Answers 302 with this Location; nothing is applied."""

    location: str

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return html_page(302, (("Location", self.location),))


@dataclass(kw_only=True)
class Echo(Fault):
    """Answers with a page that repeats the request, target and headers, which are repeated in its own headers, too."""

    status: int = 200

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        lines = (f"{request.method} {request.target}", *request.headers.values())
        page = f"<html><body>{''.join(f'<p>{escape(text)}</p>' for text in lines)}</body></html>"
        return Response(
            self.status, "text/html; charset=utf-8", page.encode(), tuple(("X-Echo", text) for text in lines)
        )


@dataclass(kw_only=True)
class DropBefore(Fault):
    """Closes the connection; nothing is applied."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return no_response()


@dataclass(kw_only=True)
class ResetBefore(Fault):
    """Resets the connection (RST); nothing is applied."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        return no_response("reset")


# With the login.


@dataclass(kw_only=True)
class SeveralChallenges(Fault):
    """Every 401 carries these WWW-Authenticate headers as well: half of them, the device's own, the rest."""

    headers: tuple[str, ...]
    times: int | None = None

    def applies_to(self, request: Request, stage: Stage) -> bool:
        return stage == "challenged"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        response = proceed()
        unexpected_hosts = [("WWW-Authenticate", value) for value in self.headers]
        middle = len(unexpected_hosts) // 2
        return replace(response, headers=(*unexpected_hosts[:middle], *response.headers, *unexpected_hosts[middle:]))


@dataclass(kw_only=True)
class StaleNonce(Fault):
    """Makes every challenge so far stale, just before a request that uses one: 401 with stale=true."""

    def applies_to(self, request: Request, stage: Stage) -> bool:
        return stage == "arrived" and request.headers.get("authorization", "").lower().startswith("digest ")

    def on_arrival(self, device: Device, request: Request) -> None:
        device.authenticator.expire_nonces()


@dataclass(kw_only=True)
class Blocked(Fault):
    """From this request on, whatever comes from its client's address gets 403 for `seconds` of login.clock."""

    seconds: float = 10.0

    def applies_to(self, request: Request, stage: Stage) -> bool:
        return stage == "arrived"

    def on_arrival(self, device: Device, request: Request) -> None:
        device.authenticator.block(request.client, self.seconds)


# The request is applied, or half so.


@dataclass(kw_only=True)
class NoResponse(Fault):
    """Sends nothing and leaves it to the client to hang up; the request is applied with "after" only."""

    when: Literal["before", "after"] = "before"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        if self.when == "after":
            proceed()
        return no_response("hold")


@dataclass(kw_only=True)
class ChangeArgument(Fault):
    """Applies the request as if an argument of its query had this value, or (None) had not been sent.

    The journal has it as sent.
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
    """Waits `seconds` before the request is processed, or between processing and answer."""

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
    """Answers as if the request had been carried out, and changes nothing."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        with device.discarded_changes():
            return proceed()


@dataclass(kw_only=True)
class Callback(Fault):
    """Runs a callable on the device just before or just after the request: a second client, a pulled card."""

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
    "namespace": Namespace,
    "several_challenges": SeveralChallenges,
    "stale_nonce": StaleNonce,
    "blocked": Blocked,
    "change_argument": ChangeArgument,
    "delay": Delay,
    "ignore_write": IgnoreWrite,
    "callback": Callback,
}
