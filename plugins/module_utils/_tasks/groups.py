# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile the recording groups of one device: list, plan, write, read back; likewise its recording actions.

The progress is updated with each step, so that it is complete also if an error ends the task.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    ChangeRefusedError,
    DeviceError,
    DeviceUnreachableError,
    Message,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    Difference,
    RecordingGroup,
    Value,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import same_text
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
from ansible_collections.camfleet.axis.plugins.module_utils._planner.device_limits import (
    explain_rejection,
    explain_result,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import (
    diff_fields,
    fields_to_send,
    is_shorter_retention,
    make_plan,
    restore_texts,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionPlan,
    DesiredRecording,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.late_decisions import (
    DesiredGroupsOf,
    LateDecisions,
    refuse_vanished,
    refused,
    vanished,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.recording_actions import (
    RecordingActionReconciler,
    RecordingTarget,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import GroupProgress
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import (
    FailedWrite,
    LastRead,
    Writes,
    WriteStatus,
    conflict,
    not_applied,
    response_lost,
    unconfirmed,
    unrequested_change,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import list_disks

_Step = tuple[DesiredGroup, Change]


class GroupReconciler:
    """The reconciler of the recording groups of one device.

    :param desired_groups_of: called with the groups as first listed, and again if they changed before a write.
    :param continue_on_refusal: whether the other changes are made although some are refused.
    """

    def __init__(
        self,
        session: Session,
        desired_groups_of: DesiredGroupsOf,
        allowances: Allowances,
        progress: GroupProgress,
        *,
        check_mode: bool,
        continue_on_refusal: bool = False,
    ) -> None:
        self._session = session
        self._groups = RecordingGroups(session)
        self._actions = RecordingActionReconciler(session)
        self._desired_groups_of = desired_groups_of
        self._allowances = allowances
        self._progress = progress
        self._check_mode = check_mode
        self._continue_on_refusal = continue_on_refusal
        #: None before they are read
        self._disks: tuple[Disk, ...] | None = None
        self._has_read_actions = False
        #: why the recording actions cannot be read
        self._unreadable: RefusalReason | None = None
        self._writes: Writes[DesiredGroup, Change] = Writes("recording groups", self._list)
        self._last_read = LastRead(session)
        self._late = LateDecisions(
            self.plan_again,
            desired_groups_of,
            progress,
            lambda: self._last_read.renewed(self._writes.read_again),
            continue_on_refusal=continue_on_refusal,
        )
        #: the disks as read after the last list, to confirm what the list no longer has, or why they cannot be read
        self._disks_afterwards: tuple[Disk, ...] | AxisError | None = None
        #: as first listed
        self._before: tuple[RecordingGroup, ...] = ()
        self._desired: Sequence[DesiredGroup] = ()
        #: ID of each created group, by the group as it was sent
        self._created: dict[RecordingGroup | None, str] = {}
        self._targets: dict[DesiredGroup, RecordingTarget] = {}

    def run(self) -> None:
        """Reconcile the groups, and update the progress.

        :raises AxisError: for a refusal, a failure, or a write whose effect is not visible.
        """
        self._before = self._late.before = self._list()
        for warning in self._allowances.describe_other_case(group.recording_group_id for group in self._before):
            self._progress.warn(warning)
        for group in self._before:
            self._progress.warn_of_replaced(f"Recording group {group.recording_group_id}", group.replaced_fields)
        self._desired = self._desired_groups_of(self._before)
        plan = self._plan()
        self._progress.groups = tuple(item.found for item in plan.groups if item.found)
        self._progress.refused = plan.refused
        self._warn_of_ended_holds()
        if not self._before and any(not desired.present for desired in self._desired):
            self._warn_of_unusable_disks()
        if plan.refused and not self._continue_on_refusal:
            raise refused(plan.refused[0])
        if self._check_mode:
            self._progress.changes = plan.changes
            self._progress.groups = tuple(item.after for item in plan.groups if item.after)
        elif plan.changes:
            self._write(plan)

    def _plan(self) -> Plan:
        """Return the plan for the groups as last listed; read disks and actions once, when they first matter."""
        plan = self.plan_again(self._desired)
        if plan.has_creations and self._disks is None:
            self._disks = self._read_disks()
            plan = self.plan_again(self._desired)
        needs_actions = any(desired.recording is not None for desired in self._desired)
        if (needs_actions or plan.has_deletions) and not self._has_read_actions:
            self._has_read_actions = True
            self._read_actions(is_needed=needs_actions)
            plan = self.plan_again(self._desired)
        return plan

    def plan_again(self, desired: Sequence[DesiredGroup]) -> Plan:
        """Return the plan for everything as last read."""
        current, actions = self._progress.observed or (), self._actions.observed
        return make_plan(current, desired, self._allowances, self._disks, actions, unreadable=self._unreadable)

    def _list(self) -> tuple[RecordingGroup, ...]:
        self._last_read.start()
        self._progress.observed = groups = self._groups.list()
        self._disks_afterwards = None
        return groups

    def find_disks(self) -> tuple[Disk, ...] | None:
        """Return the disks as read for the plan, or else now, and ``None`` if they cannot be read."""
        if self._disks is not None:
            return self._disks
        try:
            return list_disks(self._session)
        except AxisError:
            return None

    def _read_disks(self) -> tuple[Disk, ...] | None:
        try:
            return list_disks(self._session)
        except DeviceError as error:
            # A viewer may audit, but only an operator may read the disks; a real run needs the operator anyway.
            if error.kind == "forbidden" and self._check_mode:
                self._progress.warn(
                    "The disks were not checked, because the role of this account is too low. Use an "
                    "account with the role operator."
                )
                return None
            if error.kind == "unsupported":
                return None
            raise

    def _read_actions(self, *, is_needed: bool) -> None:
        try:
            self._actions.read()
        except DeviceError as error:
            # The device itself refuses to delete a group that is in use, and the login is the same for all calls.
            if error.kind in {"authentication", "blocked", "conflict"} or (
                is_needed and error.kind not in {"forbidden", "unsupported"}
            ):
                raise
            if is_needed:
                # The groups can be reconciled nevertheless.
                self._unreadable = RefusalReason(error.kind, *error.texts)
            elif self._check_mode:
                template = (
                    "Could not check whether a recording action uses the group to delete: {error}. If one does, the "
                    "device refuses to delete the group."
                )
                self._progress.warn(Message(template, {"error": error}))

    def _warn_of_ended_holds(self) -> None:
        ended = (hold for hold in self._allowances.holds if hold.until < self._allowances.now)
        for hold in ended:
            if any(hold.matches(group.recording_group_id) for group in self._before):
                self._progress.warn(
                    f"The hold on {hold.recording_group_id} ({hold.reason}, owner: {hold.owner}) "
                    f"ended at {hold.until:%Y-%m-%d %H:%M} UTC and no longer protects any recordings."
                )

    def _warn_of_unusable_disks(self) -> None:
        """Warn that a group to delete may be on a disk that is not usable; an empty slot is normal beside a disk."""
        try:
            disks = self._disks if self._disks is not None else list_disks(self._session)
        except DeviceError:
            return
        is_any_usable = any(disk.unusable_reason is None for disk in disks)
        unusable = [
            f"{disk.disk_id} ({disk.unusable_reason})"
            for disk in disks
            if disk.unusable_reason not in {None, *(["disconnected"] if is_any_usable else [])}
        ]
        if unusable:
            self._progress.warn(
                "The device lists no recording group, so there is nothing to delete. A group may still be on a "
                f"disk that is not usable: {', '.join(unusable)}. Run again when it is mounted."
            )

    def _write(self, plan: Plan) -> None:
        try:
            if plan.has_recording_changes:
                # A recording action needs its group, and a group in use cannot be deleted.
                mismatch = self._write_kept_groups(plan)
                self._reconcile_actions(plan)
                if mismatch is not None:
                    raise mismatch
                self._write_groups(plan, [step for step in plan.steps if step[1].after is None])
            else:
                self._write_groups(plan, plan.steps)
        except AxisError:
            mismatch = None if self._writes.is_unread else self._verify_writes(plan)
            self._report_unapplied(plan)
            if mismatch is not None and mismatch.kind == "unconfirmed":
                raise mismatch from None
            raise
        finally:
            self._progress.written = self._writes.written
        self._verify_writes(plan)

    def _write_kept_groups(self, plan: Plan) -> AxisError | None:
        """Return what is not as planned, for example a value that the device limits: the group is recorded anyway."""
        try:
            self._write_groups(plan, [step for step in plan.steps if step[1].after])
        except (ChangeRefusedError, UnconfirmedWriteError) as mismatch:
            if mismatch.kind in {"conflict", "unconfirmed"}:
                raise
            return mismatch
        return None

    def _report_unapplied(self, plan: Plan) -> None:
        failed: list[Change] = []
        skipped: list[Change] = []
        index = self._index()
        for item, _change in self._late.apply_to(plan).changing_groups:
            status, target = self._writes.status.get(item.desired), self._targets.get(item.desired)
            left = replace(
                item,
                # A group that was created exists by now.
                found=item.found or self._locate(item, index),
                decision=None if status is WriteStatus.CONFIRMED else item.decision,
                recording=None if target and self._actions.is_done(target) else item.recording,
            )
            if left.change is not None:
                tried = (left.decision and status) or (left.recording and target in self._actions.writes.status)
                (failed if tried else skipped).append(left.change)
        self._progress.failed, self._progress.skipped = tuple(failed), tuple(skipped)

    def _reconcile_actions(self, plan: Plan) -> None:
        index = self._index()
        for item in plan.groups:
            group = self._locate(item, index)
            if isinstance(item.recording, ActionPlan) and group is not None:
                desired = item.desired.recording if item.desired.present else None
                self._targets[item.desired] = RecordingTarget(
                    group.recording_group_id or "", desired or DesiredRecording(present=False)
                )
        try:
            self._actions.reconcile(tuple(self._targets.values()))
        finally:
            self._writes.written = self._writes.written or self._actions.writes.written

    def _write_groups(self, plan: Plan, steps: Sequence[_Step]) -> None:
        """Write some steps of the plan.

        :raises AxisError: for the first group that is not on the device as planned.
        """
        planned = dict(steps)

        def remaining(failed: FailedWrite[DesiredGroup, Change] | None, is_last: bool) -> Sequence[_Step]:
            if failed is None:
                return ()
            # After a lost response, continue from the state of the device, so that nothing is written twice.
            again = _restrict_plan(self._plan(), planned, self._writes.status)
            for item in again.groups:
                if isinstance(item.decision, Refusal) and item.decision.kind != "conflict":
                    self._late.refuse(item)
                elif isinstance(item.decision, Change) and item.decision.loses_recordings:
                    self._late.keep(item)
            has_conflict = any(refusal.kind == "conflict" for refusal in again.refused)
            if self._writes.status[failed.item] is WriteStatus.LOST and not again.steps and not has_conflict:
                return ()
            if is_last or has_conflict or not _can_resume(failed, again.steps):
                raise _final_error(failed, again)
            return again.steps

        self._writes.run(steps, self._send, remaining, self._late.decide)
        self._restore_texts(plan, {desired for desired, _change in steps})
        mismatch = self._verify_writes(plan) if steps else None
        error = mismatch or self._late.error
        if error is not None:
            raise error

    def _restore_texts(self, plan: Plan, written: Container[DesiredGroup]) -> None:
        """Send the texts that updates omitted, and that the device cleared therefore.

        An update omits them because the device may store them in another form, and most devices keep them.
        """
        index = self._index()
        steps: list[_Step] = []
        for item in self._late.apply_to(plan).groups:
            change, actual = item.decision, self._locate(item, index)
            is_accepted = item.desired in written and self._writes.status.get(item.desired) is WriteStatus.ACCEPTED
            if is_accepted and actual is not None and isinstance(change, Change):
                restoration = restore_texts(item.desired, change, actual)
                steps += [(item.desired, restoration)] if restoration else []
        for _desired, restoration in steps:
            fields = " and ".join(difference.field for difference in restoration.differences)
            self._progress.warn(
                f"The device cleared {fields} of recording group {restoration.group.recording_group_id}, because the "
                "update did not repeat it. It was sent again."
            )
        self._writes.run(steps, self._send, lambda _failed, _is_last: ())
        for desired, _change in steps:
            # The update was accepted in any case. What was not restored is a mismatch.
            self._writes.status[desired] = WriteStatus.ACCEPTED

    def _send(self, desired: DesiredGroup, change: Change) -> None:
        try:
            if change.after is None:
                self._delete(change.group)
            elif change.before is None:
                self._created[change.after] = self._groups.create(change.after)
            else:
                self._groups.update(change.after, fields_to_send(desired, change))
        except DeviceError as error:
            if error.kind == "invalid_request" and (hint := explain_rejection(change, self._disks)):
                error.suggest(hint)
            raise

    def _delete(self, group: RecordingGroup) -> None:
        try:
            self._groups.delete(group.recording_group_id or "")
        except DeviceError as error:
            state = self._why_unusable(group.disk_id) if error.kind == "group_not_found" else None
            if state is None:
                raise
            raise _unconfirmed_deletion(group, state) from error

    def _find_disk_error(
        self, change: Change, status: WriteStatus | None, index: _GroupIndex
    ) -> UnconfirmedWriteError | None:
        """Return why a group that is not listed may exist nevertheless: its disk is no longer usable.

        For a deletion, the disks are read only if its response was lost, or if no group shows that the disk is mounted.
        """
        if change.after is None:
            is_accepted = status is WriteStatus.ACCEPTED
            if status is WriteStatus.CONFIRMED or (is_accepted and change.group.disk_id in index.disk_ids):
                return None
            state = self._why_unusable(change.group.disk_id)
            if is_accepted and isinstance(self._disks_afterwards, AxisError):
                # A device without the API of the disks never shows more than its response.
                state = None if self._disks_afterwards.kind == "unsupported" else state
            return None if state is None else _unconfirmed_deletion(change.group, state)
        if change.before is None and status is WriteStatus.ACCEPTED and self._disks is not None:
            usable = [disk.disk_id for disk in self._disks if disk.unusable_reason is None]
            for disk_id in (change.after.disk_id,) if change.after.disk_id else usable:
                if state := self._why_unusable(disk_id):
                    return _lost_creation(change.group, disk_id, state)
        return None

    def _why_unusable(self, disk_id: str | None) -> str | None:
        """Return why a disk is not usable, or ``None`` if it is; the disks are read once after each list."""
        if self._disks_afterwards is None:
            try:
                self._disks_afterwards = list_disks(self._session)
            except AxisError as error:
                self._disks_afterwards = error
        if isinstance(self._disks_afterwards, AxisError):
            return "has an unknown state, because the disks could not be read"
        disk = next((disk for disk in self._disks_afterwards if disk.disk_id == disk_id), None)
        if disk is None:
            return "is not listed"
        return f"is {disk.unusable_reason}" if disk.unusable_reason else None

    def _verify_writes(self, plan: Plan) -> UnconfirmedWriteError | None:
        """Report what the device now has; return the first mismatch with the plan."""
        index = self._index()
        located = [(item, self._locate(item, index)) for item in self._late.apply_to(plan).groups]
        changes: list[Change] = []
        mismatches: list[UnconfirmedWriteError | None] = []
        for item, actual in located:
            observed = None
            status = self._writes.status.get(item.desired)
            if isinstance(item.decision, Change) and status not in {None, WriteStatus.REJECTED}:
                observed, mismatch = _compare_with_plan(item.decision, actual)
                disk_error = self._find_disk_error(item.decision, status, index) if actual is None else None
                if disk_error or mismatch:
                    observed = None if disk_error else observed
                    mismatches.append(disk_error or mismatch)
                else:
                    self._writes.status[item.desired] = WriteStatus.CONFIRMED
            target = self._targets.get(item.desired)
            whole = merge_recording_change(observed, actual, self._actions.change_of(target) if target else None)
            changes += [whole] if whole else []
        self._progress.groups = tuple(actual for _item, actual in located if actual)
        self._progress.changes = tuple(changes)
        return next(iter(mismatches), None)

    def _index(self) -> _GroupIndex:
        return _GroupIndex(self._before, self._before if self._writes.is_unread else self._progress.observed or ())

    def _locate(self, item: PlannedGroup, index: _GroupIndex) -> RecordingGroup | None:
        """Return the group on the device, also one whose generated ID was lost with the response."""
        recording_group_id = item.desired.recording_group_id
        if item.found:
            recording_group_id = item.found.recording_group_id
        elif item.after in self._created:
            recording_group_id = self._created[item.after]
        group = None if recording_group_id is None else index.by_id.get(recording_group_id)
        if group is not None or item.found or not item.desired.is_named:
            return group
        name = item.desired.nice_name or ""
        return next((group for group in index.new if same_text(group.nice_name or "", name)), None)


class _GroupIndex:
    """The groups of a later read: by ID, and those that did not exist before."""

    def __init__(self, before: Sequence[RecordingGroup], after: Sequence[RecordingGroup]) -> None:
        known = {group.recording_group_id for group in before}
        # Of several groups with one ID, the first: a card that is inserted now is listed after the others.
        self.by_id = {group.recording_group_id: group for group in reversed(after)}
        self.new = [group for group in after if group.recording_group_id not in known]
        #: the disks that are certainly mounted
        self.disk_ids = {group.disk_id for group in after}


def _restrict_plan(
    again: Plan, planned: Mapping[DesiredGroup, Change], status: Mapping[DesiredGroup, WriteStatus]
) -> Plan:
    """Return a later plan without what was not planned before: changes of other clients are for the next run."""
    groups = (replace(item, recording=None) for item in again.groups if item.desired in planned)
    return Plan(tuple(_refuse_if_vanished(item, planned[item.desired], status.get(item.desired)) for item in groups))


def _refuse_if_vanished(again: PlannedGroup, planned: Change, status: WriteStatus | None) -> PlannedGroup:
    """Refuse to create a group that was to be updated: check mode did not predict that.

    A group to delete that another client deleted, or whose disk was removed, is not deleted by this task.
    """
    is_recreation = isinstance(again.decision, Change) and again.decision.before is None and planned.before is not None
    is_gone = planned.after is None and again.decision is None and status in {None, WriteStatus.REJECTED}
    return replace(again, decision=refuse_vanished(planned)) if is_recreation or is_gone else again


def _can_resume(failed: FailedWrite[DesiredGroup, Change], steps: Sequence[_Step]) -> bool:
    """Return whether to write what a read-back shows to be missing after a failed write.

    False if the device responded, and for a creation without ID that the device may still be executing: a second one
    would create another group.
    """
    if not failed.error.maybe_applied:
        return False
    if all(desired != failed.item for desired, _change in steps):
        return True
    return isinstance(failed.error, DeviceUnreachableError) and (
        failed.error.connection_lost or failed.planned.group.recording_group_id is not None
    )


def _final_error(failed: FailedWrite[DesiredGroup, Change], remaining: Plan) -> AxisError:
    if not isinstance(failed.error, DeviceUnreachableError):
        return failed.error
    if vanished := next((item for item in remaining.refused if item.kind == "conflict"), None):
        return UnconfirmedWriteError(vanished.kind, vanished.reason, vanished.next_step)
    if all(item.desired != failed.item or item.decision is None for item in remaining.groups):
        template = (
            "The responses to two writes were lost ({error}). Both changes are on the device, and no other write was "
            "sent"
        )
        return unconfirmed(template, error=failed.error)
    return response_lost(failed.error)


def _unconfirmed_deletion(group: RecordingGroup, state: str) -> UnconfirmedWriteError:
    return UnconfirmedWriteError(
        "unconfirmed",
        f"Recording group {group.recording_group_id} is no longer listed, but its disk {group.disk_id} {state}, so "
        "the group and its recordings may still be on the disk",
        "Check the disk. Run again when it is mounted.",
    )


def _lost_creation(group: RecordingGroup, disk_id: str, state: str) -> UnconfirmedWriteError:
    name = group.recording_group_id or group.nice_name
    return conflict(f"Recording group {name} is not listed after its creation, and disk {disk_id} {state}")


def _show(name: str, value: Value) -> str:
    return format_retention_time(value) if name == "retention_time" and isinstance(value, int) else repr(value)


def _compare_with_plan(
    change: Change, actual: RecordingGroup | None
) -> tuple[Change | None, UnconfirmedWriteError | None]:
    """Return the change as observed on the device, and what of it is not as planned; each may be ``None``."""
    name = f"Recording group {change.group.recording_group_id or change.group.nice_name}"
    if change.after is None:
        if actual is None:
            return change, None
        return None, not_applied(f"{name} still exists although the device accepted its deletion")
    if actual is None:
        if change.before is None:
            return None, not_applied(f"{name} does not exist although the device accepted its creation")
        return None, vanished(change)
    predicted = replace(change.after, recording_group_id=actual.recording_group_id)
    wrong = diff_fields(actual, predicted)
    if not wrong:
        return replace(change, after=actual if change.before is None else predicted), None
    text = ", ".join(
        f"{item.field} is {_show(item.field, item.before)} instead of {_show(item.field, item.after)}" for item in wrong
    )
    before = change.before or RecordingGroup(actual.recording_group_id)
    differences = tuple(Difference(item.field, item.after, item.before) for item in diff_fields(actual, before))
    if change.before is None:
        differences = tuple(replace(item, after=getattr(actual, item.field)) for item in change.differences)
    loses = change.before is not None and is_shorter_retention(change.before.retention_time, actual.retention_time)
    observed = replace(change, after=actual, differences=differences, loses_recordings=loses) if differences else None
    requested = {item.field for item in change.differences}
    if any(item.field not in requested for item in wrong):
        unrequested = unrequested_change(f"{name} has a change that this task did not request: {text}")
        if hint := explain_result(wrong):
            unrequested.suggest(hint)
        return observed, unrequested
    next_step = explain_result(wrong) or (
        "If the device limits the value, set a supported one. Otherwise, run again, and check the log of the device."
    )
    return observed, not_applied(
        f"{name} is not as requested although the device accepted the change: {text}", next_step
    )
