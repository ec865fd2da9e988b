# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the holds of two reports. Pure.

A hold that is in one of the reports only because the other one did not read its hosts has not changed.

A hold is weakened if it was active, and protects fewer groups or hosts before its end, or ends earlier: no later audit
knows that a line of an inventory is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.conditions import HoldKey, HostView
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import hold_key

#: By hold, the hosts on which it no longer protects recordings, each with its groups, or with the pattern of the hold.
LostGroups = Mapping[HoldKey, Mapping[str, frozenset[str]]]

ADDED, REMOVED, UNTIL, STATE, HOSTS = "added", "removed", "until", "state", "hosts"
_ACTIVE, _ENDED, _UNMATCHED = "active", "ended", "unmatched"
_MAX_EXAMPLES = 3


@dataclass(frozen=True)
class _Side:
    """The holds of one report, by what identifies them, and its hosts."""

    holds: Mapping[HoldKey, Document]
    views: Mapping[str, HostView]
    #: the time of the report
    created: str

    def hosts_of(self, key: HoldKey) -> set[str]:
        """Return the hosts that are known to have a hold."""
        if self.holds[key]["state"] == _ENDED:
            return {*self.holds[key]["conditions"][_ENDED]}
        return {name for name, view in self.views.items() if key in view.holds}

    def has_ended(self, key: HoldKey) -> bool:
        """Return whether a hold has ended: a report does not prove an end that is still to come."""
        hold = self.holds[key]
        return hold["state"] == _ENDED and str(hold["until"]) <= self.created

    def was_read(self, name: str) -> bool:
        """Return whether the holds of a host were read."""
        return name in self.views and self.views[name].was_read


def find_lost_groups(
    one: Mapping[str, HostView], two: Mapping[str, HostView], earlier: Document, later: Document
) -> LostGroups:
    """Return what active holds of the earlier report no longer protect in the later one.

    Each hold counts alone: another one that was there before may end first. One that is new may replace it.

    :param one: the hosts of the earlier report.
    """
    matched = {hold_key(hold) for view in one.values() for hold in view.host["holds"] if _find_groups(hold)}
    unmatched = {hold_key(hold) for hold in earlier["holds"] if hold["state"] == _UNMATCHED} - matched
    lost: dict[HoldKey, dict[str, frozenset[str]]] = {}
    for name, view in one.items():
        if name not in two or not two[name].was_read:
            continue
        others = two[name].host["holds"]
        known = {hold_key(hold) for hold in view.host["holds"]}
        for hold in view.host["holds"]:
            key = hold_key(hold)
            if hold["ended"] or key in unmatched or any(_is_still(key, other, later["created"]) for other in others):
                continue
            rest = [other for other in others if _may_replace(hold, other, known)]
            groups = (group for group in _list_held(hold) if not any(_covers(other, group) for other in rest))
            if missing := frozenset(groups):
                lost.setdefault(key, {})[name] = missing
    return lost


def select_weakened(lost: LostGroups, later: Document) -> LostGroups:
    """Return what holds no longer protect that have not reached their ends at the time of the later report."""
    return {key: hosts for key, hosts in lost.items() if key[-1] > later["created"]}


def _list_held(hold: Document) -> Iterable[str]:
    """Return the groups of a host that a hold protects; if none is known, its pattern."""
    if groups := _find_groups(hold):
        return groups
    is_pattern = any(character in hold["recording_group_id"] for character in "*?[")
    # A pattern may be for groups of other hosts. The group of an ID was there before.
    return () if is_pattern and hold["matches"] is not None else (hold["recording_group_id"],)


def _find_groups(hold: Document) -> list[str]:
    return [*(hold["matches"] or ()), *(hold["differs_in_case"] or ())]


def _is_still(key: HoldKey, other: Document, created: str) -> bool:
    """Return whether a hold is the same one, and has not reached its end: a report does not prove an end to come."""
    return hold_key(other) == key and not (other["ended"] and other["until"] <= created)


def _may_replace(hold: Document, other: Document, known: Iterable[HoldKey]) -> bool:
    is_same_case = (hold["reason"], hold["owner"]) == (other["reason"], other["owner"])
    return not other["ended"] and other["until"] >= hold["until"] and (is_same_case or hold_key(other) not in known)


def _covers(hold: Document, group: str) -> bool:
    return group in _find_groups(hold) or fnmatchcase(group.lower(), hold["recording_group_id"].lower())


