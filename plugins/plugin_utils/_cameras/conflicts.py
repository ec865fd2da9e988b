# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conflicts of the hosts and groups of an inventory file with other inventories, and with its own templates. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.assembly import Assembly
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cameras import (
    Camera,
    build_variables,
    parse_ip_address,
    read_port,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.groups import SILENT, UNLISTED
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.names import find_host_fault
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Problem

# By variable, what identifies a device. Another inventory may set only some of them.
_IDENTITY = {"axis_serial": "serial number", "ansible_host": "address", "axis_port": "port"}


def find_other_devices(hosts: Mapping[str, Camera], others: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield a problem for each host that is another device in another inventory: only one of them would be left.

    :param others: by host of other inventories, the variables that they set.
    """
    for name, camera in hosts.items():
        other = others.get(name, {})
        own = {"ansible_host": name, **build_variables(camera)}
        # In a file of names only, the name is the address.
        known = {"ansible_host": name, **other} if "axis_name" in other else other
        for variable, kind in _IDENTITY.items():
            if variable in known and variable in own and not _is_same(known[variable], own[variable]):
                source = other.get("inventory_file") or "another inventory"
                message = f"the host {name} is also in {source}, with the {kind} {known[variable]}"
                step = f"Rename one of them, or put site or serial number into name in {camera.config}."
                yield Problem(camera.name_position, escape_invisible(message), step)
                break


def _is_same(one: Any, other: Any) -> bool:
    """Return whether two values are the same serial number, address, or port, in any spelling."""
    return _normalize(one) == _normalize(other)


def _normalize(value: Any) -> str:
    text = str(value).strip()
    address = parse_ip_address(text)
    return normalize_serial(text) or (text.lower() if address is None else str(address))


def find_loop_problems(found: Assembly, loops: Iterable[tuple[str, str]]) -> Iterator[Problem | str]:
    """Yield a problem for each group that would be a child of its own child.

    :param loops: each parent, and the child whose descendant it is in another inventory.
    """
    for parent, child in loops:
        message = f"the group {child} would be in {parent}, but is its parent in another inventory"
        host = next((name for name, groups in found.groups.items() if child in groups), None)
        if host is None:
            yield f"{message}. Rename one of the groups, or set another parent_group."
        else:
            camera = found.hosts[host]
            yield Problem(
                camera.position_of("groups"), message, "Rename one of the groups, or set another parent_group."
            )


def find_constructed_faults(
    found: Assembly, members: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, list[str], Problem]]:
    """Yield each group of the options groups and keyed_groups that no table may name, either, with hosts and problem.

    The first host is one of a file, if there is any.

    :param members: by group, the hosts that are in the group itself.
    """
    assembled = {name for groups in found.groups.values() for name in groups}
    for group, hosts in members.items():
        is_compared = group in (UNLISTED, SILENT)
        if not hosts or (group in assembled and not is_compared):
            continue
        fault = "is reserved for the comparison of files and addresses" if is_compared else find_host_fault(group)
        if group in found.hosts:
            fault = "has the name of a host"
        added = [name for name in hosts if group not in found.groups.get(name, ())]
        if fault is None or not added:
            continue
        added.sort(key=lambda name: found.hosts[name].listed is None)
        step = "Change the option, such as with a prefix or the filter regex_replace, or correct the cell."
        message = f"the group {escape_invisible(group)!r}, which groups or keyed_groups makes for this host, {fault}"
        yield group, added, Problem(found.hosts[added[0]].name_position, message, step)


def find_same_devices(
    hosts: Mapping[str, Camera],
    others: Mapping[str, Mapping[str, Any]],
    address_key: Callable[[str, int], object],
) -> Iterator[Problem]:
    """Yield a problem for each host that another inventory has under another name.

    :param others: by host of other inventories, the variables that they set.
    :param address_key: returns what identifies address and port, in any spelling; ``None`` for a template.
    """
    serials = {_normalize(other["axis_serial"]): name for name, other in others.items() if "axis_serial" in other}
    addresses = {
        address_key(str(other.get("ansible_host", name)), read_port(other)): name
        for name, other in others.items()
        if other.keys() & {"axis_serial", "axis_name"}
    }
    for name, camera in hosts.items():
        if name in others:
            continue
        own = build_variables(camera)
        address = address_key(str(own.get("ansible_host", name)), read_port(own))
        same = {
            "serial": serials.get(_normalize(own["axis_serial"])) if "axis_serial" in own else None,
            "address": None if address is None else addresses.get(address),
        }
        field, other = next(((field, other) for field, other in same.items() if other is not None), ("", None))
        if other is not None:
            source = others[other].get("inventory_file") or "another inventory"
            kind = {"serial": "serial number", "address": "address"}[field]
            message = f"the {kind} of {name} is also that of the host {other} in {source}"
            yield Problem(camera.position_of(field), escape_invisible(message), "Remove one of them, or correct it.")
