# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a retention policy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations

from ansible_collections.camfleet.axis.plugins.module_utils._errors import Option
from ansible_collections.camfleet.axis.plugins.module_utils._models.globs import find_impossible_range
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    parse_hours,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import build_patterns
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_pattern, fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._options.groups import (
    GROUP_SPEC,
    ID_SOURCE_SPEC,
    build_group,
    build_group_with_id,
    check_group_id,
    check_group_pattern,
    parse_optional_retention_time,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import parse_recording
from ansible_collections.camfleet.axis.plugins.module_utils._options.spec import Parameters, Spec, invalid
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import Allowances, DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Match, Policy, Rule

#: How much the age of recordings may differ from the configured retention time.
DEFAULT_TOLERANCE = "1d"
#: A policy for a whole device.
POLICY_SPEC: Spec = {
    "groups": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {**GROUP_SPEC, **ID_SOURCE_SPEC, "recording": {"type": "raw"}},
    },
    "existing_groups": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "match": {
                "type": "dict",
                "required": True,
                "options": {
                    "recording_group_id": {"type": "str", "aliases": ["id", "recordinggroupid"]},
                    "nice_name": {"type": "str", "aliases": ["name", "nicename"]},
                    "stream_options": {"type": "dict", "aliases": ["streamoptions"]},
                    "literal": {"type": "bool", "default": False},
                },
            },
            **{name: option for name, option in GROUP_SPEC.items() if name != "recording_group_id"},
        },
    },
    "no_groups": {"type": "bool", "default": False},
    "purge": {"type": "bool", "default": False},
    "purge_match": {"type": "list", "elements": "str", "default": []},
    "retention_minimum": {"type": "str"},
    "retention_maximum": {"type": "str"},
    "unmanaged": {"type": "str", "choices": ["report", "ignore"], "default": "report"},
    "on_refused": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "allow_recording_loss": {"type": "bool", "default": False},
    "allow_recording_stop": {"type": "bool", "default": False},
    "verify_recordings": {"type": "bool", "default": False},
    "retention_tolerance": {"type": "str", "default": DEFAULT_TOLERANCE},
}


_WILDCARD = re.compile(r"[*?\[]")
_GROUPS, _RULES = Option("groups"), Option("existing_groups")
_NO_GROUPS = Option("no_groups")
_PURGE, _PURGE_MATCH = Option("purge"), Option("purge_match")
_MINIMUM, _MAXIMUM = Option("retention_minimum"), Option("retention_maximum")
_TOLERANCE = Option("retention_tolerance")


def build_policy(parameters: Parameters, allowances: Allowances | None = None) -> Policy:
    """Return the policy that validated parameters describe.

    :param allowances: with the holds of the device. With any, the maximum is checked group by group on the device.
    :raises InvalidOptionError: ``invalid_option``, with the option and the entry.
    """
    policy = parse_policy(parameters)
    _check_entries(policy, allowances)
    return policy


def parse_policy(parameters: Parameters) -> Policy:
    """Return the policy without comparing its entries with its bounds, which depends on holds.

    :raises InvalidOptionError: ``invalid_option``, with the option and the entry.
    """
    options = {name: parameters[name] for name in POLICY_SPEC if name in parameters}
    return _build_policy(_WrittenPolicy(repr(options), options))


@dataclass(frozen=True)
class _WrittenPolicy:
    """Options, which are equal if they are written equally."""

    text: str
    options: Parameters = field(compare=False)


# The cameras of a fleet often have equal policies. They cannot change, nor name a host.
@lru_cache(maxsize=256)
def _build_policy(written: _WrittenPolicy) -> Policy:
    parameters = written.options
    policy = Policy(
        groups=tuple(_build_entry(item, _GROUPS[number]) for number, item in enumerate(parameters["groups"])),
        rules=tuple(_build_rule(item, _RULES[number]) for number, item in enumerate(parameters["existing_groups"])),
        purge=_build_purge(parameters["purge"], parameters["purge_match"]),
        # An empty variable of a play is an empty text here.
        minimum=parse_optional_retention_time(parameters["retention_minimum"] or None, _MINIMUM),
        maximum=parse_optional_retention_time(parameters["retention_maximum"] or None, _MAXIMUM),
        reports_unmanaged=parameters["unmanaged"] == "report",
        no_groups=bool(parameters["no_groups"]),
    )
    if policy == Policy(reports_unmanaged=policy.reports_unmanaged):
        raise invalid(
            "The policy is empty",
            next_step="Set at least one of {groups}, {rules}, {no_groups}, {purge}, {minimum}, and {maximum}.",
            groups=_GROUPS,
            rules=_RULES,
            no_groups=_NO_GROUPS,
            purge=_PURGE,
            minimum=_MINIMUM,
            maximum=_MAXIMUM,
        )
    _check_no_groups(policy)
    _check_identities(policy.groups)
    _check_rules(policy)
    _check_bounds(policy)
    return policy


