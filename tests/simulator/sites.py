# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plant the groups of two video management systems on a fleet at three sites, and write the list that a person has."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .device import Device
from .models import Group

HEADERS = ("Device name", "IP", "MAC", "Model", "Firmware", "Site", "Port")


@dataclass(frozen=True, slots=True)
class Site:
    """A site, as the list names it, with the groups that its video management system creates on a camera."""

    name: str
    prefix: str
    groups: Callable[[str], Iterator[Group]]


def _harbor(serial: str) -> Iterator[Group]:
    """Yield groups in the convention of the profile recorder_s3008, which was captured."""
    for level, hours in (("High", 720), ("Low", 1440)):
        yield Group(
            recording_group_id=f"{level}_{serial}_0_C",
            nice_name=f"{level} {serial}_0",
            description=f"Recording group for {serial}_0",
            retention_time=hours,
            stream_options=f"streamprofile=ACC_{level}_{serial}_0&camera=1",
        )


def _museum(serial: str) -> Iterator[Group]:
    """Yield groups in an invented convention: random digits between the same beginning and end."""
    digits = hashlib.sha256(serial.encode()).hexdigest()[:8]
    yield Group(recording_group_id=f"rec-{digits}-continuous", nice_name="Continuous", retention_time=672)
    yield Group(recording_group_id=f"rec-{digits}-motion", nice_name="Motion", retention_time=2160, pre_duration=5000)


def _station(serial: str) -> Iterator[Group]:
    """Yield groups in the convention of the harbor, with one retention time for both."""
    for group in _harbor(serial):
        group.retention_time = 336
        yield group


SITES = (
    Site("Harbor", "harbor", _harbor),
    Site("Museum", "museum", _museum),
    Site("Station North", "station", _station),
)
_BY_PREFIX = {site.prefix: site for site in SITES}


def _keep_longer(device: Device) -> None:
    for group in device.groups.values():
        group.retention_time *= 2


def _keep_unlimited(device: Device) -> None:
    next(iter(device.groups.values())).retention_time = 0


def _delete_after_a_week(device: Device) -> None:
    for disk in device.disks.values():
        disk.cleanupmaxage = 7


#: Cameras that differ from the others of their site, by name.
EXCEPTIONS: dict[str, Callable[[Device], None]] = {
    "harbor-002": _keep_longer,
    "harbor-003": lambda device: device.groups.clear(),
    "museum-002": _keep_unlimited,
    "station-002": _delete_after_a_week,
}


def names(count: int) -> Iterator[str]:
    """Yield the names of the devices, with the sites in order and of about the same size."""
    numbers: Counter[str] = Counter()
    for number in range(count):
        prefix = SITES[number * len(SITES) // count].prefix
        numbers[prefix] += 1
        yield f"{prefix}-{numbers[prefix]:03}"


def plant(device: Device) -> None:
    """Plant the groups of its site on a device with a name of `names`, and what makes it an exception."""
    for disk in device.disks.values():
        # Only the groups limit the age of recordings.
        disk.cleanupmaxage = 0
    for group in _BY_PREFIX[_prefix(device)].groups(device.serial):
        device.plant_group(**vars(group) | {"disk_id": device.profile.default_disk})
    if device.name in EXCEPTIONS:
        EXCEPTIONS[device.name](device)


def write_list(devices: Iterable[Device], path: Path) -> None:
    """Write the devices to a file as a spreadsheet program saves *CSV UTF-8*, with semicolons.

    The site of a device with another name is empty.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(HEADERS)
        for device in devices:
            site = _BY_PREFIX[_prefix(device)].name if _prefix(device) in _BY_PREFIX else ""
            mac = ":".join(device.serial[start : start + 2] for start in range(0, 12, 2))
            port = device.port if device.certificate is None else device.tls_port
            rows.writerow((device.name, device.host, mac, device.profile.product, device.profile.version, site, port))


def _prefix(device: Device) -> str:
    return device.name.rpartition("-")[0]
