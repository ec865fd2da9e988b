# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the variables of all hosts of a task, before the first request to any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Option
from ansible_collections.camfleet.axis.plugins.modules import (
    axis_retention_policy_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    extra_variables,
    find_play_variables,
    module_defaults,
    run_login,
    templater,
    written_templates,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._connection_check import ConnectionCheck
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import writable_directory
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import (
    find_hosts_outside_limit,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import OPTION
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    APPROVED_BY,
    PLAY_VARIABLES,
    REPORT_DIR,
    REPORT_FORMATS,
    REPORT_VARIABLES,
    SIGN_COMMAND,
    HostVariables,
    unresolvable_variable,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import check_inventory
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import check_variables
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.signing import check_sign_command
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    abbreviate,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

#: What a failure begins with.
INVALID = "Variables are invalid, so no request was sent. Correct them, or exclude their hosts with --limit."


def _render_problem(problem: str, hosts: Sequence[str], total: int) -> str:
    """Render one problem.

    :param total: the number of hosts of the play.
    """
    end = "" if problem.endswith("?") else "."
    if not hosts:  # of the run
        return f"{problem}{end}"
    names = f"All {total} hosts" if len(hosts) == total > 1 else abbreviate(hosts)
    return f"{names}: {problem}{end}"


def _find_report_problems(host_variables: HostVariables, host: str) -> Iterator[str]:
    """Yield what would prevent the report from being written at the end of the run.

    :param host: the host whose variables the report uses.
    """
    try:
        values = host_variables.read(host, (REPORT_DIR, REPORT_FORMATS, SIGN_COMMAND, APPROVED_BY))
        arguments = {
            "directory": values.get(REPORT_DIR) or None,
            "formats": values.get(REPORT_FORMATS),
            "sign_command": values.get(SIGN_COMMAND),
            "approved_by": _as_text(values.get(APPROVED_BY)),
        }
        parameters = validate(arguments, axis_retention_policy_report.ARGUMENT_SPEC)
        check_sign_command(parameters["sign_command"])
        if parameters["directory"]:
            writable_directory(parameters["directory"], Option("directory"))
    except AxisError as error:
        yield ". ".join(error.render(REPORT_VARIABLES)).rstrip(".")


def _as_text(value: Any) -> Any:
    """Return a number or a date as the text that the role makes of it: the number of a change needs no quotes."""
    return value if value is None or isinstance(value, (bool, list, dict)) else str(value)


def check_fleet(
    action: Any,
    host_variables: HostVariables,
    hosts: list[str],
    task_vars: Mapping[str, Any],
    *,
    limited: bool,
    prepare: Callable[[str], str | None] | None = None,
) -> dict[str, Any]:
    """Check the variables of all hosts of a task, and return problems, duplicates, and warnings.

    :param action: the action that runs once for these hosts.
    :param limited: whether ``--limit`` may have left out hosts that are one device with these.
    :param prepare: called for each host without a problem; returns one. It checks the connection to the host, too.
    :raises InvalidOptionError: the inventory is incomplete.
    """
    check_inventory(task_vars)
    template = templater(action)
    play_variables = {name: _resolve(name, template, task_vars[name]) for name in PLAY_VARIABLES if name in task_vars}
    delegate = host_variables.resolve_delegate
    module, group = "camfleet.axis.axis_retention_policy", "camfleet.axis.device"
    defaults = module_defaults(action._task, module, group)
    # Those of every level are in force.
    task_holds = written_templates(action._task, OPTION, module, group)
    connections = ConnectionCheck(
        host_variables,
        defaults,
        {name: value for level in find_play_variables(action) for name, value in level.items()},
        run_login(action),
        delegate,
    )
    found = check_variables(
        host_variables,
        hosts,
        extra_variables(action),
        play_variables,
        delegate,
        find_connection_problems=connections.find_problems if prepare is None else lambda _host: (),
        outside=find_hosts_outside_limit(action, hosts, task_vars) if limited else (),
        templates=[*defaults.values(), *task_holds],
        task_holds=task_holds,
        prepare=prepare or (lambda _host: None),
    )
    for problem in _find_report_problems(host_variables, task_vars["inventory_hostname"]):
        found.problems[problem] = hosts
    problems = [
        {"hosts": hosts, "problem": host_variables.redact(hosts[0], problem) if hosts else problem}
        for problem, hosts in found.problems.items()
    ]
    warnings = {"warnings": found.warnings} if found.warnings else {}
    return {
        "problems": problems,
        "duplicates": found.duplicates,
        **warnings,
        **build_failure(INVALID, problems, len(hosts)),
    }


def _resolve(name: str, template: Callable[[Any], Any], written: Any) -> Any:
    try:
        return template(written)
    except AnsibleError as error:
        raise unresolvable_variable(name, error, written) from error


def build_failure(summary: str, problems: Iterable[Mapping[str, Any]], total: int) -> dict[str, Any]:
    """Return what a result has if there are problems.

    :param total: the number of all hosts.
    """
    lines = [_render_problem(item["problem"], item["hosts"], total) for item in problems]
    return {"failed": True, "msg": [summary, *lines]} if lines else {}
