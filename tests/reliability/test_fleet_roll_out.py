# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roll-out on cameras with every fault at every stage: each host has the expected result, and its own login.

The task is that of the other tests of faults: a retention time of 60 days instead of 30. A roll-out lists the groups
four times: in the check of all cameras, before and after the update in the wave, and in the check of written cameras.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.role import APPLY, CHECK, CHECK_AGAIN, ROLL_OUT, summary
from tests.playbook import PlaybookRun, run_playbook
from tests.reliability.fault_cases import AFTER, FAULT_CASES, ExpectedResult, FaultCase, add_camera, retention
from tests.reliability.test_fleet import NO_FAULT, max_requests_per_second
from tests.simulator import Fleet
from tests.simulator.authentication import AuthResult
from tests.simulator.device import Device
from tests.simulator.messages import Request
from tests.simulator.models import Account

#: Seconds. The short timeout is for cameras that make a run wait for it; busy workers must not reach the long one.
SHORT_TIMEOUT, LONG_TIMEOUT = 3.0, 60.0
_LIST = "recording_group/list"
#: By stage of a roll-out, the request at which a fault occurs, and the stage of the table with the expected result.
STAGES: dict[str, tuple[dict[str, Any], str]] = {
    "check": ({"call": _LIST}, "read"),
    "wave": ({"call": _LIST, "skip": 1}, "read"),
    "write": ({"call": "recording_group/update"}, "write"),
    "read back": ({"call": _LIST, "skip": 2}, "read back"),
    "check after": ({"call": _LIST, "skip": 3}, "read"),
}
# Including the challenge of each of the three sessions, which a blocked address rejects, too.
_BLOCKED_SKIPS = {"check": 0, "wave": 2, "read back": 4, "check after": 5}
#: Faults that are states of the device, from the beginning.
_STATES = {
    "401 with several challenges",
    "characters that XML forbids",
    "only schema version 2",
    "deprecated schema version",
    "clock two years behind",
}
#: The class of a host in the summary, by the kind of its error. All others are unverified.
CLASSES = {None: "changed", "unsupported": "unsupported"}
CAMERAS, FAULTS_OF_ROUND, ROUNDS = 500, 19, 3
#: A fault, and the stage of a roll-out at which it occurs.
Fault = tuple[FaultCase, str]
#: Groups of the cameras that need more requests than a device accepts in a second.
MANY = [f"extra{number}" for number in range(15)]


@dataclass(frozen=True)
class Camera:
    """A camera with a fault."""

    device: Device
    case: FaultCase
    stage: str
    logins: list[str]

    @property
    def expected(self) -> ExpectedResult:
        """Return how the last task on the camera ends."""
        expected = self.case.expected[STAGES[self.stage][1]]
        if self.stage == "check after":
            return ExpectedResult(expected.kind, AFTER, 1)
        return expected

    @property
    def login(self) -> tuple[str, str]:
        """Return the user and the password of the device, which no other device has."""
        accounts = [(user, account.password) for user, account in self.device.accounts.items()]
        assert len(accounts) == 1
        return accounts[0]


def stages_of(case: FaultCase) -> list[str]:
    """Return the stages of a roll-out at which a fault of the table can occur."""
    found = [stage for stage, (_request, row) in STAGES.items() if row in case.expected]
    return ["check"] if case.fault in _STATES else found


def plant(device: Device, case: FaultCase, stage: str) -> None:
    """Plant a fault at a stage of a roll-out."""
    request, _row = STAGES[stage]
    if case.fault == "address blocked":
        device.plant_fault("blocked", **{**request, "skip": _BLOCKED_SKIPS.get(stage, 0)})
    elif "skip" in request and case.fault.startswith("connection "):
        state: Any = {"refused": "refused", "accepted,": "silent", "reset": "reset", "closed": "closed"}[
            case.fault.split()[1]
        ]
        device.plant_fault("callback", run=lambda device: setattr(device, "network", state), **request)
    else:
        case.plant(device, request if stage != "check" else {"call": _LIST})


