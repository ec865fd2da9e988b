# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One play on 500 cameras at 50 forks, most with a fault: every host has the expected result."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.playbook import PlaybookRun, run_playbook
from tests.reliability.fault_cases import DONE, FAULT_CASES, STAGES, TASK, FaultCase, add_camera, check_result
from tests.simulator import Fleet
from tests.simulator.device import Device

FORKS = 50
#: The number of cameras with each fault, and of all cameras, in the quick form and in the soak.
QUICK, SOAK = (3, 150), (10, 500)
#: Seconds. The short timeout is for cameras that make the task wait for it; busy workers must not reach the long one.
SHORT_TIMEOUT, LONG_TIMEOUT = 3.0, 60.0
NO_FAULT = FaultCase("none", lambda _device, _stage: None, {"read": DONE})
AffectedCamera = tuple[Device, FaultCase, str]


def add_cameras(fleet: Fleet, round_number: int, of_each: int, cameras_in_total: int) -> list[AffectedCamera]:
    """Add the cameras with different passwords: some for each fault, at its stages in turn, and others without a fault.

    Half of them use HTTP, the others HTTPS.
    """
    fault_cases = [(case, number) for case in FAULT_CASES for number in range(of_each)]
    fault_cases += [(NO_FAULT, 0)] * (cameras_in_total - len(fault_cases))
    # In random order, so that adjacent hosts, which run at the same time, have different faults.
    random.Random(round_number).shuffle(fault_cases)
    cameras = []
    for index, (case, number) in enumerate(fault_cases):
        device = add_camera(fleet, f"camera-{index:03}", scheme="https" if index % 2 else "http")
        device.accounts["operator"] = replace(
            device.accounts["operator"], password=f"{device.serial}-secret-{index:03}"
        )
        stage = sorted(case.expected)[(number + round_number) % len(case.expected)]
        case.plant(device, STAGES[stage])
        cameras.append((device, case, stage))
    return cameras


def write_inventory(fleet: Fleet, path: Path) -> Path:
    """Write the inventory of the fleet, with the passwords of its devices."""
    path.write_text(fleet.inventory(), encoding="utf-8")
    return path


def run_play(fleet: Fleet, cameras: list[AffectedCamera], scratch: Path) -> PlaybookRun:
    """Run the task of the fault cases on all cameras in one play."""
    waiting = [device.name for device, case, _stage in cameras if case.waits_for_timeout]
    timeout = f"{{{{ {SHORT_TIMEOUT} if inventory_hostname in waiting else {LONG_TIMEOUT} }}}}"
    play = {
        "name": "Change the retention time",
        "hosts": "axis",
        "gather_facts": False,
        "vars": {"waiting": waiting},
        "tasks": [
            {"name": "Task", "camfleet.axis.axis_recording_group": {**TASK, "timeout": timeout, "retries": 1}},
        ],
    }
    playbook = scratch / "play.yml"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    return run_playbook(playbook, write_inventory(fleet, scratch / "inventory.yml"), scratch, "--forks", str(FORKS))


def count_faults(device: Device, case: FaultCase, result: dict[str, Any]) -> int:
    """Count the occurrences of the fault in the journal, or of failed connections if no request reached the device."""
    entries = sum(entry.fault is not None for entry in device.journal)
    return entries or int("error" in result) or int(case is not NO_FAULT and device.connections > 0)


def max_requests_per_second(device: Device) -> int:
    """Return the largest number of requests that the device received in any second."""
    times = [entry.time for entry in device.journal]
    return max((sum(start <= other < start + 1 for other in times) for start in times), default=0)


def test_every_host_has_the_expected_result(
    tmp_path: Path, soak: bool, record_property: Callable[[str, object], None]
) -> None:
    failures: dict[str, str] = {}
    of_each, cameras_in_total = SOAK if soak else QUICK
    for round_number in range(5 if soak else 1):
        with Fleet() as fleet:
            cameras = add_cameras(fleet, round_number, of_each, cameras_in_total)
            run = run_play(fleet, cameras, tmp_path)
        results = results_of(run)
        assert len(results) == cameras_in_total, run.output[-3000:]
        passwords = {device.accounts["operator"].password for device, _case, _stage in cameras}
        passed, tested, occurred = Counter[str](), Counter[str](), Counter[str]()
        for device, case, stage in cameras:
            result = results[device.name]
            tested[case.fault] += 1
            occurred[case.fault] += count_faults(device, case, result)
            try:
                check_result(device, result, case.expected[stage])
                check_isolation(device, result, passwords)
            except AssertionError as error:
                failures[f"{device.name} (round {round_number}): {case.fault} at {stage}"] = str(error)[:2000]
            else:
                passed[case.fault] += 1
        for fault in tested:
            record_property("fleet", (fault, tested[fault], passed[fault], occurred[fault]))
        assert min(occurred[case.fault] for case in FAULT_CASES) >= of_each, occurred
    assert not failures, json.dumps(failures, indent=1)


def results_of(run: PlaybookRun) -> dict[str, dict[str, Any]]:
    """Return the result of each host, with the status from Ansible: ok, failed, or unreachable."""
    return {
        host: {**result, run.outcomes[task, host]: True}
        for (task, host), result in run.results.items()
        if task == "Task"
    }


def check_isolation(device: Device, result: dict[str, Any], passwords: set[str]) -> None:
    """Check that no serial number, password, or request of one camera reached another."""
    text = json.dumps(result)
    assert result["device"]["serial"] in {device.serial, None}
    assert not any(password in text for password in passwords)
    # A login of another camera causes a 401; an expired challenge is recognized by its fault.
    assert all(
        entry.status != 401 or entry.authorization is None or entry.fault == "StaleNonce" for entry in device.journal
    )
    assert max_requests_per_second(device) <= 10
