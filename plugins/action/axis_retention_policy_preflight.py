# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_preflight, which its module documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Option
from ansible_collections.camfleet.axis.plugins.modules import (
    axis_retention_policy_preflight,
    axis_retention_policy_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import extra_variables, play_id, templater
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import writable_directory
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction, select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    PLAY_VARIABLES,
    REPORT_DIR,
    REPORT_FORMATS,
    REPORT_VARIABLES,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import check_variables
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import abbreviate
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

_INVALID = "Variables are invalid, so that no request was sent. Correct them, or exclude their hosts with --limit."


def _render_problem(problem: str, hosts: Sequence[str], total: int) -> str:
    """Render one problem.

    :param total: the number of hosts of the play.
    """
    names = f"All {total} hosts" if len(hosts) == total > 1 else abbreviate(hosts)
    return f"{names}: {problem}{'' if problem.endswith('?') else '.'}"


def _find_report_problems(host_variables: HostVariables, host: str) -> Iterator[str]:
    """Yield what would prevent the report from being written at the end of the run.

    :param host: the host whose variables the report uses.
    """
    try:
        values = host_variables.read(host, (REPORT_DIR, REPORT_FORMATS))
        arguments = {"directory": values[REPORT_DIR] or None, "formats": values[REPORT_FORMATS]}
        directory = validate(arguments, axis_retention_policy_report.ARGUMENT_SPEC)["directory"]
        if directory:
            writable_directory(directory, Option("directory"))
    except AxisError as error:
        yield ". ".join(error.render(REPORT_VARIABLES)).rstrip(".")


class ActionModule(FleetAction):
    """The action of axis_retention_policy_preflight."""

    module = axis_retention_policy_preflight

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the problems of the policies, and the play that later results belong to."""
        template = templater(self)
        play_variables = {name: template(task_vars[name]) for name in PLAY_VARIABLES if name in task_vars}
        hosts = select_hosts(parameters, task_vars)
        host_variables = HostVariables(self, task_vars)
        found = check_variables(host_variables, hosts, extra_variables(self), play_variables)
        for problem in _find_report_problems(host_variables, task_vars["inventory_hostname"]):
            found.problems[problem] = hosts
        result: dict[str, Any] = {
            "problems": [{"hosts": hosts, "problem": problem} for problem, hosts in found.problems.items()],
            "play": play_id(self._task),
            "duplicates": found.duplicates,
        }
        if found.warnings:
            result["warnings"] = found.warnings
        if found.problems:
            lines = (_render_problem(problem, affected, len(hosts)) for problem, affected in found.problems.items())
            result |= {"failed": True, "msg": "\n".join([_INVALID, *lines])}
        return result
