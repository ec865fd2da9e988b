# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of devices cannot show a secret, control a display, or change a verdict, in any output.

A device is free to send any text: random bytes, control characters, markup, formulas, and the password in any encoding.
"""

from __future__ import annotations

import csv
import html
import io
import json
import quopri
import random
import re
import sys
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus, unquote
from xml.etree import ElementTree

import pytest
import yaml
from ansible.plugins.action import ActionBase
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.connection import NameMismatchError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._http.tls import explain_failure
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import Secrets, hide
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.info import ALL_SUBSETS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.run import (
    run_recording_action,
    run_recording_group,
    run_recording_group_info,
    run_retention_policy,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._fleet_action import FleetAction
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import PolicyWords, Scope, build_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import FORMATS, render_files
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import merge_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import parse_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    HostInput,
    abbreviate,
    build_data,
    build_summary,
    render_lines,
)
from tests.parameters import DEFAULTS, action_parameters, group_parameters, policy_parameters
from tests.playbook import CHECKOUT, run_playbook
from tests.simulator import Fleet
from tests.unit.plugins.plugin_utils.reports import DIGEST, RUN, drifted, failed, held, result
from tests.unit.plugins.plugin_utils.reports import HOLD as HELD

from .responses import POLICY, VALUE, Stub, real_responses
from .test_fuzzing import served

#: Passwords that are no words: every part of them is a leak.
PASSWORDS = (
    "Vb3tNf9r Pä55 %41\"'<&>`$x\\é日本/ Zk7wQm2x",
    "Xw4!kd8&Rb2;Zt6=Lm",
    "correct horse battery",
    "q-\\\\-z\\\\\\w",
)
ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "lower case": str.lower,
    "HTML": html.escape,
    "HTML in numbers": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "JSON": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "repr": lambda text: repr(text)[1:-1],
    "percent": lambda text: quote(text, ""),
    "percent, all": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent twice": lambda text: quote(quote(text, ""), ""),
    "form": lambda text: quote_plus(text, ""),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "Base64": lambda text: b64encode(text.encode()).decode(),
    "Basic": lambda text: b64encode(f"operator:{text}".encode()).decode(),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "hexadecimal": lambda text: text.encode().hex(),
    "zero-width": "\u200b".join,
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "code points": lambda text: "".join(f"\\u{{{ord(character):x}}}" for character in text),
    "HTML without semicolons": lambda text: "".join(f"&#x{ord(character):x}" for character in text),
    "UTF-16": lambda text: "".join(f"%{byte:02X}" for byte in text.encode("utf-16-le")),
    "CSV": lambda text: text.replace('"', '""').replace("'", "''"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
}
CONTROLS = (
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\r",
    "\n",
    "\r\nPLAY RECAP ***\r\nok=1 ",
    "\t",
    "\x00",
    "\x7f",
    "\x9b2J",
    "\x85",
)
INVISIBLE = ("\u202e", "\u2066", "\u200b", "\u200f", "\u2028", "\ufeff", "\u00ad", "\U000e0041", "\u180e")
MARKUP = (
    "<script>alert(1)</script>",
    "]]>",
    "<!--",
    "|",
    "`x`",
    "[x](http://a.example)",
    "=1+1",
    "\uff1d1",
    "{{ 7 * 7 }}",
    "'",
    '"',
)
PIECES = st.sampled_from((*CONTROLS, *INVISIBLE, *MARKUP, "%", "\\", "&", "text")) | st.text(max_size=8)
#: What no output may contain, except line breaks where the output has lines.
FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
ID = "planted"


@st.composite
def hostile_texts(draw: st.DrawFn) -> tuple[str, str]:
    """Build a password, and a text that contains it in some encoding at some place."""
    password = draw(st.sampled_from(PASSWORDS))
    before, after = ("".join(draw(st.lists(PIECES, max_size=4))) for _side in range(2))
    secret = ENCODINGS[draw(st.sampled_from([*ENCODINGS]))](password)
    return password, f"{before}{' ' * draw(st.sampled_from([0, 0, 0, 1990]))}{secret}{after}"


def plant(fleet: Fleet, password: str, text: str) -> Any:
    """Add a camera whose every text is hostile."""
    device = fleet.add("camera_12_9")
    device.accounts["operator"].password = password
    # A device stores what XML can hold; tests of the parser send the rest.
    text = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    device.plant_group(recording_group_id=ID, nice_name=text, description=text, retention_time=24)
    device.plant_group(recording_group_id="other", nice_name=text, description=text, retention_time=24)
    device.plant_recording(ID, name=text)
    return device


def options(device: Any, password: str) -> dict[str, Any]:
    """Return the options of a task for the device."""
    return {"port": device.port, "password": password, "retries": 0}


def run_tasks(device: Any, password: str, text: str) -> Iterator[dict[str, Any]]:
    """Run tasks that show texts of the device in results, differences, refusals, warnings, and errors."""
    warnings: list[str] = []
    how: dict[str, Any] = {"check_mode": True, "diff": True, "open_session": Session, "warn": warnings.append}
    shared = options(device, password)
    policy = {
        "groups": [{"recording_group_id": ID, "nice_name": "Door", "description": "", "retention_time": "2d"}],
        "existing_groups": [{"match": {"nice_name": "zzz*"}, "retention_time": "3d"}],
        "unmanaged": "report",
        "purge": True,
    }
    policy["purge_match"] = [ID]
    yield run_retention_policy(policy_parameters(**policy, **shared), **how)
    parts = ["recording_groups", "recording_actions", "device", "disks", "recordings", "api"]
    yield run_recording_group_info({**DEFAULTS, "gather": parts, **shared}, **how)
    yield run_recording_action(action_parameters(recording_group_id=ID, name="Record", **shared), **how)
    device.plant_fault("error_code", code=10, description=text, times=None)
    yield run_retention_policy(policy_parameters(retention_minimum="1d", **shared), **how)
    yield {"warnings": warnings}


def outputs(results: list[dict[str, Any]]) -> dict[str, str]:
    """Return each output, by its name."""
    inputs = [HostInput(f"c{number}", result) for number, result in enumerate(results) if "compliant" in result]
    summary = build_summary(inputs, check_mode=True)
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    files = render_files(build_report(RUN, summary, inputs, []), FORMATS)
    texts = {name: _values(text) if name.endswith(".json") else text for name, text in files.items()}
    shown = {"lines": "\n".join(render_lines(summary, "Audit", now, {})), "data": _shown(build_data(summary, now))}
    return {"results": _shown(results), **shown, **texts}


def _shown(value: Any) -> str:
    return _values(json.dumps(value))


def _values(document: str) -> str:
    """Return every text in a JSON document, as a program would print it."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for item in value.values():
                yield from texts(item)
        elif isinstance(value, list):
            for item in value:
                yield from texts(item)
        elif isinstance(value, str):
            yield value

    return "\n".join(texts(json.loads(document)))


