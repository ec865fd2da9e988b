# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the summary: each host has one class, the most severe comes first, and unread hosts are never compliant."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.camfleet.axis.plugins.plugin_utils._report.host_lists import HostLists, build_host_pattern
from ansible_collections.camfleet.axis.plugins.plugin_utils._report.summary import (
    CLASSES,
    STATE_OF,
    STATES,
    VERDICTS,
    HostInput,
    HostStatus,
    Summary,
    abbreviate,
    build_data,
    build_summary,
    find_unmatched_holds,
    group_by_reason,
    render_lines,
)

NOW = datetime(2026, 3, 2, 8, 5, tzinfo=timezone.utc)
NAMES = {name: f"retention_policy_{name}" for name in ("allow_recording_loss", "allow_recording_stop")}
HOLD = {
    "recording_group_id": "door",
    "reason": "Case 4711",
    "owner": "legal@example.com",
    "until": "2026-06-30T23:59:59Z",
    "ended": False,
    "matches": ["door"],
}
FIELDS = ("recording_group_id", "reason", "owner", "until")
HOLD_TEXT = "door until 2026-06-30T23:59:59Z for Case 4711 (owner: legal@example.com)"


def finding(verdict: str, severity: str, group: str | None = "door", **more: Any) -> dict[str, Any]:
    """Build a finding."""
    return {
        "recording_group_id": group,
        "nice_name": "Door",
        "disk_id": None,
        "verdict": verdict,
        "severity": severity,
        "differences": [],
        "reason": None,
        **more,
    }


def disk_finding(verdict: str, severity: str, disk_id: str = "SD_DISK", reason: str | None = None) -> dict[str, Any]:
    """Build a finding about a disk."""
    return finding(verdict, severity, None, nice_name=None, disk_id=disk_id, reason=reason)


