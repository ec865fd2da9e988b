# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement apidiscovery.cgi and basicdeviceinfo.cgi (JSON by POST, errors with HTTP 200), and /config/discover."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from .messages import Request, Response, html_page
from .switches import NO_LIMIT

if TYPE_CHECKING:
    from .device import Device

ONLY_POST, VERSION, METHOD, JSON, PARAMETER, VALUE = 2002, 2003, 2004, 4000, 4002, 1000
_MESSAGES = {
    1000: "Invalid parameter value specified",
    2001: "Access forbidden",
    2002: "HTTP request type not supported. Only POST is supported.",
    2003: "Requested API version is not supported",
    2004: "Method not supported",
    4000: "Invalid JSON",
    4002: "Required parameter missing or invalid",
    8000: "Internal error",
}
_DISCOVERY_VERSION = "1.1"
_DOC_LINK = "https://www.axis.com/partner_pages/vapix_library/#/"
# The names of the APIs of which they are known.
_NAMES = {
    "api-discovery": "API Discovery Service",
    "basic-device-info": "Basic Device Information",
    "device-config": "Device Configuration APIs",
    "disk-management": "Edge storage: Disk management",
    "disk-properties": "Edge storage: Disk properties",
    "ext-ip-dev-info": "External IP device information",
    "recording": "Edge Recording",
    "recording-export": "Export edge recording",
    "recording-group": "Edge Recording group",
    "recording-storage-limit": "Edge Recording storage limit",
    "user-management": "User Management",
}
_REST_STATES = ("alpha", "beta")
_FIRST_UNRESTRICTED = (1, 2)
_RESTRICTED = ("Architecture", "Soc", "SocSerialNumber")
JsonCall = dict[str, Any]


