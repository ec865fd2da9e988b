#!/usr/bin/python
# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and argument spec of axis_retention_policy_outcome; the action plugin does the work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: axis_retention_policy_outcome
short_description: Restore the status of a host at the end of a run, after the report
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Sets the status of a host to failed or unreachable if its task failed or could not reach the device, so that the recap and the exit status of the run
    are correct.
  - The role P(camfleet.axis.retention_policy#role) and the playbooks of this collection use this module. They continue after a host fails or is
    unreachable, so that they can always build the report. Use the module only in your own playbook that builds a report with
    M(camfleet.axis.axis_retention_policy_report).
  - If the files of the report could not be signed, the module fails the host RV(camfleet.axis.axis_retention_policy_report#module:summary_host), so that
    the run exits with a nonzero status.
options:
  drift:
    description:
      - Whether to fail a host that neither failed nor was unreachable, but does not comply with its policy.
      - A host does not fail if a hold explains the difference, or if its recordings prove nothing.
    type: bool
    default: false
  unread:
    description:
      - Hosts that M(camfleet.axis.axis_policy_draft) could not read, as RV(camfleet.axis.axis_policy_draft#module:unread). The module sets the status of
        the host in this list, failed or unreachable, and does not need the result of a policy.
    type: list
    elements: dict
notes:
  - The module does not connect to devices, and does not write files.
extends_documentation_fragment:
  - camfleet.axis.attributes.controller
  - camfleet.axis.attributes.unchanged
  - camfleet.axis.attributes
seealso:
  - module: camfleet.axis.axis_retention_policy_report
  - module: camfleet.axis.axis_policy_draft
  - name: Exit statuses
    description: The exit statuses of the playbooks.
    link: https://camfleet.github.io/camfleet.axis/docsite/exit_statuses.html
"""

EXAMPLES = r"""
# Fails the host, or makes it unreachable, with the message of its own task.
- name: Restore the status of each host
  camfleet.axis.axis_retention_policy_outcome:
  when: inventory_hostname in report.failed_hosts
"""

RETURN = r"""
error:
  description: >-
    The error of the host's retention policy task, if there is one. See RV(camfleet.axis.axis_retention_policy#module:error). What happened, and what to do, are
    in C(msg), not here. Fields that are V(null) are left out.
  returned: on failure
  type: dict
  sample:
    kind: authentication
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
