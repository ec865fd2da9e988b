# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look for a secret in everything that a run left, in every form in which one may be written.

It shares nothing with the code that is to keep the secret. Not looked into: what is compressed or encrypted.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shlex
import unicodedata
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

# A piece of a secret this long is none that stands somewhere by chance, and tells of a form not thought of here.
_PIECE = re.compile(rb"[A-Za-z0-9]{8,}")


@dataclass(frozen=True)
class Secret:
    """A login.

    :param realms: realms for which a digest may be made of it, which is as good as the password.
    """

    user: str
    password: str
    realms: tuple[str, ...] = ()

    def forms(self) -> dict[bytes, str]:
        """Every form as bytes, with what to call it."""
        found: dict[bytes, str] = {}
        for normal in ("NFC", "NFD"):
            password = unicodedata.normalize(normal, self.password)
            for name, text in _spellings(password):
                found.setdefault(text.encode(), name)
            for name, coded in _codes(password):
                found.setdefault(coded, name)
            for whole in (password, f"{self.user}:{password}"):
                for name, middle in _base64(whole.encode()):
                    found.setdefault(middle, name)
        for realm in self.realms:
            login = f"{self.user}:{realm}:{self.password}".encode()
            for algorithm in ("md5", "sha256"):
                found[hashlib.new(algorithm, login).hexdigest().encode()] = f"digest of {algorithm}"
        return found

    def pieces(self) -> set[bytes]:
        """Pieces of the password that by themselves are a find, in lower case."""
        return {piece.lower() for piece in _PIECE.findall(self.password.encode())}


def _spellings(text: str) -> Iterator[tuple[str, str]]:
    yield "raw", text
    yield "UTF-8 read as Latin-1", text.encode().decode("latin-1")
    yield "JSON", json.dumps(text)[1:-1]
    yield "JSON", json.dumps(text, ensure_ascii=False)[1:-1]
    yield "JSON in JSON", json.dumps(json.dumps(text))[3:-3]
    yield "repr", repr(text)[1:-1]
    yield "shell", shlex.quote(text)
    numbers = html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    for escaped in (html.escape(text), html.escape(text, quote=False), numbers, html.escape(html.escape(text))):
        yield "HTML", escaped
        yield "HTML", escaped.encode("ascii", "xmlcharrefreplace").decode()
    for coding in ("utf-8", "latin-1"):
        for quoted in (quote(text, "", coding, "ignore"), quote(text, "/", coding, "ignore"), quote_plus(text, "")):
            yield "percent", quoted
            yield "percent", re.sub("%..", lambda match: match[0].lower(), quoted)
            yield "percent twice", quote(quoted, "")


def _codes(text: str) -> Iterator[tuple[str, bytes]]:
    yield "Latin-1", text.encode("latin-1", "replace")
    yield "Latin-1", text.encode("latin-1", "xmlcharrefreplace")
    yield "UTF-16", text.encode("utf-16-le")
    yield "hex", text.encode().hex().encode()
    yield "hex", text.encode().hex().upper().encode()


def _base64(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """What stands in a base64 whatever comes before and after, for each of the three ways to lie in it."""
    for shift in range(3):
        coded = b64encode(bytes(shift) + whole)
        middle = coded[-(-shift * 8 // 6) : (shift + len(whole)) * 8 // 6]
        for form in (middle, middle.translate(bytes.maketrans(b"+/", b"-_"))):
            yield "base64", form
            yield "base64", quote(form, "").encode()


@dataclass(frozen=True)
class Leak:
    """Where a secret stands, and how it is written there."""

    place: str
    form: str
    around: str

    def __str__(self) -> str:
        return f"{self.place}: {self.form}: …{self.around}…"


def search_text(place: str, content: bytes, secrets: Iterable[Secret]) -> Iterator[Leak]:
    """The leaks in some bytes."""
    lowered = content.lower()
    for secret in secrets:
        for form, name in secret.forms().items():
            if (at := content.find(form)) >= 0:
                yield Leak(place, name, _around(content, at, len(form)))
        for piece in secret.pieces():
            if (at := lowered.find(piece)) >= 0:
                yield Leak(place, "a piece", _around(content, at, len(piece)))


def _around(content: bytes, at: int, length: int) -> str:
    return content[max(0, at - 80) : at + length + 20].decode("utf-8", "replace")


def search(root: Path, secrets: Collection[Secret], exempt: Collection[Path] = ()) -> list[Leak]:
    """The leaks in all files below a directory, and in their names.

    :param exempt: files that may hold the secrets, because the test put them there.
    """
    found: list[Leak] = []
    for path in sorted(root.rglob("*")):
        place = str(path.relative_to(root))
        found += search_text(f"name of {place}", place.encode("utf-8", "surrogateescape"), secrets)
        if path.is_file() and path not in exempt:
            found += search_text(place, path.read_bytes(), secrets)
    return found
