# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this collection does not set in action rules, over HTTP: activation timeouts, failover actions, spelling."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parameters import RECORDING
from tests.simulator.actions import SYSTEM_READY, Rule
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

MOTION = "tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1"
ACTIVE = 'boolean(//SimpleItem[@Name="active" and @Value="1"])'
PORT = "tns1:Device/tnsaxis:IO/Port"
BOTH = 'boolean(//SimpleItem[@Name="port" and @Value="1"] and //SimpleItem[@Name="state" and @Value="0"])'
SWAPPED = "boolean(//SimpleItem[@Value='0' and @Name='state']) and boolean(//SimpleItem[@Name='port' and @Value='1'])"
LED = "com.axis.action.unlimited.ledcontrol"
IN_MOTION: dict[str, Any] = {"conditions": [{"topic_expression": MOTION, "message_content": {"active": 1}}]}
ON_PORT: dict[str, Any] = {"conditions": [{"topic_expression": PORT, "message_content": {"port": 1, "state": 0}}]}
HOLD = {"recording_group_id": "yard", "reason": "Case 1", "owner": "legal", "until": "2999-12-31"}


@pytest.fixture
def door(camera: Device) -> Device:
    """Return the camera with the groups door and yard."""
    camera.plant_group(recording_group_id="door", retention_time=720)
    camera.plant_group(recording_group_id="yard")
    return camera


def plant_light(device: Device, failover_action: str | None = None, **options: Any) -> Rule:
    """Add a rule of another client, which switches a light, and optionally a failover action."""
    light = device.plant_configuration(LED, "Light", led="statusled", color="green", interval="")
    return device.plant_rule(light.configuration_id, "Light", failover_action=failover_action, **options)


def writes(device: Device) -> list[str]:
    """Return the writes that the device received."""
    return [entry.call.rpartition("/")[2] for entry in device.writes]


def settings_of(device: Device) -> list[tuple[str, str | None, str | None]]:
    """Return topic of the first condition, timeout, and failover action of each rule."""
    return [
        (rule.conditions[0].topic, rule.activation_timeout, rule.failover_action)
        for rule in device.actions.rules.values()
    ]


def kind_of(result: dict[str, Any]) -> str | None:
    """Return the kind of the error, or None."""
    return result["error"]["kind"] if "error" in result else None


# Timeouts.


@pytest.mark.fault("action rule with a timeout or a failover action")
def test_replacement_keeps_timeout_and_failover_action(run_action: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="door").configuration_id
    door.plant_recording("door", name="Door", activation_timeout="PT60S", failover_action=backup)
    predicted = run_action(door, check_mode=True, **IN_MOTION)
    assert writes(door) == []
    result = run_action(door, **IN_MOTION)
    assert writes(door) == ["AddActionRule", "RemoveActionRule"]
    assert settings_of(door) == [(MOTION, "PT60S", backup)]
    assert backup in door.actions.configurations
    assert door.gaps == []
    action = result["recording_action"]
    assert (action["activation_timeout"], action["failover_action"]) == ("PT60S", backup)
    for each in (predicted, result):
        (change,) = each["changes"]
        assert [item["field"] for item in change["differences"]] == ["conditions"]
    assert not run_action(door, **IN_MOTION)["changed"]
    assert writes(door) == ["AddActionRule", "RemoveActionRule"]


def test_compliant_rule_with_settings_is_not_written(run_action: RunTask, door: Device) -> None:
    """The collection does not set them, so that they are no drift."""
    backup = door.plant_configuration(recording_group_id="yard").configuration_id
    door.plant_recording("door", activation_timeout="PT5M", failover_action=backup)
    assert not run_action(door)["changed"]
    assert writes(door) == []


def test_same_timeout_in_another_form_is_accepted(run_action: RunTask, door: Device) -> None:
    def rewrite(device: Device) -> None:
        for rule in device.actions.rules.values():
            rule.activation_timeout = "P0DT1M0S"

    door.plant_recording("door", name="Door", activation_timeout="PT60S")
    door.plant_fault("callback", call="action/AddActionRule", run=rewrite, when="after")
    result = run_action(door, **IN_MOTION)
    assert (kind_of(result), settings_of(door)) == (None, [(MOTION, "P0DT1M0S", None)])
    assert [item["field"] for item in result["changes"][0]["differences"]] == ["conditions"]


