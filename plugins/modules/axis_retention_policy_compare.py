#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_compare; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_compare
short_description: Compare two reports of retention policies
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Compares two JSON reports of M(camfleet.axis.axis_retention_policy_report) or M(camfleet.axis.axis_retention_policy_merge), and shows which findings are
    new, fixed, worse, better, and still open, which hosts were added and removed, and which policies and holds changed.
  - The playbook C(camfleet.axis.compare_reports) uses this module, and prints the result. To process the result, for example to create tickets for new
    findings, use the module in your own playbook.
  - A missing result never counts as compliant. If one of the reports does not prove something, the difference is neither new nor fixed. If only the earlier
    report proves it, it is no longer verified. If only the later report proves it, it is newly verified. This applies to hosts, and to each disk if
    recordings were not verified.
  - The module does not compare dates, ages, percentages, used space, and numbers of recordings.
  - The module verifies the digest of each report that it reads. A report that was changed later is an error.
options:
  reports:
    description:
      - Absolute paths of two JSON reports. The module compares them in the order of their times, regardless of their order in the list.
      - The module also compares reports of different scopes, such as an audit and a roll-out, or a run with a limit and a run without a limit. RV(notes)
        lists the differences of the scopes. The module does not compare hosts outside of the limit of a run.
      - The module refuses two reports of different slices, and the same report twice.
      - Either this option or O(reports_directory) is required.
    type: list
    elements: path
  reports_directory:
    description:
      - Absolute path of a directory with JSON reports, such as V(/var/lib/retention-reports). The module finds the newest report, by its time and then by
        its name, that has an earlier report of the same scope, and compares it with the newest of these earlier reports. Reports have the same scope if the
        type of the run, the title, the pattern of hosts, and the limit are equal.
      - The module prefers audits without a limit, then roll-outs without a limit, even if there are newer reports. RV(notes) then mentions the newer
        report.
      - The module ignores files whose names do not end with C(.json), hidden files, subdirectories, earlier comparisons, and reports of slices. Files that
        are not valid JSON, and damaged reports, are errors.
      - To find out since when a finding is open, the module also reads older reports of the same scope, at most ten reports and 64 MiB.
    type: path
  directory:
    description:
      - Absolute path of the directory for the comparison on the controller. It may be the directory of the reports. The module creates a missing directory.
        Without this option, the module writes no files.
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
      - If the command fails, the task writes the files, and then fails.
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - The differences for which the task fails, after it has written its files.
      - V(worse) includes new and worse findings, hosts and findings that are no longer verified, removed hosts, added hosts that are not compliant, and
        findings on hosts that were not verified before.
      - V(worse) is also a hold that was removed before its end, protects fewer hosts or groups, or ends earlier, and a device that was replaced although it
        has recordings under a hold.
      - V(any) includes all differences. Findings that are still open are not differences.
      - With V(never), the task fails only because of an error, such as a report that cannot be read.
    type: str
    choices: [never, worse, any]
    default: never
notes:
  - The module reads and writes files on the controller, and does not connect to devices.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - The module also writes the comparison in check mode.
  idempotent:
    details:
      - The module does not change devices. If O(directory) is set, each run writes new files.
seealso:
  - module: camfleet.axis.axis_retention_policy_report
  - module: camfleet.axis.axis_retention_policy_merge
  - name: Write and compare reports
    description: The reports, and how to compare them.
    link: https://camfleet.github.io/camfleet.axis/docsite/reports.html
  - name: Report format
    description: The fields of the JSON comparison.
    link: https://camfleet.github.io/camfleet.axis/docsite/report_format.html
"""

EXAMPLES = r"""
# The files are written before the task fails.
- name: Compare the two newest reports, and fail if a camera is worse
  camfleet.axis.axis_retention_policy_compare:
    reports_directory: /var/lib/retention-reports
    directory: /var/lib/retention-reports/comparisons
    formats: [html, json, markdown]
    fail_on: worse
  run_once: true

