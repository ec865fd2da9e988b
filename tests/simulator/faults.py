# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand. A kind is one class here and its entry in KINDS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from html import escape
from typing import TYPE_CHECKING, Literal

from . import action_service
from .messages import Answer, Request, dropped, html_page

if TYPE_CHECKING:
    from .calls import Call
    from .device import Device

Proceed = Callable[[], Answer]


@dataclass(kw_only=True)
class Fault:
    """A rule for the requests it matches; this one lets them through.

    `call` is a glob over call names ("recording_group/*"); `skip` matching requests are left alone first, then `times`
    are touched (None: all). It waits for an accepted login, so that a challenge does not use it up, unless
    `before_login`. `hits` counts the requests it touched.
    """

    call: str = "*"
    times: int | None = 1
    skip: int = 0
    before_login: bool = False
    hits: int = field(default=0, init=False)

    @property
    def seconds_before(self) -> float:
        """To wait before the request is processed."""
        return 0.0

    @property
    def seconds_after(self) -> float:
        """To wait between the processing and the answer."""
        return 0.0

    @property
    def spent(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def takes(self, call: str, logged_in: bool) -> bool:
        """Whether this request is one for the fault; counts it."""
        if self.spent or self.before_login == logged_in or not fnmatchcase(call, self.call):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.hits += 1
        return True

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        """What is answered; `proceed` processes the request as usual."""
        return proceed()


@dataclass(kw_only=True)
class ErrorCode(Fault):
    """Answers an error code of the API; nothing is applied."""

    code: int
    description: str | None = None

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        if call is None:
            return proceed()
        return call.error(device, self.code, self.description)


@dataclass(kw_only=True)
class SoapFault(Fault):
    """Answers a fault of the action service, such as aa:InvalidConditionFilterFault; nothing is applied."""

    detail: str
    reason: str = ""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        if request.path != action_service.PATH:
            return proceed()
        return action_service.fault(device, self.detail, self.reason)


@dataclass(kw_only=True)
class HttpStatus(Fault):
    """Answers an HTTP status with an HTML page; nothing is applied. `headers` go with it (Retry-After, Location)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        return html_page(self.status, self.headers)


@dataclass(kw_only=True)
class Body(Fault):
    """Answers 200 with these bytes; nothing is applied."""

    body: bytes
    content_type: str = "text/xml"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        return Answer(200, self.content_type, self.body)


@dataclass(kw_only=True)
class Echo(Fault):
    """Answers with a page that repeats the request, target and headers, which are repeated in its own headers, too."""

    status: int = 200

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        told = (f"{request.method} {request.target}", *request.headers.values())
        page = f"<html><body>{''.join(f'<p>{escape(text)}</p>' for text in told)}</body></html>"
        return Answer(self.status, "text/html; charset=utf-8", page.encode(), tuple(("X-Echo", text) for text in told))


@dataclass(kw_only=True)
class DropBefore(Fault):
    """Closes the connection; nothing is applied."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        return dropped()


@dataclass(kw_only=True)
class DropAfter(Fault):
    """Applies the request, then closes the connection without an answer."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        proceed()
        return dropped()


@dataclass(kw_only=True)
class Delay(Fault):
    """Waits `seconds` before the request is processed, or between processing and answer."""

    seconds: float
    when: Literal["before", "after"] = "before"

    @property
    def seconds_before(self) -> float:
        return self.seconds if self.when == "before" else 0.0

    @property
    def seconds_after(self) -> float:
        return self.seconds if self.when == "after" else 0.0


@dataclass(kw_only=True)
class IgnoreWrite(Fault):
    """Answers as if the request had been carried out, and changes nothing."""

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        with device.rehearsal():
            return proceed()


@dataclass(kw_only=True)
class Callback(Fault):
    """Runs a callable on the device just before or just after the request: a second client, a pulled card."""

    run: Callable[[Device], object]
    when: Literal["before", "after"] = "before"

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Answer:
        if self.when == "before":
            self.run(device)
            return proceed()
        answer = proceed()
        self.run(device)
        return answer


KINDS: dict[str, type[Fault]] = {
    "error_code": ErrorCode,
    "soap_fault": SoapFault,
    "http_status": HttpStatus,
    "body": Body,
    "echo": Echo,
    "drop_before": DropBefore,
    "drop_after": DropAfter,
    "delay": Delay,
    "ignore_write": IgnoreWrite,
    "callback": Callback,
}
