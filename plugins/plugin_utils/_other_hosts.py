# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holds of a device that a task addresses although it is another host of the inventory.

Comparing the addresses of all hosts in each task would be slow. Therefore only a task that sets an address itself does
it, and the tasks of a play share the addresses of the inventory in a file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import invalid_option
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEFAULT_PORTS
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import (
    find_play_names,
    find_runtime_names,
    find_runtime_values,
    play_id,
    run_directory,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    ADDRESS_VARIABLES,
    build_address,
    read_address,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._holds import host_names
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables

_OPTIONS = ("host", "port", "protocol")
_HOST_VARIABLES = frozenset({"axis_host", "ansible_host"})
_Index = dict[str, list[str]]


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
    inventory = (task_vars.get("groups") or {}).get("all") or ()
    if not inventory:
        return OtherHolds()
    own = str(task_vars["inventory_hostname"])
    given_names = {f"axis_{name}" for name in _OPTIONS if given.get(name) is not None}
    changed = given_names | find_play_names(action) | find_runtime_names(task_vars["hostvars"], own)
    names_host = not changed.isdisjoint(_HOST_VARIABLES)
    if changed.isdisjoint(ADDRESS_VARIABLES):
        return OtherHolds()
    variables = HostVariables(action, task_vars, with_play=False)
    address = build_address(parameters["host"], parameters["port"] or DEFAULT_PORTS[parameters["protocol"]])
    if not names_host and address == read_address(variables, own):
        return OtherHolds()
    # A name in the inventory may also be one in the DNS.
    hosts = {parameters["host"]} & {*map(str, inventory)}
    hosts.update(_find_hosts(action, variables, task_vars["hostvars"], inventory).get(_build_key(address), ()))
    others = sorted(hosts - {own})
    return OtherHolds(
        frozenset(name for host in others for name in host_names(variables.raw(host))),
        tuple(source for host in others for source in _read_sources(variables, host)),
    )


def _read_sources(variables: HostVariables, host: str) -> Iterable[tuple[str, Any]]:
    for problem, next_step in variables.hidden_holds(host):
        raise invalid_option(f"The task addresses the device of {host}, where {problem}", f"{next_step}.")
    for name, value in variables.read(host, variables.hold_names(host)).items():
        yield f"hostvars['{host}'].{name}", value


def _find_hosts(action: Any, variables: HostVariables, hostvars: Any, inventory: Iterable[str]) -> _Index:
    """Return the hosts of the inventory by address."""
    names = list(map(str, inventory))

    def build() -> _Index:
        index: _Index = defaultdict(list)
        for host in names:
            index[_build_key(read_address(variables, host))].append(host)
        return index

    # A task may set another address for a host, or add one.
    state = repr((play_id(action._task), names, find_runtime_values(hostvars, ADDRESS_VARIABLES)))
    name = f"axis-addresses-{hashlib.sha256(state.encode()).hexdigest()}"
    return _share(os.path.join(run_directory(), name), build)


def _build_key(address: Hashable) -> str:
    return repr(address)


def _share(path: str, build: Callable[[], _Index]) -> _Index:
    """Return what the first process that needs it has built."""
    with open(path, "a+", encoding="utf-8") as file:
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
