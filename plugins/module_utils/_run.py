# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From parameters to a result: list, plan, write, read back. The only place that turns an exception into a result.

The worker and the delegated module both call ``run_*`` here. Nothing below knows Ansible, nothing above knows VAPIX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._device import Device, Session
from ansible_collections.camfleet.axis.plugins.module_utils._duration import describe
from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceRefused,
    NotReached,
    Refused,
    Unproven,
)
from ansible_collections.camfleet.axis.plugins.module_utils._info import gather, parts_from
from ansible_collections.camfleet.axis.plugins.module_utils._plan import (
    Allowances,
    Change,
    DesiredGroup,
    Difference,
    Outcome,
    Plan,
    Refusal,
    compare,
    make_plan,
    shortens,
)
from ansible_collections.camfleet.axis.plugins.module_utils._recording_group import RecordingGroups
from ansible_collections.camfleet.axis.plugins.module_utils._records import Disk, RecordingGroup, Value, same_text
from ansible_collections.camfleet.axis.plugins.module_utils._specification import (
    allowances_from,
    device_from,
    group_from,
)
from ansible_collections.camfleet.axis.plugins.module_utils._storage import list_disks

Result = dict[str, Any]
#: Gives the session for a device: a new one, or one kept from an earlier item of a loop.
OpenSession = Callable[[Device], Session]
Warn = Callable[[str], None]


def run_recording_group(
    parameters: Mapping[str, Any], *, check_mode: bool, diff: bool, open_session: OpenSession, warn: Warn
) -> Result:
    """The result of ``axis_recording_group`` for validated parameters. Raises nothing of the AxisError family."""
    report = _Report(device={"host": parameters["host"], "serial": None}, diff=diff)
    try:
        device = device_from(parameters)
        desired = group_from(parameters)
        allowances = allowances_from(parameters, datetime.now(timezone.utc))
        report.device["host"] = device.host
        session = open_session(device)
        try:
            _Convergence(session, (desired,), allowances, report, check_mode=check_mode, warn=warn).run()
        finally:
            report.device["serial"] = session.serial
    except AxisError as error:
        return {**report.result(), **report.failure(error), "recording_group": report.group_or_none()}
    return {**report.result(), "recording_group": report.group_or_none()}


def run_recording_group_info(
    parameters: Mapping[str, Any], *, check_mode: bool, diff: bool, open_session: OpenSession, warn: Warn
) -> Result:
    """The result of ``axis_recording_group_info`` for validated parameters; it only reads, in check mode and otherwise.

    Raises nothing of the AxisError family.
    """
    report = _Report(device={"host": parameters["host"], "serial": None}, diff=diff)
    try:
        device, parts = device_from(parameters), parts_from(parameters)
        report.device["host"] = device.host
        session = open_session(device)
        try:
            gathered = gather(session, parts, warn)
        finally:
            report.device["serial"] = session.serial
    except AxisError as error:
        return {"changed": False, "device": report.device, **report.failure(error)}
    described = gathered.pop("device", {})
    # Without a login there was no realm to read the serial number from.
    report.device["serial"] = report.device["serial"] or described.get("serial")
    return {"changed": False, "device": {**described, **report.device}, **gathered}


def run_nothing(error: AxisError, host: str | None) -> Result:
    """The result of any module whose input was refused before there was a device to talk to."""
    report = _Report(device={"host": host, "serial": None}, diff=False)
    return {**report.result(), **report.failure(error)}


class _Report:
    """What has become known so far, so that a failure can say it, too."""

    def __init__(self, device: dict[str, str | None], diff: bool) -> None:
        self.device = device
        self.refused: tuple[Refusal, ...] = ()
        #: changes seen on the device, or predicted in check mode
        self.changes: tuple[Change, ...] = ()
        #: groups that the task is about, as last seen, or as predicted in check mode
        self.groups: tuple[RecordingGroup, ...] = ()
        self.written = False
        self._diff = diff

    def result(self) -> Result:
        """The part that every module returns."""
        ordered = sorted(self.changes, key=_sort_key)
        result: Result = {
            "changed": bool(ordered),
            "device": self.device,
            "changes": [_change_result(change) for change in ordered],
            "refused": [
                {
                    **_change_result(refusal.change),
                    "kind": refusal.kind,
                    "reason": refusal.reason,
                    "next_step": refusal.next_step,
                }
                for refusal in sorted(self.refused, key=lambda refusal: _sort_key(refusal.change))
            ],
        }
        if self._diff and ordered:
            result["diff"] = [_diff(change) for change in ordered]
        return result

    def failure(self, error: AxisError) -> Result:
        """What a failure adds. A device that was not reached is unreachable as Ansible knows it, until a write."""
        unreachable = isinstance(error, NotReached) and not self.written
        return {
            "unreachable" if unreachable else "failed": True,
            "msg": f"{self.device['host'] or 'No device'}: {error.what}. {error.next_step}",
            "error": {
                "kind": error.kind,
                "code": error.code,
                "description": error.description,
                "next_step": error.next_step,
            },
        }

    def group_or_none(self) -> Result | None:
        """The one group of a module that manages one."""
        return _group_result(self.groups[0]) if self.groups else None


