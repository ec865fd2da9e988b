#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_audit; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_audit
short_description: Check all cameras of a play against their retention policies in one task
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Compares every device of the play with its retention policy, many devices at the same time, and returns the result of each device. The module never
    writes to a device.
  - The playbooks C(camfleet.axis.audit) and C(camfleet.axis.roll_out) use this module. To process the results of an audit, use the module in your own
    playbook.
  - The module first checks the variables of every host as M(camfleet.axis.axis_retention_policy_preflight) does. If any variable is invalid, no device
    receives a request. The result of each device is the result of M(camfleet.axis.axis_retention_policy) in check mode.
  - A task for each host would need a process for each host, which costs several times as much as the check of a camera. This module needs only a few
    processes for all hosts.
  - The module runs once for each play, with or without C(run_once), but evaluates conditions (C(when)) for each host. A host that a condition excludes
    receives no request, and has C(skipped) in its result.
  - For each host, the module reads the policy from the variables of the role P(camfleet.axis.retention_policy#role), and the connection settings from
    C(axis_*) variables.
options:
  hosts:
    description:
      - Inventory names of the hosts to check, such as V([entrance-1, entrance-2]). The default is all hosts of the play, including failed ones.
    type: list
    elements: str
  serials:
    description:
      - The serial numbers that an earlier check of this run found, by inventory name. If a different device responds at an address, it receives no login.
    type: dict
    default: {}
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
  device_info:
    description:
      - Whether to read the model and firmware of each device, as with O(camfleet.axis.axis_retention_policy#module:device_info).
    type: bool
    default: false
notes:
  - The user needs the role viewer on the devices, or the role operator if C(retention_policy_verify_recordings) is true.
extends_documentation_fragment:
  - camfleet.axis.attributes.fleet
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
seealso:
  - module: camfleet.axis.axis_retention_policy
  - module: camfleet.axis.axis_retention_policy_preflight
  - module: camfleet.axis.axis_retention_policy_report
  - name: Audit a fleet
    description: How to audit a fleet.
    link: https://camfleet.github.io/camfleet.axis/docsite/audits.html
"""

EXAMPLES = r"""
- name: Check every camera
  camfleet.axis.axis_retention_policy_audit:
  run_once: true
  register: audit

# The result of a camera that could not be read has no compliant.
- name: Show the compliant cameras
  ansible.builtin.debug:
    msg: "{{ audit.results | dict2items | selectattr('value.compliant', 'defined') | selectattr('value.compliant') | map(attribute='key') }}"
  run_once: true
"""

RETURN = r"""
results:
  description:
    - By host, what M(camfleet.axis.axis_retention_policy) returns in check mode. Empty if a variable is invalid. A host that was not attempted, because too
      many devices rejected its login, has the error kind C(not_attempted).
  returned: always
  type: dict
  sample:
    entrance-1:
      changed: false
      changes: []
      compliant: true
      device:
        host: 192.0.2.10
        serial: ACCC8E000001
      findings:
        - recording_group_id: entrance
          nice_name: Entrance
          disk_id: null
          verdict: compliant
          severity: info
          differences: []
          reason: null
      other_groups: []
      policy_digest: 59277c046d62092e448173ee56e3fdf71b3f849bb8f7d85b1a2efcba9b2e5243
      recording_groups:
        - recording_group_id: entrance
          nice_name: Entrance
          description: ""
          retention_time: 720
          disk_id: SD_DISK
          stream_options: resolution=1920x1080&camera=1
          pre_duration: 0
          post_duration: 0
      refused: []
problems:
  description: What is invalid in the variables, as M(camfleet.axis.axis_retention_policy_preflight) returns it.
  returned: always
  type: list
  elements: dict
  sample: []
duplicates:
  description: By host, the other hosts that have the same address and port. These hosts receive no request.
  returned: always
  type: dict
  sample: {gate: [gate-2], gate-2: [gate]}
started:
  description: The time when the task began, in UTC. The report has it as the start of the run.
  returned: if the variables of all hosts are valid
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
    "serials": {"type": "dict", "default": {}},
    "connections": {"type": "int", "default": 64},
    "max_login_failures": {"type": "int", "default": 5},
    "device_info": {"type": "bool", "default": False},
}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_retention_policy_audit."
    )


if __name__ == "__main__":
    main()
