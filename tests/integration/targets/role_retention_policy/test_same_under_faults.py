# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Under every fault that a check meets, the check of all hosts in one task has the results of the task of each host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import Any

from tests.integration.conftest import Play
from tests.integration.role import APPLY, AUDIT, CHECK
from tests.integration.targets.role_retention_policy.test_same_results import ROLE, assert_same
from tests.playbook import PlaybookRun
from tests.reliability.fault_cases import AFTER, FAULT_CASES, STAGES, FaultCase, add_camera, clear_fault
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device

#: Seconds. The short one is for cameras that let a check wait for it.
SHORT_TIMEOUT, LONG_TIMEOUT = 1, 60
#: A check reads groups, recordings, disks, and rules.
POLICY = {
    "retention_policy_groups": [{"recording_group_id": "door", "retention_time": str(AFTER), "recording": "always"}],
    "retention_policy_existing_groups": [{"match": {"recording_group_id": "other"}, "retention_time": "24h"}],
    "retention_policy_purge": True,
    "retention_policy_purge_match": ["pilot*"],
    "retention_policy_minimum": "1d",
    "retention_policy_verify_recordings": True,
    "axis_timeout": LONG_TIMEOUT,
    "axis_retries": 1,
}
#: The end of the connection may arrive before or after the first bytes of the request, and the message says which.
BY_TIMING = {"connection reset when made", "connection closed when made"}
#: The errors of all cameras.
KINDS = {
    *("unreachable", "timeout", "tls", "authentication", "forbidden", "blocked", "unsupported", "device_error"),
    *("malformed_response", "redirect", "conflict"),
}
Plant = Callable[[Device], object]
CALLS = ("recording_group/list", "record/list", "disks/list", "action/GetActionConfigurations", "action/GetActionRules")
HOSTILE = "Tür \x1b[31m\u202e\u2028 operator-pass \n fatal: [other]: FAILED! => {} \U000e0041"


def responses(*, soak: bool) -> dict[str, Plant]:
    """Return faults of the responses to the calls of a check, by name of a camera.

    In the quick form, each fault affects the first call and one of the others in turn.
    """
    faults: dict[str, tuple[str, dict[str, Any]]] = {
        "dropped": ("drop_before", {"times": None}),
        "dropped-once": ("drop_after", {}),
        "half": ("reset_in_response", {}),
        "busy": ("http_status", {"status": 503, "times": None}),
        "too-many": ("http_status", {"status": 429, "headers": (("Retry-After", "0"),)}),
        "broken": ("http_status", {"status": 500}),
        "forbidden": ("http_status", {"status": 403}),
        "html": ("html", {}),
        "empty": ("body", {"body": b""}),
        "truncated": ("truncated", {}),
        "oversized": ("oversized", {"size": 9 * 1024 * 1024}),
        "echo": ("echo", {}),
        "error": ("error_code", {"code": 10, "description": HOSTILE}),
        "redirect": ("redirect", {"location": "http://operator:operator-pass@192.0.2.1/?x=operator-pass"}),
    }
    stale = partial(Device.plant_fault, kind="stale_nonce", times=None)
    return {"stale": stale} | {
        f"{name}-{call.replace('/', '-').lower()}": partial(Device.plant_fault, kind=kind, call=call, **options)
        for number, (name, (kind, options)) in enumerate(faults.items())
        for call in (CALLS if soak else (CALLS[0], CALLS[1 + number % (len(CALLS) - 1)]))
    }


def states() -> dict[str, Plant]:
    """Return states of a device, by name of a camera."""

    def attribute(target: str, name: str, value: Any) -> Plant:
        return lambda device: setattr(getattr(device, target) if target else device, name, value)

    return {
        "nonce-once": attribute("", "nonce_uses", 1),
        "basic-only": attribute("", "policy", "Basic"),
        "sha-256": attribute("authenticator", "sha256", True),
        "realm": attribute("authenticator", "realm", "camera operator-pass"),
        "future": attribute("", "now", datetime(2040, 1, 1, tzinfo=timezone.utc)),
        "past": attribute("", "now", datetime(1970, 1, 2, tzinfo=timezone.utc)),
        "hostile": lambda device: device.plant_group(
            recording_group_id="pilot1", nice_name=HOSTILE, description=HOSTILE, stream_options="text=operator-pass"
        ),
        "secret": lambda device: device.plant_group(recording_group_id="pilot-operator-pass", nice_name="operator"),
        "without-disk": lambda device: device.pull_disk("SD_DISK"),
        "replaced": lambda device: setattr(device, "serial", "ACCC8EFFFFFF"),
        "locked": lambda device: device.plant_recordings("door", 3, locked=True),
        "recorded": lambda device: device.plant_recording("door", name="Mine"),
        "failover": lambda device: device.plant_recording("other", failover_action="door"),
    }


