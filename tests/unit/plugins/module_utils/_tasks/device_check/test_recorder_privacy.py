# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing in a profile identifies a site or a person: markers that are planted everywhere do not come back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DEVICE_CHECK_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.check import run_device_check
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.models import Account
from tests.unit.plugins.module_utils._tasks.device_check.reading_runs import read

#: No word of the collection, of the documentation, or of the firmware.
MARKER = "zebrafink"
PASSWORD = f'{MARKER}-Pa55&<"ü'
USER = f"{MARKER}-user"
NAME = f"{MARKER}.gate.example"


def forms(text: str) -> Iterable[str]:
    """Yield a marker as it could come back."""
    yield text.lower()
    yield quote(text).lower()
    yield json.dumps(text)[1:-1].lower()
    yield text.encode().hex()
    for shift in range(3):
        code = base64.b64encode(b"x" * shift + text.encode() + b"x" * 3).decode()
        yield code[4:-8].lower()
    yield "".join(chr(ord(character) + 0xFEE0) for character in text if "!" <= character <= "~")


def expect_no_marker(document: str, device: Device, *more: str) -> None:
    lowered = document.lower()
    serial = device.serial
    pairs = [serial[start : start + 2] for start in range(0, 12, 2)]
    serials = [serial, ":".join(pairs), "-".join(pairs), " ".join(pairs)]
    for marker in (MARKER, PASSWORD, device.host, *serials, *more):
        for form in forms(marker):
            assert form not in lowered, f"{form} is in {lowered[max(0, lowered.find(form) - 200) :][:500]}"


def plant_markers(device: Device) -> None:
    """Plant the marker in everything that a device stores."""
    for number in range(3):
        device.plant_group(
            recording_group_id=f"{MARKER}_{number}",
            nice_name=f"{MARKER} {number}",
            description=f'<{MARKER}> & "{MARKER}"',
            stream_options=f"streamprofile={MARKER}&camera=1&device={device.serial}",
        )
        device.plant_recording(f"{MARKER}_{number}", name=f"{MARKER} rule {number}")
    device.plant_configuration("com.axis.action.fixed.notification.smtp", MARKER, to=f"a@{MARKER}.example", subject="1")
    configuration = device.plant_configuration("com.axis.action.fixed.led", MARKER, led=MARKER)
    device.plant_rule(
        configuration.configuration_id,
        MARKER,
        conditions=((f"tnsaxis:CameraApplicationPlatform/{MARKER}", f'boolean(//SimpleItem[@Name="{MARKER}"])'),),
    )
    for disk in device.disks.values():
        disk.name = f"{MARKER} card"
    for recording in device.plant_recordings(f"{MARKER}_0", 3):
        recording.recording_id = f"20260101_080000_{MARKER}_{device.serial}"
        recording.event = recording.source = MARKER
    device.accounts[USER] = Account(PASSWORD, "operator")


def check(device: Device, **settings: object) -> str:
    identifiers = {"name": NAME, "other host": f"{MARKER}-host"}
    run = read(device, USER, identifiers=identifiers, **settings)  # type: ignore[arg-type]
    assert run.error is None
    return run.document


@pytest.mark.parametrize("protocol", ["http", "https"])
@pytest.mark.parametrize("name", ["camera_10_12", "camera_12_11"])
def test_no_stored_text_is_in_the_profile(fleet: Fleet, name: str, protocol: str) -> None:
    device = fleet.add(name, scheme="both", names=[f"{MARKER}.example"])
    plant_markers(device)
    document = check(device, protocol=protocol)
    expect_no_marker(document, device)
    points = json.loads(document)["points"]
    assert points["group_attributes"]["answer"] == device.answers["group_attributes"]
    assert "<2 other groups>" in json.dumps(points["recording_group_api"])


def test_no_api_or_model_of_another_form_is_in_the_profile(fleet: Fleet) -> None:
    apis = (("recording-group", "1.0"), (MARKER.upper(), MARKER), (f"x {MARKER}", "1.0"))
    switches = Switches(
        apis=apis,
        rest_apis=(("recording-group", MARKER), (f"{MARKER}!", "1.0")),
        recording_templates=(("com.axis.action.fixed.recording.storage", MARKER.upper()), (f"{MARKER}.recording", "a")),
        json_charset=MARKER,
    )
    device = fleet.add("camera_12_9", scheme="both", switches=switches)
    plant_markers(device)
    device.profile = replace(
        device.profile,
        product=f"<{MARKER}>",
        version=f"1.0 of {MARKER}!",
        soc=device.serial,
        build_date=f"{MARKER}\n",
        hardware_id=NAME,
    )
    document = check(device)
    expect_no_marker(document, device)
    found = json.loads(document)
    assert found["device"]["model"] is None
    assert found["points"]["apis"]["answer"] == {"recording-group": "1.0", "<name 1>": "<version>", "<name 2>": "1.0"}
    assert found["points"]["recording_templates"]["answer"] is not None


