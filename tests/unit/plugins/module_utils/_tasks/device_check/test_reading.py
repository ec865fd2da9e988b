# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The read-only part finds what a simulated device is set to."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import TLSSettings
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.announcement import MAX_READS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import from_dict
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.profiles import HAND_WRITTEN
from tests.unit.plugins.module_utils._tasks.device_check.reading_runs import Run, read

PROFILE_FILES = Path(__file__).parents[5] / "simulator" / "profiles"
SCHEMA = json.loads((Path(__file__).parents[6] / "docs" / "device-profile.schema.json").read_text(encoding="utf-8"))
READ_POINTS = [point.name for point in POINTS if point.part == "read"]


def expect(run: Run, device: Device, *, unknown: tuple[str, ...] = ()) -> None:
    """Check that every point of this part has the answer of the device, or none."""
    assert run.error is None
    expected = {name: None if name in unknown else device.answers[name] for name in READ_POINTS}
    assert {name: run.answers.get(name) for name in READ_POINTS} == expected
    assert len(device.journal) <= MAX_READS
    assert [entry.call for entry in device.writes] == []


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_the_answers_are_those_of_the_profile(fleet: Fleet, name: str) -> None:
    device = fleet.add(name, scheme="both")
    run = read(device)
    expect(run, device)
    profile = json.loads((PROFILE_FILES / f"{name}.json").read_text(encoding="utf-8"))
    assert asdict(run.reading.device) == profile["device"]
    assert run.reading.disks == profile["state"]["disks"]
    assert run.reading.role == "operator"
    document = json.loads(run.document)
    jsonschema.validate(document, SCHEMA)
    assert from_dict(document, "camera.json").to_dict() == document
    assert all(run.recorder.answers[name].exchanges for name in READ_POINTS)


@pytest.mark.parametrize(
    ("switches", "unknown"),
    [
        ({"recording_group_api": False}, ("schema_versions", "list_unknown_id", "post_allowed")),
        ({"action_service": False}, ("recording_templates", "namespace_prefixes", "action_service_role")),
        pytest.param(
            {"action_service_role": "viewer", "list_unknown_id": "empty", "post_allowed": True},
            (),
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"namespace_prefixes": "numbered", "disk_attributes": "shortened", "json_charset": "utf8"},
            (),
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"storage_parameters": "removed", "device_info_version": "1.1", "device_info_needs_login": True},
            (),
            marks=pytest.mark.long,
        ),
        ({"storage_parameters": "no_param_cgi", "discovery_needs_login": True, "rest_apis": {}}, ()),
        pytest.param(
            {"http_challenge": ("Digest SHA-256", "Digest MD5"), "https_challenge": ("Digest MD5", "Basic")},
            (),
            marks=pytest.mark.long,
        ),
        ({"http_challenge": ("Basic",), "https_challenge": ("Digest SHA-256",)}, ()),
        pytest.param(
            {"challenge_body": "json", "challenge_chunked": True, "offers_http2": True, "closes_after_401": True},
            (),
            marks=pytest.mark.long,
        ),
        ({"challenge_body": "html", "tls_versions": ("1.2",)}, ()),
        (
            {"https_challenge": ("closed",)},
            ("tls_versions",),
        ),
        ({"device_info_version": "none"}, ("device_info_needs_login",)),
    ],
    ids=str,
)
def test_a_switch_is_detected(fleet: Fleet, switches: dict[str, Any], unknown: tuple[str, ...]) -> None:
    device = fleet.add("camera_12_9", scheme="both", switches=Switches(**switches))
    basic = {"protocol": "https"} if switches.get("http_challenge") == ("Basic",) else {}
    expect(read(device, **basic), device, unknown=unknown)


