# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the report in a browser: numbers, filters, sorting, details, links, print, keyboard, screen reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import render_html
from tests.browser.conftest import OpenReport
from tests.unit.plugins.plugin_utils.reports import FLEET, OUTSIDE, drifted, failed, held, host, report, result

DISK = {
    "disk_id": "SD_DISK",
    "verdict": "short",
    "reason": "The oldest recording is 4.0 days old",
    "cleanup_text": "keeps until space is needed",
    "used_percent": 97.0,
    "wear_percent": 12,
    "oldest": "2026-11-23T08:00:00Z",
    "recordings": 20,
}
REPORT = report(*FLEET, host("c8", result(8, actual={"disks": [DISK]}), "harbour"), outside=OUTSIDE)
ROWS = "table.hosts > tbody > tr"


def large(count: int) -> dict[str, Any]:
    """Build the report of many hosts of several classes."""
    builders = (result, drifted, held, failed)
    hosts = [
        host(f"camera-{number:05}", builders[number % 7 % 4](number % 250), f"site_{number % 9}")
        for number in range(count)
    ]
    return report(*hosts)


LARGE = large(700)


def shown(page: Page) -> list[str]:
    """Return the hosts in the table, from the top."""
    names: list[str] = page.eval_on_selector_all(ROWS, "rows => rows.map(row => row.dataset.host)")
    return names


def status(page: Page) -> str:
    """Return the text about the number of hosts."""
    return page.inner_text("#shown")


def hosts_with(document: dict[str, Any], **values: str) -> list[str]:
    """Return the hosts of the report with these values."""
    return [item["host"] for item in document["hosts"] if values.items() <= item.items()]


