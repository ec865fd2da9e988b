# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Input and output of the planner: desired groups, allowances, changes, refusals, and the plan."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase, translate
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Text
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    ActionPlan,
    DesiredRecording,
)

_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class DesiredGroup:
    """The desired state of one group. A field that is ``None`` is not managed."""

    present: bool
    recording_group_id: str | None
    nice_name: str | None = None
    description: str | None = None
    #: hours, 0 is unlimited
    retention_time: int | None = None
    #: in order of preference; a group on any of them is compliant
    disk_ids: tuple[str, ...] | None = None
    stream_options: str | None = None
    #: milliseconds
    pre_duration: int | None = None
    #: milliseconds
    post_duration: int | None = None
    #: false for a group that only a rule matches
    may_create: bool = True
    recording: DesiredRecording | None = None
    #: whether the ID is derived from the name: without a group with this ID, one with the name is the desired one
    has_derived_id: bool = False

    @property
    def is_named(self) -> bool:
        """Return whether its name identifies it: no ID was set."""
        return self.recording_group_id is None or self.has_derived_id


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold on the groups that a glob matches, until a moment (aware, UTC)."""

    recording_group_id: str
    reason: str
    owner: str
    until: datetime

    @property
    def is_literal(self) -> bool:
        """Return whether it names one group, without a wildcard."""
        return not _WILDCARD.search(self.recording_group_id)

    def covers(self, recording_group_id: str | None, now: datetime) -> bool:
        """Return whether the hold is active and protects the group: in any case, since a hold may be misspelled."""
        return now <= self.until and (self.matches(recording_group_id) or self.differs_in_case(recording_group_id))

    def matches(self, recording_group_id: str | None) -> bool:
        """Return whether the glob, which is case-sensitive, matches the group."""
        return fnmatchcase(recording_group_id or "", self.recording_group_id)

    def differs_in_case(self, recording_group_id: str | None) -> bool:
        """Return whether the glob does not match the group, but would in other case."""
        glob = re.compile(translate(self.recording_group_id), re.IGNORECASE)
        return bool(glob.match(recording_group_id or "")) and not self.matches(recording_group_id)


@dataclass(frozen=True, slots=True)
class Allowances:
    """The permissions of one run to lose or to stop recordings, and the holds that override them."""

    recording_loss: bool
    holds: tuple[Hold, ...]
    now: datetime
    recording_stop: bool = False

    def active_holds(self, recording_group_id: str | None) -> tuple[Hold, ...]:
        """Return the active holds on a group."""
        return tuple(hold for hold in self.holds if hold.covers(recording_group_id, self.now))

    def active_hold(self, recording_group_id: str | None) -> Hold | None:
        """Return the first active hold on a group, or ``None``."""
        return next(iter(self.active_holds(recording_group_id)), None)

    def describe_other_case(self, recording_group_ids: Iterable[str | None]) -> tuple[str, ...]:
        """Return a sentence for each active hold that would match a group of a device only in other case."""
        ids = tuple(recording_group_ids)
        texts = []
        for hold in (hold for hold in self.holds if not any(map(hold.matches, ids))):
            similar = sorted(str(item) for item in ids if hold.covers(item, self.now))
            if similar:
                texts.append(
                    f"The hold on {hold.recording_group_id} ({hold.reason}, owner: {hold.owner}) matches no recording "
                    f"group of a device that has {' and '.join(similar)}, which differs only in case and is protected "
                    "instead. Correct the hold: IDs are case-sensitive."
                )
        return tuple(texts)


@dataclass(frozen=True, slots=True)
class Change:
    """One write: the group before it, the group as predicted after it, and the fields that differ."""

    operation: str
    before: RecordingGroup | None
    after: RecordingGroup | None
    differences: tuple[Difference, ...]
    loses_recordings: bool = False
    restarts_recording: bool = False
    #: whether an active recording action of the group is removed or replaced
    ends_recording: bool = False
    #: what decides which recordings there are and an update cannot send, so that a device may reset it
    omitted: tuple[str, ...] = ()

    @property
    def group(self) -> RecordingGroup:
        """Return the group before the change, or the group that the change creates."""
        group = self.before or self.after
        if group is None:
            raise ValueError("a change without a group")
        return group


class RefusalReason(NamedTuple):
    """Why a change is refused."""

    #: as of an AxisError
    kind: str
    reason: Text
    next_step: Text
    #: names of the options that permit it if set to true
    allowances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that is desired and is not made, and why."""

    change: Change
    kind: str
    reason: Text
    next_step: Text
    #: names of the options that permit it if set to true
    allowances: tuple[str, ...] = ()
    #: the API's own error code for this reason, if it has one
    code: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """The decisions about one desired group, and the group as found, if it exists."""

    desired: DesiredGroup
    found: RecordingGroup | None
    decision: Change | Refusal | None
    #: about the recording action of the group
    recording: ActionPlan | Refusal | None = None

    @property
    def after(self) -> RecordingGroup | None:
        """Return the group as predicted."""
        return self.decision.after if isinstance(self.decision, Change) else self.found

    @property
    def change(self) -> Change | None:
        """Return the changes of the group and of its recording action, as one."""
        change = self.decision if isinstance(self.decision, Change) else None
        recording = self.recording.change if isinstance(self.recording, ActionPlan) else None
        return merge_recording_change(change, self.found, recording)


