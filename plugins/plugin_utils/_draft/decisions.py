# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person has to decide about a draft: it says what is configured, not what is right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup, describe_replaced
from ansible_collections.camfleet.axis.plugins.module_utils._models.retention_time import (
    UNLIMITED,
    format_retention_time,
    sort_key,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
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
    RuleMatch,
    read_settings,
    write_retention_time,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.recording import describe_recording
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup

#: The heading of each kind of decision, the most important kind first.
HEADINGS: Mapping[str, str] = {
    "no_response": "Not in the draft: no response",
    "shared_device": "Several hosts are one device",
    "already_set": "Policies that the inventory sets already",
    "earlier_cleanup": "Disks that delete recordings earlier than their groups",
    "different_retention": "Different retention times on similar cameras",
    "unlimited": "Groups without a limit",
    "no_groups": "Cameras without recording groups",
    "no_convention": "Groups whose IDs have nothing in common",
    "not_expressible": "Settings that no policy can express",
    "without_policy": "Cameras without a policy",
    "not_covered": "Groups that no entry and no rule covers",
    "recording_not_covered": "Recording actions that no entry manages",
    "only_wildcard": "Groups that only the pattern * covers",
    "without_bounds": "Cameras without bounds of the retention time",
}


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


def find_decisions(
    observations: Sequence[Observation],
    groups: Iterable[InventoryGroup],
    draft: Draft,
    *,
    no_response: Mapping[str, str] | None = None,
    already_set: Iterable[SetVariable] = (),
) -> tuple[Decision, ...]:
    """Return all decisions, the most important kind first.

    :param groups: inventory groups of the hosts, with all those that ``already_set`` names as far as they are known.
    :param no_response: why each host that is not in the draft was not read, without the last full stop.
    """
    ordered = sorted(observations, key=lambda item: item.host)
    decisions = [
        *_decide_no_response(no_response or {}),
        *_decide_shared_devices(ordered),
        *_decide_already_set(already_set, groups, draft),
        *(decision for item in ordered for decision in _decide_cleanup(item)),
        *_decide_different_retention(ordered),
        *_decide_unlimited(ordered),
        *_decide_no_groups(ordered),
        *_decide_no_convention(ordered, draft),
        *(decision for item in ordered for decision in _decide_not_expressible(item)),
    ]
    order = {kind: number for number, kind in enumerate(HEADINGS)}
    return tuple(sorted(decisions, key=lambda item: (order[item.kind], item.hosts, item.message)))


def _decide_no_response(no_response: Mapping[str, str]) -> Iterator[Decision]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for host, reason in no_response.items():
        by_reason[reason].append(host)
    for reason, hosts in by_reason.items():
        yield Decision(
            "no_response",
            tuple(sorted(hosts)),
            reason.rstrip("."),
            "Correct the cause, and draft again in another directory. Until then, an audit applies what the draft sets "
            "for their inventory groups",
        )


def _decide_shared_devices(observations: Iterable[Observation]) -> Iterator[Decision]:
    by_serial: dict[str, list[str]] = defaultdict(list)
    for item in observations:
        if serial := normalize_serial(item.serial):
            by_serial[serial].append(item.host)
    for serial, hosts in by_serial.items():
        if len(hosts) > 1:
            yield Decision(
                "shared_device",
                tuple(hosts),
                f"The serial number of each is {serial}, so that they are one device",
                "Keep one of these hosts in the inventory. A roll-out writes to none of them",
            )


def _decide_already_set(
    already_set: Iterable[SetVariable], groups: Iterable[InventoryGroup], draft: Draft
) -> Iterator[Decision]:
    precedence = {group.name: group.precedence for group in groups}
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for item in already_set:
        effect = _find_effect(item, precedence, draft)
        if effect:
            place = "host_vars or a more specific place" if item.group is None else f"the inventory group {item.group}"
            found[item.variable, place, effect].append(item.host)
    for (variable, place, effect), hosts in found.items():
        yield Decision(
            "already_set",
            tuple(sorted(set(hosts))),
            f"{variable} is set in {place} already, {effect}",
            f"Remove {variable} there, or keep it and remove what the draft sets for these hosts",
        )


def _find_effect(item: SetVariable, precedence: Mapping[str, tuple[int, int, str]], draft: Draft) -> str:
    """Return what an existing variable does to a draft, or an empty text if the draft overrides it."""
    place = _find_place(item.host, item.variable, draft)
    if place is None:
        own = any(item.host in group.hosts for group in draft.groups) or item.host in draft.host_vars
        return "and applies beside the draft, which does not set it" if own else ""
    if item.group is None:
        return "so that this part of the draft may not be in force"
    if place == "":
        return ""
    unknown = (0, 0, "") if item.group == "all" else None
    level = precedence.get(item.group, unknown)
    if level is not None and place in precedence and level < precedence[place]:
        return ""
    return "so that this part of the draft may not be in force"


def _find_place(host: str, variable: str, draft: Draft) -> str | None:
    """Return the last inventory group whose variables of the draft have it, an empty text for host_vars, or None."""
    if variable in draft.host_vars.get(host, {}):
        return ""
    names = [group.name for group in draft.groups if host in group.hosts and variable in draft.group_vars[group.name]]
    return names[-1] if names else None


def _decide_cleanup(observation: Observation) -> Iterator[Decision]:
    for disk in observation.disks or ():
        on_disk = [group for group in observation.groups if group.disk_id == disk.disk.disk_id]
        losing = find_losing_groups(disk, on_disk)
        if losing:
            age = format_retention_time(24 * (disk.cleanup_max_age or 0))
            kept = ", ".join(
                f"{group.recording_group_id} ({format_retention_time(group.retention_time or UNLIMITED)})"
                for group in losing
            )
            yield Decision(
                "earlier_cleanup",
                (observation.host,),
                f"Disk {disk.disk.disk_id} deletes recordings after {age}, earlier than these groups: {kept}",
                "Set a longer time in the storage settings of the device, or a shorter retention time in the policy",
                _sort_ids(losing),
            )


def _decide_different_retention(observations: Iterable[Observation]) -> Iterator[Decision]:
    similar: dict[tuple[str | None, str | None], list[Observation]] = defaultdict(list)
    for item in observations:
        similar[item.site, item.model].append(item)
    for (site, model), members in similar.items():
        for alike in _find_alike(members):
            yield from _decide_about_alike(alike, site, model)


def _decide_about_alike(alike: AlikeGroups, site: str | None, model: str | None) -> Iterator[Decision]:
    """Yield a decision for each retention time that fewer of these cameras have than another one."""
    hosts: dict[int, set[str]] = defaultdict(set)
    for item in alike.members:
        if item.group.retention_time is not None:
            hosts[item.group.retention_time].add(item.host)
    if len(hosts) < 2:
        return
    ranked = sorted(hosts, key=lambda hours: (-len(hosts[hours]), -sort_key(hours)))
    usual = ranked[0]
    count = len(hosts[usual])
    places = [*([f"site {site}"] if site else []), *([f"model {model}"] if model else [])]
    cameras = f"{count} other camera{'s' if count > 1 else ''}{' of ' if places else ''}{' and '.join(places)}"
    for hours in ranked[1:]:
        exceptions = tuple(sorted(hosts[hours] - hosts[usual]))
        if not exceptions:
            continue
        names = _sort_ids(
            item.group for item in alike.members if item.group.retention_time == hours and item.host in exceptions
        )
        yield Decision(
            "different_retention",
            exceptions,
            f"Groups {describe_match(alike.match)} keep recordings {_describe_time(hours)} here, and "
            f"{_describe_time(usual)} on {cameras}",
            f"Decide whether {write_retention_time(hours)} is intended. If not, set {write_retention_time(usual)} in "
            "the draft, or remove the variables of these hosts",
            names,
        )


def _describe_time(hours: int) -> str:
    return "without a limit" if hours == UNLIMITED else f"for {format_retention_time(hours)}"


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
                    f"Groups {describe_match(alike.match)} keep recordings without a limit",
                    "Decide how long recordings may be kept, and set retention_time. A shorter time deletes recordings "
                    "in the next roll-out that permits it",
                    _sort_ids(item.group for item in found),
                )


