# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run each playbook beside this file four times, with every profile and both positions of every switch.

The runs are check mode (no write), apply, apply again (no change), and check again. The expected state of the device is
written by hand; the actual state is read from the simulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.playbook import PlaybookRun
from tests.simulator import Fleet, Switches
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


@pytest.fixture
def every_profile(fleet: Fleet, soak: bool) -> Fleet:
    """Add each profile over HTTP or HTTPS, both in the long form, with a group and a week of video.

    Other profiles, which contributors add, are tested without a playbook (test_groups_adaptation.py).
    """
    for profile, quick_scheme in zip(HAND_WRITTEN, cycle(("http", "https")), strict=False):
        for scheme in ("http", "https") if soak else (quick_scheme,):
            # AXIS OS 13 has only HTTPS.
            if scheme == "https" or profile != "camera_13":
                fleet.add(profile, f"{profile}-{scheme}", scheme=scheme)
    return plant_groups(fleet)


@pytest.fixture
def every_device(every_profile: Fleet) -> Fleet:
    """Add a device for each switch, too, with one of the profiles."""
    fleet = every_profile
    for (label, switches), profile in zip(SWITCHES.items(), cycle(HAND_WRITTEN), strict=False):
        fleet.add(profile, f"{profile}-{label}", switches=Switches(**switches))
    return plant_groups(fleet)


def plant_groups(fleet: Fleet) -> Fleet:
    """Add the planted group and its recordings to each device that lacks them."""
    for device in fleet.devices.values():
        if "planted" not in device.groups:
            device.plant_group(**PLANTED)
            device.plant_recordings("planted", 160)
    return fleet


def run_four_times(play: Play, fleet: Fleet, playbook: str) -> list[PlaybookRun]:
    """Run a playbook four times; check that check mode writes nothing."""
    runs = []
    for arguments in (("--check", "--diff"), ("--diff",), (), ("--check",)):
        before = {name: len(device.writes) for name, device in fleet.devices.items()}
        run = play(HERE / playbook, *arguments)
        if "--check" in arguments:
            assert {name: len(device.writes) for name, device in fleet.devices.items()} == before
        assert "Traceback" not in run.output
        runs.append(run)
    return runs


def device_groups(fleet: Fleet, name: str) -> Mapping[str, dict[str, Any]]:
    """Return the groups of one device by ID, except for those that a recorder creates."""
    groups = {key: asdict(group) for key, group in fleet.devices[name].groups.items()}
    return {key: group for key, group in groups.items() if not key.startswith(("High_", "Low_"))}


def lost_counts(fleet: Fleet) -> set[int]:
    """Return the different numbers of recordings that devices lost."""
    return {len(device.lost_recordings) for device in fleet.devices.values()}


def only_result(run: PlaybookRun, host: str) -> dict[str, Any]:
    """Return the result of the only task on a host."""
    (result,) = (result for (_task, name), result in run.results.items() if name == host)
    return result


def assert_changes(
    play: Play, fleet: Fleet, playbook: str, changes: Mapping[str, tuple[str, list[tuple[str, Any, Any]]]]
) -> None:
    """Run a playbook that makes one change, and compare its results with ``changes``.

    :param changes: by type of device, camera or recorder, the operation and its differences: field, before, after.
    """
    checked, applied, again, checked_again = run_four_times(play, fleet, playbook)
    for run in (checked, applied, again, checked_again):
        assert run.status == 0, run.output
    for host in fleet.devices:
        operation, differences = changes["recorder" if host.startswith("recorder") else "camera"]
        expected = [{"field": field, "before": before, "after": after} for field, before, after in differences]
        for run in (checked, applied):
            result = only_result(run, host)
            assert result["changed"] is True
            (change,) = result["changes"]
            assert change["operation"] == operation
            assert change["differences"] == expected, host
            assert result["refused"] == []
            assert result["device"]["serial"] == fleet.devices[host].serial
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
        assert [entry.call for entry in fleet.devices[host].writes] == [f"recording_group/{operation}"]


def test_create(play: Play, every_device: Fleet) -> None:
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
    assert_changes(play, every_device, "create.yml", expected)
    for name in every_device.devices:
        group = device_groups(every_device, name)["entrance"]
        assert group["nice_name"] == "Entrance"
        assert group["retention_time"] == 720
        assert group["disk_id"] == ("HDD_DISK" if name.startswith("recorder") else "SD_DISK")
        assert group["stream_options"] == "resolution=1920x1080&device=AABBCCDDEEFF&camera=1"
        assert (group["pre_duration"], group["post_duration"]) == (5000, 10000)
    assert lost_counts(every_device) == {0}


