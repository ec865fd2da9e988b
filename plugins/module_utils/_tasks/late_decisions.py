# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide again just before a write that could lose recordings: another client may have changed the group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    ChangeRefusedError,
    Message,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import same_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Change,
    DesiredGroup,
    Plan,
    PlannedGroup,
    Refusal,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import GroupProgress
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import conflict

#: Returns the desired groups of a device that has these groups.
DesiredGroupsOf = Callable[[Sequence[RecordingGroup]], Sequence[DesiredGroup]]


class LateDecisions:
    """The decisions about the groups of one device that differ from the plan, because a later list differs.

    :param plan_again: returns the plan for groups as last listed.
    :param renewed: lists the groups again unless the last list is recent; its context is for one write.
    """

    def __init__(
        self,
        plan_again: Callable[[Sequence[DesiredGroup]], Plan],
        desired_groups_of: DesiredGroupsOf,
        progress: GroupProgress,
        renewed: Callable[[], AbstractContextManager[None]],
        *,
        continue_on_refusal: bool,
    ) -> None:
        self._plan_again = plan_again
        self._desired_groups_of = desired_groups_of
        self._progress = progress
        self._renewed = renewed
        self._continue_on_refusal = continue_on_refusal
        #: the groups that the plan is based on
        self.before: tuple[RecordingGroup, ...] = ()
        self._items: dict[DesiredGroup, PlannedGroup] = {}
        self._conflict: UnconfirmedWriteError | None = None
        self._refusal: Refusal | None = None

    @property
    def error(self) -> AxisError | None:
        """Return why the task fails although the device accepted what was sent, or ``None``."""
        if self._conflict is not None or self._refusal is None or self._continue_on_refusal:
            return self._conflict
        return refused(self._refusal)

    def apply_to(self, plan: Plan) -> Plan:
        """Return a plan with the later decisions."""
        items = ((item, self._items.get(item.desired)) for item in plan.groups)
        return Plan(
            tuple(replace(item, found=late.found, decision=late.decision) if late else item for item, late in items)
        )

    def keep(self, item: PlannedGroup) -> None:
        """Keep a decision that differs from the plan."""
        self._items[item.desired] = item

    def refuse(self, item: PlannedGroup) -> None:
        """Keep the refusal of a change that was planned."""
        if not isinstance(item.decision, Refusal):
            raise ValueError("a change that is not refused")
        template = "{reason} (another client changed the group while this task ran)"
        refusal = replace(item.decision, reason=Message(template, {"reason": item.decision.reason}))
        self.keep(replace(item, decision=refusal))
        self._refusal = self._refusal or refusal
        self._progress.refused = (*self._progress.refused, refusal)

    @contextmanager
    def decide(self, desired: DesiredGroup, planned: Change) -> Iterator[Sequence[Change]]:
        """Yield what to send instead of a planned write: one change or none."""
        item = self._replan(desired, planned)
        if self._conflict is None and self._could_lose(item.decision):
            with self._renewed():
                yield self._accept(self._replan(desired, planned), planned)
        else:
            yield self._accept(item, planned)

    def _could_lose(self, decision: Change | Refusal | None) -> bool:
        """Return whether recordings may be lost if another client changed the group after it was listed."""
        if not isinstance(decision, Change):
            return False
        # An update sends all fields, so that it would also shorten a retention time that was raised. A device may
        # accept a creation with an ID that exists by now as a change of that group.
        return decision.before is not None or decision.group.recording_group_id is not None

    def _replan(self, desired: DesiredGroup, planned: Change) -> PlannedGroup:
        """Return the decision about one group as last listed."""
        current = self._progress.observed or ()
        if current == self.before:
            return PlannedGroup(desired, planned.before, planned)
        if planned.before is None:
            # Whether a group may be created depends on the groups of the other entries.
            plan = self._plan_again(self._desired_groups_of(current))
            return next(item for item in plan.groups if item.desired == desired)
        # The group that was planned to change, whatever other groups have its name by now.
        found = [group for group in current if group.recording_group_id == planned.before.recording_group_id]
        if not found:
            return PlannedGroup(desired, planned.before, refuse_vanished(planned))
        if not _has_same_name(found[0], desired, planned.before):
            return PlannedGroup(desired, found[0], _refuse(planned, _renamed(found[0], planned.before)))
        if desired not in self._desired_groups_of(current):
            # Another client changed what a rule matches: the next run decides about the group.
            return PlannedGroup(desired, found[0], None)
        pinned = replace(desired, recording_group_id=found[0].recording_group_id, has_derived_id=False)
        return replace(self._plan_again((pinned,)).groups[0], desired=desired)

    def _accept(self, item: PlannedGroup, planned: Change) -> Sequence[Change]:
        """Return what to send, and keep what differs from the plan. After a refusal, nothing else is lost."""
        decision = item.decision
        if self._conflict is not None:
            return ()
        if isinstance(decision, Refusal):
            if decision.kind == "conflict":
                self._conflict = UnconfirmedWriteError(decision.kind, decision.reason, decision.next_step)
            else:
                self.refuse(item)
            return ()
        if decision != planned:
            self.keep(item)
        is_stopped = self._refusal is not None and not self._continue_on_refusal
        if decision is None or (is_stopped and decision.loses_recordings):
            return ()
        return (decision,)


def _has_same_name(found: RecordingGroup, desired: DesiredGroup, before: RecordingGroup) -> bool:
    """Return whether a group that its name identified still has the name."""
    is_found_by_name = desired.recording_group_id != before.recording_group_id
    return not is_found_by_name or same_text(found.nice_name or "", before.nice_name or "")


def refuse_vanished(planned: Change) -> Refusal:
    """Refuse a change of a group that is no longer listed."""
    return _refuse(planned, vanished(planned))


def _refuse(planned: Change, error: UnconfirmedWriteError) -> Refusal:
    return Refusal(planned, error.kind, *error.texts)


def refused(refusal: Refusal) -> ChangeRefusedError:
    """Build the error for a change that is refused."""
    return ChangeRefusedError(refusal.kind, refusal.reason, refusal.next_step, code=refusal.code)


def vanished(change: Change) -> UnconfirmedWriteError:
    """Build the error for a group that is no longer listed."""
    name = f"Recording group {change.group.recording_group_id}"
    if change.after is None:
        return conflict(f"{name} is no longer listed: another client deleted it, or its disk was removed")
    return conflict(f"{name} no longer exists, and this task only updates it")


def _renamed(found: RecordingGroup, before: RecordingGroup) -> UnconfirmedWriteError:
    return conflict(
        f"Recording group {found.recording_group_id} is now named {found.nice_name!r} instead of {before.nice_name!r}"
    )
