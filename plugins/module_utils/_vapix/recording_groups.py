# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five recording group CGIs as typed calls (VAPIX recording group; AXIS OS 10.12 and newer list the API)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import FIELDS, Field, RecordingGroup, Value
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import child, children, malformed, parse, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: Major schema versions that this client speaks, the one to ask for first in front.
KNOWN_SCHEMA_VERSIONS = (1,)


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """One version that a device offers, ``major.minor``."""

    number: str
    deprecated: bool

    @property
    def major(self) -> int | None:
        """The part to ask for; ``None`` when the device's text has none."""
        major = self.number.partition(".")[0]
        return int(major) if _is_number(major) else None


# Python itself refuses to read numbers of some thousand.
_MOST_DIGITS = 18
# VAPIX recording group, general error codes: kind, next step. The codes of other API families mean other things.
_CODES = {
    10: ("device_error", "Run again; if it persists, look at the log of the device."),
    20: ("invalid_request", "Compare the options with what this model and AXIS OS version accept."),
    40: ("unsupported", "Upgrade AXIS OS, or this collection."),
    110: ("group_not_found", "Run again: the group was removed meanwhile, or its storage was."),
    120: ("group_limit", "Delete a recording group that nobody needs, or use another device."),
    130: ("invalid_stream_options", "Correct stream_options: each must be a stream request argument of this device."),
    140: ("group_in_use", "Remove the recording action that uses the group first, then delete the group."),
}


class RecordingGroups:
    """The recording groups of one device."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._version = KNOWN_SCHEMA_VERSIONS[0]

    def schema_versions(self) -> tuple[SchemaVersion, ...]:
        """The schema versions that the device offers (schemaversions.cgi, viewer)."""
        success = self._answer(calls.SCHEMA_VERSIONS, (), "SchemaVersionsSuccess")
        return tuple(
            SchemaVersion(text(child(element, "VersionNumber")), text(child(element, "Deprecated")).lower() == "true")
            for element in children(success, "SchemaVersion")
        )

    def list(self) -> tuple[RecordingGroup, ...]:
        """All groups on mounted storage, in the device's order (list.cgi, viewer)."""
        success = self._versioned(calls.LIST_GROUPS, (), "ListSuccess")
        groups = tuple(_read_group(element) for element in children(success, "RecordingGroup"))
        if len({group.recording_group_id for group in groups}) < len(groups):
            raise malformed("The list holds two recording groups with the same id")
        return groups

    def create(self, group: RecordingGroup) -> str:
        """Create a group and return its id (create.cgi, operator). Fields that are ``None`` are left to the device."""
        arguments = [*_arguments_of(group, FIELDS)]
        if group.recording_group_id is not None:
            arguments.insert(0, ("recordinggroupid", group.recording_group_id))
        success = self._versioned(calls.CREATE_GROUP, arguments, "CreateSuccess")
        recording_group_id = success.get("RecordingGroupId")
        if not recording_group_id:
            raise malformed("The device says that the group was created but not its id")
        return recording_group_id

    def update(self, group: RecordingGroup, names: Iterable[str]) -> None:
        """Set the named fields of a group (update.cgi, operator). A shorter retention time deletes recordings."""
        names = set(names)
        fields = [field for field in FIELDS if field.name in names]
        identity = ("recordinggroupid", group.recording_group_id or "")
        self._versioned(calls.UPDATE_GROUP, [identity, *_arguments_of(group, fields)], "GeneralSuccess")

    def delete(self, recording_group_id: str) -> None:
        """Delete a group with all its recordings (delete.cgi, operator)."""
        self._versioned(calls.DELETE_GROUP, [("recordinggroupid", recording_group_id)], "GeneralSuccess")

    def _versioned(self, call: Call, arguments: Sequence[tuple[str, str]], success: str) -> Element:
        try:
            return self._answer(call, [("schemaversion", str(self._version)), *arguments], success)
        except DeviceError as error:
            if error.code != 40:
                raise
            self._version = self._agree(error)
        return self._answer(call, [("schemaversion", str(self._version)), *arguments], success)

    def _agree(self, refusal: DeviceError) -> int:
        offered = self.schema_versions()
        common = {item.major for item in offered}.intersection(KNOWN_SCHEMA_VERSIONS) - {self._version}
        if common:
            return max(number for number in common if number is not None)
        numbers = ", ".join(item.number for item in offered) or "none"
        raise DeviceError(
            "unsupported",
            f"The device offers the recording group API in version {numbers}, "
            f"this collection speaks {', '.join(map(str, KNOWN_SCHEMA_VERSIONS))}",
            refusal.next_step,
            code=refusal.code,
            description=refusal.description,
        )

    def _answer(self, call: Call, arguments: Sequence[tuple[str, str]], success: str) -> Element:
        root = parse(self._session.call(call, arguments), "RecordingGroupResponse")
        failure = child(root, "GeneralError")
        if failure is not None:
            raise _refusal(failure, call)
        element = child(root, success)
        if element is None:
            raise malformed(f"The answer holds neither <{success}> nor <GeneralError>")
        return element


def _refusal(failure: Element, call: Call) -> DeviceError:
    number, description = text(child(failure, "ErrorCode")), text(child(failure, "ErrorDescription"))
    if not _is_number(number):
        return malformed(f"The device reports an error without a number ({number!r})")
    code = int(number)
    kind, next_step = _CODES.get(
        code, ("device_error", "Look the code up in the documentation of this AXIS OS version.")
    )
    return DeviceError(
        kind,
        f"The device refuses {call.path.rpartition('/')[2]} with error {code}"
        + (f": {description.rstrip('.')}" if description else ""),
        next_step,
        code=code,
        description=description,
        maybe_applied=call.write and kind == "device_error",
    )


def _arguments_of(group: RecordingGroup, fields: Iterable[Field]) -> list[tuple[str, str]]:
    values = ((field.argument, getattr(group, field.name)) for field in fields)
    return [(argument, str(value)) for argument, value in values if value is not None]


def _read_group(element: Element) -> RecordingGroup:
    recording_group_id = element.get("RecordingGroupId")
    if not recording_group_id:
        raise malformed("The list holds a recording group without an id")
    values: dict[str, Any] = {field.name: _read(element, field) for field in FIELDS}
    return RecordingGroup(recording_group_id, **values)


def _read(element: Element, field: Field) -> Value:
    written = element.get(field.attribute, "")
    if not field.is_number:
        return written
    # A retention time decides over recordings, so it is never guessed; an absent duration is none.
    if not written.strip() and field.name != "retention_time":
        return 0
    if not _is_number(written.strip()):
        raise malformed(f"The list holds {field.attribute}={written!r}, where a whole number was expected")
    return int(written)


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS
