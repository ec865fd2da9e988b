# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing in a profile identifies a site or a person: markers that are planted everywhere do not come back."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._http import session as session_module
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._options.device_check import DEVICE_CHECK_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check import waiting
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.check import run_device_check
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import from_dict
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.verdict import CheckRun, judge
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.page import render_page
from tests.reliability.unlimited_rate import UnlimitedRate
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.simulator.messages import Response
from tests.simulator.models import Account
from tests.simulator.response_faults import ResponseFault
from tests.unit.plugins.module_utils._tasks.device_check.reading_runs import read

T = TypeVar("T")
#: No word of the collection, of the documentation, or of the firmware.
MARKER = "zebrafink"
PASSWORD = f'{MARKER}-Pa55&<"ü'
USER = f"{MARKER}-user"
NAME = f"{MARKER}.gate.example"


@pytest.fixture(autouse=True)
def unlimited_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no request wait."""
    monkeypatch.setattr(session_module, "RateLimiter", UnlimitedRate)


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


def check(device: Device, **settings: Any) -> str:
    identifiers = {"name": NAME, "other host": f"{MARKER}-host"}
    run = read(device, USER, identifiers=identifiers, **settings)
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
    apis = found["points"]["apis"]["answer"]
    assert sorted(re.sub("[0-9]+>", "n>", name) for name in apis) == ["<api n>", "<api n>", "recording-group"]
    assert sorted(apis.values()) == ["1.0", "1.0", "<version>"]
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


def experiment(device: Device, protocol: str = "http", **more: Any) -> dict[str, Any]:
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
        {**defaults, **options, **more}, check_mode=False, diff=False, open_session=Session, warn=lambda _text: None
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


@dataclass(kw_only=True)
class Rewrite(ResponseFault):
    """Alter the body and the headers of a response."""

    change: Callable[[Response], Response]

    def alter_response(self, response: Response) -> Response:
        return self.change(response)


def replaced(pattern: str, text: str) -> Callable[[Response], Response]:
    """Return a change of a body."""
    return lambda response: replace(response, body=re.sub(pattern.encode(), text.encode(), response.body))


def named(response: Response) -> Response:
    """Rename and add what a device lists in JSON: the marker is of the forms that names of the firmware have."""
    try:
        content = json.loads(response.body)
    except ValueError:
        return response
    data = content.get("data", {})
    if "apiList" in data:
        data["apiList"] += [
            {"id": f"{MARKER}-video", "version": f"1.0-{MARKER}"},
            {"id": MARKER, "version": MARKER},
            {"id": f"recording-{MARKER}", "version": f"1.{MARKER}"},
        ]
    texts = data.get("propertyList", {})
    for name in texts:
        if "Serial" not in name:
            texts[name] = f"{texts[name]} {MARKER}" if name in ("Version", "ProdFullName") else MARKER.title()
    if "apis" in content:
        path = f"/config/rest/{MARKER}/v1"
        content["apis"] |= {MARKER: {"v1": {"version": "1.0"}}, "param": {"v1": {"version": "1.0", "rest_api": path}}}
    if "apiVersions" in data:
        data["apiVersions"] = [f"1.0_{MARKER}"]
    return replace(
        response, body=json.dumps(content).encode(), content_type=f"application/json; charset={MARKER}; site={MARKER}"
    )


NAMES = {
    "json": named,
    "attributes": replaced('NiceName="', f'{MARKER.title()}="" {MARKER}="1" {MARKER.upper()}="x" NiceName="'),
    "recording": replaced("<recording ", f'<recording {MARKER}="1" '),
    "templates": replaced("(unlimited.recording|stream_options)", f"\\1_{MARKER}"),
    "media": replaced('mimetype="[^"]*"', f'mimetype="video/{MARKER}"'),
    "duration": replaced("(ActivationTimeout|MaximumTimeout)>[^<]*<", f"\\1>P{MARKER.upper()}<"),
    "versions": replaced("<VersionNumber>[^<]*<", f"<VersionNumber>1.0-{MARKER}<"),
    "disk": replaced('(diskid|status|filesystem)="[^"]*"', f'\\1="{MARKER}"'),
    "soap": replaced("Action(Template|Rule)s", f"Action\\1s{MARKER}"),
}


@pytest.mark.fault("names of the site in the responses to a device check")
@pytest.mark.parametrize("kind", NAMES)
def test_no_name_of_the_form_of_the_firmware_is_in_the_profile(fleet: Fleet, kind: str) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    plant_markers(device)
    device.faults.append(Rewrite(change=NAMES[kind], times=None, before_login=None))
    document = check(device)
    expect_no_marker(document, device)
    expect_no_marker(page(from_dict(json.loads(document), "")), device)


def page(profile: Profile, result: Mapping[str, Any] | None = None) -> str:
    """Return the page of a profile."""
    run = CheckRun(profile.origin.parts) if result is None else CheckRun.of(result)
    return render_page(profile, judge(profile, run), run)


def expect_no_marker_in_files(result: Mapping[str, Any], device: Device) -> None:
    """Check what the files of a result have; the message of the task may have names."""
    expect_no_marker(json.dumps(result["profile"], ensure_ascii=False), device)
    expect_no_marker(page(from_dict(result["profile"], ""), result), device)
    expect_no_marker(json.dumps([result["stopped"], result["open_points"]], ensure_ascii=False), device)


def one_of(places: Sequence[T], number: int, soak: bool) -> Sequence[T]:
    """Return all places in the long form, and otherwise one, which differs from case to case."""
    return places if soak else [places[number % len(places)]]


#: With both kinds of quotes: the repr of such a text has a quote in it.
QUOTED = f"""it's "a" {MARKER}"""
ATTRIBUTE = QUOTED.replace('"', "&quot;")
STORED = {
    "name": ("recording_group/list", replaced('NiceName="[^"]*"', f'NiceName="{ATTRIBUTE}"')),
    "name without quotes": ("recording_group/list", replaced('NiceName="[^"]*"', f'NiceName="{MARKER}"')),
    "retention time": ("recording_group/list", replaced('RetentionTime="[^"]*"', f'RetentionTime="{ATTRIBUTE}"')),
    "duration": ("recording_group/list", replaced('PreDuration="[^"]*"', f'PreDuration="{ATTRIBUTE}"')),
    "stream options": ("recording_group/list", replaced('StreamOptions="[^"]*"', f'StreamOptions="{ATTRIBUTE}"')),
    "description": ("recording_group/list", replaced('Description="[^"]*"', f'Description="{ATTRIBUTE}"')),
    "ID": ("recording_group/list", replaced('RecordingGroupId="camfleet[^"]*"', f'RecordingGroupId="{ATTRIBUTE}"')),
    "disk of a group": ("recording_group/list", replaced('DiskId="[^"]*"', f'DiskId="{ATTRIBUTE}"')),
    "topic": ("action/GetActionRules", replaced("SystemReady", QUOTED)),
    "rule": ("action/GetActionRules", replaced("ActionRuleName>[^<]*<", f"ActionRuleName>{QUOTED}<")),
    "configuration": ("action/GetActionConfigurations", replaced("Name>[^<]*<", f"Name>{QUOTED}<")),
}

