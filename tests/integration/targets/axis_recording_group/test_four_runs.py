# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run each playbook beside this file four times, with every profile and both positions of every switch.

The runs are check mode (no write), apply, apply again (no change), and check again. The expected state of the device is
written by hand; the actual state is read from the simulator. The playbooks share the four runs, each with its own
devices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from tests.integration.conftest import Play
from tests.playbook import PlaybookRun
from tests.simulator import Device, Fleet, Switches
from tests.simulator.profiles import HAND_WRITTEN

HERE = Path(__file__).parent
# Every switch that does not affect the result of these playbooks, in its less likely position.
SWITCHES: dict[str, dict[str, Any]] = {
    "retention-default": {"default_retention_time": 720},
    "duration-defaults": {"default_pre_duration": 3000, "default_post_duration": 4000},
    "disk-required": {"disk_id_required": True},
    "list-empty": {"list_unknown_id": "empty"},
    "unknown-disk-10": {"unknown_disk": "error_10"},
    "unknown-disk-accepted": {"unknown_disk": "accepted"},
    "existing-10": {"existing_id": "error_10"},
    "existing-overwrite": {"existing_id": "overwrite"},
    "bad-ignored": {"bad_argument": "ignored"},
    "empty-ignored": {"empty_text": "ignored"},
    "empty-20": {"empty_text": "error_20"},
    "disk-age": {"disk_age_combines": True},
    "device-upper": {"device_value": "upper"},
    "device-lower": {"device_value": "lower"},
    "reordered": {"stream_options_form": "reordered"},
    "reencoded": {"stream_options_form": "reencoded"},
    "reordered-reencoded": {"stream_options_form": "reordered_reencoded"},
    "post": {"post_allowed": True},
    "sha256": {"sha256_digest": True},
    "reuse-ids": {"reuse_ids": True},
    "foreign-read-only": {"foreign_groups_writable": False},
}
PLANTED = {
    "recording_group_id": "planted",
    "nice_name": "Old name",
    "description": "Old description",
    "retention_time": 168,
    "stream_options": "resolution=1920x1080&camera=1",
    "pre_duration": 0,
    "post_duration": 0,
}


#: A device whose group is the desired one, so that the refusals of the others do not end the run.
COMPLIANT = "compliant"
#: The checked run, the applied one, and both again.
Runs = tuple[PlaybookRun, PlaybookRun, PlaybookRun, PlaybookRun]
Devices = Mapping[str, Device]


def add_devices(fleet: Fleet, playbook: str, *, soak: bool) -> dict[str, Device]:
    """Add the devices of a playbook, with a group and a week of video each.

    They have each profile over HTTP, one or all of them over HTTPS, and for some playbooks each switch: in the soak
    alone, otherwise with others.
    """
    added = []
    for profile in HAND_WRITTEN:
        device = fleet.add(profile, f"{profile}-{playbook}")
        added.append(device)
        # A device without a port for HTTP has HTTPS already.
        if device.port and (soak or profile == "camera_12_9"):
            added.append(fleet.add(profile, f"{profile}-https-{playbook}", scheme="https"))
    switches = SWITCHES if soak else combine(SWITCHES)
    for (label, values), profile in zip(
        switches.items() if playbook in WITH_SWITCHES else (), cycle(HAND_WRITTEN), strict=False
    ):
        added.append(fleet.add(profile, f"{profile}-{label}-{playbook}", switches=Switches(**values)))
    for device in added:
        device.plant_group(**PLANTED)
        device.plant_recordings("planted", 160)
    return {device.name: device for device in added}


