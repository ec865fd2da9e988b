# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the merge: slices give the same report as the whole run, and reports of different runs are rejected."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import render_json
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import (
    check_times,
    find_missing_slices,
    is_merged,
    list_duplicate_hosts,
    list_missing_hosts,
    list_unexpected_hosts,
    merge_reports,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.reader import parse_report
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput
from tests.unit.plugins.plugin_utils.reports import (
    DIGEST,
    FLEET,
    HOLD,
    RUN,
    drifted,
    failed,
    finding,
    host,
    report,
    result,
)

LATER = replace(RUN, moment=RUN.moment + timedelta(minutes=3), by={"user": "erika", "controller": "awx-2", "job": "43"})
SITES = ("harbor", "depot")


def merged(*documents: Document, hosts: tuple[HostInput, ...] = (), different_policies: bool = False) -> Document:
    """Merge reports as files."""
    files = {f"/r/{number}.json": render_json(document) for number, document in enumerate(documents)}
    parsed = {name: parse_report(name, text) for name, text in files.items()}
    return merge_reports(parsed, hosts, different_policies=different_policies)


def test_two_slices_give_the_whole_report() -> None:
    whole = report(*FLEET)
    document = merged(report(*FLEET[:2]), report(*FLEET[2:], run=LATER), hosts=FLEET)
    for part in (
        "hosts",
        "summary",
        "policies",
        "holds",
        "reasons",
        "sites",
        "retention",
        "run_type",
        "title",
        "scope",
    ):
        assert document[part] == whole[part]
    assert (document["started"], document["created"]) == ("2026-11-27T08:12:01Z", "2026-11-27T08:18:02Z")
    assert document["duration_seconds"] == 361
    assert document["created_by"] == {"user": "erika", "controller": "awx-1, awx-2", "job": "42, 43"}
    assert [(item["created_by"]["job"], item["hosts"]) for item in document["slices"]] == [("42", 2), ("43", 4)]
    slices = report(*FLEET[:2]), report(*FLEET[2:], run=LATER)
    assert [item["content_sha256"] for item in document["slices"]] == [item["content_sha256"] for item in slices]


def test_a_host_comes_from_the_slice_it_ran_in() -> None:
    one = report(FLEET[0], outside=[host("c2", None), host("c9", None)])
    other = report(host("c2", drifted(2)), outside=[host("c1", None), host("c9", None)])
    document = merged(one, other)
    assert {item["host"]: item["verdict"] for item in document["hosts"]} == {
        "c1": "compliant",
        "c2": "drifted",
        "c9": "not_in_run",
    }
    assert list_missing_hosts(document) == ["c9"]


def test_one_device_in_two_slices_is_unverified_under_both_names() -> None:
    lower = result(1)
    lower["device"] = {"host": "gate.example.com", "serial": "ac:cc:8e:00:00:01"}
    document = merged(report(host("c1", result(1)), host("c2", result(2))), report(host("gate", lower)))
    verdicts = {item["host"]: item["verdict"] for item in document["hosts"]}
    assert verdicts == {"c1": "unverified", "c2": "compliant", "gate": "unverified"}
    assert list_duplicate_hosts(document) == ["c1", "gate"]
    gate = document["hosts"][2]
    assert gate["error"]["kind"] == "duplicate_device"
    assert gate["reason"].startswith("duplicate_device: ")
    assert "c1 has the same serial number" in gate["reason"]
    assert document["summary"]["states"]["unverified"] == 2
    assert document["reasons"] == [{"verdict": "unverified", "reason": "duplicate device", "hosts": 2}]


def test_a_host_without_a_report_is_unverified() -> None:
    document = merged(report(FLEET[0]), hosts=(host("c1", None), host("c8", None, "depot")))
    assert list_missing_hosts(document) == ["c8"]
    assert document["hosts"][1]["reason"] == "Not in any of the merged reports"
    assert document["summary"]["states"]["unverified"] == 1
    assert document["hosts"][1]["sites"] == ["axis", "depot"]


def test_an_unexpected_host_is_listed_and_counted() -> None:
    document = merged(report(*FLEET[:2]))
    assert list_unexpected_hosts(document, ["c1"]) == ["c2"]
    assert list_unexpected_hosts(document, ["c1"], limited=True) == ["c2"]
    assert document["summary"]["hosts"] == 2


def test_a_host_that_no_run_checked_may_be_outside_of_the_limit() -> None:
    document = merged(report(FLEET[0]), hosts=(host("c1", None), host("c8", None)))
    assert list_unexpected_hosts(document, ["c1"]) == ["c8"]
    assert list_unexpected_hosts(document, ["c1"], limited=True) == []


def error_text(*documents: Document, **options: Any) -> str:
    """Return the text of the error."""
    with pytest.raises(InvalidOptionError) as caught:
        merged(*documents, **options)
    assert caught.value.kind == "invalid_option"
    return f"{caught.value.message}. {caught.value.next_step}"


def test_two_reports_with_the_same_host_are_rejected() -> None:
    assert "c1 is in both /r/0.json and /r/1.json" in error_text(report(FLEET[0]), report(*FLEET[:2]))


def test_an_audit_and_a_roll_out_are_rejected() -> None:
    roll_out = replace(RUN, run_type="roll_out")
    text = error_text(report(FLEET[0]), report(FLEET[1], run=roll_out, check_mode=False))
    assert "audit: /r/0.json; roll-out: /r/1.json" in text
    text = error_text(report(FLEET[0], run=roll_out), report(FLEET[1], run=roll_out, check_mode=False))
    assert "roll-out: /r/1.json; roll-out in check mode: /r/0.json" in text


def test_a_changed_slice_is_rejected() -> None:
    whole = report(*FLEET[:2])
    changed = {**whole, "title": whole["title"].replace("harbor", "depot")}
    text = error_text(changed, report(*FLEET[2:]))
    assert text.startswith("/r/0.json was changed after it was written: its content_sha256 is ")
    assert whole["content_sha256"] in text


def part(*hosts: HostInput, **changes: Any) -> Document:
    """Build the report of a slice."""
    return report(*hosts, run=replace(RUN, **changes))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"run_id": "41"}, {"run_id": "42"}, "run 41: /r/0.json; run 42: /r/1.json"),
        ({"run_id": "41"}, {"run_id": None}, "no run ID: /r/1.json; run 41: /r/0.json"),
        ({"run_id": None}, {"run_id": None}, "no run ID, so that they may be of any run: /r/0.json, /r/1.json"),
        ({"run_id": ""}, {"run_id": " "}, "no run ID, so that they may be of any run: /r/0.json, /r/1.json"),
        ({"run_id": "x" * 150 + "1"}, {"run_id": "x" * 150 + "2"}, f"run {'x' * 100}…: /r/0.json; run {'x' * 100}…: "),
        (
            {"moment": RUN.moment - timedelta(days=1)},
            {},
            "/r/0.json of 2026-11-26T08:15:02Z, more than 12 hours before /r/1.json of 2026-11-27T08:15:02Z",
        ),
        ({"slice_number": 1, "slice_count": 2}, {"slice_number": 2, "slice_count": 3}, "2 slices: /r/0.json; 3 slices"),
        ({"slice_number": 1, "slice_count": 2}, {"slice_number": 1, "slice_count": 2}, "slice 1: /r/0.json, /r/1.json"),
    ],
)
def test_slices_that_differ_in_run_are_rejected(one: dict[str, Any], other: dict[str, Any], expected: str) -> None:
    text = error_text(part(FLEET[0], **one), part(FLEET[1], **other))
    assert f"The reports are from different runs ({expected}" in text
    assert "retention_policy_run_id" in text


