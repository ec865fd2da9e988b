# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A large response waits for room in memory, holds it as long as it is needed, and loses no time of the device."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http import connection
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import (
    MAX_RESPONSE_SIZE,
    ROOM_SIZES,
    ExchangeState,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from tests.simulator import Fleet
from tests.unit.plugins.module_utils._http.test_transport import raw_server


class Rooms:
    """Rooms with endless places, and what happened in them.

    :param clock: what a wait takes longer than any time limit.
    """

    def __init__(self, clock: list[float] | None = None, *, has_place: bool = True) -> None:
        self.log: list[str] = []
        self._clock = clock
        self._has_place = has_place

    def enter(self, number: int) -> bool:
        """Take a place."""
        self.log.append(f"enter {number}")
        if self._clock is not None:
            self._clock[0] += 1000
        return self._has_place

    def leave(self, number: int) -> None:
        """Free a place."""
        self.log.append(f"leave {number}")


def respond(status: str, size: int) -> list[bytes]:
    """Return the pieces of a response with a body of a size."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    return [head.encode(), b"x" * size]


def exchange(rooms: Rooms, *pieces: bytes) -> int:
    """Return the size of the body of a response, without closing the transport."""
    with raw_server(*pieces) as base:
        transport = Transport(base, TLSSettings(), 10)
        transport.share_rooms(rooms)
        return len(transport.send("GET", "/", None).body)


SMALL, MEDIUM, LARGE = ROOM_SIZES[0] // 2, ROOM_SIZES[1] - 4096, MAX_RESPONSE_SIZE


@pytest.mark.parametrize(
    ("size", "log"), [(SMALL, []), (MEDIUM, ["enter 0"]), (LARGE, ["enter 0", "enter 1"])], ids=["64", "256", "8192"]
)
def test_a_response_holds_the_rooms_of_its_size(size: int, log: list[str]) -> None:
    rooms = Rooms()
    assert exchange(rooms, *respond("200 OK", size)) == size
    assert rooms.log == log


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "503 Service Unavailable"])
def test_a_body_without_meaning_holds_no_room(status: str) -> None:
    rooms = Rooms()
    assert exchange(rooms, *respond(status, LARGE)) == 0
    assert rooms.log == ["enter 0", "enter 1", "leave 1", "leave 0"]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 1024 * 1024] * 10], id="endless"),
        pytest.param([respond("200 OK", LARGE)[0], b"x" * (LARGE // 2)], id="cut off"),
    ],
)
def test_a_failure_leaves_the_rooms(pieces: list[bytes]) -> None:
    rooms = Rooms()
    with pytest.raises(AxisError):
        exchange(rooms, *pieces)
    assert rooms.log == ["enter 0", "enter 1", "leave 1", "leave 0"]


def test_no_place_is_freed_that_was_not_taken() -> None:
    rooms = Rooms(has_place=False)
    with raw_server(*respond("200 OK", LARGE)) as base:
        transport = Transport(base, TLSSettings(), 10)
        transport.share_rooms(rooms)
        transport.send("GET", "/", None)
        transport.close()
    assert rooms.log == ["enter 0", "enter 1"]


def test_the_wait_takes_no_time_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(connection, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    state = ExchangeState()
    state.rooms = Rooms(clock)
    state.start(10)
    clock[0] += 25
    state.count(ROOM_SIZES[0] + 1)
    assert clock[0] == 1025
    assert not state.is_overdue()
    assert state.next_wait() == pytest.approx(5)


def test_the_watchdog_ends_no_wait_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    state = ExchangeState()
    found = []

    class Waiting(Rooms):
        def enter(self, number: int) -> bool:
            monkeypatch.setattr(connection, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + 1000))
            found.append(state.is_overdue())
            return super().enter(number)

    state.rooms = Waiting()
    state.start(10)
    state.count(ROOM_SIZES[0] + 1)
    assert found == [False]


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet that is listening."""
    with Fleet() as running:
        yield running


def test_the_next_request_and_the_end_leave_the_rooms(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9")
    for number in range(400):
        device.plant_group(recording_group_id=f"group{number}")
    settings = ConnectionSettings(device.host, device.port, "http", "operator", device.accounts["operator"].password)
    session, rooms = Session(settings), Rooms()
    session.share_rooms(rooms)
    for _number in range(2):
        assert len(RecordingGroups(session).list()) == 400
    assert rooms.log == ["enter 0", "leave 0", "enter 0"]
    session.close()
    assert rooms.log == ["enter 0", "leave 0", "enter 0", "leave 0"]


def test_no_room_is_held_during_the_wait_for_another_login(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9")
    settings = ConnectionSettings(device.host, device.port, "http", "operator", device.accounts["operator"].password)
    session, rooms = Session(settings), Rooms()
    session.share_rooms(rooms)

    class Gate:
        def enter(self) -> None:
            rooms.log.append("wait")

        def leave(self, is_accepted: bool | None) -> None:
            rooms.log.append(f"login {is_accepted}")

    session.login_gate = Gate()
    # As after a large response to a request without a login.
    session._transport._state.start(10)
    session._transport._state.count(ROOM_SIZES[0] + 1)
    session._transport._state.start = lambda *_arguments, **_options: None  # type: ignore[method-assign]
    RecordingGroups(session).list()
    assert rooms.log[:3] == ["enter 0", "leave 0", "wait"]
