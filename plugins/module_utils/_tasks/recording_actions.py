# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings the recording actions of one device to what is desired: one look, the writes, one look.

The service has no update and gives ids itself, so every write is planned from what was last seen: what stopped half-way
is gone on with, by the next try and by the next run alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    ChangeRefusedError,
    DeviceError,
    DeviceUnreachableError,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ActionRule, Actions
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    ActionPlan,
    DesiredRecording,
    default_name,
    find_action,
    plan_action,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.refusals import refuse_recording
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import ActionReport
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups

#: A recording group, and when the device shall record to it.
Wanted = tuple[str, DesiredRecording]


def ensure_action(
    session: Session,
    wanted: Wanted,
    allowances: Allowances,
    report: ActionReport,
    *,
    check_mode: bool,
    warn: Callable[[str], None],
) -> None:
    """Bring the recording action of one group to what is wanted, and fill the report.

    :raises AxisError: for a refusal, a failure, or a write that is unverified.
    """
    work = RecordingActionReconciler(session)
    actions = work.look()
    report.action = find_action(actions, *wanted)
    planned = plan_action(actions, *wanted)
    reason = refuse_recording(planned, wanted[0], allowances) if planned else None
    if planned and reason:
        report.refused.append((planned.change, reason))
        raise ChangeRefusedError(reason.kind, reason.reason, reason.next_step)
    if wanted[1].present:
        _check_group(session, wanted[0], check_mode=check_mode, warn=warn)
    if planned is None:
        return
    if check_mode:
        report.change, report.action = planned.change, planned.change.after
        return
    try:
        work.converge((wanted,))
    finally:
        report.written = work.written
        report.change = work.change_of(wanted)
        report.action = find_action(work.seen or actions, *wanted)


def _check_group(session: Session, recording_group_id: str, *, check_mode: bool, warn: Callable[[str], None]) -> None:
    """A device may have an action for a group that it does not have, as when a card is pulled, and records nothing."""
    groups = RecordingGroups(session).list()
    if any(group.recording_group_id == recording_group_id for group in groups):
        return
    there = ", ".join(str(group.recording_group_id) for group in groups) or "none"
    if check_mode:
        # Without the device, so that a fleet has one warning.
        warn(
            f"There is no recording group {recording_group_id} yet (there is: {there}). "
            "Unless a task before this one creates it, a real run fails."
        )
        return
    raise ChangeRefusedError(
        "group_not_found",
        f"The device has no recording group {recording_group_id}, or its storage is not mounted; it has: {there}",
        "Create it first with axis_recording_group, or correct recording_group_id.",
    )


