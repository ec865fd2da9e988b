# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a recording group."""

from __future__ import annotations

import re

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import parse_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import stream_options_from
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import check_xml_text
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import (
    OptionOf,
    Parameters,
    Spec,
    check_range,
    invalid,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup

#: One recording group.
GROUP_SPEC: Spec = {
    "recording_group_id": {"type": "str", "aliases": ["id", "recordinggroupid"]},
    "nice_name": {"type": "str", "aliases": ["name", "nicename"]},
    "description": {"type": "str"},
    "retention_time": {"type": "str", "aliases": ["retentiontime"]},
    "disk_id": {"type": "list", "elements": "str", "aliases": ["diskid"]},
    "stream_options": {"type": "raw", "aliases": ["streamoptions"]},
    "pre_duration": {"type": "int", "aliases": ["preduration"]},
    "post_duration": {"type": "int", "aliases": ["postduration"]},
}

_MAX_DURATION = 2**31 - 1
_GROUP_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
# A pattern with any other character, or an unbalanced bracket, cannot match an ID and would protect nothing.
_GROUP_PATTERN = re.compile(r"(?:[A-Za-z0-9_*?-]|\[!?[A-Za-z0-9_*?-][A-Za-z0-9_*?!-]*\])+")


def group_from(parameters: Parameters, option_of: OptionOf = Option) -> DesiredGroup:
    """Return the desired group that validated parameters describe.

    :param option_of: returns the option of each parameter.
    :raises InvalidOptionError: ``invalid_option``.
    """
    recording_group_id, nice_name = parameters["recording_group_id"], parameters["nice_name"]
    if recording_group_id is None and not nice_name:
        raise invalid(
            "Neither {id} nor {name} is set",
            "Set one of them to identify the recording group.",
            id=option_of("recording_group_id"),
            name=option_of("nice_name"),
        )
    if recording_group_id is not None:
        group_id_from(parameters, option_of)
    present = parameters.get("state", "present") == "present"
    return group_fields_from(parameters, recording_group_id, option_of, present=present)


def group_id_from(parameters: Parameters, option_of: OptionOf = Option) -> str:
    """Return the ID of a group in validated parameters.

    :raises InvalidOptionError: ``invalid_option``.
    """
    recording_group_id = str(parameters["recording_group_id"])
    if not _GROUP_ID.fullmatch(recording_group_id):
        raise invalid(
            "{option} is {id!r}, which is not a valid ID",
            "Set {option} to 1 to 50 of the characters A-Z, a-z, 0-9, _ and -.",
            option=option_of("recording_group_id"),
            id=recording_group_id,
        )
    return recording_group_id


def group_fields_from(
    parameters: Parameters, recording_group_id: str | None, option_of: OptionOf, *, present: bool
) -> DesiredGroup:
    """Return a desired group with this ID and the fields in validated parameters.

    :raises InvalidOptionError: ``invalid_option``.
    """
    options = parameters["stream_options"]
    return DesiredGroup(
        present=present,
        recording_group_id=recording_group_id,
        nice_name=_text(option_of("nice_name"), parameters["nice_name"]),
        description=_text(option_of("description"), parameters["description"]),
        retention_time=retention_time_from(option_of("retention_time"), parameters["retention_time"]),
        disk_ids=_disk_ids(option_of("disk_id"), parameters["disk_id"]),
        stream_options=None if options is None else stream_options_from(options, option_of("stream_options")),
        pre_duration=_duration(option_of("pre_duration"), parameters["pre_duration"]),
        post_duration=_duration(option_of("post_duration"), parameters["post_duration"]),
    )


def retention_time_from(option: Option, text: str | None) -> int | None:
    """Return the hours of an option, or ``None`` if it is not set.

    :raises InvalidOptionError: ``invalid_option``.
    """
    return None if text is None else parse_retention_time(text, option)


def _text(option: Option, text: str | None) -> str | None:
    return None if text is None else check_xml_text(text, option)


def _disk_ids(option: Option, disk_ids: list[str] | None) -> tuple[str, ...] | None:
    if disk_ids is None:
        return None
    if not disk_ids or not all(disk_ids):
        raise invalid("{option} is empty", "Set {option} to a disk such as SD_DISK, or remove it.", option=option)
    return tuple(check_xml_text(disk_id, option) for disk_id in disk_ids)


def _duration(option: Option, milliseconds: int | None) -> int | None:
    return None if milliseconds is None else check_range(option, milliseconds, 0, _MAX_DURATION)


def check_group_pattern(option: Option, pattern: str) -> None:
    """Check that a glob can match an ID.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if not _GROUP_PATTERN.fullmatch(pattern):
        raise invalid(
            "{option} is {pattern!r}, which cannot match the ID of a group",
            "Set {option} to a pattern of the characters A-Z, a-z, 0-9, _ and - with *, ? and [...].",
            option=option,
            pattern=pattern,
        )
