# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every task has one result, in few threads and processes, whatever happens to the other tasks and to the machine."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils import _parallel
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import run_all

Tasks = dict[str, Callable[[], Any]]


@pytest.fixture(params=[1, 2, 3], autouse=True)
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the machine have so many cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(request.param)))
    return int(request.param)


SEVERAL = pytest.mark.parametrize("cores", [2, 3], indirect=True)


def describe(_name: str, error: BaseException) -> str:
    """Return the result of a task without one of its own."""
    return f"{type(error).__name__}: {error}"


def results(tasks: Tasks, threads: int = 8) -> dict[str, Any]:
    """Return the result of every task; each is yielded once."""
    found = [item for item in run_all(tasks, threads, describe) if item is not None]
    assert len(found) == len(dict(found))
    return dict(found)


def squares(number: int = 200) -> Tasks:
    """Return tasks without a fault."""
    return {f"host-{index}": partial(pow, index, 2) for index in range(number)}


def expected(number: int = 200) -> dict[str, Any]:
    """Return their results."""
    return {f"host-{index}": index**2 for index in range(number)}


@pytest.mark.parametrize("number", [0, 1, 49, 51, 200])
def test_every_task_has_its_result(number: int) -> None:
    assert results(squares(number)) == expected(number)


def test_no_more_tasks_than_threads_run_at_the_same_time(cores: int) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def run() -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        with lock:
            running -= 1
            return most

    found = results({f"host-{index}": run for index in range(200)}, threads=4)
    assert max(found.values()) <= -(-4 // cores)


def test_neighbors_are_in_different_processes(cores: int) -> None:
    found = results({f"host-{index:03}": os.getpid for index in range(200)})
    assert len(set(found.values())) == cores
    assert len({found[f"host-{index:03}"] for index in range(cores)}) == cores


class SelfReference:
    """What is serialized, and fails when it is read again."""

    def __reduce__(self) -> tuple[Any, ...]:
        return divide, ()


def divide() -> float:
    """Fail."""
    return 1 / 0


def end_the_thread() -> NoReturn:
    """Raise what no handler of errors catches."""
    sys.exit("the end")


def nest() -> list[Any]:
    """Return what is too deep to be serialized."""
    found: list[Any] = []
    for _level in range(100_000):
        found = [found]
    return found


@pytest.mark.parametrize("number", [3, 200])
def test_a_task_that_fails_has_a_result_of_its_own(number: int) -> None:
    tasks = squares(number)
    tasks |= {"raises": divide, "exits": end_the_thread, "is a function": lambda: divide}
    tasks |= {"has no copy": threading.Lock, "cannot be read": SelfReference, "is deep": nest}
    found = results(tasks)
    assert found.pop("raises") == "ZeroDivisionError: division by zero"
    assert found.pop("exits") == "SystemExit: the end"
    assert found.pop("is a function") is divide
    assert "pickle" in found.pop("has no copy")
    assert found.pop("cannot be read") == "ZeroDivisionError: division by zero"
    assert found.pop("is deep").startswith("RecursionError")
    assert found == expected(number)


def test_a_task_that_ends_its_thread_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    """As a machine without memory does, where nothing can be serialized any more."""
    monkeypatch.setattr(threading, "excepthook", lambda _arguments: None)

    def fail(name: str, error: BaseException) -> str:
        if isinstance(error, ZeroDivisionError):
            raise MemoryError
        return describe(name, error)

    tasks: Tasks = {"last": divide, **squares(10)}
    found = dict(item for item in run_all(tasks, 1, fail) if item is not None)
    assert set(found) == set(tasks)
    assert found["last"].startswith(
        "TaskLostError: The check has no result, because its thread ended. Check the memory"
    )
    found = dict(item for item in run_all(tasks, 8, fail) if item is not None)
    assert found.pop("last").startswith("TaskLostError")
    assert found == expected(10)


def kill_this_process(number: signal.Signals) -> NoReturn:
    """End this process as another one ends it."""
    os.kill(os.getpid(), number)
    while True:
        signal.pause()


@SEVERAL
@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (partial(os._exit, 0), "its process ended (exit status 0)"),
        (partial(os._exit, 3), "its process ended (exit status 3)"),
        (partial(kill_this_process, signal.SIGKILL), "its process was killed (signal 9, Killed)"),
        (partial(kill_this_process, signal.SIGXCPU), "its process was killed (signal 24, CPU time limit exceeded)"),
        (partial(kill_this_process, signal.SIGTERM), "its process was killed (signal 15, Terminated)"),
    ],
)
def test_a_process_that_ends_costs_its_own_tasks_only(cores: int, end: Callable[[], NoReturn], reason: str) -> None:
    """The results that it sent before remain."""
    found = results({**squares(), "host-0": end}, threads=cores)
    assert set(found) == {f"host-{index}" for index in range(200)}
    lost = {name for name, result in found.items() if isinstance(result, str)}
    assert found["host-0"] == (
        f"TaskLostError: The check has no result, because {reason}. Check the memory of this machine and its limits "
        "(ulimit -a), and run again."
    )
    assert lost <= {f"host-{index}" for index in range(0, 200, cores)}
    assert {found[name] for name in lost} == {found["host-0"]}
    assert {name: found[name] for name in found if name not in lost} == {
        name: result for name, result in expected().items() if name not in lost
    }


