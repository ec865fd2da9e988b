# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the planner takes, which no HTTP and no Ansible is part of.

A process of its own, for it needs the collection among its modules.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from statistics import median

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, DesiredGroup, Hold
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import make_plan

_GROUPS = 10_000
_ROUNDS = 5
_NOW = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)


def seconds() -> float:
    """For 10,000 groups against 10,000: the median of the slowest of three policies.

    Groups wanted by their id and all in line; half of them to be kept for longer, their stream options in another
    order; and wanted by name alone, all shorter, with a hold on one in ten.
    """
    current = [
        RecordingGroup(f"g{number}", f"Group {number}", "", 720, "SD_DISK", f"camera={number}&fps=5", 0, 0)
        for number in range(_GROUPS)
    ]
    by_id = [
        DesiredGroup(True, f"g{number}", f"Group {number}", "", 720, None, f"camera={number}&fps=5", 0, 0)
        for number in range(_GROUPS)
    ]
    half = [
        replace(wanted, retention_time=1440, stream_options=f"fps=5&camera={number}") if number % 2 else wanted
        for number, wanted in enumerate(by_id)
    ]
    by_name = [replace(wanted, recording_group_id=None, retention_time=24) for wanted in by_id]
    free = Allowances(recording_loss=True, holds=(), now=_NOW)
    held = replace(free, holds=(Hold("*7", "Case 1", "legal", _NOW + timedelta(days=1)),))
    return max(
        _median_of(current, wanted, allowed) for wanted, allowed in ((by_id, free), (half, free), (by_name, held))
    )


def _median_of(current: list[RecordingGroup], wanted: list[DesiredGroup], allowances: Allowances) -> float:
    taken = []
    for _unused in range(_ROUNDS):
        begin = time.perf_counter()
        make_plan(current, wanted, allowances)
        taken.append(time.perf_counter() - begin)
    return median(taken)


if __name__ == "__main__":
    print(seconds())
