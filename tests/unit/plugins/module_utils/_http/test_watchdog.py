# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The watchdog ends what is overdue, and nothing else."""

from __future__ import annotations

import os
import threading

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.watchdog import Watchdog


class Item:
    """Something that is overdue on request."""

    def __init__(self) -> None:
        self.overdue = threading.Event()
        self.aborted = threading.Event()

    def is_overdue(self) -> bool:
        """Return whether it is overdue."""
        return self.overdue.is_set()

    def abort(self) -> None:
        """Record that it was ended."""
        self.aborted.set()


def test_only_an_overdue_item_is_aborted() -> None:
    watchdog, late, punctual, ended = Watchdog(), Item(), Item(), Item()
    ended.overdue.set()
    with watchdog.guard(ended):
        pass
    ended.aborted.clear()
    with watchdog.guard(punctual), watchdog.guard(late):
        late.overdue.set()
        assert late.aborted.wait(60)
    assert not punctual.aborted.is_set()
    assert not ended.aborted.is_set()


def test_many_exchanges_begin_at_once() -> None:
    watchdog, items = Watchdog(), [Item() for _number in range(50)]
    barrier = threading.Barrier(len(items))

    def run(item: Item) -> None:
        barrier.wait()
        with watchdog.guard(item):
            item.overdue.set()
            item.aborted.wait(60)

    threads = [threading.Thread(target=run, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(item.aborted.is_set() for item in items)


def test_watchdog_works_again_after_a_pause_and_after_a_fork() -> None:
    watchdog = Watchdog()
    for _number in range(2):
        item = Item()
        with watchdog.guard(item):
            item.overdue.set()
            assert item.aborted.wait(60)
    process = os.fork()
    if process == 0:
        watchdog.reset()
        item = Item()
        item.overdue.set()
        with watchdog.guard(item):
            os._exit(0 if item.aborted.wait(60) else 1)
    assert os.waitpid(process, 0)[1] == 0


def test_without_room_for_its_thread_the_watchdog_starts_later(monkeypatch: pytest.MonkeyPatch) -> None:
    watchdog, item = Watchdog(), Item()
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse_to_start)
        with pytest.raises(RuntimeError), watchdog.guard(item):
            pass
    item.overdue.set()
    assert not item.aborted.is_set()
    with watchdog.guard(item):
        assert item.aborted.wait(60)


def refuse_to_start(_thread: threading.Thread) -> None:
    """Fail as Python does when the system has no room for another thread."""
    raise RuntimeError("can't start new thread")
