# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Coverage: what cameras have, but the policy of their host does not say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._planner.plan import match_groups
from ansible_collections.camfleet.axis.plugins.module_utils._planner.policy import Match, Policy
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import HEADINGS, Decision
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.observation import Observation

_NEGATED = re.compile(r"\[![^\]]*\]")


@dataclass(frozen=True, slots=True)
class HostCoverage:
    """What the policy of one host does not cover. IDs are sorted."""

    host: str
    site: str | None
    has_policy: bool
    #: number of groups that the device lists
    groups: int
    #: groups that no entry and no rule covers
    not_covered: tuple[str, ...]
    #: groups that only a rule for every group covers
    only_wildcard: tuple[str, ...]
    #: groups that a recording action records to, and no entry says when
    recording_not_covered: tuple[str, ...]
    #: the bounds that are not set: ``minimum``, ``maximum``
    missing_bounds: tuple[str, ...]
    #: of ``not_covered``, those that a purge deletes unless a hold protects them
    purged: tuple[str, ...] = ()
    #: whether the device must have no groups
    no_groups: bool = False


@dataclass(frozen=True, slots=True)
class CoverageTotals:
    """Numbers of hosts, groups, and recording actions."""

    hosts: int = 0
    without_policy: int = 0
    groups: int = 0
    not_covered: int = 0
    only_wildcard: int = 0
    recording_not_covered: int = 0
    without_bounds: int = 0

    def __add__(self, other: CoverageTotals) -> CoverageTotals:
        """Return the sums."""
        return CoverageTotals(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of all hosts, by name."""

    hosts: tuple[HostCoverage, ...]

    @property
    def sites(self) -> tuple[tuple[str | None, CoverageTotals], ...]:
        """Return the numbers of each site, by name; hosts without a site come last."""
        totals: dict[str | None, CoverageTotals] = defaultdict(CoverageTotals)
        for item in self.hosts:
            totals[item.site] += _count(item)
        return tuple(sorted(totals.items(), key=lambda entry: (entry[0] is None, entry[0] or "")))

    @property
    def total(self) -> CoverageTotals:
        """Return the numbers of all sites."""
        return sum((_count(item) for item in self.hosts), CoverageTotals())

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return what a person has to decide, the most important kind first."""
        found = [decision for item in self.hosts for decision in _decide(item)]
        order = {kind: number for number, kind in enumerate(HEADINGS)}
        return tuple(sorted(_merge(found), key=lambda item: (order[item.kind], item.hosts, item.message)))


def measure_coverage(observations: Sequence[Observation], policies: Mapping[str, Policy | None]) -> Coverage:
    """Return what the policies do not cover.

    :param policies: by host; ``None`` for a host without a policy.
    """
    ordered = sorted(observations, key=lambda item: item.host)
    return Coverage(tuple(_measure(item, policies.get(item.host)) for item in ordered))


def _measure(observation: Observation, policy: Policy | None) -> HostCoverage:
    managed = policy or Policy()
    by_entry = {group.recording_group_id for group in managed.explicitly_managed(observation.groups)}
    others = [group for group in observation.groups if group.recording_group_id not in by_entry]
    rules = {
        group.recording_group_id: next((rule for rule in managed.rules if rule.match.matches(group)), None)
        for group in others
    }
    not_covered = _sort_ids(group for group in others if rules[group.recording_group_id] is None)
    return HostCoverage(
        observation.host,
        observation.site,
        policy is not None,
        len(observation.groups),
        not_covered,
        _sort_ids(
            group
            for group in others
            if (rule := rules[group.recording_group_id]) is not None and _is_for_every_group(rule.match)
        ),
        _find_recordings(observation, managed),
        # A device without groups has no retention time.
        tuple(name for name in ("minimum", "maximum") if getattr(managed, name) is None and not managed.no_groups),
        tuple(name for name in not_covered if any(fnmatchcase(name, glob) for glob in managed.purge)),
        managed.no_groups,
    )


def _is_for_every_group(match: Match) -> bool:
    patterns = [match.recording_group_id, match.nice_name]
    return not match.literal and not match.stream_options and all(map(_is_for_any_text, filter(None, patterns)))


def _is_for_any_text(glob: str) -> bool:
    """Return whether a glob says almost nothing: ``*``, ``?*``, or ``[!q]*``."""
    return "*" in glob and not set(_NEGATED.sub("", glob)) - {"*", "?"}


def _find_recordings(observation: Observation, policy: Policy) -> tuple[str, ...]:
    if observation.recording is None:
        return ()
    with_recording = [desired for desired in policy.groups if desired.recording is not None]
    managed = {desired.recording_group_id for desired in with_recording}
    managed |= {
        group.recording_group_id
        for _desired, found in match_groups(observation.groups, with_recording)
        for group in found
    }
    recorded = {item.recording_group_id for item in observation.recording.configurations}
    return tuple(sorted(f"{name}" for name in recorded if name is not None and name not in managed))


def _count(item: HostCoverage) -> CoverageTotals:
    return CoverageTotals(
        hosts=1,
        without_policy=int(not item.has_policy),
        groups=item.groups,
        not_covered=len(item.not_covered),
        only_wildcard=len(item.only_wildcard),
        recording_not_covered=len(item.recording_not_covered),
        without_bounds=int(bool(item.missing_bounds)),
    )


def _decide(item: HostCoverage) -> Iterator[Decision]:
    hosts = (item.host,)
    if not item.has_policy:
        text = f"No policy is set, and the device has {item.groups} recording group{'' if item.groups == 1 else 's'}"
        yield Decision("without_policy", hosts, text, "Set retention_policy_groups or retention_policy_existing_groups")
        return
    if item.purged:
        text = f"No entry and no rule covers {', '.join(item.purged)}, so a purge deletes them with all recordings"
        step = "Add a rule for each group to keep, or remove retention_policy_purge"
        yield Decision("would_purge", hosts, text, step, item.purged)
    if others := tuple(name for name in item.not_covered if name not in item.purged):
        text = f"No entry and no rule covers {', '.join(others)}"
        step = "Add a rule to retention_policy_existing_groups, or an entry to retention_policy_groups"
        if item.no_groups:
            step = "Find out what created them. If they are intended, replace retention_policy_no_groups by rules"
        yield Decision("not_covered", hosts, text, step, others)
    if item.recording_not_covered:
        text = f"No entry manages the recording actions of {', '.join(item.recording_not_covered)}"
        step = (
            "Set recording in an entry of retention_policy_groups, or leave the actions to the system that created them"
        )
        yield Decision("recording_not_covered", hosts, text, step, item.recording_not_covered)
    if item.only_wildcard:
        text = f"Only a rule for every group covers {', '.join(item.only_wildcard)}"
        step = "Add a rule with a narrower pattern, so that a group of another system does not get its settings"
        yield Decision("only_wildcard", hosts, text, step, item.only_wildcard)
    if item.missing_bounds:
        names = " and ".join(f"retention_policy_{name}" for name in item.missing_bounds)
        yield Decision(
            "without_bounds",
            hosts,
            f"{names} {'is' if len(item.missing_bounds) == 1 else 'are'} not set",
            f"Set {names}",
        )


def _merge(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """Yield equal decisions about several hosts as one."""
    hosts: dict[Decision, list[str]] = defaultdict(list)
    for item in decisions:
        hosts[Decision(item.kind, (), item.message, item.next_step, item.recording_groups)] += item.hosts
    for item, names in hosts.items():
        yield Decision(item.kind, tuple(sorted(names)), item.message, item.next_step, item.recording_groups)


def _sort_ids(groups: Iterator[RecordingGroup]) -> tuple[str, ...]:
    return tuple(sorted({f"{group.recording_group_id}" for group in groups}))
