# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Take the pictures of the demo's report for docs/images. Run it with ``make pictures``, after ``make demo``."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.demo.__main__ import REPORTS
from tests.playbook import CHECKOUT

#: By part of the file name, the size of the screen.
SCREENS = {"": (1280, 1000), "phone-": (390, 844)}


def main() -> None:
    """Take a light and a dark picture on each screen."""
    page_of_demo = next(REPORTS.glob("*.html")).as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.ARGUMENTS))
        for name, (width, height) in SCREENS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
                page = context.new_page()
                page.goto(page_of_demo)
                page.screenshot(path=CHECKOUT / "docs" / "images" / f"report-{name}{scheme}.png")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
