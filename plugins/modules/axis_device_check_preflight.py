#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_device_check_preflight; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_device_check_preflight
short_description: Check the variables of a device check, and announce what it sends
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Checks the variables of a device check on all hosts of the play before the first request, and prints what the check is going to send.
  - The playbook C(camfleet.axis.device_check) uses this module. Use the module only if you run M(camfleet.axis.axis_device_check) in your own playbook with
    the variables of that playbook.
  - The module fails if a variable C(device_check_*) of a host is invalid or misspelled, if the connection options are invalid, if the play has more than
    five hosts to check, or if experiments are not confirmed with the inventory names of all hosts. It returns all problems.
  - Otherwise, the module prints what the check sends to each host, what it never changes, and what to do after an interruption.
options:
  hosts:
    description:
      - Inventory names of the hosts to check, such as V([entrance-1]). The default is all hosts of the play.
    type: list
    elements: str
notes:
  - The module does not connect to devices.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - The module creates the missing directory C(device_check_dir), except in check mode.
  diff_mode:
    support: none
seealso:
  - module: camfleet.axis.axis_device_check
  - name: Check a model and firmware
    description: How to check a device.
    link: https://camfleet.github.io/camfleet.axis/docsite/device_check.html
"""

EXAMPLES = r"""
- name: Check the variables, and announce what will be sent
  camfleet.axis.axis_device_check_preflight:
  run_once: true
  register: device_check_preflight
"""

RETURN = r"""
problems:
  description: What is wrong with the variables. The task fails if there is anything.
  returned: always
  type: list
  elements: dict
  contains:
    problem:
      description: A sentence, which names the variable.
      type: str
    hosts:
      description: Hosts that have the problem.
      type: list
      elements: str
  sample: []
lines:
  description: The announcement, as lines. Empty if there are problems.
  returned: always
  type: list
  elements: str
  sample:
    - "The device check sends to entrance-1:"
    - "  Reads: at most 60 requests about APIs, authentication, TLS, groups, disks, recordings, rules, and the clock. They change nothing."
    - "  Without device_check_write: true, there are no experiments, and most points stay open."
    - "  Writes <model>-<firmware>.json and .md in /srv/device-profiles."
play:
  description: What identifies the play. The check of a device in the playbook requires the preflight of its own play.
  returned: success
  type: str
  sample: 02fc0000-0001-9e2b-6861-000000000004
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {"hosts": {"type": "list", "elements": "str"}}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_device_check_preflight."
    )


if __name__ == "__main__":
    main()
