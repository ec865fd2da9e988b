# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No variable replaces the name or the groups of a host in the inventory, by which a hold applies to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import POLICY
from tests.playbook import PlaybookRun
from tests.simulator import Fleet

MODULE = "camfleet.axis.axis_recording_group"
EXTRA = "--extra-vars"
Runner = Callable[..., PlaybookRun]


def hold(**fields: Any) -> dict[str, Any]:
    """Return a hold on every group."""
    return {"recording_group_id": "*", "reason": "Case", "owner": "legal@example.com", "until": "2999-12-31", **fields}


@pytest.fixture
def run(play: Play, fleet: Fleet) -> Runner:
    """Return a function that tries to delete a held group of the camera ``gate`` of the site ``harbor``."""
    gate = fleet.add("camera_12_9", "gate")
    fleet.add("camera_12_9", "hall")
    gate.plant_group(recording_group_id="entrance", retention_time=0, disk_id="SD_DISK")
    gate.plant_recordings("entrance", 3)

    def delete(
        holds: list[dict[str, Any]],
        *arguments: str,
        host: dict[str, Any] | None = None,
        keywords: dict[str, Any] | None = None,
        task: dict[str, Any] | None = None,
        before: tuple[dict[str, Any], ...] = (),
        to: str = "axis_holds_legal",
    ) -> PlaybookRun:
        options = {"recording_group_id": "entrance", "state": "absent", "allow_recording_loss": True}
        held = {"holds": holds} if to == "holds" else {}
        return play(
            [*before, {"name": "Delete", MODULE: options | held, **(task or {})}],
            "--limit",
            "gate",
            *arguments,
            hosts={"gate": host or {}},
            groups={"axis": {"vars": {} if held else {to: holds}}, "harbor": {"hosts": {"gate": {}}}},
            keywords=keywords,
        )

    return delete


BY_GROUP = hold(hosts=["harbor"])
BY_NAME = hold(hosts=["gate"])
FACT = {"name": "Set a fact", "ansible.builtin.set_fact": {"group_names": []}}
# By place: the holds, and what a run sets there.
PLACES: dict[str, tuple[dict[str, Any], tuple[str, ...], dict[str, Any]]] = {
    "groups as extra variable": (BY_GROUP, (EXTRA, '{"group_names": []}'), {}),
    "name as extra variable": (BY_NAME, (EXTRA, "inventory_hostname=hall"), {}),
    "groups in the play": (BY_GROUP, (), {"keywords": {"vars": {"group_names": []}}}),
    "groups in the task": (BY_GROUP, (), {"task": {"vars": {"group_names": ["museum"]}}}),
    "groups as fact": (BY_GROUP, (), {"before": (FACT,)}),
    "groups as variable of a loop": (
        BY_GROUP,
        (),
        {"task": {"loop": [["museum"]], "loop_control": {"loop_var": "group_names"}}},
    ),
    "name as variable of a loop": (
        BY_NAME,
        (),
        {"task": {"loop": ["hall"], "loop_control": {"loop_var": "inventory_hostname"}}},
    ),
    "glob": (hold(hosts=["harb*"]), (EXTRA, '{"group_names": []}'), {}),
    "holds of the task": (BY_GROUP, (EXTRA, '{"group_names": []}'), {"to": "holds"}),
}


@pytest.mark.fault("variable that replaces the name or groups of a host")
@pytest.mark.parametrize(("holds", "arguments", "places"), PLACES.values(), ids=PLACES)
def test_variable_does_not_replace_the_names_of_a_host(
    run: Runner, fleet: Fleet, holds: dict[str, Any], arguments: tuple[str, ...], places: dict[str, Any]
) -> None:
    done = run([holds], *arguments, **places)
    assert done.status == 2, done.output
    name = "inventory_hostname" if holds is BY_NAME else "group_names"
    assert f"A variable replaces {name}, " in done.output
    assert fleet.devices["gate"].writes == []
    assert [group.recording_group_id for group in fleet.devices["gate"].groups.values()] == ["entrance"]