def _decide_no_groups(observations: Iterable[Observation]) -> Iterator[Decision]:
    hosts = tuple(item.host for item in observations if not item.groups)
    if hosts:
        yield Decision(
            "no_groups",
            hosts,
            "The device lists no recording groups, so that it keeps no recordings of its own",
            f"Decide whether another device records its video. If not, remove {NO_GROUPS}, and add its groups to "
            f"{GROUPS}",
        )


def _decide_no_convention(observations: Iterable[Observation], draft: Draft) -> Iterator[Decision]:
    by_site: dict[str | None, list[SeenGroup]] = defaultdict(list)
    for item in observations:
        if item.host in draft.host_vars:
            seen = (see_group(item.host, item.serial, group) for group in item.groups)
            by_site[item.site] += [found for found in seen if found.family == NO_CONVENTION]
    for groups in filter(None, by_site.values()):
        examples = _sort_ids(item.group for item in groups)
        others = f" and {len(examples) - 3} more" if len(examples) > 3 else ""
        yield Decision(
            "no_convention",
            tuple(sorted({item.host for item in groups})),
            f"The IDs of these groups have nothing in common with others: {', '.join(examples[:3])}{others}",
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
                f"The device lists the recording group {name} {count} times, so that an audit is not compliant",
                "Remove one of them on the device, or update its firmware",
            )
    for group in observation.groups:
        yield from (_build_not_expressible(observation, [group], *item) for item in _find_problems(observation, group))


def _find_problems(observation: Observation, group: RecordingGroup) -> Iterator[tuple[str, str]]:
    """Yield what a policy cannot express about a group, and what to do."""
    name = f"recording group {group.recording_group_id}"
    for field, value in _find_lost_numbers(group):
        yield (
            f"{field} of {name} is {value}, so that the draft does not set it",
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
