# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the list of what to do: every problem has a next step, and no host without a verdict of its own is lost."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import STATES, VERDICTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import render_html
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.to_do import (
    PROBLEMS,
    URGENCIES,
    build_to_do,
    find_problems,
)
from tests.unit.plugins.plugin_utils.reports import (
    ACTUAL,
    FLEET,
    HOLD,
    OUTSIDE,
    change,
    drifted,
    failed,
    finding,
    held,
    host,
    report,
    result,
)


def problems(registered: dict[str, Any] | None) -> dict[str, str]:
    """Return the problems of a host with this result."""
    (only,) = report(host("c1", registered))["hosts"]
    return find_problems(only)


def differing(field: str, found: Any, expected: Any, severity: str = "warning") -> dict[str, Any]:
    """Build the result of a host with one field that differs."""
    differences = [{"field": field, "before": found, "after": expected}]
    return result(1, finding("drifted", severity, differences=differences))


def disk(verdict: str, severity: str) -> dict[str, Any]:
    """Build the result of a host with one disk that is not as the policy requires."""
    about = {"recording_group_id": None, "nice_name": None, "disk_id": "SD_DISK", "reason": "R"}
    return result(1, finding(), finding(verdict, severity, **about))


@pytest.mark.parametrize(
    ("registered", "expected"),
    [
        (result(1), {}),
        (drifted(1, 24), {"retention_short": "critical"}),
        (drifted(1, 2160, "warning"), {"retention_long": "warning"}),
        (drifted(1, 0, "warning"), {"retention_long": "warning"}),
        (drifted(1, 2160, "critical"), {"retention_privacy": "critical"}),
        (differing("retention_time", None, 720), {"retention_unknown": "warning"}),
        (differing("nice_name", "a", "b", "cosmetic"), {"names": "cosmetic"}),
        (differing("stream_options", "camera=1", "camera=2"), {"settings": "warning"}),
        (differing("recording", "never", "always"), {"recording": "warning"}),
        (result(1, finding("drifted", "critical", reason="Below the minimum")), {"retention_bounds": "critical"}),
        (
            result(1, finding("drifted", "critical", recording_group_id="x", reason="retention_time is not known")),
            {"retention_unknown": "critical"},
        ),
        (
            result(
                1,
                finding(
                    "drifted",
                    "critical",
                    differences=[
                        {"field": "nice_name", "before": "a", "after": "b"},
                        {"field": "stream_options", "before": "camera=1", "after": "camera=2"},
                    ],
                ),
            ),
            {"names": "cosmetic", "settings": "warning", "retention_bounds": "critical"},
        ),
        (
            result(
                1,
                finding(
                    "drifted",
                    "critical",
                    differences=[
                        {"field": "retention_time", "before": 2160, "after": 720},
                        {"field": "recording", "before": "never", "after": "always"},
                    ],
                ),
            ),
            {"retention_long": "warning", "recording": "critical"},
        ),
        (differing("retention_time", None, 720, "critical"), {"retention_unknown": "critical"}),
        (
            result(
                1,
                finding("missing", "critical", differences=[{"field": "retention_time", "before": None, "after": 720}]),
            ),
            {"group_missing": "critical"},
        ),
        (result(1, finding("missing", "warning", nice_name=None)), {"held_group_missing": "warning"}),
        (
            result(1, finding("missing", "critical", recording_group_id=None, nice_name=None)),
            {"no_groups": "critical"},
        ),
        (result(1, finding("unmanaged", "critical")), {"unmanaged_bounds": "critical"}),
        (result(1, finding("unmanaged", "warning")), {"unexpected_group": "warning"}),
        (
            result(
                1,
                finding("unmanaged", "warning"),
                changes=[{**change([], loses_recordings=True), "operation": "delete"}],
            ),
            {"purge": "warning"},
        ),
        (result(1, finding("refused", "warning", reason="Ambiguous")), {"ambiguous": "warning"}),
        (held(1), {"held": "info"}),
        (held(1, "critical"), {"hold_loses": "critical"}),
        (disk("short", "warning"), {"disk_short": "warning"}),
        (disk("overdue", "critical"), {"disk_overdue": "critical"}),
        (disk("insufficient_history", "info"), {"disk_insufficient_history": "info"}),
        (failed(1), {"unreachable": "unverified"}),
        (failed(1, "duplicate_device"), {"duplicate_device": "unverified"}),
        (failed(1, "an_error_of_tomorrow"), {"other": "unverified"}),
        ({**failed(1, "unconfirmed"), "findings": drifted(1)["findings"]}, {"unconfirmed": "unverified"}),
        (None, {"not_attempted": "unverified"}),
        ({"changed": False, "skipped": True}, {"not_attempted": "unverified"}),
    ],
)
def test_problems_of_a_host(registered: dict[str, Any] | None, expected: dict[str, str]) -> None:
    assert problems(registered) == expected


