# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys, signatures, and periods of certificates."""

from __future__ import annotations

import base64
import hashlib
import ssl
from datetime import datetime, timezone

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ansible_collections.camfleet.axis.plugins.module_utils._http.certificate import parse_certificate


def encode(certificate: trustme.Blob) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.bytes().decode())


def test_a_certificate_of_an_authority_is_not_self_signed() -> None:
    authority = trustme.CA()
    found = parse_certificate(encode(authority.issue_cert("camera.example").cert_chain_pems[0]))
    assert found is not None
    assert (found.is_self_signed, found.key, found.signature) == (False, "EC P-256", "ECDSA with SHA-256")
    assert found.not_after == datetime(3000, 1, 1, tzinfo=timezone.utc)


def test_the_certificate_of_the_authority_is_self_signed() -> None:
    found = parse_certificate(encode(trustme.CA().cert_pem))
    assert found is not None
    assert found.is_self_signed


def test_the_length_of_an_rsa_key_is_known() -> None:
    authority = trustme.CA()
    leaf = authority.issue_cert("camera.example", key_type=trustme.KeyType.RSA)
    found = parse_certificate(encode(leaf.cert_chain_pems[0]))
    assert found is not None
    assert found.key == "RSA 2048"


@pytest.mark.parametrize("key_type", trustme.KeyType)
def test_the_pin_of_a_key_is_that_of_curl(key_type: trustme.KeyType) -> None:
    encoded = encode(trustme.CA().issue_cert("camera.example", key_type=key_type).cert_chain_pems[0])
    key = x509.load_der_x509_certificate(encoded).public_key()
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    found = parse_certificate(encoded)
    assert found is not None
    assert found.key_pin == f"sha256//{base64.b64encode(hashlib.sha256(info).digest()).decode()}"


@pytest.mark.parametrize("encoded", [b"", b"0", b"\x30\x82", b"\x30\x03abc", b"\xff" * 100, b"\x30\x80" * 50])
def test_what_is_not_a_certificate_is_unknown(encoded: bytes) -> None:
    assert parse_certificate(encoded) is None


def test_a_truncated_certificate_is_unknown() -> None:
    encoded = encode(trustme.CA().cert_pem)
    assert all(parse_certificate(encoded[:length]) is None for length in range(0, len(encoded), 7))