#: Their texts go the same way as those of others.
SIMILAR = ("name", "retention time", "duration", "rule")


@pytest.mark.fault("names of the site in the responses to a device check")
@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.long] * (kind in SIMILAR)) for kind in STORED])
def test_no_text_that_a_device_stores_instead_is_in_the_files(fleet: Fleet, soak: bool, kind: str) -> None:
    """Another client edits a scratch group, or the device decorates what it stores."""
    call, change = STORED[kind]
    for skip, times in one_of(((1, 1), (6, None), (12, 1)), [*STORED].index(kind), soak):
        device = fleet.add("camera_12_9", scheme="both")
        device.accounts[USER] = Account(PASSWORD, "operator")
        device.faults.append(Rewrite(change=change, call=call, skip=skip, times=times))
        expect_no_marker_in_files(experiment(device), device)


@pytest.mark.fault("names of the site in the responses to a device check")
@pytest.mark.parametrize("detail", ["InvalidActionConfigurationFault", MARKER.title()])
def test_no_text_of_a_fault_is_in_the_files(fleet: Fleet, soak: bool, detail: str) -> None:
    for call in ("AddActionConfiguration", "AddActionRule"):
        for skip in one_of((0, 1, 2), call == "AddActionRule", soak):
            device = fleet.add("camera_12_9", scheme="both")
            device.accounts[USER] = Account(PASSWORD, "operator")
            device.plant_fault("soap_fault", detail=f"aa:{detail}", reason=QUOTED, call=f"action/{call}", skip=skip)
            expect_no_marker_in_files(experiment(device), device)


@pytest.mark.fault("names of the site in the responses to a device check")
@pytest.mark.parametrize("call", ["create", "list", "delete"])
def test_no_generated_id_is_in_the_files(fleet: Fleet, soak: bool, call: str) -> None:
    """A real one has a time and a part of the serial number in it."""
    change = replaced('(?<= RecordingGroupId=")(?:[0-9A-Z]+_)+[0-9A-F]+(?=")', f"{MARKER}-1")
    for skip, times in one_of(((0, None), (7, 1), (25, None)), call == "list", soak):
        device = fleet.add("camera_12_9", scheme="both")
        device.accounts[USER] = Account(PASSWORD, "operator")
        device.faults.append(Rewrite(change=change, call=f"recording_group/{call}", skip=skip, times=times))
        expect_no_marker_in_files(experiment(device), device)


@pytest.mark.parametrize("space", [1, 0])
def test_no_disk_of_the_site_is_in_the_reasons_of_a_wait(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, space: int
) -> None:
    device = fleet.add("camera_12_9", scheme="both")
    device.accounts[USER] = Account(PASSWORD, "operator")
    disk = device.disks[MARKER] = device.disks.pop("SD_DISK")
    disk.diskid, disk.freesize = MARKER, disk.freesize * space
    monkeypatch.setattr(waiting, "time", SimpleNamespace(sleep=lambda seconds: device.advance(seconds / 3600)))
    result = experiment(device, wait="3h")
    expect_no_marker_in_files(result, device)
    reasons = {item["point"]: item["reason"] for item in result["open_points"]}
    assert "<disk 1>" in reasons["disk_age_combines"]
