# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connecting keeps its deadline, and reaches the right machine."""

from __future__ import annotations

import http.client
import socket
import threading
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import ExchangeState, connect
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.raw_server import TARGET


def started(timeout: float = 5) -> ExchangeState:
    """Return the state of an exchange that has just started."""
    state = ExchangeState()
    state.start(timeout)
    return state


@pytest.mark.fault("DNS does not respond")
def test_silent_dns_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def silent(*_arguments: Any, **_options: Any) -> Any:
        over.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "too late")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    try:
        with pytest.raises(AxisError) as caught:
            Transport("http://camera.example.com:80", TLSSettings(), 0.2).send("GET", TARGET, None)
    finally:
        over.set()
    assert (caught.value.kind, caught.value.maybe_applied) == ("timeout", False)
    assert "DNS did not resolve" in str(caught.value)


@pytest.mark.fault("name with many unreachable addresses")
def test_all_addresses_are_tried_within_one_deadline(monkeypatch: pytest.MonkeyPatch, camera: Device) -> None:
    refused = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))
    here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", camera.port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: [refused, here])
    with connect("camera.example.com", 80, started()) as sock:
        assert sock.getpeername()[1] == camera.port

    # An address that drops every packet, because its queue is full.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _number in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)
        dead = (socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: [dead] * 50)
        attempts: list[tuple[str, int]] = []
        original = socket.socket.connect
        monkeypatch.setattr(
            socket.socket, "connect", lambda self, place: (attempts.append(place), original(self, place))[1]
        )
        with pytest.raises(TimeoutError):
            connect("camera.example.com", 80, started(0.1))
        for sock in waiting:
            sock.close()
    # Three times 0.1 s is enough for three or four of the fifty.
    assert 1 <= len(attempts) <= 5


def test_debug_output_of_http_client_has_no_login(
    monkeypatch: pytest.MonkeyPatch, camera: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    Transport(f"http://{camera.host}:{camera.port}", TLSSettings(), 5).send("GET", TARGET, "Basic c2VjcmV0")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_names_and_addresses_of_both_families(fleet: Fleet, scheme: Any) -> None:
    old, new = fleet.add(scheme=scheme), fleet.add(scheme=scheme, address="::1")
    for device, host in ((old, "127.0.0.1"), (old, "localhost"), (new, "[::1]")):
        port = device.port or device.tls_port
        transport = Transport(f"{scheme}://{host}:{port}", TLSSettings(validate=False), 5)
        assert transport.send("GET", TARGET, None).status == 401
