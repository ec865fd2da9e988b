# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of all hosts in one summary: each in one class, the gravest first, and nothing claimed that is not so."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    CLASSES,
    HostReport,
    HostStatus,
    Summary,
    build_data,
    build_summary,
    pattern_of,
    render_lines,
    some,
)

NOW = datetime(2026, 3, 2, 8, 5, tzinfo=timezone.utc)
HOLD = {
    "recording_group_id": "door",
    "reason": "Case 4711",
    "owner": "legal@example.com",
    "until": "2026-06-30T23:59:59Z",
    "ended": False,
    "matches": ["door"],
}
HOLD_WORDS = "door until 2026-06-30T23:59:59Z for Case 4711 (owner: legal@example.com)"


def finding(verdict: str, severity: str, group: str | None = "door", **more: Any) -> dict[str, Any]:
    """One finding."""
    return {
        "recording_group_id": group,
        "nice_name": "Door",
        "verdict": verdict,
        "severity": severity,
        "differences": [],
        "reason": None,
        **more,
    }


def difference(field: str, before: Any, after: Any) -> dict[str, Any]:
    """One difference."""
    return {"field": field, "before": before, "after": after}


def change(operation: str, recording_group_id: str | None = "door", **more: Any) -> dict[str, Any]:
    """One change."""
    return {
        "operation": operation,
        "recording_group_id": recording_group_id,
        "nice_name": "Door",
        "differences": [],
        "loses_recordings": False,
        **more,
    }


def read(*findings: dict[str, Any], compliant: bool = False, **more: Any) -> dict[str, Any]:
    """What a task registered on a host that was read."""
    return {"changed": False, "compliant": compliant, "findings": list(findings), **more}


def error(kind: str, **more: Any) -> dict[str, Any]:
    """What a task registered on a host that failed."""
    return {"failed": True, "compliant": False, "findings": [], "msg": "It is so.", "error": {"kind": kind}, **more}


def the(result: dict[str, Any] | None, *, check_mode: bool = False) -> HostStatus:
    """How one host stands."""
    (standing,) = build_summary([HostReport("a", result)], check_mode=check_mode).standings
    return standing


def of(**results: dict[str, Any] | None) -> Summary:
    """The summary of hosts by their results."""
    return build_summary([HostReport(host, result) for host, result in results.items()], check_mode=False)


IN_LINE = read(finding("compliant", "info"), compliant=True)
FOREIGN = finding("unmanaged", "info", "other")


@pytest.mark.parametrize(
    ("result", "kind", "failed", "counts"),
    [
        (IN_LINE, "compliant", False, False),
        (read(finding("compliant", "info"), FOREIGN, compliant=True), "compliant", False, False),
        ({**IN_LINE, "changed": True}, "changed", False, False),
        (read(finding("drifted", "warning")), "drifted", False, False),
        (read(finding("missing", "critical")), "drifted", False, False),
        (read(finding("unmanaged", "critical")), "drifted", False, False),
        # A group that was changed beside one that was not is no host in line.
        (read(finding("drifted", "critical"), changed=True), "drifted", False, False),
        (read(finding("held", "info")), "held", False, False),
        (read(finding("held", "critical"), finding("drifted", "warning")), "held", False, False),
        (read(finding("refused", "warning"), finding("held", "critical")), "refused", False, False),
        (error("recording_loss"), "refused", True, False),
        (error("immutable"), "refused", True, False),
        (error("ambiguous"), "refused", True, False),
        (error("disk_unavailable"), "refused", True, False),
        (error("held"), "held", True, False),
        (error("unsupported"), "unsupported", True, True),
        (error("authentication"), "unverified", True, True),
        (error("unconfirmed", changed=True), "unverified", True, True),
        # A device that failed after it was brought into line is unverified either.
        (error("conflict", compliant=True), "unverified", True, True),
        (error("timeout", failed=False, unreachable=True), "unverified", True, True),
        ({"unreachable": True, "msg": "No route"}, "unverified", True, True),
        ({"failed": True}, "unverified", True, True),
        ({"changed": False}, "unverified", True, True),
        ({}, "unverified", True, True),
        (None, "not_attempted", False, False),
        ({"skipped": True, "changed": False}, "not_attempted", False, False),
    ],
)
def test_each_result_has_its_class(result: dict[str, Any] | None, kind: str, failed: bool, counts: bool) -> None:
    standing = the(result)
    assert (standing.kind, standing.failed, standing.counts) == (kind, failed, counts)


def test_what_was_only_predicted_is_not_changed() -> None:
    # In check mode a device that is to be changed reports that it is not compliant.
    predicted = read(finding("drifted", "warning"), changed=True)
    assert the(predicted, check_mode=True).kind == "drifted"
    assert the({**IN_LINE, "changed": True}, check_mode=True).kind == "compliant"


