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
from tests.unit.plugins.plugin_utils.reports import (
    FLEET,
    OUTSIDE,
    drifted,
    failed,
    finding,
    held,
    host,
    report,
    result,
)

ACTUAL = {"time_source": "device", "checked_at": "2026-11-27T08:00:00Z", "tolerance": 24, "unavailable": []}
ROWS = "table.hosts > tbody > tr"


def disk(number: int, verdict: str, severity: str) -> dict[str, Any]:
    """Build the result of a host whose disk has this verdict."""
    reason = "The oldest recording is 44.0 days old"
    found = {
        "disk_id": "SD_DISK",
        "verdict": verdict,
        "severity": severity,
        "reason": reason,
        "status": "OK",
        "used_percent": 97.0,
        "free_size_text": "3 GB",
        "wear_percent": 12,
        "cleanup_max_age": None,
        "cleanup_text": "keeps until space is needed",
        "groups": [],
        "recordings": 20,
        "oldest": "2026-10-14T08:00:00Z",
        "newest": "2026-11-27T08:00:00Z",
        "age_hours": 1056,
    }
    about = {"recording_group_id": None, "nice_name": None, "disk_id": "SD_DISK", "reason": reason}
    findings = [finding(), *([finding(verdict, severity, **about)] if verdict != "met" else [])]
    return result(number, *findings, actual={**ACTUAL, "disks": [found]}, compliant=verdict == "met")


REPORT = report(
    *FLEET,
    host("c8", disk(8, "short", "warning"), "harbor"),
    host("c9", disk(9, "overdue", "critical"), "harbor"),
    host("c10", disk(10, "met", "info"), "harbor"),
    host("c11", drifted(11, 2160, "warning"), "harbor"),
    outside=OUTSIDE,
)
#: Worst first: critical, other non-compliant, unverified, and compliant hosts, each by name.
ORDER = ["c2", "c9", "c8", "c11", "c3", "c4", "c5", "c6", "c7", "c1", "c10"]
TREND = [
    {"created": f"2026-11-{day:02}T08:00:00Z", "run_id": None, "compliant": day, "non_compliant": 9, "unverified": 2}
    for day in (20, 21, 22)
]


def large(count: int) -> dict[str, Any]:
    """Build the report of many hosts of several classes, with a model and firmware each."""
    builders = (
        lambda number: disk(number, "met", "info"),
        drifted,
        held,
        failed,
        lambda number: disk(number, "overdue", "critical"),
    )
    hosts = []
    for number in range(count):
        registered = builders[number % 7 % 5](number % 250)
        if "compliant" in registered:
            registered["device"] |= {"model": "AXIS P3265-LVE", "firmware": "12.9.57"}
        hosts.append(host(f"camera-{number:05}", registered, f"site_{number % 9}"))
    return report(*hosts)


LARGE = large(700)
#: By builder in ``large``, how many of 700 hosts it has built.
COUNTS = {"compliant": 200, "drifted": 200, "held": 100, "unverified": 100, "failing_disk": 100}


def shown(page: Page) -> list[str]:
    """Return the hosts in the table, from the top."""
    names: list[str] = page.eval_on_selector_all(ROWS, "rows => rows.map(row => row.dataset.host)")
    return names


def status(page: Page) -> str:
    """Return the text about the number of hosts."""
    return page.inner_text("#shown")


def hosts_with(document: dict[str, Any], **values: str) -> set[str]:
    """Return the hosts of the report with these values."""
    return {item["host"] for item in document["hosts"] if values.items() <= item.items()}


