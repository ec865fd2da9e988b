# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run many functions in the threads of a few processes, and return their results as they end.

If the process that waits for them ends, in whatever way, they end as well.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from typing import TypeVar

from ansible_collections.camfleet.axis.plugins.plugin_utils._parent_process import end_with_parent

_T = TypeVar("_T")
#: Each connection is a thread and an open file.
MAX_CONNECTIONS = 1000
_POLL_INTERVAL = 0.5  # seconds
_MIN_TASKS_PER_PROCESS = 50


def run_all(tasks: Mapping[str, Callable[[], _T]], threads: int) -> Iterator[tuple[str, _T] | None]:
    """Yield name and result of every task, in the order in which they end; and ``None`` at least twice a second.

    :param threads: how many tasks run at the same time.
    :raises ChildProcessError: a process was killed, so that some results are missing.
    """
    names = list(tasks)
    count = min(len(os.sched_getaffinity(0)), threads, -(-len(names) // _MIN_TASKS_PER_PROCESS))
    if count <= 1:
        yield from _run_threads(tasks, names, threads)
        return
    # Neighbors in an inventory are often slow together.
    parts = [names[number::count] for number in range(count)]
    yield from _run_processes(lambda part: _run_threads(tasks, part, -(-threads // count)), parts)


def _run_threads(
    tasks: Mapping[str, Callable[[], _T]], names: Sequence[str], threads: int
) -> Iterator[tuple[str, _T] | None]:
    done: SimpleQueue[tuple[str, Future[_T]]] = SimpleQueue()
    with ThreadPoolExecutor(threads, "axis-audit") as executor:
        for name in names:
            executor.submit(tasks[name]).add_done_callback(partial(_report, done, name))
        remaining = len(names)
        while remaining:
            try:
                name, future = done.get(timeout=_POLL_INTERVAL)
            except Empty:
                yield None
                continue
            remaining -= 1
            yield name, future.result()


def _report(done: SimpleQueue[tuple[str, Future[_T]]], name: str, future: Future[_T]) -> None:
    done.put((name, future))


def _run_processes(
    run: Callable[[Sequence[str]], Iterator[tuple[str, _T] | None]], parts: Sequence[Sequence[str]]
) -> Iterator[tuple[str, _T] | None]:
    context = get_context("fork")
    missing = {name for part in parts for name in part}
    receivers: dict[Connection, BaseProcess] = {}
    for part in parts:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_serve, args=(run, part, sender), daemon=True)
        process.start()
        sender.close()
        receivers[receiver] = process
    while receivers:
        found = wait(list(receivers), _POLL_INTERVAL)
        ready = [receiver for receiver in receivers if receiver in found]
        if not ready:
            yield None
        for receiver in ready:
            try:
                name, result = receiver.recv()
            except EOFError:
                receivers.pop(receiver).join()
                continue
            missing.discard(name)
            yield name, result
    if missing:
        raise ChildProcessError(sorted(missing))


def _serve(
    run: Callable[[Sequence[str]], Iterator[tuple[str, _T] | None]],
    part: Sequence[str],
    sender: Connection,
) -> None:
    # The handlers of a worker, which are inherited, need the worker itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    end_with_parent()
    for item in run(part):
        if item is not None:
            sender.send(item)
    sender.close()