def test_the_role_of_the_action_service_may_be_administrator(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both", switches=Switches(action_service_role="administrator"))
    run = read(device, viewer=False)
    assert run.answers["action_service_role"] == "administrator"
    expect(read(device, "root"), device, unknown=("action_service_role",))


def test_a_viewer_reads_most_and_names_what_is_missing(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    run = read(device, "viewer", viewer=False)
    missing = ("action_service", "recording_templates", "storage_parameters", "action_service_role")
    missing += ("disk_attributes", "namespace_prefixes")
    expect(run, device, unknown=missing)
    assert run.reading.role == "viewer"
    assert run.reading.disks is None
    assert run.reading.device.model == "Q1961-TE"
    assert run.note("disk_attributes") == (
        "The role of the login is too low: /axis-cgi/disks/list.cgi requires the role operator."
    )
    assert all(run.note(name).startswith("The role of the login is too low: ") for name in missing)


def test_a_login_with_more_rights_does_not_settle_the_role(camera: Device) -> None:
    run = read(camera, viewer=False)
    assert run.answers["action_service_role"] is None
    assert "device_check_viewer_username" in run.note("action_service_role")


def test_a_wrong_second_login_leaves_one_point_open(camera: Device) -> None:
    run = read(camera, second_password="wrong")
    assert run.error is None
    assert run.answers["action_service_role"] is None
    assert run.note("action_service_role") == "The roles of the two logins do not decide it."
    assert len([entry for entry in camera.journal if entry.authorization and entry.status == 401]) == 1


def test_a_role_that_cannot_be_read_does_not_decide_about_actions(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", switches=Switches(action_service_role="viewer"))
    device.plant_fault("http_status", call="usergroup", status=403, skip=1)
    run = read(device)
    assert run.answers["action_service_role"] is None
    assert run.note("action_service_role") == "The roles of the two logins do not decide it."


def test_the_same_login_twice_shows_nothing(camera: Device) -> None:
    camera.accounts["viewer"].role = "operator"
    run = read(camera, "viewer")
    assert run.answers["action_service_role"] is None
    assert "shows nothing" in run.note("action_service_role")
    assert len([entry for entry in camera.journal if entry.call == "usergroup"]) == 1


def test_a_rule_shows_what_is_appended_to_topics(fleet: Fleet) -> None:
    device = fleet.add("camera_10_12")
    device.plant_group(recording_group_id="a")
    device.plant_recording("a")
    run = read(device)
    assert run.answers["topic_ending"] == "//."
    assert run.reading.observations["action_rules"] == 1
    assert run.answers["group_attributes"] == device.answers["group_attributes"]


def test_an_unknown_port_is_not_probed(camera: Device) -> None:
    run = read(camera, ports={"http": camera.port, "https": None})
    assert run.answers["https_challenge"] is None
    assert "device_check_https_port is not set" in run.note("https_challenge")
    assert run.answers["http_challenge"] == ["Digest MD5"]


@pytest.mark.fault("another device on the other port of a device check")
def test_another_device_on_the_other_port_says_nothing(fleet: Fleet) -> None:
    device, other = fleet.add("camera_12_9"), fleet.add("camera_10_12", scheme="https")
    run = read(device, ports={"http": device.port, "https": other.tls_port})
    assert run.answers["https_challenge"] is None
    assert run.answers["tls_versions"] is None
    assert run.note("https_challenge") == "The port for HTTPS does not show the serial number of this device."
    assert {entry.authorization for entry in other.journal} == {None}


def test_basic_over_http_is_never_used(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both", switches=Switches(http_challenge=("Basic",)))
    run = read(device)
    assert isinstance(run.error, AxisError)
    assert run.answers["http_challenge"] == ["Basic"]
    assert {entry.authorization for entry in device.journal} == {None}


@pytest.mark.parametrize(
    ("network", "kind"), [("refused", "unreachable"), ("reset", "unreachable"), ("closed", "unreachable")]
)
def test_a_device_that_does_not_respond_ends_the_check(camera: Device, network: str, kind: str) -> None:
    camera.network = network  # type: ignore[assignment]
    run = read(camera)
    assert isinstance(run.error, AxisError)
    assert run.error.kind == kind


@pytest.mark.fault("device replaced during a device check")
def test_a_device_that_is_replaced_ends_the_check(fleet: Fleet) -> None:
    device, other = fleet.add("camera_12_9"), fleet.add("camera_10_12")
    device.plant_fault("callback", call="record/list", run=lambda device: device.replace_by(other), when="after")
    run = read(device)
    assert isinstance(run.error, AxisError)
    assert run.error.kind == "conflict"
    assert run.reading.device.model == "Q1961-TE", "what was read before is kept"
    assert other.answers["disk_attributes"] != device.answers["disk_attributes"]
    assert run.answers["disk_attributes"] is None
    assert {entry.user for entry in other.journal} == {None}


@pytest.mark.fault("address blocked during a device check")
def test_a_blocked_address_ends_the_check(camera: Device) -> None:
    camera.plant_fault("blocked", call="disks/list")
    run = read(camera)
    assert isinstance(run.error, AxisError)
    assert run.error.kind == "blocked"
    assert run.answers["apis"] == camera.answers["apis"]
    assert run.note("disk_attributes") == "The device rejected the address of this machine."


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"protocol": "http"}, "tls"),
        ({"protocol": "https", "tls": TLSSettings()}, "tls"),
        ({"protocol": "https", "tls": TLSSettings(fingerprint="0" * 64)}, "tls"),
    ],
)
def test_a_connection_without_trusted_tls_ends_the_check(fleet: Fleet, settings: dict[str, Any], kind: str) -> None:
    device = fleet.add("camera_12_9", scheme="https")
    run = read(device, pinned=False, port=device.tls_port, **settings)
    assert isinstance(run.error, AxisError)
    assert run.error.kind == kind
    assert run.answers["https_challenge"] == ["Basic"]
    assert {entry.authorization for entry in device.journal} == {None}


@pytest.mark.fault("wrong login of a device check")
def test_a_wrong_login_is_tried_once(camera: Device) -> None:
    run = read(camera, password="wrong", viewer=False)
    assert isinstance(run.error, AxisError)
    assert run.error.kind == "authentication"
    assert [entry.status for entry in camera.journal if entry.authorization] == [401]
    # What is known without a login is kept.
    assert run.answers["http_challenge"] == ["Digest MD5"]
    assert run.answers["apis"] == camera.answers["apis"]
    assert run.reading.device.model == "Q1961-TE"


@pytest.mark.fault("unexpected response to a read of a device check")
@pytest.mark.parametrize(
    ("kind", "call"),
    [
        # Each fault at two calls, each call with three faults.
        pytest.param(kind, call, marks=[pytest.mark.long] * ((number + place) % 2))
        for number, kind in enumerate(("drop_after", "http_status", "html", "truncated", "doctype", "redirect"))
        for place, call in enumerate(("recording_group/schemaversions", "disks/list", "apidiscovery", "discover"))
    ],
)
def test_a_fault_of_one_call_leaves_its_points_open(fleet: Fleet, call: str, kind: str) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    options = {"http_status": {"status": 500}, "redirect": {"location": "https://192.0.2.1/"}}.get(kind, {})
    device.plant_fault(kind, call=call, times=None, **options)
    run = read(device)
    assert run.error is None
    known = [name for name in READ_POINTS if run.answers.get(name) is not None]
    assert len(known) >= len(READ_POINTS) - 4
    assert all(run.answers[name] == device.answers[name] for name in known)
