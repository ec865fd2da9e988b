# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configured against actual: how old the recordings of a disk are, beside how long its groups are to keep them.

Pure. No call of VAPIX tells which recording belongs to which group (record/list.cgi has no such attribute), so the
verdict is about a disk, and says where it cannot tell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup

#: What a disk may be, each told by :func:`judge`.
ACTUAL_VERDICTS = (
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
# How AXIS OS before 11 reads back that a disk deletes nothing for its age; newer ones say 0.
_FOR_EVER = frozenset({0, 7000})
# In kB. A disk that has less left makes room by deleting the oldest (AXIS OS knowledge base: an SD card keeps 5 %, at
# least 750 MB, a share 750 MB, and at least 1 GB goes at a time).
_LEAST_FREE_SHARE, _LEAST_FREE, _AT_A_TIME = 0.05, 750_000, 1_000_000
_MOUNTED = frozenset({"OK", "connected"})
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?Z", re.ASCII)
_HOUR = timedelta(hours=1)

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Verdict:
    verdict: str
    reason: str


def judge(
    groups: Iterable[RecordingGroup],
    missing: Iterable[DesiredGroup],
    disks: Sequence[Mapping[str, Any]] | None,
    recordings: Sequence[Mapping[str, Any]] | None,
    *,
    now: datetime,
    tolerance: int,
) -> list[Result]:
    """A verdict with its reason for each disk that a group is on, or shall be on and cannot, by disk.

    :param missing: groups that the policy wants and that are not there: a group goes with its disk.
    :param disks: as ``_info.gather`` gives them, or ``None`` where they cannot be read.
    :param recordings: likewise, the oldest and the newest of each disk.
    :param now: by the clock of the device.
    :param tolerance: hours that the age may differ.
    """
    by_disk: dict[str, list[RecordingGroup]] = defaultdict(list)
    for group in (*groups, *_without_disk(missing, disks)):
        by_disk[group.disk_id or ""].append(group)
    details = {disk["disk_id"]: disk for disk in disks or ()}
    spans = {span["disk_id"]: span for span in recordings or ()}
    results = []
    for disk_id, on_it in sorted(by_disk.items()):
        disk, span = details.get(disk_id), spans.get(disk_id)
        told = _of_disk(disk_id, disk, on_it, known=disks is not None) or _of_age(on_it, disk, span, now, tolerance)
        results.append({"disk_id": disk_id, **asdict(told), **_facts(disk, on_it, span, now)})
    return results


def _without_disk(
    missing: Iterable[DesiredGroup], disks: Sequence[Mapping[str, Any]] | None
) -> Iterator[RecordingGroup]:
    """The groups that are missing together with every disk that they may be on."""
    if disks is None:
        return
    mounted = {disk["disk_id"] for disk in disks if disk["status"] in _MOUNTED}
    for wanted in missing:
        if not mounted.intersection(wanted.disk_ids or mounted):
            name = wanted.recording_group_id or wanted.nice_name
            disk_id = next(iter(wanted.disk_ids or ()), None)
            yield RecordingGroup(name, retention_time=wanted.retention_time, disk_id=disk_id)


def _age(span: Mapping[str, Any] | None, moment: str, now: datetime) -> float | None:
    """Hours since the oldest recording began or ended."""
    written = _MOMENT.fullmatch(((span or {}).get("oldest") or {}).get(moment) or "")
    if written is None:
        return None
    return (now - datetime.fromisoformat(written[1]).replace(tzinfo=timezone.utc)) / _HOUR


def _of_disk(
    disk_id: str, disk: Mapping[str, Any] | None, groups: Sequence[RecordingGroup], *, known: bool
) -> _Verdict | None:
    """What is wrong with the disk itself, whatever is on it."""
    if disk is None:
        which = f"no disk {disk_id}" if disk_id else "no disk that is mounted"
        return _Verdict("missing", f"The device has {which}") if known else None
    if disk["status"] not in _MOUNTED:
        return _Verdict("missing", f"The disk is {disk['status']}")
    if disk["locked"]:
        return _Verdict("locked", "The disk is locked: nothing is recorded to it and nothing deleted")
    if earlier := _contradicted(disk, groups):
        days = disk["cleanup_max_age"]
        return _Verdict(
            "conflicting_cleanup",
            f"The disk deletes what is older than {format_retention_time(24 * days)}, "
            f"and {', '.join(earlier)} shall keep it longer",
        )
    if disk["full"]:
        return _Verdict("full", "The disk is full")
    return None


def _contradicted(disk: Mapping[str, Any], groups: Sequence[RecordingGroup]) -> list[str]:
    days = disk["cleanup_max_age"]
    if disk["cleanup_policy"] != "fifo" or days is None or days in _FOR_EVER:
        return []
    return [
        str(group.recording_group_id)
        for group in groups
        if group.retention_time is not None and not 0 < group.retention_time <= 24 * days
    ]


def _of_age(
    groups: Sequence[RecordingGroup],
    disk: Mapping[str, Any] | None,
    span: Mapping[str, Any] | None,
    now: datetime,
    tolerance: int,
) -> _Verdict:
    if span is None or span["count"] is None:
        return _Verdict("indeterminate", "The recordings of the disk cannot be read")
    if span["count"] == 0:
        return _Verdict("insufficient_history", "Nothing is recorded on the disk")
    age, ended = _age(span, "start_time", now), _age(span, "stop_time", now)
    if age is None:
        return _Verdict("indeterminate", "The device does not say when its oldest recording began")
    times = [group.retention_time or 0 for group in groups]
    longest = 0 if 0 in times else max(times)
    # By its end: a recording may be longer than what is kept, and goes piece by piece.
    if longest and ended is not None and ended > longest + tolerance:
        return _Verdict(
            "overdue",
            f"The oldest recording is {_days(age)} old, and no group keeps more than {format_retention_time(longest)}",
        )
    if len(groups) > 1:
        return _Verdict("indeterminate", f"{len(groups)} groups share the disk, and no recording tells which it is of")
    if not longest:
        return _Verdict("indeterminate", f"It is to be kept without limit; the oldest recording is {_days(age)} old")
    if age >= longest - tolerance:
        return _Verdict("met", f"The oldest recording is {_days(age)} old")
    return _of_young(disk, span, age, longest)


def _of_young(disk: Mapping[str, Any] | None, span: Mapping[str, Any], age: float, longest: int) -> _Verdict:
    """The oldest recording is younger than what is to be kept: it was deleted, or there never was an older one."""
    words = f"The oldest recording is {_days(age)} old, of {format_retention_time(longest)}"
    if span["oldest"].get("recording_type") not in (None, "continuous"):
        return _Verdict("indeterminate", f"{words}; it was made by an event, so that there may have been none before")
    if disk is None or disk["total_size"] is None or disk["free_size"] is None:
        return _Verdict("indeterminate", f"{words}; how full the disk is cannot be read")
    if disk["free_size"] <= max(_LEAST_FREE, _LEAST_FREE_SHARE * disk["total_size"]) + _AT_A_TIME:
        return _Verdict("short", f"{words}, and the disk deletes the oldest to make room")
    return _Verdict("insufficient_history", f"{words}, and the disk has room left")


def _days(hours: float) -> str:
    return f"{hours / 24:.1f} days"


def _facts(
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
