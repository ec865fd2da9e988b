# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates that are trusted, and the messages about those that are not."""

from __future__ import annotations

import ipaddress
import ssl
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.pristine_ssl import load_pristine_ssl
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import (
    TLSSettings,
    has_name,
    system_context,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from tests.simulator import Fleet
from tests.unit.plugins.module_utils.raw_server import (
    OK,
    TARGET,
    failure,
    https_url,
    read_head,
    respond_with,
    serve,
)

VARIABLES = {name: f"axis_{name}" for name in ("port", "protocol", "ca_path", "tls_server_name", "tls_fingerprint")}


def test_certificates_can_be_trusted_in_four_ways(fleet: Fleet) -> None:
    signed = fleet.add(scheme="https", certificate="ca")
    by_address = fleet.add(scheme="https", certificate="ca", names=("127.0.0.1",))
    own = fleet.add(scheme="https")
    ca_path = str(fleet.ca_path)
    for device, trust in (
        (by_address, TLSSettings(ca_path=ca_path)),
        (signed, TLSSettings(ca_path=ca_path, server_name=f"axis-{signed.serial.lower()}")),
        (own, TLSSettings(fingerprint=own.certificate_sha256)),
        (own, TLSSettings(validate=False)),
    ):
        assert Transport(https_url(device), trust, 5).send("GET", TARGET, None).status == 401


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the file of the certificates that the system trusts, before it is read."""
    path = tmp_path / "store.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    system_context.cache_clear()
    yield path
    system_context.cache_clear()


def test_system_certificates_are_read_once(fleet: Fleet, store: Path) -> None:
    device = fleet.add(scheme="https", certificate="ca", names=("127.0.0.1",))
    store.write_bytes(Path(fleet.ca_path).read_bytes())
    system_context()
    store.unlink()
    assert Transport(https_url(device), TLSSettings(), 5).send("GET", TARGET, None).status == 401


class MergedContext(ssl.SSLContext):
    """A context that trusts the system in addition to what it should trust, like the one of truststore."""

    def wrap_socket(self, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        """Load the certificates of the system late."""
        self.load_default_certs()
        return super().wrap_socket(*arguments, **options)


@pytest.mark.fault("patch of ssl.SSLContext")
@pytest.mark.parametrize("method", [False, True])
def test_patch_of_ssl_does_not_extend_ca_path(
    fleet: Fleet, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: bool
) -> None:
    device = fleet.add(scheme="https", certificate="ca", names=("127.0.0.1",))
    store.write_bytes(Path(fleet.ca_path).read_bytes())
    trustme.CA().cert_pem.write_to_path(tmp_path / "another.pem")
    if method:
        monkeypatch.setattr(ssl.SSLContext, "wrap_socket", MergedContext.wrap_socket)
    else:
        monkeypatch.setattr(ssl, "SSLContext", MergedContext)
    load_pristine_ssl.cache_clear()
    for trust in (TLSSettings(ca_path=str(tmp_path / "another.pem")), TLSSettings(fingerprint="0" * 64)):
        assert failure(https_url(device), trust).kind == "tls"
    assert device.journal == []
    # Without ca_path, the system is trusted.
    for trust in (TLSSettings(ca_path=str(fleet.ca_path)), TLSSettings()):
        assert Transport(https_url(device), trust, 5).send("GET", TARGET, None).status == 401
    load_pristine_ssl.cache_clear()


@pytest.mark.parametrize(
    ("names", "expected", "is_match"),
    [
        (("DNS:axis-b8a44f000001.local",), "AXIS-b8a44f000001.local", True),
        (("DNS:*.example.com",), "camera.example.com", True),
        (("DNS:*.example.com",), "a.camera.example.com", False),
        (("DNS:*.example.com",), "example.com", False),
        (("DNS:*.example.com",), ".example.com", False),
        (("DNS:c*.example.com",), "camera.example.com", False),
        (("DNS:camera.*.com",), "camera.example.com", False),
        (("DNS:*",), "camera", False),
        (("DNS:*.0.0.1",), "127.0.0.1", False),
        (("DNS:127.0.0.1",), "127.0.0.1", False),
        (("IP Address:127.0.0.1",), "127.0.0.1", True),
        (("IP Address:0:0:0:0:0:0:0:1",), "::1", True),
        (("IP Address:127.0.0.1",), "127.0.0.2", False),
        (("IP Address:127.0.0.1",), "camera", False),
        (("URI:camera",), "camera", False),
        (("DNS:xn--wchter-bua.example.com",), "wächter.example.com", True),
        (("DNS:other", "DNS:camera."), "camera", True),
        (("CN:camera",), "camera", True),
        (("CN:camera", "DNS:other"), "camera", False),
        (("CN:127.0.0.1",), "127.0.0.1", False),
        ((), "camera", False),
        (("DNS:",), "", False),
    ],
)
def test_name_of_a_certificate(names: tuple[str, ...], expected: str, is_match: bool) -> None:
    pairs = [tuple(name.split(":", 1)) for name in names]
    certificate = {
        "subject": tuple(((("commonName", value),)) for kind, value in pairs if kind == "CN"),
        "subjectAltName": tuple((kind, value) for kind, value in pairs if kind != "CN"),
    }
    assert has_name(certificate, expected) is is_match


def test_other_name_is_explained_with_the_names_of_the_certificate(fleet: Fleet) -> None:
    device = fleet.add(scheme="https", certificate="ca", names=("entrance.example.com", "192.0.2.1"))
    error = failure(https_url(device), TLSSettings(ca_path=str(fleet.ca_path)))
    expected = "The certificate is for 'entrance.example.com', '192.0.2.1', not for '127.0.0.1'"
    assert expected in str(error.detail)


def test_relaxed_verification_is_limited_to_its_device(fleet: Fleet) -> None:
    own = fleet.add(scheme="https")
    for loose in (TLSSettings(validate=False), TLSSettings(fingerprint=own.certificate_sha256)):
        assert Transport(https_url(own), loose, 5).send("GET", TARGET, None).status == 401
        assert failure(https_url(own)).kind == "tls"


@pytest.mark.fault("certificate not trusted")
def test_untrusted_certificate_is_reported_and_nothing_sent(fleet: Fleet) -> None:
    signed = fleet.add(scheme="https", certificate="ca")
    own = fleet.add(scheme="https")
    ca_path = str(fleet.ca_path)
    for device, trust, reason, next_step in (
        (own, TLSSettings(), "issuer", "Set axis_ca_path to the authority"),
        (own, TLSSettings(ca_path=ca_path), "issuer", "Set axis_ca_path to the authority"),
        (signed, TLSSettings(ca_path=ca_path), "another name", "Set axis_tls_server_name to a name"),
        (signed, TLSSettings(ca_path=ca_path, server_name="axis-another"), "another name", "Set axis_tls_server_name"),
        (own, TLSSettings(fingerprint=signed.certificate_sha256), "pinned", "with pin_certificates_replace=true"),
    ):
        error = failure(https_url(device), trust)
        assert (error.kind, error.maybe_applied) == ("tls", False)
        assert reason in error.message
        assert next_step in error.render(VARIABLES)[1]
        assert f"The SHA-256 of the certificate is {device.certificate_sha256}" in str(error.detail)
        assert device.journal == []


def test_untrusted_cameras_have_the_same_message(fleet: Fleet) -> None:
    """A summary shows one message for all of them, and the result of each its fingerprint."""
    names = TLSSettings(ca_path=str(fleet.ca_path))
    for certificate, trust in (
        ("self_signed", TLSSettings()),
        ("ca", names),
        ("ca", TLSSettings(fingerprint="0" * 64)),
    ):
        cameras = [fleet.add(scheme="https", certificate=certificate) for _number in range(2)]
        errors = [failure(https_url(camera), trust) for camera in cameras]
        assert errors[0].render({}) == errors[1].render({})
        assert errors[0].detail != errors[1].detail


def test_expired_certificate_is_explained(fleet: Fleet) -> None:
    authority = trustme.CA()
    now = datetime.now(timezone.utc)
    expired = authority.issue_cert("127.0.0.1", not_before=now - timedelta(2), not_after=now - timedelta(1))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    expired.configure_cert(context)
    with serve(read_head, context) as port, authority.cert_pem.tempfile() as ca_path:
        error = failure(f"https://127.0.0.1:{port}", TLSSettings(ca_path=ca_path))
    assert "certificate has expired" in error.message
    assert error.next_step.startswith("Renew the certificate, and check the clocks")


def test_intermediate_authority_can_be_trusted(tmp_path: Path) -> None:
    intermediate = trustme.CA().create_child_ca()
    intermediate.cert_pem.write_to_path(tmp_path / "intermediate.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    intermediate.issue_cert("127.0.0.1").configure_cert(context)
    with serve(respond_with(OK + b"Content-Length: 0\r\n\r\n"), context) as port:
        base = f"https://127.0.0.1:{port}"
        tls = TLSSettings(ca_path=str(tmp_path / "intermediate.pem"))
        assert Transport(base, tls, 5).send("GET", TARGET, None).status == 200
        assert failure(base).kind == "tls"


def test_untrusted_certificate_names_the_variables_of_the_user(fleet: Fleet) -> None:
    _message, next_step = failure(https_url(fleet.add(scheme="https"))).render(VARIABLES)
    for name in ("axis_ca_path", "axis_tls_fingerprint", "camfleet.axis.pin_certificates"):
        assert name in next_step


def weak_context(ciphers: str = "ALL", key_size: int = 2048, version: str = "TLSv1_2") -> tuple[ssl.SSLContext, bytes]:
    """Return a server context that OpenSSL rejects by default, and its certificate for 127.0.0.1 as PEM."""
    key = rsa.generate_private_key(65537, key_size)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .add_extension(addresses, critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion[version]
    trustme.LeafCert(private, certificate, []).configure_cert(context)
    return context, certificate


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": "TLSv1_1"}, "TLS version of the device is too old"),
        ({"ciphers": "AES128-SHA"}, "no TLS cipher suite in common"),
        ({"key_size": 1024}, "certificate is too weak"),
    ],
)
def test_weak_tls_is_explained(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    context, certificate = weak_context(**options)
    (tmp_path / "ca.pem").write_bytes(certificate)
    with serve(read_head, context) as port:
        error = failure(f"https://127.0.0.1:{port}", TLSSettings(ca_path=str(tmp_path / "ca.pem")), timeout=60)
    assert (error.kind, error.maybe_applied) == ("tls", False)
    assert message in error.message
    assert "protocol" not in error.next_step


def test_unreadable_ca_path_is_an_invalid_option(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing", encoding="utf-8")
    for path, reason in (
        (tmp_path / "missing.pem", "No such file or directory"),
        (tmp_path / "empty.pem", "no certificate or crl found"),
    ):
        with pytest.raises(AxisError) as caught:
            Transport("https://127.0.0.1:1", TLSSettings(ca_path=str(path)), 1)
        assert caught.value.kind == "invalid_option"
        assert caught.value.message == f"ca_path is {str(path)!r}, which cannot be read as certificates ({reason})"
