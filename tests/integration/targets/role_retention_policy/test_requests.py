# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role costs a camera, in tasks and requests, and that the audit writes nothing however it is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import APPLY, AUDIT, CHECK, POLICY, ROLL_OUT, extra, lost, plant, retention, summary
from tests.simulator import Fleet

COLLECTION = Path(__file__).parents[4]
GROUPS = {"axis": {"vars": POLICY}}
# The first host of a play, or of a wave, also runs what runs once.
ONE_TASK = {"ok": 1, "failures": 0, "unreachable": 0, "changed": 0, "skipped": 0, "rescued": 0, "ignored": 0}


def sent(fleet: Fleet, name: str) -> list[tuple[str, int]]:
    """Call and status of each request."""
    return [(entry.call, entry.status) for entry in fleet.devices[name].journal]


def test_an_audit_is_one_task_one_challenge_and_one_list(play: Play, fleet: Fleet) -> None:
    plant(fleet, "first", "in-line")
    plant(fleet, "drifted", retention_time=24)
    run = play(AUDIT, groups=GROUPS)
    assert run.status == 0, run.output
    for name, device in fleet.devices.items():
        assert sent(fleet, name) == [("recording_group/list", 401), ("recording_group/list", 200)]
        assert device.connections == 1
    for name in ("in-line", "drifted"):
        assert [task for task, host in run.steps if host == name] == [CHECK]
        assert {**run.recap[name], "changed": 0} == ONE_TASK


def test_a_roll_out_is_one_task_and_with_a_change_one_write_and_one_list_more(play: Play, fleet: Fleet) -> None:
    plant(fleet, "canary", "first", "in-line")
    plant(fleet, "drifted", retention_time=24)
    run = play(ROLL_OUT, *extra(retention_policy_waves=[1, 3]), groups=GROUPS)
    assert run.status == 0, run.output
    read = [("recording_group/list", 401), ("recording_group/list", 200)]
    for name, device in fleet.devices.items():
        change = [("recording_group/update", 200), ("recording_group/list", 200)] if name == "drifted" else []
        assert sent(fleet, name) == read + change
        assert device.connections == 1
    for name, changed in (("in-line", 0), ("drifted", 1)):
        assert [task for task, host in run.steps if host == name] == [APPLY]
        assert run.recap[name] == {**ONE_TASK, "changed": changed}


def test_a_host_that_fails_is_one_task_more(play: Play, fleet: Fleet) -> None:
    plant(fleet, "first", "wrong")
    run = play(AUDIT, hosts={"wrong": {"axis_password": "wrong"}}, groups=GROUPS)
    assert len([task for task, host in run.steps if host == "wrong"]) == 2
    assert [entry.status for entry in fleet.devices["wrong"].journal] == [401, 401]


DANGEROUS: dict[str, Any] = {
    "retention_policy_allow_recording_loss": True,
    "retention_policy_purge": True,
    "retention_policy_purge_match": ["*"],
    "retention_policy_on_refused": "report",
    "ansible_check_mode": False,
}


@pytest.mark.parametrize("arguments", [(), ("--check",), ("--diff",)])
@pytest.mark.parametrize("variables", [{}, DANGEROUS])
def test_the_audit_writes_nothing(
    play: Play, fleet: Fleet, arguments: tuple[str, ...], variables: dict[str, Any]
) -> None:
    for name, hours in (("short", 24), ("long", 1000), ("in-line", 720)):
        plant(fleet, name, retention_time=hours)
        fleet.devices[name].plant_group(recording_group_id="foreign", retention_time=24)
    fleet.add("camera_12_9", "missing")
    run = play(AUDIT, *arguments, *extra(**variables), groups=GROUPS)
    assert run.status == 0, run.output
    assert [entry for device in fleet.devices.values() for entry in device.journal if entry.write] == []
    assert retention(fleet) == {"short": 24, "long": 1000, "in-line": 720}
    assert lost(fleet) == 0
    # It was looked at, and with these variables there was much to do.
    told = summary(run)
    assert (told["compliant"], told["drifted"]) == (
        (0, ["in-line", "long", "missing", "short"]) if variables else (1, ["missing", "short"])
    )


def test_the_roll_out_in_check_mode_writes_nothing(play: Play, fleet: Fleet) -> None:
    plant(fleet, "c0", "c1", retention_time=24)
    run = play(ROLL_OUT, "--check", groups=GROUPS)
    assert run.status == 0, run.output
    assert [entry for device in fleet.devices.values() for entry in device.journal if entry.write] == []
    assert summary(run)["drifted"] == ["c0", "c1"]


def test_no_check_mode_inside_the_role() -> None:
    # The keyword of a task beats that of the play: one of these, and the audit would write.
    files = sorted((COLLECTION / "roles").rglob("*.yml"))
    assert len(files) >= 8
    assert [file.name for file in files if "check_mode" in file.read_text(encoding="utf-8")] == []
    for line in (COLLECTION / "playbooks" / "audit.yml").read_text(encoding="utf-8").split("\n- name: ")[2:]:
        assert "\n  check_mode: true\n" in line
