# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test every value of every switch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulator import Switches


def setting(device, **choices):
    device.switches = replace(device.switches, **choices)


def test_defaults_of_a_new_group(camera, client):
    client.groups(camera, "create", recordinggroupid="before")
    setting(camera, default_retention_time=720, default_pre_duration=5000, default_post_duration=6000)
    client.groups(camera, "create", recordinggroupid="after")
    before, after = camera.groups["before"], camera.groups["after"]
    assert (before.retention_time, before.pre_duration, before.post_duration) == (0, 0, 0)
    assert (after.retention_time, after.pre_duration, after.post_duration) == (720, 5000, 6000)


def test_number_of_groups_is_limited(camera, client):
    setting(camera, max_groups=2)
    assert [client.code(camera, "create") for _unused in range(3)] == [None, None, 120]
    assert len(camera.groups) == 2
    setting(camera, max_groups=3)
    assert client.code(camera, "create") is None


def test_creation_can_require_a_disk(camera, client):
    setting(camera, disk_id_required=True)
    assert client.code(camera, "create") == 20
    assert client.code(camera, "create", diskid="SD_DISK") is None
    setting(camera, disk_id_required=False)
    assert client.code(camera, "create") is None


@pytest.mark.parametrize(
    ("choice", "code", "kept"), [("clears", None, ""), ("ignored", None, "x=y"), ("error_20", 20, "x=y")]
)
def test_empty_text_clears_is_ignored_or_is_an_error(camera, client, choice, code, kept):
    setting(camera, empty_text=choice)
    group = camera.plant_group(recording_group_id="g", nice_name="x=y", description="x=y", stream_options="x=y")
    for argument in ("nicename", "description", "streamoptions"):
        assert client.code(camera, "update", recordinggroupid="g", **{argument: ""}) == code
    assert (group.nice_name, group.description, group.stream_options) == (kept, kept, kept)


@pytest.mark.parametrize(("choice", "left"), [("kept", ("Name", 5000)), ("reset", ("", 0))])
def test_update_keeps_or_resets_omitted_fields(camera, client, choice, left):
    setting(camera, omitted_on_update=choice)
    group = camera.plant_group(recording_group_id="g", nice_name="Name", pre_duration=5000)
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=5) is None
    assert (group.nice_name, group.pre_duration) == left
    assert group.retention_time == 5


@pytest.mark.parametrize(("choice", "code"), [("error_110", 110), ("empty", None)])
def test_list_of_an_unknown_id_is_an_error_or_empty(camera, client, choice, code):
    setting(camera, list_unknown_id=choice)
    camera.plant_group(recording_group_id="g")
    assert client.code(camera, "list", recordinggroupid="other") == code
    assert "<RecordingGroup " not in client.groups(camera, "list", recordinggroupid="other").text


@pytest.mark.parametrize(("choice", "code"), [("error_20", 20), ("error_10", 10), ("accepted", None)])
@pytest.mark.parametrize("disk_id", ["NoSuchDisk", "NetworkShare"])
def test_unknown_disk_is_an_error_or_accepted(camera, client, choice, code, disk_id):
    setting(camera, unknown_disk=choice)
    assert client.code(camera, "create", recordinggroupid="g", diskid=disk_id) == code
    assert ("g" in camera.groups) == (choice == "accepted")
    assert "<RecordingGroup " not in client.groups(camera, "list").text
    found = None if choice == "accepted" else 110
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=1) == found
    assert client.code(camera, "delete", recordinggroupid="g") == found
    assert "g" not in camera.groups


def test_an_accepted_group_that_is_not_found(camera, client):
    setting(camera, unknown_disk="accepted")
    camera.finds_unlisted = False
    assert client.code(camera, "create", recordinggroupid="g", diskid="NoSuchDisk") is None
    assert client.code(camera, "delete", recordinggroupid="g") == 110
    assert "g" in camera.groups


def test_a_group_on_a_removed_disk_is_not_found(camera, client):
    setting(camera, unknown_disk="accepted")
    camera.plant_group(recording_group_id="g")
    camera.disks["SD_DISK"].status = "disconnected"
    assert client.code(camera, "delete", recordinggroupid="g") == 110


def test_an_accepted_group_appears_with_the_medium(camera, client):
    setting(camera, unknown_disk="accepted")
    medium = camera.pull_disk("SD_DISK")
    assert client.code(camera, "create", recordinggroupid="g") is None
    assert "<RecordingGroup " not in client.groups(camera, "list").text
    camera.insert_disk("SD_DISK", medium)
    assert 'RecordingGroupId="g"' in client.groups(camera, "list").text


@pytest.mark.parametrize(
    ("choice", "code", "name"), [("error_20", 20, "a"), ("error_10", 10, "a"), ("overwrite", None, "b")]
)
def test_existing_id_is_an_error_or_overwritten(camera, client, choice, code, name):
    setting(camera, existing_id=choice)
    camera.plant_group(recording_group_id="g", nice_name="a")
    assert client.code(camera, "create", recordinggroupid="g", nicename="b") == code
    assert [group.nice_name for group in camera.groups.values()] == [name]


