# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the table of the VAPIX calls that the collection sends, with the role that each requires.

The calls and whether each is a write are those of ``_vapix/calls.py``. The roles are those of the VAPIX documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.camfleet.axis.plugins.module_utils._http.call import Call
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import calls
from tests.reference.pages import render_table

_VAPIX = "https://developer.axis.com/vapix/network-video/"
_SOURCES = {
    "recording group": f"{_VAPIX}recording-group/",
    "edge storage": f"{_VAPIX}edge-storage-api/",
    "API discovery": f"{_VAPIX}api-discovery-service/",
    "basic device information": f"{_VAPIX}basic-device-information/",
    "event and action services": f"{_VAPIX}event-and-action-services/",
}
_UNDOCUMENTED = "not documented"
# What sends a call.
INFO, GROUP, ACTION, POLICY = (
    f"axis_{name}" for name in ("recording_group_info", "recording_group", "recording_action", "retention_policy")
)
AUDIT, ROLL_OUT, DRAFT, CHECK = "audit", "roll_out", "draft_policy", "device_check"
CAMERAS = "inventory plugin"


@dataclass(frozen=True)
class Permission:
    """What a call requires, and what sends it.

    :param source: the page of the VAPIX documentation with the role.
    :param senders: modules, playbooks, and the inventory plugin, each with the setting because of which it sends the
        call, if it is not always sent.
    """

    role: str
    source: str
    senders: Mapping[str, str]

    @property
    def is_documented(self) -> bool:
        """Return whether the VAPIX documentation names the role."""
        return not self.role.startswith(_UNDOCUMENTED)


_UPDATES = "if a group changes"
_CREATES = "if a group is to be created"
_DELETES = "if a group is deleted"
_USES_DISK = "if a group is to be created or deleted, or is missing"
_VERIFY = "with verify_recordings"
_REPORT = "with a report or verify_recordings"
_RECORDING = "with recording"
_WRITE = "with device_check_write"
_USES = "if a group is deleted, and with recording"


def _writes(condition: str) -> dict[str, str]:
    return {GROUP: condition, POLICY: condition, ROLL_OUT: condition, CHECK: _WRITE}


