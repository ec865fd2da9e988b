# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses, ranges, and networks, and what is rejected before the first request."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.addresses import MAX_ADDRESSES, parse_addresses


def addresses(*items: object) -> tuple[str, ...]:
    found = parse_addresses(items)
    assert found.problems == ()
    return found.addresses


def problem(*items: object) -> str:
    found = parse_addresses(items)
    assert found.addresses == ()
    (error,) = found.problems
    return str(error)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("198.51.100.7", ["198.51.100.7"]),
        (" 198.51.100.7 ", ["198.51.100.7"]),
        ("198.51.100.9-198.51.100.11", ["198.51.100.9", "198.51.100.10", "198.51.100.11"]),
        ("198.51.100.9 - 198.51.100.10", ["198.51.100.9", "198.51.100.10"]),
        ("198.51.100.9\N{EN DASH}10", ["198.51.100.9", "198.51.100.10"]),
        ("198.51.100.9-11", ["198.51.100.9", "198.51.100.10", "198.51.100.11"]),
        ("198.51.100.9-9", ["198.51.100.9"]),
        ("198.51.100.254-198.51.101.1", ["198.51.100.254", "198.51.100.255", "198.51.101.0", "198.51.101.1"]),
        ("192.0.2.0/29", [f"192.0.2.{number}" for number in range(1, 7)]),
        ("192.0.2.5/29", [f"192.0.2.{number}" for number in range(1, 7)]),
        ("192.0.2.4/30", ["192.0.2.5", "192.0.2.6"]),
        ("192.0.2.4/31", ["192.0.2.4", "192.0.2.5"]),
        ("192.0.2.4/32", ["192.0.2.4"]),
        ("2001:db8::a", ["2001:db8::a"]),
        ("2001:DB8:0::A", ["2001:db8::a"]),
        ("2001:db8::9-2001:db8::b", ["2001:db8::9", "2001:db8::a", "2001:db8::b"]),
        ("2001:db8::/126", ["2001:db8::1", "2001:db8::2", "2001:db8::3"]),
        ("2001:db8::/127", ["2001:db8::", "2001:db8::1"]),
        ("fd00::1", ["fd00::1"]),
        ("64:ff9b::c000:201", ["64:ff9b::c000:201"]),
        ("127.0.0.1", ["127.0.0.1"]),
        ("127.7.0.0/30", ["127.7.0.1", "127.7.0.2"]),
        ("::1", ["::1"]),
        ("169.254.1.1-2", ["169.254.1.1", "169.254.1.2"]),
        ("fe80::1%eth0", ["fe80::1%eth0"]),
        ("fe80::1%eth0-fe80::2%eth0", ["fe80::1%eth0", "fe80::2%eth0"]),
    ],
)
def test_an_item_lists_its_addresses(item: str, expected: list[str]) -> None:
    assert addresses(item) == tuple(expected)