def actual(*verdicts: str, recordings: int | None = 2, unavailable: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """Build the assessment of disks with these verdicts, and of parts that could not be read, with their next step."""
    return {
        "disks": [{"verdict": verdict, "recordings": recordings} for verdict in verdicts],
        "unavailable": [{"part": part, "next_step": next_step} for part, next_step in unavailable],
    }


def difference(field: str, before: Any, after: Any) -> dict[str, Any]:
    """Build a difference."""
    return {"field": field, "before": before, "after": after}


def change(operation: str, recording_group_id: str | None = "door", **more: Any) -> dict[str, Any]:
    """Build a change."""
    return {
        "operation": operation,
        "recording_group_id": recording_group_id,
        "nice_name": "Door",
        "differences": [],
        "loses_recordings": False,
        "ends_recording": False,
        **more,
    }


def read(*findings: dict[str, Any], compliant: bool = False, **more: Any) -> dict[str, Any]:
    """Build the result of a host that was read."""
    return {"changed": False, "compliant": compliant, "findings": list(findings), **more}


def error(kind: str, **more: Any) -> dict[str, Any]:
    """Build the result of a host that failed."""
    return {
        "failed": True,
        "compliant": False,
        "findings": [],
        "msg": f"{kind} (192.0.2.1): It failed. Check it.",
        "error": {"kind": kind, "message": "It failed", "next_step": "Check it."},
        **more,
    }


def classify(result: dict[str, Any] | None, *, check_mode: bool = False) -> HostStatus:
    """Return the status of a host with this result."""
    (status,) = build_summary([HostInput("a", result)], check_mode=check_mode).statuses
    return status


def summarize(**results: dict[str, Any] | None) -> Summary:
    """Build the summary of hosts with these results."""
    return build_summary([HostInput(host, result) for host, result in results.items()], check_mode=False)


COMPLIANT = read(finding("compliant", "info"), compliant=True)
UNMANAGED = finding("unmanaged", "info", "other")


@pytest.mark.parametrize(
    ("result", "host_class", "failed", "counts"),
    [
        (COMPLIANT, "compliant", False, False),
        (read(finding("compliant", "info"), UNMANAGED, compliant=True), "compliant", False, False),
        ({**COMPLIANT, "changed": True}, "changed", False, False),
        (read(finding("drifted", "warning")), "drifted", False, False),
        (read(finding("missing", "critical")), "drifted", False, False),
        (read(finding("unmanaged", "critical")), "drifted", False, False),
        # One group was changed, another was not.
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
        # A device that failed after its groups became compliant.
        (error("conflict", compliant=True), "unverified", True, True),
        (error("timeout", failed=False, unreachable=True), "unverified", True, True),
        # Other devices rejected its login.
        (error("not_attempted"), "not_attempted", True, True),
        ({"unreachable": True, "msg": "No route"}, "unverified", True, True),
        ({"failed": True}, "unverified", True, True),
        ({"changed": False}, "unverified", True, True),
        ({}, "unverified", True, True),
        (None, "not_attempted", False, False),
        ({"skipped": True, "changed": False}, "not_attempted", False, False),
    ],
)
def test_each_result_has_its_class(result: dict[str, Any] | None, host_class: str, failed: bool, counts: bool) -> None:
    status = classify(result)
    assert (status.host_class, status.failed, status.counts_as_failure) == (host_class, failed, counts)


def test_predicted_changes_do_not_count_as_changed() -> None:
    predicted = read(finding("drifted", "warning"), changed=True)
    assert classify(predicted, check_mode=True).host_class == "drifted"
    assert classify({**COMPLIANT, "changed": True}, check_mode=True).host_class == "compliant"


def test_reason_lists_findings_most_severe_first() -> None:
    result = read(
        finding("compliant", "info", "fine"),
        UNMANAGED,
        finding("drifted", "cosmetic", "hall", differences=[difference("nice_name", "Hal", "Hall")]),
        finding("drifted", "critical", "door", differences=[difference("retention_time", 48, 720)], reason="Too short"),
        finding("missing", "warning", "yard", differences=[difference("retention_time", None, 720)], reason="No group"),
    )
    status = classify(result)
    assert status.reason == (
        "door drifted [critical] retention_time 48 hours (2 days) instead of 720 hours (30 days). Too short; "
        "yard missing [warning] No group; "
        "hall drifted [cosmetic] nice_name 'Hal' instead of 'Hall'"
    )
    assert status.severity == "critical"


def test_equal_findings_share_one_text() -> None:
    alike = [difference("retention_time", 0, 720)]
    result = read(
        finding("refused", "warning", "a", differences=alike),
        finding("refused", "warning", "b", differences=alike),
        finding("missing", "warning", None),
    )
    assert classify(result).reason == (
        "a, b refused [warning] retention_time unlimited instead of 720 hours (30 days); Door missing [warning]"
    )


def test_reason_of_a_failure_and_of_a_change() -> None:
    assert classify(error("authentication")).reason == "authentication: It failed. Check it."
    assert classify({"failed": True}).reason == "The task failed without a message"
    assert classify({"unreachable": True, "msg": "No route"}).reason == "No route"
    changes = [change("update"), change("create", None, nice_name="Hall")]
    assert classify({**COMPLIANT, "changed": True, "changes": changes}).reason == "door updated, Hall created"


@pytest.mark.fault("write that fails in a wave")
def test_a_failed_write_loses_nothing_that_is_known() -> None:
    longer = change("update", differences=[difference("retention_time", 24, 720)])
    drift = finding("drifted", "critical", differences=[difference("retention_time", 24, 720)])
    deviation = "door drifted [critical] retention_time 24 hours (1 day) instead of 720 hours (30 days)"
    result = error(
        "device_error", findings=[drift], failed_changes=[longer], skipped_changes=[change("create", "yard")]
    )
    status = classify(result)
    assert status.host_class == "unverified"
    assert status.reason == (
        "device_error: It failed. Check it. Failed changes: update door, retention_time from 24 hours (1 day) to 720 "
        f"hours (30 days). Skipped changes: create yard. As last read: {deviation}"
    )
    made = {**result, "changed": True, "changes": [change("create", "gate")]}
    assert classify(made).reason.startswith("gate created; device_error: It failed. Check it. Failed changes: ")


@pytest.mark.parametrize("result", [None, error("timeout")])
def test_a_host_keeps_what_an_earlier_check_found(result: dict[str, Any] | None) -> None:
    check = read(finding("drifted", "critical"))
    (status,) = build_summary([HostInput("a", result, last_check=check)], check_mode=False).statuses
    assert status.reason.endswith("As last read: door drifted [critical]")
    (other,) = build_summary([HostInput("a", result, last_check=COMPLIANT)], check_mode=False).statuses
    assert "As last read" not in other.reason


def test_nothing_is_known_about_a_device_that_is_listed_twice() -> None:
    result = error("duplicate_device", findings=[finding("drifted", "critical")])
    assert classify(result).reason == "duplicate_device: It failed. Check it."


def test_hosts_with_the_same_failure_share_a_line() -> None:
    results = {host: error("timeout", msg=f"{host}: It failed. Check it.") for host in ("a", "b")}
    lines = render_lines(summarize(**results), "Audit", NOW, NAMES)
    assert lines[0].endswith(", 0 not attempted. Read: nothing")
    assert lines[1:4] == [
        "Policy: no purpose given (owner: none given): 2 hosts",
        "unverified (2):",
        "  a, b: timeout: It failed. Check it.",
    ]


def test_a_stopped_login_is_a_reason_and_may_be_retried() -> None:
    status = classify(error("not_attempted"))
    assert (status.reason, status.may_retry, status.skipped) == ("It failed. Check it.", True, False)
    assert summarize(a=COMPLIANT, b=error("authentication"), c=error("not_attempted")).failed_percentage > 66


@pytest.mark.parametrize("host_class", ["unverified", "not_attempted", "refused", "held", "drifted"])
def test_many_hosts_with_one_reason_are_counted(host_class: str) -> None:
    """The data have all of them."""
    results = {
        "unverified": error("timeout"),
        "not_attempted": error("not_attempted"),
        "refused": error("recording_loss"),
        "held": error("held"),
        "drifted": read(finding("drifted", "critical")),
    }
    for count, form in ((10, "  {names}: {reason}"), (303, "  {reason}: 303 hosts: {names}; see the report")):
        hosts = [f"harbor-{number:03}" for number in range(count)]
        summary = summarize(**dict.fromkeys(hosts, results[host_class]))
        (line,) = (line for line in render_lines(summary, "Audit", NOW, NAMES) if line.startswith("  "))
        names = ", ".join(hosts) if count == 10 else f"{', '.join(hosts[:3])} and 300 more"
        reason = summary.statuses[0].reason
        assert line == form.format(names=names, reason=reason if count == 10 else reason.rstrip("."))
        assert build_data(summary, NOW)[host_class] == hosts


def failure(port: int) -> dict[str, Any]:
    """Build the error of a device whose port is closed."""
    return {"kind": "unreachable", "message": f"No connection to port {port} (refused)", "next_step": "Check it."}


@pytest.mark.parametrize(("count", "expected"), [(10, 10), (11, 1)])
def test_ports_do_not_separate_many_hosts(count: int, expected: int) -> None:
    results = {f"harbor-{number}": error("unreachable", error=failure(8000 + number)) for number in range(1, count + 1)}
    lines = [line for line in render_lines(summarize(**results), "Audit", NOW, NAMES) if line.startswith("  ")]
    assert len(lines) == expected
    if expected == 1:
        assert "No connection to its port (refused)" in lines[0]
        assert lines[0].endswith(": 11 hosts: harbor-1, harbor-2, harbor-3 and 8 more; see the report")


def test_hosts_outside_limit_are_counted() -> None:
    summary = summarize(a=None)
    lines = render_lines(summary, "Audit", NOW, NAMES, stopped="a wave", outside_limit=54)
    assert lines[1:3] == ["Ended early: a wave", "Not in the run: 54 hosts outside --limit"]
    assert render_lines(summary, "Audit", NOW, NAMES, outside_limit=1)[1] == "Not in the run: 1 host outside --limit"
    assert not any("outside" in text for text in render_lines(summary, "Audit", NOW, NAMES))


def test_many_hosts_without_a_reason_are_counted() -> None:
    hosts = [f"harbor-{number:03}" for number in range(303)]
    lines = render_lines(summarize(**dict.fromkeys(hosts)), "Audit", NOW, NAMES)
    assert "  303 hosts: harbor-000, harbor-001, harbor-002 and 300 more; see the report" in lines
    # If all hosts are concerned, the same command is right.
    again = "Fix the causes, then run the same command again: no host was verified"
    assert lines[-1] == again
    verified = {"gate": COMPLIANT}
    lines = render_lines(summarize(**dict.fromkeys(hosts), **verified), "Audit", NOW, NAMES)
    assert lines[-1] == "Retry the 303 unverified and not attempted hosts that the report lists"
    setting = "--extra-vars retention_policy_report_dir=/srv"
    lines = render_lines(summarize(**dict.fromkeys(hosts), **verified), "Audit", NOW, NAMES, setting)
    assert lines[-1] == (
        "Retry the 303 unverified and not attempted hosts: to write their names to a file for --limit, and a report, "
        f"add: {setting}"
    )
    lists = HostLists("/srv/retention-audit-1")
    lines = render_lines(summarize(**dict.fromkeys(hosts)), "Audit", NOW, NAMES, lists=lists)
    assert lines[-1] == (
        "Fix the causes, then retry unverified and not attempted hosts with: "
        "--limit @/srv/retention-audit-1-unverified.txt"
    )
    assert lists.files["retention-audit-1-unverified.txt"].split() == hosts
    few = dict.fromkeys(f"harbor-{number}" for number in range(1, 12))
    lines = render_lines(summarize(**few), "Audit", NOW, NAMES, setting)
    # In the order of their numbers.
    assert "  11 hosts: harbor-1, harbor-2, harbor-3 and 8 more" in lines
    assert lines[-2:] == [again, f"For a report that names all hosts, add: {setting}"]
    one = summarize(a=None)
    assert render_lines(one, "Audit", NOW, NAMES, "directory") == render_lines(one, "Audit", NOW, NAMES)
    unmanaged = dict.fromkeys(hosts, read(UNMANAGED, compliant=True))
    assert render_lines(summarize(**unmanaged), "Audit", NOW, NAMES)[-2:] == [
        (
            "Unmanaged: 303 groups on 303 hosts: harbor-000, harbor-001, harbor-002 and 300 more, "
            "not covered by the policy: other"
        ),
        MANAGE,
    ]


MANAGE = "  To manage them, add an entry or a rule. To leave such groups out, set retention_policy_unmanaged to ignore."
DELETED = {"operation": "delete", "recording_group_id": "pilot", "loses_recordings": True}
SHORTENED = {"loses_recordings": True, "differences": [difference("retention_time", 720, 72)]}


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (read(finding("unmanaged", "critical", "other")), "; other unmanaged [critical]"),
        (read(finding("refused", "warning")), "; door refused [warning]"),
        (error("unconfirmed"), "; unconfirmed: It failed. Check it."),
        (COMPLIANT, ""),
    ],
)
def test_deleted_recordings_are_listed_in_every_class(result: dict[str, Any], reason: str) -> None:
    changes = [change(**DELETED), change("update", **SHORTENED), change("update", "hall")]
    deleted = "pilot deleted with all its recordings"
    reduced = "door updated, recordings older than 72 hours (3 days) may be deleted"
    lost = f"{deleted}, {reduced}"
    summary = summarize(a={**result, "changed": True, "changes": changes})
    assert summary.statuses[0].reason == f"{lost}, hall updated{reason}"
    assert render_lines(summary, "Roll-out", NOW, NAMES)[-4 - bool(summary.by_class["unverified"]) :][:4] == [
        "Recordings were deleted on 1 host:",
        f"  a: {deleted}",
        "Recordings may have been deleted on 1 host (retention reduced):",
        f"  a: {reduced}",
    ]
    assert build_data(summary, NOW)["losses"] == {"a": lost}


