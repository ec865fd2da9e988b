# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configured and actual retention: the age of the recordings on a disk, compared with the retention of its groups.

Pure. VAPIX does not show which group a recording belongs to (record/list.cgi has no such attribute). The verdict is
therefore about a disk, and is ``indeterminate`` if the recordings do not prove another one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    UNLIMITED_AGES,
    DiskDetails,
    RecordingSpan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    UNLIMITED,
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup

#: The verdicts of :func:`assess_recording_age`.
DISK_VERDICTS = (
    "met",
    "short",
    "overdue",
    "insufficient_history",
    "indeterminate",
    "full",
    "locked",
    "missing",
    "conflicting_cleanup",
)
# In kB. A disk with less free space deletes its oldest recordings, at least 1 GB at a time (AXIS OS knowledge base: an
# SD card keeps 5 %, at least 750 MB, free, a share 750 MB).
_MIN_FREE_SHARE, _MIN_FREE, _CLEANUP_STEP = 0.05, 750_000, 1_000_000
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?Z", re.ASCII)
_HOUR = timedelta(hours=1)
# The clock of the device may have been set by a little since the recording started.
_MAX_CLOCK_SKEW_HOURS = 1
_MAX_CLOCK_DIFFERENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class DiskAssessment:
    """The verdict on the recordings of one disk, and what it is based on.

    :param groups: the groups that record to the disk, or that need it.
    :param disk: ``None`` if the device does not list it, or if the disks cannot be read.
    :param span: ``None`` if the recordings cannot be read.
    :param age_hours: hours since the oldest recording started; ``None`` if that is not known.
    :param expected: the same groups, with the retention times that the policy requires.
    """

    disk_id: str
    verdict: str
    reason: str
    groups: tuple[RecordingGroup, ...]
    disk: DiskDetails | None
    span: RecordingSpan | None
    age_hours: float | None
    expected: tuple[RecordingGroup, ...]


class _Verdict(NamedTuple):
    verdict: str
    reason: str


class _Retention:
    """The retention times of the groups of a disk: those of the device, and those that the policy requires."""

    def __init__(self, groups: Sequence[RecordingGroup], expected: Sequence[RecordingGroup]) -> None:
        self.count = len(groups)
        self.configured = _find_longest(groups)
        self.required = _find_longest(expected)
        #: what no group of the disk keeps, whichever of the two applies
        self.limit = max(self.configured, self.required, key=sort_key)

    @property
    def text(self) -> str:
        """Return what the recordings are compared with."""
        required = f"the retention time is {format_retention_time(self.required)}"
        if self.configured == self.required:
            return required
        return f"{required} by the policy, but {format_retention_time(self.configured)} on the device"


def _find_longest(groups: Sequence[RecordingGroup]) -> int:
    return max((group.retention_time or UNLIMITED for group in groups), key=sort_key)


def assess_recording_age(
    groups: Iterable[RecordingGroup],
    missing: Iterable[DesiredGroup],
    disks: Sequence[DiskDetails] | None,
    spans: Mapping[str, RecordingSpan | None],
    *,
    now: datetime,
    tolerance: int,
    controller_time: datetime | None = None,
    required: Mapping[str | None, int] | None = None,
) -> list[DiskAssessment]:
    """Return a verdict with its reason for each disk with a group, and each disk that a missing group needs, by disk.

    :param missing: groups of the policy that do not exist: a group disappears with its disk.
    :param disks: ``None`` if they cannot be read.
    :param spans: the recordings by disk, without those that cannot be read.
    :param now: by the clock of the device.
    :param tolerance: hours by which the age may differ.
    :param controller_time: the same moment by the clock of the controller, if it is to be compared.
    :param required: by group, the retention time that the policy requires, if it is not that of the device.
    """
    wrong_clock = _find_wrong_clock(now, controller_time)
    by_disk: dict[str, list[RecordingGroup]] = defaultdict(list)
    for group in (*groups, *_without_disk(missing, disks)):
        by_disk[group.disk_id or ""].append(group)
    details = {item.disk.disk_id: item for item in disks or ()}
    assessments = []
    for disk_id, on_disk in sorted(by_disk.items()):
        disk, span = details.get(disk_id), spans.get(disk_id)
        expected = [_require(group, required or {}) for group in on_disk]
        verdict = _assess_disk(disk_id, disk, expected, disks)
        verdict = verdict or _assess_recordings(_Retention(on_disk, expected), disk, span, now, tolerance)
        if wrong_clock and span and span.count:
            # The age is by the clock that dated the recordings, so that it is still right.
            verdict = verdict._replace(reason=f"{verdict.reason}. {wrong_clock}")
        age = _find_age(span, now)
        assessments.append(DiskAssessment(disk_id, *verdict, tuple(on_disk), disk, span, age, tuple(expected)))
    return assessments


