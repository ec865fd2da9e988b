# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A roll-out that may lose recordings does not begin while a hold protects nothing, and begins with a canary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._gate import find_risks, plan_waves
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput

HOLD = {"recording_group_id": "doro", "reason": "Case 4711", "owner": "legal@example.com", "until": "2999-12-31"}
LOSS = {"retention_policy_allow_recording_loss": True}
STOP = {"retention_policy_allow_recording_stop": "yes"}
NEVERTHELESS = {"retention_policy_allow_unmatched_holds": True}


class Variables:
    """The variables of the hosts, without templates."""

    def __init__(self, hosts: dict[str, dict[str, Any]]) -> None:
        self._hosts = hosts

    def hold_names(self, host: str) -> list[str]:
        """Return the names of the variables that have holds."""
        return sorted(name for name in self._hosts[host] if name.startswith("axis_holds"))

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return variables of a host."""
        return {name: self._hosts[host][name] for name in names if name in self._hosts[host]}


def risks(hosts: dict[str, dict[str, Any]], matches: dict[str, list[str]] | None = None) -> list[dict[str, Any]]:
    """Return the risks of hosts with these variables; each hold matches the groups of its host in ``matches``."""
    inputs = [
        HostInput(
            host,
            {
                "compliant": True,
                "holds": [
                    {**hold, "ended": False, "matches": (matches or {}).get(host, [])}
                    for name, holds in variables.items()
                    if name.startswith("axis_holds")
                    for hold in holds
                ],
            },
        )
        for host, variables in hosts.items()
    ]
    return find_risks(cast(HostVariables, Variables(hosts)), inputs)


@pytest.mark.parametrize("allowance", [LOSS, STOP])
@pytest.mark.parametrize("variable", ["axis_holds", "axis_holds_legal"])
def test_unmatched_hold_is_a_risk_if_any_host_may_lose_recordings(allowance: dict[str, Any], variable: str) -> None:
    (risk,) = risks({"held": {variable: [HOLD]}, "other": allowance})
    assert risk["hosts"] == ["held"]
    assert (
        f"The hold in {variable} on doro until 2999-12-31 for Case 4711 (owner: legal@example.com)" in risk["problem"]
    )
    assert f"{next(iter(allowance))} is true for other" in risk["problem"]
    assert "set retention_policy_allow_unmatched_holds=true" in risk["problem"]


@pytest.mark.parametrize(
    "hosts",
    [
        {"held": {"axis_holds": [HOLD]}, "other": {}},
        {"held": {"axis_holds": [HOLD]}, "other": {**LOSS, **STOP, **NEVERTHELESS}},
        {"held": {}, "other": LOSS},
    ],
)
def test_no_risk_without_allowance_or_hold(hosts: dict[str, dict[str, Any]]) -> None:
    assert risks(hosts) == []


def test_hold_that_matches_on_one_host_is_not_a_risk() -> None:
    hosts = {"a": {"axis_holds": [HOLD], **LOSS}, "b": {"axis_holds": [HOLD]}}
    assert risks(hosts, {"b": ["doro"]}) == []
    assert [risk["hosts"] for risk in risks(hosts)] == [["a", "b"]]


def test_every_hold_and_allowance_is_named() -> None:
    other = {**HOLD, "recording_group_id": "gaet"}
    first, second = risks({"a": {"axis_holds": [HOLD, other], **LOSS, **STOP}})
    assert "on doro until" in first["problem"]
    assert "on gaet until" in second["problem"]
    for name in (*LOSS, *STOP):
        assert f"{name} is true for a" in first["problem"]


def result_of(kind: str) -> dict[str, Any]:
    """Return what the check of a host found: a letter for its change, and one for its firmware."""
    if kind == "-":
        return {"changed": False, "changes": []}
    differences = [{"field": {"u": "retention_time", "n": "nice_name"}.get(kind[0], "x"), "before": 1, "after": 2}]
    operation = "create" if kind[0] == "c" else "update"
    return {
        "changed": True,
        "changes": [{"operation": operation, "recording_group_id": "door", "differences": differences}],
        "device": {"host": "192.0.2.1", "serial": "B8A44F000001", "model": "P3265", "firmware": kind[1]},
    }


KINDS = ("-", "ua", "ub", "na", "ca", "cb")
SIZES = st.lists(st.one_of(st.integers(1, 60), st.integers(1, 100).map("{}%".format)), min_size=1, max_size=4)


@given(
    kinds=st.lists(st.sampled_from(KINDS), max_size=120),
    setting=st.one_of(
        st.just(""), st.none().map(lambda _none: ""), SIZES, SIZES.map(lambda sizes: ",".join(map(str, sizes)))
    ),
    has_canary=st.booleans(),
)
def test_waves_have_each_host_that_needs_a_write_once(kinds: list[str], setting: Any, has_canary: bool) -> None:
    results = {f"host-{number}": result_of(kind) for number, kind in enumerate(kinds)}
    waves = plan_waves(results, setting, has_canary=has_canary)
    kind_of = dict(zip(results, kinds, strict=True))
    changing = [host for host, kind in kind_of.items() if kind != "-"]
    assert sorted(waves.hosts) == sorted(changing)
    assert sum(waves.sizes) == len(changing)
    assert all(size >= 1 for size in waves.sizes)
    count = len({kind_of[host] for host in changing})
    if has_canary:
        assert len({kind_of[host] for host in waves.hosts[:count]}) == count
    else:
        assert list(waves.hosts) == changing
    if not setting and has_canary and changing:
        assert waves.sizes[0] == count
        assert all(size <= 50 for size in waves.sizes[1:2])


@pytest.mark.parametrize(
    ("setting", "has_canary", "sizes"),
    [
        ("", True, (1, 50, 50, 50, 49)),
        ("", False, (50, 50, 50, 50)),
        ([1, 10, "20%"], True, (1, 10, 40, 40, 40, 40, 29)),
        ("[1, 10, '20%']", True, (1, 10, 40, 40, 40, 40, 29)),
        ("100%", True, (200,)),
        ("1%", True, (2,) * 100),
        (1000, True, (200,)),
    ],
)
def test_waves_have_the_sizes_that_are_set(setting: Any, has_canary: bool, sizes: tuple[int, ...]) -> None:
    results = {f"host-{number}": result_of("ua") for number in range(200)}
    assert plan_waves(results, setting, has_canary=has_canary).sizes == sizes


def test_later_waves_are_percentages_by_default() -> None:
    results = {f"host-{number}": result_of("ua") for number in range(1000)}
    assert plan_waves(results, "", has_canary=True).sizes == (1, 50, 250, 250, 250, 199)


def test_groups_that_differ_are_one_kind_of_change() -> None:
    results = {f"host-{number}": result_of("ua") for number in range(5)}
    for number, result in enumerate(results.values()):
        result["changes"][0]["recording_group_id"] = f"door-{number}"
    assert plan_waves(results, "", has_canary=True).sizes == (1, 4)
