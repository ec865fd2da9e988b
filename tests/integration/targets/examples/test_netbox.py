# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The NetBox inventory in docs/examples: each device is a host with a name of its own, or an error."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration import awx_inventory_update
from tests.integration.netbox import TOKEN, NetBox
from tests.playbook import CHECKOUT, environment

EXAMPLE = CHECKOUT / "docs" / "examples" / "inventories" / "netbox"


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    """Yield a NetBox without devices."""
    with NetBox() as running:
        yield running


def run(netbox: NetBox, directory: Path, *command: str, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    """Run an Ansible command in a copy of the example."""
    project = directory / "project"
    shutil.copytree(EXAMPLE, project, dirs_exist_ok=True)
    variables = {
        "ANSIBLE_CONFIG": str(project / "ansible.cfg"),
        "HOME": str(directory),
        "NETBOX_API": f"{netbox.url}/",
        "NETBOX_TOKEN": token,
    }
    arguments = [sys.executable, "-m", "ansible", *command]
    return subprocess.run(
        arguments, cwd=project, env=environment(directory, variables), capture_output=True, text=True, check=False
    )


def read_inventory(netbox: NetBox, directory: Path, *arguments: str) -> dict[str, Any]:
    """Return the inventory; no earlier response counts."""
    shutil.rmtree(directory / ".cache", ignore_errors=True)
    done = run(netbox, directory, "inventory", "--list", *arguments)
    assert done.returncode == 0, done.stderr
    assert "reserved name" not in done.stderr
    inventory: dict[str, Any] = json.loads(done.stdout, object_hook=_unwrap)
    return inventory


def _unwrap(item: dict[str, Any]) -> Any:
    """Return a text that Ansible marks as untrusted, which nb_inventory leaves to the version of ansible-core."""
    return item.get("__ansible_unsafe", item)


def squeeze(text: str) -> str:
    """Return a text without blanks and line breaks: before ansible-core 2.19, warnings are wrapped."""
    return "".join(text.split())


def read_addresses(inventory: dict[str, Any]) -> dict[str, str]:
    """Return the address of each host."""
    return {name: host["ansible_host"] for name, host in inventory["_meta"]["hostvars"].items()}


def test_devices_with_equal_names_are_different_hosts(netbox: NetBox, tmp_path: Path) -> None:
    netbox.add("Door", "harbor", tags=["court"])
    netbox.add("Door", "museum")
    netbox.add("Door", "museum", "acme")
    netbox.add("door", "museum", "city")
    netbox.add("Recorder 1", "museum", role="recorder")
    netbox.add("Switch", role="switch")
    netbox.add("Spare", status="planned", address=None)
    inventory = read_inventory(netbox, tmp_path)
    assert read_addresses(inventory) == {
        "harbor-door": "192.0.2.1",
        "museum-door": "192.0.2.2",
        "museum-acme-door": "192.0.2.3",
        "museum-city-door": "192.0.2.4",
        "museum-recorder-1": "192.0.2.5",
    }
    assert sorted(inventory["axis"]["hosts"]) == sorted(read_addresses(inventory))
    assert inventory["site_harbor"]["hosts"] == inventory["tag_court"]["hosts"] == ["harbor-door"]
    assert inventory["_meta"]["hostvars"]["harbor-door"]["retention_policy_minimum"] == "48h"
    (devices,) = (path for path in netbox.requests if path.startswith("/api/dcim/devices/"))
    assert {"role=camera", "role=recorder", "manufacturer=axis-communications", "status=active"} <= set(
        devices.partition("?")[2].split("&")
    )
    assert not any("virtual-machines" in path for path in netbox.requests)


def test_60_devices_are_60_hosts_in_every_run(netbox: NetBox, tmp_path: Path) -> None:
    for number in range(1, 61):
        netbox.add(f"cam-{number:02}")
    addresses = read_addresses(read_inventory(netbox, tmp_path))
    assert addresses == {f"harbor-cam-{number:02}": f"192.0.2.{number}" for number in range(1, 61)}
    assert sum(path.startswith("/api/dcim/devices/") for path in netbox.requests) == 3
    assert read_addresses(read_inventory(netbox, tmp_path)) == addresses


#: By the name of a device, that of its host.
UNUSUAL = {
    "Front door [2], left: {{ 7 * 7 }}": "harbor-front-door-2-left-7-7",
    "-Gate/1\\2!": "harbor-gate-1-2",
    "Tür 3": "harbor-tür-3",
    "Tu\u0308r 4": "harbor-tür-4",
    "門口": "harbor-門口",
    "cam\N{VIDEO CAMERA}7": "harbor-cam-7",
    "10.0.0.1": "harbor-10.0.0.1",
    "all": "harbor-all",
    "a\u202eb\x1b[31m": "harbor-a-b-31m",
}


def test_unusual_names_can_be_selected(netbox: NetBox, tmp_path: Path) -> None:
    for name in UNUSUAL:
        netbox.add(name)
    netbox.add("Other")
    expected = {host: f"192.0.2.{number}" for number, host in enumerate(UNUSUAL.values(), 1)}
    # A name that is a pattern for something else would add a host, or not find its own.
    assert read_addresses(read_inventory(netbox, tmp_path, "--limit", ",".join(expected))) == expected


def test_every_device_that_cannot_be_a_host_is_named(netbox: NetBox, tmp_path: Path) -> None:
    netbox.add("Door")
    netbox.add(None)
    netbox.add("")
    netbox.add("\N{VIDEO CAMERA}")
    netbox.add("door?")
    netbox.add("Yard", address=None)
    netbox.add("acme-gate", "museum")
    netbox.add("Gate", "museum", "acme")
    member = netbox.add("Member")
    netbox.devices[member - 1]["virtual_chassis"] = {"id": 1, "name": "Stack", "master": {"id": 1}}
    page = f"{netbox.url}/dcim/devices"
    expected = f"""\
Devices in NetBox cannot become hosts: 7
{page}/2/: The device has no name. Set one in NetBox.
{page}/3/: The device has no name. Set one in NetBox.
{page}/4/: The name '\N{VIDEO CAMERA}' has neither letters nor digits. Change it in NetBox.
{page}/5/: The host would be named harbor-door, as that of 'Door' ({page}/1/). Change one of the names in NetBox.
{page}/6/: The device 'Yard' has no primary address. Set one in NetBox, or change its status.
{page}/8/: The host would be named museum-acme-gate, as that of 'acme-gate' ({page}/7/). Change one of the names \
in NetBox.
{page}/9/: The device 'Member' is a member of a virtual chassis, which has only one host. Remove it there."""
    done = run(netbox, tmp_path, "inventory", "--list")
    assert done.returncode != 0
    assert squeeze(expected) in squeeze(done.stderr)
    assert "Traceback" not in done.stderr


def test_a_playbook_does_not_run_without_the_unnamed_device(netbox: NetBox, tmp_path: Path) -> None:
    netbox.add("Door", address="127.0.0.1/32")
    number = netbox.add(None)
    done = run(netbox, tmp_path, "playbook", "camfleet.axis.audit")
    assert done.returncode != 0
    problem = f"{netbox.url}/dcim/devices/{number}/: The device has no name."
    assert squeeze(problem) in squeeze(done.stderr + done.stdout)
    assert "PLAY [" not in done.stdout
    # The responses that led to an error are not in the cache.
    netbox.devices[number - 1]["name"] = "Gate"
    done = run(netbox, tmp_path, "inventory", "--list")
    assert done.returncode == 0, done.stderr


def test_a_token_that_may_not_read_the_devices_is_an_error(netbox: NetBox, tmp_path: Path) -> None:
    netbox.add("Door")
    netbox.denied = "/api/dcim/devices/"
    done = run(netbox, tmp_path, "inventory", "--list")
    assert done.returncode != 0
    assert squeeze(f"The NetBox token may not read {netbox.url}/api/dcim/devices/") in squeeze(done.stderr)


def test_awx_reads_the_inventory_of_a_project(netbox: NetBox, tmp_path: Path) -> None:
    """With the variables of the inventory source that the guide shows, apart from the directory of the project."""
    netbox.add("Door", "harbor")
    netbox.add("Door", "museum")
    project = tmp_path / "awx" / "project"
    shutil.copytree(EXAMPLE, project)
    variables = {
        "ANSIBLE_INVENTORY_PLUGINS": str(project / "inventory_plugins"),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "HOME": str(tmp_path),
        "NETBOX_API": netbox.url,
        "NETBOX_TOKEN": TOKEN,
    }
    source = {"source_path": "inventory", "source_vars": json.dumps(variables)}
    found = awx_inventory_update.update(tmp_path / "awx", source)
    assert found.status == "successful", found.output
    assert sorted(found.host_variables) == ["harbor-door", "museum-door"]
    netbox.add(None)
    shutil.rmtree(tmp_path / ".cache")
    assert awx_inventory_update.update(tmp_path / "awx", source).status == "failed"
