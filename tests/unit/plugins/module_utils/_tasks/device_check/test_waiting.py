# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Experiments that take time: each behavior is detected, by the clock of the device."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import TimeLimitError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch_recordings
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.announcement import (
    MAX_REQUESTS_PER_HOUR,
    MAX_WAIT_REQUESTS,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.waiting import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recordings import ListedRecording, list_recordings
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.profiles import HAND_WRITTEN
from tests.unit.plugins.module_utils._tasks.device_check.experiments import (
    FEW,
    MANY,
    Experiments,
    foreign_state,
    own_items,
    plant_foreign,
    wait_by_the_device,
)


def quick(first: Sequence[Any], *others: Any) -> list[Any]:
    """Return the parameters of a test, of which the long form only runs the others."""
    return [*first, *(pytest.param(value, marks=pytest.mark.long) for value in others)]


def wait(device: Device, hours: float, **options: Any) -> Experiments:
    """Run the experiments that take time, and check that nothing is left, and nothing else was touched."""
    before = foreign_state(device)
    run = Experiments(device).run(wait=hours, actions=False, **options)
    assert run.error is None
    assert own_items(device) == []
    assert foreign_state(device) == before
    assert not run.remains
    assert not run.changes
    return run


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "likely": ({}, {"blocks": False, "split": "none", "retention": True}),
    "blocks": ({"running_recording_blocks_delete": True}, {"blocks": True, "split": "none", "retention": True}),
    "AXIS OS 13": (
        {"running_recording_blocks_delete": True, "recording_split": 60},
        {"blocks": True, "split": 60, "retention": True},
    ),
    "split after an odd time": ({"recording_split": 37}, {"blocks": False, "split": 37, "retention": True}),
    "split after a minute": ({"recording_split": 1}, {"blocks": False, "split": 1, "retention": True}),
    "no retention": ({"retention_applies": False}, {"blocks": False, "split": "none", "retention": False}),
}


#: A profile below has the same behavior.
SIMILAR = ("likely", "AXIS OS 13", "split after a minute")


def test_no_case_is_missing() -> None:
    assert {*CASES} == {"blocks", "split after an odd time", "no retention", *SIMILAR}


@pytest.mark.parametrize("name", quick(("blocks", "split after an odd time", "no retention"), *SIMILAR))
def test_each_behavior_is_detected_in_three_hours(fleet: Fleet, name: str) -> None:
    switches, expected = CASES[name]
    device = fleet.add(switches=Switches(**switches))
    plant_foreign(device)
    run = wait(device, 3)
    assert {
        "blocks": run.answers["running_recording_blocks_delete"],
        "split": run.answers["recording_split"],
        "retention": run.answers["retention_applies"],
    } == expected, run.notes
    # A person waits for hours.
    assert sum("Still open at " in text for text in run.progress) >= 2
    assert not any(name in text for name in POINTS for text in run.progress)
    assert run.answers["disk_age_combines"] is None
    assert run.notes["disk_age_combines"] == ("The age limit of SD_DISK is 7 days. This needs a wait of at least 170h.")


@pytest.mark.parametrize(
    "profile",
    quick(("camera_12_9", "camera_13"), *(name for name in HAND_WRITTEN if name not in ("camera_12_9", "camera_13"))),
)
def test_each_profile_is_detected(fleet: Fleet, profile: str) -> None:
    device = fleet.add(profile)
    plant_foreign(device, MANY if profile == "camera_12_9" else FEW)
    before = foreign_state(device)
    run = Experiments(device).run(wait=3)
    settled = ("action_checks_group", "topic_ending", "reuse_ids", *POINTS[:3])
    assert {name: run.answers[name] for name in settled} == {name: device.answers[name] for name in settled}
    assert run.error is None
    assert (own_items(device), foreign_state(device)) == ([], before)
    # A removal has only an ID, which was that of an own item, or else the state would differ.
    named = [entry for entry in device.writes if "Remove" not in entry.call]
    assert len(named) > 20
    assert all("camfleet-check-" in entry.target or b"camfleet-check-" in entry.body for entry in named)


