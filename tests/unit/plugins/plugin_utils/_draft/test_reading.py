# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reading has what the device has, sends no write, and shows no secret."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.reading import OBSERVATION, UNAVAILABLE
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils._draft.readings import build_reading

PASSWORD = "operator-pass"


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet that is listening."""
    with Fleet() as running:
        yield running


def test_what_a_device_has_is_observed(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "gate")
    device.plant_group(recording_group_id="door", nice_name="Door", retention_time=48)
    device.plant_recording("door")
    serial = ":".join(device.serial[start : start + 2] for start in range(0, 12, 2)).lower()
    result = build_reading(fleet, "gate", {"axis_site": "Harbor", "axis_serial": serial}).run_check()
    found = pickle.loads(pickle.dumps(result[OBSERVATION]))  # noqa: S301 # of this test
    assert (found.host, found.site, found.model, found.firmware) == ("gate", "Harbor", "Q1961-TE", "12.9.57")
    # The template of a draft has the variable as it is written.
    assert (found.serial, found.listed_serial) == (device.serial, serial)
    assert [(group.recording_group_id, group.retention_time) for group in found.groups] == [("door", 48)]
    assert {item.disk.disk_id for item in found.disks} == set(device.disks)
    assert found.recording is None
    assert (result["device"]["serial"], result[UNAVAILABLE], result["changed"]) == (device.serial, [], False)
    assert not device.writes


def test_recording_actions_are_read_on_request(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "gate")
    device.plant_group(recording_group_id="door")
    device.plant_recording("door")
    found = build_reading(fleet, "gate", recording=True).run_check()[OBSERVATION]
    assert [item.recording_group_id for item in found.recording.configurations] == ["door"]
    assert not device.writes


def test_what_a_role_may_not_read_is_unknown(fleet: Fleet) -> None:
    fleet.add("camera_12_9", "gate").plant_group(recording_group_id="door")
    viewer = {"axis_username": "viewer", "axis_password": "viewer-pass"}
    result = build_reading(fleet, "gate", viewer, recording=True).run_check()
    assert [item["part"] for item in result[UNAVAILABLE]] == ["recording_actions", "disks"]
    found = result[OBSERVATION]
    assert (found.disks, found.recording, len(found.groups)) == (None, None, 1)


@pytest.mark.parametrize(
    ("own", "kind"), [({"axis_password": "mistyped"}, "authentication"), ({"axis_port": 1}, "unreachable")]
)
def test_a_device_that_cannot_be_read_has_no_observation(fleet: Fleet, own: dict[str, object], kind: str) -> None:
    fleet.add("camera_12_9", "gate")
    result = build_reading(fleet, "gate", own).run_check()
    assert (OBSERVATION in result, result["error"]["kind"]) == (False, kind)
    assert result["msg"].startswith("gate (127.")


def test_a_text_with_the_password_is_marked(fleet: Fleet) -> None:
    fleet.add("camera_12_9", "gate").plant_group(recording_group_id="door", nice_name=f"door {PASSWORD}")
    result = build_reading(fleet, "gate").run_check()
    (group,) = result[OBSERVATION].groups
    # It is compared as received, and shown without the password.
    assert group.nice_name == f"door {PASSWORD}"
    assert PASSWORD not in f"{group.nice_name}"
