# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What follows for an operator from the points that take time, and from the disks of the device. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import UNLIMITED_AGES, Disk
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import MAX_WAIT
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile

_DAY = 86400
_VERIFY = "audit with retention_policy_verify_recordings"
_OPEN_AGE = (
    "It is not known whether the age limit of {disks} also applies to recordings of groups: a retention time above "
    f"{{days}}, or without a limit, may not be kept. If your policies need one, {_VERIFY}, "
    "{wait}or let an administrator set the age limit of the disk to 0 (none)."
)
_WAIT = "run the check with device_check_wait: {}d, "
_COMBINED_AGE = (
    "The age limit of {disks} also applies to recordings of groups: a retention time above {days}, or without a limit, "
    "is not kept. If your policies need one, let an administrator set the age limit of the disk to 0 (none)."
)
_SEPARATE_AGE = (
    "The age limit of {disks} does not apply to recordings of groups: the retention time of the group is decisive."
)
_OPEN_RETENTION = (
    "Whether the device deletes recordings after the retention time of their group, as documented, takes hours to see. "
    f"To verify it without device_check_wait, {_VERIFY}."
)
_OPEN_DELETE = (
    "Whether a running recording prevents the deletion of its group takes time to see. If it does, that task fails "
    "with the error group_in_use, and the next run deletes the group."
)


def is_usable(disk: Mapping[str, Any]) -> bool:
    """Return whether a group can be created on a disk of a profile."""
    return find_disk_fault(disk) is None


def find_disk_fault(disk: Mapping[str, Any]) -> str | None:
    """Return why no group can be created on a disk of a profile, or ``None``."""
    flags = {name: disk.get(name) is True for name in ("locked", "readonly")}
    return Disk(str(disk.get("diskid")), str(disk.get("status")), **flags).unusable_reason


def find_age_limits(profile: Profile) -> dict[int, list[str]]:
    """Return the usable disks that delete recordings for their age, by the limit in days."""
    found: dict[int, list[str]] = {}
    for disk in profile.state.get("disks") or ():
        days = disk.get("cleanupmaxage")
        is_fifo = disk.get("cleanuppolicy") == "fifo"
        if is_usable(disk) and is_fifo and isinstance(days, int) and days not in UNLIMITED_AGES:
            found.setdefault(days, []).append(str(disk.get("diskid")))
    return dict(sorted(found.items()))


def find_disk_limits(profile: Profile) -> list[str]:
    """Return which retention times a disk may not keep, a sentence for each age limit."""
    combines = profile.find("disk_age_combines").answer
    if combines is False:
        return []
    return [*_describe_ages(profile, _OPEN_AGE if combines is None else _COMBINED_AGE)]


def find_remarks(profile: Profile) -> list[str]:
    """Return what else an operator may want to know, without a reason not to proceed."""
    answers = profile.answers
    remarks = [_OPEN_RETENTION] if answers["retention_applies"] is None else []
    if answers["disk_age_combines"] is False:
        remarks += _describe_ages(profile, _SEPARATE_AGE)
    if answers["running_recording_blocks_delete"] is None:
        remarks.append(_OPEN_DELETE)
    return remarks


def _describe_ages(profile: Profile, text: str) -> Iterator[str]:
    for days, disks in find_age_limits(profile).items():
        limit = f"{days} day{'' if days == 1 else 's'}"
        wait = _WAIT.format(days + 1) if (days + 1) * _DAY <= MAX_WAIT else ""
        yield text.format(disks=f"{', '.join(disks)} ({limit})", days=limit, wait=wait)
