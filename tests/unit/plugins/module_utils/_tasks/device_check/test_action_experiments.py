# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Experiments with actions and disabled rules: each behavior is detected, and nothing else is touched."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.simulator import Fleet, Switches
from tests.unit.plugins.module_utils._tasks.device_check.experiments import (
    FEW,
    MANY,
    Experiments,
    foreign_state,
    own_items,
    plant_foreign,
)


@pytest.mark.parametrize(
    ("checks", "reuse", "profile", "ending"),
    [
        pytest.param(checks, reuse, profile, ending, marks=[pytest.mark.long] * ((checks is reuse) is bool(ending)))
        for checks, reuse in product((True, False), repeat=2)
        for profile, ending in (("camera_12_9", ""), ("camera_10_12", "//."))
    ],
)
def test_each_behavior_is_detected(fleet: Fleet, checks: bool, reuse: bool, profile: str, ending: str) -> None:
    device = fleet.add(profile, switches=Switches(action_checks_group=checks, reuse_ids=reuse))
    plant_foreign(device, MANY if checks and reuse else FEW, running=True)
    before = foreign_state(device)
    run = Experiments(device).run()
    assert run.error is None
    assert run.answers == {"action_checks_group": checks, "topic_ending": ending, "reuse_ids": reuse}
    assert not own_items(device)
    assert foreign_state(device) == before
    assert not run.remains
    assert not run.changes
    assert not device.lost_recordings
    # No rule that is enabled.
    assert device.gaps == []


@pytest.mark.fault("device check killed during the experiments with actions or time")
@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.long)])
def test_a_killed_run_is_cleaned_up_by_the_next_one(fleet: Fleet, step: int) -> None:
    """Killed before a request is sent, or before its response is read."""
    device = fleet.add()
    plant_foreign(device, running=True)
    before = foreign_state(device)
    number = 1
    left = set()
    while (run := Experiments(device).run(kill=(number, number % 2 == 0))).is_killed:
        left |= {item.rpartition("-")[2] for item in own_items(device)}
        assert Experiments(device).run(actions=False).error is None
        assert not own_items(device)
        assert foreign_state(device) == before
        number += step
    assert run.error is None
    assert number > 60
    assert "actions" in left


#: What the device responds to one kind of write: whether the experiments end, and what they answer otherwise.
FAULTS: dict[str, tuple[dict[str, Any], str | None]] = {
    "error": ({"kind": "soap_fault", "detail": "aa:ActionConfigurationNotFoundFault"}, "action_not_found"),
    "unknown fault": ({"kind": "soap_fault", "detail": "aa:OtherFault"}, "device_error"),
    "HTTP status": ({"kind": "http_status", "status": 500}, "device_error"),
    "web page": ({"kind": "html"}, "malformed_response"),
    "lost before": ({"kind": "drop_before"}, "unreachable"),
    "lost after": ({"kind": "drop_after"}, "unreachable"),
    "cut off": ({"kind": "truncated"}, "malformed_response"),
    "ignored": ({"kind": "ignore_write"}, "not_applied"),
}
CALLS = ("AddActionConfiguration", "AddActionRule", "RemoveActionConfiguration", "RemoveActionRule")


@pytest.mark.fault("fault during the experiments with actions or time")
@pytest.mark.parametrize(
    ("name", "call"),
    [
        # Each fault of an addition and of a removal; each call with four faults.
        pytest.param(name, call, marks=[pytest.mark.long] * ((number + place) % 2))
        for number, name in enumerate(FAULTS)
        for place, call in enumerate(CALLS)
    ],
)
def test_a_fault_ends_the_experiments_without_a_trace(fleet: Fleet, name: str, call: str) -> None:
    options, kind = FAULTS[name]
    device = fleet.add()
    plant_foreign(device, running=True)
    before = foreign_state(device)
    device.plant_fault(call=f"action/{call}", **options)
    run = Experiments(device).run()
    assert (run.error is not None and run.error.kind) == kind
    assert (own_items(device), run.remains) == ([], [])
    assert foreign_state(device) == before
    assert all(run.notes[point] for point, answer in run.answers.items() if answer is None)


@pytest.mark.fault("fault during the experiments with actions or time")
@pytest.mark.parametrize("call", ["RemoveActionConfiguration", "RemoveActionRule"])
def test_what_cannot_be_removed_is_named(fleet: Fleet, call: str) -> None:
    device = fleet.add()
    device.plant_fault("soap_fault", call=f"action/{call}", times=None, detail="aa:OtherFault")
    run = Experiments(device).run()
    assert run.error is not None
    left = {item["name"] or item["id"] for item in run.remains}
    assert left == set(own_items(device))
    assert all("curl" in (item["remove_with"] or "") for item in run.remains)
    device.faults.clear()
    assert Experiments(device).run(actions=False).error is None
    assert not own_items(device)


