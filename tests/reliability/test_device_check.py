# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole device checks: under each fault, beside much of other clients, and with a wait."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http import session as http_session
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DEVICE_CHECK_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.check import run_device_check
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from tests.reliability.fault_cases import FAULT_CASES, FaultCase, clear_fault
from tests.reliability.unlimited_rate import UnlimitedRate
from tests.simulator import Fleet
from tests.simulator.device import Device
from tests.simulator.journal import Entry
from tests.simulator.profiles import HAND_WRITTEN
from tests.unit.plugins.module_utils._tasks.device_check.experiments import (
    MANY,
    foreign_state,
    own_items,
    plant_foreign,
)

#: Where a fault occurs: in the reads, the experiments with groups and actions, and the clean-up.
POSITIONS: tuple[dict[str, Any], ...] = (
    {"call": "action/AddActionConfiguration"},
    {"call": "recording_group/delete"},
    {"call": "action/AddActionRule"},
    {"call": "action/RemoveActionRule"},
    {"call": "recording_group/create", "skip": 1},
    {"call": "action/RemoveActionConfiguration"},
    {"call": "record/list", "skip": 2},
    {"call": "action/GetActionRules", "skip": 4},
)
#: The same whenever it occurs: it changes the state of the device, or what others have on it.
_NOT_REQUESTS = ("only schema", "deprecated schema", "clock ", "second client", "storage removed", "characters that")
FAULTS = [case for case in FAULT_CASES if not case.fault.startswith(_NOT_REQUESTS)]
#: Faults in the quick tests.
_QUICK = 5
_SHORT_TIMEOUT, _TIMEOUT = 0.4, 20.0  # seconds
_PREFIX = "camfleet-check-"
_NUMBER = re.compile(r"\b(recordinggroupid|RuleID|ConfigurationID)[=>]([^&<]+)")


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing wait before it tries again."""
    monkeypatch.setattr(http_session, "_INITIAL_RETRY_DELAY", 0.001)
    monkeypatch.setattr(http_session, "_MAX_RETRY_DELAY", 0.001)
    for name in ("_CLEANUP_DELAYS", "_DELETION_DELAYS", "_RECORDING_DELAYS"):
        monkeypatch.setattr(scratch, name, (0.0,) * 3)
    for name in ("_QUIET_TIME", "_LATE"):
        monkeypatch.setattr(scratch, name, 0.0)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet."""
    with Fleet() as running:
        yield running


def open_session(settings: ConnectionSettings) -> Session:
    """Return a session that does not limit its rate."""
    return Session(replace(settings, retries=1), UnlimitedRate())


def check(device: Device, timeout: float = _TIMEOUT, **options: Any) -> dict[str, Any]:
    """Return the result of a check with experiments."""
    defaults = {name: definition.get("default") for name, definition in DEVICE_CHECK_SPEC.items()}
    address: dict[str, Any] = {"host": device.host, "port": device.port, "protocol": "http"}
    if not device.port:
        address |= {"port": device.tls_port, "protocol": "https", "tls_fingerprint": device.certificate_sha256}
    login = {"username": "operator", "password": "operator-pass", "timeout": timeout}
    parameters = {**defaults, **address, **login, "write": True, **options}
    return run_device_check(
        parameters, check_mode=False, diff=False, open_session=open_session, warn=lambda _text: None
    )


def read_foreign_ids(device: Device) -> set[tuple[str, str]]:
    """Return the IDs of everything on a device, with the names of the arguments that have them."""
    return {
        *(("recordinggroupid", number) for number in device.groups),
        *(("ConfigurationID", number) for number in device.actions.configurations),
        *(("RuleID", number) for number in device.actions.rules),
    }


def find_foreign_writes(device: Device, foreign: set[tuple[str, str]]) -> list[Entry]:
    """Return each write of the journal that names nothing of the check, except with an ID that is not foreign."""
    found = []
    for entry in device.journal:
        # Only a path without arguments and a login shows whether the address is blocked.
        is_path = entry.authorization is None and "?" not in entry.target
        if is_path or not entry.write or _PREFIX in entry.target or _PREFIX.encode() in entry.body:
            continue
        named = _NUMBER.search(entry.target + entry.body.decode())
        if named is None or (named[1], named[2]) in foreign:
            found.append(entry)
    return found


@dataclass(frozen=True)
class Case:
    """A fault at a position."""

    fault: FaultCase
    position: dict[str, Any]

    def plant(self, device: Device) -> None:
        """Plant the fault."""
        if self.fault.fault == "address blocked":
            device.plant_fault("blocked", **self.position)
        else:
            self.fault.plant(device, self.position)


CASES = [
    pytest.param(
        Case(fault, position),
        id=f"{fault.fault}-{place}",
        marks=[pytest.mark.long] * (place != number % len(POSITIONS) or number % _QUICK > 0 or fault.waits_for_timeout),
    )
    for number, fault in enumerate(FAULTS)
    for place, position in enumerate(POSITIONS)
]


@pytest.mark.fault("fault during a whole device check")
@pytest.mark.parametrize("case", CASES)
def test_what_remains_is_in_the_result(fleet: Fleet, case: Case) -> None:
    device = fleet.add("camera_12_9")
    plant_foreign(device)
    foreign, before = read_foreign_ids(device), foreign_state(device)
    case.plant(device)
    result = check(device, _SHORT_TIMEOUT if case.fault.waits_for_timeout else _TIMEOUT)
    stated = {item["id"] for item in result["remains"]} | {item["name"] for item in result["remains"]}
    assert {name for name in own_items(device) if name.startswith(_PREFIX)} <= stated
    assert foreign_state(device) == before
    assert find_foreign_writes(device, foreign) == []
    # It is unreachable only if nothing was written.
    assert not (result.get("unreachable") and device.writes), result["error"]
    assert bool(result.get("failed")) >= bool(result["remains"])
    assert result.get("failed") or result.get("unreachable") or not result["stopped"]
    clear_fault(device)
    again = check(device)
    assert ("failed" in again, again["remains"], own_items(device)) == (False, [], []), again.get("msg")
    assert foreign_state(device) == before


def test_many_things_of_others_stay(fleet: Fleet) -> None:
    """Groups, rules, and a recording that runs."""
    device = fleet.add("camera_12_9")
    plant_foreign(device, MANY, running=True)
    foreign, before = read_foreign_ids(device), foreign_state(device)
    assert (len(device.groups), len(device.actions.rules)) == (MANY, MANY)
    result = check(device)
    assert (result.get("failed"), result["remains"], result["other_changes"]) == (None, [], [])
    assert find_foreign_writes(device, foreign) == []
    assert len(device.writes) > 50
    assert foreign_state(device) == before
    assert own_items(device) == []


@pytest.mark.parametrize(
    ("name", "wait"),
    [("camera_13", "1m"), *(pytest.param(name, "3h", marks=pytest.mark.long) for name in HAND_WRITTEN)],
)
def test_the_points_that_take_time_are_those_of_the_profile(name: str, wait: str) -> None:
    with Fleet(speed=1000) as fleet:
        device = fleet.add(name)
        result = check(device, wait=wait)
        assert (result.get("failed"), result["remains"], own_items(device)) == (None, [], []), result.get("msg")
    points = result["profile"]["points"]
    assert result["profile"]["origin"]["parts"] == ["read", "write", "wait"]
    names = [point.name for point in POINTS if point.part == "wait"]
    settled = {name: points[name]["answer"] for name in names if points[name]["answer"] is not None}
    assert settled == {name: device.answers[name] for name in settled}
    assert len(settled) >= (3 if wait == "3h" else 0)
