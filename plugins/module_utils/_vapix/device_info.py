# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device says about itself: VAPIX API discovery and basic device information.

Both take JSON by POST and tell errors with HTTP 200.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import malformed

_METHOD_NOT_SUPPORTED = 2004
# VAPIX API discovery and basic device information share these; every other code is trouble of the device.
_KINDS = {2001: "forbidden", 2003: "unsupported", _METHOD_NOT_SUPPORTED: "unsupported"}
_NEXT_STEPS = {
    "forbidden": "Use a user with the role operator.",
    "unsupported": "Upgrade AXIS OS, or do without this part.",
    "device_error": "Run again; if it persists, look at the log of the device.",
}


@dataclass(frozen=True, slots=True)
class Api:
    """One entry of API discovery. Devices say ``official`` where VAPIX documents ``released``, or no status at all."""

    id: str
    version: str
    name: str | None
    status: str | None
    doc_link: str | None


@dataclass(frozen=True, slots=True)
class DeviceInformation:
    """What anybody may read about a device; ``None`` is what it does not say."""

    serial: str | None
    model: str | None
    product_type: str | None
    full_name: str | None
    firmware: str | None


def find_api(session: Session, api_id: str) -> Api | None:
    """The entry of one API in its newest version, or ``None`` when none is listed (apidiscovery.cgi, anonymous)."""
    data = _ask(session, calls.API_DISCOVERY, {"method": "getApiList", "params": {"id": api_id}})
    listed = data.get("apiList")
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise malformed("The answer of API discovery has no list of APIs")
    # One id may be listed with several versions.
    found = [_api(api_id, item) for item in listed if item.get("id") == api_id]
    return max(found, key=lambda item: _order(item.version), default=None)


def describe_device(session: Session) -> DeviceInformation:
    """Model and firmware (basicdeviceinfo.cgi; anonymous, for operators only before its API version 1.2)."""
    try:
        data = _ask(session, calls.DEVICE_INFORMATION, {"method": "getAllUnrestrictedProperties"})
    except DeviceError as error:
        if error.code != _METHOD_NOT_SUPPORTED:
            raise
        data = _ask(session, calls.DEVICE_INFORMATION, {"method": "getAllProperties"})
    properties = data.get("propertyList")
    if not isinstance(properties, dict):
        raise malformed("The answer of basic device information has no list of properties")
    return DeviceInformation(
        serial=_text(properties, "SerialNumber"),
        model=_text(properties, "ProdNbr"),
        product_type=_text(properties, "ProdType"),
        full_name=_text(properties, "ProdFullName"),
        firmware=_text(properties, "Version"),
    )


def _ask(session: Session, call: Call, question: Mapping[str, Any]) -> dict[str, Any]:
    """The data of one answer.

    :raises DeviceError: ``malformed_response``; ``forbidden``, ``unsupported``, ``device_error`` for an error code.
    """
    content = _parse(session.call(call, body=json.dumps({"apiVersion": "1.0", **question}).encode()))
    if isinstance(content.get("error"), dict):
        raise _refusal(content["error"], call)
    data = content.get("data")
    if not isinstance(data, dict):
        raise malformed("The answer holds neither data nor an error")
    return data


def _parse(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise malformed("The answer is not the JSON promised") from error
    if not isinstance(content, dict):
        raise malformed("The answer is JSON, but not an object")
    return content


def _refusal(error: Mapping[str, Any], call: Call) -> DeviceError:
    code, message = error.get("code"), _text(error, "message")
    if not isinstance(code, int):
        return malformed("The device reports an error without a number")
    kind = _KINDS.get(code, "device_error")
    return DeviceError(
        kind,
        f"The device refuses {call.path.rpartition('/')[2]} with error {code}"
        + (f": {message.rstrip('.')}" if message else ""),
        _NEXT_STEPS[kind],
        code=code,
        description=message,
    )


def _api(api_id: str, entry: Mapping[str, Any]) -> Api:
    return Api(
        api_id, _text(entry, "version") or "", _text(entry, "name"), _text(entry, "status"), _text(entry, "docLink")
    )


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in version.split(".") if part.isascii() and part.isdigit())


def _text(mapping: Mapping[str, Any], name: str) -> str | None:
    # JSON can write half a surrogate pair, which no output could show.
    value = mapping.get(name)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else None
