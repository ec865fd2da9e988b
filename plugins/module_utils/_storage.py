# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The storage of a device (VAPIX edge storage API)."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils import _calls
from ansible_collections.camfleet.axis.plugins.module_utils._device import Session
from ansible_collections.camfleet.axis.plugins.module_utils._records import Disk
from ansible_collections.camfleet.axis.plugins.module_utils._xml import child, children, malformed, parse


def list_disks(session: Session) -> tuple[Disk, ...]:
    """The disks, usable or not (disks/list.cgi, operator)."""
    disks = child(parse(session.call(_calls.LIST_DISKS, [("diskid", "all")]), "root"), "disks")
    if disks is None:
        raise malformed("The list of disks has no <disks>")
    return tuple(
        Disk(
            element.get("diskid") or "",
            element.get("status") or "",
            locked=element.get("locked") == "yes",
            readonly=element.get("readonly") == "yes",
        )
        for element in children(disks, "disk")
    )
