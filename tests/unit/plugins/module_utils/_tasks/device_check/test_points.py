# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of the points of a device check."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(POINTS)


def test_a_choice_has_choices_and_nothing_else_has() -> None:
    assert [point.name for point in POINTS if (point.form == "choice") != (len(point.choices) >= 2)] == []


def test_a_point_says_why_it_is_left_open() -> None:
    assert [point.name for point in POINTS if (point.part == "manual") != bool(point.why_manual)] == []


def test_a_question_ends_with_a_question_mark() -> None:
    assert [point.name for point in POINTS if not point.question.endswith("?")] == []


def test_what_is_documented_has_a_page_and_the_form_of_an_answer() -> None:
    assert [point.name for point in POINTS if (point.documented is None) != (point.page == "")] == []
    forms = {"flag": bool, "list": list, "map": dict, "number": int, "text": str, "choice": str}
    for point in POINTS:
        assert point.documented is None or isinstance(point.documented, forms[point.form])
        assert point.form != "choice" or point.documented is None or point.documented in point.choices
    assert len({*POINTS}) == len(POINTS)
