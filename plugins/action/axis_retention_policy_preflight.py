# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs axis_retention_policy_preflight; its documentation is that of the module."""

from __future__ import annotations

from typing import Any

from ansible.utils.vars import load_extra_vars

from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_preflight
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet import (
    PLAY_VARIABLES,
    Fleet,
    FleetAction,
    hosts_of,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import check
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import plain
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary import some

_REFUSED = (
    "Nothing was asked of any camera, since policies are wrong. Correct them, or leave those hosts out with --limit."
)


def _line(item: tuple[str, list[str]]) -> str:
    problem, hosts = item
    return f"{some(hosts)}: {problem}{'' if problem.endswith('?') else '.'}"


class ActionModule(FleetAction):
    """The action of axis_retention_policy_preflight."""

    module = axis_retention_policy_preflight

    def look(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """What is wrong with the policies, if anything."""
        run = {name: plain(self._templar.template(task_vars[name])) for name in PLAY_VARIABLES if name in task_vars}
        hosts, extra_variables = hosts_of(parameters, task_vars), load_extra_vars(self._loader)
        found = check(Fleet(task_vars, self._templar), hosts, extra_variables, run)
        result: dict[str, Any] = {
            "problems": [{"hosts": hosts, "problem": problem} for problem, hosts in found.problems.items()],
            "play": self._play(),
        }
        if found.warnings:
            result["warnings"] = found.warnings
        if found.problems:
            result |= {"failed": True, "msg": "\n".join([_REFUSED, *map(_line, found.problems.items())])}
        return result

    def _play(self) -> str:
        # The same in every wave of a play, so that the results of earlier waves count, and another in the next play.
        play = getattr(self._task._parent, "_play", None)
        return str(getattr(play, "_uuid", self._task._uuid))