- name: Compare two reports without writing files
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
    hosts: 3
    new: 0
    worse: 1
    fixed: 0
    better: 0
    open: 4
    no_longer_verified: 0
    newly_verified: 0
    longer_retention: 0
    hosts_added: 0
    hosts_removed: 0
    devices_replaced: 0
    held_devices_replaced: 0
    policies_changed: 0
    holds_changed: 0
    holds_weakened: 0
    still_unverified: 0
    outside_limit: 0
earlier:
  description: The earlier report, with its file, time, scope, and number of hosts in each state.
  returned: success
  type: dict
  sample:
    file: /var/lib/retention-reports/retention-audit-2026-11-30T005421Z-2097ccbb.json
    created: "2026-11-30T00:54:21Z"
    content_sha256: 2097ccbbc98c2e81647f2de24697d1ebeb42608c63943eb584ed819b56031056
    collection_version: 0.2.0
    run_type: audit
    run_id: 34353814c66fb243b55ff6dd7cdf3791
    title: Audit of the retention policies
    check_mode: true
    stopped: null
    scope: {pattern: axis, limit: null, not_in_run: 0, inventory_sources: [/home/user/cameras/inventory]}
    hosts: 3
    states: {compliant: 0, non_compliant: 3, unverified: 0}
    recordings_verified: 3
later:
  description: The later report, likewise.
  returned: success
  type: dict
  sample:
    file: /var/lib/retention-reports/retention-audit-2026-11-30T005424Z-c3a0dcfa.json
    created: "2026-11-30T00:54:24Z"
    content_sha256: c3a0dcfaca59b53051e7382ba7a9e046edfbc3fb672eed0bb5069cf7dbbe545f
    collection_version: 0.2.0
    run_type: audit
    run_id: 969e2f97f59b697518fbff84615d4fa4
    title: Audit of the retention policies
    check_mode: true
    stopped: null
    scope: {pattern: axis, limit: null, not_in_run: 0, inventory_sources: [/home/user/cameras/inventory]}
    hosts: 3
    states: {compliant: 0, non_compliant: 3, unverified: 0}
    recordings_verified: 3
skipped:
  description: The files of O(reports_directory) that were passed over, each with C(file) and C(reason).
  returned: success
  type: list
  elements: dict
  sample:
    - file: /var/lib/retention-reports/retention-roll-out-2026-11-30T005426Z-48a516e9.json
      reason: "of another scope: roll-out 'Retention policy' of the hosts 'all'"
notes:
  description: What limits the comparison, for example that the scopes of the reports differ.
  returned: success
  type: list
  elements: str
  sample:
    - "The directory has a newer report of a different scope: audits without a limit are preferred, then roll-outs without one. To compare others, set two files
      instead of a directory."
new:
  description:
    - The findings that the earlier report proves were not there. Each has C(host), C(kind) (C(group), C(disk), C(hold), or C(host)), the group or
      disk, and C(earlier) and C(later) with verdict, severity, and the fields that differ.
  returned: success
  type: list
  elements: dict
  sample: []
worse:
  description: The findings of both reports that are now more severe, or further from the policy. C(since) is when the finding was first seen.
  returned: success
  type: list
  elements: dict
  sample:
    - host: entrance-1
      kind: group
      recording_group_id: entrance
      nice_name: Entrance
      disk_id: null
      since: "2026-11-30T00:54:04Z"
      or_earlier: true
      policy_changed: false
      hold_changed: false
      earlier:
        verdict: refused
        severity: warning
        retention: {expected: 720, found: 960}
        fields: [{field: retention_time, expected: 720, found: 960}]
        reason: >-
          Shortening the retention time of recording group entrance from 960 hours (40 days) to 720 hours (30 days) deletes all older recordings,
          which cannot be undone
      later:
        verdict: drifted
        severity: critical
        retention: {expected: 720, found: 48}
        fields: [{field: retention_time, expected: 720, found: 48}]
        reason: retention_time 48 hours (2 days) is below the minimum of 168 hours (7 days)
fixed:
  description: The findings of the earlier report that the later one proves to be compliant.
  returned: success
  type: list
  elements: dict
  sample: []
better:
  description: The findings of both reports that are now less severe, or closer to the policy.
  returned: success
  type: list
  elements: dict
  sample: []
