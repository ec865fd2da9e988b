# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes that are lost, ignored, or in conflict with another client: their status, the result, and the device."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    AxisError,
    DeviceError,
    DeviceUnreachableError,
    UnconfirmedWriteError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import FailedWrite, Writes, WriteStatus
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask


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
    result = run_group(camera, nice_name="Door", id_source="device", timeout=0.2)
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


RESET = {"default_retention_time": 24, "default_pre_duration": 7, "default_post_duration": 9}
UPDATES: tuple[dict[str, Any], ...] = (
    {"description": "New"},
    {"nice_name": "Hall"},
    {"retention_time": "60d"},
    {"pre_duration": 3},
    {"post_duration": 0},
    {"stream_options": "fps=5"},
    {"description": "Newer", "nice_name": "Gate"},
)


@pytest.mark.fault("update resets omitted arguments")
@pytest.mark.parametrize("omitted", ["kept", "reset"])
@pytest.mark.parametrize("stream_options", ["", "camera=1&fps=25"])
def test_update_changes_only_what_is_requested(
    run_group: RunTask, fleet: Fleet, omitted: str, stream_options: str
) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update=omitted, **RESET))
    state: dict[str, Any] = {
        **{"nice_name": "Door", "description": "Old", "retention_time": 720, "stream_options": stream_options},
        **{"pre_duration": 0, "post_duration": 1000},
    }
    group = camera.plant_group(recording_group_id="door", **state)
    camera.plant_recordings("door", 100)
    for options in UPDATES:
        predicted = run_group(camera, recording_group_id="door", check_mode=True, **options)
        result = run_group(camera, recording_group_id="door", **options)
        assert "failed" not in result, result["msg"]
        assert predicted["changes"] == result["changes"]
        assert {item["field"] for item in result["changes"][0]["differences"]} == set(options)
        state |= {**options, **({"retention_time": 1440} if "retention_time" in options else {})}
        assert {name: getattr(group, name) for name in state} == state
    assert camera.lost_recordings == []
    assert len(camera.writes) == len(UPDATES)


@pytest.mark.fault("update resets omitted arguments")
@pytest.mark.parametrize("hours", [0, 720])
def test_update_of_a_held_group_keeps_its_recordings(run_policy: RunTask, fleet: Fleet, hours: int) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update="reset", **RESET))
    camera.plant_group(recording_group_id="door", retention_time=hours, stream_options="fps=25")
    camera.plant_recordings("door", 100)
    hold = {"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
    groups = [{"recording_group_id": "door", "description": "New"}]
    result = run_policy(camera, groups=groups, holds=[hold])
    assert "failed" not in result, result["msg"]
    assert camera.lost_recordings == []
    group = camera.groups["door"]
    assert (group.retention_time, group.stream_options, group.description) == (hours, "fps=25", "New")


@pytest.mark.fault("update resets omitted arguments")
@pytest.mark.parametrize(
    ("planted", "options", "omits"),
    [
        # A text may be in another encoding than it is sent in, unless the task itself sets it.
        ({"nice_name": "T\u00fcr"}, {"description": "New"}, {"nicename", "streamoptions"}),
        ({"nice_name": "T\u00fcr"}, {"description": "New", "nice_name": "T\u00fcr"}, {"streamoptions"}),
        ({"nice_name": "Door"}, {"description": "New"}, {"streamoptions"}),
        ({"retention_time": 24}, {"retention_time": "60d"}, {"nicename", "description", "streamoptions"}),
        # The device could reject these, which another API set.
        ({"stream_options": "&streamprofile=Quality"}, {"nice_name": "x"}, {"description", "streamoptions"}),
        # A device that counts seconds in 31 bits would wrap it.
        ({"retention_time": 10_000_000}, {"nice_name": "x"}, {"description", "retentiontime", "streamoptions"}),
    ],
)
def test_update_repeats_what_the_device_stores_as_listed(
    run_group: RunTask, camera: Device, planted: dict[str, Any], options: dict[str, Any], omits: set[str]
) -> None:
    camera.plant_group(recording_group_id="door", **planted)
    result = run_group(camera, recording_group_id="door", allow_recording_loss=True, **options)
    assert "failed" not in result, result["msg"]
    (write,) = camera.writes
    fields = {"nicename", "description", "retentiontime", "streamoptions", "preduration", "postduration"}
    sent = {name for name, _value in parse_qsl(write.target.partition("?")[2], keep_blank_values=True)}
    assert fields - sent == omits


HOLD = {"recording_group_id": "door", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
TEXTS: tuple[dict[str, Any], ...] = (
    {"description": "New"},
    {"nice_name": "New"},
    {"nice_name": "a", "description": ""},
)
# What no update can repeat, and how to keep it.
UNREPEATABLE: tuple[tuple[dict[str, Any], dict[str, Any] | None], ...] = (
    ({"retention_time": 700_000}, {"retention_time": "unlimited"}),
    ({"stream_options": "text=T\u00fcr"}, {"stream_options": "text=T\u00fcr"}),
    ({"stream_options": "a=b&&c=d"}, None),
    ({"stream_options": "fps=5&fps=6"}, None),
    ({"stream_options": "text=%C3"}, None),
    ({"stream_options": "text=a\x01"}, None),
)


@pytest.mark.fault("update omits what it cannot repeat")
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(("planted", "remedy"), UNREPEATABLE)
def test_update_of_a_held_group_repeats_everything_or_is_refused(
    run_group: RunTask, fleet: Fleet, planted: dict[str, Any], remedy: dict[str, Any] | None, check_mode: bool
) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update="reset", **RESET))
    group = camera.plant_group(recording_group_id="door", description="Old", **({"retention_time": 720} | planted))
    camera.plant_recordings("door", 100)
    (name,) = planted
    for options in (*TEXTS, {} if name == "retention_time" else {"retention_time": "unlimited"}):
        if options:
            allowances = {"allow_recording_loss": True, "holds": [HOLD]}
            result = run_group(camera, recording_group_id="door", check_mode=check_mode, **allowances, **options)
            assert result["error"]["kind"] == "held"
            assert f"cannot repeat {name} (" in result["msg"]
            assert ("Otherwise, " in result["msg"]) is (remedy is not None)
    assert camera.writes == []
    if remedy is not None:
        options = {"recording_group_id": "door", "description": "New", **remedy}
        assert "failed" not in run_group(camera, check_mode=check_mode, holds=[HOLD], **options)
        kept = {"retention_time": 0} if name == "retention_time" and not check_mode else planted
        assert getattr(group, name) == kept[name]
    assert camera.lost_recordings == []


