# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test how parts of a report are named and described."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import FIELDS
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import RECORDING_FIELDS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.rows import build_rows
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import (
    FIELD_LABELS,
    LABELS,
    describe_field,
    describe_hours,
    describe_reason,
    render_change,
    render_findings,
    render_site,
)
from tests.unit.plugins.plugin_utils.reports import drifted, failed, finding, host, report, result


def test_labels_have_no_underscore() -> None:
    assert not any("_" in label for label in LABELS.values())
    assert LABELS["non_compliant"] == "non-compliant"


@pytest.mark.parametrize(
    ("group", "label"), [("axis_site_harbor", "harbor"), ("north", "north"), ("axis_model_p3245", "axis_model_p3245")]
)
def test_a_site_of_the_inventory_plugin_has_its_own_name(group: str, label: str) -> None:
    assert render_site(group) == label


def test_findings_name_what_they_are_about() -> None:
    short = finding(
        "short", "warning", recording_group_id=None, nice_name=None, disk_id="SD_DISK", reason="7 days only"
    )
    without = finding("missing", "critical", recording_group_id=None, nice_name=None, reason="No groups")
    registered = drifted(1)
    registered["findings"] += [finding(recording_group_id="gate"), short, without]
    document = report(host("c1", registered), host("c2", failed(2)))
    assert render_findings(document["hosts"][0]) == [
        "door: retention 1 day, policy 30 days. Below the minimum",
        "SD_DISK: short. 7 days only",
        "no recording groups. No groups",
    ]
    assert render_findings(document["hosts"][1]) == ["No connection. Check it."]


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0, "unlimited"), (1, "1 hour"), (24, "1 day"), (36, "36 hours"), (720, "30 days")],
)
def test_hours_are_days_if_whole(hours: int, text: str) -> None:
    assert describe_hours(hours) == text


@pytest.mark.parametrize(
    ("field", "found", "expected", "text"),
    [
        ("retention_time", 240, 720, "retention 10 days, policy 30 days"),
        ("retention_time", 0, 36, "retention unlimited, policy 36 hours"),
        ("retention_time", None, 720, "retention unknown, policy 30 days"),
        ("pre_duration", 2500, 5000, "pre-recording 2.5 s, policy 5 s"),
        ("description", "", "Gate", "description empty, policy Gate"),
        ("disk_id", "SD_DISK", None, "disk SD_DISK, policy none"),
        ("a_field_of_tomorrow", 1, 2, "a field of tomorrow 1, policy 2"),
    ],
)
def test_describe_field(field: str, found: object, expected: object, text: str) -> None:
    assert describe_field({"field": field, "found": found, "expected": expected}) == text


def test_every_field_of_a_group_has_a_label() -> None:
    fields = {field.name for field in FIELDS} | RECORDING_FIELDS
    assert fields - {*FIELD_LABELS} == {"description"}
    assert not any("_" in label for label in FIELD_LABELS.values())


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (
            "retention_time 24 hours (1 day) is below the minimum of 720 hours (30 days)",
            "Retention 1 day is below the minimum of 30 days",
        ),
        ("Set its retention_time to unlimited", "Set its retention to unlimited"),
        ("The oldest recording is 4.0 days old", "The oldest recording is 4.0 days old"),
        ("my_retention_time is a name", "my_retention_time is a name"),
        ("", ""),
    ],
)
def test_describe_reason(reason: str, text: str) -> None:
    assert describe_reason(reason) == text


HELD = "The group is held until 2027-06-30 23:59 UTC for Case 1 (owner: legal)"
CREATION = [
    {"field": "retention_time", "before": None, "after": 720},
    {"field": "stream_options", "before": None, "after": "camera=1"},
]


@pytest.mark.parametrize(
    ("found", "retention", "text"),
    [
        (finding("missing", reason=f"{HELD}, but does not exist"), None, f"door: does not exist. {HELD}"),
        (
            finding("missing", reason=f"The group does not exist. {HELD}, but does not exist", differences=CREATION),
            None,
            f"door: does not exist, policy 30 days. {HELD}",
        ),
        (
            finding("refused", reason=f"No disk. {HELD}, but does not exist", differences=CREATION),
            None,
            f"door: does not exist, policy 30 days. No disk. {HELD}",
        ),
        (
            finding("missing", reason=f"{HELD}, but did not exist"),
            0,
            f"door: retention unlimited, without the recordings under a hold. {HELD}, but did not exist",
        ),
    ],
)
@pytest.mark.fault("hold whose hosts are not all protected")
def test_a_held_group_that_does_not_exist_says_so_once(found: dict[str, Any], retention: int | None, text: str) -> None:
    groups = [] if retention is None else [{"recording_group_id": "door", "retention_time": retention}]
    (only,) = report(host("c1", result(1, found, recording_groups=groups)))["hosts"]
    assert render_findings(only) == [text]
    (row,) = build_rows(report(host("c1", result(1, found, recording_groups=groups))))
    assert [group.found for group in row.groups] == ["none" if retention is None else "unlimited"]


@pytest.mark.parametrize(
    ("operation", "loses", "predicted", "made"),
    [
        ("update", False, "door would be updated", "door was updated"),
        (
            "update",
            True,
            "door would be updated, so that recordings may be deleted",
            "door was updated, so that recordings may have been deleted",
        ),
        ("delete", True, "door would be deleted, with its recordings", "door was deleted, with its recordings"),
        ("create", False, "door would be created", "door was created"),
    ],
)
def test_change_says_whether_it_was_made(operation: str, loses: bool, predicted: str, made: str) -> None:
    change = {"operation": operation, "recording_group_id": "door", "nice_name": "", "loses_recordings": loses}
    assert render_change(change, only_predicted=True) == predicted
    assert render_change(change, only_predicted=False) == made
