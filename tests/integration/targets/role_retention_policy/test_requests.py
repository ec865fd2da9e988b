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
    POLICY,
    ROLL_OUT,
    add_cameras,
    count_lost_recordings,
    extra_vars,
    retention,
    summary,
)
from tests.simulator import Fleet

COLLECTION = Path(__file__).parents[4]
GROUPS = {"axis": {"vars": POLICY}}
# The first host of a play, or of a wave, also runs the tasks with run_once.
ONE_TASK = {"ok": 1, "failures": 0, "unreachable": 0, "changed": 0, "skipped": 0, "rescued": 0, "ignored": 0}


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
        assert {**run.recap[name], "changed": 0} == ONE_TASK


def test_roll_out_checks_and_adds_one_write_and_one_list_for_a_change(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "canary", "first", "compliant")
    add_cameras(fleet, "drifted", retention_time=24)
    run = play(ROLL_OUT, *extra_vars(retention_policy_waves=[1, 3]), groups=GROUPS)
    assert run.status == 0, run.output
    read = [("recording_group/list", 401), ("recording_group/list", 200)]
    for name, device in fleet.devices.items():
        change = [("recording_group/update", 200), ("recording_group/list", 200)] if name == "drifted" else []
        # The check of all cameras, and the wave, each in a process of its own.
        assert sent(fleet, name) == read + read + change
        assert device.connections == 2
    for name, changed in (("compliant", 0), ("drifted", 2)):
        assert [task for task, host in run.steps if host == name] == [CHECK, APPLY]
        assert run.recap[name] == {**ONE_TASK, "ok": 2, "changed": changed}


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
    ("arguments", "variables"), [(("--check",), {}), ((), {}), ((), DANGEROUS), (("--diff",), DANGEROUS)]
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
    assert [file.name for file in files if "check_mode" in file.read_text(encoding="utf-8")] == []
    for play_text in (COLLECTION / "playbooks" / "audit.yml").read_text(encoding="utf-8").split("\n- name: ")[2:]:
        assert "\n  check_mode: true\n" in play_text
