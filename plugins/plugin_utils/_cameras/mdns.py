# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the addresses of devices that announce themselves in the local network (multicast DNS, RFC 6762).

Announcements prove nothing: a sweep identifies what is at the addresses. They pass no router.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Collection, Iterable, Sequence
from importlib import import_module
from ipaddress import ip_address
from typing import Any

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    Message,
    Option,
    describe_value,
    invalid_option,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.addresses import parse_addresses

#: What cameras and recorders announce; newer ones announce their VAPIX ports.
SERVICES = tuple(f"_{name}._tcp.local." for name in ("axis-video", "axis-nvr", "vapix-https", "vapix-http"))
_MAX_SECONDS = 60.0
_REQUEST_TIMEOUT = 1000  # ms, for the address of one device that did not announce it
# A machine in the network may announce any number of names.
_MAX_DEVICES = 4096
_MDNS = {"option": Option("mdns")}


def find_addresses(seconds: float, interfaces: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return an address of each device that announces itself within so many seconds, sorted.

    :param interfaces: addresses of this machine, or None for all of its interfaces.
    :raises InvalidOptionError: the library zeroconf is missing, or this machine cannot listen.
    """
    if not 0 < seconds <= _MAX_SECONDS:
        values = {"option": Option("mdns_seconds"), "value": describe_value(seconds)}
        message = Message("{option} is {value}, which is not valid", values)
        raise invalid_option(message, f"Set a number of seconds over 0, and at most {_MAX_SECONDS:g}.")
    zeroconf = _load_library()
    try:
        listener = zeroconf.Zeroconf(interfaces=list(interfaces) if interfaces else zeroconf.InterfaceChoice.All)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "no interface for multicast"
        text = "{option} needs multicast DNS, for which this machine cannot listen ({reason})"
        message = Message(text, {**_MDNS, "reason": reason})
        raise invalid_option(message, "Remove mdns, and list addresses.") from error
    try:
        return _browse(zeroconf, listener, seconds)
    finally:
        listener.close()


def _load_library() -> Any:
    try:
        return import_module("zeroconf")
    except Exception as error:  # one that was built for another Python raises many kinds
        state = "is not installed" if isinstance(error, ImportError) else "cannot be imported"
        text = "{option} needs the Python library zeroconf, which {state} for {python}"
        message = Message(text, {**_MDNS, "state": state, "python": sys.executable})
        step = f"Install it with: {sys.executable} -m pip install zeroconf. Or remove mdns, and list addresses."
        raise invalid_option(message, step) from error


def _browse(zeroconf: Any, listener: Any, seconds: float) -> tuple[str, ...]:
    names: dict[tuple[str, str], None] = {}

    def note(service_type: str, name: str, **_options: object) -> None:
        if len(names) < _MAX_DEVICES:
            names[service_type, name] = None

    # Another program on this machine, such as Avahi, may receive what is sent to this one alone.
    question = zeroconf.DNSQuestionType.QM
    zeroconf.ServiceBrowser(listener, list(SERVICES), handlers=[note], question_type=question)
    time.sleep(seconds)
    end = time.monotonic() + seconds
    # A device announces several services, all at the addresses of one name.
    chosen: set[str] = set()
    for service_type, name in list(names):
        info = zeroconf.ServiceInfo(service_type, name)
        known = info.load_from_cache(listener)
        if not known and time.monotonic() < end:
            known = info.request(listener, _REQUEST_TIMEOUT)
        if known and (address := choose_address(info.parsed_scoped_addresses())) is not None:
            chosen.add(address)
    return _sort(chosen)


def choose_address(addresses: Iterable[str]) -> str | None:
    """Return the address of a device that is most likely to reach it, or ``None``.

    A device that has an address of its network announces the link-local one as well, and IPv6 ones.
    """
    usable = [address for address in addresses if _is_usable(address)]
    return min(usable, key=_rank, default=None)


def _is_usable(address: str) -> bool:
    """Return whether an address can be that of one other device: any machine may announce any address."""
    return not (parse_addresses([address]).problems or ip_address(address).is_loopback)


def _rank(address: str) -> tuple[bool, int]:
    parsed = ip_address(address)
    return parsed.is_link_local, parsed.version


def _sort(addresses: Collection[str]) -> tuple[str, ...]:
    return tuple(
        sorted(addresses, key=lambda address: (ip_address(address).version, int(ip_address(address)), address))
    )