def build_tolerance(parameters: Parameters) -> int | None:
    """Return the hours by which the age of recordings may differ from the configured retention time.

    :returns: ``None`` if the recordings are not verified.
    :raises InvalidOptionError: ``invalid_option``.
    """
    # An empty variable of a play is an empty text here.
    text = parameters["retention_tolerance"] or DEFAULT_TOLERANCE
    if text == "unlimited":
        next_step = "Set {option} to hours or days, such as 36h or 1d."
        raise invalid("{option} is unlimited, which is not a valid tolerance", next_step=next_step, option=_TOLERANCE)
    tolerance = parse_hours(text, _TOLERANCE)
    return tolerance if parameters["verify_recordings"] else None


def _build_entry(parameters: Parameters, entry: Option) -> DesiredGroup:
    recording_group_id = parameters["recording_group_id"]
    if recording_group_id is not None and _WILDCARD.search(recording_group_id):
        raise invalid(
            "{option} is {id!r}, which is a pattern, and an entry is for one group",
            next_step="Set {option} to an ID, or move the pattern to {rules}: a rule is for every existing group that "
            "matches its pattern.",
            option=entry["recording_group_id"],
            id=recording_group_id,
            rules=_RULES,
        )
    group = build_group(parameters, entry.__getitem__)
    return replace(group, recording=parse_recording(parameters["recording"], entry["recording"]))


def _build_rule(parameters: Parameters, entry: Option) -> Rule:
    match = _build_match(parameters["match"], entry["match"])
    return Rule(match, build_group_with_id(parameters, None, entry.__getitem__, present=True))


def _build_match(parameters: Parameters, option: Option) -> Match:
    literal = bool(parameters.get("literal"))
    recording_group_id, name = parameters["recording_group_id"], parameters["nice_name"] or ""
    nice_name = fold_text(name) if literal else fold_pattern(name)
    stream_options = build_patterns(parameters["stream_options"] or {}, option["stream_options"])
    if not any((recording_group_id, nice_name, stream_options)):
        raise invalid(
            "{option} is empty",
            next_step="Set a pattern for recording_group_id, nice_name, or stream_options. The "
            "pattern '*' matches every group.",
            option=option,
        )
    if recording_group_id:
        check = check_group_id if literal else check_group_pattern
        check(recording_group_id, option["recording_group_id"])
    if not literal:
        _check_name_pattern(nice_name, option["nice_name"])
        for stream_option, pattern in stream_options:
            _check_pattern(pattern, option["stream_options"][stream_option])
    return Match(recording_group_id or None, nice_name or None, stream_options, literal)


def _check_name_pattern(pattern: str, option: Option) -> None:
    _check_pattern(pattern, option)
    if pattern != pattern.strip():
        raise invalid(
            "{option} is {pattern!r}, which cannot match, because names are compared without spaces at their ends",
            next_step="Remove the spaces at the ends of {option}.",
            option=option,
            pattern=pattern,
        )


def _check_pattern(pattern: str, option: Option) -> None:
    wrong = find_impossible_range(pattern)
    if wrong is not None:
        raise invalid(
            "{option} is {pattern!r}, where {wrong} matches no character",
            next_step="Correct the brackets, or set literal: true if {option} is a text instead of a pattern.",
            option=option,
            pattern=pattern,
            wrong=wrong,
        )


def _build_purge(purge: bool, patterns: Sequence[str]) -> tuple[str, ...]:
    for number, pattern in enumerate(patterns):
        check_group_pattern(pattern, _PURGE_MATCH[number])
    if purge and not patterns:
        raise invalid(
            "{purge} is true, but {match} is empty",
            next_step="Set {match} to patterns of the groups that may be purged. The pattern '*' matches "
            "every group, but groups "
            "with an entry or a rule are never purged.",
            purge=_PURGE,
            match=_PURGE_MATCH,
        )
    return tuple(patterns) if purge else ()


def _check_no_groups(policy: Policy) -> None:
    """Check that a device which must have no groups has no entries and no rules, which are for groups that it has."""
    others = [option for option, items in ((_GROUPS, policy.groups), (_RULES, policy.rules)) if items]
    if policy.no_groups and others:
        which = " and ".join(f"{{other_{number}}}" for number, _option in enumerate(others))
        raise invalid(
            f"{{no_groups}} is true, but {which} {'is' if len(others) == 1 else 'are'} not empty",
            next_step=f"Set {which} to [] for a device that must have no recording groups, or remove {{no_groups}}.",
            no_groups=_NO_GROUPS,
            **{f"other_{number}": option for number, option in enumerate(others)},
        )


def _check_identities(groups: Sequence[DesiredGroup]) -> None:
    for (earlier, one), (later, other) in combinations(enumerate(groups), 2):
        options = {"one": _GROUPS[earlier], "other": _GROUPS[later]}
        same_name = fold_text(one.nice_name or "") == fold_text(other.nice_name or "")
        if same_name and (one.is_named or other.is_named):
            raise invalid(
                "{one} and {other} have the same nice_name: {name!r}",
                next_step="Set recording_group_id in both entries, or merge them.",
                name=other.nice_name,
                **options,
            )
        if one.recording_group_id is not None and one.recording_group_id == other.recording_group_id:
            derived = next((item for item in (one, other) if item.has_derived_id), None)
            raise invalid(
                "{one} and {other} have the same recording_group_id: {id}{source}",
                next_step="Set another recording_group_id." if derived else "Merge the two entries.",
                id=one.recording_group_id,
                source=f", which is derived from the nice_name {derived.nice_name!r}" if derived else "",
                **options,
            )


