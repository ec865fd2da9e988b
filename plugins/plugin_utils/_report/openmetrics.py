# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the numbers of a report as metrics, for the textfile collector of node_exporter. Pure.

Alerts use these numbers: audits and roll-outs of all hosts, runs of a part of the hosts, and roll-outs in check mode
have files of their own, with the kind of the run as a label, so that none of them resolves an alert about another.

The text is valid in OpenMetrics 1.0 and in the older text format of Prometheus, which the collector reads. Therefore
all metrics are gauges without timestamps: the older format has no type ``info``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import SEVERITIES
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import AUDIT, ROLL_OUT, Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import CONDITIONS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    STATES,
    UNVERIFIED,
    render_count,
)

#: The file of the last audit of all hosts, for a collector. Files of other kinds of runs have the kind in their names.
METRICS_FILE, METRICS_SUFFIX = "retention_policy.prom", ".prom"
_PREFIX = "camfleet_retention_"
_HOUR = 3600
_HOLD_STATES = ("active", "ended", "unmatched")


@dataclass
class _Family:
    """All samples of a metric.

    :param name: without the prefix of all metrics.
    """

    name: str
    description: str
    samples: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict)

    def add(self, value: float | None, **labels: object) -> None:
        """Add a sample, unless its value is unknown. A sample occurs once; of two values, the smaller one counts."""
        # Nothing here can be negative: such a number is of a clock that is wrong.
        if value is not None and value >= 0:
            key = tuple((name, _escape(str(text))) for name, text in labels.items())
            self.samples[key] = min(value, self.samples.get(key, math.inf))

    def render(self, kind: str) -> Iterator[str]:
        """Yield the lines of the family, or nothing if it has no sample.

        :param kind: a label of all samples. A collector rejects all files if two of them have an equal sample.
        """
        if not self.samples:
            return
        name = _PREFIX + self.name
        yield f"# HELP {name} {self.description}"
        yield f"# TYPE {name} gauge"
        if name.endswith("_seconds"):
            yield f"# UNIT {name} seconds"
        for labels, value in self.samples.items():
            text = ",".join(f'{label}="{content}"' for label, content in (("run_type", kind), *labels))
            yield f"{name}{{{text}}} {_render_number(value)}"


def _escape(text: str) -> str:
    # Half characters become one that can be written, before equal names are found.
    writable = text.encode("utf-8", "replace").decode()
    return writable.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _render_number(value: float) -> str:
    return "+Inf" if value == math.inf else str(int(value)) if value == int(value) else repr(value)


def render_openmetrics(document: Document) -> str:
    """Render the metrics of a report."""
    families = (*_build_run(document), *_build_counts(document), *_build_hosts(document["hosts"]))
    lines = [line for family in families for line in family.render(find_kind(document))]
    return "\n".join([*lines, "# EOF"]) + "\n"


def find_kind(document: Document) -> str:
    """Return the label of a run: its type, with what makes it less than a run of all hosts."""
    run_type: str = document["run_type"]
    if document["check_mode"] and run_type != AUDIT:
        return f"{run_type}_check"
    return f"partial_{run_type}" if _find_part(document) else run_type


def _find_part(document: Document) -> str | None:
    """Return why a report does not have the numbers of all hosts, or ``None`` if it has."""
    if document["slice"]:
        return f"this is slice {document['slice']['number']} of {document['slice']['count']}"
    # The slices of a merged report may have had one, too.
    if document["scope"]["limit"] and not document["slices"]:
        return "--limit restricted the run"
    outside = document["scope"]["not_in_run"]
    verb = "was" if outside == 1 else "were"
    return f"{render_count(outside)} of the pattern {verb} not in the run" if outside else None


def find_metrics_file(document: Document) -> str:
    """Return the name of the file of metrics, which each run of the same kind replaces."""
    return _name_file(find_kind(document))


def _name_file(kind: str) -> str:
    return METRICS_FILE if kind == AUDIT else METRICS_FILE.replace(METRICS_SUFFIX, f"_{kind}{METRICS_SUFFIX}")


def render_metrics_lines(document: Document, formats: Iterable[str]) -> list[str]:
    """Render that the metrics of the last run of all hosts remain, and why, for the summary."""
    kind = find_kind(document)
    if "openmetrics" not in formats or kind == document["run_type"]:
        return []
    reason = "check mode changes nothing" if kind == f"{ROLL_OUT}_check" else _find_part(document)
    whole = _name_file(document["run_type"])
    return [f"Metrics: {_name_file(kind)}. {whole} is not replaced, because {reason}."]


