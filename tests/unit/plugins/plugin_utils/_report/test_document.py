# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as data: each host once, the sums those of the hosts, and nothing in it but what was returned."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import OUTCOMES, VERDICTS
from tests.unit.plugins.plugin_utils.reports import (
    DIGEST,
    FLEET,
    HOLD,
    OUTSIDE,
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
    """The hosts of a report."""
    return {item["host"]: item for item in document["hosts"]}


def test_each_host_is_counted_once_and_those_outside_the_limit_too() -> None:
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
    assert summary["outcomes"] == {"as_the_policy_says": 1, "not_as_the_policy_says": 2, "unverified": 4}
    assert summary["critical"] == 1


def test_it_is_as_its_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(report(*FLEET, outside=OUTSIDE))
    VALIDATOR.validate(report())


def test_every_verdict_is_in_one_outcome() -> None:
    assert sorted(verdict for verdicts in OUTCOMES.values() for verdict in verdicts) == sorted(VERDICTS)


def test_the_order_of_the_hosts_in_the_play_makes_no_difference() -> None:
    one = report(*FLEET, outside=OUTSIDE)
    assert all(report(*order, outside=OUTSIDE) == one for order in list(permutations(FLEET))[::37])


def test_a_host_in_line() -> None:
    assert by_name(report(*FLEET))["c1"] == {
        "host": "c1",
        "sites": ["axis", "harbour"],
        "verdict": "compliant",
        "severity": "info",
        "reason": "",
        "device": {"host": "192.0.2.1", "serial": "ACCC8E000001", "model": None, "firmware": None},
        "policy": {"purpose": "Doors", "owner": "me@example.com", "digest": DIGEST},
        "recorded_sources": 1,
        "findings": [
            {
                "recording_group_id": "door",
                "nice_name": "Door",
                "verdict": "compliant",
                "severity": "info",
                "reason": None,
                "retention": {"expected": 720, "found": 720},
                "fields": [],
            }
        ],
        "changes": [],
        "refused": [],
        "holds": [],
        "error": None,
        "actual": None,
    }


def test_a_drifted_host_field_by_field() -> None:
    told = by_name(report(*FLEET))["c2"]
    fields = [{"field": "retention_time", "expected": 720, "found": 24}]
    assert told["findings"][0]["fields"] == fields
    assert told["findings"][0]["retention"] == {"expected": 720, "found": 24}
    assert told["changes"] == [
        {
            "operation": "update",
            "recording_group_id": "door",
            "nice_name": "Door",
            "loses_recordings": False,
            "fields": fields,
        }
    ]


def test_the_holds_in_force_with_reason_owner_and_end() -> None:
    ended = {**HOLD, "ended": True}
    idle = {**HOLD, "matches": []}
    told = report(host("c3", {**held(3), "holds": [HOLD, ended, idle]}))["hosts"][0]
    assert told["holds"] == [HOLD]


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
        (result(4, finding("unmanaged", "warning")), "unexpected group"),
        (None, "not attempted"),
    ],
)
def test_why_in_a_word(registered: dict[str, Any] | None, reason: str) -> None:
    assert [item["reason"] for item in report(host("c4", registered))["reasons"]] == [reason]


def test_the_most_frequent_reason_comes_first() -> None:
    hosts = [host(f"c{number}", failed(number)) for number in range(3)]
    told = report(host("a", drifted(9)), *hosts)["reasons"]
    assert [(item["reason"], item["hosts"]) for item in told] == [("unreachable", 3), ("retention time", 1)]


def test_sites_are_the_inventory_groups_that_tell_hosts_apart() -> None:
    told = report(*FLEET, outside=OUTSIDE)["sites"]
    assert [(site["site"], site["hosts"]) for site in told] == [("depot", 4), ("harbour", 3)]
    assert told[1]["verdicts"] == {"compliant": 1, "drifted": 1, "held": 1}


def test_a_recorder_is_one_host_for_several_sources() -> None:
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


def test_retention_expected_against_found() -> None:
    told = report(host("c1", result(1)), host("c2", drifted(2)), host("c3", held(3)), host("c4", failed(4)))
    assert told["retention"] == [
        {"expected": 720, "found": 0, "groups": 1},
        {"expected": 720, "found": 24, "groups": 1},
        {"expected": 720, "found": 720, "groups": 1},
    ]


def test_hosts_of_one_purpose_are_one_policy_with_all_its_digests() -> None:
    other = {**result(2), "policy_digest": "cd" * 32}
    told = report(host("c1", result(1)), host("c2", other), host("c3", None))["policies"]
    assert told == [{"purpose": "Doors", "owner": "me@example.com", "digests": [DIGEST, "cd" * 32], "hosts": 3}]


def test_what_was_asked_of_the_recordings_is_counted_by_disk() -> None:
    disk = {"disk_id": "SD_DISK", "verdict": "met", "reason": "It is"}
    actual = {"disks": [disk, {**disk, "disk_id": "NetworkShare", "verdict": "short"}]}
    told = report(host("c1", result(1, actual=actual)), host("c2", failed(2)))["summary"]["actual"]
    assert {verdict: count for verdict, count in told.items() if count} == {"met": 1, "short": 1}
    assert report(*FLEET)["summary"]["actual"] is None


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
def test_whatever_the_hosts_returned_the_sums_are_those_of_the_hosts(
    results: list[dict[str, Any] | None], left_out: int, check_mode: bool
) -> None:
    hosts = [host(f"c{number}", registered) for number, registered in enumerate(results)]
    document = report(*hosts, outside=[host(f"o{number}", None) for number in range(left_out)], check_mode=check_mode)
    VALIDATOR.validate(document)
    summary = document["summary"]
    names = [item["host"] for item in document["hosts"]]
    assert len(set(names)) == len(names) == summary["hosts"] == len(results) + left_out
    assert sum(summary["verdicts"].values()) == sum(summary["outcomes"].values()) == summary["hosts"]
    # A host that said nothing is never as its policy says.
    silent = sum(registered is None or "compliant" not in registered for registered in results) + left_out
    assert summary["outcomes"]["unverified"] == silent
