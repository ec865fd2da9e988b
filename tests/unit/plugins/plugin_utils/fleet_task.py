# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of the role and the variables of its hosts, as core provides them to an action."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from tests.simulator.device import Device
from tests.unit.plugins.plugin_utils.hostvars import HostVars

DOOR = {"recording_group_id": "door", "retention_time": "30d"}
LOGIN = {"axis_username": "operator", "axis_password": "operator-pass", "axis_protocol": "http"}
_ROLE = "camfleet.axis.retention_policy"


def build_hostvars(hosts: Mapping[str, Mapping[str, Any]]) -> HostVars:
    """Return the variables of all hosts."""
    return HostVars({name: {**own, "inventory_hostname": name} for name, own in hosts.items()})


def build_variables(hosts: Mapping[str, Mapping[str, Any]], **play: Any) -> dict[str, Any]:
    """Return the variables of a task on the first host."""
    hostvars = build_hostvars(hosts)
    first = next(iter(hosts))
    groups = {"all": [*hosts], "axis": [*hosts]}
    return {**hostvars[first], "hostvars": hostvars, "groups": groups, **play}


def build_arguments(variables: Mapping[str, Any], *, in_role: bool = True, **attributes: Any) -> tuple[Any, ...]:
    """Return what core creates an action with.

    :param attributes: of the task.
    """
    loader = DataLoader()
    role = SimpleNamespace(get_name=lambda: _ROLE) if in_role else None
    task: dict[str, Any] = {
        "args": {},
        "check_mode": True,
        "diff": False,
        "delegate_to": None,
        "remote_user": None,
        "async_val": 0,
    }
    task |= {"_uuid": "play", "_role": role, **attributes}
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    templar = Templar(loader=loader, variables=dict(variables))
    return SimpleNamespace(**task), connection, SimpleNamespace(password=None), loader, templar, None


def address_of(device: Device) -> dict[str, Any]:
    """Return the variables for the address of a device."""
    return {"ansible_host": device.host, "axis_port": device.port}
