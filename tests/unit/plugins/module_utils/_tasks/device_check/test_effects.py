# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection does about each answer, and which test proves it."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.effects import (
    EFFECT_KINDS,
    effect_of,
    possible_answers,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS

ANSWERS = [(point.name, answer) for point in POINTS for answer in possible_answers(point)]


@pytest.mark.parametrize(("name", "answer"), ANSWERS, ids=lambda value: str(value)[:40])
def test_each_answer_has_an_effect(name: str, answer: object) -> None:
    effect = effect_of(name, answer)
    assert effect.kind in EFFECT_KINDS
    assert effect.text.endswith(".")
    assert 10 < len(effect.text) < 300
    assert "{" not in effect.text


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_an_unknown_answer_has_the_most_severe_effect(point: object) -> None:
    name = point.name  # type: ignore[attr-defined]
    kinds = [effect_of(name, answer).kind for known, answer in ANSWERS if known == name]
    assert effect_of(name, None).kind == max(kinds, key=EFFECT_KINDS.index)


@pytest.mark.parametrize("name", [point.name for point in POINTS if point.form in ("choice", "flag")])
def test_an_answer_that_no_test_covers_is_a_limit(name: str) -> None:
    for answer in ("explodes", "yes", 7, []):
        effect = effect_of(name, answer)
        assert effect.kind == "limits"
        assert effect.text == "The collection does not know this answer, so that no test covers it."


@pytest.mark.parametrize("answer", [None, [], {}, "", 0, 10**9, True, ["x"], {"x": "y"}])
def test_any_answer_of_a_file_has_an_effect(answer: object) -> None:
    for point in POINTS:
        assert effect_of(point.name, answer).kind in EFFECT_KINDS


def test_the_limit_is_in_the_text() -> None:
    assert "64 characters" in effect_of("text_limit", 64).text
    assert "1000 hours" in effect_of("retention_limit", 1000).text
    assert "after 60 minutes" in effect_of("recording_split", 60).text
    assert "more than 100 groups" in effect_of("max_groups", 100).text
