# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find out what a report says about its run: kind, time, scope, who ran and approved it, and the policies in words."""

from __future__ import annotations

import getpass
import json
import platform
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from ansible.release import __version__ as ansible_version

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC, parse_policy
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import play_pattern
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    PLAY,
    PLAYBOOK,
    POLICY_VARIABLES,
    STARTED,
    WAVE,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import (
    AUDIT,
    ROLL_OUT,
    PolicyWords,
    RunInfo,
    Scope,
    parse_time,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.policy_words import UNKNOWN, describe_policy
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput
from ansible_collections.camfleet.axis.plugins.plugin_utils._run_id import find_run_id
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate

#: The result of the gate of a roll-out.
_GATE = "retention_policy_gate"
_POLICY_NAMES = {option: name for option, name in POLICY_VARIABLES.items() if option in POLICY_SPEC}
# The variables of all hosts with a policy usually give it, or those of none.
_MAX_ATTEMPTS = 3
# An inventory may also be a list of thousands of hosts.
_MAX_SOURCE = 200


class RunFacts:
    """What the variables of the hosts say about the run.

    :param task_vars: those of the task that builds the report.
    """

    def __init__(self, host_variables: HostVariables, task_vars: Mapping[str, Any]) -> None:
        self._host_variables = host_variables
        self._task_vars = task_vars
        self._mark = task_vars.get(PLAY)
        self._attempts: Counter[str] = Counter()
        #: by policy digest, the policy as sentences
        self.words: dict[str, PolicyWords] = {}
        #: the start of the first check
        self.started: datetime | None = None
        #: why the run ended early
        self.stopped = self._find_gate()

    def add(self, host: HostInput) -> None:
        """Add the start and the end of the run. It is best to call this while the variables of the host are known."""
        variables = self._host_variables.raw(host.name)
        if self._mark and variables.get(PLAY) == self._mark:
            self._add_start(variables.get(STARTED))
            self._add_wave(variables.get(WAVE))

    def add_policy(self, host: HostInput) -> None:
        """Add the policy of a host in words, which only a report needs."""
        digest = (host.result or {}).get("policy_digest")
        if digest and self.words.get(digest, UNKNOWN) is UNKNOWN and self._attempts[digest] < _MAX_ATTEMPTS:
            self._attempts[digest] += 1
            self.words[digest] = self._describe(host.name, digest)

    def _find_gate(self) -> str | None:
        gate = self._task_vars.get(_GATE) or {}
        return gate.get("stopped") or None if self._mark and gate.get("play") == self._mark else None

    def _add_start(self, text: Any) -> None:
        with suppress(ValueError):
            started = parse_time(str(text))
            if started.tzinfo is not None:
                self.started = min(started, self.started or started)

    def _add_wave(self, wave: Any) -> None:
        if isinstance(wave, Mapping) and wave.get("play") == self._mark and wave.get("stopped"):
            self.stopped = str(wave["stopped"])

    def _describe(self, host: str, digest: str) -> PolicyWords:
        try:
            values = self._host_variables.read(host, _POLICY_NAMES.values())
            given = {option: values[name] for option, name in _POLICY_NAMES.items() if name in values}
            policy = parse_policy(validate(given, POLICY_SPEC))
        except AxisError:
            return UNKNOWN
        if policy.digest != digest:
            return UNKNOWN
        words = describe_policy(policy)
        # A name may use any variable.
        protect = self._host_variables.find_secrets(host).protect
        return PolicyWords(*(tuple(protect(list(texts))) for texts in (words.groups, words.bounds, words.rules)))


def build_run_info(
    task: Any, parameters: Mapping[str, Any], now: datetime, task_vars: Mapping[str, Any], facts: RunFacts
) -> RunInfo:
    """Build what the report says about the run.

    :param task: the task that builds the report.
    :param now: the end of the run.
    """
    check_mode = bool(task.check_mode)
    return RunInfo(
        find_run_type(task_vars.get(PLAYBOOK), check_mode=check_mode),
        parameters["title"],
        now,
        read_creator(task_vars),
        read_collection_version(),
        ansible_version,
        find_run_id(parameters["run_id"], _read_awx(task_vars, "workflow_job_id")),
        **_read_slice(task_vars),
        check_mode=check_mode,
        stopped=facts.stopped,
        started=facts.started,
        approved_by=(parameters["approved_by"] or "").strip() or None,
        scope=read_scope(task, task_vars),
        python_version=platform.python_version(),
    )


def find_run_type(playbook: Any, *, check_mode: bool) -> str:
    """Return the type of a run: a custom play in check mode is an audit."""
    return AUDIT if playbook == AUDIT or (check_mode and playbook != ROLL_OUT) else ROLL_OUT


def read_scope(task: Any, task_vars: Mapping[str, Any]) -> Scope:
    """Return which hosts the play is about."""
    limit = task_vars.get("ansible_limit")
    return Scope(
        ",".join(play_pattern(task)),
        None if limit is None or limit == "" else str(limit),
        tuple(map(_shorten, task_vars.get("ansible_inventory_sources") or ())),
    )


def _shorten(source: object) -> str:
    text = str(source)
    return text if len(text) <= _MAX_SOURCE else f"{text[:_MAX_SOURCE]}…"


def read_creator(task_vars: Mapping[str, Any]) -> dict[str, str | None]:
    """Return who ran the play; AWX sets variables for that."""
    try:
        user: str | None = getpass.getuser()
    except (KeyError, OSError):
        user = None  # a container without an entry for this user ID
    return {
        "user": _read_awx(task_vars, "user_name") or user,
        "controller": platform.node() or None,
        "job": _read_awx(task_vars, "job_id"),
    }


def _read_awx(task_vars: Mapping[str, Any], name: str) -> str | None:
    value = task_vars.get(f"awx_{name}", task_vars.get(f"tower_{name}"))
    return None if value is None or value == "" else str(value)


def _read_slice(task_vars: Mapping[str, Any]) -> dict[str, int]:
    """Return which slice of a job this is, if the run says so."""
    try:
        number, count = (int(_read_awx(task_vars, f"job_slice_{name}") or 0) for name in ("number", "count"))
    except ValueError:
        return {}
    # AWX calls a job without slices slice 0 of 1.
    return {"slice_number": number, "slice_count": count} if 1 <= number <= count and count > 1 else {}


def read_collection_version() -> str:
    """Return the version of the collection."""
    root = Path(__file__).parents[2]
    try:
        # An installed collection has MANIFEST.json, a checkout has galaxy.yml.
        information = json.loads((root / "MANIFEST.json").read_text(encoding="utf-8"))["collection_info"]
    except OSError:
        information = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))
    return str(information["version"])
