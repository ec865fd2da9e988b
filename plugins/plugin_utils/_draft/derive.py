# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observations of a fleet → a draft of its policies, with as few files as possible.

A host gets the whole policy of the last inventory group that has one, as Ansible merges variables: lists are replaced.
A host whose groups that policy does not describe gets a whole policy of its own. So every policy is checked against
the groups of each host that it is for, and a proposal that is wrong can only lead to more files, never to a wrong file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
    DraftRule,
    RuleMatch,
    Settings,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.recording import (
    SeenEntry,
    see_entries,
    share_entries,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup, sort_by_precedence

# Of the groups that the inventory plugin creates.
_PREFIXES = ("axis_site_", "axis_model_")
_MAX_PROPOSALS = 4
_EVERY_GROUP = (DraftRule(RuleMatch("*"), Settings()),)
#: What a host without variables has.
_DEFAULTS: dict[str, Any] = {GROUPS: [], RULES: [], NO_GROUPS: False}


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


@dataclass(frozen=True, slots=True)
class _Seen:
    """One host: its groups, and the entries of those with a recording action that an option can describe."""

    host: str
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
class _Shared:
    """The policy of several hosts, and those of them that need another one.

    :param entries: the keys of the entries that each host of the policy has.
    """

    policy: DraftPolicy
    entries: tuple[Any, ...]
    exceptions: frozenset[str] = frozenset()
    #: how many sets of groups are never on one of these hosts together
    conventions: int = 1

    def describes(self, seen: _Seen) -> bool:
        """Return whether the policy describes a host as it is."""
        return seen.entry_keys == self.entries and self.policy.describes(
            (item.group for item in seen.groups), {entry.recording_group_id for entry in seen.entries}
        )

    def restrict(self, hosts: Sequence[_Seen]) -> _Shared:
        """Return the same policy for these hosts."""
        described = [item for item in hosts if self.describes(item)]
        exceptions = frozenset(item.host for item in hosts).difference(item.host for item in described)
        return replace(self, exceptions=exceptions, conventions=_count_conventions(described))


def derive_draft(observations: Sequence[Observation], groups: Iterable[InventoryGroup]) -> Draft:
    """Return the draft for hosts that responded.

    :param groups: the inventory groups that variables can be shared in.
    """
    seen = {item.host: _see(item) for item in sorted(observations, key=lambda item: item.host)}
    known = [group for group in sort_by_precedence(groups) if group.hosts & seen.keys()]
    shared: dict[frozenset[str], _Shared] = {}
    layouts = [_Layout(seen, choice, shared) for choice in _find_choices(known, frozenset(seen))]
    for layout in layouts:
        layout.improve()
    # Of equal ones, the first is kept.
    return min(layouts, key=_Layout.count).build()


def _find_choices(groups: Sequence[InventoryGroup], hosts: frozenset[str]) -> list[list[InventoryGroup]]:
    """Return the groups to choose from, the best first: what a site or a model has in common explains itself."""
    choices = [[group for group in groups if group.name.startswith(prefix)] for prefix in _PREFIXES]
    return [*filter(None, choices), [group for group in groups if not group.hosts >= hosts], [*groups]]


def _see(observation: Observation) -> _Seen:
    groups = sorted(
        (see_group(observation.host, observation.serial, group) for group in observation.groups),
        key=lambda item: (item.recording_group_id, item.name, item.settings.sort_key),
    )
    # A device that lists an ID twice is a fault, which no policy can describe.
    first = {item.group.recording_group_id: item for item in reversed(groups)}
    return _Seen(observation.host, tuple(reversed(first.values())), see_entries(observation))


class _Layout:
    """Which inventory groups have variables, and which policy each of them has; each step makes fewer files.

    :param groups: by precedence.
    :param known: the policies of hosts that were compared before.
    """

    def __init__(
        self, seen: Mapping[str, _Seen], groups: Sequence[InventoryGroup], known: dict[frozenset[str], _Shared]
    ) -> None:
        self._seen = seen
        self._groups = groups
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
                self._chosen[name] = self._share(self._assign(level))
            self._adapt()

    def count(self) -> int:
        """Return the number of files, in which a file with unrelated conventions counts once for each of them."""
        own = sum(self._has_own_file(host, len(self._groups)) for host in self._seen)
        return own + sum(item.conventions for item in self._chosen.values())

    def _rate(self, group: InventoryGroup) -> tuple[int, int, int] | None:
        """Return by how many files the number of files changes, if it decreases, and what to choose of equal changes.

        Of equal changes, the group with the fewest hosts says most about them.
        """
        level = self._level[group.name]
        hosts = self._assign(level)
        if group.name in self._chosen:
            own = hosts & self._chosen[group.name].exceptions
            below = sum(self._has_own_file(host, level) for host in hosts)
            change = below - len(own) - self._chosen[group.name].conventions
            # A file of a group for one host says less than that of the host.
            is_better = change < 0 or (change == 0 and len(hosts - own) <= 1)
        else:
            own_files = sum(self._has_own_file(host, len(self._groups)) for host in hosts)
            if own_files < 2 or group.name in self._rejected:
                return None
            shared = self._share(hosts)
            change = shared.conventions + len(shared.exceptions) - own_files
            is_better = change < 0
        return (change, len(group.hosts & self._seen.keys()), level) if is_better else None

    def _assign(self, level: int) -> frozenset[str]:
        """Return the hosts of an inventory group that no later one with variables has."""
        later = (group.hosts for group in self._groups[level + 1 :] if group.name in self._chosen)
        return (self._groups[level].hosts & self._seen.keys()).difference(*later)

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
                other = self._share(hosts) if current.exceptions else current
                self._chosen[group.name] = min(current, other, key=lambda item: len(item.exceptions))

    def _share(self, hosts: Iterable[str]) -> _Shared:
        key = frozenset(hosts)
        if key not in self._known:
            self._known[key] = _share([self._seen[host] for host in sorted(key)])
        return self._known[key]

    def build(self) -> Draft:
        """Return the draft of the choice."""
        chosen = [group for group in self._groups if group.name in self._chosen]
        group_vars: dict[str, dict[str, Any]] = {}
        for number, group in enumerate(chosen):
            before = [other for other in chosen[:number] if other.hosts & group.hosts]
            inherited = {name for other in before for name in group_vars[other.name]}
            group_vars[group.name] = self._chosen[group.name].policy.variables(inherited)
        host_vars = {}
        for host in sorted(self._seen):
            if self._has_own_file(host, len(self._groups)):
                inherited = {name for group in chosen if host in group.hosts for name in group_vars[group.name]}
                host_vars[host] = self._share([host]).policy.variables(inherited)
        return Draft(dict(sorted(group_vars.items())), host_vars, tuple(chosen))


def _share(hosts: Sequence[_Seen]) -> _Shared:
    """Return the policy that describes the most of these hosts."""
    by_entries: dict[tuple[bool, tuple[Any, ...]], list[_Seen]] = defaultdict(list)
    for item in hosts:
        by_entries[not item.groups, item.entry_keys].append(item)
    # Others could not be the largest of many.
    largest = sorted(by_entries.items(), key=lambda item: (-len(item[1]), item[0]))[:_MAX_PROPOSALS]
    candidates = [_Shared(_propose(members), members[0].entry_keys).restrict(hosts) for _key, members in largest]
    return min(candidates, key=lambda item: (len(item.exceptions), sorted(item.exceptions)))


def _count_conventions(hosts: Iterable[_Seen]) -> int:
    """Return the number of sets of families that no host connects; 1 for hosts without groups."""
    connected: list[frozenset[str]] = []
    for families in {frozenset(item.family for item in seen.groups) for seen in hosts}:
        joined = [item for item in connected if item & families]
        connected = [item for item in connected if not item & families] + [families.union(*joined)]
    return max(len(connected), 1)


def _propose(hosts: Sequence[_Seen]) -> DraftPolicy:
    if not hosts[0].groups:
        return DraftPolicy(no_groups=True)
    rules = propose_rules({item.host: item.others for item in hosts})
    entries = share_entries([item.entries for item in hosts])
    # A policy must not be empty, also for groups with IDs that no glob separates.
    return DraftPolicy(rules or (() if entries else _EVERY_GROUP), entries)
