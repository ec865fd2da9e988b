# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the words for parts of a report."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.wording import LABELS, render_field


def test_labels_have_no_underscore() -> None:
    assert not any("_" in label for label in LABELS.values())
    assert LABELS["non_compliant"] == "non-compliant"


@pytest.mark.parametrize(
    ("expected", "found", "text"),
    [
        (720, 24, "retention_time is 24 hours (1 day), expected 720 hours (30 days)"),
        (720, None, "retention_time is nothing, expected 720 hours (30 days)"),
    ],
)
def test_render_field(expected: int, found: int | None, text: str) -> None:
    assert render_field({"field": "retention_time", "expected": expected, "found": found}) == text
