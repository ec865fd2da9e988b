# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option for holds; its spec is ``HOLDS_SPEC`` in ``_options/holds``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the holds."""

    DOCUMENTATION = r"""
options:
  holds:
    description:
      - Recording groups whose recordings must not be lost, for example because a court requires them.
      - Until it ends, a hold overrides all allowances of a task. It also protects the recording actions of the group from changes that could reduce recording.
      - A hold restricts this collection, not the device. The device still deletes recordings that are older than the retention time of the group.
      - Falls back to the host variable C(axis_holds).
    type: list
    elements: dict
    default: []
    suboptions:
      recording_group_id:
        description: ID of the group, or a pattern with V(*), V(?), and V([...]). It is case-sensitive.
        type: str
        required: true
      reason:
        description: Why the recordings are held. Every refusal shows it.
        type: str
        required: true
      owner:
        description: Who can lift the hold.
        type: str
        required: true
      until:
        description:
          - When the hold ends. A hold until a date, such as V(2027-01-31), ends with that day in UTC.
          - To include a time, write V(2027-01-31T12:00:00Z).
        type: str
        required: true
"""
