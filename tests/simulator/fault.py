# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every fault has: which requests it touches, and where it may take part in them."""

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
# "arrived" is before the login is weighed; the others are what came of it: let in, 401, 403.
Stage = Literal["arrived", "admitted", "challenged", "forbidden"]


@dataclass(kw_only=True)
class Fault:
    """A rule for the requests it matches; this one lets them through.

    `call` is a glob over call names ("recording_group/*"); `skip` matching requests are left alone first, then `times`
    are touched (None: all). `hits` counts those. `before_login`: False touches requests with an accepted login only,
    so that a challenge does not use it up, True those without one only, None both.
    """

    call: str = "*"
    times: int | None = 1
    skip: int = 0
    before_login: bool | None = False
    hits: int = field(default=0, init=False)

    @property
    def delay_before(self) -> float:
        """To wait before the request is processed."""
        return 0.0

    @property
    def delay_after(self) -> float:
        """To wait between the processing and the answer."""
        return 0.0

    @property
    def is_spent(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def matches(self, call: str, request: Request, stage: Stage) -> bool:
        """Whether this request is one for the fault; counts it."""
        if self.is_spent or not self.applies_to(request, stage) or not fnmatchcase(call, self.call):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.hits += 1
        return True

    def applies_to(self, request: Request, stage: Stage) -> bool:
        """Whether the request is of the sort, and at the stage, that the fault is about."""
        if stage == "arrived":
            return False
        return self.before_login is None or self.before_login == (stage != "admitted")

    def on_arrival(self, device: Device, request: Request) -> None:
        """What happens before the login is weighed, for a fault of that stage."""

    def alter_request(self, request: Request) -> Request:
        """The request as the device understands it."""
        return request

    def apply(self, device: Device, call: Call | None, request: Request, proceed: Proceed) -> Response:
        """What is answered; `proceed` processes the request as usual."""
        return proceed()
