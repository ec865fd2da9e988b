# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any bytes that a device sends lead to a result or an AxisError, in bounded time and memory."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Thread
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.auth import Authenticator, parse_challenges
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import MAX_RESPONSE_SIZE, Transport
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from tests.playbook import CHECKOUT
from tests.simulator import Fleet

from .invariants import KINDS
from .responses import LARGE, PIECES, READERS, error_responses, mutate, mutation_lists, read, real_responses, run_with
from .tasks import Task, tasks
from .unlimited_rate import UnlimitedRate

#: The maximum length of a message as JSON, in characters.
MAX_MESSAGE_LENGTH = 20_000
#: The maximum memory for a response, as a multiple of its size.
MAX_MEMORY_FACTOR = 100


def serialize_error(error: AxisError) -> dict[str, Any]:
    """Return the fields of an error, after a check of its kind and length."""
    item = {"kind": error.kind, "msg": str(error), "description": error.description, "code": error.code}
    assert error.kind in KINDS
    assert len(json.dumps(item)) < MAX_MESSAGE_LENGTH
    return item


def result_or_error(action: Callable[[], Any]) -> Any:
    """Return the result of an action, or its AxisError as data. Any other exception is a defect."""
    error = None
    try:
        found = action()
    except AxisError as caught:
        error = caught
    value = found if error is None else serialize_error(error)
    json.dumps(value, ensure_ascii=False, default=str).encode()
    return value


# Responses.


@pytest.mark.fault("mutated response")
@pytest.mark.parametrize("name", READERS)
def test_mutated_response_is_read_or_raises_axis_error(name: str, soak: bool) -> None:
    bodies = [real_responses()[READERS[name][0]], *([error_responses()[name]] if name in error_responses() else [])]

    @given(st.sampled_from(bodies), mutation_lists)
    @settings(max_examples=10_000 if soak else 80, derandomize=not soak)
    def try_one(body: bytes, mutations: Any) -> None:
        result_or_error(partial(read, name, mutate(body, mutations)))

    try_one()


@pytest.mark.fault("mutated response")
@pytest.mark.parametrize("name", READERS)
def test_any_value_is_read_or_raises_axis_error(name: str) -> None:
    for body in (real_responses()[READERS[name][0]], *([error_responses()[name]] if name in error_responses() else [])):
        for piece in PIECES:
            for number in range(12):
                result_or_error(partial(read, name, mutate(body, [("value", number, 0, piece)])))


CALLS = (
    *(f"recording_group/{name}" for name in ("list", "create", "update", "delete", "schemaversions")),
    *("action/GetActionConfigurations", "action/GetActionRules", "action/Add*", "action/Remove*"),
    *("disks/list", "disks/gethealth", "record/list", "apidiscovery", "basicdeviceinfo"),
)
_CORPUS = st.sampled_from([*READERS]).map(lambda name: real_responses()[READERS[name][0]])


@pytest.mark.fault("mutated response")
def test_task_with_mutated_response_returns_a_result(soak: bool) -> None:
    @given(tasks, st.sampled_from(CALLS), st.integers(0, 2), _CORPUS, mutation_lists, st.booleans())
    @settings(max_examples=5000 if soak else 100, derandomize=not soak)
    def try_one(task: Task, call: str, skip: int, body: bytes, mutations: Any, check_mode: bool) -> None:
        with Fleet() as fleet:
            device = fleet.add("camera_12_9")
            device.plant_group(recording_group_id="a", nice_name="Door", retention_time=24)
            device.plant_recording("a")
            for kind in ("xml", "json"):
                content = mutate(body, mutations)
                device.plant_fault("body", call=call, skip=skip, body=content, content_type=f"application/{kind}")
            session = partial(Session, rate_limiter=UnlimitedRate())
            result = task.run(device.port, check_mode=check_mode, timeout=10, retries=0, session=session)
        kinds = {item["kind"] for part in ("refused", "unavailable") for item in result.get(part, ())}
        kinds |= {result["error"]["kind"]} if "error" in result else set()
        assert kinds <= KINDS
        assert len(result.get("msg", "")) < MAX_MESSAGE_LENGTH
        json.dumps(result, ensure_ascii=False).encode()

    try_one()


# Large responses.


