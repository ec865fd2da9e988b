# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdicts about the age of recordings, none of which claims more than the recordings prove."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    Disk,
    DiskDetails,
    Recording,
    RecordingSpan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import (
    DISK_VERDICTS,
    DiskAssessment,
    assess_recording_age,
)

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=timezone.utc)
DISK = DiskDetails(
    Disk("SD_DISK", "OK", locked=False, readonly=False),
    name="",
    total_size=116_000_000,
    free_size=60_000_000,
    full=False,
    filesystem="ext4",
    required_filesystem=None,
    encryption_enabled=False,
    encrypted=False,
    group="S0",
    cleanup_max_age=0,
    cleanup_policy="fifo",
)
# Five percent of the disk, which the device keeps free.
NO_ROOM = 5_800_000


def group(hours: int | None = 720, name: str = "door", disk_id: str | None = "SD_DISK") -> RecordingGroup:
    """Return a group as a device lists it."""
    return RecordingGroup(name, retention_time=hours, disk_id=disk_id)


def moment(hours_ago: float) -> str:
    """Return a moment as a device writes it."""
    return f"{NOW - timedelta(hours=hours_ago):%Y-%m-%dT%H:%M:%S.%fZ}"


def span(
    began: float | str | None, ended: float | None = None, recording_type: str = "continuous", **changes: Any
) -> RecordingSpan:
    """Return the recordings of the disk whose oldest one started and ended so many hours ago."""
    start = moment(began) if isinstance(began, (int, float)) else began
    stop = moment(began - 1 if ended is None else ended) if isinstance(began, (int, float)) else None
    oldest = replace(Recording("r", start, stop, "completed", recording_type), **changes)
    return RecordingSpan(20, oldest, replace(oldest, start_time=moment(0), stop_time=None, status="recording"))


def disk(**changes: Any) -> DiskDetails:
    """Return the disk with other attributes, those of ``Disk`` included."""
    inner = {name: value for name, value in changes.items() if name in {"status", "locked"}}
    outer = {name: value for name, value in changes.items() if name not in inner}
    return replace(DISK, disk=replace(DISK.disk, **inner), **outer)


def verdict(*groups: RecordingGroup, on: DiskDetails = DISK, recorded: RecordingSpan | None = None) -> tuple[str, str]:
    """Return verdict and reason of the only disk, with a tolerance of one day."""
    spans = {"SD_DISK": recorded}
    (result,) = assess_recording_age(groups or (group(),), [], [on], spans, now=NOW, tolerance=24)
    return result.verdict, result.reason


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(720, "met"), (696, "met"), (695, "insufficient_history"), (744, "met"), (746, "overdue")],
)
def test_the_age_may_differ_by_the_tolerance(hours: float, expected: str) -> None:
    found, reason = verdict(recorded=span(hours))
    assert found == expected
    assert f"{hours / 24:.1f} days old" in reason


@pytest.mark.fault("a wrong clock")
@pytest.mark.parametrize("minutes", [-5, -6, 5, 6, 60, 60 * 24 * 700, -60 * 24 * 1000])
@pytest.mark.parametrize("hours", [720, 1000, 100, 0, -10_000])
def test_a_wrong_clock_is_in_the_reason_and_not_in_the_verdict(minutes: int, hours: float) -> None:
    recorded, controller = span(hours, ended=hours), NOW + timedelta(minutes=minutes)
    spans = {"SD_DISK": recorded}
    (right,) = assess_recording_age([group()], [], [DISK], spans, now=NOW, tolerance=24)
    (found,) = assess_recording_age([group()], [], [DISK], spans, now=NOW, tolerance=24, controller_time=controller)
    assert (found.verdict, found.age_hours) == (right.verdict, right.age_hours)
    assert found.age_hours is None or found.age_hours >= 0
    if abs(minutes) <= 5:
        assert found == right
        return
    assert found.reason.startswith(f"{right.reason}. ")
    for text in ("2026-11-27 12:00 UTC", f"{controller:%Y-%m-%d %H:%M} UTC", "NTP"):
        assert text in found.reason