def assert_safe(name: str, output: str, password: str) -> None:
    """Check that an output has no invisible character and no part of the password."""
    found = {character for character in output.removeprefix("\ufeff") if unicodedata.category(character) in FORBIDDEN}
    assert found <= {"\n", "\r"} if name.endswith(".csv") else found <= {"\n"}, (name, found)
    plain = re.sub(r"\s", "", html.unescape(output)).lower()
    for start in range(len(password) - 5):
        part = re.sub(r"\s", "", password[start : start + 6]).lower()
        if len(part) == 6:
            assert part not in plain, (name, part, password)
    for login in (password, f"operator:{password}"):
        code = b64encode(login.encode()).decode()
        assert not any(code[start : start + 12] in output for start in range(len(code) - 11)), (name, code)


def assert_formats_are_intact(texts: dict[str, str]) -> None:
    """Check that each file can be read as what it is, and that no cell is a formula."""
    for name, text in texts.items():
        if name.endswith(".csv"):
            rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
            assert {len(row) for row in rows} == {len(rows[0])}
            assert not any(re.match(r"\s*[=+\-@\uff1d]", cell) for row in rows for cell in row)
        elif name.endswith(".xml"):
            ElementTree.fromstring(text)
        elif name.endswith(".html"):
            assert text.count("<script>") == 1
        elif name.endswith(".md"):
            # A backslash escapes one character, which may be another backslash.
            unescaped = re.sub(r"\\.", "", text, flags=re.DOTALL)
            assert "<script>" not in unescaped
            assert "](http" not in unescaped


