# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of the info module with every profile, both protocols, each role, and devices that lack something.

The expected result is written by hand from what was planted; the journal shows that nothing was written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Play
from tests.playbook import PlaybookRun
from tests.simulator import DEFAULT_NOW, Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.profiles import HAND_WRITTEN

HERE = Path(__file__).parent
MODULE = "camfleet.axis.axis_recording_group_info"
VIEWER = {"axis_username": "viewer", "axis_password": "viewer-pass"}
BASTION = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
# Every field with a value that needs escaping, on the default disk of the profile.
PLANTED = {
    "recording_group_id": "planted",
    "nice_name": "Tür & <Tor> 100%",
    "description": 'Regel "7" = {{ no_template }}',
    "retention_time": 720,
    "stream_options": "resolution=1920x1080&overlaytext=A%26B%20%25&camera=1",
    "pre_duration": 5000,
    "post_duration": 10000,
}
MODELS = {
    "camera_10_12": ("P3245-LVE", "Network Camera", "AXIS P3245-LVE Network Camera", "10.12.228"),
    "camera_12_9": ("Q1961-TE", "Thermal Camera", "AXIS Q1961-TE Thermal Camera", "12.9.57"),
    "camera_12_11": ("P3265-V", "Dome Camera", "AXIS P3265-V Dome Camera", "12.11.77"),
    "camera_13": ("P3265-V", "Dome Camera", "AXIS P3265-V Dome Camera", "13.0.0"),
    "recorder_s3008": ("S3008", "Network Video Recorder", "AXIS S3008 Network Video Recorder", "12.6.104"),
}
CARD = {
    "disk_id": "SD_DISK",
    "name": "",
    "status": "OK",
    "usable": True,
    "unusable_reason": None,
    "total_size": 116109036,
    "total_size_text": "116.1 GB",
    "free_size": 75106020,
    "free_size_text": "75.1 GB",
    "used_percent": 35.3,
    "locked": False,
    "full": False,
    "read_only": False,
    "filesystem": "ext4",
    "required_filesystem": "none",
    "encryption_enabled": False,
    "encrypted": False,
    "group": "S0",
    "cleanup_max_age": 7,
    "cleanup_policy": "fifo",
    "cleanup_text": "deletes what is older than 7 days",
    "wear_percent": 25,
    "wear_unknown_reason": None,
    "temperature_kelvin": None,
    "temperature_celsius": None,
    "overall_health": None,
}
PULLED = {
    **CARD,
    "status": "disconnected",
    "usable": False,
    "unusable_reason": "disconnected",
    "total_size": 0,
    "total_size_text": "0 kB",
    "free_size": 0,
    "free_size_text": "0 kB",
    "used_percent": None,
    "wear_percent": None,
    "wear_unknown_reason": "no disk",
}
SHARE = {
    **PULLED,
    "disk_id": "NetworkShare",
    "filesystem": "cifs",
    "group": "S1",
    "wear_unknown_reason": "not supported",
}
HARD_DISK = {
    **CARD,
    "disk_id": "HDD_DISK",
    "total_size": 3844589244,
    "total_size_text": "3.8 TB",
    "free_size": 1922294622,
    "free_size_text": "1.9 TB",
    "used_percent": 50.0,
    "cleanup_max_age": 0,
    "cleanup_text": "keeps until space is needed",
    "wear_percent": 13,
    "temperature_kelvin": 315,
    "temperature_celsius": 42,
    "overall_health": 1,
}
RULE = {
    "name": "<Regel>",
    "enabled": False,
    "when": "always",
    "conditions": [
        {
            "topic_expression": "tns1:Device/tnsaxis:Status/SystemReady",
            "message_content": 'boolean(//SimpleItem[@Name="ready" and @Value="1"])',
        }
    ],
    "start_event": None,
}
NOT_MOUNTED = {"count": None, "oldest": None, "newest": None}
API = {
    "id": "recording-group",
    "version": "1.0",
    "name": "Edge Recording group",
    "status": "official",
    "doc_link": "https://www.axis.com/partner_pages/vapix_library/#/",
}


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Yield an empty fleet whose clocks stand still at a known time."""
    with Fleet(now=DEFAULT_NOW) as running:
        yield running


def plant_group(device: Device, **group: Any) -> None:
    """Add a group with a day of video whose last recording continues, and a disabled action."""
    device.plant_group(**{**PLANTED, **group})
    device.plant_recordings("planted", 24, running=True)
    configuration = device.plant_configuration(recording_group_id="planted", name="Gepflanzt")
    device.plant_rule(configuration.configuration_id, name="<Regel>", enabled=False)


def unavailable(result: dict[str, Any]) -> dict[str, str]:
    """Return the kind of error by part that could not be read."""
    return {item["part"]: item["kind"] for item in result["unavailable"]}


def assert_recordings(result: dict[str, Any]) -> None:
    """Check the day of video, which began 23 hours and 5 minutes before 2026-03-02 08:00 UTC."""
    recordings = result["recordings"][0]
    assert recordings["count"] == 24
    oldest, newest = recordings["oldest"], recordings["newest"]
    assert (oldest["start_time"], oldest["stop_time"]) == ("2026-03-01T08:55:00.000000Z", "2026-03-01T09:00:00.000000Z")
    assert (newest["start_time"], newest["stop_time"]) == ("2026-03-02T07:55:00.000000Z", None)
    assert (oldest["status"], newest["status"]) == ("completed", "recording")


def assert_nothing_changed(run: PlaybookRun, fleet: Fleet) -> None:
    """Check that no write was sent, no task reports a change, and no exception occurred."""
    assert "Traceback" not in run.output
    assert [device.name for device in fleet.devices.values() if device.writes] == []
    assert not any(result.get("changed") for result in run.results.values())


@pytest.mark.parametrize("arguments", [(), pytest.param(("--check", "--diff"), marks=pytest.mark.long)])
def test_result_is_complete_and_changes_nothing_as_input(
    play: Play, fleet: Fleet, soak: bool, arguments: tuple[str, ...]
) -> None:
    combinations = [*product((False, True), ("operator", "viewer"))]
    for number, profile in enumerate(HAND_WRITTEN):
        # Each role with each profile, over both schemes only in the long form.
        for encrypted, role in combinations if soak else [combinations[number % 2], combinations[3 - number % 2]]:
            # AXIS OS 13 has no HTTP.
            scheme = "https" if encrypted or profile == "camera_13" else "http"
            if f"{profile}-{scheme}-{role}" not in fleet.devices:
                plant_group(fleet.add(profile, f"{profile}-{scheme}-{role}", scheme=scheme))
    for form in ("reordered", "reencoded"):
        plant_group(
            fleet.add("camera_12_9", f"camera_12_9-{form}-operator", switches=Switches(stream_options_form=form))
        )
    hosts = {name: VIEWER for name in fleet.devices if name.endswith("-viewer")}
    run = play(HERE / "feed_back.yml", *arguments, hosts=hosts)
    assert run.status == 0, run.output
    assert_nothing_changed(run, fleet)
    for name, device in fleet.devices.items():
        profile, _scheme, role = name.split("-")
        result = run.results["Read", name]
        assert "diff" not in result
        model, product_type, full_name, firmware = MODELS[profile]
        assert result["device"] == {
            "host": "127.0.0.1",
            "serial": device.serial,
            "model": model,
            "product_type": product_type,
            "full_name": full_name,
            "firmware": firmware,
        }
        recorder = profile == "recorder_s3008"
        assert len(result["recording_groups"]) == (9 if recorder else 1)
        assert run.results["Count the results", name]["msg"] in {9 if recorder else 1, "9" if recorder else "1"}
        assert run.results["Apply all groups at once", name]["compliant"] is True
        planted = result["recording_groups"][-1]
        if device.switches == Switches():
            assert planted == {**PLANTED, "disk_id": "HDD_DISK" if recorder else "SD_DISK"}
        assert result["schema_versions"] == [{"version": "1.0", "deprecated": False}]
        assert result["api"] == API
        assert_recordings(result)
        if role == "viewer":
            assert (result["disks"], unavailable(result)) == (
                None,
                {"recording_actions": "forbidden", "disks": "forbidden"},
            )
            assert result["recording_actions"] is None
            assert len(result["recordings"]) == 1
        else:
            assert result["disks"] == ([HARD_DISK] if recorder else [CARD, SHARE])
            assert unavailable(result) == {}
            [action] = result["recording_actions"]
            [configuration] = device.actions.configurations.values()
            [rule] = device.actions.rules.values()
            assert action == {
                "recording_group_id": "planted",
                "configuration_id": configuration.configuration_id,
                "name": "Gepflanzt",
                "template": "com.axis.action.unlimited.recording_group.storage",
                "records": False,
                "rules": [{**RULE, "rule_id": rule.rule_id}],
            }
            assert result["recordings"][1:] == ([] if recorder else [{"disk_id": "NetworkShare", **NOT_MOUNTED}])
        # The challenge; groups, actions, rules, versions, API, device, disks, health, first and last recording.
        # A viewer sends no rules and no health, but repeats two rejected requests without a login.
        info_requests = 1 + 10
        # Each task that uses the result as input sends a challenge, and one list for each item.
        assert len(device.journal) == info_requests + 1 + len(result["recording_groups"]) + 1 + 1


# by host: the faults, each as a call and its response; the parts that are unavailable
LACKING: dict[str, tuple[list[tuple[str, dict[str, Any]]], dict[str, str]]] = {
    "no-disks-cgi": ([("disks/*", {"kind": "http_status", "status": 404})], {"disks": "unsupported"}),
    "no-health-cgi": ([("disks/gethealth", {"kind": "http_status", "status": 404})], {"disk_health": "unsupported"}),
    "no-device-info": ([("basicdeviceinfo", {"kind": "http_status", "status": 404})], {"device": "unsupported"}),
    "nested-json": ([("apidiscovery", {"kind": "body", "body": b"[" * 100_000})], {"api": "malformed_response"}),
    "invalid-recordings": (
        [("record/list", {"kind": "body", "body": b'<root><recordings numberofrecordings="-1"/></root>'})],
        {"recordings": "malformed_response"},
    ),
    "html": (
        [("record*", {"kind": "body", "body": b"<!DOCTYPE html><html></html>"})],
        {
            "recording_groups": "malformed_response",
            "schema_versions": "malformed_response",
            "recordings": "malformed_response",
        },
    ),
}


def test_missing_parts_are_unavailable(play: Play, fleet: Fleet) -> None:
    for name, (faults, _parts) in LACKING.items():
        device = fleet.add("recorder_s3008" if name == "no-disks-cgi" else "camera_12_9", name)
        for call, fault in faults:
            device.plant_fault(call=call, times=None, **fault)
    fleet.add("camera_12_9", "no-api", switches=Switches(recording_group_api=False))
    for name in ("pulled", "deprecated", "version2", "wrong-password", "blocked", "closed"):
        fleet.add("camera_12_9", name)
    for device in fleet.devices.values():
        plant_group(device)
    fleet.devices["pulled"].pull_disk("SD_DISK")
    fleet.devices["deprecated"].schema_versions = [("1.0", True)]
    fleet.devices["version2"].schema_versions = [("2.0", False)]
    fleet.devices["blocked"].plant_fault("http_status", status=403, skip=1, times=None)
    hosts = {"wrong-password": {"axis_password": "incorrect-4711"}, "closed": {"axis_port": 1}}
    run = play([{"name": "Read", MODULE: {}}], "-vvv", hosts=hosts)
    assert_nothing_changed(run, fleet)
    kinds = {name: parts for name, (_faults, parts) in LACKING.items()}
    kinds |= {
        "no-api": {"recording_groups": "unsupported", "schema_versions": "unsupported"},
        "pulled": {},
        "deprecated": {},
        "version2": {"recording_groups": "unsupported"},
    }
    for name, parts in kinds.items():
        result = run.results["Read", name]
        assert run.outcomes["Read", name] == "ok", name
        assert unavailable(result) == parts, name
        assert all(item["reason"] and item["next_step"] for item in result["unavailable"])
        for part in ("recording_groups", "schema_versions", "disks", "recordings"):
            assert (result[part] is None) is (part in parts), (name, part)
        if "recordings" not in parts and name != "pulled":
            assert_recordings(result)
        assert ("deprecated" in json.dumps(result.get("warnings", []))) is (name == "deprecated")
    assert "Schema version 1.0 of" in json.dumps(run.results["Read", "deprecated"]["warnings"])
    assert run.results["Read", "no-api"]["api"] is None
    assert run.results["Read", "no-disks-cgi"]["recordings"][0]["disk_id"] == "HDD_DISK"
    pulled = run.results["Read", "pulled"]
    assert (pulled["recording_groups"], pulled["disks"]) == ([], [PULLED, SHARE])
    assert pulled["recordings"] == [{"disk_id": name, **NOT_MOUNTED} for name in ("SD_DISK", "NetworkShare")]
    for name, kind, outcome in (
        ("wrong-password", "authentication", "failed"),
        ("blocked", "blocked", "failed"),
        ("closed", "unreachable", "unreachable"),
    ):
        assert (run.results["Read", name]["error"]["kind"], run.outcomes["Read", name]) == (kind, outcome)


INVALID_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown part": ({"gather": ["recording_groups", "actions"]}, "actions"),
    "empty list": ({"gather": []}, "gather is empty"),
    "empty text": ({"gather": ""}, "not a valid value"),
    "number": ({"gather": [7]}, "quotes"),
    "unknown option": ({"recording_group_id": "a"}, "is not a valid option"),
}


def test_gather_selects_parts_and_rejects_invalid_options(play: Play, fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", "device")
    plant_group(device)
    bad = [
        {"name": name, MODULE: options, "ignore_errors": True}
        for name, (options, _expected_text) in INVALID_OPTIONS.items()
    ]
    good = [
        {"name": "groups", MODULE: {"gather": "recording_groups"}},
        {"name": "two", MODULE: {"gather": ["api", "schema_versions"]}},
        {"name": "worker", MODULE: {}},
        {"name": "bastion", MODULE: {}, "delegate_to": "jump"},
    ]
    # The login from the action group proves that the module is part of it.
    defaults = {"group/camfleet.axis.device": {"username": "operator", "password": "operator-pass"}}
    hosts = {"jump": BASTION, "device": {"axis_username": None, "axis_password": None}}
    run = play([*bad, *good], hosts=hosts, keywords={"module_defaults": defaults})
    assert_nothing_changed(run, fleet)
    for name, (_options, expected_text) in INVALID_OPTIONS.items():
        result = run.results[name, "device"]
        assert (run.outcomes[name, "device"], result["error"]["kind"]) == ("failed", "invalid_option"), name
        assert expected_text in result["msg"], (name, result["msg"])
    assert set(run.results["groups", "device"]) >= {"recording_groups", "device", "unavailable", "changed"}
    assert not set(run.results["groups", "device"]) & {"schema_versions", "api", "disks", "recordings"}
    calls = [entry.call for entry in device.journal if entry.status == 200]
    assert calls[:3] == ["recording_group/list", "recording_group/schemaversions", "apidiscovery"]
    worker, bastion = dict(run.results["worker", "device"]), dict(run.results["bastion", "device"])
    bastion.pop("_ansible_delegated_vars", None)
    assert worker["recordings"][0]["count"] == 24
    assert worker == bastion
