# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A roll-out that may lose recordings does not begin while a hold protects nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._gate import find_risks
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
