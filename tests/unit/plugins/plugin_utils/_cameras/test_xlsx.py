# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workbooks are read as they are stored; test_files.py has the messages."""

from __future__ import annotations

import io
import sys
from datetime import time, timedelta

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Mark, Problem, Table
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.xlsx import read_workbook
from tests.unit.plugins.plugin_utils._cameras.workbooks import edit, workbook


def read(content: bytes, sheet: str | None = None) -> Table:
    """Return the table of a workbook."""
    table = read_workbook(content, "a.xlsx", sheet)
    assert isinstance(table, Table)
    return table


def test_cells_are_texts_with_marks() -> None:
    formula = ArrayFormula("D2:D3", "=A2:A3")
    table = read(workbook([["a"] * 8, [" x ", 7, 7.0, formula, 1.5, False, time(8, 30), timedelta(hours=1)]]))
    assert table.rows[0].cells == ("x", "7", "7", "=A2:A3", "1.5", "FALSE", "08:30:00", "1:00:00")
    assert table.rows[0].marks == {
        1: Mark.WHOLE,
        2: Mark.WHOLE,
        3: Mark.FORMULA,
        4: Mark.NUMBER,
        6: Mark.DATE,
        7: Mark.DATE,
    }


def test_hidden_rows_and_columns_are_read() -> None:
    book = load_workbook(io.BytesIO(workbook([["Name", "IP"], ["a", "1"], ["b", "2"]])))
    book["Cameras"].row_dimensions[3].hidden = True
    book["Cameras"].column_dimensions["B"].hidden = True
    content = io.BytesIO()
    book.save(content)
    assert [row.cells for row in read(content.getvalue()).rows] == [("a", "1"), ("b", "2")]


def test_columns_have_letters() -> None:
    labels = read(workbook([["Name"] + [None] * 25 + ["IP"] + [None] * 675 + ["x"]])).labels
    assert (labels[0], labels[1], labels[25], labels[26], labels[702]) == ("A (Name)", "B", "Z", "AA (IP)", "AAA (x)")


def test_all_rows_of_merged_cells_are_marked() -> None:
    rows = [["Name", "IP", "Site"], ["a", "1", "x"], ["b", "2"], ["c", "3"], ["d", "4", "y"]]
    table = read(workbook(rows, merged="B3:C4"))
    assert [dict(row.marks) for row in table.rows] == [{}, {2: Mark.MERGED}, {1: Mark.MERGED, 2: Mark.MERGED}, {}]


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    problem = read_workbook(workbook([["Name"], ["a"]]), "a.xlsx", None)
    assert isinstance(problem, Problem)
    assert str(problem) == (
        f"a.xlsx: a workbook needs the Python library openpyxl, which is not installed for {sys.executable}. Install "
        "it "
        f"with: {sys.executable} -m pip install openpyxl. Or save the file as CSV UTF-8."
    )


def test_a_workbook_that_is_too_large_is_an_error() -> None:
    content = bytearray(workbook([["Name"], ["a"]]))
    # The directory at the end of an archive has the size of each member.
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (600 * 1024 * 1024).to_bytes(4, "little")
    problem = read_workbook(bytes(content), "a.xlsx", None)
    assert isinstance(problem, Problem)
    assert problem.message == "the workbook is larger than 512 MiB when unpacked"


@pytest.mark.parametrize(("second", "third"), [("<row>", '<row r="2">'), ('<row a=">" r="3">', '<row a=">" r="3">')])
def test_a_row_that_the_library_would_skip_is_a_problem(second: str, third: str) -> None:
    content = workbook([["Name", "IP"], ["a", "1"], ["b", "2"]])
    for old, new in (('<row r="2">', second), ('<row r="3">', third)):
        content = edit(content, "xl/worksheets/sheet1.xml", old, new)
    assert isinstance(read_workbook(content, "a.xlsx", None), Problem)
