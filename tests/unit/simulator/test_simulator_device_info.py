# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test API discovery and basic device information."""

from __future__ import annotations

from dataclasses import replace

import pytest

DISCOVERY = "/axis-cgi/apidiscovery.cgi"
DESCRIPTION = "/axis-cgi/basicdeviceinfo.cgi"


def send_request(client, device, path, user=None, **question):
    return client.send(device, path, user, method="POST", json=question)


def test_recording_group_is_listed(camera, client):
    answer = send_request(
        client,
        camera,
        DISCOVERY,
        apiVersion="1.0",
        context="mine",
        method="getApiList",
        params={"id": "recording-g*", "version": "1.*"},
    )
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.text == (
        '{"apiVersion":"1.1","context":"mine","method":"getApiList","data":{"apiList":[{"id":"recording-group",'
        '"version":"1.0","name":"Edge Recording group",'
        '"docLink":"https://www.axis.com/partner_pages/vapix_library/#/","status":"official"}]}}'
    )


def test_an_unknown_id_returns_an_empty_list(camera, client):
    answer = send_request(client, camera, DISCOVERY, apiVersion="1.0", method="getApiList", params={"id": "nothing"})
    assert answer.json()["data"] == {"apiList": []}


@pytest.mark.parametrize(("profile", "listed"), [("recorder_s3008", True), ("camera_12_9", False)])
def test_external_device_api_on_recorders_only(fleet, client, profile, listed):
    answer = send_request(client, fleet.add(profile), DISCOVERY, apiVersion="1.0", method="getApiList")
    ids = [api["id"] for api in answer.json()["data"]["apiList"]]
    assert ("ext-ip-dev-info" in ids) == listed
    assert "recording-group" in ids


def test_discovery_requires_a_login_on_10_12(fleet, client):
    camera = fleet.add("camera_10_12")
    assert send_request(client, camera, DISCOVERY, method="getSupportedVersions").status_code == 401
    answer = send_request(client, camera, DISCOVERY, "viewer", method="getSupportedVersions")
    assert answer.json() == {"method": "getSupportedVersions", "data": {"apiVersions": ["1.1"]}}


@pytest.mark.parametrize("path", [DISCOVERY, DESCRIPTION])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", 4000),
        (b"[]", 4002),
        (b"{}", 4002),
        (b'{"method":"getNothing"}', 2004),
        (b'{"method":"getNothing","apiVersion":"2.0"}', 2003),
        (b'{"method":"getApiList","params":[1]}', 4002),
        (b"\xff\xfe", 4000),
    ],
)
def test_errors_have_status_200_and_a_code(camera, client, path, body, code):
    answer = client.send(camera, path, None, method="POST", data=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, code)
    assert camera.journal[-1].code == code


@pytest.mark.parametrize("path", [DISCOVERY, DESCRIPTION])
def test_get_is_an_error(camera, client, path):
    assert client.send(camera, path, None).json()["error"]["code"] == 2002


def test_unrestricted_properties_need_no_login(camera, client):
    answer = send_request(client, camera, DESCRIPTION, apiVersion="1.0", method="getAllUnrestrictedProperties")
    content = answer.json()
    assert content["apiVersion"] == "1.3"
    assert "method" not in content
    properties = content["data"]["propertyList"]
    assert (properties["SerialNumber"], properties["Version"]) == (camera.serial, "12.9.57")
    assert not {"Architecture", "Soc", "SocSerialNumber"} & properties.keys()


def test_no_unrestricted_properties_before_1_2(camera, client):
    camera.switches = replace(camera.switches, device_info_version="1.1")
    answer = send_request(client, camera, DESCRIPTION, None, apiVersion="1.0", method="getAllUnrestrictedProperties")
    assert answer.json()["error"]["code"] == 2004
    answer = send_request(client, camera, DESCRIPTION, "operator", apiVersion="1.0", method="getAllProperties")
    assert answer.json()["data"]["propertyList"]["Version"] == "12.9.57"


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("viewer", 403), ("operator", 200)])
def test_all_properties_require_the_role_operator(camera, client, user, status):
    answer = send_request(client, camera, DESCRIPTION, user, apiVersion="1.0", method="getAllProperties")
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["data"]["propertyList"]["Architecture"] == "aarch64"


def test_only_selected_properties_are_returned(camera, client):
    question = {"apiVersion": "1.0", "method": "getProperties"}
    answer = send_request(client, camera, DESCRIPTION, "operator", **question, params={"propertyList": ["ProdNbr"]})
    assert answer.json()["data"] == {"propertyList": {"ProdNbr": "Q1961-TE"}}
    answer = send_request(client, camera, DESCRIPTION, "operator", **question, params={"propertyList": ["Nothing"]})
    assert answer.json()["error"] == {"code": 1000, "message": "Property not supported: Nothing"}
    answer = send_request(client, camera, DESCRIPTION, "operator", **question)
    assert answer.json()["error"]["code"] == 4002
