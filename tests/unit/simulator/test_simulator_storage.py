# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test removed and inserted disks, expiring recordings, and the two lists that show them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta, timezone

import pytest
from lxml import etree

DISKS = "/axis-cgi/disks/list.cgi"
RECORDINGS = "/axis-cgi/record/list.cgi?recordingid=all"


def test_disks_of_a_12_9_camera(camera, client):
    answer = client.send(camera, f"{DISKS}?diskid=all")
    assert answer.headers["Content-Type"] == "text/xml"
    assert answer.text == (
        '<?xml version="1.0" ?>\n'
        '<root xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.axis.com/vapix/http_cgi/disk/list1.xsd">\n'
        '  <disks numberofdisks="2">\n'
        '    <disk diskid="SD_DISK" name="" totalsize="116109036" freesize="75106020" cleanuplevel="99" '
        'cleanupmaxage="7" cleanuppolicy="fifo" locked="no" full="no" readonly="no" filesystem="ext4" status="OK" '
        'group="S0" requiredfilesystem="none" diskencryptionenabled="false" diskencrypted="false"/>\n'
        '    <disk diskid="NetworkShare" name="" totalsize="0" freesize="0" cleanuplevel="90" '
        'cleanupmaxage="7" cleanuppolicy="fifo" locked="no" full="no" readonly="no" filesystem="cifs" '
        'status="disconnected" group="S1" requiredfilesystem="none" diskencryptionenabled="false" '
        'diskencrypted="false"/>\n'
        "  </disks>\n"
        "</root>"
    )


def test_disks_of_a_10_12_camera(fleet, client):
    camera = fleet.add("camera_10_12")
    camera.disks["SD_DISK"].locked = True
    disk = (
        '    <disk diskid="SD_DISK" name="" totalsize="116109036" freesize="75106020" cleanuplevel="99" '
        'cleanupmaxage="7" cleanuppolicy="fifo" locked="yes" full="no" readonly="no" status="OK" filesystem="ext4" '
        'group="S0" requiredfilesystem="none" encryptionenabled="false" diskencrypted="false"/>'
    )
    assert client.send(camera, f"{DISKS}?diskid=SD_DISK").text.splitlines()[2:] == [
        '  <disks numberofdisks="1">',
        disk,
        "  </disks>",
        "</root>",
    ]


def test_health_of_disks_is_returned(fleet, camera, client):
    health = "/axis-cgi/disks/gethealth.cgi"
    recorder = fleet.add("recorder_s3008")
    assert client.send(recorder, health).text == (
        '<HealthStatusResponse xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.axis.com/vapix/http_cgi/disk/gethealth1.xsd">\n'
        "  <HealthStatusSuccess>\n"
        '    <HealthStatus diskid="HDD_DISK" wear="13" temperature="315" overallhealth="1" />\n'
        "  </HealthStatusSuccess>\n"
        "</HealthStatusResponse>"
    )
    lines = client.send(camera, health).text.splitlines()
    assert [line.strip() for line in lines[2:4]] == [
        '<HealthStatus diskid="SD_DISK" wear="25" />',
        '<HealthStatus diskid="NetworkShare" wear="-1" />',
    ]
    camera.pull_disk("SD_DISK")
    assert '<HealthStatus diskid="SD_DISK" wear="-3" />' in client.send(camera, health).text
    assert client.send(camera, health, "viewer").status_code == 403
    camera.plant_fault("error_code", call="disks/gethealth", code=10)
    error = "  <GeneralError><ErrorCode>10</ErrorCode><ErrorDescription></ErrorDescription></GeneralError>"
    assert client.send(camera, health).text.splitlines()[1:] == [error, "</HealthStatusResponse>"]


def test_an_unknown_disk_is_omitted(camera, client):
    assert '<disks numberofdisks="0">' in client.send(camera, f"{DISKS}?diskid=HDD_DISK").text


