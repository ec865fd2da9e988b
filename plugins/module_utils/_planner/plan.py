# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner: current groups, desired groups, and allowances → changes and refusals.

Pure, and the only place that decides what is written. Check mode and the real run call the same function.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.group_id import is_derived_from_another
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    FIELDS,
    Difference,
    Field,
    RecordingGroup,
    Value,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import MAX_HOURS, sort_key
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import (
    are_stream_options,
    without_empty_pairs,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import (
    fold_text,
    has_replaced,
    may_be_rewritten,
    same_text,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Plan,
    PlannedGroup,
    Refusal,
    RefusalReason,
    merge_recording_change,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    DesiredRecording,
    plan_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import (
    refuse_ambiguous_name,
    refuse_duplicate_id,
    refuse_explicitly_managed,
    refuse_group_in_use,
    refuse_loss,
    refuse_no_disk,
    refuse_other_disk,
    refuse_recording,
    refuse_rewritten_name,
    refuse_unknown_id,
)

# What decides which recordings a group has.
_PROTECTED = frozenset({"retention_time", "stream_options", "pre_duration", "post_duration"})
# Refusals of a change to an existing group that is certainly the desired one.
_WITH_TARGET = frozenset({"recording_loss", "held", "immutable"})


def make_plan(
    current: Sequence[RecordingGroup],
    desired_groups: Iterable[DesiredGroup],
    allowances: Allowances,
    disks: Sequence[Disk] | None = None,
    actions: Actions | None = None,
    *,
    unreadable: RefusalReason | None = None,
) -> Plan:
    """Return the plan that turns the current groups into the desired ones, as far as the allowances permit.

    :param disks: the disks of the device, or ``None`` if they were not read: then no disk is refused.
    :param actions: what its action service has, or ``None`` if it was not read: then no recording action is planned.
    :param unreadable: why the action service cannot be read: then every desired recording is refused.
    """
    matched = match_groups(current, desired_groups)
    matches = Counter(found[0].recording_group_id for _desired, found in matched if len(found) == 1)
    groups: list[PlannedGroup] = []
    for desired, found in matched:
        one = found[0] if len(found) == 1 else None
        if one is not None and _is_found_by_name(desired, one) and matches[one.recording_group_id] > 1:
            # The entry with the ID manages the group.
            planned = PlannedGroup(desired, None, refuse_explicitly_managed(desired, one))
        else:
            planned = PlannedGroup(desired, one, _decide(desired, found, allowances, disks))
        if isinstance(planned.decision, Change) and planned.decision.before is None and one is None:
            planned = _refuse_second_copy(planned, matched, current)
        if actions is not None:
            planned = _plan_recording(planned, allowances, actions)
        elif unreadable is not None:
            planned = _refuse_recording(planned, unreadable)
        groups.append(planned)
    return Plan(tuple(groups))


def _is_found_by_name(desired: DesiredGroup, found: RecordingGroup) -> bool:
    return desired.is_named and desired.recording_group_id != found.recording_group_id


def _refuse_second_copy(
    planned: PlannedGroup,
    matched: Iterable[tuple[DesiredGroup, Sequence[RecordingGroup]]],
    current: Sequence[RecordingGroup],
) -> PlannedGroup:
    """Refuse to create a group that only its name identifies if the device may have it under a rewritten name."""
    desired = planned.desired
    if not desired.is_named or not isinstance(planned.decision, Change):
        return planned
    others = {
        item.recording_group_id for other, found in matched if other.may_create and other.present for item in found
    }
    copies = [
        item
        for item in find_copies(desired, current)
        if item.recording_group_id not in others
        and not (desired.has_derived_id and is_derived_from_another(item.recording_group_id, desired.nice_name or ""))
    ]
    return replace(planned, decision=refuse_rewritten_name(planned.decision, copies)) if copies else planned


def find_copies(
    desired: DesiredGroup, current: Sequence[RecordingGroup], found: Sequence[RecordingGroup] = ()
) -> list[RecordingGroup]:
    """Return the groups whose name may be that of a desired group, as the device rewrote it.

    :param found: the desired group; if the device stored its name as sent, only an equal one may be a copy.
    """
    if any(same_text(group.nice_name or "", desired.nice_name or "") for group in found):
        return [group for group in current if same_text(group.nice_name or "", desired.nice_name or "")]
    longest = max((len(group.nice_name or "") for group in current), default=0)
    return [
        group
        for group in current
        if may_be_rewritten(
            group.nice_name or "", desired.nice_name or "", is_longest=len(group.nice_name or "") == longest
        )
    ]


def _plan_recording(planned: PlannedGroup, allowances: Allowances, actions: Actions) -> PlannedGroup:
    desired, found, decision = planned.desired, planned.found, planned.decision
    if isinstance(decision, Change) and decision.after is None:
        recording_group_id = decision.group.recording_group_id
        users = actions.describe_usage(recording_group_id)
        if users is not None and not allowances.recording_stop:
            return replace(planned, decision=refuse_group_in_use(decision, users))
        removal = plan_action(actions, recording_group_id, DesiredRecording(present=False))
        reason = refuse_recording(removal, recording_group_id, allowances) if removal else None
        return replace(planned, decision=Refusal(decision, *reason)) if reason else replace(planned, recording=removal)
    if desired.recording is None or not _has_target(planned):
        return planned
    recording_group_id = found.recording_group_id if found else desired.recording_group_id
    recording = plan_action(actions, recording_group_id, desired.recording)
    reason = refuse_recording(recording, recording_group_id, allowances) if recording else None
    if recording is not None and reason is not None:
        if isinstance(decision, Change) and decision.before is None:
            # An action that names the ID already would start to record to the new group.
            whole = merge_recording_change(decision, found, recording.change) or decision
            return replace(planned, decision=Refusal(whole, *reason))
        change = merge_recording_change(None, found, recording.change)
        return replace(planned, recording=None if change is None else Refusal(change, *reason))
    return replace(planned, recording=recording)


def _refuse_recording(planned: PlannedGroup, unreadable: RefusalReason) -> PlannedGroup:
    group = planned.after or planned.found
    if planned.desired.recording is None or group is None or not _has_target(planned):
        return planned
    difference = Difference("recording", None, planned.desired.recording.when)
    return replace(planned, recording=Refusal(Change("update", group, group, (difference,)), *unreadable))


def _has_target(planned: PlannedGroup) -> bool:
    """Return whether the desired group exists, or will exist, and is certainly the desired one."""
    refused = isinstance(planned.decision, Refusal) and planned.decision.kind not in _WITH_TARGET
    return not refused and bool(planned.found or planned.decision)


def match_groups(
    current: Sequence[RecordingGroup], desired_groups: Iterable[DesiredGroup]
) -> tuple[tuple[DesiredGroup, Sequence[RecordingGroup]], ...]:
    """Return each desired group with the current groups that have its ID, or its name if none has its ID.

    An ID that was set is the only identity. Several groups with one ID are a fault of the device: each is returned.
    """
    by_id: dict[str | None, list[RecordingGroup]] = defaultdict(list)
    by_name: dict[str, list[RecordingGroup]] = defaultdict(list)
    for group in current:
        by_id[group.recording_group_id].append(group)
        by_name[fold_text(group.nice_name or "")].append(group)
    return tuple((desired, _match(desired, by_id, by_name)) for desired in desired_groups)


def _match(
    desired: DesiredGroup,
    by_id: Mapping[str | None, Sequence[RecordingGroup]],
    by_name: Mapping[str, Sequence[RecordingGroup]],
) -> Sequence[RecordingGroup]:
    # Only a lookup of a key that exists, so that the dictionaries do not grow.
    with_id = by_id.get(desired.recording_group_id, ()) if desired.recording_group_id is not None else ()
    if not desired.is_named or (with_id and desired.present):
        return with_id
    named = dict.fromkeys(item.recording_group_id for item in by_name.get(fold_text(desired.nice_name or ""), ()))
    # The next run would find the others by their name, and delete them, too.
    ids = {**dict.fromkeys(item.recording_group_id for item in with_id), **named}
    return [group for recording_group_id in ids for group in by_id[recording_group_id]]


def _decide(
    desired: DesiredGroup, found: Sequence[RecordingGroup], allowances: Allowances, disks: Sequence[Disk] | None
) -> Change | Refusal | None:
    if len(found) > 1:
        same_id = all(group.recording_group_id == found[0].recording_group_id for group in found)
        return refuse_duplicate_id(desired, found) if same_id else refuse_ambiguous_name(desired, found)
    if not found:
        return _create(desired, disks) if desired.present and desired.may_create else None
    change = _update(desired, found[0]) if desired.present else _delete(found[0])
    if change is not None and has_replaced(found[0].recording_group_id):
        return refuse_unknown_id(change)
    if desired.present and desired.disk_ids is not None and found[0].disk_id not in desired.disk_ids:
        return refuse_other_disk(desired, found[0], change)
    return None if change is None else refuse_loss(change, allowances) or change


def _create(desired: DesiredGroup, disks: Sequence[Disk] | None) -> Change | Refusal:
    usable = {disk.disk_id for disk in disks if disk.unusable_reason is None} if disks is not None else None
    preferred = desired.disk_ids or ()
    chosen = next((disk_id for disk_id in preferred if usable is None or disk_id in usable), None)
    values = {field.name: getattr(desired, field.name) for field in FIELDS if field.name != "disk_id"}
    after = RecordingGroup(desired.recording_group_id, disk_id=chosen, **values)
    differences = [Difference(field.name, None, getattr(after, field.name)) for field in FIELDS]
    change = Change("create", None, after, tuple(item for item in differences if item.after is not None))
    if usable is not None and (not usable or (preferred and chosen is None)):
        return refuse_no_disk(change, preferred, disks or ())
    return change


def _update(desired: DesiredGroup, found: RecordingGroup) -> Change | None:
    differences = diff_fields(found, desired)
    if not differences:
        return None
    values: dict[str, Any] = {item.field: item.after for item in differences}
    change = Change("update", found, replace(found, **values), differences)
    omitted = _find_omitted(desired, change)
    return replace(
        change,
        loses_recordings=_may_be_shorter(found, desired) or "retention_time" in omitted,
        restarts_recording="stream_options" in values,
        omitted=omitted,
    )


def _find_omitted(desired: DesiredGroup, change: Change) -> tuple[str, ...]:
    # A reset to no stream options changes nothing if there are none.
    omitted = _PROTECTED.difference(fields_to_send(desired, change))
    return tuple(field.name for field in FIELDS if field.name in omitted and getattr(change.after, field.name) != "")


def _may_be_shorter(found: RecordingGroup, desired: DesiredGroup) -> bool:
    if found.retention_time is None:
        # It is unknown, and may be unlimited.
        return bool(desired.retention_time)
    return is_shorter_retention(found.retention_time, desired.retention_time)


def _delete(found: RecordingGroup) -> Change:
    differences = tuple(Difference(field.name, getattr(found, field.name), None) for field in FIELDS)
    return Change("delete", found, None, differences, loses_recordings=True)


def diff_fields(found: RecordingGroup, desired: RecordingGroup | DesiredGroup) -> tuple[Difference, ...]:
    """Return the fields of a group that differ from the desired ones; a desired ``None`` is not compared."""
    return tuple(
        Difference(field.name, getattr(found, field.name), getattr(desired, field.name))
        for field in FIELDS
        if _differs(field, getattr(found, field.name), getattr(desired, field.name, None))
    )


def _differs(field: Field, found: Value, desired: Value) -> bool:
    return desired is not None and (found is None or not field.same(found, desired))


def fields_to_send(desired: DesiredGroup, change: Change) -> tuple[str, ...]:
    """Return the fields that an update sends: those that change, and every other one that a device could reset.

    VAPIX does not say that a device keeps what an update omits. Only what a device may store in another form than it
    lists is omitted: a name that the task does not set may be in another encoding.
    """
    changed = {item.field for item in change.differences}
    return tuple(
        field.name
        for field in FIELDS
        if field.name in changed
        or (field.name != "disk_id" and _is_safe_to_repeat(field, getattr(change.after, field.name), desired))
    )


def restore_texts(desired: DesiredGroup, change: Change, actual: RecordingGroup) -> Change | None:
    """Return the update that restores texts which a device cleared because an update omitted them, or ``None``."""
    if change.before is None or change.after is None:
        return None
    sent = fields_to_send(desired, change)
    lost: dict[str, Any] = {
        field.name: value
        for field in FIELDS
        if field.name not in sent
        and getattr(actual, field.name) == ""
        and isinstance(value := getattr(change.after, field.name), str)
        and value
        and not has_replaced(value)
    }
    if not lost:
        return None
    if "stream_options" in lost:
        lost["stream_options"] = without_empty_pairs(lost["stream_options"])
    differences = tuple(Difference(name, "", value) for name, value in lost.items())
    return Change("update", actual, replace(actual, **lost), differences)


def _is_safe_to_repeat(field: Field, value: Value, desired: DesiredGroup) -> bool:
    if isinstance(value, int):
        return field.name != "retention_time" or value <= MAX_HOURS
    if not value or (field.name == "stream_options" and not are_stream_options(value)):
        return False
    return value.isascii() or getattr(desired, field.name) is not None


def is_shorter_retention(before: int | None, after: int | None) -> bool:
    """Return whether a change of the retention time (hours, 0 is unlimited) deletes recordings."""
    return before is not None and after is not None and sort_key(after) < sort_key(before)
