# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the values of keys that YAML or JSON repeats: every other reader keeps only the last value of a key."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple

import yaml

_MAPPING, _MERGE = "tag:yaml.org,2002:map", "tag:yaml.org,2002:merge"
_SECTION = re.compile(r"\[[^\s:\]]+(?::(?P<state>\w+))?\]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Key(str):
    """A key of a mapping, with the line that it is in, or ``None`` if it is not known."""

    __slots__ = ("line",)
    line: int | None

    def __new__(cls, text: str, line: int | None = None) -> Key:
        key = super().__new__(cls, text)
        key.line = line
        return key


class _Entry(NamedTuple):
    key: Any
    value: Any
    #: whether the entry is from a merge key, which may be overridden on purpose
    is_merged: bool = False


class _Mapping(list[_Entry]):
    """The entries of a mapping, those with repeated keys included."""


class _Loader(_LOADER):  # type: ignore[misc] # one of two classes
    """Read mappings with all their entries, and tags of Ansible as text."""


def _construct_mapping(loader: Any, node: Any) -> _Mapping:
    entries = _Mapping()
    for is_merged, key_node, value_node in _flatten(node):
        key, value = (loader.construct_object(item, deep=True) for item in (key_node, value_node))
        key = Key(key, key_node.start_mark.line + 1) if isinstance(key, str) else key
        hash(key)  # core does not read a mapping or a list as key, either
        entries.append(_Entry(key, value, is_merged))
    return entries


def _flatten(node: Any) -> Iterator[tuple[bool, Any, Any]]:
    """Yield the entries of a mapping, and before them those of its merge keys, whose first mapping overrides others."""
    for key, value in node.value:
        if key.tag == _MERGE:
            sources = [value] if isinstance(value, yaml.MappingNode) else reversed(value.value)
            yield from ((True, *pair) for source in sources for _is_merged, *pair in _flatten(source))
    yield from ((False, key, value) for key, value in node.value if key.tag != _MERGE)


_Loader.add_constructor(_MAPPING, _construct_mapping)
_Loader.add_constructor(None, lambda _loader, node: yaml.serialize(node))


def find_repeated(text: str, is_wanted: Callable[[str], bool]) -> list[tuple[Key, Any]]:
    """Return key and value of each wanted variable that the text sets again to another value.

    :param text: a mapping of variables, in YAML or JSON. There is none in a text that is neither.
    """
    variables = _read(text)
    found = _collect(variables, is_wanted, merges=True) if isinstance(variables, _Mapping) else {}
    return [
        (key, value)
        for entries in found.values()
        for key, value in entries[:-1]
        if _wants(is_wanted, key) and value != entries[-1][1]
    ]


def build_variants(text: str, is_wanted: Callable[[str], bool]) -> list[Any]:
    """Return what a text in YAML or JSON contains, with each value of a repeated key in one of the results.

    The last result is what every other reader returns, with instances of ``Key`` as keys. There is none for a text that
    is neither YAML nor JSON.

    :param is_wanted: whether a key is a variable to be compared. Within its value, a merge key is not a repetition.
    """
    content = _read(text)
    return [] if content is None else _vary(content, is_wanted, merges=True)


def build_ini_variants(text: str) -> list[str]:
    """Return a text in the format INI, and before it, the same with the first value of what a host line repeats."""
    state, lines = "hosts", text.splitlines()
    varied = []
    for line in lines:
        section = _SECTION.fullmatch(line.strip())
        state = (section["state"] or "hosts") if section else state
        varied.append(_reverse(line) if state == "hosts" and not section else line)
    return ["\n".join(varied), text] if varied != lines else [text]


def has_any(text: str, is_wanted: Callable[[str], bool], count: int = 1) -> bool:
    """Return whether a text has any of the wanted words, at least so often."""
    words = Counter(re.findall(r"\w+", text))
    return any(is_wanted(word) for word, number in words.items() if number >= count)


def _reverse(line: str) -> str:
    """Return a host line with its variables in reverse order, if any is repeated."""
    with suppress(ValueError):
        first, *variables = shlex.split(line, comments=True) or [""]
        names = sorted(variable.partition("=")[0] for variable in variables)
        if any(name == following for name, following in pairwise(names)):
            return shlex.join([first, *reversed(variables)])
    return line


def _read(text: str) -> Any:
    with suppress(ValueError):
        return json.loads(
            text, object_pairs_hook=lambda pairs: _Mapping(_Entry(Key(key), value) for key, value in pairs)
        )
    # Core itself reports what it cannot read.
    with suppress(yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it extends a safe loader
    return None


def _wants(is_wanted: Callable[[str], bool], key: Any) -> bool:
    return isinstance(key, str) and is_wanted(key)


def _collect(mapping: _Mapping, is_wanted: Callable[[str], bool], *, merges: bool) -> dict[Any, list[tuple[Any, Any]]]:
    """Return by key each of its values, with the key as it is written there."""
    found: dict[Any, list[tuple[Any, Any]]] = {}
    merged: set[Any] = set()
    for key, value, is_merged in mapping:
        entries = found.setdefault(key, [])
        if not merges and key in merged:
            entries.clear()
        (merged.add if is_merged else merged.discard)(key)
        inside = merges and not _wants(is_wanted, key)
        entries += [(key, variant) for variant in _vary(value, is_wanted, merges=inside)]
    return found


def _vary(value: Any, is_wanted: Callable[[str], bool], *, merges: bool) -> list[Any]:
    if isinstance(value, _Mapping):
        found = _collect(value, is_wanted, merges=merges)
        return [dict(row) for row in _align(list(found.values()))]
    if isinstance(value, list):
        return list(_align([_vary(item, is_wanted, merges=merges) for item in value]))
    return [value]


def _align(columns: list[list[Any]]) -> Iterator[list[Any]]:
    """Yield rows in which each item of each column occurs: a shorter column repeats its last item."""
    for number in range(max(map(len, columns), default=1)):
        yield [column[min(number, len(column) - 1)] for column in columns]
