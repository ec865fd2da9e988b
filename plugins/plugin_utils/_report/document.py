# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pure: the results of all hosts → the report, as one document of plain data that every format is made of.

Its shape is docs/retention-report.schema.json. Hosts are in the order of their names, so that two reports compare.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import parse_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import ACTUAL_VERDICTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    CLASSES,
    HostReport,
    HostStatus,
    Summary,
)

#: Raised when what programs read is no longer what it was.
SCHEMA_VERSION = 1
#: A host that matches the pattern of the play and was left out of it by ``--limit``.
NOT_IN_RUN = "not_in_run"
#: What a host may be, from good to unknown. Each host is exactly one of them.
VERDICTS = (*CLASSES, NOT_IN_RUN)
#: What the verdicts come to for whoever reads the first line only.
PROVEN, OTHERWISE, UNKNOWN = "as_the_policy_says", "not_as_the_policy_says", "unverified"
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    PROVEN: ("compliant", "changed"),
    OTHERWISE: ("drifted", "held", "refused"),
    UNKNOWN: ("unsupported", "unverified", "not_attempted", NOT_IN_RUN),
}
_CHANGE = ("operation", "recording_group_id", "nice_name", "loses_recordings")

Document = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What is to be said of the run itself.

    :param kind: ``audit`` or ``roll_out``.
    :param by: who ran it: ``user``, ``controller``, and with AWX ``job``.
    """

    kind: str
    title: str
    moment: datetime
    by: Mapping[str, str | None]
    collection_version: str
    ansible_version: str


def build_report(run: Run, summary: Summary, reports: Iterable[HostReport], outside: Iterable[HostReport]) -> Document:
    """The whole report.

    :param reports: the hosts of the play, those of ``summary``.
    :param outside: the hosts that match its pattern too and are not in this run.
    """
    standings = {standing.host: standing for standing in summary.standings}
    hosts = [host_of(report, standings[report.host]) for report in reports]
    hosts += [host_of(report, HostStatus(report.host, NOT_IN_RUN, "Outside --limit")) for report in outside]
    document = {
        "schema_version": SCHEMA_VERSION,
        "kind": run.kind,
        "title": run.title,
        "created": f"{run.moment:%Y-%m-%dT%H:%M:%SZ}",
        "created_by": dict(run.by),
        "collection_version": run.collection_version,
        "ansible_version": run.ansible_version,
        "slices": [],
        "ended_holds": list(summary.ended_holds),
        "unmatched_holds": list(summary.unmatched_holds),
    }
    return with_summary(document, hosts)


def with_summary(document: Mapping[str, Any], hosts: Iterable[Document]) -> Document:
    """A document with these hosts, counted."""
    ordered = sorted(hosts, key=lambda host: str(host["host"]))
    verdicts = Counter(host["verdict"] for host in ordered)
    return {
        **document,
        "summary": {
            "hosts": len(ordered),
            "outcomes": {name: sum(verdicts[verdict] for verdict in group) for name, group in OUTCOMES.items()},
            "verdicts": {verdict: verdicts[verdict] for verdict in VERDICTS},
            "critical": sum(host["severity"] == "critical" for host in ordered),
            "recorded_sources": sum(host["recorded_sources"] or 0 for host in ordered),
            "groups": sum(len(host["findings"]) for host in ordered),
            "actual": _actual(ordered),
        },
        "policies": _policies(ordered),
        "reasons": _reasons(ordered),
        "sites": _sites(ordered),
        "retention": _retention(ordered),
        "hosts": ordered,
    }


def _actual(hosts: Iterable[Document]) -> dict[str, int] | None:
    """How many disks have which verdict; nothing where nobody looked at the recordings."""
    told = [host["actual"] for host in hosts if host["actual"]]
    if not told:
        return None
    verdicts = Counter(disk["verdict"] for actual in told for disk in actual["disks"])
    return {verdict: verdicts[verdict] for verdict in ACTUAL_VERDICTS}


def host_of(report: HostReport, standing: HostStatus) -> Document:
    """One host of the report."""
    # What did not run in this play left something else, or nothing.
    result = report.result or {}
    device = result.get("device") or {}
    groups = {group["recording_group_id"]: group for group in result.get("recording_groups") or ()}
    return {
        "host": report.host,
        "sites": sorted({*report.groups} - {"all", "ungrouped"}),
        "verdict": standing.kind,
        "severity": standing.severity,
        "reason": standing.reason,
        "device": {name: device.get(name) for name in ("host", "serial", "model", "firmware")},
        "policy": {"purpose": report.purpose, "owner": report.owner, "digest": result.get("policy_digest")},
        "recorded_sources": _sources(groups.values()) if groups else None,
        "findings": [_finding(finding, groups) for finding in result.get("findings") or ()],
        "changes": [_change(change) for change in result.get("changes") or ()],
        "refused": [
            {**_change(change), "kind": change["kind"], "reason": change["reason"], "next_step": change["next_step"]}
            for change in result.get("refused") or ()
        ],
        "holds": [hold for hold in result.get("holds") or () if not hold["ended"] and hold["matches"]],
        "error": _error(result),
        "actual": result.get("actual"),
    }


def _finding(finding: Mapping[str, Any], groups: Mapping[Any, Mapping[str, Any]]) -> Document:
    fields = _fields(finding["differences"])
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


def _fields(differences: Iterable[Mapping[str, Any]]) -> list[Document]:
    return [{"field": item["field"], "expected": item["after"], "found": item["before"]} for item in differences]


def _change(change: Mapping[str, Any]) -> Document:
    return {**{name: change[name] for name in _CHANGE}, "fields": _fields(change["differences"])}


def _error(result: Mapping[str, Any]) -> Document | None:
    if not (result.get("failed") or result.get("unreachable")):
        return None
    error = result.get("error") or {}
    return {
        "kind": error.get("kind"),
        "message": str(result.get("msg") or ""),
        "next_step": error.get("next_step"),
    }


def _sources(groups: Iterable[Mapping[str, Any]]) -> int:
    """How many sources are recorded: of a recorder each camera, of a camera each of its views."""
    return len(set(map(_source, groups)))


def _source(group: Mapping[str, Any]) -> tuple[str, str]:
    try:
        options = dict(parse_stream_options(group.get("stream_options") or ""))
    except InvalidOptionError:
        return str(group.get("stream_options")), ""
    return options.get("device", "").upper(), options.get("camera", "1")


def _policies(hosts: Iterable[Document]) -> list[Document]:
    counted: Counter[tuple[str, str]] = Counter()
    digests: dict[tuple[str, str], set[str]] = defaultdict(set)
    for policy in (host["policy"] for host in hosts):
        key = policy["purpose"], policy["owner"]
        counted[key] += 1
        digests[key].update(filter(None, (policy["digest"],)))
    return [
        {"purpose": key[0], "owner": key[1], "digests": sorted(digests[key]), "hosts": count}
        for key, count in sorted(counted.items())
    ]


def _reasons(hosts: Iterable[Document]) -> list[Document]:
    """Why hosts are not as their policy says, or unverified: the most frequent reason first."""
    counted = Counter(
        (host["verdict"], word) for host in hosts if host["verdict"] not in OUTCOMES[PROVEN] for word in _why(host)
    )
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{"verdict": verdict, "reason": word, "hosts": count} for (verdict, word), count in ordered]


def _why(host: Document) -> Iterator[str]:
    """Each of a host's reasons in a word or two, those of a refusal before those of a failure."""
    kinds = {refusal["kind"] for refusal in host["refused"]}
    fields = {
        field["field"]
        for finding in host["findings"]
        if finding["verdict"] in ("drifted", "refused", "held")
        for field in finding["fields"]
    }
    missing = {"group missing" for finding in host["findings"] if finding["verdict"] == "missing"}
    foreign = {
        "unexpected group"
        for finding in host["findings"]
        if finding["verdict"] == "unmanaged" and finding["severity"] != "info"
    }
    error = host["error"]["kind"] if host["error"] else None
    words = sorted(kinds) or sorted(missing | foreign | fields)
    if error is not None and error not in kinds:
        words = [error]
    return iter([word.replace("_", " ") for word in words] or [host["verdict"].replace("_", " ")])


def _sites(hosts: Sequence[Document]) -> list[Document]:
    """By inventory group, how its hosts stand: in each that it is in. A group of all hosts tells none from another."""
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    for host in hosts:
        for site in host["sites"]:
            verdicts[site][host["verdict"]] += 1
    return [
        {
            "site": site,
            "hosts": sum(counted.values()),
            "verdicts": {verdict: counted[verdict] for verdict in VERDICTS if counted[verdict]},
        }
        for site, counted in sorted(verdicts.items())
        if sum(counted.values()) < len(hosts)
    ]


def _retention(hosts: Iterable[Document]) -> list[Document]:
    """How many groups have which retention time, in hours, where which one is expected. 0 is unlimited."""
    counted: Counter[tuple[int, int]] = Counter()
    for host in hosts:
        for finding in host["findings"]:
            expected, found = finding["retention"]["expected"], finding["retention"]["found"]
            if expected is not None and found is not None:
                counted[expected, found] += 1
    return [
        {"expected": expected, "found": found, "groups": count} for (expected, found), count in sorted(counted.items())
    ]
