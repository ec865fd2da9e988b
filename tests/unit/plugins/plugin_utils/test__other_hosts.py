# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holds of other hosts: for which tasks addresses are compared, and how often."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19 trusts every text
    trust_as_template = str

from ansible_collections.camfleet.axis.plugins.plugin_utils import _other_hosts
from ansible_collections.camfleet.axis.plugins.plugin_utils._host_variables import HostVariables
from ansible_collections.camfleet.axis.plugins.plugin_utils._other_hosts import (
    OtherHolds,
    find_addresses,
    has_address,
    read_other_holds,
)
from tests.unit.plugins.plugin_utils.hostvars import HostVars

HOLD = {"recording_group_id": "door"}
HOSTS: dict[str, dict[str, Any]] = {
    "gate": {"axis_host": "192.0.2.1", "axis_holds": [HOLD], "group_names": ["site"]},
    "twin": {"ansible_host": "192.0.2.1.", "axis_port": 443, "axis_protocol": "https"},
    "nat": {"axis_host": "192.0.2.1", "axis_port": 8001},
    "local": {},
}


class CountedHostVars(HostVars):
    """The variables of all hosts, and how many hosts were read."""

    read = 0

    def raw_get(self, host: str) -> dict[str, Any]:
        """Return the variables of a host."""
        self.read += 1
        return self[host]


