# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reconcile the recording actions of one device: read, write, read back.

The service has no update and generates the IDs, so every write is planned from the last read. What an interrupted task
leaves is completed by its second attempt, or by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    ChangeRefusedError,
    DeviceError,
    DeviceUnreachableError,
    Message,
    Option,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ActionRule, Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import same_text
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    ActionPlan,
    DesiredRecording,
    carry_over,
    default_name,
    find_action,
    plan_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import (
    describe_duplicate_id,
    refuse_recording,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import ActionProgress, find_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import (
    FailedWrite,
    LastRead,
    Writes,
    conflict,
    decide_again,
    not_applied,
    response_lost,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups


class RecordingTarget(NamedTuple):
    """A recording group, and when the device must record to it."""

    recording_group_id: str
    desired: DesiredRecording


_Step = tuple[RecordingTarget, ActionPlan]


def ensure_action(
    session: Session, target: RecordingTarget, allowances: Allowances, progress: ActionProgress, *, check_mode: bool
) -> None:
    """Reconcile the recording action of one group, and update the progress.

    :raises AxisError: for a refusal, a failure, or a write whose effect is not visible.
    """
    reconciler = RecordingActionReconciler(session)
    actions = reconciler.read()
    progress.action = find_action(actions, *target)
    if progress.action is not None:
        progress.warn_of_replaced(
            f"Recording action of group {target.recording_group_id}", find_replaced(dict(progress.action.fields))
        )
    planned = plan_action(actions, *target)
    if allowances.holds:
        # A hold that matches no group at all is probably misspelled.
        progress.groups = RecordingGroups(session).list()
    if any(hold.differs_in_case(target.recording_group_id) for hold in allowances.holds):
        for warning in allowances.describe_other_case(group.recording_group_id for group in progress.groups or ()):
            progress.warn(warning)
    reason = refuse_recording(planned, target.recording_group_id, allowances) if planned else None
    if planned and reason:
        progress.refused = ((planned.change, reason),)
        raise ChangeRefusedError(reason.kind, reason.reason, reason.next_step)
    if target.desired.present:
        _check_group(session, target.recording_group_id, progress, check_mode=check_mode)
    if planned is None:
        return
    if check_mode:
        progress.change, progress.action = planned.change, planned.change.after
        return
    try:
        reconciler.reconcile((target,))
    finally:
        progress.written = reconciler.writes.written
        progress.change = reconciler.change_of(target)
        progress.action = find_action(reconciler.observed or actions, *target)


def _check_group(session: Session, recording_group_id: str, progress: ActionProgress, *, check_mode: bool) -> None:
    """Check that the group exists, once: a device accepts an action for a missing group, and records nothing."""
    groups = RecordingGroups(session).list() if progress.groups is None else progress.groups
    count = sum(group.recording_group_id == recording_group_id for group in groups)
    if count > 1:
        raise ChangeRefusedError("ambiguous", *describe_duplicate_id(recording_group_id, count))
    if count:
        return
    existing = ", ".join(str(group.recording_group_id) for group in groups) or "none"
    if check_mode:
        # Without the device, so that a fleet has one warning.
        progress.warn(
            f"Recording group {recording_group_id} does not exist yet (existing groups: {existing}). "
            "Unless an earlier task creates it, a run without check mode fails."
        )
        return
    raise ChangeRefusedError(
        "group_not_found",
        f"The device has no recording group {recording_group_id}, or the disk of the group is not mounted (existing "
        f"groups: {existing})",
        Message(
            "Create the group first with camfleet.axis.axis_recording_group, or correct {option}.",
            {"option": Option("recording_group_id")},
        ),
    )


class RecordingActionReconciler:
    """The reconciler of the recording actions of one device."""

    def __init__(self, session: Session) -> None:
        self._service = ActionService(session)
        self.writes: Writes[RecordingTarget, ActionPlan] = Writes(
            "recording actions", self._read, continue_on_rejection=True
        )
        self._last_read = LastRead(session, requests=2)
        #: as last read, or None before the first read
        self.observed: Actions | None = None
        self._before = Actions()
        #: the targets with the settings of the rules that are kept or replaced
        self._resolved: dict[RecordingTarget, DesiredRecording] = {}
        #: the targets for which a write was sent: what other clients change is not a change of this task
        self._sent: set[RecordingTarget] = set()
        self._added_rules: set[str] = set()
        self._added_configurations: set[str] = set()

    def read(self) -> Actions:
        """Return what the action service has: two reads, one if no action is configured."""
        self._before = self._read()
        return self._before

    def _read(self) -> Actions:
        self._last_read.start()
        self.observed = self._service.list()
        return self.observed

    @property
    def _current(self) -> Actions:
        return self.observed or self._before

    def reconcile(self, targets: Sequence[RecordingTarget]) -> None:
        """Write until the device shows what is desired; to be called after ``read``.

        An old rule is not removed before its successor is visible. Two actions on one group result in one recording,
        so that there is no gap.

        :raises AxisError: ``observed`` is what the device then has.
        """
        for _attempt in range(2):
            rejection = self._add_missing(targets)
            self._write(targets, self._remove, lambda planned: not planned.adds_rule)
            if rejection is not None:
                raise rejection
            missing = self._pending(targets, lambda planned: True)
            if not missing:
                return
            # Another client removed a rule that was visible before: it is added again.
        raise _conflict(missing[0][0])

    def _add_missing(self, targets: Sequence[RecordingTarget]) -> DeviceError | None:
        """Return what the device rejects: a rule that it rejects for one group does not affect the other groups."""
        try:
            self._write(targets, self._add, lambda planned: planned.adds_rule)
        except DeviceError as rejection:
            if rejection.maybe_applied:
                raise
            return rejection
        return None

    def change_of(self, target: RecordingTarget) -> ActionChange | None:
        """Return what changed for a group since ``read``, or ``None``, also if nothing was sent for it."""
        if target not in self._sent:
            return None
        before, after = find_action(self._before, *target), find_action(self._current, *target)
        return None if before == after else ActionChange(before, after)

    def is_done(self, target: RecordingTarget) -> bool:
        """Return whether the device shows what is desired."""
        return self._plan(target) is None

    def _plan(self, target: RecordingTarget) -> ActionPlan | None:
        """Return the plan for everything as last read, which preserves what the first read has."""
        if target not in self._resolved:
            self._resolved[target] = carry_over(self._before, *target)
        return plan_action(self._current, target.recording_group_id, self._resolved[target])

    def _write(
        self,
        targets: Sequence[RecordingTarget],
        send: Callable[[RecordingTarget, ActionPlan], None],
        predicate: Callable[[ActionPlan], bool],
    ) -> None:
        def remaining(failed: FailedWrite[RecordingTarget, ActionPlan] | None, is_last: bool) -> Sequence[_Step]:
            error = failed.error if failed else None
            pending = self._pending(targets, predicate)
            for step in pending:
                self._roll_back_altered_rule(*step, lost=error is not None and error.maybe_applied)
            if pending and error is None:
                target = pending[0][0]
                if not self._can_remove(*pending[0]):
                    raise _conflict(target)
                raise not_applied(
                    f"The recording action of group {target.recording_group_id} is not as requested although the "
                    "device accepted it"
                )
            # A response means that the device decided; without one it may still be adding the rule.
            if pending and error is not None and (is_last or not _is_connection_lost(error)):
                raise response_lost(error) if isinstance(error, DeviceUnreachableError) else error
            return pending

        self.writes.run(self._pending(targets, predicate), send, remaining)

    def _roll_back_altered_rule(self, target: RecordingTarget, planned: ActionPlan, *, lost: bool) -> None:
        """Remove a rule that the device returns altered, because every run would add it again.

        :raises UnconfirmedWriteError: ``not_applied``, with what it returns; what existed before is kept.
        """
        known = {rule.rule_id for rule in self._before.rules}
        altered = [
            rule
            for rule in self._current.rules_of(target.recording_group_id)
            if planned.adds_rule
            and rule.rule_id not in known
            # If the response was lost, only the name identifies the rule.
            and (rule.rule_id in self._added_rules or (lost and same_text(rule.name, planned.change.action.name or "")))
        ]
        if not altered:
            return
        with suppress(AxisError):
            for rule in altered:
                self._service.remove_rule(rule.rule_id)
            kept = {found.configuration_id for found in self._before.configurations}
            for configuration in self._current.configurations_of(target.recording_group_id):
                if configuration.configuration_id not in kept:
                    self._service.remove_configuration(configuration.configuration_id)
        self.writes.read_back()
        raise not_applied(
            f"The device altered the rule for group {target.recording_group_id} to {altered[0].name!r}, "
            f"{altered[0].when}{_describe_settings(altered[0])}; the rule was removed again",
            "Set the name and the conditions as the device returns them.",
        )

    def _pending(
        self, targets: Iterable[RecordingTarget], predicate: Callable[[ActionPlan], bool]
    ) -> tuple[_Step, ...]:
        plans = ((target, self._plan(target)) for target in targets)
        return tuple((target, planned) for target, planned in plans if planned is not None and predicate(planned))

    def _add(self, target: RecordingTarget, planned: ActionPlan) -> None:
        recording_group_id, desired = target
        self._sent.add(target)
        name = planned.change.action.name or default_name(recording_group_id)
        configuration_id = planned.configuration_id
        if configuration_id is None:
            configuration_id = self._service.add_configuration(name, recording_group_id)
            self._added_configurations.add(configuration_id)
            self.writes.written = True
        rule = ActionRule(
            "", name, desired.enabled, desired.conditions, desired.start_event, configuration_id, planned.settings
        )
        try:
            self._added_rules.add(self._service.add_rule(rule))
        except DeviceError as rejection:
            # A configuration without a rule would only prevent the deletion of the group.
            if planned.configuration_id is None and not rejection.maybe_applied:
                with suppress(AxisError):
                    self._service.remove_configuration(configuration_id)
            # A policy may have many rules.
            rejection.add_detail(f"rule {name!r} for group {recording_group_id}: {rule.when}")
            raise

    def _remove(self, target: RecordingTarget, planned: ActionPlan) -> None:
        service = self._service
        steps: list[tuple[Callable[[str], None], str, Callable[[ActionPlan], tuple[str, ...]]]] = [
            *((service.remove_rule, rule_id, lambda later: later.removes_rules) for rule_id in planned.removes_rules),
            *(
                (service.remove_configuration, configuration_id, lambda later: later.removes_configurations)
                for configuration_id in planned.removes_configurations
            ),
        ]
        for step in steps:
            decide_again(partial(self._remove_one, target, *step))

    def _remove_one(
        self,
        target: RecordingTarget,
        remove: Callable[[str], None],
        number: str,
        numbers_of: Callable[[ActionPlan], tuple[str, ...]],
    ) -> None:
        """Remove a rule or a configuration, if a read that is at most a second old shows that it is to be removed."""
        with self._last_read.renewed(self.writes.read_again):
            planned = self._plan(target)
            # Another client removed it, or the successor of a rule, which is then added again first.
            if planned is None or planned.adds_rule or number not in numbers_of(planned):
                return
            if not self._can_remove(target, planned):
                raise _conflict(target)
            self._sent.add(target)
            _ignore_missing(remove, number)
        self.writes.written = self.writes.is_unread = True

    def _can_remove(self, target: RecordingTarget, planned: ActionPlan) -> bool:
        """Return whether everything to remove existed unchanged at the first read, or was added by this task.

        An ID alone is not proof: a device may reuse one.
        """
        rules = (
            rule
            for rule in self._current.rules_of(target.recording_group_id)
            if rule.rule_id in planned.removes_rules and not any(map(rule.same_as, self._before.rules))
        )
        configurations = (
            found
            for found in self._current.configurations_of(target.recording_group_id)
            if found.configuration_id in planned.removes_configurations and found not in self._before.configurations
        )
        return all(rule.rule_id in self._added_rules and target.desired.matches(rule) for rule in rules) and all(
            found.configuration_id in self._added_configurations for found in configurations
        )


def _describe_settings(rule: ActionRule) -> str:
    timeout, failover_action = rule.settings.activation_timeout, rule.settings.failover_action
    texts = (timeout and f"ActivationTimeout {timeout}", failover_action and f"FailoverAction {failover_action}")
    return "".join(f", {text}" for text in texts if text)


def _ignore_missing(remove: Callable[[str], None], number: str) -> None:
    try:
        remove(number)
    except DeviceError as rejection:
        # Another client was faster; only the read-back counts.
        if rejection.kind != "action_not_found":
            raise


def _is_connection_lost(error: AxisError) -> bool:
    return isinstance(error, DeviceUnreachableError) and error.connection_lost


def _conflict(target: RecordingTarget) -> UnconfirmedWriteError:
    return conflict(f"The recording actions of group {target.recording_group_id} changed while this task ran")
