# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request through a device: journal, login, faults, the call itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from .calls import Call, asks_for_login, find_call
from .device import Device
from .faults import Fault, Proceed
from .journal import Entry
from .messages import Answer, Request, html_page


class Visit:
    """A request under way. `finish` once `seconds_before` have passed, answer after `seconds_after` more.

    The steps are apart, and each runs under the device's lock, so that a delay holds up nobody else.
    """

    def __init__(self, device: Device, request: Request) -> None:
        self._device = device
        self._request = request
        self._call: Call | None = find_call(request)
        # What a test changed by hand came before this request.
        device.settle()
        authorization = request.headers.get("authorization")
        self._entry = Entry(
            sequence=len(device.journal) + 1,
            time=time.monotonic(),
            connection=request.connection,
            method=request.method,
            target=request.target,
            call=self._call.name if self._call else "",
            write=self._call.write if self._call else False,
            authorization=authorization.partition(" ")[0].capitalize() if authorization else None,
            body=request.body if request.method == "POST" else b"",
        )
        name = self._entry.call
        self._early = device.take_faults(name, admitted=False)
        self._refusal = self._admit()
        self._late = [] if self._refusal is not None else device.take_faults(name, admitted=True)
        faults = self._early + self._late
        self.seconds_before = sum(fault.seconds_before for fault in faults)
        self.seconds_after = sum(fault.seconds_after for fault in faults)
        self._note(fault=", ".join(type(fault).__name__ for fault in faults) or None)

    def finish(self) -> Answer:
        """Processes the request and enters what became of it."""
        proceed: Proceed = self._process
        for fault in reversed(self._early + self._late):
            proceed = self._through(fault, proceed)
        with self._device.serving(self._entry.sequence):
            answer = proceed()
        self._note(status=answer.status, code=answer.code)
        return answer

    def _through(self, fault: Fault, proceed: Proceed) -> Callable[[], Answer]:
        return partial(fault.apply, self._device, self._call, self._request, proceed)

    def _process(self) -> Answer:
        if self._refusal is not None:
            return self._refusal
        if self._call is None or not self._call.is_present(self._device):
            return html_page(404)
        if not self._call.allows(self._device, self._request.method):
            return html_page(405, (("Allow", ", ".join(self._call.methods)),))
        return self._call.answer(self._device, self._request)

    def _admit(self) -> Answer | None:
        """None when the request may go on, else what keeps it out."""
        device, request, call = self._device, self._request, self._call
        device.login.sha256 = device.switches.sha256_digest
        if device.login.is_blocked(request.client):
            return html_page(403)
        if (call is not None and call.anonymous(device, request)) or not asks_for_login(request.path):
            return None
        verdict = device.login.check(request)
        if verdict.user is None:
            challenges = device.login.challenges(request.tls, stale=verdict.stale)
            return html_page(401, challenges, close=device.closes_after_401)
        self._note(user=verdict.user)
        if call is not None and not device.accounts[verdict.user].may(call.least_role(device)):
            return html_page(403)
        return None

    def _note(self, **changes: Any) -> None:
        self._entry = replace(self._entry, **changes)
        self._device.record(self._entry)