def test_the_age_of_the_disk_is_tried_if_there_is_time(fleet: Fleet) -> None:
    for combines in (True, False):
        device = fleet.add(switches=Switches(disk_age_combines=combines, retention_applies=not combines))
        device.disks["SD_DISK"].cleanupmaxage = 1
        run = wait(device, 48)
        assert run.answers == {
            "running_recording_blocks_delete": False,
            "recording_split": "none",
            "retention_applies": not combines,
            "disk_age_combines": combines,
        }, run.notes
        # A day and the time that an hourly clean-up takes.
        assert run.slept < 27 * 3600


@pytest.mark.parametrize(
    ("policy", "age"), [("none", 1), ("fifo", 0), pytest.param("fifo", 7000, marks=pytest.mark.long)]
)
def test_a_disk_without_an_age_limit_is_not_tried(fleet: Fleet, policy: str, age: int) -> None:
    device = fleet.add(switches=Switches(recording_split=5))
    device.disks["SD_DISK"].cleanuppolicy, device.disks["SD_DISK"].cleanupmaxage = policy, age
    run = wait(device, 3)
    assert (run.answers["disk_age_combines"], run.notes["disk_age_combines"]) == (None, "SD_DISK has no age limit.")
    assert run.answers["retention_applies"] is True


#: Minutes: which points are answered, and what the others need.
SHORT: dict[int, tuple[dict[str, object], dict[str, str]]] = {
    1: ({}, {"running_recording_blocks_delete": "5m", "recording_split": "10m", "retention_applies": "75m"}),
    8: ({"running_recording_blocks_delete": False}, {"recording_split": "10m", "retention_applies": "75m"}),
    40: ({"running_recording_blocks_delete": False}, {"recording_split": "80m", "retention_applies": "75m"}),
    90: ({"running_recording_blocks_delete": False, "recording_split": "none"}, {"retention_applies": "3h"}),
}


@pytest.mark.parametrize("minutes", SHORT)
def test_what_takes_longer_stays_open(fleet: Fleet, minutes: int) -> None:
    answers, needs = SHORT[minutes]
    device = fleet.add(switches=Switches(retention_applies=False))
    run = wait(device, minutes / 60)
    assert {name: answer for name, answer in run.answers.items() if answer is not None} == answers
    for name, needed in needs.items():
        assert (run.notes[name] or "").endswith(f"This needs a wait of at least {needed}.")
    assert run.slept < (minutes + 5) * 60


def test_a_split_is_seen_in_a_short_wait(fleet: Fleet) -> None:
    run = wait(fleet.add(switches=Switches(recording_split=10)), 0.5)
    assert run.answers["recording_split"] == 10


@pytest.mark.fault("other recordings during the wait")
@pytest.mark.parametrize(("hours", "lists_earlier"), [(0.1, True), (3, True), (0.1, False)])
def test_other_recordings_make_it_undecidable(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, hours: float, lists_earlier: bool
) -> None:
    """Nothing is written, also if a start time leaves out the recordings that began before it and still run."""

    def list_later(session: Session, disk_id: str, since: datetime) -> tuple[ListedRecording, ...]:
        return tuple(item for item in list_recordings(session, disk_id, since) if item.start and item.start >= since)

    if not lists_earlier:
        monkeypatch.setattr(scratch_recordings, "list_recordings", list_later)
    device = fleet.add()
    plant_foreign(device, running=True)
    run = wait(device, hours)
    assert set(run.answers.values()) == {None}
    assert any("Other recordings run on SD_DISK" in (note or "") for note in run.notes.values())
    assert [entry.target for entry in device.writes if "create" in entry.target or "services" in entry.target] == []


@pytest.mark.fault("other recordings during the wait")
@pytest.mark.parametrize("after", quick((120, 1500), 30, 240))
def test_recordings_that_begin_later_are_never_own(fleet: Fleet, after: float) -> None:
    """A camera records motion of another group while the device check waits."""
    device = fleet.add()
    plant_foreign(device)
    run = Experiments(device)
    planted: list[Any] = []

    def begin(_seconds: float) -> None:
        if run.slept > after and not planted:
            planted.extend(device.plant_recordings("foreign-1", 1, running=True))
            planted[0].start = device.now

    run.on_sleep = begin
    run.run(wait=3, actions=False)
    assert run.error is None
    assert own_items(device) == []
    assert planted[0] in device.recordings
    assert planted[0].running
    assert run.answers["recording_split"] is None
    assert "Other recordings began on SD_DISK" in (run.notes["recording_split"] or "")
    # Known before, by the ID of the recordings.
    assert (run.answers["retention_applies"] is True) == (after > 500)


