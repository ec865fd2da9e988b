# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sanitize texts of devices and libraries: redact secrets, remove characters that control a display, then truncate.

A device, a proxy, or a library may return a secret in another form than it received: percent-encoded, escaped for XML,
JSON, or a shell, in Base64 as in Basic authentication, or with only some of its characters escaped. Therefore a text is
also searched without its escapes, level by level, in a time that is proportional to its length.

Only these texts are changed. The words, identifiers, and numbers of the collection and of its user never are, also if a
password equals one of them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from html.entities import html5
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, unquote, urlsplit

T = TypeVar("T")

REDACTED = "********"
#: A text of a device is not longer than this in a message, and not searched beyond the second one.
MAX_TEXT = 2000
_MAX_SEARCHED = 65_536
# Shorter secrets occur in any text, and a mark in their place would show them.
_MIN_SECRET = 4
# Shorter secrets may be words, which the text around a mark would show: the whole text is replaced.
_MIN_IN_PLACE = 8
# Shorter ones occur by chance: in Base64, in numbers, as hexadecimal digits, at the end of a text, without escapes.
_MIN_BASE64 = 8
_MIN_NUMBER = 6
_MIN_HEX = 8
_MIN_PART = 6
_MAX_PART = 1000
_MIN_DECODED = 3
_MIN_JOINED = 8
# So many characters of a secret may belong to an escape that begins before it or ends after it.
_MAX_ABSORBED = 7
# How often an escape may be escaped again.
_MAX_LEVELS = 6

_ESCAPE = re.compile(
    rb"%(?P<percent>[0-9a-f]{2})|=(?P<quoted>[0-9a-f]{2})|=\r?\n"
    rb"|\\+u(?P<high>d[89ab][0-9a-f]{2})\\+u(?P<low>d[c-f][0-9a-f]{2})"
    rb"|\\+u(?P<unit>[0-9a-f]{4})|\\+x(?P<byte>[0-9a-f]{2})"
    rb"|&#0{0,8}(?P<decimal>[1-9][0-9]{0,6});|&#x0{0,8}(?P<hex>[1-9a-f][0-9a-f]{0,5});|&(?P<name>[a-z][a-z0-9]{1,31};)"
    rb"|(?P<shell>'\"'\"'|'\\'')|(?P<plus>\+)|\\+",
    re.IGNORECASE,
)
# What another escape may begin with.
_ESCAPE_SIGNS = frozenset(b"%&\\=#;'\"+/")
_WHITESPACE = re.compile(rb"\s+")
_BACKSLASHES = re.compile(rb"\\+")
_LINE_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
#: For a set in a pattern: the categories Cc, Cf, Cs, Zl, Zp, all other characters that Unicode ignores, and those
#: that XML forbids.
INVISIBLE = (
    "\0-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_INVISIBLE_IN_LINES = re.compile(f"(?!\n)[{INVISIBLE}]")
# Identifiers, words, numbers, versions.
_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
_TOKEN = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# The fields of models that may contain any text.
_FREE_TEXTS = frozenset({"nice_name", "description", "name", "full_name", "doc_link"})
# A word of the collection, a number, or a moment.
_WORD = re.compile(rb"[A-Za-z]?[a-z]*(?:_[a-z]+)*|[0-9a-f]+|[0-9TZ:., +-]+")
# No identifier has this many classes of characters.
_MIN_CLASSES = 3
_CLASSES = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9_-]")))


def remove_invisible(text: str, *, keep_lines: bool = False) -> str:
    """Return the text without control and other invisible characters, so that it cannot change what is around it.

    :param keep_lines: whether line breaks stay as they are; otherwise each becomes a blank.
    """
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE_IN_LINES.sub("", text) if keep_lines else _INVISIBLE.sub("", _LINE_BREAKS.sub(" ", text))


