# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the five CGIs under /axis-cgi/record/recording_group/ (VAPIX recording group API)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from .messages import Request, Response, is_xml_text, xml_attribute
from .models import Group

if TYPE_CHECKING:
    from .device import Device

FAILED, INVALID, VERSION, NOT_FOUND, GROUP_LIMIT, BAD_STREAM, IN_USE = 10, 20, 40, 110, 120, 130, 140
DESCRIPTIONS = {
    FAILED: "An error occurred while processing the request.",
    INVALID: "Invalid request.",
    VERSION: "Specified version not supported.",
    NOT_FOUND: "Recording group not found.",
    GROUP_LIMIT: "Max number of recording groups reached.",
    BAD_STREAM: "Invalid stream options.",
    IN_USE: "Recording group in use.",
}
_SCHEMA = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="http://www.axis.com/vapix/http_cgi/recording_group.xsd"'
)
_TEXTS = {"nice_name": "nicename", "description": "description", "stream_options": "streamoptions"}
_NUMBERS = {"retention_time": "retentiontime", "pre_duration": "preduration", "post_duration": "postduration"}
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")
# Reject numbers that do not fit into a machine integer.
_NUMBER = re.compile(r"[0-9]{1,18}")
_PIECE = r"(?:[^%&=\s]|%[0-9A-Fa-f]{2})"
_PAIR = rf"{_PIECE}+={_PIECE}*"
_STREAM_OPTIONS = re.compile(rf"(?:{_PAIR}(?:&{_PAIR})*)?")
_ERRORS = {"error_10": FAILED, "error_20": INVALID}


class ApiError(Exception):
    """The request fails with this error code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call; None if omitted. Unknown names are ignored."""

    schema_version: str
    recording_group_id: str | None
    disk_id: str | None
    texts: dict[str, str]
    numbers: dict[str, int]


def schema_versions(device: Device, request: Request) -> Response:
    lines = ["    <SchemaVersionsSuccess>"]
    for version, deprecated in device.schema_versions:
        lines += [
            "        <SchemaVersion>",
            f"            <VersionNumber>{version}</VersionNumber>",
            f"            <Deprecated>{str(deprecated).lower()}</Deprecated>",
            "        </SchemaVersion>",
        ]
    return _response(device.schema_versions[-1][0], [*lines, "    </SchemaVersionsSuccess>"])


def list_groups(device: Device, request: Request) -> Response:
    def execute(arguments: Arguments) -> list[str]:
        requested = arguments.recording_group_id
        groups = [group for group in device.listed_groups if requested in (None, group.recording_group_id)]
        if requested is not None and not groups and device.switches.list_unknown_id == "error_110":
            raise ApiError(NOT_FOUND)
        return ["    <ListSuccess>", *(_element(device, group) for group in groups), "    </ListSuccess>"]

    return _call(device, request, execute)


def create(device: Device, request: Request) -> Response:
    def execute(arguments: Arguments) -> list[str]:
        switches = device.switches
        disk_id = _disk_for_new_group(device, arguments)
        group_id = arguments.recording_group_id
        existing = device.groups.get(group_id or "")
        if existing is not None and switches.existing_id != "overwrite":
            raise ApiError(_ERRORS[switches.existing_id])
        if existing is None and len(device.groups) >= switches.max_groups:
            raise ApiError(GROUP_LIMIT)
        fields = _defaults(device) | arguments.texts | arguments.numbers
        if existing is not None:
            device.change_group(existing, disk_id=disk_id, **fields)
            return _created(existing.recording_group_id)
        group = Group(recording_group_id=group_id or device.new_group_id(disk_id), disk_id=disk_id, **fields)
        device.groups[group.recording_group_id] = group
        if not device.is_mounted(disk_id):
            device.unlisted.add(group.recording_group_id)
        return _created(group.recording_group_id)

    return _call(device, request, execute)


