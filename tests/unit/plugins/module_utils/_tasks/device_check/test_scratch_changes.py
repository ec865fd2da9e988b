# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What other clients changed while a device check ran; how a whole run reports it is in test_scratch."""

from __future__ import annotations

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ActionConfiguration, Actions
from ansible_collections.camfleet.axis.plugins.module_utils._models.disks import Recording, RecordingSpan
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_changes import describe_changes
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import Snapshot
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import ListedGroup

OWN = ("recording_group", "camfleet-check-0a1b2c3d-base")


def configuration(name: str, *parameters: tuple[str, str]) -> ActionConfiguration:
    """Return an action configuration."""
    return ActionConfiguration("1", name, "template", parameters)


def groups(**groups: str) -> Snapshot:
    """Return a snapshot of groups with their descriptions."""
    return Snapshot(tuple(ListedGroup(number, (("Description", text),)) for number, text in groups.items()))


def test_changes_of_groups() -> None:
    before, after = groups(door="a", gate="a", yard="a"), groups(gate="b", yard="a", hall="a")
    assert describe_changes(before, after, (), ()) == [
        "The recording group 'door' was removed while the device check ran.",
        "The recording group 'hall' was added while the device check ran.",
        "The recording group 'gate' was changed while the device check ran.",
    ]


def test_own_groups_do_not_count() -> None:
    group = ListedGroup(OWN[1], ())
    assert describe_changes(Snapshot((group,)), Snapshot(), {OWN}, ()) == []
    assert describe_changes(Snapshot(), Snapshot((group,)), (), {OWN}) == []


def test_the_order_of_parameters_does_not_count() -> None:
    parameters = (("a", "1"), ("b", "2"))
    before = Snapshot(actions=Actions((configuration("a", *parameters),)))
    after = Snapshot(actions=Actions((configuration("a", *reversed(parameters)),)))
    assert describe_changes(before, after, (), ()) == []
    assert describe_changes(before, Snapshot(actions=Actions((configuration("b"),))), (), ()) == [
        "The action configuration '1' was changed while the device check ran."
    ]
    assert describe_changes(before, Snapshot(), (), ()) == []


def test_fewer_recordings() -> None:
    spans = [Snapshot(spans={"SD_DISK": RecordingSpan(count, None, None)}) for count in (3, 2)]
    assert describe_changes(*spans, (), ()) == ["SD_DISK had 3 recordings before the device check, and has 2 after it."]
    assert describe_changes(*reversed(spans), (), ()) == []


def test_another_oldest_recording() -> None:
    """One was deleted, and another one began."""
    recordings = [Recording(f"20260302_08000{number}", None, None, None) for number in range(2)]
    spans = [Snapshot(spans={"SD_DISK": RecordingSpan(3, item, recordings[1])}) for item in recordings]
    assert describe_changes(*spans, (), ()) == [
        "The oldest recording of SD_DISK is not the same as before the device check."
    ]
    assert describe_changes(spans[0], spans[0], (), ()) == []
