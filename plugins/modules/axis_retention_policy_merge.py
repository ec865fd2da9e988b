#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation and argument spec of axis_retention_policy_merge; its action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_merge
short_description: Join the reports of the slices of one run into one
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - A job that AWX runs in slices is several plays, each with a report of its own. This makes one of them, in which every host is counted once.
  - Hosts that are in none of the reports are told, and are unverified.
  - Reports of different runs or of different policies are refused.
  - It reads and writes files on the controller, and asks no device. The playbook C(camfleet.axis.merge_reports) runs it.
options:
  reports:
    description: The JSON files that M(camfleet.axis.axis_retention_policy_report) wrote, one for each slice, with their whole paths.
    type: list
    elements: path
    required: true
  hosts:
    description: Inventory names of all hosts that there ought to be. Without it, all hosts of the play.
    type: list
    elements: str
  different_policies:
    description: Whether hosts of the same purpose and owner may have policies of their own, so that no two reports need to have one in common.
    type: bool
    default: false
  directory:
    description: Where the report is written, as a whole path on the controller. Not where the reports of the slices are.
    type: path
    required: true
  formats:
    description: Which files are written. See O(camfleet.axis.axis_retention_policy_report#module:formats).
    type: list
    elements: str
    choices: [html, json, csv, markdown, junit]
    default: [html, json]
extends_documentation_fragment:
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - It writes the report in check mode, too.
  diff_mode:
    support: N/A
    details:
      - It changes no device.
  action_group:
    support: none
    membership: []
seealso:
  - module: camfleet.axis.axis_retention_policy_report
"""

EXAMPLES = r"""
- name: Join the reports of this week
  camfleet.axis.axis_retention_policy_merge:
    reports: "{{ query('ansible.builtin.fileglob', '/srv/reports/2026-48/slices/*.json') }}"
    directory: /srv/reports/2026-48
    formats: [html, json, csv]
  run_once: true
"""

RETURN = r"""
summary:
  description: The number of hosts, and how many stand how. It is C(summary) of the report.
  returned: success
  type: dict
missing:
  description: The hosts that none of the runs looked at.
  returned: success
  type: list
  elements: str
unexpected_hosts:
  description: The hosts of the reports that are not among O(hosts). They are counted all the same.
  returned: success
  type: list
  elements: str
files:
  description: The files of the report, with their whole paths.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "reports": {"type": "list", "elements": "path", "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "different_policies": {"type": "bool", "default": False},
    "directory": {"type": "path", "required": True},
    "formats": {
        "type": "list",
        "elements": "str",
        "choices": ["html", "json", "csv", "markdown", "junit"],
        "default": ["html", "json"],
    },
}


def main() -> None:
    """There is nothing to do away from the controller: the action plugin of this name does the work."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="This runs on the controller only, by the action plugin of the collection camfleet.axis.")


if __name__ == "__main__":
    main()
