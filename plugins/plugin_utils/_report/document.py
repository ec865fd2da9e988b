# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the report from the results of all hosts: one document of plain data, the source of every format. Pure.

Its schema is docs/retention-report.schema.json. Hosts are sorted by name, so that reports can be compared. No text in
it has characters that change what is around it, and every report has the digest of its content.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import recorded_source
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import DISK_VERDICTS
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import (
    escape_invisible,
    remove_invisible,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import assess_holds, list_holds
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    COMPLIANT,
    NOT_IN_RUN,
    STATE_OF,
    STATES,
    UNVERIFIED,
    VERDICTS,
    HostInput,
    HostStatus,
    Summary,
)

#: Increased with each change that breaks programs that read reports.
SCHEMA_VERSION = 1
#: What ``run_type`` may be.
AUDIT, ROLL_OUT = "audit", "roll_out"
#: The fields with names: those of the inventory and of devices are escaped, so that different ones stay different.
IDENTIFIERS = frozenset(
    (
        *("run_id", "user", "controller", "job", "collection_version", "ansible_version", "python_version"),
        *("pattern", "limit", "inventory_sources", "host", "sites", "site", "examples", "serial", "model", "firmware"),
        *("recording_group_id", "matches", "differs_in_case", "disk_id", "field", "kind", "part"),
    )
)
_CHANGE = ("operation", "recording_group_id", "nice_name", "loses_recordings", "ends_recording")
_REFUSAL = ("kind", "reason", "next_step")
#: Of a number that is not whole. It is never written with an exponent.
_DECIMALS = 3
# Many programs read a larger one as another number.
_MAX_INTEGER = 2**53 - 1