def test_a_refused_change_has_the_problem_of_its_refusal() -> None:
    differences = [{"field": "retention_time", "before": 2160, "after": 672}]
    refusal = {**change(differences, loses_recordings=True), "kind": "recording_loss", "reason": "R"}
    refusal |= {"next_step": "S.", "allowances": ["allow_recording_loss"]}
    registered = result(1, finding("refused", "critical", differences=differences), refused=[refusal])
    assert problems(registered) == {"recording_loss": "critical", "retention_privacy": "critical"}


def test_a_problem_of_tomorrow_is_a_problem() -> None:
    refusal = {**change([], loses_recordings=True), "kind": "a_kind_of_tomorrow", "reason": "R"}
    refusal |= {"next_step": "S.", "allowances": []}
    assert problems(result(1, finding("refused", "warning"), refused=[refusal])) == {"non_compliant": "warning"}


def test_a_hold_without_a_group_is_a_problem_of_its_own() -> None:
    registered = result(1, holds=[{**HOLD, "matches": []}])
    assert problems(registered) == {"unmatched_hold": "critical"}


def test_the_list_begins_with_the_most_urgent() -> None:
    document = report(*FLEET, host("c8", disk("short", "warning")), host("c9", drifted(9)), outside=OUTSIDE)
    assert [(item.key, item.urgency, item.hosts) for item in build_to_do(document["hosts"])] == [
        ("retention_short", "critical", 2),
        ("disk_short", "warning", 1),
        ("not_attempted", "unverified", 1),
        ("not_in_run", "unverified", 1),
        ("unreachable", "unverified", 1),
        ("unsupported", "unverified", 1),
        ("held", "info", 1),
    ]


def test_the_number_of_the_most_urgent_hosts_is_known() -> None:
    document = report(
        *(host(f"c{number}", disk("full", "warning")) for number in range(3)), host("c3", disk("full", "critical"))
    )
    (item,) = build_to_do(document["hosts"])
    assert (item.urgency, item.worst, item.hosts) == ("critical", 1, 4)
    assert '<a href="#reason=disk_full.critical" data-reason="disk_full.critical">1 critical</a>' in render_html(
        document
    )
    only = report(host("c3", disk("full", "critical")))
    assert '<span class="urgency">critical</span>' in render_html(only)


def test_a_host_whose_recordings_could_not_be_read() -> None:
    about = {"recording_group_id": None, "nice_name": None, "disk_id": "", "reason": "R"}
    registered = result(1, finding(), finding("indeterminate", "info", **about), compliant=False)
    assert problems(registered) == {"disk_indeterminate": "info"}
    unavailable = [{"part": "recordings", "kind": "device_error", "reason": "HTTP 500", "next_step": "Run again."}]
    registered["actual"] = {**ACTUAL, "disks": [], "unavailable": unavailable}
    assert problems(registered) == {"recordings_unread": "unverified"}


def test_every_host_that_is_not_compliant_has_a_problem() -> None:
    for verdict in VERDICTS:
        document = report(host("c1", result(1)))
        only = {**document["hosts"][0], "verdict": verdict}
        found = find_problems(only)
        assert verdict in ("drifted", "failing_disk", "refused") or "non_compliant" not in found
        assert bool(found) is (verdict not in STATES["compliant"]), verdict
        assert {*found.values()} <= {*URGENCIES}


def test_problems_are_sentences() -> None:
    for problem in PROBLEMS.values():
        assert not problem.text.endswith(".")
        assert problem.next_step.endswith(".")
        assert "None" not in problem.text + problem.next_step


@pytest.mark.parametrize("kind", ["unconfirmed", "not_applied", "timeout"])
def test_what_was_read_before_an_error_does_not_count(kind: str) -> None:
    """It is not known what the device has now, except for a hold that may be in danger."""
    read = {**failed(1, kind), "findings": drifted(1)["findings"]}
    assert problems(read) == {kind: "unverified"}
    held_read = {**failed(1, kind), "findings": held(1, "critical")["findings"]}
    assert problems(held_read) == {kind: "unverified", "hold_loses": "critical"}
