# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the network states of a device, on new and existing connections."""

from __future__ import annotations

import errno
import socket
import threading

import pytest
import requests

from tests.simulator import Fleet
from tests.unit.simulator.raw_client import END, wait_for

CREATE = "/axis-cgi/record/recording_group/create.cgi?schemaversion=1&recordinggroupid=g"
# How an existing connection ends.
ENDS = {"refused": "closed", "closed": "closed", "reset": "reset", "silent": "silence"}
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


def is_served(camera, connect, tls=False):
    raw = connect(camera, tls)
    raw.send_request()
    return raw.receive(END)[0].startswith(b"HTTP/1.1 200 OK")


def test_refused_rejects_connections_until_up(camera, connect, tls):
    ports = (camera.port, camera.tls_port)
    for _unused in range(3):
        camera.network = "refused"
        for _unused in range(3):
            with pytest.raises(ConnectionRefusedError):
                connect(camera, tls)
        camera.network = "up"
        assert is_served(camera, connect, tls)
    assert (camera.port, camera.tls_port) == ports
    assert (camera.connections, len(camera.journal)) == (3, 3)


def test_a_refusing_port_stays_reserved(camera):
    camera.network = "refused"
    with socket.socket() as other, pytest.raises(OSError, match="in use") as caught:
        other.bind((camera.host, camera.port))
    assert caught.value.errno == errno.EADDRINUSE


def test_silent_accepts_connections_without_a_response(camera, connect, tls):
    camera.network = "silent"
    raw = connect(camera, tls)
    if tls:
        raw.receive(timeout=SHORT)
        with pytest.raises(TimeoutError):
            raw.handshake()
    else:
        raw.send_request()
        assert raw.receive(timeout=SHORT) == (b"", "silence")
    assert (camera.connections, camera.journal) == (0, [])
    camera.network = "up"
    assert raw.receive()[0] == b""
    assert camera.journal == []
    assert is_served(camera, connect, tls)


@pytest.mark.parametrize(("network", "end"), [("reset", "reset"), ("closed", "closed")])
def test_a_new_connection_ends_immediately(camera, connect, tls, network, end):
    camera.network = network
    try:
        received = connect(camera, tls).receive()
    except ConnectionResetError:
        # The reset can arrive during the connection.
        received = (b"", "reset")
    assert received == (b"", end)
    assert camera.journal == []
    camera.network = "up"
    assert is_served(camera, connect, tls)


@pytest.mark.parametrize("network", ENDS)
def test_an_existing_connection_breaks(camera, connect, tls, network):
    raw = connect(camera, tls)
    raw.send_request()
    raw.receive(END)
    camera.network = network
    if network == "silent":
        raw.send_request(CREATE)
    assert (raw.receive(timeout=SHORT) if network == "silent" else raw.receive()) == (b"", ENDS[network])
    assert [entry.call for entry in camera.journal] == ["recording_group/list"]
    assert camera.groups == {}
    camera.network = "up"
    assert is_served(camera, connect, tls)


def test_silence_does_not_end_with_a_response(camera, connect, tls):
    raw = connect(camera, tls)
    raw.send_request()
    raw.receive(END)
    camera.network = "silent"
    raw.send_request(CREATE)
    assert raw.receive(timeout=SHORT) == (b"", "silence")
    camera.network = "up"
    assert raw.receive()[0] == b""
    assert camera.groups == {}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("network", ENDS)
def test_network_change_during_a_request_loses_the_response(camera, connect, tls, network, when):
    camera.plant_fault("callback", run=lambda device: setattr(device, "network", network), when=when)
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    wait_for(lambda: list(camera.groups) == ["g"])
    assert (raw.receive(timeout=SHORT) if network == "silent" else raw.receive()) == (b"", ENDS[network])
    (entry,) = camera.writes
    assert (entry.status, entry.code, entry.fault) == (0, None, "Callback")


def test_a_short_outage_loses_the_response(camera, connect, tls):
    def flicker(device):
        device.network = "silent"
        device.network = "up"

    camera.plant_fault("callback", run=flicker)
    raw = connect(camera, tls)
    raw.send_request(CREATE)
    assert raw.receive() == (b"", "closed")
    assert camera.journal[-1].status == 0
    assert is_served(camera, connect, tls)


def test_network_change_before_a_delayed_response(camera, connect):
    applied = threading.Event()
    camera.plant_fault("callback", run=lambda device: applied.set(), when="after")
    camera.plant_fault("delay", seconds=1, when="after")
    raw = connect(camera)
    raw.send_request(CREATE)
    assert applied.wait(30)
    camera.network = "silent"
    assert raw.receive(timeout=1 + SHORT) == (b"", "silence")
    assert (list(camera.groups), camera.journal[-1].status) == (["g"], 0)


def test_silence_interrupts_a_response(camera, connect, tls):
    camera.plant_fault("drip", seconds=0.01, part="headers")
    raw = connect(camera, tls)
    raw.send_request()
    assert raw.receive(b"HTTP/1.1 200 OK")[1] == "as expected"
    camera.network = "silent"
    received, end = raw.receive(timeout=SHORT)
    assert end == "silence"
    assert END not in received
    assert camera.journal[-1].status == 200


def test_power_is_a_closed_network(camera, connect):
    assert (camera.powered, camera.network, camera.network_changes) == (True, "up", 0)
    camera.powered = False
    assert (camera.network, camera.network_changes) == ("closed", 1)
    camera.powered = False
    assert camera.network_changes == 1
    camera.network = "silent"
    assert not camera.powered
    camera.powered = True
    assert camera.network == "up"
    assert is_served(camera, connect)


def test_a_shared_port_cannot_refuse(fleet, client):
    one, other = (fleet.add(by="address") for _unused in range(2))
    with pytest.raises(ValueError, match="separate port"):
        one.network = "refused"
    assert one.network == "up"
    one.network = "reset"
    with pytest.raises(requests.ConnectionError):
        client.groups(one, "list")
    assert client.groups(other, "list").status_code == 200


def test_unknown_network_is_an_error(camera):
    with pytest.raises(ValueError, match="silent"):
        camera.network = "slow"
    assert camera.network == "up"


def test_refused_before_start_and_after_stop(connect):
    fleet = Fleet()
    camera = fleet.add()
    camera.policy = "Basic"
    camera.network = "refused"
    with fleet:
        with pytest.raises(ConnectionRefusedError):
            connect(camera)
        camera.network = "up"
        assert is_served(camera, connect)
        camera.network = "refused"
    camera.network = "up"
    with pytest.raises(ConnectionRefusedError):
        connect(camera)


def test_stop_closes_silent_connections(connect):
    with Fleet() as fleet:
        camera = fleet.add()
        camera.policy = "Basic"
        kept = connect(camera)
        kept.send_request()
        kept.receive(END)
        camera.network = "silent"
        kept.send_request()
        new = connect(camera)
        new.send_request()
        assert [raw.receive(timeout=SHORT)[1] for raw in (kept, new)] == ["silence", "silence"]
    assert {raw.receive()[1] for raw in (kept, new)} <= {"closed", "reset"}
