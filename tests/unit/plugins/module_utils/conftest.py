# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the tests that use HTTP: a simulated camera, and the run functions of the modules."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, Protocol

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http import session as http_session
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import ConnectionSettings, Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._tasks import writes
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    run_recording_action,
    run_recording_group,
    run_retention_policy,
)
from tests.parameters import action_parameters, group_parameters, policy_parameters
from tests.reliability.unlimited_rate import UnlimitedRate
from tests.simulator import Fleet
from tests.simulator.device import Device


@pytest.fixture(autouse=True)
def lists_stay_recent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no list become too old for a write, so that the requests do not depend on the speed of the machine."""
    monkeypatch.setattr(writes, "MAX_AGE", math.inf)


@pytest.fixture(autouse=True)
def requests_never_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no request wait for the limit of the rate, which its tests pass to a session, and no retry for its delay."""
    monkeypatch.setattr(http_session, "RateLimiter", UnlimitedRate)
    monkeypatch.setattr(http_session, "_INITIAL_RETRY_DELAY", 0.001)


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet that is listening, and whose clocks stand still at the time of this machine."""
    with Fleet(now=datetime.now(timezone.utc).replace(microsecond=0)) as running:
        yield running


@pytest.fixture
def camera(fleet: Fleet) -> Device:
    """Return a camera without groups."""
    return fleet.add("camera_12_9", "camera")


class RunTask(Protocol):
    """A task of one module, with validated parameters."""

    def __call__(self, device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        """Return its result, with the warnings."""


@pytest.fixture
def run_group() -> RunTask:
    """Return a function that runs axis_recording_group for one device."""

    def call(device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        warnings: list[str] = []
        parameters = group_parameters(**{"port": device.port, **options})
        result = run_recording_group(
            parameters, check_mode=check_mode, diff=False, open_session=Session, warn=warnings.append
        )
        return {**result, "warnings": warnings}

    return call


@pytest.fixture
def run_action() -> RunTask:
    """Return a function that runs axis_recording_action for one device."""

    def call(device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        warnings: list[str] = []
        parameters = action_parameters(**{"port": device.port, **options})
        result = run_recording_action(
            parameters, check_mode=check_mode, diff=False, open_session=Session, warn=warnings.append
        )
        return {**result, "warnings": warnings}

    return call


@pytest.fixture
def run_policy() -> RunTask:
    """Return a function that runs axis_retention_policy for one device."""

    def call(device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        warnings: list[str] = []
        parameters = policy_parameters(**{"port": device.port, **options})
        result = run_retention_policy(
            parameters, check_mode=check_mode, diff=False, open_session=Session, warn=warnings.append
        )
        return {**result, "warnings": warnings}

    return call


@pytest.fixture
def session(camera: Device) -> Session:
    """Return a session with the camera."""
    return Session(settings_for(camera))


def settings_for(device: Device, **changes: Any) -> ConnectionSettings:
    """Return settings for a simulated device and its operator; with HTTPS, its certificate is pinned."""
    values: dict[str, Any] = {"host": device.host, "port": device.port, "protocol": "http", "timeout": 5.0}
    if not device.port:
        tls = TLSSettings(fingerprint=device.certificate_sha256)
        values |= {"port": device.tls_port, "protocol": "https", "tls": tls}
    return ConnectionSettings(**{**values, "username": "operator", "password": "operator-pass", **changes})