def test_check_mode_lists_recordings_that_would_be_deleted() -> None:
    predicted = read(finding("unmanaged", "warning", "pilot"), changed=True, changes=[change(**DELETED)])
    summary = build_summary([HostInput("a", predicted)], check_mode=True)
    assert render_lines(summary, "Audit", NOW, NAMES)[-2:] == [
        "Recordings would be deleted on 1 host:",
        "  a: pilot would be deleted with all its recordings",
    ]
    assert summary.statuses[0].reason == "pilot unmanaged [warning]"


def test_a_reduced_retention_only_may_delete_recordings() -> None:
    predicted = read(finding("drifted", "warning"), changed=True, changes=[change("update", **SHORTENED)])
    summary = build_summary([HostInput("a", predicted)], check_mode=True)
    text = render_lines(summary, "Audit", NOW, NAMES)
    assert text[-2:] == [
        "Recordings may be deleted on 1 host (retention reduced):",
        "  a: door would be updated, recordings older than 72 hours (3 days) may be deleted",
    ]
    assert "would be deleted" not in "".join(text)


@pytest.mark.fault("hostile name in the inventory")
def test_names_of_hosts_are_escaped_where_they_are_shown() -> None:
    host = "a\x1b[2J\u202e\nb"
    shown = r"a\x1b[2J\u202e\nb"
    summary = build_summary([HostInput(host, None, "Doors\x9b\n"), HostInput("c", None)], check_mode=True)
    assert summary.statuses[0].host == host
    assert f"  {shown}, c" in render_lines(summary, "Audit", NOW, NAMES)
    assert build_data(summary, NOW)["not_attempted"] == [shown, "c"]
    assert build_data(summary, NOW)["policies"][1]["purpose"] == "Doors "


RECORDING = "recording"
OTHERS = "recording_other_rules"


@pytest.mark.parametrize(
    ("operation", "differences", "text"),
    [
        ("create", [difference(RECORDING, None, "always")], "created, recording: always"),
        ("create", [difference("retention_time", None, 720)], "created"),
        ("update", [difference(RECORDING, "always", "a [x=1]")], "updated, recording: a [x=1]"),
        ("update", [difference(RECORDING, "always", "never")], "updated, recording: never"),
        ("update", [difference("recording_name", "a", "b")], "updated"),
        ("update", [difference(OTHERS, "b (always)", "")], "updated, other recording actions removed"),
        # An action was added, and none removed.
        ("update", [difference(OTHERS, "", "b (always)")], "updated"),
        (
            "update",
            [difference(RECORDING, "a [x=1]", "always"), difference(OTHERS, "b (always)", "")],
            "updated, recording: always, other recording actions removed",
        ),
        ("delete", [difference(RECORDING, "always", None)], "deleted, recording actions removed"),
        ("delete", [difference(OTHERS, "b (always)", None)], "deleted, recording actions removed"),
        ("delete", [difference("retention_time", 720, None)], "deleted"),
    ],
)
@pytest.mark.parametrize("ends_recording", [True, False])
@pytest.mark.parametrize("check_mode", [True, False])
def test_removed_recording_actions_are_listed(
    operation: str, differences: list[dict[str, Any]], text: str, ends_recording: bool, check_mode: bool
) -> None:
    changes = [change(operation, differences=differences, ends_recording=ends_recording), change("update", "hall")]
    result = read(finding("drifted", "warning"), changed=True, changes=changes)
    summary = build_summary([HostInput("a", result), HostInput("b", result)], check_mode=check_mode)
    reason = "door drifted [warning]"
    assert summary.statuses[0].reason == (reason if check_mode else f"door {text}, hall updated; {reason}")
    text = f"would be {text}" if check_mode else text
    headline = f"Recording actions {'would be' if check_mode else 'were'} removed or replaced on 2 hosts:"
    lines = render_lines(summary, "Roll-out", NOW, NAMES)
    assert (headline in lines) is ends_recording
    if ends_recording:
        assert lines[lines.index(headline) + 1] == f"  a, b: door {text}"
    expected = {"a": f"door {text}", "b": f"door {text}"} if ends_recording else {}
    assert build_data(summary, NOW)["recording_changes"] == expected


def refusal(*allowances: str) -> dict[str, Any]:
    """Build a refused change."""
    return {
        **change("update"),
        "kind": "refused",
        "reason": "It is refused",
        "next_step": "Do something.",
        "allowances": list(allowances),
    }


