# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page on reliability lists every tested fault, and every test that it names exists."""

from __future__ import annotations

import ast
import re

from tests.playbook import CHECKOUT
from tests.reference.errors import read_kinds
from tests.reliability.fault_cases import FAULT_CASES, read_documented_results

_TEST_REFERENCE = re.compile(r"(test_\w+\.py)::(test_\w+)")
_FAULT_MARK = re.compile(r'mark\.fault\("([^"]+)"\)')
_REFUSALS = CHECKOUT / "plugins" / "module_utils" / "_planner" / "refusals.py"
_GUIDES = CHECKOUT / "docs" / "docsite" / "rst"


def test_page_lists_exactly_the_tested_faults() -> None:
    tests = [path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py")]
    tested = {case.fault for case in FAULT_CASES} | {mark for text in tests for mark in _FAULT_MARK.findall(text)}
    tested |= {f"stream options {form}" for form in ("reordered", "reencoded", "reordered_reencoded")}
    # The sample of test_table.py is not a fault.
    assert set(read_documented_results()) == tested - {"reset"}


def test_every_test_on_the_page_exists() -> None:
    page = (CHECKOUT / "docs" / "reliability.md").read_text(encoding="utf-8")
    references = _TEST_REFERENCE.findall(page)
    assert len(references) > 10
    for file, test in references:
        texts = [path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob(file)]
        assert sum(f"def {test}(" in text for text in texts) == 1, f"{file} has no {test}, or several files have it"


def test_guides_list_every_kind_of_refusal() -> None:
    calls = [node for node in ast.walk(ast.parse(_REFUSALS.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    kinds = {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"Refusal", "RefusalReason"}
        for argument in call.args[:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.islower()
    }
    assert len(kinds) > 5
    # Those of other files: two names of one device, and groups that another client changed.
    kinds |= {"duplicate_device", "conflict", "invalid_option"}
    guide = (_GUIDES / "roll_outs.rst").read_text(encoding="utf-8").partition("\nRefused changes and allowances\n")[2]
    refused = set(re.findall(r"^     - ``(\w+)``$", guide, re.M))
    assert refused == kinds
    assert kinds - read_kinds() == set()