@pytest.mark.fault("update omits what it cannot repeat")
@pytest.mark.parametrize("omitted", ["kept", "reset"])
def test_update_that_omits_the_retention_time_needs_the_allowance(
    run_group: RunTask, run_policy: RunTask, fleet: Fleet, omitted: str
) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update=omitted, **RESET))
    group = camera.plant_group(recording_group_id="door", retention_time=700_000)
    camera.plant_recordings("door", 100)
    for check_mode in (True, False):
        result = run_group(camera, recording_group_id="door", nice_name="x", check_mode=check_mode)
        assert result["error"]["kind"] == "recording_loss"
        assert "cannot repeat retention_time (700000 hours), so the device may reset it" in result["msg"]
        assert "Set retention_time to unlimited for this group, so that each update sends it." in result["msg"]
        assert "If the recordings may be deleted, set allow_recording_loss: true." in result["msg"]
    rules = [{"match": {"recording_group_id": "*"}, "description": "x"}]
    result = run_policy(camera, groups=[], existing_groups=rules, on_refused="report")
    assert [(item["kind"], item["loses_recordings"]) for item in result["refused"]] == [("recording_loss", True)]
    assert (camera.writes, camera.lost_recordings) == ([], [])
    allowed = {"recording_group_id": "door", "nice_name": "x", "allow_recording_loss": True}
    predicted = run_group(camera, check_mode=True, **allowed)
    result = run_group(camera, **allowed)
    assert [change["loses_recordings"] for change in (*predicted["changes"], *result["changes"])] == [True, True]
    assert (result.get("error", {}).get("kind"), group.retention_time) == (
        (None, 700_000) if omitted == "kept" else ("conflict", 24)
    )


@pytest.mark.fault("device shortens a repeated retention time")
@pytest.mark.parametrize("holds", [[], [HOLD]])
def test_repeated_value_that_the_device_limits_is_a_conflict(
    run_group: RunTask, fleet: Fleet, holds: list[dict[str, Any]]
) -> None:
    camera = fleet.add(switches=Switches(retention_limit=500, retention_over_limit="clamped"))
    camera.plant_group(recording_group_id="door", retention_time=1000)
    result = run_group(camera, recording_group_id="door", description="New", holds=holds)
    assert result["error"]["kind"] == "conflict"
    text = "retention_time is 500 hours instead of 1000 hours"
    assert text in result["msg"]
    assert "The device may limit a value that an update repeats, or reset one that it omits" in result["msg"]
    (change,) = result["changes"]
    assert (change["loses_recordings"], result["changed"]) == (True, True)
    assert [item["field"] for item in change["differences"]] == ["description", "retention_time"]


