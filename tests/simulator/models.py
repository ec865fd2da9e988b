# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define what a device stores: accounts, disks, groups, recordings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

ROLES = ("viewer", "operator", "administrator")


@dataclass
class Account:
    """A user of the device; each role includes the permissions of the previous ones."""

    password: str
    role: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"role {self.role!r}: choose from {', '.join(ROLES)}")

    def has_role(self, role: str) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass
class Disk:
    """One storage slot, as in disks/list.cgi. Sizes in kB, `cleanupmaxage` in days, `cleanuplevel` in percent.

    For disks/gethealth.cgi: `wear` in percent (-1: not supported, -2: error), `temperature` in kelvin, `overallhealth`
    0 or 1; None omits the last two.
    """

    diskid: str
    name: str = ""
    totalsize: int = 116109036
    freesize: int = 75106020
    cleanuplevel: int = 99
    cleanupmaxage: int = 7
    cleanuppolicy: str = "fifo"
    locked: bool = False
    full: bool = False
    readonly: bool = False
    filesystem: str = "ext4"
    status: str = "OK"
    group: str = "S0"
    wear: int = -1
    temperature: int | None = None
    overallhealth: int | None = None

    @property
    def mounted(self) -> bool:
        """Return whether the disk is usable: only a disk with status OK shows its groups and recordings."""
        return self.status == "OK"

    @property
    def writable(self) -> bool:
        """Return whether the disk accepts writes; a locked disk loses nothing (VAPIX edge storage, disks/lock.cgi)."""
        return self.mounted and not (self.locked or self.readonly)


@dataclass
class Group:
    """A recording group as sent. `retention_time` in hours (0: unlimited), durations in ms."""

    recording_group_id: str
    nice_name: str = ""
    description: str = ""
    retention_time: int = 0
    disk_id: str = "SD_DISK"
    stream_options: str = ""
    pre_duration: int = 0
    post_duration: int = 0
    foreign: bool = False


@dataclass(slots=True)
class Recording:
    """A recording on a disk. `stop` is None while it runs; `group_id` is None after its group was deleted."""

    recording_id: str
    group_id: str | None
    disk_id: str
    start: datetime
    stop: datetime | None
    status: str = "completed"
    locked: bool = False
    event: str = "continuous"
    source: str = "1"

    @property
    def running(self) -> bool:
        return self.status == "recording"

    def complete(self, now: datetime) -> None:
        """End the recording, never before its start, even if the clock was set back."""
        self.stop, self.status = max(now, self.start), "completed"

    def age_hours(self, now: datetime) -> float:
        """Return the hours since its end: 0 while it runs, or if its end is in the future."""
        return 0.0 if self.stop is None else max((now - self.stop).total_seconds() / 3600, 0.0)


@dataclass
class Medium:
    """A removed card or disk, with its groups and recordings."""

    disk: Disk
    origin: str
    groups: list[Group] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
