# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings about disks: only a disk that is proven to keep what the policy says has none."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk, DiskDetails
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, Hold
from ansible_collections.camfleet.axis.plugins.module_utils._planner.disk_findings import (
    grade_disks,
    grade_severity,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import SEVERITIES, Finding, Policy
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import (
    DISK_VERDICTS,
    DiskAssessment,
)

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=timezone.utc)
DOOR = RecordingGroup("door", retention_time=720, disk_id="SD_DISK")
YARD = RecordingGroup("yard", retention_time=24, disk_id="SD_DISK")
NO_HOLDS = Allowances(False, (), NOW)


def disk(days: int = 0) -> DiskDetails:
    """Return a disk that deletes recordings after so many days, or never."""
    return DiskDetails(
        Disk("SD_DISK", "OK", locked=False, readonly=False),
        name="",
        total_size=116_000_000,
        free_size=60_000_000,
        full=False,
        filesystem="ext4",
        required_filesystem=None,
        encryption_enabled=False,
        encrypted=False,
        group="S0",
        cleanup_max_age=days,
        cleanup_policy="fifo",
    )


def assessed(
    verdict: str,
    age: float | None = None,
    *,
    days: int = 0,
    groups: tuple[RecordingGroup, ...] = (DOOR,),
    disk_id: str = "SD_DISK",
) -> DiskAssessment:
    """Return the verdict on a disk whose oldest recording has this age in hours."""
    return DiskAssessment(disk_id, verdict, "A reason", groups, disk(days), None, age, groups)


def held(recording_group_id: str, *, days: int = 1) -> Allowances:
    """Return a hold that ends in so many days."""
    return Allowances(False, (Hold(recording_group_id, "Case 4711", "legal", NOW + timedelta(days=days)),), NOW)


def grade_one(item: DiskAssessment, minimum: int | None = None, allowances: Allowances = NO_HOLDS) -> Finding:
    """Return the only finding."""
    (finding,) = grade_disks(Policy(minimum=minimum), [item], allowances, readable=True)
    return finding


#: Verdict, age in hours, days of the cleanup, and the severity without a minimum, and with one of 7 days.
TABLE: list[tuple[str, float | None, int, str, str]] = [
    ("short", 200, 0, "warning", "warning"),
    ("short", 168, 0, "warning", "warning"),
    ("short", 167, 0, "warning", "critical"),
    ("overdue", 2000, 0, "critical", "critical"),
    ("conflicting_cleanup", 720, 14, "warning", "warning"),
    ("conflicting_cleanup", 720, 7, "warning", "warning"),
    # What it will be, although older recordings are still there.
    ("conflicting_cleanup", 720, 6, "warning", "critical"),
    ("full", 200, 0, "warning", "warning"),
    ("full", 100, 0, "warning", "critical"),
    ("full", None, 0, "warning", "critical"),
    ("locked", 720, 0, "warning", "critical"),
    ("missing", None, 0, "warning", "critical"),
    ("insufficient_history", 1, 0, "info", "info"),
    ("insufficient_history", None, 0, "info", "info"),
    ("indeterminate", None, 0, "info", "info"),
    ("indeterminate", 1, 0, "info", "info"),
]


@pytest.mark.parametrize(("verdict", "age", "days", "without", "with_minimum"), TABLE)
def test_severity_of_each_verdict(verdict: str, age: float | None, days: int, without: str, with_minimum: str) -> None:
    item = assessed(verdict, age, days=days)
    for minimum, severity in ((None, without), (168, with_minimum)):
        assert grade_one(item, minimum) == Finding(None, None, verdict, severity, reason="A reason", disk_id="SD_DISK")
        assert grade_severity(Policy(minimum=minimum), item, NO_HOLDS) == severity


@pytest.mark.parametrize(("verdict", "days"), [("short", 0), ("full", 0), ("conflicting_cleanup", 7000 - 1)])
def test_every_age_is_below_an_unlimited_minimum(verdict: str, days: int) -> None:
    assert grade_one(assessed(verdict, 100_000, days=days), minimum=0).severity == "critical"


def test_a_disk_that_keeps_what_the_policy_says_has_no_finding() -> None:
    assert grade_disks(Policy(minimum=720), [assessed("met", 720)], NO_HOLDS, readable=True) == ()
    assert grade_severity(Policy(minimum=720), assessed("met", 719), held("door")) == "info"


def test_findings_are_sorted_by_disk() -> None:
    items = [assessed("short", 1, disk_id=disk_id) for disk_id in ("SD_DISK", "NetworkShare", "")]
    findings = grade_disks(Policy(), items, NO_HOLDS, readable=True)
    assert [item.disk_id for item in findings] == ["", "NetworkShare", "SD_DISK"]


def test_unreadable_recordings_are_a_finding_without_any_disk() -> None:
    (finding,) = grade_disks(Policy(), [], NO_HOLDS, readable=False)
    assert (finding.disk_id, finding.verdict, finding.severity) == ("", "indeterminate", "info")
    assert not finding.is_compliant
    assert grade_disks(Policy(), [], NO_HOLDS, readable=True) == ()


HELD = "A reason. Recording group door is held until 2026-11-28 12:00 UTC for Case 4711 (owner: legal)"


@pytest.mark.parametrize(
    ("item", "severity", "reason"),
    [
        (assessed("short", 200), "critical", HELD),
        (assessed("full", 200, groups=(DOOR, YARD)), "critical", HELD),
        (assessed("conflicting_cleanup", 200, days=7, groups=(DOOR, YARD)), "critical", HELD),
        # Nothing of them is lost.
        (assessed("conflicting_cleanup", 200, days=7, groups=(YARD,)), "warning", "A reason"),
        (assessed("locked", 200), "warning", "A reason"),
        (assessed("indeterminate", 200), "info", "A reason"),
        (assessed("insufficient_history", 200), "info", "A reason"),
    ],
)
def test_lost_recordings_under_a_hold_are_critical(item: DiskAssessment, severity: str, reason: str) -> None:
    finding = grade_one(item, allowances=held("d*"))
    assert (finding.severity, finding.reason) == (severity, reason)
    # A hold that differs in case protects as well, and one that has ended does not.
    assert grade_one(item, allowances=held("DOOR")).severity == severity
    assert grade_one(item, allowances=held("door", days=-1)).severity == ("info" if severity == "info" else "warning")


def test_cleanup_that_spares_the_held_group_is_a_warning() -> None:
    item = assessed("conflicting_cleanup", 200, days=7, groups=(DOOR, YARD))
    assert grade_one(item, allowances=held("yard")).severity == "warning"


@given(
    verdict=st.sampled_from(DISK_VERDICTS),
    age=st.none() | st.floats(-100, 10_000),
    days=st.integers(0, 100),
    minimum=st.none() | st.integers(0, 2_000),
    is_held=st.booleans(),
)
def test_every_disk_that_is_not_met_is_a_finding(
    verdict: str, age: float | None, days: int, minimum: int | None, is_held: bool
) -> None:
    allowances = held("door") if is_held else NO_HOLDS
    findings = grade_disks(Policy(minimum=minimum), [assessed(verdict, age, days=days)], allowances, readable=True)
    assert bool(findings) is (verdict != "met")
    for finding in findings:
        assert not finding.is_compliant
        assert (finding.severity == "info") is (verdict in ("insufficient_history", "indeterminate"))
        assert finding.severity in SEVERITIES
        stricter = grade_disks(Policy(minimum=0), [assessed(verdict, age, days=days)], allowances, readable=True)
        assert SEVERITIES.index(stricter[0].severity) >= SEVERITIES.index(finding.severity)
