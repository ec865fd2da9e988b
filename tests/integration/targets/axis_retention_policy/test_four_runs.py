# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run each playbook beside this file four times, with every profile.

The runs are check mode (no write), apply, apply again (no change), and check again. The expected state of the device is
written by hand; the actual state is read from the simulator. The playbooks share the four runs, each with its own
devices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from tests.integration.conftest import Play
from tests.playbook import PlaybookRun
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.simulator.profiles import HAND_WRITTEN

HERE = Path(__file__).parent
CAMERAS = ("B8A44F0A1B01", "B8A44F0A1B02")
#: The checked run, the applied one, and both again.
Runs = Sequence[PlaybookRun]
Devices = Mapping[str, Device]
#: By device, its groups before the first run.
Before = Mapping[str, Mapping[str, Any]]


def run_four_times(
    play: Play, fleet: Fleet, devices: Mapping[str, Devices], directory: Path, hosts: Mapping[str, Mapping[str, Any]]
) -> Runs:
    """Run the playbooks four times, each on its devices; check that only the second run writes."""
    plays = [
        {**item, "hosts": playbook}
        for playbook in devices
        for item in yaml.safe_load((HERE / f"{playbook}.yml").read_text(encoding="utf-8"))
    ]
    (directory / "playbooks.yml").write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    groups = {playbook: {"hosts": [*names]} for playbook, names in devices.items()}
    runs = []
    for number, arguments in enumerate((("--check", "--diff"), ("--diff",), (), ("--check",))):
        before = {name: len(device.writes) for name, device in fleet.devices.items()}
        run = play(directory / "playbooks.yml", *arguments, hosts=hosts, groups=groups)
        if number != 1:
            assert {name: len(device.writes) for name, device in fleet.devices.items()} == before
        assert "Traceback" not in run.output
        runs.append(run)
    return runs


def only_result(run: PlaybookRun, host: str) -> dict[str, Any]:
    """Return the result of the only task on a host."""
    (result,) = (result for (_task, name), result in run.results.items() if name == host)
    return result


def device_groups(device: Device) -> dict[str, dict[str, Any]]:
    """Return the groups of a device by ID."""
    return {key: asdict(group) for key, group in device.groups.items()}


def operations(result: dict[str, Any], part: str = "changes") -> list[str]:
    """Return operation and group of each item."""
    return [f"{item['operation']} {item['recording_group_id']}" for item in result[part]]


