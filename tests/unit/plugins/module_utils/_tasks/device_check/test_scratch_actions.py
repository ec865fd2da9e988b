# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions of scratch groups: what is not as it was sent is not used, and what is not own is not removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, ActionRule
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_actions import (
    add_configuration,
    add_rule,
    check_in_use,
    remove_configuration,
    remove_rule,
)
from tests.simulator.device import Device
from tests.unit.plugins.module_utils._tasks.device_check.experiments import own_items


@pytest.fixture
def area(session: Session) -> Iterator[ScratchArea]:
    """Yield an opened area with a group."""
    area = ScratchArea(session)
    with area.opened():
        area.create_group("g")
        yield area


def add(area: ScratchArea) -> tuple[str, str]:
    """Add a configuration and a disabled rule."""
    number = add_configuration(area, "g", area.name("g"))
    return number, add_rule(area, "g", ActionRule("", "", False, ALWAYS, None, number))


def test_actions_are_added_and_removed(camera: Device, area: ScratchArea) -> None:
    configuration, rule = add(area)
    assert camera.actions.configurations[configuration].name == camera.actions.rules[rule].name == area.name("g")
    check_in_use(area, area.name("g"), "it has an action")
    remove_rule(area, rule)
    remove_configuration(area, configuration)
    with pytest.raises(AxisError, match="although it has an action"):
        check_in_use(area, area.name("g"), "it has an action")


@pytest.mark.fault("ID of a removed action that another client has now")
def test_an_id_that_another_client_has_now_is_not_removed(camera: Device, area: ScratchArea) -> None:
    """The device gave the ID of a removed item to another client."""
    configuration, rule = add(area)
    camera.actions.rules[rule].name = "Door"
    camera.actions.configurations[configuration].name = "Door"
    for remove, number in ((remove_rule, rule), (remove_configuration, configuration)):
        mark = camera.mark()
        with pytest.raises(AxisError) as raised:
            remove(area, number)
        assert raised.value.kind == "conflict"
        assert not [entry for entry in camera.journal_since(mark) if entry.write]


@pytest.mark.fault("device that changes the names of actions")
@pytest.mark.parametrize("what", ["configuration", "rule"])
def test_a_device_that_changes_names_is_left_at_once(
    camera: Device, area: ScratchArea, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The next run would not recognize what it created."""
    original: Callable[..., str] = getattr(camera.actions, f"add_{what}")

    def shorten(first: str, name: str, *others: object, **options: object) -> str:
        return original(first, name[:20], *others, **options)

    monkeypatch.setattr(camera.actions, f"add_{what}", shorten)
    with pytest.raises(AxisError, match=f"changes the name of an action {what}"):
        add(area)
    assert own_items(camera)[:1] == [area.name("g")]
    assert not camera.actions.rules
    assert all(item.name == area.name("g") for item in camera.actions.configurations.values())


@pytest.mark.parametrize("what", ["configurations", "rules"])
def test_an_action_that_is_not_listed_is_not_used(
    camera: Device, area: ScratchArea, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    before = camera.actions.shuffled_ids
    monkeypatch.setattr(camera.actions, "shuffled_ids", lambda kind: [] if kind == what else before(kind))
    with pytest.raises(AxisError) as raised:
        add(area)
    assert raised.value.kind == "not_applied"
    monkeypatch.setattr(camera.actions, "shuffled_ids", before)