@pytest.mark.fault("hostile text of a device")
def test_no_output_shows_a_hostile_text(soak: bool) -> None:
    @given(hostile_texts())
    @settings(max_examples=2000 if soak else 20, derandomize=not soak)
    def try_one(case: tuple[str, str]) -> None:
        password, text = case
        with Fleet() as fleet:
            results = [*run_tasks(plant(fleet, password, text), password, text)]
        texts = outputs(results)
        for name, output in texts.items():
            assert_safe(name, output, password)
        assert_formats_are_intact(texts)

    try_one()


#: Each fragment of four characters has a letter, a digit, and a sign, so that none occurs by chance.
STRONG = ("G7!kX4;wQ9$zV2~h", "k3\\Z8\"Q1'W6&J5%Y0")
#: How ansible-core shows results: another callback or format for each verbosity.
CALLBACKS: tuple[dict[str, str], ...] = (
    {},
    {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
    {"ANSIBLE_STDOUT_CALLBACK": "minimal"},
    {"ANSIBLE_CALLBACKS_ENABLED": "results,ansible.builtin.junit", "JUNIT_OUTPUT_DIR": "{report}"},
    {},
)


def add_hostile_cameras(fleet: Fleet, seed: int) -> dict[str, Any]:
    """Add a camera for each password, which has it in each encoding, and one that returns such texts as errors."""
    chance = random.Random(seed)
    hosts: dict[str, Any] = {}
    for number, password in enumerate(STRONG):
        texts = []
        for encode in ENCODINGS.values():
            before, after = ("".join(chance.choices((*CONTROLS, *INVISIBLE, *MARKUP), k=3)) for _side in range(2))
            secret = encode(password)
            padding = " x" * chance.choice((0, 0, chance.randrange(900, 1000)))
            text = f"{before}{padding}{secret}{after}"
            texts.append(re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text))
        for kind in ("groups", "error"):
            device = plant(fleet, password, texts[0])
            for index, text in enumerate(texts):
                device.plant_group(recording_group_id=f"g{index}", nice_name=text, description=text, retention_time=24)
            if kind == "error":
                for text in texts:
                    device.plant_fault("error_code", code=10, description=text)
            login = {"axis_password": password, "axis_port": device.port}
            hosts[f"{kind}-{number}"] = {"ansible_host": device.host, **login}
    return hosts


def write_hostile_play(directory: Path) -> Path:
    """Write a playbook that shows texts of devices in results, differences, refusals, and errors."""
    groups = [{"recording_group_id": ID, "nice_name": "Door", "description": "", "retention_time": "2d"}]
    policy = {"groups": groups, "unmanaged": "report", "purge": True, "purge_match": ["g*"]}
    tasks: list[dict[str, Any]] = [
        {"camfleet.axis.axis_recording_group_info": {"gather": ["recording_groups", "recordings", "device"]}},
        {"camfleet.axis.axis_retention_policy": policy, "check_mode": True},
        {"camfleet.axis.axis_recording_group": {"recording_group_id": "g1", "nice_name": "Door"}, "check_mode": True},
    ]
    play = {"hosts": "axis", "gather_facts": False, "ignore_errors": True, "tasks": tasks}
    path = directory / "play.yml"
    path.write_text(yaml.safe_dump([play, {"import_playbook": str(CHECKOUT / "playbooks" / "audit.yml")}]), "utf-8")
    return path


def assert_no_fragment(name: str, output: str, password: str) -> None:
    """Check that an output has no four characters of the password, however the output is read."""
    readings = [output, html.unescape(output), unquote(output), re.sub(r"\\\\(.)", r"\1", output)]
    for start in range(len(password) - 3):
        part = password[start : start + 4].lower()
        assert not any(part in reading.lower() for reading in readings), (name, part)


