# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records name where they are from."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import ListedCamera, Position, Problem


@pytest.mark.parametrize(
    ("position", "text"),
    [
        (Position("cameras.csv"), "cameras.csv"),
        (Position("cameras.csv", 3), "cameras.csv, line 3"),
        (Position("cameras.csv", 3, "Site"), "cameras.csv, line 3, column Site"),
        (Position("b.xlsx", sheet="Cameras"), "b.xlsx, sheet Cameras"),
        (Position("b.xlsx", 3, "C (Site)", "Cameras"), "b.xlsx, sheet Cameras, row 3, column C (Site)"),
    ],
)
def test_a_position_names_the_place(position: Position, text: str) -> None:
    assert str(position) == text


def test_a_problem_is_one_line_with_its_next_step() -> None:
    problem = Problem(Position("cameras.csv", 2, "MAC"), "'x' is not a serial number", "Correct it.")
    assert str(problem) == "cameras.csv, line 2, column MAC: 'x' is not a serial number. Correct it."


def test_a_camera_names_the_cell_of_a_field() -> None:
    camera = ListedCamera(Position("cameras.csv", 2), name="gate", columns={"name": "Device"})
    assert camera.position_of("name") == Position("cameras.csv", 2, "Device")
    assert camera.position_of("site") == Position("cameras.csv", 2)


def test_a_position_has_no_control_characters() -> None:
    position = Position("a\x1b.xlsx", 2, "B (IP\u202e)", "S\x07")
    assert str(position) == r"a\x1b.xlsx, sheet S\x07, row 2, column B (IP\u202e)"
