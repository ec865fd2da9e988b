# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers that the processes and threads of an audit share.

A process that is killed must not block the others: nothing of ``multiprocessing`` that waits is used here.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Iterator, MutableSequence
from contextlib import contextmanager
from tempfile import mkstemp
from threading import Lock
from weakref import finalize

_SIZE = 8  # bytes


class SharedWords:
    """So many numbers, to be created before the processes. All are 0 at first."""

    def __init__(self, count: int) -> None:
        self._words = memoryview(mmap.mmap(-1, _SIZE * max(1, count))).cast("q")
        # Its lock ends with the process that has it.
        self._file, path = mkstemp()
        os.unlink(path)
        finalize(self, os.close, self._file)
        self._lock = Lock()

    def __getitem__(self, number: int) -> int:
        """Return a number, which may be about to change."""
        return int(self._words[number])

    @contextmanager
    def locked(self, first: int, count: int) -> Iterator[MutableSequence[int]]:
        """Yield some of the numbers, while no other thread or process changes any."""
        # The lock of a file is that of a process, with all its threads.
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield self._words[first : first + count]  # type: ignore[misc] # as much of a sequence as is needed
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def find_free_places(words: MutableSequence[int], first: int = 0) -> list[int]:
    """Return the places from the first one on that no running process has taken.

    :param words: the process that has each place, or 0.
    """
    return [number for number in range(first, len(words)) if not _is_running(words[number])]


def take_place(words: MutableSequence[int], number: int) -> None:
    """Take a place for this process."""
    words[number] = os.getpid()


def leave_place(words: MutableSequence[int], first: int = 0) -> None:
    """Free one of the places, from the first one on, that this process has taken."""
    own = os.getpid()
    for number in range(first, len(words)):
        if words[number] == own:
            words[number] = 0
            return


def _is_running(process: int) -> bool:
    if process in (0, os.getpid()):
        return process != 0
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
