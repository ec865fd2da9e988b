# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each failure has its kind of error, a helpful message, and no traceback at any verbosity."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.conftest import Play
from tests.simulator import Fleet, Switches

TASK = "Group"


def group(**options: Any) -> dict[str, Any]:
    """Return a task that makes every call because it changes something."""
    return {
        "name": TASK,
        "camfleet.axis.axis_recording_group": options,
        "ignore_errors": True,
        "ignore_unreachable": True,
    }


# by host: the call that fails, the code, the kind
CODES = {
    "code10": ("recording_group/update", 10, "device_error"),
    "code20": ("recording_group/update", 20, "invalid_request"),
    "code40": ("recording_group/*", 40, "unsupported"),
    "code110": ("recording_group/update", 110, "group_not_found"),
    "code120": ("recording_group/update", 120, "group_limit"),
    "code130": ("recording_group/update", 130, "invalid_stream_options"),
    "code140": ("recording_group/update", 140, "group_in_use"),
    "list10": ("recording_group/list", 10, "device_error"),
}


def test_each_failure_has_its_kind_of_error(play: Play, fleet: Fleet) -> None:
    kinds: dict[str, tuple[str, str]] = {}
    for name, (call, code, kind) in CODES.items():
        device = fleet.add("camera_12_9", name)
        device.plant_fault("error_code", call=call, code=code, times=None)
        kinds[name] = (kind, "failed")
    fleet.add("camera_12_9", "no-api", switches=Switches(recording_group_api=False))
    fleet.add("camera_12_9", "version2").schema_versions = [("2.0", False)]
    for name in ("wrong-password", "viewer", "closed", "no-name"):
        fleet.add("camera_12_9", name)
    fleet.add("camera_12_9", "untrusted", scheme="https")
    for device in fleet.devices.values():
        device.plant_group(recording_group_id="door", retention_time=24)
    kinds |= {
        "no-api": ("unsupported", "failed"),
        "version2": ("unsupported", "failed"),
        "wrong-password": ("authentication", "failed"),
        "viewer": ("forbidden", "failed"),
        "closed": ("unreachable", "unreachable"),
        "no-name": ("unreachable", "unreachable"),
        "untrusted": ("tls", "unreachable"),
    }
    run = play(
        [group(id="door", retention_time=720)],
        "-vvvv",
        hosts={
            "wrong-password": {"axis_password": "incorrect-4711"},
            "viewer": {"axis_username": "viewer", "axis_password": "viewer-pass"},
            "closed": {"axis_port": 1},
            "no-name": {"axis_host": "no-such-camera.invalid"},
            "untrusted": {"axis_tls_fingerprint": None},
        },
    )
    assert "Traceback" not in run.output
    for name, (kind, outcome) in kinds.items():
        result = run.results[TASK, name]
        assert (result["error"]["kind"], run.outcomes[TASK, name]) == (kind, outcome), (name, result)
        assert result["changed"] is False
        assert result["error"]["next_step"]
        assert result["msg"].startswith(
            f"{name} (no-such-camera.invalid): " if name == "no-name" else f"{name} (127.0.0.1): "
        )
        assert result["msg"].endswith(result["error"]["next_step"])
    for name, (_call, code, _kind) in CODES.items():
        assert run.results[TASK, name]["error"]["code"] == code
        assert run.results[TASK, name]["error"]["description"]
        assert fleet.devices[name].groups["door"].retention_time == 24
    assert "2.0" in run.results[TASK, "version2"]["msg"]
    assert fleet.devices["untrusted"].certificate_sha256 in run.results[TASK, "untrusted"]["msg"]
    assert fleet.devices["untrusted"].journal == []
    assert [entry.status for entry in fleet.devices["wrong-password"].journal] == [401, 401]