def test_the_files_of_other_runs_are_named_first() -> None:
    fleet = [part(host(f"c{number}", result(number)), run_id="42") for number in range(8)]
    text = error_text(*fleet, part(FLEET[0], run_id="43"))
    assert "different runs (run 43: /r/8.json; run 42: /r/0.json, " in text
    parts = [part(host(f"c{number}", result(number)), run_id=f"run-{number:02}") for number in range(30)]
    assert "run run-09: /r/9.json; and 20 more)" in error_text(*parts)


def test_one_report_without_run_id_is_merged() -> None:
    assert merged(part(*FLEET, run_id=None))["run_id"] is None


def test_a_slice_beyond_the_last_one_is_rejected() -> None:
    text = error_text(part(FLEET[0], slice_number=3, slice_count=2))
    assert "/r/0.json is not a complete report: slice.number is 3 of 2" in text


def test_slices_of_one_run_are_merged() -> None:
    first = part(FLEET[0], run_id="42", slice_number=1, slice_count=2, moment=RUN.moment - timedelta(hours=11))
    second = part(FLEET[1], run_id="42", slice_number=2, slice_count=2)
    document = merged(first, second)
    assert (document["run_id"], document["slice"]) == ("42", None)
    assert [item["slice"] for item in document["slices"]] == [{"number": 1, "count": 2}, {"number": 2, "count": 2}]
    assert find_missing_slices([first, second]) == []
    assert is_merged(document)
    assert not is_merged(first)


