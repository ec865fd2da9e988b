# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users may write of a policy: its argument spec, and from validated parameters to the policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError, Option, invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import patterns_from
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import (
    GROUP_SPEC,
    Parameters,
    Spec,
    check_pattern,
    desired_from,
    group_from,
    retention_time_from,
)
from ansible_collections.camfleet.axis.plugins.module_utils._options.recording import recording_option_from
from ansible_collections.camfleet.axis.plugins.module_utils._planner.changes import DesiredGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Match, Policy, Rule

_Entry = TypeVar("_Entry")

#: How much the age of recordings may differ from what is configured.
DEFAULT_TOLERANCE = "1d"
#: A whole device against a policy.
POLICY_SPEC: Spec = {
    "groups": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {**GROUP_SPEC, "recording": {"type": "raw"}},
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
                },
            },
            **{name: option for name, option in GROUP_SPEC.items() if name != "recording_group_id"},
        },
    },
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


def policy_from(parameters: Parameters) -> Policy:
    """The policy that validated parameters describe.

    :raises InvalidOptionError: ``invalid_option``, naming the entry that is wrong.
    """
    policy = Policy(
        groups=_entries("groups", parameters["groups"], _group),
        rules=_entries("existing_groups", parameters["existing_groups"], _rule),
        purge=_purge(parameters["purge"], parameters["purge_match"]),
        # An empty variable of a play arrives as an empty text.
        minimum=retention_time_from("retention_minimum", parameters["retention_minimum"] or None),
        maximum=retention_time_from("retention_maximum", parameters["retention_maximum"] or None),
        reports_unmanaged=parameters["unmanaged"] == "report",
    )
    if policy == Policy(reports_unmanaged=policy.reports_unmanaged):
        raise invalid_option(
            "The policy is empty", "Give at least one of groups, existing, purge, retention_minimum, retention_maximum."
        )
    _check_identities(policy.groups)
    _check_rules(policy)
    _check_bounds(policy)
    return policy


def tolerance_from(parameters: Parameters) -> int | None:
    """Return the hours that the age of recordings may differ from what is configured.

    :returns: ``None`` if the recordings are not verified.
    :raises InvalidOptionError: ``invalid_option``.
    """
    # An empty variable of a play arrives as an empty text.
    written = parameters["retention_tolerance"] or DEFAULT_TOLERANCE
    if written == "unlimited":
        raise invalid_option("retention_tolerance is unlimited", "Set it to hours or days, such as 36h or 1d.")
    tolerance = retention_time_from("retention_tolerance", written)
    return tolerance if parameters["verify_recordings"] else None


def _entries(name: str, items: Sequence[Parameters], read: Callable[[Parameters], _Entry]) -> tuple[_Entry, ...]:
    entries = []
    for number, item in enumerate(items):
        try:
            entries.append(read(item))
        except InvalidOptionError as error:
            raise invalid_option(f"{name}[{number}]: {error.message}", error.next_step) from error
    return tuple(entries)


def _group(parameters: Parameters) -> DesiredGroup:
    return replace(group_from(parameters), recording=recording_option_from(parameters["recording"]))


def _rule(parameters: Parameters) -> Rule:
    match = parameters["match"]
    options = patterns_from(match["stream_options"] or {}, Option("match")["stream_options"])
    if not any((match["recording_group_id"], match["nice_name"], options)):
        raise invalid_option(
            "match is empty", "Give a pattern for recording_group_id, nice_name or stream_options; '*' is every group."
        )
    if match["recording_group_id"]:
        check_pattern("match.recording_group_id", match["recording_group_id"])
    return Rule(
        Match(
            match["recording_group_id"] or None,
            match["nice_name"] or None,
            options,
        ),
        desired_from(parameters, None, present=True),
    )


def _purge(purge: bool, patterns: Sequence[str]) -> tuple[str, ...]:
    for number, pattern in enumerate(patterns):
        check_pattern(f"purge_match[{number}]", pattern)
    if purge and not patterns:
        raise invalid_option(
            "purge is true and purge_match is not given",
            "Say with patterns in purge_match which groups may be purged; '*' is all that the policy does not name.",
        )
    return tuple(patterns) if purge else ()


def _check_identities(groups: Sequence[DesiredGroup]) -> None:
    for number, group in enumerate(groups):
        for earlier, other in enumerate(groups[:number]):
            same_name = fold_text(group.nice_name or "") == fold_text(other.nice_name or "")
            if group.recording_group_id is not None and group.recording_group_id == other.recording_group_id:
                raise invalid_option(
                    f"groups[{number}] has the same recording_group_id {group.recording_group_id} as entry {earlier}",
                    "Merge the entries.",
                )
            if same_name and None in (group.recording_group_id, other.recording_group_id):
                raise invalid_option(
                    f"groups[{number}] has the same nice_name {group.nice_name!r} as entry {earlier}; one has no id",
                    "Give each of the entries a recording_group_id.",
                )


def _check_rules(policy: Policy) -> None:
    """Refuse a rule whose groups would be something else to the next run, which might even purge them."""
    found_by_name = {fold_text(item.nice_name or "") for item in policy.groups if item.recording_group_id is None}
    for number, rule in enumerate(policy.rules):
        where, wanted = f"existing_groups[{number}]", rule.desired
        if not rule.match.could_match(wanted):
            raise invalid_option(
                f"{where}: its match does not fit the nice_name or stream_options that it sets, so that the next run "
                "would not know the groups",
                "Match by recording_group_id, or leave that field out.",
            )
        for earlier, other in enumerate(policy.rules[:number]):
            if other.match.constrains(wanted) and other.match.could_match(wanted):
                raise invalid_option(
                    f"{where}: the nice_name or stream_options that it sets fits existing_groups[{earlier}], which comes "
                    "before it and would count in the next run",
                    f"Put it before existing_groups[{earlier}].",
                )
        if wanted.nice_name is not None and fold_text(wanted.nice_name) in found_by_name:
            raise invalid_option(
                f"{where}: nice_name {wanted.nice_name!r} is the one by which an entry of groups without id is found",
                "Give that entry a recording_group_id.",
            )


def _check_bounds(policy: Policy) -> None:
    minimum, maximum = policy.minimum, policy.maximum
    if minimum is not None and maximum is not None and sort_key(minimum) > sort_key(maximum):
        raise invalid_option(
            f"retention_minimum {format_retention_time(minimum)} is above "
            f"retention_maximum {format_retention_time(maximum)}",
            "Swap them, or correct one.",
        )
    entries = [(f"groups[{number}]", group) for number, group in enumerate(policy.groups)]
    entries += [(f"existing_groups[{number}]", rule.desired) for number, rule in enumerate(policy.rules)]
    for where, wanted in entries:
        hours = wanted.retention_time
        below = hours is not None and minimum is not None and sort_key(hours) < sort_key(minimum)
        above = hours is not None and maximum is not None and sort_key(hours) > sort_key(maximum)
        if hours is not None and (below or above):
            raise invalid_option(
                f"{where}: retention_time {format_retention_time(hours)} is {'below' if below else 'above'} "
                f"the policy's own retention_{'minimum' if below else 'maximum'}",
                "Correct one of the two.",
            )
