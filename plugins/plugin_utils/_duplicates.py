# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find hosts that are one device: two policies on it would overwrite each other in turn."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, ChangeRefusedError
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEFAULT_PORTS, DEVICE_SPEC
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import escape_invisible
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.results import TaskProgress
from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import run_directory
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import DUPLICATE, HostInput
from ansible_collections.camfleet.axis.plugins.plugin_utils._sources import HOST_VARIABLES, read_environment

#: By host, the other hosts that are the same device.
Duplicates = dict[str, list[str]]
#: Returns the machine that the tasks on a host are delegated to, or ``None`` for the controller.
FindDelegate = Callable[[str], "str | None"]
BuildError = Callable[["list[str]", "str | None"], ChangeRefusedError]

_PORT, _PROTOCOL, _PROXY = "axis_port", "axis_protocol", "axis_proxy"
_VARIABLES = (*HOST_VARIABLES, _PORT, _PROTOCOL)
#: The variables of a play that set the address of a device.
ADDRESS_VARIABLES = frozenset({*_VARIABLES} - {"inventory_hostname"})
# HTTP and HTTPS of a device have these ports; any other port of an address may lead to another device (NAT).
_ONE_DEVICE = frozenset(DEFAULT_PORTS.values())
# Forms of IPv4 that the system resolves and that Python's ipaddress rejects: 127.1, 0x7f000001, 010.0.0.1.
_NUMERIC = re.compile(r"[0-9a-fx]+(\.[0-9a-fx]+){0,3}", re.ASCII)
# One variable for all hosts, set by mistake, must not fill the memory with the names of all for each.
_MAX_OTHERS = 20
_MAX_EXAMPLES = 3


class Addresses:
    """The addresses and ports of hosts. A host without a valid address is left out: its own task reports it.

    :param find_delegate: returns the machine that connects to a host, or ``None`` if it is the controller.
    """

    def __init__(self, host_variables: HostVariables, find_delegate: FindDelegate = lambda _host: None) -> None:
        self._host_variables = host_variables
        self._find_delegate = find_delegate
        self._hosts: dict[Hashable, list[str]] = defaultdict(list)

    def add(self, host: str) -> None:
        """Add a host. Collecting its variables is slow, so do this while others need them."""
        key = read_address(self._host_variables, host)
        if key is not None:
            self._hosts[key].append(host)

    def find_duplicates(self) -> Duplicates:
        """Return the hosts that have the same address and port, and are reached in the same way, as others."""
        found: dict[Hashable, list[str]] = defaultdict(list)
        for key, hosts in self._hosts.items():
            for host in hosts if len(hosts) > 1 else ():
                # Its own task reports a way that is unknown.
                way = find_way(self._host_variables, host, self._find_delegate)
                if way is not None:
                    found[key, way].append(host)
        return _name_others(found.values())


def find_way(host_variables: HostVariables, host: str, find_delegate: FindDelegate) -> Hashable:
    """Return what a host is reached through: the machine that connects, and a proxy; or ``None`` if unknown.

    Behind different proxies or bastions, one private address is different devices.
    """
    proxy = _read(host_variables, host, (_PROXY,))
    try:
        return None if proxy is None else (find_delegate(host), proxy.get(_PROXY))
    except AxisError:
        return None


