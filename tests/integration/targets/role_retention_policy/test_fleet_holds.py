# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds of a fleet: one register with hosts, levels that add up, and holds that protect nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    AUDIT,
    POLICY,
    ROLL_OUT,
    add_cameras,
    contacted,
    extra_vars,
    preflight_problems,
    summary,
    summary_text,
)
from tests.simulator import Fleet

# Every group must be purged that no hold protects.
PURGE: dict[str, Any] = {
    "retention_policy_groups": [{"recording_group_id": "door"}],
    "retention_policy_purge": True,
    "retention_policy_purge_match": ["*"],
    "retention_policy_allow_recording_loss": True,
}
UNLIMITED = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "unlimited"}]}


def hold(group: str, **fields: Any) -> dict[str, Any]:
    """Return a hold on a group."""
    return {
        "recording_group_id": group,
        "reason": f"Case {group}",
        "owner": "legal@example.com",
        "until": "2999-12-31",
        **fields,
    }


@pytest.mark.fault("holds in several places")
def test_holds_of_every_level_and_of_a_register_are_in_force(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", "c2")
    for device in fleet.devices.values():
        for group in ("by-host", "by-group", "by-register", "by-site", "unheld"):
            device.plant_group(recording_group_id=group, retention_time=0)
    register = [hold("by-register", hosts=["c1"]), hold("by-site", hosts=["har*"])]
    groups = {
        "axis": {"vars": {**PURGE, "axis_holds_legal": register, "axis_holds": [hold("by-group")]}},
        "harbor": {"hosts": ["c1", "c2"]},
    }
    run = play(ROLL_OUT, hosts={"c0": {"axis_holds_c0": [hold("by-host")]}}, groups=groups)
    assert run.status == 0, run.output
    assert {name: sorted(device.groups) for name, device in fleet.devices.items()} == {
        "c0": ["by-group", "by-host", "door"],
        "c1": ["by-group", "by-register", "by-site", "door"],
        "c2": ["by-group", "by-site", "door"],
    }


@pytest.mark.fault("hold that matches no camera")
@pytest.mark.parametrize("playbook", [AUDIT, pytest.param(ROLL_OUT, marks=pytest.mark.long)])
def test_a_hold_that_matches_no_camera_is_critical(play: Play, fleet: Fleet, playbook: str) -> None:
    """It applies to two of three cameras, and a third that cannot be read proves nothing."""
    add_cameras(fleet, "c0", "c1", "c2", "c3", retention_time=0)
    fleet.devices["c3"].network = "refused"
    groups = {
        "axis": {
            "vars": {
                **UNLIMITED,
                "retention_policy_fail_on_drift": True,
                "axis_holds_legal": [hold("dooor*", hosts=["site"]), hold("door")],
            }
        },
        "site": {"hosts": ["c0", "c1", "c3"]},
    }
    run = play(playbook, groups=groups)
    assert run.status != 0
    data = summary(run)
    assert data["critical"] == ["c0", "c1"]
    assert data["drifted"] == ["c0", "c1"]
    assert data["compliant"] == 1
    assert [(item["recording_group_id"], item["hosts"]) for item in data["unmatched_holds"]] == [("dooor*", 2)]
    assert {host for host, counts in run.recap.items() if counts["failures"]} == {"c0", "c1"}
    expected_text = (
        "the hold on dooor* until 2999-12-31T23:59:59Z for Case dooor* (owner: legal@example.com) matches no group on "
        "any host that it applies to (1 host could not be read)"
    )
    assert expected_text in summary_text(run)


@pytest.mark.fault("held group on another camera only")
def test_a_held_group_that_is_missing_on_one_camera_is_reported(play: Play, fleet: Fleet) -> None:
    """Although another camera has a group with the ID."""
    add_cameras(fleet, "c0", "c1", "c2", retention_time=0)
    fleet.devices["c0"].plant_group(recording_group_id="evidence", retention_time=0)
    variables = {**UNLIMITED, "axis_holds_legal": [hold("evidence", hosts=["c0", "c1"]), hold("evid*")]}
    run = play(AUDIT, *extra_vars(retention_policy_fail_on_drift=True), groups={"axis": {"vars": variables}})
    assert {host for host, counts in run.recap.items() if counts["failures"]} == {"c1"}
    assert summary(run)["drifted"] == ["c1"]
    expected_text = (
        "evidence missing [critical] The group is held until 2999-12-31 23:59 UTC for Case evidence (owner: "
        "legal@example.com), but does not exist"
    )
    assert summary(run)["reasons"] == {"c1": expected_text}
    assert summary(run)["unmatched_holds"] == []


@pytest.mark.fault("held group created again")
def test_a_held_group_that_a_roll_out_creates_is_reported(play: Play, fleet: Fleet, soak: bool) -> None:
    """The next audit could not know that the recordings of the hold are on a removed card."""
    add_cameras(fleet, "c0", "c1", retention_time=0)
    camera = fleet.devices["c1"]
    card = camera.pull_disk("SD_DISK")
    camera.insert_disk("SD_DISK", replace(card, groups=[], recordings=[]))
    variables = {**UNLIMITED, "axis_holds_legal": [hold("door"), hold("doo?", owner="site@example.com")]}
    groups = {"axis": {"vars": {**variables, "retention_policy_fail_on_drift": True}}}
    held = "The group is held until 2999-12-31 23:59 UTC for Case {} (owner: {}), but "
    effects = {"--check": "does not exist"} if soak else {}
    effects[""] = "did not exist, and was created without recordings"
    for argument, effect in effects.items():
        run = play(ROLL_OUT, *([argument] if argument else []), groups=groups)
        assert run.status != 0
        assert (summary(run)["drifted"], summary(run)["compliant"]) == (["c1"], 1)
        assert "door missing [critical]" in summary_text(run)
        assert held.format("door", "legal@example.com") + effect in summary_text(run)
    assert held.format("doo?", "site@example.com") + effect in summary_text(run)
    assert set(camera.groups) == {"door"}
    assert "created" in summary(run)["reasons"]["c1"]


# By host: its variables, and text in the problem.
INVALID: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "until": (
        {"axis_holds": [hold("door")], "axis_holds_legal": [hold("door"), hold("door", until="soon")]},
        ("axis_holds_legal[1].until is 'soon'",),
    ),
    "list": ({"axis_holds_legal": "door"}, ("axis_holds_legal must be a list, got the text 'door'",)),
    "undefined": ({"axis_holds_legal": "{{ of_the_court }}"}, ("axis_holds_legal cannot be resolved", "of_the_court")),
    "null": ({"axis_holds_legal": None}, ("axis_holds_legal is set, but has no value",)),
    "impossible": (
        {"axis_holds_x": [hold("d" * 60)]},
        ("axis_holds_x[0].recording_group_id", "at least 60 characters"),
    ),
    "excluded": ({"axis_holds_x": [hold("door", hosts=["!c1"])]}, ("axis_holds_x[0].hosts[0] is '!c1'",)),
    "no-host": (
        {"axis_holds_x": [hold("door"), hold("door", hosts=["axis", "Until"])]},
        ("axis_holds_x[1].hosts[1] is 'Until', which matches no host of the inventory",),
    ),
    "similar": (
        {"axis_hold_legal": [hold("door")]},
        ("axis_hold_legal is not a variable", "Did you mean axis_holds_legal?"),
    ),
    "case": ({"AXIS_HOLDS": [hold("door")]}, ("AXIS_HOLDS is not a variable", "Did you mean axis_holds?")),
}


