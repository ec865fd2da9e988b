# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may remain, and how to remove it."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.actions import ALWAYS, ActionRule
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from tests.simulator.device import Device

RUN = "0a1b2c3d"
BASE = f"camfleet-check-{RUN}-base"


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clean-up try again without a delay."""
    monkeypatch.setattr(scratch, "_CLEANUP_DELAYS", ())
    monkeypatch.setattr(scratch, "_LATE", 0.0)


@pytest.fixture
def area(session: Session) -> ScratchArea:
    """Return the area of a run."""
    return ScratchArea(session, run=RUN)


def create(area: ScratchArea) -> None:
    """Create a group with an action configuration and a rule."""
    area.create_group("base")
    configuration = area.add_configuration("action", BASE)
    area.add_rule("rule", ActionRule("", "", False, ALWAYS, None, configuration))


@pytest.mark.parametrize("calls", ["recording_group/list", "action/GetActionRules", "*"])
def test_what_remains_is_in_the_order_of_its_removal(area: ScratchArea, camera: Device, calls: str) -> None:
    """A device rejects the removal of what is in use."""
    with area.opened():
        create(area)
        camera.plant_fault("http_status", call=calls, status=500, times=None)
        camera.plant_fault("http_status", call="recording_group/delete", status=500, times=None)
        camera.plant_fault("http_status", call="action/Remove*", status=500, times=None)
    kinds = [item["kind"] for item in area.remains]
    assert kinds == ["action_rule", "action_configuration", "recording_group"]


def test_a_rule_that_may_exist_comes_first(area: ScratchArea, camera: Device) -> None:
    """Its ID is not known."""
    camera.plant_fault("drop_after", call="action/AddActionRule")
    camera.plant_fault("http_status", call="action/*", status=500, times=None, skip=3)
    with pytest.raises(AxisError), area.opened():
        create(area)
    assert [(item["kind"], item["id"] is None) for item in area.remains] == [
        ("action_rule", True),
        ("action_configuration", False),
        ("recording_group", False),
    ]
    texts = [str(item["remove_with"]) for item in area.remains]
    assert texts[0].startswith("Run the device check")
    assert all(text.startswith("If it is still there after the next device check: curl ") for text in texts[1:])


def test_an_id_that_is_not_a_number_has_no_command(area: ScratchArea, camera: Device) -> None:
    configuration = camera.plant_configuration(name=BASE, recording_group_id=BASE)
    camera.actions.configurations = {"5a7": configuration}
    configuration.configuration_id = "5a7"
    area.read_before()
    (item,) = area.leftovers
    assert (item["id"], "curl" in str(item["remove_with"])) == ("5a7", False)