def _without_disk(missing: Iterable[DesiredGroup], disks: Sequence[DiskDetails] | None) -> Iterator[RecordingGroup]:
    """Yield the missing groups for which none of their disks is mounted."""
    if disks is None:
        return
    mounted = {item.disk.disk_id for item in disks if item.is_mounted}
    for desired in missing:
        if not mounted.intersection(desired.disk_ids or mounted):
            name = desired.recording_group_id or desired.nice_name
            disk_id = next(iter(desired.disk_ids or ()), None)
            yield RecordingGroup(name, retention_time=desired.retention_time, disk_id=disk_id)


def _start_of_oldest(span: RecordingSpan | None) -> str | None:
    return span.oldest.start_time if span and span.oldest else None


def _end_of_oldest(span: RecordingSpan | None) -> str | None:
    return span.oldest.stop_time if span and span.oldest else None


def _compute_age(moment: str | None, now: datetime) -> float | None:
    """Return the hours since a moment that a device returned, or ``None`` for any other text."""
    match = _MOMENT.fullmatch(moment or "")
    if match is None:
        return None
    return (now - datetime.fromisoformat(match[1]).replace(tzinfo=timezone.utc)) / _HOUR


def _require(group: RecordingGroup, required: Mapping[str | None, int]) -> RecordingGroup:
    return replace(group, retention_time=required.get(group.recording_group_id, group.retention_time))


def _find_age(span: RecordingSpan | None, now: datetime) -> float | None:
    """Return the hours since the oldest recording started, which are never negative."""
    age = _compute_age(_start_of_oldest(span), now)
    return None if age is None or age < -_MAX_CLOCK_SKEW_HOURS else max(age, 0.0)


def _find_wrong_clock(now: datetime, controller_time: datetime | None) -> str:
    """Return what is wrong with the clock of the device, or an empty text."""
    if controller_time is None or abs(now - controller_time) <= _MAX_CLOCK_DIFFERENCE:
        return ""
    return (
        f"The clock of the device shows {now:%Y-%m-%d %H:%M} UTC instead of {controller_time:%Y-%m-%d %H:%M} UTC, the "
        "time of the controller, so the dates of its recordings are wrong. Set the time of the device, for "
        "example with NTP"
    )


def _assess_disk(
    disk_id: str, details: DiskDetails | None, groups: Sequence[RecordingGroup], disks: Sequence[DiskDetails] | None
) -> _Verdict | None:
    """Return what is wrong with the disk itself, regardless of its recordings."""
    if details is None:
        # A group whose disk the device does not name may be on any that is mounted.
        if disks is None or (not disk_id and any(item.is_mounted for item in disks)):
            return None
        return _Verdict("missing", f"The device has {f'no disk {disk_id}' if disk_id else 'no mounted disk'}")
    if not details.is_mounted:
        return _Verdict("missing", f"The status of the disk is {details.disk.status}")
    if details.disk.locked:
        return _Verdict("locked", "The disk is locked: the device neither records to it nor deletes from it")
    if losing := find_losing_groups(details, groups):
        age = format_retention_time(24 * (details.cleanup_max_age or 0))
        names = ", ".join(str(group.recording_group_id) for group in losing)
        return _Verdict(
            "conflicting_cleanup",
            f"The disk deletes recordings older than {age}, but the policy keeps these groups longer: {names}",
        )
    if details.full:
        return _Verdict("full", "The disk is full")
    return None


def find_losing_groups(disk: DiskDetails, groups: Sequence[RecordingGroup]) -> tuple[RecordingGroup, ...]:
    """Return the groups whose recordings the disk deletes before their retention time."""
    days = disk.cleanup_max_age
    if disk.cleanup_policy != "fifo" or days is None or days in UNLIMITED_AGES:
        return ()
    return tuple(
        group for group in groups if group.retention_time is not None and not 0 < group.retention_time <= 24 * days
    )


