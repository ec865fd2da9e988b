# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stream options: the ``a=b&c=d`` text of a recording group (VAPIX recording group, ``streamoptions``).

Devices may give them back in another order or with other characters percent-encoded, so two texts are equal when
they hold the same pairs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, invalid_option

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HEXADECIMAL_SERIAL = re.compile(r"[0-9A-Fa-f]{2,}")
# What may stand in a value as it is: neither a separator of the text itself nor one of the query around it.
_PLAIN_IN_VALUES = ":/,;@*!$'()"
_EXAMPLE = "Write them like resolution=1920x1080&camera=1, or as a dictionary."

Pairs = tuple[tuple[str, str], ...]


def parse_stream_options(text: str) -> Pairs:
    """The decoded pairs of ``a=b&c=d``, in the order given; none for an empty text.

    :raises InvalidOptionError: ``invalid_option``, when it is not such a text or names an option twice.
    """
    if not text:
        return ()
    if broken := _BROKEN_ESCAPE.search(text):
        raise invalid_option(
            f"stream_options has a broken percent-escape at position {broken.start()}",
            "Write a percent sign of a value as %25.",
        )
    pairs = tuple(_parse_pair(part) for part in text.split("&"))
    names: set[str] = set()
    for name, _value in pairs:
        if name in names:
            raise invalid_option(f"stream_options names {name} twice", "Keep the one that shall count.")
        names.add(name)
    return pairs


def _parse_pair(part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals or not name:
        raise invalid_option(f"stream_options has {part!r} where a name=value was expected", _EXAMPLE)
    try:
        return unquote(name, errors="strict"), unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        raise invalid_option(
            f"stream_options has a percent-escape in {part!r} that is not UTF-8", "Encode the value as UTF-8."
        ) from error


def format_stream_options(options: Mapping[str, str]) -> str:
    """``a=b&c=d`` of a dictionary, its names and values percent-encoded where they must be."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe=_PLAIN_IN_VALUES)}" for name, value in options.items())


def same_stream_options(one: str, other: str) -> bool:
    """Whether two texts mean the same. A text that does not parse is equal only to itself."""
    return one == other or _meaning(one) == _meaning(other)


def _meaning(text: str) -> object:
    try:
        return sorted((name, _value_meaning(name, value)) for name, value in parse_stream_options(text))
    except InvalidOptionError:
        return text


def _value_meaning(name: str, value: str) -> str:
    # `device` names a source by its serial number, which has no case (a device may fold it).
    return value.upper() if name == "device" and _HEXADECIMAL_SERIAL.fullmatch(value) else value
