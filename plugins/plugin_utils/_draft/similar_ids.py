# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What IDs and names of groups have in common that one system created, and the narrowest glob for them.

An ID consists of parts. Those that differ between cameras or are counted are variable: serial numbers, GUIDs,
hexadecimal digits, and numbers. The globs are for ``fnmatchcase``, and hold for a camera that replaces another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase

_GUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_PART = re.compile(rf"(?P<guid>{_GUID})|(?P<run>[A-Za-z0-9]+)|(?P<other>[^A-Za-z0-9])", re.DOTALL)
_SERIAL = re.compile(r"(?=.*[0-9])[0-9A-Fa-f]{12}")
_HEXADECIMAL = re.compile(r"(?=.*[0-9])(?=.*[A-Fa-f])[0-9A-Fa-f]{4,}")
_COUNTED = re.compile(r"([A-Za-z]*)([0-9]+)")
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]", re.DOTALL)
#: Characters that begin a template of Ansible, or that XML cannot hold (see ``mark_invalid``).
_UNSAFE = re.compile("[{}%#\ufdd0]")
_GLOB_PART = re.compile(r"\[[^\]]*\]|.", re.DOTALL)
_MAX_ID_LENGTH = 50
#: In a key, the place of a variable part, or of one of its characters.
_VARIABLE = "\0"
_CLASSES = ("[0-9]", "[0-9A-F]", "[0-9a-f]", "[0-9A-Fa-f]", "?")


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One part of an ID or a name."""

    text: str
    #: ``text``, ``number``, or ``unique``, which is not counted: a serial number, a GUID, or hexadecimal digits
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Template:
    """The parts of one text."""

    parts: tuple[Part, ...]

    @property
    def family_key(self) -> str:
        """Return what texts have in common that differ only in variable parts and in their length."""
        return "".join(part.text if part.kind == "text" else _VARIABLE for part in self.parts)

    @property
    def pattern_key(self) -> str:
        """Return what texts have in common that differ only in variable parts of the same length."""
        return "".join(part.text if part.kind == "text" else _hide_characters(part.text) for part in self.parts)

    @property
    def number_key(self) -> str:
        """Return what texts have in common that differ only in unique parts, and have the same numbers."""
        return "".join(_hide_characters(part.text) if part.kind == "unique" else part.text for part in self.parts)

    @property
    def has_convention(self) -> bool:
        """Return whether letters or digits remain without the variable parts."""
        return any(part.kind == "text" and any(map(str.isalnum, part.text)) for part in self.parts)

    @property
    def is_unique(self) -> bool:
        """Return whether it has a unique part."""
        return any(part.kind == "unique" for part in self.parts)


def _hide_characters(text: str) -> str:
    # A GUID has hyphens.
    return "".join(_VARIABLE if character.isalnum() else character for character in text)


def parse_text(text: str, serial: str | None) -> Template:
    """Return the parts of the ID or the folded name of a group.

    :param serial: of its device, which is also found between other letters.
    """
    before, found, after = _split_at_serial(text, serial)
    parts = [part for match in _PART.finditer(before) for part in _parse_run(match)]
    if found:
        parts += [Part(found, "unique"), *parse_text(after, serial).parts]
    return Template(tuple(parts))


def _split_at_serial(text: str, serial: str | None) -> tuple[str, str, str]:
    start = text.upper().find(serial.upper()) if serial and text.isascii() else -1
    if start < 0 or serial is None:
        return text, "", ""
    end = start + len(serial)
    return text[:start], text[start:end], text[end:]


def _parse_run(match: re.Match[str]) -> tuple[Part, ...]:
    text = match.group()
    if match["other"]:
        return (Part(text),)
    if match["guid"] or _SERIAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return (Part(text, "unique"),)
    counted = _COUNTED.fullmatch(text)
    if counted is None:
        return (Part(text),)
    return (*((Part(counted[1]),) if counted[1] else ()), Part(counted[2], "number"))


def build_id_globs(templates: Sequence[Template], family: Iterable[Template] = ()) -> tuple[str, ...]:
    """Return globs that each match all IDs with one ``pattern_key`` or ``number_key``, the one to prefer first.

    Without wildcards for one ID. In the first one, a variable part that differs becomes as many digits or ``?`` as it
    has characters. The other ones are narrower, for groups that are not to be matched.

    :param family: further IDs with the same ``family_key``; a part that differs in one of them is variable, too.
    """
    rows = [template.parts for template in templates]
    others = [template.parts for template in family]
    globs = (_build_glob(rows, others, escape_id, _any_characters), _build_glob(rows, (), escape_id, _find_classes))
    return tuple(dict.fromkeys(map(limit_id_glob, globs)))


def build_name_glob(templates: Sequence[Template]) -> str:
    """Return the narrowest glob for folded names with one ``pattern_key``."""
    return _build_glob([template.parts for template in templates], (), escape_text, _any_characters)


def _build_glob(
    rows: Sequence[tuple[Part, ...]],
    others: Sequence[tuple[Part, ...]],
    escape: Callable[[str], str],
    generalize: Callable[[Set[Part]], str],
) -> str:
    columns = [set(column) for column in zip(*rows, strict=False)]
    varying = [*zip(*(row for row in (*rows, *others) if len(row) == len(columns)), strict=True)]
    if len({len(row) for row in rows}) != 1:
        return escape(min("".join(part.text for part in row) for row in rows))
    return "".join(
        generalize(column) if len({part.text for part in all_parts}) > 1 else escape(min(column).text)
        for column, all_parts in zip(columns, varying, strict=True)
    )


def _any_characters(variants: Set[Part]) -> str:
    wildcard = "[0-9]" if all(part.kind == "number" for part in variants) else "?"
    return _hide_characters(min(variants).text).replace(_VARIABLE, wildcard)


def _find_classes(variants: Set[Part]) -> str:
    return "".join(map(_find_class, map(set, zip(*(part.text for part in variants), strict=True))))


def _find_class(characters: Set[str]) -> str:
    if len(characters) == 1:
        return min(characters)
    return next(glob for glob in _CLASSES if all(fnmatchcase(character, glob) for character in characters))


def escape_id(text: str) -> str:
    """Return a glob that only this ID matches; ``?`` for a character that the option does not accept."""
    return _NOT_IN_IDS.sub("?", text)


def limit_id_glob(glob: str) -> str:
    """Return a glob for an ID that is longer than the option accepts."""
    parts = _GLOB_PART.findall(glob)
    if len(parts) <= _MAX_ID_LENGTH:
        return glob
    # IDs of one system differ at their ends.
    half = _MAX_ID_LENGTH // 2
    return "".join((*parts[:half], "*", *parts[1 - half :]))


def escape_text(text: str) -> str:
    """Return a glob that only this text matches; ``?`` for a character that could begin a template of Ansible."""
    return _UNSAFE.sub("?", re.sub(r"[*?\[]", r"[\g<0>]", text))
