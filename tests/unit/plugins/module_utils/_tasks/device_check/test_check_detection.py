# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A device check detects how a device behaves: the profile that it writes equals the profile being simulated."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DEVICE_CHECK_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.announcement import (
    MAX_READS,
    MAX_WRITE_REQUESTS,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.check import run_device_check
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import from_dict
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import is_relevant
from tests.check_profile import find_faults
from tests.simulator import PROFILES, Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.profiles import HAND_WRITTEN

#: The points that a check settles without waiting.
SETTLED = [point for point in POINTS if point.part in ("read", "write")]
#: Every other answer than that of a device as documented, many at once: what one answers must not hide another.
DEVICES: tuple[dict[str, Any], ...] = (
    {
        **{"default_retention_time": 720, "default_pre_duration": 3000, "default_post_duration": 4000},
        **{"reuse_ids": True, "action_service_role": "viewer", "action_checks_group": True},
        **{"namespace_prefixes": "numbered"},
    },
    {
        **{"disk_id_required": True, "unknown_disk": "error_10", "existing_id": "error_10", "list_unknown_id": "empty"},
        **{"challenge_body": "json", "challenge_chunked": True, "offers_http2": True, "device_info_version": "none"},
    },
    {
        **{"unknown_disk": "accepted", "existing_id": "overwrite", "bad_argument": "ignored", "post_allowed": True},
        **{"http_challenge": ("Digest SHA-256", "Digest MD5"), "https_challenge": ("Digest MD5", "Basic")},
    },
    {
        **{"empty_text": "ignored", "text_limit": 10, "text_form": "trimmed", "device_value": "upper"},
        **{"sha256_digest": True, "tls_versions": ("1.2",), "schema_versions": ("1.0", "1.1")},
        **{"rest_apis": (("snmp", "2"),)},
    },
    {
        **{"empty_text": "error_20", "text_limit": 64, "text_form": "folded", "device_value": "lower"},
        **{"discovery_needs_login": True, "device_info_needs_login": True, "http_challenge": ("closed",)},
    },
    {
        **{"text_charset": "iso-8859-1", "text_limit": 300, "stream_options_form": "reordered"},
        **{"topic_ending": "//.", "disk_attributes": "shortened", "storage_parameters": "removed"},
        **{"json_charset": "utf8"},
    },
    {
        **{"text_form": "nfc", "retention_limit": 1000, "stream_options_form": "reencoded"},
        **{"storage_parameters": "no_param_cgi", "device_info_version": "1.1", "closes_after_401": True},
    },
    {
        **{"text_form": "nfd", "retention_limit": 87600, "stream_options_form": "reordered_reencoded"},
        **{"recording_templates": (), "apis": (("recording-group", "1.0"),)},
        "group_attributes": (
            *("NiceName", "RecordingGroupId", "DiskId", "StreamOptions", "PreDuration", "PostDuration", "Description"),
            *("RetentionTime",),
        ),
    },
    {
        **{"retention_limit": 8760, "retention_over_limit": "clamped", "omitted_on_update": "reset"},
        **{"text_limit": 49},
    },
    {"omitted_on_update": "reset", "empty_text": "ignored", "default_retention_time": 24, "default_pre_duration": 7},
    {"omitted_on_update": "reset", "default_retention_time": 1, "default_post_duration": 9, "disk_id_required": True},
)


def check(device: Device, **options: Any) -> dict[str, Any]:
    """Return the result of a check with experiments, as operator, with a viewer beside it."""
    defaults = {name: definition.get("default") for name, definition in DEVICE_CHECK_SPEC.items()}
    address = {"host": device.host, "protocol": "https", "port": device.tls_port, "http_port": device.port}
    login = {"username": "operator", "password": "operator-pass", "tls_fingerprint": device.certificate_sha256}
    viewer = {"viewer_username": "viewer", "viewer_password": "viewer-pass"}
    parameters = {**defaults, **login, **viewer, **address, "write": True, **options}
    return run_device_check(parameters, check_mode=False, diff=False, open_session=Session, warn=lambda _text: None)