def test_invalid_arguments_can_be_ignored(camera, client):
    setting(camera, bad_argument="ignored")
    assert client.code(camera, "create", recordinggroupid="a b", retentiontime=-5) is None
    (group,) = camera.groups.values()
    assert group.recording_group_id.startswith("SD_DISK_")
    assert group.retention_time == 0
    assert client.code(camera, "update", recordinggroupid="a b") == 20


@pytest.mark.parametrize(("charset", "text"), [("utf-8", "Ä"), ("iso-8859-1", "Ã\x84")])
def test_texts_are_decoded_with_the_selected_charset(camera, client, charset, text):
    setting(camera, text_charset=charset)
    client.groups(camera, "create", recordinggroupid="g", nicename="Ä")
    assert camera.groups["g"].nice_name == text
    assert f'NiceName="{text}"'.encode() in client.groups(camera, "list").content


def test_texts_can_be_cut(camera, client):
    client.groups(camera, "create", recordinggroupid="whole", nicename="abcdef")
    setting(camera, text_limit=3)
    client.groups(camera, "create", recordinggroupid="cut", nicename="abcdef", streamoptions="abc=def")
    assert camera.groups["whole"].nice_name == "abcdef"
    assert (camera.groups["cut"].nice_name, camera.groups["cut"].stream_options) == ("abc", "abc=def")


@pytest.mark.parametrize(("choice", "code", "hours"), [("error_20", 20, 5), ("clamped", None, 100)])
def test_too_long_retention_is_an_error_or_limited(camera, client, choice, code, hours):
    group = camera.plant_group(recording_group_id="g", retention_time=5)
    setting(camera, retention_limit=100, retention_over_limit=choice)
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=101) == code
    assert group.retention_time == hours
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=100) is None
    setting(camera, retention_limit=None)
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=101) is None


@pytest.mark.parametrize(("combines", "lost"), [(False, 0), (True, 2)])
def test_age_of_the_disk_can_expire_recordings_of_groups(camera, combines, lost):
    setting(camera, disk_age_combines=combines)
    camera.plant_group(recording_group_id="g", retention_time=720)
    camera.plant_recordings("g", 4, newest_age_hours=5 * 24, spacing_hours=24)
    camera.advance(hours=1)
    assert [reason for _unused, reason in camera.lost_recordings] == ["disk_age"] * lost


def test_disk_age_needs_the_policy_fifo(camera):
    setting(camera, disk_age_combines=True)
    camera.disks["SD_DISK"].cleanuppolicy = "none"
    camera.plant_group(recording_group_id="g")
    camera.plant_recordings("g", 1, newest_age_hours=1000)
    camera.advance(hours=1)
    assert camera.lost_recordings == []


@pytest.mark.parametrize(("blocks", "code"), [(True, 140), (False, None)])
def test_running_recording_can_block_the_deletion(camera, client, blocks, code):
    setting(camera, running_recording_blocks_delete=blocks)
    camera.plant_group(recording_group_id="g")
    camera.plant_recordings("g", 1, running=True)
    assert client.code(camera, "delete", recordinggroupid="g") == code
    assert len(camera.lost_recordings) == (0 if blocks else 1)


@pytest.mark.parametrize(("survive", "lost"), [(True, 1), (False, 2)])
def test_locked_recordings_can_survive_the_deletion(camera, client, survive, lost):
    setting(camera, locked_recordings_survive=survive)
    camera.plant_group(recording_group_id="g")
    camera.plant_recordings("g", 1)
    camera.plant_recordings("g", 1, locked=True)
    client.groups(camera, "delete", recordinggroupid="g")
    assert len(camera.lost_recordings) == lost
    assert [recording.group_id for recording in camera.recordings] == [None] * (2 - lost)


@pytest.mark.parametrize(
    ("choices", "shown"),
    [
        ({}, "device=aaBB&amp;fps=25&amp;x=a%2Fb"),
        ({"device_value": "upper"}, "device=AABB&amp;fps=25&amp;x=a%2Fb"),
        ({"device_value": "lower"}, "device=aabb&amp;fps=25&amp;x=a%2Fb"),
        ({"stream_options_form": "reordered"}, "x=a%2Fb&amp;fps=25&amp;device=aaBB"),
        ({"stream_options_form": "reencoded"}, "device=%61%61%42%42&amp;fps=%32%35&amp;x=%61%2f%62"),
        ({"stream_options_form": "reordered_reencoded"}, "x=%61%2f%62&amp;fps=%32%35&amp;device=%61%61%42%42"),
    ],
)
def test_stream_options_can_be_listed_in_another_form(camera, client, choices, shown):
    setting(camera, **choices)
    client.groups(camera, "create", recordinggroupid="g", streamoptions="device=aaBB&fps=25&x=a%2Fb")
    assert camera.groups["g"].stream_options == "device=aaBB&fps=25&x=a%2Fb"
    assert f'StreamOptions="{shown}"' in client.groups(camera, "list").text