def test_the_reason_names_every_finding_the_gravest_first() -> None:
    result = read(
        finding("compliant", "info", "fine"),
        FOREIGN,
        finding("drifted", "cosmetic", "hall", differences=[difference("nice_name", "Hal", "Hall")]),
        finding("drifted", "critical", "door", differences=[difference("retention_time", 48, 720)], reason="Too short"),
        finding("missing", "warning", "yard", differences=[difference("retention_time", None, 720)], reason="No group"),
    )
    standing = the(result)
    assert standing.reason == (
        "door drifted [critical] retention_time 48 hours (2 days) instead of 720 hours (30 days). Too short; "
        "yard missing [warning] No group; "
        "hall drifted [cosmetic] nice_name 'Hal' instead of 'Hall'"
    )
    assert standing.severity == "critical"


def test_findings_alike_are_told_together_and_a_group_without_id_by_its_name() -> None:
    alike = [difference("retention_time", 0, 720)]
    result = read(
        finding("refused", "warning", "a", differences=alike),
        finding("refused", "warning", "b", differences=alike),
        finding("missing", "warning", None),
    )
    assert the(result).reason == (
        "a, b refused [warning] retention_time unlimited instead of 720 hours (30 days); Door missing [warning]"
    )


def test_the_reason_of_a_failure_is_its_kind_and_message_and_of_a_change_what_was_done() -> None:
    assert the(error("authentication")).reason == "authentication: It is so."
    assert the({"failed": True}).reason == "It failed without a message"
    changes = [change("update"), change("create", None, nice_name="Hall")]
    assert the({**IN_LINE, "changed": True, "changes": changes}).reason == "door updated, Hall created"


def test_a_failure_is_told_without_the_address_so_that_two_cameras_can_share_it() -> None:
    results = {
        host: error("timeout", msg=f"192.0.2.{number}: Too slow.", device={"host": f"192.0.2.{number}"})
        for number, host in enumerate(("a", "b"))
    }
    assert render_lines(of(**results), "Audit", NOW)[2:4] == ["unverified (2):", "  a, b: timeout: Too slow."]


DELETED = {"operation": "delete", "recording_group_id": "pilot", "loses_recordings": True}
SHORTENED = {"loses_recordings": True, "differences": [difference("retention_time", 720, 72)]}


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (read(finding("unmanaged", "critical", "other")), "; other unmanaged [critical]"),
        (read(finding("refused", "warning")), "; door refused [warning]"),
        (error("unconfirmed"), "; unconfirmed: It is so."),
        (IN_LINE, ""),
    ],
)
def test_what_was_lost_is_told_whatever_else_is_to_be_said(result: dict[str, Any], reason: str) -> None:
    changes = [change(**DELETED), change("update", **SHORTENED), change("update", "hall")]
    lost = (
        "pilot deleted with all its recordings, door updated and its recordings that are older than 72 hours (3 days) "
        "deleted"
    )
    summary = of(a={**result, "changed": True, "changes": changes})
    assert summary.standings[0].reason == f"{lost}, hall updated{reason}"
    assert render_lines(summary, "Roll-out", NOW)[-2 - bool(summary.by_class["unverified"]) :][:2] == [
        "Recordings were deleted on 1 host:",
        f"  a: {lost}",
    ]
    assert build_data(summary, NOW)["losses"] == {"a": lost}


def test_what_would_be_lost_is_told_in_check_mode() -> None:
    predicted = read(finding("unmanaged", "warning", "pilot"), changed=True, changes=[change(**DELETED)])
    summary = build_summary([HostReport("a", predicted)], check_mode=True)
    assert render_lines(summary, "Audit", NOW)[-2:] == [
        "Recordings would be deleted on 1 host:",
        "  a: pilot deleted with all its recordings",
    ]
    assert summary.standings[0].reason == "pilot unmanaged [warning]"


RECORD = "recording"
OTHERS = "recording_other_rules"