def tls_cameras(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Add cameras with HTTPS, and return the variables of each."""
    ca = {"axis_tls_fingerprint": None, "axis_ca_path": str(fleet.ca_path)}
    hosts: dict[str, dict[str, Any]] = {
        "pin-wrong": {"axis_tls_fingerprint": "ab" * 32},
        "pin-none": {"axis_tls_fingerprint": None},
        "unverified": {"axis_tls_fingerprint": None, "axis_validate_certs": False},
        "digest-tls": {"axis_auth": "digest"},
        "basic-tls": {"axis_auth": "basic"},
        "http-to-https": {"axis_protocol": "http"},
    }
    for name in hosts:
        add_camera(fleet, name, scheme="https")
    for name, variables in {
        "ca": {**ca, "axis_tls_server_name": "camera.example"},
        "ca-other-name": ca,
        "ca-expired": {**ca, "axis_tls_server_name": "camera.example"},
    }.items():
        device = add_camera(fleet, name, scheme="https", certificate="ca", names=("camera.example",))
        hosts[name] = variables
        if name == "ca-expired":
            expired = fleet._authority.trusted.issue_cert("camera.example", not_after=datetime(2001, 1, 1))
            vars(device.certificate)["_leaf"] = expired
    add_camera(fleet, "https-to-http")
    hosts["https-to-http"] = {"axis_protocol": "https", "axis_validate_certs": False}
    return hosts


def other_cameras(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Add cameras whose variables or product cause a failure, and return the variables of each."""
    hosts: dict[str, dict[str, Any]] = {
        "password": {"axis_password": "wrong-4711"},
        "user": {"axis_username": "stranger-4711"},
        "viewer": {"axis_username": "viewer", "axis_password": "viewer-pass"},
        "root": {"axis_username": "root", "axis_password": "administrator-pass"},
        "serial": {"axis_serial": "ACCC8E999999"},
        "no-name": {"axis_host": "no-such-camera.invalid"},
        "no-route": {"axis_host": "127.0.0.1", "axis_port": 1},
        "proxy": {"axis_proxy": "http://proxy-user:proxy-4711@127.0.0.1:1"},
        "no-retries": {"axis_retries": 0},
        "digest": {"axis_auth": "digest"},
    }
    for name in hosts:
        add_camera(fleet, name)
    for name, switches in {
        "no-api": Switches(recording_group_api=False),
        "no-actions": Switches(action_service=False),
        "administrator-actions": Switches(action_service_role="administrator"),
        "limited": Switches(retention_limit=1000),
        "no-room": Switches(max_groups=2),
        "numbered": Switches(namespace_prefixes="numbered"),
    }.items():
        add_camera(fleet, name, switches=switches)
        hosts[name] = {}
    fleet.add("recorder_s3008", "recorder")
    fleet.add("camera_10_12", "old")
    return {**hosts, "recorder": {}, "old": {}}


def plant_case(case: FaultCase) -> Plant:
    """Return what plants a case of the table at its first stage."""
    stage = STAGES[next(iter(case.expected))]
    return lambda device: case.plant(device, stage)


def kinds_of(run: PlaybookRun) -> set[str]:
    """Return the kinds of the errors of all hosts."""
    return {
        result["error"]["kind"] for (task, _host), result in run.results.items() if task == CHECK and "error" in result
    }


def test_results_are_the_same_under_every_fault(play: Play, fleet: Fleet, soak: bool) -> None:
    hosts = {**tls_cameras(fleet), **other_cameras(fleet)}
    faults, lasting = responses(soak=soak), states()
    by_timing: set[str] = set()
    for number, case in enumerate(FAULT_CASES):
        name = f"case-{number}"
        # Each run sets the clock of the simulator again.
        plants = lasting if case.fault.startswith("clock") else faults
        plants[name] = plant_case(case)
        hosts[name] = {"axis_timeout": SHORT_TIMEOUT} if case.waits_for_timeout else {}
        by_timing |= {name} if case.fault in BY_TIMING else set()
    for name in (*faults, *lasting):
        add_camera(fleet, name)
    for name, plant in lasting.items():
        plant(fleet.devices[name])

    def run(what: str | list[dict[str, Any]], *arguments: str) -> PlaybookRun:
        for device in fleet.devices.values():
            clear_fault(device)
        for name, plant in faults.items():
            plant(fleet.devices[name])
        return play(what, *arguments, hosts=hosts, groups={"axis": {"vars": POLICY}})

    audit, tasks = run(AUDIT), run(ROLE, "--check")
    assert_same(audit, tasks, fleet.devices.keys() - by_timing)
    for host in by_timing:
        results = audit.results[CHECK, host], tasks.results[APPLY, host]
        assert {result["error"]["kind"] for result in results} == {"unreachable"}
    # A fault that no host has met proves nothing.
    assert kinds_of(audit) == KINDS, audit.output
    assert [name for name in fleet.devices if fleet.devices[name].writes] == []