Document = dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """Which hosts the run was about.

    :param pattern: the hosts of the play.
    :param limit: ``--limit``, or ``None`` without one.
    :param inventory_sources: the files, directories, and scripts of the inventory.
    """

    pattern: str = ""
    limit: str | None = None
    inventory_sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyWords:
    """A policy as sentences: about the groups that it names, about every group, and about groups that match."""

    groups: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunInfo:
    """The run itself.

    :param run_type: ``audit`` or ``roll_out``.
    :param moment: the end of the run.
    :param by: who ran it: ``user``, ``controller``, and with AWX ``job``.
    :param run_id: what all slices of a run have in common, or ``None`` if unknown.
    :param slice_number: which slice of the run this is, from 1, or ``None`` if it has no slices.
    :param check_mode: whether the changes in the report were only predicted.
    :param stopped: why the run ended early, or ``None``.
    :param started: its start, or ``None`` if unknown.
    :param approved_by: who approved it, or ``None`` if the user did not say.
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
    check_mode: bool = False
    stopped: str | None = None
    started: datetime | None = None
    approved_by: str | None = None
    scope: Scope = field(default_factory=Scope)
    python_version: str = ""

    @property
    def slice(self) -> dict[str, int] | None:
        """Return number and count of the slice as data."""
        if self.slice_number is None or self.slice_count is None:
            return None
        return {"number": self.slice_number, "count": self.slice_count}


def build_report(
    run: RunInfo,
    summary: Summary,
    inputs: Iterable[HostInput],
    outside: Iterable[HostInput],
    words: Mapping[str, PolicyWords] | None = None,
) -> Document:
    """Build the report, without earlier reports in ``trend``.

    :param inputs: the hosts of the play, the same as in ``summary``.
    :param outside: the hosts that match its pattern and are not in this run.
    :param words: by policy digest, the policy as sentences.
    """
    inputs = list(inputs)
    statuses = {status.host: status for status in summary.statuses}
    hosts = [build_host(item, statuses[item.name]) for item in inputs]
    # An earlier play may have failed a host, too.
    reason = "Outside --limit" if run.scope.limit else "Not in this run"
    hosts += [build_host(item, HostStatus(item.name, NOT_IN_RUN, reason)) for item in outside]
    moment, started = format_time(run.moment), format_time(run.started) if run.started else None
    document = {
        "schema_version": SCHEMA_VERSION,
        "run_type": run.run_type,
        "check_mode": run.check_mode,
        "stopped": run.stopped,
        "run_id": run.run_id,
        "slice": run.slice,
        "title": run.title,
        "created": moment,
        "started": started,
        "duration_seconds": count_seconds(started, moment),
        "created_by": dict(run.by),
        "approved_by": run.approved_by,
        "scope": {
            "pattern": run.scope.pattern,
            "limit": run.scope.limit,
            "inventory_sources": list(run.scope.inventory_sources),
        },
        "collection_version": run.collection_version,
        "ansible_version": run.ansible_version,
        "python_version": run.python_version,
        "slices": [],
        "ended_holds": list(summary.ended_holds),
        "unmatched_holds": list(summary.unmatched_holds),
    }
    return complete(document, hosts, words or {})


def count_seconds(started: str | None, ended: str) -> int | None:
    """Return the seconds between two times of a report, or ``None`` if the first one is unknown."""
    if started is None:
        return None
    # The clock may have been set meanwhile.
    return max(0, round((parse_time(ended) - parse_time(started)).total_seconds()))


def parse_time(value: str) -> datetime:
    """Return a time of a report, in UTC."""
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def complete(
    document: Mapping[str, Any],
    hosts: Iterable[Document],
    words: Mapping[str, PolicyWords],
) -> Document:
    """Return the document with these hosts and their numbers, as it may be shown, and with the digest of its content.

    :param words: by policy digest, the policy as sentences.
    """
    ordered = sorted(map(clean, hosts), key=lambda host: str(host["host"]))
    verdicts = Counter(host["verdict"] for host in ordered)
    completed = {
        **clean(document),
        "scope": {**clean(document["scope"], "scope"), "not_in_run": verdicts[NOT_IN_RUN]},
        "summary": {
            "hosts": len(ordered),
            "states": {name: sum(verdicts[verdict] for verdict in group) for name, group in STATES.items()},
            "verdicts": {verdict: verdicts[verdict] for verdict in VERDICTS},
            "critical": sum(host["severity"] == "critical" for host in ordered),
            "recorded_sources": sum(host["recorded_sources"] or 0 for host in ordered),
            "groups": sum(is_about_group(finding) for host in ordered for finding in host["findings"]),
            "recordings_verified": sum(host["recordings_verified"] for host in ordered),
            "changed": 0 if document["check_mode"] else sum(bool(host["changes"]) for host in ordered),
            "disks": _count_disks(ordered),
        },
        "policies": _count_policies(ordered, words),
        "holds": list_holds(ordered),
        "reasons": _count_reasons(ordered),
        "sites": _count_sites(ordered),
        "retention": _count_retention(ordered),
        "trend": [],
        "hosts": ordered,
    }
    return seal(completed)


def is_about_group(finding: Mapping[str, Any]) -> bool:
    """Return whether a finding is about a group, and not about a disk or a device without groups."""
    return finding["disk_id"] is None and bool(finding["recording_group_id"] or finding["nice_name"])


def clean(value: Any, name: str = "") -> Any:
    """Return a part of a report as it may be shown: names with escapes, and all other texts on one line.

    :param name: the name of its field.
    """
    if isinstance(value, str):
        # A text of a device becomes what may be shown of it.
        return (escape_invisible if name in IDENTIFIERS else remove_invisible)(str(value))
    if isinstance(value, Mapping):
        return {escape_invisible(key): clean(item, key) for key, item in value.items()}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _clean_number(value)
    return [clean(item, name) for item in value] if isinstance(value, (list, tuple)) else value


def _clean_number(value: float) -> float:
    """Return a number in the range and the precision that all programs read and write in the same way."""
    value = max(-_MAX_INTEGER, min(value, _MAX_INTEGER))
    value = round(value, _DECIMALS) if isinstance(value, float) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
    managed = {group["recording_group_id"]: group for group in result.get("recording_groups") or ()}
    groups = {**{group["recording_group_id"]: group for group in result.get("other_groups") or ()}, **managed}
    sources = {recorded_source(str(group.get("stream_options") or "")) for group in groups.values()}
    built = {
        "host": host.name,
        "sites": sorted({*host.groups} - {"all", "ungrouped"}),
        "state": STATE_OF[status.host_class],
        "verdict": status.host_class,
        "severity": status.severity,
        "reason": status.reason,
        "recordings_verified": status.recordings_verified,
        "device": {name: device.get(name) for name in ("host", "serial", "model", "firmware")},
        "policy": {"purpose": host.purpose, "owner": host.owner, "digest": result.get("policy_digest")},
        # Each camera of a recorder, or each view of a camera.
        "recorded_sources": len(sources) or None,
        "findings": [
            _build_finding(
                finding,
                groups.get(finding["recording_group_id"]) or {},
                is_managed=finding["recording_group_id"] in managed,
                has_sources=len(sources) > 1,
            )
            for finding in result.get("findings") or ()
        ],
        "changes": [_build_change(change) for change in result.get("changes") or ()],
        "refused": [_build_refusal(refusal) for refusal in result.get("refused") or ()],
        "holds": [],
        "unmatched_holds": [dict(hold) for hold in status.unmatched_holds],
        "without_unmatched_holds": _build_without_holds(status),
        "error": _build_error(result),
        "actual": result.get("actual"),
    }
    return {**built, "holds": assess_holds(host.holds, built)}


def _build_without_holds(status: HostStatus) -> Document | None:
    """Return what the host would be without its unmatched holds: another slice of the run may have their groups."""
    other = status.without_holds
    if other is None:
        return None
    return {"verdict": other.host_class, "severity": other.severity, "reason": other.reason}


def _build_finding(
    finding: Mapping[str, Any], group: Mapping[str, Any], *, is_managed: bool, has_sources: bool
) -> Document:
    """Build a finding.

    :param group: the group that it is about, or nothing if the device does not have it.
    :param is_managed: whether the policy says how the group has to be.
    :param has_sources: whether the device records several sources, so that each finding names its own.
    """
    fields = _build_fields(finding["differences"])
    retention = _find_field(fields, "retention_time")
    hours, options = group.get("retention_time"), group.get("stream_options")
    if options is None and (difference := _find_field(fields, "stream_options")):
        # The group does not exist.
        options = difference["expected"]
    return {
        "recording_group_id": finding["recording_group_id"],
        "nice_name": finding["nice_name"],
        "disk_id": finding.get("disk_id"),
        "verdict": finding["verdict"],
        "severity": finding["severity"],
        "reason": finding["reason"],
        "retention": {
            "expected": retention["expected"] if retention else hours if is_managed else None,
            "found": retention["found"] if retention else hours,
        },
        "stream_options": options,
        "recorded_source": _render_source(options, has_sources=has_sources),
        "fields": fields,
    }


def _find_field(fields: Iterable[Document], name: str) -> Document | None:
    return next((item for item in fields if item["field"] == name), None)


def _render_source(options: str | None, *, has_sources: bool) -> str | None:
    device, camera = recorded_source(options or "")
    if options is None or not (has_sources or device):
        return None
    return f"{device}, camera {camera}" if device and camera else device or f"camera {camera}"


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


def _count_policies(hosts: Iterable[Document], words: Mapping[str, PolicyWords]) -> list[Document]:
    """Return each policy, with the number of its hosts, and in words."""
    counts = Counter((host["policy"]["purpose"], host["policy"]["owner"], host["policy"]["digest"]) for host in hosts)
    policies = []
    for (purpose, owner, digest), count in sorted(counts.items(), key=lambda item: (*item[0][:2], item[0][2] or "")):
        sentences = words.get(digest or "", PolicyWords())
        policies.append(
            {
                "purpose": purpose,
                "owner": owner,
                "digest": digest,
                "hosts": count,
                "groups": clean(sentences.groups),
                "bounds": clean(sentences.bounds),
                "rules": clean(sentences.rules),
            }
        )
    return policies


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
        "group missing" if is_about_group(finding) else "no groups"
        for finding in host["findings"]
        if finding["verdict"] == "missing" and finding["disk_id"] is None
    }
    disks = {
        f"disk {finding['verdict']}"
        for finding in host["findings"]
        if finding["disk_id"] is not None and finding["severity"] != "info"
    }
    unmanaged = {
        "unmanaged group"
        for finding in host["findings"]
        if finding["verdict"] == "unmanaged" and finding["severity"] != "info"
    }
    error = host["error"]["kind"] if host["error"] else None
    holds = {"unmatched hold" for _hold in host.get("unmatched_holds") or ()}
    reasons = sorted(kinds | disks | holds) if kinds else sorted(missing | unmanaged | fields | disks | holds)
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
    # What was read before a check failed is not what the device has.
    for host in (host for host in hosts if host["verdict"] != UNVERIFIED):
        for finding in host["findings"]:
            expected, found = finding["retention"]["expected"], finding["retention"]["found"]
            if expected is not None and found is not None:
                counts[expected, found] += 1
    return [
        {"expected": expected, "found": found, "groups": count} for (expected, found), count in sorted(counts.items())
    ]
