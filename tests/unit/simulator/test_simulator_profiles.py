# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that a device behaves like its profile, and that an invalid file is an error."""

from __future__ import annotations

import copy
import json
import pickle
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from tests.simulator import PROFILES, Switches
from tests.simulator.profiles import HAND_WRITTEN, load_profile

DIRECTORY = Path(__file__).parents[2] / "simulator" / "profiles"
LIST = "/axis-cgi/record/recording_group/list.cgi?schemaversion=1"


def read(name):
    return json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))


def written(directory, change, name="camera_12_9"):
    """Write a profile with a change, and return its path."""
    content = read(name)
    change(content)
    path = directory / "my-camera.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_switches_are_the_points_of_a_device_check():
    described = {switch.name: switch for switch in Switches.describe()}
    assert described.keys() == {point.name for point in POINTS}
    for point in POINTS:
        choices = ("true", "false") if point.form == "flag" else point.choices
        assert (point.name, described[point.name].form) == (point.name, point.form)
        assert (point.name, described[point.name].choices) == (point.name, choices)


@pytest.mark.parametrize("name", PROFILES)
def test_profile_has_an_answer_and_a_source_for_each_point(name):
    content = read(name)
    assert list(content["points"]) == [point.name for point in POINTS]
    for point in POINTS:
        item = content["points"][point.name]
        assert item["question"] == point.question
        if item["answer"] is None:
            assert item["known_from"] is None, point.name
            assert item["note"] or name not in HAND_WRITTEN, point.name
        else:
            assert item["known_from"] in ("observed", "captured", "documented", "secondary", "assumed")
            assert item["source"] or item["known_from"] in ("observed", "assumed"), point.name


@pytest.mark.parametrize("name", PROFILES)
def test_device_has_the_answers_of_its_profile(fleet, name):
    device = fleet.add(name)
    answers = {key: point["answer"] for key, point in read(name)["points"].items() if point["answer"] is not None}
    assert {key: device.answers[key] for key in answers} == answers


def test_known_differences():
    def differing(name):
        return {key for key, answer in PROFILES[name].switches.answers.items() if answer != defaults[key]}

    defaults = Switches().answers
    assert differing("camera_12_9") == {"apis", "rest_apis"}
    assert differing("camera_10_12") == {
        *(
            "apis",
            "device_info_version",
            "closes_after_401",
            "discovery_needs_login",
            "disk_attributes",
            "topic_ending",
        ),
    }
    assert differing("recorder_s3008") == {"apis", "storage_parameters"}
    newer = {"apis", "rest_apis", "json_charset", "challenge_body", "challenge_chunked"}
    assert differing("camera_12_11") == {*newer, "offers_http2"}
    assert differing("camera_13") == {
        *newer,
        *("http_challenge", "storage_parameters", "recording_split", "running_recording_blocks_delete"),
    }


def test_given_switches_override_those_of_the_profile(fleet):
    device = fleet.add("camera_10_12", switches=Switches(topic_ending="", max_groups=3))
    assert (device.switches.topic_ending, device.switches.max_groups) == ("", 3)
    assert device.switches.closes_after_401
    changed = fleet.add("camera_10_12", switches=replace(Switches(max_groups=3), text_limit=5))
    assert (changed.switches.max_groups, changed.switches.text_limit, changed.switches.topic_ending) == (3, 5, "//.")
    unchanged = fleet.add("camera_10_12", switches=Switches())
    assert unchanged.switches == PROFILES["camera_10_12"].switches
    for copied in (copy.deepcopy(device.switches), pickle.loads(pickle.dumps(device.switches))):  # noqa: S301
        assert copied == device.switches


def test_answers_follow_switches_and_state(fleet):
    device = fleet.add(switches=Switches(sha256_digest=True, recording_group_api=False, device_info_version="none"))
    assert device.answers["http_challenge"] == ["Digest SHA-256", "Digest MD5"]
    assert not {"recording-group", "basic-device-info"} & device.answers["apis"].keys()
    listed = fleet.add(switches=Switches(https_challenge=["Digest SHA-256"]))
    listed.schema_versions = [("1.0", True), ("2.0", False)]
    assert (listed.answers["sha256_digest"], listed.answers["schema_versions"]) == (True, ["1.0", "2.0"])


def test_challenge_of_12_11(fleet, client):
    camera = fleet.add("camera_12_11")
    answer = client.send(camera, LIST, None)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (answer.headers["Upgrade"], answer.headers["Connection"]) == ("h2", "Upgrade")
    assert (answer.headers["Transfer-Encoding"], answer.headers.get("Content-Length")) == ("chunked", None)
    assert answer.headers["WWW-Authenticate"].startswith(f'Digest realm="AXIS_{camera.serial}", nonce="')
    assert ", algorithm=MD5, " in answer.headers["WWW-Authenticate"]
    assert answer.json()["error"]["code"] == 401
    assert client.send(camera, LIST).status_code == 200
    assert camera.connections == 1


