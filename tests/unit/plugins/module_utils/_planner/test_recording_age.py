# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdicts about the age of recordings, none of which claims more than the recordings prove."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import (
    DISK_VERDICTS,
    assess_recording_age,
)

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
# Five percent of the disk, which the device keeps free.
NO_ROOM = 5_800_000


def group(hours: int | None = 720, name: str = "door", disk_id: str | None = "SD_DISK") -> RecordingGroup:
    """Return a group as a device lists it."""
    return RecordingGroup(name, retention_time=hours, disk_id=disk_id)


def moment(hours_ago: float) -> str:
    """Return a moment as a device writes it."""
    return f"{NOW - timedelta(hours=hours_ago):%Y-%m-%dT%H:%M:%S.%fZ}"


def span(began: float, ended: float | None = None, kind: str = "continuous", **more: Any) -> dict[str, Any]:
    """Return the recordings of the disk whose oldest one started and ended so many hours ago."""
    stop = moment(began - 1 if ended is None else ended)
    oldest = {"recording_id": "r", "start_time": moment(began), "stop_time": stop, "recording_type": kind}
    return {"disk_id": "SD_DISK", "count": 20, "oldest": oldest, "newest": {**oldest, "start_time": moment(0)}, **more}


def verdict(
    *groups: RecordingGroup, disk: dict[str, Any] | None = None, recorded: dict[str, Any] | None = None
) -> tuple[str, str]:
    """Return verdict and reason of the only disk, with a tolerance of one day."""
    disks, spans = [{**DISK, **(disk or {})}], [] if recorded is None else [recorded]
    (result,) = assess_recording_age(groups or (group(),), [], disks, spans, now=NOW, tolerance=24)
    return result["verdict"], result["reason"]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(720, "met"), (696, "met"), (695, "insufficient_history"), (744, "met"), (746, "overdue")],
)
def test_the_age_may_differ_by_the_tolerance(hours: float, expected: str) -> None:
    found, reason = verdict(recorded=span(hours))
    assert found == expected
    assert f"{hours / 24:.1f} days old" in reason


def test_young_recordings_are_short_only_on_a_full_disk() -> None:
    assert verdict(recorded=span(100), disk={"free_size": NO_ROOM})[0] == "short"
    assert verdict(recorded=span(100), disk={"free_size": 2 * NO_ROOM})[0] == "insufficient_history"


def test_a_small_disk_needs_750_mb_of_free_space() -> None:
    small = {"total_size": 8_000_000, "free_size": 1_700_000}
    assert verdict(recorded=span(100), disk=small)[0] == "short"


def test_recordings_of_events_are_indeterminate() -> None:
    found, reason = verdict(recorded=span(100, kind="triggered"), disk={"free_size": NO_ROOM})
    assert found == "indeterminate"
    assert "event triggered it" in reason


def test_a_recording_is_overdue_by_its_end() -> None:
    assert verdict(group(24), recorded=span(100, ended=2))[0] == "met"
    assert verdict(group(24), recorded={**span(100), "oldest": {**span(100)["oldest"], "stop_time": None}})[0] == "met"
    assert verdict(group(24), recorded=span(100, ended=49))[0] == "overdue"


def test_several_groups_on_a_disk_are_only_overdue_together() -> None:
    both = (group(720), group(168, "yard"))
    assert verdict(*both, recorded=span(720)) == (
        "indeterminate",
        "2 groups share the disk, and recordings do not name their group",
    )
    assert verdict(*both, recorded=span(1000))[0] == "overdue"
    assert verdict(group(0), group(168, "yard"), recorded=span(1000))[0] == "indeterminate"


def test_unlimited_retention_is_never_overdue_or_met() -> None:
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
def test_a_disk_that_deletes_early_has_a_conflicting_cleanup(days: int, hours: int, expected: str) -> None:
    assert verdict(group(hours), recorded=span(720), disk={"cleanup_max_age": days})[0] == expected


def test_a_disk_deletes_by_age_only_with_the_policy_fifo() -> None:
    assert verdict(recorded=span(720), disk={"cleanup_max_age": 7, "cleanup_policy": "none"})[0] == "met"


