# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print which hosts each host name of an inventory selects as ``--limit``, in one process."""

from __future__ import annotations

import json
import os
import sys

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader


def main(source: str) -> None:
    """Print a dictionary of lists."""
    init_plugin_loader(os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep))
    inventory = InventoryManager(DataLoader(), sources=[source])
    selected = {}
    for name in inventory.hosts:
        inventory.subset(name)
        selected[name] = [host.name for host in inventory.get_hosts("all")]
    print(json.dumps(selected))


if __name__ == "__main__":
    main(sys.argv[1])