def add_cameras(fleet: Fleet, faults: list[Fault]) -> list[Camera]:
    """Add a camera for each fault, with a user and a password of its own. Half of them use HTTPS."""
    cameras = []
    for index, (case, stage) in enumerate(faults):
        device = add_camera(fleet, f"camera-{index:03}", scheme="https" if index % 2 else "http")
        device.accounts.clear()
        device.accounts[f"user-{index:03}"] = Account(f"{device.serial}-secret-{index:03}", "operator")
        plant(device, case, stage)
        cameras.append(Camera(device, case, stage, record_logins(device)))
        if case == NO_FAULT:
            for name in MANY:
                device.plant_group(recording_group_id=name, retention_time=24)
    return cameras


def write_inventory(fleet: Fleet, cameras: list[Camera], path: Path) -> Path:
    """Write the inventory, with the login and the policy of each camera."""
    hosts: dict[str, dict[str, Any]] = {}
    for camera in cameras:
        names = ["door", *(MANY if camera.case == NO_FAULT else [])]
        hosts[camera.device.name] = {
            "axis_timeout": SHORT_TIMEOUT if camera.case.waits_for_timeout else LONG_TIMEOUT,
            "retention_policy_groups": [{"recording_group_id": name, "retention_time": f"{AFTER}h"} for name in names],
        }
    more = {"all": {"children": {"axis": {"hosts": hosts, "vars": {"axis_retries": 1}}}}}
    path.mkdir()
    (path / "fleet.yml").write_text(fleet.inventory(), encoding="utf-8")
    (path / "more.json").write_text(json.dumps(more), encoding="utf-8")
    return path


def final_result(run: PlaybookRun, camera: Camera) -> dict[str, Any]:
    """Return the result of the last task on a camera, with its status: ok, failed, or unreachable."""
    name = camera.device.name
    tasks = [CHECK_AGAIN] if camera.stage == "check after" else [APPLY, CHECK]
    task = next(task for task in tasks if (task, name) in run.results)
    return {**run.results[task, name], run.outcomes[task, name]: True}


def check_camera(camera: Camera, run: PlaybookRun) -> None:
    """Check the result of a camera, its state, and what it received."""
    device, expected, result = camera.device, camera.expected, final_result(run, camera)
    error = result.get("error")
    assert (error and error["kind"]) == expected.kind, result
    assert retention(device) == expected.retention, result
    updates = [entry for entry in device.writes if "door" in entry.target]
    assert [entry.call for entry in updates] == ["recording_group/update"] * expected.updates, result
    is_ok = expected.kind is None
    assert bool(result.get("ok")) is is_ok, result
    data, name = summary(run), device.name
    classes = [key for key in ("changed", "drifted", "refused", "unsupported", "unverified") if name in data[key]]
    assert classes == [CLASSES.get(expected.kind, "unverified")], result
    recap = run.recap.get(name, {})
    is_unreachable = expected.unreachable
    assert (bool(recap.get("failures")), bool(recap.get("unreachable"))) == (
        not is_ok and not is_unreachable,
        is_unreachable,
    ), (recap, result)
    if is_ok and camera.case == NO_FAULT:
        assert {device.groups[group].retention_time for group in MANY} == {AFTER}


def record_logins(device: Device) -> list[str]:
    """Return a list to which the device adds the content of each Authorization header that it checks."""
    logins: list[str] = []
    check = device.authenticator.check

    def record(request: Request) -> AuthResult:
        header = request.headers.get("authorization")
        if header is not None:
            scheme, _space, text = header.partition(" ")
            logins.append(base64.b64decode(text).decode() if scheme == "Basic" else text)
        return check(request)

    device.authenticator.check = record  # type: ignore[method-assign]
    return logins


