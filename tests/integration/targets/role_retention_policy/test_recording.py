# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run configures a factory-fresh camera so that it records; recording stops only with the allowance."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    ROLL_OUT,
    authenticated_calls,
    extra_vars,
    summary,
    summary_text,
)
from tests.simulator import Device, Fleet, Switches

PORT = {"topic_expression": "tns1:Device/tnsaxis:IO/Port", "message_content": {"port": 1, "state": 1}}
VARIABLES: dict[str, Any] = {
    "retention_policy_minimum": "7d",
    "retention_policy_groups": [
        {"recording_group_id": "door", "retention_time": "30d", "recording": "always"},
        {"nice_name": "Yard", "retention_time": "7d", "recording": {"name": "Yard", "conditions": [PORT]}},
    ],
}
GROUPS = {"axis": {"vars": VARIABLES}}
READS = ["recording_group/list", "action/GetActionConfigurations", "action/GetActionRules"]
READS_WITHOUT_RULES = READS[:2]
ROOT = {"axis_password": "administrator-pass"}
ALLOWED = {"retention_policy_allow_recording_loss": True}
STOP = {**ALLOWED, "retention_policy_allow_recording_stop": True}
PURGE = {
    "retention_policy_groups": [{"recording_group_id": "door", "retention_time": "30d"}],
    "retention_policy_purge": True,
    "retention_policy_purge_match": ["*"],
}


@pytest.fixture
def fresh(fleet: Fleet) -> Fleet:
    """Add a factory-fresh device of each profile, and one with another form of responses."""
    for profile in ("camera_10_12", "camera_12_9"):
        fleet.add(profile, profile)
    recorder = fleet.add("recorder_s3008", "recorder_s3008")
    recorder.groups.clear()
    fleet.add("camera_12_9", "prefixes", switches=Switches(namespace_prefixes="numbered", action_checks_group=True))
    return fleet


def yard_id(device: Device) -> str:
    """Return the generated ID of the group Yard."""
    return next(key for key, group in device.groups.items() if group.nice_name == "Yard")


def rules_of_group(device: Device, recording_group_id: str) -> list[tuple[str, list[str]]]:
    """Return name and topics of each rule of a group."""
    return [
        (rule.name, [event.topic for event in rule.conditions])
        for rule in device.actions.rules.values()
        if device.actions.configurations[rule.primary_action].parameters == {"recording_group_id": recording_group_id}
    ]


READS_OF_FRESH = ["recording_group/list", "disks/list", "action/GetActionConfigurations"]


def test_one_run_makes_factory_fresh_devices_record(play: Play, fresh: Fleet) -> None:
    for profile in ("camera_12_11", "camera_13"):
        fresh.add(profile, profile)
    audit = play(AUDIT, groups=GROUPS)
    assert [device.name for device in fresh.devices.values() if device.writes] == []
    assert summary(audit)["drifted"] == sorted(fresh.devices)
    marks = {name: device.mark() for name, device in fresh.devices.items()}
    run = play(ROLL_OUT, groups=GROUPS)
    assert run.status == 0, run.output
    for name, device in fresh.devices.items():
        assert [entry.call for entry in device.journal_since(marks[name]) if entry.user] == [
            *READS_OF_FRESH,
            *READS_OF_FRESH,
            "recording_group/create",
            "recording_group/create",
            "recording_group/list",
            "action/AddActionConfiguration",
            "action/AddActionRule",
            "action/AddActionConfiguration",
            "action/AddActionRule",
            "action/GetActionConfigurations",
            "action/GetActionRules",
            # The check of the written cameras.
            *READS,
        ]
        assert {group.nice_name: group.retention_time for group in device.groups.values()} == {"": 720, "Yard": 168}
        assert rules_of_group(device, "door") == [("Record to door", ["tns1:Device/tnsaxis:Status/SystemReady"])]
        assert rules_of_group(device, yard_id(device)) == [("Yard", ["tns1:Device/tnsaxis:IO/Port"])]
        assert device.is_recording("door")
        assert device.is_recording(yard_id(device))
        # The prediction lacks only the ID that the device generates.
        predicted, actual = (audit.results[CHECK, name]["changes"], run.results[APPLY, name]["changes"])
        assert [
            {**item, "recording_group_id": None} for item in sorted(predicted, key=lambda item: item["nice_name"])
        ] == [{**item, "recording_group_id": None} for item in sorted(actual, key=lambda item: item["nice_name"])]
    # A compliant device costs two additional reads, also in a roll-out, which checks it once.
    marks = {name: device.mark() for name, device in fresh.devices.items()}
    run = play(ROLL_OUT, groups=GROUPS)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == len(fresh.devices)
    for name, device in fresh.devices.items():
        assert [entry.call for entry in device.journal_since(marks[name]) if entry.user] == READS
        assert device.gaps == []


