# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the report from the results of all hosts: one document of plain data, the source of every format. Pure.

Its schema is docs/retention-report.schema.json. Hosts are sorted by name, so that reports can be compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import recorded_source
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import DISK_VERDICTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    CLASSES,
    HostInput,
    HostStatus,
    Summary,
)

#: Increased with each change that breaks programs that read reports.
SCHEMA_VERSION = 1
#: A host that matches the pattern of the play and is outside ``--limit``.
NOT_IN_RUN = "not_in_run"
#: The verdicts of hosts. Each host has exactly one.
VERDICTS = (*CLASSES, NOT_IN_RUN)
COMPLIANT, NON_COMPLIANT, UNVERIFIED = "compliant", "non_compliant", "unverified"
#: The three states of a host, with their verdicts.
STATES: Mapping[str, tuple[str, ...]] = {
    COMPLIANT: ("compliant", "changed"),
    NON_COMPLIANT: ("drifted", "held", "refused"),
    UNVERIFIED: ("unsupported", "unverified", "not_attempted", NOT_IN_RUN),
}
#: The fields with names: those of the inventory and of devices are escaped, so that different ones stay different.
IDENTIFIERS = frozenset(
    (
        *("run_id", "user", "controller", "job", "collection_version", "ansible_version"),
        *("host", "sites", "site", "examples", "serial", "model", "firmware"),
        *("recording_group_id", "matches", "differs_in_case", "disk_id", "field", "kind", "part"),
    )
)
_CHANGE = ("operation", "recording_group_id", "nice_name", "loses_recordings", "ends_recording")
_REFUSAL = ("kind", "reason", "next_step")

Document = dict[str, Any]


@dataclass(frozen=True)
class RunInfo:
    """The run itself.

    :param run_type: ``audit`` or ``roll_out``.
    :param by: who ran it: ``user``, ``controller``, and with AWX ``job``.
    :param run_id: what all slices of a run have in common, or ``None`` if unknown.
    :param slice_number: which slice of the run this is, from 1, or ``None`` if it has no slices.
    """

    run_type: str
    title: str
    moment: datetime
    by: Mapping[str, str | None]
    collection_version: str
    ansible_version: str
    run_id: str | None = None
    slice_number: int | None = None
    slice_count: int | None = None

    @property
    def slice(self) -> dict[str, int] | None:
        """Return number and count of the slice as data."""
        if self.slice_number is None or self.slice_count is None:
            return None
        return {"number": self.slice_number, "count": self.slice_count}


def build_report(run: RunInfo, summary: Summary, inputs: Iterable[HostInput], outside: Iterable[HostInput]) -> Document:
    """Build the report.

    :param inputs: the hosts of the play, the same as in ``summary``.
    :param outside: the hosts that match its pattern and are not in this run.
    """
    statuses = {status.host: status for status in summary.statuses}
    hosts = [build_host(item, statuses[item.name]) for item in inputs]
    hosts += [build_host(item, HostStatus(item.name, NOT_IN_RUN, "Outside --limit")) for item in outside]
    document = {
        "schema_version": SCHEMA_VERSION,
        "run_type": run.run_type,
        "run_id": run.run_id,
        "slice": run.slice,
        "title": run.title,
        "created": format_time(run.moment),
        "created_by": dict(run.by),
        "collection_version": run.collection_version,
        "ansible_version": run.ansible_version,
        "slices": [],
        "ended_holds": list(summary.ended_holds),
        "unmatched_holds": list(summary.unmatched_holds),
    }
    return add_summary(document, hosts)


def add_summary(document: Mapping[str, Any], hosts: Iterable[Document]) -> Document:
    """Return the document with these hosts and their numbers."""
    ordered = sorted(hosts, key=lambda host: str(host["host"]))
    verdicts = Counter(host["verdict"] for host in ordered)
    return {
        **document,
        "summary": {
            "hosts": len(ordered),
            "states": {name: sum(verdicts[verdict] for verdict in group) for name, group in STATES.items()},
            "verdicts": {verdict: verdicts[verdict] for verdict in VERDICTS},
            "critical": sum(host["severity"] == "critical" for host in ordered),
            "recorded_sources": sum(host["recorded_sources"] or 0 for host in ordered),
            "groups": sum(len(host["findings"]) for host in ordered),
            "actual": _count_disks(ordered),
        },
        "policies": _count_policies(ordered),
        "reasons": _count_reasons(ordered),
        "sites": _count_sites(ordered),
        "retention": _count_retention(ordered),
        "hosts": ordered,
    }


def _count_disks(hosts: Iterable[Document]) -> dict[str, int] | None:
    """Return the number of disks with each verdict, or ``None`` if no recordings were verified."""
    verified = [host["actual"] for host in hosts if host["actual"]]
    if not verified:
        return None
    verdicts = Counter(disk["verdict"] for actual in verified for disk in actual["disks"])
    return {verdict: verdicts[verdict] for verdict in DISK_VERDICTS}


def build_host(host: HostInput, status: HostStatus) -> Document:
    """Build one host of the report."""
    # A host that did not run in this play has no result, or one of another task.
    result = host.result or {}
    device = result.get("device") or {}
    groups = {group["recording_group_id"]: group for group in result.get("recording_groups") or ()}
    return {
        "host": host.name,
        "sites": sorted({*host.groups} - {"all", "ungrouped"}),
        "verdict": status.host_class,
        "severity": status.severity,
        "reason": status.reason,
        "device": {name: device.get(name) for name in ("host", "serial", "model", "firmware")},
        "policy": {"purpose": host.purpose, "owner": host.owner, "digest": result.get("policy_digest")},
        "recorded_sources": _count_sources(groups.values()) if groups else None,
        "findings": [_build_finding(finding, groups) for finding in result.get("findings") or ()],
        "changes": [_build_change(change) for change in result.get("changes") or ()],
        "refused": [_build_refusal(refusal) for refusal in result.get("refused") or ()],
        "holds": [hold for hold in result.get("holds") or () if not hold["ended"] and hold["matches"]],
        "unmatched_holds": [dict(hold) for hold in status.unmatched_holds],
        "without_unmatched_holds": _build_without_holds(status),
        "error": _build_error(result),
        "actual": result.get("actual"),
    }