@pytest.mark.parametrize(
    ("numbers", "count", "expected"),
    [((1, 4), 4, [2, 3]), ((), 0, []), ((1,), 1, []), ((2,), 10**15, [1, *range(3, 10_001)])],
)
def test_missing_slices_are_found(numbers: tuple[int, ...], count: int, expected: list[int]) -> None:
    slices = [part(slice_number=number, slice_count=count) for number in numbers]
    assert find_missing_slices([*slices, part()]) == expected


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(minutes=6), "/r/x.json is from the future: created is 2026-11-27T08:15:02Z, and now it is "),
        (timedelta(minutes=4), ""),
        (timedelta(hours=-24), ""),
        (timedelta(hours=-25), "/r/x.json is 25 hours old (created is 2026-11-27T08:15:02Z), and max_age is 24 hours"),
        (timedelta(days=-20_000), "/r/x.json is 480000 hours old"),
        (timedelta(days=9_000), "/r/x.json is from the future"),
    ],
)
def test_reports_of_another_day_or_of_the_future_are_rejected(ahead: timedelta, expected: str) -> None:
    def check() -> None:
        check_times({"/r/x.json": report(FLEET[0])}, RUN.moment - ahead, 24)

    if not expected:
        check()
        return
    with pytest.raises(InvalidOptionError) as caught:
        check()
    assert expected in caught.value.message


@pytest.mark.parametrize("source", ["controller", "device"])
def test_recordings_checked_in_the_future_are_rejected(source: str) -> None:
    """The clock of a device may be wrong."""
    actual = {
        "time_source": source,
        "checked_at": "2030-01-01T00:00:00Z",
        "tolerance": 24,
        "disks": [],
        "unavailable": [],
    }
    documents = {"/r/x.json": report(host("c1", result(1, actual=actual)))}
    if source == "device":
        check_times(documents, RUN.moment, 24)
        return
    with pytest.raises(InvalidOptionError, match=r"x\.json is from the future: hosts\[0\]\.actual\.checked_at is 2030"):
        check_times(documents, RUN.moment, 24)


def test_a_host_without_its_other_verdict_keeps_its_holds() -> None:
    one = with_hold("c1", matches=[])
    one["hosts"][0]["without_unmatched_holds"] = None
    assert merged(seal(one), with_hold("c3"))["hosts"][0]["verdict"] == "drifted"


def test_reports_of_different_policies_are_rejected() -> None:
    other = host("c2", {**result(2), "policy_digest": "cd" * 32})
    text = error_text(report(FLEET[0]), report(other))
    assert "different policies for the purpose 'Doors'" in text
    assert "different_policies" in text
    assert merged(report(FLEET[0]), report(other), different_policies=True)["summary"]["hosts"] == 2


def test_slices_may_share_one_of_several_policies() -> None:
    other = host("c2", {**result(2), "policy_digest": "cd" * 32})
    document = merged(report(FLEET[0]), report(host("c3", result(3)), other))
    assert [policy["digest"] for policy in document["policies"]] == [DIGEST, "cd" * 32]


def test_a_slice_without_results_has_no_policy() -> None:
    silent = {**failed(2)}
    assert merged(report(FLEET[0]), report(host("c2", silent)))["summary"]["hosts"] == 2


def test_merging_no_report_is_an_error() -> None:
    assert "There is no report to merge" in error_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema_version": 2, "hosts": []}',
        '{"schema_version": 1}',
        render_json(report(FLEET[0]))[:-40],
        "[" * 100_000,
        json.dumps({**report(FLEET[0]), "hosts": [{"host": "c1"}]}),
        json.dumps({**report(FLEET[0]), "hosts": ["c1"]}),
        json.dumps({**report(FLEET[0]), "hosts": None}),
    ],
)
def test_invalid_files_are_rejected_by_name(text: str) -> None:
    with pytest.raises(InvalidOptionError, match=r"/r/x\.json"):
        parse_report("/r/x.json", text)


def with_hold(name: str, **fields: Any) -> Document:
    """Build the report of one host with a hold."""
    return report(host(name, {**result(int(name[1:])), "holds": [{**HOLD, **fields}]}))


def test_a_hold_that_matches_in_one_slice_is_matched() -> None:
    unmatched = with_hold("c1", matches=[])
    assert unmatched["unmatched_holds"] != []
    assert merged(unmatched, with_hold("c3"))["unmatched_holds"] == []
    assert merged(unmatched, report(FLEET[1]))["unmatched_holds"] == unmatched["unmatched_holds"]


