# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device check makes of the disks of a device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import DiskHealth
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import PointRecord
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_xml import build_disk_rules
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import FLAGS

#: What gethealth.cgi returns for a wear that is not known.
_WEAR = {"not supported": -1, "error": -2, "no disk": -3}


def build_disk(values: ShownValues, attributes: Mapping[str, str], health: DiskHealth | None) -> dict[str, Any]:
    """Return a disk as a profile stores it, without its name."""
    rules = build_disk_rules(values)
    disk: dict[str, Any] = {"diskid": rules["diskid"](attributes.get("diskid", "")), "name": ""}
    for name in ("totalsize", "freesize", "cleanuplevel", "cleanupmaxage"):
        if (written := attributes.get(name, "").strip()).isdecimal():
            disk[name] = int(written)
    for name in ("cleanuppolicy", "filesystem", "status", "group"):
        if written := attributes.get(name, ""):
            disk[name] = rules[name](written)
    for name in ("locked", "full", "readonly"):
        if (flag := FLAGS.get(attributes.get(name, "").lower())) is not None:
            disk[name] = flag
    disk |= {"wear": _WEAR["not supported"], "temperature": None, "overallhealth": None}
    if health is not None:
        disk |= {"temperature": health.temperature, "overallhealth": health.overall_health}
        disk["wear"] = _WEAR.get(health.wear_unknown or "", -1) if health.wear is None else health.wear
    return disk


def answer_disk_attributes(point: PointRecord, disks: Sequence[Mapping[str, str]]) -> None:
    """Answer the point `disk_attributes`."""
    names = {name for disk in disks for name in disk}
    if "diskencryptionenabled" in names:
        point.answer("documented")
    elif "encryptionenabled" in names:
        point.answer("shortened")
    else:
        point.skip("The device lists no disk with such an attribute." if disks else "The device lists no disk.")
