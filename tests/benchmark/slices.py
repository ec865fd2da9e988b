# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run several concurrent plays, each on a slice of the cameras, as AWX runs the slices of a job."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cameras import Cameras
from .cost import measure
from .scenarios import Case


@dataclass(frozen=True)
class Slices:
    """The cost of concurrent slices.

    :param wall: seconds from the first start to the last end.
    :param cpu: seconds, of all slices.
    :param peak: bytes of the largest process.
    :param cameras: number of contacted cameras.
    """

    count: int
    wall: float
    cpu: float
    peak: int
    cameras: int


def side_by_side(
    fleet: Cameras, count: int, case: Case, variables: dict[str, Any], environment: Mapping[str, str], directory: Path
) -> Slices:
    """Run the slices concurrently, each with the forks of the case."""
    size = case.cameras // count
    inventories = [fleet.inventory(size, case.access, variables, first=number * size) for number in range(count)]
    fleet.traffic()
    begin = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        costs = list(
            pool.map(
                lambda item: measure(case.command(item[1]), environment, directory / f"slice-{item[0]}.txt"),
                enumerate(inventories),
            )
        )
    wall = time.monotonic() - begin
    contacted = fleet.traffic().cameras
    return Slices(count, wall, sum(cost.cpu for cost in costs), max(cost.peak for cost in costs), contacted)
