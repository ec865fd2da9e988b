# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of error kinds has every kind of the code, with a message that the code can build."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils import _errors
from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._vapix import action_service, recording_groups
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import DUPLICATE
from tests.playbook import CHECKOUT
from tests.reference.errors import PAGE, read_kinds, read_messages
from tests.reference.pages import LABEL

MESSAGES = read_messages()
RAISING = {name for name, value in vars(_errors).items() if isinstance(value, type) and issubclass(value, AxisError)}
REFUSING = {"Refusal", "RefusalReason"}
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@cache
def trees() -> list[ast.Module]:
    """Return the parsed files of the collection."""
    return [ast.parse(path.read_text(encoding="utf-8")) for path in (CHECKOUT / "plugins").rglob("*.py")]


def find_kinds() -> Iterator[str]:
    """Yield the kinds that errors and refusals are built with."""
    for call in (node for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        # A refusal has the change first.
        if name in RAISING or (name == "__init__" and len(call.args) > 1):
            candidates = call.args[:1]
        else:
            candidates = call.args[:2] if name in REFUSING else []
        # The kind may depend on a condition.
        for node in candidates:
            for part in (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.isidentifier():
                    yield part.value
    for table in (recording_groups._CODES, action_service._FAULTS, action_service._SUBCODES):
        yield from (kind for kind, _next_step in table.values())
    yield DUPLICATE


@cache
def templates() -> list[re.Pattern[str]]:
    """Return the texts of the code as regular expressions."""
    found = []
    for node in (node for tree in trees() for node in ast.walk(tree)):
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 10:
            parts = [".*".join(map(re.escape, PLACEHOLDER.split(node.value)))]
        else:
            continue
        if len(re.sub(r"\W", "", "".join(part for part in parts if part != ".*"))) > 10:
            found.append(re.compile("".join(parts)))
    return found


def test_the_page_has_every_kind() -> None:
    assert {*find_kinds()} == read_kinds()


@pytest.mark.parametrize("kind", MESSAGES)
def test_the_code_builds_the_message(kind: str) -> None:
    message = MESSAGES[kind]
    assert any(template.match(message) for template in templates()), message


def test_each_kind_has_a_label_and_a_next_step() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind in MESSAGES:
        assert page.count(f".. _{LABEL}.errors.{kind}:\n\n``{kind}``\n") == 1
    assert page.count("   :What to do: ") == page.count("   :Written: ") == len(MESSAGES)
