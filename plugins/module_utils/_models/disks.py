# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks, their health, and the recordings on them (VAPIX edge storage)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

#: Statuses of a disk whose recordings can be listed. A slot without a disk, or a failed disk, is listed too.
MOUNTED_STATUSES = frozenset({"OK", "connected"})
#: Maximum ages, in days, of a disk that deletes nothing for its age. AXIS OS before 11 returns 7000, newer ones 0.
UNLIMITED_AGES = frozenset({0, 7000})


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk (VAPIX edge storage, disks/list.cgi), with what the creation of a group depends on."""

    disk_id: str
    status: str
    locked: bool
    readonly: bool

    @property
    def unusable_reason(self) -> str | None:
        """Return why no group can be created on it, or ``None``. A full disk is usable: the device makes room."""
        if self.status not in MOUNTED_STATUSES:
            return self.status
        if self.locked:
            return "locked"
        return "read-only" if self.readonly else None


@dataclass(frozen=True, slots=True)
class DiskDetails:
    """All attributes of one disk (disks/list.cgi); ``None`` for an attribute that is missing or invalid."""

    disk: Disk
    name: str
    #: kB
    total_size: int | None
    #: kB
    free_size: int | None
    full: bool | None
    filesystem: str | None
    #: the file system that the device requires, or ``none``
    required_filesystem: str | None
    encryption_enabled: bool | None
    encrypted: bool | None
    #: parameter group, for example ``S0``
    group: str | None
    #: days; one of ``UNLIMITED_AGES`` means no limit
    cleanup_max_age: int | None
    #: ``fifo`` or ``none``
    cleanup_policy: str | None

    @property
    def is_mounted(self) -> bool:
        """Return whether its recordings can be listed."""
        return self.disk.status in MOUNTED_STATUSES


@dataclass(frozen=True, slots=True)
class DiskHealth:
    """The health of one disk (disks/gethealth.cgi). AXIS OS before 9.50 reports only the wear."""

    #: percent, may exceed 100
    wear: int | None
    #: why the wear is not known
    wear_unknown: str | None
    #: kelvin
    temperature: int | None
    #: 0 or 1
    overall_health: int | None


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording. Times are the device's texts, in UTC; ``stop_time`` is ``None`` while it runs."""

    recording_id: str | None
    start_time: str | None
    stop_time: str | None
    #: ``recording``, ``completed`` or ``unknown``
    status: str | None
    #: ``continuous``, ``scheduled`` or ``triggered``
    recording_type: str | None = None


@dataclass(frozen=True, slots=True)
class ListedRecording:
    """One recording in a list, by the clock of the device; None for a time that is missing or invalid."""

    disk_id: str
    recording_id: str
    start: datetime | None
    #: None while it runs
    stop: datetime | None
    is_running: bool


@dataclass(frozen=True, slots=True)
class RecordingSpan:
    """The number of recordings of a disk, and the first and the last of them."""

    count: int
    oldest: Recording | None
    newest: Recording | None
