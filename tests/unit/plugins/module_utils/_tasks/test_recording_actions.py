# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recording actions over HTTP: the order of writes, no gap in the recording, and lost responses.

The expectations are read from the actions, the gaps, and the journal of the simulator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.parameters import RECORDING
from tests.simulator import Fleet, Switches
from tests.simulator.actions import SYSTEM_READY
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

MOTION = "tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1"
ACTIVE = 'boolean(//SimpleItem[@Name="active" and @Value="1"])'
IN_MOTION: dict[str, Any] = {"conditions": [{"topic_expression": MOTION, "message_content": {"active": 1}}]}
UNKNOWN: dict[str, Any] = {"conditions": [{"topic_expression": "tns1:Device/Nothing", "message_content": {"x": 1}}]}
HOLD = {"recording_group_id": "do*", "reason": "Case 1", "owner": "legal", "until": "2999-12-31"}
READS = ["GetActionConfigurations", "GetActionRules"]
# Without action configurations, rules are not read.
FIRST_READ = READS[:1]
SHOWN = f"{MOTION} [active=1]"


@pytest.fixture
def door(camera: Device) -> Device:
    """Return the camera with the group door."""
    camera.plant_group(recording_group_id="door", retention_time=720)
    return camera


@pytest.fixture
def recording(door: Device) -> Device:
    """Return the camera that always records to door, and to another group that is unmanaged."""
    door.plant_group(recording_group_id="yard")
    door.plant_recording("yard", name="Other")
    door.plant_configuration("com.axis.action.unlimited.ledcontrol", "Light", led="statusled", color="green")
    door.plant_recording("door", name="Door")
    return door


def sent(device: Device) -> list[str]:
    """Return the requests with a login: the call without its service."""
    return [entry.call.rpartition("/")[2] for entry in device.journal if entry.authorization]


def rules_of(device: Device, group: str = "door") -> list[tuple[str, bool, list[tuple[str, str]]]]:
    """Return the rules of a group: name, whether enabled, conditions."""
    named = {
        key for key, item in device.actions.configurations.items() if item.parameters == {"recording_group_id": group}
    }
    return [
        (item.name, item.enabled, [(event.topic, event.message) for event in item.conditions])
        for item in device.actions.rules.values()
        if item.primary_action in named
    ]


def number_of_configurations(device: Device, group: str = "door") -> int:
    """Return how many action configurations name a group."""
    return sum(item.parameters == {"recording_group_id": group} for item in device.actions.configurations.values())


def error_kind(result: dict[str, Any]) -> str | None:
    """Return the error kind of a failed result, or None."""
    failed = result.get("failed", False) or result.get("unreachable", False)
    assert failed is ("error" in result)
    return result["error"]["kind"] if failed else None


