# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured, as tables, and the targets that it is held against."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from statistics import median

from .cameras import WAYS, Visits
from .cost import Cost, middle
from .scenarios import SCENARIOS, Case
from .slices import Slices

_PACKAGES = ("ansible-core", "Jinja2", "PyYAML", "requests", "urllib3", "lxml")
#: by the kind of page, what its measured part stands between
_MARKS = {
    ".md": ("<!-- measured: begin -->\n", "<!-- measured: end -->\n"),
    ".rst": (".. measured: begin\n", ".. measured: end\n"),
}


@dataclass(frozen=True)
class Run:
    """One run of a case.

    :param cost: what it cost.
    :param visits: what the journals say of it.
    :param summing_up: seconds that the task took which sums up and writes the report; 0.0 where there is none.
    """

    cost: Cost
    visits: Visits
    summing_up: float = 0.0


#: by scenario and case, the runs in their order
Runs = Mapping[tuple[str, Case], Sequence[Run]]
Figure = Callable[[Cost], float]


def wall(cost: Cost) -> float:
    """Seconds from start to end."""
    return cost.wall


def cpu(cost: Cost) -> float:
    """Seconds of CPU."""
    return cost.cpu


def peak(cost: Cost) -> float:
    """Bytes of the largest process."""
    return cost.peak


