# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a process costs, as the operating system accounts for it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

_STAMP = len("2026-01-31 23:59:59,999")
_LAST_LINES = 4000  # characters of output that are worth showing


@dataclass(frozen=True)
class Cost:
    """Of one run, or the medians of several.

    :param wall: seconds from start to end.
    :param cpu: seconds, user and system, of the process and all that it waited for.
    :param peak: bytes of memory that the largest single process of the run had at once.
    """

    wall: float
    cpu: float
    peak: int


class NotAsExpected(Exception):
    """A run did not do what is to be measured, so that its cost says nothing."""


def cost_of(command: Sequence[str], environment: Mapping[str, str], output: Path) -> Cost:
    """Run a command to its end.

    :param output: file that takes what it prints.
    :raises NotAsExpected: its exit status is not 0.
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
        text = output.read_text(encoding="utf-8", errors="replace")[-_LAST_LINES:]
        raise NotAsExpected(f"{' '.join(command)} ended with {process.returncode}:\n{text}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def seconds_of(task: str, log: Path) -> float:
    """How long a task of a play took, by Ansible's own log: until the next one began.

    :raises NotAsExpected: the log does not have it.
    """
    begin: datetime | None = None
    for line in log.read_text(encoding="utf-8").splitlines():
        if " TASK [" in line:
            time_of_line = datetime.strptime(line[:_STAMP], "%Y-%m-%d %H:%M:%S,%f")
            if begin is not None:
                return (time_of_line - begin).total_seconds()
            begin = time_of_line if f" TASK [{task}]" in line else None
    raise NotAsExpected(f"{log} says nothing of a task {task} and one after it")


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(cost.wall for cost in costs),
        median(cost.cpu for cost in costs),
        int(median(cost.peak for cost in costs)),
    )
