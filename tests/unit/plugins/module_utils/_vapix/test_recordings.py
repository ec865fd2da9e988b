# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count, oldest, and newest recording, with a bounded number of requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    ListedRecording,
    Recording,
    RecordingSpan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recordings import (
    get_recording_span,
    list_newest_recordings,
    list_recordings,
)
from tests.simulator import DEFAULT_NOW, Fleet
from tests.simulator.device import Device

ROOT = b'<?xml version="1.0" ?>\n<root>%s</root>'
LIST = "/axis-cgi/record/list.cgi?recordingid=all&diskid=SD_DISK&maxnumberofresults=1&sortorder="


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet whose clocks stand still at a known time."""
    with Fleet(now=DEFAULT_NOW) as running:
        yield running


def test_many_recordings_take_two_requests(session: Session, camera: Device) -> None:
    camera.plant_group(recording_group_id="g")
    planted = camera.plant_recordings("g", 200_000, newest_age_hours=2, spacing_hours=0.1)
    assert get_recording_span(session, "SD_DISK") == RecordingSpan(
        200_000,
        # 199,999 steps of 6 minutes before the newest one: 833 days, 7 hours and 54 minutes
        Recording(
            planted[-1].recording_id,
            "2023-11-19T22:01:00.000000Z",
            "2023-11-19T22:06:00.000000Z",
            "completed",
            "continuous",
        ),
        Recording(
            planted[0].recording_id,
            "2026-03-02T05:55:00.000000Z",
            "2026-03-02T06:00:00.000000Z",
            "completed",
            "continuous",
        ),
    )
    assert [entry.target for entry in camera.journal if entry.user] == [f"{LIST}descending", f"{LIST}ascending"]


def test_a_running_recording_has_no_stop_time(session: Session, camera: Device) -> None:
    camera.plant_group(recording_group_id="g")
    (running,) = camera.plant_recordings("g", 1, running=True)
    recording = Recording(running.recording_id, "2026-03-02T07:55:00.000000Z", None, "recording", "continuous")
    assert get_recording_span(session, "SD_DISK") == RecordingSpan(1, recording, recording)
    assert len([entry for entry in camera.journal if entry.user]) == 1


def test_no_recordings_take_one_request(session: Session, camera: Device) -> None:
    assert get_recording_span(session, "SD_DISK") == RecordingSpan(0, None, None)
    assert len([entry for entry in camera.journal if entry.user]) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        ROOT % b"",
        ROOT % b"<recordings/>",
        ROOT % b'<recordings numberofrecordings="many"/>',
        ROOT % b'<recordings numberofrecordings="-1"/>',
        ROOT % (b'<recordings numberofrecordings="%s"/>' % (b"9" * 5000)),
        ROOT % b'<recordings numberofrecordings="1">',
    ],
)
def test_an_invalid_list_is_a_malformed_response(session: Session, camera: Device, body: bytes) -> None:
    camera.plant_fault("body", call="record/list", body=body)
    with pytest.raises(DeviceError) as caught:
        get_recording_span(session, "SD_DISK")
    assert caught.value.kind == "malformed_response"


def test_recordings_deleted_between_the_two_requests(session: Session, camera: Device) -> None:
    first = ROOT % b'<recordings numberofrecordings="2"><recording recordingid="a"/></recordings>'
    camera.plant_fault("body", call="record/list", body=first)
    camera.plant_fault("body", call="record/list", body=ROOT % b'<recordings numberofrecordings="0"/>', skip=1)
    assert get_recording_span(session, "SD_DISK") == RecordingSpan(2, None, Recording("a", None, None, None))


def test_recordings_are_listed_with_times(session: Session, camera: Device) -> None:
    camera.plant_group(recording_group_id="g")
    running, ended = camera.plant_recordings("g", 2, running=True)
    assert list_recordings(session, "SD_DISK") == (
        ListedRecording("SD_DISK", ended.recording_id, ended.start, ended.stop, is_running=False),
        ListedRecording("SD_DISK", running.recording_id, running.start, None, is_running=True),
    )
    assert list_recordings(session, "NetworkShare") == ()
    assert len(list_recordings(session, since=DEFAULT_NOW - timedelta(minutes=30))) == 1
    assert camera.journal[-1].target == (
        "/axis-cgi/record/list.cgi?recordingid=all&sortorder=ascending&starttime=2026-03-02T07%3A30%3A00Z"
        "&maxnumberofresults=500&startatresultnumber=1"
    )


def test_the_newest_recordings_are_one_page(session: Session, camera: Device) -> None:
    camera.plant_group(recording_group_id="g")
    planted = camera.plant_recordings("g", 600, spacing_hours=0.1)
    listed = list_newest_recordings(session, "SD_DISK")
    assert [item.recording_id for item in listed] == [item.recording_id for item in planted[:500]]
    assert list_newest_recordings(session, "NetworkShare") == ()


def test_many_recordings_are_listed_in_pages(session: Session, camera: Device) -> None:
    camera.plant_group(recording_group_id="g")
    planted = camera.plant_recordings("g", 1000, spacing_hours=0.1)
    listed = list_recordings(session)
    assert [item.recording_id for item in listed] == [item.recording_id for item in reversed(planted)]
    assert sum(entry.user is not None for entry in camera.journal) == 2


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ('starttime="2026-03-02T07:00:00Z" stoptime=""', (datetime(2026, 3, 2, 7, tzinfo=timezone.utc), None)),
        ('starttime="2026-13-02T07:00:00Z"', (None, None)),
        ('starttime="yesterday" stoptime="2026-03-02"', (None, None)),
    ],
)
def test_invalid_times_are_unknown(
    session: Session, camera: Device, times: str, expected: tuple[datetime | None, datetime | None]
) -> None:
    recording = f'<recordings numberofrecordings="1"><recording diskid="d" recordingid="r" {times}/></recordings>'
    camera.plant_fault("body", call="record/list", body=ROOT % recording.encode())
    (listed,) = list_recordings(session)
    assert (listed.start, listed.stop, listed.is_running) == (*expected, False)


@pytest.mark.parametrize(
    "recordings", ["", "<recordings/>", '<recordings numberofrecordings="1"><recording/></recordings>']
)
def test_an_invalid_list_is_malformed(session: Session, camera: Device, recordings: str) -> None:
    camera.plant_fault("body", call="record/list", body=ROOT % recordings.encode())
    with pytest.raises(DeviceError) as raised:
        list_recordings(session)
    assert raised.value.kind == "malformed_response"
