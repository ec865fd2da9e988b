# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job on a simulated fleet: see what drifted, bring it into line, see that it stays so.

Run it with ``make demo``. It ends non-zero when any step is not as promised.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.playbook import CHECKOUT, command, environment
from tests.simulator import Fleet
from tests.simulator.device import Device

HERE = Path(__file__).parent
SITES = {"harbour": ("30d", 720), "museum": ("4w", 672), "station": ("72h", 72)}
CAMERAS_PER_SITE = 4
WANTED: dict[str, Any] = {
    "recording_group_id": "entrance",
    "nice_name": "Entrance",
    "description": "Policy 7 of the safety department",
    "disk_id": "SD_DISK",
    "stream_options": "resolution=1920x1080&camera=1",
}


def main() -> int:
    """Exit status: 0 when every step was as promised."""
    cache = CHECKOUT / ".cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=cache) as scratch, Fleet() as fleet:
        sites = plant(fleet)
        inventory = Path(scratch) / "inventory.yml"
        inventory.write_text(fleet.inventory() + sites_of(sites), encoding="utf-8")
        say(
            f"A fleet of {len(fleet.devices)} simulated cameras over three sites is running on this machine.",
            "Each site has its own retention time: harbour 30 days, museum 4 weeks, station 72 hours.",
            "Planted: 3 cameras without the group, 3 with a retention that is too short, 6 in line.",
        )
        steps: tuple[tuple[str, tuple[str, ...], Callable[[], dict[str, bool]]], ...] = (
            (
                "Step 1: what has drifted? Check mode asks every camera and writes to none.",
                ("--check", "--diff"),
                lambda: {
                    "no camera was written to": writes(fleet) == 0,
                    "no camera is in line that was not": in_line(sites) == 6,
                },
            ),
            (
                "Step 2: apply the policy. Only what differs is written, and each write is read back.",
                (),
                lambda: {
                    "6 writes for 6 drifted cameras": writes(fleet) == 6,
                    "all 12 cameras are in line": in_line(sites) == 12,
                },
            ),
            (
                "Step 3: apply it again. Nothing is left to do.",
                (),
                lambda: {"no further write": writes(fleet) == 6, "all 12 cameras are in line": in_line(sites) == 12},
            ),
        )
        promised = [step(title, Path(scratch), inventory, arguments, promises) for title, arguments, promises in steps]
        lost = sum(len(device.lost_recordings) for device in fleet.devices.values())
        promised.append(check({"no recording was lost on the way": lost == 0}))
    say(
        "The fleet is stopped. "
        + ("Everything was as promised." if all(promised) else "NOT everything was as promised.")
    )
    return 0 if all(promised) else 1


def plant(fleet: Fleet) -> dict[str, list[Device]]:
    """Twelve cameras with a week of video each: in each site one without the group, one too short, two in line."""
    sites: dict[str, list[Device]] = {}
    for site, (_written, hours) in SITES.items():
        for number in range(1, CAMERAS_PER_SITE + 1):
            device = fleet.add("camera_10_12" if number == 4 else "camera_12_9", f"{site}-{number}")
            sites.setdefault(site, []).append(device)
            if number == 1:
                continue
            device.plant_group(**{**WANTED, "retention_time": hours // 3 if number == 2 else hours})
            device.plant_recordings("entrance", 20)
    return sites


def sites_of(sites: dict[str, list[Device]]) -> str:
    """The sites as groups of the inventory, each with its retention time, as YAML below the children of all."""
    lines: list[str] = []
    for site, devices in sites.items():
        lines += [f"    {site}:", "      vars:", f"        site_retention_time: {SITES[site][0]}", "      hosts:"]
        lines += [f"        {device.name}:" for device in devices]
    return "\n".join(lines) + "\n"


def step(
    title: str, scratch: Path, inventory: Path, arguments: tuple[str, ...], promises: Callable[[], dict[str, bool]]
) -> bool:
    """Run the playbook as a user would, then hold the fleet against what was promised."""
    say(title, f"$ ansible-playbook -i inventory.yml {' '.join([*arguments, 'retention.yml'])}")
    done = subprocess.run(
        command(HERE / "retention.yml", inventory, *arguments), cwd=CHECKOUT, env=environment(scratch), check=False
    )
    return check({"ansible-playbook ended with 0": done.returncode == 0, **promises()})


def check(promises: dict[str, bool]) -> bool:
    """Say of each promise whether it was kept."""
    for promise, kept in promises.items():
        print(f"   [{'ok' if kept else 'NOT SO'}] {promise}", flush=True)
    return all(promises.values())


def writes(fleet: Fleet) -> int:
    """How many writes the fleet got so far, from its journal."""
    return sum(len(device.writes) for device in fleet.devices.values())


def in_line(sites: dict[str, list[Device]]) -> int:
    """How many cameras hold what the policy of their site says, read from their state."""
    return sum(
        vars(device.groups["entrance"]).items() >= {**WANTED, "retention_time": SITES[site][1]}.items()
        for site, devices in sites.items()
        for device in devices
        if "entrance" in device.groups
    )


def say(*lines: str) -> None:
    """A paragraph for the person who watches."""
    print("\n" + "\n".join(f"== {line}" for line in lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
