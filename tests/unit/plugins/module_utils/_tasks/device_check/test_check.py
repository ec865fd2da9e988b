# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a device check, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DEVICE_CHECK_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import check as device_check
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.check import run_device_check
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import BY_NAME
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import from_dict
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import ALL_REMOVED
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils._tasks.device_check.experiments import wait_by_the_device

VIEWER = {"username": "viewer", "password": "viewer-pass"}


class Check:
    """A task on one device."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.warnings: list[str] = []
        self.shown: list[str] = []
        self.show: Callable[[str], object] = self.shown.append

    def open_session(self, settings: ConnectionSettings) -> Session:
        """Open and keep a session."""
        self.sessions.append(Session(settings))
        return self.sessions[-1]

    def run(self, device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        """Return the result."""
        defaults = {name: definition.get("default") for name, definition in DEVICE_CHECK_SPEC.items()}
        login = {"username": "operator", "password": "operator-pass"}
        address = {"host": device.host, "port": device.port, "protocol": "http", "https_port": device.tls_port or None}
        return run_device_check(
            {**defaults, **login, **address, **options},
            check_mode=check_mode,
            diff=False,
            open_session=self.open_session,
            warn=self.warnings.append,
            show=self.show,
        )


@pytest.fixture
def task() -> Check:
    """Return a task."""
    return Check()


@pytest.fixture
def device(fleet: Fleet) -> Device:
    """Return a camera with a group of another client."""
    device = fleet.add("camera_12_9", "camera", scheme="both")
    device.plant_group(recording_group_id="entrance", retention_time=720)
    return device


def test_read_settles_what_a_viewer_may_read(task: Check, device: Device) -> None:
    result = task.run(device, **VIEWER)
    assert (result["changed"], result.get("failed"), device.writes) == (False, None, [])
    assert (result["verdict"], result["stopped"], result["remains"]) == ("unknown", None, [])
    assert (result["device"]["model"], result["device"]["firmware"]) == ("Q1961-TE", "12.9.57")
    assert from_dict(result["profile"], "x").origin.role == "viewer"
    skipped = {item["point"]: item["reason"] for item in result["open_points"]}
    assert result["answered"] + len(skipped) == len(BY_NAME)
    assert all(reason.endswith(".") for reason in skipped.values()), skipped
    assert all(session.observe is None for session in task.sessions)


def test_what_needs_no_login_is_kept_if_the_login_fails(task: Check, device: Device) -> None:
    result = task.run(device, password="wrong")
    assert (result["error"]["kind"], result["verdict"]) == ("authentication", "unknown")
    points = result["profile"]["points"]
    assert points["http_challenge"]["answer"] == ["Digest MD5"]
    assert points["recording_group_api"]["note"] == "The device rejected the login."
    assert result["profile"]["device"]["model"] == "Q1961-TE"


def test_check_mode_only_reads(task: Check, device: Device) -> None:
    result = task.run(device, check_mode=True, write=True, wait="3h")
    assert device.writes == []
    assert task.warnings == ["Check mode: only requests that read were sent, although write is true."]
    assert result["profile"]["origin"]["parts"] == ["read"]


def test_leftovers_are_listed_by_a_read_and_removed_by_experiments(task: Check, device: Device) -> None:
    left = "camfleet-check-0a1b2c3d-text"
    device.plant_group(recording_group_id=left)
    result = task.run(device)
    assert [item["id"] for item in result["leftovers"]] == [left]
    assert any(text.startswith(f"Left by an earlier check: recording group {left}") for text in result["summary"])
    assert left in device.groups
    result = task.run(device, write=True)
    assert (result["leftovers"], result["remains"], [*device.groups]) == ([], [], ["entrance"])
    assert [item["id"] for item in result["removed"]] == [left]
    assert "Removed what an earlier check left: 1 recording group." in result["summary"]


def test_experiments_need_the_role_operator(task: Check, device: Device) -> None:
    result = task.run(device, write=True, **VIEWER)
    assert (result["failed"], result["error"]["kind"], device.writes) == (True, "forbidden", [])
    # What was read is known, and the device has done nothing that cannot be explained.
    assert (result["stopped"]["kind"], result["verdict"]) == ("forbidden", "unknown")
    assert result["profile"]["origin"]["parts"] == ["read"]


def test_unexplained_response_stops_the_experiments(task: Check, device: Device) -> None:
    device.plant_fault("http_status", call="recording_group/update", status=500, times=1)
    result = task.run(device, write=True)
    assert (result["failed"], result["verdict"], result["remains"]) == (True, "unsafe", [])
    assert result["stopped"]["point"] in BY_NAME
    assert result["summary"][1].startswith("The check stopped before its end: ")
    assert result["stopped"]["reason"] == "The device responded with HTTP 500."
    assert [*device.groups] == ["entrance"]
    assert result["profile"]["points"]["default_retention_time"]["answer"] == 0


@pytest.mark.fault("connection lost during the experiments of a device check")
def test_lost_connection_says_nothing_about_the_device(task: Check, device: Device) -> None:
    device.plant_fault("drop_after", call="recording_group/update", times=1)
    result = task.run(device, write=True)
    assert (result["failed"], result["verdict"], result["remains"]) == (True, "unknown", [])
    assert result["stopped"]["kind"] == "unreachable"
    assert result["summary"][1].startswith("The check ended early: ")
    assert ALL_REMOVED in result["summary"]
    assert ALL_REMOVED in result["msg"]


@pytest.mark.fault("defect during the experiments of a device check")
def test_defect_does_not_hide_what_remains(task: Check, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        if "deletes" in text:
            device.plant_fault("http_status", call="recording_group/delete", status=500, times=None)
            raise ValueError("defect")

    wait_by_the_device(monkeypatch, device)
    task.show = fail
    result = task.run(device, write=True, wait="3h")
    assert (result["failed"], result["error"]["kind"]) == (True, "not_applied")
    assert result["remains"][0]["id"] in device.groups


def test_a_viewer_sees_the_groups_that_a_killed_check_left(task: Check, device: Device) -> None:
    left = "camfleet-check-0a1b2c3d-text"
    device.plant_group(recording_group_id=left)
    result = task.run(device, **VIEWER)
    assert result.get("failed") is None
    assert [item["id"] for item in result["leftovers"]] == [left]
    assert "action configurations or action rules on the device" in result["leftovers_unknown"]
    assert result["leftovers_unknown"] in result["summary"]
    assert task.run(device)["leftovers_unknown"] is None


def test_groups_that_only_look_like_scratch_groups_are_named(task: Check, device: Device) -> None:
    device.plant_group(recording_group_id="camfleet-check-mine")
    for write in (False, True):
        result = task.run(device, write=write)
        assert [item["id"] for item in result["unrecognized"]] == ["camfleet-check-mine"]
        assert any("camfleet-check-mine" in text for text in result["summary"])
    assert {*device.groups} == {"entrance", "camfleet-check-mine"}


def test_connection_lost_with_the_first_removal_is_a_failure(task: Check, device: Device) -> None:
    device.plant_group(recording_group_id="camfleet-check-0a1b2c3d-text")
    device.plant_fault("drop_after", call="recording_group/delete", times=1)
    result = task.run(device, write=True)
    assert (result["failed"], result.get("unreachable"), result["leftovers"]) == (True, None, [])
    assert result["profile"]["origin"]["parts"] == ["read", "write"]
    assert not any("Only requests that read were sent" in text for text in result["summary"])


def test_connection_lost_after_a_write_is_a_failure(task: Check, device: Device) -> None:
    device.plant_fault("drop_after", call="recording_group/create", times=1)
    result = task.run(device, write=True)
    assert result["failed"] is True
    assert "unreachable" not in result
    assert [*device.groups] == ["entrance"]


def test_what_remains_is_in_the_message_without_a_password(task: Check, device: Device) -> None:
    device.plant_fault("http_status", call="recording_group/delete", status=500, times=None, skip=1)
    result = task.run(device, write=True)
    (item, *_others) = result["remains"]
    assert item["id"] in device.groups
    assert item["remove_with"] in result["msg"]
    assert result["verdict"] == "unsafe"
    assert "operator-pass" not in json.dumps(result)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wait": "3h"}, "wait is 3h, but write is false"),
        ({"wait": "soon", "write": True}, "wait is 'soon'"),
        ({"viewer_username": "view"}, "viewer_username is set, and viewer_password is not"),
        ({"timeout": 0}, "timeout is 0 seconds"),
    ],
)
def test_invalid_option_sends_nothing(task: Check, device: Device, options: dict[str, Any], message: str) -> None:
    result = task.run(device, **options)
    assert (result["failed"], result["verdict"], result["summary"]) == (True, "unknown", [])
    assert message in result["msg"]
    assert device.connections == 0


def test_unreachable_device_has_no_profile(task: Check, device: Device) -> None:
    device.powered = False
    result = task.run(device, write=True)
    assert result["unreachable"] is True
    assert "profile" not in result


def test_interrupt_ends_the_observation(task: Check, device: Device) -> None:
    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    task.show = interrupt
    with pytest.raises(KeyboardInterrupt):
        task.run(device, write=True, wait="3h")
    assert task.sessions[0].observe is None
    assert [*device.groups] == ["entrance"]


def test_device_without_the_api_gets_no_experiments(task: Check, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "camera", switches=Switches(recording_group_api=False))
    result = task.run(device, write=True)
    assert (result.get("failed"), result["verdict"], device.writes) == (None, "unsafe", [])
    reasons = {item["point"]: item["reason"] for item in result["open_points"]}
    assert reasons["existing_id"] == "The device does not have the recording group API."


def test_second_login_only_reads_and_is_not_observed_later(task: Check, device: Device) -> None:
    login = {"viewer_username": "viewer", "viewer_password": "viewer-pass"}
    result = task.run(device, **login)
    assert result["profile"]["points"]["action_service_role"]["answer"] == device.answers["action_service_role"]
    assert device.writes == []
    assert all(session.observe is None for session in task.sessions)
    assert "viewer-pass" not in json.dumps(result)


def test_progress_of_long_experiments_is_shown(task: Check, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(_session: Any, _area: Any, _recorder: Any, seconds: float, *, progress: Any) -> None:
        progress(f"Waits for {seconds:g} seconds.")

    monkeypatch.setattr(device_check, "run_waiting", wait)
    result = task.run(device, write=True, wait="3h")
    assert task.shown == ["Waits for 10800 seconds."]
    assert result["profile"]["origin"]["parts"] == ["read", "write", "wait"]


def test_wrong_password_is_sent_once_and_keeps_what_needs_no_login(task: Check, device: Device) -> None:
    result = task.run(device, password="incorrect-4711", write=True)
    assert (result["failed"], result["error"]["kind"], result["verdict"]) == (True, "authentication", "unknown")
    assert sum(entry.authorization is not None for entry in device.journal) == 1
    assert result["profile"]["points"]["http_challenge"]["answer"] == ["Digest MD5"]
    assert "incorrect-4711" not in json.dumps(result)


def test_message_about_an_item_without_a_known_id_has_whole_sentences(task: Check, device: Device) -> None:
    device.plant_fault("drop_after", call="action/AddActionRule")
    device.plant_fault(
        "callback",
        call="action/AddActionRule",
        when="after",
        run=lambda device: device.plant_fault("http_status", call="action/*", status=500, times=None),
    )
    result = task.run(device, write=True)
    assert result["remains"][0]["id"] is None
    assert "removes what an earlier run left;" in result["msg"]
    assert ".." not in result["msg"]
