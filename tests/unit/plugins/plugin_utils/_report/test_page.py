# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the HTML report: what it says, and that no text in it becomes markup or code."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import escape

from ansible_collections.camfleet.axis.plugins.plugin_utils._report import page as page_module
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.page import (
    render_cell,
    render_html,
    render_text,
    split_percent,
)
from tests.unit.plugins.plugin_utils.reports import (
    FLEET,
    OUTSIDE,
    RUN,
    drifted,
    failed,
    finding,
    held,
    host,
    report,
    result,
)

REPORT = report(*FLEET, outside=OUTSIDE)
NASTY = ["<script>alert(1)</script>", "=1+1", "a|b", "x\ny", "'; DROP", "]]>", "&amp;", "\u202eabc", "-2", "@x", "\t=1"]


def page(document: dict[str, Any]) -> Any:
    """Parse the page."""
    return html.document_fromstring(render_html(document))


def test_html_has_every_host_and_the_numbers() -> None:
    root = page(REPORT)
    tiles = {tile.get("data-state"): int(tile.get("data-count")) for tile in root.xpath("//div[@data-state]")}
    assert tiles == {"non_compliant": 2, "unverified": 4, "compliant": 1}
    assert root.xpath("//table[@class='hosts']/tbody/tr/@data-host") == ["c2", "c3", "c4", "c5", "c6", "c7", "c1"]
    assert root.xpath("//table[@class='hosts']/tbody/tr/@data-verdict") == [
        *("drifted", "held", "unverified", "unsupported", "not_attempted", "not_in_run", "compliant")
    ]


def test_html_is_self_contained() -> None:
    text = render_html(REPORT)
    root = page(REPORT)
    assert root.xpath("//link | //img | //iframe | //script[@src] | //*[@srcset] | //object | //embed") == []
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    for part in ("http://", "https://", "url(", "@import"):
        assert part not in text


def test_html_escapes_every_text() -> None:
    hosts = [host(name, {**failed(1, message=name), "device": {"host": name, "serial": name}}, name) for name in NASTY]
    document = report(*hosts)
    root = page(document)
    assert len(root.xpath("//script")) == 1
    names = root.xpath("//table[@class='hosts']/tbody/tr/@data-host")
    assert sorted(names) == sorted(item["host"] for item in document["hosts"])
    assert len(names) == len(NASTY)


def text_of(document: dict[str, Any]) -> str:
    """Return what a reader sees, with single blanks."""
    (body,) = page(document).xpath("//body")
    for script in body.xpath("//script"):
        script.getparent().remove(script)
    return " ".join(body.text_content().split())


RUN_TYPES = {
    "audit": ("audit", True, "Audit: nothing was changed.", "would be"),
    "roll-out": ("roll_out", False, "Roll-out: 1 host changed.", "was"),
    "roll-out in check mode": ("roll_out", True, "Roll-out in check mode: nothing was changed.", "would be"),
}


@pytest.mark.parametrize("name", RUN_TYPES)
def test_a_run_says_what_it_changed(name: str) -> None:
    run_type, check_mode, sentence, verb = RUN_TYPES[name]
    # A change that was made, and the group still differs.
    document = report(*FLEET[:2], run=replace(RUN, run_type=run_type), check_mode=check_mode)
    text = text_of(document)
    assert [other[2] for other in RUN_TYPES.values() if other[2] in text] == [sentence]
    assert f"door {verb} updated" in text
    assert f"Type {name} Started" in text


def test_a_page_without_problems_says_what_was_verified() -> None:
    settings = text_of(report(host("c1", result(1))))
    assert "Nothing: the settings of all hosts are as the policy requires." in settings
    assert "Recordings were not read." in settings
    reason = "1 host: only the settings, because a verification of the recordings was not requested. "
    reason += "To check them, too, set retention_policy_verify_recordings."
    assert f"Not verified {reason} Changes on the devices" in settings
    document = report(host("c1", result(1)))
    document["hosts"][0]["recordings_verified"] = True
    document["summary"]["recordings_verified"] = 1
    both = text_of(document)
    assert "Nothing: the settings and the recordings of all hosts are as the policy requires." in both
    assert "only the settings" not in both.partition("Not verified")[2]


