# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each device profile in the repository can be published, and a profile that cannot is rejected with the reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import parse_profile
from tests import check_profile
from tests.check_profile import find_faults, main
from tests.check_profile_site import find_site_values
from tests.playbook import CHECKOUT
from tests.readme import README
from tests.supported_devices import PAGE, PROFILES

PATHS = sorted(path for path in PROFILES.iterdir() if not path.name.startswith("_"))
Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_each_profile_can_be_published(path: Path) -> None:
    assert find_faults(path) == []


@pytest.fixture
def observed(tmp_path: Path) -> Callable[[Change], Path]:
    """Return a function that writes a profile as a device check writes it, with a change."""

    def write(change: Change) -> Path:
        data = json.loads((PROFILES / "camera_12_9.json").read_text(encoding="utf-8"))
        data["origin"] |= {"kind": "observed", "source": "Device check", "parts": ["read"], "role": "operator"}
        for point in data["points"].values():
            point |= {"known_from": "observed" if point["answer"] is not None else None, "source": None}
            point["note"] = None
        data["points"]["existing_id"]["exchanges"] = [
            {
                "request": {
                    "method": "GET",
                    "target": "/axis-cgi/record/recording_group/create.cgi",
                    "headers": {},
                    "body": "",
                },
                "response": {
                    "status": 200,
                    "headers": {"Content-Type": "text/xml"},
                    "body": "<a xmlns='http://www.w3.org/x'/>",
                },
                "error": None,
            }
        ]
        change(data)
        path = tmp_path / "Q1961-TE-12.9.57.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    return write


def body(data: dict[str, Any], text: str) -> None:
    """Set the body of a response."""
    data["points"]["existing_id"]["exchanges"][0]["response"]["body"] = text


def test_an_unchanged_profile_is_accepted(observed: Callable[[Change], Path]) -> None:
    assert find_faults(observed(lambda _data: None)) == []


def test_what_a_contributor_removes_is_accepted(observed: Callable[[Change], Path]) -> None:
    def change(data: dict[str, Any]) -> None:
        data["device"]["soc"] = data["state"]["disks"][1]["status"] = data["points"]["existing_id"]["note"] = (
            "<removed>"
        )
        data["points"]["apis"]["answer"]["<removed>"] = "<removed>"
        data["points"]["apis"]["answer"]["<api 1>"] = "1.0, <version>"

    assert find_faults(observed(change)) == []


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("<realm>AXIS_ACCC8E012345</realm>", "a serial number of Axis", "ACCC8E012345"),
        ("B8A44F123456", "a serial number or a MAC address", "B8A44F123456"),
        ("00:40:8c:12:34:56", "a serial number or a MAC address", "00:40:8c:12:34:56"),
        ("00-40-8C-12-34-56", "a serial number or a MAC address", "00-40-8C-12-34-56"),
        ("0040.8c12.3456", "a serial number or a MAC address", "0040.8c12.3456"),
        ("host 192.168.1.20!", "an address", "192.168.1.20"),
        ("[fe80::240:8cff:fe12:3456]", "an address", "fe80::240:8cff:fe12:3456"),
        ("mail to jane.doe@example.com", "an e-mail address", "jane.doe@example.com"),
        ('nonce="aGVsbG8gd29ybGQ0dGhpcyBpcyBsb25n0A=="', "a nonce, a key, or another long code", "aGVsbG8gd29ybGQ0"),
        ("authorization: Digest username", "a login", "authorization: Digest"),
        ("Basic cm9vdDpwYXNzMTIz", "a login", "Basic cm9vdDpwYXNzMTIz"),
        ('Digest username="jane"', "a login", 'username="jane"'),
        ("camera7.site.local", "a host name", "camera7.site.local"),
        ("http://camera.example.com/wsdl", "a host name", "camera.example.com"),
        ("/home/jane/x", "a path of a person", "/home/jane"),
    ],
)
def test_what_identifies_a_site_is_shown(observed: Callable[[Change], Path], text: str, kind: str, shown: str) -> None:
    faults = find_faults(observed(lambda data: body(data, text)))
    expected = f"points.existing_id.exchanges[0].response.body has what may be {kind}: '{shown}"
    assert any(fault.startswith(expected) for fault in faults), faults
    assert all(fault.endswith("Replace it with <removed>.") for fault in faults)


@pytest.mark.parametrize("place", ["key", "note", "observation", "device", "answer"])
def test_what_identifies_a_site_is_found_everywhere(observed: Callable[[Change], Path], place: str) -> None:
    def change(data: dict[str, Any]) -> None:
        point = data["points"]["apis"]
        {
            "key": lambda: data["points"]["existing_id"]["exchanges"][0]["response"]["headers"].update(
                ACCC8E012345="x"
            ),
            "note": lambda: point.update(note="Seen at ACCC8E012345."),
            "observation": lambda: data["state"].update(observations={"host": "ACCC8E012345"}),
            "device": lambda: data["device"].update(soc="ACCC8E012345"),
            "answer": lambda: point["answer"].update({"api": "ACCC8E012345"}),
        }[place]()

    faults = find_faults(observed(change))
    assert any("what may be a serial number" in fault and "'ACCC8E012345'" in fault for fault in faults), faults


