# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a value may look like: names, types, and which entry of a list is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_action import ARGUMENT_SPEC as ACTION_SPEC
from ansible_collections.camfleet.axis.plugins.modules.axis_recording_group import ARGUMENT_SPEC
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_names, check_types, validate

POLICY_SPEC = axis_retention_policy.ARGUMENT_SPEC
HOLD = {"recording_group_id": "door", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"groups": [{"id": "a"}, {"id": "b", "retention": 1}]}, r"groups\[1\].retention is no option.*retention_time"),
        ({"groups": [{"id": "a", "recording_group_id": "a"}]}, r"groups\[0\].recording_group_id and groups\[0\].id"),
        (
            {"existing_groups": [{"match": {"ids": "a"}}]},
            r"existing_groups\[0\].match.ids is no option.*recording_group_id",
        ),
        ({"holds": [{**HOLD, "owned": "b"}]}, r"holds\[0\].owned is no option.*owner"),
        ({"purges": True}, "purges is no option.*purge"),
        ({"existing_groups": [{"retention_time": 1}]}, r"existing_groups\[0\].match is missing"),
        ({"holds": [HOLD, {**HOLD, "owner": None}]}, r"holds\[1\].owner is missing"),
        ({"holds": [{name: HOLD[name] for name in HOLD if name != "until"}]}, r"holds\[0\].until is missing"),
    ],
)
def test_a_wrong_or_missing_name_is_told_with_its_entry(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        check_names(given, POLICY_SPEC)


@pytest.mark.parametrize("given", [{"groups": ["id=a"]}, {"existing_groups": [{"match": "a"}]}, {"groups": [7]}])
def test_a_text_is_no_dictionary(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError, match="where a dictionary was expected"):
        check_types(given, POLICY_SPEC)


def test_two_spellings_are_an_error() -> None:
    check_names({"id": "a", "name": "b"}, ARGUMENT_SPEC)
    with pytest.raises(InvalidOptionError, match="id and recordinggroupid"):
        check_names({"recordinggroupid": "a", "id": "a"}, ARGUMENT_SPEC)


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
def test_what_would_be_converted_is_refused_and_no_secret_repeated(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        check_types(given, ARGUMENT_SPEC)
    assert "1234567" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"id": "007", "retention_time": 720, "pre_duration": "5000", "timeout": 2.5, "validate_certs": "no"},
        {"disk_id": "SD_DISK", "stream_options": {"camera": 1, "resolution": "1x1"}},
        {"disk_id": ["SD_DISK"], "description": None},
    ],
)
def test_what_keeps_its_meaning_is_taken(given: dict[str, Any]) -> None:
    check_types(given, ARGUMENT_SPEC)


def test_an_empty_value_is_called_empty() -> None:
    with pytest.raises(InvalidOptionError, match=r"disk_id\[1\] is empty"):
        check_types({"disk_id": ["SD_DISK", None]}, ARGUMENT_SPEC)


def test_each_option_is_left_under_its_name_alone_so_that_a_module_warns_of_no_second_spelling() -> None:
    given = {
        "groups": [{"id": "a", "retentiontime": "1d"}],
        "existing_groups": [{"match": {"id": "b*", "streamoptions": {"id": "1"}}, "name": "x"}],
    }
    parameters = validate(given, POLICY_SPEC, "axis_retention_policy")
    (entry,), (rule,) = parameters["groups"], parameters["existing_groups"]
    match = rule.pop("match")
    assert {name: value for name, value in entry.items() if value} == {
        "recording_group_id": "a",
        "retention_time": "1d",
    }
    assert {name: value for name, value in rule.items() if value} == {"nice_name": "x"}
    assert match == {"recording_group_id": "b*", "nice_name": None, "stream_options": {"id": "1"}}
    assert parameters["purge"] is False


CONDITION = {"topic_expression": "tns1:Device/tnsaxis:IO/Port", "message_content": {"port": 1, "state": "1"}}


FORMS = "Write always, never, or a dictionary with conditions (and name, enabled, start_event)."


def recorded(record: Any) -> dict[str, Any]:
    """A policy whose second entry says when to record."""
    return {"groups": [{"id": "a", "recording": "always"}, {"id": "b", "recording": record}]}


