# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build validated parameters of the modules, as Ansible's validator returns them: with every option."""

from __future__ import annotations

from typing import Any

DEFAULTS: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": None,
    "username": "operator",
    "password": "operator-pass",
    "protocol": "http",
    "validate_certs": True,
    "ca_path": None,
    "tls_server_name": None,
    "tls_fingerprint": None,
    "auth": "auto",
    "timeout": 5.0,
    "retries": 2,
    "proxy": None,
    "serial": None,
    "holds": [],
    "recording_group_id": None,
    "nice_name": None,
    "id_source": "derived",
    "description": None,
    "retention_time": None,
    "disk_id": None,
    "stream_options": None,
    "pre_duration": None,
    "post_duration": None,
    "state": "present",
    "allow_recording_loss": False,
    "allow_recording_stop": False,
}
_GROUP = (
    "recording_group_id",
    "nice_name",
    "description",
    "retention_time",
    "disk_id",
    "stream_options",
    "pre_duration",
    "post_duration",
)
#: the options of axis_recording_action if a task sets only the group
RECORDING: dict[str, Any] = {"name": None, "enabled": True, "always": None, "conditions": None, "start_event": None}
_MATCH = {"recording_group_id": None, "nice_name": None, "stream_options": None, "literal": False}


def group_parameters(**options: Any) -> dict[str, Any]:
    """Return the parameters of axis_recording_group."""
    return {**DEFAULTS, **options}


def action_parameters(**options: Any) -> dict[str, Any]:
    """Return the parameters of axis_recording_action; the default group is ``door``."""
    kept = {
        name: value for name, value in DEFAULTS.items() if name not in {*_GROUP, "id_source", "allow_recording_loss"}
    }
    return {**kept, "recording_group_id": "door", **RECORDING, **options}


def policy_parameters(**options: Any) -> dict[str, Any]:
    """Return the parameters of axis_retention_policy, each entry with every option."""
    whole = {
        "groups": [],
        "existing_groups": [],
        "no_groups": False,
        "purge": False,
        "purge_match": [],
        "retention_minimum": None,
        "retention_maximum": None,
        "unmanaged": "report",
        "on_refused": "fail",
        "allow_recording_stop": False,
        "verify_recordings": False,
        "retention_tolerance": "1d",
        "device_info": False,
        **options,
    }
    whole["groups"] = [
        {**dict.fromkeys((*_GROUP, "recording")), "id_source": "derived", **entry} for entry in whole["groups"]
    ]
    whole["existing_groups"] = [
        {**dict.fromkeys(_GROUP[1:]), **entry, "match": {**_MATCH, **entry["match"]}}
        for entry in whole["existing_groups"]
    ]
    kept = {name: value for name, value in DEFAULTS.items() if name not in {*_GROUP, "id_source", "state"}}
    return {**kept, **whole}
