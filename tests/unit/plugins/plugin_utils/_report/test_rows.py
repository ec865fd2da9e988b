# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the rows of the table of hosts: worst first, findings in words, and what each filter compares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.rows import DiskRow, GroupRow, Line, Row, build_rows
from tests.unit.plugins.plugin_utils.reports import (
    FLEET,
    OUTSIDE,
    RUN,
    drifted,
    failed,
    finding,
    held,
    host,
    report,
    result,
)

DISK = {
    **dict.fromkeys(("status", "free_size_text", "cleanup_text", "oldest", "newest")),
    **dict.fromkeys(("used_percent", "wear_percent", "cleanup_max_age", "age_hours")),
    "recordings": 7,
    "disk_id": "SD_DISK",
    "verdict": "overdue",
    "severity": "critical",
    "reason": "The oldest recording is 44.0 days old, but no group keeps more than 720 hours (30 days)",
    "groups": [],
}
ACTUAL = {
    "time_source": "device",
    "checked_at": "2026-11-27T08:00:00Z",
    "tolerance": 24,
    "disks": [],
    "unavailable": [],
}


def row(registered: dict[str, Any] | None) -> Row:
    """Build the row of a host with this result."""
    rows = build_rows(report(host("c1", registered, "harbor"), host("c2", None)))
    return next(row for row in rows if row.host == "c1")


def with_disk(**more: Any) -> dict[str, Any]:
    """Build the result of a host whose disk keeps recordings for too long."""
    disk = {**DISK, **more}
    about = {"recording_group_id": None, "nice_name": None, "disk_id": "SD_DISK", "reason": disk["reason"]}
    findings = [finding(), finding(disk["verdict"], disk["severity"], **about)]
    return result(1, *findings, actual={**ACTUAL, "disks": [disk]}, compliant=False)


def test_the_worst_hosts_are_first() -> None:
    hosts = [host("c10", drifted(10)), host("c9", drifted(9)), host("c8", drifted(8, 2160, "warning"))]
    document = report(*FLEET, *hosts, outside=OUTSIDE)
    assert [row.host for row in build_rows(document)] == ["c2", "c9", "c10", "c8", "c3", "c4", "c5", "c6", "c7", "c1"]


def test_a_difference_is_in_words() -> None:
    found = row(drifted(1, 240))
    assert found.lines == (Line("door", "retention 10 days, policy 30 days", "Below the minimum"),)
    assert (found.state, found.verdict, found.severity, found.tone) == (
        "non-compliant",
        "drifted",
        "critical",
        "critical",
    )


@pytest.mark.parametrize(
    ("registered", "lines"),
    [
        (result(1), [Line("", "1 group as the policy requires")]),
        (
            result(
                1,
                finding(
                    "missing",
                    "critical",
                    reason="The device has no such group",
                    differences=[
                        {"field": "retention_time", "before": None, "after": 720},
                        {"field": "disk_id", "before": None, "after": "SD_DISK"},
                    ],
                ),
            ),
            [Line("door", "does not exist, policy 30 days", "The device has no such group")],
        ),
        (
            result(1, finding("missing", "critical", recording_group_id=None, nice_name=None)),
            [Line("Device", "no recording groups")],
        ),
        (
            result(1, finding("drifted", "critical", reason="retention_time is not known")),
            [Line("door", "", "Retention is not known")],
        ),
        (
            with_disk(),
            [Line("SD_DISK", "overdue (privacy)", str(DISK["reason"]).replace("720 hours (30 days)", "30 days"))],
        ),
        (failed(1), [Line("", "Unreachable", "No connection")]),
        (None, [Line("", "Not attempted", "")]),
    ],
)
def test_findings_are_in_words(registered: dict[str, Any] | None, lines: list[Line]) -> None:
    assert [*row(registered).lines] == lines


def test_filters_compare_keys() -> None:
    assert row(with_disk()).keys == {
        "state": "non_compliant",
        "verdict": "failing_disk",
        "verified": "recordings",
        "severity": "critical",
        "site": "0",
        "reason": "disk_overdue disk_overdue.critical",
        "disk": "overdue",
        "retention": "720-720",
    }
    assert row(drifted(1, 24)).keys["retention"] == "720-24"
    assert row(failed(1)).keys["severity"] == ""


