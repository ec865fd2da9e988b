# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many problems of one kind in one line."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.flood import merge_problems
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Position, Problem


def space(line: int, name: str, column: str = "Name", sheet: str | None = None) -> Problem:
    """Return the problem of a name."""
    return Problem(Position("a", line, column, sheet), f"the name {name!r} has a space", "Rename it.")


def test_many_problems_of_a_kind_are_one_line() -> None:
    names = [space(line, f"Hafen {line}") for line in (*range(2, 62), 70, 72, 73)]
    other = Problem(Position("a", 9), "the row has no address", "Fill it in.")
    shown = merge_problems([*names[:8], other, *names[8:], "x.axis.yml: wrong."])
    assert list(map(str, shown)) == [
        (
            "a, line 2, column Name: the name 'Hafen 2' has a space. So it is in 62 more lines: 3-61, 70, 72-73. "
            "Rename it."
        ),
        "a, line 9: the row has no address. Fill it in.",
        "x.axis.yml: wrong.",
    ]


def test_rows_of_a_sheet_are_rows() -> None:
    (shown,) = merge_problems([space(line, 'it\'s "x"', sheet="S") for line in range(3, 40, 2)])
    assert "So it is in 18 more rows: 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, …. Rename it." in str(shown)


@pytest.mark.parametrize(
    "problems",
    [
        [space(line, "a b") for line in (2, 3, 4)],
        [space(2, "a b", column) for column in "ABCDE"],
        # Each names another row, which must not be lost.
        [
            Problem(Position("a", line), f"the serial number is also that of a, line {line - 1}", "Remove one.")
            for line in range(3, 9)
        ],
        ["one", "two", "three", "four", "five"],
        [],
    ],
)
def test_few_or_different_problems_stay_as_they_are(problems: list[Problem | str]) -> None:
    assert merge_problems([*problems, *problems]) == problems
