# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the Axis devices among many addresses, without a login.

Each address is tried once, by threads of this process. All of them together keep a limit of requests per second, so
that neither a switch nor a firewall takes the sweep for an attack, and each address the limit of any session.
"""

from __future__ import annotations

import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    DeviceUnreachableError,
    InvalidOptionError,
    Message,
    Option,
    describe_value,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http import transport as http_transport
from ansible_collections.camfleet.axis.plugins.module_utils._http.libraries import check_libraries
from ansible_collections.camfleet.axis.plugins.module_utils._http.rate_limit import RateLimiter
from ansible_collections.camfleet.axis.plugins.module_utils._http.transport import RequestBody, Response, Transport
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEFAULT_PORTS, MAX_PORT
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.network import KINDS, Endpoint, Failure, identify
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import RespondingCamera, SweepCounts
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import (
    MAX_CONNECTIONS,
    count_possible_tasks,
    start_threads,
)

_PROTOCOLS = ("https", "http", "auto")
MAX_REQUESTS_PER_SECOND = 1000
_MAX_TIMEOUT = 60.0  # seconds
_POLL_INTERVAL = 0.2  # seconds
# Of one address in a message.
_MAX_SHOWN = 10

#: Called in the thread of the caller: how many addresses are done, of how many, and how many of them are Axis devices.
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """How to connect to the addresses, and how fast.

    :param port: None for the default port of the protocol.
    :param protocol: ``https``, ``http``, or ``auto``: HTTPS, and HTTP where it does not identify a device.
    :param timeout: seconds to connect, and for each read; three times as long for a whole response.
    :param connections: how many addresses are tried at the same time, at most.
    :param requests_per_second: to all addresses together; a connection without a request counts as one.
    """

    port: int | None = None
    protocol: str = "https"
    validate_certs: bool = True
    timeout: float = 5.0
    connections: int = 100
    requests_per_second: float = 100.0

    def endpoints(self, address: str) -> list[Endpoint]:
        """Return the ports of an address to try."""
        protocols = ("https", "http") if self.protocol == "auto" else (self.protocol,)
        return [
            Endpoint(address, self.port or DEFAULT_PORTS[protocol], protocol, self.validate_certs, self.timeout)
            for protocol in protocols
        ]

    def ports(self) -> set[int]:
        """Return the ports that are tried."""
        return {endpoint.port for endpoint in self.endpoints("")}


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep found.

    :param cameras: Axis devices in the order of their addresses, each once.
    :param failures: all other addresses, in the same order.
    :param repeated: devices that responded at several addresses: the one in ``cameras`` first.
    :param addresses: all that were tried.
    :param ports: that were tried.
    """

    cameras: tuple[RespondingCamera, ...]
    counts: SweepCounts
    failures: tuple[Failure, ...]
    repeated: tuple[tuple[RespondingCamera, ...], ...]
    addresses: tuple[str, ...]
    ports: frozenset[int]

    def describe(self) -> tuple[str, ...]:
        """Return what a person should know besides the number of cameras, as sentences: one text for each reason."""
        reasons: dict[tuple[str, str], list[str]] = {}
        for failure in self.failures:
            if failure.next_step:
                reasons.setdefault((failure.message, failure.next_step), []).append(failure.address)
        texts = [f"{message}, at {_shorten(found)}. {step}" for (message, step), found in reasons.items()]
        for first, *others in self.repeated:
            shown = _shorten([camera.address for camera in others])
            texts.append(
                f"The device with serial number {first.serial} responds at {first.address}, and also at {shown}. The "
                f"inventory has it once, with {first.address}. Check whether two devices have this serial number."
            )
        return tuple(texts)


def _shorten(addresses: Sequence[str]) -> str:
    shown = ", ".join(addresses[:_MAX_SHOWN])
    count = len(addresses)
    if count == 1:
        return shown
    return f"{count:,} addresses: {shown}{', …' if count > _MAX_SHOWN else ''}"


def check_options(options: SweepOptions) -> tuple[InvalidOptionError, ...]:
    """Return what is wrong with the options."""
    checks = (
        ("port", options.port is None or 0 < options.port <= MAX_PORT, f"a number from 1 to {MAX_PORT}"),
        ("protocol", options.protocol in _PROTOCOLS, f"one of {', '.join(_PROTOCOLS)}"),
        ("timeout", 0 < options.timeout <= _MAX_TIMEOUT, f"a number of seconds over 0, and at most {_MAX_TIMEOUT:g}"),
        ("connections", 0 < options.connections <= MAX_CONNECTIONS, f"a number from 1 to {MAX_CONNECTIONS}"),
        (
            "requests_per_second",
            0 < options.requests_per_second <= MAX_REQUESTS_PER_SECOND,
            f"a number over 0, and at most {MAX_REQUESTS_PER_SECOND}",
        ),
    )
    return tuple(
        invalid_option(
            Message(
                "{option} is {value}, which is not valid",
                {"option": Option(name), "value": describe_value(getattr(options, name))},
            ),
            f"Set {allowed}.",
        )
        for name, is_valid, allowed in checks
        if not is_valid
    )