@dataclass(frozen=True, slots=True)
class Plan:
    """The decisions about each desired group, in the order of the desired groups."""

    groups: tuple[PlannedGroup, ...]

    @property
    def steps(self) -> tuple[tuple[DesiredGroup, Change], ...]:
        """Return the writes to the groups in a safe order: those that keep recordings before those that lose some."""
        steps = [(item.desired, item.decision) for item in self.groups if isinstance(item.decision, Change)]
        return tuple(sorted(steps, key=lambda step: _write_order(step[1])))

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return the changes of the groups and their recording actions, in the order of ``steps``."""
        return tuple(change for _item, change in self.changing_groups)

    @property
    def changing_groups(self) -> tuple[tuple[PlannedGroup, Change], ...]:
        """Return the groups that change, each with its change, in the order of ``steps``."""
        changing = [(item, change) for item in self.groups if (change := item.change)]
        return tuple(sorted(changing, key=lambda pair: _write_order(pair[1])))

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Return the desired changes that are not made."""
        decisions = (decision for item in self.groups for decision in (item.decision, item.recording))
        return tuple(decision for decision in decisions if isinstance(decision, Refusal))

    @property
    def has_recording_changes(self) -> bool:
        """Return whether the plan changes a recording action."""
        return any(isinstance(item.recording, ActionPlan) for item in self.groups)

    @property
    def has_creations(self) -> bool:
        """Return whether the plan creates a group, which depends on the disks."""
        return any(change.operation == "create" for _desired, change in self.steps)

    @property
    def has_deletions(self) -> bool:
        """Return whether the plan deletes a group, which depends on the actions that use it."""
        return any(change.operation == "delete" for _desired, change in self.steps)


def merge_recording_change(
    change: Change | None, group: RecordingGroup | None, recording: ActionChange | None
) -> Change | None:
    """Return the change of a group together with that of its recording action, which alone is an update."""
    if recording is None or not (change or group):
        return change
    whole = change or Change("update", group, group, ())
    values = (
        Difference(item.field, item.before if whole.before else None, item.after if whole.after else None)
        for item in recording.group_differences
    )
    # A group that does not exist yet has no recording that could end.
    ends_recording = whole.before is not None and recording.ends_recording
    return replace(whole, differences=(*whole.differences, *values), ends_recording=ends_recording)


def _write_order(change: Change) -> int:
    # Longer retention, creations, other updates, shorter retention, deletions.
    if change.operation == "update" and not change.loses_recordings:
        return 0 if any(item.field == "retention_time" for item in change.differences) else 2
    return {"create": 1, "update": 3, "delete": 4}[change.operation]
