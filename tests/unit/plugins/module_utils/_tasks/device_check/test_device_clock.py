# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting by the clock of a device, which may run fast, stand still, or be set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceUnreachableError, TimeLimitError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.device_clock import (
    DeviceClock,
    UndecidableError,
)
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.recording_groups import RecordingGroups
from tests.simulator.device import Device


@pytest.fixture
def connected(session: Session) -> Session:
    """Return the session after a first response."""
    RecordingGroups(session).schema_versions()
    return session


def advancing(device: Device, speed: float, slept: list[float]) -> Callable[[float], None]:
    """Return a sleep during which the device's clock advances at a speed."""

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        device.advance(seconds * speed / 3600)

    return sleep


@pytest.mark.parametrize("speed", [1, 0.5, 60, 1000])
def test_the_clock_of_the_device_counts(camera: Device, connected: Session, speed: float) -> None:
    slept: list[float] = []
    began = camera.now
    DeviceClock(connected, advancing(camera, speed, slept)).wait(3 * 3600)
    # A fast clock can be late by one pause of a second.
    assert timedelta(hours=3) <= camera.now - began <= timedelta(hours=3, seconds=2 + speed)
    assert sum(slept) <= 3 * 3600 / speed + 301
    assert max(slept) <= 300


def test_a_time_in_the_past_needs_no_wait(camera: Device, connected: Session) -> None:
    DeviceClock(connected, pytest.fail).wait_until(camera.now - timedelta(hours=1))


@pytest.mark.fault("clock of the device that stands still, or is set")
def test_a_clock_that_stands_still_ends_the_wait(connected: Session) -> None:
    slept: list[float] = []
    with pytest.raises(UndecidableError, match="does not run"):
        DeviceClock(connected, slept.append).wait(60)
    assert 120 < sum(slept) < 240


def test_a_clock_that_is_set_back_ends_the_wait(camera: Device, connected: Session) -> None:
    with pytest.raises(UndecidableError, match="was set"):
        DeviceClock(connected, advancing(camera, -60, [])).wait(60)


@pytest.mark.fault("device that restarts during the wait")
def test_a_device_that_restarts_is_waited_for(camera: Device, connected: Session) -> None:
    slept: list[float] = []
    advance = advancing(camera, 1, slept)

    def sleep(seconds: float) -> None:
        advance(seconds)
        camera.network = "closed" if 2 < sum(slept) < 300 else "up"

    clock = DeviceClock(connected, sleep)
    clock.wait(600)
    assert clock.interruptions > 1


@pytest.mark.parametrize("kind", ["unreachable", "authentication"])
def test_an_error_that_does_not_pass_ends_the_wait(camera: Device, connected: Session, kind: str) -> None:
    slept: list[float] = []
    advance = advancing(camera, 1, slept)

    def sleep(seconds: float) -> None:
        advance(seconds)
        if kind == "unreachable":
            camera.network = "closed"
        else:
            camera.expire_nonce()
            camera.accounts["operator"].password = "other"

    with pytest.raises(Exception) as raised:  # noqa: PT011
        DeviceClock(connected, sleep).wait(3600)
    assert getattr(raised.value, "kind", None) == kind
    assert isinstance(raised.value, DeviceUnreachableError) == (kind == "unreachable")
    assert sum(slept) < 800


def test_the_time_limit_of_the_task_ends_a_sleep(camera: Device, connected: Session) -> None:
    def sleep(_seconds: float) -> None:
        connected.time_limit.expire()
        pytest.fail("the sleep continued")

    with pytest.raises(TimeLimitError):
        DeviceClock(connected, sleep).wait(60)
