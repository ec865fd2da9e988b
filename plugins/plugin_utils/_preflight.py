# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the policy of every host can be carried out, before the first request to any of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from difflib import get_close_matches
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._specification import (
    HOLDS_SPEC,
    POLICY_SPEC,
    allowances_from,
    policy_from,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet import (
    PLAY,
    PLAY_VARIABLES,
    POLICY_VARIABLES,
    RESULT,
    ROLE_DEFAULTS,
    Fleet,
    some,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_names, check_types, validate

_SPEC = {**POLICY_SPEC, **HOLDS_SPEC}
_PREFIX = "retention_policy_"
_REGISTERED = (
    RESULT,
    PLAY,
    "retention_policy_wave",
    "retention_policy_report",
    "retention_policy_ends_badly",
)
_MEANT = (*ROLE_DEFAULTS, *PLAY_VARIABLES)
_KNOWN = frozenset((*_MEANT, *_REGISTERED))
# The one thing that a policy must say, and the variables that can say it.
_NO_POLICY = "It has no policy. Set retention_policy_groups, retention_policy_existing or another variable of the role"


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
        return [_strange(name, hosts) for name, hosts in sorted(self.strange.items())]


def check(fleet: Fleet, hosts: Iterable[str], extra_variables: Iterable[str]) -> Preflight:
    """Look at the variables of every host.

    :param extra_variables: the names of the extra variables of the run.
    """
    found = Preflight()
    verdicts: dict[str, str | None] = {}
    ineffective = set(PLAY_VARIABLES) - set(extra_variables)
    for host in hosts:
        for name in fleet.raw(host):
            if name in ineffective:
                found.problems[_ineffective(name)].append(host)
            elif name.startswith(_PREFIX) and name not in _KNOWN:
                found.strange[name].append(host)
        try:
            values = fleet.read(host, POLICY_VARIABLES.values())
        except AnsibleError as error:
            found.problems[f"A variable of the policy cannot be templated: {error}"].append(host)
            continue
        # Most hosts share their policy with many others.
        key = repr(values)
        if key not in verdicts:
            verdicts[key] = _verdict(values)
        if (problem := verdicts[key]) is not None:
            found.problems[problem].append(host)
    return found


def _strange(name: str, hosts: list[str]) -> str:
    # Without the prefix, which would make every two names alike.
    near = get_close_matches(name.removeprefix(_PREFIX), [known.removeprefix(_PREFIX) for known in _MEANT], 1)
    guess = f"; did you mean {_PREFIX}{near[0]}?" if near else "."
    return f"{name} (set for {some(hosts)}) is no variable of the role and has no effect{guess}"


def _ineffective(name: str) -> str:
    return (
        f"{name} is set in the inventory, where it has no effect: Ansible makes plays of it before there are hosts. "
        "Give it as an extra variable, with --extra-vars or in the survey of a job template"
    )


def _verdict(values: Mapping[str, Any]) -> str | None:
    """What is wrong with the values of one host, in the words of the role's variables."""
    arguments = {option: values[name] for option, name in POLICY_VARIABLES.items() if name in values}
    if not any(option in arguments and arguments[option] not in ([], False) for option in _SAYS_SOMETHING):
        return _NO_POLICY
    try:
        check_names(arguments, _SPEC)
        check_types(arguments, _SPEC)
        parameters = validate(arguments, _SPEC, "-t role camfleet.axis.retention_policy")
        policy_from(parameters)
        allowances_from(parameters, datetime.now(timezone.utc))
    except AxisError as error:
        return f"{_renamed(error.what)}. {_renamed(error.next_step)}".rstrip(".")
    return None


_SAYS_SOMETHING = ("groups", "existing", "purge", "retention_minimum", "retention_maximum")


# An option that is no word of its own in English, or one where a name is expected.
_OPTION = re.compile(
    r"(?<![\w.])(?:"
    + "|".join(
        rf"{option}\b" if "_" in option else rf"(?:\A|(?<=value of )|(?<=argument ')){option}\b"
        for option in POLICY_VARIABLES
    )
    + ")"
)


def _renamed(words: str) -> str:
    """An error of the module in the words of the role: ``groups[1]`` is ``retention_policy_groups[1]`` there."""
    return _OPTION.sub(lambda match: POLICY_VARIABLES[match[0]], words)