def _cost(name: str, size: int) -> float:
    """Return the processor time in seconds for a response of a size."""
    responses = {call: make(size) for call, make in LARGE[name].items()}
    start = time.process_time()
    results = run_with(responses)
    seconds = time.process_time() - start
    for result in results:
        assert "error" not in result or result["error"]["kind"] in KINDS
        assert len(result.get("msg", "")) < MAX_MESSAGE_LENGTH
    return seconds


def _min_cost(name: str, size: int) -> float:
    return min(_cost(name, size) for _attempt in range(2))


@pytest.mark.fault("large response")
@pytest.mark.parametrize("name", LARGE)
def test_large_response_is_read_or_raises_axis_error(name: str, soak: bool) -> None:
    size = 160_000 if soak else 10_000
    _cost(name, size)
    large = _cost(name, 8 * size)
    if soak:
        # Linear work takes eight times as long, quadratic work sixty-four times. Only the long form measures it, as
        # times vary on a busy machine.
        assert large < 20 * max(_min_cost(name, size), 0.01)
        # The most expensive useful response is a list of many groups.
        assert large < 3 * max(_min_cost("groups", 8 * size), 0.1)


_CHILD = """
import re, resource, sys
from pathlib import Path
from tests.reliability.responses import LARGE, run_with

def bytes_of(name):  # of this process alone, unlike resource.getrusage
    return int(re.search(f"{name}:[^0-9]*([0-9]+)", Path("/proc/self/status").read_text())[1]) * 1024

size, max_factor = map(int, sys.argv[1:])
run_with({})
for name, calls in LARGE.items():
    responses = {call: make(size) for call, make in calls.items()}
    # An attempt to use far more raises a MemoryError.
    resource.setrlimit(resource.RLIMIT_AS, (bytes_of("VmSize") + 2 * max_factor * size, resource.RLIM_INFINITY))
    Path("/proc/self/clear_refs").write_text("5")
    before = bytes_of("VmHWM")
    run_with(responses)
    print(name, (bytes_of("VmHWM") - before) // size, sep=": ")
"""