def test_files_of_a_host_do_not_replace_its_groups(run: Runner, fleet: Fleet, tmp_path: Path) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "gate.yml").write_text("group_names: []\n", encoding="utf-8")
    done = run([BY_GROUP])
    assert done.status == 2
    assert "A variable replaces group_names, " in done.output
    assert fleet.devices["gate"].writes == []


def test_inventory_file_cannot_replace_the_groups_of_a_host(run: Runner, fleet: Fleet) -> None:
    """Ansible prefers its own names to those of a host in the inventory file, so the hold is in force."""
    done = run([BY_GROUP], host={"group_names": []})
    assert done.results["Delete", "gate"]["error"]["kind"] == "held", done.output
    assert fleet.devices["gate"].writes == []


def test_task_on_another_host_does_not_replace_them_either(play: Play, fleet: Fleet) -> None:
    gate = fleet.add("camera_12_9", "gate")
    gate.plant_group(recording_group_id="entrance", retention_time=0, disk_id="SD_DISK")
    options = {"host": gate.host, "port": gate.port, "protocol": "http", "username": "operator"}
    delete = {"recording_group_id": "entrance", "state": "absent", "allow_recording_loss": True}
    done = play(
        [{"name": "Delete", MODULE: {**options, "password": "operator-pass", **delete}}],
        EXTRA,
        '{"group_names": []}',
        hosts={"office": {"ansible_connection": "local"}},
        groups={"axis": {"vars": {"axis_holds": [BY_GROUP]}}, "harbor": {"hosts": {"gate": {}}}},
        keywords={"hosts": "office"},
    )
    assert done.status == 2, done.output
    assert "A variable replaces group_names, " in done.output
    assert gate.writes == []


def test_audit_as_a_module_names_all_hosts_once(play: Play, fleet: Fleet) -> None:
    for name in ("hall", "gate"):
        fleet.add("camera_12_9", name).plant_group(recording_group_id="entrance", retention_time=0, disk_id="SD_DISK")
    tasks = [{"name": "Audit", "camfleet.axis.axis_retention_policy_audit": {}, "run_once": True}]
    groups = {"axis": {"vars": {**POLICY, "axis_holds": [BY_GROUP]}}, "harbor": {"hosts": {"gate": {}}}}
    done = play(tasks, EXTRA, '{"group_names": []}', groups=groups)
    assert done.status == 2
    assert "All 2 hosts: A variable replaces group_names, " in done.output
    assert [device.journal for device in fleet.devices.values()] == [[], []]


def test_template_of_holds_sees_the_names_of_the_inventory(run: Runner, fleet: Fleet) -> None:
    template: Any = "{{ [court] if 'harbor' in group_names else [] }}"
    done = run(template, EXTRA, '{"group_names": []}', host={"court": hold()})
    assert done.status == 2, done.output
    assert fleet.devices["gate"].writes == []


@pytest.mark.parametrize("extra", ['{"group_names": []}', '{"inventory_hostname_short": "hall"}'])
@pytest.mark.parametrize("playbook", ["audit", "roll_out"])
def test_playbooks_reject_replaced_names(play: Play, fleet: Fleet, playbook: str, extra: str) -> None:
    gate = fleet.add("camera_12_9", "gate")
    gate.plant_group(recording_group_id="entrance", retention_time=0, disk_id="SD_DISK")
    done = play(
        f"camfleet.axis.{playbook}",
        EXTRA,
        "retention_policy_allow_recording_loss=true",
        EXTRA,
        extra,
        groups={"axis": {"vars": {**POLICY, "axis_holds": [BY_GROUP]}}, "harbor": {"hosts": {"gate": {}}}},
    )
    assert done.status != 0
    assert "A variable replaces " in done.output
    assert gate.journal == []


def test_names_that_a_variable_repeats_are_no_problem(run: Runner, fleet: Fleet, tmp_path: Path) -> None:
    done = run([hold(hosts=["museum"])], EXTRA, '{"group_names": ["axis", "harbor"]}', keywords={"vars": {}})
    # The group museum does not exist, so that the hold, and nothing else, is in error.
    assert "hosts" in done.output
    assert "replaces" not in done.output
    assert fleet.devices["gate"].writes == []
