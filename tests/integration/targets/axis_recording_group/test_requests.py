# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of a task: their number, their connections, and their arguments."""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.integration.conftest import Play
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

LIST = "/axis-cgi/record/recording_group/list.cgi?schemaversion=1"


def group(**options: Any) -> dict[str, Any]:
    """Return a task."""
    return {"name": "Group", "camfleet.axis.axis_recording_group": options}


def sent(device: Device) -> list[tuple[str, int]]:
    """Return call and status of each request."""
    return [(entry.call, entry.status) for entry in device.journal]


#: By profile, the connections of a task without changes.
CONNECTIONS = {"camera_12_9": 1, "recorder_s3008": 1, "camera_10_12": 2}


def test_task_without_changes_sends_one_challenge_and_one_list(play: Play, fleet: Fleet) -> None:
    for profile, groups in product(CONNECTIONS, (1, 60)):
        device = fleet.add(profile, f"{profile}-{groups}")
        for number in range(groups):
            device.plant_group(recording_group_id=f"group{number}", retention_time=720)
    run = play([group(id="group0", retention_time="30d")])
    for name, device in fleet.devices.items():
        assert run.results["Group", name]["changed"] is False
        assert [(entry.target, entry.authorization, entry.status) for entry in device.journal] == [
            (LIST, None, 401),
            (LIST, "Digest", 200),
        ]
        assert device.connections == CONNECTIONS[name.partition("-")[0]]


def test_loop_shares_challenge_and_connection(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    for number in range(5):
        device.plant_group(recording_group_id=f"group{number}", retention_time=720)
    task = {**group(id="group{{ item }}", retention_time="30d"), "loop": [0, 1, 2, 3, 4]}
    run = play([task])
    assert run.status == 0, run.output
    assert sent(device) == [("recording_group/list", 401)] + [("recording_group/list", 200)] * 5
    assert device.connections == 1


def test_each_change_sends_one_write_and_one_read_back(play: Play, fleet: Fleet) -> None:
    for profile in CONNECTIONS:
        device = fleet.add(profile, profile)
        device.plant_group(recording_group_id="one", retention_time=24)
        device.plant_group(recording_group_id="all", retention_time=24, nice_name="Old")
        device.plant_group(recording_group_id="gone", retention_time=24)
    read = [("recording_group/list", 401), ("recording_group/list", 200)]
    tasks = {
        "create": (group(id="new", retention_time=24), [("disks/list", 200), ("recording_group/create", 200)]),
        "update one": (group(id="one", retention_time="2d"), [("recording_group/update", 200)]),
        "update all": (
            group(
                id="all",
                name="New",
                description="New",
                retention_time="2d",
                stream_options={"fps": 5},
                pre_duration=1,
                post_duration=2,
            ),
            [("recording_group/update", 200)],
        ),
        "delete": (
            group(id="gone", state="absent", allow_recording_loss=True),
            [("action/GetActionConfigurations", 200), ("recording_group/delete", 200)],
        ),
    }
    run = play([{**task, "name": name} for name, (task, _calls) in tasks.items()])
    assert run.status == 0, run.output
    expected = [call for _task, calls in tasks.values() for call in (*read, *calls, ("recording_group/list", 200))]
    for device in fleet.devices.values():
        assert sent(device) == expected


def test_example_of_the_api_sends_the_documented_requests(play: Play, fleet: Fleet) -> None:
    devices = [fleet.add("camera_12_9", "verbatim")]
    switches = Switches(stream_options_form="reordered_reencoded")
    devices.append(fleet.add("camera_12_9", "reordered", switches=switches))
    options = {"id": "seed", "diskid": "SD_DISK", "streamoptions": "resolution=1920x1080&device=AABBCCDDEE"}
    run = play(
        [
            {**group(**options, retentiontime=168), "name": "create"},
            {**group(**options, retentiontime=336), "name": "update"},
            {**group(**options, retentiontime=336), "name": "again"},
        ]
    )
    assert run.status == 0, run.output
    base = "/axis-cgi/record/recording_group/"
    created = (
        "schemaversion=1&recordinggroupid=seed&retentiontime=168&diskid=SD_DISK"
        "&streamoptions=resolution%3D1920x1080%26device%3DAABBCCDDEE"
    )
    # An update also sends the other fields as they are listed, since a device may reset what it omits.
    listed = (
        "resolution%3D1920x1080%26device%3DAABBCCDDEE",
        (
            "device%3D%2541%2541%2542%2542%2543%2543%2544%2544%2545%2545"
            "%26resolution%3D%2531%2539%2532%2530%2578%2531%2530%2538%2530"
        ),
    )
    for device, stream_options in zip(devices, listed, strict=True):
        updated = f"retentiontime=336&streamoptions={stream_options}&preduration=0&postduration=0"
        assert [entry.target for entry in device.writes] == [
            f"{base}create.cgi?{created}",
            f"{base}update.cgi?schemaversion=1&recordinggroupid=seed&{updated}",
        ]
        assert run.results["create", device.name]["changed"] is True
        assert run.results["update", device.name]["changed"] is True
        assert run.results["again", device.name]["changed"] is False


def test_generated_id_is_returned_and_found_by_name(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    run = play([{**group(name="Door"), "name": "create"}, {**group(name="Door"), "name": "again"}])
    (generated,) = device.groups
    for task, changed in (("create", True), ("again", False)):
        assert run.results[task, "device"]["recording_group"]["recording_group_id"] == generated
        assert run.results[task, "device"]["changed"] is changed
    assert run.results["create", "device"]["changes"][0]["recording_group_id"] == generated


def test_two_groups_with_the_same_name_are_ambiguous(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    device.plant_group(recording_group_id="first", nice_name="Door")
    device.plant_group(recording_group_id="second", nice_name="Door")
    run = play([group(name="Door", description="New")])
    result = run.results["Group", "device"]
    assert result["error"]["kind"] == "ambiguous"
    assert "first" in result["msg"]
    assert "second" in result["msg"]
    assert device.writes == []


def test_result_without_changes_is_small(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    device.plant_group(recording_group_id="door", retention_time=720, nice_name="Door")
    run = play([group(id="door", retention_time="30d")])
    result = run.results["Group", "device"]
    assert "operator" not in str(result)
    assert len(str(result)) < 1024


def test_local_tasks_run_in_the_worker(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    device.plant_group(recording_group_id="door", retention_time=720)
    loop = {"loop": [1, 2, 3]}
    run = play(
        [
            {**group(id="door", retention_time=720), "name": "local", "connection": "local", **loop},
            {**group(id="door", retention_time=720), "name": "localhost", "delegate_to": "localhost", **loop},
        ]
    )
    assert run.status == 0, run.output
    # All items of a task share one process and one connection; a module would open one for each item.
    assert device.connections == 2
