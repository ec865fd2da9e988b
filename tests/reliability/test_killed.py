# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A killed ansible-playbook leaves no process, although the cameras do not respond for minutes.

Each test ends several runs against the same cameras at the same time, each in its own way.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.playbook import command, environment
from tests.simulator import Device, Fleet
from tests.unit.simulator.raw_client import wait_for


class End(NamedTuple):
    """How a run is ended."""

    number: signal.Signals
    #: whether all processes of the group receive the signal, as from a terminal
    is_for_group: bool
    status: int


KILLED = (End(signal.SIGTERM, False, -signal.SIGTERM), End(signal.SIGKILL, False, -signal.SIGKILL))
#: ``User interrupted execution``.
INTERRUPTED = (End(signal.SIGINT, False, 99), End(signal.SIGINT, True, 99))
#: As a terminal that is closed does, and AWX for a job that is canceled, at the latest after a while.
GROUP_KILLED = (End(signal.SIGHUP, True, -signal.SIGHUP), End(signal.SIGTERM, True, -signal.SIGTERM))
BASTION = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
_MARK = "CAMFLEET_KILLED_RUN"
_SECONDS = 60


class Run:
    """A run of ansible-playbook, with everything that it starts."""

    def __init__(self, playbook: Path | str, inventory: Path, scratch: Path) -> None:
        scratch.mkdir()
        self._mark = f"{_MARK}={uuid.uuid4().hex}".encode()
        name, _equals, value = self._mark.decode().partition("=")
        self.scratch = scratch
        self.main = subprocess.Popen(
            command(playbook, inventory),
            env=environment(scratch, {name: value}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def processes(self) -> list[int]:
        """Return the processes of the run, which all inherit its environment."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):  # it has ended, or is that of another user
                if self._mark in path.read_bytes():
                    found.append(int(path.parent.name))
        return found

    def end(self) -> None:
        """End what is left."""
        for process in self.processes():
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)
        self.main.wait()


@contextmanager
def runs(playbook: Path | str, inventory: Path, tmp_path: Path, ends: Sequence[End] = KILLED) -> Iterator[list[Run]]:
    """Start a run for each end."""
    with ExitStack() as stack:
        started = []
        for number, _end in enumerate(ends):
            started.append(Run(playbook, inventory, tmp_path / f"run{number}"))
            stack.callback(started[-1].end)
        yield started


def kill(started: list[Run], are_waiting: Callable[[], bool], ends: Sequence[End] = KILLED) -> None:
    """End each run when they wait for cameras, and assert that nothing is left of any."""

    def are_ready() -> bool:
        assert {run.main.poll() for run in started} == {None}
        return are_waiting()

    wait_for(are_ready, timeout=300)
    before = [len(run.processes()) for run in started]
    assert min(before) > 1
    for run, end in zip(started, ends, strict=True):
        (os.killpg if end.is_for_group else os.kill)(run.main.pid, end.number)
    wait_for(lambda: not any(run.processes() for run in started), timeout=_SECONDS)
    assert [run.main.wait() for run in started] == [end.status for end in ends]


def write_inventory(
    tmp_path: Path, fleet: Fleet, variables: Mapping[str, Any] | None = None, **others: Mapping[str, Any]
) -> Path:
    """Write an inventory of the fleet, whose cameras may take ten minutes to respond, with more variables."""
    variables = {
        "axis_protocol": "http",
        "axis_username": "operator",
        "axis_password": "operator-pass",
        "axis_timeout": 600,
        "retention_policy_groups": [{"id": "door", "retention_time": "60d"}],
        **(variables or {}),
    }
    hosts = {device.name: {"ansible_host": device.host, "axis_port": device.port} for device in fleet.devices.values()}
    inventory = {"axis": {"hosts": hosts, "vars": variables}, "others": {"hosts": others}}
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps({"all": {"children": inventory}}), encoding="utf-8")
    return path


def count(device: Device, call: str) -> int:
    """Return how many requests with a login a device received, one from each run: the fault holds them."""
    return sum(entry.call == call and entry.authorization is not None for entry in device.journal)


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let runs inherit that SIGINT is not ignored, which what starts the tests may do."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet() as running:
        yield running


@pytest.mark.fault("ansible-playbook killed during a task")
def test_nothing_is_left_of_tasks(fleet: Fleet, tmp_path: Path) -> None:
    cameras = [fleet.add("camera_12_9", name) for name in ("here", "there", "there2")]
    for camera in cameras:
        camera.plant_fault("no_response", call="recording_group/list", when="before", times=None)
    task = {"camfleet.axis.axis_recording_group": {"id": "door", "retention_time": "60d"}}
    tasks = [
        {**task, "when": "inventory_hostname == 'here'"},
        {**task, "when": "inventory_hostname != 'here'", "delegate_to": "jump"},
    ]
    playbook = tmp_path / "play.yml"
    play = {"hosts": "axis", "gather_facts": False, "strategy": "free", "tasks": tasks}
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    with runs(playbook, write_inventory(tmp_path, fleet, jump=BASTION), tmp_path) as started:
        kill(started, lambda: all(count(camera, "recording_group/list") >= 2 for camera in cameras))
    # The file with the arguments of the delegated module contains the password.
    assert not [path for run in started for path in run.scratch.glob("tmp/*/AnsiballZ*")]


@pytest.mark.fault("ansible-playbook killed during an audit")
@pytest.mark.parametrize("ends", [KILLED + INTERRUPTED, pytest.param(GROUP_KILLED, marks=pytest.mark.long)])
def test_nothing_is_left_of_an_audit(fleet: Fleet, tmp_path: Path, ends: Sequence[End]) -> None:
    # As many as several processes check. The first ones prove that the password is right.
    cameras = [fleet.add("camera_12_9", f"camera{number:03}") for number in range(60)]
    for camera in cameras[40:]:
        camera.plant_fault("no_response", call="recording_group/list", when="before", times=None)

    def are_waiting() -> bool:
        return all(count(camera, "recording_group/list") >= len(ends) for camera in cameras[40:])

    with runs("camfleet.axis.audit", write_inventory(tmp_path, fleet), tmp_path, ends) as started:
        kill(started, are_waiting, ends)


@pytest.mark.fault("ansible-playbook killed during a wave")
def test_nothing_is_left_of_a_wave(fleet: Fleet, tmp_path: Path) -> None:
    camera = fleet.add("camera_12_9", "camera")
    camera.plant_group(recording_group_id="door", retention_time=720)
    camera.plant_fault("no_response", call="recording_group/update", when="before", times=None)
    with runs("camfleet.axis.roll_out", write_inventory(tmp_path, fleet), tmp_path) as started:
        kill(started, lambda: count(camera, "recording_group/update") >= 2)


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        return [
            int(child)
            for path in Path(f"/proc/{process}/task").glob("*/children")
            for child in path.read_text(encoding="ascii").split()
        ]
    except OSError:  # it has ended
        return []


@pytest.mark.fault("process of an audit killed, for example because the memory is full")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="an audit starts one process for each core")
def test_one_process_of_an_audit_is_killed(fleet: Fleet, tmp_path: Path) -> None:
    """It has the results of all of its cameras but one."""
    cameras = [fleet.add("camera_12_9", f"camera{number:03}") for number in range(60)]
    for camera in cameras:
        camera.plant_group(recording_group_id="door", retention_time=1440)
    cameras[0].plant_fault("no_response", call="recording_group/list", when="before", times=None)
    report = {"retention_policy_report_dir": str(tmp_path / "report"), "retention_policy_report_formats": ["json"]}
    inventory = write_inventory(tmp_path, fleet, variables=report)
    end = End(signal.SIGKILL, False, 2)
    with runs("camfleet.axis.audit", inventory, tmp_path, [end]) as (run,):

        def find() -> list[int]:
            return [process for worker in children(run.main.pid) for process in children(worker)]

        wait_for(lambda: all(count(camera, "recording_group/list") for camera in cameras), timeout=300)
        # The other process ends with its last result.
        wait_for(lambda: len(find()) == 1, timeout=300)
        os.kill(find()[0], end.number)
        assert run.main.wait(timeout=300) == end.status
        assert not run.processes()
    (file,) = (tmp_path / "report").glob("*.json")
    hosts = json.loads(file.read_text(encoding="utf-8"))["hosts"]
    found = {host["host"]: (host["verdict"], host["reason"]) for host in hosts}
    assert found["camera000"] == ("unverified", _REASON)
    # Its last results may not have been on their way yet.
    lost = {f"camera{number:03}" for number in range(0, 60, 2)}
    assert all(found[camera.name] == ("compliant", "") for camera in cameras if camera.name not in lost)
    assert {found[name] for name in lost} <= {("compliant", ""), ("unverified", _REASON)}


_REASON = (
    "interrupted: The check has no result, because its process was killed (signal 9, Killed). Check the memory of this "
    "machine and its limits (ulimit -a), and run again."
)
