# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit with a draft and the variables of the inventory will find."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.decisions import SetVariable
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.derive import Draft
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.forecast import (
    EffectiveVariables,
    Forecast,
    Forecaster,
    FoundDeviation,
    has_policy,
)
from tests.unit.plugins.plugin_utils._draft.fleets import camera, group, inventory

RULES, GROUPS = "retention_policy_existing_groups", "retention_policy_groups"
MINIMUM, MAXIMUM = "retention_policy_minimum", "retention_policy_maximum"
NO_GROUPS = "retention_policy_no_groups"
MONTH = {"match": {"recording_group_id": "door"}, "retention_time": "30d"}
HOLD = {"recording_group_id": "door", "reason": "Case 7", "owner": "police", "until": "2099-01-01"}
NAMES = {"all", "cam1"}
DOOR, YARD = group("door"), group("yard", 24)


def compare(values: dict[str, Any], *groups: Any) -> Forecast:
    """Return what an audit of a camera with these groups will find."""
    return Forecaster(lambda _pattern: True).compare(camera(1, *groups), values, NAMES)


def find_problem(values: dict[str, Any]) -> str | None:
    """Return what is invalid in variables before there is a draft."""
    return Forecaster(lambda pattern: pattern in NAMES).find_problem(values, NAMES)


def test_a_draft_that_describes_a_camera() -> None:
    assert compare({RULES: [MONTH]}, DOOR, YARD) == Forecast(has_policy=True)
    assert compare({NO_GROUPS: True}) == Forecast(has_policy=True)
    assert not compare({RULES: [MONTH]}, DOOR).prevents_audit


@pytest.mark.parametrize("values", [{}, {RULES: []}, {MINIMUM: "7d"}, {NO_GROUPS: False}])
def test_a_host_without_a_policy(values: dict[str, Any]) -> None:
    assert not has_policy(values)
    forecast = compare(values, DOOR)
    assert (forecast.has_policy, forecast.prevents_audit) == (False, True)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (
            {RULES: [MONTH], MAXIMUM: "7d"},
            f"{RULES}[0].retention_time is 720 hours (30 days), which is above {MAXIMUM}: 168 hours (7 days), in ",
        ),
        ({RULES: [MONTH], MINIMUM: "60d"}, f"which is below {MINIMUM}: 1440 hours (60 days)"),
        ({GROUPS: [{"recording_group_id": "x"}], NO_GROUPS: True}, f"{NO_GROUPS} is true, but {GROUPS} is not empty"),
    ],
)
def test_bounds_and_lists_of_the_inventory_make_it_invalid(values: dict[str, Any], problem: str) -> None:
    forecast = compare(values, DOOR)
    assert forecast.prevents_audit
    assert problem in str(forecast.problem)


@pytest.mark.parametrize(
    ("values", "reason", "ids"),
    [
        (
            {RULES: [{**MONTH, "retention_time": "7d"}]},
            "retention_time is 720 hours (30 days), and the policy",
            ("door",),
        ),
        ({RULES: [MONTH], MINIMUM: "7d"}, "retention_time 24 hours (1 day) is below the minimum of", ("yard",)),
        ({RULES: [MONTH], "axis_holds": [HOLD]}, "Case 7 (owner: police), but keeps only 720 hours", ("door",)),
        ({NO_GROUPS: True}, f"{NO_GROUPS} is true, but the device lists the group", ("door", "yard")),
        (
            {RULES: [MONTH], "retention_policy_purge": True, "retention_policy_purge_match": ["*"]},
            "Deleting recording group yard deletes all its recordings",
            ("yard",),
        ),
    ],
)
def test_what_the_inventory_makes_of_a_draft(values: dict[str, Any], reason: str, ids: tuple[str, ...]) -> None:
    forecast = compare(values, DOOR, YARD)
    assert not forecast.prevents_audit
    (found,) = forecast.deviations
    assert isinstance(found, FoundDeviation)
    assert reason in found.reason
    assert not found.reason.endswith(".")
    assert found.recording_groups == ids


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, None),
        ({RULES: [MONTH], MINIMUM: "7d"}, None),
        ({"axis_holds": [HOLD]}, None),
        ({MINIMUM: "x"}, f"{MINIMUM} is 'x'"),
        ({MINIMUM: None}, MINIMUM),
        ({"retention_policy_purge": True}, "retention_policy_purge is true, but retention_policy_purge_match is empty"),
        ({MINIMUM: "7d", MAXIMUM: "1d"}, f"which is above {MAXIMUM}"),
        ({"axis_holds": [{**HOLD, "hosts": ["nowhere"]}]}, "axis_holds[0].hosts[0]"),
        ({"axis_holds": "door"}, "axis_holds"),
        ({"retention_policy_allow_unmatched_holds": "maybe"}, "retention_policy_allow_unmatched_holds must be true"),
        ({"retention_policy_retention_tolerance": "soon"}, "retention_policy_retention_tolerance"),
        ({"retention_policy_allow_recording_loss": "perhaps"}, "retention_policy_allow_recording_loss"),
    ],
)
def test_variables_are_checked_before_there_is_a_draft(values: dict[str, Any], problem: str | None) -> None:
    """Also of a host that has no policy yet."""
    found = find_problem(values)
    assert (found is None) == (problem is None), found
    assert problem is None or problem in str(found)


OWN, SITE = [{**MONTH, "retention_time": "1d"}], [{**MONTH, "retention_time": "9d"}]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("all", SITE),
        ("axis", SITE),
        # The draft is the second inventory.
        ("axis_site_a", SITE),
        ("axis_special", OWN),
        # host_vars
        (None, OWN),
    ],
)
def test_the_most_specific_place_is_in_force(place: str | None, expected: Any) -> None:
    hosts = ["gate", "yard"]
    groups = [inventory(name, hosts, depth) for depth, name in enumerate(("axis", "axis_site_a", "axis_special"), 1)]
    draft = Draft({"axis": {RULES: [MONTH]}, "axis_site_a": {RULES: SITE}}, {"yard": {RULES: []}}, tuple(groups[:2]))
    places = [SetVariable(host, RULES, place) for host in hosts]
    effective = EffectiveVariables(draft, places, groups, ())
    assert effective.resolve("gate", {RULES: OWN, MINIMUM: "1d"}) == {RULES: expected, MINIMUM: "1d"}
    # The draft's own host_vars override each place of the inventory, but not the run.
    assert effective.resolve("yard", {RULES: OWN})[RULES] == []
    fixed = EffectiveVariables(draft, places, groups, {RULES})
    assert [fixed.resolve(host, {RULES: OWN})[RULES] for host in hosts] == [OWN, OWN]


def test_the_serial_number_in_an_id_is_resolved() -> None:
    rules = [{"match": {"recording_group_id": "High_{{ axis_serial }}_0"}}]
    draft = Draft({}, {"gate": {RULES: rules}}, ())
    effective = EffectiveVariables(draft, (), (), ())
    (rule,) = effective.resolve("gate", {}, "ACCC8E000001")[RULES]
    assert rule["match"] == {"recording_group_id": "High_ACCC8E000001_0"}
