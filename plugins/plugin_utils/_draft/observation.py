# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run saw on one camera or recorder, from which a draft of a policy is derived."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import DiskDetails
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup


@dataclass(frozen=True, slots=True)
class Observation:
    """One host that responded, and what its device has. A text that is not known is ``None``."""

    #: inventory name
    host: str
    #: host variable ``axis_site``
    site: str | None
    model: str | None
    firmware: str | None
    #: of the device, 12 hexadecimal digits
    serial: str | None
    #: all groups that the device lists
    groups: tuple[RecordingGroup, ...]
    #: what its action service has, or ``None`` if recording actions were not requested or cannot be read
    recording: Actions | None = None
    #: ``None`` if they cannot be read
    disks: tuple[DiskDetails, ...] | None = None
    #: host variable ``axis_serial``; only if it is set, IDs with a serial number can be shared
    listed_serial: str | None = None
