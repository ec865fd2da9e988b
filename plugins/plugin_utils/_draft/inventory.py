# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which groups of an inventory may get variables in a draft: those of a site, of a model, and of the whole fleet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import has_controls
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.files import find_name_problem, find_name_problems
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.scopes import InventoryGroup

_PREFIXES = ("axis_site_", "axis_model_")
#: Groups that core creates itself.
_ALL, _OF_CORE = "all", frozenset({"all", "ungrouped"})
_MIN_SHARED = 2


def find_inventory_groups(
    hosts: Collection[str],
    members: Mapping[str, Sequence[str]],
    patterns: Iterable[str],
    find_precedence: Callable[[str], tuple[int, int]],
) -> tuple[InventoryGroup, ...]:
    """Return the groups that variables of these hosts can be shared in.

    :param members: by group of the inventory, all its hosts.
    :param patterns: the host patterns of the play.
    :param find_precedence: returns depth and priority of a group.
    """
    own = frozenset(hosts)
    usable = {name: frozenset(map(str, members[name])) for name in _find_usable(members)}
    special = [name for name, group in usable.items() if name.startswith(_PREFIXES) and group & own]
    if not special:
        # The user's own groups. One with a host that is not a camera of this run may be about anything.
        special = [name for name, group in usable.items() if len(group) >= _MIN_SHARED and group <= own]
    fleet = _find_fleet(own, usable, list(patterns))
    names = sorted({*special, *fleet} - _OF_CORE) or [name for name in fleet if name == _ALL]
    return tuple(InventoryGroup(name, usable[name], *find_precedence(name)) for name in names)


def _find_usable(members: Iterable[str]) -> Iterator[str]:
    """Yield the groups that a directory can be named after."""
    names = [str(name) for name in members]
    colliding = {name for _problem, same in find_name_problems(names) for name in same}
    for name in names:
        if name not in colliding and find_name_problem(name) is None and not has_controls(name):
            yield name


def _find_fleet(own: frozenset[str], usable: Mapping[str, frozenset[str]], patterns: Sequence[str]) -> list[str]:
    """Return the group of all hosts: the one that the pattern names, or else the smallest one that has them all."""
    if len(patterns) == 1 and patterns[0] in usable:
        return [patterns[0]]
    whole = [name for name in usable if own <= usable[name] and name not in _OF_CORE]
    return [min(whole, key=lambda name: (len(usable[name]), name))] if whole else []
