# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the five recording group CGIs: exact responses, error codes, stored state."""

from __future__ import annotations

import pytest

from tests.simulator import Disk, Medium

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<RecordingGroupResponse schemaversion="1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="http://www.axis.com/vapix/http_cgi/recording_group.xsd">\n'
)


def test_list_without_groups_is_empty(camera, client):
    answer = client.groups(camera, "list", "viewer")
    assert answer.text == HEAD + "    <ListSuccess>\n    </ListSuccess>\n</RecordingGroupResponse>"
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml")


def test_recorder_lists_its_groups(fleet, client):
    recorder = fleet.add("recorder_s3008")
    lines = client.groups(recorder, "list", "viewer").text.splitlines()
    assert len(lines) == 13
    assert lines[3] == (
        '        <RecordingGroup RecordingGroupId="Low_B8A44F0A1B01_0_C" NiceName="Low B8A44F0A1B01_0" '
        'Description="Recording group for B8A44F0A1B01_0" RetentionTime="720" DiskId="HDD_DISK" '
        'StreamOptions="device=B8A44F0A1B01&amp;streamprofile=ACC_Low_B8A44F0A1B01_0&amp;camera=1" '
        'PreDuration="0" PostDuration="0"/>'
    )
    assert [line.split('"')[1] for line in lines[3:7]] == [
        "Low_B8A44F0A1B01_0_C",
        "High_B8A44F0A1B01_0_C",
        "Low_B8A44F0A1B01_0_M",
        "High_B8A44F0A1B01_0_M",
    ]
    assert 'PreDuration="5000" PostDuration="0"/>' in lines[5]


def test_schema_versions_need_no_argument(camera, client):
    camera.schema_versions = [("1.0", True), ("2.0", False)]
    path = "/axis-cgi/record/recording_group/schemaversions.cgi"
    body = (
        "    <SchemaVersionsSuccess>\n"
        "        <SchemaVersion>\n"
        "            <VersionNumber>1.0</VersionNumber>\n"
        "            <Deprecated>true</Deprecated>\n"
        "        </SchemaVersion>\n"
        "        <SchemaVersion>\n"
        "            <VersionNumber>2.0</VersionNumber>\n"
        "            <Deprecated>false</Deprecated>\n"
        "        </SchemaVersion>\n"
        "    </SchemaVersionsSuccess>\n"
        "</RecordingGroupResponse>"
    )
    assert client.send(camera, path, "viewer").text == HEAD.replace('n="1.0" xmlns', 'n="2.0" xmlns') + body


def test_newest_minor_version_of_the_requested_major(camera, client):
    camera.schema_versions = [("1.0", False), ("1.10", False), ("1.9", False), ("2.0", False)]
    assert 'schemaversion="1.10"' in client.groups(camera, "list").text


def test_creation_stores_all_arguments(camera, client):
    answer = client.groups(
        camera,
        "create",
        recordinggroupid="entrance-1_A",
        nicename="Entrance",
        description="Door & gate",
        retentiontime=168,
        diskid="SD_DISK",
        streamoptions="resolution=1920x1080&device=AABBCCDDEE",
        preduration=5000,
        postduration=7000,
    )
    assert answer.text == HEAD + '    <CreateSuccess RecordingGroupId="entrance-1_A"/>\n</RecordingGroupResponse>'
    group = camera.groups["entrance-1_A"]
    assert (group.nice_name, group.description, group.retention_time) == ("Entrance", "Door & gate", 168)
    assert (group.disk_id, group.stream_options) == ("SD_DISK", "resolution=1920x1080&device=AABBCCDDEE")
    assert (group.pre_duration, group.post_duration) == (5000, 7000)


def test_generated_id_is_disk_local_time_and_hex(camera, client):
    client.groups(camera, "create")
    client.groups(camera, "create")
    first, second = camera.groups
    assert first != second
    assert first.startswith("SD_DISK_20260302_090000_")
    assert len(first) == len("SD_DISK_20230920_081416_196C2182")


