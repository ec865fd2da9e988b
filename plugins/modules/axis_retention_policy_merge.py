#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_merge; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_merge
short_description: Merge the reports of the slices of one run into one report
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Merges the reports of the slices of one run into one report that counts every host once. If AWX runs a job in slices, each slice is a separate play
    with its own report.
  - The playbook C(camfleet.axis.merge_reports) uses this module. To process the result, use the module in your own playbook.
  - RV(missing) lists expected hosts that were not in any of the runs, for example because every run excluded them with C(--limit). They count as
    unverified. If there are such hosts, or if the report of a slice is missing, the task writes the report, and then fails. To merge without such a host,
    exclude it with O(hosts), or with C(--limit).
  - The module refuses reports of different runs or of different policies, and files that are not exactly as M(camfleet.axis.axis_retention_policy_report)
    wrote them. Reports of one run have the same run ID (see O(camfleet.axis.axis_retention_policy_report#module:run_id)), are at most 12 hours apart, and
    are not from the future. The module never merges reports without a run ID with other reports.
options:
  reports:
    description:
      - Absolute paths of the JSON files that M(camfleet.axis.axis_retention_policy_report) wrote, one for each slice. The module ignores merged reports.
      - Either this option or O(reports_directory) is required.
    type: list
    elements: path
  reports_directory:
    description:
      - Absolute path of a directory with the reports of the slices, such as V(/srv/reports/2026-48/slices). The module reads all files whose names end with
        C(.json), except hidden files, and ignores merged reports.
    type: path
  max_age:
    description: Maximum age of a report, in hours. The module refuses older reports, because they are probably of a different run.
    type: int
    default: 24
  hosts:
    description: Inventory names of all expected hosts, such as V([entrance-1, entrance-2]). The default is all hosts of the play.
    type: list
    elements: str
  different_policies:
    description: Whether hosts with the same purpose and owner may have different policies. If V(false), the module refuses reports without a common policy.
    type: bool
    default: false
  directory:
    description:
      - Absolute path of the directory for the report on the controller, such as V(/srv/reports/2026-48). It may be the directory of the slice reports.
    type: path
    required: true
  formats:
    description: The formats of the report. See O(camfleet.axis.axis_retention_policy_report#module:formats).
    type: list
    elements: str
    choices: [html, json, csv, markdown, junit, openmetrics]
    default: [html, json]
  sign_command:
    description:
      - The command that signs the files of the merged report. See O(camfleet.axis.axis_retention_policy_report#module:sign_command).
      - If the command fails, the task writes the report, and then fails.
    type: list
    elements: str
    default: []
notes:
  - The module reads and writes files on the controller, and does not connect to devices.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - The module also writes the report in check mode.
  idempotent:
    details:
      - The module does not change devices. Each run writes new files.
seealso:
  - module: camfleet.axis.axis_retention_policy_report
  - module: camfleet.axis.axis_retention_policy_compare
  - name: Scale to large fleets
    description: How to divide a run into slices.
    link: https://camfleet.github.io/camfleet.axis/docsite/scaling.html
  - name: Set up a weekly audit in AWX
    description: How to audit and roll out with AWX.
    link: https://camfleet.github.io/camfleet.axis/docsite/awx.html
"""

EXAMPLES = r"""
# Fails after it has written the report if a slice or an expected host is missing.
- name: Merge the reports of the slices of this week
  camfleet.axis.axis_retention_policy_merge:
    reports_directory: /srv/reports/2026-48/slices
    directory: /srv/reports/2026-48
    formats: [html, json, csv]
  run_once: true
"""

RETURN = r"""
summary:
  description: The number of hosts in each class. It is C(summary) of the report.
  returned: success
  type: dict
  sample:
    hosts: 3
    states: {compliant: 0, non_compliant: 2, unverified: 1}
    verdicts:
      compliant: 0
      changed: 0
      drifted: 1
      failing_disk: 0
      held: 0
      refused: 1
      insufficient_history: 0
      indeterminate: 0
      unsupported: 0
      unverified: 0
      not_attempted: 0
      not_in_run: 1
    critical: 1
    changed: 0
    groups: 2
    recorded_sources: 2
    recordings_verified: 2
    disks:
      met: 0
      short: 0
      overdue: 0
      insufficient_history: 0
      indeterminate: 0
      conflicting_cleanup: 2
      full: 0
      locked: 0
      missing: 0
lines:
  description:
    - The summary for people, as that of M(camfleet.axis.axis_retention_policy_report), with the missing slices and the critical hosts at the beginning.
      Show it with M(camfleet.axis.axis_retention_policy_summary).
    - If the task fails, it prints these lines instead, unless the output is data.
  returned: success
  type: list
  elements: str
  sample:
    - "Audit of the retention policies, merged from 2 reports, 2026-11-30 00:56 UTC: 3 hosts: 0 compliant, 0 changed, 1 drifted (1 critical), 0 failing disk,
      0 held, 1 refused, 0 insufficient history, 0 indeterminate, 0 unsupported, 0 unverified, 0 not attempted, 1 not in run. Read: settings and recordings
      of 2 hosts, nothing of 1 host; retention proven on 0 hosts"
    - "Critical: 1 host: entrance-1"
missing:
  description: The hosts that were in none of the runs.
  returned: success
  type: list
  elements: str
  sample: [recorder-1]
missing_slices:
  description: The numbers of the slices without a report, if the reports have the number of slices. The task fails.
  returned: success
  type: list
  elements: int
  sample: []
unexpected_hosts:
  description:
    - The hosts of the reports that are not in O(hosts). They are counted, too. With C(--limit), without the hosts that no run checked, which are
      outside of the limit.
  returned: success
  type: list
  elements: str
  sample: [recorder-1]
duplicates:
  description:
    - The hosts whose device has the same serial number as that of another host, in whichever report. They are unverified. The task fails after it
      has written the report.
  returned: success
  type: list
  elements: str
  sample: []
files:
  description:
    - Absolute paths of the files of the report, of the lists of hosts beside it, and of the signatures.
    - If a next step of the summary concerns more than 10 hosts, a list has their patterns, one on each line, for C(--limit @file). Its name
      is that of the report with an ending such as C(-unverified.txt) or C(-recording-loss.txt). Lists are not signed.
  returned: success
  type: list
  elements: str
  sample:
    - /srv/reports/2026-48/retention-audit-2026-11-30T005620Z-2cd5ac2c.html
    - /srv/reports/2026-48/retention-audit-2026-11-30T005620Z-2cd5ac2c.json
signatures:
  description: Absolute paths of the files that O(sign_command) wrote beside the files of the report.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "reports": {"type": "list", "elements": "path"},
    "reports_directory": {"type": "path"},
    "max_age": {"type": "int", "default": 24},
    "hosts": {"type": "list", "elements": "str"},
    "different_policies": {"type": "bool", "default": False},
    "directory": {"type": "path", "required": True},
    "formats": {
        "type": "list",
        "elements": "str",
        "choices": ["html", "json", "csv", "markdown", "junit", "openmetrics"],
        "default": ["html", "json"],
    },
    # An argument may be a passphrase.
    "sign_command": {"type": "list", "elements": "str", "default": [], "no_log": True},
}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_retention_policy_merge."
    )


if __name__ == "__main__":
    main()