def check_isolation(camera: Camera, output: str) -> None:
    """Check that a camera received only its own login, at most ten requests per second, and that no login is shown."""
    user, password = camera.login
    assert camera.logins or not any(entry.authorization for entry in camera.device.journal)
    for login in camera.logins:
        assert login == f"{user}:{password}" or re.findall(r'username="([^"]*)"', login) == [user]
    # A wrong password causes a 401; an expired challenge is recognized by its fault.
    for entry in camera.device.journal:
        assert entry.authorization is None or entry.status != 401 or entry.fault == "StaleNonce", entry
    assert password not in output
    assert max_requests_per_second(camera.device) <= 10


def roll_out(tmp_path: Path, faults: list[Fault]) -> tuple[dict[str, str], Counter[str]]:
    """Run the roll-out on cameras with these faults, and return what is wrong, and the number of passes by fault."""
    with Fleet() as fleet:
        cameras = add_cameras(fleet, faults)
        inventory = write_inventory(fleet, cameras, tmp_path / "inventory")
        variables = {"retention_policy_waves": ["100%"], "retention_policy_max_fail_percentage": 100}
        run = run_playbook(ROLL_OUT, inventory, tmp_path, "--extra-vars", json.dumps(variables), "--forks", "50")
    assert summary(run)["hosts"] == len(cameras), run.output[-3000:]
    wrong, passed = {}, Counter[str]()
    for camera in cameras:
        try:
            check_camera(camera, run)
            check_isolation(camera, run.output)
        except AssertionError as error:
            wrong[f"{camera.device.name}: {camera.case.fault} at {camera.stage}"] = str(error)[:2000]
        else:
            passed[camera.case.fault] += 1
    return wrong, passed


def record(record_property: Callable[[str, object], None], faults: list[Fault], passed: Counter[str]) -> None:
    """Add the faults to the table of tested faults."""
    for fault, total in Counter(case.fault for case, _stage in faults).items():
        record_property("fault", (fault, total, passed[fault]))


@pytest.mark.fault("camera that does not respond to the check after a roll-out")
def test_every_fault_at_every_stage_of_a_roll_out(
    tmp_path: Path, soak: bool, record_property: Callable[[str, object], None]
) -> None:
    """In the quick form, at every second stage, and without the faults that make three tasks wait for a timeout."""
    faults = [
        (case, stage)
        for number, case in enumerate(FAULT_CASES)
        if soak or not case.waits_for_timeout
        for stage in (stages_of(case) if soak else stages_of(case)[number % 2 :: 2] or stages_of(case))
    ]
    wrong, passed = roll_out(tmp_path, [*faults, (NO_FAULT, "check")])
    record(record_property, faults, passed)
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.long
@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_large_fleet_with_five_percent_of_each_fault(
    tmp_path: Path, round_number: int, record_property: Callable[[str, object], None]
) -> None:
    """A fleet has room for five percent of 19 faults; three fleets have all of them."""
    first = round_number * FAULTS_OF_ROUND
    cases = [FAULT_CASES[number % len(FAULT_CASES)] for number in range(first, first + FAULTS_OF_ROUND)]
    faults = [
        (case, stages_of(case)[number % len(stages_of(case))]) for case in cases for number in range(CAMERAS // 20)
    ]
    faults += [(NO_FAULT, "check")] * (CAMERAS - len(faults))
    # In random order, so that adjacent hosts, which run at the same time, have different faults.
    random.Random(round_number).shuffle(faults)
    wrong, passed = roll_out(tmp_path, faults)
    record(record_property, [fault for fault in faults if fault[0] is not NO_FAULT], passed)
    assert not wrong, json.dumps(wrong, indent=1)


def test_every_fault_is_in_a_large_fleet() -> None:
    assert len(FAULT_CASES) <= ROUNDS * FAULTS_OF_ROUND
    assert FAULTS_OF_ROUND * (CAMERAS // 20) < CAMERAS
