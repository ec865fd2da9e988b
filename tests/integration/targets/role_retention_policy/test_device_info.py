# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Model and firmware of each host: read for a report only, with one request, and without any other effect."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.integration.role import APPLY, AUDIT, CHECK, POLICY, ROLL_OUT, add_cameras, extra_vars, summary
from tests.integration.targets.role_retention_policy.test_same_results import ROLE, assert_same
from tests.simulator import Fleet

GROUPS = {"axis": {"vars": POLICY}}
INFO = "basicdeviceinfo"
READ = [("recording_group/list", 401), ("recording_group/list", 200)]
CHANGE = [("recording_group/update", 200), ("recording_group/list", 200)]
DESCRIBED = [(INFO, 200)]
#: By profile, model and firmware.
KNOWN = {
    "camera_10_12": ("P3245-LVE", "10.12.228"),
    "camera_12_9": ("Q1961-TE", "12.9.57"),
    "recorder_s3008": ("S3008", "12.6.104"),
}


def sent(fleet: Fleet, name: str) -> list[tuple[str, int]]:
    """Return call and status of each request."""
    return [(entry.call, entry.status) for entry in fleet.devices[name].journal]


def clear_journals(fleet: Fleet) -> None:
    """Forget the requests to all devices."""
    for device in fleet.devices.values():
        device.journal.clear()


def read_devices(directory: Path) -> dict[str, tuple[Any, Any]]:
    """Return model and firmware of each host in the only JSON report of a directory."""
    (path,) = directory.glob("*.json")
    hosts = json.loads(path.read_text(encoding="utf-8"))["hosts"]
    return {host["host"]: (host["device"]["model"], host["device"]["firmware"]) for host in hosts}