def _check_rules(policy: Policy) -> None:
    """Check that each rule matches the same groups in the next run, which might even purge them otherwise."""
    found_by_name = {fold_text(item.nice_name or "") for item in policy.groups if item.is_named}
    for number, rule in enumerate(policy.rules):
        option, desired = _RULES[number], rule.desired
        _check_own_match(rule, option)
        for earlier, other in enumerate(policy.rules[:number]):
            if other.match.constrains(desired) and other.match.could_match(desired):
                raise invalid(
                    "{rule} sets a nice_name or stream_options that {other} matches, so the next run would apply "
                    "{other} to the groups",
                    next_step="Move {rule} before {other}.",
                    rule=option,
                    other=_RULES[earlier],
                )
        if desired.nice_name is not None and fold_text(desired.nice_name) in found_by_name:
            raise invalid(
                "{rule} sets the nice_name {name!r}, which identifies an entry of {groups} without recording_group_id",
                next_step="Set recording_group_id in that entry.",
                rule=option,
                name=desired.nice_name,
                groups=_GROUPS,
            )


def _check_own_match(rule: Rule, option: Option) -> None:
    """Check that a rule does not set what it matches."""
    desired = rule.desired
    if not rule.match.could_match(desired):
        is_name = not rule.match.could_match(replace(desired, stream_options=None))
        field, value = ("nice_name", desired.nice_name) if is_name else ("stream_options", desired.stream_options)
        raise invalid(
            "{field} is {value!r}, which does not match {match}, so the next run would not find the groups",
            next_step="Match by recording_group_id, or remove {field}.",
            field=option[field],
            match=option["match"][field],
            value=value,
        )
    if rule.match.constrains(desired):
        field = "nice_name" if rule.match.constrains(replace(desired, stream_options=None)) else "stream_options"
        raise invalid(
            "{rule} sets the {field} that it matches, and if a device stores a different text than was sent, the "
            "next run would not find the groups",
            next_step="Match by recording_group_id, or remove {option}.",
            rule=option,
            field=field,
            option=option[field],
        )


def _check_bounds(policy: Policy) -> None:
    minimum, maximum = policy.minimum, policy.maximum
    if minimum is not None and maximum is not None and sort_key(minimum) > sort_key(maximum):
        raise invalid(
            "{minimum} is {low}, which is above {maximum}: {high}",
            next_step="Set {minimum} to {high} or less, or {maximum} to {low} or more.",
            minimum=_MINIMUM,
            maximum=_MAXIMUM,
            low=format_retention_time(minimum),
            high=format_retention_time(maximum),
        )


def _name_entry(group: DesiredGroup) -> str:
    """Return which entry of a long list it is."""
    return f"the entry for {(group.nice_name if group.is_named else group.recording_group_id)!r}"


def _name_rule(rule: Rule) -> str:
    """Return which rule of a long list it is."""
    match = rule.match
    return f"the rule for {(match.recording_group_id or match.nice_name or 'stream options')!r}"


def _check_entries(policy: Policy, allowances: Allowances | None) -> None:
    minimum, maximum = policy.minimum, policy.maximum
    entries = [(_GROUPS[number], group, _name_entry(group)) for number, group in enumerate(policy.groups)]
    entries += [(_RULES[number], rule.desired, _name_rule(rule)) for number, rule in enumerate(policy.rules)]
    # Which groups a hold protects is known only with those of the device: see Policy.above_maximum.
    upper = None if allowances is not None and allowances.holds else maximum
    for entry, desired, where in entries:
        hours = desired.retention_time
        if hours is None:
            continue
        if minimum is not None and sort_key(hours) < sort_key(minimum):
            raise invalid(
                "{option} is {hours}, which is below {bound_option}: {bound}, in {where}",
                next_step="Correct {option} or {bound_option}.",
                option=entry["retention_time"],
                hours=format_retention_time(hours),
                bound_option=_MINIMUM,
                bound=format_retention_time(minimum),
                where=where,
            )
        if upper is not None and sort_key(hours) > sort_key(upper):
            raise invalid(
                "{option} is {hours}, which is above {bound_option}: {bound}, in {where}. Only a group under an active "
                "hold may be above the maximum, and no hold applies to the host",
                next_step="Check whether a hold is missing: it may have been removed, or its file is not read for the "
                "host. If none is missing, correct {option} or {bound_option}.",
                option=entry["retention_time"],
                hours=format_retention_time(hours),
                bound_option=_MAXIMUM,
                bound=format_retention_time(upper),
                where=where,
            )
