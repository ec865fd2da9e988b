# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of a draft with recording actions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, Actions, Event, RuleSettings
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import UnsafeText
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import derive_draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.recording import describe_recording
from tests.unit.plugins.plugin_utils._draft.fleets import actions, always, audit, camera, group, inventory

ENTRIES, RULES = "retention_policy_groups", "retention_policy_existing_groups"
PORT = 'boolean(//SimpleItem[@Name="port" and @Value="1"])'
DOOR = Event("tns1:Device/tnsaxis:IO/Port", PORT)
DOOR_OPTIONS = {"topic_expression": "tns1:Device/tnsaxis:IO/Port", "message_content": PORT}
#: What the device writes for the same: in another order, and with the ending of AXIS OS 10.12.
READY = Event("tns1:Device/tnsaxis:Status/SystemReady", "boolean(//SimpleItem[@Value='1' and @Name='ready'])")


def change_rule(found: Actions, **values: Any) -> Actions:
    """Return the action service with a changed rule."""
    return Actions(found.configurations, (replace(found.rules[0], **values), *found.rules[1:]))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (always("a"), "always"),
        (actions(("a", (READY,), True)), "always"),
        (actions(("a", ALWAYS, False)), {"enabled": False}),
        (actions(("a", (DOOR,), True)), {"enabled": True, "conditions": [DOOR_OPTIONS]}),
        (
            change_rule(actions(("a", (DOOR,), True)), start_event=DOOR),
            {"enabled": True, "conditions": [DOOR_OPTIONS], "start_event": DOOR_OPTIONS},
        ),
        # The settings of a rule are not managed.
        (change_rule(always("a"), settings=RuleSettings("PT5S")), "always"),
        (always("b"), None),
        (actions(("a", (), True)), None),
        (always("a", "a"), None),
        (actions(("a", (Event("no topic", PORT),), True)), None),
        (actions(("a", (replace(DOOR, message='//SimpleItem[@Value="{{ x }}"]'),), True)), None),
    ],
)
def test_the_option_of_an_action(found: Actions, expected: Any) -> None:
    described = describe_recording(found, group("a"))
    assert (None if described is None else json.loads(described)) == expected


def test_a_group_without_an_action_gets_a_rule() -> None:
    one = camera(1, group("a", 720, "Entrance"), group("b", 168), recording=always("a"))
    variables = derive_draft([one], []).host_vars["cam1"]
    assert variables[ENTRIES] == [
        {
            "recording_group_id": "a",
            "nice_name": "Entrance",
            "disk_id": ["SD_DISK"],
            "retention_time": "30d",
            "pre_duration": 0,
            "post_duration": 0,
            "recording": "always",
        }
    ]
    assert [rule["match"] for rule in variables[RULES]] == [{"recording_group_id": "b"}]
    assert audit(variables, one) == []


def test_cameras_share_only_equal_texts() -> None:
    options = "camera=1&resolution=1920x1080"
    cameras = [
        camera(number, group("a", 720, f"Camera {number}", options), recording=always("a")) for number in range(1, 4)
    ]
    [entry] = derive_draft(cameras, [inventory("axis", cameras)]).group_vars["axis"][ENTRIES]
    assert "nice_name" not in entry
    assert entry["stream_options"] == options


def test_a_camera_without_the_action_has_its_own_file() -> None:
    cameras = [camera(number, group("a"), recording=always("a")) for number in range(1, 4)]
    other = camera(4, group("a"), recording=Actions())
    draft = derive_draft([*cameras, other], [inventory("axis", [*cameras, other])])
    assert list(draft.host_vars) == ["cam4"]
    assert draft.host_vars["cam4"][ENTRIES] == []
    assert audit(draft.resolve("cam4"), other) == []


def test_random_ids_are_shared_by_name() -> None:
    cameras = [
        camera(n, group(f"rec-{digits}-c", 720, "Continuous"), recording=always(f"rec-{digits}-c"))
        for n, digits in enumerate(("0a1b2c3d", "f00d1234", "12abcdef"), 1)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    [entry] = draft.group_vars["axis"][ENTRIES]
    assert (entry["nice_name"], entry.get("recording_group_id")) == ("Continuous", None)
    assert [audit(draft.resolve(item.host), item) for item in cameras] == [[], [], []]


def test_a_name_that_two_groups_have_identifies_none() -> None:
    cameras = [
        camera(n, group(f"rec-{n}a1b", 720, "Same "), group(f"rec-{n}a2b", 24, "Same"), recording=always(f"rec-{n}a1b"))
        for n in range(1, 4)
    ]
    draft = derive_draft(cameras, [inventory("axis", cameras)])
    assert [item[ENTRIES][0]["recording_group_id"] for item in draft.host_vars.values()] == [
        "rec-1a1b",
        "rec-2a1b",
        "rec-3a1b",
    ]


@pytest.mark.parametrize("listed", [None, "", "ac:cc:8e:00:00:01", "ACCC8E000002"])
def test_without_its_serial_number_an_entry_has_the_whole_id(listed: str | None) -> None:
    one = camera(1, group("AxisCS_ACCC8E000001_1"), recording=always("AxisCS_ACCC8E000001_1"), listed_serial=listed)
    [entry] = derive_draft([one], []).host_vars["cam1"][ENTRIES]
    assert entry["recording_group_id"] == "AxisCS_ACCC8E000001_1"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("{{ lookup('pipe', 'id') }}", "a={{ 1 }}"),
        ("#jinja2: variable_start_string:'x'", "a={% x %}"),
        ("\ufdd0", "no options"),
        (UnsafeText("hunter2", "***"), UnsafeText("a=hunter2", "***")),
    ],
)
def test_texts_that_no_file_may_have_are_left_out(name: str, options: str) -> None:
    one = camera(1, group("a", 720, name, options), recording=always("a"))
    [entry] = derive_draft([one], []).host_vars["cam1"][ENTRIES]
    assert entry.keys() == {
        "recording_group_id",
        "disk_id",
        "retention_time",
        "pre_duration",
        "post_duration",
        "recording",
    }
