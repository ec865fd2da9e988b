# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_retention_policy_report, which its module documents."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from itertools import accumulate
from typing import Any, ClassVar, NamedTuple

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Names, Option
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import HOLDS_SPEC, build_allowances
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import build_hold_results
from ansible_collections.camfleet.axis.plugins.modules import axis_retention_policy_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._action import ROLE
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    extra_variables,
    play_id,
    role_name,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    Addresses,
    Duplicates,
    find_duplicate_serials,
    mark_duplicates,
    render_others,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._files import writable_directory, write_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import (
    FleetAction,
    find_hosts_outside_limit,
    select_hosts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import filter_holds, host_names, merge_holds
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    FAIL_ON_DRIFT,
    OWNER,
    PLAY,
    PLAYBOOK,
    POLICY_VARIABLES,
    PURPOSE,
    REPORT_VARIABLES,
    HostVariables,
    find_check,
    find_final_result,
    has_preflight,
    missing_preflight,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import ALLOWANCES
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import AUDIT, Document, build_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import build_stem, render_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import HostLists, build_host_pattern
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.openmetrics import render_metrics_lines
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.signing import (
    Signatures,
    check_sign_command,
    render_signature_lines,
    sign_files,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    NOT_ATTEMPTED,
    HostInput,
    Summary,
    build_data,
    build_summary,
    hold_key,
    render_lines,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.trend import add_trend
from ansible_collections.camfleet.axis.plugins.plugin_utils._report_run import RunFacts, build_run_info, read_scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._summary_display import print_summary
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

#: By whether the task is one of the role, what to add so that a report is written.
_SETTINGS = {
    True: f"--extra-vars {REPORT_VARIABLES['directory']}=/srv/retention-reports",
    False: "directory, an option of the task",
}


class ActionModule(FleetAction):
    """The action of axis_retention_policy_report."""

    module = axis_retention_policy_report
    variables: ClassVar[Names] = REPORT_VARIABLES

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the summary and the hosts that failed, and write the files of the report."""
        in_role = role_name(self._task) == ROLE
        if in_role and not has_preflight(task_vars, play_id(self._task)):
            raise missing_preflight()
        check_sign_command(parameters["sign_command"])
        directory = parameters["directory"] and writable_directory(parameters["directory"], Option("directory"))
        host_variables, names = HostVariables(self, task_vars), select_hosts(parameters, task_vars)
        facts, extra = RunFacts(host_variables, task_vars), extra_variables(self).keys()
        inputs = []
        for name in names:
            inputs.append(_read_host(host_variables, name, task_vars, extra=extra))
            facts.add(inputs[-1])
            if directory:
                facts.add_policy(inputs[-1])
        if in_role and not task_vars.get(PLAYBOOK):
            inputs = _mark_skipped(inputs, task_vars.get("ansible_play_batch", ()))
        duplicates = find_duplicate_serials({item.name: item.result for item in inputs})
        inputs = mark_duplicates(inputs, duplicates)
        summary = build_summary(
            # A wave is only a part of the run: another host may have the group of a hold.
            inputs,
            check_mode=bool(self._task.check_mode),
            whole_run=parameters["hosts"] is None,
            pending_holds=_find_pending_holds(inputs, task_vars),
            # After the preflight of the role.
            expects_all=parameters["hosts"] is None and bool(task_vars.get(PLAY)),
        )
        now = datetime.now(timezone.utc)
        stopped = facts.stopped if parameters["hosts"] is None else None
        # An audit predicts changes, too, but never makes them.
        predicts = summary.check_mode and task_vars.get(PLAYBOOK) != AUDIT
        outside = [] if parameters["hosts"] is not None else find_hosts_outside_limit(self, names, task_vars)
        written = _Written([], [], [], "")
        if directory:
            others = [_read_host(host_variables, name, task_vars, ran=False) for name in outside]
            warnings = _describe_duplicates(_find_duplicates(host_variables, names, outside), frozenset(outside))
            run = build_run_info(self._task, parameters, now, task_vars, facts)
            written = _write_report(
                directory, parameters["formats"], build_report(run, summary, inputs, others, facts.words)
            )
            written = written._replace(warnings=[*warnings, *written.warnings])
        lists = HostLists(written.stem)
        lines = render_lines(
            *(summary, parameters["title"], now, POLICY_VARIABLES, "" if directory else _SETTINGS[in_role]),
            stopped=stopped,
            predicts=predicts,
            outside_limit=len(outside),
            lists=lists,
        )
        limits = write_files(directory, lists.files) if directory else []
        lines += written.lines
        signatures = sign_files(
            *(parameters["sign_command"], written.files),
            # Only a failure needs the passwords.
            lambda text: host_variables.find_secrets(*names).clean_lines(text),
        )
        lines += render_signature_lines(signatures)
        if summary.skipped_hosts and task_vars.get(PLAYBOOK) and parameters["hosts"] is None:
            # The pattern of the last play is an error then, so that no task follows that prints it.
            print_summary(self._display, lines)
        limit = read_scope(self._task, task_vars).limit
        data = build_data(summary, now) | ({"limit": remove_invisible(limit)} if limit else {})
        stop = summary.failed_percentage > parameters["max_fail_percentage"]
        wave = _find_wave(parameters["waves"], names, task_vars)
        # After the last wave there is nothing to stop.
        is_early = stop and not (wave and wave.is_last)
        return {
            "lines": lines,
            "headline": _render_headline(summary, parameters, wave, stop=is_early, predicts=predicts),
            "stop": stop,
            "stopped": _render_stop(summary, parameters, wave) if is_early else None,
            "summary": data,
            "files": [*written.files, *limits, *signatures.paths],
            **self._build_signatures(signatures, task_vars, in_role=in_role),
            "failed_percentage": round(summary.failed_percentage, 2),
            "failed_hosts": summary.failed_hosts,
            "duplicates": duplicates,
            "skipped_hosts": summary.skipped_hosts,
            **_find_summary_host(inputs, summary.failed_hosts, task_vars.get("ansible_play_batch", ())),
            "play": str(task_vars.get(PLAY) or ""),
            "failed_host_patterns": [build_host_pattern(host) for host in summary.failed_hosts],
            **({"warnings": written.warnings} if written.warnings else {}),
            **(_build_stats(data) if parameters["publish"] else {}),
        }

    def _build_signatures(
        self, signatures: Signatures, task_vars: Mapping[str, Any], *, in_role: bool
    ) -> dict[str, Any]:
        """Return what the result has about the signatures."""
        failure = signatures.failure.render(self.find_names(task_vars)) if signatures.failure else ""
        result = {"signatures": signatures.paths, "signing_failure": failure}
        # The role fails a host after the summary.
        return result if in_role or not failure else {**result, "failed": True, "msg": failure}


class _Written(NamedTuple):
    """The files of a report, what the summary says about them, and warnings about those of earlier reports.

    ``stem`` is the path of the files without suffix.
    """

    files: list[str]
    lines: list[str]
    warnings: list[str]
    stem: str


def _write_report(directory: str, formats: Sequence[str], document: Document) -> _Written:
    """Write a report, with the numbers of the earlier ones in its directory."""
    document, left_out = add_trend(directory, document)
    files = write_files(directory, render_files(document, formats))
    lines = [*(f"Report: {path}" for path in files), *render_metrics_lines(document, formats)]
    return _Written(files, lines, left_out, os.path.join(directory, build_stem(document)))


def _build_stats(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a result that ansible.builtin.set_stats has."""
    return {"ansible_stats": {"data": {"retention_policy": data}, "per_host": False, "aggregate": True}}


def _find_summary_host(
    inputs: Sequence[HostInput], failed_hosts: Sequence[str], batch: Iterable[str]
) -> dict[str, Any]:
    """Return the host that prints the summary: core excludes an unreachable host from all later tasks."""
    present, failed = {*map(str, batch)}, {*failed_hosts}
    ranks = {item.name: _rank(item, failed) for item in inputs if item.name in present}
    host = min(ranks, key=lambda name: ranks[name], default="")
    return {"summary_host": host, "all_unreachable": ranks.get(host) == _UNREACHABLE_RANK}


_CHECKED_RANK, _FAILED_RANK, _NOT_ATTEMPTED_RANK, _UNREACHABLE_RANK = range(4)


def _rank(item: HostInput, failed: Set[str]) -> int:
    result = item.result or {"skipped": True}
    if item.name in failed:
        return _UNREACHABLE_RANK if result.get("unreachable") else _FAILED_RANK
    is_attempted = not result.get("skipped") and (result.get("error") or {}).get("kind") != NOT_ATTEMPTED
    # If no other host was checked, a failed one is in the recap anyway.
    return _CHECKED_RANK if is_attempted else _NOT_ATTEMPTED_RANK


def _mark_skipped(inputs: Iterable[HostInput], batch: Iterable[str]) -> list[HostInput]:
    """Return the hosts; those of this batch of a custom play without a result were skipped."""
    present = {*map(str, batch)}
    return [
        replace(item, result={"skipped": True}) if item.result is None and item.name in present else item
        for item in inputs
    ]


def _find_pending_holds(inputs: Iterable[HostInput], task_vars: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Return the keys of the holds of all hosts that a later batch of the play will attempt."""
    later = {*task_vars.get("ansible_play_hosts", ())} - {*task_vars.get("ansible_play_batch", ())}
    pending: set[tuple[str, ...]] = set()
    for item in inputs:
        if item.result is None and item.name in later:
            pending.update(map(hold_key, item.holds))
    return pending


def _read_holds(host_variables: HostVariables, host: str) -> tuple[Mapping[str, Any], ...]:
    """Return the holds that the variables of a host set for it."""
    if names := host_variables.hold_names(host):
        # Without a preflight, invalid holds are possible; they protect nothing.
        with suppress(AxisError):
            holds, _names = merge_holds(host_variables.read(host, names).items())
            valid = validate({"holds": holds}, HOLDS_SPEC)
            applying, _names = filter_holds(valid, {}, host_names(host_variables.own_names(host)))
            return tuple(build_hold_results(build_allowances(applying, datetime.now(timezone.utc)), None))
    return ()


def _describe_duplicates(duplicates: Duplicates, outside: Set[str]) -> list[str]:
    """Return the warnings about hosts whose device is also listed under the name of a host outside ``--limit``."""
    found = {host: [other for other in duplicates[host] if other in outside] for host in duplicates.keys() - outside}
    return [
        f"{host} has the same address and port as {render_others(others)} outside --limit. Remove all of these hosts "
        "but one from the inventory."
        for host, others in sorted(found.items())
        if others
    ]


class _Wave(NamedTuple):
    """Which wave of how many, and how many hosts of how many are done after it."""

    number: int
    count: int
    done: int
    hosts: int

    @property
    def is_last(self) -> bool:
        """Return whether no host is left."""
        return self.done >= self.hosts


def _find_wave(sizes: Sequence[int], hosts: Sequence[str], task_vars: Mapping[str, Any]) -> _Wave | None:
    """Return the wave that these hosts are, or ``None`` if the run has no waves."""
    if not sizes:
        return None
    places = {str(host): place for place, host in enumerate(task_vars.get("ansible_play_hosts_all", ()), 1)}
    done = max((places[host] for host in hosts if host in places), default=0)
    number = sum(total < done for total in accumulate(sizes)) + 1
    return _Wave(number, len(sizes), done, len(places))


def _render_stop(summary: Summary, parameters: Mapping[str, Any], wave: _Wave | None) -> str:
    """Render why the run stops, for the report at its end."""
    after = f" after wave {wave.number} of {wave.count}" if wave else ""
    hosts = "the hosts of this wave" if wave else "its hosts"
    return (
        f"The run stopped{after}: {summary.failed_percentage:.4g}% of {hosts} failed or were unreachable "
        f"(maximum: {parameters['max_fail_percentage']:g}%)"
    )


def _render_headline(
    summary: Summary, parameters: Mapping[str, Any], wave: _Wave | None, *, stop: bool, predicts: bool
) -> str:
    number = f" {wave.number} of {wave.count}, {wave.done} of {wave.hosts} done" if wave else ""
    prediction = f"{summary.render_prediction()}. " if predicts else ""
    headline = f"{parameters['title']}{number}: {prediction}{summary.render_headline(brief=True)}"
    if not stop:
        return headline
    return (
        f"{headline}. Stop: {summary.failed_percentage:.4g}% of hosts failed or were unreachable "
        f"(maximum: {parameters['max_fail_percentage']:g}%)"
    )


def _find_duplicates(host_variables: HostVariables, hosts: Iterable[str], outside: Sequence[str]) -> Duplicates:
    """Return the hosts with the same address; the preflight has compared those of the run."""
    addresses = Addresses(host_variables, host_variables.resolve_delegate)
    for host in (*hosts, *outside) if outside else ():
        addresses.add(host)
    return addresses.find_duplicates()


def _read_host(
    host_variables: HostVariables,
    host: str,
    task_vars: Mapping[str, Any],
    *,
    ran: bool = True,
    extra: Collection[str] = (),
) -> HostInput:
    """Return the input about a host.

    :param ran: whether the host was in the run.
    :param extra: the names of the extra variables of the run.
    """
    variables = host_variables.raw(host)
    result = find_final_result(variables, host, task_vars) if ran else None
    try:
        policy = host_variables.read(host, (PURPOSE, OWNER, FAIL_ON_DRIFT, *ALLOWANCES))
        fails_on_drift = boolean(policy.get(FAIL_ON_DRIFT) or False)
    except (AxisError, TypeError) as error:
        # Without a preflight, an invalid variable must not prevent the report, nor hide drift.
        message = error.message if isinstance(error, AxisError) else f"{FAIL_ON_DRIFT} is neither true nor false"
        policy, fails_on_drift = {PURPOSE: message}, True
    return HostInput(
        host,
        result,
        str(policy.get(PURPOSE, "")),
        str(policy.get(OWNER, "")),
        fails_on_drift,
        tuple(map(str, host_variables.own_names(host)["group_names"])),
        _read_holds(host_variables, host) if _is_without_holds(result) else (),
        find_check(host, task_vars) if ran else None,
        host_variables.find_permanent_allowances(host, policy, extra) if ran else {},
    )


def _is_without_holds(result: Mapping[str, Any] | None) -> bool:
    """Return whether a task ended before it listed the holds of its host. Without any, it lists none."""
    return result is None or bool((result.get("failed") or result.get("unreachable")) and "holds" not in result)
