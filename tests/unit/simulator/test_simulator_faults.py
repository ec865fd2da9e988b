# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test planted faults and their journal entries."""

from __future__ import annotations

import html

import pytest
import requests

from tests.simulator import FAULT_KINDS, Switches
from tests.unit.simulator.raw_client import wait_for

GROUPS = "/axis-cgi/record/recording_group/"


def test_error_code_affects_the_next_calls(camera, client):
    camera.plant_fault("error_code", call="recording_group/create", code=120, times=2)
    codes = [client.code(camera, "create") for _unused in range(3)]
    assert codes == [120, 120, None]
    assert len(camera.groups) == 1
    assert camera.faults == []


def test_error_code_can_have_a_description(camera, client):
    camera.plant_fault("error_code", code=999, description="Something <new>")
    text = client.groups(camera, "list").text
    assert "<ErrorCode>999</ErrorCode>" in text
    assert "<ErrorDescription>Something &lt;new&gt;</ErrorDescription>" in text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/axis-cgi/disks/list.cgi", "<GeneralError><ErrorCode>10</ErrorCode>"),
        ("/axis-cgi/record/list.cgi", "<GeneralError><ErrorCode>10</ErrorCode>"),
        ("/axis-cgi/apidiscovery.cgi", '"error":{"code":10,'),
        ("/axis-cgi/basicdeviceinfo.cgi", '"error": {"code": 10,'),
    ],
)
def test_error_code_has_the_form_of_its_call(camera, client, path, text):
    camera.plant_fault("error_code", code=10)
    assert text in client.send(camera, path).text


def test_a_challenge_does_not_use_a_fault_up(camera, client):
    fault = camera.plant_fault("error_code", call="recording_group/list", code=10)
    client.send(camera, "/axis-cgi/record/recording_group/list.cgi?schemaversion=1", None)
    assert fault.hits == 0
    assert client.code(camera, "list") == 10
    assert (fault.hits, camera.journal[-1].fault) == (1, "ErrorCode")


def test_fault_can_be_limited_to_later_calls(camera, client):
    camera.plant_fault("error_code", call="recording_group/*", code=10, skip=2, times=None)
    client.send(camera, "/axis-cgi/disks/list.cgi")
    assert [client.code(camera, "list") for _unused in range(4)] == [None, None, 10, 10]


def test_http_status_has_its_headers(camera, client):
    camera.plant_fault("http_status", status=503, headers=(("Retry-After", "7"),))
    answer = client.groups(camera, "create")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert camera.groups == {}


def test_http_status_can_precede_authentication(camera, client):
    camera.plant_fault("http_status", status=503, before_login=True)
    assert [client.groups(camera, "list").status_code for _unused in range(2)] == [503, 200]


def test_body_replaces_the_response(camera, client):
    camera.plant_fault("body", body=b"<oops", content_type="text/plain")
    answer = client.groups(camera, "list")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"<oops", "text/plain")


def test_echo_returns_the_request(camera, client):
    camera.plant_fault("echo", status=400)
    answer = client.groups(camera, "list", retentiontime="<1>")
    assert answer.status_code == 400
    assert answer.request.headers["Authorization"] in html.unescape(answer.text)
    assert answer.request.headers["Authorization"] in answer.headers["X-Echo"]
    assert "retentiontime=%3C1%3E" in answer.headers["X-Echo"]


@pytest.mark.parametrize(("kind", "groups"), [("drop_before", []), ("drop_after", ["g"])])
def test_dropped_connection_applies_the_request_or_not(camera, client, kind, groups):
    camera.plant_fault(kind, call="recording_group/create")
    with pytest.raises(requests.ConnectionError):
        client.groups(camera, "create", recordinggroupid="g")
    assert list(camera.groups) == groups
    (entry,) = camera.writes
    assert (entry.user, entry.status) == ("operator", 0)
    assert client.groups(camera, "list").status_code == 200
    assert camera.connections == 2


def test_ignored_write_succeeds_and_changes_nothing(camera, client):
    group = camera.plant_group(recording_group_id="g", retention_time=720)
    camera.plant_recordings("g", 48)
    camera.plant_fault("ignore_write", times=3)
    assert client.code(camera, "create", recordinggroupid="new") is None
    assert client.code(camera, "update", recordinggroupid="g", retentiontime=1) is None
    assert client.code(camera, "delete", recordinggroupid="g") is None
    assert camera.groups == {"g": group}
    assert camera.groups["g"] is group
    assert group.retention_time == 720
    assert (len(camera.recordings), camera.lost_recordings) == (48, [])


