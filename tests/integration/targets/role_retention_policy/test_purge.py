# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A purge deletes only groups that its patterns cover, only with the allowance, and never a held group."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    POLICY,
    ROLL_OUT,
    count_lost_recordings,
    extra_vars,
    summary,
    summary_text,
)
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
# Only these two are covered by a pattern, and neither held nor in another part of the policy.
PURGED = {"pilot_a", "old"}
KEPT = {"door", "pilot_known", "pilot_gate", "older", "Pilot_b"}
ALLOWED = extra_vars(retention_policy_allow_recording_loss=True)


def add_groups(fleet: Fleet, camera: str) -> None:
    """Add a camera with groups that the purge covers and groups that it does not, with ten recordings each."""
    device = fleet.add("camera_12_9", camera)
    for name in sorted(PURGED | KEPT):
        device.plant_group(recording_group_id=name, retention_time=0 if name == "pilot_gate" else 720)
        device.plant_recordings(name, 10)


@pytest.fixture
def camera(fleet: Fleet) -> Fleet:
    """Add the camera."""
    add_groups(fleet, "camera")
    return fleet


def test_purge_needs_the_allowance(play: Play, camera: Fleet) -> None:
    run = play(ROLL_OUT, groups=GROUPS)
    assert run.status == 0, run.output
    assert camera.devices["camera"].writes == []
    assert summary(run)["refused"] == ["camera"]
    refused = run.results[CHECK, "camera"]["refused"]
    assert [(item["recording_group_id"], item["kind"]) for item in refused] == [
        ("old", "recording_loss"),
        ("pilot_a", "recording_loss"),
        ("pilot_gate", "held"),
    ]


def test_purge_deletes_only_groups_that_the_patterns_cover(play: Play, camera: Fleet) -> None:
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
    assert "Case 4711" in summary_text(run)


@pytest.mark.long
def test_allowance_alone_does_not_enable_the_purge(play: Play, camera: Fleet) -> None:
    variables = {**VARIABLES, "retention_policy_purge": False}
    run = play(ROLL_OUT, *ALLOWED, groups={"axis": {"vars": variables}})
    assert run.status == 0, run.output
    assert camera.devices["camera"].writes == []
    assert count_lost_recordings(camera) == 0


def test_unmanaged_groups_are_reported_or_ignored(play: Play, camera: Fleet) -> None:
    add_groups(camera, "ignored")
    foreign = sorted((KEPT | PURGED) - {"door"})
    hosts = {"ignored": {"retention_policy_unmanaged": "ignore"}}
    # The allowance alone does not enable a purge.
    run = play(ROLL_OUT, *ALLOWED, hosts=hosts, groups={"axis": {"vars": POLICY}})
    assert run.status == 0, run.output
    for name, unmanaged in (("camera", foreign), ("ignored", [])):
        findings = run.results[CHECK, name]["findings"]
        reported = [(item["recording_group_id"], item["verdict"]) for item in findings]
        assert sorted(item for item in reported if item[1] != "compliant") == [
            (item, "unmanaged") for item in unmanaged
        ]
    assert summary(run)["compliant"] == 2
    assert {name: sorted(groups) for name, groups in summary(run)["unmanaged"].items()} == {"camera": foreign}
    assert "Unmanaged: 6 groups on camera, not covered by the policy: " in summary_text(run)
    assert [device.writes for device in camera.devices.values()] == [[], []]
