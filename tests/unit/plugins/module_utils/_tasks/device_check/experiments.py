# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the experiments of a device check on a simulated device that another client uses."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import scratch
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.action_experiments import (
    run_action_experiments,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import PointAnswer
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import ScratchArea
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import is_own
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.waiting import run_waiting
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for

#: More of them only take longer.
FEW, MANY = 3, 60


def skip_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clean-up try again without a delay."""
    monkeypatch.setattr(scratch, "_CLEANUP_DELAYS", (0.0,) * 5)
    monkeypatch.setattr(scratch, "_RECORDING_DELAYS", (0.0,))
    monkeypatch.setattr(scratch, "_DELETION_DELAYS", (0.0,))
    monkeypatch.setattr(scratch, "_QUIET_TIME", 0.0)
    monkeypatch.setattr(scratch, "_LATE", 0.0)


def wait_by_the_device(monkeypatch: pytest.MonkeyPatch, device: Device) -> None:
    """Let the clean-up wait by the clock of a device."""
    monkeypatch.setattr(scratch.time, "sleep", lambda seconds: device.advance(seconds / 3600))
    monkeypatch.setattr(scratch, "_CLEANUP_DELAYS", (0.5, 1.0, 2.0, 4.0, 8.0))
    monkeypatch.setattr(scratch, "_RECORDING_DELAYS", (15.0,) * 5)


def plant_foreign(device: Device, count: int = FEW, *, running: bool = False) -> None:
    """Plant groups and rules of another client, with recordings on the disk of the groups."""
    for number in range(count):
        device.plant_group(recording_group_id=f"foreign-{number}", retention_time=720)
        device.plant_recording(f"foreign-{number}", name=f"Rule {number}", enabled=False)
    device.plant_recordings("foreign-0", 5, newest_age_hours=0 if running else 0.1, running=running)


def foreign_state(device: Device) -> Any:
    """Return what a device has that is not of a device check, without how long a recording has run."""
    actions = device.actions
    groups = [group for group in device.groups.values() if not is_own(group.recording_group_id)]
    ids = {group.recording_group_id for group in groups}
    return deepcopy(
        (
            groups,
            [item for item in device.recordings if item.group_id in ids],
            [item for item in actions.configurations.values() if not is_own(item.name)],
            [item for item in actions.rules.values() if not is_own(item.name)],
        )
    )


def own_items(device: Device) -> list[str]:
    """Return what a device has of a device check, with its recordings."""
    groups = [group.recording_group_id for group in device.groups.values() if is_own(group.recording_group_id)]
    actions = [*device.actions.configurations.values(), *device.actions.rules.values()]
    recordings = [item.recording_id for item in device.recordings if is_own(item.group_id or "")]
    return [*groups, *(item.name for item in actions if is_own(item.name)), *recordings]


@dataclass
class Experiments:
    """The experiments of one run, and what they led to."""

    device: Device
    #: what earlier experiments found
    settled: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str | None] = field(default_factory=dict)
    remains: list[dict[str, str | None]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    error: AxisError | None = None
    is_killed: bool = False
    progress: list[str] = field(default_factory=list)
    session: Session | None = None
    #: seconds
    slept: float = 0
    #: called with the number of seconds of each sleep
    on_sleep: Callable[[float], None] = lambda _seconds: None

    def sleep(self, seconds: float) -> None:
        """Let the clock of the device advance."""
        self.slept += seconds
        self.device.advance(seconds / 3600)
        self.on_sleep(seconds)

    def run(
        self, *, wait: float | None = None, actions: bool = True, kill: tuple[int, bool] | None = None, **settings: Any
    ) -> Experiments:
        """Run the experiments with actions, those that take time, or both.

        :param wait: hours.
        :param kill: the number of the request at which the run is killed, and whether the request is sent.
        """
        session = self.session = Session(settings_for(self.device, retries=0, **settings))
        if kill is not None:
            kill_at(session, kill[0], is_sent=kill[1])
        recorder = Recorder(session)
        for name, answer in self.settled.items():
            recorder.answers[name] = PointAnswer(answer)
        area = ScratchArea(session, own=recorder.own)
        try:
            with area.opened():
                if actions:
                    run_action_experiments(session, area, recorder)
                if wait is not None:
                    run_waiting(session, area, recorder, wait * 3600, sleep=self.sleep, progress=self.progress.append)
        except AxisError as error:
            self.error = error
        except KilledError:
            self.is_killed = True
        finally:
            session.close()
        self.answers = {name: point.answer for name, point in recorder.answers.items()}
        self.notes = {name: point.note for name, point in recorder.answers.items()}
        self.remains, self.changes = area.remains, area.changes
        return self


class KilledError(BaseException):
    """The run is killed: nothing that it would do afterwards has an effect."""


def kill_at(session: Session, number: int, *, is_sent: bool) -> None:
    """Let a session be killed at a request, before it is sent, or before its response is read."""
    send = session._transport.send
    sent = 0

    def send_until_killed(*arguments: Any, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent < number:
            return send(*arguments, **options)
        if sent == number and is_sent:
            send(*arguments, **options)
        raise KilledError

    session._transport.send = send_until_killed  # type: ignore[method-assign]
