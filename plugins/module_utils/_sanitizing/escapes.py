# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts without their escapes: percent-encoding, and those of HTML, XML, JSON, Python, shells, and mails."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from html.entities import html5
from typing import NamedTuple, TypeAlias

# How often an escape may be escaped again.
_MAX_LEVELS = 6
# HTML knows these names without a semicolon, too.
_LEGACY_NAMES = "|".join(sorted((name for name in html5 if not name.endswith(";")), key=len, reverse=True))
# Each alternative begins with one character, so that a text without any of them is searched fast.
_ALTERNATIVES = (
    rb"%(?P<percent>[0-9a-f]{2})",
    rb"%u(?P<percent_high>d[89ab][0-9a-f]{2})%u(?P<percent_low>d[c-f][0-9a-f]{2})",
    rb"%u(?P<percent_unit>[0-9a-f]{4})",
    rb"=(?P<quoted>[0-9a-f]{2})|=\r?\n",
    # Eight digits would otherwise be a control character and four more digits.
    rb"\\\\*u(?P<long>00(?:0[0-9a-f]|10)[0-9a-f]{4})",
    rb"\\\\*u(?P<high>d[89ab][0-9a-f]{2})\\+u(?P<low>d[c-f][0-9a-f]{2})",
    rb"\\\\*u(?P<unit>[0-9a-f]{4})",
    rb"\\\\*x(?P<byte>[0-9a-f]{2})",
    rb"\\\\*[ux]\{(?P<braced>[0-9a-f]{1,8})\}",
    rb"\\\\*0?(?P<octal>[0-3][0-7]{2})",
    rb"&#0{0,8}(?P<decimal>[1-9][0-9]{0,6});?",
    rb"&#x0{0,8}(?P<hex>[1-9a-f][0-9a-f]{0,5});?",
    rb"&(?P<name>[a-z][a-z0-9]{1,31};)",
    rb"&(?P<legacy>" + _LEGACY_NAMES.encode() + rb")",
    # Shells, YAML, CSV.
    rb"'(?:\"'\"|\\')?'(?P<apostrophe>)",
    rb"\"\"(?P<quote>)",
    rb"\+(?P<plus>)",
    rb"\\\\*",
)
ESCAPE = re.compile(b"|".join(_ALTERNATIVES), re.IGNORECASE)
_BASES = {"decimal": 10, "octal": 8}
_BYTES = frozenset({"percent", "quoted", "byte", "octal"})
_SIGNS = {"apostrophe": b"'", "quote": b'"', "plus": b" "}


def utf8(text: str) -> bytes:
    """Return a text in UTF-8, also if it has lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


class _Cut(NamedTuple):
    """A part of a text that was replaced: its place in the new text and in the old one."""

    start: int
    end: int
    old_start: int
    old_end: int


_Replacement: TypeAlias = Callable[[re.Match[bytes]], "bytes | None"]


class View:
    """A text without some of its escapes, which knows the place of each of its bytes in the original."""

    def __init__(
        self, data: bytes, source: View | None = None, cuts: Callable[[], Iterator[_Cut]] | None = None
    ) -> None:
        self.data = data
        self._source = source
        self._read_cuts = cuts

    def replace(self, pattern: re.Pattern[bytes], new: _Replacement) -> View:
        """Return a view in which matches are replaced, except those for which ``new`` returns ``None``."""

        def change(match: re.Match[bytes]) -> bytes:
            text = new(match)
            return match[0] if text is None else text

        data = pattern.sub(change, self.data)
        return self if data == self.data else View(data, self, partial(_find_cuts, pattern, new, self.data))

    @cached_property
    def _cuts(self) -> list[_Cut]:
        return [*self._read_cuts()] if self._read_cuts else []

    @cached_property
    def _starts(self) -> list[int]:
        return [cut.start for cut in self._cuts]

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


def _find_cuts(pattern: re.Pattern[bytes], new: _Replacement, data: bytes) -> Iterator[_Cut]:
    shift = 0
    for match in pattern.finditer(data):
        text = new(match)
        if text is not None:
            start, end = match.span()
            yield _Cut(start + shift, start + shift + len(text), start, end)
            shift += len(text) - (end - start)


def decode_levels(view: View, kept: frozenset[int] | None, charset: str = "") -> Iterator[View]:
    """Yield the text without its escapes, without those that then appear, and so on.

    :param kept: the bytes that may be the result of an escape, or ``None`` for any.
    :param charset: how single bytes are decoded; as they are, unless it is given.
    """

    def decode(match: re.Match[bytes]) -> bytes | None:
        text = _decode(match, charset)
        return text if text is not None and (kept is None or kept.issuperset(text.lower())) else None

    for _level in range(_MAX_LEVELS):
        decoded = view.replace(ESCAPE, decode)
        if decoded is view:
            return
        view = decoded
        yield view


def _decode(match: re.Match[bytes], charset: str) -> bytes | None:
    kind, value = match.lastgroup, match[match.lastgroup].decode("ascii") if match.lastgroup else ""
    if kind in ("name", "legacy"):
        found = html5.get(value) or html5.get(value.lower())
        return None if found is None else utf8(found)
    if kind in ("low", "percent_low"):
        units = bytes.fromhex((match["high"] or match["percent_high"]).decode("ascii") + value)
        return utf8(units.decode("utf-16-be"))
    if not value:
        return _SIGNS.get(kind or "", b"")
    code = int(value, _BASES.get(kind or "", 16))
    if kind in _BYTES:
        byte = bytes([code])
        return utf8(byte.decode(charset)) if charset else byte
    return utf8(chr(code)) if code < 0x110000 else None
