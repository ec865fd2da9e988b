# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the device models that the simulator knows."""

from __future__ import annotations

from dataclasses import dataclass

from .models import Disk, Group

# Cameras of the recorder; the addresses are invented.
_CAMERAS_OF_THE_RECORDER = ("B8A44F0A1B01", "B8A44F0A1B02")

_CAMERA_DISKS = (
    Disk("SD_DISK", group="S0", wear=25),
    Disk(
        "NetworkShare", totalsize=0, freesize=0, cleanuplevel=90, filesystem="cifs", status="disconnected", group="S1"
    ),
)
_RECORDER_DISKS = (
    Disk(
        "HDD_DISK",
        totalsize=3844589244,
        freesize=1922294622,
        cleanupmaxage=0,
        cleanuplevel=95,
        wear=13,
        temperature=315,
        overallhealth=1,
    ),
)
_COMMON_APIS = (
    ("api-discovery", "1.1", "API Discovery Service"),
    ("basic-device-info", "1.3", "Basic Device Information"),
    ("disk-management", "1.0", "Edge storage: Disk management"),
    ("disk-properties", "1.1", "Edge storage: Disk properties"),
    ("recording", "1.0", "Edge Recording"),
    ("recording-export", "1.3", "Export edge recording"),
    ("recording-group", "1.0", "Edge Recording group"),
    ("recording-storage-limit", "1.0", "Edge Recording storage limit"),
    ("user-management", "1.1", "User Management"),
)


@dataclass(frozen=True)
class BruteForce:
    """Block an address for `block` seconds (403) after `tries` failed logins within `within` seconds."""

    tries: int = 20
    within: float = 1.0
    block: float = 10.0


@dataclass(frozen=True)
class Profile:
    """The initial state of a device model.

    `apis`: (id, version, name) of API discovery; the device appends `topic_ending` to the topics of conditions.
    """

    name: str
    version: str
    product: str
    product_type: str
    hardware_id: str
    architecture: str
    soc: str
    build_date: str
    disks: tuple[Disk, ...]
    groups: tuple[Group, ...] = ()
    apis: tuple[tuple[str, str, str], ...] = _COMMON_APIS
    device_info_version: str = "1.3"
    closes_after_401: bool = False
    discovery_needs_login: bool = False
    device_info_needs_login: bool = False
    documented_disk_attributes: bool = True
    brute_force: BruteForce | None = None
    topic_ending: str = ""

    @property
    def default_disk(self) -> str:
        return self.disks[0].diskid


def _groups_of_a_vms(disk_id: str) -> tuple[Group, ...]:
    """Return four groups per camera, as a VMS creates them: low and high, continuous and motion, 30 days."""
    return tuple(
        Group(
            recording_group_id=f"{level}_{mac}_0_{kind}",
            nice_name=f"{level} {mac}_0",
            description=f"Recording group for {mac}_0",
            retention_time=720,
            disk_id=disk_id,
            stream_options=f"device={mac}&streamprofile=ACC_{level}_{mac}_0&camera=1",
            pre_duration=pre_duration,
        )
        for mac in _CAMERAS_OF_THE_RECORDER
        for kind, pre_duration in (("C", 0), ("M", 5000))
        for level in ("Low", "High")
    )


CAMERA_10_12 = Profile(
    name="camera_10_12",
    version="10.12.228",
    product="P3245-LVE",
    product_type="Network Camera",
    hardware_id="7DE",
    architecture="armv7hf",
    soc="Axis Artpec-7",
    build_date="Feb 14 2024 09:12",
    disks=_CAMERA_DISKS,
    device_info_version="1.2",
    closes_after_401=True,
    discovery_needs_login=True,
    documented_disk_attributes=False,
    topic_ending="//.",
)
CAMERA_12_9 = Profile(
    name="camera_12_9",
    version="12.9.57",
    product="Q1961-TE",
    product_type="Thermal Camera",
    hardware_id="9C7",
    architecture="aarch64",
    soc="Axis Artpec-8",
    build_date="Feb 20 2026 18:22",
    disks=_CAMERA_DISKS,
    apis=(*_COMMON_APIS, ("device-config", "1.0", "Device Configuration APIs")),
    brute_force=BruteForce(),
)
RECORDER_S3008 = Profile(
    name="recorder_s3008",
    version="12.6.104",
    product="S3008",
    product_type="Network Video Recorder",
    hardware_id="8F1",
    architecture="aarch64",
    soc="NXP i.MX8",
    build_date="Sep 02 2025 11:40",
    disks=_RECORDER_DISKS,
    groups=_groups_of_a_vms("HDD_DISK"),
    apis=(*_COMMON_APIS, ("ext-ip-dev-info", "1.0", "External IP device information")),
)
PROFILES = {profile.name: profile for profile in (CAMERA_10_12, CAMERA_12_9, RECORDER_S3008)}
