# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five recording group CGIs (VAPIX recording group; AXIS OS 10.12 and newer list the API)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    CHECK_DEVICE_LOG,
    DeviceError,
    Message,
    Option,
    Text,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import FIELDS, Field, RecordingGroup, Value
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean, received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import (
    CHECK_OPTIONS,
    malformed_response,
    rejected_call,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import (
    check_known,
    child,
    children,
    parse,
    parse_whole_number,
    text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: The major schema version that this client supports. A device responds in its newest minor version of it.
SCHEMA_VERSION = 1
_UNSUPPORTED_VERSION = 40
# A camera has a few groups. A result names each of them, and an audit has the results of thousands of cameras.
_MAX_GROUPS = 1000


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """One schema version that a device offers, ``major.minor``."""

    number: str
    deprecated: bool


# VAPIX recording group, general error codes: kind and next step. Other APIs use the same codes for other errors.
_CODES: dict[int, tuple[str, Text]] = {
    10: ("device_error", CHECK_DEVICE_LOG),
    20: ("invalid_request", CHECK_OPTIONS),
    _UNSUPPORTED_VERSION: ("unsupported", "Upgrade AXIS OS or this collection."),
    110: ("group_not_found", "Run again: the group or its disk was removed after the group was listed."),
    120: ("group_limit", "Delete a recording group that is not needed, or use another device."),
    130: (
        "invalid_stream_options",
        Message(
            "Correct {option}: each must be a stream request argument of this device.",
            {"option": Option("stream_options")},
        ),
    ),
    140: (
        "group_in_use",
        (
            "Remove the recording action that uses the group, then delete the group. If no action uses it, a recording "
            "to the group still runs: run again when it has ended."
        ),
    ),
}


class RecordingGroups:
    """The recording groups of one device."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def schema_versions(self) -> tuple[SchemaVersion, ...]:
        """Return the schema versions that the device offers (schemaversions.cgi, role viewer)."""
        success = self._request(calls.SCHEMA_VERSIONS, (), "SchemaVersionsSuccess")
        return received(
            tuple(
                SchemaVersion(
                    text(child(element, "VersionNumber")), text(child(element, "Deprecated")).lower() == "true"
                )
                for element in children(success, "SchemaVersion")
            )
        )

    def list(self) -> tuple[RecordingGroup, ...]:
        """Return all groups on mounted disks, in the device's order (list.cgi, role viewer).

        Two groups have the same ID if a card with a copy of a group was inserted.
        """
        success = self.request(calls.LIST_GROUPS, (), "ListSuccess")
        elements = list(islice(children(success, "RecordingGroup"), _MAX_GROUPS + 1))
        if len(elements) > _MAX_GROUPS:
            raise malformed_response(f"The list contains more than {_MAX_GROUPS:,} recording groups")
        return received(tuple(map(_parse_group, elements)))

    def create(self, group: RecordingGroup) -> str:
        """Create a group and return its ID (create.cgi, role operator). The device sets fields that are ``None``."""
        arguments = [*_build_arguments(group, FIELDS)]
        if group.recording_group_id is not None:
            arguments.insert(0, ("recordinggroupid", group.recording_group_id))
        success = self.request(calls.CREATE_GROUP, arguments, "CreateSuccess")
        recording_group_id = success.get("RecordingGroupId")
        if not recording_group_id:
            raise malformed_response("The device reports that it created the group, without its ID")
        return received(recording_group_id, "recording_group_id")

    def update(self, group: RecordingGroup, names: Iterable[str]) -> None:
        """Set the named fields of a group (update.cgi, role operator). A shorter retention time deletes recordings."""
        names = set(names)
        fields = [field for field in FIELDS if field.name in names]
        identity = ("recordinggroupid", group.recording_group_id or "")
        self.request(calls.UPDATE_GROUP, [identity, *_build_arguments(group, fields)], "GeneralSuccess")

    def delete(self, recording_group_id: str) -> None:
        """Delete a group with all its recordings (delete.cgi, role operator)."""
        self.request(calls.DELETE_GROUP, [("recordinggroupid", recording_group_id)], "GeneralSuccess")

    def request(self, call: Call, arguments: Sequence[tuple[str, str]], success: str) -> Element:
        """Return the element of a successful response to a call with any arguments."""
        try:
            return self._request(call, [("schemaversion", str(SCHEMA_VERSION)), *arguments], success)
        except DeviceError as error:
            if error.code != _UNSUPPORTED_VERSION:
                raise
            raise self._unsupported_version(error) from error

    def _unsupported_version(self, error: DeviceError) -> DeviceError:
        offered = ", ".join(item.number for item in self.schema_versions()) or "none"
        return DeviceError(
            "unsupported",
            f"The device does not support schema version {SCHEMA_VERSION} of the recording group API, which this "
            f"collection requires (offered: {offered})",
            error.next_step,
            code=error.code,
            description=error.description,
        )

    def _request(self, call: Call, arguments: Sequence[tuple[str, str]], success: str) -> Element:
        for _name, value in arguments:
            check_known(value)
        root = parse(self._session.call(call, arguments), "RecordingGroupResponse")
        failure = child(root, "GeneralError")
        if failure is not None:
            raise _build_error(failure, call)
        element = child(root, success)
        if element is None:
            raise malformed_response(f"The response contains neither <{success}> nor <GeneralError>")
        return element


def _build_error(failure: Element, call: Call) -> DeviceError:
    written, description = text(child(failure, "ErrorCode")), text(child(failure, "ErrorDescription"))
    code = parse_whole_number(written)
    if code is None:
        return malformed_response(f"The device reports an error without a code ({clean(written)!r})")
    unknown = ("device_error", "Search for the code in the VAPIX documentation of this AXIS OS version.")
    kind, next_step = _CODES.get(code, unknown)
    return rejected_call(call, kind, f"error {code}", next_step, reason=description, code=code, description=description)


def _build_arguments(group: RecordingGroup, fields: Iterable[Field]) -> list[tuple[str, str]]:
    values = ((field.argument, getattr(group, field.name)) for field in fields)
    return [(argument, str(value)) for argument, value in values if value is not None]


def _parse_group(element: Element) -> RecordingGroup:
    recording_group_id = element.get("RecordingGroupId")
    if not recording_group_id:
        raise malformed_response("The list contains a recording group without an ID")
    values: dict[str, Any] = {field.name: _parse_field(element, field) for field in FIELDS}
    return RecordingGroup(recording_group_id, **values)


def _parse_field(element: Element, field: Field) -> Value:
    written = element.get(field.attribute, "")
    if not field.is_number:
        return written
    # A retention time decides which recordings are deleted, so it has no default. A missing duration is 0.
    if not written.strip() and field.name != "retention_time":
        return 0
    number = parse_whole_number(written.strip())
    if number is None and has_replaced(written):
        # The other groups are known.
        return None
    if number is None:
        raise malformed_response(f"The list contains {field.attribute}={clean(written)!r}, which is not a whole number")
    return number