def test_recording_is_listed_with_all_attributes(camera, client):
    camera.plant_group(recording_group_id="g")
    (recording,) = camera.plant_recordings("g", 1, newest_age_hours=2)
    assert client.send(camera, RECORDINGS, "viewer").text == (
        '<?xml version="1.0" ?>\n'
        '<root xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.axis.com/vapix/http_cgi/recording/list1.xsd">\n'
        '  <recordings totalnumberofrecordings="1" numberofrecordings="1">\n'
        f'    <recording diskid="SD_DISK" recordingid="{recording.recording_id}" '
        'starttime="2026-03-02T05:55:00.000000Z" starttimelocal="2026-03-02T06:55:00.000000+01:00" '
        'stoptime="2026-03-02T06:00:00.000000Z" stoptimelocal="2026-03-02T07:00:00.000000+01:00" '
        'recordingtype="continuous" eventid="continuous" eventtrigger="continuous" recordingstatus="completed" '
        'source="1" locked="No">\n'
        '      <video mimetype="video/x-h264" source="1" framerate="30:1" resolution="1920x1080" width="1920" '
        'height="1080"/>\n'
        "    </recording>\n"
        "  </recordings>\n"
        "</root>"
    )
    assert recording.recording_id.startswith("20260302_065500_")
    assert recording.recording_id.endswith(f"_{camera.serial}")


@pytest.mark.parametrize(
    ("arguments", "ages", "counts"),
    [
        ("", [0, 1, 2, 3, 4], (5, 5)),
        ("&sortorder=ascending", [4, 3, 2, 1, 0], (5, 5)),
        ("&maxnumberofresults=2", [0, 1], (5, 5)),
        ("&maxnumberofresults=2&startatresultnumber=4", [3, 4], (5, 5)),
        ("&startatresultnumber=9", [], (5, 5)),
        ("&diskid=NetworkShare", [], (5, 0)),
        ("&diskid=SD_DISK", [0, 1, 2, 3, 4], (5, 5)),
        ("&starttime=2026-03-02T06:30:00Z", [0, 1], (5, 2)),
        ("&stoptime=2026-03-02T05:30:00Z", [3, 4], (5, 2)),
        ("&eventid=motion", [], (5, 0)),
        ("&maxnumberofrecordings=2", [0, 1, 2, 3, 4], (5, 5)),
    ],
)
def test_recordings_can_be_paged_and_filtered(camera, client, arguments, ages, counts):
    camera.plant_group(recording_group_id="g")
    planted = camera.plant_recordings("g", 5)
    text = client.send(camera, RECORDINGS + arguments).text
    shown = [row.split('recordingid="')[1].split('"')[0] for row in text.splitlines() if "recordingid=" in row]
    assert shown == [planted[age].recording_id for age in ages]
    assert f'totalnumberofrecordings="{counts[0]}" numberofrecordings="{counts[1]}"' in text


def test_many_recordings_can_be_paged(camera, client):
    camera.plant_group(recording_group_id="g")
    planted = camera.plant_recordings("g", 200_000, spacing_hours=0.1)
    for order, expected in (("ascending", planted[-1]), ("descending", planted[0])):
        page = client.send(camera, f"{RECORDINGS}&diskid=SD_DISK&maxnumberofresults=1&sortorder={order}").text
        assert 'totalnumberofrecordings="200000" numberofrecordings="200000"' in page
        assert page.count("<recording ") == 1
        assert f'recordingid="{expected.recording_id}"' in page


def test_list_one_recording_or_none(camera, client):
    camera.plant_group(recording_group_id="g")
    expected = camera.plant_recordings("g", 3)[1]
    text = client.send(camera, f"/axis-cgi/record/list.cgi?recordingid={expected.recording_id}").text
    assert text.count("<recording ") == 1
    assert "<recording " not in client.send(camera, "/axis-cgi/record/list.cgi").text


def test_pulled_disk_hides_groups_and_recordings(camera, client):
    camera.plant_group(recording_group_id="g")
    camera.plant_recordings("g", 3)
    medium = camera.pull_disk("SD_DISK")
    assert [group.recording_group_id for group in medium.groups] == ["g"]
    assert len(medium.recordings) == 3
    assert "<RecordingGroup " not in client.groups(camera, "list").text
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=5) == 110
    assert client.code(camera, "create") == 20
    disks = client.send(camera, f"{DISKS}?diskid=SD_DISK").text
    assert 'status="disconnected"' in disks
    assert 'totalsize="0"' in disks
    assert "<recording " not in client.send(camera, RECORDINGS).text
    assert camera.lost_recordings == []


