# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters are equal if they have the same clauses; nothing else of an XPath is rearranged."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ansible_collections.camfleet.axis.plugins.module_utils._models.message_filter import canonical_filter

PORT = '//SimpleItem[@Name="port" and @Value="1"]'
STATE = '//SimpleItem[@Name="state" and @Value="0"]'


def same(one: str, other: str) -> bool:
    """Return whether two filters are equal."""
    return canonical_filter(one) == canonical_filter(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"boolean({PORT} and {STATE})", f"boolean({STATE} and {PORT})"),
        (f"boolean({PORT}) and boolean({STATE})", f"boolean({STATE}) and boolean({PORT})"),
        # The operands of "and" are converted to Booleans anyway.
        (f"boolean({PORT} and {STATE})", f"boolean({STATE}) and boolean({PORT})"),
        (
            f"boolean({PORT})",
            "boolean(//SimpleItem[@Value = '1' and @Name='port'])",
        ),
        ("a and b and c", "c and (b and a)"),
        ("((a)) and b", "b and a"),
        ("not(a and b)", "not(b and a)"),
        ("(a and b) or c", "(b and a) or c"),
        ("a and b or c", "(b and a) or c"),
        ("x[a and b]/y[c and d]", "x[b and a]/y[d and c]"),
        ("count(x[a and b]) = 2", "count( x[b and a] )=2"),
        ("f(1, a and b)", "f(1, b and a)"),
        ("and and or", "or and and"),
        ("//* and //b", "//b and //*"),
        ("@and and $or", "$or and @and"),
        ('a["x and y"] and b', "b and a['x and y']"),
        ("""a['"'] and b""", """b and a['"']"""),
    ],
)
def test_order_of_clauses_does_not_matter(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a and b", "a or b"),
        ("a and a", "a"),
        ("a and b and b", "a and a and b"),
        ("a and (b or c)", "(a and b) or c"),
        ("a and b or c", "a and (b or c)"),
        ("a or b and c", "(a or b) and c"),
        ("not(a) and b", "not(a and b)"),
        ("not(a) and b", "a and not(b)"),
        ("x[a and b]", "x[a] and x[b]"),
        ("x[a]/y[b and c]", "x[a and b]/y[c]"),
        ("x[1]", "x[boolean(1)]"),
        ("(x)[1]", "x[1]"),
        ("f(a, b)", "f(b, a)"),
        ("f(a, b)", "f(a and b)"),
        ("a - b", "b - a"),
        ("a = b and c", "a = (b and c)"),
        ("""x['a" and "b']""", """x["a" and "b"]"""),
        ("""x["it's"]""", """x["its"]"""),
        ('x["a and b"]', 'x["b and a"]'),
        ('x["b or a"] and y', 'x["b"] or y'),
        ("(a", "a"),
        ("(a]", "(a)"),
        ("a)", "a"),
        ("a and", "and a"),
        ("", "a"),
    ],
)
def test_other_filters_differ(one: str, other: str) -> None:
    assert not same(one, other)


names = st.sampled_from(["a", "b", "c", "//a", "not(b)", "a[b and c]", "boolean(a)", "1 = 1"])
expressions = st.recursive(
    names,
    lambda inner: st.one_of(
        st.tuples(st.lists(inner, min_size=2, max_size=3), st.sampled_from([" and ", " or "])).map(
            lambda pair: pair[1].join(pair[0])
        ),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"boolean({text})"),
        inner.map(lambda text: f"not({text})"),
    ),
    max_leaves=6,
)
DOCUMENTS = [
    etree.fromstring(f"<m>{''.join(f'<{name}><b/></{name}>' for name in combination)}</m>")
    for combination in ("", "a", "b", "c", "ab", "bc", "ac", "abc")
]


@given(st.lists(expressions, min_size=2, max_size=2))
def test_equal_filters_have_equal_results(pair: list[str]) -> None:
    one, other = pair
    if same(one, other):
        for document in DOCUMENTS:
            assert document.xpath(f"boolean({one})") == document.xpath(f"boolean({other})")


@given(st.lists(expressions, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_shuffled_clauses_are_equal(clauses: list[str], randomness: random.Random) -> None:
    clauses = [f"({clause})" for clause in clauses]
    shuffled = randomness.sample(clauses, len(clauses))
    assert same(f"boolean({' and '.join(clauses)})", " and ".join(shuffled))


@given(st.text(st.sampled_from("ab()[],'\" andor*@/"), max_size=30))
def test_any_text_has_a_canonical_form(text: str) -> None:
    assert same(text, text)


@pytest.mark.parametrize(
    "text", ["(" * 20_000, ")" * 20_000, "(" * 20_000 + "a" + ")" * 20_000, "[" * 20_000, "a and " * 6000, "'" * 30_001]
)
def test_hostile_texts_are_compared(text: str) -> None:
    assert same(text, text)
    assert not same(text, f"{text} and b")