CLEARED = "The device cleared {} of recording group door, because the update did not repeat it. It was sent again."


@pytest.mark.fault("device clears what an update omits")
@pytest.mark.parametrize(
    "planted",
    [
        {"nice_name": "T\u00fcr"},
        {"nice_name": "T\u00fcr", "description": "\u00c9tage"},
        {"stream_options": "&streamprofile=Quality&camera=1"},
    ],
)
def test_text_that_an_update_omitted_is_restored(
    run_group: RunTask, run_policy: RunTask, fleet: Fleet, planted: dict[str, Any]
) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update="reset", **RESET))
    group = camera.plant_group(recording_group_id="door", retention_time=720, **planted)
    camera.plant_recordings("door", 100)
    predicted = run_group(camera, recording_group_id="door", retention_time="60d", check_mode=True)
    result = run_group(camera, recording_group_id="door", retention_time="60d")
    assert "failed" not in result, result["msg"]
    assert predicted["changes"] == result["changes"]
    assert result["warnings"] == [CLEARED.format(" and ".join(planted))]
    # An ampersand at the beginning has no meaning.
    assert {name: getattr(group, name) for name in planted} == {key: text.lstrip("&") for key, text in planted.items()}
    assert (group.retention_time, group.pre_duration) == (1440, 7)
    assert len(camera.writes) == 2
    again = run_policy(camera, groups=[{"recording_group_id": "door", "retention_time": "60d"}])
    assert (again["changed"], again["compliant"], again["warnings"]) == (False, True, [])
    assert camera.lost_recordings == []


@pytest.mark.fault("device clears what an update omits")
def test_text_of_another_charset_is_not_restored(run_group: RunTask, fleet: Fleet) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update="reset", text_charset="iso-8859-1"))
    camera.plant_group(recording_group_id="door", nice_name="T\u00fcr", retention_time=24)
    result = run_group(camera, recording_group_id="door", retention_time="30d")
    assert (result["error"]["kind"], result["changed"]) == ("conflict", True)
    assert "nice_name is 'T\u00c3\u00bcr' instead of 'T\u00fcr'" in result["msg"]
    assert result["error"]["next_step"].startswith(
        "The device seems not to read UTF-8: use only ASCII characters in nice_name. The device may limit"
    )
    assert camera.groups["door"].retention_time == 720


@pytest.mark.fault("device clears what an update omits")
@pytest.mark.parametrize(
    ("fault", "options"), [("error_code", {"code": 130}), ("drop_before", {}), ("ignore_write", {})]
)
def test_text_that_cannot_be_restored_is_a_conflict(
    run_group: RunTask, fleet: Fleet, fault: str, options: dict[str, Any]
) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update="reset"))
    camera.plant_group(recording_group_id="door", nice_name="T\u00fcr", retention_time=24)
    camera.plant_fault(fault, call="recording_group/update", skip=1, **options)
    result = run_group(camera, recording_group_id="door", retention_time="30d")
    assert (result["error"]["kind"], result["changed"]) == ("conflict", True)
    assert "nice_name is '' instead of 'T\u00fcr'" in result["msg"]
    # Nothing repeats a write blindly.
    assert len(camera.writes) == 2
    again = run_group(camera, recording_group_id="door", nice_name="T\u00fcr", retention_time="60d")
    assert "failed" not in again
    assert run_group(camera, recording_group_id="door", nice_name="T\u00fcr", description="x")["changed"] is True
    assert camera.groups["door"].nice_name == "T\u00fcr"


@pytest.mark.fault("device clears what an update omits")
@pytest.mark.parametrize("omitted", ["kept", "reset"])
def test_stream_options_with_semicolons_are_not_repeated(run_group: RunTask, fleet: Fleet, omitted: str) -> None:
    camera = fleet.add(switches=Switches(omitted_on_update=omitted))
    text = "streamprofile=Quality;camera=1"
    group = camera.plant_group(recording_group_id="door", retention_time=24, stream_options=text)
    result = run_group(camera, recording_group_id="door", retention_time="30d")
    assert group.retention_time == 720
    if omitted == "kept":
        assert ("failed" not in result, group.stream_options) == (True, text)
        return
    # This device does not accept them again.
    assert result["error"]["kind"] == "conflict"
    assert f"stream_options is '' instead of '{text}'" in result["msg"]


@pytest.mark.fault("device clears what an update omits")
def test_text_that_another_client_changed_is_not_restored(run_group: RunTask, camera: Device) -> None:
    group = camera.plant_group(recording_group_id="door", nice_name="T\u00fcr", retention_time=24)
    camera.plant_fault(
        "callback",
        call="recording_group/update",
        when="after",
        run=lambda device: device.change_group(group, nice_name="Gate"),
    )
    result = run_group(camera, recording_group_id="door", retention_time="30d")
    assert result["error"]["kind"] == "conflict"
    assert (group.nice_name, len(camera.writes)) == ("Gate", 1)


