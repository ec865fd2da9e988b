# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API calls of a device: one table says path, role, method and whether it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from . import action_service, device_info, recording_group, storage
from .messages import Request, Response

if TYPE_CHECKING:
    from .device import Device

_GROUPS = "/axis-cgi/record/recording_group/"
_LOGIN_FIRST = ("/axis-cgi/", "/vapix/", "/config/")


class ErrorForm(Protocol):
    """How a family of calls says an error code."""

    def __call__(self, device: Device, code: int, description: str | None = None) -> Response:
        """Call it."""


@dataclass(frozen=True)
class Call:
    """`role` is the least role that may call it; `anonymous` says when no login is asked for at all."""

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
        if self.path == action_service.PATH:
            return device.switches.action_service
        return device.switches.recording_group_api or not self.path.startswith(_GROUPS)

    def required_role(self, device: Device) -> str:
        return device.switches.action_service_role if self.path == action_service.PATH else self.role


def _group_call(name: str, role: str, handler: Callable[[Device, Request], Response], *, write: bool = False) -> Call:
    return Call(f"recording_group/{name}", f"{_GROUPS}{name}.cgi", role, handler, recording_group.error, write=write)


def _action_call(operation: str) -> Call:
    """Its role is a switch's business."""
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
    # These two answer a wrong method themselves, with a code of their own.
    Call(
        "apidiscovery",
        "/axis-cgi/apidiscovery.cgi",
        "viewer",
        device_info.discover,
        device_info.discovery_error,
        methods=_ALL_METHODS,
        anonymous=lambda device, request: not device.profile.discovery_needs_login,
    ),
    Call(
        "basicdeviceinfo",
        "/axis-cgi/basicdeviceinfo.cgi",
        "operator",
        device_info.describe,
        device_info.description_error,
        methods=_ALL_METHODS,
        anonymous=lambda device, request: device_info.is_anonymous(request),
    ),
)
_BY_PATH = {call.path: call for call in _CALLS}
_ACTIONS = {operation: _action_call(operation) for operation in (*action_service.OPERATIONS, action_service.UNKNOWN)}


def find_call(request: Request) -> Call | None:
    """By the path; those of the action service share one, and the body says which it is."""
    if request.path == action_service.PATH:
        return _ACTIONS[action_service.operation(request)]
    return _BY_PATH.get(request.path)


def requires_authentication(path: str) -> bool:
    """Below these paths a device asks for a login before it says whether the path exists."""
    return path.startswith(_LOGIN_FIRST)
