# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holds of a host: those of the task, and those of every variable for holds. No source removes those of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names, Option
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import (
    check_host_patterns,
    select_holds,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import invalid
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_list

_WORD = re.compile(r"[^\W_]+")
# As similar as this, two letters of a short name may be swapped.
_SIMILARITY_CUTOFF = 0.8
#: The option, the variable, and the beginning of the names of further variables.
OPTION, HOLDS, PREFIX = "holds", "axis_holds", "axis_holds_"
#: What to do if a variable hides holds.
RENAME = f"Rename one of them to {PREFIX}<name>: all of these variables are in force together"


def is_hold_variable(name: str) -> bool:
    """Return whether a variable has holds."""
    return name == HOLDS or name.startswith(PREFIX)


def correct_name(name: str) -> str | None:
    """Return the variable that a name is probably meant to be, or ``None`` if it resembles no variable for holds.

    A hold under a wrong name is not in force.

    :param name: the name of a variable that begins with ``axis_`` or ``retention_policy_``.
    """
    if is_hold_variable(name):
        return None
    words = _WORD.findall(name.lower().replace("retention_policy", "axis"))[1:]
    if not words:
        return None
    first, last = words[0], words[-1]
    start = next((start for start in ("holds", "hold") if first.startswith(start)), None)
    if start is None and get_close_matches(first, ["holds"], 1, _SIMILARITY_CUTOFF):
        start = first
    if start is not None:
        others = [first[len(start) :], *words[1:]]
    elif last in ("hold", "holds"):
        others = words[:-1]
    else:
        return None
    return "_".join([HOLDS, *filter(None, others)])


def host_names(variables: Mapping[str, Any]) -> set[str]:
    """Return what ``hosts`` of a hold may name: a host and its groups.

    :param variables: all variables of the host.
    """
    return {"all", str(variables["inventory_hostname"]), *map(str, variables.get("group_names") or ())}


def merge_holds(sources: Iterable[tuple[str, Any]]) -> tuple[list[Any], dict[str, str]]:
    """Return the holds of all sources, and by entry what the user sets for it.

    :param sources: names and values of options and variables; a value of ``None`` counts as not set.
    :raises InvalidOptionError: ``invalid_option``, if a source is not a list.
    """
    holds: list[Any] = []
    names: dict[str, str] = {}
    for source, value in sources:
        if value is None:
            continue
        check_list(Option(source), value)
        names |= {_entry(len(holds) + number): f"{source}[{number}]" for number in range(len(value))}
        holds += value
    return holds, names


def inventory_names(groups: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return the names of all hosts, and of the groups that have hosts.

    :param groups: by group, its hosts.
    """
    return frozenset(str(name) for group, hosts in groups.items() if hosts for name in (group, *hosts))


def matches_any(pattern: str, names: Collection[str]) -> bool:
    """Return whether a name or a glob matches any of several names."""
    return pattern in names or any(fnmatchcase(name, pattern) for name in names)


def check_hosts(holds: Sequence[Mapping[str, Any]], is_in_inventory: Callable[[str], bool]) -> None:
    """Check that each pattern of ``hosts`` matches a host: a hold with a misspelled one would not be in force.

    :param holds: validated parameters.
    :param is_in_inventory: whether a glob matches a host of the inventory, or a group that has hosts.
    :raises InvalidOptionError: ``invalid_option``.
    """
    for number, hold in enumerate(holds):
        entry = Option(OPTION)[number]
        for index, pattern in enumerate(check_host_patterns(hold, entry) or ()):
            if not is_in_inventory(pattern):
                raise invalid(
                    "{option} is {pattern!r}, which matches no host of the inventory and no group that has hosts",
                    next_step="Correct it: names are case-sensitive. If the hold is obsolete, remove it.",
                    option=entry["hosts"][index],
                    pattern=pattern,
                )


def find_hidden_holds(levels: Sequence[tuple[str, Mapping[str, Any]]], in_force: Mapping[str, Any]) -> list[str]:
    """Return, as sentences without the last full stop, which variables hide holds that another place sets for a host.

    :param levels: the places that set variables for holds, and their values, those that override others last.
    :param in_force: the variables for holds that are in force.
    """
    problems = []
    for name, value in sorted(in_force.items()):
        places = [(place, variables[name]) for place, variables in levels if name in variables]
        if not places:
            continue
        if places[-1][1] != value:
            places.append(("the play, a role, or set_fact", value))
        hidden = dict.fromkeys(place for place, other in places[:-1] if other and other != value)
        if hidden:
            problems.append(
                f"{name} is set in {' and in '.join(hidden)}, and also in {places[-1][0]}, which hides the holds of "
                f"the former. {RENAME}"
            )
    return problems


def filter_holds(
    parameters: Mapping[str, Any], names: Names, host: Collection[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return parameters with only the holds that apply to a host, and the names of options for them.

    :param parameters: validated, with all holds.
    :param host: what ``host_names`` returns.
    :raises InvalidOptionError: ``invalid_option``, if ``hosts`` of any hold is not valid.
    """
    numbers = select_holds(parameters[OPTION], host)
    others = {name: text for name, text in names.items() if not name.startswith(f"{OPTION}[")}
    kept = {_entry(new): names.get(_entry(old), _entry(old)) for new, old in enumerate(numbers)}
    return {**parameters, OPTION: [parameters[OPTION][number] for number in numbers]}, {**others, **kept}


def _entry(number: int) -> str:
    return f"{OPTION}[{number}]"
