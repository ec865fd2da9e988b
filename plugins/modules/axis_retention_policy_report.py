#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_report; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_report
short_description: Report how all hosts comply with their retention policies
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Builds the report of a run from the results that the role P(camfleet.axis.retention_policy#role) registered on every host of the play. The module
    assigns each host to one class, and writes the report to files if O(directory) is set.
  - The role and the playbooks of this collection use this module. Use the module in your own playbook if the playbook uses the role, and needs a different
    title, directory, or format for each part.
  - An unreachable host is unverified. If the run ended before a host, the host is not attempted. Neither counts as compliant.
  - In check mode, changes are predictions, so hosts with changes count as drifted.
  - Run the module once for each play, with C(run_once).
options:
  hosts:
    description:
      - Inventory names of the hosts to report, such as V([entrance-1, entrance-2]). The default is all hosts of the play, including failed ones.
    type: list
    elements: str
  title:
    description: Title of the report, such as V(Audit of the harbor). The first line begins with it.
    type: str
    default: Retention policy
  max_fail_percentage:
    description: Maximum percentage of hosts that may fail or be unreachable. If more do, RV(stop) is V(true).
    type: float
    default: 100
  publish:
    description: Whether to publish RV(summary) as the custom statistic C(retention_policy) of the run, as M(ansible.builtin.set_stats) does.
    type: bool
    default: false
  waves:
    description: The number of hosts in each wave of the play, such as V([1, 10, 40]), for RV(headline).
    type: list
    elements: int
    default: []
  directory:
    description:
      - Absolute path of the directory for the report on the controller, such as V(/var/lib/retention-reports). The module creates a missing directory.
        Without this option, the module writes no files.
      - Check mode also writes the report, because audits run in check mode.
      - Files have at most the mode 0640, and directories that the module creates have at most the mode 0750. The umask restricts both further.
      - File names consist of C(retention-audit-), C(retention-roll-out-), or, for a roll-out in check mode, C(retention-roll-out-check-), the time in
        UTC, and the first digits of C(content_sha256), so no file overwrites another.
    type: path
  formats:
    description:
      - The formats of the report. Each format is one file.
      - V(html) is a self-contained page. V(json) has all data, for programs and for M(camfleet.axis.axis_retention_policy_merge). V(csv) has a line for
        each recording group and each verified disk. V(markdown) lists all hosts that are not compliant or have findings. V(junit) has a test case for each
        host. Drift and failing disks are failures, unverified hosts are errors, and holds and recordings that prove nothing are skipped.
      - V(openmetrics) has the numbers of the run for the textfile collector of node_exporter. Each audit of all hosts replaces C(retention_policy.prom)
        atomically. Roll-outs, runs with C(--limit), and roll-outs in check mode have separate files, so they do not resolve alerts of an audit. The mode is
        at most 0644, because the collector runs as a different user.
    type: list
    elements: str
    choices: [html, json, csv, markdown, junit, openmetrics]
    default: [html, json]
  sign_command:
    description:
      - The command that signs the files, as a list of arguments, such as V([gpg, --batch, --detach-sign, "{path}"]). The module writes the files, and then
        runs the command on the controller, once for each file. It replaces V({path}) in an argument with the path of the file. If no argument has
        V({path}), the path becomes the last argument.
      - The command runs without a shell. It has no terminal and no standard input, so it cannot request a passphrase. The time limit is 60 seconds for each
        file.
      - The module does not sign files of V(openmetrics), because each run replaces them.
      - If the command cannot be started, exits with a nonzero status, or exceeds the time limit, the files remain. The task builds the report, and then
        fails. In the role, a host fails at the end of the run instead.
      - If the command changes or removes a file, the module writes the file again.
    type: list
    elements: str
    default: []
  run_id:
    description:
      - The identifier that all slices of one run share. M(camfleet.axis.axis_retention_policy_merge) merges only reports with the same run ID.
      - The default is the number of the AWX workflow job, which all slices of a job share. Without AWX, the default is a random value that all reports of
        one C(ansible-playbook) share, so set the same value for all slices of a run, and a different value for each run.
    type: str
  approved_by:
    description:
      - The person or ticket that approved the run, such as V(Change 4711, J. Doe). The report shows the approval.
    type: str
notes:
  - The module writes files on the controller, and connects to no device.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - The module also writes the report in check mode, because audits run in check mode.
  idempotent:
    details:
      - The module does not change devices. If O(directory) is set, each run writes new files.
seealso:
  - module: camfleet.axis.axis_retention_policy
  - module: camfleet.axis.axis_retention_policy_merge
  - module: camfleet.axis.axis_retention_policy_compare
  - module: camfleet.axis.axis_retention_policy_summary
  - module: camfleet.axis.axis_retention_policy_outcome
  - name: Write and compare reports
    description: The reports and their formats.
    link: https://camfleet.github.io/camfleet.axis/docsite/reports.html
  - name: Report format
    description: The fields of the JSON report.
    link: https://camfleet.github.io/camfleet.axis/docsite/report_format.html
  - name: Sign and verify reports
    description: How to sign and verify reports.
    link: https://camfleet.github.io/camfleet.axis/docsite/verifying_reports.html
"""

EXAMPLES = r"""
# Run it after the role. The directory is created if it does not exist.
- name: Build the report as HTML, JSON, and CSV
  camfleet.axis.axis_retention_policy_report:
    title: Audit of the harbor
    directory: /var/lib/retention-reports
    formats: [html, json, csv]
  run_once: true
  register: report

- name: Show the summary
  ansible.builtin.debug:
    msg: "{{ report.lines }}"
  run_once: true
"""

RETURN = r"""
lines:
  description: >-
    The summary as text. The number of hosts in each class, what was verified, the names of all hosts that are not compliant or have findings, and what
    to do about them.
  returned: always
  type: list
  elements: str
  sample:
    - "Audit of the retention policies, 2026-11-30 01:02 UTC: 3 hosts: 2 compliant, 0 changed, 0 drifted, 0 held, 1 refused, 0 unsupported, 0 unverified,
      0 not attempted. Read: settings only"
    - "Policy: Shop floor (owner: security@example.com): 3 hosts"
    - "refused (1):"
    - "  recorder-1: entrance refused [warning] retention_time 960 hours (40 days) instead of 720 hours (30 days). Shortening the retention time of recording
      group entrance from 960 hours (40 days) to 720 hours (30 days) deletes all older recordings, which cannot be undone"
headline:
  description: The number of hosts in each class that is not empty. If RV(stop) is V(true), also the reason.
  returned: always
  type: str
  sample: "Retention policy: 3 hosts: 1 drifted (1 critical), 2 refused"
stop:
  description: Whether more than O(max_fail_percentage) of the hosts failed or were unreachable.
  returned: always
  type: bool
  sample: false
stopped:
  description: Why the run stops, as a sentence for the report at its end. It is V(null) if RV(stop) is V(false).
  returned: always
  type: str
  sample: "The run stopped after wave 1 of 3: 50% of the hosts of this wave failed or were unreachable (maximum: 10%)"
summary:
  description: The summary as data. With C(--limit), it also has C(limit).
  returned: always
  type: dict
  contains:
    checked_at:
      description: Time of the summary, in UTC.
      type: str
    hosts:
      description: The number of hosts.
      type: int
    states:
      description: The number of hosts in each of the states V(compliant), V(non_compliant), and V(unverified).
      type: dict
    recordings_verified:
      description: The number of hosts whose recordings were read.
      type: int
    compliant:
      description: The number of compliant hosts without changes.
      type: int
    changed:
      description: The hosts that are compliant after changes.
      type: list
      elements: str
    drifted:
      description: The hosts that differ from their policy.
      type: list
      elements: str
    failing_disk:
      description: The hosts with a disk that is not proven to keep recordings as the policy says.
      type: list
      elements: str
    held:
      description: The hosts with a group that a hold protects from a change, or whose held recordings may be deleted.
      type: list
      elements: str
    refused:
      description: The hosts with a change that requires an allowance or is not possible.
      type: list
      elements: str
    insufficient_history:
      description: The hosts whose recordings do not reach back far enough to prove the retention, and whose disks have free space.
      type: list
      elements: str
    indeterminate:
      description: The hosts whose recordings cannot prove the retention.
      type: list
      elements: str
    unsupported:
      description: The hosts whose device does not have the recording group API.
      type: list
      elements: str
    unverified:
      description: The hosts that could not be read.
      type: list
      elements: str
    not_attempted:
      description: The hosts that the run did not reach.
      type: list
      elements: str
    critical:
      description: The hosts with a critical finding. An active hold that matches no group on any host of the run makes each of its hosts critical.
      type: list
      elements: str
    reasons:
      description: By host, why it is in its class.
      type: dict
    policies:
      description: The policies, each with C(purpose), C(owner), and the number of C(hosts).
      type: list
      elements: dict
    losses:
      description: By host, the changes that lose recordings, or may lose them.
      type: dict
    recording_changes:
      description: By host, the changes that end or replace a recording action.
      type: dict
    unmanaged:
      description: By host, the IDs of the groups that no entry and no rule of the policy matches.
      type: dict
    ended_holds:
      description: The holds that have ended, each with C(recording_group_id), C(reason), C(owner), C(until), the number of C(hosts), and C(examples) of them.
      type: list
      elements: dict
    unmatched_holds:
      description: The active holds that match no group on any host of the run, in the same form.
      type: list
      elements: dict
  sample:
    changed: []
    checked_at: '2026-11-30T00:54:26Z'
    compliant: 0
    critical:
      - entrance-1
    drifted:
      - entrance-1
    ended_holds: []
    failing_disk: []
    held: []
    hosts: 3
    indeterminate: []
    insufficient_history: []
    losses: {}
    not_attempted: []
    policies:
      - hosts: 3
        owner: security@example.com
        purpose: Shop floor
    reasons:
      recorder-1: entrance refused [warning] retention_time 960 hours (40 days) instead of 720 hours (30 days). Shortening the retention time
        of recording group entrance from 960 hours (40 days) to 720 hours (30 days) deletes all older recordings, which cannot be undone; disk
        HDD_DISK indeterminate [info] 9 groups share the disk, and recordings do not name their group
    recording_changes: {}
    recordings_verified: 3
    refused:
      - entrance-2
      - recorder-1
    states:
      compliant: 0
      non_compliant: 3
      unverified: 0
    unmanaged:
      recorder-1:
        - High_B8A44F0A1B01_0_C
    unmatched_holds: []
    unsupported: []
    unverified: []
failed_percentage:
  description: Percentage of hosts that failed or were unreachable. Refused and held hosts do not count.
  returned: always
  type: float
  sample: 12.5
failed_hosts:
  description:
    - Hosts that failed or were unreachable. If the variable C(retention_policy_fail_on_drift) of a host is true, it is also in this list if it
      is drifted or refused, or has a failing disk or a critical finding. Recordings that prove nothing fail no host.
    - In the role, if there is no such host, the hosts that were not attempted.
  returned: always
  type: list
  elements: str
  sample: [gate-1]
play:
  description: The play whose results these are, which the preflight returned.
  returned: always
  type: str
  sample: 02fc0000-0001-ab7e-6afe-000000000004
skipped_hosts:
  description: Hosts whose task a condition skipped. They are also in RV(failed_hosts), but the same condition skips any task that could fail them.
  returned: always
  type: list
  elements: str
  sample: []
summary_host:
  description: A host of the batch for M(camfleet.axis.axis_retention_policy_summary), one that is not in RV(failed_hosts) if possible.
  returned: always
  type: str
  sample: entrance-1
all_unreachable:
  description: Whether every host of the batch is unreachable, so no task can follow once RV(summary_host) has that status.
  returned: always
  type: bool
  sample: false
duplicates:
  description:
    - By host, the other hosts of the run whose device has the same serial number, at most 20. These hosts are unverified with the error kind
      C(duplicate_device), whatever their task returned.
  returned: always
  type: dict
  sample: {gate: [gate-2], gate-2: [gate]}
files:
  description:
    - Absolute paths of the files of the report, of the lists of hosts beside it, and of the signatures.
    - If a next step of the summary concerns more than 10 hosts, a list has their patterns, one on each line, for C(--limit @file). Its name
      is that of the report with an ending such as C(-unverified.txt) or C(-recording-loss.txt). Lists are not signed.
  returned: always
  type: list
  elements: str
  sample: [/var/lib/retention-reports/retention-audit-2026-11-27T081502Z-3fa94c1b.html]
signatures:
  description: Absolute paths of the files that O(sign_command) wrote beside the files of the report, with their names as the beginning.
  returned: always
  type: list
  elements: str
  sample: [/var/lib/retention-reports/retention-audit-2026-11-27T081502Z-3fa94c1b.html.sig]
signing_failure:
  description: Why files are not signed, or an empty text.
  returned: always
  type: str
  sample: ""
failed_host_patterns:
  description:
    - The same hosts as patterns for C(hosts) of a play. A pattern differs from the name if Ansible would split the name, and may then match
      other hosts, too.
  returned: always
  type: list
  elements: str
  sample: [gate-1]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "hosts": {"type": "list", "elements": "str"},
    "title": {"type": "str", "default": "Retention policy"},
    "max_fail_percentage": {"type": "float", "default": 100},
    "directory": {"type": "path"},
    "run_id": {"type": "str"},
    "approved_by": {"type": "str"},
    "publish": {"type": "bool", "default": False},
    "waves": {"type": "list", "elements": "int", "default": []},
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
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_retention_policy_report."
    )


if __name__ == "__main__":
    main()
