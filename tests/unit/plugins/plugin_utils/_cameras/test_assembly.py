# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts, groups, and problems of the options of an inventory file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.assembly import (
    Assembly,
    FindAddresses,
    Settings,
    assemble,
    describe_counts,
    find_wrong_types,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    Position,
    Problem,
    RespondingCamera,
    SweepCounts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepOptions, SweepResult
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import build_address

CONFIG = "x.axis.yml"
ONE = RespondingCamera("192.0.2.1", 443, "https", "ACCC8E000001", "P3245-LVE", firmware="12.9.57")
TWO = RespondingCamera("192.0.2.2", 443, "https", "ACCC8E000002", "P3245-LVE", firmware="12.9.57")


@dataclass
class Network:
    """What responds, and what was swept."""

    cameras: tuple[RespondingCamera, ...] = (ONE, TWO)
    swept: list[list[str]] = field(default_factory=list)

    def sweep(self, addresses: Sequence[str], _options: SweepOptions, _more: FindAddresses | None) -> SweepResult:
        """Return the result of a sweep."""
        self.swept.append([*addresses])
        counts = SweepCounts(addresses=len(addresses), cameras=len(self.cameras), refused=1)
        return SweepResult(self.cameras, counts, (), (), tuple(addresses), frozenset({443}))


def build(directory: Path, network: Network | None = None, table: str = "", **options: Any) -> Assembly:
    """Return what an inventory file makes of a table and a network."""
    if table:
        (directory / "c.csv").write_text(table, encoding="utf-8")
    settings = Settings(CONFIG, str(directory), **{"files": ["c.csv"] if table else [], **options})
    return assemble(settings, None, (network or Network()).sweep, build_address, lambda _path: None)


def test_files_and_addresses_are_one_inventory(tmp_path: Path) -> None:
    network = Network()
    found = build(tmp_path, network, "name,address,site\ngate,192.0.2.1,Pier\n", addresses=["192.0.2.1-192.0.2.3"])
    assert found.describe_problems() == []
    assert network.swept == [["192.0.2.1", "192.0.2.2", "192.0.2.3"]]
    assert found.groups == {
        "gate": ["axis_model_p3245_lve", "axis_firmware_12_9_57", "axis_site_pier"],
        "axis-ACCC8E000002": ["axis_model_p3245_lve", "axis_firmware_12_9_57"],
    }
    assert found.notices == [
        (
            "x.axis.yml: Searched 3 addresses: 2 Axis devices, 0 other devices, 0 not identified, 0 with "
            "TLS errors, 1 refused, "
            "0 silent."
        )
    ]


@pytest.mark.parametrize("compare", [True, False])
def test_comparison_has_groups(tmp_path: Path, compare: bool) -> None:
    table = "name,address\ngate,192.0.2.1\noff,192.0.2.3\nelsewhere,198.51.100.1\n"
    found = build(tmp_path, None, table, addresses=["192.0.2.0/29"], compare=compare)
    assert [*found.hosts] == ["gate", "off", "elsewhere", "axis-ACCC8E000002"]
    groups = {
        name: [group for group in own if "listed" in group or "silent" in group] for name, own in found.groups.items()
    }
    expected = {"off": ["axis_silent"], "axis-ACCC8E000002": ["axis_unlisted"]} if compare else {}
    assert groups == {name: expected.get(name, []) for name in groups}


def test_a_problem_prevents_the_sweep(tmp_path: Path) -> None:
    network = Network()
    table = "name,address,serial\ngate,,ACCC8E000001\npier,192.0.2.300,\ngate,192.0.2.7,\n"
    found = build(tmp_path, network, table, addresses=["192.0.2.1", "224.0.0.1"])
    lines = found.describe_problems()
    assert network.swept == []
    assert [line.partition(":")[0] for line in lines] == [
        "x.axis.yml",
        "c.csv, line 3, column address",
        "c.csv, line 4, column name",
    ]
    assert lines[0].startswith("x.axis.yml: addresses[1] ")
    # Whether the first camera responds is unknown.
    assert not any("line 2, column address" in text for text in lines)


def test_nothing_is_swept_unless_addresses_are_listed(tmp_path: Path) -> None:
    network = Network()
    found = build(tmp_path, network, "name,address\ngate,192.0.2.1\n", sweep=SweepOptions(port=8443))
    assert [*found.hosts] == ["gate"]
    assert network.swept == []


