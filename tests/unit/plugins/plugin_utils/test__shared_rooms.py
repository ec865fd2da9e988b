# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Few large responses are held at the same time, whatever the number of connections is."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import ROOM_SIZES
from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_rooms import SharedRooms


def fill(rooms: SharedRooms, number: int) -> int:
    """Take all places of a room, and return how many there were."""
    places = 0
    while rooms.enter(number):
        places += 1
    return places


def test_each_room_has_a_few_places() -> None:
    rooms = SharedRooms(max_wait=0)
    assert [fill(rooms, number) for number in range(len(ROOM_SIZES))] == [8, 2]


def test_processes_share_the_places() -> None:
    """Those of a killed process are free: it may be one that had no memory left."""
    rooms = SharedRooms(max_wait=0)
    reader, writer = get_context("fork").Pipe(duplex=False)

    def take() -> None:
        writer.send([rooms.enter(0), rooms.enter(0), rooms.enter(1)])
        signal.pause()

    child = get_context("fork").Process(target=take)
    child.start()
    assert reader.recv() == [True, True, True]
    assert [fill(rooms, 0), fill(rooms, 1)] == [6, 1]
    child.kill()
    child.join()
    assert [fill(rooms, 0), fill(rooms, 1)] == [2, 1]
    rooms.leave(0)
    assert fill(rooms, 0) == 1
    reader.close()
    writer.close()


def test_threads_wait_for_each_other() -> None:
    rooms, lock = SharedRooms(), threading.Lock()
    inside, most = 0, 0

    def work(_number: int) -> None:
        nonlocal inside, most
        assert rooms.enter(1)
        with lock:
            inside += 1
            most = max(most, inside)
        with lock:
            inside -= 1
        rooms.leave(1)

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(work, range(500)))
    assert most <= 2
    assert (inside, fill(SharedRooms(max_wait=0), 1)) == (0, 2)
