# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conflicts with other inventories, and of the groups that templates make."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.assembly import Assembly
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cameras import Camera
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.conflicts import (
    find_constructed_faults,
    find_loop_problems,
    find_other_devices,
    find_same_devices,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Position,
    RespondingCamera,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import build_address

SERIAL, OTHER = "ACCC8E000001", "ACCC8E000002"
COLUMNS = {"name": "Name", "groups": "Groups", "serial": "MAC", "address": "IP"}
GATE = Camera("x.axis.yml", ListedCamera(Position("c.csv", 2), "gate", "192.0.2.1", SERIAL, columns=COLUMNS))
NAMED = Camera("x.axis.yml", ListedCamera(Position("c.csv", 3), "hall.example", columns=COLUMNS))


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ({"axis_serial": OTHER}, f"serial number {OTHER}"),
        ({"ansible_host": "192.0.2.9", "axis_serial": SERIAL}, "address 192.0.2.9"),
        ({"axis_name": "gate"}, "address gate"),
    ],
)
def test_another_device_with_the_name_is_a_problem(other: dict[str, Any], difference: str) -> None:
    problems = find_other_devices({"gate": GATE}, {"gate": {"inventory_file": "a.axis.yml", **other}})
    assert [str(problem) for problem in problems] == [
        (
            f"c.csv, line 2, column Name: the host gate is also in a.axis.yml, with the {difference}. Rename one of "
            "them, or put site or serial number into name in x.axis.yml."
        )
    ]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"owner": "x"},
        {"ansible_host": "192.0.2.1"},
        {"ansible_host": " 192.0.2.1 "},
        {"axis_serial": SERIAL},
        {"axis_serial": "ac:cc:8e:00:00:01"},
    ],
)
def test_the_same_device_or_further_variables_are_none(other: dict[str, Any]) -> None:
    assert [*find_other_devices({"gate": GATE}, {"gate": {"inventory_file": None, **other}})] == []


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ({"axis_serial": SERIAL}, "column MAC: the serial number of gate"),
        ({"axis_serial": "accc8e-000001"}, "column MAC: the serial number of gate"),
        ({"axis_name": "x", "ansible_host": "192.0.2.1"}, "column IP: the address of gate"),
        ({"axis_name": "x", "ansible_host": "192.0.2.1", "axis_port": 8443}, None),
        ({"ansible_host": "192.0.2.1"}, None),
    ],
)
def test_a_device_with_two_names_is_a_problem(other: dict[str, Any], text: str | None) -> None:
    problems = find_same_devices({"gate": GATE}, {"x": {"inventory_file": "a.axis.yml", **other}}, build_address)
    end = " is also that of the host x in a.axis.yml. Remove one of them, or correct it."
    assert [str(problem) for problem in problems] == ([] if text is None else [f"c.csv, line 2, {text}{end}"])


def test_a_template_is_not_an_address() -> None:
    others = {"x": {"axis_serial": OTHER, "ansible_host": "{{ y }}"}}
    camera = Camera("x.axis.yml", ListedCamera(Position("c.csv", 2), "a b", None, SERIAL))
    assert [*find_same_devices({"a b": camera}, others, build_address)] == []


def test_a_host_of_a_file_is_named_first() -> None:
    device = Camera("x.axis.yml", None, RespondingCamera("192.0.2.7", 443, "https", OTHER))
    found = Assembly(hosts={"new": device, "gate": GATE}, groups={"new": [], "gate": []})
    ((group, hosts, problem),) = find_constructed_faults(found, {"_meta": ["new", "gate"]})
    assert (group, hosts, problem.position.file) == ("_meta", ["gate", "new"], "c.csv")
    ((group, hosts, problem),) = find_constructed_faults(found, {"gate": ["new"]})
    assert (group, hosts) == ("gate", ["new"])
    found.add(device, problem)
    assert (found.problems, len(found.warnings)) == ([], 1)


def test_an_address_differs_from_a_name_that_is_an_address() -> None:
    others = {"hall.example": {"axis_name": "hall.example", "ansible_host": "192.0.2.9"}}
    assert len([*find_other_devices({"hall.example": NAMED}, others)]) == 1


def test_a_loop_names_the_row() -> None:
    found = Assembly(hosts={"gate": GATE}, groups={"gate": ["video"]})
    assert [str(problem) for problem in find_loop_problems(found, [("axis", "video"), ("axis", "x")])] == [
        (
            "c.csv, line 2, column Groups: the group video would be in axis, but is its parent in another inventory. "
            "Rename one of the groups, or set another parent_group."
        ),
        (
            "the group x would be in axis, but is its parent in another inventory. Rename one of the groups, or set "
            "another parent_group."
        ),
    ]


@pytest.mark.parametrize(
    ("group", "fault"),
    [
        ("_meta", "is reserved by Ansible"),
        ("all", "is reserved by Ansible"),
        ("axis_silent", "is reserved for the comparison of files and addresses"),
        ("two words", "has a space, which separates patterns"),
    ],
)
def test_a_constructed_group_has_the_rules_of_others(group: str, fault: str) -> None:
    found = Assembly(hosts={"gate": GATE, "hall": NAMED}, groups={"gate": ["axis_site_x"], "hall": ["axis_silent"]})
    members = {"axis": ["gate", "hall"], "axis_site_x": ["gate"], "axis_os-12": ["gate"], "empty group": []}
    compared = {"axis_silent": ["hall"]}
    assert [*find_constructed_faults(found, {**members, **compared})] == []
    problems = find_constructed_faults(found, {**members, **compared, group: [*compared.get(group, []), "gate"]})
    assert [(name, hosts, str(problem)) for name, hosts, problem in problems] == [
        (
            group,
            ["gate"],
            (
                f"c.csv, line 2, column Name: the group {group!r}, which groups or keyed_groups makes for this host, "
                f"{fault}. Change the option, such as with a prefix or the filter regex_replace, or correct the cell."
            ),
        )
    ]