def update(device: Device, request: Request) -> Response:
    def execute(arguments: Arguments) -> list[str]:
        group = _target(device, arguments)
        texts = arguments.texts
        if device.switches.empty_text == "error_20" and "" in texts.values():
            raise ApiError(INVALID)
        if device.switches.empty_text == "ignored":
            texts = {field: text for field, text in texts.items() if text}
        given: dict[str, Any] = {**texts, **arguments.numbers}
        if device.switches.omitted_on_update == "reset":
            given = _defaults(device) | given
        device.change_group(group, **given)
        return _SUCCESS

    return _call(device, request, execute)


def delete(device: Device, request: Request) -> Response:
    def execute(arguments: Arguments) -> list[str]:
        group = _target(device, arguments)
        group_id = group.recording_group_id
        running = any(item.running and item.group_id == group_id for item in device.recordings)
        in_use = group_id in device.in_use or device.actions.references_group(group_id)
        if in_use or (running and device.switches.running_recording_blocks_delete):
            raise ApiError(IN_USE)
        device.delete_group(group)
        return _SUCCESS

    return _call(device, request, execute)


def error(device: Device, code: int, description: str | None = None) -> Response:
    """Build the error response of all five: HTTP 200, the code in the body."""
    text = DESCRIPTIONS.get(code, "") if description is None else description
    lines = [
        "    <GeneralError>",
        f"        <ErrorCode>{code}</ErrorCode>",
        f"        <ErrorDescription>{xml_attribute(text)}</ErrorDescription>",
        "    </GeneralError>",
    ]
    return _response(device.schema_versions[-1][0], lines, code)


_SUCCESS = ["    <GeneralSuccess>", "    </GeneralSuccess>"]


def _created(group_id: str) -> list[str]:
    return [f'    <CreateSuccess RecordingGroupId="{group_id}"/>']


def _call(device: Device, request: Request, execute: Callable[[Arguments], list[str]]) -> Response:
    try:
        arguments = _arguments(device, request)
        return _response(arguments.schema_version, execute(arguments))
    except ApiError as failure:
        return error(device, failure.code)


def _response(version: str, lines: list[str], code: int | None = None) -> Response:
    text = "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<RecordingGroupResponse schemaversion="{version}" {_SCHEMA}>',
            *lines,
            "</RecordingGroupResponse>",
        ]
    )
    # A lone surrogate of the state is an undecodable byte.
    return Response(200, "text/xml", text.encode("utf-8", "surrogateescape"), code=code)


def _element(device: Device, group: Group) -> str:
    attributes = {
        "RecordingGroupId": group.recording_group_id,
        "NiceName": group.nice_name,
        "Description": group.description,
        "RetentionTime": str(group.retention_time),
        "DiskId": group.disk_id,
        "StreamOptions": _rendered_stream_options(device, group.stream_options),
        "PreDuration": str(group.pre_duration),
        "PostDuration": str(group.post_duration),
    }
    names = [name for name in device.switches.group_attributes if _ATTRIBUTE.fullmatch(name)]
    shown = {name: attributes.get(name, "") for name in names}
    text = " ".join(f'{name}="{xml_attribute(value)}"' for name, value in shown.items())
    return f"        <RecordingGroup {text}/>"


def _rendered_stream_options(device: Device, options: str) -> str:
    if not options:
        return options
    switches = device.switches
    pairs = [pair.partition("=") for pair in options.split("&")]
    if switches.device_value != "as_sent":
        change = str.upper if switches.device_value == "upper" else str.lower
        pairs = [(name, sign, change(value) if name == "device" else value) for name, sign, value in pairs]
    if "reordered" in switches.stream_options_form:
        pairs.reverse()
    if "reencoded" in switches.stream_options_form:
        pairs = [(name, sign, _fully_encoded(value)) for name, sign, value in pairs]
    return "&".join("".join(pair) for pair in pairs)


def _fully_encoded(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in unquote_to_bytes(value))


