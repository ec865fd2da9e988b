# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of the inventory that a draft may write variables for, in the order in which Ansible applies them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InventoryGroup:
    """One group of the inventory that variables can be shared in: of a site, of a model, or of the whole fleet."""

    name: str
    #: inventory names of all its hosts, including those of its child groups
    hosts: frozenset[str]
    #: as Ansible counts it: a child is deeper than each of its parents
    depth: int = 1
    #: ``ansible_group_priority``
    priority: int = 1

    @property
    def precedence(self) -> tuple[int, int, str]:
        """Return a key to sort groups by: the variables of later ones override those of earlier ones."""
        return self.depth, self.priority, self.name


def sort_by_precedence(groups: Iterable[InventoryGroup]) -> tuple[InventoryGroup, ...]:
    """Return groups with those first that the others override."""
    return tuple(sorted(groups, key=lambda group: group.precedence))