def combine(switches: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return as few combinations as have every value of every switch."""
    found: list[dict[str, Any]] = []
    for values in switches.values():
        together = next((other for other in found if not other.keys() & values.keys()), None)
        if together is None:
            found.append(dict(values))
        else:
            together |= values
    return {f"switches{number}": values for number, values in enumerate(found)}


def run_four_times(play: Play, devices: Mapping[str, Devices], directory: Path) -> Runs:
    """Run the playbooks four times, each on its devices; check that check mode writes nothing."""
    plays = [
        {**item, "hosts": playbook}
        for playbook in devices
        for item in yaml.safe_load((HERE / f"{playbook}.yml").read_text(encoding="utf-8"))
    ]
    (directory / "playbooks.yml").write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    groups = {playbook: {"hosts": [*names]} for playbook, names in devices.items()}

    def run(*arguments: str) -> PlaybookRun:
        before = count_writes()
        done = play(directory / "playbooks.yml", *arguments, groups=groups)
        assert "--check" not in arguments or count_writes() == before
        assert "Traceback" not in done.output
        return done

    def count_writes() -> dict[str, int]:
        return {name: len(device.writes) for names in devices.values() for name, device in names.items()}

    return run("--check", "--diff"), run("--diff"), run(), run("--check")


def device_groups(device: Device) -> Mapping[str, dict[str, Any]]:
    """Return the groups of one device by ID, except for those that a recorder creates."""
    groups = {key: asdict(group) for key, group in device.groups.items()}
    return {key: group for key, group in groups.items() if not key.startswith(("High_", "Low_"))}


def lost_counts(devices: Devices) -> set[int]:
    """Return the different numbers of recordings that devices lost."""
    return {len(device.lost_recordings) for device in devices.values()}


def only_result(run: PlaybookRun, host: str, outcome: str = "ok") -> dict[str, Any]:
    """Return the result of the only task on a host, which has this outcome."""
    ((task, result),) = ((task, result) for (task, name), result in run.results.items() if name == host)
    assert run.outcomes[task, host] == outcome, run.output
    return result


def check_changes(runs: Runs, devices: Devices, changes: Mapping[str, tuple[str, list[tuple[str, Any, Any]]]]) -> None:
    """Compare the results of a playbook that makes one change with ``changes``.

    :param changes: by type of device, camera or recorder, the operation and its differences: field, before, after.
    """
    checked, applied, again, checked_again = runs
    for host, device in devices.items():
        operation, differences = changes["recorder" if host.startswith("recorder") else "camera"]
        expected = [{"field": field, "before": before, "after": after} for field, before, after in differences]
        for run in (checked, applied):
            result = only_result(run, host)
            assert result["changed"] is True
            (change,) = result["changes"]
            assert change["operation"] == operation
            assert change["differences"] == expected, host
            assert result["refused"] == []
            assert result["device"]["serial"] == device.serial
        predicted, actual = only_result(checked, host), only_result(applied, host)
        assert predicted["diff"][0]["before"] == actual["diff"][0]["before"]
        if predicted["recording_group"] is None:
            assert actual["recording_group"] is None
        else:
            for field, value in predicted["recording_group"].items():
                if value is not None and field != "stream_options":
                    assert actual["recording_group"][field] == value, (host, field)
        for run in (again, checked_again):
            result = only_result(run, host)
            assert result["changed"] is False, (host, result)
            assert result["changes"] == []
        assert [entry.call for entry in device.writes] == [f"recording_group/{operation}"]


def check_create(runs: Runs, devices: Devices) -> None:
    def differences(disk_id: str) -> list[tuple[str, Any, Any]]:
        return [
            ("nice_name", None, "Entrance"),
            ("description", None, "Door and counter"),
            ("retention_time", None, 720),
            ("disk_id", None, disk_id),
            ("stream_options", None, "resolution=1920x1080&device=AABBCCDDEEFF&camera=1"),
            ("pre_duration", None, 5000),
            ("post_duration", None, 10000),
        ]

    expected = {"camera": ("create", differences("SD_DISK")), "recorder": ("create", differences("HDD_DISK"))}
    check_changes(runs, devices, expected)
    for name, device in devices.items():
        group = device_groups(device)["entrance"]
        assert group["nice_name"] == "Entrance"
        assert group["retention_time"] == 720
        assert group["disk_id"] == ("HDD_DISK" if name.startswith("recorder") else "SD_DISK")
        assert group["stream_options"] == "resolution=1920x1080&device=AABBCCDDEEFF&camera=1"
        assert (group["pre_duration"], group["post_duration"]) == (5000, 10000)
    assert lost_counts(devices) == {0}


def check_create_by_name(runs: Runs, devices: Devices) -> None:
    def differences(disk_id: str) -> list[tuple[str, Any, Any]]:
        return [("nice_name", None, "Car park"), ("retention_time", None, 36), ("disk_id", None, disk_id)]

    expected = {"camera": ("create", differences("SD_DISK")), "recorder": ("create", differences("HDD_DISK"))}
    check_changes(runs, devices, expected)
    for device in devices.values():
        (created,) = (group for key, group in device_groups(device).items() if key != "planted")
        assert created["nice_name"] == "Car park"
        assert created["retention_time"] == 36


def check_update_one(runs: Runs, devices: Devices) -> None:
    change = ("update", [("retention_time", 168, 672)])
    check_changes(runs, devices, {"camera": change, "recorder": change})
    for device in devices.values():
        assert {**device_groups(device)["planted"], "retention_time": 168}.items() >= PLANTED.items()
        (write,) = device.writes
        # The other fields are sent as listed, since a device may reset what an update omits.
        assert write.target.partition("?")[2] == (
            "schemaversion=1&recordinggroupid=planted&nicename=Old%20name&description=Old%20description"
            "&retentiontime=672&streamoptions=resolution%3D1920x1080%26camera%3D1&preduration=0&postduration=0"
        )
    assert lost_counts(devices) == {0}


def check_update_all(runs: Runs, devices: Devices) -> None:
    # The values before the change depend on the switch of the device.
    checked, applied, again, checked_again = runs
    for name, device in devices.items():
        for run in (checked, applied):
            (change,) = only_result(run, name)["changes"]
            fields = {item["field"]: (item["before"], item["after"]) for item in change["differences"]}
            assert list(fields) == [
                "nice_name",
                "description",
                "retention_time",
                "stream_options",
                "pre_duration",
                "post_duration",
            ]
            assert fields["retention_time"] == (168, 0)
            assert fields["stream_options"][1] == "fps=25&resolution=640x360"
            assert change["restarts_recording"] is True
            assert change["loses_recordings"] is False
        for run in (again, checked_again):
            assert only_result(run, name)["changed"] is False
        assert (
            device_groups(device)["planted"].items()
            >= {
                "nice_name": "New name",
                "description": "New description",
                "retention_time": 0,
                "stream_options": "fps=25&resolution=640x360",
                "pre_duration": 1,
                "post_duration": 2,
            }.items()
        )
        assert [entry.call for entry in device.writes] == ["recording_group/update"]
    assert lost_counts(devices) == {0}


def check_texts(runs: Runs, devices: Devices) -> None:
    checked, applied, again, checked_again = runs
    for name, device in devices.items():
        assert only_result(checked, name)["changed"] is True
        assert only_result(applied, name)["changed"] is True
        assert only_result(again, name)["changed"] is False
        assert only_result(checked_again, name)["changed"] is False
        group = device_groups(device)["planted"]
        assert group["nice_name"] == "Tür 門 & < > \" ' + % # /?=;  end"
        assert group["description"] == "100 % & more: <ñ> + \"q\" 'q' #1 & %26 &amp; 🎥"
        assert only_result(applied, name)["recording_group"]["nice_name"] == group["nice_name"]
        assert only_result(applied, name)["recording_group"]["description"] == group["description"]


def check_shorten(runs: Runs, devices: Devices) -> None:
    change = ("update", [("retention_time", 168, 24)])
    check_changes(runs, devices, {"camera": change, "recorder": change})
    for device in devices.values():
        # Of 160 recordings, one per hour, those of the last 24 hours remain.
        kept = [item for item in device.recordings if item.group_id == "planted"]
        assert 24 <= len(kept) <= 25
        assert len(device.lost_recordings) == 160 - len(kept)


def check_shorten_refused(runs: Runs, devices: Devices) -> None:
    refusing = {name: device for name, device in devices.items() if name != COMPLIANT}
    for run in runs:
        assert only_result(run, COMPLIANT)["changed"] is False
        for name in refusing:
            result = only_result(run, name, "failed")
            assert result["changed"] is False
            assert result["changes"] == []
            assert result["error"]["kind"] == "recording_loss"
            assert "allow_recording_loss" in result["msg"]
            (refused,) = result["refused"]
            assert [item["field"] for item in refused["differences"]] == ["nice_name", "retention_time"]
    for device in refusing.values():
        assert device.writes == []
        assert device_groups(device)["planted"].items() >= PLANTED.items()
    assert lost_counts(refusing) == {0}


def check_delete(runs: Runs, devices: Devices) -> None:
    checked, applied, again, checked_again = runs
    for name, device in devices.items():
        for run in (checked, applied):
            result = only_result(run, name)
            assert result["changed"] is True
            assert result["recording_group"] is None
            (change,) = result["changes"]
            assert (change["operation"], change["recording_group_id"]) == ("delete", "planted")
            assert change["loses_recordings"] is True
        for run in (again, checked_again):
            assert only_result(run, name)["changed"] is False
        assert device_groups(device) == {}
        assert len(device.lost_recordings) == 160


def check_delete_held(runs: Runs, devices: Devices) -> None:
    for run in runs:
        for name in devices:
            result = only_result(run, name, "failed")
            assert result["error"]["kind"] == "held"
            assert "Case 4711" in result["msg"]
            assert "legal@example.com" in result["msg"]
    assert all(device.writes == [] for device in devices.values())
    assert lost_counts(devices) == {0}


#: By playbook. One that fails on all of its hosts ends the run.
CHECKS: dict[str, Callable[[Runs, Devices], None]] = {
    "create": check_create,
    "create_by_name": check_create_by_name,
    "update_one": check_update_one,
    "update_all": check_update_all,
    "texts": check_texts,
    "shorten": check_shorten,
    "delete": check_delete,
    "shorten_refused": check_shorten_refused,
    "delete_held": check_delete_held,
}
#: The playbooks that run on a device for each switch, too, and those that only the soak runs.
WITH_SWITCHES, LONG = {"create", "update_all"}, {"create_by_name", "update_one", "shorten"}


def test_each_playbook(play: Play, fleet: Fleet, tmp_path: Path, soak: bool) -> None:
    assert CHECKS.keys() == {path.stem for path in HERE.glob("*.yml")}
    playbooks = [name for name in CHECKS if soak or name not in LONG]
    devices = {playbook: add_devices(fleet, playbook, soak=soak) for playbook in playbooks}
    compliant = devices["shorten_refused"][COMPLIANT] = fleet.add("camera_12_9", COMPLIANT)
    compliant.plant_group(recording_group_id="planted", nice_name="Not written either", retention_time=24)
    runs = run_four_times(play, devices, tmp_path)
    for run in runs:
        assert run.status == 2, run.output
    for playbook in playbooks:
        CHECKS[playbook](runs, devices[playbook])
