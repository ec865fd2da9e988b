# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the checks of the site that need a browser, on pages with faults."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.docsite.checks import find_violations

_PAGE = '<html lang="en"><head><title>x</title></head><body><main><h1>x</h1>{}</main></body></html>'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p>x</p>", None),
        ('<p style="color: #999; background: #fff">Some text</p>', "color-contrast"),
        ('<img src="data:,">', "image-alt"),
        ('<div style="width: 3000px">x</div>', "the page is wider than the screen"),
    ],
)
def test_violation(browser: Browser, body: str, fault: str | None) -> None:
    """Contrast, alternative texts, and the width of the page are checked."""
    page = browser.new_page()
    page.set_content(_PAGE.format(body))
    found = list(find_violations(page))
    page.close()
    assert ([item.partition(":")[0] for item in found]) == ([fault] if fault else [])
