# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks and their health (VAPIX edge storage, disk management)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ansible_collections.camfleet.axis.plugins.module_utils._errors import CHECK_DEVICE_LOG, DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Disk, DiskDetails, DiskHealth
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response, rejected_call
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import (
    child,
    children,
    parse,
    parse_whole_number,
    text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


# The values that gethealth.cgi returns instead of a percentage.
_WEAR_UNKNOWN = {-1: "not supported", -2: "error", -3: "no disk"}
FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def list_disks(session: Session) -> tuple[Disk, ...]:
    """Return all disks, usable or not (disks/list.cgi, role operator)."""
    return received(tuple(_parse_disk(element) for element in list_disk_elements(session)))


def list_disk_details(session: Session) -> tuple[DiskDetails, ...]:
    """Return all disks with all their attributes (disks/list.cgi, role operator)."""
    found = (
        DiskDetails(
            disk=_parse_disk(element),
            name=element.get("name") or "",
            total_size=_parse_number(element, "totalsize"),
            free_size=_parse_number(element, "freesize"),
            full=_parse_flag(element, "full"),
            filesystem=element.get("filesystem"),
            required_filesystem=element.get("requiredfilesystem"),
            # VAPIX documents the first name, AXIS OS 10 uses the second.
            encryption_enabled=_parse_flag(element, "diskencryptionenabled", "encryptionenabled"),
            encrypted=_parse_flag(element, "diskencrypted"),
            group=element.get("group"),
            cleanup_max_age=_parse_number(element, "cleanupmaxage"),
            cleanup_policy=element.get("cleanuppolicy"),
        )
        for element in list_disk_elements(session)
    )
    return received(tuple(found))


def get_disk_health(session: Session) -> Mapping[str, DiskHealth]:
    """Return the health of each disk by its ID (disks/gethealth.cgi, role operator; AXIS OS 7.20 and newer)."""
    root = parse(session.call(calls.DISK_HEALTH), "HealthStatusResponse")
    failure = child(root, "GeneralError")
    if failure is not None:
        raise _build_error(failure)
    success = child(root, "HealthStatusSuccess")
    if success is None:
        raise malformed_response("The response contains neither <HealthStatusSuccess> nor <GeneralError>")
    health = {element.get("diskid") or "": _parse_health(element) for element in children(success, "HealthStatus")}
    return received(health, "disk_id")


def list_disk_elements(session: Session) -> tuple[Element, ...]:
    """Return the elements of all disks (disks/list.cgi, role operator)."""
    disks = child(parse(session.call(calls.LIST_DISKS, [("diskid", "all")]), "root"), "disks")
    if disks is None:
        raise malformed_response("The list of disks has no <disks>")
    return tuple(children(disks, "disk"))


def _parse_disk(element: Element) -> Disk:
    return Disk(
        element.get("diskid") or "",
        element.get("status") or "",
        locked=element.get("locked") == "yes",
        readonly=element.get("readonly") == "yes",
    )


def _parse_health(element: Element) -> DiskHealth:
    wear = _parse_number(element, "wear")
    unknown = None if wear is not None and wear >= 0 else _WEAR_UNKNOWN.get(wear or 0, "not reported")
    return DiskHealth(
        wear=None if unknown else wear,
        wear_unknown=unknown,
        temperature=_parse_number(element, "temperature"),
        overall_health=_parse_number(element, "overallhealth"),
    )


def _build_error(failure: Element) -> DeviceError:
    code = parse_whole_number(text(child(failure, "ErrorCode")))
    description = text(child(failure, "ErrorDescription"))
    error = "an error without a code" if code is None else f"error {code}"
    return rejected_call(
        calls.DISK_HEALTH, "device_error", error, CHECK_DEVICE_LOG, reason=description, description=description
    )


def _parse_number(element: Element, name: str) -> int | None:
    written = (element.get(name) or "").strip()
    return int(written) if _NUMBER.fullmatch(written) else None


def _parse_flag(element: Element, *names: str) -> bool | None:
    written = next((value for name in names if (value := element.get(name)) is not None), "")
    return FLAGS.get(written.lower())
