# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a certificate is: its key, its signature, and for how long it is valid. Names are left out."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from hashlib import sha256

_OID, _UTC_TIME, _TIME, _SEQUENCE = 0x06, 0x17, 0x18, 0x30
_KEYS = {"1.2.840.113549.1.1.1": "RSA", "1.2.840.10045.2.1": "EC", "1.3.101.112": "Ed25519"}
_CURVES = {"1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521"}
_SIGNATURES = {
    "1.2.840.113549.1.1.5": "RSA with SHA-1",
    "1.2.840.113549.1.1.11": "RSA with SHA-256",
    "1.2.840.113549.1.1.12": "RSA with SHA-384",
    "1.2.840.113549.1.1.13": "RSA with SHA-512",
    "1.2.840.113549.1.1.10": "RSA-PSS",
    "1.2.840.10045.4.3.2": "ECDSA with SHA-256",
    "1.2.840.10045.4.3.3": "ECDSA with SHA-384",
    "1.2.840.10045.4.3.4": "ECDSA with SHA-512",
    "1.3.101.112": "Ed25519",
}
#: What is not in these lists.
_OTHER = "other"
_MAX_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate without its names.

    :param is_self_signed: whether issuer and subject are equal.
    :param key: for example ``RSA 2048`` or ``EC P-256``.
    """

    is_self_signed: bool
    key: str
    signature: str
    not_before: datetime | None
    not_after: datetime | None
    #: SHA-256 of the public key, as ``curl --pinnedpubkey`` takes it
    key_pin: str = ""


def parse_certificate(encoded: bytes) -> Certificate | None:
    """Return what a certificate in DER is, or None if it cannot be read (RFC 5280, 4.1)."""
    try:
        (_tag, outer), *_rest = _read_items(encoded)
        (_tag, content), (_tag, algorithm), *_rest = _read_items(outer)
        fields = [item for item in _read_items(content) if item[0] != 0xA0]
        _serial, _algorithm, (_tag, issuer), (_tag, validity), (_tag, subject), (_tag, key), *_rest = fields
        begin, end = (_parse_time(*item) for item in _read_items(validity))
        return Certificate(
            issuer == subject,
            _describe_key(key),
            _SIGNATURES.get(_read_oid(algorithm), _OTHER),
            begin,
            end,
            _pin_key(key),
        )
    except (ValueError, IndexError):
        return None


def _read_items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each item."""
    position = 0
    for _number in range(_MAX_ITEMS):
        if position >= len(data):
            return
        tag, length, position = data[position], data[position + 1], position + 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        if position + length > len(data):
            raise ValueError("an item is longer than what contains it")
        yield tag, data[position : position + length]
        position += length


def _read_oid(data: bytes) -> str:
    """Return the first object identifier of a sequence."""
    content = next(item for tag, item in _read_items(data) if tag == _OID)
    numbers, number = [content[0] // 40, content[0] % 40], 0
    for byte in content[1:]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    return ".".join(map(str, numbers))


def _pin_key(key: bytes) -> str:
    size = len(key).to_bytes((len(key).bit_length() + 7) // 8, "big")
    header = bytes([_SEQUENCE, *(size if len(key) < 0x80 else (0x80 | len(size), *size))])
    return f"sha256//{b64encode(sha256(header + key).digest()).decode()}"


def _describe_key(key: bytes) -> str:
    (_tag, algorithm), (_tag, value), *_rest = _read_items(key)
    name = _KEYS.get(_read_oid(algorithm), _OTHER)
    if name == "RSA":
        (_tag, numbers), *_rest = _read_items(value[1:])
        (_tag, modulus), *_rest = _read_items(numbers)
        return f"RSA {int.from_bytes(modulus, 'big').bit_length()}"
    if name == "EC":
        curves = [item for tag, item in _read_items(algorithm) if tag == _OID]
        return f"EC {_CURVES.get(_read_oid(bytes([_OID, len(curves[-1])]) + curves[-1]), _OTHER)}"
    return name


def _parse_time(tag: int, content: bytes) -> datetime | None:
    form = {_UTC_TIME: "%y%m%d%H%M%SZ", _TIME: "%Y%m%d%H%M%SZ"}.get(tag)
    if form is None:
        return None
    try:
        return datetime.strptime(content.decode("ascii"), form).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
