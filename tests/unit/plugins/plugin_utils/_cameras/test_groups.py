# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of cameras by model, firmware, and site, and those that a file names."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cameras import Camera
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.groups import (
    build_groups,
    derive_name,
    find_name_conflicts,
    find_parent_fault,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import (
    ListedCamera,
    Position,
    RespondingCamera,
)

CONFIG = "x.axis.yml"
COLUMNS = {"name": "Name", "groups": "Groups", "site": "Site", "model": "Model"}


def listed(line: int, **fields: Any) -> Camera:
    return Camera(CONFIG, ListedCamera(Position("c.csv", line), columns=COLUMNS, **fields))


def responding(number: int, model: str) -> Camera:
    return Camera(CONFIG, None, RespondingCamera(f"192.0.2.{number}", 443, "https", f"ACCC8E00000{number}", model))


def problems(*cameras: Camera) -> list[str]:
    found = build_groups(cameras, "axis")
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("P3245-LVE", "axis_site_p3245_lve"),
        ("12.9.57", "axis_site_12_9_57"),
        ("  Museum / Hall 2 ", "axis_site_museum_hall_2"),
        ("Zürich", "axis_site_zurich"),
        ("Straße", "axis_site_strasse"),
        ("東京", "axis_site_u6771u4eac"),
        ("{{ lookup('pipe', 'id') }}", "axis_site_lookup_pipe_id"),
        ("x" * 300, f"axis_site_{'x' * 190}"),
        ("📷 / -", None),
    ],
)
def test_group_of_a_text(text: str, name: str | None) -> None:
    assert derive_name("axis_site_", text) == name


def test_groups_of_a_camera() -> None:
    camera = listed(2, model="AXIS P3245-LVE", firmware="12.9.57", site="Pier", groups=("harbor", "axis", "harbor"))
    found = build_groups([camera], "axis")
    assert found.of_camera == [["harbor", "axis_model_p3245_lve", "axis_firmware_12_9_57", "axis_site_pier"]]
    assert not found.problems


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("all", "is reserved by Ansible. Rename it"),
        ("_meta", "is reserved by Ansible. Rename it, for example to meta"),
        (
            "museum hall",
            "is not only letters, digits, and underscores after a letter. Rename it, for example to museum_hall",
        ),
        ("{{ x }}", "is not only letters, digits, and underscores after a letter. Rename it, for example to x"),
        ("axis_silent", "is reserved for the comparison of files and addresses. Rename it"),
        ("axis_site_x", "begins with axis_site_, which is reserved for groups that the plugin builds. Rename it"),
        ("AXIS", "differs from the parent group axis only in case. Rename it, for example to axis"),
    ],
)
def test_invalid_group_names_cell_and_remedy(group: str, text: str) -> None:
    assert problems(listed(2, groups=(group,))) == [f"c.csv, line 2, column Groups: the group {group!r} {text}."]


def test_groups_that_differ_in_case_name_both_rows() -> None:
    assert problems(listed(2, groups=("museum",)), listed(3, groups=("Museum",))) == [
        (
            "c.csv, line 3, column Groups: 'Museum' and 'museum' (c.csv, line 2, column "
            "Groups) are one group, but are not "
            "written in the same way. Write both in the same way."
        )
    ]


def test_sites_with_the_same_group_name_both_rows() -> None:
    assert problems(listed(2, site="Pier 1"), listed(3, site="Pier-1"), listed(4, site="Pier 1")) == [
        (
            "c.csv, line 3, column Site: 'Pier-1' and 'Pier 1' (c.csv, line 2, column Site) "
            "are one group, but are not "
            "written in the same way. Write both in the same way."
        )
    ]


def test_device_does_not_prevent_the_inventory() -> None:
    found = build_groups([listed(2, model="P3245-LVE"), responding(1, "P3245 LVE"), responding(2, "--")], "axis")
    assert not found.problems
    assert found.of_camera == [["axis_model_p3245_lve"], ["axis_model_p3245_lve"], []]
    assert found.warnings == [
        (
            "x.axis.yml, the camera ACCC8E000001 at 192.0.2.1: 'P3245 LVE' and 'P3245-LVE' "
            "(c.csv, line 2, column Model) are "
            "one group, but are not written in the same way."
        )
    ]


def test_site_without_letters_is_a_problem() -> None:
    assert problems(listed(2, site="📷")) == [
        (
            "c.csv, line 2, column Site: the site '📷' has no letter or digit, so it "
            "cannot be a group. Correct the "
            "cell, or empty it."
        )
    ]


def test_host_with_the_name_of_a_group_is_a_problem() -> None:
    found = find_name_conflicts({"museum": listed(2), "gate": listed(3)}, {"museum", "axis"})
    assert [str(problem) for problem in found] == [
        (
            "c.csv, line 2, column Name: the name museum is also the name of a group. Rename "
            "the camera or the group, or set "
            "name in x.axis.yml."
        )
    ]


@pytest.mark.parametrize(("parent", "is_valid"), [("axis", True), ("cameras", True), ("all", False), ("a b", False)])
def test_parent_group(parent: str, is_valid: bool) -> None:
    assert (find_parent_fault(parent) is None) == is_valid
