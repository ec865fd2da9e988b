# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pace of one device, by whatever name and port it is asked, and however late it takes what it is sent."""

from __future__ import annotations

import math
import socket
import struct
import threading
import time
from pathlib import Path

from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import REQUESTS_PER_SECOND, RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import Transport
from tests.unit.plugins.module_utils.raw_server import OK, TARGET, head_of, server

from .test_rate_limit import most_in_a_second


def all_at_once(threads: list[threading.Thread]) -> None:
    """Run them to their end."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_device_that_takes_connections_late_is_not_flooded_then(tmp_path: Path) -> None:
    ready, times = threading.Event(), []

    def talk(connection: socket.socket) -> None:
        ready.wait()
        head_of(connection)
        times.append(time.monotonic())
        connection.sendall(OK + b"Content-Length: 0\r\n\r\n")

    with server(talk) as port:
        # As many workers as a play may have, on as many hosts behind one recorder.
        def ask() -> None:
            with RateLimiter(str(tmp_path / "pace")).acquire():
                Transport(f"http://127.0.0.1:{port}", TLSSettings(), 10).send("GET", TARGET, None)

        threading.Timer(2.5, ready.set).start()
        all_at_once([threading.Thread(target=ask) for _number in range(25)])
    assert len(times) == 25
    assert most_in_a_second(times) <= REQUESTS_PER_SECOND


def test_times_that_cannot_be_right_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "pace"
    path.write_bytes(struct.pack(f"{REQUESTS_PER_SECOND}d", *[math.inf] * REQUESTS_PER_SECOND))
    with RateLimiter(str(path)).acquire():
        pass
