# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names and the comparison of the fields of a group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import (
    FIELDS,
    Field,
    RecordingGroup,
)


def test_fields_have_the_names_and_the_order_of_the_api() -> None:
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
def test_each_field_has_its_own_comparison(name: str, one: object, other: object, same: bool) -> None:
    (field,) = (field for field in FIELDS if field.name == name)
    assert field.same(one, other) is same


def test_every_field_except_the_id_is_compared() -> None:
    names = set(RecordingGroup.__dataclass_fields__)
    assert names - {field.name for field in FIELDS} == {"recording_group_id"}


texts = st.sampled_from(["", "a", "a b", "a\tb", "a=1&b=2", "b=2&a=1", "a=%31"])


@given(st.sampled_from(FIELDS), st.data())
def test_comparison_is_symmetric_and_reflexive(field: Field, data: st.DataObject) -> None:
    values = st.integers(0, 2) if field.is_number else texts
    one, other = data.draw(values), data.draw(values)
    assert field.same(one, one)
    assert field.same(one, other) is field.same(other, one)
