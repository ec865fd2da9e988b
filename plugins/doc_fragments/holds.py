# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option for holds; its spec is ``HOLDS_SPEC`` in ``_specification``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the holds."""

    DOCUMENTATION = r"""
options:
  holds:
    description:
      - Recording groups whose recordings must not be lost, for example because a court asked for them.
      - A hold beats whatever a task allows until it ends. It also keeps what records to the group from being made to record less.
      - It stops this collection, not the clock. The device goes on deleting what is older than the retention time of the group.
      - Falls back to the host variable C(axis_holds).
    type: list
    elements: dict
    default: []
    suboptions:
      recording_group_id:
        description: Id of the group, or a pattern with V(*), V(?) and V([...]). The case counts.
        type: str
        required: true
      reason:
        description: Why the recordings are held. It stands in every refusal.
        type: str
        required: true
      owner:
        description: Who can lift the hold.
        type: str
        required: true
      until:
        description:
          - When the hold ends. A date alone, such as V(2027-01-31), ends with that day in UTC.
          - A moment is written like V(2027-01-31T12:00:00Z).
        type: str
        required: true
"""
