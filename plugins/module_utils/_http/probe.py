# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Learn without a login how a device challenges over HTTP and HTTPS, and which versions of TLS it accepts."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import (
    DIGEST_ALGORITHMS,
    Challenge,
    parse_challenges,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.certificate import Certificate, parse_certificate
from ansible_collections.camfleet.axis.plugins.module_utils._http.exchange import Observer
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Response, Transport, is_refused

#: The versions of TLS, from the oldest.
TLS_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
#: By their names in lower case, the schemes of authentication (IANA), as they are written.
_SCHEMES = {
    name.lower(): name
    for name in (
        *("Basic", "Bearer", "Concealed", "Digest", "DPoP", "GNAP", "HOBA", "Mutual", "Negotiate", "NTLM", "OAuth"),
        *("PrivateToken", "SCRAM-SHA-1", "SCRAM-SHA-256", "vapid"),
    )
}
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class ChallengeFacts:
    """What a device answers to a request without a login.

    :param schemes: ``Digest MD5``, ``Basic``, and so on, in the order in which they are offered; ``closed``,
        ``redirect``, or ``none`` if the device responds without a login; nothing for any other response.
    :param serial: of the realm.
    :param body_form: ``html`` or ``json``, None for another one.
    :param closes_connection: None if that is unknown.
    """

    schemes: tuple[str, ...]
    serial: str | None = None
    status: int | None = None
    body_form: str | None = None
    is_chunked: bool = False
    offers_http2: bool = False
    closes_connection: bool | None = None

    @property
    def has_challenge(self) -> bool:
        """Return whether the device requires a login."""
        return self.status == 401


class Probe:
    """Connections to one port of a device, beside a session with it. No login is ever sent.

    :param observe: called after each exchange.
    """

    def __init__(self, session: Session, protocol: str, port: int, observe: Observer | None = None) -> None:
        settings = session.settings
        self._session = session
        self._url = replace(settings, protocol=protocol, port=port).base_url
        self._server_name = settings.tls.server_name
        self._observe = observe or (lambda _exchange: None)

    def read_challenge(self, targets: Sequence[str]) -> ChallengeFacts:
        """Return how the device challenges the first of these requests that requires a login.

        :raises DeviceUnreachableError: no response, although the port is open.
        """
        transport = self._open(_Unverified(validate=False, server_name=self._server_name))
        try:
            for target in targets:
                response = self._session.send_beside(transport, "GET", target)
                if response.status == 401:
                    return replace(_find_facts(response), closes_connection=self._closes(transport, target))
                if response.status in _REDIRECTS:
                    return ChallengeFacts(("redirect",), status=response.status)
            return ChallengeFacts(("none",) if _is_xml(response) else (), status=response.status)
        except DeviceUnreachableError as error:
            # With a proxy, it is the proxy that refuses.
            if is_refused(error) and not self._session.settings.proxy:
                return ChallengeFacts(("closed",))
            raise
        finally:
            transport.close()

    def _closes(self, transport: Transport, target: str) -> bool | None:
        """Return whether a second request needs another connection."""
        connection = transport.connection
        try:
            self._session.send_beside(transport, "GET", target)
        except DeviceUnreachableError as error:
            return True if error.connection_lost else None
        return transport.connection != connection

    def accepts(self, version: str, target: str) -> bool | None:
        """Return whether the device accepts a version of TLS; None if this machine cannot offer it.

        :raises DeviceUnreachableError: no response in time, or no connection.
        """
        settings = _Unverified(validate=False, server_name=self._server_name, version=version)
        try:
            can_offer = _can_offer(settings.context())
        except (ValueError, ssl.SSLError):  # OpenSSL was built without it, or its policy forbids it
            can_offer = False
        if not can_offer:
            return None
        transport = self._open(settings)
        try:
            self._session.send_beside(transport, "GET", target)
        except DeviceUnreachableError as error:
            # A device ends the handshake with an alert, or by closing the connection.
            if error.maybe_applied:
                return True  # the handshake was complete
            if error.kind == "tls" or error.connection_lost:
                return False
            raise
        finally:
            transport.close()
        return True

    def read_certificate(self) -> Certificate | None:
        """Return what the certificate of the device is, or None with a proxy or without a certificate.

        :raises DeviceUnreachableError: no connection, or no TLS on it.
        """
        if self._session.settings.proxy:
            return None  # a connection that bypasses the proxy may reach another device
        transport = self._open(_Unverified(validate=False, server_name=self._server_name))
        try:
            encoded = self._session.time_limit.run(transport.read_certificate)
        finally:
            transport.close()
        return parse_certificate(encoded) if encoded else None

    def _open(self, tls: TLSSettings) -> Transport:
        settings = self._session.settings
        transport = Transport(self._url, tls, settings.timeout, settings.proxy)
        # Only an observed exchange has the body of a challenge.
        transport.observe = self._observe
        return transport


@dataclass(frozen=True, slots=True)
class _Unverified(TLSSettings):
    """TLS without verification, for requests without a login, in any version or only one."""

    version: str | None = None

    def context(self) -> ssl.SSLContext:
        """Return the context for a connection."""
        context = TLSSettings.context(self)
        if self.version is None:
            return context
        with warnings.catch_warnings():
            # Python warns of the old versions, which are tried on purpose.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = TLS_VERSIONS[self.version]
        if self.version in ("1.0", "1.1"):
            # OpenSSL rejects the signatures of these versions otherwise.
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        return context


def _can_offer(context: ssl.SSLContext) -> bool:
    """Return whether OpenSSL can begin a handshake: system policies forbid old versions."""
    handshake = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="camera")
    try:
        handshake.do_handshake()
    except ssl.SSLWantReadError:
        return True
    except ssl.SSLError:
        return False
    return False


def _find_facts(response: Response) -> ChallengeFacts:
    challenges = parse_challenges(response.header("WWW-Authenticate"))
    upgrades = ",".join(response.header("Upgrade")).lower().split(",")
    return ChallengeFacts(
        tuple(dict.fromkeys(map(_name_scheme, challenges))) or ("none",),
        next((item.serial for item in challenges if item.serial), None),
        response.status,
        _find_form(response.body),
        is_chunked="chunked" in ",".join(response.header("Transfer-Encoding")).lower(),
        offers_http2=any(item.strip() in ("h2", "h2c") for item in upgrades),
    )


def _is_xml(response: Response) -> bool:
    """Return whether a device responds to the request; another server may show a page."""
    return response.status == 200 and b"xml" in response.body[:100].lower()


def _name_scheme(challenge: Challenge) -> str:
    name = _SCHEMES.get(challenge.scheme, "other")
    if name != "Digest":
        return name
    return f"Digest {challenge.algorithm if challenge.algorithm in DIGEST_ALGORITHMS else 'other'}"


def _find_form(body: bytes) -> str | None:
    start = body.lstrip()[:1]
    return {b"<": "html", b"{": "json", b"[": "json"}.get(start)