def sweep(addresses: Sequence[str], options: SweepOptions, progress: Progress | None = None) -> SweepResult:
    """Try each address, and return the Axis devices at them.

    No login is sent, no redirect is followed, and no cookie is kept. If the caller is interrupted, also in
    ``progress``, the threads end with the exchanges that they have begun, which are aborted.

    :param addresses: as ``parse_addresses`` returns them.
    :raises InvalidOptionError: an option is not valid, or the library requests is missing.
    :raises UnsafeLibraryError: a library does not do what safety relies on.
    """
    if http_transport.IMPORT_ERROR is not None:
        raise invalid_option(
            "A search needs the Python library requests, which cannot be imported",
            f"Install it for the Python that runs Ansible: {sys.executable} -m pip install requests",
        )
    check_libraries()
    for error in check_options(options):
        raise error
    runner = _Sweep(options)
    found: dict[str, RespondingCamera | Failure] = {}
    cameras = 0
    for address, outcome in runner.run(addresses):
        found[address] = outcome
        cameras += isinstance(outcome, RespondingCamera)
        if progress is not None:
            progress(len(found), len(addresses), cameras)
    return _build_result([found[address] for address in addresses], tuple(addresses), options)


def _build_result(
    outcomes: Sequence[RespondingCamera | Failure], addresses: tuple[str, ...], options: SweepOptions
) -> SweepResult:
    by_serial: dict[str, list[RespondingCamera]] = {}
    failures = []
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            failures.append(outcome)
        else:
            by_serial.setdefault(outcome.serial, []).append(outcome)
    kinds = Counter(failure.kind for failure in failures)
    return SweepResult(
        cameras=tuple(found[0] for found in by_serial.values()),
        counts=SweepCounts(addresses=len(addresses), cameras=len(by_serial), **kinds),
        failures=tuple(failures),
        repeated=tuple(tuple(found) for found in by_serial.values() if len(found) > 1),
        addresses=addresses,
        ports=frozenset(options.ports()),
    )


class _StoppedError(Exception):
    """The sweep was interrupted."""


class _Pace:
    """The limit of requests per second of all threads together."""

    def __init__(self, requests_per_second: float, stopped: Event) -> None:
        self._interval = 1 / requests_per_second
        self._stopped = stopped
        self._lock = Lock()
        self._next = -math.inf

    def wait(self) -> None:
        """Wait until a request may be sent.

        :raises _StoppedError: the sweep was interrupted.
        """
        with self._lock:
            start = max(time.monotonic(), self._next)
            self._next = start + self._interval
        if self._stopped.wait(start - time.monotonic()):
            raise _StoppedError


class _Sweep:
    """The threads of one sweep."""

    def __init__(self, options: SweepOptions) -> None:
        self._options = options
        self._stopped = Event()
        self._pace = _Pace(options.requests_per_second, self._stopped)
        self._active: set[Transport] = set()
        self._pending: SimpleQueue[str] = SimpleQueue()
        self._done: SimpleQueue[tuple[str, RespondingCamera | Failure | BaseException]] = SimpleQueue()

    def run(self, addresses: Sequence[str]) -> Iterator[tuple[str, RespondingCamera | Failure]]:
        """Yield each address and what is at it, in any order.

        :raises DeviceUnreachableError: this machine has no room for any thread.
        """
        for address in addresses:
            self._pending.put(address)
        count = min(self._options.connections, len(addresses), count_possible_tasks())
        # They do not keep the process from ending.
        threads = start_threads([Thread(target=self._work, name="axis-sweep", daemon=True) for _number in range(count)])
        try:
            for _address in addresses:
                yield self._next(threads)
        finally:
            self._stopped.set()
            for transport in list(self._active):
                transport.abort()

    def _next(self, threads: Sequence[Thread]) -> tuple[str, RespondingCamera | Failure]:
        while True:
            is_running = any(thread.is_alive() for thread in threads)
            try:
                # Python handles an interrupt only between such waits.
                address, outcome = self._done.get(timeout=_POLL_INTERVAL if is_running else 0)
            except Empty:
                if not is_running:
                    raise _no_threads() from None
                continue
            if isinstance(outcome, BaseException):
                raise outcome
            return address, outcome

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                address = self._pending.get_nowait()
            except Empty:
                return
            try:
                self._done.put((address, self._try_address(address)))
            except _StoppedError:
                return
            except BaseException as error:  # the caller raises it
                self._done.put((address, error))
                return

    def _try_address(self, address: str) -> RespondingCamera | Failure:
        limiter = RateLimiter()
        failures = []
        for endpoint in self._options.endpoints(address):
            found = self._try_endpoint(endpoint, limiter)
            if isinstance(found, RespondingCamera):
                return found
            failures.append(found)
            if found.is_untrusted:
                break  # plain HTTP is not a way around a certificate
        return min(failures, key=lambda failure: KINDS.index(failure.kind))

    def _try_endpoint(self, endpoint: Endpoint, limiter: RateLimiter) -> RespondingCamera | Failure:
        transport = endpoint.open()
        self._active.add(transport)
        try:
            return identify(endpoint, partial(self._send, transport, limiter))
        finally:
            self._active.discard(transport)
            transport.close()

    def _send(
        self, transport: Transport, limiter: RateLimiter, method: str, target: str, content: RequestBody | None
    ) -> Response:
        with limiter.acquire():
            self._pace.wait()
            try:
                return transport.send(method, target, None, content)
            except DeviceUnreachableError as error:
                if error.kind == "tls" or error.connection_lost:
                    self._pace.wait()  # a second connection has read the certificate, or tried whether there is one
                raise


def _no_threads() -> DeviceUnreachableError:
    return DeviceUnreachableError(
        "unreachable",
        "This machine cannot start another thread",
        "Raise the limits of this machine (ulimit -a), or set a smaller number of connections.",
    )
