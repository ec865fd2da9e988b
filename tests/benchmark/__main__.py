# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the benchmarks, alternately in one run, and write the results to two pages of docs/.

Run it with ``make bench``. It fails if a run does not do the measured work, never because it is slow.
"""

from __future__ import annotations

import argparse
import os
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.playbook import CHECKOUT, environment

from . import profile
from .cameras import GROUP, Cameras
from .cost import UnexpectedResultError, measure, task_seconds
from .report import Run, build_page, build_scaling, build_table, targets, write
from .scenarios import CONTENDERS, SCENARIOS, Case, Scenario
from .slices import Slices, side_by_side

_PAGE, _SCALING = CHECKOUT / "docs" / "benchmarks.md", CHECKOUT / "docs" / "docsite" / "rst" / "scaling.rst"
_SLICES, _SLICED = (1, 2, 4), 2000
_REPORT_TASK = "camfleet.axis.retention_policy : Build the report"
_VARIABLES: dict[str, Any] = {
    "retention_hours": GROUP["retention_time"],
    "retention_policy_purpose": "Safety of the entrances",
    "retention_policy_owner": "safety@example.com",
    "retention_policy_minimum": "7d",
    "retention_policy_groups": [
        {name: GROUP[name] for name in ("recording_group_id", "nice_name", "disk_id", "stream_options")}
        | {"retention_time": "30d"}
    ],
}


class Bench:
    """Run cases against fleets that start once."""

    def __init__(self, directory: Path, fleet: Cameras, https_fleet: Cameras) -> None:
        self._directory = directory
        self._fleet, self._https_fleet = fleet, https_fleet

    def run(self, scenario: Scenario) -> dict[tuple[str, Case], list[Run]]:
        """Run every case of a scenario in turn, in each round; an extra run at the start does not count."""
        self._run(scenario.cases[0])
        runs: dict[tuple[str, Case], list[Run]] = {(scenario.name, case): [] for case in scenario.cases}
        for number in range(scenario.rounds):
            for case in scenario.cases:
                runs[scenario.name, case].append(self._run(case))
            print(f"   {scenario.name}: round {number + 1} of {scenario.rounds}", flush=True)
        return runs

    def _run(self, case: Case) -> Run:
        fleet = self._https_fleet if case.access.startswith("https") else self._fleet
        inventory = fleet.inventory(case.cameras, case.access, _VARIABLES)
        changes = CONTENDERS[case.contender].changes
        fleet.deviate(changes)
        fleet.delay(case.delay)
        fleet.traffic()
        log = self._directory / "log.txt"
        log.unlink(missing_ok=True)
        settings = {"ANSIBLE_LOG_PATH": str(log)} if case.contender == "audit, report" else {}
        cost = measure(
            case.command(inventory), self._environment(case.access) | settings, self._directory / "output.txt"
        )
        traffic = fleet.traffic()
        fleet.delay(0)
        contacted = case.cameras if case.requests else 0
        # Each change is one write, between the reads of a task and those of the check after it.
        if (traffic.cameras, traffic.writes) != (contacted, changes):
            raise UnexpectedResultError(f"{case}: {traffic}")
        if not changes and traffic.requests != contacted * case.requests:
            raise UnexpectedResultError(f"{case}: {traffic}")
        return Run(cost, traffic, task_seconds(_REPORT_TASK, log) if settings else 0.0)

    def slices(self, cameras: int) -> list[Slices]:
        """Run the audit in one play, and in several concurrent ones."""
        case = replace(Case("audit"), cameras=cameras)
        return [
            side_by_side(self._fleet, count, case, _VARIABLES, self._environment(case.access), self._directory)
            for count in _SLICES
        ]

    def _environment(self, access: str) -> dict[str, str]:
        store = {"SSL_CERT_FILE": str(self._store_path())} if access == "https, system store" else {}
        return environment(self._directory, store)

    def _store_path(self) -> Path:
        """Return the system's trust store with the CA of the fleet appended, as an administrator would add it."""
        path = self._directory / "store.pem"
        own = Path(ssl.get_default_verify_paths().cafile or "")
        system = own.read_text(encoding="utf-8") if own.is_file() else ""
        path.write_text(system + self._https_fleet.ca_path().read_text(encoding="utf-8"), encoding="utf-8")
        return path


def main() -> int:
    """Run the benchmarks; return 0 if everything measured did its work."""
    options = _options()
    chosen = [scenario for scenario in SCENARIOS if not options.only or scenario.name in options.only]
    chosen = [_reduce(scenario, options.rounds, options.divide) for scenario in chosen]
    largest = max((case.cameras for scenario in chosen for case in scenario.cases), default=1000)
    cache = CHECKOUT / ".cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=cache) as scratch:
        directory = Path(scratch)
        with Cameras(largest, directory) as fleet, Cameras(1000, directory, https=True) as https_fleet:
            bench = Bench(directory, fleet, https_fleet)
            if options.profile:
                profile.show(fleet, Case(options.profile, cameras=largest), _VARIABLES, directory)
                return 0
            runs: dict[tuple[str, Case], list[Run]] = {}
            for scenario in chosen:
                runs |= bench.run(scenario)
                print("\n".join(build_table(runs, scenario.name)), flush=True)
            slices = [] if options.only else bench.slices(_SLICED)
    complete = not options.only and options.divide == 1
    lines = build_page(runs, list(targets(runs, _planner_seconds())) if options.divide == 1 else [])
    scaling = build_scaling(runs, slices)
    print("\n".join([*lines, "", *scaling]))
    if complete:
        write(_PAGE, lines)
        write(_SCALING, scaling)
    return 0


def _planner_seconds() -> float:
    search = {"PYTHONPATH": str(CHECKOUT / ".venv" / "collections")}
    command = [sys.executable, "-m", "tests.benchmark.planner"]
    done = subprocess.run(command, env={**os.environ, **search}, cwd=CHECKOUT, check=True, capture_output=True)
    return float(done.stdout)


def _reduce(scenario: Scenario, rounds: int | None, divide: int) -> Scenario:
    cases = tuple(replace(case, cameras=max(1, case.cameras // divide)) for case in scenario.cases)
    return replace(scenario, cases=cases, rounds=rounds or scenario.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench", description="Measure everything and update the pages, or measure a part without updating."
    )
    names: Sequence[str] = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--only", action="append", choices=names, help="a scenario; repeatable")
    parser.add_argument("--rounds", type=int, help="how often each case runs")
    parser.add_argument("--divide", type=int, default=1, help="divide the number of cameras by this, for a quick run")
    parser.add_argument(
        "--profile", metavar="CONTENDER", help="show where the workers of one contender spend their time instead"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
