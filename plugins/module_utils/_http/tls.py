# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes the certificate of a device good, and what to say of one that is not."""

from __future__ import annotations

import hashlib
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import ExchangeState, connect


@cache
def system_context() -> ssl.SSLContext:
    """What trusts whom the system trusts, made once: to read its store takes longer than to ask a camera."""
    context = _new_context()
    context.load_default_certs()
    return context


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # urllib3 checks the name instead, also for an address, for which its version 1 sends no server name.
    context.check_hostname = False
    return context


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """What makes a device's certificate good.

    :param ca_path: file or directory of certificates to trust instead of the system's.
    :param server_name: the name to expect in the certificate instead of the address.
    :param fingerprint: SHA-256 of the certificate, 64 hexadecimal digits; it alone decides then.
    """

    validate: bool = True
    ca_path: str | None = None
    server_name: str | None = None
    fingerprint: str | None = None

    @property
    def verification_disabled(self) -> bool:
        """Whether any certificate will do."""
        return not self.validate and self.fingerprint is None

    def context(self) -> ssl.SSLContext:
        """:raises InvalidOptionError: ``invalid_option``, when ``ca_path`` cannot be read as certificates."""
        if self.fingerprint or not self.validate:
            context = _new_context()
            context.verify_mode = ssl.CERT_NONE
        elif self.ca_path is None:
            context = system_context()
        else:
            context = _new_context()
            self._load(context, self.ca_path)
        return context

    @staticmethod
    def _load(context: ssl.SSLContext, path: str) -> None:
        try:
            context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
        except OSError as error:  # ssl.SSLError is one, too
            raise invalid_option(
                f"ca_path {path} cannot be read as certificates ({error})",
                "Name a PEM file, or a directory prepared with c_rehash, that this process may read.",
            ) from error


def peer_certificate(host: str, port: int, server_name: str | None, state: ExchangeState) -> bytes | None:
    """The certificate that a device shows (DER), read on a connection on which nothing is sent.

    :raises OSError: no connection, or no TLS on it.
    """
    with (
        connect(host, port, state) as sock,
        TLSSettings(validate=False).context().wrap_socket(sock, server_hostname=server_name or host) as tls,
    ):
        return tls.getpeercert(binary_form=True)


def sha256_of(certificate: bytes) -> str:
    """The fingerprint of a certificate (DER) as ``tls_fingerprint`` has it: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def tls_reason(causes: Sequence[BaseException]) -> str:
    """Why a connection is not trusted, by the exceptions that led to it."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return str(cause.verify_message)
    for cause in causes:
        if type(cause).__name__ == "CertificateError":  # urllib3's, for a name that does not match
            return str(cause)
    if any("ingerprint" in str(cause) for cause in causes):
        return "its certificate has another fingerprint than tls_fingerprint"
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return str(cause.reason).lower().replace("_", " ")
    return "TLS handshake failed"
