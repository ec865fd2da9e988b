# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invalid options fail before the first request, and the message names the entry."""

from __future__ import annotations

from typing import Any

from tests.integration.conftest import Play
from tests.simulator import Fleet

A = {"id": "a"}
ALL: dict[str, Any] = {"match": {"id": "*"}}
HOLD = {"recording_group_id": "a", "reason": "r", "owner": "o", "until": "2999-01-01"}

# by problem: the options, and the text that names the entry
INVALID_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "no policy": ({}, "The policy is empty"),
    "groups that are empty": ({"groups": None, "existing_groups": []}, "The policy is empty"),
    "group without id and name": (
        {"groups": [A, {"retention_time": 1}]},
        "Neither groups[1].recording_group_id nor groups[1].nice_name is set",
    ),
    "group with a bad id": (
        {"groups": [A, {"id": "a/b"}]},
        "groups[1].recording_group_id is 'a/b', which is not a valid ID",
    ),
    "group whose id is a number": ({"groups": [A, {"id": 7}]}, "groups[1].id must be text, got the number 7"),
    "group that is a text": ({"groups": [A, "b"]}, "groups[1] must be a dictionary, got the text 'b'"),
    "group that is nothing": ({"groups": [A, None]}, "groups[1] is empty"),
    "group with an unknown option": (
        {"groups": [A, {"id": "b", "retention": 1}]},
        "groups[1].retention is not a valid option",
    ),
    "group with a state": ({"groups": [{"id": "b", "state": "absent"}]}, "groups[0].state is not a valid option"),
    "group with two spellings": (
        {"groups": [{"id": "b", "recording_group_id": "b"}]},
        "groups[0].recording_group_id and groups[0].id are the same option",
    ),
    "group with a bad retention": ({"groups": [A, {"id": "b", "retention_time": 1.5}]}, "groups[1].retention_time"),
    "group with a true retention": ({"groups": [{"id": "b", "retention_time": True}]}, "groups[0].retention_time"),
    "group with a bad disk": ({"groups": [{"id": "b", "disk_id": [7]}]}, "groups[0].disk_id"),
    "group with bad stream options": (
        {"groups": [{"id": "b", "stream_options": {"audio": True}}]},
        "groups[0].stream_options.audio must be text or a whole number, got true",
    ),
    "group with a bad duration": ({"groups": [{"id": "b", "pre_duration": 1.5}]}, "groups[0].pre_duration"),
    "the same id twice": (
        {"groups": [A, {"recordinggroupid": "a"}]},
        "groups[0] and groups[1] have the same recording_group_id: a",
    ),
    "the same name twice": (
        {"groups": [{"name": "x"}, {"id": "a", "nicename": "x"}]},
        "groups[0] and groups[1] have the same nice_name",
    ),
    "groups that are a dictionary": ({"groups": {"id": "a"}}, "groups"),
    "rule without match": ({"existing_groups": [ALL, {"retention_time": 1}]}, "match"),
    "rule with an empty match": ({"existing_groups": [ALL, {"match": {}}]}, "existing_groups[1].match is empty"),
    "rule whose match is a text": (
        {"existing_groups": [{"match": "High_*"}]},
        "existing_groups[0].match must be a dictionary, got the text",
    ),
    "rule with an unknown option": (
        {"existing_groups": [{**ALL, "purge": True}]},
        "existing_groups[0].purge is not a valid option",
    ),
    "rule with an id": ({"existing_groups": [{**ALL, "id": "a"}]}, "existing_groups[0].id is not a valid option"),
    "match with an unknown option": (
        {"existing_groups": [{"match": {"description": "x"}}]},
        "existing_groups[0].match.description is not a valid option",
    ),
    "match with two spellings": (
        {"existing_groups": [{"match": {"id": "a", "recordinggroupid": "a"}}]},
        "existing_groups[0].match.id and existing_groups[0].match.recordinggroupid are the same option",
    ),
    "match with a number": (
        {"existing_groups": [{"match": {"nice_name": 7}}]},
        "existing_groups[0].match.nice_name must be text, got the number 7",
    ),
    "match with no pattern": (
        {"existing_groups": [{"match": {"id": "a b"}}]},
        "existing_groups[0].match.recording_group_id",
    ),
    "match with bad stream options": (
        {"existing_groups": [{"match": {"stream_options": {"audio": True}}}]},
        "existing_groups[0].match.stream_options.audio",
    ),
    "match with stream options as a text": (
        {"existing_groups": [{"match": {"stream_options": "camera=1"}}]},
        "existing_groups[0].match.stream_options must be a dictionary, got the text",
    ),
    "rule that hands its groups on": (
        {"existing_groups": [{"match": {"name": "Old*"}, "name": "New"}]},
        "existing_groups[0].nice_name is 'New', which does not match existing_groups[0].match.nice_name",
    ),
    "no groups and an entry": ({"no_groups": True, "groups": [A]}, "no_groups is true, but groups is not empty"),
    "no groups and a rule": (
        {"no_groups": True, "existing_groups": [ALL]},
        "no_groups is true, but existing_groups is not empty",
    ),
    "no groups that are groups": ({"no_groups": False}, "The policy is empty"),
    "no groups that is a text": ({"no_groups": "maybe"}, "no_groups"),
    "purge without patterns": ({"groups": [A], "purge": True}, "purge_match is empty"),
    "purge with a bad pattern": ({"purge": True, "purge_match": ["a*", "b c"]}, "purge_match[1]"),
    "purge with a number": ({"purge": True, "purge_match": ["a*", 7]}, "purge_match[1] must be text, got the number 7"),
    "bounds that cross": ({"retention_minimum": "2d", "retention_maximum": "1d"}, "retention_minimum is 48 hours"),
    "minimum that is none": ({"retention_minimum": "long"}, "retention_minimum is 'long'"),
    "entry below the minimum": (
        {"groups": [A, {"id": "b", "retention_time": "1d"}], "retention_minimum": "2d"},
        "groups[1].retention_time is 24 hours (1 day), which is below retention_minimum: 48 hours",
    ),
    "rule above the maximum": (
        {"existing_groups": [{**ALL, "retention_time": "unlimited"}], "retention_maximum": "52w"},
        "existing_groups[0].retention_time is unlimited, which is above retention_maximum",
    ),
    "hold without owner": (
        {"groups": [A], "holds": [{name: value for name, value in HOLD.items() if name != "owner"}]},
        "owner",
    ),
    "hold with an invalid end": ({"groups": [A], "holds": [HOLD, {**HOLD, "until": "soon"}]}, "holds[1].until"),
    "hold with half a bracket": (
        {"groups": [A], "holds": [{**HOLD, "recording_group_id": "a[1"}]},
        "holds[0].recording_group_id is 'a[1'",
    ),
    "hold with an unknown option": (
        {"groups": [A], "holds": [{**HOLD, "group": "a"}]},
        "holds[0].group is not a valid option",
    ),
    "unknown value of on_refused": ({"groups": [A], "on_refused": "warn"}, "on_refused"),
    "unknown option": ({"groups": [A], "purge_matches": ["a"]}, "Did you mean purge_match"),
}


def test_invalid_options_fail_before_the_first_request(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    tasks = [
        {"name": name, "camfleet.axis.axis_retention_policy": options, "ignore_errors": True}
        for name, (options, _expected_text) in INVALID_OPTIONS.items()
    ]
    run = play(tasks, "-vvv")
    assert "Traceback" not in run.output
    for name, (_options, expected_text) in INVALID_OPTIONS.items():
        result = run.results[name, "device"]
        assert run.outcomes[name, "device"] == "failed", name
        assert result["error"]["kind"] == "invalid_option", (name, result)
        assert expected_text in result["msg"], (name, result["msg"])
        assert result["error"]["next_step"]
        assert result["changed"] is False
    assert device.journal == []
    assert device.connections == 0
