# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the comparison of two reports: every difference is in exactly one list, and nothing else is a difference."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import product
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.camfleet.axis.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.compare import (
    CATEGORIES,
    Source,
    check_sources,
    compare_reports,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.digest import has_valid_digest, seal
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.document import Document, RunInfo, Scope
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import HostInput
from tests.playbook import CHECKOUT
from tests.unit.plugins.plugin_utils.reports import HOLD, RUN, drifted, failed, finding, held, host, report, result

SCHEMA = json.loads((CHECKOUT / "docs" / "retention-comparison.schema.json").read_text(encoding="utf-8"))
WEEK = timedelta(days=7)
NOW = datetime(2026, 12, 4, 9, 0, 0, tzinfo=timezone.utc)


def run_of(week: int, **more: Any) -> RunInfo:
    """Return the run of a week."""
    return replace(RUN, moment=RUN.moment + week * WEEK, run_id=f"2026-{48 + week}", **more)


def compare(
    earlier: Document | Sequence[HostInput], later: Document | Sequence[HostInput], *history: Document
) -> Document:
    """Compare two reports, or the hosts of two weeks."""
    one = earlier if isinstance(earlier, dict) else report(*earlier)
    two = later if isinstance(later, dict) else report(*later, run=run_of(1))
    document = compare_documents(one, two, *history)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert has_valid_digest(document)
    return document


def compare_documents(one: Document, two: Document, *history: Document) -> Document:
    """Compare two reports."""
    past = [Source(f"/r/past-{number}.json", document) for number, document in enumerate(history)]
    return compare_reports(Source("/r/one.json", one), Source("/r/two.json", two), past, moment=NOW, version="0.2.0")


def found(document: Document) -> dict[str, list[str]]:
    """Return host and subject of each entry, by list."""
    return {
        name: [
            ":".join(filter(None, (item["host"], item["recording_group_id"] or item["nice_name"] or item["disk_id"])))
            for item in document[name]
        ]
        for name in CATEGORIES
        if document[name]
    }


def differences(document: Document) -> dict[str, int]:
    """Return the number of each kind of difference, without empty ones."""
    others = ("hosts", "outside_limit", "still_unverified")
    return {name: count for name, count in document["summary"].items() if count and name not in others}


def disk(verdict: str, days: float = 40, disk_id: str = "SD_DISK", **more: Any) -> dict[str, Any]:
    """Build the verdict on a disk."""
    return {
        "disk_id": disk_id,
        "verdict": verdict,
        "severity": "critical" if verdict == "overdue" else "warning",
        "reason": f"The oldest recording is {days} days old",
        "status": "OK",
        "used_percent": round(days * 1.7, 1),
        "free_size_text": f"{days} GB",
        "wear_percent": int(days),
        "cleanup_max_age": 30,
        "cleanup_text": None,
        "groups": [{"recording_group_id": "door", "retention_time": 720}],
        "recordings": int(days * 24),
        "oldest": "2026-10-01T00:00:00Z",
        "newest": "2026-11-27T00:00:00Z",
        "age_hours": days * 24,
        **more,
    }


def recorded(number: int, *disks: dict[str, Any], findings: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Build the result of a camera whose recordings were verified."""
    about_disks = [
        finding(
            item["verdict"],
            "info" if item["verdict"] in ("insufficient_history", "indeterminate") else item["severity"],
            recording_group_id=None,
            nice_name=None,
            disk_id=item["disk_id"],
            reason=item["reason"],
        )
        for item in disks
        if item["verdict"] != "met"
    ]
    actual = {"time_source": "device", "checked_at": "2026-11-27T08:15:00Z", "tolerance": 24, "unavailable": []}
    every = [*(findings or (finding(),)), *about_disks]
    return {**result(number, *every, actual={**actual, "disks": list(disks)}), "compliant": not about_disks}


def missing(number: int = 1, severity: str = "warning") -> dict[str, Any]:
    """Build the result of a camera without the group of the policy."""
    differences = [{"field": "retention_time", "before": None, "after": 720}]
    return result(number, finding("missing", severity, differences=differences, reason="The group does not exist"))


def renamed(number: int, *fields: str, severity: str = "cosmetic") -> dict[str, Any]:
    """Build the result of a camera with other texts."""
    differences = [{"field": field, "before": "old", "after": "new"} for field in fields]
    return result(number, finding("drifted", severity, differences=differences))


def test_dates_ages_and_numbers_of_recordings_are_no_difference() -> None:
    earlier = [
        host("c1", recorded(1, disk("met", 40))),
        host("c2", recorded(2, disk("short", 3))),
        host("c3", drifted(3)),
        host("c4", failed(4, message="No connection after 10 s")),
        host("c5", held(5)),
    ]
    later = [
        host("c1", recorded(1, disk("met", 47.5))),
        host("c2", recorded(2, disk("short", 4.25))),
        host("c3", drifted(3)),
        host("c4", failed(4, message="No connection after 11 s")),
        host("c5", held(5)),
    ]
    document = compare(earlier, later)
    assert document["result"] == "unchanged"
    assert differences(document) == {"open": 3}
    assert document["notes"] == []
    (host_unverified,) = document["still_unverified"]
    assert (host_unverified["host"], host_unverified["verdict"]) == ("c4", "unverified")
    assert document["summary"]["still_unverified"] == 1


FEW = recorded(1, disk("insufficient_history", 2))
YOUNG_AND_DRIFTED = recorded(1, disk("insufficient_history", 2), findings=drifted(1)["findings"])
UNMANAGED = {**result(1, finding(), finding("unmanaged", recording_group_id="x")), "compliant": True}
UNCOVERED = {**result(1, finding("unmanaged")), "compliant": True}
#: By name, what two reports say about one camera, and the only list with an entry; none if nothing is different.
TRANSITIONS: dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None, str | None]] = {
    "drift": (result(1), drifted(1), "new"),
    "fix": (drifted(1), result(1), "fixed"),
    "missing group": (result(1), missing(), "new"),
    "group created": (missing(), result(1), "fixed"),
    "drifted group deleted": (drifted(1, severity="warning"), missing(), "worse"),
    "group created with another retention": (missing(), drifted(1, severity="warning"), "better"),
    "shorter": (drifted(1, 240), drifted(1, 120), "worse"),
    "longer, and still short": (drifted(1, 120), drifted(1, 240), "better"),
    "too long": (drifted(1, 1000), drifted(1, 2000), "worse"),
    "unlimited": (drifted(1, 1000), drifted(1, 0), "worse"),
    "less too long": (drifted(1, 0), drifted(1, 1000), "better"),
    "from short to long": (drifted(1, 240), drifted(1, 1000), "worse"),
    "more severe": (drifted(1, 24, "warning"), drifted(1, 240, "critical"), "worse"),
    "less severe": (drifted(1, 240, "critical"), drifted(1, 24, "warning"), "better"),
    "the same": (drifted(1), drifted(1), "open"),
    "another text": (renamed(1, "nice_name"), renamed(1, "nice_name"), "open"),
    "one more field": (renamed(1, "nice_name"), renamed(1, "nice_name", "description"), "worse"),
    "one field less": (renamed(1, "nice_name", "description"), renamed(1, "description"), "better"),
    "hold explains it": (drifted(1, 0, "warning"), held(1), "better"),
    "unreachable": (result(1), failed(1), "no_longer_verified"),
    "unreachable with a finding": (drifted(1), failed(1), "no_longer_verified"),
    "unsupported": (drifted(1), failed(1, "unsupported"), "no_longer_verified"),
    "not attempted": (drifted(1), None, "no_longer_verified"),
    "reachable": (failed(1), result(1), "newly_verified"),
    "reachable with a finding": (failed(1), drifted(1), "newly_verified"),
    "unverified for another reason": (failed(1), failed(1, "tls"), None),
    "drift fixed, too little history": (drifted(1), FEW, "fixed"),
    "drift fixed, still too little history": (YOUNG_AND_DRIFTED, FEW, "fixed"),
    "drift, still too little history": (FEW, YOUNG_AND_DRIFTED, "new"),
    "too little history, recordings not verified before": (result(1), FEW, None),
    "too little history, recordings no longer verified": (FEW, result(1), "no_longer_verified"),
    "too little history": (recorded(1, disk("met")), FEW, "no_longer_verified"),
    "still too little history": (FEW, recorded(1, disk("insufficient_history", 9)), None),
    "short disk replaced": (recorded(1, disk("short", 3)), FEW, "no_longer_verified"),
    "recordings not readable": (
        recorded(1, disk("met")),
        recorded(1, disk("indeterminate", 3, "")),
        "no_longer_verified",
    ),
    "unreachable with too little history": (FEW, failed(1), "no_longer_verified"),
    "reachable with too little history": (failed(1), FEW, "newly_verified"),
    "enough history": (FEW, recorded(1, disk("met")), "newly_verified"),
    "enough history, too short": (FEW, recorded(1, disk("short", 3)), "newly_verified"),
    "short disk": (recorded(1, disk("met")), recorded(1, disk("short", 3)), "new"),
    "longer disk": (recorded(1, disk("short", 3)), recorded(1, disk("met")), "fixed"),
    "still short": (recorded(1, disk("short", 3)), recorded(1, disk("short", 9)), "open"),
    "overdue": (recorded(1, disk("short", 3)), recorded(1, disk("overdue", 60)), "worse"),
    "another problem": (recorded(1, disk("short", 3)), recorded(1, disk("full", 3)), "worse"),
    "disk pulled": (recorded(1, disk("full", 3)), recorded(1, disk("missing", 3)), "worse"),
    "recordings not verified": (recorded(1, disk("met")), result(1), "no_longer_verified"),
    "recordings verified": (result(1), recorded(1, disk("met")), None),
    "recordings verified, and short": (result(1), recorded(1, disk("short", 3)), "newly_verified"),
    "other disk": (recorded(1, disk("met")), recorded(1, disk("short", 3, "NetworkShare")), "newly_verified"),
    "unmanaged": (result(1), UNMANAGED, None),
    "to be purged": (result(1), result(1, finding(), finding("unmanaged", "warning", recording_group_id="x")), "new"),
    "purged": (result(1, finding(), finding("unmanaged", "warning", recording_group_id="x")), result(1), "fixed"),
    "no longer covered": (drifted(1), UNCOVERED, "no_longer_verified"),
    "gone": (drifted(1), result(1, finding(recording_group_id="other", nice_name="o")), "no_longer_verified"),
    "held": (result(1), held(1), "new"),
}


@pytest.mark.fault("one of two reports does not prove a host")
@pytest.mark.parametrize("name", TRANSITIONS)
def test_each_transition_is_in_one_list(name: str) -> None:
    before, after, category = TRANSITIONS[name]
    document = compare([host("c1", before)], [host("c1", after)])
    assert found(document).keys() == ({category} if category else set())
    assert all(len(items) == 1 for items in found(document).values())
    bad = ("new", "worse", "no_longer_verified")
    if category in bad:
        assert document["result"] == "worse"
    elif category != "newly_verified":
        assert document["result"] == ("unchanged" if category in (None, "open") else "changed")


def test_newly_verified_is_worse_only_with_a_finding() -> None:
    assert compare([host("c1", failed(1))], [host("c1", FEW)])["result"] == "changed"
    assert compare([host("c1", failed(1))], [host("c1", result(1))])["result"] == "changed"
    assert compare([host("c1", failed(1))], [host("c1", drifted(1))])["result"] == "worse"
    disks = compare([host("c1", result(1))], [host("c1", recorded(1, disk("short", 3)))])
    assert (disks["result"], found(disks)) == ("worse", {"newly_verified": ["c1:SD_DISK"]})
    assert [note.partition(",")[0] for note in disks["notes"]] == ["Recordings were verified only in the later report"]


def test_laws_of_all_pairs() -> None:
    """What is new one way is fixed the other way, worse is better, and a host that was not read is neither."""
    reports: list[Document] = []
    for item in (item for before, after, _category in TRANSITIONS.values() for item in (before, after)):
        document = report(host("c1", item))
        reports += [document] if document not in reports else []
    assert len(reports) > 25
    for before, after in product(reports, repeat=2):
        forth, back = compare_documents(before, after), compare_documents(after, before)
        if before is after:
            assert forth["result"] == "unchanged"
        verdicts = {item["hosts"][0]["verdict"] for item in (before, after)}
        if verdicts & {"unverified", "unsupported", "not_attempted"}:
            assert not forth["new"]
            assert not forth["fixed"]
        # Disks that prove nothing are neither.
        assert not any(item["disk_id"] for item in forth["fixed"] if "insufficient_history" in verdicts)
        assert len(forth["fixed"]) <= len(back["new"])
        assert len(forth["open"]) == len(back["open"])
        assert len(forth["better"]) <= len(back["worse"])


def test_group_is_the_same_with_another_name_or_a_new_id() -> None:
    unnamed = {"recording_group_id": None, "nice_name": "Door"}
    absent = result(1, finding("missing", "warning", **unnamed))
    named = result(1, finding("compliant", recording_group_id="g-17"))
    short = result(1, finding("drifted", "critical", recording_group_id="g-17"))
    assert found(compare([host("c1", absent)], [host("c1", named)])) == {"fixed": ["c1:Door"]}
    assert found(compare([host("c1", absent)], [host("c1", short)])) == {"worse": ["c1:g-17"]}
    other = result(1, finding("drifted", "critical", recording_group_id="g-17", nice_name="Gate"))
    assert found(compare([host("c1", short)], [host("c1", other)])) == {"open": ["c1:g-17"]}


def test_device_without_groups() -> None:
    empty = result(1, finding("missing", "critical", recording_group_id=None, nice_name=None, reason="No groups"))
    assert found(compare([host("c1", result(1))], [host("c1", empty)])) == {"new": ["c1"]}
    assert found(compare([host("c1", empty)], [host("c1", result(1))])) == {"fixed": ["c1"]}
    # The policy now says that it has none.
    permitted = {**result(1), "findings": []}
    assert found(compare([host("c1", empty)], [host("c1", permitted)])) == {"fixed": ["c1"]}
    group = result(1, finding("unmanaged", "warning"))
    assert found(compare([host("c1", permitted)], [host("c1", group)])) == {"new": ["c1:door"]}
    lost = compare([host("c1", drifted(1))], [host("c1", empty)])
    assert found(lost) == {"no_longer_verified": ["c1:door"], "new": ["c1"]}


def test_host_that_is_refused_as_a_whole() -> None:
    ambiguous = failed(1, "ambiguous", "Two groups have this name")
    assert found(compare([host("c1", result(1))], [host("c1", ambiguous)])) == {"new": ["c1"]}
    assert found(compare([host("c1", ambiguous)], [host("c1", result(1))])) == {"fixed": ["c1"]}
    assert compare([host("c1", ambiguous)], [host("c1", ambiguous)])["result"] == "unchanged"
    # Which of its parts are wrong is unknown, so that nothing is fixed.
    assert found(compare([host("c1", drifted(1))], [host("c1", ambiguous)])).keys() <= {"better", "worse", "open"}


def test_hosts_added_and_removed() -> None:
    document = compare([host("c1", result(1)), host("c2", drifted(2))], [host("c1", result(1)), host("c3", drifted(3))])
    assert [(item["host"], item["state"]) for item in document["hosts_added"]] == [("c3", "non_compliant")]
    assert [(item["host"], item["verdict"]) for item in document["hosts_removed"]] == [("c2", "drifted")]
    assert found(document) == {}
    assert document["result"] == "worse"
    only_added = compare([host("c1", result(1))], [host("c1", result(1)), host("c3", result(3))])
    assert only_added["result"] == "changed"
    for added in (drifted(3), failed(3)):
        assert compare([host("c1", result(1))], [host("c1", result(1)), host("c3", added)])["result"] == "worse"
    only_removed = compare([host("c1", result(1)), host("c3", result(3))], [host("c1", result(1))])
    assert only_removed["result"] == "worse"


def test_changed_report_has_no_other_entry_than_the_difference() -> None:
    """A drifted host whose settings were corrected, and whose disk fails now, is fixed and has a new finding."""
    earlier = recorded(1, disk("met"), findings=drifted(1)["findings"])
    document = compare([host("c1", earlier)], [host("c1", recorded(1, disk("overdue")))])
    assert found(document) == {"fixed": ["c1:door"], "new": ["c1:SD_DISK"]}


def test_hosts_outside_the_limit_are_not_compared() -> None:
    whole = [host("c1", drifted(1)), host("c2", drifted(2))]
    limited = report(host("c1", result(1)), outside=[host("c2", None)], run=run_of(1, scope=Scope("axis", "c1")))
    document = compare(report(*whole), limited)
    assert found(document) == {"fixed": ["c1:door"]}
    assert (document["result"], document["summary"]["outside_limit"], document["summary"]["hosts"]) == ("changed", 1, 1)
    assert document["outside_limit"] == ["c2"]
    assert document["notes"] == ["The limit of the earlier report is not set, that of the later one is 'c1'."]
    back = compare(
        report(host("c1", result(1)), outside=[host("c2", None)], run=run_of(0, scope=Scope("axis", "c1"))), whole
    )
    assert differences(back) == {"new": 1}
    # Without a limit, a host that was in no slice was not checked.
    merged = report(host("c1", result(1)), outside=[host("c2", None)], run=run_of(1))
    assert found(compare(report(*whole), merged)) == {"fixed": ["c1:door"], "no_longer_verified": ["c2"]}


def test_other_run_types_and_an_early_end_are_noted() -> None:
    roll_out = report(host("c1", result(1)), check_mode=False, run=run_of(1, run_type="roll_out", title="Roll-out"))
    document = compare(report(host("c1", drifted(1))), roll_out)
    assert document["notes"] == [
        "The earlier report is of a run of the type audit, the later one of the type roll-out.",
        "The title of the earlier report is 'Audit of the harbor', that of the later one is 'Roll-out'.",
    ]
    assert found(document) == {"fixed": ["c1:door"]}
    stopped = report(host("c1", None), run=run_of(1, stopped="The run stopped after wave 1"))
    document = compare(report(host("c1", drifted(1))), stopped)
    assert document["notes"] == ["The run of the later report ended early: The run stopped after wave 1"]
    assert found(document) == {"no_longer_verified": ["c1"]}


def test_recordings_of_only_one_report_are_noted() -> None:
    document = compare([host("c1", recorded(1, disk("met")))], [host("c1", result(1))])
    (note,) = document["notes"]
    assert note == (
        "Recordings were verified only in the earlier report, on 1 host, so that the later one proves nothing about "
        "them."
    )
    assert document["no_longer_verified"][0]["kind"] == "recordings"


def test_no_note_if_both_reports_verified_recordings() -> None:
    assert compare([host("c1", FEW)], [host("c1", recorded(1, disk("met")))])["notes"] == []


def test_since_goes_back_to_the_first_report_with_the_finding() -> None:
    def week(number: int, registered: dict[str, Any] | None) -> Document:
        return report(host("c1", registered), run=run_of(number))

    bad, good, gone = drifted(1), result(1), failed(1)
    cases: list[tuple[list[dict[str, Any]], str, bool]] = [
        ([], "2026-11-27T08:15:02Z", True),
        ([bad, bad], "2026-11-13T08:15:02Z", True),
        ([bad, good], "2026-11-20T08:15:02Z", False),
        ([good, bad], "2026-11-27T08:15:02Z", False),
        # An unverified host is neither open nor fixed.
        ([gone, bad, good, bad], "2026-11-13T08:15:02Z", False),
        ([gone, gone], "2026-11-27T08:15:02Z", True),
    ]
    for past, since, or_earlier in cases:
        history = [week(-number, item) for number, item in enumerate(past, 1)]
        document = compare([host("c1", bad)], [host("c1", drifted(1, 12))], *history)
        (entry,) = document["worse"]
        assert (entry["since"], entry["or_earlier"]) == (since, or_earlier), past
        assert len(document["history"]) == len(past)
    fixed = compare([host("c1", bad)], [host("c1", good)])["fixed"][0]
    assert (fixed["since"], fixed["or_earlier"], fixed["later"]) == (None, None, None)


def with_policy(document: Document, name: str, digest: str, *sentences: str) -> Document:
    """Return a report in which one host has another policy."""
    hosts = [
        {**item, "policy": {**item["policy"], "digest": digest}} if item["host"] == name else item
        for item in document["hosts"]
    ]
    (first,) = document["policies"]
    policy = {**first, "digest": digest, "hosts": 1, "groups": list(sentences), "bounds": [], "rules": []}
    return seal({**document, "hosts": hosts, "policies": [first, policy]})


def test_changed_policy_shows_its_sentences_once() -> None:
    hosts = [host("c1", result(1)), host("c2", drifted(2))]
    changed = with_policy(report(*hosts, run=run_of(1)), "c2", "cd" * 32, "door keeps recordings 10 days.")
    document = compare(report(*hosts), changed)
    (change,) = document["policies_changed"]
    assert (change["hosts"], change["examples"]) == (1, ["c2"])
    assert change["removed"] == [
        "door keeps recordings 30 days.",
        "Every recording group keeps recordings at least 7 days.",
    ]
    assert change["added"] == ["door keeps recordings 10 days."]
    assert [entry["policy_changed"] for entry in document["open"]] == [True]
    assert document["result"] == "changed"


def test_policy_that_was_not_read_has_not_changed() -> None:
    document = compare([host("c1", result(1)), host("c2", failed(2))], [host("c1", failed(1)), host("c2", result(2))])
    assert document["policies_changed"] == []
    other = [replace(item, purpose="Halls") for item in (host("c1", failed(1)), host("c2", failed(2)))]
    (change,) = compare([host("c1", result(1)), host("c2", failed(2))], other)["policies_changed"][:1]
    assert (change["earlier"]["purpose"], change["later"]["purpose"]) == ("Doors", "Halls")


def with_hold(number: int = 1, **more: Any) -> dict[str, Any]:
    """Build the result of a compliant camera with a hold."""
    return result(number, holds=[{**HOLD, **more}])


ENDED = {"ended": True, "until": "2026-11-30T23:59:59Z"}
LOST = {"matches": [], "recording_group_id": "gate"}


def holds_of(document: Document) -> list[list[str]]:
    """Return what changed about each hold."""
    return [item["changes"] for item in document["holds_changed"]]


def test_changed_holds() -> None:
    one = [host("c1", with_hold())]
    assert holds_of(compare(one, [host("c1", with_hold())])) == []
    assert holds_of(compare([host("c1", result(1))], one)) == [["added"]]
    assert holds_of(compare(one, [host("c1", result(1))])) == [["removed"]]
    longer = compare(one, [host("c1", with_hold(until="2028-01-01T00:00:00Z"))])
    assert holds_of(longer) == [["until"]]
    assert longer["holds_changed"][0]["later"] == {"until": "2028-01-01T00:00:00Z", "state": "active"}
    assert longer["result"] == "changed"
    early = [host("c1", with_hold(until=ENDED["until"]))]
    assert holds_of(compare(early, [host("c1", with_hold(**ENDED))])) == [["state"]]
    assert holds_of(compare(one, [host("c1", with_hold(reason="Case 12"))])) == [["added"], ["removed"]]
    two = [host("c1", with_hold()), host("c2", result(2))]
    both = [host("c1", with_hold()), host("c2", with_hold(2))]
    (narrower,) = compare(both, two)["holds_changed"]
    assert (narrower["changes"], narrower["hosts_removed"]) == (["hosts"], {"hosts": 1, "examples": ["c2"]})


@pytest.mark.fault("hold removed, narrowed, or shortened between two reports")
@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (with_hold(), ("unchanged", 0)),
        (result(1), ("worse", 1)),
        (with_hold(until="2026-12-31T23:59:59Z"), ("worse", 1)),
        (with_hold(until="2028-01-01T00:00:00Z"), ("changed", 0)),
        (with_hold(recording_group_id="*"), ("changed", 0)),
    ],
)
def test_a_hold_that_protects_less_is_worse(later: dict[str, Any], expected: tuple[str, int]) -> None:
    document = compare([host("c1", with_hold())], [host("c1", later)])
    assert (document["result"], document["summary"]["holds_weakened"]) == expected


def test_the_end_of_a_hold_is_not_worse() -> None:
    early = [host("c1", with_hold(until=ENDED["until"]))]
    assert compare(early, [host("c1", with_hold(**ENDED))])["result"] == "changed"
    assert compare(early, [host("c1", result(1))])["result"] == "changed"


@pytest.mark.fault("hold removed, narrowed, or shortened between two reports")
def test_a_finding_of_a_removed_hold_is_not_fixed() -> None:
    document = compare([host("c1", held(1, "critical"))], [host("c1", result(1))])
    assert found(document) == {"no_longer_verified": ["c1:door"]}
    assert document["no_longer_verified"][0]["hold_changed"]
    ended = held(1, "critical")
    ended["holds"] = [{**HOLD, "until": ENDED["until"]}]
    document = compare([host("c1", ended)], [host("c1", with_hold(**ENDED))])
    assert found(document) == {"fixed": ["c1:door"]}
    assert document["fixed"][0]["hold_changed"]
    document = compare([host("c1", held(1, "critical"))], [host("c1", with_hold())])
    assert not document["fixed"][0]["hold_changed"]


@pytest.mark.fault("device with held recordings replaced between two reports")
def test_a_replaced_device_with_a_held_group_is_worse() -> None:
    document = compare([host("c1", with_hold(1))], [host("c1", with_hold(2))])
    (device,) = document["devices_replaced"]
    assert device["holds"] == [{name: HOLD[name] for name in ("recording_group_id", "reason", "owner", "until")}]
    assert (document["result"], document["summary"]["held_devices_replaced"]) == ("worse", 1)
    early = [host("c1", with_hold(1, until=ENDED["until"]))]
    assert compare(early, [host("c1", with_hold(2, **ENDED))])["result"] == "changed"
    assert compare([host("c1", result(1))], [host("c1", with_hold(2))])["result"] == "changed"


def test_hold_of_a_host_that_was_not_read_has_not_changed() -> None:
    one = [host("c1", with_hold()), host("c2", result(2))]
    gone = [host("c1", failed(1)), host("c2", result(2))]
    assert compare(one, gone)["holds_changed"] == []
    assert compare(gone, one)["holds_changed"] == []


def test_hold_that_matches_nothing_is_a_finding() -> None:
    document = compare([host("c1", with_hold())], [host("c1", with_hold(matches=[]))])
    assert found(document) == {"new": ["c1:door*"]}
    assert document["new"][0]["kind"] == "hold"
    # The hold has not changed: the device has.
    assert holds_of(document) == []
    back = compare([host("c1", with_hold(matches=[]))], [host("c1", with_hold())])
    assert found(back) == {"fixed": ["c1:door*"]}
    withdrawn = compare([host("c1", with_hold(**LOST))], [host("c1", result(1))])
    assert found(withdrawn) == {"no_longer_verified": ["c1:gate"]}


def error_of(earlier: Document, later: Document) -> str:
    """Return the error about two reports."""
    with pytest.raises(InvalidOptionError) as caught:
        check_sources(Source("/r/one.json", earlier), Source("/r/two.json", later))
    return f"{caught.value.message}. {caught.value.next_step}"


def test_reports_that_cannot_be_compared() -> None:
    one = report(host("c1", result(1)))
    assert error_of(one, one).startswith("/r/one.json and /r/two.json are the same report")
    part = report(host("c1", result(1)), run=run_of(1, slice_number=1, slice_count=3))
    other = report(host("c2", result(1)), run=run_of(1, slice_number=2, slice_count=3))
    for earlier, later in ((one, part), (part, other)):
        assert "is the report of slice 1 of 3" in error_of(earlier, later)
    twice = seal({**one, "hosts": [*one["hosts"], *one["hosts"]]})
    assert "/r/two.json has the host c1 more than once" in error_of(one, twice)
    check_sources(Source("a", one), Source("b", report(host("c1", result(1)), run=run_of(1))))


def lost_card(reason: str = "Held for Case 4711, but does not exist") -> dict[str, Any]:
    """Build the result of a camera without its card: its group is refused, and the hold on it is another finding."""
    differences = [{"field": "retention_time", "before": None, "after": 720}]
    return result(
        1,
        finding("refused", "critical", differences=differences, reason="No disk"),
        finding("missing", "warning", nice_name=None, reason=reason),
    )


@pytest.mark.fault("several findings about one group")
def test_findings_about_one_group_are_one() -> None:
    document = compare([host("vault-05", lost_card())], [host("vault-05", lost_card())])
    assert (document["result"], found(document)) == ("unchanged", {"open": ["vault-05:door"]})
    (entry,) = document["open"]
    assert entry["later"]["severity"] == "critical"
    assert entry["later"]["reason"] == "No disk; Held for Case 4711, but does not exist"
    backwards = lost_card()
    backwards["findings"].reverse()
    assert differences(compare([host("c1", lost_card())], [host("c1", backwards)])) == {"open": 1}
    # One of them is gone.
    no_hold = result(1, lost_card()["findings"][0])
    assert found(compare([host("c1", lost_card())], [host("c1", no_hold)])) == {"better": ["c1:door"]}
    assert found(compare([host("c1", no_hold)], [host("c1", lost_card())])) == {"worse": ["c1:door"]}
    assert found(compare([host("c1", lost_card())], [host("c1", result(1))])) == {"fixed": ["c1:door"]}
    assert found(compare([host("c1", result(1))], [host("c1", lost_card())])) == {"new": ["c1:door"]}


_VERDICTS = ("compliant", "missing", "drifted", "unmanaged", "held", "refused")
_DISK_VERDICTS = ("short", "overdue", "conflicting_cleanup", "full", "locked", "missing")
_UNPROVEN = ("insufficient_history", "indeterminate")
_DIFFERENCES = st.lists(
    st.fixed_dictionaries(
        {
            "field": st.sampled_from(("retention_time", "description")),
            "before": st.sampled_from((None, 0, 24, 1000)),
            "after": st.just(720),
        }
    ),
    max_size=2,
)
_FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(_VERDICTS),
        st.sampled_from(("info", "cosmetic", "warning", "critical")),
        recording_group_id=st.sampled_from((None, "door", "gate")),
        nice_name=st.sampled_from((None, "Door", "Gate")),
        differences=_DIFFERENCES,
        reason=st.sampled_from((None, "One reason", "Another reason")),
    ),
    min_size=1,
    max_size=5,
)
_DISKS = st.lists(
    st.builds(
        lambda verdict, age, name, hours: disk(
            verdict, age, name, groups=[{"recording_group_id": "door", "retention_time": hours}]
        ),
        st.sampled_from(("met", *_UNPROVEN, *_DISK_VERDICTS)),
        st.sampled_from((2, 40)),
        st.sampled_from(("SD_DISK", "NetworkShare", "")),
        st.sampled_from((0, 240, 720)),
    ),
    max_size=3,
)
_HOLDS = st.lists(
    st.builds(
        lambda name, reason, matches: {**HOLD, "recording_group_id": name, "reason": reason, "matches": matches},
        st.sampled_from(("door*", "gate")),
        st.sampled_from(("Case 1", "Case 2")),
        st.sampled_from(([], ["door"])),
    ),
    max_size=3,
)


def _build_camera(
    findings: list[dict[str, Any]], disks: list[dict[str, Any]], holds: list[dict[str, Any]]
) -> dict[str, Any]:
    built = recorded(1, *disks, findings=findings) if disks else result(1, *findings)
    return {**built, "compliant": all(item["verdict"] == "compliant" for item in built["findings"]), "holds": holds}


_CAMERAS = st.one_of(
    st.builds(_build_camera, _FINDINGS, _DISKS, _HOLDS),
    st.sampled_from([None, failed(1), failed(1, "unsupported"), failed(1, "ambiguous")]),
)


@pytest.mark.fault("several findings about one group")
@given(camera=_CAMERAS)
def test_report_and_its_copy_have_no_difference(camera: dict[str, Any] | None) -> None:
    document = compare([host("c1", camera)], [host("c1", camera)])
    assert document["result"] == "unchanged"
    assert differences(document).keys() <= {"open"}


@pytest.mark.fault("several findings about one group")
@given(earlier=_CAMERAS, later=_CAMERAS)
def test_part_of_a_host_is_in_one_list(earlier: dict[str, Any] | None, later: dict[str, Any] | None) -> None:
    document = compare([host("c1", earlier)], [host("c1", later)])
    parts = Counter(
        (
            item["kind"],
            item["recording_group_id"],
            item["disk_id"],
            None if item["recording_group_id"] else item["nice_name"],
        )
        for name in CATEGORIES
        for item in document[name]
        # Two holds may have one pattern.
        if item["kind"] != "hold"
    )
    assert [part for part, count in parts.items() if count > 1] == []


def with_retention(item: dict[str, Any], hours: int, *groups: str) -> dict[str, Any]:
    """Return a disk whose groups have another retention time."""
    return {**item, "groups": [{"recording_group_id": name, "retention_time": hours} for name in groups or ("door",)]}


@pytest.mark.fault("retention extended between two reports")
@pytest.mark.parametrize(
    ("before", "after", "category"),
    [
        (disk("met", 11), disk("insufficient_history", 11), "longer_retention"),
        (disk("met", 11), disk("insufficient_history", 12), "longer_retention"),
        # An event triggered the oldest recording.
        (disk("met", 11), disk("indeterminate", 11), "longer_retention"),
        (disk("overdue", 20), disk("insufficient_history", 20), "longer_retention"),
        # They are lost, or were never proven.
        (disk("met", 11), disk("insufficient_history", 2), "no_longer_verified"),
        (disk("met", 11), disk("insufficient_history", age_hours=None), "no_longer_verified"),
        (disk("met", 11), disk("indeterminate", disk_id="", age_hours=None), "no_longer_verified"),
        (disk("short", 3), disk("insufficient_history", 3), "no_longer_verified"),
        (disk("insufficient_history", 3), disk("insufficient_history", 3), None),
        (disk("met", 11), disk("short", 11), "new"),
    ],
)
def test_longer_retention_needs_more_history(
    before: dict[str, Any], after: dict[str, Any], category: str | None
) -> None:
    """A successful roll-out is not worse: the settings are fixed, and the recordings need more time."""
    findings = drifted(1, 240)["findings"]
    earlier = [host("c1", recorded(1, with_retention(before, 240), findings=findings))]
    rolled = {**recorded(1, with_retention(after, 720)), "changed": True}
    document = compare(earlier, [host("c1", rolled)])
    categories = found(document)
    assert categories.pop("fixed") == ["c1:door"]
    assert categories == ({category: [f"c1:{before['disk_id']}"]} if category else {})
    is_bad = category in ("no_longer_verified", "new")
    assert document["result"] == ("worse" if is_bad else "changed")
    # With the same retention time, only the recordings differ.
    same = found(compare([host("c1", recorded(1, before))], [host("c1", recorded(1, after))]))
    assert same.keys() == ({category.replace("longer_retention", "no_longer_verified")} if category else set())


@pytest.mark.fault("retention extended between two reports")
def test_longer_retention_of_the_policy_needs_more_history() -> None:
    """Recordings are compared with the policy, also before the device has its retention time."""
    ten = with_retention(disk("met", 11), 240)
    groups = [{"recording_group_id": "door", "retention_time": 240, "stream_options": "camera=1"}]
    for age, category in ((11, "longer_retention"), (2, "no_longer_verified")):
        young = with_retention(disk("insufficient_history", age), 240)
        audited = recorded(1, young, findings=drifted(1, 240)["findings"])
        document = compare([host("c1", {**recorded(1, ten), "recording_groups": groups})], [host("c1", audited)])
        assert found(document) == {"new": ["c1:door"], category: ["c1:SD_DISK"]}
    # They reached back 30 days in spite of the settings, and are lost.
    long = with_retention(disk("met", 31), 240)
    lost = with_retention(disk("insufficient_history", 20), 720)
    before = recorded(1, long, findings=drifted(1, 240)["findings"])
    document = compare([host("c1", before)], [host("c1", recorded(1, lost))])
    assert found(document) == {"fixed": ["c1:door"], "no_longer_verified": ["c1:SD_DISK"]}


@pytest.mark.fault("hold that looks different in two reports")
def test_state_of_a_hold_changes_only_with_the_hold() -> None:
    def with_state(state: str, until: str, week: int) -> Document:
        item = report(host("c1", with_hold(until=until)), host("c2", failed(2)), run=run_of(week))
        (hold,) = item["holds"]
        return seal({**item, "holds": [{**hold, "state": state}]})

    future, past = "2027-06-30T23:59:59Z", "2026-11-30T23:59:59Z"
    cases = {
        ("active", past, "ended", past): [["state"]],
        ("active", future, "ended", past): [["until", "state"]],
        ("ended", "2026-11-01T00:00:00Z", "active", future): [["until", "state"]],
        # Nothing about the hold is different.
        ("ended", future, "active", future): [],
        ("active", future, "ended", future): [],
        ("active", future, "unmatched", future): [],
        ("unmatched", future, "active", future): [],
        ("ended", past, "unmatched", past): [],
        ("ended", past, "ended", past): [],
    }
    for (before, until, after, new_until), expected in cases.items():
        document = compare(with_state(before, until, 0), with_state(after, new_until, 1))
        assert holds_of(document) == expected, (before, until, after, new_until)
