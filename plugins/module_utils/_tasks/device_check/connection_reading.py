# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device check learns of the connection, without a login: challenges, TLS, certificate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceUnreachableError,
    TimeLimitError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import RawExchange
from ansible_collections.camfleet.axis.plugins.module_utils._http.probe import TLS_VERSIONS, ChallengeFacts, Probe
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DeviceCheckOptions
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls

_PROTOCOLS = ("http", "https")
#: The first of these that requires a login is challenged.
_TARGETS = (f"{calls.LIST_GROUPS.path}?schemaversion=1", calls.LIST_RECORDINGS.path, calls.LIST_DISKS.path)
_CLOSED = ("closed",)


class ConnectionReader:
    """Reads what can be known without a login. Nothing that fails here ends the check: a login may still work."""

    def __init__(self, session: Session, recorder: Recorder, options: DeviceCheckOptions) -> None:
        self._session = session
        self._recorder = recorder
        self._ports = {"http": options.http_port, "https": options.https_port}
        self._facts: dict[str, ChallengeFacts] = {}
        self._exchanges: dict[str, RawExchange] = {}
        #: that the device has to show, or has shown
        self.serial = session.settings.serial
        #: of the certificate
        self.observations: dict[str, Any] = {}

    def run(self) -> None:
        """Settle the points of the connection.

        :raises TimeLimitError: the time limit of the task.
        """
        own = self._session.settings.protocol
        # What the own port shows is the device; another device may respond on the other one.
        for protocol in sorted(_PROTOCOLS, key=lambda item: item != own):
            self._read_challenge(protocol)
        self._answer_challenge()
        self._answer_sha256()
        self._read_tls_versions()
        self._read_certificate()

    def _read_challenge(self, protocol: str) -> None:
        port = self._ports[protocol]
        with self._recorder.point(f"{protocol}_challenge") as point:
            if port is None:
                point.skip(
                    f"The port for {protocol.upper()} is not known: axis_port is not a default port, and "
                    f"device_check_{protocol}_port is not set."
                )
                return
            try:
                facts = Probe(self._session, protocol, port, self._recorder.observe).read_challenge(_TARGETS)
            except TimeLimitError:
                raise
            except AxisError as error:
                point.skip(error)
                return
            if self.serial and facts.has_challenge and facts.serial != self.serial:
                point.skip(f"The port for {protocol.upper()} does not show the serial number of this device.")
                return
            if not facts.schemes:
                point.skip(f"The device responds with HTTP {facts.status} instead of a challenge.")
                return
            self.serial = self.serial or facts.serial
            self._facts[protocol] = facts
            if self._recorder.last is not None:
                self._exchanges[protocol] = self._recorder.last
            point.answer(list(facts.schemes), note=_describe(facts))

    def _answer_challenge(self) -> None:
        """Answer the points of a challenge from that over HTTP, or else over HTTPS."""
        found = [protocol for protocol in _PROTOCOLS if protocol in self._facts and self._facts[protocol].has_challenge]
        answers: dict[str, Any] = {}
        if found:
            facts = self._facts[found[0]]
            answers = {
                "challenge_body": facts.body_form,
                "challenge_chunked": facts.is_chunked,
                "offers_http2": self._offers_http2(found),
                "closes_after_401": facts.closes_connection,
            }
        for name in ("challenge_body", "challenge_chunked", "offers_http2", "closes_after_401"):
            with self._recorder.point(name) as point:
                self._attach(found)
                if answers.get(name) is not None:
                    point.answer(answers[name])
                elif found and name == "offers_http2":
                    point.skip("The challenge over HTTPS does not show what the device offers over HTTP.")
                else:
                    point.skip("No challenge shows it." if not found else "The challenge has a different form.")

    def _offers_http2(self, protocols: list[str]) -> bool | None:
        """Return whether a challenge offers it, or None if only that over HTTPS is known, which may not do so."""
        is_offered = any(self._facts[protocol].offers_http2 for protocol in protocols)
        return True if is_offered else False if "http" in self._facts else None

    def _attach(self, protocols: list[str]) -> None:
        for protocol in protocols:
            self._recorder.attach(self._exchanges.get(protocol))

    def _answer_sha256(self) -> None:
        schemes = [name for facts in self._facts.values() for name in facts.schemes]
        has_http = "http" in self._facts
        with self._recorder.point("sha256_digest") as point:
            self._attach(list(self._facts))
            if any(name.startswith("Digest SHA-") for name in schemes):
                point.answer(True)
            elif has_http or any(name.startswith("Digest ") for name in schemes):
                point.answer(False)
            else:
                point.skip("No challenge over HTTP was seen, and the one over HTTPS offers no digest.")

    def _read_tls_versions(self) -> None:
        with self._recorder.point("tls_versions") as point:
            facts, port = self._facts.get("https"), self._ports["https"]
            if facts is None or port is None or facts.schemes == _CLOSED:
                point.skip("The device does not respond over HTTPS, or its port is not known.")
                return
            probe = Probe(self._session, "https", port, self._recorder.observe)
            try:
                found = {version: self._accepts(probe, version) for version in TLS_VERSIONS}
            except TimeLimitError:
                raise
            except AxisError as error:
                point.skip(error)
                return
            if True not in found.values():
                point.skip("The device accepts no version of TLS that this machine can offer.")
                return
            unknown = [version for version, is_accepted in found.items() if is_accepted is None]
            note = f"This machine cannot offer TLS {', '.join(unknown)}." if unknown else None
            point.answer([version for version, is_accepted in found.items() if is_accepted], note=note)

    @staticmethod
    def _accepts(probe: Probe, version: str) -> bool | None:
        """Return whether a version is accepted; a device may also close a connection because it has too many."""
        is_accepted = probe.accepts(version, _TARGETS[0])
        return probe.accepts(version, _TARGETS[0]) if is_accepted is False else is_accepted

    def _read_certificate(self) -> None:
        facts, port = self._facts.get("https"), self._ports["https"]
        if facts is None or port is None or facts.schemes == _CLOSED:
            return
        try:
            certificate = Probe(self._session, "https", port).read_certificate()
        except DeviceUnreachableError as error:
            if isinstance(error, TimeLimitError):
                raise
            return
        if certificate is not None:
            self.observations["certificate"] = {
                "self_signed": certificate.is_self_signed,
                "key": certificate.key,
                "signature": certificate.signature,
                "expires_in_days": self._count_days(certificate.not_after),
            }

    def _count_days(self, moment: datetime | None) -> int | None:
        return None if moment is None else (moment - self._session.controller_time).days


def _describe(facts: ChallengeFacts) -> str | None:
    """Return what else an answer says."""
    first = facts.schemes[0]
    if first == "closed":
        return "The device refuses connections to the port."
    if first == "redirect":
        return "The device redirects the request instead of a challenge."
    return "The device lists its groups without a login." if first == "none" else None
