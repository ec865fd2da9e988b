# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the numbers of a report as metrics, for the textfile collector of node_exporter. Pure.

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
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import STATES, UNVERIFIED

#: A collector reads one file, which each run replaces.
METRICS_FILE = "retention_policy.prom"
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
        if value is not None:
            key = tuple((name, _escape(str(text))) for name, text in labels.items())
            self.samples[key] = min(value, self.samples.get(key, math.inf))

    def render(self) -> Iterator[str]:
        """Yield the lines of the family, or nothing if it has no sample."""
        if not self.samples:
            return
        name = _PREFIX + self.name
        yield f"# HELP {name} {self.description}"
        yield f"# TYPE {name} gauge"
        if name.endswith("_seconds"):
            yield f"# UNIT {name} seconds"
        for labels, value in self.samples.items():
            text = ",".join(f'{label}="{content}"' for label, content in labels)
            yield f"{name}{{{text}}} {_render_number(value)}" if text else f"{name} {_render_number(value)}"


def _escape(text: str) -> str:
    # Half characters become one that can be written, before equal names are found.
    writable = text.encode("utf-8", "replace").decode()
    return writable.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _render_number(value: float) -> str:
    return "+Inf" if value == math.inf else str(int(value)) if value == int(value) else repr(value)


def render_openmetrics(document: Document) -> str:
    """Render the metrics of a report."""
    families = (*_build_run(document), *_build_counts(document), *_build_hosts(document["hosts"]))
    lines = [line for family in families for line in family.render()]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _build_run(document: Document) -> list[_Family]:
    """Build what the metrics have about the run itself."""
    info = _Family("run_info", "The kind of the last run, and the versions that it used. Always 1.")
    versions = {name: document[name] for name in ("collection_version", "ansible_version", "python_version")}
    check_mode = str(bool(document["check_mode"])).lower()
    info.add(1, run_type=document["run_type"], check_mode=check_mode, title=document["title"], **versions)
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
    verified = _Family("recordings_verified_hosts", "The number of hosts whose recordings were verified.")
    verified.add(summary["recordings_verified"])
    changed = _Family("changed_hosts", "The number of hosts that the last run changed.")
    changed.add(summary["changed"])
    findings = _Family("findings", "The number of findings that are not compliant, by severity.")
    _count(findings, "severity", SEVERITIES, _list_severities(document["hosts"]))
    holds = _Family("holds", "The number of legal holds, by state.")
    _count(holds, "state", _HOLD_STATES, (hold["state"] for hold in document["holds"]))
    return [states, verdicts, critical, verified, changed, findings, holds]


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
            age.add(None if disk["age_hours"] is None else round(disk["age_hours"] * _HOUR), **labels)
            retention.add(_find_retention(disk), **labels)
    return [status, verdict, age, retention]


def _find_retention(disk: Mapping[str, Any]) -> float | None:
    """Return the longest retention time of the groups of a disk in seconds, or ``None`` if it is unknown."""
    hours = [group["retention_time"] for group in disk["groups"] if group["retention_time"] is not None]
    return None if not hours else math.inf if 0 in hours else max(hours) * _HOUR