def test_challenges_are_offered_and_accepted_in_a_list(fleet, client):
    both = fleet.add(switches=Switches(http_challenge=["Basic", "Digest MD5"]))
    answer = client.send(both, LIST, None)
    assert [text.split()[0] for text in answer.raw.headers.getlist("WWW-Authenticate")] == ["Basic", "Digest"]
    assert [client.send(both, LIST, basic=basic).status_code for basic in (True, False)] == [200, 200]


def test_other_responses_than_a_challenge(fleet, client):
    redirecting = fleet.add(scheme="both", switches=Switches(http_challenge=["redirect"]))
    answer = client.send(redirecting, LIST, None, allow_redirects=False)
    location = f"https://127.0.0.1:{redirecting.tls_port}{LIST}"
    assert (answer.status_code, answer.headers["Location"]) == (301, location)
    assert fleet.add(switches=Switches(http_challenge=["redirect"])).port == 0
    silent = fleet.add(switches=Switches(http_challenge=["none"]))
    answer = client.send(silent, LIST, None)
    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (401, None)
    unknown = fleet.add(switches=Switches(http_challenge=["Bearer", "Digest SHA-512-256", "Digest MD5"]))
    answer = client.send(unknown, LIST, None)
    assert answer.raw.headers.getlist("WWW-Authenticate")[0] == f'Bearer realm="AXIS_{unknown.serial}"'
    assert unknown.answers["http_challenge"] == ["Bearer", "Digest SHA-512-256", "Digest MD5"]


def connects(port):
    with socket.socket() as connection:
        connection.settimeout(5)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_camera_13_offers_https_only(fleet):
    camera, both = fleet.add("camera_13"), fleet.add("camera_13", scheme="both")
    assert (camera.port, connects(camera.tls_port)) == (0, True)
    assert (connects(both.port), connects(both.tls_port)) == (False, True)
    assert fleet.inventory().count('axis_protocol: "https"') == 2
    with pytest.raises(ValueError, match="does not offer http"):
        fleet.add("camera_13", scheme="http")
    opened = fleet.add("camera_13", switches=Switches(http_challenge=["Digest MD5"]))
    assert connects(opened.port)
    plain = fleet.add(scheme="both", switches=Switches(https_challenge=["closed"]))
    assert (connects(plain.port), connects(plain.tls_port)) == (True, False)
    assert f"axis_port: {plain.port}" in fleet.inventory()


