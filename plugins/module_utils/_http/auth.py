# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP authentication of a device (RFC 7616 digest, RFC 7617 Basic; VAPIX authentication).

The digest of requests answers the last of several challenges, never Basic, and cannot be restricted to some of them.
Here SHA-256 is preferred to MD5, and Basic is used on encrypted connections only.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.request import parse_http_list

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.messages import device_message
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean

_SCHEME_AND_FIRST = re.compile(r"(?P<scheme>[A-Za-z][\w-]*)(?:\s+(?P<first>[\w-]+\s*=.*|[A-Za-z0-9+/=._~-]+))?\Z", re.S)
_PARAMETER = re.compile(r"(?P<name>[\w*-]+)\s*=\s*(?P<value>.*)\Z", re.S)
#: of RFC 7616, also those that are not supported
DIGEST_ALGORITHMS = frozenset({"MD5", "MD5-SESS", "SHA-256", "SHA-256-SESS", "SHA-512-256", "SHA-512-256-SESS"})
_HASHES = {"SHA-256": "sha256", "MD5": "md5"}  # in order of preference
_SEPARATORS = re.compile(r"[,\s]+")
# What a device sends beyond these limits is ignored: no device offers so many methods, or has headers so long.
_MAX_CHALLENGES = 16
_MAX_HEADER = 8192  # characters
_REALM = re.compile(r"AXIS_(?:WS_)?(?P<serial>[0-9A-Fa-f]{12})")


@dataclass(frozen=True)
class Challenge:
    """One challenge of a 401: the scheme in lower case, its parameters with names in lower case."""

    scheme: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def serial(self) -> str | None:
        """Return the serial number, which devices have in their realm as ``AXIS_<serial>``."""
        match = _REALM.fullmatch(self.parameters.get("realm", ""))
        return match["serial"].upper() if match else None

    @property
    def is_stale(self) -> bool:
        """Return whether the device rejected the age of the nonce, not the credentials."""
        return self.parameters.get("stale", "").lower() == "true"

    @property
    def algorithm(self) -> str:
        """Return the digest algorithm in upper case; the default is MD5."""
        return self.parameters.get("algorithm", "MD5").upper()


def parse_challenges(headers: Iterable[str]) -> tuple[Challenge, ...]:
    """Return the first challenges of all WWW-Authenticate headers; one header may have several."""
    found: list[Challenge] = []
    # Without a long header: a part of it may be a valid challenge that the device never sent.
    usable = (header for header in headers if len(header) <= _MAX_HEADER)
    for item in (item for header in usable for item in parse_http_list(header)):
        parameter = _PARAMETER.match(item)
        if parameter is None:
            start = _SCHEME_AND_FIRST.match(item)
            if start is None:
                continue
            if len(found) == _MAX_CHALLENGES:
                break
            found.append(Challenge(start["scheme"].lower()))
            parameter = _PARAMETER.match(start["first"] or "")
        if parameter is not None and found:
            found[-1].parameters[parameter["name"].lower()] = _unquote(parameter["value"].strip())
    return tuple(found)


def _unquote(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]  # parse_http_list has removed the backslashes
    return value


