# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the report as data: it contains each host once, its numbers match the hosts, and it invents nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import clean
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    STATES,
    VERDICTS,
)
from tests.unit.plugins.plugin_utils.reports import (
    DIGEST,
    FLEET,
    HOLD,
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

SCHEMA = json.loads((Path(__file__).parents[5] / "docs" / "retention-report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the hosts of a report by name."""
    return {item["host"]: item for item in document["hosts"]}


def test_each_host_is_counted_once() -> None:
    summary = report(*FLEET, outside=OUTSIDE)["summary"]
    assert summary["hosts"] == 7
    assert {verdict: count for verdict, count in summary["verdicts"].items() if count} == {
        "compliant": 1,
        "drifted": 1,
        "held": 1,
        "unverified": 1,
        "unsupported": 1,
        "not_attempted": 1,
        "not_in_run": 1,
    }
    assert summary["states"] == {"compliant": 1, "non_compliant": 2, "unverified": 4}
    assert summary["critical"] == 1


def test_reports_match_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    holds = [{**HOLD, "ended": True}, {**HOLD, "recording_group_id": "none", "matches": []}]
    VALIDATOR.validate(report(*FLEET, host("c8", result(8, holds=holds)), outside=OUTSIDE))
    VALIDATOR.validate(report())


def test_every_verdict_has_one_state() -> None:
    assert sorted(verdict for verdicts in STATES.values() for verdict in verdicts) == sorted(VERDICTS)


def test_the_order_of_hosts_does_not_matter() -> None:
    one = report(*FLEET, outside=OUTSIDE)
    assert all(report(*order, outside=OUTSIDE) == one for order in list(permutations(FLEET))[::37])


def test_compliant_host_has_all_keys() -> None:
    assert by_name(report(*FLEET))["c1"] == {
        "host": "c1",
        "sites": ["axis", "harbor"],
        "state": "compliant",
        "verdict": "compliant",
        "severity": "info",
        "reason": "",
        "recordings_verified": False,
        "device": {"host": "192.0.2.1", "serial": "ACCC8E000001", "model": None, "firmware": None},
        "policy": {"purpose": "Doors", "owner": "me@example.com", "digest": DIGEST},
        "recorded_sources": 1,
        "findings": [
            {
                "recording_group_id": "door",
                "nice_name": "Door",
                "disk_id": None,
                "verdict": "compliant",
                "severity": "info",
                "reason": None,
                "retention": {"expected": 720, "found": 720},
                "stream_options": "camera=1",
                "recorded_source": None,
                "fields": [],
            }
        ],
        "changes": [],
        "refused": [],
        "holds": [],
        "unmatched_holds": [],
        "without_unmatched_holds": None,
        "error": None,
        "actual": None,
    }


def test_a_drifted_host_field_by_field() -> None:
    drifted_host = by_name(report(*FLEET))["c2"]
    fields = [{"field": "retention_time", "expected": 720, "found": 24}]
    assert drifted_host["findings"][0]["fields"] == fields
    assert drifted_host["findings"][0]["retention"] == {"expected": 720, "found": 24}
    assert drifted_host["changes"] == [
        {
            "operation": "update",
            "recording_group_id": "door",
            "nice_name": "Door",
            "loses_recordings": False,
            "ends_recording": False,
            "fields": fields,
        }
    ]


@pytest.mark.parametrize(("limit", "reason"), [("c1", "Outside --limit"), (None, "Not in this run")])
def test_a_host_outside_the_run_says_why(limit: str | None, reason: str) -> None:
    document = report(FLEET[0], outside=OUTSIDE, run=replace(RUN, scope=replace(RUN.scope, limit=limit)))
    assert [(item["host"], item["state"], item["reason"]) for item in document["hosts"][1:]] == [
        ("c7", "unverified", reason)
    ]
    assert document["scope"]["not_in_run"] == 1


def test_sources_of_a_recorder_are_named() -> None:
    differences = [
        {"field": "retention_time", "before": None, "after": 720},
        {"field": "stream_options", "before": None, "after": "device=ACCC8E000003&camera=2"},
    ]
    findings = [
        finding(recording_group_id="a"),
        finding(recording_group_id="b"),
        finding("missing", "warning", recording_group_id="c", differences=differences),
        finding("missing", "critical", recording_group_id=None, nice_name=None),
    ]
    groups = [
        {"recording_group_id": "a", "retention_time": 720, "stream_options": "camera=1&device=accc8e000001"},
        {"recording_group_id": "b", "retention_time": 720, "stream_options": "device=ACCC8E000002"},
    ]
    document = report(host("r1", result(1, *findings, recording_groups=groups)))
    found = document["hosts"][0]["findings"]
    assert [(item["recorded_source"], item["retention"]["expected"]) for item in found] == [
        ("ACCC8E000001, camera 1", 720),
        ("ACCC8E000002, camera 1", 720),
        ("ACCC8E000003, camera 2", 720),
        (None, None),
    ]
    assert found[2]["stream_options"] == "device=ACCC8E000003&camera=2"
    # A finding about the device itself does not count.
    assert document["summary"]["groups"] == 3
    views = [{**group, "stream_options": f"camera={number}"} for number, group in enumerate(groups, 1)]
    found = report(host("c1", result(1, *findings[:2], recording_groups=views)))["hosts"][0]["findings"]
    assert [item["recorded_source"] for item in found] == ["camera 1", "camera 2"]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"ended": False, "matches": ["door"]}, "active"),
        ({"ended": False, "matches": None}, "active"),
        ({"ended": True, "matches": ["door"]}, "ended"),
        ({"ended": False, "matches": []}, "unmatched"),
    ],
)
def test_every_hold_has_a_state(fields: dict[str, Any], state: str) -> None:
    names = ("recording_group_id", "reason", "owner", "until")
    document = report(*(host(f"c{number}", result(number, holds=[{**HOLD, **fields}])) for number in (1, 2)))
    (hold,) = document["holds"]
    assert sorted(name for found in hold.pop("conditions").values() for name in found) == ["c1", "c2"]
    assert hold == {**{name: HOLD[name] for name in names}, "state": state, "hosts": 2, "examples": ["c1", "c2"]}