class ApiError(Exception):
    """The request fails with this error code."""

    def __init__(self, code: int, message: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = _MESSAGES[code] if message is None else message


def discover(device: Device, request: Request) -> Response:
    """Respond as API discovery; an unknown ID returns an empty list."""

    def execute(call: JsonCall) -> dict[str, object]:
        method = call["method"]
        if method == "getSupportedVersions":
            return {"method": method, "data": {"apiVersions": [_DISCOVERY_VERSION]}}
        if method != "getApiList":
            raise ApiError(METHOD)
        return {"method": method, "data": {"apiList": _apis(device, call.get("params") or {})}}

    return _call(device, request, _DISCOVERY_VERSION, (",", ":"), execute)


def describe(device: Device, request: Request) -> Response:
    """Respond with basic device information."""
    version = device.switches.device_info_version

    def execute(call: JsonCall) -> dict[str, object]:
        method = call["method"]
        if method == "getSupportedVersions":
            return {"method": method, "data": {"apiVersions": [version]}}
        properties = _properties(device)
        if method == "getAllUnrestrictedProperties" and _number(version) >= _FIRST_UNRESTRICTED:
            properties = {name: value for name, value in properties.items() if name not in _RESTRICTED}
        elif method == "getProperties":
            properties = _select(properties, (call.get("params") or {}).get("propertyList"))
        elif method != "getAllProperties":
            raise ApiError(METHOD)
        return {"data": {"propertyList": properties}}

    return _call(device, request, version, (", ", ": "), execute)


def discover_rest(device: Device, request: Request) -> Response:
    """Return the REST APIs of the device."""
    apis: dict[str, dict[str, object]] = {}
    for api, versions in device.switches.rest_apis:
        for version in versions.split(", "):
            major = f"v{version.partition('.')[0]}"
            state = next((state for state in _REST_STATES if state in version), "released")
            path = f"/config/rest/{api}/{major}{'' if state == 'released' else state}"
            apis.setdefault(api, {})[major] = {"state": state, "version": version, "rest_api": path}
    content: dict[str, object] = {
        "framework_version": "1.0.0",
        "device": {"model": device.profile.product},
        "apis": apis,
    }
    return _json(device, content, (",", ":"))


def rest_error(device: Device, code: int, description: str | None = None) -> Response:
    """Return a web page: the errors of this service have an HTTP status."""
    return html_page(500)


def is_anonymous(request: Request) -> bool:
    """Return whether the method needs no login: all but those that show restricted properties."""
    try:
        return _read(request)["method"] not in ("getAllProperties", "getProperties")
    except ApiError:
        return True


def discovery_error(device: Device, code: int, description: str | None = None) -> Response:
    return _error(device, {}, _DISCOVERY_VERSION, (",", ":"), code, description)


def description_error(device: Device, code: int, description: str | None = None) -> Response:
    return _error(device, {}, device.switches.device_info_version, (", ", ": "), code, description)


def _call(
    device: Device,
    request: Request,
    version: str,
    separators: tuple[str, str],
    execute: Callable[[JsonCall], dict[str, object]],
) -> Response:
    call: JsonCall = {}
    try:
        call = _read(request)
        requested = call.get("apiVersion", "1.0")
        supported = isinstance(requested, str) and requested.startswith("1.")
        if call["method"] != "getSupportedVersions" and not supported:
            raise ApiError(VERSION)
        content = execute(call)
    except ApiError as error:
        return _error(device, call, version, separators, error.code, error.message)
    # The response to getSupportedVersions has no version.
    head = {} if call["method"] == "getSupportedVersions" else {"apiVersion": version}
    return _json(device, head | _context(call) | content, separators)


def _read(request: Request) -> JsonCall:
    if request.method != "POST":
        raise ApiError(ONLY_POST)
    try:
        call = json.loads(request.body)
    except ValueError:
        raise ApiError(JSON) from None
    if not isinstance(call, dict) or not isinstance(call.get("method"), str):
        raise ApiError(PARAMETER)
    if not isinstance(call.get("params") or {}, dict):
        raise ApiError(PARAMETER)
    return call


def _apis(device: Device, params: JsonCall) -> list[dict[str, str]]:
    wanted_id, wanted_version = str(params.get("id", "*")), str(params.get("version", "*"))
    return [
        {"id": api, "version": version, "name": _NAMES.get(api, api), "docLink": _DOC_LINK, "status": "official"}
        for api, versions in listed_apis(device).items()
        for version in versions.split(", ")
        if fnmatchcase(api, wanted_id) and fnmatchcase(version, wanted_version)
    ]


def listed_apis(device: Device) -> dict[str, str]:
    """Return the APIs that the device lists, without those that it does not have."""
    switches = device.switches
    missing = set() if switches.recording_group_api else {"recording-group"}
    if switches.device_info_version == NO_LIMIT:
        missing.add("basic-device-info")
    return {api: versions for api, versions in switches.apis if api not in missing}


def _properties(device: Device) -> dict[str, str]:
    profile = device.profile
    return {
        "Architecture": profile.architecture,
        "ProdNbr": profile.product,
        "HardwareID": profile.hardware_id,
        "ProdFullName": f"AXIS {profile.product} {profile.product_type}",
        "Version": profile.version,
        "ProdType": profile.product_type,
        "SocSerialNumber": f"00000000-00000000-{device.serial[:8]}-{device.serial[4:]}",
        "Soc": profile.soc,
        "Brand": "AXIS",
        "WebURL": "https://www.axis.com",
        "ProdVariant": "",
        "SerialNumber": device.serial,
        "ProdShortName": f"AXIS {profile.product}",
        "BuildDate": profile.build_date,
    }


def _select(properties: dict[str, str], names: object) -> dict[str, str]:
    if not isinstance(names, list):
        raise ApiError(PARAMETER)
    for name in names:
        if name not in properties:
            raise ApiError(VALUE, f"Property not supported: {name}")
    return {name: properties[name] for name in names}


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _context(call: JsonCall) -> dict[str, object]:
    return {"context": call["context"]} if "context" in call else {}


def _error(
    device: Device, call: JsonCall, version: str, separators: tuple[str, str], code: int, description: str | None = None
) -> Response:
    message = _MESSAGES.get(code, "") if description is None else description
    content = {"apiVersion": version} | _context(call) | {"error": {"code": code, "message": message}}
    return _json(device, content, separators, code)


def _json(device: Device, content: dict[str, object], separators: tuple[str, str], code: int | None = None) -> Response:
    text = json.dumps(content, separators=separators, ensure_ascii=False)
    charset = device.switches.json_charset
    return Response(200, "application/json" + (f"; charset={charset}" if charset else ""), text.encode(), code=code)