def test_many_places_are_one_fault(observed: Callable[[Change], Path]) -> None:
    def change(data: dict[str, Any]) -> None:
        for point in data["points"].values():
            point["note"] = "192.0.2.1"

    [fault] = find_faults(observed(change))
    assert " other places have what may be an address: '192.0.2.1'" in fault


@pytest.mark.parametrize(
    "text",
    [
        "<serial> <host> <user> <nonce>",
        "camfleet-check-0a1b2c3d-existing",
        "SD_DISK_20261129_194339_DBC3DD21",
        "http://www.axis.com/vapix/ws/action1 http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete",
        "AXIS OS 10.12.228, 12:34:56, 2026-11-29T19:43:39Z",
    ],
)
def test_what_a_device_check_writes_is_accepted(observed: Callable[[Change], Path], text: str) -> None:
    assert find_faults(observed(lambda data: body(data, text))) == []


def set_point(name: str, **values: Any) -> Change:
    """Return a change of one point."""
    return lambda data: data["points"][name].update(values)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda data: data.pop("device"), "does not match docs/device-profile.schema.json: 'device' is a required"),
        (lambda data: data.update(site="Berlin"), "has the unknown key 'site'"),
        (set_point("existing_id", answer="explodes"), "points.existing_id.answer"),
        (set_point("existing_id", known_from="rumor"), "points.existing_id.known_from"),
        (lambda data: data["points"].update(unknown_point={}), "unknown_point"),
        (
            set_point("existing_id", known_from=None),
            "points.existing_id.known_from in Q1961-TE-12.9.57.json is missing",
        ),
        (
            set_point("existing_id", known_from="captured"),
            "points.existing_id.source is empty. Name the page, repository,",
        ),
        (set_point("existing_id", answer=None), "is 'observed', and must be null, since there is no answer."),
        (set_point("existing_id", date=None), "points.existing_id.date is empty. Write the day of the device check."),
        (lambda data: data["origin"].update(kind="secondary"), "is observed, but no device check wrote this profile"),
        (lambda data: data["origin"].update(source=" "), "origin.source is empty. Say where the profile comes from."),
        (
            lambda data: data["device"].update(model="P1"),
            "is named Q1961-TE-12.9.57.json. Rename it to P1-12.9.57.json",
        ),
        (
            lambda data: (
                [point.update(answer=None, known_from=None) for point in data["points"].values()],
                data["state"].update(disks=[]),
            ),
            "No point has an answer. Run the device check again with an account that may read the device.",
        ),
        (
            set_point("sha256_digest", answer=True),
            "points.http_challenge is Digest MD5, but a device with the other answers of this profile has Digest",
        ),
    ],
)
def test_other_faults_are_explained(observed: Callable[[Change], Path], change: Change, fault: str) -> None:
    faults = find_faults(observed(change))
    assert any(fault in found for found in faults), faults


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (set_point("existing_id", note="At Musterbank, with Eva Muster."), "points.existing_id.note has 'Musterbank'"),
        (set_point("existing_id", note="cam1.musterbank.ch"), "points.existing_id.note has 'musterbank'"),
        (set_point("topic_ending", answer="<script>!"), "points.topic_ending.answer has '<script>!'"),
        (set_point("apis", answer={"musterbank-video": "1.0"}), "points.apis.answer has 'musterbank-video'"),
        (set_point("apis", answer={"recording": "1.0, x"}), "points.apis.answer has 'x'"),
        (set_point("group_attributes", answer=["NiceName"] * 9), "points.group_attributes.answer has an item more"),
        (set_point("json_charset", answer="muster"), "points.json_charset.answer has 'muster'"),
        (lambda data: data["device"].update(soc="Muster"), "device.soc has 'Muster', which may name a site"),
        (lambda data: data["state"]["disks"][0].update(name="Eva"), "state.disks[0].name has 'Eva'"),
        (lambda data: data["state"]["disks"][0].update(status="Eva"), "state.disks[0].status has 'Eva'"),
        (lambda data: data["state"]["disks"][0].update(totalsize=-1), "state.disks[0].totalsize is negative."),
        (lambda data: data["state"]["disks"].append(data["state"]["disks"][0]), "has a disk more than once."),
        (lambda data: data["state"].update(observations={"muster": 1}), "state.observations has 'muster'"),
        (lambda data: data["state"].update(observations={"key": "Eva Muster"}), "state.observations.key has 'Muster'"),
        (lambda data: data["state"].update(observations={"key": float("inf")}), "is not a number of JSON"),
        (set_point("default_retention_time", answer=10**30), "points.default_retention_time.answer"),
        (
            lambda data: [point.update(exchanges=[]) for point in data["points"].values()],
            "No observed answer has the exchanges that show it.",
        ),
    ],
)
def test_values_that_no_device_check_writes_are_found(
    observed: Callable[[Change], Path], change: Change, fault: str
) -> None:
    faults = find_faults(observed(change))
    assert any(fault in found for found in faults), faults


