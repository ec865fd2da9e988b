# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the groups of all cameras with Nornir, and compare them, without policy, validation, and report."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import Result, Task
from nornir.plugins.runners import ThreadedRunner

from .threads import read_retention


def main() -> int:
    """Read all cameras; return 0 if each has the group with the retention."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.nornir_audit")
    parser.add_argument("inventory", type=Path)
    parser.add_argument("--threads", type=int, default=32)
    options = parser.parse_args()
    group = json.loads(options.inventory.read_text(encoding="utf-8"))["all"]["children"]["axis"]
    desired = str(group["vars"]["retention_hours"])
    nornir = Nornir(inventory=_build_inventory(group["hosts"]), runner=ThreadedRunner(num_workers=options.threads))
    found = nornir.run(task=_compare, desired=desired)
    return int(bool(found.failed_hosts) or not all(results[0].result for results in found.values()))


def _build_inventory(cameras: dict[str, dict[str, Any]]) -> Inventory:
    hosts = Hosts()
    for name, camera in cameras.items():
        options: dict[str, ConnectionOptions] = {}
        hosts[name] = Host(name=name, hostname=camera["ansible_host"], data=camera, connection_options=options)
    return Inventory(hosts=hosts, groups=Groups(), defaults=Defaults())


def _compare(task: Task, desired: str) -> Result:
    return Result(host=task.host, result=read_retention(task.host.data) == desired)


if __name__ == "__main__":
    sys.exit(main())
