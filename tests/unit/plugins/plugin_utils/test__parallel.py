# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every task has its result, in few threads and processes, and a process that dies is an error."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import run_all


@pytest.fixture(params=[1, 2, 3], autouse=True)
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the machine have so many cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(request.param)))
    return int(request.param)


def results(tasks: dict[str, Callable[[], int]], threads: int = 8) -> dict[str, int]:
    """Return the result of every task; each is yielded once."""
    found = [item for item in run_all(tasks, threads) if item is not None]
    assert len(found) == len(dict(found))
    return dict(found)


@pytest.mark.parametrize("number", [0, 1, 49, 51, 200])
def test_every_task_has_its_result(number: int) -> None:
    tasks = {f"host-{index}": partial(pow, index, 2) for index in range(number)}
    assert results(tasks) == {f"host-{index}": index**2 for index in range(number)}


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


@pytest.mark.parametrize("cores", [2, 3], indirect=True)
@pytest.mark.usefixtures("cores")
def test_a_process_that_dies_is_an_error() -> None:
    tasks: dict[str, Callable[[], int]] = {f"host-{index}": partial(pow, index, 2) for index in range(200)}
    tasks["host-7"] = lambda: os._exit(1)
    with pytest.raises(ChildProcessError, match="host-7"):
        results(tasks)


def test_neighbors_are_in_different_processes(cores: int) -> None:
    found = results({f"host-{index:03}": os.getpid for index in range(200)})
    assert len(set(found.values())) == cores
    assert len({found[f"host-{index:03}"] for index in range(cores)}) == cores
