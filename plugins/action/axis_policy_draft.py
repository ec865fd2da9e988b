# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run axis_policy_draft, which its module documents."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timezone
from typing import Any, ClassVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    OPTION_NAMES,
    AxisError,
    Message,
    Names,
    Option,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Policy
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets
from ansible_collections.camfleet.axis.plugins.modules import axis_policy_draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    find_login_arguments,
    group_precedence,
    module_defaults,
    play_id,
    play_pattern,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.coverage import measure_coverage
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import (
    Decision,
    SetVariable,
    find_decisions,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import Draft, derive_draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import (
    check_directory,
    find_conflicts,
    write_directory,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.forecast import (
    EffectiveVariables,
    Forecaster,
    has_policy,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.inventory import find_inventory_groups
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import GROUPS, NO_GROUPS, RULES
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.reading import HostReading, build_shared_options
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.results import (
    Readings,
    describe_reasons,
    hide_secret_ids,
    separate_incidents,
    sort_results,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.run_decisions import (
    decide_about_bounds,
    decide_about_conflict,
    decide_about_forecasts,
    decide_about_outside,
    decide_about_run,
    decide_about_secret_ids,
    decide_about_unread,
    sort_decisions,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.texts import (
    COVERAGE_FILE,
    DraftRun,
    build_coverage_lines,
    build_coverage_page,
    build_draft_lines,
    build_texts,
    describe_files,
    find_outside,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.variables import (
    DRAFT_POLICY,
    DRAFT_VARIABLES,
    DraftCheck,
    describe_policy_problem,
    find_policy_places,
    read_policy,
    read_policy_values,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import select_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_preflight import INVALID, build_failure
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_tasks import (
    FleetTasksAction,
    check_bounds,
    join_warnings,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import host_names
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    PLAYBOOK,
    POLICY_VARIABLES,
    HostVariables,
    mark_play,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import check_inventory
from ansible_collections.camfleet.axis.plugins.plugin_utils._performance import exclude_play_from_garbage_collection
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import BOUNDS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import build_host_pattern
from ansible_collections.camfleet.axis.plugins.plugin_utils._report_run import read_collection_version
from ansible_collections.camfleet.axis.plugins.plugin_utils._run_id import find_run_id

_DELEGATED = (
    "delegate_to is {}, but the controller itself connects to each camera to read it. Remove "
    "delegate_to, or run the playbook on that machine"
)
_NOTHING_READ = "No camera was read, so nothing was written:"
_DIRECTORY = Option("directory")


class ActionModule(FleetTasksAction):
    """The action of axis_policy_draft."""

    module = axis_policy_draft
    variables: ClassVar[Names] = DRAFT_VARIABLES

    def find_names(self, task_vars: Mapping[str, Any]) -> Names:
        """Return the names of the options that the user sets."""
        return self.variables if _is_in_playbook(task_vars) else OPTION_NAMES

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Check the variables of all hosts, read their devices, and write what follows from it."""
        check_inventory(task_vars)
        exclude_play_from_garbage_collection()
        _check_skipped_tags(task_vars)
        check_bounds(parameters)
        hosts = select_hosts(parameters, task_vars)
        found: dict[str, Any] = {"play": mark_play(task_vars.get(PLAYBOOK), play_id(self._task))}
        found |= {"skipped_hosts": [], "unread": []}
        prepared = _Preparation(self, parameters, task_vars, hosts)
        found["problems"] = prepared.find_problems(self.find_names(task_vars), check_mode=self._is_check())
        if found["problems"]:
            return {**found, **build_failure(INVALID, found["problems"], len(hosts))}
        duplicates = prepared.find_duplicates()
        results = self.run_tasks(prepared.readings, parameters)
        read = sort_results({host: results[host] for host in hosts if host in results}, duplicates)
        read = read if prepared.is_coverage else prepared.separate_incidents(read)
        found |= {
            "skipped_hosts": [host for host in hosts if host in prepared.skipped],
            "unread": list(read.unread),
            "failed_host_patterns": [build_host_pattern(item["host"]) for item in read.unread],
            "read_hosts": [item.host for item in read.observations],
            **join_warnings({}, results),
            **self.limit_display(),
        }
        if not read.observations:
            # Core prints the whole result of a failure.
            kept = {name: value for name, value in found.items() if name not in ("unread", "failed_host_patterns")}
            return {**kept, "failed": True, "msg": [_NOTHING_READ, *describe_reasons(read.unread)]}
        run = self._describe_run(prepared, read, task_vars)
        return {**found, "run_id": run.run_id, **self._finish(prepared, read, run)}

    def _is_check(self) -> bool:
        return bool(self._task.check_mode)

    def _describe_run(self, prepared: _Preparation, read: Readings, task_vars: Mapping[str, Any]) -> DraftRun:
        patterns = play_pattern(self._task)
        return DraftRun(
            created=datetime.now(timezone.utc),
            run_id=find_run_id(None, None),
            version=read_collection_version(),
            hosts=tuple(prepared.hosts),
            observed=tuple(item.host for item in read.observations),
            sources=tuple(map(str, task_vars.get("ansible_inventory_sources") or ())),
            pattern=None if patterns == ["axis"] else ",".join(patterns),
            limit=_find_limit(prepared.parameters["hosts"], task_vars),
            login=tuple(find_login_arguments()),
        )

    def _finish(self, prepared: _Preparation, read: Readings, run: DraftRun) -> dict[str, Any]:
        """Write the files, and return what the result has of them."""
        return self._finish_coverage(prepared, read, run) if prepared.is_coverage else self._draft(prepared, read, run)

    def _draft(self, prepared: _Preparation, read: Readings, run: DraftRun) -> dict[str, Any]:
        directory = prepared.directory or ""
        draft, decisions, left_out = prepared.derive(read, run)
        run = replace(run, left_out=left_out)
        texts = build_texts(draft, decisions, run, directory)
        files = describe_files(texts, draft, run, directory)
        lines = build_draft_lines(files, decisions, read.unread, run, directory, check_mode=self._is_check())
        return {**_build_result(files, decisions, lines), **self._write(texts, prepared.directory)}

    def _finish_coverage(self, prepared: _Preparation, read: Readings, run: DraftRun) -> dict[str, Any]:
        directory = prepared.directory
        coverage = measure_coverage(read.observations, prepared.policies)
        decisions = prepared.complete(coverage.decisions, read)
        texts = {COVERAGE_FILE: build_coverage_page(coverage, decisions, run)} if directory else {}
        files = describe_files(texts, None, run, directory or "")
        path = files[0]["path"] if files and not self._is_check() else None
        lines = build_coverage_lines(coverage, decisions, read.unread, run, path)
        return {**_build_result(files, decisions, lines), **self._write(texts, directory)}

    def _write(self, texts: Mapping[str, str], directory: str | None) -> dict[str, Any]:
        if directory and not self._is_check():
            write_directory(directory, texts, _DIRECTORY)
        return {"changed": bool(directory), "directory": directory, **self._build_diff(texts, directory or "")}

    def _build_diff(self, texts: Mapping[str, str], directory: str) -> dict[str, Any]:
        if not self._task.diff:
            return {}
        paths = {os.path.join(directory, name): text for name, text in texts.items()}
        return {"diff": [{"before": "", "after": text, "after_header": path} for path, text in paths.items()]}


def _build_result(
    files: Sequence[Mapping[str, Any]], decisions: Iterable[Decision], lines: Sequence[str]
) -> dict[str, Any]:
    # A tuple of names would be text for core.
    return {
        "files": list(files),
        "decisions": [
            {**asdict(item), "hosts": list(item.hosts), "recording_groups": list(item.recording_groups)}
            for item in decisions
        ],
        "lines": list(lines),
    }


class _Preparation:
    """What is known before the first request.

    :param action: the action that runs once for these hosts.
    """

    def __init__(
        self, action: ActionModule, parameters: Mapping[str, Any], task_vars: dict[str, Any], hosts: list[str]
    ) -> None:
        self._action = action
        self.parameters = parameters
        self._task_vars = task_vars
        self.hosts = hosts
        self._host_variables = HostVariables(action, task_vars)
        self._check = DraftCheck(action, self._host_variables, hosts, in_playbook=_is_in_playbook(task_vars))
        module, group = "camfleet.axis.axis_recording_group_info", "camfleet.axis.device"
        self._defaults = module_defaults(action._task, module, group)
        self._shared = build_shared_options()
        self.readings: dict[str, HostReading] = {}
        self.skipped: set[str] = set()
        self.policies: dict[str, Policy | None] = {}
        self._forecaster = Forecaster(self._host_variables.is_in_inventory)
        self._values: dict[str, dict[str, Any]] = {}
        self.directory: str | None = None
        self.is_coverage = bool(parameters["coverage"])
        self.secrets = Secrets()

    def find_problems(self, names: Names, *, check_mode: bool) -> list[dict[str, Any]]:
        """Return what is invalid, each with its hosts."""
        problems = self._check.find_problems(self._prepare)
        try:
            self.directory = _check_directory(self.parameters, check_mode=check_mode)
        except AxisError as error:
            # Core prints the whole result: no name of a host would help.
            problems[". ".join(error.render(names)).rstrip(".")] = []
        return [{"hosts": hosts, "problem": problem} for problem, hosts in problems.items()]

    def _prepare(self, host: str) -> Iterator[str]:
        """Prepare the task of a host, and yield what is invalid in its variables."""
        variables = self._host_variables.task_variables(host)
        try:
            if not self._action.meets_conditions(variables):
                self.skipped.add(host)
                return
            delegate = self._action.find_delegate(self._host_variables, host)
        except AxisError as error:
            yield ". ".join(error.render({})).rstrip(".")
            return
        if delegate:
            yield _DELEGATED.format(delegate)
            return
        reading = HostReading(
            self._action, variables, self._defaults, self._shared, recording=self.parameters["recording_actions"]
        )
        self.readings[host] = reading
        self.secrets.include(reading.secrets)
        if reading.problem:
            yield reading.problem
        else:
            yield from self._find_policy_problems(host)

    def _find_policy_problems(self, host: str) -> Iterator[str]:
        """Read the variables of the policy that a host has, and yield what an audit would reject."""
        try:
            values = read_policy_values(self._host_variables, host)
            hidden = (f"{problem}. {next_step}" for problem, next_step in self._host_variables.hidden_holds(host))
            found = [*filter(None, [self._forecaster.find_problem(values, self._find_names(host))]), *hidden]
            if found:
                yield from found
                return
            if self.is_coverage:
                self.policies[host] = read_policy(self._host_variables, host)
        except AxisError as error:
            yield describe_policy_problem(error)
            return
        self._values[host] = values

    def _find_names(self, host: str) -> set[str]:
        return host_names(self._host_variables.own_names(host))

    def find_duplicates(self) -> dict[str, list[str]]:
        """Return the hosts that have the same address as others, whose devices receive nothing."""
        duplicates = self._check.find_duplicates(self._task_vars, limited=self.parameters["hosts"] is None)
        for host in duplicates.keys() & self.readings.keys():
            self.readings[host].refuse_duplicate(duplicates[host])
        return duplicates

    def separate_incidents(self, read: Readings) -> Readings:
        """Return readings without cameras that may have lost a disk with their groups."""
        return separate_incidents(read, lambda host: bool(self._values[host].get(POLICY_VARIABLES["no_groups"])))

    def derive(self, read: Readings, run: DraftRun) -> tuple[Draft, Sequence[Decision], tuple[str, ...]]:
        """Return the draft, without secrets, the decisions, and the hosts that an audit has to leave out."""
        hostvars = self._task_vars["hostvars"]
        groups = find_inventory_groups(
            run.hosts,
            self._task_vars["groups"],
            play_pattern(self._action._task),
            lambda name: group_precedence(hostvars, name),
        )
        shown, hidden = hide_secret_ids(read.observations, self.secrets)
        draft = self._protect_draft(derive_draft(shown, groups, self._find_set_variables()))
        names = [name for name in POLICY_VARIABLES.values() if name.startswith("retention_policy_")]
        places = [SetVariable(*place) for place in find_policy_places(hostvars, self._host_variables, run.hosts, names)]
        known = self._find_groups({*(group.name for group in groups), *(place.group for place in places)})
        effective = EffectiveVariables(draft, places, known, self._host_variables.play_names)
        values = {
            item.host: effective.resolve(item.host, self._values[item.host], item.listed_serial)
            for item in read.observations
        }
        forecasts = {
            item.host: self._forecaster.compare(item, values[item.host], self._find_names(item.host))
            for item in read.observations
        }
        unread = [item["host"] for item in read.unread if self._is_without_policy(item["host"], effective)]
        left_out = tuple(sorted({*unread, *(host for host, item in forecasts.items() if item.prevents_audit)}))
        observed = frozenset(run.observed)
        decisions = [
            *find_decisions(shown, known, draft, already_set=[item for item in places if item.host in observed]),
            *decide_about_unread(read.unread, left_out),
            *decide_about_forecasts(forecasts, unread),
            *decide_about_outside(find_outside(draft, run)),
            *decide_about_secret_ids(hidden),
            *decide_about_bounds(host for host, own in values.items() if not any(map(own.get, BOUNDS))),
            *map(decide_about_conflict, find_conflicts(run.sources, draft.group_vars, draft.host_vars)),
        ]
        return draft, self.complete(decisions, read), left_out

    def _find_set_variables(self) -> dict[str, list[str]]:
        """Return by host what the inventory or the play sets of its policy, and a draft has to replace."""
        names = (GROUPS, RULES, NO_GROUPS)
        return {host: [name for name in names if values.get(name)] for host, values in self._values.items()}

    def _is_without_policy(self, host: str, effective: EffectiveVariables) -> bool:
        return not has_policy(effective.resolve(host, self._values[host]))

    def _find_groups(self, names: Collection[str | None]) -> list[InventoryGroup]:
        members, hostvars = self._task_vars["groups"], self._task_vars["hostvars"]
        return [
            InventoryGroup(name, frozenset(members[name]), *group_precedence(hostvars, name))
            for name in sorted(members)
            if name in names
        ]

    def complete(self, decisions: Iterable[Decision], read: Readings) -> list[Decision]:
        """Return all decisions, without secrets, the most important ones first."""
        return [self._protect(item) for item in sort_decisions([*decisions, *decide_about_run(read)])]

    def _protect_draft(self, draft: Draft) -> Draft:
        """Return a draft without secrets. The texts of devices have none any more: this is for a defect."""
        group_vars, host_vars = (
            {name: self.secrets.protect(variables) for name, variables in of_all.items()}
            for of_all in (draft.group_vars, draft.host_vars)
        )
        return replace(draft, group_vars=group_vars, host_vars=host_vars)

    def _protect(self, decision: Decision) -> Decision:
        texts = [decision.message, decision.next_step, *decision.recording_groups]
        message, next_step, *groups = self.secrets.protect(texts, lambda: self.hosts)
        return replace(decision, message=message, next_step=next_step, recording_groups=tuple(groups))


def _check_skipped_tags(task_vars: Mapping[str, Any]) -> None:
    """Check that the tasks after this one are not skipped: nothing would show what this run finds.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if _is_in_playbook(task_vars) and "always" in map(str, task_vars.get("ansible_skip_tags") or ()):
        raise invalid_option(
            "--skip-tags always skips tasks of this playbook, so no camera was read", "Run it without that option."
        )


def _find_limit(hosts: Sequence[str] | None, task_vars: Mapping[str, Any]) -> str | None:
    """Return a pattern of the hosts of the run, if it is not for all that match the pattern of the play."""
    if hosts is not None:
        return ",".join(map(build_host_pattern, hosts))
    limit = task_vars.get("ansible_limit")
    return None if limit is None or limit == "" else str(limit)


def _is_in_playbook(task_vars: Mapping[str, Any]) -> bool:
    return str(task_vars.get(PLAYBOOK)) == DRAFT_POLICY


def _check_directory(parameters: Mapping[str, Any], *, check_mode: bool) -> str | None:
    """Return the path of the directory, or ``None`` if no file is to be written.

    :raises InvalidOptionError: ``invalid_option``.
    """
    if parameters["directory"] is not None:
        return check_directory(parameters["directory"], _DIRECTORY, may_write=not check_mode)
    if parameters["coverage"]:
        return None
    raise invalid_option(
        Message("{option} is not set", {"option": _DIRECTORY}),
        Message(
            "Set it to the absolute path of a new directory. For example --extra-vars \"{option}='$PWD/draft'\".",
            {"option": _DIRECTORY},
        ),
    )