@pytest.mark.long
def test_create_by_name(play: Play, every_profile: Fleet) -> None:
    def differences(disk_id: str) -> list[tuple[str, Any, Any]]:
        return [("nice_name", None, "Car park"), ("retention_time", None, 36), ("disk_id", None, disk_id)]

    expected = {"camera": ("create", differences("SD_DISK")), "recorder": ("create", differences("HDD_DISK"))}
    assert_changes(play, every_profile, "create_by_name.yml", expected)
    for name in every_profile.devices:
        (created,) = (group for key, group in device_groups(every_profile, name).items() if key != "planted")
        assert created["nice_name"] == "Car park"
        assert created["retention_time"] == 36


@pytest.mark.long
def test_update_one(play: Play, every_profile: Fleet) -> None:
    change = ("update", [("retention_time", 168, 672)])
    assert_changes(play, every_profile, "update_one.yml", {"camera": change, "recorder": change})
    for name, device in every_profile.devices.items():
        assert {**device_groups(every_profile, name)["planted"], "retention_time": 168}.items() >= PLANTED.items()
        (write,) = device.writes
        # The other fields are sent as listed, since a device may reset what an update omits.
        assert write.target.partition("?")[2] == (
            "schemaversion=1&recordinggroupid=planted&nicename=Old%20name&description=Old%20description"
            "&retentiontime=672&streamoptions=resolution%3D1920x1080%26camera%3D1&preduration=0&postduration=0"
        )
    assert lost_counts(every_profile) == {0}


def test_update_all(play: Play, every_device: Fleet) -> None:
    # The values before the change depend on the switch of the device.
    checked, applied, again, checked_again = run_four_times(play, every_device, "update_all.yml")
    for name, device in every_device.devices.items():
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
            device_groups(every_device, name)["planted"].items()
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
    assert lost_counts(every_device) == {0}


def test_texts(play: Play, every_profile: Fleet) -> None:
    checked, applied, again, checked_again = run_four_times(play, every_profile, "texts.yml")
    for run in (checked, applied, again, checked_again):
        assert run.status == 0, run.output
    for name in every_profile.devices:
        assert only_result(checked, name)["changed"] is True
        assert only_result(applied, name)["changed"] is True
        assert only_result(again, name)["changed"] is False
        assert only_result(checked_again, name)["changed"] is False
        group = device_groups(every_profile, name)["planted"]
        assert group["nice_name"] == "Tür 門 & < > \" ' + % # /?=;  end"
        assert group["description"] == "100 % & more: <ñ> + \"q\" 'q' #1 & %26 &amp; 🎥"
        assert only_result(applied, name)["recording_group"]["nice_name"] == group["nice_name"]
        assert only_result(applied, name)["recording_group"]["description"] == group["description"]


@pytest.mark.long
def test_shorten(play: Play, every_profile: Fleet) -> None:
    change = ("update", [("retention_time", 168, 24)])
    assert_changes(play, every_profile, "shorten.yml", {"camera": change, "recorder": change})
    for device in every_profile.devices.values():
        # Of 160 recordings, one per hour, those of the last 24 hours remain.
        kept = [item for item in device.recordings if item.group_id == "planted"]
        assert 24 <= len(kept) <= 25
        assert len(device.lost_recordings) == 160 - len(kept)


def test_shorten_refused(play: Play, every_profile: Fleet) -> None:
    for run in run_four_times(play, every_profile, "shorten_refused.yml"):
        assert run.status == 2
        for name in every_profile.devices:
            result = only_result(run, name)
            assert run.outcomes["A shorter retention, not allowed", name] == "failed"
            assert result["changed"] is False
            assert result["changes"] == []
            assert result["error"]["kind"] == "recording_loss"
            assert "allow_recording_loss" in result["msg"]
            (refused,) = result["refused"]
            assert [item["field"] for item in refused["differences"]] == ["nice_name", "retention_time"]
    for name, device in every_profile.devices.items():
        assert device.writes == []
        assert device_groups(every_profile, name)["planted"].items() >= PLANTED.items()
    assert lost_counts(every_profile) == {0}


def test_delete(play: Play, every_profile: Fleet) -> None:
    checked, applied, again, checked_again = run_four_times(play, every_profile, "delete.yml")
    for name, device in every_profile.devices.items():
        for run in (checked, applied):
            result = only_result(run, name)
            assert result["changed"] is True
            assert result["recording_group"] is None
            (change,) = result["changes"]
            assert (change["operation"], change["recording_group_id"]) == ("delete", "planted")
            assert change["loses_recordings"] is True
        for run in (again, checked_again):
            assert only_result(run, name)["changed"] is False
        assert device_groups(every_profile, name) == {}
        assert len(device.lost_recordings) == 160


def test_delete_held(play: Play, every_profile: Fleet) -> None:
    for run in run_four_times(play, every_profile, "delete_held.yml"):
        assert run.status == 2
        for name in every_profile.devices:
            result = only_result(run, name)
            assert result["error"]["kind"] == "held"
            assert "Case 4711" in result["msg"]
            assert "legal@example.com" in result["msg"]
    assert all(device.writes == [] for device in every_profile.devices.values())
    assert lost_counts(every_profile) == {0}