def test_numbers_are_written_the_same_way_by_every_program() -> None:
    values = {"a": 12.0, "b": -0.0, "c": 0.00001, "d": 719.98765, "e": 10**17, "f": True, "g": -(10**300), "h": 1e300}
    assert json.dumps(clean(values)) == json.dumps(
        {"a": 12, "b": 0, "c": 0, "d": 719.988, "e": 2**53 - 1, "f": True, "g": 1 - 2**53, "h": 2**53 - 1}
    )


def test_a_refused_change_has_its_allowances() -> None:
    registered = held(3)
    registered["refused"][0]["allowances"] = ["allow_recording_loss"]
    (refusal,) = report(host("c3", registered))["hosts"][0]["refused"]
    assert refusal["allowances"] == ["allow_recording_loss"]
    assert (refusal["kind"], refusal["next_step"]) == ("held", "Ask legal.")


def test_an_error_has_its_message_without_the_host() -> None:
    hosts = report(host("c4", failed(4)), host("c5", {"failed": True, "msg": "Core failed"}))["hosts"]
    assert [item["error"] for item in hosts] == [
        {"kind": "unreachable", "message": "No connection", "next_step": "Check it."},
        {"kind": None, "message": "Core failed", "next_step": None},
    ]


def test_a_host_lists_all_its_holds_with_their_condition() -> None:
    ended = {**HOLD, "ended": True}
    unmatched = {**HOLD, "recording_group_id": "none", "matches": []}
    document = report(host("c3", {**held(3), "holds": [HOLD, ended, unmatched]}))
    assert document["hosts"][0]["holds"] == [
        {**HOLD, "condition": "settings_only"},
        {**ended, "condition": "ended"},
        {**unmatched, "condition": "missing"},
    ]
    names = ("recording_group_id", "reason", "owner", "until")
    for key, hold in (("ended_holds", HOLD), ("unmatched_holds", unmatched)):
        assert document[key] == [{**{name: hold[name] for name in names}, "hosts": 1, "examples": ["c3"]}]


@pytest.mark.parametrize(
    ("registered", "reason"),
    [
        (failed(4), "unreachable"),
        (failed(4, "timeout"), "timeout"),
        (failed(4, "authentication"), "authentication"),
        (failed(4, "unsupported"), "unsupported"),
        (drifted(4), "retention time"),
        (held(4), "held"),
        (result(4, finding("missing", "critical")), "group missing"),
        (result(4, finding("unmanaged", "warning")), "unmanaged group"),
        (None, "not attempted"),
    ],
)
def test_reasons_have_a_short_form(registered: dict[str, Any] | None, reason: str) -> None:
    assert [item["reason"] for item in report(host("c4", registered))["reasons"]] == [reason]


def test_reasons_are_sorted_by_frequency() -> None:
    hosts = [host(f"c{number}", failed(number)) for number in range(3)]
    reasons = report(host("a", drifted(9)), *hosts)["reasons"]
    assert [(item["reason"], item["hosts"]) for item in reasons] == [("unreachable", 3), ("retention time", 1)]


def test_groups_with_all_hosts_are_not_sites() -> None:
    sites = report(*FLEET, outside=OUTSIDE)["sites"]
    assert [(site["site"], site["hosts"]) for site in sites] == [("depot", 4), ("harbor", 3)]
    assert sites[1]["verdicts"] == {"compliant": 1, "drifted": 1, "held": 1}


def test_an_unmatched_hold_is_a_reason_of_its_hosts() -> None:
    unmatched = {**HOLD, "matches": [], "differs_in_case": ["Door"]}
    document = report(host("c1", result(1, holds=[unmatched])), host("c2", result(2)))
    VALIDATOR.validate(document)
    first = by_name(document)["c1"]
    assert (first["verdict"], first["severity"]) == ("drifted", "critical")
    assert first["unmatched_holds"] == [
        {name: HOLD[name] for name in ("recording_group_id", "reason", "owner", "until")}
    ]
    assert first["without_unmatched_holds"] == {"verdict": "compliant", "severity": "info", "reason": ""}
    assert document["reasons"] == [{"verdict": "drifted", "reason": "unmatched hold", "hosts": 1}]
    assert document["summary"]["critical"] == 1


