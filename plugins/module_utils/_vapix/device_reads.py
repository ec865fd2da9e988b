# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads of a device check that no task needs: everything that a device lists, as it writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._http.session import Session
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.secrets import received
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.action_service import ActionService
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.device_info import parse_data, parse_json
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.errors import malformed_response
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.storage import list_disk_elements
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.xml import child, children, parse, text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: Bodies of requests.
API_LIST = json.dumps({"apiVersion": "1.0", "method": "getApiList"}).encode()
SUPPORTED_VERSIONS = json.dumps({"method": "getSupportedVersions"}).encode()
UNRESTRICTED_PROPERTIES = json.dumps({"apiVersion": "1.0", "method": "getAllUnrestrictedProperties"}).encode()
ALL_PROPERTIES = json.dumps({"apiVersion": "1.0", "method": "getAllProperties"}).encode()
_MAX_ITEMS = 1000
_ROLES = {"admin": "administrator", "operator": "operator", "viewer": "viewer"}
_CONDITION_TOPIC = re.compile(
    rb"<(?:[\w.-]+:)?Condition>\s*<(?:[\w.-]+:)?TopicExpression[^<>]{0,300}>[^<>]{0,2000}?(//\.)\s*</", re.ASCII
)
_CLEANUP_PARAMETER = re.compile(r"^(?:root\.)?Storage\.S\d+\.CleanupMaxAge=", re.MULTILINE | re.ASCII)
_STORAGE_PARAMETER = re.compile(r"^(?:root\.)?Storage\.S\d+\.\w+=", re.MULTILINE | re.ASCII)


def parse_api_list(body: bytes) -> dict[str, str]:
    """Return the versions of each API, in the order of a response of API discovery.

    :raises DeviceError: ``malformed_response``, or what the device reports.
    """
    listed = parse_data(body, calls.API_DISCOVERY).get("apiList")
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise malformed_response("The response of API discovery has no list of APIs")
    found = ((str(item.get("id") or ""), str(item.get("version") or "")) for item in listed[:_MAX_ITEMS])
    return received(_join_versions(found))


def read_rest_apis(session: Session) -> dict[str, str]:
    """Return the versions of each REST API (/config/discover, AXIS OS 11.8 and newer).

    :raises DeviceError: ``unsupported`` for an older device.
    """
    apis = parse_json(session.call(calls.DISCOVER_REST)).get("apis")
    if not isinstance(apis, dict):
        raise malformed_response("The response of /config/discover has no APIs")
    return received(_join_versions(_find_rest_versions(apis)))


def _find_rest_versions(apis: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, versions in list(apis.items())[:_MAX_ITEMS]:
        for item in versions.values() if isinstance(versions, dict) else ():
            if isinstance(item, dict) and isinstance(item.get("version"), str):
                yield name, item["version"]


def _join_versions(entries: Iterator[tuple[str, str]]) -> dict[str, str]:
    """Return all versions of each name."""
    found: dict[str, list[str]] = {}
    for name, version in entries:
        found.setdefault(name, []).append(version)
    return {name: ", ".join(versions) for name, versions in found.items()}


def parse_properties(body: bytes) -> Mapping[str, Any]:
    """Return the properties of a device.

    :raises DeviceError: ``malformed_response``, or what the device reports.
    """
    properties = parse_data(body, calls.DEVICE_INFO).get("propertyList")
    if not isinstance(properties, dict):
        raise malformed_response("The response of basic device information has no list of properties")
    return received({name: value for name, value in properties.items() if isinstance(value, str)})


def read_supported_version(session: Session) -> str:
    """Return the newest version of basic device information (role viewer or none)."""
    body = session.call(calls.DEVICE_INFO, body=SUPPORTED_VERSIONS)
    versions = parse_data(body, calls.DEVICE_INFO).get("apiVersions")
    if not isinstance(versions, list) or not versions or not all(isinstance(item, str) for item in versions):
        raise malformed_response("The response of basic device information has no list of versions")
    return received(str(max(versions, key=_version_key)))


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in version.split(".") if part.isascii() and part.isdigit())


def list_disk_attributes(session: Session) -> tuple[dict[str, str], ...]:
    """Return the attributes of all disks as the device writes them (disks/list.cgi, role operator)."""
    found = (dict(map(_pair, element.attrib.items())) for element in list_disk_elements(session))
    return received(tuple(found))


def _pair(item: tuple[Any, Any]) -> tuple[str, str]:
    return str(item[0]).rpartition("}")[2], str(item[1])


def read_recordings(session: Session) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the attributes of the list of recordings, and the names of those of a recording (role viewer)."""
    body = session.call(calls.LIST_RECORDINGS, [("recordingid", "all"), ("maxnumberofresults", "1")])
    listed = child(parse(body, "root"), "recordings")
    if listed is None:
        raise malformed_response("The list of recordings has no <recordings>")
    first = child(listed, "recording")
    names = () if first is None else tuple(name for name, _value in map(_pair, first.attrib.items()))
    return received((dict(map(_pair, listed.attrib.items())), names))


def list_templates(session: Session) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return names and types of the parameters of each action template, in the order of the device."""
    elements = ActionService(session).list_elements(calls.GET_ACTION_TEMPLATES, "ActionTemplate")
    return received({text(child(element, "TemplateToken")): _read_parameters(element) for element in elements})


def _read_parameters(element: Element) -> tuple[tuple[str, str], ...]:
    parameters = child(element, "Parameters")
    found = () if parameters is None else children(parameters, "Parameter")
    return tuple((item.get("Name") or "", item.get("Type") or "") for item in found)


def find_topic_ending(body: bytes) -> str | None:
    """Return what a device appends to the topics of conditions (``//.``), if a rule in a response has it."""
    found = _CONDITION_TOPIC.search(body)
    return found[1].decode("ascii") if found else None


def find_prefixes(body: bytes) -> str | None:
    """Return which prefixes a response of the action service has: ``standard``, ``numbered``, or None for others."""
    root = re.search(rb"<([\w.-]{1,40}):Envelope\b", body[:1000], re.ASCII)
    content = re.search(rb"<([\w.-]{1,40}):Get\w{1,40}Response\b", body, re.ASCII)
    if root is None or content is None:
        return None
    if (root[1], content[1]) == (b"SOAP-ENV", b"aa"):
        return "standard"
    is_numbered = all(re.fullmatch(rb"ns\d{1,3}", item) for item in (root[1], content[1]))
    return "numbered" if is_numbered else None


def read_storage_parameters(session: Session) -> str:
    """Return whether param.cgi lists the clean-up settings of the disks: ``present``, ``removed``, ``no_param_cgi``."""
    try:
        body = session.call(calls.LIST_PARAMETERS, [("action", "list"), ("group", "Storage")])
    except DeviceError as error:
        if error.kind != "unsupported":
            raise
        return "no_param_cgi"
    lines = body.decode("utf-8", "replace")
    if _CLEANUP_PARAMETER.search(lines):
        return "present"
    if _STORAGE_PARAMETER.search(lines):
        return "removed"
    raise malformed_response("param.cgi lists no parameters of the storage")


def read_role(session: Session) -> str | None:
    """Return the role of the login, or None if the device does not show it (usergroup.cgi)."""
    lines = session.call(calls.USER_GROUP).decode("utf-8", "replace").splitlines()
    # The first line is the name of the user, which may be that of a role.
    words = lines[1].split()[:20] if len(lines) > 1 else []
    return next((role for name, role in _ROLES.items() if name in words), None)
