# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names, types and choices of options, and which entry of a list is invalid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import RECORDING_FORMS
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import Spec
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_action import ARGUMENT_SPEC as ACTION_SPEC
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_group import ARGUMENT_SPEC
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_group_info import ARGUMENT_SPEC as INFO_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils import _validation
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import SharedOptions, validate

POLICY_SPEC = axis_retention_policy.ARGUMENT_SPEC
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"groups": [{"id": "a"}, {"id": "b", "retention": 1}]},
            "groups[1].retention is not a valid option. Did you mean retention_time?",
        ),
        ({"holds": [{"until": "x", "until_": "y"}]}, "holds[0].until_ is not a valid option. Did you mean until?"),
        (
            {"existing_groups": [{"match": {"ids": "a"}}]},
            "existing_groups[0].match.ids is not a valid option. Did you mean recording_group_id?",
        ),
        ({"holds": [{**HOLD, "owned": "b"}]}, "holds[0].owned is not a valid option. Did you mean owner?"),
        (
            {"holds": [{**HOLD, "xyz": "b"}]},
            (
                "holds[0].xyz is not a valid option. The valid options are hosts, owner, reason, recording_group_id, "
                "until."
            ),
        ),
        ({"purges": True}, "purges is not a valid option. Did you mean purge?"),
        (
            {"existing_groups": [{"retention_time": 1}]},
            "existing_groups[0].match is missing. Set existing_groups[0].match.",
        ),
        ({"holds": [HOLD, {**HOLD, "owner": None}]}, "holds[1].owner is missing. Set holds[1].owner."),
        (
            {"holds": [{name: HOLD[name] for name in HOLD if name != "until"}]},
            "holds[0].until is missing. Set holds[0].until.",
        ),
    ],
)
def test_invalid_name_is_reported_with_its_entry(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        validate(given, POLICY_SPEC)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"groups": ["entrance"]}, "groups[0] must be a dictionary, got the text 'entrance'"),
        ({"groups": [7]}, "groups[0] must be a dictionary, got the number 7"),
        ({"groups": 7}, "groups must be a list, got the number 7"),
        ({"existing_groups": [{"match": "a"}]}, "existing_groups[0].match must be a dictionary, got the text 'a'"),
    ],
)
def test_wrong_type_is_reported_with_its_value(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        validate(given, POLICY_SPEC)
    assert caught.value.message == message


def test_two_spellings_are_an_error() -> None:
    validate({"id": "a", "name": "b"}, ARGUMENT_SPEC)
    with pytest.raises(InvalidOptionError, match=r"^id and recordinggroupid are the same option"):
        validate({"recordinggroupid": "a", "id": "a"}, ARGUMENT_SPEC)
    with pytest.raises(InvalidOptionError, match=r"^groups\[0\]\.recording_group_id and groups\[0\]\.id are the same"):
        validate({"groups": [{"id": "a", "recording_group_id": "a"}]}, POLICY_SPEC)


def test_the_option_has_the_name_of_its_source() -> None:
    with pytest.raises(InvalidOptionError) as caught:
        validate({"timeout": "10s"}, ARGUMENT_SPEC)
    assert caught.value.render({"timeout": "axis_timeout"}) == (
        "axis_timeout must be a number, got the text '10s'",
        "Set it to a number without a unit.",
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"port": "https"}, "port must be a whole number, got the text 'https'"),
        ({"validate_certs": "perhaps"}, "validate_certs must be true or false, got the text 'perhaps'"),
        ({"validate_certs": ["no"]}, "validate_certs must be true or false, got the list ['no']"),
        ({"protocol": "ftp"}, "protocol is 'ftp', which is not a valid value"),
        ({"state": "gone"}, "state is 'gone', which is not a valid value"),
        ({"description": date(2027, 1, 31)}, "description must be text, got the date 2027-01-31"),
        ({"description": ["x"]}, "description must be text, got the list ['x']"),
        ({"stream_options": ["a"]}, "stream_options must be text or a dictionary, got the list ['a']"),
        ({"disk_id": {"SD_DISK": 1}}, "disk_id must be a list, got the dictionary {'SD_DISK': 1}"),
        ({"disk_id": 1}, "disk_id must be text, got the number 1"),
        ({"description": ["x" * 99]}, f"description must be text, got the list ['{'x' * 78}…"),
    ],
)
def test_values_that_core_would_reject_are_reported_here(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        validate(given, ARGUMENT_SPEC)
    assert caught.value.message == message


def test_entries_of_a_list_in_text_are_checked() -> None:
    assert validate({"gather": "device,disks"}, INFO_SPEC)["gather"] == ["device", "disks"]
    with pytest.raises(InvalidOptionError, match="gather is 'cameras', which is not a valid value"):
        validate({"gather": "device,cameras"}, INFO_SPEC)


@pytest.mark.parametrize(
    "given",
    [
        {"id": 7},
        {"nicename": True},
        {"description": 1.5},
        {"description": ["a"]},
        {"nice_name": {"a": "b"}},
        {"disk_id": ["SD_DISK", 1]},
        {"disk_id": 1},
        {"stream_options": 5},
        {"stream_options": {"audio": True}},
        {"stream_options": {"audio": None}},
        {"disk_id": ["SD_DISK", None]},
        {"stream_options": {"fps": 12.5}},
        {"pre_duration": True},
        {"pre_duration": 5000.0},
        {"port": 80.0},
        {"timeout": True},
        {"holds": [{"recording_group_id": 7}]},
        {"password": 1234567},
    ],
)
def test_a_value_that_core_would_convert_is_rejected(given: dict[str, Any]) -> None:
    """A secret value is not in the message."""
    with pytest.raises(InvalidOptionError) as caught:
        validate(given, ARGUMENT_SPEC)
    assert "1234567" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"id": "007", "retention_time": 720, "pre_duration": "5000", "timeout": 2.5, "validate_certs": "no"},
        {"disk_id": "SD_DISK", "stream_options": {"camera": 1, "resolution": "1x1"}},
        {"disk_id": ["SD_DISK"], "description": None},
    ],
)
def test_a_value_that_keeps_its_meaning_is_accepted(given: dict[str, Any]) -> None:
    validate(given, ARGUMENT_SPEC)


