# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a recording action: valid and invalid values, and their messages."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, Event
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import (
    build_recording,
    parse_recording,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import DesiredRecording
from tests.parameters import RECORDING

RECORDING_OPTION = Option("groups")[1]["recording"]
PORT = "tns1:Device/tnsaxis:IO/Port"


def condition(topic: Any = PORT, message: Any = "boolean(1)") -> dict[str, Any]:
    """Return a condition as Ansible's validator leaves it."""
    return {"topic_expression": topic, "message_content": message}


def events(*written: dict[str, Any]) -> tuple[Event, ...]:
    """Return the conditions that these parameters describe."""
    return build_recording({**RECORDING, "conditions": list(written)}).conditions


@pytest.mark.parametrize(
    ("written", "desired"),
    [
        (None, None),
        ("never", DesiredRecording(present=False)),
        ("always", DesiredRecording(True, None, True, ALWAYS, None)),
        (RECORDING, DesiredRecording(True, None, True, ALWAYS, None)),
        ({**RECORDING, "always": True}, DesiredRecording(True, None, True, ALWAYS, None)),
        ({**RECORDING, "enabled": False}, DesiredRecording(True, None, False, ALWAYS, None)),
        ({**RECORDING, "name": 'Tür <&"'}, DesiredRecording(True, 'Tür <&"', True, ALWAYS, None)),
        ({**RECORDING, "name": " Door \n"}, DesiredRecording(True, "Door", True, ALWAYS, None)),
        (
            {**RECORDING, "conditions": [condition(), condition("tns1:A/B")], "start_event": condition("tns1:C")},
            DesiredRecording(
                True,
                None,
                True,
                (Event(PORT, "boolean(1)"), Event("tns1:A/B", "boolean(1)")),
                Event("tns1:C", "boolean(1)"),
            ),
        ),
        ({**RECORDING, "always": False, "conditions": [condition()]}, DesiredRecording(conditions=events(condition()))),
        ({**RECORDING, "start_event": {}}, DesiredRecording()),
    ],
)
def test_every_form_of_recording(written: Any, desired: DesiredRecording | None) -> None:
    assert parse_recording(written, RECORDING_OPTION) == desired


def test_always_is_the_condition_that_real_devices_accept() -> None:
    assert [(item.topic, item.message) for item in ALWAYS] == [
        ("tns1:Device/tnsaxis:Status/SystemReady", 'boolean(//SimpleItem[@Name="ready" and @Value="1"])')
    ]


@pytest.mark.parametrize("written", ["", "Always", "on", True, False, 1, ["always"]])
def test_invalid_forms_of_recording(written: Any) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        parse_recording(written, RECORDING_OPTION)
    assert caught.value.kind == "invalid_option"
    assert caught.value.message == f"groups[1].recording is {written!r}, which is not a valid value"
    assert "always, never, or a dictionary" in caught.value.next_step


def test_the_state_of_a_task_is_the_presence() -> None:
    assert build_recording({**RECORDING, "state": "absent"}).present is False
    assert build_recording({**RECORDING, "state": "present"}).present is True


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": ""}, "name is empty"),
        ({"name": " \t"}, "name is empty"),
        ({"name": "a\x07"}, "name has the character '\\x07' at position 2"),
        ({"conditions": []}, "conditions is empty"),
        ({"conditions": [], "always": True}, "conditions is empty"),
        ({"conditions": [condition()], "always": True}, "always and conditions are both set"),
        ({"always": False}, "always is false, but conditions is not set"),
        ({"start_event": condition()}, "start_event is set, but conditions is not set"),
        ({"start_event": condition(), "always": True}, "start_event is set, but conditions is not set"),
        (
            {"conditions": [condition(), condition("x")]},
            "conditions[1].topic_expression is 'x', which is not the topic of one event",
        ),
        (
            {"conditions": [condition()], "start_event": condition("x")},
            "start_event.topic_expression is 'x', which is not the topic of one event",
        ),
        ({"conditions": [condition(message={})]}, "conditions[0].message_content is empty"),
        (
            {"conditions": [condition(message="")]},
            "conditions[0].message_content is '', which is not a valid XPath expression",
        ),
        (
            {"conditions": [condition(message=" ")]},
            "conditions[0].message_content is '', which is not a valid XPath expression",
        ),
        (
            {"conditions": [condition(message="boolean(1")]},
            "conditions[0].message_content is 'boolean(1', which is not a valid XPath expression",
        ),
        # Errors that only an evaluation shows.
        *(
            (
                {"conditions": [condition(message=written)]},
                f"conditions[0].message_content is {written!r}, which is not a valid XPath expression",
            )
            for written in ("//ns1:Data", "nothing()", "$active = 1", "boolean()", "x:boolean(1)")
        ),
        (
            {"conditions": [condition(message="'a\x07'")]},
            "conditions[0].message_content has the character '\\x07' at position 3",
        ),
        (
            {"conditions": [condition(message={"a": "\x07"})]},
            "conditions[0].message_content has the character '\\x07' at position 1",
        ),
        (
            {"conditions": [condition(message={"a": "'\""})]},
            "conditions[0].message_content has '\\'\"' with single and double quotes",
        ),
        (
            {"conditions": [condition(message={"'\"": 1})]},
            "conditions[0].message_content has '\\'\"' with single and double quotes",
        ),
        (
            {"conditions": [condition()], "start_event": condition(message="]")},
            "start_event.message_content is ']', which is not a valid XPath expression",
        ),
    ],
)
def test_invalid_options_name_their_place(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_recording({**RECORDING, **options})
    assert (caught.value.kind, caught.value.message) == ("invalid_option", message)
    assert caught.value.next_step
    with pytest.raises(InvalidOptionError) as caught:
        parse_recording({**RECORDING, **options}, RECORDING_OPTION)
    assert caught.value.message.startswith("groups[1].recording.")
    assert caught.value.message.replace("groups[1].recording.", "") == message


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        (PORT, PORT),
        (f" {PORT}//. ", PORT),
        ("tnsaxis:A", "tnsaxis:A"),
        ("tns1:A/B_c-d.e/tnsaxis:F", "tns1:A/B_c-d.e/tnsaxis:F"),
    ],
)
def test_valid_topics(written: str, topic: str) -> None:
    assert events(condition(written)) == (Event(topic, "boolean(1)"),)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "Device/Port",
        "tt:Device/Port",
        "ns1:Device",
        "tns1:Device//Port",
        "tns1:Device/",
        "/tns1:Device",
        "tns1:",
        "tns1:Device/*",
        "tns1:Device//*",
        "tns1:Device|tns1:Other",
        "tns1:Tür",
        "tns1:Device/tt:Port",
        "tns1:Device/1",
        "tns1:Device//.//.",
    ],
)
def test_invalid_topics(topic: str) -> None:
    with pytest.raises(InvalidOptionError, match="which is not the topic of one event"):
        events(condition(topic))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"active": 1}, 'boolean(//SimpleItem[@Name="active" and @Value="1"])'),
        ({"active": "1"}, 'boolean(//SimpleItem[@Name="active" and @Value="1"])'),
        (
            {"port": 0, "state": "1"},
            (
                'boolean(//SimpleItem[@Name="port" and @Value="0"]) and '
                'boolean(//SimpleItem[@Name="state" and @Value="1"])'
            ),
        ),
        ({"active": True}, 'boolean(//SimpleItem[@Name="active" and @Value="1"])'),
        ({"active": False}, 'boolean(//SimpleItem[@Name="active" and @Value="0"])'),
        ("//tns1:A/tnsaxis:B[tt:C]", "//tns1:A/tnsaxis:B[tt:C]"),
        ({"a": 'b"c'}, 'boolean(//SimpleItem[@Name="a" and @Value=\'b"c\'])'),
        ({"a'b": "<&"}, 'boolean(//SimpleItem[@Name="a\'b" and @Value="<&"])'),
        (' boolean(//SimpleItem[@Name="a"])\n', 'boolean(//SimpleItem[@Name="a"])'),
        ("1", "1"),
        ("//tt:Data or true()", "//tt:Data or true()"),
    ],
)
def test_valid_messages(written: Any, message: str) -> None:
    assert events(condition(message=written)) == (Event(PORT, message),)