@pytest.mark.fault("device that does not allow the login to write actions, or has none")
@pytest.mark.parametrize(
    ("call", "fault", "expected"),
    [
        ("GetAction*", {"kind": "http_status", "status": 403}, "role of the login is too low"),
        ("GetAction*", {"kind": "http_status", "status": 404}, "no action service"),
        ("AddAction*", {"kind": "http_status", "status": 403}, "cannot write to the action service"),
        (
            "AddAction*",
            {"kind": "soap_fault", "detail": "aa:ActionTemplateNotFoundFault"},
            "no action that records to a group",
        ),
    ],
)
def test_a_device_without_actions_for_this_login_is_not_an_error(
    fleet: Fleet, call: str, fault: dict[str, Any], expected: str
) -> None:
    device = fleet.add()
    device.plant_fault(call=f"action/{call}", times=None, **fault)
    run = Experiments(device).run(wait=1)
    assert run.error is None
    assert set(run.answers.values()) == {None}
    assert expected in (run.notes["action_checks_group"] or "")
    assert not own_items(device)


def test_the_fault_for_a_missing_group_can_have_any_name(fleet: Fleet) -> None:
    """The same configuration was accepted for a group that exists."""
    device = fleet.add()
    fault = "aa:ParametersMissmatchFault"
    device.plant_fault("soap_fault", call="action/AddActionConfiguration", skip=1, detail=fault, reason="no such group")
    run = Experiments(device).run()
    assert run.answers["action_checks_group"] is True
    assert run.notes["action_checks_group"] == f"The device responds with '{fault[3:]}: no such group'."


def test_a_rule_without_a_start_event_is_enough(fleet: Fleet) -> None:
    device = fleet.add("camera_10_12")
    device.plant_fault("soap_fault", call="action/AddActionRule", detail="aa:InvalidFilterFault")
    run = Experiments(device).run()
    assert (run.error, run.answers["topic_ending"]) == (None, "//.")


def test_ids_that_have_been_free_for_longer_come_first(fleet: Fleet) -> None:
    device = fleet.add(switches=Switches(reuse_ids=True))
    for _number in range(3):
        device.plant_configuration()
    for number in list(device.actions.configurations):
        device.actions.remove_configuration(number)
    run = Experiments(device).run()
    assert (run.answers["reuse_ids"], run.notes["reuse_ids"]) == (True, "For each action configuration, action rule.")


@pytest.mark.parametrize(("rules", "configurations"), [(True, False), (False, True)])
def test_a_device_may_use_only_some_ids_again(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, rules: bool, configurations: bool
) -> None:
    device = fleet.add()
    for name, reuse in (("add_rule", rules), ("add_configuration", configurations)):
        add = getattr(device.actions, name)

        def added(*arguments: Any, add: Any = add, is_reused: bool = reuse, **options: Any) -> Any:
            return add(*arguments, **{**options, "reuse": is_reused})

        monkeypatch.setattr(device.actions, name, added)
    run = Experiments(device).run()
    only = "action rule" if rules else "action configuration"
    assert (run.answers["reuse_ids"], run.notes["reuse_ids"]) == (True, f"Only for each {only}.")


@pytest.mark.parametrize("full", [True, False])
def test_without_a_disk_or_a_place_nothing_is_tried(fleet: Fleet, full: bool) -> None:
    device = fleet.add(switches=Switches(max_groups=3))
    plant_foreign(device)
    if full:
        device.disks["SD_DISK"].full = True
    run = Experiments(device).run()
    assert run.error is None
    assert set(run.answers.values()) == {None}
    assert not own_items(device)


@pytest.mark.parametrize(
    ("ending", "expected"), [("//.", "//."), ("/*", "/*"), ("/of acme", "<text>"), ("//." * 1000, None)]
)
def test_any_ending_of_topics_is_noted(fleet: Fleet, ending: str, expected: str | None) -> None:
    """A profile shows only punctuation."""
    device = fleet.add(switches=Switches(topic_ending=ending))
    run = Experiments(device).run()
    assert (run.error, own_items(device)) == (None, [])
    assert run.answers["topic_ending"] == expected
    assert (expected is None) == ("The device returns the topic" in (run.notes["topic_ending"] or ""))
    assert len(run.notes["topic_ending"] or "") < 300
