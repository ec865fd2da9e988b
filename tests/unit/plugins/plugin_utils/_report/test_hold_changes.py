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
