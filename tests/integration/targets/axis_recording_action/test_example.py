# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example in the documentation of the API: from the version to the changed retention time, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.integration.conftest import Play
from tests.simulator import Device, Fleet, Switches

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
APPLY, REMOVE = EXAMPLES / "similar_retention_time.yml", EXAMPLES / "similar_retention_time_backwards.yml"
ALLOWANCE = ("--extra-vars", '{"delete_recordings": true}')
READS = ["action/GetActionConfigurations", "action/GetActionRules"]
FORMS = {
    "camera_12_9-prefixes": {"namespace_prefixes": "numbered"},
    "camera_12_9-checks": {"action_checks_group": True},
}


@pytest.fixture
def devices(fleet: Fleet, soak: bool) -> list[Device]:
    """Return a device of each profile, and two with other open points, each with an action of another client."""
    for profile in ("camera_10_12", "camera_12_9", "recorder_s3008"):
        fleet.add(profile, profile)
    for name, switches in FORMS.items() if soak else ():
        fleet.add("camera_12_9", name, switches=Switches(**switches))
    for device in fleet.devices.values():
        device.plant_group(recording_group_id="others", retention_time=1)
        device.plant_recording("others", name="ACC_MotionAction")
    return list(fleet.devices.values())


def write_calls(device: Device) -> list[str]:
    """Return the calls of the writes."""
    return [entry.call for entry in device.writes]


def action_calls(device: Device, mark: int) -> list[str]:
    """Return the authenticated calls of the action service since a mark."""
    return [entry.call for entry in device.journal_since(mark) if entry.user and entry.call.startswith("action/")]


def assert_other_action_unchanged(devices: list[Device]) -> None:
    """Check that the action of the other client still exists and records."""
    for device in devices:
        assert [rule.name for rule in device.actions.rules.values() if rule.name.startswith("ACC")] == [
            "ACC_MotionAction"
        ]
        assert device.is_recording("others")
        assert "others" not in {gap.recording_group_id for gap in device.gaps}


def run_in_each_mode(
    play: Play, devices: list[Device], playbook: Path, is_done: Callable[[Device], bool], *, soak: bool
) -> None:
    """Run check, apply, and apply again, and in the soak check again."""
    runs: list[tuple[list[str], bool, bool]] = [
        (["--check", "--diff"], True, False),
        (["--diff"], True, True),
        ([], False, True),
        (["--check"], False, True),
    ]
    for arguments, changes, done in runs if soak else runs[:3]:
        marks = {device.name: device.mark() for device in devices}
        run = play(playbook, *arguments, *ALLOWANCE)
        assert run.status == 0, run.output
        for device in devices:
            writes = [entry.call for entry in device.journal_since(marks[device.name]) if entry.write]
            assert bool(writes) is (changes and "--check" not in arguments), arguments
            assert (run.recap[device.name]["changed"] > 0) is changes, arguments
            assert is_done(device) is done
            if not changes:
                assert action_calls(device, marks[device.name]) == READS


def test_example_can_be_applied_and_removed(play: Play, devices: list[Device], soak: bool) -> None:
    run_in_each_mode(play, devices, APPLY, lambda device: device.is_recording("example"), soak=soak)
    for device in devices:
        group = asdict(device.groups["example"])
        assert (group["retention_time"], group["nice_name"]) == (336, "Example")
        assert write_calls(device) == [
            "recording_group/create",
            "action/AddActionConfiguration",
            "action/AddActionRule",
            "recording_group/update",
        ]
        [rule] = [rule for rule in device.actions.rules.values() if rule.name == "Record the example"]
        assert rule.enabled
        assert [(event.topic, event.message) for event in rule.conditions] == [
            ("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])')
        ]
        configuration = device.actions.configurations[rule.primary_action]
        assert configuration.template == "com.axis.action.unlimited.recording_group.storage"
        assert configuration.parameters == {"recording_group_id": "example"}
    assert_other_action_unchanged(devices)
    assert play(REMOVE).status != 0
    for device in devices:
        assert device.is_recording("example")
        assert device.groups["example"].retention_time == 336
    run_in_each_mode(play, devices, REMOVE, lambda device: "example" not in device.groups, soak=soak)
    for device in devices:
        assert write_calls(device)[4:] == [
            "recording_group/update",
            "action/RemoveActionRule",
            "action/RemoveActionConfiguration",
            "recording_group/delete",
        ]
        assert len(device.actions.rules) == len(device.actions.configurations) == 1
        # Recording ends once, when the rule is removed.
        assert [(gap.recording_group_id, gap.until) for gap in device.gaps] == [("example", None)]
    assert_other_action_unchanged(devices)


def test_delete_before_action_names_the_obstacle(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera")
    assert play(APPLY).status == 0
    mark = device.mark()
    delete = {"recording_group_id": "example", "state": "absent", "allow_recording_loss": True}
    modes = {"Check": True, "Delete": False}
    run = play(
        [
            {
                "name": name,
                "camfleet.axis.axis_recording_group": delete,
                "check_mode": check_mode,
                "ignore_errors": True,
            }
            for name, check_mode in modes.items()
        ]
    )
    for name in modes:
        result = run.results[name, "camera"]
        assert run.outcomes[name, "camera"] == "failed", run.output
        assert (result["error"]["kind"], result["error"]["code"]) == ("group_in_use", 140)
        assert "action configuration 'Record the example'" in result["msg"]
        assert "action rule 'Record the example'" in result["msg"]
        assert "axis_recording_action, recording_group_id: example and state: absent" in result["msg"]
        assert "allow_recording_stop: true" in result["msg"]
    assert [entry for entry in device.journal_since(mark) if entry.write] == []
    assert "example" in device.groups
