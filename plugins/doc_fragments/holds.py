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
      - Legal holds. Each hold names recording groups whose recordings must not be lost, for example because a court requires them.
      - Until a hold ends, it overrides all allowances of a task. A hold forbids a task to delete the group, to shorten its retention time, or to change its
        stream options, its pre-recording, or its post-recording. It also protects the recording actions of the group from changes that could reduce what
        the device records.
      - A hold restricts this collection, not the device. The device still deletes recordings that are older than the retention time of the group.
      - Holds are cumulative. The module combines the holds of the task, of the host variable C(axis_holds), and of every host variable whose name begins
        with C(axis_holds_), such as C(axis_holds_legal). A source, even an empty list, never removes the holds of another source.
    type: list
    elements: dict
    default: []
    suboptions:
      recording_group_id:
        description: ID of the group, or a pattern with V(*), V(?), and V([...]), such as V(gate_*). Both are case-sensitive.
        type: str
        required: true
      reason:
        description: Why the recordings are held, such as V(Case 4711, letter of 2026-11-02). Every refusal shows it.
        type: str
        required: true
      owner:
        description: Who can lift the hold, such as V(legal@example.com).
        type: str
        required: true
      until:
        description:
          - When the hold ends. A hold until a date, such as V(2027-01-31), ends with that day in UTC.
          - To include a time, write V(2027-01-31T12:00:00Z).
        type: str
        required: true
      hosts:
        description:
          - The hosts to which the hold applies, as names of hosts, names of groups, or patterns with V(*), V(?), and V([...]). All are case-sensitive.
          - Without this option, the hold applies to every host for which it is set. With this option, one list for all hosts can contain the holds of the
            whole fleet.
        type: list
        elements: str
        version_added: 0.2.0
seealso:
  - name: Set a legal hold
    description: How to protect recordings of a site with legal holds.
    link: https://camfleet.github.io/camfleet.axis/docsite/legal_holds.html
"""