def _assess_recordings(
    retention: _Retention, disk: DiskDetails | None, span: RecordingSpan | None, now: datetime, tolerance: int
) -> _Verdict:
    if span is None:
        return _Verdict("indeterminate", "The recordings of the disk cannot be read")
    if span.count == 0:
        return _Verdict("insufficient_history", "The disk has no recordings. Check whether the device records")
    found = _assess_age(retention, disk, span, now, tolerance)
    if found.verdict == "met" and disk is None:
        unread = "The state of the disk was not read, so it may be full or locked"
        return _Verdict(found.verdict, f"{found.reason}. {unread}")
    return found


def _assess_age(
    retention: _Retention, disk: DiskDetails | None, span: RecordingSpan, now: datetime, tolerance: int
) -> _Verdict:
    age, ended = _compute_age(_start_of_oldest(span), now), _compute_age(_end_of_oldest(span), now)
    if age is None:
        return _Verdict("indeterminate", "The device does not return when its oldest recording started")
    if age < -_MAX_CLOCK_SKEW_HOURS:
        return _Verdict(
            "indeterminate",
            "The oldest recording starts in the future by the clock of the device, so the clock was changed",
        )
    oldest = f"The oldest recording is {max(age, 0.0) / 24:.1f} days old"
    oldest += _describe_newest(retention, span, now, tolerance)
    if late := _assess_late(retention, oldest, ended, tolerance):
        return late
    if retention.count > 1:
        text = f"{retention.count} groups share the disk, and recordings do not name their group"
        return _Verdict("indeterminate", text)
    if retention.required == UNLIMITED:
        return _Verdict("indeterminate", f"The retention time is unlimited. {oldest}")
    if age >= retention.required - tolerance:
        return _assess_end(span, oldest, now, tolerance)
    return _assess_young(disk, span, f"{oldest}, and {retention.text}")


def _assess_late(retention: _Retention, oldest: str, ended: float | None, tolerance: int) -> _Verdict | None:
    """Return what recordings prove that ended longer ago than the retention time.

    By its end: a recording may be longer than the retention time, and is deleted in pieces.
    """
    if ended is None:
        return None
    if sort_key(retention.limit) < ended - tolerance:
        return _Verdict("overdue", f"{oldest}, but no group keeps more than {format_retention_time(retention.limit)}")
    if sort_key(retention.required) < ended - tolerance:
        # The device deletes them only after its setting has changed.
        return _Verdict("indeterminate", f"{oldest}, and {retention.text}, which does not delete it")
    return None


def _describe_newest(retention: _Retention, span: RecordingSpan, now: datetime, tolerance: int) -> str:
    """Return how old the newest recording is if it is not of today; between two events, that may be normal."""
    newest = span.newest
    ended = _compute_age(newest.stop_time, now) if newest and newest.recording_type != "continuous" else None
    if ended is None or ended <= max(tolerance, 1):
        return ""
    if ended <= sort_key(retention.required):
        return f", and the newest one is {ended / 24:.1f} days old"
    stopped = "which is longer than the retention time, so the device may have stopped recording"
    return f", and the newest one is {ended / 24:.1f} days old, {stopped}"


def _assess_end(span: RecordingSpan, oldest: str, now: datetime, tolerance: int) -> _Verdict:
    """Return whether recordings that reach back far enough also reach until now."""
    newest = span.newest
    ended = _compute_age(newest.stop_time, now) if newest else None
    # Between two events, no recording is normal.
    if newest and newest.recording_type == "continuous" and ended is not None and ended > max(tolerance, 1):
        stopped = f"The newest recording, a continuous one, ended {ended / 24:.1f} days ago"
        return _Verdict("indeterminate", f"{oldest}. {stopped}, so the device may have stopped recording")
    return _Verdict("met", oldest)


def _assess_young(disk: DiskDetails | None, span: RecordingSpan, oldest: str) -> _Verdict:
    """Return whether older recordings were deleted, or never existed."""
    if span.oldest and span.oldest.recording_type not in (None, "continuous"):
        return _Verdict("indeterminate", f"{oldest}. An event triggered it, so there may be no older event")
    if disk is None or disk.total_size is None or disk.free_size is None:
        return _Verdict("indeterminate", f"{oldest}. The free space of the disk cannot be read")
    if disk.free_size <= max(_MIN_FREE, _MIN_FREE_SHARE * disk.total_size) + _CLEANUP_STEP:
        return _Verdict("short", f"{oldest}. The disk is nearly full and deletes its oldest recordings")
    return _Verdict("insufficient_history", f"{oldest}. The disk has free space")
