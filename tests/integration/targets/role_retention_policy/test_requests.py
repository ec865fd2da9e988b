# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks and requests per camera of the role; the audit writes nothing in any mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import (
    APPLY,
    AUDIT,
    CHECK,
    CHECK_AGAIN,
    POLICY,
    ROLL_OUT,
    add_cameras,
    count_lost_recordings,
    extra_vars,
    hosts_that_ran,
    retention,
    summary,
)
from tests.simulator import Fleet

COLLECTION = Path(__file__).parents[4]
GROUPS = {"axis": {"vars": POLICY}}


def sent(fleet: Fleet, name: str) -> list[tuple[str, int]]:
    """Return call and status of each request."""
    return [(entry.call, entry.status) for entry in fleet.devices[name].journal]


def test_audit_costs_one_task_one_challenge_and_one_list(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "first", "compliant")
    add_cameras(fleet, "drifted", retention_time=24)
    run = play(AUDIT, groups=GROUPS)
    assert run.status == 0, run.output
    for name, device in fleet.devices.items():
        assert sent(fleet, name) == [("recording_group/list", 401), ("recording_group/list", 200)]
        assert device.connections == 1
    for name in ("compliant", "drifted"):
        assert [task for task, host in run.steps if host == name] == [CHECK]
        assert name not in run.recap


def test_roll_out_checks_and_only_a_change_costs_more(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "first", "compliant")
    add_cameras(fleet, "canary", "drifted", retention_time=24)
    run = play(ROLL_OUT, *extra_vars(retention_policy_waves=[1, 3]), groups=GROUPS)
    assert run.status == 0, run.output
    read = [("recording_group/list", 401), ("recording_group/list", 200)]
    for name, device in fleet.devices.items():
        changes = name in ("canary", "drifted")
        change = [("recording_group/update", 200), ("recording_group/list", 200)]
        # The check of all cameras, the wave, and the check of the written cameras, each in a separate process.
        assert sent(fleet, name) == (read + read + change + read if changes else read)
        assert device.connections == (3 if changes else 1)
    assert [task for task, host in run.steps if host == "compliant"] == [CHECK]
    assert "compliant" not in run.recap
    assert [task for task, host in run.steps if host == "canary"][:2] == [CHECK, APPLY]
    assert hosts_that_ran(run, APPLY) == ["canary", "drifted"]
    assert hosts_that_ran(run, CHECK_AGAIN) == ["canary", "drifted"]
    assert run.recap["drifted"]["changed"] == 1


@pytest.mark.long
def test_failed_host_costs_one_more_task(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "first", "wrong")
    run = play(AUDIT, hosts={"wrong": {"axis_password": "incorrect-4711"}}, groups=GROUPS)
    assert len([task for task, host in run.steps if host == "wrong"]) == 2
    assert [entry.status for entry in fleet.devices["wrong"].journal] == [401, 401]


DANGEROUS: dict[str, Any] = {
    "retention_policy_allow_recording_loss": True,
    "retention_policy_purge": True,
    "retention_policy_purge_match": ["*"],
    "retention_policy_on_refused": "report",
    "ansible_check_mode": False,
}


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        pytest.param(("--check",), {}, marks=pytest.mark.long),
        pytest.param((), {}, marks=pytest.mark.long),
        ((), DANGEROUS),
        pytest.param(("--diff",), DANGEROUS, marks=pytest.mark.long),
    ],
)
def test_audit_writes_nothing(play: Play, fleet: Fleet, arguments: tuple[str, ...], variables: dict[str, Any]) -> None:
    for name, hours in (("short", 24), ("long", 1000), ("compliant", 720)):
        add_cameras(fleet, name, retention_time=hours)
        fleet.devices[name].plant_group(recording_group_id="foreign", retention_time=24)
    fleet.add("camera_12_9", "missing")
    run = play(AUDIT, *arguments, *extra_vars(**variables), groups=GROUPS)
    assert run.status == 0, run.output
    assert [entry for device in fleet.devices.values() for entry in device.journal if entry.write] == []
    assert retention(fleet) == {"short": 24, "long": 1000, "compliant": 720}
    assert count_lost_recordings(fleet) == 0
    # The cameras were read, and the variables would allow many changes.
    data = summary(run)
    assert (data["compliant"], data["drifted"]) == (
        (0, ["compliant", "long", "missing", "short"]) if variables else (1, ["missing", "short"])
    )


def test_roll_out_in_check_mode_writes_nothing(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "c0", "c1", retention_time=24)
    run = play(ROLL_OUT, "--check", groups=GROUPS)
    assert run.status == 0, run.output
    assert [entry for device in fleet.devices.values() for entry in device.journal if entry.write] == []
    assert summary(run)["drifted"] == ["c0", "c1"]


def test_role_sets_no_check_mode() -> None:
    # The keyword of a task overrides that of the play, so that the audit would write.
    files = sorted((COLLECTION / "roles").rglob("*.yml"))
    assert len(files) >= 8
    set_by = {file.name for file in files if "check_mode:" in file.read_text(encoding="utf-8")}
    assert set_by == {"audit.yml", "audit_after.yml"}
    for name in set_by:
        assert "\n  check_mode: true\n" in (COLLECTION / "roles/retention_policy/tasks" / name).read_text(
            encoding="utf-8"
        )
    for play_text in (COLLECTION / "playbooks" / "audit.yml").read_text(encoding="utf-8").split("\n- name: ")[2:]:
        assert "\n  check_mode: true\n" in play_text
