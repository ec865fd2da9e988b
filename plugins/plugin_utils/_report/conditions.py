# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says about one group, disk, or hold of a host: that it is compliant, what is wrong with it, or nothing.

Pure. Absence is never compliance: without a finding, a part of a host is neither compliant nor wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import sort_key
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
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
        """Return what is wrong with the host. A non-compliant host has at least one problem."""
        found = {
            _subject_of(finding): Condition(
                finding["verdict"],
                finding["severity"],
                finding["reason"],
                tuple(finding["fields"]),
                (finding["retention"]["expected"], finding["retention"]["found"]),
            )
            for finding in self.host["findings"]
            if _is_problem(finding)
        }
        for hold in self.host["unmatched_holds"]:
            subject = Subject(HOLD, hold["recording_group_id"], hold=hold_key(hold))
            found[subject] = Condition("unmatched", "critical", render_hold(hold))
        if not found and self.is_verified and self.state != COMPLIANT:
            found[Subject(HOST)] = Condition.of_host(self.host)
        return found

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
        """Return the longest retention time of the groups of a disk in hours, which sorts unlimited above all."""
        disks = (self.host["actual"] or {}).get("disks", ())
        groups = (group for disk in disks if disk["disk_id"] in (disk_id, "") for group in disk["groups"])
        return max((sort_key(group["retention_time"] or 0) for group in groups), default=0)

    def find_unproven_disk(self, disk_id: str) -> Condition | None:
        """Return the condition of a disk whose recordings prove nothing."""
        condition = self.disks.get(disk_id, self.disks.get(""))
        return condition if condition and condition.verdict in UNPROVEN else None

    @cached_property
    def holds(self) -> frozenset[HoldKey]:
        """Return the active holds that apply to the host and match a group on it, or on no host at all."""
        return frozenset(map(hold_key, (*self.host["holds"], *self.host["unmatched_holds"])))

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
        about_groups = [_subject_of(item) for item in self.host["findings"] if not item.get("disk_id")]
        if subject.is_without_groups:
            return Status.GOOD if any(not item.is_without_groups for item in about_groups) else Status.UNKNOWN
        if earlier.verdict == "unmanaged":
            return Status.GOOD  # it does not exist any longer, or may exist
        verdicts = [
            item["verdict"]
            for item in self.host["findings"]
            if (found := _subject_of(item)).key == subject.key or found.is_probably(subject)
        ]
        return Status.GOOD if "compliant" in verdicts else Status.UNKNOWN


def _subject_of(finding: Mapping[str, Any]) -> Subject:
    if disk_id := finding.get("disk_id"):
        return Subject(DISK, disk_id=disk_id)
    return Subject(GROUP, finding["recording_group_id"], finding["nice_name"])


def _is_problem(finding: Mapping[str, Any]) -> bool:
    verdict = finding["verdict"]
    return verdict not in {"compliant", "met", *UNPROVEN} and not (
        verdict == "unmanaged" and finding["severity"] == "info"
    )


def build_views(document: Document) -> dict[str, HostView]:
    """Return each host of a report by its name."""
    in_force = frozenset(hold_key(hold) for host in document["hosts"] for hold in host["holds"])
    return {host["host"]: HostView(host, in_force) for host in document["hosts"]}
