# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that a file repeats."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._repeated import (
    build_ini_variants,
    build_variants,
    find_repeated,
    has_any,
)


def is_wanted(name: str) -> bool:
    """Return whether a test compares a variable."""
    return name.startswith("h")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("- a\n- b\n", []),
        ("{{ not yaml", []),
        ("h: 1\nx: 1\nx: 2\n", []),
        ("h: 1\nh: 1\n", []),
        ("h: 1\nx: 0\nh: 2\nh: 3\n", [(1, 1), (3, 2)]),
        ('{"h": 1,\t"h": 2}', [(None, 1)]),
        ("x: &x\n  h: 1\nh: 2\n<<: *x\n", [(2, 1)]),
        ("x: &x {h: 1}\ny: &y {h: 2}\n<<: [*x, *y]\n", [(2, 2)]),
        # Within a variable, only a repeated key loses a value.
        ("h:\n  - id: a\n    id: b\n", [(1, [{"id": "a"}])]),
        ("x: &x {id: a, owner: c}\nh:\n  - *x\n  - <<: *x\n    id: b\n", []),
        ("h: !vault |\n  1\nh: !vault |\n  1\n", []),
        ("h: !unsafe a\nh: !unsafe b\n", [(1, "!unsafe 'a'\n")]),
        # Core does not read it, either.
        ("h: 1\nh: 2\n? [a]\n: 1\n", []),
    ],
)
def test_earlier_values_of_variables_are_found(text: str, expected: list[tuple[int | None, Any]]) -> None:
    assert [(key.line, value) for key, value in find_repeated(text, is_wanted)] == expected


def test_each_value_of_a_repeated_key_is_in_a_variant() -> None:
    text = "axis:\n  vars: {h: 1, h: 2}\naxis:\n  vars: {h: 3}\n  hosts:\n    c0: {h: 4}\n    c0: {x: 5}\nsite:\n"
    variants = build_variants(text, is_wanted)
    assert variants[-1] == yaml.safe_load(text)
    assert [variant["axis"]["vars"]["h"] for variant in variants] == [1, 2, 3, 3]
    assert {json.dumps(variant["axis"].get("hosts")) for variant in variants} >= {
        '{"c0": {"h": 4}}',
        '{"c0": {"x": 5}}',
    }


@given(
    st.recursive(
        st.integers(),
        lambda inside: st.lists(st.tuples(st.sampled_from("abh"), inside), max_size=3),
        max_leaves=12,
    )
)
def test_the_last_variant_is_what_other_readers_return(value: Any) -> None:
    """No value is in none of the variants."""

    def write(item: Any) -> str:
        pairs = ", ".join(f'"{key}": {write(inside)}' for key, inside in item) if isinstance(item, list) else None
        return str(item) if pairs is None else f"{{{pairs}}}"

    text = write(value)
    variants = build_variants(text, is_wanted)
    assert variants[-1] == json.loads(text)

    def numbers(item: Any) -> set[int]:
        inside = [pair[1] for pair in item] if isinstance(item, list) else list(getattr(item, "values", list)())
        return {item} if isinstance(item, int) else {number for part in inside for number in numbers(part)}

    assert {number for variant in variants for number in numbers(variant)} == numbers(value)


def test_repeated_variable_of_a_host_line() -> None:
    text = "c0 h=1 x='a b' h=2 # h=3\n[axis:vars]\nh=[{'a': 'h=1', 'b': 'h=2'}]\n[site]\nc1 h=1\n'\n"
    first, last = build_ini_variants(text)
    assert last == text
    assert first.splitlines()[0] == "c0 h=2 'x=a b' h=1"
    assert first.splitlines()[1:] == text.splitlines()[1:]
    assert build_ini_variants("[axis]\nc0 h=1\n") == ["[axis]\nc0 h=1\n"]


def test_words_of_a_text_are_counted() -> None:
    assert [has_any("h: 1\nx: 1\nx: 2", is_wanted, count) for count in (1, 2)] == [True, False]
    assert has_any("h: 1\nh: 2", is_wanted, 2)
