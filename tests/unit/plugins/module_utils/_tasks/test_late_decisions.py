# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another client, or a removed disk, between the plan and a write that could lose recordings.

The clock of these tests counts the requests, 0.3 seconds for each, so that they do not depend on speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._tasks import writes
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.simulator.journal import Entry
from tests.unit.plugins.module_utils.conftest import RunTask

MOTION = "tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1"
ACTIVE = 'boolean(//SimpleItem[@Name="active" and @Value="1"])'
#: the requests that may follow a list within a second
_RECENT = 3
NUMBER = 25
IDS = [f"g{number:02}" for number in range(NUMBER)]
GROW: dict[str, Any] = {"groups": [{"recording_group_id": key, "retention_time": "30d"} for key in IDS]}
SHORTEN: dict[str, Any] = {**GROW, "allow_recording_loss": True}
HOLD = {"recording_group_id": "z", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
PURGE: dict[str, Any] = {"groups": [], "purge": True, "purge_match": ["g*"], "allow_recording_loss": True}


@pytest.fixture
def slow(camera: Device, monkeypatch: pytest.MonkeyPatch) -> Device:
    """Return a camera that needs 0.3 seconds for each request, according to the clock of the collection."""
    monkeypatch.setattr(writes, "MAX_AGE", 1.0)
    monkeypatch.setattr(writes, "monotonic", lambda: 0.3 * len(camera.journal))
    return camera


def plant(device: Device, hours: int, ids: list[str] = IDS) -> None:
    """Add groups, each with a recording per day of the last 40."""
    for key in ids:
        device.plant_group(recording_group_id=key, retention_time=hours)
        device.plant_recordings(key, 40, spacing_hours=24)
    device.lost_recordings.clear()


def meddle(
    device: Device, run: Callable[[Device], object], *, call: str = "update", skip: int = 9, **options: Any
) -> None:
    """Let another client act just before the write after ``skip`` others."""
    device.plant_fault("callback", call=f"recording_group/{call}", skip=skip, run=run, **options)


def retain(key: str, hours: int) -> Callable[[Device], object]:
    """Return what another client does: it sets the retention time of a group."""
    return lambda device: device.change_group(device.groups[key], retention_time=hours)


def group_of(entry: Entry) -> str:
    """Return the group of a request."""
    return parse_qs(entry.target.partition("?")[2]).get("recordinggroupid", [""])[0]


def calls(device: Device) -> list[str]:
    """Return the requests with a login: the call, and the group if there is one."""
    entries = [entry for entry in device.journal if entry.authorization]
    return [f"{entry.call.removeprefix('recording_group/')} {group_of(entry)}".strip() for entry in entries]


def check_recent(device: Device, read: str = "recording_group/list", first: bool = True) -> None:
    """Check that each write followed a read by at most a second."""
    age = None if first else 0
    for entry in device.journal:
        if entry.call == read:
            age = 0
        elif entry.write:
            assert age is not None
            assert age < _RECENT, entry
        if age is not None and entry.call != read:
            age += 1


def kind_of(result: dict[str, Any]) -> str | None:
    """Return the kind of the error, or None."""
    return result["error"]["kind"] if "error" in result else None


def changed(result: dict[str, Any], part: str = "changes") -> list[str]:
    """Return the groups of a part of a result."""
    return [item["recording_group_id"] for item in result[part]]


def retentions(device: Device) -> dict[str, int]:
    """Return the retention time of each group."""
    return {key: group.retention_time for key, group in device.groups.items()}


@pytest.mark.fault("retention raised after the list")
def test_raised_retention_is_not_shortened_without_permission(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24)
    meddle(slow, retain("g20", 8760))
    result = run_policy(slow, **GROW)
    assert kind_of(result) == "recording_loss"
    assert "g20 from 8760 hours (365 days) to 720 hours (30 days)" in result["msg"]
    assert "another client changed the group while this task ran" in result["msg"]
    assert retentions(slow) == {**dict.fromkeys(IDS, 720), "g20": 8760}
    assert changed(result) == [key for key in IDS if key != "g20"]
    assert changed(result, "refused") == ["g20"]
    assert (result["failed_changes"], result["skipped_changes"]) == ([], [])
    assert result["changed"] is True
    check_recent(slow)


@pytest.mark.fault("retention raised after the list")
def test_raised_retention_is_planned_again_with_permission(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24)
    meddle(slow, retain("g20", 8760))
    result = run_policy(slow, **SHORTEN)
    assert kind_of(result) is None
    assert retentions(slow) == dict.fromkeys(IDS, 720)
    (change,) = [item for item in result["changes"] if item["recording_group_id"] == "g20"]
    assert change["loses_recordings"] is True
    assert change["differences"] == [{"field": "retention_time", "before": 8760, "after": 720}]
    check_recent(slow)


def test_refusal_is_reported_and_other_changes_are_made(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24)
    meddle(slow, retain("g20", 0))
    result = run_policy(slow, **GROW, on_refused="report")
    assert kind_of(result) is None
    assert (changed(result, "refused"), result["compliant"]) == (["g20"], False)
    assert retentions(slow) == {**dict.fromkeys(IDS, 720), "g20": 0}


def test_change_of_another_client_that_is_desired_is_not_claimed(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24)
    meddle(slow, retain("g20", 720))
    result = run_policy(slow, **GROW)
    assert kind_of(result) is None
    assert "update g20" not in calls(slow)
    assert changed(result) == [key for key in IDS if key != "g20"]
    assert result["compliant"] is True


def test_refusal_ends_other_losses_but_no_safe_write(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24, IDS[:10])
    plant(slow, 8760, ["long"])
    meddle(slow, retain("g08", 0), skip=2)
    hold = {"recording_group_id": "g08", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
    groups = [*GROW["groups"][:10], {"recording_group_id": "long", "retention_time": "30d"}]
    result = run_policy(slow, groups=groups, allow_recording_loss=True, holds=[hold])
    assert kind_of(result) == "held"
    assert retentions(slow) == {**dict.fromkeys(IDS[:10], 720), "g08": 0, "long": 8760}
    assert changed(result, "skipped_changes") == ["long"]


@pytest.mark.parametrize("options", [GROW, SHORTEN, {**GROW, "on_refused": "report"}, PURGE])
@pytest.mark.parametrize("hours", [24, 8760])
def test_check_mode_predicts_a_slow_run(run_policy: RunTask, slow: Device, options: dict[str, Any], hours: int) -> None:
    plant(slow, hours)
    predicted = run_policy(slow, check_mode=True, **options)
    assert slow.writes == []
    slow.journal.clear()
    real = run_policy(slow, **options)
    for part in ("changed", "failed", "msg", "error", "changes", "refused"):
        assert predicted.get(part) == real.get(part)
    check_recent(slow)


def test_creations_need_no_second_read(run_policy: RunTask, slow: Device) -> None:
    groups = [{"nice_name": key, "description": "New", "id_source": "device"} for key in IDS]
    assert run_policy(slow, groups=groups)["changed"] is True
    assert calls(slow) == ["list", "disks/list", *["create"] * NUMBER, "list"]


@pytest.mark.fault("retention raised after the list")
@pytest.mark.parametrize("hold", [[], [HOLD | {"recording_group_id": "g20"}]])
def test_update_of_another_field_keeps_a_raised_retention(
    run_policy: RunTask, slow: Device, hold: list[dict[str, Any]]
) -> None:
    plant(slow, 24)
    meddle(slow, retain("g20", 8760))
    result = run_policy(slow, groups=[{"recording_group_id": key, "description": "New"} for key in IDS], holds=hold)
    assert kind_of(result) is None
    assert retentions(slow) == {**dict.fromkeys(IDS, 24), "g20": 8760}
    assert {group.description for group in slow.groups.values()} == {"New"}
    check_recent(slow)


def test_series_of_losses_is_read_about_once_per_second(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24)
    run_policy(slow, **GROW)
    # Each list and the three writes after it take 1.2 seconds.
    assert calls(slow).count("list") == 1 + NUMBER // _RECENT + 1


def test_held_group_is_read_before_every_update(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 0, IDS[:6])
    hold = {"recording_group_id": "g*", "reason": "Case 1", "owner": "legal", "until": "2999-01-01"}
    groups = [{"recording_group_id": key, "description": "New"} for key in IDS[:6]]
    assert kind_of(run_policy(slow, groups=groups, holds=[hold])) is None
    check_recent(slow)


@pytest.mark.fault("group renamed after the list")
def test_group_that_no_longer_matches_its_rule_is_kept(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 8760, IDS[:8])
    for group in slow.groups.values():
        slow.change_group(group, nice_name="Test")
    meddle(slow, lambda device: device.change_group(device.groups["g07"], nice_name="Evidence"), skip=2)
    rule = {"match": {"nice_name": "Test"}, "retention_time": "1d"}
    result = run_policy(slow, existing_groups=[rule], allow_recording_loss=True)
    assert kind_of(result) is None
    assert retentions(slow) == {**dict.fromkeys(IDS[:8], 24), "g07": 8760}
    assert "g07" not in changed(result)


@pytest.fixture
def slower(slow: Device, monkeypatch: pytest.MonkeyPatch) -> Device:
    """Return a camera that needs two seconds for each request."""
    monkeypatch.setattr(writes, "monotonic", lambda: 2.0 * len(slow.journal))
    return slow


def rename(key: str, name: str) -> Callable[[Device], object]:
    """Return what another client does: it renames a group."""
    return lambda device: device.change_group(device.groups[key], nice_name=name)


@pytest.mark.fault("group renamed after the list")
def test_group_whose_name_changed_is_not_deleted(run_group: RunTask, slower: Device) -> None:
    slower.plant_group(recording_group_id="old", nice_name="Old")
    meddle(slower, rename("old", "Evidence"), call="list", skip=0, when="after")
    result = run_group(slower, nice_name="Old", state="absent", allow_recording_loss=True)
    assert kind_of(result) == "conflict"
    assert "old is now named 'Evidence' instead of 'Old'" in result["msg"]
    assert (calls(slower), result["changed"]) == (["list", "action/GetActionConfigurations", "list"], False)


def test_other_group_with_the_name_does_not_prevent_a_deletion(run_group: RunTask, slower: Device) -> None:
    slower.plant_group(recording_group_id="old", nice_name="Old")
    new = {"recording_group_id": "new", "nice_name": "Old"}
    meddle(slower, lambda device: device.plant_group(**new), call="list", skip=0, when="after")
    result = run_group(slower, nice_name="Old", state="absent", allow_recording_loss=True)
    assert (kind_of(result), set(slower.groups)) == (None, {"new"})


@pytest.mark.fault("group used by a rule after the list")
def test_group_in_use_by_now_is_not_deleted(run_group: RunTask, slower: Device) -> None:
    slower.plant_group(recording_group_id="old")
    slower.plant_fault("callback", call="recording_group/delete", run=lambda device: device.plant_recording("old"))
    result = run_group(slower, recording_group_id="old", state="absent", allow_recording_loss=True)
    assert (kind_of(result), set(slower.groups)) == ("group_in_use", {"old"})


@pytest.mark.fault("retention raised after the list")
def test_single_group_is_read_again_on_a_slow_device(run_group: RunTask, slower: Device) -> None:
    plant(slower, 24, ["g00"])
    meddle(slower, retain("g00", 0), call="list", skip=0, when="after")
    result = run_group(slower, recording_group_id="g00", retention_time="30d")
    assert calls(slower) == ["list", "list"]
    assert kind_of(result) == "recording_loss"
    assert (result["changed"], retentions(slower)) == (False, {"g00": 0})
    assert result["recording_group"]["retention_time"] == 0


def test_failed_second_read_is_unreachable_if_nothing_was_written(run_group: RunTask, slower: Device) -> None:
    plant(slower, 24, ["g00"])
    slower.plant_fault("drop_before", call="recording_group/list", skip=1, times=None)
    result = run_group(slower, recording_group_id="g00", retention_time="30d", retries=0)
    assert (result["unreachable"], result["changed"], slower.writes) == (True, False, [])


def test_failed_second_read_after_a_write_is_unconfirmed(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24, IDS[:6])
    slow.plant_fault("drop_before", call="recording_group/list", skip=1, times=None)
    result = run_policy(slow, groups=GROW["groups"][:6], retries=0)
    assert kind_of(result) == "unconfirmed"
    assert [group_of(entry) for entry in slow.writes] == IDS[:2]
    assert (result["changed"], changed(result, "failed_changes")) == (False, IDS[:2])


# Deletions.


def delete(key: str) -> Callable[[Device], object]:
    """Return what another client does: it deletes a group."""
    return lambda device: device.delete_group(device.groups[key])


@pytest.mark.fault("group deleted after the list")
def test_group_that_vanished_before_its_deletion_is_a_conflict(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24, IDS[:8])
    meddle(slow, delete("g06"), call="delete", skip=2)
    result = run_policy(slow, **PURGE)
    assert kind_of(result) == "conflict"
    assert "g06 is no longer listed" in result["msg"]
    assert "delete g06" not in calls(slow)
    assert changed(result) == IDS[:6]
    assert changed(result, "skipped_changes") == ["g06", "g07"]
    assert set(slow.groups) == {"g07"}


@pytest.mark.fault("disk removed during a deletion")
def test_groups_of_a_removed_disk_are_not_deleted(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24, IDS[:8])
    meddle(slow, lambda device: device.pull_disk("SD_DISK"), call="delete", skip=2, when="after")
    result = run_policy(slow, **PURGE)
    assert kind_of(result) == "unconfirmed"
    assert "SD_DISK is disconnected" in result["msg"]
    assert changed(result) == []
    assert changed(result, "failed_changes") == IDS[:4]
    assert changed(result, "skipped_changes") == IDS[4:8]
    assert calls(slow)[-2:] == ["list", "disks/list"]


@pytest.mark.fault("disk removed during a deletion")
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("planted", [["g00"], ["g00", "g01"]])
def test_lost_deletion_with_removed_disk_is_unconfirmed(
    run_group: RunTask, camera: Device, fault: str, planted: list[str]
) -> None:
    plant(camera, 24, planted)
    meddle(camera, lambda device: device.pull_disk("SD_DISK"), call="delete", skip=0, when="after")
    camera.plant_fault(fault, call="recording_group/delete")
    result = run_group(camera, recording_group_id="g00", state="absent", allow_recording_loss=True)
    assert kind_of(result) == "unconfirmed"
    assert "its disk SD_DISK is disconnected" in result["msg"]
    assert (result["changed"], result["changes"]) == (False, [])


@pytest.mark.fault("disk removed during a deletion")
def test_rejected_deletion_with_removed_disk_is_unconfirmed(run_group: RunTask, camera: Device) -> None:
    plant(camera, 24, ["g00"])
    meddle(camera, lambda device: device.pull_disk("SD_DISK"), call="delete", skip=0)
    result = run_group(camera, recording_group_id="g00", state="absent", allow_recording_loss=True)
    assert camera.writes[-1].code == 110
    assert kind_of(result) == "unconfirmed"
    assert (result["changed"], result["changes"]) == (False, [])


def test_rejected_deletion_on_usable_disk_is_not_found(run_group: RunTask, camera: Device) -> None:
    plant(camera, 24, ["g00"])
    meddle(camera, delete("g00"), call="delete", skip=0)
    result = run_group(camera, recording_group_id="g00", state="absent", allow_recording_loss=True)
    assert kind_of(result) == "group_not_found"
    assert result["changed"] is False


@pytest.mark.fault("disk removed during a deletion")
def test_accepted_deletion_with_vanished_neighbors_is_unconfirmed(run_group: RunTask, camera: Device) -> None:
    plant(camera, 24, ["g00", "g01"])
    camera.plant_fault("ignore_write", call="recording_group/delete")
    meddle(camera, lambda device: device.pull_disk("SD_DISK"), call="list", skip=1)
    result = run_group(camera, recording_group_id="g00", state="absent", allow_recording_loss=True)
    assert kind_of(result) == "unconfirmed"
    assert result["changed"] is False


@pytest.mark.fault("disk removed during a deletion")
@pytest.mark.parametrize("is_ignored", [False, True])
@pytest.mark.parametrize("others", [[], ["NetworkShare"]])
def test_accepted_deletion_of_the_only_group_of_a_removed_disk(
    run_policy: RunTask, fleet: Fleet, is_ignored: bool, others: list[str]
) -> None:
    camera = fleet.add()
    plant(camera, 24, ["g00"])
    for disk_id in others:
        camera.disks[disk_id].status = "connected"
        camera.plant_group(recording_group_id="other", disk_id=disk_id)
    if is_ignored:
        camera.plant_fault("ignore_write", call="recording_group/delete")
    meddle(camera, lambda device: device.pull_disk("SD_DISK"), call="delete", skip=0, when="after")
    result = run_policy(camera, **PURGE)
    assert kind_of(result) == "unconfirmed"
    assert "g00 is no longer listed, but its disk SD_DISK is disconnected" in result["msg"]
    assert (result["changed"], result["changes"], changed(result, "failed_changes")) == (False, [], ["g00"])


def test_accepted_deletion_of_all_groups_of_a_usable_disk_is_done(run_policy: RunTask, camera: Device) -> None:
    plant(camera, 24, IDS[:3])
    result = run_policy(camera, **PURGE)
    assert (kind_of(result), changed(result), camera.groups) == (None, IDS[:3], {})
    assert calls(camera)[-2:] == ["list", "disks/list"]


def test_accepted_deletion_beside_another_group_needs_no_disks(run_policy: RunTask, camera: Device) -> None:
    plant(camera, 24, [*IDS[:2], "kept"])
    result = run_policy(camera, **PURGE)
    assert (kind_of(result), changed(result)) == (None, IDS[:2])
    assert "disks/list" not in calls(camera)


@pytest.mark.fault("disk removed during a deletion")
@pytest.mark.parametrize(("status", "kind"), [(500, "unconfirmed"), (403, "unconfirmed"), (404, None)])
def test_accepted_deletion_without_readable_disks(
    run_policy: RunTask, camera: Device, status: int, kind: str | None
) -> None:
    plant(camera, 24, IDS[:2])
    camera.plant_fault("http_status", call="disks/list", status=status, times=None)
    result = run_policy(camera, **PURGE)
    # A device without this API never shows more than its response.
    assert (kind_of(result), changed(result)) == (kind, [] if kind else IDS[:2])
    assert calls(camera).count("disks/list") == 1


def test_lost_deletion_on_usable_disk_is_done(run_group: RunTask, camera: Device) -> None:
    plant(camera, 24, ["g00"])
    camera.plant_fault("drop_after", call="recording_group/delete")
    result = run_group(camera, recording_group_id="g00", state="absent", allow_recording_loss=True)
    assert (kind_of(result), result["changed"]) == (None, True)
    assert calls(camera)[-3:] == ["delete g00", "list", "disks/list"]


def test_lost_deletion_is_unconfirmed_if_disks_are_unreadable(run_group: RunTask, camera: Device) -> None:
    plant(camera, 24, ["g00"])
    camera.plant_fault("drop_after", call="recording_group/delete")
    camera.plant_fault("http_status", call="disks/list", status=404, times=None)
    result = run_group(camera, recording_group_id="g00", state="absent", allow_recording_loss=True)
    assert (kind_of(result), result["changed"]) == ("unconfirmed", False)
    assert "could not be read" in result["msg"]


@pytest.mark.fault("disk removed during a creation")
@pytest.mark.parametrize("named", [{"recording_group_id": "g00"}, {"nice_name": "Door"}])
def test_creation_that_vanished_with_its_disk_is_a_conflict(
    run_group: RunTask, camera: Device, named: dict[str, str]
) -> None:
    meddle(camera, lambda device: device.pull_disk("SD_DISK"), call="create", skip=0, when="after")
    result = run_group(camera, **named, retention_time="30d")
    assert kind_of(result) == "conflict"
    assert "disk SD_DISK is disconnected" in result["msg"]
    assert result["changed"] is False


@pytest.mark.parametrize("check_mode", [True, False])
def test_absent_group_on_a_device_without_usable_disk_is_a_warning(
    run_group: RunTask, camera: Device, check_mode: bool
) -> None:
    plant(camera, 24, ["g00"])
    camera.pull_disk("SD_DISK")
    result = run_group(camera, recording_group_id="g00", state="absent", check_mode=check_mode)
    assert (kind_of(result), result["changed"]) == (None, False)
    (warning,) = result["warnings"]
    assert "may still be on a disk that is not usable" in warning
    assert "SD_DISK (disconnected)" in warning


def test_absent_group_costs_the_disks_only_on_an_empty_device(run_group: RunTask, camera: Device) -> None:
    result = run_group(camera, recording_group_id="g00", state="absent")
    assert (result["warnings"], calls(camera)) == ([], ["list", "disks/list"])
    plant(camera, 24, ["g01"])
    camera.journal.clear()
    result = run_group(camera, recording_group_id="g00", state="absent")
    assert (result["warnings"], calls(camera)) == ([], ["list"])


# Second attempts.


@pytest.mark.fault("retention raised after the list")
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize(("on_refused", "kind"), [("fail", "recording_loss"), ("report", None)])
def test_second_attempt_does_not_shorten_without_permission(
    run_policy: RunTask, camera: Device, fault: str, on_refused: str, kind: str | None
) -> None:
    plant(camera, 24, IDS[:4])
    camera.plant_fault(fault, call="recording_group/update", skip=1)
    meddle(camera, retain("g01", 8760), call="list", skip=1)
    result = run_policy(camera, groups=GROW["groups"][:4], on_refused=on_refused)
    assert kind_of(result) == kind
    assert retentions(camera) == {**dict.fromkeys(IDS[:4], 720), "g01": 8760}
    assert changed(result, "refused") == ["g01"]
    assert changed(result) == ["g00", "g02", "g03"]


def test_second_attempt_reports_the_loss_that_it_causes(run_policy: RunTask, camera: Device) -> None:
    plant(camera, 24, IDS[:4])
    camera.plant_fault("drop_before", call="recording_group/update", skip=1)
    meddle(camera, retain("g02", 8760), call="list", skip=1)
    result = run_policy(camera, groups=GROW["groups"][:4], allow_recording_loss=True)
    assert kind_of(result) is None
    assert [item["recording_group_id"] for item in result["changes"] if item["loses_recordings"]] == ["g02"]


@pytest.mark.fault("group deleted after the list")
def test_purge_stops_if_a_group_vanished_during_a_lost_deletion(run_policy: RunTask, camera: Device) -> None:
    plant(camera, 24, IDS[:3])
    camera.plant_fault("drop_after", call="recording_group/delete")
    meddle(camera, delete("g01"), call="list", skip=1)
    result = run_policy(camera, **PURGE)
    assert kind_of(result) == "conflict"
    assert changed(result) == ["g00"]
    assert set(camera.groups) == {"g02"}


def test_creation_without_id_is_not_repeated_after_a_late_read(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24, IDS[:6])
    slow.plant_fault("drop_after", call="recording_group/create")
    groups = [*GROW["groups"][:6], {"nice_name": "New", "retention_time": "1d", "id_source": "device"}]
    result = run_policy(slow, groups=groups)
    assert kind_of(result) is None
    assert [group.nice_name for group in slow.groups.values()].count("New") == 1


def test_creation_is_decided_with_all_entries_after_a_late_read(run_policy: RunTask, slow: Device) -> None:
    plant(slow, 24, IDS[:6])
    slow.plant_group(recording_group_id="main", nice_name="Main entrance")
    # A device that truncates names could have the second group already, but the first entry manages that one.
    names = ("Main entrance", "Main entrance, left")
    groups = [*GROW["groups"][:6], *({"nice_name": name, "id_source": "device"} for name in names)]
    predicted = run_policy(slow, check_mode=True, groups=groups)
    result = run_policy(slow, groups=groups)
    assert (kind_of(predicted), kind_of(result)) == (None, None)
    assert [group.nice_name for group in slow.groups.values()][-2:] == [*names]


# Recording actions.


@pytest.mark.fault("group inserted after the list")
@pytest.mark.parametrize(
    ("options", "kind", "hours"),
    [
        ({}, "recording_loss", 8760),
        ({"allow_recording_loss": True}, None, 24),
        ({"allow_recording_loss": True, "holds": [HOLD]}, "held", 8760),
    ],
)
def test_group_that_appeared_is_not_created_over(
    run_policy: RunTask, slow: Device, options: dict[str, Any], kind: str | None, hours: int
) -> None:
    """A device may accept a creation with an ID that exists, as a change of the group."""
    slow.switches = replace(slow.switches, existing_id="overwrite")
    meddle(slow, lambda device: plant(device, 8760, ["z"]), call="create", skip=0)
    groups = [{"recording_group_id": key, "retention_time": "24"} for key in ("a", "b", "c", "z")]
    result = run_policy(slow, groups=groups, **options)
    assert kind_of(result) == kind
    assert retentions(slow) == {"a": 24, "b": 24, "c": 24, "z": hours}
    assert bool(slow.lost_recordings) is (kind is None)
    check_recent(slow)


@pytest.mark.fault("action rule changed after it was read")
def test_rule_changed_by_another_client_is_not_removed(run_policy: RunTask, slow: Device) -> None:
    ids = IDS[:5]
    plant(slow, 720, ids)
    for key in ids:
        slow.plant_recording(key, name=f"Old {key}")

    def replace_rule(device: Device) -> None:
        (rule,) = [rule for rule in device.actions.rules.values() if rule.name == "Old g04"]
        rule.name = "Evidence"

    slow.plant_fault("callback", call="action/RemoveActionRule", skip=1, run=replace_rule)
    groups = [{"recording_group_id": key, "recording": "never"} for key in ids]
    result = run_policy(slow, groups=groups, allow_recording_stop=True)
    assert kind_of(result) == "conflict"
    assert "Evidence" in [rule.name for rule in slow.actions.rules.values()]
    assert slow.is_recording("g04")


def test_action_removed_by_another_client_is_not_claimed(run_action: RunTask, slower: Device) -> None:
    slower.plant_group(recording_group_id="door")
    rule = slower.plant_recording("door", name="Old")

    def stop(device: Device) -> None:
        device.actions.remove_rule(rule.rule_id)
        device.actions.remove_configuration(rule.primary_action)

    slower.plant_fault("callback", call="action/GetActionConfigurations", skip=1, run=stop)
    result = run_action(slower, recording_group_id="door", state="absent", allow_recording_stop=True)
    assert (kind_of(result), result["changed"], slower.writes) == (None, False, [])
    assert result["recording_action"] is None


@pytest.mark.fault("action rule removed after it was read")
def test_successor_removed_by_another_client_is_added_again_first(run_action: RunTask, slower: Device) -> None:
    slower.plant_group(recording_group_id="door")
    slower.plant_recording("door", name="Old", conditions=[(MOTION, ACTIVE)])

    def remove_successor(device: Device) -> None:
        (rule_id,) = [key for key, rule in device.actions.rules.items() if rule.conditions[0].topic != MOTION]
        device.actions.remove_rule(rule_id)

    slower.plant_fault("callback", call="action/GetActionConfigurations", skip=2, run=remove_successor)
    result = run_action(slower, recording_group_id="door", allow_recording_stop=True)
    assert kind_of(result) is None
    assert [entry.call.rpartition("/")[2] for entry in slower.writes] == [
        "AddActionRule",
        "AddActionRule",
        "RemoveActionRule",
    ]
    assert slower.gaps == []


# A login that takes long, between the list and the write.


def slow_down_login(
    monkeypatch: pytest.MonkeyPatch,
    device: Device,
    call: str,
    run: Callable[[Device], object] = lambda _device: None,
    *,
    seconds: float = 30.0,
    times: int | None = 1,
) -> None:
    """Make a device reject the challenge of a write, and need some seconds to say so; another client acts meanwhile."""
    late = [0.0]

    def act(camera: Device) -> None:
        late[0] += seconds
        run(camera)

    monkeypatch.setattr(writes, "monotonic", lambda: 0.1 * len(device.journal) + late[0])
    device.plant_fault("stale_nonce", call=call, times=times)
    device.plant_fault("callback", call=call, before_login=True, run=act, times=times)


def statuses(device: Device, call: str) -> list[int | None]:
    """Return the status of each request of a call that had a login."""
    return [entry.status for entry in device.journal if entry.call == call and entry.authorization]


@pytest.mark.fault("login takes long before a write")
@pytest.mark.parametrize("options", [{"retention_time": "30d"}, {"description": "New"}])
def test_retention_raised_during_a_login_is_kept(
    run_group: RunTask, slow: Device, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    plant(slow, 24, ["g00"])
    slow_down_login(monkeypatch, slow, "recording_group/update", retain("g00", 0))
    result = run_group(slow, recording_group_id="g00", **options)
    assert kind_of(result) == ("recording_loss" if "retention_time" in options else None)
    assert retentions(slow) == {"g00": 0}
    assert statuses(slow, "recording_group/update") == ([401] if "retention_time" in options else [401, 200])
    assert slow.lost_recordings == []


@pytest.mark.fault("login takes long before a write")
@pytest.mark.parametrize(("seconds", "reads"), [(30.0, 3), (0.0, 2)])
def test_write_after_a_long_login_is_decided_again(
    run_group: RunTask, slow: Device, monkeypatch: pytest.MonkeyPatch, seconds: float, reads: int
) -> None:
    plant(slow, 24, ["g00"])
    slow_down_login(monkeypatch, slow, "recording_group/update", seconds=seconds)
    result = run_group(slow, recording_group_id="g00", retention_time="30d")
    assert (kind_of(result), retentions(slow)) == (None, {"g00": 720})
    assert statuses(slow, "recording_group/update") == [401, 200]
    assert calls(slow).count("list") == reads


@pytest.mark.fault("login takes long before a write")
def test_renamed_group_is_not_deleted_after_a_long_login(
    run_group: RunTask, slow: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(slow, 24, ["g00"])
    slow.change_group(slow.groups["g00"], nice_name="Old")
    slow_down_login(monkeypatch, slow, "recording_group/delete", rename("g00", "Evidence"))
    result = run_group(slow, nice_name="Old", state="absent", allow_recording_loss=True)
    assert (kind_of(result), set(slow.groups)) == ("conflict", {"g00"})
    assert statuses(slow, "recording_group/delete") == [401]


@pytest.mark.fault("login takes long before a write")
def test_write_whose_login_always_takes_long_is_not_sent(
    run_group: RunTask, slow: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(slow, 24, ["g00"])
    slow_down_login(monkeypatch, slow, "recording_group/update", times=None)
    result = run_group(slow, recording_group_id="g00", retention_time="30d")
    assert (kind_of(result), result["changed"], retentions(slow)) == ("timeout", False, {"g00": 24})
    assert "The login to the device took so long" in result["msg"]
    assert statuses(slow, "recording_group/update") == [401] * 3


@pytest.mark.fault("login takes long before a write")
def test_rule_removed_during_a_long_login_is_not_removed(
    run_action: RunTask, slow: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.plant_group(recording_group_id="door")
    slow.plant_recording("door", name="Old", conditions=[(MOTION, ACTIVE)])

    def change(device: Device) -> None:
        (rule_id,) = device.actions.rules
        device.actions.remove_rule(rule_id)

    slow_down_login(monkeypatch, slow, "action/RemoveActionRule", change)
    result = run_action(slow, recording_group_id="door", state="absent", allow_recording_stop=True)
    assert kind_of(result) is None
    assert statuses(slow, "action/RemoveActionRule") == [401]
    assert slow.actions.rules == {}


# The rate limit, which may delay a write after its list.


class LimitedSession:
    """A session whose rate limit delays the first reservation by some seconds."""

    def __init__(self, delay: float) -> None:
        self.now = 0.0
        self.reserved: list[int] = []
        self._delay = delay

    def confirm_identity(self) -> None:
        """Do nothing."""

    @contextmanager
    def reserve(self, requests: int) -> Iterator[None]:
        """Wait, and note the number of requests."""
        self.reserved.append(requests)
        self.now += self._delay
        self._delay = 0.0
        yield


@pytest.mark.parametrize(
    ("age", "delay", "reserved", "reads"), [(0.5, 0.4, [1], 0), (0.5, 0.6, [1, 3], 1), (1.1, 0.0, [3], 1)]
)
def test_write_that_the_rate_limit_delays_is_decided_again(
    monkeypatch: pytest.MonkeyPatch, age: float, delay: float, reserved: list[int], reads: int
) -> None:
    session: Any = LimitedSession(delay)
    monkeypatch.setattr(writes, "MAX_AGE", 1.0)
    monkeypatch.setattr(writes, "monotonic", lambda: session.now)
    last_read = writes.LastRead(session, requests=2)
    last_read.start()
    session.now += age
    done: list[str] = []
    with last_read.renewed(lambda: done.append("read")):
        done.append("write")
    assert (session.reserved, done) == (reserved, [*["read"] * reads, "write"])
