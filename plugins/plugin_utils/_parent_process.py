# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""End a process whose parent has ended, in whatever way: nothing receives its results.

A killed ansible-playbook leaves its workers, each of which has both ends of the pipe for their results. When the pipe
is full, one worker waits forever to write into it, and all others for the lock that this one holds.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import glob
from multiprocessing import parent_process
from pathlib import Path

_POLL_INTERVAL = 1.0  # seconds
# The processes that are watched. Threads do not survive a fork.
_WATCHED: set[int] = set()
# Held by what must not end in the middle.
_UNINTERRUPTED = threading.Lock()


def end_with_parent() -> None:
    """From now on, end this process with the one that forked it, also outside of the task that calls this function.

    It does nothing in a process that ``multiprocessing`` did not start.
    """
    parent = parent_process()
    if parent is None or os.getpid() in _WATCHED:
        return
    with suppress(RuntimeError):  # the machine has no room for another thread
        threading.Thread(target=_watch, args=(parent.pid,), name="axis-parent-process", daemon=True).start()
        _WATCHED.add(os.getpid())


@contextmanager
def postponed_end() -> Iterator[None]:
    """Return a context that lasts no longer than a moment, and that this process ends after."""
    with _UNINTERRUPTED:
        yield


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_INTERVAL)
    with _UNINTERRUPTED:
        _end_children()
        os._exit(1)


def _end_children() -> None:
    """End what this process waits for, such as ssh. A module on the other end of it ends itself (``_module``)."""
    # Other systems than Linux have no such files.
    for path in glob(f"/proc/{os.getpid()}/task/*/children"):
        with suppress(OSError):
            for child in Path(path).read_text(encoding="ascii").split():
                os.kill(int(child), signal.SIGTERM)