def test_a_page_says_that_recordings_could_not_be_read() -> None:
    actual = {"time_source": "device", "checked_at": "2026-11-27T08:00:00Z", "tolerance": 24, "disks": []}
    part = {"part": "disks", "kind": "forbidden", "reason": "The role is too low", "next_step": None}
    about = {"recording_group_id": None, "nice_name": None, "disk_id": "", "reason": "No disk"}
    findings = [finding(), finding("indeterminate", "info", **about)]
    unread = result(1, *findings, actual={**actual, "unavailable": [part]}, compliant=False)
    text = text_of(report(host("c1", unread)))
    assert "1 host: only the settings, because a verification of the recordings was not possible." in text
    assert "not read disks: The role is too low" in text
    assert "was not requested" not in text


def problem(number: int, key: str) -> dict[str, Any]:
    """Build the result of a host with a critical problem of its own."""
    about = {"recording_group_id": None, "nice_name": None, "disk_id": "SD_DISK", "reason": "R"}
    return result(number, finding(), finding(key, "critical", **about))


def test_critical_problems_are_never_folded() -> None:
    verdicts = ("short", "overdue", "conflicting_cleanup", "full", "locked", "missing")
    refusals = ("recording_loss", "recording_stop", "group_in_use", "immutable", "ambiguous", "disk_unavailable")
    results = [problem(number, verdict) for number, verdict in enumerate(verdicts)]
    results += [{**failed(20, kind), "findings": [finding("drifted", "critical")]} for kind in refusals]
    hosts = [host(f"c{number}", registered) for number, registered in enumerate((*results, failed(30)))]
    root = page(report(*hosts))
    path = "//section[@aria-labelledby='to-do']"
    folded = root.xpath(f"{path}/details//li/@class")
    assert len(root.xpath(f"{path}/ol/li[@class='critical']")) > 10
    assert folded != []
    assert "critical" not in folded


def test_the_number_of_critical_hosts_is_a_link_to_them_only() -> None:
    hosts = [host(f"c{number}", drifted(number, 24, "warning")) for number in range(5)]
    root = page(report(*hosts, host("c9", drifted(9, 24, "critical"))))
    (link,) = root.xpath("//span[@class='urgency']/a")
    assert link.text == "1 critical"
    key = link.get("data-reason")
    assert link.get("href") == f"#reason={key}"
    assert root.xpath(f"//option[@value='{key}']/text()") == ["Retention is shorter than the policy, critical (1)"]
    found = f"//table[@class='hosts']/tbody/tr[contains(concat(' ', @data-reason, ' '), ' {key} ')]/@data-host"
    assert root.xpath(found) == ["c9"]


def test_a_page_about_hosts_in_the_same_groups_says_so() -> None:
    text = text_of(report(host("c1", result(1))))
    assert "The inventory does not divide the hosts of this report into groups, such as sites." in text