def find_duplicate_serials(results: Mapping[str, Mapping[str, Any] | None]) -> Duplicates:
    """Return the hosts whose device has the same serial number as that of others.

    :param results: by host, the result of its task, or ``None``.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for host, serial in read_serials(results).items():
        if _identifies(serial):
            found[serial].append(host)
    return _name_others(found.values())


def _identifies(serial: str | None) -> TypeGuard[str]:
    """Return whether a serial number identifies a device: that of some virtual devices is zero."""
    return serial is not None and bool(serial.strip("0"))


def read_serials(results: Mapping[str, Mapping[str, Any] | None]) -> dict[str, str]:
    """Return the serial numbers of the devices that showed one, by host.

    :param results: by host, the result of its task, or ``None``.
    """
    serials = {
        host: normalize_serial(((result or {}).get("device") or {}).get("serial")) for host, result in results.items()
    }
    return {host: serial for host, serial in serials.items() if serial is not None}


def merge_duplicates(*found: Duplicates) -> Duplicates:
    """Return the hosts that any of several comparisons found, each with all of its other hosts."""
    hosts = sorted({host for duplicates in found for host in duplicates})
    others = {host: {other for duplicates in found for other in duplicates.get(host, ())} for host in hosts}
    return {host: sorted(names)[:_MAX_OTHERS] for host, names in others.items()}


def find_others(duplicates: Any, host: str) -> list[str]:
    """Return the other hosts that are the same device as this one.

    :param duplicates: a variable that should be Duplicates.
    """
    others = duplicates.get(host) if isinstance(duplicates, Mapping) else None
    return [str(other) for other in others or ()]


def mark_duplicates(inputs: Sequence[HostInput], duplicates: Duplicates) -> list[HostInput]:
    """Return the hosts; whatever the task on one of the duplicates returned, its result is a failure."""
    return [
        replace(item, result=_fail(item.name, item.result, duplicates[item.name]))
        if item.result is not None and item.name in duplicates
        else item
        for item in inputs
    ]


def _fail(host: str, result: Mapping[str, Any], others: Iterable[str]) -> dict[str, Any]:
    device = result.get("device") or {}
    failure = TaskProgress(host).build_failure(build_duplicate_error(others, normalize_serial(device.get("serial"))))
    address = device.get("host")
    where = host if address in (None, "", host) else f"{host} ({address})"
    failure["msg"] = f"{where}: {failure['error']['message']}. {failure['error']['next_step']}"
    kept = {name: value for name, value in result.items() if name != "unreachable"}
    return {**kept, "compliant": False, **failure}


def claim_device(serial: str | None, host: str, build_error: BuildError | None = None) -> None:
    """Reserve a device for one host in this run, whichever worker comes first.

    :param build_error: builds the error from the other hosts and the serial number.
    :raises ChangeRefusedError: ``duplicate_device``, if another host has reserved it.
    """
    if not _identifies(serial):
        return
    # A link is made at once, with its content.
    path = os.path.join(run_directory(), f"axis-device-{serial}")
    try:
        os.symlink(host, path)
    except FileExistsError:
        if (owner := os.readlink(path)) != host:
            raise (build_error or build_duplicate_error)([owner], serial) from None


def build_duplicate_error(others: Iterable[str], serial: str | None = None) -> ChangeRefusedError:
    """Build the error of a host that is the same device as others.

    :param serial: the serial number that they share, if that is how they were found.
    """
    return ChangeRefusedError(
        DUPLICATE,
        f"{_describe_duplicate(others, serial)}, so the policies of several hosts would apply to one device",
        "Remove all of these hosts but one from the inventory, and move their holds to the one that remains. "
        "--limit does not help: the device is still listed more than once. "
        "If they are different devices, correct axis_host and axis_port.",
    )


def build_checked_error(others: Iterable[str], serial: str | None = None) -> ChangeRefusedError:
    """Build the error of a host whose device a device check would write to for another host, too."""
    return ChangeRefusedError(
        DUPLICATE,
        f"{_describe_duplicate(others, serial)}, so a device check would write to one device for several hosts",
        "Check only one of these hosts. If they are different devices, correct axis_host and axis_port.",
    )


def _describe_duplicate(others: Iterable[str], serial: str | None) -> str:
    others = list(others)
    names = render_others(others)
    shared = f"serial number ({serial})" if serial else "address or serial number"
    verb = "has" if len(others) == 1 else "have"
    return f"The inventory lists this device more than once: {names} {verb} the same {shared}"


def render_others(others: list[str]) -> str:
    """Render the names of the other hosts, at most a few of them."""
    rest = len(others) - _MAX_EXAMPLES
    shown = ", ".join(map(escape_invisible, others[:_MAX_EXAMPLES]))
    at_least = "at least " if len(others) == _MAX_OTHERS else ""
    return shown + (f" and {at_least}{rest} more" if rest > 0 else "")


def _name_others(found: Iterable[Iterable[str]]) -> Duplicates:
    duplicates: Duplicates = {}
    for names in (sorted(set(group)) for group in found):
        if len(names) > 1:
            few = names[: _MAX_OTHERS + 1]
            duplicates |= {host: [name for name in few if name != host][:_MAX_OTHERS] for host in names}
    return dict(sorted(duplicates.items()))


def read_address(host_variables: HostVariables, host: str) -> Hashable:
    """Return what identifies the address of a host, from the sources of the action in its order, or ``None``."""
    values = _read(host_variables, host, _VARIABLES)
    if values is None:
        return None
    protocol = values.get(_PROTOCOL) or read_environment("protocol") or DEVICE_SPEC["protocol"]["default"]
    port = values.get(_PORT)
    port = read_environment("port") if port is None else port
    address = next((values[name] for name in HOST_VARIABLES if values.get(name) is not None), None)
    try:
        number = int(DEFAULT_PORTS[protocol] if port is None else port)
    except (KeyError, TypeError, ValueError):
        return None
    return build_address(address, number)


def build_address(host: Any, port: int) -> Hashable:
    """Return what identifies an address and a port, or ``None`` if it is not an address."""
    name = normalize_address(host)
    return None if name is None else (name, "device" if port in _ONE_DEVICE else port)


def _read(host_variables: HostVariables, host: str, names: Iterable[str]) -> dict[str, Any] | None:
    """Return variables of a host, without a template engine for those that are not templates."""
    written = host_variables.written(host, names)
    literals = {name: value for name, value in written.items() if _is_literal(value)}
    templates = written.keys() - literals.keys()
    try:
        return literals | host_variables.read(host, templates) if templates else literals
    except AxisError:
        return None


def _is_literal(value: Any) -> bool:
    return isinstance(value, (int, str)) and not (isinstance(value, str) and "{" in value)


def normalize_address(address: Any) -> str | None:
    """Return one spelling of each name or address, or ``None`` if it is empty or no text."""
    if not isinstance(address, str) or not address.strip():
        return None
    text = address.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return _parse_numeric(text) or text
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _parse_numeric(text: str) -> str | None:
    if not _NUMERIC.fullmatch(text):
        return None
    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(text)))
    except OSError:
        return None