def _quote(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Authenticator:
    """Username and password, and the challenge that they currently answer.

    :param method: ``auto``, ``digest`` or ``basic``.
    :param encrypted: whether the connection is HTTPS, so that Basic may be used.
    """

    def __init__(self, username: str, password: str, method: str, *, encrypted: bool) -> None:
        self._username = username
        self._password = password
        self._method = method
        self._encrypted = encrypted
        self._challenge: Challenge | None = None
        self._count = 0
        self._cnonce = ""

    @property
    def is_basic(self) -> bool:
        """Return whether requests contain the password, so that it would reach any device at the address."""
        return self._challenge is not None and self._challenge.scheme == "basic"

    @property
    def nonce(self) -> str | None:
        """Return the current nonce, or ``None`` before the first challenge and with Basic."""
        return self._challenge.parameters.get("nonce") if self._challenge else None

    def choose(self, challenges: Sequence[Challenge]) -> None:
        """Choose the strongest usable challenge.

        :raises DeviceError: ``authentication``, if there is none; no secret has been sent.
        """
        digests = [item for item in challenges if item.scheme == "digest" and self._can_answer_digest(item)]
        digests.sort(key=lambda item: list(_HASHES).index(item.algorithm.removesuffix("-SESS")))
        basics = [item for item in challenges if item.scheme == "basic"]
        allowed = [*(digests if self._method != "basic" else ()), *(basics if self._may_use_basic else ())]
        if not allowed:
            raise self._no_usable_method(challenges)
        # One client nonce for each challenge: the -sess algorithms keep it for the whole session (RFC 7616, 3.4.2).
        self._challenge, self._count, self._cnonce = allowed[0], 0, secrets.token_hex(8)

    @property
    def _may_use_basic(self) -> bool:
        return self._encrypted and self._method != "digest"

    @staticmethod
    def _can_answer_digest(challenge: Challenge) -> bool:
        qop = challenge.parameters.get("qop")
        return (
            challenge.algorithm.removesuffix("-SESS") in _HASHES
            and "nonce" in challenge.parameters
            and not (qop is None and challenge.algorithm.endswith("-SESS"))
            and (qop is None or "auth" in _SEPARATORS.split(qop.lower()))
        )

    def _no_usable_method(self, challenges: Sequence[Challenge]) -> DeviceError:
        offered = sorted({item.scheme for item in challenges}) or ["none"]
        if "basic" in offered and not self._encrypted:
            next_step = (
                "Set {protocol}: https, or enable digest authentication on the device. Without HTTPS, Basic "
                "authentication would send the password in clear text."
            )
        else:
            next_step = "Set {auth}: auto, or change the authentication policy of the device."
        return DeviceError(
            "authentication",
            f"The device offers no authentication method that can be used (offered: {clean(', '.join(offered))})",
            device_message(next_step),
        )

    def header(self, method: str, uri: str) -> str | None:
        """Return the Authorization header of one request, or ``None`` before the first challenge.

        :param uri: path and query exactly as they are sent.
        """
        if self._challenge is None:
            return None
        value = (
            self._build_basic()
            if self._challenge.scheme == "basic"
            else self._build_digest(self._challenge, method, uri)
        )
        # http.client encodes headers as Latin-1, so that UTF-8 bytes have to be passed as Latin-1 characters.
        return value.encode().decode("latin-1")

    def _build_basic(self) -> str:
        return "Basic " + b64encode(f"{self._username}:{self._password}".encode()).decode("ascii")

    def _build_digest(self, challenge: Challenge, method: str, uri: str) -> str:
        self._count += 1
        parameters, algorithm = challenge.parameters, challenge.algorithm
        realm, nonce = parameters.get("realm", ""), parameters["nonce"]
        count, cnonce = f"{self._count:08x}", self._cnonce

        def digest(text: str) -> str:
            # FIPS builds allow MD5 only if it is declared not to protect a secret; the device chooses it.
            return hashlib.new(
                _HASHES[algorithm.removesuffix("-SESS")], text.encode(), usedforsecurity=False
            ).hexdigest()

        secret = digest(f"{self._username}:{realm}:{self._password}")
        if algorithm.endswith("-SESS"):
            secret = digest(f"{secret}:{nonce}:{cnonce}")
        request = digest(f"{method}:{uri}")
        fields = [
            f"username={_quote(self._username)}",
            f"realm={_quote(realm)}",
            f"nonce={_quote(nonce)}",
            f"uri={_quote(uri)}",
        ]
        if "qop" in parameters:
            response = digest(f"{secret}:{nonce}:{count}:{cnonce}:auth:{request}")
            fields += ["qop=auth", f"nc={count}", f"cnonce={_quote(cnonce)}"]
        else:
            response = digest(f"{secret}:{nonce}:{request}")
        fields.append(f"response={_quote(response)}")
        if "algorithm" in parameters:
            fields.append(f"algorithm={parameters['algorithm']}")
        if "opaque" in parameters:
            fields.append(f"opaque={_quote(parameters['opaque'])}")
        return "Digest " + ", ".join(fields)
