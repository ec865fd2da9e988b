# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a module: the progress of a task, and the models as plain data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    OPTION_NAMES,
    AxisError,
    DeviceUnreachableError,
    Names,
    Text,
    TimeLimitError,
    join_sentences,
    render,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    RuleSettings,
    build_event_result,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    Difference,
    RecordingGroup,
    Value,
    describe_replaced,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import format_retention_time
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import has_replaced, show_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import (
    Allowances,
    Change,
    Refusal,
    RefusalReason,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Finding
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import (
    RECORDING_FIELDS,
    ActionChange,
    RecordingAction,
)
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible

Result = dict[str, Any]


class TaskProgress:
    """What is known so far of a task, with the part of a result that every module returns: device and failure.

    :param names: by option, the name that this user sets.
    :param warn: shows a warning.
    """

    def __init__(
        self,
        host: str | None,
        *,
        diff: bool = False,
        names: Names = OPTION_NAMES,
        warn: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.host = host
        self.names = names
        #: 12 hexadecimal digits, or None before the device sends it
        self.serial: str | None = None
        #: whether a write was sent that may have taken effect
        self.written = False
        #: model and firmware, if they were read
        self.description: Result = {}
        self._diff = diff
        self._warn = warn
        self._warned: set[str] = set()

    def warn(self, text: Text) -> None:
        """Show a warning, once."""
        rendered = remove_invisible(show_replaced(render(text, self.names)))
        if rendered not in self._warned:
            self._warned.add(rendered)
            self._warn(rendered)

    def warn_of_replaced(self, subject: str, names: Collection[str]) -> None:
        """Warn of fields that have characters which XML forbids."""
        if names:
            self.warn(f"{subject}: {describe_replaced(names)}. They are not known, and are never sent back.")

    @property
    def device(self) -> Result:
        """Return the device that the result is about."""
        return {"host": self.host, "serial": self.serial, **self.description}

    def build_failure(self, error: AxisError) -> Result:
        """Return what a failure adds to the result; after a write it is never ``unreachable``."""
        is_unreachable = isinstance(error, DeviceUnreachableError) and not isinstance(error, TimeLimitError)
        unreachable = is_unreachable and not self.written
        message, next_step = error.render(self.names)
        return {
            "unreachable" if unreachable else "failed": True,
            "msg": f"{self.host or 'No device'}: {join_sentences(message, error.detail, next_step)}",
            "error": {
                "kind": error.kind,
                "code": error.code,
                "description": error.description,
                "message": message,
                "detail": error.detail,
                "next_step": next_step,
            },
        }

    def _build_refusal(self, refusal: Refusal | RefusalReason) -> Result:
        return {
            "kind": refusal.kind,
            "reason": render(refusal.reason, self.names),
            "next_step": render(refusal.next_step, self.names),
            "allowances": list(refusal.allowances),
        }


class GroupProgress(TaskProgress):
    """What is known so far of the groups, so that also the result of a failure has it."""

    refused: tuple[Refusal, ...] = ()
    #: changes that are visible on the device, or predicted in check mode
    changes: tuple[Change, ...] = ()
    #: changes that were sent and are not visible on the device
    failed: tuple[Change, ...] = ()
    #: changes that were not sent, because an earlier one failed
    skipped: tuple[Change, ...] = ()
    #: groups that the task is about, as last read, or as predicted in check mode
    groups: tuple[RecordingGroup, ...] = ()
    #: all groups of the device as last read, or None before the first read
    observed: tuple[RecordingGroup, ...] | None = None

    def build_result(self) -> Result:
        """Return the part that is common to the modules that change groups."""
        ordered = _sorted(self.changes)
        result: Result = {
            "changed": bool(ordered),
            "device": self.device,
            "changes": [_build_change_result(change) for change in ordered],
            "refused": [
                {**_build_change_result(refusal.change), **self._build_refusal(refusal)}
                for refusal in sorted(self.refused, key=lambda refusal: _sort_key(refusal.change))
            ],
        }
        if self._diff and ordered:
            result["diff"] = [_build_diff(change) for change in ordered]
        return result

    def build_group(self) -> Result | None:
        """Return the group of a module that manages one, or ``None``."""
        return build_group_result(self.groups[0]) if self.groups else None

    def build_unapplied_changes(self) -> Result:
        """Return the planned changes that a failure prevented."""
        return {
            "failed_changes": [_build_change_result(change) for change in self.failed],
            "skipped_changes": [_build_change_result(change) for change in _sorted(self.skipped)],
        }


class ActionProgress(TaskProgress):
    """What is known so far of the recording action of one group."""

    #: as last read, or as predicted in check mode
    action: RecordingAction | None = None
    #: as visible on the device, or as predicted in check mode
    change: ActionChange | None = None
    refused: Sequence[tuple[ActionChange, RefusalReason]] = ()
    #: all groups of the device, or None if they were not read
    groups: tuple[RecordingGroup, ...] | None = None

    def build_result(self) -> Result:
        """Return the whole result except a failure."""
        result: Result = {
            "changed": self.change is not None,
            "device": self.device,
            "recording_action": _build_action_result(self.action) if self.action else None,
            "changes": [_build_action_change_result(self.change)] if self.change else [],
            "refused": [
                {**_build_action_change_result(change), **self._build_refusal(reason)}
                for change, reason in self.refused
            ],
        }
        if self._diff and self.change:
            result["diff"] = [_build_action_diff(self.change)]
        return result


def _build_action_result(action: RecordingAction) -> Result:
    return {
        "recording_group_id": action.recording_group_id,
        "name": action.name,
        "enabled": action.enabled,
        "conditions": list(map(build_event_result, action.conditions)),
        "start_event": build_event_result(action.start_event) if action.start_event else None,
        "configuration_id": action.configuration_id,
        "rule_id": action.rule_id,
        **build_settings_result(action.settings),
    }


def build_settings_result(settings: RuleSettings) -> Result:
    """Return the settings that a rule has; most rules have none."""
    return {name: value for name, value in asdict(settings).items() if value is not None}


def _build_action_change_result(change: ActionChange) -> Result:
    return {
        "operation": change.operation,
        "recording_group_id": change.action.recording_group_id,
        "name": change.action.name,
        "differences": _build_difference_results(change.differences),
        "stops_recording": change.stops_recording,
    }


def _build_action_diff(change: ActionChange) -> Result:
    header = f"recording action of group {change.action.recording_group_id}"
    return {
        "before_header": header,
        "after_header": header,
        "before": _render_action(change.before),
        "after": _render_action(change.after),
    }


def _render_action(action: RecordingAction | None) -> str:
    values = action.fields if action else ()
    return "".join(f"{name}: {value}\n" for name, value in values if value not in (None, ""))


def show_texts(value: Any) -> Any:
    """Return a result in which U+FFFD replaces each character of the device that XML forbids."""
    if isinstance(value, str):
        return show_replaced(value)
    if isinstance(value, dict):
        for key, item in value.items():
            value[key] = show_texts(item)
    elif isinstance(value, list):
        value[:] = map(show_texts, value)
    return value


def find_replaced(item: Mapping[str, Any]) -> list[str]:
    """Return the names of the values that have characters which XML forbids."""
    return [name for name, value in item.items() if _has_replaced(value)]


def _has_replaced(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_replaced, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_has_replaced, value))
    return isinstance(value, str) and has_replaced(value)


def build_finding_result(finding: Finding, names: Names) -> Result:
    """Return one finding as plain data."""
    return {
        "recording_group_id": finding.recording_group_id,
        "nice_name": finding.nice_name,
        "disk_id": finding.disk_id,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "differences": _build_difference_results(finding.differences),
        "reason": None if finding.reason is None else render(finding.reason, names),
    }


def build_hold_results(allowances: Allowances, groups: tuple[RecordingGroup, ...] | None) -> list[Result]:
    """Return each hold, whether it has ended, the groups that it matches, and those that differ only in case.

    :param groups: those of the device, or ``None`` if they could not be read.
    """
    return [
        {
            "recording_group_id": hold.recording_group_id,
            "reason": hold.reason,
            "owner": hold.owner,
            "until": format_time(hold.until),
            "ended": hold.until < allowances.now,
            "matches": None if groups is None else _find_ids(groups, hold.matches),
            "differs_in_case": None if groups is None else _find_ids(groups, hold.differs_in_case),
        }
        for hold in allowances.holds
    ]


def _find_ids(groups: Iterable[RecordingGroup], predicate: Callable[[str | None], bool]) -> list[str]:
    return sorted({group.recording_group_id or "" for group in groups if predicate(group.recording_group_id)})


def format_time(moment: datetime) -> str:
    """Return a moment in UTC in the format of ISO 8601."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _sorted(changes: tuple[Change, ...]) -> list[Change]:
    return sorted(changes, key=_sort_key)


def _sort_key(change: Change) -> tuple[str, str]:
    return (change.group.recording_group_id or "", change.group.nice_name or "")


def build_group_result(group: RecordingGroup) -> Result:
    """Return a group as plain data that the modules accept as input."""
    return {field.name: getattr(group, field.name) for field in fields(group)}


def _build_change_result(change: Change) -> Result:
    # After a creation only the later state has the ID.
    group = change.before or change.after or change.group
    return {
        "operation": change.operation,
        "recording_group_id": group.recording_group_id,
        # A prediction has no name if the task leaves the name to the device.
        "nice_name": group.nice_name or "",
        "differences": _build_difference_results(change.differences),
        "loses_recordings": change.loses_recordings,
        "restarts_recording": change.restarts_recording,
        "ends_recording": change.ends_recording,
    }


def _build_difference_results(differences: tuple[Difference, ...]) -> list[Result]:
    return [asdict(item) for item in differences]


def _build_diff(change: Change) -> Result:
    header = f"recording group {(change.before or change.after or change.group).recording_group_id or '(new)'}"
    return {
        "before_header": header,
        "after_header": header,
        "before": _render_group(change.before) + _render_recording(change, "before"),
        "after": _render_group(change.after) + _render_recording(change, "after"),
    }


def _render_recording(change: Change, side: str) -> str:
    # These are not fields of the group itself.
    lines = ((item.field, getattr(item, side)) for item in change.differences if item.field in RECORDING_FIELDS)
    return "".join(f"{name}: {value}\n" for name, value in lines if value)


def _render_group(group: RecordingGroup | None) -> str:
    if group is None:
        return ""
    lines = ((name, value) for name, value in build_group_result(group).items() if value is not None)
    return "".join(f"{name}: {_render_value(name, value)}\n" for name, value in lines)


def _render_value(name: str, value: Value) -> str:
    return format_retention_time(value) if name == "retention_time" and isinstance(value, int) else str(value)
