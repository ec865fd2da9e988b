# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configured against actual: each verdict where it is due, and none claimed that the device cannot prove."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import ACTUAL_VERDICTS, judge

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=timezone.utc)
DISK = {
    "disk_id": "SD_DISK",
    "status": "OK",
    "locked": False,
    "full": False,
    "total_size": 116_000_000,
    "free_size": 60_000_000,
    "free_size_text": "60.0 GB",
    "used_percent": 48.3,
    "wear_percent": 3,
    "cleanup_max_age": 0,
    "cleanup_policy": "fifo",
    "cleanup_text": "keeps until space is needed",
}
# Five percent of it, which the device keeps free.
NO_ROOM = 5_800_000


def group(hours: int | None = 720, name: str = "door", disk_id: str | None = "SD_DISK") -> RecordingGroup:
    """A group as a device lists it."""
    return RecordingGroup(name, retention_time=hours, disk_id=disk_id)


def moment(hours_ago: float) -> str:
    """As a device writes it."""
    return f"{NOW - timedelta(hours=hours_ago):%Y-%m-%dT%H:%M:%S.%fZ}"


def span(began: float, ended: float | None = None, kind: str = "continuous", **more: Any) -> dict[str, Any]:
    """What record/list.cgi says of the disk: the oldest recording began so many hours ago, and ended."""
    stop = moment(began - 1 if ended is None else ended)
    oldest = {"recording_id": "r", "start_time": moment(began), "stop_time": stop, "recording_type": kind}
    return {"disk_id": "SD_DISK", "count": 20, "oldest": oldest, "newest": {**oldest, "start_time": moment(0)}, **more}


def verdict(
    *groups: RecordingGroup, disk: dict[str, Any] | None = None, recorded: dict[str, Any] | None = None
) -> tuple[str, str]:
    """Verdict and reason of the one disk, with a tolerance of a day."""
    disks, spans = [{**DISK, **(disk or {})}], [] if recorded is None else [recorded]
    (told,) = judge(groups or (group(),), [], disks, spans, now=NOW, tolerance=24)
    return told["verdict"], told["reason"]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(720, "met"), (696, "met"), (695, "insufficient_history"), (744, "met"), (746, "overdue")],
)
def test_the_age_may_differ_by_the_tolerance(hours: float, expected: str) -> None:
    told, reason = verdict(recorded=span(hours))
    assert told == expected
    assert f"{hours / 24:.1f} days old" in reason


def test_younger_than_kept_is_short_only_where_the_disk_makes_room() -> None:
    assert verdict(recorded=span(100), disk={"free_size": NO_ROOM})[0] == "short"
    assert verdict(recorded=span(100), disk={"free_size": 2 * NO_ROOM})[0] == "insufficient_history"


def test_a_small_disk_makes_room_from_750_mb_on() -> None:
    small = {"total_size": 8_000_000, "free_size": 1_700_000}
    assert verdict(recorded=span(100), disk=small)[0] == "short"


def test_what_records_at_events_only_may_have_had_none_before() -> None:
    told, reason = verdict(recorded=span(100, kind="triggered"), disk={"free_size": NO_ROOM})
    assert told == "indeterminate"
    assert "event" in reason


def test_a_recording_longer_than_what_is_kept_is_not_overdue_while_its_end_is_young() -> None:
    assert verdict(group(24), recorded=span(100, ended=2))[0] == "met"
    assert verdict(group(24), recorded={**span(100), "oldest": {**span(100)["oldest"], "stop_time": None}})[0] == "met"
    assert verdict(group(24), recorded=span(100, ended=49))[0] == "overdue"


def test_several_groups_on_a_disk_cannot_be_told_apart_but_overdue_goes_by_the_longest() -> None:
    both = (group(720), group(168, "yard"))
    assert verdict(*both, recorded=span(720)) == (
        "indeterminate",
        "2 groups share the disk, and no recording tells which it is of",
    )
    assert verdict(*both, recorded=span(1000))[0] == "overdue"
    assert verdict(group(0), group(168, "yard"), recorded=span(1000))[0] == "indeterminate"


def test_unlimited_is_never_overdue_and_never_met() -> None:
    assert verdict(group(0), recorded=span(10_000))[0] == "indeterminate"


@pytest.mark.parametrize(
    ("days", "hours", "expected"),
    [
        (7, 720, "conflicting_cleanup"),
        (7, 0, "conflicting_cleanup"),
        (30, 720, "met"),
        (0, 720, "met"),
        (7000, 720, "met"),
    ],
)
def test_a_disk_that_deletes_earlier_than_a_group_contradicts_it(days: int, hours: int, expected: str) -> None:
    assert verdict(group(hours), recorded=span(720), disk={"cleanup_max_age": days})[0] == expected


def test_a_disk_heeds_its_age_with_the_policy_fifo_only() -> None:
    assert verdict(recorded=span(720), disk={"cleanup_max_age": 7, "cleanup_policy": "none"})[0] == "met"


def test_a_contradiction_names_the_groups_that_lose() -> None:
    told, reason = verdict(group(720), group(24, "yard"), disk={"cleanup_max_age": 7}, recorded=span(100))
    assert told == "conflicting_cleanup"
    assert "door shall" in reason
    assert "yard" not in reason


