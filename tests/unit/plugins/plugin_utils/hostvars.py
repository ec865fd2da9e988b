# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of all hosts as core provides them, with the names and groups of an inventory."""

from __future__ import annotations

from typing import Any

from ansible.inventory.host import Host
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader


class HostVars(dict[str, dict[str, Any]]):
    """The variables of all hosts. The variable ``group_names`` also makes the host a member of these groups."""

    def raw_get(self, host: str) -> dict[str, Any]:
        """Return the variables of a host."""
        return self[host]

    @property
    def _inventory(self) -> InventoryManager:
        """Return an inventory of the hosts."""
        manager = InventoryManager(loader=DataLoader(), sources=None)
        for name, own in self.items():
            manager._inventory.hosts[name] = Host(name)
            for group in own.get("group_names") or ():
                manager._inventory.add_group(group)
                manager._inventory.groups[group].add_host(manager._inventory.hosts[name])
        return manager
