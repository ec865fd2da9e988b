# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module returns: the report that fills up while a device is worked on, and each record as plain data."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._duration import describe
from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, NotReached
from ansible_collections.camfleet.axis.plugins.module_utils._plan import Allowances, Change, Difference, Refusal
from ansible_collections.camfleet.axis.plugins.module_utils._policy import Finding
from ansible_collections.camfleet.axis.plugins.module_utils._records import RecordingGroup, Value

Result = dict[str, Any]


class Report:
    """What has become known so far, so that a failure can say it, too."""

    def __init__(self, host: str | None, *, diff: bool) -> None:
        self.host = host
        #: 12 hexadecimal digits, or None while the device has not said it
        self.serial: str | None = None
        self.refused: tuple[Refusal, ...] = ()
        #: changes seen on the device, or predicted in check mode
        self.changes: tuple[Change, ...] = ()
        #: changes that were sent and are not seen on the device
        self.failed: tuple[Change, ...] = ()
        #: changes that were not sent, since one before them failed
        self.untried: tuple[Change, ...] = ()
        #: groups that the task is about, as last seen, or as predicted in check mode
        self.groups: tuple[RecordingGroup, ...] = ()
        #: all groups of the device as last seen, or None while nobody has looked
        self.seen: tuple[RecordingGroup, ...] | None = None
        self.written = False
        self._diff = diff

    @property
    def device(self) -> Result:
        """The device that the result is about."""
        return {"host": self.host, "serial": self.serial}

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

    def failure(self, error: AxisError) -> Result:
        """What a failure adds. A device that was not reached is unreachable as Ansible knows it, until a write."""
        unreachable = isinstance(error, NotReached) and not self.written
        return {
            "unreachable" if unreachable else "failed": True,
            "msg": f"{self.host or 'No device'}: {error.what}. {error.next_step}",
            "error": {
                "kind": error.kind,
                "code": error.code,
                "description": error.description,
                "next_step": error.next_step,
            },
        }

    def group_or_none(self) -> Result | None:
        """The one group of a module that manages one."""
        return group_result(self.groups[0]) if self.groups else None

    def unmade(self) -> Result:
        """The planned changes that a failure left undone."""
        return {
            "failed_changes": [_change_result(change) for change in self.failed],
            "untried_changes": [_change_result(change) for change in _sorted(self.untried)],
        }


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


def hold_results(allowances: Allowances, groups: tuple[RecordingGroup, ...]) -> list[Result]:
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
        "before": _diff_text(change.before),
        "after": _diff_text(change.after),
    }


def _diff_text(group: RecordingGroup | None) -> str:
    if group is None:
        return ""
    lines = ((name, value) for name, value in group_result(group).items() if value is not None)
    return "".join(f"{name}: {_readable(name, value)}\n" for name, value in lines)


def _readable(name: str, value: Value) -> str:
    return describe(value) if name == "retention_time" and isinstance(value, int) else str(value)
