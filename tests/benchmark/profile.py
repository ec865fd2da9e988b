# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show where a play spends its CPU time: in its workers, and in the process that starts them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.playbook import CHECKOUT, environment

from .cameras import Cameras
from .cost import measure
from .scenarios import Case

_PROFILER = Path(__file__).parent / "profiler"
_MAX_LINES = 250
_MIN_SHARE = 0.002  # of all samples
_PREFIX = re.compile(r".*/(site-packages|camfleet/axis/plugins|python3\.\d+)/")


def show(fleet: Cameras, case: Case, variables: dict[str, Any], directory: Path) -> None:
    """Run a case with a sampler in each process; print the functions on the stack, and at its top."""
    profiles = directory / "profiles"
    profiles.mkdir()
    extra = {"CAMFLEET_PROFILES": str(profiles), "PYTHONPATH": f"{_PROFILER}:{CHECKOUT}"}
    inventory = fleet.inventory(case.cameras, case.access, variables)
    cost = measure(case.command(inventory), environment(directory, extra), directory / "output.txt")
    print(
        f"{case.contender}, {case.cameras} cameras: {1000 * cost.cpu / case.cameras:.1f} ms of CPU per camera in total"
    )
    for kind in ("worker", "parent"):
        print("\n".join(_lines(kind, list(profiles.glob(f"{kind}-*")), case.cameras)), flush=True)


def _lines(kind: str, files: list[Path], cameras: int) -> Iterator[str]:
    taken, used = 0, 0.0
    below, top = Counter[str](), Counter[str]()
    for file in files:
        more, on_stack, at_top, cpu = json.loads(file.read_text(encoding="utf-8"))
        taken, used = taken + more, used + cpu
        below.update(on_stack)
        top.update(at_top)
    yield f"\n== {len(files)} x {kind}: {1000 * used / cameras:.1f} ms of CPU per camera, {taken} samples"
    for name, count in below.most_common(_MAX_LINES):
        if count < _MIN_SHARE * taken:
            return
        share, own = count / taken, top[name] / taken
        yield f"{1000 * used * share / cameras:8.2f} ms {share:6.1%} {own:6.1%} at the top  {_PREFIX.sub('', name)}"