def test_an_empty_entry_is_reported_as_empty() -> None:
    with pytest.raises(InvalidOptionError, match=r"disk_id\[1\] is empty"):
        validate({"disk_id": ["SD_DISK", None]}, ARGUMENT_SPEC)


def test_an_empty_text_is_not_a_number() -> None:
    """An option that is set to an empty variable has its default, and an entry of a list is invalid."""
    assert validate({"timeout": "", "validate_certs": ""}, ARGUMENT_SPEC)["timeout"] == 10
    with pytest.raises(InvalidOptionError, match=r"groups\[0\]\.pre_duration must be a whole number, got the text ''"):
        validate({"groups": [{"id": "a", "pre_duration": ""}]}, POLICY_SPEC)


def test_each_option_is_returned_under_its_name_only() -> None:
    """A module that receives two spellings would warn."""
    given = {
        "groups": [{"id": "a", "retentiontime": "1d"}],
        "existing_groups": [{"match": {"id": "b*", "streamoptions": {"id": "1"}}, "name": "x"}],
    }
    parameters = validate(given, POLICY_SPEC)
    (entry,), (rule,) = parameters["groups"], parameters["existing_groups"]
    match = rule.pop("match")
    assert {name: value for name, value in entry.items() if value} == {
        "recording_group_id": "a",
        "retention_time": "1d",
        "id_source": "derived",
    }
    assert {name: value for name, value in rule.items() if value} == {"nice_name": "x"}
    assert {name: value for name, value in match.items() if value} == {
        "recording_group_id": "b*",
        "stream_options": {"id": "1"},
    }
    assert parameters["purge"] is False


CONDITION = {"topic_expression": "tns1:Device/tnsaxis:IO/Port", "message_content": {"port": 1, "state": "1"}}


def policy_with(recording: Any) -> dict[str, Any]:
    """Return the parameters of a policy whose second entry has this value for recording."""
    groups = [{"id": "a", "recording": "always"}, {"id": "b", "recording": recording}]
    return validate({"groups": groups}, POLICY_SPEC)


