# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The slices of a run make the report that the whole run would have made; what is of another run is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.formats import json_of
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.merge import (
    merge,
    missing_from,
    parse,
    unexpected_hosts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostReport
from tests.unit.plugins.plugin_utils.reports import (
    DIGEST,
    FLEET,
    HOLD,
    RUN,
    drifted,
    failed,
    held,
    host,
    report,
    result,
)

LATER = replace(RUN, moment=RUN.moment + timedelta(minutes=3), by={"user": "erika", "controller": "awx-2", "job": "43"})
SITES = ("harbour", "depot")


def joined(*documents: Document, hosts: tuple[HostReport, ...] = (), different_policies: bool = False) -> Document:
    """One report of several, by way of their files."""
    files = {f"/r/{number}.json": json_of(document) for number, document in enumerate(documents)}
    read = {name: parse(name, text) for name, text in files.items()}
    return merge(read, hosts, different_policies=different_policies)


def test_two_slices_make_the_whole() -> None:
    whole = report(*FLEET)
    told = joined(report(*FLEET[:2]), report(*FLEET[2:], run=LATER), hosts=FLEET)
    for part in ("hosts", "summary", "policies", "reasons", "sites", "retention", "kind", "title"):
        assert told[part] == whole[part]
    assert told["created"] == "2026-11-27T08:18:02Z"
    assert told["created_by"] == {"user": "erika", "controller": "awx-1, awx-2", "job": "42, 43"}
    assert [(item["created_by"]["job"], item["hosts"]) for item in told["slices"]] == [("42", 2), ("43", 4)]


def test_a_host_outside_the_limit_of_one_slice_is_as_the_other_found_it() -> None:
    one = report(FLEET[0], outside=[host("c2", None), host("c9", None)])
    other = report(host("c2", drifted(2)), outside=[host("c1", None), host("c9", None)])
    told = joined(one, other)
    assert {item["host"]: item["verdict"] for item in told["hosts"]} == {
        "c1": "compliant",
        "c2": "drifted",
        "c9": "not_in_run",
    }
    assert missing_from(told) == ["c9"]


def test_who_is_in_none_of_the_slices_is_told_and_not_proven() -> None:
    told = joined(report(FLEET[0]), hosts=(host("c1", None), host("c8", None, "depot")))
    assert missing_from(told) == ["c8"]
    assert told["hosts"][1]["reason"] == "In none of the runs"
    assert told["summary"]["outcomes"]["unverified"] == 1
    assert told["hosts"][1]["sites"] == ["axis", "depot"]


def test_who_is_in_a_slice_and_not_expected_is_told_and_counted() -> None:
    told = joined(report(*FLEET[:2]))
    assert unexpected_hosts(told, ["c1"]) == ["c2"]
    assert told["summary"]["hosts"] == 2


def refusal(*documents: Document, **options: Any) -> str:
    """The words of the refusal."""
    with pytest.raises(InvalidOptionError) as caught:
        joined(*documents, **options)
    assert caught.value.kind == "invalid_option"
    return f"{caught.value.message}. {caught.value.next_step}"


def test_reports_that_both_looked_at_a_host_are_of_different_runs() -> None:
    assert "c1 is in /r/0.json and in /r/1.json" in refusal(report(FLEET[0]), report(*FLEET[:2]))


def test_an_audit_and_a_roll_out_are_not_one_run() -> None:
    words = refusal(report(FLEET[0]), report(FLEET[1], run=replace(RUN, kind="roll_out")))
    assert "audit: /r/0.json; roll-out: /r/1.json" in words


def test_reports_of_different_policies_are_refused() -> None:
    other = host("c2", {**result(2), "policy_digest": "cd" * 32})
    words = refusal(report(FLEET[0]), report(other))
    assert "different policies for Doors" in words
    assert "different_policies" in words
    assert joined(report(FLEET[0]), report(other), different_policies=True)["summary"]["hosts"] == 2


def test_slices_share_a_policy_when_they_have_one_in_common() -> None:
    other = host("c2", {**result(2), "policy_digest": "cd" * 32})
    told = joined(report(FLEET[0]), report(host("c3", result(3)), other))
    assert told["policies"][0]["digests"] == [DIGEST, "cd" * 32]


def test_a_slice_that_reached_nobody_has_no_policy_to_differ_in() -> None:
    silent = {**failed(2)}
    assert joined(report(FLEET[0]), report(host("c2", silent)))["summary"]["hosts"] == 2


def test_no_report_at_all() -> None:
    assert "no report" in refusal()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema_version": 2, "hosts": []}',
        '{"schema_version": 1}',
        json_of(report(FLEET[0]))[:-40],
        "[" * 100_000,
        json.dumps({**report(FLEET[0]), "hosts": [{"host": "c1"}]}),
        json.dumps({**report(FLEET[0]), "hosts": ["c1"]}),
        json.dumps({**report(FLEET[0]), "hosts": None}),
    ],
)
def test_what_is_no_report_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidOptionError, match=r"/r/x\.json"):
        parse("/r/x.json", text)


def test_a_hold_that_matches_in_one_slice_is_not_idle() -> None:
    idle = host("c1", {**result(1), "holds": [{**HOLD, "matches": []}]})
    in_force = host("c3", {**held(3), "policy_digest": DIGEST})
    assert report(idle)["unmatched_holds"] != []
    assert joined(report(idle), report(in_force))["unmatched_holds"] == []
    assert joined(report(idle), report(FLEET[1]))["unmatched_holds"] != []


@given(st.lists(st.integers(0, 3), min_size=len(FLEET), max_size=len(FLEET)))
def test_however_it_is_sliced_the_whole_comes_of_it(slices: list[int]) -> None:
    parts = [report(*(item for item, number in zip(FLEET, slices, strict=True) if number == part)) for part in range(4)]
    told = joined(*parts, hosts=FLEET)
    whole = report(*FLEET)
    assert all(told[part] == whole[part] for part in ("hosts", "summary", "policies", "reasons", "sites", "retention"))
