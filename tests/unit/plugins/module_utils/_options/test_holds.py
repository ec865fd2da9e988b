# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds and allowances: valid and invalid values, and their messages."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import build_hold

HOLD = {"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2027-01-31"}
ENTRY = Option("holds")[3]


@pytest.mark.parametrize(
    ("until", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, 23, 59, 59, 999999, timezone.utc)),
        ("9999-12-31", datetime(9999, 12, 31, 23, 59, 59, 999999, timezone.utc)),
        ("2027-01-31T12:00:00Z", datetime(2027, 1, 31, 12, tzinfo=timezone.utc)),
        ("2027-01-31T12:00:00+02:00", datetime(2027, 1, 31, 10, tzinfo=timezone.utc)),
        ("2027-01-31 12:00:00", datetime(2027, 1, 31, 12, tzinfo=timezone.utc)),
    ],
)
def test_a_hold_ends_with_its_day_or_moment(until: str, moment: datetime) -> None:
    end = build_hold({**HOLD, "until": until}, ENTRY).until
    assert end == moment
    assert end.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "?",
        "door[1-3]",
        "[!a]*",
        "-_[A-Z][0-9]",
        "[a!]",
        "[*a]",
        "[z-ab]",
        "d" * 50,
        "?" * 50 + "***",
        "*[a-b]" * 50,
    ],
)
def test_valid_patterns_of_holds(pattern: str) -> None:
    assert build_hold({**HOLD, "recording_group_id": pattern}, ENTRY).recording_group_id == pattern


@pytest.mark.fault("hold that can never match an ID")
@pytest.mark.parametrize(
    "change",
    [
        {"until": "soon"},
        {"until": "2027-13-01"},
        {"until": ""},
        {"until": "2027-01-31Z"},
        {"until": "2027-01-31+02:00"},
        {"until": "2027-01-31-05:00"},
        {"until": "2027W04T12"},
        {"until": "20270131"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"reason": " "},
        {"recording_group_id": "door "},
        {"recording_group_id": "a/b"},
        *(
            {"recording_group_id": pattern}
            for pattern in (
                *("door[1", "door]", "door[]", "[a]b]", "[[a]", "door!", "[!]"),
                # Of characters that are valid, but not in an ID, or not together.
                *("doo[z-a]", "[*]", "[?]door", "[!A-Za-z0-9_-]", "[9-0]*", "*[z-y]*", "[!!-z]"),
                *("d" * 51, "d" * 60, "*" + "?" * 51, f"*{'[ab]' * 51}"),
            )
        ),
        {"owner": ""},
    ],
)
def test_invalid_holds_name_their_entry(change: dict[str, str]) -> None:
    with pytest.raises(InvalidOptionError, match=r"holds\[3\]"):
        build_hold({**HOLD, **change}, ENTRY)


@pytest.mark.parametrize(
    ("change", "message", "next_step"),
    [
        (
            {"owner": " "},
            "axis_holds[3].owner is empty",
            "Set axis_holds[3].owner. A hold needs a group, a reason, an owner, and an end.",
        ),
        (
            {"recording_group_id": "a b"},
            "axis_holds[3].recording_group_id is 'a b', which cannot match the ID of a group",
            (
                "Set axis_holds[3].recording_group_id to a pattern of the characters A-Z, a-z, 0-9, _ and - with "
                "*, ? and [...]."
            ),
        ),
        (
            {"recording_group_id": "doo[z-a]"},
            (
                "axis_holds[3].recording_group_id is 'doo[z-a]', which cannot match the ID of a group, because [z-a] "
                "matches none of its characters"
            ),
            (
                "Set axis_holds[3].recording_group_id to a pattern of the characters A-Z, a-z, 0-9, _ and - with "
                "*, ? and [...]."
            ),
        ),
        (
            {"recording_group_id": "*" + "?" * 51},
            (
                f"axis_holds[3].recording_group_id is '*{'?' * 51}', which cannot match the ID of a group, because it "
                "matches at least 51 characters, and an ID has at most 50"
            ),
            (
                "Set axis_holds[3].recording_group_id to a pattern of the characters A-Z, a-z, 0-9, _ and - with "
                "*, ? and [...]."
            ),
        ),
        (
            {"until": "soon"},
            "axis_holds[3].until is 'soon', which is not a valid date",
            (
                "Set axis_holds[3].until to a date such as 2027-01-31, after which the hold ends (in UTC), or to a "
                "moment such as 2027-01-31T12:00:00Z. If the end is not known, set a distant date such as "
                "2099-12-31, and "
                "say so in the reason."
            ),
        ),
    ],
)
def test_messages_name_the_variable(change: dict[str, str], message: str, next_step: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_hold({**HOLD, **change}, ENTRY)
    assert caught.value.render({"holds": "axis_holds"}) == (message, next_step)
