# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what a device has: the selected parts, parts that cannot be read, and descriptions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import (
    Disk,
    DiskDetails,
    DiskHealth,
    Recording,
    RecordingSpan,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import DiskAssessment
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import (
    PARTS,
    build_assessment_result,
    describe_cleanup,
    format_size,
    select_parts,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_group_info
from tests.parameters import DEFAULTS
from tests.scaling import check_linear
from tests.simulator import Fleet, Switches
from tests.simulator.actions import GROUP_PARAMETER, GROUP_TEMPLATE
from tests.simulator.device import Device

VIEWER = {"username": "viewer", "password": "viewer-pass"}
GROUPS = ["recording_group/list", "recording_group/schemaversions"]
ACTIONS = ["action/GetActionConfigurations", "action/GetActionRules"]
DESCRIPTIONS = ["apidiscovery", "basicdeviceinfo"]
DISKS = ["disks/list", "disks/gethealth"]
# by error kind
FAULTS: dict[str, dict[str, Any]] = {
    "forbidden": {"kind": "http_status", "status": 403},
    "unsupported": {"kind": "http_status", "status": 404},
    "device_error": {"kind": "http_status", "status": 500},
    "malformed_response": {"kind": "body", "body": b"<html>"},
}
NOTHING = {"count": None, "oldest": None, "newest": None}


class RunInfo(Protocol):
    """A task of axis_recording_group_info, with validated parameters."""

    def __call__(self, device: Device, *parts: str, **options: Any) -> dict[str, Any]:
        """Return its result, with the warnings."""


@pytest.fixture
def run_info() -> RunInfo:
    """Return a function that runs the task for one device, by default for all parts."""

    def call(device: Device, *parts: str, **options: Any) -> dict[str, Any]:
        warnings: list[str] = []
        parameters = {**DEFAULTS, "port": device.port, "gather": [*(parts or PARTS)], **options}
        result = run_recording_group_info(
            parameters, check_mode=False, diff=False, open_session=Session, warn=warnings.append
        )
        assert result["changed"] is False
        assert device.writes == []
        return {**result, "warnings": warnings}

    return call


@pytest.fixture
def full(camera: Device) -> Device:
    """Return a camera with a group, three recordings, and a disabled action."""
    camera.plant_group(recording_group_id="door", nice_name="Door", retention_time=720)
    camera.plant_rule(camera.plant_configuration(recording_group_id="door").configuration_id, enabled=False)
    camera.plant_recordings("door", 3)
    return camera


def calls(device: Device) -> list[str]:
    """Return the calls, without the challenge."""
    return [entry.call for entry in device.journal if entry.status != 401]


def unavailable(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Return part and error kind of everything that could not be read."""
    return [(item["part"], item["kind"]) for item in result["unavailable"]]


@pytest.mark.parametrize(
    ("part", "requests"),
    [
        ("recording_groups", GROUPS[:1]),
        ("recording_actions", ACTIONS),
        ("schema_versions", GROUPS[1:]),
        ("api", DESCRIPTIONS[:1]),
        ("device", DESCRIPTIONS[1:]),
        ("disks", DISKS),
        ("recordings", ["disks/list", "record/list", "record/list"]),
    ],
)
def test_only_selected_parts_are_read_and_returned(
    run_info: RunInfo, full: Device, part: str, requests: list[str]
) -> None:
    result = run_info(full, part)
    assert calls(full) == requests
    assert set(result) == {"changed", "device", part, "unavailable", "warnings"}
    assert set(result["device"]) == {"host", "serial"} | (
        {"model", "product_type", "full_name", "firmware"} if part == "device" else set()
    )
    assert unavailable(result) == []
    assert result[part]


def test_recording_actions_have_their_rules(run_info: RunInfo, camera: Device) -> None:
    camera.plant_group(recording_group_id="door")
    motion = ("tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1", 'boolean(//SimpleItem[@Name="active" and @Value="1"])')
    first = camera.plant_recording("door", name="On")
    camera.plant_rule(first.primary_action, "Off", enabled=False, conditions=[motion], start_event=motion)
    camera.plant_recording("door", name="None", enabled=False)
    camera.plant_configuration(name="Left", recording_group_id="door")
    found = {item["name"]: item for item in run_info(camera, "recording_actions")["recording_actions"]}
    assert {name: item["records"] for name, item in found.items()} == {"On": True, "None": False, "Left": False}
    assert [(item["name"], item["enabled"], item["when"]) for item in found["On"]["rules"]] == [
        ("On", True, "always"),
        ("Off", False, f"{motion[0]} [active=1]"),
    ]
    assert found["On"]["rules"][1]["start_event"] == {"topic_expression": motion[0], "message_content": motion[1]}
    assert found["Left"]["rules"] == []


def test_all_parts_cost_one_challenge_and_each_list_once(run_info: RunInfo, full: Device) -> None:
    result = run_info(full)
    assert calls(full) == [GROUPS[0], *ACTIONS, GROUPS[1], *DESCRIPTIONS, *DISKS, "record/list", "record/list"]
    assert len(full.journal) == len(calls(full)) + 1
    assert full.connections == 1
    assert result["warnings"] == []


def test_serial_number_comes_from_device_info_without_login(run_info: RunInfo, camera: Device) -> None:
    assert run_info(camera, "device")["device"]["serial"] == camera.serial
    assert run_info(camera, "api")["device"]["serial"] is None


def test_viewer_reads_everything_except_disks_and_actions(run_info: RunInfo, full: Device) -> None:
    result = run_info(full, **VIEWER)
    assert unavailable(result) == [("recording_actions", "forbidden"), ("disks", "forbidden")]
    assert "administrator" in result["unavailable"][0]["next_step"]
    assert "operator" in result["unavailable"][1]["next_step"]
    assert result["recording_actions"] is None
    assert result["disks"] is None
    assert [item["recording_group_id"] for item in result["recording_groups"]] == ["door"]
    assert result["schema_versions"] == [{"version": "1.0", "deprecated": False}]
    assert (result["api"]["version"], result["device"]["firmware"]) == ("1.0", "12.9.57")
    assert [(item["disk_id"], item["count"]) for item in result["recordings"]] == [("SD_DISK", 3)]
    assert unavailable(run_info(full, "recordings", **VIEWER)) == [("disks", "forbidden")]


def test_viewer_without_groups_reads_no_recordings(run_info: RunInfo, camera: Device) -> None:
    result = run_info(camera, "recordings", **VIEWER)
    assert result["recordings"] is None
    assert unavailable(result) == [("disks", "forbidden"), ("recordings", "forbidden")]
    camera.plant_fault("http_status", call="recording_group/list", status=403)
    result = run_info(camera, "recordings", **VIEWER)
    assert result["recordings"] is None
    assert unavailable(result) == [
        ("disks", "forbidden"),
        ("recording_groups", "forbidden"),
        ("recordings", "forbidden"),
    ]


def test_device_without_the_api_has_unavailable_parts(run_info: RunInfo, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(recording_group_api=False))
    result = run_info(camera)
    assert unavailable(result) == [("recording_groups", "unsupported"), ("schema_versions", "unsupported")]
    assert (result["recording_groups"], result["schema_versions"], result["api"]) == (None, None, None)
    assert [item["disk_id"] for item in result["disks"]] == ["SD_DISK", "NetworkShare"]
    assert "failed" not in result


@pytest.mark.parametrize(
    ("call", "part"),
    [
        ("recording_group/list", "recording_groups"),
        ("recording_group/schemaversions", "schema_versions"),
        ("apidiscovery", "api"),
        ("basicdeviceinfo", "device"),
        ("disks/list", "disks"),
        ("disks/gethealth", "disk_health"),
        ("record/list", "recordings"),
    ],
)
@pytest.mark.parametrize("kind", FAULTS)
def test_failed_part_does_not_prevent_the_others(
    run_info: RunInfo, full: Device, call: str, part: str, kind: str
) -> None:
    # Only this call fails for the role; the call without a login that follows does not.
    full.plant_fault(call=call, times=1 if kind == "forbidden" else None, **FAULTS[kind])
    result = run_info(full)
    if (call, kind) == ("recording_group/list", "device_error"):
        # The first response to the login does not confirm it, so it is not sent again.
        assert result["error"]["kind"] == "device_error"
        assert len([entry for entry in full.journal if entry.authorization]) == 1
        return
    assert unavailable(result) == [(part, kind)]
    for other in set(PARTS) - {"device"}:
        assert (result[other] is None) is (other == part)
    assert (result["device"]["firmware"] is None) is (part == "device")
    # Without the disks, the groups name the disk with the recordings.
    assert part == "recordings" or result["recordings"][0]["count"] == 3
    if call == "disks/gethealth":
        assert {item["wear_unknown_reason"] for item in result["disks"]} == {"not reported"}


def test_a_device_without_disks_has_no_recordings(run_info: RunInfo, camera: Device) -> None:
    camera.disks.clear()
    result = run_info(camera, "disks", "recordings")
    assert (result["disks"], result["recordings"], unavailable(result)) == ([], [], [])


def test_unreadable_disk_does_not_prevent_the_other(run_info: RunInfo, full: Device) -> None:
    share = full.disks["NetworkShare"]
    share.status = "OK"
    full.plant_fault("body", call="record/list", body=b"<root/>")
    result = run_info(full, "recordings")
    assert result["recordings"][0] == {"disk_id": "SD_DISK", **NOTHING}
    assert result["recordings"][1] == {"disk_id": "NetworkShare", "count": 0, "oldest": None, "newest": None}
    assert unavailable(result) == [("recordings", "malformed_response")]
    assert result["unavailable"][0]["reason"].startswith("SD_DISK: ")


def test_error_of_all_parts_fails(run_info: RunInfo, full: Device) -> None:
    wrong = run_info(full, password="wrong")
    assert (wrong["error"]["kind"], wrong["failed"]) == ("authentication", True)
    assert [entry.status for entry in full.journal] == [401, 401]
    full.plant_fault("drop_before", call="apidiscovery", times=None)
    unreachable = run_info(full, retries=0)
    assert (unreachable["error"]["kind"], unreachable["unreachable"]) == ("unreachable", True)
    assert unreachable["device"] == {"host": "127.0.0.1", "serial": full.serial}
    full.plant_fault("http_status", call="recording_group/list", status=302)
    assert run_info(full)["error"]["kind"] == "redirect"
    assert run_info(full, username="a:b")["error"]["kind"] == "invalid_option"


def test_unavailable_device_does_not_get_the_login_for_each_part(run_info: RunInfo, full: Device) -> None:
    full.plant_fault("http_status", status=503, times=None)
    result = run_info(full)
    assert (result["error"]["kind"], result["failed"]) == ("device_error", True)
    assert [entry.status for entry in full.journal] == [401, 503]


@pytest.mark.parametrize("part", ["recording_groups", "api", "device"])
def test_other_serial_than_expected_fails(run_info: RunInfo, full: Device, part: str) -> None:
    other = run_info(full, part, serial="B8A44F00A001")
    assert (other["error"]["kind"], other["failed"]) == ("conflict", True)
    assert {entry.authorization for entry in full.journal} == {None}
    same = run_info(full, part, serial=full.serial)
    assert (same["device"]["serial"], "failed" in same) == (full.serial, False)


def test_id_that_is_listed_twice_is_warned_of(run_info: RunInfo, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(duplicate_ids="listed"))
    camera.disks["NetworkShare"].status = "OK"
    camera.plant_group(recording_group_id="door", retention_time=720)
    card = camera.pull_disk("SD_DISK")
    camera.plant_group(recording_group_id="door", retention_time=24, disk_id="NetworkShare")
    camera.insert_disk("SD_DISK", card)
    result = run_info(camera, "recording_groups")
    assert [(group["disk_id"], group["retention_time"]) for group in result["recording_groups"]] == [
        ("NetworkShare", 24),
        ("SD_DISK", 720),
    ]
    (warning,) = result["warnings"]
    assert warning.startswith("The device lists 2 recording groups with the ID door, for example because a card")


def test_deprecated_schema_version_is_warned_of(run_info: RunInfo, camera: Device) -> None:
    camera.schema_versions = [("1.0", True), ("2.1", False)]
    result = run_info(camera)
    assert result["schema_versions"] == [
        {"version": "1.0", "deprecated": True},
        {"version": "2.1", "deprecated": False},
    ]
    (warning,) = result["warnings"]
    assert "Schema version 1.0" in warning
    assert run_info(camera, "recording_groups")["warnings"] == []


@pytest.mark.parametrize(
    ("changes", "reason", "count"),
    [
        ({}, None, 3),
        ({"locked": True}, "locked", 3),
        ({"readonly": True}, "read-only", 3),
        ({"status": "failed"}, "failed", None),
        ({"status": "wrong passphrase"}, "wrong passphrase", None),
    ],
)
def test_unusable_disks_have_a_reason(
    run_info: RunInfo, full: Device, changes: dict[str, Any], reason: str | None, count: int | None
) -> None:
    full.disks["SD_DISK"] = replace(full.disks["SD_DISK"], **changes)
    result = run_info(full, "disks", "recordings")
    shown = result["disks"][0]
    assert (shown["usable"], shown["unusable_reason"]) == (reason is None, reason)
    assert (shown["locked"], shown["read_only"]) == ("locked" in changes, "readonly" in changes)
    assert result["recordings"][0]["count"] == count


def test_temperature_is_also_in_degrees_celsius(run_info: RunInfo, fleet: Fleet) -> None:
    (disk,) = run_info(fleet.add("recorder_s3008"), "disks")["disks"]
    assert (disk["temperature_kelvin"], disk["temperature_celsius"], disk["overall_health"]) == (315, 42, 1)
    assert (disk["total_size_text"], disk["used_percent"]) == ("3.8 TB", 50.0)
    assert disk["cleanup_text"] == "keeps until space is needed"


@pytest.mark.parametrize(
    ("kilobytes", "text"),
    [
        (None, None),
        (0, "0 kB"),
        (999, "999 kB"),
        (1000, "1.0 MB"),
        (999_949, "999.9 MB"),
        (999_950, "1.0 GB"),
        (116_109_036, "116.1 GB"),
        (3_844_589_244, "3.8 TB"),
        (10**18, "1000000.0 PB"),
    ],
)
def test_sizes_are_formatted(kilobytes: int | None, text: str | None) -> None:
    assert format_size(kilobytes) == text


@pytest.mark.parametrize(
    ("policy", "days", "text"),
    [
        ("fifo", 7, "deletes what is older than 7 days"),
        ("fifo", 1, "deletes what is older than 1 day"),
        ("fifo", 6999, "deletes what is older than 6999 days"),
        ("fifo", 0, "keeps until space is needed"),
        ("fifo", 7000, "keeps until space is needed"),
        ("none", 7, "keeps until space is needed"),
        (None, 7, None),
        ("fifo", None, None),
    ],
)
def test_cleanup_of_a_disk_is_described(policy: str | None, days: int | None, text: str | None) -> None:
    assert describe_cleanup(policy, days) == text


def test_many_actions_take_linear_time(run_info: RunInfo, camera: Device, soak: bool) -> None:
    actions = camera.actions

    def run(size: int) -> None:
        while len(actions.rules) < size:
            added = actions.add_configuration(GROUP_TEMPLATE, "", {GROUP_PARAMETER: "door"}, reuse=False)
            actions.add_rule(added.configuration_id, "", True, [], None, reuse=False)
        (first, *others) = run_info(camera, "recording_actions")["recording_actions"]
        assert (first["records"], len(first["rules"]), len(others)) == (True, 1, size - 1)

    # In the soak, 4 MB of the 8 that a response may have.
    check_linear(run, 12_000 if soak else 3_000)


def test_empty_gather_is_invalid() -> None:
    with pytest.raises(InvalidOptionError, match="gather is empty") as caught:
        select_parts({"gather": []})
    assert caught.value.kind == "invalid_option"


ASSESSED = DiskAssessment("SD_DISK", "missing", "The device has no disk SD_DISK", (), None, None, None, ())
RECORDED = Recording("r", "2026-10-28T12:00:00Z", None, "recording")


def test_assessment_of_a_missing_disk_has_no_facts() -> None:
    result = build_assessment_result(ASSESSED, None)
    known = ("disk_id", "verdict", "reason", "groups")
    assert {name: value for name, value in result.items() if name not in known} == dict.fromkeys(
        result.keys() - set(known)
    )


def test_assessment_has_the_facts_of_disk_and_recordings() -> None:
    details = DiskDetails(
        Disk("SD_DISK", "OK", locked=False, readonly=False),
        name="",
        total_size=116_000_000,
        free_size=60_000_000,
        full=False,
        filesystem="ext4",
        required_filesystem=None,
        encryption_enabled=False,
        encrypted=False,
        group="S0",
        cleanup_max_age=0,
        cleanup_policy="fifo",
    )
    assessment = DiskAssessment(
        "SD_DISK",
        "met",
        "The oldest recording is 30.0 days old",
        (RecordingGroup("door", retention_time=720),),
        details,
        RecordingSpan(20, RECORDED, replace(RECORDED, start_time="2026-11-27T12:00:00Z")),
        720.04,
        (),
    )
    assert build_assessment_result(assessment, DiskHealth(3, None, None, None)) == {
        "disk_id": "SD_DISK",
        "verdict": "met",
        "reason": "The oldest recording is 30.0 days old",
        "status": "OK",
        "used_percent": 48.3,
        "free_size_text": "60.0 GB",
        "wear_percent": 3,
        "cleanup_max_age": 0,
        "cleanup_text": "keeps until space is needed",
        "groups": [{"recording_group_id": "door", "retention_time": 720}],
        "recordings": 20,
        "oldest": "2026-10-28T12:00:00Z",
        "newest": "2026-11-27T12:00:00Z",
        "age_hours": 720.0,
    }
