# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventories in docs/examples, read by ansible-inventory."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.integration.role import AUDIT, add_cameras, summary
from tests.playbook import CHECKOUT, environment, run_ansible, run_playbook
from tests.simulator import Fleet

EXAMPLES = CHECKOUT / "docs" / "examples"
STATIC, NETBOX = EXAMPLES / "inventories" / "static", EXAMPLES / "inventories" / "netbox"
NB_INVENTORY = ".venv/collections/ansible_collections/netbox/netbox/plugins/inventory/nb_inventory.py"


def list_inventory(path: Path, directory: Path, *arguments: str) -> dict[str, Any]:
    """Return what ansible-inventory prints."""
    command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(path), "--list", *arguments]
    settings = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
    done = subprocess.run(command, env=environment(directory, settings), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    inventory: dict[str, Any] = json.loads(done.stdout)
    return inventory


def write_vault(directory: Path, password: str) -> tuple[str, str]:
    """Write the vault that group_vars/axis/policy.yml uses, and return the arguments that decrypt it."""
    vault, key = directory / "inventory" / "group_vars" / "axis" / "vault.yml", directory / "key"
    key.write_text("of the vault", encoding="utf-8")
    vault.write_text(json.dumps({"vault_camera_password": password}), encoding="utf-8")
    run_ansible(["vault", "encrypt", "--vault-password-file", str(key), str(vault)], directory)
    assert vault.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")
    return ("--vault-password-file", str(key))


def test_static_inventory_with_vault_is_audited(fleet: Fleet, tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path / "inventory")
    vault_arguments = write_vault(tmp_path, "operator-pass")
    inventory = list_inventory(tmp_path / "inventory" / "hosts.yml", tmp_path, *vault_arguments)["_meta"]["hostvars"]
    assert {name: host["ansible_host"] for name, host in inventory.items()} == {
        "harbor-1": "192.0.2.11",
        "harbor-2": "192.0.2.12",
        "museum-1": "192.0.2.21",
    }
    assert {host["axis_password"] for host in inventory.values()} == {"operator-pass"} or "vault" in str(inventory)
    for name in inventory:
        device = fleet.add("camera_12_9", name)
        fields = {"retention_time": 336 if name == "museum-1" else 720, "disk_id": "SD_DISK"}
        device.plant_group(recording_group_id="entrance", stream_options="resolution=1920x1080&camera=1", **fields)
    addresses = {
        name: {
            "ansible_host": device.host,
            "axis_port": device.port,
            "axis_protocol": "http",
            "axis_username": "operator",
        }
        for name, device in fleet.devices.items()
    }
    (tmp_path / "inventory" / "simulated.yml").write_text(json.dumps({"axis": {"hosts": addresses}}), encoding="utf-8")
    run = run_playbook(AUDIT, tmp_path / "inventory", tmp_path, *vault_arguments)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 3, run.output


def test_netbox_options_exist_in_the_plugin() -> None:
    source = (CHECKOUT / NB_INVENTORY).read_text(encoding="utf-8")
    documentation = yaml.safe_load(source.partition('DOCUMENTATION = """')[2].partition('"""')[0])
    options = documentation["options"]
    # The options for caching and constructed groups come from doc fragments of core.
    known = {*options, "plugin", "compose", "groups", "keyed_groups", "strict"}
    known |= {"cache", "cache_plugin", "cache_connection", "cache_timeout", "cache_prefix"}
    settings = yaml.safe_load((NETBOX / "inventory" / "netbox.yml").read_text(encoding="utf-8"))
    assert set(settings) <= known
    assert set(settings["group_by"]) <= set(options["group_by"]["choices"])
    assert not {"token", "api_endpoint"} & set(settings)


def test_policy_beside_the_netbox_inventory_is_valid(fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "one")
    shutil.copytree(NETBOX / "inventory" / "group_vars", tmp_path / "inventory" / "group_vars")
    host = {"ansible_host": fleet.devices["one"].host, "axis_port": fleet.devices["one"].port, "axis_protocol": "http"}
    login = {"axis_username": "operator", "vault_camera_password": "operator-pass"}
    (tmp_path / "inventory" / "hosts.json").write_text(
        json.dumps({"axis": {"hosts": {"one": {**host, **login}}}}), encoding="utf-8"
    )
    run = run_playbook(AUDIT, tmp_path / "inventory", tmp_path)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 1
