# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_preflight, which its module documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Option
from ansible_collections.camfleet.axis.plugins.modules import (
    axis_retention_policy_preflight,
    axis_retention_policy_report,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    extra_variables,
    find_play_variables,
    module_defaults,
    play_id,
    play_login,
    playbook_tags,
    templater,
    written_templates,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._connection_check import ConnectionCheck
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    find_duplicate_serials,
    merge_duplicates,
    read_serials,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import writable_directory
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import (
    FleetAction,
    find_hosts_outside_limit,
    select_hosts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._gate import find_risks
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import OPTION
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    DUPLICATES,
    PLAY_VARIABLES,
    PLAYBOOK,
    REPORT_DIR,
    REPORT_FORMATS,
    REPORT_VARIABLES,
    RESULT,
    HostVariables,
    mark_play,
    unresolvable_variable,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import check_variables
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput, abbreviate
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

_INVALID = "Variables are invalid, so that no request was sent. Correct them, or exclude their hosts with --limit."
_RISKY = "Recordings under a hold may be lost, so that nothing was written."
_SKIPPED = (
    "{option} {tags} skips the tasks of this playbook, so that no camera was checked. Run it without that option. To "
    "select playbooks that you import, give each of them its own tag, and name that tag with --tags."
)


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
        arguments = {"directory": values.get(REPORT_DIR) or None, "formats": values.get(REPORT_FORMATS)}
        directory = validate(arguments, axis_retention_policy_report.ARGUMENT_SPEC)["directory"]
        if directory:
            writable_directory(directory, Option("directory"))
    except AxisError as error:
        yield ". ".join(error.render(REPORT_VARIABLES)).rstrip(".")


class ActionModule(FleetAction):
    """The action of axis_retention_policy_preflight."""

    module = axis_retention_policy_preflight

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the problems of the policies, or of the results, and the play that later results belong to."""
        play = mark_play(task_vars.get(PLAYBOOK), play_id(self._task))
        if parameters["skipped"]:
            return {"problems": [], "play": play, "duplicates": {}, "serials": {}, **self._judge_tags(task_vars)}
        hosts = select_hosts(parameters, task_vars)
        host_variables = HostVariables(self, task_vars)
        if parameters["checked"]:
            inputs = [HostInput(host, host_variables.raw(host).get(RESULT)) for host in hosts]
            problems = find_risks(host_variables, inputs)
            results = {item.name: item.result for item in inputs}
            duplicates = merge_duplicates(task_vars.get(DUPLICATES) or {}, find_duplicate_serials(results))
            # Core prints the whole result of a failure.
            serials = {} if problems else read_serials(results)
            failure = _build_failure(_RISKY, problems, len(hosts))
            return {"problems": problems, "play": play, "duplicates": duplicates, "serials": serials, **failure}
        # With the option hosts, the user has chosen which hosts are compared.
        limited = parameters["hosts"] is None
        return {"play": play, "serials": {}, **self._check_variables(host_variables, hosts, task_vars, limited=limited)}

    def _check_variables(
        self, host_variables: HostVariables, hosts: list[str], task_vars: Mapping[str, Any], *, limited: bool
    ) -> dict[str, Any]:
        template = templater(self)
        play_variables = {
            name: _resolve(name, template, task_vars[name]) for name in PLAY_VARIABLES if name in task_vars
        }
        delegate = host_variables.resolve_delegate
        module, group = "camfleet.axis.axis_retention_policy", "camfleet.axis.device"
        defaults = module_defaults(self._task, module, group)
        # Those of every level are in force.
        task_holds = written_templates(self._task, OPTION, module, group)
        connections = ConnectionCheck(
            host_variables,
            defaults,
            {name: value for level in find_play_variables(self) for name, value in level.items()},
            play_login(self),
            delegate,
        )
        found = check_variables(
            host_variables,
            hosts,
            extra_variables(self),
            play_variables,
            delegate,
            find_connection_problems=connections.find_problems,
            outside=find_hosts_outside_limit(self, hosts, task_vars) if limited else (),
            templates=[*defaults.values(), *task_holds],
            task_holds=task_holds,
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
            **_build_failure(_INVALID, problems, len(hosts)),
        }

    def _judge_tags(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Return a failure, unless the run selects other playbooks by their tags."""
        own = {*map(str, self._task.tags)} - {"always"}
        selected = {*map(str, task_vars.get("ansible_run_tags") or ())}
        # An import with the tag never is not meant to run without its own tag; a mistyped one selects nothing.
        others = playbook_tags(self) | {"untagged"} | ({"all", "tagged"} if "never" in own else set())
        if own and not own & selected and selected & others:
            return {}
        skipped = task_vars.get("ansible_skip_tags")
        option, tags = ("--skip-tags", skipped) if skipped else ("--tags", selected)
        return {"failed": True, "msg": _SKIPPED.format(option=option, tags=",".join(sorted(map(str, tags))))}


def _resolve(name: str, template: Callable[[Any], Any], written: Any) -> Any:
    try:
        return template(written)
    except AnsibleError as error:
        raise unresolvable_variable(name, error, written) from error


def _build_failure(summary: str, problems: Iterable[Mapping[str, Any]], total: int) -> dict[str, Any]:
    """Return what a result has if there are problems.

    :param total: the number of all hosts.
    """
    lines = [_render_problem(item["problem"], item["hosts"], total) for item in problems]
    return {"failed": True, "msg": [summary, *lines]} if lines else {}
