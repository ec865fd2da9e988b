# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sweeps over loopback: what they find, what they send, and how they end."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._http import transport
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras import sweep as sweeping
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.addresses import parse_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.network import Failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import SweepCounts
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import (
    SweepOptions,
    SweepResult,
    check_options,
    sweep,
)
from tests.loopback_network import ADDRESSES, NETWORKS, LoopbackNetwork
from tests.simulator import Fleet
from tests.unit.plugins.module_utils.raw_server import read_head

FAST: dict[str, Any] = {"timeout": 5.0, "requests_per_second": 1000}


def test_two_networks_have_exactly_their_cameras() -> None:
    seen: list[tuple[int, int, int]] = []
    addresses = parse_addresses(NETWORKS).addresses
    with LoopbackNetwork(https=True) as network:
        options = SweepOptions(port=network.port, validate_certs=False, **FAST)
        result = sweep(addresses, options, lambda *numbers: seen.append(numbers))
    assert [(camera.address, camera.serial) for camera in result.cameras] == [
        (address, device.serial) for address, device in network.cameras.items()
    ]
    assert Counter(camera.model for camera in result.cameras) == {"P3245-LVE": 14, "Q1961-TE": 13, "S3008": 13}
    assert result.counts == SweepCounts(
        addresses=ADDRESSES, cameras=40, others=5, refused=ADDRESSES - 40 - 5 - 3, silent=3
    )
    assert {failure.address for failure in result.failures if failure.kind == "silent"} == set(network.silent)
    assert {failure.address for failure in result.failures if failure.kind == "others"} == set(network.others)
    assert result.addresses == addresses
    assert [done for done, _total, _cameras in seen] == list(range(1, ADDRESSES + 1))
    assert seen[-1] == (ADDRESSES, ADDRESSES, 40)
    assert network.logins() == []
    assert network.requests() == dict.fromkeys(network.cameras, 1) | dict.fromkeys(network.others, 2)
    assert network.highest_rate() <= 10


def test_a_server_that_pretends_is_named() -> None:
    with LoopbackNetwork(cameras=1, silent=0) as network:
        (pretending,) = (address for address, other in network.others.items() if "AXIS_router" in str(other.headers))
        result = sweep([*network.others], SweepOptions(port=network.port, protocol="http", **FAST))
    assert result.counts == SweepCounts(addresses=5, others=5)
    (text,) = result.describe()
    assert text.startswith(f"The realm of the login begins with AXIS_, and has no serial number, at {pretending}. ")


@pytest.fixture
def fleet() -> Any:
    with Fleet() as running:
        yield running


def test_untrusted_certificates_are_counted_and_named(fleet: Fleet) -> None:
    devices = [fleet.add("camera_12_9", scheme="https", address="127.99.3.1")]
    devices += [fleet.add("camera_12_9", scheme="https", address="127.99.3.2", port=devices[0].tls_port)]
    result = sweep([device.host for device in devices], SweepOptions(port=devices[0].tls_port, **FAST))
    assert result.counts == SweepCounts(addresses=2, tls_errors=2)
    (text,) = result.describe()
    assert text.startswith("The TLS certificate is not trusted (")
    assert text.endswith(
        "at 2 addresses: 127.99.3.1, 127.99.3.2. "
        "Set validate_certs: false to include such devices: a search sends no login."
    )
    assert not any(device.journal for device in devices)


def test_auto_tries_http_where_https_is_refused(fleet: Fleet) -> None:
    http = fleet.add("camera_10_12", scheme="http", address="127.99.3.1")
    https = fleet.add("camera_12_9", scheme="https", address="127.99.3.2", port=http.port)
    options = SweepOptions(port=http.port, protocol="auto", validate_certs=False, **FAST)
    result = sweep([http.host, https.host, "127.99.3.3"], options)
    assert [(camera.address, camera.protocol) for camera in result.cameras] == [
        (http.host, "http"),
        (https.host, "https"),
    ]
    assert result.counts == SweepCounts(addresses=3, cameras=2, refused=1)