@pytest.mark.parametrize("loses", [False, True])
@pytest.mark.parametrize("field", ["activation_timeout", "failover_action"])
def test_dropped_settings_keep_the_old_rule(run_action: RunTask, door: Device, field: str, loses: bool) -> None:
    def drop(device: Device) -> None:
        [*device.actions.rules.values()][-1].__dict__[field] = None

    backup = door.plant_configuration(recording_group_id="yard").configuration_id
    door.plant_recording("door", name="Door", activation_timeout="PT60S", failover_action=backup)
    door.plant_fault("callback", call="action/AddActionRule", run=drop, when="after", times=None)
    if loses:
        door.plant_fault("drop_after", call="action/AddActionRule")
    result = run_action(door, **IN_MOTION, retries=0)
    assert (kind_of(result), result["changed"]) == ("not_applied", False)
    assert settings_of(door) == [(SYSTEM_READY[0], "PT60S", backup)]
    assert door.gaps == []
    left = "FailoverAction" if field == "activation_timeout" else "ActivationTimeout PT60S"
    assert left in result["msg"]


def test_timeout_that_the_device_rejects_keeps_the_old_rule(run_action: RunTask, door: Device) -> None:
    door.plant_recording("door", activation_timeout="PT2H")
    door.actions.maximum_timeout = 3600
    result = run_action(door, **IN_MOTION)
    assert (kind_of(result), settings_of(door)) == ("invalid_condition", [(SYSTEM_READY[0], "PT2H", None)])
    assert "the maximum is PT3600S" in result["msg"]
    assert "ActivationTimeout" in result["error"]["next_step"]


@pytest.mark.parametrize("first", [None, "PT60S"])
def test_of_two_rules_the_one_without_timeout_is_kept(run_action: RunTask, door: Device, first: str | None) -> None:
    """A rule with a timeout may record less than the other one, also under a hold."""
    for timeout in (first, None if first else "PT60S"):
        door.plant_recording("door", activation_timeout=timeout)
    hold = {**HOLD, "recording_group_id": "door"}
    assert kind_of(run_action(door, holds=[hold])) is None
    assert settings_of(door) == [(SYSTEM_READY[0], None, None)]
    assert door.gaps == []


def test_timeout_changed_by_another_client_is_a_conflict(run_action: RunTask, door: Device) -> None:
    def shorten(device: Device) -> None:
        next(iter(device.actions.rules.values())).activation_timeout = None

    door.plant_recording("door", activation_timeout="PT60S")
    door.plant_fault("callback", call="action/AddActionRule", run=shorten, when="after")
    result = run_action(door, **IN_MOTION)
    assert kind_of(result) == "conflict"
    assert "RemoveActionRule" not in writes(door)
    assert (SYSTEM_READY[0], None, None) in settings_of(door)


# Failover actions.


@pytest.mark.fault("action configuration that is only a failover action")
def test_failover_action_of_another_rule_is_never_removed(run_action: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="door").configuration_id
    plant_light(door, backup)
    result = run_action(door, **IN_MOTION)
    assert kind_of(result) is None
    assert backup in door.actions.configurations
    assert not run_action(door, **IN_MOTION)["changed"]
    before = (dict(door.actions.configurations), dict(door.actions.rules))
    result = run_action(door, state="absent")
    assert (kind_of(result), result["changed"]) == ("group_in_use", False)
    assert "action rule 'Light'" in result["msg"]
    assert (door.actions.configurations, door.actions.rules) == before


def test_unused_configuration_beside_a_failover_action_is_removed(run_action: RunTask, door: Device) -> None:
    backup, unused = (door.plant_configuration(recording_group_id="door").configuration_id for _number in range(2))
    plant_light(door, backup, enabled=False)
    door.plant_recording("door")
    run_action(door)
    assert backup in door.actions.configurations
    assert unused not in door.actions.configurations


def test_own_failover_action_is_removed_with_its_rule(run_action: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="door").configuration_id
    foreign = door.plant_configuration(recording_group_id="yard").configuration_id
    door.plant_recording("door", failover_action=backup)
    door.plant_recording("door", failover_action=foreign)
    assert kind_of(run_action(door, state="absent")) is None
    assert (list(door.actions.configurations), door.actions.rules) == ([foreign], {})