def checked(given: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a policy, as the action reads them."""
    check_names(given, POLICY_SPEC)
    check_types(given, POLICY_SPEC)
    return validate(given, POLICY_SPEC, "axis_retention_policy")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"condition": []}, "groups[1].recording.condition is no option. Did you mean conditions?"),
        ({"state": "absent"}, "groups[1].recording.state is no option."),
        (
            {"conditions": [{**CONDITION, "topics": "x"}]},
            "groups[1].recording.conditions[0].topics is no option. Did you mean topic_expression?",
        ),
        (
            {"conditions": [CONDITION, {"topic": "tns1:A"}]},
            "groups[1].recording.conditions[1].message_content is missing",
        ),
        ({"conditions": [{"message_content": "1"}]}, "groups[1].recording.conditions[0].topic_expression is missing"),
        ({"conditions": [{**CONDITION, "topic": "tns1:A"}]}, "groups[1].recording.conditions[0].topic_expression and"),
        ({"start_event": {"topic": "tns1:A"}}, "groups[1].recording.start_event.message_content is missing"),
        ({"start_event": {**CONDITION, "to": 1}}, "groups[1].recording.start_event.to is no option"),
        ({"conditions": CONDITION}, "groups[1].recording.conditions is a dictionary, where a list was expected"),
        ({"conditions": "tns1:A"}, "groups[1].recording.conditions is the text 'tns1:A', where a list was expected"),
        ({"conditions": ["tns1:A"]}, "groups[1].recording.conditions[0] is the text, where a dictionary was expected"),
        ({"start_event": [CONDITION]}, "groups[1].recording.start_event is the list, where a dictionary was expected"),
        ({"name": 7}, "groups[1].recording.name is the number 7, where a text was expected"),
        ({"name": True}, "groups[1].recording.name is the true-or-false value True, where a text was expected"),
        (
            {"conditions": [{**CONDITION, "topic_expression": 7}]},
            "groups[1].recording.conditions[0].topic_expression is the number 7",
        ),
        (
            {"conditions": [{**CONDITION, "message_content": 1}]},
            "groups[1].recording.conditions[0].message_content is the",
        ),
        (
            {"start_event": {"topic": "a", "message_content": {"x": 1.5}}},
            "groups[1].recording.start_event.message_content.x is the fraction",
        ),
        (True, f"groups[1].recording is True. {FORMS}"),
        (False, f"groups[1].recording is False. {FORMS}"),
        (1, f"groups[1].recording is 1. {FORMS}"),
        (["always"], f"groups[1].recording is ['always']. {FORMS}"),
        ([{"conditions": [CONDITION]}], "groups[1].recording is [{'conditions': [{"),
        ([{"nothing": 1}], f"groups[1].recording is [{{'nothing': 1}}]. {FORMS}"),
        ({"conditions": None}, "groups[1].recording.conditions is empty. Give conditions"),
        ({"conditions": None, "always": True}, "groups[1].recording.conditions is empty. Give conditions"),
        (
            {"enabled": "perhaps"},
            "groups[1].recording: argument 'enabled' is of type",
        ),
        (
            {"always": "perhaps"},
            "groups[1].recording: argument 'always' is of type",
        ),
    ],
)
def test_what_is_wrong_in_a_dictionary_in_place_of_a_text_is_told_with_its_entry(wanted: Any, words: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        checked(recorded(wanted))
    assert str(caught.value).startswith(words)


def test_a_dictionary_in_place_of_a_text_gets_its_defaults_and_each_option_its_name() -> None:
    written = {
        "name": "Door",
        "enabled": "no",
        "conditions": [{"topic": "tns1:A", "message_content": {"topic": 1}}, CONDITION],
        "start_event": {"topic": "tns1:B", "message_content": "boolean(1)"},
    }
    first, second = checked(recorded(written))["groups"]
    assert first["recording"] == "always"
    assert second["recording"] == {
        "name": "Door",
        "enabled": False,
        "always": None,
        "conditions": [{"topic_expression": "tns1:A", "message_content": {"topic": 1}}, CONDITION],
        "start_event": {"topic_expression": "tns1:B", "message_content": "boolean(1)"},
    }
    (_first, second) = checked(recorded({}))["groups"]
    assert second["recording"] == {
        "name": None,
        "enabled": True,
        "always": None,
        "conditions": None,
        "start_event": None,
    }


def test_what_is_null_in_a_dictionary_in_place_of_a_text_is_as_if_left_out() -> None:
    written = {"name": None, "enabled": None, "always": None, "start_event": None}
    (_first, second) = checked(recorded(written))["groups"]
    assert second["recording"] == {
        "name": None,
        "enabled": True,
        "always": None,
        "conditions": None,
        "start_event": None,
    }
    (_first, second) = checked(recorded(None))["groups"]
    assert second["recording"] is None


@pytest.mark.parametrize("value", [True, False])
def test_an_item_of_a_message_may_be_true_or_false(value: bool) -> None:
    message = {"active": value}
    (_first, second) = checked(recorded({"conditions": [{"topic": "tns1:A", "message_content": message}]}))["groups"]
    assert second["recording"]["conditions"] == [{"topic_expression": "tns1:A", "message_content": message}]


def test_conditions_of_a_task_are_never_empty() -> None:
    with pytest.raises(
        InvalidOptionError, match=r"^conditions is empty\. Give conditions, or leave it out to record always\.$"
    ):
        check_types({"recording_group_id": "a", "conditions": None}, ACTION_SPEC)
    check_types({"recording_group_id": "a", "name": None, "start_event": None}, ACTION_SPEC)