def differences(change: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the differences of a change."""
    return [(item["field"], item["before"], item["after"]) for item in change["differences"]]


def state(device: Device) -> Any:
    """Return everything that the action service has, including IDs."""
    return (
        {key: (item.name, item.template, item.parameters) for key, item in device.actions.configurations.items()},
        {
            key: (item.name, item.enabled, item.conditions, item.start_event, item.primary_action)
            for key, item in device.actions.rules.items()
        },
    )


def others(device: Device) -> Any:
    """Return everything that does not concern the group door."""
    configurations, rules = state(device)
    own = {key for key, (_name, _template, given) in configurations.items() if given == {"recording_group_id": "door"}}
    return (
        {key: item for key, item in configurations.items() if key not in own},
        {key: item for key, item in rules.items() if item[-1] not in own},
    )


def test_device_without_actions_gets_configuration_and_rule(run_action: RunTask, door: Device) -> None:
    result = run_action(door)
    assert sent(door) == [*FIRST_READ, "list", "AddActionConfiguration", "AddActionRule", *READS]
    assert door.connections == 1
    assert rules_of(door) == [("Record to door", True, [SYSTEM_READY])]
    ((configuration_id, configuration),) = door.actions.configurations.items()
    assert configuration.name == "Record to door"
    assert door.is_recording("door")
    assert (error_kind(result), result["changed"], result["refused"], result["warnings"]) == (None, True, [], [])
    assert result["recording_action"] == {
        "recording_group_id": "door",
        "name": "Record to door",
        "enabled": True,
        "conditions": [{"topic_expression": SYSTEM_READY[0], "message_content": SYSTEM_READY[1]}],
        "start_event": None,
        "configuration_id": configuration_id,
        "rule_id": next(iter(door.actions.rules)),
    }
    (change,) = result["changes"]
    assert (change["operation"], change["stops_recording"], change["name"]) == ("create", False, "Record to door")
    assert differences(change) == [
        ("name", None, "Record to door"),
        ("enabled", None, True),
        ("conditions", None, "always"),
    ]


@pytest.mark.parametrize("check_mode", [True, False])
def test_compliant_action_costs_two_reads_and_a_list(run_action: RunTask, recording: Device, check_mode: bool) -> None:
    result = run_action(recording, check_mode=check_mode)
    assert sent(recording) == [*READS, "list"]
    assert (error_kind(result), result["changed"], result["changes"]) == (None, False, [])
    assert result["recording_action"]["name"] == "Door"


def test_action_task_is_idempotent(run_action: RunTask, door: Device) -> None:
    options = {**IN_MOTION, "name": 'Tür <&"', "start_event": {"topic_expression": MOTION, "message_content": ACTIVE}}
    assert run_action(door, **options)["changed"]
    before = state(door)
    assert not run_action(door, **options)["changed"]
    assert state(door) == before


def test_old_rule_is_removed_after_the_new_one_is_visible(run_action: RunTask, recording: Device) -> None:
    theirs = others(recording)
    result = run_action(recording, **IN_MOTION)
    assert sent(recording) == [*READS, "list", "AddActionRule", *READS, "RemoveActionRule", *READS]
    assert recording.gaps == []
    assert rules_of(recording) == [("Door", True, [(MOTION, ACTIVE)])]
    assert number_of_configurations(recording) == 1
    assert others(recording) == theirs
    (change,) = result["changes"]
    assert (error_kind(result), change["operation"], change["stops_recording"]) == (None, "update", False)
    assert differences(change) == [("conditions", "always", SHOWN)]


def test_action_of_another_template_is_replaced_without_a_gap(run_action: RunTask, door: Device) -> None:
    other = door.plant_configuration("com.axis.action.unlimited.recording.storage", recording_group_id="door")
    door.plant_rule(other.configuration_id, "Door")
    run_action(door)
    assert sent(door) == [
        *READS,
        "list",
        "AddActionConfiguration",
        "AddActionRule",
        *READS,
        "RemoveActionRule",
        "RemoveActionConfiguration",
        *READS,
    ]
    assert rules_of(door) == [("Door", True, [SYSTEM_READY])]
    assert len(door.actions.configurations) == 1


def test_duplicate_rules_are_reduced_to_the_matching_one(run_action: RunTask, recording: Device) -> None:
    recording.plant_recording("door", name="Second", conditions=[(MOTION, ACTIVE.replace('"', "'"))])
    recording.plant_recording("door", name="Third", enabled=False)
    recording.plant_configuration(recording_group_id="door")
    theirs = others(recording)
    result = run_action(recording, **IN_MOTION)
    assert sent(recording) == [*READS, "list", *["RemoveActionRule"] * 2, *["RemoveActionConfiguration"] * 3, *READS]
    assert rules_of(recording) == [("Second", True, [(MOTION, ACTIVE.replace('"', "'"))])]
    assert number_of_configurations(recording) == 1
    assert (recording.gaps, others(recording)) == ([], theirs)
    (change,) = result["changes"]
    assert [item[0] for item in differences(change)] == ["other_rules", "other_configurations"]
    assert differences(change)[0] == ("other_rules", "Door (always), Third (always, but disabled)", "")


def test_rejected_rule_keeps_the_old_one(run_action: RunTask, recording: Device) -> None:
    before = state(recording)
    result = run_action(recording, **UNKNOWN)
    assert sent(recording) == [*READS, "list", "AddActionRule"]
    assert (error_kind(result), result["changed"], result["changes"]) == ("invalid_condition", False, [])
    assert result["recording_action"]["name"] == "Door"
    assert (state(recording), recording.gaps) == (before, [])


def test_rejected_rule_removes_its_new_configuration(run_action: RunTask, door: Device) -> None:
    result = run_action(door, **UNKNOWN)
    assert sent(door) == [
        *FIRST_READ,
        "list",
        "AddActionConfiguration",
        "AddActionRule",
        "RemoveActionConfiguration",
        *FIRST_READ,
    ]
    assert (door.actions.configurations, door.actions.rules) == ({}, {})
    assert (error_kind(result), result["changed"], result["changes"]) == ("invalid_condition", False, [])
    assert result["recording_action"] is None


def test_leftover_configuration_is_reported_and_reused(run_action: RunTask, door: Device) -> None:
    door.plant_fault("http_status", call="action/RemoveActionConfiguration", status=500)
    result = run_action(door, **UNKNOWN)
    assert (error_kind(result), result["changed"]) == ("invalid_condition", True)
    (left,) = door.actions.configurations
    assert result["recording_action"]["configuration_id"] == left
    assert run_action(door)["changed"]
    assert (list(door.actions.configurations), len(rules_of(door))) == ([left], 1)


@pytest.mark.parametrize("call", ["AddActionRule", "RemoveActionRule"])
def test_ignored_action_write_is_not_applied(run_action: RunTask, recording: Device, call: str) -> None:
    recording.plant_fault("ignore_write", call=f"action/{call}")
    result = run_action(recording, **IN_MOTION)
    assert error_kind(result) == "not_applied"
    assert "door" in result["msg"]
    assert result["changed"] is (call == "RemoveActionRule")
    names = [name for name, _enabled, _conditions in rules_of(recording)]
    assert names == (["Door"] if call == "AddActionRule" else ["Door", "Door"])
    assert "RemoveActionRule" not in sent(recording) or call == "RemoveActionRule"
    assert recording.gaps == []


@pytest.mark.parametrize("loses", [False, True])
@pytest.mark.parametrize("field", ["name", "enabled", "conditions"])
def test_altered_rules_do_not_accumulate(run_action: RunTask, recording: Device, field: str, loses: bool) -> None:
    def rewrite(device: Device) -> None:
        for rule in device.actions.rules.values():
            if rule.conditions[0].topic == MOTION:
                value = {"name": "Cut", "enabled": not rule.enabled, "conditions": [*rule.conditions] * 2}
                setattr(rule, field, value[field])

    recording.plant_fault("callback", call="action/AddActionRule", run=rewrite, when="after", times=None)
    before = state(recording)
    for _run in range(3):
        if loses and field != "name":
            recording.plant_fault("drop_after", call="action/AddActionRule")
        result = run_action(recording, **IN_MOTION, name="New", retries=0)
        assert error_kind(result) == "not_applied"
        assert (
            ("'Cut'" if field == "name" else "'New'") in result["msg"],
            "New" in str(result["recording_action"]),
        ) == (
            True,
            False,
        )
        assert result["changed"] is False
        assert state(recording) == before
    assert recording.gaps == []


def test_altered_rule_leaves_nothing_on_a_new_device(run_action: RunTask, door: Device) -> None:
    def rename(device: Device) -> None:
        for rule in device.actions.rules.values():
            rule.name = "Cut"

    door.plant_fault("callback", call="action/AddActionRule", run=rename, when="after", times=None)
    result = run_action(door, name="A name that is too long")
    assert (error_kind(result), result["changed"]) == ("not_applied", False)
    assert "'Cut', always" in result["msg"]
    assert state(door) == ({}, {})


def test_missing_group_gets_no_action(run_action: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="yard")
    result = run_action(camera)
    assert sent(camera) == [*FIRST_READ, "list"]
    assert (error_kind(result), result["changed"], result["warnings"]) == ("group_not_found", False, [])
    assert "existing groups: yard" in result["msg"]
    assert "axis_recording_group" in result["error"]["next_step"]
    result = run_action(camera, check_mode=True)
    assert (error_kind(result), result["changed"]) == (None, True)
    # Without the host, so that a fleet has one warning.
    (warning,) = result["warnings"]
    assert warning == (
        "Recording group door does not exist yet (existing groups: yard). "
        "Unless an earlier task creates it, a run without check mode fails."
    )
    assert camera.writes == []


@pytest.mark.parametrize("options", [{}, IN_MOTION, {"enabled": False, "allow_recording_stop": True}])
def test_group_of_a_removed_card_is_not_found(run_action: RunTask, recording: Device, options: dict[str, Any]) -> None:
    recording.pull_disk("SD_DISK")
    before = state(recording)
    result = run_action(recording, **options)
    assert sent(recording) == [*READS, "list"]
    assert (error_kind(result), result["changed"], result["changes"]) == ("group_not_found", False, [])
    assert "existing groups: none" in result["msg"]
    assert result["recording_action"]["name"] == "Door"
    result = run_action(recording, check_mode=True, **options)
    assert (error_kind(result), result["changed"]) == (None, bool(options))
    (warning,) = result["warnings"]
    assert "group door does not exist yet (existing groups: none)" in warning
    assert "127.0.0.1" not in warning
    assert state(recording) == before


def test_action_is_removed_although_its_card_is_missing(run_action: RunTask, recording: Device) -> None:
    recording.pull_disk("SD_DISK")
    assert (error_kind(run_action(recording, state="absent")), rules_of(recording)) == (None, [])
    assert "list" not in sent(recording)


def test_action_of_a_missing_group_is_removed(run_action: RunTask, camera: Device) -> None:
    camera.plant_recording("door")
    assert run_action(camera, state="absent")["changed"]
    assert (camera.actions.configurations, camera.actions.rules) == ({}, {})


def test_check_mode_predicts_which_rule_a_removal_shows(run_action: RunTask, door: Device) -> None:
    # The second rule is like the default of the options, which say nothing about what is removed.
    run_action(door, **IN_MOTION)
    door.plant_recording("door", name="Always")
    predicted = run_action(door, state="absent", check_mode=True)
    assert predicted["changes"] == run_action(door, state="absent")["changes"]
    assert predicted["changes"][0]["name"] == "Record to door"


def test_absent_removes_only_actions_of_the_group(run_action: RunTask, recording: Device) -> None:
    recording.plant_recording("door", name="Second")
    theirs = others(recording)
    result = run_action(recording, state="absent")
    assert sent(recording) == [*READS, *["RemoveActionRule"] * 2, *["RemoveActionConfiguration"] * 2, *READS]
    assert state(recording) == theirs
    assert recording.is_recording("yard")
    assert [gap.recording_group_id for gap in recording.gaps] == ["door"]
    (change,) = result["changes"]
    assert (change["operation"], change["stops_recording"], change["name"]) == ("delete", True, "Door")
    assert result["recording_action"] is None
    mark = recording.mark()
    assert not run_action(recording, state="absent")["changed"]
    assert [entry.call for entry in recording.journal_since(mark) if entry.write] == []


def test_disabled_stops_the_recording_and_keeps_the_rule(run_action: RunTask, recording: Device) -> None:
    result = run_action(recording, enabled=False)
    assert rules_of(recording) == [("Door", False, [SYSTEM_READY])]
    assert not recording.is_recording("door")
    (change,) = result["changes"]
    assert (change["operation"], change["stops_recording"]) == ("update", True)
    assert differences(change) == [("enabled", True, False)]


@pytest.mark.parametrize(
    ("options", "stops"), [({"state": "absent"}, True), ({"enabled": False}, True), (IN_MOTION, False)]
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_hold_refuses_everything_that_may_record_less(
    run_action: RunTask, recording: Device, options: dict[str, Any], stops: bool, check_mode: bool
) -> None:
    before = state(recording)
    result = run_action(recording, check_mode=check_mode, holds=[HOLD], **options)
    assert sent(recording) == [*READS, "list"]
    assert (error_kind(result), result["changed"], result["changes"]) == ("held", False, [])
    assert "legal" in result["error"]["next_step"]
    (refused,) = result["refused"]
    assert (refused["kind"], refused["recording_group_id"], refused["stops_recording"]) == ("held", "door", stops)
    assert ("The change ends the recording to group door" in result["msg"]) is stops
    assert ("The change may reduce the recording to group door" in result["msg"]) is not stops
    assert result["recording_action"]["name"] == "Door"
    assert state(recording) == before


def test_hold_permits_everything_else(run_action: RunTask, recording: Device) -> None:
    # Permanent recording is more than any conditions.
    (rule,) = [item for item in recording.actions.rules.values() if item.name == "Door"]
    recording.actions.remove_rule(rule.rule_id)
    recording.plant_rule(rule.primary_action, "Door", conditions=[(MOTION, ACTIVE)])
    assert run_action(recording, holds=[HOLD])["changed"]
    assert rules_of(recording) == [("Door", True, [SYSTEM_READY])]
    assert run_action(recording, holds=[{**HOLD, "recording_group_id": "yard"}], **IN_MOTION)["changed"]
    assert error_kind(run_action(recording, holds=[{**HOLD, "recording_group_id": "yard"}], state="absent")) is None
    recording.plant_recording("door", enabled=False)
    assert error_kind(run_action(recording, holds=[HOLD], state="absent")) is None


@pytest.mark.parametrize(
    ("planted", "options"),
    [
        ((), {}),
        ((), {"enabled": False, "name": "x"}),
        ((), {"state": "absent"}),
        (({"name": "a"},), IN_MOTION),
        (({"name": "a"},), {"enabled": False}),
        (({"name": "a"},), {"state": "absent"}),
        (({"name": "a"}, {"name": "b"}), {}),
        (({"name": "a", "enabled": False}, {"conditions": [(MOTION, ACTIVE.replace('"', "'"))]}), IN_MOTION),
        (({"name": "a", "enabled": False}, {"name": "b"}), {"name": "c"}),
        (({"name": "a", "start_event": (MOTION, ACTIVE)},), {}),
    ],
)
def test_check_mode_predicts_the_real_action_run(
    run_action: RunTask, door: Device, planted: tuple[dict[str, Any], ...], options: dict[str, Any]
) -> None:
    for rule in planted:
        door.plant_recording("door", **rule)
    before = state(door)
    predicted = run_action(door, check_mode=True, **options)
    assert door.writes == []
    assert state(door) == before
    real = run_action(door, **options)
    assert without_ids(predicted) == without_ids(real)
    assert real["changed"] is (state(door) != before)


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        (("http_status", {"call": "action/Get*", "status": 403}), {}),
        (("http_status", {"call": "action/Get*", "status": 404}), {}),
        (("http_status", {"call": "action/GetActionRules", "status": 500}), {}),
        (("http_status", {"call": "recording_group/list", "status": 403}), IN_MOTION),
        (("body", {"call": "action/Get*", "body": b"<html/>"}), {}),
    ],
)
def test_check_mode_fails_like_the_real_run(
    run_action: RunTask, recording: Device, fault: tuple[str, dict[str, Any]], options: dict[str, Any]
) -> None:
    recording.plant_fault(fault[0], **fault[1])
    predicted = run_action(recording, check_mode=True, **options)
    recording.plant_fault(fault[0], **fault[1])
    real = run_action(recording, **options)
    assert predicted == real
    assert error_kind(real) is not None
    assert recording.writes == []


def without_ids(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without the IDs that only a device can generate."""
    action = result["recording_action"]
    return {**result, "recording_action": action and {**action, "configuration_id": None, "rule_id": None}}


# A lost response, at every request of a run.


# Existing rules, the options of the task, its number of requests to the action service, and the final rules.
RUNS: dict[str, tuple[list[str], dict[str, Any], int, list[Any]]] = {
    "replace": (["Door"], IN_MOTION, 8, [("Door", True, [(MOTION, ACTIVE)])]),
    "create": ([], {}, 6, [("Record to door", True, [SYSTEM_READY])]),
    "remove": (["Door"], {"state": "absent"}, 6, []),
}


@pytest.mark.parametrize(("name", "number"), [(name, number) for name in RUNS for number in range(RUNS[name][2])])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("retries", [0, 2])
def test_any_lost_response_converges_in_the_next_run(
    run_action: RunTask, door: Device, name: str, number: int, fault: str, retries: int
) -> None:
    door.plant_group(recording_group_id="yard")
    door.plant_recording("yard", name="Other")
    theirs = others(door)
    there, options, _requests, desired = RUNS[name]
    for rule in there:
        door.plant_recording("door", name=rule)
    before = state(door)
    planted = door.plant_fault(fault, call="action/*", skip=number)
    first = run_action(door, retries=retries, **options)
    assert planted.hits == 1
    assert first["changed"] <= (state(door) != before)
    # Reads are retried after the first login, and show the effect of a lost write.
    assert retries == 0 or number == 0 or error_kind(first) is None
    door.faults.clear()
    second = run_action(door, retries=retries, **options)
    assert error_kind(second) is None
    assert rules_of(door) == desired
    assert number_of_configurations(door) == len(desired)
    assert others(door) == theirs
    assert [gap.recording_group_id for gap in door.gaps] == (["door"] if name == "remove" else [])
    # A write that was not read back is not claimed, and the next run may find nothing to change.
    assert first["changed"] or second["changed"] or error_kind(first) == "unconfirmed"
    assert not run_action(door, retries=retries, **options)["changed"]


@pytest.mark.parametrize("call", ["AddActionConfiguration", "AddActionRule", "RemoveActionRule"])
def test_action_write_lost_twice_is_unconfirmed(run_action: RunTask, recording: Device, call: str) -> None:
    options = {**IN_MOTION}
    if call == "AddActionConfiguration":
        recording.actions.configurations.clear()
        recording.actions.rules.clear()
    recording.plant_fault("drop_before", call=f"action/{call}", times=2)
    result = run_action(recording, **options)
    assert error_kind(result) == "unconfirmed"
    assert sent(recording).count(call) == 2
    assert result["changed"] is (call == "RemoveActionRule")
    assert "unreachable" not in result


def test_write_that_may_be_in_progress_is_not_repeated(run_action: RunTask, recording: Device) -> None:
    # Longer than the test: only the timeout of the client ends the wait.
    recording.plant_fault("delay", call="action/AddActionRule", seconds=30, when="before")
    result = run_action(recording, timeout=0.8, **IN_MOTION)
    assert error_kind(result) == "unconfirmed"
    assert sent(recording).count("AddActionRule") == 1


def test_failed_read_back_of_actions_is_unconfirmed(run_action: RunTask, recording: Device) -> None:
    recording.plant_fault("drop_before", call="action/Get*", skip=2, times=None)
    result = run_action(recording, retries=0, **IN_MOTION)
    assert (error_kind(result), result["changed"]) == ("unconfirmed", False)
    assert "could not be read back" in result["msg"]
    assert "unreachable" not in result
    # Nothing is removed before its successor is visible.
    assert sent(recording).count("RemoveActionRule") == 0


def test_device_without_power_is_unreachable(run_action: RunTask, recording: Device) -> None:
    recording.powered = False
    result = run_action(recording, retries=0)
    assert (result["unreachable"], result["changed"], result["recording_action"]) == (True, False, None)


def test_rule_removed_by_another_client_is_not_a_failure(run_action: RunTask, recording: Device) -> None:
    def remove(device: Device) -> None:
        (rule_id,) = [key for key, item in device.actions.rules.items() if item.name == "Door"]
        device.actions.remove_rule(rule_id)

    recording.plant_fault("callback", call="action/RemoveActionRule", run=remove)
    result = run_action(recording, state="absent")
    assert (error_kind(result), result["changed"]) == (None, True)
    assert rules_of(recording) == []


def test_configuration_used_by_another_client_is_in_use(run_action: RunTask, recording: Device) -> None:
    (number,) = [key for key, item in recording.actions.configurations.items() if item.name == "Door"]
    recording.plant_fault(
        "callback", call="action/RemoveActionConfiguration", run=lambda device: device.plant_rule(number, "New")
    )
    result = run_action(recording, state="absent")
    assert error_kind(result) == "action_in_use"
    assert result["recording_action"]["name"] == "New"


@pytest.mark.parametrize("options", [{"recording_group_id": "a b"}, {"name": ""}, {"conditions": []}])
def test_invalid_input_sends_no_request(run_action: RunTask, door: Device, options: dict[str, Any]) -> None:
    result = run_action(door, **options)
    assert error_kind(result) == "invalid_option"
    assert (door.journal, result["changed"], result["recording_action"]) == ([], False, None)


# As part of a policy.


def entry(record: str | dict[str, Any] = "always", **fields: Any) -> dict[str, Any]:
    """Return an entry of groups, by default for door."""
    whole = {**RECORDING, **record} if isinstance(record, dict) else record
    return {"recording_group_id": "door", "retention_time": "30d", "recording": whole, **fields}


def summarize(result: dict[str, Any], part: str = "changes") -> list[tuple[str, Any, list[str]]]:
    """Return the changes of a result: operation, group, fields."""
    return [
        (item["operation"], item["recording_group_id"], [one["field"] for one in item["differences"]])
        for item in result[part]
    ]


def verdicts(result: dict[str, Any]) -> list[tuple[Any, str, str]]:
    """Return the findings in short form."""
    return [(item["recording_group_id"], item["verdict"], item["severity"]) for item in result["findings"]]


CREATION = [
    "list",
    "list",
    "GetActionConfigurations",
    "create",
    "list",
    "AddActionConfiguration",
    "AddActionRule",
    "GetActionConfigurations",
    "GetActionRules",
]


def test_new_camera_gets_group_and_action(run_policy: RunTask, camera: Device) -> None:
    result = run_policy(camera, groups=[entry()])
    assert sent(camera) == CREATION
    assert (error_kind(result), result["compliant"]) == (None, True)
    assert summarize(result) == [("create", "door", ["retention_time", "recording"])]
    assert verdicts(result) == [("door", "compliant", "info")]
    assert rules_of(camera) == [("Record to door", True, [SYSTEM_READY])]
    assert camera.is_recording("door")


def test_group_with_generated_id_gets_an_action(run_policy: RunTask, camera: Device) -> None:
    groups = [{"nice_name": "Door", "retention_time": "30d", "recording": "always", "id_source": "device"}]
    predicted = run_policy(camera, check_mode=True, groups=groups)
    assert camera.writes == []
    result = run_policy(camera, groups=groups)
    (recording_group_id,) = camera.groups
    assert rules_of(camera, recording_group_id) == [(f"Record to {recording_group_id}", True, [SYSTEM_READY])]
    assert summarize(result) == [("create", recording_group_id, ["nice_name", "retention_time", "recording"])]
    assert summarize(predicted) == [("create", None, ["nice_name", "retention_time", "recording"])]
    again = run_policy(camera, groups=groups)
    assert (again["changed"], again["compliant"]) == (False, True)


def test_compliant_policy_costs_a_list_and_two_reads(run_policy: RunTask, recording: Device) -> None:
    result = run_policy(recording, groups=[entry()])
    assert sent(recording) == ["list", *READS]
    assert (result["changed"], result["compliant"]) == (False, True)


def test_without_recording_no_actions_are_read(run_policy: RunTask, recording: Device) -> None:
    run_policy(recording, groups=[{"recording_group_id": "door", "retention_time": "30d"}])
    assert sent(recording) == ["list"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_other_conditions_are_drift(run_policy: RunTask, recording: Device, check_mode: bool) -> None:
    result = run_policy(recording, check_mode=check_mode, groups=[entry(IN_MOTION)], unmanaged="ignore")
    (change,) = result["changes"]
    assert (change["operation"], differences(change)) == ("update", [("recording", "always", SHOWN)])
    if check_mode:
        assert sent(recording) == ["list", *READS]
        assert (result["compliant"], verdicts(result)) == (False, [("door", "drifted", "warning")])
    else:
        assert sent(recording) == ["list", *READS, "AddActionRule", *READS, "RemoveActionRule", *READS]
        assert (result["compliant"], verdicts(result)) == (True, [("door", "compliant", "info")])
        assert recording.gaps == []


@pytest.mark.parametrize(
    ("desired", "policy", "severity", "reason"),
    [
        ("always", {}, "warning", "No enabled recording action records to the group"),
        ("always", {"retention_minimum": "1d"}, "critical", "No enabled recording action records to the group"),
        ({"enabled": False}, {"retention_minimum": "1d"}, "warning", None),
    ],
)
def test_group_without_action_is_as_severe_as_a_missing_group(
    run_policy: RunTask, door: Device, desired: Any, policy: dict[str, Any], severity: str, reason: str | None
) -> None:
    result = run_policy(door, check_mode=True, groups=[entry(desired)], **policy)
    (finding,) = result["findings"]
    assert (finding["verdict"], finding["severity"], finding["reason"]) == ("drifted", severity, reason)
    assert result["compliant"] is False


def test_another_name_is_cosmetic(run_policy: RunTask, recording: Device) -> None:
    result = run_policy(recording, check_mode=True, groups=[entry({"name": "New"})], unmanaged="ignore")
    assert verdicts(result) == [("door", "drifted", "cosmetic")]
    assert differences(result["changes"][0]) == [("recording_name", "Door", "New")]


@pytest.mark.parametrize("check_mode", [True, False])
def test_leftover_configuration_is_removed_and_reported(run_policy: RunTask, door: Device, check_mode: bool) -> None:
    number = door.plant_configuration(recording_group_id="door").configuration_id
    result = run_policy(door, check_mode=check_mode, groups=[entry("never")])
    assert error_kind(result) is None
    (change,) = result["changes"]
    assert differences(change) == [("recording_other_configurations", number, "")]
    assert verdicts(result) == [("door", "drifted", "warning") if check_mode else ("door", "compliant", "info")]
    assert list(door.actions.configurations) == ([number] if check_mode else [])


PURGE: dict[str, Any] = {"purge": True, "purge_match": ["door"], "allow_recording_loss": True, "unmanaged": "ignore"}


@pytest.mark.parametrize("check_mode", [True, False])
def test_purge_of_a_group_in_use_is_refused(run_policy: RunTask, recording: Device, check_mode: bool) -> None:
    result = run_policy(recording, check_mode=check_mode, **PURGE)
    assert (error_kind(result), result["error"]["code"], result["changed"]) == ("group_in_use", 140, False)
    assert "'Door'" in result["msg"]
    assert verdicts(result) == [("door", "refused", "warning")]
    assert [item["kind"] for item in result["refused"]] == ["group_in_use"]
    assert recording.writes == []


def test_permitted_purge_removes_rule_configuration_and_group(run_policy: RunTask, recording: Device) -> None:
    theirs = others(recording)
    predicted = run_policy(recording, check_mode=True, allow_recording_stop=True, **PURGE)
    assert recording.writes == []
    result = run_policy(recording, allow_recording_stop=True, **PURGE)
    assert [entry.call.rpartition("/")[2] for entry in recording.writes] == [
        "RemoveActionRule",
        "RemoveActionConfiguration",
        "delete",
    ]
    assert (error_kind(result), result["compliant"]) == (None, True)
    assert predicted["changes"] == result["changes"]
    assert [item["operation"] for item in result["changes"]] == ["delete"]
    assert (state(recording), list(recording.groups)) == (theirs, ["yard"])


@pytest.mark.parametrize("desired", ["never", {"enabled": False}])
@pytest.mark.parametrize("check_mode", [True, False])
def test_recording_stop_is_refused_unless_permitted(
    run_policy: RunTask, recording: Device, desired: Any, check_mode: bool
) -> None:
    groups = [entry(desired)]
    result = run_policy(recording, check_mode=check_mode, groups=groups, unmanaged="ignore")
    assert (error_kind(result), result["changed"]) == ("recording_stop", False)
    assert verdicts(result) == [("door", "refused", "warning")]
    assert recording.writes == []
    result = run_policy(recording, check_mode=check_mode, groups=groups, holds=[HOLD], allow_recording_stop=True)
    assert error_kind(result) == "held"
    assert recording.writes == []
    result = run_policy(recording, check_mode=check_mode, groups=groups, allow_recording_stop=True)
    assert (error_kind(result), result["changed"]) == (None, True)
    assert recording.is_recording("door") is check_mode


@pytest.mark.parametrize("check_mode", [True, False])
def test_on_refused_report_reconciles_the_other_actions(
    run_policy: RunTask, recording: Device, check_mode: bool
) -> None:
    recording.plant_group(recording_group_id="new", retention_time=720)
    groups = [entry("never"), entry(recording_group_id="new", retention_time="1d"), entry(recording_group_id="gate")]
    result = run_policy(recording, check_mode=check_mode, groups=groups, on_refused="report", unmanaged="ignore")
    assert error_kind(result) is None
    assert {item["recording_group_id"]: item["kind"] for item in result["refused"]} == {
        "door": "recording_stop",
        "new": "recording_loss",
    }
    assert summarize(result) == [("create", "gate", ["retention_time", "recording"]), ("update", "new", ["recording"])]
    assert result["compliant"] is False
    assert verdicts(result)[0::2] == [("door", "refused", "warning"), ("new", "refused", "warning")]
    if not check_mode:
        assert [recording.is_recording(key) for key in ("door", "new", "gate")] == [True, True, True]
        assert recording.groups["new"].retention_time == 720


def test_rejected_rule_is_a_failed_change(run_policy: RunTask, recording: Device) -> None:
    groups = [entry(recording_group_id="new"), entry(UNKNOWN, recording_group_id="gate"), entry({"name": "New"})]
    result = run_policy(
        recording,
        groups=groups,
        purge=True,
        purge_match=["old"],
        allow_recording_loss=True,
        unmanaged="ignore",
    )
    assert error_kind(result) == "invalid_condition"
    assert summarize(result) == [
        ("update", "door", ["recording_name"]),
        ("create", "gate", ["retention_time"]),
        ("create", "new", ["retention_time", "recording"]),
    ]
    # The group itself needs no further change.
    assert summarize(result, "failed_changes") == [("update", "gate", ["recording"])]
    assert summarize(result, "skipped_changes") == []
    assert verdicts(result) == [
        ("door", "compliant", "info"),
        ("gate", "drifted", "warning"),
        ("new", "compliant", "info"),
    ]
    assert [name for name, _enabled, _conditions in rules_of(recording)] == ["New"]
    assert "(rule 'Record to gate' for group gate: tns1:Device/Nothing [x=1])" in result["msg"]
    assert number_of_configurations(recording, "gate") == 0


def test_rejected_rule_prevents_the_purge(run_policy: RunTask, recording: Device) -> None:
    recording.plant_group(recording_group_id="old")
    result = run_policy(recording, groups=[entry(UNKNOWN)], **{**PURGE, "purge_match": ["old"]})
    assert error_kind(result) == "invalid_condition"
    assert (result["changed"], summarize(result)) == (False, [])
    assert [item[:2] for item in summarize(result, "failed_changes")] == [("update", "door")]
    assert [item[:2] for item in summarize(result, "skipped_changes")] == [("delete", "old")]
    assert "old" in recording.groups


@pytest.mark.parametrize("generated", [True, False])
@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("number", range(len(CREATION)))
def test_any_lost_response_on_a_new_camera_converges(
    run_policy: RunTask, camera: Device, number: int, fault: str, retries: int, generated: bool
) -> None:
    one = entry(recording_group_id=None, nice_name="Door") if generated else entry()
    planted = camera.plant_fault(fault, skip=number)
    first = run_policy(camera, retries=retries, groups=[one])
    assert planted.hits == 1
    assert first["changed"] <= bool(camera.groups)
    # The first login is not retried.
    assert retries == 0 or number == 0 or error_kind(first) is None
    camera.faults.clear()
    second = run_policy(camera, retries=retries, groups=[one])
    (recording_group_id,) = camera.groups
    assert (error_kind(second), second["compliant"]) == (None, True)
    assert rules_of(camera, recording_group_id) == [(f"Record to {recording_group_id}", True, [SYSTEM_READY])]
    assert len(camera.actions.configurations) == 1
    assert first["changed"] or second["changed"] or error_kind(first) == "unconfirmed"
    third = run_policy(camera, retries=retries, groups=[one])
    assert (third["changed"], third["compliant"]) == (False, True)


# An entry that fails does not prevent the others.


@pytest.mark.parametrize("bad_first", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_rejected_entry_does_not_prevent_the_others(
    run_policy: RunTask, camera: Device, bad_first: bool, there: bool
) -> None:
    if there:
        camera.plant_group(recording_group_id="door", retention_time=720)
        camera.plant_group(recording_group_id="gate", retention_time=720)
    bad, good = entry({**UNKNOWN, "name": "Bad"}), entry(recording_group_id="gate")
    result = run_policy(camera, groups=[bad, good] if bad_first else [good, bad])
    assert (error_kind(result), result["changed"], result["compliant"]) == ("invalid_condition", True, False)
    assert "(rule 'Bad' for group door: tns1:Device/Nothing [x=1])" in result["msg"]
    assert rules_of(camera, "gate") == [("Record to gate", True, [SYSTEM_READY])]
    assert camera.is_recording("gate")
    assert number_of_configurations(camera) == 0
    assert summarize(result, "failed_changes") == [("update", "door", ["recording"])]
    assert summarize(result, "skipped_changes") == []


def test_rejection_of_a_rule_names_its_start_event(run_action: RunTask, door: Device) -> None:
    result = run_action(door, **UNKNOWN, start_event={"topic_expression": MOTION, "message_content": {"active": True}})
    assert error_kind(result) == "invalid_condition"
    assert f"for group door: tns1:Device/Nothing [x=1], from {MOTION} [active=1] on)" in result["msg"]


def test_unsent_action_change_is_skipped(run_policy: RunTask, recording: Device) -> None:
    # Both groups need a rule; the first response does not arrive in time.
    recording.plant_group(recording_group_id="gate", retention_time=720)
    recording.plant_group(recording_group_id="hall", retention_time=720)
    recording.plant_fault("delay", call="action/AddActionConfiguration", seconds=30, when="before")
    result = run_policy(
        recording,
        timeout=0.8,
        groups=[entry(recording_group_id="gate"), entry(recording_group_id="hall")],
        unmanaged="ignore",
    )
    assert error_kind(result) == "unconfirmed"
    assert summarize(result) == []
    assert summarize(result, "failed_changes") == [("update", "gate", ["recording"])]
    assert summarize(result, "skipped_changes") == [("update", "hall", ["recording"])]


def test_group_with_limited_value_gets_its_action(run_policy: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(retention_limit=1000, retention_over_limit="clamped"))
    camera.plant_group(recording_group_id="old")
    camera.plant_group(recording_group_id="yard", retention_time=720)
    groups = [entry(retention_time="90d"), entry(recording_group_id="yard")]
    result = run_policy(camera, groups=groups, purge=True, purge_match=["old"], allow_recording_loss=True)
    assert (error_kind(result), result["changed"], result["compliant"]) == ("not_applied", True, False)
    assert "retention_time is 1000 hours instead of 2160 hours (90 days)" in result["msg"]
    assert [camera.is_recording(key) for key in ("door", "yard")] == [True, True]
    assert summarize(result) == [("create", "door", ["retention_time", "recording"]), ("update", "yard", ["recording"])]
    assert [item[:2] for item in summarize(result, "failed_changes")] == [("create", "door")]
    assert "recording" not in summarize(result, "failed_changes")[0][2]
    # Nothing is deleted after a mismatch.
    assert [item[:2] for item in summarize(result, "skipped_changes")] == [("delete", "old")]
    assert "old" in camera.groups


# An action service that cannot be read.


@pytest.mark.parametrize(("status", "reason"), [(403, "forbidden"), (404, "unsupported")])
@pytest.mark.parametrize("check_mode", [True, False])
def test_groups_are_reconciled_without_readable_actions(
    run_policy: RunTask, recording: Device, status: int, reason: str, check_mode: bool
) -> None:
    recording.plant_fault("http_status", call="action/*", status=status, times=None)
    before = state(recording)
    groups = [
        entry(retention_time="60d"),
        entry(IN_MOTION, recording_group_id="gate"),
        {"recording_group_id": "hall", "retention_time": "30d"},
    ]
    result = run_policy(recording, check_mode=check_mode, groups=groups, on_refused="report", unmanaged="ignore")
    assert (error_kind(result), result["changed"], result["compliant"]) == (None, True, False)
    assert [(item["recording_group_id"], item["kind"]) for item in result["refused"]] == [
        ("door", reason),
        ("gate", reason),
    ]
    assert [differences(item) for item in result["refused"]] == [
        [("recording", None, "always")],
        [("recording", None, SHOWN)],
    ]
    assert summarize(result) == [
        ("update", "door", ["retention_time"]),
        ("create", "gate", ["retention_time"]),
        ("create", "hall", ["retention_time"]),
    ]
    assert [item[:2] for item in verdicts(result)] == [
        ("door", "refused"),
        ("gate", "refused"),
        ("hall", "missing" if check_mode else "compliant"),
    ]
    assert state(recording) == before
    if check_mode:
        assert recording.writes == []
    else:
        assert {key: item.retention_time for key, item in recording.groups.items() if key != "yard"} == {
            "door": 1440,
            "gate": 720,
            "hall": 720,
        }


@pytest.mark.parametrize(("status", "reason"), [(403, "forbidden"), (404, "unsupported")])
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("retention_time", ["30d", "60d"])
def test_on_refused_fail_writes_nothing_without_readable_actions(
    run_policy: RunTask, recording: Device, status: int, reason: str, check_mode: bool, retention_time: str
) -> None:
    recording.plant_fault("http_status", call="action/*", status=status, times=None)
    result = run_policy(
        recording, check_mode=check_mode, groups=[entry(retention_time=retention_time)], unmanaged="ignore"
    )
    assert (error_kind(result), result["changed"], result["compliant"]) == (reason, False, False)
    assert [item["kind"] for item in result["refused"]] == [reason]
    assert verdicts(result) == [("door", "refused", "warning")]
    assert recording.writes == []


def test_missing_group_stays_critical_without_readable_actions(run_policy: RunTask, camera: Device) -> None:
    camera.plant_fault("http_status", call="action/*", status=403, times=None)
    result = run_policy(camera, check_mode=True, groups=[entry()], retention_minimum="1d", on_refused="report")
    (finding,) = result["findings"]
    assert (finding["verdict"], finding["severity"]) == ("refused", "critical")


@pytest.mark.parametrize("call", ["GetActionConfigurations", "GetActionRules"])
def test_other_error_of_the_action_service_fails(run_policy: RunTask, recording: Device, call: str) -> None:
    recording.plant_fault("http_status", call=f"action/{call}", status=500, times=None)
    result = run_policy(recording, groups=[entry(retention_time="60d")], on_refused="report", unmanaged="ignore")
    assert (error_kind(result), result["changed"], result["compliant"]) == ("device_error", False, False)
    assert recording.writes == []


# Refusals that concern a group to create.


@pytest.mark.parametrize("desired", ["never", {"enabled": False}])
@pytest.mark.parametrize(("more", "reason"), [({}, "recording_stop"), ({"holds": [HOLD]}, "held")])
@pytest.mark.parametrize("check_mode", [True, False])
def test_group_is_not_created_if_a_leftover_action_records(
    run_policy: RunTask, camera: Device, desired: Any, more: dict[str, Any], reason: str, check_mode: bool
) -> None:
    camera.plant_recording("door", name="Left")
    before = state(camera)
    groups = [entry(desired), entry(recording_group_id="gate")]
    result = run_policy(camera, check_mode=check_mode, groups=groups, on_refused="report", **more)
    assert (error_kind(result), result["compliant"]) == (None, False)
    assert [(item["operation"], item["recording_group_id"], item["kind"]) for item in result["refused"]] == [
        ("create", "door", reason)
    ]
    assert summarize(result) == [("create", "gate", ["retention_time", "recording"])]
    assert "door" not in camera.groups
    assert rules_of(camera) == [("Left", True, [SYSTEM_READY])]
    if check_mode:
        assert (state(camera), camera.groups) == (before, {})
    else:
        assert camera.is_recording("gate")
        allowed = run_policy(camera, groups=groups, allow_recording_stop=True)
        assert (error_kind(allowed), allowed["compliant"]) == (None, True)
        assert ("door" in camera.groups, camera.is_recording("door")) == (True, False)


@pytest.mark.parametrize("check_mode", [True, False])
def test_other_disk_does_not_hide_a_missing_action(run_policy: RunTask, door: Device, check_mode: bool) -> None:
    groups = [entry(disk_id=["NetworkShare"])]
    result = run_policy(door, check_mode=check_mode, groups=groups, on_refused="report", retention_minimum="1d")
    assert [item["kind"] for item in result["refused"]] == ["immutable"]
    assert summarize(result) == [("update", "door", ["recording"])]
    (finding,) = result["findings"]
    assert finding["verdict"] == "refused"
    if check_mode:
        assert finding["severity"] == "critical"
        assert finding["reason"].endswith(
            "a group never changes its disk. No enabled recording action records to the group"
        )
    else:
        assert finding["severity"] == "warning"
        assert "Nothing records" not in finding["reason"]
    assert door.is_recording("door") is not check_mode


# Another client.


def second_client(device: Device, call: str, run: Callable[[Device], object], **options: Any) -> None:
    """Let another client act just before, or after, a call of the task."""
    device.plant_fault("callback", call=f"action/{call}", run=run, **options)


def remove_rules(name: str) -> Callable[[Device], None]:
    """Return a function that removes the rules with that name."""

    def run(device: Device) -> None:
        for key in [key for key, item in device.actions.rules.items() if item.name == name]:
            device.actions.remove_rule(key)

    return run


TWO: list[dict[str, Any]] = [entry(recording_group_id="gate"), entry("never")]


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    ("call", "when"), [("AddActionRule", "before"), ("AddActionRule", "after"), ("RemoveActionConfiguration", "before")]
)
@pytest.mark.parametrize("on_refused", ["fail", "report"])
def test_action_added_by_another_client_is_never_removed(
    run_policy: RunTask, door: Device, own: bool, call: str, when: str, on_refused: str
) -> None:
    door.plant_group(recording_group_id="gate", retention_time=720)
    left = door.plant_configuration(name="Left", recording_group_id="door").configuration_id

    def start(device: Device) -> None:
        if own:
            device.plant_recording("door", name="Other")
        else:
            device.plant_rule(left, "Other")

    second_client(door, call, start, when=when)
    result = run_policy(door, groups=TWO, holds=[HOLD], on_refused=on_refused)
    assert rules_of(door) == [("Other", True, [SYSTEM_READY])]
    assert door.is_recording("door")
    assert door.is_recording("gate")
    in_use = call == "RemoveActionConfiguration" and not own
    assert error_kind(result) == ("action_in_use" if in_use else "conflict")
    assert (result["changed"], result["compliant"]) == (True, False)
    # The next run finds the action, and the hold prevents its removal.
    again = run_policy(door, groups=TWO, holds=[HOLD], on_refused="report")
    assert [item["kind"] for item in again["refused"]] == ["held"]
    assert door.is_recording("door")


def test_rule_with_a_reused_id_is_not_removed(run_policy: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(reuse_ids=True))
    for key in ("door", "gate"):
        camera.plant_group(recording_group_id=key, retention_time=720)
    old = camera.plant_recording("door", name="Old", enabled=False)

    def start(device: Device) -> None:
        device.actions.remove_rule(old.rule_id)
        assert device.plant_rule(old.primary_action, "Other").rule_id == old.rule_id

    second_client(camera, "AddActionRule", start, when="after")
    result = run_policy(camera, groups=TWO, holds=[HOLD])
    assert rules_of(camera) == [("Other", True, [SYSTEM_READY])]
    assert error_kind(result) == "conflict"


def test_same_rule_name_of_another_client_is_not_removed(run_policy: RunTask, door: Device) -> None:
    door.plant_group(recording_group_id="gate", retention_time=720)
    second_client(door, "AddActionRule", lambda device: device.plant_recording("door", name="Record to door"))
    result = run_policy(door, groups=[entry(UNKNOWN), entry(recording_group_id="gate")])
    assert error_kind(result) == "invalid_condition"
    assert rules_of(door) == [("Record to door", True, [SYSTEM_READY])]
    assert door.is_recording("gate")


def record_removals_without_successor(device: Device, desired: str) -> Callable[[], list[str]]:
    """Record each removal of a rule for door while no rule with that name exists."""
    noted: list[str] = []

    def note(_device: Device) -> None:
        if not any(name == desired for name, _enabled, _conditions in rules_of(device)):
            noted.append(", ".join(name for name, _enabled, _conditions in rules_of(device)))

    device.plant_fault("callback", call="action/RemoveActionRule", run=note, times=None)
    return lambda: noted


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", None])
@pytest.mark.parametrize("olds", [["Old"], ["Old", "Older"]])
def test_rule_removed_by_another_client_is_added_again(
    run_action: RunTask, door: Device, fault: str | None, olds: list[str]
) -> None:
    for name in olds:
        door.plant_recording("door", name=name)
    noted = record_removals_without_successor(door, "New")
    second_client(door, "RemoveActionRule", remove_rules("New"))
    if fault:
        door.plant_fault(fault, call="action/RemoveActionRule")
    result = run_action(door, **IN_MOTION, name="New")
    assert (error_kind(result), result["changed"]) == (None, True)
    assert rules_of(door) == [("New", True, [(MOTION, ACTIVE)])]
    assert number_of_configurations(door) == 1
    assert door.is_recording("door")
    # After a lost connection, the device is read before anything else is removed.
    assert noted() == [] or fault is None
    assert sent(door).count("AddActionRule") == 2


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_rule_removed_repeatedly_by_another_client_is_a_conflict(run_action: RunTask, door: Device, fault: str) -> None:
    for name in ("Old", "Older"):
        door.plant_recording("door", name=name)
    second_client(door, "RemoveActionRule", remove_rules("New"), times=None)
    door.plant_fault(fault, call="action/RemoveActionRule")
    result = run_action(door, **IN_MOTION, name="New", retries=2)
    assert error_kind(result) == "conflict"
    assert "The recording actions of group door changed while this task ran" in result["msg"]
    assert sent(door).count("AddActionRule") == 2
    door.faults.clear()
    assert error_kind(run_action(door, **IN_MOTION, name="New")) is None
    assert rules_of(door) == [("New", True, [(MOTION, ACTIVE)])]


def test_existing_rule_removed_by_another_client_is_added_again(run_policy: RunTask, recording: Device) -> None:
    recording.plant_recording("door", name="Old", conditions=[(MOTION, ACTIVE)])
    second_client(recording, "RemoveActionRule", remove_rules("Door"))
    recording.plant_fault("drop_before", call="action/RemoveActionRule")
    result = run_policy(recording, groups=[entry()], unmanaged="ignore")
    assert (error_kind(result), result["compliant"]) == (None, True)
    assert [(enabled, conditions) for _name, enabled, conditions in rules_of(recording)] == [(True, [SYSTEM_READY])]
    # The other rule recorded until a matching one existed.
    assert recording.gaps == []
    assert number_of_configurations(recording) == 1


def test_nothing_is_removed_before_the_new_rule_is_visible(run_action: RunTask, recording: Device) -> None:
    second_client(recording, "AddActionRule", remove_rules("New"), when="after", times=None)
    result = run_action(recording, **IN_MOTION, name="New")
    assert error_kind(result) in {"not_applied", "conflict"}
    assert sent(recording).count("RemoveActionRule") == 0
    assert rules_of(recording) == [("Door", True, [SYSTEM_READY])]
    assert recording.gaps == []
