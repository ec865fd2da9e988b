# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job on a simulated fleet: audit it, roll the policy out in waves, audit it again.

Run it with ``make demo``. It ends non-zero when any step is not as promised. The policies are in ``inventory``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.playbook import CHECKOUT, command, environment
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

HERE = Path(__file__).parent
HOURS = {"harbour": 720, "museum": 672, "station": 72}
ENTRANCE: dict[str, Any] = {
    "recording_group_id": "entrance",
    "nice_name": "Entrance",
    "disk_id": "SD_DISK",
    "stream_options": "resolution=1920x1080&camera=1",
}
#: by camera, the hours that its group has at first; None is no group. The recorder comes with the groups of a VMS.
PLANTED: dict[str, int | None] = {
    "harbour-1": 720,
    "harbour-2": None,
    "harbour-3": 240,
    "harbour-4": 720,
    "museum-1": None,
    "museum-2": 672,
    "museum-3": 672,
    "museum-4": 2160,
    "station-1": 24,
    "station-2": 72,
    "station-3": 0,
    "station-4": 72,
}
DRIFTED = ("harbour-2", "harbour-3", "museum-1", "station-1")
#: It has neither a group nor what records to one.
NEW = "harbour-2"
WAVES = {"retention_policy_waves": [1, 4], "retention_policy_max_fail_percentage": 50}
REPORTS = CHECKOUT / ".cache" / "demo-report"
OUTCOMES = {"as_the_policy_says": 8, "not_as_the_policy_says": 2, "unverified": 3}
#: Hours between two recordings, where they reach back as far as the group keeps them.
SPACING = {"harbour-1": 37.5, "harbour-3": 1.0, "museum-2": 8.5, "station-2": 3.5}
UNREACHABLE_HOSTS = 4  # the exit status of ansible-playbook


def main() -> int:
    """Exit status: 0 when every step was as promised."""
    settings = _settings()
    cache = CHECKOUT / ".cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-", dir=cache) as scratch, Fleet() as fleet:
        place = Path(scratch)
        shutil.rmtree(REPORTS, ignore_errors=True)
        plant(fleet)
        shutil.copytree(HERE / "inventory", place / "inventory")
        (place / "inventory" / "hosts.yml").write_text(inventory_of(fleet), encoding="utf-8")
        say(
            f"A fleet of {len(fleet.devices)} simulated devices is running on this machine: four cameras at each of",
            "three sites, each site with a policy of its own, and a recorder with the groups of a VMS.",
            "Planted: museum-3 is down, station-2 has another password by now, station-4 is too old to know the API,",
            "museum-4 keeps 90 days, which could only be mended by deleting video, and a court holds station-3.",
            "The harbour's cameras shall record always; harbour-2 comes straight from its box.",
        )
        promised = steps(fleet, place, settings)
    say(f"The fleet is stopped. {'Everything' if promised else 'NOT everything'} was as promised.")
    return 0 if promised else 1


def _settings() -> dict[str, str]:
    parser = argparse.ArgumentParser(prog="make demo", description="The main job on a simulated fleet.")
    parser.add_argument("--collections", metavar="PATH", help="run what is installed there, not this checkout")
    path = parser.parse_args().collections
    return {"ANSIBLE_COLLECTIONS_PATH": path} if path else {}


def steps(fleet: Fleet, place: Path, settings: dict[str, str]) -> bool:
    """Audit, roll-out, audit, each held against what was promised."""
    kept: list[bool] = []
    say("Step 1: how do the cameras stand? The audit asks every camera and writes to none.")
    ended = run("camfleet.axis.audit", place, settings)
    kept.append(
        check(
            {
                "it ended as with any unreachable host": ended == UNREACHABLE_HOSTS,
                "no device was written to": writes(fleet) == {},
                "no camera is in line that was not": in_line(fleet) == set(PLANTED) - set(DRIFTED) - OTHERWISE,
            }
        )
    )
    say("Step 2: roll the policies out, one camera first, then waves of four. What would delete video is refused.")
    ended = run("camfleet.axis.roll_out", place, settings, "--extra-vars", json.dumps(WAVES))
    kept.append(
        check(
            {
                "it ended as with any unreachable host": ended == UNREACHABLE_HOSTS,
                "one write for each camera that had drifted, three for the new one, four for the recorder": writes(
                    fleet
                )
                == {**dict.fromkeys(DRIFTED, 1), NEW: 3, "recorder-1": 4},
                "every camera of the harbour records, and none missed a moment": all(
                    fleet.devices[name].is_recording("entrance") and not fleet.devices[name].gaps
                    for name in PLANTED
                    if name.startswith("harbour")
                ),
                "every camera that can be is in line": in_line(fleet) == set(PLANTED) - OTHERWISE,
                "the recorder's High groups keep 45 days, its Low groups what they had": recorder_hours(fleet)
                == {"High": {1080}, "Low": {720}},
                "museum-4 and station-3 are as they were": (
                    fleet.devices["museum-4"].groups["entrance"].retention_time == 2160
                    and fleet.devices["station-3"].groups["entrance"].retention_time == 0
                ),
            }
        )
    )
    say(
        "Step 3: audit again, with a report. What is left is named, with the reason, and how old the recordings are is",
        "held against how long they are to be kept.",
    )
    before = writes(fleet)
    proof = {"retention_policy_report_dir": str(REPORTS), "retention_policy_verify_recordings": True}
    run("camfleet.axis.audit", place, settings, "--extra-vars", json.dumps(proof))
    lost = sum(len(device.lost_recordings) for device in fleet.devices.values())
    told = json.loads(next(REPORTS.glob("*.json")).read_text(encoding="utf-8"))
    kept.append(
        check(
            {
                "no further write": writes(fleet) == before,
                "no recording was lost on the way": lost == 0,
                "every device is in the report once": [host["host"] for host in told["hosts"]] == sorted(fleet.devices),
                "and its numbers are those of the fleet": told["summary"]["outcomes"] == OUTCOMES,
            }
        ),
    )
    page = next(REPORTS.glob("*.html"))
    say("What an auditor gets, a page for people and JSON for programs:", f"{page.as_uri()}")
    return all(kept)


