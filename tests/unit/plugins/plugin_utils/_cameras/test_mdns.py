# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Announcements by multicast DNS over loopback, with the library itself on both sides. No real device was observed."""

from __future__ import annotations

import errno
import importlib
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import zeroconf

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras import mdns
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.mdns import (
    SERVICES,
    choose_address,
    find_addresses,
)

LOOPBACK = ["127.0.0.1"]


@pytest.fixture
def announcer() -> Iterator[zeroconf.Zeroconf]:
    running = zeroconf.Zeroconf(interfaces=LOOPBACK)
    yield running
    running.close()


def announce(announcer: zeroconf.Zeroconf, service: str, serial: str, *addresses: str) -> None:
    """Announce a service as a device does, with addresses to which nothing is sent."""
    name = f"AXIS P3245-LVE - {serial}"
    packed = [socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address) for address in addresses]
    announcer.register_service(
        zeroconf.ServiceInfo(
            service,
            f"{name}.{service}",
            port=80,
            addresses=packed,
            properties={"macaddress": serial},
            server=f"axis-{serial.lower()}.local.",
        ),
        cooperating_responders=True,
    )


def find(count: int) -> tuple[str, ...]:
    """Return the addresses when so many are found; a busy machine may need more than one attempt."""
    for _attempt in range(10):
        found = find_addresses(1, LOOPBACK)
        if len(found) >= count:
            break
    return found


def test_devices_that_announce_themselves_are_found_once(announcer: zeroconf.Zeroconf) -> None:
    video, recorder, https, http = SERVICES
    announce(announcer, video, "ACCC8E000001", "169.254.7.7", "192.0.2.9", "2001:db8::9")
    announce(announcer, https, "ACCC8E000001", "169.254.7.7", "192.0.2.9", "2001:db8::9")
    announce(announcer, recorder, "ACCC8E000002", "192.0.2.10")
    announce(announcer, http, "ACCC8E000003", "127.0.0.1", "224.0.0.1")
    announce(announcer, "_http._tcp.local.", "ACCC8E000004", "192.0.2.11")
    assert find(2) == ("192.0.2.9", "192.0.2.10")


@pytest.mark.parametrize(
    ("addresses", "chosen"),
    [
        (["169.254.7.7", "192.0.2.9"], "192.0.2.9"),
        (["2001:db8::9", "192.0.2.9"], "192.0.2.9"),
        (["169.254.7.7", "2001:db8::9"], "2001:db8::9"),
        (["fe80::9%eth0", "169.254.7.7"], "169.254.7.7"),
        (["fe80::9%eth0"], "fe80::9%eth0"),
        (["fe80::9"], None),
        (["127.0.0.1", "::1", "0.0.0.0", "224.0.0.251", "255.255.255.255", "ff02::fb"], None),  # noqa: S104
        ([], None),
    ],
)
def test_the_address_that_most_likely_reaches_a_device_is_chosen(addresses: list[str], chosen: str | None) -> None:
    assert choose_address(addresses) == chosen


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(mdns, "import_module", fail)
    with pytest.raises(InvalidOptionError) as caught:
        find_addresses(1)
    assert caught.value.message.startswith("mdns needs the Python library zeroconf, which is not installed for ")
    assert "pip install zeroconf" in caught.value.next_step


def test_the_library_is_imported_only_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeroconf", None)
    importlib.reload(mdns)
    with pytest.raises(AxisError, match="needs the Python library zeroconf"):
        mdns.find_addresses(1)


def test_a_machine_that_cannot_listen_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_options: Any) -> None:
        # The library leaves a socket open if it really fails, which is a warning in tests.
        raise OSError(errno.ENODEV, "No such device")

    monkeypatch.setattr(zeroconf, "Zeroconf", fail)
    with pytest.raises(InvalidOptionError) as caught:
        find_addresses(1)
    assert caught.value.message == ("mdns needs multicast DNS, for which this machine cannot listen (No such device)")
    assert caught.value.next_step == "Remove mdns, and list addresses."


@pytest.mark.parametrize("seconds", [0, -1, 61, float("nan")])
def test_seconds_out_of_range_are_rejected(seconds: float) -> None:
    with pytest.raises(InvalidOptionError, match=r"mdns_seconds is .*, which is not valid"):
        find_addresses(seconds)
