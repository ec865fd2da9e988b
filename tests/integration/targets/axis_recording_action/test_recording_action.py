# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module in each mode without a gap in the recording, and the error of each failure."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Device, Fleet, Switches

MODULE = "camfleet.axis.axis_recording_action"
ALWAYS = ("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])')
PORT = {"topic_expression": "tns1:Device/tnsaxis:IO/Port", "message_content": {"port": 1, "state": 1}}
PORT_ON_DEVICE = (
    "tns1:Device/tnsaxis:IO/Port",
    'boolean(//SimpleItem[@Name="port" and @Value="1"]) and boolean(//SimpleItem[@Name="state" and @Value="1"])',
)
# The same in another form, and as AXIS OS 10.12 returns it.
PORT_IN_OTHER_FORM = {
    "topic": "tns1:Device/tnsaxis:IO/Port//.",
    "message_content": "boolean( //SimpleItem[ @Name='port' and @Value='1' ] ) and "
    "boolean(//SimpleItem[@Name='state' and @Value='1'])",
}
DAY = {"topic": "tns1:VideoSource/tnsaxis:DayNightVision", "message_content": {"day": 1}}
DAY_ON_DEVICE = ("tns1:VideoSource/tnsaxis:DayNightVision", 'boolean(//SimpleItem[@Name="day" and @Value="1"])')
ADMINISTRATOR = {"axis_username": "root", "axis_password": "administrator-pass"}


def action(task: str = "Action", /, **options: Any) -> dict[str, Any]:
    """Return a task."""
    return {"name": task, MODULE: {"recording_group_id": "door", **options}}


@pytest.fixture
def devices(fleet: Fleet, soak: bool) -> list[Device]:
    """Return each profile over HTTP, one or all of them over HTTPS, and devices with other open points.

    These are alone in the soak, and otherwise on one device. Each device has rules of other clients.
    """
    for profile in ("camera_10_12", "camera_12_9", "camera_12_11", "camera_13", "recorder_s3008"):
        fleet.add(profile, profile)
        if soak or profile == "camera_12_9":
            fleet.add(profile, f"{profile}-https", scheme="https")
    alone = {
        "prefixes": Switches(namespace_prefixes="numbered"),
        "viewer": Switches(action_service_role="viewer"),
        "checks": Switches(action_checks_group=True),
        "reuse-ids": Switches(reuse_ids=True),
    }
    together = Switches(
        namespace_prefixes="numbered", action_service_role="viewer", action_checks_group=True, reuse_ids=True
    )
    for name, switches in {
        "administrator": Switches(action_service_role="administrator"),
        **(alone if soak else {"together": together}),
    }.items():
        fleet.add("camera_12_9", name, switches=switches)
    for device in fleet.devices.values():
        device.plant_group(recording_group_id="door", retention_time=720)
        device.plant_group(recording_group_id="others", retention_time=1)
        device.plant_recording("others", name="ACC_ContinuousAction")
        device.plant_configuration(
            template="com.axis.action.unlimited.recording.storage",
            name="ACC_MotionAction",
            stream_options="streamprofile=ACC_High",
            pre_duration="0",
            post_duration="0",
            storage_id="SD_DISK",
        )
    return list(fleet.devices.values())


def rules(device: Device, recording_group_id: str = "door") -> list[tuple[str, bool, list[tuple[str, str]]]]:
    """Return the rules of a group: name, whether enabled, conditions."""
    return [
        (rule.name, rule.enabled, [(event.topic, event.message) for event in rule.conditions])
        for rule in device.actions.rules.values()
        if device.actions.configurations[rule.primary_action].parameters.get("recording_group_id") == recording_group_id
    ]


def prediction(result: dict[str, Any]) -> dict[str, Any]:
    """Return what check mode predicts: the result without the IDs that the device generates."""
    known = {**(result["recording_action"] or {}), "rule_id": None, "configuration_id": None}
    return {"changes": result["changes"], "diff": result["diff"], "action": known}


def wrote(device: Device, mark: int) -> list[bool]:
    """Return of each task since a mark whether it wrote; a task begins with a challenge."""
    tasks: list[bool] = []
    for entry in device.journal_since(mark):
        if entry.status == 401:
            tasks.append(False)
        else:
            tasks[-1] |= entry.write
    return tasks


def run_in_each_mode(
    play: Play, devices: list[Device], options: dict[str, Any], *equal_options: dict[str, Any]
) -> None:
    """Run check (no write), apply (as predicted), apply again, and check again (no change).

    :param equal_options: other forms of the options, which change nothing afterwards.
    """
    check, diff = {"check_mode": True}, {"diff": True}
    tasks: list[dict[str, Any]] = [
        {**action("check", **options), **check, **diff},
        {**action("apply", **options), **diff},
        action("again", **options),
        {**action("check again", **options), **check},
        *(action(f"equal {number}", **other) for number, other in enumerate(equal_options)),
    ]
    marks = {device.name: device.mark() for device in devices}
    run = play(tasks, hosts={"administrator": ADMINISTRATOR})
    assert run.status == 0, run.output
    for device in devices:
        results = {task["name"]: run.results[task["name"], device.name] for task in tasks}
        assert [name for name, result in results.items() if result["changed"]] == ["check", "apply"], device.name
        assert wrote(device, marks[device.name]) == [task["name"] == "apply" for task in tasks], device.name
        assert prediction(results["check"]) == prediction(results["apply"])
        assert rules(device, "others") == [("ACC_ContinuousAction", True, [ALWAYS])]
        assert "ACC_MotionAction" in {item.name for item in device.actions.configurations.values()}
        assert "others" not in {gap.recording_group_id for gap in device.gaps}


def test_action_can_be_created_changed_and_removed(play: Play, devices: list[Device]) -> None:
    run_in_each_mode(play, devices, {})
    for device in devices:
        assert rules(device) == [("Record to door", True, [ALWAYS])]
        assert device.is_recording("door")
    run_in_each_mode(play, devices, {"conditions": [PORT]}, {"conditions": [PORT_IN_OTHER_FORM]})
    for device in devices:
        assert rules(device) == [("Record to door", True, [PORT_ON_DEVICE])]
        assert [entry.call for entry in device.writes[-2:]] == ["action/AddActionRule", "action/RemoveActionRule"]
        assert device.gaps == []
    options = {"conditions": [DAY, PORT], "start_event": DAY}
    # The order of conditions is irrelevant, and an omitted name is not managed.
    run_in_each_mode(play, devices, {"name": "Day", **options}, {**options, "conditions": [PORT, DAY]})
    for device in devices:
        assert rules(device) == [("Day", True, [DAY_ON_DEVICE, PORT_ON_DEVICE])]
        [rule] = [rule for rule in device.actions.rules.values() if rule.name == "Day"]
        assert rule.start_event is not None
        assert (rule.start_event.topic, rule.start_event.message) == DAY_ON_DEVICE
        assert device.gaps == []
    run_in_each_mode(play, devices, {"enabled": False, "always": True})
    for device in devices:
        assert rules(device) == [("Day", False, [ALWAYS])]
        assert not device.is_recording("door")
    run_in_each_mode(play, devices, {"state": "absent"})
    for device in devices:
        assert rules(device) == []
        assert len(device.actions.configurations) == 2
        assert set(device.groups) >= {"door", "others"}
        assert device.lost_recordings == []


KINDS: dict[str, tuple[str, str, str]] = {
    # by host: kind, outcome, text in the message
    "wrong-password": ("authentication", "failed", "rejected the username or password"),
    "viewer": ("forbidden", "failed", "role operator (on some devices administrator)"),
    "no-service": ("unsupported", "failed", "has no /vapix/services"),
    "no-template": ("unsupported", "failed", "ActionTemplateNotFoundFault"),
    "no-event": ("invalid_condition", "failed", "InvalidConditionFilterFault: could not match any property events"),
    "no-group": ("group_not_found", "failed", "existing groups: yard"),
    "web-page": ("malformed_response", "failed", "document type"),
    "trouble": ("device_error", "failed", "HTTP 500"),
    "closed": ("unreachable", "unreachable", ""),
    "held": ("held", "failed", "Case 4711"),
}


@pytest.mark.parametrize("arguments", [["-vvvv"], pytest.param(["--check"], marks=pytest.mark.long)])
def test_each_failure_has_its_kind_of_error(play: Play, fleet: Fleet, arguments: list[str]) -> None:
    for name in KINDS:
        switches = Switches(action_service=name != "no-service")
        device = fleet.add("camera_12_9", name, switches=switches)
        device.plant_group(recording_group_id="yard" if name == "no-group" else "door")
    fleet.devices["no-template"].actions.templates.clear()
    fleet.devices["no-event"].actions.events.clear()
    fleet.devices["held"].plant_recording("door", name="Always")
    fleet.devices["web-page"].plant_fault("body", call="action/*", body=b"<!DOCTYPE html><html></html>", times=None)
    fleet.devices["trouble"].plant_fault("http_status", call="action/*", status=500, times=None)
    hold = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
    run = play(
        [{**action(state="{{ wanted | default('present') }}"), "ignore_errors": True, "ignore_unreachable": True}],
        *arguments,
        hosts={
            "wrong-password": {"axis_password": "incorrect-4711"},
            "viewer": {"axis_username": "viewer", "axis_password": "viewer-pass"},
            "closed": {"axis_port": 1},
            "held": {"wanted": "absent", "axis_holds": [hold]},
        },
    )
    assert "Traceback" not in run.output
    for name, (kind, outcome, expected_text) in KINDS.items():
        result = run.results["Action", name]
        if "--check" in arguments and name in {"no-template", "no-event", "no-group"}:
            # Only the device, or an earlier task of the real run, can know this.
            assert result["changed"] is True
            assert (
                "Recording group door does not exist yet (existing groups: yard)" in str(result.get("warnings"))
            ) is (name == "no-group")
            continue
        assert (result["error"]["kind"], run.outcomes["Action", name]) == (kind, outcome), (name, result)
        assert expected_text in result["msg"]
        assert result["changed"] is False
        assert result["msg"].startswith(f"{name} (127.0.0.1): ")
        assert result["msg"].endswith(result["error"]["next_step"])
    for device in fleet.devices.values():
        # A configuration without a rule would prevent the deletion of the group.
        assert len(device.actions.configurations) == (1 if device.name == "held" else 0)
    assert fleet.devices["held"].is_recording("door")
    assert fleet.devices["no-group"].writes == []


INVALID_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no group": ({"recording_group_id": None}, "recording_group_id is missing"),
    "id with a slash": ({"recording_group_id": "a/b"}, "recording_group_id is 'a/b'"),
    "always with conditions": ({"always": True, "conditions": [PORT]}, "always and conditions are both set"),
    "not always": ({"always": False}, "conditions is not set"),
    "no condition": ({"conditions": []}, "conditions is empty"),
    "start alone": ({"start_event": PORT}, "start_event is set, but conditions is not set"),
    "one condition without a list": ({"conditions": PORT}, "Begin each entry with a dash"),
    "topic of another prefix": (
        {"conditions": [{**PORT, "topic_expression": "tt:A/B"}]},
        "conditions[0].topic_expression",
    ),
    "topic with a wildcard": (
        {"conditions": [{**PORT, "topic_expression": "tns1:A//*"}]},
        "not the topic of one event",
    ),
    "no XPath": ({"conditions": [{**PORT, "message_content": "boolean(//SimpleItem["}]}, "is not a valid XPath"),
    "no message": ({"conditions": [{"topic": "tns1:A"}]}, "conditions[0].message_content is missing"),
    "unknown name": ({"conditions": [{**PORT, "mesage_content": "1"}]}, "Did you mean message_content?"),
    "empty name": ({"name": ""}, "name is empty"),
    "control character": ({"name": "a\u0001b"}, "name has the character"),
}