def test_numbers_match_the_json(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    tiles = page.locator(".tile").all()
    numbers = {tile.get_attribute("data-state"): int(tile.locator(".number").inner_text()) for tile in tiles}
    assert numbers == {"non_compliant": 5, "unverified": 4, "compliant": 2}
    assert numbers == REPORT["summary"]["states"]
    assert page.locator(".tile li").all_inner_texts() == [
        *("2 drifted", "2 failing disk", "1 held"),
        *("1 unsupported", "1 unverified", "1 not attempted", "1 not in run"),
        *("1 settings and recordings", "1 settings only"),
    ]
    assert [text.partition("%")[0] for text in page.locator(".tile .percent").all_inner_texts()] == [
        "45.4",
        "36.4",
        "18.2",
    ]
    assert status(page) == "11 of 11 hosts"
    assert shown(page) == ORDER


def test_the_first_screen_says_what_to_do(open_report: OpenReport) -> None:
    for width, height in ((1280, 800), (390, 844)):
        page = open_report(REPORT, viewport={"width": width, "height": height})
        first = page.locator(".to-do li").first
        assert " ".join(first.inner_text().split()) == (
            "1 host critical Recordings are older than the policy allows (privacy) "
            "Find out why the device does not delete these recordings, and delete those that must not be kept."
        )
        box = first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < height
    page = open_report(REPORT)
    urgencies = page.locator(".to-do .urgency").all_inner_texts()
    assert urgencies == [*["critical"] * 2, *["warning"] * 2, *["unverified"] * 4, "info"]


def test_filter_by_verdict(open_report: OpenReport) -> None:
    page = open_report(LARGE)
    for verdict, count in COUNTS.items():
        page.select_option("#verdict", verdict)
        assert status(page).startswith(f"{count} of 700 hosts")
        found = shown(page)
        assert len(found) == 100
        assert {*found} <= hosts_with(LARGE, verdict=verdict)


def test_filters_combine_and_reset(open_report: OpenReport) -> None:
    page = open_report(LARGE)
    page.select_option("#site", "site_3")
    page.select_option("#severity", "critical")
    expected = sorted(name for name in hosts_with(LARGE, severity="critical") if int(name[-5:]) % 9 == 3)
    assert shown(page) == expected
    assert page.inner_text("#filtered") == "Only severity: critical; site: site_3"
    page.fill("#search", expected[0].upper())
    assert shown(page) == expected[:1]
    page.fill("#search", "no such camera")
    assert shown(page) == []
    assert status(page) == "0 of 700 hosts"
    page.click("#reset")
    assert status(page).startswith("700 of 700 hosts")
    assert page.inner_text("#filtered") == ""


#: By filter and value, the hosts.
FILTERS = [
    ("state", "non_compliant", ["c2", "c9", "c8", "c11", "c3"]),
    ("verified", "recordings", ["c9", "c8", "c10"]),
    ("verified", "settings", ["c2", "c11", "c3", "c1"]),
    ("verified", "nothing", ["c4", "c5", "c6", "c7"]),
    ("severity", "critical", ["c2", "c9"]),
    ("severity", "warning", ["c8", "c11"]),
    ("reason", "disk_overdue", ["c9"]),
    ("disk", "overdue", ["c9"]),
    ("disk", "met", ["c10"]),
    ("site", "depot", ["c4", "c5", "c6", "c7"]),
    ("retention", "720-24", ["c2"]),
]


def test_each_filter(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    for control, value, hosts in FILTERS:
        page.select_option(f"#{control}", value)
        assert shown(page) == hosts, (control, value)
        page.select_option(f"#{control}", "")
    assert shown(page) == ORDER


def test_search_finds_closed_details(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    page.fill("#search", "192.0.2.11")
    assert shown(page) == ["c11"]


#: By link, the hosts.
LINKS = [
    (".tile a[href='#state=unverified']", ["c4", "c5", "c6", "c7"]),
    (".tile a[data-verdict=drifted]", ["c2", "c11"]),
    (".tile a[href='#state=compliant&verified=settings']", ["c1"]),
    (".to-do a[data-reason=retention_short]", ["c2"]),
    (".to-do a[data-reason=disk_overdue]", ["c9"]),
    (".disks a[data-disk=short]", ["c8"]),
    (".sites a[data-site=depot]", ["c4", "c5", "c6", "c7"]),
    (".chart a[data-retention='720-2160']", ["c11"]),
]


def test_counts_are_links_to_their_hosts(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    for link, hosts in LINKS:
        page.select_option("#severity", "info")
        # By keyboard, as every link.
        page.focus(link)
        page.keyboard.press("Enter")
        assert shown(page) == hosts, link
        assert page.evaluate("document.activeElement.id") == "hosts"
        page.go_back()
        assert page.input_value("#severity") == "info"


def test_every_link_leads_somewhere(open_report: OpenReport) -> None:
    page = open_report({**REPORT, "trend": TREND})
    links = page.locator("a").all()
    assert len(links) > 30
    for link in links:
        fragment = (link.get_attribute("href") or "").removeprefix("#")
        if "=" not in fragment:
            assert page.locator(f"#{fragment}").count() == 1, fragment
        elif not fragment.startswith("verdict="):
            page.evaluate("fragment => { location.hash = fragment; }", fragment)
            assert shown(page) != [], fragment


def test_trend_points_lead_to_their_numbers(open_report: OpenReport) -> None:
    page = open_report({**REPORT, "trend": TREND})
    assert page.locator(".trend a").count() == 4
    assert not page.is_visible("#run-2")
    page.focus(".trend a >> nth=1")
    page.keyboard.press("Enter")
    assert page.inner_text("#run-2").split() == ["2026-11-21", "08:00", "UTC", "9", "2", "21"]
    assert page.is_visible("#run-2")
    assert shown(page) == ORDER


def test_show_more(open_report: OpenReport) -> None:
    page = open_report(large(250))
    assert len(shown(page)) == 100
    assert status(page) == "250 of 250 hosts, the first 100 shown"
    for count in (200, 250):
        page.click("#more")
        assert len(shown(page)) == count
    assert not page.is_visible("#more")


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("host", ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11"]),
        ("state", ["c1", "c10", "c2", "c11", "c9", "c8", "c3", "c4", "c6", "c7", "c5"]),
        ("site", ["c4", "c5", "c6", "c7", "c2", "c9", "c8", "c11", "c3", "c1", "c10"]),
    ],
)
def test_sort_by_each_column(open_report: OpenReport, column: str, order: list[str]) -> None:
    page = open_report(REPORT)
    button = page.locator(f".hosts th button[data-column={column}]")
    button.click()
    assert shown(page) == order
    sorts = page.eval_on_selector_all(".hosts th[aria-sort]", "all => all.map(one => [one.innerText, one.ariaSort])")
    assert sorts == [[column.capitalize(), "ascending"]]
    button.click()
    # Hosts with the same value are in the opposite order as well.
    assert shown(page) == order[::-1]
    page.locator(".hosts th button[data-column=severity]").click()
    assert shown(page) == ORDER


def test_details_open_with_the_keyboard(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    details = page.locator("tr[data-host=c2] details")
    assert details.get_attribute("open") is None
    page.focus("tr[data-host=c2] summary")
    page.keyboard.press("Enter")
    assert details.get_attribute("open") is not None
    text = details.inner_text()
    for part in ("192.0.2.2", "ACCC8E000002", "Doors", "30 days", "1 day"):
        assert part in text


def test_a_link_restores_filters_and_order(open_report: OpenReport) -> None:
    page = open_report(LARGE)
    page.select_option("#verdict", "drifted")
    page.fill("#search", "camera-0001")
    page.click(".hosts th button[data-column=host]")
    page.click(".hosts th button[data-column=host]")
    mine = shown(page)
    fragment = "#" + page.url.partition("#")[2]
    other = open_report(LARGE, fragment)
    assert shown(other) == mine == ["camera-00015", "camera-00013"]
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
    assert status(page) == "700 of 700 hosts"
    assert page.locator(f"{ROWS} details:not([open])").count() == 0
    # A host without findings has its evidence, too.
    evidence = page.locator(f"{ROWS}[data-verdict=compliant]").first.inner_text()
    for part in (
        *("ACCC8E000000", "AXIS P3265-LVE", "12.9.57", "settings and recordings", "holds"),
        *("door", "30 days", "SD_DISK", "2026-10-14 08:00", "2026-11-27 08:00"),
    ):
        assert part in evidence
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(shown(page)) == 100
    assert page.locator("details[open]").count() == 0


#: What has more content than space, and does not show the rest.
CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.matches(".hidden"))
  .filter((one) => getComputedStyle(one).overflow !== "visible")
  .map((one) => one.outerHTML)"""
LONG = "camera=1&resolution=1920x1080&" + "a" * 200


#: Short words that are in two lines. A browser may break behind a hyphen.
BROKEN = """() => {
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("svg, option, .hidden, script")) continue;
    for (const word of node.data.matchAll(/(?<!\\S)[^\\s-]{2,11}(?!\\S)/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""


@pytest.mark.fault("long names and values, a small screen, or paper")
@pytest.mark.parametrize(("media", "width"), [("print", 703), ("print", 725), ("screen", 390), ("screen", 1280)])
def test_short_words_are_whole(open_report: OpenReport, media: Any, width: int) -> None:
    names = [f"High_B8A44F0A1B0{number}_0_C" for number in range(3)]
    groups = [
        finding(recording_group_id=name, nice_name=name[:-2].replace("_", " "), severity="info") for name in names
    ]
    document = report(*FLEET, host("recorder-with-a-name", result(12, *groups), "warehouse_north"), outside=OUTSIDE)
    document["holds"][0] |= {
        "recording_group_id": ", ".join(["entrance", *names]),
        "owner": "investigations@example.com",
    }
    page = open_report(document, viewport={"width": width, "height": 1000})
    page.emulate_media(media=media)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    right = page.eval_on_selector(".hosts", "one => one.getBoundingClientRect().right")
    rights = page.eval_on_selector_all(".hosts td table", "all => all.map(one => one.getBoundingClientRect().right)")
    assert all(one <= right + 1 for one in rights)


@pytest.mark.fault("long names and values, a small screen, or paper")
@pytest.mark.parametrize(("paper", "width"), [("A4", 703), ("Letter", 725)])
def test_print_cuts_nothing_off(open_report: OpenReport, paper: str, width: int) -> None:
    """The width is that between the margins, in pixels of CSS."""
    differences = [{"field": "stream_options", "before": "camera=1", "after": LONG}]
    long = host(
        "camera-with-a-long-name-" + "n" * 60, result(12, finding("drifted", "warning", differences=differences))
    )
    page = open_report(report(*FLEET, long), viewport={"width": width, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT_OFF) == []
    for control in page.locator("button, select, input, nav, summary").all():
        assert not control.is_visible()
    assert page.eval_on_selector("table.hosts thead", "one => getComputedStyle(one).display") == "table-header-group"
    heads = page.locator(".hosts > thead th").all_inner_texts()
    assert heads == ["Host", "State", "Severity", "Site", "Findings"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.pdf(format=paper).startswith(b"%PDF")


def test_print_says_which_hosts_it_has(open_report: OpenReport) -> None:
    page = open_report(REPORT)
    page.select_option("#verdict", "held")
    page.emulate_media(media="print")
    assert page.is_visible("#shown")
    assert page.inner_text("#filtered") == "Only verdict: held (1)"


@pytest.mark.parametrize("width", [360, 390, 800, 1280, 1920])
def test_no_horizontal_scrolling(open_report: OpenReport, width: int) -> None:
    differences = [{"field": "stream_options", "before": "camera=1", "after": LONG}]
    long = host("n" * 60, result(12, finding("drifted", "warning", differences=differences)), "site_" + "s" * 60)
    document = {**report(*FLEET, long, outside=OUTSIDE), "trend": TREND}
    for policy in document["policies"]:
        policy |= {"purpose": "p" * 90, "owner": "o" * 90, "groups": ["g" * 90]}
    hold = document["holds"][0]
    hold |= {"reason": "r" * 90, "owner": "o" * 90}
    hold["conditions"] |= {name: [f"{name[0] * 90}{number}" for number in range(12)] for name in hold["conditions"]}
    document["scope"] |= {"pattern": "a" * 90, "inventory_sources": ["/" + "i" * 90]}
    page = open_report(document, viewport={"width": width, "height": 800})
    page.eval_on_selector_all("details", "all => { for (const one of all) one.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_print_has_all_hosts_of_a_hold(open_report: OpenReport) -> None:
    document = report(*FLEET)
    names = [f"camera-{number:03}" for number in range(200)]
    document["holds"][0]["conditions"] |= {"at_risk": names}
    page = open_report(document)
    hosts = ".holds td[data-label=Hosts]"
    assert page.inner_text(f"{hosts} b.critical") == "200 at risk:"
    assert names[-1] not in page.inner_text(hosts)
    page.click(f"{hosts} summary")
    assert names[-1] in page.inner_text(hosts)
    page.click(f"{hosts} summary")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = page.inner_text(hosts)
    assert [name for name in names if name not in printed] == []
    assert "190 more" not in printed


def test_rows_are_cards_on_a_phone(open_report: OpenReport) -> None:
    page = open_report(REPORT, viewport={"width": 390, "height": 844})
    assert not page.is_visible(".hosts thead")
    assert page.eval_on_selector(ROWS, "one => getComputedStyle(one).display") == "grid"
    page.select_option("#sort", "host")
    assert shown(page)[:3] == ["c1", "c2", "c3"]
    page.select_option("#sort", "")
    assert shown(page) == ORDER
    # They are still a table for a screen reader.
    assert page.get_by_role("table", name="Hosts").get_by_role("row").count() == 11


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_of_the_charts_are_legible(open_report: OpenReport, width: int) -> None:
    page = open_report({**REPORT, "trend": TREND}, viewport={"width": width, "height": 844})
    boxes = page.eval_on_selector_all(".chart text", "all => all.map(one => one.getBoundingClientRect().toJSON())")
    assert len(boxes) > 4
    # A line of 11 px is higher than 12 px.
    assert all(box["height"] >= 12 for box in boxes)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            beside = one["right"] <= other["left"] or other["right"] <= one["left"]
            assert beside or one["bottom"] <= other["top"] or other["bottom"] <= one["top"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_accessibility(open_report: OpenReport, scheme: str, width: int) -> None:
    document = {**REPORT, "trend": TREND}
    page = open_report(document, color_scheme=scheme, viewport={"width": width, "height": 900})
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
        "a=b&c#d",
    ]
    hosts = [host(name, failed(1, message=name), name) for name in nasty]
    page = open_report(report(*hosts, host("plain", result(1))))
    for name in nasty:
        page.fill("#search", name)
        assert name in shown(page)
        page.click("#reset")
        page.select_option("#site", name)
        assert shown(page) == [name]
        page.locator(".sites a").get_by_text(name, exact=True).click()
        assert shown(page) == [name]
        page.click("#reset")
    assert page.locator("img").count() == 0


def test_five_thousand_hosts(open_report: OpenReport, record_property: Any, capsys: pytest.CaptureFixture[str]) -> None:
    document = large(5000)
    rendered = render_html(document)
    size = len(rendered.encode())
    assert size < 10_000_000
    page = open_report(document, render=lambda _document: rendered)
    seconds = page.evaluate(
        """() => {
          const times = {};
          const measure = (name, change) => {
            const begin = performance.now();
            change();
            document.body.offsetHeight;
            times[name] = Math.round(performance.now() - begin);
          };
          const set = (id, value) => () => {
            const field = document.getElementById(id);
            field.value = value;
            field.dispatchEvent(new Event("input"));
          };
          for (const text of ["camera-049", "unreachable", ""]) measure(`search ${text}`, set("search", text));
          for (const id of ["state", "reason", "site"]) {
            measure(id, set(id, document.getElementById(id).options[1].value));
            measure(`all, after ${id}`, set(id, ""));
          }
          measure("tile", () => document.querySelector(".tile a").click());
          return times;
        }"""
    )
    page.click("#reset")
    assert status(page) == "5000 of 5000 hosts, the first 100 shown"
    text = f"5,000 hosts: {size / 1e6:.1f} MB; filter times in ms: {json.dumps(seconds)}"
    record_property("filter", text)
    with capsys.disabled():
        print(f"\n{text}")