@pytest.mark.fault("disk with little free space")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"freesize": 5_000_000}, "so little free space"),
        ({"full": True}, "so little free space"),
        ({"locked": True}, "no disk to which it can record"),
        ({"status": "failed"}, "no disk to which it can record"),
    ],
)
def test_a_disk_on_which_recordings_would_be_deleted_is_not_used(
    fleet: Fleet, changes: dict[str, Any], reason: str
) -> None:
    device = fleet.add()
    for name, value in changes.items():
        setattr(device.disks["SD_DISK"], name, value)
    run = wait(device, 3)
    assert set(run.answers.values()) == {None}
    assert any(reason in (note or "") for note in run.notes.values())
    assert not [entry for entry in device.writes if "create" in entry.target]


def test_another_disk_is_used_instead(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9")
    device.disks["NetworkShare"].status = "OK"
    device.disks["NetworkShare"].totalsize = device.disks["NetworkShare"].freesize = 100_000_000
    plant_foreign(device, running=True)
    run = wait(device, 3)
    assert (run.answers["recording_split"], run.answers["retention_applies"]) == ("none", True)


@pytest.mark.fault("disk with little free space")
def test_the_wait_ends_before_the_disk_is_full(fleet: Fleet) -> None:
    device = fleet.add()
    run = Experiments(device)

    def fill(_seconds: float) -> None:
        if run.slept > 1800:
            device.disks["SD_DISK"].freesize = 1_000_000

    run.on_sleep = fill
    run.run(wait=3, actions=False)
    assert run.error is None
    assert own_items(device) == []
    assert (run.answers["recording_split"], run.answers["running_recording_blocks_delete"]) == (None, False)
    assert "too little free space" in (run.notes["retention_applies"] or "")
    assert run.slept < 3000


@pytest.mark.fault("device that restarts during the wait")
def test_a_restart_is_not_a_split(fleet: Fleet) -> None:
    device = fleet.add()
    run = Experiments(device)
    cards: list[Any] = []

    def restart(_seconds: float) -> None:
        if 1800 < run.slept < 1950:
            device.network = "closed"
            if not cards:
                cards.append(device.pull_disk("SD_DISK"))
        elif run.slept >= 1950 and device.network == "closed":
            device.network = "up"
            device.insert_disk("SD_DISK", cards[0])

    run.on_sleep = restart
    run.run(wait=3, actions=False)
    assert run.error is None
    assert own_items(device) == []
    assert run.answers["recording_split"] is None
    assert "or the device restarted" in (run.notes["recording_split"] or "")
    assert run.answers["retention_applies"] is True


@pytest.mark.fault("device check killed during the experiments with actions or time")
@pytest.mark.parametrize("blocks", quick([True], False))
@pytest.mark.parametrize("step", quick([19], 1))
def test_a_killed_run_is_cleaned_up_by_the_next_one(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, blocks: bool, step: int
) -> None:
    """Its rule continues to record, which may prevent the deletion of the group for some time."""
    device = fleet.add(switches=Switches(running_recording_blocks_delete=blocks, recording_split=5))
    plant_foreign(device)
    wait_by_the_device(monkeypatch, device)
    before = foreign_state(device)
    number = 1
    recording = 0
    while (run := Experiments(device).run(wait=0.3, actions=False, kill=(number, number % 2 == 0))).is_killed:
        recording += any(item.running for item in device.recordings)
        following = Experiments(device).run(actions=False)
        assert (following.error, following.changes) == (None, [])
        assert own_items(device) == []
        assert foreign_state(device) == before
        number += step
    assert run.error is None
    assert run.answers["running_recording_blocks_delete"] is blocks
    assert number > 50
    assert recording > 1


#: What happens during the wait, and the error that ends the experiments.
FAULTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "rule not added": ("action/AddActionRule", {"kind": "drop_before"}, "unreachable"),
    "rule added, response lost": ("action/AddActionRule", {"kind": "drop_after"}, "unreachable"),
    "rule not removed": ("action/RemoveActionRule", {"kind": "drop_before"}, "unreachable"),
    "configuration not removed": ("action/RemoveActionConfiguration", {"kind": "html"}, "malformed_response"),
    "recordings not listed": ("record/list", {"kind": "html", "skip": 9}, "malformed_response"),
    "other error of delete": (
        "recording_group/delete",
        {"kind": "error_code", "code": 20, "skip": 1},
        "invalid_request",
    ),
    "deletion ignored": ("recording_group/delete", {"kind": "ignore_write", "skip": 4}, "not_applied"),
    "role changed": ("record/list", {"kind": "http_status", "status": 403, "times": None, "skip": 5}, "forbidden"),
}