class RecordingActionReconciler:
    """The recording actions of one device on their way to what is desired."""

    def __init__(self, session: Session) -> None:
        self._service = ActionService(session)
        #: as last seen, or None while nobody has looked
        self.seen: Actions | None = None
        self._before = Actions()
        #: whether a write was sent that may have taken effect
        self.written = False
        self._tried: set[Wanted] = set()
        #: ids of the rules that were added
        self._added: set[str] = set()
        self._added_configurations: set[str] = set()

    def look(self) -> Actions:
        """What the action service has: two reads, one where no action is configured."""
        self._before = self.seen = self._service.list()
        return self.seen

    def converge(self, wanted: Sequence[Wanted]) -> None:
        """Write until the device shows what is wanted; without a look before, nothing is known to write.

        What is there stays until its successor was seen: two actions on one group give one recording, so none is
        missed in between.

        :raises AxisError: ``seen`` is what it shows then.
        """
        for _turn in range(2):
            refused = self._converge_until_refused(wanted)
            self._converge(wanted, self._remove, lambda planned: not planned.adds_rule)
            if refused is not None:
                raise refused
            missing = self._pending(wanted, lambda planned: True)
            if not missing:
                return
            # What was there is gone since, so that it is added anew.
        raise _conflict(missing[0][1])

    def _converge_until_refused(self, wanted: Sequence[Wanted]) -> DeviceError | None:
        """Add what is missing. What a device refuses of one group keeps no other from being finished."""
        try:
            self._converge(wanted, self._add, lambda planned: planned.adds_rule)
        except DeviceError as refused:
            if refused.maybe_applied:
                raise
            return refused
        return None

    def change_of(self, item: Wanted) -> ActionChange | None:
        """What became of the recording to a group since the look, as seen; ``None`` when it is as it was."""
        before, after = find_action(self._before, *item), find_action(self.seen or self._before, *item)
        return None if before == after else ActionChange(before, after)

    def is_done(self, item: Wanted) -> bool:
        """Whether the device shows what is wanted."""
        return plan_action(self.seen or self._before, *item) is None

    def has_tried(self, item: Wanted) -> bool:
        """Whether a write for it was sent."""
        return item in self._tried

    def _converge(
        self,
        wanted: Sequence[Wanted],
        send: Callable[[ActionPlan, Wanted], None],
        concerns: Callable[[ActionPlan], bool],
    ) -> None:
        pending = self._pending(wanted, concerns)
        for is_last in (False, True):
            if not pending:
                return
            failed = self._send_all(pending, send)
            if failed is not None and not self.written:
                raise failed
            self._read_back(failed)
            pending = self._pending(wanted, concerns)
            for planned, item in pending:
                self._roll_back_altered_rule(planned, item, lost=failed is not None and failed.maybe_applied)
            if pending and failed is None:
                planned, item = pending[0]
                raise _not_applied(item) if self._may_remove(planned, item) else _conflict(item)
            # Not again where the device did answer, nor while it may still be at it: that would add a second rule.
            if pending and failed is not None and (is_last or not _was_dropped(failed)):
                raise _in_doubt(failed) if isinstance(failed, DeviceUnreachableError) else failed

    def _roll_back_altered_rule(self, planned: ActionPlan, item: Wanted, *, lost: bool) -> None:
        """A rule that the device gives back as another one would be added once more by every run.

        :raises UnconfirmedWriteError: ``not_applied``, with what it gives back; what there was before is left.
        """
        seen, before = self.seen or self._before, self._before
        known = {rule.rule_id for rule in before.rules}
        rewritten = [
            rule
            for rule in seen.rules_of(item[0])
            if planned.adds_rule
            and rule.rule_id not in known
            # One whose answer was lost is known by its name only.
            and (rule.rule_id in self._added or (lost and rule.name == planned.change.action.name))
        ]
        if not rewritten:
            return
        with suppress(AxisError):
            for rule in rewritten:
                self._service.remove_rule(rule.rule_id)
            kept = {found.configuration_id for found in before.configurations}
            for configuration in seen.configurations_of(item[0]):
                if configuration.configuration_id not in kept:
                    self._service.remove_configuration(configuration.configuration_id)
        self._read_back(None)
        raise _rewritten(item, rewritten[0])

    def _pending(
        self, wanted: Iterable[Wanted], concerns: Callable[[ActionPlan], bool]
    ) -> tuple[tuple[ActionPlan, Wanted], ...]:
        plans = ((plan_action(self.seen or self._before, *item), item) for item in wanted)
        return tuple((planned, item) for planned, item in plans if planned is not None and concerns(planned))

    def _send_all(
        self, pending: Iterable[tuple[ActionPlan, Wanted]], send: Callable[[ActionPlan, Wanted], None]
    ) -> AxisError | None:
        """Write group by group until a connection fails; what a device refuses of one keeps no other from recording."""
        first: AxisError | None = None
        for planned, item in pending:
            self._tried.add(item)
            try:
                send(planned, item)
            except AxisError as error:
                self.written = self.written or error.maybe_applied
                first = first or error
                if error.maybe_applied or not isinstance(error, DeviceError):
                    return error
        return first

    def _add(self, planned: ActionPlan, item: Wanted) -> None:
        recording_group_id, desired = item
        name = planned.change.action.name or default_name(recording_group_id)
        configuration_id = planned.configuration_id
        if configuration_id is None:
            configuration_id = self._service.add_configuration(name, recording_group_id)
            self._added_configurations.add(configuration_id)
            self.written = True
        rule = ActionRule("", name, desired.enabled, desired.conditions, desired.start_event, configuration_id)
        try:
            self._added.add(self._service.add_rule(rule))
        except DeviceError as refusal:
            # A configuration that no rule starts would only keep the group from being deleted.
            if planned.configuration_id is None and not refusal.maybe_applied:
                with suppress(AxisError):
                    self._service.remove_configuration(configuration_id)
            raise _about(rule, recording_group_id, refusal) from refusal
        self.written = True

    def _remove(self, planned: ActionPlan, item: Wanted) -> None:
        if not self._may_remove(planned, item):
            raise _conflict(item)
        for rule_id in planned.removes_rules:
            _ignore_missing(self._service.remove_rule, rule_id)
            self.written = True
        for configuration_id in planned.removes_configurations:
            _ignore_missing(self._service.remove_configuration, configuration_id)
            self.written = True

    def _may_remove(self, planned: ActionPlan, item: Wanted) -> bool:
        """Whether all was there, as it is, when it was decided that it may go, or was added since by this very task.

        An id alone says little: a device may use one again.
        """
        seen = self.seen or self._before
        rules = (rule for rule in seen.rules_of(item[0]) if rule.rule_id in planned.removes_rules)
        configurations = (
            found
            for found in seen.configurations_of(item[0])
            if found.configuration_id in planned.removes_configurations
        )
        return all(
            rule in self._before.rules or (rule.rule_id in self._added and item[1].fits(rule)) for rule in rules
        ) and all(
            found in self._before.configurations or found.configuration_id in self._added_configurations
            for found in configurations
        )

    def _read_back(self, failed: AxisError | None) -> None:
        try:
            self.seen = self._service.list()
        except AxisError as error:
            sent = f"a write was sent ({failed.message})" if failed else "a write was sent and accepted"
            raise UnconfirmedWriteError(
                "unconfirmed",
                f"The action service could not be read back after {sent}: {error.message}",
                "Run again when the device answers: it goes on from what is there.",
            ) from error


