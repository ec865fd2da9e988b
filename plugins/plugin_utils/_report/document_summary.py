# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render the summary of a merged report for people, as after the run of one slice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import ROLL_OUT, Document, parse_time
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import HostLists
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    DUPLICATE,
    HostInput,
    HostStatus,
    Summary,
    abbreviate,
    add_details,
    assemble_summary,
    render_count,
    render_lines,
)


def build_summary_of(document: Document) -> Summary:
    """Build the summary of the hosts of a report."""
    check_mode = document["check_mode"] or document["run_type"] != ROLL_OUT
    results = {host["host"]: _build_result(host) for host in document["hosts"]}
    statuses = [
        add_details(_build_status(host), results[host["host"]], check_mode=check_mode) for host in document["hosts"]
    ]
    inputs = [
        HostInput(
            host["host"],
            results[host["host"]],
            host["policy"]["purpose"],
            host["policy"]["owner"],
            variable_holds=tuple(host["holds"]),
        )
        for host in document["hosts"]
    ]
    return assemble_summary(
        statuses, inputs, document["ended_holds"], document["unmatched_holds"], check_mode=check_mode
    )


def render_merged_lines(
    document: Document, missing_slices: Sequence[int], names: Names, lists: HostLists | None = None
) -> list[str]:
    """Render the summary of a merged report; critical hosts and missing slices come first.

    :param missing_slices: the numbers of the slices without a report.
    :param names: by option, the variable that the reader sets.
    :param lists: gets the lists of hosts that become files.
    """
    summary = build_summary_of(document)
    title = f"{document['title']}, merged from {render_count(len(document['slices']), 'report')}"
    predicts = document["check_mode"] and document["run_type"] == ROLL_OUT
    lines = render_lines(
        *(summary, title, parse_time(document["created"]), names),
        stopped=document["stopped"],
        predicts=predicts,
        lists=lists,
    )
    critical = [status.host for status in summary.statuses if status.severity == "critical"]
    first = [
        *([f"Missing slices: {abbreviate(list(map(str, missing_slices)))}"] if missing_slices else []),
        *([f"Critical: {render_count(len(critical))}: {abbreviate(critical)}"] if critical else []),
    ]
    position = 2 if document["stopped"] else 1
    return [*lines[:position], *first, *lines[position:]]


def _build_status(host: Mapping[str, Any]) -> HostStatus:
    is_duplicate = (host["error"] or {}).get("kind") == DUPLICATE
    return HostStatus(host["host"], host["verdict"], host["reason"], host["severity"], may_retry=not is_duplicate)


def _build_result(host: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a task returned about the host."""
    return {
        "findings": host["findings"],
        "changes": _restore_differences(host["changes"]),
        "refused": _restore_differences(host["refused"]),
        "actual": host["actual"],
    }


def _restore_differences(changes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **change,
            "differences": [
                {"field": field["field"], "before": field["found"], "after": field["expected"]}
                for field in change["fields"]
            ],
        }
        for change in changes
    ]
