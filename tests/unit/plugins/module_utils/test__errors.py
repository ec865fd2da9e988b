# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that name options as their reader sets them."""

from __future__ import annotations

from datetime import date

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    IfNamed,
    Message,
    Option,
    describe_value,
    invalid_option,
    join_sentences,
    render,
)

ROLE = {"groups": "retention_policy_groups", "timeout": "axis_timeout"}
MINIMUM = Option("groups")[3]["retention_time"]


@pytest.mark.parametrize(
    ("option", "task", "role"),
    [
        (Option("timeout"), "timeout", "axis_timeout"),
        (Option("host"), "host", "host"),
        (MINIMUM, "groups[3].retention_time", "retention_policy_groups[3].retention_time"),
    ],
)
def test_option_has_the_name_its_user_sets(option: Option, task: str, role: str) -> None:
    assert (str(option), option.render(ROLE)) == (task, role)


def test_values_of_the_user_are_never_renamed() -> None:
    error = invalid_option(
        Message("{option} is {value!r}", {"option": MINIMUM, "value": "groups {timeout}"}), "Fix it."
    )
    assert error.render(ROLE)[0] == "retention_policy_groups[3].retention_time is 'groups {timeout}'"


def test_an_error_inside_a_message_is_rendered_too() -> None:
    inner = invalid_option(Message("{option} is empty", {"option": Option("timeout")}), "Set it.")
    outer = Message("hosts.yml: {error}", {"error": inner})
    assert (str(outer), render(outer, ROLE)) == ("hosts.yml: timeout is empty", "hosts.yml: axis_timeout is empty")


def test_part_of_a_message_depends_on_another_name() -> None:
    text = Message("Set it{play}.", {"play": IfNamed("play_login", ", or use --ask-pass")})
    assert (str(text), text.render({"play_login": "--user"})) == ("Set it.", "Set it, or use --ask-pass.")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        ("30d", "'30d'"),
        (date(2027, 1, 31), "2027-01-31"),
        ("x" * 100, "'" + "x" * 79 + "…"),
    ],
)
def test_values_are_shown_about_as_in_yaml(value: object, text: str) -> None:
    assert describe_value(value) == text


def test_detail_is_between_message_and_next_step() -> None:
    assert join_sentences("Not trusted", None, "Pin it.") == "Not trusted. Pin it."
    assert join_sentences("Not trusted", "The SHA-256 is ab", "Pin it.") == "Not trusted. The SHA-256 is ab. Pin it."


def test_long_texts_are_truncated_after_rendering() -> None:
    error = invalid_option("x" * 5000, Message("{value}", {"value": "y" * 5000}))
    assert [len(text) for text in error.render(ROLE)] == [2001, 2001]
