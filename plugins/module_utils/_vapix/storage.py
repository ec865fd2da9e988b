# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The storage of a device (VAPIX edge storage API)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import child, children, malformed, parse, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


# What gethealth.cgi writes in place of a percentage.
_WEAR_UNKNOWN = {-1: "not supported", -2: "error", -3: "no disk"}
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_CODE = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DiskDetails:
    """All that disks/list.cgi says about one disk; ``None`` is what it does not say."""

    disk: Disk
    name: str
    #: kB
    total_size: int | None
    #: kB
    free_size: int | None
    full: bool | None
    filesystem: str | None
    #: a file system that the device insists on, or ``none``
    required_filesystem: str | None
    encryption_enabled: bool | None
    encrypted: bool | None
    #: the group of parameters, ``S0`` and so on
    group: str | None
    #: days; 0 and 7000, the ends of what can be set, are taken for no limit
    cleanup_max_age: int | None
    #: ``fifo`` or ``none``
    cleanup_policy: str | None

    @property
    def mounted(self) -> bool:
        """Whether its recordings can be listed; a slot without a disk, or a failed one, is listed too."""
        return self.disk.status in {"OK", "connected"}


@dataclass(frozen=True, slots=True)
class DiskHealth:
    """What disks/gethealth.cgi says about one disk; AXIS OS before 9.50 knows the wear only."""

    #: percent, may exceed 100
    wear: int | None
    #: why there is no wear
    wear_unknown: str | None
    #: kelvin
    temperature: int | None
    #: 0 or 1
    overall_health: int | None


def list_disks(session: Session) -> tuple[Disk, ...]:
    """The disks, usable or not (disks/list.cgi, operator)."""
    return tuple(_disk(element) for element in _disk_elements(session))


def list_disk_details(session: Session) -> tuple[DiskDetails, ...]:
    """The disks with all that is said about them (disks/list.cgi, operator)."""
    return tuple(
        DiskDetails(
            disk=_disk(element),
            name=element.get("name") or "",
            total_size=_number(element, "totalsize"),
            free_size=_number(element, "freesize"),
            full=_flag(element, "full"),
            filesystem=element.get("filesystem"),
            required_filesystem=element.get("requiredfilesystem"),
            # The documentation says the first, AXIS OS 10 the second.
            encryption_enabled=_flag(element, "diskencryptionenabled", "encryptionenabled"),
            encrypted=_flag(element, "diskencrypted"),
            group=element.get("group"),
            cleanup_max_age=_number(element, "cleanupmaxage"),
            cleanup_policy=element.get("cleanuppolicy"),
        )
        for element in _disk_elements(session)
    )


def health_of_disks(session: Session) -> Mapping[str, DiskHealth]:
    """The health of each disk by its id (disks/gethealth.cgi, operator; AXIS OS 7.20 and newer)."""
    root = parse(session.call(calls.DISK_HEALTH), "HealthStatusResponse")
    failure = child(root, "GeneralError")
    if failure is not None:
        raise _refusal(failure)
    success = child(root, "HealthStatusSuccess")
    if success is None:
        raise malformed("The answer holds neither <HealthStatusSuccess> nor <GeneralError>")
    return {element.get("diskid") or "": _health(element) for element in children(success, "HealthStatus")}


def _disk_elements(session: Session) -> tuple[Element, ...]:
    disks = child(parse(session.call(calls.LIST_DISKS, [("diskid", "all")]), "root"), "disks")
    if disks is None:
        raise malformed("The list of disks has no <disks>")
    return tuple(children(disks, "disk"))


def _disk(element: Element) -> Disk:
    return Disk(
        element.get("diskid") or "",
        element.get("status") or "",
        locked=element.get("locked") == "yes",
        readonly=element.get("readonly") == "yes",
    )


def _health(element: Element) -> DiskHealth:
    wear = _number(element, "wear")
    unknown = None if wear is not None and wear >= 0 else _WEAR_UNKNOWN.get(wear or 0, "not told")
    return DiskHealth(
        wear=None if unknown else wear,
        wear_unknown=unknown,
        temperature=_number(element, "temperature"),
        overall_health=_number(element, "overallhealth"),
    )


def _refusal(failure: Element) -> DeviceError:
    code, description = text(child(failure, "ErrorCode")), text(child(failure, "ErrorDescription"))
    return DeviceError(
        "device_error",
        f"The device refuses gethealth.cgi with error {code if _CODE.fullmatch(code) else 'none'}"
        + (f": {description.rstrip('.')}" if description else ""),
        "Run again; if it persists, look at the log of the device.",
        description=description,
    )


def _number(element: Element, name: str) -> int | None:
    written = (element.get(name) or "").strip()
    return int(written) if _NUMBER.fullmatch(written) else None


def _flag(element: Element, *names: str) -> bool | None:
    written = next((value for name in names if (value := element.get(name)) is not None), "")
    return _FLAGS.get(written.lower())
