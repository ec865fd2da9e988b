# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The encoding of a text is detected, or set, and never guessed wrong without a notice."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.decoding import Text, decode
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Problem

JAPANESE = "名前;番号\n港;192.0.2.1\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_letters_of_every_script_are_read(encoding: str) -> None:
    assert decode(JAPANESE.encode(encoding), "a.csv", None) == Text(JAPANESE)
    assert decode(JAPANESE.encode(encoding), "a.csv", encoding) == Text(JAPANESE)


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_wrong_byte_names_its_line(encoding: str, line_break: str) -> None:
    # Half of a surrogate pair.
    content = f"Name{line_break}gate{line_break}".encode(encoding) + "\ud800".encode(encoding, "surrogatepass")
    problem = decode(content + "x".encode(encoding), "a.csv", encoding)
    assert isinstance(problem, Problem)
    assert problem.position.line == 3


@pytest.mark.parametrize("name", ["hex", "undefined", "base64", "no such", "utf-8\0"])
def test_what_is_not_an_encoding_of_texts_is_an_error(name: str) -> None:
    problem = decode(b"Name", "a.csv", name)
    assert isinstance(problem, Problem)
    assert problem.message.endswith("which is not a known encoding")


def test_single_zeros_are_not_utf_16() -> None:
    problem = decode(b"Name;IP\ng\0te;192.0.2.1\n", "a.csv", None)
    assert isinstance(problem, Problem)
    assert str(problem).startswith("a.csv, line 2: the line has a NUL character")


def test_an_empty_file_has_an_empty_text() -> None:
    assert decode(b"", "a.csv", None) == Text("")
    assert decode(b"\xef\xbb\xbf", "a.csv", None) == Text("")
