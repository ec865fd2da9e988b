# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The refusals of the planner: why a desired change is not made, what to do, and which option permits it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ActionRule, format_name
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup, Value
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import are_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced
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
_HELD_FIELDS = frozenset({"stream_options", "pre_duration", "post_duration"})
# VAPIX recording group, general error codes.
_IN_USE = 140


def refuse_recording(
    planned: ActionPlan, recording_group_id: str | None, allowances: Allowances
) -> RefusalReason | None:
    """Return why the recording action of a group must not be changed, or ``None``.

    A hold forbids every change that may record less, including other conditions and the end of a second rule.
    """
    if has_replaced(recording_group_id):
        return _describe_unknown_id(recording_group_id)
    stops = planned.change.stops_recording
    holds = allowances.active_holds(recording_group_id)
    if holds and (stops or planned.may_record_less):
        return _held(
            f"The change {'ends' if stops else 'may reduce'} the recording to group {recording_group_id}",
            recording_group_id,
            holds,
        )
    for group in planned.failover_groups:
        if others := allowances.active_holds(group):
            effect = (
                f"The change removes or replaces an action rule of group {recording_group_id} whose failover action "
                f"records to group {group}"
            )
            return _held(effect, group, others)
    if planned.used_by:
        return _refuse_failover(planned.used_by, recording_group_id)
    if not stops or allowances.recording_stop:
        return None
    return RefusalReason(
        "recording_stop",
        f"The change ends the recording to group {recording_group_id}",
        Message("If the recording may end, set {option}: true.", {"option": Option(_STOP)}),
        (_STOP,),
    )


def _refuse_failover(rules: Sequence[ActionRule], recording_group_id: str | None) -> RefusalReason:
    names = " and ".join(f"action rule {format_name(rule.name, rule.rule_id)}" for rule in rules)
    return RefusalReason(
        "group_in_use",
        f"The failover action of {names} records to group {recording_group_id}, and the rule is not one of the group",
        "Remove the failover action from the rule on the device, or remove the rule. Then run again.",
    )


def refuse_unknown_id(change: Change) -> Refusal:
    """Refuse to change a group whose ID has characters that XML forbids, so that no request can name it."""
    return Refusal(change, *_describe_unknown_id(change.group.recording_group_id))


def _describe_unknown_id(recording_group_id: str | None) -> RefusalReason:
    return RefusalReason(
        "ambiguous",
        f"The ID of recording group {recording_group_id} has characters that XML does not allow, so no request "
        "can name the group",
        "Change or delete the group with the system that created it.",
    )


def refuse_loss(change: Change, allowances: Allowances) -> Refusal | None:
    """Return the refusal of a change that loses recordings, or ``None`` if it is allowed and no hold is active.

    A hold also forbids changes of what the device records to the group.
    """
    recording_group_id = change.group.recording_group_id
    holds = allowances.active_holds(recording_group_id)
    if holds and (effect := _describe_effect(change)):
        return Refusal(change, *_held(effect, recording_group_id, holds))
    if holds and change.omitted:
        reason = _held(_describe_omitted(change, change.omitted), recording_group_id, holds)
        if remedy := _suggest_to_send(change, change.omitted):
            next_step = str(reason.next_step)
            reason = reason._replace(next_step=f"{remedy}Otherwise, {next_step[0].lower()}{next_step[1:]}")
        return Refusal(change, *reason)
    if allowances.recording_loss or not change.loses_recordings:
        return None
    remedy = _suggest_to_send(change, ("retention_time",)) if "retention_time" in change.omitted else ""
    return Refusal(
        change,
        "recording_loss",
        f"{_describe_loss(change)}, which cannot be undone",
        Message(
            "{remedy}If the recordings may be deleted, set {option}: true.",
            {"remedy": remedy, "option": Option(_LOSS)},
        ),
        (_LOSS,),
    )


