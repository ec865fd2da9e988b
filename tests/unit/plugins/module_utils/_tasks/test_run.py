# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes that are lost, ignored, or in conflict with another client: the result, and the state of the device."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_group
from tests.parameters import group_parameters
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

LIST = ("recording_group/list", 200)


def calls(device: Device) -> list[str]:
    """Return the calls with a login, without their service."""
    return [entry.call.rpartition("/")[2] for entry in device.journal if entry.authorization]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_creation_with_lost_response_leaves_one_group(run_group: RunTask, camera: Device, fault: str) -> None:
    camera.plant_fault(fault, call="recording_group/create")
    result = run_group(camera, nice_name="Door", retention_time="30d")
    (created,) = camera.groups.values()
    assert result["changed"] is True
    assert result["recording_group"]["recording_group_id"] == created.recording_group_id
    assert result["changes"][0]["recording_group_id"] == created.recording_group_id
    assert "error" not in result
    assert calls(camera).count("create") == (2 if fault == "drop_before" else 1)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("operation", ["update", "delete"])
def test_lost_update_or_delete_is_completed(run_group: RunTask, camera: Device, fault: str, operation: str) -> None:
    camera.plant_group(recording_group_id="door", retention_time=24)
    camera.plant_fault(fault, call=f"recording_group/{operation}")
    options: dict[str, Any] = {"retention_time": "30d"} if operation == "update" else {"state": "absent"}
    result = run_group(camera, recording_group_id="door", allow_recording_loss=True, **options)
    assert result["changed"] is True
    assert "error" not in result
    assert [group.retention_time for group in camera.groups.values()] == ([720] if operation == "update" else [])


def test_late_creation_without_id_is_not_repeated(run_group: RunTask, camera: Device) -> None:
    camera.plant_fault("delay", call="recording_group/create", seconds=0.6, when="before")
    result = run_group(camera, nice_name="Door", timeout=0.2)
    assert result["failed"] is True
    assert result["error"]["kind"] == "unconfirmed"
    assert calls(camera).count("create") == 1
    assert result["changed"] is False


def test_write_that_cannot_be_read_back_is_unconfirmed(run_group: RunTask, camera: Device) -> None:
    camera.plant_fault("drop_before", call="recording_group/list", skip=1, times=None)
    result = run_group(camera, recording_group_id="door", retries=0)
    assert result["error"]["kind"] == "unconfirmed"
    assert result["failed"] is True
    assert "unreachable" not in result
    assert result["changed"] is False


def test_write_lost_twice_is_unconfirmed(run_group: RunTask, camera: Device) -> None:
    camera.plant_fault("drop_before", call="recording_group/create", times=None)
    result = run_group(camera, recording_group_id="door")
    assert result["error"]["kind"] == "unconfirmed"
    assert calls(camera).count("create") == 2
    assert camera.groups == {}


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_ignored_write_is_not_applied(run_group: RunTask, camera: Device, operation: str) -> None:
    if operation != "create":
        camera.plant_group(recording_group_id="door", retention_time=24)
    camera.plant_fault("ignore_write", call=f"recording_group/{operation}")
    options: dict[str, Any] = {"state": "absent"} if operation == "delete" else {"retention_time": "30d"}
    result = run_group(camera, recording_group_id="door", allow_recording_loss=True, **options)
    assert result["error"]["kind"] == "not_applied"
    assert result["changed"] is False
    assert result["changes"] == []


@pytest.mark.parametrize("code", [10, 20])
def test_error_code_is_reported_and_the_write_not_repeated(run_group: RunTask, camera: Device, code: int) -> None:
    camera.plant_fault("error_code", call="recording_group/create", code=code)
    result = run_group(camera, recording_group_id="door")
    assert (result["error"]["code"], result["changed"]) == (code, False)
    assert calls(camera).count("create") == 1


def test_web_page_in_response_to_a_write_is_read_back(run_group: RunTask, camera: Device) -> None:
    camera.plant_fault("body", call="recording_group/create", body=b"<html>Sign in</html>", content_type="text/html")
    result = run_group(camera, recording_group_id="door")
    assert result["error"]["kind"] == "malformed_response"
    assert result["changed"] is False
    assert calls(camera) == ["list", "list", "create", "list"]


def test_limited_retention_is_not_applied_and_reported(run_group: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(retention_limit=1000, retention_over_limit="clamped"))
    camera.plant_group(recording_group_id="door", retention_time=24)
    result = run_group(camera, recording_group_id="door", retention_time="52w")
    assert result["error"]["kind"] == "not_applied"
    assert "1000" in result["msg"]
    assert result["changed"] is True
    assert result["changes"][0]["differences"] == [{"field": "retention_time", "before": 24, "after": 1000}]
    assert result["recording_group"]["retention_time"] == 1000


def test_altered_texts_are_not_applied(run_group: RunTask, fleet: Fleet) -> None:
    for switches in (Switches(text_limit=3), Switches(text_charset="iso-8859-1")):
        camera = fleet.add(switches=switches)
        result = run_group(camera, recording_group_id="door", nice_name="Türen")
        assert result["error"]["kind"] == "not_applied"
        assert result["changed"] is True
        assert result["recording_group"]["nice_name"] == camera.groups["door"].nice_name != "Türen"


