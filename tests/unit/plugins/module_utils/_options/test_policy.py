# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a policy: valid and invalid values, and their messages."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import build_allowances
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import build_policy, build_tolerance
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import DesiredRecording
from tests.parameters import RECORDING, policy_parameters


def existing(match: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a policy with one valid rule, and one with this match."""
    return {"existing_groups": [{"match": {"nice_name": "?"}}, {"match": match, **fields}]}


def entries(*groups: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return a policy with these groups."""
    return {"groups": list(groups), **options}


A = {"recording_group_id": "a"}
DAY = {**A, "retention_time": "1d"}
SAME_NAME = "groups[0] and groups[1] have the same nice_name"
EARLIER_MATCH = "existing_groups[1] sets a nice_name or stream_options that existing_groups[0] matches"
UNLIMITED = {**A, "retention_time": "unlimited"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (entries(A, {"nice_name": "x"}, A), "groups[0] and groups[2] have the same recording_group_id: a"),
        (
            entries({"nice_name": "x"}, {"nice_name": "x"}),
            f"{SAME_NAME}: 'x'",
        ),
        (
            entries({"nice_name": "x\ty"}, {"nice_name": "x y"}),
            f"{SAME_NAME}: 'x y'",
        ),
        (
            entries({**A, "nice_name": "x"}, {"nice_name": "x"}),
            f"{SAME_NAME}: 'x'",
        ),
        (entries(A, {"retention_time": "1d"}), "Neither groups[1].recording_group_id nor groups[1].nice_name is set"),
        (entries(A, {"nice_name": ""}), "Neither groups[1].recording_group_id nor groups[1].nice_name is set"),
        (entries(A, {"recording_group_id": "a/b"}), "groups[1].recording_group_id is 'a/b'"),
        (entries(A, {"recording_group_id": "x" * 51}), "groups[1].recording_group_id is"),
        (entries(A, {**A, "retention_time": "30x"}), "groups[1].retention_time is '30x'"),
        (entries(A, {**A, "retention_time": ""}), "groups[1].retention_time is ''"),
        (entries(A, {**A, "disk_id": []}), "groups[1].disk_id is empty"),
        (entries(A, {**A, "stream_options": "a"}), "groups[1].stream_options has 'a'"),
        (entries(A, {**A, "pre_duration": -1}), "groups[1].pre_duration is -1"),
        (entries(A, {**A, "description": "\0"}), "groups[1].description has the character"),
        (existing({}), "existing_groups[1].match is empty"),
        (
            existing({"recording_group_id": "", "nice_name": "", "stream_options": {}}),
            "existing_groups[1].match is empty",
        ),
        (
            existing({"recording_group_id": "a b"}),
            "existing_groups[1].match.recording_group_id is 'a b', which cannot match",
        ),
        (
            existing({"recording_group_id": "Tür*"}),
            "existing_groups[1].match.recording_group_id is 'Tür*', which cannot match",
        ),
        (existing({"stream_options": {"fps": True}}), "existing_groups[1].match.stream_options.fps is true"),
        (existing({"stream_options": {"fps": ["5"]}}), "existing_groups[1].match.stream_options.fps is "),
        (existing({"stream_options": {"fps": None}}), "existing_groups[1].match.stream_options.fps is null"),
        (existing({"nice_name": "x"}, retention_time="soon"), "existing_groups[1].retention_time is 'soon'"),
        (existing({"nice_name": "x"}, disk_id=[""]), "existing_groups[1].disk_id is empty"),
        (entries(A, purge=True), "purge is true, but purge_match is empty"),
        (entries(A, purge=True, purge_match=["a*", "b c"]), "purge_match[1] is 'b c', which cannot match"),
        (entries(A, purge=True, purge_match=["", "b"]), "purge_match[0] is ''"),
        (entries(A, purge_match=["a[1"]), "purge_match[0] is 'a[1', which cannot match"),
        (
            existing({"recording_group_id": "a[1"}),
            "existing_groups[1].match.recording_group_id is 'a[1', which cannot match",
        ),
        (entries(A, purge_match=["b/c"]), "purge_match[0] is 'b/c', which cannot match"),
        (
            entries(A, retention_minimum="2d", retention_maximum="1d"),
            "retention_minimum is 48 hours (2 days)",
        ),
        (
            entries(A, retention_minimum="unlimited", retention_maximum="1d"),
            "retention_minimum is unlimited",
        ),
        (
            entries(A, retention_minimum="0", retention_maximum="1d"),
            "retention_minimum is unlimited",
        ),
        (entries(A, retention_minimum="x"), "retention_minimum is 'x', which is not a valid retention time"),
        (entries(A, retention_maximum="x"), "retention_maximum is 'x', which is not a valid retention time"),
        (
            existing({"nice_name": "Old*"}, retention_time="0") | {"retention_maximum": "2d"},
            (
                "existing_groups[1].retention_time is unlimited, which is above retention_maximum: 48 hours (2 days), "
                "in the rule for 'Old*'. Only"
            ),
        ),
        (
            entries({"recording_group_id": "High_*_C"}),
            "groups[0].recording_group_id is 'High_*_C', which is a pattern, and an entry is for one group",
        ),
        (
            entries({"nice_name": "x"}, DAY, retention_minimum="25h"),
            "groups[1].retention_time is 24 hours (1 day), which is below retention_minimum: 25 hours",
        ),
        (
            entries(DAY, retention_minimum="unlimited"),
            "groups[0].retention_time is 24 hours (1 day), which is below retention_minimum",
        ),
        (
            entries(DAY, retention_maximum="23h"),
            "groups[0].retention_time is 24 hours (1 day), which is above retention_maximum: 23 hours",
        ),
        (
            entries(UNLIMITED, retention_maximum="52w"),
            "groups[0].retention_time is unlimited, which is above",
        ),
        (
            existing(A, retention_time="1d") | {"retention_minimum": "2d"},
            "existing_groups[1].retention_time is 24 hours",
        ),
        (
            existing(A, retention_time="0") | {"retention_maximum": "2d"},
            "existing_groups[1].retention_time is unlimited, which is above retention_maximum: 48 hours",
        ),
        (
            existing({"nice_name": "Old*"}, nice_name="New"),
            "existing_groups[1].nice_name is 'New', which does not match existing_groups[1].match.nice_name",
        ),
        (
            existing({"stream_options": {"fps": "*"}}, stream_options="a=1"),
            "existing_groups[1].stream_options is 'a=1', which does not match existing_groups[1].match.stream_options",
        ),
        (
            existing({"stream_options": {"fps": "5"}}, stream_options={"fps": 6}),
            "existing_groups[1].stream_options is 'fps=6', which does not match existing_groups[1].match.",
        ),
        (
            existing(A, nice_name="x"),
            EARLIER_MATCH,
        ),
        (
            existing({"nice_name": "Old*"}, nice_name="Older"),
            "existing_groups[1] sets the nice_name that it matches",
        ),
        (
            existing({"nice_name": "Old", "literal": True}, nice_name="Old"),
            "existing_groups[1] sets the nice_name that it matches",
        ),
        (
            existing({"recording_group_id": "a", "nice_name": "*"}, nice_name="Old"),
            "existing_groups[1] sets the nice_name that it matches",
        ),
        (
            existing({"nice_name": "*", "stream_options": {"fps": "[56]"}}, stream_options={"fps": 6}),
            "existing_groups[1] sets the stream_options that it matches",
        ),
        (
            existing({"nice_name": "Old*", "literal": True}, nice_name="Older"),
            "existing_groups[1].nice_name is 'Older', which does not match existing_groups[1].match.nice_name",
        ),
        (
            existing({"nice_name": "Tests [z-a]"}),
            "existing_groups[1].match.nice_name is 'Tests [z-a]', where [z-a] matches no character",
        ),
        (
            existing({"stream_options": {"fps": "[9-0]"}}),
            "existing_groups[1].match.stream_options.fps is '[9-0]', where [9-0] matches no character",
        ),
        (
            existing({"nice_name": " *"}),
            "existing_groups[1].match.nice_name is ' *', which cannot match",
        ),
        (existing({"nice_name": "\n"}), "existing_groups[1].match is empty"),
        (existing({"nice_name": " ", "literal": True}), "existing_groups[1].match is empty"),
        (
            existing({"recording_group_id": "a*", "literal": True}),
            "existing_groups[1].match.recording_group_id is 'a*', which is not a valid ID",
        ),
        (
            entries({"recording_group_id": "x-2d711642"}, {"nice_name": "x\n"}),
            "groups[0] and groups[1] have the same recording_group_id: x-2d711642, which is derived from the nice_name",
        ),
        (entries(A, {"nice_name": " \n"}), "Neither groups[1].recording_group_id nor groups[1].nice_name is set"),
        (entries({"nice_name": "Tu\u0308r"}, {"nice_name": " T\u00fcr\n"}), f"{SAME_NAME}: 'T\u00fcr'"),
        (entries({"nice_name": "x", "id_source": "device"}, {"nice_name": "x"}), f"{SAME_NAME}: 'x'"),
        (
            entries({**A, "retention_time": "0d"}),
            "groups[0].retention_time is '0d', which may mean no time or no limit",
        ),
        (entries(A, retention_minimum="00"), "retention_minimum is '00', which may mean no time or no limit"),
        (entries(A, retention_maximum="0h"), "retention_maximum is '0h', which may mean no time or no limit"),
        (entries(A, retention_maximum="600000"), "retention_maximum is '600000', which is 600000 hours and more than"),
        (
            existing({"nice_name": "x"}, retention_time="99999d"),
            "existing_groups[1].retention_time is '99999d', which is",
        ),
        (
            existing(A, nice_name="\ty\n"),
            EARLIER_MATCH,
        ),
        (
            existing(A, nice_name="x y") | entries({"nice_name": "x\ty"}),
            "existing_groups[1] sets the nice_name 'x y', which identifies an entry of groups",
        ),
        (entries(A, {**A, "recording": "sometimes"}), "groups[1].recording is 'sometimes'"),
        (entries({**A, "recording": ""}), "groups[0].recording is ''"),
        (entries({**A, "recording": {**RECORDING, "name": ""}}), "groups[0].recording.name is empty"),
        (entries({**A, "recording": {**RECORDING, "conditions": []}}), "groups[0].recording.conditions is empty"),
        (
            entries(
                {**A, "recording": {**RECORDING, "conditions": [{"topic_expression": "x", "message_content": "1"}]}}
            ),
            "groups[0].recording.conditions[0].topic_expression is 'x'",
        ),
        ({}, "The policy is empty"),
        ({"unmanaged": "ignore", "on_refused": "report"}, "The policy is empty"),
        ({"purge_match": ["a*"]}, "The policy is empty"),
        ({"no_groups": False}, "The policy is empty"),
        (entries(A, no_groups=True), "no_groups is true, but groups is not empty"),
        (existing(A) | {"no_groups": True}, "no_groups is true, but existing_groups is not empty"),
        (
            existing(A) | entries(A, no_groups=True),
            "no_groups is true, but groups and existing_groups are not empty",
        ),
        ({"retention_minimum": "", "retention_maximum": ""}, "The policy is empty"),
    ],
)
def test_invalid_policies_name_their_place(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_policy(policy_parameters(**options))
    assert caught.value.kind == "invalid_option"
    assert caught.value.message.startswith(message)
    assert caught.value.next_step


@pytest.mark.parametrize(
    "options",
    [
        entries({**A, "nice_name": "x"}, {"recording_group_id": "b", "nice_name": "x"}),
        entries(A, {"recording_group_id": "A"}, {"nice_name": "a"}, {"nice_name": "A"}),
        entries(DAY, retention_minimum="24", retention_maximum="1d"),
        entries(UNLIMITED, retention_minimum="unlimited"),
        entries(UNLIMITED, retention_maximum="unlimited"),
        entries(A, retention_minimum="52w", retention_maximum="unlimited"),
        entries(DAY, retention_minimum="", retention_maximum=""),
        existing(A, nice_name="New"),
        existing({"stream_options": {"fps": "[56]"}}, nice_name="Name"),
        existing({"nice_name": "Tests [1]*", "stream_options": {"a": "[]-a]"}}),
        existing({"nice_name": "Tests [z-a]", "stream_options": {"a": "[z-a]"}, "literal": True}),
        existing({"nice_name": " Tests [1]\n", "literal": True}),
        existing({"nice_name": "Old*\n"}),
        entries({"nice_name": "x"}, {"nice_name": "y", "id_source": "device"}),
        entries({**A, "id_source": "device"}),
        entries({**A, "retention_time": "24855d"}, retention_minimum="24855d", retention_maximum="596523"),
        existing(A, nice_name="x y") | entries({**A, "nice_name": "x y"}),
        existing({"recording_group_id": "[!A-Z]?*_-9"}),
        existing({"stream_options": {"fps": 5}}),
        {"purge": True, "purge_match": ["*"]},
        {"no_groups": True},
        {"no_groups": True, "purge": True, "purge_match": ["*"], "retention_minimum": "7d", "retention_maximum": "30d"},
        {"retention_minimum": "1"},
        {"retention_maximum": "1"},
    ],
)
def test_valid_policies(options: dict[str, Any]) -> None:
    build_policy(policy_parameters(**options))


HELD = {"recording_group_id": "a", "reason": "Case 4711", "owner": "legal", "until": "2099-12-31"}


@pytest.mark.fault("maximum of a policy with a group under a hold")
@pytest.mark.parametrize(
    "hold", [{}, {"recording_group_id": "*"}, {"until": "2020-12-31"}, {"recording_group_id": "b"}]
)
def test_a_policy_with_a_hold_may_exceed_its_maximum(hold: dict[str, Any]) -> None:
    """Which of its groups may is decided with those of the device. Without any hold, no group may."""
    parameters = policy_parameters(
        **entries(UNLIMITED), retention_maximum="30d", holds=[{**HELD, "hosts": None, **hold}]
    )
    build_policy(parameters, build_allowances(parameters, datetime.now(timezone.utc)))
    without = policy_parameters(**entries(UNLIMITED), retention_maximum="30d", holds=[])
    with pytest.raises(InvalidOptionError, match="Only a group under an active hold may be above the maximum"):
        build_policy(without, build_allowances(without, datetime.now(timezone.utc)))
    with pytest.raises(InvalidOptionError, match="above"):
        build_policy(parameters)


@pytest.mark.fault("maximum of a policy with a group under a hold")
def test_the_minimum_applies_to_a_held_group() -> None:
    parameters = policy_parameters(**entries(DAY), retention_minimum="30d", holds=[{**HELD, "hosts": None}])
    with pytest.raises(InvalidOptionError, match="below"):
        build_policy(parameters, build_allowances(parameters, datetime.now(timezone.utc)))


def test_every_option_is_part_of_the_policy() -> None:
    policy = build_policy(
        policy_parameters(
            groups=[{**A, "retention_time": "30d", "disk_id": ["SD_DISK"]}],
            existing_groups=[
                {"match": {"stream_options": {"camera": 1, "device": "b*"}, "nice_name": ""}, "pre_duration": 5}
            ],
            purge=True,
            purge_match=["pilot_*"],
            retention_minimum="7d",
            retention_maximum="unlimited",
            unmanaged="ignore",
        )
    )
    (group,), (rule,) = policy.groups, policy.rules
    assert (group.recording_group_id, group.retention_time, group.disk_ids) == ("a", 720, ("SD_DISK",))
    assert (group.present, group.may_create, group.nice_name) == (True, True, None)
    assert (rule.match.recording_group_id, rule.match.nice_name) == (None, None)
    assert rule.match.stream_options == (("camera", "1"), ("device", "B*"))
    assert (rule.desired.recording_group_id, rule.desired.pre_duration, rule.desired.retention_time) == (None, 5, None)
    assert (policy.purge, policy.minimum, policy.maximum, policy.reports_unmanaged) == (("pilot_*",), 168, 0, False)


def test_patterns_are_normalized() -> None:
    match = {"nice_name": "Tu\u0308r *\n", "stream_options": {"text": "u\u0308*\n", "device": "b8*"}}
    (rule,) = build_policy(policy_parameters(existing_groups=[{"match": match}])).rules
    assert rule.match.nice_name == "T\u00fcr *"
    assert rule.match.stream_options == (("device", "B8*"), ("text", "\u00fc*"))


def test_patterns_without_purge_purge_nothing() -> None:
    assert build_policy(policy_parameters(groups=[A], purge_match=["*"])).purge == ()


def test_an_entry_includes_its_recording() -> None:
    b = {"recording_group_id": "b", "recording": "never"}
    c = {"recording_group_id": "c", "recording": {**RECORDING, "name": "Door", "enabled": False}}
    policy = build_policy(policy_parameters(groups=[{**A, "recording": "always"}, b, c, {"nice_name": "d"}]))
    assert [item.recording for item in policy.groups] == [
        DesiredRecording(True, None, True, ALWAYS, None),
        DesiredRecording(present=False),
        DesiredRecording(True, "Door", False, ALWAYS, None),
        None,
    ]


@pytest.mark.parametrize(
    ("text", "hours"), [("0", 0), ("0h", 0), ("0d", 0), ("00", 0), ("36h", 36), ("24855d", 596520), ("", 24)]
)
def test_a_tolerance_can_be_zero(text: str, hours: int) -> None:
    parameters = policy_parameters(groups=[A], verify_recordings=True, retention_tolerance=text)
    assert build_tolerance(parameters) == hours


@pytest.mark.parametrize("text", ["unlimited", "596524", "99999d", "-1"])
def test_an_invalid_tolerance_is_an_error(text: str) -> None:
    with pytest.raises(InvalidOptionError, match="retention_tolerance is"):
        build_tolerance(policy_parameters(groups=[A], retention_tolerance=text))


NAMES = {
    "groups": "retention_policy_groups",
    "existing_groups": "retention_policy_existing_groups",
    "purge_match": "retention_policy_purge_match",
    "retention_minimum": "retention_policy_minimum",
    "retention_maximum": "retention_policy_maximum",
}


@pytest.mark.parametrize(
    ("options", "message", "next_step"),
    [
        (
            entries({"nice_name": "x"}, DAY, retention_minimum="25h"),
            (
                "retention_policy_groups[1].retention_time is 24 hours (1 day), which is below "
                "retention_policy_minimum: 25 hours, in the entry for 'a'"
            ),
            "Correct retention_policy_groups[1].retention_time or retention_policy_minimum.",
        ),
        (
            entries(A, retention_minimum="2d", retention_maximum="1d"),
            "retention_policy_minimum is 48 hours (2 days), which is above retention_policy_maximum: 24 hours (1 day)",
            (
                "Set retention_policy_minimum to 24 hours (1 day) or less, or retention_policy_maximum to 48 hours "
                "(2 days) or more."
            ),
        ),
        (
            entries(A, {**A, "recording": {**RECORDING, "conditions": []}}),
            "retention_policy_groups[1].recording.conditions is empty",
            "Set at least one condition, or remove it to record always.",
        ),
        (
            existing({"nice_name": "{x}"}, nice_name="x"),
            (
                "retention_policy_existing_groups[1].nice_name is 'x', which does not match "
                "retention_policy_existing_groups[1].match.nice_name, so the next run would not find the groups"
            ),
            "Match by recording_group_id, or remove retention_policy_existing_groups[1].nice_name.",
        ),
        (
            entries(purge_match=["a b"]),
            "retention_policy_purge_match[0] is 'a b', which cannot match the ID of a group",
            (
                "Set retention_policy_purge_match[0] to a pattern of the characters A-Z, a-z, 0-9, _ and - with *, ? "
                "and [...]."
            ),
        ),
    ],
)
def test_messages_name_the_variable(options: dict[str, Any], message: str, next_step: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        build_policy(policy_parameters(**options))
    assert caught.value.render(NAMES) == (message, next_step)
