# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The planner: what is there, what is wanted, what is allowed → what to change and what to refuse.

Pure, and the only place that decides. It knows nothing of HTTP or Ansible, so that check mode, the real run and the
tests of its laws all ask the same function.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    FIELDS,
    Difference,
    Disk,
    Field,
    RecordingGroup,
    Value,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import sort_key
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    DesiredGroup,
    Outcome,
    Plan,
    Refusal,
    RefusalReason,
    merge_recording_change,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    DesiredRecording,
    plan_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import (
    refuse_ambiguous,
    refuse_claimed,
    refuse_in_use,
    refuse_loss,
    refuse_no_disk,
    refuse_other_disk,
    refuse_recording,
)

# Refusals of a change to a group that is there and is the one that is meant.
_STILL_MEANT = frozenset({"recording_loss", "held", "immutable"})


def make_plan(
    current: Sequence[RecordingGroup],
    desired: Iterable[DesiredGroup],
    allowances: Allowances,
    disks: Sequence[Disk] | None = None,
    actions: Actions | None = None,
    *,
    unreadable: RefusalReason | None = None,
) -> Plan:
    """The plan that turns ``current`` into ``desired`` as far as ``allowances`` let it.

    :param disks: the disks of the device, or ``None`` while nobody has looked: then no disk is refused.
    :param actions: what its action service has, or ``None`` while nobody has looked: then nothing is planned there.
    :param unreadable: why nobody could look: then every recording that is wanted is refused.
    """
    located = locate(current, desired)
    # A list: of a type that is new to it, Counter finds out at length in each worker that it is no mapping.
    claims = Counter([found[0].recording_group_id for _wanted, found in located if len(found) == 1])
    outcomes: list[Outcome] = []
    for wanted, found in located:
        one = found[0] if len(found) == 1 else None
        if one is not None and wanted.recording_group_id is None and claims[one.recording_group_id] > 1:
            # The other entry stands for the group.
            outcome = Outcome(wanted, None, refuse_claimed(wanted, one))
        else:
            outcome = Outcome(wanted, one, _decide(wanted, found, allowances, disks))
        if actions is not None:
            outcome = _with_actions(outcome, allowances, actions)
        elif unreadable is not None:
            outcome = _without_actions(outcome, unreadable)
        outcomes.append(outcome)
    return Plan(tuple(outcomes))


def _with_actions(outcome: Outcome, allowances: Allowances, actions: Actions) -> Outcome:
    """The outcome with what becomes of the recording to the group, or refused because the group is in use."""
    wanted, found, decision = outcome.wanted, outcome.found, outcome.decision
    if isinstance(decision, Change) and decision.after is None:
        recording_group_id = decision.group.recording_group_id
        users = actions.describe_usage(recording_group_id)
        if users is not None and not allowances.recording_stop:
            return replace(outcome, decision=refuse_in_use(decision, users))
        return replace(outcome, recording=plan_action(actions, recording_group_id, DesiredRecording(present=False)))
    if wanted.recording is None or not _has_target(outcome):
        return outcome
    recording_group_id = found.recording_group_id if found else wanted.recording_group_id
    planned = plan_action(actions, recording_group_id, wanted.recording)
    reason = refuse_recording(planned, recording_group_id, allowances) if planned else None
    if planned is not None and reason is not None:
        if isinstance(decision, Change) and decision.before is None:
            # What is left of an action would begin to record to the group.
            whole = merge_recording_change(decision, found, planned.change) or decision
            return replace(outcome, decision=Refusal(whole, *reason))
        change = merge_recording_change(None, found, planned.change)
        return replace(outcome, recording=None if change is None else Refusal(change, *reason))
    return replace(outcome, recording=planned)


def _without_actions(outcome: Outcome, unreadable: RefusalReason) -> Outcome:
    """The outcome with the recording that is wanted refused, since what there is of it is not known."""
    group = outcome.after or outcome.found
    if outcome.wanted.recording is None or group is None or not _has_target(outcome):
        return outcome
    wanted = Difference("recording", None, outcome.wanted.recording.when)
    return replace(outcome, recording=Refusal(Change("update", group, group, (wanted,)), *unreadable))


def _has_target(outcome: Outcome) -> bool:
    """Whether there is, or will be, a group, and it is the one that is meant."""
    refused = isinstance(outcome.decision, Refusal) and outcome.decision.kind not in _STILL_MEANT
    return not refused and bool(outcome.found or outcome.decision)