_CHANGES = {ACTION: "if an action changes", POLICY: _RECORDING, ROLL_OUT: _RECORDING, CHECK: _WRITE}
_READ_ACTIONS = {
    INFO: "with recording_actions in gather",
    GROUP: _DELETES,
    ACTION: "",
    POLICY: _USES,
    AUDIT: _USES,
    ROLL_OUT: _USES,
    DRAFT: "with draft_policy_recording",
    CHECK: "",
}
_ACTION_ROLE = f"{_UNDOCUMENTED}; to read, try viewer, then operator"
_ACTION_WRITE_ROLE = f"{_UNDOCUMENTED}; try operator, then administrator"
_ACTION_SOURCE = "event and action services"
#: By call, what it requires.
PERMISSIONS: Mapping[Call, Permission] = {
    calls.SCHEMA_VERSIONS: Permission(
        "viewer",
        "recording group",
        {
            INFO: "with schema_versions in gather",
            **dict.fromkeys(
                (GROUP, ACTION, POLICY, AUDIT, ROLL_OUT, DRAFT), "if the device rejects version 1 of the API"
            ),
            CHECK: "",
        },
    ),
    calls.LIST_GROUPS: Permission(
        "viewer",
        "recording group",
        {
            INFO: "with recording_groups in gather",
            **dict.fromkeys((GROUP, ACTION, POLICY, AUDIT, ROLL_OUT, DRAFT, CHECK), ""),
            CAMERAS: "with addresses or mdns, without a login",
        },
    ),
    calls.CREATE_GROUP: Permission("operator", "recording group", _writes(_CREATES)),
    calls.UPDATE_GROUP: Permission("operator", "recording group", _writes(_UPDATES)),
    calls.DELETE_GROUP: Permission("operator", "recording group", _writes(_DELETES)),
    calls.LIST_DISKS: Permission(
        "operator",
        "edge storage",
        {
            INFO: "with disks in gather",
            GROUP: _USES_DISK,
            **dict.fromkeys((POLICY, AUDIT, ROLL_OUT), f"{_USES_DISK}, and {_VERIFY}"),
            DRAFT: "",
            CHECK: "",
        },
    ),
    calls.DISK_HEALTH: Permission(
        "operator",
        "edge storage",
        {INFO: "with disks in gather", **dict.fromkeys((POLICY, AUDIT, ROLL_OUT), _VERIFY), CHECK: ""},
    ),
    calls.LIST_RECORDINGS: Permission(
        "viewer",
        "edge storage",
        {INFO: "with recordings in gather", **dict.fromkeys((POLICY, AUDIT, ROLL_OUT), _VERIFY), CHECK: ""},
    ),
    calls.API_DISCOVERY: Permission(
        "none; any on AXIS OS 9.80 and 10.12",
        "API discovery",
        {INFO: "with api in gather", CHECK: ""},
    ),
    calls.DEVICE_INFO: Permission(
        "none for model, firmware, and serial number; operator before version 1.2 of the API",
        "basic device information",
        {
            INFO: "with device in gather",
            **dict.fromkeys((POLICY, AUDIT, ROLL_OUT), _REPORT),
            DRAFT: "",
            CHECK: "",
            CAMERAS: "with addresses or mdns, without a login",
        },
    ),
    calls.DISCOVER_REST: Permission(_UNDOCUMENTED, "", {CHECK: ""}),
    calls.LIST_PARAMETERS: Permission(_UNDOCUMENTED, "", {CHECK: ""}),
    calls.USER_GROUP: Permission(_UNDOCUMENTED, "", {CHECK: ""}),
    calls.LIST_GROUPS_BY_POST: Permission("viewer", "recording group", {CHECK: ""}),
    calls.GET_ACTION_TEMPLATES: Permission(_ACTION_ROLE, _ACTION_SOURCE, {CHECK: ""}),
    **dict.fromkeys(
        (calls.GET_ACTION_CONFIGURATIONS, calls.GET_ACTION_RULES),
        Permission(_ACTION_ROLE, _ACTION_SOURCE, _READ_ACTIONS),
    ),
    **dict.fromkeys(
        (calls.ADD_ACTION_CONFIGURATION, calls.ADD_ACTION_RULE),
        Permission(_ACTION_WRITE_ROLE, _ACTION_SOURCE, _CHANGES),
    ),
    **dict.fromkeys(
        (calls.REMOVE_ACTION_RULE, calls.REMOVE_ACTION_CONFIGURATION),
        Permission(_ACTION_WRITE_ROLE, _ACTION_SOURCE, {GROUP: f"{_DELETES}, with allow_recording_stop", **_CHANGES}),
    ),
}


def find_calls() -> list[Call]:
    """Return every call of the collection, in the order of their table."""
    return [value for value in vars(calls).values() if isinstance(value, Call)]


def describe_call(call: Call) -> str:
    """Return method, path, and operation."""
    return f"``{call.method} {call.path}``" + (f", ``{call.operation}``" if call.operation else "")


def render_permissions() -> str:
    """Return the generated part of the page."""
    rows = [
        (
            describe_call(call),
            "**write**" if call.write else "read",
            _render_role(PERMISSIONS[call]),
            _render_senders(PERMISSIONS[call]),
        )
        for call in find_calls()
    ]
    return "\n".join(render_table(("Call", "Kind", "Role", "Sent by"), (32, 8, 22, 38), rows))


def _render_role(permission: Permission) -> str:
    link = f" (`{permission.source} <{_SOURCES[permission.source]}>`__)" if permission.source else ""
    return f"{permission.role}{link}"


def _render_senders(permission: Permission) -> str:
    by_condition: dict[str, list[str]] = {}
    for sender, condition in permission.senders.items():
        by_condition.setdefault(condition, []).append(sender if sender == CAMERAS else f"``{sender}``")
    return "\n\n".join(
        ", ".join(names) + (f": {condition}" if condition else "") for condition, names in _sort(by_condition)
    )


def _sort(by_condition: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield what always sends a call first."""
    yield from sorted(((condition, names) for condition, names in by_condition.items()), key=lambda item: item[0] != "")