@pytest.mark.parametrize(
    ("disk", "expected"),
    [
        ({"status": "disconnected"}, "missing"),
        ({"status": "failed", "locked": True}, "missing"),
        ({"locked": True}, "locked"),
        ({"full": True}, "full"),
        ({"full": None}, "met"),
    ],
)
def test_what_is_wrong_with_a_disk_comes_first(disk: dict[str, Any], expected: str) -> None:
    assert verdict(recorded=span(720), disk=disk)[0] == expected


def test_a_group_on_a_disk_that_the_device_does_not_list() -> None:
    told = judge([group(), group(disk_id="NetworkShare")], [], [DISK], [span(720)], now=NOW, tolerance=24)
    assert [(item["disk_id"], item["verdict"]) for item in told] == [
        ("NetworkShare", "missing"),
        ("SD_DISK", "met"),
    ]
    assert told[0]["status"] is None


GONE = {**DISK, "status": "disconnected"}


@pytest.mark.parametrize(
    ("wanted", "disks", "expected"),
    [
        (("SD_DISK",), [GONE], [("SD_DISK", "missing", "The disk is disconnected")]),
        (
            ("NetworkShare", "SD_DISK"),
            [GONE],
            [("NetworkShare", "missing", "The device has no disk NetworkShare")],
        ),
        (None, [GONE], [("", "missing", "The device has no disk that is mounted")]),
        (None, [], [("", "missing", "The device has no disk that is mounted")]),
        # It is missing, and not for want of a disk.
        (("NetworkShare", "SD_DISK"), [DISK], []),
        (None, [DISK], []),
        (("SD_DISK",), None, []),
    ],
)
def test_a_group_that_is_missing_with_its_disk(
    wanted: tuple[str, ...] | None, disks: list[dict[str, Any]] | None, expected: list[tuple[str, str, str]]
) -> None:
    missing = [DesiredGroup(True, "door", retention_time=720, disk_ids=wanted)]
    told = judge([], missing, disks, [], now=NOW, tolerance=24)
    assert [(item["disk_id"], item["verdict"], item["reason"]) for item in told] == expected


def test_where_the_disks_cannot_be_read_the_age_still_speaks_but_not_of_room() -> None:
    assert judge([group()], [], None, [span(720)], now=NOW, tolerance=24)[0]["verdict"] == "met"
    assert judge([group()], [], None, [span(1000)], now=NOW, tolerance=24)[0]["verdict"] == "overdue"
    assert judge([group()], [], None, [span(100)], now=NOW, tolerance=24)[0]["verdict"] == "indeterminate"


@pytest.mark.parametrize(
    ("recordings", "expected"),
    [
        (None, "indeterminate"),
        ([], "indeterminate"),
        ([{"disk_id": "SD_DISK", "count": None, "oldest": None, "newest": None}], "indeterminate"),
        ([{"disk_id": "SD_DISK", "count": 0, "oldest": None, "newest": None}], "insufficient_history"),
        ([{**span(720), "oldest": {**span(720)["oldest"], "start_time": "yesterday"}}], "indeterminate"),
        ([{**span(720), "oldest": {**span(720)["oldest"], "start_time": None}}], "indeterminate"),
    ],
)
def test_recordings_that_say_nothing(recordings: list[dict[str, Any]] | None, expected: str) -> None:
    assert judge([group()], [], [DISK], recordings, now=NOW, tolerance=24)[0]["verdict"] == expected


def test_the_facts_stand_beside_the_verdict() -> None:
    (told,) = judge([group()], [], [DISK], [span(720)], now=NOW, tolerance=24)
    assert told == {
        "disk_id": "SD_DISK",
        "verdict": "met",
        "reason": "The oldest recording is 30.0 days old",
        "status": "OK",
        "used_percent": 48.3,
        "free_size_text": "60.0 GB",
        "wear_percent": 3,
        "cleanup_max_age": 0,
        "cleanup_text": "keeps until space is needed",
        "groups": [{"recording_group_id": "door", "retention_time": 720}],
        "recordings": 20,
        "oldest": moment(720),
        "newest": moment(0),
        "age_hours": 720.0,
    }


@given(
    hours=st.lists(st.integers(0, 2000), min_size=1, max_size=3),
    age=st.floats(0, 3000),
    free=st.integers(0, 116_000_000),
    days=st.sampled_from([0, 7, 30, 7000]),
    tolerance=st.integers(0, 72),
)
def test_whatever_is_there_nothing_is_claimed_that_it_does_not_show(
    hours: list[int], age: float, free: int, days: int, tolerance: int
) -> None:
    groups = [group(time, f"g{number}") for number, time in enumerate(hours)]
    disk = {**DISK, "free_size": free, "cleanup_max_age": days}
    (told,) = judge(groups, [], [disk], [span(age, ended=age)], now=NOW, tolerance=tolerance)
    assert told["verdict"] in ACTUAL_VERDICTS
    if told["verdict"] == "met":
        assert len(hours) == 1
        assert 0 < hours[0] <= age + tolerance + 0.01
    if told["verdict"] == "overdue":
        assert 0 not in hours
        assert age > max(hours) + tolerance - 0.01
    if told["verdict"] == "short":
        assert age < hours[0] - tolerance + 0.01