@pytest.mark.fault("fault during the experiments with actions or time")
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_the_wait_without_a_trace(fleet: Fleet, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    call, options, kind = FAULTS[name]
    device = fleet.add(switches=Switches(running_recording_blocks_delete=True))
    plant_foreign(device)
    wait_by_the_device(monkeypatch, device)
    before = foreign_state(device)
    fault = device.plant_fault(call=call, **options)
    run = Experiments(device).run(wait=3, actions=False)
    assert run.error is not None
    assert run.error.kind == kind
    if run.remains:
        # What cannot be removed is named, and the next run removes it.
        assert {item["name"] or item["id"] for item in run.remains} <= set(own_items(device))
        device.faults.clear()
        assert Experiments(device).run(actions=False).error is None
    else:
        assert fault.hits
    assert own_items(device) == []
    assert foreign_state(device) == before


@pytest.mark.fault("disk removed during the wait")
def test_a_disk_that_is_removed_ends_the_wait(fleet: Fleet) -> None:
    device = fleet.add()
    plant_foreign(device)
    run = Experiments(device)
    pulled: list[Any] = []

    def pull(_seconds: float) -> None:
        if run.slept > 1800 and not pulled:
            pulled.append(device.pull_disk("SD_DISK"))

    run.on_sleep = pull
    run.run(wait=3, actions=False)
    assert run.answers["retention_applies"] is None
    assert run.error is not None
    assert "SD_DISK was removed with the scratch groups camfleet-check-" in str(run.error)
    assert not device.actions.rules.keys() - {rule.rule_id for rule in foreign_state(device)[3]}
    device.insert_disk("SD_DISK", pulled[0])
    assert Experiments(device).run(actions=False).error is None
    assert own_items(device) == []


@pytest.mark.fault("time limit of the task during the wait")
def test_the_time_limit_of_the_task_ends_the_wait(fleet: Fleet) -> None:
    device = fleet.add()
    run = Experiments(device)

    def expire(_seconds: float) -> None:
        if run.slept > 1000:
            assert run.session is not None
            run.session.time_limit.expire()

    run.on_sleep = expire
    run.run(wait=3, actions=False)
    assert isinstance(run.error, TimeLimitError)
    assert (own_items(device), run.remains) == ([], [])


def test_a_lost_connection_of_hours_ends_the_wait(fleet: Fleet) -> None:
    device = fleet.add()
    run = Experiments(device)

    def lose(_seconds: float) -> None:
        if run.slept > 1000:
            device.network = "closed"

    run.on_sleep = lose
    run.run(wait=3, actions=False)
    assert run.error is not None
    assert run.error.kind == "unreachable"
    # No rule can be removed without the device, so that each is named.
    assert {item["kind"] for item in run.remains} == {"recording_group", "action_configuration", "action_rule"}
    device.network = "up"
    assert Experiments(device).run(actions=False).error is None
    assert own_items(device) == []


def test_a_device_that_does_not_record_leaves_everything_open(fleet: Fleet) -> None:
    device = fleet.add()
    device.plant_fault("callback", call="record/list", run=lambda device: device.recordings.clear(), times=None)
    run = wait(device, 3)
    assert set(run.answers.values()) == {None}
    assert run.notes["retention_applies"] == "The device did not start to record."


@pytest.mark.fault("clock of the device that stands still, or is set")
@pytest.mark.parametrize("hours", quick((-5, 24 * 365), 5))
@pytest.mark.parametrize("at", quick([1800], 100))
def test_a_clock_that_is_set_leaves_open_what_depends_on_it(fleet: Fleet, hours: int, at: float) -> None:
    """Otherwise, a recording that is still there would seem to be older than its retention time."""
    device = fleet.add(switches=Switches(retention_applies=hours < 0))
    run = Experiments(device)
    done: list[float] = []

    def set_clock(seconds: float) -> None:
        if run.slept > at and not done:
            done.append(seconds)
            device.now += timedelta(hours=hours)

    run.on_sleep = set_clock
    run.run(wait=3, actions=False)
    assert run.error is None
    assert (own_items(device), run.answers["retention_applies"]) == ([], None)
    assert run.notes["retention_applies"] == "The clock of the device was set during the wait."


def test_a_device_that_deletes_everything_has_no_retention(fleet: Fleet) -> None:
    """Something else deletes recordings, such as another client."""
    device = fleet.add()
    run = Experiments(device)

    def purge(_seconds: float) -> None:
        if run.slept > 3000:
            device.recordings = [item for item in device.recordings if item.running]

    run.on_sleep = purge
    run.run(wait=3, actions=False)
    assert (run.error, run.answers["retention_applies"]) == (None, None)
    assert "also deleted a recording of a group with a longer retention time" in (run.notes["retention_applies"] or "")


def test_a_deletion_in_spite_of_an_action_ends_the_experiments(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    device = fleet.add()
    monkeypatch.setattr(device.actions, "references_group", lambda _group_id: False)
    run = Experiments(device).run(wait=3, actions=False)
    assert run.error is not None
    assert "although an enabled rule records to it" in str(run.error)
    assert (own_items(device), run.remains) == ([], [])


def test_a_limit_of_groups_leaves_points_open(fleet: Fleet) -> None:
    run = wait(fleet.add(switches=Switches(max_groups=1, recording_split=5)), 3)
    assert run.answers["running_recording_blocks_delete"] is False
    assert run.notes["retention_applies"] == "The device does not accept more recording groups."


@pytest.mark.parametrize("limit", quick((0, 1), 2, 12, 720))
def test_a_limit_of_retention_times_is_kept(fleet: Fleet, limit: int) -> None:
    device = fleet.add(switches=Switches(retention_limit=limit, recording_split=5))
    run = Experiments(device)
    run.settled["retention_limit"] = limit
    run.run(wait=3, actions=False)
    assert run.error is None
    assert run.answers["retention_applies"] == (True if limit else None), run.notes
    assert own_items(device) == []


@pytest.mark.parametrize("hours", quick((0.2, 3), 1, 12, 48))
def test_the_announced_number_of_requests_is_enough(fleet: Fleet, hours: float) -> None:
    """On the device that takes the most."""
    switches: dict[str, Any] = {
        "running_recording_blocks_delete": True,
        "retention_applies": False,
        "recording_split": 1301,
    }
    device = fleet.add(switches=Switches(**switches))
    device.disks["SD_DISK"].cleanupmaxage = 1
    wait(device, hours)
    # A device that closes connections in a pause sends a challenge for each new one.
    assert len(device.journal) * 1.5 < MAX_WAIT_REQUESTS + MAX_REQUESTS_PER_HOUR * ceil(hours)


@pytest.mark.parametrize("profile", quick(["camera_13"], "camera_12_9"))
def test_challenges_and_connections_may_expire_in_each_pause(fleet: Fleet, profile: str) -> None:
    device = fleet.add(profile)
    run = Experiments(device)

    def expire(_seconds: float) -> None:
        device.expire_nonce()
        device.network = "closed"
        device.network = "up"

    run.on_sleep = expire
    run.run(wait=3, actions=False)
    assert (run.error, own_items(device)) == (None, [])
    assert {name: run.answers[name] for name in POINTS[:3]} == {name: device.answers[name] for name in POINTS[:3]}
    # Each new connection may begin with a challenge.
    assert len(device.journal) < MAX_WAIT_REQUESTS + MAX_REQUESTS_PER_HOUR * 3