def test_group_in_use_is_not_deleted(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    device.plant_group(recording_group_id="door")
    device.in_use.add("door")
    run = play([group(id="door", state="absent", allow_recording_loss=True)])
    result = run.results[TASK, "device"]
    assert result["error"] == {
        "kind": "group_in_use",
        "code": 140,
        "description": "Recording group in use.",
        "message": "The device rejects delete.cgi with error 140: Recording group in use",
        "detail": None,
        "next_step": "Remove the recording action that uses the group, then delete the group. If no action uses it, a "
        "recording to the group still runs: run again when it has ended.",
    }
    assert "door" in device.groups


def test_next_item_does_not_send_a_wrong_password(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    run = play(
        [{**group(id="door{{ item }}"), "loop": [1, 2, 3]}], hosts={"device": {"axis_password": "incorrect-4711"}}
    )
    items = run.results[TASK, "device"]["results"]
    assert [item["error"]["kind"] for item in items] == ["authentication"] * 3
    assert [entry.authorization for entry in device.journal] == [None, "Digest"]


INVALID_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "id of 51 characters": ({"id": "x" * 51}, "recording_group_id"),
    "id with a slash": ({"id": "a/b"}, "recording_group_id"),
    "empty id": ({"id": ""}, "recording_group_id"),
    "id that YAML made a number": ({"id": 7}, "quotes"),
    "neither id nor name": ({"retention_time": 24}, "Neither recording_group_id nor nice_name"),
    "two spellings": ({"id": "a", "recording_group_id": "a"}, "the same option"),
    "two spellings of retention": ({"id": "a", "retention_time": 1, "retentiontime": 1}, "the same option"),
    "retention with a strange unit": ({"id": "a", "retention_time": "30x"}, "30d"),
    "negative retention": ({"id": "a", "retention_time": -1}, "30d"),
    "fraction as retention": ({"id": "a", "retention_time": 1.5}, "30d"),
    "true as retention": ({"id": "a", "retention_time": True}, "30d"),
    "number as name": ({"id": "a", "name": 7}, "quotes"),
    "true as name": ({"id": "a", "name": True}, "quotes"),
    "list as description": ({"id": "a", "description": ["a"]}, "list"),
    "stream options without a value": ({"id": "a", "stream_options": "resolution"}, "resolution=1920x1080"),
    "stream options with a broken escape": ({"id": "a", "stream_options": "a=%zz"}, "%25"),
    "stream options as a list": ({"id": "a", "stream_options": ["a=b"]}, "list"),
    "stream option that is true": ({"id": "a", "stream_options": {"audio": True}}, "quotes"),
    "stream option twice": ({"id": "a", "stream_options": "a=1&a=2"}, "twice"),
    "control character": ({"id": "a", "description": "bell \x07"}, "XML"),
    "fraction as duration": ({"id": "a", "pre_duration": 1.5}, "whole number"),
    "true as duration": ({"id": "a", "post_duration": True}, "whole number"),
    "negative duration": ({"id": "a", "post_duration": -1}, "whole number"),
    "port 0": ({"id": "a", "port": 0}, "65535"),
    "port 70000": ({"id": "a", "port": 70000}, "65535"),
    "empty host": ({"id": "a", "host": "", "username": "u", "password": "another-secret"}, "host is empty"),
    "host with a port": (
        {"id": "a", "host": "camera:80", "username": "u", "password": "another-secret"},
        "host is 'camera:80', which is not",
    ),
    "user without password": ({"id": "a", "username": "operator"}, "as a pair"),
    "password without user": ({"id": "a", "password": "another-secret"}, "as a pair"),
    "host without a login": ({"id": "a", "host": "camera"}, "axis_password"),
    "Basic in clear text": ({"id": "a", "auth": "basic", "protocol": "http"}, "https"),
    "unknown option": ({"id": "a", "retention": "30d"}, "retention_time"),
    "unknown state": ({"id": "a", "state": "gone"}, "absent"),
    "hold without owner": (
        {"id": "a", "holds": [{"recording_group_id": "a", "reason": "r", "until": "2999-01-01"}]},
        "owner",
    ),
    "hold with a strange end": (
        {"id": "a", "holds": [{"recording_group_id": "a", "reason": "r", "owner": "o", "until": "soon"}]},
        "2027-01-31",
    ),
}


def test_invalid_options_fail_before_the_first_request(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    tasks = [{**group(**options), "name": name} for name, (options, _expected_text) in INVALID_OPTIONS.items()]
    # The login is in ansible_*, which a task that sets host does not use.
    variables = {
        "ansible_user": "operator",
        "ansible_password": "operator-pass",
        "axis_username": None,
        "axis_password": None,
    }
    run = play(tasks, "-vvv", hosts={"device": variables})
    assert "Traceback" not in run.output
    for name, (_options, expected_text) in INVALID_OPTIONS.items():
        result = run.results[name, "device"]
        assert run.outcomes[name, "device"] == "failed", name
        assert result["error"]["kind"] == "invalid_option", name
        assert expected_text in result["msg"], (name, result["msg"])
        assert result["changed"] is False
    assert device.journal == []
    assert device.connections == 0


def test_ended_hold_causes_a_warning_and_protects_nothing(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    device.plant_group(recording_group_id="door", retention_time=720)
    holds = [{"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2020-01-31"}]
    delete = group(id="door", state="absent", allow_recording_loss=True, holds=holds)
    # A task in check mode must leave the group to the next one.
    run = play([{**delete, "name": "check", "check_mode": True}, {**delete, "name": "delete"}])
    for task in ("check", "delete"):
        assert run.results[task, "device"]["changed"] is True
        assert "Case 1" in json.dumps(run.results[task, "device"]["warnings"])
    assert [entry.call for entry in device.writes] == ["recording_group/delete"]
    assert "door" not in device.groups
