# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two real parsers, of OpenMetrics and of the older text format of Prometheus, read the same metrics of a report."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.openmetrics import (
    find_metrics_file,
    render_metrics_lines,
    render_openmetrics,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import STATES
from tests.unit.plugins.plugin_utils import reports
from tests.unit.plugins.plugin_utils.metrics import REPORT, Samples, disk, host, read, report


def value(samples: Samples, name: str, run_type: str = "audit", **labels: str) -> float | None:
    """Return the value of a sample of a kind of run, or ``None``."""
    return samples.get((f"camfleet_retention_{name}", frozenset({"run_type": run_type, **labels}.items())))


def test_hosts_are_counted_by_state_and_verdict() -> None:
    samples = read(render_openmetrics(REPORT))
    assert {state: value(samples, "hosts", state=state) for state in STATES} == {
        "compliant": 3,
        "non_compliant": 2,
        "unverified": 1,
    }
    assert value(samples, "hosts_by_verdict", state="compliant", verdict="changed") == 3
    assert value(samples, "hosts_by_verdict", state="non_compliant", verdict="failing_disk") == 1
    # An expression with an absent sample has no value.
    assert value(samples, "hosts_by_verdict", state="non_compliant", verdict="held") == 0
    assert value(samples, "critical_hosts") == 2
    assert value(samples, "recordings_verified_hosts") == 4
    assert value(samples, "changed_hosts") == 3


def test_findings_are_counted_by_severity_without_compliant_groups() -> None:
    samples = read(render_openmetrics(REPORT))
    found = {name: value(samples, "findings", severity=name) for name in ("critical", "warning", "cosmetic", "info")}
    assert found == {"critical": 2, "warning": 1, "cosmetic": 0, "info": 0}
    holds = {name: value(samples, "holds", state=name) for name in ("active", "ended", "unmatched")}
    assert holds == {"active": 2, "ended": 0, "unmatched": 1}
    conditions = ("at_risk", "missing", "not_verified", "not_in_run", "settings_only", "protected", "no_group", "ended")
    hosts = {name: value(samples, "hold_hosts", condition=name) for name in conditions}
    assert [*hosts.values()] == [1, 1, 0, 1, 0, 2, 0, 0]


def test_each_disk_has_age_and_retention_in_seconds() -> None:
    samples = read(render_openmetrics(REPORT))
    ages = {key: number for key, number in samples.items() if key[0].endswith("_recording_age_seconds")}
    assert sorted(ages.values()) == [360_000, 2_597_400]
    assert value(samples, "disk_oldest_recording_age_seconds", host="c1", disk_id="SD_DISK") == 2_597_400
    assert value(samples, "disk_retention_seconds", host="c1", disk_id="SD_DISK") == 30 * 86_400
    assert value(samples, "disk_retention_seconds", host="c2", disk_id="SD_DISK") == 30 * 86_400
    # 0 is unlimited.
    assert value(samples, "disk_retention_seconds", host="c2", disk_id="NAS") == math.inf
    assert value(samples, "disk_verdict", host="c2", disk_id="SD_DISK", verdict="short") == 1


def test_each_host_has_its_state() -> None:
    samples = read(render_openmetrics(REPORT))
    labels = {"state": "non_compliant", "verdict": "failing_disk", "severity": "critical"}
    assert value(samples, "host_status", host="c2", **labels) == 1
    # Nothing is known about an unverified host.
    labels = {"state": "unverified", "verdict": "unverified", "severity": "unknown"}
    assert value(samples, "host_status", host="c3", **labels) == 1


def test_run_has_time_duration_and_versions() -> None:
    samples = read(render_openmetrics(REPORT))
    ended = datetime(2026, 11, 27, 8, 15, 2, tzinfo=timezone.utc)
    assert value(samples, "run_timestamp_seconds") == ended.timestamp()
    assert value(samples, "run_duration_seconds") == 42
    assert value(samples, "run_stopped") == 0
    versions = {"collection_version": "0.2.0", "ansible_version": "2.19.14", "python_version": "3.11.7"}
    kind = {"check_mode": "false", "title": "Audit of the harbor", "pattern": "axis"}
    assert value(samples, "run_info", **kind, **versions) == 1


