# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check that the policy of every host is valid, before the first request to any of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, Names, describe_value
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import HOLDS_SPEC, build_allowances
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import (
    POLICY_SPEC,
    build_policy,
    build_tolerance,
    parse_policy,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import NEVER_EMPTY, Spec
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Policy
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import (
    escape_invisible,
    has_controls,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import Addresses, Duplicates, FindDelegate
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import (
    HOLDS,
    OPTION,
    check_holds_are_set,
    check_hosts,
    filter_holds,
    host_names,
    is_hold_variable,
    merge_holds,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    ALLOW_UNMATCHED_HOLDS,
    AUDIT,
    AUDIT_AFTER,
    CANARY,
    CONNECTIONS,
    DUPLICATES,
    FAIL_ON_DRIFT,
    MARK,
    MAX_FAIL_PERCENTAGE,
    MAX_LOGIN_FAILURES,
    PLAY,
    PLAY_VARIABLES,
    PLAYBOOK,
    POLICY_VARIABLES,
    REPORT,
    RESULT,
    ROLE_DEFAULTS,
    SERIALS,
    STARTED,
    WAVE,
    WAVES,
    WRITES,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import INVENTORY_PROBLEMS
from ansible_collections.camfleet.axis.plugins.plugin_utils._parallel import MAX_CONNECTIONS
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.allowances import render_permanent_allowances
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import abbreviate
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import validate
from ansible_collections.camfleet.axis.plugins.plugin_utils._variable_names import NameCheck

_SPEC: Spec = {
    **POLICY_SPEC,
    **HOLDS_SPEC,
    "fail_on_drift": {"type": "bool"},
    "allow_unmatched_holds": {"type": "bool"},
}
#: By option of a policy, the variable that sets it. Those with holds have several names.
VARIABLES: Names = {
    **POLICY_VARIABLES,
    "fail_on_drift": FAIL_ON_DRIFT,
    "allow_unmatched_holds": ALLOW_UNMATCHED_HOLDS,
}
#: The variables that a closer null must not remove.
BOUNDS = tuple(name for option, name in VARIABLES.items() if option in NEVER_EMPTY)
_REGISTERED = (
    RESULT,
    PLAY,
    MARK,
    PLAYBOOK,
    DUPLICATES,
    SERIALS,
    AUDIT,
    AUDIT_AFTER,
    WRITES,
    "retention_policy_gate",
    "retention_policy_waves_of_run",
    WAVE,
    STARTED,
    "retention_policy_written",
    REPORT,
    "retention_policy_failed_hosts",
    "retention_policy_run",
)
_KNOWN = frozenset((*ROLE_DEFAULTS, *PLAY_VARIABLES, *_REGISTERED))
_AXIS_PREFIX = "axis_"
_AXIS_KNOWN = frozenset({HOLDS, INVENTORY_PROBLEMS, *(f"{_AXIS_PREFIX}{name}" for name in DEVICE_SPEC)})
#: The variables of the role and of the connection, and what the playbooks register.
KNOWN_VARIABLES = _KNOWN | _AXIS_KNOWN
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
_WAVE = re.compile(r"[1-9][0-9]*|[1-9][0-9]?%|100%")
_MAKES_A_POLICY = ("groups", "existing_groups", "no_groups", "purge")
_NO_POLICY = (
    "The host has no policy. Set retention_policy_groups, retention_policy_existing_groups or retention_policy_purge. "
    "To check only the bounds, add a rule to retention_policy_existing_groups with match {recording_group_id: '*'}. "
    "For a camera that must have no recording groups, for example because a recorder records its video, set "
    "retention_policy_no_groups to true"
)


@dataclass
class Preflight:
    """The findings, each with its hosts.

    :param problems: sentences, without the last full stop, about what makes a run impossible.
    :param unknown_variables: variables with the prefix of the role that it does not have.
    :param resembled: by variable that resembles another one, and may be the user's own, that other one.
    :param duplicates: hosts with the same address.
    :param permanent_allowances: by host, the allowances that the inventory sets, each with its place.
    """

    problems: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unknown_variables: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    resembled: dict[str, str] = field(default_factory=dict)
    duplicates: Duplicates = field(default_factory=dict)
    permanent_allowances: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def warnings(self) -> list[str]:
        """Return the sentences about allowances for every run, and about the unknown variables."""
        return [*render_permanent_allowances(self.permanent_allowances.items()), *self._describe_unknown()]

    def _describe_unknown(self) -> list[str]:
        unknown = {name: f"set for {abbreviate(hosts)}" for name, hosts in sorted(self.unknown_variables.items())}
        doubtful = [
            f"{name} ({where}; resembles {self.resembled[name]})"
            for name, where in unknown.items()
            if name in self.resembled
        ]
        others = [f"{name} ({where}) {_NO_EFFECT}." for name, where in unknown.items() if name not in self.resembled]
        return [*others, _DOUBTFUL.format(", ".join(doubtful))] if doubtful else others


_NO_EFFECT = "is not a variable of camfleet.axis and has no effect"
_DOUBTFUL = (
    "These variables are not variables of camfleet.axis and have no effect: {}. Correct the names of those that should "
    "be another variable. To silence this warning for your own variables, begin their names with a prefix other than "
    "axis_ and retention_policy_."
)


def check_variables(
    host_variables: HostVariables,
    hosts: Iterable[str],
    extra_variables: Iterable[str],
    play_variables: Mapping[str, Any] | None = None,
    find_delegate: FindDelegate = lambda _host: None,
    *,
    find_connection_problems: Callable[[str], Iterable[str]] = lambda _host: (),
    outside: Iterable[str] = (),
    templates: Iterable[Any] = (),
    prepare: Callable[[str], str | None] = lambda _host: None,
    task_holds: Sequence[Any] = (),
) -> Preflight:
    """Check the variables of every host, and those of the run.

    :param extra_variables: the names of the extra variables of the run.
    :param play_variables: the values of those PLAY_VARIABLES that are set.
    :param find_delegate: returns the machine that connects to a host, or ``None`` if it is the controller.
    :param find_connection_problems: returns what is invalid in the variables for the connection to a host.
    :param outside: the hosts that ``--limit`` leaves out. Only their addresses are compared.
    :param templates: values besides variables that may use a variable of the user's own.
    :param prepare: called for each host without a problem while its variables are collected; returns one.
    :param task_holds: those in module_defaults, with their templates unresolved.
    """
    found = Preflight()
    hosts = list(hosts)
    extra_variables = set(extra_variables)
    overridden = sorted(extra_variables.intersection(_REGISTERED))
    found.problems.update(
        (text, hosts) for text in (*_play_variable_problems(play_variables or {}), *map(_overridden, overridden))
    )
    without_effect = set(PLAY_VARIABLES) - extra_variables
    name_check = NameCheck(host_variables, KNOWN_VARIABLES, templates)
    # Most hosts share their policy with many others.
    policies: dict[str, str | None] = {}
    addresses = Addresses(host_variables, find_delegate)
    for host in hosts:
        addresses.add(host)
        raw = host_variables.raw(host)
        inventory = host_variables.own_names(host)
        for text in describe_unsafe_names(host, inventory["group_names"]):
            found.problems[text].append(host)
        for name in sorted(without_effect & raw.keys()):
            found.problems[describe_ineffective(name)].append(host)
        for name, guess in name_check.find(host):
            if guess is not None and guess.is_certain:
                found.problems[f"{name} {_NO_EFFECT}. Did you mean {guess.meant}?"].append(host)
                continue
            found.unknown_variables[name].append(host)
            if guess is not None:
                found.resembled[name] = guess.meant
        for text in find_connection_problems(host):
            found.problems[text].append(host)
        try:
            values = host_variables.read(host, (*VARIABLES.values(), *host_variables.hold_names(host)))
        except AxisError as error:
            found.problems[_sentences(error, VARIABLES)].append(host)
            continue
        if allowances := host_variables.find_permanent_allowances(host, values, extra_variables):
            found.permanent_allowances[host] = allowances
        # A closer null must not remove a bound.
        values |= {name: None for name in BOUNDS if name not in values and name in {*raw, *host_variables.play_names}}
        names = host_names(inventory)
        key = repr(values)
        # The holds that apply may differ from host to host.
        key += repr(sorted(names)) if "'hosts'" in key else ""
        if key not in policies:
            policies[key] = _policy_problem(values, names, host_variables.is_in_inventory)
        hidden = (f"{problem}. {next_step}" for problem, next_step in host_variables.hidden_holds(host, task_holds))
        problems = [problem for problem in (policies[key], *hidden) if problem is not None]
        for problem in problems or filter(None, [prepare(host)]):
            found.problems[problem].append(host)
    for host in outside:
        addresses.add(host)
    duplicates, own = addresses.find_duplicates(), set(hosts)
    found.duplicates = {host: others for host, others in duplicates.items() if host in own}
    return found


def describe_unsafe_names(host: str, groups: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with the names of a host and of its groups, which all output has."""
    for kind, name in (("host", host), *(("group", str(group)) for group in groups)):
        if has_controls(name):
            yield (
                f"The inventory name {escape_invisible(name)} has control characters, line separators, or characters "
                f"that change the direction of text, which can forge lines of the output. Rename the {kind}"
            )


def describe_ineffective(name: str) -> str:
    """Return what is wrong with a variable of the run that the inventory sets."""
    return (
        f"{name} is set in the inventory, where it has no effect, because it applies to the run and not to a host. "
        "Set it with --extra-vars, in the survey of a job template, or in vars of import_playbook"
    )


def _overridden(name: str) -> str:
    return f"{name} is an extra variable, which would hide what this run finds. Remove it: the role sets it"


def _play_variable_problems(play_variables: Mapping[str, Any]) -> Iterator[str]:
    waves = play_variables.get(WAVES)
    if waves not in (None, ""):
        sizes = waves if isinstance(waves, list) else re.split(r"[\s,]+", str(waves).strip("[] "))
        if not sizes or not all(_WAVE.fullmatch(str(size).strip("'\"")) for size in sizes):
            yield (
                f"{WAVES} is {waves!r}, which is not a list of valid sizes. Set it to numbers or percentages of hosts, "
                'each at least 1: [1, 10, "20%"] or 1,10,20%'
            )
    percentage = play_variables.get(MAX_FAIL_PERCENTAGE)
    if percentage not in (None, "") and not _is_percentage(percentage):
        value = describe_value(percentage)
        yield f"{MAX_FAIL_PERCENTAGE} is {value}, which is not a number from 0 to 100. Set it to a number such as 10"
    for name, maximum, advice in _COUNTS:
        count = play_variables.get(name)
        if count not in (None, "") and not _is_count(count, maximum):
            value, limit = describe_value(count), f"from 1 to {maximum}" if maximum else "of at least 1"
            yield f"{name} is {value}, which is not a whole number {limit}. Set it to a number such as {advice}"
    canary = play_variables.get(CANARY)
    if canary not in (None, "") and not _is_boolean(canary):
        yield f"{CANARY} is {describe_value(canary)}, which is neither true nor false. Set it to true or false"


#: Variable of the run, the largest number that it accepts, if there is one, and its default.
_COUNTS = ((CONNECTIONS, MAX_CONNECTIONS, 64), (MAX_LOGIN_FAILURES, None, 5))


def _is_count(value: Any, maximum: int | None) -> bool:
    text = "" if isinstance(value, bool) else str(value).strip()
    return bool(_COUNT.fullmatch(text)) and 1 <= int(text) <= (maximum or int(text))


def _is_boolean(value: Any) -> bool:
    try:
        boolean(value)
    except TypeError:
        return False
    return True


def _is_percentage(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and 0 <= float(value) <= 100
    except (TypeError, ValueError):
        return False


def _policy_problem(
    values: Mapping[str, Any], host: Collection[str], is_in_inventory: Callable[[str], bool]
) -> str | None:
    """Return what is invalid in the variables of one host, if anything.

    :param host: what ``host_names`` returns.
    """
    arguments = {option: values[name] for option, name in VARIABLES.items() if name in values and option != OPTION}
    if not makes_policy(arguments):
        return _NO_POLICY
    found = build_host_policy(values, host, is_in_inventory)
    return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """The policy of one host, with the holds that apply to it.

    :param names: by option, the variable that sets it.
    """

    policy: Policy
    allowances: Allowances
    names: Names


def build_host_policy(
    values: Mapping[str, Any], host: Collection[str], is_in_inventory: Callable[[str], bool]
) -> HostPolicy | str:
    """Return the policy of a host, or what is invalid in its variables, without the last full stop.

    :param values: by variable, its value.
    :param host: what ``host_names`` returns.
    """
    arguments = {option: values[name] for option, name in VARIABLES.items() if name in values and option != OPTION}
    names = VARIABLES
    try:
        sources = [(name, values[name]) for name in sorted(values) if is_hold_variable(name)]
        holds, hold_names = merge_holds(sources)
        names = {**VARIABLES, **hold_names}
        parameters = validate({**arguments, OPTION: holds}, _SPEC)
        parse_policy(parameters)
        build_tolerance(parameters)
        now = datetime.now(timezone.utc)
        build_allowances(parameters, now)
        check_hosts(parameters[OPTION], is_in_inventory)
        check_holds_are_set(sources)
        own, own_names = filter_holds(parameters, names, host)
        allowances = build_allowances(own, now)
        return HostPolicy(build_policy(parameters, allowances), allowances, own_names)
    except AxisError as error:
        return _sentences(error, names)


def makes_policy(arguments: Mapping[str, Any]) -> bool:
    """Return whether a host has a policy.

    :param arguments: by option, the value of its variable.
    """
    return any(_is_set(arguments.get(option)) for option in _MAKES_A_POLICY)


def _is_set(value: Any) -> bool:
    """Return whether a variable may make a policy. A text such as that of an extra variable may be false, too."""
    if isinstance(value, (bool, str)):
        return value != "" and (not _is_boolean(value) or boolean(value))
    # The number 0 equals False.
    return value not in (None, [], False)


def _sentences(error: AxisError, names: Names) -> str:
    return ". ".join(error.render(names)).rstrip(".")
