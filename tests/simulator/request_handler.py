# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handle one request: journal, authentication, faults, and the call."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Any

from .calls import Call, find_call, requires_authentication
from .device import Device
from .fault import Fault, Proceed, Stage
from .journal import Entry
from .messages import Request, Response, html_page, json_page, no_response
from .switches import REDIRECT


class RequestHandler:
    """A request in progress: call `finish` after `delay_before` seconds, and respond after `delay_after` more.

    Each step runs under the device's lock, which is free during the delays.
    """

    def __init__(self, device: Device, request: Request) -> None:
        self._device = device
        self._request = request
        self._call: Call | None = find_call(request)
        # Apply direct changes of a test before this request.
        device.update_recordings()
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
        arrived = self._match_faults("arrived")
        for fault in arrived:
            fault.on_arrival(device, request)
        self._rejection = self._authorize()
        self._faults = arrived + self._match_faults(self._stage)
        self.delay_before = sum(fault.delay_before for fault in self._faults)
        self.delay_after = sum(fault.delay_after for fault in self._faults)
        self._log(fault=", ".join(type(fault).__name__ for fault in self._faults) or None)

    def finish(self) -> Response:
        """Process the request and log the result."""
        request = self._request
        for fault in self._faults:
            request = fault.alter_request(request)
        proceed: Proceed = partial(self._process, request)
        for fault in reversed(self._faults):
            proceed = partial(fault.apply, self._device, self._call, request, proceed)
        with self._device.handling(self._entry.sequence):
            response = proceed()
        self._log(status=response.status, code=response.code)
        return response

    def abandon(self) -> Response:
        """Log that the connection broke before the response was sent."""
        self._log(status=0, code=None)
        return no_response("hold")

    @property
    def _stage(self) -> Stage:
        if self._rejection is None:
            return "admitted"
        return "challenged" if self._rejection.status == 401 else "forbidden"

    def _match_faults(self, stage: Stage) -> list[Fault]:
        return self._device.match_faults(self._entry.call, self._request, stage)

    def _process(self, request: Request) -> Response:
        if self._rejection is not None:
            return self._rejection
        if self._call is None or not self._call.is_present(self._device):
            return html_page(404)
        if not self._call.allows(self._device, request.method):
            return html_page(405, (("Allow", ", ".join(self._call.methods)),))
        return self._call.handler(self._device, request)

    def _authorize(self) -> Response | None:
        """Return None if the request is authorized, otherwise the response that rejects it."""
        device, request, call = self._device, self._request, self._call
        if device.authenticator.is_blocked(request.client):
            return html_page(403)
        if device.authenticator.offered(request.tls) == (REDIRECT,):
            return html_page(301, (("Location", f"https://{device.host}:{device.tls_port}{request.target}"),))
        if (call is not None and call.anonymous(device, request)) or not requires_authentication(request.path):
            return None
        verdict = device.authenticator.check(request)
        if verdict.user is None:
            return self._challenge(verdict.stale)
        self._log(user=verdict.user)
        if call is not None and not device.accounts[verdict.user].has_role(call.required_role(device)):
            return html_page(403)
        return None

    def _challenge(self, stale: bool) -> Response:
        switches, tls = self._device.switches, self._request.tls
        challenges = self._device.authenticator.challenges(tls, stale=stale)
        if switches.offers_http2 and not tls:
            challenges += (
                ("Upgrade", "h2"),
                ("Connection", "Upgrade, close" if switches.closes_after_401 else "Upgrade"),
            )
        build = json_page if switches.challenge_body == "json" else html_page
        page = build(401, challenges, close=switches.closes_after_401)
        return replace(page, chunked=switches.challenge_chunked)

    def _log(self, **changes: Any) -> None:
        self._entry = replace(self._entry, **changes)
        self._device.log(self._entry)
