# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``addresses`` of an inventory: single addresses, ranges, and networks.

An item is rejected as a whole if a request to any of its addresses could reach something else than one device.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    Message,
    Option,
    describe_value,
    invalid_option,
)

Address: TypeAlias = "IPv4Address | IPv6Address"
Network: TypeAlias = "IPv4Network | IPv6Network"

#: A network with a prefix of 16 bits. At 100 requests per second, a sweep of it takes eleven minutes.
MAX_ADDRESSES = 65_536
_NAME = "addresses"
_FORMS = (
    "Write an address (198.51.100.7), a range (198.51.100.10-198.51.100.40 or 198.51.100.10-40), or a network "
    "(192.0.2.0/24)."
)
#: IANA's special-purpose registries, in order: where an item may be only if it is wholly inside, as its author knows
#: what it is, and where no single device has its address.
_LISTED_ONLY: tuple[tuple[Network, str], ...] = (
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("169.254.0.0/16"), "link-local"),
    (IPv6Network("::1/128"), "loopback"),
    (IPv6Network("fe80::/10"), "link-local"),
)
_REJECTED: tuple[tuple[Network, str], ...] = (
    (IPv4Network("0.0.0.0/8"), "unspecified"),
    (IPv4Network("224.0.0.0/4"), "multicast"),
    (IPv4Network("255.255.255.255/32"), "broadcast"),
    (IPv4Network("240.0.0.0/4"), "reserved"),
    (IPv6Network("::/128"), "unspecified"),
    (IPv6Network("ff00::/8"), "multicast"),
    (IPv6Network("::ffff:0:0/96"), "IPv4-mapped"),
)
# Of IPv6, only these ranges are in use: global, unique local, and the translation of IPv4.
_IN_USE = (IPv6Network("2000::/3"), IPv6Network("fc00::/7"), IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_PREFIX = re.compile(r"[0-9]{1,3}")
_LAST_OCTET = re.compile(r"[0-9]{1,3}")
_WITH_PORT = re.compile(r"[0-9.]+:[0-9]+|\[.*\](:[0-9]+)?")
_NUMERIC = re.compile(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


@dataclass(frozen=True, slots=True)
class AddressList:
    """What an option lists: its addresses, sorted and each once, and what is wrong with it."""

    addresses: tuple[str, ...]
    problems: tuple[InvalidOptionError, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Interval:
    """Consecutive addresses, both ends included; a zone only of link-local IPv6 addresses."""

    version: int
    zone: str
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def join(self, other: _Interval) -> _Interval | None:
        """Return both as one, or ``None`` if there is a gap between them; the other one begins later."""
        if (self.version, self.zone) != (other.version, other.zone) or other.first > self.last + 1:
            return None
        return _Interval(self.version, self.zone, self.first, max(self.last, other.last))

    def covers(self, network: Network) -> bool:
        """Return whether it has an address of a network."""
        return self.version == network.version and not (self.last < int(network[0]) or self.first > int(network[-1]))

    def is_inside(self, network: Network) -> bool:
        """Return whether all its addresses are of a network."""
        return self.version == network.version and int(network[0]) <= self.first and self.last <= int(network[-1])

    def list(self) -> list[str]:
        """Return its addresses as texts."""
        build, zone = (IPv4Address if self.version == 4 else IPv6Address), f"%{self.zone}" if self.zone else ""
        return [f"{build(number)}{zone}" for number in range(self.first, self.last + 1)]


class _ItemError(ValueError):
    """Why an item is not valid, as the end of a sentence that begins with it, and what to do."""

    def __init__(self, reason: str, next_step: str = _FORMS) -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_step = next_step


def parse_addresses(items: Sequence[object]) -> AddressList:
    """Return the addresses that the items of the option list.

    A network is without its network and broadcast addresses, and may be written with any of its addresses, as for
    nmap: ``192.0.2.77/24`` is ``192.0.2.0/24``. Nothing is resolved, and no request is sent.
    """
    intervals: list[_Interval] = []
    problems: list[InvalidOptionError] = []
    for number, item in enumerate(items):
        try:
            intervals.append(_parse_item(item))
        except _ItemError as error:
            values = {"option": Option(_NAME)[number], "value": describe_value(item), "reason": error.reason}
            problems.append(invalid_option(Message("{option} is {value}, {reason}", values), error.next_step))
    merged = _merge(intervals)
    if not problems and (size := sum(item.size for item in merged)) > MAX_ADDRESSES:
        text = "{option} lists {size:,} addresses, and a search takes at most {limit:,}"
        values = {"option": Option(_NAME), "size": size, "limit": MAX_ADDRESSES}
        problems.append(invalid_option(Message(text, values), "Use one inventory for each part of the network."))
    if problems:
        return AddressList((), tuple(problems))
    return AddressList(tuple(address for item in merged for address in item.list()), ())


def _merge(intervals: Sequence[_Interval]) -> list[_Interval]:
    merged: list[_Interval] = []
    for item in sorted(intervals):
        joined = merged[-1].join(item) if merged else None
        if joined is None:
            merged.append(item)
        else:
            merged[-1] = joined
    return merged


def _parse_item(item: object) -> _Interval:
    if not isinstance(item, str):
        raise _ItemError("which is not a text")
    # Word processors write a dash for the hyphen of a range.
    text = item.strip().replace("\N{EN DASH}", "-")
    first, hyphen, last = (part.strip() for part in text.partition("-"))
    if "/" in text and "://" not in text:
        found = _parse_network(text)
    elif hyphen and (begin := _find_address(first)) is not None:
        found = _parse_range(begin, last)
    else:
        address = _parse_address(text)
        found = _build(address, address)
    _check(found)
    return found


def _parse_network(text: str) -> _Interval:
    base, _slash, prefix = text.partition("/")
    address = _parse_address(base)
    if _zone(address) or not _PREFIX.fullmatch(prefix) or int(prefix) > address.max_prefixlen:
        limit = address.max_prefixlen
        raise _ItemError("which is not a valid network", f"Write the length of the prefix, 0 to {limit}: 192.0.2.0/24.")
    network = ip_network(f"{address}/{int(prefix)}", strict=False)
    found = _build(network[0], network[-1])
    if found.size > 2:  # RFC 3021 and RFC 6164: both addresses of the smallest networks are those of devices
        # Of IPv6, the first address is that of any router, and there is no broadcast.
        found = _Interval(found.version, "", found.first + 1, found.last - (network.version == 4))
    return found


def _parse_range(begin: Address, last: str) -> _Interval:
    if begin.version == 4 and _LAST_OCTET.fullmatch(last):
        last = f"{str(begin).rpartition('.')[0]}.{last}"
    end = _find_address(last)
    if end is None or begin.version != end.version or _zone(begin) != _zone(end):
        raise _ItemError("which is not a valid range")
    if int(end) < int(begin):
        raise _ItemError("whose end is before its begin", "Exchange the two addresses.")
    return _build(begin, end)


def _parse_address(text: str) -> Address:
    if (address := _find_address(text)) is not None:
        return address
    if "://" in text:
        raise _ItemError("which is a URL", _FORMS)
    if _WITH_PORT.fullmatch(text):
        raise _ItemError("which has a port or brackets", "Write the address alone, and set the option port.")
    if not text or _NUMERIC.fullmatch(text):
        raise _ItemError("which is not a valid address")
    raise _ItemError(
        "which is not an address",
        f"{_FORMS} A search resolves no host names: list a camera that has one in a file.",
    )


def _find_address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _zone(address: Address) -> str:
    return (address.scope_id or "") if isinstance(address, IPv6Address) else ""


def _build(first: Address, last: Address) -> _Interval:
    return _Interval(first.version, _zone(first), int(first), int(last))


def _check(item: _Interval) -> None:
    """Check that each address can be that of one device.

    :raises _ItemError: what it has instead.
    """
    if item.size > MAX_ADDRESSES:
        reason = f"which has {item.size:,} addresses, and a search takes at most {MAX_ADDRESSES:,}"
        raise _ItemError(reason, "List the networks in it that have cameras.")
    for network, name in _REJECTED:
        if item.covers(network):
            reason = f"which {'is' if item.size == 1 else 'has'} a{'n' if name[0] in 'uI' else ''} {name} address"
            raise _ItemError(reason, "List addresses of single devices.")
    for network, name in _LISTED_ONLY:
        if item.is_inside(network):
            _check_zone(item, is_link_local=name == "link-local")
            return
        if item.covers(network):
            raise _ItemError(
                f"which has {name} addresses and others", f"List those in {network} as an item of its own."
            )
    _check_zone(item, is_link_local=False)
    if item.version == 6 and not any(item.is_inside(network) for network in _IN_USE):
        raise _ItemError("which has reserved addresses", "List addresses of single devices.")


def _check_zone(item: _Interval, *, is_link_local: bool) -> None:
    if item.version == 6 and bool(item.zone) != is_link_local:
        if item.zone:
            raise _ItemError("which has a zone", "Write the zone only after a link-local address.")
        raise _ItemError("which has no zone", "Write the network interface after each address: fe80::1%eth0.")
