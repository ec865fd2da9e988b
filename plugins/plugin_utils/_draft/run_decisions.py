# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions about the run and the files of the inventory, beside those about what the devices have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import HEADINGS as _OF_DRAFT
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import Conflict
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import Readings

NO_RESPONSE, SHARED_DEVICE = "no_response", "shared_device"
INCOMPLETE, CONFLICT = "incomplete", "file_conflict"
#: The heading of each kind of decision, the most important kind first.
HEADINGS: Mapping[str, str] = {
    **{kind: _OF_DRAFT[kind] for kind in (NO_RESPONSE, SHARED_DEVICE)},
    INCOMPLETE: "Parts of devices that could not be read",
    CONFLICT: "Files of the inventory that a copy of the draft would hide or replace",
    **_OF_DRAFT,
}
#: By part of a device that a draft uses, what the draft lacks without it.
_PARTS = {
    "disks": "disks that delete recordings earlier than their groups are not known",
    "recording_actions": "the draft has no recording actions of this device",
}


def decide_about_run(read: Readings) -> Iterator[Decision]:
    """Yield a decision for each device that several hosts have, and for each part that could not be read."""
    for hosts in read.shared:
        yield Decision(
            SHARED_DEVICE,
            hosts,
            "The inventory lists one device more than once: these hosts have the same address or serial number",
            "Keep one of these hosts in the inventory. None of them is in the draft, and a roll-out writes to none",
        )
    missing: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, parts in read.unavailable.items():
        for lacking in parts:
            if lacking["part"] in _PARTS:
                missing[lacking["part"], lacking["reason"], lacking["next_step"]].append(name)
    for (part, reason, next_step), names in missing.items():
        message = f"{reason.rstrip('.')}, so that {_PARTS[part]}"
        yield Decision(INCOMPLETE, tuple(sorted(names)), message, next_step.rstrip("."))


def decide_about_conflict(conflict: Conflict) -> Decision:
    """Return the decision about a file of the inventory."""
    path, directory = conflict
    if conflict.is_replaced:
        message = f"{path} exists, and a copy of the draft there would replace it"
        return Decision(CONFLICT, (), message, "Compare the two files, and merge them by hand")
    message = f"Ansible does not read {path} if the directory {directory} exists"
    next_step = f"Before you copy the draft there, create the directory {directory}, and move the file into it"
    return Decision(CONFLICT, (), message, next_step)


def sort_decisions(decisions: Iterable[Decision]) -> list[Decision]:
    """Return all decisions, the most important kind first."""
    order = {kind: number for number, kind in enumerate(HEADINGS)}
    return sorted(decisions, key=lambda item: order[item.kind])
