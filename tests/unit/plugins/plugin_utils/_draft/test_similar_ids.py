# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Globs for the IDs and names of groups."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.similar_ids import (
    build_id_globs,
    build_name_glob,
    escape_id,
    escape_text,
    limit_id_glob,
    parse_text,
)

SERIALS = ("ACCC8E000001", "B8A44F0000F2")
GUIDS = ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "9b2f7c1e-0d3a-4b52-8f6e-1c7d2a4b5e60")


@pytest.mark.parametrize(
    ("ids", "globs"),
    [
        (["High_0001"], ["High_0001"]),
        (["High_0001", "High_0002"], ["High_[0-9][0-9][0-9][0-9]", "High_000[0-9]"]),
        (["Stream1", "Stream2"], ["Stream[0-9]"]),
        (["mil-0012", "mil-0034"], ["mil-[0-9][0-9][0-9][0-9]", "mil-00[0-9][0-9]"]),
        (["mil-cam-00d2", "mil-cam-01a7"], ["mil-cam-????", "mil-cam-0[0-9][0-9a-f][0-9]"]),
        ([f"AxisCS_{SERIALS[0]}_1", f"AxisCS_{SERIALS[1]}_1"], ["AxisCS_????????????_1"]),
        ([f"AxisCS_{SERIALS[0]}_1", f"AxisCS_{SERIALS[1]}_2"], ["AxisCS_????????????_[0-9]"]),
        (list(GUIDS), ["????????-????-????-????-????????????"]),
        (["a.b"], ["a?b"]),
        (["a" * 30 + "b" * 30], ["a" * 25 + "*" + "b" * 24]),
    ],
)
def test_the_narrowest_glob_for_ids(ids: list[str], globs: list[str]) -> None:
    built = build_id_globs([parse_text(item, None) for item in ids])
    assert list(built[: len(globs)]) == globs
    assert all(fnmatchcase(item, glob) for item in ids for glob in built)


def test_other_ids_of_a_convention_make_a_part_variable() -> None:
    """``cam10`` alone, beside ``cam1`` and ``cam2``: so many digits, and no other characters."""
    one, *others = (parse_text(item, None) for item in ("cam10", "cam1", "cam2"))
    assert build_id_globs([one], [one, *others]) == ("cam[0-9][0-9]", "cam10")


@pytest.mark.parametrize(
    ("recording_group_id", "serial", "pattern", "number"),
    [
        ("High_0001", None, "High_~~~~", "High_0001"),
        ("High_10", None, "High_~~", "High_10"),
        ("AxisCS_ACCC8E000001_1", None, "AxisCS_~~~~~~~~~~~~_~", "AxisCS_~~~~~~~~~~~~_1"),
        ("axisaccc8e000001main", "ACCC8E000001", "axis~~~~~~~~~~~~main", "axis~~~~~~~~~~~~main"),
        ("mil-cam-00d2", None, "mil-cam-~~~~", "mil-cam-~~~~"),
        ("mil-cam-0012", None, "mil-cam-~~~~", "mil-cam-0012"),
        ("main", None, "main", "main"),
        (f"{{{GUIDS[0]}}}", None, "{~~~~~~~~-~~~~-~~~~-~~~~-~~~~~~~~~~~~}", "{~~~~~~~~-~~~~-~~~~-~~~~-~~~~~~~~~~~~}"),
    ],
)
def test_variable_parts_of_ids(recording_group_id: str, serial: str | None, pattern: str, number: str) -> None:
    template = parse_text(recording_group_id, serial)
    assert (template.pattern_key, template.number_key) == (pattern.replace("~", "\0"), number.replace("~", "\0"))


def test_a_family_has_ids_with_other_numbers_of_digits() -> None:
    assert {parse_text(item, None).family_key for item in ("cam_1", "cam_10", "cam_00d2")} == {"cam_\0"}


@pytest.mark.parametrize(
    ("recording_group_id", "expected"),
    [("High_1", True), ("mil-cam-00d2", True), (GUIDS[0], False), ("17", False), ("00d2-17", False), ("", False)],
)
def test_an_id_without_letters_of_its_own_has_no_convention(recording_group_id: str, expected: bool) -> None:
    assert parse_text(recording_group_id, None).has_convention is expected


@pytest.mark.parametrize(
    ("names", "glob"),
    [
        (["High"], "High"),
        (["Camera 1 High", "Camera 2 High"], "Camera [0-9] High"),
        (["Camera 10 High", "Camera 12 High"], "Camera [0-9][0-9] High"),
        ([f"High {SERIALS[0]}_0", f"High {SERIALS[1]}_0"], "High ????????????_0"),
        (["Door [1]"], "Door [[]1]"),
        (["what?*"], "what[?][*]"),
        (["{{ secret }}"], "?? secret ??"),
    ],
)
def test_the_narrowest_glob_for_names(names: list[str], glob: str) -> None:
    assert build_name_glob([parse_text(item, None) for item in names]) == glob
    assert all(fnmatchcase(item, glob) for item in names)


@given(st.text(max_size=60))
def test_an_escaped_text_matches_itself(text: str) -> None:
    glob = escape_text(text)
    assert fnmatchcase(text, glob)
    assert "{" not in glob
    assert fnmatchcase(text, limit_id_glob(escape_id(text)))


@given(st.text("*?[]ab", max_size=6), st.text("*?[]ab", max_size=6))
def test_an_escaped_text_matches_no_other(text: str, other: str) -> None:
    assert fnmatchcase(other, escape_text(text)) == (other == text)
