# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must be seen nowhere, and how to take it out of a result.

A device, a proxy or a library may give a secret back in another form than it got it in: percent-encoded, escaped for
XML, JSON or a shell, as the base64 of Basic, or with characters of one of these kinds among others. So each character
is looked for in all the ways in which it may be written.
"""

from __future__ import annotations

import html.entities
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

_HIDDEN = "********"
# Shorter ones stand in many a base64, and in many a number, by chance.
_SHORTEST_BASE64 = 8
_SHORTEST_NUMBER = 6
# How often an escape may be escaped again. Bounded, or a device could answer what takes for ever to search.
_AGAIN = "{0,3}"
# In a form, and in a shell.
_OWN_WAYS = {" ": r"\+", "'": "'\"'\"'"}
_BACKSLASHES = r"\\{0,8}"


class Secrets:
    """The secrets of one task."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._codes: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, arguments: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> None:
        """Take in the values of secret options, and what they are made of."""
        values = {name: str(arguments[name]) for name in spec if spec[name].get("no_log") and arguments.get(name)}
        self._texts.update(values.values())
        if "password" in values:
            self._learn_login(str(arguments.get("username")), values["password"])
        if "proxy" in values:
            self._learn_proxy(values["proxy"])
        self._pattern = None

    def _learn_login(self, username: str, password: str) -> None:
        self._texts.add(password)
        for written in (password, f"{username}:{password}"):
            self._codes.update(_base64(written))

    def _learn_proxy(self, url: str) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:
            return
        if parts.password:
            self._texts.add(parts.password)
            self._learn_login(unquote(parts.username or ""), unquote(parts.password))

    def scrub(self, value: Any) -> Any:
        """The value without the secrets, those in dictionaries and lists, too. Keys stay: they are ours."""
        if not self._texts:
            return value
        if self._pattern is None:
            # The whole before what is in it.
            written = "|".join(map(_written, sorted(self._texts, key=len, reverse=True)))
            # The digits of escapes come in both cases, and a name that is made of a secret in lower case.
            self._pattern = re.compile(written, re.IGNORECASE)
        return self._scrubbed(value, self._pattern)

    def _scrubbed(self, value: Any, pattern: re.Pattern[str]) -> Any:
        if isinstance(value, str):
            for code in sorted(self._codes, key=len, reverse=True):
                value = value.replace(code, _HIDDEN)
            return pattern.sub(_HIDDEN, value)
        if isinstance(value, int):
            return _HIDDEN if len(str(value)) >= _SHORTEST_NUMBER and str(value) in self._texts else value
        if isinstance(value, (list, tuple)):
            return [self._scrubbed(item, pattern) for item in value]
        if isinstance(value, (dict, Mapping)):
            return {key: self._scrubbed(item, pattern) for key, item in value.items()}
        return value


def _base64(text: str) -> Iterator[str]:
    """Its base64, and what is the same in it whatever stands around, for the three places where it may begin."""
    whole = text.encode("utf-8", "surrogatepass")
    for shift in range(3):
        coded = b64encode(bytes(shift) + whole).decode("ascii")
        middle = coded[-(-shift * 8 // 6) : (shift + len(whole)) * 8 // 6]
        for code in (coded, middle) if shift == 0 else (middle,):
            if len(code) >= _SHORTEST_BASE64:
                yield from (code, quote(code, safe=""), code.translate(str.maketrans("+/", "-_")))


def _written(text: str) -> str:
    """A pattern for a text, each of its characters in any form."""
    patterns = []
    for form in dict.fromkeys((text, unicodedata.normalize("NFC", text))):
        characters = [*map(_character, form)]
        if len(form) > 1 and form.endswith("."):
            # A sentence that ends with what a device says has a full stop of its own.
            characters[-1] += "?"
        patterns.append("".join(characters))
    return "|".join(patterns)


def _character(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    forms = sorted({character, unicodedata.normalize("NFD", character)})
    # The short ones come last: they may be the beginning of another.
    ways = [_OWN_WAYS.get(character, ""), _entity(character)]
    ways += [way for form in forms for way in (_numbered(form), _percent(form))]
    ways += [_percent(character, "latin-1"), *(_plain(way) for form in forms for way in (_misread(form), form))]
    return f"(?:{'|'.join(dict.fromkeys(filter(None, ways)))})"


def _plain(form: str) -> str:
    return _BACKSLASHES + re.escape(form)


def _misread(form: str) -> str:
    """UTF-8 read as Latin-1, as HTTP libraries do with headers."""
    return form.encode("utf-8", "surrogatepass").decode("latin-1")


def _percent(form: str, encoding: str = "utf-8") -> str:
    try:
        return "".join(f"%(?:25){_AGAIN}{byte:02x}" for byte in form.encode(encoding))
    except UnicodeEncodeError:
        return ""


def _numbered(form: str) -> str:
    r"""``\u00e4``, two of them for a character of a high number, or ``\xe4``."""
    units = form.encode("utf-16-be", "surrogatepass").hex()
    wide = "".join(rf"\\{{1,8}}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    return wide + "|" + "".join(rf"\\{{1,8}}x{ord(unit):02x}" for unit in form)


def _entity(character: str) -> str:
    name = "apos" if character == "'" else html.entities.codepoint2name.get(ord(character))
    number = rf"#0{{0,4}}{ord(character)}|#x0{{0,4}}{ord(character):x}"
    return rf"&(?:amp;){_AGAIN}(?:{number}{f'|{name}' if name else ''});"
