# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each row of a text becomes a row or an error."""

from __future__ import annotations

from collections.abc import Sequence

import hypothesis
import hypothesis.strategies as st
import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Problem, Table
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.table import display, read_csv, trim


def count(headers: Sequence[str]) -> int:
    """Return how many headers are known."""
    return sum(trim(header) in ("name", "ip") for header in headers)


def read(text: str, delimiter: str | None = None) -> Table:
    """Return the table of a text."""
    table = read_csv(text, "a.csv", delimiter, count)
    assert isinstance(table, Table)
    return table


def test_known_headers_decide_the_delimiter() -> None:
    assert read("name;ip;a,b,c,d,e\n").headers == ("name", "ip", "a,b,c,d,e")
    assert read("a,b;c|d|e\n").headers == ("a,b;c", "d", "e")
    assert read("name\n").headers == ("name",)


@pytest.mark.parametrize(
    ("text", "trimmed"), [(" a ", "a"), ("\u00a0\u200ba b\ufeff\t", "a b"), ("\u2003", ""), ("é", "é")]
)
def test_space_around_a_text_is_removed(text: str, trimmed: str) -> None:
    assert trim(text) == trimmed


@pytest.mark.parametrize("delimiter", ["", "ab", "a", "\n", '"', ".", " "])
def test_what_cannot_separate_columns_is_an_error(delimiter: str) -> None:
    assert isinstance(read_csv("name,ip\n", "a.csv", delimiter, count), Problem)


def test_a_delimiter_is_shown_as_it_is_written() -> None:
    assert (display(";"), display("\t")) == ("';'", "a tab")


def test_rows_after_a_broken_one_are_read() -> None:
    table = read('name,ip\n"a"x,1\nb,2\n"c,3\nd"x,4\ne,5\n')
    assert [(row.position.line, row.cells) for row in table.rows] == [(3, ("b", "2")), (6, ("e", "5"))]
    assert [problem.position.line for problem in table.problems] == [2, 4]


def test_a_cell_that_is_too_long_to_read_is_an_error() -> None:
    table = read(f'name,ip\n"{"x" * 200_000}",1\nb,2\n')
    assert [problem.position.line for problem in table.problems] == [2]
    assert [row.cells for row in table.rows] == [("b", "2")]


@hypothesis.given(st.lists(st.text(st.sampled_from('ab,;"\n\r \t|='), max_size=12), max_size=8))
def test_no_text_disappears(lines: list[str]) -> None:
    """Without an error, every text is in a cell, whatever quotation marks do."""
    text = "name,ip,x\n" + "\n".join(lines)
    table = read_csv(text, "a.csv", ",", count)
    assert isinstance(table, Table)
    found = "".join(cell for row in table.rows for cell in row.cells)
    if not table.problems:
        assert [found.count(letter) for letter in "ab"] == ["".join(lines).count(letter) for letter in "ab"]
