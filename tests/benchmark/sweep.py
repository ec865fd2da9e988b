# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how long the inventory plugin takes to find the cameras of two networks, and write it to docs/benchmarks.md.

Run it with ``.venv/bin/python -m tests.benchmark.sweep`` and ``.venv/collections`` in ``PYTHONPATH``. It fails if a
sweep does not find exactly the cameras, or if a device receives a login, never because it is slow.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.addresses import parse_addresses
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepOptions, sweep
from tests.loopback_network import ADDRESSES, NETWORKS, LoopbackNetwork
from tests.playbook import CHECKOUT, environment

from .cost import Cost, UnexpectedResultError, measure
from .report import describe_machine

_COMMAND = "python -m tests.benchmark.sweep"
_PAGE = CHECKOUT / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- sweep: begin -->", "<!-- sweep: end -->"
_CAMERAS = 40
_DELAYS = (0.0, 0.02, 0.3)  # seconds
_DEFAULT_RATE, _HIGHEST_RATE = 100, 1000
_MAX_PER_SECOND = 10


@dataclass(frozen=True)
class Case:
    """One sweep.

    :param silent: how many devices accept connections and never respond.
    :param delay: seconds before each response of a camera.
    """

    requests_per_second: int
    silent: int
    delay: float

    @property
    def without_delay(self) -> Case:
        """Return the sweep that it is compared with."""
        return Case(self.requests_per_second, self.silent, 0.0)


_CASES = [
    Case(rate, silent, delay) for rate in (_DEFAULT_RATE, _HIGHEST_RATE) for silent in (3, 0) for delay in _DELAYS
]


@dataclass(frozen=True)
class Run:
    """The cost of the command, and the seconds of the sweep alone, in a process that has loaded everything."""

    command: Cost
    sweep: float


class Network:
    """A network in a separate process, which shares neither interpreter nor memory with the measured one."""

    def __init__(self, silent: int) -> None:
        self._silent = silent

    def __enter__(self) -> Network:
        context = multiprocessing.get_context("spawn")
        self._pipe, child_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(child_end, self._silent), daemon=True)
        self._process.start()
        child_end.close()
        self.port: int = self._pipe.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.join()

    def delay(self, seconds: float) -> None:
        """Delay every response of the cameras from now on, and forget all requests."""
        self._pipe.send(seconds)
        self._pipe.recv()

    def traffic(self) -> tuple[list[str], int]:
        """Return the addresses that received a login, and the highest number of requests to one in a second."""
        self._pipe.send(None)
        traffic: tuple[list[str], int] = self._pipe.recv()
        return traffic


def _serve(pipe: Connection, silent: int) -> None:
    """Serve the calls of Network until it closes the pipe."""
    with LoopbackNetwork(https=True, cameras=_CAMERAS, silent=silent) as network:
        pipe.send(network.port)
        while True:
            try:
                seconds = pipe.recv()
            except EOFError:
                return
            if seconds is None:
                pipe.send((network.logins(), network.highest_rate()))
                continue
            network.delay(seconds)
            network.forget()
            pipe.send(None)


