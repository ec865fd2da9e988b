# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings one device to what is desired: one list, one plan, the writes, one read-back; its actions likewise.

It fills a report as it goes, so that what is known stands there also when an error ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    ChangeRefusedError,
    DeviceError,
    DeviceUnreachableError,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    Difference,
    Disk,
    RecordingGroup,
)
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
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import compare, make_plan, shortens
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionPlan,
    DesiredRecording,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.recording_actions import (
    RecordingActionReconciler,
    Wanted,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import Report
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import list_disks

#: What is wanted of a device that holds these groups.
Desire = Callable[[Sequence[RecordingGroup]], Sequence[DesiredGroup]]
Warn = Callable[[str], None]
_Step = tuple[DesiredGroup, Change]


@dataclass(frozen=True, slots=True)
class _Failed:
    """The write that ended a series of them."""

    wanted: DesiredGroup
    change: Change
    error: AxisError


class GroupReconciler:
    """One device on its way to what is desired.

    :param desire: asked once, with the groups as first listed.
    :param continue_on_refusal: whether the changes that are not refused are made although others are.
    """

    def __init__(
        self,
        session: Session,
        desire: Desire,
        allowances: Allowances,
        report: Report,
        *,
        check_mode: bool,
        warn: Warn,
        continue_on_refusal: bool = False,
    ) -> None:
        self._session = session
        self._groups = RecordingGroups(session)
        self._actions = RecordingActionReconciler(session)
        self._desire = desire
        self._allowances = allowances
        self._report = report
        self._check_mode = check_mode
        self._warn = warn
        self._goes_on = continue_on_refusal
        #: as far as anybody had to look
        self.disks: tuple[Disk, ...] | None = None
        self._looked_at_actions = False
        #: why the actions that are wanted could not be looked at
        self.unreadable: RefusalReason | None = None
        #: the groups as last read, or None while a write was not read back
        self._after: Sequence[RecordingGroup] | None = None
        #: id of each group created, by the group as it was sent
        self._created: dict[RecordingGroup | None, str] = {}
        self._sent: set[DesiredGroup] = set()
        #: sent, and the device may have done it whatever came back
        self._lost: set[DesiredGroup] = set()
        #: sent, and the device said no
        self._denied: set[DesiredGroup] = set()
        #: what was sent and is seen on the device
        self._made: set[DesiredGroup] = set()
        #: what was to become of the recording to each group
        self._recordings: dict[DesiredGroup, Wanted] = {}

    @property
    def actions(self) -> Actions | None:
        """What the action service has, as far as anybody had to look."""
        return self._actions.seen

    def run(self) -> None:
        """Fill the report.

        :raises AxisError: for a refusal, a failure, or a write that is unverified.
        """
        before = self._list()
        desired = self._desire(before)
        plan = self._plan(before, desired)
        self._report.groups = tuple(item.found for item in plan.outcomes if item.found)
        self._report.refused = plan.refused
        self._warn_of_ended_holds(before)
        if plan.refused and not self._goes_on:
            first = plan.refused[0]
            raise ChangeRefusedError(first.kind, first.reason, first.next_step, code=first.code)
        if self._check_mode:
            self._report.changes = plan.changes
            self._report.groups = tuple(item.after for item in plan.outcomes if item.after)
        elif plan.changes:
            self._write(plan, desired, before)

    def _plan(self, current: Sequence[RecordingGroup], desired: Sequence[DesiredGroup]) -> Plan:
        """The plan, with a look at the disks, or the actions, the first time that they matter."""
        plan = self._plan_from_what_is_known(current, desired)
        if plan.creates and self.disks is None:
            self.disks = self._look_at_disks()
            plan = self._plan_from_what_is_known(current, desired)
        records = any(wanted.recording is not None for wanted in desired)
        if (records or plan.deletes) and not self._looked_at_actions:
            self._looked_at_actions = True
            self._look_at_actions(is_needed=records)
            plan = self._plan_from_what_is_known(current, desired)
        return plan

    def _plan_from_what_is_known(self, current: Sequence[RecordingGroup], desired: Sequence[DesiredGroup]) -> Plan:
        return make_plan(current, desired, self._allowances, self.disks, self.actions, unreadable=self.unreadable)

    def _list(self) -> tuple[RecordingGroup, ...]:
        groups = self._groups.list()
        self._report.seen = groups
        return groups

    def _look_at_disks(self) -> tuple[Disk, ...] | None:
        try:
            return list_disks(self._session)
        except DeviceError as error:
            # A viewer may audit, but only an operator may read the disks; a real run needs the operator anyway.
            if error.kind == "forbidden" and self._check_mode:
                self._warn("The disks were not checked: this user may not read them (role operator needed).")
                return None
            if error.kind == "unsupported":
                return None
            raise

    def _look_at_actions(self, *, is_needed: bool) -> None:
        try:
            self._actions.look()
        except DeviceError as error:
            # The device itself refuses to delete a group that is in use, and the login is the same for all calls.
            if error.kind in {"authentication", "blocked"} or (
                is_needed and error.kind not in {"forbidden", "unsupported"}
            ):
                raise
            if is_needed:
                # The groups can be brought into line all the same.
                self.unreadable = RefusalReason(error.kind, error.message, error.next_step)
            elif self._check_mode:
                self._warn(f"Whether an action uses the group that is to be deleted was not checked: {error.message}.")

    def _warn_of_ended_holds(self, current: Sequence[RecordingGroup]) -> None:
        for hold in self._allowances.holds:
            if hold.until < self._allowances.now and any(hold.matches(group.recording_group_id) for group in current):
                self._warn(
                    f"The hold on {hold.recording_group_id} ({hold.reason}, owner: {hold.owner}) "
                    f"ended at {hold.until:%Y-%m-%d %H:%M} UTC and protects nothing any more."
                )

    def _write(self, plan: Plan, desired: Sequence[DesiredGroup], before: Sequence[RecordingGroup]) -> None:
        self._after = before
        try:
            if plan.records:
                # A group is recorded to once it is there, and is deleted once nothing uses it.
                doubt = self._write_kept_groups(plan, desired, before)
                self._record(plan, before)
                if doubt is not None:
                    raise doubt
                self._write_groups([step for step in plan.steps if step[1].after is None], plan, desired, before)
            else:
                self._write_groups(plan.steps, plan, desired, before)
        except AxisError:
            if self._after is not None:
                self._verify_writes(plan, before, self._after)
            self._report_unapplied(plan, before)
            raise
        self._verify_writes(plan, before, self._after)

    def _write_kept_groups(
        self, plan: Plan, desired: Sequence[DesiredGroup], before: Sequence[RecordingGroup]
    ) -> UnconfirmedWriteError | None:
        """Returns what is not as planned, as when a device bounds a value: it is recorded all the same."""
        try:
            self._write_groups([step for step in plan.steps if step[1].after], plan, desired, before)
        except UnconfirmedWriteError as doubt:
            if doubt.kind != "not_applied":
                raise
            return doubt
        return None

    def _report_unapplied(self, plan: Plan, before: Sequence[RecordingGroup]) -> None:
        failed: list[Change] = []
        skipped: list[Change] = []
        place = _GroupIndex(before, before if self._after is None else self._after)
        for item, _change in plan.changing:
            group = item.decision if isinstance(item.decision, Change) and item.wanted not in self._made else None
            recording = item.recording.change if isinstance(item.recording, ActionPlan) else None
            wanted = self._recordings.get(item.wanted)
            if wanted is not None and self._actions.is_done(wanted):
                recording = None
            # A group that was created is there by now.
            there = item.found or self._locate(item, place)
            left = merge_recording_change(group, there, recording)
            if left is not None:
                tried_recording = recording is not None and wanted is not None and self._actions.has_tried(wanted)
                tried = tried_recording or (group is not None and item.wanted in self._sent)
                (failed if tried else skipped).append(left)
        self._report.failed, self._report.skipped = tuple(failed), tuple(skipped)

    def _record(self, plan: Plan, before: Sequence[RecordingGroup]) -> None:
        """Bring the actions to what is planned for them."""
        place = _GroupIndex(before, before if self._after is None else self._after)
        for item in plan.outcomes:
            group = self._locate(item, place)
            if isinstance(item.recording, ActionPlan) and group is not None:
                desired = item.wanted.recording if item.wanted.present else None
                self._recordings[item.wanted] = (
                    group.recording_group_id or "",
                    desired or DesiredRecording(present=False),
                )
        try:
            self._actions.converge(tuple(self._recordings.values()))
        finally:
            self._report.written = self._report.written or self._actions.written

    def _write_groups(
        self,
        steps: Sequence[_Step],
        plan: Plan,
        desired: Sequence[DesiredGroup],
        before: Sequence[RecordingGroup],
    ) -> None:
        """Write some steps of the plan.

        :raises AxisError: for the first thing that is not on the device as planned.
        """
        if not steps:
            return
        planned = dict(steps)
        for is_last in (False, True):
            failed = self._send_all(steps)
            if failed is not None and not self._report.written:
                raise failed.error
            after = self._read_back(failed)
            if failed is None:
                break
            # Where the answer to a write was lost, go on from what is there, so that nothing is done twice.
            remaining = _only(planned, self._plan(after, desired))
            steps = remaining.steps
            if failed.wanted in self._lost and not steps and not remaining.refused:
                break
            if is_last or remaining.refused or not _can_resume(failed, steps):
                raise _final_error(failed, remaining)
        unproven = self._verify_writes(plan, before, after)
        if unproven is not None:
            raise unproven

    def _send_all(self, steps: Iterable[_Step]) -> _Failed | None:
        """Write each change until one fails."""
        for wanted, change in steps:
            self._sent.add(wanted)
            try:
                self._send(change)
            except AxisError as error:
                if error.maybe_applied:
                    self._report.written, self._after = True, None
                    self._lost.add(wanted)
                elif wanted not in self._lost:
                    self._denied.add(wanted)
                return _Failed(wanted, change, error)
            self._report.written, self._after = True, None
        return None

    def _send(self, change: Change) -> None:
        if change.after is None:
            self._groups.delete(change.group.recording_group_id or "")
        elif change.before is None:
            recording_group_id = self._groups.create(change.after)
            self._created[change.after] = recording_group_id
        else:
            self._groups.update(change.after, [item.field for item in change.differences])

    def _read_back(self, failed: _Failed | None) -> tuple[RecordingGroup, ...]:
        try:
            self._after = self._list()
            return self._after
        except AxisError as error:
            sent = f"a write was sent ({failed.error.message})" if failed else "a write was sent and accepted"
            raise UnconfirmedWriteError(
                "unconfirmed",
                f"The groups could not be read back after {sent}: {error.message}",
                "Run again when the device answers: it goes on from what is there.",
            ) from error

    def _verify_writes(
        self, plan: Plan, before: Sequence[RecordingGroup], after: Sequence[RecordingGroup]
    ) -> UnconfirmedWriteError | None:
        """Put into the report what is really on the device now; returns the first thing that is not as planned."""
        place = _GroupIndex(before, after)
        located = [(item, self._locate(item, place)) for item in plan.outcomes]
        changes, unproven = [], []
        for item, actual in located:
            seen = None
            if isinstance(item.decision, Change) and item.wanted in self._sent - self._denied:
                seen, doubt = _compare_with_plan(item.decision, actual)
                if doubt:
                    unproven.append(doubt)
                else:
                    self._made.add(item.wanted)
            recording = self._recordings.get(item.wanted)
            whole = merge_recording_change(seen, actual, self._actions.change_of(recording) if recording else None)
            changes += [whole] if whole else []
        self._report.groups = tuple(actual for _item, actual in located if actual)
        self._report.changes = tuple(changes)
        return unproven[0] if unproven else None

    def _locate(self, item: Outcome, place: _GroupIndex) -> RecordingGroup | None:
        """The group on the device that an outcome is about, also one whose generated id got lost with an answer."""
        recording_group_id = item.wanted.recording_group_id
        if item.found:
            recording_group_id = item.found.recording_group_id
        elif item.after in self._created:
            recording_group_id = self._created[item.after]
        if recording_group_id is not None:
            return place.by_id.get(recording_group_id)
        name = item.wanted.nice_name or ""
        return next((group for group in place.new if same_text(group.nice_name or "", name)), None)


class _GroupIndex:
    """Where to find the groups of a later look: by id, or among those that were not there before."""

    def __init__(self, before: Sequence[RecordingGroup], after: Sequence[RecordingGroup]) -> None:
        known = {group.recording_group_id for group in before}
        self.by_id = {group.recording_group_id: group for group in after}
        self.new = [group for group in after if group.recording_group_id not in known]


def _only(planned: Mapping[DesiredGroup, Change], again: Plan) -> Plan:
    """Of a later plan, what was to change now: what others did meanwhile is for the next run."""
    outcomes = (replace(item, recording=None) for item in again.outcomes if item.wanted in planned)
    return Plan(tuple(_kept(planned[item.wanted], item) for item in outcomes))


def _kept(planned: Change, again: Outcome) -> Outcome:
    """An outcome of a later plan. What was to be updated is never created: that is not what check mode told."""
    if not isinstance(again.decision, Change) or again.decision.before is not None or planned.before is None:
        return again
    gone = _conflict(f"Recording group {planned.group.recording_group_id} is gone, although it was only to be updated")
    return replace(again, decision=Refusal(planned, gone.kind, gone.message, gone.next_step))


def _can_resume(failed: _Failed, steps: Sequence[_Step]) -> bool:
    """Whether to write what a look at the device showed to be missing after a write that failed.

    Not when the device did answer, if only to fail; and not a creation without id while the device may still be at it,
    since the second one would be another group.
    """
    if not failed.error.maybe_applied:
        return False
    if all(wanted != failed.wanted for wanted, _change in steps):
        return True
    return isinstance(failed.error, DeviceUnreachableError) and (
        failed.error.connection_lost or failed.change.group.recording_group_id is not None
    )


def _final_error(failed: _Failed, remaining: Plan) -> AxisError:
    lost = failed.error
    if isinstance(lost, DeviceError):
        return lost
    if gone := next((item for item in remaining.refused if item.kind == "conflict"), None):
        return UnconfirmedWriteError(gone.kind, gone.reason, gone.next_step)
    if all(item.wanted != failed.wanted or item.decision is None for item in remaining.outcomes):
        return UnconfirmedWriteError(
            "unconfirmed",
            f"Answers to two writes were lost ({lost.message}); both are on the device, the rest was not tried",
            "Run again when the connection is better: it goes on from what is there.",
        )
    return UnconfirmedWriteError(
        "unconfirmed",
        f"A write was sent, its answer was lost ({lost.message}), and the device does not show it",
        "Run again in a minute: it goes on from what is there then.",
    )


def _compare_with_plan(
    change: Change, actual: RecordingGroup | None
) -> tuple[Change | None, UnconfirmedWriteError | None]:
    """The change as it is seen on the device, if any, and what of it is not as planned, if anything."""
    name = f"Recording group {change.group.recording_group_id or change.group.nice_name}"
    if change.after is None:
        if actual is None:
            return change, None
        return None, _not_applied(f"{name} is still there although the device said that it was deleted", _RUN_AGAIN)
    if actual is None:
        if change.before is None:
            return None, _not_applied(f"{name} is not there although the device said that it was created", _RUN_AGAIN)
        return None, _conflict(f"{name} is gone, although it was only to be updated")
    predicted = replace(change.after, recording_group_id=actual.recording_group_id)
    wrong = compare(actual, predicted)
    if not wrong:
        return replace(change, after=actual if change.before is None else predicted), None
    words = ", ".join(f"{item.field} is {item.before!r} and not {item.after!r}" for item in wrong)
    started = change.before or RecordingGroup(actual.recording_group_id)
    differences = tuple(Difference(item.field, item.after, item.before) for item in compare(actual, started))
    if change.before is None:
        differences = tuple(replace(item, after=getattr(actual, item.field)) for item in change.differences)
    loses = change.before is not None and shortens(change.before.retention_time, actual.retention_time)
    seen = replace(change, after=actual, differences=differences, loses_recordings=loses) if differences else None
    asked = {item.field for item in change.differences}
    if any(item.field not in asked for item in wrong):
        return seen, _conflict(f"{name}: {words}; that was not asked for")
    next_step = "The device may not support the value, or bound it: try one nearer to it."
    return seen, _not_applied(f"{name}: {words}, although the device said that it was done", next_step)


_RUN_AGAIN = "Run again; if it persists, look at the log of the device."


def _not_applied(what: str, next_step: str) -> UnconfirmedWriteError:
    return UnconfirmedWriteError("not_applied", what, next_step)


def _conflict(what: str) -> UnconfirmedWriteError:
    return UnconfirmedWriteError(
        "conflict", what, "Somebody else changes this device at the same time, or its storage was pulled: run again."
    )