@dataclass(frozen=True)
class Target:
    """One promise, with what was found."""

    text: str
    limit: float
    found: Mapping[str, float]
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether every figure keeps to the limit."""
        return all(
            value >= self.limit if self.at_least else value <= self.limit for value in self.found.values()
        ) and bool(self.found)


def ratio(runs: Runs, scenario: str, one: Case, other: Case, figure: Figure, *, by_camera: bool = True) -> float:
    """How one case stands to another: the median of the ratios of each round."""
    scale = other.cameras / one.cameras if by_camera else 1.0
    pairs = zip(runs[scenario, one], runs[scenario, other], strict=True)
    return median(scale * figure(mine.cost) / figure(its.cost) for mine, its in pairs)


def targets(runs: Runs, planner: float) -> Iterator[Target]:
    """Every target, as far as its scenarios ran."""
    names = {scenario for scenario, _unused in runs}
    for scenario, make in _TARGETS:
        if scenario in names:
            yield from make(runs, scenario)
    yield Target("planner, 10,000 groups against 10,000: seconds", 0.5, {"worst of three policies": planner})


def _both(runs: Runs, scenario: str, one: Case, other: Case, label: str = "") -> dict[str, float]:
    return {
        f"{label}{name}": ratio(runs, scenario, one, other, figure) for name, figure in (("wall", wall), ("CPU", cpu))
    }


def _of_thousand(runs: Runs, scenario: str) -> Iterator[Target]:
    floor, own_floor = Case("debug"), Case("debug, templates of the module")
    yield Target(
        "module, nothing to change, over `debug` with the same templates",
        1.5,
        _both(runs, scenario, Case("module"), own_floor),
    )
    yield Target("audit with summary over a plain `debug` play", 2.5, _both(runs, scenario, Case("audit"), floor))
    yield Target(
        "audit that looks at the recordings, too, over a plain `debug` play",
        3.5,
        _both(runs, scenario, Case("audit, recordings"), floor),
    )


def _by_hand(runs: Runs, scenario: str) -> Iterator[Target]:
    yield Target(
        "the `uri` playbook over the module",
        15,
        _both(runs, scenario, Case("uri playbook", cameras=500), Case("module", cameras=500)),
        at_least=True,
    )


def _delayed(runs: Runs, scenario: str) -> Iterator[Target]:
    found = {}
    for name in ("module", "audit"):
        late, prompt = Case(name, forks=100, delay=0.3), Case(name, forks=100)
        pairs = zip(runs[scenario, late], runs[scenario, prompt], strict=True)
        least = late.requests * late.delay * late.cameras / late.forks
        found[f"{name}, wall"] = median(mine.cost.wall / max(least, its.cost.wall) for mine, its in pairs)
    yield Target("300 ms per answer, 100 forks, over max(waiting, the same play at 0 ms)", 1.15, found)


def _https(runs: Runs, scenario: str) -> Iterator[Target]:
    found = {
        way.removeprefix("https, "): ratio(
            runs, scenario, Case("module", cameras=500, way=way), Case("module", cameras=500), cpu
        )
        for way in WAYS[1:]
    }
    yield Target("HTTPS over HTTP, CPU", 1.5, found)


def _of_many(runs: Runs, scenario: str) -> Iterator[Target]:
    found: dict[str, float] = {}
    for name in ("module", "audit"):
        found |= _both(runs, scenario, Case(name, cameras=5000), Case(name, cameras=500), f"{name}, ")
    yield Target("a camera of 5,000 over one of 500", 1.15, found)
    memory = ratio(runs, scenario, Case("audit", cameras=5000), Case("debug", cameras=5000), peak, by_camera=False)
    yield Target("peak memory of the audit of 5,000 over that of a `debug` play", 1.6, {"largest process": memory})
    written, silent = runs[scenario, Case("audit, report", cameras=5000)], runs[scenario, Case("audit", cameras=5000)]
    yield Target("report of 5,000: seconds", 5, {"its task": median(run.summing_up for run in written)})
    more = median(mine.cost.peak - its.cost.peak for mine, its in zip(written, silent, strict=True)) / 2**20
    yield Target("report of 5,000: MiB more than without", 200, {"largest process": more})


_TARGETS: tuple[tuple[str, Callable[[Runs, str], Iterator[Target]]], ...] = (
    ("1,000 cameras", _of_thousand),
    ("by hand", _by_hand),
    ("300 ms", _delayed),
    ("HTTPS", _https),
    ("5,000 cameras", _of_many),
)


def table_of_targets(found: Sequence[Target]) -> list[str]:
    """As Markdown."""
    rows = ["| | target | found | |", "| --- | --- | --- | --- |"]
    for target in found:
        limit = f"at {'least' if target.at_least else 'most'} {target.limit:g}"
        values = ", ".join(f"{name} {value:.2f}" for name, value in target.found.items())
        rows.append(f"| {target.text} | {limit} | {values} | {'met' if target.is_met else '**not met**'} |")
    return rows


def table_of(runs: Runs, scenario: str) -> list[str]:
    """One scenario as Markdown; each figure the median of its rounds, each ratio to the first case."""
    cases = [case for name, case in runs if name == scenario]
    first = cases[0]
    rows = [
        "| | cameras | forks | way | delay | wall | CPU | wall, ratio | CPU, ratio | peak | requests | connections |",
        "| --- | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for case in cases:
        cost = middle([run.cost for run in runs[scenario, case]])
        visits = runs[scenario, case][-1].visits
        ratios = [ratio(runs, scenario, case, first, figure) for figure in (wall, cpu)]
        cells = [
            case.contender,
            f"{case.cameras:,}",
            str(case.forks),
            case.way,
            f"{case.delay * 1000:.0f} ms",
            *(f"{1000 * seconds / case.cameras:.1f} ms" for seconds in (cost.wall, cost.cpu)),
            *(f"{value:.2f}" for value in ratios),
            f"{cost.peak / 2**20:.0f} MiB",
            *(f"{number / case.cameras:g}" for number in (visits.requests, visits.connections)),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def table_of_slices(measured: Sequence[Slices]) -> list[str]:
    """As Markdown."""
    rows = [
        "| slices side by side | wall | CPU, all together | peak of each | cameras proven |",
        "| --: | --: | --: | --: | --: |",
    ]
    return [
        *rows,
        *(
            f"| {one.count} | {one.wall:.1f} s | {one.cpu:.1f} s | {one.peak / 2**20:.0f} MiB | {one.cameras:,} |"
            for one in measured
        ),
    ]


_FLEETS = (100, 1_000, 10_000, 100_000)
_SCENARIO_OF_SIZES = "5,000 cameras"
_ANSWER = 0.3  # seconds, of a camera that is far away


def table_of_scaling(runs: Runs) -> list[str]:
    """What an audit of so many cameras takes, computed from the smallest and the largest that were measured.

    Fewer than the smallest take their share of its time, and as much memory. No slice is larger than what was
    measured. Empty when sizes were not.
    """
    cases = sorted(
        (case for name, case in runs if name == _SCENARIO_OF_SIZES and case.contender == "audit"),
        key=lambda case: case.cameras,
    )
    if not cases:
        return []
    small, large = (middle([run.cost for run in runs[_SCENARIO_OF_SIZES, case]]) for case in cases)
    fewest, most = (case.cameras for case in cases)
    each = (large.wall - small.wall) / (most - fewest)
    memory = (large.peak - small.peak) / (most - fewest)
    forks = 10 * math.ceil(cases[0].requests * _ANSWER / each / 10)
    rows = [
        "| cameras | slices | forks of each | wall, one node | wall, a node for each slice | peak of a slice |",
        "| --: | --: | --: | --: | --: | --: |",
    ]
    for cameras in _FLEETS:
        slices = math.ceil(cameras / most)
        more = max(0.0, cameras / slices - fewest)
        wall = small.wall * min(1.0, cameras / slices / fewest) + each * more
        peak = small.peak + memory * more
        cells = (f"{cameras:,}", slices, min(cameras, forks), _time(slices * wall), _time(wall))
        rows.append(f"| {' | '.join(map(str, cells))} | {peak / 2**20:.0f} MiB |")
    return rows


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def page_of(runs: Runs, found: Sequence[Target]) -> list[str]:
    """Everything that a run measured, as Markdown."""
    fleet = median(run.visits.cpu / run.visits.cameras for ran in runs.values() for run in ran if run.visits.cameras)
    lines = [
        *origin(),
        f"The simulated fleet takes {1000 * fleet:.1f} ms of CPU a camera on the same cores: in the wall time only.",
        "",
        "### Targets",
        "",
        *table_of_targets(found),
    ]
    for scenario in dict.fromkeys(name for name, _unused in runs):
        rounds = next(item.rounds for item in SCENARIOS if item.name == scenario)
        lines += ["", f"### {scenario}", "", f"Medians of {rounds} rounds, by camera.", "", *table_of(runs, scenario)]
    return lines


def scaling_of(runs: Runs, slices: Sequence[Slices]) -> list[str]:
    """What is computed for other sizes, and what slices cost side by side, as Markdown."""
    return [*origin(), "", *table_of_scaling(runs), "", *table_of_slices(slices)]


def origin() -> list[str]:
    """When, on what and with what the figures were measured."""
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return [
        f"Measured on {datetime.now(timezone.utc):%Y-%m-%d} by `make bench`: {machine},",
        f"{', '.join(f'{package} {version(package)}' for package in _PACKAGES)}.",
    ]


def write(path: Path, lines: Sequence[str]) -> None:
    """Put Markdown into a page, between the marks that it has for it; a page of reStructuredText gets it as such."""
    begin, end = _MARKS[path.suffix]
    before, _unused, rest = path.read_text(encoding="utf-8").partition(begin)
    _unused, _unused, after = rest.partition(end)
    written = lines if path.suffix == ".md" else list(_restructured(lines))
    path.write_text("\n".join([before + begin, *written, "", end]) + after, encoding="utf-8")


def _restructured(lines: Sequence[str]) -> Iterator[str]:
    """Paragraphs and tables of Markdown as reStructuredText."""
    for is_table, some in groupby(lines, lambda line: line.startswith("|")):
        if not is_table:
            yield from (line.replace("`", "``") for line in some)
            continue
        header, _unused, *rows = ([cell.strip() for cell in line.strip("|").split(" | ")] for line in some)
        yield from (".. list-table::", "   :header-rows: 1", "")
        for row in (header, *rows):
            yield from (f"   {'  ' if number else '* '}- {cell}" for number, cell in enumerate(row))
