# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why something that is wanted is not done: the refusals of the planner, each with what to do next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, Disk, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Hold,
    Refusal,
    RefusalReason,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import ActionPlan

_LOSS, _STOP = "allow_recording_loss", "allow_recording_stop"
# VAPIX recording group, general error codes.
_IN_USE = 140


def refuse_recording(
    planned: ActionPlan, recording_group_id: str | None, allowances: Allowances
) -> RefusalReason | None:
    """Why the recording to a group may not be changed, as kind, reason and next step; ``None`` when it may.

    A hold forbids all that may record less, other conditions and the end of a second rule included.
    """
    stops = planned.change.stops_recording
    hold = allowances.hold_on(recording_group_id)
    if hold is not None and (stops or planned.may_record_less):
        return _held(f"It {'ends' if stops else 'may lessen'} the recording to group {recording_group_id}", hold)
    if not stops or allowances.recording_stop:
        return None
    return RefusalReason(
        "recording_stop",
        f"It ends the recording to group {recording_group_id}",
        Message("If it may end, set {option}: true.", {"option": Option(_STOP)}),
        (_STOP,),
    )


def _held(what: str, hold: Hold) -> RefusalReason:
    return RefusalReason(
        "held",
        f"{what}, and a hold until {hold.until:%Y-%m-%d %H:%M} UTC forbids that: {hold.reason} (owner: {hold.owner})",
        f"Ask {hold.owner}. Nothing but the end or the removal of the hold lifts it.",
    )


def refuse_loss(change: Change, allowances: Allowances) -> Refusal | None:
    hold = allowances.hold_on(change.group.recording_group_id)
    if hold is not None:
        return Refusal(change, *_held(_loss(change), hold))
    if allowances.recording_loss:
        return None
    return Refusal(
        change,
        "recording_loss",
        f"{_loss(change)}, and that cannot be undone",
        Message("If the recordings may be deleted, set {option}: true.", {"option": Option(_LOSS)}),
        (_LOSS,),
    )


def _loss(change: Change) -> str:
    name = f"recording group {change.group.recording_group_id}"
    if change.operation == "delete":
        return f"Deleting {name} deletes all its recordings"
    before, after = next((item.before, item.after) for item in change.differences if item.field == "retention_time")
    return (
        f"Shortening the retention time of {name} from {format_retention_time(int(before or 0))} "
        f"to {format_retention_time(int(after or 0))} deletes every recording that is older"
    )


def refuse_in_use(change: Change, users: str) -> Refusal:
    recording_group_id = change.group.recording_group_id
    return Refusal(
        change,
        "group_in_use",
        f"Recording group {recording_group_id} is in use by {users}",
        Message(
            "Remove them first with axis_recording_action, recording_group_id: {group} and state: absent, "
            "or set {option}: true to remove them with the group.",
            {"group": recording_group_id, "option": Option(_STOP)},
        ),
        (_STOP,),
        code=_IN_USE,
    )


def refuse_other_disk(wanted: DesiredGroup, found: RecordingGroup, change: Change | None) -> Refusal:
    wanted_disks = wanted.disk_ids or ()
    difference = Difference("disk_id", found.disk_id, wanted_disks[0])
    whole = change or Change("update", found, found, ())
    return Refusal(
        replace(whole, differences=(*whole.differences, difference)),
        "immutable",
        f"Recording group {found.recording_group_id} is on disk {found.disk_id}, not on {' or '.join(wanted_disks)}, "
        "and a group never changes its disk",
        "Correct disk_id, or use another recording_group_id for a new group on that disk.",
    )


def refuse_no_disk(change: Change, preferred: Sequence[str], disks: Sequence[Disk]) -> Refusal:
    states = ", ".join(f"{disk.disk_id} ({disk.unusable or 'usable'})" for disk in disks) or "none"
    return Refusal(
        change,
        "disk_unavailable",
        f"The group cannot be created: no usable disk {' or '.join(preferred) if preferred else 'is there'}; "
        f"the device has: {states}",
        "Insert or mount the disk, or correct disk_id.",
    )


def refuse_ambiguous(wanted: DesiredGroup, found: Sequence[RecordingGroup]) -> Refusal:
    ids = " and ".join(str(group.recording_group_id) for group in found)
    operation = "update" if wanted.present else "delete"
    return Refusal(
        Change(operation, RecordingGroup(None, nice_name=wanted.nice_name), None, ()),
        "ambiguous",
        f"{len(found)} recording groups are named {wanted.nice_name!r}: {ids}",
        "Say which one is meant with recording_group_id.",
    )


def refuse_claimed(wanted: DesiredGroup, found: RecordingGroup) -> Refusal:
    return Refusal(
        Change("update" if wanted.present else "delete", found, found, ()),
        "ambiguous",
        f"The name {wanted.nice_name!r} means recording group {found.recording_group_id}, "
        "which another entry names by its id",
        "Give this entry a recording_group_id of its own, or merge the two.",
    )
