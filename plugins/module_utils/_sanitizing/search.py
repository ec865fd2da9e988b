# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find secrets in texts, in all their forms.

A device, a proxy, or a library may return a secret in another form than it received: percent-encoded, escaped for XML,
JSON, or a shell, in Base64 as in Basic authentication, or with only some of its characters escaped. Therefore a text is
also searched without its escapes, level by level, in a time that is proportional to its length.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.escapes import ESCAPE, View, decode_levels, utf8

REDACTED = "********"
# Shorter secrets may be words, which the text around a mark would show: the whole text is replaced.
_MIN_IN_PLACE = 8
# Shorter ones occur by chance: in Base64, as hexadecimal digits, at the end of a text, without escapes or whitespace.
_MIN_BASE64 = 8
_MIN_HEX = 8
_MIN_PART = 6
_MIN_DECODED = 3
_MIN_JOINED = 8
_MAX_PART = 1000
# So many characters of a secret may belong to an escape that begins before it or ends after it.
_MAX_ABSORBED = 7
# So many texts without secrets are remembered, if they have at most so many characters.
_MAX_REMEMBERED = 500
# What another escape may begin with.
_ESCAPE_SIGNS = frozenset(b"%&\\=#;'\"+/")
_WHITESPACE = re.compile(rb"\s+")
_BACKSLASHES = re.compile(rb"\\+")
# Also in UTF-16. A digest is an example, and each device has others.
_WITHOUT_ESCAPES = re.compile(rb"[A-Za-z0-9\0]*")
# A word of the collection, a number, or a moment.
_WORD = re.compile(rb"[A-Za-z]?[a-z]*(?:_[a-z]+)*|[0-9a-f]+|[0-9TZ:., +-]+")
# No identifier has this many classes of characters.
_MIN_CLASSES = 3
_CLASSES = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9_-]")))


