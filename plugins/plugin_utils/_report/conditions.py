# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says about one group, disk, or hold of a host: that it is compliant, what is wrong with it, or nothing.

Pure. Absence is never compliance: without a finding, a part of a host is neither compliant nor wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import sort_key
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import SEVERITIES
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import protects
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    UNPROVEN,
    UNVERIFIED,
    hold_key,
    render_hold,
)

GROUP, DISK, HOLD, HOST = "group", "disk", "hold", "host"
#: Whether the recordings of a host were verified at all.
RECORDINGS = "recordings"

HoldKey = tuple[str, ...]
#: Purpose, owner, and digest. A policy that was not read has no digest.
PolicyKey = tuple[str, str, str | None]


class Status(Enum):
    """What is known of a part of a host without a finding."""

    GOOD = "good"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Subject:
    """What a finding is about. A finding about a device without groups is one about a group without ID and name."""

    kind: str
    recording_group_id: str | None = None
    nice_name: str | None = None
    disk_id: str | None = None
    hold: HoldKey = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Return what identifies it within its host: a group keeps its ID when its name changes."""
        name = None if self.recording_group_id else self.nice_name
        return self.kind, self.recording_group_id, name, self.disk_id, self.hold

    @property
    def is_without_groups(self) -> bool:
        """Return whether it is a device without groups."""
        return self.kind == GROUP and not self.recording_group_id and not self.nice_name

    def is_probably(self, other: Subject) -> bool:
        """Return whether both are one group, of which one report has only the name: it did not exist then."""
        return (
            self.kind == other.kind == GROUP
            and bool(self.nice_name)
            and self.nice_name == other.nice_name
            and not (self.recording_group_id and other.recording_group_id)
        )


@dataclass(frozen=True)
class Condition:
    """What is wrong with a part of a host."""

    verdict: str
    severity: str
    reason: str | None = None
    fields: tuple[Mapping[str, Any], ...] = ()
    #: expected and found retention time of a group, in hours
    retention: tuple[int | None, int | None] = (None, None)
    #: the findings that it was merged from, the worst first; none if it is that of a single finding
    parts: tuple[Condition, ...] = ()

    @property
    def verdicts(self) -> frozenset[str]:
        """Return the verdicts of all of its findings."""
        return frozenset(part.verdict for part in self.parts or (self,))

    @property
    def fields_or_verdicts(self) -> frozenset[str]:
        """Return the fields that differ, and the verdict of each finding without such a field."""
        if self.parts:
            return frozenset(name for part in self.parts for name in part.fields_or_verdicts)
        return frozenset(item["field"] for item in self.fields) or frozenset({self.verdict})

    @classmethod
    def of_host(cls, host: Document) -> Condition:
        """Return the condition of a whole host."""
        return cls(host["verdict"], host["severity"], host["reason"] or None)


@dataclass(frozen=True)
class HostView:
    """A host of a report.

    :param in_force: the holds that match a group on any host of the report.
    """

    host: Document
    in_force: frozenset[HoldKey] = frozenset()

    @property
    def name(self) -> str:
        """Return its name in the inventory."""
        return str(self.host["host"])

    @property
    def state(self) -> str:
        """Return its state."""
        return str(self.host["state"])

    @property
    def is_verified(self) -> bool:
        """Return whether the report proves that the host complies, or that it does not."""
        return self.state != UNVERIFIED

    @property
    def was_read(self) -> bool:
        """Return whether its groups and holds were read."""
        return self.is_verified or self.host["verdict"] in UNPROVEN

    @property
    def policy(self) -> PolicyKey:
        """Return what identifies its policy."""
        policy = self.host["policy"]
        return policy["purpose"], policy["owner"], policy["digest"]

    @cached_property
    def problems(self) -> dict[Subject, Condition]:
        """Return what is wrong with the host, once per part. A non-compliant host has at least one problem."""
        found: dict[tuple[object, ...], list[tuple[Subject, Condition]]] = defaultdict(list)
        for finding in filter(_is_problem, self.host["findings"]):
            subject = _subject_of(finding)
            found[subject.key].append((subject, _condition_of(finding)))
        for hold in self.host["unmatched_holds"]:
            subject = Subject(HOLD, hold["recording_group_id"], hold=hold_key(hold))
            found[subject.key].append((subject, Condition("unmatched", "critical", render_hold(hold))))
        problems = dict(map(_merge_problems, found.values()))
        if not problems and self.is_verified and self.state != COMPLIANT:
            problems[Subject(HOST)] = Condition.of_host(self.host)
        return problems

    @property
    def is_opaque(self) -> bool:
        """Return whether the host is non-compliant as a whole, and no part of it says why."""
        return Subject(HOST) in self.problems

    @cached_property
    def disks(self) -> Mapping[str, Condition]:
        """Return the verdicts on the disks. The key of a disk is empty if it is not known which one it is."""
        return {
            disk["disk_id"]: Condition(disk["verdict"], disk["severity"], disk["reason"])
            for disk in (self.host["actual"] or {}).get("disks", ())
        }

    def required_age(self, disk_id: str) -> float:
        """Return the longest retention time that the policy requires on a disk, in hours, with unlimited above all."""
        times = {
            finding["recording_group_id"]: finding["retention"]["expected"]
            for finding in self.host["findings"]
            if finding.get("disk_id") is None and finding["retention"]["expected"] is not None
        }
        return self._find_longest(disk_id, times)

    def configured_age(self, disk_id: str) -> float:
        """Return the longest retention time that the device has for a disk."""
        return self._find_longest(disk_id, {})

    def _find_longest(self, disk_id: str, times: Mapping[str | None, int]) -> float:
        disks = (self.host["actual"] or {}).get("disks", ())
        groups = (group for disk in disks if disk["disk_id"] in (disk_id, "") for group in disk["groups"])
        hours = (times.get(group["recording_group_id"], group["retention_time"]) for group in groups)
        return max((sort_key(item or 0) for item in hours), default=0)

    def proves_age(self, disk_id: str, hours: float) -> bool:
        """Return whether the recordings of a disk reach back a number of hours."""
        actual = self.host["actual"] or {}
        ages = [disk["age_hours"] for disk in actual.get("disks", ()) if disk["disk_id"] == disk_id]
        return any(age is not None and age + (actual["tolerance"] or 0) >= hours for age in ages)

    def find_unproven_disk(self, disk_id: str) -> Condition | None:
        """Return the condition of a disk whose recordings prove nothing."""
        condition = self.disks.get(disk_id, self.disks.get(""))
        return condition if condition and condition.verdict in UNPROVEN else None

    @cached_property
    def holds(self) -> frozenset[HoldKey]:
        """Return the active holds that apply to the host and match a group on it, or on no host at all."""
        return frozenset(map(hold_key, (*filter(protects, self.host["holds"]), *self.host["unmatched_holds"])))

    def find_problem(self, subject: Subject) -> tuple[Subject, Condition] | None:
        """Return the problem of a part of the host, if there is one."""
        for other, condition in self.problems.items():
            if other.key == subject.key:
                return other, condition
        return next(((other, found) for other, found in self.problems.items() if other.is_probably(subject)), None)

    def assess_before(self, subject: Subject) -> Condition | Status:
        """Return what was known of a part before another report. A group that did not exist had no problem."""
        if not self.was_read:
            return Status.UNKNOWN
        if found := self.find_problem(subject):
            return found[1]
        if subject.kind == DISK:
            return self._assess_disk(subject)
        return Status.UNKNOWN if self.is_opaque else Status.GOOD

    def assess_after(self, subject: Subject, earlier: Condition) -> Status:
        """Return whether a part without a problem is proven to be compliant, after an earlier problem."""
        if not self.was_read or self.is_opaque:
            return Status.UNKNOWN
        if subject.kind == DISK:
            return self._assess_disk(subject)
        if subject.kind == HOLD:
            return Status.GOOD if subject.hold in self.in_force else Status.UNKNOWN
        if subject.kind == HOST:
            return Status.GOOD if self.state == COMPLIANT else Status.UNKNOWN
        return self._assess_group(subject, earlier)

    def _assess_disk(self, subject: Subject) -> Status:
        condition = self.disks.get(subject.disk_id or "")
        return Status.GOOD if condition and condition.verdict == "met" else Status.UNKNOWN

    def _assess_group(self, subject: Subject, earlier: Condition) -> Status:
        about_groups = [_subject_of(item) for item in self.host["findings"] if item.get("disk_id") is None]
        if subject.is_without_groups:
            # Now the policy may require that it has none.
            has_groups = any(not item.is_without_groups for item in about_groups)
            return Status.GOOD if has_groups or self.state == COMPLIANT else Status.UNKNOWN
        if earlier.verdict == "unmanaged":
            return Status.GOOD  # it does not exist any longer, or may exist
        verdicts = [
            item["verdict"]
            for item in self.host["findings"]
            if (found := _subject_of(item)).key == subject.key or found.is_probably(subject)
        ]
        return Status.GOOD if "compliant" in verdicts else Status.UNKNOWN


def _subject_of(finding: Mapping[str, Any]) -> Subject:
    if finding.get("disk_id") is not None:
        return Subject(DISK, disk_id=finding["disk_id"])
    return Subject(GROUP, finding["recording_group_id"], finding["nice_name"])


def _condition_of(finding: Mapping[str, Any]) -> Condition:
    retention = finding["retention"]
    return Condition(
        finding["verdict"],
        finding["severity"],
        finding["reason"],
        tuple(finding["fields"]),
        (retention["expected"], retention["found"]),
    )


def _merge_problems(found: Sequence[tuple[Subject, Condition]]) -> tuple[Subject, Condition]:
    """Merge the findings about one part: a hold on a group, for example, is a finding of its own.

    Their order is not a difference between two reports, so that the result does not depend on it.
    """
    subject = max((subject for subject, _condition in found), key=lambda subject: subject.nice_name or "")
    parts = sorted({repr(condition): condition for _subject, condition in found}.items())
    ordered = sorted((condition for _text, condition in parts), key=lambda item: -SEVERITIES.index(item.severity))
    if len(ordered) == 1:
        return subject, ordered[0]
    fields = {repr(item): item for condition in ordered for item in condition.fields}
    reasons = dict.fromkeys(condition.reason for condition in ordered if condition.reason)
    return subject, replace(
        ordered[0],
        reason="; ".join(reasons) or None,
        fields=tuple(fields.values()),
        retention=next((item.retention for item in ordered if item.retention != (None, None)), (None, None)),
        parts=tuple(ordered),
    )


def _is_problem(finding: Mapping[str, Any]) -> bool:
    verdict = finding["verdict"]
    return verdict not in {"compliant", "met", *UNPROVEN} and not (
        verdict == "unmanaged" and finding["severity"] == "info"
    )


def build_views(document: Document) -> dict[str, HostView]:
    """Return each host of a report by its name."""
    in_force = frozenset(hold_key(hold) for host in document["hosts"] for hold in host["holds"] if protects(hold))
    return {host["host"]: HostView(host, in_force) for host in document["hosts"]}