@pytest.mark.parametrize("field", ["retention_time", "nice_name"])
def test_recordings_lost_by_another_change_are_reported(run_group: RunTask, camera: Device, field: str) -> None:
    group = camera.plant_group(recording_group_id="door", retention_time=720)
    camera.plant_recordings("door", 100)
    change: dict[str, Any] = {"retention_time": 24} if field == "retention_time" else {"nice_name": "Other"}
    camera.plant_fault(
        "callback",
        call="recording_group/update",
        when="after",
        run=lambda device: device.change_group(group, **change),
    )
    result = run_group(camera, recording_group_id="door", description="New")
    assert result["error"]["kind"] == "conflict"
    assert result["changes"][0]["loses_recordings"] is (field == "retention_time")
    assert (len(camera.lost_recordings) > 0) is (field == "retention_time")


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


DROPPED = DeviceUnreachableError("unreachable", "Lost", "Run again.", maybe_applied=True)
REJECTED = DeviceError("device_error", "Rejected", "Run again.")


class Service:
    """A service that stores items, with the errors of its next calls."""

    def __init__(self, *errors: AxisError | None) -> None:
        self.sent: list[str] = []
        self.reads = 0
        self._errors = list(errors)

    def send(self, item: str, _planned: None) -> None:
        """Store an item, or raise the next error."""
        self.sent.append(item)
        if self._errors and (error := self._errors.pop(0)):
            raise error

    def read(self) -> None:
        """Count a read."""
        self.reads += 1


def send_all(
    service: Service, *left: tuple[str, ...], continue_on_rejection: bool = False
) -> tuple[Writes[str, None], list[tuple[str | None, bool]]]:
    """Send the items a and b, and then what is left after each attempt; return also what ``remaining`` received."""
    writes: Writes[str, None] = Writes("items", service.read, continue_on_rejection=continue_on_rejection)
    received: list[tuple[str | None, bool]] = []

    def remaining(failed: FailedWrite[str, None] | None, is_last: bool) -> list[tuple[str, None]]:
        received.append((failed.item if failed else None, is_last))
        return [(item, None) for item in left[len(received) - 1]]

    writes.run([("a", None), ("b", None)], service.send, remaining)
    return writes, received


def test_each_item_is_sent_once_and_read_back_once() -> None:
    service = Service()
    writes, received = send_all(service, ())
    assert (service.sent, service.reads, received) == (["a", "b"], 1, [(None, False)])
    assert writes.status == {"a": WriteStatus.ACCEPTED, "b": WriteStatus.ACCEPTED}
    assert (writes.written, writes.is_unread) == (True, False)


def test_first_failure_ends_the_series() -> None:
    service = Service(DROPPED)
    writes, received = send_all(service, ("b",), ())
    assert (service.sent, service.reads, received) == (["a", "b"], 2, [("a", False), (None, True)])
    assert writes.status == {"a": WriteStatus.LOST, "b": WriteStatus.ACCEPTED}


def test_series_can_continue_after_a_rejection() -> None:
    service = Service(REJECTED)
    writes, received = send_all(service, (), continue_on_rejection=True)
    assert (service.sent, received) == (["a", "b"], [("a", False)])
    assert writes.status == {"a": WriteStatus.REJECTED, "b": WriteStatus.ACCEPTED}


def test_rejection_of_the_first_write_needs_no_read() -> None:
    service = Service(REJECTED)
    with pytest.raises(DeviceError):
        send_all(service)
    assert (service.sent, service.reads) == (["a"], 0)


def test_rejection_of_a_repeated_write_leaves_the_first_one_lost() -> None:
    writes, _received = send_all(Service(DROPPED, REJECTED), ("a",), ())
    assert writes.status == {"a": WriteStatus.LOST}
    assert writes.written is True


def test_failed_read_back_names_both_errors() -> None:
    def fail() -> None:
        raise DeviceUnreachableError("timeout", "No response in time", "Check it.")

    writes: Writes[str, None] = Writes("recording groups", fail)
    with pytest.raises(UnconfirmedWriteError) as caught:
        writes.run([("a", None)], Service(DROPPED).send, lambda _failed, _is_last: [])
    assert caught.value.kind == "unconfirmed"
    assert "Lost" in caught.value.message
    assert "the recording groups could not be read back" in caught.value.message
    assert "No response in time" in caught.value.message
    assert writes.is_unread is True
