# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every VAPIX call of the collection in one table, each marked as a read or a write.

VAPIX uses GET for both, so nothing but this table tells them apart: retries, check mode and the tests rely on it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One CGI: its path, and whether it changes the device."""

    path: str
    write: bool


_GROUP = "/axis-cgi/record/recording_group"

# VAPIX recording group; viewer for the reads, operator for the writes.
SCHEMA_VERSIONS = Call(f"{_GROUP}/schemaversions.cgi", write=False)
LIST_GROUPS = Call(f"{_GROUP}/list.cgi", write=False)
CREATE_GROUP = Call(f"{_GROUP}/create.cgi", write=True)
UPDATE_GROUP = Call(f"{_GROUP}/update.cgi", write=True)
DELETE_GROUP = Call(f"{_GROUP}/delete.cgi", write=True)

# VAPIX edge storage, disk management; operator.
LIST_DISKS = Call("/axis-cgi/disks/list.cgi", write=False)
