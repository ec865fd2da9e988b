# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts with characters that XML forbids: the device is audited, the text is reported, and it is never sent back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import PARTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_recording_group_info
from tests.parameters import DEFAULTS
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import RunTask

RAW = "a\x01\0\x1b[31m\udcff"
SHOWN = "a\ufffd\ufffd\ufffd[31m\ufffd"
MARK = "\ufdd0"


def kind_of(result: dict[str, Any]) -> str | None:
    """Return the kind of the error, or None."""
    return result["error"]["kind"] if "error" in result else None


def check_shown(result: dict[str, Any]) -> None:
    """Check that a result has neither what the device sent nor the mark of the collection."""
    text = json.dumps(result, ensure_ascii=False)
    assert MARK not in text
    assert "ufdd0" not in text
    assert not any(code in text for code in ("\\u0000", "\\u0001", "\\u001b", "\udcff"))


def check_sent(device: Device) -> None:
    """Check that no write has the mark, or U+FFFD in the place of what the device sent."""
    for entry in device.writes:
        target = entry.target.lower()
        assert "%ef%b7%90" not in target
        assert "%ef%bf%bd" not in target
        assert not {MARK.encode(), "\ufffd".encode()} & {entry.body[at : at + 3] for at in range(len(entry.body))}


@pytest.fixture
def yard(camera: Device) -> Device:
    """Return the camera with the groups door, and yard with such a text in each field that is one."""
    camera.plant_group(recording_group_id="door", retention_time=720, nice_name="Door")
    camera.plant_group(
        recording_group_id="yard", retention_time=720, nice_name=RAW, description=RAW, stream_options=f"camera={RAW}"
    )
    return camera


@pytest.mark.parametrize("references", [False, True])
@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.fault("characters that XML forbids in one group")
def test_foreign_group_does_not_prevent_the_audit(
    run_policy: RunTask, yard: Device, references: bool, check_mode: bool
) -> None:
    if references:
        yard.plant_fault("references", times=None)
    entries = [{"recording_group_id": "door", "retention_time": "60d"}]
    result = run_policy(yard, check_mode=check_mode, groups=entries)
    assert (kind_of(result), result["changed"]) == (None, True)
    assert [entry.call for entry in yard.writes] == ([] if check_mode else ["recording_group/update"])
    findings = {item["recording_group_id"]: item for item in result["findings"]}
    assert findings["yard"]["nice_name"] == SHOWN
    assert "nice_name and description and stream_options" in findings["yard"]["reason"]
    assert "XML" not in (findings["door"]["reason"] or "")
    (warning,) = result["warnings"]
    assert warning.startswith("Recording group yard: XML does not allow some characters of nice_name")
    check_shown(result)
    check_sent(yard)


@pytest.mark.parametrize("name", ["nice_name", "description", "stream_options"])
def test_unknown_text_equals_no_desired_text(run_group: RunTask, yard: Device, name: str) -> None:
    """Also if the task sets the text as it is shown."""
    shown = f"camera={SHOWN}" if name == "stream_options" else SHOWN
    result = run_group(yard, check_mode=True, recording_group_id="yard", **{name: shown})
    (change,) = result["changes"]
    assert [(item["field"], item["before"]) for item in change["differences"]] == [(name, shown)]
    wanted = "camera=2" if name == "stream_options" else "Yard"
    result = run_group(yard, recording_group_id="yard", **{name: wanted})
    assert (kind_of(result), result["changed"]) == (None, True)
    assert getattr(yard.groups["yard"], name) == wanted
    check_shown(result)
    check_sent(yard)
    assert not run_group(yard, recording_group_id="yard", **{name: wanted})["changed"]


def test_other_fields_of_the_group_are_changed(run_group: RunTask, yard: Device) -> None:
    result = run_group(yard, recording_group_id="yard", retention_time="unlimited")
    assert (kind_of(result), result["changed"]) == (None, True)
    group = yard.groups["yard"]
    assert (group.retention_time, group.nice_name, group.description) == (0, RAW, RAW)
    assert group.stream_options == f"camera={RAW}"
    assert result["recording_group"]["description"] == SHOWN
    assert len(yard.writes) == 1
    check_shown(result)
    check_sent(yard)


def test_shown_text_does_not_identify_a_group(run_group: RunTask, camera: Device) -> None:
    camera.plant_group(recording_group_id="yard", nice_name="Yard\x01")
    for name in ("Yard\ufffd", "Yard"):
        result = run_group(camera, check_mode=True, nice_name=name)
        changed = [(change["operation"], change["recording_group_id"]) for change in result["changes"]]
        assert ("update", "yard") not in changed


@pytest.mark.parametrize("state", ["present", "absent"])
def test_group_with_an_unknown_id_is_not_written(run_policy: RunTask, camera: Device, state: str) -> None:
    camera.plant_group(recording_group_id="yard\x01", retention_time=24)
    camera.plant_group(recording_group_id="door", retention_time=24)
    rule = {"match": {"recording_group_id": "*"}, "retention_time": "30d", "recording": "always"}
    options: dict[str, Any] = {"existing_groups": [rule]}
    if state == "absent":
        options = {"groups": [{"recording_group_id": "door"}], "purge": True, "purge_match": ["*"]}
        options |= {"allow_recording_loss": True, "allow_recording_stop": True}
    result = run_policy(camera, on_refused="report", **options)
    assert (kind_of(result), result["compliant"]) == (None, False)
    (refusal,) = {item["kind"] for item in result["refused"]}
    assert refusal == "ambiguous"
    assert all("yard\ufffd" in item["reason"] for item in result["refused"])
    assert camera.groups["yard\x01"].retention_time == 24
    assert camera.groups["door"].retention_time == (720 if state == "present" else 24)
    check_shown(result)
    check_sent(camera)


