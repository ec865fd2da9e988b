# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the playbook camfleet.axis.draft_policy, and what is wrong with them before the first request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Names
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC, parse_policy
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Policy
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import VariableLevels, extra_variables
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import find_name_problems
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import Addresses, Duplicates
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import find_hosts_outside_limit
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import OPTION, normalize_name
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    CONNECTIONS,
    MAX_LOGIN_FAILURES,
    PLAY_VARIABLES,
    POLICY_VARIABLES,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._preflight import (
    BOUNDS,
    KNOWN_VARIABLES,
    VARIABLES,
    describe_ineffective,
    describe_unsafe_names,
    makes_policy,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate
from ansible_collections.camfleet.axis.plugins.plugin_utils._variable_names import NameCheck, find_own_variable

#: The name of the playbook.
DRAFT_POLICY = "draft_policy"
PREFIX = "draft_policy_"
#: By option of axis_policy_draft, the variable that sets it in the playbook.
DRAFT_VARIABLES: Names = {
    "hosts": "draft_policy_hosts",
    "directory": "draft_policy_dir",
    "recording_actions": "draft_policy_recording",
    "coverage": "draft_policy_coverage",
    "connections": CONNECTIONS,
    "max_login_failures": MAX_LOGIN_FAILURES,
}
#: The result that the playbook registers, and the lines that its last play shows.
RESULT, LINES = "draft_policy_result", "draft_policy_lines"
_PLAIN = (bool, int, str, list)
_SET_BY_PLAYBOOK = frozenset({RESULT, LINES})
#: The variable of other playbooks that selects hosts, which a draft would ignore.
_OTHER_HOSTS = "retention_policy_hosts"
_OWN = frozenset(name for name in DRAFT_VARIABLES.values() if name.startswith(PREFIX))
#: By option of a policy, the variable that sets it.
_POLICY_NAMES = {option: name for option, name in POLICY_VARIABLES.items() if option in POLICY_SPEC}


class DraftCheck:
    """The check of the variables of all hosts.

    :param action: the action that runs once for these hosts.
    :param in_playbook: whether the task is that of the playbook; a custom play sets its options in its own way.
    """

    def __init__(self, action: Any, host_variables: HostVariables, hosts: Sequence[str], *, in_playbook: bool) -> None:
        self._action = action
        self._host_variables = host_variables
        self._hosts = hosts
        self._in_playbook = in_playbook
        self._names = NameCheck(host_variables, KNOWN_VARIABLES | _OWN | _SET_BY_PLAYBOOK)
        self._addresses = Addresses(host_variables, host_variables.resolve_delegate)

    def find_problems(self, prepare: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
        """Return sentences, without the last full stop, each with its hosts.

        :param prepare: called for each host while its variables are collected; yields further problems.
        """
        problems: dict[str, list[str]] = defaultdict(list)
        extra = set(extra_variables(self._action))
        for name in sorted(_SET_BY_PLAYBOOK & extra):
            text = f"{name} is an extra variable, which would hide what this run finds. Remove it"
            problems[text] = [*self._hosts]
        if self._in_playbook and (_OTHER_HOSTS in extra or _OTHER_HOSTS in self._host_variables.play_names):
            meant = DRAFT_VARIABLES["hosts"]
            text = f"{_OTHER_HOSTS} has no effect in the playbook {DRAFT_POLICY}. Did you mean {meant}?"
            problems[text] = [*self._hosts]
        # An audit with the draft would reject those of a run in the inventory, too.
        without_effect = {*DRAFT_VARIABLES.values(), *PLAY_VARIABLES} - extra if self._in_playbook else set()
        for host in self._hosts:
            self._addresses.add(host)
            for problem in (*self._find_problems_of_host(host, without_effect), *prepare(host)):
                problems[self._host_variables.redact(host, problem)].append(host)
        for problem, hosts in find_name_problems(self._hosts):
            problems[problem] += hosts
        return problems

    def _find_problems_of_host(self, host: str, without_effect: set[str]) -> Iterator[str]:
        raw = self._host_variables.raw(host)
        yield from describe_unsafe_names(host, self._host_variables.own_names(host)["group_names"])
        yield from map(describe_ineffective, sorted(without_effect & raw.keys()))
        yield from self._find_unknown_names(raw)
        for name, guess in self._names.find(host):
            if guess is not None and guess.is_certain:
                yield f"{name} is not a variable of camfleet.axis and has no effect. Did you mean {guess.meant}?"

    def _find_unknown_names(self, raw: Mapping[str, Any]) -> Iterator[str]:
        """Yield a problem for each name with the prefix of the playbook that it does not have."""
        for name in sorted({*raw, *self._host_variables.play_names} - _OWN - _SET_BY_PLAYBOOK):
            normal = normalize_name(name)
            if normal.startswith(PREFIX):
                meant = find_own_variable(normal, PREFIX, _OWN)
                rest = f"Did you mean {meant}?" if meant else f"It has {', '.join(sorted(_OWN))}"
                yield f"{name} is not a variable of the playbook {DRAFT_POLICY} and has no effect. {rest}"

    def find_duplicates(self, task_vars: Mapping[str, Any], *, limited: bool) -> Duplicates:
        """Return the hosts that have the same address as others.

        :param limited: whether ``--limit`` may have left out hosts that are one device with these.
        """
        for host in find_hosts_outside_limit(self._action, self._hosts, task_vars) if limited else ():
            self._addresses.add(host)
        own = set(self._hosts)
        return {host: others for host, others in self._addresses.find_duplicates().items() if host in own}


def read_policy_values(host_variables: HostVariables, host: str) -> dict[str, Any]:
    """Return the variables of the policy and the holds of a host, with its templates resolved.

    :raises InvalidOptionError: ``invalid_option``.
    """
    names = (*(name for option, name in VARIABLES.items() if option != OPTION), *host_variables.hold_names(host))
    values = host_variables.read(host, names)
    given = {*host_variables.raw(host), *host_variables.play_names}
    return {**values, **{name: None for name in BOUNDS if name not in values and name in given}}


def read_policy(host_variables: HostVariables, host: str) -> Policy | None:
    """Return the policy of a host, or ``None`` if it has none.

    :raises InvalidOptionError: ``invalid_option``.
    """
    values = host_variables.read(host, _POLICY_NAMES.values())
    given = {option: values[name] for option, name in _POLICY_NAMES.items() if name in values}
    return parse_policy(validate(given, POLICY_SPEC)) if makes_policy(given) else None


def describe_policy_problem(error: AxisError) -> str:
    """Return what is wrong with a policy, without the last full stop."""
    return ". ".join(error.render(POLICY_VARIABLES)).rstrip(".")


def find_policy_places(
    hostvars: Any, host_variables: HostVariables, hosts: Iterable[str], names: Iterable[str]
) -> Iterator[tuple[str, str, str | None, Any]]:
    """Yield host, variable, inventory group, and value of each place that sets one of the variables already.

    The group is ``None`` if the place is more specific than all groups, such as host_vars. A value that may have to be
    decrypted is ``None``; templates are not resolved.
    """
    wanted = frozenset(names)
    levels = None
    for host in hosts:
        raw = host_variables.raw(host)
        if wanted.isdisjoint(raw):
            continue
        levels = levels or VariableLevels(hostvars, None, wanted.__contains__)
        groups = ["all", *map(str, host_variables.own_names(host)["group_names"])]
        for place, variables in levels.of(host):
            group = next((name for name in groups if place.startswith(f"group {name} (")), None)
            for name in sorted(variables):
                value = variables[name]
                yield host, name, group, value if isinstance(value, _PLAIN) else None