def test_callback_can_precede_the_request(camera, client):
    camera.plant_fault(
        "callback", call="recording_group/create", run=lambda device: device.plant_group(recording_group_id="g")
    )
    assert client.code(camera, "create", recordinggroupid="g") == 20


def test_callback_can_follow_the_request(camera, client):
    camera.plant_fault(
        "callback", call="recording_group/create", run=lambda device: device.pull_disk("SD_DISK"), when="after"
    )
    assert client.code(camera, "create", recordinggroupid="g") is None
    assert camera.groups == {}


@pytest.mark.parametrize(("when", "groups"), [("before", []), ("after", ["g"])])
def test_delay_precedes_or_follows_the_request(camera, client, connect, when, groups):
    camera.policy = "Basic"
    fault = camera.plant_fault("delay", call="recording_group/create", seconds=60, when=when)
    raw = connect(camera)
    raw.send_request(f"{GROUPS}create.cgi?schemaversion=1&recordinggroupid=g")
    wait_for(lambda: fault.hits == 1 and list(camera.groups) == groups)
    assert raw.receive(timeout=0.2) == (b"", "silence")
    assert list(camera.groups) == groups
    camera.policy = "Digest"
    assert client.groups(camera, "list").status_code == 200


def test_faults_combine(camera, client):
    camera.plant_fault("callback", run=lambda device: device.plant_group(recording_group_id="g"))
    camera.plant_fault("error_code", code=10)
    assert client.code(camera, "list") == 10
    assert list(camera.groups) == ["g"]
    assert camera.journal[-1].fault == "Callback, ErrorCode"


def test_html_replaces_the_response(camera, client):
    camera.plant_fault("html")
    answer = client.groups(camera, "create")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=iso-8859-1")
    assert answer.text.startswith("<!DOCTYPE HTML")
    assert (camera.groups, camera.journal[-1].status, camera.journal[-1].fault) == ({}, 200, "Html")


@pytest.mark.parametrize("location", ["https://127.0.0.1/", "http://other.example/axis-cgi/disks/list.cgi"])
def test_redirect_applies_nothing(camera, client, location):
    camera.plant_fault("redirect", location=location, before_login=None)
    answer = client.send(camera, f"{GROUPS}create.cgi?schemaversion=1", None, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, location)
    assert (camera.groups, camera.journal[-1].status) == ({}, 302)


def test_before_login_selects_requests(camera, client):
    planted = {
        when: camera.plant_fault("callback", run=lambda device: None, times=None, before_login=when)
        for when in (False, True, None)
    }
    client.groups(camera, "list")
    client.send(camera, "/axis-cgi/disks/list.cgi", "viewer")
    assert [entry.status for entry in camera.journal] == [401, 200, 401, 403]
    assert {when: fault.hits for when, fault in planted.items()} == {False: 1, True: 3, None: 4}
    assert [entry.fault for entry in camera.journal] == ["Callback, Callback"] * 4


@pytest.mark.parametrize(
    ("value", "retention", "options"), [(24, 24, "fps=5"), ("0", 0, "fps=5"), (None, 720, "fps=5"), ("x", None, None)]
)
def test_change_argument_replaces_or_removes_a_value(camera, client, value, retention, options):
    camera.switches = Switches(default_retention_time=720)
    camera.plant_fault("change_argument", call="recording_group/create", argument="retentiontime", value=value)
    client.groups(camera, "create", recordinggroupid="g", retentiontime=48, streamoptions="fps=5")
    assert [(group.retention_time, group.stream_options) for group in camera.groups.values()] == (
        [] if retention is None else [(retention, options)]
    )
    (entry,) = camera.writes
    assert "&retentiontime=48&" in entry.target
    assert (entry.code, entry.fault) == (20 if retention is None else None, "ChangeArgument")


def test_change_argument_adds_and_quotes(camera, client):
    camera.plant_fault("change_argument", argument="nicename", value="A & b=ü+")
    assert client.code(camera, "create", recordinggroupid="g") is None
    assert camera.groups["g"].nice_name == "A & b=ü+"


def test_unknown_kind_is_an_error_with_all_kinds(camera):
    with pytest.raises(ValueError, match="drop_before"):
        camera.plant_fault("explode")


def test_every_kind_of_fault_is_listed():
    assert set(FAULT_KINDS) == {
        *("error_code", "soap_fault", "http_status", "body", "html", "redirect", "echo"),
        *("drop_before", "drop_after", "reset_before", "reset_after", "reset_in_response", "no_response"),
        *("drip", "http_1_0", "oversized", "truncated"),
        *("doctype", "external_entity", "entity_bomb", "latin1", "namespace", "padded", "references"),
        *("several_challenges", "stale_nonce", "blocked", "change_argument"),
        *("delay", "ignore_write", "callback"),
    }
