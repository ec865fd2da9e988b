# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON of a device in a profile."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.identifiers import Identifiers
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.anonymizer_json import JSONAnonymizer
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.shown_values import ShownValues


def rewrite(content: object) -> Any:
    shown = JSONAnonymizer(ShownValues(Identifiers())).rewrite(json.dumps(content).encode())
    assert shown is not None
    return json.loads(shown)


def test_api_discovery_shows_ids_and_versions() -> None:
    entry = {"id": "recording-group", "version": "1.0", "name": "Recording group Acme", "docLink": "acme"}
    other = {"id": "Acme", "version": "acme", "status": "acme", "acme": "acme"}
    sent = {"apiVersion": "1.1", "context": "acme", "method": "getApiList", "data": {"apiList": [entry, other]}}
    assert rewrite(sent) == {
        "apiVersion": "1.1",
        "method": "getApiList",
        "data": {
            "apiList": [
                {"id": "recording-group", "version": "1.0", "name": "<name>", "docLink": "<link>"},
                {"id": "<api 1>", "version": "<version>", "status": "<status>", "<other keys>": 1},
            ]
        },
        "<other keys>": 1,
    }


def test_device_information_shows_model_and_firmware() -> None:
    properties = {"ProdNbr": "P3265-V", "Version": "12.11.77", "BuildDate": "Feb 20 2026 18:22", "Acme": "acme"}
    serials = {"SerialNumber": "B8A44F0A1B2C", "SocSerialNumber": "00000000-01234567"}
    shown = rewrite({"data": {"propertyList": {**properties, **serials, "ProdVariant": "", "WebURL": "https://acme"}}})
    assert shown["data"]["propertyList"] == {
        "ProdNbr": "P3265-V",
        "Version": "12.11.77",
        "BuildDate": "Feb 20 2026 18:22",
        "SerialNumber": "<serial>",
        "SocSerialNumber": "<serial>",
        "ProdVariant": "",
        "WebURL": "<link>",
        "<other keys>": 1,
    }


def test_rest_discovery_shows_apis_and_paths() -> None:
    version = {"state": "released", "version": "2.2.0", "rest_api": "/config/rest/recording-group/v2", "doc": "x/acme"}
    apis = {"recording-group": {"v2": version, "acme": version}, "Acme Gate": {"v1": version}, "odd": "acme"}
    assert rewrite({"framework_version": "1.0.0", "device": {"acme": "acme"}, "apis": apis}) == {
        "framework_version": "1.0.0",
        "apis": {"recording-group": {"v2": {**version, "doc": "<path>"}}, "<other keys>": 2},
        "<other keys>": 1,
    }


def test_an_error_shows_its_code() -> None:
    assert rewrite({"error": {"code": 2004, "message": "Method Acme not supported"}}) == {
        "error": {"code": 2004, "message": "Method <text> not supported"}
    }


@pytest.mark.parametrize("content", [["acme"], {"data": "acme"}, {"data": ["acme"]}, [[["acme"]]], {"error": "acme"}])
def test_texts_without_a_key_are_not_shown(content: object) -> None:
    assert "acme" not in json.dumps(rewrite(content))


def test_depth_and_length_are_limited() -> None:
    deep: Any = "acme"
    for _level in range(40):
        deep = [deep]
    assert "<more>" in json.dumps(rewrite(deep))
    assert rewrite(list(range(400)))[-1] == "<100 more>"
    assert rewrite([10**30, 1.5, True, None]) == ["<text>", 1.5, True, None]


@pytest.mark.parametrize("body", [b"", b"acme", b"<a/>", b"{acme}", b"[" * 100_000])
def test_what_is_not_json_is_left_to_others(body: bytes) -> None:
    assert JSONAnonymizer(ShownValues(Identifiers())).rewrite(body) is None
