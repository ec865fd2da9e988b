#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_preflight; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_preflight
short_description: Check the retention policy of every host before the first request to any camera
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Checks the variables of the role P(camfleet.axis.retention_policy#role) and the holds of every host of the play. The module fails if any value is
    invalid, and returns all problems with the names of the hosts. It does not connect to cameras.
  - The role and the playbooks of this collection use this module. Use the module to check an inventory, for example before you merge a change, or as the
    first task of your own playbook that uses the role.
  - The module also fails if a variable hides the holds that another place sets for the same host, if the name of a variable with holds is misspelled, or if
    C(hosts) of a hold match no host of the inventory.
  - The module also checks the connection options, such as C(axis_timeout), and the login. If the name of a variable is certainly an abbreviation or a
    misspelling of another variable, such as C(axis_user), the module fails, unless the template of another variable uses this variable.
  - If a variable might be your own, such as C(axis_retry), the module warns. It does not check names that begin neither with C(axis_) nor with
    C(retention_policy_), except for misspelled prefixes of holds, such as C(axisholds).
  - The module also fails if the inventory sets a variable that has an effect only as an extra variable.
  - With O(checked=true), the module assesses the results of a check of every camera before the first write.
  - Run the module once for each play, with C(run_once).
options:
  hosts:
    description:
      - Inventory names of the hosts to check, such as V([entrance-1, entrance-2]). The default is all hosts of the play, including failed ones.
    type: list
    elements: str
  checked:
    description:
      - Whether every camera was checked. The module then assesses the results instead of the variables.
      - The module then fails if recordings may be lost on any host, because C(retention_policy_allow_recording_loss) or
        C(retention_policy_allow_recording_stop) is true, and if an active hold matches no group on any camera to which the hold applies. Such a hold
        protects nothing, for example because it is misspelled. The module does not fail for hosts with C(retention_policy_allow_unmatched_holds).
    type: bool
    default: false
  skipped:
    description:
      - Whether the tags of the run skipped the check of the variables. The module then fails, because no camera would be checked. It does not fail if the
        playbook has its own tag, and C(--tags) selects the tag of a different playbook.
    type: bool
    default: false
  max_fail_percentage:
    description:
      - Maximum percentage of hosts that may fail the check or be unreachable, with O(checked=true). If more hosts do, the roll-out writes nothing.
    type: float
    default: 100
  waves:
    description:
      - Sizes of the waves, such as V(1,10,20%), as numbers or percentages of the hosts that need a change, with O(checked=true). The last size repeats. If
        this option is empty, the waves are the canary, 50 hosts, and then a quarter of the hosts each.
    type: str
  canary:
    description:
      - Whether one host for each kind of change and, if they are known, for each model and firmware comes first, with O(checked=true).
    type: bool
    default: true
notes:
  - The module does not connect to devices, and does not write files.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
seealso:
  - module: camfleet.axis.axis_retention_policy
  - module: camfleet.axis.axis_retention_policy_audit
  - name: Variables
    description: The variables of the role and the playbooks.
    link: https://camfleet.github.io/camfleet.axis/docsite/variables.html
"""

EXAMPLES = r"""
# Fails, and lists all problems, if a variable is invalid on any host. No camera receives a request.
- name: Check the policies of all hosts of the play
  camfleet.axis.axis_retention_policy_preflight:
  run_once: true
"""

RETURN = r"""
problems:
  description: The problems.
  returned: always
  type: list
  elements: dict
  contains:
    hosts:
      description: The hosts with this problem.
      type: list
      elements: str
    problem:
      description: The invalid variable or entry, and what to do about it.
      type: str
  sample: []
duplicates:
  description:
    - By host, the other hosts of the play that have the same address and port, at most 20. The default ports 80 and 443 are one device. Hosts
      that match the pattern of the play but are outside of C(--limit) are compared, too, unless O(hosts) is set. With O(checked=true), also those
      whose device has the same serial number.
    - The role does not connect to these hosts, and reports them as unverified with the error kind C(duplicate_device).
  returned: always
  type: dict
  sample: {gate: [gate-2], gate-2: [gate]}
serials:
  description:
    - By host, the serial number of the device that was checked, with O(checked=true) and without problems; otherwise empty. A host whose device did
      not respond, or shows no serial number, is not in it.
    - The role fails with the error kind C(conflict) if another device responds at the address later, before it sends the password or writes. The
      variable C(axis_serial) of a host overrides this.
  returned: always
  type: dict
  sample: {gate: B8A44F000001}
writes:
  description: The hosts that need a change, in the order of the waves.
  returned: with O(checked=true)
  type: list
  elements: str
  sample: [entrance-1]
write_patterns:
  description: A pattern for each of these hosts; empty if nothing is to be written.
  returned: with O(checked=true)
  type: list
  elements: str
  sample: [entrance-1]
waves:
  description: The number of hosts in each wave.
  returned: with O(checked=true)
  type: list
  elements: int
  sample: [1]
headline:
  description: How many hosts need a change, or why nothing was written.
  returned: with O(checked=true)
  type: str
  sample: 1 of 3 hosts needs a change
stopped:
  description: Why nothing is to be written, if too many hosts failed the check; otherwise V(null).
  returned: with O(checked=true)
  type: str
  sample: null
started:
  description: The time when the task began, in UTC. The report has it as the start of the run.
  returned: without O(checked=true) and O(skipped=true)
  type: str
  sample: "2026-11-27T08:12:01Z"
play:
  description: Identifier of the play. The report uses it to find the results of this play.
  returned: always
  type: str
  sample: 02fc0000-0001-866c-7a45-000000000004
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "hosts": {"type": "list", "elements": "str"},
    "checked": {"type": "bool", "default": False},
    "skipped": {"type": "bool", "default": False},
    "max_fail_percentage": {"type": "float", "default": 100},
    "waves": {"type": "str"},
    "canary": {"type": "bool", "default": True},
}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_retention_policy_preflight."
    )


if __name__ == "__main__":
    main()
