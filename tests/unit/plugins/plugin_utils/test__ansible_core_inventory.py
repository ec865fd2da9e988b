# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory plugin uses of ansible-core, and what happens without it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData

from ansible_collections.camfleet.axis.plugins.plugin_utils import _ansible_core as core

try:
    from ansible.template import is_trusted_as_template
except ImportError:  # ansible-core before 2.19 marks what it must not evaluate

    def is_trusted_as_template(value: object) -> bool:
        """Return whether core may evaluate a text."""
        return not getattr(value, "__UNSAFE__", False)


HARMLESS = ["", "gate", "Pier 1", "192.0.2.1", "12.9.57", "Zürich", "a@b.example", "O'Brien", "Axis & Co, 50 %"]
OTHERS = ["{{ x }}", "{", "{% x %}", "lookup('pipe', 'id')", "a|b", "x[0]", "#jinja2: x:'y'", "a\nb", "9**9", "a~b"]


def add_variable(value: Any) -> Any:
    """Return a value as it is in the inventory."""
    own, inventory = core.build_inventory(InventoryData()), InventoryData()
    own.add_host("gate")
    own.set_variable("gate", "x", core.mark_untrusted(value))
    core.copy_inventory(own, inventory)
    return inventory.hosts["gate"].vars["x"]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_shown_without_a_mark(text: str) -> None:
    assert add_variable(text) == text
    assert is_trusted_as_template(add_variable(text))


@pytest.mark.parametrize("text", OTHERS)
def test_other_text_is_not_trusted(text: str) -> None:
    assert add_variable(text) == text
    assert not is_trusted_as_template(add_variable(text))


def test_text_that_cannot_be_marked_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_trust_as_template", None)
    monkeypatch.setattr(core, "_wrap_var", None)
    assert core.mark_untrusted("gate") == "gate"
    with pytest.raises(AnsibleError, match=r"has no unsafe_proxy\.wrap_var"):
        core.mark_untrusted("{{ x }}")


def test_values_besides_texts_are_kept() -> None:
    assert add_variable(8443) == 8443
    assert add_variable({"a": ["x", None, True]}) == {"a": ["x", None, True]}


def test_inventory_is_copied() -> None:
    inventory = InventoryData()
    inventory.add_group("axis")
    inventory.current_source = "/x/cameras.axis.yml"
    own = core.build_inventory(inventory)
    for group in ("axis", "harbor"):
        own.add_group(group)
    own.add_child("axis", "harbor")
    own.add_host("gate", group="harbor")
    core.copy_inventory(own, inventory)
    assert [group.name for group in inventory.groups["axis"].child_groups] == ["harbor"]
    assert [host.name for host in inventory.groups["harbor"].hosts] == ["gate"]
    assert inventory.hosts["gate"].vars["inventory_file"] == "/x/cameras.axis.yml"


def test_reserved_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"hosts", "tags", "environment", "ansible_facts"} <= core.reserved_names()
    monkeypatch.setattr(core, "get_reserved_names", None)
    monkeypatch.setattr(core, "constants", SimpleNamespace())
    assert core.reserved_names() == frozenset()


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("inventory/cameras.csv", True),
        ("inventory/more/cameras.csv", True),
        ("inventory/cameras.txt", False),
        ("inventory/.cameras.csv", False),
        ("inventory/group_vars/cameras.csv", False),
        ("cameras.csv", False),
        ("inventory2/cameras.csv", False),
    ],
)
def test_file_of_an_inventory_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str, is_read: bool
) -> None:
    directory = tmp_path / "inventory"
    directory.mkdir()
    sources = ["a,", str(tmp_path / "missing"), f"{directory}/"]
    monkeypatch.setattr(core, "context", SimpleNamespace(CLIARGS={"inventory": sources}))
    assert core.find_inventory_directory(str(tmp_path / path)) == (str(directory) if is_read else None)
    monkeypatch.setattr(core, "_IGNORED_FILES", None)
    assert core.find_inventory_directory(str(tmp_path / path)) is None


def test_default_inventory_is_a_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(core, "context", SimpleNamespace(CLIARGS={"inventory": None}))
    monkeypatch.setattr(core, "constants", SimpleNamespace(DEFAULT_HOST_LIST=[str(tmp_path)]))
    assert core.find_inventory_directory(str(tmp_path / "x.csv")) == str(tmp_path)
    monkeypatch.setattr(core, "constants", SimpleNamespace())
    assert core.find_inventory_directory(str(tmp_path / "x.csv")) is None


def test_setting_for_failed_inventories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "constants", SimpleNamespace(INVENTORY_ANY_UNPARSED_IS_FAILED=True))
    assert not core.continues_without_inventory()
    monkeypatch.setattr(core, "constants", SimpleNamespace())
    assert core.continues_without_inventory()


def test_loops_of_two_inventories_are_found() -> None:
    own, inventory = core.build_inventory(InventoryData()), InventoryData()
    for data, edges in ((own, [("axis", "video"), ("axis", "other")]), (inventory, [("video", "x"), ("x", "axis")])):
        for parent, child in edges:
            data.add_group(parent)
            data.add_group(child)
            data.add_child(parent, child)
    assert core.find_loops(own, inventory) == [("axis", "video")]
    assert core.find_loops(own, InventoryData()) == []


def test_list_of_inventory_files_has_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inventory = InventoryData()
    one, two = (str(tmp_path / name) for name in ("a.yml", "a (2).yml"))
    core.list_in_inventory(inventory, "x", one, None)
    assert inventory.groups["all"].vars == {}
    for count, path in ((1, one), (2, two), (3, one)):
        core.list_in_inventory(inventory, "x", path, lambda shown, count=count: f"{shown} has {count}")
    assert inventory.groups["all"].vars == {"x": ["a (2).yml has 2", "a.yml has 3"]}
    core.list_in_inventory(inventory, "x", two, None)
    core.list_in_inventory(inventory, "x", one, None)
    assert inventory.groups["all"].vars == {"x": []}


def test_removed_members_leave_no_empty_group() -> None:
    inventory = core.build_inventory(InventoryData())
    for group, hosts in {"_meta": ["a"], "many": ["a", "b"], "all": ["a"]}.items():
        inventory.add_group(group)
        if group != "all":
            inventory.add_child("all", group)
        for host in hosts:
            inventory.add_child(group, inventory.add_host(host))
    for group in ("_meta", "many", "all"):
        core.remove_members(inventory, group, ["a"])
    target = InventoryData()
    core.copy_inventory(inventory, target)
    assert sorted(target.groups) == ["all", "many", "ungrouped"]
    assert [host.name for host in target.groups["many"].hosts] == ["b"]
    assert target.groups["all"].hosts == []