def test_post_can_be_allowed(camera, client):
    setting(camera, post_allowed=True)
    path = "/axis-cgi/record/recording_group/create.cgi"
    answer = client.send(camera, path, method="POST", data={"schemaversion": "1", "recordinggroupid": "g"})
    assert answer.status_code == 200
    assert "g" in camera.groups


def test_recording_group_api_can_be_missing(camera, client):
    setting(camera, recording_group_api=False)
    question = {"apiVersion": "1.0", "method": "getApiList", "params": {"id": "recording-group"}}
    discovered = client.send(camera, "/axis-cgi/apidiscovery.cgi", None, method="POST", json=question)
    assert discovered.json()["data"]["apiList"] == []
    assert client.groups(camera, "list").status_code == 404
    assert client.send(camera, "/axis-cgi/disks/list.cgi?diskid=all").status_code == 200


@pytest.mark.parametrize(("reuse", "same"), [(True, True), (False, False)])
def test_ids_of_groups_can_be_reused(camera, client, reuse, same):
    setting(camera, reuse_ids=reuse)
    client.groups(camera, "create")
    (first,) = camera.groups
    client.groups(camera, "delete", recordinggroupid=first)
    client.groups(camera, "create")
    assert (first in camera.groups) == same


@pytest.mark.parametrize(("writable", "code"), [(True, None), (False, 20)])
def test_groups_of_another_device_can_be_read_only(fleet, camera, client, writable, code):
    other = fleet.add()
    camera.plant_group(recording_group_id="g", retention_time=720)
    other.pull_disk("SD_DISK")
    other.insert_disk("SD_DISK", camera.pull_disk("SD_DISK"))
    setting(other, foreign_groups_writable=writable)
    assert client.code(other, "update", recordinggroupid="g", retentiontime=900) == code
    assert client.code(other, "delete", recordinggroupid="g") == code


@pytest.mark.parametrize(
    ("form", "stored"),
    [
        ("as_sent", " T\u0308u\u00fc  x\n"),
        ("trimmed", "T\u0308u\u00fc  x"),
        ("folded", "T\u0308u\u00fc x"),
        ("nfc", " T\u0308u\u00fc  x\n"),
        ("nfd", " T\u0308uu\u0308  x\n"),
    ],
)
def test_texts_are_stored_in_a_form(camera, client, form, stored):
    setting(camera, text_form=form)
    assert client.code(camera, "create", recordinggroupid="g", nicename=" T\u0308u\u00fc  x\n") is None
    assert camera.groups["g"].nice_name == stored


@pytest.mark.parametrize(("choice", "count"), [("hidden", 1), ("listed", 2)])
def test_group_whose_id_is_in_use_is_hidden_or_listed(camera, client, choice, count):
    setting(camera, duplicate_ids=choice)
    camera.disks["NetworkShare"].status = "OK"
    camera.plant_group(recording_group_id="g", nice_name="Card")
    medium = camera.pull_disk("SD_DISK")
    camera.plant_group(recording_group_id="g", nice_name="Share", disk_id="NetworkShare")
    camera.insert_disk("SD_DISK", medium)
    assert client.groups(camera, "list").content.count(b'RecordingGroupId="g"') == count
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=900) is None
    assert [group.retention_time for group in camera.listed_groups] == [900, 0][:count]


def test_every_switch_is_described():
    described = Switches.describe()
    assert all(switch.text for switch in described)
    by_name = {switch.name: switch for switch in described}
    assert by_name["unknown_disk"].choices == ("error_20", "error_10", "accepted")
    assert by_name["max_groups"].default == 100


def test_lists_and_maps_are_parsed_from_texts():
    texts = [
        "tls_versions=1.2",
        'apis={"b": "1.0", "a": "2.0"}',
        "rest_apis={}",
        'http_challenge=["Basic"]',
        "json_charset=",
    ]
    given = Switches.parse(texts)
    assert (given.tls_versions, given.apis, given.rest_apis) == (("1.2",), (("a", "2.0"), ("b", "1.0")), ())
    assert (given.http_challenge, given.json_charset) == (("Basic",), "")
    assert given.answers["apis"] == {"a": "2.0", "b": "1.0"}


def test_switches_are_parsed_from_texts():
    assert Switches.parse(["max_groups=3", "post_allowed=true", "text_limit=none", "empty_text=ignored"]) == Switches(
        max_groups=3, post_allowed=True, empty_text="ignored"
    )


@pytest.mark.parametrize(
    "text",
    [
        *('apis={"a": 1}', "apis=ab", "apis=[1, 2]", 'apis=["a"]', "apis={", "apis=[[]]"),
        *("tls_versions=1.0,1.2", "tls_versions=[1]", "schema_versions=", "http_challenge=closed,Basic"),
        *("http_challenge=Digest", 'http_challenge={"a": "b"}', "device_info_version=new"),
        "no_such=1",
        "max_groups=many",
        "max_groups=-1",
        "max_groups=none",
        "post_allowed=2",
        "empty_text=wipes",
    ],
)
def test_invalid_switch_is_an_error_with_its_name(text):
    with pytest.raises(ValueError, match=text.partition("=")[0]):
        Switches.parse([text])
