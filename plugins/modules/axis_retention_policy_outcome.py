#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_outcome; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_outcome
short_description: Restore the status of a host after its retention policy task
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - The role P(camfleet.axis.retention_policy#role) continues after a host failed or was unreachable, so that it can always build its report. This
    module then restores the status of the host, failed or unreachable, so that the recap and the exit status are correct.
  - If the files of the report could not be signed, it fails the host RV(camfleet.axis.axis_retention_policy_report#module:summary_host), so that the
    run exits non-zero.
options:
  drift:
    description: >-
      Whether to fail a host that neither failed nor was unreachable, but does not comply with its policy. A host whose difference a hold explains, or
      whose recordings prove nothing, does not fail.
    type: bool
    default: false
  unread:
    description:
      - RV(camfleet.axis.axis_policy_draft#module:unread) of M(camfleet.axis.axis_policy_draft). The host gets the status that it has there, failed or
        unreachable, and no result of a policy is required.
    type: list
    elements: dict
extends_documentation_fragment:
  - camfleet.axis.attributes
attributes:
  check_mode:
    details:
      - The module never changes anything.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  action_group:
    support: none
    membership: []
seealso:
  - module: camfleet.axis.axis_retention_policy_report
  - module: camfleet.axis.axis_policy_draft
"""

EXAMPLES = r"""
- name: Restore each host's status
  camfleet.axis.axis_retention_policy_outcome:
  when: inventory_hostname in report.failed_hosts
"""

RETURN = r"""
error:
  description: The error of the host's retention policy task, if there is one.
  returned: on failure
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {"drift": {"type": "bool", "default": False}, "unread": {"type": "list", "elements": "dict"}}


def main() -> None:
    """Fail, because only the action plugin of this name does the work, on the controller."""
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(
        msg="Only the action plugin of this name can run this module. Call it in a task as camfleet.axis.axis_retention_policy_outcome."
    )


if __name__ == "__main__":
    main()
