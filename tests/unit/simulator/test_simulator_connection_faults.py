# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test faults of the transmission by HTTP and HTTPS: the bytes sent, and the state of the device."""

from __future__ import annotations

import re
import time
import tracemalloc
from email.utils import format_datetime

import pytest
from lxml import etree

from tests.simulator import Fleet
from tests.unit.simulator.raw_client import END, LIST, wait_for

CREATE = "/axis-cgi/record/recording_group/create.cgi?schemaversion=1&recordinggroupid=g"
# Seconds without data that count as silence.
SHORT = 0.2


@pytest.fixture(params=[False, True], ids=["http", "https"])
def tls(request):
    return request.param


@pytest.fixture
def camera(fleet):
    camera = fleet.add("camera_12_9", "camera", scheme="both", certificate="ca")
    camera.policy = "Basic"
    return camera


def whole(received):
    """Return head and body; check the length of the body."""
    head, _unused, body = received.partition(b"\r\n\r\n")
    assert int(re.search(rb"(?i)content-length: (\d+)", head)[1]) == len(body)
    return head, body


def left(camera):
    """Return the groups, and the journal entry of the only write."""
    (entry,) = camera.writes
    return list(camera.groups), entry.status, entry.fault


@pytest.mark.parametrize(
    ("kind", "options", "end", "groups"),
    [
        ("no_response", {}, "silence", []),
        ("no_response", {"when": "after"}, "silence", ["g"]),
        ("reset_before", {}, "reset", []),
        ("reset_after", {}, "reset", ["g"]),
        ("drop_before", {}, "closed", []),
        ("drop_after", {}, "closed", ["g"]),
    ],
)
def test_request_without_a_response_is_applied_or_not(camera, connect, tls, kind, options, end, groups):
    fault = camera.plant_fault(kind, call="recording_group/create", **options)
    raw = connect(camera, tls)
    raw.send_request()
    raw.receive(END)
    raw.send_request(CREATE)
    wait_for(lambda: len(camera.writes) == 1 and list(camera.groups) == groups)
    assert (raw.receive(timeout=SHORT) if end == "silence" else raw.receive()) == (b"", end)
    assert left(camera) == (groups, 0, type(fault).__name__)
    assert (len(camera.journal), camera.connections, camera.faults) == (2, 1, [])
    other = connect(camera, tls)
    other.send_request()
    assert other.receive(END)[1] == "as expected"


def test_stop_does_not_wait_for_the_client(connect, tls):
    with Fleet() as fleet:
        camera = fleet.add(scheme="both")
        camera.policy = "Basic"
        camera.plant_fault("no_response")
        camera.plant_fault("drip", seconds=60)
        silent_client, dripping_client = connect(camera, tls), connect(camera, tls)
        silent_client.send_request()
        wait_for(lambda: bool(camera.journal))
        assert silent_client.receive(timeout=SHORT)[1] == "silence"
        dripping_client.send_request()
        dripping_client.receive(b"\r\n\r\n")
        started = time.monotonic()
    assert time.monotonic() - started < 30
    assert {raw.receive()[1] for raw in (silent_client, dripping_client)} <= {"closed", "reset"}


def test_reset_in_response_sends_one_half(camera, connect, tls):
    camera.plant_fault("reset_in_response")
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    received, end = raw.receive()
    head, _unused, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n")
    assert int(re.search(rb"Content-Length: (\d+)", head)[1]) // 2 == len(body)
    assert body.startswith(b"<?xml")
    assert end == "reset"
    assert left(camera) == (["g"], 200, "ResetInResponse")


def test_a_long_response_is_reset_after_half(camera, connect, tls):
    camera.plant_recordings(None, 10_000)
    camera.plant_fault("reset_in_response")
    raw = connect(camera, tls)
    raw.send_request("/axis-cgi/record/list.cgi?recordingid=all")
    received, end = raw.receive()
    assert end == "reset"
    assert 0 < len(received) < int(re.search(rb"Content-Length: (\d+)", received)[1])


