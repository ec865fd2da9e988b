# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the policy of every host can be carried out, before the first request to any of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from difflib import get_close_matches
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    DEVICE_SPEC,
    HOLDS_SPEC,
    Spec,
    allowances_from,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.policy import POLICY_SPEC, policy_from
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import (
    FAIL_ON_DRIFT,
    MAX_FAIL_PERCENTAGE,
    PLAY,
    PLAY_VARIABLES,
    POLICY_VARIABLES,
    REPORT,
    RESULT,
    ROLE_DEFAULTS,
    WAVES,
    HostVariables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import abbreviate
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_names, check_types, validate

_SPEC: Spec = {**POLICY_SPEC, **HOLDS_SPEC, "fail_on_drift": {"type": "bool"}}
_VARIABLES = {**POLICY_VARIABLES, "fail_on_drift": FAIL_ON_DRIFT}
_PREFIX = "retention_policy_"
_REGISTERED = (
    RESULT,
    PLAY,
    "retention_policy_wave",
    REPORT,
    "retention_policy_failed_hosts",
)
_KNOWN = frozenset((*ROLE_DEFAULTS, *PLAY_VARIABLES, *_REGISTERED))
_AXIS_PREFIX = "axis_"
_AXIS_KNOWN = frozenset({POLICY_VARIABLES["holds"], *(f"{_AXIS_PREFIX}{name}" for name in DEVICE_SPEC)})
# So near that it is a slip of the pen and no variable of the user's own.
_NEAR = 0.85
_WAVE = re.compile(r"[1-9][0-9]*|[1-9][0-9]?%|100%")
_MAKES_A_POLICY = ("groups", "existing_groups", "purge")
_NO_POLICY = (
    "It has no policy. Set retention_policy_groups, retention_policy_existing_groups or retention_policy_purge; "
    "a rule for existing groups with the match {recording_group_id: '*'} asks for nothing but the bounds"
)


@dataclass
class Preflight:
    """What is found, each with the hosts that it is about.

    :param problems: what makes a run impossible.
    :param strange: variables that look like the role's and are not.
    """

    problems: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    strange: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def warnings(self) -> list[str]:
        """The strange variables in words."""
        return [f"{name} (set for {abbreviate(hosts)}) {_NO_EFFECT}." for name, hosts in sorted(self.strange.items())]


_NO_EFFECT = "is no variable of the role and has no effect"


def check(
    fleet: HostVariables, hosts: Iterable[str], extra_variables: Iterable[str], run: Mapping[str, Any] | None = None
) -> Preflight:
    """Look at the variables of every host, and at those of the run.

    :param extra_variables: the names of the extra variables of the run.
    :param run: the values of PLAY_VARIABLES, as far as they are set.
    """
    found = Preflight()
    hosts = list(hosts)
    extra_variables = set(extra_variables)
    for problem in (*_wrong_in_run(run or {}), *map(_overridden, sorted(extra_variables.intersection(_REGISTERED)))):
        found.problems[problem] = hosts
    without_effect = set(PLAY_VARIABLES) - extra_variables
    # Most hosts share their names and their policy with many others.
    names: dict[str, str | None] = {}
    policies: dict[str, str | None] = {}
    for host in hosts:
        for name in (name for name in fleet.raw(host) if name.startswith((_PREFIX, _AXIS_PREFIX))):
            if name not in names:
                names[name] = _ineffective(name) if name in without_effect else _misspelt(name)
            if (wrong := names[name]) is not None:
                found.problems[wrong].append(host)
            elif name.startswith(_PREFIX) and name not in _KNOWN:
                found.strange[name].append(host)
        try:
            values = fleet.read(host, _VARIABLES.values())
        except AxisError as error:
            found.problems[_words(error)].append(host)
            continue
        key = repr(values)
        if key not in policies:
            policies[key] = _verdict(values)
        if (wrong := policies[key]) is not None:
            found.problems[wrong].append(host)
    return found


def _misspelt(name: str) -> str | None:
    """What is wrong with a name that is nearly one of ours."""
    prefix, known = (_PREFIX, _KNOWN) if name.startswith(_PREFIX) else (_AXIS_PREFIX, _AXIS_KNOWN)
    if name in known:
        return None
    # Without the prefix, which would make every two names alike.
    meant = {item.removeprefix(prefix): item for item in known if item not in _REGISTERED}
    # Every module honours the holds, so that they are no variable of the role alone.
    meant.setdefault("holds", POLICY_VARIABLES["holds"])
    near = get_close_matches(name.removeprefix(prefix), meant, 1, _NEAR)
    return f"{name} {_NO_EFFECT}; did you mean {meant[near[0]]}?" if near else None


def _ineffective(name: str) -> str:
    return (
        f"{name} is set in the inventory, where it has no effect, since it is about the run and not about a host. "
        "Give it with --extra-vars, in the survey of a job template, or in vars of import_playbook"
    )


def _overridden(name: str) -> str:
    return f"{name} is an extra variable, which would hide what this run finds. Leave it out: the role sets it itself"


def _wrong_in_run(run: Mapping[str, Any]) -> Iterator[str]:
    waves = run.get(WAVES)
    if waves not in (None, ""):
        sizes = waves if isinstance(waves, list) else re.split(r"[\s,]+", str(waves).strip("[] "))
        if not sizes or not all(_WAVE.fullmatch(str(size).strip("'\"")) for size in sizes):
            yield (
                f"{WAVES} is {waves!r}. Write the sizes of the waves, as numbers or percentages of at least 1: "
                '[1, 10, "20%"] or 1,10,20%'
            )
    share = run.get(MAX_FAIL_PERCENTAGE)
    if share not in (None, "") and not _is_share(share):
        yield f"{MAX_FAIL_PERCENTAGE} is {share!r}. Give a number from 0 to 100"


def _is_share(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and 0 <= float(value) <= 100
    except (TypeError, ValueError):
        return False


def _verdict(values: Mapping[str, Any]) -> str | None:
    """What is wrong with the values of one host, in the words of the role's variables."""
    arguments = {option: values[name] for option, name in _VARIABLES.items() if name in values}
    if not any(option in arguments and arguments[option] not in ([], False, "") for option in _MAKES_A_POLICY):
        return _NO_POLICY
    try:
        check_names(arguments, _SPEC)
        check_types(arguments, _SPEC)
        parameters = validate(arguments, _SPEC, "-t role camfleet.axis.retention_policy")
        policy_from(parameters)
        allowances_from(parameters, datetime.now(timezone.utc))
    except AxisError as error:
        return _renamed(_words(error))
    return None


def _words(error: AxisError) -> str:
    return f"{error.message}. {error.next_step}".rstrip(".")


# An option that is no word of its own in English, or one where a name is expected.
_OPTION = re.compile(
    r"(?<![\w.])(?:"
    + "|".join(
        rf"{option}\b" if "_" in option else rf"(?:\A|(?<=value of )|(?<=argument ')){option}\b"
        for option in _VARIABLES
    )
    + ")"
)


def _renamed(words: str) -> str:
    """An error of the module in the words of the role: ``groups[1]`` is ``retention_policy_groups[1]`` there."""
    return _OPTION.sub(lambda match: _VARIABLES[match[0]], words)