def _arguments(device: Device, request: Request) -> Arguments:
    raw = request.arguments()
    version = _schema_version(device, raw.get("schemaversion", b""))
    texts = {field: _text(device, raw[name]) for field, name in _TEXTS.items() if name in raw}
    if _STREAM_OPTIONS.fullmatch(texts.get("stream_options", "")) is None:
        raise ApiError(BAD_STREAM)
    switches = device.switches
    for field in ("nice_name", "description"):
        if field in texts:
            # A text that is cut at a blank is trimmed afterwards.
            texts[field] = switches.reform(switches.reform(texts[field])[: switches.text_limit])
    numbers = {field: _number(device, raw[name]) for field, name in _NUMBERS.items() if name in raw}
    kept = {field: number for field, number in numbers.items() if number is not None}
    return Arguments(
        schema_version=version,
        recording_group_id=_group_id(device, raw.get("recordinggroupid")),
        disk_id=_text(device, raw["diskid"]) if "diskid" in raw else None,
        texts=texts,
        numbers=_within_limit(device, kept),
    )


def _schema_version(device: Device, requested: bytes) -> str:
    """Return the newest minor version of the requested major version."""
    if _NUMBER.fullmatch(requested.decode("iso-8859-1")) is None:
        raise ApiError(INVALID)
    offered = [
        version for version, _unused in device.schema_versions if version.partition(".")[0] == str(int(requested))
    ]
    if not offered:
        raise ApiError(VERSION)
    return max(offered, key=lambda version: int(version.partition(".")[2]))


def _text(device: Device, raw: bytes) -> str:
    try:
        text = raw.decode(device.switches.text_charset)
    except UnicodeDecodeError:
        raise ApiError(INVALID) from None
    if not is_xml_text(text):
        raise ApiError(INVALID)
    return text


def _number(device: Device, raw: bytes) -> int | None:
    text = raw.decode("iso-8859-1")
    if _NUMBER.fullmatch(text):
        return int(text)
    if device.switches.bad_argument == "error_20":
        raise ApiError(INVALID)
    return None


def _group_id(device: Device, raw: bytes | None) -> str | None:
    if raw is None:
        return None
    text = raw.decode("iso-8859-1")
    if _ID.fullmatch(text):
        return text
    if device.switches.bad_argument == "error_20":
        raise ApiError(INVALID)
    return None


def _within_limit(device: Device, numbers: dict[str, int]) -> dict[str, int]:
    limit = device.switches.retention_limit
    if limit is None or numbers.get("retention_time", 0) <= limit:
        return numbers
    if device.switches.retention_over_limit == "error_20":
        raise ApiError(INVALID)
    return numbers | {"retention_time": limit}


def _defaults(device: Device) -> dict[str, Any]:
    switches = device.switches
    return {
        "nice_name": "",
        "description": "",
        "stream_options": "",
        "retention_time": switches.default_retention_time,
        "pre_duration": switches.default_pre_duration,
        "post_duration": switches.default_post_duration,
    }


def _disk_for_new_group(device: Device, arguments: Arguments) -> str:
    disk_id = arguments.disk_id
    if disk_id is None and device.switches.disk_id_required:
        raise ApiError(INVALID)
    disk_id = device.profile.default_disk if disk_id is None else disk_id
    if device.is_mounted(disk_id):
        if not device.disks[disk_id].writable:
            raise ApiError(FAILED)
    elif device.switches.unknown_disk != "accepted":
        raise ApiError(_ERRORS[device.switches.unknown_disk])
    return disk_id


def _target(device: Device, arguments: Arguments) -> Group:
    """Return the group that an update or delete names; a group on a removed disk does not exist."""
    if arguments.recording_group_id is None:
        raise ApiError(INVALID)
    group = device.groups.get(arguments.recording_group_id)
    if group is None:
        raise ApiError(NOT_FOUND)
    if not device.is_mounted(group.disk_id):
        if not device.finds_unlisted or group.recording_group_id not in device.unlisted:
            raise ApiError(NOT_FOUND)
        return group
    if group.foreign and not device.switches.foreign_groups_writable:
        raise ApiError(INVALID)
    if not device.disks[group.disk_id].writable:
        raise ApiError(FAILED)
    return group
