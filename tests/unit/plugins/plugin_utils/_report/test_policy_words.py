# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy in words: each part of it is a sentence, and different policies have different sentences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import build_policy
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import PolicyWords
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_words import UNKNOWN, describe_policy
from tests.parameters import RECORDING, policy_parameters
from tests.unit.plugins.module_utils._planner.test_digest import policies, spell

ALL = {"match": {"recording_group_id": "*"}}


def words(**options: Any) -> PolicyWords:
    """Describe a policy with these options."""
    return describe_policy(build_policy(policy_parameters(**options)))


def entry(**fields: Any) -> str:
    """Describe the only group of a policy."""
    (text,) = words(groups=[{"recording_group_id": "entrance", **fields}]).groups
    return text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"retention_time": "30d", "disk_id": ["SD_DISK"]}, "entrance keeps recordings 30 days on SD_DISK."),
        ({"retention_time": "36h"}, "entrance keeps recordings 36 hours."),
        ({"retention_time": "24"}, "entrance keeps recordings 1 day."),
        ({"retention_time": "unlimited"}, "entrance keeps recordings without limit."),
        ({"disk_id": ["SD_DISK", "NetworkShare"]}, "entrance is on SD_DISK, or else on NetworkShare."),
        ({}, "entrance exists."),
        ({"state": "absent"}, "entrance does not exist, and is deleted with its recordings if a device has it."),
        (
            {"retention_time": "1w", "nice_name": "Door", "description": ""},
            'entrance keeps recordings 7 days. Its name is "Door". Its description is empty.',
        ),
        (
            {"stream_options": "camera=1&fps=5", "pre_duration": 5000, "post_duration": 500},
            (
                "entrance exists. It records with the stream options camera=1&fps=5. It also records 5 s before an "
                "event. It also records 0.5 s after an event."
            ),
        ),
        ({"recording": "always"}, "entrance exists. The device always records to it."),
        (
            {"recording": {**RECORDING, "name": "Day"}},
            'entrance exists. The device always records to it, with the rule "Day".',
        ),
        ({"recording": "never"}, "entrance exists. The device does not record to it."),
        (
            {"recording": {**RECORDING, "name": "Night", "enabled": False}},
            'entrance exists. The device records to it, with the rule "Night": always, but disabled.',
        ),
    ],
)
def test_a_group_is_described(fields: dict[str, Any], expected: str) -> None:
    assert entry(**fields) == expected


def test_a_group_without_id_is_described_by_its_name() -> None:
    group = {"nice_name": "Door", "retention_time": "2d"}
    assert words(groups=[group]).groups == ('The group "Door" keeps recordings 2 days.',)
    assert words(groups=[{**group, "id_source": "device"}]).groups == (
        'The group "Door" keeps recordings 2 days. The device assigns its ID.',
    )


def test_bounds_are_described() -> None:
    assert words(existing_groups=[ALL], retention_minimum="7d", retention_maximum="30d").bounds == (
        "Every recording group keeps recordings at least 7 days.",
        "No recording group keeps recordings longer than 30 days.",
    )
    assert words(existing_groups=[ALL], retention_minimum="unlimited").bounds == (
        "Every recording group keeps recordings without limit.",
    )
    assert words(existing_groups=[ALL], retention_maximum="unlimited").bounds == (
        "Recording groups may keep recordings without limit.",
    )


def test_no_groups_is_described() -> None:
    assert words(no_groups=True, retention_minimum="7d") == PolicyWords(
        ("The device has no recording groups.",), ("Every recording group keeps recordings at least 7 days.",), ()
    )
    assert words(no_groups=False, existing_groups=[ALL]).groups == ()


def test_rules_are_described_in_order() -> None:
    found = words(
        existing_groups=[
            {"match": {"nice_name": "Door [1]", "literal": True}, "description": "Entrance"},
            {"match": {"recording_group_id": "cam-*", "stream_options": {"camera": "1"}}, "retention_time": "30d"},
            ALL,
        ],
        purge=True,
        purge_match=["tmp-*", "old-*"],
    )
    assert (found.groups, found.bounds) == ((), ())
    assert found.rules == (
        'Rule 1: Each existing group whose name is "Door [1]" has these settings. Its description is "Entrance".',
        (
            "Rule 2, unless an earlier rule matches: Each existing group whose ID matches cam-* and whose stream "
            "option camera matches 1 keeps recordings 30 days."
        ),
        "Rule 3, unless an earlier rule matches: Each existing group is only compared with the bounds.",
        "Each group whose ID matches old-* or tmp-* and that no rule covers is deleted with its recordings.",
    )
    assert words(purge=True, purge_match=["*"]).rules == ("Each group is deleted with its recordings.",)


def test_an_unknown_policy_says_so() -> None:
    assert "differs between the run and the report" in UNKNOWN.groups[0]


@given(policies, policies, st.data())
def test_different_policies_have_different_words(
    one: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    first, second = (build_policy(policy_parameters(**spell(data.draw, policy))) for policy in (one, other))
    if first.digest != second.digest:
        described = describe_policy(first), describe_policy(second)
        assert described[0] != described[1]
    for text in (*describe_policy(first).groups, *describe_policy(first).rules):
        assert text.endswith(".")
        assert "None" not in text