def _about(rule: ActionRule, recording_group_id: str, refusal: DeviceError) -> DeviceError:
    """The refusal of a rule, with what the rule says: a policy may have many."""
    return DeviceError(
        refusal.kind,
        f"{refusal.message} (rule {rule.name!r} for group {recording_group_id}: {rule.when})",
        refusal.next_step,
        code=refusal.code,
        description=refusal.description,
        maybe_applied=refusal.maybe_applied,
    )


def _ignore_missing(remove: Callable[[str], None], number: str) -> None:
    try:
        remove(number)
    except DeviceError as refusal:
        # Somebody else was faster; what counts is what the read-back shows.
        if refusal.kind != "action_not_found":
            raise


def _conflict(item: Wanted) -> UnconfirmedWriteError:
    return UnconfirmedWriteError(
        "conflict",
        f"What records to group {item[0]} is not what it was a moment ago",
        "Somebody else changes this device at the same time: run again.",
    )


def _was_dropped(failed: AxisError) -> bool:
    return isinstance(failed, DeviceUnreachableError) and failed.connection_lost


def _not_applied(item: Wanted) -> UnconfirmedWriteError:
    return UnconfirmedWriteError(
        "not_applied",
        f"The recording to group {item[0]} is not as wanted although the device said that it was done",
        "Run again; if it persists, look at the log of the device.",
    )


def _rewritten(item: Wanted, rule: ActionRule) -> UnconfirmedWriteError:
    return UnconfirmedWriteError(
        "not_applied",
        f"The device made another rule for group {item[0]} of what it was sent, and it was removed again: "
        f"{rule.name!r}, {rule.when}",
        "Write the name and the conditions as the device gives them back.",
    )


def _in_doubt(lost: AxisError) -> UnconfirmedWriteError:
    return UnconfirmedWriteError(
        "unconfirmed",
        f"A write was sent to the action service, its answer was lost ({lost.message}), and the device does not show it",
        "Run again in a minute: it goes on from what is there then.",
    )