@SEVERAL
@pytest.mark.usefixtures("cores")
def test_a_process_that_ends_in_the_middle_of_a_result() -> None:
    def end_later() -> bytes:
        # The pipe is full long before.
        threading.Thread(target=lambda: os._exit(9)).start()
        return bytes(50_000_000)

    found = results({**squares(), "host-0": end_later}, threads=2)
    assert set(found) == set(expected())


@SEVERAL
def test_all_processes_are_killed(cores: int) -> None:
    kill = partial(kill_this_process, signal.SIGKILL)
    found = results({f"host-{index}": kill for index in range(200)}, threads=cores)
    assert len(found) == 200
    assert all("signal 9" in result for result in found.values())


@SEVERAL
@pytest.mark.parametrize("allowed", [0, 1])
@pytest.mark.usefixtures("cores")
def test_without_room_for_a_process_there_are_fewer(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    fork, left = os.fork, allowed

    def limited_fork() -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return fork()

    monkeypatch.setattr(os, "fork", limited_fork)
    found = results({**squares(), "own": os.getpid})
    assert len({found.pop("own"), os.getpid()}) in {1, 1 + allowed}
    assert found == expected()


@pytest.mark.parametrize("allowed", [0, 1, 2, 5])
def test_without_room_for_a_thread_there_are_fewer(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    """A task may need one more thread, of which the machine has room for as many as tasks."""
    started, start = [0], threading.Thread.start

    def limited_start(thread: threading.Thread) -> None:
        if thread.name == "axis-audit":
            if started[0] >= allowed:
                raise RuntimeError("can't start new thread")
            started[0] += 1
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited_start)
    running, most, lock = [0], [0], threading.Lock()

    def run() -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.001)
        with lock:
            running[0] -= 1
        return most[0]

    found = results({**squares(40), "most": run, "more": run, "much": run})
    assert found.pop("most") + found.pop("more") + found.pop("much") <= 3 * max(1, allowed // 2)
    assert found == expected(40)


@pytest.mark.usefixtures("cores")
def test_no_more_tasks_run_than_may_have_files_open() -> None:
    """In a process of its own, since no limit can be raised again."""
    process = os.fork()
    if process == 0:
        with suppress(BaseException):
            opened = len(os.listdir("/dev/fd"))
            resource.setrlimit(resource.RLIMIT_NOFILE, (opened + 30, opened + 30))
            found = results({f"host-{index}": partial(open_files, 2) for index in range(200)}, threads=200)
            os._exit(0 if set(found.values()) == {2} else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


def open_files(number: int) -> int:
    """Open files, as long as others do."""
    files = [open(os.devnull, encoding="utf-8") for _number in range(number)]  # noqa: SIM115
    threading.Event().wait(0.001)
    for file in files:
        file.close()
    return number


def test_the_limit_of_files_is_raised_as_far_as_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = [(1024, 4096), (1024, resource.RLIM_INFINITY), (resource.RLIM_INFINITY, resource.RLIM_INFINITY), (20, 20)]
    found, raised = [], []
    for limit in limits:
        monkeypatch.setattr(resource, "getrlimit", lambda _kind, limit=limit: limit)
        monkeypatch.setattr(resource, "setrlimit", lambda _kind, limit: raised.append(limit[0]))
        found.append(_parallel.count_possible_tasks())
    assert min(found[:3]) >= _parallel.MAX_CONNECTIONS
    assert found[3] == 1
    assert 2000 < raised[0] < 4096
