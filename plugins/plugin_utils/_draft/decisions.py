# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person has to decide about a draft: it says what is configured, not what is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup, describe_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    UNLIMITED,
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_actions import find_action
from ansible_collections.camfleet.axis.plugins.module_utils._planner.recording_age import find_losing_groups
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.conventions import (
    NO_CONVENTION,
    AlikeGroups,
    SeenGroup,
    find_alike,
    see_group,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import Draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import (
    GROUPS,
    NO_GROUPS,
    RULES,
    RuleMatch,
    read_settings,
    write_retention_time,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.recording import describe_recording
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.similar_ids import escape_id

#: The heading of each kind of decision, the most important kind first.
HEADINGS: Mapping[str, str] = {
    "permits_deletion": "Deletions that the inventory permits",
    "left_out": "Groups that no rule can name",
    "already_set": "Policies that the inventory sets already",
    "earlier_cleanup": "Disks that delete recordings earlier than their groups",
    "different_retention": "Different retention times on similar cameras",
    "different_sites": "Different retention times of sites",
    "unlimited": "Groups without a limit",
    "not_recording": "Recording actions that record nothing",
    "no_groups": "Cameras without recording groups",
    "wide_pattern": "Patterns that are wider than the groups they are for",
    "no_convention": "Groups whose IDs have nothing in common",
    "not_expressible": "Settings that no policy can express",
    "would_purge": "Groups that a purge deletes",
    "without_policy": "Cameras without a policy",
    "not_covered": "Groups that no entry and no rule covers",
    "recording_not_covered": "Recording actions that no entry manages",
    "only_wildcard": "Groups that only the pattern * covers",
    "without_bounds": "Cameras without bounds of the retention time",
}


_MAX_EXAMPLES = 3
#: By variable that permits a deletion, what it permits a roll-out to do.
_PERMISSIONS = {
    "retention_policy_purge": "delete groups that no entry and no rule covers, with all their recordings",
    "retention_policy_allow_recording_loss": "delete recordings",
    "retention_policy_allow_recording_stop": "end recordings",
}
_FALSE = frozenset({"false", "no", "off", "0", ""})


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. Its sentences have no last full stop."""

    #: one of HEADINGS
    kind: str
    #: inventory names, sorted
    hosts: tuple[str, ...]
    message: str
    next_step: str
    #: IDs of groups, sorted
    recording_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetVariable:
    """A variable of a policy that the inventory sets already."""

    host: str
    variable: str
    #: inventory group; ``None`` for a place that is more specific than all groups, such as host_vars
    group: str | None
    #: if it is known
    value: Any = None

    @property
    def place(self) -> str:
        """Return where it is set, as a text for messages."""
        return "host_vars or a more specific place" if self.group is None else f"the inventory group {self.group}"


def find_decisions(
    observations: Sequence[Observation],
    groups: Iterable[InventoryGroup],
    draft: Draft,
    *,
    already_set: Iterable[SetVariable] = (),
) -> tuple[Decision, ...]:
    """Return all decisions, the most important kind first.

    :param groups: inventory groups of the hosts, with all those that ``already_set`` names as far as they are known.
    """
    ordered = sorted(observations, key=lambda item: item.host)
    decisions = [
        *_decide_permissions(places := tuple(already_set)),
        *_decide_left_out(ordered, draft),
        *_decide_already_set(places, groups, draft),
        *_decide_cleanup(ordered),
        *_decide_different_retention(ordered),
        *_decide_different_sites(ordered),
        *_decide_unlimited(ordered),
        *_decide_not_recording(ordered),
        *_decide_no_groups(ordered),
        *_decide_wide_patterns(ordered, draft),
        *_decide_no_convention(ordered, draft),
        *(decision for item in ordered for decision in _decide_not_expressible(item)),
    ]
    order = {kind: number for number, kind in enumerate(HEADINGS)}
    return tuple(sorted(decisions, key=lambda item: (order[item.kind], item.hosts, item.message)))


def _decide_permissions(already_set: Iterable[SetVariable]) -> Iterator[Decision]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in already_set:
        if item.variable in _PERMISSIONS and str(item.value).lower() not in _FALSE:
            found[item.variable, item.place].add(item.host)
    for (variable, place), hosts in found.items():
        yield Decision(
            "permits_deletion",
            tuple(sorted(hosts)),
            f"{variable} is set in {place}: as soon as the draft is in force, a roll-out may {_PERMISSIONS[variable]}",
            f"Remove {variable} there, and set it for one run only, after a person has read its changes",
        )


def _decide_left_out(observations: Iterable[Observation], draft: Draft) -> Iterator[Decision]:
    found = {item.host: left for item in observations if (left := draft.find_left_out(item))}
    if found:
        ids = _sort_ids(group for left in found.values() for group in left)
        yield Decision(
            "left_out",
            tuple(found),
            f"No rule can name these groups alone, and an audit does not compare their settings: {_abbreviate(ids)}",
            "Let the system that creates them give them IDs of the characters A-Z, a-z, 0-9, _ and - that differ",
            ids,
        )


def _decide_already_set(
    already_set: Iterable[SetVariable], groups: Iterable[InventoryGroup], draft: Draft
) -> Iterator[Decision]:
    precedence = {group.name: group.precedence for group in groups}
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for item in already_set:
        if item.variable in _PERMISSIONS:
            continue
        effect = _find_effect(item, precedence, draft)
        if effect:
            found[item.variable, item.place, effect].append(item.host)
    for (variable, place, effect), hosts in found.items():
        yield Decision(
            "already_set",
            tuple(sorted(set(hosts))),
            f"{variable} is set in {place} already, {effect}",
            f"Remove {variable} there, or keep it and remove what the draft sets for these hosts"
            if variable in (GROUPS, RULES, NO_GROUPS)
            else f"Decide whether {variable} is right for these hosts",
        )


def _find_effect(item: SetVariable, precedence: Mapping[str, tuple[int, int, str]], draft: Draft) -> str:
    """Return what an existing variable does to a draft, or an empty text if the draft overrides it."""
    place = _find_place(item.host, item.variable, draft)
    if place is None:
        own = any(item.host in group.hosts for group in draft.groups) or item.host in draft.host_vars
        return "and applies beside the draft, which does not set it" if own else ""
    if item.group is None:
        return "so this part of the draft may not be in force"
    if place == "":
        return ""
    unknown = (0, 0, "") if item.group == "all" else None
    level = precedence.get(item.group, unknown)
    if level is not None and place in precedence and level < precedence[place]:
        return ""
    return "so this part of the draft may not be in force"


def _find_place(host: str, variable: str, draft: Draft) -> str | None:
    """Return the last inventory group whose variables of the draft have it, an empty text for host_vars, or None."""
    if variable in draft.host_vars.get(host, {}):
        return ""
    names = [group.name for group in draft.groups if host in group.hosts and variable in draft.group_vars[group.name]]
    return names[-1] if names else None


def _decide_cleanup(observations: Iterable[Observation]) -> Iterator[Decision]:
    found: dict[tuple[str, int, int], list[tuple[str, RecordingGroup]]] = defaultdict(list)
    for item in observations:
        for disk in item.disks or ():
            on_disk = [group for group in item.groups if group.disk_id == disk.disk.disk_id]
            for group in find_losing_groups(disk, on_disk):
                key = disk.disk.disk_id, disk.cleanup_max_age or 0, group.retention_time or UNLIMITED
                found[key].append((item.host, group))
    for (disk_id, days, hours), losing in found.items():
        ids = _sort_ids(group for _host, group in losing)
        yield Decision(
            "earlier_cleanup",
            tuple(sorted({host for host, _group in losing})),
            f"Disk {disk_id} deletes recordings after {format_retention_time(24 * days)}, and these groups keep them "
            f"{_describe_time(hours)}: {_abbreviate(ids)}",
            "Set a longer time in the storage settings of the device, or a shorter retention time in the policy",
            ids,
        )


def _decide_different_retention(observations: Iterable[Observation]) -> Iterator[Decision]:
    sites: dict[str, list[Observation]] = defaultdict(list)
    for item in observations:
        sites[f" of site {item.site}" if item.site else ""].append(item)
    for place, members in sites.items():
        for alike in _find_alike(members):
            yield from _decide_about_alike(alike, place)


def _decide_about_alike(alike: AlikeGroups, place: str) -> Iterator[Decision]:
    """Yield a decision for each retention time that fewer of these cameras have than another one."""
    hosts: dict[int, set[str]] = defaultdict(set)
    for item in alike.members:
        if item.group.retention_time is not None:
            hosts[item.group.retention_time].add(item.host)
    usual, *others = sorted(hosts, key=lambda hours: (-len(hosts[hours]), -sort_key(hours))) or (UNLIMITED,)
    for hours in others:
        count, exceptions = len(hosts[usual]), hosts[hours] - hosts[usual]
        if exceptions:
            yield Decision(
                "different_retention",
                tuple(sorted(exceptions)),
                f"Groups {describe_alike(alike)} keep recordings {_describe_time(hours)} here, and "
                f"{_describe_time(usual)} on {count} other camera{'s' if count > 1 else ''}{place}",
                f"Decide whether {write_retention_time(hours)} is intended. If so, an inventory group with these hosts "
                f"can have their variables. If not, set {write_retention_time(usual)} in the draft, or delete the "
                "directories of these hosts in host_vars of the draft, so that they have the variables of their group",
                _sort_ids(
                    item.group
                    for item in alike.members
                    if item.group.retention_time == hours and item.host in exceptions
                ),
            )


def _decide_different_sites(observations: Iterable[Observation]) -> Iterator[Decision]:
    """Yield a decision for groups that most cameras of a site keep for another time than those of other sites."""
    ordered = tuple(observations)
    sites = {item.host: item.site for item in ordered if item.site}
    for alike in _find_alike(ordered):
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        for item in alike.members:
            if item.host in sites and item.group.retention_time is not None:
                counts[sites[item.host]][item.group.retention_time] += 1
        by_time: dict[int, list[str]] = defaultdict(list)
        for site, counter in sorted(counts.items()):
            usual = max(counter.items(), key=lambda item: (item[1], sort_key(item[0])))
            by_time[usual[0]].append(site)
        times = sorted(by_time, key=sort_key, reverse=True)
        places = ", and ".join(f"{_describe_time(hours)} at {_abbreviate(by_time[hours])}" for hours in times)
        if len(times) > 1:
            yield Decision(
                "different_sites",
                (),
                f"Groups {describe_alike(alike)} keep recordings {places}",
                "Decide whether these sites need different retention times",
            )


def _describe_time(hours: int) -> str:
    return "without a limit" if hours == UNLIMITED else f"for {format_retention_time(hours)}"


def describe_alike(alike: AlikeGroups) -> str:
    """Return which groups belong together, as a text for messages."""
    return _abbreviate([describe_match(match) for match in alike.matches])


def _abbreviate(texts: Sequence[str]) -> str:
    others = f" and {len(texts) - _MAX_EXAMPLES} more" if len(texts) > _MAX_EXAMPLES else ""
    return f"{', '.join(texts[:_MAX_EXAMPLES])}{others}"


def describe_match(match: RuleMatch) -> str:
    """Return which groups a rule is for, as a text for messages."""
    parts = [
        *([match.recording_group_id] if match.recording_group_id else []),
        *([f"named {match.nice_name!r}"] if match.nice_name else []),
        *(f"with {name}={value}" for name, value in match.stream_options),
    ]
    return " ".join(parts)


def _find_alike(observations: Iterable[Observation]) -> tuple[AlikeGroups, ...]:
    return find_alike(_see_all(observations))


def _see_all(observations: Iterable[Observation]) -> list[SeenGroup]:
    return [see_group(item.host, item.serial, group) for item in observations for group in item.groups]


def _decide_unlimited(observations: Iterable[Observation]) -> Iterator[Decision]:
    by_site: dict[str | None, list[Observation]] = defaultdict(list)
    for item in observations:
        by_site[item.site].append(item)
    for members in by_site.values():
        for alike in _find_alike(members):
            found = [item for item in alike.members if item.group.retention_time == UNLIMITED]
            if found:
                yield Decision(
                    "unlimited",
                    tuple(sorted({item.host for item in found})),
                    f"Groups {describe_alike(alike)} keep recordings without a limit",
                    "Decide how long recordings may be kept, and set retention_time. A shorter time deletes recordings "
                    "in the next roll-out that permits it",
                    _sort_ids(item.group for item in found),
                )


def _decide_not_recording(observations: Iterable[Observation]) -> Iterator[Decision]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for item in observations:
        actions = item.recording or Actions()
        existing = {group.recording_group_id for group in item.groups}
        for name in sorted({action.recording_group_id or "" for action in actions.configurations} - {""}):
            action = find_action(actions, name)
            if name not in existing:
                found["record to groups that do not exist"].append((item.host, f"{name}"))
            elif action is not None and action.conditions and not action.is_active:
                found["of these groups are disabled"].append((item.host, f"{name}"))
    for cause, affected in found.items():
        ids = tuple(sorted({name for _host, name in affected}))
        yield Decision(
            "not_recording",
            tuple(sorted({host for host, _name in affected})),
            f"Recording actions {cause}: {_abbreviate(ids)}",
            "Decide whether the device has to record to them. If so, correct the recording actions on the device or in "
            f"{GROUPS}. If not, remove them on the device",
            ids,
        )


def _decide_no_groups(observations: Iterable[Observation]) -> Iterator[Decision]:
    hosts = tuple(item.host for item in observations if not item.groups)
    if hosts:
        yield Decision(
            "no_groups",
            hosts,
            "The device lists no recording groups, so it keeps no recordings of its own",
            f"Decide whether another device records its video. If not, remove {NO_GROUPS}, and add its groups to "
            f"{GROUPS}",
        )


def _decide_wide_patterns(observations: Iterable[Observation], draft: Draft) -> Iterator[Decision]:
    found: dict[str, set[str]] = defaultdict(set)
    for item in observations:
        for match in draft.find_matches(item.host):
            if match.is_wide or any(
                escape_id(f"{group.recording_group_id}") == match.recording_group_id != group.recording_group_id
                for group in item.groups
            ):
                found[describe_match(match)].add(item.host)
    for pattern, hosts in sorted(found.items()):
        yield Decision(
            "wide_pattern",
            tuple(sorted(hosts)),
            f"The rule for groups {pattern} is for other groups, too, if some are created later",
            "Decide whether another system can create such groups. If so, set a narrower pattern",
        )


def _decide_no_convention(observations: Iterable[Observation], draft: Draft) -> Iterator[Decision]:
    by_site: dict[str | None, list[SeenGroup]] = defaultdict(list)
    for item in observations:
        if item.host in draft.host_vars:
            seen = (see_group(item.host, item.serial, group) for group in item.groups)
            by_site[item.site] += [found for found in seen if found.family == NO_CONVENTION]
    for groups in filter(None, by_site.values()):
        examples = _sort_ids(item.group for item in groups)
        yield Decision(
            "no_convention",
            tuple(sorted({item.host for item in groups})),
            f"The IDs of these groups have nothing in common with others: {_abbreviate(examples)}",
            "Decide whether the system that creates them can give them a common prefix or name. Otherwise, the policy "
            "does not cover a group that replaces one of them",
            examples,
        )


def _decide_not_expressible(observation: Observation) -> Iterator[Decision]:
    counts = Counter(group.recording_group_id for group in observation.groups)
    for name, count in counts.items():
        if count > 1:
            yield _build_not_expressible(
                observation,
                [group for group in observation.groups if group.recording_group_id == name][:1],
                f"The device lists the recording group {name} {count} times, so an audit is not compliant",
                "Remove one of them on the device, or update its firmware",
            )
    for group in observation.groups:
        yield from (_build_not_expressible(observation, [group], *item) for item in _find_problems(observation, group))


def _find_problems(observation: Observation, group: RecordingGroup) -> Iterator[tuple[str, str]]:
    """Yield what a policy cannot express about a group, and what to do."""
    name = f"recording group {group.recording_group_id}"
    for field, value in _find_lost_numbers(group):
        yield (
            f"{field} of {name} is {value}, so the draft does not set it",
            f"Set {field} on the device or in the draft",
        )
    if replaced := [field for field in group.replaced_fields if field not in dict(_find_lost_numbers(group))]:
        yield f"In {name}: {describe_replaced(replaced)}", "Correct the text on the device. No option can have it"
    actions = observation.recording
    action = find_action(actions, group.recording_group_id) if actions else None
    if actions is not None and action is not None and describe_recording(actions, group) is None:
        message = (
            f"The recording action of {name} ({action.when}) has no form that an option can have, and is not managed"
        )
        yield message, f"Leave it to the system that created it, or replace it by one that {GROUPS} can describe"


def _find_lost_numbers(group: RecordingGroup) -> Iterator[tuple[str, str]]:
    settings = read_settings(group)
    for field in ("retention_time", "pre_duration", "post_duration"):
        if getattr(settings, field) is None:
            value = getattr(group, field)
            yield field, "not known" if value is None else f"{value}, which no option can have"


def _build_not_expressible(
    observation: Observation, groups: Sequence[RecordingGroup], message: str, next_step: str
) -> Decision:
    return Decision("not_expressible", (observation.host,), message, next_step, _sort_ids(groups))


def _sort_ids(groups: Iterable[RecordingGroup]) -> tuple[str, ...]:
    return tuple(sorted({f"{group.recording_group_id}" for group in groups}))
