# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authentication; the examples are those of RFC 7616 and RFC 7617."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import Authenticator, parse_challenges
from tests.scaling import check_linear

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
SHA_256 = (
    f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="{NONCE}", opaque="FQhe/q"'
)
MD5 = SHA_256.replace("SHA-256", "MD5")
MD5_RESPONSE = 'response="8ca523f5e9506fed4657c9700eebdbec"'
SHA_256_RESPONSE = 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"'


def authorize(*challenges: str, encrypted: bool = False, method: str = "auto") -> str:
    """Return the Authorization header that answers these WWW-Authenticate headers."""
    authenticator = Authenticator("Mufasa", "Circle of Life", method, encrypted=encrypted)
    authenticator.choose(parse_challenges(challenges))
    return authenticator.header("GET", "/dir/index.html") or ""


@pytest.mark.parametrize(("challenge", "response"), [(MD5, MD5_RESPONSE), (SHA_256, SHA_256_RESPONSE)])
def test_examples_of_the_rfc(monkeypatch: pytest.MonkeyPatch, challenge: str, response: str) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda _length: CNONCE)
    header = authorize(challenge)
    assert response in header
    assert 'opaque="FQhe/q"' in header
    assert "nc=00000001" in header


def test_challenge_without_qop_uses_rfc_2069() -> None:
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", stale=FALSE'
    authenticator = Authenticator("Mufasa", "Circle Of Life", "auto", encrypted=False)
    authenticator.choose(parse_challenges([challenge]))
    header = authenticator.header("GET", "/dir/index.html") or ""
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in header
    assert "qop" not in header


def test_basic_encodes_utf_8() -> None:
    authenticator = Authenticator("test", "123£", "auto", encrypted=True)
    authenticator.choose(parse_challenges(['Basic realm="foo", charset="UTF-8"']))
    assert authenticator.header("GET", "/") == "Basic dGVzdDoxMjPCow=="


@pytest.mark.parametrize(
    "headers", [(MD5, SHA_256), (SHA_256, MD5), (f"{MD5}, {SHA_256}",), (f'Basic realm="x", {SHA_256}',)]
)
def test_strongest_challenge_is_chosen(headers: tuple[str, ...]) -> None:
    assert "algorithm=SHA-256" in authorize(*headers, encrypted=True)


@pytest.mark.parametrize(
    ("headers", "encrypted", "method"),
    [
        (('Basic realm="x"',), False, "auto"),
        (('Basic realm="x"',), True, "digest"),
        ((MD5,), True, "basic"),
        ((MD5.replace("MD5", "SHA-999"),), True, "auto"),
        ((MD5.replace("auth, auth-int", "auth-int"),), True, "auto"),
        (("Negotiate",), True, "auto"),
        ((), True, "auto"),
    ],
)
def test_unusable_challenges_raise_authentication_error(headers: tuple[str, ...], encrypted: bool, method: str) -> None:
    with pytest.raises(DeviceError) as caught:
        authorize(*headers, encrypted=encrypted, method=method)
    assert caught.value.kind == "authentication"


def test_unknown_algorithm_is_skipped() -> None:
    assert "algorithm=MD5" in authorize(MD5.replace("MD5", "SHA-999"), MD5)


def test_commas_and_quotes_in_a_realm() -> None:
    (challenge,) = parse_challenges(['Digest realm="a, b=\\"c\\"", nonce="n", stale=true'])
    assert challenge.parameters["realm"] == 'a, b="c"'
    assert challenge.is_stale is True


@pytest.mark.parametrize(
    ("realm", "serial"),
    [("AXIS_B8A44F00ff01", "B8A44F00FF01"), ("AXIS_WS_ACCC8E000001", "ACCC8E000001"), ("AXIS_", None), ("Login", None)],
)
def test_serial_is_read_from_realm(realm: str, serial: str | None) -> None:
    (challenge,) = parse_challenges([f'Digest realm="{realm}", nonce="n"'])
    assert challenge.serial == serial


def test_nonce_count_increases() -> None:
    authenticator = Authenticator("Mufasa", "Circle of Life", "auto", encrypted=False)
    assert authenticator.header("GET", "/") is None
    authenticator.choose(parse_challenges([MD5]))
    assert [
        "nc=00000001" in (authenticator.header("GET", "/") or ""),
        "nc=00000002" in (authenticator.header("GET", "/") or ""),
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize("algorithm", ["MD5-sess", "SHA-256-sess"])
def test_session_algorithm_keeps_its_client_nonce(algorithm: str) -> None:
    authenticator = Authenticator("Mufasa", "Circle of Life", "auto", encrypted=False)
    authenticator.choose(parse_challenges([MD5.replace("MD5", algorithm)]))
    headers = [authenticator.header("GET", "/") or "" for _number in range(2)]
    one, other = (re.search('cnonce="([^"]+)"', header) for header in headers)
    assert one is not None
    assert other is not None
    assert one[1] == other[1]
    assert headers[0] != headers[1]


def test_session_algorithm_without_qop_is_unusable() -> None:
    with pytest.raises(DeviceError):
        authorize('Digest realm="r", nonce="n", algorithm=MD5-sess')


DIGEST = 'Digest realm="camera", nonce="n", qop="auth"'


@pytest.mark.parametrize(
    "build",
    [
        lambda number: [DIGEST, *['Digest realm="x"'] * number],
        lambda number: [f"{DIGEST}, " + ", ".join(f'Digest realm="{index}"' for index in range(number))],
        lambda number: [f"{DIGEST}, " + ", ".join(f'p{index}="{index}"' for index in range(number))],
        lambda number: [f"{DIGEST}, qop=" + "auth," * number],
        lambda number: [f'{DIGEST}, realm="{"r" * number}"'],
        lambda number: [f'{DIGEST}, opaque="{chr(92) * 2 * number}"'],
        lambda number: [f"{DIGEST}, x" + " " * number + "!"],
        lambda number: [f"{DIGEST}, algorithm=" + "MD5-" * number],
        lambda number: ["," * number, DIGEST],
        lambda number: ["x" * number, DIGEST],
    ],
)
def test_challenges_are_parsed_in_linear_time(build: Callable[[int], list[str]]) -> None:
    check_linear(lambda number: parse_challenges(build(number)), 200_000)


def test_number_of_challenges_is_limited() -> None:
    challenges = [f'Digest realm="{number}"' for number in range(40)]
    for headers in (challenges, [", ".join(challenges)], [", ".join(challenges[:20]), *challenges[20:]]):
        assert [item.parameters["realm"] for item in parse_challenges(headers)] == [str(number) for number in range(16)]
    # The parameters of the next one are not those of the last.
    assert parse_challenges([*challenges[:16], 'Digest realm="another", nonce="x"'])[-1].parameters == {"realm": "15"}


@pytest.mark.parametrize("name", ["realm", "nonce", "opaque", "qop", "x"])
def test_long_header_is_ignored_as_a_whole(name: str) -> None:
    """A part of it could be answered as if the device had sent it."""
    long = f'Digest realm="camera", nonce="n", {name}="{"v" * 8192}"'
    assert parse_challenges([long]) == ()
    assert "algorithm=SHA-256" in authorize(long, SHA_256)
