# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define what all faults share: which requests they match, and at which stage they act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from .messages import Request, Response

if TYPE_CHECKING:
    from .calls import Call
    from .device import Device

Proceed = Callable[[], Response]
# "arrived" is before authentication; the others are its results: accepted, 401, 403.
Stage = Literal["arrived", "admitted", "challenged", "forbidden"]


@dataclass(kw_only=True)
class Fault:
    """A rule for the requests it matches; this base class does not change them.

    `call` is a glob over call names ("recording_group/*"). The first `skip` matching requests are unaffected, the next
    `times` are affected (None: all); `hits` counts them. `before_login`: False affects authenticated requests only,
    so that a challenge does not use the fault up, True only requests without a login, None both.
    """

    call: str = "*"
    times: int | None = 1
    skip: int = 0
    before_login: bool | None = False
    hits: int = field(default=0, init=False)

    @property
    def delay_before(self) -> float:
        """Return the seconds to wait before processing the request."""
        return 0.0

    @property
    def delay_after(self) -> float:
        """Return the seconds to wait between processing and response."""
        return 0.0

    @property
    def is_spent(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def matches(self, call: str, request: Request, stage: Stage) -> bool:
        """Return whether the fault affects this request, and count it."""
        if self.is_spent or not self.applies_to(request, stage) or not fnmatchcase(call, self.call):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.hits += 1
        return True

    def applies_to(self, request: Request, stage: Stage) -> bool:
        """Return whether the fault acts on such a request at this stage."""
        if stage == "arrived":
            return False
        return self.before_login is None or self.before_login == (stage != "admitted")

    def on_arrival(self, device: Device, request: Request) -> None:
        """Act before authentication, for a fault of that stage."""

    def alter_request(self, request: Request) -> Request:
        """Return the request as the device understands it."""
        return request

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        """Return the response; `proceed` processes the request normally."""
        return proceed()
