# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IDs that are derived from names: pinned, valid, and the same however a device or a user writes the name."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._models.group_id import derive_group_id
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


# Never change an ID here: groups on devices would be created again. printf %s NAME | sha256sum | cut -c 1-8
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Entrance", "Entrance-de7b4d0c"),
        ("entrance", "entrance-3902eb87"),
        ("T\u00fcr 1", "Tur-1-f6ad66b0"),
        ("Tu\u0308r 1", "Tur-1-f6ad66b0"),
        ("  T\u00fcr \n 1\n", "Tur-1-f6ad66b0"),
        ("\u9580", "group-7a4c7a7d"),
        ("50 %", "50-97945fd3"),
        ("_a_", "_a_-dee5fddd"),
        ("--a--", "a-971a854a"),
        (
            "Car park - north / level 2 (left side, behind the barrier)",
            "Car-park-north-level-2-left-side-behind-t-6b41066d",
        ),
    ],
)
def test_derived_ids_never_change(name: str, expected: str) -> None:
    assert derive_group_id(name) == expected


@given(names)
def test_derived_ids_are_valid(name: str) -> None:
    assert re.fullmatch("[A-Za-z0-9_-]{1,50}", derive_group_id(name))


@given(names)
def test_every_form_of_a_name_has_the_same_id(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert derive_group_id(unicodedata.normalize(form, f" {name}\n")) == derive_group_id(name)


@given(names, names)
def test_different_names_have_different_ids(one: str, other: str) -> None:
    assert (derive_group_id(one) == derive_group_id(other)) is (fold_text(one) == fold_text(other))
