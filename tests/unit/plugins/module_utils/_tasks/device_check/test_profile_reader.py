# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles in files: what is wrong with one is named, with its place and its value."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import (
    DeviceModel,
    Exchange,
    Origin,
    PointAnswer,
    Profile,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import (
    from_dict,
    parse_profile,
)

PROFILE = Profile(
    DeviceModel(model="P3245", firmware="12.9.57"),
    Origin("observed", "device check", "2026-11-29", "0.1.0", "viewer", ("read",)),
    {
        "reuse_ids": PointAnswer(False, "observed", date="2026-11-29"),
        "text_limit": PointAnswer("none", "observed"),
        "apis": PointAnswer({"recording-group": "1.0"}, "observed"),
        "tls_versions": PointAnswer(["1.2"], "observed"),
        "existing_id": PointAnswer("overwrite", "observed"),
        "topic_ending": PointAnswer("//.", "captured", "https://example.com"),
        "max_groups": PointAnswer(
            note="Not checked.",
            exchanges=(
                Exchange({"method": "GET", "target": "/", "headers": {}, "body": ""}, None, "No response"),
                Exchange(
                    {"method": "GET", "target": "/", "headers": {}, "body": ""},
                    {"status": 200, "headers": {"Server": "x"}, "body": "<a/>"},
                ),
            ),
        ),
    },
    {
        "disks": [{"diskid": "SD_DISK", "wear": -1, "temperature": None, "locked": False}],
        "groups": [{"recording_group_id": "a", "retention_time": 720}],
        "observations": {"recordings": 3},
    },
)


def test_what_is_written_is_read() -> None:
    written = json.dumps(PROFILE.to_dict())
    read = parse_profile(written, "camera.json")
    assert read.answers == PROFILE.answers
    assert read.to_dict() == PROFILE.to_dict()


def change(*keys: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = value

    return apply


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (change("document", value="report"), "document in camera.json is 'report', and must be 'device_profile'"),
        (change("schema_version", value=2), "schema_version in camera.json is 2, and must be 1"),
        (change("more", value=1), "camera.json has the unknown key 'more'"),
        (change("points", "reuse_id", value={}), "points in camera.json has the unknown point 'reuse_id'"),
        (
            change("points", "existing_id", "answer", value="error_99"),
            "points.existing_id.answer in camera.json is 'error_99', and must be one of error_20, error_10, overwrite",
        ),
        (change("points", "reuse_ids", "answer", value="no"), "points.reuse_ids.answer in camera.json is 'no'"),
        (change("points", "text_limit", "answer", value=-1), "is -1, and must be a whole number, 0 or more"),
        (change("points", "text_limit", "answer", value=True), "is true, and must be a whole number"),
        (change("points", "text_limit", "answer", value=[]), "is a list, and must be a whole number"),
        (change("points", "tls_versions", "answer", value="1.2"), "is '1.2', and must be a list"),
        (change("points", "tls_versions", "answer", value=[1]), "points.tls_versions.answer[0] in camera.json is 1"),
        (change("points", "apis", "answer", value=["a"]), "is a list, and must be an object"),
        (change("points", "apis", "answer", value={"a": 1}), "points.apis.answer.a in camera.json is 1"),
        (change("points", "topic_ending", "answer", value="a\x1b[31m"), "without control characters"),
        (change("points", "topic_ending", "known_from", value=None), "since there is an answer"),
        (change("points", "topic_ending", "answer", value=None), "null, since there is no answer"),
        (change("points", "topic_ending", "date", value="today"), "must be a day like 2026-11-29"),
        (change("points", "topic_ending", "exchanges", value=[{}]), "exchanges[0] in camera.json has no request"),
        (change("points", "topic_ending", value=3), "points.topic_ending in camera.json is 3, and must be an object"),
        (change("origin", "kind", value="guess"), "origin.kind in camera.json is 'guess'"),
        (change("origin", "parts", value=["all"]), "origin.parts[0] in camera.json is 'all'"),
        (change("origin", "role", value="root"), "origin.role in camera.json is 'root'"),
        (change("device", "model", value=3245), "device.model in camera.json is 3245, and must be a text"),
        (change("device", "serial", value="x"), "device in camera.json has the unknown key 'serial'"),
        (change("state", "disks", value=[{"name": ""}]), "state.disks[0] in camera.json has no diskid"),
        (change("state", "disks", value=[{"diskid": "a", "locked": "no"}]), "locked in camera.json is 'no'"),
        (change("state", "disks", value=[{"diskid": "a", "wear": "1"}]), "wear in camera.json is '1'"),
        (change("state", "groups", value=[{"recording_group_id": 1}]), "recording_group_id in camera.json is 1"),
        (change("state", "groups", value="a"), "state.groups in camera.json is 'a', and must be a list"),
    ],
)
def test_an_invalid_profile_is_rejected(edit: Callable[[dict[str, Any]], None], message: str) -> None:
    document = copy.deepcopy(PROFILE.to_dict())
    edit(document)
    with pytest.raises(InvalidOptionError) as caught:
        from_dict(document, "camera.json")
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "camera.json is not JSON"),
        (b"[" * 100_000, "camera.json is not JSON"),
        (b"\xff", "camera.json is not in UTF-8"),
        (b'{"a": 1, "a": 2}', "the key 'a' more than once"),
        (b"[]", "camera.json is a list, and must be an object"),
        (b"null", "camera.json is missing, and must be an object"),
        (b'{"document": "device_profile", "schema_version": 1}', "camera.json has no device"),
    ],
)
def test_a_file_that_is_not_a_profile_is_rejected(content: bytes, message: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        parse_profile(content, "camera.json")
    assert message in caught.value.message