def _build_run(document: Document) -> list[_Family]:
    """Build what the metrics have about the run itself."""
    info = _Family("run_info", "The kind of the last run, and the versions that it used. Always 1.")
    versions = {name: document[name] for name in ("collection_version", "ansible_version", "python_version")}
    check_mode = str(bool(document["check_mode"])).lower()
    info.add(1, check_mode=check_mode, title=document["title"], pattern=document["scope"]["pattern"], **versions)
    created = _Family("run_timestamp_seconds", "When the last run ended, as Unix time.")
    created.add(_parse_time(document["created"]))
    duration = _Family("run_duration_seconds", "How long the last run took.")
    duration.add(document["duration_seconds"])
    stopped = _Family("run_stopped", "Whether the last run stopped before it reached all hosts.")
    stopped.add(int(document["stopped"] is not None))
    return [info, created, duration, stopped]


def _parse_time(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _build_counts(document: Document) -> list[_Family]:
    """Build the numbers of hosts, findings, and holds."""
    summary = document["summary"]
    states = _Family("hosts", "The number of hosts in each state.")
    verdicts = _Family("hosts_by_verdict", "The number of hosts with each verdict, which refines the state.")
    for state, group in STATES.items():
        states.add(summary["states"][state], state=state)
        for verdict in group:
            verdicts.add(summary["verdicts"][verdict], state=state, verdict=verdict)
    critical = _Family("critical_hosts", "The number of hosts with a critical finding.")
    critical.add(summary["critical"])
    verified = _Family(
        "recordings_verified_hosts", "The number of hosts whose recordings were read, whatever they prove."
    )
    verified.add(summary["recordings_verified"])
    changed = _Family("changed_hosts", "The number of hosts that the last run changed.")
    changed.add(summary["changed"])
    findings = _Family("findings", "The number of findings that are not compliant, by severity.")
    _count(findings, "severity", SEVERITIES, _list_severities(document["hosts"]))
    holds = _Family("holds", "The number of legal holds, by state.")
    _count(holds, "state", _HOLD_STATES, (hold["state"] for hold in document["holds"]))
    conditions = _Family("hold_hosts", "The number of hosts of legal holds, by condition. A host counts for each hold.")
    for condition in CONDITIONS:
        conditions.add(sum(len(hold["conditions"][condition]) for hold in document["holds"]), condition=condition)
    return [states, verdicts, critical, verified, changed, findings, holds, conditions]


def _count(family: _Family, label: str, values: Iterable[str], found: Iterable[str]) -> None:
    # Also those that do not occur: an absent sample is not zero in an expression.
    counts = Counter(found)
    for value in values:
        family.add(counts[value], **{label: value})


def _list_severities(hosts: Iterable[Document]) -> Iterator[str]:
    return (finding["severity"] for host in hosts for finding in host["findings"] if finding["verdict"] != "compliant")


def _build_hosts(hosts: Iterable[Document]) -> list[_Family]:
    """Build what the metrics have about each host, and each of its disks."""
    status = _Family("host_status", "State, verdict, and severity of a host. Always 1.")
    verdict = _Family("disk_verdict", "The verdict on the recordings of a disk. Always 1.")
    age = _Family(
        "disk_oldest_recording_age_seconds", "The age of the oldest recording of a disk when the last run read it."
    )
    retention = _Family(
        "disk_retention_seconds", "The longest configured retention time of the recording groups of a disk."
    )
    for host in hosts:
        name = host["host"]
        severity = "unknown" if host["state"] == UNVERIFIED else host["severity"]
        status.add(1, host=name, state=host["state"], verdict=host["verdict"], severity=severity)
        for disk in (host["actual"] or {}).get("disks") or ():
            labels = {"host": name, "disk_id": disk["disk_id"]}
            verdict.add(1, **labels, verdict=disk["verdict"])
            age.add(_count_seconds(disk["age_hours"]), **labels)
            retention.add(_find_retention(disk), **labels)
    return [status, verdict, age, retention]


def _count_seconds(hours: float | None) -> int | None:
    """Return a time in seconds, or ``None`` if it is unknown."""
    return None if hours is None or not math.isfinite(hours) else round(hours * _HOUR)


def _find_retention(disk: Mapping[str, Any]) -> float | None:
    """Return the longest retention time of the groups of a disk in seconds, or ``None`` if it is unknown."""
    hours = [group["retention_time"] for group in disk["groups"] if group["retention_time"] is not None]
    return None if not hours else math.inf if 0 in hours else max(hours) * _HOUR