def assert_detected(device: Device, result: dict[str, Any], *, complete: bool = True) -> None:
    """Check that a result has the answers of the device, and that nothing remains on it.

    :param complete: whether the check settles everything, which it does not without a disk, or with a low role.
    """
    assert "failed" not in result, result["msg"]
    profile = from_dict(result["profile"], "profile")
    relevant = [point.name for point in SETTLED if is_relevant(point, profile)]
    if not complete:
        relevant = [name for name in relevant if profile.answers[name] is not None]
    assert {name: profile.answers[name] for name in relevant} == {name: device.answers[name] for name in relevant}
    assert (result["remains"], result["leftovers"]) == ([], [])
    assert not any("camfleet-check" in name for name in device.groups)


def save(directory: Path, result: dict[str, Any]) -> Path:
    """Write a profile as the playbook names it."""
    device = result["profile"]["device"]
    path = directory / f"{device['model']}-{device['firmware']}.json"
    path.write_text(json.dumps(result["profile"]), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PROFILES)
def test_profile_that_is_written_equals_the_one_that_is_simulated(fleet: Fleet, tmp_path: Path, name: str) -> None:
    device = fleet.add(name, "camera", scheme="both")
    before = {**device.groups}
    check(device, write=False)
    reads = len(device.journal)
    result = check(device)
    assert_detected(device, result, complete=name in HAND_WRITTEN)
    # The announced numbers are enough, and not much too high.
    assert MAX_READS > reads > MAX_READS * 0.4
    assert MAX_WRITE_REQUESTS > len(device.journal) - 2 * reads > MAX_WRITE_REQUESTS / 2
    profile = PROFILES[name]
    written = result["profile"]["device"]
    assert (written["model"], written["firmware"]) == (profile.product, profile.version)
    disks = [{**disk, "freesize": 0} for disk in result["profile"]["state"]["disks"]]
    assert disks == [{**vars(disk), "freesize": 0} for disk in profile.disks]
    assert device.groups == before
    assert result["verdict"] in ("safe", "limits") or name not in HAND_WRITTEN, result["summary"]
    # It can be published.
    assert find_faults(save(tmp_path, result)) == []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] * (name != "camera_13")) for name in PROFILES]
)
def test_profile_that_is_written_can_be_simulated(fleet: Fleet, tmp_path: Path, name: str) -> None:
    first = check(fleet.add(name, "camera", scheme="both"))
    again = fleet.add(str(save(tmp_path, first)), "again", scheme="both")
    second = check(again)
    assert_detected(again, second, complete=name in HAND_WRITTEN)
    answers = [{key: point["answer"] for key, point in item["profile"]["points"].items()} for item in (first, second)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("switches", DEVICES, ids=lambda switches: ",".join(switches)[:60])
def test_each_behavior_is_detected(fleet: Fleet, switches: dict[str, Any]) -> None:
    device = fleet.add("camera_12_9", "camera", scheme="both", switches=Switches(**switches))
    device.plant_group(recording_group_id="entrance", nice_name="Entrance", retention_time=720)
    assert_detected(device, check(device))
    assert len(device.journal) <= MAX_READS + MAX_WRITE_REQUESTS
    assert [*device.groups] == ["entrance"]


def test_every_answer_is_simulated() -> None:
    """The devices above have each answer of each choice and flag that a check settles."""
    covered = {(name, value) for switches in DEVICES for name, value in switches.items()}
    # Without these, there is nothing to settle.
    exceptions = {("recording_group_api", False), ("action_service", False), ("action_service_role", "administrator")}
    missing = {
        (point.name, answer)
        for point in SETTLED
        for answer in (point.choices or ((True, False) if point.form == "flag" else ()))
        if (point.name, answer) not in covered and answer != getattr(Switches(), point.name)
    }
    assert missing == exceptions


@pytest.mark.long
@pytest.mark.parametrize("pair", [*pairwise(DEVICES)], ids=lambda pair: ",".join({**pair[0], **pair[1]})[:60])
def test_behaviors_of_two_devices_are_detected_at_once(
    fleet: Fleet, pair: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    device = fleet.add("camera_12_11", "camera", scheme="both", switches=Switches(**pair[0] | pair[1]))
    assert_detected(device, check(device))
