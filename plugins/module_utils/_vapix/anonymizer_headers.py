# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write HTTP headers with the values that a profile may show; other headers are counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import (
    DIGEST_ALGORITHMS,
    Challenge,
    parse_challenges,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues

_OTHERS = "<other headers>"
_MEDIA_TYPES = frozenset(
    {
        *("text/html", "text/plain", "text/xml", "application/xml", "application/soap+xml", "application/json"),
        *("application/octet-stream", "application/x-www-form-urlencoded", "application/problem+json"),
    }
)
#: Charsets, in lower case.
CHARSETS = frozenset({"utf-8", "utf8", "iso-8859-1", "us-ascii", "windows-1252", "iso-8859-15"})
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"})
_SCHEMES = frozenset({"basic", "digest", "bearer", "negotiate", "ntlm"})
_SERVER = re.compile(
    r"(?:Apache|nginx|Boa|lighttpd|gSOAP)(?:/[0-9.]{1,12})?(?: \((?:Unix|Debian|Ubuntu)\))?"
    r"(?: OpenSSL/[0-9.]{1,12}[a-z]?)?"
)
_TOKENS = {
    "Connection": r"(?:keep-alive|close|upgrade)",
    "Upgrade": r"(?:h2|h2c|websocket|TLS/1\.[0-3])",
    "Transfer-Encoding": r"(?:chunked|identity|gzip)",
    "Cache-Control": r"(?:no-cache|no-store|no-transform|must-revalidate|private|public|(?:s-)?max-age=[0-9]{1,10})",
    "Pragma": r"no-cache",
    "Keep-Alive": r"(?:timeout|max)=[0-9]{1,6}",
    "Accept-Ranges": r"(?:none|bytes)",
    "Content-Encoding": r"(?:gzip|deflate|identity)",
    "Content-Length": r"[0-9]{1,12}",
    "Retry-After": r"[0-9]{1,6}",
    "X-Content-Type-Options": r"nosniff",
    "X-Frame-Options": r"(?:SAMEORIGIN|DENY)",
    "Axis-Setup": r"vapix",
    "Vary": r"(?:Accept|Accept-Encoding|Origin|\*)",
    # Of requests.
    "User-Agent": r"camfleet\.axis",
    "Accept-Encoding": r"identity",
    "Authorization": r"(?:Basic|Digest)",
}


class HeaderAnonymizer:
    """Writes headers with the values of one device check."""

    def __init__(self, values: ShownValues) -> None:
        self._values = values
        self._rules: dict[str, Callable[[str], str]] = {
            **{name: _build_token_rule(pattern) for name, pattern in _TOKENS.items()},
            "Content-Type": _show_content_type,
            "Allow": _show_methods,
            "Server": lambda text: text if _SERVER.fullmatch(text) else "<server>",
            "Date": lambda _text: "<time>",
            "Last-Modified": lambda _text: "<time>",
            "Location": lambda _text: "<address>",
            "WWW-Authenticate": self._show_challenges,
        }
        self._names = {name.lower(): name for name in self._rules}

    def request(self, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return the headers of a request."""
        return self._show(headers)

    def response(self, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return the headers of a response; several of one name are joined by a comma."""
        return self._show(headers)

    def _show(self, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        shown: dict[str, str] = {}
        others = 0
        for written, value in headers:
            name = self._names.get(written.lower())
            if name is None:
                others += 1
            else:
                text = self._rules[name](value.strip())
                shown[name] = f"{shown[name]}, {text}" if name in shown else text
        return {**shown, _OTHERS: str(others)} if others else shown

    def _show_challenges(self, text: str) -> str:
        challenges = parse_challenges([text])
        return ", ".join(map(self._show_challenge, challenges)) or "<challenge>"

    def _show_challenge(self, challenge: Challenge) -> str:
        if challenge.scheme not in _SCHEMES:
            return "<scheme>"
        found = (_show_parameter(name, value) for name, value in challenge.parameters.items())
        shown = [text for text in found if text]
        others = len(challenge.parameters) - len(shown)
        parts = [*shown, *([f"<{others} other parameters>"] if others else [])]
        return f"{challenge.scheme.capitalize()} {', '.join(parts)}".strip()


def _show_parameter(name: str, value: str) -> str:
    """Return a parameter of a challenge; nothing for one without a rule."""
    if name == "realm":
        form = re.fullmatch(r"(AXIS_(?:WS_)?)[0-9A-Fa-f]{12}", value)
        return f'realm="{form[1]}<serial>"' if form else 'realm="<realm>"'
    if name in ("nonce", "opaque", "domain"):
        return f'{name}="<{name}>"'
    if name == "algorithm":
        return f"algorithm={value if value.upper() in DIGEST_ALGORITHMS else '<algorithm>'}"
    if name == "qop":
        known = all(item.strip() in ("auth", "auth-int") for item in value.split(","))
        return f'qop="{value if known else "<qop>"}"'
    if name in ("stale", "userhash") and value.lower() in ("true", "false"):
        return f"{name}={value}"
    return f"charset={value}" if name == "charset" and value.lower() in CHARSETS else ""


def _build_token_rule(pattern: str) -> Callable[[str], str]:
    expected = re.compile(rf"{pattern}(?:\s*,\s*{pattern})*", re.IGNORECASE | re.ASCII)
    return lambda text: text if len(text) <= 200 and expected.fullmatch(text) else "<text>"


def _show_content_type(text: str) -> str:
    """Return media type and charset."""
    media_type, *parameters = (part.strip() for part in text.split(";"))
    shown = [media_type if media_type.lower() in _MEDIA_TYPES else "<type>"]
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        is_known = name.lower() == "charset" and value.strip('"').lower() in CHARSETS
        shown.append(parameter if is_known else "<parameter>")
    return "; ".join(shown[:4])


def _show_methods(text: str) -> str:
    return ", ".join(item if item in _METHODS else "<method>" for item in re.split(r"\s*,\s*", text)[:10])
