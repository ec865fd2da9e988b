# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recording group CGIs with any arguments, also invalid ones, and with everything that a device returns.

A device check uses them to learn what a device does. Everything else uses `RecordingGroups`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import children, parse_whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

NOT_FOUND = 110
# As for the list of all groups: each costs memory.
_MAX_GROUPS = 1000
#: CGI arguments, in the order in which they are sent.
Arguments = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a device did with a write.

    :param code: the error code of the API, or None for success.
    :param recording_group_id: of the group that the device created.
    """

    code: int | None = None
    recording_group_id: str | None = None

    @property
    def is_success(self) -> bool:
        """Return whether the device accepted the write."""
        return self.code is None


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group as list.cgi returns it: its attributes in their order, as texts."""

    recording_group_id: str
    attributes: tuple[tuple[str, str], ...]

    def text(self, name: str) -> str:
        """Return an attribute, or an empty text if it is missing."""
        return dict(self.attributes).get(name, "")

    def number(self, name: str) -> int | None:
        """Return an attribute that is a whole number, or ``None`` for any other text."""
        return parse_whole_number(self.text(name).strip())


class RawGroups:
    """The recording groups of one device, with raw arguments."""

    def __init__(self, session: Session) -> None:
        self._groups = RecordingGroups(session)

    def list(self, recording_group_id: str | None = None) -> tuple[ListedGroup, ...]:
        """Return all groups, or those with an ID, whatever their numbers are (list.cgi, role viewer)."""
        arguments = [] if recording_group_id is None else [("recordinggroupid", recording_group_id)]
        try:
            success = self._groups.request(calls.LIST_GROUPS, arguments, "ListSuccess")
        except DeviceError as error:
            if recording_group_id is None or error.code != NOT_FOUND:
                raise
            return ()
        elements = list(islice(children(success, "RecordingGroup"), _MAX_GROUPS + 1))
        if len(elements) > _MAX_GROUPS:
            raise malformed_response(f"The list contains more than {_MAX_GROUPS:,} recording groups")
        listed = received(tuple(ListedGroup(_read_id(item.get("RecordingGroupId")), _read(item)) for item in elements))
        return tuple(item for item in listed if recording_group_id in (None, item.recording_group_id))

    def create(self, arguments: Arguments, explained: Collection[int] = ()) -> Outcome:
        """Create a group (create.cgi, role operator).

        :param explained: the error codes that are an outcome; any other one is an error.
        """
        try:
            success = self._groups.request(calls.CREATE_GROUP, arguments, "CreateSuccess")
        except DeviceError as error:
            return _explain(error, explained)
        return received(Outcome(recording_group_id=_read_id(success.get("RecordingGroupId"))))

    def update(self, arguments: Arguments, explained: Collection[int] = ()) -> Outcome:
        """Update a group (update.cgi, role operator); see `create`."""
        return self._write(calls.UPDATE_GROUP, arguments, explained)

    def delete(self, recording_group_id: str, explained: Collection[int] = ()) -> Outcome:
        """Delete a group with its recordings (delete.cgi, role operator); see `create`."""
        return self._write(calls.DELETE_GROUP, [("recordinggroupid", recording_group_id)], explained)

    def _write(self, call: Call, arguments: Arguments, explained: Collection[int]) -> Outcome:
        try:
            self._groups.request(call, arguments, "GeneralSuccess")
        except DeviceError as error:
            return _explain(error, explained)
        return Outcome()


def _explain(error: DeviceError, explained: Collection[int]) -> Outcome:
    if error.code not in explained:
        raise error
    return Outcome(error.code)


def _read_id(written: str | None) -> str:
    if not written:
        raise malformed_response("The device returned a recording group without an ID")
    return written


def _read(element: Element) -> tuple[tuple[str, str], ...]:
    return tuple((str(name).rpartition("}")[2], str(value)) for name, value in element.attrib.items())