@pytest.mark.parametrize("text", ["a.", "0:", "Aa1/", "a-", "a@b-", "basic ", "http://", "1.1.", "a1"])
def test_a_long_text_is_searched_in_linear_time(observed: Callable[[Change], Path], text: str) -> None:
    long = (text * 20_000)[:20_000]
    started = time.process_time()
    find_faults(observed(lambda data: body(data, long)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe", "is not UTF-8. Save it as UTF-8."),
        (b"{", "x.json"),
        (b"[]", "x.json"),
        (b'{"document": "report"}', "document"),
        (b"[" * 100_000, "x.json"),
    ],
)
def test_another_file_is_rejected(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    faults = find_faults(path)
    assert any(fault in found for found in faults), faults


def test_a_missing_or_huge_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    assert find_faults(path) == [f"{path} cannot be read: No such file or directory."]
    assert find_faults(tmp_path) == [f"{tmp_path} cannot be read: Is a directory."]
    monkeypatch.setattr(check_profile, "_MAX_BYTES", 3)
    path.write_text("1234", encoding="utf-8")
    assert find_faults(path) == [f"{path} has more than 3 bytes."]


def test_values_of_the_site_are_shown(observed: Callable[[Change], Path]) -> None:
    def change(data: dict[str, Any]) -> None:
        body(
            data,
            '<l><g RecordingGroupId="<group 2>"/><g RecordingGroupId="<group 1>" RetentionTime="721"/>'
            '<g RecordingGroupId="camfleet-check-0a1b2c3d-id" RetentionTime="5"/><a:RuleID>7</a:RuleID>'
            "<a:Name><name 1></a:Name><a:ConfigurationID>9</a:ConfigurationID><a:Name>"
            "<name 2></a:Name><a:TemplateToken>com.axis.action.fixed.x</a:TemplateToken></a:ActionRule><a:Name>"
            '<name 3></a:Name><w:TopicExpression Dialect="x">tns1:Device</w:TopicExpression></l>',
        )
        certificate = {"self_signed": True, "expires_in_days": 12}
        observations = {"recording_groups": 31, "clock_difference_seconds": -7, "certificate": certificate}
        data["state"]["observations"] = {**observations, "recording_attributes": ["diskid"]}
        data["state"]["disks"] = [{**data["state"]["disks"][0], "freesize": 12345, "wear": 25}]

    path = observed(change)
    shown = list(find_site_values(parse_profile(path.read_text("utf-8"), path.name)))
    assert len(shown) <= 12
    text = "\n".join(shown)
    for value in ("operator", "31", "-7", "expires_in_days 12", "freesize 12345", "wear 25"):
        assert value in text
    assert shown[-6:] == [
        "Retention times of your groups, in hours: 721",
        "IDs of your action rules: 7",
        "IDs of your action configurations: 9",
        "Templates of your action configurations: com.axis.action.fixed.x",
        "Conditions of your action rules: tns1:Device",
        "Other observations: recording_attributes diskid",
    ]


def test_the_command_lists_faults_and_the_next_step(
    observed: Callable[[Change], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 2
    assert 'make check-profile ARGS="my-camera.json"' in capsys.readouterr().out
    path = observed(lambda data: body(data, "jane@example.com 192.0.2.1"))
    assert main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path}: 2 faults"
    assert [line[:4] for line in lines[1:]] == ["  - ", "  - "]
    path = observed(lambda _data: None)
    assert main([str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[1][:33]) == (f"{path}: OK", "These values are of your device a")
    assert lines[-2:] == [
        "Remove what you do not want to publish.",
        "To submit it, put it into tests/simulator/profiles and run this command again.",
    ]


def test_the_command_updates_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, readme = tmp_path / "page.rst", tmp_path / "README.md"
    page.write_text(PAGE.read_text(encoding="utf-8").replace("camera_13", "camera_14"), encoding="utf-8")
    readme.write_text(README.read_text(encoding="utf-8").replace("camera_13", "camera_14"), encoding="utf-8")
    monkeypatch.setattr(check_profile, "PAGE", page)
    monkeypatch.setattr(check_profile, "README", readme)
    monkeypatch.setattr(check_profile, "CHECKOUT", tmp_path)
    assert main([str(PATHS[0])]) == 0
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    assert readme.read_text(encoding="utf-8") == README.read_text(encoding="utf-8")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "page.rst and README.md were updated. Commit them with the profile, and open a pull request."
    ]
    assert main([str(PATHS[0])]) == 0
    assert "page.rst and README.md are up to date." in capsys.readouterr().out


def test_an_invalid_profile_does_not_prevent_its_own_check() -> None:
    code = "import sys, tests.check_profile; sys.exit('tests.simulator' in sys.modules)"
    path = str(CHECKOUT / ".venv" / "collections")
    environment = {**os.environ, "PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=environment, check=True)


def test_another_invalid_profile_prevents_the_update(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load() -> dict[str, Any]:
        raise InvalidOptionError("invalid_option", "points in other.json is 7", "Correct the file.")

    monkeypatch.setattr(check_profile, "load_profiles", load)
    assert main([str(PATHS[0])]) == 1
    assert "was not updated: points in other.json is 7. Correct the file." in capsys.readouterr().out