def test_a_finding_is_separated_from_what_it_is_about() -> None:
    held_without_difference = result(1, finding("held", "warning", reason="The group is held until 2027"))
    assert "door: The group is held until 2027" in text_of(report(host("c1", held_without_difference)))
    assert "door: retention 1 day, policy 30 days. Below the minimum" in text_of(REPORT)


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("SD_DISK active", "SD_DISK active"),
        ("until 2027-06-30 23:59 UTC", 'until <span class="whole">2027-06-30</span> 23:59 UTC'),
        ("2027-06-30T23:59:59Z", '<span class="whole">2027-06-30T23:59:59Z</span>'),
        ("investigations@example.com", '<span class="long">investigations@example.com</span>'),
        ("a" * 30 + "_" + "b<i>", f'<span class="long">{"a" * 30}_b&lt;i&gt;</span>'),
        ("<b> & c", "&lt;b&gt; &amp; c"),
    ],
)
def test_only_very_long_words_have_a_break_inside(text: str, markup: str) -> None:
    assert render_text(text) == markup


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("SD_DISK active", "SD_DISK active"),
        ("2027-06-30 23:59", '<span class="whole">2027-06-30</span> 23:59'),
        ("investigations@example.com", "investigations@<wbr>example.<wbr>com"),
        ("High_B8A44F0A1B01_0_C", "High_<wbr>B8A44F0A1B01_<wbr>0_<wbr>C"),
        ("n" * 20 + "_<i>", f'<span class="long">{"n" * 20}_</span><wbr>&lt;i&gt;'),
    ],
)
def test_long_names_in_columns_have_breaks(text: str, markup: str) -> None:
    assert render_cell(text) == markup


@given(st.text())
def test_marks_for_breaks_keep_the_text(text: str) -> None:
    for render in (render_text, render_cell):
        assert re.sub(r"</?span[^>]*>|<wbr>", "", render(text)) == escape(text)


def test_many_policies_are_all_on_the_page() -> None:
    hosts = [host(f"c{number}", result(1, policy_digest=f"{number:064x}")) for number in range(25)]
    root = page(report(*hosts))
    assert len(root.xpath("//article")) == 25
    assert len(root.xpath("//details[@class='rest']/article")) == 5


def test_a_page_without_hosts_claims_nothing() -> None:
    text = text_of(report())
    assert "No host was in this run, so that nothing was verified." in text
    assert "Nothing:" not in text


@pytest.mark.fault("report about hosts that were not verified")
def test_a_page_about_hosts_that_did_not_respond_claims_nothing() -> None:
    text = text_of(report(host("c1", failed(1)), host("c2", failed(2))))
    assert "No host was read." in text
    assert "2 hosts: The device did not respond." in text
    assert "No recording group was read." in text
    assert "as the policy requires" not in text.partition("Glossary Terms")[0]


def test_a_stopped_run_says_why() -> None:
    text = text_of(report(*FLEET, run=replace(RUN, stopped="Stopped after wave 1 of 3: 50% of hosts failed")))
    assert "Ended early: Stopped after wave 1 of 3: 50% of hosts failed" in text


def test_the_page_has_no_name_of_a_field_and_no_none() -> None:
    documents = [REPORT, report(host("c1", drifted(1)), host("c2", held(2)), host("c3", None))]
    for document in documents:
        text = text_of(document)
        assert "None" not in text
        for field in ("retention_time", "nice_name", "disk_id", "stream_options", "not_in_run", "non_compliant"):
            assert field not in text


def test_the_page_identifies_the_run() -> None:
    facts = dict(
        zip(
            *(
                [one.text_content() for one in page(REPORT).xpath(f"//*[@id='run']/following-sibling::dl[1]/{tag}")]
                for tag in ("dt", "dd")
            ),
            strict=True,
        )
    )
    assert facts == {
        "Type": "audit",
        "Started": "2026-11-27 08:12:01 UTC",
        "Ended": "2026-11-27 08:15:02 UTC",
        "Duration": "3 min 1 s",
        "Run by": "erika on awx-1",
        "Job": "42",
        "Approved by": "Change 4711",
        "Run ID": "2026-48",
        "Hosts": "axis, without a limit",
        "Not in this run": "1 host of the pattern",
        "Inventory": "/srv/inventory",
        "Recorded": (
            "3 sources, 3 recording groups (missing ones included); a recorder is one host with several sources"
        ),
        "Versions": "camfleet.axis 0.2.0, ansible-core 2.19.14, Python 3.12.3",
        "SHA-256 of the content of the JSON report, whose file name has the first 8 digits": REPORT["content_sha256"],
    }