@dataclass(frozen=True)
class Secret:
    """A secret, and the forms that are searched."""

    text: str
    #: the text in UTF-8, also without its escapes, in lower case
    written: tuple[bytes, ...]
    #: its hexadecimal forms
    hexadecimal: tuple[bytes, ...]
    #: texts that contain it, of which Base64 is searched
    logins: tuple[str, ...]
    #: its Base64 forms
    encoded: tuple[bytes, ...]

    @property
    def is_short(self) -> bool:
        """Return whether the text around a mark might show the secret, or what remains of it without its escapes."""
        return min(map(len, self.written)) < _MIN_IN_PLACE

    @cached_property
    def differs_from_words(self) -> bool:
        """Return whether no word or number of the collection looks like the secret."""
        return not self.is_short and not any(map(_WORD.fullmatch, self.written))

    @cached_property
    def differs_from_ids(self) -> bool:
        """Return whether no identifier of a device looks like the secret, either."""
        return self.differs_from_words and sum(item.search(self.text) is not None for item in _CLASSES) >= _MIN_CLASSES

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return texts of which each text that contains the secret, or a part of it, has at least one."""
        forms = (*self.written, *self.hexadecimal, *self.encoded)
        ends = (end for form in forms for end in (form[:_MIN_PART], form[-_MIN_PART:]))
        return (*dict.fromkeys(map(_squeeze, ends)),)


# The cameras of a fleet often have the same password.
@lru_cache(maxsize=256)
def build_secret(text: str, logins: tuple[str, ...] = ()) -> Secret:
    """Return a secret with the forms that are searched.

    :param logins: texts that contain it, of which Base64 is searched.
    """
    normal = [text]
    if not text.isascii():
        normal += [unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]
        normal += [form for item in normal for form in (item.lower(), item.upper())]
    encoded = [*dict.fromkeys(map(utf8, normal))]
    # HTTP libraries decode headers as Latin-1.
    encoded += [utf8(item.decode("latin-1")) for item in encoded if not item.isascii()]
    # A message that ends with a text of the device drops its full stop.
    encoded += [item.removesuffix(b".") for item in encoded]
    # Without the zero byte at one end, both byte orders of ASCII are the same.
    encoded += [text.encode(f"utf-16-{order}", "surrogatepass").strip(b"\0") for order in ("le", "be")]
    written = dict.fromkeys(form.lower() for item in dict.fromkeys(encoded) for form in _without_escapes(item))
    hexadecimal = dict.fromkeys(utf8(form).hex().encode() for form in normal)
    codes = dict.fromkeys(code for login in logins for code in _base64(login))
    return Secret(text, (*written,), tuple(form for form in hexadecimal if len(form) >= _MIN_HEX), logins, (*codes,))


def _without_escapes(secret: bytes) -> Iterator[bytes]:
    """Yield a secret as it becomes in a text from which escapes, whitespace, or some backslashes are removed."""
    yield secret
    if _WITHOUT_ESCAPES.fullmatch(secret):
        return
    yield _BACKSLASHES.sub(rb"\\", secret)
    yield from (view.data for view in decode_levels(View(secret), None) if len(view.data) >= _MIN_DECODED)
    joined = b"".join(secret.split())
    if len(joined) >= _MIN_JOINED:
        yield joined


def _base64(text: str) -> Iterator[bytes]:
    """Yield its Base64, and the part that does not depend on the surrounding text, for all three alignments."""
    whole = utf8(text)
    for shift in range(3):
        encoded = b64encode(bytes(shift) + whole)
        middle = encoded[-(-shift * 8 // 6) : (shift + len(whole)) * 8 // 6]
        for code in (encoded, middle) if shift == 0 else (middle,):
            if len(code) >= _MIN_BASE64:
                yield from (code, code.translate(bytes.maketrans(b"+/", b"-_")))


class Search:
    """A search for some secrets."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self.secrets = tuple(secrets)
        #: some texts without secrets: the groups of a device have many equal texts
        self._clean: set[tuple[str, bool]] = set()

    @cached_property
    def short(self) -> Search:
        """Return the search for the short ones only."""
        return Search(secret for secret in self.secrets if secret.is_short)

    @cached_property
    def _forms(self) -> tuple[bytes, ...]:
        return (*dict.fromkeys(form for secret in self.secrets for form in (*secret.written, *secret.hexadecimal)),)

    @cached_property
    def _codes(self) -> tuple[bytes, ...]:
        return (*dict.fromkeys(code for secret in self.secrets for code in secret.encoded),)

    @cached_property
    def _decoded(self) -> frozenset[int]:
        """Return the bytes that escapes in a secret may stand for."""
        return _ESCAPE_SIGNS.union(*self._forms)

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        """Return texts of which each view that contains a secret, or a part of one, has at least one."""
        return (*dict.fromkeys(part for secret in self.secrets for part in secret.parts),)

    def redact(self, text: str, *, with_parts: bool = False) -> str:
        """Return a text without the secrets.

        :param with_parts: whether the text is complete, so that a part of a secret at its ends was truncated.
        """
        if not self.secrets or (text, with_parts) in self._clean:
            return text
        redacted = self._redact(text, with_parts=with_parts)
        if redacted == text and len(text) <= _MAX_REMEMBERED and len(self._clean) < _MAX_REMEMBERED:
            self._clean.add((text, with_parts))
        return redacted

    def _redact(self, text: str, *, with_parts: bool) -> str:
        original = utf8(text)
        if not (self._has_part(original) or ESCAPE.search(original)):
            return text
        if len(original) <= _MAX_REMEMBERED and not any(map(self._is_part_of, _squeeze_views(original, self._decoded))):
            return text
        pieces: list[bytes] = []
        end = 0
        for start, stop in sorted(self._find(View(original), with_parts=with_parts)):
            if start >= end:
                pieces += (original[end:start], REDACTED.encode())
            end = max(end, stop)
        if not pieces:
            return text
        # A secret may begin inside a character.
        return b"".join((*pieces, original[end:])).decode("utf-8", "replace" if text.isprintable() else "surrogatepass")

    def _has_part(self, data: bytes) -> bool:
        return self._is_part_of(_squeeze(data))

    def _is_part_of(self, squeezed: str) -> bool:
        return any(part in squeezed for part in self._parts)

    def _find(self, raw: View, *, with_parts: bool) -> Iterator[tuple[int, int]]:
        original = raw.data.lower()
        joined = _join(raw)
        for base in _build_bases(raw, joined):
            forms = [form for form in self._forms if base is raw or base is not joined or len(form) >= _MIN_JOINED]
            for view in self._decode(base):
                lowered = view.data.lower()
                spans = [_find_all(lowered, form) for form in forms]
                spans += [_find_all(view.data, code) for code in self._codes]
                if with_parts:
                    spans += [_find_parts(lowered, form, _MIN_PART) for form in forms]
                    spans += [_find_parts(view.data, code, _MIN_BASE64) for code in self._codes]
                yield from (view.find_origin(*span) for span in chain(*spans))
                if view is not raw:
                    for form in forms:
                        yield from _find_absorbed(view, lowered, form, original)

    def _decode(self, base: View) -> Iterator[View]:
        """Yield a text, and what becomes of it level by level, each once, if it may contain a secret."""
        seen: set[bytes] = set()
        for view in _decode_all(base, self._decoded):
            if view.data not in seen and self._has_part(view.data):
                seen.add(view.data)
                yield view


