# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules, entries, and the variables of one inventory group or host."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import (
    DraftPolicy,
    DraftRule,
    RuleMatch,
    Settings,
    read_settings,
    write_retention_time,
)
from tests.unit.plugins.plugin_utils._draft.fleets import group

MONTH = Settings(720, 0, 0)
RULES, NO_GROUPS = "retention_policy_existing_groups", "retention_policy_no_groups"


@pytest.mark.parametrize(("hours", "text"), [(0, "unlimited"), (24, "1d"), (36, "36h"), (720, "30d")])
def test_retention_times_as_users_write_them(hours: int, text: str) -> None:
    assert write_retention_time(hours) == text


def test_a_number_that_no_option_can_have_is_not_set() -> None:
    assert read_settings(group("a", 1_000_000, pre_duration=2**31)).options == {"post_duration": 0}


@pytest.mark.parametrize(
    ("match", "is_wide"),
    [
        (RuleMatch("cam[0-9]?"), False),
        (RuleMatch("cam*"), True),
        (RuleMatch("cam?", "what[*]"), False),
        (RuleMatch("cam?", "* High"), True),
    ],
)
def test_an_asterisk_in_brackets_is_a_character(match: RuleMatch, is_wide: bool) -> None:
    assert match.is_wide is is_wide


def test_an_empty_value_is_written_if_it_replaces_another_one() -> None:
    policy = DraftPolicy((DraftRule(RuleMatch("a"), MONTH),))
    rules = [{"match": {"recording_group_id": "a"}, "retention_time": "30d", "pre_duration": 0, "post_duration": 0}]
    assert policy.variables() == {RULES: rules}
    assert policy.variables({NO_GROUPS}) == {RULES: rules, NO_GROUPS: False}


def test_a_policy_describes_a_device_only_with_all_its_groups() -> None:
    policy = DraftPolicy((DraftRule(RuleMatch("a?"), MONTH),))
    assert policy.describes([group("a1"), group("a2")], ())
    assert not policy.describes([group("a1"), group("b")], ())
    assert policy.describes([group("a1"), group("b")], {"b"})
    assert not policy.describes([group("a1", 24)], ())
    assert not policy.describes([], ())
    assert DraftPolicy(no_groups=True).describes([], ())
    assert not DraftPolicy(no_groups=True).describes([group("a1")], ())
