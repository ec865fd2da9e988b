# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the planner, without HTTP and Ansible.

This runs in a separate process, because it imports the collection.
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
    """Return the time to compare 10,000 groups with 10,000: the median of the slowest of three policies.

    Groups by ID and all compliant; half of them with a longer retention, their stream options in another order;
    and groups by name only, all with a shorter retention, with a hold on one in ten.
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
        replace(desired, retention_time=1440, stream_options=f"fps=5&camera={number}") if number % 2 else desired
        for number, desired in enumerate(by_id)
    ]
    by_name = [replace(desired, recording_group_id=None, retention_time=24) for desired in by_id]
    free = Allowances(recording_loss=True, holds=(), now=_NOW)
    held = replace(free, holds=(Hold("*7", "Case 1", "legal", _NOW + timedelta(days=1)),))
    return max(
        _median_seconds(current, desired, allowed)
        for desired, allowed in ((by_id, free), (half, free), (by_name, held))
    )


def _median_seconds(current: list[RecordingGroup], desired: list[DesiredGroup], allowances: Allowances) -> float:
    durations = []
    for _unused in range(_ROUNDS):
        begin = time.perf_counter()
        make_plan(current, desired, allowances)
        durations.append(time.perf_counter() - begin)
    return median(durations)


if __name__ == "__main__":
    print(seconds())