def test_a_conflicting_cleanup_names_the_affected_groups() -> None:
    found, reason = verdict(group(720), group(24, "yard"), disk={"cleanup_max_age": 7}, recorded=span(100))
    assert found == "conflicting_cleanup"
    assert reason.endswith("keeps longer: door")
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
def test_the_state_of_the_disk_comes_first(disk: dict[str, Any], expected: str) -> None:
    assert verdict(recorded=span(720), disk=disk)[0] == expected


def test_an_unlisted_disk_is_missing() -> None:
    results = assess_recording_age(
        [group(), group(disk_id="NetworkShare")], [], [DISK], [span(720)], now=NOW, tolerance=24
    )
    assert [(item["disk_id"], item["verdict"]) for item in results] == [
        ("NetworkShare", "missing"),
        ("SD_DISK", "met"),
    ]
    assert results[0]["status"] is None


DISCONNECTED = {**DISK, "status": "disconnected"}


@pytest.mark.parametrize(
    ("disk_ids", "disks", "expected"),
    [
        (("SD_DISK",), [DISCONNECTED], [("SD_DISK", "missing", "The status of the disk is disconnected")]),
        (
            ("NetworkShare", "SD_DISK"),
            [DISCONNECTED],
            [("NetworkShare", "missing", "The device has no disk NetworkShare")],
        ),
        (None, [DISCONNECTED], [("", "missing", "The device has no mounted disk")]),
        (None, [], [("", "missing", "The device has no mounted disk")]),
        # The group is missing although a disk of it is mounted.
        (("NetworkShare", "SD_DISK"), [DISK], []),
        (None, [DISK], []),
        (("SD_DISK",), None, []),
    ],
)
def test_a_missing_group_names_its_missing_disk(
    disk_ids: tuple[str, ...] | None, disks: list[dict[str, Any]] | None, expected: list[tuple[str, str, str]]
) -> None:
    missing = [DesiredGroup(True, "door", retention_time=720, disk_ids=disk_ids)]
    results = assess_recording_age([], missing, disks, [], now=NOW, tolerance=24)
    assert [(item["disk_id"], item["verdict"], item["reason"]) for item in results] == expected


def test_unreadable_disks_leave_only_verdicts_by_age() -> None:
    assert assess_recording_age([group()], [], None, [span(720)], now=NOW, tolerance=24)[0]["verdict"] == "met"
    assert assess_recording_age([group()], [], None, [span(1000)], now=NOW, tolerance=24)[0]["verdict"] == "overdue"
    assert (
        assess_recording_age([group()], [], None, [span(100)], now=NOW, tolerance=24)[0]["verdict"] == "indeterminate"
    )


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
def test_verdicts_without_a_usable_oldest_recording(recordings: list[dict[str, Any]] | None, expected: str) -> None:
    assert assess_recording_age([group()], [], [DISK], recordings, now=NOW, tolerance=24)[0]["verdict"] == expected


def test_a_result_has_the_verdict_and_its_facts() -> None:
    (result,) = assess_recording_age([group()], [], [DISK], [span(720)], now=NOW, tolerance=24)
    assert result == {
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
def test_no_verdict_claims_more_than_the_recordings_prove(
    hours: list[int], age: float, free: int, days: int, tolerance: int
) -> None:
    groups = [group(time, f"g{number}") for number, time in enumerate(hours)]
    disk = {**DISK, "free_size": free, "cleanup_max_age": days}
    (result,) = assess_recording_age(groups, [], [disk], [span(age, ended=age)], now=NOW, tolerance=tolerance)
    assert result["verdict"] in DISK_VERDICTS
    if result["verdict"] == "met":
        assert len(hours) == 1
        assert 0 < hours[0] <= age + tolerance + 0.01
    if result["verdict"] == "overdue":
        assert 0 not in hours
        assert age > max(hours) + tolerance - 0.01
    if result["verdict"] == "short":
        assert age < hours[0] - tolerance + 0.01
