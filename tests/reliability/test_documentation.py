# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page on reliability has every fault, and every test that it names is there."""

from __future__ import annotations

import re

from tests.playbook import CHECKOUT
from tests.reliability.trials import TRIALS, documented

_TEST = re.compile(r"(test_\w+\.py)::(test_\w+)")
_MARK = re.compile(r'mark\.fault\("([^"]+)"\)')


def test_every_fault_is_on_the_page_and_every_row_is_tried() -> None:
    tests = [path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py")]
    tried = {trial.fault for trial in TRIALS} | {mark for text in tests for mark in _MARK.findall(text)}
    tried |= {f"stream options {form}" for form in ("reordered", "reencoded", "reordered_reencoded")}
    # The sample of test_table.py is no fault.
    assert set(documented()) == tried - {"reset"}


def test_every_test_on_the_page_exists() -> None:
    page = (CHECKOUT / "docs" / "reliability.md").read_text(encoding="utf-8")
    named = _TEST.findall(page)
    assert len(named) > 10
    for file, test in named:
        (path,) = (CHECKOUT / "tests").rglob(file)
        assert f"def {test}(" in path.read_text(encoding="utf-8"), f"{file} has no {test}"
