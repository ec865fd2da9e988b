# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redact secrets in results.

A device, a proxy, or a library may return a secret in another form than it received: percent-encoded, escaped for XML,
JSON, or a shell, in Base64 as in Basic authentication, or with only some of its characters escaped. Therefore each
character is searched in all its forms.
"""

from __future__ import annotations

import html.entities
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

_REDACTED = "********"
# Shorter ones occur by chance in Base64 and in numbers.
_MIN_BASE64 = 8
_MIN_NUMBER = 6
# How often an escape may be escaped again. Bounded, so that no response takes too long to search.
_NESTED = "{0,3}"
# In an HTML form, and in a shell.
_SPECIAL_FORMS = {" ": r"\+", "'": "'\"'\"'"}
_BACKSLASHES = r"\\{0,8}"


class Secrets:
    """The secrets of one task."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        #: in Base64
        self._encoded: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, arguments: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> None:
        """Add the values of secret options, and the secrets inside them."""
        values = {name: str(arguments[name]) for name in spec if spec[name].get("no_log") and arguments.get(name)}
        self._texts.update(values.values())
        if "password" in values:
            self._add_login(str(arguments.get("username")), values["password"])
        if "proxy" in values:
            self._add_proxy(values["proxy"])
        self._pattern = None

    def _add_login(self, username: str, password: str) -> None:
        self._texts.add(password)
        for text in (password, f"{username}:{password}"):
            self._encoded.update(_base64(text))

    def _add_proxy(self, url: str) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:
            return
        if parts.password:
            self._texts.add(parts.password)
            self._add_login(unquote(parts.username or ""), unquote(parts.password))

    def redact(self, value: Any) -> Any:
        """Return the value without secrets, also inside dictionaries and lists. Keys are kept: they are not secret."""
        if not self._texts:
            return value
        if self._pattern is None:
            # A text before the texts that it contains.
            patterns = "|".join(map(_text_pattern, sorted(self._texts, key=len, reverse=True)))
            # Hexadecimal digits occur in both cases, and a host name made of a secret in lower case.
            self._pattern = re.compile(patterns, re.IGNORECASE)
        return self._redact(value, self._pattern)

    def _redact(self, value: Any, pattern: re.Pattern[str]) -> Any:
        if isinstance(value, str):
            for code in sorted(self._encoded, key=len, reverse=True):
                value = value.replace(code, _REDACTED)
            return pattern.sub(_REDACTED, value)
        if isinstance(value, int):
            return _REDACTED if len(str(value)) >= _MIN_NUMBER and str(value) in self._texts else value
        if isinstance(value, (list, tuple)):
            return [self._redact(item, pattern) for item in value]
        if isinstance(value, (dict, Mapping)):
            return {key: self._redact(item, pattern) for key, item in value.items()}
        return value


def _base64(text: str) -> Iterator[str]:
    """Yield its Base64, and the part that does not depend on the surrounding text, for all three alignments."""
    whole = text.encode("utf-8", "surrogatepass")
    for shift in range(3):
        encoded = b64encode(bytes(shift) + whole).decode("ascii")
        middle = encoded[-(-shift * 8 // 6) : (shift + len(whole)) * 8 // 6]
        for code in (encoded, middle) if shift == 0 else (middle,):
            if len(code) >= _MIN_BASE64:
                yield from (code, quote(code, safe=""), code.translate(str.maketrans("+/", "-_")))


def _text_pattern(text: str) -> str:
    """Return a pattern for a text, with each character in any form."""
    patterns = []
    for form in dict.fromkeys((text, unicodedata.normalize("NFC", text))):
        characters = [*map(_character_pattern, form)]
        if len(form) > 1 and form.endswith("."):
            # A message that ends with a text of the device drops its full stop.
            characters[-1] += "?"
        patterns.append("".join(characters))
    return "|".join(patterns)


def _character_pattern(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    forms = sorted({character, unicodedata.normalize("NFD", character)})
    # Short forms come last: another form may begin with one of them.
    patterns = [_SPECIAL_FORMS.get(character, ""), _entity(character)]
    patterns += [item for form in forms for item in (_numeric_escape(form), _percent(form))]
    patterns += [
        _percent(character, "latin-1"),
        *(_literal(item) for form in forms for item in (_as_latin_1(form), form)),
    ]
    return f"(?:{'|'.join(dict.fromkeys(filter(None, patterns)))})"


def _literal(form: str) -> str:
    return _BACKSLASHES + re.escape(form)


def _as_latin_1(form: str) -> str:
    """Return UTF-8 decoded as Latin-1, as HTTP libraries do with headers."""
    return form.encode("utf-8", "surrogatepass").decode("latin-1")


def _percent(form: str, encoding: str = "utf-8") -> str:
    try:
        return "".join(f"%(?:25){_NESTED}{byte:02x}" for byte in form.encode(encoding))
    except UnicodeEncodeError:
        return ""


def _numeric_escape(form: str) -> str:
    r"""Return a pattern for ``\u00e4``, a surrogate pair of these, ``\xe4``, or UTF-8 as ``\xc3\xa4``."""
    units = form.encode("utf-16-be", "surrogatepass").hex()
    wide = "".join(rf"\\{{1,8}}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    numbers = [*map(ord, form)], [*form.encode("utf-8", "surrogatepass")]
    narrow = ("".join(rf"\\{{1,8}}x{number:02x}" for number in series) for series in numbers)
    return "|".join((wide, *narrow))


def _entity(character: str) -> str:
    name = "apos" if character == "'" else html.entities.codepoint2name.get(ord(character))
    number = rf"#0{{0,4}}{ord(character)}|#x0{{0,4}}{ord(character):x}"
    return rf"&(?:amp;){_NESTED}(?:{number}{f'|{name}' if name else ''});"
