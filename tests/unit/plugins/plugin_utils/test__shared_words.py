# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes and threads share numbers, and a process that is killed blocks none of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Thread

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._shared_words import (
    SharedWords,
    find_free_places,
    leave_place,
    take_place,
)


def fork(run: Callable[[], object]) -> int:
    """Run a function in another process, and return the process while it waits."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        run()
        os.write(writer, b"x")
        signal.pause()
    os.close(writer)
    assert os.read(reader, 1)
    os.close(reader)
    return process


def kill(process: int) -> None:
    """Kill a process, and wait for its end."""
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def count(words: SharedWords, times: int) -> None:
    """Add to the second number in several threads."""

    def add() -> None:
        for _unused in range(times):
            with words.locked(1, 1) as found:
                found[0] += 1

    threads = [Thread(target=add) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_change_is_lost() -> None:
    words = SharedWords(3)
    processes = [fork(lambda: count(words, 100)) for _number in range(2)]
    count(words, 100)
    assert [words[number] for number in range(3)] == [0, 1200, 0]
    for process in processes:
        kill(process)


def test_killed_process_leaves_no_lock() -> None:
    words = SharedWords(1)
    kill(fork(lambda: words.locked(0, 1).__enter__()))
    with words.locked(0, 1) as found:
        found[0] = 1
    assert words[0] == 1


@pytest.mark.parametrize("first", [0, 2])
def test_killed_process_leaves_its_places(first: int) -> None:
    words = SharedWords(5)

    def take() -> None:
        with words.locked(0, 5) as found:
            take_place(found, first)

    process = fork(take)
    with words.locked(0, 5) as found:
        assert find_free_places(found, first) == [*range(first + 1, 5)]
        # Only a place of its own.
        leave_place(found, first)
        assert find_free_places(found, first) == [*range(first + 1, 5)]
        kill(process)
        assert find_free_places(found, first) == [*range(first, 5)]


def test_each_place_is_left_once() -> None:
    words = SharedWords(3)
    with words.locked(0, 3) as found:
        take_place(found, 0)
        take_place(found, 2)
        assert find_free_places(found) == [1]
        leave_place(found)
        assert find_free_places(found) == [0, 1]
        leave_place(found)
        leave_place(found)
        assert find_free_places(found) == [0, 1, 2]
