# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The APIs and the properties of a device (VAPIX API discovery and basic device information).

Both CGIs take JSON by POST, and return errors with HTTP 200.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    CHECK_DEVICE_LOG,
    AxisError,
    DeviceError,
    Message,
    Option,
    Text,
)
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response, rejected_call

_API_VERSION = "1.0"
# The first is of API version 1.2.
_UNRESTRICTED, _ALL = "getAllUnrestrictedProperties", "getAllProperties"
#: The request for the properties that need no login.
UNRESTRICTED_REQUEST = json.dumps({"apiVersion": _API_VERSION, "method": _UNRESTRICTED}).encode()
_BRAND = "AXIS"
_FORBIDDEN, _METHOD_NOT_SUPPORTED = 2001, 2004
# Codes that both APIs share; every other code is a device error.
_KINDS = {_FORBIDDEN: "forbidden", 2003: "unsupported", _METHOD_NOT_SUPPORTED: "unsupported"}
_NEXT_STEPS: dict[str, Text] = {
    "forbidden": Message("Set {username} to an account with the role operator.", {"username": Option("username")}),
    "unsupported": "Upgrade AXIS OS, or do not gather this subset.",
    "device_error": CHECK_DEVICE_LOG,
}


@dataclass(frozen=True, slots=True)
class APIEntry:
    """One entry of API discovery. Devices return the status ``official``, VAPIX documents ``released``."""

    id: str
    version: str
    name: str | None
    status: str | None
    doc_link: str | None


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """The unrestricted properties of a device; ``None`` for a property that is missing."""

    serial: str | None
    model: str | None
    product_type: str | None
    full_name: str | None
    firmware: str | None


def find_api(session: Session, api_id: str) -> APIEntry | None:
    """Return the newest version of one API, or ``None`` if it is not listed (apidiscovery.cgi, anonymous)."""
    data = _request(session, calls.API_DISCOVERY, {"method": "getApiList", "params": {"id": api_id}})
    listed = data.get("apiList")
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise malformed_response("The response of API discovery has no list of APIs")
    # A device may list several versions of one API.
    found = [_parse_entry(api_id, item) for item in listed if item.get("id") == api_id]
    return received(max(found, key=lambda item: _version_key(item.version), default=None))


def get_device_info(session: Session) -> DeviceInfo:
    """Return model and firmware (basicdeviceinfo.cgi; anonymous, role operator before its API version 1.2)."""
    try:
        data = _request(session, calls.DEVICE_INFO, {"method": _UNRESTRICTED})
    except DeviceError as error:
        if error.code != _METHOD_NOT_SUPPORTED:
            raise
        data = _request(session, calls.DEVICE_INFO, {"method": _ALL})
    return _parse_device_info(data)


def find_device_info(session: Session) -> DeviceInfo | None:
    """Return model and firmware, or ``None``; without the login where the device allows it (basicdeviceinfo.cgi).

    It raises no error, and does not change what the session knows of the login.
    """
    try:
        try:
            return _find_device_info(session, _UNRESTRICTED)
        except DeviceError as error:
            if error.code not in (_FORBIDDEN, _METHOD_NOT_SUPPORTED):
                raise
            return _find_device_info(session, _ALL, needs_login=True)
    except AxisError:
        return None


def _find_device_info(session: Session, method: str, *, needs_login: bool = False) -> DeviceInfo | None:
    content = json.dumps({"apiVersion": _API_VERSION, "method": method}).encode()
    body = session.call_optionally(calls.DEVICE_INFO, content, needs_login=needs_login)
    if body is None:
        return None
    found = _parse_device_info(parse_data(body, calls.DEVICE_INFO))
    shown = normalize_serial(found.serial)
    # Another device may have answered, whose model says nothing about the groups that were read.
    return None if shown and session.serial and shown != session.serial else found


def parse_axis_device(body: bytes) -> DeviceInfo | None:
    """Return the unrestricted properties in a response of any server, or ``None`` if it has none of an Axis device.

    A device of another brand may have an API of this form.
    """
    try:
        data = parse_data(body, calls.DEVICE_INFO)
        info = _parse_device_info(data)
    except DeviceError:
        return None
    brand = _parse_text(data["propertyList"], "Brand") or (info.full_name or "").partition(" ")[0]
    return info if brand.upper() == _BRAND else None


def _parse_device_info(data: Mapping[str, Any]) -> DeviceInfo:
    properties = data.get("propertyList")
    if not isinstance(properties, dict):
        raise malformed_response("The response of basic device information has no list of properties")
    return received(
        DeviceInfo(
            serial=_parse_text(properties, "SerialNumber"),
            model=_parse_text(properties, "ProdNbr"),
            product_type=_parse_text(properties, "ProdType"),
            full_name=_parse_text(properties, "ProdFullName"),
            firmware=_parse_text(properties, "Version"),
        )
    )


def read_serial(session: Session) -> str | None:
    """Return the serial number without a login, or ``None`` if the device does not show it (basicdeviceinfo.cgi, 1.2).

    :raises DeviceUnreachableError: no response.
    """
    try:
        body = session.call_anonymously(calls.DEVICE_INFO, UNRESTRICTED_REQUEST)
        properties = ((parse_json(body) if body else {}).get("data") or {}).get("propertyList") or {}
        return normalize_serial(properties.get("SerialNumber"))
    except (DeviceError, AttributeError):
        return None  # another server, or a response that is not of this API


def _request(session: Session, call: Call, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of one response.

    :raises DeviceError: ``malformed_response``; ``forbidden``, ``unsupported``, ``device_error`` for an error code.
    """
    return parse_data(session.call(call, body=json.dumps({"apiVersion": _API_VERSION, **content}).encode()), call)


def parse_data(body: bytes, call: Call) -> dict[str, Any]:
    """Return the data of a response.

    :raises DeviceError: ``malformed_response``; ``forbidden``, ``unsupported``, ``device_error`` for an error code.
    """
    response = parse_json(body)
    if isinstance(response.get("error"), dict):
        raise _build_error(response["error"], call)
    data = response.get("data")
    if not isinstance(data, dict):
        raise malformed_response("The response contains neither data nor an error")
    return data


def parse_json(body: bytes) -> dict[str, Any]:
    """Return the object of a response.

    :raises DeviceError: ``malformed_response``.
    """
    try:
        # Some devices send the end of a text in C.
        content = json.loads(body.rstrip(b" \t\r\n\0"))
    except (ValueError, RecursionError) as error:
        raise malformed_response("The response is not JSON") from error
    if not isinstance(content, dict):
        raise malformed_response("The response is JSON, but not an object")
    return content


def _build_error(error: Mapping[str, Any], call: Call) -> DeviceError:
    code, message = error.get("code"), _parse_text(error, "message")
    if not isinstance(code, int):
        return malformed_response("The device reports an error without a code")
    kind = _KINDS.get(code, "device_error")
    return rejected_call(call, kind, f"error {code}", _NEXT_STEPS[kind], reason=message, code=code, description=message)


def _parse_entry(api_id: str, entry: Mapping[str, Any]) -> APIEntry:
    return APIEntry(
        api_id,
        _parse_text(entry, "version") or "",
        _parse_text(entry, "name"),
        _parse_text(entry, "status"),
        _parse_text(entry, "docLink"),
    )


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in version.split(".") if part.isascii() and part.isdigit())


def _parse_text(mapping: Mapping[str, Any], name: str) -> str | None:
    # JSON can contain half of a surrogate pair, which cannot be encoded.
    value = mapping.get(name)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else None
