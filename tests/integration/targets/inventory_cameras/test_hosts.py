# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts and groups of files, as ansible-inventory and ansible-doc show them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.integration.targets.inventory_cameras.inventories import (
    list_cameras,
    list_inventory,
    run,
    write_inventory,
    write_table,
)
from tests.playbook import CHECKOUT, environment

SELECT_EACH = Path(__file__).with_name("select_each.py")


def test_hosts_and_groups_of_a_file(tmp_path: Path) -> None:
    listing = list_cameras(
        tmp_path,
        "gate,192.0.2.11,ACCC8E000001,AXIS P3245-LVE,12.9.57,Pier,axis;harbor,north,s3cret,8443",
        "hall,hall.example.com,ac:cc:8e:00:00:02,M3106-L Mk II,11.11.1,Museum (east),museum,,,",
        ",192.0.2.13,ACCC8E000003,,,,,,,",
        header="name,address,serial,model,firmware,site,groups,floor,axis_password,axis_port",
    )
    assert listing.hosts == {
        "gate": {
            "ansible_host": "192.0.2.11",
            "axis_name": "gate",
            "axis_serial": "ACCC8E000001",
            "axis_model": "P3245-LVE",
            "axis_firmware": "12.9.57",
            "axis_site": "Pier",
            "floor": "north",
            "axis_password": "s3cret",
            "axis_port": "8443",
        },
        "hall": {
            "ansible_host": "hall.example.com",
            "axis_name": "hall",
            "axis_serial": "ACCC8E000002",
            "axis_model": "M3106-L Mk II",
            "axis_firmware": "11.11.1",
            # A parenthesis may be a call.
            "axis_site": {"__ansible_unsafe": "Museum (east)"},
        },
        "axis-ACCC8E000003": {"ansible_host": "192.0.2.13", "axis_serial": "ACCC8E000003"},
    }
    groups = {name: listing.members(name) for name in listing.content if name not in ("_meta", "all")}
    assert groups == {
        "axis": ["axis-ACCC8E000003", "gate", "hall"],
        "axis_firmware_11_11_1": ["hall"],
        "axis_firmware_12_9_57": ["gate"],
        "axis_model_m3106_l_mk_ii": ["hall"],
        "axis_model_p3245_lve": ["gate"],
        "axis_site_museum_east": ["hall"],
        "axis_site_pier": ["gate"],
        "harbor": ["gate"],
        "museum": ["hall"],
    }
    assert sorted(listing.content["axis"]["children"]) == sorted(set(groups) - {"axis"})
    assert listing.warns("../cameras.csv: columns that are only variables of the hosts: 'floor'. If one of them")
    assert listing.warnings.count("[WARNING]") == 1


def test_every_name_selects_its_host_only(tmp_path: Path) -> None:
    names = [
        "cam-1",
        "cam-10",
        "cam.1",
        "Zürich",
        "東京-1",
        "📷-1",
        "a'b",
        "a#b",
        "(x)",
        "$x",
        "12",
        "implicit",
        "192.0.2.9",
    ]
    rows = [f"{name},192.0.2.{number}," for number, name in enumerate(names, 1)]
    write_table(tmp_path, *rows, header="name,address,note")
    source = write_inventory(tmp_path, {"files": ["../cameras.csv"]})
    done = subprocess.run(
        [sys.executable, str(SELECT_EACH), str(source)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {name: [name] for name in names}
    limited = run(tmp_path, "adhoc", "--inventory", str(source), "--limit", "📷-1", "--list-hosts", "axis")
    assert limited.stdout.split() == ["hosts", "(1):", "📷-1"], limited.stderr


def test_options_for_constructed_groups(tmp_path: Path) -> None:
    listing = list_cameras(
        tmp_path,
        "gate,192.0.2.11,ACCC8E000001,P3245-LVE,12.9.57,pier,",
        "store,192.0.2.12,ACCC8E000002,S3008,11.8.1,museum,",
        name="{{ axis_site }}-{{ axis_serial | lower }}",
        strict=True,
        parent_group="cameras",
        compose={"retention_policy_owner": "axis_site ~ '@example.com'", "old_name": "axis_name"},
        groups={"recorders": "axis_model.startswith('S')"},
        keyed_groups=[{"key": "axis_firmware.split('.')[0]", "prefix": "axis_os", "parent_group": "versions"}],
    )
    assert sorted(listing.hosts) == ["museum-accc8e000002", "pier-accc8e000001"]
    gate = listing.hosts["pier-accc8e000001"]
    assert (gate["retention_policy_owner"], gate["old_name"]) == ("pier@example.com", "gate")
    assert listing.members("recorders") == ["museum-accc8e000002"]
    assert listing.members("axis_os_12") == ["pier-accc8e000001"]
    assert sorted(listing.content["versions"]["children"]) == ["axis_os_11", "axis_os_12"]
    assert listing.members("cameras") == ["museum-accc8e000002", "pier-accc8e000001"]
    assert listing.warnings == ""


def test_variables_of_the_inventory_apply_to_the_groups(tmp_path: Path) -> None:
    write_table(tmp_path, "gate,192.0.2.11,ACCC8E000001,,,Pier,")
    source = write_inventory(tmp_path, {"files": ["../cameras.csv"]})
    for group, owner in {"axis": "a@example.com", "axis_site_pier": "b@example.com"}.items():
        path = source.parent / "group_vars" / f"{group}.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"retention_policy_owner: {owner}\n", encoding="utf-8")
    listing = list_inventory(tmp_path, source.parent)
    assert listing.hosts["gate"]["retention_policy_owner"] == "b@example.com"
    assert [*listing.hosts] == ["gate"]


def test_documentation_is_shown(tmp_path: Path) -> None:
    done = run(tmp_path, "doc", "-t", "inventory", "camfleet.axis.cameras", extra={"ANSIBLE_NOCOLOR": "1"})
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    for shown in (
        "exports of a video management system",
        "any_unparsed_is_failed = true",
        "requests_per_second",
        "keyed_groups",
        "cache_plugin",
    ):
        assert shown in text
    assert "plugin: camfleet.axis.cameras" in text


def test_optional_libraries_are_not_required() -> None:
    required = (CHECKOUT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8")
    lines = [line for line in required.splitlines() if line and not line.startswith("#")]
    assert lines == ["requests>=2.32", "lxml>=4.9"]
