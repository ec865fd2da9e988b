# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the comparison of two reports in a browser: screen, phone, print, and screen reader."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.comparison_formats import render_html
from tests.browser.conftest import OpenReport
from tests.unit.plugins.plugin_utils._report.test_comparison_formats import FLEET

#: Returns the short words that are in several lines: the text of a range has one rectangle per line.
_BROKEN_WORDS = r"""() => {
  const broken = [];
  for (const cell of document.querySelectorAll('td, th')) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const word of node.data.matchAll(/(?<!\S)[^\s-]{1,14}(?!\S)/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        if (tops.size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility(open_report: OpenReport, scheme: str) -> None:
    page = open_report(FLEET, render=render_html, color_scheme=scheme)
    found = Axe().run(page).response
    assert len(found["passes"]) > 15
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found["violations"]] == []


def test_a_phone_shows_cards_without_scrolling(open_report: OpenReport) -> None:
    page = open_report(FLEET, render=render_html, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.is_visible("thead")
    assert page.get_by_role("table").first.get_by_role("row").count() > 0
    assert Axe().run(page).response["violations"] == []


def test_every_category_is_a_link_to_its_findings(open_report: OpenReport) -> None:
    page = open_report(FLEET, render=render_html)
    links = page.locator(".disks a").all()
    assert len(links) > 5
    for link in links:
        link.click()
        target = page.url.partition("#")[2]
        assert page.locator(f"h2#{target} ~ table").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_short_words_are_whole_and_long_ones_fit(open_report: OpenReport) -> None:
    """A column may be narrow, and a name of a group may have 64 characters without a space."""
    item = {"host": "camera-with-a-long-name-in-the-harbor.example.org", "recording_group_id": "entrance" * 8}
    document = {
        **FLEET,
        "open": [{**FLEET["open"][0], **change} for change in ({"recording_group_id": "NetworkShare"}, item, {})],
    }
    for width in (390, 720, 1280):
        page = open_report(document, render=render_html, viewport={"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.evaluate(_BROKEN_WORDS) == [], width
    page.set_viewport_size({"width": 690, "height": 900})
    page.emulate_media(media="print")
    assert page.evaluate(_BROKEN_WORDS) == []
