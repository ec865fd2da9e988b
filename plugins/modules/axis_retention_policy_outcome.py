#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation and argument spec of axis_retention_policy_outcome; its action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_outcome
short_description: End a host as its retention policy task ended
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - The role P(camfleet.axis.retention_policy#role) goes on after a host failed or was unreachable, so that a summary comes every time. This
    gives the host its outcome back, failed or unreachable, so that the recap and the exit status are what Ansible users expect.
options:
  drift:
    description: Whether a host fails, too, that neither failed nor was unreachable, since it is not as its policy says.
    type: bool
    default: false
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
  - module: camfleet.axis.axis_retention_policy_report
"""

EXAMPLES = r"""
- name: Outcome
  camfleet.axis.axis_retention_policy_outcome:
  when: inventory_hostname in report.failed_hosts
"""

RETURN = r"""
error:
  description: The error of the host's own task, if it had one.
  returned: on failure
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {"drift": {"type": "bool", "default": False}}


def main() -> None:
    """There is nothing to do away from the controller: the action plugin of this name does the work."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="This runs on the controller only, by the action plugin of the collection camfleet.axis.")


if __name__ == "__main__":
    main()
