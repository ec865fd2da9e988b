# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the API calls of a device: path, role, method, and whether the call writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from . import action_service, device_info, parameters, recording_group, storage, user_group
from .messages import Request, Response
from .switches import NO_LIMIT

if TYPE_CHECKING:
    from .device import Device

_GROUPS = "/axis-cgi/record/recording_group/"
_DEVICE_INFO = "/axis-cgi/basicdeviceinfo.cgi"
_DISCOVER = "/config/discover"
_PARAMETERS = "/axis-cgi/param.cgi"
_USER_GROUP = "/axis-cgi/usergroup.cgi"
_LOGIN_FIRST = ("/axis-cgi/", "/vapix/", "/config/")


class ErrorForm(Protocol):
    """Build the error response of a family of calls."""

    def __call__(self, device: Device, code: int, description: str | None = None) -> Response:
        """Return the response for an error code."""


@dataclass(frozen=True)
class Call:
    """One API call: `role` is the lowest role that may call it; `anonymous` says whether it needs no login."""

    name: str
    path: str
    role: str
    handler: Callable[[Device, Request], Response]
    error: ErrorForm
    methods: tuple[str, ...] = ("GET",)
    write: bool = False
    anonymous: Callable[[Device, Request], bool] = lambda device, request: False

    def allows(self, device: Device, method: str) -> bool:
        by_post = method == "POST" and self.path.startswith(_GROUPS) and device.switches.post_allowed
        return method in self.methods or by_post

    def is_present(self, device: Device) -> bool:
        switches = device.switches
        present = {
            action_service.PATH: switches.action_service,
            _DEVICE_INFO: switches.device_info_version != NO_LIMIT,
            _DISCOVER: bool(switches.rest_apis),
            _PARAMETERS: switches.storage_parameters != "no_param_cgi",
        }
        return present.get(self.path, switches.recording_group_api or not self.path.startswith(_GROUPS))

    def required_role(self, device: Device) -> str:
        return device.switches.action_service_role if self.path == action_service.PATH else self.role


def _group_call(name: str, role: str, handler: Callable[[Device, Request], Response], *, write: bool = False) -> Call:
    return Call(f"recording_group/{name}", f"{_GROUPS}{name}.cgi", role, handler, recording_group.error, write=write)


def _action_call(operation: str) -> Call:
    """Build a call of the action service; a switch sets its role."""
    return Call(
        f"action/{operation}",
        action_service.PATH,
        "operator",
        action_service.handle,
        action_service.error,
        methods=("POST",),
        write=operation.startswith(("Add", "Remove")),
    )


_ALL_METHODS = ("GET", "POST", "PUT", "DELETE")
_CALLS = (
    _group_call("schemaversions", "viewer", recording_group.schema_versions),
    _group_call("list", "viewer", recording_group.list_groups),
    _group_call("create", "operator", recording_group.create, write=True),
    _group_call("update", "operator", recording_group.update, write=True),
    _group_call("delete", "operator", recording_group.delete, write=True),
    Call("disks/list", "/axis-cgi/disks/list.cgi", "operator", storage.list_disks, storage.disk_error),
    Call(
        "disks/gethealth", "/axis-cgi/disks/gethealth.cgi", "operator", storage.disk_health, storage.disk_health_error
    ),
    Call(
        "record/list",
        "/axis-cgi/record/list.cgi",
        "viewer",
        storage.list_recordings,
        storage.recording_error,
        methods=("GET", "POST"),
    ),
    # These two respond to a wrong method with their own error code.
    Call(
        "apidiscovery",
        "/axis-cgi/apidiscovery.cgi",
        "viewer",
        device_info.discover,
        device_info.discovery_error,
        methods=_ALL_METHODS,
        anonymous=lambda device, request: not device.switches.discovery_needs_login,
    ),
    Call(
        "basicdeviceinfo",
        _DEVICE_INFO,
        "operator",
        device_info.describe,
        device_info.description_error,
        methods=_ALL_METHODS,
        anonymous=lambda device, request: (
            not device.switches.device_info_needs_login and device_info.is_anonymous(request)
        ),
    ),
    Call("param/list", _PARAMETERS, "operator", parameters.list_parameters, parameters.error, methods=("GET", "POST")),
    Call("usergroup", _USER_GROUP, "viewer", user_group.show_groups, user_group.error, methods=("GET", "POST")),
    Call("discover", _DISCOVER, "viewer", device_info.discover_rest, device_info.rest_error),
)
_BY_PATH = {call.path: call for call in _CALLS}
_ACTIONS = {operation: _action_call(operation) for operation in (*action_service.OPERATIONS, action_service.UNKNOWN)}


def find_call(request: Request) -> Call | None:
    """Find a call by its path; for the action service, by the body, too."""
    if request.path == action_service.PATH:
        return _ACTIONS[action_service.operation(request)]
    return _BY_PATH.get(request.path)


def requires_authentication(path: str) -> bool:
    """Return whether a device requires a login before it reveals whether the path exists."""
    return path.startswith(_LOGIN_FIRST)
