# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Demonstrate the main workflow on a simulated fleet: audit, roll out the policies in waves, and audit again.

Run it with ``make demo``. It fits on a screen; the complete output is in a log. It exits non-zero if a step has an
unexpected result. The policies are in ``inventory``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.demo.screen import Screen, show_path
from tests.playbook import CHECKOUT, command, environment
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

HERE = Path(__file__).parent
HOURS = {"harbor": 720, "museum": 672, "station": 72}
ENTRANCE: dict[str, Any] = {
    "recording_group_id": "entrance",
    "nice_name": "Entrance",
    "disk_id": "SD_DISK",
    "stream_options": "resolution=1920x1080&camera=1",
}
#: Initial retention time in hours by camera, None without a group. The recorder has the groups of its profile.
PLANTED: dict[str, int | None] = {
    "harbor-1": 720,
    "harbor-2": None,
    "harbor-3": 240,
    "harbor-4": 720,
    "museum-1": None,
    "museum-2": 672,
    "museum-3": 672,
    "museum-4": 2160,
    "station-1": 24,
    "station-2": 72,
    "station-3": 0,
    "station-4": 72,
}
DRIFTED = ("harbor-2", "museum-1", "station-1")
#: Two names of one camera, which is drifted.
TWICE = ("harbor-3", "harbor-5")
#: The holds on station-3: of its site, and of its own.
HOLDS = ("Case 4711, letter of 2026-11-02", "Damaged turnstile")
#: It has neither a group nor a recording action.
NEW = "harbor-2"
WAVES = {"retention_policy_waves": [1, 4], "retention_policy_max_fail_percentage": 50}
REPORTS = CHECKOUT / ".cache" / "demo-report"
LOG = "demo.log"
#: After the roll-out. Only harbor-1 can prove its retention: the recordings of four cameras are too recent.
STATES = {"compliant": 1, "non_compliant": 4, "unverified": 9}
#: Hours between two recordings, for cameras whose recordings cover the whole retention time.
SPACING = {"harbor-1": 37.5, "harbor-3": 1.0, "museum-2": 8.5, "station-2": 3.5}
UNREACHABLE_HOSTS = 4  # the exit status of ansible-playbook


class UnexpectedResultError(Exception):
    """A step has an unexpected result."""


def main() -> int:
    """Run the demo, and return exit status 0 if every step has the expected result."""
    options = _options()
    settings = {"ANSIBLE_COLLECTIONS_PATH": options.collections} if options.collections else {}
    reports = options.reports.absolute()
    for pattern in ("retention-audit-*", LOG):
        for old in reports.glob(pattern):
            old.unlink()
    reports.mkdir(parents=True, exist_ok=True)
    screen = Screen(reports / LOG, verbose=options.verbose)
    try:
        with tempfile.TemporaryDirectory(prefix="demo-", dir=CHECKOUT / ".cache") as scratch, Fleet() as fleet:
            _prepare(fleet, Path(scratch))
            _introduce(screen, fleet)
            _run_steps(Demo(fleet, Path(scratch), reports, settings, screen))
    except UnexpectedResultError as error:
        screen.fail(str(error))
        return 1
    finally:
        screen.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make demo", description="Demonstrate the main workflow on a simulated fleet."
    )
    parser.add_argument(
        "--collections", metavar="PATH", help="run the collection installed in this path instead of the checkout"
    )
    parser.add_argument(
        "--reports", type=Path, metavar="PATH", default=REPORTS, help="write the report and the log into this directory"
    )
    parser.add_argument("--verbose", action="store_true", help="print everything that the log has")
    return parser.parse_args()


def _prepare(fleet: Fleet, place: Path) -> None:
    plant(fleet)
    shutil.copytree(HERE / "inventory", place / "inventory")
    (place / "inventory" / "hosts.yml").write_text(inventory_of(fleet), encoding="utf-8")


def _introduce(screen: Screen, fleet: Fleet) -> None:
    screen.say(
        f"{len(fleet.devices)} simulated devices: four cameras at each of three sites, and a recorder. "
        "One is down, one is",
        "listed twice, one is too old, one has a new password, and one is under two legal holds.",
    )
    screen.note(
        "Each site has its own policy, and the recorder has the groups of a video management system.\n"
        "museum-3 is down, station-2 has a new password, and station-4 is too old to support the API.\n"
        "museum-4 keeps 90 days, so its policy requires deleting recordings. station-3 is under a legal hold.\n"
        "A second hold is set for station-3 alone. A hold on museum-4 is misspelled, so it protects nothing.\n"
        "The policy of the harbor includes continuous recording. harbor-2 is a new camera without any groups.\n"
        "harbor-3 is listed twice, also as harbor-5, so it receives no request under either name."
    )