def test_details_have_no_missing_values() -> None:
    disk = {"used_percent": 97.0, "wear_percent": 12, "cleanup_text": "keeps until space is needed"}
    registered = with_disk(**disk, oldest="2026-11-23T08:00:00Z", recordings=20)
    registered["device"] |= {"model": "AXIS P3265-LVE", "firmware": None}
    assert row(registered).details == (
        ("address", "192.0.2.1"),
        ("serial number", "ACCC8E000001"),
        ("model", "AXIS P3265-LVE"),
        ("recorded sources", "1"),
        ("policy", "Doors"),
        ("verified", "settings and recordings"),
        (
            "disk",
            ("SD_DISK overdue (privacy); it keeps until space is needed; 97% used; wear 12%"),
        ),
        ("holds", "none"),
    )
    assert row(registered).groups == (GroupRow("door", "Door", "", "30 days", "30 days", "compliant"),)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"oldest": "2026-10-14T08:00:30Z", "newest": "2026-11-27T08:00:00Z", "recordings": 20},
            ("20", "2026-10-14 08:00", "2026-11-27 08:00"),
        ),
        ({"recordings": 0}, ("0", "none", "none")),
        ({"recordings": None}, ("unknown", "unknown", "unknown")),
    ],
)
def test_a_disk_has_its_oldest_and_newest_recording(more: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert row(with_disk(**more)).disks == (DiskRow("SD_DISK", *expected),)


def test_a_host_without_holds_says_so() -> None:
    assert ("holds", "none") in row(result(1)).details
    # Its holds are not known.
    assert "holds" not in dict(row(failed(1)).details)


def test_only_tall_rows_are_divided() -> None:
    assert not row(with_disk()).is_tall
    assert row(result(1, *(finding(recording_group_id=f"g{number}") for number in range(12)))).is_tall


@pytest.mark.parametrize(("verdict", "shows"), [("full", True), ("missing", False), ("locked", False)])
def test_a_disk_that_deletes_nothing_has_no_cleanup(verdict: str, shows: bool) -> None:
    details = row(with_disk(verdict=verdict, cleanup_text="keeps until space is needed")).details
    assert ("it keeps until" in dict(details)["disk"]) is shows


def test_a_group_that_cannot_be_created_does_not_exist() -> None:
    """Its disk is missing, so that it has no values on the device."""
    fields = ("retention_time", 720), ("pre_duration", 5000)
    differences = [{"field": name, "before": None, "after": value} for name, value in fields]
    found = row(
        result(1, finding("refused", "critical", differences=differences, reason="No disk"), recording_groups=[])
    )
    assert [*found.lines] == [Line("door", "does not exist, policy 30 days", "No disk")]
    assert found.groups == (GroupRow("door", "Door", "", "30 days", "none", "refused"),)


@pytest.mark.parametrize("verdict", ["drifted", "refused"])
def test_a_group_without_a_retention_exists(verdict: str) -> None:
    """Some devices return a group without its retention time."""
    differences = [{"field": "retention_time", "before": None, "after": 720}]
    found = row(result(1, finding(verdict, "critical", differences=differences)))
    assert [line.text for line in found.lines] == ["retention unknown, policy 30 days"]
    assert found.groups == (GroupRow("door", "Door", "", "30 days", "unknown", verdict),)


def test_a_missing_group_under_a_hold_has_no_policy() -> None:
    found = row(result(1, finding("missing", "warning", nice_name=None, reason="Held"), recording_groups=[]))
    assert found.groups == (GroupRow("door", "", "", "none", "none", "missing"),)


@pytest.mark.parametrize(
    ("run_type", "check_mode", "verb"),
    [("audit", True, "would be"), ("roll_out", True, "would be"), ("roll_out", False, "was")],
)
def test_changes_say_whether_they_were_made(run_type: str, check_mode: bool, verb: str) -> None:
    run = replace(RUN, run_type=run_type)
    document = report(host("c1", drifted(1)), run=run, check_mode=check_mode)
    (only,) = build_rows(document)
    assert ("change", f"door {verb} updated") in only.details


def test_a_hold_shows_what_it_protects() -> None:
    details = dict(row(held(1)).details)
    assert details["hold"].startswith("door until 2027-06-30")
    assert details["next step"] == "Ask legal."


def test_what_was_read_before_an_error_is_marked() -> None:
    """The device may have applied the change that was not confirmed."""
    document = report(host("c1", {**failed(1, "unconfirmed"), "findings": drifted(1)["findings"]}), check_mode=False)
    (only,) = build_rows(document)
    assert [line.text for line in only.lines] == ["retention 1 day, policy 30 days (as last read)", "Unconfirmed"]