class _Convergence:
    """Brings one device to what is desired: one list, one plan, the writes, one read-back."""

    def __init__(
        self,
        session: Session,
        desired: Sequence[DesiredGroup],
        allowances: Allowances,
        report: _Report,
        *,
        check_mode: bool,
        warn: Warn,
    ) -> None:
        self._session = session
        self._groups = RecordingGroups(session)
        self._desired = desired
        self._allowances = allowances
        self._report = report
        self._check_mode = check_mode
        self._warn = warn
        self._disks: tuple[Disk, ...] | None = None
        #: id of each group created, by the group as it was sent
        self._created: dict[RecordingGroup | None, str] = {}

    def run(self) -> None:
        """Fill the report.

        :raises AxisError: for a refusal, a failure, or a write that is not proven.
        """
        before = self._groups.list()
        plan = self._plan(before)
        self._report.groups = tuple(item.found for item in plan.outcomes if item.found)
        self._warn_of_ended_holds(plan)
        if plan.refused:
            self._report.refused = plan.refused
            first = plan.refused[0]
            raise Refused(first.kind, first.reason, first.next_step)
        if self._check_mode:
            self._report.changes = plan.changes
            self._report.groups = tuple(item.after for item in plan.outcomes if item.after)
        elif plan.changes:
            self._write(plan, before)

    def _plan(self, current: Sequence[RecordingGroup]) -> Plan:
        plan = make_plan(current, self._desired, self._allowances, self._disks)
        if plan.creates and self._disks is None:
            self._disks = self._look_at_disks()
            plan = make_plan(current, self._desired, self._allowances, self._disks)
        return plan

    def _look_at_disks(self) -> tuple[Disk, ...] | None:
        try:
            return list_disks(self._session)
        except DeviceRefused as error:
            # A viewer may audit, but only an operator may read the disks; a real run needs the operator anyway.
            if error.kind == "forbidden" and self._check_mode:
                self._warn("The disks were not checked: this user may not read them (role operator needed).")
                return None
            if error.kind == "unsupported":
                return None
            raise

    def _warn_of_ended_holds(self, plan: Plan) -> None:
        for hold in self._allowances.holds:
            if hold.until < self._allowances.now and any(
                item.found and hold.matches(item.found.recording_group_id) for item in plan.outcomes
            ):
                self._warn(
                    f"The hold on {hold.recording_group_id} ({hold.reason}, owner: {hold.owner}) "
                    f"ended at {hold.until:%Y-%m-%d %H:%M} and protects nothing any more."
                )

    def _write(self, plan: Plan, before: Sequence[RecordingGroup]) -> None:
        remaining = plan
        for is_last in (False, True):
            lost = self._send_all(remaining.changes)
            after = self._read_back(lost)
            if lost is None:
                break
            # The answer to a write was lost: go on from what is there, so that nothing is done twice.
            remaining = self._plan(after)
            if not remaining.changes and not remaining.refused:
                break
            if is_last or not _may_repeat(lost, remaining):
                self._take_stock(plan, before, after)
                raise _not_seen(lost)
        unproven = self._take_stock(plan, before, after)
        if unproven is not None:
            raise unproven

    def _send_all(self, changes: Iterable[Change]) -> AxisError | None:
        """Write each change. Returns the error of a write that may have taken effect all the same."""
        for change in changes:
            try:
                self._send(change)
            except AxisError as error:
                self._report.written = self._report.written or error.maybe_applied
                if error.maybe_applied:
                    return error
                raise
            self._report.written = True
        return None

    def _send(self, change: Change) -> None:
        if change.after is None:
            self._groups.delete(change.group.recording_group_id or "")
        elif change.before is None:
            recording_group_id = self._groups.create(change.after)
            self._created[change.after] = recording_group_id
        else:
            self._groups.update(change.after, [item.field for item in change.differences])

    def _read_back(self, lost: AxisError | None) -> tuple[RecordingGroup, ...]:
        try:
            return self._groups.list()
        except AxisError as error:
            sent = f"a write was sent ({lost.what})" if lost else "a write was sent and accepted"
            raise Unproven(
                "in_doubt",
                f"The groups could not be read back after {sent}: {error.what}",
                "Run again when the device answers: it goes on from what is there.",
            ) from error

    def _take_stock(
        self, plan: Plan, before: Sequence[RecordingGroup], after: Sequence[RecordingGroup]
    ) -> Unproven | None:
        """Put into the report what is really on the device now; returns the first thing that is not as planned."""
        located = [(item, self._locate(item, before, after)) for item in plan.outcomes]
        changes, unproven = [], []
        for item, actual in located:
            if isinstance(item.decision, Change):
                seen, doubt = _compare_with_plan(item.decision, actual)
                changes += [seen] if seen else []
                unproven += [doubt] if doubt else []
        self._report.groups = tuple(actual for _item, actual in located if actual)
        self._report.changes = tuple(changes)
        return unproven[0] if unproven else None

    def _locate(
        self, item: Outcome, before: Sequence[RecordingGroup], after: Sequence[RecordingGroup]
    ) -> RecordingGroup | None:
        """The group on the device that an outcome is about, also one whose generated id got lost with an answer."""
        recording_group_id = item.wanted.recording_group_id
        if item.found:
            recording_group_id = item.found.recording_group_id
        elif item.after in self._created:
            recording_group_id = self._created[item.after]
        if recording_group_id is not None:
            return next((group for group in after if group.recording_group_id == recording_group_id), None)
        known = {group.recording_group_id for group in before}
        name = item.wanted.nice_name or ""
        new = (group for group in after if group.recording_group_id not in known)
        return next((group for group in new if same_text(group.nice_name or "", name)), None)