def verdicts(result: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return verdict and severity by group, except for the groups that a recorder creates."""
    return {
        item["recording_group_id"]: (item["verdict"], item["severity"])
        for item in result["findings"]
        if not item["recording_group_id"].startswith(("High_", "Low_"))
    }


def plant_groups(device: Device) -> None:
    """Add a group with a week of video, and groups of an old project."""
    device.plant_group(
        recording_group_id="planted",
        nice_name="Old name",
        retention_time=168,
        stream_options="resolution=1920x1080&camera=1",
    )
    device.plant_recordings("planted", 160)
    for key, count in (("old_1", 10), ("old_2", 20), ("kept", 30)):
        device.plant_group(recording_group_id=key, retention_time=720)
        device.plant_recordings(key, count)


def add_devices(fleet: Fleet, playbook: str, *, soak: bool) -> Devices:
    """Add the devices of a playbook: each profile over HTTP, and one or all of them over HTTPS."""
    if playbook == "purge":
        return {name: fleet.add(name.partition("-")[0], name) for name in PURGED}
    profiles = ("recorder_s3008",) if playbook == "existing" else HAND_WRITTEN
    added = []
    for profile in profiles:
        device = fleet.add(profile, f"{profile}-{playbook}")
        added.append(device)
        # A device without a port for HTTP has HTTPS already.
        if device.port and (soak or profile == "camera_12_9"):
            added.append(fleet.add(profile, f"{profile}-https-{playbook}", scheme="https"))
    return {device.name: device for device in added}


def check_groups(runs: Runs, devices: Devices, before: Before) -> None:
    checked, applied, again, checked_again = runs
    for name, device in devices.items():
        recorder = name.startswith("recorder")
        for run in (checked, applied):
            result = only_result(run, name)
            assert run.outcomes["A new group and one that is there", name] == "ok"
            assert result["changed"] is True
            assert operations(result) == ["create entrance", "update planted"]
            assert [(item["field"], item["before"], item["after"]) for item in result["changes"][1]["differences"]] == [
                ("nice_name", "Old name", "New name"),
                ("retention_time", 168, 672),
            ]
            assert result["device"] == {"host": "127.0.0.1", "serial": device.serial}
            assert len(result["diff"]) == 2
            assert result["diff"][1]["before"].splitlines() == [
                "recording_group_id: planted",
                "nice_name: Old name",
                "description: ",
                "retention_time: 168 hours (7 days)",
                f"disk_id: {'HDD_DISK' if recorder else 'SD_DISK'}",
                "stream_options: resolution=1920x1080&camera=1",
                "pre_duration: 0",
                "post_duration: 0",
            ]
            assert "retention_time: 672 hours (28 days)" in result["diff"][1]["after"]
            assert result["diff"][0]["before"] == ""
        foreign = dict.fromkeys(("old_1", "old_2", "kept"), ("unmanaged", "info"))
        assert verdicts(only_result(checked, name)) == {
            **foreign,
            "entrance": ("missing", "critical"),
            "planted": ("drifted", "warning"),
        }
        assert only_result(checked, name)["compliant"] is False
        for run in (applied, again, checked_again):
            result = only_result(run, name)
            assert result["compliant"] is True
            assert verdicts(result) == {**foreign, "entrance": ("compliant", "info"), "planted": ("compliant", "info")}
            assert [item["recording_group_id"] for item in result["recording_groups"]] == ["entrance", "planted"]
        for run in (again, checked_again):
            assert (only_result(run, name)["changed"], only_result(run, name)["changes"]) == (False, [])
        assert [entry.call for entry in device.writes] == ["recording_group/update", "recording_group/create"]
        after = device_groups(device)
        entrance = after.pop("entrance")
        assert (entrance["nice_name"], entrance["retention_time"]) == ("Entrance", 720)
        assert entrance["disk_id"] == ("HDD_DISK" if recorder else "SD_DISK")
        assert entrance["stream_options"] == "resolution=1920x1080&device=AABBCCDDEEFF"
        changed = {**before[name]["planted"], "nice_name": "New name", "retention_time": 672}
        assert after == {**before[name], "planted": changed}
        assert device.lost_recordings == []


def check_existing(runs: Runs, devices: Devices, before: Before) -> None:
    checked, applied, again, checked_again = runs
    high = [f"High_{camera}_0_{kind}" for camera in CAMERAS for kind in "CM"]
    low = [f"Low_B8A44F0A1B01_0_{kind}" for kind in "CM"]
    for name, device in devices.items():
        for run in (checked, applied):
            assert operations(only_result(run, name)) == [f"update {key}" for key in (*high, *low)]
        for run in (again, checked_again):
            assert (only_result(run, name)["changed"], only_result(run, name)["compliant"]) == (False, True)
        expected = dict(before[name])
        expected |= {key: {**expected[key], "retention_time": 1440} for key in high}
        expected |= {key: {**expected[key], "description": "Low"} for key in low}
        assert device_groups(device) == expected
        assert len(device.writes) == 6
        graded = {item["recording_group_id"]: item["verdict"] for item in only_result(applied, name)["findings"]}
        foreign = {*before[name]} - {*high, *low}
        assert {key for key, verdict in graded.items() if verdict == "unmanaged"} == foreign
        assert len(foreign) == 6
        assert {item["recording_group_id"]: item["severity"] for item in only_result(checked, name)["findings"]} == {
            **dict.fromkeys(foreign, "info"),
            **dict.fromkeys(high, "warning"),
            **dict.fromkeys(low, "cosmetic"),
        }
        assert device.lost_recordings == []


HOLDS = [{"recording_group_id": "old_1", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}]
CASES: dict[str, dict[str, Any]] = {
    "allowed": {"allowed": True, "on_refused": "fail"},
    "forbidden": {"allowed": False, "on_refused": "fail"},
    "held": {"allowed": True, "on_refused": "fail", "axis_holds": HOLDS},
    "reported": {"allowed": True, "on_refused": "report", "axis_holds": HOLDS},
    "kept": {"allowed": False, "on_refused": "report"},
}


# One profile in every case, and each case with two profiles.
_CASES_OF = {
    "camera_10_12": ("held", "kept"),
    "camera_12_9": CASES,
    "camera_12_11": ("allowed",),
    "camera_13": ("reported",),
    "recorder_s3008": ("forbidden",),
}
#: By device, its variables.
PURGED = {f"{profile}-{case}": CASES[case] for profile in HAND_WRITTEN for case in _CASES_OF[profile]}


def check_purge(runs: Runs, devices: Devices, _before: Before) -> None:
    made = {
        "allowed": ["delete old_1", "delete old_2", "update planted"],
        "reported": ["delete old_2", "update planted"],
        "kept": ["update planted"],
    }
    refused = {
        "forbidden": {"old_1": "recording_loss", "old_2": "recording_loss"},
        "held": {"old_1": "held"},
        "reported": {"old_1": "held"},
        "kept": {"old_1": "recording_loss", "old_2": "recording_loss"},
    }
    lost = {"allowed": 30, "reported": 20}
    for name, device in devices.items():
        case = name.partition("-")[2]
        fails = case in {"forbidden", "held"}
        for number, run in enumerate(runs):
            result = only_result(run, name)
            outcome = "failed" if fails else "ok"
            assert run.outcomes["No groups of the old project", name] == outcome
            assert operations(result) == (made.get(case, []) if number < 2 else [])
            assert {item["recording_group_id"]: item["kind"] for item in result["refused"]} == refused.get(case, {})
            assert result["compliant"] is (case == "allowed" and number > 0)
            if fails:
                assert result["error"]["kind"] == refused[case]["old_1"]
        gone = {item.split()[1] for item in made.get(case, []) if item.startswith("delete")}
        assert {"old_1", "old_2"} - {*device.groups} == gone
        assert {"planted", "kept"} <= {*device.groups}
        assert device.groups["planted"].retention_time == (168 if fails else 720)
        assert len(device.lost_recordings) == lost.get(case, 0)
        assert len(device.writes) == len(made.get(case, []))
        final = verdicts(only_result(runs[3], name))
        assert final["kept"] == ("unmanaged", "info")
        assert (
            final.get("old_1")
            == {
                "allowed": None,
                "forbidden": ("refused", "warning"),
                # Held, but not unlimited: recordings expire.
                "held": ("held", "critical"),
                "reported": ("held", "critical"),
                "kept": ("refused", "warning"),
            }[case]
        )
    holds = only_result(runs[1], "camera_12_9-reported")["holds"]
    assert [(item["owner"], item["ended"], item["matches"]) for item in holds] == [
        ("legal@example.com", False, ["old_1"])
    ]


#: By playbook. The soak alone runs the groups of a recorder that its video management system creates.
CHECKS: dict[str, Callable[[Runs, Devices, Before], None]] = {
    "groups": check_groups,
    "existing": check_existing,
    "purge": check_purge,
}


def test_each_playbook(play: Play, fleet: Fleet, tmp_path: Path, soak: bool) -> None:
    assert CHECKS.keys() == {path.stem for path in HERE.glob("*.yml")}
    playbooks = [name for name in CHECKS if soak or name != "existing"]
    devices = {playbook: add_devices(fleet, playbook, soak=soak) for playbook in playbooks}
    for device in fleet.devices.values():
        plant_groups(device)
    before = {name: device_groups(device) for name, device in fleet.devices.items()}
    runs = run_four_times(play, fleet, devices, tmp_path, PURGED)
    assert [run.status for run in runs] == [2, 2, 2, 2]
    for playbook in playbooks:
        CHECKS[playbook](runs, devices[playbook], before)