def test_unknown_values_have_no_sample() -> None:
    unknown = host("c1", "unverified", "indeterminate", disk("", "indeterminate", None, None))
    text = render_openmetrics(report(unknown, duration_seconds=None, stopped="Too many hosts failed"))
    samples = read(text)
    assert "run_duration_seconds" not in text
    assert "_age_seconds" not in text
    assert "disk_retention_seconds" not in text
    assert value(samples, "run_stopped") == 1


@pytest.mark.parametrize("age", [-0.1, -8760.0, math.nan, None])
def test_impossible_age_has_no_sample(age: float | None) -> None:
    """The clock of a device may be before its own recordings."""
    disks = (disk("SD_DISK", "indeterminate", age, 720), disk("NAS", "met", 0, 720))
    samples = read(render_openmetrics(report(host("c1", "unverified", "indeterminate", *disks), duration_seconds=-3)))
    ages = {dict(key[1])["disk_id"]: number for key, number in samples.items() if key[0].endswith("_age_seconds")}
    assert ages == {"NAS": 0}
    assert value(samples, "disk_retention_seconds", host="c1", disk_id="SD_DISK") == 30 * 86_400
    assert value(samples, "run_duration_seconds") is None


def test_report_without_hosts_is_valid() -> None:
    samples = read(render_openmetrics(report(summary={**REPORT["summary"], "critical": 0}, holds=[])))
    assert value(samples, "critical_hosts") == 0


def test_metadata_is_once_and_before_the_samples() -> None:
    lines = render_openmetrics(REPORT).splitlines()
    kinds = [line.split()[:3] for line in lines if line.startswith("# ") and line != "# EOF"]
    assert len({(kind, name) for _hash, kind, name in kinds}) == len(kinds)
    units = {name for _hash, kind, name in kinds if kind == "UNIT"}
    assert units == {name for _hash, _kind, name in kinds if name.endswith("_seconds")}
    seen: set[str] = set()
    for line in lines[:-1]:
        name = line.split()[2] if line.startswith("#") else re.split(r"[{ ]", line)[0]
        assert not (line.startswith("#") and name in seen)
        if not line.startswith("#"):
            seen.add(name)


@pytest.mark.fault("hostile name in the metrics")
@pytest.mark.parametrize(
    "name", ['a"b', "a\\", "a\\n", 'a"} 1\ncamfleet_retention_hosts{state="compliant"} 99', "#", "{}", "ü", "a\tb", ""]
)
def test_hostile_names_stay_inside_their_label(name: str) -> None:
    samples = read(render_openmetrics(report(host(name, "compliant", "compliant", disk(name, "met", 1, 1)))))
    assert value(samples, "disk_verdict", host=name, disk_id=name, verdict="met") == 1
    assert value(samples, "hosts", state="compliant") == 3


@pytest.mark.fault("hostile name in the metrics")
def test_names_that_cannot_be_written_are_no_duplicates() -> None:
    hosts = (
        host(name, "compliant", "compliant", disk("D", "met", age, 9)) for name, age in (("\ud800", 5), ("\udc80", 3))
    )
    samples = read(render_openmetrics(report(*hosts)))
    assert value(samples, "disk_oldest_recording_age_seconds", host="?", disk_id="D") == 3 * 3600


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), st.floats(0, 1e6)), max_size=4))
def test_any_names_have_one_sample_each(hosts: list[tuple[str, str, float]]) -> None:
    built = [host(name, "compliant", "compliant", disk(disk_id, "met", age, 24)) for name, disk_id, age in hosts]
    samples = read(render_openmetrics(report(*built)))
    written = {
        (name.encode("utf-8", "replace").decode(), disk_id.encode("utf-8", "replace").decode())
        for name, disk_id, _unused in hosts
    }
    found = {key[1] for key in samples if key[0] == "camfleet_retention_disk_retention_seconds"}
    assert len(found) == len(written)