def test_a_wrong_clock_hides_no_fault_of_the_disk() -> None:
    controller = NOW + timedelta(days=700)
    for details, expected in ((disk(locked=True), "locked"), (disk(full=True), "full"), (None, "missing")):
        (found,) = assess_recording_age(
            [group()],
            [],
            [details] if details else [],
            {"SD_DISK": span(720)},
            now=NOW,
            tolerance=24,
            controller_time=controller,
        )
        assert found.verdict == expected


@pytest.mark.fault("recordings that prove nothing")
@pytest.mark.parametrize(
    ("ended", "recording_type", "expected"),
    [
        (24, "continuous", "met"),
        (25, "continuous", "indeterminate"),
        (500, "continuous", "indeterminate"),
        (500, "triggered", "met"),
        (500, "scheduled", "met"),
        (None, "continuous", "met"),
    ],
)
def test_recordings_that_have_ended_prove_nothing(ended: float | None, recording_type: str, expected: str) -> None:
    """A device that stopped recording keeps what it has for the whole retention time."""
    whole = span(720)
    assert whole.newest is not None
    stop = None if ended is None else moment(ended)
    newest = replace(whole.newest, start_time=moment(600), stop_time=stop, recording_type=recording_type)
    found, reason = verdict(recorded=replace(whole, newest=newest))
    assert found == expected
    assert ("may have stopped recording" in reason) == (expected == "indeterminate")


@pytest.mark.parametrize(("ended", "text"), [(24, ""), (100, "newest one is 4.2 days old"), (730, "longer than")])
def test_the_age_of_the_newest_event_is_in_the_reason(ended: float, text: str) -> None:
    whole = span(740, recording_type="triggered")
    assert whole.newest is not None
    newest = replace(whole.newest, start_time=moment(ended), stop_time=moment(ended))
    found, reason = verdict(recorded=replace(whole, newest=newest))
    assert found == "met"
    assert text in reason
    assert ("newest" in reason) is bool(text)
    assert ("may have stopped recording" in reason) is (ended > 720)


def test_young_recordings_are_short_only_on_a_full_disk() -> None:
    assert verdict(recorded=span(100), on=disk(free_size=NO_ROOM))[0] == "short"
    assert verdict(recorded=span(100), on=disk(free_size=2 * NO_ROOM))[0] == "insufficient_history"


def test_a_small_disk_needs_750_mb_of_free_space() -> None:
    small = disk(total_size=8_000_000, free_size=1_700_000)
    assert verdict(recorded=span(100), on=small)[0] == "short"


def test_recordings_of_events_are_indeterminate() -> None:
    found, reason = verdict(recorded=span(100, recording_type="triggered"), on=disk(free_size=NO_ROOM))
    assert found == "indeterminate"
    assert "event triggered it" in reason


def test_a_recording_is_overdue_by_its_end() -> None:
    assert verdict(group(24), recorded=span(100, ended=2))[0] == "met"
    assert verdict(group(24), recorded=span(100, stop_time=None))[0] == "met"
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
    assert verdict(group(hours), recorded=span(720), on=disk(cleanup_max_age=days))[0] == expected


def test_a_disk_deletes_by_age_only_with_the_policy_fifo() -> None:
    assert verdict(recorded=span(720), on=disk(cleanup_max_age=7, cleanup_policy="none"))[0] == "met"


def test_a_conflicting_cleanup_names_the_affected_groups() -> None:
    found, reason = verdict(group(720), group(24, "yard"), on=disk(cleanup_max_age=7), recorded=span(100))
    assert found == "conflicting_cleanup"
    assert reason.endswith("keeps these groups longer: door")
    assert "yard" not in reason


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "disconnected"}, "missing"),
        ({"status": "failed", "locked": True}, "missing"),
        ({"locked": True}, "locked"),
        ({"full": True}, "full"),
        ({"full": None}, "met"),
    ],
)
def test_the_state_of_the_disk_comes_first(changes: dict[str, Any], expected: str) -> None:
    assert verdict(recorded=span(720), on=disk(**changes))[0] == expected