@dataclass
class Demo:
    """A run of the demo.

    :param place: the directory of the inventory.
    :param reports: the directory of the report and the log.
    :param settings: settings of Ansible.
    """

    fleet: Fleet
    place: Path
    reports: Path
    settings: dict[str, str]
    screen: Screen
    checked: int = 0

    def run(self, title: str, playbook: str, **variables: Any) -> int:
        """Run a playbook of the collection like a user, with a file of variables, and return its exit status."""
        arguments = []
        if variables:
            name = f"{playbook.rpartition('.')[2]}.json"
            (self.place / name).write_text(json.dumps(variables), encoding="utf-8")
            arguments = ["--extra-vars", f"@{name}"]
        self.screen.begin(title, " ".join(["ansible-playbook --inventory inventory", *arguments, playbook]))
        if variables:
            self.screen.note(f"   {name}: {json.dumps(variables)}")
        call = command(playbook, Path("inventory"), *arguments)
        return self.screen.run(call, self.place, environment(self.place, self.settings))

    def expect(self, step: str, expectations: Mapping[str, bool]) -> None:
        """Check the results of a step.

        :raises UnexpectedResultError: one is not as expected.
        """
        self.screen.check(expectations)
        self.checked += len(expectations)
        failed = sum(not is_met for is_met in expectations.values())
        if failed:
            raise UnexpectedResultError(f"{failed} of {len(expectations)} checks of {step} failed.")


def _run_steps(demo: Demo) -> None:
    """Run audit, roll-out, and audit, and check the results of each."""
    fleet, screen = demo.fleet, demo.screen
    ended = demo.run("1. Audit: compare every camera with its policy, and write to none", "camfleet.axis.audit")
    demo.expect(
        "the audit",
        {
            "the exit status reports the unreachable hosts": ended == UNREACHABLE_HOSTS,
            "no device received a write": writes(fleet) == {},
            "no camera changed": compliant(fleet) == set(PLANTED) - set(DRIFTED) - NON_COMPLIANT,
        },
    )
    ended = demo.run(
        "2. Roll out: one camera first, then waves of four; what would delete recordings is refused",
        "camfleet.axis.roll_out",
        **WAVES,
    )
    demo.expect(
        "the roll-out",
        {
            "the exit status reports the unreachable hosts": ended == UNREACHABLE_HOSTS,
            "each drifted camera received one write, the new one three, the recorder four": writes(fleet)
            == {**dict.fromkeys(DRIFTED, 1), NEW: 3, "recorder-1": 4},
            "every camera of the harbor records, without a gap": all(
                fleet.devices[name].is_recording("entrance") and not fleet.devices[name].gaps
                for name in PLANTED
                if name.startswith("harbor")
            ),
            "every other camera complies with its policy": compliant(fleet) == set(PLANTED) - NON_COMPLIANT,
            "the High groups of the recorder keep 45 days, and its Low groups are unchanged": recorder_hours(fleet)
            == {"High": {1080}, "Low": {720}},
            "harbor-3, which is listed twice, received no request": not fleet.devices[TWICE[0]].journal,
            "museum-4 and station-3 are unchanged": (
                fleet.devices["museum-4"].groups["entrance"].retention_time == 2160
                and fleet.devices["station-3"].groups["entrance"].retention_time == 0
            ),
        },
    )
    before = writes(fleet)
    demo.run(
        "3. Audit again, with a report: are the recordings as old as the policies require?",
        "camfleet.axis.audit",
        retention_policy_report_dir=str(demo.reports),
        retention_policy_verify_recordings=True,
    )
    report = _read_report(demo.reports)
    demo.expect(
        "the second audit",
        {
            "no device received another write": writes(fleet) == before,
            "no recording was lost": not any(device.lost_recordings for device in fleet.devices.values()),
            "the report has every name once": [host["host"] for host in report["hosts"]]
            == sorted({*fleet.devices, *TWICE}),
            "both names of harbor-3 are unverified": [
                host["host"] for host in report["hosts"] if (host["error"] or {}).get("kind") == "duplicate_device"
            ]
            == [*TWICE],
            "both holds on station-3 are in force": holds_of(report, "station-3") == [*HOLDS],
            "the misspelled hold on museum-4 is critical": unmatched_holds(report) == {"museum-4": ["entrence"]},
            "the numbers of the report match the fleet": report["summary"]["states"] == STATES,
        },
    )
    screen.say(f"All {demo.checked} checks of what the devices received, and of what they have now, passed:")
    screen.confirm("the audits wrote nothing, and the roll-out wrote to the 4 devices that needed a change")
    screen.confirm("no recording was lost, and the cameras of the harbor record without a gap")
    screen.confirm("a camera that was not checked does not count as compliant, and keeps what it has")
    screen.say(
        f"Open the report:  {show_path(next(demo.reports.glob('*.html')))}",
        f"Complete output:  {show_path(demo.reports / LOG)}",
    )


