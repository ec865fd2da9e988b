# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary of a merged report for people: as after one run, with critical hosts and missing slices first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document_summary import render_merged_lines
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import HostLists
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import merge_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    HostInput,
    build_summary,
    render_lines,
)
from tests.unit.plugins.plugin_utils.reports import FLEET, RUN, drifted, failed, held, host, report, result

ROLL_OUT = replace(RUN, run_type="roll_out", title="Roll-out")


def test_lines_are_those_of_one_run() -> None:
    expected = render_lines(build_summary(FLEET, check_mode=True), "Audit of the harbor", RUN.moment, {})
    document = merge_reports({"a": report(*FLEET[:2]), "b": report(*FLEET[2:])}, FLEET, different_policies=False)
    headline, *lines = render_merged_lines(document, [], {})
    assert headline == expected[0].replace("harbor,", "harbor, merged from 2 reports,")
    assert [line for line in lines if not line.startswith("Critical: ")] == expected[1:]


def test_critical_hosts_and_missing_hosts_and_slices_are_named() -> None:
    slices = replace(RUN, slice_number=1, slice_count=3)
    found = report(host("c1", drifted(1)), host("c2", result(2)), host("c3", failed(3)), run=slices)
    document = merge_reports({"a": found}, [host("c9", None)], different_policies=False)
    lines = render_merged_lines(document, [2, 3], {})
    assert lines[0].startswith(
        "Audit of the harbor, merged from 1 report, 2026-11-27 08:15 UTC: 4 hosts: 1 compliant, 0 changed, 1 drifted "
        "(1 critical), 0 held, 0 refused, 0 unsupported, 1 unverified, 0 not attempted, 1 not in run. "
    )
    assert lines[1:3] == ["Missing slices: 2, 3", "Critical: 1 host: c1"]
    assert lines[lines.index("not in run (1):") + 1] == "  c9: Not in any of the merged reports"
    assert lines[-1] == "Fix the causes, then retry unverified and not attempted hosts with: --limit c3"


def test_many_hosts_of_a_next_step_are_in_a_file() -> None:
    hosts = [host(f"c{number}", failed(number)) for number in range(11)]
    lists = HostLists("/srv/reports/retention-audit-1")
    document = merge_reports({"a": report(*hosts)}, hosts, different_policies=False)
    lines = render_merged_lines(document, [], {}, lists)
    path = "/srv/reports/retention-audit-1-unverified.txt"
    assert lines[-1] == f"Fix the causes, then retry unverified and not attempted hosts with: --limit @{path}"
    assert sorted(lists.files["retention-audit-1-unverified.txt"].split()) == sorted(item.name for item in hosts)


@pytest.mark.parametrize(("check_mode", "expected"), [(True, "would be changed. 2 hosts"), (False, "2 hosts: ")])
def test_roll_outs_say_what_was_changed(check_mode: bool, expected: str) -> None:
    run = replace(ROLL_OUT, check_mode=check_mode, stopped="The run stopped after wave 1 of 2")
    found = report(host("c1", drifted(1, 4320)), host("c2", held(2)), run=run, check_mode=check_mode)
    lines = render_merged_lines(merge_reports({"a": found}, [], different_policies=False), [], {})
    assert expected in lines[0]
    assert lines[1] == "Ended early: the run of 2026-11-27 08:15:02 UTC: The run stopped after wave 1 of 2"
    assert lines[2].startswith("Critical: ")
    assert ("Changes would be made on 1 host:" in lines) is check_mode
    assert ("changes were made on 1 host" in lines[0]) is not check_mode
    assert "Next step for the refused changes of c2: Ask legal." in lines


def test_one_device_in_two_slices_is_not_worth_a_retry() -> None:
    other = {**result(1), "device": {"host": "192.0.2.9", "serial": "ACCC8E000001"}}
    reports = {"a": report(host("c1", result(1))), "b": report(HostInput("c2", other))}
    lines = render_merged_lines(merge_reports(reports, [], different_policies=True), [], {})
    assert "unverified (2):" in lines
    assert not any(line.startswith("Retry") for line in lines)
