# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another device takes the address of a camera between any two requests of a task that deletes recordings."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import run_retention_policy
from tests.parameters import policy_parameters
from tests.reliability.unlimited_rate import UnlimitedRate
from tests.simulator import Fleet
from tests.simulator.device import Device

POLICY: dict[str, Any] = {
    "groups": [
        {"recording_group_id": "door", "retention_time": "1d"},
        {"recording_group_id": "new", "retention_time": "30d"},
    ],
    "purge": True,
    "purge_match": ["gone"],
    "allow_recording_loss": True,
}
#: more than the requests of the task
MAX_POSITION = 14


def open_session(settings: ConnectionSettings) -> Session:
    """Return a session without a rate limit."""
    return Session(settings, UnlimitedRate())


def run(device: Device, scheme: str, **options: Any) -> dict[str, Any]:
    """Return the result of the policy on the device at an address, or on the one that replaced it."""
    values = {"port": device.tls_port or device.port, "protocol": scheme, "validate_certs": False, "retries": 1}
    parameters = policy_parameters(**POLICY, **values, **options)
    return run_retention_policy(
        parameters, check_mode=False, diff=False, open_session=open_session, warn=lambda _text: None
    )


def add_camera(fleet: Fleet, scheme: str) -> Device:
    """Return a camera with recordings that the policy deletes."""
    camera = fleet.add(scheme=scheme)
    for group in ("door", "gone"):
        camera.plant_group(recording_group_id=group, retention_time=720)
        camera.plant_recordings(group, 100)
    return camera


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.fault("device replaced between two requests")
def test_device_that_takes_the_address_loses_nothing(scheme: str, when: str) -> None:
    outcomes = set()
    # The first request finds out which device it is.
    for position in range(1, MAX_POSITION):
        with Fleet() as fleet:
            camera, other = add_camera(fleet, scheme), add_camera(fleet, scheme)
            camera.plant_fault(
                "callback",
                run=lambda device, other=other: device.replace_by(other),
                skip=position,
                before_login=None,
                when=when,
            )
            result = run(camera, scheme)
        assert other.writes == []
        assert other.lost_recordings == []
        assert "Basic" not in {entry.authorization for entry in other.journal}
        outcomes.add((result.get("error") or {}).get("kind"))
        assert result.get("failed") or result.get("unreachable") or other.journal == [], result
    # The first login is not sent again after a lost response, so the device is unreachable.
    assert outcomes == {None, "unreachable", "conflict", "unconfirmed"}


@pytest.mark.parametrize("description", [True, False])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_open_connection_that_leads_to_another_device_loses_nothing(scheme: str, description: bool) -> None:
    def become_another(device: Device) -> None:
        device.serial = "ACCC8EFFFFFF"
        device.authenticator.realm = f"AXIS_{device.serial}"

    with Fleet() as fleet:
        camera = add_camera(fleet, scheme)
        if not description:
            camera.plant_fault("http_status", call="basicdeviceinfo", status=404, times=None, before_login=None)
        camera.plant_fault("callback", call="recording_group/list", run=become_another, when="after")
        result = run(camera, scheme)
    assert (result["error"]["kind"], camera.writes, camera.lost_recordings) == ("conflict", [], [])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_device_that_replaces_the_expected_one_receives_no_write(scheme: str) -> None:
    with Fleet() as fleet:
        camera, other = add_camera(fleet, scheme), add_camera(fleet, scheme)
        camera.replace_by(other)
        result = run(camera, scheme, serial=camera.serial.lower())
    assert (result["failed"], result["compliant"], result["error"]["kind"]) == (True, False, "conflict")
    assert [entry.authorization for entry in other.journal] == [None]
    with Fleet() as fleet:
        camera = add_camera(fleet, scheme)
        assert run(camera, scheme, serial=camera.serial.lower())["changed"]
