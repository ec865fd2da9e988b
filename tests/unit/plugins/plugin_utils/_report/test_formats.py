# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each format, read by a reader of that format: it says what the report says, and nothing in it is taken for more."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree, html

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import (
    FORMATS,
    csv_of,
    html_of,
    json_of,
    junit_of,
    markdown_of,
    render_files,
)
from tests.unit.plugins.plugin_utils.reports import FLEET, OUTSIDE, drifted, failed, held, host, report, result

REPORT = report(*FLEET, outside=OUTSIDE)
NASTY = ["<script>alert(1)</script>", "=1+1", "a|b", "x\ny", "'; DROP", "]]>", "&amp;", "\u202eabc", "-2", "@x", "\t=1"]


def rows(document: dict[str, Any]) -> list[dict[str, str]]:
    """As a program reads the CSV."""
    text = csv_of(document)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_the_files_say_what_they_are_and_when_it_was() -> None:
    names = list(render_files(REPORT, ["junit", "html", "json", "csv", "markdown"]))
    stems = {name.rpartition(".")[0] for name in names}
    assert len(stems) == 1
    assert stems.pop().startswith("retention-audit-2026-11-27T081502Z-")
    assert [name.rpartition(".")[2] for name in names] == ["html", "json", "csv", "md", "xml"]
    assert next(iter(render_files(REPORT, ["csv"]))).endswith(".csv")


def test_two_slices_of_one_second_have_files_of_their_own() -> None:
    other = report(*FLEET[:3])
    assert not render_files(REPORT, FORMATS).keys() & render_files(other, FORMATS).keys()


def test_json_is_the_report_with_a_line_for_each_value() -> None:
    assert json.loads(json_of(REPORT)) == REPORT
    one, other = json_of(report(host("c1", drifted(1, 24)))), json_of(report(host("c1", drifted(1, 48))))
    differing = [(a, b) for a, b in zip(one.splitlines(), other.splitlines(), strict=True) if a != b]
    assert {(a.strip().rstrip(","), b.strip().rstrip(",")) for a, b in differing} >= {('"found": 24', '"found": 48')}


def test_csv_has_a_line_for_each_host() -> None:
    told = {row["host"]: row for row in rows(REPORT)}
    assert {name: (row["outcome"], row["verdict"]) for name, row in told.items()} == {
        "c1": ("as the policy says", "compliant"),
        "c2": ("not as the policy says", "drifted"),
        "c3": ("not as the policy says", "held"),
        "c4": ("unverified", "unverified"),
        "c5": ("unverified", "unsupported"),
        "c6": ("unverified", "not attempted"),
        "c7": ("unverified", "not in run"),
    }
    assert told["c2"]["severity"] == "critical"
    assert told["c4"]["error"] == "unreachable"
    # Nothing is known of what nobody has seen.
    assert told["c4"]["severity"] == "–"
    assert told["c3"]["holds"] == "door until 2027-06-30T23:59:59Z for Case 4711 (owner: legal@example.com)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    hosts = [host(text, {**failed(1), "msg": text})]
    (row,) = rows(report(*hosts))
    assert row["host"] == "'" + text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_csv_gives_back_every_name(name: str) -> None:
    (row,) = rows(report(host(name, result(1))))
    assert row["host"].removeprefix("'") == name or row["host"] == name
    assert not row["host"].lstrip().startswith(("=", "+", "-", "@"))


def test_markdown_names_all_that_are_not_simply_in_line() -> None:
    text = markdown_of(REPORT)
    assert "| **as the policy says** | **1** |" in text
    assert "| all | 7 |" in text
    for name in ("c2", "c3", "c4", "c5", "c6", "c7"):
        assert f"\n| {name} |" in text
    assert "\n| c1 |" not in text
    assert "by erika on awx-1, job 42" in text


def test_markdown_stays_a_table_whatever_a_host_is_called() -> None:
    text = markdown_of(report(*(host(name, failed(1)) for name in NASTY)))
    (table,) = (part for part in text.split("\n\n") if part.startswith("| host "))
    assert all(line.replace("\\|", "").count("|") == 4 for line in table.splitlines())
    assert "<script>" not in text.replace("\\<", "")


def cases(document: dict[str, Any]) -> dict[str, Any]:
    """The test cases, as a reader of JUnit finds them."""
    suites = JUnitXml.fromstring(junit_of(document).encode())
    return {case.name: case for suite in suites for case in suite}


def test_junit_drift_is_a_failure_not_proven_an_error_and_a_hold_a_skip_with_its_reason() -> None:
    found = cases(REPORT)
    assert found["c1"].result == []
    assert isinstance(found["c2"].result[0], Failure)
    assert "door: retention_time is 24 hours (1 day), expected 720 hours (30 days)" in found["c2"].result[0].text
    assert isinstance(found["c3"].result[0], Skipped)
    assert "Held for Case 4711" in found["c3"].result[0].message
    for name in ("c4", "c5", "c6"):
        assert isinstance(found[name].result[0], Error)
    assert "No connection" in found["c4"].result[0].message
    assert isinstance(found["c7"].result[0], Skipped)
    assert found["c1"].classname == "harbour"
    suites = JUnitXml.fromstring(junit_of(REPORT).encode())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (7, 1, 3, 2)


def test_junit_a_hold_whose_evidence_goes_is_a_failure() -> None:
    assert isinstance(cases(report(host("c3", held(3, "critical"))))["c3"].result[0], Failure)


@given(st.text(max_size=20))
def test_junit_is_xml_whatever_a_device_says(text: str) -> None:
    document = report(host("c1", failed(1, message=text or "x")))
    etree.fromstring(junit_of(document).encode("utf-8", "surrogatepass"))


def page(document: dict[str, Any]) -> Any:
    """As a browser reads it."""
    return html.document_fromstring(html_of(document))


def test_html_has_every_host_and_the_same_numbers() -> None:
    root = page(REPORT)
    tiles = {tile.get("data-outcome"): int(tile.get("data-count")) for tile in root.xpath("//div[@data-outcome]")}
    assert tiles == REPORT["summary"]["outcomes"]
    assert root.xpath("//table[@class='hosts']/tbody/tr/@data-host") == [item["host"] for item in REPORT["hosts"]]
    assert root.xpath("//table[@class='hosts']/tbody/tr/@data-verdict") == [item["verdict"] for item in REPORT["hosts"]]


def test_html_needs_nothing_beside_itself() -> None:
    text = html_of(REPORT)
    root = page(REPORT)
    assert root.xpath("//link | //img | //iframe | //script[@src] | //*[@srcset] | //object | //embed") == []
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    for word in ("http://", "https://", "url(", "@import"):
        assert word not in text


def test_html_escapes_whatever_anybody_wrote() -> None:
    hosts = [host(name, {**failed(1, message=name), "device": {"host": name, "serial": name}}, name) for name in NASTY]
    root = page(report(*hosts))
    assert len(root.xpath("//script")) == 1
    assert sorted(root.xpath("//table[@class='hosts']/tbody/tr/@data-host")) == sorted(NASTY)


def test_html_says_of_a_roll_out_that_changes_were_made() -> None:
    assert "nothing was changed" in html_of(REPORT)
    assert "nothing was changed" not in html_of({**REPORT, "kind": "roll_out"})


def test_a_share_is_rounded_down_so_that_nothing_short_of_all_is_100() -> None:
    hosts = [host(f"c{number}", result(number % 250)) for number in range(2999)]
    assert "99.9 % of 3000 hosts" in html_of(report(*hosts, host("x", None)))