@pytest.mark.parametrize(
    ("versions", "accepted"),
    [
        (("1.2", "1.3"), {"TLSv1.2", "TLSv1.3"}),
        (("1.3",), {"TLSv1.3"}),
        (("1.0", "1.1", "1.2"), {"TLSv1", "TLSv1.1", "TLSv1.2"}),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_versions_of_tls(fleet, versions, accepted):
    camera = fleet.add(scheme="https", switches=Switches(tls_versions=versions))
    seen = set()
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        try:
            with (
                socket.create_connection(("127.0.0.1", camera.tls_port), timeout=5) as connection,
                context.wrap_socket(connection) as encrypted,
            ):
                seen.add(encrypted.version())
        except ssl.SSLError:
            pass
    assert seen == accepted


def test_parameters_of_disks(fleet, client):
    path = "/axis-cgi/param.cgi?action=list&group=Storage,Nothing"
    present, removed, recorder = (
        fleet.add(name, scheme=None) for name in ("camera_12_9", "camera_10_12", "recorder_s3008")
    )
    removed.switches = replace(removed.switches, storage_parameters="removed")
    lines = client.send(present, path).text.splitlines()
    assert "root.Storage.S0.CleanupMaxAge=7" in lines
    assert "root.Storage.S1.FileSystem=cifs" in lines
    assert lines[-1] == "# Error: Error -1 getting param in group 'Nothing'"
    left = client.send(removed, path).text
    assert "root.Storage.S0.DiskID=SD_DISK" in left
    assert not any(
        name in left for name in ("CleanupMaxAge", "CleanupPolicyActive", "CleanupLevel", "Locked", "FileSystem")
    )
    assert client.send(recorder, path).status_code == 404
    assert client.send(present, path, "viewer").status_code == 403


def test_policy_is_a_parameter_until_12(fleet, client):
    path = "/axis-cgi/param.cgi?action=list&group=root.Network.HTTP.AuthenticationPolicy"
    older, newer = fleet.add("camera_10_12"), fleet.add("camera_12_11")
    assert client.send(older, path).text == "root.Network.HTTP.AuthenticationPolicy=Recommended\n"
    assert client.send(newer, path).text == "root.Network.HTTP.AuthenticationPolicy=recommended\n"


def test_rest_apis_are_discovered(fleet, client):
    camera = fleet.add("camera_12_11", switches=Switches(rest_apis={"action-rules": "1.0.0-beta.2, 2.0.1"}))
    assert client.send(camera, "/config/discover", "viewer").json()["apis"] == {
        "action-rules": {
            "v1": {"state": "beta", "version": "1.0.0-beta.2", "rest_api": "/config/rest/action-rules/v1beta"},
            "v2": {"state": "released", "version": "2.0.1", "rest_api": "/config/rest/action-rules/v2"},
        }
    }
    assert client.send(fleet.add("camera_10_12"), "/config/discover").status_code == 404


def test_json_declares_its_charset(fleet, client):
    question = {"method": "getSupportedVersions"}
    types = [
        client.send(fleet.add(name), "/axis-cgi/apidiscovery.cgi", None, method="POST", json=question).headers[
            "Content-Type"
        ]
        for name in ("camera_12_9", "camera_12_11")
    ]
    assert types == ["application/json", "application/json; charset=utf8"]


def test_group_attributes_are_listed_in_their_order(fleet, client):
    camera = fleet.add(switches=Switches(group_attributes=["DiskId", "RecordingGroupId", "New"]))
    camera.plant_group(recording_group_id="g")
    assert '<RecordingGroup DiskId="SD_DISK" RecordingGroupId="g" New=""/>' in client.groups(camera, "list").text


def test_basic_device_information_can_be_switched_off(fleet, client):
    camera = fleet.add(switches=Switches(device_info_version="none"))
    question = {"method": "getAllUnrestrictedProperties"}
    assert client.send(camera, "/axis-cgi/basicdeviceinfo.cgi", method="POST", json=question).status_code == 404


def test_profile_of_a_file_is_simulated(fleet, client, tmp_path):
    def change(content):
        content["device"] |= {"model": "M1", "firmware": None}
        content["points"]["list_unknown_id"]["answer"] = "empty"
        content["points"]["max_groups"] = {"answer": None}
        del content["points"]["text_limit"]
        content["points"]["retention_limit"]["answer"] = "none"
        content["state"] = {"disks": [{"diskid": "SD_DISK", "status": "failed"}, {"diskid": "EMMC", "wear": None}]}

    camera = fleet.add(written(tmp_path, change))
    assert camera.name == "my-camera-1"
    assert client.code(camera, "list", recordinggroupid="unknown") is None
    assert (camera.switches.max_groups, camera.switches.retention_limit) == (100, None)
    assert (list(camera.disks), camera.profile.default_disk) == (["SD_DISK", "EMMC"], "EMMC")
    assert camera.profile.version == ""


def test_a_device_without_disks_has_none(fleet, tmp_path):
    path = written(tmp_path, lambda content: content["state"].update(disks=[], groups=[]))
    assert fleet.add(path).disks == {}


@pytest.mark.parametrize(
    "change", [lambda content: content["state"].update(disks=None), lambda content: content["state"].pop("disks")]
)
def test_unknown_disks_are_a_card(tmp_path, change):
    path = written(tmp_path, change)
    assert [disk.diskid for disk in load_profile(path).disks] == ["SD_DISK"]


@pytest.mark.parametrize("name", ["no_such", "no_such.json", "some/where"])
def test_missing_profile_is_an_error_with_its_name(fleet, name):
    with pytest.raises(ValueError, match=name):
        fleet.add(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(document="report"), ["document", "'report'", "device_profile"]),
        (lambda content: content.update(schema_version=2), ["schema_version", "2"]),
        (lambda content: content["points"].update(no_such={}), ["unknown point 'no_such'"]),
        (
            lambda content: content["points"]["empty_text"].update(answer="wipes"),
            ["points.empty_text.answer", "'wipes'", "clears, ignored, error_20"],
        ),
        (
            lambda content: content["points"]["post_allowed"].update(answer="yes"),
            ["post_allowed", "'yes'", "true or false"],
        ),
        (lambda content: content["points"]["max_groups"].update(answer="none"), ["max_groups", "none", "a number"]),
        (
            lambda content: content["points"]["tls_versions"].update(answer=["1.0", "1.3"]),
            ["tls_versions", "1.0, 1.1, 1.2, 1.3, without a gap"],
        ),
        (
            lambda content: content["points"]["http_challenge"].update(answer=["Digest"]),
            ["http_challenge", "Digest MD5"],
        ),
        (lambda content: content["state"]["disks"][0].update(size=1), ["state.disks[0]", "size"]),
        (lambda content: content.pop("points"), ["points"]),
    ],
)
def test_invalid_profile_is_an_error_with_its_place(tmp_path, change, message):
    path = written(tmp_path, change)
    with pytest.raises(ValueError, match=r"my-camera\.json") as error:
        load_profile(path)
    assert [text for text in message if text not in str(error.value)] == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b'{"document": "device_profile"}', b"[" * 100_000]
)
def test_other_file_is_an_error_with_its_name(tmp_path, content):
    path = tmp_path / "my-camera.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"my-camera\.json"):
        load_profile(path)
    with pytest.raises(ValueError, match="directory"):
        load_profile(tmp_path)
