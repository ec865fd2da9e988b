# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventories of networks on loopback: what a sweep finds, and how it differs from a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.integration.targets.inventory_cameras.inventories import (
    list_cameras,
    list_inventory,
    write_inventory,
)
from tests.loopback_network import NETWORKS, LoopbackNetwork
from tests.simulator import Fleet

OPTIONS = {"protocol": "http", "timeout": 5, "requests_per_second": 1000}


def test_two_networks_have_exactly_their_cameras(tmp_path: Path) -> None:
    """The acceptance of the sweep: 40 cameras, 5 other servers, and 3 silent devices among 508 addresses."""
    with LoopbackNetwork(https=True) as network:
        sweep = {"addresses": NETWORKS, "port": network.port, "validate_certs": False, "requests_per_second": 1000}
        listing = list_inventory(tmp_path, write_inventory(tmp_path, sweep))
        cameras = network.cameras
    assert listing.status == 0
    assert listing.hosts == {
        f"axis-{device.serial}": {
            "ansible_host": address,
            "axis_port": network.port,
            "axis_serial": device.serial,
            "axis_model": device.profile.product,
            "axis_firmware": device.profile.version,
        }
        for address, device in cameras.items()
    }
    assert len(listing.hosts) == 40
    assert listing.members("axis") == sorted(listing.hosts)
    groups = {name: len(listing.members(name)) for name in listing.content if name.startswith("axis_model_")}
    assert groups == {"axis_model_p3245_lve": 14, "axis_model_q1961_te": 13, "axis_model_s3008": 13}
    assert network.logins() == []
    assert network.requests() == dict.fromkeys(cameras, 1) | dict.fromkeys(network.others, 2)
    assert network.highest_rate() <= 10


def test_untrusted_certificates_are_named(tmp_path: Path) -> None:
    with LoopbackNetwork(https=True, cameras=2, silent=0) as network:
        sweep = {"addresses": [*network.cameras], "port": network.port}
        listing = list_inventory(tmp_path, write_inventory(tmp_path, sweep))
        assert network.requests() == {}
    text = " ".join(listing.warnings.split())
    assert listing.hosts == {}
    assert "The TLS certificate is not trusted" in text
    assert f"2 addresses: {', '.join(network.cameras)}. Set validate_certs: false" in text


def test_files_and_network_are_compared(tmp_path: Path) -> None:
    with LoopbackNetwork(cameras=5, silent=1) as network:
        (first, second, third, fourth, fifth), (silent,) = network.cameras, network.silent
        serials = {address: device.serial for address, device in network.cameras.items()}
        listing = list_cameras(
            tmp_path,
            f"by-serial,127.99.2.200,{serials[first]},,,,",
            f"by-address,{second},,,,,",
            f"replaced,{third},ACCC8EFFFFFF,,,,",
            f"off,{silent},,,,,",
            "gone,127.99.1.250,,,,,",
            "elsewhere,192.0.2.1,,,,,",
            addresses=NETWORKS,
            compare=True,
            port=network.port,
            **{**OPTIONS, "timeout": 2},
        )
    unlisted = [f"axis-{serials[address]}" for address in (third, fourth, fifth)]
    assert listing.members("axis_unlisted") == sorted(unlisted)
    assert listing.members("axis_silent") == ["gone", "off", "replaced"]
    assert sorted(listing.hosts) == sorted(
        ["by-serial", "by-address", "replaced", "off", "gone", "elsewhere", *unlisted]
    )
    # Any device can show this serial number, and a task would send it the login.
    assert listing.hosts["by-serial"]["ansible_host"] == "127.99.2.200"
    assert listing.hosts["by-address"]["axis_serial"] == serials[second]
    text = " ".join(listing.warnings.split())
    assert f"the device that responds at {third} has the serial number {serials[third]}, not ACCC8EFFFFFF" in text
    assert "the option addresses does not have the address: ../cameras.csv, line 7, column address. Add it" in text


def test_a_host_name_and_its_address_are_one_host(tmp_path: Path) -> None:
    with Fleet() as fleet:
        device = fleet.add("camera_12_9")
        listing = list_cameras(
            tmp_path,
            "gate,localhost,,,,,",
            addresses=["127.0.0.1"],
            port=device.port,
            **OPTIONS,
        )
    assert [*listing.hosts] == ["gate"]
    assert listing.hosts["gate"]["ansible_host"] == "localhost"
    assert listing.hosts["gate"]["axis_serial"] == device.serial
    assert Counter(name for name in listing.content if name.startswith("axis_s")) == {}
