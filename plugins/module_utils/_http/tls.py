# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS settings of a device, and the explanation of a failed TLS connection."""

from __future__ import annotations

import errno
import hashlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Text, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import (
    ExchangeState,
    FingerprintMismatchError,
    HandshakeClosedError,
    NameMismatchError,
    connect,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.messages import device_message
from ansible_collections.camfleet.axis.plugins.module_utils._http.pristine_ssl import load_pristine_ssl
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean

# Names of a certificate in a message.
_MAX_NAMES = 5
# OpenSSL's verification results (x509_vfy.h): not yet valid, and expired; certificate key, authority's key, and
# signature algorithm too weak.
_INVALID_PERIOD = frozenset({9, 10})
_WEAK_CERTIFICATE = frozenset({66, 67, 68})
# RFC 8446, 5.1 and 6.
_RECORD_TYPES = frozenset({20, 21, 22, 23})
_ALERT = b"\x15"
_CLOSE_NOTIFY = b"\x01\x00"
# By OpenSSL's names of the reasons: what failed, and what to do.
_HANDSHAKE_FAILURES: tuple[tuple[frozenset[str], str, Text], ...] = (
    (
        frozenset({"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION"}),
        "The TLS version of the device is too old. TLS 1.2 or later is required",
        "Upgrade AXIS OS, or enable TLS 1.2 on the device.",
    ),
    (
        frozenset({"DH_KEY_TOO_SMALL"}),
        "The key exchange of the device is too weak",
        "Upgrade AXIS OS, or enable ECDHE cipher suites on the device.",
    ),
    (
        frozenset({"SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INSUFFICIENT_SECURITY"}),
        "The device and this machine have no TLS cipher suite in common",
        "Upgrade AXIS OS, or enable ECDHE cipher suites with AES-GCM on the device.",
    ),
    (
        frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"}),
        "The port does not speak TLS",
        device_message("Set {port} to the HTTPS port of the device, and check that HTTPS is enabled on the device."),
    ),
)


@cache
def system_context() -> ssl.SSLContext:
    """Return the context with the system's certificates; reading them takes longer than one request."""
    context = _new_context()
    context.load_default_certs()
    return context


def _new_context() -> ssl.SSLContext:
    pristine = load_pristine_ssl()
    context: ssl.SSLContext = pristine.SSLContext(pristine.PROTOCOL_TLS_CLIENT)
    # TLSSettings checks the name instead, so that a message can show the names in the certificate.
    context.check_hostname = False
    return context


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """How the certificate of a device is verified.

    :param ca_path: file or directory of certificates to trust instead of the system's.
    :param server_name: name to expect in the certificate instead of the address.
    :param fingerprint: SHA-256 of the certificate, 64 hexadecimal digits; replaces all other checks.
    """

    validate: bool = True
    ca_path: str | None = None
    server_name: str | None = None
    fingerprint: str | None = None

    @property
    def verification_disabled(self) -> bool:
        """Return whether any certificate is accepted."""
        return not self.validate and self.fingerprint is None

    def context(self) -> ssl.SSLContext:
        """Return the context for a connection.

        :raises InvalidOptionError: ``invalid_option``, when ``ca_path`` cannot be read as certificates.
        """
        if self.fingerprint or not self.validate:
            context = _new_context()
            context.verify_mode = ssl.CERT_NONE
        elif self.ca_path is None:
            context = system_context()
        else:
            context = _new_context()
            # An intermediate authority, or the certificate of a device, is trusted without the root above it.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            self._load(context, self.ca_path)
        return context

    def secure(self, context: ssl.SSLContext, sock: socket.socket, host: str, state: ExchangeState) -> ssl.SSLSocket:
        """Begin TLS on a connection to a host, and verify the host.

        :raises OSError: among them ``ssl.SSLError`` and ``TimeoutError``.
        """
        name = self.server_name or _strip_host(host)
        tls = _shake_hands(context, sock, name, state)
        try:
            self._verify(tls, name)
        except BaseException:
            tls.close()
            raise
        return tls

    def _verify(self, tls: ssl.SSLSocket, name: str) -> None:
        """Check what the handshake did not; it verified who signed the certificate, unless the context says not to."""
        if self.fingerprint:
            encoded = tls.getpeercert(binary_form=True)
            if encoded is None or compute_fingerprint(encoded) != self.fingerprint:
                raise FingerprintMismatchError(ssl.SSL_ERROR_SSL, "its fingerprint is not the pinned one")
        elif self.validate:
            certificate = tls.getpeercert() or {}
            if not has_name(certificate, name):
                names = _read_names(certificate)[:_MAX_NAMES]
                shown = ", ".join(repr(shown) for _kind, shown in names) or "no name"
                raise NameMismatchError(ssl.SSL_ERROR_SSL, f"the certificate is for {shown}, not for {name!r}")

    @staticmethod
    def _load(context: ssl.SSLContext, path: str) -> None:
        try:
            context.load_verify_locations(**{"capath" if os.path.isdir(path) else "cafile": path})
        except OSError as error:  # includes ssl.SSLError
            reason = _describe_reason(error.reason) if isinstance(error, ssl.SSLError) else error.strerror
            raise invalid_option(
                device_message(
                    "{ca_path} is {path!r}, which cannot be read as certificates ({reason})", path=path, reason=reason
                ),
                device_message(
                    "Set {ca_path} to a PEM file, or to a directory prepared with c_rehash, that this process can read."
                ),
            ) from error


def read_peer_certificate(host: str, port: int, server_name: str | None, state: ExchangeState) -> bytes | None:
    """Return the certificate that a device shows (DER), read with a handshake only: no request is sent.

    :raises OSError: no connection, or no TLS on it.
    """
    context = TLSSettings(validate=False).context()
    sock = connect(host, port, state)
    with _shake_hands(context, sock, server_name or _strip_host(host), state) as tls:
        return tls.getpeercert(binary_form=True)


def _shake_hands(context: ssl.SSLContext, sock: socket.socket, name: str, state: ExchangeState) -> ssl.SSLSocket:
    tls = sock
    try:
        sock.getpeername()  # before the socket of TLS exists, which would stay open if it cannot be made
        tls = context.wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
        tls.settimeout(state.next_wait())
        tls.do_handshake()
    except OSError as error:
        failure = _describe_end(tls) if _is_end(error) else error
        tls.close()
        if failure is error:
            raise
        raise failure from error
    except ValueError as error:  # a name that is not valid in IDNA
        tls.close()
        raise NameMismatchError(ssl.SSL_ERROR_SSL, f"{name!r} is not a valid name") from error
    except BaseException:
        tls.close()
        raise
    return tls


def _is_end(error: OSError) -> bool:
    """Return whether the peer ended the connection; which error shows it depends on the order of packets."""
    ends = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
    return isinstance(error, ends) or error.errno == errno.ENOTCONN


def _describe_end(sock: socket.socket) -> OSError:
    """Return the error for a connection that ended: what the peer sent before is not read if sending fails."""
    try:
        received = socket.socket.recv(sock, 7, socket.MSG_DONTWAIT)
    except OSError:
        received = b""
    is_alert = received[:1] == _ALERT and received[5:] != _CLOSE_NOTIFY
    return _not_tls() if is_alert or (received and received[0] not in _RECORD_TYPES) else HandshakeClosedError()


def _not_tls() -> ssl.SSLError:
    """Return the error for a peer that sent something else than TLS requires, as OpenSSL would name it."""
    error = ssl.SSLError(ssl.SSL_ERROR_SSL, "the peer sent data that is not TLS")
    error.reason = "WRONG_VERSION_NUMBER"
    return error


def _strip_host(host: str) -> str:
    """Return a host as certificates name it: without brackets, the zone of an address, and a final dot."""
    return host.strip("[]").partition("%")[0].rstrip(".")


def has_name(certificate: Mapping[str, Any], name: str) -> bool:
    """Return whether a verified certificate covers a name or an address.

    :param certificate: as ``SSLSocket.getpeercert`` returns it.
    """
    return bool(name) and any(_is_match(kind, pattern, name) for kind, pattern in _read_names(certificate))


def _read_names(certificate: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the kinds and values of the names in a certificate; the common name only if there are no others."""
    if names := certificate.get("subjectAltName"):
        return list(names)
    subject = (pair for part in certificate.get("subject", ()) for pair in part)
    return [("DNS", value) for name, value in subject if name == "commonName"]


def _is_match(kind: str, pattern: str, name: str) -> bool:
    """Return whether one name of a certificate covers a name or an address (RFC 9525, 6.3)."""
    if (address := _parse_address(name)) is not None:
        return kind == "IP Address" and _parse_address(pattern.strip()) == address
    if kind != "DNS":
        return False
    labels, expected = (text.lower().rstrip(".").split(".") for text in (pattern, _to_ascii(name)))
    if labels[0] == "*" and len(labels) > 1 and expected[0]:
        # A wildcard is a whole label, the first, and covers exactly one.
        labels, expected = labels[1:], expected[1:]
    return labels == expected and "*" not in "".join(labels)


def _to_ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def compute_fingerprint(certificate: bytes) -> str:
    """Return the fingerprint of a certificate (DER) as ``tls_fingerprint``: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


@dataclass(frozen=True, slots=True)
class TLSFailure:
    """Why TLS failed, and what to do.

    :param untrusted: whether a pin would make the certificate trusted.
    :param detail: as of an AxisError.
    """

    message: str
    next_step: Text
    untrusted: bool = False
    detail: str | None = None


def explain_failure(causes: Sequence[BaseException]) -> TLSFailure:
    """Return why a TLS connection failed, by the exceptions that led to it."""
    for cause in causes:
        if isinstance(cause, FingerprintMismatchError):
            return _untrusted("it is not the pinned one", "")
        if isinstance(cause, NameMismatchError):
            return _mismatch(cause)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _unverified(cause)
    reason = next((cause.reason for cause in causes if isinstance(cause, ssl.SSLError) and cause.reason), None)
    return _failed_handshake(reason)


def _untrusted(reason: str, next_step: Text, detail: str | None = None) -> TLSFailure:
    message = f"The TLS certificate is not trusted ({reason}); no credentials were sent"
    return TLSFailure(message, next_step, True, detail)


def _mismatch(error: ssl.SSLError) -> TLSFailure:
    # The names are different for each device.
    text = clean(str(error.strerror or error))
    next_step = device_message("Set {tls_server_name} to a name in the certificate.")
    return _untrusted("it is for another name or address", next_step, text[:1].upper() + text[1:])


def _unverified(error: ssl.SSLCertVerificationError) -> TLSFailure:
    reason = error.verify_message
    if error.verify_code in _WEAK_CERTIFICATE:
        return TLSFailure(
            f"The TLS certificate is too weak ({reason}); no credentials were sent",
            "Install a certificate with an RSA key of at least 2048 bits, or an ECDSA key, and a SHA-256 signature.",
        )
    if error.verify_code in _INVALID_PERIOD:
        return _untrusted(reason, "Renew the certificate, and check the clocks of the device and of this machine.")
    return _untrusted(reason, device_message("Set {ca_path} to the authority that signed the certificate."))


def _describe_reason(reason: str | None) -> str:
    """Return OpenSSL's name of a reason as a text."""
    return (reason or "unknown reason").lower().replace("_", " ")


def _failed_handshake(reason: str | None) -> TLSFailure:
    text = _describe_reason(reason)
    for reasons, message, next_step in _HANDSHAKE_FAILURES:
        if reason in reasons:
            return TLSFailure(f"{message} ({text})", next_step)
    return TLSFailure(
        f"The TLS handshake failed ({text})", device_message("Check {port}, and the HTTPS settings of the device.")
    )
