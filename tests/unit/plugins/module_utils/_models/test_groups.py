# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records: usable disks, texts as an XML attribute keeps them, and the names of the fields."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    FIELDS,
    Disk,
    Field,
    RecordingGroup,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text, same_text

# What XML 1.0 can carry at all.
XML_TEXT = st.text(
    st.sampled_from(" \t\n\r\"&<>'\u0085\u2028a")
    | st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"),
)


@pytest.mark.parametrize(
    ("status", "locked", "readonly", "reason"),
    [
        ("OK", False, False, None),
        ("connected", False, False, None),
        ("OK", True, False, "locked"),
        ("OK", False, True, "read-only"),
        ("OK", True, True, "locked"),
        ("disconnected", False, False, "disconnected"),
        ("failed", True, True, "failed"),
        ("no passphrase", False, False, "no passphrase"),
        ("wrong passphrase", False, False, "wrong passphrase"),
        ("not encrypted", False, False, "not encrypted"),
    ],
)
def test_a_disk_says_why_it_cannot_be_used(status: str, locked: bool, readonly: bool, reason: str | None) -> None:
    assert Disk("SD_DISK", status, locked, readonly).unusable == reason


@settings(max_examples=150, deadline=None, database=None)
@given(XML_TEXT)
def test_a_folded_text_is_what_an_xml_attribute_gives_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    assert fold_text(text) == ElementTree.fromstring(f'<a b="{escaped}"/>').get("b")


@settings(max_examples=50, deadline=None, database=None)
@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Door", "Door", True),
        ("Door", "door", False),
        ("Door\n", "Door ", True),
        ("Door\n", "Door", False),
        ("a\r\nb", "a b", True),
        ("a\r\nb", "a  b", False),
        ("a\n\nb", "a  b", True),
        ("a\n\nb", "a b", False),
        ("a\tb", "a\nb", True),
        ("a\rb", "a b", True),
        ("a\u00a0b", "a b", False),
        ("", "", True),
        ("", " ", False),
    ],
)
def test_texts_are_equal_but_for_line_breaks_and_tabs(one: str, other: str, same: bool) -> None:
    assert same_text(one, other) is same
    assert same_text(other, one) is same  # pylint: disable=arguments-out-of-order


def test_the_fields_have_the_names_of_the_api_in_its_order() -> None:
    assert [(field.name, field.argument, field.attribute, field.is_number) for field in FIELDS] == [
        ("nice_name", "nicename", "NiceName", False),
        ("description", "description", "Description", False),
        ("retention_time", "retentiontime", "RetentionTime", True),
        ("disk_id", "diskid", "DiskId", False),
        ("stream_options", "streamoptions", "StreamOptions", False),
        ("pre_duration", "preduration", "PreDuration", True),
        ("post_duration", "postduration", "PostDuration", True),
    ]


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        ("nice_name", "a\tb", "a b", True),
        ("description", "a\nb", "a b", True),
        ("retention_time", 720, 720, True),
        ("retention_time", 720, 0, False),
        ("disk_id", "SD_DISK", "SD_DISK", True),
        ("disk_id", "SD_DISK", "sd_disk", False),
        ("stream_options", "a=1&b=2", "b=2&a=1", True),
        ("description", "a=1&b=2", "b=2&a=1", False),
        ("pre_duration", 0, 1, False),
        ("post_duration", 5000, 5000, True),
    ],
)
def test_each_field_is_compared_by_its_meaning(name: str, one: object, other: object, same: bool) -> None:
    (field,) = (field for field in FIELDS if field.name == name)
    assert field.same(one, other) is same


def test_every_field_of_a_group_but_its_id_is_compared() -> None:
    names = set(RecordingGroup.__dataclass_fields__)
    assert names - {field.name for field in FIELDS} == {"recording_group_id"}


LINE_ENDS = st.text("\r\n\t a", max_size=3)


@given(LINE_ENDS, LINE_ENDS)
@settings(max_examples=400)
def test_two_texts_are_the_same_where_an_attribute_makes_the_same_of_them(one: str, other: str) -> None:
    def given_back(text: str) -> str | None:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        return ElementTree.fromstring(f'<a b="{escaped}"/>').get("b")

    assert same_text(one, other) is (given_back(one) == given_back(other))
    assert same_text(one, fold_text(one))


values = st.sampled_from(["", "a", "a b", "a\tb", "a=1&b=2", "b=2&a=1", "a=%31"]) | st.integers(0, 2)


@given(st.sampled_from(FIELDS), values, values)
def test_equal_means_the_same_both_ways_and_each_value_is_equal_to_itself(
    field: Field, one: str | int, other: str | int
) -> None:
    assume(isinstance(one, int) is isinstance(other, int) is field.is_number)
    assert field.same(one, one)
    assert field.same(one, other) is field.same(other, one)