def _read_report(directory: Path) -> dict[str, Any]:
    path = next(directory.glob("*.json"), None)
    if path is None or not any(directory.glob("*.html")):
        raise UnexpectedResultError("The second audit wrote no report.")
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


#: Cameras that do not comply after the roll-out. station-2 complies, but the run cannot verify it.
NON_COMPLIANT = {"harbor-3", "museum-4", "station-3"}


def plant(fleet: Fleet) -> None:
    """Add the devices in their initial state, with 20 recordings in each group."""
    for name, hours in PLANTED.items():
        old = name == "station-4"
        profile = "camera_10_12" if old or name == "harbor-4" else "camera_12_9"
        device = fleet.add(profile, name, switches=Switches(recording_group_api=not old))
        if hours is not None:
            device.plant_group(**ENTRANCE, retention_time=hours)
            device.plant_recordings("entrance", 20, spacing_hours=SPACING.get(name, 1.0))
            if name.startswith("harbor"):
                device.plant_recording("entrance", name="Always")
        # The disk of museum-2 keeps its default: it deletes recordings after seven days, regardless of the group.
        if name != "museum-2":
            device.disks["SD_DISK"].cleanupmaxage = 0
    fleet.devices["harbor-4"].disks["SD_DISK"].freesize = 5_000_000
    fleet.devices["museum-3"].powered = False
    fleet.add("recorder_s3008", "recorder-1")


def inventory_of(fleet: Fleet) -> str:
    """Return the inventory, with the sites as children of the group axis, so that their variables override its own."""
    # A name that was copied with its address, after the other cameras of the site.
    first, rest = fleet.inventory().split('        "museum-1":')
    copy = first[first.index(f'        "{TWICE[0]}":') : first.index('        "harbor-4":')].replace(*TWICE)
    lines = [f'{first}{copy}        "museum-1":{rest}', "      children:\n"]
    for site in (*HOURS, "recorder"):
        names = [name for name in (*fleet.devices, TWICE[1]) if name.startswith(site)]
        group = "recorders" if site == "recorder" else site
        lines.append(f"        {group}:\n          hosts: {json.dumps(dict.fromkeys(names))}\n")
    return "".join(lines)


def writes(fleet: Fleet) -> dict[str, int]:
    """Return how many writes each device has received."""
    return {name: len(device.writes) for name, device in fleet.devices.items() if device.writes}


def compliant(fleet: Fleet) -> set[str]:
    """Return the cameras whose state complies with the policy of their site."""
    return {name for name in PLANTED if is_compliant(fleet.devices[name])}


def is_compliant(device: Device) -> bool:
    """Return whether the group exists with the desired fields."""
    desired = {**ENTRANCE, "retention_time": HOURS[device.name.partition("-")[0]]}
    return "entrance" in device.groups and vars(device.groups["entrance"]).items() >= desired.items()


def recorder_hours(fleet: Fleet) -> dict[str, set[int]]:
    """Return the retention times of the recorder's groups by the prefix of their ID."""
    groups = fleet.devices["recorder-1"].groups.values()
    return {
        level: {group.retention_time for group in groups if group.recording_group_id.startswith(level)}
        for level in ("High", "Low")
    }


def holds_of(report: dict[str, Any], name: str) -> list[str]:
    """Return the reasons of the holds in force on a host."""
    return sorted(hold["reason"] for host in report["hosts"] if host["host"] == name for hold in host["holds"])


def unmatched_holds(report: dict[str, Any]) -> dict[str, list[str]]:
    """Return the holds that match no group, by critical host."""
    return {
        host["host"]: [hold["recording_group_id"] for hold in host["unmatched_holds"]]
        for host in report["hosts"]
        if host["unmatched_holds"] and host["severity"] == "critical"
    }


if __name__ == "__main__":
    sys.exit(main())