def compare_holds(
    one: Mapping[str, HostView],
    two: Mapping[str, HostView],
    earlier: Document,
    later: Document,
    weakened: LostGroups | None = None,
) -> list[Document]:
    """Return the holds that were added or removed, or that have ended, or have another end, or other hosts.

    :param one: the hosts of the earlier report.
    :param weakened: what the holds no longer protect before their ends, if it is known already.
    """
    if weakened is None:
        weakened = select_weakened(find_lost_groups(one, two, earlier, later), later)
    before = _Side({hold_key(hold): hold for hold in earlier["holds"]}, one, earlier["created"])
    after = _Side({hold_key(hold): hold for hold in later["holds"]}, two, later["created"])
    pairs = _find_pairs(before.holds.keys(), after.holds.keys())
    added = after.holds.keys() - set(pairs.values())
    entries = [*_compare_pairs(pairs, before, after, weakened)]
    entries += [
        _build_entry([REMOVED], before.holds[key], None, weakened=weakened.get(key, ()))
        for key in before.holds.keys() - pairs.keys()
        if key in weakened or any(after.was_read(name) for name in before.hosts_of(key))
    ]
    entries += [
        _build_entry([ADDED], None, after.holds[key])
        for key in added
        if any(before.was_read(name) for name in after.hosts_of(key))
    ]
    return sorted(
        entries, key=lambda item: [item[name] for name in ("recording_group_id", "reason", "owner", "changes")]
    )


def _find_pairs(keys: Iterable[HoldKey], others: Iterable[HoldKey]) -> dict[HoldKey, HoldKey]:
    """Return which hold is which: the same one, or else the only one with the same case and another end."""
    keys, others = set(keys), set(others)
    pairs = {key: key for key in keys & others}
    rest, other_rest = keys - others, others - keys
    for key in rest:
        same = [item for item in rest if item[:-1] == key[:-1]]
        found = [item for item in other_rest if item[:-1] == key[:-1]]
        if len(same) == len(found) == 1:
            pairs[key] = found[0]
    return pairs


def _compare_pairs(
    pairs: Mapping[HoldKey, HoldKey], before: _Side, after: _Side, weakened: LostGroups
) -> Iterator[Document]:
    for key, other in pairs.items():
        hold, new = before.holds[key], after.holds[other]
        lost, gained = _compare_hosts(key, other, before, after)
        changes = [UNTIL] if hold["until"] != new["until"] else []
        had_ended, has_ended = before.has_ended(key), after.has_ended(other)
        # Only another end makes a hold active again. One that matches no group is a finding, and has not changed.
        if (has_ended and not had_ended and hold["state"] != _ENDED) or (had_ended and changes and not has_ended):
            changes.append(STATE)
        # A host that was not read, or whose group is missing, has lost the hold, too.
        if lost or gained or (key in weakened and not changes):
            changes.append(HOSTS)
        if changes:
            yield _build_entry(changes, hold, new, lost, gained, weakened=weakened.get(key, ()))


def _compare_hosts(key: HoldKey, other: HoldKey, before: _Side, after: _Side) -> tuple[list[str], list[str]]:
    """Return the hosts on which a hold no longer protects groups, and those on which it now does."""
    if before.holds[key]["state"] != _ACTIVE or after.holds[other]["state"] != _ACTIVE:
        return [], []
    had, has = before.hosts_of(key), after.hosts_of(other)
    return sorted(filter(after.was_read, had - has)), sorted(filter(before.was_read, has - had))


def _build_entry(
    changes: Sequence[str],
    hold: Document | None,
    new: Document | None,
    lost: Sequence[str] = (),
    gained: Sequence[str] = (),
    *,
    weakened: Iterable[str] = (),
) -> Document:
    either: Document = new or hold or {}
    return {
        "changes": [*changes],
        **{name: either[name] for name in ("recording_group_id", "reason", "owner")},
        "earlier": _build_side(hold),
        "later": _build_side(new),
        "hosts_removed": _build_hosts(lost),
        "hosts_added": _build_hosts(gained),
        "hosts_weakened": _build_hosts(sorted(weakened)),
    }


def _build_side(hold: Document | None) -> Document | None:
    return None if hold is None else {"until": hold["until"], "state": hold["state"]}


def _build_hosts(names: Sequence[str]) -> Document:
    return {"hosts": len(names), "examples": [*names[:_MAX_EXAMPLES]]}