def test_metrics_of_a_report_have_a_fixed_name() -> None:
    files = render_files(reports.report(*reports.FLEET), ["openmetrics", "json"])
    assert [name.rpartition(".")[2] for name in files] == ["json", "prom"]
    samples = read(files["retention_policy.prom"])
    found = {state: value(samples, "hosts", state=state) for state in STATES}
    assert found == {"compliant": 1, "non_compliant": 2, "unverified": 3}
    assert value(samples, "holds", state="active") == 1
    files = render_files(reports.report(*reports.FLEET, outside=reports.OUTSIDE), ["openmetrics"])
    samples = read(files["retention_policy_partial_audit.prom"])
    labels = {"state": "unverified", "verdict": "not_in_run"}
    assert value(samples, "hosts_by_verdict", "partial_audit", **labels) == 1


SCOPE = REPORT["scope"]
#: What a run is, then the kind in its metrics, and why those of the last run of all hosts remain.
KINDS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "audit", ""),
    ({"check_mode": True}, "audit", ""),
    ({"stopped": "Too many hosts failed"}, "audit", ""),
    ({"run_type": "roll_out"}, "roll_out", ""),
    ({"run_type": "roll_out", "stopped": "Too many hosts failed"}, "roll_out", ""),
    ({"run_type": "roll_out", "check_mode": True}, "roll_out_check", "check mode changes nothing"),
    ({"scope": {**SCOPE, "limit": "a,b"}}, "partial_audit", "--limit restricted the run"),
    ({"scope": {**SCOPE, "limit": "a"}, "check_mode": True}, "partial_audit", "--limit restricted the run"),
    ({"scope": {**SCOPE, "not_in_run": 1}}, "partial_audit", "1 host of the pattern was not in the run"),
    ({"slice": {"number": 2, "count": 4}}, "partial_audit", "this is slice 2 of 4"),
    ({"run_type": "roll_out", "scope": {**SCOPE, "limit": "a"}}, "partial_roll_out", "--limit restricted the run"),
    (
        {"run_type": "roll_out", "scope": {**SCOPE, "limit": "a"}, "check_mode": True},
        *("roll_out_check", "check mode changes nothing"),
    ),
    # Slices with a limit that together are all hosts.
    ({"scope": {**SCOPE, "limit": "a, b"}, "slices": [{}, {}]}, "audit", ""),
    (
        {"scope": {**SCOPE, "limit": "a, b", "not_in_run": 3}, "slices": [{}, {}]},
        *("partial_audit", "3 hosts of the pattern were not in the run"),
    ),
]


@pytest.mark.fault("metrics of a part of the hosts")
def test_only_runs_of_all_hosts_replace_the_metrics_of_alerts() -> None:
    """No two kinds of run have a file or a sample in common, so that a collector accepts all of them."""
    files, seen = {"audit": "retention_policy.prom"}, {}
    for more, kind, reason in KINDS:
        document = report(host("c1", "compliant", "compliant", disk("SD_DISK", "met", 1, 1)), **more)
        name = files.setdefault(kind, f"retention_policy_{kind}.prom")
        assert find_metrics_file(document) == name, more
        samples = read(render_openmetrics(document))
        assert {dict(labels)["run_type"] for _name, labels in samples} == {kind}
        assert seen.setdefault(name, samples.keys()) >= samples.keys() - {
            key for key in samples if key[0].endswith("run_info")
        }
        whole = {"audit": "retention_policy.prom", "roll_out": "retention_policy_roll_out.prom"}[document["run_type"]]
        expected = [f"Metrics: {name}. {whole} is not replaced, because {reason}."] if reason else []
        assert render_metrics_lines(document, ["html", "openmetrics"]) == expected
        assert render_metrics_lines(document, ["html", "json"]) == []
    assert len({*files.values()}) == 5
