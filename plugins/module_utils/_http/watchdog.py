# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""End exchanges that outlive their deadline, whatever they wait for.

Exchanges bound their waits themselves. This is for code of a library that removes the time limit of a socket, or reads
it in another way than expected.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

_POLL_INTERVAL = 0.1  # seconds


class Guarded(Protocol):
    """What a watchdog ends."""

    def is_overdue(self) -> bool:
        """Return whether it should have ended."""

    def abort(self) -> None:
        """End it; called by another thread."""


class Watchdog:
    """A thread that watches all exchanges of the process. It sleeps if there are none."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: threads and locks do not survive a fork."""
        self._guarded: set[Guarded] = set()
        self._lock = threading.Lock()
        self._begun = threading.Event()
        self._never = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def guard(self, guarded: Guarded) -> Iterator[None]:
        """Return a context that is aborted when it is overdue.

        :raises RuntimeError: the machine has no room for another thread.
        """
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._watch, name="axis-watchdog", daemon=True)
                thread.start()
                self._thread = thread
        self._guarded.add(guarded)
        self._begun.set()
        try:
            yield
        finally:
            self._guarded.discard(guarded)

    def _watch(self) -> None:
        while True:
            self._begun.wait()
            self._begun.clear()
            while guarded := list(self._guarded):
                for item in guarded:
                    if item.is_overdue():
                        item.abort()
                self._never.wait(_POLL_INTERVAL)


WATCHDOG = Watchdog()
os.register_at_fork(after_in_child=WATCHDOG.reset)
