# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module that finds out how a device behaves, in plays of the user's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.simulator import Fleet, Switches

MODULE = "camfleet.axis.axis_device_check"
BASTION: dict[str, Any] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
QUICK = {"ANSIBLE_CALLBACKS_ENABLED": "results,quick_check"}
STEM = "Q1961-TE-12.9.57"


def test_check_on_another_machine_writes_files_on_the_controller(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9", "gate")
    tasks = [
        {"name": "Here", MODULE: {}},
        {"name": "There", MODULE: {"dest": str(tmp_path / "there")}, "delegate_to": "jump"},
        {"name": "Unwritten", MODULE: {"dest": str(tmp_path / "unwritten")}, "check_mode": True},
    ]
    run = play(
        [{"when": "inventory_hostname == 'gate'", **task} for task in tasks],
        "-vvv",
        hosts={"jump": BASTION, "gate": {"device_check_dir": "of another playbook"}},
        environment=QUICK,
    )
    assert run.status == 0, run.output
    assert device.writes == []
    here, there, unwritten = (run.results[task["name"], "gate"] for task in tasks)
    assert there["path_json"] == str(tmp_path / "there" / f"{STEM}.json")
    written = json.loads(Path(there["path_json"]).read_text("utf-8"))
    answers = [{name: point["answer"] for name, point in item["points"].items()} for item in (here["profile"], written)]
    assert answers[0] == answers[1]
    assert written["origin"]["collection_version"] == here["profile"]["origin"]["collection_version"]
    assert (here["changed"], there["changed"], unwritten["changed"]) == (False, True, False)
    assert not (tmp_path / "unwritten").exists()
    # A task has other names than the playbook.
    texts = [str((item["summary"], item["open_points"])) for item in (here, there, unwritten)]
    texts.append(Path(there["path_page"]).read_text("utf-8"))
    for text in texts:
        assert "write: true" in text
        assert "device_check_" not in text.replace("\\", "")
    assert "operator-pass" not in run.output


@pytest.mark.long
def test_devices_of_one_model_that_differ_get_two_files(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    fleet.add("camera_12_9", "gate")
    fleet.add("camera_12_9", "yard", switches=Switches(existing_id="overwrite"))
    (tmp_path / "profiles").mkdir()
    options = {"write": True, "confirm": "{{ inventory_hostname }}", "dest": str(tmp_path / "profiles")}
    refused = {**options, "confirm": "another"}
    run = play(
        [
            {"name": "Check", MODULE: options, "throttle": 1},
            {"name": "Refused", MODULE: refused, "ignore_errors": True},
        ],
        environment=QUICK,
    )
    assert run.status == 0, run.output
    assert sorted(path.name for path in (tmp_path / "profiles").iterdir()) == [
        f"{STEM}-2.json",
        f"{STEM}-2.md",
        f"{STEM}.json",
        f"{STEM}.md",
    ]
    profiles = [
        json.loads((tmp_path / "profiles" / f"{STEM}{number}.json").read_text("utf-8")) for number in ("", "-2")
    ]
    answers = [profile["points"]["existing_id"]["answer"] for profile in profiles]
    assert sorted(answers) == ["error_20", "overwrite"]
    for name, device in fleet.devices.items():
        result = run.results["Refused", name]
        assert f"{name} ({device.host}): confirm is another, without {name}" in result["msg"]


@pytest.mark.fault("directory of the profiles that vanishes during a check")
def test_files_that_cannot_be_written_lose_no_answer(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9", "gate")
    directory = tmp_path / "profiles"
    directory.mkdir()
    # The check before the first request passes, and the directory vanishes during the check.
    device.plant_fault("callback", call="disks/list", run=lambda _device: directory.rmdir(), times=1)
    run = play([{"name": "Check", MODULE: {"dest": str(directory)}}], environment=QUICK)
    result = run.results["Check", "gate"]
    assert run.status != 0
    assert "The profile cannot be written to" in result["msg"]
    assert result["profile"]["points"]["schema_versions"]["answer"] == ["1.0"]
