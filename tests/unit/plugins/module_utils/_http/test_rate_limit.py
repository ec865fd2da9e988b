# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No more than ten requests in any second, whichever processes send them."""

from __future__ import annotations

import math
import multiprocessing
import struct
import threading
import time
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import REQUESTS_PER_SECOND, RateLimiter


def take_turns(path: str | None, count: int) -> list[float]:
    """When each of so many requests was sent."""
    pace, times = RateLimiter(path), []
    for _number in range(count):
        with pace.acquire():
            times.append(time.monotonic())
    return times


def most_in_a_second(times: list[float]) -> int:
    """The largest number of them in any second."""
    return max(sum(start <= other < start + 1 for other in times) for start in times)


def test_one_process_keeps_its_pace_with_and_without_a_file(tmp_path: Path) -> None:
    for path in (None, str(tmp_path / "pace"), str(tmp_path / "missing" / "pace")):
        assert most_in_a_second(take_turns(path, 2 * REQUESTS_PER_SECOND + 1)) == REQUESTS_PER_SECOND


@pytest.mark.fault("many tasks in a row on one camera")
def test_processes_share_a_pace_one_after_the_other(tmp_path: Path) -> None:
    # As the tasks of a play do: each a process of its own.
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        times = [pool.apply(take_turns, (str(tmp_path / "pace"), 4)) for _task in range(6)]
    assert most_in_a_second([moment for task in times for moment in task]) <= REQUESTS_PER_SECOND


def test_processes_share_a_pace_at_the_same_time(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        times = pool.starmap(take_turns, [(str(tmp_path / "pace"), 8)] * 3)
    assert most_in_a_second([moment for task in times for moment in task]) <= REQUESTS_PER_SECOND


def test_a_request_counts_from_its_end() -> None:
    pace = RateLimiter()
    with pace.acquire():
        # Connecting takes this long, so the device sees it only then.
        threading.Event().wait(0.3)
        ended = time.monotonic()
    for _number in range(REQUESTS_PER_SECOND - 1):
        with pace.acquire():
            pass
    with pace.acquire():
        assert time.monotonic() >= ended + 1.0


@pytest.mark.parametrize(
    "content",
    [b"short", *(struct.pack("10d", *[value] * 10) for value in (math.nan, math.inf, 1e9, -1.0))],
)
def test_what_stands_in_the_file_holds_nobody(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pace"
    path.write_bytes(content)
    assert len(take_turns(str(path), 3)) == 3


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "pace"
    take_turns(str(path), 1)
    assert path.stat().st_mode & 0o777 == 0o600
