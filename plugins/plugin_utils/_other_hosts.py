# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holds of a device that a task addresses although it is another host of the inventory.

Comparing the addresses of all hosts in each task would be slow. Therefore the tasks of a play share the addresses of
the inventory in a file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypedDict

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEFAULT_PORTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    find_play_names,
    find_runtime_names,
    find_runtime_values,
    play_id,
    raw_variables,
    run_directory,
    without_extra_variables,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    ADDRESS_VARIABLES,
    build_address,
    find_way,
    read_address,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import host_names
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._templates import find_used_names
from ansible_collections.camfleet.axis.plugins.plugin_utils._variable_names import find_misnamed_holds_of_host

_HOST_VARIABLES = frozenset({"axis_host", "ansible_host", "ansible_ssh_host"})
_PORT_VARIABLES = ADDRESS_VARIABLES - _HOST_VARIABLES
# Core sets them for each host.
_OF_CORE = frozenset({"groups", "group_names", "hostvars", "inventory_hostname", "omit", "vars"})


class _Index(TypedDict):
    """The hosts of the inventory by address, those whose address is a template, and the variables that these use."""

    hosts: dict[str, list[str]]
    templated: list[str]
    used: list[str]


@dataclass(frozen=True)
class OtherHolds:
    """The holds of other hosts.

    :param names: what ``hosts`` of a hold may name for them.
    :param sources: names and values of their variables for holds.
    """

    names: frozenset[str] = frozenset()
    sources: tuple[tuple[str, Any], ...] = ()


def read_other_holds(
    action: Any, given: Mapping[str, Any], parameters: Mapping[str, Any], task_vars: Mapping[str, Any]
) -> OtherHolds:
    """Return the holds of the other hosts of the inventory whose device a task addresses.

    :param given: the arguments of the task.
    :param parameters: the same, validated and completed from variables.
    :raises InvalidOptionError: ``invalid_option``, if holds of another host are hidden or cannot be resolved.
    """
    inventory = [str(host) for host in (task_vars.get("groups") or {}).get("all") or ()]
    if not inventory:
        return OtherHolds()
    own = str(task_vars["inventory_hostname"])
    address = build_address(parameters["host"], parameters["port"] or DEFAULT_PORTS[parameters["protocol"]])
    hosts = _Inventory(action, task_vars, inventory).find_hosts(address) - {own}
    set_by_task = find_play_names(action) | find_runtime_names(task_vars["hostvars"], own)
    if given.get("host") is not None or not set_by_task.isdisjoint(_HOST_VARIABLES):
        # A name in the inventory may also be one in the DNS.
        hosts |= ({parameters["host"]} & {*inventory}) - {own}
    elif hosts:
        hosts = _keep_reached_alike(HostVariables(action, task_vars), own, hosts)
    if not hosts:
        return OtherHolds()
    variables = HostVariables(action, task_vars, with_play=False)
    return OtherHolds(
        frozenset(name for host in hosts for name in host_names(variables.own_names(host))),
        tuple(source for host in sorted(hosts) for source in _read_sources(variables, host)),
    )


def find_addresses(action: Any, task_vars: Mapping[str, Any], hosts: Iterable[str]) -> frozenset[str]:
    """Return the addresses of hosts, with what the play sets and without it, so that others can be compared at once.

    Only an address for which ``has_address`` is true may have other holds.
    """
    inventory = _Inventory(action, task_vars, list(hosts))
    return inventory.find_addresses()


def has_address(addresses: Set[str], parameters: Mapping[str, Any]) -> bool:
    """Return whether the address of a task is one of those that ``find_addresses`` returned."""
    port = parameters["port"] or DEFAULT_PORTS[parameters["protocol"]]
    return repr(build_address(parameters["host"], port)) in addresses


def _keep_reached_alike(variables: HostVariables, own: str, hosts: Iterable[str]) -> set[str]:
    """Return the hosts that are reached as the own host is, or in an unknown way."""
    ways = {host: find_way(variables, host, variables.resolve_delegate) for host in (own, *hosts)}
    return {host for host in hosts if None in (ways[own], ways[host]) or ways[host] == ways[own]}


