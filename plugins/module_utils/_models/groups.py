# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recording groups, and how each of their fields is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import TypeAlias

from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import same_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced, same_text

Value: TypeAlias = "str | int | None"


@dataclass(frozen=True, slots=True)
class RecordingGroup:
    """One recording group (VAPIX recording group, list.cgi).

    A group that a device lists has every field, except a number with characters that XML forbids, which is unknown. A
    predicted group has ``None`` where only the device knows the value: the ID that it generates, and the default of a
    field that was left out at creation.
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

    @property
    def replaced_fields(self) -> tuple[str, ...]:
        """Return the fields of a listed group that have characters which XML forbids."""
        values = ((item.name, getattr(self, item.name)) for item in fields(self))
        return tuple(
            name for name, value in values if value is None or (isinstance(value, str) and has_replaced(value))
        )


def describe_replaced(names: Iterable[str]) -> str:
    """Return a text about fields that have characters which XML forbids."""
    return f"XML does not allow some characters of {' and '.join(names)} on the device, which are shown as \ufffd"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs from the desired value; ``None`` means no group, or a value that is not known yet."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a group: its name, its CGI argument, its XML attribute, and how two of its values are compared."""

    name: str
    argument: str
    attribute: str
    is_number: bool
    same: Callable[..., bool]


def _same_value(one: object, other: object) -> bool:
    return one == other


#: All fields except the ID, in the order in which VAPIX names the arguments.
FIELDS: tuple[Field, ...] = (
    Field("nice_name", "nicename", "NiceName", False, same_text),
    Field("description", "description", "Description", False, same_text),
    Field("retention_time", "retentiontime", "RetentionTime", True, _same_value),
    Field("disk_id", "diskid", "DiskId", False, _same_value),
    Field("stream_options", "streamoptions", "StreamOptions", False, same_stream_options),
    Field("pre_duration", "preduration", "PreDuration", True, _same_value),
    Field("post_duration", "postduration", "PostDuration", True, _same_value),
)
