# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records that client and planner share: recording groups, disks, and what of a group is compared and how."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import same_stream_options

Value: TypeAlias = "str | int | None"


@dataclass(frozen=True, slots=True)
class RecordingGroup:
    """One recording group (VAPIX recording group, list.cgi).

    What a device lists has every field. A prediction has ``None`` where only the device can know: the id that it
    will generate, and the value it gives a field that was left out at creation.
    """

    recording_group_id: str | None
    nice_name: str | None = None
    description: str | None = None
    #: hours, 0 is unlimited
    retention_time: int | None = None
    disk_id: str | None = None
    stream_options: str | None = None
    #: milliseconds
    pre_duration: int | None = None
    #: milliseconds
    post_duration: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as wanted. ``None`` stands for no group, or for a value nobody knows yet."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk of disks/list.cgi (VAPIX edge storage, disk management), as far as creation needs it."""

    disk_id: str
    status: str
    locked: bool
    readonly: bool

    @property
    def unusable(self) -> str | None:
        """Why no group can be created on it, or ``None``. A full disk is usable: the device makes room."""
        if self.status not in {"OK", "connected"}:
            return self.status
        if self.locked:
            return "locked"
        return "read-only" if self.readonly else None


# An XML attribute cannot hold a line break or a tab: a parser reads each as a blank.
_LINE_BREAK_OR_TAB = re.compile(r"\r\n|[\r\n\t]")


def fold_text(text: str) -> str:
    """The text as an XML attribute gives it back (XML 1.0, 2.11 and 3.3.3)."""
    return _LINE_BREAK_OR_TAB.sub(" ", text)


def same_text(one: str, other: str) -> bool:
    """Whether two texts are equal but for what an XML attribute cannot keep."""
    return fold_text(one) == fold_text(other)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a group: its name here, as a CGI argument, as an XML attribute, and what equal means for it."""

    name: str
    argument: str
    attribute: str
    is_number: bool
    same: Callable[..., bool]


def _same_value(one: object, other: object) -> bool:
    return one == other


#: All fields but the id, in the order in which VAPIX names the arguments.
FIELDS: tuple[Field, ...] = (
    Field("nice_name", "nicename", "NiceName", False, same_text),
    Field("description", "description", "Description", False, same_text),
    Field("retention_time", "retentiontime", "RetentionTime", True, _same_value),
    Field("disk_id", "diskid", "DiskId", False, _same_value),
    Field("stream_options", "streamoptions", "StreamOptions", False, same_stream_options),
    Field("pre_duration", "preduration", "PreDuration", True, _same_value),
    Field("post_duration", "postduration", "PostDuration", True, _same_value),
)
