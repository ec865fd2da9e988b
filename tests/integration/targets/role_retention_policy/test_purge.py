# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A purge deletes what its patterns cover and nothing else, once recordings may be lost, and never what is held."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import APPLY, AUDIT, CHECK, POLICY, ROLL_OUT, extra, lost, summary, text
from tests.simulator import Fleet

HOLD = {"recording_group_id": "*_gate", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
VARIABLES: dict[str, Any] = {
    **POLICY,
    "retention_policy_existing_groups": [{"match": {"recording_group_id": "pilot_known"}}],
    "retention_policy_purge": True,
    "retention_policy_purge_match": ["pilot_*", "old"],
    "axis_holds": [HOLD],
}
GROUPS = {"axis": {"vars": VARIABLES}}
# Only these two are covered by a pattern, not held, and in nothing else of the policy.
PURGED = {"pilot_a", "old"}
KEPT = {"door", "pilot_known", "pilot_gate", "older", "Pilot_b"}
ALLOWED = extra(retention_policy_allow_recording_loss=True)


@pytest.fixture
def camera(fleet: Fleet) -> Fleet:
    """A camera with groups that the purge is for and groups that it is not for, ten recordings in each."""
    device = fleet.add("camera_12_9", "camera")
    for name in sorted(PURGED | KEPT):
        device.plant_group(recording_group_id=name, retention_time=0 if name == "pilot_gate" else 720)
        device.plant_recordings(name, 10)
    return fleet


def test_without_the_allowance_nothing_is_purged(play: Play, camera: Fleet) -> None:
    run = play(ROLL_OUT, groups=GROUPS)
    assert run.status == 0, run.output
    assert camera.devices["camera"].writes == []
    assert summary(run)["refused"] == ["camera"]
    refused = run.results[APPLY, "camera"]["refused"]
    assert [(item["recording_group_id"], item["kind"]) for item in refused] == [
        ("old", "recording_loss"),
        ("pilot_a", "recording_loss"),
        ("pilot_gate", "held"),
    ]


def test_with_the_allowance_just_what_the_patterns_cover_goes(play: Play, camera: Fleet) -> None:
    device = camera.devices["camera"]
    audit = play(AUDIT, *ALLOWED, groups=GROUPS)
    assert device.writes == []
    run = play(ROLL_OUT, *ALLOWED, groups=GROUPS)
    assert run.status == 0, run.output
    assert audit.results[CHECK, "camera"]["changes"] == run.results[APPLY, "camera"]["changes"]
    assert set(device.groups) == KEPT
    assert {recording.group_id for recording, _reason in device.lost_recordings} == PURGED
    assert len(device.lost_recordings) == 20
    assert [entry.call for entry in device.writes] == ["recording_group/delete"] * 2
    assert summary(run)["held"] == ["camera"]
    assert "Case 4711" in text(run)


def test_purge_alone_is_not_switched_on_by_the_allowance(play: Play, camera: Fleet) -> None:
    variables = {**VARIABLES, "retention_policy_purge": False}
    run = play(ROLL_OUT, *ALLOWED, groups={"axis": {"vars": variables}})
    assert run.status == 0, run.output
    assert camera.devices["camera"].writes == []
    assert lost(camera) == 0


@pytest.mark.parametrize("told", ["report", "ignore"])
def test_foreign_groups_are_told_or_left_out(play: Play, camera: Fleet, told: str) -> None:
    foreign = sorted((KEPT | PURGED) - {"door"})
    variables = {**POLICY, "retention_policy_unmanaged": told}
    run = play(ROLL_OUT, groups={"axis": {"vars": variables}})
    assert run.status == 0, run.output
    findings = run.results[APPLY, "camera"]["findings"]
    unexpected = [(item["recording_group_id"], item["verdict"]) for item in findings if item["verdict"] != "compliant"]
    assert sorted(unexpected) == ([(name, "unmanaged") for name in foreign] if told == "report" else [])
    assert summary(run)["compliant"] == 1
    assert sorted(summary(run)["unmanaged"].get("camera", [])) == (foreign if told == "report" else [])
    line = "Unmanaged: 6 groups on camera (not covered by the policy)"
    assert (line in text(run).splitlines()) is (told == "report")
    assert camera.devices["camera"].writes == []
