# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says about its run is true for every type of run. The sentences are written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, Scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import merge_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.origin import (
    render_origin,
    render_run,
    render_verified,
)
from tests.unit.plugins.plugin_utils.reports import (
    ACTUAL,
    FLEET,
    OUTSIDE,
    RUN,
    drifted,
    failed,
    host,
    report,
    result,
)

ROLL_OUT = replace(RUN, run_type="roll_out")
STOPPED = "Nothing was written: 50% of hosts failed the check or were unreachable (maximum: 10%)"
CHANGED = {**drifted(2), "compliant": True, "findings": result(2)["findings"]}
LIMITED = replace(RUN, scope=Scope("axis:!depot", "c1,c2", ("/srv/inventory",)))
TIMES = "Started 2026-11-27 08:12:01 UTC, ended 2026-11-27 08:15:02 UTC (181 seconds), run by erika on awx-1, job 42."
END = ["Inventory: /srv/inventory.", "Run ID: 2026-48."]
VERSIONS = "Made with camfleet.axis 0.2.0, ansible-core 2.19.14, Python 3.12.3."
ORIGIN = [TIMES, "Approved by Change 4711.", "Hosts: axis.", *END, VERSIONS]


def merged() -> Document:
    """Merge two slices of a roll-out, of which one stopped without an approval."""
    slices = {
        "/r/0.json": report(host("c1", CHANGED), run=ROLL_OUT, check_mode=False),
        "/r/1.json": report(
            host("c2", failed(2)),
            run=replace(ROLL_OUT, stopped=STOPPED, approved_by=None, slice_number=2, slice_count=2),
            check_mode=False,
        ),
    }
    return merge_reports(slices, (), different_policies=False)


RUNS: dict[str, tuple[Document, str, str, list[str]]] = {
    "audit, with or without --check": (
        report(*FLEET),
        "Audit: nothing was changed.",
        "Settings read on 3 of 6 hosts. Recordings were not read.",
        ORIGIN,
    ),
    "audit with recordings": (
        report(host("c1", result(1, actual=ACTUAL)), host("c2", result(2))),
        "Audit: nothing was changed.",
        "Settings read on 2 of 2 hosts; recordings read on 1, which prove the retention on 1.",
        ORIGIN,
    ),
    "roll-out with changes": (
        report(host("c1", result(1)), host("c2", CHANGED), run=ROLL_OUT, check_mode=False),
        "Roll-out: 1 host changed.",
        "Settings read on 2 of 2 hosts. Recordings were not read.",
        ORIGIN,
    ),
    "roll-out without changes": (
        report(host("c1", result(1)), run=ROLL_OUT, check_mode=False),
        "Roll-out: nothing was changed.",
        "Settings read on 1 of 1 host. Recordings were not read.",
        ORIGIN,
    ),
    "roll-out --check with changes": (
        report(host("c2", drifted(2)), run=ROLL_OUT),
        "Roll-out in check mode: nothing was changed.",
        "Settings read on 1 of 1 host. Recordings were not read.",
        ORIGIN,
    ),
    "stopped by the gate": (
        report(host("c1", None), host("c2", failed(2)), run=replace(ROLL_OUT, stopped=STOPPED), check_mode=False),
        "Roll-out: nothing was changed.",
        "No host was read.",
        [f"Ended early: {STOPPED}.", *ORIGIN],
    ),
    "limited": (
        report(*FLEET[:2], outside=OUTSIDE, run=LIMITED),
        "Audit: nothing was changed.",
        "Settings read on 2 of 3 hosts. Recordings were not read.",
        [
            TIMES,
            "Approved by Change 4711.",
            "Hosts: axis:!depot, limited to c1,c2. 1 host of the pattern not in this run.",
            *END,
            VERSIONS,
        ],
    ),
    "merged": (
        merged(),
        "Merged report of 2 slices. Roll-out: 1 host changed.",
        "Settings read on 1 of 2 hosts. Recordings were not read.",
        [
            f"Ended early: slice 2 of 2: {STOPPED}.",
            TIMES,
            "Approved by Change 4711 (1 of 2 slices).",
            "Hosts: axis.",
            *END,
            VERSIONS,
        ],
    ),
    "roll-out of which a change is unknown": (
        report(host("c1", result(1)), host("c2", failed(2, "unconfirmed")), run=ROLL_OUT, check_mode=False),
        "Roll-out: no change was confirmed, and it is unknown whether 1 host was changed.",
        "Settings read on 1 of 2 hosts. Recordings were not read.",
        ORIGIN,
    ),
    "roll-out of which one change is known": (
        report(
            host("c1", CHANGED),
            *(host(f"c{number}", failed(number, "unconfirmed")) for number in (3, 4)),
            run=ROLL_OUT,
            check_mode=False,
        ),
        "Roll-out: 1 host changed, and it is unknown whether 2 hosts were changed.",
        "Settings read on 1 of 3 hosts. Recordings were not read.",
        ORIGIN,
    ),
    "nothing reached": (
        report(host("c4", failed(4)), host("c5", failed(5))),
        "Audit: nothing was changed.",
        "No host was read.",
        ORIGIN,
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_sentence_is_true(name: str) -> None:
    document, run, verified, origin = RUNS[name]
    assert render_run(document) == run
    assert render_verified(document) == verified
    assert render_origin(document) == origin


def test_unknown_parts_are_left_out() -> None:
    unknown: dict[str, Any] = {"user": None, "controller": None, "job": None}
    run = replace(RUN, by=unknown, run_id=None, started=None, approved_by=None, scope=Scope(), python_version="")
    assert render_origin(report(*FLEET, run=run)) == [
        "Ended 2026-11-27 08:15:02 UTC, run by an unknown user on an unknown controller.",
        "Hosts: pattern unknown.",
        "Run ID: unknown.",
        "Made with camfleet.axis 0.2.0, ansible-core 2.19.14.",
    ]


def test_predictions_are_no_changes() -> None:
    assert report(host("c2", drifted(2)), run=ROLL_OUT)["summary"]["changed"] == 0
    assert report(host("c2", CHANGED), run=ROLL_OUT, check_mode=False)["summary"]["changed"] == 1