def test_allowances_are_listed_once_for_all_their_hosts() -> None:
    loss, stop, both = (
        refusal("allow_recording_loss"),
        refusal("allow_recording_stop"),
        refusal("allow_recording_loss", "allow_recording_stop"),
    )
    refused = read(finding("refused", "warning"))
    summary = summarize(
        a={**refused, "refused": [loss, loss, stop]},
        b={**refused, "refused": [refusal(), stop]},
        c=error("recording_stop", refused=[stop]),
        d={**refused, "refused": [refusal()]},
        e={**refused, "refused": [both]},
    )
    lines = render_lines(summary, "Roll-out", NOW, NAMES)
    first = next(number for number, line in enumerate(lines) if line.startswith("Refused changes of"))
    assert lines[first : first + 6] == [
        (
            "Refused changes of a: if its recordings may be deleted, allow it for one roll-out of this host. "
            "Add to camfleet.axis.roll_out:"
        ),
        "  --extra-vars retention_policy_allow_recording_loss=true --limit a",
        (
            "Refused changes of e: if its recordings may be deleted and recording may end there, allow it for one "
            "roll-out of this host. Add to camfleet.axis.roll_out:"
        ),
        (
            "  --extra-vars 'retention_policy_allow_recording_loss=true retention_policy_allow_recording_stop=true' "
            "--limit e"
        ),
        (
            "Refused changes of a, b, c: if recording may end there, allow it for one roll-out of these hosts. "
            "Add to camfleet.axis.roll_out:"
        ),
        "  --extra-vars retention_policy_allow_recording_stop=true --limit a,b,c",
    ]
    assert [line for line in lines if line.startswith("Next")] == [
        "Next step for the refused changes of b, d: Do something.",
    ]


def test_an_allowance_is_never_shown_without_its_hosts() -> None:
    """The line is to be copied; without a limit, it would permit the change on all hosts."""
    refused = {**read(finding("refused", "warning")), "refused": [refusal("allow_recording_loss")]}
    hosts = [f"harbor-{number:03}" for number in range(101)]
    setting = "--extra-vars retention_policy_allow_recording_loss=true"
    lines = render_lines(summarize(**dict.fromkeys(hosts[:100], refused)), "Audit", NOW, NAMES)
    assert f"  {setting} --limit {','.join(hosts[:100])}" in lines
    summary = summarize(**dict.fromkeys(hosts, refused))
    lines = render_lines(summary, "Audit", NOW, NAMES, "--extra-vars dir=/srv")
    assert "  (101 hosts do not fit into --limit. To write their names to a file, add: --extra-vars dir=/srv)" in lines
    assert not any(setting in text for text in lines)
    lists = HostLists("/srv/reports/retention-audit-1")
    lines = render_lines(summary, "Audit", NOW, NAMES, lists=lists)
    assert f"  {setting} --limit @/srv/reports/retention-audit-1-recording-loss.txt" in lines
    assert lists.files == {"retention-audit-1-recording-loss.txt": "".join(f"{host}\n" for host in hosts)}


def test_value_that_is_not_known_is_not_shown() -> None:
    differences = [{"field": "retention_time", "before": None, "after": 24}]
    summary = summarize(a=read({**finding("refused", "warning"), "differences": differences, "reason": "No disk"}))
    assert summary.statuses[0].reason == "door refused [warning] No disk"


def test_every_host_is_counted_once() -> None:
    summary = summarize(a=COMPLIANT, b=None, c=error("timeout"), d=error("held"), e=read(finding("drifted", "warning")))
    assert {name: len(summary.by_class[name]) for name in CLASSES if summary.by_class[name]} == {
        **dict.fromkeys(("compliant", "drifted", "held", "unverified", "not_attempted"), 1)
    }
    assert summary.render_headline() == (
        "5 hosts: 1 compliant, 0 changed, 1 drifted, 1 held, 0 refused, 0 unsupported, 1 unverified, 1 not attempted"
    )
    assert (
        summary.render_headline(brief=True) == "5 hosts: 1 compliant, 1 drifted, 1 held, 1 unverified, 1 not attempted"
    )


@pytest.mark.parametrize(
    ("result", "always", "on_drift"),
    [
        (COMPLIANT, False, False),
        (read(finding("drifted", "cosmetic")), False, True),
        (read(finding("refused", "warning")), False, True),
        (read(finding("held", "info")), False, False),
        (read(finding("held", "critical")), False, True),
        (error("held"), True, True),
        (error("timeout"), True, True),
        (error("not_attempted"), False, False),
        (None, False, False),
        ({"skipped": True}, True, True),
    ],
)
def test_hosts_that_are_shown_as_failed(result: dict[str, Any] | None, always: bool, on_drift: bool) -> None:
    for fails_on_drift, expected in ((False, always), (True, on_drift)):
        reports = [HostInput("a", result, fails_on_drift=fails_on_drift)]
        assert build_summary(reports, check_mode=False).failed_hosts == (["a"] if expected else [])


def test_hosts_not_attempted_fail_only_if_no_other_host_does() -> None:
    """A wave that failed stops the roll-out. A condition is never the reason for the status of another host."""

    def failed(**results: dict[str, Any] | None) -> tuple[list[str], list[str]]:
        inputs = [HostInput(host, result) for host, result in results.items()]
        summary = build_summary(inputs, check_mode=False, expects_all=True)
        return summary.failed_hosts, summary.skipped_hosts

    assert failed(a=COMPLIANT, b=None, c=None) == (["b", "c"], [])
    assert failed(a=error("timeout"), b=None, c={"skipped": True}) == (["a", "c"], ["c"])


def test_headline_counts_critical_hosts() -> None:
    summary = summarize(a=read(finding("drifted", "critical")), b=read(finding("drifted", "warning")))
    assert summary.render_headline(brief=True) == "2 hosts: 2 drifted (1 critical)"


def test_refusals_do_not_count_as_failures() -> None:
    assert (
        summarize(a=COMPLIANT, b=error("held"), c=error("recording_loss"), d=error("timeout")).failed_percentage == 25
    )
    assert summarize(a=error("unsupported")).failed_percentage == 100
    assert summarize().failed_percentage == 0


def test_hosts_are_sorted_by_severity_and_name() -> None:
    summary = summarize(
        c=read(finding("drifted", "warning")),
        b=read(finding("drifted", "critical")),
        a=read(finding("drifted", "cosmetic")),
        d=read(finding("missing", "critical")),
    )
    assert [status.host for status in summary.by_class["drifted"]] == ["b", "d", "c", "a"]


