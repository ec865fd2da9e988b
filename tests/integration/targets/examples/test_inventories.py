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

from tests.integration.role import AUDIT, plant, summary
from tests.playbook import CHECKOUT, environment, run_ansible, run_playbook
from tests.simulator import Fleet

EXAMPLES = CHECKOUT / "docs" / "examples"
STATIC, NETBOX = EXAMPLES / "inventories" / "static", EXAMPLES / "inventories" / "netbox"
CAMERAS = EXAMPLES / "awx_project" / "inventory"
NB_INVENTORY = ".venv/collections/ansible_collections/netbox/netbox/plugins/inventory/nb_inventory.py"


def listed(inventory: Path, place: Path, *arguments: str) -> dict[str, Any]:
    """What ansible-inventory makes of it."""
    command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(inventory), "--list", *arguments]
    settings = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
    done = subprocess.run(command, env=environment(place, settings), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def with_vault(place: Path, password: str) -> tuple[str, str]:
    """A vault as group_vars/axis/policy.yml asks for one, and the argument that opens it."""
    vault, key = place / "inventory" / "group_vars" / "axis" / "vault.yml", place / "key"
    key.write_text("of the vault", encoding="utf-8")
    vault.write_text(json.dumps({"vault_camera_password": password}), encoding="utf-8")
    run_ansible(["vault", "encrypt", "--vault-password-file", str(key), str(vault)], place)
    assert vault.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")
    return ("--vault-password-file", str(key))


def test_a_static_inventory_with_its_vault_is_audited(fleet: Fleet, tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path / "inventory")
    opened = with_vault(tmp_path, "operator-pass")
    told = listed(tmp_path / "inventory" / "hosts.yml", tmp_path, *opened)["_meta"]["hostvars"]
    assert {name: host["ansible_host"] for name, host in told.items()} == {
        "harbour-1": "192.0.2.11",
        "harbour-2": "192.0.2.12",
        "museum-1": "192.0.2.21",
    }
    assert {host["axis_password"] for host in told.values()} == {"operator-pass"} or "vault" in str(told)
    for name in told:
        device = fleet.add("camera_12_9", name)
        wanted = {"retention_time": 336 if name == "museum-1" else 720, "disk_id": "SD_DISK"}
        device.plant_group(recording_group_id="entrance", stream_options="resolution=1920x1080&camera=1", **wanted)
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
    run = run_playbook(AUDIT, tmp_path / "inventory", tmp_path, *opened)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 3, run.output


def cameras(place: Path, text: str) -> Path:
    """The script, with another file of cameras beside it."""
    shutil.copytree(CAMERAS, place / "inventory")
    (place / "inventory" / "cameras.csv").write_text(text, encoding="utf-8")
    return place / "inventory" / "cameras.py"


def test_cameras_of_a_spreadsheet(tmp_path: Path) -> None:
    told = listed(CAMERAS / "cameras.py", tmp_path)
    hosts = told["_meta"]["hostvars"]
    assert sorted(hosts) == ["harbour-1", "harbour-2", "museum-1"]
    assert (
        hosts["museum-1"].items()
        >= {"ansible_host": "192.0.2.21", "serial": "ACCC8E000003", "note": "hall, north"}.items()
    )
    assert "note" not in hosts["harbour-2"]
    assert sorted(told["axis"]["children"]) == ["harbour", "indoors", "museum"]
    assert told["indoors"]["hosts"] == ["museum-1"]
    assert hosts["harbour-1"]["retention_policy_owner"] == "safety@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffname;address;groups\r\na;192.0.2.1;x;\r\n".replace(";x;", ";x"),
        "name\taddress\tgroups\na\t192.0.2.1\tx\n",
        "address,name,groups\n\n192.0.2.1, a ,x\n,,\n",
    ],
)
def test_files_of_other_spreadsheets(tmp_path: Path, text: str) -> None:
    told = listed(cameras(tmp_path, text), tmp_path)
    assert told["_meta"]["hostvars"]["a"]["ansible_host"] == "192.0.2.1"
    assert told["x"]["hosts"] == ["a"]


def test_a_camera_without_a_group_is_one_of_axis_too(tmp_path: Path) -> None:
    told = listed(cameras(tmp_path, "name,address\nlone,192.0.2.9\n"), tmp_path)
    assert told["axis"]["hosts"] == ["lone"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,ip\na,192.0.2.1\n", "line 1: missing column address"),
        ("name,address\na,192.0.2.1\na,192.0.2.2\n", "line 3: duplicate camera a"),
        ("name,address\na,\n", "line 2: name or address is empty"),
        ("name,address\na,192.0.2.1,more\n", "line 2: 3 fields, the first line has 2"),
        ("name,address,note\na,192.0.2.1\n", "line 2: 2 fields, the first line has 3"),
    ],
)
def test_an_invalid_line_is_named(tmp_path: Path, text: str, message: str) -> None:
    assert message in rejected(cameras(tmp_path, text))


def test_a_file_in_another_encoding_is_rejected(tmp_path: Path) -> None:
    script = cameras(tmp_path, "")
    script.with_suffix(".csv").write_bytes("name,address\nhôtel,192.0.2.1\n".encode("latin-1"))
    assert "line 2, column 2: not UTF-8. Save the file as CSV UTF-8." in rejected(script)


def rejected(script: Path) -> str:
    """Run the inventory script, which must fail, and return its message."""
    done = subprocess.run([script], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_every_option_for_netbox_is_one_of_its_plugin() -> None:
    source = (CHECKOUT / NB_INVENTORY).read_text(encoding="utf-8")
    documentation = yaml.safe_load(source.partition('DOCUMENTATION = """')[2].partition('"""')[0])
    options = documentation["options"]
    # The options of caching and of constructed groups come from fragments of core.
    known = {*options, "plugin", "compose", "groups", "keyed_groups", "strict"}
    known |= {"cache", "cache_plugin", "cache_connection", "cache_timeout", "cache_prefix"}
    written = yaml.safe_load((NETBOX / "netbox.yml").read_text(encoding="utf-8"))
    assert set(written) <= known
    assert set(written["group_by"]) <= set(options["group_by"]["choices"])
    assert not {"token", "api_endpoint"} & set(written)


def test_the_policy_beside_the_netbox_file_is_one(fleet: Fleet, tmp_path: Path) -> None:
    plant(fleet, "one")
    shutil.copytree(NETBOX / "group_vars", tmp_path / "inventory" / "group_vars")
    host = {"ansible_host": fleet.devices["one"].host, "axis_port": fleet.devices["one"].port, "axis_protocol": "http"}
    login = {"axis_username": "operator", "vault_camera_password": "operator-pass"}
    (tmp_path / "inventory" / "hosts.json").write_text(
        json.dumps({"axis": {"hosts": {"one": {**host, **login}}}}), encoding="utf-8"
    )
    run = run_playbook(AUDIT, tmp_path / "inventory", tmp_path)
    assert run.status == 0, run.output
    assert summary(run)["compliant"] == 1