def _held(effect: str, recording_group_id: str | None, holds: Sequence[Hold]) -> RefusalReason:
    hold = holds[0]
    if len(holds) > 1:
        texts = (f"{item.reason} (owner: {item.owner}, until {item.until:%Y-%m-%d %H:%M} UTC)" for item in holds)
        return RefusalReason(
            "held",
            f"{effect}, which {len(holds)} holds forbid: {'; '.join(texts)}",
            f"Ask {' and '.join(dict.fromkeys(item.owner for item in holds))}. Only the end or the removal of all "
            "these holds permits the change.",
        )
    forbids = f"which a hold until {hold.until:%Y-%m-%d %H:%M} UTC forbids: {hold.reason} (owner: {hold.owner})"
    if not hold.matches(recording_group_id):
        return RefusalReason(
            "held",
            f"{effect}, {forbids}. The hold is on {hold.recording_group_id}, which differs from the group in case",
            f"Correct the hold: IDs are case-sensitive. Only {hold.owner} can decide that it is not on this group.",
        )
    return RefusalReason(
        "held",
        f"{effect}, {forbids}",
        f"Ask {hold.owner}. Only the end or the removal of the hold permits the change.",
    )


def _describe_effect(change: Change) -> str | None:
    """Describe what a hold forbids of a change of a group, if anything."""
    if change.loses_recordings and "retention_time" not in change.omitted:
        return _describe_loss(change)
    fields = [item.field for item in change.differences if item.field in _HELD_FIELDS]
    if change.before is None or not fields:
        return None
    name = f"recording group {change.group.recording_group_id}"
    return f"The change of {_enumerate(fields)} of {name} may reduce what is recorded"