def test_lines_name_every_host_that_is_not_compliant() -> None:
    reports = [
        HostInput("a", COMPLIANT, "Safety", "me"),
        HostInput("b", read(finding("drifted", "warning"), UNMANAGED, holds=[HOLD]), "Safety", "me"),
        HostInput("c", error("timeout")),
        HostInput("d", None),
    ]
    summary = build_summary(reports, check_mode=False)
    assert render_lines(summary, "Audit", NOW, NAMES) == [
        (
            "Audit, 2026-03-02 08:05 UTC: 4 hosts: 1 compliant, 0 changed, 1 drifted, 0 held, 0 refused, "
            "0 unsupported, 1 unverified, 1 not attempted. Read: settings only of 2 hosts, nothing of 2 hosts"
        ),
        "Policy: no purpose given (owner: none given): 2 hosts",
        "Policy: Safety (owner: me): 2 hosts",
        "drifted (1):",
        "  b: door drifted [warning]",
        "unverified (1):",
        "  c: timeout: It failed. Check it.",
        "not attempted (1):",
        "  d",
        "Unmanaged: 1 group on b, not covered by the policy: other",
        MANAGE,
        f"Hold in force: {HOLD_TEXT} on b",
        "Fix the causes, then retry unverified and not attempted hosts with: --limit c,d",
    ]


@pytest.mark.fault("roll-out that the check of all cameras or a wave stops")
@pytest.mark.parametrize("results", [{}, {"a": COMPLIANT, "b": error("timeout"), "c": None}])
def test_the_reason_of_a_stop_comes_first(results: dict[str, dict[str, Any] | None]) -> None:
    lines = render_lines(summarize(**results), "Roll-out", NOW, NAMES, stopped="The run stopped after wave 1 of 2")
    assert lines[1] == "Ended early: The run stopped after wave 1 of 2"
    assert "Ended early" not in "".join(render_lines(summarize(**results), "Roll-out", NOW, NAMES))


@pytest.mark.fault("roll-out in check mode")
def test_check_mode_says_that_nothing_was_changed_and_what_would_be() -> None:
    shorter = change("update", differences=[difference("retention_time", 720, 240)], loses_recordings=True)
    longer = change(
        "update", differences=[difference("retention_time", 24, 720), difference("description", None, "Gate")]
    )
    results = {
        "a": read(DRIFT, changed=True, changes=[longer]),
        "b": read(DRIFT, changed=True, changes=[longer]),
        "c": read(DRIFT, changed=True, changes=[shorter, change("create", "yard")]),
        "d": read(DRIFT, changed=True, changes=[change("delete", "old", loses_recordings=True)]),
        # A change that needs an allowance would not be made.
        "e": read(finding("refused", "warning"), refused=[refusal("allow_recording_loss")]),
        "f": COMPLIANT,
        "g": error("timeout"),
    }
    summary = build_summary([HostInput(host, result) for host, result in results.items()], check_mode=True)
    lines = render_lines(summary, "Roll-out", NOW, NAMES, predicts=True)
    assert lines[0].startswith(
        "Roll-out, 2026-03-02 08:05 UTC: In check mode nothing was changed, 4 hosts would be changed. "
        "7 hosts: 1 compliant, 0 changed, 4 drifted, "
    )
    position = lines.index("Changes would be made on 4 hosts:")
    assert lines[position + 1 : position + 4] == [
        (
            "  a, b: door would be updated, retention_time from 24 hours (1 day) to 720 hours (30 days), description "
            "to 'Gate'"
        ),
        (
            "  c: door would be updated, retention_time from 720 hours (30 days) to 240 hours (10 days), recordings "
            "older than 240 hours (10 days) may be deleted; yard would be created"
        ),
        "  d: old would be deleted with all its recordings",
    ]


def test_only_a_run_that_would_write_says_what_it_would_change() -> None:
    longer = change("update", differences=[difference("retention_time", 24, 720)])
    drifted = HostInput("a", read(DRIFT, changed=True, changes=[longer]))
    audit = render_lines(build_summary([drifted], check_mode=True), "Audit", NOW, NAMES)
    made = render_lines(build_summary([drifted], check_mode=False), "Roll-out", NOW, NAMES)
    assert "would" not in "".join([*audit, *made])
    nothing = render_lines(
        build_summary([HostInput("a", COMPLIANT)], check_mode=True), "Roll-out", NOW, NAMES, predicts=True
    )
    assert "In check mode nothing was changed, 0 hosts would be changed. 1 host: 1 compliant" in nothing[0]
    assert len(nothing) == 2


