# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is of a device check, by its ID or by all of its fields."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import (
    ALWAYS,
    GROUP_PARAMETER,
    GROUP_TEMPLATE,
    ActionConfiguration,
    ActionRule,
    Actions,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import (
    Item,
    Snapshot,
    build_recognized,
    find_own_actions,
    find_run,
    find_run_of_group,
    find_similar,
    is_own,
    is_recognized,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import ListedGroup

RUN = "0a1b2c3d"
BASE = f"camfleet-check-{RUN}-base"
NAME = f"camfleet-check-{RUN}-id"
#: By attribute, as a device lists it.
RECOGNIZED = {
    "NiceName": NAME,
    "Description": NAME,
    "RetentionTime": "0",
    "StreamOptions": "",
    "PreDuration": "1000",
    "PostDuration": "0",
}


def group(number: str, **attributes: str) -> ListedGroup:
    """Return a group as it is listed."""
    return ListedGroup(number, (("RecordingGroupId", number), *attributes.items()))


def configuration(number: str, name: str, group_id: str, template: str = GROUP_TEMPLATE) -> ActionConfiguration:
    """Return an action configuration."""
    return ActionConfiguration(number, name, template, ((GROUP_PARAMETER, group_id),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BASE, True),
        (f"camfleet-check-{RUN}-{'a' * 26}", True),
        (f"camfleet-check-{RUN}-{'a' * 27}", False),
        (f"{BASE}\n", False),
        (f"camfleet-check-{RUN}-", False),
        (f"camfleet-check-{RUN}-ä", False),
        ("camfleet-check-0a1b2c3-base", False),
        ("", False),
    ],
)
def test_own_ids(text: str, expected: bool) -> None:
    assert is_own(text) is expected


def test_run_of_an_id() -> None:
    assert (find_run(BASE), find_run("door")) == (RUN, None)


def test_a_group_as_it_is_sent_is_recognized() -> None:
    names = {
        "nicename": "NiceName",
        "description": "Description",
        "retentiontime": "RetentionTime",
        "preduration": "PreDuration",
        "postduration": "PostDuration",
    }
    listed = group("SD_DISK_1", **{names[argument]: value for argument, value in build_recognized(NAME)})
    assert is_recognized(listed)
    assert is_recognized(group("SD_DISK_1", **RECOGNIZED))


@pytest.mark.parametrize(
    "changes",
    [
        {"NiceName": BASE, "Description": BASE},
        {"NiceName": "door", "Description": "door"},
        {"NiceName": "", "Description": ""},
        {"Description": ""},
        {"Description": "camfleet-check-ffffffff-id"},
        {"RetentionTime": "720"},
        {"RetentionTime": "x"},
        {"PreDuration": "0"},
        {"PostDuration": "1000"},
        {"StreamOptions": "camera=1"},
    ],
    ids=str,
)
def test_any_other_field_makes_a_group_foreign(changes: dict[str, str]) -> None:
    assert not is_recognized(group("SD_DISK_1", **{**RECOGNIZED, **changes}))


def test_a_device_without_descriptions_shows_no_own_group() -> None:
    shown = {name: value for name, value in RECOGNIZED.items() if name != "Description"}
    assert not is_recognized(group("SD_DISK_1", **shown))


def test_a_used_group_is_not_recognized() -> None:
    listed = group("SD_DISK_1", **RECOGNIZED)
    used = Actions((configuration("1", "Theirs", "SD_DISK_1"),))
    assert [find_run_of_group(listed, actions) for actions in (None, Actions(), used)] == [RUN, RUN, None]
    assert find_run_of_group(group(BASE), Actions((configuration("1", "Theirs", BASE),))) == RUN


def test_own_actions_have_an_own_name_and_an_own_group() -> None:
    actions = Actions(
        (
            configuration("1", BASE, BASE),
            configuration("2", BASE, "door"),
            configuration("3", "Door", BASE),
            configuration("4", BASE, BASE, "com.axis.action.fixed.ledcontrol"),
        ),
        tuple(
            ActionRule(number, name, False, ALWAYS, None, action)
            for number, name, action in (("1", BASE, "1"), ("2", "Door", "1"), ("3", BASE, "2"))
        ),
    )
    own = (Item("action_rule", "1", BASE), Item("action_configuration", "1", BASE))
    assert find_own_actions(actions) == find_own_actions(actions, {RUN}) == own
    assert find_own_actions(actions, {"ffffffff"}) == ()
    similar = list(find_similar(Snapshot(actions=actions), {item.key for item in own}))
    assert [(item.kind, item.number) for item in similar] == [
        ("action_configuration", "2"),
        ("action_configuration", "4"),
        ("action_rule", "3"),
    ]


def test_similar_groups_have_the_prefix() -> None:
    groups = (group(BASE), group("camfleet-check-mine"), group("door", NiceName=NAME), group("gate", NiceName="Gate"))
    similar = find_similar(Snapshot(groups), {("recording_group", BASE)})
    assert [item.number for item in similar] == ["camfleet-check-mine", "door"]
