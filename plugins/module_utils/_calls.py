# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every VAPIX call of the collection in one table, each marked as a read or a write.

VAPIX uses GET for both, and POST for reads too, so nothing but this table tells them apart: retries, check mode and the
tests rely on it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One CGI: its path, and whether it changes the device.

    :param method: ``GET``, where the query holds the arguments, or ``POST``.
    :param content_type: what the body of a POST is.
    """

    path: str
    write: bool
    method: str = "GET"
    content_type: str | None = None


_JSON = "application/json"


_GROUP = "/axis-cgi/record/recording_group"

# VAPIX recording group; viewer for the reads, operator for the writes.
SCHEMA_VERSIONS = Call(f"{_GROUP}/schemaversions.cgi", write=False)
LIST_GROUPS = Call(f"{_GROUP}/list.cgi", write=False)
CREATE_GROUP = Call(f"{_GROUP}/create.cgi", write=True)
UPDATE_GROUP = Call(f"{_GROUP}/update.cgi", write=True)
DELETE_GROUP = Call(f"{_GROUP}/delete.cgi", write=True)

# VAPIX edge storage, disk management; operator.
LIST_DISKS = Call("/axis-cgi/disks/list.cgi", write=False)
DISK_HEALTH = Call("/axis-cgi/disks/gethealth.cgi", write=False)

# VAPIX edge storage, recordings; viewer.
LIST_RECORDINGS = Call("/axis-cgi/record/list.cgi", write=False)

# VAPIX API discovery: anonymous, but on AXIS OS 9.80 and 10.12. Basic device information: anonymous or operator.
API_DISCOVERY = Call("/axis-cgi/apidiscovery.cgi", write=False, method="POST", content_type=_JSON)
DEVICE_INFORMATION = Call("/axis-cgi/basicdeviceinfo.cgi", write=False, method="POST", content_type=_JSON)
