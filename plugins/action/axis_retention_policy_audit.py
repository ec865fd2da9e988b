# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_audit, which its module documents."""

from __future__ import annotations

from typing import Any

from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_audit
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction, select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_audit import check_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    DUPLICATES,
    MARK,
    PLAY,
    PLAYBOOK,
    SERIALS,
    HostVariables,
)

_FACTS = (PLAY, MARK, PLAYBOOK, DUPLICATES, SERIALS)


class ActionModule(FleetAction):
    """The action of axis_retention_policy_audit."""

    module = axis_retention_policy_audit

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the result of every host."""
        hosts = select_hosts(parameters, task_vars)
        facts = {name: task_vars[name] for name in _FACTS if name in task_vars}
        host_variables = HostVariables(self, task_vars)
        import os
        if os.environ.get("AXPROF"):
            import cProfile
            from ansible_collections.camfleet.axis.plugins.plugin_utils import _fleet_audit as fa
            pr = cProfile.Profile(); pr.enable()
            cs = []
            for host in hosts:
                c = fa.HostCheck(self, {**host_variables.task_variables(host), **facts}); c.prepare(); cs.append(c)
            pr.disable(); pr.dump_stats("/tmp/w22p/prep.prof")
            pr = cProfile.Profile(); pr.enable()
            for c in cs: c.check()
            pr.disable(); pr.dump_stats("/tmp/w22p/check.prof")
        found = dict(check_hosts(self, host_variables, hosts, facts, parameters["connections"]))
        return {"results": {host: found[host] for host in hosts}}