def test_groups_are_listed_in_creation_order(camera, client):
    for group_id in ("zebra", "ant", "cat"):
        client.groups(camera, "create", recordinggroupid=group_id)
    lines = client.groups(camera, "list").text.splitlines()[3:6]
    assert [line.split('"')[1] for line in lines] == ["zebra", "ant", "cat"]


def test_list_can_be_limited_to_one_group(camera, client):
    camera.plant_group(recording_group_id="a")
    camera.plant_group(recording_group_id="b")
    text = client.groups(camera, "list", recordinggroupid="b").text
    assert 'RecordingGroupId="b"' in text
    assert 'RecordingGroupId="a"' not in text


def test_update_changes_only_what_is_sent(camera, client):
    camera.plant_group(recording_group_id="g", nice_name="Name", retention_time=720, pre_duration=5000)
    answer = client.groups(camera, "update", recordinggroupid="g", retentiontime=336)
    assert answer.text == HEAD + "    <GeneralSuccess>\n    </GeneralSuccess>\n</RecordingGroupResponse>"
    group = camera.groups["g"]
    assert (group.retention_time, group.nice_name, group.pre_duration) == (336, "Name", 5000)


def test_deletion_removes_the_group(camera, client):
    camera.plant_group(recording_group_id="g")
    answer = client.groups(camera, "delete", recordinggroupid="g")
    assert answer.text == HEAD + "    <GeneralSuccess>\n    </GeneralSuccess>\n</RecordingGroupResponse>"
    assert camera.groups == {}


def test_unknown_arguments_and_a_disk_in_update_are_ignored(camera, client):
    camera.plant_group(recording_group_id="g")
    assert client.code(camera, "update", recordinggroupid="g", diskid="NetworkShare", retentoin=5) is None
    assert camera.groups["g"].disk_id == "SD_DISK"


def test_error_has_code_and_description(camera, client):
    camera.plant_group(recording_group_id="g")
    camera.in_use.add("g")
    assert client.groups(camera, "delete", recordinggroupid="g").text == HEAD + (
        "    <GeneralError>\n"
        "        <ErrorCode>140</ErrorCode>\n"
        "        <ErrorDescription>Recording group in use.</ErrorDescription>\n"
        "    </GeneralError>\n"
        "</RecordingGroupResponse>"
    )
    assert "g" in camera.groups


@pytest.mark.parametrize("call", ["list", "create", "update", "delete"])
@pytest.mark.parametrize(
    ("version", "code"), [("", 20), ("1.0", 20), ("one", 20), ("-1", 20), ("9" * 40, 20), (2, 40), (0, 40)]
)
def test_unsupported_schema_version_is_an_error(camera, client, call, version, code):
    camera.plant_group(recording_group_id="g")
    assert client.code(camera, call, schemaversion=version, recordinggroupid="g") == code
    assert list(camera.groups) == ["g"]


def test_schema_version_is_required(camera, client):
    client.send(camera, "/axis-cgi/record/recording_group/list.cgi")
    assert camera.journal[-1].code == 20


@pytest.mark.parametrize("call", ["update", "delete"])
def test_unknown_and_missing_id_are_errors(camera, client, call):
    assert client.code(camera, call, recordinggroupid="unknown") == 110
    assert client.code(camera, call) == 20


@pytest.mark.parametrize("group_id", ["a b", "ä", "x" * 51, "", "a.b"])
def test_invalid_id_is_an_error(camera, client, group_id):
    for call in ("list", "create", "update", "delete"):
        assert client.code(camera, call, recordinggroupid=group_id) == 20
    assert camera.groups == {}


def test_id_of_50_characters_is_valid(camera, client):
    assert client.code(camera, "create", recordinggroupid="x" * 50) is None


