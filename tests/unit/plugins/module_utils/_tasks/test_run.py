# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks as a whole: refusals, warnings, invalid input, and defects."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Message, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    invalid_input_result,
    run_recording_group,
    unexpected_error_result,
)
from tests.parameters import group_parameters
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"status": "disconnected"}, "SD_DISK (disconnected)"),
        ({"locked": True}, "SD_DISK (locked)"),
        ({"readonly": True}, "SD_DISK (read-only)"),
    ],
)
def test_no_group_is_created_on_an_unusable_disk(
    run_group: RunTask, camera: Device, change: dict[str, Any], text: str, check_mode: bool
) -> None:
    for name, value in change.items():
        setattr(camera.disks["SD_DISK"], name, value)
    result = run_group(camera, check_mode=check_mode, recording_group_id="door", disk_id=["SD_DISK"])
    assert result["error"]["kind"] == "disk_unavailable"
    assert text in result["msg"]
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


def test_disabled_verification_is_warned_of_without_a_host(run_group: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(scheme="https")
    options = {"protocol": "https", "port": camera.tls_port, "recording_group_id": "door"}
    pinned = run_group(camera, **options, validate_certs=False, tls_fingerprint=camera.certificate_sha256)
    assert pinned["warnings"] == []
    (warning,) = run_group(camera, **options, validate_certs=False)["warnings"]
    assert warning.startswith("validate_certs is false")
    assert camera.host not in warning


@pytest.mark.parametrize("options", [{"recording_group_id": "a b"}, {"timeout": 0.0}, {"username": None}])
def test_invalid_input_is_a_failure_without_a_request(
    run_group: RunTask, camera: Device, options: dict[str, Any]
) -> None:
    result = run_group(camera, **{"recording_group_id": "door", **options})
    assert (result["failed"], result["error"]["kind"], result["changed"]) == (True, "invalid_option", False)
    assert camera.connections == 0


def test_input_that_is_invalid_for_any_module_has_a_result() -> None:
    error = invalid_option(Message("{option} is empty", {"option": Option("timeout")}), "Set it.")
    result = invalid_input_result(error, None, {"timeout": "axis_timeout"})
    assert result["msg"] == "No device: axis_timeout is empty. Set it."
    assert (result["failed"], result["changed"], result["changes"], result["refused"]) == (True, False, [], [])


def test_a_defect_is_a_failure_with_its_traceback() -> None:
    result = {}
    try:
        raise KeyError("door")
    except KeyError as error:
        result = unexpected_error_result(error)
    assert result["failed"] is True
    assert "unexpected KeyError" in result["msg"]
    assert "test_a_defect_is_a_failure_with_its_traceback" in result["exception"]
