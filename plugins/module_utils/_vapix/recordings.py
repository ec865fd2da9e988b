# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The count, the oldest, and the newest recording of a disk (VAPIX edge storage, record/list.cgi)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Recording, RecordingSpan
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean, received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import child, parse, parse_whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def get_recording_span(session: Session, disk_id: str) -> RecordingSpan:
    """Return the span of recordings on one disk (role viewer), with at most two requests of one result each."""
    count, newest = _get_first(session, disk_id, "descending")
    if count < 2:
        return received(RecordingSpan(count, newest, newest))
    _count, oldest = _get_first(session, disk_id, "ascending")
    return received(RecordingSpan(count, oldest, newest))


def _get_first(session: Session, disk_id: str, order: str) -> tuple[int, Recording | None]:
    """Return the number of recordings before paging, and the first one in an order of start times."""
    arguments = [("recordingid", "all"), ("diskid", disk_id), ("maxnumberofresults", "1"), ("sortorder", order)]
    recordings = child(parse(session.call(calls.LIST_RECORDINGS, arguments), "root"), "recordings")
    if recordings is None:
        raise malformed_response("The list of recordings has no <recordings>")
    written = recordings.get("numberofrecordings") or ""
    count = parse_whole_number(written)
    if count is None:
        raise malformed_response(f"The number of recordings is {clean(written)!r:.50}, which is not a whole number")
    element = child(recordings, "recording")
    return count, None if element is None else _parse_recording(element)


def _parse_recording(element: Element) -> Recording:
    status = element.get("recordingstatus")
    return Recording(
        recording_id=element.get("recordingid"),
        start_time=element.get("starttime"),
        # A running recording also has a stop time: the time of the request.
        stop_time=None if status == "recording" else element.get("stoptime") or None,
        status=status,
        recording_type=element.get("recordingtype"),
    )
