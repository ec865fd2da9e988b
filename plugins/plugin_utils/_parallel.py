# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run many functions in the threads of a few processes, and return their results as they end.

A function that fails, a process that is killed, and a machine without further processes, threads, or files cost no
other function its result. If the process that waits for them ends, in whatever way, they end as well.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.plugin_utils._parent_process import end_with_parent

_T = TypeVar("_T")
#: Each connection is a thread and an open file.
MAX_CONNECTIONS = 1000
_POLL_INTERVAL = 0.5  # seconds
_MAX_EXIT_TIME = 10.0  # seconds, from the last result of a process to its end
_MIN_TASKS_PER_PROCESS = 50
# A connection, and the file that limits the rate of requests, for each; and what libraries open.
_FILES_PER_TASK, _OTHER_FILES = 2, 16


class TaskLostError(AxisError):
    """A task ended without a result: ``interrupted``."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "interrupted",
            f"The check has no result, because {reason}",
            "Check the memory of this machine and its limits (ulimit -a), and run again.",
        )


@dataclass(frozen=True)
class _Tasks(Generic[_T]):
    """The tasks, and what returns the result of one without a result of its own, from its name and the error."""

    run: Mapping[str, Callable[[], _T]]
    fail: Callable[[str, BaseException], _T]

    def attempt(self, name: str) -> bytes:
        """Return the serialized result of a task: one that cannot be serialized would end the whole run."""
        try:
            return pickle.dumps(self.run[name]())
        except BaseException as error:  # also what ends a thread
            return pickle.dumps(self.fail(name, error))

    def load(self, name: str, result: bytes) -> _T:
        """Return a result."""
        try:
            loaded: _T = pickle.loads(result)  # noqa: S301 # of this process, or of one that it forked
        except Exception as error:
            return self.fail(name, error)
        return loaded


def run_all(
    tasks: Mapping[str, Callable[[], _T]], threads: int, fail: Callable[[str, BaseException], _T]
) -> Iterator[tuple[str, _T] | None]:
    """Yield name and result of every task, in the order in which they end; and ``None`` at least twice a second.

    :param threads: how many tasks run at the same time, at most.
    :param fail: returns the result of a task that raised an error, or that was lost with its process. Any thread calls
        it, in the ``except`` block if the task raised the error.
    """
    names, work = list(tasks), _Tasks(tasks, fail)
    count = min(_count_cores(), threads, -(-len(names) // _MIN_TASKS_PER_PROCESS))
    if count <= 1:
        found = _run_threads(work, names, threads)
    else:
        # Neighbors in an inventory are often slow together.
        found = _run_processes(work, [names[number::count] for number in range(count)], -(-threads // count))
    for item in found:
        yield item and (item[0], work.load(*item))


def _count_cores() -> int:
    # Not every system can restrict a process to some of them.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run_threads(work: _Tasks[_T], names: Sequence[str], threads: int) -> Iterator[tuple[str, bytes] | None]:
    pending: SimpleQueue[str | None] = SimpleQueue()
    done: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    def run() -> None:
        while (name := pending.get()) is not None:
            done.put((name, work.attempt(name)))

    wanted = min(threads, len(names), count_possible_tasks())
    # They do not keep the process from ending.
    started = start_threads([Thread(target=run, name="axis-audit", daemon=True) for _number in range(wanted)])
    # Each task may need a thread of its own, for example to resolve a name.
    surplus = (len(started) + 1) // 2 if len(started) < wanted else 0
    for name in (*[None] * surplus, *names, *[None] * len(started)):
        pending.put(name)
    if surplus == len(started):
        yield from ((name, work.attempt(name)) for name in names)
        return
    missing = set(names)
    while missing:
        is_running = any(thread.is_alive() for thread in started)
        try:
            name, result = done.get(timeout=_POLL_INTERVAL if is_running else 0)
        except Empty:
            if not is_running:
                break
            yield None
            continue
        missing.remove(name)
        yield name, result
    for name in missing:
        yield name, pickle.dumps(work.fail(name, TaskLostError("its thread ended")))


def start_threads(threads: Sequence[Thread]) -> list[Thread]:
    """Start threads, and return those that the machine has room for."""
    started = []
    with suppress(RuntimeError, MemoryError):
        for thread in threads:
            thread.start()
            started.append(thread)
    return started


def count_possible_tasks() -> int:
    """Return how many tasks may have files open, after the limit is raised as far as this process may do that."""
    opened = len(os.listdir("/dev/fd")) + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = opened + _FILES_PER_TASK * MAX_CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < needed:
        with suppress(OSError, ValueError):
            soft_now = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft_now, hard))
            soft = soft_now
    if soft == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(1, (soft - opened) // _FILES_PER_TASK)


@dataclass(frozen=True)
class _Child:
    """A process, and the tasks whose results it has not sent yet."""

    process: ForkProcess
    missing: set[str]

    def describe_end(self) -> str:
        """Return how the process ended, which has closed its pipe."""
        self.process.join(_MAX_EXIT_TIME)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        code = self.process.exitcode or 0
        if code >= 0:
            return f"its process ended (exit status {code})"
        return f"its process was killed (signal {-code}, {signal.strsignal(-code) or 'unknown'})"


def _run_processes(
    work: _Tasks[_T], parts: Sequence[Sequence[str]], threads: int
) -> Iterator[tuple[str, bytes] | None]:
    children: dict[Connection, _Child] = {}
    left: list[str] = []
    for part in parts:
        try:
            receiver, child = _fork(work, part, threads)
        except OSError:  # the machine has no room for another process, or no file for its pipe
            left += part
        else:
            children[receiver] = child
    while children:
        found = wait(list(children), _POLL_INTERVAL)
        if not found:
            yield None
        for receiver in [receiver for receiver in children if receiver in found]:
            try:
                name, result = receiver.recv()
            except (EOFError, OSError):  # the latter in the middle of a result
                receiver.close()
                child = children.pop(receiver)
                reason = child.describe_end()
                for name in child.missing:
                    yield name, pickle.dumps(work.fail(name, TaskLostError(reason)))
                continue
            children[receiver].missing.remove(name)
            yield name, result
    if left:
        yield from _run_threads(work, left, threads)


def _fork(work: _Tasks[_T], part: Sequence[str], threads: int) -> tuple[Connection, _Child]:
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    with sender:
        process = context.Process(target=_serve, args=(work, part, threads, sender), daemon=True)
        try:
            process.start()
        except OSError:
            receiver.close()
            raise
    return receiver, _Child(process, set(part))


def _serve(work: _Tasks[_T], part: Sequence[str], threads: int, sender: Connection) -> None:
    # The handlers of a worker, which are inherited, need the worker itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    end_with_parent()
    for item in _run_threads(work, part, threads):
        if item is not None:
            sender.send(item)
    sender.close()