@pytest.mark.fault("hostile text of a device")
# The others are in the soak.
@pytest.mark.parametrize(
    "verbosity", [pytest.param(number, marks=[] if number == 3 else pytest.mark.long) for number in range(5)]
)
def test_no_verbosity_and_no_callback_shows_a_hostile_text(tmp_path: Path, verbosity: int) -> None:
    playbook = write_hostile_play(tmp_path)
    settings_of_core = CALLBACKS[verbosity]
    scratch = tmp_path / str(verbosity)
    scratch.mkdir()
    report = {
        "retention_policy_report_dir": str(scratch / "report"),
        "retention_policy_report_formats": [*FORMATS],
    }
    arguments = ["--diff", "--extra-vars", json.dumps(report), *(["-" + "v" * verbosity] if verbosity else [])]
    with Fleet() as fleet:
        inventory = write_inventory(scratch, add_hostile_cameras(fleet, verbosity))
        extra = {name: value.format(report=scratch / "report") for name, value in settings_of_core.items()}
        run = run_playbook(playbook, inventory, scratch, *arguments, extra=extra)
    assert "********" in run.output
    files = {path.name: path.read_text("utf-8") for path in (scratch / "report").iterdir()}
    # The callback of ansible-core indents its file with tabs.
    files |= {name: re.sub("(?m)^\t+", "", text) for name, text in files.items() if name.startswith("play-")}
    assert len(files) == len(FORMATS) + ("JUNIT_OUTPUT_DIR" in settings_of_core), run.output
    for name, text in {"stdout": run.output, "results": _shown([*run.results.values()]), **files}.items():
        for password in STRONG:
            assert_safe(name, text, password)
            assert_no_fragment(name, text, password)
    assert_formats_are_intact(files)


def hostile_responses() -> Iterator[tuple[Call, bytes]]:
    """Yield responses of the simulator in which one value is hostile."""
    password = PASSWORDS[1]
    login = b64encode(f"operator:{password}".encode()).decode()
    text = f"x\x9b2J\u202e\u2028 {password} {quote(password, '')} {login}"
    for call, body in real_responses().items():
        is_json = body.startswith(b"{")
        written = (json.dumps(text, ensure_ascii=False)[1:-1] if is_json else html.escape(text)).encode()
        for value in VALUE.finditer(body):
            yield call, body[: value.start()] + written + body[value.end() :]


@pytest.mark.fault("hostile text of a device")
def test_no_value_of_a_response_is_shown_as_it_is(soak: bool) -> None:
    responses = list(hostile_responses())
    assert len(responses) > 500
    for call, body in responses[:: 1 if soak else 11]:
        results: list[Any] = []
        stub = Stub({**real_responses(), call: body})
        how: dict[str, Any] = {"diff": True, "open_session": lambda _settings, stub=stub: stub, "warn": results.append}
        login = {"password": PASSWORDS[1]}
        results += [
            run_recording_group_info({**DEFAULTS, "gather": [*ALL_SUBSETS], **login}, check_mode=False, **how),
            run_retention_policy({**POLICY, **login}, check_mode=True, **how),
            run_recording_action(action_parameters(recording_group_id="b", name="R", **login), check_mode=True, **how),
            run_recording_group(group_parameters(nice_name="T\u00fcr", **login), check_mode=True, **how),
        ]
        assert_safe(call.name, _shown(results), PASSWORDS[1])


def pick_error(device: Any, password: str) -> dict[str, Any]:
    """Return the error of a task, which must be one of the device."""
    warnings: list[str] = []
    parameters = policy_parameters(retention_minimum="1d", **options(device, password))
    result = run_retention_policy(parameters, check_mode=True, diff=True, open_session=Session, warn=warnings.append)
    assert result["error"]["kind"] != "invalid_option", result
    return result


