# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of a file in any encoding that spreadsheets and exports write."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import describe_value
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Position, Problem

#: UTF-32 before UTF-16, whose byte order mark it begins with.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: By encoding, the bytes of four that are zero in most characters, and those that are not.
_ZEROS = (
    ("utf-32-le", (2, 3), (0,)),
    ("utf-32-be", (0, 1), (3,)),
    ("utf-16-le", (1, 3), (0, 2)),
    ("utf-16-be", (0, 2), (1, 3)),
)
_SAMPLE = 4096  # bytes
_MOST, _FEW = 0.4, 0.05
_FALLBACK = "cp1252"
_NOT_ASCII = re.compile("[^\0-\x7f\ud800-\udfff]")
_SAVE = "Save the file as CSV UTF-8, or set its encoding in the option files."


class Text(NamedTuple):
    """The text of a file.

    :param warning: what a person should know about how it was read, as a sentence.
    """

    text: str
    warning: str | None = None


def decode(content: bytes, file: str, encoding: str | None) -> Text | Problem:
    """Return the text of a file without byte order mark.

    :param file: the name for messages.
    :param encoding: what the user sets, or ``None`` to detect it.
    """
    decoded = _detect(content, file) if encoding is None else _decode_as(content, file, encoding)
    if isinstance(decoded, Text) and "\0" in decoded.text:
        line = _count_lines(decoded.text[: decoded.text.index("\0")])
        message = "the line has a NUL character, so this is not a text in the encoding that it was read with"
        return Problem(Position(file, line), message, _SAVE)
    return decoded


def _decode_as(content: bytes, file: str, encoding: str) -> Text | Problem:
    position = Position(file)
    try:
        name = codecs.lookup(encoding).name
        b"a".decode(name, "ignore")
    except (LookupError, ValueError):
        message = f"encoding is {describe_value(encoding)}, which is not a known encoding"
        return Problem(position, message, "Set encoding to a name such as utf-8, utf-16, or cp1252.")
    mark, marked = _find_mark(content)
    if marked is not None and not _is_family(name, marked):
        message = f"encoding is {encoding}, but the file begins with the byte order mark of {_name(marked)}"
        return Problem(position, message, "Remove encoding: the file shows its encoding.")
    if marked is None and (found := _find_zeros(content[:_SAMPLE])) is not None and _is_family(name, found):
        marked = found
    return _decode(content[len(mark) :], file, marked or name)


def _is_family(name: str, marked: str) -> bool:
    """Return whether an encoding that the user sets includes this one."""
    return marked.startswith(name.removesuffix("-sig"))


def _detect(content: bytes, file: str) -> Text | Problem:
    mark, marked = _find_mark(content)
    if marked is None:
        marked = _find_zeros(content[:_SAMPLE])
    if marked is not None:
        return _decode(content[len(mark) :], file, marked)
    try:
        return Text(content.decode())
    except UnicodeDecodeError as error:
        start = error.start
    line = content.count(b"\n", 0, start) + 1
    # Other encodings rarely have the valid sequences of UTF-8 by chance.
    if _NOT_ASCII.search(content.decode("utf-8", "surrogateescape")):
        message = "the line has a byte that is not UTF-8, unlike the rest of the file"
        return Problem(Position(file, line), message, _SAVE)
    decoded = _decode(content, file, _FALLBACK)
    if isinstance(decoded, Problem):
        return decoded
    warning = (
        f"{file} is not UTF-8, and was read as {_FALLBACK} (Windows, Western European). If a name has wrong letters, "
        f"set the encoding of the file; if not, set encoding: {_FALLBACK}."
    )
    return decoded._replace(warning=warning)


def _find_mark(content: bytes) -> tuple[bytes, str | None]:
    return next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", None))


def _find_zeros(sample: bytes) -> str | None:
    """Return the encoding without byte order mark that the zeros of a file show: digits and delimiters are ASCII."""
    columns = [sample[index::4] for index in range(4)]
    shares = [column.count(0) / len(column) if column else 0.0 for column in columns]
    for name, zero, other in _ZEROS:
        if all(shares[index] >= _MOST for index in zero) and all(shares[index] <= _FEW for index in other):
            return name
    return None


def _decode(content: bytes, file: str, name: str) -> Text | Problem:
    try:
        return Text(content.decode(name))
    except UnicodeDecodeError as error:
        line = _count_lines(content[: error.start].decode(name, "replace"))
    except ValueError:
        line = 1
    message = f"the line has a byte that is not {_name(name)}"
    return Problem(Position(file, line), message, _SAVE)


def _count_lines(text: str) -> int:
    return len(re.findall("\r\n|\r|\n", text)) + 1


def _name(encoding: str) -> str:
    return encoding[:6].upper() if encoding.startswith("utf") else encoding
