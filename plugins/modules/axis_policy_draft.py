#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_policy_draft; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_policy_draft
short_description: Draft retention policies from the recording groups that the cameras of a play have
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Reads the recording groups of the cameras of a play, and writes a draft of their retention policies to a new directory, as variables of the role
    P(camfleet.axis.retention_policy#role). The module never writes to a device.
  - If you audit with the draft at once, every host that the module could read is compliant, or RV(decisions) says why not.
  - The playbook C(camfleet.axis.draft_policy) uses this module, shows the summary, and fails hosts that the module could not read. To process the result,
    use the module in your own playbook.
  - Settings that most hosts of an inventory group share become variables of the group, in C(group_vars). The module uses the groups of sites
    (C(axis_site_*)), the groups of models (C(axis_model_*)), and the group that the pattern of the play names. If no host is in a group of a site or a
    model, the module uses all inventory groups that have at least two hosts, all of them in the play. Exceptions become variables of the host, in
    C(host_vars).
  - A draft never permits deletions. It describes what is configured, not what is right, and lists the decisions that you have to make.
  - Before the first request, the module checks the directory and the variables of all hosts. If anything is invalid, no device receives a request.
  - RV(unread) lists hosts that are not in the draft. The module could not read them, they are the same device as another host, or they have no recording
    groups, but might have lost a disk with groups. If the module cannot read any host, it fails and writes nothing.
  - With O(coverage=true), the module does not write a draft. It compares the devices with the existing policies of the hosts, and returns what no policy
    covers.
  - The module runs once for each play, with or without C(run_once), but evaluates conditions (C(when)) for each host.
options:
  directory:
    description:
      - Absolute path of a new or empty directory on the controller, such as V(/srv/policy/draft). The parent directory must exist. The module never
        overwrites a file. If it cannot write one of the files, it writes none.
      - This option is required unless O(coverage=true).
    type: path
  hosts:
    description:
      - Inventory names of the hosts to read, such as V([entrance-1, entrance-2]). The default is all hosts of the play, including failed ones.
    type: list
    elements: str
  recording_actions:
    description:
      - Whether to read the recording actions, too. If the policy can describe the recording action of a group, the group becomes an entry of
        C(retention_policy_groups).
    type: bool
    default: false
  coverage:
    description:
      - Whether to compare the devices with the existing policies instead of writing a draft.
    type: bool
    default: false
  connections:
    description:
      - Maximum number of devices to which the module connects at the same time. Regardless of this number, a device receives at most 10 requests per
        second.
    type: int
    default: 64
  max_login_failures:
    description:
      - Number of devices that may reject the same username and password. If no device has accepted them by then, the module does not send them to other
        devices, and reports the remaining hosts as not attempted.
    type: int
    default: 5
notes:
  - The module reads the groups, the disks, the model, and the firmware of each device. It writes only files on the controller.
  - The user needs the role viewer on the devices, and the role operator to read the disks.
extends_documentation_fragment:
  - camfleet.axis.attributes.fleet
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - In check mode, the module reads the devices, but does not write files. RV(files) lists the files that a real run would write.
  idempotent:
    support: none
    details:
      - The directory must be new or empty.
seealso:
  - module: camfleet.axis.axis_retention_policy_audit
  - module: camfleet.axis.axis_recording_group_info
  - module: camfleet.axis.axis_retention_policy_outcome
  - name: Draft a policy
    description: How to draft a policy from existing cameras, and what to decide.
    link: https://camfleet.github.io/camfleet.axis/docsite/draft_policy.html
"""

EXAMPLES = r"""
# The directory must be new or empty. decisions.md in it lists what a person has to decide.
- name: Write a draft of the policies
  camfleet.axis.axis_policy_draft:
    directory: /srv/policy/draft
  run_once: true
  register: draft

- name: Fail hosts that were not read
  camfleet.axis.axis_retention_policy_outcome:
    unread: "{{ draft.unread }}"

# Writes no file. The decisions in the result name the groups that no entry and no rule of a policy matches.
- name: Find groups that no policy covers
  camfleet.axis.axis_policy_draft:
    coverage: true
  run_once: true
"""

RETURN = r"""
directory:
  description: Path of the directory, after following links, or V(null) if none is set.
  returned: success
  type: str
  sample: /srv/policy/draft
files:
  description: The files, in check mode those that a real run would write.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Path of the file.
      type: str
    group:
      description: The inventory group whose variables it has, or V(null).
      type: str
    host:
      description: The host whose variables it has, or V(null).
      type: str
    hosts:
      description: The number of hosts that were read and whose variables it has.
      type: int
  sample:
    - path: /srv/policy/draft/group_vars/axis_site_harbor/retention_policy.yml
      group: axis_site_harbor
      host: null
      hosts: 12
decisions:
  description: What a person has to decide, the most important decisions first.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Stable identifier of the kind of decision.
      type: str
    hosts:
      description: The hosts that it is about.
      type: list
      elements: str
    message:
      description: What was found.
      type: str
    next_step:
      description: What to do about it.
      type: str
    recording_groups:
      description: IDs of the recording groups that it is about.
      type: list
      elements: str
  sample:
    - kind: unlimited
      hosts: [gate-1, gate-2]
      message: Groups High_????????????_0_C keep recordings without a limit
      next_step: Decide how long recordings may be kept, and set retention_time
      recording_groups: [High_ACCC8E000001_0_C, High_ACCC8E000002_0_C]
read_hosts:
  description: The hosts that were read.
  returned: success
  type: list
  elements: str
  sample: [entrance-1, entrance-2, recorder-1]
unread:
  description: The hosts that were not read.
  returned: unless no host was read
  type: list
  elements: dict
  contains:
    host:
      description: Inventory name.
      type: str
    serial:
      description: Serial number of the device, or V(null) if it is not known.
      type: str
    unreachable:
      description: Whether the device did not respond.
      type: bool
    kind:
      description: Stable identifier of the class of error, such as V(authentication) or V(timeout).
      type: str
    reason:
      description: What happened.
      type: str
    next_step:
      description: What to do about it.
      type: str
    msg:
      description: What happened and what to do, with the name of the host.
      type: str
  sample: []
failed_host_patterns:
  description: Patterns that match the hosts in RV(unread), for the C(hosts) of a play.
  returned: success
  type: list
  elements: str
  sample: []
problems:
  description: What is invalid in the variables, each with its hosts. The directory of the run has none.
  returned: always
  type: list
  elements: dict
  sample: []
skipped_hosts:
  description: Hosts that a condition excluded.
  returned: always
  type: list
  elements: str
  sample: []
lines:
  description: The summary for people.
  returned: success
  type: list
  elements: str
  sample: ["Draft of the policies of 12 hosts: 3 files in /srv/policy/draft"]
run_id:
  description: Identifier of the run. The files have it, too.
  returned: success
  type: str
  sample: 5b1c3a0e6f7d8899
play:
  description: Identifier of the play.
  returned: always
  type: str
  sample: 02fc0000-0001-866c-7a45-000000000004
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    "directory": {"type": "path"},
    "hosts": {"type": "list", "elements": "str"},
    "recording_actions": {"type": "bool", "default": False},
    "coverage": {"type": "bool", "default": False},
    "connections": {"type": "int", "default": 64},
    "max_login_failures": {"type": "int", "default": 5},
}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_policy_draft."
    )


if __name__ == "__main__":
    main()