@pytest.mark.parametrize("part", ["headers", "body"])
def test_drip_sends_the_whole_response(camera, connect, tls, part):
    camera.plant_fault("drip", part=part, seconds=0.0001)
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    received, end = raw.receive()
    head, body = whole(received)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close" in head
    assert body.endswith(END)
    assert end == "closed"
    assert left(camera) == (["g"], 200, "Drip")


@pytest.mark.parametrize(("part", "first"), [("headers", b"H"), ("body", b"\r\n\r\n<")])
def test_drip_begins_with_one_byte(camera, connect, tls, part, first):
    camera.plant_fault("drip", part=part, seconds=60)
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    received, _unused = raw.receive(first)
    assert received.endswith(first)
    assert raw.receive(timeout=SHORT) == (b"", "silence")
    assert left(camera) == (["g"], 200, "Drip")


def test_http_1_0_ends_with_the_connection(camera, connect, tls):
    camera.plant_fault("http_1_0")
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    received, end = raw.receive()
    head, _unused, body = received.partition(b"\r\n\r\n")
    *fields, date = head.split(b"\r\n")
    assert fields == [b"HTTP/1.0 200 OK", b"Content-Type: text/xml", b"Server: Apache/2.4.58 (Unix)"]
    assert date == b"Date: " + format_datetime(camera.now, usegmt=True).encode()
    assert body.endswith(END)
    assert end == "closed"
    assert left(camera) == (["g"], 200, "Http10")


def test_oversized_response_is_still_valid_xml(camera, connect, tls):
    camera.plant_fault("oversized", size=3_000_000)
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    received, end = raw.receive()
    _unused, body = whole(received)
    assert (len(body), end) == (3_000_000, "closed")
    assert etree.fromstring(body).find("CreateSuccess").get("RecordingGroupId") == "g"
    assert left(camera) == (["g"], 200, "Oversized")


def test_an_oversized_response_is_streamed_until_disconnect(camera, connect, tls):
    camera.plant_fault("oversized", size=1024 * 1024 * 1024)
    tracemalloc.start()
    try:
        raw = connect(camera, tls)
        raw.send_request(CREATE)
        assert raw.receive(b" " * 100_000)[1] == "as expected"
        raw.close()
        # Another device on the same loop responds, so the loop does not block on the disconnected client.
        other = connect(camera, tls)
        other.send_request()
        assert other.receive(END)[1] == "as expected"
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert left(camera) == (["g"], 200, "Oversized")


@pytest.mark.parametrize(("kind", "start"), [("http_1_0", b"HTTP/1.0 "), ("drip", b"HTTP/1.1 ")])
def test_fault_can_precede_authentication(camera, connect, kind, start):
    options = {"seconds": 0} if kind == "drip" else {}
    fault = camera.plant_fault(kind, before_login=None, times=2, **options)
    for user, status in ((None, b"401 "), ("operator", b"200 ")):
        raw = connect(camera)
        raw.send_request(LIST, user)
        received, end = raw.receive()
        assert (received[:13], end) == (start + status, "closed")
    raw = connect(camera)
    raw.send_request(LIST)
    assert raw.receive(END)[0].startswith(b"HTTP/1.1 200 ")
    assert raw.receive(timeout=SHORT) == (b"", "silence")
    assert fault.hits == 2


def test_two_faults_alter_one_response(camera, connect, tls):
    camera.plant_fault("drip", seconds=0)
    camera.plant_fault("latin1")
    camera.plant_fault("reset_in_response")
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    received, end = raw.receive()
    assert b'encoding="ISO-8859-1"' in received
    assert end == "reset"
    assert left(camera) == (["g"], 200, "Drip, Latin1, ResetInResponse")


def test_a_dropped_response_is_not_altered(camera, connect):
    for kind in ("http_1_0", "oversized", "latin1", "drop_after"):
        camera.plant_fault(kind)
    raw = connect(camera)
    raw.send_request(CREATE)
    assert raw.receive() == (b"", "closed")
    assert left(camera) == (["g"], 0, "Http10, Oversized, Latin1, DropAfter")
