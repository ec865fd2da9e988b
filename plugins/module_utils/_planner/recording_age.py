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
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    MOUNTED_STATUSES,
    UNLIMITED_AGES,
    RecordingGroup,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
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

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Verdict:
    verdict: str
    reason: str


def assess_recording_age(
    groups: Iterable[RecordingGroup],
    missing: Iterable[DesiredGroup],
    disks: Sequence[Mapping[str, Any]] | None,
    recordings: Sequence[Mapping[str, Any]] | None,
    *,
    now: datetime,
    tolerance: int,
) -> list[Result]:
    """Return a verdict with its reason for each disk with a group, and each disk that a missing group needs, by disk.

    :param missing: groups of the policy that do not exist: a group disappears with its disk.
    :param disks: as ``_tasks.info.gather`` returns them, or ``None`` if they cannot be read.
    :param recordings: likewise, the oldest and the newest of each disk.
    :param now: by the clock of the device.
    :param tolerance: hours by which the age may differ.
    """
    by_disk: dict[str, list[RecordingGroup]] = defaultdict(list)
    for group in (*groups, *_without_disk(missing, disks)):
        by_disk[group.disk_id or ""].append(group)
    details = {disk["disk_id"]: disk for disk in disks or ()}
    spans = {span["disk_id"]: span for span in recordings or ()}
    results = []
    for disk_id, on_disk in sorted(by_disk.items()):
        disk, span = details.get(disk_id), spans.get(disk_id)
        verdict = _assess_disk(disk_id, disk, on_disk, known=disks is not None)
        verdict = verdict or _assess_age(on_disk, disk, span, now, tolerance)
        results.append({"disk_id": disk_id, **asdict(verdict), **_build_facts(disk, on_disk, span, now)})
    return results


def _without_disk(
    missing: Iterable[DesiredGroup], disks: Sequence[Mapping[str, Any]] | None
) -> Iterator[RecordingGroup]:
    """Yield the missing groups for which none of their disks is mounted."""
    if disks is None:
        return
    mounted = {disk["disk_id"] for disk in disks if disk["status"] in MOUNTED_STATUSES}
    for desired in missing:
        if not mounted.intersection(desired.disk_ids or mounted):
            name = desired.recording_group_id or desired.nice_name
            disk_id = next(iter(desired.disk_ids or ()), None)
            yield RecordingGroup(name, retention_time=desired.retention_time, disk_id=disk_id)


def _age(span: Mapping[str, Any] | None, moment: str, now: datetime) -> float | None:
    """Return the hours since the oldest recording started (``start_time``) or ended (``stop_time``)."""
    match = _MOMENT.fullmatch(((span or {}).get("oldest") or {}).get(moment) or "")
    if match is None:
        return None
    return (now - datetime.fromisoformat(match[1]).replace(tzinfo=timezone.utc)) / _HOUR


def _assess_disk(
    disk_id: str, disk: Mapping[str, Any] | None, groups: Sequence[RecordingGroup], *, known: bool
) -> _Verdict | None:
    """Return what is wrong with the disk itself, regardless of its recordings."""
    if disk is None:
        missing = f"no disk {disk_id}" if disk_id else "no mounted disk"
        return _Verdict("missing", f"The device has {missing}") if known else None
    if disk["status"] not in MOUNTED_STATUSES:
        return _Verdict("missing", f"The status of the disk is {disk['status']}")
    if disk["locked"]:
        return _Verdict("locked", "The disk is locked: the device neither records to it nor deletes from it")
    if losing := _losing_groups(disk, groups):
        age, names = format_retention_time(24 * disk["cleanup_max_age"]), ", ".join(losing)
        return _Verdict(
            "conflicting_cleanup", f"The disk deletes recordings older than {age}, but the policy keeps longer: {names}"
        )
    if disk["full"]:
        return _Verdict("full", "The disk is full")
    return None


def _losing_groups(disk: Mapping[str, Any], groups: Sequence[RecordingGroup]) -> list[str]:
    """Return the groups whose recordings the disk deletes before their retention time."""
    days = disk["cleanup_max_age"]
    if disk["cleanup_policy"] != "fifo" or days is None or days in UNLIMITED_AGES:
        return []
    return [
        str(group.recording_group_id)
        for group in groups
        if group.retention_time is not None and not 0 < group.retention_time <= 24 * days
    ]


def _assess_age(
    groups: Sequence[RecordingGroup],
    disk: Mapping[str, Any] | None,
    span: Mapping[str, Any] | None,
    now: datetime,
    tolerance: int,
) -> _Verdict:
    if span is None or span["count"] is None:
        return _Verdict("indeterminate", "The recordings of the disk cannot be read")
    if span["count"] == 0:
        return _Verdict("insufficient_history", "The disk has no recordings")
    age, ended = _age(span, "start_time", now), _age(span, "stop_time", now)
    if age is None:
        return _Verdict("indeterminate", "The device does not return when its oldest recording started")
    times = [group.retention_time or 0 for group in groups]
    longest = 0 if 0 in times else max(times)
    oldest = f"The oldest recording is {age / 24:.1f} days old"
    # By its end: a recording may be longer than the retention time, and is deleted in pieces.
    if longest and ended is not None and ended > longest + tolerance:
        return _Verdict("overdue", f"{oldest}, but no group keeps more than {format_retention_time(longest)}")
    if len(groups) > 1:
        return _Verdict("indeterminate", f"{len(groups)} groups share the disk, and recordings do not name their group")
    if not longest:
        return _Verdict("indeterminate", f"The retention time is unlimited. {oldest}")
    if age >= longest - tolerance:
        return _Verdict("met", oldest)
    return _assess_young(disk, span, f"{oldest}, of {format_retention_time(longest)}")


def _assess_young(disk: Mapping[str, Any] | None, span: Mapping[str, Any], oldest: str) -> _Verdict:
    """Return whether older recordings were deleted, or never existed."""
    if span["oldest"].get("recording_type") not in (None, "continuous"):
        return _Verdict("indeterminate", f"{oldest}. An event triggered it, so there may be no older event")
    if disk is None or disk["total_size"] is None or disk["free_size"] is None:
        return _Verdict("indeterminate", f"{oldest}. The free space of the disk cannot be read")
    if disk["free_size"] <= max(_MIN_FREE, _MIN_FREE_SHARE * disk["total_size"]) + _CLEANUP_STEP:
        return _Verdict("short", f"{oldest}. The disk is nearly full and deletes its oldest recordings")
    return _Verdict("insufficient_history", f"{oldest}. The disk has free space")


def _build_facts(
    disk: Mapping[str, Any] | None, groups: Sequence[RecordingGroup], span: Mapping[str, Any] | None, now: datetime
) -> Result:
    facts = ("status", "used_percent", "free_size_text", "wear_percent", "cleanup_max_age", "cleanup_text")
    age = _age(span, "start_time", now)
    return {
        **{name: disk[name] if disk else None for name in facts},
        "groups": [
            {"recording_group_id": group.recording_group_id, "retention_time": group.retention_time} for group in groups
        ],
        "recordings": span["count"] if span else None,
        "oldest": span["oldest"]["start_time"] if span and span["oldest"] else None,
        "newest": span["newest"]["start_time"] if span and span["newest"] else None,
        "age_hours": None if age is None else round(age, 1),
    }