@pytest.mark.parametrize("number", ["-1", "1.5", "", "30d", " 1", "9" * 5000])
@pytest.mark.parametrize("argument", ["retentiontime", "preduration", "postduration"])
def test_invalid_number_is_an_error(camera, client, argument, number):
    camera.plant_group(recording_group_id="g", retention_time=720)
    assert client.code(camera, "create", **{argument: number}) == 20
    assert client.code(camera, "update", recordinggroupid="g", **{argument: number}) == 20
    assert camera.groups["g"].retention_time == 720


@pytest.mark.parametrize("options", ["", "a=b", "a=", "a=b&c=d", "stream.profile=My%20Name", "fps=25&a=%26"])
def test_valid_stream_options_are_stored_unchanged(camera, client, options):
    assert client.code(camera, "create", recordinggroupid="g", streamoptions=options) is None
    assert camera.groups["g"].stream_options == options


@pytest.mark.parametrize("options", ["a", "=b", "a=b&", "&a=b", "a=b&&c=d", "a=%", "a=%zz", "a=%2", "a b=c", "a=b c"])
def test_invalid_stream_options_are_an_error(camera, client, options):
    camera.plant_group(recording_group_id="g")
    assert client.code(camera, "create", streamoptions=options) == 130
    assert client.code(camera, "update", recordinggroupid="g", streamoptions=options) == 130
    assert camera.groups["g"].stream_options == ""


def test_texts_are_escaped_except_line_breaks(camera, client):
    text = "<a> & \"b\" 'c'\tÄ漢\nend"
    client.groups(camera, "create", recordinggroupid="g", nicename=text)
    assert camera.groups["g"].nice_name == text
    assert "NiceName=\"&lt;a&gt; &amp; &quot;b&quot; 'c'\tÄ漢\nend\"".encode() in client.groups(camera, "list").content


def test_plus_is_a_space_and_texts_are_decoded_once(camera, client):
    path = "/axis-cgi/record/recording_group/create.cgi?schemaversion=1&recordinggroupid=g"
    client.send(camera, f"{path}&nicename=a+b%2Bc%2520d&streamoptions=a%3D%2541%26b%3Dc")
    assert (camera.groups["g"].nice_name, camera.groups["g"].stream_options) == ("a b+c%20d", "a=%41&b=c")


@pytest.mark.parametrize("text", ["%00", "%01", "%EF%BF%BE", "%ff"])
def test_text_that_xml_does_not_allow_is_an_error(camera, client, text):
    client.send(camera, f"/axis-cgi/record/recording_group/create.cgi?schemaversion=1&description={text}")
    assert camera.journal[-1].code == 20
    assert camera.groups == {}


def test_locked_and_read_only_disks_reject_writes(camera, client):
    camera.plant_group(recording_group_id="g")
    for flag in ("locked", "readonly"):
        setattr(camera.disks["SD_DISK"], flag, True)
        assert client.code(camera, "create") == 10
        assert client.code(camera, "update", recordinggroupid="g", retentiontime=1) == 10
        assert client.code(camera, "delete", recordinggroupid="g") == 10
        setattr(camera.disks["SD_DISK"], flag, False)
    assert client.code(camera, "delete", recordinggroupid="g") is None


def test_the_recorder_uses_its_hard_disk(fleet, client):
    recorder = fleet.add("recorder_s3008")
    client.groups(recorder, "create", recordinggroupid="g")
    assert recorder.groups["g"].disk_id == "HDD_DISK"


def test_a_mounted_network_share_accepts_groups(camera, client):
    assert client.code(camera, "create", recordinggroupid="g", diskid="NetworkShare") == 20
    share = Disk("NetworkShare", totalsize=1000000, freesize=1000000, filesystem="cifs", group="S1")
    camera.insert_disk("NetworkShare", Medium(disk=share, origin=camera.serial))
    assert client.code(camera, "create", recordinggroupid="g", diskid="NetworkShare") is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_recording_group_api_allows_only_get(camera, client, method):
    answer = client.send(camera, "/axis-cgi/record/recording_group/list.cgi?schemaversion=1", method=method)
    assert answer.status_code == 405
