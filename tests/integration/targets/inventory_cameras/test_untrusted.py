# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of files and cameras are never evaluated, on any ansible-core, and passwords are not shown."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.integration.targets.inventory_cameras.inventories import list_inventory, run, write_inventory
from tests.playbook import run_playbook
from tests.simulator import Fleet

PASSWORD = "s3cret-0f-a-camera"


def build_texts(marker: Path) -> dict[str, str]:
    """Return texts of which each would create the file if it were evaluated."""
    call = f"lookup('pipe', 'touch {marker}')"
    return {
        "note": f"{{{{ {call} }}}}",
        "statement": f"{{% set x = {call} %}}",
        # Without braces: the expression of a condition.
        "condition": call,
        "header": f"#jinja2: variable_start_string: '<<', variable_end_string: '>>'\n<< {call} >>",
        "open": "{",
        "closed": f"{{ {call} }}}}",
    }


def write_rows(path: Path, *rows: dict[str, str]) -> None:
    """Write a table with any texts."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


def test_no_text_is_evaluated(fleet: Fleet, tmp_path: Path) -> None:
    marker = tmp_path / "evaluated"
    texts = build_texts(marker)
    device = fleet.add("camera_12_9")
    device.profile = replace(device.profile, product=texts["note"])
    write_rows(
        tmp_path / "cameras.csv",
        {"name": "gate", "address": "192.0.2.1", "site": texts["note"], "model": texts["statement"], **texts},
    )
    options = {
        "files": ["../cameras.csv"],
        "addresses": [device.host],
        "port": device.port,
        "protocol": "http",
        "compose": {"composed": "note", "joined": "open ~ closed"},
        "groups": {"conditional": "condition"},
        "keyed_groups": [{"key": "note"}],
    }
    source = write_inventory(tmp_path, options)
    shown = [{"ansible.builtin.debug": {"msg": f"{{{{ {name} }}}}"}} for name in (*texts, "axis_site", "axis_model")]
    shown += [{"ansible.builtin.debug": {"msg": f"{{{{ {name} }}}}"}} for name in ("composed", "joined")]
    conditions = [
        {"ansible.builtin.assert": {"that": "{{ condition }}"}},
        {"ansible.builtin.debug": {"msg": "x"}, "when": "{{ condition }}"},
        {"ansible.builtin.debug": {"var": "{{ condition }}"}},
    ]
    tasks: list[dict[str, Any]] = [{**task, "ignore_errors": True} for task in (*shown, *conditions)]
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(json.dumps([{"hosts": "axis", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    played = run_playbook(playbook, source, tmp_path)
    assert "gate" in played.recap, played.output
    assert f"axis-{device.serial}" in played.recap, played.output
    assert played.recap["gate"]["ok"] == len(tasks)
    assert texts["note"] in played.output
    assert not marker.exists()


def test_templates_of_the_inventory_file_are_evaluated(tmp_path: Path) -> None:
    marker = tmp_path / "evaluated"
    write_rows(tmp_path / "cameras.csv", {"name": "gate", "address": "192.0.2.1", "note": build_texts(marker)["note"]})
    options = {"files": ["../cameras.csv"], "name": "{{ axis_name | upper }}", "compose": {"size": "note | length > 9"}}
    listing = list_inventory(tmp_path, write_inventory(tmp_path, options))
    assert listing.hosts["GATE"]["size"] is True
    assert listing.hosts["GATE"]["note"] == {"__ansible_unsafe": build_texts(marker)["note"]}
    assert not marker.exists()


def test_password_of_a_column_is_not_shown(tmp_path: Path) -> None:
    write_rows(
        tmp_path / "cameras.csv",
        {"name": "gate", "address": "192.0.2.1", "axis_password": PASSWORD},
        {"name": "two words", "address": "192.0.2.2", "axis_password": f"{PASSWORD}2"},
    )
    files = {"files": ["../cameras.csv"]}
    sources = (
        write_inventory(tmp_path, files, "failing.axis.yml"),
        write_inventory(tmp_path, {**files, "name": "cam-{{ axis_name[:3] | trim }}"}),
    )
    options = [option for source in sources for option in ("--inventory", str(source))]
    done = run(tmp_path, "inventory", *options, "--graph", "-vvvv")
    assert "cam-two" in done.stdout, done.stderr
    assert "two words" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
