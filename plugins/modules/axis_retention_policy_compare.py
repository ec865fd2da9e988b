#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_compare; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_compare
short_description: Compare two reports
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Compares two JSON reports of M(camfleet.axis.axis_retention_policy_report) or M(camfleet.axis.axis_retention_policy_merge), and shows which
    findings are new, fixed, worse, better, and still open, which hosts were added and removed, and which policies and holds have changed.
  - Absence is never compliance. What one of the reports does not prove is neither new nor fixed. If the later report does not prove it, it is no
    longer verified; if the earlier one does not, it is newly verified. That is true for hosts, and for each disk if recordings were not verified.
  - Dates, ages, percentages, used space, and numbers of recordings are not compared.
  - The digest of each report that is read is verified. A report that was changed after it was written is an error.
  - The module reads and writes files on the controller, and connects to no device. The playbook C(camfleet.axis.compare_reports) runs it, and prints
    the result.
options:
  reports:
    description:
      - Absolute paths of two JSON reports. They are compared in the order of their times, whatever their order in the list.
      - Reports of different scopes, such as an audit and a roll-out, or a run with a limit and one without it, are compared, too. RV(notes)
        says in what they differ. Hosts outside the limit of a run are not compared.
      - Two reports of different slices, and the same report twice, are refused.
      - Either this option or O(reports_directory) is required.
    type: list
    elements: path
  reports_directory:
    description:
      - Absolute path of a directory with JSON reports. The newest one, by its time and then by its name, that has an earlier report of the same scope is
        compared with the newest of these. Reports have the same scope if type of the run, title, pattern of hosts, and limit are equal.
      - Audits without a limit are preferred, then roll-outs without one, also to newer reports. RV(notes) says if there is a newer report.
      - Files whose names do not end with C(.json), hidden files, subdirectories, earlier comparisons, and reports of slices are not compared. A file
        that is not valid JSON, and a report that is damaged, are errors.
      - Even earlier reports of the same scope show since when a finding is open. At most ten reports, and at most 64 MiB, are read for that.
    type: path
  directory:
    description:
      - Absolute path of the directory for the comparison, on the controller. It may be the directory of the reports. It is created if it does not
        exist. Without this option, no file is written.
    type: path
  formats:
    description: The formats of the comparison.
    type: list
    elements: str
    choices: [html, json, markdown]
    default: [html, json]
  sign_command:
    description:
      - The command that signs the files of the comparison. See O(camfleet.axis.axis_retention_policy_report#module:sign_command).
      - If it fails, the task fails after it has written the files.
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - When the task fails, after it has written its files.
      - V(worse) is a new or worse finding, a host or a finding that is no longer verified, a host that was removed, a host that was added and is not
        compliant, and a finding on a host that was not verified before.
      - V(any) is any difference. Findings that are still open are not a difference.
      - V(never) is only an error, such as a report that cannot be read.
    type: str
    choices: [never, worse, any]
    default: never
extends_documentation_fragment:
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - The module also writes the comparison in check mode.
  diff_mode:
    support: N/A
    details:
      - The module changes no device.
  action_group:
    support: none
    membership: []
seealso:
  - module: camfleet.axis.axis_retention_policy_report
  - module: camfleet.axis.axis_retention_policy_merge
"""

EXAMPLES = r"""
- name: Compare the two newest reports, and fail if a camera is worse
  camfleet.axis.axis_retention_policy_compare:
    reports_directory: /var/lib/retention-reports
    directory: /var/lib/retention-reports/comparisons
    formats: [html, json, markdown]
    fail_on: worse
  run_once: true

- name: Compare two reports, without files
  camfleet.axis.axis_retention_policy_compare:
    reports:
      - /var/lib/retention-reports/first.json
      - /var/lib/retention-reports/second.json
  run_once: true
  register: comparison

- name: Show the new findings
  ansible.builtin.debug:
    msg: "{{ comparison.new }}"
  run_once: true
"""

RETURN = r"""
result:
  description:
    - V(worse), V(changed), or V(unchanged). See O(fail_on).
  returned: success
  type: str
  sample: worse
summary:
  description: The number of hosts that were compared, and of each kind of difference. It is C(summary) of the comparison.
  returned: success
  type: dict
  sample:
    hosts: 303
    new: 1
    fixed: 4
    open: 12
earlier:
  description: The earlier report, with its file, time, scope, and number of hosts in each state.
  returned: success
  type: dict
later:
  description: The later report, likewise.
  returned: success
  type: dict
skipped:
  description: The files of O(reports_directory) that were passed over, each with C(file) and C(reason).
  returned: success
  type: list
  elements: dict
notes:
  description: What limits the comparison, for example that the scopes of the reports differ.
  returned: success
  type: list
  elements: str
new:
  description:
    - The findings that the earlier report proves were not there. Each has C(host), C(kind) (C(group), C(disk), C(hold), or C(host)), the group or
      disk, and C(earlier) and C(later) with verdict, severity, and the fields that differ.
  returned: success
  type: list
  elements: dict
worse:
  description: The findings of both reports that are now more severe, or further from the policy. C(since) is when the finding was first seen.
  returned: success
  type: list
  elements: dict
fixed:
  description: The findings of the earlier report that the later one proves to be compliant.
  returned: success
  type: list
  elements: dict
better:
  description: The findings of both reports that are now less severe, or closer to the policy.
  returned: success
  type: list
  elements: dict
no_longer_verified:
  description: The hosts and findings that the later report does not prove.
  returned: success
  type: list
  elements: dict
newly_verified:
  description: The hosts and findings that the earlier report did not prove.
  returned: success
  type: list
  elements: dict
longer_retention:
  description:
    - The disks whose recordings have to be kept longer than before, and do not reach back that far yet. Recordings that no longer reach back as far as
      the earlier report required are in RV(no_longer_verified).
  returned: success
  type: list
  elements: dict
hosts_added:
  description: The hosts that only the later report has, with their states.
  returned: success
  type: list
  elements: dict
hosts_removed:
  description: The hosts that only the earlier report has, with their states.
  returned: success
  type: list
  elements: dict
devices_replaced:
  description: The hosts that are another device than before, with serial number, model, and firmware of both.
  returned: success
  type: list
  elements: dict
policies_changed:
  description: The policies that differ, with the number of their hosts, and the sentences that were removed and added.
  returned: success
  type: list
  elements: dict
holds_changed:
  description:
    - The holds that were added or removed, that have ended, or that have another end or other hosts. A hold that matches no recording group is a
      finding.
  returned: success
  type: list
  elements: dict
still_unverified:
  description: The hosts that are unverified in both reports, as in the later one. They are not compared.
  returned: success
  type: list
  elements: dict
outside_limit:
  description: The hosts that are outside the limit of one of the runs. They are not compared.
  returned: success
  type: list
  elements: str
lines:
  description: The comparison as text.
  returned: if the task does not fail, or the output is data
  type: list
  elements: str
files:
  description: Absolute paths of the files of the comparison, and of their signatures.
  returned: success
  type: list
  elements: str
signatures:
  description: Absolute paths of the files that O(sign_command) wrote beside the files of the comparison.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "reports": {"type": "list", "elements": "path"},
    "reports_directory": {"type": "path"},
    "directory": {"type": "path"},
    "formats": {
        "type": "list",
        "elements": "str",
        "choices": ["html", "json", "markdown"],
        "default": ["html", "json"],
    },
    # An argument may be a passphrase.
    "sign_command": {"type": "list", "elements": "str", "default": [], "no_log": True},
    "fail_on": {"type": "str", "choices": ["never", "worse", "any"], "default": "never"},
}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_retention_policy_compare."
    )


if __name__ == "__main__":
    main()
