# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recordings of a disk, or the count, the oldest, and the newest one (VAPIX edge storage, record/list.cgi)."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    ListedRecording,
    Recording,
    RecordingSpan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import clean, received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import child, children, parse, parse_whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MAX_RESULTS = 500
_MAX_RECORDINGS = 20_000
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6})[0-9]*)?Z", re.ASCII)


def list_recordings(
    session: Session, disk_id: str = "all", since: datetime | None = None
) -> tuple[ListedRecording, ...]:
    """Return the recordings of one disk or all disks, oldest first (role viewer), a page at a time.

    :param since: without those that ended before, by the clock of the device.
    """
    found: dict[str, ListedRecording] = {}
    for first in range(1, _MAX_RECORDINGS + 1, _MAX_RESULTS):
        arguments = [("recordingid", "all"), ("diskid", disk_id), ("sortorder", "ascending")]
        if disk_id == "all":
            del arguments[1]
        if since is not None:
            arguments.append(("starttime", f"{since.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"))
        page = [("maxnumberofresults", str(_MAX_RESULTS)), ("startatresultnumber", str(first))]
        count, elements = _get_page(session, arguments + page)
        found |= {item.recording_id: item for item in map(_parse_listed, elements)}
        # A device that ignores the arguments for pages returns all of them.
        if len(elements) != _MAX_RESULTS or first + _MAX_RESULTS > count:
            break
    else:
        raise malformed_response(f"The list has more than {_MAX_RECORDINGS:,} recordings")
    return received(tuple(found.values()))


def list_newest_recordings(session: Session, disk_id: str) -> tuple[ListedRecording, ...]:
    """Return the recordings of one disk that began last (role viewer), in one page."""
    arguments = [("recordingid", "all"), ("diskid", disk_id), ("sortorder", "descending")]
    _count, elements = _get_page(session, [*arguments, ("maxnumberofresults", str(_MAX_RESULTS))])
    return received(tuple(map(_parse_listed, elements)))


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
    count, elements = _get_page(session, arguments)
    return count, _parse_recording(elements[0]) if elements else None


def _get_page(session: Session, arguments: list[tuple[str, str]]) -> tuple[int, list[Element]]:
    """Return the number of recordings before paging, and those of a page."""
    recordings = child(parse(session.call(calls.LIST_RECORDINGS, arguments), "root"), "recordings")
    if recordings is None:
        raise malformed_response("The list of recordings has no <recordings>")
    written = recordings.get("numberofrecordings") or ""
    count = parse_whole_number(written)
    if count is None:
        raise malformed_response(f"The number of recordings is {clean(written)!r:.50}, which is not a whole number")
    return count, list(children(recordings, "recording"))


def _parse_listed(element: Element) -> ListedRecording:
    recording_id = element.get("recordingid")
    if not recording_id:
        raise malformed_response("The list contains a recording without an ID")
    is_running = element.get("recordingstatus") == "recording"
    stop = None if is_running else _parse_time(element.get("stoptime"))
    return ListedRecording(
        element.get("diskid") or "", recording_id, _parse_time(element.get("starttime")), stop, is_running
    )


def _parse_time(written: str | None) -> datetime | None:
    match = _TIME.fullmatch((written or "").strip())
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1])
    except ValueError:
        return None
    return moment.replace(microsecond=int((match[2] or "0").ljust(6, "0")), tzinfo=timezone.utc)


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
