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

import pytest
import yaml

from tests.integration.role import AUDIT, add_cameras, summary
from tests.playbook import CHECKOUT, environment, run_ansible, run_playbook
from tests.simulator import Fleet

EXAMPLES = CHECKOUT / "docs" / "examples"
STATIC, NETBOX = EXAMPLES / "inventories" / "static", EXAMPLES / "inventories" / "netbox"
CAMERAS = EXAMPLES / "awx_project" / "inventory"
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
        "harbour-1": "192.0.2.11",
        "harbour-2": "192.0.2.12",
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


def copy_script(directory: Path, text: str) -> Path:
    """Copy the inventory script, with another file of cameras."""
    shutil.copytree(CAMERAS, directory / "inventory")
    (directory / "inventory" / "cameras.csv").write_text(text, encoding="utf-8")
    return directory / "inventory" / "cameras.py"


def test_script_reads_the_cameras_of_a_spreadsheet(tmp_path: Path) -> None:
    inventory = list_inventory(CAMERAS / "cameras.py", tmp_path)
    hosts = inventory["_meta"]["hostvars"]
    assert sorted(hosts) == ["harbour-1", "harbour-2", "museum-1"]
    assert (
        hosts["museum-1"].items()
        >= {"ansible_host": "192.0.2.21", "serial": "ACCC8E000003", "note": "hall, north"}.items()
    )
    assert "note" not in hosts["harbour-2"]
    assert sorted(inventory["axis"]["children"]) == ["harbour", "indoors", "museum"]
    assert inventory["indoors"]["hosts"] == ["museum-1"]
    assert hosts["harbour-1"]["retention_policy_owner"] == "safety@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffname;address;groups\r\na;192.0.2.1;x;\r\n".replace(";x;", ";x"),
        "name\taddress\tgroups\na\t192.0.2.1\tx\n",
        "address,name,groups\n\n192.0.2.1, a ,x\n,,\n",
    ],
)
def test_script_accepts_other_forms_of_csv(tmp_path: Path, text: str) -> None:
    inventory = list_inventory(copy_script(tmp_path, text), tmp_path)
    assert inventory["_meta"]["hostvars"]["a"]["ansible_host"] == "192.0.2.1"
    assert inventory["x"]["hosts"] == ["a"]


def test_camera_without_a_group_is_in_axis(tmp_path: Path) -> None:
    inventory = list_inventory(copy_script(tmp_path, "name,address\nlone,192.0.2.9\n"), tmp_path)
    assert inventory["axis"]["hosts"] == ["lone"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,ip\na,192.0.2.1\n", "line 1: missing column address"),
        ("name\na\n", "cameras.csv, line 1: no comma, semicolon, or tab"),
        ("name,address\na,192.0.2.1\na,192.0.2.2\n", "line 3: duplicate camera a"),
        ("name,address\na,\n", "line 2: name or address is empty"),
        ("name,address\na,192.0.2.1,more\n", "line 2: 3 fields, the first line has 2"),
        ("name,address,note\na,192.0.2.1\n", "line 2: 2 fields, the first line has 3"),
    ],
)
def test_invalid_line_is_named(tmp_path: Path, text: str, message: str) -> None:
    assert message in error_message(copy_script(tmp_path, text))


def test_file_in_another_encoding_is_rejected(tmp_path: Path) -> None:
    script = copy_script(tmp_path, "")
    script.with_suffix(".csv").write_bytes("name,address\nhôtel,192.0.2.1\n".encode("latin-1"))
    assert "line 2, column 2: not UTF-8. Save the file as CSV UTF-8." in error_message(script)


def error_message(script: Path) -> str:
    """Run the inventory script, check that it fails, and return its message."""
    done = subprocess.run([script], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_netbox_options_exist_in_the_plugin() -> None:
    source = (CHECKOUT / NB_INVENTORY).read_text(encoding="utf-8")
    documentation = yaml.safe_load(source.partition('DOCUMENTATION = """')[2].partition('"""')[0])
    options = documentation["options"]
    # The options for caching and constructed groups come from doc fragments of core.
    known = {*options, "plugin", "compose", "groups", "keyed_groups", "strict"}
    known |= {"cache", "cache_plugin", "cache_connection", "cache_timeout", "cache_prefix"}
    settings = yaml.safe_load((NETBOX / "netbox.yml").read_text(encoding="utf-8"))
    assert set(settings) <= known
    assert set(settings["group_by"]) <= set(options["group_by"]["choices"])
    assert not {"token", "api_endpoint"} & set(settings)


def test_policy_beside_the_netbox_inventory_is_valid(fleet: Fleet, tmp_path: Path) -> None:
    add_cameras(fleet, "one")
    shutil.copytree(NETBOX / "group_vars", tmp_path / "inventory" / "group_vars")
    host = {"ansible_host": fleet.devices["one"].host, "axis_port": fleet.devices["one"].port, "axis_protocol": "http"}
    login = {"axis_username": "operator", "vault_camera_password": "operator-pass"}
    (tmp_path / "inventory" / "hosts.json").write_text(
        json.dumps({"axis": {"hosts": {"one": {**host, **login}}}}), encoding="utf-8"
    )
    run = run_playbook(AUDIT, tmp_path / "inventory", tmp_path)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 1
