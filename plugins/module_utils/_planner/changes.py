# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the planner takes and gives: desired groups, allowances, changes, refusals, the plan.

Pure records.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Text
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    ActionPlan,
    DesiredRecording,
)


class RefusalReason(NamedTuple):
    """Why a change is refused."""

    #: as of an AxisError
    kind: str
    reason: Text
    next_step: Text
    #: names of the options that permit it if set to true
    allowances: tuple[str, ...] = ()


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
    #: whether an active recording action of the group is removed or replaced
    ends_recording: bool = False

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
    reason: Text
    next_step: Text
    #: names of the options that permit it if set to true
    allowances: tuple[str, ...] = ()
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
        return merge_recording_change(change, self.found, recording)


@dataclass(frozen=True, slots=True)
class Plan:
    """One outcome for each desired group, in the order in which they were given."""

    outcomes: tuple[Outcome, ...]

    @property
    def steps(self) -> tuple[tuple[DesiredGroup, Change], ...]:
        """What to write to the groups and for which desired one, what keeps recordings before what loses them."""
        steps = [(item.wanted, item.decision) for item in self.outcomes if isinstance(item.decision, Change)]
        return tuple(sorted(steps, key=lambda step: _write_order(step[1])))

    @property
    def changes(self) -> tuple[Change, ...]:
        """What becomes of each group and of the recording to it, in the order of ``steps``."""
        return tuple(change for _item, change in self.changing)

    @property
    def changing(self) -> tuple[tuple[Outcome, Change], ...]:
        """The outcomes that change something, with what they change, in the order of ``steps``."""
        changing = [(item, change) for item in self.outcomes if (change := item.change)]
        return tuple(sorted(changing, key=lambda pair: _write_order(pair[1])))

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


def merge_recording_change(
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
    # A group that does not exist yet has no recording that could end.
    ends_recording = whole.before is not None and recording.ends_recording
    return replace(whole, differences=(*whole.differences, *values), ends_recording=ends_recording)


def _write_order(change: Change) -> int:
    """Retention that grows first, then creations, other updates, shorter retention, and deletions last."""
    if change.operation == "update" and not change.loses_recordings:
        return 0 if any(item.field == "retention_time" for item in change.differences) else 2
    return {"create": 1, "update": 3, "delete": 4}[change.operation]
