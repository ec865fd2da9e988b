# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that the report says of each hold on which of its hosts it is in force, and never claims it without proof."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import lxml.html
import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_csv, render_markdown
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.hold_conditions import (
    CONDITIONS,
    list_holds,
    sort_holds,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import merge_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import render_html
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput
from tests.unit.plugins.plugin_utils.reports import (
    ACTUAL,
    DISK,
    HOLD,
    RUN,
    failed,
    finding,
    host,
    report,
    result,
)

pytestmark = pytest.mark.fault("hold whose hosts are not all protected")
SCHEMA = json.loads((Path(__file__).parents[5] / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
#: by condition, no hosts
NO_HOSTS: Mapping[str, list[str]] = {name: [] for name in CONDITIONS}
UNREAD = {**HOLD, "matches": None, "differs_in_case": None}
LITERAL = {**HOLD, "recording_group_id": "door"}
MISSING = {**LITERAL, "matches": []}
#: a group that keeps recordings without a limit, as a hold requires
UNLIMITED = [{"recording_group_id": "door", "retention_time": 0, "stream_options": "camera=1"}]
ABSENT = finding("missing", "warning", nice_name=None, reason="The group is held (owner: legal), but does not exist")
REFUSED = finding(
    "refused",
    "critical",
    reason="No disk",
    differences=[
        {"field": "retention_time", "before": None, "after": 720},
        {"field": "stream_options", "before": None, "after": "camera=1"},
    ],
)


def unlimited(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Build the result of a camera whose held group has no limit."""
    return result(1, *findings, **{"recording_groups": UNLIMITED, "holds": [HOLD], **more})


def with_disk(verdict: str) -> dict[str, Any]:
    """Build the result of a camera with this verdict on the disk of the held group."""
    disk = {**DISK, "verdict": verdict}
    about = finding(verdict, "critical", recording_group_id=None, nice_name=None, disk_id="SD_DISK", reason="R")
    findings = (finding(),) if verdict == "met" else (finding(), about)
    return unlimited(*findings, actual={**ACTUAL, "disks": [disk]}, compliant=verdict == "met")


def checked(*findings: dict[str, Any], unavailable: Sequence[dict[str, Any]] = (), **disk: Any) -> dict[str, Any]:
    """Build the result of a camera whose recordings were read."""
    items = [{"kind": "forbidden", "reason": "R", "next_step": None, **item} for item in unavailable]
    return unlimited(*findings, actual={**ACTUAL, "disks": [{**DISK, **disk}], "unavailable": items})


KEEPS_LESS = finding("held", "critical", reason="The group is held, but keeps only 30 days")
CASES: Mapping[str, tuple[dict[str, Any] | None, str]] = {
    "no limit": (unlimited(), "settings_only"),
    "no limit, and recordings": (checked(), "protected"),
    "other groups have a limit": (
        checked(finding(), finding("drifted", "critical", recording_group_id="yard")),
        "protected",
    ),
    "a limit": (result(1, KEEPS_LESS, holds=[HOLD]), "at_risk"),
    "a limit that a roll-out would remove": (
        result(1, finding("drifted", "critical", differences=[{"field": "retention_time", "before": 24, "after": 0}])),
        "at_risk",
    ),
    "unknown retention": (result(1, KEEPS_LESS, recording_groups=[]), "at_risk"),
    "a limit, and a read that failed later": ({**failed(1), **result(1, KEEPS_LESS)}, "at_risk"),
    "no limit, and a read that failed later": ({**failed(1), **unlimited()}, "not_verified"),
    "a limit in other case": (
        result(1, KEEPS_LESS, holds=[{**HOLD, "matches": [], "differs_in_case": ["door"]}]),
        "at_risk",
    ),
    **{f"disk {name}": (with_disk(name), "at_risk") for name in ("short", "full", "conflicting_cleanup")},
    "disk that was not read": (checked(unavailable=[{"part": "disks"}]), "settings_only"),
    "recordings that were not read": (checked(recordings=None), "settings_only"),
    "no recordings": (checked(recordings=0), "settings_only"),
    "recordings on the disk of another group": (
        checked(groups=[{"recording_group_id": "yard", "retention_time": 0}]),
        "settings_only",
    ),
    "disk nearly full": (checked(used_percent=95.0), "at_risk"),
    "disk with space": (checked(used_percent=94.9), "protected"),
    "disk missing": (with_disk("missing"), "missing"),
    **{f"disk {name}": (with_disk(name), "protected") for name in ("met", "insufficient_history", "overdue")},
    "group missing": (result(1, ABSENT, holds=[MISSING]), "missing"),
    "group missing, without a finding": (result(1, holds=[MISSING]), "missing"),
    "creation refused": (result(1, REFUSED, recording_groups=[], holds=[{**HOLD, "matches": []}]), "missing"),
    "created without recordings": (unlimited(finding("missing", "critical", reason="It was created")), "missing"),
    "no groups at all": (
        result(1, finding("missing", "critical", recording_group_id=None, nice_name=None), recording_groups=[]),
        "missing",
    ),
    "pattern of other hosts": (result(1, holds=[{**HOLD, "recording_group_id": "yard*", "matches": []}]), "no_group"),
    "unreachable": ({**failed(1), "holds": [UNREAD]}, "not_verified"),
    "not attempted": (None, "not_verified"),
    "ended": (unlimited(holds=[{**HOLD, "ended": True}]), "ended"),
    "ended, unreachable": ({**failed(1), "holds": [{**UNREAD, "ended": True}]}, "ended"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_hold_has_a_condition_on_its_host(case: str) -> None:
    registered, expected = CASES[case]
    found = {"holds": [HOLD], **registered} if registered else None
    if case == "no groups at all":
        found = {**(found or {}), "holds": [{**HOLD, "matches": []}]}
    document = report(replace(host("c1", found), variable_holds=(UNREAD,)))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert [hold["condition"] for hold in document["hosts"][0]["holds"]] == [expected]
    (hold,) = document["holds"]
    assert hold["conditions"] == {**NO_HOSTS, expected: ["c1"]}


def fleet(count: int = 0) -> Document:
    """Build the report of hosts in most conditions, and of more that are protected."""
    hosts = [
        host("safe", checked()),
        host("settings", {**unlimited(), "device": {}}),
        host("risk", result(2, KEEPS_LESS, holds=[HOLD])),
        host("gone", result(3, ABSENT, holds=[{**HOLD, "matches": []}])),
        host("dark", {**failed(4), "holds": [UNREAD]}),
        *(host(f"more{number:02}", {**checked(), "device": {}}) for number in range(count)),
    ]
    outside = [HostInput("away", None, variable_holds=(UNREAD,))]
    return report(*hosts, outside=outside, run=replace(RUN, scope=replace(RUN.scope, limit="c*")))


def test_a_hold_names_all_hosts_by_condition() -> None:
    (hold,) = fleet(12)["holds"]
    assert (hold["state"], hold["hosts"], hold["examples"]) == ("active", 18, ["away", "dark", "gone"])
    assert hold["conditions"] == {
        "at_risk": ["risk"],
        "missing": ["gone"],
        "not_verified": ["dark"],
        "not_in_run": ["away"],
        "settings_only": ["settings"],
        "protected": [*(f"more{number:02}" for number in range(12)), "safe"],
        "no_group": [],
        "ended": [],
    }


def test_the_page_shows_hosts_by_condition_and_has_all_names() -> None:
    root = lxml.html.fromstring(render_html(fleet(12)))
    (cell,) = root.xpath("//table[contains(@class, 'holds')]//td[@data-label='Hosts']")
    assert [(item.get("class"), item.text) for item in cell.iter("b")] == [
        ("critical", "1 at risk:"),
        ("critical", "1 group missing:"),
        ("unknown", "1 not verified:"),
        ("unknown", "1 not in this run:"),
        ("unknown", "1 protected by settings only:"),
        ("good", "13 protected:"),
    ]
    # Printing opens it.
    (rest,) = cell.xpath(".//details[@class='rest']")
    assert rest.text_content() == "3 moremore10, more11, safe"


def test_markdown_names_the_first_hosts_of_each_condition() -> None:
    lines = [line for line in render_markdown(fleet(12)).splitlines() if line.startswith("| door")]
    assert len(lines) == 1
    assert (
        "| 1 at risk: risk; 1 group missing: gone; 1 not verified: dark; 1 not in this run: away; "
        "1 protected by settings only: settings; "
    ) in lines[0]
    assert lines[0].endswith("more08, more09, 3 more |")


def test_csv_lists_the_holds_of_every_host() -> None:
    rows = {row["host"]: row["holds"] for row in csv.DictReader(io.StringIO(render_csv(fleet()).lstrip("\ufeff")))}
    text = "until 2027-06-30T23:59:59Z for Case 4711 (owner: legal@example.com)"
    assert rows == {
        "safe": f"door {text}: protected",
        "settings": f"door {text}: protected by settings only",
        "risk": f"door {text}: at risk",
        "gone": f"door* {text}: group missing",
        "dark": f"door* {text}: not verified",
        "away": f"door* {text}: not in this run",
    }


def test_holds_in_danger_are_first() -> None:
    others = {"ended": {**HOLD, "ended": True}, "protected": HOLD, "not_verified": UNREAD}
    holds = [{**hold, "reason": name} for name, hold in others.items()]
    nowhere = {**HOLD, "reason": "unmatched", "recording_group_id": "x", "matches": []}
    document = report(host("c1", {**checked(), "holds": [*holds, nowhere]}))
    order = [hold["reason"] for hold in sort_holds(document["holds"])]
    assert order == ["unmatched", "not_verified", "protected", "ended"]


def test_a_hold_of_hosts_outside_the_run_is_not_in_this_run() -> None:
    """It may also have ended, whether or not its hosts were in the run."""
    holds = (UNREAD, {**UNREAD, "reason": "Case 1", "ended": True})
    document = report(host("c1", result(1)), outside=[HostInput("c2", None, variable_holds=holds)])
    assert [(hold["reason"], hold["state"]) for hold in document["holds"]] == [
        ("Case 1", "ended"),
        ("Case 4711", "active"),
    ]
    assert document["holds"][1]["conditions"]["not_in_run"] == ["c2"]
    assert document["ended_holds"] == []


def test_merged_reports_have_the_conditions_of_every_slice() -> None:
    """A host outside one slice is in another one; a host in two inventories is not verified."""
    one = report(host("c1", checked()), outside=[HostInput("c2", None, variable_holds=(UNREAD,))])
    two = report(
        host("c2", {**result(2, KEEPS_LESS), "holds": [HOLD]}),
        outside=[HostInput("c1", None, variable_holds=(UNREAD,))],
    )
    (hold,) = merge_reports({"a.json": one, "b.json": two}, (), different_policies=False)["holds"]
    assert hold["conditions"] == {**NO_HOSTS, "protected": ["c1"], "at_risk": ["c2"]}
    twice = report(host("c2", unlimited()))
    (hold,) = merge_reports({"a.json": one, "b.json": twice}, (), different_policies=False)["holds"]
    assert hold["conditions"] == {**NO_HOSTS, "not_verified": ["c1", "c2"]}


def test_no_host_has_no_hold() -> None:
    assert list_holds([]) == []
