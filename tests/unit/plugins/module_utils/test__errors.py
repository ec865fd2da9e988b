# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that name options as their reader sets them."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    Message,
    Option,
    invalid_option,
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


def test_long_texts_are_truncated_after_rendering() -> None:
    error = invalid_option("x" * 5000, Message("{value}", {"value": "y" * 5000}))
    assert [len(text) for text in error.render(ROLE)] == [2001, 2001]
