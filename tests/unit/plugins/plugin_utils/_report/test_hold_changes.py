# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test which holds of two reports differ. Hosts that were not read prove no difference."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import build_views
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_changes import compare_holds
from tests.unit.plugins.plugin_utils.reports import HOLD, failed, host, report, result


def week(**holds: list[dict[str, Any]] | None) -> Document:
    """Build the report of hosts with these holds; one without any was not read."""
    results = {
        name: failed(number) if found is None else result(number, holds=found)
        for number, (name, found) in enumerate(holds.items(), 1)
    }
    return report(*(host(name, registered) for name, registered in results.items()))


def dark(**holds: dict[str, Any]) -> Document:
    """Build the report of hosts that did not respond, each with a hold of its variables."""
    return report(*(host(name, {**failed(1), "holds": [found]}) for name, found in holds.items()))


def hold(**more: Any) -> dict[str, Any]:
    """Build a hold of a host."""
    return {**HOLD, **more}


def changes(earlier: Document, later: Document) -> list[tuple[str, list[str]]]:
    """Return the case of each changed hold, and what changed."""
    found = compare_holds(build_views(earlier), build_views(later), earlier, later)
    return [(item["reason"], item["changes"]) for item in found]


#: before the reports, and after them
PAST = "2026-11-26T23:59:59Z"
LATER, LATEST = "2028-06-30T23:59:59Z", "2029-06-30T23:59:59Z"
ENDED = hold(ended=True)
UNREAD = hold(matches=None, differs_in_case=None)
NOWHERE = hold(matches=[])
ELSEWHERE = hold(reason="Case 12")


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        (week(c1=[hold()]), week(c1=[hold()]), []),
        (week(c1=[]), week(c1=[hold()]), [("Case 4711", ["added"])]),
        (week(c1=[hold()]), week(c1=[]), [("Case 4711", ["removed"])]),
        (week(c1=[hold()]), week(c1=[hold(until=LATER)]), [("Case 4711", ["until"])]),
        (week(c1=[hold(until=PAST)]), week(c1=[hold(until=PAST, ended=True)]), [("Case 4711", ["state"])]),
        (week(c1=[hold(until=PAST)]), dark(c1={**UNREAD, "until": PAST, "ended": True}), [("Case 4711", ["state"])]),
        (week(c1=[hold(until=PAST, ended=True)]), dark(c1={**UNREAD, "until": PAST, "ended": True}), []),
        # The hold is still to end, and a hold that matches no group is a finding.
        (week(c1=[hold()]), week(c1=[ENDED]), []),
        (week(c1=[hold()]), week(c1=[NOWHERE]), []),
        (week(c1=[hold()]), dark(c1=UNREAD), []),
        (dark(c1=UNREAD), week(c1=[hold()]), []),
        (week(c1=[hold()]), week(c1=[ELSEWHERE]), [("Case 12", ["added"]), ("Case 4711", ["removed"])]),
        # Which of two holds of one case is which is unknown.
        (
            week(c1=[hold(), hold(until=LATER)]),
            week(c1=[hold(until=LATEST)]),
            [("Case 4711", ["added"]), ("Case 4711", ["removed"]), ("Case 4711", ["removed"])],
        ),
        (week(c1=[hold()], c2=[hold()]), week(c1=[hold()], c2=[]), [("Case 4711", ["hosts"])]),
        (week(c1=[hold()], c2=[]), week(c1=[hold()], c2=[hold()]), [("Case 4711", ["hosts"])]),
        (week(c1=[hold()], c2=[]), week(c1=None, c2=[]), []),
        (week(c1=None, c2=[]), week(c1=[hold()], c2=[]), []),
        (week(c1=[hold()], c2=[hold()]), week(c1=[hold()], c2=None), []),
        # The group of the hold may be on the host that was not read.
        (week(c1=[hold()], c2=[NOWHERE]), week(c1=None, c2=[NOWHERE]), []),
        (week(c1=None, c2=[NOWHERE]), week(c1=[hold()], c2=[NOWHERE]), []),
        (week(c1=[ENDED]), week(c1=None), []),
    ],
)
def test_changes_of_holds(earlier: Document, later: Document, expected: list[tuple[str, list[str]]]) -> None:
    assert changes(earlier, later) == expected


def weakened(earlier: Document, later: Document) -> dict[str, list[str]]:
    """Return the hosts on which each hold protects less than before, by its case."""
    found = compare_holds(build_views(earlier), build_views(later), earlier, later)
    return {item["reason"]: item["hosts_weakened"]["examples"] for item in found if item["hosts_weakened"]["hosts"]}


SOONER = "2026-12-31T23:59:59Z"
ON_ALL = hold(recording_group_id="*", matches=["door", "yard"])


@pytest.mark.fault("hold removed, narrowed, or shortened between two reports")
@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ([hold()], [hold()], False),
        ([hold()], [], True),
        ([hold()], [hold(until=SOONER)], True),
        ([hold()], [hold(until=LATER)], False),
        ([hold(until=PAST)], [], False),
        ([ENDED], [], False),
        # A hold that protected nothing.
        ([NOWHERE], [], False),
        ([ON_ALL], [hold(recording_group_id="door", matches=["door"])], True),
        ([hold(recording_group_id="door", matches=["door"])], [ON_ALL], False),
        # It protects the group that differs from it in case.
        ([hold(recording_group_id="Door", matches=[], differs_in_case=["door"])], [hold()], False),
        ([hold(recording_group_id="Door", matches=[], differs_in_case=["door"])], [], True),
        # Another hold that was there before is of another case; one that is new replaces it.
        ([hold(), ELSEWHERE], [ELSEWHERE], True),
        ([hold()], [ELSEWHERE], False),
        ([hold()], [hold(reason="Case 12", until=SOONER)], True),
        ([hold()], [hold(reason="Case 12", ended=True)], True),
        # Two entries of one case become one.
        ([hold(), hold(until=LATER)], [hold(until=LATEST)], False),
        ([hold(), hold(until=LATER)], [hold()], True),
        # A host that was not read.
        ([UNREAD], [], True),
        ([UNREAD], [ON_ALL], False),
    ],
)
def test_a_hold_that_protects_less_before_its_end(
    earlier: list[dict[str, Any]], later: list[dict[str, Any]], expected: bool
) -> None:
    assert bool(weakened(week(c1=earlier), week(c1=later))) is expected


def test_a_hold_that_loses_hosts() -> None:
    both, one = week(c1=[hold()], c2=[hold()]), week(c1=[hold()], c2=[])
    assert weakened(both, one) == {"Case 4711": ["c2"]}
    assert weakened(both, week(c1=[hold()], c2=None)) == {}
    literal = {"recording_group_id": "door"}
    missing = week(c1=[hold(**literal)], c2=[hold(**literal, matches=[])])
    assert weakened(missing, one) == {"Case 4711": ["c2"]}
    # A pattern that no group of the host matches protects nothing there.
    assert weakened(week(c1=[hold()], c2=[NOWHERE]), one) == {}