def _build_without_holds(status: HostStatus) -> Document | None:
    """Return what the host would be without its unmatched holds: another slice of the run may have their groups."""
    other = status.without_holds
    if other is None:
        return None
    return {"verdict": other.host_class, "severity": other.severity, "reason": other.reason}


def _build_finding(finding: Mapping[str, Any], groups: Mapping[Any, Mapping[str, Any]]) -> Document:
    fields = _build_fields(finding["differences"])
    retention = next((field for field in fields if field["field"] == "retention_time"), None)
    hours = (groups.get(finding["recording_group_id"]) or {}).get("retention_time")
    return {
        "recording_group_id": finding["recording_group_id"],
        "nice_name": finding["nice_name"],
        "verdict": finding["verdict"],
        "severity": finding["severity"],
        "reason": finding["reason"],
        "retention": {
            "expected": retention["expected"] if retention else hours,
            "found": retention["found"] if retention else hours,
        },
        "fields": fields,
    }


def _build_fields(differences: Iterable[Mapping[str, Any]]) -> list[Document]:
    return [{"field": item["field"], "expected": item["after"], "found": item["before"]} for item in differences]


def _build_change(change: Mapping[str, Any]) -> Document:
    return {**{name: change[name] for name in _CHANGE}, "fields": _build_fields(change["differences"])}


def _build_refusal(refusal: Mapping[str, Any]) -> Document:
    return {
        **_build_change(refusal),
        **{name: refusal[name] for name in _REFUSAL},
        "allowances": list(refusal["allowances"]),
    }


def _build_error(result: Mapping[str, Any]) -> Document | None:
    if not (result.get("failed") or result.get("unreachable")):
        return None
    if error := result.get("error"):
        return {name: error[name] for name in ("kind", "message", "next_step")}
    return {"kind": None, "message": str(result.get("msg") or ""), "next_step": None}


def _count_sources(groups: Iterable[Mapping[str, Any]]) -> int:
    """Return the number of recorded sources: each camera of a recorder, or each view of a camera."""
    return len({recorded_source(str(group.get("stream_options") or "")) for group in groups})


def _count_policies(hosts: Iterable[Document]) -> list[Document]:
    counts: Counter[tuple[str, str]] = Counter()
    digests: dict[tuple[str, str], set[str]] = defaultdict(set)
    for policy in (host["policy"] for host in hosts):
        key = policy["purpose"], policy["owner"]
        counts[key] += 1
        digests[key].update(filter(None, (policy["digest"],)))
    return [
        {"purpose": key[0], "owner": key[1], "digests": sorted(digests[key]), "hosts": count}
        for key, count in sorted(counts.items())
    ]


def _count_reasons(hosts: Iterable[Document]) -> list[Document]:
    """Return why hosts are non-compliant or unverified, the most frequent reason first."""
    counts = Counter(
        (host["verdict"], reason)
        for host in hosts
        if host["verdict"] not in STATES[COMPLIANT]
        for reason in _reasons(host)
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"verdict": verdict, "reason": reason, "hosts": count} for (verdict, reason), count in ordered]


def _reasons(host: Document) -> list[str]:
    """Return a short form of each reason of a host: refusals, or else findings, and an error instead of both."""
    kinds = {refusal["kind"] for refusal in host["refused"]}
    fields = {
        field["field"]
        for finding in host["findings"]
        if finding["verdict"] in ("drifted", "refused", "held")
        for field in finding["fields"]
    }
    missing = {
        "group missing" if finding["recording_group_id"] or finding["nice_name"] else "no groups"
        for finding in host["findings"]
        if finding["verdict"] == "missing"
    }
    unmanaged = {
        "unmanaged group"
        for finding in host["findings"]
        if finding["verdict"] == "unmanaged" and finding["severity"] != "info"
    }
    error = host["error"]["kind"] if host["error"] else None
    holds = {"unmatched hold" for _hold in host.get("unmatched_holds") or ()}
    reasons = sorted(kinds | holds) if kinds else sorted(missing | unmanaged | fields | holds)
    if error is not None and error not in kinds:
        reasons = [error]
    return [reason.replace("_", " ") for reason in reasons or [host["verdict"]]]


def _count_sites(hosts: Sequence[Document]) -> list[Document]:
    """Return the verdicts by inventory group, except groups that contain all hosts."""
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    for host in hosts:
        for site in host["sites"]:
            verdicts[site][host["verdict"]] += 1
    return [
        {
            "site": site,
            "hosts": counts.total(),
            "verdicts": {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
        }
        for site, counts in sorted(verdicts.items())
        if counts.total() < len(hosts)
    ]


def _count_retention(hosts: Iterable[Document]) -> list[Document]:
    """Return the number of groups by expected and found retention time, in hours. 0 is unlimited."""
    counts: Counter[tuple[int, int]] = Counter()
    for host in hosts:
        for finding in host["findings"]:
            expected, found = finding["retention"]["expected"], finding["retention"]["found"]
            if expected is not None and found is not None:
                counts[expected, found] += 1
    return [
        {"expected": expected, "found": found, "groups": count} for (expected, found), count in sorted(counts.items())
    ]
