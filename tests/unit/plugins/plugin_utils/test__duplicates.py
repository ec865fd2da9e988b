# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that are one device, by address or by serial number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible import constants

from ansible_collections.camfleet.axis.plugins.module_utils._errors import ChangeRefusedError, invalid_option
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import (
    Addresses,
    build_checked_error,
    build_duplicate_error,
    claim_device,
    find_duplicate_serials,
    find_others,
    mark_duplicates,
    merge_duplicates,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput


class Hosts:
    """The variables of hosts. The only template is ``{{ value }}``, which resolves to the variable ``value``."""

    def __init__(self, hosts: Mapping[str, Mapping[str, Any]]) -> None:
        self._hosts = {name: {"inventory_hostname": name, **variables} for name, variables in hosts.items()}
        #: the names that were resolved as templates
        self.resolved: list[str] = []

    def written(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return the named variables of a host that are set."""
        return {name: value for name in names if (value := self._hosts[host].get(name)) is not None}

    def read(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Return the named variables of a host, templates resolved."""
        self.resolved += names
        variables = self._hosts[host]
        if "value" not in variables:
            raise invalid_option("axis_host cannot be resolved", "Check the template.")
        return {name: variables["value"] for name in names if variables["value"] is not None}


def find_in(host_variables: Hosts, hosts: Iterable[str]) -> dict[str, list[str]]:
    """Return the hosts with the same address."""
    addresses = Addresses(host_variables)  # type: ignore[arg-type] # as much as is needed
    for host in hosts:
        addresses.add(host)
    return addresses.find_duplicates()


def duplicates(hosts: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the hosts with the same address."""
    return find_in(Hosts(hosts), hosts)


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two hosts with these variables are found as one device."""
    found = duplicates({"b": one, "a": other})
    assert found in ({}, {"a": ["b"], "b": ["a"]})
    return bool(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("Door.Example.COM", "door.example.com."),
        ("2001:db8::7", "2001:0DB8:0:0:0:0:0:7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("127.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        (" 192.0.2.7", "192.0.2.7"),
    ],
)
def test_spellings_of_one_address_are_one_device(one: str, other: str) -> None:
    assert is_same({"axis_host": one}, {"axis_host": other})
    assert is_same({"ansible_host": one}, {"axis_host": other, "ansible_host": "198.51.100.1"})


@pytest.mark.parametrize(
    ("one", "other"),
    [("192.0.2.7", "192.0.2.70"), ("door", "door.example.com"), ("fe80::1%eth0", "fe80::1%eth1"), ("", "")],
)
def test_other_addresses_are_other_devices(one: str, other: str) -> None:
    assert not is_same({"axis_host": one}, {"axis_host": other})


def test_the_inventory_name_is_the_last_source() -> None:
    assert duplicates({"door": {}, "gate": {"axis_host": "DOOR"}, "hall": {}}) == {"door": ["gate"], "gate": ["door"]}
    assert duplicates({"door": {"axis_host": None, "ansible_host": "x"}, "x": {}}) == {"door": ["x"], "x": ["door"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"axis_port": 8443}, {"axis_port": "8443"}),
        ({"axis_protocol": "http"}, {}),
        ({"axis_port": 443}, {"axis_protocol": "http", "axis_port": 80}),
        ({"axis_port": 8080, "axis_protocol": "http"}, {"axis_port": 8080}),
    ],
)
def test_equal_ports_and_the_two_defaults_are_one_device(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert is_same({"axis_host": "nat", **one}, {"axis_host": "nat", **other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"axis_port": 8443}, {"axis_port": 8444}),
        ({"axis_port": 8443}, {}),
        ({"axis_proxy": "http://north:3128"}, {"axis_proxy": "http://south:3128"}),
        ({"axis_proxy": "http://north:3128"}, {}),
        ({"axis_port": "soon"}, {"axis_port": "soon"}),
        ({"axis_protocol": "ftp"}, {"axis_protocol": "ftp"}),
    ],
)
def test_one_address_may_lead_to_several_devices(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not is_same({"axis_host": "nat", **one}, {"axis_host": "nat", **other})


def test_hosts_are_compared_only_if_one_machine_connects_to_them() -> None:
    machines = {"a": "north", "b": "south", "c": "north", "d": None, "e": None}

    def find_delegate(host: str) -> str | None:
        if host == "f":
            raise invalid_option("delegate_to cannot be resolved", "Check the template.")
        return machines[host]

    addresses = Addresses(Hosts({host: {"axis_host": "10.0.0.7"} for host in "abcdef"}), find_delegate)  # type: ignore[arg-type] # as much as is needed
    for host in "abcdef":
        addresses.add(host)
    assert addresses.find_duplicates() == {"a": ["c"], "c": ["a"], "d": ["e"], "e": ["d"]}


def test_the_environment_sets_ports_of_hosts_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXIS_PORT", "8443")
    assert is_same({"axis_host": "nat"}, {"axis_host": "nat", "axis_port": 8443})


def test_templates_are_resolved_and_literals_are_not() -> None:
    hosts = Hosts({"a": {"axis_host": "{{ value }}", "value": "x"}, "b": {"axis_host": "x"}, "c": {}})
    assert find_in(hosts, ["a", "b", "c"]) == {"a": ["b"], "b": ["a"]}
    assert hosts.resolved == ["axis_host"]


def test_a_template_without_value_is_left_out() -> None:
    assert not is_same({"axis_host": "{{ value }}"}, {"axis_host": "{{ value }}"})


def test_a_template_that_resolves_to_nothing_is_not_set() -> None:
    assert not is_same({"axis_host": "{{ value }}", "value": None}, {"axis_host": "{{ value }}", "value": None})


def test_three_names_of_one_device_name_each_other() -> None:
    hosts = {name: {"axis_host": "one"} for name in ("c", "a", "b")}
    assert list(duplicates(hosts).items()) == [("a", ["b", "c"]), ("b", ["a", "c"]), ("c", ["a", "b"])]


def test_one_address_for_a_whole_fleet_names_few_others() -> None:
    found = duplicates({f"cam{number:04}": {"axis_host": "one"} for number in range(2000)})
    assert len(found) == 2000
    assert {len(others) for others in found.values()} == {20}
    assert all(host not in others for host, others in found.items())
    assert "cam0001, cam0002, cam0003 and at least 17 more have" in build_duplicate_error(found["cam0000"]).message


def test_serials_are_compared_in_any_form() -> None:
    results = {
        "b": {"device": {"serial": "B8A44F00A001"}},
        "a": {"device": {"serial": "b8:a4:4f:00:a0:01"}},
        "c": {"device": {"serial": "B8A44F00A002"}},
        "d": {"device": {"serial": None}},
        "e": {"device": None},
        "f": {},
        "g": None,
        "h": {"device": {"serial": "000000000000"}},
        "i": {"device": {"serial": "000000000000"}},
    }
    assert find_duplicate_serials(results) == {"a": ["b"], "b": ["a"]}


def test_the_error_names_the_others_and_the_serial() -> None:
    error = build_duplicate_error(["gate"], "B8A44F00A001")
    assert error.kind == "duplicate_device"
    assert "gate has the same serial number (B8A44F00A001)" in error.message
    assert "--limit" in error.next_step


def test_several_comparisons_are_merged() -> None:
    assert merge_duplicates({}, {"b": ["c"], "c": ["b"]}, {"a": ["b"], "b": ["a"]}) == {
        "a": ["b"],
        "b": ["a", "c"],
        "c": ["b"],
    }


@pytest.mark.parametrize("value", [None, "", [], "gate", {"hall": ["gate"]}, {"door": None}])
def test_other_hosts_of_an_unusable_variable_are_none(value: object) -> None:
    assert find_others(value, "door") == []


def test_results_of_duplicates_become_failures() -> None:
    device = {"host": "192.0.2.7", "serial": "B8A44F00A001"}
    inputs = [
        HostInput("a", {"compliant": True, "changes": [1], "device": device}),
        HostInput("b", {"unreachable": True, "device": {"host": "192.0.2.8", "serial": None}}),
        HostInput("c", {"compliant": True}),
        HostInput("d", None),
    ]
    a, b, *others = mark_duplicates(inputs, {"a": ["b"], "b": ["a"], "d": ["a"]})
    assert others == inputs[2:]
    assert a.result is not None
    assert (a.result["failed"], a.result["compliant"], a.result["changes"]) == (True, False, [1])
    assert a.result["error"]["kind"] == "duplicate_device"
    assert a.result["msg"].startswith("a (192.0.2.7): The inventory lists this device more than once")
    assert b.result is not None
    assert (b.result["failed"], "unreachable" in b.result) == (True, False)


def test_device_belongs_to_the_first_host_of_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    for host in ("gate", "gate"):
        claim_device("B8A44F00A001", host)
    claim_device("B8A44F00A002", "hall")
    claim_device(None, "door")
    for host in ("virtual", "virtual-2"):
        claim_device("000000000000", host)
    with pytest.raises(ChangeRefusedError) as caught:
        claim_device("B8A44F00A001", "gate-2")
    assert caught.value.kind == "duplicate_device"
    assert "gate has the same serial number (B8A44F00A001)" in caught.value.message
    with pytest.raises(ChangeRefusedError, match=r"gate .* would write to one device for several hosts"):
        claim_device("B8A44F00A001", "gate-2", build_checked_error)
