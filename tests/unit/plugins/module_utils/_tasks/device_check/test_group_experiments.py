# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The group experiments detect each switch of the simulator, and leave nothing on the device."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.group_experiments import (
    GROUP_POINTS,
    run_group_experiments,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from tests.simulator import Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils._tasks.device_check.test_scratch import own, plant_foreign, state
from tests.unit.plugins.module_utils.conftest import settings_for

#: the points that are no switches, or not of this module alone
OTHERS = {"group_attributes"}
DEFAULT = Switches()


def check(device: Device) -> tuple[Recorder, ScratchArea]:
    """Run the experiments on a device."""
    session = Session(settings_for(device))
    recorder = Recorder(session)
    area = ScratchArea(session, own=recorder.own)
    with area.opened():
        run_group_experiments(area, recorder)
    return recorder, area


def answers(recorder: Recorder) -> dict[str, Any]:
    """Return the answers by point."""
    return {name: answer.answer for name, answer in recorder.answers.items()}


def expected_answers(switches: Switches) -> dict[str, Any]:
    """Return the answers that a device with these switches has."""
    expected = {name: getattr(switches, name) for name in GROUP_POINTS if name not in OTHERS}
    expected |= {name: "none" for name in ("text_limit", "retention_limit") if expected[name] is None}
    if switches.retention_limit is None:
        expected["retention_over_limit"] = None
    return expected


#: What no device of test_check_detection.py has: limits, and combinations.
CASES: tuple[dict[str, Any], ...] = (
    {"existing_id": "overwrite", "omitted_on_update": "reset", "unknown_disk": "accepted"},
    {"bad_argument": "ignored", "default_retention_time": 720, "reuse_ids": True},
    {"text_charset": "iso-8859-1", "text_form": "trimmed", "text_limit": 20},
    {"text_limit": 25},
    {"text_limit": 26, "bad_argument": "ignored", "text_form": "nfd"},
    {"text_limit": 301},
    {"retention_limit": 0, "retention_over_limit": "error_20"},
    {"retention_limit": 1, "retention_over_limit": "clamped"},
    {"retention_limit": 24, "retention_over_limit": "clamped"},
    {"retention_limit": 2**31 - 1, "retention_over_limit": "error_20"},
    {"retention_limit": 720, "default_retention_time": 720, "omitted_on_update": "reset", "bad_argument": "ignored"},
    {"max_groups": 1},
)
LONG_CASES: tuple[dict[str, Any], ...] = (
    {},
    {"default_retention_time": 720, "default_pre_duration": 5000, "default_post_duration": 7000},
    {"default_retention_time": 24, "default_pre_duration": 1000, "omitted_on_update": "reset"},
    {"disk_id_required": True},
    {"empty_text": "ignored"},
    {"empty_text": "error_20"},
    {"omitted_on_update": "reset"},
    {"omitted_on_update": "reset", "empty_text": "error_20"},
    {"unknown_disk": "error_10"},
    {"existing_id": "error_10"},
    {"existing_id": "overwrite"},
    {"bad_argument": "ignored"},
    {"text_charset": "iso-8859-1"},
    {"text_charset": "iso-8859-1", "text_form": "nfd"},
    *({"text_limit": limit} for limit in (26, 64, 299, 300, 999)),
    {"text_form": "trimmed"},
    {"text_form": "folded", "text_limit": 40},
    {"text_form": "nfc"},
    {"text_form": "nfd", "text_limit": 100},
    *(
        {"retention_limit": limit, "retention_over_limit": over}
        for limit in (0, 1, 23, 24, 25, 48, 8760, 596523, 2**31 - 1)
        for over in ("error_20", "clamped")
    ),
    {"retention_limit": 8760, "default_retention_time": 8760, "retention_over_limit": "clamped"},
    {"device_value": "upper"},
    {"device_value": "lower", "stream_options_form": "reencoded"},
    {"stream_options_form": "reordered"},
    {"stream_options_form": "reordered_reencoded", "device_value": "upper"},
    {"reuse_ids": True},
    {"list_unknown_id": "empty", "action_checks_group": True, "duplicate_ids": "listed"},
)


