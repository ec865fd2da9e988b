# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports with what the metrics use, and the samples that two real parsers read."""

from __future__ import annotations

from typing import Any

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text_format

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import CONDITIONS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import STATES

#: by condition of a hold, no hosts
_NO_HOSTS: dict[str, list[str]] = {name: [] for name in CONDITIONS}
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def disk(disk_id: str, verdict: str, age_hours: float | None, *hours: int | None) -> dict[str, Any]:
    """Build the verdict on a disk, with groups that keep recordings for these hours."""
    groups = [{"recording_group_id": f"g{number}", "retention_time": time} for number, time in enumerate(hours)]
    return {"disk_id": disk_id, "verdict": verdict, "age_hours": age_hours, "groups": groups}


def host(
    name: str, state: str, verdict: str, *disks: dict[str, Any], severity: str = "info", findings: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Build a host with a finding of each of these severities."""
    return {
        "host": name,
        "state": state,
        "verdict": verdict,
        "severity": severity,
        "findings": [
            {"verdict": "compliant", "severity": "info"},
            *({"verdict": "drifted", "severity": item} for item in findings),
        ],
        "actual": {"disks": list(disks)} if disks else None,
    }


def report(*hosts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Build what the metrics use of a report, with numbers that do not depend on the hosts."""
    every = [verdict for group in STATES.values() for verdict in group]
    return {
        "run_type": "audit",
        "check_mode": False,
        "stopped": None,
        "slice": None,
        "slices": [],
        "scope": {"pattern": "axis", "limit": None, "inventory_sources": [], "not_in_run": 0},
        "title": "Audit of the harbor",
        "created": "2026-11-27T08:15:02Z",
        "duration_seconds": 42,
        "collection_version": "0.2.0",
        "ansible_version": "2.19.14",
        "python_version": "3.11.7",
        "summary": {
            "states": {"compliant": 3, "non_compliant": 2, "unverified": 1},
            "verdicts": {**dict.fromkeys(every, 0), "changed": 3, "drifted": 1, "failing_disk": 1, "unverified": 1},
            "critical": 2,
            "recordings_verified": 4,
            "changed": 3,
        },
        "holds": [
            {"state": "active", "conditions": {**_NO_HOSTS, "protected": ["c1", "c2"]}},
            {"state": "active", "conditions": {**_NO_HOSTS, "at_risk": ["c1"], "not_in_run": ["c3"]}},
            {"state": "unmatched", "conditions": {**_NO_HOSTS, "missing": ["c2"]}},
        ],
        "hosts": list(hosts),
        **more,
    }


REPORT = report(
    host("c1", "compliant", "changed", disk("SD_DISK", "met", 721.5, 720)),
    host(
        "c2",
        "non_compliant",
        "failing_disk",
        disk("SD_DISK", "short", 100, 720, 24),
        disk("NAS", "indeterminate", None, 0, 24),
        severity="critical",
        findings=("critical", "warning", "critical"),
    ),
    host("c3", "unverified", "unverified"),
)


def read(text: str) -> Samples:
    """Return the samples by name and labels, the same with both parsers and without duplicates."""
    assert text.endswith("\n# EOF\n")
    found = []
    for parse in (parse_openmetrics, parse_text_format):
        families = list(parse(text))
        assert len({family.name for family in families}) == len(families)
        assert all(family.type == "gauge" and family.documentation for family in families)
        samples = [item for family in families for item in family.samples]
        keys = [(item.name, frozenset(item.labels.items())) for item in samples]
        assert len(set(keys)) == len(keys)
        assert all(item.timestamp is None for item in samples)
        found.append(dict(zip(keys, (float(item.value) for item in samples), strict=True)))
    assert found[0] == found[1]
    return found[0]