@pytest.mark.fault("misspelled variable for holds")
def test_invalid_holds_stop_the_run(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "valid", *INVALID)
    of_valid = {"axis_holds": [], "axis_holds_x": "{{ omit }}", "axis_holds_y": [hold("d*")]}
    hosts = {name: variables for name, (variables, _text) in INVALID.items()}
    run = play(ROLL_OUT, hosts={**hosts, "valid": of_valid}, groups={"axis": {"vars": UNLIMITED}})
    assert run.status == 2
    reported = {host: item["problem"] for item in preflight_problems(run) for host in item["hosts"]}
    assert set(reported) == set(INVALID)
    for name, (_variables, expected_text) in INVALID.items():
        assert [text for text in expected_text if text not in reported[name]] == []
    assert contacted(fleet) == []


def test_a_misspelled_variable_of_the_play_stops_the_run(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0")
    role = {"name": "Role", "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy"}}
    run = play([role], keywords={"vars": {"axis_hold_legal": [hold("door")]}}, groups={"axis": {"vars": PURGE}})
    assert run.status == 2
    (problem,) = preflight_problems(run)
    assert problem["problem"].endswith("Did you mean axis_holds_legal?")
    assert contacted(fleet) == []


@pytest.mark.fault("hold that matches only in a later batch")
@pytest.mark.parametrize(
    ("pattern", "hosts", "status"),
    [
        ("entr*", None, 0),
        ("nosuch*", ["c0"], 2),
        pytest.param("nosuch*", None, 2, marks=pytest.mark.long),
        pytest.param("nosuch*", ["c1"], 2, marks=pytest.mark.long),
    ],
)
def test_hold_is_judged_after_the_last_batch_with_it(
    play: Play, fleet: Fleet, pattern: str, hosts: list[str] | None, status: int
) -> None:
    add_cameras(fleet, "c0", "c1")
    fleet.devices["c1"].plant_group(recording_group_id="entrance", retention_time=0)
    hold = {"recording_group_id": pattern, "reason": "Case 1", "owner": "Legal", "until": "2999-12-31"}
    policy = {
        **POLICY,
        "retention_policy_unmanaged": "ignore",
        "retention_policy_fail_on_drift": True,
        "axis_holds_legal": [hold | ({"hosts": hosts} if hosts else {})],
    }
    role = {"name": "Role", "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy"}}
    run = play([role], groups={"axis": {"vars": policy}}, keywords={"serial": 1})
    assert run.status == status, run.output
