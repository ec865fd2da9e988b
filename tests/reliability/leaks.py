# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Search everything that a run left for a secret, in every form in which it can occur.

The search shares no code with the redaction. It does not read compressed or encrypted data.
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

# A fragment of this length does not occur by chance. It reveals a form that is missing here.
_FRAGMENT = re.compile(rb"[A-Za-z0-9]{8,}")


@dataclass(frozen=True)
class Secret:
    """A login.

    :param realms: the realms of possible digests, which are as sensitive as the password.
    """

    user: str
    password: str
    realms: tuple[str, ...] = ()

    def forms(self) -> dict[bytes, str]:
        """Return the name of each form, by its bytes."""
        forms: dict[bytes, str] = {}
        for normal_form in ("NFC", "NFD"):
            password = unicodedata.normalize(normal_form, self.password)
            for name, text in _spellings(password):
                forms.setdefault(text.encode(), name)
            for name, encoded in _encodings(password):
                forms.setdefault(encoded, name)
            for value in (password, f"{self.user}:{password}"):
                for name, middle in _base64(value.encode()):
                    forms.setdefault(middle, name)
        for realm in self.realms:
            login = f"{self.user}:{realm}:{self.password}".encode()
            for algorithm in ("md5", "sha256"):
                forms[hashlib.new(algorithm, login).hexdigest().encode()] = f"digest of {algorithm}"
        return forms

    def fragments(self) -> set[bytes]:
        """Return the fragments of the password that count as a leak, in lower case."""
        return {fragment.lower() for fragment in _FRAGMENT.findall(self.password.encode())}


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
    for encoding in ("utf-8", "latin-1"):
        for quoted in (quote(text, "", encoding, "ignore"), quote(text, "/", encoding, "ignore"), quote_plus(text, "")):
            yield "percent", quoted
            yield "percent", re.sub("%..", lambda match: match[0].lower(), quoted)
            yield "percent twice", quote(quoted, "")


def _encodings(text: str) -> Iterator[tuple[str, bytes]]:
    yield "Latin-1", text.encode("latin-1", "replace")
    yield "Latin-1", text.encode("latin-1", "xmlcharrefreplace")
    yield "UTF-16", text.encode("utf-16-le")
    yield "hex", text.encode().hex().encode()
    yield "hex", text.encode().hex().upper().encode()


def _base64(value: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the part of a base64 text that is independent of its context, for each of the three offsets."""
    for shift in range(3):
        encoded = b64encode(bytes(shift) + value)
        middle = encoded[-(-shift * 8 // 6) : (shift + len(value)) * 8 // 6]
        for form in (middle, middle.translate(bytes.maketrans(b"+/", b"-_"))):
            yield "base64", form
            yield "base64", quote(form, "").encode()


@dataclass(frozen=True)
class Leak:
    """The location of a secret, and its form."""

    location: str
    form: str
    context: str

    def __str__(self) -> str:
        return f"{self.location}: {self.form}: …{self.context}…"


def search_text(location: str, content: bytes, secrets: Iterable[Secret]) -> Iterator[Leak]:
    """Yield the leaks in some bytes."""
    lowered = content.lower()
    for secret in secrets:
        for form, name in secret.forms().items():
            if (index := content.find(form)) >= 0:
                yield Leak(location, name, _context(content, index, len(form)))
        for fragment in secret.fragments():
            if (index := lowered.find(fragment)) >= 0:
                yield Leak(location, "fragment", _context(content, index, len(fragment)))


def _context(content: bytes, index: int, length: int) -> str:
    return content[max(0, index - 80) : index + length + 20].decode("utf-8", "replace")


def search(root: Path, secrets: Collection[Secret], exempt: Collection[Path] = ()) -> list[Leak]:
    """Return the leaks in all files below a directory, and in their names.

    :param exempt: files that may contain the secrets, because the test created them.
    """
    leaks: list[Leak] = []
    for path in sorted(root.rglob("*")):
        location = str(path.relative_to(root))
        leaks += search_text(f"name of {location}", location.encode("utf-8", "surrogateescape"), secrets)
        if path.is_file() and path not in exempt:
            leaks += search_text(location, path.read_bytes(), secrets)
    return leaks