def test_an_unlisted_disk_is_missing() -> None:
    results = assess_recording_age(
        [group(), group(disk_id="NetworkShare")], [], [DISK], {"SD_DISK": span(720)}, now=NOW, tolerance=24
    )
    assert [(item.disk_id, item.verdict) for item in results] == [
        ("NetworkShare", "missing"),
        ("SD_DISK", "met"),
    ]
    assert [item.disk for item in results] == [None, DISK]


DISCONNECTED = disk(status="disconnected")


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
    disk_ids: tuple[str, ...] | None, disks: list[DiskDetails] | None, expected: list[tuple[str, str, str]]
) -> None:
    missing = [DesiredGroup(True, "door", retention_time=720, disk_ids=disk_ids)]
    results = assess_recording_age([], missing, disks, {}, now=NOW, tolerance=24)
    assert [(item.disk_id, item.verdict, item.reason) for item in results] == expected


@pytest.mark.parametrize(("hours", "expected"), [(720, "met"), (1000, "overdue"), (100, "indeterminate")])
def test_unreadable_disks_leave_only_verdicts_by_age(hours: int, expected: str) -> None:
    (result,) = assess_recording_age([group()], [], None, {"SD_DISK": span(hours)}, now=NOW, tolerance=24)
    assert (result.verdict, result.disk) == (expected, None)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ({}, "indeterminate"),
        ({"SD_DISK": None}, "indeterminate"),
        ({"SD_DISK": RecordingSpan(0, None, None)}, "insufficient_history"),
        ({"SD_DISK": span("yesterday")}, "indeterminate"),
        ({"SD_DISK": span(None)}, "indeterminate"),
    ],
)
def test_verdicts_without_a_usable_oldest_recording(spans: dict[str, RecordingSpan | None], expected: str) -> None:
    (result,) = assess_recording_age([group()], [], [DISK], spans, now=NOW, tolerance=24)
    assert (result.verdict, result.age_hours) == (expected, None)


@pytest.mark.parametrize(("hours", "expected"), [(-0.9, "insufficient_history"), (-1.1, "indeterminate")])
def test_an_oldest_recording_in_the_future_proves_nothing(hours: float, expected: str) -> None:
    """The clock of the device was set back; an hour may be a correction."""
    for free_size in (DISK.free_size, NO_ROOM):
        found, reason = verdict(recorded=span(hours, ended=hours), on=disk(free_size=free_size))
        assert found == ("short" if expected != "indeterminate" and free_size == NO_ROOM else expected)
        assert ("the clock was changed" in reason) is (expected == "indeterminate")


@pytest.mark.parametrize(
    ("disks", "expected"),
    [([DISK], "indeterminate"), ([], "missing"), ([disk(status="disconnected")], "missing"), (None, "indeterminate")],
)
def test_a_group_without_a_disk_is_not_on_a_missing_one(disks: list[DiskDetails] | None, expected: str) -> None:
    (result,) = assess_recording_age([group(disk_id=None)], [], disks, {"SD_DISK": span(720)}, now=NOW, tolerance=24)
    assert (result.disk_id, result.verdict) == ("", expected)


def test_an_assessment_has_what_it_is_based_on() -> None:
    (result,) = assess_recording_age([group()], [], [DISK], {"SD_DISK": span(720)}, now=NOW, tolerance=24)
    reason = "The oldest recording is 30.0 days old"
    assert result == DiskAssessment("SD_DISK", "met", reason, (group(),), DISK, span(720), 720.0, (group(),))


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
    details, spans = disk(free_size=free, cleanup_max_age=days), {"SD_DISK": span(age, ended=age)}
    (result,) = assess_recording_age(groups, [], [details], spans, now=NOW, tolerance=tolerance)
    assert result.verdict in DISK_VERDICTS
    if result.verdict == "met":
        assert len(hours) == 1
        assert 0 < hours[0] <= age + tolerance + 0.01
    if result.verdict == "overdue":
        assert 0 not in hours
        assert age > max(hours) + tolerance - 0.01
    if result.verdict == "short":
        assert age < hours[0] - tolerance + 0.01
