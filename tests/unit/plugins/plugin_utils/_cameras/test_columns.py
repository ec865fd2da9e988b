# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Columns become fields and variables; test_files.py has the messages."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.columns import (
    Columns,
    build_cameras,
    choose_columns,
    count_known,
    is_variable_name,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Position, Row, Table

AT = Position("a.csv", 1)


def table(*headers: str, rows: tuple[tuple[str, ...], ...] = ()) -> Table:
    """Return a table with these headers."""
    lines = tuple(Row(Position("a.csv", number), cells) for number, cells in enumerate(rows, 2))
    return Table(AT, headers, headers, lines)


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("zone", True),
        ("_x9", True),
        ("9x", False),
        ("a b", False),
        ("a-b", False),
        ("class", False),
        ("größe", False),
        ("", False),
    ],
)
def test_names_of_variables_are_those_of_ansible(text: str, is_name: bool) -> None:
    assert is_variable_name(text) is is_name


def test_the_preferred_name_of_a_field_comes_first() -> None:
    columns = choose_columns(table("Host name", "Address", "IP", "MAC", "Serial number", "zone", "Last seen"), {})
    assert columns == Columns({"address": (2, 1, 0), "serial": (4, 3)}, {"zone": 5})


def test_a_mapped_column_is_the_only_one_of_its_field() -> None:
    columns = choose_columns(table("Name", "Camera", "IP"), {"name": "CAMERA", "label": "Name"})
    assert columns == Columns({"name": (1,), "address": (2,)}, {"label": 0})


def test_one_column_may_have_two_uses() -> None:
    columns = choose_columns(table("Name", "IP"), {"name": "Name", "site": "Name"})
    assert columns == Columns({"name": (0,), "site": (0,), "address": (1,)}, {})


def test_mapped_headers_count_as_known() -> None:
    assert count_known(["Name", "Wo", "", "x"], {"site": "WO"}) == 2


def test_groups_are_separated_and_listed_once() -> None:
    rows = (("gate", "axis_gates; outdoors,axis_gates|north"), ("hall", "a\nb"), ("yard", ";"))
    cameras = build_cameras(table("Name", "Groups", rows=rows), {}).cameras
    assert [camera.groups for camera in cameras] == [("axis_gates", "outdoors", "north"), ("a", "b"), ()]


def test_serial_numbers_of_others_are_counted() -> None:
    rows = tuple((f"00112233445{number}",) for number in range(5))
    (warning,) = build_cameras(table("MAC", rows=rows), {}).warnings
    assert warning.startswith(
        "5 serial numbers are not a MAC address of Axis: a.csv, line 2, column MAC: 001122334450; "
    )
    assert "line 4" in warning
    assert "line 5" not in warning
    assert "and 2 more" in warning


def test_a_port_must_be_the_same_in_both_columns() -> None:
    rows = (("192.0.2.1:8443", "8443"), ("192.0.2.2:8443", "443"), ("192.0.2.3", "444"))
    result = build_cameras(table("IP", "axis_port", rows=rows), {})
    assert [dict(camera.variables) for camera in result.cameras] == [{"axis_port": "8443"}, {"axis_port": "444"}]
    assert [problem.position for problem in result.problems] == [Position("a.csv", 3, "IP")]