@pytest.mark.parametrize(
    ("empty_text", "kind"), [("clears", None), ("ignored", "not_applied"), ("error_20", "invalid_request")]
)
def test_empty_text_clears_or_is_not_applied(
    run_group: RunTask, fleet: Fleet, empty_text: str, kind: str | None
) -> None:
    camera = fleet.add(switches=Switches(empty_text=empty_text))
    camera.plant_group(recording_group_id="door", description="Old", stream_options="fps=5")
    result = run_group(camera, recording_group_id="door", description="", stream_options="")
    assert result.get("error", {}).get("kind") == kind
    assert result["changed"] is (kind is None)
    assert (camera.groups["door"].description == "") is (kind is None)


def test_reset_of_omitted_fields_is_a_conflict(run_group: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update="reset"))
    camera.plant_group(recording_group_id="door", description="Old", retention_time=24)
    result = run_group(camera, recording_group_id="door", retention_time="30d")
    assert result["error"]["kind"] == "conflict"
    assert "description" in result["msg"]
    assert result["changed"] is True


def test_recordings_lost_by_a_reset_are_reported(run_group: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update="reset", default_retention_time=24))
    camera.plant_group(recording_group_id="door", retention_time=720)
    camera.plant_recordings("door", 100)
    result = run_group(camera, recording_group_id="door", description="New")
    assert len(camera.lost_recordings) > 0
    assert result["error"]["kind"] == "conflict"
    assert result["changes"][0]["loses_recordings"] is True


def test_group_deleted_by_another_client_is_a_conflict(run_group: RunTask, camera: Device) -> None:
    group = camera.plant_group(recording_group_id="door", retention_time=24)
    camera.plant_fault(
        "callback", call="recording_group/update", when="after", run=lambda device: device.delete_group(group)
    )
    result = run_group(camera, recording_group_id="door", retention_time="30d")
    assert result["error"]["kind"] == "conflict"
    assert result["recording_group"] is None
    assert (result["changed"], result["changes"]) == (False, [])


def test_other_field_changed_by_another_client_is_a_conflict(run_group: RunTask, camera: Device) -> None:
    group = camera.plant_group(recording_group_id="door", retention_time=24)
    camera.plant_fault(
        "callback",
        call="recording_group/update",
        when="after",
        run=lambda device: device.change_group(group, nice_name="Another client's"),
    )
    result = run_group(camera, recording_group_id="door", retention_time="30d")
    assert result["error"]["kind"] == "conflict"


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "disconnected"}, "SD_DISK (disconnected)"),
        ({"locked": True}, "SD_DISK (locked)"),
        ({"readonly": True}, "SD_DISK (read-only)"),
    ],
)
def test_no_group_is_created_on_an_unusable_disk(
    run_group: RunTask, camera: Device, change: dict[str, Any], words: str, check_mode: bool
) -> None:
    for name, value in change.items():
        setattr(camera.disks["SD_DISK"], name, value)
    result = run_group(camera, check_mode=check_mode, recording_group_id="door", disk_id=["SD_DISK"])
    assert result["error"]["kind"] == "disk_unavailable"
    assert words in result["msg"]
    assert camera.writes == []


def test_other_disk_is_always_refused(run_group: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="door", disk_id="SD_DISK", retention_time=24)
    result = run_group(
        camera, recording_group_id="door", disk_id=["NetworkShare"], retention_time="1h", allow_recording_loss=True
    )
    assert result["error"]["kind"] == "immutable"
    assert camera.writes == []


def test_viewer_can_audit_without_the_disks(run_group: RunTask, camera: Device) -> None:
    viewer = {"username": "viewer", "password": "viewer-pass"}
    audit = run_group(camera, check_mode=True, recording_group_id="door", disk_id=["SD_DISK"], **viewer)
    assert audit["changed"] is True
    assert "disks were not checked" in audit["warnings"][0]
    result = run_group(camera, recording_group_id="door", disk_id=["SD_DISK"], **viewer)
    assert result["error"]["kind"] == "forbidden"


def test_device_without_response_is_unreachable(run_group: RunTask, camera: Device) -> None:
    result = run_group(camera, recording_group_id="door", port=1)
    assert result["unreachable"] is True
    assert "failed" not in result


def test_finite_instead_of_unlimited_loses_recordings(run_group: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="door", retention_time=0)
    camera.plant_recordings("door", 100)
    refused = run_group(camera, recording_group_id="door", retention_time="4w")
    assert refused["error"]["kind"] == "recording_loss"
    assert camera.writes == []
    assert camera.lost_recordings == []
    allowed = run_group(camera, recording_group_id="door", retention_time="1d", allow_recording_loss=True)
    assert allowed["changes"][0]["loses_recordings"] is True
    assert len(camera.lost_recordings) == 100 - len(camera.recordings)
    assert len(camera.lost_recordings) in {75, 76}


def test_refusal_names_the_variable_that_the_user_sets(camera: Device) -> None:
    camera.plant_group(recording_group_id="door", retention_time=0)
    result = run_recording_group(
        group_parameters(port=camera.port, recording_group_id="door", retention_time="4w"),
        check_mode=True,
        diff=False,
        open_session=Session,
        warn=lambda _text: None,
        names={"allow_recording_loss": "retention_policy_allow_recording_loss"},
    )
    error = result["error"]
    assert "retention_policy_allow_recording_loss: true" in error["next_step"]
    assert result["refused"][0]["next_step"] == error["next_step"]
    assert result["refused"][0]["allowances"] == ["allow_recording_loss"]
    assert result["msg"] == f"127.0.0.1: {error['message']}. {error['next_step']}"