@pytest.fixture(autouse=True)
def run_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the directory of a new run. Which variables are hidden is tested with real inventories."""
    monkeypatch.setattr(_other_hosts, "run_directory", lambda: str(tmp_path))
    monkeypatch.setattr(HostVariables, "hidden_holds", lambda _self, _host: [])
    return tmp_path


def find(
    host: str,
    given: dict[str, Any],
    hostvars: HostVars | None = None,
    *,
    port: int | None = None,
    play: dict[str, Any] | None = None,
) -> OtherHolds:
    """Return the holds for a task on a host, with the port of the host, in a play with variables."""
    hostvars = hostvars or new_inventory()
    variables = {**hostvars[host], **(play or {}), "hostvars": hostvars, "groups": {"all": list(hostvars)}}
    action = SimpleNamespace(
        _task=SimpleNamespace(_uuid="task"), _templar=Templar(loader=DataLoader(), variables=variables)
    )
    own = {"host": hostvars[host].get("axis_host", host), "port": port, "protocol": "http"}
    return read_other_holds(action, given, {**own, **given}, variables)


def new_inventory(**others: dict[str, Any]) -> HostVars:
    """Return the variables of all hosts."""
    return CountedHostVars({name: {**own, "inventory_hostname": name} for name, own in {**HOSTS, **others}.items()})


SOURCES = (("hostvars['gate'].axis_holds", [HOLD]),)


@pytest.mark.parametrize(
    "given",
    [
        {"host": "192.0.2.1"},
        {"host": "192.0.2.1", "port": 443, "protocol": "https"},
        {"host": "::ffff:192.0.2.1"},
        {"host": "0xC0000201"},
        {"host": "gate", "port": 8080},
    ],
)
def test_other_hosts_have_the_address_in_any_spelling(given: dict[str, Any]) -> None:
    found = find("local", given)
    assert found.sources == SOURCES
    assert {"all", "gate", "site"} <= found.names


@pytest.mark.parametrize("given", [{"host": "192.0.2.2"}, {"host": "192.0.2.1", "port": 8001}, {"host": "Gate"}])
def test_another_address_has_no_holds(given: dict[str, Any]) -> None:
    assert find("local", given).sources == ()


def test_own_holds_are_not_those_of_another_host() -> None:
    found = find("gate", {"host": "192.0.2.1"})
    assert (found.sources, found.names) == ((), {"all", "twin"})
    assert find("twin", {"host": "192.0.2.1", "port": 80}).sources == SOURCES
    assert find("nat", {"port": 80}).sources == SOURCES


@pytest.mark.parametrize("given", [{}, {"id": "door"}, {"port": 80, "protocol": "http"}])
def test_another_name_of_the_own_device_counts(given: dict[str, Any]) -> None:
    """Also if the task sets nothing for the address."""
    assert find("gate", given).names == {"all", "twin"}
    hostvars = new_inventory(third={"axis_host": "192.0.2.1"})
    assert find("third", given, hostvars).sources == SOURCES
    assert find("nat", {}, hostvars, port=8001) == OtherHolds()


def test_another_proxy_leads_to_another_device() -> None:
    hostvars = new_inventory(third={"axis_host": "192.0.2.1", "axis_proxy": "http://proxy:3128"})
    assert find("third", {}, hostvars) == OtherHolds()
    assert find("local", {"host": "192.0.2.1"}, hostvars).sources == SOURCES


@pytest.mark.parametrize("address", ["{{ site_ip }}", "{{ site_ip | default('192.0.2.8') }}", "{{ indirect }}"])
def test_address_that_uses_a_variable_of_the_play_counts(address: str) -> None:
    indirect = trust_as_template("{{ site_ip | default('192.0.2.8') }}")
    held = {"axis_host": trust_as_template(address), "axis_holds": [HOLD], "indirect": indirect}
    hostvars = new_inventory(held=held)
    assert find("local", {"host": "192.0.2.9"}, hostvars).sources == ()
    found = find("local", {"host": "192.0.2.9"}, hostvars, play={"site_ip": "192.0.2.9"})
    assert found.sources == (("hostvars['held'].axis_holds", [HOLD]),)


def test_port_of_the_play_is_that_of_every_host() -> None:
    hostvars = new_inventory(third={"axis_host": "192.0.2.1"})
    assert find("third", {}, hostvars, port=8080, play={"axis_port": 8080}).sources == SOURCES


def test_host_without_a_valid_address_is_not_the_device() -> None:
    hostvars = new_inventory(
        broken={"axis_host": trust_as_template("{{ nothing }}"), "axis_holds": [HOLD]}, own={"axis_port": "x"}
    )
    assert find("local", {"host": "192.0.2.9"}, hostvars) == OtherHolds()
    assert find("own", {"host": ""}, hostvars) == OtherHolds()


def test_addresses_are_read_once_in_a_play(run_directory: Path) -> None:
    others = {f"c{number}": {"axis_host": f"192.0.2.{100 + number}"} for number in range(50)}
    hostvars = new_inventory(**others)
    for _task in range(20):
        assert find("local", {"host": "192.0.2.1"}, hostvars).sources == SOURCES
    assert hostvars.read < 4 * len(hostvars)
    (file,) = run_directory.iterdir()
    file.write_text(file.read_text()[:-5])
    assert find("local", {"host": "192.0.2.1"}, hostvars).sources == SOURCES


def test_address_that_a_task_sets_counts() -> None:
    hostvars = new_inventory()
    hostvars._variable_manager = SimpleNamespace(_vars_cache={}, _nonpersistent_fact_cache={})  # type: ignore[attr-defined]
    assert find("local", {"host": "192.0.2.9"}, hostvars).sources == ()
    hostvars["gate"]["axis_host"] = "192.0.2.9"
    hostvars._variable_manager._nonpersistent_fact_cache["gate"] = {"axis_host": "192.0.2.9"}  # type: ignore[attr-defined]
    assert find("local", {"host": "192.0.2.9"}, hostvars).sources == SOURCES


def addresses(hostvars: HostVars, hosts: list[str], **play: Any) -> frozenset[str]:
    """Return the addresses of hosts, for a task on ``local``."""
    variables = {**hostvars["local"], **play, "hostvars": hostvars, "groups": {"all": list(hostvars)}}
    action = SimpleNamespace(
        _task=SimpleNamespace(_uuid="task"), _templar=Templar(loader=DataLoader(), variables=variables)
    )
    return find_addresses(action, variables, hosts)


def is_address(found: frozenset[str], host: str, port: int | None = None, protocol: str = "http") -> bool:
    """Return whether a task with this address may have the holds of another host."""
    return has_address(found, {"host": host, "port": port, "protocol": protocol})


def test_address_of_a_host_outside_the_play_is_found_in_any_spelling() -> None:
    found = addresses(new_inventory(), ["gate", "nat"])
    for host in ("192.0.2.1", "192.0.2.1.", "::ffff:192.0.2.1", "0xC0000201"):
        assert is_address(found, host)
    assert is_address(found, "192.0.2.1", 80, "https")
    assert is_address(found, "192.0.2.1", 8001)
    assert not is_address(found, "192.0.2.1", 8002)
    # Its two standard ports are those of one device.
    assert is_address(found, "192.0.2.1", None, "https")
    assert not is_address(found, "192.0.2.2")


def test_addresses_of_other_hosts_are_not_found() -> None:
    hostvars = new_inventory(other={"axis_host": "192.0.2.7"})
    assert not is_address(addresses(hostvars, ["nat"]), "192.0.2.7")
    assert is_address(addresses(hostvars, ["other"]), "192.0.2.7")
    assert addresses(hostvars, []) == frozenset()


def test_address_counts_without_what_the_play_sets_and_with_it() -> None:
    written = trust_as_template("{{ site_ip | default('192.0.2.8') }}")
    hostvars = new_inventory(other={"axis_host": written})
    found = addresses(hostvars, ["other"], site_ip="192.0.2.9")
    assert is_address(found, "192.0.2.8")
    assert is_address(found, "192.0.2.9")
    ports = addresses(new_inventory(), ["gate"], axis_port=8080)
    assert is_address(ports, "192.0.2.1", 80)
    assert is_address(ports, "192.0.2.1", 8080)


def test_host_whose_address_cannot_be_resolved_has_none() -> None:
    hostvars = new_inventory(broken={"axis_host": trust_as_template("{{ nothing }}")}, gate={"axis_host": "192.0.2.1"})
    found = addresses(hostvars, ["broken", "gate"])
    assert is_address(found, "192.0.2.1")
    assert not is_address(found, "broken")


@pytest.mark.parametrize("host", ["gate", "twin", "nat", "local"])
@pytest.mark.parametrize(
    "given", [{}, {"host": "192.0.2.1"}, {"host": "192.0.2.1", "port": 8001}, {"host": "10.0.0.1"}]
)
def test_task_with_other_holds_has_one_of_the_addresses(host: str, given: dict[str, Any]) -> None:
    """So that the holds of hosts are read only for the tasks that may have some."""
    hostvars = new_inventory()
    others = [name for name in hostvars if name != host]
    parameters = {"host": hostvars[host].get("axis_host", host), "port": None, "protocol": "http", **given}
    if find(host, given).sources:
        assert has_address(addresses(hostvars, others), parameters)
