# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scratch groups of a device check under every fault, and after it was killed.

In each case, nothing of the check remains on the device, or the check states exactly what remains. Everything else on
the device stays as it was, and the next check removes what remained.
"""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http import session as http_session
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.group_experiments import (
    GROUP_POINTS,
    run_group_experiments,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import is_own
from tests.reliability.fault_cases import FAULT_CASES, FaultCase, clear_fault
from tests.reliability.unlimited_rate import UnlimitedRate
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils._tasks.device_check.experiments import KilledError, kill_at, skip_waits

# Seconds. A result never depends on whether a response arrives in time.
_SHORT_TIMEOUT, _TIMEOUT = 0.4, 20.0
#: Where a fault occurs: each kind of request, at its first and at later ones.
POSITIONS: tuple[dict[str, Any], ...] = (
    {"call": "recording_group/create"},
    {"call": "recording_group/update", "skip": 4},
    {"call": "recording_group/list", "skip": 9},
    {"call": "recording_group/delete", "skip": 1},
    {"call": "recording_group/create", "skip": 4},
    {"call": "recording_group/delete", "skip": 3},
    {"call": "recording_group/list", "skip": 3},
)
#: The requests of the clean-up after one creation: a list, the deletion, a list, and what proves that nothing changed.
CLEAN_UP: tuple[dict[str, Any], ...] = (
    {"call": "recording_group/list", "skip": 1},
    {"call": "recording_group/delete", "skip": 1},
    {"call": "recording_group/list", "skip": 2},
    {"call": "recording_group/list", "skip": 3},
    {"call": "action/GetActionConfigurations", "skip": 1},
)
#: These stay until they are cleared, so that the clean-up cannot read what is left.
_LASTING = ("connection ", "503 always", "address blocked")


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing wait before it tries again."""
    monkeypatch.setattr(http_session, "_INITIAL_RETRY_DELAY", 0.001)
    monkeypatch.setattr(http_session, "_MAX_RETRY_DELAY", 0.001)
    skip_waits(monkeypatch)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet."""
    with Fleet() as running:
        yield running


@dataclass
class Run:
    """A device check: its area, and what ended it."""

    area: ScratchArea
    recorder: Recorder
    error: AxisError | None = None

    @property
    def remains(self) -> list[str]:
        """Return the IDs of what remains, according to the check."""
        return sorted(item["id"] or "" for item in self.area.remains)


Experiments = Callable[[ScratchArea, Recorder], object]


def add_camera(fleet: Fleet, **options: Any) -> Device:
    """Add a camera with groups, rules, and a running recording of others."""
    device = fleet.add("camera_12_9", **options)
    device.plant_group(recording_group_id="door", retention_time=720)
    device.plant_group(recording_group_id="other", nice_name="camfleet-check-", retention_time=24)
    device.plant_recordings("door", 3, running=True)
    device.plant_recording("other", name="Other")
    return device


def connect(device: Device, timeout: float = _TIMEOUT) -> Session:
    """Return a session with a device that does not limit its rate."""
    address: dict[str, Any] = {"host": device.host, "port": device.port, "protocol": "http"}
    if not device.port:
        tls = TLSSettings(fingerprint=device.certificate_sha256)
        address = {"host": device.host, "port": device.tls_port, "protocol": "https", "tls": tls}
    settings = ConnectionSettings(**address, username="operator", password="operator-pass", timeout=timeout, retries=1)
    return Session(settings, UnlimitedRate())


def run(
    device: Device,
    timeout: float = _TIMEOUT,
    experiments: Experiments = run_group_experiments,
    session: Session | None = None,
) -> Run:
    """Run a device check."""
    session = session or connect(device, timeout)
    found = Run(ScratchArea(session), Recorder(session))
    try:
        with found.area.opened():
            experiments(found.area, found.recorder)
    except AxisError as error:
        found.error = error
    return found


def create_one(area: ScratchArea, _recorder: Recorder) -> None:
    """Create a group, and leave it to the clean-up."""
    area.create_group("base")


def own(device: Device) -> list[str]:
    """Return the IDs of the scratch groups on a device."""
    groups = device.groups.values()
    return sorted(
        item.recording_group_id for item in groups if is_own(item.recording_group_id) or is_own(item.nice_name)
    )


def foreign(device: Device) -> Any:
    """Return everything on a device that is not of a device check."""
    groups = {number: group for number, group in device.groups.items() if number not in own(device)}
    return deepcopy((groups, device.recordings, device.actions.configurations, device.actions.rules))


def check_end(device: Device, found: Run, before: Any, *, is_exact: bool = True) -> None:
    """Check that what remains is stated, and that the next run removes it."""
    assert set(own(device)) <= set(found.remains)
    if is_exact:
        assert own(device) == found.remains, found.error
    assert foreign(device) == before
    clear_fault(device)
    again = run(device, experiments=create_one)
    assert (again.error, again.remains, own(device)) == (None, [], [])
    assert foreign(device) == before


@dataclass(frozen=True)
class Case:
    """A fault of the table at one position."""

    fault: FaultCase
    position: dict[str, Any]

    def plant(self, device: Device) -> None:
        """Plant the fault."""
        if self.fault.fault == "address blocked":
            device.plant_fault("blocked", **self.position)
        else:
            self.fault.plant(device, self.position)

    @property
    def timeout(self) -> float:
        """Return the timeout of the run in seconds."""
        return _SHORT_TIMEOUT if self.fault.waits_for_timeout else _TIMEOUT

    @property
    def is_exact(self) -> bool:
        """Return whether the clean-up can read what is left."""
        return not self.fault.waits_for_timeout and not self.fault.fault.startswith(_LASTING)


#: The same whenever it occurs: it changes the state of the device, or what others have on it.
_NOT_REQUESTS = ("only schema", "deprecated schema", "clock ", "second client", "storage removed", "characters that")
FAULTS = [case for case in FAULT_CASES if not case.fault.startswith(_NOT_REQUESTS)]


def build_cases(positions: Sequence[dict[str, Any]]) -> list[Any]:
    """Return each fault at each position; the quick form has each fault once, at one position after the other."""
    return [
        pytest.param(
            Case(fault, position),
            id=f"{fault.fault}-{place}",
            marks=[pytest.mark.long] * (place != number % len(positions)),
        )
        for number, fault in enumerate(FAULTS)
        for place, position in enumerate(positions)
    ]


@pytest.mark.fault("device check under a fault")
@pytest.mark.parametrize("case", build_cases(POSITIONS))
def test_what_was_created_is_removed_or_stated(fleet: Fleet, case: Case) -> None:
    device = add_camera(fleet)
    before = foreign(device)
    case.plant(device)
    found = run(device, case.timeout)
    assert found.error is None or found.error.kind != "invalid_option"
    check_end(device, found, before, is_exact=case.is_exact)


@pytest.mark.fault("device check under a fault of its clean-up")
@pytest.mark.parametrize("case", build_cases(CLEAN_UP))
def test_a_fault_of_the_clean_up_leaves_nothing_unstated(fleet: Fleet, case: Case) -> None:
    device = add_camera(fleet)
    before = foreign(device)
    case.plant(device)
    found = run(device, case.timeout, create_one)
    check_end(device, found, before, is_exact=case.is_exact)


def count_requests(fleet: Fleet) -> int:
    """Return how many requests a run sends."""
    device = add_camera(fleet)
    assert run(device).error is None
    return len(device.journal)


@pytest.mark.fault("device check killed")
@pytest.mark.parametrize("is_applied", [False, True])
def test_the_next_run_removes_what_a_killed_one_left(fleet: Fleet, soak: bool, is_applied: bool) -> None:
    """Nothing is sent after the request, which is how a device sees that a process was killed."""
    requests = count_requests(fleet)
    assert requests > 60
    for number in range(1, requests + 1) if soak else range(2 + is_applied, requests, 13):
        device = add_camera(fleet)
        before = foreign(device)
        session = connect(device)
        kill_at(session, number, is_sent=is_applied)
        with pytest.raises(KilledError):
            run(device, session=session)
        left = own(device)
        assert foreign(device) == before
        again = run(device, experiments=create_one)
        assert (again.error, again.remains, own(device)) == (None, [], []), f"killed at request {number}"
        assert {item["id"] for item in again.area.leftovers} == {*left}
        assert foreign(device) == before


@pytest.mark.fault("device check killed (SIGKILL)")
def test_a_process_that_is_killed(fleet: Fleet, soak: bool) -> None:
    requests = count_requests(fleet)
    for number in range(2, requests) if soak else (8, 60, requests - 12):
        device = add_camera(fleet)
        before = foreign(device)
        process: list[int] = []
        device.plant_fault(
            "callback",
            run=lambda _device, process=process: os.kill(process[0], signal.SIGKILL),
            skip=number - 2,
            when="after" if number % 2 else "before",
        )
        ready, start = os.pipe()
        with warnings.catch_warnings():
            # The child uses no thread of this process.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            os.read(ready, 1)
            with suppress(BaseException):
                run(device)
            os._exit(1)
        process.append(child)
        os.write(start, b"1")
        _pid, status = os.waitpid(child, 0)
        os.close(ready)
        os.close(start)
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert foreign(device) == before
        again = run(device, experiments=create_one)
        assert (again.error, again.remains, own(device)) == (None, [], [])
        assert foreign(device) == before


def _scratch_group(device: Device) -> Any:
    return next((group for number, group in device.groups.items() if is_own(number)), None)


def _delete_scratch(device: Device) -> None:
    if (group := _scratch_group(device)) is not None:
        device.delete_group(group)


def _change_scratch(device: Device) -> None:
    if (group := _scratch_group(device)) is not None:
        device.change_group(group, retention_time=1, nice_name="Theirs", description="theirs", stream_options="")


def _use_scratch(device: Device) -> None:
    if (group := _scratch_group(device)) is not None:
        device.plant_configuration(name="Theirs", recording_group_id=group.recording_group_id)


@pytest.mark.fault("device check while another client writes")
@pytest.mark.parametrize("change", [_delete_scratch, _change_scratch])
def test_another_client_ends_the_check_at_most(fleet: Fleet, soak: bool, change: Callable[[Device], object]) -> None:
    for skip in range(0, 60, 3) if soak else range(2, 20, 5):
        device = add_camera(fleet)
        device.plant_fault("callback", call="recording_group/*", run=change, skip=skip)
        found = run(device)
        assert (own(device), found.remains) == ([], [])
        assert set(GROUP_POINTS) <= set(found.recorder.answers) or found.error is not None


@pytest.mark.fault("disk removed during a device check")
def test_a_group_on_a_removed_disk_is_stated(fleet: Fleet, soak: bool) -> None:
    for skip in range(0, 60 if soak else 20, 3):
        device = add_camera(fleet)
        cards: list[Any] = []
        device.plant_fault(
            "callback",
            call="recording_group/*",
            run=lambda device, cards=cards: cards.append(device.pull_disk("SD_DISK")),
            skip=skip,
        )
        found = run(device)
        (card,) = cards
        assert found.error is not None
        # No answer is that of a device without a disk.
        answers = {name: item.answer for name, item in found.recorder.answers.items()}
        assert answers["existing_id"] in (None, "error_20")
        assert (answers["bad_argument"], answers["disk_id_required"], answers["unknown_disk"]) == (None, None, None)
        assert found.remains == [item.recording_group_id for item in card.groups if is_own(item.recording_group_id)]
        device.insert_disk("SD_DISK", card)
        again = run(device, experiments=create_one)
        assert [item["id"] for item in again.area.leftovers] == found.remains
        assert (again.error, again.remains, own(device)) == (None, [], [])


@pytest.mark.fault("device check whose group another client uses")
def test_a_group_that_another_client_uses_is_stated(fleet: Fleet) -> None:
    device = add_camera(fleet)
    device.plant_fault("callback", call="recording_group/update", run=_use_scratch)
    found = run(device)
    assert found.error is not None
    assert found.error.kind == "group_in_use"
    assert found.remains == own(device) != []
    assert len(found.area.changes) == 1
    assert found.area.changes[0].endswith("was added while the device check ran.")


def test_a_blocked_address_is_waited_for(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    device = add_camera(fleet)
    before = foreign(device)
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if sum(waited) > 10:
            clear_fault(device)

    monkeypatch.setattr(scratch, "_CLEANUP_DELAYS", (0.5, 1.0, 2.0, 4.0, 8.0))
    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(http_session, "_BLOCK_SECONDS", 0.0)
    device.plant_fault("blocked", call="recording_group/update", skip=3)
    found = run(device)
    assert found.error is not None
    assert found.error.kind == "blocked"
    assert sum(waited) > 10
    assert (own(device), found.remains) == ([], [])
    assert foreign(device) == before


@pytest.mark.fault("device check whose deletions have no effect")
@pytest.mark.parametrize("skip", [0, 1, 2, 3])
def test_deletions_without_effect_are_stated(fleet: Fleet, skip: int) -> None:
    device = add_camera(fleet)
    before = foreign(device)
    device.plant_fault("ignore_write", call="recording_group/delete", times=None, skip=skip)
    found = run(device)
    assert found.error is not None
    assert found.error.kind == "not_applied"
    assert len(own(device)) == 1
    check_end(device, found, before)


@pytest.mark.parametrize("policy", ["Basic", "Digest"])
def test_over_https(fleet: Fleet, policy: str) -> None:
    device = add_camera(fleet, scheme="https")
    device.policy = policy
    before = foreign(device)
    found = run(device)
    assert (found.error, found.remains, own(device)) == (None, [], [])
    assert foreign(device) == before


def test_a_replaced_device_receives_no_write(fleet: Fleet) -> None:
    device, other = add_camera(fleet), add_camera(fleet)
    device.plant_fault("callback", call="recording_group/update", run=lambda _device: device.replace_by(other), skip=2)
    found = run(device)
    assert found.error is not None
    assert other.writes == []
    assert found.remains == own(device) != []


@pytest.mark.parametrize("code", [110, 140, *(pytest.param(code, marks=pytest.mark.long) for code in (10, 20, 999))])
def test_a_rejected_deletion_is_stated(fleet: Fleet, code: int) -> None:
    device = add_camera(fleet, switches=Switches(existing_id="overwrite"))
    before = foreign(device)
    device.plant_fault("error_code", call="recording_group/delete", code=code, times=None, skip=1)
    found = run(device)
    assert found.error is not None
    assert found.error.code == code
    check_end(device, found, before)