def test_data_has_the_hosts_of_each_class() -> None:
    reports = [
        HostInput("a", {**COMPLIANT, "findings": [*COMPLIANT["findings"], UNMANAGED]}, "Safety", "me"),
        HostInput("b", read(finding("held", "critical"))),
        HostInput("c", None),
    ]
    assert build_data(build_summary(reports, check_mode=False), NOW) == {
        "checked_at": "2026-03-02T08:05:00Z",
        "hosts": 3,
        "states": {"compliant": 1, "non_compliant": 1, "unverified": 1},
        "recordings_verified": 0,
        "compliant": 1,
        "changed": [],
        "drifted": [],
        "failing_disk": [],
        "held": ["b"],
        "refused": [],
        "insufficient_history": [],
        "indeterminate": [],
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


def hold_of(count: int, *examples: str) -> dict[str, Any]:
    """Build ``HOLD`` as the summary lists it."""
    return {**{name: HOLD[name] for name in FIELDS}, "hosts": count, "examples": list(examples)}


def test_a_hold_that_matches_on_one_host_is_matched() -> None:
    elsewhere = {**HOLD, "matches": []}
    assert summarize(a=read(holds=[elsewhere]), b=read(holds=[HOLD])).unmatched_holds == ()
    unmatched = summarize(**{host: read(holds=[elsewhere]) for host in "eabdc"}).unmatched_holds
    assert unmatched == (hold_of(5, "a", "b", "c"),)


def test_an_unmatched_hold_has_the_number_of_unread_hosts() -> None:
    summary = summarize(a=read(holds=[{**HOLD, "matches": []}]), b=error("timeout"), c=None, d=error("unsupported"))
    assert render_lines(summary, "Audit", NOW, NAMES)[-2:] == [
        f"Hold that matches no group (3 hosts could not be read): {HOLD_TEXT} on a",
        "Fix the causes, then retry unverified and not attempted hosts with: --limit b,c",
    ]


NOWHERE = {**HOLD, "matches": []}
NOWHERE_TEXT = f"the hold on {HOLD_TEXT} matches no group on any host that it applies to"


@pytest.mark.parametrize(
    ("result", "expected_class", "expected_reason"),
    [
        ({**COMPLIANT, "holds": [NOWHERE]}, "drifted", NOWHERE_TEXT),
        (
            {**COMPLIANT, "holds": [NOWHERE], "changed": True, "changes": [change("update")]},
            "drifted",
            f"door updated; {NOWHERE_TEXT}",
        ),
        (
            read(finding("drifted", "warning"), holds=[NOWHERE]),
            "drifted",
            f"door drifted [warning]; {NOWHERE_TEXT}",
        ),
        (read(finding("held", "info"), holds=[NOWHERE]), "held", f"door held [info]; {NOWHERE_TEXT}"),
        ({**error("timeout"), "holds": [NOWHERE]}, "unverified", f"timeout: It failed. Check it.; {NOWHERE_TEXT}"),
    ],
)
@pytest.mark.parametrize("fails_on_drift", [True, False])
def test_a_hold_that_matches_nowhere_is_critical(
    result: dict[str, Any], expected_class: str, expected_reason: str, fails_on_drift: bool
) -> None:
    """Also if another hold on the same host matches, and regardless of the class of the host."""
    other = {**HOLD, "recording_group_id": "d*"}
    result = {**result, "holds": [*result["holds"], other]}
    hosts = [HostInput("a", result, fails_on_drift=fails_on_drift), HostInput("b", {**COMPLIANT, "holds": [other]})]
    summary = build_summary(hosts, check_mode=False)
    first, second = summary.statuses
    assert (first.host_class, first.severity) == (expected_class, "critical")
    if first.host_class == "unverified":
        expected_reason = expected_reason.replace("applies to", "applies to (1 host could not be read)")
    assert first.reason == expected_reason
    assert (second.host_class, second.severity, second.reason) == ("compliant", "info", "")
    assert summary.failed_hosts == (["a"] if fails_on_drift or first.failed else [])
    assert build_data(summary, NOW)["critical"] == ["a"]


def test_a_wave_does_not_prove_that_a_hold_matches_nothing() -> None:
    """The other hosts of the run may have the group."""
    summary = build_summary([HostInput("a", {**COMPLIANT, "holds": [NOWHERE]})], check_mode=False, whole_run=False)
    assert [(status.host_class, status.severity) for status in summary.statuses] == [("compliant", "info")]
    assert summary.unmatched_holds == (hold_of(1, "a"),)


def test_unmatched_holds_have_all_their_hosts() -> None:
    hosts = [HostInput(name, read(holds=[NOWHERE])) for name in "edcba"]
    hosts += [HostInput("f", read()), HostInput("g", None)]
    key = {name: HOLD[name] for name in FIELDS}
    assert find_unmatched_holds(hosts) == ((key, ("a", "b", "c", "d", "e")),)
    assert find_unmatched_holds([*hosts, HostInput("h", read(holds=[HOLD]))]) == ()
    assert find_unmatched_holds([HostInput("a", read(holds=[{**NOWHERE, "ended": True}]))]) == ()


def test_a_hold_in_force_is_shown_although_all_hosts_are_compliant() -> None:
    """Otherwise, a run looks the same with a hold and without one, for example in a file that Ansible does not read."""
    held = {**COMPLIANT, "holds": [HOLD]}
    elsewhere = {**COMPLIANT, "holds": [{**HOLD, "matches": []}]}
    lines = render_lines(summarize(a=held, b=held, c=elsewhere, d=error("timeout")), "Audit", NOW, NAMES)
    assert f"Hold in force: {HOLD_TEXT} on a, b" in lines


def test_a_hold_in_other_case_is_not_in_force() -> None:
    """It is listed once, as one that matches no group."""
    summary = summarize(a=read(holds=[{**HOLD, "matches": [], "differs_in_case": ["Door"]}]))
    assert summary.active_holds == ()
    assert summary.unmatched_holds == (hold_of(1, "a"),)


def test_the_summary_shows_the_first_ten_holds_in_force() -> None:
    holds = [{**HOLD, "reason": f"Case {number:02}"} for number in range(13)]
    lines = render_lines(summarize(a=read(holds=holds)), "Audit", NOW, NAMES)
    found = [text for text in lines if "in force" in text]
    assert len(found) == 11
    assert found[-1] == "Holds in force: 3 more; see the report"


def test_an_ended_hold_is_listed_once() -> None:
    ended = {**HOLD, "ended": True, "matches": []}
    summary = summarize(a=read(holds=[ended]), b=read(holds=[ended]))
    assert summary.ended_holds == (hold_of(2, "a", "b"),)
    assert summary.unmatched_holds == ()
    assert render_lines(summary, "Audit", NOW, NAMES)[-1] == f"Hold that has ended: {HOLD_TEXT} on a, b"


@pytest.mark.fault("hold whose hosts are not all protected")
def test_a_hold_ends_whether_or_not_its_hosts_were_read() -> None:
    ended = {**HOLD, "ended": True, "matches": None, "differs_in_case": None}
    unread = {**error("unreachable"), "holds": [ended]}
    variables = HostInput("b", None, variable_holds=(ended,))
    for hosts in ([HostInput("a", unread)], [HostInput("a", {**read(), "holds": [ended]})]):
        summary = build_summary([*hosts, variables], check_mode=False)
        assert summary.ended_holds == (hold_of(2, "a", "b"),)
        assert summary.unmatched_holds == ()
        assert f"Hold that has ended: {HOLD_TEXT} on a, b" in render_lines(summary, "Audit", NOW, NAMES)


def test_long_lists_are_abbreviated() -> None:
    assert abbreviate(["a"]) == "a"
    assert abbreviate(["a", "b", "c"]) == "a, b, c"
    assert abbreviate(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert abbreviate(["a", "b", "c"], 12) == "a, b, c and 9 more"


def test_a_hold_does_not_excuse_other_groups() -> None:
    result = read(finding("held", "info"), finding("missing", "warning", "hall"))
    summary = build_summary([HostInput("a", result, fails_on_drift=True)], check_mode=True)
    assert [status.host for status in summary.by_class["held"]] == ["a"]
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
def test_a_host_pattern_is_never_split(host: str, pattern: str) -> None:
    assert build_host_pattern(host) == pattern


def test_hosts_with_wrong_clocks_share_a_line() -> None:
    template = "It shows 2024-01-{0:02} 08:00 UTC instead of 2026-11-29 16:{0:02} UTC, the time of the controller,"
    (line,) = group_by_reason((f"cam{number}", template.format(number)) for number in range(1, 13))
    assert line == "  It shows another time than the controller,: 12 hosts: cam1, cam2, cam3 and 9 more; see the report"


def test_an_empty_disk_fails_no_run() -> None:
    """It may be critical, but does not prove that the settings differ."""
    empty = disk_finding("insufficient_history", "critical", reason="The disk has no recordings")
    item = HostInput("a", read(FINE, empty, actual=actual("insufficient_history", recordings=0)), fails_on_drift=True)
    (status,) = build_summary([item], check_mode=True).statuses
    assert (status.host_class, status.severity) == ("insufficient_history", "critical")
    assert not status.shows_as_failed


SHORT = disk_finding("short", "critical", reason="The oldest recording is 6.9 days old")
YOUNG = disk_finding("insufficient_history", "info")
UNKNOWN = disk_finding("indeterminate", "info", "NetworkShare")
FINE = finding("compliant", "info")
DRIFT = finding("drifted", "warning")


@pytest.mark.parametrize(
    ("result", "host_class", "severity", "state"),
    [
        (read(FINE, SHORT), "failing_disk", "critical", "non_compliant"),
        (read(FINE, disk_finding("short", "warning")), "failing_disk", "warning", "non_compliant"),
        (read(FINE, disk_finding("overdue", "critical")), "failing_disk", "critical", "non_compliant"),
        (read(FINE, disk_finding("conflicting_cleanup", "warning")), "failing_disk", "warning", "non_compliant"),
        (read(FINE, disk_finding("full", "warning")), "failing_disk", "warning", "non_compliant"),
        (read(FINE, disk_finding("locked", "warning")), "failing_disk", "warning", "non_compliant"),
        # Of a disk, and not of a group.
        (read(FINE, disk_finding("missing", "warning")), "failing_disk", "warning", "non_compliant"),
        (read(FINE, disk_finding("missing", "warning", "")), "failing_disk", "warning", "non_compliant"),
        (read(FINE, YOUNG), "insufficient_history", "info", "unverified"),
        (read(FINE, UNKNOWN), "indeterminate", "info", "unverified"),
        (read(YOUNG, UNKNOWN), "indeterminate", "info", "unverified"),
        (read(YOUNG, UNKNOWN, SHORT), "failing_disk", "critical", "non_compliant"),
        (read(UNMANAGED, YOUNG), "insufficient_history", "info", "unverified"),
        # Settings that differ come first, and keep the severity of the disk.
        (read(DRIFT, SHORT), "drifted", "critical", "non_compliant"),
        (read(DRIFT, YOUNG), "drifted", "warning", "non_compliant"),
        (
            read(finding("missing", "warning"), disk_finding("missing", "warning")),
            "drifted",
            "warning",
            "non_compliant",
        ),
        (read(finding("held", "info"), YOUNG), "held", "info", "non_compliant"),
        (read(finding("held", "info"), SHORT), "held", "critical", "non_compliant"),
        (read(finding("refused", "warning"), SHORT), "refused", "critical", "non_compliant"),
        # Changes were made.
        (read(FINE, SHORT, changed=True), "failing_disk", "critical", "non_compliant"),
        (read(FINE, YOUNG, changed=True), "insufficient_history", "info", "unverified"),
        (error("timeout", findings=[FINE, SHORT]), "unverified", "critical", "unverified"),
    ],
)
def test_a_disk_decides_only_if_the_settings_comply(
    result: dict[str, Any], host_class: str, severity: str, state: str
) -> None:
    for check_mode in (True, False):
        status = classify(result, check_mode=check_mode)
        assert (status.host_class, status.severity, STATE_OF[status.host_class]) == (host_class, severity, state)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((FINE, disk_finding("short", "warning")), True),
        ((FINE, SHORT), True),
        ((FINE, YOUNG), False),
        ((FINE, UNKNOWN, YOUNG), False),
        ((finding("held", "info"), YOUNG), False),
        # A hold explains no disk.
        ((finding("held", "info"), disk_finding("locked", "warning")), True),
    ],
)
def test_failing_disks_fail_hosts_and_stop_no_roll_out(findings: tuple[dict[str, Any], ...], expected: bool) -> None:
    for fails_on_drift in (True, False):
        summary = build_summary(
            [HostInput("a", read(*findings), fails_on_drift=fails_on_drift)], check_mode=False, expects_all=True
        )
        assert summary.failed_hosts == (["a"] if expected and fails_on_drift else [])
        assert summary.failed_percentage == 0
        assert summary.skipped_hosts == []