open:
  description: The findings of both reports that are neither worse nor better. C(since) is when the finding was first seen.
  returned: success
  type: list
  elements: dict
  sample:
    - host: entrance-2
      kind: group
      recording_group_id: entrance
      nice_name: Entrance
      disk_id: null
      since: "2026-11-30T00:54:21Z"
      or_earlier: true
      policy_changed: false
      hold_changed: false
      earlier: &refused
        verdict: refused
        severity: warning
        retention: {expected: 720, found: 960}
        fields: [{field: retention_time, expected: 720, found: 960}]
        reason: >-
          Shortening the retention time of recording group entrance from 960 hours (40 days) to 720 hours (30 days) deletes all older recordings,
          which cannot be undone
      later: *refused
no_longer_verified:
  description: The hosts and findings that the later report does not prove.
  returned: success
  type: list
  elements: dict
  sample: []
newly_verified:
  description: The hosts and findings that the earlier report did not prove.
  returned: success
  type: list
  elements: dict
  sample: []
longer_retention:
  description:
    - The disks whose recordings have to be kept longer than before, and do not reach back that far yet. Recordings that no longer reach back as far as
      the earlier report required are in RV(no_longer_verified).
  returned: success
  type: list
  elements: dict
  sample: []
hosts_added:
  description: The hosts that only the later report has, with their states.
  returned: success
  type: list
  elements: dict
  sample: []
hosts_removed:
  description: The hosts that only the earlier report has, with their states.
  returned: success
  type: list
  elements: dict
  sample: []
devices_replaced:
  description:
    - The hosts that are another device than before, with serial number, model, and firmware of both, and C(holds) on recordings of the former one.
  returned: success
  type: list
  elements: dict
  sample: []
policies_changed:
  description: The policies that differ, with the number of their hosts, and the sentences that were removed and added.
  returned: success
  type: list
  elements: dict
  sample: []
holds_changed:
  description:
    - The holds that were added or removed, that have ended, or that have another end or other hosts. A hold that matches no recording group is a
      finding. C(hosts_weakened) are the hosts on which a hold protects less than before, although it has not reached its end.
  returned: success
  type: list
  elements: dict
  sample: []
still_unverified:
  description: The hosts that are unverified in both reports, as in the later one. They are not compared.
  returned: success
  type: list
  elements: dict
  sample: []
outside_limit:
  description: The hosts that are outside the limit of one of the runs. They are not compared.
  returned: success
  type: list
  elements: str
  sample: []
lines:
  description: The comparison as text.
  returned: if the task does not fail, or the output is data
  type: list
  elements: str
  sample:
    - "Comparison of 3 hosts, worse: 1 worse, 4 still open"
    - "Earlier: audit of 2026-11-30 00:54 UTC, 3 hosts: 0 compliant, 3 non-compliant, 0 unverified"
    - "Later: audit of 2026-11-30 00:54 UTC, 3 hosts: 0 compliant, 3 non-compliant, 0 unverified"
    - "Worse (1):"
    - "  entrance-1: entrance retention 2 days, policy 30 days [critical]; was retention 40 days, policy 30 days [warning], open since 2026-11-30 00:54 UTC or
      earlier"
files:
  description: Absolute paths of the files of the comparison, and of their signatures.
  returned: success
  type: list
  elements: str
  sample:
    - /var/lib/retention-reports/retention-comparison-2026-11-30T005426Z-f46cbff1.html
    - /var/lib/retention-reports/retention-comparison-2026-11-30T005426Z-f46cbff1.json
    - /var/lib/retention-reports/retention-comparison-2026-11-30T005426Z-f46cbff1.html.sig
    - /var/lib/retention-reports/retention-comparison-2026-11-30T005426Z-f46cbff1.json.sig
signatures:
  description: Absolute paths of the files that O(sign_command) wrote beside the files of the comparison.
  returned: success
  type: list
  elements: str
  sample:
    - /var/lib/retention-reports/retention-comparison-2026-11-30T005426Z-f46cbff1.html.sig
    - /var/lib/retention-reports/retention-comparison-2026-11-30T005426Z-f46cbff1.json.sig
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
