# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grade the verdicts on the recordings of disks by the policy and its holds: assessments → findings.

Pure. A disk whose recordings are not proven to be as the policy says is a finding, so that its device is not compliant.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import sort_key
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import match_groups
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import (
    Finding,
    Policy,
    describe_hold,
    missing_severity,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import (
    DiskAssessment,
    find_losing_groups,
)

_UNREADABLE = "The recordings cannot be read, and no recording group names a disk"


def find_required_times(
    policy: Policy, current: Sequence[RecordingGroup], allowances: Allowances
) -> dict[str | None, int]:
    """Return by group the retention time that the policy requires, in hours; without one, that of the device.

    The maximum does not apply to a group under a hold, nor does a shorter time.
    """
    desired: dict[str | None, DesiredGroup] = {}
    for wanted, found in match_groups(current, policy.desired_groups(current)):
        desired |= {group.recording_group_id: wanted for group in found}
    required = {}
    for group in current:
        name, item = group.recording_group_id, desired.get(group.recording_group_id)
        hours = group.retention_time if item is None or item.retention_time is None else item.retention_time
        if hours is None or (item is None and not policy.reports_unmanaged) or (item and not item.present):
            continue
        bounds = [hours, *([] if policy.minimum is None else [policy.minimum])]
        if allowances.active_hold(name):
            hours = max(*bounds, hours if group.retention_time is None else group.retention_time, key=sort_key)
        else:
            hours = max(bounds, key=sort_key)
            hours = hours if policy.maximum is None else min(hours, policy.maximum, key=sort_key)
        required[name] = hours
    return required


def grade_disks(
    policy: Policy,
    assessments: Iterable[DiskAssessment],
    allowances: Allowances,
    *,
    readable: bool,
    created: Container[str | None] = (),
) -> tuple[Finding, ...]:
    """Return a finding for each disk that is not proven to keep recordings as the policy says, by disk.

    :param readable: whether any recordings could be read. If not, a device without a disk to name has a finding, too.
    :param created: the IDs of the groups that this run created.
    """
    assessments = sorted(assessments, key=lambda item: item.disk_id)
    if not assessments and not readable:
        return (Finding(None, None, "indeterminate", reason=_UNREADABLE, disk_id=""),)
    return tuple(_grade_disk(policy, item, allowances, created) for item in assessments if item.verdict != "met")


def grade_severity(
    policy: Policy, assessment: DiskAssessment, allowances: Allowances, created: Container[str | None] = ()
) -> str:
    """Return the severity of a verdict on a disk."""
    return "info" if assessment.verdict == "met" else _grade_disk(policy, assessment, allowances, created).severity


def _grade_disk(
    policy: Policy, item: DiskAssessment, allowances: Allowances, created: Container[str | None]
) -> Finding:
    reasons, severity = [item.reason], _find_severity(policy, item, created)
    if severity != "info":
        held = [
            describe_hold(hold, f"Recording group {group.recording_group_id}")
            for group in _find_lost_groups(item)
            for hold in allowances.active_holds(group.recording_group_id)
        ]
        reasons += held
        severity = "critical" if held else severity
    return Finding(None, None, item.verdict, severity, reason=". ".join(reasons), disk_id=item.disk_id)


def _find_severity(policy: Policy, item: DiskAssessment, created: Container[str | None]) -> str:
    if _has_stopped(item, created):
        # A device that does not record keeps nothing, like a group that does not exist.
        return missing_severity(policy)
    if item.verdict in ("insufficient_history", "indeterminate"):
        return "info"
    if item.verdict == "overdue":
        return "critical"
    if item.verdict in ("missing", "locked"):
        return missing_severity(policy)
    hours = item.age_hours
    if item.verdict == "conflicting_cleanup" and item.disk is not None:
        hours = 24 * (item.disk.cleanup_max_age or 0)
    return "critical" if _is_below_minimum(policy, hours) else "warning"


def _has_stopped(item: DiskAssessment, created: Container[str | None]) -> bool:
    """Return whether a disk without recordings has a group that existed before this run."""
    is_empty = item.verdict == "insufficient_history" and item.span is not None and item.span.count == 0
    return is_empty and any(group.recording_group_id not in created for group in item.groups)


def _is_below_minimum(policy: Policy, hours: float | None) -> bool:
    """Return whether recordings of this age are less than the policy requires; no recordings always are."""
    return policy.minimum is not None and (hours is None or hours < sort_key(policy.minimum))


def _find_lost_groups(item: DiskAssessment) -> tuple[RecordingGroup, ...]:
    """Return the groups whose recordings the device deletes too early."""
    if item.verdict == "conflicting_cleanup" and item.disk is not None:
        return find_losing_groups(item.disk, item.expected)
    return item.groups if item.verdict in ("short", "full") else ()