class UnsafeText(str):
    """A text of a device that contains a secret or invisible characters, or that is too long.

    It is compared and sent as the device sent it, and shown in its safe form: in messages, and in results after
    ``plain``.
    """

    __slots__ = ("safe",)
    safe: str

    def __new__(cls, received: str, safe: str) -> UnsafeText:
        """Build the text from what the device sent, and from what may be shown of it."""
        text = super().__new__(cls, received)
        text.safe = safe
        return text

    def __str__(self) -> str:
        """Return what may be shown."""
        return self.safe

    def __repr__(self) -> str:
        """Return what may be shown, quoted."""
        return repr(self.safe)

    def __format__(self, specification: str) -> str:
        """Return what may be shown, formatted."""
        return format(self.safe, specification)

    def __deepcopy__(self, _memo: object) -> UnsafeText:
        """Return the text itself, which cannot change."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what a copy is built from."""
        return UnsafeText, (as_received(self), self.safe)


def as_received(text: str) -> str:
    """Return a text of a device as it was received, to send it."""
    return str.__str__(text)


def plain(value: Any) -> Any:
    """Return a result without texts that must not be shown, also inside dictionaries and lists."""
    if isinstance(value, UnsafeText):
        return value.safe
    if isinstance(value, str):
        return remove_invisible(value, keep_lines=True)
    return _map_items(value, plain)


