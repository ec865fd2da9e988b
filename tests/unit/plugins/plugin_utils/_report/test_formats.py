# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test each format with a parser of that format: it contains the report, and no text in it becomes markup or code."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import (
    FORMATS,
    render_csv,
    render_files,
    render_json,
    render_junit,
    render_markdown,
)
from tests.unit.plugins.plugin_utils.reports import (
    ACTUAL,
    DISK,
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


def rows(document: dict[str, Any]) -> list[dict[str, str]]:
    """Parse the CSV."""
    text = render_csv(document)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def named(name: str) -> dict[str, Any]:
    """Build the report of a host with a name as no report has it: each format escapes all texts nevertheless."""
    document = report(host("c1", result(1)))
    document["hosts"][0]["host"] = name
    return document


def test_file_names_have_kind_and_time() -> None:
    names = list(render_files(REPORT, ["junit", "html", "json", "csv", "markdown"]))
    stems = {name.rpartition(".")[0] for name in names}
    assert len(stems) == 1
    assert stems.pop().startswith("retention-audit-2026-11-27T081502Z-")
    assert [name.rpartition(".")[2] for name in names] == ["html", "json", "csv", "md", "xml"]
    assert next(iter(render_files(REPORT, ["csv"]))).endswith(".csv")


def test_slices_of_one_second_have_different_files() -> None:
    other = report(*FLEET[:3])
    common = render_files(REPORT, FORMATS).keys() & render_files(other, FORMATS).keys()
    assert common <= {"retention_policy_partial_audit.prom"}


def test_json_has_a_line_for_each_value() -> None:
    assert json.loads(render_json(REPORT)) == REPORT
    one, other = render_json(report(host("c1", drifted(1, 24)))), render_json(report(host("c1", drifted(1, 48))))
    differing = [(a, b) for a, b in zip(one.splitlines(), other.splitlines(), strict=True) if a != b]
    assert {(a.strip().rstrip(","), b.strip().rstrip(",")) for a, b in differing} >= {('"found": 24', '"found": 48')}


def test_csv_has_a_row_for_each_host() -> None:
    by_host = {row["host"]: row for row in rows(REPORT)}
    assert {name: (row["state"], row["verdict"]) for name, row in by_host.items()} == {
        "c1": ("compliant", "compliant"),
        "c2": ("non-compliant", "drifted"),
        "c3": ("non-compliant", "held"),
        "c4": ("unverified", "unverified"),
        "c5": ("unverified", "unsupported"),
        "c6": ("unverified", "not attempted"),
        "c7": ("unverified", "not in run"),
    }
    assert by_host["c2"]["severity"] == "critical"
    assert by_host["c4"]["error"] == "unreachable"
    # The findings of a host that was not read are unknown.
    assert by_host["c4"]["severity"] == "–"
    assert by_host["c3"]["holds"] == (
        "door until 2027-06-30T23:59:59Z for Case 4711 (owner: legal@example.com): protected by settings only"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_no_csv_cell_is_a_formula(text: str) -> None:
    (row,) = rows(named(text))
    assert row["host"] == "'" + text


@pytest.mark.fault("formula or markup in a report")
@pytest.mark.parametrize("sign", ["\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212", "\ufe66", "\u207a", "="])
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202e ", "\x1b"])
def test_no_csv_cell_is_a_disguised_formula(before: str, sign: str) -> None:
    (row,) = rows(named(f"{before}{sign}1+1"))
    assert row["host"] == f"'{before}{sign}1+1"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
def test_no_csv_cell_is_a_formula_after_a_semicolon(sign: str) -> None:
    (row,) = rows(named(f"a; {sign}1+1;{sign}2"))
    assert row["host"] == f"a;' {sign}1+1;'{sign}2"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(lambda name: ";" not in name))
def test_csv_preserves_every_name(name: str) -> None:
    (row,) = rows(named(name))
    assert row["host"].removeprefix("'") == name or row["host"] == name
    assert not row["host"].lstrip().startswith(("=", "+", "-", "@"))


def test_markdown_lists_all_hosts_but_compliant_ones() -> None:
    text = render_markdown(REPORT)
    assert "| **compliant** | **1** |" in text
    assert "| all | 7 |" in text
    for name in ("c2", "c3", "c4", "c5", "c6", "c7"):
        assert f"\n| {name} |" in text
    assert "\n| c1 |" not in text
    assert "by erika on awx-1, job 42" in text


def test_host_names_do_not_break_markdown_tables() -> None:
    text = render_markdown(report(*(host(name, failed(1)) for name in NASTY)))
    (table,) = (part for part in text.split("\n\n") if part.startswith("| host "))
    # A backslash escapes one character, which may be another backslash.
    assert all(re.sub(r"\\.", "", line).count("|") == 4 for line in table.splitlines())
    assert "<script>" not in re.sub(r"\\.", "", text)


@pytest.mark.fault("formula or markup in a report")
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("![x](http://a.example)", "\\!\\[x\\](http\\://a.example)"),
        ("see https://a.example", "see https\\://a.example"),
        ("WWW.a.example", "WWW\\.a.example"),
        ("<https://a.example>", "\\<https\\://a.example\\>"),
        ("`a` $b$ a|b", "\\`a\\` \\$b\\$ a\\|b"),
        ("a\u2028# b\u202e\r\n- c", "a \\# b - c"),
    ],
)
def test_markdown_has_no_link_and_no_markup(name: str, written: str) -> None:
    document = report(host("c1", failed(1)))
    document["hosts"][0]["host"] = name
    assert f"\n| {written} |" in render_markdown(document)