def _may_repeat(lost: AxisError, remaining: Plan) -> bool:
    """Whether to write again what a look at the device showed to be missing.

    Not when the device did answer, if only to fail; and not a creation without id while the device may still be at it,
    since the second one would be another group.
    """
    if not isinstance(lost, NotReached) or remaining.refused:
        return False
    return lost.dropped or all(change.group.recording_group_id for change in remaining.changes)


def _not_seen(lost: AxisError) -> AxisError:
    if isinstance(lost, DeviceRefused):
        return lost
    return Unproven(
        "in_doubt",
        f"A write was sent, its answer was lost ({lost.what}), and the device does not show it",
        "Run again in a minute: it goes on from what is there then.",
    )


def _compare_with_plan(change: Change, actual: RecordingGroup | None) -> tuple[Change | None, Unproven | None]:
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


def _not_applied(what: str, next_step: str) -> Unproven:
    return Unproven("not_applied", what, next_step)


def _conflict(what: str) -> Unproven:
    return Unproven(
        "conflict", what, "Somebody else changes this device at the same time, or its storage was pulled: run again."
    )


def _sort_key(change: Change) -> tuple[str, str]:
    return (change.group.recording_group_id or "", change.group.nice_name or "")


def _group_result(group: RecordingGroup) -> Result:
    return {field.name: getattr(group, field.name) for field in fields(group)}


def _change_result(change: Change) -> Result:
    # After a creation only the later state knows the id.
    group = change.before or change.after or change.group
    return {
        "operation": change.operation,
        "recording_group_id": group.recording_group_id,
        "nice_name": group.nice_name,
        "differences": [
            {"field": item.field, "before": item.before, "after": item.after} for item in change.differences
        ],
        "loses_recordings": change.loses_recordings,
        "restarts_recording": change.restarts_recording,
    }


def _diff(change: Change) -> Result:
    header = f"recording group {(change.before or change.after or change.group).recording_group_id or '(new)'}"
    return {
        "before_header": header,
        "after_header": header,
        "before": _diff_text(change.before),
        "after": _diff_text(change.after),
    }


def _diff_text(group: RecordingGroup | None) -> str:
    if group is None:
        return ""
    lines = ((name, value) for name, value in _group_result(group).items() if value is not None)
    return "".join(f"{name}: {_readable(name, value)}\n" for name, value in lines)


def _readable(name: str, value: Value) -> str:
    return describe(value) if name == "retention_time" and isinstance(value, int) else str(value)
