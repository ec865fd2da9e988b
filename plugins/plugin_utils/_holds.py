# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holds of a host: those of the task, and those of every variable for holds. No source removes those of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Names, Option
from ansible_collections.camfleet.axis.plugins.module_utils._options.holds import (
    check_host_patterns,
    select_holds,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import invalid
from ansible_collections.camfleet.axis.plugins.plugin_utils._templates import find_used_names, has_template
from ansible_collections.camfleet.axis.plugins.plugin_utils._validation import check_list

_WORD = re.compile(r"[^\W_]+")
# As similar as this, two letters of a short name may be swapped.
_SIMILARITY_CUTOFF = 0.8
#: The value of a variable that resolves to ``omit``, which is not set.
OMITTED = object()
#: The option, the variable, and the beginning of the names of further variables.
OPTION, HOLDS, PREFIX = "holds", "axis_holds", "axis_holds_"
# What only a hold has, and what other entries may have, too.
_GROUP_KEYS, _REASON, _OTHER_KEYS = (
    ("recording_group_id", "recordinggroupid", "match"),
    "reason",
    ("id", "owner", "until"),
)
_GROUP_ID = _GROUP_KEYS[0]
_KEYS = frozenset({*_GROUP_KEYS, _REASON, *_OTHER_KEYS, "hosts"})
# As in axisholds.
_GLUED = re.compile(r"^(?:axis|retention_policy|retentionpolicy_*)(?=hold)")
# As in legalholds.
_ENDING = re.compile(r"(?<!thres)(?<!house)holds?$")
# The words of names such as axis_hold_time.
_DURATION = re.compile("times?|timer|timeout|durations?|delay|interval|days|hours|minutes|seconds|secs?|ms")
# A duration, a moment, or a switch.
_NO_GROUP = re.compile(
    r"[-+]?[\d.,:/ -]+(?:T[\d.:]+)?(?:Z|[-+][\d:]+)?\s*(?:ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w"
    r"|weeks?|months?|y|years?|%)?|true|false|yes|no|on|off|none|null",
    re.IGNORECASE,
)
# What to do if a variable hides holds, or what the template of one uses.
_RENAME = f"Rename one of them to {PREFIX}<name>: all of these variables are in force together"
_SEPARATE = f"Use two different names, and one of them in a variable {PREFIX}<name>: all of these are in force together"
# The variables of core with those of all hosts.
_INVENTORY = frozenset({"groups", "hostvars", "vars"})
_NO_OTHERS: Mapping[str, Any] = MappingProxyType({})
#: The places that set variables for a host, and the values, those that override others last.
Levels = Sequence[tuple[str, Mapping[str, Any]]]


class HiddenHolds(NamedTuple):
    """A variable that hides holds, and what to do, each without the last full stop."""

    problem: str
    next_step: str


@lru_cache(maxsize=10000)
def is_hold_variable(name: str) -> bool:
    """Return whether a variable has holds."""
    return name == HOLDS or name.startswith(PREFIX)


# Most hosts have the same variables.
@lru_cache(maxsize=10000)
def normalize_name(name: str) -> str:
    """Return a name in lower case, with underscores only, and also between the prefix and the word hold."""
    return _GLUED.sub("axis_", re.sub(r"\W", "_", name.lower()))


def correct_name(name: str) -> str | None:
    """Return the variable that a name is probably meant to be, or ``None`` if it resembles no variable for holds.

    A hold under a wrong name is not in force.

    :param name: the name of a variable that begins with ``axis_`` or ``retention_policy_``.
    """
    if is_hold_variable(name):
        return None
    words = _find_words(name)
    if not words:
        return None
    first, last = words[0], words[-1]
    start = next((start for start in ("holds", "hold") if first.startswith(start)), None)
    if start is None and get_close_matches(first, ["holds"], 1, _SIMILARITY_CUTOFF):
        start = first
    if start is not None:
        others = [first[len(start) :], *words[1:]]
    elif ending := _ENDING.search(last):
        others = [*words[:-1], last[: ending.start()]]
    else:
        return None
    return "_".join([HOLDS, *filter(None, others)])


def _find_words(name: str) -> list[str]:
    """Return the words of a name after its prefix."""
    return _WORD.findall(normalize_name(name).replace("retention_policy", "axis"))[1:]


def is_hold_name(name: str) -> bool:
    """Return whether the name of a variable has the word hold, so that it can hardly be about anything else."""
    words = _find_words(name)
    if not words or any(map(_DURATION.fullmatch, words)):
        return False
    first, last = words[0], words[-1]
    return first == "hold" or first.startswith("holds") or sorted(first) == sorted("holds") or last in ("hold", "holds")


def are_holds(value: Any) -> bool:
    """Return whether a value has an entry that can only be meant as a hold."""
    if isinstance(value, str):
        # An extra variable may be JSON, and any variable YAML.
        keys = "|".join((*_GROUP_KEYS, _REASON))
        return bool(re.search(rf"(?:^|[\[{{,\n-])\s*[\"']?(?:{keys})[\"']?\s*:", value, re.IGNORECASE))
    if isinstance(value, (list, tuple)):
        return any(map(are_holds, value))
    if not isinstance(value, Mapping):
        return False
    keys_of_value = {str(key).lower() for key in value}
    is_hold = not keys_of_value.isdisjoint(_GROUP_KEYS) or (
        _REASON in keys_of_value and not keys_of_value.isdisjoint(_OTHER_KEYS)
    )
    return is_hold or any(are_holds(item) for item in value.values() if not isinstance(item, str))


def may_name_groups(value: Any) -> bool:
    """Return whether a value has a text that could be a group, and that is neither a duration, a date, nor a switch."""
    if isinstance(value, str):
        return bool(value.strip()) and not _NO_GROUP.fullmatch(value.strip())
    if isinstance(value, Mapping):
        return any(isinstance(item, bool) or may_name_groups(item) for item in value.values())
    return isinstance(value, (list, tuple)) and any(map(may_name_groups, value))


def is_result(value: Any) -> bool:
    """Return whether a value is the registered result of a task, which may have holds."""
    return isinstance(value, Mapping) and {"changed", "failed"} <= value.keys()


def are_in_force(value: Any, holds: Iterable[Any]) -> bool:
    """Return whether the holds in the value of a variable, or its parts of holds, are among those in force.

    :param holds: those in force.
    """
    if isinstance(value, str) and are_holds(value):
        with suppress(yaml.YAMLError):
            value = yaml.safe_load(value)
    entries = list(value) if isinstance(value, (list, tuple)) else [value]
    whole = [entry for entry in entries if isinstance(entry, Mapping) and _GROUP_ID in entry]
    known = list(holds)
    if not all(any(_is_same(entry, hold) for hold in known if isinstance(hold, Mapping)) for entry in whole):
        return False
    parts = [entry for entry in entries if not (isinstance(entry, Mapping) and _GROUP_ID in entry)]
    return {*_find_names(parts)} <= {*_find_names(known)}


def _is_same(entry: Mapping[str, Any], hold: Mapping[str, Any]) -> bool:
    """Return whether a hold is in force as it is written in another place, where the reason may differ."""
    hosts, of_hold = (sorted(map(str, _list(item.get("hosts")))) for item in (entry, hold))
    keys = [key for key in (_GROUP_ID, "until") if key in entry]
    return hosts == of_hold and all(str(entry[key]).strip() == str(hold.get(key)).strip() for key in keys)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _find_names(value: Any) -> Iterator[str]:
    """Yield each text and number in a value, and each key that is not one of a hold."""
    if isinstance(value, Mapping):
        yield from (str(key) for key in value if str(key).lower() not in _KEYS)
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _find_names(item)
    elif value is not None:
        yield str(value).strip()


def host_names(own: Mapping[str, Any]) -> set[str]:
    """Return what ``hosts`` of a hold may name: a host and its groups.

    :param own: name and groups of the host in the inventory, which no variable overrides.
    """
    return {"all", str(own["inventory_hostname"]), *map(str, own["group_names"])}


def find_replaced_name(variables: Mapping[str, Any], own: Mapping[str, Any]) -> HiddenHolds | None:
    """Return what is wrong if a variable overrides the name or the groups of a host: holds may not apply to it.

    :param variables: all variables of the host in a task.
    :param own: name and groups of the host in the inventory.
    """
    for name, value in own.items():
        if name in variables and _plain(variables[name]) != _plain(value):
            return HiddenHolds(
                f"A variable replaces {name}, which Ansible sets, so that legal holds might not apply to the host",
                f"Remove {name} from the extra variables, the inventory, the play, and the tasks",
            )
    return None


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value)


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