def test_nothing_found_is_a_problem(tmp_path: Path) -> None:
    found = build(tmp_path, Network(()), addresses=["192.0.2.1"])
    assert found.describe_problems() == [
        (
            "x.axis.yml: no camera. Searched 1 address: 0 Axis devices, 0 other devices, 0 not identified, "
            "0 with TLS errors, "
            "1 refused, 0 silent. Check addresses, port, protocol, and validate_certs."
        )
    ]


def test_no_announcement_is_a_problem(tmp_path: Path) -> None:
    found = build(tmp_path, Network(()), mdns=True)
    assert found.describe_problems() == [
        (
            "x.axis.yml: no device announces itself by mDNS. Check whether this machine is in their network, raise "
            "mdns_seconds, or set addresses."
        )
    ]


def test_problems_of_a_file_are_in_the_order_of_its_lines() -> None:
    found = Assembly()
    for file, line in (("b.csv", 3), ("a.csv", 9), ("b.csv", 2), ("b.csv", 3)):
        found.problems.append(Problem(Position(file, line), "wrong", "Correct it."))
    found.problems.append("x.axis.yml: wrong. Correct it.")
    assert found.describe_problems() == [
        "x.axis.yml: wrong. Correct it.",
        "b.csv, line 2: wrong. Correct it.",
        "b.csv, line 3: wrong. Correct it.",
        "a.csv, line 9: wrong. Correct it.",
    ]


def test_each_file_has_a_problem_within_the_limit() -> None:
    found = Assembly()
    found.problems += [Problem(Position("a.csv", line), f"wrong {line}", "Correct it.") for line in range(2, 10)]
    found.problems += [Problem(Position(f"{name}.csv", 2), "wrong", "Correct it.") for name in "bc"]
    assert [line.partition(":")[0] for line in found.describe_problems(4)] == [
        "a.csv, line 2",
        "a.csv, line 3",
        "b.csv, line 2",
        "c.csv, line 2",
    ]
    assert len(found.describe_problems()) == 10


def test_tables_in_the_inventory_directory_are_problems(tmp_path: Path) -> None:
    directory = tmp_path / "inventory"
    for name in ("old.csv", "sub/b.XLSX", "notes.md", "group_vars/c.csv"):
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("", encoding="utf-8")
    (tmp_path / "c.csv").write_text("name\ngate\n", encoding="utf-8")
    (directory / "list").symlink_to(tmp_path / "c.csv")

    def find(path: str) -> str | None:
        return None if "group_vars" in path or ".." in path else str(directory)

    settings = Settings(CONFIG, str(directory), files=["../c.csv"])
    found = assemble(settings, None, Network().sweep, build_address, find)
    assert found.describe_problems() == [
        (
            f"x.axis.yml: Ansible reads {name} as an inventory, because it is in the inventory directory {directory}, "
            "and would make hosts of its lines. Move it out of the directory, or add its name to ignore_patterns in "
            "section [inventory] of ansible.cfg."
        )
        for name in ("list", "old.csv", "sub/b.XLSX")
    ]


def test_types_that_core_rejects_have_a_remedy() -> None:
    options = {"files": {"path": "c.csv"}, "addresses": ["192.0.2.1"], "columns": "name"}
    assert [*find_wrong_types(CONFIG, options)] == [
        "x.axis.yml: files must be a list, got {'path': 'c.csv'}. Write a hyphen before each entry.",
        "x.axis.yml: columns must be a dictionary, got 'name'. Set it to a dictionary such as {address: Device IP}.",
    ]


def test_replaced_camera_is_a_warning_without_compare(tmp_path: Path) -> None:
    table = "name,address,serial\ngate,192.0.2.1,ACCC8E0000FF\n"
    found = build(tmp_path, Network((ONE,)), table, addresses=["192.0.2.1"])
    assert [*found.hosts] == ["gate", "axis-ACCC8E000001"]
    assert found.warnings == [
        (
            "c.csv, line 2, column serial: the device that responds at 192.0.2.1 has the serial number ACCC8E000001, "
            "not ACCC8E0000FF. If it replaces the camera, correct the row."
        )
    ]


def test_counts_are_a_sentence() -> None:
    assert describe_counts(SweepCounts(1508, 1040, 5, 300, 150, 10, 3)) == (
        "Searched 1,508 addresses: 1,040 Axis devices, 5 other devices, 3 not identified, 10 with TLS "
        "errors, 300 refused, "
        "150 silent."
    )