def locate(
    current: Sequence[RecordingGroup], desired: Iterable[DesiredGroup]
) -> tuple[tuple[DesiredGroup, Sequence[RecordingGroup]], ...]:
    """Each desired group with the groups that it means: by its id, or by its name when it has none."""
    by_id = {group.recording_group_id: group for group in current}
    by_name: dict[str, list[RecordingGroup]] = defaultdict(list)
    for group in current:
        by_name[fold_text(group.nice_name or "")].append(group)
    return tuple((wanted, _find(wanted, by_id, by_name)) for wanted in desired)


def apply_changes(current: Iterable[RecordingGroup], changes: Iterable[Change]) -> tuple[RecordingGroup, ...]:
    """The groups as they are when the changes are made, creations last."""
    changes = list(changes)
    changed = {change.before.recording_group_id: change.after for change in changes if change.before}
    kept = (changed.get(group.recording_group_id, group) for group in current)
    created = (change.after for change in changes if change.before is None)
    return tuple(group for group in (*kept, *created) if group is not None)


def _find(
    wanted: DesiredGroup,
    by_id: Mapping[str | None, RecordingGroup],
    by_name: Mapping[str, Sequence[RecordingGroup]],
) -> Sequence[RecordingGroup]:
    if wanted.recording_group_id is not None:
        found = by_id.get(wanted.recording_group_id)
        return () if found is None else (found,)
    return by_name.get(fold_text(wanted.nice_name or ""), ())


def _decide(
    wanted: DesiredGroup, found: Sequence[RecordingGroup], allowances: Allowances, disks: Sequence[Disk] | None
) -> Change | Refusal | None:
    if len(found) > 1:
        return refuse_ambiguous(wanted, found)
    if not found:
        return _creation(wanted, disks) if wanted.present and wanted.may_create else None
    change = _update(wanted, found[0]) if wanted.present else _deletion(found[0])
    if wanted.present and wanted.disk_ids is not None and found[0].disk_id not in wanted.disk_ids:
        return refuse_other_disk(wanted, found[0], change)
    if change is not None and change.loses_recordings:
        return refuse_loss(change, allowances) or change
    return change


def _creation(wanted: DesiredGroup, disks: Sequence[Disk] | None) -> Change | Refusal:
    usable = {disk.disk_id for disk in disks if disk.unusable is None} if disks is not None else None
    preferred = wanted.disk_ids or ()
    chosen = next((disk_id for disk_id in preferred if usable is None or disk_id in usable), None)
    given = {field.name: getattr(wanted, field.name) for field in FIELDS if field.name != "disk_id"}
    after = RecordingGroup(wanted.recording_group_id, disk_id=chosen, **given)
    differences = [Difference(field.name, None, getattr(after, field.name)) for field in FIELDS]
    change = Change("create", None, after, tuple(item for item in differences if item.after is not None))
    if usable is not None and (not usable or (preferred and chosen is None)):
        return refuse_no_disk(change, preferred, disks or ())
    return change


def compare(found: RecordingGroup, wanted: RecordingGroup | DesiredGroup) -> tuple[Difference, ...]:
    """The fields of ``found`` that are not as ``wanted``; a field that is ``None`` there is not compared."""
    return tuple(
        Difference(field.name, getattr(found, field.name), getattr(wanted, field.name))
        for field in FIELDS
        if _differs(field, getattr(found, field.name), getattr(wanted, field.name, None))
    )


def _update(wanted: DesiredGroup, found: RecordingGroup) -> Change | None:
    differences = compare(found, wanted)
    if not differences:
        return None
    values: dict[str, Any] = {item.field: item.after for item in differences}
    return Change(
        "update",
        found,
        replace(found, **values),
        differences,
        loses_recordings=shortens(found.retention_time, wanted.retention_time),
        restarts_recording="stream_options" in values,
    )


def _differs(field: Field, found: Value, wanted: Value) -> bool:
    return wanted is not None and (found is None or not field.same(found, wanted))


def shortens(before: int | None, after: int | None) -> bool:
    """Whether a change of retention times (hours, 0 is unlimited) deletes recordings."""
    return before is not None and after is not None and sort_key(after) < sort_key(before)


def _deletion(found: RecordingGroup) -> Change:
    differences = tuple(Difference(field.name, getattr(found, field.name), None) for field in FIELDS)
    return Change("delete", found, None, differences, loses_recordings=True)