def test_numbers_match_the_json(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    summary = REPORT["summary"]
    tiles = page.locator(".tile").all()
    assert {tile.get_attribute("data-state"): int(tile.locator(".number").inner_text()) for tile in tiles} == summary[
        "states"
    ]
    buttons = page.locator(".tile button").all_inner_texts()
    counted = {text.partition(" ")[2].replace(" ", "_"): int(text.partition(" ")[0]) for text in buttons}
    assert counted == {verdict: count for verdict, count in summary["verdicts"].items() if count}
    assert status(page) == f"{summary['hosts']} of {summary['hosts']} hosts"
    assert shown(page) == [item["host"] for item in REPORT["hosts"]]


@pytest.mark.parametrize("verdict", ["drifted", "held", "unverified", "compliant"])
def test_filter_by_verdict(open_report: OpenReport, verdict: str) -> None:
    page = open_report(LARGE)
    page.select_option("#verdict", verdict)
    expected = hosts_with(LARGE, verdict=verdict)
    assert shown(page) == expected[:200]
    assert status(page).startswith(f"{len(expected)} of {len(LARGE['hosts'])} hosts")


def test_filters_combine_and_reset(open_report: OpenReport) -> None:
    page = open_report(LARGE)
    page.select_option("#site", "site_3")
    page.select_option("#severity", "critical")
    expected = [name for name in hosts_with(LARGE, severity="critical") if int(name[-5:]) % 9 == 3]
    assert shown(page) == expected
    page.fill("#search", expected[0].upper())
    assert shown(page) == expected[:1]
    page.fill("#search", "no such camera")
    assert shown(page) == []
    assert status(page) == "0 of 700 hosts"
    page.click("#reset")
    assert status(page).startswith("700 of 700 hosts")


def test_search_finds_closed_details(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    page.fill("#search", "192.0.2.2")
    assert shown(page) == ["c2"]


def test_counts_are_links_to_their_hosts(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    page.click(".tile button[data-verdict=drifted]")
    assert shown(page) == ["c2"]
    page.click("button[data-site=depot]")
    assert shown(page) == ["c4", "c5", "c6", "c7"]
    page.click("button[data-search='disk short']")
    assert shown(page) == ["c8"]


def test_show_more(open_report: OpenReport) -> None:
    page = open_report(LARGE)
    assert len(shown(page)) == 200
    assert status(page) == "700 of 700 hosts, the first 200 shown"
    for count in (400, 600, 700):
        page.click("#more")
        assert len(shown(page)) == count
    assert not page.is_visible("#more")


@pytest.mark.parametrize("column", range(5))
def test_sort_by_each_column(open_report: OpenReport, column: int) -> None:
    page = open_report(REPORT)
    button = page.locator(".hosts th button").nth(column)
    severities = ["info", "cosmetic", "warning", "critical"]
    by_name = {item["host"]: item for item in REPORT["hosts"]}
    sites = {name: ", ".join(site for site in item["sites"] if site != "axis") for name, item in by_name.items()}
    keys = {
        0: lambda name: name,
        1: lambda name: by_name[name]["verdict"].replace("_", " "),
        2: lambda name: severities.index(by_name[name]["severity"]),
        3: lambda name: len(by_name[name]["findings"]),
        4: lambda name: sites[name],
    }
    if column == 0:  # the initial order
        button.click()
    for direction, is_down in (("ascending", False), ("descending", True)):
        button.click()
        order = [keys[column](name) for name in shown(page)]
        assert order == sorted(order, reverse=is_down)
        marked = page.eval_on_selector_all(".hosts th[aria-sort]", "all => all.map(one => one.ariaSort)")
        assert marked == [direction]


def test_details_open_with_the_keyboard(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    details = page.locator("tr[data-host=c2] details")
    assert details.get_attribute("open") is None
    page.focus("tr[data-host=c2] summary")
    page.keyboard.press("Enter")
    assert details.get_attribute("open") is not None
    text = details.inner_text()
    for part in ("720 hours (30 days)", "24 hours (1 day)", "ACCC8E000002", "me@example.com"):
        assert part in text


def test_a_link_restores_filters_and_order(open_report: OpenReport) -> None:
    page = open_report(LARGE)
    page.select_option("#verdict", "drifted")
    page.fill("#search", "camera-0001")
    page.locator(".hosts th button").nth(4).click()
    page.locator(".hosts th button").nth(4).click()
    mine = shown(page)
    fragment = "#" + page.url.partition("#")[2]
    other = open_report(LARGE, fragment)
    assert shown(other) == mine
    assert other.input_value("#search") == "camera-0001"
    assert other.input_value("#verdict") == "drifted"


def test_a_link_to_a_host_opens_its_details(open_report: OpenReport) -> None:
    page = open_report(LARGE, "#host=camera-00650")
    row = page.locator("tr[data-host=camera-00650]")
    assert row.locator("details").get_attribute("open") is not None
    page.wait_for_function("() => document.querySelector('tr.linked').getBoundingClientRect().top < innerHeight")


def test_print_has_all_matching_hosts_with_details(open_report: OpenReport) -> None:
    page = open_report(LARGE)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(shown(page)) == 700
    closed = page.eval_on_selector_all(
        f"{ROWS} details:not([open])", "all => [...new Set(all.map(one => one.closest('tr').dataset.verdict))]"
    )
    assert closed == ["compliant"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(shown(page)) == 200
    assert page.locator("details[open]").count() == 0
    page.emulate_media(media="print")
    assert not page.is_visible("#search")
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("width", [360, 800, 1280, 1920])
def test_no_horizontal_scrolling(open_report: OpenReport, width: int) -> None:
    page = open_report(REPORT, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_accessibility(open_report: OpenReport, scheme: str, width: int) -> None:
    page = open_report(REPORT, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.eval_on_selector_all("details", "all => { for (const one of all) one.open = true; }")
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found["violations"]] == []


def test_all_hosts_without_javascript(open_report: OpenReport) -> None:
    page = open_report(LARGE, java_script_enabled=False)
    assert page.locator(ROWS).count() == 700


def test_no_text_is_executed(open_report: OpenReport) -> None:
    nasty = [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</script><script>alert(1)</script>",
        "{{ 7*7 }}",
    ]
    hosts = [host(name, failed(1, message=name), name) for name in nasty]
    page = open_report(report(*hosts, host("plain", result(1))))
    for name in nasty:
        page.fill("#search", name)
        assert name in shown(page)
        page.select_option("#site", name)
        page.click("#reset")
    assert page.locator("img").count() == 0


def test_five_thousand_hosts(open_report: OpenReport, record_property: Any, capsys: pytest.CaptureFixture[str]) -> None:
    document = large(5000)
    size = len(render_html(document).encode())
    assert size < 10_000_000
    page = open_report(document)
    seconds = page.evaluate(
        """() => {
          const search = document.getElementById("search");
          const times = {};
          for (const text of ["camera-049", "unreachable", ""]) {
            const begin = performance.now();
            search.value = text;
            search.dispatchEvent(new Event("input"));
            document.body.offsetHeight;
            times[text || "everything"] = Math.round(performance.now() - begin);
          }
          return times;
        }"""
    )
    assert status(page) == "5000 of 5000 hosts, the first 200 shown"
    text = f"5,000 hosts: {size / 1e6:.1f} MB; search times in ms: {json.dumps(seconds)}"
    record_property("filter", text)
    with capsys.disabled():
        print(f"\n{text}")