def _map_items(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a list or a dictionary with changed items, or itself if none changes: a copy of a long list is large."""
    if isinstance(value, (list, tuple)):
        items = [change(item) for item in value]
        is_same = isinstance(value, list) and all(new is old for new, old in zip(items, value, strict=True))
        return value if is_same else items
    if isinstance(value, Mapping):
        values = {key: change(item) for key, item in value.items()}
        return value if all(new is value[key] for key, new in values.items()) else values
    return value


class _Secret(NamedTuple):
    text: str
    #: the text in UTF-8, also without its escapes, in lower case
    written: tuple[bytes, ...]
    #: its hexadecimal forms
    hexadecimal: tuple[bytes, ...]
    #: its Base64 forms
    encoded: tuple[bytes, ...] = ()

    @property
    def is_short(self) -> bool:
        """Return whether the text around a mark might show the secret, or what remains of it without its escapes."""
        return min(map(len, self.written)) < _MIN_IN_PLACE

    @property
    def differs_from_words(self) -> bool:
        """Return whether no word or number of the collection looks like the secret."""
        return not self.is_short and not any(map(_WORD.fullmatch, self.written))

    @property
    def differs_from_ids(self) -> bool:
        """Return whether no identifier of a device looks like the secret, either."""
        return self.differs_from_words and sum(item.search(self.text) is not None for item in _CLASSES) >= _MIN_CLASSES


class Secrets:
    """The secrets of one task, or of the session with one device."""

    def __init__(self) -> None:
        self._secrets: dict[str, _Secret] = {}
        #: the other values of the task, which it shows anyway
        self._own = ""
        #: whether they are those of a task, with its other values
        self.of_task = False
        #: of the groups that a device listed last
        self._shown_ids: set[str] = set()
        self._select()

    def add(self, arguments: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> None:
        """Add the values of secret options, and the secrets inside them."""
        values = {name: str(arguments[name]) for name in spec if spec[name].get("no_log") and arguments.get(name)}
        for value in values.values():
            self._add(value)
        if "password" in values:
            self.add_login(str(arguments.get("username")), values["password"])
        if "proxy" in values:
            self.add_proxy(values["proxy"])
        others = (str(text) for name, value in arguments.items() if name not in values for text in _texts(value))
        self._own = "\n".join(others).lower()
        self.of_task = True
        self._select()

    def include(self, other: Secrets) -> None:
        """Add the secrets of a session."""
        if not other._secrets.keys() <= self._secrets.keys():
            self._secrets = {**other._secrets, **self._secrets}
            self._select()

    def add_login(self, username: str, password: str) -> None:
        """Add the password of a user."""
        self._add(password, (password, f"{username}:{password}"))

    def add_proxy(self, url: str) -> None:
        """Add the password in the URL of a proxy."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return
        if parts.password:
            self._add(parts.password)
            self.add_login(unquote(parts.username or ""), unquote(parts.password))

    def add_realm(self, username: str, password: str, realm: str) -> None:
        """Add the digests with which a device verifies the password (RFC 7616, A1)."""
        login = f"{username}:{realm}:{password}".encode("utf-8", "surrogatepass")
        for algorithm in ("md5", "sha256"):
            self._add(hashlib.new(algorithm, login, usedforsecurity=False).hexdigest())

    def _add(self, text: str, encoded: Iterable[str] = ()) -> None:
        known = self._secrets.get(text) or _build_secret(text)
        codes = dict.fromkeys((*known.encoded, *(code for item in encoded for code in _base64(item))))
        self._secrets[text] = known._replace(encoded=tuple(codes))
        self._select()

    def _select(self) -> None:
        """Select the secrets that each kind of text may not contain."""
        hidden = [item for item in self._secrets.values() if item.text.lower() not in self._own]
        self._not_in_texts = tuple(hidden)
        self._not_in_words = tuple(item for item in hidden if item.differs_from_words)
        self._not_in_ids = tuple(item for item in hidden if item.differs_from_ids)

    def redact(self, value: Any) -> Any:
        """Return a value without any secret, also inside dictionaries and lists. Keys are kept: they are not secret."""
        return self._redact(value, tuple(self._secrets.values()))

    def mask(self, arguments: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the arguments of a task for display: without the values of its secret options."""
        return {
            name: REDACTED if value and spec.get(name, {}).get("no_log") else self._redact(value, self._not_in_words)
            for name, value in arguments.items()
        }

    def protect(self, result: Any, names: Callable[[], Iterable[str]] = tuple) -> Any:
        """Return a result that can be shown: ``plain``, and without secrets that cannot be words of the collection.

        The texts of devices have no secrets any more. This is for a defect.

        :param names: returns further words that may be in the result, such as names of the inventory.
        """
        shown = plain(result)
        known = {*_ids(shown)}
        hidden = tuple(item for item in self._not_in_words if item.text not in known)
        redacted = self._redact(shown, hidden)
        if redacted != shown:
            words = "\n".join(names()).lower()
            redacted = self._redact(shown, tuple(item for item in hidden if item.text.lower() not in words))
        return redacted

    def clean(self, text: str) -> str:
        """Return a text of a device or of a library for a message: without secrets, on one line, truncated."""
        return _truncate(self._clean(text, tuple(self._secrets.values()), keep_lines=False))

    def clean_lines(self, text: str) -> str:
        """Return a traceback without secrets."""
        return self._clean(text, tuple(self._secrets.values()), keep_lines=True)

    def mark(self, value: T, name: str = "") -> T:
        """Return a model of what a device sent, with each text that must not be shown as an ``UnsafeText``.

        :param name: the name of the field.
        """
        if isinstance(value, tuple):
            # A password that equals an identifier is shown by it, and cannot be hidden in a name beside it.
            words = {secret.text.lower() for secret in self._not_in_texts}
            ids = (str(getattr(item, "recording_group_id", "")).lower() for item in value)
            self._shown_ids = words.intersection(ids)
        return self._mark(value, name)

    def _mark(self, value: T, name: str) -> T:
        changed: Any = value
        if isinstance(value, str):
            changed = self._mark_text(value, name)
        elif isinstance(value, tuple):
            items = [self._mark(item, name) for item in value]
            if any(new is not old for new, old in zip(items, value, strict=True)):
                changed = tuple(items)
        elif isinstance(value, Mapping):
            changed = {self._mark(key, name): self._mark(item, name) for key, item in value.items()}
        elif is_dataclass(value) and not isinstance(value, type):
            new = {}
            for field in fields(value):
                old = getattr(value, field.name)
                if old and (item := self._mark(old, field.name)) is not old:
                    new[field.name] = item
            changed = replace(value, **new) if new else value
        result: T = changed
        return result

    def _mark_text(self, text: str, name: str) -> str:
        if len(text) < _MIN_SECRET and text.isascii() and text.isprintable():
            return text
        safe = _truncate(self._clean(text, self._hidden_in(text, name), keep_lines=False))
        return text if safe == text else UnsafeText(text, safe)

    def _hidden_in(self, text: str, name: str) -> tuple[_Secret, ...]:
        """Return the secrets that a field may not show: an identifier, a word, or a number may equal a password."""
        if (name.endswith("_id") or name in ("id", "serial")) and _ID.fullmatch(text):
            return self._not_in_ids
        if name not in _FREE_TEXTS and _TOKEN.fullmatch(text):
            return self._not_in_words
        return tuple(
            item for item in self._not_in_texts if item.differs_from_ids or item.text.lower() not in self._shown_ids
        )

    def _clean(self, text: str, secrets: tuple[_Secret, ...], *, keep_lines: bool) -> str:
        known = tuple(secret for secret in secrets if len(secret.text) >= _MIN_SECRET)
        searched = text if keep_lines else text[:_MAX_SEARCHED]
        while True:
            found = _redact(searched, known, with_parts=True)
            if found != searched and any(_redact(searched, (item,)) != searched for item in known if item.is_short):
                return REDACTED
            # Without these characters there may be another secret.
            searched = remove_invisible(found, keep_lines=keep_lines)
            if searched == found:
                return searched

    def _redact(self, value: Any, secrets: tuple[_Secret, ...]) -> Any:
        if not secrets:
            return value
        if isinstance(value, str):
            return _redact(value, secrets)
        if isinstance(value, int):
            is_secret = len(str(value)) >= _MIN_NUMBER and any(str(value) == item.text for item in secrets)
            return REDACTED if is_secret else value
        return _map_items(value, lambda item: self._redact(item, secrets))


# What no text of the device may show that this thread communicates with.
_ACTIVE: ContextVar[Secrets | None] = ContextVar("camfleet_axis_secrets", default=None)


@contextmanager
def hide(secrets: Secrets) -> Iterator[None]:
    """Hide the secrets of a task in all texts of devices, and what ``hide_login`` adds to them."""
    token = _ACTIVE.set(secrets)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def hide_login(secrets: Secrets) -> None:
    """Hide the secrets of a session: those of the task are known, but not what they become in the session."""
    active = _ACTIVE.get()
    if active is None or not active.of_task:
        _ACTIVE.set(secrets)
    elif active is not secrets:
        active.include(secrets)


def _active() -> Secrets:
    return _ACTIVE.get() or Secrets()


def clean(text: str) -> str:
    """Return a text that a device sent, or that a library made of it, for a message."""
    return _active().clean(text)


def received(value: T, name: str = "") -> T:
    """Return a model of what a device sent, whose unsafe texts are shown in their safe form.

    :param name: the field that the value is of, if it is none of its own.
    """
    return _active().mark(value, name)


def _truncate(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def _texts(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        yield from (text for item in value for text in _texts(item))
    elif isinstance(value, Mapping):
        yield from (text for item in value.values() for text in _texts(item))
    elif value is not None:
        yield value


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _base64(text: str) -> Iterator[bytes]:
    """Yield its Base64, and the part that does not depend on the surrounding text, for all three alignments."""
    whole = _utf8(text)
    for shift in range(3):
        encoded = b64encode(bytes(shift) + whole)
        middle = encoded[-(-shift * 8 // 6) : (shift + len(whole)) * 8 // 6]
        for code in (encoded, middle) if shift == 0 else (middle,):
            if len(code) >= _MIN_BASE64:
                yield from (code, quote(code, safe="").encode(), code.translate(bytes.maketrans(b"+/", b"-_")))


def _build_secret(text: str) -> _Secret:
    """Return a secret with the forms that are searched."""
    normal = [text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]
    if not text.isascii():
        normal += [form for item in normal for form in (item.lower(), item.upper())]
    encoded = [*dict.fromkeys(map(_utf8, normal))]
    # HTTP libraries decode headers as Latin-1.
    encoded += [_utf8(item.decode("latin-1")) for item in encoded if not item.isascii()]
    # A message that ends with a text of the device drops its full stop.
    encoded += [item.removesuffix(b".") for item in encoded if len(item) > 1]
    written = dict.fromkeys(form.lower() for item in encoded for form in _without_escapes(item))
    hexadecimal = dict.fromkeys(_utf8(form).hex().encode() for form in normal)
    return _Secret(text, (*written,), tuple(form for form in hexadecimal if len(form) >= _MIN_HEX))


def _without_escapes(secret: bytes) -> Iterator[bytes]:
    """Yield a secret as it becomes in a text from which escapes, whitespace, or some backslashes are removed."""
    yield secret
    yield _BACKSLASHES.sub(rb"\\", secret)
    yield from (view.data for view in _decode_levels(_View(secret), None) if len(view.data) >= _MIN_DECODED)
    joined = b"".join(secret.split())
    if len(joined) >= _MIN_JOINED:
        yield joined


class _Cut(NamedTuple):
    """A part of a text that was replaced: its place in the new text and in the old one."""

    start: int
    end: int
    old_start: int
    old_end: int


class _View:
    """A text without some of its escapes, which knows the place of each of its bytes in the original."""

    def __init__(self, data: bytes, cuts: list[_Cut] | None = None, source: _View | None = None) -> None:
        self.data = data
        self._cuts = cuts or []
        self._starts = [cut.start for cut in self._cuts]
        self._source = source

    def replace(self, pattern: re.Pattern[bytes], new: Callable[[re.Match[bytes]], bytes | None]) -> _View:
        """Return a view in which matches are replaced, except those for which ``new`` returns ``None``."""
        pieces: list[bytes] = []
        cuts: list[_Cut] = []
        length = end = 0
        for match in pattern.finditer(self.data):
            text = new(match)
            if text is None:
                continue
            pieces += (self.data[end : match.start()], text)
            length += match.start() - end
            end = match.end()
            cuts.append(_Cut(length, length + len(text), match.start(), end))
            length += len(text)
        return _View(b"".join((*pieces, self.data[end:])), cuts, self) if cuts else self

    def find_origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original text."""
        if self._source is None:
            return start, end
        return self._source.find_origin(self._find_start(start), self._find_end(end))

    def _find_start(self, position: int) -> int:
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return position
        cut = self._cuts[index]
        old = cut.old_start if position < cut.end else cut.old_end + position - cut.end
        while index >= 0 and self._is_removed_escape(self._cuts[index], position):
            old = self._cuts[index].old_start if self._cuts[index].old_end == old else old
            index -= 1
        return old

    def _find_end(self, position: int) -> int:
        index = bisect_right(self._starts, position - 1) - 1
        old = position
        if index >= 0:
            cut = self._cuts[index]
            old = cut.old_end if position <= cut.end else cut.old_end + position - cut.end
        following = index + 1
        if following < len(self._cuts) and self._is_removed_escape(self._cuts[following], position):
            old = self._cuts[following].old_end
        return old

    def _is_removed_escape(self, cut: _Cut, position: int) -> bool:
        """Return whether backslashes were removed here: they belong to the text beside them."""
        source = self._source
        return cut.start == cut.end == position and source is not None and source.data[cut.old_start] == ord("\\")


def _decode_levels(view: _View, kept: frozenset[int] | None, charset: str = "") -> Iterator[_View]:
    """Yield the text without its escapes, without those that then appear, and so on.

    :param kept: the bytes that may be the result of an escape, or ``None`` for any.
    :param charset: how single bytes are decoded; as they are, unless it is given.
    """

    def decode(match: re.Match[bytes]) -> bytes | None:
        text = _decode(match, charset)
        return text if text is not None and (kept is None or kept.issuperset(text.lower())) else None

    for _level in range(_MAX_LEVELS):
        decoded = view.replace(_ESCAPE, decode)
        if decoded is view:
            return
        view = decoded
        yield view


def _decode(match: re.Match[bytes], charset: str) -> bytes | None:
    kind, value = match.lastgroup, match[match.lastgroup].decode("ascii") if match.lastgroup else ""
    if kind in ("percent", "quoted", "byte"):
        byte = bytes.fromhex(value)
        return _utf8(byte.decode(charset)) if charset else byte
    if kind == "low":
        units = bytes.fromhex(match["high"].decode("ascii") + value)
        return _utf8(units.decode("utf-16-be"))
    if kind in ("unit", "hex", "decimal"):
        code = int(value, 10 if kind == "decimal" else 16)
        return _utf8(chr(code)) if code < 0x110000 else None
    if kind == "name":
        found = html5.get(value) or html5.get(value.lower())
        return None if found is None else _utf8(found)
    return {"shell": b"'", "plus": b" "}.get(kind or "", b"")


def _redact(text: str, secrets: Iterable[_Secret], *, with_parts: bool = False) -> str:
    """Return a text without secrets.

    :param with_parts: whether the text is complete, so that a part of a secret at its ends was truncated.
    """
    secrets = tuple(secrets)
    original = _utf8(text)
    spans = sorted(_find(original, secrets, with_parts=with_parts))
    if not spans:
        return text
    pieces: list[bytes] = []
    end = 0
    for start, stop in spans:
        if start >= end:
            pieces += (original[end:start], REDACTED.encode())
        end = max(end, stop)
    # A secret may begin inside a character.
    return b"".join((*pieces, original[end:])).decode("utf-8", "replace" if text.isprintable() else "surrogatepass")


class _Search(NamedTuple):
    """What is searched for all secrets."""

    forms: tuple[bytes, ...]
    #: Base64
    codes: tuple[bytes, ...]
    #: the bytes that escapes in a secret may stand for
    kept: frozenset[int]
    #: one of these is in each text that has a secret, or a part of one, without escapes
    parts: tuple[bytes, ...]


@lru_cache(maxsize=32)
def _prepare(secrets: tuple[_Secret, ...]) -> _Search:
    forms = dict.fromkeys(form for secret in secrets for form in (*secret.written, *secret.hexadecimal))
    codes = dict.fromkeys(code for secret in secrets for code in secret.encoded)
    ends = (end for form in (*forms, *codes) for end in (form[:_MIN_PART], form[-_MIN_PART:]))
    parts = dict.fromkeys(b"".join(end.lower().split()) for end in ends)
    return _Search((*forms,), (*codes,), _ESCAPE_SIGNS.union(*forms), (*parts,))


def _find(data: bytes, secrets: tuple[_Secret, ...], *, with_parts: bool) -> Iterator[tuple[int, int]]:
    forms, codes, kept, parts = _prepare(secrets)
    raw, original = _View(data), data.lower()
    squeezed = b"".join(original.split())
    if not any(part in squeezed for part in parts) and not _ESCAPE.search(data):
        return
    # Base64 is written in lines.
    joined = raw.replace(_WHITESPACE, lambda _match: b"")
    for base in dict.fromkeys((raw, joined, raw.replace(_BACKSLASHES, lambda _match: b"\\"))):
        searched = [form for form in forms if base is raw or base is not joined or len(form) >= _MIN_JOINED]
        for view in _decode_in_all_ways(base, kept):
            lowered = view.data.lower()
            for form in searched:
                yield from (view.find_origin(*span) for span in _find_all(lowered, form))
                if view is not raw:
                    yield from _find_absorbed(view, lowered, form, original)
                if with_parts:
                    yield from (view.find_origin(*span) for span in _find_parts(lowered, form))
            for code in codes:
                yield from (view.find_origin(*span) for span in _find_all(view.data, code))


def _decode_in_all_ways(base: _View, kept: frozenset[int]) -> Iterator[_View]:
    """Yield a text, and what becomes of it level by level, each once."""
    seen: set[bytes] = set()
    # Any byte may be a part of an escape that is escaped, although no secret has it.
    for view in (
        base,
        *_decode_levels(base, kept),
        *_decode_levels(base, None),
        *_decode_levels(base, kept, "latin-1"),
    ):
        if view.data not in seen:
            seen.add(view.data)
            yield view


def _find_absorbed(view: _View, lowered: bytes, form: bytes, original: bytes) -> Iterator[tuple[int, int]]:
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


def _find_parts(data: bytes, form: bytes) -> Iterator[tuple[int, int]]:
    """Yield the beginning of a secret at the end of a text, and its end at the beginning."""
    length = min(len(form) - 1, len(data), _MAX_PART)
    if form[:_MIN_PART] in data[len(data) - length :]:
        for size in range(length, _MIN_PART - 1, -1):
            if data.endswith(form[:size]):
                yield len(data) - size, len(data)
                break
    if form[-_MIN_PART:] in data[:length]:
        for size in range(length, _MIN_PART - 1, -1):
            if data.startswith(form[-size:]):
                yield 0, size
                break


def _ids(value: Any, name: str = "") -> Iterator[str]:
    """Yield the identifiers in a result."""
    if isinstance(value, str) and (name.endswith("_id") or name == "matches"):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item, name)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _ids(item, str(key))
