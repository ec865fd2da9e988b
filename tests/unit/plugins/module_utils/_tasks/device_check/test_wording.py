# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers in the words of a reader."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME, POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import NO_LIMIT
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.wording import (
    describe_answer,
    describe_difference,
)


def test_no_choice_is_shown_as_a_key() -> None:
    for point in POINTS:
        for choice in point.choices:
            assert "_" not in describe_answer(point, choice), choice


def test_words_answer_the_question() -> None:
    shown = {
        ("storage_parameters", "removed"): "no, they were removed from this AXIS OS",
        ("existing_id", "error_20"): "error 20",
        ("post_allowed", False): "no",
        ("default_retention_time", 0): "0, without a limit",
        ("default_retention_time", 720): "720",
        ("default_pre_duration", 0): "0",
        ("text_limit", 64): "64",
        ("text_limit", NO_LIMIT): "it does not cut them",
        ("json_charset", ""): "none",
        ("topic_ending", ""): "nothing",
    }
    for (name, answer), text in shown.items():
        assert describe_answer(BY_NAME[name], answer) == text
    assert describe_answer(BY_NAME["http_challenge"], ["closed"]) == "no open port"
    assert describe_answer(BY_NAME["https_challenge"], ["Basic", "Digest MD5"]) == "Basic, Digest MD5"
    assert describe_answer(BY_NAME["apis"], {"recording-group": "1.0", "x": "2"}) == "recording-group 1.0, x 2"
    assert describe_answer(BY_NAME["recording_templates"], {"a": "1, 2", "b": "3"}) == "a, b"
    assert describe_answer(BY_NAME["apis"], {}) == "none"
    assert describe_answer(BY_NAME["apis"], None) == "unknown"


def test_difference_that_the_answer_does_not_show_is_named() -> None:
    point = BY_NAME["recording_templates"]
    documented = point.documented
    assert isinstance(documented, dict)
    (first, *_others) = documented
    assert describe_difference(point, documented) == ""
    assert describe_difference(point, {**documented, "more": ""}) == ""
    assert (
        describe_difference(point, {**documented, first: "x"}) == f", with other contents of {first} (see the profile)"
    )
    assert describe_difference(point, {name: text for name, text in documented.items() if name != first}) == (
        f", without {first}"
    )
    attributes = BY_NAME["group_attributes"]
    assert isinstance(attributes.documented, list)
    assert describe_difference(attributes, attributes.documented[::-1]) == ", in another order"
    assert describe_difference(attributes, attributes.documented[:2]) == ""
