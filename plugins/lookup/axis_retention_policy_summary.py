# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the summary in a condition: after the result of a task, its callback plugin prints a line of its own."""

from __future__ import annotations

DOCUMENTATION = r"""
name: axis_retention_policy_summary
short_description: Print the summary of a run directly above the recap
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Prints the lines of M(camfleet.axis.axis_retention_policy_report) as M(camfleet.axis.axis_retention_policy_summary)
    does, and returns whether it printed them.
  - The role P(camfleet.axis.retention_policy#role) and the playbooks of this collection use this plugin. In a playbook of your own, use
    M(camfleet.axis.axis_retention_policy_summary), unless Ansible must not print anything between the summary and the recap.
  - Use it in the condition of the last task of a play, an M(ansible.builtin.meta) task with C(end_batch), which has no
    result that Ansible would print below the summary. If the strategy of the play is C(linear), core evaluates the
    condition of such a task once.
  - It prints nothing if the callback plugin for stdout prints data, such as P(ansible.posix.json#callback).
options:
  _terms:
    description: The lines to print, usually RV(camfleet.axis.axis_retention_policy_report#module:lines).
    type: list
    elements: str
    required: true
seealso:
  - module: camfleet.axis.axis_retention_policy_summary
  - module: camfleet.axis.axis_retention_policy_report
"""

EXAMPLES = r"""
- name: Print the summary as the last output of a play
  ansible.builtin.meta: end_batch
  when: query('camfleet.axis.axis_retention_policy_summary', *report.lines) | length > 0
  # Otherwise ansible-core 2.16 ends the run here because hosts have failed, and says so below the summary.
  ignore_errors: true
"""

RETURN = r"""
_raw:
  description: One item, which is true, if the summary was printed; otherwise none.
  type: list
  elements: bool
  sample: [true]
"""

from typing import Any

from ansible.plugins.lookup import LookupBase

from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary


class LookupModule(LookupBase):  # type: ignore[misc] # core has no types
    """The lookup plugin axis_retention_policy_summary."""

    def run(self, terms: list[Any], variables: Any = None, **_options: Any) -> list[bool]:
        """Print the lines, unless the output is data."""
        return [True] if print_summary(self._display, terms) else []
