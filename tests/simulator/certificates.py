# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create certificates for simulated devices on first use."""

from __future__ import annotations

import hashlib
import ssl
import tempfile
import threading
import warnings
from functools import cached_property
from pathlib import Path
from typing import Literal

import trustme

_TLS_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
_USUAL_VERSIONS = ("1.2", "1.3")
CertificateKind = Literal["self_signed", "ca"]


class CertificateAuthority:
    """The CA of the fleet, and an untrusted one; the PEM file is in a temporary directory."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._directory: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def trusted(self) -> trustme.CA:
        return trustme.CA(organization_name="camfleet.axis simulator")

    @cached_property
    def untrusted(self) -> trustme.CA:
        return trustme.CA(organization_name="untrusted")

    @property
    def path(self) -> Path:
        """Return the PEM file of the CA certificate that clients trust."""
        if self._directory is None:
            self._directory = tempfile.TemporaryDirectory(prefix="axis-simulator-")
            self.trusted.cert_pem.write_to_path(Path(self._directory.name, "ca.pem"))
        return Path(self._directory.name, "ca.pem")

    def remove(self) -> None:
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None


class Certificate:
    """The certificate of a device, created on first use because that takes about a millisecond."""

    def __init__(
        self,
        authority: CertificateAuthority,
        kind: CertificateKind,
        names: tuple[str, ...],
        tls_versions: tuple[str, ...] = _USUAL_VERSIONS,
    ) -> None:
        self.kind = kind
        self.names = names
        self._tls_versions = tls_versions
        self._authority = authority

    @cached_property
    def _leaf(self) -> trustme.LeafCert:
        issuer = self._authority.trusted if self.kind == "ca" else self._authority.untrusted
        return issuer.issue_cert(*self.names, common_name=self.names[0])

    @property
    def context(self) -> ssl.SSLContext:
        """Return the server's TLS context. The lock is needed because tests read the fingerprint meanwhile."""
        with self._authority.lock:
            return self._context

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Python cannot set them for a patched class.
        if self._tls_versions and self._tls_versions != _USUAL_VERSIONS:
            _set_versions(context, [_TLS_VERSIONS[version] for version in self._tls_versions])
        self._leaf.configure_cert(context)
        return context

    @property
    def sha256(self) -> str:
        """Return the fingerprint in lowercase hex."""
        with self._authority.lock:
            return self._sha256

    @cached_property
    def _sha256(self) -> str:
        der = ssl.PEM_cert_to_DER_cert(self._leaf.cert_chain_pems[0].bytes().decode())
        return hashlib.sha256(der).hexdigest()


def _set_versions(context: ssl.SSLContext, versions: list[ssl.TLSVersion]) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ssl.TLSVersion", DeprecationWarning)
        context.minimum_version, context.maximum_version = versions[0], versions[-1]
    if versions[0] < ssl.TLSVersion.TLSv1_2:
        # OpenSSL rejects the signatures of these versions otherwise.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