def test_disk_takes_its_groups_to_another_device(fleet, camera, client):
    other = fleet.add()
    camera.plant_group(recording_group_id="g", nice_name="From the camera")
    camera.plant_recordings("g", 3)
    medium = camera.pull_disk("SD_DISK")
    other.pull_disk("SD_DISK")
    other.insert_disk("SD_DISK", medium)
    assert 'NiceName="From the camera"' in client.groups(other, "list").text
    assert other.groups["g"].foreign
    assert len(other.recordings) == 3
    back = other.pull_disk("SD_DISK")
    camera.insert_disk("SD_DISK", back)
    assert 'NiceName="From the camera"' in client.groups(camera, "list").text


def test_a_returned_disk_is_not_foreign(camera):
    camera.plant_group(recording_group_id="g")
    camera.insert_disk("SD_DISK", camera.pull_disk("SD_DISK"))
    assert not camera.groups["g"].foreign


def test_slots_are_full_or_empty(camera):
    with pytest.raises(ValueError, match="NetworkShare"):
        camera.pull_disk("NetworkShare")
    medium = camera.pull_disk("SD_DISK")
    camera.insert_disk("SD_DISK", medium)
    with pytest.raises(ValueError, match="not empty"):
        camera.insert_disk("SD_DISK", medium)


def test_a_group_with_a_taken_id_stays_on_its_medium(fleet, camera):
    other = fleet.add()
    camera.plant_group(recording_group_id="g", nice_name="card")
    other.plant_group(recording_group_id="g", nice_name="own", disk_id="NetworkShare")
    other.pull_disk("SD_DISK")
    other.insert_disk("SD_DISK", camera.pull_disk("SD_DISK"))
    assert other.groups["g"].nice_name == "own"
    assert [group.nice_name for group in other.pull_disk("SD_DISK").groups] == ["card"]


def test_a_failed_disk_hides_its_groups(camera, client):
    camera.plant_group(recording_group_id="g")
    camera.disks["SD_DISK"].status = "failed"
    assert "<RecordingGroup " not in client.groups(camera, "list").text
    assert client.code(camera, "delete", recordinggroupid="g") == 110


def test_recordings_age_out(camera):
    camera.plant_group(recording_group_id="day", retention_time=24)
    camera.plant_group(recording_group_id="ever", retention_time=0)
    camera.plant_recordings("day", 10)
    camera.plant_recordings("ever", 10)
    camera.advance(hours=20)
    # Ages are 20 to 29 hours now; 25 and more exceed the limit, 24 equals it.
    assert [recording.age_hours(camera.now) for recording, _unused in camera.lost_recordings] == [25, 26, 27, 28, 29]
    camera.advance(hours=1000)
    assert Counter(reason for _unused, reason in camera.lost_recordings) == {"retention": 10}
    assert {recording.group_id for recording in camera.recordings} == {"ever"}


def test_a_shorter_retention_loses_recordings_immediately(camera, client):
    camera.plant_group(recording_group_id="g", retention_time=720)
    camera.plant_recordings("g", 48)
    client.groups(camera, "update", recordinggroupid="g", retentiontime=900)
    client.groups(camera, "update", recordinggroupid="g", nicename="Other")
    assert camera.lost_recordings == []
    client.groups(camera, "update", recordinggroupid="g", retentiontime=23)
    assert [reason for _unused, reason in camera.lost_recordings] == ["retention"] * 24
    client.groups(camera, "update", recordinggroupid="g", retentiontime=0)
    assert len(camera.lost_recordings) == 24


