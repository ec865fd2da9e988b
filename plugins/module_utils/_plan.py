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
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._action_plan import (
    ActionChange,
    ActionPlan,
    DesiredRecording,
    plan_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._duration import describe, order
from ansible_collections.camfleet.axis.plugins.module_utils._records import (
    FIELDS,
    Difference,
    Disk,
    Field,
    RecordingGroup,
    Value,
    fold_text,
)

#: Of a refusal: kind, reason, next step.
Grounds = tuple[str, str, str]

# Refusals of a change to a group that is there and is the one that is meant.
_STILL_MEANT = frozenset({"recording_loss", "held", "immutable"})
# VAPIX recording group, general error codes.
_IN_USE = 140


@dataclass(frozen=True, slots=True)
class DesiredGroup:
    """What a task wants of one group. ``None`` is a field that the task does not manage."""

    present: bool
    recording_group_id: str | None
    nice_name: str | None = None
    description: str | None = None
    #: hours, 0 is unlimited
    retention_time: int | None = None
    #: in order of preference; any of them is in line
    disk_ids: tuple[str, ...] | None = None
    stream_options: str | None = None
    #: milliseconds
    pre_duration: int | None = None
    #: milliseconds
    post_duration: int | None = None
    #: false for what a rule wants of a group that something else made
    may_create: bool = True
    recording: DesiredRecording | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop to every loss of recordings in the groups it matches, until a moment (aware, UTC)."""

    recording_group_id: str
    reason: str
    owner: str
    until: datetime

    def covers(self, recording_group_id: str | None, now: datetime) -> bool:
        """Whether it holds this group now."""
        return now <= self.until and self.matches(recording_group_id)

    def matches(self, recording_group_id: str | None) -> bool:
        """Whether it is about this group. The pattern is a glob that minds the case."""
        return fnmatchcase(recording_group_id or "", self.recording_group_id)


@dataclass(frozen=True, slots=True)
class Allowances:
    """The task's word on recordings that would be lost, or would not be made, and the holds that beat it."""

    recording_loss: bool
    holds: tuple[Hold, ...]
    now: datetime
    recording_stop: bool = False

    def hold_on(self, recording_group_id: str | None) -> Hold | None:
        """The hold on a group now, if there is one."""
        return next((hold for hold in self.holds if hold.covers(recording_group_id, self.now)), None)


@dataclass(frozen=True, slots=True)
class Change:
    """One write: the group before and as predicted after it, and the fields that differ."""

    operation: str
    before: RecordingGroup | None
    after: RecordingGroup | None
    differences: tuple[Difference, ...]
    loses_recordings: bool = False
    restarts_recording: bool = False

    @property
    def group(self) -> RecordingGroup:
        """The group it is about: as it is, or as it will be created."""
        group = self.before or self.after
        if group is None:
            raise ValueError("a change is about a group")
        return group


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that will not be made, and why."""

    change: Change
    kind: str
    reason: str
    next_step: str
    #: the API's code for it, where it has one
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the plan has for one desired group: the group as found, if it is there, and the decisions, if any."""

    wanted: DesiredGroup
    found: RecordingGroup | None
    decision: Change | Refusal | None
    #: about the action that records to it
    recording: ActionPlan | Refusal | None = None

    @property
    def after(self) -> RecordingGroup | None:
        """The group as predicted."""
        return self.decision.after if isinstance(self.decision, Change) else self.found

    @property
    def change(self) -> Change | None:
        """What changes of the group and of the recording to it, as one."""
        change = self.decision if isinstance(self.decision, Change) else None
        recording = self.recording.change if isinstance(self.recording, ActionPlan) else None
        return with_recording(change, self.found, recording)


@dataclass(frozen=True, slots=True)
class Plan:
    """One outcome for each desired group, in the order in which they were given."""

    outcomes: tuple[Outcome, ...]

    @property
    def steps(self) -> tuple[tuple[DesiredGroup, Change], ...]:
        """What to write to the groups and for which desired one, what keeps recordings before what loses them."""
        steps = [(item.wanted, item.decision) for item in self.outcomes if isinstance(item.decision, Change)]
        return tuple(sorted(steps, key=lambda step: _safety(step[1])))

    @property
    def changes(self) -> tuple[Change, ...]:
        """What becomes of each group and of the recording to it, in the order of ``steps``."""
        return tuple(change for _item, change in self.changing)

    @property
    def changing(self) -> tuple[tuple[Outcome, Change], ...]:
        """The outcomes that change something, with what they change, in the order of ``steps``."""
        changing = [(item, change) for item in self.outcomes if (change := item.change)]
        return tuple(sorted(changing, key=lambda pair: _safety(pair[1])))

    @property
    def records(self) -> bool:
        """Whether there is something to write to the action service."""
        return any(isinstance(item.recording, ActionPlan) for item in self.outcomes)

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """What is wanted and will not be written."""
        decisions = (decision for item in self.outcomes for decision in (item.decision, item.recording))
        return tuple(decision for decision in decisions if isinstance(decision, Refusal))

    @property
    def creates(self) -> bool:
        """Whether a group is wanted that is not there, so that the disks matter."""
        return any(change.operation == "create" for _wanted, change in self.steps)

    @property
    def deletes(self) -> bool:
        """Whether a group is to go, so that what uses it matters."""
        return any(change.operation == "delete" for _wanted, change in self.steps)


def make_plan(
    current: Sequence[RecordingGroup],
    desired: Iterable[DesiredGroup],
    allowances: Allowances,
    disks: Sequence[Disk] | None = None,
    actions: Actions | None = None,
    *,
    unreadable: Grounds | None = None,
) -> Plan:
    """The plan that turns ``current`` into ``desired`` as far as ``allowances`` let it.

    :param disks: the disks of the device, or ``None`` while nobody has looked: then no disk is refused.
    :param actions: what its action service has, or ``None`` while nobody has looked: then nothing is planned there.
    :param unreadable: why nobody could look: then every recording that is wanted is refused.
    """
    located = locate(current, desired)
    claims = Counter(found[0].recording_group_id for _wanted, found in located if len(found) == 1)
    outcomes: list[Outcome] = []
    for wanted, found in located:
        one = found[0] if len(found) == 1 else None
        if one is not None and wanted.recording_group_id is None and claims[one.recording_group_id] > 1:
            decision: Change | Refusal | None = _refuse_claimed(wanted, one)
        else:
            decision = _decide(wanted, found, allowances, disks)
        outcome = Outcome(wanted, one, decision)
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
        users = actions.users_of(recording_group_id)
        if users is not None and not allowances.recording_stop:
            return replace(outcome, decision=_refuse_in_use(decision, users))
        return replace(outcome, recording=plan_action(actions, recording_group_id, DesiredRecording(present=False)))
    if wanted.recording is None or not _is_meant(outcome):
        return outcome
    recording_group_id = found.recording_group_id if found else wanted.recording_group_id
    planned = plan_action(actions, recording_group_id, wanted.recording)
    grounds = refuse_recording(planned, recording_group_id, allowances) if planned else None
    if planned is not None and grounds is not None:
        if isinstance(decision, Change) and decision.before is None:
            # What is left of an action would begin to record to the group.
            whole = with_recording(decision, found, planned.change) or decision
            return replace(outcome, decision=Refusal(whole, *grounds))
        change = with_recording(None, found, planned.change)
        return replace(outcome, recording=None if change is None else Refusal(change, *grounds))
    return replace(outcome, recording=planned)


def _without_actions(outcome: Outcome, unreadable: Grounds) -> Outcome:
    """The outcome with the recording that is wanted refused, since what there is of it is not known."""
    group = outcome.after or outcome.found
    if outcome.wanted.recording is None or group is None or not _is_meant(outcome):
        return outcome
    wanted = Difference("record", None, outcome.wanted.recording.when)
    return replace(outcome, recording=Refusal(Change("update", group, group, (wanted,)), *unreadable))


def _is_meant(outcome: Outcome) -> bool:
    """Whether there is, or will be, a group, and it is the one that is meant."""
    refused = isinstance(outcome.decision, Refusal) and outcome.decision.kind not in _STILL_MEANT
    return not refused and bool(outcome.found or outcome.decision)


def with_recording(
    change: Change | None, group: RecordingGroup | None, recording: ActionChange | None
) -> Change | None:
    """A change of a group together with what changes of the recording to it, which alone is an update."""
    if recording is None or not (change or group):
        return change
    whole = change or Change("update", group, group, ())
    values = (
        Difference(item.field, item.before if whole.before else None, item.after if whole.after else None)
        for item in recording.in_a_group
    )
    return replace(whole, differences=(*whole.differences, *values))


def refuse_recording(planned: ActionPlan, recording_group_id: str | None, allowances: Allowances) -> Grounds | None:
    """Why the recording to a group may not be changed, as kind, reason and next step; ``None`` when it may.

    A hold forbids all that may record less, other conditions and the end of a second rule included.
    """
    stops = planned.change.stops_recording
    hold = allowances.hold_on(recording_group_id)
    if hold is not None and (stops or planned.may_record_less):
        return _held(f"It {'ends' if stops else 'may lessen'} the recording to group {recording_group_id}", hold)
    if not stops or allowances.recording_stop:
        return None
    return (
        "recording_stop",
        f"It ends the recording to group {recording_group_id}",
        "If it may end, set allow_recording_stop: true (in the role, retention_policy_allow_recording_stop).",
    )


def _held(what: str, hold: Hold) -> Grounds:
    return (
        "held",
        f"{what}, and a hold until {hold.until:%Y-%m-%d %H:%M} UTC forbids that: {hold.reason} (owner: {hold.owner})",
        f"Ask {hold.owner}. Nothing but the end or the removal of the hold lifts it.",
    )


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


def _safety(change: Change) -> int:
    """Retention that grows first, then creations, other updates, shorter retention, and deletions last."""
    if change.operation == "update" and not change.loses_recordings:
        return 0 if any(item.field == "retention_time" for item in change.differences) else 2
    return {"create": 1, "update": 3, "delete": 4}[change.operation]


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
        return _refuse_ambiguous(wanted, found)
    if not found:
        return _creation(wanted, disks) if wanted.present and wanted.may_create else None
    change = _update(wanted, found[0]) if wanted.present else _deletion(found[0])
    if wanted.present and wanted.disk_ids is not None and found[0].disk_id not in wanted.disk_ids:
        return _refuse_other_disk(wanted, found[0], change)
    if change is not None and change.loses_recordings:
        return _refuse_loss(change, allowances) or change
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
        return _refuse_no_disk(change, preferred, disks or ())
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
    return before is not None and after is not None and order(after) < order(before)


def _deletion(found: RecordingGroup) -> Change:
    differences = tuple(Difference(field.name, getattr(found, field.name), None) for field in FIELDS)
    return Change("delete", found, None, differences, loses_recordings=True)


def _refuse_loss(change: Change, allowances: Allowances) -> Refusal | None:
    hold = allowances.hold_on(change.group.recording_group_id)
    if hold is not None:
        return Refusal(change, *_held(_loss(change), hold))
    if allowances.recording_loss:
        return None
    return Refusal(
        change,
        "recording_loss",
        f"{_loss(change)}, and that cannot be undone",
        "If they may go, set allow_recording_loss: true (in the role, retention_policy_allow_recording_loss).",
    )


def _loss(change: Change) -> str:
    name = f"recording group {change.group.recording_group_id}"
    if change.operation == "delete":
        return f"Deleting {name} deletes all its recordings"
    before, after = next((item.before, item.after) for item in change.differences if item.field == "retention_time")
    return (
        f"Shortening the retention time of {name} from {describe(int(before or 0))} to {describe(int(after or 0))} "
        "deletes every recording that is older"
    )


def _refuse_in_use(change: Change, users: str) -> Refusal:
    recording_group_id = change.group.recording_group_id
    return Refusal(
        change,
        "group_in_use",
        f"Recording group {recording_group_id} is in use by {users}",
        f"Remove them first with axis_recording_action, recording_group_id: {recording_group_id} and state: absent, "
        "or set allow_recording_stop: true to remove them with the group (in the role, "
        "retention_policy_allow_recording_stop).",
        code=_IN_USE,
    )


def _refuse_other_disk(wanted: DesiredGroup, found: RecordingGroup, change: Change | None) -> Refusal:
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


def _refuse_no_disk(change: Change, preferred: Sequence[str], disks: Sequence[Disk]) -> Refusal:
    states = ", ".join(f"{disk.disk_id} ({disk.unusable or 'usable'})" for disk in disks) or "none"
    return Refusal(
        change,
        "disk_unavailable",
        f"The group cannot be created: no usable disk {' or '.join(preferred) if preferred else 'is there'}; "
        f"the device has: {states}",
        "Insert or mount the disk, or correct disk_id.",
    )


def _refuse_ambiguous(wanted: DesiredGroup, found: Sequence[RecordingGroup]) -> Refusal:
    ids = " and ".join(str(group.recording_group_id) for group in found)
    operation = "update" if wanted.present else "delete"
    return Refusal(
        Change(operation, RecordingGroup(None, nice_name=wanted.nice_name), None, ()),
        "ambiguous",
        f"{len(found)} recording groups are named {wanted.nice_name!r}: {ids}",
        "Say which one is meant with recording_group_id.",
    )


def _refuse_claimed(wanted: DesiredGroup, found: RecordingGroup) -> Refusal:
    return Refusal(
        Change("update" if wanted.present else "delete", found, found, ()),
        "ambiguous",
        f"The name {wanted.nice_name!r} means recording group {found.recording_group_id}, "
        "which another entry names by its id",
        "Give this entry a recording_group_id of its own, or merge the two.",
    )