@pytest.fixture
def unknown(camera: Device) -> Device:
    """Return the camera with door, and with yard, whose numbers are not known, but unlimited and 5 on the device."""
    camera.plant_group(recording_group_id="door", retention_time=720)
    camera.plant_group(recording_group_id="yard", retention_time=0, pre_duration=5)

    def write_numbers(device: Device) -> None:
        for name, number in (("retention_time", "0\x01"), ("pre_duration", "5\x01")):
            setattr(device.groups["yard"], name, number)

    def restore(device: Device) -> None:
        for name, number in (("retention_time", 0), ("pre_duration", 5)):
            setattr(device.groups["yard"], name, number)

    camera.plant_fault("callback", call="recording_group/list", run=restore, when="after", times=None)
    camera.plant_fault("callback", call="recording_group/list", run=write_numbers, when="before", times=None)
    return camera


@pytest.mark.parametrize(("bounds", "severity"), [({}, "info"), ({"retention_minimum": "1d"}, "critical")])
def test_unknown_number_does_not_prevent_the_audit(
    run_policy: RunTask, unknown: Device, bounds: dict[str, Any], severity: str
) -> None:
    """It is never within bounds."""
    result = run_policy(unknown, groups=[{"recording_group_id": "door", "retention_time": "30d"}], **bounds)
    assert (kind_of(result), result["changed"], result["compliant"]) == (None, False, not bounds)
    finding = next(item for item in result["findings"] if item["recording_group_id"] == "yard")
    assert finding["severity"] == severity
    assert "characters of retention_time and pre_duration" in finding["reason"]
    assert any("characters of retention_time and pre_duration" in warning for warning in result["warnings"])


def test_unknown_retention_time_is_not_shortened(run_group: RunTask, unknown: Device) -> None:
    result = run_group(unknown, recording_group_id="yard", retention_time="30d")
    assert (kind_of(result), unknown.writes) == ("recording_loss", [])
    assert "which is not known" in result["msg"]
    hold = {"recording_group_id": "yard", "reason": "Case 1", "owner": "legal", "until": "2999-12-31"}
    allowed = {"recording_group_id": "yard", "retention_time": "30d", "allow_recording_loss": True}
    assert kind_of(run_group(unknown, **allowed, holds=[hold])) == "held"
    assert unknown.writes == []


def test_unknown_numbers_are_not_sent_back(run_group: RunTask, unknown: Device) -> None:
    refused = run_group(unknown, recording_group_id="yard", nice_name="Yard")
    assert (kind_of(refused), unknown.writes) == ("recording_loss", [])
    result = run_group(unknown, recording_group_id="yard", nice_name="Yard", allow_recording_loss=True)
    assert (kind_of(result), unknown.groups["yard"].nice_name) == (None, "Yard")
    (entry,) = unknown.writes
    assert "retentiontime" not in entry.target
    assert "preduration" not in entry.target
    assert result["recording_group"]["retention_time"] is None


def test_unknown_numbers_of_a_held_group_are_not_at_risk(run_group: RunTask, unknown: Device) -> None:
    hold = {"recording_group_id": "yard", "reason": "Case 1", "owner": "legal", "until": "2999-12-31"}
    for options in ({"nice_name": "Yard"}, {"retention_time": "unlimited"}, {"pre_duration": 5}):
        result = run_group(unknown, recording_group_id="yard", allow_recording_loss=True, holds=[hold], **options)
        assert (kind_of(result), unknown.writes) == ("held", [])
        if "nice_name" in options:
            assert "retention_time (not known) and pre_duration (not known), so the device" in result["msg"]


@pytest.mark.parametrize("references", [False, True])
def test_every_part_is_read(fleet: Fleet, references: bool) -> None:
    device = fleet.add("camera_12_9", "camera")
    device.plant_group(recording_group_id="yard", description=RAW)
    device.plant_recording("yard", name=RAW, conditions=[("tns1:Device/tnsaxis:IO/Port", RAW)])
    device.plant_recordings("yard", 2)
    device.recordings[0].recording_id = f"2026{RAW}"
    device.disks["SD_DISK"].name = RAW
    device.disks["NetworkShare"].diskid = f"Net{RAW}"
    if references:
        device.plant_fault("references", times=None)
    warnings: list[str] = []
    parameters = {**DEFAULTS, "port": device.port, "gather": list(PARTS)}
    result = run_recording_group_info(
        parameters, check_mode=False, diff=False, open_session=Session, warn=warnings.append
    )
    assert result["unavailable"] == []
    assert result["recording_groups"][0]["description"] == SHOWN
    assert result["recording_actions"][0]["name"] == SHOWN
    assert result["disks"][0]["name"] == SHOWN
    assert result["disks"][1]["disk_id"] == f"Net{SHOWN}"
    assert any(SHOWN in json.dumps(item, ensure_ascii=False) for item in result["recordings"])
    subjects = [warning.partition(":")[0] for warning in warnings]
    assert subjects == [
        "Recording group yard",
        "Recording action of group yard",
        "Disk SD_DISK",
        f"Disk Net{SHOWN}",
        "Recordings of disk SD_DISK",
        f"Recordings of disk Net{SHOWN}",
    ]
    check_shown({**result, "warnings": warnings})