def test_plain_http_does_not_bypass_a_certificate(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    monkeypatch.setattr(sweeping, "DEFAULT_PORTS", {"https": device.tls_port, "http": device.port})
    assert sweep([device.host], SweepOptions(protocol="auto", **FAST)).counts.tls_errors == 1
    assert device.journal == []
    options = SweepOptions(protocol="auto", validate_certs=False, **FAST)
    assert [camera.protocol for camera in sweep([device.host], options).cameras] == ["https"]


def test_a_device_with_two_addresses_is_found_once(fleet: Fleet) -> None:
    one = fleet.add("camera_12_9", address="127.99.3.1")
    other = fleet.add("camera_12_9", address="127.99.3.2", port=one.port)
    other.replace_by(one)
    result = sweep([one.host, other.host], SweepOptions(port=one.port, protocol="http", **FAST))
    assert [camera.address for camera in result.cameras] == [one.host]
    assert result.counts == SweepCounts(addresses=2, cameras=1)
    (text,) = result.describe()
    assert text == (
        f"The device with serial number {one.serial} responds at 127.99.3.1, and also at 127.99.3.2. The inventory has "
        "it once, with 127.99.3.1. Check whether two devices have this serial number."
    )


def test_without_addresses_nothing_happens() -> None:
    assert sweep([], SweepOptions()).counts == SweepCounts()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_ends_the_threads(fleet: Fleet, error: type[BaseException]) -> None:
    camera = fleet.add("camera_12_9", address="127.99.3.1")
    with socket.create_server(("127.99.3.2", camera.port)) as silent, ExitStack() as connections:

        def interrupt(_done: int, _total: int, _cameras: int) -> None:
            # The other thread has sent its request, and waits for a response that never arrives.
            connection = connections.enter_context(silent.accept()[0])
            read_head(connection)
            raise error

        # The silent device alone would hold its thread for much longer than the test waits.
        options = SweepOptions(port=camera.port, protocol="http", timeout=60, connections=2)
        with pytest.raises(error):
            sweep([camera.host, "127.99.3.2"], options, interrupt)
        threads = [thread for thread in threading.enumerate() if thread.name == "axis-sweep"]
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)


def test_no_further_address_is_tried_after_an_interrupt(fleet: Fleet) -> None:
    devices = [fleet.add("camera_12_9", address="127.99.3.1")]
    devices += [fleet.add("camera_12_9", address=f"127.99.3.{last}", port=devices[0].port) for last in range(2, 6)]

    def interrupt(done: int, _total: int, _cameras: int) -> None:
        raise KeyboardInterrupt(done)

    options = SweepOptions(port=devices[0].port, protocol="http", requests_per_second=0.001)
    with pytest.raises(KeyboardInterrupt):
        # The pace lets only one request pass.
        sweep([device.host for device in devices], options, interrupt)
    for thread in threading.enumerate():
        if thread.name == "axis-sweep":
            thread.join(30)
    assert sum(len(device.journal) for device in devices) == 1


class RecordedWaits(threading.Event):
    """An event that is never set, and for which nothing really waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return False


def test_requests_follow_each_other_at_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(sweeping, "time", SimpleNamespace(monotonic=lambda: clock.now))
    event = RecordedWaits()
    pace = sweeping._Pace(20, event)
    for _number in range(4):
        pace.wait()
    clock.now = 110.0  # a pause gives no credit
    pace.wait()
    pace.wait()
    assert event.waits == pytest.approx([0, 0.05, 0.1, 0.15, 0, 0.05])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"port": 0}, "port is 0, which is not valid. Set a number from 1 to 65535."),
        ({"port": 65536}, "port is 65536"),
        ({"protocol": "ftp"}, "protocol is 'ftp', which is not valid. Set one of https, http, auto."),
        ({"timeout": 0}, "timeout is 0, "),
        ({"timeout": float("nan")}, "timeout is nan, "),
        ({"timeout": 61}, "Set a number of seconds over 0, and at most 60."),
        ({"connections": 0}, "connections is 0, which is not valid. Set a number from 1 to 1000."),
        ({"requests_per_second": 0}, "requests_per_second is 0, "),
        ({"requests_per_second": 1001}, "Set a number over 0, and at most 1000."),
    ],
)
def test_options_out_of_range_are_rejected(changes: dict[str, Any], text: str) -> None:
    options = SweepOptions(**changes)
    (error,) = check_options(options)
    assert text in str(error)
    with pytest.raises(InvalidOptionError):
        sweep(["127.0.0.1"], options)


def test_default_ports_are_those_of_the_protocol() -> None:
    assert SweepOptions().ports() == {443}
    assert SweepOptions(protocol="http").ports() == {80}
    assert SweepOptions(protocol="auto").ports() == {443, 80}
    assert SweepOptions(protocol="auto", port=8443).ports() == {8443}


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "IMPORT_ERROR", "traceback")
    with pytest.raises(AxisError, match="needs the Python library requests"):
        sweep(["127.0.0.1"], SweepOptions())


def test_a_machine_without_room_for_threads_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "start_threads", lambda _threads: [])
    with pytest.raises(AxisError, match="cannot start another thread"):
        sweep(["127.0.0.1"], SweepOptions())


def test_an_unexpected_error_ends_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sweeping, "identify", fail)
    with pytest.raises(ZeroDivisionError):
        sweep(["127.0.0.1", "127.0.0.2"], SweepOptions())


def test_a_long_list_of_addresses_is_shortened() -> None:
    failures = tuple(Failure(f"192.0.2.{number}", "unidentified", "It did", "Do it.") for number in range(12))
    result = SweepResult((), SweepCounts(), failures, (), (), frozenset())
    shown = ", ".join(f"192.0.2.{number}" for number in range(10))
    assert result.describe() == (f"It did, at 12 addresses: {shown}, …. Do it.",)