def _join(raw: View) -> View:
    # Base64 is written in lines.
    return raw.replace(_WHITESPACE, lambda _match: b"")


def _build_bases(raw: View, joined: View) -> Iterable[View]:
    return dict.fromkeys((raw, joined, raw.replace(_BACKSLASHES, lambda _match: b"\\")))


def _decode_all(base: View, decoded: frozenset[int]) -> Iterator[View]:
    """Yield a text, and what becomes of it level by level.

    :param decoded: the bytes that escapes in a secret may stand for.
    """
    # Any byte may be a part of an escape that is escaped, although no secret has it.
    ways = [(decoded, ""), (None, "")]
    if max(decoded) >= 0x80:
        ways.append((decoded, "latin-1"))
    return chain((base,), *(decode_levels(base, kept, charset) for kept, charset in ways))


# The cameras of a fleet often have equal texts.
@lru_cache(maxsize=512)
def _squeeze_views(data: bytes, decoded: frozenset[int]) -> tuple[str, ...]:
    """Return all forms of a text that are searched, as ``_squeeze`` returns them."""
    raw = View(data)
    views = (view for base in _build_bases(raw, _join(raw)) for view in _decode_all(base, decoded))
    return (*dict.fromkeys(_squeeze(view.data) for view in views),)


def _squeeze(data: bytes) -> str:
    # Python searches a text faster than bytes.
    return b"".join(data.lower().split()).decode("latin-1")


def _find_absorbed(view: View, lowered: bytes, form: bytes, original: bytes) -> Iterator[tuple[int, int]]:
    """Yield secrets whose ends look like a part of an escape because of what is beside them, like ``%4`` before 1."""
    for size in range(1, min(_MAX_ABSORBED, len(form) - _MIN_PART) + 1):
        for span in _find_all(lowered, form[size:]):
            start, end = view.find_origin(*span)
            if original[max(0, start - size) : start] == form[:size]:
                yield start - size, end
        for span in _find_all(lowered, form[:-size]):
            start, end = view.find_origin(*span)
            if original[end : end + size] == form[-size:]:
                yield start, end + size


def _find_all(data: bytes, form: bytes) -> Iterator[tuple[int, int]]:
    start = data.find(form)
    while start >= 0:
        end = start + len(form)
        yield start, end
        start = data.find(form, end)


def _find_parts(data: bytes, form: bytes, minimum: int) -> Iterator[tuple[int, int]]:
    """Yield the beginnings of a secret at the end of a text, and its ends at the beginning."""
    for size in range(minimum, min(len(form) - 1, len(data), _MAX_PART) + 1):
        if data.endswith(form[:size]):
            yield len(data) - size, len(data)
        if data.startswith(form[-size:]):
            yield 0, size
