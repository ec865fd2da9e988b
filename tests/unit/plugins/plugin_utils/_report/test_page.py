# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the HTML report: what it says, and that no text in it becomes markup or code."""

from __future__ import annotations

from typing import Any

from lxml import html

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import render_html
from tests.unit.plugins.plugin_utils.reports import FLEET, OUTSIDE, failed, host, report, result

REPORT = report(*FLEET, outside=OUTSIDE)
NASTY = ["<script>alert(1)</script>", "=1+1", "a|b", "x\ny", "'; DROP", "]]>", "&amp;", "\u202eabc", "-2", "@x", "\t=1"]


def page(document: dict[str, Any]) -> Any:
    """Parse the page."""
    return html.document_fromstring(render_html(document))


def test_html_has_every_host_and_the_numbers() -> None:
    root = page(REPORT)
    tiles = {tile.get("data-state"): int(tile.get("data-count")) for tile in root.xpath("//div[@data-state]")}
    assert tiles == REPORT["summary"]["states"]
    assert root.xpath("//table[@class='hosts']/tbody/tr/@data-host") == [item["host"] for item in REPORT["hosts"]]
    assert root.xpath("//table[@class='hosts']/tbody/tr/@data-verdict") == [item["verdict"] for item in REPORT["hosts"]]


def test_html_is_self_contained() -> None:
    text = render_html(REPORT)
    root = page(REPORT)
    assert root.xpath("//link | //img | //iframe | //script[@src] | //*[@srcset] | //object | //embed") == []
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    for part in ("http://", "https://", "url(", "@import"):
        assert part not in text


def test_html_escapes_every_text() -> None:
    hosts = [host(name, {**failed(1, message=name), "device": {"host": name, "serial": name}}, name) for name in NASTY]
    root = page(report(*hosts))
    assert len(root.xpath("//script")) == 1
    assert sorted(root.xpath("//table[@class='hosts']/tbody/tr/@data-host")) == sorted(NASTY)


def test_html_of_a_roll_out() -> None:
    assert "nothing was changed" in render_html(REPORT)
    assert "nothing was changed" not in render_html({**REPORT, "run_type": "roll_out"})


def test_percentages_are_rounded_down() -> None:
    hosts = [host(f"c{number}", result(number % 250)) for number in range(2999)]
    assert "99.9% of 3000 hosts" in render_html(report(*hosts, host("x", None)))
