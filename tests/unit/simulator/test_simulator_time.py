# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what depends on the clock of a device: post-recordings, split recordings, clean-up, and the speed of clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.simulator import DEFAULT_NOW, Fleet

SECOND, MINUTE = 1 / 3600, 1 / 60


def setting(device, **choices):
    device.switches = replace(device.switches, **choices)


def plant_recording_group(device, **fields):
    """Plant a group that is recorded to, and return its configuration and its rule."""
    device.plant_group(recording_group_id="g", **fields)
    rule = device.plant_recording("g")
    return rule.primary_action, rule.rule_id


def remove_rule(device, rule_id):
    device.actions.remove_rule(rule_id)
    device.update_recordings()


def test_recording_ends_with_its_rule_without_a_post_duration(camera):
    _configuration, rule = plant_recording_group(camera)
    remove_rule(camera, rule)
    assert [recording.running for recording in camera.recordings] == [False]


def test_recording_continues_for_the_post_duration(camera):
    _configuration, rule = plant_recording_group(camera, post_duration=60_000)
    camera.advance(MINUTE)
    remove_rule(camera, rule)
    assert not camera.is_recording("g")
    (recording,) = camera.recordings
    assert recording.running
    camera.advance(59 * SECOND)
    assert recording.running
    camera.advance(1)
    assert not recording.running
    assert recording.stop - recording.start == timedelta(minutes=2)


def test_post_recording_continues_if_the_rule_returns(camera):
    configuration, rule = plant_recording_group(camera, post_duration=60_000)
    remove_rule(camera, rule)
    camera.advance(30 * SECOND)
    camera.plant_rule(configuration)
    camera.advance(1)
    (recording,) = camera.recordings
    assert recording.running


def test_post_recording_ends_with_its_disk(camera):
    _configuration, rule = plant_recording_group(camera, post_duration=60_000)
    remove_rule(camera, rule)
    medium = camera.pull_disk("SD_DISK")
    assert [recording.running for recording in medium.recordings] == [False]


@pytest.mark.parametrize(("blocks", "code"), [(True, 140), (False, None)])
def test_post_recording_can_prevent_the_deletion_of_its_group(camera, client, blocks, code):
    setting(camera, running_recording_blocks_delete=blocks)
    configuration, rule = plant_recording_group(camera, post_duration=60_000)
    remove_rule(camera, rule)
    assert client.code(camera, "delete", recordinggroupid="g") == 140
    camera.actions.remove_configuration(configuration)
    assert client.code(camera, "delete", recordinggroupid="g") == code
    camera.advance(MINUTE)
    assert client.code(camera, "delete", recordinggroupid="g") == (None if blocks else 110)
    assert camera.recordings == []


def test_a_huge_post_duration_is_accepted(camera):
    _configuration, rule = plant_recording_group(camera, post_duration=10**17)
    remove_rule(camera, rule)
    assert camera.recordings[0].running


def test_other_stream_options_restart_a_post_recording(camera):
    _configuration, rule = plant_recording_group(camera, post_duration=60_000)
    remove_rule(camera, rule)
    camera.change_group(camera.groups["g"], stream_options="fps=5")
    assert [recording.running for recording in camera.recordings] == [False, True]
    camera.advance(1)
    assert not any(recording.running for recording in camera.recordings)


def test_running_recordings_are_split(camera):
    setting(camera, recording_split=60)
    plant_recording_group(camera)
    camera.advance(2.5)
    assert [(recording.stop or camera.now) - recording.start for recording in camera.recordings] == [
        timedelta(minutes=minutes) for minutes in (60, 60, 30)
    ]
    assert [recording.running for recording in camera.recordings] == [False, False, True]
    assert len({recording.recording_id for recording in camera.recordings}) == 3


def test_a_split_recording_ends_with_its_rule(camera):
    setting(camera, recording_split=60)
    _configuration, rule = plant_recording_group(camera, post_duration=60_000)
    camera.advance(1.5)
    remove_rule(camera, rule)
    camera.advance(3)
    assert [recording.stop - recording.start for recording in camera.recordings] == [
        timedelta(minutes=60),
        timedelta(minutes=31),
    ]


def test_a_recording_is_not_split_by_default(camera):
    plant_recording_group(camera)
    camera.advance(30)
    assert len(camera.recordings) == 1


@pytest.mark.parametrize(("applies", "left"), [(True, 2), (False, 4)])
def test_retention_of_groups_may_not_apply(camera, applies, left):
    setting(camera, recording_split=60, retention_applies=applies)
    plant_recording_group(camera, retention_time=1)
    camera.advance(3.5)
    assert len(camera.recordings) == left
    assert len(camera.lost_recordings) == 4 - left


def test_clocks_can_run_faster(client):
    with Fleet(speed=3600) as fleet:
        camera = fleet.add()
        began = camera.now
        while camera.now - began < timedelta(minutes=5):
            client.groups(camera, "list")
        assert camera.now - began < timedelta(days=30)


def test_a_faster_clock_cleans_up_on_requests(client):
    with Fleet(speed=10_000) as fleet:
        camera = fleet.add()
        camera.plant_group(recording_group_id="g", retention_time=1)
        camera.plant_recordings("g", 1)
        began = camera.now
        while camera.now - began < timedelta(hours=1, minutes=2):
            client.groups(camera, "list")
        client.groups(camera, "list")
        assert camera.recordings == []


@pytest.mark.parametrize("speed", [0, -1, 1e9, float("nan"), float("inf")])
def test_invalid_speeds_are_rejected(speed):
    with pytest.raises(ValueError, match="speed"):
        Fleet(speed=speed)


def test_a_fixed_time_has_no_speed(fleet):
    assert fleet.add().now == DEFAULT_NOW