@pytest.mark.fault("large response")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_memory_for_a_response_is_bounded(soak: bool) -> None:
    size = MAX_RESPONSE_SIZE // 2 if soak else 256 * 1024
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(size), str(MAX_MEMORY_FACTOR)],
        env={"PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / '.venv' / 'collections'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    # pytest -rP shows the factor of each response.
    print(done.stdout)
    assert done.returncode == 0, done.stderr[-2000:]
    costs = dict(line.split(": ") for line in done.stdout.splitlines())
    assert costs.keys() == LARGE.keys()
    assert max(map(int, costs.values())) < MAX_MEMORY_FACTOR


# Headers.

_HEADER_PARTS = st.sampled_from(
    [
        *(
            "Digest",
            "Basic",
            "Negotiate",
            "realm",
            "nonce",
            "algorithm",
            "qop",
            "opaque",
            "stale",
            "charset",
            "userhash",
        ),
        *("MD5", "SHA-256", "SHA-256-sess", "MD5-SESS", "auth", "auth-int", "true", "AXIS_ACCC8E000001"),
        *(
            "=",
            ",",
            " ",
            '"',
            "\\",
            "\r\n ",
            "\t",
            ";",
            "/",
            "==",
            "\x00",
            "\x7f",
            "\x85",
            "ÿ",
            '="',
            '", ',
            "a" * 5000,
        ),
    ]
)
_HEADERS = st.lists(_HEADER_PARTS, max_size=40).map("".join) | st.text(st.characters(max_codepoint=255), max_size=60)
_VALID_CHALLENGES = ('Digest realm="AXIS_ACCC8E000001", nonce="x", algorithm=MD5, qop="auth"', 'Basic realm="x"')


@pytest.mark.fault("mutated challenge")
def test_any_challenge_gets_valid_header_or_axis_error(soak: bool) -> None:
    mutated_headers = st.tuples(st.sampled_from(_VALID_CHALLENGES), mutation_lists).map(
        lambda pair: mutate(pair[0].encode(), pair[1])
    )
    headers_strategy = (
        _HEADERS | mutated_headers.map(lambda header: header.decode("latin-1")) | st.sampled_from(_VALID_CHALLENGES)
    )

    @given(st.lists(headers_strategy, max_size=4), st.booleans())
    @settings(max_examples=20_000 if soak else 400, derandomize=not soak)
    def try_one(headers: list[str], encrypted: bool) -> None:
        authenticator = Authenticator("operator", "operator-pass", "auto", encrypted=encrypted)

        def build_header() -> str | None:
            authenticator.choose(parse_challenges(headers))
            return authenticator.header("GET", "/axis-cgi/x?y=z")

        header = result_or_error(build_header)
        if isinstance(header, str):
            header.encode("latin-1")
            assert "operator-pass" not in header

    try_one()


@pytest.mark.long
@pytest.mark.fault("mutated challenge")
@pytest.mark.parametrize("piece", ["a", "=", ",", " ", '"', "\\", 'a="b", ', "Digest ", 'Digest a="', "a= "])
def test_time_to_parse_challenge_grows_linearly(piece: str) -> None:
    def cost(size: int) -> float:
        start = time.process_time()
        for head in ("", "Digest ", 'Digest nonce="x", qop='):
            with suppress(AxisError):
                Authenticator("a", "b", "auto", encrypted=False).choose(
                    parse_challenges([head + piece * (size // len(piece))])
                )
        return time.process_time() - start

    # http.client takes lines of 64 KiB.
    assert min(cost(65_536) for _attempt in range(3)) < 40 * max(min(cost(8_192) for _attempt in range(3)), 0.002)


VALUES = [
    *(
        "",
        "0",
        "-1",
        "-0",
        "1.5",
        "NaN",
        "inf",
        "1e400",
        "9" * 400,
        "1" + "0" * 6000,
        "²",
        "٣".encode().decode("latin-1"),
    ),
    *(" 1", "1 ", "1_0", "+1", "0x10", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Foo 99999", "\x00", "ÿ", "a" * 30_000),
    *(
        "http://[",
        "//",
        "http://user:word@elsewhere/",
        "http://a:99999/",
        "ÿþ",
        "?x",
        "javascript:x",
        "https://a/?token=b",
    ),
]


@pytest.mark.fault("mutated header")
@pytest.mark.parametrize("status", [429, 503, 302, 307, 200, 500])
def test_any_header_value_causes_a_bounded_wait(status: int) -> None:
    for value in VALUES:
        _check_header(status, value)


def _check_header(status: int, value: str) -> None:
    head = f"HTTP/1.1 {status} x\r\nRetry-After: {value}\r\nLocation: {value}\r\nContent-Type: {value}\r\n"
    response = head.encode("latin-1") + b"Content-Length: 4\r\nConnection: close\r\n\r\n<a/>"
    with served(response) as port, mock.patch.object(time, "sleep") as slept:
        session = Session(
            ConnectionSettings("127.0.0.1", port, "http", "operator", "operator-pass", timeout=10),
            rate_limiter=UnlimitedRate(),
        )
        ending = result_or_error(partial(session.call, calls.LIST_GROUPS))
    assert all(0 <= call.args[0] <= 10 for call in slept.call_args_list)
    assert "operator-pass" not in str(ending)
    assert "token=b" not in str(ending)
    if status in {302, 307}:
        assert ending["kind"] == "redirect"


# Bytes.

_RESPONSES = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<a/>",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n<a/>\r\n0\r\nX: y\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n",
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="x", nonce="y"\r\nContent-Length: 0\r\n\r\n',
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 503 Busy\r\nRetry-After: 1\r\n\r\nlater",
)


@contextmanager
def served(response: bytes) -> Iterator[int]:
    """Serve a port that sends these bytes to every request, and closes the connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _peer = listening.accept()
                with connection, suppress(OSError):
                    connection.recv(65_536)
                    connection.sendall(response)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@pytest.mark.fault("mutated HTTP")
def test_any_bytes_are_a_response_or_raise_axis_error(soak: bool) -> None:
    @given(st.sampled_from(_RESPONSES), mutation_lists)
    @settings(max_examples=20_000 if soak else 300, derandomize=not soak)
    def try_one(response: bytes, mutations: Any) -> None:
        with served(mutate(response, mutations)) as port:
            result_or_error(partial(Transport(f"http://127.0.0.1:{port}", TLSSettings(), 10).send, "GET", "/", None))

    try_one()