#: Cameras that cannot be brought into line: held, refused, down, or too old. station-2 is in line, but cannot prove it.
OTHERWISE = {"museum-4", "station-3"}


def plant(fleet: Fleet) -> None:
    """The devices as they are at first, each group with a day of video."""
    for name, hours in PLANTED.items():
        old = name == "station-4"
        profile = "camera_10_12" if old or name == "harbour-4" else "camera_12_9"
        device = fleet.add(profile, name, switches=Switches(recording_group_api=not old))
        if hours is not None:
            device.plant_group(**ENTRANCE, retention_time=hours)
            device.plant_recordings("entrance", 20, spacing_hours=SPACING.get(name, 1.0))
            if name.startswith("harbour"):
                device.plant_recording("entrance", name="Always")
        # That of museum-2 stays as it comes, and deletes what is older than seven days, whatever its group says.
        if name != "museum-2":
            device.disks["SD_DISK"].cleanupmaxage = 0
    fleet.devices["harbour-4"].disks["SD_DISK"].freesize = 5_000_000
    fleet.devices["museum-3"].powered = False
    fleet.add("recorder_s3008", "recorder-1")


def inventory_of(fleet: Fleet) -> str:
    """The inventory of the fleet, its sites as children of the group axis, so that they win over it; JSON is YAML."""
    lines = [fleet.inventory(), "      children:\n"]
    for site in (*HOURS, "recorder"):
        names = [name for name in fleet.devices if name.startswith(site)]
        group = "recorders" if site == "recorder" else site
        lines.append(f"        {group}:\n          hosts: {json.dumps(dict.fromkeys(names))}\n")
    return "".join(lines)


def run(playbook: str, place: Path, settings: dict[str, str], *arguments: str) -> int:
    """Run a playbook of the collection as a user would; its exit status."""
    say(f"$ ansible-playbook -i inventory {' '.join(arguments)}{' ' if arguments else ''}{playbook}")
    call = command(playbook, place / "inventory", *arguments)
    return subprocess.run(call, cwd=CHECKOUT, env=environment(place, settings), check=False).returncode


def check(promises: dict[str, bool]) -> bool:
    """Say of each promise whether it was kept."""
    for promise, kept in promises.items():
        print(f"   [{'ok' if kept else 'NOT SO'}] {promise}", flush=True)
    return all(promises.values())


def writes(fleet: Fleet) -> dict[str, int]:
    """How many writes each device got so far, from its journal."""
    return {name: len(device.writes) for name, device in fleet.devices.items() if device.writes}


def in_line(fleet: Fleet) -> set[str]:
    """The cameras that hold what the policy of their site says, read from their state."""
    return {name for name in PLANTED if is_in_line(fleet.devices[name])}


def is_in_line(device: Device) -> bool:
    """Whether the group is there and as wanted."""
    wanted = {**ENTRANCE, "retention_time": HOURS[device.name.partition("-")[0]]}
    return "entrance" in device.groups and vars(device.groups["entrance"]).items() >= wanted.items()


def recorder_hours(fleet: Fleet) -> dict[str, set[int]]:
    """The retention times of the recorder's groups, by the first word of their id."""
    groups = fleet.devices["recorder-1"].groups.values()
    return {
        level: {group.retention_time for group in groups if group.recording_group_id.startswith(level)}
        for level in ("High", "Low")
    }


def say(*lines: str) -> None:
    """A paragraph for the person who watches."""
    print("\n" + "\n".join(f"== {line}" for line in lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