@pytest.mark.fault("password at the cut of a message")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_password_at_the_cut_of_a_message_does_not_survive(encoding: str) -> None:
    password = PASSWORDS[0]
    written = ENCODINGS[encoding](password)
    with Fleet() as fleet:
        device = fleet.add("camera_12_9")
        device.accounts["operator"].password = password
        for length in (1900, 1960, 1990, 1999, 2000):
            device.plant_fault("error_code", code=10, description="x" * (length - len(written) // 2) + written)
            assert_safe("error", _shown(pick_error(device, password)), password)


@pytest.mark.fault("hostile text of a device")
def test_hostile_text_is_sent_back_as_the_device_sent_it() -> None:
    password, text = PASSWORDS[1], f"x\u202e{PASSWORDS[1]}\u200b"
    with Fleet() as fleet:
        device = plant(fleet, password, text)
        warnings: list[str] = []
        how: dict[str, Any] = {"diff": True, "open_session": Session, "warn": warnings.append}
        parameters = action_parameters(recording_group_id=ID, enabled=False, **options(device, password))
        result = run_recording_action(parameters, check_mode=False, **how)
        assert "error" not in result, result["error"]
        assert result["changed"] is True
        assert [rule.name for rule in device.actions.rules.values()] == [text]
        assert_safe("result", _shown([result, warnings]), password)
        other = device.groups["other"]
        parameters = group_parameters(nice_name="Door", recording_group_id="other", **options(device, password))
        assert run_recording_group(parameters, check_mode=False, **how)["changed"] is True
        assert (other.nice_name, other.description) == ("Door", text)


@pytest.mark.fault("hostile text of a device")
def test_names_in_a_certificate_control_no_terminal() -> None:
    secrets = Secrets()
    secrets.add_login("operator", PASSWORDS[1])
    text = f"'192.0.2.1' doesn't match 'a\x1b[2J\u202e{PASSWORDS[1]}'"
    with hide(secrets):
        failure = explain_failure([NameMismatchError(1, text)])
    assert failure.detail == "'192.0.2.1' doesn't match 'a[2J********'"


@pytest.mark.fault("hostile text of a device")
@pytest.mark.parametrize("text", [*CONTROLS, *INVISIBLE])
def test_address_of_a_redirect_controls_no_terminal(text: str) -> None:
    password = PASSWORDS[1]
    location = f"http://camera.example/{text}{quote(password)}/{text}x"
    response = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with served(response.encode()) as port:
        parameters = policy_parameters(retention_minimum="1d", port=port, password=password, retries=0)
        result = run_retention_policy(
            parameters, check_mode=True, diff=True, open_session=Session, warn=lambda _text: None
        )
    assert_safe("redirect", _shown(result), password)


#: Passwords that are words of results, identifiers, numbers of the policy, and what reports contain.
WORDS = (
    *("a", "0", "1", "30d", "720", "true", "null", "info", "held", "critical", "drifted", "compliant", "missing"),
    *("entrance", "stray", "Entrance hall", "retention_time", "recording_group_id", "1920x1080", "error", "127.0.0.1"),
    *("\\h\\e\\l\\d", "compliant.", "groups-1", "SD_DISK", "12.9.57"),
)
ORDINARY = "Xw4!kd8&Rb2;Zt6=Lm"
HOLD = {"recording_group_id": "evidence", "reason": "Case 4711", "owner": "legal", "until": "2999-12-31"}
VARIABLES = {
    "axis_username": "operator",
    "axis_protocol": "http",
    "axis_retries": 0,
    "axis_holds": [HOLD],
    "retention_policy_groups": [
        {"recording_group_id": "entrance", "nice_name": "Entrance hall", "retention_time": "30d"},
        {"recording_group_id": "yard", "retention_time": 720, "stream_options": "resolution=1920x1080"},
        {"recording_group_id": "evidence", "retention_time": "1d"},
        {"recording_group_id": "gone", "retention_time": "1d"},
    ],
    "retention_policy_unmanaged": "report",
    "retention_policy_minimum": "1d",
    "retention_policy_verify_recordings": True,
}


def add_camera(fleet: Fleet, name: str, password: str) -> Any:
    """Add a camera with a group of every verdict."""
    device = fleet.add("camera_12_9", name)
    device.accounts["operator"].password = password
    device.plant_group(recording_group_id="entrance", nice_name="Entrance hall", retention_time=720)
    device.plant_group(recording_group_id="yard", retention_time=24, stream_options="resolution=640x480")
    device.plant_group(recording_group_id="evidence", retention_time=9999)
    device.plant_group(recording_group_id="stray", nice_name="Stray", retention_time=0)
    return device


def write_inventory(directory: Path, hosts: Mapping[str, Any], **others: Any) -> Path:
    """Write the inventory of the cameras and of other machines."""
    groups = {"axis": {"hosts": dict(hosts), "vars": VARIABLES}, "others": {"hosts": others}}
    path = directory / "inventory.yml"
    path.write_text(yaml.safe_dump({"all": {"children": groups}}, allow_unicode=True), "utf-8")
    return path


def compare(host: dict[str, Any]) -> str:
    """Return what a report or a result says about a host, without what is different for each device."""
    device = {**host["device"], "host": "", "serial": ""}
    text = json.dumps({**host, "host": "", "device": device}, sort_keys=True)
    return re.sub(r"(?<=checked_at\": \")[^\"]*", "", text)


@pytest.mark.fault("password that is a word")
@pytest.mark.fault("hostile text of a device")
def test_report_is_the_same_with_any_password(tmp_path: Path) -> None:
    hosts: dict[str, Any] = {}
    hostile = "\x9b2J\u202e\u2028PLAY RECAP | =1+1 " + quote(ORDINARY, "") + " " + ORDINARY
    location = f"http://camera.example/\x1b[2J{quote(ORDINARY, '')}"
    redirect = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with Fleet() as fleet, served(redirect.encode()) as port:
        for number, password in enumerate((ORDINARY, *WORDS)):
            for kind in ("groups", "error"):
                name = f"{kind}-{number}"
                device = add_camera(fleet, name, password)
                if kind == "error":
                    device.plant_fault("error_code", code=10, description="Out of order", times=None)
                hosts[name] = {"ansible_host": device.host, "axis_port": device.port, "axis_password": password}
        for name in ("names", "described", "redirected"):
            device = add_camera(fleet, name, ORDINARY)
            hosts[name] = {"ansible_host": device.host, "axis_port": device.port, "axis_password": ORDINARY}
        fleet.devices["names"].plant_group(recording_group_id="hostile", nice_name=hostile, description=hostile)
        fleet.devices["described"].plant_fault("error_code", code=10, description=hostile, times=None)
        hosts["redirected"] |= {"ansible_host": "127.0.0.1", "axis_port": port}
        inventory = write_inventory(tmp_path, hosts)
        report = {
            "retention_policy_report_dir": str(tmp_path / "report"),
            "retention_policy_report_formats": [*FORMATS],
        }
        arguments = ("-vvvv", "--diff", "--forks", "8", "--extra-vars", json.dumps(report))
        run = run_playbook(CHECKOUT / "playbooks" / "audit.yml", inventory, tmp_path, *arguments)
    files = {path.name: path.read_text("utf-8") for path in (tmp_path / "report").iterdir()}
    # With the list of the unverified hosts.
    assert len(files) == len(FORMATS) + 1, run.output
    for name, text in {"stdout": run.output, **files}.items():
        if not name.endswith(".html"):
            assert_safe(name, text, ORDINARY)
    assert_formats_are_intact(files)
    (document,) = (json.loads(text) for name, text in files.items() if name.endswith(".json"))
    found = {host["host"]: host for host in document["hosts"]}
    assert (found["groups-0"]["verdict"], found["groups-0"]["severity"]) == ("held", "critical"), run.output
    assert {item["verdict"] for item in found["groups-0"]["findings"]} >= {"compliant", "drifted", "held", "missing"}
    for number, password in enumerate((ORDINARY, *WORDS)):
        for kind in ("groups", "error"):
            assert compare(found[f"{kind}-{number}"]) == compare(found[f"{kind}-0"]), password


@pytest.mark.fault("password that is a word")
def test_delegated_result_is_the_same_with_any_password(tmp_path: Path, soak: bool) -> None:
    passwords = (ORDINARY, "held", "720", "retention_time", *(("true", "entrance") if soak else ()))
    options = {"groups": "{{ retention_policy_groups }}", "retention_minimum": "1d", "on_refused": "report"}
    check = {"camfleet.axis.axis_retention_policy": options, "delegate_to": "jump", "diff": True, "register": "found"}
    # ansible-core 2.22 replaces passwords in all of its output, but not in what is registered.
    content = "{{ ansible_play_hosts | zip(ansible_play_hosts | map('extract', hostvars, 'found')) | to_json }}"
    path = tmp_path / "results.json"
    keep = {"ansible.builtin.copy": {"content": content, "dest": str(path)}, "delegate_to": "jump", "run_once": True}
    play = {"hosts": "axis", "gather_facts": False, "tasks": [{**check, "check_mode": True}, keep]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]), "utf-8")
    with Fleet() as fleet:
        hosts = {
            f"c{number}": {
                "ansible_host": (device := add_camera(fleet, f"c{number}", password)).host,
                "axis_port": device.port,
                "axis_password": password,
            }
            for number, password in enumerate(passwords)
        }
        jump = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        run = run_playbook(tmp_path / "play.yml", write_inventory(tmp_path, hosts, jump=jump), tmp_path)
    assert run.status == 0, run.output
    found = dict(json.loads(path.read_text("utf-8")))
    assert {item["verdict"] for item in found["c0"]["findings"]} >= {"compliant", "drifted", "held", "missing"}
    for number, password in enumerate(passwords):
        assert compare(found[f"c{number}"]) == compare(found["c0"]), password


