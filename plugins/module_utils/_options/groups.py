# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a recording group."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from fnmatch import fnmatchcase

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.group_id import derive_group_id
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import parse_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import build_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import check_xml_text, normalize_text
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
#: Where the ID of a group comes from that has only a name.
ID_SOURCE_SPEC: Spec = {"id_source": {"type": "str", "choices": ["derived", "device"], "default": "derived"}}

_MAX_DURATION = 2**31 - 1
_GROUP_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
_ID_CHARACTERS = f"{string.ascii_letters}{string.digits}_-"
_MAX_ID_LENGTH = 50
_PATTERN_PART = re.compile(r"\[[^\]]*\]|.", re.DOTALL)
# A pattern with any other character, or an unbalanced bracket, cannot match an ID and would protect nothing.
_GROUP_PATTERN = re.compile(r"(?:[A-Za-z0-9_*?-]|\[!?[A-Za-z0-9_*?-][A-Za-z0-9_*?!-]*\])+")


def build_group(parameters: Parameters, option_of: OptionOf = Option) -> DesiredGroup:
    """Return the desired group that validated parameters describe.

    :param option_of: returns the option of each parameter.
    :raises InvalidOptionError: ``invalid_option``.
    """
    recording_group_id = parameters["recording_group_id"]
    present = parameters.get("state", "present") == "present"
    group = build_group_with_id(parameters, recording_group_id, option_of, present=present)
    if recording_group_id is not None:
        check_group_id(recording_group_id, option_of("recording_group_id"))
        return group
    if not group.nice_name:
        raise invalid(
            "Neither {id} nor {name} is set",
            next_step="Set one of them to identify the recording group.",
            id=option_of("recording_group_id"),
            name=option_of("nice_name"),
        )
    if parameters.get("id_source") == "device":
        return group
    return replace(group, recording_group_id=derive_group_id(group.nice_name), has_derived_id=True)


def check_group_id(recording_group_id: str, option: Option) -> str:
    """Return the ID of a group if it is valid.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if not _GROUP_ID.fullmatch(recording_group_id):
        raise invalid(
            "{option} is {id!r}, which is not a valid ID",
            next_step="Set {option} to 1 to 50 of the characters A-Z, a-z, 0-9, _ and -.",
            option=option,
            id=recording_group_id,
        )
    return recording_group_id


def build_group_with_id(
    parameters: Parameters, recording_group_id: str | None, option_of: OptionOf, *, present: bool
) -> DesiredGroup:
    """Return a desired group with this ID and the fields in validated parameters.

    :raises InvalidOptionError: ``invalid_option``.
    """
    options = parameters["stream_options"]
    return DesiredGroup(
        present=present,
        recording_group_id=recording_group_id,
        nice_name=_check_text(parameters["nice_name"], option_of("nice_name")),
        description=_check_text(parameters["description"], option_of("description")),
        retention_time=parse_optional_retention_time(parameters["retention_time"], option_of("retention_time")),
        disk_ids=_check_disk_ids(parameters["disk_id"], option_of("disk_id")),
        stream_options=None if options is None else build_stream_options(options, option_of("stream_options")),
        pre_duration=_check_duration(parameters["pre_duration"], option_of("pre_duration")),
        post_duration=_check_duration(parameters["post_duration"], option_of("post_duration")),
    )


def parse_optional_retention_time(text: str | None, option: Option) -> int | None:
    """Return the hours of an option, or ``None`` if it is not set.

    :raises InvalidOptionError: ``invalid_option``.
    """
    return None if text is None else parse_retention_time(text, option)


def _check_text(text: str | None, option: Option) -> str | None:
    return None if text is None else normalize_text(check_xml_text(text, option))


def _check_disk_ids(disk_ids: list[str] | None, option: Option) -> tuple[str, ...] | None:
    if disk_ids is None:
        return None
    stripped = [check_xml_text(disk_id, option).strip() for disk_id in disk_ids]
    if not all(stripped or [""]):
        raise invalid(
            "{option} is empty", next_step="Set {option} to a disk such as SD_DISK, or remove it.", option=option
        )
    return tuple(stripped)


def _check_duration(milliseconds: int | None, option: Option) -> int | None:
    return None if milliseconds is None else check_range(milliseconds, option, 0, _MAX_DURATION)


def check_group_pattern(pattern: str, option: Option) -> None:
    """Check that a glob can match an ID.

    :raises InvalidOptionError: ``invalid_option``.
    """
    parts = _PATTERN_PART.findall(pattern)
    impossible = next((part for part in parts if not any(fnmatchcase(item, part) for item in _ID_CHARACTERS)), None)
    if not _GROUP_PATTERN.fullmatch(pattern):
        cause = ""
    elif impossible is not None:
        cause = f", because {impossible} matches none of its characters"
    elif (length := sum(part != "*" for part in parts)) > _MAX_ID_LENGTH:
        cause = f", because it matches at least {length} characters, and an ID has at most {_MAX_ID_LENGTH}"
    else:
        return
    raise invalid(
        "{option} is {pattern!r}, which cannot match the ID of a group{cause}",
        next_step="Set {option} to a pattern of the characters A-Z, a-z, 0-9, _ and - with *, ? and [...].",
        option=option,
        pattern=pattern,
        cause=cause,
    )
