# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request through a device: journal, login, faults, the call itself."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Any

from .calls import Call, asks_for_login, find_call
from .device import Device
from .fault import Fault, Proceed, Stage
from .journal import Entry
from .messages import Answer, Request, html_page, unanswered


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
        arrived = self._take_faults("arrived")
        for fault in arrived:
            fault.arrive(device, request)
        self._refusal = self._admit()
        self._faults = arrived + self._take_faults(self._stage)
        self.seconds_before = sum(fault.seconds_before for fault in self._faults)
        self.seconds_after = sum(fault.seconds_after for fault in self._faults)
        self._note(fault=", ".join(type(fault).__name__ for fault in self._faults) or None)

    def finish(self) -> Answer:
        """Processes the request and enters what became of it."""
        request = self._request
        for fault in self._faults:
            request = fault.altered(request)
        proceed: Proceed = partial(self._process, request)
        for fault in reversed(self._faults):
            proceed = partial(fault.apply, self._device, self._call, request, proceed)
        with self._device.serving(self._entry.sequence):
            answer = proceed()
        self._note(status=answer.status, code=answer.code)
        return answer

    def give_up(self) -> Answer:
        """The connection broke before the answer went out."""
        self._note(status=0, code=None)
        return unanswered("hold")

    @property
    def _stage(self) -> Stage:
        if self._refusal is None:
            return "admitted"
        return "challenged" if self._refusal.status == 401 else "barred"

    def _take_faults(self, stage: Stage) -> list[Fault]:
        return self._device.take_faults(self._entry.call, self._request, stage)

    def _process(self, request: Request) -> Answer:
        if self._refusal is not None:
            return self._refusal
        if self._call is None or not self._call.is_present(self._device):
            return html_page(404)
        if not self._call.allows(self._device, request.method):
            return html_page(405, (("Allow", ", ".join(self._call.methods)),))
        return self._call.answer(self._device, request)

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