class Bench:
    """Run sweeps against networks that start once."""

    def __init__(self, directory: Path, networks: Mapping[int, Network]) -> None:
        self._directory = directory
        self._networks = networks

    def run(self, case: Case) -> Run:
        """Run a sweep twice, with and without Ansible, and return the cost.

        :raises UnexpectedResultError: it did not find exactly the cameras, or sent what it may not.
        """
        network = self._networks[case.silent]
        network.delay(case.delay)
        port, limit = network.port, case.requests_per_second
        options = {"port": port, "requests_per_second": limit, "validate_certs": False}
        cost, hosts = self._list({"addresses": NETWORKS, **options})
        self._check(case, len(hosts), network)
        network.delay(case.delay)
        begin = time.monotonic()
        result = sweep(
            parse_addresses(NETWORKS).addresses, SweepOptions(port, validate_certs=False, requests_per_second=limit)
        )
        seconds = time.monotonic() - begin
        self._check(case, len(result.cameras), network)
        return Run(cost, seconds)

    @staticmethod
    def _check(case: Case, found: int, network: Network) -> None:
        logins, rate = network.traffic()
        if found != _CAMERAS or logins or rate > _MAX_PER_SECOND:
            raise UnexpectedResultError(f"{case}: {found} cameras, logins at {logins}, {rate} requests in a second")

    def run_without_sweep(self) -> Cost:
        """Return what the same command costs with one camera of a file."""
        (self._directory / "cameras.csv").write_text("name,address\ngate,192.0.2.1\n", encoding="utf-8")
        return self._list({"files": ["../cameras.csv"]})[0]

    def _list(self, options: Mapping[str, Any]) -> tuple[Cost, list[str]]:
        inventory = self._directory / "inventory" / "cameras.axis.yml"
        inventory.parent.mkdir(exist_ok=True)
        inventory.write_text(json.dumps({"plugin": "camfleet.axis.cameras", **options}), encoding="utf-8")
        listing = self._directory / "listing.json"
        listing.unlink(missing_ok=True)
        command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(inventory), "--list"]
        cost = measure(
            [*command, "--output", str(listing)], environment(self._directory), self._directory / "output.txt"
        )
        found = json.loads(listing.read_text(encoding="utf-8"))
        return cost, [*found["_meta"]["hostvars"]]


def build_table(runs: Mapping[Case, Sequence[Run]], floor: Sequence[Cost]) -> list[str]:
    """Return the shortest rounds as Markdown: whatever else runs on the machine only adds to them."""
    rows = [
        (
            "| requests per second | silent devices | delay of each response | wall | CPU | sweep alone "
            "| over that without delay |"
        ),
        "| --: | --: | --: | --: | --: | --: | --: |",
        f"| no sweep, one camera of a file | | | {_seconds(floor)} | | |",
    ]
    for case, found in runs.items():
        alone = min(run.sweep for run in found)
        ratio = alone / min(run.sweep for run in runs[case.without_delay])
        delay = f"{1000 * case.delay:.0f} ms"
        shown = _seconds([run.command for run in found])
        rows.append(
            f"| {case.requests_per_second:,} | {case.silent} | {delay} | {shown} | {alone:.2f} s | {ratio:.2f} |"
        )
    return rows


def _seconds(costs: Sequence[Cost]) -> str:
    return f"{min(cost.wall for cost in costs):.2f} s | {min(cost.cpu for cost in costs):.2f} s"


def _write(lines: Sequence[str]) -> None:
    before, _begin, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _old, _end, after = rest.partition(_END)
    _PAGE.write_text("\n".join([before + _BEGIN, "", *lines, "", _END]) + after, encoding="utf-8")


def main() -> int:
    """Measure all cases alternately; return 0 if every sweep found its cameras."""
    parser = argparse.ArgumentParser(prog=_COMMAND, description="Measure sweeps, and update docs/benchmarks.md.")
    parser.add_argument("--rounds", type=int, default=3, help="how often each case runs (default: 3)")
    parser.add_argument("--dry-run", action="store_true", help="do not update the page")
    options = parser.parse_args()
    runs: dict[Case, list[Run]] = {case: [] for case in _CASES}
    floor: list[Cost] = []
    cache = CHECKOUT / ".cache"
    cache.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="sweep-", dir=cache) as scratch,
        Network(3) as with_silent,
        Network(0) as without_silent,
    ):
        bench = Bench(Path(scratch), {3: with_silent, 0: without_silent})
        bench.run(_CASES[-1])  # compiles the collection
        for number in range(options.rounds):
            floor.append(bench.run_without_sweep())
            for case in _CASES:
                runs[case].append(bench.run(case))
            print(f"   round {number + 1} of {options.rounds}", flush=True)
    rounds = f"The shortest of {options.rounds} rounds" if options.rounds > 1 else "One round"
    lines = [
        *describe_machine(_COMMAND),
        "",
        f"{rounds}. {ADDRESSES} addresses, {_CAMERAS} of them cameras.",
        "",
        *build_table(runs, floor),
    ]
    print("\n".join(lines))
    if not options.dry_run:
        _write(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