def test_states_count_each_host_once() -> None:
    """Green are only hosts whose recordings prove it."""
    results = {
        "a": {**COMPLIANT, "actual": actual("met")},
        "b": {**COMPLIANT, "changed": True, "changes": [change("update")], "actual": actual("met")},
        "c": read(FINE, SHORT, actual=actual("short")),
        "d": read(FINE, YOUNG, actual=actual("insufficient_history", recordings=0)),
        "e": read(FINE, UNKNOWN, actual=actual("indeterminate", recordings=None)),
        "f": read(FINE, disk_finding("missing", "critical"), actual=actual("missing", recordings=None)),
        "g": read(DRIFT),
        "h": COMPLIANT,
        "i": error("timeout"),
        "j": None,
    }
    summary = summarize(**results)
    data = build_data(summary, NOW)
    assert data["states"] == {"compliant": 3, "non_compliant": 3, "unverified": 4}
    assert data["recordings_verified"] == 4
    assert (data["failing_disk"], data["insufficient_history"], data["indeterminate"]) == (["c", "f"], ["d"], ["e"])
    assert data["critical"] == ["c", "f"]
    assert summary.render_headline() == (
        "10 hosts: 2 compliant, 1 changed, 1 drifted, 2 failing disk (2 critical), 0 held, 0 refused, "
        "1 insufficient history, 1 indeterminate, 0 unsupported, 1 unverified, 1 not attempted"
    )
    assert summary.render_verified() == (
        "settings and recordings of 4 hosts, settings only of 4 hosts, nothing of 2 hosts; retention proven on 2 hosts"
    )


BOTH = "settings and recordings; retention proven on 1 host"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([COMPLIANT, read(DRIFT)], "settings only"),
        ([{**COMPLIANT, "actual": actual("met")}, read(SHORT, actual=actual("short"))], BOTH),
        ([read(SHORT, actual=actual("short"))], "settings and recordings; retention proven on 0 hosts"),
        # The recordings of a missing disk cannot be read.
        ([read(FINE, disk_finding("missing", "critical"), actual=actual("missing"))], "settings only"),
        ([error("timeout"), None], "nothing"),
        ([COMPLIANT, error("timeout")], "settings only of 1 host, nothing of 1 host"),
        # A refusal is a verdict on the settings.
        ([error("held"), COMPLIANT], "settings only"),
        # The option was on, and nothing could be read.
        ([read(FINE, UNKNOWN, actual=actual("indeterminate", recordings=None))], "settings only"),
    ],
)
def test_lines_say_what_was_verified(results: list[dict[str, Any] | None], expected: str) -> None:
    summary = build_summary([HostInput(f"c{number}", item) for number, item in enumerate(results)], check_mode=True)
    headline = f"Audit, 2026-03-02 08:05 UTC: {summary.render_headline()}"
    assert render_lines(summary, "Audit", NOW, NAMES)[0] == f"{headline}. Read: {expected}"


VERIFY = {"verify_recordings": "retention_policy_verify_recordings"}


