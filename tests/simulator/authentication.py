# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authenticate clients: challenges, digest and Basic, and the block after too many failed logins."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from urllib.parse import unquote

from .messages import Request
from .models import Account
from .profiles import BruteForce
from .switches import BASIC, DIGEST_MD5, DIGEST_SHA256, NO_CHALLENGE, REDIRECT, Switches

POLICIES = ("Basic", "Digest", "Basic_Digest", "Recommended")
_ALGORITHMS: Mapping[str, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}
_PARAMETER = re.compile(r'([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_NONCE_COUNT = re.compile(r"[0-9a-fA-F]{8}")
_MAX_NONCES = 256


@dataclass
class Nonce:
    """An issued challenge: how often it was used, and the last count per client nonce."""

    uses: int = 0
    expired: bool = False
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class AuthResult:
    """The result of a login: `user` if it is correct; `stale` if only the nonce expired."""

    user: str | None = None
    stale: bool = False


class Authenticator:
    """Authenticate the clients of one device. `clock` returns seconds; tests can replace it."""

    def __init__(self, serial: str, brute_force: BruteForce | None, switches: Callable[[], Switches]) -> None:
        self.realm = f"AXIS_{serial}"
        self.accounts = {
            "viewer": Account("viewer-pass", "viewer"),
            "operator": Account("operator-pass", "operator"),
            "root": Account("administrator-pass", "administrator"),
        }
        self.policy = "Recommended"
        self.nonce_uses: int | None = None
        self.brute_force = brute_force
        self._switches = switches
        self.clock: Callable[[], float] = time.monotonic
        self._nonces: dict[str, Nonce] = {}
        self._failures: dict[str, deque[float]] = {}
        self._blocked_until: dict[str, float] = {}

    def offered(self, tls: bool) -> tuple[str, ...]:
        """Return the challenges that AuthenticationPolicy defines for HTTP and HTTPS (VAPIX authentication)."""
        if self.policy not in POLICIES:
            raise ValueError(f"policy {self.policy!r}: choose from {', '.join(POLICIES)}")
        switches = self._switches()
        if self.policy == "Recommended":
            offered = switches.https_challenge if tls else switches.http_challenge
        else:
            offered = (BASIC,) if self.policy == "Basic" else (DIGEST_MD5,)
        if switches.sha256_digest and DIGEST_MD5 in offered and DIGEST_SHA256 not in offered:
            position = offered.index(DIGEST_MD5)
            return (*offered[:position], DIGEST_SHA256, *offered[position:])
        return offered

    def challenges(self, tls: bool, stale: bool = False) -> tuple[tuple[str, str], ...]:
        """Return the WWW-Authenticate headers of a 401; a digest challenge is valid for this device only."""
        ending = ", stale=true" if stale else ""
        values = []
        for challenge in self.offered(tls):
            if challenge in (REDIRECT, NO_CHALLENGE):
                continue
            scheme, _unused, algorithm = challenge.partition(" ")
            value = f'{scheme} realm="{self.realm}"'
            if algorithm:
                value += f', nonce="{self._new_nonce()}", algorithm={algorithm}, qop="auth"{ending}'
            values.append(value)
        return tuple(("WWW-Authenticate", value) for value in values)

    def is_blocked(self, client: str) -> bool:
        """Return whether the address is blocked (403) after too many failed logins."""
        return self.clock() < self._blocked_until.get(client, float("-inf"))

    def block(self, client: str, seconds: float) -> None:
        """Reject everything from this address with 403 for `seconds`."""
        self._blocked_until[client] = self.clock() + seconds

    def check(self, request: Request) -> AuthResult:
        """Check the Authorization header of a request; a request without one does not count as a failed login."""
        header = request.headers.get("authorization")
        if header is None:
            return AuthResult()
        scheme, _unused, text = header.partition(" ")
        if scheme.lower() not in {challenge.partition(" ")[0].lower() for challenge in self.offered(request.tls)}:
            verdict = AuthResult()
        else:
            verdict = self._basic(text) if scheme.lower() == "basic" else self._digest(text, request)
        if verdict.user is None and not verdict.stale:
            self._count_failure(request.client)
        return verdict

    def expire_nonces(self) -> None:
        """Expire every challenge issued so far."""
        for nonce in self._nonces.values():
            nonce.expired = True

    def _new_nonce(self) -> str:
        token = base64.b64encode(secrets.token_bytes(8)).decode() + secrets.token_hex(20)
        self._nonces[token] = Nonce()
        if len(self._nonces) > _MAX_NONCES:
            del self._nonces[next(iter(self._nonces))]
        return token

    def _basic(self, text: str) -> AuthResult:
        try:
            user, colon, password = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
        except ValueError:
            return AuthResult()
        account = self.accounts.get(user)
        if not colon or account is None or not _same(account.password, password):
            return AuthResult()
        return AuthResult(user=user)

    def _digest(self, text: str, request: Request) -> AuthResult:
        given = _parameters(text)
        account = self.accounts.get(given.get("username", ""))
        if account is None or not self._well_formed(given, request):
            return AuthResult()
        algorithm = given.get("algorithm", "MD5")
        if not _same(_digest_response(algorithm, given, account.password, request.method), given["response"]):
            return AuthResult()
        nonce = self._nonces.get(given["nonce"])
        if nonce is None or nonce.expired:
            return AuthResult(stale=True)
        count = int(given["nc"], 16)
        if count <= nonce.counts.get(given["cnonce"], 0):
            return AuthResult()
        nonce.counts[given["cnonce"]] = count
        nonce.uses += 1
        nonce.expired = self.nonce_uses is not None and nonce.uses >= self.nonce_uses
        return AuthResult(user=given["username"])

    def _well_formed(self, given: Mapping[str, str], request: Request) -> bool:
        return (
            {"nonce", "nc", "cnonce", "response", "uri"} <= given.keys()
            and given.get("realm") == self.realm
            and given.get("algorithm", "MD5") in _ALGORITHMS
            and f"Digest {given.get('algorithm', 'MD5')}" in self.offered(request.tls)
            and given.get("qop") == "auth"
            and given["uri"] == request.target
            and _NONCE_COUNT.fullmatch(given["nc"]) is not None
        )

    def _count_failure(self, client: str) -> None:
        if self.brute_force is None:
            return
        now = self.clock()
        failures = self._failures.setdefault(client, deque(maxlen=self.brute_force.tries))
        failures.append(now)
        if len(failures) == self.brute_force.tries and now - failures[0] <= self.brute_force.within:
            self.block(client, self.brute_force.block)
            failures.clear()


def read_user(request: Request) -> str:
    """Return the user that a request with a login names."""
    scheme, _unused, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return base64.b64decode(text).decode("utf-8").partition(":")[0]
    return _parameters(text).get("username", "")


def _parameters(text: str) -> dict[str, str]:
    """Parse the parameters of a digest Authorization header, and remove quotes and backslashes."""
    given = {
        match[1].lower(): re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        for match in _PARAMETER.finditer(text)
    }
    # RFC 7616: a user name that is not ASCII.
    if (extended := given.get("username*", "")).upper().startswith("UTF-8''"):
        given["username"] = unquote(extended[len("UTF-8''") :])
    return given


def _digest_response(algorithm: str, given: Mapping[str, str], password: str, method: str) -> str:
    """Compute the digest response (RFC 7616, qop=auth)."""

    def digest(*parts: str) -> str:
        return _ALGORITHMS[algorithm](":".join(parts).encode("utf-8", "surrogateescape"))

    secret = digest(given["username"], given["realm"], password)
    return digest(secret, given["nonce"], given["nc"], given["cnonce"], "auth", digest(method, given["uri"]))


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))
