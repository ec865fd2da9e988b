# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two real parsers, of OpenMetrics and of the older text format of Prometheus, read the same metrics of a report."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.openmetrics import render_openmetrics
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import STATES
from tests.unit.plugins.plugin_utils import reports
from tests.unit.plugins.plugin_utils.metrics import REPORT, Samples, disk, host, read, report


def value(samples: Samples, name: str, **labels: str) -> float | None:
    """Return the value of a sample, or ``None``."""
    return samples.get((f"camfleet_retention_{name}", frozenset(labels.items())))


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
    kind = {"run_type": "audit", "check_mode": "false", "title": "Audit of the harbour"}
    assert value(samples, "run_info", **kind, **versions) == 1


def test_unknown_values_have_no_sample() -> None:
    unknown = host("c1", "unverified", "indeterminate", disk("", "indeterminate", None, None))
    text = render_openmetrics(report(unknown, duration_seconds=None, stopped="Too many hosts failed"))
    samples = read(text)
    assert "run_duration_seconds" not in text
    assert "_age_seconds" not in text
    assert "disk_retention_seconds" not in text
    assert value(samples, "run_stopped") == 1


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
        for name, disk_id, _ in hosts
    }
    found = {key[1] for key in samples if key[0] == "camfleet_retention_disk_retention_seconds"}
    assert len(found) == len(written)


def test_metrics_of_a_whole_report_have_a_fixed_name() -> None:
    files = render_files(reports.report(*reports.FLEET, outside=reports.OUTSIDE), ["openmetrics", "json"])
    assert [name.rpartition(".")[2] for name in files] == ["json", "prom"]
    samples = read(files["retention_policy.prom"])
    found = {state: value(samples, "hosts", state=state) for state in STATES}
    assert found == {"compliant": 1, "non_compliant": 2, "unverified": 4}
    assert value(samples, "hosts_by_verdict", state="unverified", verdict="not_in_run") == 1
    assert value(samples, "holds", state="active") == 1
