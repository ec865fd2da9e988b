# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of a device: what a client meets in each state, on new connections and on those it has."""

from __future__ import annotations

import errno
import socket
import threading

import pytest
import requests

from tests.simulator import Fleet
from tests.unit.simulator.raw_client import END

CREATE = "/axis-cgi/record/recording_group/create.cgi?schemaversion=1&recordinggroupid=g"
# How a connection that was there ends.
ENDS = {"refused": "closed", "closed": "closed", "reset": "reset", "silent": "silence"}
# "Silence" is what was not heard for so long.
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
    line = connect(camera, tls)
    line.send_request()
    return line.receive(END)[0].startswith(b"HTTP/1.1 200 OK")


def test_refused(camera, connect, tls):
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


def test_a_port_that_refuses_is_nobody_elses(camera):
    camera.network = "refused"
    with socket.socket() as other, pytest.raises(OSError, match="in use") as caught:
        other.bind((camera.host, camera.port))
    assert caught.value.errno == errno.EADDRINUSE


def test_silent(camera, connect, tls):
    camera.network = "silent"
    line = connect(camera, tls)
    if tls:
        line.receive(timeout=SHORT)
        with pytest.raises(TimeoutError):
            line.handshake()
    else:
        line.send_request()
        assert line.receive(timeout=SHORT) == (b"", "silence")
    assert (camera.connections, camera.journal) == (0, [])
    camera.network = "up"
    assert line.receive()[0] == b""
    assert camera.journal == []
    assert is_served(camera, connect, tls)


@pytest.mark.parametrize(("network", "end"), [("reset", "reset"), ("closed", "closed")])
def test_a_new_connection_ends_at_once(camera, connect, tls, network, end):
    camera.network = network
    try:
        met = connect(camera, tls).receive()
    except ConnectionResetError:
        # As early as that.
        met = (b"", "reset")
    assert met == (b"", end)
    assert camera.journal == []
    camera.network = "up"
    assert is_served(camera, connect, tls)


@pytest.mark.parametrize("network", ENDS)
def test_a_kept_connection_breaks(camera, connect, tls, network):
    line = connect(camera, tls)
    line.send_request()
    line.receive(END)
    camera.network = network
    if network == "silent":
        line.send_request(CREATE)
    assert line.receive(timeout=SHORT if network == "silent" else 5) == (b"", ENDS[network])
    assert [entry.call for entry in camera.journal] == ["recording_group/list"]
    assert camera.groups == {}
    camera.network = "up"
    assert is_served(camera, connect, tls)


def test_silence_does_not_end_in_an_answer(camera, connect, tls):
    line = connect(camera, tls)
    line.send_request()
    line.receive(END)
    camera.network = "silent"
    line.send_request(CREATE)
    assert line.receive(timeout=SHORT) == (b"", "silence")
    camera.network = "up"
    assert line.receive()[0] == b""
    assert camera.groups == {}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("network", ENDS)
def test_changed_amid_a_request(camera, connect, tls, network, when):
    camera.plant_fault("callback", run=lambda device: setattr(device, "network", network), when=when)
    line = connect(camera, tls)
    line.send_request(CREATE)
    assert line.receive(timeout=SHORT if network == "silent" else 5) == (b"", ENDS[network])
    assert list(camera.groups) == ["g"]
    (entry,) = camera.writes
    assert (entry.status, entry.code, entry.fault) == (0, None, "Callback")


def test_up_again_before_the_answer_is_no_answer_either(camera, connect, tls):
    def flicker(device):
        device.network = "silent"
        device.network = "up"

    camera.plant_fault("callback", run=flicker)
    line = connect(camera, tls)
    line.send_request(CREATE)
    assert line.receive() == (b"", "closed")
    assert camera.journal[-1].status == 0
    assert is_served(camera, connect, tls)


def test_changed_while_an_answer_waits(camera, connect):
    applied = threading.Event()
    camera.plant_fault("callback", run=lambda device: applied.set(), when="after")
    camera.plant_fault("delay", seconds=SHORT, when="after")
    line = connect(camera)
    line.send_request(CREATE)
    assert applied.wait(5)
    camera.network = "silent"
    assert line.receive(timeout=2 * SHORT) == (b"", "silence")
    assert (list(camera.groups), camera.journal[-1].status) == (["g"], 0)


def test_silent_amid_an_answer(camera, connect, tls):
    camera.plant_fault("drip", seconds=0.001, part="headers")
    line = connect(camera, tls)
    line.send_request()
    assert line.receive(b"HTTP/1.1 200 OK")[1] == "as expected"
    camera.network = "silent"
    heard, end = line.receive(timeout=SHORT)
    assert end == "silence"
    assert END not in heard
    assert camera.journal[-1].status == 200


def test_power(camera, connect):
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
    with pytest.raises(ValueError, match="port of its own"):
        one.network = "refused"
    assert one.network == "up"
    one.network = "reset"
    with pytest.raises(requests.ConnectionError):
        client.groups(one, "list")
    assert client.groups(other, "list").status_code == 200


def test_unknown_network(camera):
    with pytest.raises(ValueError, match="silent"):
        camera.network = "slow"
    assert camera.network == "up"


def test_refused_before_the_start_and_after_the_stop(connect):
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


def test_stop_ends_what_is_silent(connect):
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
        assert [line.receive(timeout=SHORT)[1] for line in (kept, new)] == ["silence", "silence"]
    assert {line.receive()[1] for line in (kept, new)} <= {"closed", "reset"}
