# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cache: of a sweep, but not of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.integration.targets.inventory_cameras.inventories import list_inventory, run, write_inventory, write_table
from tests.simulator import Fleet
from tests.simulator.device import Device


def build_options(tmp_path: Path, device: Device, **more: Any) -> dict[str, Any]:
    """Return options that sweep the address of a device, with a cache in a directory."""
    return {
        "files": ["../cameras.csv"],
        "addresses": [device.host],
        "port": device.port,
        "protocol": "http",
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        **more,
    }


def test_sweep_is_cached_and_files_are_not(fleet: Fleet, tmp_path: Path) -> None:
    device = fleet.add("camera_12_9")
    swept = f"axis-{device.serial}"
    write_table(tmp_path, "gate,192.0.2.1,s3cret-0f-a-camera", header="name,address,axis_password")
    source = write_inventory(tmp_path, build_options(tmp_path, device))
    first = list_inventory(tmp_path, source)
    assert sorted(first.hosts) == [swept, "gate"]
    requests = len(device.journal)
    assert requests > 0
    write_table(tmp_path, "pier,192.0.2.1", "hall,192.0.2.2", header="name,address")
    second = list_inventory(tmp_path, source)
    assert sorted(second.hosts) == [swept, "hall", "pier"]
    assert second.hosts[swept] == first.hosts[swept]
    assert len(device.journal) == requests
    kept = [path.read_text(encoding="utf-8") for path in (tmp_path / "cache").iterdir()]
    assert [device.serial in text for text in kept] == [True]
    assert "s3cret" not in kept[0]
    playbook = tmp_path / "playbook.yml"
    playbook.write_text("[{hosts: axis, gather_facts: false}]", encoding="utf-8")
    flushed = run(tmp_path, "playbook", "--inventory", str(source), "--flush-cache", "--list-hosts", str(playbook))
    assert swept in flushed.stdout, flushed.stderr
    assert len(device.journal) == 2 * requests
    for path in (tmp_path / "cache").iterdir():
        path.write_text("{", encoding="utf-8")
    again = list_inventory(tmp_path, source)
    # The same name as in the first sweep.
    assert sorted(again.hosts) == [swept, "hall", "pier"]
    assert again.warns("The cache of the search is damaged. The addresses are searched again.")
    assert len(device.journal) == 3 * requests
