# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of hosts and groups: which texts are valid, and that patterns select exactly one host."""

from __future__ import annotations

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.names import (
    find_group_fault,
    find_host_fault,
    name_key,
    normalize_name,
)

#: Names that are hosts as they are.
VALID = [
    "cam-1",
    "cam_1.example.com",
    "192.0.2.1",
    "Zürich",
    "東京-1",
    "📷-1",
    "=A1",
    "a'b",
    "a#b",
    "a;b",
    "(x)",
    "12",
    "implicit",
    "True",
    "null",
]


@pytest.mark.parametrize("name", VALID)
def test_valid_host_name(name: str) -> None:
    assert find_host_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "is empty"),
        ("north gate", "has a space, which separates patterns"),
        ("north\u00a0gate", "has a space, which separates patterns"),
        ("a,b", "has the character ,, which separates patterns"),
        ("a:b", "has the character :, which separates patterns"),
        ("2001:db8::1", "has the character :, which separates patterns"),
        ("cam[1]", "has the character [, which begins a range in patterns"),
        ("cam*", "has the character *, which matches any text in patterns"),
        ("cam?", "has the character ?, which matches any character in patterns"),
        ("{{cam}}", "has the character {, which begins a template"),
        ("{%x%}", "has the character {, which begins a template"),
        ("a/b", "has the character /, which separates directories"),
        ("..\\b", "has the character \\, which separates directories"),
        ("!cam", "begins with !, which excludes hosts in patterns"),
        ("&cam", "begins with &, which intersects patterns"),
        ("~cam", "begins with ~, which begins a regular expression in patterns"),
        ("@cam", "begins with @, which begins the name of a file in patterns"),
        ("-cam", "begins with -, which begins an option of a command"),
        ("..", "begins with ., which hides a file"),
        ("cam.", "ends with a full stop, so two names of one host differ"),
        ("cam\x07", "has the invisible character U+0007"),
        ("cam\u202e1", "has the invisible character U+202E"),
        ("cam\u200d", "has the invisible character U+200D"),
        ("cam\ud800", "has the invisible character U+D800"),
        ("all", "is reserved by Ansible"),
        ("All", "is reserved by Ansible"),
        ("ungrouped", "is reserved by Ansible"),
        ("localhost", "is reserved by Ansible"),
        ("127.0.0.1", "is reserved by Ansible"),
        ("_meta", "is reserved by Ansible"),
        ("ü" * 101, "is longer than 200 bytes"),
    ],
)
def test_invalid_host_name(name: str, fault: str) -> None:
    assert find_host_fault(name) == fault


@given(st.text(min_size=1, max_size=8))
def test_valid_name_selects_exactly_one_host(text: str) -> None:
    name = normalize_name(text)
    if find_host_fault(name) is not None:
        return
    inventory = InventoryManager(DataLoader(), sources=[], parse=False)
    for host in dict.fromkeys((name, f"{name}x", f"x{name}", "x")):
        inventory.add_host(host, "all")
    inventory.subset(name)
    assert [host.name for host in inventory.get_hosts("all")] == [name]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("museum", None),
        ("Museum_2", None),
        ("zürich", None),
        ("", "is empty"),
        ("museum hall", "is not only letters, digits, and underscores after a letter"),
        ("museum-hall", "is not only letters, digits, and underscores after a letter"),
        ("2nd", "is not only letters, digits, and underscores after a letter"),
        ("{{ museum }}", "is not only letters, digits, and underscores after a letter"),
        ("📷", "is not only letters, digits, and underscores after a letter"),
        ("a\u202eb", "has the invisible character U+202E"),
        ("all", "is reserved by Ansible"),
        ("Ungrouped", "is reserved by Ansible"),
        ("_meta", "is reserved by Ansible"),
    ],
)
def test_group_names(name: str, fault: str | None) -> None:
    assert find_group_fault(name) == fault


@pytest.mark.parametrize(
    ("one", "other"),
    [("Cam", "cam"), ("Cafe\u0301", "caf\u00e9"), ("stra\u00dfe", "STRASSE"), ("\uff43am", "cam"), ("\ufb01x", "fix")],
)
def test_similar_names_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_name_is_composed() -> None:
    assert normalize_name("Cafe\u0301") == "Caf\u00e9"
