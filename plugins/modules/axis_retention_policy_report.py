#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation and argument spec of axis_retention_policy_report; its action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_report
short_description: Sum up how all hosts stand against their retention policies
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Gathers what the role P(camfleet.axis.retention_policy#role) registered on every host of the play, and puts each host into one class.
  - A host that did not answer is unverified, and one that was never tried is not attempted. Neither counts as compliant.
  - In check mode, what the hosts report as changes was only predicted, so that those hosts count as drifted.
  - Run it once for a play, with C(run_once).
options:
  hosts:
    description:
      - Inventory names of the hosts to sum up. Without it, all hosts of the play, those included that failed.
    type: list
    elements: str
  title:
    description: How the first line begins.
    type: str
    default: Retention policy
  max_fail_percentage:
    description: The share of hosts that may fail or be unreachable before RV(stop) says to go no further. As for a play, it must be exceeded.
    type: float
    default: 100
  directory:
    description:
      - Where the report is written, as a whole path on the controller. It is made where there is none. Without it, nothing is written.
      - Check mode writes it, too, since a report is what an audit is for.
      - The files are called C(retention-audit-) or C(retention-roll-out-), the time in UTC, and a few digits of what is in them, so that
        none takes the place of another.
    type: path
    version_added: 0.2.0
  formats:
    description:
      - Which files are written, one for each.
      - V(html) is one page for people, without anything from a network. V(json) has everything, for programs and for
        M(camfleet.axis.axis_retention_policy_merge). V(csv) has a line for each host, V(markdown) all hosts that are not simply as their
        policy says, and V(junit) a test case for each host, drift as a failure, unverified as an error.
    type: list
    elements: str
    choices: [html, json, csv, markdown, junit]
    default: [html, json]
    version_added: 0.2.0
extends_documentation_fragment:
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - It changes nothing in any mode. The report is written in check mode, too.
  diff_mode:
    support: N/A
    details:
      - It changes nothing.
  action_group:
    support: none
    membership: []
seealso:
  - module: camfleet.axis.axis_retention_policy
  - module: camfleet.axis.axis_retention_policy_outcome
"""

EXAMPLES = r"""
- name: Sum up
  camfleet.axis.axis_retention_policy_report:
    title: Audit of the harbour
    directory: /var/lib/retention-reports
    formats: [html, json, csv]
  run_once: true
  register: report

- name: Show it
  ansible.builtin.debug:
    msg: "{{ report.lines }}"
  run_once: true
"""

RETURN = r"""
lines:
  description: The summary for people, the number of hosts in each class first, then by name all that are not simply compliant.
  returned: always
  type: list
  elements: str
headline:
  description: The number of hosts in each class that has any, and why to stop, if so.
  returned: always
  type: str
stop:
  description: Whether more than O(max_fail_percentage) failed or were unreachable.
  returned: always
  type: bool
summary:
  description:
    - The summary for programs, the number of C(hosts) and of those that are C(compliant), the names of those that are C(changed), C(drifted),
      C(held), C(refused), C(unsupported), C(unverified) and C(not_attempted), of those with a C(critical) finding, the C(reasons) by host, the
      C(policies) with purpose and owner, C(unmanaged) groups by host, and the C(ended_holds) and C(unmatched_holds).
  returned: always
  type: dict
failed_percentage:
  description: The share of hosts that failed or were unreachable. Refused and held ones do not count.
  returned: always
  type: float
  sample: 12.5
failed_hosts:
  description:
    - Hosts that failed or were unreachable, and those that are drifted or refused or have a critical finding where their variable
      C(retention_policy_fail_on_drift) is true.
  returned: always
  type: list
  elements: str
files:
  description: The files of the report, with their whole paths.
  returned: always
  type: list
  elements: str
  sample: [/var/lib/retention-reports/retention-audit-2026-11-27T081502Z-3fa94c1b.html]
failed_host_patterns:
  description:
    - The same hosts as patterns for C(hosts) of a play. They differ from the names where Ansible would cut a name in pieces, and may then
      match other hosts, too.
  returned: always
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "hosts": {"type": "list", "elements": "str"},
    "title": {"type": "str", "default": "Retention policy"},
    "max_fail_percentage": {"type": "float", "default": 100},
    "directory": {"type": "path"},
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