def test_delete_loses_the_recordings_of_the_group_only(camera, client):
    camera.plant_group(recording_group_id="g")
    camera.plant_group(recording_group_id="h")
    camera.plant_recordings("g", 3)
    camera.plant_recordings("h", 2)
    camera.plant_recordings(None, 1)
    client.groups(camera, "delete", recordinggroupid="g")
    assert [(recording.group_id, reason) for recording, reason in camera.lost_recordings] == [
        ("g", "group_deleted")
    ] * 3
    assert [recording.group_id for recording in camera.recordings] == ["h", "h", None]


def test_a_locked_disk_loses_nothing(camera):
    camera.plant_group(recording_group_id="g", retention_time=1)
    camera.plant_recordings("g", 3)
    camera.disks["SD_DISK"].locked = True
    camera.advance(hours=100)
    assert camera.lost_recordings == []
    camera.disks["SD_DISK"].locked = False
    camera.advance(hours=0)
    assert len(camera.lost_recordings) == 3


def test_new_stream_options_restart_a_running_recording(camera, client):
    camera.plant_group(recording_group_id="g", stream_options="fps=5")
    (first,) = camera.plant_recordings("g", 1, running=True)
    client.groups(camera, "update", recordinggroupid="g", streamoptions="fps=5")
    assert camera.recordings == [first]
    camera.now = camera.now.replace(hour=9)
    client.groups(camera, "update", recordinggroupid="g", streamoptions="fps=10")
    assert (first.status, first.stop) == ("completed", camera.now)
    assert [recording.running for recording in camera.recordings] == [False, True]
    assert 'recordingstatus="recording"' in client.send(camera, RECORDINGS).text


def test_a_running_recording_does_not_age(camera):
    camera.plant_group(recording_group_id="g", retention_time=1)
    camera.plant_recordings("g", 1, running=True)
    camera.advance(hours=100)
    assert camera.lost_recordings == []


@pytest.mark.parametrize("year", [1970, 2019, 2037, 2099])
def test_recordings_follow_a_wrong_clock(camera, client, year):
    camera.now = camera.now.replace(year=year)
    camera.plant_group(recording_group_id="g", retention_time=24)
    camera.plant_recordings("g", 30)
    assert [recording.age_hours(camera.now) for recording in camera.recordings] == list(range(30))
    assert client.send(camera, RECORDINGS).text.count(f' stoptime="{year}-03-0') == 30
    camera.advance(hours=0)
    assert [recording.age_hours(camera.now) for recording, _unused in camera.lost_recordings] == [25, 26, 27, 28, 29]
    new = client.groups(camera, "create").text
    assert f"SD_DISK_{year}0302_" in new


def test_a_clock_set_forward_expires_recordings(camera):
    camera.plant_group(recording_group_id="g", retention_time=24)
    camera.plant_group(recording_group_id="kept")
    camera.plant_recordings("g", 2)
    camera.plant_recordings("kept", 2)
    camera.now += timedelta(days=3650)
    assert [(recording.group_id, reason) for recording, reason in camera.lost_recordings] == [("g", "retention")] * 2
    assert [recording.group_id for recording in camera.recordings] == ["kept"] * 2


def test_a_clock_set_back_leaves_recordings_in_the_future(camera, client):
    camera.plant_group(recording_group_id="g", retention_time=1)
    camera.plant_recording("g", name="Always")
    (running,) = camera.recordings
    camera.plant_recordings("g", 1)
    then = camera.now
    camera.now = then.replace(year=2000)
    camera.advance(hours=2)
    assert camera.lost_recordings == []
    assert [recording.age_hours(camera.now) for recording in camera.recordings] == [0, 0]
    for recording in etree.fromstring(client.send(camera, RECORDINGS).content).iter("recording"):
        assert recording.get("starttime") <= recording.get("stoptime")
    camera.disks["SD_DISK"].locked = True
    camera.update_recordings()
    assert (running.status, running.start, running.stop) == ("completed", then, then)


def test_the_clock_requires_a_time_zone(camera):
    with pytest.raises(ValueError, match="time zone"):
        camera.now = camera.now.replace(tzinfo=None)
    camera.now = camera.now.astimezone(timezone(timedelta(hours=5)))
    assert camera.now.tzinfo == timezone.utc
