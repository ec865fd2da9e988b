# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recordings of a device, counted and bounded without loading them (VAPIX edge storage API, record/list.cgi)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import child, malformed, parse

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording; times as the device writes them, in UTC. ``stop_time`` is ``None`` while it runs."""

    recording_id: str | None
    start_time: str | None
    stop_time: str | None
    #: ``recording``, ``completed`` or ``unknown``
    status: str | None
    #: ``continuous``, ``scheduled`` or ``triggered``
    recording_type: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingSpan:
    """How many recordings a disk has, and the first and the last of them."""

    count: int
    oldest: Recording | None
    newest: Recording | None


def span_of(session: Session, disk_id: str) -> RecordingSpan:
    """What is recorded on one disk (viewer): at most two requests of one result each, however many there are."""
    count, newest = _first(session, disk_id, "descending")
    if count < 2:
        return RecordingSpan(count, newest, newest)
    _count, oldest = _first(session, disk_id, "ascending")
    return RecordingSpan(count, oldest, newest)


def _first(session: Session, disk_id: str, order: str) -> tuple[int, Recording | None]:
    """How many recordings match (counted before paging), and the first of them in one order of their start."""
    arguments = [("recordingid", "all"), ("diskid", disk_id), ("maxnumberofresults", "1"), ("sortorder", order)]
    recordings = child(parse(session.call(calls.LIST_RECORDINGS, arguments), "root"), "recordings")
    if recordings is None:
        raise malformed("The list of recordings has no <recordings>")
    written = recordings.get("numberofrecordings") or ""
    if not (written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS):
        raise malformed(f"The number of recordings is {written!r:.50}")
    element = child(recordings, "recording")
    return int(written), None if element is None else _read(element)


def _read(element: Element) -> Recording:
    status = element.get("recordingstatus")
    return Recording(
        recording_id=element.get("recordingid"),
        start_time=element.get("starttime"),
        # A running recording carries a stop time, too: the time of asking.
        stop_time=None if status == "recording" else element.get("stoptime") or None,
        status=status,
        recording_type=element.get("recordingtype"),
    )