def test_invalid_options_fail_before_the_first_request(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera")
    tasks = [
        {**action(name, **options), "ignore_errors": True}
        for name, (options, _expected_text) in INVALID_OPTIONS.items()
    ]
    for task in tasks:
        task[MODULE] = {name: value for name, value in task[MODULE].items() if value is not None}
    run = play(tasks)
    for name, (_options, expected_text) in INVALID_OPTIONS.items():
        result = run.results[name, "camera"]
        assert result["error"]["kind"] == "invalid_option", name
        assert expected_text in result["msg"], (name, result["msg"])
    assert device.connections == 0


@pytest.mark.long
def test_delegated_task_with_module_defaults_is_identical(play: Play, fleet: Fleet) -> None:
    jump = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    for name in ("worker", "bastion"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="door")
    steps = {
        "create": {"conditions": [PORT]},
        "again": {"conditions": [PORT_IN_OTHER_FORM]},
        "replace": {"always": True},
        "remove": {"state": "absent"},
        "bad": {"always": False},
    }
    tasks = [
        {
            **action(f"{name} {where}", **options),
            "ignore_errors": True,
            "when": f"inventory_hostname == '{where}'",
            **({"delegate_to": "jump"} if where == "bastion" else {}),
        }
        for name, options in steps.items()
        for where in ("worker", "bastion")
    ]
    login = {"username": "operator", "password": "operator-pass"}
    hosts = {name: {"axis_username": None, "axis_password": None} for name in fleet.devices}
    run = play(
        tasks,
        "--diff",
        hosts={**hosts, "jump": jump},
        keywords={"module_defaults": {"group/camfleet.axis.device": login}},
    )
    for name in steps:
        local, delegated = (
            dict(run.results[f"{name} worker", "worker"]),
            dict(run.results[f"{name} bastion", "bastion"]),
        )
        assert ("error" in local) is (name == "bad")
        for result in (local, delegated):
            result.pop("device")
            result.pop("_ansible_delegated_vars", None)
            # The message begins with the host.
            result["msg"] = str(result.get("msg")).partition(": ")[2]
            # The two devices generate different IDs.
            if result.get("recording_action"):
                assert result["recording_action"].pop("rule_id")
                assert result["recording_action"].pop("configuration_id")
        assert local == delegated
    for device in fleet.devices.values():
        assert [entry.call.removeprefix("action/") for entry in device.writes] == [
            "AddActionConfiguration",
            "AddActionRule",
            "AddActionRule",
            "RemoveActionRule",
            "RemoveActionRule",
            "RemoveActionConfiguration",
        ]
