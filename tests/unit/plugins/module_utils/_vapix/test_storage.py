# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks and their health, in the forms of older and newer devices."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk, DiskDetails, DiskHealth
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import (
    get_disk_health,
    list_disk_details,
)
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for

HEALTH = b"<HealthStatusResponse><HealthStatusSuccess>%s</HealthStatusSuccess></HealthStatusResponse>"


@pytest.mark.parametrize("profile", ["camera_10_12", "camera_12_9"])
def test_all_attributes_of_disks_are_read(fleet: Fleet, profile: str) -> None:
    camera = fleet.add(profile)
    camera.disks["SD_DISK"].name = "My card"
    camera.disks["SD_DISK"].full = True
    card, share = list_disk_details(Session(settings_for(camera)))
    assert card == DiskDetails(
        disk=Disk("SD_DISK", "OK", locked=False, readonly=False),
        name="My card",
        total_size=116109036,
        free_size=75106020,
        full=True,
        filesystem="ext4",
        required_filesystem="none",
        encryption_enabled=False,
        encrypted=False,
        group="S0",
        cleanup_max_age=7,
        cleanup_policy="fifo",
    )
    assert (card.is_mounted, share.is_mounted) == (True, False)


def test_missing_and_invalid_attributes_are_unknown(session: Session, camera: Device) -> None:
    disk = b'<disk diskid="D" totalsize="x" freesize="" full="perhaps" diskencryptionenabled="True"/>'
    camera.plant_fault("body", call="disks/list", body=b"<root><disks>%s</disks></root>" % disk)
    assert list_disk_details(session) == (
        DiskDetails(Disk("D", "", False, False), "", None, None, None, None, None, True, None, None, None, None),
    )


def test_health_in_all_documented_forms(session: Session, camera: Device) -> None:
    lines = (
        b'<HealthStatus diskid="SD_DISK" wear="125"/><HealthStatus diskid="NetworkShare" wear="-1"/>'
        b'<HealthStatus diskid="HDD_DISK" wear="13" temperature="315" overallhealth="1"/>'
        b'<HealthStatus diskid="a" wear="-2"/><HealthStatus diskid="b" wear="-3"/><HealthStatus diskid="c"/>'
        b'<HealthStatus diskid="d" wear="-9"/><HealthStatus diskid="e" wear="0" temperature="warm"/>'
    )
    camera.plant_fault("body", call="disks/gethealth", body=HEALTH % lines)
    assert get_disk_health(session) == {
        "SD_DISK": DiskHealth(125, None, None, None),
        "NetworkShare": DiskHealth(None, "not supported", None, None),
        "HDD_DISK": DiskHealth(13, None, 315, 1),
        "a": DiskHealth(None, "error", None, None),
        "b": DiskHealth(None, "no disk", None, None),
        "c": DiskHealth(None, "not reported", None, None),
        "d": DiskHealth(None, "not reported", None, None),
        "e": DiskHealth(0, None, None, None),
    }


def test_health_of_a_simulated_recorder(fleet: Fleet) -> None:
    recorder = fleet.add("recorder_s3008")
    assert get_disk_health(Session(settings_for(recorder))) == {"HDD_DISK": DiskHealth(13, None, 315, 1)}


@pytest.mark.parametrize("body", [b"", b"<HealthStatusResponse/>", b"<root/>", b"<HealthStatusResponse>"])
def test_other_documents_are_malformed_responses(session: Session, camera: Device, body: bytes) -> None:
    camera.plant_fault("body", call="disks/gethealth", body=body)
    with pytest.raises(DeviceError) as caught:
        get_disk_health(session)
    assert caught.value.kind == "malformed_response"


def test_a_health_error_with_a_code(session: Session, camera: Device) -> None:
    camera.plant_fault("error_code", call="disks/gethealth", code=10, description="Busy.")
    with pytest.raises(DeviceError, match=r"gethealth.cgi with error 10: Busy\. Run") as caught:
        get_disk_health(session)
    assert caught.value.kind == "device_error"


def test_an_invalid_error_code_is_not_quoted(session: Session, camera: Device) -> None:
    failure = b"<GeneralError><ErrorCode>geheimwort</ErrorCode></GeneralError>"
    camera.plant_fault(
        "body", call="disks/gethealth", body=b"<HealthStatusResponse>%b</HealthStatusResponse>" % failure
    )
    with pytest.raises(DeviceError, match=r"gethealth.cgi with an error without a code\. Run"):
        get_disk_health(session)