@pytest.mark.parametrize(
    "switches",
    [*CASES, *(pytest.param(case, marks=pytest.mark.long) for case in LONG_CASES)],
    ids=lambda case: ",".join(f"{k}={v}" for k, v in case.items()) or "none",
)
def test_each_switch_is_detected(camera: Device, switches: dict[str, Any]) -> None:
    camera.switches = Switches(**switches)
    before = state(camera)
    recorder, area = check(camera)
    expected = expected_answers(camera.switches)
    if camera.switches.text_limit is not None and camera.switches.text_limit < 26:
        # A group without an ID could not be recognized.
        expected["reuse_ids"] = None
    found = answers(recorder)
    assert {name: found[name] for name in expected} == expected
    assert (state(camera), area.remains, area.changes) == (before, [], [])
    assert all(answer.answer is not None or answer.note for answer in recorder.answers.values())
    assert len(camera.journal) < 250


def test_groups_of_others_stay(camera: Device) -> None:
    plant_foreign(camera)
    for number in range(60):
        camera.plant_group(recording_group_id=f"foreign{number}", retention_time=24)
    before = state(camera)
    recorder, area = check(camera)
    assert (state(camera), area.remains, area.changes) == (before, [], [])
    foreign = {*before[0]}
    for entry in camera.writes:
        assert parse_qs(entry.target.partition("?")[2]).get("recordinggroupid", [""])[0] not in foreign
    assert answers(recorder)["group_attributes"][0] == "RecordingGroupId"
    # A profile has no names of others.
    assert not any("foreign" in str(exchange) for item in recorder.answers.values() for exchange in item.exchanges)


def test_a_device_without_names(camera: Device) -> None:
    camera.switches = Switches(text_limit=0, empty_text="error_20", bad_argument="ignored")
    recorder, area = check(camera)
    found = answers(recorder)
    assert (found["text_limit"], found["text_charset"], found["omitted_on_update"]) == (None, None, None)
    assert found["bad_argument"] == "ignored"
    assert (own(camera), area.remains) == ([], [])


def test_a_device_with_all_groups(camera: Device) -> None:
    camera.switches = Switches(max_groups=2)
    camera.plant_group(recording_group_id="one")
    camera.plant_group(recording_group_id="two")
    recorder, area = check(camera)
    found = answers(recorder)
    assert found.pop("max_groups") == 2
    assert set(found) == set(GROUP_POINTS)
    assert set(found.values()) == {None}
    assert (own(camera), area.remains) == ([], [])


@pytest.mark.parametrize("state_of_disk", ["disconnected", "locked", "readonly", "full"])
def test_a_device_without_a_usable_disk(camera: Device, state_of_disk: str) -> None:
    if state_of_disk == "disconnected":
        camera.pull_disk("SD_DISK")
    else:
        setattr(camera.disks["SD_DISK"], state_of_disk, True)
    recorder, area = check(camera)
    assert set(answers(recorder).values()) == {None}
    assert [entry.call for entry in camera.writes] == ["recording_group/delete"]
    assert area.remains == []


@pytest.mark.parametrize("code", [10, 40, 140, 999])
def test_an_unexplained_error_stops(camera: Device, code: int) -> None:
    camera.plant_fault("error_code", call="recording_group/update", code=code, skip=3)
    session = Session(settings_for(camera))
    recorder, area = Recorder(session), ScratchArea(session)

    def run() -> None:
        with area.opened():
            run_group_experiments(area, recorder)

    with pytest.raises(AxisError):
        run()
    assert set(GROUP_POINTS) <= set(recorder.answers)
    assert (own(camera), area.remains) == ([], [])


def test_rejected_stream_options_leave_their_points_open(camera: Device) -> None:
    fault = camera.plant_fault("error_code", call="recording_group/update", code=130, times=None)
    fault.alter_request = lambda request: request  # type: ignore[method-assign]
    matches = fault.matches

    def with_stream_options(call: str, request: Any, stage: Any) -> bool:
        return "streamoptions=" in request.target and matches(call, request, stage)

    fault.matches = with_stream_options  # type: ignore[method-assign]
    recorder, area = check(camera)
    found = answers(recorder)
    assert (found["stream_options_form"], found["device_value"]) == (None, None)
    assert (found["omitted_on_update"], found["empty_text"]) == ("kept", "clears")
    assert (own(camera), area.remains) == ([], [])