def _enumerate(items: Sequence[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last


def _describe_omitted(change: Change, names: Sequence[str]) -> str:
    """Describe that an update cannot send these fields, which the device may reset."""
    values = _enumerate([f"{name} ({_show(name, getattr(change.group, name))})" for name in names])
    effect = "delete older recordings" if "retention_time" in names else "record less"
    them = "it" if len(names) == 1 else "them"
    return (
        f"An update of recording group {change.group.recording_group_id} cannot repeat {values}, so the device "
        f"may reset {them} and {effect}"
    )


def _show(name: str, value: Value) -> str:
    if value is None:
        return "not known"
    return format_retention_time(int(value)) if name == "retention_time" else repr(value)


def _suggest_to_send(change: Change, names: Sequence[str]) -> str:
    """Return how to make an update send these fields unchanged, or an empty text if nothing makes it."""
    values = {"retention_time": "unlimited"}
    options = change.group.stream_options
    if options is not None and are_stream_options(options) and not has_replaced(options):
        values["stream_options"] = repr(options)
    if any(name not in values for name in names):
        return ""
    fields = _enumerate([f"{name} to {values[name]}" for name in names])
    return f"Set {fields} for this group, so that each update sends {'it' if len(names) == 1 else 'them'}. "


def _describe_loss(change: Change) -> str:
    name = f"recording group {change.group.recording_group_id}"
    if change.operation == "delete":
        return f"Deleting {name} deletes all its recordings"
    if "retention_time" in change.omitted:
        return _describe_omitted(change, ("retention_time",))
    before, after = next((item.before, item.after) for item in change.differences if item.field == "retention_time")
    if before is None:
        return (
            f"Changing the retention time of {name}, which is not known, to {format_retention_time(int(after or 0))} "
            "may delete older recordings"
        )
    return (
        f"Shortening the retention time of {name} from {format_retention_time(int(before or 0))} to "
        f"{format_retention_time(int(after or 0))} deletes all older recordings"
    )


def refuse_group_in_use(change: Change, users: str) -> Refusal:
    """Refuse to delete a group that actions use."""
    recording_group_id = change.group.recording_group_id
    return Refusal(
        change,
        "group_in_use",
        f"Recording group {recording_group_id} is in use by {users}",
        Message(
            "To remove them together with the group, set {option}: true, or remove them first with "
            "axis_recording_action, recording_group_id: {group} and state: absent.",
            {"group": recording_group_id, "option": Option(_STOP)},
        ),
        (_STOP,),
        _IN_USE,
    )


def refuse_other_disk(desired: DesiredGroup, found: RecordingGroup, change: Change | None) -> Refusal:
    """Refuse to change a group that is not on a desired disk, together with its other changes."""
    disk_ids = desired.disk_ids or ()
    whole = change or Change("update", found, found, ())
    difference = Difference("disk_id", found.disk_id, disk_ids[0])
    return Refusal(
        replace(whole, differences=(*whole.differences, difference)),
        "immutable",
        f"Recording group {found.recording_group_id} is on disk {found.disk_id}, not on {' or '.join(disk_ids)}, and "
        "a group never changes its disk",
        f"Set disk_id of group {found.recording_group_id} to {found.disk_id}, or set another recording_group_id to "
        "create a new group.",
    )


def describe_disks(disks: Sequence[Disk]) -> str:
    """Describe the state of each disk of a device."""
    states = ", ".join(f"{disk.disk_id} ({disk.unusable_reason or 'usable'})" for disk in disks) or "none"
    return f"Disks of the device: {states}"


def refuse_no_disk(change: Change, preferred: Sequence[str], disks: Sequence[Disk]) -> Refusal:
    """Refuse to create a group for which the device has no usable disk."""
    name = f"Recording group {change.group.recording_group_id or change.group.nice_name}"
    if preferred:
        desired = " or ".join(preferred)
        reason, remedy = f"{desired} is not a usable disk", f"{desired}, or set disk_id to a usable disk"
    else:
        reason, remedy = "the device has no usable disk", "a disk"
    return Refusal(
        change,
        "disk_unavailable",
        f"{name} cannot be created, because {reason}. {describe_disks(disks)}",
        f"Insert, mount, or unlock {remedy}.",
    )


def refuse_ambiguous_name(desired: DesiredGroup, found: Sequence[RecordingGroup]) -> Refusal:
    """Refuse to change one of several groups with the same name."""
    *others, last = dict.fromkeys(str(group.recording_group_id) for group in found)
    operation = "update" if desired.present else "delete"
    return Refusal(
        Change(operation, RecordingGroup(None, nice_name=desired.nice_name), None, ()),
        "ambiguous",
        f"{len(found)} recording groups are named {desired.nice_name!r}: {', '.join(others)} and {last}",
        f"Set recording_group_id to {', '.join(others)} or {last}.",
    )


def describe_duplicate_id(recording_group_id: str | None, count: int) -> tuple[str, str]:
    """Return what is wrong with an ID that a device lists more than once, and what to do."""
    return (
        (
            f"The device lists {count} recording groups with the ID {recording_group_id}, for example because a card "
            "was inserted again, so a change could apply to the wrong one"
        ),
        "Remove one of the disks with these groups, or format the one whose recordings are not needed.",
    )


def refuse_duplicate_id(desired: DesiredGroup, found: Sequence[RecordingGroup]) -> Refusal:
    """Refuse to change groups that a request cannot distinguish."""
    return Refusal(
        Change("update" if desired.present else "delete", found[0], found[0], ()),
        "ambiguous",
        *describe_duplicate_id(found[0].recording_group_id, len(found)),
    )


def refuse_rewritten_name(change: Change, copies: Sequence[RecordingGroup]) -> Refusal:
    """Refuse to create a group that may exist under a name which the device truncated or rewrote."""
    names = ", ".join(f"{group.recording_group_id} ({group.nice_name!r})" for group in copies)
    return Refusal(
        change,
        "ambiguous",
        f"The device may have rewritten the name {change.group.nice_name!r}, so the recording group may exist "
        f"already: {names}",
        Message(
            "Set recording_group_id to {group} if it is this group. If both groups are to exist, set "
            "recording_group_id to {other}.",
            {"group": copies[0].recording_group_id, "other": change.group.recording_group_id or "another ID"},
        ),
    )


def refuse_explicitly_managed(desired: DesiredGroup, found: RecordingGroup) -> Refusal:
    """Refuse to change a group by its name if another entry manages it by its ID."""
    return Refusal(
        Change("update" if desired.present else "delete", found, found, ()),
        "ambiguous",
        f"The name {desired.nice_name!r} belongs to recording group {found.recording_group_id}, which another entry "
        "manages by its ID",
        f"Set a recording_group_id for the entry {desired.nice_name!r}, or merge the two entries.",
    )