def check_holds_are_set(sources: Iterable[tuple[str, Any]]) -> None:
    """Check that each variable has a value: an empty list is one, and what a template resolves to may be none.

    :raises InvalidOptionError: ``invalid_option``.
    """
    for source, value in sources:
        if value is None:
            raise invalid(
                "{option} is set, but has no value",
                next_step="Set it to a list of holds, or to [] if there are none. If it is a template, check the "
                "variables that it uses.",
                option=Option(source),
            )


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


def find_hidden_holds(
    find_levels: Callable[[Collection[str]], Levels],
    written: Mapping[str, Any],
    names: Iterable[str],
    others: Mapping[str, Any] = _NO_OTHERS,
    *,
    task_holds: Any = None,
    find_elsewhere: Callable[[Mapping[str, str]], list[HiddenHolds]] = lambda _used: [],
) -> list[HiddenHolds]:
    """Return which variables hide holds that another place sets for a host, or what the templates of holds use.

    :param find_levels: returns the places that set variables for holds, or other variables of the given names.
    :param written: the variables that are in force, with their templates unresolved.
    :param names: the variables for holds.
    :param others: values of variables for holds that are in force in addition to those written.
    :param task_holds: the holds of the task, with their templates unresolved.
    :param find_elsewhere: returns what other hosts hide of their variables that holds may use, each with what uses it.
    """
    own = {name: name for name in sorted(names)}
    users, levels = _find_users(find_levels, written, own, task_holds)
    deciding = _find_deciding(levels, written, {*own, *find_used_names(task_holds, deciding=True)})
    problems = []
    for name, user in users.items():
        if (places := _find_hidden(levels, name, written.get(name), others, is_text=name not in deciding)) is None:
            continue
        where = f"set in {' and in '.join(places[:-1])}, and also in {places[-1]}, which hides the"
        if user == name:
            problems.append(HiddenHolds(f"{name} is {where} holds of the former", _RENAME))
        else:
            problems.append(HiddenHolds(f"{user} uses {name}, which is {where} value of the former", _SEPARATE))
    values = [item for _place, variables in levels for item in variables.items() if item[0] in users]
    values += [(OPTION, task_holds), *((name, written.get(name)) for name in users)]
    used = _find_used_elsewhere(users, [item for item in values if item[0] in {OPTION, *deciding}])
    return [*problems, *find_elsewhere(used)] if used else problems