@pytest.mark.parametrize(
    ("operation", "differences", "words", "ends"),
    [
        ("create", [difference(RECORD, None, "always")], "created, recorded to always", False),
        ("create", [difference("retention_time", None, 720)], "created", False),
        ("update", [difference(RECORD, "never", "always")], "updated, recorded to always", False),
        ("update", [difference(RECORD, "always", "a [x=1]")], "updated, recorded to a [x=1]", True),
        ("update", [difference(RECORD, "always", "never")], "updated and recorded to no more", True),
        (
            "update",
            [difference(RECORD, "always", "always, but disabled")],
            "updated, recorded to always, but disabled",
            True,
        ),
        # Nothing was recorded by it.
        ("update", [difference(RECORD, "always, but disabled", "always")], "updated, recorded to always", False),
        ("update", [difference("recording_name", "a", "b")], "updated", False),
        (
            "update",
            [difference(OTHERS, "b (always)", "")],
            "updated, and what else recorded to it was ended",
            True,
        ),
        # One that was added beside what is still there.
        ("update", [difference(OTHERS, "", "b (always)")], "updated", False),
        (
            "update",
            [difference(RECORD, "a [x=1]", "always"), difference(OTHERS, "b (always)", "")],
            "updated, recorded to always, and what else recorded to it was ended",
            True,
        ),
        ("delete", [difference(RECORD, "always", None)], "deleted and recorded to no more", True),
        ("delete", [difference("retention_time", 720, None)], "deleted", False),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_becomes_of_the_recording_is_told(
    operation: str, differences: list[dict[str, Any]], words: str, ends: bool, check_mode: bool
) -> None:
    made = change(operation, differences=differences)
    result = read(finding("drifted", "warning"), changed=True, changes=[made, change("update", "hall")])
    summary = build_summary([HostReport("a", result), HostReport("b", result)], check_mode=check_mode)
    bare = "door drifted [warning]"
    assert summary.standings[0].reason == (bare if check_mode else f"door {words}, hall updated; {bare}")
    verb = "would be" if check_mode else "was"
    headline = f"What records to a group {verb} ended or replaced on 2 hosts:"
    lines = render_lines(summary, "Roll-out", NOW)
    assert (headline in lines) is ends
    if ends:
        assert lines[lines.index(headline) + 1] == f"  a, b: door {words}"
    told = f"door {words}"
    assert build_data(summary, NOW)["recording_changes"] == ({"a": told, "b": told} if ends else {})


def refusal(next_step: str) -> dict[str, Any]:
    """One entry of what was refused."""
    return {**change("update"), "kind": "refused", "reason": "It is so", "next_step": next_step}


def test_what_lifts_the_refusals_is_told_once_for_all_their_hosts() -> None:
    loss = refusal("If so, set allow_recording_loss: true (in the role, retention_policy_allow_recording_loss).")
    stop = refusal("If so, set allow_recording_stop: true (in the role, retention_policy_allow_recording_stop).")
    held = refusal("Ask legal.")
    refused = read(finding("refused", "warning"))
    summary = of(
        a={**refused, "refused": [loss, loss, stop]},
        b={**refused, "refused": [held, stop]},
        c=error("recording_stop", refused=[stop]),
        d={**refused, "refused": [held]},
    )
    assert [line for line in render_lines(summary, "Roll-out", NOW) if line.startswith("To make")] == [
        "To make the refused changes of a: retention_policy_allow_recording_loss=true",
        "To make the refused changes of a, b, c: retention_policy_allow_recording_stop=true",
    ]


def test_every_host_is_counted_once() -> None:
    summary = of(a=IN_LINE, b=None, c=error("timeout"), d=error("held"), e=read(finding("drifted", "warning")))
    assert [len(summary.by_class[kind]) for kind in CLASSES] == [1, 0, 1, 1, 0, 0, 1, 1]
    assert summary.headline() == (
        "5 hosts: 1 compliant, 0 changed, 1 drifted, 1 held, 0 refused, 0 unsupported, 1 unverified, 1 not attempted"
    )
    assert summary.headline(brief=True) == "5 hosts: 1 compliant, 1 drifted, 1 held, 1 unverified, 1 not attempted"


@pytest.mark.parametrize(
    ("result", "always", "on_drift"),
    [
        (IN_LINE, False, False),
        (read(finding("drifted", "cosmetic")), False, True),
        (read(finding("refused", "warning")), False, True),
        (read(finding("held", "info")), False, False),
        (read(finding("held", "critical")), False, True),
        (error("held"), True, True),
        (error("timeout"), True, True),
        (None, False, False),
    ],
)
def test_which_hosts_end_badly(result: dict[str, Any] | None, always: bool, on_drift: bool) -> None:
    for fails_on_drift, expected in ((False, always), (True, on_drift)):
        reports = [HostReport("a", result, fails_on_drift=fails_on_drift)]
        assert build_summary(reports, check_mode=False).failed_hosts == (["a"] if expected else [])


def test_the_headline_tells_how_many_are_critical() -> None:
    summary = of(a=read(finding("drifted", "critical")), b=read(finding("drifted", "warning")))
    assert summary.headline(brief=True) == "2 hosts: 2 drifted (1 critical)"


def test_only_failures_are_in_the_share() -> None:
    assert of(a=IN_LINE, b=error("held"), c=error("recording_loss"), d=error("timeout")).failed_percentage == 25
    assert of(a=error("unsupported")).failed_percentage == 100
    assert of().failed_percentage == 0


def test_the_gravest_host_comes_first_then_by_name() -> None:
    summary = of(
        c=read(finding("drifted", "warning")),
        b=read(finding("drifted", "critical")),
        a=read(finding("drifted", "cosmetic")),
        d=read(finding("missing", "critical")),
    )
    assert [standing.host for standing in summary.by_class["drifted"]] == ["b", "d", "c", "a"]


def test_the_lines_for_people() -> None:
    reports = [
        HostReport("a", IN_LINE, "Safety", "me"),
        HostReport("b", read(finding("drifted", "warning"), FOREIGN, holds=[HOLD]), "Safety", "me"),
        HostReport("c", error("timeout")),
        HostReport("d", None),
    ]
    summary = build_summary(reports, check_mode=False)
    assert render_lines(summary, "Audit", NOW) == [
        f"Audit, 2026-03-02 08:05 UTC: {summary.headline()}",
        "Policy: no purpose given (owner: none given): 2 hosts",
        "Policy: Safety (owner: me): 2 hosts",
        "drifted (1):",
        "  b: door drifted [warning]",
        "unverified (1):",
        "  c: timeout: It is so.",
        "not attempted (1):",
        "  d",
        "Left alone, since nothing in the policy matches: 1 group on b",
        "To run again for those unverified or not attempted: --limit c,d",
    ]


def test_the_data_for_programs() -> None:
    reports = [
        HostReport("a", {**IN_LINE, "findings": [*IN_LINE["findings"], FOREIGN]}, "Safety", "me"),
        HostReport("b", read(finding("held", "critical"))),
        HostReport("c", None),
    ]
    assert build_data(build_summary(reports, check_mode=False), NOW) == {
        "checked_at": "2026-03-02T08:05:00Z",
        "hosts": 3,
        "compliant": 1,
        "changed": [],
        "drifted": [],
        "held": ["b"],
        "refused": [],
        "unsupported": [],
        "unverified": [],
        "not_attempted": ["c"],
        "critical": ["b"],
        "reasons": {"b": "door held [critical]"},
        "policies": [
            {"purpose": "", "owner": "", "hosts": 2},
            {"purpose": "Safety", "owner": "me", "hosts": 1},
        ],
        "losses": {},
        "recording_changes": {},
        "unmanaged": {"a": ["other"]},
        "ended_holds": [],
        "unmatched_holds": [],
    }


def test_a_hold_that_matches_on_one_host_is_not_idle() -> None:
    elsewhere = {**HOLD, "matches": []}
    assert of(a=read(holds=[elsewhere]), b=read(holds=[HOLD]), c=read(holds=[elsewhere])).unmatched_holds == ()
    assert of(a=read(holds=[elsewhere]), b=read(holds=[elsewhere])).unmatched_holds == (f"{HOLD_WORDS} on a, b",)


def test_a_hold_that_matches_nothing_says_how_many_hosts_could_not_be_looked_at() -> None:
    summary = of(a=read(holds=[{**HOLD, "matches": []}]), b=error("timeout"), c=None, d=error("unsupported"))
    assert render_lines(summary, "Audit", NOW)[-2:] == [
        f"Hold that matches no group on any camera (3 hosts could not be looked at): {HOLD_WORDS} on a",
        "To run again for those unverified or not attempted: --limit b,c",
    ]


def test_a_hold_that_has_ended_is_told_once_and_as_nothing_else() -> None:
    ended = {**HOLD, "ended": True, "matches": []}
    summary = of(a=read(holds=[ended]), b=read(holds=[ended]))
    assert summary.ended_holds == (f"{HOLD_WORDS} on a, b",)
    assert summary.unmatched_holds == ()
    assert (
        render_lines(summary, "Audit", NOW)[-1]
        == f"Hold that has ended and protects nothing any more: {HOLD_WORDS} on a, b"
    )


def test_some_of_many() -> None:
    assert some(["a"]) == "a"
    assert some(["a", "b", "c"]) == "a, b, c"
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_a_hold_explains_its_own_group_and_no_other() -> None:
    result = read(finding("held", "info"), finding("missing", "warning", "hall"))
    summary = build_summary([HostReport("a", result, fails_on_drift=True)], check_mode=True)
    assert [standing.host for standing in summary.by_class["held"]] == ["a"]
    assert summary.failed_hosts == ["a"]


@pytest.mark.parametrize(
    ("host", "pattern"),
    [
        ("c1.example.com", "c1.example.com"),
        ("2001:db8::1", "2001:db8::1"),
        ("cam 2", "cam?2"),
        ("a,b", "a?b"),
        ("site:a:b", "site?a?b"),
        ("cam[x", "cam?x"),
        ("!hall 1", "?hall?1"),
    ],
)
def test_a_pattern_is_never_cut_in_pieces(host: str, pattern: str) -> None:
    assert pattern_of(host) == pattern
