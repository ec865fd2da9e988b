# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_preflight, which its module documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import format_time
from ansible_collections.camfleet.axis.plugins.modules import (
    axis_retention_policy_preflight,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    play_id,
    playbook_tags,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    find_duplicate_serials,
    merge_duplicates,
    read_serials,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import (
    FleetAction,
    select_hosts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_preflight import build_failure, check_fleet
from ansible_collections.camfleet.axis.plugins.plugin_utils._gate import find_risks, plan_waves
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    DUPLICATES,
    PLAYBOOK,
    HostVariables,
    find_result,
    mark_play,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import build_host_pattern
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    HostInput,
    Summary,
    build_summary,
    render_count,
)

_RISKY = "Recordings under a hold may be lost, so nothing was written."
_SKIPPED = (
    "{option} {tags} skips the tasks of this playbook, so no camera was checked. Run it without that option. To "
    "select playbooks that you import, give each of them its own tag, and name that tag with --tags."
)


class ActionModule(FleetAction):
    """The action of axis_retention_policy_preflight."""

    module = axis_retention_policy_preflight

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the problems of the policies, or of the results, and the play that later results belong to."""
        started = format_time(datetime.now(timezone.utc))
        play = mark_play(task_vars.get(PLAYBOOK), play_id(self._task))
        if parameters["skipped"]:
            return {"problems": [], "play": play, "duplicates": {}, "serials": {}, **self._judge_tags(task_vars)}
        hosts = select_hosts(parameters, task_vars)
        host_variables = HostVariables(self, task_vars)
        if parameters["checked"]:
            return {"play": play, **self._judge_check(host_variables, hosts, parameters, task_vars)}
        # With the option hosts, the user has chosen which hosts are compared.
        limited = parameters["hosts"] is None
        found = check_fleet(self, host_variables, hosts, task_vars, limited=limited)
        return {"play": play, "started": started, "serials": {}, **found}

    def _judge_check(
        self,
        host_variables: HostVariables,
        hosts: Sequence[str],
        parameters: Mapping[str, Any],
        task_vars: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Return what must not be written, and the waves of all other hosts."""
        results = {host: find_result(host_variables.raw(host), host, task_vars) for host in hosts}
        inputs = [HostInput(host, result) for host, result in results.items()]
        problems = find_risks(host_variables, inputs)
        duplicates = merge_duplicates(task_vars.get(DUPLICATES) or {}, find_duplicate_serials(results))
        checked = {host: result for host, result in results.items() if result is not None and host not in duplicates}
        # An earlier play may have failed hosts, so that no wave reaches them.
        present = {*map(str, task_vars.get("ansible_play_hosts", hosts))}
        reachable = {host: result for host, result in checked.items() if host in present}
        waves = plan_waves(reachable, parameters["waves"], has_canary=parameters["canary"])
        writes = [*waves.hosts, *(host for host in checked if host not in present and checked[host].get("changed"))]
        summary = build_summary(inputs, check_mode=True, whole_run=False)
        stops = summary.failed_percentage > parameters["max_fail_percentage"]
        headline = _render_gate(summary, len(writes), parameters["max_fail_percentage"], stops=stops)
        # Core prints the whole result of a failure.
        return {
            "problems": problems,
            "duplicates": duplicates,
            "serials": {} if problems else read_serials(results),
            "writes": writes,
            "write_patterns": [] if stops else [build_host_pattern(host) for host in waves.hosts],
            "waves": [] if stops else list(waves.sizes),
            "headline": headline,
            "stopped": headline if stops else None,
            **build_failure(_RISKY, problems, len(hosts)),
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


def _render_gate(summary: Summary, writes: int, maximum: float, *, stops: bool) -> str:
    """Render what the check of all cameras means for the roll-out."""
    if stops:
        return (
            f"Nothing was written: {summary.failed_percentage:.4g}% of hosts failed the check or were unreachable "
            f"(maximum: {maximum:g}%)"
        )
    total = len(summary.statuses)
    return f"{writes} of {render_count(total)} {'needs' if writes == 1 else 'need'} a change"
