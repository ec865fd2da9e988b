#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation and argument spec of axis_retention_policy_preflight; its action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_preflight
short_description: Check the retention policy of every host before the first request to any camera
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Reads the variables of the role P(camfleet.axis.retention_policy#role) and C(axis_holds) for every host of the play, and fails with all
    that is wrong in them, the hosts named. No camera is asked.
  - It fails, too, when a variable that Ansible takes from extra variables only is set in the inventory, where it would have no effect.
  - Run it once for a play, with C(run_once).
options:
  hosts:
    description:
      - Inventory names of the hosts to check. Without it, all hosts of the play, those included that failed.
    type: list
    elements: str
extends_documentation_fragment:
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - It changes nothing in any mode.
  diff_mode:
    support: N/A
    details:
      - It changes nothing.
  action_group:
    support: none
    membership: []
seealso:
  - module: camfleet.axis.axis_retention_policy
"""

EXAMPLES = r"""
- name: Check the policies of all hosts of the play
  camfleet.axis.axis_retention_policy_preflight:
  run_once: true
"""

RETURN = r"""
problems:
  description: What is wrong.
  returned: always
  type: list
  elements: dict
  contains:
    hosts:
      description: The hosts that it is wrong for.
      type: list
      elements: str
    problem:
      description: Which entry, and what to do about it.
      type: str
  sample: []
play:
  description: What tells the play from every other, so that the report knows the results of this play.
  returned: always
  type: str
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {"hosts": {"type": "list", "elements": "str"}}


def main() -> None:
    """There is nothing to do away from the controller: the action plugin of this name does the work."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="This runs on the controller only, by the action plugin of the collection camfleet.axis.")


if __name__ == "__main__":
    main()
