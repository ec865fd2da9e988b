# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observations of a fleet → a draft of its policies, with as few files as possible.

A host gets the whole policy of the last inventory group that has one, as Ansible merges variables: lists are replaced.
A host whose groups that policy does not describe gets a whole policy of its own. So every policy is checked against
the groups of each host that it is for, and a proposal that is wrong can only lead to more files, never to a wrong file.

A policy that is in force at several sites has only what occurs at several of them: a rule of one site would change
groups of others that no run has seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.conventions import (
    SeenGroup,
    propose_rules,
    see_group,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import (
    GROUPS,
    NO_GROUPS,
    RULES,
    DraftPolicy,
    RuleMatch,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.recording import (
    SeenEntry,
    see_entries,
    share_entries,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup, sort_by_precedence

# Of the groups that the inventory plugin creates.
_SITE, _MODEL = "axis_site_", "axis_model_"
_MAX_PROPOSALS = 4
#: What a host without variables has.
_DEFAULTS: dict[str, Any] = {GROUPS: [], RULES: [], NO_GROUPS: False}
_NO_MATCH: dict[str, Any] = {"recording_group_id": None, "nice_name": None, "stream_options": {}}


@dataclass(frozen=True, slots=True)
class Draft:
    """The variables of each inventory group and host, sorted by name; a host without variables of its own has none."""

    group_vars: dict[str, dict[str, Any]]
    host_vars: dict[str, dict[str, Any]]
    #: inventory groups with variables, in the order in which Ansible applies them
    groups: tuple[InventoryGroup, ...]

    def resolve(self, host: str) -> dict[str, Any]:
        """Return the variables of a host as Ansible merges them."""
        resolved = dict(_DEFAULTS)
        for group in self.groups:
            if host in group.hosts:
                resolved |= self.group_vars[group.name]
        return resolved | self.host_vars.get(host, {})

    def find_matches(self, host: str) -> list[RuleMatch]:
        """Return what the rules of a host are for."""
        matches = [{**_NO_MATCH, **rule["match"]} for rule in self.resolve(host)[RULES]]
        return [RuleMatch(**{**match, "stream_options": tuple(match["stream_options"].items())}) for match in matches]

    def find_left_out(self, observation: Observation) -> tuple[RecordingGroup, ...]:
        """Return the groups of a device that no rule and no entry of its host is for."""
        matches = [match.build() for match in self.find_matches(observation.host)]
        entries = (
            {item.recording_group_id for item in see_entries(observation)}
            if self.resolve(observation.host)[GROUPS]
            else ()
        )
        return tuple(
            group
            for group in observation.groups
            if group.recording_group_id not in entries and not any(match.matches(group) for match in matches)
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """One host: its groups, and the entries of those with a recording action that an option can describe."""

    host: str
    #: the site: a group of the inventory, or the host alone
    place: str
    groups: tuple[SeenGroup, ...]
    entries: tuple[SeenEntry, ...]

    @property
    def entry_keys(self) -> tuple[Any, ...]:
        """Return what hosts have in common that can share their entries."""
        return tuple(entry.key for entry in self.entries)

    @property
    def others(self) -> tuple[SeenGroup, ...]:
        """Return the groups without an entry."""
        ids = {entry.recording_group_id for entry in self.entries}
        return tuple(item for item in self.groups if item.group.recording_group_id not in ids)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where the variables of an inventory group are in force."""

    #: at several sites
    is_wide: bool
    #: on hosts that were not read, too
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Shared:
    """The policy of several hosts, and those of them that need another one.

    :param entries: the keys of the entries that each host of the policy has.
    """

    policy: DraftPolicy
    entries: tuple[Any, ...]
    reach: _Reach
    exceptions: frozenset[str] = frozenset()

    def describes(self, seen: _Seen) -> bool:
        """Return whether the policy describes a host as it is."""
        return seen.entry_keys == self.entries and self.policy.describes(
            (item.group for item in seen.groups), {entry.recording_group_id for entry in seen.entries}
        )

    def restrict(self, hosts: Sequence[_Seen]) -> _Shared:
        """Return the policy of those of these hosts that it describes, without rules for others."""
        uses = {item: self._find_uses(item) for item in hosts if self.describes(item)}
        if self.reach.is_open and (self.policy.entries or self.policy.no_groups):
            # A roll-out would create groups and recording actions on a device that was not read.
            uses = {}
        while self.reach.is_wide:
            places: dict[object, set[str]] = defaultdict(set)
            for item, used in uses.items():
                for use in used:
                    places[use].add(item.place)
            common = {item: used for item, used in uses.items() if all(len(places[use]) > 1 for use in used)}
            if len(common) == len(uses):
                break
            uses = common
        exceptions = frozenset(item.host for item in hosts if item not in uses)
        kept = set().union(*uses.values())
        rules = tuple(rule for rule in self.policy.rules if rule in kept)
        return replace(self, policy=replace(self.policy, rules=rules), exceptions=exceptions)

    def _find_uses(self, seen: _Seen) -> set[object]:
        """Return what a host needs: the rules for its groups, and the entries, which each host of a policy has."""
        rules = ((rule.match.build(), rule) for rule in self.policy.rules)
        return {
            self.entries,
            *(rule for match, rule in rules if any(match.matches(item.group) for item in seen.groups)),
        }


def derive_draft(
    observations: Sequence[Observation],
    groups: Iterable[InventoryGroup],
    set_variables: Mapping[str, Collection[str]] | None = None,
) -> Draft:
    """Return the draft for hosts that responded.

    A host has no variables if no rule can name any of its groups.

    :param groups: the inventory groups that variables can be shared in.
    :param set_variables: by host, the variables that the inventory sets already, and the draft has to override.
    """
    hosts = frozenset(item.host for item in observations)
    known = [group for group in sort_by_precedence(groups) if group.hosts & hosts]
    places = _find_places(known, hosts)
    seen = {item.host: _see(item, places) for item in sorted(observations, key=lambda item: item.host)}
    shared: dict[tuple[frozenset[str], _Reach], _Shared] = {}
    layouts = [_Layout(seen, choice, places, shared) for choice in _find_choices(known, hosts)]
    for layout in layouts:
        layout.improve()
    # Of equal ones, the first is kept.
    return min(layouts, key=_Layout.count).build(set_variables or {})


def _find_places(groups: Iterable[InventoryGroup], hosts: frozenset[str]) -> dict[str, str]:
    """Return the site of each host that has one: the last of its inventory groups that is not of the whole fleet."""
    special = [group for group in groups if not group.hosts >= hosts and not group.name.startswith(_MODEL)]
    return {host: group.name for group in special for host in group.hosts}


def _find_choices(groups: Sequence[InventoryGroup], hosts: frozenset[str]) -> list[list[InventoryGroup]]:
    """Return the groups to choose from, the best first: what a site or a model has in common explains itself."""
    choices = [[group for group in groups if group.name.startswith(prefix)] for prefix in (_SITE, _MODEL)]
    return [*filter(None, choices), [group for group in groups if not group.hosts >= hosts], [*groups]]


def _see(observation: Observation, places: Mapping[str, str]) -> _Seen:
    groups = sorted(
        (see_group(observation.host, observation.serial, group) for group in observation.groups),
        key=lambda item: (item.recording_group_id, item.name, item.settings.sort_key),
    )
    # A device that lists an ID twice is a fault, which no policy can describe.
    first = {item.group.recording_group_id: item for item in reversed(groups)}
    place = places.get(observation.host, observation.host)
    return _Seen(observation.host, place, tuple(reversed(first.values())), see_entries(observation))


class _Layout:
    """Which inventory groups have variables, and which policy each of them has; each step makes fewer files.

    :param groups: by precedence.
    :param places: the sites of the hosts, also of those that were not read.
    :param known: the policies of hosts that were compared before.
    """

    def __init__(
        self,
        seen: Mapping[str, _Seen],
        groups: Sequence[InventoryGroup],
        places: Mapping[str, str],
        known: dict[tuple[frozenset[str], _Reach], _Shared],
    ) -> None:
        self._seen = seen
        self._groups = groups
        self._reach = {
            group.name: _Reach(len({places.get(host) for host in group.hosts}) > 1, not group.hosts <= seen.keys())
            for group in groups
        }
        self._level = {group.name: number for number, group in enumerate(groups)}
        self._known = known
        self._chosen: dict[str, _Shared] = {}
        self._rejected: set[str] = set()

    def improve(self) -> None:
        """Choose inventory groups until no single change makes fewer files."""
        while True:
            steps = [step for group in self._groups if (step := self._rate(group)) is not None]
            if not steps:
                return
            _change, _hosts, level = min(steps)
            name = self._groups[level].name
            if name in self._chosen:
                del self._chosen[name]
                # It is not chosen again, so that this ends.
                self._rejected.add(name)
            else:
                self._chosen[name] = self._share(name, self._assign(level))
            self._adapt()

    def count(self) -> int:
        """Return the number of files."""
        return len(self._chosen) + sum(self._has_own_file(host, len(self._groups)) for host in self._seen)

    def _rate(self, group: InventoryGroup) -> tuple[int, int, int] | None:
        """Return by how many files the number of files changes, if it decreases, and what to choose of equal changes.

        Of equal changes, the group with the fewest hosts says most about them.
        """
        level = self._level[group.name]
        hosts = self._assign(level)
        if group.name in self._chosen:
            own = hosts & self._chosen[group.name].exceptions
            below = sum(self._has_own_file(host, level) for host in hosts)
            change = below - len(own) - 1
            # A file of a group for one host says less than that of the host.
            is_better = change < 0 or (change == 0 and len(hosts - own) <= 1) or not self._has_most(level, hosts - own)
        else:
            own_files = sum(self._has_own_file(host, len(self._groups)) for host in hosts)
            if own_files < 2 or group.name in self._rejected:
                return None
            shared = self._share(group.name, hosts)
            change = 1 + len(shared.exceptions) - own_files
            is_better = change < 0 and self._has_most(level, hosts - shared.exceptions)
        return (change, len(group.hosts & self._seen.keys()), level) if is_better else None

    def _assign(self, level: int) -> frozenset[str]:
        """Return the hosts that were read, and that get the variables of an inventory group."""
        return self._find_members(level).intersection(self._seen)

    def _find_members(self, level: int) -> frozenset[str]:
        """Return the hosts of an inventory group that no later one with variables has."""
        later = (group.hosts for group in self._groups[level + 1 :] if group.name in self._chosen)
        return self._groups[level].hosts.difference(*later)

    def _has_most(self, level: int, described: Collection[str]) -> bool:
        """Return whether a policy describes most of the hosts that it would be in force on, read or not."""
        return 2 * len(described) > len(self._find_members(level))

    def _has_own_file(self, host: str, level: int) -> bool:
        """Return whether a host needs variables of its own, if the groups below a level have the policies chosen."""
        for group in reversed(self._groups[:level]):
            if group.name in self._chosen and host in group.hosts:
                return not self._chosen[group.name].describes(self._seen[host])
        return True

    def _adapt(self) -> None:
        """Change the policies of the groups that have other hosts now, if that makes fewer files."""
        for level, group in enumerate(self._groups):
            if group.name in self._chosen:
                hosts = self._assign(level)
                current = self._chosen[group.name].restrict([self._seen[host] for host in hosts])
                other = self._share(group.name, hosts) if current.exceptions else current
                self._chosen[group.name] = min(current, other, key=lambda item: len(item.exceptions))

    def _share(self, group: str, hosts: frozenset[str]) -> _Shared:
        reach = self._reach[group]
        if (hosts, reach) not in self._known:
            self._known[hosts, reach] = _share([self._seen[host] for host in sorted(hosts)], reach)
        return self._known[hosts, reach]

    def build(self, set_variables: Mapping[str, Collection[str]]) -> Draft:
        """Return the draft of the choice."""
        chosen = [group for group in self._groups if group.name in self._chosen]
        group_vars: dict[str, dict[str, Any]] = {}
        for number, group in enumerate(chosen):
            before = [other for other in chosen[:number] if other.hosts & group.hosts]
            inherited = {name for other in before for name in group_vars[other.name]}
            inherited = inherited.union(*(set_variables.get(host, ()) for host in group.hosts))
            group_vars[group.name] = self._chosen[group.name].policy.variables(inherited)
        host_vars = {}
        for host in sorted(self._seen):
            if self._has_own_file(host, len(self._groups)):
                inherited = {name for group in chosen if host in group.hosts for name in group_vars[group.name]}
                policy = _propose([self._seen[host]])
                host_vars[host] = policy.variables(inherited.union(set_variables.get(host, ())))
        kept = {host: variables for host, variables in host_vars.items() if variables}
        return Draft(dict(sorted(group_vars.items())), kept, tuple(chosen))


def _share(hosts: Sequence[_Seen], reach: _Reach) -> _Shared:
    """Return the policy that describes the most of these hosts."""
    by_entries: dict[tuple[bool, tuple[Any, ...]], list[_Seen]] = defaultdict(list)
    for item in hosts:
        by_entries[not item.groups, item.entry_keys].append(item)
    # Others could not be the largest of many.
    largest = sorted(by_entries.items(), key=lambda item: (-len(item[1]), item[0]))[:_MAX_PROPOSALS]
    candidates = [_Shared(_propose(members), members[0].entry_keys, reach).restrict(hosts) for _key, members in largest]
    return min(candidates, key=lambda item: (len(item.exceptions), sorted(item.exceptions)))


def _propose(hosts: Sequence[_Seen]) -> DraftPolicy:
    if not hosts[0].groups:
        return DraftPolicy(no_groups=True)
    rules = propose_rules({item.host: item.others for item in hosts})
    return DraftPolicy(rules, share_entries([item.entries for item in hosts]))
