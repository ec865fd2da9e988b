# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The memory of an audit does not grow with the number of devices that send large responses at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import MAX_RESPONSE_SIZE
from tests.playbook import command, environment

_MEBIBYTE = 1024 * 1024
_DEVICES = 80
#: Bytes of all processes of a run. Without a limit, 80 devices take more than 5 GiB.
_MAX_MEMORY = 600 * _MEBIBYTE
_GROUP = b'<RecordingGroup RecordingGroupId="g%06d" NiceName="%s" RetentionTime="720" DiskId="SD_DISK"/>'


def build_list(count: int) -> bytes:
    """Return a list of so many groups with 8 MiB."""
    name = b"n" * (MAX_RESPONSE_SIZE // count - len(_GROUP) - 2)
    groups = b"".join(_GROUP % (number, name) for number in range(count))
    return b"<RecordingGroupResponse><ListSuccess>%s</ListSuccess></RecordingGroupResponse>" % groups


class _Server(ThreadingHTTPServer):
    """Any number of devices at one port, which all send the same response to the list of the groups."""

    daemon_threads = True
    request_queue_size = 1024
    body = b""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Respond without a challenge."""
        is_list = "/recording_group/list.cgi" in self.path
        self.send_response(200 if is_list else 404)
        body = self.server.body if is_list else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    """Yield a server that is listening at all addresses of this machine."""
    with _Server(("0.0.0.0", 0), _Handler) as running:  # noqa: S104
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def write_inventory(path: Path, port: int, count: int) -> Path:
    """Write an inventory of devices that differ in their addresses only."""
    hosts = {f"camera-{number:03}": {"ansible_host": f"127.0.1.{number + 1}"} for number in range(count)}
    variables = {
        "axis_protocol": "http",
        "axis_port": port,
        "axis_username": "root",
        "axis_password": "correct horse",
        "axis_timeout": 120,
        "axis_retries": 0,
        "retention_policy_purpose": "Safety",
        "retention_policy_owner": "safety@example.com",
        "retention_policy_groups": [{"recording_group_id": "g000000", "retention_time": "30d"}],
        "retention_policy_connections": count,
    }
    path.write_text(json.dumps({"all": {"children": {"axis": {"hosts": hosts, "vars": variables}}}}), encoding="utf-8")
    return path


def children(process: int) -> Iterator[int]:
    """Yield a process with all processes that it started."""
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text(encoding="ascii").split():
                yield from children(int(child))


def memory(process: int) -> int:
    """Return the bytes that a process and those that it started use together; shared memory counts once."""
    total = 0
    for number in children(process):
        with suppress(OSError):
            lines = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


@pytest.mark.long
@pytest.mark.fault("large responses of many devices at the same time")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize("groups", [400, 40_000])
def test_many_large_responses_take_little_memory(server: _Server, tmp_path: Path, groups: int) -> None:
    server.body = build_list(groups)
    inventory = write_inventory(tmp_path / "hosts.json", server.server_port, _DEVICES)
    output, peak = tmp_path / "output.txt", 0
    with (
        output.open("wb") as sink,
        subprocess.Popen(
            command("camfleet.axis.audit", inventory), env=environment(tmp_path), stdout=sink, stderr=subprocess.STDOUT
        ) as run,
    ):
        while run.poll() is None:
            peak = max(peak, memory(run.pid))
            with suppress(subprocess.TimeoutExpired):
                run.wait(0.1)
    text = output.read_text(encoding="utf-8")
    # Whatever the list contains, every device was read.
    assert f"{_DEVICES} hosts" in text
    assert "did not respond" not in text, text[-2000:]
    assert peak < _MAX_MEMORY, peak
