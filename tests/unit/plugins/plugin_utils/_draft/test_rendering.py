# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible reads the variables of a draft as they were written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import strip_tags
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.rendering import render_comment, render_variables

NASTY = (
    *("NO", "yes", "~", "null", "0123", "0o17", "1e3", "12:30:45", "=", "<<", "*a", "&a", "!x", "- a", "? a", ": a"),
    *("", " ", "a\u2028b", "\u2029", "a\x85b", "\0", "\x07", "\ufeff", "\u00e9", "\U0001f4f7", "# a", "a #b", "'", '"'),
    *("a\nb\n", "\r", "\t", "%YAML 1.1", "---", "...", "{{ x }}", "{% x %}", "{# x #}", "{{ axis_serial }}", "@", "`"),
)
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"])))
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**40), 2**40), TEXTS),
    lambda items: st.lists(items, max_size=3) | st.dictionaries(TEXTS, items, max_size=3),
    max_leaves=8,
)


def load(text: str) -> Any:
    """Return what Ansible reads."""
    return strip_tags(DataLoader().load(text))


@given(st.dictionaries(st.sampled_from(["retention_policy_groups", "retention_policy_no_groups"]), VALUES, min_size=1))
@example(
    {"retention_policy_groups": [{"match": {"nice_name": text, "stream_options": {text: text}}} for text in NASTY]}
)
def test_what_is_written_is_read(variables: dict[str, Any]) -> None:
    text = render_variables(variables, ["a\nretention_policy_groups: x", *NASTY], NASTY)
    assert load(text) == variables


@given(TEXTS)
def test_a_text_of_a_device_stays_a_text(device_text: str) -> None:
    text = device_text.replace("{{ axis_serial }}", "")
    loader = DataLoader()
    read = loader.load(render_variables({"name": text}, []))
    assert strip_tags(Templar(loader=loader, variables={"x": "resolved"}).template(read["name"])) == text


def test_the_template_of_the_draft_stays_one() -> None:
    path = [{"recording_group_id": "AxisCS_{{ axis_serial }}_1"}]
    text = render_variables({"retention_policy_groups": path}, [])
    assert "!unsafe" not in text
    assert "!unsafe" in render_variables({"name": "{{ axis_serial }}{{ x }}"}, [])


@pytest.mark.parametrize(("text", "shown"), [("a\ud800b", "a\ufffdb"), ("\udfff", "\ufffd")])
def test_half_characters_are_replaced(text: str, shown: str) -> None:
    assert load(render_variables({"name": text}, [])) == {"name": shown}


def test_a_file_has_comments_and_quoted_texts() -> None:
    variables = {"retention_policy_existing_groups": [{"match": {"nice_name": "NO"}, "retention_time": "30d"}]}
    assert render_variables(variables, ["From 2 cameras"], ["retention_policy_minimum: 7d"]) == (
        "---\n"
        "# From 2 cameras\n"
        "\n"
        "retention_policy_existing_groups:\n"
        "  - match:\n"
        '      nice_name: "NO"\n'
        '    retention_time: "30d"\n'
        "\n"
        "# retention_policy_minimum: 7d\n"
    )


@given(st.lists(st.text()))
def test_a_comment_is_only_a_comment(lines: list[str]) -> None:
    assert yaml.safe_load(render_comment(lines)) is None