def test_each_address_of_overlapping_items_is_listed_once() -> None:
    items = ("192.0.2.4-6", "fd00::1", "192.0.2.0/29", "192.0.2.6", "192.0.2.9", "fd00::1", "fe80::1%a", "fe80::1%b")
    numbers = (1, 2, 3, 4, 5, 6, 9)
    expected = [f"192.0.2.{number}" for number in numbers]
    assert addresses(*items) == (*expected, "fd00::1", "fe80::1%a", "fe80::1%b")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("0.0.0.7", "is '0.0.0.7', which is an unspecified address. List"),
        ("0.0.0.0-0.0.0.9", "which has an unspecified address"),
        ("255.255.255.255", "which is a broadcast address"),
        ("224.0.0.251", "which is a multicast address"),
        ("223.255.255.254-224.0.0.1", "which has a multicast address"),
        ("240.0.0.1", "which is a reserved address"),
        ("::", "which is an unspecified address"),
        ("ff02::fb", "which is a multicast address"),
        ("::ffff:192.0.2.1", "which is an IPv4-mapped address"),
        ("4000::1", "which has reserved addresses"),
        ("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff-4000::1", "which has reserved addresses"),
        ("126.255.255.255-127.0.0.1", "which has loopback addresses and others. List those in 127.0.0.0/8"),
        ("169.253.255.255-169.254.0.1", "which has link-local addresses and others"),
        ("fe80::1", "which has no zone. Write the network interface after each address: fe80::1%eth0."),
        ("fe80::1%eth0-fe80::2%eth1", "which is not a valid range"),
        ("2001:db8::1%eth0", "which has a zone"),
        ("fe80::%eth0/120", "which is not a valid network"),
        ("10.0.0.0/8", "which has 16,777,214 addresses, and a search takes at most 65,536. List the networks in it"),
        ("0.0.0.0/0", "which has 4,294,967,294 addresses"),
        ("10.0.0.0-10.9.0.0", "which has 589,825 addresses"),
        ("2001:db8::/64", "which has 18,446,744,073,709,551,615 addresses"),
        ("192.0.2.9-192.0.2.1", "whose end is before its begin"),
        ("192.0.2.9-1", "whose end is before its begin"),
        ("192.0.2.9-256", "which is not a valid range"),
        ("192.0.2.9-", "which is not a valid range"),
        ("192.0.2.9-2001:db8::1", "which is not a valid range"),
        ("2001:db8::9-11", "which is not a valid range"),
        ("192.0.2.0/33", "which is not a valid network"),
        ("192.0.2.0/", "which is not a valid network"),
        ("192.0.2.0/255.255.255.0", "which is not a valid network. Write the length of the prefix, 0 to 32"),
        ("192.0.2.256", "which is not a valid address"),
        ("192.0.02.1", "which is not a valid address"),
        ("192.0.2", "which is not a valid address"),
        ("2001:db8:::1", "which is not a valid address"),
        ("", "is '', which is not a valid address"),
        ("192.0.2.1:8080", "which has a port or brackets"),
        ("[2001:db8::1]:443", "which has a port or brackets"),
        ("https://192.0.2.1/", "which is a URL"),
        ("192.0.2.*", "which is not an address"),
        ("camera-1.example.com", "which is not an address. Write an address (198.51.100.7)"),
        ("camera.example.com/24", "which is not an address"),
        ("192.0.2.1 192.0.2.2", "which is not an address"),
        (192, "is 192, which is not a text"),
        (None, "is null, which is not a text"),
        ({"a": 1}, "which is not a text"),
    ],
)
def test_an_item_that_is_not_of_single_devices_is_rejected(item: object, reason: str) -> None:
    text = problem("192.0.2.1", item)
    assert text.startswith("addresses[1] is ")
    assert reason in text


def test_all_invalid_items_are_reported() -> None:
    found = parse_addresses(["192.0.2.1", "x", "224.0.0.1"])
    assert [str(error).partition(",")[0] for error in found.problems] == [
        "addresses[1] is 'x'",
        "addresses[2] is '224.0.0.1'",
    ]
    assert found.addresses == ()


def test_the_bound_counts_all_items_together() -> None:
    assert len(addresses("10.1.0.0/16", "10.1.0.0/16")) == MAX_ADDRESSES - 2
    assert problem("10.1.0.0/16", "10.3.0.0/16").startswith(
        "addresses lists 131,068 addresses, and a search takes at most 65,536. "
    )


def test_a_host_name_is_not_resolved() -> None:
    assert "A search resolves no host names: list a camera that has one in a file." in problem("localhost")


@given(st.ip_addresses(v=4), st.integers(22, 32))
def test_a_network_has_the_hosts_that_the_standard_library_lists(address: ipaddress.IPv4Address, prefix: int) -> None:
    network = ipaddress.ip_network((address, prefix), strict=False)
    found = parse_addresses([f"{address}/{prefix}"])
    assert found.problems or found.addresses == tuple(map(str, network.hosts()))


@given(st.lists(st.text(max_size=30) | st.ip_addresses().map(str) | st.integers() | st.none(), max_size=4))
def test_any_item_is_listed_or_rejected(items: list[object]) -> None:
    found = parse_addresses(items)
    assert bool(found.problems) != bool(found.addresses) or not items
    for address in found.addresses:
        assert not ipaddress.ip_address(address).is_multicast
