# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stream options: the ``a=b&c=d`` text of a recording group (VAPIX recording group, ``streamoptions``).

A device may return the pairs in another order, or percent-encode other characters, and other systems begin the text
with ``&``. Two texts are therefore equal if they hold the same decoded pairs. All rules about stream options are in
this file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from unicodedata import normalize
from urllib.parse import quote, unquote

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    Text,
    describe_value,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import check_xml_text, fold_text

#: Decoded names and values.
Pairs = tuple[tuple[str, str], ...]

_OPTION = Option("stream_options")
# The option that names a source by its serial number, in which case is not significant (a device may fold it).
_SOURCE = "device"
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# A pair after a semicolon, which some systems write as a separator. Whether a device reads it as one is not documented.
_AFTER_SEMICOLON = re.compile(r";[^&]*=")
_HEXADECIMAL_SERIAL = re.compile(r"[0-9A-Fa-f]{2,}")
# What a value holds unencoded: neither a separator of the text itself nor one of the query around it.
_SAFE_IN_VALUES = ":/,;@*!$'()"


def build_stream_options(written: object, option: Option = _OPTION) -> str:
    """Return the text to send for the value of an option: a dictionary, or a text, which is sent unchanged.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if isinstance(written, Mapping):
        # A YAML block ends with a line break.
        pairs = {str(name): str(value).strip("\r\n") for name, value in written.items()}
        for part in (*pairs, *pairs.values()):
            check_xml_text(part, option)
        text = format_stream_options(pairs)
    else:
        text = str(written)
        if fold_text(text) != text:
            raise _invalid(option, "has a line break or a tab", "Write the stream options on one line.")
    parse_stream_options(text, option)
    return check_xml_text(text, option)


def parse_stream_options(text: str, option: Option = _OPTION) -> Pairs:
    """Return the decoded pairs of ``a=b&c=d``, in the order given; none for an empty text.

    :raises InvalidOptionError: ``invalid_option``, if the text has another form or sets a stream option twice.
    """
    if not text:
        return ()
    if broken := _BROKEN_ESCAPE.search(text):
        raise _invalid(
            option,
            "is {text!r}, with an incomplete percent-escape at position {position}",
            "Write %25 for a percent sign.",
            text=text,
            position=broken.start() + 1,
        )
    pairs = tuple(_parse_pair(part, option) for part in text.split("&"))
    names: set[str] = set()
    for name, _value in pairs:
        if name in names:
            raise _invalid(option, "sets {name!r} twice", "Keep one of the two values.", name=name)
        names.add(name)
    return pairs


def are_stream_options(text: str) -> bool:
    """Return whether a text, for example of a device, has the form of stream options."""
    try:
        parse_stream_options(text)
    except InvalidOptionError:
        return False
    return _AFTER_SEMICOLON.search(text) is None


def without_empty_pairs(text: str) -> str:
    """Return stream options without ``&`` at the ends or twice in a row, which some systems write."""
    return "&".join(filter(None, text.split("&")))


def _parse_listed(text: str) -> Pairs:
    """Return the decoded pairs of a text of a device.

    :raises InvalidOptionError: ``invalid_option``.
    """
    return parse_stream_options(without_empty_pairs(text))


def _parse_pair(part: str, option: Option) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals or not name:
        next_step = "Write stream options as resolution=1920x1080&camera=1, or as a dictionary."
        raise _invalid(option, "has {part!r}, which is not of the form name=value", next_step, part=part)
    try:
        return unquote(name, errors="strict"), unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        raise _invalid(
            option, "has a percent-escape in {part!r} that is not UTF-8", "Encode the value as UTF-8.", part=part
        ) from error


def _invalid(option: Option, what: str, next_step: Text, **arguments: object) -> InvalidOptionError:
    return invalid_option(Message("{option} " + what, {"option": option, **arguments}), next_step)


def format_stream_options(options: Mapping[str, str]) -> str:
    """Return ``a=b&c=d`` of a dictionary, with names and values percent-encoded where necessary."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe=_SAFE_IN_VALUES)}" for name, value in options.items())


def same_stream_options(one: str, other: str) -> bool:
    """Return whether two texts hold the same pairs. A text that does not parse is equal only to itself."""
    return one == other or canonical_stream_options(one) == canonical_stream_options(other)


def canonical_stream_options(text: str) -> Pairs | str:
    """Return what all equal texts have in common: their sorted pairs, or the text if it does not parse."""
    try:
        return tuple(sorted((name, _canonical_value(name, value)) for name, value in _parse_listed(text)))
    except InvalidOptionError:
        return text


def _canonical_value(name: str, value: str) -> str:
    # A device may change the normalization form.
    value = normalize("NFC", value)
    return value.upper() if name == _SOURCE and _HEXADECIMAL_SERIAL.fullmatch(value) else value


def build_patterns(written: Mapping[object, object], option: Option) -> Pairs:
    """Return the sorted patterns of a match: names of stream options, and globs of their decoded values.

    :raises InvalidOptionError: ``invalid_option``, if a pattern is neither a text nor an integer.
    """
    for name, value in written.items():
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            raise _invalid(
                option[str(name)],
                "is {value}, which is not text",
                "Put the pattern in quotes.",
                value=describe_value(value),
            )
    return tuple(
        sorted((str(name), _canonical_pattern(str(name), str(value).strip("\r\n"))) for name, value in written.items())
    )


def has_stream_options(text: str, patterns: Pairs, *, literal: bool = False) -> bool:
    """Return whether a text has each named option with a value that fits its glob, or equals a literal pattern.

    A text that does not parse matches only if there are no patterns.
    """
    if not patterns:
        return True
    try:
        options = dict(_parse_listed(text))
    except InvalidOptionError:
        return False
    return all(name in options and _fits(name, options[name], glob, literal=literal) for name, glob in patterns)


def _fits(name: str, value: str, pattern: str, *, literal: bool) -> bool:
    value, pattern = _canonical_pattern(name, value), _canonical_pattern(name, pattern)
    return value == pattern if literal else fnmatchcase(value, pattern)


def _canonical_pattern(name: str, glob: str) -> str:
    glob = normalize("NFC", glob)
    return glob.upper() if name == _SOURCE else glob


def recorded_source(text: str) -> tuple[str, str]:
    """Return the device and the camera (or view) that a group records; the text itself if it does not parse."""
    try:
        options = dict(_parse_listed(text))
    except InvalidOptionError:
        return text, ""
    return options.get(_SOURCE, "").upper(), options.get("camera", "1")