#: What an inventory may contain: a host, a group, a policy, and a hold, each with any text.
NAMES = st.lists(PIECES | st.sampled_from(["a", "b"]), min_size=1, max_size=4).map("".join)


@st.composite
def hostile_inventories(draw: st.DrawFn) -> list[HostInput]:
    """Build hosts with hostile names, groups, policies, and holds, and with ordinary results."""
    names = draw(st.lists(NAMES.filter(bool), min_size=1, max_size=4, unique_by=escape_invisible))
    inputs = []
    for number, name in enumerate(names):
        hold = {**HELD, "recording_group_id": draw(NAMES), "reason": draw(NAMES), "owner": draw(NAMES)}
        matches: list[str] = draw(st.sampled_from([[], ["door"]]))
        found = draw(st.sampled_from([result(number), drifted(number), held(number), failed(number), None]))
        if found and "holds" not in found and "compliant" in found:
            found = {**found, "holds": [{**hold, "matches": matches}]}
        texts = {"purpose": draw(NAMES), "owner": draw(NAMES), "groups": ("all", draw(NAMES))}
        inputs.append(HostInput(name, found, fails_on_drift=True, **texts))
    return inputs


class Shown(FleetAction):
    """An action that returns what it is given."""

    module = SimpleNamespace(ARGUMENT_SPEC={})  # type: ignore[assignment] # as much as is needed
    given: ClassVar[dict[str, Any]] = {}

    def execute(self, parameters: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Return the given result."""
        return self.given


@pytest.mark.fault("hostile name in the inventory")
def test_no_output_shows_a_hostile_inventory(soak: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})

    @given(hostile_inventories(), st.lists(NAMES, max_size=2))
    @settings(max_examples=2000 if soak else 15, derandomize=not soak)
    def try_one(inputs: list[HostInput], more: list[str]) -> None:
        summary = build_summary(inputs, check_mode=True)
        now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        title, other = (more[0], more[-1]) if more else ("Audit", None)
        scope = Scope(title, other, tuple(more))
        info = replace(RUN, title=title, run_id=other, approved_by=other, stopped=other, scope=scope)
        words = {DIGEST: PolicyWords(tuple(more), tuple(more), tuple(more))}
        outside = [HostInput(f"outside {number} {name}", None) for number, name in enumerate(more)]
        files = render_files(build_report(info, summary, inputs, outside, words), FORMATS)
        Shown.given = {
            "msg": [*more, abbreviate([item.name for item in inputs])],
            "warnings": more,
            "lines": render_lines(summary, info.title, now, {}),
            "headline": f"{info.title}: {summary.render_headline(brief=True)}",
            "problems": [{"problem": text} for text in more],
        }
        shown = Shown(SimpleNamespace(args={}), None, None, None, None, None).run(None, {})
        assert shown["msg"].count("\n") == len(more)
        assert not any("\n" in text for text in (*shown["warnings"], *shown["lines"], shown["headline"]))
        data = json.dumps(build_data(summary, now), ensure_ascii=False)
        for name, text in {"result": _shown(shown), "data": data, **files}.items():
            assert_safe(name, _values(text) if name.endswith(".json") else text, PASSWORDS[0])
        assert_formats_are_intact(files)
        # What is written can be read, and merged.
        (written,) = (text for name, text in files.items() if name.endswith(".json"))
        document = merge_reports({"a.json": parse_report("a.json", written)}, [], different_policies=True)
        assert len(document["hosts"]) == len(inputs) + len(more)
        for name, text in render_files(document, ["json"]).items():
            parse_report(name, text)

    try_one()


EVIL = "evil\x1b]0;x\x07\x9b\u202e\r\nPLAY RECAP\u2028"
SECRET = STRONG[0]
PREFLIGHT = "Check the names"


@pytest.mark.fault("hostile name in the inventory")
@pytest.mark.fault("password in a template that fails")
def test_fleet_actions_show_no_hostile_name_and_no_password(tmp_path: Path) -> None:
    hosts: dict[str, Any] = {
        "fails": {"retention_policy_purpose": "{{ axis_password | to_datetime }}"},
        "bound": {"retention_policy_minimum": "{{ axis_password | to_datetime }}"},
        "value": {"retention_policy_fail_on_drift": "{{ axis_password }}"},
        "key": {"retention_policy_owner": "{{ {}[axis_password] }}"},
        EVIL: {"axis_timeout": EVIL, "retention_policy_purpose": EVIL},
    }
    login = {"axis_username": "operator", "axis_password": SECRET, "ansible_host": "192.0.2.1"}
    inventory = tmp_path / "inventory.json"
    groups = {"axis": {"hosts": {name: {**login, **own} for name, own in hosts.items()}, "vars": {}}}
    groups["axis"]["vars"] = {"retention_policy_groups": [{"recording_group_id": "door", "retention_time": "30d"}]}
    inventory.write_text(json.dumps({"all": {"hosts": {"localhost": {}}, "children": groups}}), "utf-8")
    every = {"hosts": "{{ groups['axis'] }}"}
    slices, merged = str(tmp_path / "slices"), str(tmp_path / "merged")
    report = {**every, "title": f"Audit {EVIL}", "directory": slices, "formats": [*FORMATS]}
    merge = {"reports_directory": slices, "directory": merged, "formats": [*FORMATS]}
    tasks: list[dict[str, Any]] = [
        {"name": PREFLIGHT, "camfleet.axis.axis_retention_policy_preflight": every, "ignore_errors": True},
        {"camfleet.axis.axis_retention_policy_report": report, "register": "report"},
        {"ansible.builtin.debug": {"msg": "{{ report.lines }}"}},
        {"ansible.builtin.set_stats": {"data": {"retention_policy": "{{ report.summary }}"}}},
        {"camfleet.axis.axis_retention_policy_merge": {**every, **merge}, "ignore_errors": True},
        {"camfleet.axis.axis_policy_draft": {**every, "directory": str(tmp_path / "draft")}, "ignore_errors": True},
    ]
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (tmp_path / "play.json").write_text(json.dumps([play]), "utf-8")
    settings_of_core = {"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
    run = run_playbook(tmp_path / "play.json", inventory, tmp_path, extra=settings_of_core)
    assert run.status == 0, run.output
    files = {str(path.relative_to(tmp_path)): path.read_text("utf-8") for path in tmp_path.glob("*/retention*")}
    assert len(files) == 2 * len(FORMATS), run.output
    assert_formats_are_intact(files)
    # Core indents the statistics with a tab.
    for name, text in {"stdout": re.sub("(?m)^\t", "", run.output), **files}.items():
        assert_safe(name, text, SECRET)
        assert not re.search("(?m)^PLAY RECAP(?! \\*)", text), name
    problems = "\n".join(item["problem"] for item in run.results[PREFLIGHT, "localhost"]["problems"])
    assert "Rename the host" in problems
    assert "retention_policy_minimum cannot be resolved. Check" in problems
    assert "Policy: retention_policy_purpose cannot be resolved (owner" in run.output
    assert "retention_policy_fail_on_drift must be true or false, got the text '********'" in problems
    assert escape_invisible(EVIL) in run.output
