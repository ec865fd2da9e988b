# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP headers in a profile."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_headers import HeaderAnonymizer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues


def show(*headers: tuple[str, str]) -> dict[str, str]:
    return HeaderAnonymizer(ShownValues(Identifiers())).response(headers)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("content-type", "application/json; charset=utf8", "application/json; charset=utf8"),
        ("Content-Type", "text/acme; charset=acme; x=y", "<type>; <parameter>; <parameter>"),
        ("Transfer-Encoding", "chunked", "chunked"),
        ("Connection", "Upgrade, close", "Upgrade, close"),
        ("Connection", "acme", "<text>"),
        ("Upgrade", "h2,h2c", "h2,h2c"),
        ("Server", "Apache/2.4.58 (Unix)", "Apache/2.4.58 (Unix)"),
        ("Server", "gate.acme.example", "<server>"),
        ("Date", "Sun, 29 Nov 2026 18:00:00 GMT", "<time>"),
        ("Location", "https://gate.acme.example/", "<address>"),
        ("Allow", "GET, ACME", "GET, <method>"),
        ("Retry-After", "5", "5"),
        ("Cache-Control", "no-store, max-age=0", "no-store, max-age=0"),
        ("Content-Length", "381", "381"),
        ("Content-Length", "acme", "<text>"),
        ("Authorization", "Digest", "Digest"),
        ("Authorization", "Digest username=jdoe", "<text>"),
    ],
)
def test_a_header_shows_known_values(name: str, value: str, shown: str) -> None:
    assert list(show((name, value)).values()) == [shown]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (
            'Digest realm="AXIS_B8A44F0A1B2C", nonce="YWNtZQ", algorithm=MD5, qop="auth", stale=true',
            'Digest realm="AXIS_<serial>", nonce="<nonce>", algorithm=MD5, qop="auth", stale=true',
        ),
        ('Basic realm="Acme gate", charset="UTF-8"', 'Basic realm="<realm>", charset=UTF-8'),
        (
            'Digest realm="AXIS_WS_B8A44F0A1B2C", opaque="acme", domain="/acme", acme="acme", algorithm=acme, qop=acme',
            (
                'Digest realm="AXIS_WS_<serial>", opaque="<opaque>", domain="<domain>", algorithm=<algorithm>, '
                'qop="<qop>", <1 other parameters>'
            ),
        ),
        ("Acme realm=acme", "<scheme>"),
        ("", "<challenge>"),
        ('Digest realm="a", Basic realm="b"', 'Digest realm="<realm>", Basic realm="<realm>"'),
    ],
)
def test_a_challenge_shows_its_method(value: str, shown: str) -> None:
    assert show(("WWW-Authenticate", value)) == {"WWW-Authenticate": shown}


def test_other_headers_are_counted() -> None:
    headers = (("Acme", "gate"), ("X-Acme", "gate"), ("Set-Cookie", "acme"), ("Upgrade", "h2"))
    assert show(*headers) == {"Upgrade": "h2", "<other headers>": "3"}


def test_headers_of_one_name_are_joined() -> None:
    assert show(("WWW-Authenticate", "Basic"), ("www-authenticate", "Digest")) == {"WWW-Authenticate": "Basic, Digest"}


def test_headers_of_requests_are_those_of_the_collection() -> None:
    sent = (("User-Agent", "camfleet.axis"), ("Accept-Encoding", "identity"), ("Content-Type", "application/json"))
    assert HeaderAnonymizer(ShownValues(Identifiers())).request(sent) == dict(sent)
