#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_summary; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_summary
short_description: Print the summary of a run, regardless of callback plugins
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Prints the lines of M(camfleet.axis.axis_retention_policy_report) as Ansible prints its own messages, so that settings such as C(display_ok_hosts=false)
    and callback plugins for stdout cannot hide them. On a terminal, the lines have the colors of Ansible.
  - The role P(camfleet.axis.retention_policy#role) and the playbooks of this collection use this module. Use the module as the last task of your own
    playbook that builds a report.
  - If the callback plugin for stdout prints data, such as P(ansible.posix.json#callback), the module prints nothing. The result always has the lines.
  - Run the module once for each play, with C(run_once), as the last task.
options:
  lines:
    description: The lines to print, usually RV(camfleet.axis.axis_retention_policy_report#module:lines).
    type: list
    elements: str
    required: true
  is_unreachable:
    description:
      - Whether the host ends as unreachable, with the result of its own task. ansible-core excludes an unreachable host from all later tasks, so no summary
        could follow.
    type: bool
    default: false
notes:
  - The module does not connect to devices, and does not write files.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
seealso:
  - module: camfleet.axis.axis_retention_policy_report
  - plugin: camfleet.axis.axis_retention_policy_summary
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show the summary
  camfleet.axis.axis_retention_policy_summary:
    lines: "{{ report.lines }}"
  run_once: true
"""

RETURN = r"""
lines:
  description: The lines of the summary.
  returned: unless the host ends as unreachable and the lines were printed
  type: list
  elements: str
  sample:
    - "Audit of the retention policies, 2026-11-30 01:02 UTC: 3 hosts: 2 compliant, 0 changed, 0 drifted, 0 held, 1 refused, 0 unsupported, 0 unverified,
      0 not attempted. Read: settings only"
    - "Policy: Shop floor (owner: security@example.com): 3 hosts"
    - "refused (1):"
    - "  recorder-1: entrance refused [warning] retention_time 960 hours (40 days) instead of 720 hours (30 days). Shortening the retention time of recording
      group entrance from 960 hours (40 days) to 720 hours (30 days) deletes all older recordings, which cannot be undone"
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "lines": {"type": "list", "elements": "str", "required": True},
    "is_unreachable": {"type": "bool", "default": False},
}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_retention_policy_summary."
    )


if __name__ == "__main__":
    main()
