# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the measurements as tables, and compare them with the targets."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from statistics import median

from .cameras import ACCESS, Traffic
from .cost import Cost, median_cost
from .scenarios import Case
from .slices import Slices

_PACKAGES = ("ansible-core", "Jinja2", "PyYAML", "requests", "urllib3", "lxml")
#: by the suffix of a page, the markers around its measured part
_MARKS = {
    ".md": ("<!-- measured: begin -->\n", "<!-- measured: end -->\n"),
    ".rst": (".. measured: begin\n", ".. measured: end\n"),
}


@dataclass(frozen=True)
class Run:
    """One run of a case.

    :param report_seconds: duration of the task that builds and writes the report; 0.0 without one.
    """

    cost: Cost
    traffic: Traffic
    report_seconds: float = 0.0


#: by scenario and case, the runs in order
Runs = Mapping[tuple[str, Case], Sequence[Run]]
Figure = Callable[[Cost], float]


def wall(cost: Cost) -> float:
    """Return the seconds from start to end."""
    return cost.wall


def cpu(cost: Cost) -> float:
    """Return the seconds of CPU."""
    return cost.cpu


def peak(cost: Cost) -> float:
    """Return the bytes of the largest process."""
    return cost.peak


@dataclass(frozen=True)
class Target:
    """One target, with the measured values."""

    text: str
    limit: float
    found: Mapping[str, float]
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Return whether every value is within the limit."""
        return all(
            value >= self.limit if self.at_least else value <= self.limit for value in self.found.values()
        ) and bool(self.found)


def ratio(runs: Runs, scenario: str, one: Case, other: Case, figure: Figure, *, by_camera: bool = True) -> float:
    """Return the ratio of two cases: the median of the ratios of each round."""
    scale = other.cameras / one.cameras if by_camera else 1.0
    pairs = zip(runs[scenario, one], runs[scenario, other], strict=True)
    return median(scale * figure(mine.cost) / figure(its.cost) for mine, its in pairs)


def targets(runs: Runs, planner: float) -> Iterator[Target]:
    """Yield every target whose scenario ran."""
    names = {scenario for scenario, _unused in runs}
    for scenario, make in _TARGETS:
        if scenario in names:
            yield from make(runs, scenario)
    yield Target("planner, 10,000 groups compared with 10,000: seconds", 0.5, {"worst of three policies": planner})


def _wall_and_cpu(runs: Runs, scenario: str, one: Case, other: Case, label: str = "") -> dict[str, float]:
    return {
        f"{label}{name}": ratio(runs, scenario, one, other, figure) for name, figure in (("wall", wall), ("CPU", cpu))
    }


def _thousand_targets(runs: Runs, scenario: str) -> Iterator[Target]:
    floor, own_floor = Case("debug"), Case("debug, templates of the module")
    yield Target(
        "module, nothing to change, over `debug` with the same templates",
        1.5,
        _wall_and_cpu(runs, scenario, Case("module"), own_floor),
    )
    for name, case, walls, cpus in (
        ("audit with summary, 1,000 cameras,", Case("audit"), 0.45, 0.3),
        ("roll-out with nothing to change", Case("roll-out"), 0.5, 0.5),
        ("roll-out with 10 of 1,000 to change", Case("roll-out, 10 changes"), 0.7, 0.7),
    ):
        yield from _floor_targets(runs, scenario, name, (case, floor), (walls, cpus))


def _floor_targets(
    runs: Runs, scenario: str, name: str, cases: tuple[Case, Case], limits: tuple[float, float]
) -> Iterator[Target]:
    for label, figure, limit in zip(("wall", "CPU"), (wall, cpu), limits, strict=True):
        found = {label: ratio(runs, scenario, *cases, figure)}
        yield Target(f"{name} over a plain `debug` play, {label}", limit, found)


def _uri_targets(runs: Runs, scenario: str) -> Iterator[Target]:
    for name, limit in (("module", 14), ("audit", 50)):
        found = _wall_and_cpu(runs, scenario, Case("uri playbook", cameras=500), Case(name, cameras=500))
        yield Target(f"the `uri` playbook over the {name}, per camera", limit, found, at_least=True)


def _delay_targets(runs: Runs, scenario: str) -> Iterator[Target]:
    for name, prompt in (("module", Case("module", forks=100)), ("audit", Case("audit", connections=200))):
        late = replace(prompt, delay=0.3)
        pairs = zip(runs[scenario, late], runs[scenario, prompt], strict=True)
        least = late.requests * late.delay * late.cameras / (late.connections or late.forks)
        found = {"wall": median(mine.cost.wall / max(least, its.cost.wall) for mine, its in pairs)}
        yield Target(f"{name}, 300 ms per response, over max(waiting, the same play at 0 ms)", 1.15, found)


def _https(runs: Runs, scenario: str) -> Iterator[Target]:
    found = {
        access.removeprefix("https, "): ratio(
            runs, scenario, Case("module", cameras=500, access=access), Case("module", cameras=500), cpu
        )
        for access in ACCESS[1:]
    }
    yield Target("HTTPS over HTTP, CPU", 1.5, found)


def _size_targets(runs: Runs, scenario: str) -> Iterator[Target]:
    floor, audit = Case("debug", cameras=5000), Case("audit", cameras=5000)
    yield from _floor_targets(runs, scenario, "audit with summary, 5,000 cameras,", (audit, floor), (0.35, 0.25))
    found = _wall_and_cpu(runs, scenario, audit, Case("audit", cameras=500))
    yield Target("audit, a camera of 5,000 over one of 500", 1.1, found)
    nornir = Case("Nornir", cameras=5000, connections=32)
    yield Target(
        "audit over a Nornir script that compares the same groups", 2.5, _wall_and_cpu(runs, scenario, audit, nornir)
    )
    memory = ratio(runs, scenario, audit, floor, peak, by_camera=False)
    yield Target("peak memory of the audit of 5,000 over that of a `debug` play", 1.3, {"largest process": memory})
    written, silent = runs[scenario, Case("audit, report", cameras=5000)], runs[scenario, Case("audit", cameras=5000)]
    yield Target("report of 5,000: seconds", 5, {"its task": median(run.report_seconds for run in written)})
    more = median(mine.cost.peak - its.cost.peak for mine, its in zip(written, silent, strict=True)) / 2**20
    yield Target("report of 5,000: MiB more than without", 200, {"largest process": more})


def _large_targets(runs: Runs, scenario: str) -> Iterator[Target]:
    found = ratio(runs, scenario, Case("audit", cameras=20000), Case("audit", cameras=5000), cpu)
    yield Target("audit, a camera of 20,000 over one of 5,000", 1.1, {"CPU": found})


_TARGETS: tuple[tuple[str, Callable[[Runs, str], Iterator[Target]]], ...] = (
    ("1,000 cameras", _thousand_targets),
    ("by hand", _uri_targets),
    ("300 ms", _delay_targets),
    ("HTTPS", _https),
    ("5,000 cameras", _size_targets),
    ("20,000 cameras", _large_targets),
)


def build_target_table(found: Sequence[Target]) -> list[str]:
    """Return a Markdown table."""
    rows = ["| | target | found | |", "| --- | --- | --- | --- |"]
    for target in found:
        limit = f"at {'least' if target.at_least else 'most'} {target.limit:g}"
        values = ", ".join(f"{name} {value:.2f}" for name, value in target.found.items())
        rows.append(f"| {target.text} | {limit} | {values} | {'met' if target.is_met else '**not met**'} |")
    return rows


def build_table(runs: Runs, scenario: str) -> list[str]:
    """Return one scenario as Markdown: medians of its rounds, and ratios to the first case."""
    cases = [case for name, case in runs if name == scenario]
    first = cases[0]
    rows = [
        (
            "| | cameras | forks or connections | access | delay | wall | CPU | wall ratio | CPU ratio | peak "
            "| requests | TCP connections |"
        ),
        "| --- | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for case in cases:
        cost = median_cost([run.cost for run in runs[scenario, case]])
        traffic = runs[scenario, case][-1].traffic
        ratios = [ratio(runs, scenario, case, first, figure) for figure in (wall, cpu)]
        cells = [
            case.contender,
            f"{case.cameras:,}",
            str(case.connections or case.forks),
            case.access,
            f"{case.delay * 1000:.0f} ms",
            *(f"{1000 * seconds / case.cameras:.1f} ms" for seconds in (cost.wall, cost.cpu)),
            *(f"{value:.2f}" for value in ratios),
            f"{cost.peak / 2**20:.0f} MiB",
            *(f"{number / case.cameras:g}" for number in (traffic.requests, traffic.connections)),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def build_slice_table(measured: Sequence[Slices]) -> list[str]:
    """Return a Markdown table."""
    rows = [
        "| concurrent slices | wall | CPU, all together | peak of each | cameras audited |",
        "| --: | --: | --: | --: | --: |",
    ]
    return [
        *rows,
        *(
            f"| {one.count} | {one.wall:.1f} s | {one.cpu:.1f} s | {one.peak / 2**20:.0f} MiB | {one.cameras:,} |"
            for one in measured
        ),
    ]


_FLEET_SIZES = (100, 1_000, 10_000, 100_000)
_SIZE_SCENARIO = "5,000 cameras"
_RESPONSE_SECONDS = 0.3  # of a remote camera


def build_scaling_table(runs: Runs) -> list[str]:
    """Estimate the cost of audits of other sizes from the smallest and the largest measured audit.

    Audits below the smallest take their share of its time, and the same memory. No slice is larger than the largest.
    Return nothing if these sizes were not measured.
    """
    cases = sorted(
        (case for name, case in runs if name == _SIZE_SCENARIO and case.contender == "audit"),
        key=lambda case: case.cameras,
    )
    if not cases:
        return []
    small, large = (median_cost([run.cost for run in runs[_SIZE_SCENARIO, case]]) for case in cases)
    smallest, largest = (case.cameras for case in cases)
    each = (large.wall - small.wall) / (largest - smallest)
    memory = (large.peak - small.peak) / (largest - smallest)
    forks = 10 * math.ceil(cases[0].requests * _RESPONSE_SECONDS / each / 10)
    rows = [
        "| cameras | slices | connections of each | wall, one node | wall, a node for each slice | peak of a slice |",
        "| --: | --: | --: | --: | --: | --: |",
    ]
    for cameras in _FLEET_SIZES:
        slices = math.ceil(cameras / largest)
        more = max(0.0, cameras / slices - smallest)
        wall = small.wall * min(1.0, cameras / slices / smallest) + each * more
        peak = small.peak + memory * more
        cells = (f"{cameras:,}", slices, min(cameras, forks), _format_seconds(slices * wall), _format_seconds(wall))
        rows.append(f"| {' | '.join(map(str, cells))} | {peak / 2**20:.0f} MiB |")
    return rows


def _format_seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def build_page(runs: Runs, found: Sequence[Target]) -> list[str]:
    """Return all measurements of a run as Markdown."""
    fleet = median(run.traffic.cpu / run.traffic.cameras for ran in runs.values() for run in ran if run.traffic.cameras)
    lines = [
        *describe_machine(),
        f"The simulated fleet takes {1000 * fleet:.1f} ms of CPU per camera on the same cores, in wall time only.",
        "",
        "### Targets",
        "",
        *build_target_table(found),
    ]
    for scenario in dict.fromkeys(name for name, _unused in runs):
        rounds = min(len(measured) for (name, _case), measured in runs.items() if name == scenario)
        lines += [
            "",
            f"### {scenario}",
            "",
            f"{f'Medians of {rounds} rounds' if rounds > 1 else 'One round'}, per camera.",
            "",
            *build_table(runs, scenario),
        ]
    return lines


def build_scaling(runs: Runs, slices: Sequence[Slices]) -> list[str]:
    """Return the estimates for other sizes, and the cost of concurrent slices, as Markdown."""
    return [*describe_machine(), "", *build_scaling_table(runs), "", *build_slice_table(slices)]


def describe_machine(command: str = "make bench") -> list[str]:
    """Return the date, machine, and versions of the measurement."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return [
        f"Measured on {datetime.now(timezone.utc):%Y-%m-%d} by `{command}`: {machine},",
        f"{', '.join(f'{package} {version(package)}' for package in _PACKAGES)}.",
    ]


def write(path: Path, lines: Sequence[str]) -> None:
    """Replace the part of a page between its markers with Markdown, or with reStructuredText in an .rst page."""
    begin, end = _MARKS[path.suffix]
    before, _unused, rest = path.read_text(encoding="utf-8").partition(begin)
    _unused, _unused, after = rest.partition(end)
    written = lines if path.suffix == ".md" else list(_to_restructured_text(lines))
    path.write_text("\n".join([before + begin, *written, "", end]) + after, encoding="utf-8")


def _to_restructured_text(lines: Sequence[str]) -> Iterator[str]:
    """Convert paragraphs and tables from Markdown to reStructuredText."""
    for is_table, some in groupby(lines, lambda text: text.startswith("|")):
        if not is_table:
            yield from (text.replace("`", "``") for text in some)
            continue
        header, _unused, *rows = ([cell.strip() for cell in row.strip("|").split(" | ")] for row in some)
        yield from (".. list-table::", "   :header-rows: 1", "")
        for row in (header, *rows):
            yield from (f"   {'  ' if number else '* '}- {cell}" for number, cell in enumerate(row))