@pytest.mark.parametrize(
    ("recording", "message"),
    [
        ({"condition": []}, "groups[1].recording.condition is not a valid option. Did you mean conditions?"),
        ({"state": "absent"}, "groups[1].recording.state is not a valid option."),
        (
            {"conditions": [{**CONDITION, "topics": "x"}]},
            "groups[1].recording.conditions[0].topics is not a valid option. Did you mean topic_expression?",
        ),
        (
            {"conditions": [CONDITION, {"topic": "tns1:A"}]},
            "groups[1].recording.conditions[1].message_content is missing",
        ),
        ({"conditions": [{"message_content": "1"}]}, "groups[1].recording.conditions[0].topic_expression is missing"),
        ({"conditions": [{**CONDITION, "topic": "tns1:A"}]}, "groups[1].recording.conditions[0].topic_expression and"),
        ({"start_event": {"topic": "tns1:A"}}, "groups[1].recording.start_event.message_content is missing"),
        ({"start_event": {**CONDITION, "to": 1}}, "groups[1].recording.start_event.to is not a valid option"),
        ({"conditions": CONDITION}, "groups[1].recording.conditions must be a list, got the dictionary {"),
        ({"conditions": "tns1:A"}, "groups[1].recording.conditions must be a list, got the text 'tns1:A'"),
        ({"conditions": ["tns1:A"]}, "groups[1].recording.conditions[0] must be a dictionary, got the text 'tns1:A'"),
        ({"start_event": [CONDITION]}, "groups[1].recording.start_event must be a dictionary, got the list [{"),
        ({"name": 7}, "groups[1].recording.name must be text, got the number 7"),
        ({"name": True}, "groups[1].recording.name must be text, got true"),
        (
            {"conditions": [{**CONDITION, "topic_expression": 7}]},
            "groups[1].recording.conditions[0].topic_expression must be text, got the number 7",
        ),
        (
            {"conditions": [{**CONDITION, "message_content": 1}]},
            "groups[1].recording.conditions[0].message_content must be text or a dictionary, got the number 1",
        ),
        (
            {"start_event": {"topic": "a", "message_content": {"x": 1.5}}},
            "groups[1].recording.start_event.message_content.x must be text or a whole number, got the number 1.5",
        ),
        (True, f"groups[1].recording is true, which is not a valid value. {RECORDING_FORMS}"),
        (False, f"groups[1].recording is false, which is not a valid value. {RECORDING_FORMS}"),
        (1, f"groups[1].recording is 1, which is not a valid value. {RECORDING_FORMS}"),
        (["always"], f"groups[1].recording is ['always'], which is not a valid value. {RECORDING_FORMS}"),
        ([{"conditions": [CONDITION]}], "groups[1].recording is [{'conditions': [{"),
        ([{"nothing": 1}], f"groups[1].recording is [{{'nothing': 1}}], which is not a valid value. {RECORDING_FORMS}"),
        ({"conditions": None}, "groups[1].recording.conditions is empty. Set conditions"),
        ({"conditions": None, "always": True}, "groups[1].recording.conditions is empty. Set conditions"),
        (
            {"enabled": "perhaps"},
            "groups[1].recording.enabled must be true or false, got the text 'perhaps'. Set it to true or false.",
        ),
        (
            {"always": "perhaps"},
            "groups[1].recording.always must be true or false, got the text 'perhaps'. Set it to true or false.",
        ),
    ],
)
def test_invalid_recording_is_reported_with_its_entry(recording: Any, message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        policy_with(recording)
    assert str(caught.value).startswith(message)


def test_recording_has_names_and_defaults() -> None:
    written = {
        "name": "Door",
        "enabled": "no",
        "conditions": [{"topic": "tns1:A", "message_content": {"topic": 1}}, CONDITION],
        "start_event": {"topic": "tns1:B", "message_content": "boolean(1)"},
    }
    first, second = policy_with(written)["groups"]
    assert first["recording"] == "always"
    assert second["recording"] == {
        "name": "Door",
        "enabled": False,
        "always": None,
        "conditions": [{"topic_expression": "tns1:A", "message_content": {"topic": 1}}, CONDITION],
        "start_event": {"topic_expression": "tns1:B", "message_content": "boolean(1)"},
    }
    (_first, second) = policy_with({})["groups"]
    assert second["recording"] == {
        "name": None,
        "enabled": True,
        "always": None,
        "conditions": None,
        "start_event": None,
    }


def test_null_in_recording_counts_as_not_set() -> None:
    written = {"name": None, "enabled": None, "always": None, "start_event": None}
    (_first, second) = policy_with(written)["groups"]
    assert second["recording"] == {
        "name": None,
        "enabled": True,
        "always": None,
        "conditions": None,
        "start_event": None,
    }
    (_first, second) = policy_with(None)["groups"]
    assert second["recording"] is None


@pytest.mark.parametrize("value", [True, False])
def test_an_item_of_a_message_is_true_or_false(value: bool) -> None:
    message = {"active": value}
    (_first, second) = policy_with({"conditions": [{"topic": "tns1:A", "message_content": message}]})["groups"]
    assert second["recording"]["conditions"] == [{"topic_expression": "tns1:A", "message_content": message}]


@pytest.mark.parametrize("name", ["retention_time", "retentiontime"])
def test_a_retention_time_is_never_empty(name: str) -> None:
    error = rf"{name} is empty\. Set retention_time, or remove the option\.$"
    with pytest.raises(InvalidOptionError, match=f"^{error}"):
        validate({"recording_group_id": "a", name: None}, ARGUMENT_SPEC)
    for entries in ("groups", "existing_groups"):
        entry = {"recording_group_id": "a"} if entries == "groups" else {"match": {"recording_group_id": "a"}}
        with pytest.raises(InvalidOptionError, match=rf"^{entries}\[0\]\.{error}"):
            validate({entries: [{**entry, name: None}]}, POLICY_SPEC)


def test_conditions_of_a_task_are_never_empty() -> None:
    with pytest.raises(
        InvalidOptionError, match=r"^conditions is empty\. Set conditions, or remove the option to record always\.$"
    ):
        validate({"recording_group_id": "a", "conditions": None}, ACTION_SPEC)
    validate({"recording_group_id": "a", "name": None, "start_event": None}, ACTION_SPEC)


def test_core_does_not_learn_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """From ansible-core 2.22, it masks them in all output: a password such as held would change verdicts."""
    specs: list[Spec] = []

    def record(spec: Spec) -> ArgumentSpecValidator:
        specs.append(spec)
        return ArgumentSpecValidator(spec)

    monkeypatch.setattr(_validation, "ArgumentSpecValidator", record)
    assert _validation.validate({"host": "camera", "password": "held"}, DEVICE_SPEC)["password"] == "held"
    assert [name for spec in specs for name, item in spec.items() if "no_log" in item] == []


@pytest.mark.parametrize(
    "given",
    [
        {"host": "a", "groups": [{"id": "door", "retention_time": "30d"}]},
        {"host": "a", "port": "8443", "groups": [{"id": "door", "retention_time": "30d"}], "holds": [HOLD]},
        {"host": "a", "purge": "yes", "retention_minimum": "", "retention_tolerance": None},
        {"host": "a", "port": "x", "groups": [{"id": "door", "retention": 1}]},
        {"host": "a", "groups": {"id": "door"}, "timeout": []},
        {"host": "a", "ports": 1},
        {"host": "a", "retention_minimum": None},
        {"groups": []},
        {},
    ],
)
def test_options_of_many_hosts_are_validated_like_those_of_one(given: dict[str, Any]) -> None:
    def attempt(function: Any, *arguments: Any) -> Any:
        try:
            return function(given, *arguments)
        except InvalidOptionError as error:
            return error.render({})

    shared = SharedOptions(POLICY_SPEC, DEVICE_SPEC)
    alone = attempt(validate, POLICY_SPEC)
    assert [attempt(shared.validate) for _host in range(2)] == [alone, alone]


def test_hosts_share_nothing_that_can_change() -> None:
    shared = SharedOptions(POLICY_SPEC, DEVICE_SPEC)
    policy = {"groups": [{"id": "door", "retention_time": "30d"}]}
    first, second = (shared.validate({"host": host, **policy}) for host in "ab")
    first["groups"][0]["retention_time"] = "1d"
    first["holds"].append(HOLD)
    assert (second["host"], second["groups"][0]["retention_time"], second["holds"]) == ("b", "30d", [])
    assert shared.validate({"host": "c", **policy})["groups"] == second["groups"]


def test_equal_numbers_of_different_types_are_different_options() -> None:
    shared = SharedOptions(POLICY_SPEC, DEVICE_SPEC)
    assert shared.validate({"host": "a", "groups": [{"id": "1"}]})["groups"][0]["recording_group_id"] == "1"
    with pytest.raises(InvalidOptionError, match="must be text"):
        shared.validate({"host": "a", "groups": [{"id": 1}]})