def test_new_rule_does_not_use_its_failover_action_itself(run_action: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="door").configuration_id
    other = door.plant_configuration("com.axis.action.unlimited.recording.storage", recording_group_id="door")
    door.plant_rule(other.configuration_id, "Door", failover_action=backup)
    assert kind_of(run_action(door)) is None
    (rule,) = door.actions.rules.values()
    assert rule.failover_action == backup != rule.primary_action
    assert set(door.actions.configurations) == {rule.primary_action, backup}


def test_removed_failover_action_of_a_held_group_is_refused(run_action: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="yard").configuration_id
    door.plant_recording("door", failover_action=backup)
    result = run_action(door, state="absent", holds=[HOLD])
    assert (kind_of(result), writes(door)) == ("held", [])
    assert "failover action records to group yard" in result["msg"]
    assert kind_of(run_action(door, state="absent")) is None


LESS: tuple[dict[str, Any], ...] = ({"enabled": False}, IN_MOTION, {"state": "absent"})


@pytest.mark.fault("action rule with a failover action to a held group")
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("options", LESS)
def test_failover_action_to_a_held_group_records_as_before(
    run_action: RunTask, door: Device, options: dict[str, Any], check_mode: bool
) -> None:
    backup = door.plant_configuration(recording_group_id="yard").configuration_id
    planted = door.plant_recording("door", name="Door", failover_action=backup)
    result = run_action(door, check_mode=check_mode, holds=[HOLD], allow_recording_stop=True, **options)
    assert (kind_of(result), writes(door)) == ("held", [])
    assert "rule of group door whose failover action records to group yard" in result["msg"]
    door.actions.rules[planted.rule_id].enabled = False
    if options != {"enabled": False}:
        assert kind_of(run_action(door, check_mode=True, holds=[HOLD], **options)) is None


def test_failover_action_that_records_at_least_as_before(run_action: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="yard").configuration_id
    moved = door.plant_recording(
        "door", name="Door", conditions=[(MOTION, ACTIVE)], failover_action=backup, activation_timeout="PT0S"
    )
    assert kind_of(run_action(door, holds=[HOLD], name="New", **IN_MOTION)) is None
    assert moved.rule_id not in door.actions.rules
    assert kind_of(run_action(door, holds=[HOLD])) is None
    assert settings_of(door) == [(SYSTEM_READY[0], "PT0S", backup)]


def test_second_rule_with_a_failover_action_to_a_held_group(run_action: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="yard").configuration_id
    for conditions in ([(MOTION, ACTIVE)], [(PORT, BOTH)]):
        door.plant_recording("door", name="Door", conditions=conditions, failover_action=backup)
    assert kind_of(run_action(door, holds=[HOLD], allow_recording_stop=True, **IN_MOTION)) == "held"
    assert writes(door) == []
    assert kind_of(run_action(door, holds=[HOLD])) is None
    assert settings_of(door) == [(SYSTEM_READY[0], None, backup)]


def test_policy_does_not_narrow_a_failover_action_to_a_held_group(run_policy: RunTask, door: Device) -> None:
    backup = door.plant_configuration(recording_group_id="yard").configuration_id
    door.plant_recording("door", name="Door", failover_action=backup)
    for recording in ({**RECORDING, **IN_MOTION}, {**RECORDING, "enabled": False}, "never"):
        entry = {"recording_group_id": "door", "recording": recording}
        result = run_policy(door, groups=[entry], holds=[HOLD], allow_recording_stop=True, on_refused="report")
        assert [item["kind"] for item in result["refused"]] == ["held"]
    assert writes(door) == []


@pytest.mark.parametrize("allowed", [False, True])
def test_group_with_a_failover_action_is_not_deleted(run_group: RunTask, door: Device, allowed: bool) -> None:
    backup = door.plant_configuration(recording_group_id="door", name="Backup").configuration_id
    plant_light(door, backup)
    allowances = {"allow_recording_loss": True, "allow_recording_stop": allowed}
    for check_mode in (True, False):
        result = run_group(door, check_mode=check_mode, recording_group_id="door", state="absent", **allowances)
        assert (kind_of(result), writes(door)) == ("group_in_use", [])
        assert "action rule 'Light'" in result["msg"]
    assert "door" in door.groups


