# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy in the worker. Its module documents it."""

from __future__ import annotations

from typing import Any

from ansible_collections.camfleet.axis.plugins.plugin_utils._action import ROLE
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import role_name, share_error
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import IS_UNREACHABLE, PLAYBOOK
from ansible_collections.camfleet.axis.plugins.plugin_utils._policy_action import PolicyAction

#: Core prints it once for all hosts, and then the result of each.
_FAILED = "Hosts failed. Their results follow"


class ActionModule(PolicyAction):
    """The action of axis_retention_policy."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the task, without its secrets."""
        result = super().run(tmp, task_vars)
        if role_name(self._task) != ROLE:
            return result
        if (task_vars or {}).get(PLAYBOOK) and result.pop("unreachable", False):
            # The wave has to be evaluated, even if it has no other host.
            result |= {"failed": True, IS_UNREACHABLE: True}
        return share_error(self._task, result, _FAILED) if result.get("failed") else result