def test_every_way_to_a_report_reads_the_model_once_in_each_task(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    for name in KNOWN:
        device = fleet.add(name, name)
        device.plant_group(recording_group_id="door", retention_time=720)
    add_cameras(fleet, "drifted", retention_time=24)
    devices = {**KNOWN, "drifted": KNOWN["camera_12_9"]}
    arguments = {"groups": {"axis": {"vars": {**POLICY, "retention_policy_unmanaged": "ignore"}}}}

    def run(what: Any, directory: str) -> dict[str, list[tuple[str, int]]]:
        clear_journals(fleet)
        done = play(what, *extra_vars(retention_policy_report_dir=directory), **arguments)
        assert done.status == 0, done.output
        return {name: sent(fleet, name) for name in fleet.devices}

    for number, what in enumerate((AUDIT, ROLL_OUT, ROLE)):
        directory = tmp_path / str(number)
        fleet.devices["drifted"].groups["door"].retention_time = 24
        seen = run(what, str(directory))
        assert read_devices(directory) == devices
        first = [*READ, *DESCRIBED]
        again = {AUDIT: first, ROLL_OUT: [*first, *READ, *CHANGE, *DESCRIBED, *first]}
        written = again[what] if isinstance(what, str) else [*READ, *CHANGE, *DESCRIBED]
        assert seen == {**dict.fromkeys(KNOWN, first), "drifted": written}
        assert not [
            entry
            for device in fleet.devices.values()
            for entry in device.journal
            if entry.call == INFO and entry.authorization
        ]
    # A variable that resolves to omit is not set, as for the report.
    fleet.devices["drifted"].groups["door"].retention_time = 24
    assert run(ROLE, "{{ omit }}") == {**dict.fromkeys(KNOWN, READ), "drifted": [*READ, *CHANGE]}
    assert run(AUDIT, "{{ omit }}") == dict.fromkeys(fleet.devices, READ)


def test_first_wave_has_a_camera_of_each_model(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    """Also of the unknown model of a camera that does not show it, which has no other effect."""
    for number in range(3):
        for profile in ("camera_10_12", "camera_12_9"):
            device = fleet.add(profile, f"{profile}-{number}")
            device.plant_group(recording_group_id="door", retention_time=24)
    fleet.devices["camera_12_9-2"].plant_fault("http_status", call=INFO, status=404, before_login=None, times=None)
    run = play(ROLL_OUT, *extra_vars(retention_policy_report_dir=str(tmp_path / "report")), groups=GROUPS)
    assert run.status == 0, run.output
    assert "Wave 1 of 2, 3 of 6 done" in run.output
    applied = [host for task, host in run.steps if task == APPLY]
    assert sorted(applied[:3]) == ["camera_10_12-0", "camera_12_9-0", "camera_12_9-2"]
    assert len(summary(run)["changed"]) == 6
    assert read_devices(tmp_path / "report") == {
        host: (None, None) if host == "camera_12_9-2" else KNOWN[host.rpartition("-")[0]] for host in fleet.devices
    }


#: By camera, a fault of the request.
FAULTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "rejected": ("http_status", {"status": 401}),
    "forbidden": ("http_status", {"status": 403}),
    "absent": ("http_status", {"status": 404}),
    "busy": ("http_status", {"status": 503, "headers": (("Retry-After", "3600"),)}),
    "redirected": ("redirect", {"location": "http://operator:operator-pass@192.0.2.1/?x=operator-pass"}),
    "closed": ("drop_before", {}),
    "reset": ("reset_in_response", {}),
    "silent": ("no_response", {}),
    "malformed": ("body", {"body": b"<x/>"}),
    "empty": ("body", {"body": b""}),
    "oversized": ("oversized", {"size": 8 * 1024 * 1024 + 1}),
    "large": ("oversized", {"size": 8 * 1024 * 1024}),
    "error": ("error_code", {"code": 8000}),
    "older": ("error_code", {"code": 2004}),
    "hostile": (
        "body",
        {
            "body": json.dumps(
                {"data": {"propertyList": {"ProdNbr": "\x1b[31mP operator-pass\u202e", "Version": "1\u2028"}}}
            ).encode()
        },
    ),
}
SHOWN = {"large": KNOWN["camera_12_9"], "none": KNOWN["camera_12_9"]}


@pytest.mark.fault("model and firmware cannot be read")
def test_audit_and_tasks_have_the_same_results_under_faults(play: Play, fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "none", *FAULTS)
    for name, (kind, options) in FAULTS.items():
        fleet.devices[name].plant_fault(kind, call=INFO, times=None, before_login=None, **options)
    hosts = {"silent": {"axis_timeout": 1}}
    plain = play(AUDIT, hosts=hosts, groups=GROUPS)
    clear_journals(fleet)
    runs = {
        path: play(
            what,
            *arguments,
            *extra_vars(retention_policy_report_dir=str(tmp_path / path)),
            hosts=hosts,
            groups=GROUPS,
        )
        for path, what, arguments in (("audit", AUDIT, ()), ("tasks", ROLE, ("--check",)))
    }
    assert [run.status for run in (plain, *runs.values())] == [0, 0, 0]
    assert_same(runs["audit"], runs["tasks"], fleet.devices)
    assert summary(plain)["compliant"] == summary(runs["audit"])["compliant"] == len(fleet.devices)
    for name in fleet.devices:
        without, result = plain.results[CHECK, name], runs["audit"].results[CHECK, name]
        shown = {**without["device"], **dict(zip(("model", "firmware"), SHOWN.get(name, (None, None)), strict=True))}
        if name == "hostile":
            assert "operator-pass" not in json.dumps(result)
            shown |= {key: result["device"][key] for key in ("model", "firmware")}
        assert result == {**without, "device": shown}, name
        assert not fleet.devices[name].writes
        # One challenge, one list with the login, and the login once more only for an older API; in both runs.
        logins = [entry.call for entry in fleet.devices[name].journal if entry.authorization]
        assert logins == ["recording_group/list", *([INFO] if name == "older" else [])] * 2, name
    for path in runs:
        devices = read_devices(tmp_path / path)
        assert {host: found for host, found in devices.items() if host != "hostile"} == {
            host: SHOWN.get(host, (None, None)) for host in fleet.devices if host != "hostile"
        }


def test_module_on_another_machine_reads_the_model(play: Play, fleet: Fleet) -> None:
    add_cameras(fleet, "drifted", retention_time=24)
    options = {"groups": POLICY["retention_policy_groups"], "device_info": True}
    task = {"name": "Policy", "camfleet.axis.axis_retention_policy": options, "delegate_to": "bastion"}
    run = play([task], hosts={"bastion": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}})
    assert run.status == 0, run.output
    device = run.results["Policy", "drifted"]["device"]
    assert (device["model"], device["firmware"]) == KNOWN["camera_12_9"]
    assert sent(fleet, "drifted")[-3:] == [*CHANGE, *DESCRIBED]