HOSTILE = [
    "\x1b[2J",
    "\x9b2J",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u2028",
    "\x00",
    "\x7f",
    "\ufeff",
    "\udc80",
    "\U000e0041",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_file_has_a_character_that_changes_what_is_around_it(text: str) -> None:
    unsafe = report(
        host(f"a{text}b", failed(1, message=f"x{text}y"), f"site{text}"), run=replace(RUN, title=f"T{text}t")
    )
    for name, content in render_files(unsafe, FORMATS).items():
        content.encode()
        found = {
            character for character in content if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        }
        assert found <= {"\n", "\r", "\ufeff"} if name.endswith(".csv") else found <= {"\n"}, name
        assert content.count("\ufeff") == name.endswith(".csv")


def cases(document: dict[str, Any]) -> dict[str, Any]:
    """Parse the test cases of JUnit by host."""
    suites = JUnitXml.fromstring(render_junit(document).encode())
    return {case.name: case for suite in suites for case in suite}


def test_junit_elements_by_verdict() -> None:
    found = cases(REPORT)
    assert found["c1"].result == []
    assert isinstance(found["c2"].result[0], Failure)
    assert "door: retention 1 day, policy 30 days. Below the minimum" in found["c2"].result[0].text
    assert isinstance(found["c3"].result[0], Skipped)
    assert "Held for Case 4711" in found["c3"].result[0].message
    for name in ("c4", "c5", "c6"):
        assert isinstance(found[name].result[0], Error)
    assert "No connection" in found["c4"].result[0].message
    assert isinstance(found["c7"].result[0], Skipped)
    assert found["c1"].classname == "harbor"
    suites = JUnitXml.fromstring(render_junit(REPORT).encode())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (7, 1, 3, 2)


def test_junit_reports_a_critical_hold_as_a_failure() -> None:
    assert isinstance(cases(report(host("c3", held(3, "critical"))))["c3"].result[0], Failure)


SHORT = finding("short", "warning", recording_group_id=None, nice_name=None, disk_id="SD_DISK", reason="7 days only")
YOUNG = {**SHORT, "verdict": "insufficient_history", "severity": "info", "reason": "2 days only"}


@pytest.mark.parametrize(
    ("registered", "element", "text"),
    [
        (result(1, finding(), SHORT), Failure, "7 days only"),
        (result(1, finding(), {**SHORT, "verdict": "missing"}), Failure, "7 days only"),
        (result(1, finding(), YOUNG), Skipped, "2 days only"),
        (result(1, finding(), {**YOUNG, "verdict": "indeterminate"}), Skipped, "2 days only"),
        (result(1, finding(), YOUNG, SHORT), Failure, "7 days only"),
        (result(1, finding("drifted", "warning"), YOUNG), Failure, "2 days only"),
        # A hold explains its own group, and neither another group nor a disk.
        (result(1, finding("held"), YOUNG), Skipped, "2 days only"),
        (result(1, finding("held"), SHORT), Failure, "7 days only"),
        (result(1, finding("held"), finding("drifted", "warning", reason="Shorter")), Failure, "Shorter"),
    ],
)
def test_junit_follows_the_recordings(registered: dict[str, Any], element: type, text: str) -> None:
    (found,) = cases(report(host("c1", registered)))["c1"].result
    assert isinstance(found, element)
    assert text in found.message


@given(st.text(max_size=20))
def test_junit_is_always_valid_xml(text: str) -> None:
    document = report(host("c1", failed(1, message=text or "x")))
    etree.fromstring(render_junit(document).encode("utf-8", "surrogatepass"))


def test_csv_has_a_row_for_each_group_and_disk() -> None:
    recorder = result(
        1,
        finding(recording_group_id="gate", nice_name="Gate"),
        finding("drifted", "warning", differences=[{"field": "retention_time", "before": 240, "after": 720}]),
        finding("short", "critical", recording_group_id=None, nice_name=None, disk_id="SD_DISK", reason="7 days only"),
        recording_groups=[
            {"recording_group_id": "door", "retention_time": 240, "stream_options": "device=ACCC8E000001&camera=2"},
            {"recording_group_id": "gate", "retention_time": 720, "stream_options": "device=ACCC8E000002"},
        ],
        compliant=False,
        actual={**ACTUAL, "disks": [{**DISK, "verdict": "short", "severity": "critical", "reason": "7 days only"}]},
    )
    found = rows(report(host("recorder", recorder), host("c2", None)))
    names = ("host", "kind", "recording group", "finding", "retention expected hours", "retention found hours")
    assert [tuple(row[name] for name in (*names, "recorded source", "disk")) for row in found] == [
        ("c2", "host", "", "", "", "", "", ""),
        ("recorder", "group", "gate", "compliant", "720", "720", "ACCC8E000002, camera 1", ""),
        ("recorder", "group", "door", "drifted", "720", "240", "ACCC8E000001, camera 2", ""),
        ("recorder", "disk", "door", "short", "", "", "", "SD_DISK"),
    ]
    assert {row["recordings verified"] for row in found if row["host"] == "recorder"} == {"yes"}
    assert {(row["state"], row["severity"]) for row in found[1:]} == {("non-compliant", "critical")}
    assert [row["finding severity"] for row in found] == ["", "info", "warning", "critical"]


def test_file_names_have_the_type_of_the_run() -> None:
    roll_out = replace(RUN, run_type="roll_out")
    names = [
        next(iter(render_files(report(*FLEET, run=run, check_mode=check_mode), ["json"])))
        for run, check_mode in ((RUN, True), (roll_out, True), (roll_out, False))
    ]
    starts = ("retention-audit-2026-", "retention-roll-out-check-2026-", "retention-roll-out-2026-")
    assert [name.startswith(start) for name, start in zip(names, starts, strict=True)] == [True] * 3


def test_file_name_has_the_first_digits_of_the_digest() -> None:
    (name,) = render_files(REPORT, ["json"])
    assert name == f"retention-audit-2026-11-27T081502Z-{REPORT['content_sha256'][:8]}.json"