def test_a_merged_report_lists_its_slices() -> None:
    part = {"created": "2026-11-27T08:14:00Z", "created_by": {"user": None, "controller": "awx-2", "job": "43"}}
    part |= {"slice": {"number": 2, "count": 3}, "hosts": 7}
    text = text_of({**REPORT, "slices": [part, {**part, "slice": None}]})
    assert "Merged report of 2 slices. Audit: nothing was changed." in text
    assert "2026-11-27 08:14:00 UTCan unknown user on awx-2, job 432 of 37" in text
    assert "UTCan unknown user on awx-2, job 43none7" in text


def test_the_page_has_the_policies_and_the_holds_in_words() -> None:
    text = text_of(REPORT)
    assert "Every recording group keeps recordings at least 7 days." in text
    (cells,) = (
        [cell.text_content() for cell in row]
        for row in page(REPORT).xpath("//table[contains(@class, 'holds')]/tbody/tr")
    )
    assert [" ".join(cell.split()) for cell in cells] == [
        *("door*", "Case 4711", "legal@example.com", "2027-06-30 23:59:59 UTC", "active"),
        "1 protected by settings only: c3",
    ]


def test_every_reason_is_a_link_to_its_hosts() -> None:
    root = page(REPORT)
    for link in root.xpath("//a[@data-reason]"):
        key = link.get("data-reason")
        assert link.get("href") == f"#reason={key}"
        assert root.xpath(f"//table[@class='hosts']/tbody/tr[contains(concat(' ', @data-reason, ' '), ' {key} ')]")


@pytest.mark.parametrize(
    ("counts", "percents"),
    [
        ([0, 0, 0], ["0", "0", "0"]),
        ([0, 0, 5], ["0", "0", "100"]),
        ([1, 1, 1], ["33.4", "33.3", "33.3"]),
        ([2, 5, 7], ["14.3", "35.7", "50.0"]),
        ([1, 0, 2999], ["0.1", "0.0", "99.9"]),
        ([1, 1, 100_000], ["0.1", "0.1", "99.8"]),
        ([1, 1, 2], ["25", "25", "50"]),
    ],
)
def test_percentages_add_up(counts: list[int], percents: list[str]) -> None:
    assert split_percent(counts) == percents


@given(st.lists(st.integers(0, 100_000), min_size=3, max_size=3).filter(any))
def test_percentages_always_add_up_to_100(counts: list[int]) -> None:
    percents = [*map(Decimal, split_percent(counts))]
    assert sum(percents) == 100
    for count, percent in zip(counts, percents, strict=True):
        assert (percent == 0) is (count == 0)
        assert (percent == 100) is (count == sum(counts))


def test_percentages_never_round_up_to_all() -> None:
    hosts = [host(f"c{number}", result(number % 250)) for number in range(2999)]
    assert "99.9% of 3000 hosts" in render_html(report(*hosts, host("x", None)))


def test_the_trend_shows_earlier_runs_and_this_one() -> None:
    assert page(REPORT).xpath("//*[@id='trend']") == []
    earlier = {"created": "2026-11-20T08:15:02Z", "run_id": None, "compliant": 2, "non_compliant": 4, "unverified": 1}
    root = page({**REPORT, "trend": [earlier]})
    links = root.xpath("//*[@class='trend']/a")
    assert [(link.get("href"), link.get("aria-label")) for link in links] == [
        ("#run-1", "2026-11-20 08:15 UTC: 4 non-compliant, 1 unverified, 2 compliant"),
        ("#run-2", "2026-11-27 08:15 UTC: 2 non-compliant, 4 unverified, 1 compliant"),
    ]
    assert all(root.xpath(f"//tr[@id='{link.get('href')[1:]}']") for link in links)


def test_templates_are_short_and_have_a_license() -> None:
    templates = [*(Path(page_module.__file__).parent / "html").rglob("*.j2")]
    assert len(templates) > 12
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert "SPDX-License-" + "Identifier: GPL-3.0-or-later" in text
        assert text.count("\n") < 260, template.name
