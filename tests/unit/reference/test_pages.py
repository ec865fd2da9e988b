# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The generated parts of the reference pages are up to date, and valid reStructuredText."""

from __future__ import annotations

import pytest

from tests.reference.__main__ import PARTS, update
from tests.reference.pages import render_default, render_table, replace_parts, to_rst, wrap


@pytest.mark.parametrize("page", PARTS)
def test_the_page_is_up_to_date(page: str) -> None:
    old, new = update(page)
    assert new == old, "Run: make reference"


@pytest.mark.parametrize("page", PARTS)
def test_no_line_is_too_long(page: str) -> None:
    _old, new = update(page)
    texts = [text for text in new.splitlines() if len(text) > 160]
    assert [text for text in texts if "``" not in text and "`__" not in text] == []


def test_a_page_without_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="the page has no part calls: add the lines "):
        replace_parts("Permissions\n", {"calls": "x"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Set C(a b) to V(c) or E(D)", "Set ``a b`` to ``c`` or ``D``"),
        ("See O(x), O(x=true), O(y), and RV(z)", "See ``axis_x``, ``axis_x: true``, ``y``, and ``z``"),
        ("See O(camfleet.axis.axis_x#module:y)", "See :ansopt:`camfleet.axis.axis_x#module:y`"),
        ("With M(camfleet.axis.axis_x)", "With :ansplugin:`camfleet.axis.axis_x#module`"),
        ("V(a(b\\)) and * (c)", "``a(b)`` and \\* (c)"),
    ],
)
def test_markup_is_translated(text: str, expected: str) -> None:
    assert to_rst(text, {"x": "axis_x"}) == expected


def test_unknown_markup_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"L\(a,b\) is not supported"):
        to_rst("See L(a,b)", {})


def test_literals_and_links_are_not_broken() -> None:
    text = wrap("word " * 29 + "``a literal of several words`` " + "word " * 25 + ":ref:`a link <label>`.", "   ")
    assert "\n   ``a literal of several words`` word" in text
    assert text.endswith(":ref:`a link <label>`.")


def test_a_table_has_paragraphs() -> None:
    assert "\n".join(render_table(("A", "B"), (1, 2), [("x", "y\n\nz"), ("", "w")])) == (
        ".. list-table::\n   :header-rows: 1\n   :widths: 1 2\n\n   * - A\n     - B\n   * - x\n     - y\n\n       z\n"
        "   * -\n     - w"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "``true``"), ([], "``[]``"), (["a", 1], "``[a, 1]``"), ({}, "``{}``"), ("", "empty"), (1.5, "``1.5``")],
)
def test_defaults_are_yaml(value: object, expected: str) -> None:
    assert render_default(value) == expected
