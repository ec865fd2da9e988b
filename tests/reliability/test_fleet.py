# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One play on 500 cameras at 50 forks, most of which have a fault: every host ends as it should."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.playbook import PlaybookRun, run_playbook
from tests.reliability.trials import DONE, PLACES, TASK, TRIALS, Trial, camera, check
from tests.simulator import Fleet
from tests.simulator.device import Device

CAMERAS, FORKS, LEAST_OF_EACH = 500, 50, 10
#: seconds: fifty workers share few cores here, and none may be late by itself
PATIENCE = 3.0
NOT_DISTURBED = Trial("none", lambda _device, _place: None, {"look": DONE})
Struck = tuple[Device, Trial, str]


def under_fire(fleet: Fleet, round_number: int) -> list[Struck]:
    """The cameras, each with its own password, ten with each fault at its places in turn, and the rest without.

    One half speaks HTTP, the other HTTPS.
    """
    trials = [(trial, number) for trial in TRIALS for number in range(LEAST_OF_EACH)]
    trials += [(NOT_DISTURBED, 0)] * (CAMERAS - len(trials))
    # Mixed, so that neighbours in the inventory, which run at the same time, have nothing in common.
    random.Random(round_number).shuffle(trials)
    struck = []
    for index, (trial, number) in enumerate(trials):
        device = camera(fleet, f"camera-{index:03}", scheme="https" if index % 2 else "http")
        device.accounts["operator"] = replace(
            device.accounts["operator"], password=f"{device.serial}-secret-{index:03}"
        )
        place = sorted(trial.ends)[(number + round_number) % len(trial.ends)]
        trial.plant(device, PLACES[place])
        struck.append((device, trial, place))
    return struck


def inventory(fleet: Fleet, path: Path) -> Path:
    """What the fleet says of itself, with the passwords of its devices."""
    path.write_text(fleet.inventory(), encoding="utf-8")
    return path


def drive(fleet: Fleet, scratch: Path) -> PlaybookRun:
    """The task of the trials, on all of them at once."""
    play = {
        "name": "Under fire",
        "hosts": "axis",
        "gather_facts": False,
        "tasks": [
            {"name": "Task", "camfleet.axis.axis_recording_group": {**TASK, "timeout": PATIENCE, "retries": 1}},
        ],
    }
    playbook = scratch / "play.yml"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    return run_playbook(playbook, inventory(fleet, scratch / "inventory.yml"), scratch, "--forks", str(FORKS))


def faults_in(device: Device, trial: Trial, result: dict[str, Any]) -> int:
    """How often the fault struck, by the journal; where nothing got that far, by the connections that failed."""
    entries = sum(entry.fault is not None for entry in device.journal)
    return entries or int("error" in result) or int(trial is not NOT_DISTURBED and device.connections > 0)


def most_in_a_second(device: Device) -> int:
    """The largest number of requests that the device got in any second."""
    times = [entry.time for entry in device.journal]
    return max((sum(start <= other < start + 1 for other in times) for start in times), default=0)


def test_every_host_ends_as_it_should(
    tmp_path: Path, soak: bool, record_property: Callable[[str, object], None]
) -> None:
    wrong: dict[str, str] = {}
    for round_number in range(5 if soak else 1):
        with Fleet() as fleet:
            struck = under_fire(fleet, round_number)
            run = drive(fleet, tmp_path)
        results = results_of(run)
        assert len(results) == CAMERAS, run.output[-3000:]
        passwords = {device.accounts["operator"].password for device, _trial, _place in struck}
        held, tried, hits = Counter[str](), Counter[str](), Counter[str]()
        for device, trial, place in struck:
            result = results[device.name]
            tried[trial.fault] += 1
            hits[trial.fault] += faults_in(device, trial, result)
            try:
                check(device, result, trial.ends[place])
                check_apart(device, result, passwords)
            except AssertionError as error:
                wrong[f"{device.name} (round {round_number}): {trial.fault} at {place}"] = str(error)[:2000]
            else:
                held[trial.fault] += 1
        for fault in tried:
            record_property("fleet", (fault, tried[fault], held[fault], hits[fault]))
        assert min(hits[trial.fault] for trial in TRIALS) >= LEAST_OF_EACH, hits
    assert not wrong, json.dumps(wrong, indent=1)


def results_of(run: PlaybookRun) -> dict[str, dict[str, Any]]:
    """The result of each host, with the mark that Ansible gave it: ok, failed or unreachable."""
    return {
        host: {**result, run.outcomes[task, host]: True}
        for (task, host), result in run.results.items()
        if task == "Task"
    }


def check_apart(device: Device, result: dict[str, Any], passwords: set[str]) -> None:
    """That nothing of one camera reached another: its serial, its password, its requests."""
    text = json.dumps(result)
    assert result["device"]["serial"] in {device.serial, None}
    assert not any(password in text for password in passwords)
    # A login that was wrong would show here; a challenge that grew old is told apart by its fault.
    assert all(
        entry.status != 401 or entry.authorization is None or entry.fault == "StaleNonce" for entry in device.journal
    )
    assert most_in_a_second(device) <= 10
