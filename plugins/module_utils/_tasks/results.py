# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module returns: the report that fills up while a device is worked on, and each record as plain data."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceUnreachableError
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import event_result
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Difference, RecordingGroup, Value
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, Change, Refusal
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Finding
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    ActionChange,
    RecordingAction,
)

Result = dict[str, Any]


class _DeviceReport:
    """What every module returns about the device, and about its failure."""

    def __init__(self, host: str | None, *, diff: bool) -> None:
        self.host = host
        #: 12 hexadecimal digits, or None while the device has not said it
        self.serial: str | None = None
        self.written = False
        #: model and firmware, where they were asked for
        self.description: Result = {}
        self._diff = diff

    @property
    def device(self) -> Result:
        """The device that the result is about."""
        return {"host": self.host, "serial": self.serial, **self.description}

    def failure(self, error: AxisError) -> Result:
        """What a failure adds. A device that was not reached is unreachable as Ansible knows it, until a write."""
        unreachable = isinstance(error, DeviceUnreachableError) and not self.written
        return {
            "unreachable" if unreachable else "failed": True,
            "msg": f"{self.host or 'No device'}: {error.message}. {error.next_step}",
            "error": {
                "kind": error.kind,
                "code": error.code,
                "description": error.description,
                "next_step": error.next_step,
            },
        }


class Report(_DeviceReport):
    """What has become known so far of the groups, so that a failure can say it, too."""

    def __init__(self, host: str | None, *, diff: bool) -> None:
        super().__init__(host, diff=diff)
        self.refused: tuple[Refusal, ...] = ()
        #: changes seen on the device, or predicted in check mode
        self.changes: tuple[Change, ...] = ()
        #: changes that were sent and are not seen on the device
        self.failed: tuple[Change, ...] = ()
        #: changes that were not sent, since one before them failed
        self.skipped: tuple[Change, ...] = ()
        #: groups that the task is about, as last seen, or as predicted in check mode
        self.groups: tuple[RecordingGroup, ...] = ()
        #: all groups of the device as last seen, or None while nobody has looked
        self.seen: tuple[RecordingGroup, ...] | None = None

    def result(self) -> Result:
        """The part that every module that may change something returns."""
        ordered = _sorted(self.changes)
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

    def group_or_none(self) -> Result | None:
        """The one group of a module that manages one."""
        return group_result(self.groups[0]) if self.groups else None

    def unapplied_changes(self) -> Result:
        """The planned changes that a failure left undone."""
        return {
            "failed_changes": [_change_result(change) for change in self.failed],
            "skipped_changes": [_change_result(change) for change in _sorted(self.skipped)],
        }


class ActionReport(_DeviceReport):
    """What has become known so far of the action that records to one group."""

    def __init__(self, host: str | None, *, diff: bool) -> None:
        super().__init__(host, diff=diff)
        #: as last seen, or as predicted in check mode
        self.action: RecordingAction | None = None
        #: as seen on the device, or as predicted in check mode
        self.change: ActionChange | None = None
        #: what was refused, with kind, reason and next step
        self.refused: list[tuple[ActionChange, str, str, str]] = []

    def result(self) -> Result:
        """The whole result but for a failure."""
        result: Result = {
            "changed": self.change is not None,
            "device": self.device,
            "recording_action": _action_result(self.action) if self.action else None,
            "changes": [_action_change_result(self.change)] if self.change else [],
            "refused": [
                {**_action_change_result(change), "kind": kind, "reason": reason, "next_step": next_step}
                for change, kind, reason, next_step in self.refused
            ],
        }
        if self._diff and self.change:
            result["diff"] = [_action_diff(self.change)]
        return result


def _action_result(action: RecordingAction) -> Result:
    return {
        "recording_group_id": action.recording_group_id,
        "name": action.name,
        "enabled": action.enabled,
        "conditions": list(map(event_result, action.conditions)),
        "start_event": event_result(action.start_event) if action.start_event else None,
        "configuration_id": action.configuration_id,
        "rule_id": action.rule_id,
    }


def _action_change_result(change: ActionChange) -> Result:
    return {
        "operation": change.operation,
        "recording_group_id": change.action.recording_group_id,
        "name": change.action.name,
        "differences": _difference_results(change.differences),
        "stops_recording": change.stops_recording,
    }


def _action_diff(change: ActionChange) -> Result:
    header = f"recording action of group {change.action.recording_group_id}"
    return {
        "before_header": header,
        "after_header": header,
        "before": _action_text(change.before),
        "after": _action_text(change.after),
    }


def _action_text(action: RecordingAction | None) -> str:
    fields = action.fields if action else ()
    return "".join(f"{name}: {value}\n" for name, value in fields if value not in (None, ""))


def finding_result(finding: Finding) -> Result:
    """One finding."""
    return {
        "recording_group_id": finding.recording_group_id,
        "nice_name": finding.nice_name,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "differences": _difference_results(finding.differences),
        "reason": finding.reason,
    }


def build_hold_results(allowances: Allowances, groups: tuple[RecordingGroup, ...]) -> list[Result]:
    """Each hold, whether it has ended, and the ids of the groups that it matches."""
    return [
        {
            "recording_group_id": hold.recording_group_id,
            "reason": hold.reason,
            "owner": hold.owner,
            "until": _moment(hold.until),
            "ended": hold.until < allowances.now,
            "matches": sorted(
                group.recording_group_id or "" for group in groups if hold.matches(group.recording_group_id)
            ),
        }
        for hold in allowances.holds
    ]


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _sorted(changes: tuple[Change, ...]) -> list[Change]:
    return sorted(changes, key=_sort_key)


def _sort_key(change: Change) -> tuple[str, str]:
    return (change.group.recording_group_id or "", change.group.nice_name or "")


def group_result(group: RecordingGroup) -> Result:
    """A group, as input for the modules again."""
    return {field.name: getattr(group, field.name) for field in fields(group)}


def _change_result(change: Change) -> Result:
    # After a creation only the later state knows the id.
    group = change.before or change.after or change.group
    return {
        "operation": change.operation,
        "recording_group_id": group.recording_group_id,
        # A name that the task leaves to the device is predicted like none.
        "nice_name": group.nice_name or "",
        "differences": _difference_results(change.differences),
        "loses_recordings": change.loses_recordings,
        "restarts_recording": change.restarts_recording,
    }


def _difference_results(differences: tuple[Difference, ...]) -> list[Result]:
    return [{"field": item.field, "before": item.before, "after": item.after} for item in differences]


def _diff(change: Change) -> Result:
    header = f"recording group {(change.before or change.after or change.group).recording_group_id or '(new)'}"
    return {
        "before_header": header,
        "after_header": header,
        "before": _diff_text(change.before) + _recording_text(change, "before"),
        "after": _diff_text(change.after) + _recording_text(change, "after"),
    }


def _recording_text(change: Change, side: str) -> str:
    # What is not a field of the group itself.
    lines = ((item.field, getattr(item, side)) for item in change.differences if item.field.startswith("recording"))
    return "".join(f"{name}: {value}\n" for name, value in lines if value)


def _diff_text(group: RecordingGroup | None) -> str:
    if group is None:
        return ""
    lines = ((name, value) for name, value in group_result(group).items() if value is not None)
    return "".join(f"{name}: {_readable(name, value)}\n" for name, value in lines)


def _readable(name: str, value: Value) -> str:
    return format_retention_time(value) if name == "retention_time" and isinstance(value, int) else str(value)