@pytest.mark.parametrize("check_mode", [True, False])
def test_policy_reports_a_failover_action(run_policy: RunTask, door: Device, check_mode: bool) -> None:
    backup = door.plant_configuration(recording_group_id="door").configuration_id
    plant_light(door, backup)
    entries = [{"recording_group_id": "door", "recording": "never"}, {"recording_group_id": "yard"}]
    result = run_policy(door, check_mode=check_mode, groups=entries, on_refused="report", allow_recording_stop=True)
    assert (kind_of(result), result["compliant"], writes(door)) == (None, False, [])
    (refusal,) = result["refused"]
    assert (refusal["kind"], refusal["recording_group_id"], refusal["allowances"]) == ("group_in_use", "door", [])
    verdicts = {item["recording_group_id"]: item["verdict"] for item in result["findings"]}
    assert verdicts == {"door": "refused", "yard": "compliant"}


# Spelling.


@pytest.mark.fault("clauses of a condition in another order")
def test_order_of_clauses_causes_no_write(run_action: RunTask, door: Device) -> None:
    for spelling in (BOTH, SWAPPED):
        planted = door.plant_recording("door", conditions=[(PORT, spelling)])
        assert not run_action(door, **ON_PORT)["changed"]
        door.actions.remove_rule(planted.rule_id)
        door.actions.remove_configuration(planted.primary_action)
    assert writes(door) == []


def test_other_name_does_not_end_a_recording_spelled_differently(run_policy: RunTask, door: Device) -> None:
    door.plant_recording("door", name="Old", conditions=[(PORT, SWAPPED)])
    recording = {**RECORDING, **ON_PORT, "name": "New"}
    entry = {"recording_group_id": "door", "recording": recording}
    result = run_policy(door, groups=[entry], unmanaged="ignore")
    assert kind_of(result) is None
    (change,) = result["changes"]
    assert [item["field"] for item in change["differences"]] == ["recording_name"]
    assert change["ends_recording"] is False
    assert writes(door) == ["AddActionRule", "RemoveActionRule"]


@pytest.mark.parametrize(
    "planted", [BOTH.replace("] and //", "] or //"), f"boolean(not({BOTH[8:-1]}))", f"{BOTH} and {BOTH}"]
)
def test_other_clauses_are_another_condition(run_action: RunTask, door: Device, planted: str) -> None:
    door.plant_recording("door", name="Door", conditions=[(PORT, planted)])
    result = run_action(door, check_mode=True, **ON_PORT)
    assert [item["field"] for item in result["changes"][0]["differences"]] == ["conditions"]


def test_start_event_with_the_ending_of_conditions_causes_no_write(run_action: RunTask, door: Device) -> None:
    options = {**IN_MOTION, "start_event": {"topic_expression": MOTION, "message_content": ACTIVE}}
    door.plant_recording("door", conditions=[(f"{MOTION}//.", ACTIVE)], start_event=(f"{MOTION}//.", ACTIVE))
    assert not run_action(door, **options)["changed"]
    assert writes(door) == []


# Characters that XML forbids.


def test_unknown_name_of_a_rule_is_not_sent_back(run_action: RunTask, door: Device) -> None:
    door.plant_recording("door", name="Tür\x01\udcff")
    result = run_action(door)
    assert (result["changed"], writes(door)) == (False, [])
    assert result["recording_action"]["name"] == "Tür\ufffd\ufffd"
    (warning,) = result["warnings"]
    assert "Recording action of group door" in warning
    assert "name" in warning
    result = run_action(door, **IN_MOTION)
    assert kind_of(result) is None
    assert [rule.name for rule in door.actions.rules.values()] == ["Record to door"]
    assert not run_action(door, **IN_MOTION)["changed"]


def test_unknown_name_equals_no_name(run_action: RunTask, door: Device) -> None:
    door.plant_recording("door", name="a\x01")
    for name in ("a\ufffd", "a"):
        assert run_action(door, check_mode=True, name=name)["changed"]


def test_unknown_texts_of_another_rule_change_nothing(run_action: RunTask, door: Device) -> None:
    door.plant_recording("yard", name="\0\x01", conditions=[(f"{MOTION}\x02", "\x03")], activation_timeout="\x04")
    door.plant_configuration(LED, "\x05", led="\x06", color="\x07", interval="\x08")
    assert kind_of(run_action(door)) is None
    assert writes(door) == ["AddActionConfiguration", "AddActionRule"]


def test_unknown_timeout_is_not_sent_back(run_action: RunTask, door: Device) -> None:
    door.plant_recording("door", activation_timeout="PT\x01S")
    result = run_action(door, **IN_MOTION)
    assert (kind_of(result), writes(door)) == ("malformed_response", [])
    assert settings_of(door) == [(SYSTEM_READY[0], "PT\x01S", None)]
