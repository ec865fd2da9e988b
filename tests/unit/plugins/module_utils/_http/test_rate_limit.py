# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""At most ten requests in any second, from any number of processes."""

from __future__ import annotations

import math
import multiprocessing
import socket
import struct
import threading
import time
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http import rate_limit
from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import REQUESTS_PER_SECOND, RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from tests.unit.plugins.module_utils.raw_server import OK, TARGET, read_head, serve


def send_requests(path: str | None, count: int) -> list[float]:
    """Return when each of so many requests was sent."""
    limiter, times = RateLimiter(path), []
    for _number in range(count):
        with limiter.acquire():
            times.append(time.monotonic())
    return times


def max_per_second(times: list[float]) -> int:
    """Return the maximum number of requests in any second."""
    return max(sum(start <= other < start + 1 for other in times) for start in times)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time of a clock that runs only while the limiter sleeps."""
    now = [100.0]
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(rate_limit.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


@pytest.mark.usefixtures("clock")
def test_one_process_keeps_the_limit_with_and_without_a_file(tmp_path: Path) -> None:
    for path in (None, str(tmp_path / "times"), str(tmp_path / "missing" / "times")):
        assert max_per_second(send_requests(path, 2 * REQUESTS_PER_SECOND + 1)) == REQUESTS_PER_SECOND


@pytest.mark.fault("many tasks in a row on one camera")
def test_successive_processes_share_the_limit(tmp_path: Path) -> None:
    # Like the tasks of a play, each in its own process.
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        times = [pool.apply(send_requests, (str(tmp_path / "times"), 4)) for _task in range(4)]
    assert max_per_second([moment for task in times for moment in task]) <= REQUESTS_PER_SECOND


def test_concurrent_processes_share_the_limit(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        times = pool.starmap(send_requests, [(str(tmp_path / "times"), 8)] * 3)
    assert max_per_second([moment for task in times for moment in task]) <= REQUESTS_PER_SECOND


def test_request_counts_from_its_end() -> None:
    limiter = RateLimiter()
    with limiter.acquire():
        # Connecting takes this long, and the device receives the request only then.
        threading.Event().wait(0.3)
        ended = time.monotonic()
    for _number in range(REQUESTS_PER_SECOND - 1):
        with limiter.acquire():
            pass
    with limiter.acquire():
        assert time.monotonic() >= ended + 1.0


@pytest.mark.parametrize("path", [None, "times"])
@pytest.mark.parametrize("reserved", [1, 3, REQUESTS_PER_SECOND])
def test_more_requests_than_reserved_never_wait_for_their_reservation(
    tmp_path: Path, clock: list[float], path: str | None, reserved: int
) -> None:
    limiter, sent = RateLimiter(path and str(tmp_path / path)), list[float]()
    with limiter.reserve(reserved):
        # Retries, challenges, and requests for the serial number.
        for _number in range(3 * REQUESTS_PER_SECOND):
            with limiter.acquire():
                sent.append(clock[0])
    with limiter.acquire():
        sent.append(clock[0])
    assert max_per_second(sent) <= REQUESTS_PER_SECOND
    assert sent[-1] - sent[0] < 3 * REQUESTS_PER_SECOND


@pytest.mark.parametrize(
    "content",
    [b"short", *(struct.pack("10d", *[value] * 10) for value in (math.nan, math.inf, 1e9, -1.0))],
)
def test_damaged_file_does_not_block(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "times"
    path.write_bytes(content)
    assert len(send_requests(str(path), 3)) == 3


def test_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "times"
    send_requests(str(path), 1)
    assert path.stat().st_mode & 0o777 == 0o600


def run_concurrently(threads: list[threading.Thread]) -> None:
    """Start all threads and wait until they end."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_device_that_accepts_late_is_not_flooded(tmp_path: Path) -> None:
    ready, times = threading.Event(), []

    def talk(connection: socket.socket) -> None:
        ready.wait()
        read_head(connection)
        times.append(time.monotonic())
        connection.sendall(OK + b"Content-Length: 0\r\n\r\n")

    with serve(talk) as port:
        # Many workers of a play, on as many hosts behind one recorder.
        def request() -> None:
            with RateLimiter(str(tmp_path / "times")).acquire():
                Transport(f"http://127.0.0.1:{port}", TLSSettings(), 10).send("GET", TARGET, None)

        # Longer than a second, so that more of them would have begun if those in progress did not count.
        threading.Timer(1.5, ready.set).start()
        run_concurrently([threading.Thread(target=request) for _number in range(15)])
    assert len(times) == 15
    assert max_per_second(times) <= REQUESTS_PER_SECOND


def test_reserved_requests_follow_without_another_wait() -> None:
    limiter, times = RateLimiter(), []
    for _number in range(REQUESTS_PER_SECOND):
        with limiter.acquire():
            times.append(time.monotonic())
    with limiter.reserve(2):
        # Another request would wait, for example one of another worker process.
        for _number in range(2):
            with limiter.acquire():
                times.append(time.monotonic())
    with limiter.acquire():
        times.append(time.monotonic())
    assert max_per_second(times) <= REQUESTS_PER_SECOND


def test_reserved_requests_count_although_none_was_sent() -> None:
    limiter = RateLimiter()
    with limiter.reserve(REQUESTS_PER_SECOND):
        ended = time.monotonic()
    with limiter.acquire():
        assert time.monotonic() >= ended + 1.0