def test_a_host_is_compliant_if_another_slice_has_the_held_groups() -> None:
    slices = with_hold("c1", matches=[]), with_hold("c3")
    (alone,) = slices[0]["hosts"]
    assert (alone["verdict"], alone["severity"]) == ("drifted", "critical")
    host_of = {item["host"]: item for item in merged(*slices)["hosts"]}
    assert {name: (item["verdict"], item["severity"], item["reason"]) for name, item in host_of.items()} == {
        "c1": ("compliant", "info", ""),
        "c3": ("compliant", "info", ""),
    }
    assert (host_of["c1"]["unmatched_holds"], host_of["c1"]["without_unmatched_holds"]) == ([], None)


@pytest.mark.parametrize(
    ("verdict", "severity", "host_verdict", "state"),
    [
        ("short", "critical", "failing_disk", "non_compliant"),
        ("insufficient_history", "info", "insufficient_history", "unverified"),
        ("indeterminate", "info", "indeterminate", "unverified"),
    ],
)
def test_a_host_whose_hold_matches_elsewhere_keeps_its_disks(
    verdict: str, severity: str, host_verdict: str, state: str
) -> None:
    disk = finding(verdict, severity, recording_group_id=None, nice_name=None, disk_id="SD_DISK", reason="2 days only")
    one = report(host("c1", result(1, finding(), disk, holds=[{**HOLD, "matches": []}], compliant=False)))
    (alone,) = one["hosts"]
    assert (alone["verdict"], alone["severity"], alone["state"]) == ("drifted", "critical", "non_compliant")
    document = merged(one, with_hold("c3"))
    found = document["hosts"][0]
    assert (found["verdict"], found["severity"], found["state"]) == (host_verdict, severity, state)
    assert document["summary"]["states"] == {"compliant": 1, "non_compliant": 0, "unverified": 0, state: 1}
    assert "2 days only" in found["reason"]


def test_a_host_keeps_the_holds_that_match_in_no_slice() -> None:
    elsewhere, nowhere = ({**HOLD, "recording_group_id": name, "matches": []} for name in ("door*", "gate*"))
    one = report(host("c1", result(1, holds=[elsewhere, nowhere])))
    (kept, _other) = merged(one, with_hold("c3"))["hosts"]
    assert [hold["recording_group_id"] for hold in kept["unmatched_holds"]] == ["gate*"]
    assert (kept["verdict"], kept["severity"]) == ("drifted", "critical")
    assert kept["reason"].startswith("the hold on gate* until ")
    assert "door*" not in kept["reason"]


@pytest.mark.parametrize(("key", "fields"), [("unmatched_holds", {"matches": []}), ("ended_holds", {"ended": True})])
def test_the_hosts_of_a_hold_are_added_up(key: str, fields: dict[str, Any]) -> None:
    (hold,) = merged(*(with_hold(name, **fields) for name in ("c5", "c1", "c4", "c2")))[key]
    assert (hold["hosts"], hold["examples"]) == (4, ["c1", "c2", "c4"])


@given(st.lists(st.integers(0, 3), min_size=len(FLEET), max_size=len(FLEET)))
def test_any_slices_give_the_whole_report(slices: list[int]) -> None:
    parts = [report(*(item for item, number in zip(FLEET, slices, strict=True) if number == part)) for part in range(4)]
    document = merged(*parts, hosts=FLEET)
    whole = report(*FLEET)
    assert all(
        document[part] == whole[part]
        for part in ("hosts", "summary", "policies", "holds", "reasons", "sites", "retention")
    )


def test_what_one_slice_says_is_not_said_of_all() -> None:
    """The second slice ended before its first write, while the first one has changed hosts."""
    run = replace(RUN, run_type="roll_out", slice_count=3)
    parts = {
        "/r/0.json": replace(run, slice_number=1),
        "/r/1.json": replace(run, slice_number=2, stopped="Nothing was written: 50% failed", approved_by=None),
        "/r/2.json": replace(run, slice_number=3, stopped="Nothing was written: 20% failed", approved_by="Change 5"),
    }
    slices = {
        name: report(host(f"c{number}", result(number)), run=part) for number, (name, part) in enumerate(parts.items())
    }
    document = merge_reports(slices, (), different_policies=False)
    assert document["stopped"] == (
        "slice 2 of 3: Nothing was written: 50% failed; slice 3 of 3: Nothing was written: 20% failed"
    )
    assert document["approved_by"] == "Change 4711, Change 5 (2 of 3 slices)"
    unapproved = {
        name: report(host(f"c{number}", result(number)), run=replace(run, slice_number=number, approved_by=None))
        for number, name in enumerate(slices, 1)
    }
    document = merge_reports(unapproved, (), different_policies=False)
    assert (document["stopped"], document["approved_by"]) == (None, None)
