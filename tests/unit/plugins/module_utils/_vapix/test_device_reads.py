# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device check reads of a simulated device."""

from __future__ import annotations

import json

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls, device_reads
from tests.simulator import Fleet, Switches
from tests.simulator.device import Device
from tests.unit.plugins.module_utils.conftest import settings_for


def test_the_apis_are_listed_with_all_versions(session: Session, camera: Device) -> None:
    listed = device_reads.parse_api_list(session.call(calls.API_DISCOVERY, body=device_reads.API_LIST))
    assert listed == camera.answers["apis"]
    double = {"data": {"apiList": [{"id": "a", "version": "1.0"}, {"id": "a", "version": "2.0"}]}}
    assert device_reads.parse_api_list(json.dumps(double).encode()) == {"a": "1.0, 2.0"}


@pytest.mark.parametrize("body", [b'{"data": {}}', b'{"data": {"apiList": ["a"]}}', b"[]", b"x"])
def test_a_list_of_another_form_is_malformed(body: bytes) -> None:
    with pytest.raises(DeviceError) as caught:
        device_reads.parse_api_list(body)
    assert caught.value.kind == "malformed_response"


def test_rest_apis_are_those_of_the_device(fleet: Fleet) -> None:
    new, old = fleet.add("camera_12_11"), fleet.add("camera_10_12")
    assert device_reads.read_rest_apis(Session(settings_for(new))) == new.answers["rest_apis"]
    with pytest.raises(DeviceError) as caught:
        device_reads.read_rest_apis(Session(settings_for(old)))
    assert caught.value.kind == "unsupported"


def test_properties_and_version_are_those_of_the_device(session: Session) -> None:
    body = session.call(calls.DEVICE_INFO, body=device_reads.ALL_PROPERTIES)
    assert device_reads.parse_properties(body)["Soc"] == "Axis Artpec-8"
    assert device_reads.read_supported_version(session) == "1.3"


def test_templates_have_their_parameters_in_order(session: Session) -> None:
    listed = device_reads.list_templates(session)
    assert listed["com.axis.action.unlimited.recording_group.storage"] == (("recording_group_id", "string"),)
    names = [name for name, _kind in listed["com.axis.action.fixed.recording.storage"]]
    assert names == ["stream_options", "pre_duration", "post_duration", "storage_id"]


@pytest.mark.parametrize("profile", ["camera_12_9", "camera_13", "recorder_s3008"])
def test_parameters_of_the_storage_are_found(fleet: Fleet, profile: str) -> None:
    device = fleet.add(profile)
    assert device_reads.read_storage_parameters(Session(settings_for(device))) == device.answers["storage_parameters"]


@pytest.mark.parametrize("user", ["viewer", "operator", "root"])
def test_the_role_of_the_login_is_found(camera: Device, user: str) -> None:
    account = camera.accounts[user]
    login = {"username": user, "password": account.password}
    assert device_reads.read_role(Session(settings_for(camera, **login))) == account.role


def test_disks_and_recordings_are_read_as_written(session: Session, camera: Device) -> None:
    camera.plant_group(recording_group_id="a")
    camera.plant_recordings("a", 1)
    disks = device_reads.list_disk_attributes(session)
    assert [disk["diskid"] for disk in disks] == ["SD_DISK", "NetworkShare"]
    listed, names = device_reads.read_recordings(session)
    assert listed["totalnumberofrecordings"] == "1"
    assert names[:3] == ("diskid", "recordingid", "starttime")


RULES = (
    b"<aa:Conditions><aa:Condition><wsnt:TopicExpression Dialect='x'>tns1:Device@</wsnt:TopicExpression>"
    b"</aa:Condition></aa:Conditions>"
)


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        (RULES.replace(b"@", b"//."), "//."),
        (RULES.replace(b"@", b""), None),
        (b"<a:StartEvent><b:TopicExpression>tns1:Device//.</b:TopicExpression></a:StartEvent>", None),
        (b"", None),
    ],
)
def test_the_ending_of_a_topic_is_that_of_a_condition(body: bytes, ending: str | None) -> None:
    assert device_reads.find_topic_ending(body) == ending


@pytest.mark.parametrize(("prefixes", "found"), [("standard", "standard"), ("numbered", "numbered")])
def test_prefixes_of_the_action_service_are_found(fleet: Fleet, prefixes: str, found: str) -> None:
    device = fleet.add("camera_12_9", switches=Switches(namespace_prefixes=prefixes))
    session = Session(settings_for(device))
    bodies: list[bytes] = []
    session.observe = lambda exchange: bodies.append(exchange.response_body)
    device_reads.list_templates(session)
    assert device_reads.find_prefixes(bodies[-1]) == found


def test_other_prefixes_are_not_named() -> None:
    assert device_reads.find_prefixes(b"<acme:Envelope><acme:GetActionRulesResponse>") is None
    assert device_reads.find_prefixes(b"") is None
