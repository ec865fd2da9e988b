# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a play sets is in force on every host, also if it is what the first host has anyway."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import AUDIT, POLICY, ROLL_OUT, add_cameras, retention
from tests.simulator import Fleet

GROUPS = {"axis": {"vars": POLICY}}
FAIL, LOSS = "retention_policy_fail_on_drift", "retention_policy_allow_recording_loss"
UNMATCHED = "retention_policy_allow_unmatched_holds"
MISTYPED = {"recording_group_id": "doro", "reason": "Case 1", "owner": "legal", "until": "2999-12-31"}
ROLE: dict[str, Any] = {
    "hosts": "axis",
    "gather_facts": False,
    "check_mode": True,
    "tasks": [{"name": "Role", "ansible.builtin.import_role": {"name": "camfleet.axis.retention_policy"}}],
}


def write_site(directory: Path, play: dict[str, Any], variables: dict[str, Any]) -> Path:
    """Write a playbook with one play or import, as JSON, which is valid YAML."""
    path = directory / "site.yml"
    path.write_text(json.dumps([{**play, "vars": variables}]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("site", "first"), [({"import_playbook": AUDIT}, {FAIL: True}), pytest.param(ROLE, {}, marks=pytest.mark.long)]
)
def test_drift_fails_as_the_play_says(
    play: Play, fleet: Fleet, tmp_path: Path, site: dict[str, Any], first: dict[str, bool]
) -> None:
    add_cameras(fleet, "c0")
    add_cameras(fleet, "c1", retention_time=24)
    path = write_site(tmp_path, site, {FAIL: True})
    run = play(path, hosts={"c0": first, "c1": {FAIL: False}}, groups=GROUPS)
    assert run.status == 2


@pytest.mark.parametrize(
    ("variables", "first", "second"),
    [
        ({LOSS: True}, {LOSS: True, UNMATCHED: True}, {LOSS: False}),
        # The default of the role.
        ({UNMATCHED: False}, {}, {LOSS: True, UNMATCHED: True}),
    ],
)
def test_gate_judges_by_what_the_play_sets(
    play: Play,
    fleet: Fleet,
    tmp_path: Path,
    variables: dict[str, bool],
    first: dict[str, bool],
    second: dict[str, bool],
) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=1000)
    hosts = {"c0": first, "c1": {**second, "axis_holds": [MISTYPED]}}
    run = play(write_site(tmp_path, {"import_playbook": ROLL_OUT}, variables), hosts=hosts, groups=GROUPS)
    assert run.status == 2
    assert retention(fleet) == {"c0": 1000, "c1": 1000}


def test_variable_that_the_play_overrides_is_not_checked(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1")
    minimum = "retention_policy_minimum"
    path = write_site(tmp_path, {"import_playbook": AUDIT}, {minimum: "7d"})
    run = play(path, hosts={"c0": {minimum: "7d"}, "c1": {minimum: "soon"}}, groups=GROUPS)
    assert run.status == 0


def test_fact_of_a_host_overrides_the_play(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    fact = {"name": "Fact", "ansible.builtin.set_fact": {FAIL: False}, "when": "inventory_hostname == 'c1'"}
    path = write_site(tmp_path, {**ROLE, "tasks": [fact, *ROLE["tasks"]]}, {FAIL: True})
    run = play(path, hosts={"c0": {FAIL: True}, "c1": {FAIL: True}}, groups=GROUPS)
    assert run.status == 2
    assert [run.recap[host].get("failures", 0) for host in ("c0", "c1")] == [1, 0]