def _read_sources(variables: HostVariables, host: str) -> Iterable[tuple[str, Any]]:
    found = variables.read(host, variables.hold_names(host))
    holds = [hold for value in found.values() if isinstance(value, list) for hold in value]
    misnamed = find_misnamed_holds_of_host(variables, host, holds)
    for problem, next_step in (*variables.hidden_holds(host), *misnamed):
        raise invalid_option(f"The task addresses the device of {host}, where {problem}", f"{next_step}.")
    for name, value in found.items():
        yield f"hostvars['{host}'].{name}", value


class _Inventory:
    """The addresses of all hosts of the inventory."""

    def __init__(self, action: Any, task_vars: Mapping[str, Any], names: list[str]) -> None:
        self._action = action
        self._task_vars = task_vars
        self._names = names
        self._hostvars = task_vars["hostvars"]

    def find_hosts(self, address: Hashable) -> set[str]:
        """Return the hosts with an address: without what the play sets, or with it."""
        if address is None:
            return set()
        key = repr(address)
        # A task may set another address for a host, or add one.
        state = (play_id(self._action._task), self._names, find_runtime_values(self._hostvars, ADDRESS_VARIABLES))
        index = _share(state, self._build)
        found = {*index["hosts"].get(key, ())}
        own = raw_variables(self._hostvars, self._task_vars["inventory_hostname"])
        changed = self._find_changed(own, {*index["used"], *ADDRESS_VARIABLES})
        runtime = find_runtime_values(self._hostvars, index["used"])
        if not changed.keys().isdisjoint(_HOST_VARIABLES):
            # These would count as the address of every host.
            return found
        again = index["templated"] if changed.keys().isdisjoint(_PORT_VARIABLES) else self._names
        if again and (changed or runtime):
            index = _share((state, sorted(changed.items()), runtime), lambda: self._build_with_play(again))
            found.update(index["hosts"].get(key, ()))
        return found

    def find_addresses(self) -> frozenset[str]:
        """Return the addresses of all hosts."""
        if not self._names:
            return frozenset()
        return frozenset({*self._build()["hosts"], *self._build_with_play(self._names)["hosts"]})

    def _find_changed(self, own: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
        """Return those named variables that the play, the task, or an extra variable sets."""
        with without_extra_variables(self._hostvars, ADDRESS_VARIABLES) as extra:
            # Core sets those of ansible_ for each task.
            return {
                name: repr(self._task_vars[name])
                for name in names
                if name in self._task_vars
                and (name in extra or (self._task_vars[name] != own.get(name) and not name.startswith("ansible_")))
            }

    def _build(self) -> _Index:
        # An extra variable would be the address of every host.
        with without_extra_variables(self._hostvars, ADDRESS_VARIABLES):
            variables = HostVariables(self._action, self._task_vars, with_play=False)
            hosts: dict[str, list[str]] = defaultdict(list)
            templated, used = [], set()
            for host in self._names:
                names = _find_used(variables.written(host, ADDRESS_VARIABLES).values(), variables.raw(host))
                if names:
                    templated.append(host)
                    used |= names
                hosts[repr(read_address(variables, host))].append(host)
        return {"hosts": hosts, "templated": templated, "used": sorted(used)}

    def _build_with_play(self, names: Iterable[str]) -> _Index:
        variables = HostVariables(self._action, self._task_vars)
        hosts: dict[str, list[str]] = defaultdict(list)
        for host in names:
            hosts[repr(read_address(variables, host))].append(host)
        return {"hosts": hosts, "templated": [], "used": []}


def _find_used(values: Collection[Any], variables: Mapping[str, Any]) -> set[str]:
    """Return the names of the variables that values use, also through others."""
    used: set[str] = set()
    pending = find_used_names(list(values)) - _OF_CORE
    while pending:
        used |= pending
        pending = find_used_names([variables[name] for name in pending if name in variables]) - used - _OF_CORE
    return used


def _share(state: Any, build: Callable[[], _Index]) -> _Index:
    """Return what the first process that needs it in this state has built."""
    name = f"axis-addresses-{hashlib.sha256(repr(state).encode()).hexdigest()}"
    with open(os.path.join(run_directory(), name), "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        # A worker may have been killed while it wrote.
        with suppress(ValueError):
            index: _Index = json.load(file)
            return index
        index = build()
        file.seek(0)
        file.truncate()
        json.dump(index, file)
    return index
