# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what a process costs, as accounted by the operating system."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

_TIMESTAMP = len("2026-01-31 23:59:59,999")
_MAX_OUTPUT = 4000  # characters of output in an error


@dataclass(frozen=True)
class Cost:
    """The cost of one run, or the medians of several.

    :param wall: seconds from start to end.
    :param cpu: seconds, user and system, of the process and the children it waited for.
    :param peak: peak memory of the largest process, in bytes.
    """

    wall: float
    cpu: float
    peak: int


class UnexpectedResultError(Exception):
    """A run did not do the measured work, so its cost is meaningless."""


def measure(command: Sequence[str], environment: Mapping[str, str], output: Path) -> Cost:
    """Run a command and return its cost.

    :param output: file for its output.
    :raises UnexpectedResultError: if its exit status is not 0.
    """
    with output.open("wb") as sink:
        begin = time.monotonic()
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
        )
        _unused, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        text = output.read_text(encoding="utf-8", errors="replace")[-_MAX_OUTPUT:]
        raise UnexpectedResultError(f"{' '.join(command)} exited with status {process.returncode}:\n{text}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def task_seconds(task: str, log: Path) -> float:
    """Return the duration of a task from Ansible's log: until the next task began.

    :raises UnexpectedResultError: if the log does not contain both.
    """
    begin: datetime | None = None
    for entry in log.read_text(encoding="utf-8").splitlines():
        if " TASK [" in entry:
            begin_of_task = datetime.strptime(entry[:_TIMESTAMP], "%Y-%m-%d %H:%M:%S,%f")
            if begin is not None:
                return (begin_of_task - begin).total_seconds()
            begin = begin_of_task if f" TASK [{task}]" in entry else None
    raise UnexpectedResultError(f"{log} does not contain the task {task!r} and a task after it")


def median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each value."""
    return Cost(
        median(cost.wall for cost in costs),
        median(cost.cpu for cost in costs),
        int(median(cost.peak for cost in costs)),
    )
