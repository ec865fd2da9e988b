# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups on a device, and the effect of a plan on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Change


def group(recording_group_id: str = "door", **values: Any) -> RecordingGroup:
    """Return a group on the device."""
    whole = RecordingGroup(recording_group_id, "Door", "", 720, "SD_DISK", "a=1", 0, 0)
    return replace(whole, **values)


def apply_changes(current: Sequence[RecordingGroup], changes: Sequence[Change]) -> tuple[RecordingGroup, ...]:
    """Return the groups after the changes, created ones last."""
    changed = {change.before.recording_group_id: change.after for change in changes if change.before}
    kept = (changed.get(group.recording_group_id, group) for group in current)
    created = (change.after for change in changes if change.before is None)
    return tuple(group for group in (*kept, *created) if group is not None)