@pytest.mark.long
def test_policy_without_recording_sends_no_action_request(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera")
    device.plant_group(recording_group_id="door", retention_time=720)
    assert (
        play(AUDIT, groups={"axis": {"vars": {"retention_policy_groups": PURGE["retention_policy_groups"]}}}).status
        == 0
    )
    assert authenticated_calls(fleet, "camera") == ["recording_group/list"]


def test_disabled_recording_is_found_and_enabled(play: Play, fleet: Fleet) -> None:
    for name in ("camera_10_12", "camera_12_9"):
        device = fleet.add(name, name)
        device.plant_group(recording_group_id="door", retention_time=720)
        device.plant_recording("door", name="Record to door", enabled=name != "camera_10_12")
    device = fleet.devices["camera_10_12"]
    assert not device.is_recording("door")
    groups = {"axis": {"vars": {**VARIABLES, "retention_policy_groups": VARIABLES["retention_policy_groups"][:1]}}}
    audit = play(AUDIT, groups=groups)
    assert summary(audit)["drifted"] == ["camera_10_12"]
    [finding] = [item for item in audit.results[CHECK, "camera_10_12"]["findings"] if item["verdict"] != "compliant"]
    assert (finding["recording_group_id"], finding["severity"]) == ("door", "critical")
    assert finding["reason"] == "No enabled recording action records to the group"
    assert finding["differences"] == [{"field": "recording", "before": "always, but disabled", "after": "always"}]
    difference = "recording 'always, but disabled' instead of 'always'"
    assert f"door drifted [critical] {difference}. {finding['reason']}" in summary_text(audit)
    run = play(ROLL_OUT, groups=groups)
    assert run.status == 0, run.output
    assert device.is_recording("door")
    assert len(rules_of_group(device, "door")) == 1
    assert [entry.call for entry in device.writes[-2:]] == ["action/AddActionRule", "action/RemoveActionRule"]


@pytest.mark.long
def test_condition_is_changed_without_a_gap_but_not_under_a_hold(play: Play, fresh: Fleet) -> None:
    assert play(ROLL_OUT, groups=GROUPS).status == 0
    hold = {"recording_group_id": "*", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
    groups = [{**VARIABLES["retention_policy_groups"][0], "recording": {"conditions": [PORT]}}]
    variables = {"retention_policy_groups": groups, "axis_holds": [hold]}
    before = {name: len(device.writes) for name, device in fresh.devices.items()}
    run = play(ROLL_OUT, *extra_vars(**STOP), groups={"axis": {"vars": variables}})
    assert summary(run)["held"] == sorted(fresh.devices)
    assert "The change may reduce the recording to group door, which a hold until" in summary_text(run)
    assert {name: len(device.writes) for name, device in fresh.devices.items()} == before
    groups = [{**group, "recording": {"conditions": [PORT]}} for group in VARIABLES["retention_policy_groups"]]
    run = play(ROLL_OUT, groups={"axis": {"vars": {**VARIABLES, "retention_policy_groups": groups}}})
    assert run.status == 0, run.output
    for device in fresh.devices.values():
        assert rules_of_group(device, "door") == [("Record to door", ["tns1:Device/tnsaxis:IO/Port"])]
        assert device.gaps == []
        assert device.is_recording("door")
    lines = summary_text(run).splitlines()
    assert "Recording actions were removed or replaced on 4 hosts:" in lines
    assert any("door updated, recording: tns1:Device/tnsaxis:IO/Port [port=1, state=1]" in text for text in lines)


def test_purge_removes_recording_actions_only_if_allowed(play: Play, fresh: Fleet) -> None:
    assert play(ROLL_OUT, groups=GROUPS).status == 0
    purge = {"axis": {"vars": PURGE}}
    for device in fresh.devices.values():
        device.plant_recordings(yard_id(device), 10)
    before = {name: len(device.writes) for name, device in fresh.devices.items()}
    run = play(ROLL_OUT, *extra_vars(**ALLOWED), groups=purge)
    assert run.status == 0, run.output
    for name, device in fresh.devices.items():
        [refused] = run.results[CHECK, name]["refused"]
        assert (refused["recording_group_id"], refused["kind"]) == (yard_id(device), "group_in_use")
        assert "action configuration 'Yard'" in refused["reason"]
        assert "action rule 'Yard'" in refused["reason"]
        assert "retention_policy_allow_recording_stop" in refused["next_step"]
        assert device.is_recording(yard_id(device))
    assert summary(run)["refused"] == sorted(fresh.devices)
    assert "in use by action configuration 'Yard'" in summary_text(run)
    assert {name: len(device.writes) for name, device in fresh.devices.items()} == before
    text = summary_text(run)
    assert "Refused changes of camera_10_12, camera_12_9, recorder_s3008 and 1 more: if recording may end there" in text
    setting = "--extra-vars retention_policy_allow_recording_stop=true"
    assert f"  {setting} --limit {','.join(fresh.devices)}" in text
    run = play(ROLL_OUT, *extra_vars(**STOP), groups=purge)
    assert run.status == 0, run.output
    for name, device in fresh.devices.items():
        assert run.results[CHECK, name]["changes"] == run.results[APPLY, name]["changes"]
        assert [entry.call for entry in device.writes[before[name] :]] == [
            "action/RemoveActionRule",
            "action/RemoveActionConfiguration",
            "recording_group/delete",
        ]
        assert list(device.groups) == ["door"]
        # An entry without recording does not change the recording action of its group.
        assert device.is_recording("door")
        assert "door" not in {gap.recording_group_id for gap in device.gaps}


@pytest.mark.long
def test_never_stops_recording_only_if_allowed(play: Play, fresh: Fleet) -> None:
    assert play(ROLL_OUT, groups=GROUPS).status == 0
    groups = [{**group, "recording": "never"} for group in VARIABLES["retention_policy_groups"]]
    never = {"axis": {"vars": {**VARIABLES, "retention_policy_groups": groups}}}
    run = play(ROLL_OUT, *extra_vars(**ALLOWED), groups=never)
    for name, device in fresh.devices.items():
        assert {item["kind"] for item in run.results[CHECK, name]["refused"]} == {"recording_stop"}
        assert device.is_recording("door")
    hold = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
    held = {"axis": {"vars": {**never["axis"]["vars"], "axis_holds": [hold]}}}
    run = play(ROLL_OUT, *extra_vars(**STOP), groups=held)
    assert run.status == 0, run.output
    for name, device in fresh.devices.items():
        [refused] = run.results[APPLY, name]["refused"]
        assert (refused["recording_group_id"], refused["kind"]) == ("door", "held")
        assert "Case 4711" in refused["reason"]
        assert device.is_recording("door")
        assert not device.is_recording(yard_id(device))
        assert set(device.groups) == {"door", yard_id(device)}
        assert device.lost_recordings == []


def test_groups_are_managed_without_the_action_service(play: Play, fleet: Fleet) -> None:
    lacking = fleet.add("camera_12_9", "lacking", switches=Switches(action_service=False))
    viewer = fleet.add("camera_12_9", "viewer")
    for device in (lacking, viewer):
        device.plant_group(recording_group_id="door", retention_time=24)
    policy = {"axis": {"vars": {"retention_policy_groups": VARIABLES["retention_policy_groups"][:1]}}}
    hosts = {"viewer": {"axis_username": "viewer", "axis_password": "viewer-pass"}}
    audit = play(AUDIT, groups=policy, hosts=hosts)
    assert audit.status == 0, audit.output
    assert summary(audit)["refused"] == ["lacking", "viewer"]
    for name, kind in (("lacking", "unsupported"), ("viewer", "forbidden")):
        result = audit.results[CHECK, name]
        assert [(item["recording_group_id"], item["kind"]) for item in result["refused"]] == [("door", kind)]
        assert result["compliant"] is False
        assert [(item["field"], item["before"], item["after"]) for item in result["changes"][0]["differences"]] == [
            ("retention_time", 24, 720)
        ]
    assert play(ROLL_OUT, groups=policy, hosts={"viewer": {"axis_username": "root", **ROOT}}).status == 0
    assert lacking.groups["door"].retention_time == 720
    assert viewer.is_recording("door")


def test_unknown_condition_does_not_affect_other_groups(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera")
    groups = [
        {"recording_group_id": "a", "recording": {"conditions": [{**PORT, "topic_expression": "tns1:Device/Nothing"}]}},
        {"recording_group_id": "b", "recording": "always"},
    ]
    run = play(ROLL_OUT, groups={"axis": {"vars": {"retention_policy_groups": groups}}})
    assert run.status != 0
    assert device.is_recording("b")
    result = run.results[APPLY, "camera"]
    assert result["error"]["kind"] == "invalid_condition"
    assert "rule 'Record to a' for group a: tns1:Device/Nothing [port=1, state=1]" in result["msg"]
    assert [item["recording_group_id"] for item in result["failed_changes"]] == ["a"]
    assert result["skipped_changes"] == []


def test_typing_error_in_recording_stops_before_any_request(play: Play, fresh: Fleet) -> None:
    entry = {
        "recording_group_id": "door",
        "recording": {"conditions": [{"topics": "tns1:Device", "message_content": "1"}]},
    }
    run = play(ROLL_OUT, groups={"axis": {"vars": {"retention_policy_groups": [entry]}}})
    assert run.status != 0
    assert (
        "_groups[0].recording.conditions[0].topics is not a valid option. Did you mean topic_expression?" in run.output
    )
    assert [device.name for device in fresh.devices.values() if device.connections] == []