def test_a_recorder_has_several_sources() -> None:
    groups = [
        {"recording_group_id": f"g{number}", "retention_time": 720, "stream_options": options}
        for number, options in enumerate(
            (
                "device=ACCC8E000001&camera=1",
                "device=accc8e000001&camera=1&fps=5",
                "device=ACCC8E000002",
                "camera=2",
                None,
                "%",
            )
        )
    ]
    document = report(host("r1", result(1, recording_groups=groups)))
    assert document["hosts"][0]["recorded_sources"] == 5
    assert document["summary"]["recorded_sources"] == 5


def test_an_unmanaged_group_has_its_own_retention_and_source() -> None:
    """The policy says nothing about it, so that its retention is not as expected."""
    other = {"recording_group_id": "yard", "retention_time": 0, "stream_options": "device=ACCC8E000002&camera=1"}
    findings = (finding(), finding("unmanaged", recording_group_id="yard", nice_name=""))
    document = report(host("r1", result(1, *findings, other_groups=[other])))
    VALIDATOR.validate(document)
    door, yard = document["hosts"][0]["findings"]
    assert (door["retention"], yard["retention"]) == (
        {"expected": 720, "found": 720},
        {"expected": None, "found": 0},
    )
    assert yard["stream_options"] == other["stream_options"]
    assert (door["recorded_source"], yard["recorded_source"]) == ("camera 1", "ACCC8E000002, camera 1")
    assert document["hosts"][0]["recorded_sources"] == 2
    assert document["retention"] == [{"expected": 720, "found": 720, "groups": 1}]


def test_groups_are_counted_by_retention() -> None:
    document = report(host("c1", result(1)), host("c2", drifted(2)), host("c3", held(3)), host("c4", failed(4)))
    assert document["retention"] == [
        {"expected": 720, "found": 0, "groups": 1},
        {"expected": 720, "found": 24, "groups": 1},
        {"expected": 720, "found": 720, "groups": 1},
    ]


def test_one_purpose_may_have_several_digests() -> None:
    other = {**result(2), "policy_digest": "cd" * 32}
    policies = report(host("c1", result(1)), host("c2", other), host("c3", None))["policies"]
    words = {"groups": [], "bounds": [], "rules": []}
    assert policies == [
        {"purpose": "Doors", "owner": "me@example.com", "digest": None, "hosts": 1, **words},
        {
            "purpose": "Doors",
            "owner": "me@example.com",
            "digest": DIGEST,
            "hosts": 1,
            "groups": ["door keeps recordings 30 days."],
            "bounds": ["Every recording group keeps recordings at least 7 days."],
            "rules": [],
        },
        {"purpose": "Doors", "owner": "me@example.com", "digest": "cd" * 32, "hosts": 1, **words},
    ]


def test_recordings_are_counted_by_disk() -> None:
    disk = {"disk_id": "SD_DISK", "verdict": "met", "severity": "info", "reason": "Old enough", "recordings": 7}
    actual = {"disks": [disk, {**disk, "disk_id": "NetworkShare", "verdict": "short", "severity": "warning"}]}
    summary = report(host("c1", result(1, actual=actual)), host("c2", failed(2)))["summary"]
    assert {verdict: count for verdict, count in summary["disks"].items() if count} == {"met": 1, "short": 1}
    assert summary["recordings_verified"] == 1
    whole = report(*FLEET)["summary"]
    assert (whole["disks"], whole["recordings_verified"]) == (None, 0)


@given(
    st.lists(
        st.sampled_from(
            [result(1), drifted(2), held(3), held(3, "critical"), failed(4), failed(5, "unsupported"), None]
        ),
        max_size=12,
    ),
    st.integers(0, 3),
    st.booleans(),
)
def test_the_numbers_match_the_hosts(results: list[dict[str, Any] | None], outside: int, check_mode: bool) -> None:
    hosts = [host(f"c{number}", registered) for number, registered in enumerate(results)]
    document = report(*hosts, outside=[host(f"o{number}", None) for number in range(outside)], check_mode=check_mode)
    VALIDATOR.validate(document)
    summary = document["summary"]
    names = [item["host"] for item in document["hosts"]]
    assert len(set(names)) == len(names) == summary["hosts"] == len(results) + outside
    assert sum(summary["verdicts"].values()) == sum(summary["states"].values()) == summary["hosts"]
    # A host without a verdict never counts as compliant.
    silent = sum(registered is None or "compliant" not in registered for registered in results) + outside
    assert summary["states"]["unverified"] == silent


def test_retention_of_hosts_whose_check_failed_is_not_counted() -> None:
    read = {**failed(2, "unconfirmed"), "findings": drifted(2)["findings"]}
    document = report(host("c1", result(1)), host("c2", read), check_mode=False)
    assert document["retention"] == [{"expected": 720, "found": 720, "groups": 1}]
