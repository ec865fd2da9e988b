# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test how a comparison is shown: the same entries in every format, in words, and without markup of a device."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.compare import Source, compare_reports
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.comparison_formats import (
    build_sections,
    render_comparison,
    render_headline,
    render_html,
    render_lines,
    render_markdown,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, Scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput
from tests.unit.plugins.plugin_utils.reports import HOLD, RUN, drifted, failed, finding, held, host, report, result

NOW = datetime(2026, 12, 4, 9, 0, 0, tzinfo=timezone.utc)
LATER = replace(RUN, moment=RUN.moment + timedelta(days=7), run_id="2026-49")


def compare(earlier: list[HostInput], later: list[HostInput], **more: Any) -> Document:
    """Compare the hosts of two weeks."""
    one, two = report(*earlier), report(*later, run=LATER)
    return compare_reports(Source("/r/one.json", one), Source("/r/two.json", two), moment=NOW, version="0.2.0", **more)


def missing(number: int) -> dict[str, Any]:
    """Build the result of a camera without the group of the policy."""
    differences = [{"field": "retention_time", "before": None, "after": 720}]
    return result(number, finding("missing", "critical", differences=differences, reason="The group does not exist"))


HOSTS = {
    "fixed": (drifted(1), result(1)),
    "drifted": (result(2), drifted(2, 240)),
    "shorter": (drifted(3, 240), drifted(3, 24)),
    "open": (missing(4), missing(4)),
    "gone": (drifted(5), failed(5)),
    "back": (failed(6), result(6)),
    "held": (result(7, holds=[HOLD]), held(7)),
    "never": (failed(8), failed(8)),
}
FLEET = compare(
    [host("removed", result(9)), *(host(name, results[0]) for name, results in HOSTS.items())],
    [host("added", drifted(10)), *(host(name, results[1]) for name, results in HOSTS.items())],
    skipped=[{"file": "/r/foreign.json", "reason": "not a report of this collection"}],
)


LINES = """\
Comparison of 8 hosts, worse: 2 new, 1 worse, 1 no longer verified, 1 host removed, 1 fixed, 1 newly verified, \
1 host added, 1 still open
Earlier: audit of 2026-11-27 08:15 UTC, 9 hosts: 3 compliant, 4 non-compliant, 2 unverified
Later: audit of 2026-12-04 08:15 UTC, 9 hosts: 2 compliant, 5 non-compliant, 2 unverified
New (2):
  drifted: door retention 10 days, policy 30 days [critical]
  held: door retention unlimited, policy 30 days [info]
Worse (1):
  shorter: door retention 1 day, policy 30 days [critical]; was retention 10 days, policy 30 days [critical], open \
since 2026-11-27 08:15 UTC or earlier
No longer verified (1):
  gone: unverified: unreachable: No connection. Check it.; was drifted: door drifted [critical] retention 1 day \
instead of 30 days. Below the minimum
Hosts removed (1):
  removed: compliant
Fixed (1):
  fixed: door was retention 1 day, policy 30 days [critical]
Newly verified (1):
  back: compliant; was unverified: unreachable: No connection. Check it.
Hosts added (1):
  added: drifted [critical]: door drifted [critical] retention 1 day instead of 30 days. Below the minimum
Still open (1):
  open: door does not exist, policy 30 days [critical], open since 2026-11-27 08:15 UTC or earlier
Unverified in both reports (1):
  never: unverified: unreachable: No connection. Check it.
Earlier report: /r/one.json
Later report: /r/two.json
Skipped: /r/foreign.json: not a report of this collection
Comparison: /r/c.html"""


def test_lines_for_the_terminal() -> None:
    assert "\n".join(render_lines(FLEET, ["/r/c.html"])) == LINES


def test_markdown_has_every_section() -> None:
    text = render_markdown(FLEET)
    for section in build_sections(FLEET):
        assert f"## {section.title} ({section.count})" in text
        assert text.count("\n| ") >= section.count
    assert "| drifted | door | retention 10 days, policy 30 days \\[critical\\] |" in text


class _Page(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_links_each_number_to_its_section() -> None:
    page = _Page(render_html(FLEET))
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    links = [str(attributes["href"]) for tag, attributes in page.elements if tag == "a"]
    assert len(ids) == len(set(ids))
    names = {link.removeprefix("#") for link in links}
    assert names - {"summary"} == {section.name for section in build_sections(FLEET)}
    assert names <= {*ids}
    assert "None" not in page.text
    assert "retention 10 days, policy 30 days" in page.text
    loading = [attributes for _tag, attributes in page.elements if attributes.keys() & {"src", "srcset", "data"}]
    assert loading == []


def test_group_that_was_created_did_not_exist_before() -> None:
    lines = render_lines(compare([host("c1", missing(1))], [host("c1", result(1))]))
    assert "  c1: door did not exist, policy 30 days [critical]" in lines


def test_no_difference_is_said() -> None:
    document = compare([host("c1", result(1))], [host("c1", result(1))])
    assert render_headline(document) == "Comparison of 1 host, unchanged: no difference"
    assert "The reports have the same findings, hosts, policies, and holds." in render_html(document)
    assert "**Result**: no difference" in render_markdown(document)


def test_files_have_the_digest_and_the_chosen_formats() -> None:
    stem = f"retention-comparison-2026-12-04T090000Z-{FLEET['content_sha256'][:8]}"
    files = render_comparison(FLEET, ["markdown", "json", "html"])
    assert [*files] == [f"{stem}.html", f"{stem}.json", f"{stem}.md"]
    assert json.loads(files[f"{stem}.json"]) == FLEET
    assert [*render_comparison(FLEET, ["markdown"])] == [f"{stem}.md"]


HOSTILE = "<img src=x> | [a](http://b.example) ![c](d) `e` \x1b[2J\u202e"


@pytest.mark.fault("formula or markup in a report")
def test_hostile_texts_are_no_markup() -> None:
    differences = [{"field": "description", "before": HOSTILE, "after": "x"}]
    bad = finding("drifted", "cosmetic", recording_group_id=HOSTILE, nice_name=HOSTILE, differences=differences)
    hold = {**HOLD, "reason": HOSTILE, "owner": HOSTILE, "recording_group_id": HOSTILE}
    document = compare(
        [host("c1", result(1)), host(HOSTILE, result(2))],
        [host("c1", result(1, bad, holds=[hold])), host("c3", failed(3, message=HOSTILE))],
        notes=[HOSTILE],
        skipped=[{"file": HOSTILE, "reason": HOSTILE}],
    )
    page = _Page(render_html(document))
    assert {tag for tag, _attributes in page.elements}.isdisjoint({"img", "script"})
    markdown = render_markdown(document)
    assert "[a](" not in markdown
    assert "<img" not in markdown.replace("\\<", "")
    for text in (*render_comparison(document, ["html", "markdown"]).values(), "\n".join(render_lines(document))):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_replaced_devices_and_renamed_hosts_are_sentences() -> None:
    new = result(9)
    new["device"] |= {"model": "AXIS P3265-LVE", "firmware": "12.9.57"}
    document = compare([host("c1", result(1)), host("old", result(2))], [host("c1", new), host("renamed", result(2))])
    lines = render_lines(document)
    assert "  c1: serial number ACCC8E000009 (AXIS P3265-LVE); was serial number ACCC8E000001" in lines
    assert "1 host removed and added with the same serial number: old is now renamed." in lines
    assert "1 host removed, 1 host added, 1 device replaced" in lines[0]
    assert "Devices replaced (1)" in render_markdown(document)
    assert "serial number ACCC8E000009 (AXIS P3265-LVE)" in render_html(document)


def test_policy_and_hold_changes_are_sentences() -> None:
    other = [replace(host("c1", result(1, holds=[{**HOLD, "until": "2028-06-30T23:59:59Z"}])), purpose="Halls")]
    document = compare([host("c1", result(1, holds=[HOLD]))], other)
    lines = {section.name: section.lines[0] for section in build_sections(document)}
    assert render_headline(document) == "Comparison of 1 host, changed: 1 policy changed, 1 hold changed"
    assert (lines["policies_changed"].hosts, lines["policies_changed"].text) == (
        "c1",
        "Halls: Purpose Doors is now Halls.",
    )
    assert lines["holds_changed"].subject == "Hold on door*"
    assert lines["holds_changed"].text == (
        "other end; until 2028-06-30T23:59:59Z, was until 2027-06-30T23:59:59Z: door* until 2028-06-30T23:59:59Z for "
        "Case 4711 (owner: legal@example.com)"
    )


@pytest.mark.fault("hold removed, narrowed, or shortened between two reports")
def test_a_removed_hold_names_its_owner() -> None:
    names = ["c1", "c2", "c3", "c4"]
    document = compare(
        [host(name, result(number, holds=[HOLD])) for number, name in enumerate(names)],
        [host(name, result(number)) for number, name in enumerate(names)],
    )
    assert render_headline(document) == "Comparison of 4 hosts, worse: 1 hold weakened"
    assert document["result"] == "worse"
    (section,) = build_sections(document)
    assert (section.title, section.tone) == ("Holds weakened", "critical")
    assert section.lines[0].text == (
        "removed: door* until 2027-06-30T23:59:59Z for Case 4711 (owner: legal@example.com). It protects less on c1, "
        "c2, c3 and 1 more. Ask the owner of the hold, legal@example.com, whether this is right. If not, restore the "
        "hold"
    )


@pytest.mark.fault("device with held recordings replaced between two reports")
def test_a_replaced_device_with_a_held_group_names_the_owner() -> None:
    document = compare([host("c1", result(1, holds=[HOLD]))], [host("c1", result(9, holds=[HOLD]))])
    assert render_headline(document) == "Comparison of 1 host, worse: 1 device with held recordings replaced"
    (section,) = build_sections(document)
    assert section.title == "Devices with held recordings replaced"
    assert section.lines[0].text == (
        "serial number ACCC8E000009; was serial number ACCC8E000001. The held recordings are on the former device or "
        "its disks, if they still exist: door* until 2027-06-30T23:59:59Z for Case 4711 (owner: legal@example.com). "
        "Store them, and inform the owner of the hold"
    )


def test_hosts_that_were_not_compared_are_named() -> None:
    names = [f"c{number}" for number in range(1, 9)]
    scope = Scope("axis", "c1")
    hosts = [host(name, failed(number)) for number, name in enumerate(names, 1)]
    document = compare(hosts, hosts)
    text = "\n".join(render_lines(document))
    assert "Unverified in both reports (8):\n  c1, c2, c3" in text
    assert all(f"<b>{name}</b>" in render_html(document) for name in names)
    assert [item["host"] for item in document["still_unverified"]] == names
    one = report(*hosts)
    two = report(hosts[0], outside=[host(name, None) for name in names[1:]], run=replace(LATER, scope=scope))
    document = compare_reports(Source("/r/one.json", one), Source("/r/two.json", two), moment=NOW, version="0.2.0")
    assert "Outside the limit (7):\n  c2, c3, c4, c5, c6, c7, c8: not compared" in "\n".join(render_lines(document))
    assert "Later: audit with the limit c1 of 2026-12-04 08:15 UTC" in render_markdown(document)
    assert "<b>c8</b>" in render_html(document)


def test_page_names_the_files_last() -> None:
    text = render_html(FLEET)
    assert "/r/one.json" not in text.partition("</header>")[0]
    assert text.index("Earlier: audit of 2026-11-27 08:15 UTC, 9 hosts") < text.index("<main>")
    assert text.index("Earlier report: /r/one.json") > text.rindex("</table>")
    assert render_markdown(FLEET).index("/r/one.json") > render_markdown(FLEET).rindex("| never |")