def _find_used_elsewhere(users: Mapping[str, str], values: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Return the variables of other hosts that values may use, each with what depends on it; none without hostvars."""
    used = ((users.get(name, OPTION), find_used_names(value, deciding=True)) for name, value in values)
    return {name: user for user, found in used if "hostvars" in found for name in sorted(found - _INVENTORY)}


def find_hidden_elsewhere(
    host: str,
    find_levels: Callable[[Collection[str]], Levels],
    written: Mapping[str, Any],
    used: Mapping[str, str],
) -> list[HiddenHolds]:
    """Return which values that another place sets for another host are hidden, although holds use them.

    :param host: the other host.
    :param used: its variables that holds may use, each with what uses it.
    """
    own = {name: user for name, user in used.items() if name in written}
    users, levels = _find_users(find_levels, written, own)
    deciding = _find_deciding(levels, written, own)
    return [
        HiddenHolds(
            f"{user} uses {name} of {host}, which is set in {' and in '.join(places[:-1])}, and also in {places[-1]}, "
            "which hides the value of the former",
            _SEPARATE,
        )
        for name, user in users.items()
        if (places := _find_hidden(levels, name, written.get(name), _NO_OTHERS, is_text=name not in deciding))
    ]


def _find_users(
    find_levels: Callable[[Collection[str]], Levels],
    written: Mapping[str, Any],
    names: Mapping[str, str],
    task_holds: Any = None,
) -> tuple[dict[str, str], Levels]:
    """Return each variable that holds depend on, with what uses it, and where they are set.

    :param names: the variables to begin with.
    """
    users = {
        **{name: OPTION for name in sorted(find_used_names(task_holds) - _INVENTORY) if name in written},
        **names,
    }
    levels, found = find_levels([name for name in users if not is_hold_variable(name)]), dict(users)
    while found:
        used: dict[str, str] = {}
        for name, user in found.items():
            values = [variables[name] for _place, variables in levels if name in variables]
            for value in (written.get(name), *values):
                used |= dict.fromkeys(find_used_names(value) - users.keys() - used.keys(), user)
        found = {name: used[name] for name in sorted(used.keys() - _INVENTORY) if name in written}
        if found:
            users |= found
            levels = find_levels(users)
    return users, levels


def _find_deciding(levels: Levels, written: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """Return those variables that decide which groups are held, with the given ones, and not only when or why."""
    deciding: set[str] = set()
    pending = {*names} - _INVENTORY
    while pending:
        deciding |= pending
        values = [variables[name] for _place, variables in levels for name in pending if name in variables]
        values += [written.get(name) for name in pending]
        pending = find_used_names(values, deciding=True) - deciding - _INVENTORY
    return deciding


def _find_hidden(
    levels: Levels, name: str, in_force: Any, others: Mapping[str, Any], *, is_text: bool
) -> list[str] | None:
    """Return the places whose values of a variable are hidden, and the place that hides them, if any are.

    :param is_text: whether holds use the variable only as a text or a condition, so that only lists, dictionaries, and
        templates can have holds.
    """
    values = [(place, variables[name]) for place, variables in levels if name in variables]
    places = [(place, value) for place, value in values if (name, value) not in others.items()]
    if not places:
        return None
    if places[-1][1] != in_force:
        places.append(("the play, a role, or set_fact", in_force))
    hidden = dict.fromkeys(
        place
        for place, value in places[:-1]
        if value not in (None, "", [], {}) and value != in_force and not (is_text and _is_plain(value))
    )
    return [*hidden, places[-1][0]] if hidden else None


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return not has_template(value)
    return not isinstance(value, (list, tuple, Mapping))


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


def render_unmatched_holds(
    results: Iterable[Mapping[str, Any]], parameters: Mapping[str, Any], names: Names
) -> list[str]:
    """Return a sentence for each active hold of a task that matches no group of its device.

    :param results: the holds in the result of the task.
    :param parameters: validated, with the holds.
    """
    return [
        f"The hold on {hold['recording_group_id']} ({hold['reason']}, owner: {hold['owner']}) in "
        f"{_find_source(hold['recording_group_id'], parameters[OPTION], names)} matches no recording group of this "
        "device, and protects nothing here. Correct recording_group_id of the hold, or limit the hold with its option "
        "hosts to the hosts that have the group."
        for hold in results
        # There is a warning already if only the case differs.
        if hold["matches"] == [] and not hold["differs_in_case"] and not hold["ended"]
    ]


def _find_source(pattern: str, holds: Sequence[Mapping[str, Any]], names: Names) -> str:
    found = (number for number, hold in enumerate(holds) if hold["recording_group_id"] == pattern)
    return " and in ".join(dict.fromkeys(names.get(_entry(number), _entry(number)) for number in found)) or OPTION


def _entry(number: int) -> str:
    return f"{OPTION}[{number}]"