def test_no_realm_is_in_the_profile(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    plant_markers(device)
    device.authenticator.realm = f"{MARKER} realm"
    document = check(device)
    expect_no_marker(document, device)
    assert json.loads(document)["points"]["apis"]["answer"] == device.answers["apis"]


def test_a_disk_and_its_group_have_known_names_only(fleet: Fleet) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    plant_markers(device)
    disk = device.disks["NetworkShare"]
    disk.diskid = disk.group = disk.filesystem = disk.status = disk.cleanuppolicy = MARKER
    document = check(device)
    expect_no_marker(document, device)
    assert json.loads(document)["state"]["disks"][1]["diskid"] == "<disk 1>"


HEADERS = (
    (f"X-{MARKER}", MARKER),
    ("Server", MARKER),
    ("Set-Cookie", MARKER),
    ("Location", f"https://{MARKER}.example"),
)
FAULTS: dict[str, dict[str, object]] = {
    "error_code": {"code": 20, "description": f"Group {MARKER} of {USER} is invalid: {PASSWORD}"},
    "soap_fault": {"detail": "aa:ActionRuleNotFoundFault", "reason": f"rule '{MARKER}' not found"},
    "http_status": {"status": 503, "headers": HEADERS},
    "redirect": {"location": f"https://{MARKER}.example/{USER}"},
    "body": {
        "body": f'{{"data": "{MARKER}", "{MARKER}": {{"{MARKER}": 1}}}}'.encode(),
        "content_type": f"text/{MARKER}",
    },
    "html": {},
    "echo": {},
}
CALLS = {
    "error_code": [
        "recording_group/list",
        "recording_group/schemaversions",
        "disks/list",
        "apidiscovery",
        "record/list",
    ],
    "soap_fault": ["action/GetActionTemplates", "action/GetActionRules"],
}


@pytest.mark.fault("names of the site in the responses to a device check")
@pytest.mark.parametrize("kind", FAULTS)
def test_no_text_of_an_error_is_in_the_profile(fleet: Fleet, kind: str) -> None:
    """The check continues after each of them."""
    device = fleet.add("camera_12_9", scheme="both")
    plant_markers(device)
    for call in CALLS.get(
        kind, ["recording_group/schemaversions", "disks/list", "discover", "param/list", "usergroup"]
    ):
        device.plant_fault(kind, call=call, times=None, **FAULTS[kind])
    expect_no_marker(check(device), device)


@pytest.mark.fault("names of the site in the responses to a device check")
@pytest.mark.parametrize(
    "body",
    [
        f"<!-- {MARKER} --><root><{MARKER} {MARKER}='{MARKER}'>{MARKER}</{MARKER}></root>",
        f"<root xmlns:x='{MARKER}'><x:disks><disk diskid='{MARKER}' {MARKER}='1'/></x:disks></root>",
        f"<root><disks numberofdisks='{MARKER}'><disk status='{MARKER}'>{MARKER}</disk></disks></root>",
        f"<root><recordings numberofrecordings='1'><recording {MARKER}='{MARKER}'/></recordings></root>",
        f"<{MARKER}/>",
        f"<root>{MARKER}",
        f"root.Storage.S0.FriendlyName={MARKER}\nroot.{MARKER}.Name={MARKER}\n{MARKER}\n# Error: {MARKER}",
        f'{{"apis": {{"{MARKER.upper()}": {{"v1": {{"version": "{MARKER}"}}}}, "a": {{"{MARKER}": {{}}}}}}}}',
        f'["{MARKER}"]',
        f"{USER}\n{USER} admin {MARKER}",
        MARKER,
    ],
)
def test_no_text_of_a_body_is_in_the_profile(fleet: Fleet, body: str) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    plant_markers(device)
    for call in ("disks/list", "discover", "param/list", "usergroup", "record/list", "recording_group/schemaversions"):
        device.plant_fault("body", call=call, body=body.encode(), times=None)
    expect_no_marker(check(device), device)


def experiment(device: Device, protocol: str = "http") -> dict[str, Any]:
    """Return the result of a check with experiments."""
    defaults = {name: definition.get("default") for name, definition in DEVICE_CHECK_SPEC.items()}
    own = {"http": device.port, "https": device.tls_port}
    options = {
        "host": device.host,
        "username": USER,
        "password": PASSWORD,
        "protocol": protocol,
        "port": own[protocol],
        "http_port": device.port,
        "https_port": device.tls_port,
        "tls_fingerprint": device.certificate_sha256 if protocol == "https" else None,
        "write": True,
    }
    return run_device_check(
        {**defaults, **options}, check_mode=False, diff=False, open_session=Session, warn=lambda _text: None
    )


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_no_marker_is_in_the_profile_of_experiments(fleet: Fleet, protocol: str) -> None:
    device = fleet.add("camera_10_12", scheme="both", names=[f"{MARKER}.example"])
    plant_markers(device)
    result = experiment(device, protocol)
    assert "failed" not in result, result["msg"]
    document = json.dumps(result["profile"], ensure_ascii=False)
    expect_no_marker(document, device)
    assert result["profile"]["points"]["existing_id"]["answer"] == "error_20"
    assert "camfleet-check-" in document, "what the check made is shown"


@pytest.mark.fault("names of the site in the responses to a device check")
@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("recording_group/create", "error_code"),
        ("recording_group/update", "error_code"),
        ("action/AddActionConfiguration", "soap_fault"),
        ("recording_group/update", "body"),
        ("recording_group/create", "redirect"),
    ],
)
def test_no_text_of_an_error_is_in_the_files_of_experiments(fleet: Fleet, call: str, kind: str) -> None:
    """The page has the verdict; the message of the task may quote the device."""
    device = fleet.add("camera_12_9", scheme="both")
    plant_markers(device)
    unexplained = {"code": 10} if kind == "error_code" else {}
    device.plant_fault(kind, call=call, times=None, **{**FAULTS[kind], **unexplained})
    result = experiment(device)
    assert result["failed"]
    written = {name: result[name] for name in ("profile", "stopped", "summary", "open_points")}
    expect_no_marker(json.dumps(written, ensure_ascii=False), device)