def test_lines_say_how_to_verify_recordings() -> None:
    line = (
        "Recordings were not checked. To compare their age with the policy, audit with: "
        "--extra-vars retention_policy_verify_recordings=true"
    )
    for result, check_mode, expected in (
        (COMPLIANT, True, True),
        # A roll-out changes the settings; recordings need time.
        (COMPLIANT, False, False),
        (error("timeout"), True, False),
        (read(FINE, actual=actual("met"), compliant=True), True, False),
        # It was requested, and the reason says why it was not possible.
        (read(FINE, UNKNOWN, actual=actual("indeterminate", recordings=None)), True, False),
    ):
        summary = build_summary([HostInput("a", result)], check_mode=check_mode)
        assert (line in render_lines(summary, "Audit", NOW, VERIFY)) is expected
        assert line not in render_lines(summary, "Audit", NOW, VERIFY, predicts=True)


def test_many_groups_of_a_host_are_counted() -> None:
    """A recorder has up to 64 groups."""
    names = [f"High_{number}" for number in range(11)]
    (status,) = summarize(a=read(*(finding("drifted", "warning", name) for name in names))).statuses
    assert status.reason == "High_0, High_1, High_2 and 8 more drifted [warning]"
    (status,) = summarize(a=read(*(finding("drifted", "warning", name) for name in names[:10]))).statuses
    assert status.reason == f"{', '.join(names[:10])} drifted [warning]"
    changes = [change("update", name) for name in names]
    summary = build_summary([HostInput("a", read(changes=changes))], check_mode=True)
    assert summary.statuses[0].predicted_changes == "High_0, High_1, High_2 and 8 more would be updated"


def test_a_check_that_failed_verified_no_recordings() -> None:
    """For example on a host that is the same device as another one."""
    summary = summarize(a=error("duplicate_device", findings=[FINE, SHORT], actual=actual("short")))
    assert (summary.statuses[0].host_class, summary.recordings_verified) == ("unverified", 0)
    lines = render_lines(summary, "Audit", NOW, NAMES)
    assert lines[0].endswith(". Read: nothing")
    assert not any(line.startswith("Next step") for line in lines)


def test_lines_name_disks_and_what_to_do() -> None:
    steps = (("disks", "Use an account with the role operator."), ("disk_health", "Update."))
    conflict = disk_finding("conflicting_cleanup", "warning", reason="The disk deletes recordings")
    summary = summarize(
        a=read(FINE, SHORT, actual=actual("short")),
        b=read(FINE, conflict, actual=actual("conflicting_cleanup")),
        c=read(FINE, conflict, actual=actual("conflicting_cleanup")),
        d=read(FINE, UNKNOWN, actual=actual("indeterminate", recordings=None, unavailable=steps)),
        e=read(FINE, YOUNG, actual=actual("insufficient_history", unavailable=steps)),
        f=read(DRIFT, SHORT, actual=actual("short")),
    )
    assert render_lines(summary, "Audit", NOW, NAMES)[2:] == [
        "drifted (1):",
        "  f: disk SD_DISK short [critical] The oldest recording is 6.9 days old; door drifted [warning]",
        "failing disk (3):",
        "  a: disk SD_DISK short [critical] The oldest recording is 6.9 days old",
        "  b, c: disk SD_DISK conflicting cleanup [warning] The disk deletes recordings",
        "insufficient history (1):",
        "  e: disk SD_DISK insufficient history [info]",
        "indeterminate (1):",
        "  d: disk NetworkShare indeterminate [info]",
        (
            "Next step for the disks of a, f (short): Use a larger disk, or lower bit rates, so that the disk keeps "
            "recordings for the whole retention time."
        ),
        (
            "Next step for the disks of b, c (conflicting cleanup): In the storage settings of the device, set the "
            "maximum age of the disk to unlimited, or to at least the longest retention time."
        ),
        "Next step for the unread recordings of d: Use an account with the role operator.",
    ]


@pytest.mark.parametrize(("count", "expected"), [(10, 10), (11, 1), (303, 1)])
def test_ages_do_not_separate_many_hosts(count: int, expected: int) -> None:
    results = {
        f"harbor-{number}": read(
            FINE,
            disk_finding("short", "critical", reason=f"The oldest recording is {number / 10:.1f} days old. Full"),
            disk_finding("locked", "warning", "NetworkShare", "Locked"),
        )
        for number in range(1, count + 1)
    }
    lines = [line for line in render_lines(summarize(**results), "Audit", NOW, NAMES) if line.startswith("  ")]
    assert len(lines) == expected
    if expected == 1:
        assert lines[0] == (
            f"  disk SD_DISK short [critical] The oldest recording is 0.1 to {count / 10:.1f} days old. Full; disk "
            f"NetworkShare locked [warning] Locked: {count} hosts: harbor-1, harbor-2, harbor-3 and {count - 3} "
            "more; see the report"
        )


def test_headline_does_not_deny_changes_on_other_hosts() -> None:
    """Three hosts were changed, and each has another group that is held."""
    held = read(finding("held", "info"), changed=True, changes=[change("update")])
    summary = summarize(a=held, b=held, c=held)
    assert summary.render_headline(brief=True) == "3 hosts: 3 held; changes were made on 3 hosts"
    assert "0 changed" not in summary.render_headline()
    both = summarize(a=held, b={**COMPLIANT, "changed": True, "changes": [change("update")]})
    assert (
        both.render_headline(brief=True) == "2 hosts: 1 compliant after changes, 1 held; changes were made on 2 hosts"
    )
    assert "compliant after changes (1):" in render_lines(both, "Roll-out", NOW, NAMES)
    one = summarize(a={**COMPLIANT, "changed": True, "changes": [change("update")]})
    assert one.render_headline(brief=True) == "1 host: 1 changed"
    assert "changed (1):" in render_lines(one, "Roll-out", NOW, NAMES)
    predicted = build_summary([HostInput("a", held)], check_mode=True)
    assert predicted.render_headline(brief=True) == "1 host: 1 held"


@pytest.mark.parametrize("findings", [(FINE, SHORT), (FINE, YOUNG), (FINE, UNKNOWN)])
def test_a_hold_that_matches_nowhere_comes_before_the_disks(findings: tuple[dict[str, Any], ...]) -> None:
    result = read(*findings, holds=[NOWHERE])
    status = classify(result)
    assert (status.host_class, status.severity) == ("drifted", "critical")
    assert status.without_holds == classify(read(*findings))
    assert status.without_holds.host_class != "drifted"


def test_each_verdict_has_one_state() -> None:
    assert sorted(verdict for verdicts in STATES.values() for verdict in verdicts) == sorted(VERDICTS)
    assert STATES == {
        "compliant": ("compliant", "changed"),
        "non_compliant": ("drifted", "failing_disk", "held", "refused"),
        "unverified": (
            "insufficient_history",
            "indeterminate",
            "unsupported",
            "unverified",
            "not_attempted",
            "not_in_run",
        ),
    }
