# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the tests that talk HTTP: a camera, and the run functions of the modules against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._device import Device as Address
from ansible_collections.camfleet.axis.plugins.module_utils._device import Session
from ansible_collections.camfleet.axis.plugins.module_utils._run import (
    run_recording_action,
    run_recording_group,
    run_retention_policy,
)
from ansible_collections.camfleet.axis.plugins.module_utils._trust import Trust
from tests.simulator import Fleet
from tests.simulator.device import Device

DEFAULTS: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": None,
    "username": "operator",
    "password": "operator-pass",
    "protocol": "http",
    "validate_certs": True,
    "ca_path": None,
    "tls_server_name": None,
    "tls_fingerprint": None,
    "auth": "auto",
    "timeout": 5.0,
    "retries": 2,
    "proxy": None,
    "holds": [],
    "recording_group_id": None,
    "nice_name": None,
    "description": None,
    "retention_time": None,
    "disk_id": None,
    "stream_options": None,
    "pre_duration": None,
    "post_duration": None,
    "state": "present",
    "allow_recording_loss": False,
    "allow_recording_stop": False,
}
_GROUP = (
    "recording_group_id",
    "nice_name",
    "description",
    "retention_time",
    "disk_id",
    "stream_options",
    "pre_duration",
    "post_duration",
)
#: what a task of axis_recording_action says that gives nothing but the group
RECORDING: dict[str, Any] = {"name": None, "enabled": True, "always": None, "conditions": None, "start_event": None}
_MATCH = ("recording_group_id", "nice_name", "stream_options")


def policy_parameters(**options: Any) -> dict[str, Any]:
    """Validated parameters of axis_retention_policy: each entry with every option, as Ansible's validator leaves it."""
    whole = {
        "groups": [],
        "existing": [],
        "purge": False,
        "purge_match": [],
        "retention_minimum": None,
        "retention_maximum": None,
        "unexpected": "report",
        "on_refused": "fail",
        "allow_recording_stop": False,
        **options,
    }
    whole["groups"] = [{**dict.fromkeys((*_GROUP, "record")), **entry} for entry in whole["groups"]]
    whole["existing"] = [
        {**dict.fromkeys(_GROUP[1:]), **entry, "match": {**dict.fromkeys(_MATCH), **entry["match"]}}
        for entry in whole["existing"]
    ]
    kept = {name: value for name, value in DEFAULTS.items() if name not in {*_GROUP, "state"}}
    return {**kept, **whole}


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """An empty fleet, listening."""
    with Fleet() as running:
        yield running


@pytest.fixture
def camera(fleet: Fleet) -> Device:
    """One camera without groups."""
    return fleet.add("camera_12_9", "camera")


class Run(Protocol):
    """Calls run_recording_group, run_recording_action or run_retention_policy, with validated parameters."""

    def __call__(self, device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]: ...


@pytest.fixture
def run() -> Run:
    """The result for one device; warnings are put into it as the action does."""

    def call(device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        warnings: list[str] = []
        parameters = {**DEFAULTS, "port": device.port, **options}
        result = run_recording_group(
            parameters, check_mode=check_mode, diff=False, open_session=Session, warn=warnings.append
        )
        return {**result, "warnings": warnings}

    return call


@pytest.fixture
def act() -> Run:
    """The result of axis_recording_action for one device; warnings are put into it as the action does."""

    def call(device: Device, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        warnings: list[str] = []
        kept = {name: value for name, value in DEFAULTS.items() if name not in {*_GROUP, "allow_recording_loss"}}
        parameters = {**kept, "recording_group_id": "door", **RECORDING, "port": device.port, **options}
        result = run_recording_action(
            parameters, check_mode=check_mode, diff=False, open_session=Session, warn=warnings.append
        )
        return {**result, "warnings": warnings}

    return call


@pytest.fixture
def apply() -> Run:
    """The result of a policy for one device; warnings are put into it as the action does."""

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
    """A session with the camera."""
    return Session(address_of(camera))


def address_of(device: Device, **changes: Any) -> Address:
    """Where a simulated device is, with the operator's login; on HTTPS its certificate is pinned."""
    values: dict[str, Any] = {"host": device.host, "port": device.port, "protocol": "http", "timeout": 5.0}
    if not device.port:
        trust = Trust(fingerprint=device.certificate_sha256)
        values |= {"port": device.tls_port, "protocol": "https", "trust": trust}
    return Address(**{**values, "username": "operator", "password": "operator-pass", **changes})
